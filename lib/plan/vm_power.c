/* SPDX-License-Identifier: Apache-2.0 */
/* vm_power.c - stop, start and restart.
 *
 * Start is also what mends: of an active cluster only the machines that do not run are brought
 * back, and only their services are started. Restart leaves the machines alone.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "vm_layers.h"

void ptxi_plan_vm_stop(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	struct ptxi_vm_service stop = { .name = "stop", .failure_allowed = true };
	struct ptxi_task *after = ptxi_vm_health_stop(p, in, ptxi_vm_up, NULL);

	after = ptxi_vm_service(p, in, stop, ptxi_vm_up, after);
	after = ptxi_vm_each(p, in, "confd.stop", ptxi_vm_up, true, after);
	after = ptxi_vm_each(p, in, "instance.stop", ptxi_vm_all, false, after);
	if (in->cluster->vpc)
		after = ptxi_vm_vpc_close(p, in, "stopping", after);
	ptxi_vm_finish(p, in, PTXI_STOPPED, after);
}

void ptxi_plan_vm_start(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	struct ptxi_task *after = ptxi_vm_machines(p, in, ptxi_vm_down, ptxi_vm_vpc_up(p, in));

	after = ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "start" }, ptxi_vm_down,
				after);
	after = ptxi_vm_health_start(p, in, ptxi_vm_down, after);
	ptxi_vm_finish(p, in, PTXI_ACTIVE, after);
}

static bool has_restart(const struct ptxi_plan_input *in)
{
	struct ptxi_spec_service service = { 0 };

	for (size_t i = 0; i < in->spec->role_count; i++)
		if (ptxi_spec_service(&in->spec->roles[i], "restart", &service))
			return true;
	return false;
}

void ptxi_plan_vm_restart(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	struct ptxi_task *after = ptxi_vm_health_stop(p, in, ptxi_vm_all, NULL);

	if (has_restart(in)) {
		after = ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "restart" },
					ptxi_vm_all, after);
	} else {
		after = ptxi_vm_service(
		    p, in, (struct ptxi_vm_service){ .name = "stop", .failure_allowed = true },
		    ptxi_vm_all, after);
		after = ptxi_vm_service(p, in, (struct ptxi_vm_service){ .name = "start" },
					ptxi_vm_all, after);
	}
	after = ptxi_vm_health_start(p, in, ptxi_vm_all, after);
	ptxi_vm_finish(p, in, PTXI_ACTIVE, after);
}
