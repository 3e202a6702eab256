/* SPDX-License-Identifier: Apache-2.0 */
/* schema_number.c - numbers by their decimal digits, so that 0.3 is a multiple of 0.1 and 1.0 is a
 * whole number.
 *
 * A double stands for the shortest text that reads back as it, as everywhere in Go. Only multipleOf
 * needs arithmetic; its large numbers are OpenSSL's.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"

#include <openssl/bn.h>

#define LARGEST_EXPONENT 100000

/* Digits without zeros at either end; point is where the decimal point stands among them. */
static void normalise(struct ptxi_numeral *d, int64_t point)
{
	while (d->digits.n && d->digits.p[0] == '0') {
		d->digits = ptxi_str_from(d->digits, 1);
		point--;
	}
	while (d->digits.n && d->digits.p[d->digits.n - 1] == '0')
		d->digits.n--;
	d->exponent = d->digits.n ? point : 0;
	if (!d->digits.n)
		d->negative = false;
}

static bool parse_text(struct ptx_arena *a, struct ptx_str s, struct ptxi_numeral *out)
{
	char *digits = ptxi_arena_bytes(a, s.n + 1);
	int64_t point = -1;
	int64_t exponent = 0;
	size_t n = 0;
	size_t i = 0;

	if (!digits)
		return false;
	if (i < s.n && s.p[i] == '-') {
		out->negative = true;
		i++;
	}
	for (; i < s.n && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
		if (s.p[i] == '.')
			point = (int64_t)n;
		else
			digits[n++] = s.p[i];
	}
	if (i < s.n) {
		struct ptx_str tail = ptxi_str_from(s, i + 1);

		if (tail.n && tail.p[0] == '+')
			tail = ptxi_str_from(tail, 1);
		if (!ptxi_parse_i64(tail, &exponent, -LARGEST_EXPONENT, LARGEST_EXPONENT))
			return false;
	}
	out->digits = ptxi_strn(digits, n);
	normalise(out, (point < 0 ? (int64_t)n : point) + exponent);
	return true;
}

bool ptxi_numeral_of(struct ptx_arena *a, const struct ptx_value *v, struct ptxi_numeral *out)
{
	char room[24] = "";
	int exponent = 0;
	char *digits = NULL;

	*out = (struct ptxi_numeral){ 0 };
	switch (ptx_value_kind(v)) {
	case PTX_INT:
		snprintf(room, sizeof(room), "%lld", (long long)v->i);
		return parse_text(a, ptxi_str(room), out);
	case PTX_UINT:
		snprintf(room, sizeof(room), "%llu", (unsigned long long)v->u);
		return parse_text(a, ptxi_str(room), out);
	case PTX_NUMBER:
		return parse_text(a, v->s, out);
	case PTX_FLOAT:
		if (v->f - v->f != 0)
			return false;
		digits = ptxi_arena_bytes(a, 20);
		if (!digits)
			return false;
		out->negative = v->f < 0;
		out->digits = ptxi_strn(
		    digits, ptxi_double_digits(out->negative ? -v->f : v->f, digits, &exponent));
		normalise(out, exponent);
		return true;
	default:
		return false;
	}
}

static int compare_size(const struct ptxi_numeral *a, const struct ptxi_numeral *b)
{
	if (!a->digits.n || !b->digits.n)
		return (a->digits.n > 0) - (b->digits.n > 0);
	if (a->exponent != b->exponent)
		return a->exponent < b->exponent ? -1 : 1;
	/* No zeros at the end: the longer of two that begin alike is the larger. */
	return ptxi_str_cmp(a->digits, b->digits);
}

int ptxi_numeral_compare(const struct ptxi_numeral *a, const struct ptxi_numeral *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? compare_size(b, a) : compare_size(a, b);
}

bool ptxi_numeral_is_whole(const struct ptxi_numeral *d)
{
	return d->exponent >= (int64_t)d->digits.n;
}

