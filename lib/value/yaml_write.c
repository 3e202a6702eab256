/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_write.c - values as YAML, to the byte as sigs.k8s.io/yaml (Go's yaml.v2) writes them.
 *
 * Charts hash their own rendered configuration, so the form matters down to the blank: two columns a level, lists
 * not indented below their key, keys in the natural order (digits as numbers, letters behind all else), strings
 * plain where YAML 1.1 would read them as strings again, `|` for those of several lines, and long ones folded at the
 * first blank past column 80. The rules follow the emitter of the YAML specification's reference implementation:
 *   whitespace  the last thing written separates (nothing more is needed before a scalar)
 *   indention   only indentation and indicators such as "- " stand on the line so far
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "yaml.h"
#include "../base/encode.h"
#include "../base/time.h"
#include "../base/utf8.h"

#define INDENT 2
#define WIDTH 80
#define LONGEST_SIMPLE_KEY 128u
#define DEEPEST 10000u

struct writer {
	struct ptx_buf *out;
	struct ptx_arena *scratch;
	int indent; /* -1 before the first level */
	int column;
	bool whitespace;
	bool indention;
	unsigned depth;
	bool through_json; /* see ptxi_yaml_format_as_go() */
};

/* Where a node stands. */
enum place { AT_ROOT, IN_LIST, IN_MAP, AS_KEY };

enum style { PLAIN, SINGLE_QUOTED, DOUBLE_QUOTED, LITERAL };

static void write_node(struct writer *w, const struct ptx_value *v, enum place place);

static void put(struct writer *w, char c)
{
	ptx_buf_addc(w->out, c);
	w->column++;
}

static void put_break(struct writer *w)
{
	ptx_buf_addc(w->out, '\n');
	w->column = 0;
}

/* One character of several bytes. */
static void put_char(struct writer *w, const char *p, size_t n)
{
	ptx_buf_add(w->out, p, n);
	w->column++;
}

static void write_indent(struct writer *w)
{
	int indent = w->indent < 0 ? 0 : w->indent;

	if (!w->indention || w->column > indent || (w->column == indent && !w->whitespace))
		put_break(w);
	while (w->column < indent)
		put(w, ' ');
	w->whitespace = true;
	w->indention = true;
}

static void write_indicator(struct writer *w, const char *text, bool needs_space, bool is_space, bool is_indention)
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

/* Whether the character at i, followed by a blank or not, would mean something in a plain scalar. */
static bool is_indicator(uint32_t c, bool first, bool after_blank, bool before_blank)
{
	if (first) {
		if (c < 0x80 && c && strchr("#,[]{}&*!|>'\"%@`", (int)c))
			return true;
		return before_blank && (c == '?' || c == ':' || c == '-');
	}
	return (c == ':' && before_blank) || (c == '#' && after_blank);
}

static struct analysis analyse(struct ptx_str s)
{
	struct analysis a = { true, true, true, false };
	bool indicators = ptxi_str_starts(s, "---") || ptxi_str_starts(s, "...");
	bool special = false;
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
	a.plain = !edge && !break_space && !special && !a.multiline && !indicators;
	a.single_quoted = !break_space && !special;
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

/* "12:30:45.5": a number to base 60 in YAML 1.1, so it is quoted, though nobody here reads it so. */
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
	if (!ptxi_str_next(&rest, ':', &part) || !rest.p || !part.n || part.p[0] == '_' || !all_digits(part, "_"))
		return false;
	while (ptxi_str_next(&rest, ':', &part))
		if (!part.n || part.n > 2 || !all_digits(part, "") || (part.n == 2 && part.p[0] > '5'))
			return false;
	return true;
}

static enum style style_of(struct ptx_str s, const struct analysis *a, enum place place)
{
	if (memchr(s.p, '\n', s.n))
		return a->block && place != AS_KEY ? LITERAL : DOUBLE_QUOTED;
	if (ptxi_yaml_resolve(s).type != PTXI_YAML_STRING || is_base60(s))
		return DOUBLE_QUOTED;
	if (place == AS_KEY && a->multiline)
		return DOUBLE_QUOTED;
	return a->plain ? PLAIN : a->single_quoted ? SINGLE_QUOTED : DOUBLE_QUOTED;
}

static bool is_space_at(struct ptx_str s, size_t i)
{
	return i < s.n && s.p[i] == ' ';
}

/* A break inside a quoted scalar: a line feed is doubled, because one alone would fold. */
static void write_break(struct writer *w, const char *p, size_t len)
{
	if (*p == '\n') {
		put_break(w);
		return;
	}
	put_char(w, p, len);
	w->column = 0;
}

/* The text of a plain or single-quoted scalar. */
static void write_flow_text(struct writer *w, struct ptx_str s, bool fold, bool quoted)
{
	bool spaces = false;
	bool breaks = false;

	for (size_t i = 0, len = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);

		if (c == ' ') {
			bool inside = !quoted || (i > 0 && i + 1 < s.n);

			if (fold && !spaces && w->column > WIDTH && inside && !is_space_at(s, i + 1))
				write_indent(w);
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
				write_indent(w);
			if (quoted && c == '\'')
				put(w, '\'');
			put_char(w, s.p + i, len);
			w->indention = false;
			spaces = false;
			breaks = false;
		}
	}
}

