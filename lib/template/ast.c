/* SPDX-License-Identifier: Apache-2.0 */
/* ast.c - printing nodes back as source, and finding where they stood. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "ast.h"
#include "funcs.h"
#include "../base/utf8.h"
#include "../text/goquote.h"
#include "../text/runes.h"

#define UP_TO(member)                                                                              \
	(offsetof(struct ptxi_node, member) + sizeof(((struct ptxi_node *)NULL)->member))

static size_t size_of(enum ptxi_node_kind kind)
{
	switch (kind) {
	case PTXI_NODE_ACTION:
		return UP_TO(pipe);
	case PTXI_NODE_IF:
	case PTXI_NODE_RANGE:
	case PTXI_NODE_WITH:
		return UP_TO(branch);
	case PTXI_NODE_TEMPLATE:
		return UP_TO(call);
	case PTXI_NODE_IDENTIFIER:
		return UP_TO(function);
	case PTXI_NODE_VARIABLE:
		return UP_TO(variable);
	case PTXI_NODE_FIELD:
		return UP_TO(fields);
	case PTXI_NODE_CHAIN:
		return UP_TO(chain);
	case PTXI_NODE_BOOL:
		return UP_TO(boolean);
	case PTXI_NODE_NUMBER:
		return UP_TO(number);
	case PTXI_NODE_STRING:
		return UP_TO(string);
	case PTXI_NODE_BREAK:
	case PTXI_NODE_CONTINUE:
	case PTXI_NODE_DOT:
	case PTXI_NODE_NIL:
	case PTXI_NODE_ELSE:
	case PTXI_NODE_END:
	case PTXI_NODE_TEXT:
	case PTXI_NODE_LIST:
	case PTXI_NODE_COMMAND:
	case PTXI_NODE_PIPE:
		break;
	}
	return offsetof(struct ptxi_node, text);
}

struct ptxi_node *ptxi_node_new(struct ptx_arena *a, enum ptxi_node_kind kind, size_t pos)
{
	struct ptxi_node *n = ptxi_arena_alloc(a, size_of(kind));

	if (!n)
		return NULL;
	n->kind = kind;
	n->pos = (uint32_t)pos;
	return n;
}

struct ptxi_node *ptxi_node_new_text(struct ptx_arena *a, size_t pos, struct ptx_str text)
{
	bool is_short = text.n < PTXI_NODE_MOST;
	struct ptxi_node *n = ptxi_arena_alloc(a, is_short ? UP_TO(text.p) : UP_TO(text));

	if (!n)
		return NULL;
	n->kind = PTXI_NODE_TEXT;
	n->pos = (uint32_t)pos;
	n->count = is_short ? (uint32_t)text.n & PTXI_NODE_MOST : PTXI_NODE_MOST;
	n->text.p = text.p;
	if (!is_short)
		n->text.n = text.n;
	return n;
}

struct ptxi_node *ptxi_node_new_list(struct ptx_arena *a, enum ptxi_node_kind kind, size_t pos,
				     struct ptxi_node *const *v, size_t count, unsigned decls)
{
	size_t bytes = (count + decls) * sizeof(*v);
	struct ptxi_node *n = ptxi_arena_alloc(a, offsetof(struct ptxi_node, first) + bytes);

	if (!n)
		return NULL;
	n->kind = kind;
	n->pos = (uint32_t)pos;
	n->count = (uint32_t)count & PTXI_NODE_MOST;
	n->decls = decls & 3u;
	if (bytes)
		memcpy(&n->first, v, bytes);
	return n;
}

const struct ptxi_names ptxi_names_none = { 0 };

static void print_names(const struct ptxi_names *names, struct ptx_buf *out)
{
	for (size_t i = 0; i < names->n; i++) {
		ptx_buf_addc(out, '.');
		ptx_buf_addstr(out, names->v[i]->text);
	}
}

static void print_list(const struct ptxi_node *list, struct ptx_buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		ptxi_node_print(ptxi_node_list(list)[i], out);
}

/* A word of a command; a pipeline among them stands in parentheses. */
static void print_word(const struct ptxi_node *n, struct ptx_buf *out)
{
	if (n->kind == PTXI_NODE_PIPE)
		ptx_buf_addc(out, '(');
	ptxi_node_print(n, out);
	if (n->kind == PTXI_NODE_PIPE)
		ptx_buf_addc(out, ')');
}

static void print_pipe(const struct ptxi_node *n, struct ptx_buf *out)
{
	for (size_t i = 0; i < n->decls; i++) {
		if (i)
			ptx_buf_adds(out, ", ");
		ptxi_node_print(ptxi_pipe_decls(n)[i], out);
	}
	if (n->decls)
		ptx_buf_adds(out, n->assign ? " = " : " := ");
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			ptx_buf_adds(out, " | ");
		ptxi_node_print(ptxi_node_list(n)[i], out);
	}
}

static void print_branch(const struct ptxi_node *n, const char *word, struct ptx_buf *out)
{
	ptx_buf_adds(out, "{{");
	ptx_buf_adds(out, word);
	ptx_buf_addc(out, ' ');
	ptxi_node_print(n->branch.pipe, out);
	ptx_buf_adds(out, "}}");
	ptxi_node_print(n->branch.list, out);
	if (n->branch.else_list) {
		ptx_buf_adds(out, "{{else}}");
		ptxi_node_print(n->branch.else_list, out);
	}
	ptx_buf_adds(out, "{{end}}");
}

