/* SPDX-License-Identifier: Apache-2.0 */
/* conf_action.c - conf templates with actions, through Go's template engine.
 *
 * The template is rewritten into plain Go: each path becomes a call that follows it with the
 * longest key that matches and fails with the nearest one, each value that is written out goes
 * through a function that makes it JSON (or the text of a JSON string), and what is alone in quotes
 * loses them. `{{if .a.b}}` so means `{{if (ptxPath 3 . "a.b")}}`; the first argument is the tag,
 * for the place in messages. print, printf and println say exactly what is to be written, so their
 * text stays as it is outside quotes. Texts between the tags are never touched. Places: the
 * rewritten text has a map back to the template, so errors of the engine are shown there too.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "conf.h"

#include <pitrix/template.h>

#include "../base/diag.h"
#include "../value/path.h"
#include "../template/set.h"

#define MOST_BYTES (16u << 20)
#define PATH_FN    "ptxPath"
#define JSON_FN    "ptxJSON"
#define TEXT_FN    "ptxText"

struct action {
	struct ptxi_conf_job *job;
	struct ptx_buf text;    /* rewritten */
	struct ptxi_posmap map; /* of text */
	size_t tag;             /* number of the piece */
	bool failed;            /* a function reported its problem itself */
};

/* ---- functions */

static size_t tag_of(const struct action *x, const struct ptx_value *v)
{
	int64_t i = ptx_value_as_int(v, 0);

	return i >= 0 && (size_t)i < x->job->pieces.list.n ? x->job->pieces.list.v[i].tag : 0;
}

/* Numbers as templates compute with them; their text is kept where they are written out by a path
 * alone. */
static struct ptx_value *computable(struct ptx_arena *a, struct ptx_value *v)
{
	int64_t i = 0;

	if (ptx_value_kind(v) != PTX_NUMBER)
		return v;
	if (ptxi_parse_i64(ptx_value_str(v), &i, INT64_MIN, INT64_MAX))
		return ptx_value_int(a, i);
	return ptx_value_float(a, ptx_value_as_float(v, 0));
}

static struct ptx_value *fn_path(struct ptx_template_call *call, struct ptx_value *const *args,
				 size_t count, void *user, struct ptx_error **err)
{
	struct action *x = user;
	struct ptx_str path = ptx_value_str(args[2]);
	struct ptxi_found found = ptxi_value_find_path(args[1], path);

	(void)count;
	if (found.value)
		return computable(ptx_template_call_arena(call), found.value);
	ptxi_conf_missing(x->job, args[1], path, tag_of(x, args[0]));
	x->failed = true;
	ptx_error_set(err, PTX_E_INVALID, "no value '%.*s'", PTX_STR_ARG(path));
	return NULL;
}

static struct ptx_value *written(struct action *x, struct ptx_template_call *call,
				 struct ptx_value *const *args, bool text, struct ptx_error **err)
{
	ptx_auto_buf b = { 0 };

	if (ptx_value_kind(args[1]) == PTX_NULL) {
		ptxi_diag_add(x->job->diags, PTX_ERROR, PTX_E_INVALID, "conf-missing",
			      ptxi_pieces_where(&x->job->pieces, tag_of(x, args[0])), NULL,
			      "this expression has no value");
		x->failed = true;
		ptx_error_set(err, PTX_E_INVALID, "no value");
		return NULL;
	}
	ptx_buf_init(&b, MOST_BYTES);
	if (text)
		ptxi_conf_put_text(args[1], &b);
	else
		ptxi_conf_put_json(args[1], &b);
	if (ptx_buf_ok(&b))
		return ptx_value_strn(ptx_template_call_arena(call), ptx_buf_str(&b));
	ptx_error_set(err, b.status, "a value is too large to be written");
	return NULL;
}

static struct ptx_value *fn_json(struct ptx_template_call *call, struct ptx_value *const *args,
				 size_t count, void *user, struct ptx_error **err)
{
	(void)count;
	return written(user, call, args, false, err);
}

static struct ptx_value *fn_text(struct ptx_template_call *call, struct ptx_value *const *args,
				 size_t count, void *user, struct ptx_error **err)
{
	(void)count;
	return written(user, call, args, true, err);
}

/* The original's own function: a value as JSON. */
static struct ptx_value *fn_getv(struct ptx_template_call *call, struct ptx_value *const *args,
				 size_t count, void *user, struct ptx_error **err)
{
	struct ptx_value *both[2] = { NULL, args[0] };

	(void)count;
	return written(user, call, both, false, err);
}

