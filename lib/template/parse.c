/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - a recursive descent parser of Go's template language.
 *
 *     pipeline  = [ decl ] command { "|" command }
 *     command   = operand { operand }
 *     operand   = term { .field }
 *     term      = literal | function | . | .field | $variable | ( pipeline )
 *
 * Blanks are tokens, since they separate operands; so up to three tokens are looked ahead. The
 * definitions within a text are trees of their own, with their own variables. After the first error
 * everything returns NULL. Invariant: a variable is used only where one of that name is in scope;
 * which one is found at execution.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "parse.h"
#include "lex.h"
#include "../base/vec.h"
#include "../text/goquote.h"

struct variable {
	struct ptx_str name; /* with its $ */
	uint32_t symbol;
};

/* A raw string that is longer is not copied: charts quote whole dashboards, most of which are printed as they stand. */
#define LONG_TEXT 128u

/* What each tree has for itself while it is parsed. */
struct scope {
	PTX_VEC(struct variable) vars; /* the innermost last */
	unsigned range_depth;
	bool in_action;
	uint32_t action_pos; /* where it began */
};

struct parser {
	struct ptx_template *set;
	struct ptx_arena *arena;
	const struct ptxi_source *source;
	struct ptxi_lexer lexer;
	struct ptxi_token token[3];
	int peeked;
	unsigned depth;
	struct scope *scope;
	PTX_VEC(struct ptxi_node *) stack;
	struct ptxi_trees *trees;
	struct ptx_error **err;
	bool failed;
};

static struct ptxi_node *pipeline(struct parser *p, const char *context, enum ptxi_token_kind end);
static struct ptxi_node *item_list(struct parser *p, struct ptxi_node **end);

/* What peeking gives is there until the next token is read. */
static inline const struct ptxi_token *peek(struct parser *p)
{
	if (p->peeked == 0) {
		p->token[0] = ptxi_lexer_next(&p->lexer);
		p->peeked = 1;
	}
	return &p->token[p->peeked - 1];
}

static inline const struct ptxi_token *peek_non_space(struct parser *p)
{
	const struct ptxi_token *t = peek(p);

	while (t->kind == PTXI_TOKEN_SPACE) {
		p->peeked--;
		t = peek(p);
	}
	return t;
}

static inline struct ptxi_token next_token(struct parser *p)
{
	struct ptxi_token t = *peek(p);

	p->peeked--;
	return t;
}

static inline struct ptxi_token next_non_space(struct parser *p)
{
	struct ptxi_token t = *peek_non_space(p);

	p->peeked--;
	return t;
}

static void backup(struct parser *p)
{
	p->peeked++;
}

static void backup2(struct parser *p, struct ptxi_token t1)
{
	p->token[1] = t1;
	p->peeked = 2;
}

static void backup3(struct parser *p, struct ptxi_token t2, struct ptxi_token t1)
{
	p->token[1] = t1;
	p->token[2] = t2;
	p->peeked = 3;
}

static void *fail(struct parser *p, int code, const char *fmt, ...) PTXI_PRINTF(3, 4);

static void *fail(struct parser *p, int code, const char *fmt, ...)
{
	struct ptxi_place place = ptxi_source_place(p->source, p->token[0].pos);
	struct ptx_where where = { p->source->name, place.line, place.column };
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (p->failed)
		return NULL;
	p->failed = true;
	ptx_buf_init(&text, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptx_fail_at(p->err, code, where, "%s", text.p);
	return NULL;
}

static void *no_memory(struct parser *p)
{
	if (!p->failed && ptxi_arena_check(p->arena, p->err) == 0)
		ptx_fail(p->err, PTX_E_NOMEM, "out of memory");
	p->failed = true;
	return NULL;
}

static void *unexpected(struct parser *p, const struct ptxi_token *t, const char *context)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (t->kind != PTXI_TOKEN_ERROR) {
		ptxi_token_print(t, &text);
		return fail(p, PTX_E_SYNTAX, "unexpected %s in %s", text.p, context);
	}
	ptx_buf_addstr(&text, t->text);
	if (p->scope->in_action) {
		unsigned began = ptxi_source_place(p->source, p->scope->action_pos).line;

		if (began != ptxi_source_place(p->source, t->pos).line)
			ptx_buf_printf(&text, "%s started at %s:%u",
				       ptxi_str_ends(t->text, " action") ? "" : " in action",
				       p->source->name, began);
	}
	return fail(p, PTX_E_SYNTAX, "%s", text.p);
}

