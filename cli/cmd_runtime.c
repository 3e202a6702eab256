/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_runtime.c - the places where applications run. */
#include <pitrix/runtime.h>

#include "commands.h"
#include "print.h"
#include "problems.h"

const struct cmd_noun noun_runtime = {
	.name = "runtime",
	.group = GROUP_RUNTIME,
	.summary = "Look at the places where applications run",
	.about = "The runtime 'local' makes containers on this machine and needs no configuration. "
		 "Others stand in "
		 "~/.config/pitrix/runtimes.yaml.",
};

/* -- list -- */

struct runtime_list_args {
	int output;
};

static const struct print_column list_columns[] = {
	{ "RUNTIME", "name", CELL_TEXT },  { "PROVIDER", "provider", CELL_TEXT },
	{ "ZONE", "zone", CELL_TEXT },     { "ENDPOINT", "endpoint", CELL_TEXT },
	{ "LABELS", "labels", CELL_TEXT }, { NULL, NULL, CELL_TEXT }
};

static int list_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = list_columns, .name = "name" };
	const struct runtime_list_args *args = v;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *list = ctx ? ptx_runtime_list(ctx, a, err) : NULL;
	int rc = list ? print_value(cli, args->output, list, &spec, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}

static const struct opt list_opts[] = { OPT_OUTPUT(struct runtime_list_args, output), OPT_END };

static const struct cmd_example list_examples[] = { { "pitrix runtime list", "List all runtimes" },
						    { NULL, NULL } };

const struct cmd cmd_runtime_list = {
	.path = "runtime list",
	.group = GROUP_RUNTIME,
	.summary = "List runtimes",
	.about = "Lists the runtime 'local', which every installation has, and those that are "
		 "configured.",
	.opts = list_opts,
	.examples = list_examples,
	.args_size = sizeof(struct runtime_list_args),
	.run = list_run,
};

/* -- show -- */

struct runtime_show_args {
	const char *runtime;
	int output;
};

static const struct print_column show_columns[] = {
	{ "Runtime", "name", CELL_TEXT },    { "Provider", "provider", CELL_TEXT },
	{ "Zone", "zone", CELL_TEXT },       { "Endpoint", "endpoint", CELL_TEXT },
	{ "Labels", "labels", CELL_TEXT },   { "Images", "images", CELL_TEXT },
	{ "Actions", "actions", CELL_TEXT }, { NULL, NULL, CELL_TEXT }
};

static int show_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_spec spec = { .columns = show_columns, .name = "name" };
	const struct runtime_show_args *args = v;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *runtime = ctx ? ptx_runtime_show(ctx, args->runtime, a, err) : NULL;
	int rc =
	    runtime ? print_value(cli, args->output, runtime, &spec, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}

static const struct opt show_opts[] = { OPT_OUTPUT(struct runtime_show_args, output), OPT_END };

static const struct opt_arg show_args[] = { ARG("RUNTIME", struct runtime_show_args, runtime,
						"a runtime [local]", .optional = true,
						.complete = COMPLETE_RUNTIME),
					    ARG_END };

static const struct cmd_example show_examples[] = {
	{ "pitrix runtime show local", "Show the runtime of this machine" }, { NULL, NULL }
};

const struct cmd cmd_runtime_show = {
	.path = "runtime show",
	.group = GROUP_RUNTIME,
	.summary = "Show one runtime and what it can do",
	.about = "Shows its configuration, without secrets, and the actions of its provider.",
	.opts = show_opts,
	.args = show_args,
	.examples = show_examples,
	.args_size = sizeof(struct runtime_show_args),
	.run = show_run,
};

/* -- check -- */

struct runtime_check_args {
	const char *runtime;
	int output;
};

static int check_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct runtime_check_args *args = v;
	const char *name = args->runtime ? args->runtime : PTX_RUNTIME_DEFAULT;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_diags *d = ptx_diags_new();
	int rc = PTX_E_NOMEM;

	if (ctx && a && d)
		rc = ptx_runtime_check(ctx, name, d, err);
	else if (ctx)
		ptx_error_set(err, rc, "out of memory");
	if (rc == 0 && args->output != PRINT_TABLE)
		rc = print_value(cli, args->output, problems_value(a, d), NULL, err);
	else if (rc == 0)
		problems_print(cli, d, PTX_NOTE, true);
	if (rc == 0 && ptx_diags_count_of(d, PTX_ERROR))
		rc = ptx_code_exit_status(PTX_E_FAILED);
	else if (rc == 0 && args->output == PRINT_TABLE)
		cli_say(cli, "The runtime '%s' is ready.", name);
	ptx_diags_free(d);
	ptx_arena_free(a);
	return rc;
}

static const struct opt check_opts[] = { OPT_OUTPUT_UNNAMED(struct runtime_check_args, output),
					 OPT_END };

static const struct opt_arg check_args[] = { ARG("RUNTIME", struct runtime_check_args, runtime,
						 "a runtime [local]", .optional = true,
						 .complete = COMPLETE_RUNTIME),
					     ARG_END };

static const struct cmd_example check_examples[] = {
	{ "pitrix runtime check", "See whether this machine can run applications" }, { NULL, NULL }
};

const struct cmd cmd_runtime_check = {
	.path = "runtime check",
	.group = GROUP_RUNTIME,
	.summary = "See whether a runtime is usable",
	.about =
	    "Tells each thing that is missing, and what mends it. Ends with 1 when something is.",
	.opts = check_opts,
	.args = check_args,
	.examples = check_examples,
	.args_size = sizeof(struct runtime_check_args),
	.run = check_run,
};
