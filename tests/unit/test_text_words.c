/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/words.h"

Suite *suite_text_words(void);

START_TEST(cases)
{
	static const struct {
		void (*fn)(struct ptx_str, struct ptx_buf *);
		const char *text, *want;
	} rows[] = {
		{ ptxi_words_title, "ab c-d 1e", "Ab C-D 1e" },
		{ ptxi_words_title, "\303\251t\303\251", "\303\211t\303\251" },
		{ ptxi_words_untitle, "Ab CD", "ab cD" },
		{ ptxi_words_swap_case, "Ab cD", "aB Cd" },
		{ ptxi_words_snake, "HTTPServer", "http_server" },
		{ ptxi_words_snake, "fooBar2Baz", "foo_bar2_baz" },
		{ ptxi_words_kebab, "FirstName", "first-name" },
		{ ptxi_words_pascal, "http_server", "HttpServer" },
		{ ptxi_words_pascal, "a-b c_d", "ABCD" },
		{ ptxi_words_initials, "First Try", "FT" },
		{ ptxi_words_without_blanks, " h e\tl\nlo ", "hello" },
		{ ptxi_words_snake, "", "" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptx_buf_adds(&out, "");
		rows[i].fn(ptxi_str(rows[i].text), &out);
		ck_assert_msg(ptxi_str_is(ptx_buf_str(&out), rows[i].want), "%zu: %s", i, out.p);
	}
}
END_TEST

START_TEST(shortening)
{
	static const struct {
		int64_t offset, width;
		const char *text, *want;
	} rows[] = {
		{ 0, 5, "hello world", "he..." },
		{ 0, 20, "short", "short" },
		{ 5, 10, "1234 5678 9123", "...5678..." },
		{ 99, 8, "hello world", "...world" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_words_abbreviate(ptxi_str(rows[i].text), rows[i].offset, rows[i].width, &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

START_TEST(wrapping)
{
	static const struct {
		int64_t width;
		const char *newline;
		bool cut;
		const char *text, *want;
	} rows[] = {
		{ 5, "", false, "one two three", "one\ntwo\nthree" },
		{ 4, "", false, "abcdefgh i", "abcdefgh\ni" },
		{ 4, "/", true, "abcdefghij", "abcd/efgh/ij" },
		{ 80, "", false, "short", "short" },
		{ 0, "", false, "a b", "a\nb" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_words_wrap(ptxi_str(rows[i].text), rows[i].width, ptxi_str(rows[i].newline),
				rows[i].cut, &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

Suite *suite_text_words(void)
{
	Suite *s = suite_create("text/words");
	TCase *t = tcase_create("words");

	tcase_add_test(t, cases);
	tcase_add_test(t, shortening);
	tcase_add_test(t, wrapping);
	suite_add_tcase(s, t);
	return s;
}
