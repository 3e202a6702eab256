/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include <pitrix/codec.h>

#include "package/config.h"

Suite *suite_package_config(void);

#define GROUP(inner) "{\"type\":\"array\",\"properties\":[" inner "]}"

/* One question; what loading says of it: the id of the first problem, in an OpenPitrix package and
 * in one of AppCenter's. */
static const struct {
	const char *text;
	const char *strict, *lenient; /* "!rule" is an error, "rule" a warning, NULL nothing */
} load_rows[] = {
	{ GROUP("{\"key\":\"a\",\"type\":\"string\"}"), NULL, NULL },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\",\"required\":\"yes\"}"), NULL, NULL },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\",\"required\":\"maybe\"}"), "!config-required",
	  "config-required" },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\",\"required\":1}"), "!config-field-type",
	  "config-field-type" },
	{ GROUP("{\"key\":\"a\",\"type\":\"integer\",\"step\":2.5}"), "!config-step",
	  "!config-step" },
	{ GROUP("{\"key\":\"a\",\"type\":\"integer\",\"step\":0}"), "!config-step",
	  "!config-step" },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\",\"pattern\":\"(\"}"), "!config-pattern",
	  "!config-pattern" },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\",\"defualt\":1}"), "config-unknown-field",
	  "config-unknown-field" },
	{ GROUP("{\"key\":\"a\",\"type\":\"strnig\"}"), "config-unknown-type",
	  "config-unknown-type" },
	{ GROUP("{\"key\":\"a\"}"), "config-unknown-type", "config-unknown-type" },
	{ GROUP("{\"type\":\"string\"}"), "!config-key", "config-key" },
	{ GROUP("{\"key\":\"a\",\"type\":\"array\"}"), "!config-empty-group",
	  "config-empty-group" },
	{ GROUP("{\"key\":\"a\",\"type\":\"string\"},{\"key\":\"a\",\"type\":\"string\"}"),
	  "config-twice", "config-twice" },
	{ GROUP("{\"key\":\"a\",\"type\":\"service\",\"limits\":{\"app-1\":[1]}}"),
	  "!config-limits", "config-limits" },
	{ GROUP("{\"key\":\"a\",\"type\":\"loadbalancer\",\"port\":[80,81]}"), NULL, NULL },
	{ GROUP("5"), "!config-question", "!config-question" },
	{ "{\"type\":\"string\"}", "!config-root", "!config-root" },
	{ "{\"type\":\"array\"}", "!config-empty-group", "config-empty-group" },
};

static void check_rule(const struct ptx_diags *diags, const char *want, const char *text)
{
	const struct ptx_diag *d = ptx_diags_at(diags, 0);

	if (!want) {
		ck_assert_msg(!d, "%s: %s", text, d ? d->message : "");
		return;
	}
	ck_assert_msg(d != NULL, "%s: nothing is said", text);
	ck_assert_str_eq(d->rule, want + (want[0] == '!'));
	ck_assert_int_eq(d->severity, want[0] == '!' ? PTX_ERROR : PTX_WARNING);
	ck_assert_str_eq(d->where.file, "config.json");
	ck_assert_uint_ge(d->where.line, 1);
}

START_TEST(each_field_is_checked)
{
	for (int appcenter = 0; appcenter < 2; appcenter++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(diags) diags = ptx_diags_new();
		ptx_auto(error) err = NULL;
		struct ptxi_config_tree *t = ptxi_config_load(
		    a, ptxi_str(load_rows[_i].text), "config.json", appcenter, diags, &err);

		ck_assert_ptr_nonnull(t);
		check_rule(diags, appcenter ? load_rows[_i].lenient : load_rows[_i].strict,
			   load_rows[_i].text);
		ptxi_config_done(t);
	}
}
END_TEST

