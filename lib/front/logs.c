/* SPDX-License-Identifier: Apache-2.0 */
/* logs.c - what the services' commands of a cluster printed, and what its machines said.
 *
 * The first is recorded with the tasks of its jobs, the second is asked of the provider. Both come
 * as entries, merged by time. Following asks again for what is newer than the last entry of each
 * node, so that no node's clock hides another's lines.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/log.h"
#include "../base/opts.h"
#include "../base/sort.h"
#include "../base/time.h"

#define FOLLOW_MS  500
#define MOST_BYTES ((size_t)256 << 20)

struct logs {
	struct ptx_store *st;
	struct ptx_logs_opts o;
	struct ptx_arena *arena; /* of the entries of one look */
	struct ptxi_cluster *cluster;
	const struct ptxi_node *node; /* NULL: all */
	bool frontgate;               /* it, and no node */
	struct ptxi_world world;
	bool is_open;
	struct ptx_value *list;
	int64_t *seen;        /* of each node's machine: the last time; one more for Frontgate's */
	int64_t service_seen; /* of the services: the last end that was told */
	int64_t service_next;
};

/* --- services --- */

static void add_service(struct logs *l, const struct ptx_value *t, const struct ptx_value *doc)
{
	const char *target = ptx_value_as_string(ptx_value_get(t, "target"), "");
	const struct ptxi_node *n = ptxi_cluster_node(l->cluster, target);
	int64_t started = ptx_value_as_int(ptx_value_get(doc, "started_ns"), 0);
	int64_t ended = ptx_value_as_int(ptx_value_get(doc, "ended_ns"), 0);
	struct ptx_value *one = NULL;

	if (!started || (l->node && l->node != n) || started <= l->o.since_ns ||
	    (ended && ended <= l->service_seen))
		return;
	/* What still runs is told when it has ended, if somebody waits for it. */
	if (!ended && l->o.follow)
		return;
	one = ptx_value_map(l->arena);
	ptx_value_set(one, "time", ptxi_front_time(l->arena, started));
	ptx_value_set_int(one, "time_ns", started);
	ptx_value_set_string(one, "source", "service");
	ptx_value_set_string(one, "node", n ? ptxi_front_node_name(l->arena, n) : target);
	ptx_value_set(one, "service", ptx_value_copy(l->arena, ptx_value_get(t, "title")));
	ptx_value_set_string(one, "status", ptx_value_as_string(ptx_value_get(doc, "status"), ""));
	ptx_value_set_string(one, "output", ptx_value_as_string(ptx_value_get(doc, "output"), ""));
	ptx_value_append(l->list, one);
}

static int64_t newer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

struct jobs {
	const char *cluster;
	struct ptx_value *ids;
};

/* Nothing else is read of the store while it is walked. */
static int note_job(const char *key, struct ptx_value *job, int64_t rev, void *user,
		    struct ptx_error **err)
{
	struct jobs *j = user;
	struct ptx_arena *a = ptxi_value_arena(j->ids);

	(void)key;
	(void)rev;
	if (strcmp(ptx_value_as_string(ptx_value_get(job, "cluster"), ""), j->cluster) == 0)
		ptx_value_append(j->ids, ptx_value_copy(a, ptx_value_get(job, "id")));
	return ptxi_arena_check(a, err);
}

static int add_job(struct logs *l, const char *id, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptx_value *plan = NULL;
	const struct ptx_value *tasks = NULL;
	struct ptx_error *why = NULL;

	plan = ptxi_store_get(l->st, ptxi_job_plan_key(a, id), a, NULL, &why);
	tasks = ptx_value_get(plan, "tasks");
	for (size_t i = 0; !why && i < ptx_value_count(tasks); i++) {
		const struct ptx_value *t = ptx_value_at(tasks, i);
		const struct ptx_value *doc = NULL;

		if (strcmp(ptx_value_as_string(ptx_value_get(t, "action"), ""), "service.run") != 0)
			continue;
		doc = ptxi_store_get(l->st, ptxi_job_task_key(a, id, (uint32_t)i), a, NULL, &why);
		if (doc)
			add_service(l, t, doc);
		l->service_next =
		    newer(l->service_next, ptx_value_as_int(ptx_value_get(doc, "ended_ns"), 0));
	}
	if (!why)
		return 0;
	if (err)
		*err = why;
	return ptx_error_code(why);
}

