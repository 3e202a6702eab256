/* SPDX-License-Identifier: Apache-2.0 */
/* What an execution says of itself beside its output: how it failed (trace.h), what wrote a byte
 * (outmap.h), and which numbers were printed with an exponent (watch.c). */
#include <check.h>
#include <string.h>

#include "template/exec.h"
#include "template/outmap.h"
#include "template/trace.h"

#include <pitrix/codec.h>

Suite *suite_template_trace(void);

#define DATA                                                                                       \
	"{\"m\":{\"a\":{\"b\":\"text\"},\"n\":null},\"s\":\"str\",\"t\":\"{{ .m.x.y "              \
	"}}\",\"f\":1000000.0,\"l\":[2e6,1]}"

static const char helpers[] = "{{- define \"inner\" -}}\n"
			      "one: {{ .s }}\n"
			      "two: {{ .m.a.b }}\n"
			      "{{- end -}}\n"
			      "{{- define \"outer\" -}}\n"
			      "top:\n"
			      "{{ include \"inner\" . | indent 2 }}\n"
			      "{{- end -}}\n"
			      "{{- define \"bad\" }}\n  {{ .m.x.y }}{{ end -}}\n";

static struct ptx_template *set_of(const char *text)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_template *t = NULL;

	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	t = ptx_template_new(&opts, NULL);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(ptx_template_parse(t, "h", ptxi_str(helpers), NULL), 0);
	ck_assert_int_eq(ptx_template_parse(t, "t", ptxi_str(text), NULL), 0);
	return t;
}

static int execute(struct ptx_template *t, struct ptxi_template_env *env, struct ptx_buf *out)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_read_opts read = PTX_READ_OPTS_INIT;
	struct ptx_execute_opts opts = PTX_EXECUTE_OPTS_INIT;
	struct ptx_value *data = NULL;

	read.file = "data";
	read.numbers = PTX_NUMBERS_FLOAT;
	data = ptx_json_parse(a, ptxi_str(DATA), &read, NULL);
	opts.missing_key = PTX_MISSING_ZERO;
	ck_assert_ptr_nonnull(data);
	return ptxi_template_execute(t, "t", data, &opts, env, out, NULL);
}

/* ---- failures */

static const struct {
	const char *template;
	const char *frames;   /* from the inside out */
	const char *suspects; /* written, + where it has a value, - and the key that is missing, ?
				 and what was asked of it */
	const char *message;
} failures[] = {
	{ "{{ .m.x.y }}", "t:1:6", " .m.x-x?y", "nil pointer evaluating interface {}.y" },
	{ "{{ .m.n.y }}", "t:1:6", " .m.n-n?y", "nil pointer evaluating interface {}.y" },
	{ "{{ .s.y }}", "t:1:6", " .s+?y", "can't evaluate field y in type interface {}" },
	{ "\n {{ include \"bad\" . }}", "h:10:8 include t:2:5", " .m.x-x?y",
	  "nil pointer evaluating interface {}.y" },
	{ "{{ template \"bad\" . }}", "h:10:8 template t:1:13", " .m.x-x?y",
	  "nil pointer evaluating interface {}.y" },
	{ "{{ tpl .t . }}", "tpl:1:6 tpl t:1:4", " .m.x-x?y",
	  "nil pointer evaluating interface {}.y" },
	{ "{{ tpl \"{{ include \\\"bad\\\" . }}\" . }}", "h:10:8 include tpl:1:4 tpl t:1:4",
	  " .m.x-x?y", "nil pointer evaluating interface {}.y" },
	{ "{{ required \"it\" .m.z }}", "t:1:4", " .m.z-z", "error calling required: it" },
	{ "{{ .m.z | required \"it\" }}", "t:1:11", " .m.z-z", "error calling required: it" },
	{ "{{ $v := .m }}{{ required \"it\" $v.z.w }}", "t:1:34", " $v.z-z?w",
	  "nil pointer evaluating interface {}.w" },
	{ "{{ b64enc .m }}", "t:1:11", " .m+",
	  "wrong type for value; expected string; got map[string]interface {}" },
	{ "{{ .m.a | b64enc }}", "t:1:11", " .m.a+",
	  "wrong type for value; expected string; got map[string]interface {}" },
	{ "{{ range .s }}{{ end }}", "t:1:10", " .s+", "range can't iterate over str" },
	{ "{{ fail \"no\" }}", "t:1:4", "", "error calling fail: no" },
};

static void print_frames(const struct ptxi_trace *t, struct ptx_buf *out)
{
	static const char *const kinds[] = { "", " include ", " template ", " tpl " };

	for (size_t i = 0; i < t->frame_count; i++)
		ptx_buf_printf(out, "%s%s:%u:%u", kinds[t->frames[i].kind],
			       t->frames[i].file ? t->frames[i].file : "tpl",
			       t->frames[i].place.line, t->frames[i].place.column);
}

static void print_suspects(const struct ptxi_trace *t, struct ptx_buf *out)
{
	for (size_t i = 0; i < t->suspect_count; i++) {
		const struct ptxi_suspect *u = &t->suspects[i];

		ptx_buf_printf(out, " %s%s", u->written, u->value ? "+" : "");
		if (u->holder && !u->value)
			ptx_buf_printf(out, "-%.*s", PTX_STR_ARG(u->key));
		if (u->wanted.n)
			ptx_buf_printf(out, "?%.*s", PTX_STR_ARG(u->wanted));
	}
}

