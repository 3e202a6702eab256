/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>

#include "value/value.h"

Suite *suite_value_value(void);

START_TEST(map_keeps_order_and_finds)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *m = ptx_value_map(a);
	char key[16] = "";

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", (i * 7919) % 1000);
		ptx_value_set_int(m, key, i);
	}
	ck_assert_uint_eq(ptx_value_count(m), 1000);
	for (int i = 0; i < 1000; i++) {
		struct ptx_str k = { NULL, 0 };

		snprintf(key, sizeof(key), "k%d", (i * 7919) % 1000);
		ck_assert_int_eq(ptx_value_as_int(ptx_value_get(m, key), -1), i);
		ck_assert_int_eq(ptx_value_as_int(ptx_value_entry(m, (size_t)i, &k), -1), i);
		ck_assert_str_eq(k.p, key);
	}
	ck_assert(ptx_value_remove(m, "k500"));
	ck_assert(!ptx_value_remove(m, "k500"));
	ck_assert(!ptx_value_has(m, "k500"));
	ck_assert(ptx_value_has(m, "k501"));
	ck_assert_uint_eq(ptx_value_count(m), 999);
}
END_TEST

START_TEST(an_exhausted_arena_is_sticky_and_harmless)
{
	ptx_auto(arena) a = ptx_arena_new(4096);
	struct ptx_value *list = ptx_value_list(a);

	for (int i = 0; i < 10000; i++)
		ptx_value_append(list, ptx_value_int(a, i));
	ck_assert_int_eq(ptx_arena_status(a), PTX_E_LIMIT);
	ck_assert_uint_lt(ptx_value_count(list), 10000);
	ck_assert_ptr_null(ptx_value_string(a, "x"));
	ck_assert_int_eq(ptx_value_kind(NULL), PTX_NULL);
}
END_TEST

START_TEST(numbers_keep_their_kind)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	ck_assert_int_eq(ptx_value_kind(ptx_value_uint(a, 5)), PTX_INT);
	ck_assert_int_eq(ptx_value_kind(ptx_value_uint(a, UINT64_MAX)), PTX_UINT);
	ck_assert_int_eq(ptx_value_as_int(ptx_value_number(a, ptxi_str("3.0")), -1), 3);
	ck_assert_int_eq(ptx_value_as_int(ptx_value_number(a, ptxi_str("3.5")), -1), -1);
	ck_assert_int_eq(ptx_value_as_int(ptx_value_string(a, "3"), -1), -1);
	ck_assert(ptx_value_as_float(ptx_value_number(a, ptxi_str("1e3")), 0) == 1000.0);
}
END_TEST

START_TEST(a_copy_outlives_its_source)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_arena *source = ptx_arena_new(0);
	struct ptx_value *m = ptx_value_map(source);
	struct ptx_value *list = ptx_value_list(source);
	struct ptx_value *to = NULL;

	ptx_value_set_string(m, "name", "n\xc3\xa9");
	ptx_value_append(list, ptx_value_float(source, 1.5));
	ptx_value_append(list, ptx_value_bool(source, true));
	ptx_value_set(m, "list", list);
	to = ptx_value_copy(a, m);
	ptx_arena_free(source);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(to, "name"), ""), "n\xc3\xa9");
	ck_assert(ptx_value_as_float(ptx_value_at(ptx_value_get(to, "list"), 0), 0) == 1.5);
	ck_assert(ptx_value_as_bool(ptx_value_at(ptx_value_get(to, "list"), 1), false));
}
END_TEST

Suite *suite_value_value(void)
{
	Suite *s = suite_create("value/value");
	TCase *t = tcase_create("value");

	tcase_add_test(t, map_keeps_order_and_finds);
	tcase_add_test(t, an_exhausted_arena_is_sticky_and_harmless);
	tcase_add_test(t, numbers_keep_their_kind);
	tcase_add_test(t, a_copy_outlives_its_source);
	suite_add_tcase(s, t);
	return s;
}
