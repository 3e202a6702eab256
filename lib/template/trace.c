/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - remembers a failure while the executor unwinds from it.
 *
 * Nothing is evaluated again but fields of maps, which has no effects; so a trace tells what an
 * operand came to when the function that got it says no, and which key was missing on the way.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "trace.h"
#include "exec.h"

#define MOST_WRITTEN 512

int ptxi_trace_init(struct ptxi_trace *t)
{
	*t = (struct ptxi_trace){ .arena = ptx_arena_new(0) };
	return t->arena ? 0 : PTX_E_NOMEM;
}

void ptxi_trace_done(struct ptxi_trace *t)
{
	ptx_arena_free(t->arena);
	t->arena = NULL;
}

static const char *written(struct ptxi_trace *t, const struct ptxi_node *n)
{
	ptx_auto_buf text = { 0 };
	const char *copy = NULL;

	ptx_buf_init(&text, MOST_WRITTEN);
	if (n)
		ptxi_node_print(n, &text);
	copy = ptxi_arena_strn(t->arena, text.p ? text.p : "", text.n);
	return copy ? copy : "";
}

static void add_frame(struct ptxi_exec *x, enum ptxi_frame_kind kind, const struct ptxi_node *at)
{
	struct ptxi_trace *t = x->env->trace;
	const struct ptxi_source *source = x->tree->source;

	if (t->frame_count < PTXI_TRACE_FRAMES)
		t->frames[t->frame_count] =
		    (struct ptxi_frame){ .kind = kind,
					 .file = ptxi_arena_str(t->arena, source->name),
					 .place = ptxi_source_place(source, at ? at->pos : 0),
					 .node = written(t, at) };
	t->frame_count++;
}

void ptxi_trace_begin(struct ptxi_exec *x, int code, const char *message)
{
	struct ptxi_trace *t = x->env->trace;

	t->frame_count = t->suspect_count = 0;
	t->code = code;
	t->function = NULL;
	t->message = ptxi_arena_str(t->arena, message);
	if (!t->message)
		t->message = "";
	add_frame(x, PTXI_FRAME_FAULT, x->at);
}

void ptxi_trace_frame(struct ptxi_exec *x, enum ptxi_frame_kind kind, const struct ptxi_node *at)
{
	add_frame(x, kind, at);
}

void ptxi_trace_text(struct ptxi_exec *x, const char *name, const struct ptx_value *text)
{
	struct ptxi_trace *t = x->env->trace;

	for (size_t i = 0; i < t->frame_count && i < PTXI_TRACE_FRAMES; i++) {
		struct ptxi_frame *f = &t->frames[i];

		if (!f->file || strcmp(f->file, name) != 0)
			continue;
		f->file = NULL;
		f->text = ptx_value_where(text);
		f->text.file = f->text.file ? ptxi_arena_str(t->arena, f->text.file) : NULL;
	}
}

static void add_suspect(struct ptxi_trace *t, struct ptxi_suspect s)
{
	if (t->suspect_count < PTXI_TRACE_SUSPECTS)
		t->suspects[t->suspect_count++] = s;
}

/* What a node's fields begin with, as it is written. */
static void print_start(const struct ptxi_node *n, struct ptx_buf *out)
{
	if (n->kind == PTXI_NODE_VARIABLE) {
		ptx_buf_addstr(out, n->variable.is->name);
	} else if (n->kind == PTXI_NODE_CHAIN) {
		bool paren = n->chain.node->kind == PTXI_NODE_PIPE;

		ptx_buf_adds(out, paren ? "(" : "");
		ptxi_node_print(n->chain.node, out);
		ptx_buf_adds(out, paren ? ")" : "");
	}
}

static const char *path_text(struct ptxi_trace *t, const struct ptxi_node *n,
			     const struct ptxi_names *names, size_t count)
{
	ptx_auto_buf text = { 0 };
	const char *copy = NULL;

	ptx_buf_init(&text, MOST_WRITTEN);
	print_start(n, &text);
	for (size_t i = 0; i < count; i++)
		ptx_buf_printf(&text, ".%.*s", PTX_STR_ARG(names->v[i]->text));
	if (!text.n)
		ptx_buf_addc(&text, '.');
	copy = ptxi_arena_strn(t->arena, text.p, text.n);
	return copy ? copy : "";
}

