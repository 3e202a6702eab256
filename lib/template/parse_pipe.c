/* SPDX-License-Identifier: Apache-2.0 */
/* parse_pipe.c - the part of the parser that stands between delimiters:
 *
 *     pipeline  = [ decl ] command { "|" command }
 *     command   = operand { operand }
 *     operand   = term { .field }
 *     term      = literal | function | . | .field | $variable | ( pipeline )
 *
 * Invariant: a variable is used only where one of that name is in scope; which one is found at
 * execution.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "parser.h"
#include "../text/goquote.h"

/* A raw string that is longer is not copied: charts quote whole dashboards, most of which are
 * printed as they stand. */
#define LONG_TEXT 128u

/* True for a string token in which every byte stands for itself. */
static bool is_plain(struct ptx_str quoted)
{
	if (quoted.p[0] == '`')
		return quoted.n >= 2 && ptxi_str_find_char(quoted, '\r') == SIZE_MAX;
	for (size_t i = 1; i + 1 < quoted.n; i++) {
		unsigned char c = (unsigned char)quoted.p[i];

		if (c == '\\' || c >= 0x80)
			return false;
	}
	return quoted.n >= 2;
}

static struct ptx_str unescape(struct ptxi_parser *p, struct ptx_str quoted)
{
	ptx_auto_buf text = { 0 };
	char *copy = NULL;

	ptx_buf_init(&text, 0);
	if (!ptxi_go_unquote(quoted, &text)) {
		ptxi_parser_fail(p, PTX_E_SYNTAX, "invalid syntax");
		return (struct ptx_str){ NULL, 0 };
	}
	copy = ptx_buf_ok(&text) ? ptxi_arena_strn(p->arena, text.p, text.n) : NULL;
	if (!copy)
		ptxi_parser_no_memory(p);
	return ptxi_strn(copy, copy ? text.n : 0);
}

/* What a string token stands for, in the arena; {NULL, 0} after an error. */
static struct ptx_str unquote(struct ptxi_parser *p, struct ptx_str quoted)
{
	char *copy = NULL;

	if (!is_plain(quoted))
		return unescape(p, quoted);
	copy = ptxi_arena_strn(p->arena, quoted.p + 1, quoted.n - 2);
	if (!copy)
		ptxi_parser_no_memory(p);
	return ptxi_strn(copy, copy ? quoted.n - 2 : 0);
}

/* One that was met before, or a new one; with its value, or what stands there verbatim without. */
static const struct ptxi_string *string_of(struct ptxi_parser *p, struct ptx_str quoted,
					   bool verbatim)
{
	const struct ptxi_string **seen = ptxi_seen_string(p->set, quoted);
	struct ptxi_string *made = NULL;
	struct ptx_str s = { NULL, 0 };

	if (seen && *seen && ptxi_str_eq((*seen)->quoted, quoted) && !(*seen)->value == verbatim)
		return *seen;
	if (!verbatim) {
		s = unquote(p, quoted);
		if (!s.p)
			return NULL;
	}
	made = ptxi_arena_alloc(p->arena, sizeof(*made));
	if (!made)
		return ptxi_parser_no_memory(p);
	made->quoted = quoted;
	made->value = verbatim ? NULL : ptxi_value_string_in(p->arena, s, PTX_STRING);
	if (!made->value && !verbatim)
		return ptxi_parser_no_memory(p);
	if (seen)
		*seen = made;
	return made;
}

struct ptx_value *ptxi_parser_string(struct ptxi_parser *p, struct ptx_str quoted)
{
	const struct ptxi_string *s = string_of(p, quoted, false);

	return s ? s->value : NULL;
}

const struct ptxi_declared *ptxi_parser_declare(struct ptxi_parser *p, struct ptx_str name)
{
	const struct ptxi_declared *v = ptxi_seen_variable(p->set, name);

	if (!v || !ptx_vec_push(&p->scope->vars, v))
		return ptxi_parser_no_memory(p);
	return v;
}

static struct ptxi_node *variable(struct ptxi_parser *p, const struct ptxi_token *t,
				  const struct ptxi_declared *is)
{
	struct ptxi_node *n = is ? ptxi_parser_node(p, PTXI_NODE_VARIABLE, t->pos) : NULL;

	if (!n)
		return NULL;
	n->variable.is = is;
	n->variable.fields = &ptxi_names_none;
	return n;
}

/* What is wrong with a name stands before or after it. */
static void *undefined(struct ptxi_parser *p, const char *before, struct ptx_str name,
		       const char *after)
{
	ptx_auto_buf quoted = { 0 };

	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(name, false, &quoted);
	return ptxi_parser_fail(p, PTX_E_SYNTAX, "%s%s%s", before, quoted.p, after);
}

