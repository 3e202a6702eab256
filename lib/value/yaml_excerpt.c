/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_excerpt.c - a few members of a document that is plain block YAML, without reading the rest
 * of it.
 *
 * Who only wants to know what a document is (its kind, its name) should not pay for a whole
 * reading, which takes ten times longer than looking over it. What is looked over is a part of YAML
 * that has one meaning only: mappings and sequences in block style, keys of letters, digits and `_
 * / . -` or in simple quotes, plain and quoted scalars, literal and folded blocks, and simple flow
 * style on one line. Whatever is not surely that (anchors, tags, tabs, two documents, an
 * indentation that does not fit, and so all that is wrong) is left to the reader of yaml_read.c:
 * then there is no excerpt.
 *
 * The excerpt is made of the document's own lines, so it is the reader who says what the members
 * are.
 *
 * One line is current: `p` is its content from `column` on, which moves on within the line where a
 * sequence holds a mapping
 * ("- key: x"). Every function leaves the line that it did not use.
 */
#define PTX_AREA PTX_AREA_VALUE
#include <limits.h>

#include "../base/utf8.h"
#include "yaml.h"

#define DEEPEST        100u
#define LONGEST_NUMBER 15 /* of a key that may be one */

struct over {
	const char *end;  /* of the text */
	const char *next; /* the line behind the current one */
	const char *line; /* the current one's begin, content and end */
	const char *p;
	const char *eol;
	long column; /* of p; -1 behind the last line */
	struct ptx_buf *out;
	const char *copied; /* of who wants all but comments: what is in out ends here; else NULL */
};

static bool node(struct over *o, long parent, unsigned depth);
static const char *behind_key(const struct over *o, const char *p, struct ptx_str *key);

/* How many bytes from the beginning are ASCII's printable characters and line breaks, by eights. */
static size_t simple_length(struct ptx_str text)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	const uint64_t high = each * 0x80;
	size_t i = 0;

	for (; i + 8 <= text.n; i += 8) {
		uint64_t eight = 0;
		uint64_t control = 0;
		uint64_t other = 0; /* than a line break */

		memcpy(&eight, text.p + i, 8);
		if (eight & high)
			break;
		/* The highest bit of each byte: set where the byte is below a space, or is DEL; is
		 * no line break. */
		control = ~((eight | high) - each * 0x20) | (eight + each);
		other = ((eight ^ each * '\n') | high) - each;
		if (control & other & high)
			break;
	}
	return i;
}

/* Characters that YAML takes wherever a scalar or comment may have any: no control but the line
 * break, none of the breaks and marks beyond ASCII. */
static bool is_text(struct ptx_str text)
{
	size_t i = 0;

	while (i < text.n) {
		size_t n = 0;
		uint32_t c = 0;

		i += simple_length(ptxi_str_from(text, i));
		for (size_t to = i + 8; i < text.n && i < to; i += n) {
			c = ptxi_utf8_decode(ptxi_str_from(text, i), &n);
			if (n == 0 || (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) ||
			    c == 0x2028 || c == 0x2029 || c == 0xfeff || c == PTXI_RUNE_ERROR ||
			    c == 0xfffe || c == 0xffff)
				return false;
		}
	}
	return true;
}

/* ---- lines ---- */

static void copy(struct over *o, const char *from, const char *to)
{
	ptx_buf_add(o->out, from, (size_t)(to - from));
}

/* A line that is a comment keeps its mark only, since it may say where the lines of a scalar end.
 */
static void pass_comment(struct over *o, const char *p, const char *eol)
{
	if (!o->copied)
		return;
	copy(o, o->copied, p + 1);
	o->copied = eol;
}

/* To the next line that holds more than a comment. False for what ends or begins a document. */
static bool advance(struct over *o)
{
	while (o->next < o->end) {
		const char *line = o->next;
		const char *p = line;
		const char *eol = memchr(line, '\n', (size_t)(o->end - line));

		if (!eol)
			eol = o->end;
		o->next = eol < o->end ? eol + 1 : eol;
		while (p < eol && *p == ' ')
			p++;
		if (p == eol)
			continue;
		if (*p == '#') {
			pass_comment(o, p, eol);
			continue;
		}
		o->line = line;
		o->p = p;
		o->eol = eol;
		o->column = p - line;
		return o->column > 0 ||
		       (*p != '%' &&
			(eol - p < 3 || (memcmp(p, "---", 3) != 0 && memcmp(p, "...", 3) != 0)));
	}
	o->line = o->p = o->eol = o->end;
	o->column = -1;
	return true;
}

