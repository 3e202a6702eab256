/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/yaml.h"

Suite *suite_value_yaml_read(void);

/* Texts and what they are as JSON, keys sorted. */
static const struct {
	const char *text;
	const char *want;
} good[] = {
	{ "", "null" },
	{ "# nothing\n", "null" },
	{ "a: 1\nb: [x, 'y', \"z\\n\"]\n", "{\"a\":1,\"b\":[\"x\",\"y\",\"z\\n\"]}" },
	{ "a: {b: , c: }", "{\"a\":{\"b\":null,\"c\":null}}" },
	{ "[y, Y, yes, on, n, No, OFF, true, False, yEs]",
	  "[true,true,true,true,false,false,false,true,false,\"yEs\"]" },
	{ "[~, null, NULL, '', nil]", "[null,null,null,\"\",\"nil\"]" },
	{ "[0x1F, 0o17, 017, 0b101, 1_000, +5, -0x10, 08, 1_]", "[31,15,15,5,1000,5,-16,8,1]" },
	{ "[1.5, .5, 1., 1e3, -1.5E-3, 0x, 1e400, 1.2.3, 1:30]",
	  "[1.5,0.5,1,1000,-0.0015,\"0x\",\"1e400\",\"1.2.3\",\"1:30\"]" },
	{ "[2020-01-01, 2020-01-01T10:00:00Z]", "[\"2020-01-01\",\"2020-01-01T10:00:00Z\"]" },
	{ "18446744073709551615", "18446744073709551615" },
	{ "1: a\n1.5: b\ntrue: c\n0x10: d\noff: e",
	  "{\"1\":\"a\",\"1.5\":\"b\",\"16\":\"d\",\"false\":\"e\",\"true\":\"c\"}" },
	{ "a: !!str 5\nb: !!int \"7\"\nc: !!float 1\nd: !!bool 'yes'\ne: !mine 8\nf: !!null ''",
	  "{\"a\":\"5\",\"b\":7,\"c\":1,\"d\":true,\"e\":\"8\",\"f\":null}" },
	{ "a: !!binary aGk=", "{\"a\":\"hi\"}" },
	{ "a: &x [1, {b: 2}]\nc: *x\nd: *x",
	  "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":[1,{\"b\":2}]}" },
	{ "a: &x 8\n*x : v", "{\"8\":\"v\",\"a\":8}" },
	{ "a: &x {p: 1, q: 2}\nb:\n  q: 0\n  <<: *x\n  p: 3\n",
	  "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":3,\"q\":2}}" },
	{ "a: {<<: [{x: 1}, {x: 2, z: 3}]}", "{\"a\":{\"x\":1,\"z\":3}}" },
	{ "'<<': 1", "{\"<<\":1}" },
	{ "a: <<", "{\"a\":\"<<\"}" },
	{ "a: |\n  x\n   y\nb: >-\n  p\n  q\n", "{\"a\":\"x\\n y\\n\",\"b\":\"p q\"}" },
	{ "{\"a\":{\"b\":[1,2,]}}", "{\"a\":{\"b\":[1,2]}}" },
};

START_TEST(reads)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *v = NULL;

	style.sort_keys = true;
	opts.numbers = PTX_NUMBERS_EXACT;
	v = ptx_yaml_parse(a, ptxi_str(good[_i].text), &opts, &err);
	ck_assert_msg(v, "%s: %s", good[_i].text, err ? ptx_error_message(err) : "");
	ptx_buf_init(&out, 0);
	ptx_json_format(v, &style, &out);
	ck_assert_str_eq(out.p, good[_i].want);
}
END_TEST

static const struct {
	const char *text;
	int code;
	unsigned line;
	unsigned column;
	const char *message; /* a part of it */
} bad[] = {
	{ "a: [1, 2", PTX_E_SYNTAX, 2, 1,
	  "expected ',' or ']' while parsing a flow sequence (begun at line 1, column 4)" },
	{ "a: 1\n b: 2", PTX_E_SYNTAX, 2, 3, "mapping values are not allowed" },
	{ "a:\n\tb: 1", PTX_E_SYNTAX, 2, 1, "cannot start any token" },
	{ "a: \"\\q\"", PTX_E_SYNTAX, 1, 5, "unknown escape character" },
	{ "a: 1\na: 2", PTX_E_SYNTAX, 2, 1, "'a' is already used at line 1, column 1" },
	{ "a: {b: 1, \"b\": 2}", PTX_E_SYNTAX, 1, 11, "'b' is already used" },
	{ "x: &one 1\na: *on", PTX_E_SYNTAX, 2, 4, "'*on' has no anchor" },
	{ "a: &a [*a]", PTX_E_SYNTAX, 1, 8, "inside its own anchor" },
	{ "a: &a {<<: *a}", PTX_E_SYNTAX, 1, 12, "inside its own anchor" },
	{ "{[a]: 1}", PTX_E_SYNTAX, 1, 2, "a key cannot be a list" },
	{ "a: {{ x }}", PTX_E_SYNTAX, 1, 5, "a key cannot be a map" },
	{ "~: 1", PTX_E_SYNTAX, 1, 1, "a key cannot be null" },
	{ "a: .inf", PTX_E_SYNTAX, 1, 4, "infinities" },
	{ "a: !!int x", PTX_E_SYNTAX, 1, 4, "'x' is not a !!int" },
	{ "a: !!binary '@'", PTX_E_SYNTAX, 1, 4, "is not a !!binary" },
	{ "a: {<<: 5}", PTX_E_SYNTAX, 1, 5, "merges a map" },
	{ "a: &l [{x: 1}]\nb: {<<: *l}", PTX_E_SYNTAX, 2, 5, "merges a map" },
	{ "a: 1\n---\nb: 2", PTX_E_SYNTAX, 2, 1, "a second document" },
	{ "a: \"\xff\"", PTX_E_SYNTAX, 1, 5, "UTF-8" },
	{ "\xc3\xa9: \x01", PTX_E_SYNTAX, 1, 4, "control characters" },
	{ "\xe4\xb8\xad: *x", PTX_E_SYNTAX, 1, 4, "'*x' has no anchor" },
};

START_TEST(refuses)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	const struct ptx_where *where = NULL;

	ck_assert_ptr_null(ptx_yaml_parse(a, ptxi_str(bad[_i].text), NULL, &err));
	ck_assert_ptr_nonnull(err);
	ck_assert_int_eq(ptx_error_code(err), bad[_i].code);
	ck_assert_msg(strstr(ptx_error_message(err), bad[_i].message), "'%s'",
		      ptx_error_message(err));
	where = ptx_error_where(err);
	ck_assert_ptr_nonnull(where);
	ck_assert_msg(where->line == bad[_i].line && where->column == bad[_i].column,
		      "%s: at %u:%u", bad[_i].text, where->line, where->column);
}
END_TEST

