/* SPDX-License-Identifier: Apache-2.0 */
/* schema_check.c - checks a value against a node.
 *
 * The order of the checks, and which of them end the checking of a value at once (type, const,
 * enum, format), is that of Helm's validator, since it shows in messages. A reference that leads
 * back to where it came from without going deeper into the value is a fault (a cycle). What a check
 * without a fault took of the arena is given back: else schemas that refer to each other fill it.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_visit.h"
#include "../base/diag.h"
#include "../base/utf8.h"

/* ---- references */

static struct ptxi_fault *check_reference(struct ptxi_visit *x, const struct ptxi_schema_node *n,
					  const char *keyword)
{
	struct ptxi_fault *fault = ptxi_visit_self(x, n, keyword, false);
	struct ptxi_fault *f = NULL;

	if (!fault || x->yes_or_no || fault == &ptxi_fault_some)
		return fault;
	f = ptxi_fault_new(x, PTXI_FAULT_REFERENCE);
	if (f == &ptxi_fault_some)
		return f;
	f->text = keyword;
	if (fault->kind == PTXI_FAULT_GROUP) {
		f->first = fault->first;
		f->last = fault->last;
	} else {
		ptxi_fault_add_cause(f, fault);
	}
	return f;
}

static void check_references(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node->recursive_ref;

	if (n) {
		if (n->recursive_anchor)
			for (const struct ptxi_visit_scope *s = x->scope; s; s = s->up)
				if (s->node->resource->recursive_anchor)
					n = s->node;
		ptxi_visit_add(x, check_reference(x, n, "$recursiveRef"));
	}
	n = x->node->dynamic_ref;
	if (n) {
		struct ptx_str name = x->node->dynamic_name;

		if (name.p && n->dynamic_anchor.p && ptxi_str_eq(n->dynamic_anchor, name))
			for (const struct ptxi_visit_scope *s = x->scope; s; s = s->up) {
				const struct ptxi_schema_node *m =
				    ptxi_schema_member(&s->node->resource->dynamic_anchors, name);

				if (m)
					n = m;
			}
		ptxi_visit_add(x, check_reference(x, n, "$dynamicRef"));
	}
}

/* ---- strings and numbers */

static void check_string(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t length = 0;

	if (n->limits.min_length >= 0 || n->limits.max_length >= 0) {
		length = (int64_t)ptxi_utf8_count(x->v->s);
		if (n->limits.min_length >= 0 && length < n->limits.min_length)
			ptxi_visit_count_fault(x, "minLength", length, n->limits.min_length);
		if (n->limits.max_length >= 0 && length > n->limits.max_length)
			ptxi_visit_count_fault(x, "maxLength", length, n->limits.max_length);
	}
	if (n->pattern && !ptxi_visit_matches(x, n->pattern, x->v->s) && x->rc == 0) {
		struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_PATTERN);

		if (f != &ptxi_fault_some)
			f->text = n->pattern->text;
	}
}

static void bound_fault(struct ptxi_visit *x, const char *keyword, const struct ptxi_numeral *got,
			const struct ptxi_numeral *want)
{
	struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_BOUND);

	if (f == &ptxi_fault_some)
		return;
	f->text = keyword;
	f->got_number = ptxi_numeral_double(got);
	f->want_number = ptxi_numeral_double(want);
}

