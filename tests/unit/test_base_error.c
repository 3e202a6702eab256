/* SPDX-License-Identifier: Apache-2.0 */
#define PTX_AREA PTX_AREA_PLAN
#include <check.h>

#include "base/ptxi.h"

Suite *suite_base_error(void);

/* Exit statuses of the design; retryable is the code's alone. */
/* clang-format off */
static const struct {
	int code;
	const char *name;
	int status;
	bool retryable;
} codes[] = {
	{ PTX_OK, "ok", 0, false },		      { PTX_E_FAILED, "failed", 1, false },
	{ PTX_E_USAGE, "usage", 64, false },	      { PTX_E_UNSUPPORTED, "unsupported", 64, false },
	{ PTX_E_INVALID, "invalid", 65, false },      { PTX_E_SYNTAX, "syntax", 65, false },
	{ PTX_E_LIMIT, "limit", 65, false },	      { PTX_E_CORRUPT, "corrupt", 65, false },
	{ PTX_E_NOT_FOUND, "not_found", 66, false },  { PTX_E_UNAVAILABLE, "unavailable", 69, true },
	{ PTX_E_INTERNAL, "internal", 70, false },    { PTX_E_NOMEM, "nomem", 70, false },
	{ PTX_E_IO, "io", 74, false },		      { PTX_E_BUSY, "busy", 75, true },
	{ PTX_E_UNTRUSTED, "untrusted", 76, false },  { PTX_E_DENIED, "denied", 77, false },
	{ PTX_E_AUTH, "auth", 77, false },	      { PTX_E_CONFIG, "config", 78, false },
	{ PTX_E_EXISTS, "exists", 79, false },	      { PTX_E_CONFLICT, "conflict", 79, false },
	{ PTX_E_PRECONDITION, "precondition", 79, false }, { PTX_E_PARTIAL, "partial", 80, false },
	{ PTX_E_TIMEOUT, "timeout", 124, true },      { PTX_E_CANCELED, "canceled", 130, false },
};
/* clang-format on */

START_TEST(the_table_of_codes)
{
	struct ptx_error *err = NULL;

	ck_assert_int_eq(codes[_i].code, -_i);
	ck_assert_str_eq(ptx_code_name(codes[_i].code), codes[_i].name);
	ck_assert_int_eq(ptx_code_from_name(codes[_i].name), codes[_i].code);
	ck_assert_int_eq(ptx_code_exit_status(codes[_i].code), codes[_i].status);
	ck_assert_int_eq(ptx_fail(&err, codes[_i].code, "x"), codes[_i].code);
	ck_assert_int_eq(ptx_error_retryable(err), codes[_i].retryable);
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(names_and_codes_that_do_not_exist)
{
	ck_assert_str_eq(ptx_code_name(-999), "internal");
	ck_assert_int_eq(ptx_code_exit_status(5), 70);
	ck_assert_int_eq(ptx_code_from_name("nonsense"), PTX_E_INTERNAL);
	ck_assert(!ptx_error_retryable(NULL));
	ck_assert_int_eq(ptx_error_code(NULL), 0);
	ptx_error_free(NULL);
}
END_TEST

START_TEST(everything_that_an_error_has)
{
	struct ptx_error *err = NULL;
	struct ptx_where where = { "cluster.json.tmpl", 14, 18 };
	struct ptx_where later = { "other", 1, 1 };
	char hint[] = "did you mean 'count'?";
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptx_fail_at(&err, PTX_E_INVALID, where, "no value '%s'", "cuont"),
			 PTX_E_INVALID);
	ck_assert_int_eq(ptx_wrap(&err, "while rendering '%s'", "zk"), PTX_E_INVALID);
	ck_assert_int_eq(ptx_wrap(&err, "while planning"), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_error_hint(&err, "first"), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_error_hint(&err, "%s", hint), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_error_at(&err, later), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_error_remote(&err, 503, "Unavailable"), PTX_E_INVALID);
	memset(hint, 'x', sizeof(hint) - 1);
	ck_assert_str_eq(ptx_error_message(err), "no value 'cuont'");
	ck_assert_str_eq(ptx_error_hint(err), "did you mean 'count'?");
	ck_assert_str_eq(ptx_error_area(err), "plan");
	ck_assert_uint_eq(ptx_error_where(err)->line, 14);
	ck_assert_str_eq(ptx_error_where(err)->file, "cluster.json.tmpl");
	ck_assert_str_eq(ptx_error_context(err, 0), "while rendering 'zk'");
	ck_assert_str_eq(ptx_error_context(err, 1), "while planning");
	ck_assert_ptr_null(ptx_error_context(err, 2));
	ck_assert_int_eq(ptx_error_http_status(err), 503);
	ck_assert_str_eq(ptx_error_remote_code(err), "Unavailable");
	/* The source is relative to the top of the tree, however it was built. */
	ck_assert_int_eq(strncmp(ptx_error_source(err), "tests/unit/test_base_error.c:", 29), 0);
	ptx_error_print(err, &out);
	ck_assert_str_eq(
	    out.p,
	    "cluster.json.tmpl:14:18: no value 'cuont'\n  while rendering 'zk'\n  while planning\n"
	    "  hint: did you mean 'count'?");
	ptxi_error_drop(&err);
	ck_assert_ptr_null(err);
}
END_TEST