static void write_plain(struct writer *w, struct ptx_str s, bool fold)
{
	if (!w->whitespace)
		put(w, ' ');
	write_flow_text(w, s, fold, false);
	w->whitespace = false;
	w->indention = false;
}

static void write_single_quoted(struct writer *w, struct ptx_str s, bool fold)
{
	write_indicator(w, "'", true, false, false);
	write_flow_text(w, s, fold, true);
	write_indicator(w, "'", false, false, false);
	w->whitespace = false;
	w->indention = false;
}

static void write_escape(struct writer *w, uint32_t c)
{
	static const struct {
		uint32_t rune;
		char letter;
	} letters[] = {
		{ 0x00, '0' }, { 0x07, 'a' }, { 0x08, 'b' }, { 0x09, 't' },   { 0x0a, 'n' },   { 0x0b, 'v' },
		{ 0x0c, 'f' }, { 0x0d, 'r' }, { 0x1b, 'e' }, { '"', '"' },    { '\\', '\\' },  { 0x85, 'N' },
		{ 0xa0, '_' }, { 0x2028, 'L' }, { 0x2029, 'P' },
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

static void write_double_quoted(struct writer *w, struct ptx_str s, bool fold)
{
	bool spaces = false;

	write_indicator(w, "\"", true, false, false);
	for (size_t i = 0, len = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);

		if (c == ' ') {
			if (fold && !spaces && w->column > WIDTH && i > 0 && i + 1 < s.n) {
				write_indent(w);
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
	write_indicator(w, "\"", false, false, false);
	w->whitespace = false;
	w->indention = false;
}

/* The character that ends at s.p + s.n, and s without it. */
static uint32_t last_char(struct ptx_str *s)
{
	size_t n = s->n - 1;
	size_t len = 0;
	uint32_t c = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): n is below the length */
	while (n && ((unsigned char)s->p[n] & 0xc0) == 0x80)
		n--;
	c = ptxi_utf8_decode(ptxi_str_from(*s, n), &len);
	s->n = n;
	return c;
}

static void write_literal(struct writer *w, struct ptx_str s)
{
	size_t len = 0;
	uint32_t first = ptxi_utf8_decode(s, &len);
	struct ptx_str left = s;
	bool breaks = true;

	write_indicator(w, "|", true, false, false);
	if (first == ' ' || is_break(first))
		write_indicator(w, "2", false, false, false);
	if (!is_break(last_char(&left)))
		write_indicator(w, "-", false, false, false);
	else if (!left.n || is_break(last_char(&left)))
		write_indicator(w, "+", false, false, false);
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
			write_indent(w);
		put_char(w, s.p + i, len);
		w->indention = false;
		breaks = false;
	}
}

/* What Go's YAML reader makes of a text in double quotes: NEL is a line break there, and folds. False for characters
 * that it refuses, and for a key of several lines. */
static bool fold_as_go(struct ptx_str s, bool key, char *to, size_t *n)
{
	size_t len = 0;

	*n = 0;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);
		size_t breaks = 0;

		if ((c >= 0x7f && c <= 0x9f && c != 0x85) || c == 0xfffe || c == 0xffff || (c == 0x85 && key))
			return false;
		if (c != 0x85) {
			memcpy(to + *n, s.p + i, len);
			*n += len;
			continue;
		}
		while (*n && to[*n - 1] == ' ')
			--*n;
		for (; c == 0x85 || c == ' '; c = ptxi_utf8_decode(ptxi_str_from(s, i), &len)) {
			breaks += c == 0x85;
			i += len;
		}
		len = 0;
		if (breaks == 1)
			to[(*n)++] = ' ';
		else
			for (; breaks > 1; breaks--)
				to[(*n)++] = '\n';
	}
	return true;
}

