/* SPDX-License-Identifier: Apache-2.0 */
/* gostring.c - trimming, replacing and cutting as Go's package strings does. */
#define PTX_AREA PTX_AREA_TEXT
#include "gostring.h"
#include "runes.h"
#include "../base/utf8.h"

/* Where the last character of s begins. */
static size_t last_rune(struct ptx_str s)
{
	size_t at = s.n - 1;

	for (size_t back = 1; back < 4 && back < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80;
	     back++)
		at--;
	for (; at < s.n - 1; at++) {
		size_t len = 0;

		ptxi_utf8_decode(ptxi_str_from(s, at), &len);
		if (at + len == s.n)
			break;
	}
	return at;
}

static bool in_set(struct ptx_str c, struct ptx_str set)
{
	size_t len = 0;
	uint32_t rune = ptxi_utf8_decode(c, &len);

	while (set.n) {
		if (ptxi_utf8_decode(set, &len) == rune)
			return true;
		set = ptxi_str_from(set, len);
	}
	return false;
}

static bool is_space(struct ptx_str c, struct ptx_str set PTXI_UNUSED)
{
	size_t len = 0;

	return ptxi_rune_is_space(ptxi_utf8_decode(c, &len));
}

static struct ptx_str trim(struct ptx_str s, bool (*cut)(struct ptx_str, struct ptx_str),
			   struct ptx_str set)
{
	while (s.n && cut(s, set)) {
		size_t len = 0;

		ptxi_utf8_decode(s, &len);
		s = ptxi_str_from(s, len);
	}
	while (s.n) {
		size_t at = last_rune(s);

		if (!cut(ptxi_str_from(s, at), set))
			break;
		s.n = at;
	}
	return s;
}

struct ptx_str ptxi_text_trim_space(struct ptx_str s)
{
	return trim(s, is_space, s);
}

struct ptx_str ptxi_text_trim_set(struct ptx_str s, struct ptx_str set)
{
	return trim(s, in_set, set);
}

void ptxi_text_replace(struct ptx_str s, struct ptx_str from, struct ptx_str to, size_t most,
		       struct ptx_buf *out)
{
	for (size_t i = 0; i < most; i++) {
		size_t at = 0;

		if (from.n) {
			at = ptxi_str_find(s, from);
			if (at == SIZE_MAX)
				break;
		} else if (i) {
			if (s.n == 0)
				break;
			ptxi_utf8_decode(s, &at);
		}
		ptx_buf_add(out, s.p, at);
		ptx_buf_addstr(out, to);
		s = ptxi_str_from(s, at + from.n);
	}
	ptx_buf_addstr(out, s);
}

bool ptxi_text_next(struct ptx_str *rest, struct ptx_str sep, struct ptx_str *part)
{
	size_t at = 0;

	if (!rest->p)
		return false;
	if (sep.n == 0) {
		if (rest->n == 0)
			return false;
		ptxi_utf8_decode(*rest, &at);
	} else {
		at = ptxi_str_find(*rest, sep);
	}
	*part = ptxi_strn(rest->p, at == SIZE_MAX ? rest->n : at);
	*rest = at == SIZE_MAX ? (struct ptx_str){ NULL, 0 } : ptxi_str_from(*rest, at + sep.n);
	return true;
}
