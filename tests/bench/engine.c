/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - what the engine itself costs: jobs of tasks that do nothing, through the provider
 * table and the real store.
 *
 *     engine [TASKS [WIDE]]...     default: 1000, 2000, 4000, 8000 and 10000 tasks, 100 wide;
 *                                  then a chain of 1000
 *
 * Prints for each: tasks, width, wall and CPU seconds, peak memory, and microseconds of CPU a task.
 * Goals: linear; 10,000 tasks in
 * <= 0.5 CPU s and <= 3 s.
 */
#include "base/ptxi.h"

#include <sys/resource.h>

#include "base/fs.h"
#include "base/time.h"
#include "cluster/job.h"
#include "cluster/record.h"
#include "engine/engine.h"
#include "plan/plan.h"

static int nothing(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	(void)driver;
	(void)call;
	(void)err;
	return PTX_PROVIDER_DONE;
}

static const struct ptx_provider_action actions[] = { { "instance.stop", nothing, NULL, 0 },
						      { NULL, NULL, NULL, 0 } };
static const struct ptx_provider provider = { .name = "noop", .actions = actions };

static double cpu_seconds(void)
{
	struct rusage u = { 0 };

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void die(const struct ptx_error *err)
{
	fprintf(stderr, "engine: %s\n", ptx_error_message(err));
	exit(1);
}

static struct ptx_plan *make_plan(const struct ptxi_cluster *c, uint32_t tasks, uint32_t wide)
{
	struct ptx_plan *p = ptxi_plan_new("stop", c->id, c->name, NULL);
	struct ptxi_task *after = NULL;

	for (uint32_t i = 0; p && i < tasks;) {
		struct ptxi_layer layer = { 0 };

		for (uint32_t k = 0; k < wide && i < tasks; k++, i++) {
			struct ptxi_task *t = ptxi_plan_add(
			    p, "instance.stop", c->nodes[k % c->node_count]->id, "nothing");

			ptxi_plan_after(p, t, after);
			ptxi_layer_add(&layer, t);
		}
		after = ptxi_layer_end(p, &layer, "a layer");
	}
	return p;
}

static struct ptxi_cluster *make_cluster(void)
{
	struct ptxi_cluster *c = ptxi_cluster_new(NULL);

	c->id = "cl-1";
	c->name = "bench";
	c->runtime = "noop";
	c->status = PTXI_ACTIVE;
	c->doc.dirty = true;
	for (int i = 0; i < 100; i++) {
		struct ptxi_node *n = ptxi_cluster_add_node(c);

		n->id = ptxi_arena_printf(c->arena, "node-%03d", i);
		n->instance = ptxi_arena_printf(c->arena, "i-%03d", i);
		n->role = "";
		n->status = "active";
		n->doc.dirty = true;
	}
	return c;
}

static void bench(uint32_t tasks, uint32_t wide)
{
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	char *home = ptxi_fs_tempdir(NULL, "pitrix-bench-", &err);
	struct ptx_store *st =
	    home && ptx_ctx_set_home(ctx, home) == 0 ? ptx_store_open(ctx, NULL, &err) : NULL;
	struct ptxi_cluster *c = make_cluster();
	struct ptx_plan *p = make_plan(c, tasks, wide);
	struct ptxi_job job = {
		.id = "job-1", .cluster = c->id, .cluster_name = c->name, .operation = "stop"
	};
	struct ptxi_commit *commit = st ? ptxi_commit_new(st, &err) : NULL;
	struct ptxi_engine_env env = { .store = st, .provider = &provider };
	struct ptx_run_opts o = PTX_RUN_OPTS_INIT;
	struct rusage u = { 0 };
	double cpu = 0;
	int64_t wall = 0;

	if (!commit)
		die(err);
	ptxi_commit_put(commit, "jobs/job-1", ptxi_job_save(&job, c->arena), 0);
	ptxi_commit_put(commit, "job-plans/job-1", ptx_plan_view(p, c->arena), 0);
	ptxi_engine_save(c, commit);
	if (ptxi_commit_run(commit, NULL, &err) < 0)
		die(err);
	o.parallelism = wide < 100 ? wide : 100;
	wall = ptxi_time_mono_ms();
	cpu = cpu_seconds();
	if (ptxi_engine_run(&env, "job-1", &o, &err) < 0)
		die(err);
	cpu = cpu_seconds() - cpu;
	wall = ptxi_time_mono_ms() - wall;
	getrusage(RUSAGE_SELF, &u);
	printf(
	    "%6u tasks, %3u wide: %7.3f s wall, %7.3f s CPU, %6ld KiB peak, %6.1f us CPU a task\n",
	    tasks, wide, (double)wall / 1000, cpu, u.ru_maxrss, cpu * 1e6 / tasks);
	ptxi_commit_free(commit);
	ptx_plan_free(p);
	ptxi_cluster_free(c);
	ptx_store_close(st);
	ptx_ctx_free(ctx);
	ptxi_fs_remove(home, NULL);
	ptx_free(home);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = { 1000, 2000, 4000, 8000, 10000 };
	uint64_t tasks = 0;
	uint64_t wide = 100;

	for (int i = 1; i < argc; i += 2) {
		if (!ptxi_parse_u64(ptxi_str(argv[i]), &tasks, 1000000) ||
		    (i + 1 < argc && !ptxi_parse_u64(ptxi_str(argv[i + 1]), &wide, 10000)) ||
		    !tasks || !wide) {
			fprintf(stderr, "usage: engine [TASKS [WIDE]]...\n");
			return 64;
		}
		bench((uint32_t)tasks, (uint32_t)wide);
	}
	if (argc > 1)
		return 0;
	for (size_t i = 0; i < PTXI_COUNT(sizes); i++)
		bench(sizes[i], 100);
	bench(1000, 1);
	return 0;
}