/* Strings with bytes that are no UTF-8 have U+FFFD in their place, as in JSON. */
static struct ptx_str make_valid(struct writer *w, struct ptx_str s, bool key)
{
	char *to = NULL;
	size_t n = 0;

	if (!s.p)
		return PTXI_STR("");
	if (w->through_json) {
		to = ptxi_arena_bytes(w->scratch, s.n);
		if (!to || !fold_as_go(s, key, to, &n))
			w->out->status = to ? PTX_E_INVALID : PTX_E_NOMEM;
		else
			s = ptxi_strn(to, n);
	}
	if (ptxi_utf8_valid(s))
		return s;
	n = 0;
	to = ptxi_arena_bytes(w->scratch, s.n * 3);
	if (!to) {
		w->out->status = PTX_E_NOMEM;
		return PTXI_STR("");
	}
	for (size_t i = 0, len = 0; i < s.n; i += len)
		n += ptxi_utf8_encode(ptxi_utf8_decode(ptxi_str_from(s, i), &len), to + n);
	return ptxi_strn(to, n);
}

static void write_text(struct writer *w, struct ptx_str s, enum style style, bool fold)
{
	int indent = w->indent;

	w->indent = indent < 0 ? INDENT : indent + INDENT;
	switch (style) {
	case PLAIN:
		write_plain(w, s, fold);
		break;
	case SINGLE_QUOTED:
		write_single_quoted(w, s, fold);
		break;
	case DOUBLE_QUOTED:
		write_double_quoted(w, s, fold);
		break;
	case LITERAL:
		write_literal(w, s);
		break;
	}
	w->indent = indent;
}

static void write_string(struct writer *w, struct ptx_str s, enum place place)
{
	struct analysis a = analyse(s);

	write_text(w, s, style_of(s, &a, place), place != AS_KEY);
}

/* A number takes the way through JSON's text, by which Go decides whether it is whole. */
static void write_number(struct writer *w, const struct ptx_value *v)
{
	ptx_auto_buf text = { 0 };
	struct ptxi_yaml_scalar s = { .type = PTXI_YAML_FLOAT };

	ptx_buf_init(&text, 0);
	ptx_json_format(v, NULL, &text);
	if (v->kind == PTX_FLOAT)
		s.f = v->f;
	if (v->kind != PTX_FLOAT || !ptxi_str_is(ptx_buf_str(&text), "null"))
		s = ptxi_yaml_resolve(ptx_buf_str(&text));
	ptx_buf_clear(&text);
	switch (s.type) {
	case PTXI_YAML_INT:
		ptx_buf_printf(&text, "%lld", (long long)s.i);
		break;
	case PTXI_YAML_UINT:
		ptx_buf_printf(&text, "%llu", (unsigned long long)s.u);
		break;
	case PTXI_YAML_FLOAT:
		ptxi_yaml_double(s.f, false, &text);
		break;
	default:
		ptx_buf_addstr(&text, ptx_value_str(v));
		break;
	}
	if (!ptx_buf_ok(&text))
		w->out->status = text.status;
	write_text(w, ptx_buf_str(&text), PLAIN, false);
}

