/* SPDX-License-Identifier: Apache-2.0 */
/* openssl_module.c - the module `openssl`: libcrypto and libcrypt as a table of their functions. It
 * uses no function of the library that loads it. */
#include "config.h"

#include "module.h"
#include "openssl.h"

static const struct ptxi_openssl_table table = {
	.abi = PTXI_MODULE_ABI,
#define ROW(result, name, parameters, arguments) .name = name,
#include "openssl_rows.h"
	.keygen = EVP_PKEY_Q_keygen,
};
PTXI_MODULE_EXPORT(openssl, table);
