/* SPDX-License-Identifier: Apache-2.0 */
/* certs_rsa.c - RSA (RFC 8017) over GMP's numbers. Exponents that are secret go through
 * mpz_powm_sec(). */
#include "certs_priv.h"

#include <string.h>

#define EXPONENT      65537u
#define MOST_EXPONENT 0x7fffffffu
#define FEWEST_BITS   256u
#define MOST_BITS     16384u
#define MOST_DIGEST   64u  /* bytes of a DigestInfo of SHA-256 */
#define FAR_APART     100u /* bits: the primes differ in the highest ones (FIPS 186-5, A.1.3) */
#define LEAST_PADDING 8u

static void init(struct ptxi_rsa *k)
{
	mpz_inits(k->n, k->e, k->d, k->p, k->q, k->dp, k->dq, k->qinv, NULL);
}

static void wipe(mpz_t x)
{
	size_t n = mpz_size(x);

	if (n)
		explicit_bzero(mpz_limbs_modify(x, (mp_size_t)n), n * sizeof(mp_limb_t));
	mpz_clear(x);
}

static void clear(struct ptxi_rsa *k)
{
	wipe(k->d);
	wipe(k->p);
	wipe(k->q);
	wipe(k->dp);
	wipe(k->dq);
	wipe(k->qinv);
	mpz_clears(k->n, k->e, NULL);
}

/* A prime p of which p - 1 is no multiple of the public exponent. */
static bool factor(mpz_t p, unsigned bits)
{
	do {
		if (!ptxi_certs_prime(p, bits))
			return false;
	} while (mpz_fdiv_ui(p, EXPONENT) == 1);
	return true;
}

static bool are_far_apart(const mpz_t p, const mpz_t q, size_t bits)
{
	mpz_t difference;
	bool far = false;

	mpz_init(difference);
	mpz_sub(difference, p, q);
	far = mpz_sizeinbase(difference, 2) + FAR_APART > bits;
	mpz_clear(difference);
	return far;
}

/* All that follows from two primes. */
static void complete(struct ptxi_rsa *k)
{
	mpz_t p1;
	mpz_t q1;
	mpz_t both;

	mpz_inits(p1, q1, both, NULL);
	mpz_set_ui(k->e, EXPONENT);
	mpz_mul(k->n, k->p, k->q);
	mpz_sub_ui(p1, k->p, 1);
	mpz_sub_ui(q1, k->q, 1);
	mpz_lcm(both, p1, q1);
	mpz_invert(k->d, k->e, both);
	mpz_fdiv_r(k->dp, k->d, p1);
	mpz_fdiv_r(k->dq, k->d, q1);
	mpz_invert(k->qinv, k->q, k->p);
	mpz_clears(p1, q1, both, NULL);
}

static bool new_key(struct ptxi_rsa *k, unsigned bits)
{
	do {
		if (!factor(k->p, bits / 2) || !factor(k->q, bits / 2))
			return false;
		complete(k);
		/* Neither happens in practice: two primes that are close, and a d that is short
		 * (FIPS 186-5, A.1.1). */
	} while (!are_far_apart(k->p, k->q, bits / 2) || mpz_sizeinbase(k->d, 2) <= bits / 2);
	return true;
}

size_t ptxi_certs_new_rsa(unsigned bits, unsigned char *der, size_t room)
{
	struct ptxi_rsa k;
	size_t n = 0;

	if (bits < FEWEST_BITS || bits > MOST_BITS || bits % 2)
		return 0;
	init(&k);
	if (new_key(&k, bits))
		n = ptxi_certs_write_rsa(&k, der, room);
	clear(&k);
	return n;
}

/* --- what can be wrong with a key: the checks of Go's crypto/rsa, in its order and words */

/* Go keeps numbers below a modulus in as many words as that has. */
static const char *overflow(const mpz_t x, const mpz_t modulus)
{
	size_t room = (mpz_sizeinbase(modulus, 2) + 63) / 64 * 64;

	if (mpz_cmp(x, modulus) < 0)
		return NULL;
	return (mpz_sizeinbase(x, 2) + 7) / 8 * 8 > room ? "input overflows the modulus size"
							 : "input overflows the modulus";
}

