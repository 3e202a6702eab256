/* SPDX-License-Identifier: Apache-2.0 */
/* jsonpath.c - what a parsed JSONPath template makes of a value. jsonpath_parse.c reads templates.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "jsonpath_node.h"
#include "gofmt.h"
#include "../value/codec.h"

#include <inttypes.h>

#define MOST_RESULTS ((size_t)1 << 20)

struct results {
	const struct ptx_value **v;
	size_t n, room;
};

struct run {
	struct ptx_arena *arena;
	struct ptx_buf *out; /* NULL: what is found is not printed */
	size_t found;
	struct ptx_error **err;
};

static int push(struct run *r, struct results *to, const struct ptx_value *v)
{
	if (++r->found > MOST_RESULTS)
		return ptx_fail(r->err, PTX_E_LIMIT, "the JSONPath finds more than %zu values",
				MOST_RESULTS);
	if (to->n == to->room) {
		size_t room = to->room ? to->room * 2 : 8;
		const struct ptx_value **more = ptxi_arena_alloc(r->arena, room * sizeof(*more));

		if (!more)
			return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
		if (to->n)
			memcpy(more, to->v, to->n * sizeof(*more));
		to->v = more;
		to->room = room;
	}
	to->v[to->n++] = v;
	return 0;
}

static int eval_list(struct run *r, struct results in, const struct ptxi_jsonpath_node *first,
		     struct results *out);

/* The members of a list or, by their keys, of a map; the bytes of a text. */
static int push_members(struct run *r, const struct ptx_value *v, struct results *out)
{
	int rc = 0;

	if (ptx_value_kind(v) == PTX_LIST) {
		for (size_t i = 0; rc == 0 && i < v->list.n; i++)
			rc = push(r, out, v->list.v[i]);
	} else if (ptx_value_kind(v) == PTX_STRING) {
		for (size_t i = 0; rc == 0 && i < v->s.n; i++)
			rc = push(r, out, ptx_value_uint(r->arena, (unsigned char)v->s.p[i]));
	} else if (ptx_value_kind(v) == PTX_MAP && v->map.n) {
		const struct ptxi_entry **sorted = ptxi_value_sorted(r->arena, v);

		if (!sorted)
			return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
		for (size_t i = 0; rc == 0 && i < v->map.n; i++)
			rc = push(r, out, sorted[i]->value);
	}
	return rc;
}

static int eval_field(struct run *r, struct results in, const struct ptxi_jsonpath_node *n,
		      struct results *out)
{
	for (size_t i = 0; i < in.n; i++) {
		const struct ptx_value *v =
		    ptx_value_kind(in.v[i]) == PTX_MAP ? ptx_value_getn(in.v[i], n->text) : NULL;
		int rc = v ? push(r, out, v) : 0;

		if (rc < 0)
			return rc;
	}
	if (in.n && !out->n)
		return ptx_fail(r->err, PTX_E_NOT_FOUND, "%.*s is not found", PTX_STR_ARG(n->text));
	return 0;
}

static int out_of_bounds(struct run *r, int64_t index, int64_t length)
{
	return ptx_fail(r->err, PTX_E_INVALID,
			"array index out of bounds: index %" PRId64 ", length %" PRId64, index,
			length);
}

static int eval_index(struct run *r, struct results in, const struct ptxi_jsonpath_node *n,
		      struct results *out)
{
	for (size_t i = 0; i < in.n; i++) {
		const struct ptx_value *v = in.v[i];
		int64_t length = 0;
		int64_t from = n->from.known ? n->from.value : 0;
		int64_t to = 0;
		int64_t step = n->step.known ? n->step.value : 1;

		if (ptx_value_kind(v) == PTX_NULL)
			continue;
		if (ptx_value_kind(v) != PTX_LIST)
			return ptx_fail(r->err, PTX_E_INVALID, "%s is not array or slice",
					ptxi_go_type(v));
		length = (int64_t)v->list.n;
		to = n->to.known ? n->to.value : length;
		if (from < 0)
			from += length;
		if (to < 0 || (to == 0 && n->one))
			to += length;
		if (from == to)
			return 0;
		if (from >= length || from < 0)
			return out_of_bounds(r, from, length);
		if (to > length || to < 0)
			return out_of_bounds(r, to - 1, length);
		if (from > to)
			return ptx_fail(r->err, PTX_E_INVALID,
					"starting index %" PRId64
					" is greater than ending index %" PRId64,
					from, to);
		if (step <= 0)
			return ptx_fail(r->err, PTX_E_INVALID, "step must be > 0");
		for (int64_t k = from; k < to; k += step) {
			int rc = push(r, out, v->list.v[k]);

			if (rc < 0)
				return rc;
			if (step > to)
				break;
		}
	}
	return 0;
}

