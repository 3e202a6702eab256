/* SPDX-License-Identifier: Apache-2.0 */
/* inside.c - `pitrix cluster exec` and `events`: what goes on inside of a cluster. */
#include <string.h>

#include "cluster.h"

/* -- exec -- */

struct exec_args {
	const char *cluster;
	const char *node;
	struct opt_list command;
	int64_t timeout_ms;
	int output;
};

/* Appends a word so that a shell reads it as one. */
static void quote(struct ptx_buf *out, const char *word)
{
	ptx_buf_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			ptx_buf_adds(out, "'\\''");
		else
			ptx_buf_addc(out, *word);
	}
	ptx_buf_addc(out, '\'');
}

/* One word is a shell's command line as it is; several are the words of a command. */
static void join(struct ptx_buf *out, const struct opt_list *words)
{
	if (words->n == 1) {
		ptx_buf_adds(out, words->items[0]);
		return;
	}
	for (size_t i = 0; i < words->n; i++) {
		if (i)
			ptx_buf_addc(out, ' ');
		quote(out, words->items[i]);
	}
}

static int exec_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct exec_args *args = v;
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *result = NULL;
	struct ptx_str output = { 0 };
	struct ptx_buf command;
	int rc = 0;

	ptx_buf_init(&command, 1u << 20);
	join(&command, &args->command);
	if (!ptx_buf_ok(&command))
		rc = cli_usage(err, "the command is longer than 1 MiB");
	else if (st)
		result = ptx_cluster_exec(st, a, args->cluster, args->node, command.p,
					  args->timeout_ms, err);
	ptx_buf_done(&command);
	if (!result) {
		rc = ptx_error_code(*err);
	} else if (args->output != PRINT_TABLE) {
		rc = print_value(cli, args->output, result, NULL, err);
	} else {
		output = ptx_value_str(ptx_value_get(result, "output"));
		fwrite(output.p ? output.p : "", 1, output.n, stdout);
	}
	if (rc == 0)
		rc = (int)ptx_value_as_int(ptx_value_get(result, "exit_status"), 1) & 0xff;
	ptx_arena_free(a);
	return rc;
}

static const struct opt exec_opts[] = {
	OPT_STR('n', "node", struct exec_args, node, "NODE",
		"the node, by its name or id; needed where there are several",
		.complete = COMPLETE_TEXT),
	OPT_DURATION(0, "timeout", struct exec_args, timeout_ms, "give up after so long [1m]"),
	OPT_OUTPUT_UNNAMED(struct exec_args, output), OPT_END
};

static const struct opt_arg exec_args[] = {
	ARG("CLUSTER", struct exec_args, cluster, "its name or id", .complete = COMPLETE_CLUSTER),
	ARG_LIST("COMMAND", struct exec_args, command,
		 "the command and its arguments, or one line for a shell",
		 .complete = COMPLETE_TEXT),
	ARG_END
};

static const struct cmd_example exec_examples[] = {
	{ "pitrix cluster exec zk -n zk_node/1 -- ls -l /zookeeper", "Run a command on one node" },
	{ "pitrix cluster exec zk -n zk_node/1 'df -h | tail -1'",
	  "Let the node's shell read a line" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_exec = {
	.path = "cluster exec",
	.group = GROUP_CLUSTER,
	.summary = "Run a command on a node",
	.about = "Runs it once, through the node's agent, and ends with its exit status. Options "
		 "of the command itself stand behind "
		 "'--'. Nothing can be typed into it.",
	.opts = exec_opts,
	.args = exec_args,
	.examples = exec_examples,
	.args_size = sizeof(struct exec_args),
	.run = exec_run,
};

/* -- events -- */

struct events_args {
	const char *cluster;
	int output;
};

static const struct print_column event_columns[] = {
	{ "TIME", "time", CELL_TIME },  { "SOURCE", "source", CELL_TEXT },
	{ "EVENT", "kind", CELL_TEXT }, { "NODE", "node", CELL_TEXT },
	{ "WHAT", "text", CELL_TEXT },  { NULL, NULL, CELL_TEXT }
};

static int events_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = event_columns,
						.empty = "Nothing has happened yet." };
	const struct events_args *args = v;
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *list = st ? ptx_cluster_events(st, a, args->cluster, err) : NULL;
	int rc = list ? print_value(cli, args->output, list, &spec, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}

static const struct opt events_opts[] = { OPT_OUTPUT_UNNAMED(struct events_args, output), OPT_END };

static const struct opt_arg events_args[] = { ARG("CLUSTER", struct events_args, cluster,
						  "its name or id", .complete = COMPLETE_CLUSTER),
					      ARG_END };

static const struct cmd_example events_examples[] = {
	{ "pitrix cluster events zk", "Show what happened to a cluster" }, { NULL, NULL }
};

const struct cmd cmd_cluster_events = {
	.path = "cluster events",
	.group = GROUP_CLUSTER,
	.summary = "Show what happened to a cluster",
	.about = "Shows, oldest first, its jobs and tasks and what its Frontgate and agents saw.",
	.opts = events_opts,
	.args = events_args,
	.examples = events_examples,
	.args_size = sizeof(struct events_args),
	.run = events_run,
};
