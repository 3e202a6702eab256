/* SPDX-License-Identifier: Apache-2.0 */
/* gonum.c - numbers to and from text by the rules of Go's strconv.
 *
 * The C library converts exactly, as Go does, so for a given number of digits its answer is used,
 * with the exponent's and the locale's differences put right. The shortest form is of base;
 * hexadecimal and binary forms are written here.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gonum.h"

#include <math.h>

#define MOST_DIGITS 1100 /* of a double, with every digit before and after the point */

const char *ptxi_go_number_error(enum ptxi_go_number status)
{
	return status == PTXI_NUMBER_RANGE ? "value out of range" : "invalid syntax";
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
}

static unsigned digit_of(char c)
{
	c = lower(c);
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a' + 10) : 99;
}

/* Underscores stand between digits only, where the prefix of a base counts as a digit. */
static bool underscores_ok(struct ptx_str s)
{
	char before = '^'; /* ^ start, 0 digit, _ underscore, ! anything else */
	bool hex = false;
	size_t i = 0;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = ptxi_str_from(s, 1);
	if (s.n >= 2 && s.p[0] == '0' && strchr("box", lower(s.p[1]))) {
		i = 2;
		before = '0';
		hex = lower(s.p[1]) == 'x';
	}
	for (; i < s.n; i++) {
		if ((s.p[i] >= '0' && s.p[i] <= '9') || (hex && digit_of(s.p[i]) < 16)) {
			before = '0';
		} else if (s.p[i] == '_') {
			if (before != '0')
				return false;
			before = '_';
		} else {
			if (before == '_')
				return false;
			before = '!';
		}
	}
	return before != '_';
}

enum ptxi_go_number ptxi_go_parse_uint(struct ptx_str s, unsigned base, uint64_t *out)
{
	struct ptx_str whole = s;
	bool any_base = base == 0;
	bool underscores = false;
	uint64_t v = 0;

	*out = 0;
	if (s.n == 0)
		return PTXI_NUMBER_SYNTAX;
	if (any_base) {
		base = 10;
		if (s.p[0] == '0') {
			char mark = s.n >= 3 ? lower(s.p[1]) : '\0';

			base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
			s = ptxi_str_from(s, mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
		}
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '_' && any_base) {
			underscores = true;
			continue;
		}
		if (digit_of(s.p[i]) >= base)
			return PTXI_NUMBER_SYNTAX;
		if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)digit_of(s.p[i]), &v)) {
			*out = UINT64_MAX;
			return PTXI_NUMBER_RANGE;
		}
	}
	if (underscores && !underscores_ok(whole))
		return PTXI_NUMBER_SYNTAX;
	*out = v;
	return PTXI_NUMBER_OK;
}

enum ptxi_go_number ptxi_go_parse_int(struct ptx_str s, unsigned base, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t most = (uint64_t)INT64_MAX + negative;
	uint64_t u = 0;
	enum ptxi_go_number status = PTXI_NUMBER_OK;

	*out = 0;
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = ptxi_str_from(s, 1);
	status = ptxi_go_parse_uint(s, base, &u);
	if (status == PTXI_NUMBER_SYNTAX)
		return status;
	if (u > most) {
		u = most;
		status = PTXI_NUMBER_RANGE;
	}
	*out = negative ? (int64_t)(0 - u) : (int64_t)u;
	return status;
}

static bool same_word(struct ptx_str s, const char *word)
{
	if (s.n != strlen(word))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (lower(s.p[i]) != word[i])
			return false;
	return true;
}

static bool parse_special(struct ptx_str s, double *out)
{
	double sign = s.n && s.p[0] == '-' ? -1 : 1;

	if (same_word(s, "nan")) {
		*out = NAN;
		return true;
	}
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = ptxi_str_from(s, 1);
	*out = sign * INFINITY;
	return same_word(s, "inf") || same_word(s, "infinity");
}

/* digits after 0x, with a point, and a binary exponent that must be there. */
static enum ptxi_go_number parse_hex(struct ptx_str s, bool negative, double *out)
{
	uint64_t mantissa = 0;
	bool lost = false;
	bool point = false;
	bool any = false;
	long exponent = 0;
	int64_t written = 0;
	long double exact = 0;
	size_t i = 0;

