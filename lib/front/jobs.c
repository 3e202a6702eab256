/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.c - run, list, show, follow and cancel jobs. A job is being run exactly while somebody holds
 * its cluster's lock. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/opts.h"
#include "../base/sort.h"
#include "../base/time.h"

#define FOLLOW_MS 200

struct run {
	struct ptx_arena *arena;
	struct ptxi_job job;
	struct ptxi_cluster *cluster;
	struct ptxi_world world;
	struct ptxi_locks locks;
};

static int load_job(struct ptx_store *st, struct ptx_arena *a, const char *id, struct ptxi_job *job,
		    struct ptx_error **err)
{
	const struct ptx_value *doc = ptxi_store_get(st, ptxi_job_key(a, id), a, NULL, err);

	if (!doc)
		return err && *err ? ptx_error_code(*err)
				   : ptx_fail(err, PTX_E_NOT_FOUND, "there is no job '%s'", id);
	return ptxi_job_load(a, job, doc, err);
}

static int prepare_run(struct ptx_store *st, const char *id, const struct ptx_run_opts *o,
		       struct run *r, struct ptx_error **err)
{
	int rc = load_job(st, r->arena, id, &r->job, err);

	if (rc < 0)
		return rc;
	r->cluster = ptxi_engine_load(st, r->job.cluster, err);
	if (!r->cluster)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
	if (r->cluster->job && strcmp(r->cluster->job, id) != 0)
		return ptx_fail(err, PTX_E_PRECONDITION, "job '%s' was superseded by '%s'", id,
				r->cluster->job);
	rc = ptxi_front_lock(st, r->cluster->name, NULL, o->lock_timeout_ms, id, &r->locks, err);
	return rc == 0 ? ptxi_world_open(st, r->cluster->runtime, &r->world, err) : rc;
}

