/* SPDX-License-Identifier: Apache-2.0 */
/* vm_layers.c - the pieces that the plans of VM clusters are put together of.
 *
 * A node goes its own way from volume to agent, so that a slow one holds nobody; all meet where the
 * metadata is registered, because every machine's configuration names all the others.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "vm_layers.h"

#include "../base/sort.h"

const char *ptxi_vm_node_name(struct ptx_plan *p, const struct ptxi_node *n)
{
	const char *name =
	    ptxi_arena_printf(p->arena, "%s/%u", *n->role ? n->role : "node", n->server_id);

	return name ? name : "";
}

static bool is_among(const char *const *ids, const struct ptxi_node *n)
{
	for (size_t i = 0; ids && ids[i]; i++)
		if (strcmp(ids[i], n->id) == 0)
			return true;
	return false;
}

bool ptxi_vm_is_up(const struct ptxi_plan_input *in, const struct ptxi_node *n)
{
	return is_among(in->up, n);
}

bool ptxi_vm_all(const struct ptxi_plan_input *in, const struct ptxi_node *n)
{
	(void)in;
	(void)n;
	return true;
}

bool ptxi_vm_up(const struct ptxi_plan_input *in, const struct ptxi_node *n)
{
	return ptxi_vm_is_up(in, n);
}

bool ptxi_vm_down(const struct ptxi_plan_input *in, const struct ptxi_node *n)
{
	return !ptxi_vm_is_up(in, n);
}

/* Some action on every picked node; those only whose role's health is checked, if that is what it
 * is about. */
static struct ptxi_task *each(struct ptx_plan *p, const struct ptxi_plan_input *in,
			      const char *action, ptxi_vm_pick_fn pick, bool only_checked,
			      bool failure_allowed, struct ptxi_task *after)
{
	struct ptxi_layer layer = { 0 };
	struct ptxi_task *end = NULL;

	for (size_t i = 0; i < in->cluster->node_count; i++) {
		const struct ptxi_node *n = in->cluster->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(in->spec, n->role);
		struct ptxi_spec_health health = { 0 };
		struct ptxi_task *t = NULL;

		if (!pick(in, n) || (only_checked && (!r || !ptxi_spec_health(r, &health))))
			continue;
		t = ptxi_plan_add(p, action, n->id, ptxi_vm_node_name(p, n));
		if (!t)
			continue;
		t->failure_allowed = failure_allowed;
		ptxi_plan_after(p, t, after);
		ptxi_layer_add(&layer, t);
	}
	end = ptxi_layer_end(p, &layer, action);
	return end ? end : after;
}

struct ptxi_task *ptxi_vm_each(struct ptx_plan *p, const struct ptxi_plan_input *in,
			       const char *action, ptxi_vm_pick_fn pick, bool failure_allowed,
			       struct ptxi_task *after)
{
	return each(p, in, action, pick, false, failure_allowed, after);
}

struct ptxi_task *ptxi_vm_health_start(struct ptx_plan *p, const struct ptxi_plan_input *in,
				       ptxi_vm_pick_fn pick, struct ptxi_task *after)
{
	return each(p, in, "health.start", pick, true, false, after);
}

struct ptxi_task *ptxi_vm_health_stop(struct ptx_plan *p, const struct ptxi_plan_input *in,
				      ptxi_vm_pick_fn pick, struct ptxi_task *after)
{
	return each(p, in, "health.stop", pick, true, true, after);
}

struct run {
	const struct ptxi_node *node;
	struct ptxi_spec_service service;
};

static int by_order(const void *a, const void *b, void *user)
{
	const struct run *x = a;
	const struct run *y = b;

	(void)user;
	return (x->service.order > y->service.order) - (x->service.order < y->service.order);
}

/* All runs of the service, by order. nodes_to_execute_on counts nodes of one role. */
static size_t collect(const struct ptxi_plan_input *in, struct ptxi_vm_service service,
		      ptxi_vm_pick_fn pick, struct run *runs)
{
	size_t count = 0;

	for (size_t i = 0; i < in->cluster->node_count; i++) {
		const struct ptxi_node *n = in->cluster->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(in->spec, n->role);
		struct run run = { .node = n };
		uint64_t same_role = 0;

		if (!r || !pick(in, n) || !ptxi_spec_service(r, service.name, &run.service) ||
		    run.service.post != service.post)
			continue;
		for (size_t k = 0; k < count; k++)
			same_role += strcmp(runs[k].node->role, n->role) == 0;
		if (run.service.nodes_to_execute_on && same_role >= run.service.nodes_to_execute_on)
			continue;
		runs[count++] = run;
	}
	return count;
}

