/* SPDX-License-Identifier: Apache-2.0 */
/* Each folder of tests/data/chart has a chart in chart/, and values.yaml (maybe):
 * want.yaml is what it renders to, with the notes below, or the error. PTX_TEST_UPDATE=1 writes
 * them anew. */
#include <check.h>
#include <dirent.h>
#include <pthread.h>

#include <pitrix/chart.h>
#include <pitrix/codec.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"

Suite *suite_chart_golden(void);

static const char *data_folder(void)
{
	static char path[4096];
	const char *source = getenv("PITRIX_SOURCE");

	snprintf(path, sizeof(path), "%s/tests/data/chart", source ? source : ".");
	return path;
}

static void hear(const char *where, const char *message, void *user)
{
	(void)where;
	ptx_buf_printf(user, "# said: %s\n", message);
}

/* What it renders to, and what is said. */
static void render(const char *folder, struct ptx_buf *out)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_str chart_path = ptxi_path_join(folder, "chart");
	ptx_auto_str values_path = ptxi_path_join(folder, "values.yaml");
	const char *const files[] = { values_path, NULL };
	struct ptx_chart_values src = PTX_CHART_VALUES_INIT;
	struct ptx_chart_load_opts load = PTX_CHART_LOAD_OPTS_INIT;
	struct ptx_chart_render_opts o = PTX_CHART_RENDER_OPTS_INIT;
	struct ptx_chart_print_opts print = PTX_CHART_PRINT_OPTS_INIT;
	struct ptx_chart_rendered *r = NULL;
	struct ptx_chart *c = NULL;
	struct ptx_value *values = NULL;

	load.say = o.say = hear;
	load.user = o.user = out;
	print.include_crds = true;
	o.release = "demo";
	o.name_space = "shop";
	o.sub_notes = true;
	src.files = ptxi_fs_exists(values_path) ? files : NULL;
	values = ptx_chart_values_read(a, &src, &err);
	c = values ? ptx_chart_load(chart_path, &load, &err) : NULL;
	r = c && ptx_chart_check_dependencies(c, &err) == 0 ? ptx_chart_render(c, values, &o, &err)
							    : NULL;
	if (r) {
		ptx_chart_rendered_print(r, &print, out);
		ptx_buf_adds(out, "# notes\n");
		ptx_buf_addstr(out, r->notes);
	} else {
		ck_assert_ptr_nonnull(err);
		ptx_buf_printf(out, "# error %s: %s\n", ptx_code_name(ptx_error_code(err)),
			       ptx_error_message(err));
	}
	ptx_chart_rendered_free(r);
	ptx_chart_free(c);
}

static void one(const char *folder)
{
	ptx_auto_str path = ptxi_path_join(folder, "want.yaml");
	ptx_auto_buf want = { 0 };
	ptx_auto_buf got = { 0 };

	ptx_buf_init(&want, 0);
	ptx_buf_init(&got, 0);
	render(folder, &got);
	if (getenv("PTX_TEST_UPDATE"))
		ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&got), 0644, NULL), 0);
	ck_assert_msg(ptxi_fs_read(path, 0, &want, NULL) == 0, "%s is missing", path);
	ck_assert_msg(ptxi_str_eq(ptx_buf_str(&want), ptx_buf_str(&got)),
		      "%s:\n--- want\n%s\n--- got\n%s", path, want.p, got.p);
}

START_TEST(every_case)
{
	struct dirent **list = NULL;
	int n = scandir(data_folder(), &list, NULL, alphasort);
	int cases = 0;

	for (int i = 0; i < n; i++) {
		ptx_auto_str folder = ptxi_path_join(data_folder(), list[i]->d_name);

		if (list[i]->d_name[0] != '.' && ptxi_fs_is_dir(folder)) {
			one(folder);
			cases++;
		}
		free(list[i]);
	}
	free(list);
	ck_assert_int_gt(cases, 0);
}
END_TEST

struct shared {
	const struct ptx_chart *chart;
	char *out;
};

static void *render_shared(void *user)
{
	struct shared *s = user;
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	for (int i = 0; i < 20; i++) {
		struct ptx_chart_rendered *r =
		    ptx_chart_render(s->chart, ptx_value_map(a), NULL, NULL);

		if (!r)
			return NULL;
		ptx_chart_rendered_print(r, NULL, &out);
		ptx_chart_rendered_free(r);
	}
	s->out = strdup(out.p);
	return NULL;
}

