/* SPDX-License-Identifier: Apache-2.0 */
/* agents.c - through the Frontgate to the nodes: run a command, and what happened. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/rand.h"
#include "../base/sort.h"
#include "../base/time.h"

#define EXEC_TIMEOUT_MS 60000
#define EXEC_POLL_MS    100

static struct ptxi_cluster *load(struct ptx_store *st, const char *cluster, struct ptx_error **err)
{
	ptx_auto_str id = ptxi_front_resolve(st, cluster, err);

	return id ? ptxi_engine_load(st, id, err) : NULL;
}

static struct ptx_value *wait_for(struct ptxi_pilot *p, const struct ptx_ctx *ctx,
				  const char *instance, const char *id, int64_t timeout_ms,
				  struct ptx_arena *a, struct ptx_error **err)
{
	int64_t deadline = ptxi_time_mono_ms() + timeout_ms + 10000;

	for (;;) {
		struct ptx_value *outcome = ptxi_pilot_outcome(p, instance, id, a, err);
		const char *state = ptx_value_as_string(ptx_value_get(outcome, "state"), "");

		if (!outcome)
			return NULL;
		if (strcmp(state, "pending") != 0 && strcmp(state, "running") != 0)
			return outcome;
		if (ptxi_ctx_check(ctx, err) < 0)
			return NULL;
		if (ptxi_time_mono_ms() > deadline) {
			ptx_fail(err, PTX_E_TIMEOUT, "the command was not done within %lld s",
				 (long long)(timeout_ms / 1000));
			return NULL;
		}
		ptxi_time_sleep_ms(EXEC_POLL_MS);
	}
}

static struct ptx_value *exec_result(struct ptx_arena *a, const struct ptx_value *outcome,
				     struct ptx_error **err)
{
	const char *state = ptx_value_as_string(ptx_value_get(outcome, "state"), "");
	const struct ptx_value *status = ptx_value_get(outcome, "exit_status");
	struct ptx_value *v = ptx_value_map(a);

	if (strcmp(state, "unknown") == 0 || !ptx_value_is_number(status)) {
		const char *why = ptx_value_as_string(ptx_value_get(outcome, "error"),
						      "the agent died while it ran the command");

		ptx_fail(err, PTX_E_FAILED, "%s", why);
		return NULL;
	}
	ptx_value_set(v, "exit_status", ptx_value_copy(a, status));
	ptx_value_set(v, "output", ptx_value_copy(a, ptx_value_get(outcome, "output")));
	return v;
}

struct ptx_value *ptx_cluster_exec(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
				   const char *node, const char *command, int64_t timeout_ms,
				   struct ptx_error **err)
{
	ptxi_auto(cluster) c = load(st, cluster, err);
	const struct ptxi_node *n = c ? ptxi_front_find_node(c, node, err) : NULL;
	char id[PTXI_ID_MAX] = "";
	struct ptxi_pilot_request request = { .id = id, .kind = "run", .cmd = command };
	struct ptxi_pilot *p = NULL;
	struct ptx_value *outcome = NULL;

	if (!n)
		return NULL;
	if (!n->instance) {
		ptx_fail(err, PTX_E_PRECONDITION, "node '%s' has no machine",
			 ptxi_front_node_name(a, n));
		return NULL;
	}
	request.timeout_ms = timeout_ms > 0 ? timeout_ms : EXEC_TIMEOUT_MS;
	if (ptxi_rand_id(ptx_store_ctx(st), "exec", id, err) < 0)
		return NULL;
	p = ptxi_front_pilot(st, c, err);
	if (p && ptxi_pilot_request(p, n->instance, &request, err) == 0)
		outcome =
		    wait_for(p, ptx_store_ctx(st), n->instance, id, request.timeout_ms, a, err);
	ptxi_pilot_close(p);
	return outcome ? exec_result(a, outcome, err) : NULL;
}

/* --- what is recorded: events --- */

typedef void (*job_fn)(struct ptx_arena *a, const struct ptx_value *job, struct ptx_value *list,
		       const void *user);

/* All jobs of a cluster with their tasks, oldest first. */
static int each_job(struct ptx_store *st, struct ptx_arena *a, const struct ptxi_cluster *c,
		    job_fn fn, struct ptx_value *list, const void *user, struct ptx_error **err)
{
	const struct ptx_value *jobs = ptx_job_list(st, a, c->id, err);

	if (!jobs)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	for (size_t i = ptx_value_count(jobs); i-- > 0;) {
		const char *id =
		    ptx_value_as_string(ptx_value_get(ptx_value_at(jobs, i), "id"), "");
		const struct ptx_value *job = ptx_job_show(st, a, id, err);

		if (!job)
			return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
		fn(a, job, list, user);
	}
	return ptxi_arena_check(a, err);
}

