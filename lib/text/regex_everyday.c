/* SPDX-License-Identifier: Apache-2.0 */
/* regex_everyday.c - reads an expression once, from left to right, and writes it for PCRE2.
 *
 * Punctuation that stands for itself gets a backslash wherever it is, so that nothing that PCRE2
 * knows and Go does not
 * (`[.`, `{,3}`, `(*`) can come about. */
#define PTX_AREA PTX_AREA_TEXT
#include "regex_everyday.h"

#define MOST_BYTES   1024u
#define MOST_GROUPS  20u
#define MOST_REPEATS 1000u /* Go's, of repetitions within repetitions too */
#define DEEPEST      20u

#define SPACES     "\\t\\n\\f\\r "
#define NOT_SPACES "\\x{0}-\\x{8}\\x{b}\\x{e}-\\x{1f}!-\\x{10ffff}"

struct scan {
	struct ptx_str in;
	size_t at;
	struct ptx_buf *out;
	size_t groups;
	unsigned depth;
};

/* What matters of a part to whoever repeats it. */
struct part {
	bool may_be_empty;
	unsigned repeats; /* of what is repeated most often in it, at least 1 */
};

static int peek(const struct scan *s, size_t ahead)
{
	return s->at + ahead < s->in.n ? (unsigned char)s->in.p[s->at + ahead] : -1;
}

