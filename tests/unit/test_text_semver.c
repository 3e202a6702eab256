/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "text/semver.h"

Suite *suite_text_semver(void);

START_TEST(parsing)
{
	static const struct {
		const char *text;
		bool strict;
		const char *want; /* NULL: refused */
		const char *error;
	} rows[] = {
		{ "1.2.3", true, "1.2.3", NULL },
		{ "v1.2", false, "1.2.0", NULL },
		{ "7", false, "7.0.0", NULL },
		{ "1.2.3-rc.1+b.007", true, "1.2.3-rc.1+b.007", NULL },
		{ "18446744073709551615.0.0", false, "18446744073709551615.0.0", NULL },
		{ "v1.2.3", true, NULL, "invalid characters in version" },
		{ "1.2", true, NULL, "invalid semantic version" },
		{ "", false, NULL, "invalid semantic version" },
		{ "1.2.3.4", false, NULL, "invalid semantic version" },
		{ "1.2.3-01", false, NULL, "version segment starts with 0" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf out = { 0 };
		struct ptxi_semver v;
		int code = ptxi_semver_parse(ptxi_str(rows[i].text), rows[i].strict, &v, &err);

		ptx_buf_init(&out, 0);
		ck_assert_msg((code == 0) == (rows[i].want != NULL), "%s", rows[i].text);
		if (code < 0) {
			ck_assert_int_eq(code, PTX_E_SYNTAX);
			ck_assert_str_eq(ptx_error_message(err), rows[i].error);
			continue;
		}
		ptxi_semver_print(&v, &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

/* The precedence of semver.org, from low to high. */
START_TEST(precedence)
{
	static const char *const order[] = {
		"1.0.0-0",      "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-alpha.beta",
		"1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
		"1.0.1",        "1.2.0",         "1.10.0",        "2.0.0"
	};

	for (size_t i = 0; i < PTXI_COUNT(order); i++)
		for (size_t k = 0; k < PTXI_COUNT(order); k++) {
			struct ptxi_semver a;
			struct ptxi_semver b;
			int got = 0;

			ck_assert_int_eq(ptxi_semver_parse(ptxi_str(order[i]), true, &a, NULL), 0);
			ck_assert_int_eq(ptxi_semver_parse(ptxi_str(order[k]), true, &b, NULL), 0);
			got = ptxi_semver_compare(&a, &b);
			ck_assert_msg((got < 0) == (i < k) && (got > 0) == (i > k), "%s %s",
				      order[i], order[k]);
		}
}
END_TEST

START_TEST(next_versions)
{
	static const struct {
		const char *text;
		enum ptxi_semver_part part;
		const char *want; /* NULL: there is none */
	} rows[] = {
		{ "1.2.3", PTXI_SEMVER_PATCH, "1.2.4" },
		{ "1.2.3-rc1+x", PTXI_SEMVER_PATCH, "1.2.3" },
		{ "1.2.3-rc1", PTXI_SEMVER_MINOR, "1.3.0" },
		{ "1.2.3", PTXI_SEMVER_MAJOR, "2.0.0" },
		{ "18446744073709551615.0.0", PTXI_SEMVER_MAJOR, NULL },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf out = { 0 };
		struct ptxi_semver v;
		struct ptxi_semver next;

		ptx_buf_init(&out, 0);
		ck_assert_int_eq(ptxi_semver_parse(ptxi_str(rows[i].text), false, &v, NULL), 0);
		ck_assert(ptxi_semver_next(&v, rows[i].part, &next) == (rows[i].want != NULL));
		if (!rows[i].want)
			continue;
		ptxi_semver_print(&next, &out);
		ck_assert_str_eq(out.p, rows[i].want);
	}
}
END_TEST

START_TEST(constraints)
{
	/* clang-format off */
	static const struct {
		const char *constraint;
		const char *version;
		int want; /* -1: the constraint is refused */
	} rows[] = {
		{ "^1.2", "1.9.9", 1 },           { "^1.2", "2.0.0", 0 },
		{ "^0.2.3", "0.2.9", 1 },         { "^0.2.3", "0.3.0", 0 },
		{ "^0.0.3", "0.0.4", 0 },         { "~1.2", "1.2.9", 1 },
		{ "~1.2", "1.3.0", 0 },           { "~1", "1.9.0", 1 },
		{ ">=1.2 <2", "1.5.0", 1 },       { ">=1.2, <2", "2.0.0", 0 },
		{ "<1 || >2", "3.0.0", 1 },       { "<1 || >2", "2.5.0", 0 },
		{ "1.2 - 1.4", "1.4.0", 1 },      { "1.2 - 1.4.2", "1.4.3", 0 },
		{ "1.x", "1.7.0", 1 },            { "*", "9.9.9", 1 },
		{ "!=1.x", "2.0.0", 1 },          { "!=1.x", "1.0.0", 0 },
		{ ">1.2", "1.2.9", 0 },           { ">1.2", "1.3.0", 1 },
		{ "<=1.2", "1.2.9", 1 },          { ">=1.0.0", "1.1.0-rc1", 0 },
		{ ">=1.0.0-0", "1.1.0-rc1", 1 },  { ">=1.23-0", "1.31.2-eks-1", 1 },
		{ "", "1.0.0", -1 },              { ">>1", "1.0.0", -1 },
		{ "1.2.3.4", "1.0.0", -1 },       { "=v1.2.3", "1.2.3+meta", 1 },
	};
	/* clang-format on */

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptxi_auto(constraint) c = ptxi_constraint_parse(ptxi_str(rows[i].constraint), &err);
		struct ptxi_semver v;

		ck_assert_msg((c != NULL) == (rows[i].want >= 0), "%s", rows[i].constraint);
		ck_assert_int_eq(ptxi_semver_parse(ptxi_str(rows[i].version), false, &v, NULL), 0);
		if (c)
			ck_assert_msg(ptxi_constraint_check(c, &v, false) == (rows[i].want == 1),
				      "%s %s", rows[i].constraint, rows[i].version);
	}
}
END_TEST

START_TEST(a_constraint_says_why_not)
{
	ptx_auto(error) err = NULL;
	ptxi_auto(constraint) c = ptxi_constraint_parse(PTXI_STR(">=2, !=1.x || <1"), &err);
	ptx_auto_buf out = { 0 };
	struct ptxi_semver v;

	ptx_buf_init(&out, 0);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(ptxi_semver_parse(PTXI_STR("1.5.0"), false, &v, NULL), 0);
	ck_assert(!ptxi_constraint_explain(c, &v, false, &out));
	ck_assert_str_eq(out.p, "\"1.5.0\" is less than \"2\"\n\"1.5.0\" is equal to "
				"\"1.x\"\n\"1.5.0\" is greater than or equal to \"1\"");
	ptx_buf_clear(&out);
	ptxi_constraint_print(c, &out);
	ck_assert_str_eq(out.p, ">=2 !=1.x || <1");
}
END_TEST

Suite *suite_text_semver(void)
{
	Suite *s = suite_create("text/semver");
	TCase *t = tcase_create("semver");

	tcase_add_test(t, parsing);
	tcase_add_test(t, precedence);
	tcase_add_test(t, next_versions);
	tcase_add_test(t, constraints);
	tcase_add_test(t, a_constraint_says_why_not);
	suite_add_tcase(s, t);
	return s;
}
