/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/arena.h"
#include "base/ptxi.h"

Suite *suite_base_arena(void);

START_TEST(memory_is_aligned_zeroed_and_apart)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	static const unsigned char zero[3000];
	unsigned char *last = NULL;

	for (size_t n = 0; n < 3000; n++) {
		unsigned char *p = ptxi_arena_alloc(a, n);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % 8, 0);
		ck_assert_mem_eq(p, zero, n);
		memset(p, 0xff, n);
		if (n > 1)
			ck_assert_uint_eq(last[0], 0xff);
		ck_assert_ptr_nonnull(ptxi_arena_bytes(a, 1)); /* puts the next one out of step */
		last = p;
	}
	ck_assert_int_eq(ptx_arena_status(a), 0);
	ck_assert_uint_ge(ptxi_arena_used(a), 3000 * 2999 / 2);
}
END_TEST

START_TEST(strings_are_copied)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	ck_assert_str_eq(ptxi_arena_str(a, "abc"), "abc");
	ck_assert_str_eq(ptxi_arena_strn(a, "abc", 2), "ab");
	ck_assert_str_eq(ptxi_arena_strn(a, NULL, 0), "");
	ck_assert_str_eq(ptxi_arena_printf(a, "%s=%d", "x", 3), "x=3");
	ck_assert_str_eq(ptxi_arena_printf(a, "%5000d", 1) + 4999, "1");
}
END_TEST

START_TEST(growing)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	char *p = ptxi_arena_bytes(a, 10);
	char *q = NULL;

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): they are bytes */
	memcpy(p, "0123456789", 10);
	ck_assert_ptr_eq(ptxi_arena_grow(a, p, 10, 20), p);
	ck_assert_ptr_nonnull(ptxi_arena_bytes(a, 1));
	q = ptxi_arena_grow(a, p, 20, 30);
	ck_assert_ptr_ne(q, p);
	ck_assert_mem_eq(q, "0123456789", 10);
	ck_assert_ptr_eq(ptxi_arena_grow(a, q, 30, 10), q); /* to less is no change */
	q = ptxi_arena_grow(a, q, 30, 100000);
	ck_assert_mem_eq(q, "0123456789", 10);
	ck_assert_ptr_nonnull(ptxi_arena_grow(a, NULL, 0, 8));
}
END_TEST

START_TEST(marks_release)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_arena_mark empty = ptxi_arena_mark(a);
	char *kept = ptxi_arena_str(a, "kept");
	struct ptxi_arena_mark mark = ptxi_arena_mark(a);
	size_t used = ptxi_arena_used(a);
	char *first = ptxi_arena_bytes(a, 10);

	for (int i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(ptxi_arena_alloc(a, 10000));
	ptxi_arena_release(a, mark);
	ck_assert_uint_eq(ptxi_arena_used(a), used);
	ck_assert_ptr_eq(ptxi_arena_bytes(a, 10), first);
	ck_assert_str_eq(kept, "kept");
	ptxi_arena_release(a, empty);
	ck_assert_uint_eq(ptxi_arena_used(a), 0);
	ck_assert_ptr_nonnull(ptxi_arena_alloc(a, 1));
}
END_TEST

START_TEST(what_came_after_a_mark_is_known)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_arena_mark empty = ptxi_arena_mark(a);
	char *before = ptxi_arena_bytes(a, 10);
	struct ptxi_arena_mark mark = ptxi_arena_mark(a);
	char *near_it = ptxi_arena_bytes(a, 10);
	char *far_away = ptxi_arena_bytes(a, 100000);

	ck_assert(ptxi_arena_is_after(a, empty, before) && ptxi_arena_is_after(a, empty, far_away));
	ck_assert(!ptxi_arena_is_after(a, mark, before));
	ck_assert(ptxi_arena_is_after(a, mark, near_it) && ptxi_arena_is_after(a, mark, far_away));
	ck_assert(ptxi_arena_is_after(a, mark, far_away + 99999) &&
		  !ptxi_arena_is_after(a, mark, far_away + 100000));
	ck_assert(!ptxi_arena_is_after(a, mark, "elsewhere") &&
		  !ptxi_arena_is_after(a, mark, NULL));
}
END_TEST

/* Marking and releasing in turns takes no block from the system each time. */
START_TEST(a_released_block_is_used_again)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_arena_mark mark = { 0 };
	char *first = NULL;

	ck_assert_ptr_nonnull(ptxi_arena_bytes(a, 3000));
	mark = ptxi_arena_mark(a);
	for (int i = 0; i < 10; i++) {
		char *p = ptxi_arena_alloc(a, 50000);

		ck_assert(p[0] == '\0' && p[49999] == '\0');
		memset(p, 'x', 50000);
		ck_assert(!first || first == p);
		first = p;
		ptxi_arena_release(a, mark);
	}
	ck_assert_uint_eq(ptxi_arena_used(a), mark.total);
}
END_TEST