/* On to the next line, which must not be a part of what stands in `parent`. */
static bool finish(struct over *o, long parent)
{
	return advance(o) && o->column <= parent;
}

static bool is_dash(const struct over *o)
{
	return o->column >= 0 && *o->p == '-' && (o->p + 1 == o->eol || o->p[1] == ' ');
}

static const char *skip_blanks(const struct over *o, const char *p)
{
	while (p < o->eol && *p == ' ')
		p++;
	return p;
}

/* Nothing comes any more but a comment, which stands apart. */
static bool is_end(const struct over *o, const char *p)
{
	const char *rest = skip_blanks(o, p);

	return rest == o->eol || (*rest == '#' && rest > p);
}

/* ---- scalars ---- */

/* The line behind the current one becomes current when it goes on with a scalar in `parent`: blank,
 * or deeper. */
static bool go_on(struct over *o, long parent, const char **p)
{
	const char *eol = memchr(o->next, '\n', (size_t)(o->end - o->next));

	if (o->next == o->end)
		return false;
	if (!eol)
		eol = o->end;
	*p = o->next;
	while (*p < eol && **p == ' ')
		(*p)++;
	if (*p < eol && *p - o->next <= parent)
		return false;
	o->eol = eol;
	o->next = eol < o->end ? eol + 1 : eol;
	return true;
}

/* Behind the closing quote, which may be some lines down; NULL when there is none or something is
 * escaped that is not simple. */
