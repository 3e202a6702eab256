/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_helm.c - what Helm adds to Sprig: templates within templates, and documents.
 *
 * The readers of documents forgive: what cannot be read gives a map with the key Error, or a list
 * with the message. The writers give an empty text for what cannot be written.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/gofmt.h"
#include "../text/gojson.h"
#include "../text/goquote.h"
#include "../text/gostring.h"
#include "../text/gostruct.h"
#include "../text/goyaml.h"
#include "../text/runes.h"
#include "../value/toml.h"
#include "../value/yaml.h"

#define DEEPEST 1000u

PTXI_FN(include)
{
	const struct ptxi_tree *tree = ptxi_template_tree(x->set, args[0]->s);
	ptx_auto_buf name = { 0 };
	struct ptx_buf b;

	if (!tree) {
		ptx_buf_init(&name, 0);
		ptxi_go_quote(args[0]->s, false, &name);
		return ptxi_func_fail(
		    err, "template: no template %s associated with template \"gotpl\"", name.p);
	}
	ptxi_exec_buf(x, &b);
	if (ptxi_exec_template(x, tree, args[1], &b, err) < 0) {
		ptx_buf_done(&b);
		return NULL;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(tpl)
{
	struct ptx_buf b;
	struct ptx_buf shown;

	ptxi_exec_buf(x, &b);
	if (ptxi_exec_text(x, args[0], args[1], &b, err) < 0) {
		ptx_buf_done(&b);
		return NULL;
	}
	if (ptxi_str_find(ptx_buf_str(&b), PTXI_STR("<no value>")) == SIZE_MAX)
		return ptxi_result_buf(x, &b, err);
	ptxi_exec_buf(x, &shown);
	ptxi_text_replace(ptx_buf_str(&b), PTXI_STR("<no value>"), PTXI_STR(""), SIZE_MAX, &shown);
	ptx_buf_done(&b);
	return ptxi_result_buf(x, &shown, err);
}

/* Fails with the user's own words; a lint only hears them. */
static struct ptx_value *failed_by_user(struct ptxi_exec *x, enum ptxi_forgiven what,
					struct ptx_str message, struct ptx_error **err)
{
	if (x->env->lint) {
		if (x->env->forgiven)
			x->env->forgiven(what, message, x->env->user);
		return ptxi_result_str(x, PTXI_STR(""));
	}
	if (x->env->user_error) {
		ptx_buf_clear(x->env->user_error);
		ptx_buf_addstr(x->env->user_error, message);
	}
	ptx_fail(err, PTX_E_INVALID, "%.*s", PTX_STR_ARG(message));
	return NULL;
}

PTXI_FN(required)
{
	if (args[1]->kind == PTX_NULL)
		return failed_by_user(x, PTXI_FORGIVEN_NIL, args[0]->s, err);
	if (args[1]->kind == PTX_STRING && args[1]->s.n == 0)
		return failed_by_user(x, PTXI_FORGIVEN_EMPTY, args[0]->s, err);
	return args[1];
}

PTXI_FN(fail)
{
	return failed_by_user(x, PTXI_FORGIVEN_FAIL, args[0]->s, err);
}

PTXI_FN(lookup)
{
	if (!x->env->lookup || x->env->lint)
		return ptx_value_map(x->arena);
	return x->env->lookup(x->arena, args[0]->s, args[1]->s, args[2]->s, args[3]->s,
			      x->env->user, err);
}

static struct ptx_value *without_last_newline(struct ptxi_exec *x, struct ptx_buf *b,
					      struct ptx_error **err)
{
	if (b->status == PTX_E_INVALID)
		ptx_buf_clear(b);
	if (b->n && b->p[b->n - 1] == '\n')
		ptx_buf_truncate(b, b->n - 1);
	return ptxi_result_buf(x, b, err);
}

/* The value as documents hold it; NULL where it cannot be written, then with *err set when more is
 * wrong. */
static const struct ptx_value *writable(struct ptxi_exec *x, const struct ptx_value *v,
					struct ptx_error **err)
{
	const struct ptx_value *plain = ptxi_go_plain(x->arena, v, err);

	if (!plain && *err && ptx_error_code(*err) == PTX_E_INVALID)
		ptxi_error_drop(err);
	return plain;
}

PTXI_FN(to_yaml)
{
	const struct ptx_value *plain = writable(x, args[0], err);
	struct ptx_buf b;

	if (!plain)
		return *err ? NULL : ptxi_result_str(x, PTXI_STR(""));
	ptxi_exec_buf(x, &b);
	ptxi_yaml_format_as_go(plain, x->arena, &b);
	return without_last_newline(x, &b, err);
}

/* ---- values as an encoder sees them that does not go through JSON: TOML's, and that of YAML 3 */

struct seeing {
	struct ptxi_exec *x;
	bool yaml; /* fields are named in small letters; else what is nil is left out */
};

static struct ptx_value *as_seen(const struct seeing *s, struct ptx_value *v, unsigned depth,
				 struct ptx_error **err);

static struct ptx_str small(const struct seeing *s, struct ptx_str name, struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(s->x, &b);
	ptxi_text_map_runes(name, ptxi_rune_lower, &b);
	return ptx_value_str(ptxi_result_buf(s->x, &b, err));
}

/* The entries of a map, and the fields of a struct but for the last `left` ones. */
static struct ptx_value *map_as_seen(const struct seeing *s, const struct ptx_value *v, size_t left,
				     unsigned depth, struct ptx_error **err)
{
	bool is_struct = ptxi_go_is_struct(v);
	struct ptx_value *to = ptx_value_map(s->x->arena);

	for (size_t i = 0; to && i + left < v->map.n; i++) {
		struct ptx_str key = v->map.v[i].key;
		struct ptx_value *item = NULL;

		if ((is_struct && ptxi_str_is(key, PTXI_GO_SHOWN)) ||
		    (!s->yaml && (v->map.v[i].value->go & PTXI_GO_NIL)))
			continue;
		item = as_seen(s, v->map.v[i].value, depth + 1, err);
		if (is_struct && s->yaml)
			key = small(s, key, err);
		if (!item || *err)
			return NULL;
		ptxi_value_put(to, key, true, item);
	}
	if (to)
		to->ordered = is_struct || v->ordered;
	return to;
}

/* What is embedded in a struct is a member of its own: .Chart is chart.Metadata, and after it
 * IsRoot. */
static struct ptx_value *chart_as_seen(const struct seeing *s, const struct ptx_value *v,
				       unsigned depth, struct ptx_error **err)
{
	struct ptx_value *metadata = map_as_seen(s, v, 2, depth + 1, err);
	struct ptx_value *is_root = ptx_value_get(v, "IsRoot");
	struct ptx_value *to = metadata ? ptxi_value_ordered_map(s->x->arena) : NULL;

	ptx_value_set(to, "metadata", metadata);
	ptx_value_set(to, "isroot", is_root);
	return to;
}

static struct ptx_value *as_seen(const struct seeing *s, struct ptx_value *v, unsigned depth,
				 struct ptx_error **err)
{
	struct ptx_value *to = v;
	enum ptxi_go go = ptxi_go_of(v);
	struct ptx_buf b;

	if (depth > DEEPEST) {
		ptx_fail(err, PTX_E_LIMIT, "it nests deeper than %u levels", DEEPEST);
		return NULL;
	}
	if (go == PTXI_GO_SEMVER || go == PTXI_GO_DURATION) {
		ptxi_exec_buf(s->x, &b);
		ptxi_go_print_value(v, s->x->arena, &b);
		return ptxi_result_buf(s->x, &b, err);
	}
	if (v->kind == PTX_LIST && go != PTXI_GO_COMPLEX) {
		to = ptx_value_list(s->x->arena);
		for (size_t i = 0; to && i < v->list.n; i++) {
			struct ptx_value *item = as_seen(s, v->list.v[i], depth + 1, err);

			if (!item)
				return NULL;
			ptx_value_append(to, item);
		}
	} else if (go == PTXI_GO_DEPENDENCY && s->yaml) {
		/* It names its fields for YAML as for JSON. */
		to = map_as_seen(s, ptxi_go_shown(v), 0, depth, err);
	} else if (go == PTXI_GO_CHART && s->yaml) {
		to = chart_as_seen(s, v, depth, err);
	} else if (v->kind == PTX_MAP) {
		to = map_as_seen(s, v, 0, depth, err);
	}
	return to;
}

PTXI_FN(to_yaml_pretty)
{
	const struct seeing s = { x, true };
	struct ptx_value *seen = as_seen(&s, args[0], 0, err);
	struct ptx_buf b;

	if (!seen)
		return NULL;
	ptxi_exec_buf(x, &b);
	ptxi_yaml_format_pretty(seen, x->arena, &b);
	return without_last_newline(x, &b, err);
}

PTXI_FN(to_toml)
{
	const struct seeing s = { x, false };
	struct ptx_value *seen = as_seen(&s, args[0], 0, err);
	ptx_auto_buf why = { 0 };
	struct ptx_buf b;

	if (!seen)
		return NULL;
	if (seen->kind == PTX_NULL)
		return ptxi_func_fail(err, "reflect: call of reflect.Value.Type on zero Value");
	ptx_buf_init(&why, 0);
	ptxi_exec_buf(x, &b);
	if (!ptxi_toml_format(seen, &b, &why)) {
		ptx_buf_done(&b);
		return ptxi_result_str(x, ptx_buf_str(&why));
	}
	return ptxi_result_buf(x, &b, err);
}

/* A map with the key Error. */
static struct ptx_value *error_map(struct ptxi_exec *x, struct ptx_value *map, const char *prefix,
				   struct ptx_buf *why)
{
	if (!map || ptx_value_kind(map) != PTX_MAP)
		map = ptx_value_map(x->arena);
	ptx_value_set(
	    map, "Error",
	    ptx_value_string(x->arena, ptxi_arena_printf(x->arena, "%s%s", prefix, why->p)));
	return map;
}

static struct ptx_value *error_list(struct ptxi_exec *x, const char *prefix, struct ptx_buf *why)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	ptx_value_append(
	    list, ptx_value_string(x->arena, ptxi_arena_printf(x->arena, "%s%s", prefix, why->p)));
	return list;
}

static struct ptx_value *typed_nil(struct ptxi_exec *x, enum ptx_kind want)
{
	return ptxi_go_new_nil(x->arena, want, PTXI_GO_PLAIN);
}

static struct ptx_value *from_json(struct ptxi_exec *x, struct ptx_str text, enum ptx_kind want)
{
	ptx_auto_buf why = { 0 };
	struct ptx_value *partial = NULL;
	struct ptx_value *v = NULL;

	ptx_buf_init(&why, 0);
	v = ptxi_go_json_decode(x->arena, text, want, &why, &partial);
	if (v)
		return ptx_value_kind(v) == PTX_NULL ? typed_nil(x, want) : v;
	return want == PTX_MAP ? error_map(x, partial, "", &why) : error_list(x, "", &why);
}

PTXI_FN(from_json)
{
	return from_json(x, args[0]->s, PTX_MAP);
}

PTXI_FN(from_json_array)
{
	return from_json(x, args[0]->s, PTX_LIST);
}

static struct ptx_value *from_yaml(struct ptxi_exec *x, struct ptx_str text, enum ptx_kind want,
				   struct ptx_error **err)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptxi_yaml_problem problem = { .kind = PTXI_YAML_WORDS };
	ptx_auto_buf why = { 0 };
	ptx_auto(error) e = NULL;
	struct ptx_value *v = NULL;
	const char *prefix = "error converting YAML to JSON: ";

	ptx_buf_init(&why, 0);
	ptx_buf_init(&problem.words, 0);
	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.numbers = PTX_NUMBERS_FLOAT;
	v = ptxi_yaml_parse_first(x->arena, text, &opts, &problem, &e);
	if (ptx_error_code(e) == PTX_E_NOMEM) {
		ptx_buf_done(&problem.words);
		*err = ptx_steal(&e);
		return NULL;
	}
	if (!v) {
		ptxi_go_yaml_problem(&problem, x->arena, &why);
	} else if (ptx_value_kind(v) == PTX_NULL) {
		v = want == PTX_MAP ? ptx_value_map(x->arena) : ptx_value_list(x->arena);
	} else if (ptx_value_kind(v) != want) {
		prefix = "error unmarshaling JSON: while decoding JSON: ";
		ptx_buf_printf(&why, "json: cannot unmarshal %s into Go value of type %s",
			       ptxi_go_json_kind(v),
			       want == PTX_MAP ? "map[string]interface {}" : "[]interface {}");
		v = NULL;
	}
	ptx_buf_done(&problem.words);
	if (v)
		return v;
	return want == PTX_MAP ? error_map(x, NULL, prefix, &why) : error_list(x, prefix, &why);
}

