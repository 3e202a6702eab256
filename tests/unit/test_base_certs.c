/* SPDX-License-Identifier: Apache-2.0 */
/* The module `certs`, linked in. GMP and OpenSSL are the peers. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#include "base/certs_priv.h"
#include "base/ptxi.h"

#define ROOM 8192u

Suite *suite_base_certs(void);

/* What Fermat's test with base 2 says, by GMP. */
static bool passes(const mpz_t n)
{
	mpz_t x;
	mpz_t exponent;
	bool is_one = false;

	mpz_init_set_ui(x, 2);
	mpz_init(exponent);
	mpz_sub_ui(exponent, n, 1);
	mpz_powm(x, x, exponent, n);
	is_one = mpz_cmp_ui(x, 1) == 0;
	mpz_clears(x, exponent, NULL);
	return is_one;
}

static void random_odd(mpz_t n, unsigned bits)
{
	ck_assert(ptxi_certs_random(n, bits));
	mpz_setbit(n, bits - 1);
	mpz_setbit(n, 0);
}

/* A product of three primes 6k + 1, 12k + 1 and 18k + 1: it passes, and is no prime. */
static void carmichael(mpz_t n, unsigned bits)
{
	mpz_t k;
	mpz_t p[3];

	mpz_init(k);
	mpz_inits(p[0], p[1], p[2], NULL);
	ck_assert(ptxi_certs_random(k, bits / 3 - 4));
	do {
		mpz_add_ui(k, k, 1);
		for (unsigned i = 0; i < 3; i++) {
			mpz_mul_ui(p[i], k, 6 * (i + 1));
			mpz_add_ui(p[i], p[i], 1);
		}
	} while (!mpz_probab_prime_p(p[0], 25) || !mpz_probab_prime_p(p[1], 25) ||
		 !mpz_probab_prime_p(p[2], 25));
	mpz_mul(n, p[0], p[1]);
	mpz_mul(n, n, p[2]);
	mpz_clears(k, p[0], p[1], p[2], NULL);
}

/* Of many kinds: primes, what looks like one, the least and the most of its bits, any other. */
static void fill_lane(mpz_t n, unsigned lane, unsigned bits)
{
	random_odd(n, bits - lane % 3);
	if (lane == 1 || lane == 6)
		mpz_nextprime(n, n);
	if (mpz_sizeinbase(n, 2) > bits) /* the next prime may be longer */
		random_odd(n, bits);
	if (lane == 2 || lane == 3) {
		mpz_set_ui(n, 1);
		mpz_mul_2exp(n, n, lane == 2 ? bits : bits - 1);
		if (lane == 2)
			mpz_sub_ui(n, n, 1);
		else
			mpz_add_ui(n, n, 1);
	}
	if (lane == 4 && bits < 300)
		carmichael(n, bits);
}

START_TEST(the_filter_and_gmp_agree)
{
	static const unsigned bits[] = {
		200, 258, 515, 516, 517, 520, 777, 1023, 1024, 1035, 1036
	};
	mpz_t n[PTXI_CERTS_LANES];
	unsigned likely = 0;

	if (!ptxi_certs_can_filter(1024)) {
		puts("skipped: this processor has no AVX-512 IFMA");
		return;
	}
	ck_assert(!ptxi_certs_can_filter(1037));
	ck_assert(!ptxi_certs_can_filter(199));
	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		mpz_init(n[i]);
	for (unsigned i = 0; i < PTXI_COUNT(bits) * 10; i++) {
		unsigned found = 0;

		for (unsigned lane = 0; lane < PTXI_CERTS_LANES; lane++)
			fill_lane(n[lane], (lane + i) % PTXI_CERTS_LANES, bits[i / 10]);
		found = ptxi_certs_filter(n);
		for (unsigned lane = 0; lane < PTXI_CERTS_LANES; lane++) {
			likely += found >> lane & 1;
			if (passes(n[lane]) != (found >> lane & 1))
				ck_abort_msg("%u bits, lane %u", bits[i / 10], lane);
		}
	}
	ck_assert_uint_ge(likely, PTXI_COUNT(bits) * 10);
	for (unsigned i = 0; i < PTXI_CERTS_LANES; i++)
		mpz_clear(n[i]);
}
END_TEST

