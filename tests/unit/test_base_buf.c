/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ptxi.h"

Suite *suite_base_buf(void);

START_TEST(appends)
{
	ptx_auto_buf b;
	char *p = NULL;
	size_t n = 0;

	ptx_buf_init(&b, 0);
	ck_assert_str_eq(b.p, "");
	ptx_buf_adds(&b, "ab");
	ptx_buf_addc(&b, 'c');
	ptx_buf_add(&b, "\0d", 2);
	ptx_buf_add(&b, NULL, 0);
	ptx_buf_addstr(&b, PTXI_STR("ef"));
	ptx_buf_fill(&b, 'x', 3);
	ptx_buf_printf(&b, "%d-%s", 42, "end");
	ck_assert_uint_eq(b.n, 16);
	ck_assert_mem_eq(b.p, "abc\0defxxx42-end", 17);
	ptx_buf_truncate(&b, 100);
	ck_assert_uint_eq(b.n, 16);
	ptx_buf_truncate(&b, 2);
	ck_assert_str_eq(b.p, "ab");
	p = ptx_buf_steal(&b, &n);
	ck_assert_str_eq(p, "ab");
	ck_assert_uint_eq(n, 2);
	ptx_free(p);
	ck_assert_str_eq(b.p, "");
	ck_assert(ptx_buf_ok(&b));
	p = ptx_buf_steal(&b, NULL);
	ck_assert_str_eq(p, "");
	ptx_free(p);
}
END_TEST

START_TEST(many_bytes)
{
	ptx_auto_buf b;

	ptx_buf_init(&b, 0);
	for (int i = 0; i < 100000; i++) {
		ptx_buf_addc(&b, (char)('a' + i % 26));
		ck_assert_uint_lt(b.n, b.cap);
	}
	for (int i = 0; i < 100000; i++)
		ck_assert_int_eq(b.p[i], 'a' + i % 26);
	for (int i = 0; i < 300; i++) /* each meets another amount of room */
		ptx_buf_printf(&b, "%*d", i, i);
	ck_assert(ptx_buf_ok(&b));
	ck_assert_uint_eq(strlen(b.p), b.n);
}
END_TEST

START_TEST(the_maximum_is_exact_and_sticky)
{
	ptx_auto_buf b;
	char *p = NULL;

	ptx_buf_init(&b, 5);
	ptx_buf_adds(&b, "abc");
	ptx_buf_printf(&b, "%s", "de");
	ck_assert(ptx_buf_ok(&b));
	ptx_buf_addc(&b, 'f');
	ck_assert_int_eq(b.status, PTX_E_LIMIT);
	ptx_buf_truncate(&b, 1);
	ptx_buf_adds(&b, "x");
	ptx_buf_printf(&b, "x");
	ptx_buf_fill(&b, 'x', 1);
	ck_assert_str_eq(b.p, "a");
	ck_assert_ptr_null(ptx_buf_reserve(&b, 1));
	p = ptx_buf_steal(&b, NULL);
	ck_assert_ptr_null(p);
	ck_assert(ptx_buf_ok(&b));
	ptx_buf_printf(&b, "%s", "123456");
	ck_assert_int_eq(b.status, PTX_E_LIMIT);
	ck_assert_str_eq(b.p, "");
	ptx_buf_clear(&b);
	ptx_buf_adds(&b, "12345");
	ck_assert_str_eq(b.p, "12345");
}
END_TEST

START_TEST(a_printf_over_the_maximum_leaves_the_text_whole)
{
	ptx_auto_buf b;

	ptx_buf_init(&b, 10);
	ptx_buf_adds(&b, "12345678");
	ptx_buf_printf(&b, "%s", "abc");
	ck_assert_int_eq(b.status, PTX_E_LIMIT);
	ck_assert_str_eq(b.p, "12345678");
	ck_assert_uint_eq(b.n, 8);
}
END_TEST

START_TEST(reserve_and_commit)
{
	ptx_auto_buf b;
	char *to = NULL;

	ptx_buf_init(&b, 0);
	to = ptx_buf_reserve(&b, 100);
	ck_assert_str_eq(b.p, ""); /* nothing committed: still a string */
	memcpy(to, "hello", 5);
	ptx_buf_commit(&b, 5);
	ck_assert_str_eq(b.p, "hello");
	ck_assert_ptr_null(ptx_buf_reserve(&b, SIZE_MAX - 2));
	ck_assert_int_eq(b.status, PTX_E_NOMEM);
	ptx_buf_commit(&b, 1);
	ck_assert_uint_eq(b.n, 5);
}
END_TEST

START_TEST(no_memory)
{
	ptx_auto_buf b;

	ptx_buf_init(&b, 0);
	ptxi_alloc_fail_at(1, false);
	ptx_buf_adds(&b, "lost");
	ptx_buf_adds(&b, "lost as well, though there is memory again");
	ck_assert_int_eq(b.status, PTX_E_NOMEM);
	ck_assert_str_eq(b.p, "");
	ptx_buf_clear(&b);
	ptx_buf_adds(&b, "kept");
	ptxi_alloc_fail_at(1, true);
	ptx_buf_fill(&b, 'x', 1000);
	ck_assert_str_eq(b.p, "kept");
	ck_assert_ptr_null(ptx_buf_steal(&b, NULL));
	ptxi_alloc_fail_at(0, false);
}
END_TEST

Suite *suite_base_buf(void)
{
	Suite *s = suite_create("base_buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, appends);
	tcase_add_test(tc, many_bytes);
	tcase_add_test(tc, the_maximum_is_exact_and_sticky);
	tcase_add_test(tc, a_printf_over_the_maximum_leaves_the_text_whole);
	tcase_add_test(tc, reserve_and_commit);
	tcase_add_test(tc, no_memory);
	suite_add_tcase(s, tc);
	return s;
}
