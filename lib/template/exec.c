/* SPDX-License-Identifier: Apache-2.0 */
/* exec.c - walks a template's tree over a value, and writes text.
 *
 * Two families of functions: walk_*() write output and return a flow (go on, break, continue, or an
 * error's code); those that evaluate return 0 or a code and give an operand. Variables are a stack
 * that is searched from the top, as in Go: which variable a name means may depend on what was
 * executed.
 *
 * Go's reflect.Value is an operand here: v == NULL is Go's zero Value ("no value"), a null value a
 * nil interface. The end of a pipeline turns the latter into the former, as in Go; that is why
 * `.a.b` of a nil `a` fails and `(.a).b` does not. Bounds: steps, depth of templates, nested nodes
 * (our own stack), output, memory; each fails with LIMIT.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "methods.h"
#include "outmap.h"
#include "trace.h"
#include "../base/opts.h"
#include "../base/utf8.h"
#include "../text/gofmt.h"
#include "../text/goquote.h"
#include "../text/runes.h"

#define STEPS            UINT64_C(10000000)
#define DEPTH            1000u
#define OUTPUT           ((size_t)64 << 20)
#define MEMORY           ((size_t)512 << 20)
#define FRAMES_PER_DEPTH 8u
#define MOST_CONTEXT     8192 /* bytes of a node that a message shows */

enum flow { GO_ON = 0, BREAK = 1, CONTINUE = 2 }; /* or a negative code */

static int walk(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n);

static void set_go_error(struct ptxi_exec *x, const char *message)
{
	struct ptx_buf *to = x->env->go_error;
	struct ptxi_place place;

	if (!to)
		return;
	place = ptxi_source_place(x->fail_source, x->fail_pos);
	ptx_buf_clear(to);
	ptx_buf_printf(to, "template: %s:%u:%u: %s", x->fail_source->name, place.line, place.byte,
		       message);
}

int ptxi_exec_fail(struct ptxi_exec *x, int code, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	ptx_auto_buf context = { 0 };
	struct ptxi_place place = { 0 };
	va_list ap;
	size_t head = 0;

	ptx_buf_init(&text, 0);
	ptx_buf_init(&context, MOST_CONTEXT);
	x->fail_source = x->tree->source;
	x->fail_pos = x->at ? x->at->pos : 0;
	place = ptxi_source_place(x->fail_source, x->fail_pos);
	if (x->at)
		ptxi_node_print(x->at, &context);
	ptx_buf_adds(&text, "executing ");
	ptxi_go_quote(ptxi_str(x->tree->name), false, &text);
	ptx_buf_printf(&text, " at <%s>: ", context.p);
	head = text.n;
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	set_go_error(x, text.p);
	if (x->env->trace && !x->wrapping)
		ptxi_trace_begin(x, code, text.p + head);
	x->failed = true;
	ptxi_error_drop(x->err);
	return ptx_fail_at(x->err, code,
			   ((struct ptx_where){ x->fail_source->name, place.line, place.column }),
			   "%s", text.p);
}

int ptxi_exec_count(struct ptxi_exec *x)
{
	if (++x->steps <= x->opts.max_steps)
		return 0;
	return ptxi_exec_fail(x, PTX_E_LIMIT, "it takes more than %llu steps",
			      (unsigned long long)x->opts.max_steps);
}

int ptxi_exec_no_memory(struct ptxi_exec *x)
{
	if (ptx_arena_status(x->arena) == PTX_E_LIMIT)
		return ptxi_exec_fail(x, PTX_E_LIMIT, "it needs more than %zu bytes of memory",
				      x->opts.max_memory);
	return ptxi_exec_fail(x, PTX_E_NOMEM, "out of memory");
}

static int can_enter(struct ptxi_exec *x)
{
	if (x->frames < x->opts.max_depth * FRAMES_PER_DEPTH)
		return 0;
	return ptxi_exec_fail(x, PTX_E_LIMIT, "nested deeper than %u levels",
			      x->opts.max_depth * FRAMES_PER_DEPTH);
}

static int enter(struct ptxi_exec *x)
{
	int code = can_enter(x);

	x->frames += code == 0;
	return code;
}

