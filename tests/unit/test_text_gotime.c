/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/gotime.h"

Suite *suite_text_gotime(void);

START_TEST(formatting)
{
	static const struct {
		const char *layout, *want;
	} rows[] = {
		{ "2006-01-02T15:04:05Z07:00", "2009-02-13T23:31:30Z" },
		{ "Mon, 02 Jan 2006 15:04:05 MST", "Fri, 13 Feb 2009 23:31:30 UTC" },
		{ "Monday January _2 3:04PM 06", "Friday February 13 11:31PM 09" },
		{ "002 1/2 -0700 -07:00:00 Z0700", "044 2/13 +0000 +00:00:00 Z" },
		{ "05.000 05.999 05.000000000 05,99", "30.120 30.12 30.120000000 30,12" },
		{ "stdMonth Jander 2006x", "stdMonth Jander 2009x" },
		{ "", "" },
	};
	const struct ptxi_time t = { .unix_seconds = 1234567890,
				     .nanoseconds = 120000000,
				     .zone = "UTC" };

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptx_buf_adds(&out, "");
		ptxi_go_time_format(&t, ptxi_str(rows[i].layout), &out);
		ck_assert_msg(ptxi_str_is(ptx_buf_str(&out), rows[i].want), "%s: %s",
			      rows[i].layout, out.p);
	}
}
END_TEST

START_TEST(parsing)
{
	static const struct {
		const char *layout, *text;
		int64_t seconds;
		int32_t ns, offset;
		const char *error; /* NULL: none */
	} rows[] = {
		{ "2006-01-02", "2017-12-31", 1514678400, 0, 0, NULL },
		{ "2006-01-02T15:04:05Z07:00", "2017-12-31T01:00:00.5+02:00", 1514674800, 500000000,
		  7200, NULL },
		{ "02 Jan 06 15:04 MST", "13 Feb 09 23:31 UTC", 1234567860, 0, 0, NULL },
		{ "3:04PM", "3:04AM", -62167208160 + 0, 0, 0, NULL },
		{ "2006-01-02", "x", 0, 0, 0,
		  "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\"" },
		{ "2006-01-02", "2017-02-30", 0, 0, 0,
		  "parsing time \"2017-02-30\": day out of range" },
		{ "2006-01-02", "2017-02-03z", 0, 0, 0,
		  "parsing time \"2017-02-03z\": extra text: \"z\"" },
		{ "15:04", "25:00", 0, 0, 0, "parsing time \"25:00\": hour out of range" },
	};
	ptxi_auto(zone) utc = ptxi_zone_load(PTXI_STR("UTC"), NULL);

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(error) err = NULL;
		struct ptxi_time t = { 0 };
		int code = ptxi_go_time_parse(a, ptxi_str(rows[i].layout), ptxi_str(rows[i].text),
					      utc, &t, &err);

		if (rows[i].error) {
			ck_assert_int_eq(code, PTX_E_SYNTAX);
			ck_assert_str_eq(ptx_error_message(err), rows[i].error);
			continue;
		}
		ck_assert_msg(code == 0, "%s", rows[i].text);
		ck_assert_int_eq(t.unix_seconds, rows[i].seconds);
		ck_assert_int_eq(t.nanoseconds, rows[i].ns);
		ck_assert_int_eq(t.offset_seconds, rows[i].offset);
	}
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		int64_t ns;
		const char *error; /* NULL: none */
	} rows[] = {
		{ "1h15m30.918s", 4530918000000, NULL },
		{ "-1.5h", -5400000000000, NULL },
		{ "0", 0, NULL },
		{ "3us4\302\265s5ns", 7005, NULL },
		{ ".5s", 500000000, NULL },
		{ "2562048h", 0, "time: invalid duration \"2562048h\"" },
		{ "", 0, "time: invalid duration \"\"" },
		{ "1", 0, "time: missing unit in duration \"1\"" },
		{ "1x", 0, "time: unknown unit \"x\" in duration \"1x\"" },
		{ ".s", 0, "time: invalid duration \".s\"" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		int64_t ns = 0;
		int code = ptxi_go_duration_parse(ptxi_str(rows[i].text), &ns, &err);

		if (rows[i].error) {
			ck_assert_int_eq(code, PTX_E_SYNTAX);
			ck_assert_str_eq(ptx_error_message(err), rows[i].error);
			continue;
		}
		ck_assert_msg(code == 0, "%s", rows[i].text);
		ck_assert_int_eq(ns, rows[i].ns);
	}
}
END_TEST

Suite *suite_text_gotime(void)
{
	Suite *s = suite_create("text/gotime");
	TCase *t = tcase_create("gotime");

	tcase_add_test(t, formatting);
	tcase_add_test(t, parsing);
	tcase_add_test(t, durations);
	suite_add_tcase(s, t);
	return s;
}
