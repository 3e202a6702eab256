/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"

Suite *suite_value_toml_read(void);

/* Texts and what they are as JSON. */
static const struct {
	const char *text;
	const char *want;
} good[] = {
	{ "", "{}" },
	{ "\xef\xbb\xbf# only\r\n", "{}" },
	{ "a = 1\nb=-0x\n#", NULL },
	{ "a = 1\nb = -17\nc = 0xFf\nd = 0o17\ne = 0b101\nf = 1_000",
	  "{\"a\":1,\"b\":-17,\"c\":255,\"d\":15,\"e\":5,\"f\":1000}" },
	{ "a = 9223372036854775807\nb = -9223372036854775808",
	  "{\"a\":9223372036854775807,\"b\":-9223372036854775808}" },
	{ "a = 1.5\nb = -2e3\nc = 6.626e-34\nd = inf",
	  "{\"a\":1.5,\"b\":-2000,\"c\":6.626e-34,\"d\":null}" },
	{ "a = true\nb = false", "{\"a\":true,\"b\":false}" },
	{ "a = \"\\u00e9\\x41\\e\\t\\\"\"\nb = 'C:\\x'", "{\"a\":\"\xc3\xa9"
							 "A\\u001b\\t\\\"\",\"b\":\"C:\\\\x\"}" },
	{ "a = \"\"\"\n1\\\n   2\"\"\"\nb = '''\nx'y''''", "{\"a\":\"12\",\"b\":\"x'y'\"}" },
	{ "a = \"\"\"x\"\"\"\"\"\nb = \"\"\"\"\"\"", "{\"a\":\"x\\\"\\\"\",\"b\":\"\"}" },
	{ "a = [1, [2, 'x'], # c\n 3,\n]", "{\"a\":[1,[2,\"x\"],3]}" },
	{ "a = {b = 1, c.d = 2,\n}", "{\"a\":{\"b\":1,\"c\":{\"d\":2}}}" },
	{ "a.b.c = 1\na.b.d = 2\n\"x.y\" . z = 3",
	  "{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"x.y\":{\"z\":3}}" },
	{ "[t.u]\na=1\n[t]\nb=2", "{\"t\":{\"u\":{\"a\":1},\"b\":2}}" },
	{ "[[t]]\na=1\n[t.s]\nb=2\n[[t]]\n[[t.l]]\nc=3",
	  "{\"t\":[{\"a\":1,\"s\":{\"b\":2}},{\"l\":[{\"c\":3}]}]}" },
	{ "a = [{b = 1}, {b = 2}]", "{\"a\":[{\"b\":1},{\"b\":2}]}" },
	{ "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 00:32:00.999-07:00",
	  "{\"a\":\"1979-05-27T07:32:00Z\",\"b\":\"1979-05-27T00:32:00.999-07:00\"}" },
	/* as Go's decoder: what a dotted key made may be written out once more */
	{ "a.b = 1\n[a]\nc = 2", "{\"a\":{\"b\":1,\"c\":2}}" },
};

START_TEST(reads)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_toml_parse(a, ptxi_str(good[_i].text), NULL, &err);

	if (!good[_i].want) {
		ck_assert_ptr_null(v);
		return;
	}
	ck_assert_msg(v, "%s: %s", good[_i].text, err ? ptx_error_message(err) : "");
	ptx_buf_init(&out, 0);
	ptx_json_format(v, NULL, &out);
	ck_assert_str_eq(out.p, good[_i].want);
}
END_TEST

