/* SPDX-License-Identifier: Apache-2.0 */
/* parser.c - what the parts of the parser share: failures, and lists of nodes. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "parser.h"

void *ptxi_parser_fail(struct ptxi_parser *p, int code, const char *fmt, ...)
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

void *ptxi_parser_no_memory(struct ptxi_parser *p)
{
	if (!p->failed && ptxi_arena_check(p->arena, p->err) == 0 &&
	    ptxi_arena_check(p->nodes, p->err) == 0)
		ptx_fail(p->err, PTX_E_NOMEM, "out of memory");
	p->failed = true;
	return NULL;
}

void *ptxi_parser_unexpected(struct ptxi_parser *p, const struct ptxi_token *t, const char *context)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (t->kind != PTXI_TOKEN_ERROR) {
		ptxi_token_print(t, &text);
		return ptxi_parser_fail(p, PTX_E_SYNTAX, "unexpected %s in %s", text.p, context);
	}
	ptx_buf_addstr(&text, t->text);
	if (p->scope->in_action) {
		unsigned began = ptxi_source_place(p->source, p->scope->action_pos).line;

		if (began != ptxi_source_place(p->source, t->pos).line)
			ptx_buf_printf(&text, "%s started at %s:%u",
				       ptxi_str_ends(t->text, " action") ? "" : " in action",
				       p->source->name, began);
	}
	return ptxi_parser_fail(p, PTX_E_SYNTAX, "%s", text.p);
}

struct ptxi_node *ptxi_parser_node(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos)
{
	struct ptxi_node *n = ptxi_node_new(p->nodes, kind, pos);

	return n ? n : ptxi_parser_no_memory(p);
}

bool ptxi_parser_push(struct ptxi_parser *p, struct ptxi_node *n)
{
	if (!n)
		return false;
	if (!ptx_vec_push(&p->stack, n)) {
		ptxi_parser_no_memory(p);
		return false;
	}
	return true;
}

struct ptxi_node *ptxi_parser_list(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos,
				   size_t level, unsigned decls)
{
	size_t count = p->stack.n - level - decls;
	struct ptxi_node *n = NULL;

	if (count > PTXI_NODE_MOST)
		return ptxi_parser_fail(p, PTX_E_LIMIT, "more than %u parts in one list",
					PTXI_NODE_MOST);
	n = ptxi_node_new_list(p->nodes, kind, pos, count + decls ? p->stack.v + level : NULL,
			       count, decls);
	p->stack.n = level;
	return n ? n : ptxi_parser_no_memory(p);
}

bool ptxi_parser_enter(struct ptxi_parser *p)
{
	if (p->depth < PTXI_PARSE_DEEPEST) {
		p->depth++;
		return true;
	}
	ptxi_parser_fail(p, PTX_E_LIMIT, "nested deeper than %u levels", PTXI_PARSE_DEEPEST);
	return false;
}

bool ptxi_parser_expect(struct ptxi_parser *p, enum ptxi_token_kind kind, const char *context)
{
	struct ptxi_token t = ptxi_parser_next_non_space(p);

	if (t.kind == kind)
		return true;
	ptxi_parser_unexpected(p, &t, context);
	return false;
}
