/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <math.h>

#include "text/gonum.h"

Suite *suite_text_gonum(void);

START_TEST(whole_numbers)
{
	static const struct {
		const char *text;
		unsigned base;
		enum ptxi_go_number status;
		int64_t want;
	} rows[] = {
		{ "12", 10, PTXI_NUMBER_OK, 12 },
		{ "-0x1f", 0, PTXI_NUMBER_OK, -31 },
		{ "+0b101", 0, PTXI_NUMBER_OK, 5 },
		{ "0o17", 0, PTXI_NUMBER_OK, 15 },
		{ "017", 0, PTXI_NUMBER_OK, 15 },
		{ "1_000", 0, PTXI_NUMBER_OK, 1000 },
		{ "1_000", 10, PTXI_NUMBER_SYNTAX, 0 },
		{ "1__0", 0, PTXI_NUMBER_SYNTAX, 0 },
		{ "0x", 0, PTXI_NUMBER_SYNTAX, 0 },
		{ "", 10, PTXI_NUMBER_SYNTAX, 0 },
		{ "-", 10, PTXI_NUMBER_SYNTAX, 0 },
		{ "09", 0, PTXI_NUMBER_SYNTAX, 0 },
		{ "9223372036854775808", 10, PTXI_NUMBER_RANGE, INT64_MAX },
		{ "-9223372036854775808", 10, PTXI_NUMBER_OK, INT64_MIN },
		{ "-99999999999999999999", 10, PTXI_NUMBER_RANGE, INT64_MIN },
		{ "zz", 36, PTXI_NUMBER_OK, 1295 },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		int64_t v = 1;

		ck_assert_msg(ptxi_go_parse_int(ptxi_str(rows[i].text), rows[i].base, &v) ==
				  rows[i].status,
			      "%s", rows[i].text);
		ck_assert_msg(v == rows[i].want, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(floats)
{
	static const struct {
		const char *text;
		enum ptxi_go_number status;
		double want;
	} rows[] = {
		{ "1.5", PTXI_NUMBER_OK, 1.5 },
		{ "-.5e1", PTXI_NUMBER_OK, -5 },
		{ "1_000.5", PTXI_NUMBER_OK, 1000.5 },
		{ "1__0.0", PTXI_NUMBER_SYNTAX, 0 },
		{ "0x1.8p1", PTXI_NUMBER_OK, 3 },
		{ "-0x.8p0", PTXI_NUMBER_OK, -0.5 },
		{ "0x1p-1074", PTXI_NUMBER_OK, 5e-324 },
		{ "0x1.fffffffffffff8p0", PTXI_NUMBER_OK, 2 },
		{ "0x1", PTXI_NUMBER_SYNTAX, 0 },
		{ "0x1.8", PTXI_NUMBER_SYNTAX, 0 },
		{ "1e400", PTXI_NUMBER_RANGE, INFINITY },
		{ "-iNf", PTXI_NUMBER_OK, -INFINITY },
		{ "infinity", PTXI_NUMBER_OK, INFINITY },
		{ "infi", PTXI_NUMBER_SYNTAX, 0 },
		{ "", PTXI_NUMBER_SYNTAX, 0 },
		{ "+-1", PTXI_NUMBER_SYNTAX, 0 },
		{ "1e", PTXI_NUMBER_SYNTAX, 0 },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		double v = 1;

		ck_assert_msg(ptxi_go_parse_float(ptxi_str(rows[i].text), &v) == rows[i].status,
			      "%s", rows[i].text);
		ck_assert_msg(rows[i].status == PTXI_NUMBER_SYNTAX || v == rows[i].want, "%s: %g",
			      rows[i].text, v);
	}
}
END_TEST

START_TEST(formatted)
{
	static const struct {
		double f;
		char format;
		int precision;
		bool single;
		const char *want;
	} rows[] = {
		{ 1e5, 'g', -1, false, "100000" },
		{ 1e6, 'g', -1, false, "1e+06" },
		{ 123456789, 'g', -1, false, "1.23456789e+08" },
		{ 1e-5, 'g', -1, false, "1e-05" },
		{ 0.0001, 'g', -1, false, "0.0001" },
		{ 5e-324, 'g', -1, false, "5e-324" },
		{ 0.1f, 'g', -1, true, "0.1" },
		{ 0.1, 'e', 10, true, "1.0000000149e-01" },
		{ 1e99, 'g', -1, true, "+Inf" },
		{ -1e99, 'f', 2, true, "-Inf" },
		{ 1e-99, 'g', -1, true, "0" },
		{ 0, 'e', -1, false, "0e+00" },
		{ 1234.5, 'f', -1, false, "1234.5" },
		{ -1e21, 'f', -1, false, "-1000000000000000000000" },
		{ 1234.5, 'e', 2, false, "1.23e+03" },
		{ 2.5, 'f', 0, false, "2" },
		{ 100, 'G', 2, false, "1E+02" },
		{ 1, 'x', -1, false, "0x1p+00" },
		{ -2.5, 'X', 3, false, "-0X1.400P+01" },
		{ 5e-324, 'x', -1, false, "0x1p-1074" },
		{ 1, 'b', -1, false, "4503599627370496p-52" },
		{ 0, 'b', -1, false, "0p-1074" },
		{ NAN, 'f', 3, false, "NaN" },
		{ INFINITY, 'g', -1, false, "+Inf" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_go_format_float(rows[i].f, rows[i].format, rows[i].precision, rows[i].single,
				     &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

Suite *suite_text_gonum(void)
{
	Suite *s = suite_create("text/gonum");
	TCase *t = tcase_create("gonum");

	tcase_add_test(t, whole_numbers);
	tcase_add_test(t, floats);
	tcase_add_test(t, formatted);
	suite_add_tcase(s, t);
	return s;
}
