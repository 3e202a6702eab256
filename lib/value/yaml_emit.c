/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_emit.c - scalars and indentation of YAML, after the emitter of the YAML specification's
 * reference implementation as Go's yaml.v2 and yaml.v3 have it.
 *
 *   whitespace  the last thing written separates (nothing more is needed before a scalar)
 *   indention   only indentation and indicators such as "- " stand on the line so far
 */
#define PTX_AREA PTX_AREA_VALUE
#include "yaml_emit.h"
#include "../base/utf8.h"

#define WIDTH              80
#define LONGEST_SIMPLE_KEY 128u

static void put(struct ptxi_yaml_writer *w, char c)
{
	ptx_buf_addc(w->out, c);
	w->column++;
}

static void put_break(struct ptxi_yaml_writer *w)
{
	ptx_buf_addc(w->out, '\n');
	w->column = 0;
	w->indention = w->indention || w->pretty;
}

/* One character of several bytes. */
static void put_char(struct ptxi_yaml_writer *w, const char *p, size_t n)
{
	ptx_buf_add(w->out, p, n);
	w->column++;
}

void ptxi_yaml_write_indent(struct ptxi_yaml_writer *w)
{
	int indent = w->indent < 0 ? 0 : w->indent;

	if (!w->indention || w->column > indent || (w->column == indent && !w->whitespace))
		put_break(w);
	while (w->column < indent)
		put(w, ' ');
	w->whitespace = true;
	w->indention = true;
}

void ptxi_yaml_write_indicator(struct ptxi_yaml_writer *w, const char *text, bool needs_space,
			       bool is_space, bool is_indention)
{
	if (needs_space && !w->whitespace)
		put(w, ' ');
	while (*text)
		put(w, *text++);
	w->whitespace = is_space;
	w->indention = w->indention && is_indention;
}

/* What a text allows. */
struct analysis {
	bool plain;
	bool single_quoted;
	bool block;
	bool multiline;
};

static bool is_break(uint32_t rune)
{
	return rune == '\n' || rune == '\r' || rune == 0x85 || rune == 0x2028 || rune == 0x2029;
}

/* Beyond the basic plane nothing counts as printable, as in Go. */
static bool is_printable(uint32_t rune)
{
	return rune == '\n' || (rune >= 0x20 && rune <= 0x7e) || (rune >= 0xa0 && rune < 0xd800) ||
	       (rune >= 0xe000 && rune <= 0xfffd && rune != 0xfeff);
}

/* Whether the character at i, followed by a blank or not, would mean something in a plain scalar.
 */
static bool is_indicator(uint32_t c, bool first, bool after_blank, bool before_blank)
{
	if (first) {
		if (c < 0x80 && c && strchr("#,[]{}&*!|>'\"%@`", (int)c))
			return true;
		return before_blank && (c == '?' || c == ':' || c == '-');
	}
	return (c == ':' && before_blank) || (c == '#' && after_blank);
}

/* tabs: one is printable, but for plain and single-quoted scalars, as in yaml.v3. */
static struct analysis analyse(struct ptx_str s, bool tabs)
{
	struct analysis a = { true, true, true, false };
	bool indicators = ptxi_str_starts(s, "---") || ptxi_str_starts(s, "...");
	bool special = false;
	bool tab = false;
	bool edge = false; /* a blank or a break at either end */
	bool trailing_space = false;
	bool break_space = false;
	bool space_break = false;
	bool after_blank = true;
	uint32_t previous = 0;

	if (!s.n) {
		a.block = false;
		return a;
	}
	for (size_t i = 0, len = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);
		bool first = i == 0;
		bool last = i + len >= s.n;
		bool before_blank = last || s.p[i + len] == ' ' || s.p[i + len] == '\t';

		indicators = indicators || is_indicator(c, first, after_blank, before_blank);
		if (tabs && c == '\t')
			tab = true;
		else
			special = special || !is_printable(c);
		if (c == ' ') {
			edge = edge || first || last;
			trailing_space = trailing_space || last;
			break_space = break_space || (!first && is_break(previous));
		} else if (is_break(c)) {
			a.multiline = true;
			edge = edge || first || last;
			space_break = space_break || (!first && previous == ' ');
		}
		after_blank = c == ' ' || c == '\t' || c == 0 || is_break(c);
		previous = c;
	}
	special = special || space_break;
	a.plain = !edge && !break_space && !special && !tab && !a.multiline && !indicators;
	a.single_quoted = !break_space && !special && !tab;
	a.block = !trailing_space && !special;
	return a;
}

