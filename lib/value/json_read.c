/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - a strict reader of JSON (RFC 8259) for texts that people write.
 *
 * One pass by recursive descent over the bytes. What costs time is inline: blanks, and the plain
 * part of strings, which is skipped eight bytes at once. Columns count characters, so the reader
 * counts the continuation bytes of UTF-8 since the line's start as it meets them; an error, which
 * happens once, counts its own column afresh. Invariant: p never passes end, and line_start <= p is
 * the first byte of line `line`.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "../base/diag.h"
#include "../base/opts.h"
#include "../base/utf8.h"

#include <math.h>

#define DEEPEST 10000u /* what the writers and ptx_value_copy() take too */

struct reader {
	const char *p;
	const char *end;
	const char *line_start;
	uint32_t line;
	size_t continuation; /* bytes since line_start that begin no character */
	unsigned depth;
	struct ptx_arena *arena;
	const char *file; /* in the arena, or NULL */
	const struct ptx_read_opts *opts;
	struct ptx_error **err;
};

static struct ptx_value *read_value(struct reader *r);

int ptxi_read_opts(struct ptx_read_opts *out, const struct ptx_read_opts *opts,
		   struct ptx_error **err)
{
	int rc = PTXI_OPTS_READ(out, opts, err);

	if (rc < 0)
		return rc;
	if (!out->max_bytes)
		out->max_bytes = PTXI_READ_MAX_BYTES;
	if (!out->max_depth)
		out->max_depth = PTXI_READ_MAX_DEPTH;
	if (out->max_depth > DEEPEST)
		out->max_depth = DEEPEST;
	return 0;
}

static uint32_t column_of(const struct reader *r, const char *p)
{
	return (uint32_t)ptxi_utf8_count(ptxi_strn(r->line_start, (size_t)(p - r->line_start))) + 1;
}

static struct ptx_where where_of(const struct reader *r, const char *p)
{
	return (struct ptx_where){ r->opts->file, r->line, column_of(r, p) };
}

static struct ptxi_pos here(const struct reader *r)
{
	return (struct ptxi_pos){
		r->line, (uint32_t)((size_t)(r->p - r->line_start) - r->continuation) + 1
	};
}

static void *out_of_memory(struct reader *r)
{
	if (ptxi_arena_check(r->arena, r->err) == 0)
		ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	return NULL;
}

static struct ptx_value *made(struct reader *r, struct ptx_value *v)
{
	return v ? v : out_of_memory(r);
}

/* What a person sees at p: a word as a whole, else one character. */
static struct ptx_str seen_at(const struct reader *r, const char *p)
{
	size_t n = 0;
	size_t left = (size_t)(r->end - p);

	while (n < left && n < 24 &&
	       ((p[n] >= 'a' && p[n] <= 'z') || (p[n] >= 'A' && p[n] <= 'Z') || p[n] == '_' ||
		p[n] == '-' || (n && p[n] >= '0' && p[n] <= '9')))
		n++;
	if (!n)
		ptxi_utf8_decode(ptxi_strn(p, left), &n);
	return ptxi_strn(p, n);
}

static const char *hint_for(const struct reader *r, struct ptx_str seen)
{
	static const struct {
		const char *word;
		const char *hint;
	} hints[] = {
		{ "True", "write true" },
		{ "TRUE", "write true" },
		{ "False", "write false" },
		{ "FALSE", "write false" },
		{ "None", "write null" },
		{ "nil", "write null" },
		{ "NULL", "write null" },
		{ "Null", "write null" },
		{ "undefined", "write null" },
		{ "'", "strings and keys are written in double quotes" },
		{ "/", "JSON has no comments" },
		{ "#", "JSON has no comments" },
		{ "+", "a number begins with a digit or '-'" },
		{ ".", "a number begins with a digit or '-'" },
		{ "NaN", "JSON has no such number" },
		{ "Infinity", "JSON has no such number" },
		{ "-Infinity", "JSON has no such number" },
	};

	for (size_t i = 0; i < PTXI_COUNT(hints); i++)
		if (ptxi_str_is(seen, hints[i].word))
			return hints[i].hint;
	if (seen.n && r->p < r->end && (seen.p[0] == '}' || seen.p[0] == ']')) {
		const char *before = seen.p;

		while (before > r->line_start && (before[-1] == ' ' || before[-1] == '\t'))
			before--;
		if (before > r->line_start && before[-1] == ',')
			return "remove the comma before it";
	}
	return NULL;
}

