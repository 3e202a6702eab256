/* SPDX-License-Identifier: Apache-2.0 */
/* operate.c - `pitrix cluster start`, `stop`, `restart`, `upgrade-agent` and `delete`. */
#include <string.h>

#include "cluster.h"

struct operate_args {
	const char *cluster;
	const char *called; /* in what is said to a person */
	const char *from_plan;
	struct run_args run;
	int output;
	bool plan;
	bool detach;
	bool yes;
	bool force;
};

static int show_plan(struct cli *cli, const char *operation, const struct operate_args *args,
		     const struct ptx_operate_opts *opts, struct ptx_error **err)
{
	struct ptx_plan *p =
	    ptx_cluster_plan(cli_store(cli, err), args->cluster, operation, opts, err);
	int rc = p ? cluster_print_plan(cli, p, cluster_plan_format(args->output), err)
		   : ptx_error_code(*err);

	ptx_plan_free(p);
	return rc;
}

/* Tells a person, or prints the cluster for a program. */
static int show_end(struct cli *cli, const struct operate_args *args, const char *job,
		    const char *ended, struct ptx_error **err)
{
	char *cluster = NULL;
	int rc = 0;

	if (args->output == PRINT_TABLE && !ended) {
		cli_say(cli, "The agents of %s are up to date.", args->called);
		return 0;
	}
	if (args->output == PRINT_TABLE) {
		cli_say(cli, "%s is %s.", args->called, ended);
		return 0;
	}
	cluster = cluster_of_job(cli, job, err);
	rc = cluster ? cluster_print(cli, cluster, args->output, err) : ptx_error_code(*err);
	ptx_free(cluster);
	return rc;
}

static int operate_on(struct cli *cli, const char *operation, const char *ended,
		      const struct operate_args *args, const struct ptx_plan *from,
		      struct ptx_error **err)
{
	struct ptx_operate_opts opts = PTX_OPERATE_OPTS_INIT;
	char *job = NULL;
	int rc = 0;

	opts.force = args->force;
	opts.plan = from;
	opts.lock_timeout_ms = args->run.lock_timeout_ms;
	if (!cli_store(cli, err))
		return ptx_error_code(*err);
	if (args->plan)
		return show_plan(cli, operation, args, &opts, err);
	job = ptx_cluster_operate(cli_store(cli, err), args->cluster, operation, &opts, err);
	if (!job)
		return ptx_error_code(*err);
	if (args->detach) {
		rc = run_detached(cli, job, &args->run, err);
		if (rc == 0)
			printf("%s\n", job);
	} else {
		rc = run_job(cli, job, &args->run, err);
		if (rc == 0)
			rc = show_end(cli, args, job, ended, err);
	}
	ptx_free(job);
	return rc;
}

/* What is to be destroyed is asked for. */
static int agree(struct cli *cli, const struct operate_args *args, struct ptx_error **err)
{
	char question[512] = "";

	snprintf(question, sizeof(question),
		 "Delete the cluster '%s' with all its machines and data?", args->called);
	return prompt_confirm(cli, args->yes, question, err);
}

/* ended: what the cluster is then ("active"); NULL: its agents are what it was about. */
static int operate(struct cli *cli, const char *operation, const char *ended,
		   const struct operate_args *given, struct ptx_error **err)
{
	struct operate_args args = *given;
	struct ptx_plan *from = NULL;
	int rc = 0;

	if (args.from_plan && args.plan)
		return cli_usage(err, "'--plan' makes a plan and '--from-plan' runs one; only one "
				      "of them makes sense");
	if (args.from_plan) {
		from = ptx_plan_read(args.from_plan, err);
		if (!from)
			return ptx_error_code(*err);
		args.called = ptx_plan_name(from);
		args.cluster = args.cluster ? args.cluster : ptx_plan_cluster(from);
	}
	args.called = args.called ? args.called : args.cluster;
	if (!args.cluster)
		rc = cli_usage(err, "CLUSTER is missing");
	if (rc == 0 && strcmp(operation, "delete") == 0 && !args.plan)
		rc = agree(cli, &args, err);
	if (rc == 0)
		rc = operate_on(cli, operation, ended, &args, from, err);
	ptx_plan_free(from);
	return rc;
}

/* clang-format off */
#define OPT_OPERATE \
	OPT_RUN(struct operate_args, run), \
	OPT_BOOL(0, "plan", struct operate_args, plan, "show what would be done, and do nothing"), \
	OPT_FROM_PLAN(struct operate_args, from_plan), \
	OPT_BOOL(0, "detach", struct operate_args, detach, "leave it to the background and print the job"), \
	OPT_OUTPUT(struct operate_args, output)
/* clang-format on */

static const struct opt operate_opts[] = { OPT_OPERATE, OPT_END };

