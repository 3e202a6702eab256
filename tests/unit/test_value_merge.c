/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/merge.h"

Suite *suite_value_merge(void);

static const struct {
	const char *base;
	const char *over;
	const char *merged;
	const char *patched;
} rows[] = {
	{ "{\"a\":1}", "{\"b\":2}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}" },
	{ "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":3}}", "{\"a\":{\"b\":3,\"c\":2}}",
	  "{\"a\":{\"b\":3,\"c\":2}}" },
	{ "{\"a\":[1,2]}", "{\"a\":[3]}", "{\"a\":[3]}", "{\"a\":[3]}" },
	{ "{\"a\":1,\"b\":2}", "{\"a\":null}", "{\"a\":null,\"b\":2}", "{\"b\":2}" },
	{ "{\"a\":1}", "{\"a\":{\"b\":null,\"c\":1}}", "{\"a\":{\"b\":null,\"c\":1}}",
	  "{\"a\":{\"c\":1}}" },
	{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{\"ccc\":null}}}",
	  "{\"a\":{\"bb\":{}}}" },
	{ "{\"a\\u0000b\":1,\"a\":2}", "{\"a\\u0000b\":null}", "{\"a\\u0000b\":null,\"a\":2}",
	  "{\"a\":2}" },
	{ "{\"a\":1}", "null", "{\"a\":1}", "{\"a\":1}" },
};

static void check(const char *base, const char *over, const char *want, bool patch)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(base), NULL, NULL);
	struct ptx_arena *other = ptx_arena_new(0);
	struct ptx_value *o = ptx_json_parse(other, ptxi_str(over), NULL, NULL);

	ck_assert_int_eq(
	    patch ? ptxi_value_merge_patch(a, v, o, NULL) : ptxi_value_merge(a, v, o, NULL), 0);
	ptx_arena_free(other);
	ptx_buf_init(&out, 0);
	ptx_json_format(v, NULL, &out);
	ck_assert_str_eq(out.p, want);
}

START_TEST(lays_over)
{
	check(rows[_i].base, rows[_i].over, rows[_i].merged, false);
	check(rows[_i].base, rows[_i].over, rows[_i].patched, true);
}
END_TEST

START_TEST(refuses)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *cycle = ptx_value_map(a);
	struct ptx_value *other = ptx_value_map(a);

	ptx_value_set(cycle, "a", cycle);
	ptx_value_set(other, "a", other);
	ck_assert_int_eq(ptxi_value_merge(a, cycle, other, NULL), PTX_E_LIMIT);
	ck_assert_int_eq(ptxi_value_merge(a, ptx_value_list(a), other, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_value_merge(a, other, ptx_value_list(a), NULL), PTX_E_INVALID);
}
END_TEST

Suite *suite_value_merge(void)
{
	Suite *s = suite_create("value_merge");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, lays_over, 0, (int)PTXI_COUNT(rows));
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	return s;
}