static struct ptxi_node *new_node(struct parser *p, enum ptxi_node_kind kind, size_t pos)
{
	struct ptxi_node *n = ptxi_node_new(p->arena, kind, pos);

	return n ? n : no_memory(p);
}

/* Lists are gathered on a stack, inner ones above outer ones: where one began is a level of it. */
static bool push(struct parser *p, struct ptxi_node *n)
{
	if (!n)
		return false;
	if (!ptx_vec_push(&p->stack, n)) {
		no_memory(p);
		return false;
	}
	return true;
}

/* Takes what is above the level into a list of that size. */
static bool take_list(struct parser *p, size_t level, struct ptxi_nodes *list)
{
	size_t n = p->stack.n - level;

	list->v = n ? ptxi_arena_array(p->arena, n, sizeof(*list->v)) : NULL;
	if (n && !list->v) {
		no_memory(p);
		return false;
	}
	if (n)
		memcpy(list->v, p->stack.v + level, n * sizeof(*list->v));
	list->n = n;
	p->stack.n = level;
	return true;
}

static bool enter(struct parser *p)
{
	if (p->depth < PTXI_PARSE_DEEPEST) {
		p->depth++;
		return true;
	}
	fail(p, PTX_E_LIMIT, "nested deeper than %u levels", PTXI_PARSE_DEEPEST);
	return false;
}

static bool expect(struct parser *p, enum ptxi_token_kind kind, const char *context)
{
	struct ptxi_token t = next_non_space(p);

	if (t.kind == kind)
		return true;
	unexpected(p, &t, context);
	return false;
}

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

static struct ptx_str unescape(struct parser *p, struct ptx_str quoted)
{
	ptx_auto_buf text = { 0 };
	char *copy = NULL;

	ptx_buf_init(&text, 0);
	if (!ptxi_go_unquote(quoted, &text)) {
		fail(p, PTX_E_SYNTAX, "invalid syntax");
		return (struct ptx_str){ NULL, 0 };
	}
	copy = ptx_buf_ok(&text) ? ptxi_arena_strn(p->arena, text.p, text.n) : NULL;
	if (!copy)
		no_memory(p);
	return ptxi_strn(copy, copy ? text.n : 0);
}

/* What a string token stands for, in the arena; {NULL, 0} after an error. */
static struct ptx_str unquote(struct parser *p, struct ptx_str quoted)
{
	char *copy = NULL;

	if (!is_plain(quoted))
		return unescape(p, quoted);
	copy = ptxi_arena_strn(p->arena, quoted.p + 1, quoted.n - 2);
	if (!copy)
		no_memory(p);
	return ptxi_strn(copy, copy ? quoted.n - 2 : 0);
}

/* The value of a string token; NULL after an error. */
static struct ptx_value *string_value(struct parser *p, struct ptx_str quoted)
{
	struct ptxi_seen_string *seen = ptxi_seen_string(p->set, quoted);
	struct ptx_value *value = NULL;
	struct ptx_str s;

	if (seen && ptxi_str_eq(seen->quoted, quoted))
		return seen->value;
	s = unquote(p, quoted);
	if (!s.p)
		return NULL;
	value = ptxi_value_string_in(p->arena, s, PTX_STRING);
	if (!value)
		return no_memory(p);
	if (seen)
		*seen = (struct ptxi_seen_string){ quoted, value };
	return value;
}

static uint32_t declare(struct parser *p, struct ptx_str name)
{
	uint32_t symbol = ptxi_template_symbol(p->set, name);

	if (symbol && ptx_vec_push(&p->scope->vars, ((struct variable){ name, symbol })))
		return symbol;
	no_memory(p);
	return 0;
}

