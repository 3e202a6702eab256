/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_math.c - Sprig's functions on numbers.
 *
 * The whole ones convert to int64 and wrap around as Go does; the float ones (addf ...) count in
 * exact decimals and give the nearest double.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/decimal.h"
#include "../text/gocast.h"

#include <math.h>

static int64_t wrapped_add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

PTXI_FN(add)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = wrapped_add(sum, ptxi_go_to_int64(args[i]));
	return ptxi_result_int64(x, sum);
}

PTXI_FN(add1)
{
	return ptxi_result_int64(x, wrapped_add(ptxi_go_to_int64(args[0]), 1));
}

PTXI_FN(sub)
{
	return ptxi_result_int64(x, (int64_t)((uint64_t)ptxi_go_to_int64(args[0]) -
					      (uint64_t)ptxi_go_to_int64(args[1])));
}

PTXI_FN(mul)
{
	uint64_t product = (uint64_t)ptxi_go_to_int64(args[0]);

	for (size_t i = 1; i < n; i++)
		product *= (uint64_t)ptxi_go_to_int64(args[i]);
	return ptxi_result_int64(x, (int64_t)product);
}

PTXI_FN(div)
{
	int64_t a = ptxi_go_to_int64(args[0]);
	int64_t b = ptxi_go_to_int64(args[1]);

	if (b == 0)
		return ptxi_func_fail(err, "runtime error: integer divide by zero");
	return ptxi_result_int64(x, b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b);
}

PTXI_FN(mod)
{
	int64_t a = ptxi_go_to_int64(args[0]);
	int64_t b = ptxi_go_to_int64(args[1]);

	if (b == 0)
		return ptxi_func_fail(err, "runtime error: integer divide by zero");
	return ptxi_result_int64(x, b == -1 ? 0 : a % b);
}

PTXI_FN(max)
{
	int64_t most = ptxi_go_to_int64(args[0]);

	for (size_t i = 1; i < n; i++)
		if (ptxi_go_to_int64(args[i]) > most)
			most = ptxi_go_to_int64(args[i]);
	return ptxi_result_int64(x, most);
}

PTXI_FN(min)
{
	int64_t least = ptxi_go_to_int64(args[0]);

	for (size_t i = 1; i < n; i++)
		if (ptxi_go_to_int64(args[i]) < least)
			least = ptxi_go_to_int64(args[i]);
	return ptxi_result_int64(x, least);
}

/* An infinity wins over NaN, which wins over all else; 0 is above -0. */
static double larger(double a, double b)
{
	if ((isinf(a) && a > 0) || (isinf(b) && b > 0))
		return INFINITY;
	if (isnan(a) || isnan(b))
		return NAN;
	if (a == 0 && a == b)
		return signbit(a) ? b : a;
	return a > b ? a : b;
}

PTXI_FN(maxf)
{
	double most = ptxi_go_to_float64(args[0]);

	for (size_t i = 1; i < n; i++)
		most = larger(most, ptxi_go_to_float64(args[i]));
	return ptxi_result_float(x, most);
}

PTXI_FN(minf)
{
	double least = ptxi_go_to_float64(args[0]);

	for (size_t i = 1; i < n; i++)
		least = -larger(-least, -ptxi_go_to_float64(args[i]));
	return ptxi_result_float(x, least);
}

typedef int (*decimal_fn)(struct ptxi_decimal *d, const struct ptxi_decimal *by,
			  struct ptx_error **err);

static struct ptxi_decimal *decimal_of(double f, struct ptx_error **err)
{
	struct ptxi_decimal *d = NULL;

	if (!isfinite(f)) {
		ptxi_func_fail(err, "Cannot create a Decimal from %s",
			       isnan(f) ? "NaN"
			       : f > 0  ? "+Inf"
					: "-Inf");
		return NULL;
	}
	d = ptxi_decimal_new(f);
	if (!d)
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return d;
}

/* first op args[0] op args[1] ... */
static struct ptx_value *decimals(struct ptxi_exec *x, double first, struct ptx_value **args,
				  size_t n, decimal_fn op, struct ptx_error **err)
{
	ptxi_auto(decimal) d = decimal_of(first, err);
	double result = 0;

	if (!d)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		ptxi_auto(decimal) by = decimal_of(ptxi_go_to_float64(args[i]), err);

		if (!by)
			return NULL;
		if (op == ptxi_decimal_div && ptxi_decimal_is_zero(by))
			return ptxi_func_fail(err, "decimal division by 0");
		if (op(d, by, err) < 0)
			return NULL;
	}
	return ptxi_decimal_double(d, &result, err) < 0 ? NULL : ptxi_result_float(x, result);
}

PTXI_FN(addf)
{
	return decimals(x, 0, args, n, ptxi_decimal_add, err);
}

PTXI_FN(add1f)
{
	return decimals(x, 1, args, n, ptxi_decimal_add, err);
}

PTXI_FN(subf)
{
	return decimals(x, ptxi_go_to_float64(args[0]), args + 1, n - 1, ptxi_decimal_sub, err);
}

PTXI_FN(mulf)
{
	return decimals(x, ptxi_go_to_float64(args[0]), args + 1, n - 1, ptxi_decimal_mul, err);
}

PTXI_FN(divf)
{
	return decimals(x, ptxi_go_to_float64(args[0]), args + 1, n - 1, ptxi_decimal_div, err);
}

