/* SPDX-License-Identifier: Apache-2.0 */
/* A lean chart parses its templates late, and nobody can tell: it renders, fails and says what one
 * does that parses all of them first. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "chart/chart.h"
#include "package/archive.h"

Suite *suite_chart_unparsed(void);

#define MOST 4

/* Templates, in the order of execution: Helm goes backwards. */
static const struct {
	const char *title;
	struct {
		const char *name, *text;
	} files[MOST];
} rows[] = {
	{ "one alone", { { "a.yaml", "a: {{ .Values.x }}" } } },
	{ "nothing in it", { { "b.yaml", "" }, { "a.yaml", "{{/* nothing */}}" } } },
	{ "one that includes one that was executed",
	  { { "b.yaml", "b: {{ .Values.x }}" },
	    { "a.yaml", "a: {{ include \"web/templates/b.yaml\" . | quote }}" } } },
	{ "one that includes one that comes yet",
	  { { "b.yaml", "b: {{ include (print $.Template.BasePath \"/a.yaml\") . | sha256sum }}" },
	    { "a.yaml", "a: {{ .Values.x }}" } } },
	{ "each includes the other",
	  { { "b.yaml", "b: {{ if not .once }}{{ include \"web/templates/a.yaml\" (dict \"once\" "
			"1) | quote }}{{ end }}" },
	    { "a.yaml", "a: {{ if not .once }}{{ include \"web/templates/b.yaml\" (dict \"once\" "
			"1) | quote }}{{ end }}" } } },
	{ "one that calls another as a template",
	  { { "b.yaml", "b: 1" }, { "a.yaml", "{{ template \"web/templates/b.yaml\" . }}" } } },
	{ "one that includes itself",
	  { { "a.yaml", "{{ include \"web/templates/a.yaml\" . }}" } } },
	{ "one that includes nobody",
	  { { "b.yaml", "b: 1" }, { "a.yaml", "{{ include \"web/templates/c.yaml\" . }}" } } },
	{ "one that includes one that is wrong",
	  { { "b.yaml", "b: {{ include \"web/templates/a.yaml\" . }}" },
	    { "a.yaml", "a: {{ if }}" } } },
	{ "what defines is used by all",
	  { { "c.yaml", "c: {{ include \"f\" . }}" },
	    { "b.yaml", "{{ define \"f\" }}f {{ .Values.x }}{{ end }}b: 1" },
	    { "a.yaml", "a: {{ include \"f\" . }}" } } },
	{ "a block",
	  { { "b.yaml", "b: {{ block \"g\" . }}one{{ end }}" },
	    { "a.yaml", "a: {{ include \"g\" . }}" } } },
	{ "the words alone define nothing",
	  { { "b.yaml", "b: define block {{ \"define\" }}" },
	    { "a.yaml", "{{- /* define */ -}}a: {{ `{{ block` }}" } } },
	{ "a definition over some lines",
	  { { "b.yaml", "b: {{ include \"f\" . }}" },
	    { "a.yaml", "{{-\n\n  define \"f\" }}one{{ end }}a: 1" } } },
	{ "a definition of a file's name",
	  { { "b.yaml", "b: 1" },
	    { "a.yaml", "a: {{ include \"web/templates/b.yaml\" . | quote }}" },
	    { "_h.tpl", "{{ define \"web/templates/b.yaml\" }}h: 1{{ end }}" } } },
	{ "a definition of the name of a file that comes later",
	  { { "b.yaml", "{{ define \"web/templates/a.yaml\" }}h: 1{{ end }}b: 1" },
	    { "a.yaml", "a: 1" } } },
	{ "an empty definition of a file's name",
	  { { "b.yaml", "b: 1" },
	    { "a.yaml", "a: {{ include \"web/templates/b.yaml\" . | quote }}" },
	    { "_h.tpl", "{{ define \"web/templates/b.yaml\" }} {{ end }}" } } },
	{ "a definition of a file's name by tpl",
	  { { "b.yaml", "b: 1" },
	    { "a.yaml", "a: {{ tpl \"{{ define \\\"web/templates/b.yaml\\\" }}x{{ end }}{{ include "
			"\\\"web/templates/b.yaml\\\" . }}\" . | quote }}" } } },
	{ "an empty one by tpl",
	  { { "b.yaml", "b: 1" },
	    { "a.yaml", "a: {{ tpl \"{{ define \\\"web/templates/b.yaml\\\" }}{{ end }}{{ include "
			"\\\"web/templates/b.yaml\\\" . }}\" . | quote }}" } } },
	{ "a definition within a text of tpl",
	  { { "b.yaml",
	      "b: {{ tpl \"{{ define \\\"f\\\" }}x{{ end }}{{ include \\\"f\\\" . }}\" . }}" },
	    { "a.yaml", "a: 1" } } },
	{ "what was set stays",
	  { { "c.yaml", "{{- $_ := set .Values \"kept\" \"some text that is long enough\" }}{{- $_ "
			":= set .Values \"list\" (list \"one\" 2 3.5 true nil `raw`) }}"
			"{{- $_ := set .Values \"map\" (dict \"key that is kept\" (dict \"inner\" "
			"\"value\")) }}c: 1" },
	    { "b.yaml", "b: {{ \"other texts\" | upper }} {{ printf \"%s-%d\" \"and more of them\" "
			"77 }}{{ range $i, $v := list 1 2 3 }}{{ $i }}{{ $v }}{{ end }}" },
	    { "a.yaml",
	      "a: {{ .Values.kept }} {{ toJson .Values.list }} {{ toJson .Values.map }}" } } },
	{ "what was merged stays",
	  { { "c.yaml", "{{- $_ := mergeOverwrite .Values (dict \"deep\" (dict \"made\" (printf "
			"\"%s-%d\" \"here\" 1))) }}c: 1" },
	    { "b.yaml", "b: {{ printf \"%s+%s\" \"other\" \"texts\" }} {{ dict \"x\" (list 1 2 3) "
			"| toJson }}" },
	    { "a.yaml", "a: {{ toJson .Values.deep }}" } } },
	{ "what was merged into an inner map stays",
	  { { "c.yaml", "{{- $_ := set .Values \"old\" dict }}c: 1" },
	    { "b.yaml", "{{- $mine := dict \"inner\" .Values.old }}{{- $_ := merge $mine (dict "
			"\"inner\" (dict \"made\" (printf \"%d\" 77))) }}b: {{ toJson $mine }}" },
	    { "a.yaml",
	      "a: {{ printf \"%s+%s\" \"other\" \"texts\" }} {{ toJson .Values.old }}" } } },
	{ "what was set in what was made is forgotten",
	  { { "b.yaml", "{{- $d := dict }}{{- $_ := set $d \"k\" (printf \"%d\" 1) }}{{- $_ := set "
			"$d \"l\" (list $d.k) }}{{- $_ := unset $d \"k\" }}b: {{ toJson $d }}" },
	    { "a.yaml", "a: {{ .Values.x }}" } } },
	{ "what was unset is gone",
	  { { "b.yaml", "{{- $_ := unset .Values \"x\" }}b: 1" },
	    { "a.yaml", "a: {{ .Values.x }}" } } },
	{ "what was added to the root stays",
	  { { "b.yaml", "{{- $_ := set $ \"mine\" (list (printf \"%d\" 1) (dict \"a\" (printf "
			"\"%d\" 2))) }}b: 1" },
	    { "a.yaml", "a: {{ printf \"%s+%s\" \"other\" \"texts\" }} {{ toJson .mine }}" } } },
	{ "what a text of tpl set stays",
	  { { "b.yaml", "{{- $t := printf \"{{ $_ := set .Values %q (printf %q 5) }}\" \"made\" "
			"\"%d\" }}{{ tpl $t . }}b: 1" },
	    { "a.yaml", "a: {{ tpl (printf \"{{ .Values.%s }}\" \"made\") . }}" } } },
	{ "the same text of tpl in each",
	  { { "c.yaml", "c: {{ tpl \"{{ .Values.x | quote }}{{ list 1 2 | toJson }}\" . }}" },
	    { "b.yaml", "b: {{ tpl \"{{ .Values.x | quote }}{{ list 1 2 | toJson }}\" . }}" },
	    { "a.yaml", "a: {{ tpl \"{{ .Values.x | quote }}{{ list 1 2 | toJson }}\" . }}{{ "
			"regexReplaceAll \"[0-9]+\" \"a7\" \"b\" }}" } } },
	{ "a long text that was set stays",
	  { { "b.yaml", "{{- $_ := set .Values \"long\" "
			"`0123456789012345678901234567890123456789012345678901234567890123456789"
			"01234567890123456789012345678901234567890123456789012345678901234567890123"
			"456789` }}b: 1" },
	    { "a.yaml", "a: {{ .Values.long }}" } } },
	{ "a text of tpl that was parsed before",
	  { { "b.yaml", "b: {{ tpl \"{{ .Values.x }} and {{ include \\\"web/templates/a.yaml\\\" . "
			"}}\" . | quote }}" },
	    { "a.yaml", "a: {{ if .Values.never }}{{ tpl \"{{ .Values.x }} and {{ include "
			"\\\"web/templates/a.yaml\\\" . }}\" . | quote }}{{ end }}" } } },
	{ "one that fails before one that is wrong",
	  { { "b.yaml", "{{ fail \"first\" }}" }, { "a.yaml", "{{ if }}" } } },
	{ "one that is wrong before one that fails",
	  { { "b.yaml", "{{ if }}" }, { "a.yaml", "{{ fail \"second\" }}" } } },
	{ "two that are wrong", { { "b.yaml", "{{ if }}" }, { "a.yaml", "{{ end }}" } } },
	{ "two that are wrong, one of them with a definition",
	  { { "b.yaml", "{{ if }}" }, { "a.yaml", "{{ define \"x\" }}" } } },
	{ "and the other way round",
	  { { "b.yaml", "{{ define \"x\" }}" }, { "a.yaml", "{{ if }}" } } },
	{ "a wrong one that nothing executes",
	  { { "b.yaml", "{{ fail \"first\" }}" },
	    { "a.yaml", "a: 1" },
	    { "_h.tpl", "{{ nonsense }}" } } },
	{ "two that fail",
	  { { "b.yaml", "{{ .Values.x.y.z }}" }, { "a.yaml", "{{ fail \"second\" }}" } } },
	{ "what is required",
	  { { "b.yaml", "b: {{ required \"it is wanted\" .Values.none }}" },
	    { "a.yaml", "a: {{ required \"so is this\" .Values.none }}" } } },
	{ "what is required before one that is wrong",
	  { { "b.yaml", "b: {{ required \"it is wanted\" .Values.none }}" },
	    { "a.yaml", "{{ if }}" } } },
	{ "what is required before one that fails",
	  { { "b.yaml", "b: {{ required \"it is wanted\" .Values.none }}" },
	    { "a.yaml", "{{ .Values.x.y.z }}" } } },
	{ "notes",
	  { { "a.yaml", "a: 1" }, { "NOTES.txt", "{{ include \"web/templates/a.yaml\" . }}" } } },
};

