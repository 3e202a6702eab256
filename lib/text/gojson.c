/* SPDX-License-Identifier: Apache-2.0 */
/* gojson.c - values through Go's encoding/json.
 *
 * The documents are read by the room's own strict reader; where Go reads more (invalid UTF-8 and
 * lone surrogates become U+FFFD) the text is mended first. A text that is refused is walked once
 * more to find Go's words for it: a template shows them. The walk is a small stack machine over the
 * grammar of RFC 8259; it names the first byte at which no continuation is a JSON text, and what
 * was looked for there.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gojson.h"
#include "goquote.h"
#include "../base/utf8.h"
#include "../base/vec.h"
#include "../value/codec.h"

#include <math.h>

#define DEEPEST_VALUE 1000u
#define DEEPEST_TEXT  10000u

/* 0: as it is, 1: it must be changed, or a code. */
static int must_change(const struct ptx_value *v, unsigned depth, struct ptx_error **err)
{
	int result = 0;

	if (depth > DEEPEST_VALUE)
		return ptx_fail(err, PTX_E_INVALID,
				"json: unsupported value: encountered a cycle via %s",
				ptxi_go_type(v));
	switch (ptx_value_kind(v)) {
	case PTX_FLOAT:
		if (isfinite(v->f))
			return ptxi_go_of(v) == PTXI_GO_FLOAT32;
		return ptx_fail(err, PTX_E_INVALID, "json: unsupported value: %s",
				isnan(v->f) ? "NaN"
				: v->f > 0  ? "+Inf"
					    : "-Inf");
	case PTX_BYTES:
		return (v->go & PTXI_GO_NIL) != 0;
	case PTX_LIST:
		if (ptxi_go_of(v) == PTXI_GO_COMPLEX)
			return ptx_fail(err, PTX_E_INVALID, "json: unsupported type: complex128");
		result = (v->go & PTXI_GO_NIL) != 0;
		for (size_t i = 0; i < v->list.n; i++) {
			int member = must_change(v->list.v[i], depth + 1, err);

			if (member < 0)
				return member;
			result |= member;
		}
		return result;
	case PTX_MAP:
		result = (v->go & PTXI_GO_NIL) || ptxi_go_is_struct(v);
		for (size_t i = 0; i < v->map.n; i++) {
			int member = must_change(v->map.v[i].value, depth + 1, err);

			if (member < 0)
				return member;
			result |= member;
		}
		return result;
	default:
		return 0;
	}
}

static struct ptx_value *changed(struct ptx_arena *a, const struct ptx_value *v)
{
	struct ptx_value *to = NULL;
	const struct ptx_value *shown = ptxi_go_shown(v);

	if (shown)
		return changed(a, shown);
	if (v->go & PTXI_GO_NIL)
		return ptx_value_null(a);
	switch (ptx_value_kind(v)) {
	case PTX_LIST:
		to = ptx_value_list(a);
		for (size_t i = 0; to && i < v->list.n; i++)
			ptx_value_append(to, changed(a, v->list.v[i]));
		return to;
	case PTX_MAP:
		to = ptx_value_map(a);
		for (size_t i = 0; to && i < v->map.n; i++)
			ptxi_value_put(to, v->map.v[i].key, true, changed(a, v->map.v[i].value));
		if (to)
			to->ordered = v->ordered || ptxi_go_is_struct(v);
		return to;
	default:
		return (struct ptx_value *)v;
	}
}

const struct ptx_value *ptxi_go_plain(struct ptx_arena *a, const struct ptx_value *v,
				      struct ptx_error **err)
{
	int what = must_change(v, 0, err);
	struct ptx_value *to = NULL;

	if (what == 0)
		return v;
	if (what < 0)
		return NULL;
	to = changed(a, v);
	if (!to)
		ptxi_arena_check(a, err);
	return to;
}

/* --- Go's words for a text that is no JSON */

enum expect { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, AFTER_VALUE, AFTER_ITEM };

struct scan {
	struct ptx_str s;
	size_t at;
	struct ptx_buf *why;
};

static bool at_end(struct scan *c)
{
	if (c->at < c->s.n)
		return false;
	ptx_buf_adds(c->why, "unexpected end of JSON input");
	return true;
}

static bool refuse(struct scan *c, const char *context)
{
	/* within a number, a word or an escape the end counts as a blank */
	unsigned char byte = c->at < c->s.n ? (unsigned char)c->s.p[c->at] : ' ';

	ptx_buf_adds(c->why, "invalid character ");
	if (byte == '\'')
		ptx_buf_adds(c->why, "'\\''");
	else if (byte == '"')
		ptx_buf_adds(c->why, "'\"'");
	else
		ptxi_go_quote_rune(byte, false, c->why);
	ptx_buf_printf(c->why, " %s", context);
	return false;
}

