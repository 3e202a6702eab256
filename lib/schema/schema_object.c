/* SPDX-License-Identifier: Apache-2.0 */
/* schema_object.c - the keywords of objects. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_visit.h"

/* The names of a list that the object has not; a fault when there are any. */
static void check_required(struct ptxi_visit *x, const struct ptx_value *names,
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
			ptxi_visit_no_memory(x);
			return;
		}
		missing[n++] = name->s;
	}
	if (!n)
		return;
	f = ptxi_visit_add_new(x, kind);
	if (f == &ptxi_fault_some)
		return;
	f->names = missing;
	f->name_count = n;
	f->name = because;
}

static void check_dependencies(struct ptxi_visit *x, const struct ptxi_schema_members *m)
{
	for (size_t i = 0; x->rc == 0 && i < m->n; i++) {
		if (!ptxi_value_find(x->v, m->v[i].name))
			continue;
		if (m->v[i].names)
			check_required(x, m->v[i].names, PTXI_FAULT_DEPENDENT, m->v[i].name);
		else
			ptxi_visit_add(x, ptxi_visit_self(x, m->v[i].node, NULL, false));
	}
}

static void additional_property(struct ptxi_visit *x, const struct ptxi_entry *e,
				struct ptxi_fault **fault)
{
	if (x->node->additional.node) {
		ptxi_visit_add(x, ptxi_visit_property(x, x->node->additional.node, e));
		return;
	}
	if (x->node->additional.allowed)
		return;
	if (x->yes_or_no) {
		x->faults++;
		return;
	}
	if (!*fault) {
		*fault = ptxi_fault_new(x, PTXI_FAULT_ADDITIONAL);
		if (*fault == &ptxi_fault_some)
			return;
		(*fault)->names =
		    ptxi_arena_array(x->c->arena, x->v->map.n, sizeof(*(*fault)->names));
		if (!(*fault)->names) {
			ptxi_visit_no_memory(x);
			return;
		}
	}
	if (*fault != &ptxi_fault_some)
		(*fault)->names[(*fault)->name_count++] = e->key;
}

/* By name, so that the same values give the same messages, however they were put together. */
static void check_properties(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	const struct ptxi_entry **sorted = NULL;
	struct ptxi_fault *extra = NULL;

	if ((!n->properties.n && !n->pattern_count && !n->additional.given) || !x->v->map.n)
		return;
	if (!x->yes_or_no)
		sorted = ptxi_value_sorted(x->c->arena, x->v);
	if (!x->yes_or_no && !sorted) {
		ptxi_visit_no_memory(x);
		return;
	}
	for (size_t i = 0; x->rc == 0 && i < x->v->map.n; i++) {
		const struct ptxi_entry *e = sorted ? sorted[i] : &x->v->map.v[i];
		const struct ptxi_schema_node *m = ptxi_schema_member(&n->properties, e->key);
		bool evaluated = m != NULL;

		if (x->yes_or_no && x->faults)
			return;
		if (m)
			ptxi_visit_add(x, ptxi_visit_property(x, m, e));
		for (size_t k = 0; x->rc == 0 && k < n->pattern_count; k++)
			if (ptxi_visit_matches(x, &n->patterns[k], e->key)) {
				evaluated = true;
				ptxi_visit_add(x, ptxi_visit_property(x, n->patterns[k].node, e));
			}
		if (!evaluated && n->additional.given) {
			evaluated = true;
			additional_property(x, e, &extra);
		}
		if (evaluated)
			ptxi_visit_leave(&x->left, (size_t)(e - x->v->map.v));
	}
	if (extra)
		ptxi_visit_add(x, extra);
}

static void check_property_names(struct ptxi_visit *x)
{
	for (size_t i = 0; x->rc == 0 && i < x->v->map.n; i++) {
		/* Faults keep it. */
		struct ptx_value *name =
		    ptxi_value_string_in(x->c->arena, x->v->map.v[i].key, PTX_STRING);
		struct ptxi_visit_scope scope = { NULL, x->node->property_names, NULL, 0 };
		struct ptxi_visit sub = { .c = x->c,
					  .node = x->node->property_names,
					  .v = name,
					  .scope = &scope,
					  .meta = x->meta,
					  .yes_or_no = x->yes_or_no };
		struct ptxi_fault *fault = NULL;
		struct ptxi_fault *f = NULL;

		if (!name) {
			ptxi_visit_no_memory(x);
			return;
		}
		ptxi_visit_run(x, &sub, &fault);
		if (!fault)
			continue;
		f = ptxi_visit_add_new(x, PTXI_FAULT_PROPERTY_NAME);
		if (f == &ptxi_fault_some || fault == &ptxi_fault_some)
			continue;
		f->name = x->v->map.v[i].key;
		if (fault->kind == PTXI_FAULT_GROUP) {
			f->first = fault->first;
			f->last = fault->last;
		} else {
			ptxi_fault_add_cause(f, fault);
		}
	}
}

void ptxi_visit_object(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t count = (int64_t)x->v->map.n;

	if (n->limits.min_properties >= 0 && count < n->limits.min_properties)
		ptxi_visit_count_fault(x, "minProperties", count, n->limits.min_properties);
	if (n->limits.max_properties >= 0 && count > n->limits.max_properties)
		ptxi_visit_count_fault(x, "maxProperties", count, n->limits.max_properties);
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