static int take_some(struct ptx_str piece, void *left)
{
	size_t *n = left;

	if (piece.n > *n)
		return 77;
	*n -= piece.n;
	return 0;
}

/* Pieces are what is printed, and who takes them may end it. */
START_TEST(pieces_may_be_enough)
{
	ptx_auto_str path = ptxi_path_join(data_folder(), "family/chart");
	struct ptx_chart *c = ptx_chart_load(path, NULL, NULL);
	struct ptx_chart_rendered *r = ptx_chart_render(c, NULL, NULL, NULL);
	ptx_auto_buf all = { 0 };
	size_t left = 0;

	ck_assert_ptr_nonnull(r);
	ptx_buf_init(&all, 0);
	ptx_chart_rendered_print(r, NULL, &all);
	left = all.n;
	ck_assert_int_eq(ptx_chart_rendered_each(r, NULL, take_some, &left, NULL), 0);
	ck_assert_uint_eq(left, 0);
	for (left = all.n; left > 0; left -= left / 3 + 1) {
		size_t some = left - 1;

		ck_assert_int_eq(ptx_chart_rendered_each(r, NULL, take_some, &some, NULL), 77);
	}
	ptx_chart_rendered_free(r);
	ptx_chart_free(c);
}
END_TEST

START_TEST(threads_share_a_chart)
{
	ptx_auto_str path = ptxi_path_join(data_folder(), "family/chart");
	struct ptx_chart *c = ptx_chart_load(path, NULL, NULL);
	struct shared shared[4];
	pthread_t threads[4];

	ck_assert_ptr_nonnull(c);
	for (size_t i = 0; i < 4; i++) {
		shared[i] = (struct shared){ .chart = c };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, render_shared, &shared[i]), 0);
	}
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_ptr_nonnull(shared[i].out);
		ck_assert_str_eq(shared[i].out, shared[0].out);
	}
	for (size_t i = 0; i < 4; i++)
		free(shared[i].out);
	ptx_chart_free(c);
}
END_TEST

START_TEST(packs_the_same_bytes)
{
	char one_folder[] = "/tmp/pitrix-chart-XXXXXX";
	ptx_auto_str path = ptxi_path_join(data_folder(), "family/chart");
	ptx_auto_str second_folder = NULL;
	ptx_auto_str first = NULL;
	ptx_auto_str second = NULL;
	ptx_auto_buf a = { 0 };
	ptx_auto_buf b = { 0 };
	struct ptx_chart_save_opts o = PTX_CHART_SAVE_OPTS_INIT;
	struct ptx_chart *c = ptx_chart_load(path, NULL, NULL);
	struct ptx_chart *again = NULL;

	ck_assert_ptr_nonnull(c);
	ck_assert_ptr_nonnull(mkdtemp(one_folder));
	second_folder = ptxi_path_join(one_folder, "again");
	o.target = one_folder;
	first = ptx_chart_save(c, &o, NULL);
	ck_assert_ptr_nonnull(first);
	/* what was packed packs into the same again */
	again = ptx_chart_load(first, NULL, NULL);
	ck_assert_ptr_nonnull(again);
	o.target = second_folder;
	second = ptx_chart_save(again, &o, NULL);
	ck_assert_ptr_nonnull(second);
	ptx_buf_init(&a, 0);
	ptx_buf_init(&b, 0);
	ck_assert_int_eq(ptxi_fs_read(first, 0, &a, NULL), 0);
	ck_assert_int_eq(ptxi_fs_read(second, 0, &b, NULL), 0);
	ck_assert(ptxi_str_eq(ptx_buf_str(&a), ptx_buf_str(&b)));
	ptx_chart_free(c);
	ptx_chart_free(again);
	ck_assert_int_eq(ptxi_fs_remove(one_folder, NULL), 0);
}
END_TEST

Suite *suite_chart_golden(void)
{
	Suite *s = suite_create("chart_golden");
	TCase *t = tcase_create("all");

	tcase_add_test(t, every_case);
	tcase_add_test(t, threads_share_a_chart);
	tcase_add_test(t, pieces_may_be_enough);
	tcase_add_test(t, packs_the_same_bytes);
	suite_add_tcase(s, t);
	return s;
}
