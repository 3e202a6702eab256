/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd_text.c - confd's functions of strings, lists and maps. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_confd.h"
#include "exec.h"
#include "../base/encode.h"
#include "../base/path.h"
#include "../base/utf8.h"
#include "../text/regex.h"
#include "../text/runes.h"

/* --- strings */

static struct ptx_str without_slashes(struct ptx_str s)
{
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

PTXI_CONFD_FN(base)
{
	struct ptx_str s = without_slashes(args[0]->s);
	size_t slash = ptxi_str_rfind_char(s, '/');

	(void)n;
	(void)err;
	if (s.n == 0)
		return ptxi_result_str(x, args[0]->s.n ? PTXI_STR("/") : PTXI_STR("."));
	return ptxi_result_str(x, slash == SIZE_MAX ? s : ptxi_str_from(s, slash + 1));
}

PTXI_CONFD_FN(dir)
{
	size_t slash = ptxi_str_rfind_char(args[0]->s, '/');
	char *folder = ptxi_arena_strn(x->arena, args[0]->s.p, slash == SIZE_MAX ? 0 : slash + 1);
	ptx_auto_str cleaned = folder ? ptxi_path_clean(folder) : NULL;

	(void)n;
	(void)err;
	return cleaned ? ptxi_result_str(x, ptxi_str(cleaned)) : NULL;
}

PTXI_CONFD_FN(to_upper)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_text_map_runes(args[0]->s, ptxi_rune_upper, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(to_lower)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_text_map_runes(args[0]->s, ptxi_rune_lower, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(contains)
{
	(void)n;
	(void)err;
	return ptxi_result_bool(x, ptxi_str_find(args[0]->s, args[1]->s) != SIZE_MAX);
}

/* Puts `with` before each character and at the end, at most `most` times. */
static void replace_nothing(struct ptx_str s, struct ptx_str with, int64_t most,
			    struct ptx_buf *out)
{
	for (int64_t i = 0; i != most; i++) {
		size_t len = 0;

		ptx_buf_addstr(out, with);
		if (s.n == 0)
			return;
		ptxi_utf8_decode(s, &len);
		ptx_buf_add(out, s.p, len);
		s = ptxi_str_from(s, len);
	}
	ptx_buf_addstr(out, s);
}

PTXI_CONFD_FN(replace)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str old = args[1]->s;
	int64_t most = args[3]->i;
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	if (old.n == 0) {
		replace_nothing(s, args[2]->s, most, &b);
		return ptxi_result_buf(x, &b, err);
	}
	for (int64_t i = 0; i != most; i++) {
		size_t at = ptxi_str_find(s, old);

		if (at == SIZE_MAX)
			break;
		ptx_buf_add(&b, s.p, at);
		ptx_buf_addstr(&b, args[2]->s);
		s = ptxi_str_from(s, at + old.n);
	}
	ptx_buf_addstr(&b, s);
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(trim_suffix)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str suffix = args[1]->s;

	(void)n;
	(void)err;
	if (s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0)
		s.n -= suffix.n;
	return ptxi_result_str(x, s);
}

PTXI_CONFD_FN(split)
{
	struct ptx_str s = args[0]->s;
	struct ptx_str sep = args[1]->s;
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);

	(void)n;
	if (ptxi_exec_step(x, s.n / (sep.n ? sep.n : 1), err) < 0)
		return NULL;
	while (sep.n == 0 && s.n) {
		size_t len = 0;

		ptxi_utf8_decode(s, &len);
		ptx_value_append(list, ptxi_result_str(x, ptxi_str_sub(s, 0, len)));
		s = ptxi_str_from(s, len);
	}
	while (sep.n) {
		size_t at = ptxi_str_find(s, sep);

		ptx_value_append(list,
				 ptxi_result_str(x, at == SIZE_MAX ? s : ptxi_str_sub(s, 0, at)));
		if (at == SIZE_MAX)
			break;
		s = ptxi_str_from(s, at + sep.n);
	}
	return list;
}

PTXI_CONFD_FN(join)
{
	const struct ptx_value *list = args[0];
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < list->list.n; i++) {
		if (i)
			ptx_buf_addstr(&b, args[1]->s);
		ptx_buf_addstr(&b, ptx_value_str(list->list.v[i]));
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(base64_encode)
{
	struct ptx_buf b;

	(void)n;
	ptxi_exec_buf(x, &b);
	ptxi_base64_encode(PTXI_BASE64_STD, args[0]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(base64_decode)
{
	struct ptx_buf b;
	size_t at = 0;

	(void)n;
	ptxi_exec_buf(x, &b);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[0]->s, &b, &at)) {
		ptxi_confd_warn(x, "base64Decode: illegal base64 data at input byte %zu", at);
		ptx_buf_clear(&b);
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_CONFD_FN(parse_bool)
{
	static const char *const words[] = { "1", "t", "T", "true",  "TRUE",  "True",
					     "0", "f", "F", "false", "FALSE", "False" };

	(void)n;
	(void)err;
	for (size_t i = 0; i < PTXI_COUNT(words); i++)
		if (ptxi_str_is(args[0]->s, words[i]))
			return ptxi_result_bool(x, i < PTXI_COUNT(words) / 2);
	ptxi_confd_warn(x, "parseBool: '%.*s' is no boolean", PTX_STR_ARG(args[0]->s));
	return ptxi_result_bool(x, false);
}

/* --- lists and maps */

PTXI_CONFD_FN(reverse)
{
	struct ptx_value *list = args[0];

	(void)x;
	(void)n;
	(void)err;
	if (list->kind != PTX_LIST ||
	    (ptxi_go_of(list) != PTXI_GO_STRINGS && ptxi_go_of(list) != PTXI_GO_PAIRS))
		return list;
	for (size_t i = 0, j = list->list.n; i + 1 < j; i++) {
		struct ptx_value *v = list->list.v[i];

		list->list.v[i] = list->list.v[--j];
		list->list.v[j] = v;
	}
	return list;
}

static size_t length_of(const struct ptx_value *v)
{
	return v->kind == PTX_MAP ? ptx_value_str(ptx_value_get(v, "Key")).n : ptx_value_str(v).n;
}

static int by_length(const void *a, const void *b, void *user)
{
	size_t x = length_of(*(struct ptx_value *const *)a);
	size_t y = length_of(*(struct ptx_value *const *)b);

	(void)user;
	return (x > y) - (x < y);
}

PTXI_CONFD_FN(sort_by_length)
{
	(void)x;
	(void)n;
	return ptxi_confd_sort(args[0], by_length, err) ? args[0] : NULL;
}

PTXI_CONFD_FN(map)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	(void)err;
	if (n % 2) {
		ptxi_confd_warn(x, "map: a key without a value");
		return ptxi_go_new_nil(x->arena, PTX_MAP, PTXI_GO_PLAIN);
	}
	for (size_t i = 0; i < n; i += 2) {
		if (args[i]->kind != PTX_STRING) {
			ptxi_confd_warn(x, "map: keys must be strings");
			return ptxi_go_new_nil(x->arena, PTX_MAP, PTXI_GO_PLAIN);
		}
		ptx_value_setn(map, args[i]->s, args[i + 1]);
	}
	return map;
}

PTXI_CONFD_FN(filter)
{
	struct ptx_value *list = args[1];
	struct ptx_value *kept = ptx_value_list(x->arena);
	ptxi_auto(regex) re = NULL;

	(void)n;
	if (ptxi_go_kind(list) != PTXI_KIND_SLICE) {
		ptx_fail(err, PTX_E_INVALID, "filter only support slice or array.");
		return NULL;
	}
	for (size_t i = 0; i < ptx_value_count(list); i++) {
		struct ptx_value *v = list->list.v[i];
		bool is_pair = v->kind == PTX_MAP && ptxi_go_of(v) == PTXI_GO_PAIR;
		int matched = 0;

		if (!is_pair && ptxi_go_kind(v) != PTXI_KIND_STRING)
			continue;
		if (!re)
			re = ptxi_regex_compile(args[0]->s, err);
		if (!re)
			return NULL;
		matched = ptxi_regex_match(
		    re, ptx_value_str(is_pair ? ptx_value_get(v, "Value") : v), err);
		if (matched < 0)
			return NULL;
		if (matched)
			ptx_value_append(
			    kept, is_pair || v->kind == PTX_STRING ? v : ptxi_result_str(x, v->s));
	}
	return kept;
}
