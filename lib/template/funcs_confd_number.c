/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd_number.c - confd's arithmetic and comparison, as OpenPitrix's agent has them.
 *
 * Values in the store are strings, so strings that are numbers count as numbers: one with a point
 * is a float64, others an int64. Two whole numbers give an int64 (division cuts), anything else a
 * float64; a result of nothing but zeros is an int. Comparison is by float64: lists and maps count
 * by their length, what is no number by 0, and two strings that are no numbers by their bytes.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_confd.h"
#include "exec.h"
#include "../text/gonum.h"
#include "../text/goquote.h"

#include <math.h>

struct number {
	enum { NONE, WHOLE, FLOATING } kind;
	int64_t i;
	double f;
};

/* A string as a number. With err, why it is none is said in Go's words. */
static bool from_string(struct ptx_str s, struct number *n, struct ptx_error **err)
{
	bool floating = ptxi_str_find_char(s, '.') != SIZE_MAX;
	enum ptxi_go_number status =
	    floating ? ptxi_go_parse_float(s, &n->f) : ptxi_go_parse_int(s, 10, &n->i);
	ptx_auto_buf quoted = { 0 };

	n->kind = floating ? FLOATING : WHOLE;
	if (status == PTXI_NUMBER_OK)
		return true;
	n->kind = NONE;
	if (!err)
		return false;
	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(s, false, &quoted);
	ptx_fail(err, PTX_E_INVALID,
		 "Can't apply the operator to the value [%.*s] ,err [strconv.%s: parsing %s: %s] ",
		 PTX_STR_ARG(s), floating ? "ParseFloat" : "ParseInt", quoted.p,
		 ptxi_go_number_error(status));
	return false;
}

/* False only for a string that is no number. */
static bool to_number(const struct ptx_value *v, struct number *n, struct ptx_error **err)
{
	*n = (struct number){ .kind = NONE };
	switch (ptxi_go_kind(v)) {
	case PTXI_KIND_STRING:
		return from_string(v->s, n, err);
	case PTXI_KIND_INT:
	case PTXI_KIND_UINT:
		n->kind = WHOLE;
		n->i = v->i;
		return true;
	case PTXI_KIND_FLOAT:
		n->kind = FLOATING;
		n->f = v->f;
		return true;
	default:
		return true;
	}
}

static double as_float(const struct number *n)
{
	return n->kind == WHOLE ? (double)n->i : n->f;
}

/* Go's int64 arithmetic wraps around. */
static int64_t whole(char op, int64_t a, int64_t b)
{
	switch (op) {
	case '+':
		return (int64_t)((uint64_t)a + (uint64_t)b);
	case '-':
		return (int64_t)((uint64_t)a - (uint64_t)b);
	case '*':
		return (int64_t)((uint64_t)a * (uint64_t)b);
	default:
		return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
	}
}

static double floating(char op, double a, double b)
{
	switch (op) {
	case '+':
		return a + b;
	case '-':
		return a - b;
	case '*':
		return a * b;
	default:
		return a / b;
	}
}

static struct ptx_value *arithmetic(struct ptxi_exec *x, struct ptx_value **args, char op,
				    struct ptx_error **err)
{
	struct number a;
	struct number b;

	if (!to_number(args[0], &a, err) || !to_number(args[1], &b, err))
		return NULL;
	if (a.kind == NONE || b.kind == NONE) {
		ptx_fail(err, PTX_E_INVALID, "Can't apply the operator to the values");
		return NULL;
	}
	if (a.kind == WHOLE && b.kind == WHOLE) {
		if (op == '/' ? b.i != 0 : (a.i != 0 || b.i != 0))
			return ptx_value_int(x->arena, whole(op, a.i, b.i));
	} else if (op == '/' ? as_float(&b) != 0 : (as_float(&a) != 0 || as_float(&b) != 0)) {
		return ptx_value_float(x->arena, floating(op, as_float(&a), as_float(&b)));
	}
	if (op != '/')
		return ptxi_go_new_int(x->arena, 0);
	ptx_fail(err, PTX_E_INVALID, "Can't divide the value by 0");
	return NULL;
}

PTXI_CONFD_FN(add)
{
	(void)n;
	return arithmetic(x, args, '+', err);
}

PTXI_CONFD_FN(sub)
{
	(void)n;
	return arithmetic(x, args, '-', err);
}

PTXI_CONFD_FN(mul)
{
	(void)n;
	return arithmetic(x, args, '*', err);
}

PTXI_CONFD_FN(div)
{
	(void)n;
	return arithmetic(x, args, '/', err);
}

PTXI_CONFD_FN(mod)
{
	struct number a;
	struct number b;

	(void)n;
	if (!to_number(args[0], &a, err) || !to_number(args[1], &b, err))
		return NULL;
	if (a.kind != WHOLE || b.kind != WHOLE) {
		ptx_fail(err, PTX_E_INVALID,
			 "Modulo operator can't be used with non integer value");
		return NULL;
	}
	if (b.i == 0) {
		ptx_fail(err, PTX_E_INVALID,
			 "The number can't be divided by zero at modulo operation");
		return NULL;
	}
	return ptx_value_int(x->arena, b.i == -1 ? 0 : a.i % b.i);
}

