/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_show.c - `pitrix show`: what a chart says of itself, and where a value comes from. */
#include <stdlib.h>
#include <string.h>

#include "charts.h"
#include "commands.h"
#include "print.h"
#include "source.h"

struct show_args {
	const char *chart;
	struct chart_values_args values;
	struct source_args source;
	const char *explain;
	int output;
};

static struct ptx_chart *open_chart(struct cli *cli, const struct show_args *args,
				    struct ptx_error **err)
{
	struct ptx_chart *c = NULL;

	if (source_open(cli, args->chart, &args->source, &c, err) == 0)
		ptx_error_set(err, PTX_E_NOT_FOUND, "'%s' is no chart", args->chart);
	return c;
}

static int show(struct cli *cli, const struct show_args *args, enum ptx_chart_part part,
		struct ptx_error **err)
{
	struct ptx_chart *c = open_chart(cli, args, err);
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

/* "more.yaml:2:8", "--set image.tag". */
static void add_place(struct ptx_buf *out, const struct ptx_value *source)
{
	int64_t line = ptx_value_as_int(ptx_value_get(source, "line"), 0);
	int64_t column = ptx_value_as_int(ptx_value_get(source, "column"), 0);

	ptx_buf_adds(out, ptx_value_as_string(ptx_value_get(source, "source"), ""));
	if (line)
		ptx_buf_printf(out, ":%lld", (long long)line);
	if (line && column)
		ptx_buf_printf(out, ":%lld", (long long)column);
}

static void add_clean(struct ptx_buf *out, const struct ptx_buf *text)
{
	print_clean(out, text->p, text->n);
}

static void add_value(struct ptx_buf *out, const struct ptx_value *v)
{
	struct ptx_buf text;

	ptx_buf_init(&text, 0);
	ptx_json_format(v, NULL, &text);
	add_clean(out, &text);
	ptx_buf_done(&text);
}

/* The value and who set it, then every source, the one that wins marked. */
static void tell(const struct ptx_value *told, struct ptx_buf *out)
{
	const struct ptx_value *sources = ptx_value_get(told, "sources");
	bool there = ptx_value_has(told, "value");
	size_t n = ptx_value_count(sources);
	struct ptx_buf place;

	ptx_buf_init(&place, 0);
	ptx_buf_printf(out, "%s: ", ptx_value_as_string(ptx_value_get(told, "key"), ""));
	if (there)
		add_value(out, ptx_value_get(told, "value"));
	else
		ptx_buf_adds(out, "not there");
	ptx_buf_addc(out, '\n');
	for (size_t i = 0; i < n; i++) {
		const struct ptx_value *one = ptx_value_at(sources, i);
		bool takes =
		    !there && i + 1 == n && ptx_value_kind(ptx_value_get(one, "value")) == PTX_NULL;

		if (!takes && !ptx_value_as_bool(ptx_value_get(one, "wins"), false))
			continue;
		add_place(&place, one);
		ptx_buf_adds(out, there ? "set by " : "taken out by ");
		add_clean(out, &place);
		ptx_buf_adds(out, "\n");
	}
	for (size_t i = 0; n > 1 && i < n; i++) {
		const struct ptx_value *one = ptx_value_at(sources, i);

		ptx_buf_clear(&place);
		add_place(&place, one);
		ptx_buf_adds(out, ptx_value_as_bool(ptx_value_get(one, "wins"), false)     ? "* "
				  : ptx_value_as_bool(ptx_value_get(one, "merged"), false) ? "+ "
											   : "  ");
		add_clean(out, &place);
		ptx_buf_adds(out, ": ");
		add_value(out, ptx_value_get(one, "value"));
		ptx_buf_addc(out, '\n');
	}
	ptx_buf_done(&place);
}

static int explain(struct cli *cli, const struct show_args *args, struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_chart *c = open_chart(cli, args, err);
	struct ptx_value *told =
	    c && a ? charts_explain(cli, c, &args->values, args->explain, a, err) : NULL;
	struct ptx_buf out;
	int rc = told ? 0 : ptx_error_code(*err);

	ptx_buf_init(&out, 0);
	if (told && args->output != PRINT_TABLE) {
		rc = print_value(cli, args->output, told, NULL, err);
	} else if (told) {
		tell(told, &out);
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

	if (args->explain)
		return explain(cli, args, err);
	if (args->output != PRINT_TABLE || charts_has_values(&args->values))
		return cli_usage(err, "-o, -f and --set go with --explain; `pitrix render "
				      "--answers` prints values in force");
	return show(cli, args, PTX_CHART_SHOW_VALUES, err);
}

static const struct opt_arg show_args[] = {
	ARG("CHART", struct show_args, chart,
	    "a folder or archive, its URL, REPOSITORY/NAME, or a name in the repository of --repo",
	    .complete = COMPLETE_PACKAGE),
	ARG_END
};

static const struct opt show_values_opts[] = {
	OPT_STR(0, "explain", struct show_args, explain, "KEY",
		"tell which source set a value (a.b.c)", .complete = COMPLETE_TEXT),
	OPT_CHART_VALUES(struct show_args, values),
	OPT_ENUM('o', "output", struct show_args, output, "FORMAT", print_formats_unnamed,
		 "how to print what --explain tells"),
	OPT_SOURCE(struct show_args, source), OPT_END
};

static const struct opt show_opts[] = { OPT_SOURCE(struct show_args, source), OPT_END };

#define EXAMPLES(name, line, what)                                                                 \
	static const struct cmd_example name[] = { { line, what }, { NULL, NULL } }

EXAMPLES(all_examples, "pitrix show all ./chart", "Print everything that a chart says of itself");
EXAMPLES(chart_examples, "pitrix show chart stable/web --version ^1",
	 "Print the definition of a chart of a repository");
EXAMPLES(readme_examples, "pitrix show readme ./chart", "Print a chart's README");
EXAMPLES(crds_examples, "pitrix show crds ./chart",
	 "Print the definitions that a chart brings along");
static const struct cmd_example values_examples[] = {
	{ "pitrix show values ./chart", "Print values.yaml with its comments" },
	{ "pitrix show values ./chart -f mine.yaml --explain image.tag",
	  "Tell where a value comes from" },
	{ "pitrix show values ./chart --set db.port=1 --explain db.port -o json",
	  "The same of a subchart's, for programs" },
	{ NULL, NULL }
};

#define SHOW(id, word, text, longer, options, given)                                               \
	const struct cmd cmd_show_##id = {                                                         \
		.path = "show " word,                                                              \
		.group = GROUP_PACKAGE,                                                            \
		.summary = text,                                                                   \
		.about = longer,                                                                   \
		.opts = (options),                                                                 \
		.args = show_args,                                                                 \
		.examples = (given),                                                               \
		.args_size = sizeof(struct show_args),                                             \
		.run = show_##id##_run,                                                            \
	}

SHOW(all, "all", "Show everything about a chart",
     "Prints the definition, the values, the README and the definitions of resources, one after "
     "another.",
     show_opts, all_examples);
SHOW(chart, "chart", "Show the definition of a chart",
     "Prints Chart.yaml as it was understood: keys sorted, unknown ones gone.", show_opts,
     chart_examples);
SHOW(values, "values", "Show the values of a chart",
     "Prints values.yaml as it is. With --explain it tells which of all sources (values.yaml of "
     "the chart or a subchart, -f, "
     "--set and its kin) a value in force comes from: its place, then every source that has the "
     "key, from the one that loses "
     "to all others up, with what it says. The one that won is marked with *, those that gave "
     "parts of a map with +.",
     show_values_opts, values_examples);
SHOW(readme, "readme", "Show the README of a chart", "Prints README.md, or README.txt, or README.",
     show_opts, readme_examples);
SHOW(crds, "crds", "Show the resource definitions of a chart",
     "Prints the files in crds/, subcharts' included.", show_opts, crds_examples);

const struct cmd_noun noun_show = {
	.name = "show",
	.group = GROUP_PACKAGE,
	.summary = "What a chart says of itself",
	.about = "Prints parts of a Helm chart: its definition, values, README, and the "
		 "definitions of resources in crds/.",
};