static int push(struct ptxi_exec *x, uint32_t symbol, struct ptxi_operand value)
{
	if (x->var_count == x->var_cap) {
		size_t cap = x->var_cap ? x->var_cap * 2 : 32;
		void *v = ptxi_arena_grow(x->arena, x->vars, x->var_count * sizeof(*x->vars),
					  cap * sizeof(*x->vars));

		if (!v)
			return ptxi_exec_no_memory(x);
		x->vars = v;
		x->var_cap = cap;
	}
	x->vars[x->var_count++] = (struct ptxi_variable){ symbol, value };
	return 0;
}

/* The innermost variable of a name, or NULL with the execution failed. */
static struct ptxi_variable *find_variable(struct ptxi_exec *x, const struct ptxi_node *n)
{
	for (size_t i = x->var_count; i > x->base; i--)
		if (x->vars[i - 1].symbol == n->variable.is->symbol)
			return &x->vars[i - 1];
	ptxi_exec_fail(x, PTX_E_INVALID, "undefined variable: %.*s",
		       PTX_STR_ARG(n->variable.is->name));
	return NULL;
}

static int assign(struct ptxi_exec *x, const struct ptxi_node *n, struct ptxi_operand value)
{
	struct ptxi_variable *var = find_variable(x, n);

	if (!var)
		return PTX_E_INVALID;
	var->value = value;
	return 0;
}

static int not_a_function(struct ptxi_exec *x, const struct ptxi_node *first, size_t args,
			  const struct ptxi_operand *final)
{
	ptx_auto_buf text = { 0 };

	if (!args && !final)
		return 0;
	ptx_buf_init(&text, MOST_CONTEXT);
	ptxi_node_print(first, &text);
	return ptxi_exec_fail(x, PTX_E_INVALID, "can't give argument to non-function %s", text.p);
}

/* The words behind the first of a command, and what comes from the pipeline. */
struct given {
	struct ptxi_node *const *args;
	size_t count;
	const struct ptxi_operand *final;
};

static int missing_key(struct ptxi_exec *x, const struct ptx_value *map, struct ptx_str name,
		       struct ptxi_operand *out)
{
	switch (x->opts.missing_key) {
	case PTX_MISSING_ZERO:
		out->v = ptxi_go_holds_any(map) ? ptxi_nil : ptx_value_string(x->arena, "");
		return out->v ? 0 : ptxi_exec_no_memory(x);
	case PTX_MISSING_ERROR:
		return ptxi_exec_fail(x, PTX_E_INVALID, "map has no entry for key \"%.*s\"",
				      PTX_STR_ARG(name));
	case PTX_MISSING_DEFAULT:
		break;
	}
	out->v = NULL;
	return 0;
}

static const struct ptxi_func *find_method(const struct ptxi_exec *x, const struct ptx_value *v,
					   struct ptx_str name)
{
	const struct ptxi_func *method =
	    x->env->method ? x->env->method(v, name, x->env->user) : NULL;

	return method ? method : ptxi_method_find(v, name);
}

static int eval_field(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_name *field,
		      const struct ptxi_node *node, const struct given *given,
		      struct ptxi_operand receiver, struct ptxi_operand *out)
{
	struct ptx_str name = field->text;
	struct ptx_value *v = receiver.v;
	const struct ptxi_func *method = NULL;
	const struct ptxi_entry *e = NULL;
	bool has_args = given && (given->count || given->final);
	size_t first = 0;

