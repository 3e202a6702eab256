/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pthread.h>
#include <string.h>

#include <pitrix/codec.h>
#include <pitrix/schema.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/ptxi.h"
#include "base/str.h"
#include "schema/schema.h"

Suite *suite_schema_schema(void);

static const struct {
	const char *schema;
	const char *value;
	const char *at;   /* the JSON pointer of the problem; NULL: it fits */
	const char *says; /* in its message */
} checks[] = {
	/* what the value is */
	{ "{}", "1", NULL, NULL },
	{ "true", "null", NULL, NULL },
	{ "false", "1", "", "false schema" },
	{ "{\"type\":\"integer\"}", "1.0", NULL, NULL },
	{ "{\"type\":\"integer\"}", "1.5", "", "got number, want integer" },
	{ "{\"type\":[\"string\",\"null\"]}", "1", "", "got number, want" },
	{ "{\"const\":1}", "1.0", NULL, NULL },
	{ "{\"enum\":[\"a\",1]}", "\"b\"", "", "must be one of" },
	{ "{\"maximum\":3}", "4", "", "want 3" },
	{ "{\"exclusiveMinimum\":3}", "3", "", "want 3" },
	{ "{\"multipleOf\":0.01}", "4.02", NULL, NULL },
	{ "{\"multipleOf\":0.01}", "4.021", "", "multipleOf: got 4.021" },
	{ "{\"maxLength\":2}", "\"\xF0\x9F\x92\xA9\xF0\x9F\x92\xA9\"", NULL, NULL },
	{ "{\"minLength\":3}", "\"ab\"", "", "got 2, want 3" },
	{ "{\"pattern\":\"^a+$\"}", "\"aab\"", "", "does not match pattern" },
	/* what it holds */
	{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}", "/a", "want string" },
	{ "{\"properties\":{\"a/b\":{\"type\":\"string\"}}}", "{\"a/b\":1}", "/a~1b",
	  "want string" },
	{ "{\"required\":[\"a\"]}", "{\"b\":1}", "", "missing property 'a'" },
	{ "{\"additionalProperties\":false}", "{\"b\":1}", "",
	  "additional properties 'b' not allowed" },
	{ "{\"patternProperties\":{\"^x\":{\"type\":\"null\"}}}", "{\"xy\":1}", "/xy",
	  "want null" },
	{ "{\"propertyNames\":{\"maxLength\":1}}", "{\"ab\":1}", "", "ab" },
	{ "{\"items\":{\"type\":\"string\"}}", "[\"a\",2]", "/1", "want string" },
	{ "{\"prefixItems\":[{}],\"items\":false}", "[1,2]", "/1", "false schema" },
	{ "{\"contains\":{\"const\":3},\"minContains\":2}", "[3,1]", "/1", "min" },
	{ "{\"uniqueItems\":true}", "[1,2,1.0]", "", "items at 0 and 2 are equal" },
	{ "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", "", "'b'" },
	/* schemas of schemas */
	{ "{\"allOf\":[{\"type\":\"string\"}]}", "1", "", "allOf" },
	{ "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":2}]}", "1", "", "anyOf" },
	{ "{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "3", "", "oneOf" },
	{ "{\"not\":{\"type\":\"number\"}}", "3", "", "not" },
	{ "{\"if\":{\"minimum\":5},\"then\":{\"maximum\":6},\"else\":{\"const\":0}}", "7", "",
	  "maximum" },
	{ "{\"if\":{\"minimum\":5},\"then\":{\"maximum\":6},\"else\":{\"const\":0}}", "0", NULL,
	  NULL },
	/* references */
	{ "{\"$defs\":{\"n\":{\"type\":\"number\"}},\"items\":{\"$ref\":\"#/$defs/n\"}}", "[\"x\"]",
	  "/0", "want number" },
	{ "{\"$defs\":{\"n\":{\"$anchor\":\"here\",\"type\":\"null\"}},\"$ref\":\"#here\"}", "1",
	  "", "want null" },
	{ "{\"properties\":{\"sub\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
	  "{\"sub\":{\"sub\":{\"x\":1}}}", "/sub/sub", "'x'" },
	{ "{\"allOf\":[{\"properties\":{\"a\":{}}}],\"unevaluatedProperties\":false}",
	  "{\"a\":1,\"b\":2}", "/b", "b" },
	{ "{\"prefixItems\":[{}],\"unevaluatedItems\":false}", "[1,2]", "/1", "" },
	/* each draft its own */
	{ "{\"$schema\":\"http://json-schema.org/draft-04/"
	  "schema#\",\"minimum\":3,\"exclusiveMinimum\":true}",
	  "3", "", "3" },
	{ "{\"$schema\":\"http://json-schema.org/draft-07/"
	  "schema#\",\"items\":[{\"type\":\"string\"}]}",
	  "[1]", "/0", "want string" },
	{ "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"format\":\"ipv4\"}",
	  "\"1.2.3\"", "", "ipv4" },
	{ "{\"format\":\"ipv4\"}", "\"1.2.3\"", NULL, NULL },
};

