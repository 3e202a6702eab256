/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_PACKAGE
#include <check.h>

#include "base/diag.h"

Suite *suite_base_diag(void);

static const struct {
	enum ptx_severity severity;
	const char *rule, *hint;
	struct ptx_where where;
	const char *want;
} rows[] = {
	{ PTX_ERROR, "r1", "try", { "f", 3, 7 }, "f:3:7: error: m (try) [r1]" },
	{ PTX_WARNING, NULL, NULL, { "f", 3, 0 }, "f:3: warning: m" },
	{ PTX_NOTE, "r", NULL, { "f", 0, 0 }, "f: note: m [r]" },
	{ PTX_ERROR, NULL, "h", { NULL, 9, 9 }, "error: m (h)" },
};

START_TEST(printed)
{
	ptx_auto(diags) d = ptx_diags_new();
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ptxi_diag_add(d, rows[_i].severity, PTX_E_INVALID, rows[_i].rule, rows[_i].where, NULL,
		      "m");
	if (rows[_i].hint)
		ptxi_diag_hint(d, "%s", rows[_i].hint);
	ptx_diag_print(ptx_diags_at(d, 0), &out);
	ck_assert_str_eq(out.p, rows[_i].want);
}
END_TEST

START_TEST(strings_are_copied)
{
	ptx_auto(diags) d = ptx_diags_new();
	char text[] = "text";
	struct ptx_where where = { text, 1, 2 };

	ptxi_diag_add(d, PTX_ERROR, PTX_E_SYNTAX, text, where, text, "%s", text);
	memset(text, 'x', 4);
	ck_assert_str_eq(ptx_diags_at(d, 0)->rule, "text");
	ck_assert_str_eq(ptx_diags_at(d, 0)->path, "text");
	ck_assert_str_eq(ptx_diags_at(d, 0)->message, "text");
	ck_assert_str_eq(ptx_diags_at(d, 0)->where.file, "text");
	ck_assert_int_eq(ptx_diags_at(d, 0)->code, PTX_E_SYNTAX);
	ck_assert_ptr_null(ptx_diags_at(d, 1));
}
END_TEST

START_TEST(a_thousand_are_kept_and_all_are_counted)
{
	ptx_auto(diags) d = ptx_diags_new();

	for (int i = 0; i < 5000; i++) {
		ptxi_diag_add(d, i % 2 ? PTX_WARNING : PTX_ERROR, 0, "r", (struct ptx_where){ 0 },
			      NULL, "%d", i);
		ptxi_diag_hint(d, "hint %d", i);
	}
	ck_assert_uint_eq(ptx_diags_count(d), 1000);
	ck_assert_uint_eq(ptx_diags_count_of(d, PTX_ERROR), 2500);
	ck_assert_uint_eq(ptx_diags_count_of(d, PTX_WARNING), 2500);
	ck_assert_uint_eq(ptx_diags_count_of(d, PTX_NOTE), 0);
	ck_assert_str_eq(ptx_diags_at(d, 999)->hint, "hint 999");
}
END_TEST

START_TEST(failing_with_the_first_error)
{
	ptx_auto(diags) d = ptx_diags_new();
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_diags_fail(d, &err), 0);
	ck_assert_int_eq(ptxi_diags_fail(NULL, &err), 0);
	ptxi_diag_add(d, PTX_WARNING, 0, "r", (struct ptx_where){ 0 }, NULL, "only a warning");
	ck_assert_int_eq(ptxi_diags_fail(d, &err), 0);
	ck_assert_ptr_null(err);
	ptxi_diag_add(d, PTX_ERROR, PTX_E_SYNTAX, "r", (struct ptx_where){ "f", 2, 3 }, NULL,
		      "first");
	ptxi_diag_hint(d, "help");
	ck_assert_int_eq(ptxi_diags_fail(d, &err), PTX_E_SYNTAX);
	ck_assert_str_eq(ptx_error_message(err), "first");
	ck_assert_str_eq(ptx_error_hint(err), "help");
	ck_assert_uint_eq(ptx_error_where(err)->line, 2);
	ck_assert_ptr_null(ptx_error_context(err, 0));
	ptxi_error_drop(&err);
	ptxi_diag_add(d, PTX_ERROR, 0, "r", (struct ptx_where){ 0 }, NULL, "second");
	ptxi_diag_add(d, PTX_ERROR, 0, "r", (struct ptx_where){ 0 }, NULL, "third");
	ck_assert_int_eq(ptxi_diags_fail(d, &err), PTX_E_SYNTAX);
	ck_assert_str_eq(ptx_error_context(err, 0), "and 2 more problems");
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_diags_fail(d, NULL), PTX_E_SYNTAX);
}
END_TEST

START_TEST(errors_become_problems)
{
	ptx_auto(diags) d = ptx_diags_new();
	struct ptx_error *err = NULL;

	ptx_fail_at(&err, PTX_E_LIMIT, ((struct ptx_where){ "f", 4, 5 }), "100%% %s", "too much");
	ptxi_error_hint(&err, "less");
	ptxi_diag_add_error(d, "limit", err);
	ptxi_error_drop(&err);
	ck_assert_str_eq(ptx_diags_at(d, 0)->message, "100% too much");
	ck_assert_str_eq(ptx_diags_at(d, 0)->hint, "less");
	ck_assert_int_eq(ptx_diags_at(d, 0)->code, PTX_E_LIMIT);
	ck_assert_uint_eq(ptx_diags_at(d, 0)->where.column, 5);
}
END_TEST

START_TEST(nobody_listens_and_no_memory)
{
	ptxi_diag_add(NULL, PTX_ERROR, 0, "r", (struct ptx_where){ 0 }, NULL, "x");
	ptxi_diag_hint(NULL, "x");
	ck_assert_uint_eq(ptx_diags_count(NULL), 0);
	ck_assert_ptr_null(ptx_diags_at(NULL, 0));
	ptx_diags_free(NULL);
	for (uint64_t n = 1; n < 10; n++) {
		ptx_auto(diags) d = ptx_diags_new();
		struct ptx_error *err = NULL;

		ptxi_alloc_fail_at(n, true);
		ptxi_diag_add(d, PTX_ERROR, 0, "r", (struct ptx_where){ "f", 1, 1 }, "p",
			      "message");
		ptxi_diag_hint(d, "hint");
		ptxi_alloc_fail_at(0, false);
		ck_assert_uint_eq(ptx_diags_count_of(d, PTX_ERROR), 1);
		ck_assert_int_lt(ptxi_diags_fail(d, &err), 0);
		ptxi_error_drop(&err);
	}
	ptxi_alloc_fail_at(2, true);
	ck_assert_ptr_null(ptx_diags_new());
	ptxi_alloc_fail_at(0, false);
}
END_TEST

Suite *suite_base_diag(void)
{
	Suite *s = suite_create("base_diag");
	TCase *tc = tcase_create("diag");

	tcase_add_loop_test(tc, printed, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, strings_are_copied);
	tcase_add_test(tc, a_thousand_are_kept_and_all_are_counted);
	tcase_add_test(tc, failing_with_the_first_error);
	tcase_add_test(tc, errors_become_problems);
	tcase_add_test(tc, nobody_listens_and_no_memory);
	suite_add_tcase(s, tc);
	return s;
}