START_TEST(a_duplicate_key_is_an_error_or_a_warning)
{
	static const char text[] =
	    GROUP("{\"key\":\"a\",\"type\":\"string\",\"default\":\"x\",\"default\":\"y\"}");
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(error) err = NULL;
	struct ptxi_config_tree *t =
	    ptxi_config_load(a, ptxi_str(text), "config.json", true, diags, &err);

	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(ptx_diags_count_of(diags, PTX_WARNING), 1);
	ck_assert_str_eq(ptx_value_as_string(t->root->children[0].fallback, ""), "y");
	ptxi_config_done(t);
	ck_assert_ptr_null(ptxi_config_load(a, ptxi_str(text), "config.json", false, diags, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_SYNTAX);
}
END_TEST

static const char questions[] = GROUP(
    "{\"key\":\"cluster\",\"type\":\"array\",\"properties\":["
    "{\"key\":\"name\",\"type\":\"string\",\"default\":\"x\",\"required\":true},"
    "{\"key\":\"subnet\",\"type\":\"string\",\"default\":\"\",\"required\":true},"
    "{\"key\":\"count\",\"type\":\"integer\",\"default\":3,\"range\":[1,3,5],\"changeable\":false},"
    "{\"key\":\"size\",\"type\":\"integer\",\"default\":10,\"min\":10,\"max\":100,\"step\":10},"
    "{\"key\":\"ratio\",\"type\":\"number\",\"default\":0.5,\"min\":0.1,\"max\":0.9},"
    "{\"key\":\"on\",\"type\":\"boolean\"},"
    "{\"key\":\"pw\",\"type\":\"password\",\"pattern\":\"^.{4,}$\"},"
    "{\"key\":\"odd\",\"type\":\"string\",\"default\":\"z\",\"range\":[\"a\",\"b\"]},"
    "{\"key\":\"tags\",\"type\":\"string\",\"default\":\"a\",\"range\":[\"a\",\"b\",\"c\"],"
    "\"multichoice\":true,\"separator\":\";\"},"
    "{\"key\":\"http.port\",\"type\":\"integer\",\"default\":80},"
    "{\"key\":\"zk\",\"type\":\"service\",\"limits\":{\"app-1\":[\"v1\"],\"app-2\":[]}}]}");

/* answers, and the id of the problem that they make ("" none) at cluster.KEY. */
static const struct {
	const char *answers;
	const char *rule;
	const char *key;
} answer_rows[] = {
	{ "{}", "", NULL },
	{ "null", "", NULL },
	{ "5", "answer-type", "" },
	{ "{\"cluster\":[]}", "answer-type", "" },
	{ "{\"other\":{}}", "answer-unknown", "other" },
	{ "{\"cluster\":{\"nmae\":\"x\"}}", "answer-unknown", "nmae" },
	{ "{\"cluster\":{\"name\":\"\"}}", "answer-required", "name" },
	{ "{\"cluster\":{\"subnet\":\"\"}}", "", NULL },
	{ "{\"cluster\":{\"name\":null}}", "", NULL },
	{ "{\"cluster\":{\"name\":5}}", "answer-type", "name" },
	{ "{\"cluster\":{\"count\":5}}", "", NULL },
	{ "{\"cluster\":{\"count\":4}}", "answer-range", "count" },
	{ "{\"cluster\":{\"count\":3.0}}", "answer-type", "count" },
	{ "{\"cluster\":{\"count\":\"3\"}}", "answer-type", "count" },
	{ "{\"cluster\":{\"count\":99999999999999999999}}", "answer-type", "count" },
	{ "{\"cluster\":{\"size\":15}}", "answer-step", "size" },
	{ "{\"cluster\":{\"size\":0}}", "answer-min", "size" },
	{ "{\"cluster\":{\"size\":110}}", "answer-max", "size" },
	{ "{\"cluster\":{\"ratio\":0.9}}", "", NULL },
	{ "{\"cluster\":{\"ratio\":0.95}}", "answer-max", "ratio" },
	{ "{\"cluster\":{\"ratio\":1e-7}}", "answer-min", "ratio" },
	{ "{\"cluster\":{\"on\":\"true\"}}", "answer-type", "on" },
	{ "{\"cluster\":{\"pw\":\"abc\"}}", "answer-pattern", "pw" },
	{ "{\"cluster\":{\"pw\":\"abcd\"}}", "", NULL },
	{ "{\"cluster\":{\"odd\":\"z\"}}", "", NULL },
	{ "{\"cluster\":{\"odd\":\"y\"}}", "answer-range", "odd" },
	{ "{\"cluster\":{\"tags\":\"a;c\"}}", "", NULL },
	{ "{\"cluster\":{\"tags\":\"a,c\"}}", "answer-range", "tags" },
	{ "{\"cluster\":{\"tags\":\"\"}}", "", NULL },
	{ "{\"cluster\":{\"http.port\":81}}", "", NULL },
	{ "{\"cluster\":{\"http\":{\"port\":81}}}", "", NULL },
	{ "{\"cluster\":{\"http\":{\"prot\":81}}}", "answer-unknown", "http.prot" },
	{ "{\"cluster\":{\"zk\":\"cl-1\"}}", "", NULL },
	{ "{\"cluster\":{\"zk\":\"cl-2\"}}", "", NULL },
	{ "{\"cluster\":{\"zk\":\"cl-3\"}}", "answer-limits", "zk" },
	{ "{\"cluster\":{\"zk\":\"cl-4\"}}", "answer-limits", "zk" },
	{ "{\"cluster\":{\"zk\":\"cl-9\"}}", "answer-limits", "zk" },
};

static bool service(const char *id, const char **app, const char **version, void *user)
{
	(void)user;
	*app = strcmp(id, "cl-2") == 0 ? "app-2" : strcmp(id, "cl-4") == 0 ? "app-4" : "app-1";
	*version = strcmp(id, "cl-3") == 0 ? "v3" : "v1";
	return strcmp(id, "cl-9") != 0;
}

START_TEST(each_rule_on_answers)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptxi_config_tree *t =
	    ptxi_config_load(a, ptxi_str(questions), "config.json", false, diags, NULL);
	struct ptx_value *answers =
	    ptx_json_parse(a, ptxi_str(answer_rows[_i].answers), NULL, NULL);
	struct ptx_validate_opts o = PTX_VALIDATE_OPTS_INIT;
	struct ptxi_answers merged = { 0 };
	const struct ptx_diag *d = NULL;

	ck_assert_ptr_nonnull(t);
	o.service = service;
	ck_assert_int_eq(ptxi_config_merge(a, t, answers, diags, &merged, NULL), 0);
	ck_assert_int_eq(ptxi_config_check(a, t, &merged, &o, diags, NULL), 0);
	d = ptx_diags_at(diags, 0);
	if (!*answer_rows[_i].rule) {
		ck_assert_msg(!d, "%s: %s", answer_rows[_i].answers, d ? d->message : "");
	} else {
		ck_assert_msg(d != NULL, "%s: nothing is said", answer_rows[_i].answers);
		ck_assert_str_eq(d->rule, answer_rows[_i].rule);
		ck_assert_msg(strstr(d->path, answer_rows[_i].key) != NULL, "%s", d->path);
		ck_assert_msg(!strstr(d->message, "abc"), "a secret is shown: %s", d->message);
	}
	ptxi_config_done(t);
}
END_TEST

