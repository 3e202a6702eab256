/* SPDX-License-Identifier: Apache-2.0 */
/* goquote.c - Go's string literals, and html, js and urlquery escaping.
 *
 * Formats: "String literals" and "Rune literals" of the Go specification; the escapers are those of
 * Go's text/template (html, js) and net/url (query).
 */
#define PTX_AREA PTX_AREA_TEXT
#include "goquote.h"
#include "runes.h"
#include "../base/arena.h"
#include "../base/utf8.h"

#define LAST_RUNE 0x10FFFFu

static bool valid_rune(uint32_t rune)
{
	return rune <= LAST_RUNE && !(rune >= 0xD800 && rune <= 0xDFFF);
}

static void add_rune(uint32_t rune, struct ptx_buf *out)
{
	char bytes[4] = "";

	ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
}

static void add_escaped(uint32_t rune, char quote, bool ascii, struct ptx_buf *out)
{
	static const char controls[] = "abtnvfr"; /* from 7 to 13 */

	if (rune == (uint32_t)quote || rune == '\\') {
		ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, (char)rune);
	} else if (ptxi_rune_is_print(rune) && (!ascii || rune < 0x80)) {
		add_rune(rune, out);
	} else if (rune >= 7 && rune <= 13) {
		ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, controls[rune - 7]);
	} else if (rune < ' ' || rune == 0x7f) {
		ptx_buf_printf(out, "\\x%02x", (unsigned)rune);
	} else if (!valid_rune(rune)) {
		ptx_buf_adds(out, "\\ufffd");
	} else {
		ptx_buf_printf(out, rune < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)rune);
	}
}

void ptxi_go_quote(struct ptx_str s, bool ascii, struct ptx_buf *out)
{
	ptx_buf_addc(out, '"');
	while (s.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(s, &len);

		if (rune == PTXI_RUNE_ERROR && len == 1)
			ptx_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
		else
			add_escaped(rune, '"', ascii, out);
		s = ptxi_str_from(s, len);
	}
	ptx_buf_addc(out, '"');
}

const char *ptxi_go_quoted(struct ptx_arena *a, const char *text)
{
	ptx_auto_buf b = { 0 };
	const char *copy = NULL;

	ptx_buf_init(&b, 0);
	ptxi_go_quote(ptxi_str(text), false, &b);
	copy = ptxi_arena_buf(a, &b);
	return copy ? copy : "";
}

void ptxi_go_quote_rune(uint32_t rune, bool ascii, struct ptx_buf *out)
{
	ptx_buf_addc(out, '\'');
	add_escaped(valid_rune(rune) ? rune : PTXI_RUNE_ERROR, '\'', ascii, out);
	ptx_buf_addc(out, '\'');
}

