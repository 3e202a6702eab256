/* SPDX-License-Identifier: Apache-2.0 */
/* schema_check.c - checks a value against a node.
 *
 * The order of the checks, and which of them end the checking of a value at once (type, const,
 * enum, format), is that of Helm's validator, since it shows in messages. Where only yes or no
 * matters (not, if, a second match of oneOf) no fault is built. What properties and items were
 * evaluated is a byte for each, kept only where an unevaluated* keyword asks. A reference that
 * leads back to where it came from without going deeper into the value is a fault (a cycle).
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../base/diag.h"
#include "../base/utf8.h"

/* What was not evaluated yet: a byte for each property or item, or NULL: nothing is asked for. */
struct left {
	unsigned char *v;
	size_t n;     /* bytes */
	size_t count; /* of them set */
};

struct scope {
	const struct scope *up;
	const struct ptxi_schema_node *node;
	const char *keyword; /* of a reference, or NULL */
	unsigned value;      /* number of the value that is being checked */
};

struct check {
	struct ptx_schema *schema;
	struct ptx_arena *arena;
	uint64_t steps;
	unsigned depth;
	/* of a schema that is checked against its metaschema */
	struct ptxi_schema_compiler *compiler;
	const struct ptxi_schema_doc
	    *doc;         /* whose resources may be of other drafts; NULL: none are */
	const char *base; /* the pointer of the value in it */
	struct ptx_error **err;
};

struct visit {
	struct check *c;
	const struct ptxi_schema_node *node;
	const struct ptx_value *v;
	const struct ptxi_place_in *place;
	const struct scope *scope;
	const struct ptxi_schema_node *meta;
	bool yes_or_no;
	struct left left;
	struct ptxi_fault *first, *last;
	size_t faults;
	int rc; /* sticky */
};

/* Stands for any fault where only yes or no matters. */
static struct ptxi_fault some_fault = { .kind = PTXI_FAULT_GROUP };

static int visit(struct visit *x, struct ptxi_fault **fault);

static int no_memory(struct visit *x)
{
	if (x->rc == 0)
		x->rc = ptxi_arena_check(x->c->arena, x->c->err);
	if (x->rc == 0)
		x->rc = ptx_fail(x->c->err, PTX_E_NOMEM, "out of memory");
	return x->rc;
}

static struct ptxi_fault *new_fault(struct visit *x, enum ptxi_fault_kind kind)
{
	struct ptxi_fault *f = NULL;

	if (x->yes_or_no)
		return &some_fault;
	f = ptxi_arena_alloc(x->c->arena, sizeof(*f));
	if (!f) {
		no_memory(x);
		return &some_fault;
	}
	f->kind = kind;
	f->node = x->node;
	f->place = x->place;
	f->value = x->v;
	return f;
}

static void add(struct visit *x, struct ptxi_fault *f)
{
	if (!f)
		return;
	x->faults++;
	if (x->yes_or_no || f == &some_fault)
		return;
	f->next = NULL;
	if (x->last)
		x->last->next = f;
	else
		x->first = f;
	x->last = f;
}

static struct ptxi_fault *add_new(struct visit *x, enum ptxi_fault_kind kind)
{
	struct ptxi_fault *f = new_fault(x, kind);

	add(x, f);
	return f;
}

static void add_cause(struct ptxi_fault *to, struct ptxi_fault *cause)
{
	if (!cause || to == &some_fault || cause == &some_fault)
		return;
	cause->next = NULL;
	if (to->last)
		to->last->next = cause;
	else
		to->first = cause;
	to->last = cause;
}

static void count_fault(struct visit *x, const char *keyword, int64_t got, int64_t want)
{
	struct ptxi_fault *f = add_new(x, PTXI_FAULT_COUNT);

	if (f == &some_fault)
		return;
	f->text = keyword;
	f->got = got;
	f->want = want;
}

/* ---- what is left unevaluated */

static void leave(struct left *l, size_t i)
{
	if (l->v && i < l->n && l->v[i]) {
		l->v[i] = 0;
		l->count--;
	}
}

