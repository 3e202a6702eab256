/* SPDX-License-Identifier: Apache-2.0 */
/* certs_module.c - the module `certs`: its table. */
#include "certs_priv.h"
#include "module.h"

static const struct ptxi_certs_table table = {
	.abi = PTXI_MODULE_ABI,
	.new_rsa = ptxi_certs_new_rsa,
	.rsa_problem = ptxi_certs_rsa_problem,
	.rsa_public = ptxi_certs_rsa_public,
	.rsa_sign = ptxi_certs_rsa_sign,
	.public_bits = ptxi_certs_public_bits,
	.read_issuer = ptxi_certs_read_issuer,
	.write_tbs = ptxi_certs_write_tbs,
	.write_cert = ptxi_certs_write_cert,
};
PTXI_MODULE_EXPORT(certs, table);
