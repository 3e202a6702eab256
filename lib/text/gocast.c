/* SPDX-License-Identifier: Apache-2.0 */
/* gocast.c - conversions between the types of template values.
 *
 * Behaviour: what Sprig's int, int64, float64, toString and empty do to each type; a time.Duration
 * is no number to them.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gocast.h"
#include "gofmt.h"
#include "gonum.h"

int64_t ptxi_go_truncate(double f)
{
	/* cppcheck-suppress incorrectLogicOperator; it does not read hexadecimal floats */
	return f > -0x1p63 && f < 0x1p63 ? (int64_t)f : INT64_MIN;
}

/* "3.00" is "3"; ".0" is nothing. */
static struct ptx_str without_zero_fraction(struct ptx_str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] == '0')
		i--;
	return i > 0 && i < s.n && s.p[i - 1] == '.' ? ptxi_strn(s.p, i - 1) : s;
}

static bool is_number(const struct ptx_value *v)
{
	return ptxi_go_of(v) != PTXI_GO_DURATION;
}

int64_t ptxi_go_to_int64(const struct ptx_value *v)
{
	int64_t i = 0;

	switch (ptx_value_kind(v)) {
	case PTX_BOOL:
		return v->b;
	case PTX_INT:
	case PTX_UINT:
		return is_number(v) ? v->i : 0;
	case PTX_FLOAT:
		return ptxi_go_truncate(v->f);
	case PTX_NUMBER:
	case PTX_STRING:
		return ptxi_go_parse_int(without_zero_fraction(v->s), 0, &i) == PTXI_NUMBER_OK ? i
											       : 0;
	default:
		return 0;
	}
}

double ptxi_go_to_float64(const struct ptx_value *v)
{
	double f = 0;

	switch (ptx_value_kind(v)) {
	case PTX_BOOL:
		return v->b;
	case PTX_INT:
	case PTX_UINT:
		if (!is_number(v))
			return 0;
		return ptxi_go_kind(v) == PTXI_KIND_UINT ? (double)v->u : (double)v->i;
	case PTX_FLOAT:
		return v->f;
	case PTX_NUMBER:
	case PTX_STRING:
		return ptxi_go_parse_float(v->s, &f) == PTXI_NUMBER_OK ? f : 0;
	default:
		return 0;
	}
}

bool ptxi_go_empty(const struct ptx_value *v)
{
	return !ptxi_go_truth(v);
}

struct ptx_str ptxi_go_strval(const struct ptx_value *v, struct ptx_arena *a)
{
	ptx_auto_buf text = { 0 };

	if (ptx_value_kind(v) == PTX_STRING || ptx_value_kind(v) == PTX_BYTES)
		return v->s;
	ptx_buf_init(&text, 0);
	ptxi_go_print_value(v, a, &text);
	return ptx_buf_ok(&text) ? ptxi_strn(ptxi_arena_strn(a, text.p, text.n), text.n)
				 : (struct ptx_str){ NULL, 0 };
}
