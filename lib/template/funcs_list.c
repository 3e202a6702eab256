/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_list.c - Sprig's functions on lists.
 *
 * They take slices of any type (and bytes), and make new lists of interfaces; the lists they are
 * given do not change. Each comes twice: the plain one and its `must` twin fail alike, for a panic
 * in Go is an error too.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/gocast.h"

/* True for a slice; else fails with "Cannot WHAT type KIND". */
static bool need_slice(const struct ptx_value *v, const char *what, struct ptx_error **err)
{
	if (ptxi_is_slice(v))
		return true;
	if (ptx_value_kind(v) == PTX_NULL)
		ptx_fail(err, PTX_E_INVALID,
			 "runtime error: invalid memory address or nil pointer dereference");
	else
		ptx_fail(err, PTX_E_INVALID, "%s %s", what, ptxi_go_kind_name(v));
	return false;
}

/* A list with room for count members. */
static struct ptx_value *new_list(struct ptxi_exec *x, size_t count)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	if (!list || !count)
		return list;
	list->list.v = ptxi_arena_array(x->arena, count, sizeof(*list->list.v));
	list->list.cap = list->list.v ? count : 0;
	return list->list.v ? list : NULL;
}

/* The members from on, below to, of a slice as a new list of interfaces. */
static struct ptx_value *part_of(struct ptxi_exec *x, const struct ptx_value *v, size_t from,
				 size_t to, size_t room)
{
	struct ptx_value *list = new_list(x, to - from + room);

	for (size_t i = from; list && i < to; i++)
		ptx_value_append(list, ptxi_list_at(x, v, i));
	return list;
}

PTXI_FN(list)
{
	struct ptx_value *list = new_list(x, n);

	if (list && n) {
		memcpy(list->list.v, args, n * sizeof(*args));
		list->list.n = n;
	}
	return list;
}

PTXI_FN(append)
{
	struct ptx_value *list = NULL;

	if (!need_slice(args[0], "Cannot push on type", err) ||
	    ptxi_exec_step(x, ptxi_list_count(args[0]) / 8, err) < 0)
		return NULL;
	list = part_of(x, args[0], 0, ptxi_list_count(args[0]), 1);
	ptx_value_append(list, args[1]);
	return list;
}

PTXI_FN(prepend)
{
	size_t count = 0;
	struct ptx_value *list = NULL;

	if (!need_slice(args[0], "Cannot prepend on type", err) ||
	    ptxi_exec_step(x, ptxi_list_count(args[0]) / 8, err) < 0)
		return NULL;
	count = ptxi_list_count(args[0]);
	list = new_list(x, count + 1);
	ptx_value_append(list, args[1]);
	for (size_t i = 0; list && i < count; i++)
		ptx_value_append(list, ptxi_list_at(x, args[0], i));
	return list;
}

PTXI_FN(first)
{
	if (!need_slice(args[0], "Cannot find first on type", err))
		return NULL;
	return ptxi_list_count(args[0]) ? ptxi_list_at(x, args[0], 0) : ptxi_nil;
}

PTXI_FN(last)
{
	size_t count = 0;

	if (!need_slice(args[0], "Cannot find last on type", err))
		return NULL;
	count = ptxi_list_count(args[0]);
	return count ? ptxi_list_at(x, args[0], count - 1) : ptxi_nil;
}

static struct ptx_value *nil_list(struct ptxi_exec *x)
{
	return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_PLAIN);
}

PTXI_FN(rest)
{
	size_t count = 0;

	if (!need_slice(args[0], "Cannot find rest on type", err))
		return NULL;
	count = ptxi_list_count(args[0]);
	return count ? part_of(x, args[0], 1, count, 0) : nil_list(x);
}

PTXI_FN(initial)
{
	size_t count = 0;

	if (!need_slice(args[0], "Cannot find initial on type", err))
		return NULL;
	count = ptxi_list_count(args[0]);
	return count ? part_of(x, args[0], 0, count - 1, 0) : nil_list(x);
}

PTXI_FN(reverse)
{
	size_t count = 0;
	struct ptx_value *list = NULL;

	if (!need_slice(args[0], "Cannot find reverse on type", err))
		return NULL;
	count = ptxi_list_count(args[0]);
	list = new_list(x, count);
	for (size_t i = count; list && i > 0; i--)
		ptx_value_append(list, ptxi_list_at(x, args[0], i - 1));
	return list;
}

PTXI_FN(compact)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	if (!need_slice(args[0], "Cannot compact on type", err))
		return NULL;
	for (size_t i = 0; list && i < ptxi_list_count(args[0]); i++) {
		struct ptx_value *item = ptxi_list_at(x, args[0], i);

		if (!ptxi_go_empty(item))
			ptx_value_append(list, item);
	}
	return list;
}

static bool among(const struct ptx_value *item, struct ptx_value *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ptxi_go_deep_equal(item, list[i]))
			return true;
	return false;
}

PTXI_FN(uniq)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	if (!need_slice(args[0], "Cannot find uniq on type", err))
		return NULL;
	for (size_t i = 0; list && i < ptxi_list_count(args[0]); i++) {
		struct ptx_value *item = ptxi_list_at(x, args[0], i);

		if (ptxi_exec_step(x, 1 + list->list.n / 8, err) < 0)
			return NULL;
		if (!among(item, list->list.v, list->list.n))
			ptx_value_append(list, item);
	}
	return list;
}

