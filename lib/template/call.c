/* SPDX-License-Identifier: Apache-2.0 */
/* call.c - calling functions: how many arguments, of which types, and Go's words when they do not
 * fit.
 *
 * In Go a function's parameters have types, and a template's call is checked against them: a
 * literal must be of the kind that is asked for, a value assignable to it. Only `and`, `or` leave
 * arguments unevaluated.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "trace.h"

#define FEW_ARGS 8

struct ptx_template_call {
	struct ptxi_exec *exec;
};

struct ptx_arena *ptx_template_call_arena(struct ptx_template_call *call)
{
	return call->exec->arena;
}

static bool can_be_nil(char param)
{
	return strchr("vrmlSK", param) != NULL;
}

/* The zero of a parameter's type that can be nil. */
static struct ptx_value *zero_of(struct ptxi_exec *x, char param)
{
	switch (param) {
	case 'm':
		return ptxi_go_new_nil(x->arena, PTX_MAP, PTXI_GO_PLAIN);
	case 'l':
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_PLAIN);
	case 'S':
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_STRINGS);
	case 'K':
		return ptxi_go_new_nil(x->arena, PTX_LIST, PTXI_GO_PAIRS);
	default:
		return param == 'v' ? ptxi_nil : NULL;
	}
}

static bool assignable(const struct ptx_value *v, char param)
{
	enum ptxi_go go = ptxi_go_of(v);

	switch (param) {
	case 'v':
	case 'r':
		return true;
	case 's':
		return v->kind == PTX_STRING;
	case 'b':
		return v->kind == PTX_BOOL;
	case 'i':
		return v->kind == PTX_INT && go == PTXI_GO_INT;
	case 'I':
		return v->kind == PTX_INT && go == PTXI_GO_PLAIN;
	case 'f':
		return v->kind == PTX_FLOAT && go == PTXI_GO_PLAIN;
	case 'U':
		return v->kind == PTX_INT && go == PTXI_GO_UINT32;
	case 'T':
		return v->kind == PTX_TIME;
	case 'C':
		return go == PTXI_GO_CERTIFICATE;
	case 'V':
		return go == PTXI_GO_SEMVER;
	case 'D':
		return go == PTXI_GO_DURATION;
	case 'm':
		return v->kind == PTX_MAP && (go == PTXI_GO_PLAIN || go == PTXI_GO_VALUES);
	case 'l':
		return v->kind == PTX_LIST && go == PTXI_GO_PLAIN;
	case 'S':
		return v->kind == PTX_LIST && go == PTXI_GO_STRINGS;
	case 'K':
		return v->kind == PTX_LIST && go == PTXI_GO_PAIRS;
	default:
		return false;
	}
}

/* The value as an argument of the parameter's type. */
static int validate(struct ptxi_exec *x, struct ptx_value *v, char param, struct ptx_value **out)
{
	*out = v;
	if (!v) {
		if (!can_be_nil(param))
			return ptxi_exec_fail(x, PTX_E_INVALID, "invalid value; expected %s",
					      ptxi_func_type_name(param));
		*out = zero_of(x, param);
		return 0;
	}
	if (assignable(v, param)) {
		if (param == 'm')
			*out = ptxi_exec_viewed(x, v);
		return 0;
	}
	return ptxi_exec_fail(x, PTX_E_INVALID, "wrong type for value; expected %s; got %s",
			      ptxi_func_type_name(param),
			      v->kind == PTX_NULL ? "interface {}" : ptxi_go_type(v));
}

static int literal_mismatch(struct ptxi_exec *x, const struct ptxi_node *n, const char *what)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_node_print(n, &text);
	return ptxi_exec_fail(x, PTX_E_INVALID, "expected %s; found %s", what, text.p);
}

static int number_argument(struct ptxi_exec *x, const struct ptxi_node *n, char param,
			   struct ptx_value **out)
{
	bool is_number = n->kind == PTXI_NODE_NUMBER;

