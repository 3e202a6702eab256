/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_certs.c - DER that may be a private key, a public one or a certificate: what is found lies
 * within it, and a key without a problem signs. */
#include <stdlib.h>

#include "base/certs_priv.h"
#include "fuzz.h"

#define LONGEST_KEY 700u /* bytes of one that is tried: signing takes the cube of that */

static void check_within(struct ptx_str whole, struct ptx_str part)
{
	if (part.n && (part.p < whole.p || part.n > (size_t)(whole.p + whole.n - part.p)))
		abort();
}

static void check_key(struct ptx_str key)
{
	static const unsigned char digest[PTXI_CERTS_DIGEST] = { 1 };
	unsigned char public[8192];
	unsigned char signature[2048];
	unsigned bits = 0;
	size_t n = 0;

	if (ptxi_certs_rsa_problem(key) || key.n > LONGEST_KEY)
		return;
	n = ptxi_certs_rsa_public(key, &bits, public, sizeof(public));
	if (n == 0 || n > sizeof(public) || bits == 0)
		abort();
	n = ptxi_certs_rsa_sign(key, digest, signature, sizeof(signature));
	if (n > sizeof(signature))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptx_str der = { (const char *)data, size };
	struct ptx_str a = { NULL, 0 };
	struct ptx_str b = { NULL, 0 };
	struct ptx_str c = { NULL, 0 };

	check_key(der);
	if (ptxi_certs_public_bits(der, &a))
		check_within(der, a);
	if (ptxi_certs_read_issuer(der, &a, &b, &c)) {
		check_within(der, a);
		check_within(der, b);
		check_within(der, c);
	}
	return 0;
}