static struct left left_of(struct visit *x, const struct ptx_value *v,
			   const struct ptxi_schema_node *n, bool needed)
{
	struct left l = { NULL, 0, 0 };
	size_t from = 0;

	if (ptx_value_kind(v) == PTX_MAP) {
		if (n->all_properties || !(needed || n->unevaluated_properties) || !v->map.n)
			return l;
		l.n = v->map.n;
	} else if (ptx_value_kind(v) == PTX_LIST) {
		if (n->all_items || !(needed || n->unevaluated_items) ||
		    n->items_evaluated >= v->list.n)
			return l;
		l.n = v->list.n;
		from = n->items_evaluated;
	} else {
		return l;
	}
	l.v = ptxi_arena_alloc(x->c->arena, l.n);
	if (!l.v) {
		no_memory(x);
		return (struct left){ NULL, 0, 0 };
	}
	memset(l.v + from, 1, l.n - from);
	l.count = l.n - from;
	return l;
}

static void merge_left(struct left *into, const struct left *other)
{
	for (size_t i = 0; into->count && i < into->n; i++)
		if (!other->v || !other->v[i])
			leave(into, i);
}

/* ---- going down */

/* A schema within a schema may be of another draft: then its own metaschema takes over. */
static const struct ptxi_schema_node *
own_metaschema(struct visit *x, const struct ptxi_schema_node *n, const struct ptxi_place_in *place)
{
	ptx_auto_buf pointer = { 0 };
	const struct ptxi_resource *r = NULL;
	const struct ptxi_schema_node *other = NULL;

	if (!x->c->doc || n != x->meta)
		return n;
	ptx_buf_init(&pointer, 0);
	ptx_buf_adds(&pointer, x->c->base);
	ptxi_place_print(place, &pointer);
	r = ptxi_map_get(x->c->doc->resources, pointer.p);
	if (!r)
		return n;
	other = ptxi_schema_metaschema(x->c->compiler, r->dialect, x->c->err);
	if (!other && x->rc == 0)
		x->rc = PTX_E_INVALID;
	return other ? other : n;
}

static void run(struct visit *x, struct visit *sub, struct ptxi_fault **fault)
{
	const struct ptxi_schema_node *own = own_metaschema(sub, sub->node, sub->place);

	if (own != sub->node)
		sub->meta = sub->node = own;
	if (x->rc == 0 && sub->rc == 0)
		sub->rc = visit(sub, fault);
	if (sub->rc < 0)
		x->rc = sub->rc;
}

/* The same value against another node. */
static struct ptxi_fault *check_self(struct visit *x, const struct ptxi_schema_node *n,
				     const char *keyword, bool yes_or_no)
{
	struct scope scope = { x->scope, n, keyword, x->scope->value };
	struct visit sub = { .c = x->c,
			     .node = n,
			     .v = x->v,
			     .place = x->place,
			     .scope = &scope,
			     .meta = x->meta,
			     .yes_or_no = x->yes_or_no || yes_or_no };
	struct ptxi_fault *fault = NULL;

	if (x->rc < 0)
		return NULL;
	sub.left = left_of(x, x->v, n, x->left.count > 0);
	run(x, &sub, &fault);
	if (!fault)
		merge_left(&x->left, &sub.left);
	return fault;
}

/* A member of the value. */
static struct ptxi_fault *check_member(struct visit *x, const struct ptxi_schema_node *n,
				       const struct ptx_value *v, const struct ptxi_place_in *here)
{
	struct scope scope = { x->scope, n, NULL, x->scope->value + 1 };
	struct visit sub = { .c = x->c,
			     .node = n,
			     .v = v,
			     .place = here,
			     .scope = &scope,
			     .meta = x->meta,
			     .yes_or_no = x->yes_or_no };
	struct ptxi_place_in *kept = NULL;
	struct ptxi_fault *fault = NULL;

	if (x->rc < 0 || n->boolean == 1)
		return NULL;
	/* Faults keep the place: it must outlive this call. */
	if (!x->yes_or_no) {
		kept = ptxi_arena_alloc(x->c->arena, sizeof(*kept));
		if (!kept) {
			no_memory(x);
			return NULL;
		}
		*kept = *here;
		sub.place = kept;
	}
	sub.left = left_of(x, v, n, false);
	run(x, &sub, &fault);
	return fault;
}