static void check_number(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	struct ptxi_numeral got = { 0 };

	if (!n->minimum && !n->maximum && !n->exclusive_minimum && !n->exclusive_maximum &&
	    !n->multiple_of)
		return;
	if (!ptxi_numeral_of(x->c->arena, x->v, &got)) {
		x->rc = ptx_fail(x->c->err, PTX_E_LIMIT, "a number is too large to be checked");
		return;
	}
	if (n->minimum && ptxi_numeral_compare(&got, n->minimum) < 0)
		bound_fault(x, "minimum", &got, n->minimum);
	if (n->maximum && ptxi_numeral_compare(&got, n->maximum) > 0)
		bound_fault(x, "maximum", &got, n->maximum);
	if (n->exclusive_minimum && ptxi_numeral_compare(&got, n->exclusive_minimum) <= 0)
		bound_fault(x, "exclusiveMinimum", &got, n->exclusive_minimum);
	if (n->exclusive_maximum && ptxi_numeral_compare(&got, n->exclusive_maximum) >= 0)
		bound_fault(x, "exclusiveMaximum", &got, n->exclusive_maximum);
	if (n->multiple_of && !ptxi_numeral_divides(&got, n->multiple_of))
		bound_fault(x, "multipleOf", &got, n->multiple_of);
}

/* ---- logic */

static void check_all_of(struct ptxi_visit *x)
{
	struct ptxi_fault list = { 0 };
	bool failed = false;

	for (size_t i = 0; x->rc == 0 && i < x->node->all_of.n; i++) {
		struct ptxi_fault *f = ptxi_visit_self(x, x->node->all_of.v[i], NULL, false);

		failed = failed || f;
		ptxi_fault_add_cause(&list, f);
		if (f && x->yes_or_no)
			break;
	}
	if (failed) {
		struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_ALL_OF);

		if (f != &ptxi_fault_some) {
			f->first = list.first;
			f->last = list.last;
		}
	}
}

static void check_any_of(struct ptxi_visit *x)
{
	struct ptxi_fault list = { 0 };
	bool matched = false;

	if (!x->node->any_of.n)
		return;
	for (size_t i = 0; x->rc == 0 && i < x->node->any_of.n; i++) {
		struct ptxi_fault *f = ptxi_visit_self(x, x->node->any_of.v[i], NULL, false);

		ptxi_fault_add_cause(&list, f);
		matched = matched || !f;
		if (!f && !x->left.count)
			break;
	}
	if (!matched) {
		struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_ANY_OF);

		if (f != &ptxi_fault_some) {
			f->first = list.first;
			f->last = list.last;
		}
	}
}

static void check_one_of(struct ptxi_visit *x)
{
	struct ptxi_fault list = { 0 };
	size_t matched = SIZE_MAX;
	struct ptxi_fault *f = NULL;

	if (!x->node->one_of.n)
		return;
	for (size_t i = 0; x->rc == 0 && i < x->node->one_of.n; i++) {
		f = ptxi_visit_self(x, x->node->one_of.v[i], NULL, matched != SIZE_MAX);
		if (f) {
			if (matched == SIZE_MAX)
				ptxi_fault_add_cause(&list, f);
			continue;
		}
		if (matched == SIZE_MAX) {
			matched = i;
			continue;
		}
		f = ptxi_visit_add_new(x, PTXI_FAULT_ONE_OF);
		if (f != &ptxi_fault_some) {
			f->index_count = 2;
			f->got = (int64_t)matched;
			f->want = (int64_t)i;
		}
		return;
	}
	if (matched != SIZE_MAX)
		return;
	f = ptxi_visit_add_new(x, PTXI_FAULT_ONE_OF);
	if (f != &ptxi_fault_some) {
		f->first = list.first;
		f->last = list.last;
	}
}

static void check_logic(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;

	if (n->negated && !ptxi_visit_self(x, n->negated, NULL, true) && x->rc == 0)
		ptxi_visit_add_new(x, PTXI_FAULT_NOT);
	check_all_of(x);
	check_any_of(x);
	check_one_of(x);
	if (n->condition) {
		const struct ptxi_schema_node *next =
		    ptxi_visit_self(x, n->condition, NULL, true) ? n->otherwise : n->then;

		if (next)
			ptxi_visit_add(x, ptxi_visit_self(x, next, NULL, false));
	}
}