PTXI_FN(without)
{
	struct ptx_value *list = ptx_value_list(x->arena);

	if (!need_slice(args[0], "Cannot find without on type", err))
		return NULL;
	for (size_t i = 0; list && i < ptxi_list_count(args[0]); i++) {
		struct ptx_value *item = ptxi_list_at(x, args[0], i);

		if (ptxi_exec_step(x, n, err) < 0)
			return NULL;
		if (!among(item, args + 1, n - 1))
			ptx_value_append(list, item);
	}
	return list;
}

PTXI_FN(has)
{
	if (ptx_value_kind(args[1]) == PTX_NULL)
		return ptxi_result_bool(x, false);
	if (!need_slice(args[1], "Cannot find has on type", err) ||
	    ptxi_exec_step(x, ptxi_list_count(args[1]) / 8, err) < 0)
		return NULL;
	if (args[1]->kind == PTX_LIST)
		return ptxi_result_bool(x, among(args[0], args[1]->list.v, args[1]->list.n));
	for (size_t i = 0; i < args[1]->s.n; i++)
		if (ptxi_go_deep_equal(args[0], ptxi_list_at(x, args[1], i)))
			return ptxi_result_bool(x, true);
	return ptxi_result_bool(x, false);
}

PTXI_FN(slice)
{
	int64_t count = 0;
	int64_t from = 0;
	int64_t to = 0;
	struct ptx_value *list = NULL;

	if (!need_slice(args[0], "list should be type of slice or array but", err))
		return NULL;
	count = (int64_t)ptxi_list_count(args[0]);
	if (count == 0)
		return ptxi_nil;
	from = n > 1 ? ptxi_go_to_int64(args[1]) : 0;
	to = n > 2 ? ptxi_go_to_int64(args[2]) : count;
	if (from < 0 || from > to || to > count)
		return ptxi_func_fail(err, "reflect.Value.Slice: slice index out of bounds");
	if (args[0]->kind != PTX_LIST)
		return ptx_value_bytes(x->arena, args[0]->s.p + from, (size_t)(to - from));
	list = part_of(x, args[0], (size_t)from, (size_t)to, 0);
	if (list)
		list->go = (uint16_t)ptxi_go_of(args[0]);
	return list;
}

PTXI_FN(concat)
{
	size_t total = 0;
	struct ptx_value *list = NULL;

	for (size_t i = 0; i < n; i++) {
		if (ptx_value_kind(args[i]) == PTX_NULL || !ptxi_is_slice(args[i])) {
			need_slice(args[i], "Cannot concat type", err);
			if (*err && ptx_value_kind(args[i]) != PTX_NULL) {
				ptxi_error_drop(err);
				ptxi_func_fail(err, "Cannot concat type %s as list",
					       ptxi_go_kind_name(args[i]));
			}
			return NULL;
		}
		total += ptxi_list_count(args[i]);
	}
	if (total == 0)
		return nil_list(x);
	list = ptxi_exec_step(x, total / 8, err) < 0 ? NULL : new_list(x, total);
	for (size_t i = 0; list && i < n; i++)
		for (size_t k = 0; k < ptxi_list_count(args[i]); k++)
			ptx_value_append(list, ptxi_list_at(x, args[i], k));
	return list;
}

PTXI_FN(chunk)
{
	int64_t size = args[0]->i;
	int64_t count = 0;
	struct ptx_value *lists = ptxi_go_new_list(x->arena, PTXI_GO_LISTS);

	if (!need_slice(args[1], "Cannot chunk type", err))
		return NULL;
	count = (int64_t)ptxi_list_count(args[1]);
	/* Go counts the pieces in doubles before it makes them; a negative size can pass for no
	 * pieces at all */
	if (size < 0 && count > 1 && count - 1 <= -size)
		return lists;
	if (size < 0 && count == 1)
		size = 1;
	if (size <= 0)
		return ptxi_func_fail(err, "runtime error: makeslice: len out of range");
	for (int64_t i = 0; lists && i < count; i += size) {
		int64_t to = count - i > size ? i + size : count;

		ptx_value_append(lists, part_of(x, args[1], (size_t)i, (size_t)to, 0));
	}
	return lists;
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "append",      "vv",  fn_append },
	{ "chunk",       "iv",  fn_chunk },
	{ "compact",     "v",   fn_compact },
	{ "concat",      "v*",  fn_concat },
	{ "first",       "v",   fn_first },
	{ "has",         "vv",  fn_has },
	{ "initial",     "v",   fn_initial },
	{ "last",        "v",   fn_last },
	{ "list",        "v*",  fn_list },
	{ "mustAppend",  "vv",  fn_append },
	{ "mustChunk",   "iv",  fn_chunk },
	{ "mustCompact", "v",   fn_compact },
	{ "mustFirst",   "v",   fn_first },
	{ "mustHas",     "vv",  fn_has },
	{ "mustInitial", "v",   fn_initial },
	{ "mustLast",    "v",   fn_last },
	{ "mustPrepend", "vv",  fn_prepend },
	{ "mustPush",    "vv",  fn_append },
	{ "mustRest",    "v",   fn_rest },
	{ "mustReverse", "v",   fn_reverse },
	{ "mustSlice",   "vv*", fn_slice },
	{ "mustUniq",    "v",   fn_uniq },
	{ "mustWithout", "vv*", fn_without },
	{ "prepend",     "vv",  fn_prepend },
	{ "push",        "vv",  fn_append },
	{ "rest",        "v",   fn_rest },
	{ "reverse",     "v",   fn_reverse },
	{ "slice",       "vv*", fn_slice },
	{ "tuple",       "v*",  fn_list },
	{ "uniq",        "v",   fn_uniq },
	{ "without",     "vv*", fn_without },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_list = { "list", rows, PTXI_COUNT(rows) };
