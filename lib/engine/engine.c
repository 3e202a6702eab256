/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - run a job: one loop, one commit a turn.
 *
 * A turn: take what came back from the workers and the timers that are due; put the outcomes into
 * the record; prepare what became ready; write all of it, outcomes and intents, in ONE commit; then
 * hand the prepared tasks to the workers. So every intent is on disk before its task acts, and
 * every outcome before anything that depends on it starts, whatever the number of tasks that one
 * commit carries.
 *
 * Only this loop reads and changes the record; workers see copies. A task that waits holds a timer,
 * never a thread. After the first failure nothing new is started, but in a delete, where every
 * other branch is carried on with.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"

#include "../base/log.h"
#include "../base/pool.h"
#include "../base/time.h"
#include "../cluster/job.h"
#include "event.h"
#include "vpc.h"

#define DEFAULT_PARALLELISM 16u
#define CANCEL_CHECK_MS     500
#define MOST_BACKOFF_MS     10000
#define FIRST_BACKOFF_MS    200
#define MOST_RETRIES        12u /* a bit more than a minute in all */

struct loop {
	struct ptxi_engine e;
	struct ptxi_job job;
	struct ptx_plan *plan;
	struct ptxi_dag *dag;
	struct ptxi_pool *pool;
	struct ptxi_commit *commit;
	struct ptxi_run *runs;             /* one a task */
	PTX_VEC(struct ptxi_run *) timers; /* heap by due_ms */
	PTX_VEC(struct ptxi_run *) prepared;
	struct ptxi_events events;
	pthread_mutex_t mutex; /* of back */
	pthread_cond_t woken;
	struct ptxi_run *back;     /* came back, newest first */
	struct ptx_error *failure; /* the first one */
	uint32_t working;
	uint32_t done;
	int64_t next_cancel_check_ms;
	int64_t deadline_ms;
	bool stopping; /* starts nothing new */
	bool canceled;
};

/* --- timers: a heap by due_ms --- */

static void timer_place(struct loop *l, size_t i, struct ptxi_run *r)
{
	l->timers.v[i] = r;
	r->timer = i;
}

static bool timer_add(struct loop *l, struct ptxi_run *r)
{
	size_t i = l->timers.n;

	if (!ptx_vec_push(&l->timers, r))
		return false;
	while (i && l->timers.v[(i - 1) / 2]->due_ms > r->due_ms) {
		timer_place(l, i, l->timers.v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	timer_place(l, i, r);
	return true;
}

static struct ptxi_run *timer_take(struct loop *l, int64_t now)
{
	struct ptxi_run *top = l->timers.n ? l->timers.v[0] : NULL;
	struct ptxi_run *last = NULL;
	size_t i = 0;

	if (!top || top->due_ms > now)
		return NULL;
	last = l->timers.v[--l->timers.n];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= l->timers.n)
			break;
		if (child + 1 < l->timers.n &&
		    l->timers.v[child + 1]->due_ms < l->timers.v[child]->due_ms)
			child++;
		if (l->timers.v[child]->due_ms >= last->due_ms)
			break;
		timer_place(l, i, l->timers.v[child]);
		i = child;
	}
	if (l->timers.n)
		timer_place(l, i, last);
	return top;
}

/* --- documents --- */

static void put_task(struct loop *l, struct ptxi_run *r, const char *status)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *doc = ptx_value_map(a);
	const struct ptx_value *output = ptx_value_get(r->call.result, "output");

	ptx_value_set_int(doc, "format", 1);
	ptx_value_set_string(doc, "status", status);
	ptx_value_set_int(doc, "attempt", r->attempt);
	ptx_value_set_int(doc, "started_ns", r->started_ns);
	if (r->ended_ns)
		ptx_value_set_int(doc, "ended_ns", r->ended_ns);
	if (r->state != PTXI_RUN_DONE && ptx_value_count(r->call.handle))
		ptx_value_set(doc, "handle", ptx_value_copy(a, r->call.handle));
	if (output)
		ptx_value_set(doc, "output", ptx_value_copy(a, output));
	if (r->error && r->state == PTXI_RUN_FAILED)
		ptx_value_set(doc, "error", ptxi_error_save(r->error, a));
	ptxi_commit_put(l->commit, ptxi_job_task_key(a, l->e.job_id, r->task->index), doc,
			PTX_STORE_ANY);
}