static struct ptxi_task *add_run(struct ptx_plan *p, const struct run *r,
				 struct ptxi_vm_service service)
{
	const char *what =
	    ptxi_arena_printf(p->arena, "%s: %s", ptxi_vm_node_name(p, r->node), service.name);
	struct ptxi_task *t = what ? ptxi_plan_add(p, "service.run", r->node->id, what) : NULL;

	if (!t)
		return NULL;
	t->failure_allowed = service.failure_allowed;
	t->timeout_ms = r->service.timeout_ms;
	ptx_value_set_string(t->directive, "service", service.name);
	ptx_value_set_string(t->directive, "cmd", r->service.cmd);
	ptx_value_set_int(t->directive, "timeout_ms", r->service.timeout_ms);
	if (r->service.params)
		ptx_value_set(t->directive, "service_params",
			      ptx_value_copy(p->arena, r->service.params));
	return t;
}

struct ptxi_task *ptxi_vm_service(struct ptx_plan *p, const struct ptxi_plan_input *in,
				  struct ptxi_vm_service service, ptxi_vm_pick_fn pick,
				  struct ptxi_task *after)
{
	struct run *runs = ptxi_arena_array(p->arena, in->cluster->node_count + 1, sizeof(*runs));
	size_t count = runs ? collect(in, service, pick, runs) : 0;

	if (!count || !ptxi_sort(runs, count, sizeof(*runs), by_order, NULL))
		return after;
	for (size_t i = 0; i < count;) {
		struct ptxi_layer layer = { 0 };
		struct ptxi_task *end = NULL;
		size_t first = i;

		for (; i < count && runs[i].service.order == runs[first].service.order; i++) {
			struct ptxi_task *t = add_run(p, &runs[i], service);

			ptxi_plan_after(p, t, after);
			ptxi_layer_add(&layer, t);
		}
		end = ptxi_layer_end(p, &layer, service.name);
		if (end)
			after = end;
	}
	return after;
}

static struct ptxi_task *prepare_image(struct ptx_plan *p, const struct ptxi_plan_input *in,
				       const char *image)
{
	struct ptxi_task *t = NULL;
	const char *source = ptx_value_as_string(ptx_value_get(in->cluster->images, image), NULL);

	for (uint32_t i = 0; i < p->count; i++)
		if (strcmp(p->tasks[i]->action->name, "image.prepare") == 0 &&
		    strcmp(ptx_value_as_string(ptx_value_get(p->tasks[i]->directive, "image"), ""),
			   image) == 0)
			return p->tasks[i];
	t = ptxi_plan_add(p, "image.prepare", in->cluster->id, image);
	if (!t)
		return NULL;
	ptx_value_set_string(t->directive, "image", image);
	if (source)
		ptx_value_set_string(t->directive, "source", source);
	return t;
}

struct ptxi_task *ptxi_vm_vpc_enter(struct ptx_plan *p, const struct ptxi_vpc *v,
				    struct ptxi_task *after)
{
	struct ptxi_task *t = ptxi_plan_add(p, "vpc.enter", v->id, v->name);

	ptxi_plan_after(p, t, after);
	return t;
}

struct ptxi_task *ptxi_vm_vpc_leave(struct ptx_plan *p, const struct ptxi_vpc *v,
				    struct ptxi_task *after)
{
	struct ptxi_task *t = ptxi_plan_add(p, "vpc.leave", v->id, v->name);

	ptxi_plan_after(p, t, after);
	return t;
}

static struct ptxi_task *set_status(struct ptx_plan *p, const struct ptxi_vpc *v,
				    const char *action, const char *status, struct ptxi_task *after)
{
	struct ptxi_task *t = ptxi_plan_add(p, action, v->id, v->name);

	if (t)
		ptx_value_set_string(t->directive, "status", status);
	ptxi_plan_after(p, t, after);
	return t;
}

struct ptxi_task *ptxi_vm_vpc_up(struct ptx_plan *p, const struct ptxi_plan_input *in)
{
	const struct ptxi_vpc *v = in->cluster->vpc;
	bool active = strcmp(v->status, "active") == 0;
	struct ptxi_task *image = NULL;
	struct ptxi_task *turn = NULL;
	struct ptxi_task *network = NULL;
	struct ptxi_task *volume = NULL;
	struct ptxi_task *instance = NULL;
	struct ptxi_task *ready = NULL;

