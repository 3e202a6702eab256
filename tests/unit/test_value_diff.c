/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/diff.h"

Suite *suite_value_diff(void);

static const struct {
	const char *a;
	const char *b;
	const char *want; /* PATH:A>B; with - for what is not there */
} rows[] = {
	{ "{\"a\":1}", "{\"a\":1.0}", "" },
	{ "{\"a\":1,\"b\":2}", "{\"a\":2,\"c\":3}", "a:1>2;b:2>-;c:->3;" },
	{ "{\"a\":{\"b\":[1,2,3]}}", "{\"a\":{\"b\":[1,5]}}", "a.b[1]:2>5;a.b[2]:3>-;" },
	{ "{\"a\":[]}", "{\"a\":{}}", "a:[]>{};" },
	{ "1", "2", ":1>2;" },
	{ "{\"a\":null}", "{}", "a:null>-;" },
};

static int note(const char *path, const struct ptx_value *a, const struct ptx_value *b, void *user)
{
	struct ptx_buf *out = user;

	ptx_buf_printf(out, "%s:", path);
	if (a)
		ptx_json_format(a, NULL, out);
	else
		ptx_buf_addc(out, '-');
	ptx_buf_addc(out, '>');
	if (b)
		ptx_json_format(b, NULL, out);
	else
		ptx_buf_addc(out, '-');
	ptx_buf_addc(out, ';');
	return 0;
}

static int stop(const char *path, const struct ptx_value *a, const struct ptx_value *b, void *user)
{
	(void)path;
	(void)a;
	(void)b;
	return ++*(int *)user == 2 ? 42 : 0;
}

START_TEST(tells_what_differs)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_value_diff(ptx_json_parse(a, ptxi_str(rows[_i].a), NULL, NULL),
					 ptx_json_parse(a, ptxi_str(rows[_i].b), NULL, NULL), note,
					 &out),
			 0);
	ck_assert_str_eq(out.p, rows[_i].want);
}
END_TEST

START_TEST(stops_when_told)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	int n = 0;

	ck_assert_int_eq(ptxi_value_diff(ptx_json_parse(a, PTXI_STR("[1,2,3]"), NULL, NULL),
					 ptx_json_parse(a, PTXI_STR("[4,5,6]"), NULL, NULL), stop,
					 &n),
			 42);
	ck_assert_int_eq(n, 2);
}
END_TEST

Suite *suite_value_diff(void)
{
	Suite *s = suite_create("value_diff");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, tells_what_differs, 0, (int)PTXI_COUNT(rows));
	tcase_add_test(t, stops_when_told);
	suite_add_tcase(s, t);
	return s;
}
