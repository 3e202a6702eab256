/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_job.c - what operations did, do, and still have to do. */
#include <string.h>

#include <pitrix/job.h>

#include "commands.h"
#include "follow.h"
#include "print.h"
#include "run.h"

const struct cmd_noun noun_job = {
	.name = "job",
	.group = GROUP_JOB,
	.summary = "Look at jobs, follow, resume and cancel them",
	.about = "A job is what an operation on a cluster does, task by task. It outlives the "
		 "program that began it: an "
		 "interrupted job is resumed where it was.",
};

static bool is_job(const char *word)
{
	return strncmp(word, "job-", 4) == 0;
}

/* The id of a job that is named by its id or by its cluster; owned. */
static char *job_id(struct cli *cli, const char *word, struct ptx_error **err)
{
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_buf id;

	if (!st)
		return NULL;
	if (!is_job(word))
		return ptx_job_of_cluster(st, word, err);
	ptx_buf_init(&id, 256);
	ptx_buf_adds(&id, word);
	if (!ptx_buf_ok(&id))
		cli_usage(err, "'%.64s...' is no job", word);
	return ptx_buf_steal(&id, NULL);
}

/* -- list -- */

static const struct print_column list_columns[] = { { "JOB", "id", CELL_TEXT },
						    { "CLUSTER", "cluster_name", CELL_TEXT },
						    { "OPERATION", "operation", CELL_TEXT },
						    { "STATUS", "status", CELL_STATE },
						    { "DONE", "done", CELL_NUMBER },
						    { "TASKS", "tasks", CELL_NUMBER },
						    { "AGE", "created", CELL_AGE },
						    { NULL, NULL, CELL_TEXT } };

struct job_list_args {
	const char *cluster;
	int output;
};

static int list_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = list_columns,
						.name = "id",
						.empty = "There are no jobs." };
	const struct job_list_args *args = v;
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *jobs = st ? ptx_job_list(st, a, args->cluster, err) : NULL;
	int rc = jobs ? print_value(cli, args->output, jobs, &spec, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}

static const struct opt list_opts[] = { OPT_OUTPUT(struct job_list_args, output), OPT_END };

static const struct opt_arg list_args[] = { ARG("CLUSTER", struct job_list_args, cluster,
						"only the jobs of this cluster", .optional = true,
						.complete = COMPLETE_CLUSTER),
					    ARG_END };

static const struct cmd_example list_examples[] = {
	{ "pitrix job list", "List all jobs, the newest first" },
	{ "pitrix job list my-zookeeper -o json", "Those of one cluster, for programs" },
	{ NULL, NULL }
};

const struct cmd cmd_job_list = {
	.path = "job list",
	.group = GROUP_JOB,
	.summary = "List jobs, the newest first",
	.about = "A job is pending, working, successful, failed or canceled; interrupted when it "
		 "was working and nobody runs it "
		 "any more.",
	.opts = list_opts,
	.args = list_args,
	.examples = list_examples,
	.args_size = sizeof(struct job_list_args),
	.run = list_run,
};

/* -- show -- */

struct job_show_args {
	const char *job;
	int output;
};

static const struct print_column show_columns[] = { { "Job", "id", CELL_TEXT },
						    { "Cluster", "cluster_name", CELL_TEXT },
						    { "Operation", "operation", CELL_TEXT },
						    { "Status", "status", CELL_STATE },
						    { "Created", "created", CELL_TIME },
						    { "Started", "started", CELL_TIME },
						    { "Ended", "ended", CELL_TIME },
						    { "Error", "error.message", CELL_TEXT },
						    { NULL, NULL, CELL_TEXT } };

static const struct print_column task_columns[] = {
	{ "TASK", "title", CELL_TEXT },          { "ACTION", "action", CELL_TEXT },
	{ "STATUS", "status", CELL_STATE },      { "TRIES", "attempt", CELL_NUMBER },
	{ "ERROR", "error.message", CELL_TEXT }, { NULL, NULL, CELL_TEXT }
};

static int show_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = show_columns, .name = "id" };
	static const struct print_spec tasks = { .columns = task_columns, .name = "id" };
	const struct job_show_args *args = v;
	char *id = job_id(cli, args->job, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *job = id ? ptx_job_show(cli_store(cli, err), a, id, err) : NULL;
	int rc = job ? print_value(cli, args->output, job, &spec, err) : ptx_error_code(*err);
	const struct ptx_value *list = NULL;

	list = ptx_value_get(job, ptx_value_has(job, "tasks_list") ? "tasks_list" : "tasks");
	if (rc == 0 && args->output == PRINT_TABLE && ptx_value_count(list)) {
		putchar('\n');
		rc = print_value(cli, PRINT_TABLE, list, &tasks, err);
	}
	ptx_arena_free(a);
	ptx_free(id);
	return rc;
}

static const struct opt show_opts[] = { OPT_OUTPUT(struct job_show_args, output), OPT_END };

static const struct opt_arg show_args[] = { ARG("JOB", struct job_show_args, job,
						"a job, or a cluster for its last one",
						.complete = COMPLETE_JOB),
					    ARG_END };

static const struct cmd_example show_examples[] = {
	{ "pitrix job show my-zookeeper", "Show the last job of a cluster, task by task" },
	{ NULL, NULL }
};

const struct cmd cmd_job_show = {
	.path = "job show",
	.group = GROUP_JOB,
	.summary = "Show one job with its tasks",
	.about = "Shows what was done, what failed and why.",
	.opts = show_opts,
	.args = show_args,
	.examples = show_examples,
	.args_size = sizeof(struct job_show_args),
	.run = show_run,
};