static bool all_digits(struct ptx_str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && (!s.p[i] || !strchr(more, s.p[i])))
			return false;
	return true;
}

/* "12:30:45.5": a number to base 60 in YAML 1.1, so it is quoted, though nobody here reads it so.
 */
static bool is_base60(struct ptx_str s)
{
	struct ptx_str part = { NULL, 0 };
	struct ptx_str rest = { NULL, 0 };
	size_t dot = 0;

	if (s.n && (s.p[0] == '+' || s.p[0] == '-'))
		s = ptxi_str_from(s, 1);
	dot = ptxi_str_find_char(s, '.');
	rest = dot == SIZE_MAX ? s : ptxi_str_sub(s, 0, dot);
	if (dot != SIZE_MAX && !all_digits(ptxi_str_from(s, dot + 1), "_"))
		return false;
	if (!ptxi_str_next(&rest, ':', &part) || !rest.p || !part.n || part.p[0] == '_' ||
	    !all_digits(part, "_"))
		return false;
	while (ptxi_str_next(&rest, ':', &part))
		if (!part.n || part.n > 2 || !all_digits(part, "") ||
		    (part.n == 2 && part.p[0] > '5'))
			return false;
	return true;
}

static enum ptxi_yaml_style style_of(struct ptx_str s, const struct analysis *a,
				     enum ptxi_yaml_place place)
{
	if (memchr(s.p, '\n', s.n))
		return a->block && place != PTXI_YAML_AS_KEY ? PTXI_YAML_LITERAL
							     : PTXI_YAML_DOUBLE_QUOTED;
	if (ptxi_yaml_resolve(s).type != PTXI_YAML_STRING || is_base60(s))
		return PTXI_YAML_DOUBLE_QUOTED;
	if (place == PTXI_YAML_AS_KEY && a->multiline)
		return PTXI_YAML_DOUBLE_QUOTED;
	return a->plain           ? PTXI_YAML_PLAIN
	       : a->single_quoted ? PTXI_YAML_SINGLE_QUOTED
				  : PTXI_YAML_DOUBLE_QUOTED;
}

static bool is_space_at(struct ptx_str s, size_t i)
{
	return i < s.n && s.p[i] == ' ';
}

/* A break inside a quoted scalar: a line feed is doubled, because one alone would fold. */
static void write_break(struct ptxi_yaml_writer *w, const char *p, size_t len)
{
	if (*p == '\n') {
		put_break(w);
		return;
	}
	put_char(w, p, len);
	w->column = 0;
	w->indention = w->indention || w->pretty;
}

/* The text of a plain or single-quoted scalar. */
static void write_flow_text(struct ptxi_yaml_writer *w, struct ptx_str s, bool fold, bool quoted)
{
	bool spaces = false;
	bool breaks = false;

	for (size_t i = 0, len = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);

		if (c == ' ') {
			bool inside = !quoted || (i > 0 && i + 1 < s.n);

			if (fold && !spaces && w->column > WIDTH && inside &&
			    !is_space_at(s, i + 1))
				ptxi_yaml_write_indent(w);
			else
				put(w, ' ');
			spaces = true;
		} else if (is_break(c)) {
			if (!breaks && c == '\n')
				put_break(w);
			write_break(w, s.p + i, len);
			w->indention = true;
			breaks = true;
		} else {
			if (breaks)
				ptxi_yaml_write_indent(w);
			if (quoted && c == '\'')
				put(w, '\'');
			put_char(w, s.p + i, len);
			w->indention = false;
			spaces = false;
			breaks = false;
		}
	}
}

static void write_plain(struct ptxi_yaml_writer *w, struct ptx_str s, bool fold)
{
	if (!w->whitespace)
		put(w, ' ');
	write_flow_text(w, s, fold, false);
	w->whitespace = false;
	w->indention = false;
}

static void write_single_quoted(struct ptxi_yaml_writer *w, struct ptx_str s, bool fold)
{
	ptxi_yaml_write_indicator(w, "'", true, false, false);
	write_flow_text(w, s, fold, true);
	ptxi_yaml_write_indicator(w, "'", false, false, false);
	w->whitespace = false;
	w->indention = false;
}