static const char *range_problem(const struct ptxi_rsa *k)
{
	const char *problem = NULL;

	if (mpz_sgn(k->n) <= 0 || mpz_sgn(k->d) <= 0 || mpz_sgn(k->p) <= 0 || mpz_sgn(k->q) <= 0 ||
	    mpz_sgn(k->dp) <= 0 || mpz_sgn(k->dq) <= 0 || mpz_sgn(k->qinv) <= 0)
		return "x509: private key contains zero or negative value";
	if (mpz_cmp_ui(k->n, 1) == 0 || mpz_cmp_ui(k->p, 1) == 0 || mpz_cmp_ui(k->q, 1) == 0)
		return "modulus must be > 1";
	problem = overflow(k->d, k->n);
	return problem ? problem : overflow(k->qinv, k->p);
}

static const char *public_problem(const struct ptxi_rsa *k)
{
	if (mpz_even_p(k->n))
		return "crypto/rsa: public modulus is even";
	if (mpz_cmp_ui(k->e, 2) < 0)
		return "crypto/rsa: public exponent too small or negative";
	if (mpz_even_p(k->e))
		return "crypto/rsa: public exponent is even";
	if (mpz_cmp_ui(k->e, MOST_EXPONENT) > 0)
		return "crypto/rsa: public exponent too large";
	return NULL;
}

/* Whether a * b is 1 modulo m. */
static bool are_inverse(const mpz_t a, const mpz_t b, const mpz_t m)
{
	mpz_t x;
	bool ok = false;

	mpz_init(x);
	mpz_mul(x, a, b);
	mpz_sub_ui(x, x, 1);
	ok = mpz_divisible_p(x, m);
	mpz_clear(x);
	return ok;
}

static const char *prime_problem(const struct ptxi_rsa *k, const mpz_t p1, const mpz_t q1)
{
	mpz_t x;
	bool ok = false;

	if (mpz_cmp(k->p, k->n) >= 0 || mpz_cmp(k->q, k->n) >= 0)
		return "crypto/rsa: invalid prime";
	mpz_init(x);
	mpz_mul(x, k->p, k->q);
	ok = mpz_divisible_p(x, k->n);
	mpz_clear(x);
	if (!ok)
		return "crypto/rsa: p * q != n";
	if (mpz_cmp_ui(p1, 1) == 0 || mpz_cmp_ui(q1, 1) == 0)
		return "crypto/rsa: invalid prime";
	return NULL;
}

static const char *exponent_problem(const struct ptxi_rsa *k, const mpz_t p1, const mpz_t q1)
{
	if (mpz_cmp(k->dp, p1) >= 0 || !are_inverse(k->e, k->dp, p1) || mpz_cmp(k->dq, q1) >= 0 ||
	    !are_inverse(k->e, k->dq, q1))
		return "crypto/rsa: invalid CRT exponent";
	if (!are_inverse(k->q, k->qinv, k->p))
		return "crypto/rsa: invalid CRT coefficient";
	if (!mpz_congruent_p(k->d, k->dp, p1))
		return "crypto/rsa: d does not match dP";
	if (!mpz_congruent_p(k->d, k->dq, q1))
		return "crypto/rsa: d does not match dQ";
	return NULL;
}

static const char *safety_problem(const struct ptxi_rsa *k)
{
	size_t half = mpz_sizeinbase(k->n, 2) / 2;

	if (mpz_cmp(k->p, k->q) == 0)
		return "crypto/rsa: p == q";
	if (!are_far_apart(k->p, k->q, half))
		return "crypto/rsa: |p - q| too small";
	if (mpz_sizeinbase(k->d, 2) <= half)
		return "crypto/rsa: d too small";
	return NULL;
}

static const char *problem_of(const struct ptxi_rsa *k)
{
	const char *problem = range_problem(k);
	mpz_t p1;
	mpz_t q1;

	if (!problem)
		problem = public_problem(k);
	if (problem)
		return problem;
	if (mpz_sizeinbase(k->n, 2) > MOST_BITS)
		return "";
	mpz_inits(p1, q1, NULL);
	mpz_sub_ui(p1, k->p, 1);
	mpz_sub_ui(q1, k->q, 1);
	problem = prime_problem(k, p1, q1);
	if (!problem)
		problem = exponent_problem(k, p1, q1);
	if (!problem)
		problem = safety_problem(k);
	mpz_clears(p1, q1, NULL);
	return problem;
}