/* -- follow -- */

struct job_follow_args {
	const char *job;
};

static int follow_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct job_follow_args *args = v;
	char *id = job_id(cli, args->job, err);
	struct follow *f = id ? follow_new(cli, err) : NULL;
	int rc = f ? ptx_job_follow(cli_store(cli, err), id, follow_event, f, err)
		   : ptx_error_code(*err);

	follow_free(f);
	ptx_free(id);
	return rc;
}

static const struct opt_arg follow_args[] = { ARG("JOB", struct job_follow_args, job,
						  "a job, or a cluster for its last one",
						  .complete = COMPLETE_JOB),
					      ARG_END };

static const struct cmd_example follow_examples[] = {
	{ "pitrix job follow my-zookeeper", "Watch what another program does to a cluster" },
	{ NULL, NULL }
};

const struct cmd cmd_job_follow = {
	.path = "job follow",
	.group = GROUP_JOB,
	.summary = "Watch a job until it ends",
	.about = "Shows a job that another program runs, as that program does, and ends as the job "
		 "ends. An interrupt ends the "
		 "watching, not the job.",
	.args = follow_args,
	.examples = follow_examples,
	.args_size = sizeof(struct job_follow_args),
	.run = follow_run,
};

/* -- resume -- */

struct job_resume_args {
	const char *job;
	struct run_args run;
};

static bool unfinished(const struct ptx_value *job)
{
	const char *status = ptx_value_as_string(ptx_value_get(job, "status"), "");

	return strcmp(status, "interrupted") == 0 || strcmp(status, "pending") == 0 ||
	       strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0;
}

/* The one job that is not finished: of each cluster only its last one counts. Owned id. */
static char *only_unfinished(struct cli *cli, struct ptx_error **err)
{
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *jobs = st ? ptx_job_list(st, a, NULL, err) : NULL;
	struct ptx_value *seen = ptx_value_map(a);
	struct ptx_buf id;
	size_t count = 0;

	ptx_buf_init(&id, 256);
	for (size_t i = 0; i < ptx_value_count(jobs); i++) {
		const struct ptx_value *job = ptx_value_at(jobs, i);
		const char *cluster = ptx_value_as_string(ptx_value_get(job, "cluster"), "");

		if (!ptx_value_has(seen, cluster) && unfinished(job) && count++ == 0)
			ptx_buf_adds(&id, ptx_value_as_string(ptx_value_get(job, "id"), ""));
		ptx_value_set_bool(seen, cluster, true);
	}
	if (jobs && count == 0)
		ptx_error_set(err, PTX_E_NOT_FOUND, "there is no job to resume");
	else if (jobs && count > 1)
		cli_usage(err, "%zu jobs are not finished: name one ('pitrix job list' lists them)",
			  count);
	ptx_arena_free(a);
	if (count == 1)
		return ptx_buf_steal(&id, NULL);
	ptx_buf_done(&id);
	return NULL;
}

static int resume_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct job_resume_args *args = v;
	char *id = args->job ? job_id(cli, args->job, err) : only_unfinished(cli, err);
	int rc = id ? run_job(cli, id, &args->run, err) : ptx_error_code(*err);

	if (rc == 0)
		cli_say(cli, "%s is done.", id);
	ptx_free(id);
	return rc;
}

static const struct opt resume_opts[] = { OPT_RUN(struct job_resume_args, run), OPT_END };

static const struct opt_arg resume_args[] = {
	ARG("JOB", struct job_resume_args, job,
	    "a job, or a cluster for its last one; may be left out where only one waits",
	    .optional = true, .complete = COMPLETE_JOB),
	ARG_END
};

static const struct cmd_example resume_examples[] = {
	{ "pitrix job resume", "Go on with the job that was interrupted" },
	{ "pitrix job resume my-zookeeper --timeout 10m", "Go on with the last job of a cluster" },
	{ NULL, NULL }
};

const struct cmd cmd_job_resume = {
	.path = "job resume",
	.group = GROUP_JOB,
	.summary = "Go on with a job that did not finish",
	.about = "What is done stays done, what was under way is looked at first, what failed is "
		 "tried again. Nothing is left over "
		 "and nothing is made twice, wherever the job stopped.",
	.opts = resume_opts,
	.args = resume_args,
	.examples = resume_examples,
	.args_size = sizeof(struct job_resume_args),
	.run = resume_run,
};

/* -- cancel -- */

struct job_cancel_args {
	const char *job;
};

static int cancel_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct job_cancel_args *args = v;
	char *id = job_id(cli, args->job, err);
	int rc = id ? ptx_job_cancel(cli_store(cli, err), id, err) : ptx_error_code(*err);

	if (rc == 0)
		cli_say(cli, "%s was asked to stop.", id);
	ptx_free(id);
	return rc;
}

static const struct opt_arg cancel_args[] = { ARG("JOB", struct job_cancel_args, job,
						  "a job, or a cluster for its last one",
						  .complete = COMPLETE_JOB),
					      ARG_END };

static const struct cmd_example cancel_examples[] = {
	{ "pitrix job cancel my-zookeeper", "Stop what is being done to a cluster" }, { NULL, NULL }
};

const struct cmd cmd_job_cancel = {
	.path = "job cancel",
	.group = GROUP_JOB,
	.summary = "Ask a job to stop",
	.about = "The program that runs it stops at the next safe point; a job that nobody runs is "
		 "marked as canceled. It can be "
		 "resumed either way.",
	.args = cancel_args,
	.examples = cancel_examples,
	.args_size = sizeof(struct job_cancel_args),
	.run = cancel_run,
};
