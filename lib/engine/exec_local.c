/* SPDX-License-Identifier: Apache-2.0 */
/* exec_local.c - executor: changes of the record itself. They act and end in prepare, so that intent and outcome are one
 * commit. */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"

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

static int vpc_status(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	const char *status = ptx_value_as_string(ptx_value_get(r->task->directive, "status"), NULL);

	if (!status)
		return ptx_fail(err, PTX_E_CORRUPT, "a task does not say which state");
	v->status = ptxi_arena_str(r->engine->cluster->arena, status);
	v->doc.dirty = true;
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

static int vpc_remove(struct ptxi_run *r, struct ptx_error **err)
{
	(void)err;
	if (!r->engine->cluster->vpc)
		return 0;
	r->engine->cluster->vpc->doc.gone = true;
	r->engine->cluster->vpc->doc.dirty = true;
	return 0;
}

static void leave_vpc(struct ptxi_cluster *c)
{
	struct ptx_value *rest = ptx_value_list(c->arena);

	if (!c->vpc)
		return;
	for (size_t i = 0; i < ptx_value_count(c->vpc->clusters); i++) {
		struct ptx_value *one = ptx_value_at(c->vpc->clusters, i);

		if (strcmp(ptx_value_as_string(one, ""), c->id) != 0)
			ptx_value_append(rest, one);
	}
	c->vpc->clusters = rest;
	c->vpc->doc.dirty = true;
}

static int cluster_status(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	enum ptxi_status status = ptxi_status_from_name(ptx_value_as_string(ptx_value_get(r->task->directive, "status"), NULL));

	if (!status)
		return ptx_fail(err, PTX_E_CORRUPT, "a task does not say which state");
	c->status = status;
	c->transition = NULL;
	c->updated_ns = ptxi_ctx_now(r->engine->ctx);
	c->doc.dirty = true;
	if (status == PTXI_DELETED) {
		leave_vpc(c);
		for (size_t i = 0; i < c->node_count; i++)
			c->nodes[i]->doc.gone = c->nodes[i]->doc.dirty = true;
	}
	return 0;
}

const struct ptxi_executor_row ptxi_exec_local[] = {
	{ "join", join, NULL, NULL, NULL },
	{ "address.allocate", allocate, NULL, NULL, NULL },
	{ "address.release", release, NULL, NULL, NULL },
	{ "vpc.status", vpc_status, NULL, NULL, NULL },
	{ "vpc.remove", vpc_remove, NULL, NULL, NULL },
	{ "cluster.status", cluster_status, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};