	if (active && in->frontgate_up)
		return ptxi_plan_add(p, "frontgate.wait", v->frontgate.id, v->name);
	image = prepare_image(p, in, v->frontgate_image);
	turn = ptxi_vm_vpc_enter(p, v, image); /* an image may take long, and is nobody's turn */
	network = ptxi_plan_add(p, "network.create", v->id, v->name);
	volume = ptxi_plan_add(p, "volume.create", v->frontgate.id, "frontgate");
	instance = ptxi_plan_add(p, "instance.create", v->frontgate.id, "frontgate");
	ready = ptxi_plan_add(p, "frontgate.wait", v->frontgate.id, v->name);
	ptxi_plan_after(p, network, turn);
	ptxi_plan_after(p, volume, turn);
	ptxi_plan_after(p, instance, network);
	ptxi_plan_after(p, instance, volume);
	ptxi_plan_after(p, ready, instance);
	return ptxi_vm_vpc_leave(p, v, set_status(p, v, "vpc.status", "active", ready));
}

struct ptxi_task *ptxi_vm_vpc_close(struct ptx_plan *p, const struct ptxi_plan_input *in,
				    const char *to, struct ptxi_task *after)
{
	const struct ptxi_vpc *v = in->cluster->vpc;
	bool delete = strcmp(to, "deleting") == 0;
	bool sure = delete ? in->vpc_last : in->vpc_idle;
	const char *what = sure ? "frontgate" : "frontgate, if nobody needs it";
	const char *name =
	    sure ? v->name : ptxi_arena_printf(p->arena, "%s, if nobody needs it", v->name);
	struct ptxi_task *closed =
	    set_status(p, v, "vpc.close", to, ptxi_vm_vpc_enter(p, v, after));
	struct ptxi_task *instance =
	    ptxi_plan_add(p, delete ? "instance.delete" : "instance.stop", v->frontgate.id, what);
	struct ptxi_task *volume = NULL;
	struct ptxi_task *network = NULL;
	struct ptxi_task *record = NULL;

	ptxi_plan_after(p, instance, closed);
	if (!delete)
		return ptxi_vm_vpc_leave(p, v, set_status(p, v, "vpc.status", "stopped", instance));
	volume = ptxi_plan_add(p, "volume.delete", v->frontgate.id, what);
	network = name ? ptxi_plan_add(p, "network.delete", v->id, name) : NULL;
	record = name ? ptxi_plan_add(p, "vpc.remove", v->id, name) : NULL;
	ptxi_plan_after(p, volume, instance);
	ptxi_plan_after(p, network, instance);
	ptxi_plan_after(p, record, volume);
	ptxi_plan_after(p, record, network);
	return ptxi_vm_vpc_leave(p, v, record);
}

static struct ptxi_task *machine(struct ptx_plan *p, const struct ptxi_plan_input *in,
				 const struct ptxi_node *n, struct ptxi_task *addresses,
				 struct ptxi_task *vpc)
{
	const struct ptxi_spec_role *r = ptxi_spec_role(in->spec, n->role);
	const char *name = ptxi_vm_node_name(p, n);
	struct ptxi_task *image = prepare_image(p, in, r->image);
	struct ptxi_task *volume =
	    r->volume_gib ? ptxi_plan_add(p, "volume.create", n->id, name) : NULL;
	struct ptxi_task *forget =
	    is_among(in->missing, n) ? ptxi_plan_add(p, "drone.forget", n->id, name) : NULL;
	struct ptxi_task *allow = ptxi_plan_add(p, "drone.allow", n->id, name);
	struct ptxi_task *instance = ptxi_plan_add(p, "instance.create", n->id, name);

	ptxi_plan_after(p, forget, vpc);
	ptxi_plan_after(p, allow, addresses);
	ptxi_plan_after(p, allow, vpc);
	ptxi_plan_after(p, allow, forget);
	ptxi_plan_after(p, instance, allow);
	ptxi_plan_after(p, instance, image);
	ptxi_plan_after(p, instance, volume);
	return instance;
}

/* Keys of the nodes whose agents are waited for, where their roles want some. */
static struct ptxi_task *make_keys(struct ptx_plan *p, const struct ptxi_plan_input *in,
				   struct ptxi_task *const *agents)
{
	struct ptxi_layer keys = { 0 };

