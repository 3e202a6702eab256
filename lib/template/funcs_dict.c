/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_dict.c - Sprig's functions on dicts.
 *
 * `set`, `unset` and the merges change the dict that they are given, and everybody who holds it
 * sees that; a cycle may come of it, which is why whatever walks dicts counts how deep it is. Keys
 * and values of a dict come in no order in Go; here in the order of the keys, so that a render is
 * the same each time.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/gocast.h"

#define DEEPEST 1000u

PTXI_FN(dict)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	for (size_t i = 0; map && i < n; i += 2) {
		struct ptx_value *value =
		    i + 1 < n ? args[i + 1]
			      : ptxi_value_string_in(x->arena, PTXI_STR(""), PTX_STRING);

		ptxi_value_put(map, ptxi_go_strval(args[i], x->arena), true, value);
	}
	return map;
}

PTXI_FN(get)
{
	const struct ptxi_entry *e = ptxi_value_find(args[0], args[1]->s);

	return e ? e->value : ptxi_value_string_in(x->arena, PTXI_STR(""), PTX_STRING);
}

static struct ptx_value *of_nil(struct ptx_error **err)
{
	return ptxi_func_fail(err, "assignment to entry in nil map");
}

PTXI_FN(set)
{
	if (ptxi_go_is_nil(args[0]))
		return of_nil(err);
	ptxi_exec_change(x, args[0]);
	ptxi_value_put(args[0], args[1]->s, true, args[2]);
	ptxi_exec_changed(x, args[0]);
	return args[0];
}

PTXI_FN(unset)
{
	ptxi_exec_change(x, args[0]);
	ptxi_value_remove(args[0], args[1]->s);
	ptxi_exec_changed(x, args[0]);
	return args[0];
}

PTXI_FN(has_key)
{
	return ptxi_result_bool(x, ptxi_value_find(args[0], args[1]->s) != NULL);
}

PTXI_FN(pluck)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	for (size_t i = 1; list && i < n; i++) {
		const struct ptxi_entry *e = ptxi_value_find(args[i], args[0]->s);

		if (e)
			ptx_value_append(list, e->value);
	}
	return list;
}

PTXI_FN(keys)
{
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);

	for (size_t i = 0; list && i < n; i++) {
		const struct ptxi_entry **sorted = ptxi_value_sorted(x->arena, args[i]);

		for (size_t k = 0; sorted && k < args[i]->map.n; k++)
			ptx_value_append(
			    list, ptxi_value_string_in(x->arena, sorted[k]->key, PTX_STRING));
	}
	return list;
}

PTXI_FN(values)
{
	struct ptx_value *list = ptx_value_list(x->arena);
	const struct ptxi_entry **sorted = ptxi_value_sorted(x->arena, args[0]);

	for (size_t i = 0; list && sorted && i < args[0]->map.n; i++)
		ptx_value_append(list, sorted[i]->value);
	return list;
}

PTXI_FN(pick)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	for (size_t i = 1; map && i < n; i++) {
		const struct ptxi_entry *e = ptxi_value_find(args[0], args[i]->s);

		if (e)
			ptxi_value_put(map, e->key, true, e->value);
	}
	return map;
}

PTXI_FN(omit)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	if (ptxi_exec_step(x, args[0]->map.n * n / 8, err) < 0)
		return NULL;
	for (size_t i = 0; map && i < args[0]->map.n; i++) {
		const struct ptxi_entry *e = &args[0]->map.v[i];
		bool kept = true;

		for (size_t k = 1; kept && k < n; k++)
			kept = !ptxi_str_eq(e->key, args[k]->s);
		if (kept)
			ptxi_value_put(map, e->key, true, e->value);
	}
	return map;
}

struct merging {
	struct ptxi_exec *x;
	bool overwrite;
	unsigned depth;
	struct ptx_error **err;
};

static int merge_into(struct merging *m, struct ptx_value *to, const struct ptx_value *from);

/* One entry of the source. What is there and not empty stays, but where it is to be overwritten;
 * dicts are merged. */
static int merge_entry(struct merging *m, struct ptx_value *to, struct ptx_str key,
		       struct ptx_value *v)
{
	const struct ptxi_entry *e = ptxi_value_find(to, key);
	struct ptx_value *there = e ? e->value : NULL;
	bool both_maps = ptxi_go_kind(there) == PTXI_KIND_MAP && ptxi_go_kind(v) == PTXI_KIND_MAP;

	assert(v && to);
	if (ptxi_go_is_nil(v) && v->kind == PTX_NULL) {
		if (m->overwrite)
			ptxi_value_put(to, key, true, v);
		return 0;
	}
	if (both_maps && there != v && !(ptxi_go_is_nil(there))) {
		int code = merge_into(m, there, v);

		if (code < 0)
			return code;
	}
	if (both_maps && !ptxi_go_empty(there))
		return 0;
	if (m->overwrite || ptxi_go_empty(there)) {
		if (ptxi_go_of(to) == PTXI_GO_STRING_MAP && v->kind != PTX_STRING)
			return ptx_fail(
			    m->err, PTX_E_INVALID,
			    "reflect.Value.SetMapIndex: value of type interface {} is not "
			    "assignable to type string");
		ptxi_value_put(to, key, true, v);
	}
	return 0;
}

