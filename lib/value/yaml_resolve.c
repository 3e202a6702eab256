/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_resolve.c - what a plain scalar means.
 *
 * YAML 1.1 (https://yaml.org/type/) as Go's yaml.v2 reads it: the first character says what it may
 * be at all. Booleans and nulls are a fixed list of words. Numbers may hold underscores anywhere
 * after the first character; integers are decimal, 0x, 0o, 0b or octal by a leading 0, and what is
 * no integer but looks like a decimal fraction is a double. Dates are told apart, because the
 * writer must quote them, but stay strings.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "yaml.h"

#include <float.h>
#include <math.h>

#define LONGEST_NUMBER 512u /* a longer text is a string */

static struct ptxi_yaml_scalar of_type(enum ptxi_yaml_type type)
{
	struct ptxi_yaml_scalar s = { .type = type };

	return s;
}

static struct ptxi_yaml_scalar of_float(double f)
{
	struct ptxi_yaml_scalar s = { .type = PTXI_YAML_FLOAT };

	s.f = f;
	return s;
}

static bool find_word(struct ptx_str text, struct ptxi_yaml_scalar *out)
{
	static const struct {
		const char *words[5];
		enum ptxi_yaml_type type;
		bool b;
		double f;
	} table[] = {
		{ { "y", "Y", "yes", "Yes", "YES" }, PTXI_YAML_BOOL, true, 0 },
		{ { "true", "True", "TRUE" }, PTXI_YAML_BOOL, true, 0 },
		{ { "on", "On", "ON" }, PTXI_YAML_BOOL, true, 0 },
		{ { "n", "N", "no", "No", "NO" }, PTXI_YAML_BOOL, false, 0 },
		{ { "false", "False", "FALSE" }, PTXI_YAML_BOOL, false, 0 },
		{ { "off", "Off", "OFF" }, PTXI_YAML_BOOL, false, 0 },
		{ { "", "~", "null", "Null", "NULL" }, PTXI_YAML_NULL, false, 0 },
		{ { ".nan", ".NaN", ".NAN" }, PTXI_YAML_FLOAT, false, NAN },
		{ { ".inf", ".Inf", ".INF" }, PTXI_YAML_FLOAT, false, INFINITY },
		{ { "+.inf", "+.Inf", "+.INF" }, PTXI_YAML_FLOAT, false, INFINITY },
		{ { "-.inf", "-.Inf", "-.INF" }, PTXI_YAML_FLOAT, false, -INFINITY },
	};

	if (text.n > 5)
		return false;
	for (size_t i = 0; i < PTXI_COUNT(table); i++) {
		for (size_t j = 0; j < 5 && table[i].words[j]; j++) {
			if (!ptxi_str_is(text, table[i].words[j]))
				continue;
			*out = of_type(table[i].type);
			if (table[i].type == PTXI_YAML_BOOL)
				out->b = table[i].b;
			else
				out->f = table[i].f;
			return true;
		}
	}
	return false;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

static bool parse_digits(struct ptx_str s, unsigned base, uint64_t *out)
{
	uint64_t v = 0;

	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit_of(s.p[i]);

		if (d >= (int)base || __builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return false;
	}
	*out = v;
	return true;
}

/* An integer with a sign and a prefix for its base; false when it is none or too large. */
static bool parse_int(struct ptx_str s, struct ptxi_yaml_scalar *out)
{
	bool sign = s.n && (s.p[0] == '-' || s.p[0] == '+');
	bool negative = s.n && s.p[0] == '-';
	struct ptx_str digits = ptxi_str_from(s, sign);
	unsigned base = 10;
	uint64_t v = 0;

	if (digits.n > 1 && digits.p[0] == '0') {
		char c = (char)(digits.p[1] | 32);

		base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 8;
		digits = ptxi_str_from(digits, c == 'x' || c == 'o' || c == 'b' ? 2 : 1);
		/* "0b-1" is a number too, by the same accident as in Go. */
		if (base == 2 && !sign && s.p[1] == 'b' && digits.n &&
		    (digits.p[0] == '-' || digits.p[0] == '+')) {
			negative = digits.p[0] == '-';
			digits = ptxi_str_from(digits, 1);
			sign = true;
		}
	}
	if (!parse_digits(digits, base, &v) || (sign && v > (uint64_t)INT64_MAX + negative))
		return false;
	*out = of_type(v > INT64_MAX && !negative ? PTXI_YAML_UINT : PTXI_YAML_INT);
	if (out->type == PTXI_YAML_UINT)
		out->u = v;
	else
		out->i = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

/* Takes the underscores out; false where one is not between digits, when that matters. */
static bool take_underscores(struct ptx_str s, bool between_digits, struct ptx_str *out, char *to)
{
	*out = ptxi_strn(to, 0);
	if (s.n > LONGEST_NUMBER)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '_')
			to[out->n++] = s.p[i];
		else if (between_digits && (!i || i + 1 == s.n || digit_of(s.p[i - 1]) > 9 ||
					    digit_of(s.p[i + 1]) > 9))
			return false;
	}
	return true;
}

static bool parse_float(struct ptx_str s, struct ptxi_yaml_scalar *out)
{
	double f = 0;

	if (!ptxi_parse_double(s, &f) || isinf(f))
		return false;
	*out = of_float(f);
	return true;
}

static bool take_number(struct ptx_str *s, unsigned least, unsigned most, unsigned *out)
{
	unsigned v = 0;
	size_t n = 0;

	while (n < 2 && n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (unsigned)(s->p[n++] - '0');
	if (!n || v < least || v > most)
		return false;
	*s = ptxi_str_from(*s, n);
	*out = v;
	return true;
}

static bool take_char(struct ptx_str *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = ptxi_str_from(*s, 1);
	return true;
}

/* "H:M:S" with a fraction. */
static bool take_clock(struct ptx_str *s)
{
	unsigned part = 0;

	if (!take_number(s, 0, 23, &part) || !take_char(s, ':') || !take_number(s, 0, 59, &part) ||
	    !take_char(s, ':') || !take_number(s, 0, 59, &part))
		return false;
	if (s->n >= 2 && (s->p[0] == '.' || s->p[0] == ',') && s->p[1] >= '0' && s->p[1] <= '9') {
		*s = ptxi_str_from(*s, 1);
		while (s->n && s->p[0] >= '0' && s->p[0] <= '9')
			*s = ptxi_str_from(*s, 1);
	}
	return true;
}

/* "Z" or "+07:00". */
static bool take_zone(struct ptx_str *s)
{
	unsigned hour = 0;
	unsigned minute = 0;
	bool shape = s->n >= 6 && s->p[3] == ':' && s->p[2] >= '0' && s->p[2] <= '9' &&
		     s->p[5] >= '0' && s->p[5] <= '9';

	if (take_char(s, 'Z'))
		return true;
	return shape && (take_char(s, '+') || take_char(s, '-')) && take_number(s, 0, 24, &hour) &&
	       take_char(s, ':') && take_number(s, 0, 60, &minute);
}

static bool is_timestamp(struct ptx_str s)
{
	static const unsigned char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year = 0;
	unsigned month = 0;
	unsigned day = 0;

	for (size_t i = 0; i < 4; i++) {
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return false;
		year = year * 10 + (unsigned)(s.p[i] - '0');
	}
	s = ptxi_str_from(s, 4);
	if (!take_char(&s, '-') || !take_number(&s, 1, 12, &month) || !take_char(&s, '-') ||
	    !take_number(&s, 1, days[month - 1], &day))
		return false;
	if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))
		return false;
	if (!s.n)
		return true;
	if (take_char(&s, 'T') || take_char(&s, 't'))
		return take_clock(&s) && take_zone(&s) && !s.n;
	if (!take_char(&s, ' '))
		return false;
	while (take_char(&s, ' '))
		;
	return take_clock(&s) && !s.n;
}