static struct ptxi_fault *check_property(struct visit *x, const struct ptxi_schema_node *n,
					 const struct ptxi_entry *e)
{
	struct ptxi_place_in here = { .up = x->place, .key = e->key, .value = e->value };

	return check_member(x, n, e->value, &here);
}

static struct ptxi_fault *check_item(struct visit *x, const struct ptxi_schema_node *n, size_t i)
{
	struct ptxi_place_in here = {
		.up = x->place, .index = i, .is_index = true, .value = x->v->list.v[i]
	};

	return check_member(x, n, x->v->list.v[i], &here);
}

/* ---- references */

static struct ptxi_fault *check_reference(struct visit *x, const struct ptxi_schema_node *n,
					  const char *keyword)
{
	struct ptxi_fault *fault = check_self(x, n, keyword, false);
	struct ptxi_fault *f = NULL;

	if (!fault || x->yes_or_no || fault == &some_fault)
		return fault;
	f = new_fault(x, PTXI_FAULT_REFERENCE);
	if (f == &some_fault)
		return f;
	f->text = keyword;
	if (fault->kind == PTXI_FAULT_GROUP) {
		f->first = fault->first;
		f->last = fault->last;
	} else {
		add_cause(f, fault);
	}
	return f;
}

static void check_references(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node->recursive_ref;

	if (n) {
		if (n->recursive_anchor)
			for (const struct scope *s = x->scope; s; s = s->up)
				if (s->node->resource->recursive_anchor)
					n = s->node;
		add(x, check_reference(x, n, "$recursiveRef"));
	}
	n = x->node->dynamic_ref;
	if (n) {
		struct ptx_str name = x->node->dynamic_name;

		if (name.p && n->dynamic_anchor.p && ptxi_str_eq(n->dynamic_anchor, name))
			for (const struct scope *s = x->scope; s; s = s->up) {
				const struct ptxi_schema_node *m =
				    ptxi_schema_member(&s->node->resource->dynamic_anchors, name);

				if (m)
					n = m;
			}
		add(x, check_reference(x, n, "$dynamicRef"));
	}
}

/* ---- objects */

/* The names of a list that the object has not; a fault when there are any. */
static void check_required(struct visit *x, const struct ptx_value *names,
			   enum ptxi_fault_kind kind, struct ptx_str because)
{
	struct ptx_str *missing = NULL;
	struct ptxi_fault *f = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ptx_value_count(names); i++) {
		const struct ptx_value *name = names->list.v[i];

		if (ptx_value_kind(name) != PTX_STRING || ptxi_value_find(x->v, name->s))
			continue;
		if (x->yes_or_no) {
			x->faults++;
			return;
		}
		if (!missing)
			missing = ptxi_arena_array(x->c->arena, names->list.n, sizeof(*missing));
		if (!missing) {
			no_memory(x);
			return;
		}
		missing[n++] = name->s;
	}
	if (!n)
		return;
	f = add_new(x, kind);
	if (f == &some_fault)
		return;
	f->names = missing;
	f->name_count = n;
	f->name = because;
}

static void check_dependencies(struct visit *x, const struct ptxi_schema_members *m)
{
	for (size_t i = 0; x->rc == 0 && i < m->n; i++) {
		if (!ptxi_value_find(x->v, m->v[i].name))
			continue;
		if (m->v[i].names)
			check_required(x, m->v[i].names, PTXI_FAULT_DEPENDENT, m->v[i].name);
		else
			add(x, check_self(x, m->v[i].node, NULL, false));
	}
}

static bool pattern_matches(struct visit *x, struct ptxi_schema_pattern *p, struct ptx_str s)
{
	int rc = ptxi_schema_pattern_ready(x->c->schema, p, x->c->err);

	if (rc == 0)
		rc = ptxi_regex_match(p->regex, s, x->c->err);
	if (rc < 0)
		x->rc = rc;
	return rc == 1;
}