	*out = (struct ptxi_operand){ 0 };
	if (!v) {
		if (x->opts.missing_key == PTX_MISSING_ERROR)
			return ptxi_exec_fail(x, PTX_E_INVALID,
					      "nil data; no entry for key \"%.*s\"",
					      PTX_STR_ARG(name));
		return 0;
	}
	if (v->kind == PTX_NULL)
		return ptxi_exec_fail(x, PTX_E_INVALID, "nil pointer evaluating interface {}.%.*s",
				      PTX_STR_ARG(name));
	if (v->go == PTXI_GO_FILES && !ptxi_exec_fetch(x, v))
		return ptxi_exec_no_memory(x);
	if (v->go || v->kind == PTX_TIME)
		method = find_method(x, v, name);
	if (method)
		return ptxi_exec_call(x, dot, method, name, node, given ? given->args : NULL,
				      given ? given->count : 0, given ? given->final : NULL, v,
				      out);
	if (v->kind == PTX_MAP) {
		bool is_struct = ptxi_go_kind(v) >= PTXI_KIND_STRUCT;

		e = ptxi_value_find_hashed(v, name, field->hash);
		if (e && is_struct && !ptxi_rune_is_upper(ptxi_utf8_decode(name, &first)))
			return ptxi_exec_fail(x, PTX_E_INVALID,
					      "%.*s is an unexported field of struct type %s",
					      PTX_STR_ARG(name), ptxi_go_type(v));
		if (has_args && (e || !is_struct))
			return ptxi_exec_fail(
			    x, PTX_E_INVALID,
			    is_struct ? "%.*s has arguments but cannot be invoked as function"
				      : "%.*s is not a method but has arguments",
			    PTX_STR_ARG(name));
		if (e) {
			*out = (struct ptxi_operand){ e->value, ptxi_go_holds_any(v) };
			return 0;
		}
		if (!is_struct)
			return missing_key(x, v, name, out);
	}
	return ptxi_exec_fail(x, PTX_E_INVALID, "can't evaluate field %.*s in type %s",
			      PTX_STR_ARG(name), receiver.any ? "interface {}" : ptxi_go_type(v));
}

static int eval_fields(struct ptxi_exec *x, struct ptxi_operand dot, struct ptxi_operand receiver,
		       const struct ptxi_node *node, const struct ptxi_names *names,
		       const struct given *given, struct ptxi_operand *out)
{
	const struct ptx_value *holder = NULL;

	for (size_t i = 0; i < names->n; i++) {
		int code = eval_field(x, dot, names->v[i], node, i + 1 == names->n ? given : NULL,
				      receiver, out);

		if (code < 0) {
			if (x->env->trace)
				ptxi_trace_field(x, node, names, i, receiver.v, holder);
			return code;
		}
		holder = receiver.v;
		receiver = *out;
	}
	return 0;
}

static int eval_variable(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
			 const struct given *given, struct ptxi_operand *out)
{
	const struct ptxi_variable *var = NULL;
	int code = 0;

	x->at = n;
	var = find_variable(x, n);
	if (!var)
		return PTX_E_INVALID;
	if (n->variable.fields->n)
		return eval_fields(x, dot, var->value, n, n->variable.fields, given, out);
	*out = var->value;
	if (given)
		code = not_a_function(x, n, given->count, given->final);
	return code;
}

static int eval_chain(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
		      const struct given *given, struct ptxi_operand *out)
{
	struct ptxi_operand receiver = { 0 };
	int code = 0;

	x->at = n;
	if (n->chain.node->kind == PTXI_NODE_NIL)
		return ptxi_exec_fail(x, PTX_E_INVALID, "indirection through explicit nil in nil");
	x->at = n->chain.node;
	code = ptxi_exec_operand(x, dot, n->chain.node, &receiver);
	return code < 0 ? code : eval_fields(x, dot, receiver, n, n->chain.fields, given, out);
}

static int eval_function(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
			 const struct ptxi_node *command, const struct given *given,
			 struct ptxi_operand *out)
{
	x->at = n;
	return ptxi_exec_call(x, dot, n->function, ptxi_str(n->function->name), command,
			      given ? given->args : NULL, given ? given->count : 0,
			      given ? given->final : NULL, NULL, out);
}

static int eval_number(struct ptxi_exec *x, const struct ptxi_node *n, struct ptxi_operand *out)
{
	const struct ptxi_number *num = n->number;

	x->at = n;
	if (num->as_complex) {
		*out = (struct ptxi_operand){ num->as_complex, false };
		return 0;
	}
	if (!num->as_int && !num->floaty)
		return ptxi_exec_fail(x, PTX_E_INVALID, "%.*s overflows int",
				      PTX_STR_ARG(num->text));
	*out = (struct ptxi_operand){ num->as_int ? num->as_int : num->as_float, false };
	return 0;
}

