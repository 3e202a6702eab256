/* SPDX-License-Identifier: Apache-2.0 */
/* Each folder of tests/data/messages has a chart in chart/, values.yaml (maybe), and options
 * (maybe), a line each:
 *
 *     set KEY=VALUE
 *     strict           (--strict-values)
 *     lint             (instead of rendering it)
 *     explain KEY      (instead: which sources set a value, any number of keys)
 *
 * want.txt is what is told of rendering it, a line for each problem and note. PTX_TEST_UPDATE=1
 * writes them anew. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <pitrix/chart.h>
#include <pitrix/codec.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "chart/chart.h"

Suite *suite_chart_messages(void);

#define MOST_LINES 16

struct options {
	struct ptx_buf text;
	const char *sets[MOST_LINES + 1];
	size_t set_count;
	bool strict;
	bool lint;
	const char *keys[MOST_LINES];
	size_t key_count;
};

static const char *data_folder(void)
{
	static char path[4096];
	const char *source = getenv("PITRIX_SOURCE");

	snprintf(path, sizeof(path), "%s/tests/data/messages", source ? source : ".");
	return path;
}

static const char *behind(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 && (line[n] == ' ' || !line[n])
		   ? line + n + (line[n] == ' ')
		   : NULL;
}

static void read_option(struct options *o, const char *line)
{
	const char *rest = NULL;

	if ((rest = behind(line, "set"))) {
		ck_assert_uint_lt(o->set_count, MOST_LINES);
		o->sets[o->set_count++] = rest;
	} else if (behind(line, "strict")) {
		o->strict = true;
	} else if (behind(line, "lint")) {
		o->lint = true;
	} else if ((rest = behind(line, "explain"))) {
		ck_assert_uint_lt(o->key_count, MOST_LINES);
		o->keys[o->key_count++] = rest;
	} else {
		ck_abort_msg("an option that there is not: %s", line);
	}
}

static void read_options(struct options *o)
{
	char *line = NULL;

	ptx_buf_init(&o->text, 0);
	if (!ptxi_fs_exists("options"))
		return;
	ck_assert_int_eq(ptxi_fs_read("options", 0, &o->text, NULL), 0);
	for (line = o->text.p; *line;) {
		char *end = line + strcspn(line, "\n");
		bool last = !*end;

		*end = '\0';
		read_option(o, line);
		line = last ? end : end + 1;
	}
}

static void print(const struct ptx_diags *d, struct ptx_buf *out)
{
	const struct ptx_diag *one = NULL;

	for (size_t i = 0; (one = ptx_diags_at(d, i)); i++) {
		ptx_diag_print(one, out);
		ptx_buf_addc(out, '\n');
	}
}

static void render(const struct options *o, const struct ptx_chart *c,
		   const struct ptx_value *values, struct ptx_buf *out)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;
	ptx_auto(diags) d = ptx_diags_new();
	ptx_auto(error) err = NULL;
	ptx_auto(error) plain_err = NULL;
	ptx_auto(chart_rendered) r = NULL;
	ptx_auto(chart_rendered) plain = NULL;

	opts.diags = d;
	opts.strict_values = o->strict;
	r = ptx_chart_render(c, values, &opts, &err);
	print(d, out);
	ck_assert_int_eq(!r, ptx_diags_count_of(d, PTX_ERROR) > 0);
	/* The error itself is the same with and without. */
	opts.diags = NULL;
	plain = ptx_chart_render(c, values, &opts, &plain_err);
	ck_assert_int_eq(!r, !plain);
	ck_assert_str_eq(ptx_error_message(err), ptx_error_message(plain_err));
	ck_assert_int_eq(ptx_error_code(err), ptx_error_code(plain_err));
}

static void lint(const struct options *o, const struct ptx_value *values, struct ptx_buf *out)
{
	struct ptx_chart_lint_opts opts = PTX_CHART_LINT_OPTS_INIT;
	ptx_auto(diags) d = ptx_diags_new();

	opts.own = true;
	opts.strict_values = o->strict;
	ck_assert_int_eq(ptx_chart_lint("chart", values, &opts, d, NULL), 0);
	print(d, out);
}

/* A line for each source. */
static void print_told(const struct ptx_value *told, struct ptx_buf *out)
{
	const struct ptx_value *sources = ptx_value_get(told, "sources");

	ptx_buf_adds(out, "  = ");
	if (ptx_value_has(told, "value"))
		ptx_json_format(ptx_value_get(told, "value"), NULL, out);
	for (size_t i = 0; i < ptx_value_count(sources); i++) {
		ptx_buf_adds(out, "\n  ");
		ptx_json_format(ptx_value_at(sources, i), NULL, out);
	}
}

static void explain(const struct ptx_chart *c, const struct ptx_chart_values *src, const char *key,
		    struct ptx_buf *out)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_value *told = ptx_chart_explain(c, src, key, a, &err);

	ptx_buf_printf(out, "%s\n", key);
	if (told)
		print_told(told, out);
	else
		ptx_error_print(err, out);
	ptx_buf_addc(out, '\n');
}

static void run(struct ptx_buf *out)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	const char *const files[] = { "values.yaml", NULL };
	struct ptx_chart_values src = PTX_CHART_VALUES_INIT;
	struct options o = { .set_count = 0 };
	ptx_auto(chart) c = ptx_chart_load("chart", NULL, &err);
	struct ptx_value *values = NULL;

	read_options(&o);
	src.files = ptxi_fs_exists("values.yaml") ? files : NULL;
	src.sets = o.sets;
	values = ptx_chart_values_read(a, &src, &err);
	ck_assert_msg(c && values, "%s", ptx_error_message(err));
	for (size_t i = 0; i < o.key_count; i++)
		explain(c, &src, o.keys[i], out);
	if (o.lint)
		lint(&o, values, out);
	else if (!o.key_count)
		render(&o, c, values, out);
	ptx_buf_done(&o.text);
}

static void one(const char *folder)
{
	ptx_auto_buf want = { 0 };
	ptx_auto_buf got = { 0 };

	ck_assert_int_eq(chdir(folder), 0);
	ptx_buf_init(&want, 0);
	ptx_buf_init(&got, 0);
	run(&got);
	if (getenv("PTX_TEST_UPDATE"))
		ck_assert_int_eq(ptxi_fs_write("want.txt", ptx_buf_str(&got), 0644, NULL), 0);
	ck_assert_msg(ptxi_fs_read("want.txt", 0, &want, NULL) == 0, "%s/want.txt is missing",
		      folder);
	ck_assert_msg(ptxi_str_eq(ptx_buf_str(&want), ptx_buf_str(&got)),
		      "%s:\n--- want\n%s\n--- got\n%s", folder, want.p, got.p);
}

START_TEST(every_case)
{
	struct dirent **list = NULL;
	int back = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = scandir(data_folder(), &list, NULL, alphasort);
	int cases = 0;

	ck_assert_int_ge(back, 0);
	for (int i = 0; i < n; i++) {
		ptx_auto_str folder = ptxi_path_join(data_folder(), list[i]->d_name);

		if (list[i]->d_name[0] != '.' && ptxi_fs_is_dir(folder)) {
			one(folder);
			ck_assert_int_eq(fchdir(back), 0);
			cases++;
		}
		free(list[i]);
	}
	free(list);
	close(back);
	ck_assert_int_gt(cases, 0);
}
END_TEST

Suite *suite_chart_messages(void)
{
	Suite *s = suite_create("chart_messages");
	TCase *t = tcase_create("all");

	tcase_add_test(t, every_case);
	suite_add_tcase(s, t);
	return s;
}
