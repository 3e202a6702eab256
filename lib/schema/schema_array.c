/* SPDX-License-Identifier: Apache-2.0 */
/* schema_array.c - the keywords of arrays. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_visit.h"

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

static void unique_fault(struct ptxi_visit *x, size_t i, size_t j)
{
	struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_UNIQUE);

	if (f == &ptxi_fault_some)
		return;
	f->got = (int64_t)i;
	f->want = (int64_t)j;
}

static void check_unique(struct ptxi_visit *x)
{
	size_t n = x->v->list.n;
	uint64_t(*hashes)[2] = n > 1 ? ptxi_arena_array(x->c->arena, n, sizeof(*hashes)) : NULL;
	size_t best_i = SIZE_MAX;
	size_t best_j = SIZE_MAX;

	if (n < 2)
		return;
	if (!hashes) {
		ptxi_visit_no_memory(x);
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

static void check_items(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	size_t count = x->v->list.n;
	size_t done = n->prefix_items.n < count ? n->prefix_items.n : count;

	for (size_t i = 0; x->rc == 0 && i < done; i++)
		ptxi_visit_add(x, ptxi_visit_item(x, n->prefix_items.v[i], i));
	if (n->items) {
		for (size_t i = done; x->rc == 0 && i < count; i++)
			ptxi_visit_add(x, ptxi_visit_item(x, n->items, i));
	} else if (n->additional_items.node) {
		for (size_t i = done; x->rc == 0 && i < count; i++)
			ptxi_visit_add(x, ptxi_visit_item(x, n->additional_items.node, i));
	} else if (n->additional_items.given && !n->additional_items.allowed && done != count) {
		struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_ADDITIONAL_ITEMS);

		if (f != &ptxi_fault_some)
			f->got = (int64_t)(count - done);
	}
}

static void contains_fault(struct ptxi_visit *x, enum ptxi_fault_kind kind, const size_t *matched,
			   size_t count, int64_t want, struct ptxi_fault *causes)
{
	struct ptxi_fault *f = ptxi_visit_add_new(x, kind);

	if (f == &ptxi_fault_some)
		return;
	f->want = want;
	f->indexes = count ? ptxi_arena_array(x->c->arena, count, sizeof(*matched)) : NULL;
	if (f->indexes) {
		memcpy(f->indexes, matched, count * sizeof(*matched));
		f->index_count = count;
	}
	f->first = causes;
}

static void check_contains(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	size_t *matched = ptxi_arena_array(x->c->arena, x->v->list.n + 1, sizeof(*matched));
	struct ptxi_fault list = { 0 };
	size_t count = 0;

	if (!matched) {
		ptxi_visit_no_memory(x);
		return;
	}
	for (size_t i = 0; x->rc == 0 && i < x->v->list.n; i++) {
		struct ptxi_fault *f = ptxi_visit_item(x, n->contains, i);

		if (f) {
			ptxi_fault_add_cause(&list, f);
			continue;
		}
		matched[count++] = i;
		if (n->draft >= 2020)
			ptxi_visit_leave(&x->left, i);
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

void ptxi_visit_array(struct ptxi_visit *x)
{
	const struct ptxi_schema_node *n = x->node;
	int64_t count = (int64_t)x->v->list.n;

	if (n->limits.min_items >= 0 && count < n->limits.min_items)
		ptxi_visit_count_fault(x, "minItems", count, n->limits.min_items);
	if (n->limits.max_items >= 0 && count > n->limits.max_items)
		ptxi_visit_count_fault(x, "maxItems", count, n->limits.max_items);
	if (n->unique_items)
		check_unique(x);
	check_items(x);
	if (n->contains)
		check_contains(x);
}