void ptxi_trace_field(struct ptxi_exec *x, const struct ptxi_node *node,
		      const struct ptxi_names *names, size_t i, const struct ptx_value *has,
		      const struct ptx_value *holder)
{
	struct ptxi_trace *t = x->env->trace;
	struct ptxi_suspect s = { .written = path_text(t, node, names, i),
				  .value = ptx_value_kind(has) == PTX_NULL ? NULL : has,
				  .wanted = names->v[i]->text };

	if (i && ptx_value_kind(holder) == PTX_MAP) {
		s.holder = holder;
		s.key = names->v[i - 1]->text;
	}
	add_suspect(t, s);
}

/* Follows fields through maps; what is missing is in *s. */
static void follow(struct ptxi_trace *t, const struct ptxi_node *n, const struct ptx_value *v,
		   const struct ptxi_names *names, struct ptxi_suspect *s)
{
	for (size_t i = 0; i < names->n && ptx_value_kind(v) == PTX_MAP; i++) {
		const struct ptx_value *next = ptx_value_getn(v, names->v[i]->text);

		if (ptx_value_kind(next) == PTX_NULL) {
			s->holder = v;
			s->key = names->v[i]->text;
			s->written = path_text(t, n, names, i + 1);
			if (i + 1 < names->n)
				s->wanted = names->v[i + 1]->text;
			return;
		}
		v = next;
	}
}

static const struct ptx_value *variable(const struct ptxi_exec *x, const struct ptxi_node *n)
{
	for (size_t i = x->var_count; i > x->base; i--)
		if (x->vars[i - 1].symbol == n->variable.is->symbol)
			return x->vars[i - 1].value.v;
	return NULL;
}

/* The operand that a pipeline of one word is. */
static const struct ptxi_node *bare(const struct ptxi_node *n)
{
	while (n && ((n->kind == PTXI_NODE_PIPE && n->count == 1 && !n->decls) ||
		     (n->kind == PTXI_NODE_COMMAND && n->count == 1)))
		n = n->first;
	return n;
}

void ptxi_trace_argument(struct ptxi_exec *x, const struct ptx_value *dot,
			 const struct ptxi_node *node, const struct ptx_value *value)
{
	struct ptxi_trace *t = x->env->trace;
	const struct ptxi_node *n = bare(node);
	struct ptxi_suspect s = { .value = ptx_value_kind(value) == PTX_NULL ? NULL : value };

	if (!n)
		return;
	s.written = written(t, n);
	/* Texts and numbers of the template itself are seen in it. */
	if (n->kind == PTXI_NODE_FIELD && !s.value)
		follow(t, n, dot, n->fields, &s);
	else if (n->kind == PTXI_NODE_VARIABLE && !s.value)
		follow(t, n, variable(x, n), n->variable.fields, &s);
	if (s.holder || (s.value && s.value->file))
		add_suspect(t, s);
}

static const struct ptxi_node *before_in_list(const struct ptxi_node *list,
					      const struct ptxi_node *command);

/* The command before this one in its pipeline, searched for in a tree. */
static const struct ptxi_node *before(const struct ptxi_node *n, const struct ptxi_node *command)
{
	const struct ptxi_node *found = NULL;

	if (!n)
		return NULL;
	switch (n->kind) {
	case PTXI_NODE_LIST:
	case PTXI_NODE_COMMAND:
		return before_in_list(n, command);
	case PTXI_NODE_ACTION:
		return before(n->pipe, command);
	case PTXI_NODE_IF:
	case PTXI_NODE_RANGE:
	case PTXI_NODE_WITH:
		found = before(n->branch.pipe, command);
		found = found ? found : before(n->branch.list, command);
		return found ? found : before(n->branch.else_list, command);
	case PTXI_NODE_TEMPLATE:
		return before(n->call.pipe, command);
	case PTXI_NODE_CHAIN:
		return before(n->chain.node, command);
	case PTXI_NODE_PIPE:
		for (size_t i = 1; i < n->count; i++)
			if (ptxi_node_list(n)[i] == command ||
			    ptxi_node_list(n)[i]->first == command)
				return ptxi_node_list(n)[i - 1];
		return before_in_list(n, command);
	default:
		return NULL;
	}
}

static const struct ptxi_node *before_in_list(const struct ptxi_node *list,
					      const struct ptxi_node *command)
{
	const struct ptxi_node *found = NULL;

	for (size_t i = 0; !found && i < list->count; i++)
		found = before(ptxi_node_list(list)[i], command);
	return found;
}

void ptxi_trace_piped(struct ptxi_exec *x, const struct ptx_value *dot,
		      const struct ptxi_node *command, const struct ptx_value *value)
{
	const struct ptxi_node *n = before(x->tree->root, command);

	if (n)
		ptxi_trace_argument(x, dot, n, value);
}
