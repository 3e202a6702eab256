/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_builtin.c - the functions that every template has.
 *
 * Comparison follows Go: only numbers of one kind compare (an int is no float64), signed and
 * unsigned ones by amount, strings by bytes; nil equals nil. Messages are Go's.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "../text/gofmt.h"
#include "../text/goquote.h"

#define MOST_SHOWN     4096 /* bytes of a value in a message */
#define BAD_COMPARISON "invalid type for comparison"

/* Kinds as comparison tells them apart: lists, maps, structs and nil are all "invalid". */
static enum ptxi_go_kind basic_kind(const struct ptx_value *v)
{
	enum ptxi_go_kind kind = ptxi_go_kind(v);

	return kind >= PTXI_KIND_SLICE ? PTXI_KIND_INVALID : kind;
}

static int incompatible(const struct ptx_value *a, const struct ptx_value *b,
			struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_INVALID, "incompatible types for comparison: %s and %s",
			ptxi_go_type(a), ptxi_go_type(b));
}

/* Go's words with values in them. */
static int values_failed(struct ptx_error **err, struct ptx_str format,
			 struct ptx_value *const *args, size_t n)
{
	ptx_auto_buf text = { 0 };
	ptx_auto(arena) scratch = ptx_arena_new(MOST_SHOWN);

	ptx_buf_init(&text, MOST_SHOWN);
	ptxi_go_printf(format, args, n, scratch, &text);
	return ptx_fail(err, PTX_E_INVALID, "%s", text.p);
}

/* Of two values that are no basic kind: nil, or members that cannot be compared. */
static int eq_other(const struct ptx_value *a, const struct ptx_value *b, struct ptx_error **err)
{
	bool both = ptx_value_kind(a) != PTX_NULL && ptx_value_kind(b) != PTX_NULL;
	struct ptx_value a_type = { .kind = PTX_STRING, .s = ptxi_str(ptxi_go_type(a)) };
	struct ptx_value b_type = { .kind = PTX_STRING, .s = ptxi_str(ptxi_go_type(b)) };
	struct ptx_value *args[] = { (struct ptx_value *)a, &a_type, &b_type,
				     (struct ptx_value *)b };

	if (both && ptxi_go_kind(a) != ptxi_go_kind(b))
		return values_failed(err, PTXI_STR("non-comparable types %s: %v, %s: %v"), args, 4);
	if (ptxi_go_is_nil(a) || ptxi_go_is_nil(b))
		return ptxi_go_is_nil(a) == ptxi_go_is_nil(b);
	if (ptxi_go_kind(b) == PTXI_KIND_POINTER)
		return a == b;
	if (ptxi_go_kind(b) == PTXI_KIND_STRUCT)
		return ptxi_go_deep_equal(a, b);
	args[0] = (struct ptx_value *)b;
	args[1] = &b_type;
	return values_failed(err, PTXI_STR("non-comparable type %s: %v"), args, 2);
}

int ptxi_go_eq(const struct ptx_value *a, const struct ptx_value *b, struct ptx_error **err)
{
	enum ptxi_go_kind ka = basic_kind(a);
	enum ptxi_go_kind kb = basic_kind(b);

	if (ka != kb) {
		if (ka == PTXI_KIND_INT && kb == PTXI_KIND_UINT)
			return a->i >= 0 && a->u == b->u;
		if (ka == PTXI_KIND_UINT && kb == PTXI_KIND_INT)
			return b->i >= 0 && a->u == b->u;
		if (ptx_value_kind(a) != PTX_NULL && ptx_value_kind(b) != PTX_NULL)
			return incompatible(a, b, err);
		return 0;
	}
	switch (ka) {
	case PTXI_KIND_BOOL:
		return a->b == b->b;
	case PTXI_KIND_INT:
	case PTXI_KIND_UINT:
		return a->u == b->u;
	case PTXI_KIND_FLOAT:
		return a->f == b->f;
	case PTXI_KIND_STRING:
		return ptxi_str_eq(a->s, b->s);
	case PTXI_KIND_COMPLEX:
		return ptxi_go_real(a) == ptxi_go_real(b) &&
		       ptxi_go_imaginary(a) == ptxi_go_imaginary(b);
	default:
		return eq_other(a, b, err);
	}
}