static int add_services(struct logs *l, struct ptx_error **err)
{
	struct jobs jobs = { .cluster = l->cluster->id, .ids = ptx_value_list(l->arena) };
	int rc = ptxi_store_each(l->st, "jobs/", 0, note_job, &jobs, err);

	for (size_t i = 0; rc == 0 && i < ptx_value_count(jobs.ids); i++)
		rc = add_job(l, ptx_value_as_string(ptx_value_at(jobs.ids, i), ""), err);
	if (l->o.follow)
		l->service_seen = l->service_next;
	return rc;
}

/* --- machines --- */

static int add_machine(struct logs *l, const char *instance, const char *name, int64_t *seen,
		       struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(MOST_BYTES);
	struct ptx_value *lines = ptx_value_list(a);
	struct ptx_provider_log_query q = { .size = sizeof(q),
					    .name = instance,
					    .since_ns = newer(*seen, l->o.since_ns) };
	struct ptx_error *why = NULL;
	int rc = 0;

	q.tail = *seen || l->o.tail <= 0 ? -1 : l->o.tail;
	rc = ptxi_provider_logs(l->world.runtime->provider, l->world.driver, &q, lines, &why);
	if (rc == PTX_E_NOT_FOUND) {
		ptx_error_free(why); /* a machine that is gone says nothing any more */
		return 0;
	}
	if (rc < 0) {
		if (err)
			*err = why;
		else
			ptx_error_free(why);
		return rc;
	}
	for (size_t i = 0; i < ptx_value_count(lines); i++) {
		const struct ptx_value *line = ptx_value_at(lines, i);
		int64_t ns = ptx_value_as_int(ptx_value_get(line, "time_ns"), 0);
		struct ptx_value *one = ptx_value_map(l->arena);

		ptx_value_set(one, "time", ptxi_front_time(l->arena, ns));
		ptx_value_set_int(one, "time_ns", ns);
		ptx_value_set_string(one, "source", "machine");
		ptx_value_set_string(one, "node", name);
		ptx_value_set_string(one, "stream",
				     ptx_value_as_string(ptx_value_get(line, "stream"), ""));
		ptx_value_set(one, "output", ptx_value_copy(l->arena, ptx_value_get(line, "text")));
		ptx_value_append(l->list, one);
		*seen = newer(*seen, ns);
	}
	return ptxi_arena_check(l->arena, err);
}

static int add_machines(struct logs *l, struct ptx_error **err)
{
	const struct ptxi_cluster *c = l->cluster;
	int rc = 0;

	if (!l->is_open) {
		rc = ptxi_world_open(l->st, c->runtime, &l->world, err);
		l->is_open = rc == 0;
	}
	for (size_t i = 0; rc == 0 && !l->frontgate && i < c->node_count; i++)
		if (c->nodes[i]->instance && (!l->node || l->node == c->nodes[i]))
			rc = add_machine(l, c->nodes[i]->instance,
					 ptxi_front_node_name(l->arena, c->nodes[i]), &l->seen[i],
					 err);
	if (rc == 0 && l->frontgate && c->vpc && c->vpc->frontgate.instance)
		rc = add_machine(l, c->vpc->frontgate.instance, "frontgate",
				 &l->seen[c->node_count], err);
	return rc;
}

/* Where both are wanted, what is recorded is shown though the machines cannot be asked. */
static int machines_or_word(struct logs *l, struct ptx_error **err)
{
	struct ptx_error *why = NULL;
	int rc = add_machines(l, &why);

	if (rc < 0 && l->o.sources == PTX_LOGS_MACHINES) {
		if (err)
			*err = why;
		else
			ptx_error_free(why);
		return rc;
	}
	if (rc < 0) {
		ptx_auto_str text = ptxi_asprintf("the machines of cluster '%s' were not asked: %s",
						  l->cluster->name, ptx_error_message(why));

		ptxi_log(ptx_store_ctx(l->st), PTX_LOG_WARN, "front",
			 text ? text : "the machines were not asked", PTXI_F_END);
		l->o.sources = PTX_LOGS_SERVICES;
	}
	ptx_error_free(why);
	return 0;
}

/* --- one look, and many --- */

static int by_time(const void *a, const void *b, void *user)
{
	int64_t x = ptx_value_as_int(ptx_value_get(*(struct ptx_value *const *)a, "time_ns"), 0);
	int64_t y = ptx_value_as_int(ptx_value_get(*(struct ptx_value *const *)b, "time_ns"), 0);

	(void)user;
	return (x > y) - (x < y);
}

/* Of the services' entries of each node the last ones; the machines' were counted by the provider.
 */
