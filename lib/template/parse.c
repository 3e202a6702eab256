/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - a recursive descent parser of Go's template language: texts, actions and definitions.
 *
 *     text    = { TEXT | action | definition }
 *     action  = pipeline | if | range | with | template | block | break | continue
 *
 * Pipelines are parse_pipe.c's. The definitions within a text are trees of their own, with their
 * own variables.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "parser.h"
#include "../text/goquote.h"

static struct ptxi_node *item_list(struct ptxi_parser *p, struct ptxi_node **end);

static struct ptxi_node *branch(struct ptxi_parser *p, enum ptxi_node_kind kind,
				const char *context)
{
	size_t vars = p->scope->vars.n;
	struct ptxi_node *pipe = ptxi_parser_pipeline(p, context, PTXI_TOKEN_RIGHT_DELIM);
	struct ptxi_node *n = pipe ? ptxi_parser_node(p, kind, pipe->pos) : NULL;
	struct ptxi_node *end = NULL;
	enum ptxi_token_kind same = kind == PTXI_NODE_IF ? PTXI_TOKEN_IF : PTXI_TOKEN_WITH;

	if (!n || !ptxi_parser_enter(p))
		return NULL;
	p->scope->range_depth += kind == PTXI_NODE_RANGE;
	n->branch.pipe = pipe;
	n->branch.list = item_list(p, &end);
	p->scope->range_depth -= kind == PTXI_NODE_RANGE;
	if (!n->branch.list)
		return NULL;
	if (end->kind == PTXI_NODE_ELSE && kind != PTXI_NODE_RANGE &&
	    ptxi_parser_peek(p)->kind == same) {
		/* {{else if}}: an if of its own in the else, which shares the {{end}} */
		size_t pos = end->pos;

		ptxi_parser_next(p);
		if (!ptxi_parser_push(p, branch(p, kind, context)))
			return NULL;
		n->branch.else_list = ptxi_parser_list(p, PTXI_NODE_LIST, pos, p->stack.n - 1, 0);
		if (!n->branch.else_list)
			return NULL;
	} else if (end->kind == PTXI_NODE_ELSE) {
		n->branch.else_list = item_list(p, &end);
		if (!n->branch.else_list)
			return NULL;
		if (end->kind != PTXI_NODE_END)
			return ptxi_parser_fail(p, PTX_E_SYNTAX, "expected end; found {{else}}");
	}
	p->scope->vars.n = vars;
	p->depth--;
	return n;
}

static struct ptxi_node *mark(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos)
{
	p->mark.kind = kind;
	p->mark.pos = (uint32_t)pos;
	return &p->mark;
}

static struct ptxi_node *else_control(struct ptxi_parser *p)
{
	struct ptxi_token t = *ptxi_parser_peek_non_space(p);

	if (t.kind != PTXI_TOKEN_IF && t.kind != PTXI_TOKEN_WITH &&
	    !ptxi_parser_expect(p, PTXI_TOKEN_RIGHT_DELIM, "else"))
		return NULL;
	return mark(p, PTXI_NODE_ELSE, t.pos);
}

static struct ptxi_node *loop_control(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos)
{
	const char *word = kind == PTXI_NODE_BREAK ? "{{break}}" : "{{continue}}";
	struct ptxi_token t = ptxi_parser_next_non_space(p);

	if (t.kind != PTXI_TOKEN_RIGHT_DELIM)
		return ptxi_parser_unexpected(p, &t, word);
	if (p->scope->range_depth == 0)
		return ptxi_parser_fail(p, PTX_E_SYNTAX, "%s outside {{range}}", word);
	return ptxi_parser_node(p, kind, pos);
}

static struct ptx_str template_name(struct ptxi_parser *p, const struct ptxi_token *t,
				    const char *context)
{
	const struct ptx_value *name = NULL;

	if (t->kind == PTXI_TOKEN_STRING || t->kind == PTXI_TOKEN_RAW_STRING)
		name = ptxi_parser_string(p, t->text);
	else
		ptxi_parser_unexpected(p, t, context);
	return name ? name->s : (struct ptx_str){ NULL, 0 };
}

static bool add_tree(struct ptxi_parser *p, struct ptx_str name, struct ptxi_node *root)
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
		ptxi_parser_fail(p, PTX_E_SYNTAX, "template: multiple definition of template %s",
				 quoted.p);
		return false;
	}
	tree = ptxi_arena_alloc(p->nodes, sizeof(*tree));
	if (tree && list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		void *v = ptxi_arena_grow(p->nodes, list->v, list->n * sizeof(*list->v),
					  cap * sizeof(*list->v));

		if (!v)
			tree = NULL;
		else
			list->v = v;
		list->cap = cap;
	}
	if (!tree) {
		ptxi_parser_no_memory(p);
		return false;
	}
	*tree = (struct ptxi_tree){ name.p, p->source, root };
	list->v[list->n++] = tree;
	return true;
}

/* What stands between {{define}} or {{block}} and its {{end}}, as a tree with variables of its own.
 */
static bool definition(struct ptxi_parser *p, struct ptx_str name, const char *context)
{
	struct ptxi_scope mine = { 0 };
	struct ptxi_scope *outer = p->scope;
	struct ptxi_node *end = NULL;
	struct ptxi_node *root = NULL;
	bool ok = false;

	p->scope = &mine;
	if (ptxi_parser_enter(p) && ptxi_parser_declare(p, PTXI_STR("$"))) {
		root = item_list(p, &end);
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a list has an end */
		if (root && end->kind != PTXI_NODE_END)
			ptxi_parser_fail(p, PTX_E_SYNTAX, "unexpected {{else}} in %s", context);
		else if (root)
			ok = add_tree(p, name, root);
		p->depth--;
	}
	ptx_vec_done(&mine.vars);
	p->scope = outer;
	return ok;
}