int ptxi_go_lt(const struct ptx_value *a, const struct ptx_value *b, struct ptx_error **err)
{
	enum ptxi_go_kind ka = basic_kind(a);
	enum ptxi_go_kind kb = basic_kind(b);

	if (ka == PTXI_KIND_INVALID || kb == PTXI_KIND_INVALID)
		return ptx_fail(err, PTX_E_INVALID, BAD_COMPARISON);
	if (ka != kb) {
		if (ka == PTXI_KIND_INT && kb == PTXI_KIND_UINT)
			return a->i < 0 || a->u < b->u;
		if (ka == PTXI_KIND_UINT && kb == PTXI_KIND_INT)
			return b->i >= 0 && a->u < b->u;
		return incompatible(a, b, err);
	}
	switch (ka) {
	case PTXI_KIND_INT:
		return a->i < b->i;
	case PTXI_KIND_UINT:
		return a->u < b->u;
	case PTXI_KIND_FLOAT:
		return a->f < b->f;
	case PTXI_KIND_STRING:
		return ptxi_str_cmp(a->s, b->s) < 0;
	default:
		return ptx_fail(err, PTX_E_INVALID, BAD_COMPARISON);
	}
}

static struct ptx_value *truth(struct ptxi_exec *x, int result)
{
	return result < 0 ? NULL : ptxi_result_bool(x, result);
}

static struct ptx_value *fn_eq(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	int result = 0;

	if (n == 1) {
		ptx_fail(err, PTX_E_INVALID, "missing argument for comparison");
		return NULL;
	}
	for (size_t i = 1; i < n && result == 0; i++)
		result = ptxi_go_eq(args[0], args[i], err);
	return truth(x, result);
}

static struct ptx_value *fn_ne(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	int result = ptxi_go_eq(args[0], args[1], err);

	(void)n;
	return truth(x, result < 0 ? result : !result);
}

static struct ptx_value *fn_lt(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	(void)n;
	return truth(x, ptxi_go_lt(args[0], args[1], err));
}

static int le(struct ptx_value **args, struct ptx_error **err)
{
	int result = ptxi_go_lt(args[0], args[1], err);

	return result ? result : ptxi_go_eq(args[0], args[1], err);
}

static struct ptx_value *fn_le(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	(void)n;
	return truth(x, le(args, err));
}

static struct ptx_value *fn_gt(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	int result = le(args, err);

	(void)n;
	return truth(x, result < 0 ? result : !result);
}

static struct ptx_value *fn_ge(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	int result = ptxi_go_lt(args[0], args[1], err);

	(void)n;
	return truth(x, result < 0 ? result : !result);
}

static struct ptx_value *fn_not(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				struct ptx_error **err)
{
	(void)n;
	(void)err;
	return ptxi_result_bool(x, !ptxi_go_truth(args[0]));
}

static struct ptx_value *fn_len(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				struct ptx_error **err)
{
	const struct ptx_value *v = args[0];

	(void)n;
	if (!v) {
		ptx_fail(err, PTX_E_INVALID, "reflect: call of reflect.Value.Type on zero Value");
		return NULL;
	}
	switch (ptxi_go_kind(v)) {
	case PTXI_KIND_INVALID:
		ptx_fail(err, PTX_E_INVALID, "len of nil pointer");
		return NULL;
	case PTXI_KIND_STRING:
		return ptxi_go_new_int(x->arena, (int64_t)v->s.n);
	case PTXI_KIND_SLICE:
	case PTXI_KIND_MAP:
		return ptxi_go_new_int(
		    x->arena, (int64_t)(v->kind == PTX_BYTES ? v->s.n : ptx_value_count(v)));
	default:
		ptx_fail(err, PTX_E_INVALID, "len of type %s", ptxi_go_type(v));
		return NULL;
	}
}

/* An index into something of a length; SIZE_MAX with *err set. The length itself passes, as in Go.
 */