PTXI_FN(from_yaml)
{
	return from_yaml(x, args[0]->s, PTX_MAP, err);
}

PTXI_FN(from_yaml_array)
{
	return from_yaml(x, args[0]->s, PTX_LIST, err);
}

PTXI_FN(from_toml)
{
	ptx_auto_buf why = { 0 };
	struct ptx_value *v = NULL;

	ptx_buf_init(&why, 0);
	v = ptxi_toml_parse_as_go(x->arena, args[0]->s, PTXI_GO_MAPS, &why, NULL);
	return v ? v : error_map(x, NULL, "", &why);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "fail",          "s",    fn_fail },
	{ "fromJson",      "s",    fn_from_json },
	{ "fromJsonArray", "s",    fn_from_json_array },
	{ "fromToml",      "s",    fn_from_toml },
	{ "fromYaml",      "s",    fn_from_yaml },
	{ "fromYamlArray", "s",    fn_from_yaml_array },
	{ "include",       "sv",   fn_include },
	{ "lookup",        "ssss", fn_lookup },
	{ "required",      "sv",   fn_required },
	{ "toToml",        "v",    fn_to_toml },
	{ "toYaml",        "v",    fn_to_yaml },
	{ "toYamlPretty",  "v",    fn_to_yaml_pretty },
	{ "tpl",           "sv",   fn_tpl },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_helm = { "helm", rows, PTXI_COUNT(rows) };