static struct ptxi_node *use_variable(struct ptxi_parser *p, const struct ptxi_token *t)
{
	for (size_t i = 0; i < p->scope->vars.n; i++)
		if (ptxi_str_eq(p->scope->vars.v[i]->name, t->text))
			return variable(p, t, p->scope->vars.v[i]);
	return undefined(p, "undefined variable ", t->text, "");
}

static struct ptxi_number *number_value(struct ptxi_parser *p, const struct ptxi_token *t)
{
	struct ptxi_number *number = ptxi_arena_alloc(p->arena, sizeof(*number));
	ptx_auto_buf why = { 0 };

	if (!number)
		return ptxi_parser_no_memory(p);
	ptx_buf_init(&why, 0);
	if (!ptxi_parse_number(p->arena, t->text, t->kind == PTXI_TOKEN_CHAR_CONSTANT, number,
			       &why))
		return ptxi_parser_fail(p, PTX_E_SYNTAX, "%s", why.p);
	return ptx_arena_status(p->arena) ? ptxi_parser_no_memory(p) : number;
}

static struct ptxi_node *number(struct ptxi_parser *p, const struct ptxi_token *t)
{
	struct ptxi_number **seen = ptxi_seen_number(p->set, t->text);
	struct ptxi_number *number = seen ? *seen : NULL;
	struct ptxi_node *n = NULL;

	if (!number || !ptxi_str_eq(number->text, t->text))
		number = number_value(p, t);
	n = number ? ptxi_parser_node(p, PTXI_NODE_NUMBER, t->pos) : NULL;
	if (!n)
		return NULL;
	n->number = number;
	if (seen)
		*seen = number;
	return n;
}

static struct ptxi_node *function(struct ptxi_parser *p, const struct ptxi_token *t)
{
	const struct ptxi_func *fn = ptxi_seen_func(p->set, t->text);
	struct ptxi_node *n = NULL;

	if (!fn)
		return undefined(p, "function ", t->text, " not defined");
	n = ptxi_parser_node(p, PTXI_NODE_IDENTIFIER, t->pos);
	if (!n)
		return NULL;
	n->function = fn;
	return n;
}

static struct ptxi_node *string(struct ptxi_parser *p, const struct ptxi_token *t)
{
	bool verbatim =
	    t->kind == PTXI_TOKEN_RAW_STRING && t->text.n > LONG_TEXT && is_plain(t->text);
	const struct ptxi_string *made = string_of(p, t->text, verbatim);
	struct ptxi_node *n = made ? ptxi_parser_node(p, PTXI_NODE_STRING, t->pos) : NULL;

	if (!n)
		return NULL;
	n->string = made;
	return n;
}

/* The fields that come next, behind those of `path`, {NULL, 0} or one token; fields stand side by
 * side. */
static bool take_fields(struct ptxi_parser *p, struct ptx_str path, const struct ptxi_names **names)
{
	while (ptxi_parser_peek(p)->kind == PTXI_TOKEN_FIELD) {
		struct ptx_str next = ptxi_parser_next(p).text;

		path = path.n ? ptxi_strn(path.p, path.n + next.n) : next;
	}
	*names = ptxi_seen_path(p->set, path);
	if (!*names)
		ptxi_parser_no_memory(p);
	return *names != NULL;
}

static struct ptxi_node *field(struct ptxi_parser *p, const struct ptxi_token *t)
{
	const struct ptxi_token *next = ptxi_parser_peek(p);
	struct ptxi_node *n = ptxi_parser_node(p, PTXI_NODE_FIELD,
					       next->kind == PTXI_TOKEN_FIELD ? next->pos : t->pos);

	return n && take_fields(p, t->text, &n->fields) ? n : NULL;
}

/* NULL without an error when the next token begins no term. */
static struct ptxi_node *term(struct ptxi_parser *p)
{
	struct ptxi_token t = ptxi_parser_next_non_space(p);
	struct ptxi_node *n = NULL;

