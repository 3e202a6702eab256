/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd_doc.c - confd's functions that read and write JSON and YAML. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_confd.h"
#include "exec.h"
#include "../value/codec.h"

#include <math.h>

#define DEEPEST 1000u

/* The value with what only Go has put plainly: typed nils as null, and for YAML the fields of pairs
 * in small letters. NULL with *err set. */
static struct ptx_value *plain(struct ptxi_exec *x, struct ptx_value *v, bool yaml, unsigned depth,
			       struct ptx_error **err)
{
	struct ptx_value *to = NULL;

	if (depth > DEEPEST) {
		ptx_fail(err, PTX_E_LIMIT, "the value is nested deeper than %u levels", DEEPEST);
		return NULL;
	}
	if (ptxi_go_is_nil(v) && (v->kind == PTX_MAP || v->kind == PTX_LIST))
		return v->kind == PTX_MAP && yaml ? ptx_value_map(x->arena)
		       : yaml                     ? ptx_value_list(x->arena)
						  : ptxi_nil;
	if (v->kind == PTX_FLOAT && !yaml && !isfinite(v->f)) {
		ptx_fail(err, PTX_E_INVALID, "json: unsupported value: %s",
			 isnan(v->f) ? "NaN"
			 : v->f < 0  ? "-Inf"
				     : "+Inf");
		return NULL;
	}
	if (ptxi_go_kind(v) == PTXI_KIND_COMPLEX) {
		ptx_fail(err, PTX_E_INVALID, "%s: unsupported type: complex128",
			 yaml ? "yaml" : "json");
		return NULL;
	}
	if (v->kind == PTX_LIST) {
		to = ptx_value_list(x->arena);
		for (size_t i = 0; i < v->list.n; i++) {
			struct ptx_value *item = plain(x, v->list.v[i], yaml, depth + 1, err);

			if (!item)
				return NULL;
			ptx_value_append(to, item);
		}
		return to;
	}
	if (v->kind != PTX_MAP)
		return v;
	to = ptx_value_map(x->arena);
	for (size_t i = 0; i < v->map.n; i++) {
		struct ptx_value *item = plain(x, v->map.v[i].value, yaml, depth + 1, err);
		bool field = yaml && ptxi_go_of(v) == PTXI_GO_PAIR;

		if (!item)
			return NULL;
		if (field)
			ptx_value_set(to, ptxi_str_is(v->map.v[i].key, "Key") ? "key" : "value",
				      item);
		else
			ptx_value_setn(to, v->map.v[i].key, item);
	}
	return to;
}

PTXI_CONFD_FN(to_json)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *v = plain(x, args[0], false, 0, err);
	struct ptx_buf b;

	(void)n;
	if (!v)
		return NULL;
	style.sort_keys = true;
	style.escape_html = true;
	ptxi_exec_buf(x, &b);
	ptx_json_format(v, &style, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(to_yaml)
{
	struct ptx_value *v = plain(x, args[0], true, 0, err);
	struct ptx_buf b;

	(void)n;
	if (!v)
		return NULL;
	ptxi_exec_buf(x, &b);
	ptx_yaml_format(v, &b);
	return ptxi_result_buf(x, &b, err);
}

/* A document of a kind, or a typed nil where it is none of it. */
static struct ptx_value *document(struct ptxi_exec *x, struct ptx_str text, enum ptx_kind kind)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_error *err = NULL;
	struct ptx_value *v = NULL;

	opts.numbers = PTX_NUMBERS_FLOAT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	v = ptx_json_parse(x->arena, text, &opts, &err);
	if (v && ptx_value_kind(v) == kind)
		return v;
	if (err)
		ptxi_confd_warn(x, "%s", ptx_error_message(err));
	else if (ptx_value_kind(v) != PTX_NULL)
		ptxi_confd_warn(x, "the JSON text is of kind %s", ptx_value_kind_name(v));
	ptx_error_free(err);
	return ptxi_go_new_nil(x->arena, kind, PTXI_GO_PLAIN);
}

PTXI_CONFD_FN(json)
{
	(void)n;
	(void)err;
	return document(x, args[0]->s, PTX_MAP);
}

PTXI_CONFD_FN(json_array)
{
	(void)n;
	(void)err;
	return document(x, args[0]->s, PTX_LIST);
}
