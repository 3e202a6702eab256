/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "template/exec.h"

#include <pitrix/codec.h>

Suite *suite_template_exec(void);

#define DATA                                                                                       \
	"{\"s\":\"str\",\"i\":3,\"f\":1.5,\"t\":true,\"nil\":null,\"l\":[1,\"two\",null],"         \
	"\"m\":{\"b\":2,\"a\":{\"x\":\"y\"}},"                                                     \
	"\"e\":[],\"users\":[{\"n\":\"al\"},{\"n\":\"bo\"}]}"

/* A raw string longer than those that are values from the start. */
#define LONG                                                                                       \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "            \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 {\"a\": 1}"
#define RAW "`" LONG "`"

struct row {
	const char *template;
	const char *want; /* NULL: it fails with `error` */
	const char *error;
};

/* clang-format off */
static const struct row rows[] = {
	{ "", "" },
	{ "plain }} text", "plain }} text" },
	{ "{{.s}} {{.i}} {{.f}} {{.t}} {{.nil}} {{.absent}}", "str 3 1.5 true <no value> <no value>" },
	{ "{{.l}} {{.m}} {{.e}}", "[1 two <nil>] map[a:map[x:y] b:2] []" },
	{ "a  {{- /* c */ -}}  b", "ab" },
	{ "x {{- 3 -}} y", "x3y" },
	{ "{{- -3}}", "-3" },
	{ "{{.m.a.x}} {{(.m).a.x}} {{$.m.a.x}} {{$x := .m}}{{$x.a.x}}", "y y y y" },
	{ "{{(.nil).x}}|{{(.absent).x.y}}", "<no value>|<no value>" },
	{ "{{.nil.x}}", NULL, "executing \"t\" at <.nil.x>: nil pointer evaluating interface {}.x" },
	{ "{{.s.x}}", NULL, "executing \"t\" at <.s.x>: can't evaluate field x in type interface {}" },
	{ "{{$v := .s}}{{$v.x}}", NULL, "executing \"t\" at <$v.x>: can't evaluate field x in type string" },
	{ "{{if .t}}y{{else}}n{{end}}{{if .e}}y{{else if .i}}i{{else}}n{{end}}", "yi" },
	{ "{{with .m}}{{.b}}{{end}}{{with .e}}x{{else with .s}}{{.}}{{else}}no{{end}}", "2str" },
	{ "{{range .l}}<{{.}}>{{end}}", "<1><two><<no value>>" },
	{ "{{range $i, $v := .users}}{{$i}}{{$v.n}}{{end}}{{range .e}}x{{else}}none{{end}}", "0al1bonone" },
	{ "{{range $k, $v := .m}}{{$k}};{{end}}{{range 3}}{{.}}{{end}}", "a;b;012" },
	{ "{{range .users}}{{if eq .n \"bo\"}}{{break}}{{end}}{{.n}}{{end}}", "al" },
	{ "{{range .users}}{{if eq .n \"al\"}}{{continue}}{{end}}{{.n}}{{end}}", "bo" },
	{ "{{range .s}}{{end}}", NULL, "executing \"t\" at <.s>: range can't iterate over str" },
	{ "{{range $a, $b := 2}}{{end}}", NULL, "can't use 2 to iterate over more than one variable" },
	{ "{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{end}}{{$x}}", "2" },
	{ "{{$x := 1}}{{with 5}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21" },
	{ "{{define \"a\"}}[{{.}}{{$}}]{{end}}{{template \"a\" .i}}{{template \"a\"}}",
	  "[33][<no value><no value>]" },
	{ "{{block \"b\" .s}}<{{.}}>{{end}}", "<str>" },
	{ "{{template \"no\"}}", NULL, "template \"no\" not defined" },
	{ "{{1.5e3}} {{0x1F}} {{1_000}} {{0b11}} {{0o17}} {{'a'}} {{017}} {{1e2}}", "1500 31 1000 3 15 97 15 100" },
	{ "{{\"a\\tb\\u00e9\"}}{{`r\\n`}}", "a\tb\xc3\xa9r\\n" },
	{ "<{{" RAW "}}>{{- " RAW " -}} <", "<" LONG ">" LONG "<" },
	{ "{{`" LONG "\r\n`}}{{`" LONG "\n`}}", LONG "\n" LONG "\n" },
	{ "{{" RAW " | len}} {{len " RAW "}} {{(" RAW ")}}", "151 151 " LONG },
	{ "{{$x := " RAW "}}{{$x}}{{if eq $x " RAW "}}{{printf " RAW "}}{{end}}", LONG LONG },
	{ "{{define " RAW "}}d{{end}}{{template " RAW "}}{{index .m " RAW "}}", "d<no value>" },
	{ "{{and true " RAW "}}{{" RAW " | print}}", LONG LONG },
	{ "{{" RAW " 1}}", NULL, "executing \"t\" at <" RAW ">: can't give argument to non-function " RAW },
	{ "{{" RAW ".x}}", NULL, "unexpected . after term \"`0123456789 " },
	{ "{{1 | " RAW "}}", NULL, "non executable command in pipeline stage 2" },
	{ "{{.s}}{{.s}}{{1}}{{1}}{{\"q\"}}{{\"q\"}}{{`q`}}{{true}}{{false}}{{true}}", "strstr11qqqtruefalsetrue" },
	{ "{{and 1 0 2}} {{or 0 \"\" \"z\"}} {{not 0}} {{and .nil (index .l 9)}}", "0 z true <no value>" },
	{ "{{or 1 (index .l 9)}}", "1" },
	{ "{{len .l}}{{len .s}}{{len .m}}", "332" },
	{ "{{len .nil}}", NULL, "error calling len: len of nil pointer" },
	{ "{{len 3}}", NULL, "error calling len: len of type int" },
	{ "{{index .l 1}}{{index .m \"a\" \"x\"}}{{index .m \"none\"}}{{index .s 0}}", "twoy<no value>115" },
	{ "{{index .l 3}}", NULL, "error calling index: reflect: slice index out of range" },
	{ "{{index .l 4}}", NULL, "error calling index: index out of range: 4" },
	{ "{{index .m 1}}", NULL, "error calling index: value has type int; should be string" },
	{ "{{slice .s 1 2}}{{slice .l 1}}", "t[two <nil>]" },
	{ "{{slice .s 2 1}}", NULL, "error calling slice: invalid slice index: 2 > 1" },
	{ "{{eq 1 1}}{{eq 1 2 1}}{{ne .s \"x\"}}{{lt 1 2}}{{le \"a\" \"a\"}}{{gt 1.5 1.0}}{{ge 2 3}}",
	  "truetruetruetruetruetruefalse" },
	{ "{{eq .i 3}}", "true" },
	{ "{{eq .f 1}}", NULL, "error calling eq: incompatible types for comparison: float64 and int" },
	{ "{{lt .nil 1}}", NULL, "error calling lt: invalid type for comparison" },
	{ "{{eq .nil nil}}{{eq .l nil}}", "truefalse" },
	{ "{{eq .l .l}}", NULL, "non-comparable type [%!s(int64=1) two <nil>]: []interface {}" },
	{ "{{html \"<a&'>\"}} {{js \"it's\"}} {{urlquery \"a b&c\"}}", "&lt;a&amp;&#39;&gt; it\\'s a+b%26c" },
	{ "{{print 1 2 \"a\" \"b\" 3 nil}}|{{println \"x\" 1}}", "1 2ab3 <nil>|x 1\n" },
	{ "{{printf \"%d %T\" .i .i | printf \"%s-%s\" \"a\"}}", "a-3 int64" },
	{ "{{call .s}}", NULL, "error calling call: non-function .s of type string" },
	{ "{{.s 1}}", NULL, "executing \"t\" at <.s>: s is not a method but has arguments" },
	{ "{{1 2}}", NULL, "executing \"t\" at <1>: can't give argument to non-function 1" },
	{ "{{nil}}", NULL, "executing \"t\" at <nil>: nil is not a command" },
	{ "{{printf 5}}", NULL, "executing \"t\" at <5>: expected string; found 5" },
	{ "{{printf .i}}", NULL, "executing \"t\" at <.i>: wrong type for value; expected string; got int64" },
	{ "{{printf .nil}}", NULL, "wrong type for value; expected string; got interface {}" },
	{ "{{printf .absent}}", NULL, "invalid value; expected string" },
	{ "{{not}}", NULL, "executing \"t\" at <not>: wrong number of args for not: want 1 got 0" },
	{ "{{and}}", NULL, "wrong number of args for and: want at least 1 got 0" },
	{ "{{9223372036854775808}}", NULL, "9223372036854775808 overflows int" },
	/* not parsed at all */
	{ "{{", NULL, "unclosed action" },
	{ "{{if}}{{end}}", NULL, "missing value for if" },
	{ "{{nope 1}}", NULL, "function \"nope\" not defined" },
	{ "{{$x}}", NULL, "undefined variable \"$x\"" },
	{ "{{end}}", NULL, "unexpected {{end}}" },
	{ "{{if 1}}", NULL, "unexpected EOF" },
	{ "{{1 | 2}}", NULL, "non executable command in pipeline stage 2" },
	{ "{{break}}", NULL, "{{break}} outside {{range}}" },
	{ "{{\"a}}", NULL, "unterminated quoted string" },
	{ "{{(1}}", NULL, "unclosed left paren" },
	{ "{{1)}}", NULL, "unexpected right paren" },
	{ "{{.a^}}", NULL, "bad character U+005E '^'" },
	{ "{{/* x }}", NULL, "unclosed comment" },
	{ "{{$a, $b := 1}}", NULL, "too many declarations in command" },
	{ "{{1.2e}}", NULL, "illegal number syntax: \"1.2e\"" },
	{ "{{\"x\".y}}", NULL, "unexpected . after term \"\\\"x\\\"\"" },
	{ "{{define \"a\"}}x{{end}}{{define \"a\"}}y{{end}}", NULL, "multiple definition of template \"a\"" },
};
/* clang-format on */