static void add_event(struct ptx_arena *a, struct ptx_value *list, const struct ptx_value *time,
		      const char *source, const char *kind, const char *node, const char *text)
{
	struct ptx_value *one = ptx_value_map(a);

	if (ptx_value_kind(time) != PTX_STRING)
		return;
	ptx_value_set(one, "time", (struct ptx_value *)time);
	ptx_value_set_string(one, "source", source);
	ptx_value_set_string(one, "kind", kind);
	ptx_value_set_string(one, "node", node);
	ptx_value_set_string(one, "text", text);
	ptx_value_append(list, one);
}

static void add_job_events(struct ptx_arena *a, const struct ptx_value *job, struct ptx_value *list,
			   const void *user)
{
	const struct ptxi_cluster *c = user;
	const struct ptx_value *tasks = ptx_value_get(job, "tasks_list");
	const char *id = ptx_value_as_string(ptx_value_get(job, "id"), "");
	const char *operation = ptx_value_as_string(ptx_value_get(job, "operation"), "");
	const char *status = ptx_value_as_string(ptx_value_get(job, "status"), "");

	add_event(a, list, ptx_value_get(job, "created"), id, "job", NULL,
		  ptxi_arena_printf(a, "%s: asked for", operation));
	for (size_t i = 0; i < ptx_value_count(tasks); i++) {
		const struct ptx_value *t = ptx_value_at(tasks, i);
		const struct ptxi_node *n =
		    ptxi_cluster_node(c, ptx_value_as_string(ptx_value_get(t, "target"), ""));
		const char *why =
		    ptx_value_as_string(ptx_value_get(ptx_value_get(t, "error"), "message"), NULL);
		const char *title = ptx_value_as_string(ptx_value_get(t, "title"), "");

		if (strcmp(ptx_value_as_string(ptx_value_get(t, "action"), ""), "join") == 0)
			continue;
		add_event(a, list, ptx_value_get(t, "ended"), id,
			  ptx_value_as_string(ptx_value_get(t, "status"), ""),
			  n ? ptxi_front_node_name(a, n) : NULL,
			  why ? ptxi_arena_printf(a, "%s: %s", title, why) : title);
	}
	add_event(a, list, ptx_value_get(job, "ended"), id, "job", NULL,
		  ptxi_arena_printf(a, "%s: %s", operation, status));
}

/* A Frontgate gives a few hundred events at a time. One that is gone or down has nothing to say;
 * what is recorded is still worth showing. */
static void add_agent_events(struct ptx_store *st, struct ptx_arena *a,
			     const struct ptxi_cluster *c, struct ptx_value *list)
{
	struct ptxi_pilot *p = ptxi_front_pilot(st, c, NULL);
	const struct ptx_value *events = NULL;
	int64_t last = 0;

	do {
		events = p ? ptxi_pilot_events(p, last, a, NULL) : NULL;
		for (size_t i = 0; i < ptx_value_count(events); i++) {
			const struct ptx_value *e = ptx_value_at(events, i);

			last = ptx_value_as_int(ptx_value_get(e, "n"), INT64_MAX);
			add_event(a, list,
				  ptxi_front_time(a, ptx_value_as_int(ptx_value_get(e, "time"), 0) *
							 PTXI_NS_PER_S),
				  "frontgate", ptx_value_as_string(ptx_value_get(e, "kind"), ""),
				  ptx_value_as_string(ptx_value_get(e, "instance"), NULL),
				  ptx_value_as_string(ptx_value_get(e, "text"), ""));
		}
	} while (ptx_value_count(events) && last < INT64_MAX);
	ptxi_pilot_close(p);
}

static int by_time(const void *a, const void *b, void *user)
{
	const struct ptx_value *x = ptx_value_get(*(struct ptx_value *const *)a, "time");
	const struct ptx_value *y = ptx_value_get(*(struct ptx_value *const *)b, "time");

	(void)user;
	/* RFC 3339 in UTC, with milliseconds or without: a shorter one that is a prefix but for its
	 * Z is earlier. */
	return ptxi_str_cmp(ptxi_str_sub(ptx_value_str(x), 0, ptx_value_str(x).n - 1),
			    ptxi_str_sub(ptx_value_str(y), 0, ptx_value_str(y).n - 1));
}

struct ptx_value *ptx_cluster_events(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
				     struct ptx_error **err)
{
	ptxi_auto(cluster) c = load(st, cluster, err);
	struct ptx_value *list = ptx_value_list(a);

	if (!c || each_job(st, a, c, add_job_events, list, c, err) < 0)
		return NULL;
	if (c->vpc && c->status != PTXI_DELETED)
		add_agent_events(st, a, c, list);
	if (list && !ptxi_sort(list->list.v, list->list.n, sizeof(*list->list.v), by_time, NULL)) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}
