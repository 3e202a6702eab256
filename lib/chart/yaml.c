/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c - YAML as a chart's files are read: by the rules of YAML 1.1, then through JSON, so that
 * keys are strings. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../text/goyaml.h"
#include "../value/yaml.h"

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
		    ptxi_go_json_kind(v));
	return NULL;
}
