/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_priv.h - between crypto.c, crypto_cert.c, crypto_key.c, crypto_pem.c and crypto_x509.c. */
#ifndef PTXI_CRYPTO_PRIV_H
#define PTXI_CRYPTO_PRIV_H

#include "crypto.h"

#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define PTXI_PEM_RSA  "RSA PRIVATE KEY"
#define PTXI_PEM_CERT "CERTIFICATE"

/* DER as PEM (RFC 7468), in lines of 64 characters. */
int ptxi_crypto_print_pem(struct ptx_str der, const char *label, struct ptx_buf *pem,
			  struct ptx_error **err);
/* The DER of a text that is one block with that label, written as ptxi_crypto_print_pem() writes
 * it. False for any other text, which may still be PEM, and without memory. */
bool ptxi_crypto_read_pem(struct ptx_str pem, const char *label, struct ptx_buf *der);

/* The first PEM block of any text, by OpenSSL: its label and bytes, owned; false when there is
 * none.
 */
bool ptxi_crypto_first_block(struct ptx_str pem, char **label, unsigned char **der, long *n);
/* The tag of the element of DER that begins at *p, of the universal class; -1 where there is none.
 * *p goes to its content, *n is the length of that. */
int ptxi_crypto_next_tag(const unsigned char **p, const unsigned char *end, long *n);
/* Whether a key is of one of the four curves of Go's crypto/x509. */
bool ptxi_crypto_has_go_curve(const EVP_PKEY *key);

/* Owned; NULL with *err set. */
EVP_PKEY *ptxi_crypto_read_key(struct ptx_str pem, struct ptx_error **err);
X509 *ptxi_crypto_read_cert(struct ptx_str pem, struct ptx_error **err);
int ptxi_crypto_print_key(EVP_PKEY *key, struct ptx_buf *pem, struct ptx_error **err);
/* Fails with what OpenSSL says. */
int ptxi_crypto_failed(struct ptx_error **err, const char *what);

#endif
