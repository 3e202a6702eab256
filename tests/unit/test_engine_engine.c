/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with a driver of our own, which does as each row says and notes what it was asked. */
#include "base/ptxi.h"

#include <check.h>
#include <pthread.h>

#include "base/fs.h"
#include "cluster/job.h"
#include "engine/engine.h"
#include "plan/plan.h"
#include "sample.h"

Suite *suite_engine_engine(void);

#define NODES 4
#define JOB   "job-1"

struct driver {
	pthread_mutex_t mutex;
	struct ptx_store *st;
	struct ptx_ctx *ctx;
	int starts[NODES]; /* calls of start, by node */
	int polls[NODES];
	int fail_first[NODES]; /* so many starts fail */
	int fail_code;
	int again[NODES]; /* so many polls before it is done */
	bool unrecorded;  /* a start came whose intent was not in the store */
	int cancel_at;    /* the start that asks to stop; 0: none */
	int total;
	char last_token[64];
	int free_turns; /* starts during which nobody had the VPC's turn */
};

#define TURN "vpc-turn/vpc-1"

static bool turn_is_free(struct ptx_store *st)
{
	struct ptx_error *err = NULL;
	ptxi_auto(lock) l = ptxi_store_lock(st, TURN, 0, "looking", &err);

	ptx_error_free(err);
	return l != NULL;
}

static int node_of(const struct ptx_provider_call *call)
{
	return ptx_value_as_string(ptx_value_get(call->directive, "name"), "i-0")[2] - '0';
}

static void check_intent(struct driver *d, const struct ptx_provider_call *call)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	unsigned index = 0;
	const struct ptx_value *doc = NULL;
	const char *dot = strchr(call->token, '.');
	uint64_t number = 0;

	ptxi_parse_u64(ptxi_strn(dot + 1, strcspn(dot + 1, ".")), &number, 1000000);
	index = (unsigned)number;
	doc = ptxi_store_get(d->st, ptxi_job_task_key(a, JOB, index), a, NULL, NULL);
	if (strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "working") != 0)
		d->unrecorded = true;
}

static int start(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	struct driver *d = driver;
	int node = node_of(call);
	int rc = PTX_PROVIDER_DONE;

	pthread_mutex_lock(&d->mutex);
	check_intent(d, call);
	d->starts[node]++;
	d->free_turns += turn_is_free(d->st);
	snprintf(d->last_token, sizeof(d->last_token), "%s", call->token);
	if (++d->total == d->cancel_at)
		ptx_ctx_cancel(d->ctx);
	if (d->starts[node] <= d->fail_first[node]) {
		ptx_error_set(err, d->fail_code, "no luck");
		rc = d->fail_code;
	} else if (d->again[node]) {
		ptx_value_set_int(call->handle, "left", d->again[node]);
		call->again_ms = 1;
		rc = PTX_PROVIDER_AGAIN;
	}
	pthread_mutex_unlock(&d->mutex);
	return rc;
}

static int poll(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	struct driver *d = driver;
	int node = node_of(call);
	int rc = PTX_PROVIDER_AGAIN;

	(void)err;
	pthread_mutex_lock(&d->mutex);
	call->again_ms = 1;
	if (++d->polls[node] >= d->again[node])
		rc = PTX_PROVIDER_DONE;
	pthread_mutex_unlock(&d->mutex);
	return rc;
}

static const struct ptx_provider_action actions[] = {
	{ "instance.start", start, poll, 0 },
	{ "instance.stop", start, poll, 0 },
	{ NULL, NULL, NULL, 0 },
};
static const struct ptx_provider provider = { .name = "test", .actions = actions };

struct fixture {
	struct ptx_ctx *ctx;
	struct ptx_store *st;
	char *home;
	struct driver driver;
	struct ptx_run_opts opts;
	int events[PTX_EVENT_JOB_ENDED + 1];
};

static int count_event(const struct ptx_event *e, void *user)
{
	struct fixture *f = user;

	f->events[e->kind]++;
	return 0;
}

static void write_job(struct fixture *f, struct ptxi_cluster *c, const struct ptx_plan *p,
		      int64_t expect)
{
	ptxi_auto(commit) commit = ptxi_commit_new(f->st, NULL);
	struct ptxi_job job = {
		.id = JOB, .cluster = c->id, .cluster_name = c->name, .operation = "stop"
	};

	ck_assert_int_eq(ptxi_plan_check(p, NULL), 0);
	ptxi_commit_put(commit, ptxi_job_key(c->arena, JOB), ptxi_job_save(&job, c->arena), expect);
	ptxi_commit_put(commit, ptxi_job_plan_key(c->arena, JOB), ptx_plan_view(p, c->arena),
			expect);
	ptxi_engine_save(c, commit);
	ck_assert_int_eq(ptxi_commit_run(commit, NULL, NULL), 0);
}

