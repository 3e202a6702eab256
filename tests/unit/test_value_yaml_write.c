/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>

#include "value/codec.h"

Suite *suite_value_yaml_write(void);

static const struct {
	const char *json;
	const char *want;
} rows[] = {
	{ "{}", "{}\n" },
	{ "[]", "[]\n" },
	{ "null", "null\n" },
	{ "{\"b\":[1,{\"x\":[],\"a\":{}},[2,[3]]],\"a\":{\"c\":null}}",
	  "a:\n  c: null\nb:\n- 1\n- a: {}\n  x: []\n- - 2\n  - - 3\n" },
	{ "{\"a10\":1,\"a9\":2,\"a\":3,\"A\":4,\"_\":5,\"1\":6,\"\xc3\xa9\":7}",
	  "_: 5\n\"1\": 6\nA: 4\na: 3\na9: 2\na10: 1\n\xc3\xa9: 7\n" },
	{ "[\"yes\",\"y\",\"~\",\"\",\"12\",\"1e3\",\"0x1\",\"2020-01-01\",\"12:30:45\",\"1:2\","
	  "\"null\",\"nope\",\"=\",\"<<\"]",
	  "- \"yes\"\n- \"y\"\n- \"~\"\n- \"\"\n- \"12\"\n- \"1e3\"\n- \"0x1\"\n- "
	  "\"2020-01-01\"\n- \"12:30:45\"\n- \"1:2\"\n"
	  "- \"null\"\n- nope\n- =\n- <<\n" },
	{ "[\"a: b\",\"a:b\",\"# c\",\"a #b\",\"a#b\",\"- x\",\"-x\",\"@a\",\"it's\",\"'q\",\" "
	  "a\",\"a \",\"---\",\"...x\",\"a,b]\"]",
	  "- 'a: b'\n- a:b\n- '# c'\n- 'a #b'\n- a#b\n- '- x'\n- -x\n- '@a'\n- it's\n- '''q'\n- ' "
	  "a'\n- 'a '\n- '---'\n"
	  "- '...x'\n- a,b]\n" },
	{ "[\"a\\nb\",\"a\\nb\\n\",\"a\\n\\n\",\"\\na\",\" a\\nb\",\"a "
	  "\\nb\",\"a\\tb\",\"a\\n\\tb\",\"\\n\",\"\xf0\x9f\x98\x80\"]",
	  "- |-\n  a\n  b\n- |\n  a\n  b\n- |+\n  a\n\n- |2-\n\n  a\n- |2-\n   a\n  b\n- \"a "
	  "\\nb\"\n- \"a\\tb\"\n- \"a\\n\\tb\"\n- |2+\n\n"
	  "- \"\\U0001F600\"\n" },
	{ "{\"k\":[1,1.0,1.5,1e3,1e20,1e21,-0,0.00001,12345678901,18446744073709551615]}",
	  "k:\n- 1\n- 1\n- 1.5\n- 1000\n- 1e+20\n- 1e+21\n- 0\n- 1e-05\n- 12345678901\n- "
	  "18446744073709551615\n" },
	{ "{\"a\\nb\":{\"c\":1}}", "? |-\n  a\n  b\n: c: 1\n" },
};

START_TEST(writes)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(rows[_i].json), NULL, NULL);

	ck_assert_ptr_nonnull(v);
	ptx_buf_init(&out, 0);
	ptx_yaml_format(v, &out);
	ck_assert_str_eq(out.p, rows[_i].want);
}
END_TEST

START_TEST(folds_long_lines)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf text = { 0 };
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_value_map(a);

	ptx_buf_init(&text, 0);
	ptx_buf_init(&out, 0);
	ptx_buf_fill(&text, 'x', 90);
	ptx_buf_adds(&text, " y z");
	ptx_value_set_string(v, "k", text.p);
	ptx_yaml_format(v, &out);
	ck_assert_uint_eq(out.n, 3 + 90 + 3 + 3 + 1);
	ck_assert_str_eq(out.p + 3 + 90, "\n  y z\n");
}
END_TEST

START_TEST(a_cycle_ends)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *list = ptx_value_list(a);
	ptx_auto_buf out = { 0 };

	ptx_value_append(list, list);
	ptx_buf_init(&out, 1u << 20);
	ptx_yaml_format(list, &out);
	ck_assert_int_eq(out.status, PTX_E_LIMIT);
}
END_TEST

Suite *suite_value_yaml_write(void)
{
	Suite *s = suite_create("value_yaml_write");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, writes, 0, (int)PTXI_COUNT(rows));
	tcase_add_test(t, folds_long_lines);
	tcase_add_test(t, a_cycle_ends);
	suite_add_tcase(s, t);
	return s;
}