static struct ptx_value *data(struct ptx_arena *a)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	opts.numbers = PTX_NUMBERS_EXACT;
	return ptx_json_parse(a, ptxi_str(DATA), &opts, NULL);
}

static int render(const char *text, const struct ptx_execute_opts *opts, struct ptx_buf *out,
		  struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(template) t = ptx_template_new(NULL, err);
	int code = ptx_template_parse(t, "t", ptxi_str(text), err);

	return code < 0 ? code : ptx_template_execute(t, "t", data(a), opts, out, err);
}

START_TEST(rows_as_go)
{
	const struct row *r = &rows[_i];
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;
	int code = 0;

	ptx_buf_init(&out, 0);
	code = render(r->template, NULL, &out, &err);
	if (r->want) {
		ck_assert_msg(code == 0, "%s: %s", r->template, err ? ptx_error_message(err) : "");
		ck_assert_str_eq(out.p, r->want);
	} else {
		ck_assert_msg(code < 0, "%s: no error but '%s'", r->template, out.p);
		ck_assert_msg(strstr(ptx_error_message(err), r->error) != NULL, "%s: %s",
			      r->template, ptx_error_message(err));
		ck_assert_ptr_nonnull(ptx_error_where(err));
	}
}
END_TEST

START_TEST(missing_keys_by_mode)
{
	struct ptx_execute_opts zero = PTX_EXECUTE_OPTS_INIT;
	struct ptx_execute_opts error = PTX_EXECUTE_OPTS_INIT;
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;

	ptx_buf_init(&out, 0);
	zero.missing_key = PTX_MISSING_ZERO;
	error.missing_key = PTX_MISSING_ERROR;
	ck_assert_int_eq(render("{{.absent}}", &zero, &out, &err), 0);
	ck_assert_str_eq(out.p, "<no value>");
	ck_assert_int_eq(render("{{.absent.x}}", &zero, &out, &err), PTX_E_INVALID);
	ck_assert(strstr(ptx_error_message(err), "nil pointer evaluating interface {}.x") != NULL);
	ptxi_error_drop(&err);
	ck_assert_int_eq(render("line\n  {{.m.absent}}", &error, &out, &err), PTX_E_INVALID);
	ck_assert(strstr(ptx_error_message(err), "map has no entry for key \"absent\"") != NULL);
	ck_assert_uint_eq(ptx_error_where(err)->line, 2);
	ck_assert_uint_eq(ptx_error_where(err)->column, 7);
}
END_TEST

