/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - `pitrix cluster list`, `show` and `status`: what is recorded, and what is really there.
 */
#include <string.h>

#include "cluster.h"

const struct cmd_noun noun_cluster = {
	.name = "cluster",
	.group = GROUP_CLUSTER,
	.summary = "Deploy applications and run their whole life",
	.about = "A cluster is one deployed application. It is named by its name or its id.",
};

/* -- list -- */

struct list_args {
	int output;
	bool all;
};

static const struct print_column list_columns[] = {
	{ "CLUSTER", "name", CELL_TEXT },    { "ID", "id", CELL_TEXT },
	{ "STATUS", "status", CELL_STATE },  { "NOW", "transition", CELL_TEXT },
	{ "RUNTIME", "runtime", CELL_TEXT }, { "PACKAGE", "package", CELL_TEXT },
	{ "VERSION", "version", CELL_TEXT }, { "NODES", "nodes", CELL_COUNT },
	{ "AGE", "created", CELL_AGE },      { NULL, NULL, CELL_TEXT }
};

static int list_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = list_columns,
						.name = "name",
						.empty = "There are no clusters." };
	const struct list_args *args = v;
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *list = st ? ptx_cluster_list(st, a, args->all, err) : NULL;
	int rc = list ? print_value(cli, args->output, list, &spec, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}

static const struct opt list_opts[] = { OPT_BOOL('a', "all", struct list_args, all,
						 "those too that are deleted"),
					OPT_OUTPUT(struct list_args, output), OPT_END };

static const struct cmd_example list_examples[] = {
	{ "pitrix cluster list", "List all clusters" },
	{ "pitrix cluster list -o json", "With their nodes and addresses, for programs" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_list = {
	.path = "cluster list",
	.group = GROUP_CLUSTER,
	.summary = "List clusters",
	.about = "Tells what is recorded; 'pitrix cluster status' looks at what is really there. "
		 "The formats json and yaml hold "
		 "the nodes with their addresses too.",
	.opts = list_opts,
	.examples = list_examples,
	.args_size = sizeof(struct list_args),
	.run = list_run,
};

/* -- show -- */

static const struct print_column show_columns[] = { { "Cluster", "name", CELL_TEXT },
						    { "Id", "id", CELL_TEXT },
						    { "Status", "status", CELL_STATE },
						    { "Now", "transition", CELL_TEXT },
						    { "Runtime", "runtime", CELL_TEXT },
						    { "Network", "vpc.name", CELL_TEXT },
						    { "Package", "package", CELL_TEXT },
						    { "Version", "version", CELL_TEXT },
						    { "Created", "created", CELL_TIME },
						    { "Last job", "job", CELL_TEXT },
						    { NULL, NULL, CELL_TEXT } };

static const struct print_column node_columns[] = { { "NODE", "name", CELL_TEXT },
						    { "ROLE", "role", CELL_TEXT },
						    { "STATUS", "status", CELL_STATE },
						    { "PRIVATE", "private_ip", CELL_TEXT },
						    { "PUBLIC", "public_ip", CELL_TEXT },
						    { "ENDPOINTS", "endpoint_list", CELL_TEXT },
						    { NULL, NULL, CELL_TEXT } };

/* Beside each node's endpoints, the same as texts for a table: "client 127.77.1.2:2181". */
static struct ptx_value *with_endpoint_texts(struct ptx_arena *a, const struct ptx_value *nodes)
{
	struct ptx_value *copy = ptx_value_copy(a, nodes);

	for (size_t i = 0; i < ptx_value_count(copy); i++) {
		struct ptx_value *node = ptx_value_at(copy, i);
		const struct ptx_value *endpoints = ptx_value_get(node, "endpoints");
		struct ptx_value *texts = ptx_value_list(a);

		for (size_t j = 0; j < ptx_value_count(endpoints); j++) {
			const struct ptx_value *e = ptx_value_at(endpoints, j);
			struct ptx_buf text;

			ptx_buf_init(&text, 65536);
			ptx_buf_printf(&text, "%s %s",
				       ptx_value_as_string(ptx_value_get(e, "name"), ""),
				       ptx_value_as_string(ptx_value_get(e, "address"), ""));
			if (ptx_buf_ok(&text))
				ptx_value_append(texts, ptx_value_string(a, text.p));
			ptx_buf_done(&text);
		}
		ptx_value_set(node, "endpoint_list", texts);
	}
	return copy;
}

int cluster_print(struct cli *cli, const char *cluster, int format, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = show_columns, .name = "name" };
	static const struct print_spec nodes = { .columns = node_columns, .name = "name" };
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *v = st ? ptx_cluster_show(st, a, cluster, err) : NULL;
	int rc = v ? print_value(cli, format, v, &spec, err) : ptx_error_code(*err);

	if (rc == 0 && format == PRINT_TABLE && ptx_value_count(ptx_value_get(v, "nodes"))) {
		putchar('\n');
		rc = print_value(cli, format, with_endpoint_texts(a, ptx_value_get(v, "nodes")),
				 &nodes, err);
	}
	ptx_arena_free(a);
	return rc;
}

struct show_args {
	const char *cluster;
	int output;
};

static int show_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct show_args *args = v;

	return cluster_print(cli, args->cluster, args->output, err);
}

