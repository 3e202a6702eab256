/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <float.h>
#include <locale.h>
#include <math.h>

#include "base/ptxi.h"
#include "base/rand.h"

Suite *suite_base_str(void);

START_TEST(a_pair_is_found_wherever_it_stands)
{
	enum { MOST = 40 };
	char text[MOST + 1] = "";

	for (size_t n = 0; n <= MOST; n++) {
		memset(text, '{', sizeof(text));
		for (size_t i = 1; i < n; i += 2)
			text[i] = '|';
		ck_assert_uint_eq(ptxi_str_find_pair(ptxi_strn(text, n), '{'), SIZE_MAX);
		for (size_t at = 0; at + 1 < n; at++) {
			memset(text, 'z', sizeof(text));
			text[at] = text[at + 1] = '{';
			ck_assert_uint_eq(ptxi_str_find_pair(ptxi_strn(text, n), '{'), at);
			ck_assert_uint_eq(ptxi_str_find_pair(ptxi_strn(text, at + 1), '{'),
					  SIZE_MAX);
		}
	}
	ck_assert_uint_eq(ptxi_str_find_pair(ptxi_strn("\0\0", 2), '\0'), 0);
	ck_assert_uint_eq(ptxi_str_find_pair(ptxi_strn("ab\xff\xff", 4), '\xff'), 2);
}
END_TEST

START_TEST(comparing)
{
	struct ptx_str none = { NULL, 0 };

	ck_assert(ptxi_str_eq(none, ptxi_str("")));
	ck_assert(ptxi_str_is(none, ""));
	ck_assert(!ptxi_str_is(ptxi_str("a"), "ab"));
	ck_assert(!ptxi_str_is(ptxi_str("ab"), "a"));
	ck_assert_int_eq(ptxi_str_cmp(none, none), 0);
	ck_assert_int_lt(ptxi_str_cmp(ptxi_str("a"), ptxi_str("ab")), 0);
	ck_assert_int_gt(ptxi_str_cmp(ptxi_str("b"), ptxi_str("ab")), 0);
	ck_assert_int_gt(ptxi_str_cmp(ptxi_str("\xff"), ptxi_str("a")), 0);
	ck_assert(ptxi_str_starts(ptxi_str("abc"), "ab") && ptxi_str_starts(none, ""));
	ck_assert(!ptxi_str_starts(ptxi_str("a"), "ab"));
	ck_assert(ptxi_str_ends(ptxi_str("abc"), "bc") && ptxi_str_ends(none, ""));
	ck_assert(!ptxi_str_ends(ptxi_str("c"), "bc"));
}
END_TEST

START_TEST(finding_and_cutting)
{
	struct ptx_str s = PTXI_STR("abcabc");
	struct ptx_str none = { NULL, 0 };

	ck_assert_uint_eq(ptxi_str_find(s, ptxi_str("ca")), 2);
	ck_assert_uint_eq(ptxi_str_find(s, ptxi_str("x")), SIZE_MAX);
	ck_assert_uint_eq(ptxi_str_find(s, ptxi_str("")), 0);
	ck_assert_uint_eq(ptxi_str_find(none, ptxi_str("x")), SIZE_MAX);
	ck_assert_uint_eq(ptxi_str_find_char(s, 'b'), 1);
	ck_assert_uint_eq(ptxi_str_rfind_char(s, 'b'), 4);
	ck_assert_uint_eq(ptxi_str_find_char(none, 'b'), SIZE_MAX);
	ck_assert(ptxi_str_is(ptxi_strn("a\0", 2), "a") == false);
	ck_assert(ptxi_str_is(none, NULL) && ptxi_str_is(none, "") && !ptxi_str_is(none, "x"));
	ck_assert_uint_eq(ptxi_str_rfind_char(s, 'x'), SIZE_MAX);
	ck_assert(ptxi_str_is(ptxi_str_from(s, 4), "bc"));
	ck_assert(ptxi_str_is(ptxi_str_from(s, 6), ""));
	ck_assert(ptxi_str_is(ptxi_str_from(s, SIZE_MAX), ""));
	ck_assert(ptxi_str_is(ptxi_str_sub(s, 1, 2), "bc"));
	ck_assert(ptxi_str_is(ptxi_str_sub(s, 5, SIZE_MAX), "c"));
	ck_assert(ptxi_str_is(ptxi_str_trim(ptxi_str(" \t\v\r\n a b \f")), "a b"));
	ck_assert(ptxi_str_is(ptxi_str_trim(ptxi_str("  ")), ""));
}
END_TEST

