/* SPDX-License-Identifier: Apache-2.0 */
/* op.c - the operation table. A cluster whose creation was cut off is `pending`: it can be created
 * on, or deleted. */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "op.h"

static const struct ptxi_op ops[] = {
	{ "create", "creating", PTXI_PENDING, PTXI_ACTIVE, ptxi_plan_vm_create },
	{ "delete", "deleting", PTXI_PENDING | PTXI_ACTIVE | PTXI_STOPPED, PTXI_DELETED,
	  ptxi_plan_vm_delete },
	{ "start", "starting", PTXI_STOPPED | PTXI_ACTIVE, PTXI_ACTIVE, ptxi_plan_vm_start },
	{ "stop", "stopping", PTXI_ACTIVE, PTXI_STOPPED, ptxi_plan_vm_stop },
	{ "restart", "restarting", PTXI_ACTIVE, PTXI_ACTIVE, ptxi_plan_vm_restart },
	{ "upgrade-agent", "upgrading-agent", PTXI_ACTIVE, PTXI_ACTIVE,
	  ptxi_plan_vm_upgrade_agent },
};

const struct ptxi_op *ptxi_op_find(const char *name)
{
	for (size_t i = 0; i < PTXI_COUNT(ops); i++)
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	return NULL;
}

struct ptx_plan *ptxi_op_plan(const struct ptxi_op *op, const struct ptxi_plan_input *in,
			      struct ptx_error **err)
{
	const struct ptxi_cluster *c = in->cluster;
	ptx_auto(plan) p = NULL;

	if (ptxi_status_require(c->name, c->status, op->allowed, op->name, err) < 0)
		return NULL;
	p = ptxi_plan_new(op->name, c->id, c->name, err);
	if (!p)
		return NULL;
	op->vm(p, in);
	if (ptxi_plan_check(p, err) < 0)
		return NULL;
	return ptx_steal(&p);
}