static int merge_into(struct merging *m, struct ptx_value *to, const struct ptx_value *from)
{
	const struct ptxi_entry *entries = from->map.v;
	size_t count = from->map.n;

	if (m->depth >= DEEPEST)
		return ptx_fail(m->err, PTX_E_LIMIT,
				"the dicts to be merged nest deeper than %u levels", DEEPEST);
	if (ptxi_exec_step(m->x, count / 4 + 1, m->err) < 0)
		return PTX_E_LIMIT;
	m->depth++;
	ptxi_exec_change(m->x, to);
	for (size_t i = 0; i < count && i < from->map.n && from->map.v == entries; i++) {
		int code = merge_entry(m, to, entries[i].key, entries[i].value);

		if (code < 0)
			return code;
	}
	m->depth--;
	ptxi_exec_changed(m->x, to);
	return ptx_arena_status(m->x->arena);
}

static struct ptx_value *merged(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				bool overwrite, struct ptx_error **err)
{
	struct merging m = { .x = x, .overwrite = overwrite, .err = err };

	if (ptxi_go_is_nil(args[0]))
		args[0] = ptx_value_map(x->arena);
	for (size_t i = 1; args[0] && i < n; i++)
		if (args[i] != args[0] && merge_into(&m, args[0], args[i]) < 0)
			return NULL;
	return args[0];
}

PTXI_FN(merge)
{
	return merged(x, args, n, false, err);
}

PTXI_FN(merge_overwrite)
{
	return merged(x, args, n, true, err);
}

/* Go's copying by reflection leaves out the fields whose names begin with small letters: of a
 * version nothing remains. */
static void blank_versions(struct ptxi_exec *x, struct ptx_value *v)
{
	if (v->kind == PTX_LIST)
		for (size_t i = 0; i < v->list.n; i++)
			blank_versions(x, v->list.v[i]);
	if (v->kind != PTX_MAP)
		return;
	if (ptxi_go_of(v) == PTXI_GO_SEMVER) {
		ptxi_semver_blank(x, v);
		return;
	}
	for (size_t i = 0; i < v->map.n; i++)
		blank_versions(x, v->map.v[i].value);
}

PTXI_FN(deep_copy)
{
	struct ptx_value *v = NULL;

	if (args[0]->kind == PTX_NULL)
		return ptxi_func_fail(err, "reflect: call of reflect.Value.Type on zero Value");
	if (args[0]->kind != PTX_MAP && args[0]->kind != PTX_LIST)
		return args[0];
	v = ptx_value_copy(x->arena, args[0]);
	if (v)
		blank_versions(x, v);
	else if (!ptx_arena_status(x->arena))
		ptx_fail(err, PTX_E_LIMIT, "it nests too deep to be copied");
	return v;
}

PTXI_FN(dig)
{
	struct ptx_value *v = n ? args[n - 1] : NULL;

	if (n < 3)
		return ptxi_func_fail(err, "dig needs at least three arguments");
	if (ptx_value_kind(v) != PTX_MAP || ptxi_go_of(v) != PTXI_GO_PLAIN)
		return ptxi_func_fail(
		    err, "interface conversion: interface {} is %s, not map[string]interface {}",
		    ptx_value_kind(v) == PTX_NULL ? "nil" : ptxi_go_type(v));
	for (size_t i = 0; i + 2 < n; i++)
		if (ptx_value_kind(args[i]) != PTX_STRING)
			return ptxi_func_fail(
			    err, "interface conversion: interface {} is %s, not string",
			    ptx_value_kind(args[i]) == PTX_NULL ? "nil" : ptxi_go_type(args[i]));
	for (size_t i = 0; i + 2 < n; i++) {
		const struct ptxi_entry *e = NULL;

		if (ptx_value_kind(v) != PTX_MAP || ptxi_go_of(v) != PTXI_GO_PLAIN)
			return ptxi_func_fail(
			    err,
			    "interface conversion: interface {} is %s, not map[string]interface {}",
			    ptx_value_kind(v) == PTX_NULL ? "nil" : ptxi_go_type(v));
		e = ptxi_value_find(v, args[i]->s);
		if (!e)
			return args[n - 2];
		v = e->value;
	}
	return v;
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "deepCopy",           "v",   fn_deep_copy },
	{ "dict",               "v*",  fn_dict },
	{ "dig",                "v*",  fn_dig },
	{ "get",                "ms",  fn_get },
	{ "hasKey",             "ms",  fn_has_key },
	{ "keys",               "m*",  fn_keys },
	{ "merge",              "mm*", fn_merge },
	{ "mergeOverwrite",     "mm*", fn_merge_overwrite },
	{ "mustDeepCopy",       "v",   fn_deep_copy },
	{ "mustMerge",          "mm*", fn_merge },
	{ "mustMergeOverwrite", "mm*", fn_merge_overwrite },
	{ "omit",               "ms*", fn_omit },
	{ "pick",               "ms*", fn_pick },
	{ "pluck",              "sm*", fn_pluck },
	{ "set",                "msv", fn_set },
	{ "unset",              "ms",  fn_unset },
	{ "values",             "m",   fn_values },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_dict = { "dict", rows, PTXI_COUNT(rows) };