static struct ptxi_node *variable(struct parser *p, const struct ptxi_token *t, uint32_t symbol)
{
	struct ptxi_node *n = symbol ? new_node(p, PTXI_NODE_VARIABLE, t->pos) : NULL;

	if (!n)
		return NULL;
	n->variable.name = t->text;
	n->variable.symbol = symbol;
	return n;
}

static void *undefined_variable(struct parser *p, struct ptx_str name)
{
	ptx_auto_buf quoted = { 0 };

	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(name, false, &quoted);
	return fail(p, PTX_E_SYNTAX, "undefined variable %s", quoted.p);
}

static struct ptxi_node *use_variable(struct parser *p, const struct ptxi_token *t)
{
	for (size_t i = 0; i < p->scope->vars.n; i++)
		if (ptxi_str_eq(p->scope->vars.v[i].name, t->text))
			return variable(p, t, p->scope->vars.v[i].symbol);
	return undefined_variable(p, t->text);
}

static struct ptxi_number *number_value(struct parser *p, const struct ptxi_token *t)
{
	struct ptxi_number *number = ptxi_arena_alloc(p->arena, sizeof(*number));
	ptx_auto_buf why = { 0 };

	if (!number)
		return no_memory(p);
	ptx_buf_init(&why, 0);
	if (!ptxi_parse_number(p->arena, t->text, t->kind == PTXI_TOKEN_CHAR_CONSTANT, number, &why))
		return fail(p, PTX_E_SYNTAX, "%s", why.p);
	return ptx_arena_status(p->arena) ? no_memory(p) : number;
}

static struct ptxi_node *number(struct parser *p, const struct ptxi_token *t)
{
	struct ptxi_number **seen = ptxi_seen_number(p->set, t->text);
	struct ptxi_number *number = seen ? *seen : NULL;
	struct ptxi_node *n = NULL;

	if (!number || !ptxi_str_eq(number->text, t->text))
		number = number_value(p, t);
	n = number ? new_node(p, PTXI_NODE_NUMBER, t->pos) : NULL;
	if (!n)
		return NULL;
	n->number = number;
	if (seen)
		*seen = number;
	return n;
}

static void *undefined_function(struct parser *p, struct ptx_str name)
{
	ptx_auto_buf quoted = { 0 };

	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(name, false, &quoted);
	return fail(p, PTX_E_SYNTAX, "function %s not defined", quoted.p);
}

static struct ptxi_node *function(struct parser *p, const struct ptxi_token *t)
{
	const struct ptxi_func *fn = ptxi_seen_func(p->set, t->text);
	struct ptxi_node *n = NULL;

	if (!fn)
		return undefined_function(p, t->text);
	n = new_node(p, PTXI_NODE_IDENTIFIER, t->pos);
	if (!n)
		return NULL;
	n->function = fn;
	return n;
}

static struct ptxi_node *string(struct parser *p, const struct ptxi_token *t)
{
	bool verbatim = t->kind == PTXI_TOKEN_RAW_STRING && t->text.n > LONG_TEXT && is_plain(t->text);
	struct ptx_value *value = verbatim ? NULL : string_value(p, t->text);
	struct ptxi_node *n = value || verbatim ? new_node(p, PTXI_NODE_STRING, t->pos) : NULL;

	if (!n)
		return NULL;
	n->string.quoted = t->text;
	n->string.value = value;
	return n;
}

/* The fields that come next, behind those of `path`, {NULL, 0} or one token; fields stand side by side. */
static bool take_fields(struct parser *p, struct ptx_str path, struct ptxi_names *names)
{
	while (peek(p)->kind == PTXI_TOKEN_FIELD) {
		struct ptx_str next = next_token(p).text;

		path = path.n ? ptxi_strn(path.p, path.n + next.n) : next;
	}
	*names = ptxi_seen_path(p->set, path);
	if (!names->n)
		no_memory(p);
	return names->n > 0;
}