int ptxi_exec_operand(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
		      struct ptxi_operand *out)
{
	*out = (struct ptxi_operand){ 0 };
	x->at = n;
	switch (n->kind) {
	case PTXI_NODE_DOT:
		*out = dot;
		return 0;
	case PTXI_NODE_FIELD:
		return eval_fields(x, dot, dot, n, n->fields, NULL, out);
	case PTXI_NODE_VARIABLE:
		return eval_variable(x, dot, n, NULL, out);
	case PTXI_NODE_PIPE:
		return ptxi_exec_pipeline(x, dot, n, out);
	case PTXI_NODE_IDENTIFIER:
		return eval_function(x, dot, n, n, NULL, out);
	case PTXI_NODE_CHAIN:
		return eval_chain(x, dot, n, NULL, out);
	case PTXI_NODE_BOOL:
		out->v = n->boolean;
		return 0;
	case PTXI_NODE_STRING:
		return ptxi_exec_string(x, n, &out->v);
	case PTXI_NODE_NUMBER:
		return eval_number(x, n, out);
	default:
		return ptxi_exec_fail(x, PTX_E_INTERNAL, "a node of kind %d is no operand",
				      (int)n->kind);
	}
}

static int eval_command(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *cmd,
			const struct ptxi_operand *final, struct ptxi_operand *out)
{
	const struct ptxi_node *first = cmd->first;
	const struct given given = { ptxi_node_list(cmd) + 1, cmd->count - 1u, final };
	int code = 0;

	*out = (struct ptxi_operand){ 0 };
	switch (first->kind) {
	case PTXI_NODE_FIELD:
		x->at = first;
		return eval_fields(x, dot, dot, first, first->fields, &given, out);
	case PTXI_NODE_CHAIN:
		return eval_chain(x, dot, first, &given, out);
	case PTXI_NODE_IDENTIFIER:
		return eval_function(x, dot, first, cmd, &given, out);
	case PTXI_NODE_VARIABLE:
		return eval_variable(x, dot, first, &given, out);
	case PTXI_NODE_PIPE:
		code = not_a_function(x, first, given.count, final);
		return code < 0 ? code : ptxi_exec_pipeline(x, dot, first, out);
	default:
		x->at = first;
		code = not_a_function(x, first, given.count, final);
		if (code < 0)
			return code;
		if (first->kind == PTXI_NODE_NIL)
			return ptxi_exec_fail(x, PTX_E_INVALID, "nil is not a command");
		return ptxi_exec_operand(x, dot, first, out);
	}
}

int ptxi_exec_pipeline(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *pipe,
		       struct ptxi_operand *out)
{
	struct ptxi_operand final = { 0 };
	int code = enter(x);

	if (code < 0)
		return code;
	x->at = pipe;
	for (size_t i = 0; i < pipe->count; i++) {
		code = eval_command(x, dot, ptxi_node_list(pipe)[i], i ? &final : NULL, out);
		if (code < 0)
			return code;
		out->any = false;
		if (ptx_value_kind(out->v) == PTX_NULL)
			out->v = NULL;
		final = *out;
	}
	for (size_t i = 0; i < pipe->decls; i++) {
		const struct ptxi_node *var = ptxi_pipe_decls(pipe)[i];

		code =
		    pipe->assign ? assign(x, var, *out) : push(x, var->variable.is->symbol, *out);
		if (code < 0)
			return code;
	}
	x->frames--;
	return 0;
}

static int check_output(struct ptxi_exec *x)
{
	if (ptx_arena_status(x->arena))
		return ptxi_exec_no_memory(x);
	if (ptx_buf_ok(x->out))
		return 0;
	if (x->out->status == PTX_E_LIMIT)
		return ptxi_exec_fail(x, PTX_E_LIMIT, "it writes more than %zu bytes",
				      x->opts.max_output);
	return ptxi_exec_fail(x, PTX_E_NOMEM, "out of memory");
}

