/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.h - keys, certificates, ciphers and password hashes, as template functions need them
 * (OpenSSL, libcrypt). What trust between machines is built on is lib/wire's. */
#ifndef PTXI_CRYPTO_H
#define PTXI_CRYPTO_H

#include "ptxi.h"

/* RFC 7914. False without memory or with parameters that need more than 256 MiB. */
bool ptxi_crypto_scrypt(struct ptx_str password, struct ptx_str salt, uint64_t n, uint32_t r,
			uint32_t p, void *out, size_t size);
/* "$2a$10$..." of a password with a salt of 16 bytes. Fails: INVALID (longer than 72 bytes, or with
 * a NUL byte), NOMEM. */
int ptxi_crypto_bcrypt(struct ptx_str password, unsigned cost, const unsigned char salt[16],
		       char out[64], struct ptx_error **err);
/* AES-256 in CBC mode with a key of 32 bytes and an iv of 16; the text is a multiple of 16 bytes,
 * and is not padded. */
bool ptxi_crypto_aes_cbc(bool encrypt, const unsigned char key[32], const unsigned char iv[16],
			 struct ptx_str text, struct ptx_buf *out);

/* A new private key as PEM, in the form that is usual for its kind: "rsa" (4096 bits), "dsa" (2048,
 * 256), "ecdsa" (P-256), "ed25519"; "" is rsa. Fails: USAGE (another kind), INTERNAL, NOMEM. */
int ptxi_crypto_new_key(const char *kind, struct ptx_buf *pem, struct ptx_error **err);
/* An RSA key of a size. */
int ptxi_crypto_new_rsa(unsigned bits, struct ptx_buf *pem, struct ptx_error **err);
/* Checks a private key. Fails: INVALID ("no PEM data in input" ...). */
int ptxi_crypto_check_key(struct ptx_str pem, struct ptx_error **err);
/* Checks a certificate. */
int ptxi_crypto_check_cert(struct ptx_str pem, struct ptx_error **err);

struct ptxi_cert_request {
	struct ptx_str name;             /* the subject's common name */
	const struct ptx_str *addresses; /* IP addresses */
	size_t address_count;
	const struct ptx_str *dns; /* further names */
	size_t dns_count;
	int64_t days;
	int64_t now_unix;
	bool is_ca;
	struct ptx_str key;             /* the subject's private key, PEM */
	struct ptx_str ca_cert, ca_key; /* who signs; {NULL, 0}: the subject itself */
	unsigned char serial[16];
};
/* A certificate (X.509 v3, for servers and clients) as PEM, and the key as PEM again. Fails:
 * INVALID (a key or address that is malformed), INTERNAL, NOMEM. */
int ptxi_crypto_new_cert(const struct ptxi_cert_request *r, struct ptx_buf *cert,
			 struct ptx_buf *key, struct ptx_error **err);

#endif
