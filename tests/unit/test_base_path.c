/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ptxi.h"
#include "base/path.h"

Suite *suite_base_path(void);

static const struct {
	const char *path, *clean, *dir, *base, *ext;
} rows[] = {
	{ "", ".", ".", "", "" },
	{ ".", ".", ".", ".", "." },
	{ "..", "..", ".", "..", "." },
	{ "/", "/", "/", "", "" },
	{ "//", "/", "/", "", "" },
	{ "/..", "/", "/", "..", "." },
	{ "/../..//a", "/a", "/../..", "a", "" },
	{ "a", "a", ".", "a", "" },
	{ "a/", "a", "a", "", "" },
	{ "a/b/../c", "a/c", "a/b/..", "c", "" },
	{ "a/..", ".", "a", "..", "." },
	{ "a/../..", "..", "a/..", "..", "." },
	{ "a/../../b", "../b", "a/../..", "b", "" },
	{ "../../a/../b", "../../b", "../../a/..", "b", "" },
	{ "../a/../..", "../..", "../a/..", "..", "." },
	{ "./a.tar.gz", "a.tar.gz", ".", "a.tar.gz", ".gz" },
	{ "/a//b///c", "/a/b/c", "/a//b", "c", "" },
	{ "/a/./b/.", "/a/b", "/a/./b", ".", "." },
	{ "a.b/c", "a.b/c", "a.b", "c", "" },
	{ "...", "...", ".", "...", "." },
	{ "a/...", "a/...", "a", "...", "." },
	{ "abc/../", ".", "abc/..", "", "" },
	{ "/abc/../def", "/def", "/abc/..", "def", "" },
};

START_TEST(parts)
{
	ptx_auto_str clean = ptxi_path_clean(rows[_i].path);
	ptx_auto_str dir = ptxi_path_dir(rows[_i].path);

	ck_assert_str_eq(clean, rows[_i].clean);
	ck_assert_str_eq(dir, rows[_i].dir);
	ck_assert_str_eq(ptxi_path_base(rows[_i].path), rows[_i].base);
	ck_assert_str_eq(ptxi_path_ext(rows[_i].path), rows[_i].ext);
}
END_TEST

static const struct {
	const char *dir, *name, *want;
} joins[] = {
	{ "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "", "b", "b" },
	{ NULL, "b", "b" },  { "/", "b", "/b" },   { "a", "", "a/" },
};

START_TEST(join)
{
	ptx_auto_str got = ptxi_path_join(joins[_i].dir, joins[_i].name);

	ck_assert_str_eq(got, joins[_i].want);
}
END_TEST

/* clang-format off */
static const struct {
	const char *path;
	size_t n;
	bool inside;
} insides[] = {
	{ "a", 1, true },	 { "a/b", 3, true },	{ "a/./b", 5, true },  { "..a", 3, true },    { "a..", 3, true },
	{ "a/..b/c", 7, true },	 { ".", 1, true },	{ "...", 3, true },    { "", 0, false },      { "/", 1, false },
	{ "/a", 2, false },	 { "..", 2, false },	{ "../a", 4, false },  { "a/..", 4, false },  { "a/../b", 6, false },
	{ "a\\b", 3, false },	 { "..\\a", 4, false }, { "a\0b", 3, false },  { "a/b/../../..", 12, false },
	{ "a//../b", 7, false },
};
/* clang-format on */

START_TEST(inside)
{
	ck_assert_int_eq(ptxi_path_inside(ptxi_strn(insides[_i].path, insides[_i].n)),
			 insides[_i].inside);
}
END_TEST

START_TEST(no_memory)
{
	ptxi_alloc_fail_at(1, true);
	ck_assert_ptr_null(ptxi_path_clean("a/b"));
	ck_assert_ptr_null(ptxi_path_dir("a/b"));
	ck_assert_ptr_null(ptxi_path_join("a", "b"));
	ptxi_alloc_fail_at(0, false);
}
END_TEST

Suite *suite_base_path(void)
{
	Suite *s = suite_create("base_path");
	TCase *tc = tcase_create("path");

	tcase_add_loop_test(tc, parts, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(tc, join, 0, PTXI_COUNT(joins));
	tcase_add_loop_test(tc, inside, 0, PTXI_COUNT(insides));
	tcase_add_test(tc, no_memory);
	suite_add_tcase(s, tc);
	return s;
}
