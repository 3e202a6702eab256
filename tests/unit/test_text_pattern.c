/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/pattern.h"

Suite *suite_text_pattern(void);

/* match: 1, 0, or -1 where the pattern is refused. What a browser's RegExp.test says. */
static const struct {
	const char *pattern;
	const char *text;
	int match;
} rows[] = {
	{ "^[a-z]+$", "abc", 1 },
	{ "^[a-z]+$", "abc\n", 0 },
	{ "b", "abc", 1 },
	{ "(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,32}", "Passw0rd", 1 },
	{ "(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,32}", "password", 0 },
	{ "^((?!root)\\w)+$", "admin", 1 },
	{ "^((?!root)\\w)+$", "theroot", 0 },
	{ "(?<=a)b", "ab", 1 },
	{ "^[^\\x20\\x22\\x27]*$", "zz zz", 0 },
	{ "^[^\\x20\\x22\\x27]*$", "zz", 1 },
	{ "^.$", "\xe4\xb8\x96", 1 },
	{ "^.$", "\xe2\x80\xa8", 0 },
	{ "^.$", "\r", 0 },
	{ "^\\s$", "\xef\xbb\xbf", 1 },
	{ "^[\\s]$", "\xc2\xa0", 1 },
	{ "^[\\S]$", "\xc2\xa0", 0 },
	{ "^[\\S]$", "x", 1 },
	{ "^[^\\S]$", " ", 1 },
	{ "^\\u4e16$", "\xe4\xb8\x96", 1 },
	{ "^\\ud83d\\ude00$", "\xf0\x9f\x98\x80", 1 },
	{ "^\\x41$", "A", 1 },
	{ "^\\x4$", "x4", 1 },
	{ "^\\cA$", "\x01", 1 },
	{ "^[^]$", "\n", 1 },
	{ "[]", "a", 0 },
	{ "^[[:alpha:]]$", "a]", 1 },
	{ "^\\Qa\\E$", "QaE", 1 },
	{ "^\\A\\h\\K$", "AhK", 1 },
	{ "^\\R$", "R", 1 },
	{ "^a{,3}$", "a{,3}", 1 },
	{ "^a{2,3}$", "aaaa", 0 },
	{ "^{$", "{", 1 },
	{ "^]}$", "]}", 1 },
	{ "^(a)?\\1$", "", 1 },
	{ "^(a)\\1$", "aa", 1 },
	{ "^\\1$", "\x01", 1 },
	{ "^[\\1]$", "\x01", 1 },
	{ "^(?<y>\\d{4})-\\k<y>$", "2020-2020", 1 },
	{ "^\\k$", "k", 1 },
	{ "^a#b$", "a#b", 1 },
	{ "^a+?$", "aaa", 1 },
	{ "a++", "a", -1 },
	{ "*a", "a", -1 },
	{ "^*", "a", -1 },
	{ "(*ACCEPT)", "a", -1 },
	{ "(?i)a", "A", -1 },
	{ "(?>a)", "a", -1 },
	{ "(?#c)", "a", -1 },
	{ "(?R)", "a", -1 },
	{ "(a", "a", -1 },
	{ "a)", "a", -1 },
	{ "[a", "a", -1 },
	{ "[b-a]", "a", -1 },
	{ "a\\", "a", -1 },
	{ "", "anything", 1 },
	{ "^$|^([a-z0-9-.*]+:[0-9*]+(, *)?)+$", "a.b:80, c:*", 1 },
	{ "^(?=^.{3,255}$)(\\.[a-zA-Z0-9][-a-zA-Z0-9]{0,62}){2,10}$", ".a.b", 1 },
};

START_TEST(means_what_a_browser_means)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(pattern) p = ptxi_pattern_compile(ptxi_str(rows[_i].pattern), false, &err);

	ck_assert_msg((p != NULL) == (rows[_i].match >= 0), "%s: %s", rows[_i].pattern,
		      err ? ptx_error_message(err) : "compiles");
	if (!p)
		ck_assert_int_eq(ptx_error_code(err), PTX_E_SYNTAX);
	else
		ck_assert_msg(ptxi_pattern_test(p, ptxi_str(rows[_i].text), &err) == rows[_i].match,
			      "%s on '%s'", rows[_i].pattern, rows[_i].text);
}
END_TEST

START_TEST(a_pattern_that_explodes_is_stopped)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(pattern) p =
	    ptxi_pattern_compile(PTXI_STR("^(([a-z])+.)+[A-Z]([a-z])+$"), false, &err);

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(
	    ptxi_pattern_test(
		p, PTXI_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"), &err),
	    PTX_E_LIMIT);
}
END_TEST

START_TEST(perl_where_it_is_allowed)
{
	ptxi_auto(pattern) p = ptxi_pattern_compile(PTXI_STR("(?i)^abc\\Z"), true, NULL);

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(ptxi_pattern_test(p, PTXI_STR("ABC"), NULL), 1);
	ck_assert_ptr_null(ptxi_pattern_compile(PTXI_STR("(?<"), true, NULL));
}
END_TEST

START_TEST(a_text_that_is_no_utf8_is_refused)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(pattern) p = ptxi_pattern_compile(PTXI_STR("a"), false, &err);

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(ptxi_pattern_test(p, PTXI_STR("\xff"), &err), PTX_E_INVALID);
}
END_TEST

Suite *suite_text_pattern(void)
{
	Suite *s = suite_create("text_pattern");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, means_what_a_browser_means, 0, PTXI_COUNT(rows));
	tcase_add_test(t, a_pattern_that_explodes_is_stopped);
	tcase_add_test(t, perl_where_it_is_allowed);
	tcase_add_test(t, a_text_that_is_no_utf8_is_refused);
	suite_add_tcase(s, t);
	return s;
}
