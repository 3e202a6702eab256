/* SPDX-License-Identifier: Apache-2.0 */
/* certs_priv.h - between the files of the module `certs`. */
#ifndef PTXI_CERTS_PRIV_H
#define PTXI_CERTS_PRIV_H

#include "certs.h"

#include <gmp.h>

/* certs_prime.c: a prime of exactly so many bits, the two highest of which are set. False without
 * random bytes. */
bool ptxi_certs_prime(mpz_t p, unsigned bits);
/* A random number of up to so many bits, at most 16,384. */
bool ptxi_certs_random(mpz_t n, unsigned bits);

/* certs_filter.c: looks at eight odd numbers of about as many bits at once, and returns a bit for
 * each that passes Fermat's test with base 2: primes do, hardly anything else does. */
#define PTXI_CERTS_LANES 8u
bool ptxi_certs_can_filter(unsigned bits);
unsigned ptxi_certs_filter(mpz_t n[PTXI_CERTS_LANES]);

/* certs_rsa.c */
struct ptxi_rsa {
	mpz_t n, e, d, p, q, dp, dq, qinv; /* RFC 8017, 3.2 */
};
size_t ptxi_certs_new_rsa(unsigned bits, unsigned char *der, size_t room);
const char *ptxi_certs_rsa_problem(struct ptx_str key);
size_t ptxi_certs_rsa_public(struct ptx_str key, unsigned *bits, unsigned char *der, size_t room);
size_t ptxi_certs_rsa_sign(struct ptx_str key, const unsigned char digest[PTXI_CERTS_DIGEST],
			   unsigned char *signature, size_t room);

/* certs_asn1.c */
size_t ptxi_certs_write_rsa(const struct ptxi_rsa *k, unsigned char *der, size_t room);
/* Into numbers that are initialized; false with what rsa_problem() says. */
bool ptxi_certs_read_rsa(struct ptx_str der, struct ptxi_rsa *k, const char **problem);
size_t ptxi_certs_write_rsa_public(const struct ptxi_rsa *k, unsigned char *der, size_t room);
size_t ptxi_certs_write_digest(const unsigned char digest[PTXI_CERTS_DIGEST], unsigned char *der,
			       size_t room);
bool ptxi_certs_public_bits(struct ptx_str public_key, struct ptx_str *bits);
bool ptxi_certs_read_issuer(struct ptx_str cert, struct ptx_str *subject, struct ptx_str *key_id,
			    struct ptx_str *public_key);
size_t ptxi_certs_write_tbs(const struct ptxi_certs_fields *f, unsigned char *der, size_t room);
size_t ptxi_certs_write_cert(struct ptx_str tbs, enum ptxi_certs_algorithm algorithm,
			     struct ptx_str signature, unsigned char *der, size_t room);

#endif
