/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <time.h>

#include "base/glob.h"
#include "base/time.h"

Suite *suite_base_glob(void);

/* clang-format off */
static const struct {
	const char *pattern, *name;
	int want;
} rows[] = {
	{ "abc", "abc", 1 }, { "", "", 1 }, { "", "a", 0 }, { "a", "", 0 }, { "*", "abc", 1 }, { "*c", "abc", 1 },
	{ "a*", "a", 1 }, { "a*", "abc", 1 }, { "a*", "ab/c", 0 }, { "a*/b", "abc/b", 1 }, { "a*/b", "a/c/b", 0 },
	{ "a*b*c*d*e*/f", "axbxcxdxe/f", 1 }, { "a*b*c*d*e*/f", "axbxcxdxexxx/f", 1 },
	{ "a*b*c*d*e*/f", "axbxcxdxe/xxx/f", 0 }, { "a*b?c*x", "abxbbxdbxebxczzx", 1 },
	{ "a*b?c*x", "abxbbxdbxebxczzy", 0 }, { "ab[c]", "abc", 1 }, { "ab[b-d]", "abc", 1 }, { "ab[e-g]", "abc", 0 },
	{ "ab[^c]", "abc", 0 }, { "ab[^e-g]", "abc", 1 }, { "a\\*b", "a*b", 1 }, { "a\\*b", "ab", 0 },
	{ "a?b", "a\xe2\x98\xba" "b", 1 }, { "a[^a]b", "a\xe2\x98\xba" "b", 1 }, { "a???b", "a\xe2\x98\xba" "b", 0 },
	{ "[a-\xce\xb6]*", "\xce\xb1", 1 }, { "*[a-\xce\xb6]", "A", 0 }, { "a?b", "a/b", 0 }, { "a*b", "a/b", 0 },
	{ "[\\]a]", "]", 1 }, { "[\\-]", "-", 1 }, { "[x\\-]", "x", 1 }, { "[x\\-]", "-", 1 }, { "[x\\-]", "z", 0 },
	{ "[\\-x]", "a", 0 }, { "[]a]", "]", PTX_E_SYNTAX }, { "[-]", "-", PTX_E_SYNTAX }, { "[x-]", "x", PTX_E_SYNTAX },
	{ "[-x]", "x", PTX_E_SYNTAX }, { "\\", "a", PTX_E_SYNTAX }, { "[a-b-c]", "a", PTX_E_SYNTAX },
	{ "[", "a", PTX_E_SYNTAX }, { "[^", "a", PTX_E_SYNTAX }, { "[^bc", "a", PTX_E_SYNTAX }, { "a[", "a", PTX_E_SYNTAX },
	{ "a[", "ab", PTX_E_SYNTAX }, { "a[", "x", PTX_E_SYNTAX }, { "a/b[", "x", PTX_E_SYNTAX }, { "*x", "xxx", 1 },
	{ "[\\", "a", PTX_E_SYNTAX }, { "[\xff]", "a", PTX_E_SYNTAX }, { "a*", "/", 0 }, { "**", "ab", 1 }, { "*/*", "a/b", 1 },
	{ "?", "\xff", 1 }, { "*.txt", ".txt", 1 },
};
/* clang-format on */

START_TEST(patterns)
{
	ck_assert_int_eq(ptxi_glob_match(ptxi_str(rows[_i].pattern), ptxi_str(rows[_i].name)),
			 rows[_i].want);
}
END_TEST

START_TEST(hostile_patterns_cost_little)
{
	ptx_auto_buf pattern;
	ptx_auto_buf name;
	int64_t before = ptxi_time_mono_ms();

	ptx_buf_init(&pattern, 0);
	ptx_buf_init(&name, 0);
	for (int i = 0; i < 1000; i++)
		ptx_buf_adds(&pattern, "*a");
	ptx_buf_addc(&pattern, 'b');
	ptx_buf_fill(&name, 'a', 10000);
	ck_assert_int_eq(ptxi_glob_match(ptx_buf_str(&pattern), ptx_buf_str(&name)), 0);
	ck_assert_int_lt(ptxi_time_mono_ms() - before, 2000);
}
END_TEST