static int walk_action(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n)
{
	struct ptxi_outmap *map = n->pipe->decls ? NULL : x->env->map;
	const struct ptxi_node *verbatim = ptxi_pipe_verbatim(n->pipe);
	struct ptxi_outmap_state before = { 0 };
	struct ptxi_operand value = { 0 };
	int code = 0;

	if (map)
		before = ptxi_outmap_begin(map);
	code = verbatim ? can_enter(x) : ptxi_exec_pipeline(x, dot, n->pipe, &value);
	if (map)
		ptxi_outmap_action(map, before, x->out->n, x->tree->source, n->pos);
	if (code < 0 || n->pipe->decls)
		return code;
	x->at = n;
	if (!ptxi_exec_fetch(x, value.v))
		return ptxi_exec_no_memory(x);
	if (x->env->exponent)
		ptxi_exec_watch_action(x, n, value.v);
	if (verbatim)
		ptx_buf_addstr(x->out, ptxi_node_text(verbatim));
	else if (value.v)
		ptxi_go_print_action(value.v, x->arena, x->out);
	else
		ptx_buf_adds(x->out, "<no value>");
	return check_output(x);
}

static int walk_list(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *list)
{
	for (size_t i = 0; i < list->count; i++) {
		int flow = walk(x, dot, ptxi_node_list(list)[i]);

		if (flow != GO_ON)
			return flow;
	}
	return GO_ON;
}

static int walk_if_or_with(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n)
{
	size_t mark = x->var_count;
	struct ptxi_operand value = { 0 };
	int flow = ptxi_exec_pipeline(x, dot, n->branch.pipe, &value);

	if (flow < 0)
		return flow;
	if (ptxi_go_truth(value.v))
		flow = walk_list(x, n->kind == PTXI_NODE_WITH ? value : dot, n->branch.list);
	else if (n->branch.else_list)
		flow = walk_list(x, dot, n->branch.else_list);
	x->var_count = mark;
	return flow;
}

static int one_iteration(struct ptxi_exec *x, const struct ptxi_node *n, size_t mark,
			 struct ptxi_operand index, struct ptxi_operand element)
{
	const struct ptxi_node *pipe = n->branch.pipe;
	int flow = ptxi_exec_count(x);

	if (flow < 0)
		return flow;
	if (pipe->decls && pipe->assign) {
		flow = assign(x, ptxi_pipe_decls(pipe)[0], pipe->decls > 1 ? index : element);
		if (flow == 0 && pipe->decls > 1)
			flow = assign(x, ptxi_pipe_decls(pipe)[1], element);
		if (flow < 0)
			return flow;
	} else if (pipe->decls) {
		x->vars[x->var_count - 1].value = element;
		if (pipe->decls > 1)
			x->vars[x->var_count - 2].value = index;
	}
	flow = walk_list(x, element, n->branch.list);
	x->var_count = mark;
	return flow == CONTINUE ? GO_ON : flow;
}

static int PTXI_PRINTF(2, 3) range_failed(struct ptxi_exec *x, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	ptx_buf_init(&text, MOST_CONTEXT);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return ptxi_exec_fail(x, PTX_E_INVALID, "%s", text.p);
}

static int cannot_range(struct ptxi_exec *x, const struct ptxi_node *n, const struct ptx_value *v,
			bool two)
{
	ptx_auto_buf text = { 0 };
	int code = 0;

	ptx_buf_init(&text, MOST_CONTEXT);
	ptxi_go_print_value(v, x->arena, &text);
	code = two ? range_failed(x, "can't use %s to iterate over more than one variable", text.p)
		   : range_failed(x, "range can't iterate over %s", text.p);
	if (x->env->trace)
		ptxi_trace_argument(x, NULL, n->branch.pipe, v);
	return code;
}

static int range_number(struct ptxi_exec *x, const struct ptxi_node *n, const struct ptx_value *v,
			size_t mark)
{
	uint64_t count = ptxi_go_kind(v) == PTXI_KIND_INT && v->i < 0 ? 0 : v->u;

	if (n->branch.pipe->decls > 1)
		return cannot_range(x, n, v, true);
	for (uint64_t i = 0; i < count; i++) {
		struct ptx_value *element = ptx_value_uint(x->arena, i);
		int flow = 0;

		if (!element)
			return ptxi_exec_no_memory(x);
		element->go = v->go;
		flow = one_iteration(x, n, mark, (struct ptxi_operand){ 0 },
				     (struct ptxi_operand){ element, false });
		if (flow != GO_ON)
			return flow;
	}
	return GO_ON;
}

static struct ptx_value *member(struct ptxi_exec *x, const struct ptx_value *v, size_t i)
{
	struct ptx_value *byte = NULL;