static struct ptxi_node *field(struct parser *p, const struct ptxi_token *t)
{
	const struct ptxi_token *next = peek(p);
	struct ptxi_node *n = new_node(p, PTXI_NODE_FIELD, next->kind == PTXI_TOKEN_FIELD ? next->pos : t->pos);

	return n && take_fields(p, t->text, &n->fields) ? n : NULL;
}

/* NULL without an error when the next token begins no term. */
static struct ptxi_node *term(struct parser *p)
{
	struct ptxi_token t = next_non_space(p);
	struct ptxi_node *n = NULL;

	switch (t.kind) {
	case PTXI_TOKEN_IDENTIFIER:
		return function(p, &t);
	case PTXI_TOKEN_DOT:
		return new_node(p, PTXI_NODE_DOT, t.pos);
	case PTXI_TOKEN_NIL:
		return new_node(p, PTXI_NODE_NIL, t.pos);
	case PTXI_TOKEN_VARIABLE:
		return use_variable(p, &t);
	case PTXI_TOKEN_FIELD:
		return field(p, &t);
	case PTXI_TOKEN_BOOL:
		n = new_node(p, PTXI_NODE_BOOL, t.pos);
		if (n)
			n->boolean = ptxi_seen_bool(p->set, ptxi_str_is(t.text, "true"));
		return n && !n->boolean ? no_memory(p) : n;
	case PTXI_TOKEN_CHAR_CONSTANT:
	case PTXI_TOKEN_COMPLEX:
	case PTXI_TOKEN_NUMBER:
		return number(p, &t);
	case PTXI_TOKEN_LEFT_PAREN:
		if (!enter(p))
			return NULL;
		n = pipeline(p, "parenthesized pipeline", PTXI_TOKEN_RIGHT_PAREN);
		p->depth--;
		return n;
	case PTXI_TOKEN_STRING:
	case PTXI_TOKEN_RAW_STRING:
		return string(p, &t);
	default:
		backup(p);
		return NULL;
	}
}

/* Fails for a term that has a field behind it and may have none. */
static void *no_fields(struct parser *p, const struct ptxi_node *term)
{
	ptx_auto_buf text = { 0 };

	while (peek(p)->kind == PTXI_TOKEN_FIELD)
		next_token(p);
	ptx_buf_init(&text, 0);
	if (term->kind == PTXI_NODE_STRING) {
		ptxi_go_quote(term->string.quoted, false, &text);
	} else {
		ptx_buf_addc(&text, '"');
		ptxi_node_print(term, &text);
		ptx_buf_addc(&text, '"');
	}
	return fail(p, PTX_E_SYNTAX, "unexpected . after term %s", text.p);
}

static struct ptxi_node *operand(struct parser *p)
{
	struct ptxi_node *n = term(p);
	struct ptxi_node *chain = NULL;

	if (!n || peek(p)->kind != PTXI_TOKEN_FIELD)
		return n;
	switch (n->kind) {
	case PTXI_NODE_VARIABLE:
		n->pos = peek(p)->pos;
		return take_fields(p, (struct ptx_str){ NULL, 0 }, &n->variable.fields) ? n : NULL;
	case PTXI_NODE_BOOL:
	case PTXI_NODE_STRING:
	case PTXI_NODE_NUMBER:
	case PTXI_NODE_NIL:
	case PTXI_NODE_DOT:
		return no_fields(p, n);
	default:
		chain = new_node(p, PTXI_NODE_CHAIN, peek(p)->pos);
		if (!chain)
			return NULL;
		chain->chain.node = n;
		return take_fields(p, (struct ptx_str){ NULL, 0 }, &chain->chain.fields) ? chain : NULL;
	}
}

static struct ptxi_node *command(struct parser *p)
{
	struct ptxi_node *cmd = new_node(p, PTXI_NODE_COMMAND, peek_non_space(p)->pos);
	size_t level = p->stack.n;