/* ---- rewriting */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static void put_path(struct action *x, const char *base, struct ptx_str base_name,
		     struct ptx_str path)
{
	ptx_buf_printf(&x->text, "(" PATH_FN " %zu %s%.*s \"%.*s\")", x->tag, base,
		       PTX_STR_ARG(base_name), PTX_STR_ARG(path));
}

static size_t word_length(struct ptx_str s)
{
	size_t n = 0;

	while (n < s.n && is_word(s.p[n]))
		n++;
	return n;
}

/* .a.b, or a lone dot; after a closing parenthesis it is a field of that, which stays Go's. */
static size_t put_dot(struct action *x, struct ptx_str e, size_t at)
{
	size_t n = ptxi_conf_path_length(ptxi_str_from(e, at + 1));
	bool field = at && (e.p[at - 1] == ')' || is_word(e.p[at - 1]));
	bool digit = at + 1 < e.n && e.p[at + 1] >= '0' && e.p[at + 1] <= '9';

	if (!n || field || digit) {
		ptx_buf_add(&x->text, e.p + at, n + 1);
		return at + n + 1;
	}
	put_path(x, ".", PTXI_STR(""), ptxi_str_sub(e, at + 1, n));
	return at + n + 1;
}

/* $, $x, and paths from them. */
static size_t put_variable(struct action *x, struct ptx_str e, size_t at)
{
	size_t name = word_length(ptxi_str_from(e, at + 1));
	size_t after = at + 1 + name;
	size_t n = after < e.n && e.p[after] == '.'
		       ? ptxi_conf_path_length(ptxi_str_from(e, after + 1))
		       : 0;

	if (!n) {
		ptx_buf_add(&x->text, e.p + at, 1 + name);
		return after;
	}
	put_path(x, "$", ptxi_str_sub(e, at + 1, name), ptxi_str_sub(e, after + 1, n));
	return after + 1 + n;
}

/* A function or keyword; with dots in it, a path from the root. */
static size_t put_word(struct action *x, struct ptx_str e, size_t at)
{
	size_t n = ptxi_conf_path_length(ptxi_str_from(e, at));
	struct ptx_str word = ptxi_str_sub(e, at, n);

	if (ptxi_str_find_char(word, '.') != SIZE_MAX)
		put_path(x, "$", PTXI_STR(""), word);
	else
		ptx_buf_addstr(&x->text, word);
	return at + n;
}

static size_t put_quoted(struct action *x, struct ptx_str e, size_t at)
{
	size_t end = at + 1;

	while (end < e.n && e.p[end] != e.p[at])
		end += e.p[at] != '`' && e.p[end] == '\\' ? 2 : 1;
	end = end < e.n ? end + 1 : e.n;
	ptx_buf_add(&x->text, e.p + at, end - at);
	return end;
}

/* A number, up to where it ends. */
static size_t put_number(struct action *x, struct ptx_str e, size_t at)
{
	size_t end = at;

	while (end < e.n && (is_word(e.p[end]) || e.p[end] == '.'))
		end++;
	ptx_buf_add(&x->text, e.p + at, end - at);
	return end;
}

static void put_expression(struct action *x, struct ptx_str e)
{
	size_t at = 0;

	while (at < e.n) {
		char c = e.p[at];

		if (c == '"' || c == '`' || c == '\'')
			at = put_quoted(x, e, at);
		else if (c == '.')
			at = put_dot(x, e, at);
		else if (c == '$')
			at = put_variable(x, e, at);
		else if (c >= '0' && c <= '9')
			at = put_number(x, e, at);
		else if (is_word(c))
			at = put_word(x, e, at);
		else
			ptx_buf_addc(&x->text, e.p[at++]);
	}
}

/* True when the last command of a pipeline writes text of its own. */
static bool writes_text(struct ptx_str e)
{
	static const char *const words[] = { "print", "printf",   "println", "html",
					     "js",    "urlquery", "getv" };
	size_t last = 0;
	unsigned depth = 0;

	for (size_t i = 0; i < e.n; i++) {
		char c = e.p[i];

		if (c == '"' || c == '`' || c == '\'') {
			for (i++; i < e.n && e.p[i] != c; i++)
				i += c != '`' && e.p[i] == '\\';
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && depth) {
			depth--;
		} else if (c == '|' && !depth) {
			last = i + 1;
		}
	}
	e = ptxi_str_trim(ptxi_str_from(e, last));
	for (size_t i = 0; i < PTXI_COUNT(words); i++)
		if (ptxi_str_is(ptxi_str_sub(e, 0, word_length(e)), words[i]))
			return true;
	return false;
}

/* The whole of a tag that is one path. */
static void put_plain(struct action *x, struct ptx_str e)
{
	struct ptx_str path = ptxi_piece_path(e);

	if (!path.n)
		ptx_buf_adds(&x->text, e.p[0] == '$' ? "$" : ".");
	else
		put_path(x, e.p[0] == '.' ? "." : "$", PTXI_STR(""), path);
}

