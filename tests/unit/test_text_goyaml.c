/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are wrong in several places, and what sigs.k8s.io/yaml 1.6 says of them: mistakes
 * of parsing come before those of decoding, and what JSON does not have comes last. */
#include <check.h>
#include <pitrix/codec.h>

#include "text/goyaml.h"

Suite *suite_text_goyaml(void);

/* clang-format off */
static const struct {
	const char *text;
	const char *words; /* NULL: it is read */
} rows[] = {
	{ "a: .inf\n", "json: unsupported value: +Inf" },
	{ "a: {b: .nan, a: -.inf}\n", "json: unsupported value: -Inf" },
	{ "a: .inf\na: 1\n", NULL },
	{ "a: .inf\nb: *x\n", "yaml: unknown anchor 'x' referenced" },
	{ "a: .inf\nb: !!int x\n", "yaml: cannot decode !!str `x` as a !!int" },
	{ "a: .inf\nb: [\n", "yaml: line 2: did not find expected node content" },
	{ "a: !!int x\nb: *c\n", "yaml: unknown anchor 'c' referenced" },
	{ "a: !!int x\nb: [\n", "yaml: line 2: did not find expected node content" },
	{ "a: !!int\n", "yaml: cannot decode !!null `` as a !!int" },
	{ "a: !!int true\n", "yaml: cannot decode !!bool `true` as a !!int" },
	{ "a: !!float 18446744073709551615\n", "yaml: cannot decode !!int `18446744073709551615` as a !!float" },
	{ "a: !!binary '*'\n", "yaml: !!binary value contains invalid base64 data" },
	{ "<<: 5\n", "yaml: map merge requires map or sequence of maps as the value" },
	{ "<<: !!int x\n", "yaml: map merge requires map or sequence of maps as the value" },
	{ "a: &l [{x: 1}]\n<<: *l\n", "yaml: map merge requires map or sequence of maps as the value" },
	{ "~: 1\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" },
	{ "~: 1\nb: .inf\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" },
	{ "~: 1\nb: *c\n", "yaml: unknown anchor 'c' referenced" },
	{ "a: {~: 1}\na: 2\n", NULL },
	{ "a: {9223372036854775808: x}\n", "unsupported map key of type: uint64, key: 0x8000000000000000, value: \"x\"" },
	{ "a: &a {~: 1}\nb: *a\na: 1\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" },
	{ "<<: {~: 1}\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" },
	{ "a: &a [*a]\n", "yaml: anchor 'a' value contains itself" },
	{ "a: &a [*a]\nb: *c\n", "yaml: unknown anchor 'c' referenced" },
	{ "{a: b}: *c\n", "yaml: unknown anchor 'c' referenced" },
	{ "[a]: 1\nb: '\n", "yaml: line 3: found unexpected end of stream" },
	{ "- .inf\n", "json: unsupported value: +Inf" },
	{ "- ~: 1\n", "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1" },
};
/* clang-format on */

START_TEST(words)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf out = { 0 };
	struct ptxi_yaml_problem why = { .kind = PTXI_YAML_WORDS };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;

	opts.numbers = PTX_NUMBERS_FLOAT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	ptx_buf_init(&why.words, 0);
	ptx_buf_init(&out, 0);
	v = ptxi_yaml_parse_first(a, ptxi_str(rows[_i].text), &opts, &why, &err);
	ck_assert_int_eq(v != NULL, rows[_i].words == NULL);
	ck_assert_int_eq(err == NULL, rows[_i].words == NULL);
	if (rows[_i].words) {
		ptxi_go_yaml_problem(&why, a, &out);
		ck_assert_str_eq(out.p, rows[_i].words);
	}
	ptx_buf_done(&why.words);
}
END_TEST

Suite *suite_text_goyaml(void)
{
	Suite *s = suite_create("text/goyaml");
	TCase *t = tcase_create("goyaml");

	tcase_add_loop_test(t, words, 0, PTXI_COUNT(rows));
	suite_add_tcase(s, t);
	return s;
}
