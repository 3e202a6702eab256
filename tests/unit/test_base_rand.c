/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/map.h"
#include "base/rand.h"

Suite *suite_base_rand(void);

static int zeros(void *bytes, size_t n, void *user)
{
	(void)user;
	memset(bytes, 0, n);
	return 0;
}

static int ones(void *bytes, size_t n, void *user)
{
	(void)user;
	memset(bytes, 0xff, n);
	return 0;
}

static int broken(void *bytes, size_t n, void *user)
{
	(void)bytes;
	(void)n;
	(void)user;
	return -5;
}

START_TEST(the_hook_decides)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	char id[PTXI_ID_MAX];
	char uuid[37];
	struct ptx_error *err = NULL;

	ptx_ctx_set_random(ctx, zeros, NULL);
	ck_assert_int_eq(ptxi_rand_id(ctx, "cl", id, NULL), 0);
	ck_assert_str_eq(id, "cl-aaaaaaaaaaaa");
	ck_assert_int_eq(ptxi_rand_uuid(ctx, uuid, NULL), 0);
	ck_assert_str_eq(uuid, "00000000-0000-4000-8000-000000000000");
	ptx_ctx_set_random(ctx, ones, NULL);
	ck_assert_int_eq(ptxi_rand_id(ctx, "eightlet", id, NULL), 0);
	ck_assert_str_eq(id, "eightlet-777777777777");
	ck_assert_int_eq(ptxi_rand_uuid(ctx, uuid, NULL), 0);
	ck_assert_str_eq(uuid, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	ptx_ctx_set_random(ctx, broken, NULL);
	ck_assert_int_eq(ptxi_rand_id(ctx, "cl", id, &err), PTX_E_FAILED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_rand_uuid(ctx, uuid, &err), PTX_E_FAILED);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(ids_do_not_repeat)
{
	ptxi_auto(map) seen = ptxi_map_new(NULL);
	char id[PTXI_ID_MAX];

	for (int i = 0; i < 10000; i++) {
		ck_assert_int_eq(ptxi_rand_id(NULL, "task", id, NULL), 0);
		ck_assert_uint_eq(strlen(id), 17);
		ck_assert_uint_eq(strspn(id + 5, "abcdefghijklmnopqrstuvwxyz234567"), 12);
		ck_assert_ptr_null(ptxi_map_get(seen, id));
		ck_assert_int_eq(ptxi_map_set(seen, id, &seen), 0);
	}
}
END_TEST

START_TEST(prefixes_that_do_not_fit)
{
	char id[PTXI_ID_MAX];

	ck_assert_int_eq(ptxi_rand_id(NULL, "", id, NULL), PTX_E_INTERNAL);
	ck_assert_int_eq(ptxi_rand_id(NULL, NULL, id, NULL), PTX_E_INTERNAL);
	ck_assert_int_eq(ptxi_rand_id(NULL, "ninechars", id, NULL), PTX_E_INTERNAL);
}
END_TEST

START_TEST(bytes_are_filled)
{
	unsigned char big[100000] = { 0 };
	size_t zero = 0;

	ptxi_rand_bytes(big, 0);
	ptxi_rand_bytes(big, sizeof(big));
	for (size_t i = 0; i < sizeof(big); i++)
		zero += big[i] == 0;
	ck_assert_uint_gt(zero, 100);
	ck_assert_uint_lt(zero, 1000);
}
END_TEST

Suite *suite_base_rand(void)
{
	Suite *s = suite_create("base_rand");
	TCase *tc = tcase_create("rand");

	tcase_add_test(tc, the_hook_decides);
	tcase_add_test(tc, ids_do_not_repeat);
	tcase_add_test(tc, prefixes_that_do_not_fit);
	tcase_add_test(tc, bytes_are_filled);
	suite_add_tcase(s, tc);
	return s;
}