double ptxi_numeral_double(const struct ptxi_numeral *d)
{
	ptx_auto_buf text = { 0 };
	double f = 0;

	if (!d->digits.n)
		return 0;
	ptx_buf_init(&text, 0);
	ptx_buf_printf(&text, "%s0.%.*se%lld", d->negative ? "-" : "", PTX_STR_ARG(d->digits),
		       (long long)d->exponent);
	ptxi_parse_double(ptx_buf_str(&text), &f);
	return f;
}

/* The digits as a whole number. */
static BIGNUM *whole_of(const struct ptxi_numeral *d)
{
	BIGNUM *n = NULL;
	char *text = ptxi_str_dup(d->digits);

	if (text)
		BN_dec2bn(&n, text);
	ptx_free(text);
	return n;
}

bool ptxi_numeral_divides(const struct ptxi_numeral *a, const struct ptxi_numeral *b)
{
	int64_t shift = (a->exponent - (int64_t)a->digits.n) - (b->exponent - (int64_t)b->digits.n);
	BN_CTX *ctx = NULL;
	BIGNUM *x = NULL;
	BIGNUM *y = NULL;
	BIGNUM *ten = NULL;
	BIGNUM *power = NULL;
	bool whole = false;

	if (!a->digits.n)
		return true;
	if (!b->digits.n)
		return false;
	ctx = BN_CTX_new();
	x = whole_of(a);
	y = whole_of(b);
	ten = BN_new();
	power = BN_new();
	/* a/b = x/y * 10^shift */
	if (ctx && x && y && ten && power && BN_set_word(ten, 10) &&
	    BN_set_word(power, (BN_ULONG)(shift < 0 ? -shift : shift))) {
		if (shift >= 0)
			whole = BN_mod_exp(ten, ten, power, y, ctx) &&
				BN_mod_mul(x, x, ten, y, ctx) && BN_is_zero(x);
		else if (-shift <=
			 (int64_t)a->digits.n + 1) /* else 10^-shift alone is larger than x */
			whole = BN_exp(ten, ten, power, ctx) && BN_mul(y, y, ten, ctx) &&
				BN_mod(x, x, y, ctx) && BN_is_zero(x);
	}
	BN_free(x);
	BN_free(y);
	BN_free(ten);
	BN_free(power);
	BN_CTX_free(ctx);
	return whole;
}

static bool equal_numbers(struct ptx_arena *a, const struct ptx_value *x, const struct ptx_value *y)
{
	struct ptxi_numeral p = { 0 };
	struct ptxi_numeral q = { 0 };

	return ptxi_numeral_of(a, x, &p) && ptxi_numeral_of(a, y, &q) &&
	       ptxi_numeral_compare(&p, &q) == 0;
}

static bool equal_lists(struct ptx_arena *a, const struct ptx_value *x, const struct ptx_value *y)
{
	if (x->list.n != y->list.n)
		return false;
	for (size_t i = 0; i < x->list.n; i++)
		if (!ptxi_schema_equal(a, x->list.v[i], y->list.v[i]))
			return false;
	return true;
}

static bool equal_maps(struct ptx_arena *a, const struct ptx_value *x, const struct ptx_value *y)
{
	if (x->map.n != y->map.n)
		return false;
	for (size_t i = 0; i < x->map.n; i++) {
		const struct ptxi_entry *e = ptxi_value_find(y, x->map.v[i].key);

		if (!e || !ptxi_schema_equal(a, x->map.v[i].value, e->value))
			return false;
	}
	return true;
}

bool ptxi_schema_equal(struct ptx_arena *a, const struct ptx_value *x, const struct ptx_value *y)
{
	if (ptx_value_is_number(x))
		return ptx_value_is_number(y) && equal_numbers(a, x, y);
	if (ptx_value_kind(x) != ptx_value_kind(y))
		return false;
	switch (ptx_value_kind(x)) {
	case PTX_NULL:
		return true;
	case PTX_BOOL:
		return x->b == y->b;
	case PTX_LIST:
		return equal_lists(a, x, y);
	case PTX_MAP:
		return equal_maps(a, x, y);
	case PTX_TIME:
		return ptx_value_equal(x, y);
	default:
		return ptxi_str_eq(x->s, y->s);
	}
}