/* Into numbers that are initialized; NULL, or what is wrong. */
static const char *read(struct ptx_str der, struct ptxi_rsa *k)
{
	const char *problem = "";

	return ptxi_certs_read_rsa(der, k, &problem) ? problem_of(k) : problem;
}

const char *ptxi_certs_rsa_problem(struct ptx_str key)
{
	struct ptxi_rsa k;
	const char *problem = NULL;

	init(&k);
	problem = read(key, &k);
	clear(&k);
	return problem;
}

/* --- what a key is for */

size_t ptxi_certs_rsa_public(struct ptx_str key, unsigned *bits, unsigned char *der, size_t room)
{
	struct ptxi_rsa k;
	size_t n = 0;

	init(&k);
	if (!read(key, &k)) {
		n = ptxi_certs_write_rsa_public(&k, der, room);
		*bits = (unsigned)mpz_sizeinbase(k.n, 2);
	}
	clear(&k);
	return n;
}

/* to = to^d modulo n, from both primes (RFC 8017, 5.1.2). */
static void raise_to_d(const struct ptxi_rsa *k, mpz_t to)
{
	mpz_t of_p;
	mpz_t of_q;

	mpz_inits(of_p, of_q, NULL);
	mpz_powm_sec(of_p, to, k->dp, k->p);
	mpz_powm_sec(of_q, to, k->dq, k->q);
	mpz_sub(of_p, of_p, of_q);
	mpz_mul(of_p, of_p, k->qinv);
	mpz_fdiv_r(of_p, of_p, k->p);
	mpz_mul(of_p, of_p, k->q);
	mpz_add(to, of_p, of_q);
	mpz_clears(of_p, of_q, NULL);
}

/* 00 01 FF ... FF 00 and the digest with its name (RFC 8017, 9.2). */
static bool pad(const unsigned char digest[PTXI_CERTS_DIGEST], mpz_t out, size_t size)
{
	unsigned char info[MOST_DIGEST];
	unsigned char text[MOST_BITS / 8];
	size_t n = ptxi_certs_write_digest(digest, info, sizeof(info));

	if (!n || n > sizeof(info) || size > sizeof(text) || size < n + 3 + LEAST_PADDING)
		return false;
	memset(text, 0xff, size - n);
	text[0] = 0;
	text[1] = 1;
	text[size - n - 1] = 0;
	memcpy(text + size - n, info, n);
	mpz_import(out, size, 1, 1, 0, 0, text);
	return true;
}

/* A signature that its own key does not confirm would give the primes away (Boneh, DeMillo,
 * Lipton): it is not given out. */
static bool sign(const struct ptxi_rsa *k, mpz_t message)
{
	mpz_t opened;
	mpz_t signature;
	bool ok = false;

	mpz_init(opened);
	mpz_init_set(signature, message);
	raise_to_d(k, signature);
	mpz_powm(opened, signature, k->e, k->n);
	ok = mpz_cmp(opened, message) == 0;
	mpz_set(message, signature);
	mpz_clears(opened, signature, NULL);
	return ok;
}

size_t ptxi_certs_rsa_sign(struct ptx_str key, const unsigned char digest[PTXI_CERTS_DIGEST],
			   unsigned char *signature, size_t room)
{
	struct ptxi_rsa k;
	mpz_t message;
	size_t size = 0;

	init(&k);
	mpz_init(message);
	if (!read(key, &k)) {
		size = (mpz_sizeinbase(k.n, 2) + 7) / 8;
		if (!pad(digest, message, size) || !sign(&k, message))
			size = 0;
	}
	if (size && size <= room) {
		size_t n = (mpz_sizeinbase(message, 2) + 7) / 8;

		memset(signature, 0, size - n);
		mpz_export(signature + (size - n), NULL, 1, 1, 0, 0, message);
	}
	mpz_clear(message);
	clear(&k);
	return size;
}
