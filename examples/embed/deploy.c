/* SPDX-License-Identifier: Apache-2.0 */
/* deploy.c - deploy a package from a C program: the same calls that the command line makes.
 *
 *     cc -o deploy deploy.c $(pkg-config --cflags --libs libpitrix)
 *     ./deploy PACKAGE NAME [IMAGE=SOURCE]...
 *
 * Shows the progress of each task, stops at a safe point on the first interrupt, and goes on where
 * it was when it is called again.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <pitrix/cluster.h>
#include <pitrix/job.h>
#include <pitrix/package.h>
#include <pitrix/store.h>

static struct ptx_ctx *ctx;

static void on_interrupt(int number)
{
	(void)number;
	ptx_ctx_cancel(ctx); /* safe in a signal handler */
}

static int on_event(const struct ptx_event *e, void *user)
{
	(void)user;
	switch (e->kind) {
	case PTX_EVENT_TASK_DONE:
		printf("[%u/%u] %s (%.1f s)\n", e->done, e->count, e->title,
		       (double)e->elapsed_ms / 1000);
		break;
	case PTX_EVENT_TASK_FAILED:
		printf("[%u/%u] %s: %s\n", e->done, e->count, e->title, e->text);
		break;
	case PTX_EVENT_TASK_PROGRESS:
		printf("        %s: %s\n", e->title, e->text);
		break;
	default:
		break;
	}
	fflush(stdout);
	return 0; /* anything else asks the job to stop */
}

static int fail(struct ptx_error *err)
{
	struct ptx_buf text;
	int status = ptx_code_exit_status(ptx_error_code(err));

	ptx_buf_init(&text, 0);
	ptx_error_print(err, &text);
	fprintf(stderr, "deploy: %s\n", text.p);
	ptx_buf_done(&text);
	ptx_error_free(err);
	return status;
}

static int show(struct ptx_store *st, const char *name, struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *cluster = ptx_cluster_show(st, a, name, err);
	const struct ptx_value *nodes = ptx_value_get(cluster, "nodes");

	for (size_t i = 0; i < ptx_value_count(nodes); i++) {
		const struct ptx_value *n = ptx_value_at(nodes, i);
		const struct ptx_value *endpoint = ptx_value_at(ptx_value_get(n, "endpoints"), 0);

		printf("%s %s %s\n", ptx_value_as_string(ptx_value_get(n, "name"), ""),
		       ptx_value_as_string(ptx_value_get(n, "private_ip"), ""),
		       ptx_value_as_string(ptx_value_get(endpoint, "address"), ""));
	}
	ptx_arena_free(a);
	return cluster ? 0 : -1;
}

static int deploy(struct ptx_store *st, struct ptx_package *pkg, const char *name,
		  const struct ptx_value *images, struct ptx_error **err)
{
	struct ptx_deploy_opts what = PTX_DEPLOY_OPTS_INIT;
	struct ptx_run_opts how = PTX_RUN_OPTS_INIT;
	char *job = NULL;
	int rc = 0;

	what.name = name;
	what.images = images;
	job = ptx_cluster_deploy(st, pkg, &what, err);
	if (!job)
		return -1;
	how.event = on_event;
	rc = ptx_job_run(st, job, &how, err);
	ptx_free(job);
	return rc == 0 ? show(st, name, err) : rc;
}

int main(int argc, char **argv)
{
	struct ptx_error *err = NULL;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *images = ptx_value_map(a);
	struct ptx_package *pkg = NULL;
	struct ptx_store *st = NULL;
	int status = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: deploy PACKAGE NAME [IMAGE=SOURCE]...\n");
		return 64;
	}
	for (int i = 3; i < argc; i++) {
		char *equals = strchr(argv[i], '=');

		if (equals) {
			*equals = '\0';
			ptx_value_set_string(images, argv[i], equals + 1);
		}
	}
	ctx = ptx_ctx_new();
	signal(SIGINT, on_interrupt);
	pkg = ptx_package_load(ctx, argv[1], NULL, &err);
	st = pkg ? ptx_store_open(ctx, NULL, &err) : NULL;
	if (!st || deploy(st, pkg, argv[2], images, &err) != 0)
		status = fail(err);
	ptx_store_close(st);
	ptx_package_free(pkg);
	ptx_ctx_free(ctx);
	ptx_arena_free(a);
	return status;
}
