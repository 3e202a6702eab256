/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.c - what the clusters of a VPC share, and their jobs change at the same time.
 *
 * Two locks of the store, both freed at the death of their holder:
 *
 *   vpc/RUNTIME.NAME   for an instant: read the record of the VPC anew, change it, commit. Whoever
 * adds or takes away an address, an image or a cluster holds it, so nobody's change is lost and no
 * address is given twice. The engine takes it with the first task of a turn that concerns the VPC,
 * and frees it with the commit of that turn; between the two nothing waits. vpc-turn/ID        from
 * vpc.enter to vpc.leave of a plan: the network and the Frontgate are made, stopped or deleted by
 * one job at a time. Who comes second finds them made, and adopts them; or finds that they went.
 *
 * Whether the network may go is decided under both (vpc.close): a cluster is in the VPC's list from
 * the commit that records its creation, so one that begins while the last one ends either is seen,
 * and the network stays, or comes after the record says `deleting`, and makes a VPC of its own.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "vpc.h"

#define OPEN_MS  60000
#define ENTER_MS 100

bool ptxi_engine_vpc_concerns(const struct ptxi_engine *e, const struct ptxi_task *t)
{
	const struct ptxi_vpc *v = e->cluster->vpc;

	return v && (t->action->of_vpc || strcmp(t->target, v->id) == 0 ||
		     strcmp(t->target, v->frontgate.id) == 0);
}

static int reload(struct ptxi_engine *e, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_str key = ptxi_asprintf("vpcs/%s", e->cluster->vpc->id);
	struct ptx_error *why = NULL;
	int64_t rev = 0;
	const struct ptx_value *doc = key ? ptxi_store_get(e->env.store, key, a, &rev, &why) : NULL;
	struct ptxi_vpc *fresh = doc ? ptxi_vpc_load(e->cluster->arena, doc, &why) : NULL;

	if (!fresh) {
		int code = why ? ptx_error_code(why)
			       : ptx_fail(&why, PTX_E_CONFLICT, "the record of VPC '%s' is gone",
					  e->cluster->vpc->name);

		if (err)
			*err = why;
		else
			ptx_error_free(why);
		return code;
	}
	/* In place: others hold pointers to it and to its Frontgate. */
	*e->cluster->vpc = *fresh;
	e->cluster->vpc->doc.rev = rev;
	return 0;
}

int ptxi_engine_vpc_open(struct ptxi_engine *e, struct ptx_error **err)
{
	const struct ptxi_vpc *v = e->cluster->vpc;
	ptx_auto_str name = NULL;
	int rc = 0;

	if (e->vpc_lock || !v || v->doc.gone || v->doc.rev == 0)
		return 0;
	name = ptxi_asprintf("vpc/%s.%s", v->runtime, v->name);
	if (!name)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	e->vpc_lock = ptxi_store_lock(e->env.store, name, OPEN_MS, e->job_id, err);
	if (!e->vpc_lock)
		return err && *err ? ptx_error_code(*err) : PTX_E_BUSY;
	rc = reload(e, err);
	if (rc < 0)
		ptxi_engine_vpc_committed(e);
	return rc;
}

void ptxi_engine_vpc_committed(struct ptxi_engine *e)
{
	ptxi_lock_free(e->vpc_lock);
	e->vpc_lock = NULL;
	if (!e->turn_ends)
		return;
	ptxi_lock_free(e->turn);
	e->turn = NULL;
	e->turn_ends = false;
}

void ptxi_engine_vpc_done(struct ptxi_engine *e)
{
	e->turn_ends = true;
	ptxi_engine_vpc_committed(e);
}

int ptxi_engine_vpc_enter(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_engine *e = r->engine;
	ptx_auto_str name = ptxi_asprintf("vpc-turn/%s", e->cluster->vpc_id);
	struct ptx_error *why = NULL;
	int code = 0;

	if (!name)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (e->turn)
		return PTX_PROVIDER_DONE;
	e->turn = ptxi_store_lock(e->env.store, name, 0, e->job_id, &why);
	if (e->turn)
		return PTX_PROVIDER_DONE;
	code = ptx_error_code(why);
	if (code == PTX_E_BUSY) {
		ptx_error_free(why);
		r->call.again_ms = ENTER_MS;
		return PTX_PROVIDER_AGAIN;
	}
	if (err)
		*err = why;
	return code;
}

void ptxi_engine_vpc_leave(struct ptxi_engine *e)
{
	e->turn_ends = true;
}