static const struct {
	const char *text;
	int code;
	unsigned line, column;
	const char *message; /* a part of it */
} bad[] = {
	{ "a", PTX_E_SYNTAX, 1, 2, "'=' is missing after the key" },
	{ "a = ", PTX_E_SYNTAX, 1, 5, "a value is missing" },
	{ "a = 1 b = 2", PTX_E_SYNTAX, 1, 7, "behind the end" },
	{ "\n\xc3\xa9 = 1", PTX_E_SYNTAX, 2, 1, "needs quotes" },
	{ "a = 1\na = 2", PTX_E_SYNTAX, 2, 1, "the key 'a' is already defined" },
	{ "a = 1\n[a.b]", PTX_E_SYNTAX, 2, 2, "is no table" },
	{ "a = 1\na.b = 2", PTX_E_SYNTAX, 2, 3, "no table" },
	{ "a = []\n[[a]]", PTX_E_SYNTAX, 2, 3, "no array of tables" },
	{ "[a]\n[a]", PTX_E_SYNTAX, 2, 2, "already defined" },
	{ "a = {b = 1, b = 2}", PTX_E_SYNTAX, 1, 13, "already defined" },
	{ "a = \"x\n\"", PTX_E_SYNTAX, 1, 5, "no closing quote" },
	{ "a = \"\"\"x\n\n", PTX_E_SYNTAX, 1, 5, "no closing quote" },
	{ "a = \"\\q\"", PTX_E_SYNTAX, 1, 6, "no escape" },
	{ "a = \"\\ud800\"", PTX_E_SYNTAX, 1, 6, "no character" },
	{ "a = \"\x01\"", PTX_E_SYNTAX, 1, 6, "control character 0x01" },
	{ "a = '\xff'", PTX_E_SYNTAX, 1, 6, "not UTF-8" },
	{ "# \x01", PTX_E_SYNTAX, 1, 3, "in a comment" },
	{ "a = 01", PTX_E_SYNTAX, 1, 5, "no value" },
	{ "a = 1__0", PTX_E_SYNTAX, 1, 5, "no value" },
	{ "a = 1.", PTX_E_SYNTAX, 1, 5, "no value" },
	{ "a = yes", PTX_E_SYNTAX, 1, 5, "'yes' is no value" },
	{ "a = 9223372036854775808", PTX_E_LIMIT, 1, 5, "out of range" },
	{ "a = 0x8000000000000000", PTX_E_LIMIT, 1, 5, "out of range" },
	{ "a = 2021-02-29", PTX_E_SYNTAX, 1, 5, "no date" },
	{ "a = 24:00:00", PTX_E_SYNTAX, 1, 5, "no date" },
	{ "a = [1 2]", PTX_E_SYNTAX, 1, 8, "',' is missing" },
	{ "[a", PTX_E_SYNTAX, 1, 3, "']' is missing" },
	{ "[[a]\n", PTX_E_SYNTAX, 1, 5, "']' is missing" },
};

START_TEST(refuses)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	opts.file = "r.toml";
	ck_assert_msg(!ptx_toml_parse(a, ptxi_str(bad[_i].text), &opts, &err), "%s is read",
		      bad[_i].text);
	ck_assert_int_eq(ptx_error_code(err), bad[_i].code);
	ck_assert_msg(strstr(ptx_error_message(err), bad[_i].message), "%s",
		      ptx_error_message(err));
	ck_assert_str_eq(ptx_error_where(err)->file, "r.toml");
	ck_assert_uint_eq(ptx_error_where(err)->line, bad[_i].line);
	ck_assert_uint_eq(ptx_error_where(err)->column, bad[_i].column);
}
END_TEST

START_TEST(is_bounded)
{
	static const char *const open[] = { "[", "{a=", "a." };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, _i < 2 ? "x = " : "");
	for (int i = 0; i < 100000; i++)
		ptx_buf_adds(&text, open[_i]);
	ck_assert_ptr_null(ptx_toml_parse(a, ptx_buf_str(&text), NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_LIMIT);
}
END_TEST

START_TEST(keeps_places_and_kinds)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	struct ptx_value *d = NULL;

	opts.file = "x.toml";
	v = ptx_toml_parse(a, ptxi_str("[t]\n  d = 07:32:00\n  e = 1\n"), &opts, NULL);
	d = ptx_value_get(ptx_value_get(v, "t"), "d");
	ck_assert_int_eq(ptx_value_kind(d), PTX_TIME);
	ck_assert_int_eq(d->time->local, PTXI_LOCAL_TIME);
	ck_assert_uint_eq(ptx_value_where(d).line, 2);
	ck_assert_uint_eq(ptx_value_where(d).column, 7);
	ck_assert_str_eq(ptx_value_where(d).file, "x.toml");
	ck_assert_int_eq(ptx_value_copy(a, d)->time->local, PTXI_LOCAL_TIME);
	ck_assert_str_eq(ptxi_codec_for_file("a.toml")->name, "toml");
}
END_TEST

Suite *suite_value_toml_read(void)
{
	Suite *s = suite_create("value/toml_read");
	TCase *tc = tcase_create("toml_read");

	tcase_add_loop_test(tc, reads, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tc, refuses, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_loop_test(tc, is_bounded, 0, 3);
	tcase_add_test(tc, keeps_places_and_kinds);
	suite_add_tcase(s, tc);
	return s;
}