static const struct {
	const char *text;
	const char *parts[4];
} splits[] = {
	{ "a,b", { "a", "b", NULL } },
	{ "a", { "a", NULL } },
	{ "", { "", NULL } },
	{ "a,", { "a", "", NULL } },
	{ ",a", { "", "a", NULL } },
	{ ",,", { "", "", "", NULL } },
	{ NULL, { NULL } },
};

START_TEST(splitting)
{
	struct ptx_str rest = ptxi_str(splits[_i].text);
	struct ptx_str part = { NULL, 0 };
	size_t n = 0;

	while (ptxi_str_next(&rest, ',', &part)) {
		ck_assert_ptr_nonnull(splits[_i].parts[n]);
		ck_assert(ptxi_str_is(part, splits[_i].parts[n]));
		n++;
	}
	ck_assert_ptr_null(splits[_i].parts[n]);
}
END_TEST

static const struct {
	const char *text;
	int64_t min, max, want;
	bool ok;
} ints[] = {
	{ "0", INT64_MIN, INT64_MAX, 0, true },
	{ "-0", INT64_MIN, INT64_MAX, 0, true },
	{ "+7", INT64_MIN, INT64_MAX, 7, true },
	{ "007", INT64_MIN, INT64_MAX, 7, true },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, true },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, 0, false },
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, true },
	{ "-9223372036854775809", INT64_MIN, INT64_MAX, 0, false },
	{ "99999999999999999999999", INT64_MIN, INT64_MAX, 0, false },
	{ "10", 0, 9, 0, false },
	{ "-1", 0, 9, 0, false },
	{ "9", 0, 9, 9, true },
	{ "", 0, 9, 0, false },
	{ "-", -9, 9, 0, false },
	{ "+-1", -9, 9, 0, false },
	{ "1 ", 0, 9, 0, false },
	{ " 1", 0, 9, 0, false },
	{ "0x1", 0, 9, 0, false },
	{ "1e0", 0, 9, 0, false },
};

START_TEST(integers)
{
	int64_t got = 4711;

	ck_assert_int_eq(ptxi_parse_i64(ptxi_str(ints[_i].text), &got, ints[_i].min, ints[_i].max),
			 ints[_i].ok);
	ck_assert_int_eq(got, ints[_i].ok ? ints[_i].want : 4711);
}
END_TEST

START_TEST(unsigned_integers)
{
	uint64_t got = 0;

	ck_assert(ptxi_parse_u64(ptxi_str("18446744073709551615"), &got, UINT64_MAX));
	ck_assert_uint_eq(got, UINT64_MAX);
	ck_assert(!ptxi_parse_u64(ptxi_str("18446744073709551616"), &got, UINT64_MAX));
	ck_assert(!ptxi_parse_u64(ptxi_str("11"), &got, 10));
	ck_assert(!ptxi_parse_u64(ptxi_str("+1"), &got, 10));
	ck_assert(!ptxi_parse_u64(ptxi_str("-1"), &got, 10));
	ck_assert(!ptxi_parse_u64(ptxi_strn("1\0", 2), &got, 10));
}
END_TEST

