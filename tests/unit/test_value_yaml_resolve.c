/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "value/yaml.h"

Suite *suite_value_yaml_resolve(void);

static const struct {
	const char *text;
	enum ptxi_yaml_type type;
} types[] = {
	{ "x", PTXI_YAML_STRING },
	{ "<<", PTXI_YAML_STRING },
	{ "=", PTXI_YAML_STRING },
	{ "", PTXI_YAML_NULL },
	{ "nULL", PTXI_YAML_STRING },
	{ "y", PTXI_YAML_BOOL },
	{ "0b1", PTXI_YAML_INT },
	{ "0b-1", PTXI_YAML_INT },
	{ "0b2", PTXI_YAML_STRING },
	{ "-9223372036854775808", PTXI_YAML_INT },
	{ "9223372036854775808", PTXI_YAML_UINT },
	{ "+9223372036854775808", PTXI_YAML_FLOAT },
	{ "18446744073709551616", PTXI_YAML_FLOAT },
	{ "1e", PTXI_YAML_STRING },
	{ ".", PTXI_YAML_STRING },
	{ ".e1", PTXI_YAML_STRING },
	{ ".5_0", PTXI_YAML_FLOAT },
	{ ".5__0", PTXI_YAML_STRING },
	{ "._5", PTXI_YAML_STRING },
	{ ".5_", PTXI_YAML_STRING },
	{ "-.5", PTXI_YAML_FLOAT },
	{ ".NaN", PTXI_YAML_FLOAT },
	{ ".nAn", PTXI_YAML_STRING },
	{ "2020-1-2", PTXI_YAML_TIMESTAMP },
	{ "2020-02-29", PTXI_YAML_TIMESTAMP },
	{ "2021-02-29", PTXI_YAML_STRING },
	{ "2020-13-01", PTXI_YAML_STRING },
	{ "2020-01-01 1:2:3.5", PTXI_YAML_TIMESTAMP },
	{ "2020-01-01t01:02:03+07:00", PTXI_YAML_TIMESTAMP },
	{ "2020-01-01T01:02:03", PTXI_YAML_STRING },
	{ "2020-01-01 01:02:03 -5", PTXI_YAML_STRING },
};

START_TEST(tells_types)
{
	ck_assert_int_eq(ptxi_yaml_resolve(ptxi_str(types[_i].text)).type, types[_i].type);
}
END_TEST

/* clang-format off */
static const struct {
	double f;
	bool as_float;
	const char *want;
} doubles[] = {
	{ 1.5, false, "1.5" },      { 1234567.5, false, "1.2345675e+06" }, { 100000.5, false, "100000.5" },
	{ 1e20, false, "1e+20" },   { 0.0001, false, "0.0001" },           { 0.00001, false, "1e-05" },
	{ 1e100, false, "1e+100" }, { INFINITY, false, ".inf" },           { -INFINITY, false, "-.inf" },
	{ NAN, false, ".nan" },     { 0.1, true, "0.1" },                  { 1e39, true, ".inf" },
	{ 16777217, true, "1.6777216e+07" },                               { 0, true, "0" },
};
/* clang-format on */

START_TEST(prints_doubles)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_yaml_double(doubles[_i].f, doubles[_i].as_float, &out);
	ck_assert_str_eq(out.p, doubles[_i].want);
}
END_TEST

Suite *suite_value_yaml_resolve(void)
{
	Suite *s = suite_create("value_yaml_resolve");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, tells_types, 0, (int)PTXI_COUNT(types));
	tcase_add_loop_test(t, prints_doubles, 0, (int)PTXI_COUNT(doubles));
	suite_add_tcase(s, t);
	return s;
}
