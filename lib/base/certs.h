/* SPDX-License-Identifier: Apache-2.0 */
/* certs.h - what the module `certs` implements: RSA keys (GMP) and the DER of certificates
 * (libtasn1). It uses nothing of this library.
 *
 * DER goes to a buffer of the caller's: each function returns the length that it has, and writes it
 * where there is room; 0 says that it cannot be made or read. Thread: any. */
#ifndef PTXI_CERTS_H
#define PTXI_CERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pitrix/buf.h>

#define PTXI_CERTS_DIGEST 32u /* SHA-256 */

enum ptxi_certs_algorithm {
	PTXI_CERTS_RSA_SHA256,
	PTXI_CERTS_ECDSA_SHA256,
	PTXI_CERTS_ECDSA_SHA384,
	PTXI_CERTS_ECDSA_SHA512,
	PTXI_CERTS_ED25519,
};

/* A further name of the subject. */
struct ptxi_certs_name {
	struct ptx_str bytes; /* of a DNS name, or an address in network order */
	bool is_address;
};

/* What a TBSCertificate (RFC 5280, 4.1) says. Slices are borrowed. */
struct ptxi_certs_fields {
	unsigned char serial[16]; /* big-endian */
	enum ptxi_certs_algorithm algorithm;
	struct ptx_str common_name;    /* of the subject; empty: it has no name */
	struct ptx_str issuer;         /* Name as DER; empty: the subject signs itself */
	int64_t not_before, not_after; /* seconds since 1970, of the years 0 to 9999 */
	struct ptx_str public_key;     /* SubjectPublicKeyInfo as DER */
	bool is_ca;
	struct ptx_str key_id;        /* empty: none */
	struct ptx_str issuer_key_id; /* empty: none; as of an issuer with the subject's name */
	const struct ptxi_certs_name *names;
	size_t name_count;
};

struct ptxi_certs_table {
	unsigned abi; /* PTXI_MODULE_ABI */
	/* A new key with the public exponent 65537, as RSAPrivateKey of PKCS #1 (RFC 8017, A.1.2).
	 * Its primes are proven. `bits` is an even number from 256 to 16,384. */
	size_t (*new_rsa)(unsigned bits, unsigned char *der, size_t room);
	/* What is wrong with an RSAPrivateKey, in the words of Go's crypto; NULL: nothing. "": it
	 * is none of two primes and all numbers, in DER. */
	const char *(*rsa_problem)(struct ptx_str key);
	/* SubjectPublicKeyInfo of an RSAPrivateKey, and the bits of its modulus. Here and below, 0
	 * also where it has a problem. */
	size_t (*rsa_public)(struct ptx_str key, unsigned *bits, unsigned char *der, size_t room);
	/* Signs a SHA-256 digest (RSASSA-PKCS1-v1_5; RFC 8017, 8.2). */
	size_t (*rsa_sign)(struct ptx_str key, const unsigned char digest[PTXI_CERTS_DIGEST],
			   unsigned char *signature, size_t room);
	/* The bits of a SubjectPublicKeyInfo's key, a slice of it: what a key's identifier is the
	 * digest of. */
	bool (*public_bits)(struct ptx_str public_key, struct ptx_str *bits);
	/* Of a certificate, slices of it: the subject and its public key as DER, and the identifier
	 * of the key, empty without one. It reads well-formed certificates; whether one is, is not
	 * said. */
	bool (*read_issuer)(struct ptx_str cert, struct ptx_str *subject, struct ptx_str *key_id,
			    struct ptx_str *public_key);
	size_t (*write_tbs)(const struct ptxi_certs_fields *f, unsigned char *der, size_t room);
	size_t (*write_cert)(struct ptx_str tbs, enum ptxi_certs_algorithm algorithm,
			     struct ptx_str signature, unsigned char *der, size_t room);
};

#endif
