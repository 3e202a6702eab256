/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c - RFC 3629, with Go's rule for what is not: each bad byte stands for one U+FFFD. */
#define PTX_AREA PTX_AREA_BASE
#include "utf8.h"

/* Length and code point of a valid encoding at the start; 0 when there is none. */
static size_t decode(struct ptx_str s, uint32_t *rune)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = 0;
	uint32_t r = 0;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*rune = p[0];
		return 1;
	}
	n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || s.n < n)
		return 0;
	r = p[0] & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		r = r << 6 | (p[i] & 0x3Fu);
	}
	if (r < least[n] || r > 0x10FFFF || (r >= 0xD800 && r <= 0xDFFF))
		return 0;
	*rune = r;
	return n;
}

uint32_t ptxi_utf8_decode(struct ptx_str s, size_t *len)
{
	uint32_t rune = PTXI_RUNE_ERROR;
	size_t n = decode(s, &rune);

	*len = n ? n : (s.n ? 1 : 0);
	return rune;
}

bool ptxi_utf8_valid_at(struct ptx_str s)
{
	uint32_t rune = 0;

	return decode(s, &rune) != 0;
}

size_t ptxi_utf8_encode(uint32_t rune, char out[4])
{
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		rune = PTXI_RUNE_ERROR;
	if (rune < 0x80) {
		out[0] = (char)rune;
		return 1;
	}
	if (rune < 0x800) {
		out[0] = (char)(0xC0 | rune >> 6);
		out[1] = (char)(0x80 | (rune & 0x3F));
		return 2;
	}
	if (rune < 0x10000) {
		out[0] = (char)(0xE0 | rune >> 12);
		out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
		out[2] = (char)(0x80 | (rune & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | rune >> 18);
	out[1] = (char)(0x80 | (rune >> 12 & 0x3F));
	out[2] = (char)(0x80 | (rune >> 6 & 0x3F));
	out[3] = (char)(0x80 | (rune & 0x3F));
	return 4;
}

bool ptxi_utf8_valid(struct ptx_str s)
{
	uint32_t rune = 0;

	for (size_t n = 0; s.n; s.p += n, s.n -= n) {
		n = decode(s, &rune);
		if (!n)
			return false;
	}
	return true;
}

size_t ptxi_utf8_count(struct ptx_str s)
{
	size_t count = 0;
	size_t n = 0;

	for (; s.n; s.p += n, s.n -= n, count++)
		(void)ptxi_utf8_decode(s, &n);
	return count;
}
