/* SPDX-License-Identifier: Apache-2.0 */
/* toml_scalar.c - TOML's strings, numbers, booleans, dates and times (TOML 1.1.0).
 *
 * Strings are unescaped while they are read, into the arena: no escape gets longer than it was
 * written. Everything else is a word: the run of characters that such a value may have, then told
 * apart by its shape.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "toml.h"

#include <math.h>

#include "../base/time.h"
#include "../base/utf8.h"

#define LONGEST_WORD 512u

/* --- strings --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xHH, \uHHHH, \UHHHHHHHH: p is behind the letter. */
static const char *unescape_code(struct ptxi_toml *t, const char *slash, const char *p,
				 unsigned digits, char **to)
{
	uint32_t rune = 0;

	for (unsigned i = 0; i < digits; i++, p++) {
		int d = p < t->end ? hex_digit(*p) : -1;

		if (d < 0)
			return ptxi_toml_fail(t, slash, PTX_E_SYNTAX,
					      "'\\%c' needs %u hexadecimal digits", slash[1],
					      digits);
		rune = rune << 4 | (uint32_t)d;
	}
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
		return ptxi_toml_fail(t, slash, PTX_E_SYNTAX, "'\\%c' with U+%X is no character",
				      slash[1], (unsigned)rune);
	*to += ptxi_utf8_encode(rune, *to);
	return p;
}

/* The escape at p, a backslash. */
static const char *unescape(struct ptxi_toml *t, const char *p, char **to)
{
	static const char letters[] = "btnfre\"\\";
	static const char bytes[] = "\b\t\n\f\r\x1b\"\\";
	const char *at = p + 1 < t->end && p[1] ? strchr(letters, p[1]) : NULL;

	if (at) {
		*(*to)++ = bytes[at - letters];
		return p + 2;
	}
	switch (p + 1 < t->end ? p[1] : '\0') {
	case 'x':
		return unescape_code(t, p, p + 2, 2, to);
	case 'u':
		return unescape_code(t, p, p + 2, 4, to);
	case 'U':
		return unescape_code(t, p, p + 2, 8, to);
	default:
		ptxi_toml_fail(t, p, PTX_E_SYNTAX, "this backslash begins no escape of TOML");
		if (t->err)
			ptxi_error_hint(
			    t->err, "write \\\\ for a backslash, or use a string in single quotes");
		return NULL;
	}
}

/* One plain character at p of a string. */
static const char *plain(struct ptxi_toml *t, const char *p, char **to)
{
	unsigned char c = (unsigned char)*p;
	size_t n = 1;

	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return ptxi_toml_fail(t, p, PTX_E_SYNTAX, "control character 0x%02x in a string",
				      c);
	if (c >= 0x80) {
		struct ptx_str rest = ptxi_strn(p, (size_t)(t->end - p));

		if (!ptxi_utf8_valid_at(rest))
			return ptxi_toml_fail(t, p, PTX_E_SYNTAX, "byte 0x%02x is not UTF-8", c);
		ptxi_utf8_decode(rest, &n);
	}
	memcpy(*to, p, n);
	*to += n;
	return p + n;
}

static bool unclosed(struct ptxi_toml *t, struct ptxi_pos open)
{
	struct ptx_where where = { t->opts->file, open.line, open.column };

	ptx_fail_at(t->err, PTX_E_SYNTAX, where, "this string has no closing quote");
	return false;
}

static struct ptxi_pos place_of(const struct ptxi_toml *t)
{
	return (struct ptxi_pos){ t->line, (uint32_t)ptxi_utf8_count(ptxi_strn(
					       t->line_start, (size_t)(t->p - t->line_start))) +
					       1 };
}

static bool single_line(struct ptxi_toml *t, char quote, char *to, struct ptx_str *out)
{
	struct ptxi_pos open = place_of(t);

	out->p = to;
	t->p++;
	while (t->p < t->end && *t->p != quote) {
		if (*t->p == '\n' || *t->p == '\r')
			return unclosed(t, open);
		t->p = *t->p == '\\' && quote == '"' ? unescape(t, t->p, &to) : plain(t, t->p, &to);
		if (!t->p)
			return false;
	}
	if (t->p >= t->end)
		return unclosed(t, open);
	t->p++;
	*to = '\0';
	out->n = (size_t)(to - out->p);
	return true;
}