START_TEST(a_copy_is_whole_and_apart)
{
	struct ptx_error *err = NULL;
	struct ptx_error *copy = NULL;
	ptx_auto_buf a;
	ptx_auto_buf b;

	ptx_buf_init(&a, 0);
	ptx_buf_init(&b, 0);
	ptx_fail_errno(&err, PTX_E_IO, ENOSPC, "cannot write '%s'", "f");
	ptxi_error_at(&err, (struct ptx_where){ "f", 3, 0 });
	ptx_wrap(&err, "while saving");
	ptxi_error_hint(&err, "free some space");
	ptxi_error_remote(&err, 0, "Code");
	copy = ptxi_error_copy(err);
	ptx_error_print(err, &a);
	ptxi_error_drop(&err);
	ptx_error_print(copy, &b);
	ck_assert_str_eq(a.p, b.p);
	ck_assert_str_eq(b.p, "f:3: cannot write 'f': No space left on device\n  while saving\n  "
			      "hint: free some space");
	ck_assert_int_eq(ptx_error_errno(copy), ENOSPC);
	ck_assert_str_eq(ptx_error_remote_code(copy), "Code");
	ptx_error_free(copy);
	ck_assert_ptr_null(ptxi_error_copy(NULL));
}
END_TEST

static int inner(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_BUSY, "held");
}

START_TEST(the_code_survives_without_an_object)
{
	inner(NULL);
	ck_assert_int_eq(ptx_wrap(NULL, "while trying"), PTX_E_BUSY);
	ck_assert_int_eq(ptxi_error_hint(NULL, "wait"), PTX_E_BUSY);
	ck_assert_int_eq(ptxi_error_at(NULL, (struct ptx_where){ 0 }), PTX_E_BUSY);
	ck_assert_int_eq(ptxi_error_remote(NULL, 1, "x"), PTX_E_BUSY);
	ptxi_error_drop(NULL);
}
END_TEST

START_TEST(contexts_are_bounded)
{
	struct ptx_error *err = NULL;

	inner(&err);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(ptx_wrap(&err, "level %d", i), PTX_E_BUSY);
	ck_assert_str_eq(ptx_error_context(err, 15), "level 15");
	ck_assert_ptr_null(ptx_error_context(err, 16));
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(a_message_that_is_too_long)
{
	struct ptx_error *err = NULL;
	ptx_auto_buf big;

	ptx_buf_init(&big, 0);
	ptx_buf_fill(&big, 'x', 100000);
	ck_assert_int_eq(ptx_fail(&err, PTX_E_SYNTAX, "%s", big.p), PTX_E_SYNTAX);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "too long"));
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(no_memory)
{
	struct ptx_error *err = NULL;
	struct ptx_error *copy = NULL;
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ptxi_alloc_fail_at(1, true);
	ptx_fail(&err, PTX_E_SYNTAX, "x");
	ck_assert_int_eq(ptx_error_code(err), PTX_E_NOMEM);
	ck_assert_int_eq(ptx_wrap(&err, "while"), PTX_E_NOMEM);
	ptxi_error_hint(&err, "hint");
	ptxi_error_at(&err, (struct ptx_where){ "f", 1, 1 });
	ptxi_error_remote(&err, 500, "x");
	ptxi_alloc_fail_at(0, false);
	ptx_error_print(err, &out);
	ck_assert_str_eq(out.p, "out of memory");
	ck_assert_ptr_null(ptx_error_where(err));
	copy = ptxi_error_copy(err);
	ptx_error_free(copy);
	ptxi_error_drop(&err);
	/* Each of the allocations of a copy in turn. */
	inner(&err);
	ptx_wrap(&err, "while");
	ptxi_error_hint(&err, "hint");
	for (uint64_t n = 1; n < 8; n++) {
		ptxi_alloc_fail_at(n, true);
		copy = ptxi_error_copy(err);
		ptxi_alloc_fail_at(0, false);
		ck_assert_ptr_nonnull(copy);
		ptx_error_free(copy);
	}
	ptxi_error_drop(&err);
}
END_TEST

