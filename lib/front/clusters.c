/* SPDX-License-Identifier: Apache-2.0 */
/* clusters.c - clusters as values for people and programs: list, show, status. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"
#include "secrets.h"

#include "../base/sort.h"

static struct ptx_value *endpoints_of(struct ptx_arena *a, const struct ptxi_node *n)
{
	struct ptx_value *list = ptx_value_list(a);

	for (size_t i = 0; i < ptx_value_count(n->ports); i++) {
		const struct ptx_value *p = ptx_value_at(n->ports, i);
		struct ptx_value *one = ptx_value_map(a);

		ptx_value_set(one, "name", ptx_value_copy(a, ptx_value_get(p, "name")));
		ptx_value_set(one, "address", ptx_value_copy(a, ptx_value_get(p, "address")));
		ptx_value_set(one, "protocol", ptx_value_copy(a, ptx_value_get(p, "protocol")));
		ptx_value_append(list, one);
	}
	return list;
}

static struct ptx_value *view_node(struct ptx_arena *a, const struct ptxi_node *n)
{
	struct ptx_value *v = ptx_value_map(a);

	ptx_value_set_string(v, "name", ptxi_front_node_name(a, n));
	ptx_value_set_string(v, "id", n->id);
	ptx_value_set_string(v, "role", n->role);
	ptx_value_set_int(v, "server_id", n->server_id);
	ptx_value_set_string(v, "status", n->status);
	ptx_value_set_string(v, "instance", n->instance);
	ptx_value_set_string(v, "private_ip", n->private_ip);
	ptx_value_set_string(v, "public_ip", n->public_ip);
	ptx_value_set(v, "endpoints", endpoints_of(a, n));
	return v;
}

static struct ptx_value *view(struct ptx_arena *a, const struct ptxi_cluster *c)
{
	struct ptx_value *v = ptx_value_map(a);
	struct ptx_value *nodes = ptx_value_list(a);

	ptx_value_set_string(v, "id", c->id);
	ptx_value_set_string(v, "name", c->name);
	ptx_value_set_string(v, "status", ptxi_status_name(c->status));
	ptx_value_set_string(v, "transition", c->transition);
	ptx_value_set_string(v, "runtime", c->runtime);
	ptx_value_set(v, "package", ptx_value_copy(a, ptx_value_get(c->package, "name")));
	ptx_value_set(v, "version", ptx_value_copy(a, ptx_value_get(c->package, "version")));
	for (size_t i = 0; i < c->node_count; i++)
		ptx_value_append(nodes, view_node(a, c->nodes[i]));
	ptx_value_set(v, "nodes", nodes);
	ptx_value_set(v, "created", ptxi_front_time(a, c->created_ns));
	ptx_value_set_string(v, "job", c->job);
	return v;
}

struct ids {
	struct ptx_arena *arena;
	struct ptx_value *list;
	bool deleted;
};

static int collect(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		   struct ptx_error **err)
{
	struct ids *ids = user;

	(void)key;
	(void)rev;
	(void)err;
	if (ids->deleted ||
	    strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "deleted") != 0)
		ptx_value_append(ids->list, ptx_value_copy(ids->arena, ptx_value_get(doc, "id")));
	return 0;
}

static int by_name(const void *a, const void *b, void *user)
{
	const struct ptx_value *x = ptx_value_get(*(struct ptx_value *const *)a, "name");
	const struct ptx_value *y = ptx_value_get(*(struct ptx_value *const *)b, "name");

	(void)user;
	return ptxi_str_cmp(ptx_value_str(x), ptx_value_str(y));
}

struct ptx_value *ptx_cluster_list(struct ptx_store *st, struct ptx_arena *a, bool deleted,
				   struct ptx_error **err)
{
	struct ids ids = { .arena = a, .list = ptx_value_list(a), .deleted = deleted };
	struct ptx_value *list = ptx_value_list(a);

	if (ptxi_store_each(st, "clusters/", 0, collect, &ids, err) < 0)
		return NULL;
	for (size_t i = 0; i < ptx_value_count(ids.list); i++) {
		ptxi_auto(cluster) c =
		    ptxi_engine_load(st, ptx_value_as_string(ptx_value_at(ids.list, i), ""), err);

		if (!c)
			return NULL;
		ptx_value_append(list, view(a, c));
	}
	if (list && !ptxi_sort(list->list.v, list->list.n, sizeof(*list->list.v), by_name, NULL)) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

static struct ptxi_cluster *load(struct ptx_store *st, const char *cluster, struct ptx_error **err)
{
	ptx_auto_str id = ptxi_front_resolve(st, cluster, err);

	return id ? ptxi_engine_load(st, id, err) : NULL;
}

struct ptx_value *ptx_cluster_show(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
				   struct ptx_error **err)
{
	ptxi_auto(cluster) c = load(st, cluster, err);
	struct ptx_value *v = c ? view(a, c) : NULL;

	if (!v)
		return NULL;
	ptx_value_set_string(v, "subnet", c->subnet);
	ptx_value_set(v, "package_source", ptx_value_copy(a, ptx_value_get(c->package, "source")));
	ptx_value_set(v, "package_digest", ptx_value_copy(a, ptx_value_get(c->package, "digest")));
	ptx_value_set(v, "answers", ptxi_secrets_mask(a, c->answers));
	ptx_value_set(v, "conf", ptxi_secrets_mask(a, c->conf));
	if (c->vpc) {
		struct ptx_value *vpc = ptx_value_map(a);

		ptx_value_set_string(vpc, "id", c->vpc->id);
		ptx_value_set_string(vpc, "name", c->vpc->name);
		ptx_value_set_string(vpc, "status", c->vpc->status);
		ptx_value_set_string(vpc, "network", c->vpc->network);
		ptx_value_set_string(vpc, "cidr", c->vpc->cidr);
		ptx_value_set(vpc, "frontgate", view_node(a, &c->vpc->frontgate));
		ptx_value_set(v, "vpc", vpc);
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

/* --- status --- */