static const struct opt_arg cluster_arg[] = { ARG("CLUSTER", struct operate_args, cluster,
						  "its name or id [that of --from-plan]",
						  .optional = true, .complete = COMPLETE_CLUSTER),
					      ARG_END };

/* -- start -- */

static int start_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return operate(cli, "start", "active", v, err);
}

static const struct cmd_example start_examples[] = {
	{ "pitrix cluster start zk", "Start a stopped cluster, with its data" }, { NULL, NULL }
};

const struct cmd cmd_cluster_start = {
	.path = "cluster start",
	.group = GROUP_CLUSTER,
	.summary = "Start a stopped cluster, or mend an active one",
	.about = "A stopped cluster comes back with its addresses and its data. Of an active one, "
		 "what does not run is started "
		 "again or replaced; the rest is left alone.",
	.opts = operate_opts,
	.args = cluster_arg,
	.examples = start_examples,
	.args_size = sizeof(struct operate_args),
	.run = start_run,
};

/* -- stop -- */

static int stop_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return operate(cli, "stop", "stopped", v, err);
}

static const struct cmd_example stop_examples[] = {
	{ "pitrix cluster stop zk", "Stop a cluster and keep its data" }, { NULL, NULL }
};

const struct cmd cmd_cluster_stop = {
	.path = "cluster stop",
	.group = GROUP_CLUSTER,
	.summary = "Stop a cluster and keep its data",
	.about = "Runs the application's stop commands, then stops its machines.",
	.opts = operate_opts,
	.args = cluster_arg,
	.examples = stop_examples,
	.args_size = sizeof(struct operate_args),
	.run = stop_run,
};

/* -- restart -- */

static int restart_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return operate(cli, "restart", "active", v, err);
}

static const struct cmd_example restart_examples[] = {
	{ "pitrix cluster restart zk", "Restart the application on all nodes" }, { NULL, NULL }
};

const struct cmd cmd_cluster_restart = {
	.path = "cluster restart",
	.group = GROUP_CLUSTER,
	.summary = "Restart the application of a cluster",
	.about = "Runs the application's restart commands, or its stop and start commands where it "
		 "has none. The machines go on "
		 "running.",
	.opts = operate_opts,
	.args = cluster_arg,
	.examples = restart_examples,
	.args_size = sizeof(struct operate_args),
	.run = restart_run,
};

/* -- upgrade-agent -- */

static int upgrade_agent_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return operate(cli, "upgrade-agent", NULL, v, err);
}

static const struct cmd_example upgrade_agent_examples[] = {
	{ "pitrix cluster upgrade-agent zk",
	  "Give a cluster's machines the agent of this installation" },
	{ "pitrix cluster upgrade-agent zk --plan", "Show which of them run another one" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_upgrade_agent = {
	.path = "cluster upgrade-agent",
	.group = GROUP_CLUSTER,
	.summary = "Update the agents of a cluster in place",
	.about = "Brings the agent's program of this installation to the cluster's Frontgate and "
		 "to its running machines, whose "
		 "services go on meanwhile. An agent that does not get well with it goes back to "
		 "the program before, and the "
		 "command fails. Frontgate and one machine come first, then all others.",
	.opts = operate_opts,
	.args = cluster_arg,
	.examples = upgrade_agent_examples,
	.args_size = sizeof(struct operate_args),
	.run = upgrade_agent_run,
};

/* -- delete -- */

static int delete_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return operate(cli, "delete", "deleted", v, err);
}

static const struct opt delete_opts[] = {
	OPT_YES(struct operate_args, yes),
	OPT_BOOL(0, "force", struct operate_args, force,
		 "also when a command of the application fails, or another cluster uses it"),
	OPT_OPERATE, OPT_END
};

static const struct cmd_example delete_examples[] = {
	{ "pitrix cluster delete zk", "Delete a cluster, after asking" },
	{ "pitrix cluster delete zk --yes", "The same without a question, for scripts" },
	{ "pitrix cluster delete zk --plan", "Show what would be deleted" },
	{ "pitrix cluster delete zk --plan -o json >zk.plan", "Save that" },
	{ "pitrix cluster delete --from-plan zk.plan --yes",
	  "Do exactly that, or nothing where it does not fit any more" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_delete = {
	.path = "cluster delete",
	.group = GROUP_CLUSTER,
	.summary = "Delete a cluster with its data",
	.about = "Runs the application's destroy and stop commands, then deletes its machines and "
		 "volumes; with the last cluster of "
		 "a network that network and its Frontgate too.",
	.opts = delete_opts,
	.args = cluster_arg,
	.examples = delete_examples,
	.args_size = sizeof(struct operate_args),
	.run = delete_run,
};
