/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/strvals.h"

Suite *suite_value_strvals(void);

#define TYPED   PTXI_STRVALS_TYPED
#define STRING  PTXI_STRVALS_STRING
#define JSON    PTXI_STRVALS_JSON
#define FILES   PTXI_STRVALS_FILE
#define LITERAL PTXI_STRVALS_LITERAL

static const struct {
	enum ptxi_strvals_kind kind;
	const char *before;
	const char *expression;
	const char *want; /* NULL: fails */
	int code;
} rows[] = {
	{ TYPED, "{}", "a.b=1,c=x", "{\"a\":{\"b\":1},\"c\":\"x\"}", 0 },
	{ TYPED, "{}", "", "{}", 0 },
	{ TYPED, "{}", "a=,b=TRUE,c=False,d=null,e=0,f=012,g=1.5,h=-3",
	  "{\"a\":\"\",\"b\":true,\"c\":false,\"d\":null,\"e\":0,\"f\":\"012\",\"g\":\"1.5\",\"h\":"
	  "-3}",
	  0 },
	{ TYPED, "{}", "a=", "{\"a\":\"\"}", 0 },
	{ TYPED, "{}", "a={x, y,1},b=2", "{\"a\":[\"x\",\" y\",1],\"b\":2}", 0 },
	{ TYPED, "{}", "a={}", "{\"a\":[\"\"]}", 0 },
	{ TYPED, "{}", "a[1].b=x,a[0]=y", "{\"a\":[\"y\",{\"b\":\"x\"}]}", 0 },
	{ TYPED, "{}", "a[0][1]=x", "{\"a\":[[null,\"x\"]]}", 0 },
	{ TYPED, "{}", "a\\.b=x\\,y", "{\"a.b\":\"x,y\"}", 0 },
	{ TYPED, "{\"a\":{\"z\":1}}", "a.b=2", "{\"a\":{\"z\":1,\"b\":2}}", 0 },
	{ TYPED, "{}", "a[0]", "{\"a\":[]}", 0 },
	{ TYPED, "{}", "a[0].b=", "{\"a\":[]}", 0 },
	{ TYPED, "{}", "=x", "{}", 0 },
	{ TYPED, "{}", "a=9223372036854775808", "{\"a\":\"9223372036854775808\"}", 0 },
	{ TYPED, "{}", "\xff=1", "{\"\xef\xbf\xbd\":1}", 0 },
	{ TYPED, "{}", "a", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a,b=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a={x", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a[x]=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a[0=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a[-1]=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a[0]x=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a.=1", NULL, PTX_E_SYNTAX },
	{ TYPED, "{}", "a[65537]=1", NULL, PTX_E_LIMIT },
	{ TYPED, "{}", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1", NULL,
	  PTX_E_LIMIT },
	{ TYPED, "{}", "a=1,a.b=2", NULL, PTX_E_INVALID },
	{ TYPED, "{\"a\":null}", "a.b=2", NULL, PTX_E_INVALID },
	{ TYPED, "{\"a\":{}}", "a[0]=2", NULL, PTX_E_INVALID },
	{ STRING, "{}", "a=1,b=null,c={1,true}",
	  "{\"a\":\"1\",\"b\":\"null\",\"c\":[\"1\",\"true\"]}", 0 },
	{ JSON, "{}", "a={\"x\":[1,2]},b=\"s\" ,c=,d[1]=5",
	  "{\"a\":{\"x\":[1,2]},\"b\":\"s\",\"c\":null,\"d\":[null,5]}", 0 },
	{ JSON, "{}", "a=nul", NULL, PTX_E_SYNTAX },
	{ FILES, "{}", "a=f1,b={f2,f3}", "{\"a\":\"<f1>\",\"b\":[\"<f2>\",\"<f3>\"]}", 0 },
	{ FILES, "{}", "a=missing", NULL, PTX_E_NOT_FOUND },
	{ LITERAL, "{}", "a.b=x,y={1}\\", "{\"a\":{\"b\":\"x,y={1}\\\\\"}}", 0 },
	{ LITERAL, "{}", "a[1]=z", "{\"a\":[null,\"z\"]}", 0 },
};

static struct ptx_value *file(struct ptx_arena *a, struct ptx_str name, void *user,
			      struct ptx_error **err)
{
	(void)user;
	if (ptxi_str_is(name, "missing")) {
		ptx_error_set(err, PTX_E_NOT_FOUND, "no such file");
		return NULL;
	}
	return ptx_value_string(a, ptxi_arena_printf(a, "<%.*s>", PTX_STR_ARG(name)));
}

START_TEST(applies)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(rows[_i].before), NULL, NULL);
	const struct ptxi_strvals how = { .kind = rows[_i].kind, .file = file };
	int rc = ptxi_strvals_apply(a, v, ptxi_str(rows[_i].expression), &how, &err);

	ck_assert_msg(rc == rows[_i].code, "%s: %d %s", rows[_i].expression, rc,
		      err ? ptx_error_message(err) : "");
	if (!rows[_i].want) {
		ck_assert_int_eq(ptx_error_code(err), rc);
		return;
	}
	ptx_buf_init(&out, 0);
	ptx_json_format(v, NULL, &out);
	ck_assert_str_eq(out.p, rows[_i].want);
}
END_TEST