START_TEST(limits_end_what_does_not_end)
{
	static const struct {
		const char *template;
		struct ptx_execute_opts opts;
	} limits[] = {
		{ "{{range 1000000}}{{end}}",
		  { .size = sizeof(limits[0].opts), .max_steps = 1000 } },
		{ "{{define \"r\"}}{{template \"r\" .}}{{end}}{{template \"r\" .}}",
		  { .size = sizeof(limits[0].opts), .max_depth = 50 } },
		{ "{{define \"r\"}}{{template \"r\" .}}{{end}}{{template \"r\" .}}",
		  { .size = sizeof(limits[0].opts) } },
		{ "{{range 100000}}{{.}}{{end}}",
		  { .size = sizeof(limits[0].opts), .max_output = 1000 } },
		{ "{{range 100000}}{{$x := print . .}}{{end}}",
		  { .size = sizeof(limits[0].opts), .max_memory = 100000 } },
		{ "{{printf \"%1000000d\" 1}}",
		  { .size = sizeof(limits[0].opts), .max_memory = 100000 } },
	};

	for (size_t i = 0; i < PTXI_COUNT(limits); i++) {
		ptx_auto_buf out = { 0 };
		ptx_auto(error) err = NULL;

		ptx_buf_init(&out, 0);
		ck_assert_msg(render(limits[i].template, &limits[i].opts, &out, &err) ==
				  PTX_E_LIMIT,
			      "%zu", i);
		ck_assert_msg(ptx_error_where(err) != NULL, "%zu", i);
	}
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
	ptx_auto_buf text = { 0 };
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;

	ptx_buf_init(&text, 0);
	ptx_buf_init(&out, 0);
	ptx_buf_adds(&text, "{{");
	ptx_buf_fill(&text, '(', 100000);
	ck_assert_int_eq(render(text.p, NULL, &out, &err), PTX_E_LIMIT);
	ptxi_error_drop(&err);
	ptx_buf_clear(&text);
	for (int i = 0; i < 100000; i++)
		ptx_buf_adds(&text, "{{if 1}}");
	ck_assert_int_eq(render(text.p, NULL, &out, &err), PTX_E_LIMIT);
}
END_TEST