/* One node that is stopped, or started, in a turn of the VPC's; after that, one that is started,
 * too. */
static void record_turn_of(struct fixture *f, const char *action, bool another)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	ptx_auto(plan) p = ptxi_plan_new("stop", c->id, c->name, NULL);
	struct ptxi_task *enter = ptxi_plan_add(p, "vpc.enter", "vpc-1", "default");
	struct ptxi_task *act = ptxi_plan_add(p, action, c->nodes[0]->id, "a node");
	struct ptxi_task *leave = ptxi_plan_add(p, "vpc.leave", "vpc-1", "default");
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptx_value *doc = ptxi_store_get(f->st, "clusters/cl-1", a, &c->doc.rev, NULL);

	ck_assert_ptr_nonnull(doc);
	c->status = PTXI_ACTIVE;
	c->vpc_id = "vpc-1";
	c->doc.dirty = true;
	for (size_t i = 0; i < c->node_count; i++)
		c->nodes[i]->doc.dirty = false;
	ptxi_plan_after(p, act, enter);
	ptxi_plan_after(p, leave, act);
	if (another)
		ptxi_plan_after(p, ptxi_plan_add(p, action, c->nodes[1]->id, "another node"),
				leave);
	write_job(f, c, p, PTX_STORE_ANY);
}

static void record_turn(struct fixture *f)
{
	record_turn_of(f, "instance.stop", false);
}

static void record_start(struct fixture *f)
{
	record_turn_of(f, "instance.start", true);
}

/* A chain over the nodes: each stops after the one before; allowed: the second may fail. */
static void record(struct fixture *f, bool allowed)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	ptx_auto(plan) p = ptxi_plan_new("stop", c->id, c->name, NULL);
	struct ptxi_task *before = NULL;

	c->status = PTXI_ACTIVE;
	c->doc.dirty = true;
	for (size_t i = 0; i < c->node_count; i++) {
		struct ptxi_task *t = ptxi_plan_add(p, "instance.stop", c->nodes[i]->id, "a node");

		t->failure_allowed = allowed && i == 1;
		t->timeout_ms = 5000;
		ptxi_plan_after(p, t, before);
		before = t;
	}
	before = ptxi_plan_add(p, "cluster.status", c->id, c->name);
	ptxi_plan_after(p, before, p->tasks[c->node_count - 1]);
	ptx_value_set_string(before->directive, "status", "stopped");
	write_job(f, c, p, 0);
}

static struct fixture begin(bool allowed)
{
	struct fixture f = { .ctx = ptx_ctx_new(),
			     .home = ptxi_fs_tempdir(NULL, "pitrix-engine-", NULL) };

	ptx_ctx_set_home(f.ctx, f.home);
	f.st = ptx_store_open(f.ctx, "mem:", NULL);
	ck_assert_ptr_nonnull(f.st);
	pthread_mutex_init(&f.driver.mutex, NULL);
	f.driver.st = f.st;
	f.driver.ctx = f.ctx;
	f.opts = (struct ptx_run_opts)PTX_RUN_OPTS_INIT;
	record(&f, allowed);
	return f;
}

static int run(struct fixture *f, struct ptx_error **err)
{
	struct ptxi_engine_env env = { .store = f->st,
				       .provider = &provider,
				       .driver = &f->driver };

	f->opts.event = count_event;
	f->opts.user = f;
	return ptxi_engine_run(&env, JOB, &f->opts, err);
}

static void end(struct fixture *f)
{
	ck_assert_msg(!f->driver.unrecorded, "a task acted before its intent was in the store");
	ptx_store_close(f->st);
	ptx_ctx_free(f->ctx);
	ptxi_fs_remove(f->home, NULL);
	ptx_free(f->home);
	pthread_mutex_destroy(&f->driver.mutex);
}

static const char *status_of(struct fixture *f, struct ptx_arena *a, const char *key)
{
	return ptx_value_as_string(
	    ptx_value_get(ptxi_store_get(f->st, key, a, NULL, NULL), "status"), "none");
}