	switch (t.kind) {
	case PTXI_TOKEN_IDENTIFIER:
		return function(p, &t);
	case PTXI_TOKEN_DOT:
		return ptxi_parser_node(p, PTXI_NODE_DOT, t.pos);
	case PTXI_TOKEN_NIL:
		return ptxi_parser_node(p, PTXI_NODE_NIL, t.pos);
	case PTXI_TOKEN_VARIABLE:
		return use_variable(p, &t);
	case PTXI_TOKEN_FIELD:
		return field(p, &t);
	case PTXI_TOKEN_BOOL:
		n = ptxi_parser_node(p, PTXI_NODE_BOOL, t.pos);
		if (n)
			n->boolean = ptxi_seen_bool(p->set, ptxi_str_is(t.text, "true"));
		return n && !n->boolean ? ptxi_parser_no_memory(p) : n;
	case PTXI_TOKEN_CHAR_CONSTANT:
	case PTXI_TOKEN_COMPLEX:
	case PTXI_TOKEN_NUMBER:
		return number(p, &t);
	case PTXI_TOKEN_LEFT_PAREN:
		if (!ptxi_parser_enter(p))
			return NULL;
		n = ptxi_parser_pipeline(p, "parenthesized pipeline", PTXI_TOKEN_RIGHT_PAREN);
		p->depth--;
		return n;
	case PTXI_TOKEN_STRING:
	case PTXI_TOKEN_RAW_STRING:
		return string(p, &t);
	default:
		ptxi_parser_backup(p);
		return NULL;
	}
}

/* Fails for a term that has a field behind it and may have none. */
static void *no_fields(struct ptxi_parser *p, const struct ptxi_node *term)
{
	ptx_auto_buf text = { 0 };

	while (ptxi_parser_peek(p)->kind == PTXI_TOKEN_FIELD)
		ptxi_parser_next(p);
	ptx_buf_init(&text, 0);
	if (term->kind == PTXI_NODE_STRING) {
		ptxi_go_quote(term->string->quoted, false, &text);
	} else {
		ptx_buf_addc(&text, '"');
		ptxi_node_print(term, &text);
		ptx_buf_addc(&text, '"');
	}
	return ptxi_parser_fail(p, PTX_E_SYNTAX, "unexpected . after term %s", text.p);
}

static struct ptxi_node *operand(struct ptxi_parser *p)
{
	struct ptxi_node *n = term(p);
	struct ptxi_node *chain = NULL;

	if (!n || ptxi_parser_peek(p)->kind != PTXI_TOKEN_FIELD)
		return n;
	switch (n->kind) {
	case PTXI_NODE_VARIABLE:
		n->pos = ptxi_parser_peek(p)->pos;
		return take_fields(p, (struct ptx_str){ NULL, 0 }, &n->variable.fields) ? n : NULL;
	case PTXI_NODE_BOOL:
	case PTXI_NODE_STRING:
	case PTXI_NODE_NUMBER:
	case PTXI_NODE_NIL:
	case PTXI_NODE_DOT:
		return no_fields(p, n);
	default:
		chain = ptxi_parser_node(p, PTXI_NODE_CHAIN, ptxi_parser_peek(p)->pos);
		if (!chain)
			return NULL;
		chain->chain.node = n;
		return take_fields(p, (struct ptx_str){ NULL, 0 }, &chain->chain.fields) ? chain
											 : NULL;
	}
}

static struct ptxi_node *command(struct ptxi_parser *p)
{
	size_t pos = ptxi_parser_peek_non_space(p)->pos;
	size_t level = p->stack.n;

	while (!p->failed) {
		struct ptxi_node *n = NULL;
		struct ptxi_token t;

		ptxi_parser_peek_non_space(p);
		n = operand(p);
		if (p->failed || (n && !ptxi_parser_push(p, n)))
			return NULL;
		t = ptxi_parser_next(p);
		if (t.kind == PTXI_TOKEN_SPACE)
			continue;
		if (t.kind == PTXI_TOKEN_RIGHT_DELIM || t.kind == PTXI_TOKEN_RIGHT_PAREN)
			ptxi_parser_backup(p);
		else if (t.kind != PTXI_TOKEN_PIPE)
			return ptxi_parser_unexpected(p, &t, "operand");
		break;
	}
	if (p->stack.n == level)
		return ptxi_parser_fail(p, PTX_E_SYNTAX, "empty command");
	return ptxi_parser_list(p, PTXI_NODE_COMMAND, pos, level, 0);
}

/* The variables that a pipeline sets. */
struct decls {
	struct ptxi_node *v[2];
	unsigned n;
	bool assign;
};