static size_t index_of(const struct ptx_value *index, size_t length, struct ptx_error **err)
{
	enum ptxi_go_kind kind = ptxi_go_kind(index);
	int64_t i = 0;

	if (kind != PTXI_KIND_INT && kind != PTXI_KIND_UINT) {
		if (kind == PTXI_KIND_INVALID)
			ptx_fail(err, PTX_E_INVALID, "cannot index slice/array with nil");
		else
			ptx_fail(err, PTX_E_INVALID, "cannot index slice/array with type %s",
				 ptxi_go_type(index));
		return SIZE_MAX;
	}
	i = ptxi_go_int(index);
	if (i < 0 || (uint64_t)i > length) {
		ptx_fail(err, PTX_E_INVALID, "index out of range: %lld", (long long)i);
		return SIZE_MAX;
	}
	return (size_t)i;
}

static struct ptx_value *byte_at(struct ptxi_exec *x, unsigned char c)
{
	struct ptx_value *v = ptx_value_int(x->arena, c);

	if (v)
		v->go = PTXI_GO_UINT8;
	return v;
}

static struct ptx_value *index_list(struct ptxi_exec *x, struct ptx_value *item,
				    const struct ptx_value *index, struct ptx_error **err)
{
	size_t length = item->kind == PTX_LIST ? item->list.n : item->s.n;
	size_t i = index_of(index, length, err);

	if (i == SIZE_MAX)
		return NULL;
	if (i == length) {
		ptx_fail(err, PTX_E_INVALID, "reflect: %s index out of range",
			 ptxi_go_kind(item) == PTXI_KIND_STRING ? "string" : "slice");
		return NULL;
	}
	return item->kind == PTX_LIST ? item->list.v[i] : byte_at(x, (unsigned char)item->s.p[i]);
}

static struct ptx_value *index_map(struct ptxi_exec *x, const struct ptx_value *item,
				   const struct ptx_value *index, struct ptx_error **err)
{
	const struct ptxi_entry *e = NULL;

	if (ptx_value_kind(index) == PTX_NULL) {
		ptx_fail(err, PTX_E_INVALID, "value is nil; should be of type string");
		return NULL;
	}
	if (index->kind != PTX_STRING) {
		ptx_fail(err, PTX_E_INVALID, "value has type %s; should be string",
			 ptxi_go_type(index));
		return NULL;
	}
	e = ptxi_value_find(item, index->s);
	if (e)
		return e->value;
	return ptxi_go_holds_any(item) ? ptxi_nil : ptx_value_string(x->arena, "");
}

struct ptx_value *ptxi_go_index(struct ptxi_exec *x, struct ptx_value *item,
				const struct ptx_value *index, struct ptx_error **err)
{
	switch (ptxi_go_kind(item)) {
	case PTXI_KIND_STRING:
	case PTXI_KIND_SLICE:
		return index_list(x, item, index, err);
	case PTXI_KIND_MAP:
		return index_map(x, item, index, err);
	case PTXI_KIND_INVALID:
		ptx_fail(err, PTX_E_INVALID, "index of nil pointer");
		return NULL;
	default:
		ptx_fail(err, PTX_E_INVALID, "can't index item of type %s", ptxi_go_type(item));
		return NULL;
	}
}

static struct ptx_value *fn_index(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				  struct ptx_error **err)
{
	struct ptx_value *item = args[0];

	if (ptx_value_kind(item) == PTX_NULL) {
		ptx_fail(err, PTX_E_INVALID, "index of untyped nil");
		return NULL;
	}
	for (size_t i = 1; i < n && item; i++)
		item = ptxi_go_index(x, item, args[i], err);
	return item;
}

static struct ptx_value *slice_of(struct ptxi_exec *x, struct ptx_value *item, size_t from,
				  size_t to)
{
	struct ptx_value *v = NULL;

	if (item->kind != PTX_LIST) {
		v = ptxi_value_string_in(
		    x->arena,
		    ptxi_strn(ptxi_arena_strn(x->arena, item->s.p + from, to - from), to - from),
		    ptx_value_kind(item) == PTX_BYTES ? PTX_BYTES : PTX_STRING);
	} else {
		v = ptxi_go_new_list(x->arena, ptxi_go_of(item));
		for (size_t i = from; i < to; i++)
			ptx_value_append(v, item->list.v[i]);
	}
	return v;
}