	for (; i < s.n && (digit_of(s.p[i]) < 16 || (s.p[i] == '.' && !point)); i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		any = true;
		if (mantissa >> 58) {
			lost |= digit_of(s.p[i]) != 0;
			exponent += point ? 0 : 4;
		} else {
			mantissa = mantissa << 4 | digit_of(s.p[i]);
			exponent -= point ? 4 : 0;
		}
	}
	if (!any || i == s.n || lower(s.p[i]) != 'p' || i + 1 == s.n)
		return PTXI_NUMBER_SYNTAX;
	s = ptxi_str_from(s, i + 1);
	if (ptxi_go_parse_int(s, 10, &written) == PTXI_NUMBER_SYNTAX)
		return PTXI_NUMBER_SYNTAX;
	written = written > 100000 ? 100000 : written < -100000 ? -100000 : written;
	exact = ldexpl((long double)(mantissa << 1 | lost), (int)(exponent + written - 1));
	*out = (double)(negative ? -exact : exact);
	return isinf(*out) ? PTXI_NUMBER_RANGE : PTXI_NUMBER_OK;
}

enum ptxi_go_number ptxi_go_parse_float(struct ptx_str s, double *out)
{
	struct ptx_str digits = s;
	bool negative = s.n && s.p[0] == '-';
	ptx_auto_str plain = NULL;
	size_t n = 0;

	*out = 0;
	if (parse_special(s, out))
		return PTXI_NUMBER_OK;
	*out = 0;
	if (s.n && memchr(s.p, '_', s.n)) {
		plain = underscores_ok(s) ? ptxi_alloc(s.n + 1) : NULL;
		if (!plain)
			return PTXI_NUMBER_SYNTAX;
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] != '_')
				plain[n++] = s.p[i];
		digits = ptxi_strn(plain, n);
	}
	if (digits.n && (digits.p[0] == '-' || digits.p[0] == '+'))
		digits = ptxi_str_from(digits, 1);
	if (digits.n >= 2 && digits.p[0] == '0' && lower(digits.p[1]) == 'x')
		return parse_hex(ptxi_str_from(digits, 2), negative, out);
	if (digits.n == 0 || digits.p[0] == '-' || digits.p[0] == '+' ||
	    !ptxi_parse_double(digits, out))
		return PTXI_NUMBER_SYNTAX;
	if (negative)
		*out = -*out;
	return isinf(*out) ? PTXI_NUMBER_RANGE : PTXI_NUMBER_OK;
}

/* d.ddde+dd from digits and the exponent of 0.DIGITS. */
static void write_e(const char *digits, size_t n, int exp, int precision, char e,
		    struct ptx_buf *out)
{
	size_t after = precision < 0 ? n - 1 : (size_t)precision;
	int power = exp - 1;

	ptx_buf_addc(out, digits[0]);
	if (after)
		ptx_buf_addc(out, '.');
	for (size_t i = 1; i <= after; i++)
		ptx_buf_addc(out, i < n ? digits[i] : '0');
	ptx_buf_addc(out, e);
	ptx_buf_addc(out, power < 0 ? '-' : '+');
	if (power < 0)
		power = -power;
	if (power < 10)
		ptx_buf_addc(out, '0');
	ptx_buf_printf(out, "%d", power);
}

/* ddd.ddd with as many digits after the point as there are. */
static void write_f(const char *digits, size_t n, int exp, struct ptx_buf *out)
{
	if (exp <= 0)
		ptx_buf_addc(out, '0');
	for (int i = 0; i < exp; i++)
		ptx_buf_addc(out, (size_t)i < n ? digits[i] : '0');
	if ((int)n <= exp)
		return;
	ptx_buf_addc(out, '.');
	for (int i = exp; i < 0; i++)
		ptx_buf_addc(out, '0');
	for (size_t i = exp > 0 ? (size_t)exp : 0; i < n; i++)
		ptx_buf_addc(out, digits[i]);
}

static size_t float_digits(float f, char *digits, int *exp)
{
	char text[24];
	size_t n = 0;

	for (int precision = 1; precision <= 9; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision - 1, (double)f);
		if (precision == 9 || strtof(text, NULL) == f)
			break;
	}
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	*exp = f == 0 ? 1 : (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	return n;
}

