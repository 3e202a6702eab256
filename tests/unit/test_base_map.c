/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/map.h"

Suite *suite_base_map(void);

START_TEST(keeps_order_through_growth_and_removal)
{
	ptxi_auto(map) m = ptxi_map_new(NULL);
	static int values[5000];
	char key[16];
	const char *at = NULL;

	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "k%d", i * 7919 % 5000);
		ck_assert_int_eq(ptxi_map_set(m, key, &values[i]), 0);
	}
	ck_assert_uint_eq(ptxi_map_count(m), 5000);
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "k%d", i * 7919 % 5000);
		ck_assert_ptr_eq(ptxi_map_get(m, key), &values[i]);
		ck_assert_ptr_eq(ptxi_map_at(m, (size_t)i, &at), &values[i]);
		ck_assert_str_eq(at, key);
	}
	for (int i = 4999; i >= 4900; i--) {
		snprintf(key, sizeof(key), "k%d", i * 7919 % 5000);
		ck_assert(ptxi_map_remove(m, key));
		ck_assert(!ptxi_map_remove(m, key));
	}
	ck_assert(ptxi_map_remove(m, "k0"));
	ck_assert_ptr_eq(ptxi_map_at(m, 0, NULL), &values[1]);
	ck_assert_uint_eq(ptxi_map_count(m), 4899);
	ck_assert_ptr_null(ptxi_map_at(m, 4899, NULL));
	for (int i = 1; i < 4900; i++) {
		snprintf(key, sizeof(key), "k%d", i * 7919 % 5000);
		ck_assert_ptr_eq(ptxi_map_get(m, key), &values[i]);
	}
}
END_TEST

static int freed;

static void count_free(void *p)
{
	freed++;
	ptx_free(p);
}

START_TEST(values_are_freed_once)
{
	struct ptxi_map *m = ptxi_map_new(count_free);
	void *same = ptxi_strdup("same");

	ck_assert_int_eq(ptxi_map_set(m, "a", ptxi_strdup("1")), 0);
	ck_assert_int_eq(ptxi_map_set(m, "a", ptxi_strdup("2")), 0);
	ck_assert_int_eq(freed, 1);
	ck_assert_int_eq(ptxi_map_set(m, "b", same), 0);
	ck_assert_int_eq(ptxi_map_set(m, "b", same), 0);
	ck_assert_int_eq(freed, 1);
	ck_assert(ptxi_map_remove(m, "a"));
	ck_assert_int_eq(freed, 2);
	ptxi_map_free(m);
	ck_assert_int_eq(freed, 3);
	ptxi_map_free(NULL);
}
END_TEST

START_TEST(keys_of_any_bytes)
{
	ptxi_auto(map) m = ptxi_map_new(NULL);
	int a = 0;
	int b = 0;
	int c = 0;

	ck_assert_ptr_null(ptxi_map_get(m, ""));
	ck_assert_ptr_null(ptxi_map_getn(m, ptxi_strn(NULL, 0)));
	ck_assert(!ptxi_map_remove(m, "x"));
	ck_assert_int_eq(ptxi_map_setn(m, ptxi_strn("a\0b", 3), &a), 0);
	ck_assert_int_eq(ptxi_map_setn(m, ptxi_strn("a\0c", 3), &b), 0);
	ck_assert_int_eq(ptxi_map_setn(m, ptxi_strn(NULL, 0), &c), 0);
	ck_assert_ptr_eq(ptxi_map_getn(m, ptxi_strn("a\0b", 3)), &a);
	ck_assert_ptr_eq(ptxi_map_getn(m, ptxi_strn("a\0c", 3)), &b);
	ck_assert_ptr_null(ptxi_map_get(m, "a"));
	ck_assert_ptr_eq(ptxi_map_get(m, ""), &c);
	ck_assert_ptr_eq(ptxi_map_getn(m, ptxi_strn(NULL, 0)), &c);
}
END_TEST

START_TEST(no_memory_takes_nothing)
{
	for (uint64_t n = 1; n <= 4; n++) {
		ptxi_auto(map) m = ptxi_map_new(count_free);
		int rc = 0;

		ptxi_alloc_fail_at(n, true);
		rc = ptxi_map_set(m, "key", NULL);
		ptxi_alloc_fail_at(0, false);
		ck_assert_int_eq(rc, n <= 3 ? PTX_E_NOMEM : 0);
		ck_assert_uint_eq(ptxi_map_count(m), n <= 3 ? 0 : 1);
		ck_assert_int_eq(ptxi_map_set(m, "key", NULL), 0);
		ck_assert_ptr_null(ptxi_map_get(m, "key"));
	}
	ptxi_alloc_fail_at(1, true);
	ck_assert_ptr_null(ptxi_map_new(NULL));
	ptxi_alloc_fail_at(0, false);
}
END_TEST

START_TEST(hashes_depend_on_every_byte)
{
	char text[33] = "0123456789abcdef0123456789abcdef";

	for (size_t n = 1; n <= 32; n++) {
		uint64_t whole = ptxi_hash(text, n);

		ck_assert_uint_eq(whole, ptxi_hash(text, n));
		ck_assert_uint_ne(whole, ptxi_hash(text, n - 1));
		for (size_t i = 0; i < n; i++) {
			text[i] ^= 1;
			ck_assert_uint_ne(whole, ptxi_hash(text, n));
			text[i] ^= 1;
		}
	}
}
END_TEST

Suite *suite_base_map(void)
{
	Suite *s = suite_create("base_map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, keeps_order_through_growth_and_removal);
	tcase_add_test(tc, values_are_freed_once);
	tcase_add_test(tc, keys_of_any_bytes);
	tcase_add_test(tc, no_memory_takes_nothing);
	tcase_add_test(tc, hashes_depend_on_every_byte);
	suite_add_tcase(s, tc);
	return s;
}
