/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "base/zone.h"

Suite *suite_base_zone(void);

START_TEST(utc_is_always_there)
{
	ptxi_auto(zone) z = ptxi_zone_load(PTXI_STR(""), NULL);
	struct ptxi_zone_span s = { 0 };

	ck_assert_ptr_nonnull(z);
	s = ptxi_zone_at(z, 1234567890);
	ck_assert_int_eq(s.offset, 0);
	ck_assert_str_eq(s.name, "UTC");
	ck_assert(s.start == INT64_MIN && s.end == INT64_MAX && !s.dst);
}
END_TEST

START_TEST(names_that_are_refused)
{
	static const char *const names[] = {
		"../etc/passwd", "/etc/localtime", "Europe/../../x", "No/Such", ".", "Europe",
		"a\\b"
	};

	for (size_t i = 0; i < PTXI_COUNT(names); i++) {
		ptx_auto(error) err = NULL;

		ck_assert_msg(!ptxi_zone_load(ptxi_str(names[i]), &err), "%s", names[i]);
		ck_assert_int_eq(ptx_error_code(err), PTX_E_NOT_FOUND);
	}
}
END_TEST

/* A file of version 2: standard time "STA" at +1 h, from 1000 on "DTA" at +2 h, and a rule for what
 * comes after. */
#define HEADER(version, counts) "TZif" version "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" counts
/* clang-format off */
#define COUNTS(times) "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0" times "\0\0\0\2" "\0\0\0\x8"
#define TYPES "\0\0\x0e\x10\0\0" "\0\0\x1c\x20\1\4" "STA\0DTA\0"
static const char file[] = HEADER("2", COUNTS("\0")) TYPES
    HEADER("2", COUNTS("\1")) "\0\0\0\0\0\0\x03\xe8" "\1" TYPES "\nSTA-1DTA,M3.5.0,M10.5.0/3\n";
/* clang-format on */

START_TEST(a_file)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(zone) z = ptxi_zone_parse(ptxi_strn(file, sizeof(file) - 1), &err);
	int32_t offset = 0;

	ck_assert_ptr_nonnull(z);
	ck_assert_int_eq(ptxi_zone_at(z, 999).offset, 3600);
	ck_assert_str_eq(ptxi_zone_at(z, 0).name, "STA");
	/* by the rule: 2026-07-01 is in summer, 2026-12-01 is not */
	ck_assert_int_eq(ptxi_zone_at(z, 1782864000).offset, 7200);
	ck_assert_str_eq(ptxi_zone_at(z, 1782864000).name, "DTA");
	ck_assert(ptxi_zone_at(z, 1782864000).dst);
	ck_assert_int_eq(ptxi_zone_at(z, 1796083200).offset, 3600);
	/* 2026-03-29 01:00 UTC, when clocks jump from 02:00 to 03:00 */
	ck_assert_int_eq(ptxi_zone_at(z, 1774745999).offset, 3600);
	ck_assert_int_eq(ptxi_zone_at(z, 1774746000).offset, 7200);
	ck_assert_int_eq(ptxi_zone_at(z, 1774746000).start, 1774746000);
	ck_assert_int_eq(ptxi_zone_unix(z, 1782864000 + 7200), 1782864000);
	ck_assert(ptxi_zone_named(z, PTXI_STR("DTA"), 1782864000, &offset));
	ck_assert_int_eq(offset, 7200);
	ck_assert(!ptxi_zone_named(z, PTXI_STR("XT"), 0, &offset));
}
END_TEST

START_TEST(any_part_of_a_file)
{
	for (size_t n = 0; n < sizeof(file) - 1; n++) {
		ptx_auto(error) err = NULL;
		ptxi_auto(zone) z = ptxi_zone_parse(ptxi_strn(file, n), &err);

		ck_assert(z || ptx_error_code(err) == PTX_E_CORRUPT);
		if (z)
			ptxi_zone_at(z, 1782864000);
	}
	for (size_t at = 0; at < sizeof(file) - 1; at++) {
		char broken[sizeof(file)];
		ptx_auto(error) err = NULL;
		ptxi_auto(zone) z = NULL;

		memcpy(broken, file, sizeof(file));
		broken[at] = (char)0xff;
		z = ptxi_zone_parse(ptxi_strn(broken, sizeof(file) - 1), &err);
		for (int64_t s = -4000000000; z && s < 9000000000; s += 1000000007)
			ptxi_zone_unix(z, s);
	}
}
END_TEST

Suite *suite_base_zone(void)
{
	Suite *s = suite_create("base/zone");
	TCase *t = tcase_create("zone");

	tcase_add_test(t, utc_is_always_there);
	tcase_add_test(t, names_that_are_refused);
	tcase_add_test(t, a_file);
	tcase_add_test(t, any_part_of_a_file);
	suite_add_tcase(s, t);
	return s;
}
