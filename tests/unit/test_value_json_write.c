/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "value/codec.h"

Suite *suite_value_json_write(void);

/* clang-format off */
static const struct {
	double f;
	const char *want;
} doubles[] = {
	{ 0, "0" },           { -0.0, "-0" },           { 1, "1" },
	{ 1.5, "1.5" },       { -1.5e-5, "-0.000015" }, { 1e-6, "0.000001" },
	{ 9.99e-7, "9.99e-7" }, { 1e-7, "1e-7" },       { 1e20, "100000000000000000000" },
	{ 1e21, "1e+21" },    { 1.25e21, "1.25e+21" },  { 123456789, "123456789" },
	{ 0.1, "0.1" },       { 1.0 / 3, "0.3333333333333333" }, { 5e-324, "5e-324" },
	{ 1.7976931348623157e308, "1.7976931348623157e+308" },   { 9007199254740993.0, "9007199254740992" },
	{ INFINITY, "null" }, { NAN, "null" },          { 4.35, "4.35" },
};
/* clang-format on */

START_TEST(doubles_as_go)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_json_double(doubles[_i].f, &out);
	ck_assert_str_eq(out.p, doubles[_i].want);
}
END_TEST

static const struct {
	const char *text;
	size_t n;
	bool html;
	const char *want;
} strings[] = {
	{ "a<b>&c", 6, false, "\"a<b>&c\"" },
	{ "a<b>&c", 6, true, "\"a\\u003cb\\u003e\\u0026c\"" },
	{ "\xe2\x80\xa8\xe2\x80\xa9", 6, false, "\"\\u2028\\u2029\"" },
	{ "\x00\x1f\x7f", 3, false, "\"\\u0000\\u001f\x7f\"" },
	{ "\xff\xc3\xa9", 3, false, "\"\\ufffd\xc3\xa9\"" },
	{ "\b\f\n\r\t\"\\/", 8, false, "\"\\b\\f\\n\\r\\t\\\"\\\\/\"" },
};

START_TEST(strings_as_go)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_json_quote(ptxi_strn(strings[_i].text, strings[_i].n), strings[_i].html, &out);
	ck_assert_str_eq(out.p, strings[_i].want);
}
END_TEST

START_TEST(styles)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v =
	    ptx_json_parse(a, PTXI_STR("{\"b\":[1,{}],\"a\":{\"d\":[],\"c\":\"<\"}}"), NULL, NULL);
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	style.indent = 2;
	style.sort_keys = true;
	style.escape_html = true;
	ptx_json_format(v, &style, &out);
	ck_assert_str_eq(out.p, "{\n  \"a\": {\n    \"c\": \"\\u003c\",\n    \"d\": []\n  },\n  "
				"\"b\": [\n    1,\n    {}\n  ]\n}");
}
END_TEST

START_TEST(kinds_that_json_has_not)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *list = ptx_value_list(a);
	ptx_auto_buf out = { 0 };

	ptx_value_append(list, ptx_value_bytes(a, "\xff\x00\x01", 3));
	ptx_value_append(list, ptx_value_time(a, 1767323045, 0, 0));
	ptx_value_append(list, ptx_value_uint(a, UINT64_MAX));
	ptx_value_append(list, NULL);
	ptx_buf_init(&out, 0);
	ptx_json_format(list, NULL, &out);
	ck_assert_str_eq(out.p, "[\"/wAB\",\"2026-01-02T03:04:05Z\",18446744073709551615,null]");
}
END_TEST

START_TEST(a_cycle_ends)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *list = ptx_value_list(a);
	ptx_auto_buf out = { 0 };

	ptx_value_append(list, list);
	ptx_buf_init(&out, 0);
	ptx_json_format(list, NULL, &out);
	ck_assert_int_eq(out.status, PTX_E_LIMIT);
}
END_TEST

Suite *suite_value_json_write(void)
{
	Suite *s = suite_create("value_json_write");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, doubles_as_go, 0, (int)PTXI_COUNT(doubles));
	tcase_add_loop_test(t, strings_as_go, 0, (int)PTXI_COUNT(strings));
	tcase_add_test(t, styles);
	tcase_add_test(t, kinds_that_json_has_not);
	tcase_add_test(t, a_cycle_ends);
	suite_add_tcase(s, t);
	return s;
}
