/* SPDX-License-Identifier: Apache-2.0 */
/* pki_priv.h - what pki.c and pki_verify.c share: loading PEM within limits. */
#ifndef PTXI_PKI_PRIV_H
#define PTXI_PKI_PRIV_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki.h"

/* Fails with OpenSSL's last reason. */
int ptxi_pki_broken(struct ptx_error **err, const char *what);
/* Owned objects; SYNTAX, LIMIT. Only the first one of the text is read. */
EVP_PKEY *ptxi_pki_load_key(const char *pem, struct ptx_error **err);
X509 *ptxi_pki_load_cert(const char *pem, struct ptx_error **err);
X509_REQ *ptxi_pki_load_request(const char *pem, struct ptx_error **err);
bool ptxi_pki_key_kind_ok(const EVP_PKEY *key);
/* Seconds since 1970. */
int64_t ptxi_pki_time(const ASN1_TIME *t);

#endif
