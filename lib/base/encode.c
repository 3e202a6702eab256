/* SPDX-License-Identifier: Apache-2.0 */
/* encode.c - base64, base32 and hex (RFC 4648).
 *
 * The decoders take what Go's standard packages take (CR and LF are skipped, bits left over in the
 * last character and bytes after base32's padding are ignored) and name the same byte when they
 * refuse, because template functions show it. A buffer is left as it was when its input is refused.
 */
#define PTX_AREA PTX_AREA_BASE
#include "encode.h"

static const char base64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char hex_lower[] = "0123456789abcdef";

void ptxi_base64_encode(enum ptxi_base64_kind kind, struct ptx_str s, struct ptx_buf *out)
{
	const char *digits = kind == PTXI_BASE64_STD ? base64_std : base64_url;

	for (size_t at = 0; at < s.n; at += 3) {
		size_t have = s.n - at < 3 ? s.n - at : 3;
		uint32_t bits = 0;
		char text[4] = { '=', '=', '=', '=' };

		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (i < have ? (unsigned char)s.p[at + i] : 0);
		for (size_t i = 0; i <= have; i++)
			text[i] = digits[bits >> (18 - 6 * i) & 63];
		ptx_buf_add(out, text, kind == PTXI_BASE64_RAW_URL ? have + 1 : 4);
	}
}

static int base64_digit(enum ptxi_base64_kind kind, char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (kind == PTXI_BASE64_STD ? '+' : '-'))
		return 62;
	if (c == (kind == PTXI_BASE64_STD ? '/' : '_'))
		return 63;
	return -1;
}

static size_t skip_newlines(struct ptx_str s, size_t at)
{
	while (at < s.n && (s.p[at] == '\n' || s.p[at] == '\r'))
		at++;
	return at;
}

/* Checks the padding whose first `=` is before at, after `have` digits of a quantum. Returns
 * SIZE_MAX when it is right, else the offset of the bad byte. */
static size_t check_padding64(struct ptx_str s, size_t at, unsigned have)
{
	if (have < 2)
		return at - 1;
	if (have == 2) {
		at = skip_newlines(s, at);
		if (at == s.n)
			return s.n;
		if (s.p[at] != '=')
			return at - 1;
		at++;
	}
	at = skip_newlines(s, at);
	return at < s.n ? at : SIZE_MAX;
}

static void add_bytes(struct ptx_buf *out, uint64_t bits, unsigned total, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		ptx_buf_addc(out, (char)(bits >> (total - 8 * (i + 1))));
}

static size_t decode64(enum ptxi_base64_kind kind, struct ptx_str s, struct ptx_buf *out)
{
	bool padded = kind != PTXI_BASE64_RAW_URL;
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t at = skip_newlines(s, 0); at < s.n; at = skip_newlines(s, at)) {
		char c = s.p[at++];
		int digit = base64_digit(kind, c);

		if (digit < 0) {
			size_t bad = padded && c == '=' ? check_padding64(s, at, have) : at - 1;

			if (bad == SIZE_MAX)
				add_bytes(out, (uint64_t)bits << (24 - 6 * have), 24, have - 1);
			return bad;
		}
		bits = bits << 6 | (uint32_t)digit;
		if (++have == 4) {
			add_bytes(out, bits, 24, 3);
			bits = 0;
			have = 0;
		}
	}
	if (have == 1 || (have > 0 && padded))
		return s.n - have;
	if (have > 0)
		add_bytes(out, (uint64_t)bits << (24 - 6 * have), 24, have - 1);
	return SIZE_MAX;
}

bool ptxi_base64_decode(enum ptxi_base64_kind kind, struct ptx_str s, struct ptx_buf *out,
			size_t *at)
{
	size_t before = out->n;
	size_t bad = decode64(kind, s, out);

	if (bad == SIZE_MAX)
		return true;
	ptx_buf_truncate(out, before);
	if (at)
		*at = bad;
	return false;
}

/* How many base32 digits stand for n bytes, n <= 5. */
static size_t digits32(size_t bytes)
{
	return (bytes * 8 + 4) / 5;
}

void ptxi_base32_encode(struct ptx_str s, struct ptx_buf *out)
{
	for (size_t at = 0; at < s.n; at += 5) {
		size_t have = s.n - at < 5 ? s.n - at : 5;
		uint64_t bits = 0;
		char text[8] = { '=', '=', '=', '=', '=', '=', '=', '=' };

		for (size_t i = 0; i < 5; i++)
			bits = bits << 8 | (i < have ? (unsigned char)s.p[at + i] : 0);
		for (size_t i = 0; i < digits32(have); i++)
			text[i] = base32_std[bits >> (35 - 5 * i) & 31];
		ptx_buf_add(out, text, sizeof(text));
	}
}

static int base32_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* One quantum of up to eight digits at *at: how many there are before the padding. Returns
 * SIZE_MAX, or the offset of the bad byte. What stands behind the padding is not looked at. */
static size_t quantum32(struct ptx_str s, size_t *at, uint64_t *bits, unsigned *have)
{
	for (*bits = 0, *have = 0; *have < 8; ++*have) {
		size_t left = s.n - *at;
		int digit = left ? base32_digit(s.p[*at]) : -1;

		if (!left)
			return s.n - *have;
		++*at;
		left--;
		if (s.p[*at - 1] == '=' && *have >= 2 && left < 8) {
			if (left + *have < 7)
				return s.n;
			for (size_t k = 0; k + *have < 7; k++)
				if (s.p[*at + k] != '=')
					return *at + k - 1;
			return *have == 3 || *have == 6 ? *at - 1 : SIZE_MAX;
		}
		if (digit < 0)
			return *at - 1;
		*bits = *bits << 5 | (uint64_t)digit;
	}
	return SIZE_MAX;
}

bool ptxi_base32_decode(struct ptx_str s, struct ptx_buf *out, size_t *at)
{
	ptx_auto_buf plain = { 0 };
	size_t before = out->n;
	size_t bad = SIZE_MAX;
	unsigned have = 8;
	size_t from = 0;

	ptx_buf_init(&plain, 0);
	if (s.n &&
	    (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n))) { /* offsets do not count them */
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] != '\n' && s.p[i] != '\r')
				ptx_buf_addc(&plain, s.p[i]);
		s = ptx_buf_str(&plain);
	}
	while (bad == SIZE_MAX && have == 8 && from < s.n) {
		uint64_t bits = 0;

		bad = quantum32(s, &from, &bits, &have);
		if (bad == SIZE_MAX)
			add_bytes(out, bits << (40 - 5 * have), 40, have * 5 / 8);
	}
	if (bad == SIZE_MAX)
		return true;
	ptx_buf_truncate(out, before);
	if (at)
		*at = bad;
	return false;
}

void ptxi_hex_encode(struct ptx_str s, struct ptx_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char byte = (unsigned char)s.p[i];

		ptx_buf_addc(out, hex_lower[byte >> 4]);
		ptx_buf_addc(out, hex_lower[byte & 15]);
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool ptxi_hex_decode(struct ptx_str s, struct ptx_buf *out)
{
	size_t before = out->n;

	if (s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i += 2) {
		int high = hex_digit(s.p[i]);
		int low = hex_digit(s.p[i + 1]);

		if (high < 0 || low < 0) {
			ptx_buf_truncate(out, before);
			return false;
		}
		ptx_buf_addc(out, (char)(high << 4 | low));
	}
	return true;
}