/* Fails with what stands at p where something else was expected. */
static void *unexpected(struct reader *r, const char *p, const char *expected)
{
	struct ptx_str seen = { NULL, 0 };
	const char *hint = NULL;

	if (p >= r->end) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, r->end),
			    "unexpected end of the text, expected %s", expected);
		return NULL;
	}
	seen = seen_at(r, p);
	hint = hint_for(r, seen);
	if (!ptxi_utf8_valid_at(ptxi_strn(p, (size_t)(r->end - p))))
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, p), "byte 0x%02x is not UTF-8",
			    (unsigned char)*p);
	else if ((unsigned char)*p < 0x20 || *p == 0x7f)
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, p),
			    "unexpected control character 0x%02x, expected %s", (unsigned char)*p,
			    expected);
	else
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, p), "unexpected '%.*s', expected %s",
			    PTX_STR_ARG(seen), expected);
	if (hint)
		ptxi_error_hint(r->err, "%s", hint);
	return NULL;
}

static inline void skip_blanks(struct reader *r)
{
	const char *p = r->p;
	const char *end = r->end;

	for (; p < end; p++) {
		if (*p == '\n') {
			r->line++;
			r->line_start = p + 1;
			r->continuation = 0;
		} else if (*p != ' ' && *p != '\t' && *p != '\r') {
			break;
		}
	}
	r->p = p;
}

/* The first byte at or after p that a string may not simply hold: a quote, a backslash, a control
 * character or one beyond ASCII. Eight bytes at once: a byte below 0x20, or equal to one that was
 * xored away, borrows. */
static inline const char *skip_plain(const char *p, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t high = ones << 7;

	while (end - p >= 8) {
		uint64_t w = 0;
		uint64_t quote = 0;
		uint64_t slash = 0;

		memcpy(&w, p, 8);
		quote = w ^ (ones * '"');
		slash = w ^ (ones * '\\');
		if ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high)
			break;
		p += 8;
	}
	while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' &&
	       *p != '\\')
		p++;
	return p;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9'                 ? c - '0'
			    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								 : -1;

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

/* A \u escape at p, with the low surrogate that follows a high one; lone surrogates become U+FFFD.
 */
static const char *unescape_rune(struct reader *r, const char *p, const char *end, char **to)
{
	int rune = hex4(p + 2, end);
	int low = -1;

	if (rune < 0) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, p),
			    "'\\u' needs four hexadecimal digits");
		return NULL;
	}
	p += 6;
	if (rune >= 0xD800 && rune < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u')
		low = hex4(p + 2, end);
	if (low >= 0xDC00 && low < 0xE000) {
		rune = 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
		p += 6;
	} else if (rune >= 0xD800 && rune < 0xE000) {
		rune = (int)PTXI_RUNE_ERROR;
	}
	*to += ptxi_utf8_encode((uint32_t)rune, *to);
	return p;
}

/* Takes the escapes out of p..end; the result is never longer. */
static bool unescape(struct reader *r, const char *p, const char *end, char *to, size_t *n)
{
	static const char from_letter[] = "\"\\/bfnrt";
	static const char to_byte[] = "\"\\/\b\f\n\r\t";
	char *start = to;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *letter = NULL;
		size_t plain = (size_t)((slash ? slash : end) - p);

		memcpy(to, p, plain);
		to += plain;
		p += plain;
		if (!slash)
			break;
		if (p[1] == 'u') {
			p = unescape_rune(r, p, end, &to);
			if (!p)
				return false;
			continue;
		}
		letter = p[1] ? strchr(from_letter, p[1]) : NULL;
		if (!letter) {
			bool shown = p[1] > 0x20 && p[1] < 0x7f;

			ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, p),
				    "'\\%.*s' is not an escape of JSON", shown, p + 1);
			ptxi_error_hint(r->err, "a backslash itself is written \\\\");
			return false;
		}
		*to++ = to_byte[letter - from_letter];
		p += 2;
	}
	*to = '\0';
	*n = (size_t)(to - start);
	return true;
}