START_TEST(defuses_nested_aliases)
{
	ptx_auto(arena) a = ptx_arena_new(256u << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		ptx_buf_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 9; j++)
			ptx_buf_printf(&text, "*a%d,", i - 1);
		ptx_buf_adds(&text, "]\n");
	}
	ck_assert_ptr_null(ptx_yaml_parse(a, ptx_buf_str(&text), NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_LIMIT);
}
END_TEST

START_TEST(keeps_its_limits)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) deep = NULL;
	ptx_auto(error) large = NULL;
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	opts.max_depth = 3;
	ck_assert_ptr_nonnull(ptx_yaml_parse(a, PTXI_STR("[[[1]]]"), &opts, NULL));
	ck_assert_ptr_null(ptx_yaml_parse(a, PTXI_STR("[[[[1]]]]"), &opts, &deep));
	ck_assert_int_eq(ptx_error_code(deep), PTX_E_LIMIT);
	opts.max_bytes = 3;
	ck_assert_ptr_null(ptx_yaml_parse(a, PTXI_STR("a: b"), &opts, &large));
	ck_assert_int_eq(ptx_error_code(large), PTX_E_LIMIT);
}
END_TEST

START_TEST(streams_and_places)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	struct ptx_where w = { 0 };

	opts.file = "values.yaml";
	v = ptx_yaml_parse_all(a, PTXI_STR("a: 1\n---\n- \xc3\xa9\n- {b: 2}\n---\n"), &opts, NULL);
	ck_assert_uint_eq(ptx_value_count(v), 3);
	ck_assert_int_eq(ptx_value_kind(ptx_value_at(v, 2)), PTX_NULL);
	w = ptx_value_where(ptx_value_get(ptx_value_at(ptx_value_at(v, 1), 1), "b"));
	ck_assert_str_eq(w.file, "values.yaml");
	ck_assert_uint_eq(w.line, 4);
	ck_assert_uint_eq(w.column, 7);
	v = ptxi_yaml_parse_first(a, PTXI_STR("a: 1\n---\n[\n"), NULL, NULL, NULL);
	ck_assert_ptr_nonnull(ptx_value_get(v, "a"));
	ck_assert_uint_eq(ptx_value_count(ptx_yaml_parse_all(a, PTXI_STR(""), NULL, NULL)), 0);
}
END_TEST