static bool points_to(const struct ptx_diags *diags, const char *at)
{
	for (size_t i = 0; i < ptx_diags_count(diags); i++) {
		const char *path = ptx_diags_at(diags, i)->path;

		if (strcmp(path ? path : "", at) == 0)
			return true;
	}
	return false;
}

START_TEST(checks_values)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptx_schema *s = ptx_schema_compile(ptxi_str(checks[_i].schema), NULL, &err);
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(checks[_i].value), NULL, NULL);
	int code = 0;

	ck_assert_msg(s != NULL, "%s: %s", checks[_i].schema, err ? ptx_error_message(err) : "");
	ck_assert_ptr_nonnull(v);
	code = ptx_schema_check(s, v, diags, &err);
	ck_assert_msg(code == (checks[_i].at ? PTX_E_INVALID : 0), "%s of %s: %d",
		      checks[_i].schema, checks[_i].value, code);
	if (checks[_i].at) {
		ck_assert_msg(strstr(ptx_error_message(err), checks[_i].says) != NULL, "%s: %s",
			      checks[_i].schema, ptx_error_message(err));
		ck_assert_msg(points_to(diags, checks[_i].at), "%s: no problem at '%s' but at '%s'",
			      checks[_i].schema, checks[_i].at,
			      ptx_diags_count(diags) ? ptx_diags_at(diags, 0)->path : "none");
	} else {
		ck_assert_uint_eq(ptx_diags_count(diags), 0);
	}
	ptx_schema_free(s);
}
END_TEST

static const struct {
	const char *schema;
	int code;
	const char *says;
} broken[] = {
	{ "{", PTX_E_SYNTAX, "" },
	{ "{\"type\":7}", PTX_E_INVALID, "" },
	{ "{\"minLength\":-1}", PTX_E_INVALID, "" },
	{ "{\"pattern\":\"a(\"}", PTX_E_INVALID, "" },
	{ "{\"$ref\":\"#/nothing\"}", PTX_E_INVALID, "nothing" },
	{ "{\"$ref\":\"https://example.org/other.json\"}", PTX_E_INVALID, "example.org" },
	{ "{\"$ref\":\"file:///etc/passwd\"}", PTX_E_INVALID, "" },
};

START_TEST(refuses_what_is_no_schema)
{
	ptx_auto(error) err = NULL;

	ck_assert_ptr_null(ptx_schema_compile(ptxi_str(broken[_i].schema), NULL, &err));
	ck_assert_int_eq(ptx_error_code(err), broken[_i].code);
	ck_assert_msg(strstr(ptx_error_message(err), broken[_i].says) != NULL, "%s",
		      ptx_error_message(err));
}
END_TEST

START_TEST(finds_what_is_registered)
{
	const struct ptx_schema_resource others[] = { { "https://example.org/other.json",
							PTXI_STR("{\"type\":\"null\"}") } };
	struct ptx_schema_opts opts = PTX_SCHEMA_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_schema *s = NULL;

	opts.url = "https://example.org/this.json";
	opts.resources = others;
	opts.resource_count = 1;
	s = ptx_schema_compile(PTXI_STR("{\"$ref\":\"other.json\"}"), &opts, NULL);
	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(ptx_schema_check(s, ptx_value_null(a), NULL, NULL), 0);
	ck_assert_int_eq(ptx_schema_check(s, ptx_value_bool(a, true), NULL, NULL), PTX_E_INVALID);
	ptx_schema_free(s);
}
END_TEST

