/* SPDX-License-Identifier: Apache-2.0 */
/* A lean chart keeps large contents packed, and nobody can tell: whatever a template does to get at
 * them, it renders as one that has them from the start. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "chart/chart.h"
#include "package/archive.h"

Suite *suite_chart_later(void);

#define BIG 160000u

static const struct {
	const char *text;
	bool asks; /* the contents are wanted */
} rows[] = {
	{ "a: 1", false },
	{ "a: {{ .Values.x | default 2 }}", false },
	{ "a: {{ include \"helper\" . }}", false },
	{ "a: {{ include \"helper\" (dict \"Values\" .Values \"context\" $) }}", false },
	{ "a: {{ tpl \"{{ .Values.x }}\" $ }}", false },
	{ "{{ with .Files }}a: 1{{ end }}", false },
	{ "{{ if and .Files .Values }}a: 1{{ end }}", false },
	{ "a: {{ .Files.Get \"big.txt\" | sha256sum }}", true },
	{ "a: {{ .Files.Get \"none\" }}", true },
	{ "a: {{ $.Files.GetBytes \"big.txt\" | toString | sha256sum }}", true },
	{ "a: {{ (.Files.Glob \"*.txt\").AsConfig | sha256sum }}", true },
	{ "a: {{ (.Files.Glob \"crds/*\").AsSecrets | sha256sum }}", true },
	{ "a: {{ .Files.Lines \"big.txt\" | len }}", true },
	{ "a: {{ len .Files }}", true },
	{ "a: {{ index .Files \"big.txt\" | toString | sha256sum }}", true },
	{ "a: {{ index . (printf \"Fi%s\" \"les\") \"big.txt\" | toString | sha256sum }}", true },
	{ "a: {{ (get . \"Files\").Get \"big.txt\" | sha256sum }}", true },
	{ "{{ with .Files }}a: {{ .Get \"big.txt\" | sha256sum }}{{ end }}", true },
	{ "{{ range $name, $content := .Files }}{{ $name }}: {{ $content | toString | sha256sum "
	  "}}\n{{ end }}",
	  true },
	{ "{{ range $k, $v := . }}{{ if eq $k \"Files\" }}a: {{ $v.Get \"big.txt\" | sha256sum "
	  "}}{{ end }}{{ end }}",
	  true },
	{ "a: {{ . | toJson | sha256sum }}", true },
	{ "a: {{ toYaml $ | sha256sum }}", true },
	{ "a: {{ printf \"%v\" . | sha256sum }}", true },
	{ "a: {{ dict \"b\" (dict \"c\" $) | toJson | sha256sum }}", true },
	{ "a: {{ list 1 . | toJson | sha256sum }}", true },
	{ "a: {{ (deepCopy .).Files.Get \"big.txt\" | sha256sum }}", true },
	{ "a: {{ (merge (dict) .).Files | toJson | sha256sum }}", true },
	{ "{{ $d := dict }}{{ $_ := set $d \"root\" $ }}a: {{ $d.root.Files.Get \"big.txt\" | "
	  "sha256sum }}",
	  true },
	{ "{{ $_ := set .Values \"root\" $ }}a: {{ .Values.root.Files.Get \"big.txt\" | sha256sum "
	  "}}",
	  true },
	{ "a: {{ tpl \"{{ .Files.Get \\\"big.txt\\\" }}\" . | sha256sum }}", true },
	{ "a: {{ .Subcharts.sub.Files.Get \"inner.bin\" | sha256sum }}", true },
	{ "a: {{ .Subcharts | toJson | sha256sum }}", true },
	{ "a: {{ include \"files\" (dict \"context\" $) | sha256sum }}", true },
	{ "a: {{ .Files }}", true },
};

static bool packs_badly; /* the contents of the archive */
static char folder[] = "/tmp/pitrix-later-XXXXXX";
static char *path;

