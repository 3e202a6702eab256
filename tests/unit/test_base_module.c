/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pthread.h>

#include "base/fs.h"
#include "base/module.h"
#include "base/path.h"

Suite *suite_base_module(void);

START_TEST(a_module_is_loaded_once)
{
	const struct {
		unsigned abi;
		int answer;
	} *table = ptxi_module_get("testgood", NULL);

	ck_assert_ptr_nonnull(table);
	ck_assert_uint_eq(table->abi, PTXI_MODULE_ABI);
	ck_assert_int_eq(table->answer, 42);
	ck_assert_ptr_eq(ptxi_module_get("testgood", NULL), table);
}
END_TEST

static void *get_it(void *user)
{
	(void)user;
	return (void *)ptxi_module_get("testgood", NULL);
}

START_TEST(threads_get_the_same)
{
	pthread_t threads[8];

	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, get_it, NULL), 0);
	for (size_t i = 0; i < 8; i++) {
		void *got = NULL;

		pthread_join(threads[i], &got);
		ck_assert_ptr_nonnull(got);
		ck_assert_ptr_eq(got, ptxi_module_get("testgood", NULL));
	}
}
END_TEST

static const struct {
	const char *name;
	int code;
	const char *message, *hint;
} refused[] = {
	{ "testold", PTX_E_UNSUPPORTED, "of another version", "same version" },
	{ "absent", PTX_E_UNSUPPORTED, "is not installed", "pitrix-absent.so" },
	{ "../evil", PTX_E_INTERNAL, "no name of a module", NULL },
	{ "", PTX_E_INTERNAL, "no name of a module", NULL },
};

START_TEST(refusals)
{
	struct ptx_error *err = NULL;

	for (int again = 0; again < 2; again++) {
		ck_assert_ptr_null(ptxi_module_get(refused[_i].name, &err));
		ck_assert_int_eq(ptx_error_code(err), refused[_i].code);
		ck_assert_ptr_nonnull(strstr(ptx_error_message(err), refused[_i].message));
		if (refused[_i].hint)
			ck_assert_ptr_nonnull(strstr(ptx_error_hint(err), refused[_i].hint));
		ptxi_error_drop(&err);
	}
}
END_TEST

static void refuse_content(const char *content)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "module-", NULL);
	ptx_auto_str file = ptxi_path_join(dir, "pitrix-broken.so");
	static char variable[512];
	static char *env[] = { variable, NULL };
	struct ptx_error *err = NULL;

	snprintf(variable, sizeof(variable), "PITRIX_MODULES=%s", dir);
	environ = env;
	ck_assert_int_eq(ptxi_fs_write(file, ptxi_str(content), 0600, NULL), 0);
	ck_assert_ptr_null(ptxi_module_get("broken", &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), file));
	ptxi_error_drop(&err);
	ptxi_fs_remove(dir, NULL);
}

START_TEST(a_file_that_is_no_module)
{
	refuse_content("this is no shared object");
	refuse_content("");
}
END_TEST

Suite *suite_base_module(void)
{
	Suite *s = suite_create("base_module");
	TCase *tc = tcase_create("module");

	tcase_add_test(tc, a_module_is_loaded_once);
	tcase_add_test(tc, threads_get_the_same);
	tcase_add_loop_test(tc, refusals, 0, PTXI_COUNT(refused));
	tcase_add_test(tc, a_file_that_is_no_module);
	suite_add_tcase(s, tc);
	return s;
}