static int eval_recursive(struct run *r, struct results in, struct results *out)
{
	for (size_t i = 0; i < in.n; i++) {
		struct results members = { 0 };
		int rc = push_members(r, in.v[i], &members);

		if (rc == 0 && members.n)
			rc = push(r, out, in.v[i]);
		if (rc == 0 && members.n)
			rc = eval_recursive(r, members, out);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Go's comparison of two values of the same basic kind: negative, 0 or positive in *order. */
static int compare(struct run *r, const struct ptx_value *a, const struct ptx_value *b,
		   bool only_equal, int *order)
{
	enum ptxi_go_kind kind = ptxi_go_kind(a);

	if (kind != ptxi_go_kind(b))
		return ptx_fail(r->err, PTX_E_INVALID, "incompatible types for comparison");
	switch (kind) {
	case PTXI_KIND_BOOL:
		if (!only_equal)
			break;
		*order = ptx_value_as_bool(a, false) != ptx_value_as_bool(b, false);
		return 0;
	case PTXI_KIND_INT:
	case PTXI_KIND_UINT:
	case PTXI_KIND_FLOAT:
	case PTXI_KIND_STRING:
		*order = ptxi_value_compare(a, b);
		return 0;
	default:
		break;
	}
	return ptx_fail(r->err, PTX_E_INVALID, "invalid type for comparison");
}

static int passes(struct run *r, const struct ptx_value *item, const struct ptxi_jsonpath_node *n,
		  bool *pass)
{
	const struct ptx_value *one[] = { item };
	struct results dot = { one, 1, 1 };
	struct results left = { 0 };
	struct results right = { 0 };
	int order = 0;
	int rc = eval_list(r, dot, n->left, &left);

	*pass = false;
	if (n->op == PTXI_JSONPATH_EXISTS) {
		/* What cannot be looked for leaves what was found so far: that counts. */
		*pass = left.n > 0 || rc == PTX_E_INVALID;
		if (rc == PTX_E_NOT_FOUND || rc == PTX_E_INVALID) {
			if (r->err)
				ptxi_error_drop(r->err);
			rc = 0;
		}
		return rc;
	}
	if (rc < 0 || !left.n)
		return rc;
	if (left.n == 1)
		rc = eval_list(r, dot, n->right, &right);
	if (rc < 0 || (left.n == 1 && !right.n))
		return rc;
	if (left.n > 1 || right.n > 1)
		return ptx_fail(r->err, PTX_E_INVALID, "can only compare one element at a time");
	rc = compare(r, left.v[0], right.v[0],
		     n->op == PTXI_JSONPATH_EQUAL || n->op == PTXI_JSONPATH_NOT_EQUAL, &order);
	switch (n->op) {
	case PTXI_JSONPATH_EQUAL:
		*pass = order == 0;
		break;
	case PTXI_JSONPATH_NOT_EQUAL:
		*pass = order != 0;
		break;
	case PTXI_JSONPATH_LESS:
		*pass = order < 0;
		break;
	case PTXI_JSONPATH_LESS_EQUAL:
		*pass = order <= 0;
		break;
	case PTXI_JSONPATH_GREATER:
		*pass = order > 0;
		break;
	case PTXI_JSONPATH_GREATER_EQUAL:
		*pass = order >= 0;
		break;
	default:
		return ptx_fail(r->err, PTX_E_INVALID, "unrecognized filter operator %.*s",
				PTX_STR_ARG(n->text));
	}
	return rc;
}

static int eval_filter(struct run *r, struct results in, const struct ptxi_jsonpath_node *n,
		       struct results *out)
{
	for (size_t i = 0; i < in.n; i++) {
		const struct ptx_value *v = in.v[i];

		if (ptx_value_kind(v) != PTX_LIST)
			return ptx_fail(r->err, PTX_E_INVALID,
					"it is not array or slice and cannot be filtered");
		for (size_t k = 0; k < v->list.n; k++) {
			bool pass = false;
			int rc = passes(r, v->list.v[k], n, &pass);

			if (rc == 0 && pass)
				rc = push(r, out, v->list.v[k]);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int eval_constant(struct run *r, struct results in, const struct ptxi_jsonpath_node *n,
			 struct results *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < in.n; i++)
		rc = push(r, out, n->constant);
	return rc;
}

static int eval(struct run *r, struct results in, const struct ptxi_jsonpath_node *n,
		struct results *out)
{
	int rc = 0;

	switch (n->kind) {
	case PTXI_JSONPATH_TEXT:
		return push(r, out, n->constant);
	case PTXI_JSONPATH_CONSTANT:
		return eval_constant(r, in, n, out);
	case PTXI_JSONPATH_FIELD:
		return eval_field(r, in, n, out);
	case PTXI_JSONPATH_INDEX:
		return eval_index(r, in, n, out);
	case PTXI_JSONPATH_WILDCARD:
		for (size_t i = 0; rc == 0 && i < in.n; i++)
			rc = push_members(r, in.v[i], out);
		return rc;
	case PTXI_JSONPATH_RECURSIVE:
		return eval_recursive(r, in, out);
	case PTXI_JSONPATH_FILTER:
		return eval_filter(r, in, n, out);
	case PTXI_JSONPATH_UNION:
		for (const struct ptxi_jsonpath_node *part = n->left; rc == 0 && part;
		     part = part->next) {
			struct results some = { 0 };

			rc = eval_list(r, in, part->left, &some);
			for (size_t i = 0; rc == 0 && i < some.n; i++)
				rc = push(r, out, some.v[i]);
		}
		return rc;
	case PTXI_JSONPATH_LIST:
		return eval_list(r, in, n->left, out);
	case PTXI_JSONPATH_RANGE:
		*out = in;
		return 0;
	case PTXI_JSONPATH_END:
		return 0;
	default:
		return ptx_fail(r->err, PTX_E_INVALID, "unrecognized identifier %.*s",
				PTX_STR_ARG(n->text));
	}
}

static int eval_list(struct run *r, struct results in, const struct ptxi_jsonpath_node *first,
		     struct results *out)
{
	for (const struct ptxi_jsonpath_node *n = first; n; n = n->next) {
		struct results next = { 0 };
		int rc = eval(r, in, n, &next);

		if (rc < 0)
			return rc;
		in = next;
	}
	*out = in;
	return 0;
}

static void print(struct run *r, const struct results *found)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;

	style.sort_keys = true;
	style.escape_html = true;
	for (size_t i = 0; r->out && i < found->n; i++) {
		const struct ptx_value *v = found->v[i];

		if (i)
			ptx_buf_addc(r->out, ' ');
		if (ptx_value_kind(v) == PTX_NULL)
			ptx_buf_adds(r->out, "null");
		else if (ptx_value_kind(v) == PTX_MAP || ptx_value_kind(v) == PTX_LIST)
			ptx_json_format(v, &style, r->out);
		else
			ptxi_go_print_value(v, r->arena, r->out);
	}
}

static bool holds(const struct ptxi_jsonpath_node *n, enum ptxi_jsonpath_kind kind)
{
	const struct ptxi_jsonpath_node *in = n->kind == PTXI_JSONPATH_LIST ? n->left : NULL;

	while (in && in->kind != kind)
		in = in->next;
	return in != NULL;
}

/* Runs parts up to the `end` of the range that they are in, or the last; *at gets it, or NULL. */
static int run_parts(struct run *r, const struct ptx_value *dot,
		     const struct ptxi_jsonpath_node *first, bool in_range,
		     const struct ptxi_jsonpath_node **at)
{
	const struct ptxi_jsonpath_node *n = first;

	for (; n; n = n->next) {
		const struct ptx_value *one[] = { dot };
		struct results in = { one, 1, 1 };
		struct results found = { 0 };
		int rc = eval(r, in, n, &found);

		if (rc < 0)
			return rc;
		if (holds(n, PTXI_JSONPATH_END)) {
			if (!in_range)
				return ptx_fail(r->err, PTX_E_INVALID,
						"not in range, nothing to end");
			break;
		}
		if (holds(n, PTXI_JSONPATH_RANGE)) {
			struct run quiet = *r;
			const struct ptxi_jsonpath_node *end = NULL;

			quiet.out = NULL;
			for (size_t i = 0; rc == 0 && i < found.n; i++)
				rc = run_parts(r, found.v[i], n->next, true, &end);
			if (rc == 0 && !found.n)
				rc = run_parts(&quiet, ptx_value_null(r->arena), n->next, true,
					       &end);
			if (rc < 0)
				return rc;
			if (end)
				n = end;
			continue;
		}
		print(r, &found);
	}
	*at = n;
	return 0;
}

int ptxi_jsonpath_print(const struct ptxi_jsonpath *p, const struct ptx_value *v,
			struct ptx_arena *scratch, struct ptx_buf *out, struct ptx_error **err)
{
	struct run r = { .arena = scratch, .out = out, .err = err };
	const struct ptxi_jsonpath_node *end = NULL;
	size_t before = out->n;
	int rc = run_parts(&r, v, p->parts, false, &end);

	if (rc == 0 && !ptx_buf_ok(out))
		rc = ptx_fail(err, out->status, "the result of the JSONPath is too large");
	if (rc < 0)
		ptx_buf_truncate(out, before);
	return rc;
}