static void additional_property(struct visit *x, const struct ptxi_entry *e,
				struct ptxi_fault **fault)
{
	if (x->node->additional.node) {
		add(x, check_property(x, x->node->additional.node, e));
		return;
	}
	if (x->node->additional.allowed)
		return;
	if (x->yes_or_no) {
		x->faults++;
		return;
	}
	if (!*fault) {
		*fault = new_fault(x, PTXI_FAULT_ADDITIONAL);
		if (*fault == &some_fault)
			return;
		(*fault)->names =
		    ptxi_arena_array(x->c->arena, x->v->map.n, sizeof(*(*fault)->names));
		if (!(*fault)->names) {
			no_memory(x);
			return;
		}
	}
	if (*fault != &some_fault)
		(*fault)->names[(*fault)->name_count++] = e->key;
}

/* By name, so that the same values give the same messages, however they were put together. */
static void check_properties(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	const struct ptxi_entry **sorted = NULL;
	struct ptxi_fault *extra = NULL;

	if ((!n->properties.n && !n->pattern_count && !n->additional.given) || !x->v->map.n)
		return;
	if (!x->yes_or_no)
		sorted = ptxi_value_sorted(x->c->arena, x->v);
	if (!x->yes_or_no && !sorted) {
		no_memory(x);
		return;
	}
	for (size_t i = 0; x->rc == 0 && i < x->v->map.n; i++) {
		const struct ptxi_entry *e = sorted ? sorted[i] : &x->v->map.v[i];
		const struct ptxi_schema_node *m = ptxi_schema_member(&n->properties, e->key);
		bool evaluated = m != NULL;

		if (x->yes_or_no && x->faults)
			return;
		if (m)
			add(x, check_property(x, m, e));
		for (size_t k = 0; x->rc == 0 && k < n->pattern_count; k++)
			if (pattern_matches(x, &n->patterns[k], e->key)) {
				evaluated = true;
				add(x, check_property(x, n->patterns[k].node, e));
			}
		if (!evaluated && n->additional.given) {
			evaluated = true;
			additional_property(x, e, &extra);
		}
		if (evaluated)
			leave(&x->left, (size_t)(e - x->v->map.v));
	}
	if (extra)
		add(x, extra);
}

static void check_property_names(struct visit *x)
{
	for (size_t i = 0; x->rc == 0 && i < x->v->map.n; i++) {
		/* Faults keep it. */
		struct ptx_value *name =
		    ptxi_value_string_in(x->c->arena, x->v->map.v[i].key, PTX_STRING);
		struct scope scope = { NULL, x->node->property_names, NULL, 0 };
		struct visit sub = { .c = x->c,
				     .node = x->node->property_names,
				     .v = name,
				     .scope = &scope,
				     .meta = x->meta,
				     .yes_or_no = x->yes_or_no };
		struct ptxi_fault *fault = NULL;
		struct ptxi_fault *f = NULL;

		if (!name) {
			no_memory(x);
			return;
		}
		run(x, &sub, &fault);
		if (!fault)
			continue;
		f = add_new(x, PTXI_FAULT_PROPERTY_NAME);
		if (f == &some_fault || fault == &some_fault)
			continue;
		f->name = x->v->map.v[i].key;
		if (fault->kind == PTXI_FAULT_GROUP) {
			f->first = fault->first;
			f->last = fault->last;
		} else {
			add_cause(f, fault);
		}
	}
}

static void check_object(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t count = (int64_t)x->v->map.n;

	if (n->limits.min_properties >= 0 && count < n->limits.min_properties)
		count_fault(x, "minProperties", count, n->limits.min_properties);
	if (n->limits.max_properties >= 0 && count > n->limits.max_properties)
		count_fault(x, "maxProperties", count, n->limits.max_properties);
	if (n->required)
		check_required(x, n->required, PTXI_FAULT_REQUIRED, (struct ptx_str){ NULL, 0 });
	if (x->yes_or_no && x->faults)
		return;
	check_dependencies(x, &n->dependencies);
	check_properties(x);
	if (x->yes_or_no && x->faults)
		return;
	if (n->property_names)
		check_property_names(x);
	check_dependencies(x, &n->dependent_schemas);
	check_dependencies(x, &n->dependent_required);
}