static bool bad_in_string(struct reader *r, const char *open, const char *q)
{
	if (q >= r->end) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, open),
			    "this string has no closing quote");
	} else if (*q == '\n' || *q == '\r') {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, open),
			    "this string has no closing quote on its line");
		ptxi_error_hint(r->err, "a line break inside a string is written \\n");
	} else if ((unsigned char)*q < 0x20) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, q),
			    "control character 0x%02x in a string", (unsigned char)*q);
		ptxi_error_hint(r->err, "%s",
				*q == '\t' ? "write it as \\t" : "write it as \\u00XX");
	} else {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, q), "byte 0x%02x is not UTF-8",
			    (unsigned char)*q);
	}
	return false;
}

/* The string that opens at r->p, in the arena. */
static bool read_string(struct reader *r, struct ptx_str *out)
{
	const char *open = r->p;
	const char *q = open + 1;
	bool escaped = false;
	char *to = NULL;

	for (;;) {
		q = skip_plain(q, r->end);
		if (q >= r->end)
			return bad_in_string(r, open, q);
		if (*q == '"')
			break;
		if (*q == '\\') {
			escaped = true;
			q++;
			if (q < r->end && (unsigned char)*q >= 0x20 && (unsigned char)*q < 0x80)
				q++;
		} else {
			struct ptx_str rest = ptxi_strn(q, (size_t)(r->end - q));
			size_t len = 0;

			if ((unsigned char)*q < 0x20 || !ptxi_utf8_valid_at(rest))
				return bad_in_string(r, open, q);
			ptxi_utf8_decode(rest, &len);
			r->continuation += len - 1;
			q += len;
		}
	}
	out->n = (size_t)(q - (open + 1));
	to = ptxi_arena_bytes(r->arena, out->n + 1);
	if (!to)
		return out_of_memory(r);
	if (escaped) {
		if (!unescape(r, open + 1, q, to, &out->n))
			return false;
	} else {
		memcpy(to, open + 1, out->n);
		to[out->n] = '\0';
	}
	out->p = to;
	r->p = q + 1;
	return true;
}

static inline bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* The end of the number at p by JSON's grammar, or NULL and the error is set. */
static const char *scan_number(struct reader *r, const char *p, bool *whole)
{
	const char *start = p;

	*whole = true;
	if (*p == '-')
		p++;
	if (!is_digit(p, r->end))
		return unexpected(r, p < r->end && *start == '-' && *p == 'I' ? start : p,
				  "a digit");
	if (*p == '0' && is_digit(p + 1, r->end)) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where_of(r, start),
			    "a number does not begin with a zero");
		return NULL;
	}
	while (is_digit(p, r->end))
		p++;
	if (p < r->end && *p == '.') {
		*whole = false;
		p++;
		if (!is_digit(p, r->end))
			return unexpected(r, p, "a digit after the decimal point");
		while (is_digit(p, r->end))
			p++;
	}
	if (p < r->end && (*p == 'e' || *p == 'E')) {
		*whole = false;
		p++;
		if (p < r->end && (*p == '+' || *p == '-'))
			p++;
		if (!is_digit(p, r->end))
			return unexpected(r, p, "a digit in the exponent");
		while (is_digit(p, r->end))
			p++;
	}
	return p;
}

static struct ptx_value *read_number(struct reader *r)
{
	bool whole = false;
	const char *end = scan_number(r, r->p, &whole);
	struct ptx_str text = { r->p, end ? (size_t)(end - r->p) : 0 };
	int64_t i = 0;
	uint64_t u = 0;
	double f = 0;