START_TEST(loops_end)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_schema *s = ptx_schema_compile(PTXI_STR("{\"$ref\":\"#\"}"), NULL, &err);

	/* that it ends, and by an error, is all that matters */
	if (s)
		ck_assert_int_lt(ptx_schema_check(s, ptx_value_null(a), NULL, &err), 0);
	ck_assert_ptr_nonnull(err);
	ptx_schema_free(s);
}
END_TEST

static void *check_often(void *schema)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *good = ptx_json_parse(a, PTXI_STR("{\"a\":[\"x1\",\"x2\"]}"), NULL, NULL);
	struct ptx_value *bad = ptx_json_parse(a, PTXI_STR("{\"a\":[\"x1\",\"y2\"]}"), NULL, NULL);
	size_t wrong = 0;

	for (int i = 0; i < 200; i++) {
		wrong += ptx_schema_check(schema, good, NULL, NULL) != 0;
		wrong += ptx_schema_check(schema, bad, NULL, NULL) != PTX_E_INVALID;
	}
	return (void *)wrong;
}

START_TEST(threads_share_a_schema)
{
	pthread_t threads[4];
	struct ptx_schema *s =
	    ptx_schema_compile(PTXI_STR("{\"properties\":{\"a\":{\"items\":{\"pattern\":\"^x\"}}},"
					"\"unevaluatedProperties\":false}"),
			       NULL, NULL);

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, check_often, s), 0);
	for (size_t i = 0; i < 4; i++) {
		void *wrong = NULL;

		pthread_join(threads[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
	ptx_schema_free(s);
}
END_TEST

/* References that double at each of n levels, down to a leaf. */
static void doubling(struct ptx_buf *text, unsigned n, const char *leaf)
{
	ptx_buf_init(text, 0);
	ptx_buf_adds(text, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
	for (unsigned i = 0; i < n; i++)
		ptx_buf_printf(
		    text,
		    "\"d%u\":{\"allOf\":[{\"$ref\":\"#/$defs/d%u\"},{\"$ref\":\"#/$defs/d%u\"}]},",
		    i, i + 1, i + 1);
	ptx_buf_printf(text, "\"d%u\":%s}}", n, leaf);
}

START_TEST(doubling_references_take_no_memory)
{
	ptx_auto(arena) a = ptx_arena_new(1 << 20);
	ptx_auto(error) err = NULL;
	ptx_auto_buf text = { 0 };
	struct ptxi_fault *fault = NULL;
	struct ptx_schema *s = NULL;

	doubling(&text, 14, "{\"type\":\"integer\"}");
	s = ptx_schema_compile(ptx_buf_str(&text), NULL, &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(ptxi_schema_validate(s, ptx_value_int(a, 1), a, &fault, &err), 0);
	ck_assert_ptr_null(fault);
	ck_assert_uint_lt(ptxi_arena_used(a), 64 * 1024);
	ptx_schema_free(s);
}
END_TEST

START_TEST(doubling_references_end)
{
	static const char *const leaves[] = { "{\"type\":\"integer\"}", "{\"type\":\"string\"}" };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf text = { 0 };
	struct ptx_schema *s = NULL;

	doubling(&text, 40, leaves[_i]);
	s = ptx_schema_compile(ptx_buf_str(&text), NULL, &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(ptx_schema_check(s, ptx_value_int(a, 1), NULL, &err), PTX_E_LIMIT);
	ptx_schema_free(s);
}
END_TEST

Suite *suite_schema_schema(void)
{
	Suite *s = suite_create("schema_schema");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, checks_values, 0, sizeof(checks) / sizeof(*checks));
	tcase_add_loop_test(t, refuses_what_is_no_schema, 0, sizeof(broken) / sizeof(*broken));
	tcase_add_test(t, finds_what_is_registered);
	tcase_add_test(t, loops_end);
	tcase_add_test(t, threads_share_a_schema);
	tcase_add_test(t, doubling_references_take_no_memory);
	tcase_add_loop_test(t, doubling_references_end, 0, 2);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}