	if (param == 'f') {
		if (!is_number || !n->number->is_float)
			return literal_mismatch(x, n, "float");
		*out = n->number->as_float;
		return 0;
	}
	if (param == 'U') {
		if (!is_number || !n->number->is_uint)
			return literal_mismatch(x, n, "unsigned integer");
		*out = ptx_value_int(x->arena, (int64_t)(uint32_t)n->number->u);
		if (*out)
			(*out)->go = PTXI_GO_UINT32;
		return *out ? 0 : ptxi_exec_no_memory(x);
	}
	if (!is_number || !n->number->is_int)
		return literal_mismatch(x, n, "integer");
	if (param == 'D') {
		*out = ptx_value_int(x->arena, n->number->i);
		if (*out)
			(*out)->go = PTXI_GO_DURATION;
		return *out ? 0 : ptxi_exec_no_memory(x);
	}
	*out = param == 'I'        ? ptx_value_int(x->arena, n->number->i)
	       : n->number->as_int ? n->number->as_int
				   : ptxi_go_new_int(x->arena, n->number->i);
	return 0;
}

int ptxi_exec_string(struct ptxi_exec *x, const struct ptxi_node *n, struct ptx_value **out)
{
	*out = n->string->value ? n->string->value : ptx_value_strn(x->arena, ptxi_node_text(n));
	return *out ? 0 : ptxi_exec_no_memory(x);
}

static int literal_argument(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
			    char param, struct ptx_value **out)
{
	struct ptxi_operand value = { 0 };
	ptx_auto_buf text = { 0 };
	int code = 0;

	switch (param) {
	case 'v':
	case 'r':
		code = ptxi_exec_operand(x, dot, n, &value);
		*out = value.v;
		return code;
	case 'b':
		if (n->kind != PTXI_NODE_BOOL)
			return literal_mismatch(x, n, "bool");
		*out = n->boolean;
		return 0;
	case 's':
		if (n->kind != PTXI_NODE_STRING)
			return literal_mismatch(x, n, "string");
		return ptxi_exec_string(x, n, out);
	case 'i':
	case 'I':
	case 'U':
	case 'D':
	case 'f':
		return number_argument(x, n, param, out);
	default:
		ptx_buf_init(&text, 0);
		ptxi_node_print(n, &text);
		return ptxi_exec_fail(x, PTX_E_INVALID, "can't handle %s for arg of type %s",
				      text.p, ptxi_func_type_name(param));
	}
}

static int argument(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
		    char param, struct ptx_value **out)
{
	struct ptxi_operand value = { 0 };
	int code = 0;

	x->at = n;
	switch (n->kind) {
	case PTXI_NODE_NIL:
		if (!can_be_nil(param))
			return ptxi_exec_fail(x, PTX_E_INVALID, "cannot assign nil to %s",
					      ptxi_func_type_name(param));
		*out = zero_of(x, param);
		return 0;
	case PTXI_NODE_BOOL:
	case PTXI_NODE_NUMBER:
	case PTXI_NODE_STRING:
		return literal_argument(x, dot, n, param, out);
	default:
		code = ptxi_exec_operand(x, dot, n, &value);
		if (code < 0)
			return code;
		code = validate(x, value.v, param, out);
		if (code < 0 && x->env->trace)
			ptxi_trace_argument(x, dot.v, n, value.v);
		return code;
	}
}

static int wrong_count(struct ptxi_exec *x, struct ptx_str name, size_t least, size_t most,
		       size_t written, size_t given)
{
	if (most == SIZE_MAX)
		return ptxi_exec_fail(x, PTX_E_INVALID,
				      "wrong number of args for %.*s: want at least %zu got %zu",
				      PTX_STR_ARG(name), least, written);
	if (least == most)
		return ptxi_exec_fail(x, PTX_E_INVALID,
				      "wrong number of args for %.*s: want %zu got %zu",
				      PTX_STR_ARG(name), most, given);
	return ptxi_exec_fail(x, PTX_E_INVALID,
			      "wrong number of args for %.*s: want %zu to %zu got %zu",
			      PTX_STR_ARG(name), least, most, given);
}