static bool is_one_of(const char *set, char c)
{
	return c && strchr(set, c);
}

static void skip_blanks(struct scan *c)
{
	while (c->at < c->s.n && is_one_of(" \t\r\n", c->s.p[c->at]))
		c->at++;
}

static bool scan_string(struct scan *c)
{
	for (c->at++;; c->at++) {
		char byte = 0;

		if (at_end(c))
			return false;
		byte = c->s.p[c->at];
		if (byte == '"') {
			c->at++;
			return true;
		}
		if ((unsigned char)byte < 0x20)
			return refuse(c, "in string literal");
		if (byte != '\\')
			continue;
		c->at++;
		if (c->at >= c->s.n || !is_one_of("bfnrt\\/\"u", c->s.p[c->at]))
			return refuse(c, "in string escape code");
		for (int i = 0; c->s.p[c->at - (size_t)i] == 'u' && i < 4; i++) {
			c->at++;
			if (c->at >= c->s.n || !is_one_of("0123456789abcdefABCDEF", c->s.p[c->at]))
				return refuse(c, "in \\u hexadecimal character escape");
		}
	}
}

static bool is_digit(const struct scan *c)
{
	return c->at < c->s.n && c->s.p[c->at] >= '0' && c->s.p[c->at] <= '9';
}

static bool scan_digits(struct scan *c, const char *context)
{
	if (!is_digit(c))
		return refuse(c, context);
	while (is_digit(c))
		c->at++;
	return true;
}

static bool scan_number(struct scan *c)
{
	if (c->s.p[c->at] == '-')
		c->at++;
	if (!is_digit(c))
		return refuse(c, "in numeric literal");
	if (c->s.p[c->at] == '0')
		c->at++;
	else
		scan_digits(c, "");
	if (c->at < c->s.n && c->s.p[c->at] == '.') {
		c->at++;
		if (!scan_digits(c, "after decimal point in numeric literal"))
			return false;
	}
	if (c->at < c->s.n && (c->s.p[c->at] | 0x20) == 'e') {
		c->at++;
		if (c->at < c->s.n && (c->s.p[c->at] == '+' || c->s.p[c->at] == '-'))
			c->at++;
		return scan_digits(c, "in exponent of numeric literal");
	}
	return true;
}

static bool scan_word(struct scan *c, const char *word)
{
	char context[64] = "";

	for (size_t i = 0; word[i]; i++, c->at++) {
		if (c->at < c->s.n && c->s.p[c->at] == word[i])
			continue;
		snprintf(context, sizeof(context), "in literal %s (expecting '%c')", word, word[i]);
		return refuse(c, context);
	}
	return true;
}

static bool scan_scalar(struct scan *c)
{
	switch (c->s.p[c->at]) {
	case '"':
		return scan_string(c);
	case 't':
		return scan_word(c, "true");
	case 'f':
		return scan_word(c, "false");
	case 'n':
		return scan_word(c, "null");
	default:
		if (c->s.p[c->at] == '-' || is_digit(c))
			return scan_number(c);
		return refuse(c, "looking for beginning of value");
	}
}

/* The lists and objects that are open, innermost last. */
typedef PTX_VEC(char) open_vec;

static bool scan_step(struct scan *c, open_vec *open, enum expect *expect, struct ptx_buf *why)
{
	char byte = c->s.p[c->at];
	char in = open->n ? open->v[open->n - 1] : '\0';
	bool ends = (*expect == VALUE_OR_END && byte == ']') ||
		    (*expect == KEY_OR_END && byte == '}') ||
		    (*expect == AFTER_ITEM && byte == (in == '[' ? ']' : '}'));

	if (ends) {
		c->at++;
		open->n--;
		*expect = open->n ? AFTER_ITEM : AFTER_VALUE;
		return true;
	}
	switch (*expect) {
	case VALUE:
	case VALUE_OR_END:
		if (byte != '[' && byte != '{') {
			*expect = in ? AFTER_ITEM : AFTER_VALUE;
			return scan_scalar(c);
		}
		c->at++;
		if (open->n >= DEEPEST_TEXT || !ptx_vec_push(open, byte)) {
			ptx_buf_adds(why, "exceeded max depth");
			return false;
		}
		*expect = byte == '[' ? VALUE_OR_END : KEY_OR_END;
		return true;
	case KEY:
	case KEY_OR_END:
		*expect = COLON;
		return byte == '"' ? scan_string(c)
				   : refuse(c, "looking for beginning of object key string");
	case COLON:
		if (byte != ':')
			return refuse(c, "after object key");
		c->at++;
		*expect = VALUE;
		return true;
	case AFTER_ITEM:
		if (byte != ',')
			return refuse(c, in == '[' ? "after array element"
						   : "after object key:value pair");
		c->at++;
		*expect = in == '[' ? VALUE : KEY;
		return true;
	default:
		return refuse(c, "after top-level value");
	}
}

