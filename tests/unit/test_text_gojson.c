/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pitrix/codec.h>

#include "text/gojson.h"

Suite *suite_text_gojson(void);

START_TEST(decoding_as_go)
{
	static const struct {
		const char *text;
		enum ptx_kind want;
		const char *value; /* as JSON; NULL: refused */
		const char *why;
	} rows[] = {
		{ "{\"a\":[1,2.5,\"x\",null,true]}", PTX_NULL, "{\"a\":[1,2.5,\"x\",null,true]}",
		  NULL },
		{ " [ ] ", PTX_LIST, "[]", NULL },
		{ "{\"a\":1,\"a\":2}", PTX_MAP, "{\"a\":2}", NULL },
		{ "\"\\ud83d\\ude00\\ud800\"", PTX_NULL, "\"\360\237\230\200\357\277\275\"", NULL },
		{ "", PTX_NULL, NULL, "unexpected end of JSON input" },
		{ "[1,", PTX_NULL, NULL, "unexpected end of JSON input" },
		{ "[1,]", PTX_NULL, NULL, "invalid character ']' looking for beginning of value" },
		{ "{a}", PTX_NULL, NULL,
		  "invalid character 'a' looking for beginning of object key string" },
		{ "1 2", PTX_NULL, NULL, "invalid character '2' after top-level value" },
		{ "nul", PTX_NULL, NULL, "invalid character ' ' in literal null (expecting 'l')" },
		{ "[1]", PTX_MAP, NULL,
		  "json: cannot unmarshal array into Go value of type map[string]interface {}" },
		{ "1e999", PTX_NULL, NULL,
		  "json: cannot unmarshal number 1e999 into Go value of type float64" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };
		ptx_auto_buf why = { 0 };
		struct ptx_value *partial = NULL;
		struct ptx_value *v = NULL;

		ptx_buf_init(&out, 0);
		ptx_buf_init(&why, 0);
		v = ptxi_go_json_decode(a, ptxi_str(rows[i].text), rows[i].want, &why, &partial);
		ck_assert_msg((v != NULL) == (rows[i].value != NULL), "%s", rows[i].text);
		if (!v) {
			ck_assert_str_eq(why.p, rows[i].why);
			continue;
		}
		ptx_json_format(v, NULL, &out);
		ck_assert_str_eq(out.p, rows[i].value);
	}
}
END_TEST

START_TEST(plain_values)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_value *m = ptx_value_map(a);
	struct ptx_value *nil = ptx_value_list(a);

	ptx_value_set(m, "a", ptx_value_int(a, 1));
	ck_assert_ptr_eq(ptxi_go_plain(a, m, &err), m);
	nil->go = PTXI_GO_STRINGS | PTXI_GO_NIL;
	ptx_value_set(m, "l", nil);
	ck_assert_int_eq(ptx_value_kind(ptx_value_get(ptxi_go_plain(a, m, &err), "l")), PTX_NULL);
	ptx_value_set(m, "f", ptx_value_float(a, __builtin_nan("")));
	ck_assert_ptr_null(ptxi_go_plain(a, m, &err));
	ck_assert_str_eq(ptx_error_message(err), "json: unsupported value: NaN");
}
END_TEST

START_TEST(a_cycle_is_found)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_value *m = ptx_value_map(a);

	ptx_value_set(m, "m", m);
	ck_assert_ptr_null(ptxi_go_plain(a, m, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_INVALID);
}
END_TEST

Suite *suite_text_gojson(void)
{
	Suite *s = suite_create("text/gojson");
	TCase *t = tcase_create("gojson");

	tcase_add_test(t, decoding_as_go);
	tcase_add_test(t, plain_values);
	tcase_add_test(t, a_cycle_is_found);
	suite_add_tcase(s, t);
	return s;
}
