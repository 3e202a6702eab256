/* SPDX-License-Identifier: Apache-2.0 */
/* certs_filter.c - tells eight numbers at once that are hardly prime, with AVX-512 IFMA.
 *
 * Of the odd numbers of 1,024 bits that small primes do not divide, one in 40 is a prime, and
 * to find that out takes an exponentiation each: nearly all of the time of a chart that makes
 * certificates. No library of the system has eight of them at once, which take as long as one. What
 * is found here is not believed: the caller proves it with GMP, so a mistake could cost time, and
 * nothing else. Where the processor has no such instructions, all is left to the caller.
 *
 * A number stands as digits of 52 bits, and the same digit of all eight in one register. With R =
 * 2^(52 * digits) and n < R / 16, a square in Montgomery's form (HAC 14.36) of a number below 4n
 * ends below 2n, and its double below 4n: nothing has to be reduced between the steps, and to
 * multiply by the base is to add.
 */
#include "certs_priv.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define DIGIT_BITS 52u
#define DIGIT_MASK ((UINT64_C(1) << DIGIT_BITS) - 1)
#define FEW        10u /* digits */
#define MOST       20u
#define SLACK      4u   /* bits between n and R */
#define FEWEST     200u /* bits: below, GMP takes no longer */
#define HEAD       10u  /* bits of the exponent that a shift makes up for */

/* Digits are registers when the loops over them are unrolled. A sanitizer's checks of each index
 * would take minutes to compile then. */
#ifdef __has_feature
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
#if SANITIZED
#define UNROLL
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 40")
#endif
#define VECTOR __attribute__((target("avx512f,avx512dq,avx512ifma")))
#define INLINE static inline __attribute__((always_inline)) VECTOR

typedef __m512i lanes;

struct batch {
	unsigned digits;
	unsigned bits; /* of the longest number */
	uint64_t n[MOST][PTXI_CERTS_LANES];
	uint64_t power[MOST][PTXI_CERTS_LANES]; /* of 2, times R */
	uint64_t inverse[PTXI_CERTS_LANES];     /* -1/n modulo a digit */
};

INLINE lanes add_low(lanes to, lanes a, lanes b)
{
	return _mm512_madd52lo_epu64(to, a, b);
}

INLINE lanes add_high(lanes to, lanes a, lanes b)
{
	return _mm512_madd52hi_epu64(to, a, b);
}

/* a = a * a / R modulo n, and doubled in the lanes of `twice`. Digits of products sum up in 64
 * bits: at most 4 * digits numbers of 52 bits, which leaves room. */
INLINE void square(lanes *a, const lanes *n, lanes inverse, __mmask8 twice, unsigned digits)
{
	const lanes zero = _mm512_setzero_si512();
	const lanes mask = _mm512_set1_epi64((long long)DIGIT_MASK);
	lanes carry = zero;
	lanes t[2 * MOST];

	UNROLL
	for (unsigned i = 0; i < 2 * digits; i++)
		t[i] = zero;
	UNROLL
	for (unsigned i = 0; i < digits; i++) {
		UNROLL
		for (unsigned k = i + 1; k < digits; k++) {
			t[i + k] = add_low(t[i + k], a[i], a[k]);
			t[i + k + 1] = add_high(t[i + k + 1], a[i], a[k]);
		}
	}
	UNROLL
	for (unsigned i = 0; i < 2 * digits; i++)
		t[i] = _mm512_add_epi64(t[i], t[i]);
	UNROLL
	for (unsigned i = 0; i < digits; i++) {
		t[2 * i] = add_low(t[2 * i], a[i], a[i]);
		t[2 * i + 1] = add_high(t[2 * i + 1], a[i], a[i]);
	}
	UNROLL
	for (unsigned i = 0; i < digits; i++) {
		lanes m = add_low(zero, t[i], inverse);

		t[i] = add_low(t[i], m, n[0]);
		t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srli_epi64(t[i], DIGIT_BITS));
		t[i + 1] = add_high(t[i + 1], m, n[0]);
		UNROLL
		for (unsigned k = 1; k < digits; k++) {
			t[i + k] = add_low(t[i + k], m, n[k]);
			t[i + k + 1] = add_high(t[i + k + 1], m, n[k]);
		}
	}
	UNROLL
	for (unsigned i = 0; i < digits; i++) {
		lanes x = t[digits + i];

		x = _mm512_add_epi64(_mm512_mask_add_epi64(x, twice, x, x), carry);
		carry = _mm512_srli_epi64(x, DIGIT_BITS);
		a[i] = _mm512_and_si512(x, mask);
	}
}

