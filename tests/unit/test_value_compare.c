/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"

Suite *suite_value_compare(void);

/* Each is less than the next. */
/* clang-format off */
static const char *const rising[] = {
	"null", "false", "true", "-1e300", "-9223372036854775808", "-2.5", "-2", "0", "1e-9", "1", "9007199254740992",
	"9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615",
	"18446744073709551616", "1e300", "\"\"", "\"a\"", "\"a\\u0000\"", "\"b\"", "[]", "[1]", "[1,1]", "[2]", "{}",
	"{\"a\":1}", "{\"a\":2}", "{\"a\":1,\"b\":0}", "{\"b\":0}",
};
/* clang-format on */

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

START_TEST(orders)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	for (int numbers = PTX_NUMBERS_TEXT; numbers <= PTX_NUMBERS_EXACT; numbers++) {
		struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
		struct ptx_value *v = NULL;

		opts.numbers = (enum ptx_numbers)numbers;
		v = ptx_json_parse(a, ptxi_str(rising[_i]), &opts, NULL);
		for (int j = 0; j < (int)PTXI_COUNT(rising); j++) {
			struct ptx_value *w = ptx_json_parse(a, ptxi_str(rising[j]), NULL, NULL);

			ck_assert_msg(sign(ptxi_value_compare(v, w)) == sign(_i - j), "%s, %s: %d",
				      rising[_i], rising[j], ptxi_value_compare(v, w));
			ck_assert_int_eq(ptx_value_equal(v, w), _i == j);
		}
	}
}
END_TEST

START_TEST(maps_are_equal_in_any_order)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = ptx_json_parse(a, PTXI_STR("{\"a\":1,\"b\":[2.0,{}]}"), NULL, NULL);
	struct ptx_value *w = ptx_json_parse(a, PTXI_STR("{\"b\":[2,{}],\"a\":1e0}"), NULL, NULL);

	ck_assert(ptx_value_equal(v, w));
	ck_assert_int_eq(ptxi_value_compare(v, w), 0);
	ck_assert(ptx_value_equal(NULL, ptx_value_null(a)));
	ck_assert_int_eq(ptxi_value_compare(ptx_value_float(a, NAN), ptx_value_int(a, 0)), -1);
}
END_TEST

START_TEST(cycles_end)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = ptx_value_list(a);
	struct ptx_value *w = ptx_value_list(a);

	ptx_value_append(v, v);
	ptx_value_append(w, w);
	ck_assert(!ptx_value_equal(v, w));
	ck_assert_int_ne(ptxi_value_compare(v, w), 0);
}
END_TEST

Suite *suite_value_compare(void)
{
	Suite *s = suite_create("value_compare");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, orders, 0, (int)PTXI_COUNT(rising));
	tcase_add_test(t, maps_are_equal_in_any_order);
	tcase_add_test(t, cycles_end);
	suite_add_tcase(s, t);
	return s;
}
