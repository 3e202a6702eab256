/* SPDX-License-Identifier: Apache-2.0 */
/* operate.c - `pitrix cluster start`, `stop`, `restart`, `upgrade-agent` and `delete`. */
#include <string.h>

#include "cluster.h"

struct operate_args {
	const char *cluster;
	struct run_args run;
	bool plan;
	bool detach;
	bool yes;
	bool force;
};

static int show_plan(struct cli *cli, const char *operation, const struct operate_args *args,
		     const struct ptx_operate_opts *opts, struct ptx_error **err)
{
	struct ptx_plan *p = ptx_cluster_plan(cli_store(cli, err), args->cluster, operation, opts, err);
	int rc = p ? cluster_print_plan(cli, p, PLAN_TREE, err) : ptx_error_code(*err);

	ptx_plan_free(p);
	return rc;
}

static int operate(struct cli *cli, const char *operation, const struct operate_args *args, struct ptx_error **err)
{
	struct ptx_operate_opts opts = PTX_OPERATE_OPTS_INIT;
	char *job = NULL;
	int rc = 0;

	opts.force = args->force;
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
	}
	ptx_free(job);
	return rc;
}

/* clang-format off */
#define OPT_OPERATE \
	OPT_RUN(struct operate_args, run), \
	OPT_BOOL(0, "plan", struct operate_args, plan, "show what would be done, and do nothing"), \
	OPT_BOOL(0, "detach", struct operate_args, detach, "leave it to the background and print the job")
/* clang-format on */

static const struct opt operate_opts[] = { OPT_OPERATE, OPT_END };

static const struct opt_arg cluster_arg[] = {
	ARG("CLUSTER", struct operate_args, cluster, "its name or id", .complete = COMPLETE_CLUSTER),
	ARG_END
};

/* -- start -- */

static int start_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct operate_args *args = v;
	int rc = operate(cli, "start", args, err);

	if (rc == 0 && !args->plan && !args->detach)
		cli_say(cli, "%s is active.", args->cluster);
	return rc;
}

static const struct cmd_example start_examples[] = {
	{ "pitrix cluster start zk", "Start a stopped cluster, with its data" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_start = {
	.path = "cluster start",
	.group = GROUP_CLUSTER,
	.summary = "Start a stopped cluster, or mend an active one",
	.about = "A stopped cluster comes back with its addresses and its data. Of an active one, what does not run is started "
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
	const struct operate_args *args = v;
	int rc = operate(cli, "stop", args, err);

	if (rc == 0 && !args->plan && !args->detach)
		cli_say(cli, "%s is stopped.", args->cluster);
	return rc;
}

static const struct cmd_example stop_examples[] = {
	{ "pitrix cluster stop zk", "Stop a cluster and keep its data" },
	{ NULL, NULL }
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
	const struct operate_args *args = v;
	int rc = operate(cli, "restart", args, err);

	if (rc == 0 && !args->plan && !args->detach)
		cli_say(cli, "%s is active.", args->cluster);
	return rc;
}

static const struct cmd_example restart_examples[] = {
	{ "pitrix cluster restart zk", "Restart the application on all nodes" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_restart = {
	.path = "cluster restart",
	.group = GROUP_CLUSTER,
	.summary = "Restart the application of a cluster",
	.about = "Runs the application's restart commands, or its stop and start commands where it has none. The machines go on "
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
	const struct operate_args *args = v;
	int rc = operate(cli, "upgrade-agent", args, err);

	if (rc == 0 && !args->plan && !args->detach)
		cli_say(cli, "The agents of %s are up to date.", args->cluster);
	return rc;
}

static const struct cmd_example upgrade_agent_examples[] = {
	{ "pitrix cluster upgrade-agent zk", "Give a cluster's machines the agent of this installation" },
	{ "pitrix cluster upgrade-agent zk --plan", "Show which of them run another one" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_upgrade_agent = {
	.path = "cluster upgrade-agent",
	.group = GROUP_CLUSTER,
	.summary = "Update the agents of a cluster in place",
	.about = "Brings the agent's program of this installation to the cluster's Frontgate and to its running machines, whose "
		 "services go on meanwhile. An agent that does not get well with it goes back to the program before, and the "
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
	const struct operate_args *args = v;
	char question[512] = "";
	int rc = 0;

	snprintf(question, sizeof(question), "Delete the cluster '%s' with all its machines and data?", args->cluster);
	if (!args->plan)
		rc = prompt_confirm(cli, args->yes, question, err);
	if (rc == 0)
		rc = operate(cli, "delete", args, err);
	if (rc == 0 && !args->plan && !args->detach)
		cli_say(cli, "%s is deleted.", args->cluster);
	return rc;
}

static const struct opt delete_opts[] = {
	OPT_YES(struct operate_args, yes),
	OPT_BOOL(0, "force", struct operate_args, force, "also when a command of the application fails"),
	OPT_OPERATE,
	OPT_END
};

static const struct cmd_example delete_examples[] = {
	{ "pitrix cluster delete zk", "Delete a cluster, after asking" },
	{ "pitrix cluster delete zk --yes", "The same without a question, for scripts" },
	{ "pitrix cluster delete zk --plan", "Show what would be deleted" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_delete = {
	.path = "cluster delete",
	.group = GROUP_CLUSTER,
	.summary = "Delete a cluster with its data",
	.about = "Runs the application's destroy and stop commands, then deletes its machines and volumes; with the last cluster of "
		 "a network that network and its Frontgate too.",
	.opts = delete_opts,
	.args = cluster_arg,
	.examples = delete_examples,
	.args_size = sizeof(struct operate_args),
	.run = delete_run,
};