static struct ptx_value *fn_slice(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				  struct ptx_error **err)
{
	struct ptx_value *item = args[0];
	enum ptxi_go_kind kind = ptxi_go_kind(item);
	size_t length = 0;
	size_t at[3] = { 0 };

	if (kind == PTXI_KIND_INVALID)
		ptx_fail(err, PTX_E_INVALID, "slice of untyped nil");
	else if (n > 4)
		ptx_fail(err, PTX_E_INVALID, "too many slice indexes: %zu", n - 1);
	else if (kind == PTXI_KIND_STRING && n == 4)
		ptx_fail(err, PTX_E_INVALID, "cannot 3-index slice a string");
	else if (kind != PTXI_KIND_STRING && kind != PTXI_KIND_SLICE)
		ptx_fail(err, PTX_E_INVALID, "can't slice item of type %s", ptxi_go_type(item));
	if (*err)
		return NULL;
	length = item->kind == PTX_LIST ? item->list.n : item->s.n;
	at[1] = length;
	for (size_t i = 1; i < n; i++) {
		at[i - 1] = index_of(args[i], length, err);
		if (at[i - 1] == SIZE_MAX)
			return NULL;
	}
	if (at[0] > at[1] || (n == 4 && at[1] > at[2])) {
		size_t bad = at[0] > at[1] ? 0 : 1;

		ptx_fail(err, PTX_E_INVALID, "invalid slice index: %zu > %zu", at[bad],
			 at[bad + 1]);
		return NULL;
	}
	return slice_of(x, item, at[0], at[1]);
}

static struct ptx_value *fn_print(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				  struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_print(args, n, x->arena, &b);
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *fn_println(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				    struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_println(args, n, x->arena, &b);
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *fn_printf(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				   struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_printf(args[0]->s, args + 1, n - 1, x->arena, &b);
	return ptxi_result_buf(x, &b, err);
}

/* The arguments as print writes them, but a lone nil as a template prints it. */
static struct ptx_value *escaped(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				 void (*escape)(struct ptx_str, struct ptx_buf *),
				 struct ptx_error **err)
{
	static struct ptx_value no_value = { .kind = PTX_STRING, .s = { "<no value>", 10 } };
	ptx_auto_buf plain = { 0 };
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_exec_buf(x, &plain);
	for (size_t i = 0; i < n; i++)
		if (args[i]->kind == PTX_NULL)
			args[i] = &no_value;
	ptxi_go_print(args, n, x->arena, &plain);
	if (ptx_buf_ok(&plain))
		escape(ptx_buf_str(&plain), &b);
	else
		b.status = plain.status;
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *fn_html(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				 struct ptx_error **err)
{
	return escaped(x, args, n, ptxi_html_escape, err);
}

static struct ptx_value *fn_js(struct ptxi_exec *x, struct ptx_value **args, size_t n,
			       struct ptx_error **err)
{
	return escaped(x, args, n, ptxi_js_escape, err);
}

static struct ptx_value *fn_urlquery(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				     struct ptx_error **err)
{
	return escaped(x, args, n, ptxi_url_query_escape, err);
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "and",      "rr*", NULL, PTXI_FUNC_AND },
	{ "call",     "rr*", NULL, PTXI_FUNC_CALL },
	{ "eq",       "rr*", fn_eq },
	{ "ge",       "rr",  fn_ge },
	{ "gt",       "rr",  fn_gt },
	{ "html",     "v*",  fn_html },
	{ "index",    "rr*", fn_index },
	{ "js",       "v*",  fn_js },
	{ "le",       "rr",  fn_le },
	{ "len",      "r",   fn_len },
	{ "lt",       "rr",  fn_lt },
	{ "ne",       "rr",  fn_ne },
	{ "not",      "r",   fn_not },
	{ "or",       "rr*", NULL, PTXI_FUNC_OR },
	{ "print",    "v*",  fn_print },
	{ "printf",   "sv*", fn_printf },
	{ "println",  "v*",  fn_println },
	{ "slice",    "rr*", fn_slice },
	{ "urlquery", "v*",  fn_urlquery },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_builtin = { "builtin", rows, PTXI_COUNT(rows) };