START_TEST(the_public_call)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = ptx_value_map(a);

	ck_assert_int_eq(ptx_strvals_apply(a, v, "a=1", false, NULL), 0);
	ck_assert_int_eq(ptx_value_kind(ptx_value_get(v, "a")), PTX_INT);
	ck_assert_int_eq(ptx_strvals_apply(a, v, "a=1", true, NULL), 0);
	ck_assert_int_eq(ptx_value_kind(ptx_value_get(v, "a")), PTX_STRING);
	ck_assert_int_eq(ptx_strvals_apply(a, ptx_value_list(a), "a=1", true, NULL), PTX_E_USAGE);
}
END_TEST

static const char *place(const struct ptx_value *v)
{
	struct ptx_where where = ptx_value_where(v);

	ck_assert_uint_eq(where.line, 0);
	return where.file;
}

START_TEST(values_know_their_option)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = ptx_json_parse(a, PTXI_STR("{\"a\":{\"old\":1}}"), NULL, NULL);

	ck_assert_int_eq(ptxi_strvals_apply(a, v, PTXI_STR("a.b=secret,c[1]=x,d={y,z},e\\=f=1"),
					    &(struct ptxi_strvals){ .option = "--set" }, NULL),
			 0);
	ck_assert_ptr_null(ptx_value_where(ptx_value_get(ptx_value_get(v, "a"), "old")).file);
	ck_assert_str_eq(place(ptx_value_get(ptx_value_get(v, "a"), "b")), "--set a.b");
	ck_assert_str_eq(place(ptx_value_get(v, "c")), "--set c[1]");
	ck_assert_str_eq(place(ptx_value_at(ptx_value_get(v, "c"), 1)), "--set c[1]");
	ck_assert_str_eq(place(ptx_value_at(ptx_value_get(v, "d"), 1)), "--set d");
	ck_assert_str_eq(place(ptx_value_get(v, "e=f")), "--set e\\=f");
	/* without an option they have none */
	ck_assert_int_eq(
	    ptxi_strvals_apply(a, v, PTXI_STR("g=1"), &(struct ptxi_strvals){ 0 }, NULL), 0);
	ck_assert_ptr_null(place(ptx_value_get(v, "g")));
}
END_TEST

Suite *suite_value_strvals(void)
{
	Suite *s = suite_create("value_strvals");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, applies, 0, (int)PTXI_COUNT(rows));
	tcase_add_test(t, the_public_call);
	tcase_add_test(t, values_know_their_option);
	suite_add_tcase(s, t);
	return s;
}