	while (cmd && !p->failed) {
		struct ptxi_node *n = NULL;
		struct ptxi_token t;

		peek_non_space(p);
		n = operand(p);
		if (p->failed || (n && !push(p, n)))
			return NULL;
		t = next_token(p);
		if (t.kind == PTXI_TOKEN_SPACE)
			continue;
		if (t.kind == PTXI_TOKEN_RIGHT_DELIM || t.kind == PTXI_TOKEN_RIGHT_PAREN)
			backup(p);
		else if (t.kind != PTXI_TOKEN_PIPE)
			return unexpected(p, &t, "operand");
		break;
	}
	if (cmd && p->stack.n == level)
		return fail(p, PTX_E_SYNTAX, "empty command");
	return cmd && take_list(p, level, &cmd->list) ? cmd : NULL;
}

/* The variables that a pipeline sets; false after an error. */
static bool declarations(struct parser *p, struct ptxi_node *pipe, const char *context)
{
	for (;;) {
		struct ptxi_token v = *peek_non_space(p);
		struct ptxi_token after;
		struct ptxi_token next;
		struct ptxi_node *n = NULL;
		bool comma = false;

		if (v.kind != PTXI_TOKEN_VARIABLE)
			return true;
		next_token(p);
		after = *peek(p);
		next = *peek_non_space(p);
		comma = next.kind == PTXI_TOKEN_CHAR && ptxi_str_is(next.text, ",");
		if (next.kind != PTXI_TOKEN_ASSIGN && next.kind != PTXI_TOKEN_DECLARE && !comma) {
			if (after.kind == PTXI_TOKEN_SPACE)
				backup3(p, v, after);
			else
				backup2(p, v);
			return true;
		}
		next_non_space(p);
		n = variable(p, &v, declare(p, v.text));
		if (!n)
			return false;
		if (pipe->line.decls < 2)
			pipe->line.decl[pipe->line.decls++] = n;
		if (!comma) {
			pipe->line.assign = next.kind == PTXI_TOKEN_ASSIGN;
			return true;
		}
		if (strcmp(context, "range") != 0 || pipe->line.decls >= 2) {
			fail(p, PTX_E_SYNTAX, "too many declarations in %s", context);
			return false;
		}
		switch (peek_non_space(p)->kind) {
		case PTXI_TOKEN_VARIABLE:
		case PTXI_TOKEN_RIGHT_DELIM:
		case PTXI_TOKEN_RIGHT_PAREN:
			break;
		default:
			fail(p, PTX_E_SYNTAX, "range can only initialize variables");
			return false;
		}
	}
}

static bool check_pipeline(struct parser *p, const struct ptxi_node *pipe, const char *context)
{
	const struct ptxi_nodes *commands = &pipe->line.commands;

	if (commands->n == 0) {
		fail(p, PTX_E_SYNTAX, "missing value for %s", context);
		return false;
	}
	for (size_t i = 1; i < commands->n; i++) {
		switch (commands->v[i]->list.v[0]->kind) {
		case PTXI_NODE_BOOL:
		case PTXI_NODE_DOT:
		case PTXI_NODE_NIL:
		case PTXI_NODE_NUMBER:
		case PTXI_NODE_STRING:
			fail(p, PTX_E_SYNTAX, "non executable command in pipeline stage %zu", i + 1);
			return false;
		default:
			break;
		}
	}
	return true;
}

/* The pipeline of a draft and the commands above the level. */
static struct ptxi_node *end_pipeline(struct parser *p, struct ptxi_node *draft, size_t level, const char *context)
{
	struct ptxi_node *pipe = NULL;

	if (!take_list(p, level, &draft->line.commands) || !check_pipeline(p, draft, context))
		return NULL;
	pipe = ptxi_pipe_new(p->arena, draft);
	return pipe ? pipe : no_memory(p);
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

static struct ptxi_node *pipeline(struct parser *p, const char *context, enum ptxi_token_kind end)
{
	struct ptxi_node pipe = { .kind = PTXI_NODE_PIPE, .pos = peek_non_space(p)->pos };
	size_t level = p->stack.n;