bool ptxi_go_can_backquote(struct ptx_str s)
{
	while (s.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(s, &len);

		if (len > 1 ? rune == 0xFEFF : rune == PTXI_RUNE_ERROR)
			return false;
		if (len == 1 && ((rune < ' ' && rune != '\t') || rune == '`' || rune == 0x7f))
			return false;
		s = ptxi_str_from(s, len);
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* What one character or escape at the start of *rest stands for. */
struct unquoted {
	uint32_t value;
	bool multibyte; /* write it as UTF-8, not as one byte */
};

static bool unquote_hex(struct ptx_str *rest, size_t digits, struct unquoted *u)
{
	uint32_t v = 0;

	if (rest->n < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int x = hex_digit(rest->p[i]);

		if (x < 0)
			return false;
		v = v << 4 | (uint32_t)x;
	}
	*rest = ptxi_str_from(*rest, digits);
	u->value = v;
	u->multibyte = digits > 2;
	return digits == 2 || valid_rune(v);
}

static bool unquote_octal(struct ptx_str *rest, char first, struct unquoted *u)
{
	uint32_t v = (uint32_t)(first - '0');

	if (rest->n < 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (rest->p[i] < '0' || rest->p[i] > '7')
			return false;
		v = v << 3 | (uint32_t)(rest->p[i] - '0');
	}
	*rest = ptxi_str_from(*rest, 2);
	u->value = v;
	return v <= 255;
}

static bool unquote_one(struct ptx_str *rest, char quote, struct unquoted *u)
{
	static const char escapes[] = "abtnvfr";
	const char *at = NULL;
	size_t len = 0;
	char c = rest->n ? rest->p[0] : quote;

	*u = (struct unquoted){ 0 };
	if (c == quote)
		return false;
	if (c != '\\') {
		u->value = ptxi_utf8_decode(*rest, &len);
		u->multibyte = (unsigned char)c >= 0x80;
		*rest = ptxi_str_from(*rest, len);
		return true;
	}
	if (rest->n < 2)
		return false;
	c = rest->p[1];
	*rest = ptxi_str_from(*rest, 2);
	at = c ? strchr(escapes, c) : NULL;
	if (at) {
		u->value = (uint32_t)(7 + (at - escapes));
		return true;
	}
	switch (c) {
	case 'x':
		return unquote_hex(rest, 2, u);
	case 'u':
		return unquote_hex(rest, 4, u);
	case 'U':
		return unquote_hex(rest, 8, u);
	case '\\':
	case '\'':
	case '"':
		u->value = (uint32_t)c;
		return c == '\\' || c == quote;
	default:
		return c >= '0' && c <= '7' && unquote_octal(rest, c, u);
	}
}

static bool unquote_raw(struct ptx_str inner, struct ptx_buf *out)
{
	if (ptxi_str_find_char(inner, '`') != SIZE_MAX)
		return false;
	for (size_t i = 0; i < inner.n; i++)
		if (inner.p[i] != '\r')
			ptx_buf_addc(out, inner.p[i]);
	return true;
}

bool ptxi_go_unquote(struct ptx_str literal, struct ptx_buf *out)
{
	char quote = literal.n >= 2 ? literal.p[0] : '\0';
	struct ptx_str rest = ptxi_str_sub(literal, 1, literal.n - 2);

	if (!quote || literal.p[literal.n - 1] != quote)
		return false;
	if (quote == '`')
		return unquote_raw(rest, out);
	if (quote != '"' && quote != '\'')
		return false;
	for (size_t count = 0; rest.n; count++) {
		struct unquoted u;

		if (rest.p[0] == '\n' || (quote == '\'' && count) || !unquote_one(&rest, quote, &u))
			return false;
		if (u.multibyte)
			add_rune(u.value, out);
		else
			ptx_buf_addc(out, (char)u.value);
	}
	return quote == '"' || literal.n > 2;
}

bool ptxi_go_unquote_rune(struct ptx_str literal, uint32_t *rune, bool *whole)
{
	struct ptx_str rest = ptxi_str_from(literal, 1);
	struct unquoted u;

	*whole = true;
	if (literal.n < 2 || !unquote_one(&rest, '\'', &u))
		return false;
	*rune = u.value;
	*whole = ptxi_str_is(rest, "'");
	return *whole;
}

void ptxi_html_escape(struct ptx_str s, struct ptx_buf *out)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *to = NULL;

		switch (s.p[i]) {
		case '\0':
			to = "\xef\xbf\xbd";
			break;
		case '"':
			to = "&#34;";
			break;
		case '\'':
			to = "&#39;";
			break;
		case '&':
			to = "&amp;";
			break;
		case '<':
			to = "&lt;";
			break;
		case '>':
			to = "&gt;";
			break;
		default:
			continue;
		}
		ptx_buf_add(out, s.p + from, i - from);
		ptx_buf_adds(out, to);
		from = i + 1;
	}
	if (s.n > from)
		ptx_buf_add(out, s.p + from, s.n - from);
}

void ptxi_js_escape(struct ptx_str s, struct ptx_buf *out)
{
	while (s.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(s, &len);

		if (rune == '\\' || rune == '\'' || rune == '"')
			ptx_buf_printf(out, "\\%c", (char)rune);
		else if (rune < ' ' || rune == '<' || rune == '>' || rune == '&' || rune == '=')
			ptx_buf_printf(out, "\\u%04X", (unsigned)rune);
		else if (rune >= 0x80 && !ptxi_rune_is_print(rune))
			ptx_buf_printf(out, "\\u%04X", (unsigned)rune);
		else
			ptx_buf_add(out, s.p, len);
		s = ptxi_str_from(s, len);
	}
}

void ptxi_url_query_escape(struct ptx_str s, struct ptx_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80) ||
		    (c && strchr("-_.~", c)))
			ptx_buf_addc(out, (char)c);
		else if (c == ' ')
			ptx_buf_addc(out, '+');
		else
			ptx_buf_printf(out, "%%%02X", c);
	}
}