static struct ptx_value *twice(struct ptx_template_call *call, struct ptx_value *const *args,
			       size_t n, void *user, struct ptx_error **err)
{
	if (ptx_value_kind(args[0]) != PTX_STRING) {
		ptx_error_set(err, PTX_E_DENIED, "only strings");
		return NULL;
	}
	ck_assert_str_eq(user, "user");
	ck_assert_uint_eq(n, 1);
	return ptx_value_string(ptx_template_call_arena(call),
				strcmp(ptx_value_as_string(args[0], ""), "a") == 0 ? "aa" : "?");
}

START_TEST(functions_of_the_callers)
{
	char user[] = "user";
	struct ptx_template_func functions[] = { { "twice", 1, 1, twice, user },
						 { "len", 1, UINT_MAX, twice, user },
						 { NULL } };
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = NULL;

	ptx_buf_init(&out, 0);
	opts.functions = functions;
	opts.left_delim = "<<";
	opts.right_delim = ">>";
	t = ptx_template_new(&opts, &err);
	ck_assert_int_eq(
	    ptx_template_parse(t, "t", ptxi_str("<<twice \"a\">> {{}} <<\"a\" | len>>"), &err), 0);
	ck_assert_int_eq(ptx_template_parse(t, "bad", ptxi_str("<<twice 1>>"), &err), 0);
	ck_assert_int_eq(ptx_template_execute(t, "t", NULL, NULL, &out, &err), 0);
	ck_assert_str_eq(out.p, "aa {{}} aa");
	ck_assert_int_eq(ptx_template_execute(t, "bad", NULL, NULL, &out, &err), PTX_E_DENIED);
	ck_assert(strstr(ptx_error_message(err), "error calling twice: only strings") != NULL);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptx_template_execute(t, "none", NULL, NULL, &out, &err), PTX_E_NOT_FOUND);
	ptxi_error_drop(&err);
	functions[0].name = "no-name";
	ck_assert_ptr_null(ptx_template_new(&opts, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_USAGE);
}
END_TEST