	if (!declarations(p, &pipe, context))
		return NULL;
	while (!p->failed) {
		struct ptxi_token t = next_non_space(p);

		if (t.kind == end)
			return end_pipeline(p, &pipe, level, context);
		if (!begins_operand(t.kind))
			return unexpected(p, &t, context);
		backup(p);
		if (!push(p, command(p)))
			return NULL;
	}
	return NULL;
}

static struct ptxi_node *branch(struct parser *p, enum ptxi_node_kind kind, const char *context)
{
	size_t vars = p->scope->vars.n;
	struct ptxi_node *pipe = pipeline(p, context, PTXI_TOKEN_RIGHT_DELIM);
	struct ptxi_node *n = pipe ? new_node(p, kind, pipe->pos) : NULL;
	struct ptxi_node *end = NULL;
	enum ptxi_token_kind same = kind == PTXI_NODE_IF ? PTXI_TOKEN_IF : PTXI_TOKEN_WITH;

	if (!n || !enter(p))
		return NULL;
	p->scope->range_depth += kind == PTXI_NODE_RANGE;
	n->branch.pipe = pipe;
	n->branch.list = item_list(p, &end);
	p->scope->range_depth -= kind == PTXI_NODE_RANGE;
	if (!n->branch.list)
		return NULL;
	if (end->kind == PTXI_NODE_ELSE && kind != PTXI_NODE_RANGE && peek(p)->kind == same) {
		/* {{else if}}: an if of its own in the else, which shares the {{end}} */
		next_token(p);
		n->branch.else_list = new_node(p, PTXI_NODE_LIST, end->pos);
		if (!n->branch.else_list || !push(p, branch(p, kind, context)) ||
		    !take_list(p, p->stack.n - 1, &n->branch.else_list->list))
			return NULL;
	} else if (end->kind == PTXI_NODE_ELSE) {
		n->branch.else_list = item_list(p, &end);
		if (!n->branch.else_list)
			return NULL;
		if (end->kind != PTXI_NODE_END)
			return fail(p, PTX_E_SYNTAX, "expected end; found {{else}}");
	}
	p->scope->vars.n = vars;
	p->depth--;
	return n;
}

static struct ptxi_node *else_control(struct parser *p)
{
	struct ptxi_token t = *peek_non_space(p);

	if (t.kind != PTXI_TOKEN_IF && t.kind != PTXI_TOKEN_WITH &&
	    !expect(p, PTXI_TOKEN_RIGHT_DELIM, "else"))
		return NULL;
	return new_node(p, PTXI_NODE_ELSE, t.pos);
}

static struct ptxi_node *loop_control(struct parser *p, enum ptxi_node_kind kind, size_t pos)
{
	const char *word = kind == PTXI_NODE_BREAK ? "{{break}}" : "{{continue}}";
	struct ptxi_token t = next_non_space(p);

	if (t.kind != PTXI_TOKEN_RIGHT_DELIM)
		return unexpected(p, &t, word);
	if (p->scope->range_depth == 0)
		return fail(p, PTX_E_SYNTAX, "%s outside {{range}}", word);
	return new_node(p, kind, pos);
}

static struct ptx_str template_name(struct parser *p, const struct ptxi_token *t,
				    const char *context)
{
	const struct ptx_value *name = NULL;

	if (t->kind == PTXI_TOKEN_STRING || t->kind == PTXI_TOKEN_RAW_STRING)
		name = string_value(p, t->text);
	else
		unexpected(p, t, context);
	return name ? name->s : (struct ptx_str){ NULL, 0 };
}

static bool add_tree(struct parser *p, struct ptx_str name, struct ptxi_node *root)
{
	struct ptxi_trees *list = p->trees;
	struct ptxi_tree *tree = NULL;
	ptx_auto_buf quoted = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		if (!ptxi_str_is(name, list->v[i]->name))
			continue;
		if (ptxi_node_is_empty(list->v[i]->root)) {
			list->v[i]->root = root;
			return true;
		}
		if (ptxi_node_is_empty(root))
			return true;
		ptx_buf_init(&quoted, 0);
		ptxi_go_quote(name, false, &quoted);
		fail(p, PTX_E_SYNTAX, "template: multiple definition of template %s", quoted.p);
		return false;
	}
	tree = ptxi_arena_alloc(p->arena, sizeof(*tree));
	if (tree && list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		void *v = ptxi_arena_grow(p->arena, list->v, list->n * sizeof(*list->v),
					  cap * sizeof(*list->v));

		if (!v)
			tree = NULL;
		else
			list->v = v;
		list->cap = cap;
	}
	if (!tree) {
		no_memory(p);
		return false;
	}
	*tree = (struct ptxi_tree){ name.p, p->source, root };
	list->v[list->n++] = tree;
	return true;
}