int ptx_job_run(struct ptx_store *st, const char *id, const struct ptx_run_opts *opts,
		struct ptx_error **err)
{
	struct ptx_run_opts o = PTX_RUN_OPTS_INIT;
	struct run r = { .arena = ptx_arena_new(0) };
	int rc =
	    r.arena ? PTXI_OPTS_READ(&o, opts, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");

	if (rc == 0)
		rc = prepare_run(st, id, &o, &r, err);
	if (rc == 0) {
		/* Who loaded it failed, or there is one. */
		struct ptxi_engine_env env = {
			.store = st,
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
			.provider = r.world.runtime->provider,
			.driver = r.world.driver
		};

		rc = ptxi_engine_run(&env, id, &o, err);
	}
	ptxi_world_close(&r.world);
	ptxi_front_unlock(&r.locks);
	ptxi_cluster_free(r.cluster);
	ptx_arena_free(r.arena);
	return rc;
}

char *ptx_job_of_cluster(struct ptx_store *st, const char *cluster, struct ptx_error **err)
{
	ptx_auto_str id = ptxi_front_resolve(st, cluster, err);
	ptxi_auto(cluster) c = id ? ptxi_engine_load(st, id, err) : NULL;

	if (c && c->job)
		return ptxi_strdup(c->job);
	if (c)
		ptx_fail(err, PTX_E_NOT_FOUND, "cluster '%s' has no job", c->name);
	return NULL;
}

/* Somebody runs it: the lock of its cluster is held. */
static bool is_running(struct ptx_store *st, const struct ptxi_job *job)
{
	ptx_auto_str name = ptxi_asprintf("cluster/%s", job->cluster_name);
	struct ptx_error *why = NULL;
	ptxi_auto(lock) l = name ? ptxi_store_lock(st, name, 0, "looking", &why) : NULL;
	bool running = !l && ptx_error_code(why) == PTX_E_BUSY;

	ptx_error_free(why);
	return running;
}

static struct ptx_value *view_job(struct ptx_store *st, struct ptx_arena *a,
				  const struct ptxi_job *j)
{
	struct ptx_value *v = ptx_value_map(a);
	const char *status = ptxi_job_status_name(j->status);

	if (j->status == PTXI_JOB_WORKING && !is_running(st, j))
		status = "interrupted";
	ptx_value_set_string(v, "id", j->id);
	ptx_value_set_string(v, "cluster", j->cluster);
	ptx_value_set_string(v, "cluster_name", j->cluster_name);
	ptx_value_set_string(v, "operation", j->operation);
	ptx_value_set_string(v, "status", status);
	ptx_value_set_int(v, "done", j->done);
	ptx_value_set_int(v, "tasks", j->tasks);
	ptx_value_set(v, "created", ptxi_front_time(a, j->created_ns));
	ptx_value_set(v, "started", ptxi_front_time(a, j->started_ns));
	ptx_value_set(v, "ended", ptxi_front_time(a, j->ended_ns));
	if (j->error)
		ptx_value_set(v, "error", ptx_value_copy(a, j->error));
	return v;
}

struct listing {
	struct ptx_arena *arena;
	const char *cluster;
	struct ptxi_job *jobs;
	size_t count, cap;
};

static int collect(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		   struct ptx_error **err)
{
	struct listing *l = user;
	struct ptxi_job *jobs = NULL;

	(void)key;
	(void)rev;
	if (l->cluster &&
	    strcmp(ptx_value_as_string(ptx_value_get(doc, "cluster"), ""), l->cluster) != 0)
		return 0;
	if (l->count == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;

		jobs = ptxi_arena_grow(l->arena, l->jobs, l->count * sizeof(*jobs),
				       cap * sizeof(*jobs));
		if (!jobs)
			return ptxi_arena_check(l->arena, err);
		l->jobs = jobs;
		l->cap = cap;
	}
	return ptxi_job_load(l->arena, &l->jobs[l->count++], doc, err);
}

static int newest_first(const void *a, const void *b, void *user)
{
	const struct ptxi_job *x = a;
	const struct ptxi_job *y = b;

	(void)user;
	return (x->created_ns < y->created_ns) - (x->created_ns > y->created_ns);
}

struct ptx_value *ptx_job_list(struct ptx_store *st, struct ptx_arena *a, const char *cluster,
			       struct ptx_error **err)
{
	ptx_auto_str id = cluster ? ptxi_front_resolve(st, cluster, err) : NULL;
	struct listing l = { .arena = a, .cluster = id };
	struct ptx_value *list = ptx_value_list(a);

	if ((cluster && !id) || ptxi_store_each(st, "jobs/", 0, collect, &l, err) < 0)
		return NULL;
	if (l.count && !ptxi_sort(l.jobs, l.count, sizeof(*l.jobs), newest_first, NULL)) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < l.count; i++)
		ptx_value_append(list, view_job(st, a, &l.jobs[i]));
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

struct tasks {
	struct ptx_arena *arena;
	struct ptx_value *list; /* by number */
};

static int add_state(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		     struct ptx_error **err)
{
	struct tasks *t = user;
	const char *slash = strrchr(key, '/');
	uint64_t index = 0;
	struct ptx_value *one = NULL;
	static const char *const copied[] = { "status", "attempt", "output", "error" };

	(void)rev;
	(void)err;
	if (!slash || !ptxi_parse_u64(ptxi_str(slash + 1), &index, UINT32_MAX))
		return 0;
	one = ptx_value_at(t->list, index);
	for (size_t i = 0; one && i < PTXI_COUNT(copied); i++)
		if (ptx_value_has(doc, copied[i]))
			ptx_value_set(one, copied[i],
				      ptx_value_copy(t->arena, ptx_value_get(doc, copied[i])));
	if (one) {
		ptx_value_set(one, "started",
			      ptxi_front_time(
				  t->arena, ptx_value_as_int(ptx_value_get(doc, "started_ns"), 0)));
		ptx_value_set(
		    one, "ended",
		    ptxi_front_time(t->arena, ptx_value_as_int(ptx_value_get(doc, "ended_ns"), 0)));
	}
	return 0;
}

static int add_tasks(struct ptx_store *st, struct ptx_arena *a, const char *job,
		     struct ptx_value *view, struct ptx_error **err)
{
	static const char *const copied[] = { "id", "title", "action", "target", "after" };
	ptx_auto_str prefix = ptxi_asprintf("job-tasks/%s/", job);
	const struct ptx_value *plan = ptxi_store_get(st, ptxi_job_plan_key(a, job), a, NULL, err);
	const struct ptx_value *all = ptx_value_get(plan, "tasks");
	struct tasks t = { .arena = a, .list = ptx_value_list(a) };

