/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "template/confd_kv.h"

Suite *suite_template_confd_kv(void);

START_TEST(keys_stay_sorted)
{
	ptxi_auto(confd_kv) kv = ptxi_confd_kv_new();
	char key[16] = "";

	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "/k/%03d", (i * 347) % 500);
		ck_assert_int_eq(ptxi_confd_kv_set(kv, ptxi_str(key), ptxi_str(key + 3), NULL), 0);
	}
	ck_assert_int_eq(ptxi_confd_kv_set(kv, ptxi_str("/k/007"), ptxi_str("new"), NULL), 0);
	ck_assert_uint_eq(ptxi_confd_kv_count(kv), 500);
	for (size_t i = 1; i < 500; i++)
		ck_assert_str_lt(ptxi_confd_kv_at(kv, i - 1)->key.p,
				 ptxi_confd_kv_at(kv, i)->key.p);
	ck_assert_str_eq(ptxi_confd_kv_get(kv, ptxi_str("/k/007"))->value.p, "new");
	ck_assert_ptr_null(ptxi_confd_kv_get(kv, ptxi_str("/k")));
	ck_assert_uint_eq(ptxi_confd_kv_from(kv, ptxi_str("/k/4")), 400);
	ck_assert_uint_eq(ptxi_confd_kv_from(kv, ptxi_str("/z")), 500);
	ck_assert_uint_eq(ptxi_confd_kv_count(NULL), 0);
}
END_TEST

static int stop_at_once(struct ptx_str name, void *user)
{
	*(struct ptx_str *)user = name;
	return 42;
}

START_TEST(a_callback_stops_the_walk)
{
	ptxi_auto(confd_kv) kv = ptxi_confd_kv_new();
	struct ptx_str name = { NULL, 0 };

	ck_assert_int_eq(ptxi_confd_kv_set(kv, ptxi_str("/a/b"), ptxi_str("1"), NULL), 0);
	ck_assert_int_eq(ptxi_confd_kv_list(kv, ptxi_str("/a"), stop_at_once, &name), 42);
	ck_assert(ptxi_str_is(name, "b"));
	ck_assert_int_eq(ptxi_confd_kv_match(kv, ptxi_str("/["), NULL, NULL), PTX_E_SYNTAX);
	ck_assert_int_eq(ptxi_confd_kv_match(kv, ptxi_str("/x*"), NULL, NULL), 0);
}
END_TEST

Suite *suite_template_confd_kv(void)
{
	Suite *s = suite_create("template/confd_kv");
	TCase *t = tcase_create("confd_kv");

	tcase_add_test(t, keys_stay_sorted);
	tcase_add_test(t, a_callback_stops_the_walk);
	suite_add_tcase(s, t);
	return s;
}
