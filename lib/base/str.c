/* SPDX-License-Identifier: Apache-2.0 */
/* str.c - slices, and numbers to and from text.
 *
 * Doubles go through the C library, which converts exactly; the locale's decimal point is put
 * right, since a program that embeds us may have set one.
 */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"

#include <locale.h>
#include <float.h>
#include <math.h>

bool ptxi_str_eq(struct ptx_str a, struct ptx_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool ptxi_str_is(struct ptx_str a, const char *b)
{
	size_t i = 0;

	if (!b)
		return a.n == 0;
	while (i < a.n && b[i] && a.p[i] == b[i])
		i++;
	return i == a.n && !b[i];
}

int ptxi_str_cmp(struct ptx_str a, struct ptx_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool ptxi_str_starts(struct ptx_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool ptxi_str_ends(struct ptx_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

bool ptxi_str_is_ascii(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

size_t ptxi_str_find(struct ptx_str s, struct ptx_str needle)
{
	const char *at = NULL;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return SIZE_MAX;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t ptxi_str_find_pair(struct ptx_str s, char c)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	const uint64_t wanted = each * (unsigned char)c;
	size_t i = 0;

	/* Eight places at once: a byte is zero where c stands in it and in the one behind it. */
	for (; i + 9 <= s.n; i += 8) {
		uint64_t here = 0;
		uint64_t behind = 0;
		uint64_t differs = 0;

		memcpy(&here, s.p + i, 8);
		memcpy(&behind, s.p + i + 1, 8);
		differs = (here ^ wanted) | (behind ^ wanted);
		if ((differs - each) & ~differs & each << 7)
			break;
	}
	for (; i + 1 < s.n; i++)
		if (s.p[i] == c && s.p[i + 1] == c)
			return i;
	return SIZE_MAX;
}

size_t ptxi_str_find_char(struct ptx_str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t ptxi_str_rfind_char(struct ptx_str s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

struct ptx_str ptxi_str_from(struct ptx_str s, size_t from)
{
	/* cppcheck-suppress nullPointerArithmeticRedundantCheck; what has a length has bytes */
	return from < s.n ? ptxi_strn(s.p + from, s.n - from)
			  : ptxi_strn(s.p ? s.p + s.n : NULL, 0);
}

struct ptx_str ptxi_str_sub(struct ptx_str s, size_t from, size_t n)
{
	struct ptx_str part = ptxi_str_from(s, from);

	if (part.n > n)
		part.n = n;
	return part;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct ptx_str ptxi_str_trim(struct ptx_str s)
{
	while (s.n && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool ptxi_str_next(struct ptx_str *rest, char sep, struct ptx_str *part)
{
	size_t at = 0;

	if (!rest->p)
		return false;
	at = ptxi_str_find_char(*rest, sep);
	if (at == SIZE_MAX) {
		*part = *rest;
		*rest = (struct ptx_str){ NULL, 0 };
		return true;
	}
	*part = ptxi_strn(rest->p, at);
	*rest = ptxi_strn(rest->p + at + 1, rest->n - at - 1);
	return true;
}

char *ptxi_str_dup(struct ptx_str s)
{
	return ptxi_strndup(s.p, s.n);
}

bool ptxi_parse_u64(struct ptx_str s, uint64_t *out, uint64_t max)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

bool ptxi_parse_i64(struct ptx_str s, int64_t *out, int64_t min, int64_t max)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t v = 0;
	int64_t i = 0;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = ptxi_str_from(s, 1);
	if (!ptxi_parse_u64(s, &v, (uint64_t)INT64_MAX + negative))
		return false;
	i = negative ? (int64_t)(0 - v) : (int64_t)v;
	if (i < min || i > max)
		return false;
	*out = i;
	return true;
}

/* sign? digits? (. digits?)? ([eE] sign? digits)?, with a digit in the mantissa. */
static bool is_decimal(struct ptx_str s)
{
	size_t i = 0;
	size_t digits = 0;

	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		i++;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		digits++;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			digits++;
	if (!digits)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		if (i == s.n)
			return false;
		while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
	}
	return i == s.n;
}

bool ptxi_parse_double(struct ptx_str s, double *out)
{
	char local[64];
	ptx_auto_str heap = NULL;
	char *text = local;
	char *end = NULL;
	char *dot = NULL;
	double value = 0;

	if (!is_decimal(s))
		return false;
	if (s.n >= sizeof(local)) {
		heap = ptxi_strndup(s.p, s.n);
		if (!heap)
			return false;
		text = heap;
	} else {
		memcpy(local, s.p, s.n);
		local[s.n] = '\0';
	}
	dot = strchr(text, '.');
	if (dot)
		*dot = localeconv()->decimal_point[0];
	value = strtod(text, &end);
	if (*end)
		return false;
	*out = value;
	return true;
}

/* The digits of "D.DDDe[+-]XX", trailing zeros cut. */
static size_t take_digits(const char *text, char *digits, int *exp)
{
	size_t n = 0;

	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	*exp = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	return n;
}

/* Makes the last digit of "D.DDDeXX" one larger; false where that would carry out of the first. */
static bool round_up(char *text)
{
	char *p = strchr(text, 'e') - 1;

	while (p >= text && (*p == '9' || *p < '0' || *p > '9')) {
		if (*p == '9')
			*p = '0';
		p--;
	}
	if (p < text)
		return false;
	++*p;
	return true;
}

/* Whether `precision` digits are enough to read f back; text gets them. Below a power of two
 * doubles lie twice as close as above it, so there the nearest text may miss f while the next
 * larger one does not. */
static bool reads_back(double f, int precision, char *text, size_t size)
{
	int exponent = 0;

	snprintf(text, size, "%.*e", precision - 1, f);
	if (strtod(text, NULL) == f)
		return true;
	return frexp(f, &exponent) == 0.5 && strtod(text, NULL) < f && round_up(text) &&
	       strtod(text, NULL) == f;
}

size_t ptxi_double_digits(double f, char *digits, int *exp)
{
	char text[40];
	/* A normal number that fewer than 15 digits identify has zeros at the end of its 15;
	 * subnormal ones have less precision than that. */
	int precision = 15;

	f = fabs(f);
	if (f < 1e15 && f == floor(f)) {
		size_t n = (size_t)snprintf(digits, 18, "%lld", (long long)f);

		*exp = (int)n;
		while (n > 1 && digits[n - 1] == '0')
			digits[--n] = '\0';
		return n;
	}
	if (f < DBL_MIN)
		precision = 1;
	while (precision < 17 && !reads_back(f, precision, text, sizeof(text)))
		precision++;
	if (precision == 17)
		snprintf(text, sizeof(text), "%.16e", f);
	return take_digits(text, digits, exp);
}

void ptxi_double_put(const char *digits, size_t n, int exp, struct ptx_buf *out)
{
	if (exp <= 0) {
		ptx_buf_adds(out, "0.");
		ptx_buf_fill(out, '0', (size_t)-exp);
		ptx_buf_add(out, digits, n);
	} else if ((size_t)exp >= n) {
		ptx_buf_add(out, digits, n);
		ptx_buf_fill(out, '0', (size_t)exp - n);
	} else {
		ptx_buf_add(out, digits, (size_t)exp);
		ptx_buf_addc(out, '.');
		ptx_buf_add(out, digits + exp, n - (size_t)exp);
	}
}