/* An archive of a chart with this template, and a subchart that is a folder. */
static void make_archive(const char *text)
{
	static char big[BIG];
	static char other[BIG];
	static char values[BIG];
	const struct ptxi_archive_item items[] = {
		{ "web/Chart.yaml", PTXI_STR("apiVersion: v2\nname: web\nversion: 1.0.0\n"),
		  false },
		{ "web/values.yaml", { values, sizeof(values) }, false },
		{ "web/templates/t.yaml", ptxi_str(text), false },
		{ "web/templates/_h.tpl",
		  PTXI_STR("{{ define \"helper\" }}{{ .Values.x }}{{ end }}{{ define \"files\" "
			   "}}{{ .context.Files.Get \"big.txt\" }}{{ end }}"),
		  false },
		{ "web/big.txt", { big, BIG }, false },
		{ "web/small.txt", PTXI_STR("small\n"), false },
		{ "web/crds/a.yaml", { other, BIG }, false },
		{ "web/charts/sub/Chart.yaml",
		  PTXI_STR("apiVersion: v2\nname: sub\nversion: 1.0.0\n"), false },
		{ "web/charts/sub/templates/s.yaml", PTXI_STR("b: {{ .Chart.Name }}\n"), false },
		{ "web/charts/sub/crds/b.yaml", { big, BIG }, false },
		{ "web/charts/sub/inner.bin", { other, BIG }, false },
	};
	ptx_auto_buf out = { 0 };

	memset(values, '#', BIG);
	memcpy(values, "x: 7\n", 5);
	values[BIG - 1] = '\n';
	memcpy(big, "\xef\xbb\xbf", 3); /* a mark of byte order, which is taken off */
	for (size_t i = 3; i < BIG; i++)
		big[i] = (char)(i % 61 ? 'a' + i % 26 : '\n');
	for (size_t i = 0; i < BIG; i++)
		other[i] = (char)(i % 47 ? 'A' + i % 26 : '\n');
	for (uint32_t i = 3, bits = 1; packs_badly && i < BIG; i++) {
		bits = bits * 1103515245u + 12345u;
		big[i] = (char)('!' + (bits >> 16) % 90);
		other[i] = (char)('!' + (bits >> 18) % 90);
	}
	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_archive_write(items, PTXI_COUNT(items), 0, &out, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&out), 0644, NULL), 0);
}

static void setup(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	path = ptxi_asprintf("%s/web-1.0.0.tgz", folder);
}

static void teardown(void)
{
	ptxi_fs_remove(folder, NULL);
	ptx_free(path);
}

static struct ptx_chart *load(bool lean)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	ptx_auto(error) err = NULL;
	struct ptx_chart *c = NULL;

	opts.lean = lean;
	c = ptx_chart_load(path, &opts, &err);
	ck_assert_msg(c != NULL, "%s", err ? ptx_error_message(err) : "");
	return c;
}

/* All that comes out, as text; crds only when asked for. */
static void render(const struct ptx_chart *c, bool crds, struct ptx_buf *out)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;
	ptx_auto(error) err = NULL;
	ptx_auto(chart_rendered) r = NULL;

	opts.skip_crds = !crds;
	r = ptx_chart_render(c, NULL, &opts, &err);
	ptx_buf_clear(out);
	if (!r)
		ptx_buf_adds(out, ptx_error_message(err));
	for (size_t i = 0; r && i < r->manifest_count; i++)
		ptx_buf_printf(out, "%s\n%.*s\n", r->manifests[i].path,
			       PTX_STR_ARG(r->manifests[i].text));
	ck_assert(!r || r->crd_count == (crds ? 2 : 0));
	for (size_t i = 0; r && i < r->crd_count; i++)
		ptx_buf_printf(out, "%s\n%.*s\n", r->crds[i].path, PTX_STR_ARG(r->crds[i].text));
}

