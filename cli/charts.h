/* SPDX-License-Identifier: Apache-2.0 */
/* charts.h - what the commands about charts share, ours and Helm's. */
#ifndef CLI_CHARTS_H
#define CLI_CHARTS_H

#include <pitrix/chart.h>

#include "cli.h"

/* The options by which values are given. */
struct chart_values_args {
	struct opt_list files;
	struct opt_list set_jsons;
	struct opt_list sets;
	struct opt_list set_strings;
	struct opt_list set_files;
	struct opt_list set_literals;
};

/* clang-format off */
#define OPT_CHART_VALUES(s, m) \
	OPT_LIST('f', "values", s, m.files, "FILE", "answers in JSON or YAML, - for stdin, a URL for a chart; later ones win", \
		 .complete = COMPLETE_FILE), \
	OPT_LIST(0, "set", s, m.sets, "KEY=VALUE", "one answer, of the type that it looks like", .complete = COMPLETE_TEXT), \
	OPT_LIST(0, "set-string", s, m.set_strings, "KEY=VALUE", "one answer as text", .complete = COMPLETE_TEXT), \
	OPT_LIST(0, "set-json", s, m.set_jsons, "KEY=JSON", "chart: one value as JSON", .complete = COMPLETE_TEXT), \
	OPT_LIST(0, "set-file", s, m.set_files, "KEY=FILE", "chart: one value from a file or URL", .complete = COMPLETE_TEXT), \
	OPT_LIST(0, "set-literal", s, m.set_literals, "KEY=TEXT", "chart: one value, nothing in it is special", \
		 .complete = COMPLETE_TEXT)
/* clang-format on */

struct chart_template_args {
	const char *release;
	const char *chart;
	struct chart_values_args values;
	const char *name_space;
	const char *kube_version;
	struct opt_list api_versions;
	struct opt_list show_only;
	const char *output_dir;
	const char *name_template;
	bool include_crds;
	bool skip_tests;
	bool no_hooks;
	bool is_upgrade;
	bool use_release_name; /* a folder of its name in output_dir */
	const char *const
	    *post_renderer; /* a program and its arguments, NULL-terminated; NULL: none */
	bool skip_schemas;
	bool sub_notes;
	bool strict_values;
	int64_t max_steps, max_depth, max_output_mib, max_memory_mib; /* 0: the library's */
};

/* Who hears what the library says on the way. */
struct chart_voice {
	void (*say)(const char *where, const char *message, void *user);
	void (*deprecated)(void *user);
	void *user;
	struct ptx_diags *diags; /* gets all that is wrong with a rendering; NULL: only the first,
				    in Helm's words */
	void (*invalid)(const char *path, struct ptx_str text,
			void *user); /* as of struct ptx_chart_render_opts */
	struct cli *cli;
	bool as_helm; /* values that cannot be read are told in Helm's words */
};

/* A NULL-terminated copy of a list; NULL without memory. Free with free(). */
const char **charts_list(const struct opt_list *list);
/* The values that the options give, in the arena; NULL with *err set. */
struct ptx_value *charts_values(struct cli *cli, const struct chart_values_args *args, bool as_helm,
				struct ptx_arena *a, struct ptx_error **err);
/* Which sources set a value, as ptx_chart_explain(). */
struct ptx_value *charts_explain(struct cli *cli, const struct ptx_chart *c,
				 const struct chart_values_args *args, const char *key,
				 struct ptx_arena *a, struct ptx_error **err);
bool charts_has_values(const struct chart_values_args *v);
/* Fails as Helm does for a chart that is not to be installed, or whose dependencies are not there.
 */
int charts_installable(const struct ptx_chart *c, const struct chart_voice *voice,
		       struct ptx_error **err);
/* Renders a loaded chart and prints it. */
int charts_template(const struct ptx_chart *c, const struct chart_template_args *args,
		    const struct chart_voice *voice, struct ptx_error **err);
/* The name that a template gives; owned. */
char *charts_name(const char *name_template, struct ptx_error **err);

/* The chart at a path: 1 with *c set, 0 when it is no chart, or a code with *err set. */
int charts_open(struct cli *cli, const char *path, struct ptx_chart **c, struct ptx_error **err);
/* What the library says on the way, for our own commands. */
void charts_say(const char *where, const char *message, void *user);
void charts_deprecated(void *user);
/* Fails as Helm does for what is no name of a release. */
int charts_check_release(const char *name, struct ptx_error **err);
/* Prints the values in force. */
int charts_print_values(struct cli *cli, const struct ptx_chart *c,
			const struct chart_values_args *args, int format, struct ptx_error **err);

#endif