static const char ignore_text[] =
    "\xef\xbb\xbf# comment\r\n\n*.bak\n/root.txt\n  spaced  \ndocs/\na/b*.txt\n[Cc]ase\r\n";

static const struct {
	const char *path;
	bool is_dir, want;
} ignored[] = {
	{ "x.bak", false, true },       { "deep/er/x.bak", false, true },
	{ "x.bak", true, true },        { "x.bakx", false, false },
	{ "root.txt", false, true },    { "a/root.txt", false, false },
	{ "spaced", false, true },      { "docs", true, true },
	{ "docs", false, false },       { "a/docs", true, true },
	{ "docs/x", false, false },     { "a/b1.txt", false, true },
	{ "z/a/b1.txt", false, false }, { "a/b/c.txt", false, false },
	{ "Case", false, true },        { "case", false, true },
	{ "# comment", false, false },  { "", false, false },
	{ ".", true, false },           { "./", true, false },
};

START_TEST(ignore_files)
{
	ptxi_auto(ignore) ig = ptxi_ignore_parse(ptxi_str(ignore_text), "f", NULL);

	ck_assert_int_eq(ptxi_ignore_match(ig, ignored[_i].path, ignored[_i].is_dir),
			 ignored[_i].want);
}
END_TEST

START_TEST(negation_is_helms)
{
	ptxi_auto(ignore) ig = ptxi_ignore_parse(ptxi_str("!*.txt\nbad.txt\n"), "f", NULL);
	ptxi_auto(ignore) dirs = ptxi_ignore_parse(ptxi_str("!keep/\n"), "f", NULL);

	ck_assert(ptxi_ignore_match(ig, "a.png", false));
	ck_assert(!ptxi_ignore_match(ig, "a.txt", false));
	ck_assert(ptxi_ignore_match(ig, "bad.txt", false));
	ck_assert(!ptxi_ignore_match(dirs, "keep", true));
	ck_assert(ptxi_ignore_match(dirs, "keep", false));
}
END_TEST

static const struct {
	const char *text;
	unsigned line;
} malformed[] = { { "a\n\n**/b\n", 3 }, { "[a\n", 1 }, { "ok\n!x\\\n", 2 }, { "a[]/\n", 1 } };

START_TEST(malformed_rules_are_named)
{
	struct ptx_error *err = NULL;

	ck_assert_ptr_null(ptxi_ignore_parse(ptxi_str(malformed[_i].text), ".helmignore", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_SYNTAX);
	ck_assert_str_eq(ptx_error_where(err)->file, ".helmignore");
	ck_assert_uint_eq(ptx_error_where(err)->line, malformed[_i].line);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(too_many_rules_and_no_memory)
{
	struct ptx_error *err = NULL;
	ptx_auto_buf text;

	ptx_buf_init(&text, 0);
	for (int i = 0; i < 10001; i++)
		ptx_buf_adds(&text, "x\n");
	ck_assert_ptr_null(ptxi_ignore_parse(ptx_buf_str(&text), NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_LIMIT);
	ptxi_error_drop(&err);
	for (uint64_t n = 1; n < 4; n++) {
		ptxi_alloc_fail_at(n, true);
		ck_assert_ptr_null(ptxi_ignore_parse(ptxi_str("a\nb\n"), NULL, NULL));
	}
	ptxi_alloc_fail_at(0, false);
	ptxi_ignore_free(NULL);
}
END_TEST

Suite *suite_base_glob(void)
{
	Suite *s = suite_create("base_glob");
	TCase *tc = tcase_create("glob");

	tcase_add_loop_test(tc, patterns, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, hostile_patterns_cost_little);
	tcase_add_loop_test(tc, ignore_files, 0, PTXI_COUNT(ignored));
	tcase_add_test(tc, negation_is_helms);
	tcase_add_loop_test(tc, malformed_rules_are_named, 0, PTXI_COUNT(malformed));
	tcase_add_test(tc, too_many_rules_and_no_memory);
	suite_add_tcase(s, tc);
	return s;
}