static void put_tag(struct action *x, const struct ptxi_piece *piece)
{
	bool raw = piece->kind == PTXI_PIECE_ACTION || piece->kind == PTXI_PIECE_COMMENT ||
		   (piece->place == PTXI_PLACE_BARE && piece->kind == PTXI_PIECE_EXPR &&
		    writes_text(piece->expr));

	ptx_buf_adds(&x->text, piece->trim_left ? "{{- " : "{{");
	if (!raw)
		ptx_buf_printf(&x->text, "%s %zu (",
			       piece->place == PTXI_PLACE_INSIDE ? TEXT_FN : JSON_FN, x->tag);
	if (piece->kind == PTXI_PIECE_COMMENT)
		ptx_buf_addstr(&x->text, piece->expr);
	else if (piece->kind == PTXI_PIECE_PATH)
		put_plain(x, piece->expr);
	else
		put_expression(x, piece->expr);
	if (!raw)
		ptx_buf_addc(&x->text, ')');
	ptx_buf_adds(&x->text, piece->trim_right ? " -}}" : "}}");
}

static int rewrite(struct action *x, struct ptx_error **err)
{
	const struct ptxi_conf_job *job = x->job;

	for (size_t i = 0; i < job->pieces.list.n; i++) {
		const struct ptxi_piece *piece = &job->pieces.list.v[i];

		x->tag = i;
		ptxi_posmap_add(&x->map, x->text.n, piece->from, piece->kind == PTXI_PIECE_TEXT);
		if (piece->kind == PTXI_PIECE_TEXT)
			ptx_buf_add(&x->text, job->src->text.p + piece->from,
				    piece->to - piece->from);
		else
			put_tag(x, piece);
	}
	if (ptx_buf_ok(&x->text) && !x->map.failed)
		return 0;
	return ptx_fail(err, PTX_E_NOMEM, "no memory for the template '%s'", job->src->file);
}

/* ---- running */

/* The engine's problem as one of the template's; codes that are no fault of the template go up. */
static int report(struct action *x, struct ptx_error *e, struct ptx_error **err)
{
	const struct ptx_where *w = ptx_error_where(e);
	struct ptx_where place = { .file = x->job->src->file };
	int code = ptx_error_code(e);

	if (x->failed) {
		ptx_error_free(e);
		return 0;
	}
	if (code == PTX_E_NOMEM) {
		ptx_error_free(e);
		return ptx_fail(err, PTX_E_NOMEM, "no memory to render '%s'", x->job->src->file);
	}
	if (w && w->line)
		place = ptxi_posmap_where(&x->map, ptx_buf_str(&x->text), &x->job->pieces, w->line,
					  w->column);
	ptxi_diag_add(x->job->diags, PTX_ERROR, code, "conf-template", place, NULL, "%s",
		      ptx_error_message(e));
	if (ptx_error_hint(e))
		ptxi_diag_hint(x->job->diags, "%s", ptx_error_hint(e));
	ptx_error_free(e);
	return 0;
}

static int execute(struct action *x, struct ptx_error **err)
{
	const struct ptx_template_func functions[] = {
		{ PATH_FN, 3, 3, fn_path, x }, { JSON_FN, 2, 2, fn_json, x },
		{ TEXT_FN, 2, 2, fn_text, x }, { "getv", 1, 1, fn_getv, x },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ptx_template_opts o = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_execute_opts run = PTX_EXECUTE_OPTS_INIT;
	struct ptx_error *e = NULL;
	ptx_auto(template) t = NULL;

	o.functions = functions;
	o.max_bytes = MOST_BYTES;
	run.missing_key = PTX_MISSING_ERROR;
	run.max_output = MOST_BYTES;
	t = ptx_template_new(&o, err);
	if (!t)
		return ptx_error_code(err ? *err : NULL);
	if (ptx_template_parse(t, x->job->src->file, ptx_buf_str(&x->text), &e) < 0)
		return report(x, e, err);
	if (ptx_template_execute(t, x->job->src->file, x->job->values, &run, &x->job->out, &e) < 0)
		return report(x, e, err);
	return 0;
}

int ptxi_conf_execute(struct ptxi_conf_job *job, struct ptx_error **err)
{
	struct action x = { .job = job };
	int rc = 0;

	ptx_buf_init(&x.text, MOST_BYTES);
	rc = rewrite(&x, err);
	if (rc >= 0)
		rc = execute(&x, err);
	ptx_buf_done(&x.text);
	ptxi_posmap_done(&x.map);
	return rc;
}
