/* SPDX-License-Identifier: Apache-2.0 */
/* TOML as BurntSushi/toml writes it, and YAML as yaml.v3 does. */
#include <check.h>

#include "value/toml.h"
#include "value/yaml.h"

Suite *suite_value_toml_write(void);

static struct ptx_value *of_json(struct ptx_arena *a, const char *text)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(text), &opts, NULL);

	ck_assert_msg(v != NULL, "%s", text);
	return v;
}

START_TEST(toml)
{
	static const struct {
		const char *json;
		const char *toml; /* NULL: it cannot be written */
		const char *why;
	} rows[] = {
		{ "{}", "", NULL },
		{ "{\"b\":1,\"a\":\"x\\ny\"}", "a = \"x\\ny\"\nb = 1\n", NULL },
		{ "{\"t\":{\"k\":true},\"s\":1.5}", "s = 1.5\n\n[t]\n  k = true\n", NULL },
		{ "{\"l\":[1,2,[3]]}", "l = [1, 2, [3]]\n", NULL },
		{ "{\"l\":[{\"a\":1},{\"a\":2}]}", "[[l]]\n  a = 1\n\n[[l]]\n  a = 2\n", NULL },
		{ "{\"a b\":{\"c.d\":1}}", "[\"a b\"]\n  \"c.d\" = 1\n", NULL },
		{ "{\"n\":null}", "", NULL },
		{ "{\"l\":[1,null]}", NULL, "toml: cannot encode array with nil element" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };
		ptx_auto_buf why = { 0 };
		bool ok = false;

		ptx_buf_init(&out, 0);
		ptx_buf_init(&why, 0);
		ptx_buf_adds(&out, "");
		ok = ptxi_toml_format(of_json(a, rows[i].json), &out, &why);
		ck_assert_msg(ok == (rows[i].toml != NULL), "%s: %s", rows[i].json, why.p);
		ck_assert_msg(ptxi_str_is(ok ? ptx_buf_str(&out) : ptx_buf_str(&why),
					  ok ? rows[i].toml : rows[i].why),
			      "%s: %s", rows[i].json, ok ? out.p : why.p);
	}
}
END_TEST

START_TEST(pretty_yaml)
{
	static const struct {
		const char *json, *yaml;
	} rows[] = {
		{ "{\"<<\":[\"<<\",\"=\"]}", "<<:\n  - <<\n  - =\n" },
		{ "{\"b\":[1,{\"c\":null}],\"a\":\"x\"}", "a: x\nb:\n  - 1\n  - c: null\n" },
		{ "[[1,2],[]]", "- - 1\n  - 2\n- []\n" },
		{ "\"two\\nlines\\n\"", "|\n  two\n  lines\n" },
		{ "{\"a\":\"yes\",\"b\":\"1\",\"c\":\"\",\"d\":\"0x1\"}",
		  "a: \"yes\"\nb: \"1\"\nc: \"\"\nd: \"0x1\"\n" },
		{ "{\"a10\":1,\"a9\":2,\"B\":3}", "B: 3\na9: 2\na10: 1\n" },
		{ "{}", "{}\n" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ptxi_yaml_format_pretty(of_json(a, rows[i].json), a, &out);
		ck_assert_str_eq(out.p, rows[i].yaml);
	}
}
END_TEST

Suite *suite_value_toml_write(void)
{
	Suite *s = suite_create("value/toml_write");
	TCase *t = tcase_create("writers");

	tcase_add_test(t, toml);
	tcase_add_test(t, pretty_yaml);
	suite_add_tcase(s, t);
	return s;
}
