/* SPDX-License-Identifier: Apache-2.0 */
/* front.c - shared by the public calls: opening a runtime, finding a cluster, locks, looking at
 * what is there. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/lookup.h"
#include "../base/rand.h"
#include "../base/time.h"

#define LOOK_MS 300
#define VPC_MS  60000

int ptxi_world_open(struct ptx_store *st, const char *runtime, struct ptxi_world *w,
		    struct ptx_error **err)
{
	int rc = 0;

	*w = (struct ptxi_world){ .arena = ptx_arena_new(0) };
	w->runtime = w->arena ? ptxi_runtime_load(ptx_store_ctx(st), runtime, w->arena, err) : NULL;
	if (!w->runtime)
		rc = err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	if (rc == 0)
		/* Who loaded it failed, or there is one. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		rc = ptxi_provider_open(ptx_store_ctx(st), w->runtime->provider, w->runtime->config,
					&w->driver, err);
	if (rc < 0)
		ptxi_world_close(w);
	return rc;
}

void ptxi_world_close(struct ptxi_world *w)
{
	if (w->runtime)
		ptxi_provider_close(w->runtime->provider, w->driver);
	ptx_arena_free(w->arena);
	*w = (struct ptxi_world){ 0 };
}

struct search {
	const char *want;
	char *id;
	struct ptx_arena *arena;
	struct ptx_value *names;
};

static int match(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		 struct ptx_error **err)
{
	struct search *s = user;
	const char *name = ptx_value_as_string(ptx_value_get(doc, "name"), "");
	const char *id = ptx_value_as_string(ptx_value_get(doc, "id"), "");
	bool gone = strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "deleted") == 0;

	(void)key;
	(void)rev;
	if (strcmp(id, s->want) == 0 || (!gone && strcmp(name, s->want) == 0)) {
		ptx_free(s->id);
		s->id = ptxi_strdup(id);
		return s->id ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	if (!gone)
		ptx_value_append(s->names, ptx_value_string(s->arena, name));
	return 0;
}

static struct ptx_str name_at(size_t i, const void *user)
{
	return ptx_value_str(ptx_value_at(user, i));
}

char *ptxi_front_resolve(struct ptx_store *st, const char *cluster, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct search s = { .want = cluster, .arena = a, .names = ptx_value_list(a) };
	struct ptx_str near = { 0 };

	if (ptxi_store_each(st, "clusters/", 0, match, &s, err) < 0) {
		ptx_free(s.id);
		return NULL;
	}
	if (s.id)
		return s.id;
	near = ptxi_nearest(ptxi_str(cluster), name_at, s.names);
	ptx_fail(err, PTX_E_NOT_FOUND, "there is no cluster '%s'", cluster);
	if (near.p)
		ptxi_error_hint(err, "did you mean '%.*s'?", PTX_STR_ARG(near));
	else
		ptxi_error_hint(err, "see them with: pitrix cluster list");
	return NULL;
}

int ptxi_front_lock(struct ptx_store *st, const char *cluster_name, const char *vpc,
		    int64_t wait_ms, const char *what, struct ptxi_locks *l, struct ptx_error **err)
{
	ptx_auto_str cluster_lock = ptxi_asprintf("cluster/%s", cluster_name);
	ptx_auto_str vpc_lock = ptxi_asprintf("vpc/%s", vpc ? vpc : "");

	*l = (struct ptxi_locks){ 0 };
	/* Whoever only looks whether a job runs holds a lock for an instant. */
	if (wait_ms == 0)
		wait_ms = LOOK_MS;
	if (!cluster_lock || !vpc_lock)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	l->cluster = ptxi_store_lock(st, cluster_lock, wait_ms, what, err);
	if (l->cluster && vpc)
		l->vpc = ptxi_store_lock(
		    st, vpc_lock, wait_ms < 0 || wait_ms > VPC_MS ? wait_ms : VPC_MS, what, err);
	if (l->cluster && (l->vpc || !vpc))
		return 0;
	ptxi_front_unlock(l);
	ptx_wrap(err, "while locking cluster '%s'", cluster_name);
	return err && *err ? ptx_error_code(*err) : PTX_E_BUSY;
}

