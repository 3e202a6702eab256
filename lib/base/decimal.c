/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.c - exact decimal numbers: a big whole number times a power of ten.
 *
 * Sums, differences and products are exact, so their digits grow; a limit bounds them. Before a sum
 * the number with the larger exponent is multiplied up to the smaller one.
 */
#define PTX_AREA PTX_AREA_BASE
#include "decimal.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>

#define PLACES        16     /* of a quotient */
#define MOST_BITS     330000 /* of a coefficient: about 100,000 digits */
#define MOST_EXPONENT 100000

struct ptxi_decimal {
	BIGNUM *n;
	int64_t exponent;
};

void ptxi_decimal_free(struct ptxi_decimal *d)
{
	if (!d)
		return;
	BN_free(d->n);
	ptx_free(d);
}

struct ptxi_decimal *ptxi_decimal_new(double f)
{
	ptxi_auto(decimal) d = ptxi_alloc(sizeof(*d));
	char digits[20] = "";
	int exponent = 0;
	size_t count = ptxi_double_digits(f, digits, &exponent);

	if (!d)
		return NULL;
	digits[count] = '\0';
	if (!BN_dec2bn(&d->n, digits))
		return NULL;
	BN_set_negative(d->n, f < 0);
	d->exponent = exponent - (int64_t)count;
	return ptx_steal(&d);
}

bool ptxi_decimal_is_zero(const struct ptxi_decimal *d)
{
	return BN_is_zero(d->n);
}

static int no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int too_large(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_LIMIT, "the number has too many digits");
}

/* n * 10^power in a new number. */
static BIGNUM *scaled(const BIGNUM *n, int64_t power, BN_CTX *ctx)
{
	BIGNUM *ten = BN_new();
	BIGNUM *e = BN_new();
	BIGNUM *out = BN_new();

	if (!ten || !e || !out || !BN_set_word(ten, 10) || !BN_set_word(e, (BN_ULONG)power) ||
	    !BN_exp(out, ten, e, ctx) || !BN_mul(out, out, n, ctx)) {
		BN_free(out);
		out = NULL;
	}
	BN_free(ten);
	BN_free(e);
	return out;
}

static bool fits(const struct ptxi_decimal *d)
{
	return BN_num_bits(d->n) <= MOST_BITS && d->exponent >= -MOST_EXPONENT &&
	       d->exponent <= MOST_EXPONENT;
}

static int sum(struct ptxi_decimal *d, const struct ptxi_decimal *by, bool minus,
	       struct ptx_error **err)
{
	int64_t least = d->exponent < by->exponent ? d->exponent : by->exponent;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = NULL;
	BIGNUM *b = NULL;
	bool ok = false;

	if (!fits(d) || !fits(by)) {
		BN_CTX_free(ctx);
		return too_large(err);
	}
	a = ctx ? scaled(d->n, d->exponent - least, ctx) : NULL;
	b = ctx ? scaled(by->n, by->exponent - least, ctx) : NULL;
	ok = a && b && (minus ? BN_sub(d->n, a, b) : BN_add(d->n, a, b));
	d->exponent = least;
	BN_free(a);
	BN_free(b);
	BN_CTX_free(ctx);
	return ok ? 0 : no_memory(err);
}

int ptxi_decimal_add(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err)
{
	return sum(d, by, false, err);
}

int ptxi_decimal_sub(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err)
{
	return sum(d, by, true, err);
}

int ptxi_decimal_mul(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err)
{
	BN_CTX *ctx = BN_CTX_new();
	bool ok = ctx && BN_mul(d->n, d->n, by->n, ctx);

	BN_CTX_free(ctx);
	d->exponent += by->exponent;
	if (!ok)
		return no_memory(err);
	return fits(d) ? 0 : too_large(err);
}

/* |n| = |n| / |by| rounded half up. */
static bool divide(BIGNUM *n, const BIGNUM *by, BN_CTX *ctx)
{
	BIGNUM *rest = BN_new();
	bool negative = BN_is_negative(n) != BN_is_negative(by);
	bool ok = rest && BN_div(n, rest, n, by, ctx) && BN_lshift1(rest, rest);

	if (ok && BN_ucmp(rest, by) >= 0)
		ok = negative ? BN_sub_word(n, 1) : BN_add_word(n, 1);
	BN_free(rest);
	return ok;
}

int ptxi_decimal_div(struct ptxi_decimal *d, const struct ptxi_decimal *by, struct ptx_error **err)
{
	int64_t power = d->exponent - by->exponent + PLACES;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = NULL;
	BIGNUM *divisor = NULL;
	bool ok = false;

	if (!fits(d) || !fits(by)) {
		BN_CTX_free(ctx);
		return too_large(err);
	}
	n = ctx ? scaled(d->n, power > 0 ? power : 0, ctx) : NULL;
	divisor = ctx ? scaled(by->n, power < 0 ? -power : 0, ctx) : NULL;
	ok = n && divisor && divide(n, divisor, ctx) && BN_copy(d->n, n);
	d->exponent = -PLACES;
	BN_free(n);
	BN_free(divisor);
	BN_CTX_free(ctx);
	return ok ? 0 : no_memory(err);
}

int ptxi_decimal_double(const struct ptxi_decimal *d, double *out, struct ptx_error **err)
{
	char *digits = BN_bn2dec(d->n);
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (digits)
		ptx_buf_printf(&text, "%se%lld", digits, (long long)d->exponent);
	OPENSSL_free(digits);
	if (!digits || !ptx_buf_ok(&text))
		return no_memory(err);
	return ptxi_parse_double(ptx_buf_str(&text), out)
		   ? 0
		   : ptx_fail(err, PTX_E_INTERNAL, "'%s' is no number", text.p);
}