/* clang-format off */
static const struct {
	const char *text;
	bool ok;
	double want;
} doubles[] = {
	{ "1.5", true, 1.5 },	 { "-.5", true, -0.5 },	 { "1.", true, 1 },	 { "1e3", true, 1000 },
	{ "+1E-2", true, 0.01 }, { "5e-324", true, 5e-324 }, { "1e-400", true, 0 },
	{ "0.1000000000000000055511151231257827021181583404541015625000000000000000", true, 0.1 },
	{ "", false, 0 },	 { ".", false, 0 },	 { "e1", false, 0 },	 { "1e", false, 0 },
	{ "1e+", false, 0 },	 { "inf", false, 0 },	 { "nan", false, 0 },	 { "0x1p3", false, 0 },
	{ "1,5", false, 0 },	 { "1 ", false, 0 },	 { "-1e400", true, -INFINITY },	 { "--1", false, 0 },
};
/* clang-format on */

START_TEST(floats)
{
	double got = 4711;

	ck_assert_int_eq(ptxi_parse_double(ptxi_str(doubles[_i].text), &got), doubles[_i].ok);
	ck_assert(got == (doubles[_i].ok ? doubles[_i].want : 4711));
}
END_TEST

/* clang-format off */
static const struct {
	double f;
	const char *digits;
	int exp;
} shortest[] = {
	{ 0, "0", 1 }, { 1, "1", 1 }, { 100, "1", 3 }, { 0.1, "1", 0 }, { 0.3, "3", 0 }, { 1.0 / 3, "3333333333333333", 0 },
	{ -2.5, "25", 1 }, { 5e-324, "5", -323 }, { DBL_MAX, "17976931348623157", 309 }, { 123456789012345680.0, "12345678901234568", 18 },
	{ 9007199254740993.0, "9007199254740992", 16 }, { 1e23, "1", 24 }, { 2.2250738585072014e-308, "22250738585072014", -307 },
};
/* clang-format on */

START_TEST(shortest_digits)
{
	char digits[18] = "";
	int exp = 0;
	size_t n = ptxi_double_digits(shortest[_i].f, digits, &exp);

	ck_assert_str_eq(digits, shortest[_i].digits);
	ck_assert_uint_eq(n, strlen(digits));
	ck_assert_int_eq(exp, shortest[_i].exp);
}
END_TEST

START_TEST(digits_of_any_double_read_back)
{
	for (int i = 0; i < 20000; i++) {
		double f = 0;
		double back = 0;
		char digits[18] = "";
		char text[64];
		int exp = 0;

		ptxi_rand_bytes(&f, sizeof(f));
		if (!isfinite(f))
			continue;
		ptxi_double_digits(f, digits, &exp);
		snprintf(text, sizeof(text), "0.%se%d", digits, exp);
		ck_assert(ptxi_parse_double(ptxi_str(text), &back));
		ck_assert(back == fabs(f));
	}
}
END_TEST

START_TEST(the_locale_does_not_matter)
{
	double got = 0;
	char digits[18] = "";
	int exp = 0;

	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "de_DE"))
		return;
	ck_assert(ptxi_parse_double(ptxi_str("1.5"), &got));
	ck_assert(got == 1.5);
	ptxi_double_digits(0.25, digits, &exp);
	ck_assert_str_eq(digits, "25");
}
END_TEST

Suite *suite_base_str(void)
{
	Suite *s = suite_create("base_str");
	TCase *tc = tcase_create("str");

	tcase_add_test(tc, a_pair_is_found_wherever_it_stands);
	tcase_add_test(tc, comparing);
	tcase_add_test(tc, finding_and_cutting);
	tcase_add_loop_test(tc, splitting, 0, PTXI_COUNT(splits));
	tcase_add_loop_test(tc, integers, 0, PTXI_COUNT(ints));
	tcase_add_test(tc, unsigned_integers);
	tcase_add_loop_test(tc, floats, 0, PTXI_COUNT(doubles));
	tcase_add_loop_test(tc, shortest_digits, 0, PTXI_COUNT(shortest));
	tcase_add_test(tc, digits_of_any_double_read_back);
	tcase_add_test(tc, the_locale_does_not_matter);
	suite_add_tcase(s, tc);
	return s;
}