START_TEST(a_template_cannot_tell)
{
	ptx_auto(chart) lean = NULL;
	ptx_auto(chart) whole = NULL;
	ptx_auto_buf want = { 0 };
	ptx_auto_buf got = { 0 };

	make_archive(rows[_i].text);
	lean = load(true);
	whole = load(false);
	ptx_buf_init(&want, 0);
	ptx_buf_init(&got, 0);
	render(whole, false, &want);
	ck_assert_uint_gt(lean->rest.bytes.n, 0);
	ck_assert_uint_eq(whole->rest.bytes.n, 0);
	for (int i = 0; i < 2; i++) {
		render(lean, false, &got);
		ck_assert_str_eq(got.p, want.p);
		ck_assert_msg((lean->rest.bytes.n == 0) == rows[_i].asks, "%s", rows[_i].text);
	}
	render(whole, true, &want);
	render(lean, true, &got);
	ck_assert_str_eq(got.p, want.p);
	ck_assert_uint_eq(lean->rest.bytes.n, 0);
}
END_TEST

START_TEST(nor_can_the_other_calls)
{
	ptx_auto(chart) whole = NULL;
	struct ptx_buf shown[2] = { { 0 } };

	make_archive("a: 1");
	whole = load(false);
	for (size_t i = 0; i < 3; i++) {
		ptx_auto(chart) lean = load(true);
		const char *names[2] = { NULL, NULL };
		struct ptx_str texts[2] = { { NULL, 0 } };
		ptx_auto(chart) again = load(true);

		ck_assert_ptr_null(lean->root->values_file->data.p);
		ck_assert(ptx_chart_file(lean, "big.txt", &texts[0]) &&
			  ptx_chart_file(whole, "big.txt", &texts[1]));
		ck_assert(texts[0].n == BIG - 3 && ptxi_str_eq(texts[0], texts[1]));
		ck_assert(ptx_chart_crd_at(again, i, &names[0], &texts[0]) ==
			  ptx_chart_crd_at(whole, i, &names[1], &texts[1]));
		ck_assert(i == 2 ||
			  (ptxi_str_eq(texts[0], texts[1]) && strcmp(names[0], names[1]) == 0));
		for (size_t k = 0; ptx_chart_file_at(whole, k, &names[1], &texts[1]); k++) {
			ck_assert(ptx_chart_file_at(lean, k, &names[0], &texts[0]));
			ck_assert(ptxi_str_eq(texts[0], texts[1]) &&
				  strcmp(names[0], names[1]) == 0);
		}
	}
	for (size_t i = 0; i < 2; i++) {
		ptx_auto(chart) c = load(i == 0);

		ptx_buf_init(&shown[i], 0);
		ck_assert_int_eq(ptx_chart_show(c, PTX_CHART_SHOW_ALL, &shown[i], NULL), 0);
	}
	ck_assert_str_eq(shown[0].p, shown[1].p);
	ck_assert_uint_gt(shown[0].n, BIG);
	ptx_buf_done(&shown[0]);
	ptx_buf_done(&shown[1]);
}
END_TEST

/* The archive may be gone or another one by then: what was loaded is what counts. */
START_TEST(the_archive_is_not_read_again)
{
	ptx_auto(chart) lean = NULL;
	struct ptx_str text = { NULL, 0 };

	make_archive("a: 1");
	lean = load(true);
	ck_assert_int_eq(ptxi_fs_write(path, PTXI_STR("other"), 0644, NULL), 0);
	ck_assert(ptx_chart_file(lean, "crds/a.yaml", &text));
	ck_assert_uint_eq(text.n, BIG);
}
END_TEST