START_TEST(a_job_runs_to_its_end)
{
	struct fixture f = begin(false);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	f.driver.again[2] = 3;
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	for (int i = 0; i < NODES; i++)
		ck_assert_int_eq(f.driver.starts[i], 1);
	ck_assert_int_eq(f.driver.polls[2], 3);
	ck_assert_str_eq(status_of(&f, a, "jobs/" JOB), "successful");
	ck_assert_str_eq(status_of(&f, a, "clusters/cl-1"), "stopped");
	ck_assert_str_eq(status_of(&f, a, "nodes/cl-1/node-3"), "stopped");
	ck_assert_int_eq(f.events[PTX_EVENT_TASK_DONE], NODES + 1);
	ck_assert_int_eq(f.events[PTX_EVENT_JOB_ENDED], 1);
	ck_assert_int_eq(run(&f, &err), PTX_E_PRECONDITION);
	ptx_error_free(err);
	end(&f);
}
END_TEST

START_TEST(a_failure_stops_and_can_be_resumed)
{
	struct fixture f = begin(false);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	f.driver.fail_first[1] = 1;
	f.driver.fail_code = PTX_E_DENIED;
	ck_assert_int_eq(run(&f, &err), PTX_E_DENIED);
	ck_assert_str_eq(ptx_error_message(err), "no luck");
	ck_assert_ptr_nonnull(strstr(ptx_error_hint(err), "pitrix job resume job-1"));
	ptxi_error_drop(&err);
	ck_assert_int_eq(f.driver.starts[2], 0);
	ck_assert_str_eq(status_of(&f, a, "jobs/" JOB), "failed");
	ck_assert_str_eq(status_of(&f, a, "clusters/cl-1"), "active");
	ck_assert_int_eq(run(&f, &err), 0);
	ck_assert_int_eq(f.driver.starts[0], 1);
	ck_assert_int_eq(f.driver.starts[1], 2);
	ck_assert_int_eq(f.driver.starts[2], 1);
	ck_assert_str_eq(status_of(&f, a, "clusters/cl-1"), "stopped");
	end(&f);
}
END_TEST

START_TEST(what_may_help_is_tried_again_under_the_same_token)
{
	struct fixture f = begin(false);
	struct ptx_error *err = NULL;

	f.driver.fail_first[3] = 2;
	f.driver.fail_code = PTX_E_UNAVAILABLE;
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	ck_assert_int_eq(f.driver.starts[3], 3);
	ck_assert_str_eq(f.driver.last_token, JOB ".3.0");
	ck_assert_int_eq(f.events[PTX_EVENT_TASK_RETRIED], 2);
	end(&f);
}
END_TEST

START_TEST(an_allowed_failure_is_passed_over)
{
	struct fixture f = begin(true);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	f.driver.fail_first[1] = 1;
	f.driver.fail_code = PTX_E_DENIED;
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	ck_assert_str_eq(status_of(&f, a, "jobs/" JOB), "successful");
	ck_assert_str_eq(status_of(&f, a, "job-tasks/" JOB "/000001"), "failed");
	end(&f);
}
END_TEST

