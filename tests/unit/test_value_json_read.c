/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"

Suite *suite_value_json_read(void);

/* Texts and what they are as JSON written again, numbers by their text. */
static const struct {
	const char *text;
	const char *want;
} good[] = {
	{ "null", "null" },
	{ " \t\r\n[ ] ", "[]" },
	{ "{}", "{}" },
	{ "[1,-0,0.5,1e3,1E+30,12345678901234567890123]",
	  "[1,-0,0.5,1e3,1E+30,12345678901234567890123]" },
	{ "{\"b\":1,\"a\":[true,false,null]}", "{\"b\":1,\"a\":[true,false,null]}" },
	{ "\"\\u0041\\n\\\"\\\\\\/\\b\\f\\r\\t\"", "\"A\\n\\\"\\\\/\\b\\f\\r\\t\"" },
	{ "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
	{ "\"\\ud800x\"", "\"\xef\xbf\xbdx\"" },
	{ "\"\\udc00\\ud800\"", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\"\\ud800\\u0041\"", "\"\xef\xbf\xbd\x41\"" },
	{ "\"\\u0000\"", "\"\\u0000\"" },
	{ "\"a long string without anything special, and one \\\" quote\"",
	  "\"a long string without anything special, and one \\\" quote\"" },
	{ "{\"\":{\"\":\"\"}}", "{\"\":{\"\":\"\"}}" },
};

START_TEST(reads)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(good[_i].text), NULL, &err);

	ck_assert_msg(v, "%s: %s", good[_i].text, err ? ptx_error_message(err) : "");
	ptx_buf_init(&out, 0);
	ptx_json_format(v, NULL, &out);
	ck_assert_str_eq(out.p, good[_i].want);
}
END_TEST

static const struct {
	const char *text;
	int code;
	unsigned line;
	unsigned column;
	const char *message; /* a part of it */
	const char *hint;    /* a part of it, or NULL */
} bad[] = {
	{ "", PTX_E_SYNTAX, 1, 1, "unexpected end of the text, expected a value", NULL },
	{ "[1,]", PTX_E_SYNTAX, 1, 4, "unexpected ']', expected a value", "remove the comma" },
	{ "{\"a\":1,\n }", PTX_E_SYNTAX, 2, 2, "unexpected '}', expected a key", NULL },
	{ "{\"a\":1, }", PTX_E_SYNTAX, 1, 9, "unexpected '}', expected a key", "remove the comma" },
	{ "[1 2]", PTX_E_SYNTAX, 1, 4, "expected ',' or ']'", "comma is missing" },
	{ "[,1]", PTX_E_SYNTAX, 1, 2, "unexpected ',', expected a value", NULL },
	{ "{\"a\" 1}", PTX_E_SYNTAX, 1, 6, "expected ':' after the key", NULL },
	{ "{a:1}", PTX_E_SYNTAX, 1, 2, "unexpected 'a', expected a key in double quotes", NULL },
	{ "{'a':1}", PTX_E_SYNTAX, 1, 2, "unexpected '''", "double quotes" },
	{ "['a']", PTX_E_SYNTAX, 1, 2, "unexpected '''", "double quotes" },
	{ "// x\n1", PTX_E_SYNTAX, 1, 1, "unexpected '/'", "no comments" },
	{ "1 # x", PTX_E_SYNTAX, 1, 3, "expected the end of the text", "no comments" },
	{ "1 2", PTX_E_SYNTAX, 1, 3, "unexpected '2', expected the end of the text", NULL },
	{ "True", PTX_E_SYNTAX, 1, 1, "unexpected 'True', expected a value", "true" },
	{ "NaN", PTX_E_SYNTAX, 1, 1, "unexpected 'NaN'", "no such number" },
	{ "-Infinity", PTX_E_SYNTAX, 1, 1, "unexpected '-Infinity'", "no such number" },
	{ "01", PTX_E_SYNTAX, 1, 1, "does not begin with a zero", NULL },
	{ "1.", PTX_E_SYNTAX, 1, 3, "a digit after the decimal point", NULL },
	{ "1e", PTX_E_SYNTAX, 1, 3, "a digit in the exponent", NULL },
	{ "+1", PTX_E_SYNTAX, 1, 1, "unexpected '+'", "begins with a digit" },
	{ "-", PTX_E_SYNTAX, 1, 2, "expected a digit", NULL },
	{ "\"abc", PTX_E_SYNTAX, 1, 1, "no closing quote", NULL },
	{ "\"a\nb\"", PTX_E_SYNTAX, 1, 1, "no closing quote on its line", "\\n" },
	{ "\"a\tb\"", PTX_E_SYNTAX, 1, 3, "control character 0x09", "\\t" },
	{ "\"\\x\"", PTX_E_SYNTAX, 1, 2, "'\\x' is not an escape", "\\\\" },
	{ "\"\\u12g4\"", PTX_E_SYNTAX, 1, 2, "four hexadecimal digits", NULL },
	{ "\"\\", PTX_E_SYNTAX, 1, 1, "no closing quote", NULL },
	{ "\"\xff\"", PTX_E_SYNTAX, 1, 2, "byte 0xff is not UTF-8", NULL },
	{ "\"\xc3\xa9\xed\xa0\x80\"", PTX_E_SYNTAX, 1, 3, "byte 0xed is not UTF-8", NULL },
	{ "\xef\xbb\xbf{}", PTX_E_SYNTAX, 1, 1, "byte order mark", "without" },
	{ "[[1]", PTX_E_SYNTAX, 1, 5, "unexpected end", "line 1, column 1 is not closed" },
	{ "{\"\xc3\xa9\": \"\xe4\xb8\xad\", 5}", PTX_E_SYNTAX, 1, 12,
	  "unexpected '5', expected a key", NULL },
	{ "{\"a\":1,\n\"b\":2,\n  \"a\":3}", PTX_E_SYNTAX, 3, 3,
	  "'a' is already used at line 1, column 2", NULL },
	{ "\x01", PTX_E_SYNTAX, 1, 1, "control character 0x01", NULL },
};

