/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/opts.h"

Suite *suite_base_opts(void);

struct opts {
	size_t size;
	int a;
	int b;
	const char *c;
};

struct newer {
	struct opts opts;
	long d;
};

START_TEST(sizes)
{
	struct opts out = { sizeof(out), 1, 2, "three" };
	struct opts given = { sizeof(given), 10, 0, "x" };
	struct newer newer = { { sizeof(newer), 7, 8, "n" }, 0 };
	struct ptx_error *err = NULL;

	ck_assert_int_eq(PTXI_OPTS_READ(&out, NULL, NULL), 0);
	ck_assert_int_eq(out.a, 1);
	/* An older caller knows only a; our defaults stay for the rest. */
	given.size = offsetof(struct opts, b);
	ck_assert_int_eq(PTXI_OPTS_READ(&out, &given, NULL), 0);
	ck_assert_int_eq(out.a, 10);
	ck_assert_int_eq(out.b, 2);
	ck_assert_str_eq(out.c, "three");
	ck_assert_uint_eq(out.size, sizeof(out));
	given.size = sizeof(given);
	ck_assert_int_eq(PTXI_OPTS_READ(&out, &given, NULL), 0);
	ck_assert_int_eq(out.b, 0);
	ck_assert_str_eq(out.c, "x");
	/* A newer caller that does not use what is new. */
	ck_assert_int_eq(ptxi_opts_read(&out, sizeof(out), &newer, NULL), 0);
	ck_assert_int_eq(out.a, 7);
	ck_assert_uint_eq(out.size, sizeof(out));
	newer.d = 1;
	newer.opts.a = 99;
	ck_assert_int_eq(ptxi_opts_read(&out, sizeof(out), &newer, &err), PTX_E_UNSUPPORTED);
	ck_assert_int_eq(out.a, 7);
	ptxi_error_drop(&err);
	given.size = 0;
	ck_assert_int_eq(PTXI_OPTS_READ(&out, &given, &err), PTX_E_USAGE);
	ptxi_error_drop(&err);
}
END_TEST

Suite *suite_base_opts(void)
{
	Suite *s = suite_create("base_opts");
	TCase *tc = tcase_create("opts");

	tcase_add_test(tc, sizes);
	suite_add_tcase(s, tc);
	return s;
}