START_TEST(a_job_that_is_cancelled_goes_on_later)
{
	struct fixture f = begin(false);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;
	struct ptx_ctx *fresh = NULL;

	f.driver.cancel_at = 2;
	ck_assert_int_eq(run(&f, &err), PTX_E_CANCELED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(f.driver.starts[2], 0);
	ck_assert_str_eq(status_of(&f, a, "jobs/" JOB), "canceled");
	/* A context stays canceled: the next run has one of its own, over the same documents. */
	fresh = f.ctx;
	ptx_auto_buf state = { 0 };
	ptx_buf_init(&state, 0);
	ck_assert_int_eq(ptx_store_export(f.st, NULL, &state, NULL), 0);
	ptx_store_close(f.st);
	f.ctx = ptx_ctx_new();
	ptx_ctx_set_home(f.ctx, f.home);
	f.st = f.driver.st = ptx_store_open(f.ctx, "mem:", NULL);
	f.driver.ctx = f.ctx;
	ck_assert_int_eq(ptx_store_import(f.st, ptx_buf_str(&state), NULL, NULL), 0);
	ptx_ctx_free(fresh);
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	for (int i = 0; i < NODES; i++)
		ck_assert_int_eq(f.driver.starts[i], 1);
	end(&f);
}
END_TEST

START_TEST(a_task_that_never_ends_times_out)
{
	struct fixture f = begin(false);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;
	struct ptx_value *plan = ptxi_store_get(f.st, "job-plans/" JOB, a, NULL, NULL);
	ptxi_auto(commit) commit = ptxi_commit_new(f.st, NULL);

	ptx_value_set_int(ptx_value_at(ptx_value_get(plan, "tasks"), 0), "timeout_ms", 50);
	ptxi_commit_put(commit, "job-plans/" JOB, plan, PTX_STORE_ANY);
	ck_assert_int_eq(ptxi_commit_run(commit, NULL, NULL), 0);
	f.driver.again[0] = 1000000;
	ck_assert_int_eq(run(&f, &err), PTX_E_TIMEOUT);
	ptx_error_free(err);
	ck_assert_int_eq(f.driver.starts[0], 1);
	end(&f);
}
END_TEST

START_TEST(a_turn_that_was_cut_off_is_taken_anew)
{
	struct fixture f = begin(false);
	struct ptx_error *err = NULL;

	record_turn(&f);
	f.driver.fail_first[0] = 1;
	f.driver.fail_code = PTX_E_DENIED;
	ck_assert_int_eq(run(&f, &err), PTX_E_DENIED);
	ptxi_error_drop(&err);
	ck_assert(turn_is_free(f.st));
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	ck_assert_int_eq(f.driver.starts[0], 2);
	ck_assert_int_eq(f.driver.free_turns, 0);
	ck_assert(turn_is_free(f.st));
	end(&f);
}
END_TEST

START_TEST(an_instance_is_made_sure_of_again)
{
	struct fixture f = begin(false);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	record_start(&f);
	f.driver.fail_first[1] = 1;
	f.driver.fail_code = PTX_E_DENIED;
	ck_assert_int_eq(run(&f, &err), PTX_E_DENIED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(f.driver.starts[0], 1);
	ck_assert(turn_is_free(f.st));
	f.driver.fail_first[0] = 2;
	f.driver.fail_first[1] = 0;
	ck_assert_int_eq(run(&f, &err), PTX_E_DENIED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(f.driver.starts[0], 2);
	ck_assert_str_eq(f.driver.last_token, JOB ".1.1");
	ck_assert_int_eq(f.driver.starts[1], 1);
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	ck_assert_int_eq(f.driver.starts[0], 3);
	ck_assert_int_eq(f.driver.starts[1], 2);
	/* Each time in a turn, but for the two starts of what is in none. */
	ck_assert_int_eq(f.driver.free_turns, 2);
	ck_assert(turn_is_free(f.st));
	ck_assert_str_eq(status_of(&f, a, "jobs/" JOB), "successful");
	end(&f);
}
END_TEST

START_TEST(a_turn_of_another_is_waited_for)
{
	struct fixture f = begin(false);
	struct ptxi_lock *other = NULL;
	struct ptx_error *err = NULL;

	record_turn(&f);
	other = ptxi_store_lock(f.st, TURN, 0, "another job", NULL);
	ck_assert_ptr_nonnull(other);
	f.opts.timeout_ms = 300;
	ck_assert_int_eq(run(&f, &err), PTX_E_TIMEOUT);
	ptxi_error_drop(&err);
	ck_assert_int_eq(f.driver.starts[0], 0);
	ptxi_lock_free(other);
	f.opts.timeout_ms = 0;
	ck_assert_msg(run(&f, &err) == 0, "%s", ptx_error_message(err));
	ck_assert_int_eq(f.driver.starts[0], 1);
	ck_assert_int_eq(f.driver.free_turns, 0);
	end(&f);
}
END_TEST

START_TEST(a_job_that_does_not_exist_is_not_found)
{
	struct fixture f = begin(false);
	struct ptxi_engine_env env = { .store = f.st, .provider = &provider, .driver = &f.driver };
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_engine_run(&env, "job-none", &f.opts, &err), PTX_E_NOT_FOUND);
	ptx_error_free(err);
	end(&f);
}
END_TEST

Suite *suite_engine_engine(void)
{
	Suite *s = suite_create("engine/engine");
	TCase *t = tcase_create("engine");

	tcase_add_test(t, a_job_runs_to_its_end);
	tcase_add_test(t, a_failure_stops_and_can_be_resumed);
	tcase_add_test(t, what_may_help_is_tried_again_under_the_same_token);
	tcase_add_test(t, an_allowed_failure_is_passed_over);
	tcase_add_test(t, a_job_that_is_cancelled_goes_on_later);
	tcase_add_test(t, a_turn_that_was_cut_off_is_taken_anew);
	tcase_add_test(t, a_turn_of_another_is_waited_for);
	tcase_add_test(t, an_instance_is_made_sure_of_again);
	tcase_add_test(t, a_task_that_never_ends_times_out);
	tcase_add_test(t, a_job_that_does_not_exist_is_not_found);
	suite_add_tcase(s, t);
	return s;
}
