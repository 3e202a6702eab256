/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include <pitrix/codec.h>

#include "package/conf.h"

Suite *suite_package_conf(void);

static const char values[] = "{\"cluster\":{\"name\":\"q\\\"<&'>\",\"n\":3,\"ratio\":0.50,\"big\":"
			     "99999999999999999999,\"off\":false,"
			     "\"list\":[1,2],\"none\":null},\"env\":{\"a\":{\"b\":\"short\",\"b."
			     "c\":\"long\",\"x-y\":1},\"p.q\":{\"d\":2}}}";

/* What a template becomes, or the place and words of the first problem. */
static const struct {
	const char *template;
	const char *want;  /* JSON, or NULL */
	const char *place; /* "line:column" */
	const char *says;
} rows[] = {
	{ "{\"v\": {{cluster.name}}}", "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": {{.cluster.name}}}", "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": \"{{.cluster.name}}\"}", "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": \"{{ cluster.n }}\"}", "{\"v\":3}", NULL, NULL },
	{ "{\"v\": \"a {{.cluster.name}} b\"}", "{\"v\":\"a q\\\"<&'> b\"}", NULL, NULL },
	{ "{\"v\": \"{{.cluster.n}}{{.cluster.off}}\"}", "{\"v\":\"3false\"}", NULL, NULL },
	{ "{\"v\": {{cluster.ratio}}, \"w\": {{cluster.big}}}",
	  "{\"v\":0.50,\"w\":99999999999999999999}", NULL, NULL },
	{ "{\"v\": {{cluster.list}}, \"w\": \"{{cluster.list}}\"}", "{\"v\":[1,2],\"w\":[1,2]}",
	  NULL, NULL },
	{ "{\"v\": \"x{{cluster.list}}\"}", "{\"v\":\"x[1,2]\"}", NULL, NULL },
	{ "{\"v\": {{env.a.b}}, \"w\": {{env.a.b.c}}}", "{\"v\":\"short\",\"w\":\"long\"}", NULL,
	  NULL },
	{ "{\"v\": {{env.a.x-y}}, \"w\": {{env.p.q.d}}}", "{\"v\":1,\"w\":2}", NULL, NULL },
	{ "{\"v\": \"}}\", \"w\": \"\\\"{{cluster.n}}\"}", "{\"v\":\"}}\",\"w\":\"\\\"3\"}", NULL,
	  NULL },
	{ "{\"{{env.a.b}}\": 1}", "{\"short\":1}", NULL, NULL },
	{ "{{/* note */}}{\"v\": 1}", "{\"v\":1}", NULL, NULL },
	{ "{\"v\": {{$.cluster.n}}}", "{\"v\":3}", NULL, NULL },
	/* with actions */
	{ "{{if .cluster.off}}{\"v\": 1}{{else}}{\"v\": \"{{.cluster.name}}\"}{{end}}",
	  "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": {{with .cluster}}\"{{.name}}\"{{end}}}", "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": [{{range $i, $x := .cluster.list}}{{if $i}}, {{end}}{{$x}}{{end}}]}",
	  "{\"v\":[1,2]}", NULL, NULL },
	{ "{\"v\": [{{range $i, $x := cluster.list}}{{if $i}}, {{end}}\"n{{$x}}\"{{end}}]}",
	  "{\"v\":[\"n1\",\"n2\"]}", NULL, NULL },
	{ "{\"v\": \"{{(index (index . `env` `a`) `b.c`)}}\"}", "{\"v\":\"long\"}", NULL, NULL },
	{ "{\"v\": \"{{index .env \"a\" \"b.c\"}}\"}", "{\"v\":\"long\"}", NULL, NULL },
	{ "{\"v\": {{getv .cluster.name}}}", "{\"v\":\"q\\\"<&'>\"}", NULL, NULL },
	{ "{\"v\": {{printf \"%q\" .env.a.b}}}", "{\"v\":\"short\"}", NULL, NULL },
	{ "{\"v\": \"{{printf \"%s-%d\" .env.a.b .cluster.n}}\"}", "{\"v\":\"short-3\"}", NULL,
	  NULL },
	{ "{\"v\": {{len .cluster.list}}}", "{\"v\":2}", NULL, NULL },
	{ "{\"v\": {{if gt .cluster.n 2}}1{{else}}0{{end}}}", "{\"v\":1}", NULL, NULL },
	{ "{\"v\": {{$x := .env.a}}{{$x.b.c}}}", "{\"v\":\"long\"}", NULL, NULL },
	{ "{ {{- if true}} \"v\": 1 {{- end -}} }", "{\"v\":1}", NULL, NULL },
	/* refused */
	{ "{\n  \"v\": {{cluster.nmae}}}", NULL, "2:8", "no value 'cluster.nmae'" },
	{ "{\n  \"v\": \"{{.nosuch.name}}\"}", NULL, "2:9", "no value 'nosuch.name'" },
	{ "{\n  {{if true}}\"v\": \"{{.cluster.nmae}}\"{{end}}}", NULL, "2:20",
	  "no value 'cluster.nmae'" },
	{ "{\"v\": {{if .cluster.nosuch}}1{{end}}}", NULL, "1:7", "no value 'cluster.nosuch'" },
	{ "{\"v\": \"{{index .env \"nosuch\"}}\"}", NULL, "1:8", "no value" },
	{ "{\"v\": {{}}}", NULL, "1:7", "empty" },
	{ "{\"v\": {{cluster.n}", NULL, "1:7", "not closed" },
	{ "{\"v\": {{if}}}", NULL, "1:7", "missing value" },
	{ "{\"v\": {{nosuchfn 1}}}", NULL, "1:7", "nosuchfn" },
	{ "{\"v\": '{{cluster.n}}'}", NULL, "1:7", "no JSON" },
	{ "{\"v\": {{cluster.n}},}", NULL, "1:21", "no JSON" },
	{ "{\"v\": {{cluster.n}}, \"v\": 2}", NULL, "1:22", "already" },
	{ "{\"v\": 1}\nx", NULL, "2:1", "no JSON" },
};