static char *make_archive(const char *folder, size_t row)
{
	struct ptxi_archive_item items[MOST + 2] = {
		{ "web/Chart.yaml", PTXI_STR("apiVersion: v2\nname: web\nversion: 1.0.0\n"),
		  false },
		{ "web/values.yaml", PTXI_STR("x: 7\n"), false },
	};
	char *path = ptxi_asprintf("%s/web.tgz", folder);
	char names[MOST][64];
	ptx_auto_buf out = { 0 };
	size_t n = 2;

	for (size_t i = 0; i < MOST && rows[row].files[i].name; i++) {
		snprintf(names[i], sizeof(names[i]), "web/templates/%s", rows[row].files[i].name);
		items[n++] = (struct ptxi_archive_item){ names[i],
							 ptxi_str(rows[row].files[i].text), false };
	}
	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_archive_write(items, n, 0, &out, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&out), 0644, NULL), 0);
	return path;
}

static void hear(const char *where, const char *message, void *user)
{
	ptx_buf_printf(user, "%s %s\n", where, message);
}

/* All that comes of it, as text. True when it was rendered. */
static bool render(const struct ptx_chart *c, bool lint, struct ptx_diags *diags,
		   struct ptx_buf *out)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;
	ptx_auto(error) err = NULL;
	ptx_auto(chart_rendered) r = NULL;

	opts.lint = lint;
	opts.diags = diags;
	opts.say = hear;
	opts.user = out;
	r = ptx_chart_render(c, NULL, &opts, &err);
	if (!r)
		ptx_buf_printf(out, "%d %s\n", ptx_error_code(err), ptx_error_message(err));
	for (size_t i = 0; r && i < r->manifest_count; i++)
		ptx_buf_printf(out, "%s\n%.*s\n", r->manifests[i].path,
			       PTX_STR_ARG(r->manifests[i].text));
	if (r)
		ptx_buf_addstr(out, r->notes);
	return r != NULL;
}