START_TEST(what_cannot_change_must_stay)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptxi_config_tree *t =
	    ptxi_config_load(a, ptxi_str(questions), "config.json", false, diags, NULL);
	struct ptx_value *answers =
	    ptx_json_parse(a, PTXI_STR("{\"cluster\":{\"count\":5,\"size\":20}}"), NULL, NULL);
	struct ptx_validate_opts o = PTX_VALIDATE_OPTS_INIT;
	struct ptxi_answers merged = { 0 };

	o.current =
	    ptx_json_parse(a, PTXI_STR("{\"cluster\":{\"count\":3,\"size\":10}}"), NULL, NULL);
	ck_assert_int_eq(ptxi_config_merge(a, t, answers, diags, &merged, NULL), 0);
	ck_assert_int_eq(ptxi_config_check(a, t, &merged, &o, diags, NULL), 0);
	ck_assert_uint_eq(ptx_diags_count(diags), 1);
	ck_assert_str_eq(ptx_diags_at(diags, 0)->path, "cluster.count");
	ck_assert_str_eq(ptx_diags_at(diags, 0)->rule, "answer-changeable");
	ptxi_config_done(t);
}
END_TEST

Suite *suite_package_config(void)
{
	Suite *s = suite_create("package_config");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_field_is_checked, 0, PTXI_COUNT(load_rows));
	tcase_add_test(t, a_duplicate_key_is_an_error_or_a_warning);
	tcase_add_loop_test(t, each_rule_on_answers, 0, PTXI_COUNT(answer_rows));
	tcase_add_test(t, what_cannot_change_must_stay);
	suite_add_tcase(s, t);
	return s;
}