/* Bytes and times are what JSON makes of them: strings. */
static void write_as_string(struct writer *w, const struct ptx_value *v, enum place place)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (v->kind == PTX_BYTES)
		ptxi_base64_encode(PTXI_BASE64_STD, v->s, &text);
	else
		ptxi_time_format_rfc3339(v->time->unix_seconds, v->time->nanoseconds, v->time->offset_seconds, &text);
	if (!ptx_buf_ok(&text))
		w->out->status = text.status;
	write_string(w, ptx_buf_str(&text), place);
}

static void write_list(struct writer *w, const struct ptx_value *list, enum place place)
{
	int indent = w->indent;
	bool beside_key = place == IN_MAP && !w->indention;

	if (indent < 0)
		w->indent = 0;
	else if (!beside_key)
		w->indent += INDENT;
	for (size_t i = 0; i < list->list.n && ptx_buf_ok(w->out); i++) {
		write_indent(w);
		write_indicator(w, "-", true, false, true);
		write_node(w, list->list.v[i], IN_LIST);
	}
	w->indent = indent;
}

static void write_pair(struct writer *w, const struct ptxi_entry *e)
{
	struct ptx_str key = make_valid(w, e->key, true);

	write_indent(w);
	if (key.n <= LONGEST_SIMPLE_KEY && !analyse(key).multiline) {
		write_string(w, key, AS_KEY);
		write_indicator(w, ":", false, false, false);
	} else {
		write_indicator(w, "?", true, false, true);
		write_string(w, key, IN_MAP);
		write_indent(w);
		write_indicator(w, ":", true, false, true);
	}
	write_node(w, e->value, IN_MAP);
}

static void write_map(struct writer *w, const struct ptx_value *map)
{
	struct ptxi_arena_mark mark = ptxi_arena_mark(w->scratch);
	const struct ptxi_entry **keys = ptxi_yaml_sorted(w->scratch, map);
	int indent = w->indent;

	if (!keys) {
		w->out->status = PTX_E_NOMEM;
		return;
	}
	w->indent = indent < 0 ? 0 : indent + INDENT;
	for (size_t i = 0; i < map->map.n && ptx_buf_ok(w->out); i++)
		write_pair(w, keys[i]);
	w->indent = indent;
	ptxi_arena_release(w->scratch, mark);
}

static void write_node(struct writer *w, const struct ptx_value *v, enum place place)
{
	if (++w->depth > DEEPEST) {
		w->out->status = PTX_E_LIMIT;
		return;
	}
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		write_text(w, PTXI_STR("null"), PLAIN, false);
		break;
	case PTX_BOOL:
		write_text(w, v->b ? PTXI_STR("true") : PTXI_STR("false"), PLAIN, false);
		break;
	case PTX_INT:
	case PTX_UINT:
	case PTX_FLOAT:
	case PTX_NUMBER:
		write_number(w, v);
		break;
	case PTX_STRING:
		write_string(w, make_valid(w, v->s, false), place);
		break;
	case PTX_BYTES:
	case PTX_TIME:
		write_as_string(w, v, place);
		break;
	case PTX_LIST:
		if (v->list.n)
			write_list(w, v, place);
		else
			write_indicator(w, "[]", true, false, false);
		break;
	case PTX_MAP:
		if (v->map.n)
			write_map(w, v);
		else
			write_indicator(w, "{}", true, false, false);
		break;
	}
	w->depth--;
}

static void format(const struct ptx_value *v, bool through_json, struct ptx_buf *out)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);
	struct writer w = { .out = out, .scratch = scratch, .indent = -1, .whitespace = true, .indention = true,
			    .through_json = through_json };

	if (!scratch) {
		out->status = PTX_E_NOMEM;
		return;
	}
	write_node(&w, v, AT_ROOT);
	write_indent(&w);
}

void ptx_yaml_format(const struct ptx_value *v, struct ptx_buf *out)
{
	format(v, false, out);
}

void ptxi_yaml_format_as_go(const struct ptx_value *v, struct ptx_buf *out)
{
	format(v, true, out);
}