void ptxi_front_unlock(struct ptxi_locks *l)
{
	ptxi_lock_free(l->vpc);
	ptxi_lock_free(l->cluster);
	*l = (struct ptxi_locks){ 0 };
}

const char *ptxi_front_frontgate(struct ptx_arena *a, const struct ptxi_cluster *c)
{
	for (size_t i = 0; c->vpc && i < ptx_value_count(c->vpc->frontgate.ports); i++) {
		const struct ptx_value *p = ptx_value_at(c->vpc->frontgate.ports, i);
		const char *address = ptx_value_as_string(ptx_value_get(p, "address"), NULL);

		if (address &&
		    strcmp(ptx_value_as_string(ptx_value_get(p, "name"), ""), "pilot") == 0)
			return ptxi_arena_str(a, address);
	}
	return NULL;
}

struct ptxi_pilot *ptxi_front_pilot(struct ptx_store *st, const struct ptxi_cluster *c,
				    struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const char *address = ptxi_front_frontgate(a, c);
	char *secret = NULL;
	struct ptxi_pilot *p = NULL;

	if (!address) {
		ptx_fail(err, PTX_E_UNAVAILABLE, "the Frontgate of cluster '%s' is not there",
			 c->name);
		return NULL;
	}
	secret = ptxi_store_secret(st, c->vpc->secret, err);
	if (secret)
		p = ptxi_pilot_open(ptx_store_ctx(st), secret, address, err);
	ptxi_free_secret(secret);
	return p;
}

/* The instances of one tag, by the node that they are of. */
static int find_instances(const struct ptxi_world *w, const char *owner, const char *key,
			  const char *value, struct ptx_value *by_node, struct ptx_error **err)
{
	return ptxi_provider_find_nodes(w->runtime->provider, w->driver, owner, key, value, by_node,
					err);
}

int ptxi_front_reach(struct ptx_store *st, const struct ptxi_world *w, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const char *owner = ptxi_store_owner(st, err);

	if (!owner)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	if (find_instances(w, owner, "pitrix:node", "none", ptx_value_map(a), err) < 0)
		return ptx_wrap(err, "while asking runtime '%s' whether it is there",
				w->runtime->name);
	return 0;
}

static bool runs(const struct ptxi_sight *s, const char *node)
{
	const struct ptx_value *one = ptx_value_get(s->found, node);

	return strcmp(ptx_value_as_string(ptx_value_get(one, "state"), ""), "running") == 0;
}

static void ask_frontgate(struct ptx_store *st, struct ptx_arena *a, const struct ptxi_cluster *c,
			  struct ptxi_sight *s)
{
	struct ptx_error *why = NULL;
	struct ptxi_pilot *p = ptxi_front_pilot(st, c, &why);

	if (p)
		s->agents = ptxi_pilot_status(p, a, &why);
	if (s->agents)
		ptxi_front_rebuild(st, p, c, &why);
	if (why)
		s->why_not = ptxi_arena_str(a, ptx_error_message(why));
	ptx_error_free(why);
	ptxi_pilot_close(p);
}

