/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "text/regex.h"

Suite *suite_text_regex(void);

struct row {
	const char *pattern;
	const char *text;
	int match; /* -1: it does not compile */
	const char *error;
};

/* clang-format off */
static const struct row rows[] = {
	{ "a+", "caat", 1 },
	{ "^a$", "b\na\nb", 0 },
	{ "(?m)^a$", "b\na\nb", 1 },
	{ "(?i)HELLO", "say hello", 1 },
	{ "^.$", "\xc3\xa9", 1 },
	{ "^.$", "\xff", 1 },
	{ "^\xef\xbf\xbd.$", "\xff\xfe", 1 },
	{ "(?<year>\\d{4})-(?P<m>\\d\\d)", "2026-11", 1 },
	{ "[(?<]x", "?x", 1 },
	{ "\\Q(?<\\E", "a(?<b", 1 },
	{ "[]a]+$", "]a]", 1 },
	{ "[[:alpha:]]", "1a", 1 },
	{ "\\pL", "\xd0\xb6", 1 },
	{ "", "", 1 },
	{ "a|(?i)A", "b.A", 1 },
	{ "[]a]|(?i:\\x41)", "A", 1 },
	{ "k|(?i:\\x{4B})", "K", 1 },
	{ "b|j|(?i:\\x4a)", "J", 1 },
	{ "a|(?i:\\101)", "A", 1 },
	{ "[ab]|(?i:\\QA\\E)", "A", 1 },
	{ "a|(?i:\\QA.b\\E)", "xa.Bx", 1 },
	{ "q|(?i)\\QA.b", "A.B", 1 },
	{ "q|(?i:\\QA.b\\E)", "AxB", 0 },
	{ "x(?P<ai>a)|x(?i:A)b", "xAb", 1 },
	{ "(?i)a|(?-i)B", "b", 0 },
	{ "(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0 },
	{ "[", "", -1, "error parsing regexp: missing closing ]: `[`" },
	{ "(a", "", -1, "error parsing regexp: missing closing ): `(a`" },
	{ "a**", "", -1, "error parsing regexp: invalid nested repetition operator: `**`" },
	{ "*", "", -1, "error parsing regexp: missing argument to repetition operator: `*`" },
	{ "\\C", "", -1, "error parsing regexp: invalid escape sequence: `\\C`" },
	{ "(?=a)", "", -1, "error parsing regexp: invalid" },
	{ "\xff", "", -1, "error parsing regexp: invalid UTF-8" },
	{ "\\", "", -1, "error parsing regexp: trailing backslash at end of expression" },
};
/* clang-format on */

START_TEST(rows_as_go)
{
	const struct row *r = &rows[_i];
	ptx_auto(error) err = NULL;
	ptxi_auto(regex) re = ptxi_regex_compile(ptxi_str(r->pattern), &err);

	if (r->match < 0) {
		ck_assert_ptr_null(re);
		ck_assert_int_eq(ptx_error_code(err), PTX_E_SYNTAX);
		ck_assert_msg(strncmp(ptx_error_message(err), r->error, strlen(r->error)) == 0,
			      "%s", ptx_error_message(err));
		return;
	}
	ck_assert_msg(re != NULL, "%s: %s", r->pattern, err ? ptx_error_message(err) : "");
	ck_assert_int_eq(ptxi_regex_match(re, ptxi_str(r->text), &err), r->match);
}
END_TEST

START_TEST(a_long_pattern_is_refused)
{
	ptx_auto(error) err = NULL;
	ptx_auto_buf long_one = { 0 };

	ptx_buf_init(&long_one, 0);
	ptx_buf_fill(&long_one, 'a', 100000);
	ck_assert_ptr_null(ptxi_regex_compile(ptx_buf_str(&long_one), &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_LIMIT);
}
END_TEST

/* One matcher is for what is found within limits, another one for the rest; the next text has the
 * latter, too. */
START_TEST(the_length_of_the_text_makes_no_difference)
{
	for (size_t n = 10; n < 100000; n *= 3) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf text = { 0 };
		ptx_auto_buf out = { 0 };
		ptxi_auto(regex) re = ptxi_regex_compile(PTXI_STR("((?:b|bb)*)(a+)(-\\d)?$"), &err);

		ck_assert_ptr_nonnull(re);
		ck_assert_uint_eq(ptxi_regex_groups(re), 3);
		ptx_buf_init(&text, 0);
		ptx_buf_init(&out, 0);
		ptx_buf_fill(&text, 'b', n);
		ptx_buf_adds(&text, "aa-1");
		ck_assert_int_eq(ptxi_regex_match(re, PTXI_STR("aa-"), &err), 0);
		ck_assert_int_eq(ptxi_regex_match(re, ptx_buf_str(&text), &err), 1);
		ck_assert_int_eq(ptxi_regex_replace(re, ptx_buf_str(&text), PTXI_STR("<$2$3>$1"),
						    false, &out, &err),
				 0);
		ck_assert_uint_eq(out.n, n + 6);
		ck_assert_int_eq(memcmp(out.p, "<aa-1>bbbb", 10), 0);
		ck_assert_int_eq(ptxi_regex_match(re, PTXI_STR("aa-"), &err), 0);
		ck_assert_int_eq(ptxi_regex_match(re, PTXI_STR("baa"), &err), 1);
	}
}
END_TEST

/* It would be years by backtracking alone. */
START_TEST(no_everyday_pattern_explodes)
{
	static const char *const patterns[] = { "^(([a-z])+.)+[A-Z]([a-z])+$", "(a+)+b[cd]$",
						"(?:a|aa)+[bc]$", "([^-]+-?)+[#%]" };
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_fill(&text, 'a', 20000);
	for (size_t i = 0; i < PTXI_COUNT(patterns); i++) {
		ptxi_auto(regex) re = ptxi_regex_compile(ptxi_str(patterns[i]), NULL);

		ck_assert_ptr_nonnull(re);
		ck_assert_int_eq(ptxi_regex_match(re, ptxi_strn(text.p, 40), NULL), 0);
		ck_assert_int_eq(ptxi_regex_match(re, ptx_buf_str(&text), NULL), 0);
	}
}
END_TEST

Suite *suite_text_regex(void)
{
	Suite *s = suite_create("text/regex");
	TCase *t = tcase_create("regex");

	tcase_add_loop_test(t, rows_as_go, 0, PTXI_COUNT(rows));
	tcase_add_test(t, a_long_pattern_is_refused);
	tcase_add_test(t, the_length_of_the_text_makes_no_difference);
	tcase_add_test(t, no_everyday_pattern_explodes);
	suite_add_tcase(s, t);
	return s;
}