START_TEST(failure)
{
	ptx_auto(template) t = set_of(failures[_i].template);
	struct ptxi_trace trace;
	ptxi_auto(render) render = ptxi_render_new(0);
	struct ptxi_template_env env = { .render = render, .trace = &trace };
	ptx_auto_buf out = { 0 };
	ptx_auto_buf frames = { 0 };
	ptx_auto_buf suspects = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_init(&frames, 0);
	ptx_buf_init(&suspects, 0);
	ck_assert_int_eq(ptxi_trace_init(&trace), 0);
	ck_assert_int_lt(execute(t, &env, &out), 0);
	print_frames(&trace, &frames);
	print_suspects(&trace, &suspects);
	ck_assert_str_eq(frames.p, failures[_i].frames);
	ck_assert_str_eq(suspects.p, failures[_i].suspects);
	ck_assert_str_eq(trace.message, failures[_i].message);
	ptxi_trace_done(&trace);
}
END_TEST

/* ---- what wrote a byte */

static const struct {
	const char *template;
	const char *needle; /* in the output */
	const char *place;  /* that wrote its first byte, and who called, from the inside out */
} writers[] = {
	{ "ab\ncd", "d", "t:2:2" },
	{ "x: {{ .s }}", "str", "t:1:7" },
	{ "x:  {{- .s }}y", "y", "t:1:14" },
	{ "{{ template \"inner\" . }}", "two", "h:3:1 t:1:21" },
	{ "{{ include \"inner\" . }}", "text", "h:3:9 t:1:20" },
	{ "a:\n{{ include \"inner\" . | nindent 4 }}", "two", "h:3:1 t:2:20" },
	{ "{{ include \"outer\" . | nindent 4 }}", "one", "h:2:1 h:7:20 t:1:20" },
	{ "{{ include \"outer\" . | nindent 4 }}", "text", "h:3:9 h:7:20 t:1:20" },
	{ "{{ include \"outer\" . | nindent 4 }}", "top", "h:6:1 t:1:20" },
	{ "{{ $v := include \"inner\" . }}{{ $v | indent 2 }}", "two", "h:3:1 t:1:26" },
	{ "n: {{ include \"inner\" . | trunc 3 | quote }}!", "\"one", "t:1:7" },
	{ "{{ range list 1 2 }}\nv: {{ . }}{{ end }}", "v: 2", "t:2:1" },
	{ "{{ tpl \"a\\nb: {{ .s }}\" . }}", "str", "gotpl:2:7 t:1:25" },
};

START_TEST(writer)
{
	ptx_auto(template) t = set_of(writers[_i].template);
	ptxi_auto(outmap) map = ptxi_outmap_new();
	ptxi_auto(render) render = ptxi_render_new(0);
	struct ptxi_template_env env = { .render = render, .map = map };
	struct ptxi_outmap_place place = { NULL, 0, NULL };
	struct ptxi_place at = { 0 };
	ptx_auto_buf out = { 0 };
	ptx_auto_buf got = { 0 };
	size_t offset = 0;

	ptx_buf_init(&out, 0);
	ptx_buf_init(&got, 0);
	ck_assert_ptr_nonnull(map);
	ck_assert_int_eq(execute(t, &env, &out), 0);
	ck_assert(ptxi_str_eq(ptxi_outmap_text(map), ptx_buf_str(&out)));
	offset = ptxi_str_find(ptx_buf_str(&out), ptxi_str(writers[_i].needle));
	ck_assert_uint_ne(offset, SIZE_MAX);
	ck_assert(ptxi_outmap_find(map, offset, &place));
	at = ptxi_source_place(place.source, place.pos);
	ptx_buf_printf(&got, "%s:%u:%u", place.source->name, at.line, at.column);
	for (const struct ptxi_outmap_frame *f = place.frame; f; f = f->up) {
		at = ptxi_source_place(f->source, f->pos);
		ptx_buf_printf(&got, " %s:%u:%u", f->source->name, at.line, at.column);
	}
	ck_assert_str_eq(got.p, writers[_i].place);
	ck_assert(!ptxi_outmap_find(map, out.n, &place));
}
END_TEST

/* ---- exponents */

static const struct {
	const char *template;
	const char *heard; /* offsets */
} numbers[] = {
	{ "{{ .f }}", "3 " },
	{ "{{ .f | quote }}", "8 " },
	{ "{{ print .f \"x\" }}", "3 " },
	{ "{{ .l }}{{ join \"-\" .l }}", "3 11 " },
	{ "{{ .f | int64 }}{{ printf \"%.0f\" .f }}{{ toJson .f }}{{ toYaml .f }}", "" },
	{ "{{ if .f }}{{ len .l }}{{ end }}{{ 1000000 }}", "" },
};

static void hear(const struct ptxi_source *source, size_t pos, const struct ptx_value *v,
		 void *user)
{
	(void)source;
	ck_assert_int_eq(ptx_value_kind(v), PTX_FLOAT);
	ptx_buf_printf(user, "%zu ", pos);
}

START_TEST(exponent)
{
	ptx_auto(template) t = set_of(numbers[_i].template);
	ptx_auto_buf heard = { 0 };
	ptx_auto_buf out = { 0 };
	ptxi_auto(render) render = ptxi_render_new(0);
	struct ptxi_template_env env = { .render = render, .exponent = hear, .user = &heard };

	ptx_buf_init(&heard, 0);
	ptx_buf_init(&out, 0);
	ck_assert_int_eq(execute(t, &env, &out), 0);
	ck_assert_str_eq(heard.p, numbers[_i].heard);
}
END_TEST

Suite *suite_template_trace(void)
{
	Suite *s = suite_create("template_trace");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, failure, 0, (int)PTXI_COUNT(failures));
	tcase_add_loop_test(t, writer, 0, (int)PTXI_COUNT(writers));
	tcase_add_loop_test(t, exponent, 0, (int)PTXI_COUNT(numbers));
	suite_add_tcase(s, t);
	return s;
}