START_TEST(a_release_of_all_keeps_the_largest_block)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_arena_mark beginning = { 0 };
	char *p = NULL;
	char *large = NULL;

	ptxi_arena_release(a, beginning);
	p = ptxi_arena_bytes(a, 10);
	large = ptxi_arena_bytes(a, 50000);
	ck_assert(p && large);
	ptxi_arena_release(a, beginning);
	ck_assert_ptr_eq(ptxi_arena_bytes(a, 20), large);
	ck_assert_uint_ge(ptxi_arena_used(a), 50000);
	ck_assert_uint_lt(ptxi_arena_used(a), 54000);
}
END_TEST

START_TEST(limits_are_sticky)
{
	ptx_auto(arena) a = ptx_arena_new(10000);
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_arena_check(a, &err), 0);
	ck_assert_ptr_nonnull(ptxi_arena_alloc(a, 9000));
	ck_assert_ptr_null(ptxi_arena_alloc(a, 1001));
	ck_assert_ptr_null(ptxi_arena_alloc(a, 1));
	ck_assert_int_eq(ptx_arena_status(a), PTX_E_LIMIT);
	ck_assert_int_eq(ptxi_arena_check(a, &err), PTX_E_LIMIT);
	ptxi_error_drop(&err);
	ck_assert_ptr_null(ptxi_arena_alloc(NULL, 1));
	ck_assert_int_eq(ptxi_arena_check(NULL, NULL), PTX_E_NOMEM);
	ptx_arena_free(NULL);
}
END_TEST

START_TEST(sizes_that_overflow)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(arena) b = ptx_arena_new(0);
	ptx_auto(arena) c = ptx_arena_new(0);

	ck_assert_ptr_null(ptxi_arena_array(a, SIZE_MAX / 2, 3));
	ck_assert_int_eq(ptx_arena_status(a), PTX_E_NOMEM);
	ck_assert_ptr_null(ptxi_arena_strn(b, "x", SIZE_MAX));
	ck_assert_int_eq(ptx_arena_status(b), PTX_E_NOMEM);
	ck_assert_ptr_null(ptxi_arena_bytes(c, SIZE_MAX - 8));
	ck_assert_int_eq(ptx_arena_status(c), PTX_E_NOMEM);
}
END_TEST

START_TEST(no_memory)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	ptxi_alloc_fail_at(1, true);
	ck_assert_ptr_null(ptx_arena_new(0));
	ck_assert_ptr_null(ptxi_arena_printf(a, "x"));
	ptxi_alloc_fail_at(0, false);
	ck_assert_ptr_null(ptxi_arena_str(a, "x"));
	ck_assert_int_eq(ptxi_arena_check(a, &err), PTX_E_NOMEM);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(buffers_are_copied_or_fail_the_arena)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf b = { 0 };
	ptx_auto_buf lost = { 0 };

	ptx_buf_init(&b, 0);
	ck_assert_str_eq(ptxi_arena_buf(a, &b), "");
	ptx_buf_add(&b, "a\0b", 3);
	ck_assert_mem_eq(ptxi_arena_buf(a, &b), "a\0b", 4);
	ptx_buf_init(&lost, 0);
	ptxi_alloc_fail_at(1, false);
	ptx_buf_adds(&lost, "x");
	ptxi_alloc_fail_at(0, false);
	ck_assert_ptr_null(ptxi_arena_buf(a, &lost));
	ck_assert_int_eq(ptx_arena_status(a), PTX_E_NOMEM);
	ck_assert_ptr_null(ptxi_arena_buf(NULL, &lost));
}
END_TEST

Suite *suite_base_arena(void)
{
	Suite *s = suite_create("base_arena");
	TCase *tc = tcase_create("arena");

	tcase_add_test(tc, what_came_after_a_mark_is_known);
	tcase_add_test(tc, a_released_block_is_used_again);
	tcase_add_test(tc, a_release_of_all_keeps_the_largest_block);
	tcase_add_test(tc, memory_is_aligned_zeroed_and_apart);
	tcase_add_test(tc, strings_are_copied);
	tcase_add_test(tc, growing);
	tcase_add_test(tc, marks_release);
	tcase_add_test(tc, limits_are_sticky);
	tcase_add_test(tc, sizes_that_overflow);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, buffers_are_copied_or_fail_the_arena);
	suite_add_tcase(s, tc);
	return s;
}