/* A backslash at the end of a line: everything blank behind it goes. False when it is none. */
static bool skip_line_end(struct ptxi_toml *t)
{
	const char *p = t->p + 1;

	while (p < t->end && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= t->end || (*p != '\n' && !(*p == '\r' && p + 1 < t->end && p[1] == '\n')))
		return false;
	t->p = p;
	while (t->p < t->end)
		if (*t->p == ' ' || *t->p == '\t')
			t->p++;
		else if (!ptxi_toml_newline(t))
			break;
	return true;
}

static size_t quotes_at(const struct ptxi_toml *t, char quote)
{
	size_t n = 0;

	while (n < 6 && t->p + n < t->end && t->p[n] == quote)
		n++;
	return n;
}

static bool multi_line(struct ptxi_toml *t, char quote, char *to, struct ptx_str *out)
{
	struct ptxi_pos open = place_of(t);

	out->p = to;
	t->p += 3;
	ptxi_toml_newline(t);
	while (t->p < t->end) {
		size_t quotes = *t->p == quote ? quotes_at(t, quote) : 0;
		const char *from = t->p;

		if (quotes >= 3) { /* up to two quotes may stand before the closing three */
			for (size_t i = 3; i < quotes && i < 5; i++)
				*to++ = quote;
			t->p += quotes < 5 ? quotes : 5;
			*to = '\0';
			out->n = (size_t)(to - out->p);
			return true;
		}
		if (ptxi_toml_newline(t)) {
			memcpy(to, from, (size_t)(t->p - from));
			to += t->p - from;
			continue;
		}
		if (*t->p == '\\' && quote == '"') {
			if (skip_line_end(t))
				continue;
			t->p = unescape(t, t->p, &to);
		} else {
			t->p = plain(t, t->p, &to);
		}
		if (!t->p)
			return false;
	}
	return unclosed(t, open);
}

/* How many bytes may belong to the string that opens at t->p: room for what it becomes. */
static size_t extent(const struct ptxi_toml *t, char quote, bool multi)
{
	const char *p = t->p + (multi ? 3 : 1);
	const char *start = p;

	for (; p < t->end; p++) {
		if (*p == '\\' && quote == '"')
			p++;
		else if (!multi && (*p == quote || *p == '\n'))
			break;
		else if (multi && *p == quote && t->end - p >= 3 && p[1] == quote && p[2] == quote)
			break;
	}
	return (size_t)(p - start) + 8;
}

bool ptxi_toml_string(struct ptxi_toml *t, bool may_be_multiline, struct ptx_str *out)
{
	char quote = *t->p;
	bool multi = may_be_multiline && quotes_at(t, quote) >= 3;
	char *to = ptxi_arena_bytes(t->arena, extent(t, quote, multi));

	if (!to)
		return ptxi_toml_no_memory(t);
	return multi ? multi_line(t, quote, to, out) : single_line(t, quote, to, out);
}

/* --- numbers --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits of a base with underscores between them, appended to b without those. false: it is not
 * that. */
static bool take_digits(struct ptx_str *s, unsigned base, struct ptx_buf *b)
{
	bool after_digit = false;
	size_t i = 0;

	for (; i < s->n; i++) {
		int d = hex_digit(s->p[i]);

		if (s->p[i] == '_') {
			if (!after_digit)
				return false;
			after_digit = false;
		} else if (d >= 0 && (unsigned)d < base) {
			after_digit = true;
			ptx_buf_addc(b, s->p[i]);
		} else {
			break;
		}
	}
	*s = ptxi_str_from(*s, i);
	return after_digit;
}

static struct ptx_value *bad_value(struct ptxi_toml *t, struct ptx_str word)
{
	return ptxi_toml_fail(t, word.p, PTX_E_SYNTAX, "'%.*s' is no value",
			      (int)(word.n < 40 ? word.n : 40), word.p);
}

static struct ptx_value *out_of_range(struct ptxi_toml *t, struct ptx_str word)
{
	return ptxi_toml_fail(t, word.p, PTX_E_LIMIT, "the number '%.*s' is out of range",
			      (int)(word.n < 40 ? word.n : 40), word.p);
}

static struct ptx_value *read_based(struct ptxi_toml *t, struct ptx_str word, unsigned base)
{
	struct ptx_str rest = ptxi_str_from(word, 2);
	ptx_auto_buf digits = { 0 };
	uint64_t u = 0;

