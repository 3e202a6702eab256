/* SPDX-License-Identifier: Apache-2.0 */
/* Each folder of tests/data/package is a package with answers.yaml (maybe): want.json is the conf,
 * secrets hidden, and want.diags what the linter and the rendering say. PTX_TEST_UPDATE=1 writes
 * them anew. */
#include <check.h>
#include <dirent.h>

#include <pitrix/codec.h>

#include "base/ctx.h"
#include "base/fs.h"
#include "base/path.h"
#include "package/package.h"

Suite *suite_package_golden(void);

static void print_all(const struct ptx_diags *diags, const char *title, struct ptx_buf *out)
{
	ptx_buf_printf(out, "%s\n", title);
	for (size_t i = 0; i < ptx_diags_count(diags); i++) {
		ptx_diag_print(ptx_diags_at(diags, i), out);
		ptx_buf_addc(out, '\n');
	}
}

static void compare(const char *folder, const char *name, const struct ptx_buf *got)
{
	ptx_auto_str path = ptxi_path_join(folder, name);
	ptx_auto_buf want = { 0 };

	ptx_buf_init(&want, 0);
	if (getenv("PTX_TEST_UPDATE"))
		ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(got), 0644, NULL), 0);
	ck_assert_msg(ptxi_fs_read(path, 0, &want, NULL) == 0, "%s is missing", path);
	ck_assert_msg(ptxi_str_eq(ptx_buf_str(&want), ptx_buf_str(got)),
		      "%s:\n--- want\n%s\n--- got\n%s", path, want.p, got->p);
}

static void one(struct ptx_ctx *ctx, const char *folder)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) lint = ptx_diags_new();
	ptx_auto(diags) said = ptx_diags_new();
	ptx_auto(error) err = NULL;
	ptx_auto(package) p = NULL;
	ptx_auto_str answers_path = ptxi_path_join(folder, "answers.yaml");
	const char *const files[] = { answers_path, NULL };
	struct ptx_answers_source src = PTX_ANSWERS_SOURCE_INIT;
	struct ptx_package_opts load = PTX_PACKAGE_OPTS_INIT;
	struct ptx_render_opts o = PTX_RENDER_OPTS_INIT;
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_rendered out = { 0 };
	ptx_auto_buf diags = { 0 };
	ptx_auto_buf json = { 0 };

	ptx_buf_init(&diags, 0);
	ptx_buf_init(&json, 0);
	src.files = ptxi_fs_exists(answers_path) ? files : NULL;
	style.indent = 2;
	o.diags = said;
	load.diags = said;
	ck_assert_int_eq(ptx_package_lint_path(ctx, folder, NULL, lint, NULL), 0);
	print_all(lint, "lint", &diags);
	p = ptx_package_load(ctx, folder, &load, &err);
	if (p) {
		struct ptx_value *answers = ptx_answers_read(a, &src, &err);

		ck_assert_ptr_nonnull(answers);
		ptx_package_render(p, a, answers, &o, &out, &err);
	}
	print_all(said, "render", &diags);
	if (out.conf) {
		ptx_json_format(out.conf, &style, &json);
		ptx_buf_addc(&json, '\n');
		ptx_buf_adds(&diags, "secrets ");
		ptx_json_format(out.secrets, NULL, &diags);
		ptx_buf_addc(&diags, '\n');
	}
	for (char *at = strstr(diags.p, folder); at; at = strstr(diags.p, folder)) {
		size_t n = strlen(folder) + 1;
		size_t rest = diags.n - (size_t)(at - diags.p) - n;

		memmove(at, at + n, rest + 1);
		ptx_buf_truncate(&diags, diags.n - n);
	}
	compare(folder, "want.diags", &diags);
	compare(folder, "want.json", &json);
}

START_TEST(every_case)
{
	const char *source = getenv("PITRIX_SOURCE");
	ptx_auto_str top = ptxi_path_join(source ? source : ".", "tests/data/package");
	ptx_auto(ctx) ctx = ptx_ctx_new();
	struct dirent **list = NULL;
	int n = scandir(top, &list, NULL, alphasort);
	int cases = 0;

	for (int i = 0; i < n; i++) {
		ptx_auto_str folder = ptxi_path_join(top, list[i]->d_name);

		if (list[i]->d_name[0] != '.' && ptxi_fs_is_dir(folder)) {
			one(ctx, folder);
			cases++;
		}
		free(list[i]);
	}
	free(list);
	ck_assert_int_gt(cases, 0);
}
END_TEST

Suite *suite_package_golden(void)
{
	Suite *s = suite_create("package_golden");
	TCase *t = tcase_create("all");

	tcase_add_test(t, every_case);
	suite_add_tcase(s, t);
	return s;
}
