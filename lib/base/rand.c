/* SPDX-License-Identifier: Apache-2.0 */
/* rand.c - random bytes and ids.
 *
 * Bytes come from the kernel; there is no fallback, because a guessable token is worse than none.
 * An id is a prefix and 60 random bits as twelve characters of RFC 4648's base32 in lower case:
 * short enough to be read aloud, and a clash among a million of them is a matter of one in a
 * million.
 */
#define PTX_AREA PTX_AREA_BASE
#include "rand.h"

#include <sys/random.h>

#define PREFIX_MAX 8
#define ID_DIGITS  12

void ptxi_rand_bytes(void *p, size_t n)
{
	unsigned char *at = p;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno != EINTR)
			abort();
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
}

int ptxi_rand_id(const struct ptx_ctx *ctx, const char *prefix, char out[PTXI_ID_MAX],
		 struct ptx_error **err)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	size_t n = prefix ? strlen(prefix) : 0;
	unsigned char bytes[8];
	uint64_t bits = 0;

	if (n == 0 || n > PREFIX_MAX)
		return ptx_fail(err, PTX_E_INTERNAL,
				"prefix of an id must have 1 to %d characters, not '%s'",
				PREFIX_MAX, prefix ? prefix : "");
	if (ptxi_ctx_random(ctx, bytes, sizeof(bytes), err) < 0)
		return ptx_wrap(err, "while making an id '%s-...'", prefix);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bits = bits << 8 | bytes[i];
	memcpy(out, prefix, n);
	out[n++] = '-';
	for (int i = 0; i < ID_DIGITS; i++, bits >>= 5)
		out[n++] = digits[bits & 31];
	out[n] = '\0';
	return 0;
}

int ptxi_rand_uuid(const struct ptx_ctx *ctx, char out[37], struct ptx_error **err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	char *at = out;

	if (ptxi_ctx_random(ctx, bytes, sizeof(bytes), err) < 0)
		return ptx_wrap(err, "while making a UUID");
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
	return 0;
}