static const char *behind_quotes(struct over *o, const char *p, long parent)
{
	char quote = *p++;

	do {
		for (; p < o->eol; p++) {
			if (quote == '"' && *p == '\\') {
				if (++p == o->eol || !strchr("\\\"/nt", *p))
					return NULL;
			} else if (*p == quote) {
				if (quote == '"' || p + 1 == o->eol || p[1] != '\'')
					return p + 1;
				p++;
			}
		}
	} while (go_on(o, parent, &p));
	return NULL;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* May a scalar without quotes begin here? Not with infinities and NaN, which are an error where
 * values go through JSON. */
static bool is_begin(const char *p, const char *end)
{
	size_t sign = *p == '-' || *p == '+';

	if (end - p >= 2 + (long)sign && p[sign] == '.' && strchr("iInN", p[sign + 1]))
		return false;
	return is_word(*p) || strchr("_/.+()$^~=<;\\", *p) ||
	       (*p == '-' && p + 1 < end && p[1] != ' ');
}

/* A line of a scalar without quotes; comment: it ends with one. */
static bool is_plain(const struct over *o, const char *p, bool *comment)
{
	*comment = false;
	for (const char *q = p; q < o->eol; q++) {
		if (*q == ':' && (q + 1 == o->eol || q[1] == ' '))
			return false;
		if (*q == '#' && q > p && q[-1] == ' ') {
			*comment = true;
			break;
		}
	}
	return true;
}

static bool plain(struct over *o, const char *p, long parent)
{
	bool colon = *p == ':' && p + 1 < o->eol && p[1] != ' ';
	bool ended = false; /* by a comment */

	if ((!colon && !is_begin(p, o->eol)) || !is_plain(o, p, &ended))
		return false;
	while (!ended && go_on(o, parent, &p)) {
		if (p == o->eol)
			continue;
		ended = *p == '#';
		if (ended)
			pass_comment(o, p, o->eol);
		else if (!is_plain(o, p, &ended))
			return false;
	}
	return finish(o, parent);
}

/* Behind a node in flow style that ends on this line; NULL when it is not simple. */
static const char *behind_flow(struct over *o, const char *p, unsigned depth)
{
	char open = p < o->eol ? *p : '\0';
	char close = open == '{' ? '}' : open == '[' ? ']' : '\0';

	if (depth > DEEPEST || !open)
		return NULL;
	if (open == '"' || open == '\'') {
		const char *line = o->eol;

		p = behind_quotes(o, p, LONG_MAX);
		return o->eol == line ? p : NULL;
	}
	if (!close) {
		const char *from = p;

		if (!is_begin(p, o->eol))
			return NULL;
		while (p < o->eol && (is_word(*p) || strchr(" _/.-+*=@%", *p)))
			p++;
		return p > from ? p : NULL;
	}
	p = skip_blanks(o, p + 1);
	if (p < o->eol && *p == close)
		return p + 1;
	for (;;) {
		struct ptx_str key = { NULL, 0 };

		if (close == '}') {
			p = p < o->eol ? behind_key(o, p, &key) : NULL;
			if (!p || p == o->eol)
				return NULL;
			p = skip_blanks(o, p);
		}
		p = behind_flow(o, p, depth + 1);
		if (!p)
			return NULL;
		p = skip_blanks(o, p);
		if (p == o->eol || (*p != ',' && *p != close))
			return NULL;
		if (*p == close)
			return p + 1;
		p = skip_blanks(o, p + 1);
	}
}

/* The lines of a literal or folded scalar, which are deeper than `parent`. */
static bool block_scalar(struct over *o, long parent)
{
	long indent = -1;
	long widest_blank = 0;

	while (o->next < o->end) {
		const char *line = o->next;
		const char *p = line;
		const char *eol = memchr(line, '\n', (size_t)(o->end - line));
		long column = 0;

		if (!eol)
			eol = o->end;
		while (p < eol && *p == ' ')
			p++;
		column = p - line;
		if (p == eol) {
			if (indent < 0 && column > widest_blank)
				widest_blank = column;
		} else if (column <= parent) {
			break;
		} else if (indent < 0) {
			/* Blank lines before it must not be wider: they would say how deep the text
			 * is. */
			if (widest_blank > column)
				return false;
			indent = column;
		} else if (column < indent) {
			return false;
		}
		o->next = eol < o->end ? eol + 1 : eol;
	}
	return finish(o, parent);
}

static bool block_header(const struct over *o, const char *p)
{
	p++;
	if (p < o->eol && (*p == '-' || *p == '+'))
		p++;
	return skip_blanks(o, p) == o->eol;
}

/* A scalar or a node in flow style, from p on. */
static bool scalar(struct over *o, const char *p, long parent)
{
	const char *behind = NULL;

	switch (*p) {
	case '"':
	case '\'':
		behind = behind_quotes(o, p, parent);
		return behind && is_end(o, behind) && finish(o, parent);
	case '{':
	case '[':
		behind = behind_flow(o, p, 0);
		return behind && is_end(o, behind) && finish(o, parent);
	case '|':
	case '>':
		return block_header(o, p) && block_scalar(o, parent);
	default:
		return plain(o, p, parent);
	}
}

/* ---- mappings and sequences ---- */

/* Behind the colon of a key at p; NULL when none is there. *key is what stands between quotes, if
 * any. */
static const char *behind_key(const struct over *o, const char *p, struct ptx_str *key)
{
	const char *from = p;
	const char *to = NULL;

	if (*p == '"' || *p == '\'') {
		char quote = *p;

		for (p = ++from; p < o->eol && *p != quote; p++)
			if (*p == '\\')
				return NULL;
		to = p++;
	} else {
		if (*p == '.' || *p == '-')
			return NULL;
		while (p < o->eol &&
		       (is_word(*p) || *p == '_' || *p == '/' || *p == '.' || *p == '-'))
			p++;
		to = p;
		/* A null is an error as a key, and so is a number above INT64_MAX. */
		if (to == from || (to - from == 4 && strncasecmp(from, "null", 4) == 0) ||
		    (*from >= '0' && *from <= '9' && to - from > LONGEST_NUMBER))
			return NULL;
	}
	if (p >= o->eol || *p != ':' || (p + 1 < o->eol && p[1] != ' '))
		return NULL;
	*key = ptxi_strn(from, (size_t)(to - from));
	return p + 1;
}

/* What a key has: p is behind its colon. A sequence may stand as far left as the key. */
static bool member(struct over *o, const char *p, long column, unsigned depth)
{
	const char *value = skip_blanks(o, p);

	if (value < o->eol && !is_end(o, p))
		return scalar(o, value, column);
	if (!advance(o))
		return false;
	return o->column > column || (o->column == column && is_dash(o)) ? node(o, column, depth)
									 : true;
}

static bool mapping(struct over *o, unsigned depth)
{
	long column = o->column;

	while (o->column == column) {
		struct ptx_str key = { NULL, 0 };
		const char *p = behind_key(o, o->p, &key);

		if (!p || !member(o, p, column, depth + 1))
			return false;
	}
	return o->column < column;
}

static bool item(struct over *o, long column, unsigned depth)
{
	const char *p = skip_blanks(o, o->p + 1);

	if (p == o->eol || *p == '#') {
		if (!advance(o))
			return false;
		return o->column > column ? node(o, column, depth) : true;
	}
	o->p = p;
	o->column = p - o->line;
	return node(o, column, depth);
}

static bool sequence(struct over *o, unsigned depth)
{
	long column = o->column;

	while (o->column == column && is_dash(o))
		if (!item(o, column, depth + 1))
			return false;
	return o->column <= column;
}

static bool node(struct over *o, long parent, unsigned depth)
{
	struct ptx_str key = { NULL, 0 };

	if (depth > DEEPEST)
		return false;
	if (is_dash(o))
		return sequence(o, depth);
	return behind_key(o, o->p, &key) ? mapping(o, depth) : scalar(o, o->p, parent);
}

/* ---- the excerpt ---- */

static const struct ptxi_yaml_want *find_want(const struct ptxi_yaml_want *wants,
					      struct ptx_str key)
{
	for (; wants->key; wants++)
		if (key.n == strlen(wants->key) && strncasecmp(key.p, wants->key, key.n) == 0)
			return wants;
	return NULL;
}

/* A mapping whose members are copied when they are wanted. */
static bool excerpt(struct over *o, const struct ptxi_yaml_want *wants, unsigned depth)
{
	long column = o->column;

	while (o->column == column) {
		const char *line = o->line;
		const char *behind = o->next;
		struct ptx_str key = { NULL, 0 };
		const char *p = behind_key(o, o->p, &key);
		const struct ptxi_yaml_want *want = p ? find_want(wants, key) : NULL;

		if (!p)
			return false;
		if (want && want->members && is_end(o, p)) {
			copy(o, line, behind);
			if (!advance(o) ||
			    (o->column > column &&
			     (is_dash(o) || !excerpt(o, want->members, depth + 1))) ||
			    (o->column == column && is_dash(o)))
				return false;
			continue;
		}
		if (!member(o, p, column, depth + 1))
			return false;
		if (want)
			copy(o, line, o->line);
	}
	return o->column < column;
}

bool ptxi_yaml_excerpt(struct ptx_str text, const struct ptxi_yaml_want *wants, struct ptx_buf *out)
{
	struct over o = { .end = text.p + text.n, .next = text.p, .out = out };

	return text.n > 0 && is_text(text) && advance(&o) && o.column == 0 && !is_dash(&o) &&
	       excerpt(&o, wants, 0) && o.column == -1 && ptx_buf_ok(out);
}

/* Behind the line of dashes that the document begins with, if it does. */
static const char *behind_dashes(struct ptx_str text)
{
	struct ptx_str line = { NULL, 0 };

	while (ptxi_str_next(&text, '\n', &line) && (line.n == 0 || line.p[0] == '#'))
		;
	return ptxi_str_is(line, "---") ? text.p : NULL;
}

/* The rest of the text is a mapping or a sequence, or nothing. What ends a document may stand in
 * lines of a scalar alone. */
static bool is_tree(struct over *o)
{
	struct ptx_str key = { NULL, 0 };

	return o->column < 0 ||
	       ((is_dash(o) || behind_key(o, o->p, &key)) && node(o, -1, 0) && o->column < 0);
}

bool ptxi_yaml_without_comments(struct ptx_str text, struct ptx_buf *out)
{
	const char *begin = behind_dashes(text);
	struct over o = {
		.end = text.p + text.n, .next = begin ? begin : text.p, .out = out, .copied = text.p
	};

	if (text.n == 0 || !is_text(text) || !advance(&o) || !is_tree(&o))
		return false;
	copy(&o, o.copied, o.end);
	return ptx_buf_ok(out);
}