	if (!prefix || (err && *err))
		return err && *err ? ptx_error_code(*err)
				   : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	for (size_t i = 0; i < ptx_value_count(all); i++) {
		struct ptx_value *one = ptx_value_map(a);

		for (size_t k = 0; k < PTXI_COUNT(copied); k++)
			ptx_value_set(
			    one, copied[k],
			    ptx_value_copy(a, ptx_value_get(ptx_value_at(all, i), copied[k])));
		ptx_value_set_string(one, "status", "pending");
		ptx_value_append(t.list, one);
	}
	if (ptxi_store_each(st, prefix, 0, add_state, &t, err) < 0)
		return ptx_error_code(err ? *err : NULL);
	ptx_value_set(view, "tasks_list", t.list);
	return ptxi_arena_check(a, err);
}

struct ptx_value *ptx_job_show(struct ptx_store *st, struct ptx_arena *a, const char *id,
			       struct ptx_error **err)
{
	struct ptxi_job job = { 0 };
	struct ptx_value *v = NULL;
	struct ptx_error *why = NULL;

	if (load_job(st, a, id, &job, &why) == 0) {
		v = view_job(st, a, &job);
		if (add_tasks(st, a, id, v, &why) < 0)
			v = NULL;
	}
	if (why && err)
		*err = why;
	else
		ptx_error_free(why);
	return v;
}

/* --- follow --- */

struct follow {
	struct ptx_store *st;
	const char *id;
	ptx_event_fn event;
	void *user;
	uint32_t done, count;
	bool stopped;
	const struct ptx_value *plan;
	int64_t since;
	int64_t started_ns;
};

static void say(struct follow *f, struct ptx_event *e)
{
	e->size = sizeof(*e);
	e->job = f->id;
	e->done = f->done;
	e->count = f->count;
	if (f->event && f->event(e, f->user) != 0)
		f->stopped = true;
}

static int changed_task(const char *key, struct ptx_value *doc, int64_t rev, void *user,
			struct ptx_error **err)
{
	struct follow *f = user;
	const char *slash = strrchr(key, '/');
	const char *status = ptx_value_as_string(ptx_value_get(doc, "status"), "");
	int64_t ended = ptx_value_as_int(ptx_value_get(doc, "ended_ns"), 0);
	struct ptx_event e = { .kind = PTX_EVENT_TASK_STARTED };
	const struct ptx_value *task = NULL;
	uint64_t index = 0;

