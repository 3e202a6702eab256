/* SPDX-License-Identifier: Apache-2.0 */
/* ours.c - pitrix's side of main.go: the same rows in, the same answers out. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <pitrix/codec.h>

#include "chart/chart.h"
#include "text/gostrvals.h"
#include "value/strvals.h"
#include "value/toml.h"
#include "value/yaml.h"

static void answer(struct ptx_arena *a, struct ptx_value *row, const struct ptx_value *values,
		   bool again)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	ptx_auto_buf out = { 0 };
	ptx_auto_buf why = { 0 };

	style.sort_keys = true;
	style.escape_html = true;
	ptx_buf_init(&out, 0);
	ptx_json_format(values, &style, &out);
	ptx_value_set(row, "r", ptx_value_strn(a, ptx_buf_str(&out)));
	if (!again)
		return;
	ptx_buf_clear(&out);
	ptxi_yaml_format_as_go(values, a, &out);
	if (ptx_buf_ok(&out))
		ptx_value_set(row, "again", ptx_value_strn(a, ptx_buf_str(&out)));
	ptx_buf_clear(&out);
	ptxi_yaml_format_pretty(values, a, &out);
	if (ptx_buf_ok(&out))
		ptx_value_set(row, "pretty", ptx_value_strn(a, ptx_buf_str(&out)));
	ptx_buf_init(&why, 0);
	ptx_buf_clear(&out);
	ptx_value_set(
	    row, "toml",
	    ptx_value_strn(a, ptx_buf_str(ptxi_toml_format(values, &out, &why) ? &out : &why)));
}

static void yaml(struct ptx_arena *a, struct ptx_value *row)
{
	ptx_auto(error) err = NULL;
	struct ptx_value *v =
	    ptxi_chart_yaml_map(a, ptx_value_str(ptx_value_get(row, "yaml")), "values", &err);

	if (v)
		answer(a, row, v, true);
	else
		ptx_value_set_string(row, "e", ptx_error_message(err));
}

static void set(struct ptx_arena *a, struct ptx_value *row)
{
	static const char *const kinds[] = {
		[PTXI_STRVALS_TYPED] = "set",
		[PTXI_STRVALS_STRING] = "set-string",
		[PTXI_STRVALS_JSON] = "set-json",
		[PTXI_STRVALS_LITERAL] = "set-literal",
	};
	const char *kind = ptx_value_as_string(ptx_value_get(row, "kind"), "");
	ptx_auto(error) err = NULL;
	ptx_auto_buf words = { 0 };
	struct ptx_value *values = ptx_value_map(a);
	struct ptxi_strvals_problem why;
	struct ptxi_strvals how = { .why = &why };

	for (size_t i = 0; i < PTXI_COUNT(kinds); i++)
		if (kinds[i] && strcmp(kind, kinds[i]) == 0)
			how.kind = (enum ptxi_strvals_kind)i;
	if (ptxi_strvals_apply(a, values, ptx_value_str(ptx_value_get(row, "set")), &how, &err) ==
	    0) {
		answer(a, row, values, false);
		return;
	}
	ptx_buf_init(&words, 0);
	ptxi_go_strvals_problem(&why, a, &words);
	ptx_value_set_string(row, "e", words.n ? words.p : ptx_error_message(err));
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = 0;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };
		struct ptx_value *row = ptx_json_parse(a, ptxi_strn(line, (size_t)n), NULL, NULL);

		ptx_buf_init(&out, 0);
		if (ptx_value_get(row, "yaml"))
			yaml(a, row);
		else
			set(a, row);
		ptx_json_format(row, NULL, &out);
		puts(out.p);
	}
	free(line);
	return 0;
}