static struct ptx_value *extreme(struct ptxi_exec *x, struct ptx_value **args, bool largest,
				 struct ptx_error **err)
{
	struct number a;
	struct number b;
	double fa = 0;
	double fb = 0;
	bool first = false;

	if (!to_number(args[0], &a, err) || !to_number(args[1], &b, err))
		return NULL;
	if (a.kind == NONE || b.kind == NONE) {
		ptx_fail(err, PTX_E_INVALID, "%s operator can't apply to the values",
			 largest ? "Max" : "Min");
		return NULL;
	}
	fa = as_float(&a);
	fb = as_float(&b);
	if (isnan(fa) || isnan(fb))
		return ptx_value_float(x->arena, NAN);
	first = fa == fb ? (largest ? !signbit(fa) : signbit(fa)) : (largest ? fa > fb : fa < fb);
	return ptx_value_float(x->arena, first ? fa : fb);
}

PTXI_CONFD_FN(max)
{
	(void)n;
	return extreme(x, args, true, err);
}

PTXI_CONFD_FN(min)
{
	(void)n;
	return extreme(x, args, false, err);
}

static bool equal(const struct ptx_value *a, const struct ptx_value *b)
{
	struct number na;
	struct number nb;

	if (!to_number(a, &na, NULL))
		na.kind = NONE;
	if (!to_number(b, &nb, NULL))
		nb.kind = NONE;
	if (na.kind != NONE && nb.kind != NONE)
		return as_float(&na) == as_float(&nb);
	return na.kind == nb.kind && ptxi_go_deep_equal(a, b);
}

PTXI_CONFD_FN(eq)
{
	(void)n;
	(void)err;
	return ptxi_result_bool(x, equal(args[0], args[1]));
}

PTXI_CONFD_FN(ne)
{
	(void)n;
	(void)err;
	return ptxi_result_bool(x, !equal(args[0], args[1]));
}

/* What a value counts as; *text is set for a string that is no number. */
static double weight(const struct ptx_value *v, bool *text)
{
	double f = 0;

	*text = false;
	switch (ptxi_go_kind(v)) {
	case PTXI_KIND_SLICE:
	case PTXI_KIND_MAP:
		return (double)(v->kind == PTX_BYTES ? v->s.n : ptx_value_count(v));
	case PTXI_KIND_INT:
		return (double)v->i;
	case PTXI_KIND_FLOAT:
		return v->f;
	case PTXI_KIND_STRING:
		*text = ptxi_go_parse_float(v->s, &f) != PTXI_NUMBER_OK;
		return f;
	case PTXI_KIND_STRUCT:
		return v->kind == PTX_TIME ? (double)v->time->unix_seconds : 0;
	default:
		return 0;
	}
}

static struct ptx_value *compare(struct ptxi_exec *x, struct ptx_value **args, const char *op)
{
	bool a_text = false;
	bool b_text = false;
	double a = weight(args[0], &a_text);
	double b = weight(args[1], &b_text);
	bool result = false;

	if (a_text && b_text) {
		a = ptxi_str_cmp(args[0]->s, args[1]->s);
		b = 0;
	}
	if (op[0] == 'l')
		result = op[1] == 't' ? a < b : a <= b;
	else
		result = op[1] == 't' ? a > b : a >= b;
	return ptxi_result_bool(x, result);
}

PTXI_CONFD_FN(lt)
{
	(void)n;
	(void)err;
	return compare(x, args, "lt");
}

PTXI_CONFD_FN(le)
{
	(void)n;
	(void)err;
	return compare(x, args, "le");
}

PTXI_CONFD_FN(gt)
{
	(void)n;
	(void)err;
	return compare(x, args, "gt");
}

PTXI_CONFD_FN(ge)
{
	(void)n;
	(void)err;
	return compare(x, args, "ge");
}

PTXI_CONFD_FN(to_int)
{
	int64_t i = 0;

	(void)n;
	(void)err;
	if (ptxi_go_parse_int(args[0]->s, 10, &i) != PTXI_NUMBER_OK) {
		ptxi_confd_warn(x, "atoi: '%.*s' is no number", PTX_STR_ARG(args[0]->s));
		i = 0;
	}
	return ptxi_go_new_int(x->arena, i);
}

PTXI_CONFD_FN(seq)
{
	int64_t first = args[0]->i;
	int64_t last = args[1]->i;
	struct ptx_value *list = NULL;
	uint64_t count = first <= last ? (uint64_t)last - (uint64_t)first + 1 : 0;

	(void)n;
	if (first > last)
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_INTS);
	if (count == 0 || ptxi_exec_step(x, count, err) < 0) {
		if (!*err)
			ptx_fail(err, PTX_E_LIMIT, "it takes too many steps");
		return NULL;
	}
	list = ptxi_go_new_list(x->arena, PTXI_GO_INTS);
	for (uint64_t i = 0; i < count; i++)
		ptx_value_append(list, ptxi_go_new_int(x->arena, first + (int64_t)i));
	return list;
}