/* True when the text is one JSON value; else why gets Go's words. */
static bool is_json(struct ptx_str s, struct ptx_buf *why)
{
	struct scan c = { .s = s, .why = why };
	open_vec open = { 0 };
	enum expect expect = VALUE;
	bool ok = true;

	for (skip_blanks(&c); ok && c.at < s.n; skip_blanks(&c))
		ok = scan_step(&c, &open, &expect, why);
	if (ok && expect != AFTER_VALUE)
		ok = !at_end(&c);
	ptx_vec_done(&open);
	return ok;
}

/* --- decoding */

static bool hex4(struct ptx_str s, uint32_t *out)
{
	*out = 0;
	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return false;
	for (size_t i = 2; i < 6; i++) {
		char c = s.p[i];

		*out = *out << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return true;
}

/* A JSON text with invalid UTF-8 and lone surrogates as U+FFFD, as Go reads them. */
static void mend(struct ptx_str s, struct ptx_buf *out)
{
	while (s.n) {
		uint32_t first = 0;
		uint32_t second = 0;
		size_t len = 1;

		if (s.p[0] != '\\') {
			char bytes[4] = "";
			uint32_t rune = ptxi_utf8_decode(s, &len);

			ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
		} else if (!hex4(s, &first) || first < 0xD800 || first > 0xDFFF) {
			len = first || s.n < 2 ? 1 : 2;
			ptx_buf_add(out, s.p, len);
		} else if (first < 0xDC00 && hex4(ptxi_str_from(s, 6), &second) &&
			   second >= 0xDC00 && second <= 0xDFFF) {
			len = 12;
			ptx_buf_add(out, s.p, len);
		} else {
			len = 6;
			ptx_buf_adds(out, "\\ufffd");
		}
		s = ptxi_str_from(s, len);
	}
}

/* Numbers beyond a double become null, and why names the first. */
static void check_numbers(struct ptx_value *v, struct ptx_buf *why)
{
	struct ptx_str text = { NULL, 0 };
	double f = 0;

	switch (ptx_value_kind(v)) {
	case PTX_NUMBER:
		text = v->s;
		if (ptxi_parse_double(text, &f) && isfinite(f)) {
			v->kind = PTX_FLOAT;
			v->f = f;
			break;
		}
		if (why->n == 0)
			ptx_buf_printf(
			    why, "json: cannot unmarshal number %.*s into Go value of type float64",
			    PTX_STR_ARG(text));
		v->kind = PTX_NULL;
		break;
	case PTX_LIST:
		for (size_t i = 0; i < v->list.n; i++)
			check_numbers(v->list.v[i], why);
		break;
	case PTX_MAP:
		for (size_t i = 0; i < v->map.n; i++)
			check_numbers(v->map.v[i].value, why);
		break;
	default:
		break;
	}
}

struct ptx_value *ptxi_go_json_decode(struct ptx_arena *a, struct ptx_str text, enum ptx_kind want,
				      struct ptx_buf *why, struct ptx_value **partial)
{
	static const char *const names[] = {
		[PTX_BOOL] = "bool",  [PTX_NUMBER] = "number", [PTX_STRING] = "string",
		[PTX_LIST] = "array", [PTX_MAP] = "object",
	};
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	ptx_auto_buf mended = { 0 };
	ptx_auto(error) err = NULL;
	struct ptx_value *v = NULL;
	enum ptx_kind kind = PTX_NULL;

	if (!is_json(text, why))
		return NULL;
	ptx_buf_init(&mended, 0);
	mend(text, &mended);
	opts.duplicates = PTX_DUPLICATES_WARN;
	opts.max_depth = DEEPEST_TEXT;
	v = ptx_json_parse(a, ptx_buf_str(&mended), &opts, &err);
	if (!v) {
		ptx_buf_adds(why, err ? ptx_error_message(err) : "out of memory");
		return NULL;
	}
	kind = ptx_value_kind(v);
	if (want != PTX_NULL && kind != PTX_NULL && kind != want) {
		ptx_buf_printf(why, "json: cannot unmarshal %s into Go value of type %s",
			       names[kind],
			       want == PTX_MAP ? "map[string]interface {}" : "[]interface {}");
		return NULL;
	}
	check_numbers(v, why);
	if (why->n == 0)
		return v;
	if (partial)
		*partial = v;
	return NULL;
}
