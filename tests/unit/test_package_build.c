/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "package/package.h"

Suite *suite_package_build(void);

static char *folder; /* of the test */
static struct ptx_ctx *ctx;

static void setup(void)
{
	ctx = ptx_ctx_new();
	folder = ptxi_fs_tempdir(NULL, "build-", NULL);
}

static void teardown(void)
{
	ptxi_fs_remove(folder, NULL);
	ptx_free(folder);
	ptx_ctx_free(ctx);
}

static char *in_folder(const char *name)
{
	return ptxi_path_join(folder, name);
}

static void write_file(const char *name, const char *text)
{
	ptx_auto_str path = in_folder(name);

	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(text), 0644, NULL), 0);
}

static void create(const char *name)
{
	ptx_auto_str path = in_folder(name);
	ptx_auto(error) err = NULL;

	ck_assert_msg(ptx_package_create(ctx, path, NULL, &err) == 0, "%s",
		      err ? ptx_error_message(err) : "");
}

START_TEST(the_skeleton_lints_clean_and_renders)
{
	ptx_auto_str path = in_folder("first");
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(package) p = NULL;
	struct ptx_rendered out;

	create("first");
	ck_assert_int_eq(ptx_package_lint_path(ctx, path, NULL, diags, NULL), 0);
	ck_assert_msg(ptx_diags_count(diags) == 0, "%s",
		      ptx_diags_count(diags) ? ptx_diags_at(diags, 0)->message : "");
	p = ptx_package_load(ctx, path, NULL, NULL);
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(ptx_package_name(p), "first");
	ck_assert_int_eq(ptx_package_render(p, a, NULL, NULL, &out, NULL), 0);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(out.conf, "name"), ""), "first");
	ck_assert_int_eq(ptx_package_create(ctx, path, NULL, NULL), PTX_E_EXISTS);
}
END_TEST

START_TEST(an_archive_is_the_same_each_time_and_loads)
{
	ptx_auto_str path = in_folder("first");
	ptx_auto(error) err = NULL;
	ptx_auto_str archive = NULL;
	ptx_auto_str again = NULL;
	ptx_auto_str one = NULL;
	ptx_auto_str two = NULL;
	ptx_auto(package) p = NULL;
	struct ptx_str content = { 0 };

	create("first");
	write_file("first/run.sh", "#!/bin/sh\n");
	write_file("first/left.tgz", "not packed");
	archive = ptx_package_build(ctx, path, folder, NULL, &err);
	ck_assert_msg(archive != NULL, "%s", err ? ptx_error_message(err) : "");
	ck_assert_str_eq(ptxi_path_base(archive), "first-0.1.0.tgz");
	one = ptxi_digest_file_hex(PTXI_SHA256, archive, NULL);
	again = ptx_package_build(ctx, path, folder, NULL, &err);
	two = ptxi_digest_file_hex(PTXI_SHA256, again, NULL);
	ck_assert_str_eq(one, two);
	p = ptx_package_load(ctx, archive, NULL, &err);
	ck_assert_msg(p != NULL, "%s", err ? ptx_error_message(err) : "");
	ck_assert_int_eq(ptx_package_file(p, "run.sh", &content, NULL), 0);
	ck_assert(ptxi_str_is(content, "#!/bin/sh\n"));
	ck_assert_int_eq(ptx_package_file(p, "left.tgz", &content, NULL), PTX_E_NOT_FOUND);
	ck_assert_int_eq(ptx_package_file(p, "../x", &content, NULL), PTX_E_INVALID);
}
END_TEST

START_TEST(another_version_is_written_into_the_package)
{
	ptx_auto_str path = in_folder("first");
	struct ptx_build_opts o = PTX_BUILD_OPTS_INIT;
	ptx_auto_str archive = NULL;
	ptx_auto(package) p = NULL;

	create("first");
	o.version = "2.0.0-rc.1";
	archive = ptx_package_build(ctx, path, folder, &o, NULL);
	ck_assert_ptr_nonnull(archive);
	p = ptx_package_load(ctx, archive, NULL, NULL);
	ck_assert_str_eq(ptx_package_version(p), "2.0.0-rc.1");
}
END_TEST

static void fails(const char *name, int code)
{
	ptx_auto_str path = in_folder(name);
	ptx_auto(error) err = NULL;
	ptx_auto_str archive = ptx_package_build(ctx, path, folder, NULL, &err);

	ck_assert_ptr_null(archive);
	ck_assert_msg(ptx_error_code(err) == code, "%s", ptx_error_message(err));
}

START_TEST(what_cannot_be_packed_is_refused)
{
	ptx_auto_str link = in_folder("first/link");
	ptx_auto_str inner = in_folder("first/inner");
	ptx_auto_str fifo = in_folder("first/fifo");
	ptx_auto_str from = in_folder("first");
	ptx_auto_str to = in_folder("second");

	create("first");
	ck_assert_int_eq(symlink("README.md", inner), 0);
	ck_assert_int_eq(symlink("/etc/passwd", link), 0);
	fails("first", PTX_E_INVALID);
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	fails("first", PTX_E_INVALID);
	ck_assert_int_eq(unlink(fifo), 0);
	ck_assert_int_eq(rename(from, to), 0);
	fails("second", PTX_E_INVALID);
	fails("third", PTX_E_NOT_FOUND);
	write_file("second/config.json", "{\"type\":\"array\"}");
	fails("second", PTX_E_INVALID);
}
END_TEST

START_TEST(a_link_out_of_the_folder_is_not_read)
{
	ptx_auto_str path = in_folder("first");
	ptx_auto_str config = in_folder("first/config.json");
	ptx_auto(error) err = NULL;

	create("first");
	ck_assert_int_eq(unlink(config), 0);
	ck_assert_int_eq(symlink("/etc/passwd", config), 0);
	ck_assert_ptr_null(ptx_package_load(ctx, path, NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_INVALID);
}
END_TEST

START_TEST(names_of_new_packages)
{
	ptx_auto_str bad = in_folder("a b");

	ck_assert_int_eq(ptx_package_create(ctx, bad, NULL, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptx_package_create(ctx, "/", NULL, NULL), PTX_E_INVALID);
}
END_TEST

Suite *suite_package_build(void)
{
	Suite *s = suite_create("package_build");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_skeleton_lints_clean_and_renders);
	tcase_add_test(t, an_archive_is_the_same_each_time_and_loads);
	tcase_add_test(t, another_version_is_written_into_the_package);
	tcase_add_test(t, what_cannot_be_packed_is_refused);
	tcase_add_test(t, a_link_out_of_the_folder_is_not_read);
	tcase_add_test(t, names_of_new_packages);
	suite_add_tcase(s, t);
	return s;
}