	ptx_buf_init(&digits, 0);
	if (!take_digits(&rest, base, &digits) || rest.n)
		return bad_value(t, word);
	if (!ptx_buf_ok(&digits))
		return ptxi_toml_no_memory(t);
	for (size_t i = 0; i < digits.n; i++) {
		if (u > (uint64_t)INT64_MAX / base)
			return out_of_range(t, word);
		u = u * base + (unsigned)hex_digit(digits.p[i]);
	}
	return u > INT64_MAX ? out_of_range(t, word) : ptx_value_int(t->arena, (int64_t)u);
}

static struct ptx_value *read_number(struct ptxi_toml *t, struct ptx_str word)
{
	struct ptx_str rest = word;
	ptx_auto_buf text = { 0 };
	bool is_float = false;
	size_t first = 0;
	int64_t i = 0;
	double f = 0;

	ptx_buf_init(&text, 0);
	if (rest.n && (*rest.p == '-' || *rest.p == '+')) {
		if (*rest.p == '-')
			ptx_buf_addc(&text, '-');
		rest = ptxi_str_from(rest, 1);
	}
	if (ptxi_str_is(rest, "inf") || ptxi_str_is(rest, "nan"))
		return ptx_value_float(t->arena, *rest.p == 'n' ? (double)NAN
						 : text.n       ? -(double)INFINITY
								: (double)INFINITY);
	first = text.n;
	if (!take_digits(&rest, 10, &text) || (text.p[first] == '0' && text.n > first + 1))
		return bad_value(t, word);
	if (rest.n && *rest.p == '.') {
		is_float = true;
		ptx_buf_addc(&text, '.');
		rest = ptxi_str_from(rest, 1);
		if (!take_digits(&rest, 10, &text))
			return bad_value(t, word);
	}
	if (rest.n && (*rest.p == 'e' || *rest.p == 'E')) {
		is_float = true;
		ptx_buf_addc(&text, 'e');
		rest = ptxi_str_from(rest, 1);
		if (rest.n && (*rest.p == '-' || *rest.p == '+')) {
			ptx_buf_addc(&text, *rest.p);
			rest = ptxi_str_from(rest, 1);
		}
		if (!take_digits(&rest, 10, &text))
			return bad_value(t, word);
	}
	if (rest.n)
		return bad_value(t, word);
	if (!ptx_buf_ok(&text))
		return ptxi_toml_no_memory(t);
	if (!is_float)
		return ptxi_parse_i64(ptx_buf_str(&text), &i, INT64_MIN, INT64_MAX)
			   ? ptx_value_int(t->arena, i)
			   : out_of_range(t, word);
	if (!ptxi_parse_double(ptx_buf_str(&text), &f))
		return bad_value(t, word);
	return isinf(f) ? out_of_range(t, word) : ptx_value_float(t->arena, f);
}

/* --- dates and times --- */

/* n digits at *s. */
static bool fixed(struct ptx_str *s, size_t n, int *out)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s->p[i]))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = ptxi_str_from(*s, n);
	*out = v;
	return true;
}

static bool literal(struct ptx_str *s, char c)
{
	if (!s->n || *s->p != c)
		return false;
	*s = ptxi_str_from(*s, 1);
	return true;
}

static bool read_date(struct ptx_str *s, struct ptxi_civil *c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = 0;
	bool leap = false;

	if (!fixed(s, 4, &year) || !literal(s, '-') || !fixed(s, 2, &c->month) ||
	    !literal(s, '-') || !fixed(s, 2, &c->day))
		return false;
	c->year = year;
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days[c->month - 1] + (c->month == 2 && leap);
}

/* HH:MM[:SS[.FRACTION]]; digits of the fraction beyond the ninth are cut. */
static bool read_time(struct ptx_str *s, struct ptxi_civil *c, int32_t *nanoseconds)
{
	int32_t unit = 100000000;

	if (!fixed(s, 2, &c->hour) || !literal(s, ':') || !fixed(s, 2, &c->minute))
		return false;
	if (literal(s, ':')) {
		if (!fixed(s, 2, &c->second))
			return false;
		if (literal(s, '.')) {
			if (!s->n || !is_digit(*s->p))
				return false;
			for (; s->n && is_digit(*s->p); unit /= 10) {
				*nanoseconds += (*s->p - '0') * unit;
				*s = ptxi_str_from(*s, 1);
			}
		}
	}
	return c->hour < 24 && c->minute < 60 && c->second < 60;
}