/* Who explains failures has all values to the end: what is rendered is the same. */
static void check_values_are_kept(const struct ptx_chart *c)
{
	struct ptx_diags *diags = ptx_diags_new();
	ptx_auto_buf given_back = { 0 };
	ptx_auto_buf kept = { 0 };

	ptx_buf_init(&given_back, 0);
	ptx_buf_init(&kept, 0);
	if (render(c, false, NULL, &given_back)) {
		ck_assert(render(c, false, diags, &kept));
		ck_assert_str_eq(given_back.p, kept.p);
	}
	ptx_diags_free(diags);
}

START_TEST(nobody_can_tell)
{
	char folder[] = "/tmp/pitrix-unparsed-XXXXXX";
	struct ptx_buf outs[2] = { { 0 } };
	char *path = NULL;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	path = make_archive(folder, (size_t)_i);
	for (size_t lean = 0; lean < 2; lean++) {
		struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
		ptx_auto(chart) c = NULL;

		opts.lean = lean;
		c = ptx_chart_load(path, &opts, NULL);
		ck_assert_ptr_nonnull(c);
		ptx_buf_init(&outs[lean], 0);
		/* Twice, since it may be rendered again; once as the linter does, which goes on. */
		render(c, false, NULL, &outs[lean]);
		render(c, true, NULL, &outs[lean]);
		check_values_are_kept(c);
		render(c, false, NULL, &outs[lean]);
		ck_assert(ptx_buf_ok(&outs[lean]));
	}
	ck_assert_msg(strcmp(outs[0].p, outs[1].p) == 0, "%s:\n%s\nbut lean\n%s", rows[_i].title,
		      outs[0].p, outs[1].p);
	ptx_buf_done(&outs[0]);
	ptx_buf_done(&outs[1]);
	ptxi_fs_remove(folder, NULL);
	ptx_free(path);
}
END_TEST

Suite *suite_chart_unparsed(void)
{
	Suite *s = suite_create("chart/unparsed");
	TCase *t = tcase_create("unparsed");

	tcase_add_loop_test(t, nobody_can_tell, 0, PTXI_COUNT(rows));
	suite_add_tcase(s, t);
	return s;
}
