/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/url.h"

Suite *suite_text_url(void);

START_TEST(apart_and_together)
{
	static const struct {
		const char *text;
		const char *scheme, *user, *host, *hostname, *path, *query, *fragment, *opaque;
		const char *print; /* NULL: as it was */
	} rows[] = {
		{ "http://u:p%40@h.example:8080/a%20b?q=1&r#f", "http", "u:p%40", "h.example:8080",
		  "h.example", "/a b", "q=1&r", "f", "", NULL },
		{ "mailto:crew@ship", "mailto", "", "", "", "", "", "", "crew@ship", NULL },
		{ "//h/p", "", "", "h", "h", "/p", "", "", "", NULL },
		{ "/only/path", "", "", "", "", "/only/path", "", "", "", NULL },
		{ "http://[::1]:80/", "http", "", "[::1]:80", "::1", "/", "", "", "", NULL },
		{ "HTTP://h", "http", "", "h", "h", "", "", "", "", "http://h" },
		{ "http://h/a%2Fb", "http", "", "h", "h", "/a/b", "", "", "", NULL },
		{ "http://h/?", "http", "", "h", "h", "/", "", "", "", NULL },
		{ "http://h/\303\251", "http", "", "h", "h", "/\303\251", "", "", "",
		  "http://h/%C3%A9" },
		{ "a b", "", "", "", "", "a b", "", "", "", "a%20b" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(error) err = NULL;
		ptx_auto_buf out = { 0 };
		struct ptxi_url u;

		ptx_buf_init(&out, 0);
		ck_assert_msg(ptxi_url_parse(a, ptxi_str(rows[i].text), &u, &err) == 0, "%s",
			      rows[i].text);
		ck_assert_msg(
		    ptxi_str_is(u.scheme, rows[i].scheme) && ptxi_str_is(u.host, rows[i].host) &&
			ptxi_str_is(u.path, rows[i].path) && ptxi_str_is(u.query, rows[i].query) &&
			ptxi_str_is(u.fragment, rows[i].fragment) &&
			ptxi_str_is(u.opaque, rows[i].opaque) &&
			ptxi_str_is(ptxi_url_hostname(&u), rows[i].hostname),
		    "%s", rows[i].text);
		ptxi_url_print(&u, &out);
		ck_assert_str_eq(out.p, rows[i].print ? rows[i].print : rows[i].text);
		ptx_buf_clear(&out);
		ptx_buf_adds(&out, "");
		if (u.has_user)
			ptxi_url_print_user(&u, &out);
		ck_assert_str_eq(out.p ? out.p : "", rows[i].user);
	}
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ ":x", "parse \":x\": missing protocol scheme" },
		{ "http://h:x/", "parse \"http://h:x/\": invalid port \":x\" after host" },
		{ "http://h/%zz", "parse \"http://h/%zz\": invalid URL escape \"%zz\"" },
		{ "1a:b", "parse \"1a:b\": first path segment in URL cannot contain colon" },
		{ "http://a b/", "parse \"http://a b/\": invalid character \" \" in host name" },
		{ "http://[::1", "parse \"http://[::1\": missing ']' in host" },
		{ "a\x7f", "parse \"a\\x7f\": net/url: invalid control character in URL" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(error) err = NULL;
		struct ptxi_url u;

		ck_assert_int_eq(ptxi_url_parse(a, ptxi_str(rows[i].text), &u, &err), PTX_E_SYNTAX);
		ck_assert_str_eq(ptx_error_message(err), rows[i].error);
	}
}
END_TEST

Suite *suite_text_url(void)
{
	Suite *s = suite_create("text/url");
	TCase *t = tcase_create("url");

	tcase_add_test(t, apart_and_together);
	tcase_add_test(t, refused);
	suite_add_tcase(s, t);
	return s;
}