static void write_shortest(double f, char format, bool single, struct ptx_buf *out)
{
	char digits[24] = "";
	int exp = 0;
	size_t n =
	    single ? float_digits((float)f, digits, &exp) : ptxi_double_digits(f, digits, &exp);
	bool upper = format == 'E' || format == 'G';

	if (lower(format) == 'e' || (lower(format) == 'g' && (exp - 1 < -4 || exp - 1 >= 6)))
		write_e(digits, n, exp, -1, upper ? 'E' : 'e', out);
	else
		write_f(digits, n, exp, out);
}

/* By the C library, with the locale's point put right. */
static void write_precise(double f, char format, int precision, struct ptx_buf *out)
{
	size_t room = (size_t)precision + MOST_DIGITS;
	char *to = ptx_buf_reserve(out, room);
	int n = 0;

	if (!to)
		return;
	switch (format) {
	case 'e':
		n = snprintf(to, room, "%.*e", precision, f);
		break;
	case 'E':
		n = snprintf(to, room, "%.*E", precision, f);
		break;
	case 'g':
		n = snprintf(to, room, "%.*g", precision, f);
		break;
	case 'G':
		n = snprintf(to, room, "%.*G", precision, f);
		break;
	default:
		n = snprintf(to, room, "%.*f", precision, f);
		break;
	}
	for (int i = 0; i < n; i++)
		if (!strchr("0123456789eE+-", to[i]))
			to[i] = '.';
	ptx_buf_commit(out, (size_t)n);
}

/* The mantissa with its leading one at bit 52, and the exponent so that f = m * 2^(exp - 52); 0
 * gives 0. */
static uint64_t split_double(double f, int *exp)
{
	int e = 0;
	double m = frexp(f, &e);

	*exp = f == 0 ? 0 : e - 1;
	return (uint64_t)ldexp(m, 53);
}

/* Go's %x: 0x1.hhhp+dd. */
static void write_hex(double f, char format, int precision, struct ptx_buf *out)
{
	const char *hex = format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	int exp = 0;
	uint64_t m = split_double(f, &exp) << 8; /* the one at bit 60 */

	if (precision >= 0 && precision < 15) {
		unsigned shift = (unsigned)precision * 4;
		uint64_t extra = (m << shift) & ((UINT64_C(1) << 60) - 1);

		m >>= 60 - shift;
		if ((extra | (m & 1)) > UINT64_C(1) << 59)
			m++;
		m <<= 60 - shift;
		if (m & UINT64_C(1) << 61) {
			m >>= 1;
			exp++;
		}
	}
	ptx_buf_addc(out, '0');
	ptx_buf_addc(out, format);
	ptx_buf_addc(out, (char)('0' + (m >> 60 & 1)));
	m <<= 4;
	if (precision < 0 && m)
		ptx_buf_addc(out, '.');
	for (; precision < 0 && m; m <<= 4)
		ptx_buf_addc(out, hex[m >> 60 & 15]);
	if (precision > 0)
		ptx_buf_addc(out, '.');
	for (int i = 0; i < precision; i++, m <<= 4)
		ptx_buf_addc(out, hex[m >> 60 & 15]);
	ptx_buf_addc(out, format == 'X' ? 'P' : 'p');
	ptx_buf_printf(out, "%c%02d", exp < 0 ? '-' : '+', abs(exp));
}

/* Go's %b: the mantissa as a whole number, and the exponent of two. */
static void write_binary(double f, bool single, struct ptx_buf *out)
{
	int exp = 0;
	uint64_t m = split_double(f, &exp);
	int shift = 52;

	if (single) {
		m >>= 29;
		shift = 23;
	}
	if (f == 0)
		exp = single ? -126 : -1022;
	for (int least = single ? -126 : -1022; exp < least && m; exp++)
		m >>= 1;
	ptx_buf_printf(out, "%llup%+d", (unsigned long long)m, exp - shift);
}

void ptxi_go_format_float(double f, char format, int precision, bool single, struct ptx_buf *out)
{
	if (single)
		f = (double)(float)f; /* which may have no end */
	if (isnan(f)) {
		ptx_buf_adds(out, "NaN");
		return;
	}
	if (isinf(f)) {
		ptx_buf_adds(out, f < 0 ? "-Inf" : "+Inf");
		return;
	}
	if (signbit(f)) {
		ptx_buf_addc(out, '-');
		f = -f;
	}
	if (format == 'b')
		write_binary(f, single, out);
	else if (lower(format) == 'x')
		write_hex(f, format, precision, out);
	else if (precision < 0)
		write_shortest(f, format, single, out);
	else
		write_precise(f, format, precision, out);
}