	(void)err;
	if (rev > f->since)
		f->since = rev;
	if (!slash || !ptxi_parse_u64(ptxi_str(slash + 1), &index, UINT32_MAX))
		return 0;
	task = ptx_value_at(ptx_value_get(f->plan, "tasks"), index);
	e.task = (uint32_t)index;
	e.title = ptx_value_as_string(ptx_value_get(task, "title"), "");
	e.action = ptx_value_as_string(ptx_value_get(task, "action"), "");
	if (strcmp(e.action, "join") == 0)
		return 0;
	e.time_ns = ended ? ended : ptx_value_as_int(ptx_value_get(doc, "started_ns"), 0);
	e.elapsed_ms =
	    ended ? (ended - ptx_value_as_int(ptx_value_get(doc, "started_ns"), 0)) / 1000000 : 0;
	e.allowed = ptx_value_as_bool(ptx_value_get(task, "failure_allowed"), false);
	if (strcmp(status, "successful") == 0) {
		e.kind = PTX_EVENT_TASK_DONE;
		f->done++;
	} else if (strcmp(status, "failed") == 0) {
		e.kind = PTX_EVENT_TASK_FAILED;
		f->done += e.allowed;
		e.text = ptx_value_as_string(ptx_value_get(ptx_value_get(doc, "error"), "message"),
					     "it failed");
	}
	say(f, &e);
	return 0;
}

static int end_follow(struct follow *f, const struct ptxi_job *job, struct ptx_error **err)
{
	struct ptx_event e = { .kind = PTX_EVENT_JOB_ENDED };

	e.text = ptx_value_as_string(ptx_value_get(job->error, "message"), NULL);
	e.elapsed_ms = (job->ended_ns - job->started_ns) / 1000000;
	e.time_ns = job->ended_ns;
	say(f, &e);
	if (job->status == PTXI_JOB_SUCCESSFUL)
		return 0;
	if (job->error)
		return ptxi_error_load(job->error, err);
	ptx_fail(err, PTX_E_CANCELED, "job '%s' was stopped after %u of %u tasks", f->id, job->done,
		 job->tasks);
	return ptxi_error_hint(err, "go on with: pitrix job resume %s", f->id);
}

int ptx_job_follow(struct ptx_store *st, const char *id, ptx_event_fn event, void *user,
		   struct ptx_error **err)
{
	ptx_auto(arena) plan_arena = ptx_arena_new(0);
	ptx_auto_str prefix = ptxi_asprintf("job-tasks/%s/", id);
	struct follow f = { .st = st, .id = id, .event = event, .user = user };
	bool began = false;

	f.plan = prefix
		     ? ptxi_store_get(st, ptxi_job_plan_key(plan_arena, id), plan_arena, NULL, err)
		     : NULL;
	for (;;) {
		ptx_auto(arena) a = ptx_arena_new(0);
		struct ptxi_job job = { 0 };
		int rc = load_job(st, a, id, &job, err);

		if (rc < 0)
			return rc;
		f.count = job.tasks;
		if (!began) {
			struct ptx_event e = { .kind = PTX_EVENT_JOB_STARTED,
					       .time_ns = job.started_ns };

			say(&f, &e);
			began = true;
		}
		rc = ptxi_store_each(st, prefix, f.since, changed_task, &f, err);
		if (rc < 0)
			return rc;
		if (job.status >= PTXI_JOB_SUCCESSFUL)
			return end_follow(&f, &job, err);
		if (f.stopped || ptx_ctx_canceled(ptx_store_ctx(st)))
			return ptx_fail(err, PTX_E_CANCELED,
					"stopped following job '%s', which goes on", id);
		if (!is_running(st, &job)) {
			ptx_fail(err, PTX_E_PARTIAL, "nobody runs job '%s': it was interrupted",
				 id);
			return ptxi_error_hint(err, "go on with: pitrix job resume %s", id);
		}
		ptxi_time_sleep_ms(FOLLOW_MS);
	}
}

int ptx_job_cancel(struct ptx_store *st, const char *id, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptxi_auto(commit) commit = ptxi_commit_new(st, err);
	struct ptxi_job job = { 0 };
	int rc = commit ? load_job(st, a, id, &job, err) : PTX_E_NOMEM;

	if (rc < 0)
		return rc;
	if (job.status == PTXI_JOB_SUCCESSFUL)
		return ptx_fail(err, PTX_E_PRECONDITION, "job '%s' is done already", id);
	if (is_running(st, &job)) {
		struct ptx_value *doc = ptx_value_map(a);

		ptx_value_set_int(doc, "format", 1);
		ptxi_commit_put(commit, ptxi_job_cancel_key(a, id), doc, PTX_STORE_ANY);
	} else {
		job.status = PTXI_JOB_CANCELED;
		ptxi_commit_put(commit, ptxi_job_key(a, id), ptxi_job_save(&job, a), PTX_STORE_ANY);
	}
	return ptxi_commit_run(commit, NULL, err);
}
