/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "base/ctx.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/time.h"

Suite *suite_base_ctx(void);

/* NULL-terminated environments, and the folders that follow. */
static const struct {
	const char *env[4];
	const char *home, *cache;
} rows[] = {
	{ { "HOME=/h" }, "/h/.local/state/pitrix", "/h/.cache/pitrix" },
	{ { "HOME=/h", "XDG_STATE_HOME=/s" }, "/s/pitrix", "/h/.cache/pitrix" },
	{ { "HOME=/h", "XDG_CACHE_HOME=/c" }, "/h/.local/state/pitrix", "/c/pitrix" },
	{ { "HOME=/h", "XDG_STATE_HOME=relative", "XDG_CACHE_HOME=" },
	  "/h/.local/state/pitrix",
	  "/h/.cache/pitrix" },
	{ { "PITRIX_HOME=/p//x/.", "XDG_CACHE_HOME=/c" }, "/p/x", "/p/x/cache" },
	{ { "PITRIX_HOME=", "HOME=/h" }, "/h/.local/state/pitrix", "/h/.cache/pitrix" },
	{ { "XDG_STATE_HOME=/s" }, "/s/pitrix", NULL },
	{ { NULL }, NULL, NULL },
};

START_TEST(folders_from_the_environment)
{
	static char *vars[4]; /* still the environment when the test has returned */
	struct ptx_ctx *ctx = NULL;

	for (int i = 0; i < 3; i++)
		vars[i] = (char *)rows[_i].env[i];
	environ = vars;
	ctx = ptx_ctx_new();
	ck_assert_ptr_nonnull(ctx);
	ck_assert_pstr_eq(ptx_ctx_home(ctx), rows[_i].home);
	ck_assert_pstr_eq(ptx_ctx_cache(ctx), rows[_i].cache);
	ptx_ctx_free(ctx);
}
END_TEST

START_TEST(folders_are_made_when_needed)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "ctx-", NULL);
	ptx_auto_str home = ptxi_path_join(dir, "a/b");
	ptx_auto_str file = ptxi_path_join(dir, "file");
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	struct stat st;

	ck_assert_int_eq(ptx_ctx_set_home(ctx, home), 0);
	ck_assert_str_eq(ptxi_ctx_need_home(ctx, NULL), home);
	ck_assert_int_eq(stat(home, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(ptxi_fs_write(file, ptxi_str("x"), 0600, NULL), 0);
	ck_assert_int_eq(ptx_ctx_set_cache(ctx, file), 0);
	ck_assert_ptr_null(ptxi_ctx_need_cache(ctx, &err));
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), file));
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptx_ctx_set_home(ctx, ""), PTX_E_USAGE);
	ck_assert_int_eq(ptx_ctx_set_home(ctx, NULL), PTX_E_USAGE);
	ck_assert_str_eq(ptx_ctx_home(ctx), home);
	ptxi_fs_remove(dir, NULL);
}
END_TEST

START_TEST(no_folder_is_a_matter_of_configuration)
{
	struct ptx_error *err = NULL;
	struct ptx_ctx *ctx = NULL;
	static char *none[1];

	environ = none;
	ctx = ptx_ctx_new();
	ck_assert_ptr_null(ptxi_ctx_need_home(ctx, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_CONFIG);
	ck_assert_ptr_nonnull(ptx_error_hint(err));
	ptxi_error_drop(&err);
	ck_assert_ptr_null(ptxi_ctx_need_cache(NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_CONFIG);
	ptxi_error_drop(&err);
	ptx_ctx_free(ctx);
}
END_TEST

static struct ptx_ctx *in_handler;

static void cancel_it(int sig)
{
	(void)sig;
	ptx_ctx_cancel(in_handler);
}

START_TEST(a_signal_handler_may_cancel)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;

	ck_assert(!ptx_ctx_canceled(ctx));
	ck_assert(!ptx_ctx_canceled(NULL));
	ck_assert_int_eq(ptxi_ctx_check(ctx, &err), 0);
	ck_assert_ptr_null(err);
	in_handler = ctx;
	signal(SIGUSR1, cancel_it);
	raise(SIGUSR1);
	ck_assert(ptx_ctx_canceled(ctx));
	ck_assert_int_eq(ptxi_ctx_check(ctx, &err), PTX_E_CANCELED);
	ptxi_error_drop(&err);
}
END_TEST

static int64_t fixed(void *user)
{
	return *(int64_t *)user;
}

START_TEST(the_clock_is_a_hook)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	int64_t now = 1234567890123456789;

	ck_assert_int_gt(ptxi_ctx_now(NULL), INT64_C(1600000000) * PTXI_NS_PER_S);
	ck_assert_int_gt(ptxi_ctx_now(ctx), INT64_C(1600000000) * PTXI_NS_PER_S);
	ptx_ctx_set_clock(ctx, fixed, &now);
	ck_assert_int_eq(ptxi_ctx_now(ctx), now);
}
END_TEST

START_TEST(no_memory)
{
	for (uint64_t n = 1;; n++) {
		struct ptx_ctx *ctx = NULL;

		ptxi_alloc_fail_at(n, true);
		ctx = ptx_ctx_new();
		ptxi_alloc_fail_at(0, false);
		if (ctx) {
			ck_assert_uint_gt(n, 1);
			ptx_ctx_free(ctx);
			break;
		}
	}
	ptx_ctx_free(NULL);
}
END_TEST

Suite *suite_base_ctx(void)
{
	Suite *s = suite_create("base_ctx");
	TCase *tc = tcase_create("ctx");

	tcase_add_loop_test(tc, folders_from_the_environment, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, folders_are_made_when_needed);
	tcase_add_test(tc, no_folder_is_a_matter_of_configuration);
	tcase_add_test(tc, a_signal_handler_may_cancel);
	tcase_add_test(tc, the_clock_is_a_hook);
	tcase_add_test(tc, no_memory);
	suite_add_tcase(s, tc);
	return s;
}