static void put_job(struct loop *l)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	l->job.done = l->done;
	ptxi_commit_put(l->commit, ptxi_job_key(a, l->e.job_id), ptxi_job_save(&l->job, a),
			PTX_STORE_ANY);
}

static int write_commit(struct loop *l, struct ptx_error **err)
{
	int64_t rev = 0;
	int rc = 0;

	ptxi_engine_save(l->e.cluster, l->commit);
	if (!ptxi_commit_count(l->commit)) {
		ptxi_engine_vpc_committed(&l->e);
		return 0;
	}
	rc = ptxi_commit_run(l->commit, &rev, err);
	if (rc < 0)
		return ptx_wrap(err, "while recording job '%s'", l->e.job_id);
	ptxi_engine_saved(l->e.cluster, rev);
	ptxi_engine_vpc_committed(&l->e);
	return 0;
}

/* --- workers --- */

static void come_back(struct loop *l, struct ptxi_run *r)
{
	pthread_mutex_lock(&l->mutex);
	r->next = l->back;
	l->back = r;
	pthread_cond_signal(&l->woken);
	pthread_mutex_unlock(&l->mutex);
}

static void work(void *work, void *user)
{
	struct ptxi_run *r = work;

	r->rc = r->started ? r->poll(r, &r->error) : r->start(r, &r->error);
	come_back(user, r);
}

static int dispatch(struct loop *l, struct ptxi_run *r, struct ptx_error **err)
{
	int rc = ptxi_pool_add(l->pool, work, r, l, err);

	if (rc == 0)
		l->working++;
	return rc;
}

/* --- one task's way --- */

static void free_run(struct ptxi_run *r)
{
	ptx_arena_free(r->arena);
	r->arena = NULL;
	r->call.handle = r->call.result = NULL;
	ptxi_error_drop(&r->error);
}

static void finish(struct loop *l, struct ptxi_run *r)
{
	r->state = PTXI_RUN_DONE;
	if (strcmp(r->task->action->name, "join") != 0)
		l->done++;
	ptxi_dag_finish(l->dag, r->task);
}

static void task_done(struct loop *l, struct ptxi_run *r)
{
	r->ended_ns = ptxi_ctx_now(l->e.ctx);
	finish(l, r);
	put_task(l, r, "successful");
	ptxi_events_task(&l->events, PTX_EVENT_TASK_DONE, r, NULL, l->done);
	free_run(r);
}

static void task_failed(struct loop *l, struct ptxi_run *r)
{
	bool allowed = r->task->failure_allowed;

	r->ended_ns = ptxi_ctx_now(l->e.ctx);
	r->state = PTXI_RUN_FAILED;
	put_task(l, r, "failed");
	if (allowed)
		finish(l, r);
	ptxi_events_task(&l->events, PTX_EVENT_TASK_FAILED, r, ptx_error_message(r->error),
			 l->done);
	if (!allowed) {
		if (strcmp(l->job.operation, "delete") != 0)
			l->stopping = true;
		if (!l->failure) {
			l->failure = ptx_steal(&r->error);
			ptx_wrap(&l->failure, "task %u: %s", r->task->index, r->task->title);
		}
	}
	free_run(r);
}