START_TEST(primes)
{
	static const unsigned bits[] = { 32, 63, 64, 65, 66, 67, 128, 131, 257, 513, 1024 };
	mpz_t p;

	mpz_init(p);
	for (unsigned i = 0; i < PTXI_COUNT(bits) * 8; i++) {
		unsigned n = bits[i / 8];

		ck_assert(ptxi_certs_prime(p, n));
		ck_assert_uint_eq(mpz_sizeinbase(p, 2), n);
		ck_assert(mpz_tstbit(p, n - 2));
		ck_assert_int_ne(mpz_probab_prime_p(p, 32), 0);
	}
	mpz_clear(p);
}
END_TEST

static struct ptx_str new_key(unsigned bits, unsigned char der[ROOM])
{
	size_t n = ptxi_certs_new_rsa(bits, der, ROOM);

	ck_assert_uint_gt(n, 0);
	ck_assert_uint_le(n, ROOM);
	return ptxi_strn((const char *)der, n);
}

/* OpenSSL's view of a key: that it is one, and that it has signed a digest. */
static void check_by_openssl(struct ptx_str der, unsigned bits, const unsigned char *digest,
			     const unsigned char *signature, size_t n)
{
	const unsigned char *at = (const unsigned char *)der.p;
	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, (long)der.n);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(EVP_PKEY_get_bits(key), (int)bits);
	ck_assert_int_eq(EVP_PKEY_check(ctx), 1);
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	ck_assert_int_eq(EVP_PKEY_verify_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
	ck_assert_int_eq(EVP_PKEY_verify(ctx, signature, n, digest, PTXI_CERTS_DIGEST), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

START_TEST(new_keys)
{
	static const unsigned bits[] = { 512, 1024, 1030, 2048, 2048, 3072 };
	unsigned char digest[PTXI_CERTS_DIGEST];
	unsigned char der[ROOM];
	unsigned char public[ROOM];
	unsigned char signature[ROOM];

	for (unsigned i = 0; i < PTXI_COUNT(bits); i++) {
		struct ptx_str key = new_key(bits[i], der);
		unsigned found = 0;
		size_t n = 0;

		memset(digest, (int)i * 41, sizeof(digest));
		ck_assert_ptr_null(ptxi_certs_rsa_problem(key));
		n = ptxi_certs_rsa_sign(key, digest, signature, sizeof(signature));
		ck_assert_uint_eq(n, (bits[i] + 7) / 8);
		check_by_openssl(key, bits[i], digest, signature, n);
		ck_assert_uint_gt(ptxi_certs_rsa_public(key, &found, public, sizeof(public)), n);
		ck_assert_uint_eq(found, bits[i]);
	}
}
END_TEST

START_TEST(refused_sizes)
{
	static const unsigned bits[] = { 0, 2, 254, 255, 257, 2047, 16386 };
	unsigned char digest[PTXI_CERTS_DIGEST] = { 0 };
	unsigned char der[ROOM];
	unsigned char signature[ROOM];
	struct ptx_str key;

	for (unsigned i = 0; i < PTXI_COUNT(bits); i++)
		ck_assert_uint_eq(ptxi_certs_new_rsa(bits[i], der, sizeof(der)), 0);
	ck_assert_uint_gt(ptxi_certs_new_rsa(512, der, 10), 10); /* what it takes, unwritten */
	key = new_key(256, der);                                 /* a digest is longer */
	ck_assert_uint_eq(ptxi_certs_rsa_sign(key, digest, signature, sizeof(signature)), 0);
}
END_TEST

/* Ways to spoil a key. */
static void add_two(mpz_t x)
{
	mpz_add_ui(x, x, 2);
}

static void zero(mpz_t x)
{
	mpz_set_ui(x, 0);
}

static void one(mpz_t x)
{
	mpz_set_ui(x, 1);
}

static void two(mpz_t x)
{
	mpz_set_ui(x, 2);
}

static void past_int32(mpz_t x)
{
	mpz_set_ui(x, 0x8000000b);
}

static void past_int64(mpz_t x)
{
	mpz_ui_pow_ui(x, 3, 50);
}

static void triple(mpz_t x)
{
	mpz_mul_ui(x, x, 3);
}

static void lengthen(mpz_t x)
{
	mpz_mul_2exp(x, x, 256);
}

static void shorten(mpz_t x)
{
	mpz_fdiv_q_2exp(x, x, 100);
	mpz_setbit(x, 0);
}

static void increment(mpz_t x)
{
	mpz_add_ui(x, x, 1);
}

/* Words as of Go 1.26. */
START_TEST(problems_of_keys)
{
	static const struct {
		size_t number; /* its offset */
		void (*spoil)(mpz_t x);
		const char *want;
	} rows[] = {
#define AT(name) offsetof(struct ptxi_rsa, name)
		{ AT(n), increment, "crypto/rsa: public modulus is even" },
		{ AT(n), add_two, "crypto/rsa: p * q != n" },
		{ AT(n), triple, "crypto/rsa: p * q != n" },
		{ AT(n), zero, "x509: private key contains zero or negative value" },
		{ AT(n), one, "modulus must be > 1" },
		{ AT(n), shorten, "input overflows the modulus size" },
		{ AT(e), one, "crypto/rsa: public exponent too small or negative" },
		{ AT(e), two, "crypto/rsa: public exponent is even" },
		{ AT(e), past_int32, "crypto/rsa: public exponent too large" },
		{ AT(e), past_int64, "asn1: structure error: integer too large" },
		{ AT(e), add_two, "crypto/rsa: invalid CRT exponent" },
		{ AT(d), add_two, "crypto/rsa: d does not match dP" },
		{ AT(d), lengthen, "input overflows the modulus size" },
		{ AT(p), one, "modulus must be > 1" },
		{ AT(p), lengthen, "crypto/rsa: invalid CRT exponent" }, /* p * q is a multiple */
		{ AT(q), one, "modulus must be > 1" },
		{ AT(q), add_two, "crypto/rsa: p * q != n" },
		{ AT(dp), add_two, "crypto/rsa: invalid CRT exponent" },
		{ AT(dp), lengthen, "crypto/rsa: invalid CRT exponent" },
		{ AT(dq), add_two, "crypto/rsa: invalid CRT exponent" },
		{ AT(dq), zero, "x509: private key contains zero or negative value" },
		{ AT(qinv), increment, "crypto/rsa: invalid CRT coefficient" },
		{ AT(qinv), lengthen, "input overflows the modulus size" },
#undef AT
	};
	unsigned char der[ROOM];
	unsigned char spoilt[ROOM];
	struct ptx_str key = new_key(1024, der);

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		const char *problem = NULL;
		struct ptxi_rsa k;
		unsigned bits = 0;
		size_t n = 0;

		mpz_inits(k.n, k.e, k.d, k.p, k.q, k.dp, k.dq, k.qinv, NULL);
		ck_assert(ptxi_certs_read_rsa(key, &k, &problem));
		rows[i].spoil(*(mpz_t *)(void *)((char *)&k + rows[i].number));
		n = ptxi_certs_write_rsa(&k, spoilt, sizeof(spoilt));
		ck_assert_uint_gt(n, 0);
		problem = ptxi_certs_rsa_problem(ptxi_strn((const char *)spoilt, n));
		ck_assert_msg(problem && strcmp(problem, rows[i].want) == 0, "row %zu: %s", i,
			      problem ? problem : "none");
		ck_assert_uint_eq(ptxi_certs_rsa_public(ptxi_strn((const char *)spoilt, n), &bits,
							spoilt, sizeof(spoilt)),
				  0);
		mpz_clears(k.n, k.e, k.d, k.p, k.q, k.dp, k.dq, k.qinv, NULL);
	}
}
END_TEST

START_TEST(problems_of_der)
{
	unsigned char der[ROOM];
	struct ptx_str key = new_key(512, der);
	size_t at = 0;

	ck_assert_str_eq(ptxi_certs_rsa_problem(ptxi_strn(key.p, 0)), "");
	ck_assert_str_eq(ptxi_certs_rsa_problem(ptxi_strn(key.p, 3)), "");
	ck_assert_str_eq(ptxi_certs_rsa_problem(ptxi_strn(key.p, 6)),
			 "asn1: syntax error: data truncated");
	ck_assert_str_eq(ptxi_certs_rsa_problem(ptxi_strn(key.p, key.n - 1)),
			 "asn1: syntax error: data truncated");
	der[key.n] = 0;
	ck_assert_str_eq(ptxi_certs_rsa_problem(ptxi_strn(key.p, key.n + 1)),
			 "asn1: syntax error: trailing data");
	/* the version, after two heads */
	at = der[1] == 0x82 ? 6 : 5;
	ck_assert_uint_eq(der[at], 0);
	der[at] = 2;
	ck_assert_str_eq(ptxi_certs_rsa_problem(key), "x509: unsupported private key version");
	der[at] = 1; /* more than two primes are to follow */
	ck_assert_str_eq(ptxi_certs_rsa_problem(key), "");
	der[at] = 0;
	ck_assert_uint_eq(der[at + 3], 0); /* the modulus, after its head */
	der[at + 3] = 0x80;
	ck_assert_str_eq(ptxi_certs_rsa_problem(key),
			 "x509: private key contains zero or negative value");
	der[at + 3] = 0xff; /* a byte too many */
	ck_assert_str_eq(ptxi_certs_rsa_problem(key), "");
	der[at + 3] = 0;
	ck_assert_ptr_null(ptxi_certs_rsa_problem(key));
	der[at - 2] = 0x04; /* no INTEGER */
	ck_assert_str_eq(ptxi_certs_rsa_problem(key), "");
}
END_TEST

START_TEST(what_is_no_certificate)
{
	unsigned char der[ROOM];
	unsigned char public[ROOM];
	struct ptx_str key = new_key(512, der);
	struct ptx_str a;
	struct ptx_str b;
	struct ptx_str c;
	unsigned bits = 0;
	size_t n = ptxi_certs_rsa_public(key, &bits, public, sizeof(public));

	ck_assert(!ptxi_certs_read_issuer(key, &a, &b, &c));
	ck_assert(!ptxi_certs_read_issuer(PTXI_STR(""), &a, &b, &c));
	ck_assert(!ptxi_certs_public_bits(key, &a));
	ck_assert(ptxi_certs_public_bits(ptxi_strn((const char *)public, n), &a));
	ck_assert_uint_eq((unsigned char)a.p[0], 0x30); /* RSAPublicKey */
	ck_assert(!ptxi_certs_public_bits(ptxi_strn((const char *)public, n - 1), &a));
}
END_TEST

Suite *suite_base_certs(void)
{
	Suite *s = suite_create("base/certs");
	TCase *t = tcase_create("certs");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, the_filter_and_gmp_agree);
	tcase_add_test(t, primes);
	tcase_add_test(t, new_keys);
	tcase_add_test(t, refused_sizes);
	tcase_add_test(t, problems_of_keys);
	tcase_add_test(t, problems_of_der);
	tcase_add_test(t, what_is_no_certificate);
	suite_add_tcase(s, t);
	return s;
}
