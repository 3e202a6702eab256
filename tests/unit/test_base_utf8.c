/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/utf8.h"

Suite *suite_base_utf8(void);

static const struct {
	const char *bytes;
	uint32_t rune;
	size_t len; /* of the first one */
	bool valid; /* the first one */
	size_t count;
} rows[] = {
	{ "a", 'a', 1, true, 1 },
	{ "\x7f", 0x7f, 1, true, 1 },
	{ "\xc2\x80", 0x80, 2, true, 1 },
	{ "\xdf\xbf", 0x7ff, 2, true, 1 },
	{ "\xe0\xa0\x80", 0x800, 3, true, 1 },
	{ "\xed\x9f\xbf", 0xd7ff, 3, true, 1 },
	{ "\xee\x80\x80", 0xe000, 3, true, 1 },
	{ "\xef\xbf\xbd", 0xfffd, 3, true, 1 },
	{ "\xf0\x90\x80\x80", 0x10000, 4, true, 1 },
	{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4, true, 1 },
	{ "\x80", 0xfffd, 1, false, 1 },     /* a lone continuation */
	{ "\xc0\x80", 0xfffd, 1, false, 2 }, /* overlong */
	{ "\xc1\xbf", 0xfffd, 1, false, 2 },
	{ "\xe0\x80\x80", 0xfffd, 1, false, 3 },
	{ "\xf0\x80\x80\x80", 0xfffd, 1, false, 4 },
	{ "\xed\xa0\x80", 0xfffd, 1, false, 3 },     /* a surrogate */
	{ "\xf4\x90\x80\x80", 0xfffd, 1, false, 4 }, /* beyond Unicode */
	{ "\xf5\x80\x80\x80", 0xfffd, 1, false, 4 },
	{ "\xff", 0xfffd, 1, false, 1 },
	{ "\xc3", 0xfffd, 1, false, 1 }, /* cut off */
	{ "\xe2\x82", 0xfffd, 1, false, 2 },
	{ "\xf0\x9f\x98", 0xfffd, 1, false, 3 },
	{ "\xe2\x28\xa1", 0xfffd, 1, false, 3 }, /* no continuation */
	{ "", 0xfffd, 0, false, 0 },
};

START_TEST(decoding)
{
	struct ptx_str s = ptxi_str(rows[_i].bytes);
	size_t len = 99;
	char back[4];

	ck_assert_uint_eq(ptxi_utf8_decode(s, &len), rows[_i].rune);
	ck_assert_uint_eq(len, rows[_i].len);
	ck_assert_int_eq(ptxi_utf8_valid_at(s), rows[_i].valid);
	ck_assert_int_eq(ptxi_utf8_valid(s), rows[_i].valid || s.n == 0);
	ck_assert_uint_eq(ptxi_utf8_count(s), rows[_i].count);
	if (rows[_i].valid) {
		ck_assert_uint_eq(ptxi_utf8_encode(rows[_i].rune, back), s.n);
		ck_assert_mem_eq(back, s.p, s.n);
	}
}
END_TEST

START_TEST(every_rune_goes_both_ways)
{
	char bytes[4];
	size_t len = 0;

	for (uint32_t r = 0; r <= 0x110000; r++) {
		bool fine = r <= 0x10ffff && (r < 0xd800 || r > 0xdfff);
		size_t n = ptxi_utf8_encode(r, bytes);

		ck_assert_uint_eq(ptxi_utf8_decode(ptxi_strn(bytes, n), &len),
				  fine ? r : PTXI_RUNE_ERROR);
		ck_assert_uint_eq(len, n);
	}
}
END_TEST

START_TEST(texts)
{
	ck_assert(ptxi_utf8_valid(ptxi_strn("a\0\xc3\xa4", 4)));
	ck_assert(!ptxi_utf8_valid(ptxi_str("abc\xff"
					    "abc")));
	ck_assert_uint_eq(ptxi_utf8_count(ptxi_str("z\xc3\xa4\xe2\x82\xac\xff")), 4);
	ck_assert(ptxi_utf8_valid(ptxi_strn(NULL, 0)));
}
END_TEST

Suite *suite_base_utf8(void)
{
	Suite *s = suite_create("base_utf8");
	TCase *tc = tcase_create("utf8");

	tcase_add_loop_test(tc, decoding, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, every_rune_goes_both_ways);
	tcase_add_test(tc, texts);
	suite_add_tcase(s, tc);
	return s;
}
