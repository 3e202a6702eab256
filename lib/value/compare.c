/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - equality and one order over all values.
 *
 * Numbers are compared by amount without rounding: integers as integers, an integer with a double
 * by the double's whole part first. A number's text that is a whole number is taken as one, so that
 * 2^53 and 2^53+1 differ. Nesting deeper than DEEPEST (a cycle that a template made, say) is
 * neither equal nor in an order: it compares as if a were less.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "value.h"

#include <math.h>

#define DEEPEST 10000u

/* A number as sign and magnitude when it is whole and fits, else as a double. */
struct amount {
	bool whole;
	bool negative;
	uint64_t size;
	double f;
};

static struct amount amount_of_double(double f)
{
	struct amount n = { .f = f };

	if (floor(f) == f && fabs(f) < 0x1p64) {
		n.whole = true;
		n.negative = f < 0;
		n.size = (uint64_t)fabs(f);
	}
	return n;
}

static struct amount amount_of_int(bool negative, uint64_t size)
{
	struct amount n = { true, negative, size, negative ? -(double)size : (double)size };

	return n;
}

static struct amount amount_of(const struct ptx_value *v)
{
	int64_t i = 0;
	uint64_t u = 0;

	switch (ptx_value_kind(v)) {
	case PTX_INT:
		return amount_of_int(v->i < 0, v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i);
	case PTX_UINT:
		return amount_of_int(false, v->u);
	case PTX_NUMBER:
		if (ptxi_parse_i64(v->s, &i, INT64_MIN, INT64_MAX))
			return amount_of_int(i < 0, i < 0 ? 0 - (uint64_t)i : (uint64_t)i);
		if (ptxi_parse_u64(v->s, &u, UINT64_MAX))
			return amount_of_int(false, u);
		return amount_of_double(ptx_value_as_float(v, 0));
	default:
		return amount_of_double(v->f);
	}
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_numbers(const struct ptx_value *x, const struct ptx_value *y)
{
	struct amount a = amount_of(x);
	struct amount b = amount_of(y);
	/* NaN is below everything and equal to itself, so that this is an order. */
	int nan = !!isnan(b.f) - !!isnan(a.f);

	if (isnan(a.f) || isnan(b.f))
		return nan;
	if (a.whole && b.whole) {
		if (a.negative != b.negative)
			return a.negative ? -1 : 1;
		return a.negative ? compare_u64(b.size, a.size) : compare_u64(a.size, b.size);
	}
	/* At least one is no integer below 2^64. Where the doubles are equal, the integer was
	 * rounded onto a double that is 2^64 itself, so it is the smaller one. */
	if (a.f != b.f)
		return a.f < b.f ? -1 : 1;
	return (int)b.whole - (int)a.whole;
}

static int rank(const struct ptx_value *v)
{
	static const int ranks[] = {
		[PTX_NULL] = 0,  [PTX_BOOL] = 1,   [PTX_INT] = 2,    [PTX_UINT] = 2,
		[PTX_FLOAT] = 2, [PTX_NUMBER] = 2, [PTX_STRING] = 3, [PTX_BYTES] = 4,
		[PTX_TIME] = 5,  [PTX_LIST] = 6,   [PTX_MAP] = 7,
	};

	return ranks[ptx_value_kind(v)];
}

static int compare(const struct ptx_value *a, const struct ptx_value *b, unsigned depth);

static int compare_lists(const struct ptx_value *a, const struct ptx_value *b, unsigned depth)
{
	for (size_t i = 0; i < a->list.n && i < b->list.n; i++) {
		int c = compare(a->list.v[i], b->list.v[i], depth + 1);

		if (c)
			return c;
	}
	return compare_u64(a->list.n, b->list.n);
}

/* By the sorted keys, then by the values in that order. Without memory for sorting: by count. */
static int compare_maps(const struct ptx_value *a, const struct ptx_value *b, unsigned depth)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);
	const struct ptxi_entry **x = scratch ? ptxi_value_sorted(scratch, a) : NULL;
	const struct ptxi_entry **y = scratch ? ptxi_value_sorted(scratch, b) : NULL;
	size_t n = x && y ? (a->map.n < b->map.n ? a->map.n : b->map.n) : 0;
	int c = 0;

	for (size_t i = 0; !c && i < n; i++)
		c = ptxi_str_cmp(x[i]->key, y[i]->key);
	if (!c)
		c = compare_u64(a->map.n, b->map.n);
	for (size_t i = 0; !c && i < n; i++)
		c = compare(x[i]->value, y[i]->value, depth + 1);
	return c;
}

static int compare_times(const struct ptxi_time *a, const struct ptxi_time *b)
{
	if (a->unix_seconds != b->unix_seconds)
		return a->unix_seconds < b->unix_seconds ? -1 : 1;
	return (a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds);
}

static int compare(const struct ptx_value *a, const struct ptx_value *b, unsigned depth)
{
	int by_rank = rank(a) - rank(b);

	if (by_rank)
		return by_rank;
	if (depth > DEEPEST)
		return -1;
	switch (ptx_value_kind(a)) {
	case PTX_NULL:
		return 0;
	case PTX_BOOL:
		return (int)a->b - (int)b->b;
	case PTX_INT:
	case PTX_UINT:
	case PTX_FLOAT:
	case PTX_NUMBER:
		return compare_numbers(a, b);
	case PTX_STRING:
	case PTX_BYTES:
		return ptxi_str_cmp(a->s, b->s);
	case PTX_TIME:
		return compare_times(a->time, b->time);
	case PTX_LIST:
		return compare_lists(a, b, depth);
	case PTX_MAP:
		return compare_maps(a, b, depth);
	}
	return 0;
}

int ptxi_value_compare(const struct ptx_value *a, const struct ptx_value *b)
{
	return compare(a, b, 0);
}

static bool equal(const struct ptx_value *a, const struct ptx_value *b, unsigned depth)
{
	if (rank(a) != rank(b) || ptx_value_count(a) != ptx_value_count(b) || depth > DEEPEST)
		return false;
	switch (ptx_value_kind(a)) {
	case PTX_LIST:
		for (size_t i = 0; i < a->list.n; i++)
			if (!equal(a->list.v[i], b->list.v[i], depth + 1))
				return false;
		return true;
	case PTX_MAP:
		for (size_t i = 0; i < a->map.n; i++) {
			const struct ptxi_entry *e = ptxi_value_find(b, a->map.v[i].key);

			if (!e || !equal(a->map.v[i].value, e->value, depth + 1))
				return false;
		}
		return true;
	default:
		return compare(a, b, depth) == 0;
	}
}

bool ptx_value_equal(const struct ptx_value *a, const struct ptx_value *b)
{
	return equal(a, b, 0);
}
