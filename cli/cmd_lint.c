/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_lint.c - checks packages without deploying them. */
#include <pitrix/package.h>

#include "charts.h"
#include "commands.h"
#include "print.h"
#include "problems.h"

struct lint_args {
	struct opt_list packages;
	struct chart_values_args values;
	int output;
	bool strict;
	bool strict_values;
};

/* What was found in all packages together. */
struct found {
	size_t errors;
	size_t warnings;
	int first_code; /* of the first error */
};

static void count(struct found *f, const struct ptx_diags *d)
{
	const struct ptx_diag *p = NULL;

	f->errors += ptx_diags_count_of(d, PTX_ERROR);
	f->warnings += ptx_diags_count_of(d, PTX_WARNING);
	for (size_t i = 0; f->first_code == 0 && (p = ptx_diags_at(d, i)); i++)
		if (p->severity == PTX_ERROR)
			f->first_code = p->code ? p->code : PTX_E_INVALID;
}

static int lint_chart(struct cli *cli, const struct lint_args *args, const char *path,
		      struct ptx_diags *d, struct ptx_error **err)
{
	struct ptx_chart_lint_opts opts = PTX_CHART_LINT_OPTS_INIT;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *values = a ? charts_values(cli, &args->values, false, a, err) : NULL;
	int rc = 0;

	opts.own = true;
	opts.strict_values = args->strict_values;
	if (!a)
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	rc = values ? ptx_chart_lint(path, values, &opts, d, err) : ptx_error_code(*err);
	ptx_arena_free(a);
	return rc;
}

/* A package of any kind; one that cannot be read has its problems in d, too. */
static int lint_path(struct cli *cli, const struct lint_args *args, const char *path,
		     struct ptx_diags *d, struct ptx_error **err)
{
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_error *ignored = NULL;
	struct ptx_chart *c = NULL;
	int is_chart = ctx ? charts_open(cli, path, &c, &ignored) : 0;

	ptx_error_free(ignored);
	ptx_chart_free(c);
	if (!ctx)
		return ptx_error_code(*err);
	if (is_chart == 1)
		return lint_chart(cli, args, path, d, err);
	if (is_chart == 0 && charts_has_values(&args->values))
		return cli_usage(err, "'%s' is no chart: values are given to charts only", path);
	return ptx_package_lint_path(ctx, path, NULL, d, err);
}

static int lint_one(struct cli *cli, const struct lint_args *args, const char *path,
		    struct found *f, struct ptx_value *results, struct ptx_arena *a,
		    struct ptx_error **err)
{
	struct ptx_diags *d = ptx_diags_new();
	int rc = PTX_E_NOMEM;

	if (!d)
		ptx_error_set(err, rc, "out of memory");
	else
		rc = lint_path(cli, args, path, d, err);
	if (rc == 0) {
		count(f, d);
		if (args->output == PRINT_TABLE) {
			/* Places are those in the package: among several it has to be said in
			 * which. */
			if (args->packages.n > 1 && ptx_diags_count(d))
				printf("%s:\n", path);
			problems_print(cli, d, cli->globals.quiet ? PTX_WARNING : PTX_NOTE, true);
		} else {
			struct ptx_value *map = ptx_value_map(a);

			ptx_value_set_string(map, "package", path);
			ptx_value_set_int(map, "errors", (int64_t)ptx_diags_count_of(d, PTX_ERROR));
			ptx_value_set_int(map, "warnings",
					  (int64_t)ptx_diags_count_of(d, PTX_WARNING));
			ptx_value_set(map, "problems", problems_value(a, d));
			ptx_value_append(results, map);
		}
	}
	ptx_diags_free(d);
	return rc;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int lint_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct lint_args *args = v;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *results = ptx_value_list(a);
	struct found f = { 0 };
	int rc = 0;

	for (size_t i = 0; i < args->packages.n && rc == 0; i++)
		rc = lint_one(cli, args, args->packages.items[i], &f, results, a, err);
	if (rc == 0 && args->output != PRINT_TABLE)
		rc = print_value(cli, args->output, results, NULL, err);
	ptx_arena_free(a);
	if (rc < 0)
		return rc;
	if (args->output == PRINT_TABLE)
		cli_say(cli, "%zu package%s: %zu error%s, %zu warning%s", args->packages.n,
			plural(args->packages.n), f.errors, plural(f.errors), f.warnings,
			plural(f.warnings));
	if (f.errors)
		return ptx_code_exit_status(f.first_code);
	return args->strict && f.warnings ? ptx_code_exit_status(PTX_E_INVALID) : 0;
}

static const struct opt lint_opts[] = {
	OPT_OUTPUT_UNNAMED(struct lint_args, output),
	OPT_BOOL(0, "strict", struct lint_args, strict, "warnings are errors"),
	OPT_CHART_VALUES(struct lint_args, values),
	OPT_BOOL(0, "strict-values", struct lint_args, strict_values,
		 "chart: warn of keys in values that no template, schema or values.yaml knows"),
	OPT_END
};

static const struct opt_arg lint_args[] = { ARG_LIST("PACKAGE", struct lint_args, packages,
						     "folders or archives",
						     .complete = COMPLETE_PACKAGE),
					    ARG_END };

static const struct cmd_example lint_examples[] = {
	{ "pitrix lint .", "Check the package in this folder" },
	{ "pitrix lint --strict apps/zookeeper apps/redis-1.0.0.tgz",
	  "Check several, and let warnings fail" },
	{ "pitrix lint . -o json", "The same for programs" },
	{ "pitrix lint ./chart -f values.yaml --strict-values",
	  "Check a chart with values, and those for misspelt keys" },
	{ NULL, NULL }
};

const struct cmd cmd_lint = {
	.path = "lint",
	.group = GROUP_PACKAGE,
	.summary = "Check packages for mistakes",
	.about = "Finds everything that is wrong or could be better, each with its file, line and "
		 "column. It needs no runtime "
		 "and no network.\n\n"
		 "Of a Helm chart: what `helm lint` finds, the first failure of every template "
		 "with the way to it, documents that "
		 "are no YAML by the line of the template that wrote them, and whole numbers that "
		 "print with an exponent.\n\n"
		 "Ends with 0 when there are no errors, else with 65 (or 66 when a package is not "
		 "there).",
	.opts = lint_opts,
	.args = lint_args,
	.examples = lint_examples,
	.args_size = sizeof(struct lint_args),
	.run = lint_run,
};