START_TEST(refuses)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	const struct ptx_where *where = NULL;

	ck_assert_ptr_null(ptx_json_parse(a, ptxi_str(bad[_i].text), NULL, &err));
	ck_assert_ptr_nonnull(err);
	ck_assert_int_eq(ptx_error_code(err), bad[_i].code);
	ck_assert_msg(strstr(ptx_error_message(err), bad[_i].message), "'%s'",
		      ptx_error_message(err));
	where = ptx_error_where(err);
	ck_assert_ptr_nonnull(where);
	ck_assert_msg(where->line == bad[_i].line && where->column == bad[_i].column,
		      "%s: at %u:%u", bad[_i].text, where->line, where->column);
	if (bad[_i].hint)
		ck_assert_msg(ptx_error_hint(err) && strstr(ptx_error_hint(err), bad[_i].hint),
			      "hint '%s'", ptx_error_hint(err) ? ptx_error_hint(err) : "");
}
END_TEST

START_TEST(knows_where_everything_is)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	struct ptx_where w = { 0 };

	opts.file = "answers.json";
	v = ptx_json_parse(
	    a, PTXI_STR("{\n  \"\xc3\xa9\xc3\xa9\": [1, \"\xe4\xb8\xad\", {}],\n\t\"b\": null\n}"),
	    &opts, NULL);
	ck_assert_ptr_nonnull(v);
	w = ptx_value_where(ptx_value_at(ptx_value_get(v, "\xc3\xa9\xc3\xa9"), 2));
	ck_assert_str_eq(w.file, "answers.json");
	ck_assert_uint_eq(w.line, 2);
	ck_assert_uint_eq(w.column, 18);
	w = ptx_value_where(ptx_value_get(v, "b"));
	ck_assert_uint_eq(w.line, 3);
	ck_assert_uint_eq(w.column, 7);
	ck_assert_uint_eq(ptxi_value_find(v, PTXI_STR("b"))->pos.column, 2);
}
END_TEST