/* ---- arrays */

static int compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return x[1] < y[1] ? -1 : x[1] > y[1];
}

/* The same for equal values; numbers by kind only, since 1 and 1.0 are equal. */
static uint64_t hash_of(const struct ptx_value *v)
{
	uint64_t h = (uint64_t)ptx_value_kind(v) * 1099511628211u;

	if (ptx_value_is_number(v)) {
		double f = ptx_value_kind(v) == PTX_NUMBER ? 0 : ptx_value_as_float(v, 0);

		if (ptx_value_kind(v) == PTX_NUMBER)
			ptxi_parse_double(v->s, &f);
		return f == 0 ? 77 : ptxi_hash(&f, sizeof(f));
	}
	switch (ptx_value_kind(v)) {
	case PTX_STRING:
		return ptxi_hash(v->s.p, v->s.n);
	case PTX_BOOL:
		return h + v->b;
	case PTX_LIST:
		for (size_t i = 0; i < v->list.n; i++)
			h = h * 31 + hash_of(v->list.v[i]);
		return h;
	case PTX_MAP: /* in any order */
		for (size_t i = 0; i < v->map.n; i++)
			h += ptxi_hash(v->map.v[i].key.p, v->map.v[i].key.n) ^
			     hash_of(v->map.v[i].value);
		return h;
	default:
		return h;
	}
}

static void unique_fault(struct visit *x, size_t i, size_t j)
{
	struct ptxi_fault *f = add_new(x, PTXI_FAULT_UNIQUE);

	if (f == &some_fault)
		return;
	f->got = (int64_t)i;
	f->want = (int64_t)j;
}

static void check_unique(struct visit *x)
{
	size_t n = x->v->list.n;
	uint64_t(*hashes)[2] = n > 1 ? ptxi_arena_array(x->c->arena, n, sizeof(*hashes)) : NULL;
	size_t best_i = SIZE_MAX;
	size_t best_j = SIZE_MAX;

	if (n < 2)
		return;
	if (!hashes) {
		no_memory(x);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		hashes[i][0] = hash_of(x->v->list.v[i]);
		hashes[i][1] = i;
	}
	qsort(hashes, n, sizeof(*hashes), compare_hashes);
	/* The pair whose second is first, and of those whose first is first. */
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && hashes[k][0] == hashes[i][0]; k++) {
			if (++x->c->steps > PTXI_SCHEMA_STEPS)
				return;
			if (hashes[k][1] < best_j &&
			    ptxi_schema_equal(x->c->arena, x->v->list.v[hashes[i][1]],
					      x->v->list.v[hashes[k][1]])) {
				best_i = hashes[i][1];
				best_j = hashes[k][1];
				break;
			}
		}
	if (best_j != SIZE_MAX)
		unique_fault(x, best_i, best_j);
}

static void check_items(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	size_t count = x->v->list.n;
	size_t done = n->prefix_items.n < count ? n->prefix_items.n : count;

	for (size_t i = 0; x->rc == 0 && i < done; i++)
		add(x, check_item(x, n->prefix_items.v[i], i));
	if (n->items) {
		for (size_t i = done; x->rc == 0 && i < count; i++)
			add(x, check_item(x, n->items, i));
	} else if (n->additional_items.node) {
		for (size_t i = done; x->rc == 0 && i < count; i++)
			add(x, check_item(x, n->additional_items.node, i));
	} else if (n->additional_items.given && !n->additional_items.allowed && done != count) {
		struct ptxi_fault *f = add_new(x, PTXI_FAULT_ADDITIONAL_ITEMS);

		if (f != &some_fault)
			f->got = (int64_t)(count - done);
	}
}

