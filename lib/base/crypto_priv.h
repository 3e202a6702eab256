/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_priv.h - OpenSSL's objects, between crypto.c and crypto_cert.c. */
#ifndef PTXI_CRYPTO_PRIV_H
#define PTXI_CRYPTO_PRIV_H

#include "crypto.h"

#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* Owned; NULL with *err set. */
EVP_PKEY *ptxi_crypto_read_key(struct ptx_str pem, struct ptx_error **err);
X509 *ptxi_crypto_read_cert(struct ptx_str pem, struct ptx_error **err);
int ptxi_crypto_print_key(EVP_PKEY *key, struct ptx_buf *pem, struct ptx_error **err);
/* Fails with what OpenSSL says. */
int ptxi_crypto_failed(struct ptx_error **err, const char *what);

#endif
