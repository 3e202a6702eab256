/* SPDX-License-Identifier: Apache-2.0 */
/* ours.c - pitrix's side of main.go: the same rows in, the same answers out. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <pitrix/codec.h>

#include "template/exec.h"
#include "text/gostring.h"
#include "text/regex.h"

static void render(struct ptx_arena *a, struct ptx_value *row, const struct ptx_value *data)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_execute_opts how = PTX_EXECUTE_OPTS_INIT;
	ptx_auto(error) err = NULL;
	ptx_auto(template) set = NULL;
	ptx_auto_buf out = { 0 };
	ptx_auto_buf shown = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_init(&shown, 0);
	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	how.missing_key = PTX_MISSING_ZERO;
	set = ptx_template_new(&opts, &err);
	if (!set ||
	    ptx_template_parse(set, "t", ptx_value_str(ptx_value_get(row, "t")), &err) < 0 ||
	    ptx_template_execute(set, "t", data, &how, &out, &err) < 0) {
		ptx_value_set_string(row, "e", ptx_error_message(err));
		return;
	}
	ptxi_text_replace(ptx_buf_str(&out), PTXI_STR("<no value>"), PTXI_STR(""), SIZE_MAX,
			  &shown);
	ptx_value_set(row, "r", ptx_value_strn(a, ptx_buf_str(&shown)));
}

static int add_match(const size_t *at, size_t pairs, void *user)
{
	struct ptx_buf *out = user;

	ptx_buf_adds(out, out->n > 1 ? " [" : "[");
	for (size_t i = 0; i < 2 * pairs; i++)
		ptx_buf_printf(out, i ? " %lld" : "%lld",
			       at[i] == SIZE_MAX ? -1LL : (long long)at[i]);
	ptx_buf_adds(out, "]");
	return 0;
}

static void match(struct ptx_value *row)
{
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	ptxi_auto(regex) re = ptxi_regex_compile(ptx_value_str(ptx_value_get(row, "re")), &err);

	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "[");
	if (!re || ptxi_regex_each(re, ptx_value_str(ptx_value_get(row, "text")), SIZE_MAX,
				   add_match, &out, &err) < 0) {
		ptx_value_set_string(row, "e", ptx_error_message(err));
		return;
	}
	ptx_buf_adds(&out, "]");
	ptx_value_set_string(row, "r", out.p);
}

int main(int count, char **args)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = 0;

	if (count != 2)
		return 2;
	opts.numbers = PTX_NUMBERS_FLOAT;
	while ((n = getline(&line, &cap, stdin)) > 0) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };
		struct ptx_value *row = ptx_json_parse(a, ptxi_strn(line, (size_t)n), NULL, NULL);
		struct ptx_value *data = ptx_value_map(a);

		ptx_buf_init(&out, 0);
		ptx_value_set(data, "Values", ptx_json_parse(a, ptxi_str(args[1]), &opts, NULL));
		if (ptx_value_get(row, "t"))
			render(a, row, data);
		else
			match(row);
		ptx_json_format(row, NULL, &out);
		puts(out.p);
	}
	free(line);
	return 0;
}