static struct ptx_value *render(struct ptx_arena *a, const char *template, bool appcenter,
				struct ptx_diags *diags)
{
	struct ptxi_conf_source src = { ptxi_str(template), "cluster.json.tmpl", appcenter };
	struct ptx_value *conf = NULL;

	ck_assert_int_eq(ptxi_conf_render(a, &src, ptx_json_parse(a, ptxi_str(values), NULL, NULL),
					  diags, &conf, NULL),
			 0);
	return conf;
}

START_TEST(each_dialect)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto_buf b = { 0 };
	struct ptx_value *conf = render(a, rows[_i].template, false, diags);
	const struct ptx_diag *d = ptx_diags_at(diags, 0);
	char place[32] = "";

	ptx_buf_init(&b, 0);
	if (rows[_i].want) {
		ck_assert_msg(conf != NULL, "%s: %s", rows[_i].template,
			      d ? d->message : "nothing");
		ptx_json_format(conf, NULL, &b);
		ck_assert_str_eq(b.p, rows[_i].want);
		return;
	}
	ck_assert_ptr_null(conf);
	ck_assert_ptr_nonnull(d);
	snprintf(place, sizeof(place), "%u:%u", d->where.line, d->where.column);
	ck_assert_msg(strcmp(place, rows[_i].place) == 0 && strstr(d->message, rows[_i].says),
		      "%s: %s: %s", rows[_i].template, place, d->message);
	ck_assert_str_eq(d->where.file, "cluster.json.tmpl");
}
END_TEST

START_TEST(all_missing_paths_are_named_with_the_nearest_key)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();

	ck_assert_ptr_null(
	    render(a, "{\"a\": {{cluster.nmae}},\n \"b\": {{env.a.x-z}}}", false, diags));
	ck_assert_uint_eq(ptx_diags_count(diags), 2);
	ck_assert_str_eq(ptx_diags_at(diags, 0)->hint, "did you mean 'name'?");
	ck_assert_str_eq(ptx_diags_at(diags, 1)->hint, "did you mean 'x-y'?");
}
END_TEST

START_TEST(appcenter_leaves_a_hole)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();

	ck_assert_ptr_null(render(a, "{\"a\": {{cluster.nmae}}}", true, diags));
	ck_assert_uint_eq(ptx_diags_count_of(diags, PTX_ERROR), 1);
	ck_assert_uint_eq(ptx_diags_count_of(diags, PTX_WARNING), 1);
	ck_assert_ptr_nonnull(
	    render(a, "{\"a\": [{{cluster.nmae}}], \"b\": 1, \"b\": 2}", true, diags));
}
END_TEST

START_TEST(values_know_their_place_in_the_template)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptx_value *conf = render(
	    a, "{\"a\": \"{{cluster.name}}\", \"b\": {{cluster.n}},\n \"c\": [{{cluster.n}}, 7]}",
	    false, diags);
	struct ptx_where w = ptx_value_where(ptx_value_at(ptx_value_get(conf, "c"), 1));

	ck_assert_uint_eq(w.line, 2);
	ck_assert_uint_eq(w.column, 23);
	w = ptx_value_where(ptx_value_get(conf, "b"));
	ck_assert_uint_eq(w.line, 1);
	ck_assert_uint_eq(w.column, 32);
}
END_TEST

Suite *suite_package_conf(void)
{
	Suite *s = suite_create("package_conf");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_dialect, 0, PTXI_COUNT(rows));
	tcase_add_test(t, all_missing_paths_are_named_with_the_nearest_key);
	tcase_add_test(t, appcenter_leaves_a_hole);
	tcase_add_test(t, values_know_their_place_in_the_template);
	suite_add_tcase(s, t);
	return s;
}
