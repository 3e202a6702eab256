/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_render.c - shows what a package and answers come to, without deploying it. */
#include <pitrix/package.h>

#include "answers.h"
#include "commands.h"
#include "print.h"
#include "problems.h"

struct render_args {
	const char *package;
	struct answers_args answers;
	int output;
	bool only_answers;
	bool show_secrets;
};

static int render(struct cli *cli, const struct render_args *args, const struct ptx_package *p, struct ptx_arena *a,
		  struct ptx_error **err)
{
	struct ptx_render_opts opts = PTX_RENDER_OPTS_INIT;
	struct ptx_value *answers = answers_read(&args->answers, a, err);
	struct ptx_diags *d = answers ? ptx_diags_new() : NULL;
	struct ptx_rendered out = { 0 };
	int rc = 0;

	if (!answers)
		return ptx_error_code(*err);
	opts.diags = d;
	opts.reveal_secrets = args->show_secrets;
	rc = ptx_package_render(p, a, answers, &opts, &out, err);
	rc = problems_settle(cli, d, rc, err);
	ptx_diags_free(d);
	if (rc != 0)
		return rc;
	return print_value(cli, args->output == PRINT_YAML ? PRINT_YAML : PRINT_JSON,
			   args->only_answers ? out.answers : out.conf, NULL, err);
}

static int render_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	struct ptx_package_opts opts = PTX_PACKAGE_OPTS_INIT;
	const struct render_args *args = v;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_diags *d = ptx_diags_new();
	struct ptx_package *p = NULL;
	int rc = PTX_E_NOMEM;

	opts.diags = d;
	if (ctx && a && d)
		p = ptx_package_load(ctx, args->package, &opts, err);
	else if (ctx)
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	if (p)
		rc = render(cli, args, p, a, err);
	else
		rc = problems_settle(cli, d, ptx_error_code(*err), err);
	ptx_package_free(p);
	ptx_diags_free(d);
	ptx_arena_free(a);
	return rc;
}

static const struct opt_choice formats[] = {
	{ "json", PRINT_JSON, "as packages write it" },
	{ "yaml", PRINT_YAML, "shorter to read" },
	{ NULL, 0, NULL }
};

static const struct opt render_opts[] = {
	OPT_ANSWERS(struct render_args, answers),
	OPT_ENUM('o', "output", struct render_args, output, "FORMAT", formats, "how to print the result"),
	OPT_BOOL(0, "answers", struct render_args, only_answers, "print the full answers instead, defaults filled in"),
	OPT_BOOL(0, "show-secrets", struct render_args, show_secrets, "print passwords, which are *** otherwise"),
	OPT_END
};

static const struct opt_arg render_args[] = {
	ARG("PACKAGE", struct render_args, package, "a folder or archive", .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct cmd_example render_examples[] = {
	{ "pitrix render .", "Render the package in this folder with its defaults" },
	{ "pitrix render . --set cluster.zk_node.count=5", "Give one answer" },
	{ "pitrix render zookeeper-1.0.0.tgz -f answers.yaml -o yaml", "Give answers in a file, and print YAML" },
	{ NULL, NULL }
};

const struct cmd cmd_render = {
	.path = "render",
	.alias = "template",
	.group = GROUP_PACKAGE,
	.summary = "Show what a package and answers come to",
	.about = "Merges the answers over the package's defaults, checks every one, fills in the cluster template and checks the "
		 "result; then prints it. All that is wrong is told at once, each with its place. Nothing is deployed.",
	.opts = render_opts,
	.args = render_args,
	.examples = render_examples,
	.args_size = sizeof(struct render_args),
	.run = render_run,
};
