/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/decimal.h"

Suite *suite_base_decimal(void);

START_TEST(arithmetic)
{
	static const struct {
		int (*fn)(struct ptxi_decimal *, const struct ptxi_decimal *, struct ptx_error **);
		double a, b, want;
	} rows[] = {
		{ ptxi_decimal_add, 0.1, 0.2, 0.3 },
		{ ptxi_decimal_sub, 0.3, 0.1, 0.2 },
		{ ptxi_decimal_mul, 1.1, 1.1, 1.21 },
		{ ptxi_decimal_div, 1, 3, 0.3333333333333333 },
		{ ptxi_decimal_div, -2, 3, -0.6666666666666667 },
		{ ptxi_decimal_add, 1e300, -1e300, 0 },
		{ ptxi_decimal_mul, 1e-300, 1e300, 1 },
		{ ptxi_decimal_add, 1e20, 1, 100000000000000000001.0 },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptxi_auto(decimal) a = ptxi_decimal_new(rows[i].a);
		ptxi_auto(decimal) b = ptxi_decimal_new(rows[i].b);
		double got = 0;

		ck_assert(a && b);
		ck_assert_int_eq(rows[i].fn(a, b, NULL), 0);
		ck_assert_int_eq(ptxi_decimal_double(a, &got, NULL), 0);
		ck_assert_msg(got == rows[i].want, "%zu: %.17g", i, got);
		ck_assert(ptxi_decimal_is_zero(a) == (rows[i].want == 0));
	}
}
END_TEST

START_TEST(digits_are_bounded)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(decimal) d = ptxi_decimal_new(1.23456789e-300);
	int code = 0;

	for (int i = 0; i < 30 && code == 0; i++)
		code = ptxi_decimal_mul(d, d, &err);
	ck_assert_int_eq(code, PTX_E_LIMIT);
}
END_TEST

Suite *suite_base_decimal(void)
{
	Suite *s = suite_create("base/decimal");
	TCase *t = tcase_create("decimal");

	tcase_add_test(t, arithmetic);
	tcase_add_test(t, digits_are_bounded);
	suite_add_tcase(s, t);
	return s;
}
