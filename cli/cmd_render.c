/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_render.c - shows what a package and answers come to, without deploying it.
 *
 * A chart is printed as Helm prints it, byte for byte; a package for machines as its cluster conf.
 */
#include <string.h>
#include <sys/stat.h>

#include <pitrix/package.h>

#include "answers.h"
#include "charts.h"
#include "commands.h"
#include "dependency.h"
#include "print.h"
#include "problems.h"
#include "source.h"

struct render_args {
	struct opt_list words; /* [NAME] PACKAGE */
	struct chart_template_args chart;
	struct source_args source;
	int output;
	bool only_answers;
	bool show_secrets;
	bool validate;
	bool dependency_update;
};

static int render(struct cli *cli, const struct render_args *args, const struct ptx_package *p,
		  struct ptx_arena *a, struct ptx_error **err)
{
	const struct answers_args given = { args->chart.values.files, args->chart.values.sets,
					    args->chart.values.set_strings };
	struct ptx_render_opts opts = PTX_RENDER_OPTS_INIT;
	struct ptx_value *answers = answers_read(&given, a, err);
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

static int render_package(struct cli *cli, const struct render_args *args, struct ptx_error **err)
{
	struct ptx_package_opts opts = PTX_PACKAGE_OPTS_INIT;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_diags *d = ptx_diags_new();
	struct ptx_package *p = NULL;
	int rc = PTX_E_NOMEM;

	opts.diags = d;
	if (ctx && a && d)
		p = ptx_package_load(ctx, args->words.items[0], &opts, err);
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

static int render_chart(struct cli *cli, const struct render_args *args, const struct ptx_chart *c,
			struct ptx_error **err)
{
	struct chart_template_args t = args->chart;
	struct chart_voice voice = { .say = charts_say,
				     .deprecated = charts_deprecated,
				     .user = cli,
				     .diags = ptx_diags_new(),
				     .cli = cli };
	char *name = NULL;
	int rc = 0;

	t.release = args->words.n == 2 ? args->words.items[0] : "release-name";
	if (!voice.diags) {
		rc = PTX_E_NOMEM;
		ptx_error_set(err, rc, "out of memory");
	} else if (args->validate) {
		rc = PTX_E_UNSUPPORTED;
		ptx_error_set(err, rc,
			      "--validate is not supported yet: it needs a Kubernetes cluster");
	} else if (t.name_template && args->words.n == 2) {
		rc = cli_usage(err, "a name and --name-template exclude each other");
	}
	if (rc == 0 && t.kube_version)
		rc = ptx_chart_kube_version_check(t.kube_version, err);
	if (rc == 0 && t.name_template) {
		name = charts_name(t.name_template, err);
		t.release = name;
		rc = name ? 0 : ptx_error_code(*err);
	}
	if (rc == 0)
		rc = charts_check_release(t.release, err);
	if (rc == 0)
		rc = charts_installable(c, &voice, err);
	if (rc == 0 && args->only_answers)
		rc = charts_print_values(cli, c, &t.values,
					 args->output == PRINT_JSON ? PRINT_JSON : PRINT_YAML, err);
	else if (rc == 0)
		rc = problems_settle(cli, voice.diags, charts_template(c, &t, &voice, err), err);
	ptx_diags_free(voice.diags);
	ptx_free(name);
	return rc;
}

/* Fetches what is missing, and reads the chart again. */
static int complete_chart(struct cli *cli, const char *path, struct ptx_chart **c,
			  struct ptx_error **err)
{
	struct stat st;
	/* What came from a repository cannot be completed: that it is not whole is said below. */
	bool can = stat(path, &st) == 0 && dependency_missing(*c);
	int rc = can ? dependency_update(cli, path, err) : 1;

	if (rc != 0)
		return rc;
	ptx_chart_free(*c);
	*c = NULL;
	return charts_open(cli, path, c, err);
}

static int render_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct render_args *args = v;
	struct ptx_chart *c = NULL;
	int rc = 0;

	if (args->words.n > 2)
		return cli_usage(err, "there are %zu arguments; a name and a package are the most",
				 args->words.n);
	rc = source_open(cli, args->words.items[args->words.n - 1], &args->source, &c, err);
	if (rc == 1 && args->dependency_update)
		rc = complete_chart(cli, args->words.items[args->words.n - 1], &c, err);
	if (rc == 1)
		rc = render_chart(cli, args, c, err);
	else if (rc == 0 && args->words.n == 2)
		rc = cli_usage(err, "only a chart is rendered under a name: '%s' is none",
			       args->words.items[1]);
	else if (rc == 0)
		rc = render_package(cli, args, err);
	ptx_chart_free(c);
	return rc;
}

static const struct opt_choice formats[] = { { "json", PRINT_JSON, "as packages write it" },
					     { "yaml", PRINT_YAML, "shorter to read" },
					     { NULL, 0, NULL } };

static const struct opt render_opts[] = {
	OPT_CHART_VALUES(struct render_args, chart.values),
	OPT_STR('n', "namespace", struct render_args, chart.name_space, "NAME",
		"chart: the namespace it would be installed into", .complete = COMPLETE_TEXT,
		.env = "HELM_NAMESPACE"),
	OPT_STR(0, "kube-version", struct render_args, chart.kube_version, "VERSION",
		"chart: the version of Kubernetes", .complete = COMPLETE_TEXT),
	OPT_LIST('a', "api-versions", struct render_args, chart.api_versions, "API",
		 "chart: a further API version of the cluster", .complete = COMPLETE_TEXT),
	OPT_BOOL(0, "include-crds", struct render_args, chart.include_crds,
		 "chart: print the files of crds/ too"),
	OPT_BOOL(0, "skip-tests", struct render_args, chart.skip_tests, "chart: leave out tests"),
	OPT_BOOL(0, "no-hooks", struct render_args, chart.no_hooks, "chart: leave out hooks"),
	OPT_LIST('s', "show-only", struct render_args, chart.show_only, "PATTERN",
		 "chart: print the documents of matching templates only",
		 .complete = COMPLETE_TEXT),
	OPT_BOOL(0, "is-upgrade", struct render_args, chart.is_upgrade,
		 "chart: as for an upgrade, not an installation"),
	OPT_BOOL(0, "validate", struct render_args, validate,
		 "chart: check against a cluster (not supported yet)"),
	OPT_STR(0, "output-dir", struct render_args, chart.output_dir, "DIR",
		"chart: write a file for each template into a folder", .complete = COMPLETE_DIR),
	OPT_BOOL(0, "release-name", struct render_args, chart.use_release_name,
		 "chart: a folder of the release's name in --output-dir"),
	OPT_STR(0, "name-template", struct render_args, chart.name_template, "TEMPLATE",
		"chart: a template for the release's name", .complete = COMPLETE_TEXT),
	OPT_SOURCE(struct render_args, source),
	OPT_BOOL(0, "dependency-update", struct render_args, dependency_update,
		 "chart: update its dependencies first, where some are missing"),
	OPT_BOOL(0, "skip-schema-validation", struct render_args, chart.skip_schemas,
		 "chart: do not check values against their schema"),
	OPT_BOOL(0, "strict-values", struct render_args, chart.strict_values,
		 "chart: warn of keys in values that no template, schema or values.yaml knows"),
	OPT_INT(0, "max-steps", struct render_args, chart.max_steps, "N", 1, INT64_MAX,
		"chart: end templates after so many steps [10000000]"),
	OPT_INT(0, "max-depth", struct render_args, chart.max_depth, "N", 1, 3000,
		"chart: templates within templates [1000]"),
	OPT_INT(0, "max-output", struct render_args, chart.max_output_mib, "MIB", 1, 1 << 20,
		"chart: MiB that templates may write [64]"),
	OPT_INT(0, "max-memory", struct render_args, chart.max_memory_mib, "MIB", 1, 1 << 20,
		"chart: MiB of values [512]"),
	OPT_ENUM('o', "output", struct render_args, output, "FORMAT", formats,
		 "how to print a conf, or answers"),
	OPT_BOOL(0, "answers", struct render_args, only_answers,
		 "print the full answers instead, defaults filled in"),
	OPT_BOOL(0, "show-secrets", struct render_args, show_secrets,
		 "print passwords, which are *** otherwise"),
	OPT_END
};

static const struct opt_arg render_args[] = {
	ARG_LIST("PACKAGE", struct render_args, words,
		 "a folder or archive, or a chart of a repository; the name of its release may "
		 "stand before it",
		 .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct cmd_example render_examples[] = {
	{ "pitrix render .", "Render the package in this folder with its defaults" },
	{ "pitrix render . --set cluster.zk_node.count=5", "Give one answer" },
	{ "pitrix render zookeeper-1.0.0.tgz -f answers.yaml -o yaml",
	  "Give answers in a file, and print YAML" },
	{ "pitrix template demo ./chart -f values.yaml --include-crds",
	  "Render a chart as Helm does" },
	{ "pitrix template demo redis --repo https://charts.example.org --version ^1.2",
	  "Render a chart of a repository" },
	{ NULL, NULL }
};

const struct cmd cmd_render = {
	.path = "render",
	.alias = "template",
	.group = GROUP_PACKAGE,
	.summary = "Show what a package and answers come to",
	.about = "Merges the answers over the package's defaults, checks every one, fills in the "
		 "cluster template and checks the "
		 "result; then prints it. All that is wrong is told at once, each with its place. "
		 "Nothing is deployed.\n\n"
		 "A Helm chart is rendered as Helm renders it, byte for byte; its answers are its "
		 "values, and a name for the "
		 "release may stand before it. A chart may be a folder, an archive, the URL of an "
		 "archive, REPOSITORY/NAME as in "
		 "Helm's repositories.yaml, or a name in the repository of --repo.",
	.opts = render_opts,
	.args = render_args,
	.examples = render_examples,
	.args_size = sizeof(struct render_args),
	.run = render_run,
};