	if (!end)
		return NULL;
	if (r->opts->numbers == PTX_NUMBERS_TEXT) {
		r->p = end;
		return made(r, ptx_value_number(r->arena, text));
	}
	if (whole && r->opts->numbers == PTX_NUMBERS_EXACT) {
		bool fits = ptxi_parse_i64(text, &i, INT64_MIN, INT64_MAX);

		if (fits || ptxi_parse_u64(text, &u, UINT64_MAX)) {
			r->p = end;
			return made(r, fits ? ptx_value_int(r->arena, i)
					    : ptx_value_uint(r->arena, u));
		}
	}
	if (!ptxi_parse_double(text, &f))
		return out_of_memory(r);
	if (isinf(f)) {
		ptx_fail_at(r->err, PTX_E_LIMIT, where_of(r, r->p),
			    "the number '%.*s%s' is too large", (int)(text.n < 40 ? text.n : 40),
			    text.p, text.n < 40 ? "" : "...");
		return NULL;
	}
	r->p = end;
	return made(r, ptx_value_float(r->arena, f));
}

static struct ptx_value *read_word(struct reader *r)
{
	struct ptx_str left = ptxi_strn(r->p, (size_t)(r->end - r->p));
	struct ptx_value *v = NULL;

	if (ptxi_str_starts(left, "true")) {
		v = ptx_value_bool(r->arena, true);
		r->p += 4;
	} else if (ptxi_str_starts(left, "false")) {
		v = ptx_value_bool(r->arena, false);
		r->p += 5;
	} else if (ptxi_str_starts(left, "null")) {
		v = ptx_value_null(r->arena);
		r->p += 4;
	} else {
		return unexpected(r, r->p, "a value");
	}
	return made(r, v);
}

static bool enter(struct reader *r)
{
	if (++r->depth > r->opts->max_depth) {
		ptx_fail_at(r->err, PTX_E_LIMIT, where_of(r, r->p), "nested deeper than %u levels",
			    r->opts->max_depth);
		return false;
	}
	r->p++;
	skip_blanks(r);
	return true;
}

/* After a member: true and past the comma when another follows; sets *done at the closing bracket.
 */
static bool next_member(struct reader *r, char close, struct ptxi_pos open, bool *done)
{
	skip_blanks(r);
	if (r->p < r->end && *r->p == ',') {
		r->p++;
		skip_blanks(r);
		return true;
	}
	if (r->p < r->end && *r->p == close) {
		r->p++;
		r->depth--;
		*done = true;
		return true;
	}
	unexpected(r, r->p, close == '}' ? "',' or '}'" : "',' or ']'");
	if (r->p >= r->end)
		ptxi_error_hint(r->err, "what opens at line %u, column %u is not closed",
				(unsigned)open.line, (unsigned)open.column);
	else if (*r->p && strchr("\"{[-0123456789tfn", *r->p))
		ptxi_error_hint(r->err, "a comma is missing before it");
	return false;
}

static struct ptx_value *read_list(struct reader *r)
{
	struct ptxi_pos open = here(r);
	struct ptx_value *list = ptx_value_list(r->arena);
	bool done = false;

	if (!list)
		return out_of_memory(r);
	if (!enter(r))
		return NULL;
	if (r->p < r->end && *r->p == ']') {
		r->p++;
		r->depth--;
		return list;
	}
	while (!done) {
		struct ptx_value *item = read_value(r);

		if (!item)
			return NULL;
		ptx_value_append(list, item);
		if (!next_member(r, ']', open, &done))
			return NULL;
	}
	return list;
}

static bool duplicate_key(struct reader *r, struct ptx_str key, struct ptxi_pos pos,
			  struct ptxi_pos first)
{
	struct ptx_where where = { r->opts->file, pos.line, pos.column };

	if (r->opts->duplicates == PTX_DUPLICATES_REFUSE) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where,
			    "the key '%.*s' is already used at line %u, column %u",
			    PTX_STR_ARG(key), (unsigned)first.line, (unsigned)first.column);
		return false;
	}
	ptxi_diag_add(r->opts->diags, PTX_WARNING, 0, "json-duplicate-key", where, NULL,
		      "the key '%.*s' is already used at line %u, column %u; the last one counts",
		      PTX_STR_ARG(key), (unsigned)first.line, (unsigned)first.column);
	return true;
}