static struct ptx_value *cut(struct logs *l)
{
	struct ptx_value *kept = ptx_value_list(l->arena);
	struct ptx_value *counts = ptx_value_map(l->arena);
	struct ptx_value *reversed = ptx_value_list(l->arena);

	for (size_t i = ptx_value_count(l->list); i-- > 0;) {
		struct ptx_value *one = ptx_value_at(l->list, i);
		const char *node = ptx_value_as_string(ptx_value_get(one, "node"), "");
		int64_t n = ptx_value_as_int(ptx_value_get(counts, node), 0);

		if (strcmp(ptx_value_as_string(ptx_value_get(one, "source"), ""), "service") == 0) {
			if (n >= l->o.tail)
				continue;
			ptx_value_set_int(counts, node, n + 1);
		}
		ptx_value_append(reversed, one);
	}
	for (size_t i = ptx_value_count(reversed); i-- > 0;)
		ptx_value_append(kept, ptx_value_at(reversed, i));
	return kept;
}

static int look(struct logs *l, struct ptx_error **err)
{
	int rc = 0;

	l->list = ptx_value_list(l->arena);
	if (l->o.sources & PTX_LOGS_SERVICES && !l->frontgate)
		rc = add_services(l, err);
	if (rc == 0 && l->o.sources & PTX_LOGS_MACHINES)
		rc = machines_or_word(l, err);
	if (rc < 0)
		return rc;
	rc = ptxi_arena_check(l->arena, err);
	if (rc == 0 &&
	    !ptxi_sort(l->list->list.v, l->list->list.n, sizeof(*l->list->list.v), by_time, NULL))
		rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (rc == 0 && l->o.tail > 0)
		l->list = cut(l);
	return rc < 0 ? rc : ptxi_arena_check(l->arena, err);
}

static int begin(struct logs *l, struct ptx_store *st, const char *cluster,
		 const struct ptx_logs_opts *opts, struct ptx_error **err)
{
	ptx_auto_str id = NULL;
	int rc = 0;

	*l = (struct logs){ .st = st };
	rc = PTXI_OPTS_READ(&l->o, opts, err);
	if (!l->o.sources)
		l->o.sources = PTX_LOGS_SERVICES | PTX_LOGS_MACHINES;
	id = rc == 0 ? ptxi_front_resolve(st, cluster, err) : NULL;
	l->cluster = id ? ptxi_engine_load(st, id, err) : NULL;
	if (!l->cluster) {
		rc = err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
		return rc < 0 ? rc : PTX_E_NOT_FOUND;
	}
	l->seen = ptxi_arena_array(l->cluster->arena, l->cluster->node_count + 1, sizeof(*l->seen));
	l->frontgate = l->o.node && strcmp(l->o.node, "frontgate") == 0 && l->cluster->vpc;
	if (l->o.node && !l->frontgate) {
		l->node = ptxi_front_find_node(l->cluster, l->o.node, err);
		if (!l->node)
			return PTX_E_NOT_FOUND;
	}
	return l->seen ? 0 : ptxi_arena_check(l->cluster->arena, err);
}

static void done(struct logs *l)
{
	if (l->is_open)
		ptxi_world_close(&l->world);
	ptxi_cluster_free(l->cluster);
}

struct ptx_value *ptx_cluster_logs(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
				   const struct ptx_logs_opts *opts, struct ptx_error **err)
{
	struct logs l;
	int rc = begin(&l, st, cluster, opts, err);

	l.arena = a;
	l.o.follow = false;
	if (rc == 0)
		rc = look(&l, err);
	done(&l);
	return rc == 0 ? l.list : NULL;
}

int ptx_cluster_logs_follow(struct ptx_store *st, const char *cluster,
			    const struct ptx_logs_opts *opts, ptx_log_entry_fn fn, void *user,
			    struct ptx_error **err)
{
	struct logs l;
	int rc = begin(&l, st, cluster, opts, err);

	l.o.follow = true;
	while (rc == 0) {
		ptx_auto(arena) a = ptx_arena_new(MOST_BYTES);

		l.arena = a;
		rc = look(&l, err);
		for (size_t i = 0; rc == 0 && i < ptx_value_count(l.list); i++)
			rc = fn(ptx_value_at(l.list, i), user);
		if (rc == 0)
			rc = ptxi_ctx_check(ptx_store_ctx(st), err);
		l.o.tail = 0;
		if (rc == 0)
			ptxi_time_sleep_ms(FOLLOW_MS);
	}
	done(&l);
	return rc;
}