START_TEST(a_set_of_templates)
{
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = ptx_template_new(NULL, &err);

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptx_template_parse(t, "lib", ptxi_str("{{define \"x\"}}one{{end}}"), &err),
			 0);
	ck_assert_int_eq(ptx_template_parse(t, "main", ptxi_str("{{template \"x\"}}"), &err), 0);
	ck_assert_int_eq(
	    ptx_template_parse(t, "more", ptxi_str("{{define \"x\"}}two{{end}}"), &err), 0);
	ck_assert_int_eq(ptx_template_parse(t, "empty", ptxi_str("{{define \"x\"}} {{end}}"), &err),
			 0);
	ck_assert_int_lt(
	    ptx_template_parse(t, "bad", ptxi_str("{{define \"x\"}}three{{end}}{{"), &err), 0);
	ck_assert_int_eq(ptx_template_execute(t, "main", NULL, NULL, &out, NULL), 0);
	ck_assert_str_eq(out.p, "two");
	ck_assert(ptx_template_has(t, "lib"));
	ck_assert(!ptx_template_has(t, "bad"));
	ck_assert_str_eq(ptx_template_name(t, 0), "x");
	ck_assert_ptr_null(ptx_template_name(t, 99));
}
END_TEST

/* Longer than the header of a node can tell, by one and not. */
START_TEST(a_huge_text)
{
	size_t n = PTXI_NODE_MOST - 1 + (size_t)_i;
	ptx_auto_buf text = { 0 };
	ptx_auto_buf out = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = ptx_template_new(NULL, &err);

	ptx_buf_init(&text, 0);
	ptx_buf_init(&out, 0);
	ptx_buf_fill(&text, 'a', n);
	ptx_buf_adds(&text, "{{ 1 }}b");
	ck_assert_int_eq(ptx_template_parse(t, "huge", ptx_buf_str(&text), &err), 0);
	ck_assert_int_eq(ptx_template_execute(t, "huge", NULL, NULL, &out, &err), 0);
	ck_assert_uint_eq(out.n, n + 2);
	ck_assert(memcmp(out.p, text.p, n) == 0);
	ck_assert_str_eq(out.p + n, "1b");
}
END_TEST

START_TEST(go_text_of_an_error)
{
	struct ptxi_template_env env = { 0 };
	ptx_auto_buf out = { 0 };
	ptx_auto_buf go = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = ptx_template_new(NULL, &err);

	ptx_buf_init(&out, 0);
	ptx_buf_init(&go, 0);
	env.go_error = &go;
	ck_assert_int_eq(ptx_template_parse(t, "f", ptxi_str("\n\xc3\xa9{{index nil 1}}"), &err),
			 0);
	ck_assert_int_lt(ptxi_template_execute(t, "f", NULL, NULL, &env, &out, &err), 0);
	ck_assert_str_eq(go.p, "template: f:2:4: executing \"f\" at <index nil 1>: error calling "
			       "index: index of untyped nil");
	ck_assert_uint_eq(ptx_error_where(err)->column, 4);
}
END_TEST

Suite *suite_template_exec(void)
{
	Suite *s = suite_create("template/exec");
	TCase *t = tcase_create("exec");

	tcase_add_loop_test(t, rows_as_go, 0, PTXI_COUNT(rows));
	tcase_add_test(t, missing_keys_by_mode);
	tcase_add_test(t, limits_end_what_does_not_end);
	tcase_add_test(t, deep_nesting_is_refused);
	tcase_add_test(t, functions_of_the_callers);
	tcase_add_test(t, a_set_of_templates);
	tcase_add_loop_test(t, a_huge_text, 0, 3);
	tcase_add_test(t, go_text_of_an_error);
	suite_add_tcase(s, t);
	return s;
}
