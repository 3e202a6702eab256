/* SPDX-License-Identifier: Apache-2.0 */
/* conf_scan.c - cluster.json.tmpl as text and tags.
 *
 * One pass knows two things at each byte: whether it is inside a tag, and whether the JSON around
 * it is inside a string. Tags end as Go's lexer ends them, so quotes and raw strings within them
 * are skipped. `}}` without `{{` is text. Most templates hold nothing but plain paths; those are
 * rendered without the template engine.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "conf_scan.h"
#include "../base/utf8.h"

#define MOST_TAGS 100000u

struct scan {
	struct ptxi_pieces *out;
	struct ptx_str text;
	size_t at;
	size_t text_from; /* where the text before `at` begins */
	bool in_string;
	size_t string_from; /* of its opening quote */
	struct ptx_error **err;
};

static bool starts_at(struct ptx_str s, size_t at, const char *what)
{
	size_t n = strlen(what);

	return at + n <= s.n && memcmp(s.p + at, what, n) == 0;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

size_t ptxi_conf_path_length(struct ptx_str s)
{
	size_t n = 0;

	while (n < s.n) {
		bool joins = (s.p[n] == '.' || s.p[n] == '-') && n && n + 1 < s.n &&
			     is_name_char(s.p[n + 1]);

		if (!is_name_char(s.p[n]) && !joins)
			break;
		n++;
	}
	return n;
}

static bool is_keyword(struct ptx_str expr)
{
	static const char *const words[] = { "if",     "else",  "end",      "range", "with",
					     "define", "block", "template", "break", "continue" };
	size_t n = 0;

	while (n < expr.n && is_name_char(expr.p[n]))
		n++;
	if (n < expr.n && (expr.p[n] == '.' || expr.p[n] == '-'))
		return false;
	for (size_t i = 0; i < PTXI_COUNT(words); i++)
		if (ptxi_str_is(ptxi_str_sub(expr, 0, n), words[i]))
			return true;
	return false;
}

/* $x := ..., $i, $e := ..., $x = ... */
static bool is_assignment(struct ptx_str expr)
{
	size_t n = 0;

	if (!expr.n || expr.p[0] != '$')
		return false;
	while (n < expr.n && (is_name_char(expr.p[n]) || strchr("$, \t", expr.p[n])))
		n++;
	return starts_at(expr, n, ":=") || (n < expr.n && expr.p[n] == '=');
}

struct ptx_str ptxi_piece_path(struct ptx_str expr)
{
	if (expr.n && expr.p[0] == '$')
		expr = ptxi_str_from(expr, 1);
	if (expr.n && expr.p[0] == '.')
		expr = ptxi_str_from(expr, 1);
	return expr;
}

static bool is_path(struct ptx_str expr)
{
	struct ptx_str path = ptxi_piece_path(expr);

	if (!path.n)
		return expr.p[0] == '.' || expr.n == 1;
	if (expr.p[0] == '$' && expr.p[1] != '.')
		return false;
	if (ptxi_str_is(expr, "nil") || ptxi_str_is(expr, "true") || ptxi_str_is(expr, "false"))
		return false;
	if (expr.p[0] >= '0' && expr.p[0] <= '9')
		return false;
	return ptxi_conf_path_length(path) == path.n;
}

static enum ptxi_piece_kind kind_of(struct ptx_str expr)
{
	if (starts_at(expr, 0, "/*"))
		return PTXI_PIECE_COMMENT;
	if (is_keyword(expr) || is_assignment(expr))
		return PTXI_PIECE_ACTION;
	return is_path(expr) ? PTXI_PIECE_PATH : PTXI_PIECE_EXPR;
}

static int fail_here(struct scan *s, size_t at, const char *what)
{
	return ptx_fail_at(s->err, PTX_E_SYNTAX, ptxi_pieces_where(s->out, at), "%s", what);
}

static bool push(struct scan *s, struct ptxi_piece piece)
{
	if (piece.kind == PTXI_PIECE_TEXT && piece.from == piece.to)
		return true;
	return ptx_vec_push(&s->out->list, piece);
}

/* Past the quoted text that begins at `at`; SIZE_MAX when it does not end. */
static size_t skip_quoted(struct ptx_str text, size_t at)
{
	char quote = text.p[at];

	for (size_t i = at + 1; i < text.n; i++) {
		if (quote != '`' && text.p[i] == '\n')
			return SIZE_MAX;
		if (quote != '`' && text.p[i] == '\\')
			i++;
		else if (text.p[i] == quote)
			return i + 1;
	}
	return SIZE_MAX;
}

/* Where the tag that begins at `at` ends, past its braces. */
static int tag_end(struct scan *s, size_t at, size_t *end)
{
	size_t i = at + 2;

	if (starts_at(s->text, i, "-") && i + 1 < s->text.n && strchr(" \t\r\n", s->text.p[i + 1]))
		i += 2;
	if (starts_at(s->text, i, "/*")) {
		size_t close = ptxi_str_find(ptxi_str_from(s->text, i), PTXI_STR("*/"));

		if (close == SIZE_MAX)
			return fail_here(s, at, "this comment has no end");
		i += close + 2;
	}
	while (i < s->text.n && !starts_at(s->text, i, "}}")) {
		char c = s->text.p[i];

		if (c != '"' && c != '`' && c != '\'') {
			i++;
			continue;
		}
		i = skip_quoted(s->text, i);
		if (i == SIZE_MAX)
			return fail_here(s, at, "quoted text in this tag has no end");
	}
	if (i >= s->text.n)
		return fail_here(s, at, "this tag is not closed: '}}' is missing");
	*end = i + 2;
	return 0;
}

static void cut_markers(struct ptxi_piece *piece)
{
	struct ptx_str e = piece->expr;

	if (e.n > 1 && e.p[0] == '-' && strchr(" \t\r\n", e.p[1])) {
		piece->trim_left = true;
		e = ptxi_str_from(e, 2);
	}
	if (e.n > 1 && e.p[e.n - 1] == '-' && strchr(" \t\r\n", e.p[e.n - 2])) {
		piece->trim_right = true;
		e = ptxi_str_sub(e, 0, e.n - 2);
	}
	piece->expr = ptxi_str_trim(e);
}

static int add_tag(struct scan *s)
{
	struct ptxi_piece piece = { .from = s->at, .tag = s->at, .place = PTXI_PLACE_BARE };
	struct ptxi_piece before = { .kind = PTXI_PIECE_TEXT, .from = s->text_from };
	int rc = tag_end(s, s->at, &piece.to);

	if (rc < 0)
		return rc;
	piece.expr = ptxi_str_sub(s->text, s->at + 2, piece.to - s->at - 4);
	cut_markers(&piece);
	if (!piece.expr.n)
		return fail_here(s, s->at, "this tag is empty");
	piece.kind = kind_of(piece.expr);
	if (s->in_string)
		piece.place = PTXI_PLACE_INSIDE;
	if (s->in_string && s->string_from + 1 == s->at && starts_at(s->text, piece.to, "\"") &&
	    (piece.kind == PTXI_PIECE_PATH || piece.kind == PTXI_PIECE_EXPR)) {
		piece.place = PTXI_PLACE_ALONE;
		piece.from--;
		piece.to++;
		s->in_string = false;
	}
	before.to = piece.from;
	if (piece.kind == PTXI_PIECE_EXPR || piece.kind == PTXI_PIECE_ACTION || piece.trim_left ||
	    piece.trim_right)
		s->out->needs_engine = true;
	s->at = s->text_from = piece.to;
	if (s->out->list.n > MOST_TAGS)
		return ptx_fail(s->err, PTX_E_LIMIT, "'%s' has more than %u tags", s->out->file,
				MOST_TAGS);
	if (!push(s, before) || !push(s, piece))
		return ptx_fail(s->err, PTX_E_NOMEM, "no memory for a template");
	return 0;
}

static void step(struct scan *s)
{
	char c = s->text.p[s->at];

	if (s->in_string && c == '\\')
		s->at++;
	else if (c == '"') {
		s->in_string = !s->in_string;
		s->string_from = s->at;
	}
	s->at++;
}

int ptxi_conf_scan(struct ptx_str text, const char *file, struct ptxi_pieces *out,
		   struct ptx_error **err)
{
	struct scan s = { .out = out, .text = text, .err = err };

	*out = (struct ptxi_pieces){ .text = text, .file = file };
	while (s.at < text.n) {
		int rc = 0;

		if (!starts_at(text, s.at, "{{")) {
			step(&s);
			continue;
		}
		rc = add_tag(&s);
		if (rc < 0)
			return rc;
	}
	if (!push(&s, (struct ptxi_piece){
			  .kind = PTXI_PIECE_TEXT, .from = s.text_from, .to = text.n }))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a template");
	return 0;
}

void ptxi_pieces_done(struct ptxi_pieces *p)
{
	ptx_vec_done(&p->list);
}

struct ptx_where ptxi_pieces_where(const struct ptxi_pieces *p, size_t offset)
{
	struct ptx_where w = { .file = p->file, .line = 1 };
	size_t line_start = 0;

	for (size_t i = 0; i < offset && i < p->text.n; i++)
		if (p->text.p[i] == '\n') {
			w.line++;
			line_start = i + 1;
		}
	w.column =
	    (unsigned)ptxi_utf8_count(ptxi_str_sub(p->text, line_start, offset - line_start)) + 1;
	return w;
}

void ptxi_posmap_add(struct ptxi_posmap *m, size_t at, size_t from, bool literal)
{
	struct ptxi_posmark mark = { at, from, literal };

	if (!ptx_vec_push(&m->marks, mark))
		m->failed = true;
}

void ptxi_posmap_done(struct ptxi_posmap *m)
{
	ptx_vec_done(&m->marks);
}

/* The offset of a line and column; past the end when the text has no such place. */
static size_t offset_of(struct ptx_str text, unsigned line, unsigned column)
{
	size_t i = 0;

	while (line > 1 && i < text.n)
		if (text.p[i++] == '\n')
			line--;
	while (column > 1 && i < text.n) {
		size_t n = 0;

		ptxi_utf8_decode(ptxi_str_from(text, i), &n);
		i += n;
		column--;
	}
	return i;
}

struct ptx_where ptxi_posmap_where(const struct ptxi_posmap *m, struct ptx_str made,
				   const struct ptxi_pieces *p, unsigned line, unsigned column)
{
	size_t at = offset_of(made, line, column);
	size_t low = 0;
	size_t high = m->marks.n;
	const struct ptxi_posmark *mark = NULL;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (m->marks.v[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	if (!m->marks.n)
		return (struct ptx_where){ .file = p->file };
	mark = &m->marks.v[low];
	return ptxi_pieces_where(p, mark->literal ? mark->from + (at - mark->at) : mark->from);
}
