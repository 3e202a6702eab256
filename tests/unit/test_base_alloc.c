/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ptxi.h"

Suite *suite_base_alloc(void);

static int live, released;

static void *count_alloc(size_t n, void *user)
{
	++*(int *)user;
	return malloc(n);
}

static void *count_resize(void *p, size_t n, void *user)
{
	(void)user;
	return realloc(p, n);
}

static void count_release(void *p, void *user)
{
	--*(int *)user;
	released++;
	free(p);
}

START_TEST(hooks_get_every_call)
{
	const struct ptx_allocator own = { count_alloc, count_resize, count_release, &live };
	char *s = NULL;
	int *v = NULL;

	ptx_alloc_set(&own);
	s = ptxi_asprintf("%s-%d", "a", 5);
	ck_assert_str_eq(s, "a-5");
	v = ptxi_realloc_array(NULL, 4, sizeof(*v));
	v = ptxi_realloc_array(v, 400, sizeof(*v));
	ck_assert_ptr_nonnull(v);
	ck_assert_int_eq(live, 2);
	ptx_free(s);
	ptx_free(v);
	ptx_free(NULL);
	ck_assert_int_eq(live, 0);
	ck_assert_int_eq(released, 2);
	ptx_alloc_set(NULL);
	ptx_free(ptxi_alloc(1));
	ck_assert_int_eq(released, 2);
}
END_TEST

START_TEST(memory_is_zeroed_and_sizes_are_checked)
{
	char *p = ptxi_alloc_array(100, 10);
	char *none = ptxi_alloc(0);

	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(p[i], 0);
	ck_assert_ptr_nonnull(none);
	ptx_free(none);
	ptx_free(p);
	ck_assert_ptr_null(ptxi_alloc_array(SIZE_MAX / 2, 3));
	ck_assert_ptr_null(ptxi_realloc_array(NULL, SIZE_MAX, 2));
	ck_assert_ptr_null(ptxi_strndup("x", SIZE_MAX));
}
END_TEST

START_TEST(strings)
{
	ptx_auto_str a = ptxi_strdup("");
	ptx_auto_str b = ptxi_strndup("abc", 2);
	ptx_auto_str c = ptxi_strndup(NULL, 0);
	char secret[8] = "secret";

	ck_assert_str_eq(a, "");
	ck_assert_str_eq(b, "ab");
	ck_assert_str_eq(c, "");
	ptxi_wipe(secret, sizeof(secret));
	ck_assert_mem_eq(secret, "\0\0\0\0\0\0\0", 8);
	ptxi_free_secret(ptxi_strdup("secret"));
	ptxi_free_secret(NULL);
}
END_TEST

START_TEST(the_counter_fails_one_or_all)
{
	void *p[5];

	ptxi_alloc_fail_at(0, false);
	for (int i = 0; i < 3; i++)
		ptx_free(ptxi_alloc(1));
	ck_assert_uint_eq(ptxi_alloc_fail_at(2, false), 3);
	for (int i = 0; i < 5; i++) {
		p[i] = ptxi_alloc(1);
		ck_assert_int_eq(p[i] == NULL, i == 1);
		ptx_free(p[i]);
	}
	ptxi_alloc_fail_at(2, true);
	for (int i = 0; i < 5; i++) {
		p[i] = ptxi_realloc_array(NULL, 1, 1);
		ck_assert_int_eq(p[i] == NULL, i >= 1);
		ptx_free(p[i]);
	}
	ck_assert_ptr_null(ptxi_strdup("x"));
	ck_assert_ptr_null(ptxi_asprintf("x"));
	ptxi_alloc_fail_at(0, false);
}
END_TEST

Suite *suite_base_alloc(void)
{
	Suite *s = suite_create("base_alloc");
	TCase *tc = tcase_create("alloc");

	tcase_add_test(tc, hooks_get_every_call);
	tcase_add_test(tc, memory_is_zeroed_and_sizes_are_checked);
	tcase_add_test(tc, strings);
	tcase_add_test(tc, the_counter_fails_one_or_all);
	suite_add_tcase(s, tc);
	return s;
}