START_TEST(warns_of_duplicates_and_takes_the_last)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	struct ptx_str first = { NULL, 0 };

	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.diags = diags;
	v = ptx_json_parse(a, PTXI_STR("{\"a\":1,\"b\":2,\"\\u0061\":3}"), &opts, NULL);
	ck_assert_int_eq(ptx_value_as_int(ptx_value_entry(v, 0, &first), 0), 3);
	ck_assert_str_eq(first.p, "a");
	ck_assert_uint_eq(ptx_value_count(v), 2);
	ck_assert_uint_eq(ptx_diags_count(diags), 1);
	ck_assert_str_eq(ptx_diags_at(diags, 0)->rule, "json-duplicate-key");
	ck_assert_uint_eq(ptx_diags_at(diags, 0)->where.column, 14);
}
END_TEST

START_TEST(keeps_its_limits)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(arena) small = ptx_arena_new(8192);
	ptx_auto(error) deep = NULL;
	ptx_auto(error) large = NULL;
	ptx_auto(error) full = NULL;
	ptx_auto_buf text = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	ptx_buf_init(&text, 0);
	ptx_buf_fill(&text, '[', 1000);
	ptx_buf_fill(&text, ']', 1000);
	ck_assert_ptr_nonnull(ptx_json_parse(a, ptx_buf_str(&text), NULL, NULL));
	ck_assert_ptr_null(ptx_json_parse(small, ptx_buf_str(&text), NULL, &full));
	ck_assert_int_eq(ptx_error_code(full), PTX_E_LIMIT);
	ptx_buf_fill(&text, '[', 100000);
	opts.max_depth = 1000000;
	ck_assert_ptr_null(
	    ptx_json_parse(a, ptxi_str_from(ptx_buf_str(&text), 2000), &opts, &deep));
	ck_assert_int_eq(ptx_error_code(deep), PTX_E_LIMIT);
	opts.max_bytes = 10;
	ck_assert_ptr_null(ptx_json_parse(a, PTXI_STR("[1,2,3,4,5]"), &opts, &large));
	ck_assert_int_eq(ptx_error_code(large), PTX_E_LIMIT);
}
END_TEST

START_TEST(numbers_as_asked)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_str text =
	    PTXI_STR("[1,18446744073709551615,18446744073709551616,1.0,-9223372036854775808]");
	static const enum ptx_kind exact[] = { PTX_INT, PTX_UINT, PTX_FLOAT, PTX_FLOAT, PTX_INT };
	struct ptx_value *v = NULL;

	opts.numbers = PTX_NUMBERS_EXACT;
	v = ptx_json_parse(a, text, &opts, NULL);
	for (size_t i = 0; i < PTXI_COUNT(exact); i++)
		ck_assert_int_eq(ptx_value_kind(ptx_value_at(v, i)), exact[i]);
	opts.numbers = PTX_NUMBERS_FLOAT;
	v = ptx_json_parse(a, text, &opts, NULL);
	for (size_t i = 0; i < PTXI_COUNT(exact); i++)
		ck_assert_int_eq(ptx_value_kind(ptx_value_at(v, i)), PTX_FLOAT);
	ck_assert_ptr_null(ptx_json_parse(a, PTXI_STR("1e999"), &opts, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_LIMIT);
}
END_TEST

START_TEST(reads_a_prefix)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	size_t used = 0;
	struct ptx_value *v =
	    ptxi_json_parse_prefix(a, PTXI_STR(" {\"a\":1} ,b"), NULL, &used, NULL);

	ck_assert_int_eq(ptx_value_kind(v), PTX_MAP);
	ck_assert_uint_eq(used, 8);
}
END_TEST

Suite *suite_value_json_read(void)
{
	Suite *s = suite_create("value_json_read");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, reads, 0, (int)PTXI_COUNT(good));
	tcase_add_loop_test(t, refuses, 0, (int)PTXI_COUNT(bad));
	tcase_add_test(t, knows_where_everything_is);
	tcase_add_test(t, warns_of_duplicates_and_takes_the_last);
	tcase_add_test(t, keeps_its_limits);
	tcase_add_test(t, numbers_as_asked);
	tcase_add_test(t, reads_a_prefix);
	suite_add_tcase(s, t);
	return s;
}
