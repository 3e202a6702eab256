/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "template/confd_kv.h"
#include "template/exec.h"

Suite *suite_template_funcs_confd(void);

struct row {
	const char *template;
	const char *want; /* NULL: it fails with `error` */
	const char *error;
};

static const char *const store[][2] = {
	{ "/a/name", "web" },
	{ "/a/n", "5" },
	{ "/a/list", "x,y,z" },
	{ "/hosts/m/i-1/ip", "10.0.0.1" },
	{ "/hosts/s/i-2/ip", "b" },
	{ "/hosts/s/i-3/ip", "a" },
	{ "/top", "t" },
	{ "/a/json", "{\"k\":[1,null]}" },
};

/* clang-format off */
static const struct row rows[] = {
	{ "{{getv \"/a/name\"}}|{{getv \"/none\"}}|{{getv \"/none\" \"d\" \"e\"}}", "web||d" },
	{ "{{getv}}", NULL, "wrong number of args for getv: want at least 1 got 0" },
	{ "{{get \"/a/n\"}} {{(get \"/none\").Key}} {{(get \"/a/n\").Value}}", "{/a/n 5}  5" },
	{ "{{(get \"/a/n\").Nope}}", NULL, "can't evaluate field Nope in type libconfd.KVPair" },
	{ "{{range gets \"/hosts/*/*/ip\"}}{{base (dir .Key)}}={{.Value}} {{end}}", "i-1=10.0.0.1 i-2=b i-3=a " },
	{ "{{getvs \"/hosts/*/*/ip\"}} {{toJson (getvs \"/x\")}} {{toJson (gets \"/x\")}} {{toJson (gets \"/[\")}}",
	  "[10.0.0.1 a b] null [] null" },
	{ "{{ls \"/hosts\"}}{{ls \"/a/\"}}{{ls \"/\"}}{{ls \"/a/n\"}}{{lsdir \"/\"}}{{lsdir \"/hosts/s\"}}",
	  "[m s][json list n name][top][n][][i-2 i-3]" },
	{ "{{exists \"/a/n\"}}{{exists \"/a\"}}", "truefalse" },
	{ "{{cgetv \"/a/n\"}}{{cget \"/a/n\"}}{{cgets \"/a/*\"}}{{cgetvs \"/a/*\"}}", "{ }[][]" },
	{ "{{add 1 2}} {{add \"1.5\" 1}} {{sub 3 3}} {{mul \"4\" 2.5}} {{div 7 2}} {{div 7 2.0}} {{mod -7 3}}",
	  "3 2.5 0 10 3 3.5 -1" },
	{ "{{printf \"%T %T %T\" (add 1 1) (add 0 0) (add 0.5 0.5)}}", "int64 int float64" },
	{ "{{div 1 0}}", NULL, "error calling div: Can't divide the value by 0" },
	{ "{{add \"x\" 1}}", NULL,
	  "Can't apply the operator to the value [x] ,err [strconv.ParseInt: parsing \"x\": invalid syntax] " },
	{ "{{mod 1 0}}", NULL, "The number can't be divided by zero at modulo operation" },
	{ "{{mod 1.5 1}}", NULL, "Modulo operator can't be used with non integer value" },
	{ "{{max 1 \"2.5\"}} {{min 1048576 2e6}} {{max \"x\" 1}}", NULL, "parsing \"x\": invalid syntax" },
	{ "{{eq \"1.0\" 1}}{{eq nil nil}}{{eq \"a\" \"b\"}}{{ne 1 2}}{{lt \"abc\" \"abd\"}}{{lt \"x\" 5}}{{gt (ls \"/a\") 3}}",
	  "truetruefalsetruetruetruetrue" },
	{ "{{seq 1 3}}{{seq 3 1}}{{range seq -1 0}}{{.}};{{end}}", "[1 2 3][]-1;0;" },
	{ "{{seq 1 9223372036854775807}}", NULL, "steps" },
	{ "{{seq 1 (add 1 1)}}", NULL, "wrong type for value; expected int; got int64" },
	{ "{{atoi \"12\"}} {{atoi \"x\"}} {{parseBool \"T\"}} {{parseBool \"maybe\"}}", "12 0 true false" },
	{ "{{join (split \"a b\" \" \") \"-\"}} {{split \"\" \"\"}} {{split \"h\xc3\xa9\" \"\"}} {{len (split \"\" \",\")}}",
	  "a-b [] [h \xc3\xa9] 1" },
	{ "{{join (jsonArray \"[]\") \",\"}}", NULL, "wrong type for value; expected []string; got []interface {}" },
	{ "{{replace \"aaa\" \"a\" \"b\" 2}} {{replace \"ab\" \"\" \".\" -1}} {{replace \"ab\" \"\" \".\" 1}}",
	  "bba .a.b. .ab" },
	{ "{{toUpper \"stra\xc3\x9f" "e\"}} {{toLower \"\xc3\x84\"}} {{trimSuffix \"a.gz\" \".gz\"}} {{contains \"ab\" \"b\"}}",
	  "STRA\xc3\x9f" "E \xc3\xa4 a true" },
	{ "{{base \"/\"}}{{base \"\"}}{{base \"a/\"}} {{dir \"\"}} {{dir \"/a/../b/c\"}}", "/.a . /b" },
	{ "{{base64Encode \"hi\"}} {{base64Decode \"aGk=\"}} {{base64Decode \"a\"}}", "aGk= hi " },
	{ "{{$l := split \"1 2 3\" \" \"}}{{reverse $l}}{{$l}}{{reverse 5}}", "[3 2 1][3 2 1]5" },
	{ "{{sortByLength (split \"ccc a bb\" \" \")}}", "[a bb ccc]" },
	{ "{{range sortKVByLength (gets \"/a/*\")}}{{base .Key}} {{end}}", "n json list name " },
	{ "{{filter \"^[ab]$\" (getvs \"/hosts/*/*/ip\")}}{{filter \"[\" (split \"a\" \",\")}}", NULL,
	  "error calling filter: error parsing regexp: missing closing ]: `[`" },
	{ "{{filter \"b|1\" (gets \"/hosts/*/*/ip\")}}", "[{/hosts/m/i-1/ip 10.0.0.1} {/hosts/s/i-2/ip b}]" },
	{ "{{filter \"x\" 5}}", NULL, "filter only support slice or array." },
	{ "{{json (getv \"/a/json\")}} {{json \"{\"}} {{json \"[]\"}} {{jsonArray \"[1,\\\"x\\\"]\"}}",
	  "map[k:[1 <nil>]] map[] map[] [1 x]" },
	{ "{{map \"a\" 1 \"b\" \"c\"}} {{map \"a\"}} {{map 1 2}}", "map[a:1 b:c] map[] map[]" },
	{ "{{toJson (get \"/a/n\")}} {{toJson (map \"b\" 1 \"a\" \"<\")}} {{toYaml (get \"/a/n\")}}",
	  "{\"Key\":\"/a/n\",\"Value\":\"5\"} {\"a\":\"\\u003c\",\"b\":1} key: /a/n\nvalue: \"5\"\n" },
	{ "{{toJson (div \"1.0\" \"0.0\")}}", NULL, "Can't divide the value by 0" },
	{ "{{getenv \"HOME\"}}", NULL, "getenv is not available here" },
	{ "{{lookupIP \"10.1.2.3\"}}{{lookupIPV6 \"10.1.2.3\"}}{{lookupIPV6 \"::1\"}}", "[10.1.2.3][][::1]" },
	{ "{{lookupIP \"host\"}}", NULL, "looking up a host's name is not available here" },
};
/* clang-format on */