static const struct opt show_opts[] = { OPT_OUTPUT(struct show_args, output), OPT_END };

static const struct opt_arg cluster_arg[] = { ARG("CLUSTER", struct show_args, cluster,
						  "its name or id", .complete = COMPLETE_CLUSTER),
					      ARG_END };

static const struct cmd_example show_examples[] = {
	{ "pitrix cluster show zk", "Show a cluster, its nodes and their addresses" },
	{ "pitrix cluster show zk -o yaml", "With its answers and its conf" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_show = {
	.path = "cluster show",
	.group = GROUP_CLUSTER,
	.summary = "Show one cluster and its nodes",
	.about = "Tells what is recorded. Secrets are shown as ***.",
	.opts = show_opts,
	.args = cluster_arg,
	.examples = show_examples,
	.args_size = sizeof(struct show_args),
	.run = show_run,
};

/* -- status -- */

static const struct print_column status_columns[] = {
	{ "Cluster", "name", CELL_TEXT },
	{ "Status", "status", CELL_STATE },
	{ "Healthy", "healthy", CELL_TEXT },
	{ "Frontgate", "frontgate.machine", CELL_STATE },
	{ "Frontgate's agent", "frontgate.agent", CELL_STATE },
	{ "Frontgate's etcd", "frontgate.etcd", CELL_STATE },
	{ NULL, NULL, CELL_TEXT }
};

static const struct print_column status_node_columns[] = {
	{ "NODE", "name", CELL_TEXT },          { "ROLE", "role", CELL_TEXT },
	{ "STATUS", "status", CELL_STATE },     { "MACHINE", "machine", CELL_STATE },
	{ "AGENT", "agent", CELL_STATE },       { "HEALTH", "health", CELL_STATE },
	{ "PRIVATE", "private_ip", CELL_TEXT }, { "PUBLIC", "public_ip", CELL_TEXT },
	{ "PROBLEM", "problem", CELL_TEXT },    { NULL, NULL, CELL_TEXT }
};

static int status_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = status_columns, .name = "name" };
	static const struct print_spec nodes = { .columns = status_node_columns, .name = "name" };
	const struct show_args *args = v;
	struct ptx_store *st = cli_store(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *s = st ? ptx_cluster_status(st, a, args->cluster, err) : NULL;
	int rc = s ? print_value(cli, args->output, s, &spec, err) : ptx_error_code(*err);
	const struct ptx_value *problems = ptx_value_get(s, "problems");

	if (rc == 0 && args->output == PRINT_TABLE && ptx_value_count(ptx_value_get(s, "nodes"))) {
		putchar('\n');
		rc = print_value(cli, PRINT_TABLE, ptx_value_get(s, "nodes"), &nodes, err);
	}
	if (rc == 0 && args->output == PRINT_TABLE && ptx_value_count(problems)) {
		fflush(stdout);
		for (size_t i = 0; i < ptx_value_count(problems); i++)
			cli_warn(cli, "%s", ptx_value_as_string(ptx_value_at(problems, i), ""));
	}
	if (rc == 0 && !ptx_value_as_bool(ptx_value_get(s, "healthy"), false))
		rc = ptx_code_exit_status(PTX_E_FAILED);
	ptx_arena_free(a);
	return rc;
}

static const struct cmd_example status_examples[] = {
	{ "pitrix cluster status zk", "See whether a cluster is well" },
	{ "pitrix cluster status zk -o json", "The same for programs" },
	{ NULL, NULL }
};

const struct cmd cmd_cluster_status = {
	.path = "cluster status",
	.group = GROUP_CLUSTER,
	.summary = "See whether a cluster is well",
	.about =
	    "Looks at what is really there: the machines at the provider, the Frontgate and the "
	    "agents. Names what is not as "
	    "it should be, and ends with 1 then; 'pitrix cluster start' mends what does not run.",
	.opts = show_opts,
	.args = cluster_arg,
	.examples = status_examples,
	.args_size = sizeof(struct show_args),
	.run = status_run,
};