PTXI_FN(floor)
{
	return ptxi_result_float(x, floor(ptxi_go_to_float64(args[0])));
}

PTXI_FN(ceil)
{
	return ptxi_result_float(x, ceil(ptxi_go_to_float64(args[0])));
}

/* 10^y by squaring, rounded at each step as Go's Pow rounds. */
static double power_of_ten(int64_t y)
{
	double a = 1;
	int64_t a_exponent = 0;
	int exponent = 0;
	double b = frexp(10, &exponent);
	int64_t b_exponent = exponent;

	if (y > 400 || y < -400)
		return y > 0 ? INFINITY : 0;
	for (int64_t i = y < 0 ? -y : y; i; i >>= 1) {
		if (i & 1) {
			a *= b;
			a_exponent += b_exponent;
		}
		b *= b;
		b_exponent *= 2;
		if (b < .5) {
			b += b;
			b_exponent--;
		}
	}
	if (y < 0) {
		a = 1 / a;
		a_exponent = -a_exponent;
	}
	return ldexp(a, (int)a_exponent);
}

PTXI_FN(round)
{
	double on = n > 2 ? args[2]->f : .5;
	double power = power_of_ten(args[1]->i);
	double digit = power * ptxi_go_to_float64(args[0]);
	double whole = 0;
	double part = modf(digit, &whole);

	return ptxi_result_float(x, (part >= on ? ceil(digit) : floor(digit)) / power);
}

/* start, start + step, ... before stop; `add` gets each. */
static int count_up(struct ptxi_exec *x, int64_t start, int64_t stop, int64_t step,
		    int (*add)(struct ptxi_exec *, int64_t, void *), void *user,
		    struct ptx_error **err)
{
	bool down = stop < start;

	if (down ? step >= 0 : step <= 0)
		return 0;
	for (int64_t i = start; down ? i > stop : i < stop;) {
		if (ptxi_exec_step(x, 1, err) < 0)
			return PTX_E_LIMIT;
		if (add(x, i, user) < 0)
			return PTX_E_NOMEM;
		if (__builtin_add_overflow(i, step, &i))
			break;
	}
	return 0;
}

static int add_int(struct ptxi_exec *x, int64_t i, void *user)
{
	ptx_value_append(user, ptxi_go_new_int(x->arena, i));
	return ptx_arena_status(x->arena);
}

static struct ptx_value *int_list(struct ptxi_exec *x, int64_t start, int64_t stop, int64_t step,
				  struct ptx_error **err)
{
	struct ptx_value *list = ptxi_go_new_list(x->arena, PTXI_GO_INTS);

	return list && count_up(x, start, stop, step, add_int, list, err) == 0 ? list : NULL;
}

PTXI_FN(until)
{
	return int_list(x, 0, args[0]->i, args[0]->i < 0 ? -1 : 1, err);
}

PTXI_FN(until_step)
{
	return int_list(x, args[0]->i, args[1]->i, args[2]->i, err);
}

static int add_text(struct ptxi_exec *x PTXI_UNUSED, int64_t i, void *user)
{
	struct ptx_buf *b = user;

	ptx_buf_printf(b, b->n ? " %lld" : "%lld", (long long)i);
	return b->status;
}

PTXI_FN(seq)
{
	int64_t start = n > 1 ? args[0]->i : 1;
	int64_t end = n > 0 ? args[n - 1]->i : 0;
	int64_t past = end < start ? -1 : 1;
	int64_t step = n == 3 ? args[1]->i : past;
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	if (n == 0 || n > 3 || (n == 3 && past < 0 && step > 0))
		return ptxi_result_buf(x, &b, err);
	if (count_up(x, start, wrapped_add(end, past), step, add_text, &b, err) == PTX_E_LIMIT) {
		ptx_buf_done(&b);
		return NULL;
	}
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(rand_int)
{
	uint64_t at = 0;
	uint64_t below = (uint64_t)args[1]->i - (uint64_t)args[0]->i;

	if ((int64_t)below <= 0)
		return ptxi_func_fail(err, "invalid argument to Intn");
	if (ptxi_exec_random_below(x, below, &at, err) < 0)
		return NULL;
	return ptxi_result_int(x, wrapped_add(args[0]->i, (int64_t)at));
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "add",       "v*",   fn_add },
	{ "add1",      "v",    fn_add1 },
	{ "add1f",     "v",    fn_add1f },
	{ "addf",      "v*",   fn_addf },
	{ "biggest",   "vv*",  fn_max },
	{ "ceil",      "v",    fn_ceil },
	{ "div",       "vv",   fn_div },
	{ "divf",      "vv*",  fn_divf },
	{ "floor",     "v",    fn_floor },
	{ "max",       "vv*",  fn_max },
	{ "maxf",      "vv*",  fn_maxf },
	{ "min",       "vv*",  fn_min },
	{ "minf",      "vv*",  fn_minf },
	{ "mod",       "vv",   fn_mod },
	{ "mul",       "vv*",  fn_mul },
	{ "mulf",      "vv*",  fn_mulf },
	{ "randInt",   "ii",   fn_rand_int },
	{ "round",     "vif*", fn_round },
	{ "seq",       "i*",   fn_seq },
	{ "sub",       "vv",   fn_sub },
	{ "subf",      "vv*",  fn_subf },
	{ "until",     "i",    fn_until },
	{ "untilStep", "iii",  fn_until_step },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_math = { "math", rows, PTXI_COUNT(rows) };
