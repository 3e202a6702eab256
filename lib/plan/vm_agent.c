/* SPDX-License-Identifier: Apache-2.0 */
/* vm_agent.c - update the agents in place.
 *
 * Frontgate comes first: a newer one understands older Drones. Then one machine alone, and all
 * others once it is well: a program that does not work anywhere stops at the first. Agents that run
 * this very program are left alone, and so are machines that do not run: `start` gives those that
 * are made anew the program of the day.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "vm_layers.h"

static struct ptxi_task *update(struct ptx_plan *p, const struct ptxi_plan_input *in,
				const char *id, const char *name, struct ptxi_task *after)
{
	struct ptxi_task *t = ptxi_plan_add(p, "agent.update", id, name);

	if (!t)
		return NULL;
	ptx_value_set(t->directive, "agent", ptx_value_copy(p->arena, in->agent));
	ptxi_plan_after(p, t, after);
	return t;
}

static bool is_outdated(const struct ptxi_plan_input *in, const struct ptxi_node *n)
{
	for (size_t i = 0; in->outdated && in->outdated[i]; i++)
		if (strcmp(in->outdated[i], n->id) == 0)
			return true;
	return false;
}

void ptxi_plan_vm_upgrade_agent(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	const struct ptxi_cluster *c = in->cluster;
	struct ptxi_task *after = NULL;
	struct ptxi_layer layer = { 0 };
	struct ptxi_task *end = NULL;
	bool is_first = true;

	if (in->frontgate_outdated || (in->outdated && in->outdated[0])) {
		struct ptxi_task *turn = ptxi_vm_vpc_enter(p, c->vpc, NULL);

		after = ptxi_plan_add(p, "agent.offer", c->vpc->frontgate.id, "frontgate");
		if (after)
			ptx_value_set(after->directive, "agent",
				      ptx_value_copy(p->arena, in->agent));
		ptxi_plan_after(p, after, turn);
		if (in->frontgate_outdated)
			after = update(p, in, c->vpc->frontgate.id, "frontgate", after);
		after = ptxi_vm_vpc_leave(p, c->vpc, after);
	}
	for (size_t i = 0; i < c->node_count; i++) {
		struct ptxi_task *t = NULL;

		if (!is_outdated(in, c->nodes[i]))
			continue;
		t = update(p, in, c->nodes[i]->id, ptxi_vm_node_name(p, c->nodes[i]), after);
		if (is_first)
			after = t;
		else
			ptxi_layer_add(&layer, t);
		is_first = false;
	}
	end = ptxi_layer_end(p, &layer, "agents");
	ptxi_vm_finish(p, in, PTXI_ACTIVE, end ? end : after);
}
