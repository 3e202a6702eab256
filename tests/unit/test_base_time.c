/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <time.h>

#include "base/ptxi.h"
#include "base/time.h"

Suite *suite_base_time(void);

static const struct {
	int64_t unix_seconds;
	int32_t nanoseconds;
	int32_t offset;
	const char *text;
} stamps[] = {
	{ 0, 0, 0, "1970-01-01T00:00:00Z" },
	{ -1, 0, 0, "1969-12-31T23:59:59Z" },
	{ 951782400, 0, 0, "2000-02-29T00:00:00Z" },
	{ 951868800, 0, 0, "2000-03-01T00:00:00Z" },
	{ 1709164800, 0, 0, "2024-02-29T00:00:00Z" },
	{ 1709251200, 0, 0, "2024-03-01T00:00:00Z" },
	{ 1735689599, 500000000, 0, "2024-12-31T23:59:59.5Z" },
	{ 1735689599, 1, 3600, "2025-01-01T00:59:59.000000001+01:00" },
	{ 1735689599, 0, -19800, "2024-12-31T18:29:59-05:30" },
	{ -62135596800, 0, 0, "0001-01-01T00:00:00Z" },
	{ -62167219200, 0, 0, "0000-01-01T00:00:00Z" },
	{ 253402300799, 0, 0, "9999-12-31T23:59:59Z" },
	{ 4107542400, 0, 0, "2100-03-01T00:00:00Z" },
};

START_TEST(stamps_go_both_ways)
{
	ptx_auto_buf out;
	int64_t s = 0;
	int32_t ns = -1;
	int32_t offset = -1;

	ptx_buf_init(&out, 0);
	ptxi_time_format_rfc3339(stamps[_i].unix_seconds, stamps[_i].nanoseconds, stamps[_i].offset,
				 &out);
	ck_assert_str_eq(out.p, stamps[_i].text);
	ck_assert(ptxi_time_parse_rfc3339(ptxi_str(stamps[_i].text), &s, &ns, &offset));
	ck_assert_int_eq(s, stamps[_i].unix_seconds);
	ck_assert_int_eq(ns, stamps[_i].nanoseconds);
	ck_assert_int_eq(offset, stamps[_i].offset);
}
END_TEST

/* clang-format off */
static const char *const refused[] = {
	"", "2024", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01t00:00:00Z",
	"2024-01-01T00:00:00z", "2024-1-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
	"2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
	"2024-01-00T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z",
	"2024-01-01T00:00:00.Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+0100",
	"2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00Zx", "+024-01-01T00:00:00Z",
	"-001-01-01T00:00:00Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z ", "2024-01-01T00:00:00.5",
};
/* clang-format on */

START_TEST(what_is_no_stamp_is_refused)
{
	int64_t s = 42;

	ck_assert(!ptxi_time_parse_rfc3339(ptxi_str(refused[_i]), &s, NULL, NULL));
	ck_assert_int_eq(s, 42);
}
END_TEST

START_TEST(a_stamp_with_a_nul_or_many_digits)
{
	int32_t ns = 0;

	ck_assert(
	    !ptxi_time_parse_rfc3339(ptxi_strn("2024-01-01T00:00:00\0Z", 21), NULL, NULL, NULL));
	ck_assert(ptxi_time_parse_rfc3339(ptxi_str("2024-01-01T00:00:00.12345678999999999999999Z"),
					  NULL, &ns, NULL));
	ck_assert_int_eq(ns, 123456789);
}
END_TEST

/* The calendar against the C library's, over years in steps that meet every day of the year. */
START_TEST(the_calendar_is_the_c_librarys)
{
	for (int64_t t = -70000000000; t < 260000000000; t += 86400 * 97 + 12345) {
		struct ptxi_civil c = ptxi_time_civil(t);
		struct tm tm;
		time_t when = (time_t)t;

		ck_assert_ptr_nonnull(gmtime_r(&when, &tm));
		ck_assert_int_eq(c.year, tm.tm_year + 1900LL);
		ck_assert_int_eq(c.month, tm.tm_mon + 1);
		ck_assert_int_eq(c.day, tm.tm_mday);
		ck_assert_int_eq(c.hour, tm.tm_hour);
		ck_assert_int_eq(c.minute, tm.tm_min);
		ck_assert_int_eq(c.second, tm.tm_sec);
		ck_assert_int_eq(c.weekday, tm.tm_wday);
		ck_assert_int_eq(c.yearday, tm.tm_yday + 1);
		ck_assert_int_eq(ptxi_time_unix(&c), t);
	}
}
END_TEST