	if (v->kind == PTX_LIST)
		return v->list.v[i];
	byte = ptx_value_int(x->arena, (unsigned char)v->s.p[i]);
	if (byte)
		byte->go = PTXI_GO_UINT8;
	return byte;
}

static int range_list(struct ptxi_exec *x, const struct ptxi_node *n, const struct ptx_value *v,
		      size_t mark)
{
	size_t count = v->kind == PTX_LIST ? v->list.n : v->s.n;
	bool indexed = n->branch.pipe->decls > 1;

	for (size_t i = 0; i < count; i++) {
		struct ptxi_operand index = { indexed ? ptxi_go_new_int(x->arena, (int64_t)i)
						      : NULL,
					      false };
		struct ptxi_operand element = { member(x, v, i), ptxi_go_holds_any(v) };
		int flow = 0;

		if (!element.v || (indexed && !index.v))
			return ptxi_exec_no_memory(x);
		flow = one_iteration(x, n, mark, index, element);
		if (flow != GO_ON)
			return flow;
	}
	return GO_ON;
}

static int range_map(struct ptxi_exec *x, const struct ptxi_node *n, const struct ptx_value *v,
		     size_t mark)
{
	size_t count = v->map.n;
	const struct ptxi_entry **sorted = ptxi_value_sorted(x->arena, v);
	bool any = ptxi_go_holds_any(v);
	struct {
		struct ptx_str key;
		struct ptx_value *value;
	} *pairs = sorted ? ptxi_arena_array(x->arena, count, sizeof(*pairs)) : NULL;

	if (!pairs)
		return ptxi_exec_no_memory(x);
	/* The body may change the map: go over what it held at first. */
	for (size_t i = 0; i < count; i++) {
		pairs[i].key = sorted[i]->key;
		pairs[i].value = sorted[i]->value;
	}
	for (size_t i = 0; i < count; i++) {
		struct ptxi_operand index = { NULL, false };
		int flow = 0;

		if (n->branch.pipe->decls > 1) {
			index.v = ptxi_value_string_in(x->arena, pairs[i].key, PTX_STRING);
			if (!index.v)
				return ptxi_exec_no_memory(x);
		}
		flow =
		    one_iteration(x, n, mark, index, (struct ptxi_operand){ pairs[i].value, any });
		if (flow != GO_ON)
			return flow;
	}
	return GO_ON;
}

static int range_over(struct ptxi_exec *x, const struct ptxi_node *n, const struct ptx_value *v,
		      size_t mark)
{
	switch (ptxi_go_kind(v)) {
	case PTXI_KIND_INT:
	case PTXI_KIND_UINT:
		return range_number(x, n, v, mark);
	case PTXI_KIND_SLICE:
		return range_list(x, n, v, mark);
	case PTXI_KIND_MAP:
		return range_map(x, n, v, mark);
	default:
		return cannot_range(x, n, v, false);
	}
}

static int walk_range(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n)
{
	size_t outer = x->var_count;
	struct ptxi_operand value = { 0 };
	enum ptxi_go_kind kind = PTXI_KIND_INVALID;
	int flow = ptxi_exec_pipeline(x, dot, n->branch.pipe, &value);
	bool empty = false;

	if (flow < 0)
		return flow;
	if (!ptxi_exec_fetch(x, value.v))
		return ptxi_exec_no_memory(x);
	kind = ptxi_go_kind(value.v);
	empty = kind == PTXI_KIND_INVALID ||
		((kind == PTXI_KIND_SLICE || kind == PTXI_KIND_MAP) && !ptxi_go_truth(value.v)) ||
		(kind == PTXI_KIND_INT && value.v->i <= 0) ||
		(kind == PTXI_KIND_UINT && value.v->u == 0);
	if (empty && n->branch.pipe->decls > 1 && (kind == PTXI_KIND_INT || kind == PTXI_KIND_UINT))
		return cannot_range(x, n, value.v, true);
	if (!empty) {
		flow = range_over(x, n, value.v, x->var_count);
		flow = flow == BREAK ? GO_ON : flow;
	} else if (n->branch.else_list) {
		flow = walk_list(x, dot, n->branch.else_list);
	}
	x->var_count = outer;
	return flow;
}