static struct ptxi_confd_kv *make_store(void)
{
	struct ptxi_confd_kv *kv = ptxi_confd_kv_new();

	for (size_t i = 0; i < PTXI_COUNT(store); i++)
		ck_assert_int_eq(
		    ptxi_confd_kv_set(kv, ptxi_str(store[i][0]), ptxi_str(store[i][1]), NULL), 0);
	return kv;
}

static void count_warning(const char *message, void *user)
{
	ck_assert_str_ne(message, "");
	++*(int *)user;
}

static int render(const char *text, struct ptxi_template_env *env, struct ptx_buf *out,
		  struct ptx_error **err)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	ptx_auto(template) t = NULL;

	opts.families = PTX_FUNCS_CONFD;
	t = ptx_template_new(&opts, err);
	ck_assert_int_eq(ptx_template_parse(t, "t", ptxi_str(text), err), 0);
	return ptxi_template_execute(t, "t", NULL, NULL, env, out, err);
}

START_TEST(rows_as_the_agent)
{
	const struct row *r = &rows[_i];
	ptxi_auto(confd_kv) kv = make_store();
	struct ptxi_template_env env = { .kv = kv };
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;

	ptx_buf_init(&out, 0);
	if (render(r->template, &env, &out, &err) == 0) {
		ck_assert_msg(r->want != NULL, "%s: no error but '%s'", r->template, out.p);
		ck_assert_str_eq(out.p, r->want);
	} else {
		ck_assert_msg(r->error && strstr(ptx_error_message(err), r->error), "%s: %s",
			      r->template, ptx_error_message(err));
	}
}
END_TEST

START_TEST(what_is_missing_is_told)
{
	ptxi_auto(confd_kv) kv = make_store();
	int warnings = 0;
	struct ptxi_template_env env = { .kv = kv, .warn = count_warning, .user = &warnings };
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(
	    render("{{getv \"/none\"}}{{json \"{\"}}{{gets \"/[\"}}{{getv \"/none\" \"d\"}}", &env,
		   &out, NULL),
	    0);
	ck_assert_int_eq(warnings, 3);
}
END_TEST

START_TEST(without_a_store_it_is_refused)
{
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(render("{{getv \"/a\"}}", NULL, &out, &err), PTX_E_UNSUPPORTED);
}
END_TEST

START_TEST(tables_are_sorted)
{
	const struct ptxi_func_family *families[] = { &ptxi_funcs_confd, &ptxi_funcs_builtin };

	for (size_t f = 0; f < PTXI_COUNT(families); f++)
		for (size_t i = 1; i < families[f]->count; i++)
			ck_assert_str_lt(families[f]->rows[i - 1].name, families[f]->rows[i].name);
}
END_TEST

Suite *suite_template_funcs_confd(void)
{
	Suite *s = suite_create("template/funcs_confd");
	TCase *t = tcase_create("funcs_confd");

	tcase_add_loop_test(t, rows_as_the_agent, 0, PTXI_COUNT(rows));
	tcase_add_test(t, what_is_missing_is_told);
	tcase_add_test(t, without_a_store_it_is_refused);
	tcase_add_test(t, tables_are_sorted);
	suite_add_tcase(s, t);
	return s;
}
