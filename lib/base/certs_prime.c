/* SPDX-License-Identifier: Apache-2.0 */
/* certs_prime.c - primes that are proven as they are built.
 *
 * Pocklington: when q is prime, n - 1 = 2qr, q * q > n, 2^(n-1) is 1 modulo n and 2^(2r) - 1 has no
 * common divisor with n, then n is prime (Handbook of Applied Cryptography, 4.3.3). So a prime of
 * half the bits is made first, in the same way, and multiples of it are gone through: those that a
 * small prime divides are crossed out, and the others are tried. GMP does the proof.
 */
#include "certs_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define SMALL_BITS   63u /* up to there GMP's own test is a proof (BPSW below 2^64) */
#define SMALL_ROUNDS 25
#define WINDOW       2048u /* numbers gone through from one start */
#define MOST_DIVISOR (1u << 14)
#define MOST_RANDOM  (16384u / 8u)

struct search {
	mpz_t q, step, first;
	bool composite[WINDOW];
};

bool ptxi_certs_random(mpz_t n, unsigned bits)
{
	unsigned char bytes[MOST_RANDOM];
	size_t size = (bits + 7) / 8;
	size_t at = 0;

	if (size > sizeof(bytes))
		return false;
	while (at < size) {
		ssize_t got = getrandom(bytes + at, size - at, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	mpz_import(n, size, 1, 1, 0, 0, bytes);
	mpz_fdiv_r_2exp(n, n, bits);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

static bool small_prime(mpz_t p, unsigned bits)
{
	do {
		if (!ptxi_certs_random(p, bits))
			return false;
		mpz_setbit(p, bits - 1);
		mpz_setbit(p, bits - 2);
		mpz_setbit(p, 0);
	} while (!mpz_probab_prime_p(p, SMALL_ROUNDS));
	return true;
}

/* 1/a modulo a prime that does not divide it, by Euclid's algorithm. */
static unsigned inverse(unsigned a, unsigned prime)
{
	unsigned r = prime;
	unsigned next = a;
	int x = 0;
	int next_x = 1;

	while (next) {
		unsigned times = r / next;
		unsigned rest = r % next;
		int rest_x = x - (int)times * next_x;

		r = next;
		next = rest;
		x = next_x;
		next_x = rest_x;
	}
	return x < 0 ? (unsigned)(x + (int)prime) : (unsigned)x;
}

/* Crosses out what a prime divides, given the first number and the step modulo it. */
static void cross_out(struct search *s, unsigned prime, unsigned first, unsigned step)
{
	if (step == 0)
		return;
	for (unsigned i = (prime - first) * inverse(step, prime) % prime; i < WINDOW; i += prime)
		s->composite[i] = true;
}

/* Divisors are multiplied up to a word, which the long numbers are divided by. */
static void cross_out_group(struct search *s, const unsigned *primes, size_t count,
			    unsigned long product)
{
	unsigned long first = mpz_fdiv_ui(s->first, product);
	unsigned long step = mpz_fdiv_ui(s->step, product);

	for (size_t i = 0; i < count; i++)
		cross_out(s, primes[i], (unsigned)(first % primes[i]),
			  (unsigned)(step % primes[i]));
}

/* Not inlined: its table would stand on the stack of each level. */
__attribute__((noinline)) static void sieve(struct search *s, unsigned most)
{
	bool divisible[MOST_DIVISOR / 2] = { false }; /* of the odd numbers */
	unsigned group[sizeof(unsigned long) * 8];
	size_t count = 0;
	unsigned long product = 1;

	memset(s->composite, 0, sizeof(s->composite));
	for (unsigned p = 3; p < most; p += 2) {
		unsigned long more = 0;

		if (divisible[p / 2])
			continue;
		for (unsigned i = p * p; i < most; i += 2 * p)
			divisible[i / 2] = true;
		if (__builtin_mul_overflow(product, p, &more)) {
			cross_out_group(s, group, count, product);
			count = 0;
			more = p;
		}
		product = more;
		group[count++] = p;
	}
	cross_out_group(s, group, count, product);
}

static bool prove(const struct search *s, const mpz_t n)
{
	mpz_t base;
	mpz_t power;
	mpz_t exponent;
	bool is_prime = false;

	mpz_init_set_ui(base, 2);
	mpz_inits(power, exponent, NULL);
	mpz_fdiv_q(exponent, n, s->q); /* 2r: n is 1 more than a multiple of q */
	mpz_powm(power, base, exponent, n);
	mpz_powm(base, power, s->q, n);
	if (mpz_cmp_ui(base, 1) == 0) {
		mpz_sub_ui(power, power, 1);
		mpz_gcd(power, power, n);
		is_prime = mpz_cmp_ui(power, 1) == 0;
	}
	mpz_clears(base, power, exponent, NULL);
	return is_prime;
}

/* The first of numbers that is proven to be prime, into p. */
static bool prove_one(const struct search *s, mpz_t n[PTXI_CERTS_LANES], unsigned count, mpz_t p)
{
	unsigned likely = (1u << count) - 1;

	if (count == PTXI_CERTS_LANES)
		likely = ptxi_certs_filter(n);
	for (unsigned i = 0; i < count; i++) {
		if (likely >> i & 1 && prove(s, n[i])) {
			mpz_set(p, n[i]);
			return true;
		}
	}
	return false;
}

/* Goes through the numbers of the window that are left, up to 2^bits. */
static bool look(const struct search *s, unsigned bits, mpz_t p)
{
	unsigned lanes = ptxi_certs_can_filter(bits) ? PTXI_CERTS_LANES : 1;
	mpz_t n[PTXI_CERTS_LANES];
	unsigned count = 0;
	bool found = false;

	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		mpz_init(n[i]);
	for (unsigned i = 0; i < WINDOW && !found; i++) {
		if (s->composite[i])
			continue;
		mpz_set(n[count], s->first);
		mpz_addmul_ui(n[count], s->step, i);
		if (mpz_sizeinbase(n[count], 2) > bits)
			break;
		if (++count == lanes) {
			found = prove_one(s, n, count, p);
			count = 0;
		}
	}
	if (!found && count)
		found = prove_one(s, n, count, p);
	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		mpz_clear(n[i]);
	return found;
}

/* A start: 1 more than a random multiple of the step, from 3/4 of 2^bits to 2^bits. */
static bool set_start(struct search *s, unsigned bits)
{
	mpz_t n;
	bool ok = false;

	mpz_init(n);
	ok = ptxi_certs_random(n, bits + 64); /* 64 more: hardly any is likelier then */
	mpz_set_ui(s->first, 1);
	mpz_mul_2exp(s->first, s->first, bits - 2);
	mpz_fdiv_r(n, n, s->first);
	mpz_addmul_ui(n, s->first, 3);
	mpz_cdiv_q(n, n, s->step);
	mpz_mul(s->first, n, s->step);
	mpz_add_ui(s->first, s->first, 1);
	mpz_clear(n);
	return ok;
}

static bool large_prime(struct search *s, mpz_t p, unsigned bits)
{
	/* What pays, measured: to try a number costs the more without the filter. */
	unsigned most = bits * (ptxi_certs_can_filter(bits) ? 8 : 16);

	if (!ptxi_certs_prime(s->q, (bits + 3) / 2)) /* so that q * q > 2^bits */
		return false;
	mpz_mul_2exp(s->step, s->q, 1);
	do {
		if (!set_start(s, bits))
			return false;
		sieve(s, most < MOST_DIVISOR ? most : MOST_DIVISOR);
	} while (!look(s, bits, p));
	return true;
}

bool ptxi_certs_prime(mpz_t p, unsigned bits)
{
	struct search s;
	bool ok = false;

	if (bits <= SMALL_BITS)
		return small_prime(p, bits);
	mpz_inits(s.q, s.step, s.first, NULL);
	ok = large_prime(&s, p, bits);
	mpz_clears(s.q, s.step, s.first, NULL);
	return ok;
}
