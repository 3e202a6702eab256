/* SPDX-License-Identifier: Apache-2.0 */
/* gojson_error.c - finds the first mistake in a JSON text, for messages that must read as Go's do.
 *
 * The reader of json_read.c tells people more; this one only walks the grammar, with a stack of the
 * open brackets, and names what Go's scanner was doing when it met a byte that does not belong
 * there.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "gojson_error.h"

#define DEEPEST 10000u

struct scan {
	const char *p, *end;
	struct ptx_buf *out;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
		s->p++;
}

static bool bad(struct scan *s, const char *context)
{
	if (s->p >= s->end) {
		ptx_buf_adds(s->out, "unexpected EOF");
		return false;
	}
	ptx_buf_adds(s->out, "invalid character ");
	switch (*s->p) {
	case '\'':
		ptx_buf_adds(s->out, "'\\''");
		break;
	case '"':
		ptx_buf_adds(s->out, "'\"'");
		break;
	case '\n':
		ptx_buf_adds(s->out, "'\\n'");
		break;
	case '\t':
		ptx_buf_adds(s->out, "'\\t'");
		break;
	case '\r':
		ptx_buf_adds(s->out, "'\\r'");
		break;
	case '\\':
		ptx_buf_adds(s->out, "'\\\\'");
		break;
	default:
		if ((unsigned char)*s->p < 0x20 || *s->p == 0x7f)
			ptx_buf_printf(s->out, "'\\x%02x'", (unsigned char)*s->p);
		else if ((unsigned char)*s->p >= 0xa1 && (unsigned char)*s->p != 0xad)
			ptx_buf_printf(s->out, "'%c%c'", 0xc0 | ((unsigned char)*s->p >> 6),
				       0x80 | (*s->p & 0x3f));
		else if ((unsigned char)*s->p >= 0x80)
			ptx_buf_printf(s->out, "'\\u%04x'", (unsigned char)*s->p);
		else
			ptx_buf_printf(s->out, "'%c'", *s->p);
	}
	ptx_buf_printf(s->out, " %s", context);
	return false;
}

static bool string(struct scan *s)
{
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++) {
		if ((unsigned char)*s->p < 0x20)
			return bad(s, "in string literal");
		if (*s->p != '\\')
			continue;
		s->p++;
		if (s->p < s->end && *s->p == 'u') {
			for (int i = 0; i < 4; i++) {
				s->p++;
				if (s->p >= s->end || !*s->p ||
				    !strchr("0123456789abcdefABCDEF", *s->p))
					return bad(s, "in \\u hexadecimal character escape");
			}
		} else if (s->p >= s->end || !*s->p || !strchr("bfnrt\\/\"", *s->p)) {
			return bad(s, "in string escape code");
		}
	}
	if (s->p >= s->end)
		return bad(s, "");
	s->p++;
	return true;
}

static bool digits(struct scan *s, const char *context)
{
	if (s->p >= s->end || !is_digit(*s->p))
		return bad(s, context);
	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return true;
}

static bool number(struct scan *s)
{
	if (*s->p == '-') {
		s->p++;
		if (s->p >= s->end || !is_digit(*s->p))
			return bad(s, "in numeric literal");
	}
	if (*s->p == '0')
		s->p++;
	else if (!digits(s, "in numeric literal"))
		return false;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!digits(s, "after decimal point in numeric literal"))
			return false;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		return digits(s, "in exponent of numeric literal");
	}
	return true;
}

static bool word(struct scan *s, const char *name)
{
	for (size_t i = 0; name[i]; i++, s->p++)
		if (s->p >= s->end || *s->p != name[i]) {
			char context[64] = "";

			snprintf(context, sizeof(context), "in literal %s (expecting '%c')", name,
				 name[i]);
			return bad(s, context);
		}
	return true;
}

/* A scalar; false also for what no value begins with. */
static bool scalar(struct scan *s)
{
	if (s->p >= s->end)
		return bad(s, "");
	switch (*s->p) {
	case '"':
		return string(s);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return *s->p == '-' || is_digit(*s->p) ? number(s)
						       : bad(s, "looking for beginning of value");
	}
}

static bool key(struct scan *s)
{
	blanks(s);
	if (s->p >= s->end || *s->p != '"')
		return bad(s, "looking for beginning of object key string");
	if (!string(s))
		return false;
	blanks(s);
	if (s->p >= s->end || *s->p != ':')
		return bad(s, "after object key");
	s->p++;
	return true;
}

static bool value(struct scan *s)
{
	char open[DEEPEST];
	size_t depth = 0;

	for (;;) {
		blanks(s);
		if (s->p < s->end && (*s->p == '{' || *s->p == '[')) {
			char kind = *s->p;

			if (depth == DEEPEST)
				return bad(s, "exceeded max depth");
			s->p++;
			blanks(s);
			if (s->p >= s->end || *s->p != (kind == '{' ? '}' : ']')) {
				open[depth++] = kind;
				if (kind == '{' && !key(s))
					return false;
				continue;
			}
			s->p++;
		} else if (!scalar(s)) {
			return false;
		}
		/* A value ended: close what it closes, or go on behind a comma. */
		for (;;) {
			bool object = depth && open[depth - 1] == '{';

			if (!depth)
				return true;
			blanks(s);
			if (s->p < s->end && *s->p == ',') {
				s->p++;
				if (object && !key(s))
					return false;
				break;
			}
			if (s->p >= s->end || *s->p != (object ? '}' : ']'))
				return bad(s, object ? "after object key:value pair"
						     : "after array element");
			s->p++;
			depth--;
		}
	}
}

bool ptxi_json_go_error(struct ptx_str text, struct ptx_buf *out)
{
	struct scan s = { text.p, text.p + text.n, out };

	blanks(&s);
	if (s.p >= s.end) {
		ptx_buf_adds(out, "EOF");
		return true;
	}
	if (!value(&s))
		return true;
	blanks(&s);
	if (s.p >= s.end)
		return false;
	ptx_buf_adds(out, "invalid character after top-level value");
	return true;
}

bool ptxi_json_go_first(struct ptx_str text, size_t *n, struct ptx_buf *why)
{
	struct scan s = { text.p, text.p + text.n, why };

	blanks(&s);
	if (s.p >= s.end) {
		ptx_buf_adds(why, "EOF");
		*n = 0;
		return false;
	}
	if (!value(&s)) {
		*n = s.p < s.end ? (size_t)(s.p - text.p) + 1 : 0;
		return false;
	}
	*n = (size_t)(s.p - text.p);
	return true;
}