/* Z or an offset; as Go's clock, an offset may have 24 hours and 60 minutes. */
static bool read_offset(struct ptx_str *s, int32_t *offset)
{
	int hour = 0;
	int minute = 0;
	bool west = s->n && *s->p == '-';

	*offset = 0;
	if (literal(s, 'Z') || literal(s, 'z'))
		return true;
	if (!literal(s, '+') && !literal(s, '-'))
		return false;
	if (!fixed(s, 2, &hour) || !literal(s, ':') || !fixed(s, 2, &minute) || hour > 24 ||
	    minute > 60)
		return false;
	*offset = (hour * 3600 + minute * 60) * (west ? -1 : 1);
	return true;
}

static struct ptx_value *read_datetime(struct ptxi_toml *t, struct ptx_str word)
{
	struct ptxi_civil c = { .year = 0, .month = 1, .day = 1 };
	struct ptx_str rest = word;
	enum ptxi_local local = PTXI_LOCAL_TIME;
	int32_t nanoseconds = 0;
	int32_t offset = 0;
	struct ptx_value *v = NULL;
	bool ok = true;

	if (word.n > 4 && word.p[4] == '-') {
		ok = read_date(&rest, &c);
		local = PTXI_LOCAL_DATE;
		if (ok && rest.n) {
			ok = literal(&rest, 'T') || literal(&rest, 't') || literal(&rest, ' ');
			ok = ok && read_time(&rest, &c, &nanoseconds);
			local = PTXI_LOCAL_DATETIME;
		}
		if (ok && rest.n && local == PTXI_LOCAL_DATETIME) {
			ok = read_offset(&rest, &offset);
			local = PTXI_LOCAL_NOT;
		}
	} else {
		ok = read_time(&rest, &c, &nanoseconds);
	}
	if (!ok || rest.n)
		return ptxi_toml_fail(t, word.p, PTX_E_SYNTAX, "'%.*s' is no date or time",
				      (int)(word.n < 40 ? word.n : 40), word.p);
	v = ptx_value_time(t->arena, ptxi_time_unix(&c) - offset, nanoseconds, offset);
	if (v)
		v->time->local = local;
	return v;
}

/* --- words --- */

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '-' || c == '+' || c == '.' || c == ':';
}

/* The run of characters at t->p; a date may be followed by one blank and its time. */
static struct ptx_str word_at(const struct ptxi_toml *t)
{
	const char *p = t->p;

	while (p < t->end && is_word(*p))
		p++;
	if (p - t->p == 10 && t->p[4] == '-' && t->p[7] == '-' && t->end - p >= 3 && *p == ' ' &&
	    is_digit(p[1]) && is_digit(p[2]))
		for (p++; p < t->end && is_word(*p);)
			p++;
	return ptxi_strn(t->p, (size_t)(p - t->p));
}

static bool looks_like_time(struct ptx_str w)
{
	return w.n > 4 && is_digit(w.p[0]) && is_digit(w.p[1]) &&
	       (w.p[2] == ':' || (is_digit(w.p[2]) && is_digit(w.p[3]) && w.p[4] == '-'));
}

struct ptx_value *ptxi_toml_scalar(struct ptxi_toml *t)
{
	struct ptx_str w = word_at(t);
	struct ptx_value *v = NULL;

	if (!w.n)
		return ptxi_toml_fail(t, t->p, PTX_E_SYNTAX,
				      t->p >= t->end || *t->p == '\n' || *t->p == '\r'
					  ? "a value is missing"
					  : "no value begins like this");
	if (w.n > LONGEST_WORD)
		return ptxi_toml_fail(t, t->p, PTX_E_LIMIT,
				      "a number of %zu characters is too long", w.n);
	if (ptxi_str_is(w, "true") || ptxi_str_is(w, "false"))
		v = ptx_value_bool(t->arena, *w.p == 't');
	else if (looks_like_time(w))
		v = read_datetime(t, w);
	else if (ptxi_str_starts(w, "0x"))
		v = read_based(t, w, 16);
	else if (ptxi_str_starts(w, "0o"))
		v = read_based(t, w, 8);
	else if (ptxi_str_starts(w, "0b"))
		v = read_based(t, w, 2);
	else
		v = read_number(t, w);
	if (!v)
		return ptx_arena_status(t->arena) < 0 ? ptxi_toml_no_memory(t) : NULL;
	t->p += w.n;
	return v;
}