static void contains_fault(struct visit *x, enum ptxi_fault_kind kind, const size_t *matched,
			   size_t count, int64_t want, struct ptxi_fault *causes)
{
	struct ptxi_fault *f = add_new(x, kind);

	if (f == &some_fault)
		return;
	f->want = want;
	f->indexes = count ? ptxi_arena_array(x->c->arena, count, sizeof(*matched)) : NULL;
	if (f->indexes) {
		memcpy(f->indexes, matched, count * sizeof(*matched));
		f->index_count = count;
	}
	f->first = causes;
}

static void check_contains(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	size_t *matched = ptxi_arena_array(x->c->arena, x->v->list.n + 1, sizeof(*matched));
	struct ptxi_fault list = { 0 };
	size_t count = 0;

	if (!matched) {
		no_memory(x);
		return;
	}
	for (size_t i = 0; x->rc == 0 && i < x->v->list.n; i++) {
		struct ptxi_fault *f = check_item(x, n->contains, i);

		if (f) {
			add_cause(&list, f);
			continue;
		}
		matched[count++] = i;
		if (n->draft >= 2020)
			leave(&x->left, i);
	}
	if (n->limits.min_contains >= 0) {
		if ((int64_t)count < n->limits.min_contains)
			contains_fault(x, PTXI_FAULT_MIN_CONTAINS, matched, count,
				       n->limits.min_contains, list.first);
	} else if (!count) {
		contains_fault(x, PTXI_FAULT_CONTAINS, matched, 0, 0, list.first);
	}
	if (n->limits.max_contains >= 0 && (int64_t)count > n->limits.max_contains)
		contains_fault(x, PTXI_FAULT_MAX_CONTAINS, matched, count, n->limits.max_contains,
			       NULL);
}

static void check_array(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t count = (int64_t)x->v->list.n;

	if (n->limits.min_items >= 0 && count < n->limits.min_items)
		count_fault(x, "minItems", count, n->limits.min_items);
	if (n->limits.max_items >= 0 && count > n->limits.max_items)
		count_fault(x, "maxItems", count, n->limits.max_items);
	if (n->unique_items)
		check_unique(x);
	check_items(x);
	if (n->contains)
		check_contains(x);
}

/* ---- strings and numbers */

static void check_string(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t length = 0;

	if (n->limits.min_length >= 0 || n->limits.max_length >= 0) {
		length = (int64_t)ptxi_utf8_count(x->v->s);
		if (n->limits.min_length >= 0 && length < n->limits.min_length)
			count_fault(x, "minLength", length, n->limits.min_length);
		if (n->limits.max_length >= 0 && length > n->limits.max_length)
			count_fault(x, "maxLength", length, n->limits.max_length);
	}
	if (n->pattern && !pattern_matches(x, n->pattern, x->v->s) && x->rc == 0) {
		struct ptxi_fault *f = add_new(x, PTXI_FAULT_PATTERN);

		if (f != &some_fault)
			f->text = n->pattern->text;
	}
}

static void bound_fault(struct visit *x, const char *keyword, const struct ptxi_numeral *got,
			const struct ptxi_numeral *want)
{
	struct ptxi_fault *f = add_new(x, PTXI_FAULT_BOUND);

	if (f == &some_fault)
		return;
	f->text = keyword;
	f->got_number = ptxi_numeral_double(got);
	f->want_number = ptxi_numeral_double(want);
}

static void check_number(struct visit *x)
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

static void check_all_of(struct visit *x)
{
	struct ptxi_fault list = { 0 };
	bool failed = false;

	for (size_t i = 0; x->rc == 0 && i < x->node->all_of.n; i++) {
		struct ptxi_fault *f = check_self(x, x->node->all_of.v[i], NULL, false);

		failed = failed || f;
		add_cause(&list, f);
		if (f && x->yes_or_no)
			break;
	}
	if (failed) {
		struct ptxi_fault *f = add_new(x, PTXI_FAULT_ALL_OF);

		if (f != &some_fault) {
			f->first = list.first;
			f->last = list.last;
		}
	}
}