static const struct {
	int errnum, code;
} errnos[] = {
	{ 0, PTX_OK },
	{ ENOENT, PTX_E_NOT_FOUND },
	{ EACCES, PTX_E_DENIED },
	{ EROFS, PTX_E_DENIED },
	{ ENOSPC, PTX_E_IO },
	{ EIO, PTX_E_IO },
	{ ENOMEM, PTX_E_NOMEM },
	{ EEXIST, PTX_E_EXISTS },
	{ EAGAIN, PTX_E_BUSY },
	{ ECONNREFUSED, PTX_E_UNAVAILABLE },
	{ ETIMEDOUT, PTX_E_TIMEOUT },
};

START_TEST(codes_of_errnos)
{
	ck_assert_int_eq(ptxi_code_from_errno(errnos[_i].errnum), errnos[_i].code);
}
END_TEST

START_TEST(a_callers_own_error)
{
	struct ptx_error *err = NULL;

	ptx_error_set(&err, PTX_E_FAILED, "no %s", "more");
	ck_assert_str_eq(ptx_error_message(err), "no more");
	ck_assert_str_eq(ptx_error_area(err), "cli");
	ptxi_error_drop(&err);
	ptx_error_set(NULL, PTX_E_FAILED, "dropped");
}
END_TEST

START_TEST(what_was_lost_on_the_way_is_told)
{
	uint64_t before = ptxi_alloc_lost();
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_error_lost(before, 0, &err), 0);
	ptx_fail(&err, PTX_E_INVALID, "the truth");
	ck_assert_int_eq(ptxi_error_lost(before, PTX_E_INVALID, &err), PTX_E_INVALID);
	ptxi_alloc_fail_at(1, false);
	ck_assert_ptr_null(ptxi_alloc(1));
	ptxi_alloc_fail_at(0, false);
	ck_assert_uint_eq(ptxi_alloc_lost(), before + 1);
	/* Another failure is taken for the lack itself, and so is success. */
	ck_assert_int_eq(ptxi_error_lost(before, PTX_E_INVALID, &err), PTX_E_NOMEM);
	ck_assert_int_eq(ptx_error_code(err), PTX_E_NOMEM);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_error_lost(before, 0, &err), PTX_E_NOMEM);
	ck_assert_int_eq(ptxi_error_lost(before, PTX_E_NOMEM, &err), PTX_E_NOMEM);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_error_lost(before, 0, NULL), PTX_E_NOMEM);
	ck_assert_int_eq(ptxi_error_lost(before + 1, 0, &err), 0);
}
END_TEST

Suite *suite_base_error(void)
{
	Suite *s = suite_create("base_error");
	TCase *tc = tcase_create("error");

	tcase_add_loop_test(tc, the_table_of_codes, 0, PTXI_COUNT(codes));
	tcase_add_test(tc, names_and_codes_that_do_not_exist);
	tcase_add_test(tc, everything_that_an_error_has);
	tcase_add_test(tc, a_copy_is_whole_and_apart);
	tcase_add_test(tc, the_code_survives_without_an_object);
	tcase_add_test(tc, contexts_are_bounded);
	tcase_add_test(tc, a_message_that_is_too_long);
	tcase_add_test(tc, no_memory);
	tcase_add_loop_test(tc, codes_of_errnos, 0, PTXI_COUNT(errnos));
	tcase_add_test(tc, a_callers_own_error);
	tcase_add_test(tc, what_was_lost_on_the_way_is_told);
	suite_add_tcase(s, tc);
	return s;
}
