/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/goquote.h"
#include "text/runes.h"

Suite *suite_text_goquote(void);

START_TEST(quoting)
{
	static const struct {
		const char *text;
		bool ascii;
		const char *want;
	} rows[] = {
		{ "a\"b\\\n\x01\x7f", false, "\"a\\\"b\\\\\\n\\x01\\x7f\"" },
		{ "h\xc3\xa9\xff", false, "\"h\xc3\xa9\\xff\"" },
		{ "h\xc3\xa9\xf0\x9f\x98\x80", true, "\"h\\u00e9\\U0001f600\"" },
		{ "\xe2\x80\x8b\xef\xbf\xbd", false, "\"\\u200b\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_go_quote(ptxi_str(rows[i].text), rows[i].ascii, &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

START_TEST(unquoting)
{
	static const struct {
		const char *literal;
		const char *want; /* NULL: malformed */
	} rows[] = {
		{ "\"a\\tb\"", "a\tb" },
		{ "`raw\\n\r`", "raw\\n" },
		{ "\"\\x41\\101\\u00e9\"", "AA\xc3\xa9" },
		{ "\"\\U0001F600\"", "\xf0\x9f\x98\x80" },
		{ "\"\\xff\"", "\xff" },
		{ "'x'", "x" },
		{ "\"\\'\"", NULL },
		{ "'\\\"'", NULL },
		{ "\"\\ud800\"", NULL },
		{ "\"\\400\"", NULL },
		{ "\"\\q\"", NULL },
		{ "\"a", NULL },
		{ "\"", NULL },
		{ "'ab'", NULL },
		{ "''", NULL },
		{ "\"a\nb\"", NULL },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ck_assert_msg(ptxi_go_unquote(ptxi_str(rows[i].literal), &out) ==
				  (rows[i].want != NULL),
			      "%s", rows[i].literal);
		if (rows[i].want)
			ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

static void escaped_is(void (*escape)(struct ptx_str, struct ptx_buf *), const char *text,
		       const char *want)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	escape(ptxi_str(text), &out);
	ck_assert_str_eq(out.p, want);
}

START_TEST(escaping)
{
	escaped_is(ptxi_html_escape, "<a href=\"x'&\">", "&lt;a href=&#34;x&#39;&amp;&#34;&gt;");
	escaped_is(ptxi_js_escape, "it's \"<b>\" a=b&c\n\\\xc3\xa9\xe2\x80\xa8",
		   "it\\'s \\\"\\u003Cb\\u003E\\\" a\\u003Db\\u0026c\\u000A\\\\\xc3\xa9\\u2028");
	escaped_is(ptxi_url_query_escape, "a b&c=d/\xc3\xa9~-_.", "a+b%26c%3Dd%2F%C3%A9~-_.");
}
END_TEST

static void mapped_is(uint32_t (*map)(uint32_t), const char *text, const char *want)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_text_map_runes(ptxi_str(text), map, &out);
	ck_assert_str_eq(out.p, want);
}

START_TEST(letter_cases)
{
	mapped_is(ptxi_rune_upper, "ab1\xc3\xa9\xc4\xb1\xc5\xbf\xff", "AB1\xc3\x89IS\xef\xbf\xbd");
	mapped_is(ptxi_rune_lower, "\xc3\x89\xce\xa3\xc4\xb0", "\xc3\xa9\xcf\x83i");
	ck_assert(ptxi_rune_is_print(0x4e16));
	ck_assert(!ptxi_rune_is_print(0xad));
	ck_assert(!ptxi_rune_is_print(0x10ffff));
	ck_assert(ptxi_rune_is_space(0x3000));
}
END_TEST

Suite *suite_text_goquote(void)
{
	Suite *s = suite_create("text/goquote");
	TCase *t = tcase_create("goquote");

	tcase_add_test(t, quoting);
	tcase_add_test(t, unquoting);
	tcase_add_test(t, escaping);
	tcase_add_test(t, letter_cases);
	suite_add_tcase(s, t);
	return s;
}
