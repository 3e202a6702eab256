/* SPDX-License-Identifier: Apache-2.0 */
/* runes.c - printable code points, and letter cases.
 *
 * Sorted ranges, searched by halves. ASCII is answered directly, so the tables begin at U+0080. The
 * C library's isw*() would answer by the caller's locale, which a template must not depend on.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "runes.h"
#include "../base/utf8.h"
#include "runes_tables.h"

static bool in16(const struct range16 *t, size_t n, uint32_t rune)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (rune > t[mid].hi)
			lo = mid + 1;
		else if (rune < t[mid].lo)
			n = mid;
		else
			return true;
	}
	return false;
}

static bool in32(const struct range32 *t, size_t n, uint32_t rune)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (rune > t[mid].hi)
			lo = mid + 1;
		else if (rune < t[mid].lo)
			n = mid;
		else
			return true;
	}
	return false;
}

#define IN(table, rune)                                                                            \
	((rune) < 0x10000 ? in16(table##_low, PTXI_COUNT(table##_low), (rune))                     \
			  : in32(table##_high, PTXI_COUNT(table##_high), (rune)))

bool ptxi_rune_is_print(uint32_t rune)
{
	return rune < 0x80 ? rune >= ' ' && rune < 0x7f : IN(printable, rune);
}

bool ptxi_rune_is_space(uint32_t rune)
{
	switch (rune) {
	case '\t':
	case '\n':
	case '\v':
	case '\f':
	case '\r':
	case ' ':
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return rune >= 0x2000 && rune <= 0x200a;
	}
}

static bool in_steps(const struct step_range *t, size_t n, uint32_t rune)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (rune > t[mid].hi)
			lo = mid + 1;
		else if (rune < t[mid].lo)
			n = mid;
		else
			return (rune - t[mid].lo) % t[mid].step == 0;
	}
	return false;
}

bool ptxi_rune_is_upper(uint32_t rune)
{
	return rune < 0x80 ? rune >= 'A' && rune <= 'Z'
			   : in_steps(upper_case, PTXI_COUNT(upper_case), rune);
}

bool ptxi_rune_is_lower(uint32_t rune)
{
	return rune < 0x80 ? rune >= 'a' && rune <= 'z'
			   : in_steps(lower_case, PTXI_COUNT(lower_case), rune);
}

bool ptxi_rune_is_title(uint32_t rune)
{
	return rune >= 0x80 && in_steps(title_case, PTXI_COUNT(title_case), rune);
}

bool ptxi_rune_is_punctuation(uint32_t rune)
{
	if (rune < 0x80)
		return rune && strchr("!\"#%&'()*,-./:;?@[\\]_{}", (int)rune) != NULL;
	return in_steps(punctuation, PTXI_COUNT(punctuation), rune);
}

bool ptxi_rune_is_number(uint32_t rune)
{
	return rune < 0x80 ? rune >= '0' && rune <= '9'
			   : in_steps(numbers, PTXI_COUNT(numbers), rune);
}

static uint32_t mapped(const struct case_range *t, size_t n, uint32_t rune)
{
	size_t lo = 0;
	size_t hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (rune > t[mid].hi)
			lo = mid + 1;
		else if (rune < t[mid].lo)
			hi = mid;
		else
			return (rune - t[mid].lo) % t[mid].step
				   ? rune
				   : (uint32_t)((int32_t)rune + t[mid].delta);
	}
	return rune;
}

uint32_t ptxi_rune_upper(uint32_t rune)
{
	if (rune < 0x80)
		return rune >= 'a' && rune <= 'z' ? rune - 0x20 : rune;
	return mapped(to_upper, PTXI_COUNT(to_upper), rune);
}

uint32_t ptxi_rune_lower(uint32_t rune)
{
	if (rune < 0x80)
		return rune >= 'A' && rune <= 'Z' ? rune + 0x20 : rune;
	return mapped(to_lower, PTXI_COUNT(to_lower), rune);
}

uint32_t ptxi_rune_title(uint32_t rune)
{
	if (rune < 0x80)
		return ptxi_rune_upper(rune);
	return mapped(to_title, PTXI_COUNT(to_title), rune);
}

void ptxi_text_map_runes(struct ptx_str s, uint32_t (*map)(uint32_t), struct ptx_buf *out)
{
	while (s.n) {
		size_t len = 0;
		char bytes[4] = "";
		uint32_t rune = ptxi_utf8_decode(s, &len);

		ptx_buf_add(out, bytes, ptxi_utf8_encode(map(rune), bytes));
		s = ptxi_str_from(s, len);
	}
}