static bool take(struct scan *s, char c)
{
	if (peek(s, 0) != (unsigned char)c)
		return false;
	s->at++;
	return true;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_punctuation(int c)
{
	return c > ' ' && c <= '~' && !is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void put_char(struct scan *s, int c)
{
	if (is_punctuation(c))
		ptx_buf_addc(s->out, '\\');
	ptx_buf_addc(s->out, (char)c);
}

/* An ASCII character, escaped or not, that stands for itself; -1: it is something else. */
static int take_char(struct scan *s)
{
	int c = peek(s, 0);

	if (c <= 0 || c >= 0x80)
		return -1;
	s->at++;
	if (c != '\\')
		return c;
	c = peek(s, 0);
	s->at++;
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return is_punctuation(c) || c == ' ' ? c : -1;
	}
}

/* \d and its like. */
static bool set(struct scan *s, bool in_class)
{
	int c = peek(s, 1);

	if (peek(s, 0) != '\\' || c <= 0 || !strchr("dDwWsS", c))
		return false;
	s->at += 2;
	if (c == 's') {
		ptx_buf_adds(s->out, in_class ? SPACES : "[" SPACES "]");
	} else if (c == 'S') {
		ptx_buf_adds(s->out, in_class ? NOT_SPACES : "[^" SPACES "]");
	} else {
		ptx_buf_addc(s->out, '\\');
		ptx_buf_addc(s->out, (char)c);
	}
	return true;
}

/* Behind a `[`. A `]` that comes first, and names in brackets, are not for here. */
static bool class(struct scan *s)
{
	ptx_buf_adds(s->out, take(s, '^') ? "[^" : "[");
	if (peek(s, 0) == ']')
		return false;
	while (!take(s, ']')) {
		int from = 0;
		int to = 0;

		if (peek(s, 0) == '[')
			return false;
		if (set(s, true))
			continue;
		from = take_char(s);
		if (from < 0)
			return false;
		put_char(s, from);
		if (peek(s, 0) != '-' || peek(s, 1) == ']')
			continue;
		s->at++;
		to = take_char(s);
		if (to < from)
			return false;
		ptx_buf_addc(s->out, '-');
		put_char(s, to);
	}
	ptx_buf_addc(s->out, ']');
	return true;
}

static bool either(struct scan *s, struct part *whole);

/* Behind a `(`. */
static bool group(struct scan *s, struct part *part)
{
	bool counted = !take(s, '?');

	if (!counted && !take(s, ':'))
		return false;
	s->groups += counted;
	if (s->groups > MOST_GROUPS || s->depth == DEEPEST)
		return false;
	ptx_buf_adds(s->out, counted ? "(" : "(?:");
	s->depth++;
	if (!either(s, part) || !take(s, ')'))
		return false;
	s->depth--;
	ptx_buf_addc(s->out, ')');
	return true;
}

/* A brace and a digit. Any other brace stands for itself. */
static bool at_bounds(const struct scan *s)
{
	return peek(s, 0) == '{' && is_digit(peek(s, 1));
}

static bool at_operator(const struct scan *s)
{
	int c = peek(s, 0);

	return c == '*' || c == '+' || c == '?' || at_bounds(s);
}

static bool atom(struct scan *s, struct part *part)
{
	int c = peek(s, 0);

	*part = (struct part){ .repeats = 1 };
	if (at_operator(s))
		return false;
	if (take(s, '('))
		return group(s, part);
	if (take(s, '['))
		return class(s);
	if (c == '^' || c == '$' || c == '.') {
		part->may_be_empty = c != '.';
		ptx_buf_addc(s->out, (char)c);
		s->at++;
		return true;
	}
	if (set(s, false))
		return true;
	c = take_char(s);
	if (c < 0)
		return false;
	put_char(s, c);
	return true;
}

static bool number(struct scan *s, unsigned *n)
{
	size_t begin = s->at;

	for (*n = 0; is_digit(peek(s, 0)) && *n <= MOST_REPEATS; s->at++)
		*n = *n * 10 + (unsigned)(peek(s, 0) - '0');
	return s->at > begin && (s->in.p[begin] != '0' || s->at == begin + 1) && *n <= MOST_REPEATS;
}

/* {N}, {N,} and {N,M}; *most is the larger one. What is repeated at most zero times is not for
 * here. */
static bool bounds(struct scan *s, unsigned *least, unsigned *most)
{
	bool open = false;

	s->at++;
	if (!number(s, least))
		return false;
	*most = *least;
	if (take(s, ',')) {
		open = peek(s, 0) == '}';
		if (!open && !number(s, most))
			return false;
	}
	return take(s, '}') && *least <= *most && (open || *most);
}

/* The operator behind a part, if there is one. */
static bool repetition(struct scan *s, struct part *part)
{
	size_t begin = s->at;
	unsigned least = peek(s, 0) == '+' ? 1 : 0;
	unsigned most = 1;

	if (!at_operator(s))
		return true;
	if (part->may_be_empty)
		return false;
	if (!at_bounds(s))
		s->at++;
	else if (!bounds(s, &least, &most))
		return false;
	take(s, '?');
	ptx_buf_add(s->out, s->in.p + begin, s->at - begin);
	part->may_be_empty = least == 0;
	part->repeats *= most ? most : 1;
	return part->repeats <= MOST_REPEATS && !at_operator(s);
}

static bool either(struct scan *s, struct part *whole)
{
	bool may_be_empty = true;

	*whole = (struct part){ .repeats = 1 };
	for (int c = peek(s, 0); c >= 0 && c != ')'; c = peek(s, 0)) {
		struct part part = { 0 };

		if (c == '|') {
			whole->may_be_empty |= may_be_empty;
			may_be_empty = true;
			ptx_buf_addc(s->out, '|');
			s->at++;
			continue;
		}
		if (!atom(s, &part) || !repetition(s, &part))
			return false;
		may_be_empty &= part.may_be_empty;
		if (whole->repeats < part.repeats)
			whole->repeats = part.repeats;
	}
	whole->may_be_empty |= may_be_empty;
	return true;
}

bool ptxi_regex_is_everyday(struct ptx_str pattern, struct ptx_buf *out, size_t *groups)
{
	struct scan s = { .in = pattern, .out = out };
	struct part whole = { 0 };

	if (pattern.n > MOST_BYTES || !either(&s, &whole) || s.at < pattern.n)
		return false;
	*groups = s.groups;
	return true;
}