static bool is_wanted(unsigned depth, struct ptx_str key, void *user)
{
	(void)user;
	return depth != 2 || ptxi_str_is(key, "want");
}

/* yes: what is left under the key "want" of "a", NULL: it fails. */
static const struct {
	const char *text;
	const char *yes;
} picked[] = {
	{ "a: {drop: [1, {x: 2}], want: 3, never: 4}\n", "3" },
	{ "a:\n  no:\n    - 1\n  want: {b: {drop: 1}}\n", "{\"b\":{\"drop\":1}}" },
	{ "a: {drop: &x 5, want: *x}\n", "5" }, /* the anchor was passed over: all is read */
	{ "a: {drop: {deep: [&x {q: 1}]}, want: [*x]}\n", "[{\"q\":1}]" },
	{ "b: &x {want: 7}\na: {<<: *x, drop: 1}\n", "7" }, /* merges are no members */
	{ "a: {drop: *none, want: 1}\n", "1" },             /* nobody looks at it */
	{ "a: {drop: *none, want: *none}\n", NULL },
	{ "a: {drop: [1, want: 2\n", NULL },
};

START_TEST(only_some_members)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	ptx_auto_buf out = { 0 };

	opts.numbers = PTX_NUMBERS_EXACT;
	v = ptxi_yaml_parse_picked(a, ptxi_str(picked[_i].text), &opts, is_wanted, NULL, NULL,
				   NULL);
	if (!picked[_i].yes) {
		ck_assert_ptr_null(v);
		return;
	}
	ck_assert_ptr_nonnull(v);
	ptx_buf_init(&out, 0);
	ptx_json_format(ptx_value_get(ptx_value_get(v, "a"), "want"), NULL, &out);
	ck_assert_str_eq(out.p, picked[_i].yes);
}
END_TEST

START_TEST(numbers_as_asked)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_str text = PTXI_STR("[1, 1.50, 0x10, 1_000, +1.5e1, 1.]");

	ptx_buf_init(&out, 0);
	ptx_json_format(ptx_yaml_parse(a, text, NULL, NULL), NULL, &out);
	ck_assert_str_eq(out.p, "[1,1.50,16,1000,15,1]");
	opts.numbers = PTX_NUMBERS_FLOAT;
	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(
		    ptx_value_kind(ptx_value_at(ptx_yaml_parse(a, text, &opts, NULL), i)),
		    PTX_FLOAT);
	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.diags = diags;
	ck_assert(ptx_value_as_float(
		      ptx_value_get(ptx_yaml_parse(a, PTXI_STR("a: 1\na: 2"), &opts, NULL), "a"),
		      0) == 2);
	ck_assert_str_eq(ptx_diags_at(diags, 0)->rule, "yaml-duplicate-key");
}
END_TEST

Suite *suite_value_yaml_read(void)
{
	Suite *s = suite_create("value_yaml_read");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, reads, 0, (int)PTXI_COUNT(good));
	tcase_add_loop_test(t, refuses, 0, (int)PTXI_COUNT(bad));
	tcase_add_test(t, defuses_nested_aliases);
	tcase_add_test(t, keeps_its_limits);
	tcase_add_test(t, streams_and_places);
	tcase_add_test(t, numbers_as_asked);
	tcase_add_loop_test(t, only_some_members, 0, PTXI_COUNT(picked));
	suite_add_tcase(s, t);
	return s;
}