int ptxi_front_look(struct ptx_store *st, struct ptx_arena *a, const struct ptxi_cluster *c,
		    const struct ptxi_world *w, struct ptxi_sight *s, struct ptx_error **err)
{
	const char *owner = c->owner ? c->owner : "";
	const struct ptx_value *drones = NULL;
	size_t count = 0;
	size_t missing = 0;
	int rc = 0;

	*s = (struct ptxi_sight){ .found = ptx_value_map(a) };
	s->up = ptxi_arena_array(a, c->node_count + 1, sizeof(*s->up));
	s->missing = ptxi_arena_array(a, c->node_count + 1, sizeof(*s->missing));
	rc = find_instances(w, owner, "pitrix:cluster", c->id, s->found, err);
	if (rc == 0 && c->vpc)
		rc = find_instances(w, owner, "pitrix:vpc", c->vpc->id, s->found, err);
	if (rc < 0)
		return ptx_wrap(err, "while looking at cluster '%s' on runtime '%s'", c->name,
				c->runtime);
	if (c->vpc && runs(s, c->vpc->frontgate.id))
		ask_frontgate(st, a, c, s);
	else
		s->why_not = "its machine does not run";
	s->frontgate_up = s->agents != NULL;
	drones = ptx_value_get(s->agents, "drones");
	for (size_t i = 0; s->up && s->missing && i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		const struct ptx_value *d = n->instance ? ptx_value_get(drones, n->instance) : NULL;

		if (runs(s, n->id) &&
		    strcmp(ptx_value_as_string(ptx_value_get(d, "state"), ""), "up") == 0)
			s->up[count++] = n->id;
		if (!ptx_value_has(s->found, n->id))
			s->missing[missing++] = n->id;
	}
	return ptxi_arena_check(a, err);
}

const char *ptxi_front_add_job(struct ptx_store *st, struct ptxi_commit *commit,
			       struct ptxi_cluster *c, const struct ptx_plan *plan,
			       struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_job job = { .cluster = c->id,
				.cluster_name = c->name,
				.operation = ptx_plan_operation(plan) };
	char id[PTXI_ID_MAX] = "";

	if (ptxi_rand_id(ptx_store_ctx(st), "job", id, err) < 0)
		return NULL;
	job.id = id;
	job.created_ns = ptxi_ctx_now(ptx_store_ctx(st));
	job.tasks = (uint32_t)ptx_plan_count(plan);
	ptxi_commit_put(commit, ptxi_job_key(a, id), ptxi_job_save(&job, a), 0);
	ptxi_commit_put(commit, ptxi_job_plan_key(a, id), ptx_plan_view(plan, a), 0);
	c->job = ptxi_arena_str(c->arena, id);
	c->updated_ns = job.created_ns;
	c->doc.dirty = true;
	if (ptxi_arena_check(a, err) < 0 || ptxi_arena_check(c->arena, err) < 0)
		return NULL;
	return c->job;
}

const char *ptxi_front_node_name(struct ptx_arena *a, const struct ptxi_node *n)
{
	return ptxi_arena_printf(a, "%s/%u", *n->role ? n->role : "node", n->server_id);
}

static bool is_named(struct ptx_arena *a, const struct ptxi_node *n, const char *name)
{
	const char *own = ptxi_front_node_name(a, n);

	return (own && strcmp(own, name) == 0) || strcmp(n->id, name) == 0 ||
	       (n->instance && strcmp(n->instance, name) == 0);
}

const struct ptxi_node *ptxi_front_find_node(const struct ptxi_cluster *c, const char *name,
					     struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf names = { 0 };

	ptx_buf_init(&names, 400);
	if (!name && c->node_count == 1)
		return c->nodes[0];
	for (size_t i = 0; i < c->node_count; i++) {
		const char *own = ptxi_front_node_name(a, c->nodes[i]);

		if (name && is_named(a, c->nodes[i], name))
			return c->nodes[i];
		ptx_buf_printf(&names, "%s%s", i ? ", " : "", own ? own : "");
	}
	if (name)
		ptx_fail(err, PTX_E_NOT_FOUND, "cluster '%s' has no node '%s'", c->name, name);
	else
		ptx_fail(err, PTX_E_USAGE, "cluster '%s' has %zu nodes; say which one", c->name,
			 c->node_count);
	ptxi_error_hint(err, "its nodes: %s", names.p);
	return NULL;
}

struct ptx_value *ptxi_front_time(struct ptx_arena *a, int64_t ns)
{
	ptx_auto_buf text = { 0 };

	if (!ns)
		return ptx_value_null(a);
	ptx_buf_init(&text, 0);
	ptxi_time_format_rfc3339(ns / PTXI_NS_PER_S,
				 (int32_t)(ns % PTXI_NS_PER_S / 1000000 * 1000000), 0, &text);
	return ptx_value_strn(a, ptx_buf_str(&text));
}
