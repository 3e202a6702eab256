/* SPDX-License-Identifier: Apache-2.0 */
/* logs.c - `pitrix cluster logs`: what the services' commands printed, and what the machines said.
 */
#include <string.h>
#include <time.h>

#include "cluster.h"

enum logs_source { SOURCE_ALL, SOURCE_SERVICES, SOURCE_MACHINES };

struct logs_args {
	const char *cluster;
	const char *node;
	int source;
	int64_t since_ms;
	int64_t tail;
	bool follow;
	int output;
};

/* A heading for each command that ran, and what it printed below. */
static void add_service(struct cli *cli, const struct ptx_value *entry, struct ptx_buf *out)
{
	struct ptx_str text = ptx_value_str(ptx_value_get(entry, "output"));

	if (cli->color_out)
		ptx_buf_adds(out, "\033[1m");
	ptx_buf_printf(out, "== %s %s", ptx_value_as_string(ptx_value_get(entry, "node"), "?"),
		       ptx_value_as_string(ptx_value_get(entry, "service"), "?"));
	ptx_buf_printf(out, " (%s)", ptx_value_as_string(ptx_value_get(entry, "status"), "?"));
	if (cli->color_out)
		ptx_buf_adds(out, "\033[0m");
	ptx_buf_addc(out, '\n');
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		print_clean(out, text.p, n);
		ptx_buf_addc(out, '\n');
		n += end ? 1 : 0;
		text.p += n;
		text.n -= n;
	}
}

/* A line of a machine, behind the name of its node. */
static void add_line(const struct ptx_value *entry, struct ptx_buf *out)
{
	struct ptx_str text = ptx_value_str(ptx_value_get(entry, "output"));

	ptx_buf_printf(out, "%s | ", ptx_value_as_string(ptx_value_get(entry, "node"), "?"));
	print_clean(out, text.p, text.n);
	ptx_buf_addc(out, '\n');
}

static void add_entry(struct cli *cli, const struct ptx_value *entry, struct ptx_buf *out)
{
	if (strcmp(ptx_value_as_string(ptx_value_get(entry, "source"), ""), "machine") == 0)
		add_line(entry, out);
	else
		add_service(cli, entry, out);
}

static int print_all(struct cli *cli, const struct ptx_value *list, struct ptx_error **err)
{
	struct ptx_buf out;
	int rc = 0;

	if (ptx_value_count(list) == 0)
		cli_say(cli, "Nothing has been printed yet.");
	ptx_buf_init(&out, 0);
	for (size_t i = 0; i < ptx_value_count(list); i++)
		add_entry(cli, ptx_value_at(list, i), &out);
	rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}

struct following {
	struct cli *cli;
	int output;
	struct ptx_error **err;
};

/* For programs: one line of JSON for each entry, or a document of YAML. */
static int print_one(const struct ptx_value *entry, void *user)
{
	struct following *f = user;
	struct ptx_buf out;
	int rc = 0;

	ptx_buf_init(&out, 0);
	if (f->output == PRINT_JSON) {
		ptx_json_format(entry, NULL, &out);
		ptx_buf_addc(&out, '\n');
	} else if (f->output == PRINT_YAML) {
		ptx_buf_adds(&out, "---\n");
		ptx_yaml_format(entry, &out);
	} else {
		add_entry(f->cli, entry, &out);
	}
	rc = cli_write(&out, f->err);
	ptx_buf_done(&out);
	fflush(stdout);
	return rc;
}

static int64_t now_ns(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int logs_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const unsigned sources[] = { 0, PTX_LOGS_SERVICES, PTX_LOGS_MACHINES };
	const struct logs_args *args = v;
	struct ptx_logs_opts opts = PTX_LOGS_OPTS_INIT;
	struct following f = { .cli = cli, .output = args->output, .err = err };
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = NULL;
	struct ptx_value *list = NULL;
	int rc = 0;

	if (!st)
		return ptx_error_code(*err);
	opts.node = args->node;
	opts.sources = sources[args->source];
	opts.tail = args->tail;
	if (args->since_ms > 0)
		opts.since_ns = now_ns() - args->since_ms * 1000000;
	if (args->follow)
		return ptx_cluster_logs_follow(st, args->cluster, &opts, print_one, &f, err);
	a = ptx_arena_new(0);
	list = ptx_cluster_logs(st, a, args->cluster, &opts, err);
	if (!list)
		rc = ptx_error_code(*err);
	else if (args->output == PRINT_TABLE)
		rc = print_all(cli, list, err);
	else
		rc = print_value(cli, args->output, list, NULL, err);
	ptx_arena_free(a);
	return rc;
}

static const struct opt_choice logs_sources[] = {
	{ "all", SOURCE_ALL, "both" },
	{ "services", SOURCE_SERVICES, "what the application's commands printed" },
	{ "machines", SOURCE_MACHINES, "what the machines wrote on their standard streams" },
	{ NULL, 0, NULL }
};

static const struct opt logs_opts[] = {
	OPT_STR('n', "node", struct logs_args, node, "NODE", "only this node, or 'frontgate'",
		.complete = COMPLETE_TEXT),
	OPT_ENUM('s', "source", struct logs_args, source, "SOURCE", logs_sources, "whose output"),
	OPT_BOOL('f', "follow", struct logs_args, follow,
		 "go on with what comes, until it is interrupted"),
	OPT_DURATION(0, "since", struct logs_args, since_ms, "only what is not older [all]"),
	OPT_INT(0, "tail", struct logs_args, tail, "N", 1, 1000000,
		"only the last N of each node [all]"),
	OPT_OUTPUT_UNNAMED(struct logs_args, output),
	OPT_END
};

static const struct opt_arg logs_args[] = { ARG("CLUSTER", struct logs_args, cluster,
						"its name or id", .complete = COMPLETE_CLUSTER),
					    ARG_END };

static const struct cmd_example logs_examples[] = {
	{ "pitrix cluster logs zk",
	  "Show what the application's commands printed and the machines said" },
	{ "pitrix cluster logs zk -n zk_node/2 --since 10m --tail 100",
	  "The end of it, on one node" },
	{ "pitrix cluster logs zk --source machines --follow", "Watch the machines" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_logs = {
	.path = "cluster logs",
	.group = GROUP_CLUSTER,
	.summary = "Show what a cluster printed",
	.about = "Shows, by time, the output of the services' commands (init, start, stop, ...) "
		 "with how they ended, and what the "
		 "machines wrote on their standard output and error, as the provider has it.",
	.opts = logs_opts,
	.args = logs_args,
	.examples = logs_examples,
	.args_size = sizeof(struct logs_args),
	.run = logs_run,
};