static struct ptxi_yaml_scalar resolve_number(struct ptx_str text)
{
	char plain[LONGEST_NUMBER];
	struct ptxi_yaml_scalar out = of_type(PTXI_YAML_STRING);
	struct ptx_str s = { NULL, 0 };

	if (is_timestamp(text))
		return of_type(PTXI_YAML_TIMESTAMP);
	if (!take_underscores(text, false, &s, plain) ||
	    (!parse_int(s, &out) && !parse_float(s, &out)))
		out = of_type(PTXI_YAML_STRING);
	return out;
}

/* ".5": here Go leaves the underscores to its number reader, which wants them between digits. */
static struct ptxi_yaml_scalar resolve_fraction(struct ptx_str text)
{
	char plain[LONGEST_NUMBER];
	struct ptxi_yaml_scalar out = of_type(PTXI_YAML_STRING);
	struct ptx_str s = { NULL, 0 };

	if (!take_underscores(text, true, &s, plain) || !parse_float(s, &out))
		out = of_type(PTXI_YAML_STRING);
	return out;
}

struct ptxi_yaml_scalar ptxi_yaml_resolve(struct ptx_str text)
{
	struct ptxi_yaml_scalar out = of_type(PTXI_YAML_STRING);

	if (text.n && !strchr("+-0123456789yYnNtTfFoO~.", text.p[0]))
		return out;
	if (text.n && !text.p[0])
		return out;
	if (find_word(text, &out) || !text.n)
		return out;
	if (text.p[0] == '.')
		return resolve_fraction(text);
	if (strchr("+-0123456789", text.p[0]))
		return resolve_number(text);
	return out;
}

/* The fewest digits that read back as the same float. */
static size_t float_digits(float f, char *digits, int *exp)
{
	char text[40];
	int precision = 1;
	size_t n = 0;

	do
		snprintf(text, sizeof(text), "%.*e", precision - 1, (double)f);
	while (strtof(text, NULL) != f && ++precision <= FLT_DECIMAL_DIG);
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	*exp = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	return n;
}

void ptxi_yaml_double(double f, bool as_float, struct ptx_buf *out)
{
	char digits[18] = "";
	size_t n = 0;
	int exp = 0;

	if (as_float)
		f = (double)(float)f;
	if (isnan(f) || isinf(f)) {
		ptx_buf_adds(out, isnan(f) ? ".nan" : f > 0 ? ".inf" : "-.inf");
		return;
	}
	if (signbit(f))
		ptx_buf_addc(out, '-');
	n = as_float && f != 0 ? float_digits(fabsf((float)f), digits, &exp)
			       : ptxi_double_digits(f, digits, &exp);
	/* The rule of strconv's %g for the shortest form. */
	if (exp - 1 < -4 || exp - 1 >= 6) {
		ptx_buf_addc(out, digits[0]);
		if (n > 1) {
			ptx_buf_addc(out, '.');
			ptx_buf_add(out, digits + 1, n - 1);
		}
		ptx_buf_printf(out, "e%c%02d", exp - 1 < 0 ? '-' : '+', abs(exp - 1));
	} else {
		ptxi_double_put(digits, n, exp, out);
	}
}
