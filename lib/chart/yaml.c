/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c - YAML as a chart's files are read: by the rules of YAML 1.1, then through JSON, so that
 * keys are strings. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../text/gonum.h"
#include "../text/goyaml.h"
#include "../value/yaml.h"

#include <strings.h>

struct ptx_value *ptxi_chart_yaml(struct ptx_arena *a, struct ptx_str text, const char *file,
				  bool exact, struct ptx_error **err)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptxi_yaml_problem problem = { 0 };
	ptx_auto(error) e = NULL;
	const struct ptx_where *where = NULL;
	struct ptx_value *v = NULL;
	ptx_auto_buf terse = { 0 };
	ptx_auto_buf said = { 0 };

	/* Of the files with values that people write, most are comments for the most part. */
	ptx_buf_init(&terse, 0);
	if (!exact && ptxi_yaml_without_comments(text, &terse))
		text = ptx_buf_str(&terse);
	opts.file = file;
	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.numbers = exact ? PTX_NUMBERS_EXACT : PTX_NUMBERS_FLOAT;
	ptx_buf_init(&problem.words, 0);
	v = ptxi_yaml_parse_first(a, text, &opts, &problem, &e);
	if (!v) {
		const char *words = NULL;

		ptx_buf_init(&said, 0);
		ptxi_go_yaml_problem(&problem, a, &said);
		words = said.n ? said.p : ptx_error_message(e);

		where = ptx_error_where(e);
		if (where)
			ptx_fail_at(err, ptx_error_code(e), *where,
				    "error converting YAML to JSON: %s", words);
		else
			ptx_fail(err, ptx_error_code(e), "error converting YAML to JSON: %s",
				 words);
	}
	ptx_buf_done(&problem.words);
	return v;
}

const char *ptxi_chart_json_kind(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_LIST:
		return "array";
	case PTX_MAP:
		return "object";
	case PTX_BOOL:
		return "bool";
	default:
		return ptx_value_is_number(v) ? "number" : "string";
	}
}

struct ptx_value *ptxi_chart_yaml_map(struct ptx_arena *a, struct ptx_str text, const char *file,
				      struct ptx_error **err)
{
	struct ptx_value *v = ptxi_chart_yaml(a, text, file, false, err);

	if (!v)
		return NULL;
	if (ptx_value_kind(v) == PTX_NULL)
		v = ptx_value_map(a);
	if (ptx_value_kind(v) == PTX_MAP)
		return v;
	ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
		    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into "
		    "Go value of type "
		    "map[string]interface {}",
		    ptxi_chart_json_kind(v));
	return NULL;
}

const struct ptx_value *ptxi_chart_member(const struct ptx_value *map, const char *name)
{
	const struct ptx_value *found = NULL;
	struct ptx_str last = { NULL, 0 };
	size_t n = strlen(name);

	for (size_t i = 0; ptx_value_kind(map) == PTX_MAP && i < map->map.n; i++) {
		const struct ptxi_entry *e = &map->map.v[i];

		if (e->key.n != n || strncasecmp(e->key.p, name, n) != 0 || ptx_value_kind(e->value) == PTX_NULL)
			continue;
		if (found && ptxi_str_cmp(e->key, last) < 0)
			continue;
		found = e->value;
		last = e->key;
	}
	return found;
}

const char *ptxi_chart_scalar(struct ptx_arena *a, const struct ptx_value *v)
{
	ptx_auto_buf out = { 0 };

	switch (ptx_value_kind(v)) {
	case PTX_STRING:
		return v->s.p;
	case PTX_NULL:
		return "";
	case PTX_BOOL:
		return v->b ? "true" : "false";
	case PTX_INT:
		return ptxi_arena_printf(a, "%lld", (long long)v->i);
	case PTX_UINT:
		return ptxi_arena_printf(a, "%llu", (unsigned long long)v->u);
	case PTX_FLOAT:
		ptx_buf_init(&out, 0);
		ptxi_go_format_float(v->f, 'g', -1, false, &out);
		return ptxi_arena_strn(a, out.p, out.n);
	default:
		return NULL;
	}
}
