/* SPDX-License-Identifier: Apache-2.0 */
/* run_values.c - the rows of a template corpus (cases.jsonl) whose template only shows what the
 * doors of values do:
 *     {{ toJson . }} after --set and its kin        {{ toYaml . }} and {{ toYaml .v }}
 *     {{ fromYaml "..." | toJson }}                 the same with toYaml
 * Says "N passed, N failed" and names what failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/strvals.h"
#include "value/yaml.h"

enum outcome { PASSED, FAILED, NOT_OURS };

static void to_json(const struct ptx_value *v, struct ptx_buf *out)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;

	style.sort_keys = true;
	style.escape_html = true;
	ptx_json_format(v, &style, out);
}

static void to_yaml(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);

	ptxi_yaml_format_as_go(v, scratch, out);
	if (out->status == PTX_E_INVALID)
		ptx_buf_clear(out);
	if (out->n && out->p[out->n - 1] == '\n')
		ptx_buf_truncate(out, out->n - 1);
}

static int apply(struct ptx_arena *a, struct ptx_value *data, const struct ptx_value *row,
		 const char *list, enum ptxi_strvals_kind kind)
{
	const struct ptx_value *all = ptx_value_get(row, list);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ptx_value_count(all); i++)
		rc = ptxi_strvals_apply(a, data, ptx_value_str(ptx_value_at(all, i)),
					&(struct ptxi_strvals){ .kind = kind }, NULL);
	return rc;
}

static int apply_all(struct ptx_arena *a, struct ptx_value *data, const struct ptx_value *row)
{
	int rc = apply(a, data, row, "set_json", PTXI_STRVALS_JSON);

	rc = rc ? rc : apply(a, data, row, "set", PTXI_STRVALS_TYPED);
	rc = rc ? rc : apply(a, data, row, "set_string", PTXI_STRVALS_STRING);
	return rc ? rc : apply(a, data, row, "set_literal", PTXI_STRVALS_LITERAL);
}

/* {{ fromYaml "TEXT" | toX }}: the value, NULL when it cannot be read; false when the template is
 * another one. */
static bool from_yaml(struct ptx_arena *a, struct ptx_str template, bool *as_json,
		      struct ptx_value **v)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *text = NULL;
	size_t used = 0;

	if (!ptxi_str_starts(template, "{{ fromYaml \""))
		return false;
	template = ptxi_str_from(template, strlen("{{ fromYaml "));
	text = ptxi_json_parse_prefix(a, template, NULL, &used, NULL);
	template = ptxi_str_from(template, used);
	*as_json = ptxi_str_is(template, " | toJson }}");
	if (!text || (!*as_json && !ptxi_str_is(template, " | toYaml }}")))
		return false;
	opts.numbers = PTX_NUMBERS_FLOAT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	*v = ptxi_yaml_parse_first(a, ptx_value_str(text), &opts, NULL, NULL);
	return true;
}

static enum outcome run(struct ptx_arena *a, const struct ptx_value *row, struct ptx_buf *out)
{
	struct ptx_str template = ptx_value_str(ptx_value_get(row, "template"));
	struct ptx_str want = ptx_value_str(ptx_value_get(row, "expect"));
	struct ptx_value *data = ptx_value_get(row, "data");
	struct ptx_value *v = NULL;
	bool as_json = true;

	if (ptxi_str_is(template, "{{ toJson . }}") && !data)
		data = ptx_value_map(a);
	if (ptxi_str_is(template, "{{ toJson . }}")) {
		bool fails = ptx_value_has(row, "error");

		if (apply_all(a, data, row) < 0)
			return fails ? PASSED : FAILED;
		to_json(data, out);
		return !fails && ptxi_str_eq(ptx_buf_str(out), want) ? PASSED : FAILED;
	}
	if (ptxi_str_is(template, "{{ toYaml . }}") || ptxi_str_is(template, "{{ toYaml .v }}")) {
		if (ptx_value_has(row, "error"))
			return NOT_OURS; /* the data could not be read there */
		to_yaml(ptxi_str_is(template, "{{ toYaml . }}") ? data : ptx_value_get(data, "v"),
			out);
		return ptxi_str_eq(ptx_buf_str(out), want) ? PASSED : FAILED;
	}
	if (!from_yaml(a, template, &as_json, &v))
		return NOT_OURS;
	/* fromYaml gives a map; its errors have a text of Go's, so only that there is one counts.
	 */
	if (!v || (ptx_value_kind(v) != PTX_MAP && ptx_value_kind(v) != PTX_NULL))
		return ptxi_str_starts(want, as_json ? "{\"Error\":" : "Error: ") ? PASSED : FAILED;
	if (ptx_value_kind(v) == PTX_NULL)
		v = ptx_value_map(a);
	if (as_json)
		to_json(v, out);
	else
		to_yaml(v, out);
	return ptxi_str_eq(ptx_buf_str(out), want) ? PASSED : FAILED;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = 0;
	unsigned passed = 0;
	unsigned failed = 0;

	if (!f) {
		fprintf(stderr, "usage: run_values CASES.jsonl\n");
		return EXIT_FAILURE;
	}
	while ((n = getline(&line, &cap, f)) > 0) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };
		struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
		const struct ptx_value *row = NULL;
		enum outcome o = NOT_OURS;

		opts.numbers = PTX_NUMBERS_FLOAT;
		ptx_buf_init(&out, 0);
		row = ptx_json_parse(a, ptxi_strn(line, (size_t)n), &opts, NULL);
		o = row ? run(a, row, &out) : FAILED;
		passed += o == PASSED;
		failed += o == FAILED;
		if (o == FAILED) {
			printf("failed %s\n", ptx_value_as_string(ptx_value_get(row, "id"),
								  "(a row that is no JSON)"));
			if (getenv("V"))
				printf("got:\n%s\nwant:\n%s\n", out.p,
				       ptx_value_as_string(ptx_value_get(row, "expect"),
							   "(an error)"));
		}
	}
	free(line);
	fclose(f);
	printf("values: %u passed, %u failed\n", passed, failed);
	return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