static bool read_member(struct reader *r, struct ptx_value *map)
{
	struct ptxi_pos pos = here(r);
	struct ptx_str key = { NULL, 0 };
	struct ptxi_entry *e = NULL;
	struct ptx_value *v = NULL;
	size_t before = 0;

	if (r->p >= r->end || *r->p != '"') {
		unexpected(r, r->p, "a key in double quotes");
		return false;
	}
	if (!read_string(r, &key))
		return false;
	skip_blanks(r);
	if (r->p >= r->end || *r->p != ':') {
		unexpected(r, r->p, "':' after the key");
		return false;
	}
	r->p++;
	skip_blanks(r);
	v = read_value(r);
	if (!v)
		return false;
	before = map->map.n;
	e = ptxi_value_put(map, key, true, v);
	if (!e)
		return out_of_memory(r);
	if (map->map.n == before)
		return duplicate_key(r, key, pos, e->pos);
	e->pos = pos;
	return true;
}

static struct ptx_value *read_map(struct reader *r)
{
	struct ptxi_pos open = here(r);
	struct ptx_value *map = ptx_value_map(r->arena);
	bool done = false;

	if (!map)
		return out_of_memory(r);
	if (!enter(r))
		return NULL;
	if (r->p < r->end && *r->p == '}') {
		r->p++;
		r->depth--;
		return map;
	}
	while (!done)
		if (!read_member(r, map) || !next_member(r, '}', open, &done))
			return NULL;
	return map;
}

/* The value at r->p, which is no blank. NULL: the error is set. */
static struct ptx_value *read_value(struct reader *r)
{
	struct ptxi_pos pos = here(r);
	struct ptx_str s = { NULL, 0 };
	struct ptx_value *v = NULL;

	if (r->p >= r->end)
		return unexpected(r, r->p, "a value");
	switch (*r->p) {
	case '{':
		v = read_map(r);
		break;
	case '[':
		v = read_list(r);
		break;
	case '"':
		if (!read_string(r, &s))
			return NULL;
		v = made(r, ptxi_value_string_in(r->arena, s, PTX_STRING));
		break;
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		v = read_number(r);
		break;
	default:
		v = read_word(r);
		break;
	}
	ptxi_value_place(v, r->file, pos.line, pos.column);
	return v;
}

static bool starts(struct reader *r, struct ptx_arena *a, struct ptx_str text,
		   const struct ptx_read_opts *opts, struct ptx_error **err)
{
	struct ptx_where where = { opts->file, 1, 1 };

	*r = (struct reader){ .p = text.p,
			      .end = text.p + text.n,
			      .line_start = text.p,
			      .line = 1,
			      .arena = a,
			      .opts = opts,
			      .err = err };
	if (text.n > opts->max_bytes) {
		ptx_fail_at(err, PTX_E_LIMIT, where, "the text is longer than %zu bytes",
			    opts->max_bytes);
		return false;
	}
	if (ptxi_str_starts(text, "\xef\xbb\xbf")) {
		ptx_fail_at(err, PTX_E_SYNTAX, where, "the text begins with a byte order mark");
		ptxi_error_hint(err, "save it as UTF-8 without one");
		return false;
	}
	if (opts->file) {
		r->file = ptxi_arena_str(a, opts->file);
		if (!r->file)
			return out_of_memory(r);
	}
	skip_blanks(r);
	return true;
}

struct ptx_value *ptxi_json_parse_prefix(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, size_t *used,
					 struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct reader r = { 0 };
	struct ptx_value *v = NULL;

	if (!text.p)
		text = PTXI_STR("");
	if (ptxi_read_opts(&o, opts, err) < 0 || !starts(&r, a, text, &o, err))
		return NULL;
	v = read_value(&r);
	*used = (size_t)(r.p - text.p);
	return v;
}

struct ptx_value *ptx_json_parse(struct ptx_arena *a, struct ptx_str text,
				 const struct ptx_read_opts *opts, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct reader r = { 0 };
	struct ptx_value *v = NULL;

	if (!text.p)
		text = PTXI_STR("");
	if (ptxi_read_opts(&o, opts, err) < 0 || !starts(&r, a, text, &o, err))
		return NULL;
	v = read_value(&r);
	if (!v)
		return NULL;
	skip_blanks(&r);
	if (r.p < r.end)
		return unexpected(&r, r.p, "the end of the text");
	if (ptx_arena_status(a) != 0)
		return out_of_memory(&r);
	return v;
}