static void print_call(const struct ptxi_node *n, struct ptx_buf *out)
{
	ptx_buf_adds(out, "{{template ");
	ptxi_go_quote(n->call.name, false, out);
	if (n->call.pipe) {
		ptx_buf_addc(out, ' ');
		ptxi_node_print(n->call.pipe, out);
	}
	ptx_buf_adds(out, "}}");
}

void ptxi_node_print(const struct ptxi_node *n, struct ptx_buf *out)
{
	switch ((enum ptxi_node_kind)n->kind) {
	case PTXI_NODE_TEXT:
		ptx_buf_addstr(out, ptxi_text_of(n));
		break;
	case PTXI_NODE_ACTION:
		ptx_buf_adds(out, "{{");
		ptxi_node_print(n->pipe, out);
		ptx_buf_adds(out, "}}");
		break;
	case PTXI_NODE_IF:
		print_branch(n, "if", out);
		break;
	case PTXI_NODE_RANGE:
		print_branch(n, "range", out);
		break;
	case PTXI_NODE_WITH:
		print_branch(n, "with", out);
		break;
	case PTXI_NODE_TEMPLATE:
		print_call(n, out);
		break;
	case PTXI_NODE_BREAK:
		ptx_buf_adds(out, "{{break}}");
		break;
	case PTXI_NODE_CONTINUE:
		ptx_buf_adds(out, "{{continue}}");
		break;
	case PTXI_NODE_LIST:
		print_list(n, out);
		break;
	case PTXI_NODE_PIPE:
		print_pipe(n, out);
		break;
	case PTXI_NODE_COMMAND:
		for (size_t i = 0; i < n->count; i++) {
			if (i)
				ptx_buf_addc(out, ' ');
			print_word(ptxi_node_list(n)[i], out);
		}
		break;
	case PTXI_NODE_IDENTIFIER:
		ptx_buf_adds(out, n->function->name);
		break;
	case PTXI_NODE_VARIABLE:
		ptx_buf_addstr(out, n->variable.is->name);
		print_names(n->variable.fields, out);
		break;
	case PTXI_NODE_FIELD:
		print_names(n->fields, out);
		break;
	case PTXI_NODE_CHAIN:
		print_word(n->chain.node, out);
		print_names(n->chain.fields, out);
		break;
	case PTXI_NODE_DOT:
		ptx_buf_addc(out, '.');
		break;
	case PTXI_NODE_NIL:
		ptx_buf_adds(out, "nil");
		break;
	case PTXI_NODE_BOOL:
		ptx_buf_adds(out, ptx_value_as_bool(n->boolean, false) ? "true" : "false");
		break;
	case PTXI_NODE_NUMBER:
		ptx_buf_addstr(out, n->number->text);
		break;
	case PTXI_NODE_STRING:
		ptx_buf_addstr(out, n->string->quoted);
		break;
	case PTXI_NODE_ELSE:
		ptx_buf_adds(out, "{{else}}");
		break;
	case PTXI_NODE_END:
		ptx_buf_adds(out, "{{end}}");
		break;
	}
}

struct ptx_str ptxi_node_text(const struct ptxi_node *string)
{
	return string->string->value
		   ? string->string->value->s
		   : ptxi_str_sub(string->string->quoted, 1, string->string->quoted.n - 2);
}

const struct ptxi_node *ptxi_pipe_verbatim(const struct ptxi_node *pipe)
{
	const struct ptxi_node *word = NULL;

	if (pipe->count == 1 && !pipe->decls && pipe->first->count == 1)
		word = pipe->first->first;
	return word && word->kind == PTXI_NODE_STRING && !word->string->value ? word : NULL;
}

static bool is_blank(struct ptx_str s)
{
	while (s.n) {
		size_t len = 0;

		if (!ptxi_rune_is_space(ptxi_utf8_decode(s, &len)))
			return false;
		s = ptxi_str_from(s, len);
	}
	return true;
}

bool ptxi_node_is_empty(const struct ptxi_node *n)
{
	if (!n)
		return true;
	if (n->kind == PTXI_NODE_TEXT)
		return is_blank(ptxi_text_of(n));
	if (n->kind != PTXI_NODE_LIST)
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (!ptxi_node_is_empty(ptxi_node_list(n)[i]))
			return false;
	return true;
}

struct ptxi_place ptxi_source_place(const struct ptxi_source *s, size_t pos)
{
	struct ptxi_place place = { .line = 1 };
	struct ptx_str before = ptxi_str_sub(s->text, 0, pos);
	size_t newline = ptxi_str_rfind_char(before, '\n');
	struct ptx_str line = newline == SIZE_MAX ? before : ptxi_str_from(before, newline + 1);

	for (size_t i = 0; i < before.n; i++)
		place.line += before.p[i] == '\n';
	place.byte = (unsigned)line.n;
	place.column = (unsigned)ptxi_utf8_count(line) + 1;
	return place;
}