struct report {
	struct ptx_arena *arena;
	const struct ptxi_cluster *cluster;
	const struct ptxi_sight *sight;
	struct ptx_value *problems;
};

static void problem(struct report *r, struct ptx_value *of, const char *text)
{
	struct ptx_value *v = ptx_value_string(r->arena, text ? text : "out of memory");

	if (!ptx_value_has(of, "problem"))
		ptx_value_set(of, "problem", v);
	ptx_value_append(r->problems, v);
}

static const char *machine_state(const struct report *r, const struct ptxi_node *n)
{
	const struct ptx_value *found = ptx_value_get(r->sight->found, n->id);

	return found ? ptx_value_as_string(ptx_value_get(found, "state"), "unknown") : "missing";
}

/* What a command printed, for a line. */
static const char *one_line(struct ptx_arena *a, const char *text)
{
	char *line = ptxi_arena_str(a, text);

	for (char *p = line; p && *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	return line ? line : "";
}

static struct ptx_value *report_node(struct report *r, const struct ptxi_node *n)
{
	struct ptx_arena *a = r->arena;
	struct ptx_value *v = view_node(a, n);
	const char *name = ptxi_front_node_name(a, n);
	const char *machine = machine_state(r, n);
	const struct ptx_value *drones = ptx_value_get(r->sight->agents, "drones");
	const struct ptx_value *drone = n->instance ? ptx_value_get(drones, n->instance) : NULL;
	const char *agent = r->sight->agents
				? ptx_value_as_string(ptx_value_get(drone, "state"), "never")
				: "unknown";
	const struct ptx_value *report = ptx_value_get(drone, "health");
	const char *health = ptx_value_as_string(ptx_value_get(report, "status"), NULL);
	const char *reason = one_line(
	    a, ptx_value_as_string(ptx_value_get(report, "reason"), "it does not say why"));
	const char *want = r->cluster->status == PTXI_ACTIVE ? "running" : "stopped";

	ptx_value_set_string(v, "machine", machine);
	ptx_value_set_string(v, "agent", agent);
	if (ptx_value_has(drone, "version"))
		ptx_value_set(v, "agent_version",
			      ptx_value_copy(a, ptx_value_get(drone, "version")));
	if (health && strcmp(agent, "up") == 0)
		ptx_value_set_string(v, "health", health);
	if (r->cluster->status == PTXI_PENDING)
		return v;
	if (strcmp(machine, want) != 0)
		problem(r, v,
			ptxi_arena_printf(a, "node %s: its machine is %s, and should be %s", name,
					  machine, want));
	else if (r->cluster->status == PTXI_ACTIVE && r->sight->agents && strcmp(agent, "up") != 0)
		problem(r, v, ptxi_arena_printf(a, "node %s: its agent is %s", name, agent));
	else if (health && strcmp(health, "unhealthy") == 0)
		problem(r, v, ptxi_arena_printf(a, "node %s: unhealthy: %s", name, reason));
	return v;
}

static struct ptx_value *report_frontgate(struct report *r)
{
	struct ptx_arena *a = r->arena;
	const struct ptxi_vpc *v = r->cluster->vpc;
	struct ptx_value *out = ptx_value_map(a);
	const struct ptx_value *etcd =
	    ptx_value_get(ptx_value_get(r->sight->agents, "frontgate"), "etcd");
	const char *machine = machine_state(r, &v->frontgate);
	const char *state = ptx_value_as_string(ptx_value_get(etcd, "state"), "unknown");

	ptx_value_set_string(out, "instance", v->frontgate.instance);
	ptx_value_set_string(out, "machine", machine);
	ptx_value_set_string(out, "agent", r->sight->agents ? "up" : "down");
	ptx_value_set_string(out, "etcd", state);
	if (ptx_value_has(etcd, "restarts"))
		ptx_value_set(out, "etcd_restarts",
			      ptx_value_copy(a, ptx_value_get(etcd, "restarts")));
	ptx_value_set_string(out, "public_ip", v->frontgate.public_ip);
	if (r->cluster->status != PTXI_ACTIVE)
		return out;
	if (strcmp(machine, "running") != 0)
		problem(r, out,
			ptxi_arena_printf(a, "Frontgate: its machine is %s, and should be running",
					  machine));
	else if (!r->sight->agents)
		problem(r, out,
			ptxi_arena_printf(a, "Frontgate: it does not answer: %s",
					  r->sight->why_not ? r->sight->why_not : "no answer"));
	else if (strcmp(state, "up") != 0)
		problem(r, out, ptxi_arena_printf(a, "Frontgate: its etcd is %s", state));
	return out;
}

static void report_state(struct report *r, struct ptx_value *v)
{
	const struct ptxi_cluster *c = r->cluster;

	if (c->transition)
		problem(r, v,
			ptxi_arena_printf(r->arena, "job %s (%s) is not finished", c->job,
					  c->transition));
	else if (c->status == PTXI_PENDING)
		problem(r, v, "the cluster was never brought up");
}

struct ptx_value *ptx_cluster_status(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
				     struct ptx_error **err)
{
	ptxi_auto(cluster) c = load(st, cluster, err);
	struct ptxi_world world = { 0 };
	struct ptxi_sight sight = { 0 };
	struct report r = {
		.arena = a, .cluster = c, .sight = &sight, .problems = ptx_value_list(a)
	};
	struct ptx_value *v = ptx_value_map(a);
	struct ptx_value *nodes = ptx_value_list(a);
	int rc = 0;

	if (!c)
		return NULL;
	rc = ptxi_world_open(st, c->runtime, &world, err);
	if (rc == 0)
		rc = ptxi_front_look(st, a, c, &world, &sight, err);
	ptxi_world_close(&world);
	if (rc < 0)
		return NULL;
	ptx_value_set_string(v, "id", c->id);
	ptx_value_set_string(v, "name", c->name);
	ptx_value_set_string(v, "status", ptxi_status_name(c->status));
	ptx_value_set_string(v, "transition", c->transition);
	report_state(&r, v);
	if (c->vpc)
		ptx_value_set(v, "frontgate", report_frontgate(&r));
	for (size_t i = 0; i < c->node_count; i++)
		ptx_value_append(nodes, report_node(&r, c->nodes[i]));
	ptx_value_set(v, "nodes", nodes);
	ptx_value_set_bool(v, "healthy", ptx_value_count(r.problems) == 0);
	ptx_value_set(v, "problems", r.problems);
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}