int ptxi_exec_template(struct ptxi_exec *x, const struct ptxi_tree *tree, struct ptx_value *dot,
		       struct ptx_buf *out, struct ptx_error **err)
{
	struct ptxi_exec saved = *x;
	struct ptxi_operand value = { ptx_value_kind(dot) == PTX_NULL ? NULL : dot, false };
	struct ptxi_outmap_state map = { 0 };
	int flow = 0;

	x->err = err;
	if (x->depth >= x->opts.max_depth) {
		flow = ptxi_exec_fail(x, PTX_E_LIMIT, "exceeded maximum template depth (%u)",
				      x->opts.max_depth);
		x->err = saved.err;
		return flow;
	}
	if (!tree->root)
		flow = x->env->parse((struct ptxi_tree *)tree, x->env->user, err);
	if (flow < 0) {
		x->err = saved.err;
		return flow;
	}
	if (x->env->map)
		map = ptxi_outmap_enter(x->env->map, x->tree->source, x->at, out != saved.out);
	x->depth++;
	x->tree = tree;
	x->out = out;
	x->base = x->var_count;
	flow = push(x, 1, value);
	if (flow == 0)
		flow = walk_list(x, value, tree->root);
	if (x->env->map)
		ptxi_outmap_leave(x->env->map, map, ptx_buf_str(out), out != saved.out);
	x->depth = saved.depth;
	x->frames = saved.frames;
	x->tree = saved.tree;
	x->out = saved.out;
	x->err = saved.err;
	x->at = saved.at;
	x->var_count = x->base;
	x->base = saved.base;
	return flow;
}

static int walk_template(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n)
{
	const struct ptxi_tree *tree = ptxi_template_tree(x->set, n->call.name);
	struct ptxi_operand value = { 0 };
	int code = 0;

	if (!tree) {
		ptx_auto_buf name = { 0 };

		ptx_buf_init(&name, 0);
		ptxi_go_quote(n->call.name, false, &name);
		return ptxi_exec_fail(x, PTX_E_INVALID, "template %s not defined", name.p);
	}
	if (n->call.pipe)
		code = ptxi_exec_pipeline(x, dot, n->call.pipe, &value);
	if (code < 0)
		return code;
	code = ptxi_exec_template(x, tree, value.v, x->out, x->err);
	if (code < 0 && x->env->trace)
		ptxi_trace_frame(x, PTXI_FRAME_TEMPLATE, n);
	return code;
}

static int walk(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n)
{
	int flow = GO_ON;

	x->at = n;
	if (n->kind == PTXI_NODE_TEXT) {
		if (x->env->map)
			ptxi_outmap_literal(x->env->map, x->out->n, x->tree->source, n->pos);
		ptx_buf_addstr(x->out, ptxi_text_of(n));
		return check_output(x);
	}
	if (ptxi_exec_count(x) < 0 || enter(x) < 0)
		return PTX_E_LIMIT;
	switch (n->kind) {
	case PTXI_NODE_ACTION:
		flow = walk_action(x, dot, n);
		break;
	case PTXI_NODE_IF:
	case PTXI_NODE_WITH:
		flow = walk_if_or_with(x, dot, n);
		break;
	case PTXI_NODE_RANGE:
		flow = walk_range(x, dot, n);
		break;
	case PTXI_NODE_TEMPLATE:
		flow = walk_template(x, dot, n);
		break;
	case PTXI_NODE_BREAK:
		flow = BREAK;
		break;
	case PTXI_NODE_CONTINUE:
		flow = CONTINUE;
		break;
	default:
		flow = ptxi_exec_fail(x, PTX_E_INTERNAL, "a node of kind %d is no action",
				      (int)n->kind);
		break;
	}
	x->frames--;
	return flow;
}

static int read_opts(const struct ptx_execute_opts *opts, struct ptx_execute_opts *out,
		     struct ptx_error **err)
{
	int code = PTXI_OPTS_READ(out, opts, err);

	if (code < 0)
		return code;
	if (!out->max_steps)
		out->max_steps = STEPS;
	if (!out->max_depth)
		out->max_depth = DEPTH;
	if (!out->max_output)
		out->max_output = OUTPUT;
	if (!out->max_memory)
		out->max_memory = MEMORY;
	return 0;
}

