/* SPDX-License-Identifier: Apache-2.0 */
/* rsa_nettle.c - the module `rsa`: Nettle's key generation.
 *
 * Nettle makes primes that are proven as they are built (Pocklington), with one exponentiation a
 * candidate, where OpenSSL tests each of them 64 times: charts that make certificates spend nearly
 * all of their time there.
 */
#include "rsa.h"
#include "module.h"

#include <errno.h>
#include <nettle/bignum.h>
#include <nettle/rsa.h>
#include <sys/random.h>

#define EXPONENT     65537u
#define TAG_INTEGER  0x02
#define TAG_SEQUENCE 0x30
#define LONGEST      0xffffu

struct source {
	bool failed;
	uint32_t next;
};

/* Nettle asks for bytes and takes no answer but those. When the system has none it gets others, so
 * that it ends; what it makes of them is thrown away. */
static void random_bytes(void *source, size_t n, uint8_t *out)
{
	struct source *s = source;

	while (n) {
		ssize_t got = getrandom(out, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			s->failed = true;
			for (size_t i = 0; i < n; i++) {
				s->next = s->next * 1103515245u + 12345u;
				out[i] = (uint8_t)(s->next >> 16);
			}
			return;
		}
		out += got;
		n -= (size_t)got;
	}
}

/* A tag and a length of DER (X.690, 8.1): one byte, or how many bytes tell it and those. Returns
 * how many were written. */
static size_t put_head(unsigned char tag, size_t n, unsigned char out[4])
{
	out[0] = tag;
	if (n < 0x80) {
		out[1] = (unsigned char)n;
		return 2;
	}
	if (n < 0x100) {
		out[1] = 0x81;
		out[2] = (unsigned char)n;
		return 3;
	}
	out[1] = 0x82;
	out[2] = (unsigned char)(n >> 8);
	out[3] = (unsigned char)n;
	return 4;
}

/* SEQUENCE of INTEGERs; 0 without room. */
static size_t put_numbers(mpz_srcptr const *numbers, size_t count, unsigned char *der, size_t room)
{
	unsigned char head[4];
	size_t n = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t size = nettle_mpz_sizeinbase_256_s(numbers[i]);

		n += put_head(TAG_INTEGER, size, head) + size;
	}
	if (n > LONGEST || n + sizeof(head) > room)
		return 0;
	at = put_head(TAG_SEQUENCE, n, der);
	for (size_t i = 0; i < count; i++) {
		size_t size = nettle_mpz_sizeinbase_256_s(numbers[i]);

		at += put_head(TAG_INTEGER, size, der + at);
		nettle_mpz_get_str_256(size, der + at, numbers[i]);
		at += size;
	}
	return at;
}

static size_t generate(unsigned bits, unsigned char *der, size_t room)
{
	struct rsa_public_key public;
	struct rsa_private_key private;
	mpz_t zero;
	struct source source = { false, 1 };
	size_t n = 0;

	rsa_public_key_init(&public);
	rsa_private_key_init(&private);
	mpz_set_ui(public.e, EXPONENT);
	mpz_init(zero);
	if (rsa_generate_keypair(&public, &private, &source, random_bytes, NULL, NULL, bits, 0) &&
	    !source.failed) {
		mpz_srcptr const numbers[] = { zero,      public.n,  public.e,
					       private.d, private.p, private.q,
					       private.a, private.b, private.c };

		n = put_numbers(numbers, sizeof(numbers) / sizeof(*numbers), der, room);
	}
	mpz_clear(zero);
	rsa_private_key_clear(&private);
	rsa_public_key_clear(&public);
	return n;
}

static const struct ptxi_rsa_table table = { PTXI_MODULE_ABI, generate };
PTXI_MODULE_EXPORT(rsa, table);
