/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/url_resolve.h"

Suite *suite_text_url_resolve(void);

/* The references of RFC 3986, 5.4, against a folder. */
static const struct {
	const char *reference, *want;
} rfc[] = {
	{ "g:h", "g:h" },
	{ "g", "http://a/b/c/d/g" },
	{ "./g", "http://a/b/c/d/g" },
	{ "g/", "http://a/b/c/d/g/" },
	{ "/g", "http://a/g" },
	{ "//g", "http://g" },
	{ ".", "http://a/b/c/d/" },
	{ "./", "http://a/b/c/d/" },
	{ "..", "http://a/b/c/" },
	{ "../", "http://a/b/c/" },
	{ "../g", "http://a/b/c/g" },
	{ "../..", "http://a/b/" },
	{ "../../g", "http://a/b/g" },
	{ "../../../../g", "http://a/g" },
	{ "/./g", "http://a/g" },
	{ "/../g", "http://a/g" },
	{ "g.", "http://a/b/c/d/g." },
	{ "..g", "http://a/b/c/d/..g" },
	{ "./../g", "http://a/b/c/g" },
	{ "g/./h", "http://a/b/c/d/g/h" },
	{ "g/../h", "http://a/b/c/d/h" },
	{ "g%2Fh", "http://a/b/c/d/g%2Fh" },
	{ "a:b", "a:b" },
	{ "./a:b", "http://a/b/c/d/a:b" },
};

START_TEST(references)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_url_reference(a, PTXI_STR("http://a/b/c/d"),
					    ptxi_str(rfc[_i].reference), &out, NULL),
			 0);
	ck_assert_str_eq(out.p, rfc[_i].want);
}
END_TEST

static const struct {
	const char *x, *y;
	bool want;
} pairs[] = {
	{ "http://h", "http://h/", true },
	{ "http://h/c", "http://h/c/", true },
	{ "http://h/a/../c", "http://h/c", true },
	{ "http://h/c", "http://h/d", false },
	{ "http://h", "https://h", false },
	{ "http://h:80", "http://h", false },
	{ "http://h/a%2Fb", "http://h/a/b", false },
	{ ":::", ":::", true },
	{ ":::", "x", false },
	{ "http://u@h", "http://h", false },
	{ "http://h?a", "http://h", false },
};

START_TEST(same)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	ck_assert(ptxi_url_same(a, ptxi_str(pairs[_i].x), ptxi_str(pairs[_i].y)) == pairs[_i].want);
	ck_assert(ptxi_url_same(a, ptxi_str(pairs[_i].y), ptxi_str(pairs[_i].x)) == pairs[_i].want);
}
END_TEST

static const struct {
	const char *url, *want;
} shown[] = {
	{ "http://h/c", "http://h/c" },
	{ "http://u:p@h/c", "http://u:***@h/c" },
	{ "http://u@h/c", "http://u@h/c" },
	{ "http://u:p:q@h/c@d:e", "http://u:***@h/c@d:e" },
	{ "http://u:p@w@h", "http://u:***@h" },
	{ "http://h/a:b@c", "http://h/a:b@c" },
	{ "http://h?a:b@c", "http://h?a:b@c" },
	{ "file://../x", "file://../x" },
	{ "@alias", "@alias" },
	{ "", "" },
};

START_TEST(passwords_are_not_shown)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_url_show(ptxi_str(shown[_i].url), &out);
	ck_assert_str_eq(out.p, shown[_i].want);
}
END_TEST

Suite *suite_text_url_resolve(void)
{
	Suite *s = suite_create("text_url_resolve");
	TCase *tc = tcase_create("url_resolve");

	tcase_add_loop_test(tc, references, 0, PTXI_COUNT(rfc));
	tcase_add_loop_test(tc, same, 0, PTXI_COUNT(pairs));
	tcase_add_loop_test(tc, passwords_are_not_shown, 0, PTXI_COUNT(shown));
	suite_add_tcase(s, tc);
	return s;
}