static void check_any_of(struct visit *x)
{
	struct ptxi_fault list = { 0 };
	bool matched = false;

	if (!x->node->any_of.n)
		return;
	for (size_t i = 0; x->rc == 0 && i < x->node->any_of.n; i++) {
		struct ptxi_fault *f = check_self(x, x->node->any_of.v[i], NULL, false);

		add_cause(&list, f);
		matched = matched || !f;
		if (!f && !x->left.count)
			break;
	}
	if (!matched) {
		struct ptxi_fault *f = add_new(x, PTXI_FAULT_ANY_OF);

		if (f != &some_fault) {
			f->first = list.first;
			f->last = list.last;
		}
	}
}

static void check_one_of(struct visit *x)
{
	struct ptxi_fault list = { 0 };
	size_t matched = SIZE_MAX;
	struct ptxi_fault *f = NULL;

	if (!x->node->one_of.n)
		return;
	for (size_t i = 0; x->rc == 0 && i < x->node->one_of.n; i++) {
		f = check_self(x, x->node->one_of.v[i], NULL, matched != SIZE_MAX);
		if (f) {
			if (matched == SIZE_MAX)
				add_cause(&list, f);
			continue;
		}
		if (matched == SIZE_MAX) {
			matched = i;
			continue;
		}
		f = add_new(x, PTXI_FAULT_ONE_OF);
		if (f != &some_fault) {
			f->index_count = 2;
			f->got = (int64_t)matched;
			f->want = (int64_t)i;
		}
		return;
	}
	if (matched != SIZE_MAX)
		return;
	f = add_new(x, PTXI_FAULT_ONE_OF);
	if (f != &some_fault) {
		f->first = list.first;
		f->last = list.last;
	}
}

static void check_logic(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;

	if (n->negated && !check_self(x, n->negated, NULL, true) && x->rc == 0)
		add_new(x, PTXI_FAULT_NOT);
	check_all_of(x);
	check_any_of(x);
	check_one_of(x);
	if (n->condition) {
		const struct ptxi_schema_node *next =
		    check_self(x, n->condition, NULL, true) ? n->otherwise : n->then;

		if (next)
			add(x, check_self(x, next, NULL, false));
	}
}