/* The environment of a caller who knows the public one only. */
static int read_env(const struct ptx_render_env *env, struct ptxi_template_env *out,
		    struct ptx_error **err)
{
	struct ptx_render_env in = PTX_RENDER_ENV_INIT;
	int code = PTXI_OPTS_READ(&in, env, err);

	out->now_ns = in.now_ns;
	out->random = in.random;
	out->lookup = in.lookup;
	out->lookup_host = in.lookup_host;
	out->zone = in.zone;
	out->user = in.user;
	return code;
}

int ptxi_template_execute(const struct ptx_template *t, const char *name,
			  const struct ptx_value *data, const struct ptx_execute_opts *opts,
			  const struct ptxi_template_env *env, struct ptx_buf *out,
			  struct ptx_error **err)
{
	struct ptxi_template_env from_opts = { 0 };
	const struct ptxi_tree *tree = ptxi_template_tree(t, ptxi_str(name));
	ptxi_auto(render) own_render = NULL;
	ptx_auto(error) own = NULL;
	struct ptxi_exec x = { .set = t, .env = env ? env : &from_opts, .tree = tree, .err = &own };
	size_t max = out->max;
	int code = read_opts(opts, &x.opts, err);

	if (code == 0)
		code = read_env(x.opts.env, &from_opts, err);
	if (code < 0)
		return code;
	if (!tree)
		return ptx_fail(err, PTX_E_NOT_FOUND, "there is no template '%s'", name);
	x.render =
	    x.env->render ? x.env->render : (own_render = ptxi_render_new(x.opts.max_memory));
	if (!x.render)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	x.arena = ptxi_render_arena(x.render);
	/* What a function changes is no data of the caller's. */
	if (own_render && (t->opts.families & PTX_FUNCS_SPRIG) && data) {
		data = ptx_value_copy(x.arena, data);
		if (!data)
			return ptx_arena_status(x.arena)
				   ? ptxi_arena_check(x.arena, err)
				   : ptx_fail(err, PTX_E_LIMIT, "the data nests too deep");
	}
	if (!max || max - out->n > x.opts.max_output)
		out->max = out->n + x.opts.max_output;
	code = ptxi_exec_template(&x, tree, (struct ptx_value *)data, out, &own);
	out->max = max;
	if (code >= 0)
		return 0;
	if (err)
		*err = ptx_steal(&own);
	return code;
}

int ptx_template_execute(const struct ptx_template *t, const char *name,
			 const struct ptx_value *data, const struct ptx_execute_opts *opts,
			 struct ptx_buf *out, struct ptx_error **err)
{
	return ptxi_template_execute(t, name, data, opts, NULL, out, err);
}

struct ptx_arena *ptxi_exec_arena(struct ptxi_exec *x)
{
	return x->arena;
}

struct ptx_value *ptxi_result_bool(struct ptxi_exec *x, bool b)
{
	return ptx_value_bool(x->arena, b);
}

struct ptx_value *ptxi_result_str(struct ptxi_exec *x, struct ptx_str s)
{
	return ptx_value_strn(x->arena, s);
}

void ptxi_exec_buf(struct ptxi_exec *x, struct ptx_buf *b)
{
	ptxi_render_take_buf(x->render, b);
	b->max = x->opts.max_memory;
}

struct ptx_value *ptxi_result_buf(struct ptxi_exec *x, struct ptx_buf *b, struct ptx_error **err)
{
	struct ptx_value *v = NULL;

	if (ptx_buf_ok(b))
		v = ptx_value_strn(x->arena, ptx_buf_str(b));
	else if (b->status == PTX_E_LIMIT)
		ptx_fail(err, PTX_E_LIMIT, "the text is longer than %zu bytes", b->max);
	else
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	ptxi_render_give_buf(x->render, b);
	return v;
}

int ptxi_exec_step(struct ptxi_exec *x, size_t steps, struct ptx_error **err)
{
	if (steps <= x->opts.max_steps - x->steps) {
		x->steps += steps;
		return 0;
	}
	return ptx_fail(err, PTX_E_LIMIT, "it takes more than %llu steps",
			(unsigned long long)x->opts.max_steps);
}
