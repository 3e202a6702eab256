/* SPDX-License-Identifier: Apache-2.0 */
/* op.h - the operations on a cluster: which states allow them, and who builds their plan. */
#ifndef PTXI_PLAN_OP_H
#define PTXI_PLAN_OP_H

#include "../cluster/record.h"
#include "../cluster/spec.h"
#include "plan.h"

/* All that a plan is made of. Borrowed. */
struct ptxi_plan_input {
	const struct ptxi_cluster *cluster; /* with its VPC */
	const struct ptxi_spec *spec;
	bool vpc_last;              /* no other cluster is in the VPC */
	bool vpc_idle;              /* no other cluster runs in the VPC */
	bool frontgate_up;          /* as seen just now */
	const char *const *up;      /* ids of nodes whose machine and agent were seen to run,
				       NULL-terminated; NULL: none */
	const char *const *missing; /* as up: of nodes whose machine is gone, so that their agents
				       will have new keys */
	bool force;                 /* delete: whatever its services say */
	const struct ptx_value
	    *agent; /* upgrade-agent: {path, version, sha256, size} of the program */
	const char *const *outdated; /* as up: of nodes whose agent runs another one */
	bool frontgate_outdated;
};

typedef void (*ptxi_plan_builder_fn)(struct ptx_plan *p, const struct ptxi_plan_input *in);

struct ptxi_op {
	const char *name;       /* "create" */
	const char *transition; /* "creating" */
	unsigned allowed;       /* of enum ptxi_status */
	enum ptxi_status final;
	ptxi_plan_builder_fn vm;
};

/* NULL for a name that does not exist. */
const struct ptxi_op *ptxi_op_find(const char *name);
/* Fails: PRECONDITION (the cluster's state), UNSUPPORTED, NOMEM. Owned. Pure. */
struct ptx_plan *ptxi_op_plan(const struct ptxi_op *op, const struct ptxi_plan_input *in,
			      struct ptx_error **err);

/* Builders. */
void ptxi_plan_vm_create(struct ptx_plan *p, const struct ptxi_plan_input *in);
void ptxi_plan_vm_delete(struct ptx_plan *p, const struct ptxi_plan_input *in);
void ptxi_plan_vm_start(struct ptx_plan *p, const struct ptxi_plan_input *in);
void ptxi_plan_vm_stop(struct ptx_plan *p, const struct ptxi_plan_input *in);
void ptxi_plan_vm_restart(struct ptx_plan *p, const struct ptxi_plan_input *in);
void ptxi_plan_vm_upgrade_agent(struct ptx_plan *p, const struct ptxi_plan_input *in);

#endif
