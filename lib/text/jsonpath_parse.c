/* SPDX-License-Identifier: Apache-2.0 */
/* jsonpath_parse.c - reads JSONPath templates: text, and in braces what is looked for. */
#define PTX_AREA PTX_AREA_TEXT
#include "jsonpath_node.h"
#include "gonum.h"
#include "goquote.h"
#include "gotype.h"
#include "../base/utf8.h"

#define DEEPEST 32 /* filters and unions in one another */

struct reader {
	struct ptx_arena *arena;
	struct ptx_str text;
	size_t at;
	unsigned depth;
	struct ptx_error **err;
};

static struct ptx_str between(struct ptx_str s, size_t from, size_t to)
{
	return ptxi_str_sub(s, from, to > from ? to - from : 0);
}

/* Where the next node goes. */
struct tail {
	struct ptxi_jsonpath_node **next;
	enum ptxi_jsonpath_kind last;
	bool any;
};

static int parse_action(struct reader *r, struct tail *to);

static int syntax(struct reader *r, const char *what)
{
	return ptx_fail(r->err, PTX_E_SYNTAX, "%s", what);
}

static struct ptxi_jsonpath_node *add(struct reader *r, struct tail *to,
				      enum ptxi_jsonpath_kind kind)
{
	struct ptxi_jsonpath_node *n = ptxi_arena_alloc(r->arena, sizeof(*n));