/* Nor is a large one kept in memory. Its file may be moved or replaced, but not changed. */
START_TEST(a_large_archive_is_put_away)
{
	static const char ask[] = "a: {{ .Files.Get \"big.txt\" | sha256sum }}";
	ptx_auto(chart) lean = NULL;
	ptx_auto(chart) whole = NULL;
	ptx_auto_buf want = { 0 };
	ptx_auto_buf got = { 0 };
	struct ptx_str text = { NULL, 0 };
	FILE *file = NULL;

	packs_badly = true;
	make_archive(_i == 3 ? "a: 1" : ask);
	packs_badly = false;
	whole = load(false);
	lean = load(true);
	ck_assert(lean->rest.bytes.n == 0 && lean->rest.fd >= 0 && whole->rest.fd < 0);
	ptx_buf_init(&want, 0);
	ptx_buf_init(&got, 0);
	render(whole, false, &want);
	switch (_i) {
	case 0: /* replaced */
		ck_assert_int_eq(ptxi_fs_write(path, PTXI_STR("other"), 0644, NULL), 0);
		break;
	case 1: /* gone */
		ck_assert_int_eq(unlink(path), 0);
		break;
	default: /* changed where it lies */
		file = fopen(path, "r+");
		ck_assert_ptr_nonnull(file);
		ck_assert_int_eq(fseek(file, 1000, SEEK_SET), 0);
		ck_assert_int_eq(fputs("other", file) < 0, 0);
		fclose(file);
		ck_assert_int_eq(
		    utimensat(AT_FDCWD, path, (struct timespec[]){ { 1, 0 }, { 1, 0 } }, 0), 0);
	}
	render(lean, false, &got);
	if (_i == 2) {
		ck_assert_ptr_nonnull(strstr(got.p, "was changed while it was in use"));
		ck_assert(!ptx_chart_file(lean, "big.txt", &text));
		return;
	}
	ck_assert_str_eq(got.p, want.p);
	ck_assert((lean->rest.fd >= 0) == (_i == 3));
	ck_assert(ptx_chart_file(lean, "crds/a.yaml", &text) == (_i != 3));
	ck_assert(_i == 3 || text.n == BIG);
}
END_TEST

/* What its name promises is looked at however it is read. */
START_TEST(a_name_of_another_format_is_refused)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	ptx_auto(error) err = NULL;
	ptx_auto_str zip = ptxi_asprintf("%s/web.zip", folder);

	packs_badly = _i == 1; /* a large one */
	make_archive("a: 1");
	packs_badly = false;
	ck_assert_int_eq(rename(path, zip), 0);
	opts.lean = true;
	ck_assert_ptr_null(ptx_chart_load(zip, &opts, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_UNSUPPORTED);
}
END_TEST

static void *render_in_thread(void *chart)
{
	struct ptx_buf *out = ptxi_alloc(sizeof(*out));

	ptx_buf_init(out, 0);
	render(chart, true, out);
	return out;
}

START_TEST(threads_ask_at_the_same_time)
{
	pthread_t threads[4];
	ptx_auto(chart) whole = NULL;
	ptx_auto(chart) lean = NULL;
	ptx_auto_buf want = { 0 };

	make_archive("a: {{ .Files.Get \"big.txt\" | sha256sum }}\nb: {{ toJson . | sha256sum }}");
	whole = load(false);
	lean = load(true);
	ptx_buf_init(&want, 0);
	render(whole, true, &want);
	for (size_t i = 0; i < PTXI_COUNT(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, render_in_thread, lean), 0);
	for (size_t i = 0; i < PTXI_COUNT(threads); i++) {
		void *got = NULL;

		pthread_join(threads[i], &got);
		ck_assert_str_eq(((struct ptx_buf *)got)->p, want.p);
		ptx_buf_done(got);
		ptx_free(got);
	}
}
END_TEST

Suite *suite_chart_later(void)
{
	Suite *s = suite_create("chart/later");
	TCase *t = tcase_create("later");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_template_cannot_tell, 0, PTXI_COUNT(rows));
	tcase_add_test(t, nor_can_the_other_calls);
	tcase_add_test(t, the_archive_is_not_read_again);
	tcase_add_loop_test(t, a_large_archive_is_put_away, 0, 4);
	tcase_add_loop_test(t, a_name_of_another_format_is_refused, 0, 2);
	tcase_add_test(t, threads_ask_at_the_same_time);
	suite_add_tcase(s, t);
	return s;
}
