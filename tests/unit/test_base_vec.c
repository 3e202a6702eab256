/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ptxi.h"
#include "base/sort.h"
#include "base/vec.h"

Suite *suite_base_vec(void);

START_TEST(pushing)
{
	PTX_VEC(int) v = { 0 };

	for (int i = 0; i < 10000; i++)
		ck_assert(ptx_vec_push(&v, i));
	ck_assert_uint_eq(v.n, 10000);
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(v.v[i], i);
	ck_assert(ptx_vec_reserve(&v, 5));
	ck_assert(ptx_vec_reserve(&v, 20000));
	ck_assert_uint_ge(v.cap, 20000);
	ptx_vec_done(&v);
	ck_assert_ptr_null(v.v);
	ck_assert_uint_eq(v.n + v.cap, 0);
}
END_TEST

START_TEST(no_memory_changes_nothing)
{
	PTX_VEC(long) v = { 0 };

	ptxi_alloc_fail_at(2, true);
	for (long i = 0; i < 8; i++)
		ck_assert(ptx_vec_push(&v, i));
	ck_assert(!ptx_vec_push(&v, 8));
	ptxi_alloc_fail_at(0, false);
	ck_assert_uint_eq(v.n, 8);
	ck_assert_int_eq(v.v[7], 7);
	ck_assert(!ptx_vec_reserve(&v, SIZE_MAX / 4));
	ck_assert(!ptx_vec_reserve(&v, SIZE_MAX));
	ck_assert(ptx_vec_push(&v, 8));
	ptx_vec_done(&v);
}
END_TEST

struct item {
	int key;
	int place;
};

static int by_key(const void *a, const void *b, void *user)
{
	++*(size_t *)user;
	return ((const struct item *)a)->key - ((const struct item *)b)->key;
}

START_TEST(sorting_is_stable)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 7, 8, 9, 100, 1023, 1024, 1025 };
	static struct item items[1025];

	for (size_t s = 0; s < PTXI_COUNT(sizes); s++) {
		size_t n = sizes[s];
		size_t compared = 0;

		for (size_t i = 0; i < n; i++)
			items[i] = (struct item){ (int)(i * 7919 % 13), (int)i };
		ck_assert(ptxi_sort(items, n, sizeof(items[0]), by_key, &compared));
		for (size_t i = 1; i < n; i++)
			ck_assert(items[i - 1].key < items[i].key ||
				  (items[i - 1].key == items[i].key &&
				   items[i - 1].place < items[i].place));
		ck_assert_uint_le(compared, n * 12);
	}
}
END_TEST

START_TEST(sorting_without_memory_changes_nothing)
{
	struct item items[20] = { { 2, 0 }, { 1, 1 } };
	size_t compared = 0;

	ptxi_alloc_fail_at(1, true);
	ck_assert(!ptxi_sort(items, 20, sizeof(items[0]), by_key, &compared));
	ptxi_alloc_fail_at(0, false);
	ck_assert_int_eq(items[0].key, 2);
	/* few are sorted in place */
	ptxi_alloc_fail_at(1, true);
	ck_assert(ptxi_sort(items, 2, sizeof(items[0]), by_key, &compared));
	ptxi_alloc_fail_at(0, false);
	ck_assert_int_eq(items[0].key, 1);
	ck_assert(!ptxi_sort(items, SIZE_MAX / 2, sizeof(items[0]), by_key, &compared));
}
END_TEST

Suite *suite_base_vec(void)
{
	Suite *s = suite_create("base_vec");
	TCase *tc = tcase_create("vec");

	tcase_add_test(tc, pushing);
	tcase_add_test(tc, no_memory_changes_nothing);
	suite_add_tcase(s, tc);
	tc = tcase_create("sort");
	tcase_add_test(tc, sorting_is_stable);
	tcase_add_test(tc, sorting_without_memory_changes_nothing);
	suite_add_tcase(s, tc);
	return s;
}
