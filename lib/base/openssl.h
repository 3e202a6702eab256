/* SPDX-License-Identifier: Apache-2.0 */
/* openssl.h - the module `openssl`: a table of functions, between who fills it and who calls
 * through it. */
#ifndef PTXI_OPENSSL_H
#define PTXI_OPENSSL_H

#include <crypt.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/dsa.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

struct ptxi_openssl_table {
	unsigned abi; /* PTXI_MODULE_ABI */
#define ROW(result, name, parameters, arguments) result(*name) parameters;
#include "openssl_rows.h"
	EVP_PKEY *(*keygen)(OSSL_LIB_CTX *ctx, const char *properties, const char *type,
			    ...); /* EVP_PKEY_Q_keygen */
};

#endif