static void check_unevaluated(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;

	if (n->unevaluated_properties && ptx_value_kind(x->v) == PTX_MAP) {
		for (size_t i = 0; x->rc == 0 && x->left.v && i < x->left.n; i++)
			if (x->left.v[i])
				add(x,
				    check_property(x, n->unevaluated_properties, &x->v->map.v[i]));
		x->left = (struct left){ NULL, 0, 0 };
	}
	if (n->unevaluated_items && ptx_value_kind(x->v) == PTX_LIST) {
		for (size_t i = 0; x->rc == 0 && x->left.v && i < x->left.n; i++)
			if (x->left.v[i])
				add(x, check_item(x, n->unevaluated_items, i));
		x->left = (struct left){ NULL, 0, 0 };
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

static bool is_whole(struct visit *x)
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

static const char *location_of(struct visit *x, const struct ptxi_schema_node *n)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_schema_location(n->doc->url, n->pointer, &out);
	return ptxi_arena_strn(x->c->arena, out.p, out.n);
}

/* The keywords that lead to a scope, from the outermost one. */
static void keyword_path(struct visit *x, const struct scope *s, struct ptx_buf *out)
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

static struct ptxi_fault *cycle_fault(struct visit *x, const struct scope *again)
{
	struct ptxi_fault *f = new_fault(x, PTXI_FAULT_CYCLE);
	ptx_auto_buf path = { 0 };

	if (f == &some_fault)
		return f;
	ptx_buf_init(&path, 0);
	keyword_path(x, x->scope, &path);
	f->text = ptxi_arena_strn(x->c->arena, path.p, path.n);
	ptx_buf_clear(&path);
	keyword_path(x, again, &path);
	f->text2 = ptxi_arena_strn(x->c->arena, path.p, path.n);
	return f;
}

static struct ptxi_fault *format_fault(struct visit *x)
{
	ptx_auto_buf why = { 0 };
	struct ptxi_fault *f = NULL;

	ptx_buf_init(&why, 0);
	if (ptx_value_kind(x->v) != PTX_STRING ||
	    ptxi_schema_format_check(x->node->format, x->c->arena, x->v->s, &why))
		return NULL;
	f = new_fault(x, PTXI_FAULT_FORMAT);
	if (f == &some_fault)
		return f;
	f->text = ptxi_schema_format_name(x->node->format);
	f->text2 = ptxi_arena_strn(x->c->arena, why.p, why.n);
	return f;
}

static bool in_enumeration(struct visit *x)
{
	for (size_t i = 0; i < x->node->enumeration->list.n; i++)
		if (ptxi_schema_equal(x->c->arena, x->v, x->node->enumeration->list.v[i]))
			return true;
	return false;
}

/* The checks that end the checking of this value; NULL when it passes them. */
static struct ptxi_fault *first_checks(struct visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	unsigned type = type_of(x->v);

	if (n->boolean == 0)
		return new_fault(x, PTXI_FAULT_FALSE);
	for (const struct scope *s = x->scope->up; s && s->value == x->scope->value; s = s->up)
		if (s->node == n)
			return cycle_fault(x, s);
	if (n->types && !(n->types & type) &&
	    !((n->types & PTXI_TYPE_INTEGER) && type == PTXI_TYPE_NUMBER && is_whole(x)))
		return new_fault(x, PTXI_FAULT_TYPE);
	if (n->has_constant && !ptxi_schema_equal(x->c->arena, x->v, n->constant))
		return new_fault(x, PTXI_FAULT_CONST);
	if (n->enumeration && !in_enumeration(x))
		return new_fault(x, PTXI_FAULT_ENUM);
	return n->format ? format_fault(x) : NULL;
}

static void later_checks(struct visit *x)
{
	if (x->node->ref) {
		add(x, check_reference(x, x->node->ref, "$ref"));
		if (x->node->draft < 2019)
			return;
	}
	switch (type_of(x->v)) {
	case PTXI_TYPE_OBJECT:
		check_object(x);
		break;
	case PTXI_TYPE_ARRAY:
		check_array(x);
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

static int visit(struct visit *x, struct ptxi_fault **fault)
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
		*fault = &some_fault;
	} else if (x->first == x->last) {
		*fault = x->first;
	} else {
		*fault = new_fault(x, PTXI_FAULT_GROUP);
		if (*fault != &some_fault) {
			(*fault)->first = x->first;
			(*fault)->last = x->last;
		}
	}
	return x->rc;
}

/* ---- from outside */

static int check_root(struct check *c, const struct ptxi_schema_node *n, const struct ptx_value *v,
		      struct ptxi_fault **out)
{
	struct scope scope = { NULL, n, NULL, 0 };
	struct visit x = { .c = c, .node = n, .v = v, .scope = &scope, .meta = c->doc ? n : NULL };
	struct ptxi_fault *fault = NULL;
	struct ptxi_fault *head = NULL;
	int rc = 0;

	*out = NULL;
	x.left = left_of(&x, v, n, false);
	rc = visit(&x, &fault);
	if (rc < 0 || !fault)
		return rc;
	head = new_fault(&x, PTXI_FAULT_SCHEMA);
	if (x.rc < 0)
		return x.rc;
	if (fault->kind == PTXI_FAULT_GROUP)
		head->first = fault->first;
	else
		add_cause(head, fault);
	*out = head;
	return 0;
}

int ptxi_schema_validate(const struct ptx_schema *s, const struct ptx_value *v, struct ptx_arena *a,
			 struct ptxi_fault **fault, struct ptx_error **err)
{
	/* The schema is only read: all its patterns are compiled. */
	struct check c = { .schema = (struct ptx_schema *)s, .arena = a, .err = err };

	return check_root(&c, s->root, v, fault);
}

int ptxi_schema_validate_meta(struct ptxi_schema_compiler *compiler,
			      const struct ptxi_schema_doc *d, const char *pointer,
			      const struct ptx_value *v, struct ptxi_fault **fault,
			      struct ptx_error **err)
{
	struct ptxi_dialect dialect = ptxi_schema_resource(d, pointer)->dialect;
	struct check c = { .schema = compiler->schema,
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
	ptx_auto(arena) a = ptx_arena_new(0);
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
