/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_type.c - Sprig's functions on types, emptiness and choice. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../text/gocast.h"
#include "../text/gonum.h"

PTXI_FN(default)
{
	return n < 2 || ptxi_go_empty(args[1]) ? args[0] : args[1];
}

PTXI_FN(empty)
{
	return ptxi_result_bool(x, ptxi_go_empty(args[0]));
}

PTXI_FN(coalesce)
{
	for (size_t i = 0; i < n; i++)
		if (!ptxi_go_empty(args[i]))
			return args[i];
	return ptxi_nil;
}

PTXI_FN(all)
{
	for (size_t i = 0; i < n; i++)
		if (ptxi_go_empty(args[i]))
			return ptxi_result_bool(x, false);
	return ptxi_result_bool(x, true);
}

PTXI_FN(any)
{
	for (size_t i = 0; i < n; i++)
		if (!ptxi_go_empty(args[i]))
			return ptxi_result_bool(x, true);
	return ptxi_result_bool(x, false);
}

PTXI_FN(ternary)
{
	return args[2]->b ? args[0] : args[1];
}

PTXI_FN(fail)
{
	ptx_fail(err, PTX_E_INVALID, "%.*s", PTX_STR_ARG(args[0]->s));
	return NULL;
}

PTXI_FN(hello)
{
	return ptxi_value_string_in(x->arena, PTXI_STR("Hello!"), PTX_STRING);
}

PTXI_FN(type_of)
{
	return ptxi_value_string_in(x->arena, ptxi_str(ptxi_go_type(args[0])), PTX_STRING);
}

PTXI_FN(type_is)
{
	return ptxi_result_bool(x, ptxi_str_is(args[0]->s, ptxi_go_type(args[1])));
}

PTXI_FN(type_is_like)
{
	const char *type = ptxi_go_type(args[1]);

	return ptxi_result_bool(x, ptxi_str_is(args[0]->s, type) ||
				       (type[0] == '*' && ptxi_str_is(args[0]->s, type + 1)));
}

PTXI_FN(kind_of)
{
	return ptxi_value_string_in(x->arena, ptxi_str(ptxi_go_kind_name(args[0])), PTX_STRING);
}

PTXI_FN(kind_is)
{
	return ptxi_result_bool(x, ptxi_str_is(args[0]->s, ptxi_go_kind_name(args[1])));
}

PTXI_FN(deep_equal)
{
	return ptxi_result_bool(x, ptxi_go_deep_equal(args[0], args[1]));
}

PTXI_FN(int)
{
	if (args[0]->kind == PTX_INT && ptxi_go_of(args[0]) == PTXI_GO_INT)
		return args[0];
	return ptxi_result_int(x, ptxi_go_to_int64(args[0]));
}

PTXI_FN(int64)
{
	return ptxi_result_int64(x, ptxi_go_to_int64(args[0]));
}

PTXI_FN(float64)
{
	return ptxi_result_float(x, ptxi_go_to_float64(args[0]));
}

PTXI_FN(parse_int)
{
	int64_t i = 0;

	if (ptxi_go_parse_int(args[0]->s, 10, &i) == PTXI_NUMBER_SYNTAX)
		i = 0;
	return ptxi_result_int(x, i);
}

/* What an octal number is in decimal. */
PTXI_FN(to_decimal)
{
	int64_t i = 0;

	if (ptxi_go_parse_int(ptxi_go_strval(args[0], x->arena), 8, &i) != PTXI_NUMBER_OK)
		i = 0;
	return ptxi_result_int64(x, i);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "all",        "v*",  fn_all },
	{ "any",        "v*",  fn_any },
	{ "atoi",       "s",   fn_parse_int },
	{ "coalesce",   "v*",  fn_coalesce },
	{ "deepEqual",  "vv",  fn_deep_equal },
	{ "default",    "vv*", fn_default },
	{ "empty",      "v",   fn_empty },
	{ "fail",       "s",   fn_fail },
	{ "float64",    "v",   fn_float64 },
	{ "hello",      "",    fn_hello },
	{ "int",        "v",   fn_int },
	{ "int64",      "v",   fn_int64 },
	{ "kindIs",     "sv",  fn_kind_is },
	{ "kindOf",     "v",   fn_kind_of },
	{ "ternary",    "vvb", fn_ternary },
	{ "toDecimal",  "v",   fn_to_decimal },
	{ "typeIs",     "sv",  fn_type_is },
	{ "typeIsLike", "sv",  fn_type_is_like },
	{ "typeOf",     "v",   fn_type_of },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_type = { "type", rows, PTXI_COUNT(rows) };
