/* SPDX-License-Identifier: Apache-2.0 */
/* vm_create.c - create a cluster: its VPC if it is the first, machines, metadata, then the
 * services' life begins: init by order, what the nodes say of themselves, start by order, and the
 * init of those who want to run after start. */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "vm_layers.h"

void ptxi_plan_vm_create(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	struct ptxi_task *after = ptxi_vm_machines(p, in, ptxi_vm_all, ptxi_vm_vpc_up(p, in));

	after =
	    ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "init" }, ptxi_vm_all, after);
	after = ptxi_vm_custom(p, in, ptxi_vm_all, after);
	after =
	    ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "start" }, ptxi_vm_all, after);
	after = ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "init", .post = true },
				ptxi_vm_all, after);
	after = ptxi_vm_health_start(p, in, ptxi_vm_all, after);
	ptxi_vm_finish(p, in, PTXI_ACTIVE, after);
}