static bool define_control(struct ptxi_parser *p)
{
	struct ptxi_token t = ptxi_parser_next_non_space(p);
	struct ptx_str name = template_name(p, &t, "define clause");

	return name.p && ptxi_parser_expect(p, PTXI_TOKEN_RIGHT_DELIM, "define clause") &&
	       definition(p, name, "define clause");
}

static struct ptxi_node *template_control(struct ptxi_parser *p, bool block)
{
	const char *context = block ? "block clause" : "template clause";
	struct ptxi_token t = ptxi_parser_next_non_space(p);
	struct ptx_str name = template_name(p, &t, context);
	struct ptxi_node *n = name.p ? ptxi_parser_node(p, PTXI_NODE_TEMPLATE, t.pos) : NULL;

	if (!n)
		return NULL;
	n->call.name = name;
	if (!block && ptxi_parser_next_non_space(p).kind == PTXI_TOKEN_RIGHT_DELIM)
		return n;
	if (!block)
		ptxi_parser_backup(p);
	n->call.pipe = ptxi_parser_pipeline(p, context, PTXI_TOKEN_RIGHT_DELIM);
	if (!n->call.pipe || (block && !definition(p, name, context)))
		return NULL;
	return n;
}

static struct ptxi_node *action(struct ptxi_parser *p)
{
	struct ptxi_token t = ptxi_parser_next_non_space(p);
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
		return ptxi_parser_expect(p, PTXI_TOKEN_RIGHT_DELIM, "end")
			   ? mark(p, PTXI_NODE_END, t.pos)
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
	ptxi_parser_backup(p);
	n = ptxi_parser_node(p, PTXI_NODE_ACTION, ptxi_parser_peek(p)->pos);
	if (!n)
		return NULL;
	n->pipe = ptxi_parser_pipeline(p, "command", PTXI_TOKEN_RIGHT_DELIM);
	return n->pipe ? n : NULL;
}

static struct ptxi_node *text_or_action(struct ptxi_parser *p)
{
	struct ptxi_token t = ptxi_parser_next_non_space(p);
	struct ptxi_node *n = NULL;

	switch (t.kind) {
	case PTXI_TOKEN_TEXT:
		n = ptxi_node_new_text(p->nodes, t.pos, t.text);
		return n ? n : ptxi_parser_no_memory(p);
	case PTXI_TOKEN_LEFT_DELIM:
		p->scope->in_action = true;
		p->scope->action_pos = t.pos;
		n = action(p);
		p->scope->in_action = false;
		return n;
	default:
		return ptxi_parser_unexpected(p, &t, "input");
	}
}

/* Up to {{end}} or {{else}}, which *end gets. */
static struct ptxi_node *item_list(struct ptxi_parser *p, struct ptxi_node **end)
{
	size_t pos = ptxi_parser_peek_non_space(p)->pos;
	size_t level = p->stack.n;

	while (ptxi_parser_peek_non_space(p)->kind != PTXI_TOKEN_EOF) {
		struct ptxi_node *n = text_or_action(p);

		if (n && (n->kind == PTXI_NODE_END || n->kind == PTXI_NODE_ELSE)) {
			*end = n;
			return ptxi_parser_list(p, PTXI_NODE_LIST, pos, level, 0);
		}
		if (!ptxi_parser_push(p, n))
			return NULL;
	}
	return ptxi_parser_fail(p, PTX_E_SYNTAX, "unexpected EOF");
}

/* The text itself: as item_list(), to the end, and with definitions. */
static struct ptxi_node *parse_text(struct ptxi_parser *p)
{
	size_t pos = ptxi_parser_peek(p)->pos;
	size_t level = p->stack.n;

	while (ptxi_parser_peek(p)->kind != PTXI_TOKEN_EOF) {
		struct ptxi_node *n = NULL;

		if (ptxi_parser_peek(p)->kind == PTXI_TOKEN_LEFT_DELIM) {
			struct ptxi_token delim = ptxi_parser_next(p);

			if (ptxi_parser_next_non_space(p).kind == PTXI_TOKEN_DEFINE) {
				if (!define_control(p))
					return NULL;
				continue;
			}
			ptxi_parser_backup2(p, delim);
		}
		n = text_or_action(p);
		if (n && (n->kind == PTXI_NODE_END || n->kind == PTXI_NODE_ELSE))
			return ptxi_parser_fail(p, PTX_E_SYNTAX, "unexpected {{%s}}",
						n->kind == PTXI_NODE_END ? "end" : "else");
		if (!ptxi_parser_push(p, n))
			return NULL;
	}
	return ptxi_parser_list(p, PTXI_NODE_LIST, pos, level, 0);
}

int ptxi_parse(struct ptx_template *set, struct ptx_arena *nodes, const struct ptxi_source *source,
	       struct ptxi_trees *out, struct ptx_error **err)
{
	struct ptxi_scope scope = { 0 };
	struct ptx_error *own = NULL;
	struct ptxi_parser p = {
		.set = set,
		.arena = set->arena,
		.nodes = nodes,
		.source = source,
		.scope = &scope,
		.trees = out,
		.err = &own,
	};
	struct ptxi_node *root = NULL;
	int code = PTX_E_NOMEM;

	ptxi_lexer_init(&p.lexer, source->text, ptxi_str(set->opts.left_delim),
			ptxi_str(set->opts.right_delim));
	p.lexer.break_ok = !set->has_break;
	p.lexer.continue_ok = !set->has_continue;
	if (ptxi_parser_declare(&p, PTXI_STR("$")))
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