static int short_circuit(struct ptxi_exec *x, struct ptxi_operand dot, bool is_or,
			 struct ptxi_node *const *args, size_t count,
			 const struct ptxi_operand *final, struct ptxi_operand *out)
{
	for (size_t i = 0; i < count; i++) {
		int code = argument(x, dot, args[i], 'r', &out->v);

		if (code < 0)
			return code;
		if (ptxi_go_truth(out->v) == is_or)
			return 0;
	}
	if (final)
		out->v = final->v;
	return 0;
}

static struct ptx_value *call_of_no_function(const struct ptxi_node *first, struct ptx_value **args,
					     struct ptx_error **err)
{
	ptx_auto_buf name = { 0 };

	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): the caller evaluated one at least */
	if (ptx_value_kind(args[0]) == PTX_NULL) {
		ptx_fail(err, PTX_E_INVALID, "call of nil");
		return NULL;
	}
	ptx_buf_init(&name, 0);
	if (first)
		ptxi_node_print(first, &name);
	else
		ptx_buf_addstr(&name, ptx_value_str(args[0]));
	ptx_fail(err, PTX_E_INVALID, "non-function %s of type %s", name.p, ptxi_go_type(args[0]));
	return NULL;
}

static struct ptx_value *run(struct ptxi_exec *x, const struct ptxi_func *fn,
			     const struct ptxi_node *first, struct ptx_value **args, size_t n,
			     struct ptx_error **err)
{
	struct ptx_template_call call = { x };
	uint64_t lost = ptxi_alloc_lost();
	struct ptx_value *v = NULL;

	switch (fn->special) {
	case PTXI_FUNC_USER:
		v = fn->user->fn(&call, args, n, fn->user->user, err);
		v = v || *err ? v : ptxi_nil;
		break;
	case PTXI_FUNC_CALL:
		v = call_of_no_function(first, args, err);
		break;
	default:
		v = fn->fn(x, args, n, err);
		break;
	}
	/* A function that has no word for a lack of memory may have made something else of it. */
	return ptxi_error_lost(lost, ptx_error_code(*err), err) == PTX_E_NOMEM ? NULL : v;
}

/* What a function failed with, in Go's words. */
static int function_failed(struct ptxi_exec *x, const struct ptxi_node *node, struct ptx_str name,
			   struct ptx_error *inner)
{
	ptx_auto_buf where = { 0 };
	ptx_auto(error) lack = NULL;
	int code = inner ? ptx_error_code(inner) : ptxi_arena_check(x->arena, &lack);

	x->wrapping = x->failed;
	ptx_buf_init(&where, 0);
	if (x->fail_source) {
		struct ptxi_place place = ptxi_source_place(x->fail_source, x->fail_pos);

		ptx_buf_printf(&where, "template: %s:%u:%u: ", x->fail_source->name, place.line,
			       place.byte);
	}
	x->at = node;
	if (!inner)
		ptxi_exec_fail(x, code < 0 ? code : PTX_E_NOMEM, "error calling %.*s: %s",
			       PTX_STR_ARG(name), lack ? ptx_error_message(lack) : "out of memory");
	else
		ptxi_exec_fail(x, code, "error calling %.*s: %s%s", PTX_STR_ARG(name), where.p,
			       ptx_error_message(inner));
	x->wrapping = false;
	if (ptx_error_hint(inner))
		ptxi_error_hint(x->err, "%s", ptx_error_hint(inner));
	return code < 0 ? code : PTX_E_NOMEM;
}

/* The same to the trace: the arguments of a function that says no, or the frame of one that
 * something failed in. */
static void trace_call(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_func *fn,
		       const struct ptxi_node *node, struct ptxi_node *const *args, size_t count,
		       struct ptx_value *const *values, const struct ptxi_operand *final,
		       bool inside)
{
	struct ptxi_trace *t = x->env->trace;

	if (inside) {
		ptxi_trace_frame(
		    x, strcmp(fn->name, "tpl") == 0 ? PTXI_FRAME_TPL : PTXI_FRAME_INCLUDE, node);
		return;
	}
	t->function = fn->name;
	for (size_t i = 0; i < count; i++)
		ptxi_trace_argument(x, dot.v, args[i], values[i]);
	if (final)
		ptxi_trace_piped(x, dot.v, node, final->v);
}