static void write_escape(struct ptxi_yaml_writer *w, uint32_t c)
{
	static const struct {
		uint32_t rune;
		char letter;
	} letters[] = {
		{ 0x00, '0' },  { 0x07, 'a' }, { 0x08, 'b' }, { 0x09, 't' },   { 0x0a, 'n' },
		{ 0x0b, 'v' },  { 0x0c, 'f' }, { 0x0d, 'r' }, { 0x1b, 'e' },   { '"', '"' },
		{ '\\', '\\' }, { 0x85, 'N' }, { 0xa0, '_' }, { 0x2028, 'L' }, { 0x2029, 'P' },
	};
	char text[16] = "";

	put(w, '\\');
	for (size_t i = 0; i < PTXI_COUNT(letters); i++) {
		if (letters[i].rune == c) {
			put(w, letters[i].letter);
			return;
		}
	}
	if (c <= 0xff)
		snprintf(text, sizeof(text), "x%02X", (unsigned)c);
	else if (c <= 0xffff)
		snprintf(text, sizeof(text), "u%04X", (unsigned)c);
	else
		snprintf(text, sizeof(text), "U%08X", (unsigned)c);
	for (const char *p = text; *p; p++)
		put(w, *p);
}

static void write_double_quoted(struct ptxi_yaml_writer *w, struct ptx_str s, bool fold)
{
	bool spaces = false;

	ptxi_yaml_write_indicator(w, "\"", true, false, false);
	for (size_t i = 0, len = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);

		if (c == ' ') {
			if (fold && !spaces && w->column > WIDTH && i > 0 && i + 1 < s.n) {
				ptxi_yaml_write_indent(w);
				if (is_space_at(s, i + 1))
					put(w, '\\');
			} else {
				put(w, ' ');
			}
			spaces = true;
			continue;
		}
		if (!is_printable(c) || is_break(c) || c == '"' || c == '\\')
			write_escape(w, c);
		else
			put_char(w, s.p + i, len);
		spaces = false;
	}
	ptxi_yaml_write_indicator(w, "\"", false, false, false);
	w->whitespace = false;
	w->indention = false;
}

/* The character that ends at s.p + s.n, and s without it. */
static uint32_t last_char(struct ptx_str *s)
{
	size_t n = s->n - 1;
	size_t len = 0;
	uint32_t c = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): n is below the length
	 */
	while (n && ((unsigned char)s->p[n] & 0xc0) == 0x80)
		n--;
	c = ptxi_utf8_decode(ptxi_str_from(*s, n), &len);
	s->n = n;
	return c;
}

static void write_literal(struct ptxi_yaml_writer *w, struct ptx_str s)
{
	size_t len = 0;
	uint32_t first = ptxi_utf8_decode(s, &len);
	struct ptx_str left = s;
	bool breaks = true;

	ptxi_yaml_write_indicator(w, "|", true, false, false);
	if (first == ' ' || is_break(first))
		ptxi_yaml_write_indicator(w, "2", false, false, false);
	if (!is_break(last_char(&left)))
		ptxi_yaml_write_indicator(w, "-", false, false, false);
	else if (!left.n || is_break(last_char(&left)))
		ptxi_yaml_write_indicator(w, "+", false, false, false);
	put_break(w);
	w->indention = true;
	w->whitespace = true;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);

		if (is_break(c)) {
			write_break(w, s.p + i, len);
			w->indention = true;
			breaks = true;
			continue;
		}
		if (breaks)
			ptxi_yaml_write_indent(w);
		put_char(w, s.p + i, len);
		w->indention = false;
		breaks = false;
	}
}

void ptxi_yaml_write_text(struct ptxi_yaml_writer *w, struct ptx_str s, enum ptxi_yaml_style style,
			  bool fold)
{
	int indent = w->indent;

	w->indent = indent < 0 ? PTXI_YAML_INDENT : indent + PTXI_YAML_INDENT;
	switch (style) {
	case PTXI_YAML_PLAIN:
		write_plain(w, s, fold);
		break;
	case PTXI_YAML_SINGLE_QUOTED:
		write_single_quoted(w, s, fold);
		break;
	case PTXI_YAML_DOUBLE_QUOTED:
		write_double_quoted(w, s, fold);
		break;
	case PTXI_YAML_LITERAL:
		write_literal(w, s);
		break;
	}
	w->indent = indent;
}

void ptxi_yaml_write_string(struct ptxi_yaml_writer *w, struct ptx_str s,
			    enum ptxi_yaml_place place)
{
	struct analysis a = analyse(s, w->pretty);

	ptxi_yaml_write_text(w, s, style_of(s, &a, place), place != PTXI_YAML_AS_KEY && !w->pretty);
}

bool ptxi_yaml_is_simple_key(struct ptx_str key)
{
	return key.n <= LONGEST_SIMPLE_KEY && !analyse(key, false).multiline;
}
