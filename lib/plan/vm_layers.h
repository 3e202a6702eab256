/* SPDX-License-Identifier: Apache-2.0 */
/* vm_layers.h - what the VM builders share. Every function takes what to wait for and gives what to
 * wait for next. */
#ifndef PTXI_PLAN_VM_LAYERS_H
#define PTXI_PLAN_VM_LAYERS_H

#include "op.h"

/* "zk_node/1", for titles. In the plan's arena. */
const char *ptxi_vm_node_name(struct ptx_plan *p, const struct ptxi_node *n);
bool ptxi_vm_is_up(const struct ptxi_plan_input *in, const struct ptxi_node *n);

/* Which nodes a layer is about. */
typedef bool (*ptxi_vm_pick_fn)(const struct ptxi_plan_input *in, const struct ptxi_node *n);
bool ptxi_vm_all(const struct ptxi_plan_input *in, const struct ptxi_node *n);
bool ptxi_vm_up(const struct ptxi_plan_input *in, const struct ptxi_node *n);
bool ptxi_vm_down(const struct ptxi_plan_input *in, const struct ptxi_node *n);

/* One action on every picked node. */
struct ptxi_task *ptxi_vm_each(struct ptx_plan *p, const struct ptxi_plan_input *in,
			       const char *action, ptxi_vm_pick_fn pick, bool failure_allowed,
			       struct ptxi_task *after);

/* A service of all roles: a layer for each order, ascending. post chooses those that come after
 * start or stop. */
struct ptxi_vm_service {
	const char *name;
	bool post;
	bool failure_allowed;
};
struct ptxi_task *ptxi_vm_service(struct ptx_plan *p, const struct ptxi_plan_input *in,
				  struct ptxi_vm_service service, ptxi_vm_pick_fn pick,
				  struct ptxi_task *after);

/* custom_metadata of the picked nodes, and the metadata registered with it; after itself where no
 * role has any. */
struct ptxi_task *ptxi_vm_custom(struct ptx_plan *p, const struct ptxi_plan_input *in,
				 ptxi_vm_pick_fn pick, struct ptxi_task *after);

/* Checks of the services' health, on those picked nodes whose role has one: they begin once the
 * services were started, and end before these are stopped, so that an action does not start what
 * was just stopped. */
struct ptxi_task *ptxi_vm_health_start(struct ptx_plan *p, const struct ptxi_plan_input *in,
				       ptxi_vm_pick_fn pick, struct ptxi_task *after);
struct ptxi_task *ptxi_vm_health_stop(struct ptx_plan *p, const struct ptxi_plan_input *in,
				      ptxi_vm_pick_fn pick, struct ptxi_task *after);

/* The turn at what all clusters of a VPC share: one job at a time makes it, changes it or takes it
 * away. */
struct ptxi_task *ptxi_vm_vpc_enter(struct ptx_plan *p, const struct ptxi_vpc *v,
				    struct ptxi_task *after);
struct ptxi_task *ptxi_vm_vpc_leave(struct ptx_plan *p, const struct ptxi_vpc *v,
				    struct ptxi_task *after);

/* Network, Frontgate and its readiness, as far as they are missing; NULL-safe. images: the tasks
 * that prepare images are put there. */
struct ptxi_task *ptxi_vm_vpc_up(struct ptx_plan *p, const struct ptxi_plan_input *in);
/* Leaves the VPC, and where no cluster needs it any more: to is "deleting": Frontgate, its volume,
 * the network and the record go; "stopping": Frontgate stops. Whether anybody needs it is found out
 * when it is done, since others come and go meanwhile. */
struct ptxi_task *ptxi_vm_vpc_close(struct ptx_plan *p, const struct ptxi_plan_input *in,
				    const char *to, struct ptxi_task *after);

/* From images to agents that answer, for the picked nodes: volume, enrolment, instance, agent; each
 * node on its own. Ends with the metadata registered and confd started. */
struct ptxi_task *ptxi_vm_machines(struct ptx_plan *p, const struct ptxi_plan_input *in,
				   ptxi_vm_pick_fn pick, struct ptxi_task *vpc);
/* The last task: what the record says from now on. */
void ptxi_vm_finish(struct ptx_plan *p, const struct ptxi_plan_input *in, enum ptxi_status status,
		    struct ptxi_task *after);

#endif