	if (!n) {
		ptx_error_set(r->err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	*n = (struct ptxi_jsonpath_node){ .kind = kind };
	*to->next = n;
	to->next = &n->next;
	to->last = kind;
	to->any = true;
	return n;
}

static bool ahead(const struct reader *r, const char *what)
{
	return ptxi_str_starts(between(r->text, r->at, r->text.n), what);
}

static uint32_t peek(const struct reader *r)
{
	size_t n = 0;

	return r->at < r->text.n ? ptxi_utf8_decode(ptxi_str_from(r->text, r->at), &n) : 0;
}

static bool is_terminator(char c)
{
	return strchr(" \t\r\n.,[]$@{}", c) != NULL;
}

static bool is_word(uint32_t rune)
{
	return rune == '_' || (rune | 32) - 'a' < 26 || rune - '0' < 10 || rune >= 0x80;
}

/* An expression without its braces, as what stands in a filter or a union. */
static int parse_inner(struct reader *r, struct ptx_str text, struct ptxi_jsonpath_node **first)
{
	struct ptx_str whole = ptxi_str(ptxi_arena_printf(r->arena, "%.*s}", PTX_STR_ARG(text)));
	struct reader inner = { r->arena, whole, 0, r->depth + 1, r->err };
	struct tail to = { .next = first };

	*first = NULL;
	if (!whole.p)
		return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	if (inner.depth > DEEPEST)
		return ptx_fail(r->err, PTX_E_LIMIT, "the JSONPath is nested more than %d deep",
				DEEPEST);
	return parse_action(&inner, &to);
}

static int parse_word(struct reader *r, struct tail *to)
{
	size_t start = r->at;
	struct ptxi_jsonpath_node *n = NULL;
	struct ptx_str word;

	while (r->at < r->text.n && !is_terminator(r->text.p[r->at]))
		r->at++;
	word = between(r->text, start, r->at);
	n = add(r, to,
		ptxi_str_is(word, "range") ? PTXI_JSONPATH_RANGE
		: ptxi_str_is(word, "end") ? PTXI_JSONPATH_END
					   : PTXI_JSONPATH_WORD);
	if (!n)
		return PTX_E_NOMEM;
	n->text = word;
	if (ptxi_str_is(word, "true") || ptxi_str_is(word, "false")) {
		n->kind = PTXI_JSONPATH_CONSTANT;
		n->constant = ptx_value_bool(r->arena, ptxi_str_is(word, "true"));
	}
	return 0;
}

static int parse_number(struct reader *r, struct tail *to)
{
	size_t start = r->at;
	struct ptxi_jsonpath_node *n = add(r, to, PTXI_JSONPATH_CONSTANT);
	int64_t whole = 0;
	double d = 0;
	struct ptx_str word;

	if (!n)
		return PTX_E_NOMEM;
	if (ahead(r, "+") || ahead(r, "-"))
		r->at++;
	while (r->at < r->text.n &&
	       (r->text.p[r->at] == '.' || (r->text.p[r->at] >= '0' && r->text.p[r->at] <= '9')))
		r->at++;
	word = between(r->text, start, r->at);
	if (ptxi_go_parse_int(word, 10, &whole) == PTXI_NUMBER_OK) {
		n->constant = ptxi_go_new_int(r->arena, whole);
	} else if (ptxi_go_parse_float(word, &d) == PTXI_NUMBER_OK) {
		n->constant = ptx_value_float(r->arena, d);
	} else {
		return ptx_fail(r->err, PTX_E_SYNTAX, "cannot parse number %.*s",
				PTX_STR_ARG(word));
	}
	return 0;
}

/* The end of a quoted text that begins at r->at: behind its quote, or 0. */
static size_t end_of_quoted(const struct reader *r)
{
	char quote = r->text.p[r->at];

	for (size_t i = r->at + 1; i < r->text.n && r->text.p[i] != '\n'; i++)
		if (r->text.p[i] == quote && r->text.p[i - 1] != '\\')
			return i + 1;
	return 0;
}

static int parse_quoted(struct reader *r, struct tail *to)
{
	size_t end = end_of_quoted(r);
	struct ptx_str literal = between(r->text, r->at, end);
	struct ptxi_jsonpath_node *n = NULL;
	struct ptx_buf plain;
	struct ptx_buf as_go;
	bool good = true;
	bool lost = false;

	if (!end)
		return syntax(r, "unterminated quoted string");
	n = add(r, to, PTXI_JSONPATH_TEXT);
	if (!n)
		return PTX_E_NOMEM;
	ptx_buf_init(&plain, 0);
	ptx_buf_init(&as_go, 0);
	/* Go's own quoting knows one kind of quotes: what stands in the other is put into that. */
	ptx_buf_addc(&as_go, '"');
	for (size_t i = 1; i + 1 < literal.n; i++) {
		char c = literal.p[i];

		if (c == '\\' && i + 2 < literal.n) {
			if (literal.p[i + 1] != '\'')
				ptx_buf_addc(&as_go, c);
			c = literal.p[++i];
		} else if (c == '"') {
			ptx_buf_addc(&as_go, '\\');
		}
		ptx_buf_addc(&as_go, c);
	}
	ptx_buf_addc(&as_go, '"');
	good = ptxi_go_unquote(ptx_buf_str(&as_go), &plain);
	n->constant = good ? ptx_value_strn(r->arena, ptx_buf_str(&plain)) : NULL;
	lost = !ptx_buf_ok(&plain) || !ptx_buf_ok(&as_go);
	ptx_buf_done(&plain);
	ptx_buf_done(&as_go);
	r->at = end;
	if (lost || (good && !n->constant))
		return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	return n->constant
		   ? 0
		   : ptx_fail(r->err, PTX_E_SYNTAX, "unquote string %.*s error invalid syntax",
			      PTX_STR_ARG(literal));
}

static int parse_field(struct reader *r, struct tail *to)
{
	struct ptxi_jsonpath_node *n = NULL;
	struct ptx_buf name;
	int rc = 0;

	ptx_buf_init(&name, 0);
	for (; r->at < r->text.n; r->at++) {
		char c = r->text.p[r->at];

		if (c == '\\' && r->at + 1 < r->text.n)
			c = r->text.p[++r->at];
		else if (is_terminator(c))
			break;
		if (c != '\\')
			ptx_buf_addc(&name, c);
	}
	n = add(r, to,
		ptxi_str_is(ptx_buf_str(&name), "*") ? PTXI_JSONPATH_WILDCARD
						     : PTXI_JSONPATH_FIELD);
	if (n && name.n) {
		n->text.p = ptxi_arena_strn(r->arena, name.p, name.n);
		n->text.n = n->text.p ? name.n : 0;
	}
	if (!n)
		rc = PTX_E_NOMEM;
	else if (!ptx_buf_ok(&name) || (name.n && !n->text.p))
		rc = ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	ptx_buf_done(&name);
	return rc;
}

static int parse_union(struct reader *r, struct ptx_str text, struct tail *to)
{
	struct ptxi_jsonpath_node *n = add(r, to, PTXI_JSONPATH_UNION);
	struct tail parts = { .next = n ? &n->left : NULL };
	struct ptx_str part;

	if (!n)
		return PTX_E_NOMEM;
	while (ptxi_str_next(&text, ',', &part)) {
		struct ptxi_jsonpath_node *list = add(r, &parts, PTXI_JSONPATH_LIST);
		const char *whole = NULL;
		int rc = 0;

		while (part.n && part.p[0] == ' ')
			part = between(part, 1, part.n);
		while (part.n && part.p[part.n - 1] == ' ')
			part.n--;
		whole = ptxi_arena_printf(r->arena, "[%.*s]", PTX_STR_ARG(part));
		if (!list || !whole)
			return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
		rc = parse_inner(r, ptxi_str(whole), &list->left);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* [-]digits, at the front of *text; false when there are none. */
static bool take_number(struct ptx_str *text, struct ptxi_jsonpath_bound *to)
{
	size_t n = text->n && text->p[0] == '-';
	size_t digits = n;

	while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
		n++;
	to->known = n > digits &&
		    ptxi_go_parse_int(ptxi_strn(text->p, n), 10, &to->value) == PTXI_NUMBER_OK;
	if (to->known)
		*text = between(*text, n, text->n);
	return to->known;
}

/* i, i:, i:j, :j, i:j:k. */
static bool parse_slice(struct ptx_str text, struct ptxi_jsonpath_node *n)
{
	take_number(&text, &n->from);
	if (!text.n) {
		n->one = true;
		n->to = (struct ptxi_jsonpath_bound){ true, n->from.value + 1 };
		return n->from.known;
	}
	if (text.p[0] != ':')
		return false;
	text = between(text, 1, text.n);
	take_number(&text, &n->to);
	if (!text.n)
		return true;
	if (text.p[0] != ':')
		return false;
	text = between(text, 1, text.n);
	take_number(&text, &n->step);
	return !text.n;
}

static int parse_array(struct reader *r, struct tail *to)
{
	size_t start = ++r->at;
	struct ptxi_jsonpath_node *n = NULL;
	struct ptx_str text;

	while (r->at < r->text.n && r->text.p[r->at] != ']' && r->text.p[r->at] != '\n')
		r->at++;
	if (!ahead(r, "]"))
		return syntax(r, "unterminated array");
	text = between(r->text, start, r->at++);
	if (ptxi_str_is(text, "*"))
		text = PTXI_STR(":");
	if (text.n && memchr(text.p, ',', text.n))
		return parse_union(r, text, to);
	if (text.n >= 3 && text.p[0] == '\'' && text.p[text.n - 1] == '\'' &&
	    !memchr(text.p + 1, '\'', text.n - 2)) {
		struct reader field = { r->arena, between(text, 1, text.n - 1), 0, r->depth,
					r->err };
		int rc = 0;

		/* As after a dot: dots that are not escaped lead further down. */
		do
			rc = parse_field(&field, to);
		while (rc == 0 && field.at < field.text.n && field.text.p[field.at++] == '.');
		return rc;
	}
	n = add(r, to, PTXI_JSONPATH_INDEX);
	if (!n)
		return PTX_E_NOMEM;
	if (!parse_slice(text, n))
		return ptx_fail(r->err, PTX_E_SYNTAX, "invalid array index %.*s",
				PTX_STR_ARG(text));
	return 0;
}

static enum ptxi_jsonpath_op operator_of(struct ptx_str s)
{
	static const struct {
		const char *text;
		enum ptxi_jsonpath_op op;
	} ops[] = {
		{ "==", PTXI_JSONPATH_EQUAL },  { "!=", PTXI_JSONPATH_NOT_EQUAL },
		{ "<", PTXI_JSONPATH_LESS },    { "<=", PTXI_JSONPATH_LESS_EQUAL },
		{ ">", PTXI_JSONPATH_GREATER }, { ">=", PTXI_JSONPATH_GREATER_EQUAL },
	};

	for (size_t i = 0; i < PTXI_COUNT(ops); i++)
		if (ptxi_str_is(s, ops[i].text))
			return ops[i].op;
	return PTXI_JSONPATH_UNKNOWN;
}

/* Where the text of a filter ends: at its parenthesis, which may stand in quotes too. */
static bool end_of_filter(struct reader *r)
{
	char quote = 0;
	bool ended = false;

	for (; r->at < r->text.n && r->text.p[r->at] != '\n'; r->at++) {
		char c = r->text.p[r->at];

		if (c == '"' || c == '\'') {
			if (!quote)
				quote = c;
			else if (c == quote && r->text.p[r->at - 1] != '\\')
				ended = true;
		} else if (c == ')' && (quote != 0) == ended) {
			return true;
		}
	}
	return false;
}

static int parse_filter(struct reader *r, struct tail *to)
{
	struct ptxi_jsonpath_node *n = add(r, to, PTXI_JSONPATH_FILTER);
	size_t start = r->at + 3;
	size_t from = 0;
	size_t behind = 0;
	struct ptx_str text;
	int rc = 0;

	if (!n)
		return PTX_E_NOMEM;
	r->at = start;
	if (!end_of_filter(r))
		return syntax(r, "unterminated filter");
	text = between(r->text, start, r->at++);
	if (!ahead(r, "]"))
		return syntax(r, "unclosed array expect ]");
	r->at++;
	while (from < text.n && !strchr("!<>=", text.p[from]))
		from++;
	behind = from;
	while (behind < text.n && strchr("!<>=", text.p[behind]))
		behind++;
	/* something has to be left for the right side */
	if (behind == text.n && behind > from + 1)
		behind--;
	if (from == 0 || from == text.n || behind == text.n) {
		n->op = PTXI_JSONPATH_EXISTS;
		return parse_inner(r, text, &n->left);
	}
	n->text = between(text, from, behind);
	n->op = operator_of(n->text);
	rc = parse_inner(r, between(text, 0, from), &n->left);
	return rc < 0 ? rc : parse_inner(r, between(text, behind, text.n), &n->right);
}

static int parse_recursive(struct reader *r, struct tail *to)
{
	if (to->any && to->last == PTXI_JSONPATH_RECURSIVE)
		return syntax(r, "invalid multiple recursive descent");
	r->at += 2;
	if (!add(r, to, PTXI_JSONPATH_RECURSIVE))
		return PTX_E_NOMEM;
	return is_word(peek(r)) ? parse_field(r, to) : 0;
}

/* What stands up to the brace, and the brace. */
static int parse_action(struct reader *r, struct tail *to)
{
	int rc = 0;

	while (rc == 0) {
		uint32_t rune = peek(r);

		if (r->at >= r->text.n || rune == '\n' || rune == '\r')
			return syntax(r, "unclosed action");
		if (rune == '}') {
			r->at++;
			return 0;
		}
		if (ahead(r, "[?(")) {
			rc = parse_filter(r, to);
		} else if (ahead(r, "..")) {
			rc = parse_recursive(r, to);
		} else if (rune == ' ' || rune == '@' || rune == '$') {
			r->at++;
		} else if (rune == '[') {
			rc = parse_array(r, to);
		} else if (rune == '"' || rune == '\'') {
			rc = parse_quoted(r, to);
		} else if (rune == '.') {
			r->at++;
			rc = parse_field(r, to);
		} else if (rune == '+' || rune == '-' || (rune >= '0' && rune <= '9')) {
			rc = parse_number(r, to);
		} else if (is_word(rune)) {
			rc = parse_word(r, to);
		} else {
			struct ptx_str all = ptxi_str_from(r->text, r->at);
			size_t n = 0;

			ptxi_utf8_decode(all, &n);
			return ptx_fail(r->err, PTX_E_SYNTAX,
					"unrecognized character in action: U+%04X '%.*s'", rune,
					(int)n, all.p);
		}
	}
	return rc;
}

struct ptxi_jsonpath *ptxi_jsonpath_parse(struct ptx_arena *a, struct ptx_str text,
					  struct ptx_error **err)
{
	struct reader r = { a, text, 0, 0, err };
	struct ptxi_jsonpath *p = ptxi_arena_alloc(a, sizeof(*p));
	struct tail to = { .next = p ? &p->parts : NULL };

	if (!p) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	p->parts = NULL;
	while (r.at < text.n) {
		const char *brace = memchr(text.p + r.at, '{', text.n - r.at);
		size_t end = brace ? (size_t)(brace - text.p) : text.n;
		struct ptxi_jsonpath_node *n = NULL;
		struct tail inside = { 0 };

		if (end > r.at) {
			n = add(&r, &to, PTXI_JSONPATH_TEXT);
			if (!n)
				return NULL;
			n->constant = ptx_value_strn(a, between(text, r.at, end));
		}
		r.at = end;
		if (!brace)
			break;
		n = add(&r, &to, PTXI_JSONPATH_LIST);
		if (!n)
			return NULL;
		inside.next = &n->left;
		r.at++;
		if (parse_action(&r, &inside) < 0)
			return NULL;
	}
	return p;
}