/* From 2 to the exponent's head to 2 to n - 1, from the highest of the other bits on. Those are
 * n's, but for the lowest. */
INLINE void raise(struct batch *b, unsigned digits)
{
	const lanes inverse = _mm512_loadu_si512(b->inverse);
	lanes n[MOST];
	lanes a[MOST];

	for (unsigned i = 0; i < digits; i++) {
		n[i] = _mm512_loadu_si512(b->n[i]);
		a[i] = _mm512_loadu_si512(b->power[i]);
	}
	for (unsigned bit = b->bits - HEAD; bit-- > 1;)
		square(a, n, inverse,
		       _mm512_test_epi64_mask(n[bit / DIGIT_BITS],
					      _mm512_set1_epi64(1LL << bit % DIGIT_BITS)),
		       digits);
	square(a, n, inverse, 0, digits);
	for (unsigned i = 0; i < digits; i++)
		_mm512_storeu_si512(b->power[i], a[i]);
}

VECTOR static void raise_few(struct batch *b)
{
	raise(b, FEW);
}

VECTOR static void raise_most(struct batch *b)
{
	raise(b, MOST);
}

static void put_digits(const mpz_t n, uint64_t (*digits)[PTXI_CERTS_LANES], unsigned count,
		       unsigned lane)
{
	mpz_t rest;

	mpz_init_set(rest, n);
	for (unsigned i = 0; i < count; i++) {
		digits[i][lane] = mpz_get_ui(rest) & DIGIT_MASK;
		mpz_fdiv_q_2exp(rest, rest, DIGIT_BITS);
	}
	mpz_clear(rest);
}

static void get_digits(mpz_t n, uint64_t (*digits)[PTXI_CERTS_LANES], unsigned count, unsigned lane)
{
	mpz_set_ui(n, 0);
	for (unsigned i = count; i-- > 0;) {
		mpz_mul_2exp(n, n, DIGIT_BITS);
		mpz_add_ui(n, n, digits[i][lane]);
	}
}

/* By Newton's iteration: each turn doubles the bits that are right, of which there are three. */
static uint64_t inverse_of(uint64_t n)
{
	uint64_t x = n;

	for (unsigned bits = 3; bits < DIGIT_BITS; bits *= 2)
		x *= 2 - n * x;
	return -x & DIGIT_MASK;
}

static void prepare(struct batch *b, const mpz_t n, unsigned lane)
{
	unsigned long head = 0;
	mpz_t x;

	mpz_init(x);
	put_digits(n, b->n, b->digits, lane);
	b->inverse[lane] = inverse_of(mpz_get_ui(n));
	mpz_fdiv_q_2exp(x, n, b->bits - HEAD);
	head = mpz_get_ui(x);
	mpz_set_ui(x, 1);
	mpz_mul_2exp(x, x, DIGIT_BITS * b->digits + head);
	mpz_fdiv_r(x, x, n);
	put_digits(x, b->power, b->digits, lane);
	mpz_clear(x);
}

/* Whether the power is one: R modulo n. */
static bool is_one(struct batch *b, const mpz_t n, unsigned lane)
{
	mpz_t power;
	mpz_t one;
	bool same = false;

	mpz_init(power);
	mpz_init_set_ui(one, 1);
	mpz_mul_2exp(one, one, DIGIT_BITS * b->digits);
	get_digits(power, b->power, b->digits, lane);
	same = mpz_congruent_p(power, one, n);
	mpz_clear(power);
	mpz_clear(one);
	return same;
}

bool ptxi_certs_can_filter(unsigned bits)
{
	return bits >= FEWEST && bits <= DIGIT_BITS * MOST - SLACK &&
	       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512ifma");
}

unsigned ptxi_certs_filter(mpz_t n[PTXI_CERTS_LANES])
{
	struct batch b = { 0 };
	unsigned found = 0;

	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		if (mpz_sizeinbase(n[i], 2) > b.bits)
			b.bits = (unsigned)mpz_sizeinbase(n[i], 2);
	b.digits = b.bits <= DIGIT_BITS * FEW - SLACK ? FEW : MOST;
	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		prepare(&b, n[i], i);
	if (b.digits == FEW)
		raise_few(&b);
	else
		raise_most(&b);
	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		if (is_one(&b, n[i], i))
			found |= 1u << i;
	return found;
}

#else

bool ptxi_certs_can_filter(unsigned bits)
{
	(void)bits;
	return false;
}

unsigned ptxi_certs_filter(mpz_t n[PTXI_CERTS_LANES])
{
	(void)n;
	return (1u << PTXI_CERTS_LANES) - 1;
}

#endif