static void check_unevaluated(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;

	if (n->unevaluated_properties && ptx_value_kind(x->v) == PTX_MAP) {
		for (size_t i = 0; x->rc == 0 && x->left.v && i < x->left.n; i++)
			if (x->left.v[i])
				ptxi_visit_add(x, ptxi_visit_property(x, n->unevaluated_properties,
								      &x->v->map.v[i]));
		x->left = (struct ptxi_visit_left){ NULL, 0, 0 };
	}
	if (n->unevaluated_items && ptx_value_kind(x->v) == PTX_LIST) {
		for (size_t i = 0; x->rc == 0 && x->left.v && i < x->left.n; i++)
			if (x->left.v[i])
				ptxi_visit_add(x, ptxi_visit_item(x, n->unevaluated_items, i));
		x->left = (struct ptxi_visit_left){ NULL, 0, 0 };
	}
}

/* ---- one node */

static unsigned type_of(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		return PTXI_TYPE_NULL;
	case PTX_BOOL:
		return PTXI_TYPE_BOOLEAN;
	case PTX_LIST:
		return PTXI_TYPE_ARRAY;
	case PTX_MAP:
		return PTXI_TYPE_OBJECT;
	default:
		return ptx_value_is_number(v) ? PTXI_TYPE_NUMBER : PTXI_TYPE_STRING;
	}
}

static bool is_whole(struct ptxi_visit *x)
{
	struct ptxi_numeral d = { 0 };

	switch (ptx_value_kind(x->v)) {
	case PTX_INT:
	case PTX_UINT:
		return true;
	case PTX_FLOAT:
		return x->v->f == (double)(int64_t)x->v->f ||
		       (ptxi_numeral_of(x->c->arena, x->v, &d) && ptxi_numeral_is_whole(&d));
	default:
		return ptxi_numeral_of(x->c->arena, x->v, &d) && ptxi_numeral_is_whole(&d);
	}
}

static const char *location_of(struct ptxi_visit *x, const struct ptxi_schema_node *n)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_schema_location(n->doc->url, n->pointer, &out);
	return ptxi_arena_strn(x->c->arena, out.p, out.n);
}

/* The keywords that lead to a scope, from the outermost one. */
static void keyword_path(struct ptxi_visit *x, const struct ptxi_visit_scope *s,
			 struct ptx_buf *out)
{
	const char *mine = NULL;
	const char *outer = NULL;

	if (!s->up)
		return;
	keyword_path(x, s->up, out);
	if (s->keyword) {
		ptx_buf_printf(out, "/%s", s->keyword);
		return;
	}
	mine = location_of(x, s->node);
	outer = location_of(x, s->up->node);
	if (mine && outer && strlen(mine) >= strlen(outer))
		ptx_buf_adds(out, mine + strlen(outer));
}

static struct ptxi_fault *cycle_fault(struct ptxi_visit *x, const struct ptxi_visit_scope *again)
{
	struct ptxi_fault *f = ptxi_fault_new(x, PTXI_FAULT_CYCLE);
	ptx_auto_buf path = { 0 };

	if (f == &ptxi_fault_some)
		return f;
	ptx_buf_init(&path, 0);
	keyword_path(x, x->scope, &path);
	f->text = ptxi_arena_strn(x->c->arena, path.p, path.n);
	ptx_buf_clear(&path);
	keyword_path(x, again, &path);
	f->text2 = ptxi_arena_strn(x->c->arena, path.p, path.n);
	return f;
}

static struct ptxi_fault *format_fault(struct ptxi_visit *x)
{
	ptx_auto_buf why = { 0 };
	struct ptxi_fault *f = NULL;

	ptx_buf_init(&why, 0);
	if (ptx_value_kind(x->v) != PTX_STRING ||
	    ptxi_schema_format_check(x->node->format, x->c->arena, x->v->s, &why))
		return NULL;
	if (!ptx_buf_ok(&why)) {
		ptxi_visit_no_memory(x);
		return &ptxi_fault_some;
	}
	f = ptxi_fault_new(x, PTXI_FAULT_FORMAT);
	if (f == &ptxi_fault_some)
		return f;
	f->text = ptxi_schema_format_name(x->node->format);
	f->text2 = ptxi_arena_buf(x->c->arena, &why);
	return f;
}

