/* SPDX-License-Identifier: Apache-2.0 */
/* parse_number.c - the numbers of a template.
 *
 * A constant has no type of its own: it may be taken as any that can hold it, and where none is
 * asked for, how it is written decides (`1.0` is a float64, `1` an int, `'a'` an int, `2i` a
 * complex128).
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "parse.h"
#include "../text/gonum.h"
#include "../text/goquote.h"

/* A float without a fraction can be taken as a whole number. */
static void whole_kinds(struct ptxi_number *num)
{
	if (num->f >= -9223372036854775808.0 && num->f < 9223372036854775808.0 &&
	    (double)(int64_t)num->f == num->f) {
		num->is_int = true;
		num->i = (int64_t)num->f;
	}
	if (num->f >= 0 && num->f < 18446744073709551616.0 && (double)(uint64_t)num->f == num->f) {
		num->is_uint = true;
		num->u = (uint64_t)num->f;
	}
}

/* Fills in what the number may be taken as; false when it is none. */
static bool number_kinds(struct ptxi_number *num)
{
	bool floaty = false;
	struct ptx_str s = num->text;

	num->is_uint = ptxi_go_parse_uint(s, 0, &num->u) == PTXI_NUMBER_OK;
	num->is_int = ptxi_go_parse_int(s, 0, &num->i) == PTXI_NUMBER_OK;
	if (num->is_int && num->i == 0)
		num->is_uint = true;
	if (num->is_int || num->is_uint) {
		num->is_float = true;
		num->f = num->is_int ? (double)num->i : (double)num->u;
		return true;
	}
	if (ptxi_go_parse_float(s, &num->f) != PTXI_NUMBER_OK)
		return false;
	for (size_t i = 0; i < s.n; i++)
		floaty |= strchr(".eEpP", s.p[i]) != NULL;
	if (!floaty)
		return false;
	num->is_float = true;
	whole_kinds(num);
	return true;
}

static bool char_constant(struct ptxi_number *num, struct ptx_buf *why)
{
	uint32_t rune = 0;
	bool whole = true;

	if (!ptxi_go_unquote_rune(num->text, &rune, &whole)) {
		if (whole)
			ptx_buf_adds(why, "invalid syntax");
		else
			ptx_buf_printf(why, "malformed character constant: %.*s",
				       PTX_STR_ARG(num->text));
		return false;
	}
	num->is_int = num->is_uint = num->is_float = true;
	num->i = (int64_t)rune;
	num->u = rune;
	num->f = rune;
	return true;
}

/* A constant without a type is a float64 where it is written as one. */
static bool written_as_float(const struct ptxi_number *num)
{
	struct ptx_str s = num->text;
	bool hex = s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
	bool exponent = false;
	bool floaty = false;

	for (size_t i = 0; i < s.n; i++) {
		exponent |= (s.p[i] | 0x20) == 'p';
		floaty |= strchr(".eEpP", s.p[i]) != NULL;
	}
	return num->is_float && s.p[0] != '\'' && !(hex && !exponent) && floaty;
}

/* Its parts: 1+2i, or 2i alone. */
static bool complex_parts(struct ptx_str s, double *real, double *imaginary)
{
	size_t sign = 0;

	s.n--; /* the i */
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i] == '+' || s.p[i] == '-') && !strchr("eEpP", s.p[i - 1]))
			sign = i;
	*real = 0;
	if (sign && ptxi_go_parse_float(ptxi_str_sub(s, 0, sign), real) != PTXI_NUMBER_OK)
		return false;
	return ptxi_go_parse_float(ptxi_str_from(s, sign), imaginary) == PTXI_NUMBER_OK;
}

/* A complex number; false when it is none. One without an imaginary part can be taken as a simpler
 * one. */
static bool complex_kinds(struct ptx_arena *a, struct ptxi_number *num)
{
	double imaginary = 0;

	if (!complex_parts(num->text, &num->f, &imaginary))
		return false;
	num->as_complex = ptxi_go_new_complex(a, num->f, imaginary);
	num->is_float = imaginary == 0;
	if (num->is_float)
		whole_kinds(num);
	return true;
}

bool ptxi_parse_number(struct ptx_arena *a, struct ptx_str text, bool character,
		       struct ptxi_number *out, struct ptx_buf *why)
{
	double f = 0;
	bool is_complex = !character && text.p[text.n - 1] == 'i';

	out->text = text;
	if (character) {
		if (!char_constant(out, why))
			return false;
	} else if (!(is_complex ? complex_kinds(a, out) : number_kinds(out))) {
		ptx_buf_adds(why, ptxi_go_parse_float(text, &f) == PTXI_NUMBER_OK
				      ? "integer overflow: "
				      : "illegal number syntax: ");
		ptxi_go_quote(text, false, why);
		return false;
	}
	out->floaty = written_as_float(out);
	if (out->is_int && !out->floaty)
		out->as_int = ptxi_go_new_int(a, out->i);
	if (out->is_float)
		out->as_float = ptx_value_float(a, out->f);
	return true;
}