/* Before a function gets to see a value that is unread; some only pass it on. */
static bool fetch(const struct ptxi_exec *x, const struct ptxi_func *fn, const struct ptx_value *v)
{
	static const char *const passing[] = { "dict", "include", "tpl" };

	if (!v || !v->unread)
		return true;
	for (size_t i = 0; i < PTXI_COUNT(passing); i++)
		if (fn->special == PTXI_FUNC_PLAIN && strcmp(fn->name, passing[i]) == 0)
			return true;
	return ptxi_exec_fetch(x, v);
}

int ptxi_exec_call(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_func *fn,
		   struct ptx_str name, const struct ptxi_node *node, struct ptxi_node *const *args,
		   size_t count, const struct ptxi_operand *final, struct ptx_value *receiver,
		   struct ptxi_operand *out)
{
	struct ptx_value *few[FEW_ARGS] = { NULL };
	struct ptx_value **values = few;
	size_t hidden = receiver != NULL;
	size_t given = count + (final != NULL);
	const char *params = fn->params;
	size_t letters = strlen(params);
	bool variadic = letters && params[letters - 1] == '*';
	size_t fixed = variadic ? letters - 2 : letters;
	size_t least = fixed;
	size_t most = variadic ? SIZE_MAX : fixed;
	ptx_auto(error) inner = NULL;

	if (ptxi_exec_count(x) < 0)
		return PTX_E_LIMIT;
	if (fn->special == PTXI_FUNC_USER) {
		least = fn->user->min_args;
		most = fn->user->max_args == UINT_MAX ? SIZE_MAX : fn->user->max_args;
	}
	if (given + hidden < least || given + hidden > most)
		return wrong_count(x, name, least - hidden, most == SIZE_MAX ? most : most - hidden,
				   count, given);
	*out = (struct ptxi_operand){ 0 };
	if (fn->special == PTXI_FUNC_AND || fn->special == PTXI_FUNC_OR)
		return short_circuit(x, dot, fn->special == PTXI_FUNC_OR, args, count, final, out);
	if (given + hidden > FEW_ARGS) {
		values = ptxi_arena_array(x->arena, given + hidden, sizeof(*values));
		if (!values)
			return ptxi_exec_no_memory(x);
	}
	if (receiver) {
		values[0] = receiver;
		if (!fetch(x, fn, receiver))
			return ptxi_exec_no_memory(x);
	}
	for (size_t i = 0; i < count; i++) {
		int code =
		    argument(x, dot, args[i], params[i + hidden < fixed ? i + hidden : fixed],
			     &values[i + hidden]);

		if (code < 0)
			return code;
		if (!fetch(x, fn, values[i + hidden]))
			return ptxi_exec_no_memory(x);
	}
	if (final) {
		int code =
		    validate(x, final->v, params[count + hidden < fixed ? count + hidden : fixed],
			     &values[count + hidden]);

		if (code < 0) {
			if (x->env->trace)
				ptxi_trace_piped(x, dot.v, node, final->v);
			return code;
		}
		if (!fetch(x, fn, values[count + hidden]))
			return ptxi_exec_no_memory(x);
	}
	x->fail_source = NULL;
	x->failed = false;
	out->v = run(x, fn, count ? args[0] : NULL, values, given + hidden, &inner);
	if (!out->v || inner) {
		bool inside = x->failed;
		int code = function_failed(x, node, name, inner);

		if (x->env->trace)
			trace_call(x, dot, fn, node, args, count, values + hidden, final, inside);
		return code;
	}
	if (x->env->exponent)
		ptxi_exec_watch_call(x, node, values, given + hidden, out->v);
	return 0;
}