static bool in_enumeration(struct ptxi_visit *x)
{
	for (size_t i = 0; i < x->node->enumeration->list.n; i++)
		if (ptxi_schema_equal(x->c->arena, x->v, x->node->enumeration->list.v[i]))
			return true;
	return false;
}

/* The checks that end the checking of this value; NULL when it passes them. */
static struct ptxi_fault *first_checks(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	unsigned type = type_of(x->v);

	if (n->boolean == 0)
		return ptxi_fault_new(x, PTXI_FAULT_FALSE);
	for (const struct ptxi_visit_scope *s = x->scope->up; s && s->value == x->scope->value;
	     s = s->up)
		if (s->node == n)
			return cycle_fault(x, s);
	if (n->types && !(n->types & type) &&
	    !((n->types & PTXI_TYPE_INTEGER) && type == PTXI_TYPE_NUMBER && is_whole(x)))
		return ptxi_fault_new(x, PTXI_FAULT_TYPE);
	if (n->has_constant && !ptxi_schema_equal(x->c->arena, x->v, n->constant))
		return ptxi_fault_new(x, PTXI_FAULT_CONST);
	if (n->enumeration && !in_enumeration(x))
		return ptxi_fault_new(x, PTXI_FAULT_ENUM);
	return n->format ? format_fault(x) : NULL;
}

static void later_checks(struct ptxi_visit *x)
{
	if (x->node->ref) {
		ptxi_visit_add(x, check_reference(x, x->node->ref, "$ref"));
		if (x->node->draft < 2019)
			return;
	}
	switch (type_of(x->v)) {
	case PTXI_TYPE_OBJECT:
		ptxi_visit_object(x);
		break;
	case PTXI_TYPE_ARRAY:
		ptxi_visit_array(x);
		break;
	case PTXI_TYPE_STRING:
		if (ptx_value_kind(x->v) == PTX_STRING)
			check_string(x);
		break;
	case PTXI_TYPE_NUMBER:
		check_number(x);
		break;
	default:
		break;
	}
	if (x->faults && x->yes_or_no)
		return;
	check_references(x);
	check_logic(x);
	check_unevaluated(x);
}

int ptxi_visit(struct ptxi_visit *x, struct ptxi_fault **fault)
{
	*fault = NULL;
	if (x->node->boolean == 1)
		return 0;
	if (++x->c->steps > PTXI_SCHEMA_STEPS)
		return ptx_fail(x->c->err, PTX_E_LIMIT,
				"checking the schema takes more than %u steps", PTXI_SCHEMA_STEPS);
	if (x->c->depth >= PTXI_SCHEMA_DEEPEST)
		return ptx_fail(x->c->err, PTX_E_LIMIT,
				"schema and value are nested deeper than %u levels",
				PTXI_SCHEMA_DEEPEST);
	x->c->depth++;
	*fault = first_checks(x);
	if (!*fault && x->rc == 0)
		later_checks(x);
	x->c->depth--;
	if (*fault || x->rc < 0 || !x->faults)
		return x->rc;
	if (x->yes_or_no || !x->first) {
		*fault = &ptxi_fault_some;
	} else if (x->first == x->last) {
		*fault = x->first;
	} else {
		*fault = ptxi_fault_new(x, PTXI_FAULT_GROUP);
		if (*fault != &ptxi_fault_some) {
			(*fault)->first = x->first;
			(*fault)->last = x->last;
		}
	}
	return x->rc;
}

/* ---- from outside */