/* False after an error. */
static bool declarations(struct ptxi_parser *p, struct decls *decls, const char *context)
{
	for (;;) {
		struct ptxi_token v = *ptxi_parser_peek_non_space(p);
		struct ptxi_token after;
		struct ptxi_token next;
		struct ptxi_node *n = NULL;
		bool comma = false;

		if (v.kind != PTXI_TOKEN_VARIABLE)
			return true;
		ptxi_parser_next(p);
		after = *ptxi_parser_peek(p);
		next = *ptxi_parser_peek_non_space(p);
		comma = next.kind == PTXI_TOKEN_CHAR && ptxi_str_is(next.text, ",");
		if (next.kind != PTXI_TOKEN_ASSIGN && next.kind != PTXI_TOKEN_DECLARE && !comma) {
			if (after.kind == PTXI_TOKEN_SPACE)
				ptxi_parser_backup3(p, v, after);
			else
				ptxi_parser_backup2(p, v);
			return true;
		}
		ptxi_parser_next_non_space(p);
		n = variable(p, &v, ptxi_parser_declare(p, v.text));
		if (!n)
			return false;
		if (decls->n < PTXI_COUNT(decls->v))
			decls->v[decls->n++] = n;
		if (!comma) {
			decls->assign = next.kind == PTXI_TOKEN_ASSIGN;
			return true;
		}
		if (strcmp(context, "range") != 0 || decls->n >= PTXI_COUNT(decls->v)) {
			ptxi_parser_fail(p, PTX_E_SYNTAX, "too many declarations in %s", context);
			return false;
		}
		switch (ptxi_parser_peek_non_space(p)->kind) {
		case PTXI_TOKEN_VARIABLE:
		case PTXI_TOKEN_RIGHT_DELIM:
		case PTXI_TOKEN_RIGHT_PAREN:
			break;
		default:
			ptxi_parser_fail(p, PTX_E_SYNTAX, "range can only initialize variables");
			return false;
		}
	}
}

static bool check_pipeline(struct ptxi_parser *p, const struct ptxi_node *pipe, const char *context)
{
	if (pipe->count == 0) {
		ptxi_parser_fail(p, PTX_E_SYNTAX, "missing value for %s", context);
		return false;
	}
	for (size_t i = 1; i < pipe->count; i++) {
		switch (ptxi_node_list(pipe)[i]->first->kind) {
		case PTXI_NODE_BOOL:
		case PTXI_NODE_DOT:
		case PTXI_NODE_NIL:
		case PTXI_NODE_NUMBER:
		case PTXI_NODE_STRING:
			ptxi_parser_fail(p, PTX_E_SYNTAX,
					 "non executable command in pipeline stage %zu", i + 1);
			return false;
		default:
			break;
		}
	}
	return true;
}

/* The pipeline of the commands above the level. */
static struct ptxi_node *end_pipeline(struct ptxi_parser *p, size_t pos, size_t level,
				      const struct decls *decls, const char *context)
{
	struct ptxi_node *pipe = NULL;

	for (unsigned i = 0; i < decls->n; i++)
		if (!ptxi_parser_push(p, decls->v[i]))
			return NULL;
	pipe = ptxi_parser_list(p, PTXI_NODE_PIPE, pos, level, decls->n);
	if (!pipe || !check_pipeline(p, pipe, context))
		return NULL;
	pipe->assign = decls->assign;
	return pipe;
}

static bool begins_operand(enum ptxi_token_kind kind)
{
	switch (kind) {
	case PTXI_TOKEN_BOOL:
	case PTXI_TOKEN_CHAR_CONSTANT:
	case PTXI_TOKEN_COMPLEX:
	case PTXI_TOKEN_DOT:
	case PTXI_TOKEN_FIELD:
	case PTXI_TOKEN_IDENTIFIER:
	case PTXI_TOKEN_NUMBER:
	case PTXI_TOKEN_NIL:
	case PTXI_TOKEN_RAW_STRING:
	case PTXI_TOKEN_STRING:
	case PTXI_TOKEN_VARIABLE:
	case PTXI_TOKEN_LEFT_PAREN:
		return true;
	default:
		return false;
	}
}

struct ptxi_node *ptxi_parser_pipeline(struct ptxi_parser *p, const char *context,
				       enum ptxi_token_kind end)
{
	size_t pos = ptxi_parser_peek_non_space(p)->pos;
	size_t level = p->stack.n;
	struct decls decls = { { NULL }, 0, false };

	if (!declarations(p, &decls, context))
		return NULL;
	while (!p->failed) {
		struct ptxi_token t = ptxi_parser_next_non_space(p);

		if (t.kind == end)
			return end_pipeline(p, pos, level, &decls, context);
		if (!begins_operand(t.kind))
			return ptxi_parser_unexpected(p, &t, context);
		ptxi_parser_backup(p);
		if (!ptxi_parser_push(p, command(p)))
			return NULL;
	}
	return NULL;
}