	for (size_t i = 0; agents && i < in->cluster->node_count; i++) {
		const struct ptxi_node *n = in->cluster->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(in->spec, n->role);
		struct ptxi_task *t = NULL;

		if (!agents[i] || !r || !r->ssh_key)
			continue;
		t = ptxi_plan_add(p, "ssh.key", n->id, ptxi_vm_node_name(p, n));
		if (t)
			ptx_value_set_string(t->directive, "cmd", r->ssh_key);
		ptxi_plan_after(p, t, agents[i]);
		ptxi_layer_add(&keys, t);
	}
	return ptxi_layer_end(p, &keys, "keys");
}

struct ptxi_task *ptxi_vm_custom(struct ptx_plan *p, const struct ptxi_plan_input *in,
				 ptxi_vm_pick_fn pick, struct ptxi_task *after)
{
	struct ptxi_layer layer = { 0 };
	struct ptxi_task *end = NULL;
	struct ptxi_task *metadata = NULL;

	for (size_t i = 0; i < in->cluster->node_count; i++) {
		const struct ptxi_node *n = in->cluster->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(in->spec, n->role);
		struct ptxi_task *t = NULL;

		if (!pick(in, n) || !r || !r->custom_cmd)
			continue;
		t = ptxi_plan_add(p, "custom.run", n->id, ptxi_vm_node_name(p, n));
		if (t)
			ptx_value_set_string(t->directive, "cmd", r->custom_cmd);
		ptxi_plan_after(p, t, after);
		ptxi_layer_add(&layer, t);
	}
	end = ptxi_layer_end(p, &layer, "metadata");
	if (!end)
		return after;
	metadata = ptxi_plan_add(p, "metadata.put", in->cluster->id, in->cluster->name);
	ptxi_plan_after(p, metadata, end);
	/* A confd that is started again has rendered everything with it: services start with what
	 * they are told. */
	return ptxi_vm_each(p, in, "confd.start", pick, false, metadata);
}

struct ptxi_task *ptxi_vm_machines(struct ptx_plan *p, const struct ptxi_plan_input *in,
				   ptxi_vm_pick_fn pick, struct ptxi_task *vpc)
{
	const struct ptxi_cluster *c = in->cluster;
	struct ptxi_task **agents = ptxi_arena_array(p->arena, c->node_count + 1, sizeof(*agents));
	struct ptxi_task *addresses = ptxi_plan_add(p, "address.allocate", c->id, c->name);
	struct ptxi_task *metadata = NULL;
	struct ptxi_task *keys = NULL;
	struct ptxi_layer instances = { 0 };
	struct ptxi_layer confd = { 0 };
	struct ptxi_task *end = NULL;

	ptxi_plan_after(p, addresses, vpc);
	for (size_t i = 0; agents && i < c->node_count; i++) {
		struct ptxi_task *instance = NULL;

		if (!pick(in, c->nodes[i]))
			continue;
		instance = machine(p, in, c->nodes[i], addresses, vpc);
		ptxi_layer_add(&instances, instance);
		agents[i] = ptxi_plan_add(p, "drone.wait", c->nodes[i]->id,
					  ptxi_vm_node_name(p, c->nodes[i]));
		ptxi_plan_after(p, agents[i], instance);
	}
	end = ptxi_layer_end(p, &instances, "instances");
	keys = make_keys(p, in, agents);
	metadata = ptxi_plan_add(p, "metadata.put", c->id, c->name);
	ptxi_plan_after(p, metadata, end ? end : vpc);
	ptxi_plan_after(p, metadata, keys);
	for (size_t i = 0; agents && i < c->node_count; i++) {
		struct ptxi_task *t = NULL;

		if (!agents[i])
			continue;
		t = ptxi_plan_add(p, "confd.start", c->nodes[i]->id,
				  ptxi_vm_node_name(p, c->nodes[i]));
		ptxi_plan_after(p, t, metadata);
		ptxi_plan_after(p, t, agents[i]);
		ptxi_layer_add(&confd, t);
	}
	end = ptxi_layer_end(p, &confd, "confd");
	return end ? end : metadata;
}

void ptxi_vm_finish(struct ptx_plan *p, const struct ptxi_plan_input *in, enum ptxi_status status,
		    struct ptxi_task *after)
{
	struct ptxi_task *t =
	    ptxi_plan_add(p, "cluster.status", in->cluster->id, in->cluster->name);

	if (t)
		ptx_value_set_string(t->directive, "status", ptxi_status_name(status));
	ptxi_plan_after(p, t, after);
}