static int check_root(struct ptxi_visit_check *c, const struct ptxi_schema_node *n,
		      const struct ptx_value *v, struct ptxi_fault **out)
{
	struct ptxi_visit_scope scope = { NULL, n, NULL, 0 };
	struct ptxi_visit x = {
		.c = c, .node = n, .v = v, .scope = &scope, .meta = c->doc ? n : NULL
	};
	struct ptxi_fault *fault = NULL;
	struct ptxi_fault *head = NULL;
	int rc = 0;

	*out = NULL;
	x.left = ptxi_visit_left(&x, v, n, false);
	rc = ptxi_visit(&x, &fault);
	if (rc < 0 || !fault)
		return rc;
	head = ptxi_fault_new(&x, PTXI_FAULT_SCHEMA);
	if (x.rc < 0)
		return x.rc;
	if (fault->kind == PTXI_FAULT_GROUP)
		head->first = fault->first;
	else
		ptxi_fault_add_cause(head, fault);
	*out = head;
	return 0;
}

int ptxi_schema_validate(const struct ptx_schema *s, const struct ptx_value *v, struct ptx_arena *a,
			 struct ptxi_fault **fault, struct ptx_error **err)
{
	/* The schema is only read: all its patterns are compiled. */
	struct ptxi_visit_check c = { .schema = (struct ptx_schema *)s, .arena = a, .err = err };

	return check_root(&c, s->root, v, fault);
}

int ptxi_schema_validate_meta(struct ptxi_schema_compiler *compiler,
			      const struct ptxi_schema_doc *d, const char *pointer,
			      const struct ptx_value *v, struct ptxi_fault **fault,
			      struct ptx_error **err)
{
	struct ptxi_dialect dialect = ptxi_schema_resource(d, pointer)->dialect;
	struct ptxi_visit_check c = { .schema = compiler->schema,
				      .arena = compiler->schema->arena,
				      .compiler = compiler,
				      .base = pointer,
				      .err = err };
	const struct ptxi_schema_node *meta = ptxi_schema_metaschema(compiler, dialect, err);

	*fault = NULL;
	if (!meta)
		return err && *err ? ptx_error_code(*err) : PTX_E_INVALID;
	if (ptxi_map_count(d->resources) > 1)
		c.doc = d;
	return check_root(&c, meta, v, fault);
}

/* The faults at the ends of the tree, which name what is wrong. */
static void add_diags(struct ptx_diags *d, const struct ptxi_fault *f, struct ptx_buf *path,
		      struct ptx_buf *text)
{
	for (const struct ptxi_fault *cause = f->first; cause; cause = cause->next)
		add_diags(d, cause, path, text);
	if (f->first)
		return;
	ptx_buf_clear(path);
	ptx_buf_clear(text);
	ptxi_place_print(f->place, path);
	ptxi_fault_message(f, text);
	ptxi_diag_add(d, PTX_ERROR, PTX_E_INVALID, "schema", ptx_value_where(f->value), path->p,
		      "%s", text->p);
}

int ptx_schema_check(const struct ptx_schema *s, const struct ptx_value *value,
		     struct ptx_diags *diags, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(PTXI_SCHEMA_FAULT_BYTES);
	ptx_auto(error) why = NULL;
	ptx_auto_buf path = { 0 };
	ptx_auto_buf text = { 0 };
	struct ptxi_fault *fault = NULL;
	int rc = a ? ptxi_schema_validate(s, value, a, &fault, &why)
		   : ptx_fail(&why, PTX_E_NOMEM, "out of memory");

	if (rc < 0) {
		if (err)
			*err = ptx_steal(&why);
		return rc;
	}
	if (!fault)
		return 0;
	ptx_buf_init(&path, 0);
	ptx_buf_init(&text, 0);
	if (diags)
		add_diags(diags, fault, &path, &text);
	ptx_buf_clear(&text);
	ptxi_fault_print(fault, &text);
	return ptx_fail(err, PTX_E_INVALID, "%s", text.p);
}
