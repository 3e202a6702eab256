/* SPDX-License-Identifier: Apache-2.0 */
/* vm_delete.c - delete a cluster: what still runs is destroyed and stopped by its own commands, as
 * far as it can be reached; then every machine and volume goes, whatever came of that, and with the
 * last cluster its VPC.
 *
 * A destroy command that fails keeps the cluster, unless it is forced: it may be saving data.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "vm_layers.h"

static struct ptxi_task *services(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	struct ptxi_vm_service destroy = { .name = "destroy", .failure_allowed = in->force };
	struct ptxi_task *after = NULL;

	if (in->cluster->status != PTXI_ACTIVE)
		return NULL;
	after = ptxi_vm_health_stop(p, in, ptxi_vm_up, NULL);
	after = ptxi_vm_service(p, in, destroy, ptxi_vm_up, after);
	after = ptxi_vm_service(p, in,
				(struct ptxi_vm_service){ .name = "stop", .failure_allowed = true },
				ptxi_vm_up, after);
	destroy.post = true;
	after = ptxi_vm_service(p, in, destroy, ptxi_vm_up, after);
	return ptxi_vm_each(p, in, "confd.stop", ptxi_vm_up, true, after);
}

void ptxi_plan_vm_delete(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	const struct ptxi_cluster *c = in->cluster;
	struct ptxi_task *stopped = services(p, in);
	struct ptxi_layer gone = { 0 };
	struct ptxi_task *after = NULL;

	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		const char *name = ptxi_vm_node_name(p, n);
		/* What has no name was never asked for. */
		struct ptxi_task *instance =
		    n->instance ? ptxi_plan_add(p, "instance.delete", n->id, name) : NULL;
		struct ptxi_task *volume =
		    n->volume ? ptxi_plan_add(p, "volume.delete", n->id, name) : NULL;

		ptxi_plan_after(p, instance, stopped);
		ptxi_plan_after(p, volume, instance ? instance : stopped);
		ptxi_layer_add(&gone, volume ? volume : instance);
		if (instance && in->frontgate_up) {
			struct ptxi_task *forget = ptxi_plan_add(p, "drone.forget", n->id, name);

			if (forget)
				forget->failure_allowed = true;
			ptxi_plan_after(p, forget, instance);
			ptxi_layer_add(&gone, forget);
		}
	}
	after = ptxi_layer_end(p, &gone, "machines");
	if (in->frontgate_up) {
		struct ptxi_task *metadata = ptxi_plan_add(p, "metadata.remove", c->id, c->name);

		if (metadata)
			metadata->failure_allowed = true;
		ptxi_plan_after(p, metadata, after);
		after = metadata;
	}
	if (c->vpc) {
		struct ptxi_task *release = ptxi_plan_add(p, "address.release", c->id, c->name);

		ptxi_plan_after(p, release, after);
		after = release;
	}
	if (c->vpc)
		after = ptxi_vm_vpc_close(p, in, "deleting", after);
	ptxi_vm_finish(p, in, PTXI_DELETED, after);
}