static int again(struct loop *l, struct ptxi_run *r, int64_t in_ms, struct ptx_error **err)
{
	r->state = PTXI_RUN_TIMER;
	r->due_ms = ptxi_time_mono_ms() + in_ms;
	return timer_add(l, r) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int64_t backoff(const struct ptxi_run *r)
{
	int64_t ms = FIRST_BACKOFF_MS << (r->retries < 6 ? r->retries : 6);

	return ms < MOST_BACKOFF_MS ? ms : MOST_BACKOFF_MS;
}

/* A task came back, or its start failed at once. */
static int take_outcome(struct loop *l, struct ptxi_run *r, struct ptx_error **err)
{
	int64_t now = ptxi_time_mono_ms();

	if (r->rc == PTX_PROVIDER_DONE && ptxi_engine_vpc_concerns(&l->e, r->task))
		r->rc = ptxi_engine_vpc_open(&l->e, &r->error);
	if (r->rc == PTX_PROVIDER_DONE && r->row->apply && !r->skipped)
		r->rc = r->row->apply(r, &r->error);
	if (r->rc == PTX_PROVIDER_DONE) {
		task_done(l, r);
		return 0;
	}
	if (r->rc == PTX_PROVIDER_AGAIN && now < r->deadline_ms && !l->canceled) {
		if (!r->started && ptx_value_count(r->call.handle))
			put_task(l, r, "working");
		r->started = true;
		return again(l, r, r->call.again_ms > 0 ? r->call.again_ms : 1000, err);
	}
	if (r->rc == PTX_PROVIDER_AGAIN && !l->canceled)
		r->rc = ptx_fail(&r->error, PTX_E_TIMEOUT, "it was not done within %lld s",
				 (long long)(r->task->timeout_ms / 1000));
	else if (r->rc == PTX_PROVIDER_AGAIN)
		r->rc = ptx_fail(&r->error, PTX_E_CANCELED, "it was asked to stop");
	if (r->rc == PTX_E_CANCELED) {
		/* Not an outcome: it is still under way, as far as anybody knows. */
		l->canceled = l->stopping = true;
		r->state = PTXI_RUN_NEW;
		free_run(r);
		return 0;
	}
	if (r->start && ptx_error_retryable(r->error) && r->rc != PTX_E_TIMEOUT &&
	    r->retries < MOST_RETRIES && now < r->deadline_ms && !l->stopping) {
		ptxi_events_task(&l->events, PTX_EVENT_TASK_RETRIED, r, ptx_error_message(r->error),
				 l->done);
		ptxi_error_drop(&r->error);
		r->started = false;
		r->retries++;
		return again(l, r, backoff(r), err);
	}
	task_failed(l, r);
	return 0;
}

static int prepare(struct loop *l, struct ptxi_run *r, struct ptx_error **err)
{
	r->arena = ptx_arena_new(64u << 20);
	r->state = PTXI_RUN_WORKING;
	r->started_ns = ptxi_ctx_now(l->e.ctx);
	r->started_mono_ms = ptxi_time_mono_ms();
	r->deadline_ms = r->started_mono_ms + r->task->timeout_ms;
	snprintf(r->token, sizeof(r->token), "%s.%u.%u", l->e.job_id, r->task->index, r->attempt);
	r->call = (struct ptx_provider_call){ .size = sizeof(r->call),
					      .arena = r->arena,
					      .token = r->token };
	r->call.handle = ptx_value_map(r->arena);
	r->call.result = ptx_value_map(r->arena);
	r->start = r->row->start;
	r->poll = r->row->poll;
	if (ptx_arena_status(r->arena))
		return ptxi_arena_check(r->arena, err);
	ptxi_events_task(&l->events, PTX_EVENT_TASK_STARTED, r, NULL, l->done);
	r->skipped = false;
	r->rc =
	    ptxi_engine_vpc_concerns(&l->e, r->task) ? ptxi_engine_vpc_open(&l->e, &r->error) : 0;
	if (r->rc == 0)
		r->rc = r->row->prepare(r, &r->error);
	if (r->rc < 0 || !r->start)
		return take_outcome(l, r, err);
	put_task(l, r, "working");
	return ptx_vec_push(&l->prepared, r) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

/* --- the loop --- */

static int take_back(struct loop *l, int64_t wait_ms, struct ptx_error **err)
{
	struct ptxi_run *list = NULL;
	struct ptxi_run *in_order = NULL;
	struct timespec until = { 0 };
	int rc = 0;

	/* The condition runs on the clock that never jumps: see open_loop(). */
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= PTXI_NS_PER_S) {
		until.tv_sec++;
		until.tv_nsec -= PTXI_NS_PER_S;
	}
	pthread_mutex_lock(&l->mutex);
	while (wait_ms > 0 && !l->back)
		if (pthread_cond_timedwait(&l->woken, &l->mutex, &until) != 0)
			break;
	list = l->back;
	l->back = NULL;
	pthread_mutex_unlock(&l->mutex);
	for (struct ptxi_run *next = NULL; list; list = next) {
		next = list->next;
		list->next = in_order;
		in_order = list;
	}
	ptxi_events_flush(&l->events, l->done);
	for (struct ptxi_run *next = NULL; in_order && rc == 0; in_order = next) {
		next = in_order->next;
		l->working--;
		rc = take_outcome(l, in_order, err);
	}
	return rc;
}

static int64_t wait_time(const struct loop *l, int64_t now)
{
	int64_t wait = CANCEL_CHECK_MS;

	if (l->timers.n && l->timers.v[0]->due_ms - now < wait)
		wait = l->timers.v[0]->due_ms - now;
	return wait > 0 ? wait : 0;
}

/* Another program may ask for a stop through the store; our own through the context. */
static int check_cancel(struct loop *l, int64_t now, struct ptx_error **err)
{
	ptx_auto(arena) a = NULL;
	int64_t rev = 0;

	if (ptx_ctx_canceled(l->e.ctx) || ptxi_events_stopped(&l->events))
		l->canceled = l->stopping = true;
	if (l->deadline_ms && now > l->deadline_ms && !l->stopping) {
		l->canceled = l->stopping = true;
		ptx_fail(&l->failure, PTX_E_TIMEOUT, "the job was not done within %lld s",
			 (long long)(l->e.opts.timeout_ms / 1000));
	}
	if (now < l->next_cancel_check_ms)
		return 0;
	l->next_cancel_check_ms = now + CANCEL_CHECK_MS;
	a = ptx_arena_new(0);
	if (ptxi_store_get(l->e.env.store, ptxi_job_cancel_key(a, l->e.job_id), a, &rev, err))
		l->canceled = l->stopping = true;
	return 0;
}

static void drop_timers(struct loop *l)
{
	for (size_t i = 0; i < l->timers.n; i++) {
		l->timers.v[i]->state = PTXI_RUN_NEW;
		free_run(l->timers.v[i]);
	}
	l->timers.n = 0;
}

static int start_ready(struct loop *l, struct ptx_error **err)
{
	unsigned most = l->e.opts.parallelism;
	struct ptxi_task *t = NULL;
	int rc = 0;

	while (rc == 0 && !l->stopping && l->working + l->prepared.n < most &&
	       (t = ptxi_dag_next(l->dag))) {
		struct ptxi_run *r = &l->runs[t->index];

		if (r->state == PTXI_RUN_DONE)
			finish(l, r); /* before this program began */
		else
			rc = prepare(l, r, err);
	}
	return rc;
}

/* A switch of the tests: a program that acts before its intent is on disk, which the crash test has
 * to notice. Nothing is committed while an instance is being created, as the next commit would
 * bring the intent along. */
static bool mutated(const struct loop *l)
{
#ifdef PTXI_MUTATE_INTENT
	for (uint32_t i = 0; i < l->plan->count; i++)
		if (l->runs[i].state == PTXI_RUN_WORKING &&
		    strcmp(l->plan->tasks[i]->action->name, "instance.create") == 0)
			return true;
#endif
	(void)l;
	return false;
}

static int turn(struct loop *l, struct ptx_error **err)
{
	int64_t now = ptxi_time_mono_ms();
	struct ptxi_run *r = NULL;
	int rc = check_cancel(l, now, err);

	if (rc == 0 && l->canceled)
		drop_timers(l);
	while (rc == 0 && (r = timer_take(l, now))) {
		r->state = PTXI_RUN_WORKING;
		rc = dispatch(l, r, err); /* its intent is on disk since it began */
	}
	if (rc == 0)
		rc = start_ready(l, err);
	if (rc == 0 && !mutated(l))
		rc = write_commit(l, err);
	for (size_t i = 0; i < l->prepared.n && rc == 0; i++)
		rc = dispatch(l, l->prepared.v[i], err);
	l->prepared.n = 0;
	return rc;
}

static int run_loop(struct loop *l, struct ptx_error **err)
{
	int rc = 0;

	for (;;) {
		rc = turn(l, err);
		if (rc < 0 || (!l->working && !l->timers.n))
			break;
		rc = take_back(l, wait_time(l, ptxi_time_mono_ms()), err);
		if (rc < 0)
			break;
	}
	/* What workers still hold must come back before it can be freed. */
	while (l->working) {
		struct ptx_error *ignored = NULL;

		l->canceled = true;
		take_back(l, CANCEL_CHECK_MS, &ignored);
		ptx_error_free(ignored);
	}
	drop_timers(l);
	return rc;
}

static int count_tasks(const struct ptx_plan *p)
{
	int count = 0;

	for (uint32_t i = 0; i < p->count; i++)
		count += strcmp(p->tasks[i]->action->name, "join") != 0;
	return count;
}

static int end_job(struct loop *l, int rc, struct ptx_error **err)
{
	bool whole = rc == 0 && !l->failure && !l->canceled && l->done == l->job.tasks;

	if (rc < 0)
		return rc; /* nothing can be recorded: the store failed */
	l->job.status = whole        ? PTXI_JOB_SUCCESSFUL
			: l->failure ? PTXI_JOB_FAILED
				     : PTXI_JOB_CANCELED;
	l->job.ended_ns = ptxi_ctx_now(l->e.ctx);
	l->job.error = l->failure ? ptxi_error_save(l->failure, l->e.arena) : NULL;
	put_job(l);
	rc = write_commit(l, err);
	ptxi_events_job(&l->events, PTX_EVENT_JOB_ENDED,
			l->failure ? ptx_error_message(l->failure) : NULL, l->done);
	if (rc < 0 || whole)
		return rc;
	if (l->failure) {
		rc = ptx_error_code(l->failure);
		if (err)
			*err = ptx_steal(&l->failure);
		ptxi_error_hint(err, "mend the cause, then: pitrix job resume %s", l->e.job_id);
		return rc;
	}
	rc = ptx_fail(err, PTX_E_CANCELED, "job '%s' was stopped after %u of %u tasks", l->e.job_id,
		      l->done, l->job.tasks);
	ptxi_error_hint(err, "go on with: pitrix job resume %s", l->e.job_id);
	return rc;
}

/* --- from the store --- */

static int load_task(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		     struct ptx_error **err)
{
	struct loop *l = user;
	const char *status = ptx_value_as_string(ptx_value_get(doc, "status"), "");
	const char *slash = strrchr(key, '/');
	uint64_t index = 0;
	struct ptxi_run *r = NULL;
	bool failed = strcmp(status, "failed") == 0;

	(void)rev;
	if (!slash || !ptxi_parse_u64(ptxi_str(slash + 1), &index, l->plan->count - 1u))
		return ptx_fail(err, PTX_E_CORRUPT, "the record '%s' is of no task of its job",
				key);
	r = &l->runs[index];
	r->attempt = (uint32_t)ptx_value_as_int(ptx_value_get(doc, "attempt"), 0);
	if (strcmp(status, "successful") == 0 || (failed && l->plan->tasks[index]->failure_allowed))
		r->state = PTXI_RUN_DONE;
	else if (failed)
		r->attempt++;
	return 0;
}

/* What was done stays done, but for what does not last. An instance may have ended while no program
 * looked: it is made sure of again before what builds on it goes on. And a turn was lost with the
 * program that had it: it is taken anew where something is left to do in it. */
static void take_up_again(struct loop *l)
{
	struct ptxi_run *entered = NULL;
	bool is_left = false;

	for (uint32_t i = 0; i < l->plan->count; i++) {
		const char *name = l->plan->tasks[i]->action->name;
		struct ptxi_run *r = &l->runs[i];
		bool done = r->state == PTXI_RUN_DONE;

		if (done &&
		    (strcmp(name, "instance.create") == 0 || strcmp(name, "instance.start") == 0)) {
			r->state = PTXI_RUN_NEW;
			r->attempt++;
		}
		if (strcmp(name, "vpc.enter") == 0) {
			entered = r;
			is_left = false;
		}
		is_left = is_left || r->state != PTXI_RUN_DONE;
		if (strcmp(name, "vpc.leave") == 0 && entered && is_left)
			entered->state = r->state = PTXI_RUN_NEW;
	}
}

static int load_job(struct loop *l, struct ptx_error **err)
{
	int rc = 0;
	struct ptx_store *st = l->e.env.store;
	struct ptx_arena *a = l->e.arena;
	const struct ptx_value *doc =
	    ptxi_store_get(st, ptxi_job_key(a, l->e.job_id), a, NULL, err);
	ptx_auto_str prefix = ptxi_asprintf("job-tasks/%s/", l->e.job_id);

	if (!doc)
		return err && *err
			   ? ptx_error_code(*err)
			   : ptx_fail(err, PTX_E_NOT_FOUND, "there is no job '%s'", l->e.job_id);
	if (ptxi_job_load(a, &l->job, doc, err) < 0)
		return PTX_E_CORRUPT;
	if (l->job.status == PTXI_JOB_SUCCESSFUL)
		return ptx_fail(err, PTX_E_PRECONDITION, "job '%s' is done already", l->e.job_id);
	doc = ptxi_store_get(st, ptxi_job_plan_key(a, l->e.job_id), a, NULL, err);
	l->plan = doc ? ptxi_plan_load(doc, err) : NULL;
	if (!l->plan)
		return err && *err
			   ? ptx_error_code(*err)
			   : ptx_fail(err, PTX_E_CORRUPT, "job '%s' has no plan", l->e.job_id);
	l->dag = ptxi_dag_new(l->plan, err);
	l->runs = ptxi_alloc_array(l->plan->count + 1u, sizeof(*l->runs));
	if (!l->dag || !l->runs || !prefix)
		return l->dag ? ptx_fail(err, PTX_E_NOMEM, "out of memory") : PTX_E_NOMEM;
	for (uint32_t i = 0; i < l->plan->count; i++) {
		l->runs[i] = (struct ptxi_run){ .engine = &l->e, .task = l->plan->tasks[i] };
		l->runs[i].row = ptxi_executor_find(l->plan->tasks[i]->action);
		if (!l->runs[i].row)
			return ptx_fail(err, PTX_E_INTERNAL, "nobody runs '%s'",
					l->plan->tasks[i]->action->name);
	}
	rc = ptxi_store_each(st, prefix, 0, load_task, l, err);
	take_up_again(l);
	return rc;
}

static int load_cluster(struct loop *l, struct ptx_error **err)
{
	l->e.cluster = ptxi_engine_load(l->e.env.store, l->job.cluster, err);
	if (!l->e.cluster)
		return ptx_wrap(err, "while loading the record of job '%s'", l->e.job_id);
	if (l->e.cluster->conf)
		l->e.spec = ptxi_spec_load(l->e.arena, l->e.cluster->conf, err);
	return l->e.spec || !l->e.cluster->conf ? 0 : PTX_E_INVALID;
}

static int open_loop(struct loop *l, struct ptx_error **err)
{
	pthread_condattr_t monotonic;
	int rc = 0;

	pthread_mutex_init(&l->mutex, NULL);
	pthread_mutex_init(&l->e.pilot_mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->woken, &monotonic);
	pthread_condattr_destroy(&monotonic);
	l->e.events = &l->events;
	ptxi_events_init(&l->events, l->e.ctx, l->e.job_id, l->e.opts.event, l->e.opts.user);
	l->e.arena = ptx_arena_new(0);
	rc = l->e.arena ? load_job(l, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (rc == 0)
		rc = load_cluster(l, err);
	if (rc == 0)
		l->commit = l->e.commit = ptxi_commit_new(l->e.env.store, err);
	if (rc == 0 && l->commit)
		l->pool = ptxi_pool_new(l->e.opts.parallelism, err);
	return rc == 0 && !l->pool ? PTX_E_NOMEM : rc;
}

static void close_loop(struct loop *l)
{
	ptxi_pool_free(l->pool);
	ptxi_engine_vpc_done(&l->e);
	for (uint32_t i = 0; l->runs && i < l->plan->count; i++)
		free_run(&l->runs[i]);
	ptx_free(l->runs);
	ptx_vec_done(&l->timers);
	ptx_vec_done(&l->prepared);
	ptxi_dag_free(l->dag);
	ptx_plan_free(l->plan);
	ptxi_commit_free(l->commit);
	ptxi_cluster_free(l->e.cluster);
	ptxi_pilot_close(l->e.pilot);
	ptx_free(l->e.pilot_address);
	ptx_arena_free(l->e.status_arena);
	ptxi_machines_done(&l->e.machines);
	ptx_arena_free(l->e.arena);
	ptx_error_free(l->failure);
	ptxi_events_done(&l->events);
	pthread_cond_destroy(&l->woken);
	pthread_mutex_destroy(&l->e.pilot_mutex);
	pthread_mutex_destroy(&l->mutex);
}

static int begin(struct loop *l, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	uint32_t before = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a loop has a plan */
	for (uint32_t i = 0; i < l->plan->count; i++)
		before += l->runs[i].state == PTXI_RUN_DONE &&
			  strcmp(l->plan->tasks[i]->action->name, "join") != 0;
	l->job.status = PTXI_JOB_WORKING;
	l->job.tasks = (uint32_t)count_tasks(l->plan);
	l->job.error = NULL;
	l->job.ended_ns = 0;
	if (!l->job.started_ns)
		l->job.started_ns = ptxi_ctx_now(l->e.ctx);
	l->events.count = l->job.tasks;
	put_job(l);
	ptxi_commit_remove(l->commit, ptxi_job_cancel_key(a, l->e.job_id), PTX_STORE_ANY);
	ptxi_events_job(&l->events, PTX_EVENT_JOB_STARTED, NULL, before);
	return write_commit(l, err);
}

int ptxi_engine_run(const struct ptxi_engine_env *env, const char *job,
		    const struct ptx_run_opts *opts, struct ptx_error **err)
{
	struct loop l = { .e = { .env = *env, .ctx = ptx_store_ctx(env->store), .job_id = job } };
	struct ptx_error *why = NULL;
	int rc = 0;

	l.e.opts = *opts;
	if (!l.e.opts.parallelism)
		l.e.opts.parallelism = DEFAULT_PARALLELISM;
	if (opts->timeout_ms > 0)
		l.deadline_ms = ptxi_time_mono_ms() + opts->timeout_ms;
	rc = open_loop(&l, &why);
	if (rc == 0)
		rc = begin(&l, &why);
	if (rc == 0)
		rc = end_job(&l, run_loop(&l, &why), &why);
	if (err)
		*err = why;
	else
		ptx_error_free(why);
	close_loop(&l);
	return rc;
}