/* What stands between {{define}} or {{block}} and its {{end}}, as a tree with variables of its own.
 */
static bool definition(struct parser *p, struct ptx_str name, const char *context)
{
	struct scope mine = { 0 };
	struct scope *outer = p->scope;
	struct ptxi_node *end = NULL;
	struct ptxi_node *root = NULL;
	bool ok = false;

	p->scope = &mine;
	if (enter(p) && declare(p, PTXI_STR("$"))) {
		root = item_list(p, &end);
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a list has an end */
		if (root && end->kind != PTXI_NODE_END)
			fail(p, PTX_E_SYNTAX, "unexpected {{else}} in %s", context);
		else if (root)
			ok = add_tree(p, name, root);
		p->depth--;
	}
	ptx_vec_done(&mine.vars);
	p->scope = outer;
	return ok;
}

static bool define_control(struct parser *p)
{
	struct ptxi_token t = next_non_space(p);
	struct ptx_str name = template_name(p, &t, "define clause");

	return name.p && expect(p, PTXI_TOKEN_RIGHT_DELIM, "define clause") &&
	       definition(p, name, "define clause");
}

static struct ptxi_node *template_control(struct parser *p, bool block)
{
	const char *context = block ? "block clause" : "template clause";
	struct ptxi_token t = next_non_space(p);
	struct ptx_str name = template_name(p, &t, context);
	struct ptxi_node *n = name.p ? new_node(p, PTXI_NODE_TEMPLATE, t.pos) : NULL;

	if (!n)
		return NULL;
	n->call.name = name;
	if (!block && next_non_space(p).kind == PTXI_TOKEN_RIGHT_DELIM)
		return n;
	if (!block)
		backup(p);
	n->call.pipe = pipeline(p, context, PTXI_TOKEN_RIGHT_DELIM);
	if (!n->call.pipe || (block && !definition(p, name, context)))
		return NULL;
	return n;
}

static struct ptxi_node *action(struct parser *p)
{
	struct ptxi_token t = next_non_space(p);
	struct ptxi_node *n = NULL;

	switch (t.kind) {
	case PTXI_TOKEN_BLOCK:
		return template_control(p, true);
	case PTXI_TOKEN_BREAK:
		return loop_control(p, PTXI_NODE_BREAK, t.pos);
	case PTXI_TOKEN_CONTINUE:
		return loop_control(p, PTXI_NODE_CONTINUE, t.pos);
	case PTXI_TOKEN_ELSE:
		return else_control(p);
	case PTXI_TOKEN_END:
		return expect(p, PTXI_TOKEN_RIGHT_DELIM, "end") ? new_node(p, PTXI_NODE_END, t.pos)
								: NULL;
	case PTXI_TOKEN_IF:
		return branch(p, PTXI_NODE_IF, "if");
	case PTXI_TOKEN_RANGE:
		return branch(p, PTXI_NODE_RANGE, "range");
	case PTXI_TOKEN_TEMPLATE:
		return template_control(p, false);
	case PTXI_TOKEN_WITH:
		return branch(p, PTXI_NODE_WITH, "with");
	default:
		break;
	}
	backup(p);
	n = new_node(p, PTXI_NODE_ACTION, peek(p)->pos);
	if (!n)
		return NULL;
	n->pipe = pipeline(p, "command", PTXI_TOKEN_RIGHT_DELIM);
	return n->pipe ? n : NULL;
}

