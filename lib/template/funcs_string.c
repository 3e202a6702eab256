/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_string.c - Sprig's functions on strings.
 *
 * Lengths and cuts are in bytes, as in Go: `trunc 3` may halve a character. What Go panics at (a
 * slice out of range, a negative repeat) fails. Most results are made in place in the arena of the
 * execution.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/sort.h"
#include "../base/utf8.h"
#include "../text/gocast.h"
#include "../text/gofmt.h"
#include "../text/goquote.h"
#include "../text/gostring.h"
#include "../text/runes.h"
#include "../text/words.h"

static struct ptx_value *mapped(struct ptxi_exec *x, struct ptx_str s, uint32_t (*map)(uint32_t),
				struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_text_map_runes(s, map, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(upper)
{
	return mapped(x, args[0]->s, ptxi_rune_upper, err);
}

PTXI_FN(lower)
{
	return mapped(x, args[0]->s, ptxi_rune_lower, err);
}

/* A text that a function of text/words.h writes. */
static struct ptx_value *written(struct ptxi_exec *x, struct ptx_str s,
				 void (*write)(struct ptx_str, struct ptx_buf *),
				 struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	write(s, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(title)
{
	return written(x, args[0]->s, ptxi_words_title, err);
}

PTXI_FN(untitle)
{
	return written(x, args[0]->s, ptxi_words_untitle, err);
}

PTXI_FN(swapcase)
{
	return written(x, args[0]->s, ptxi_words_swap_case, err);
}

PTXI_FN(snakecase)
{
	return written(x, args[0]->s, ptxi_words_snake, err);
}

PTXI_FN(kebabcase)
{
	return written(x, args[0]->s, ptxi_words_kebab, err);
}

PTXI_FN(camelcase)
{
	return written(x, args[0]->s, ptxi_words_pascal, err);
}

PTXI_FN(initials)
{
	return written(x, args[0]->s, ptxi_words_initials, err);
}

PTXI_FN(nospace)
{
	return written(x, args[0]->s, ptxi_words_without_blanks, err);
}

PTXI_FN(abbrev)
{
	struct ptx_buf b;

	if (args[0]->i < 4)
		return args[1];
	ptxi_exec_buf(x, &b);
	ptxi_words_abbreviate(args[1]->s, 0, args[0]->i, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(abbrevboth)
{
	struct ptx_buf b;
	int64_t left = args[0]->i;
	int64_t right = args[1]->i;

	if (right < 4 || (left > 0 && right < 7))
		return args[2];
	ptxi_exec_buf(x, &b);
	ptxi_words_abbreviate(args[2]->s, left, right, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(wrap)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_words_wrap(args[1]->s, args[0]->i, PTXI_STR(""), false, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(wrap_with)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_words_wrap(args[2]->s, args[0]->i, args[1]->s, true, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(trim)
{
	return ptxi_result_str(x, ptxi_text_trim_space(args[0]->s));
}

PTXI_FN(trim_all)
{
	return ptxi_result_str(x, ptxi_text_trim_set(args[1]->s, args[0]->s));
}

static bool begins(struct ptx_str s, struct ptx_str prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

static bool ends(struct ptx_str s, struct ptx_str suffix)
{
	return s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

PTXI_FN(trim_prefix)
{
	struct ptx_str s = args[1]->s;

	return begins(s, args[0]->s) ? ptxi_result_str(x, ptxi_str_from(s, args[0]->s.n)) : args[1];
}

PTXI_FN(trim_suffix)
{
	struct ptx_str s = args[1]->s;

	return ends(s, args[0]->s) ? ptxi_result_str(x, ptxi_strn(s.p, s.n - args[0]->s.n))
				   : args[1];
}

PTXI_FN(contains)
{
	return ptxi_result_bool(x, ptxi_str_find(args[1]->s, args[0]->s) != SIZE_MAX);
}

PTXI_FN(has_prefix)
{
	return ptxi_result_bool(x, begins(args[1]->s, args[0]->s));
}

PTXI_FN(has_suffix)
{
	return ptxi_result_bool(x, ends(args[1]->s, args[0]->s));
}

PTXI_FN(trunc)
{
	struct ptx_str s = args[1]->s;
	int64_t c = args[0]->i;

	if (c < 0 && c > -(int64_t)s.n)
		return ptxi_result_str(x, ptxi_str_from(s, s.n - (size_t)-c));
	if (c >= 0 && (int64_t)s.n > c)
		return ptxi_result_str(x, ptxi_strn(s.p, (size_t)c));
	return args[1];
}

PTXI_FN(substr)
{
	struct ptx_str s = args[2]->s;
	int64_t start = args[0]->i;
	int64_t end = args[1]->i;
	int64_t length = (int64_t)s.n;

	if (start < 0) {
		if (end < 0 || end > length)
			return ptxi_func_fail(
			    err, "runtime error: slice bounds out of range [:%lld]%s%s",
			    (long long)end, end < 0 ? "" : " with length ",
			    end < 0 ? "" : ptxi_arena_printf(x->arena, "%lld", (long long)length));
		start = 0;
	} else if (end < 0 || end > length) {
		end = length;
		if (start > length)
			return ptxi_func_fail(
			    err, "runtime error: slice bounds out of range [%lld:%lld]",
			    (long long)start, (long long)length);
	} else if (start > end) {
		return ptxi_func_fail(err, "runtime error: slice bounds out of range [%lld:%lld]",
				      (long long)start, (long long)end);
	}
	return ptxi_result_str(x, ptxi_strn(s.p + start, (size_t)(end - start)));
}

PTXI_FN(repeat)
{
	struct ptx_str s = args[1]->s;
	int64_t count = args[0]->i;
	struct ptx_value *v = NULL;
	size_t total = 0;
	char *p = NULL;

	if (count < 0)
		return ptxi_func_fail(err, "strings: negative Repeat count");
	if (__builtin_mul_overflow((size_t)count, s.n, &total) || total > x->opts.max_memory) {
		ptx_fail(err, PTX_E_LIMIT, "the text is longer than %zu bytes", x->opts.max_memory);
		return NULL;
	}
	p = ptxi_result_room(x, total, &v);
	for (size_t i = 0; p && s.n && i < total; i += s.n)
		memcpy(p + i, s.p, s.n);
	return p ? v : NULL;
}

PTXI_FN(replace)
{
	struct ptx_str from = args[0]->s;
	struct ptx_str to = args[1]->s;
	struct ptx_str s = args[2]->s;
	struct ptx_buf b;

	if (ptxi_str_eq(from, to) || (from.n && ptxi_str_find(s, from) == SIZE_MAX))
		return args[2];
	ptxi_exec_buf(x, &b);
	ptxi_text_replace(s, from, to, SIZE_MAX, &b);
	return ptxi_result_buf(x, &b, err);
}

/* Blanks behind each newline, and before all; with `broken` a newline before that. */
static struct ptx_value *indented(struct ptxi_exec *x, int64_t spaces, struct ptx_str s,
				  bool broken, struct ptx_error **err)
{
	size_t lines = 1;
	size_t total = 0;
	struct ptx_value *v = NULL;
	const char *at = s.p;
	const char *end = s.p + s.n;
	char *p = NULL;

	if (spaces < 0)
		return ptxi_func_fail(err, "strings: negative Repeat count");
	for (const char *c = at; c < end && (c = memchr(c, '\n', (size_t)(end - c))) != NULL; c++)
		lines++;
	if (__builtin_mul_overflow((size_t)spaces, lines, &total) ||
	    __builtin_add_overflow(total, s.n + broken, &total) || total > x->opts.max_memory) {
		ptx_fail(err, PTX_E_LIMIT, "the text is longer than %zu bytes", x->opts.max_memory);
		return NULL;
	}
	p = ptxi_result_room(x, total, &v);
	if (!p)
		return NULL;
	if (broken)
		*p++ = '\n';
	for (;;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = newline ? (size_t)(newline + 1 - at) : (size_t)(end - at);

		memset(p, ' ', (size_t)spaces);
		p += spaces;
		memcpy(p, at, n);
		p += n;
		at += n;
		if (!newline)
			return v;
	}
}

PTXI_FN(indent)
{
	return indented(x, args[0]->i, args[1]->s, false, err);
}

PTXI_FN(nindent)
{
	return indented(x, args[0]->i, args[1]->s, true, err);
}

PTXI_FN(plural)
{
	return args[2]->i == 1 ? args[0] : args[1];
}

PTXI_FN(quote)
{
	struct ptx_buf b;
	bool any = false;

	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < n; i++) {
		if (args[i]->kind == PTX_NULL)
			continue;
		if (any)
			ptx_buf_addc(&b, ' ');
		ptxi_go_quote(ptxi_go_strval(args[i], x->arena), false, &b);
		any = true;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(squote)
{
	struct ptx_buf b;
	bool any = false;

	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < n; i++) {
		if (args[i]->kind == PTX_NULL)
			continue;
		ptx_buf_adds(&b, any ? " '" : "'");
		ptxi_go_print_value(args[i], x->arena, &b);
		ptx_buf_addc(&b, '\'');
		any = true;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(cat)
{
	struct ptx_buf b;
	bool any = false;

	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < n; i++) {
		if (args[i]->kind == PTX_NULL)
			continue;
		if (any)
			ptx_buf_addc(&b, ' ');
		ptxi_go_print_value(args[i], x->arena, &b);
		any = true;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(join)
{
	size_t count = 0;
	size_t total = 0;
	struct ptx_str sep = args[0]->s;
	struct ptx_str *strings = ptxi_func_strings(x, args[1], &count);
	struct ptx_value *v = NULL;
	char *p = NULL;

	for (size_t i = 0; strings && i < count; i++)
		total += strings[i].n + (i ? sep.n : 0);
	p = strings ? ptxi_result_room(x, total, &v) : NULL;
	for (size_t i = 0; p && i < count; i++) {
		if (i) {
			memcpy(p, sep.p, sep.n);
			p += sep.n;
		}
		memcpy(p, strings[i].p, strings[i].n);
		p += strings[i].n;
	}
	return p ? v : NULL;
}

/* Calls add() with the parts, at most `most` (0: none, negative: all); the last one is what is
 * left. */
static int each_part(struct ptxi_exec *x, struct ptx_str s, struct ptx_str sep, int64_t most,
		     struct ptx_value *into,
		     void (*add)(struct ptxi_exec *, struct ptx_value *, size_t, struct ptx_str),
		     struct ptx_error **err)
{
	struct ptx_str part = { NULL, 0 };

	for (size_t i = 0; most < 0 || (int64_t)i < most; i++) {
		if (most > 0 && (int64_t)i == most - 1 && s.p && (sep.n || s.n)) {
			part = s;
			s = (struct ptx_str){ NULL, 0 };
		} else if (!ptxi_text_next(&s, sep, &part)) {
			break;
		}
		if (ptxi_exec_step(x, 1, err) < 0)
			return PTX_E_LIMIT;
		add(x, into, i, part);
	}
	return 0;
}

static void add_numbered(struct ptxi_exec *x, struct ptx_value *map, size_t i, struct ptx_str part)
{
	char key[32] = "";

	snprintf(key, sizeof(key), "_%zu", i);
	ptx_value_set(map, key, ptx_value_strn(x->arena, part));
}

static void add_item(struct ptxi_exec *x, struct ptx_value *list, size_t i PTXI_UNUSED,
		     struct ptx_str part)
{
	ptx_value_append(list, ptx_value_strn(x->arena, part));
}

static struct ptx_value *split_map(struct ptxi_exec *x, struct ptx_str s, struct ptx_str sep,
				   int64_t most, struct ptx_error **err)
{
	struct ptx_value *map = ptx_value_map(x->arena);

	if (map)
		map->go = PTXI_GO_STRING_MAP;
	return map && each_part(x, s, sep, most, map, add_numbered, err) == 0 ? map : NULL;
}

PTXI_FN(split)
{
	return split_map(x, args[1]->s, args[0]->s, -1, err);
}

PTXI_FN(splitn)
{
	return split_map(x, args[2]->s, args[0]->s, args[1]->i, err);
}

PTXI_FN(split_list)
{
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);

	return list && each_part(x, args[1]->s, args[0]->s, -1, list, add_item, err) == 0 ? list
											  : NULL;
}

PTXI_FN(to_string)
{
	if (args[0]->kind == PTX_STRING)
		return args[0];
	return ptxi_value_string_in(x->arena, ptxi_go_strval(args[0], x->arena), PTX_STRING);
}

PTXI_FN(to_strings)
{
	if (args[0]->kind == PTX_LIST && ptxi_go_of(args[0]) == PTXI_GO_STRINGS)
		return args[0];
	return ptxi_func_string_list(x, args[0]);
}

static int by_bytes(const void *a, const void *b, void *user PTXI_UNUSED)
{
	struct ptx_value *const *x = a;
	struct ptx_value *const *y = b;

	return ptxi_str_cmp((*x)->s, (*y)->s);
}

/* A list that is of strings already is sorted itself, as Go's is. */
PTXI_FN(sort_alpha)
{
	struct ptx_value *list = NULL;

	if (ptxi_is_slice(args[0])) {
		list = fn_to_strings(x, args, n, err);
	} else {
		list = ptxi_go_new_list(x->arena, PTXI_GO_STRINGS);
		ptx_value_append(
		    list,
		    ptxi_value_string_in(x->arena, ptxi_go_strval(args[0], x->arena), PTX_STRING));
	}
	if (list && ptxi_sort(list->list.v, list->list.n, sizeof(*list->list.v), by_bytes, NULL))
		return list;
	return NULL;
}

/* Characters of a range of ASCII that letters and digits limit. */
static struct ptx_value *random_text(struct ptxi_exec *x, int64_t count, const char *set,
				     struct ptx_error **err)
{
	struct ptx_value *v = NULL;
	char *p = NULL;
	size_t size = strlen(set);

	if (count < 0)
		count = 0;
	if ((uint64_t)count > x->opts.max_memory || ptxi_exec_step(x, (size_t)count, err) < 0)
		return *err ? NULL
			    : ptxi_func_fail(err, "a random text of %lld characters is too long",
					     (long long)count);
	p = ptxi_result_room(x, (size_t)count, &v);
	for (int64_t i = 0; p && i < count; i++) {
		uint64_t at = 0;

		if (ptxi_exec_random_below(x, size, &at, err) < 0)
			return NULL;
		p[i] = set[at];
	}
	return p ? v : NULL;
}

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

PTXI_FN(rand_alpha)
{
	return random_text(x, args[0]->i, LETTERS, err);
}

PTXI_FN(rand_alpha_num)
{
	return random_text(x, args[0]->i, DIGITS LETTERS, err);
}

PTXI_FN(rand_numeric)
{
	return random_text(x, args[0]->i, DIGITS, err);
}

PTXI_FN(rand_ascii)
{
	return random_text(x, args[0]->i,
			   " !\"#$%&'()*+,-./" DIGITS ":;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
			   "abcdefghijklmnopqrstuvwxyz{|}~",
			   err);
}

PTXI_FN(shuffle)
{
	struct ptx_str s = args[0]->s;
	size_t count = ptxi_utf8_count(s);
	uint32_t *runes = ptxi_arena_array(x->arena, count + 1, sizeof(*runes));
	struct ptx_buf b;

	if (!runes)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t len = 0;

		runes[i] = ptxi_utf8_decode(s, &len);
		s = ptxi_str_from(s, len);
	}
	for (size_t i = count; i > 1; i--) {
		uint64_t at = 0;
		uint32_t rune = runes[i - 1];

		if (ptxi_exec_random_below(x, i, &at, err) < 0)
			return NULL;
		runes[i - 1] = runes[at];
		runes[at] = rune;
	}
	ptxi_exec_buf(x, &b);
	for (size_t i = 0; i < count; i++) {
		char bytes[4] = "";

		ptx_buf_add(&b, bytes, ptxi_utf8_encode(runes[i], bytes));
	}
	return ptxi_result_buf(x, &b, err);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "abbrev",       "is",  fn_abbrev },
	{ "abbrevboth",   "iis", fn_abbrevboth },
	{ "camelcase",    "s",   fn_camelcase },
	{ "cat",          "v*",  fn_cat },
	{ "contains",     "ss",  fn_contains },
	{ "hasPrefix",    "ss",  fn_has_prefix },
	{ "hasSuffix",    "ss",  fn_has_suffix },
	{ "indent",       "is",  fn_indent },
	{ "initials",     "s",   fn_initials },
	{ "join",         "sv",  fn_join },
	{ "kebabcase",    "s",   fn_kebabcase },
	{ "lower",        "s",   fn_lower },
	{ "nindent",      "is",  fn_nindent },
	{ "nospace",      "s",   fn_nospace },
	{ "plural",       "ssi", fn_plural },
	{ "quote",        "v*",  fn_quote },
	{ "randAlpha",    "i",   fn_rand_alpha },
	{ "randAlphaNum", "i",   fn_rand_alpha_num },
	{ "randAscii",    "i",   fn_rand_ascii },
	{ "randNumeric",  "i",   fn_rand_numeric },
	{ "repeat",       "is",  fn_repeat },
	{ "replace",      "sss", fn_replace },
	{ "shuffle",      "s",   fn_shuffle },
	{ "snakecase",    "s",   fn_snakecase },
	{ "sortAlpha",    "v",   fn_sort_alpha },
	{ "split",        "ss",  fn_split },
	{ "splitList",    "ss",  fn_split_list },
	{ "splitn",       "sis", fn_splitn },
	{ "squote",       "v*",  fn_squote },
	{ "substr",       "iis", fn_substr },
	{ "swapcase",     "s",   fn_swapcase },
	{ "title",        "s",   fn_title },
	{ "toString",     "v",   fn_to_string },
	{ "toStrings",    "v",   fn_to_strings },
	{ "trim",         "s",   fn_trim },
	{ "trimAll",      "ss",  fn_trim_all },
	{ "trimPrefix",   "ss",  fn_trim_prefix },
	{ "trimSuffix",   "ss",  fn_trim_suffix },
	{ "trimall",      "ss",  fn_trim_all },
	{ "trunc",        "is",  fn_trunc },
	{ "untitle",      "s",   fn_untitle },
	{ "upper",        "s",   fn_upper },
	{ "wrap",         "is",  fn_wrap },
	{ "wrapWith",     "iss", fn_wrap_with },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_string = { "string", rows, PTXI_COUNT(rows) };