START_TEST(every_day_of_four_hundred_years_is_the_next_one)
{
	struct ptxi_civil before = ptxi_time_civil(-86400);

	for (int64_t day = 0; day < 146097 + 366; day++) {
		struct ptxi_civil c = ptxi_time_civil(day * 86400);

		ck_assert_int_eq(c.weekday, (before.weekday + 1) % 7);
		ck_assert(c.yearday == before.yearday + 1 ||
			  (c.yearday == 1 && c.month == 1 && c.day == 1));
		ck_assert_int_eq(ptxi_time_unix(&c), day * 86400);
		before = c;
	}
}
END_TEST

START_TEST(months_beyond_the_year_are_carried)
{
	struct ptxi_civil c = { .year = 2023, .month = 14, .day = 1 };
	struct ptxi_civil d = { .year = 2024, .month = 0, .day = 31 };

	ck_assert_int_eq(ptxi_time_unix(&c), 1706745600); /* 2024-02-01 */
	ck_assert_int_eq(ptxi_time_unix(&d), 1703980800); /* 2023-12-31 */
}
END_TEST

/* clang-format off */
static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
} durations[] = {
	{ "0", 0 },	    { "1", 1000 },	{ "90s", 90000 },    { "1h30m", 5400000 }, { "250ms", 250 },
	{ "1.5h", 5400000 }, { "2d", 172800000 }, { "1.5", 1500 },   { ".5s", 500 },	   { "1m30", -1 },
	{ "", -1 },	    { "s", -1 },	{ "-1s", -1 },	     { "+1s", -1 },	   { "1x", -1 },
	{ "1 s", -1 },	    { "1s ", -1 },	{ ".", -1 },	     { "1h-1m", -1 },	   { "1e3s", -1 },
	{ "36525d", INT64_C(3155760000000) },	{ "36526d", -1 },    { "99999999999999999999", -1 },
	{ "0.0005s", 0 },   { "0.3s", 300 },	{ "1.5ms", 1 },
};
/* clang-format on */

START_TEST(durations_are_read)
{
	int64_t ms = -1;
	bool ok = ptxi_time_parse_duration(ptxi_str(durations[_i].text), &ms);

	ck_assert_int_eq(ok, durations[_i].ms >= 0);
	ck_assert_int_eq(ms, durations[_i].ms);
}
END_TEST

static const struct {
	int64_t ms;
	const char *text;
} shown[] = {
	{ 0, "0ms" },       { 250, "250ms" },
	{ 999, "999ms" },   { 1000, "1s" },
	{ 12345, "12.3s" }, { 59999, "59.9s" },
	{ 60000, "1m" },    { 65000, "1m 5s" },
	{ 3600000, "1h" },  { 3900000, "1h 5m" },
	{ 86400000, "1d" }, { 97200000, "1d 3h" },
	{ -1500, "-1.5s" }, { INT64_MIN, "-106751991167d 7h" },
};

START_TEST(durations_are_shown)
{
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ptxi_time_format_duration(shown[_i].ms, &out);
	ck_assert_str_eq(out.p, shown[_i].text);
}
END_TEST

START_TEST(clocks_run)
{
	int64_t a = ptxi_time_mono_ms();

	ck_assert_int_le(a, ptxi_time_mono_ms());
	ck_assert_int_gt(ptxi_time_wall_ns(), INT64_C(1600000000) * PTXI_NS_PER_S);
}
END_TEST

Suite *suite_base_time(void)
{
	Suite *s = suite_create("base_time");
	TCase *tc = tcase_create("time");

	tcase_add_loop_test(tc, stamps_go_both_ways, 0, PTXI_COUNT(stamps));
	tcase_add_loop_test(tc, what_is_no_stamp_is_refused, 0, PTXI_COUNT(refused));
	tcase_add_test(tc, a_stamp_with_a_nul_or_many_digits);
	tcase_add_test(tc, the_calendar_is_the_c_librarys);
	tcase_add_test(tc, every_day_of_four_hundred_years_is_the_next_one);
	tcase_add_test(tc, months_beyond_the_year_are_carried);
	tcase_add_loop_test(tc, durations_are_read, 0, PTXI_COUNT(durations));
	tcase_add_loop_test(tc, durations_are_shown, 0, PTXI_COUNT(shown));
	tcase_add_test(tc, clocks_run);
	suite_add_tcase(s, tc);
	return s;
}