static struct ptxi_node *text_or_action(struct parser *p)
{
	struct ptxi_token t = next_non_space(p);
	struct ptxi_node *n = NULL;

	switch (t.kind) {
	case PTXI_TOKEN_TEXT:
		n = new_node(p, PTXI_NODE_TEXT, t.pos);
		if (n)
			n->text = t.text;
		return n;
	case PTXI_TOKEN_LEFT_DELIM:
		p->scope->in_action = true;
		p->scope->action_pos = t.pos;
		n = action(p);
		p->scope->in_action = false;
		return n;
	default:
		return unexpected(p, &t, "input");
	}
}

/* Up to {{end}} or {{else}}, which *end gets. */
static struct ptxi_node *item_list(struct parser *p, struct ptxi_node **end)
{
	struct ptxi_node *list = new_node(p, PTXI_NODE_LIST, peek_non_space(p)->pos);
	size_t level = p->stack.n;

	while (list && peek_non_space(p)->kind != PTXI_TOKEN_EOF) {
		struct ptxi_node *n = text_or_action(p);

		if (n && (n->kind == PTXI_NODE_END || n->kind == PTXI_NODE_ELSE)) {
			*end = n;
			return take_list(p, level, &list->list) ? list : NULL;
		}
		if (!push(p, n))
			return NULL;
	}
	return fail(p, PTX_E_SYNTAX, "unexpected EOF");
}

/* The text itself: as item_list(), to the end, and with definitions. */
static struct ptxi_node *parse_text(struct parser *p)
{
	struct ptxi_node *root = new_node(p, PTXI_NODE_LIST, peek(p)->pos);
	size_t level = p->stack.n;

	while (root && peek(p)->kind != PTXI_TOKEN_EOF) {
		struct ptxi_node *n = NULL;

		if (peek(p)->kind == PTXI_TOKEN_LEFT_DELIM) {
			struct ptxi_token delim = next_token(p);

			if (next_non_space(p).kind == PTXI_TOKEN_DEFINE) {
				if (!define_control(p))
					return NULL;
				continue;
			}
			backup2(p, delim);
		}
		n = text_or_action(p);
		if (n && (n->kind == PTXI_NODE_END || n->kind == PTXI_NODE_ELSE))
			return fail(p, PTX_E_SYNTAX, "unexpected {{%s}}",
				    n->kind == PTXI_NODE_END ? "end" : "else");
		if (!push(p, n))
			return NULL;
	}
	return root && take_list(p, level, &root->list) ? root : NULL;
}

int ptxi_parse(struct ptx_template *set, const struct ptxi_source *source, struct ptxi_trees *out,
	       struct ptx_error **err)
{
	struct scope scope = { 0 };
	struct ptx_error *own = NULL;
	struct parser p = {
		.set = set,
		.arena = set->arena,
		.source = source,
		.scope = &scope,
		.trees = out,
		.err = &own,
	};
	struct ptxi_node *root = NULL;
	int code = PTX_E_NOMEM;

	ptxi_lexer_init(&p.lexer, source->text, ptxi_str(set->opts.left_delim),
			ptxi_str(set->opts.right_delim));
	p.lexer.break_ok = !ptxi_template_func(set, PTXI_STR("break"));
	p.lexer.continue_ok = !ptxi_template_func(set, PTXI_STR("continue"));
	if (declare(&p, PTXI_STR("$")))
		root = parse_text(&p);
	if (root && add_tree(&p, ptxi_str(source->name), root))
		code = 0;
	else if (own)
		code = ptx_error_code(own);
	ptx_vec_done(&scope.vars);
	ptx_vec_done(&p.stack);
	if (code && !own)
		code = ptx_fail(&own, PTX_E_NOMEM, "out of memory");
	if (err && code)
		*err = own;
	else
		ptx_error_free(own);
	return code;
}
