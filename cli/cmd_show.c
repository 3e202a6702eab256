/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_show.c - `pitrix show`: what a chart says of itself, and where a value comes from. */
#include <stdlib.h>
#include <string.h>

#include "charts.h"
#include "commands.h"
#include "print.h"

struct show_args {
	const char *chart;
	struct chart_values_args values;
	const char *explain;
};

static struct ptx_chart *open_chart(struct cli *cli, const char *path, struct ptx_error **err)
{
	struct ptx_chart *c = NULL;

	if (charts_open(cli, path, &c, err) == 0)
		ptx_error_set(err, PTX_E_NOT_FOUND, "'%s' is no chart", path);
	return c;
}

static int show(struct cli *cli, const struct show_args *args, enum ptx_chart_part part, struct ptx_error **err)
{
	struct ptx_chart *c = open_chart(cli, args->chart, err);
	struct ptx_buf out;
	int rc = c ? 0 : ptx_error_code(*err);

	ptx_buf_init(&out, 0);
	if (rc == 0)
		rc = ptx_chart_show(c, part, &out, err);
	if (rc == 0)
		rc = cli_write(&out, err);
	ptx_buf_done(&out);
	ptx_chart_free(c);
	return rc;
}

/* The value at a dotted path whose keys may hold dots: the longest key that matches wins. */
static const struct ptx_value *find(const struct ptx_value *v, const char *path)
{
	for (size_t n = strlen(path); n > 0; n--) {
		const struct ptx_value *member = NULL;

		if (path[n] != '.' && path[n] != '\0')
			continue;
		member = ptx_value_getn(v, (struct ptx_str){ path, n });
		if (member && path[n])
			member = find(member, path + n + 1);
		if (member)
			return member;
	}
	return NULL;
}

static bool has_list(const struct opt_list *list, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->items[i], key, n) == 0 && strchr("=.[", list->items[i][n]) && list->items[i][n])
			return true;
	return false;
}

/* The option that set a value which stood in no file. */
static const char *option_of(const struct chart_values_args *v, const char *key)
{
	const struct {
		const struct opt_list *list;
		const char *name;
	} all[] = {
		{ &v->set_literals, "--set-literal" }, { &v->set_files, "--set-file" }, { &v->set_strings, "--set-string" },
		{ &v->sets, "--set" },                 { &v->set_jsons, "--set-json" },
	};

	for (size_t i = 0; i < CLI_COUNT(all); i++)
		if (has_list(all[i].list, key))
			return all[i].name;
	return "an option";
}

static int explain(struct cli *cli, const struct show_args *args, struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_chart *c = open_chart(cli, args->chart, err);
	struct ptx_value *given = c && a ? charts_values(&args->values, a, err) : NULL;
	struct ptx_value *all = given ? ptx_chart_effective_values(c, given, a, err) : NULL;
	const struct ptx_value *v = all ? find(all, args->explain) : NULL;
	struct ptx_buf out;
	int rc = 0;

	ptx_buf_init(&out, 0);
	if (!all) {
		rc = ptx_error_code(*err);
	} else if (!v) {
		rc = PTX_E_NOT_FOUND;
		ptx_error_set(err, rc, "the chart's values have no '%s'", args->explain);
	} else {
		struct ptx_where where = ptx_value_where(v);

		ptx_buf_printf(&out, "%s: ", args->explain);
		ptx_json_format(v, NULL, &out);
		if (where.file)
			ptx_buf_printf(&out, "\nset by %s:%u:%u\n", where.file, where.line, where.column);
		else
			ptx_buf_printf(&out, "\nset by %s\n", option_of(&args->values, args->explain));
		rc = cli_write(&out, err);
	}
	ptx_buf_done(&out);
	ptx_chart_free(c);
	ptx_arena_free(a);
	return rc;
}

static int show_all_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return show(cli, v, PTX_CHART_SHOW_ALL, err);
}

static int show_chart_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return show(cli, v, PTX_CHART_SHOW_DEFINITION, err);
}

static int show_readme_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return show(cli, v, PTX_CHART_SHOW_README, err);
}

static int show_crds_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	return show(cli, v, PTX_CHART_SHOW_CRDS, err);
}

static int show_values_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct show_args *args = v;

	return args->explain ? explain(cli, args, err) : show(cli, args, PTX_CHART_SHOW_VALUES, err);
}

static const struct opt_arg show_args[] = {
	ARG("CHART", struct show_args, chart, "a folder or archive", .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct opt show_values_opts[] = {
	OPT_STR(0, "explain", struct show_args, explain, "KEY", "tell which source set a value (a.b.c)", .complete = COMPLETE_TEXT),
	OPT_CHART_VALUES(struct show_args, values),
	OPT_END
};

static const struct opt show_opts[] = { OPT_END };

#define EXAMPLES(name, line, what) static const struct cmd_example name[] = { { line, what }, { NULL, NULL } }

EXAMPLES(all_examples, "pitrix show all ./chart", "Print everything that a chart says of itself");
EXAMPLES(chart_examples, "pitrix show chart web-1.0.0.tgz", "Print the definition of a chart");
EXAMPLES(readme_examples, "pitrix show readme ./chart", "Print a chart's README");
EXAMPLES(crds_examples, "pitrix show crds ./chart", "Print the definitions that a chart brings along");
static const struct cmd_example values_examples[] = {
	{ "pitrix show values ./chart", "Print values.yaml with its comments" },
	{ "pitrix show values ./chart -f mine.yaml --explain image.tag", "Tell where a value comes from" },
	{ NULL, NULL }
};

#define SHOW(id, word, text, longer, options, given)                                                                \
	const struct cmd cmd_show_##id = {                                                                          \
		.path = "show " word, .group = GROUP_PACKAGE, .summary = text, .about = longer, .opts = (options), \
		.args = show_args, .examples = (given), .args_size = sizeof(struct show_args),                       \
		.run = show_##id##_run,                                                                            \
	}

SHOW(all, "all", "Show everything about a chart",
     "Prints the definition, the values, the README and the definitions of resources, one after another.", show_opts,
     all_examples);
SHOW(chart, "chart", "Show the definition of a chart", "Prints Chart.yaml as it was understood: keys sorted, unknown ones gone.",
     show_opts, chart_examples);
SHOW(values, "values", "Show the values of a chart",
     "Prints values.yaml as it is. With --explain it tells which of all sources (values.yaml of the chart or a subchart, -f, "
     "--set and its kin) a value in force comes from.",
     show_values_opts, values_examples);
SHOW(readme, "readme", "Show the README of a chart", "Prints README.md, or README.txt, or README.", show_opts,
     readme_examples);
SHOW(crds, "crds", "Show the resource definitions of a chart", "Prints the files in crds/, subcharts' included.", show_opts,
     crds_examples);

const struct cmd_noun noun_show = {
	.name = "show",
	.group = GROUP_PACKAGE,
	.summary = "What a chart says of itself",
	.about = "Prints parts of a Helm chart: its definition, values, README, and the definitions of resources in crds/.",
};
