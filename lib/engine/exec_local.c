/* SPDX-License-Identifier: Apache-2.0 */
/* exec_local.c - executor: changes of the record itself. They act and end in prepare, so that
 * intent and outcome are one commit. */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"
#include "vpc.h"

static int join(struct ptxi_run *r, struct ptx_error **err)
{
	(void)r;
	(void)err;
	return 0;
}

static int allocate(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;

	for (size_t i = 0; i < c->node_count; i++) {
		int rc = ptxi_run_allocate(r, c->nodes[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int release(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;

	(void)err;
	for (size_t i = 0; i < c->node_count; i++) {
		struct ptxi_node *n = c->nodes[i];

		if (!n->private_ip || !c->vpc)
			continue;
		ptx_value_remove(c->vpc->addresses, n->private_ip);
		n->private_ip = NULL;
		n->doc.dirty = c->vpc->doc.dirty = true;
	}
	return 0;
}

static const char *wanted(struct ptxi_run *r, struct ptx_error **err)
{
	const char *status = ptx_value_as_string(ptx_value_get(r->task->directive, "status"), NULL);

	if (!status)
		ptx_fail(err, PTX_E_CORRUPT, "a task does not say which state");
	return status;
}

static int vpc_status(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	const char *status = wanted(r, err);

	if (!status)
		return PTX_E_CORRUPT;
	/* It was not stopped, because somebody needs it. */
	if (strcmp(status, "stopped") == 0 && strcmp(v->status, "stopping") != 0)
		return 0;
	v->status = ptxi_arena_str(r->engine->cluster->arena, status);
	v->doc.dirty = true;
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

static int enter(struct ptxi_run *r, struct ptx_error **err)
{
	(void)err;
	r->start = r->poll = ptxi_engine_vpc_enter;
	return 0;
}

static int leave(struct ptxi_run *r, struct ptx_error **err)
{
	(void)err;
	ptxi_engine_vpc_leave(r->engine);
	return 0;
}

/* Out of the lists; who is the last one closes the door. */
static int vpc_close(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	struct ptxi_vpc *v = c->vpc;
	const char *to = wanted(r, err);

	if (!to)
		return PTX_E_CORRUPT;
	if (!v)
		return 0;
	ptxi_vpc_leave(c->arena, &v->running, c->id);
	if (strcmp(to, "deleting") == 0)
		ptxi_vpc_leave(c->arena, &v->clusters, c->id);
	if (!ptx_value_count(strcmp(to, "deleting") == 0 ? v->clusters : v->running))
		v->status = ptxi_arena_str(c->arena, to);
	v->doc.dirty = true;
	return ptxi_arena_check(c->arena, err);
}

static int vpc_remove(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;

	(void)err;
	if (!v || strcmp(v->status, "deleting") != 0)
		return 0;
	v->doc.gone = v->doc.dirty = true;
	return 0;
}

static int cluster_status(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	enum ptxi_status status = ptxi_status_from_name(
	    ptx_value_as_string(ptx_value_get(r->task->directive, "status"), NULL));

	if (!status)
		return ptx_fail(err, PTX_E_CORRUPT, "a task does not say which state");
	c->status = status;
	c->transition = NULL;
	c->updated_ns = ptxi_ctx_now(r->engine->ctx);
	c->doc.dirty = true;
	if (status == PTXI_DELETED) {
		for (size_t i = 0; i < c->node_count; i++)
			c->nodes[i]->doc.gone = c->nodes[i]->doc.dirty = true;
	}
	return 0;
}

const struct ptxi_executor_row ptxi_exec_local[] = {
	{ "join", join, NULL, NULL, NULL },
	{ "address.allocate", allocate, NULL, NULL, NULL },
	{ "address.release", release, NULL, NULL, NULL },
	{ "vpc.enter", enter, ptxi_engine_vpc_enter, ptxi_engine_vpc_enter, NULL },
	{ "vpc.leave", leave, NULL, NULL, NULL },
	{ "vpc.close", vpc_close, NULL, NULL, NULL },
	{ "vpc.status", vpc_status, NULL, NULL, NULL },
	{ "vpc.remove", vpc_remove, NULL, NULL, NULL },
	{ "cluster.status", cluster_status, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};
