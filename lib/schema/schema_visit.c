/* SPDX-License-Identifier: Apache-2.0 */
/* schema_visit.c - going through a value: faults, what is left unevaluated, and the ways down. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_visit.h"

struct ptxi_fault ptxi_fault_some = { .kind = PTXI_FAULT_GROUP };

/* ---- faults */

int ptxi_visit_no_memory(struct ptxi_visit *x)
{
	if (x->rc == 0)
		x->rc = ptxi_arena_check(x->c->arena, x->c->err);
	if (x->rc == 0)
		x->rc = ptx_fail(x->c->err, PTX_E_NOMEM, "out of memory");
	return x->rc;
}

struct ptxi_fault *ptxi_fault_new(struct ptxi_visit *x, enum ptxi_fault_kind kind)
{
	struct ptxi_fault *f = NULL;

	if (x->yes_or_no)
		return &ptxi_fault_some;
	f = ptxi_arena_alloc(x->c->arena, sizeof(*f));
	if (!f) {
		ptxi_visit_no_memory(x);
		return &ptxi_fault_some;
	}
	f->kind = kind;
	f->node = x->node;
	f->place = x->place;
	f->value = x->v;
	return f;
}

void ptxi_visit_add(struct ptxi_visit *x, struct ptxi_fault *f)
{
	if (!f)
		return;
	x->faults++;
	if (x->yes_or_no || f == &ptxi_fault_some)
		return;
	f->next = NULL;
	if (x->last)
		x->last->next = f;
	else
		x->first = f;
	x->last = f;
}

struct ptxi_fault *ptxi_visit_add_new(struct ptxi_visit *x, enum ptxi_fault_kind kind)
{
	struct ptxi_fault *f = ptxi_fault_new(x, kind);

	ptxi_visit_add(x, f);
	return f;
}

void ptxi_fault_add_cause(struct ptxi_fault *to, struct ptxi_fault *cause)
{
	if (!cause || to == &ptxi_fault_some || cause == &ptxi_fault_some)
		return;
	cause->next = NULL;
	if (to->last)
		to->last->next = cause;
	else
		to->first = cause;
	to->last = cause;
}

void ptxi_visit_count_fault(struct ptxi_visit *x, const char *keyword, int64_t got, int64_t want)
{
	struct ptxi_fault *f = ptxi_visit_add_new(x, PTXI_FAULT_COUNT);

	if (f == &ptxi_fault_some)
		return;
	f->text = keyword;
	f->got = got;
	f->want = want;
}

/* ---- what is left unevaluated */

void ptxi_visit_leave(struct ptxi_visit_left *l, size_t i)
{
	if (l->v && i < l->n && l->v[i]) {
		l->v[i] = 0;
		l->count--;
	}
}

struct ptxi_visit_left ptxi_visit_left(struct ptxi_visit *x, const struct ptx_value *v,
				       const struct ptxi_schema_node *n, bool needed)
{
	struct ptxi_visit_left l = { NULL, 0, 0 };
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
		ptxi_visit_no_memory(x);
		return (struct ptxi_visit_left){ NULL, 0, 0 };
	}
	memset(l.v + from, 1, l.n - from);
	l.count = l.n - from;
	return l;
}

static void merge_left(struct ptxi_visit_left *into, const struct ptxi_visit_left *other)
{
	for (size_t i = 0; into->count && i < into->n; i++)
		if (!other->v || !other->v[i])
			ptxi_visit_leave(into, i);
}

/* ---- going down */

/* A schema within a schema may be of another draft: then its own metaschema takes over. */
static const struct ptxi_schema_node *own_metaschema(struct ptxi_visit *x,
						     const struct ptxi_schema_node *n,
						     const struct ptxi_place_in *place)
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

/* Gives back what was taken since the mark, unless a fault is in it. Where a schema itself is
 * checked, other things come to be in the same arena. */
static void give_back(struct ptxi_visit *x, struct ptxi_arena_mark mark,
		      const struct ptxi_fault *fault)
{
	if ((!fault || fault == &ptxi_fault_some) && x->rc == 0 && !x->c->compiler)
		ptxi_arena_release(x->c->arena, mark);
}

void ptxi_visit_run(struct ptxi_visit *x, struct ptxi_visit *sub, struct ptxi_fault **fault)
{
	const struct ptxi_schema_node *own = own_metaschema(sub, sub->node, sub->place);

	if (own != sub->node)
		sub->meta = sub->node = own;
	if (x->rc == 0 && sub->rc == 0)
		sub->rc = ptxi_visit(sub, fault);
	if (sub->rc < 0)
		x->rc = sub->rc;
}

/* The same value against another node. */
struct ptxi_fault *ptxi_visit_self(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				   const char *keyword, bool yes_or_no)
{
	struct ptxi_visit_scope scope = { x->scope, n, keyword, x->scope->value };
	struct ptxi_visit sub = { .c = x->c,
				  .node = n,
				  .v = x->v,
				  .place = x->place,
				  .scope = &scope,
				  .meta = x->meta,
				  .yes_or_no = x->yes_or_no || yes_or_no };
	struct ptxi_arena_mark mark = ptxi_arena_mark(x->c->arena);
	struct ptxi_fault *fault = NULL;

	if (x->rc < 0)
		return NULL;
	sub.left = ptxi_visit_left(x, x->v, n, x->left.count > 0);
	ptxi_visit_run(x, &sub, &fault);
	if (!fault)
		merge_left(&x->left, &sub.left);
	give_back(x, mark, fault);
	return fault;
}

/* A member of the value. */
static struct ptxi_fault *check_member(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				       const struct ptx_value *v, const struct ptxi_place_in *here)
{
	struct ptxi_visit_scope scope = { x->scope, n, NULL, x->scope->value + 1 };
	struct ptxi_visit sub = { .c = x->c,
				  .node = n,
				  .v = v,
				  .place = here,
				  .scope = &scope,
				  .meta = x->meta,
				  .yes_or_no = x->yes_or_no };
	struct ptxi_arena_mark mark = ptxi_arena_mark(x->c->arena);
	struct ptxi_place_in *kept = NULL;
	struct ptxi_fault *fault = NULL;

	if (x->rc < 0 || n->boolean == 1)
		return NULL;
	/* Faults keep the place: it must outlive this call. */
	if (!x->yes_or_no) {
		kept = ptxi_arena_alloc(x->c->arena, sizeof(*kept));
		if (!kept) {
			ptxi_visit_no_memory(x);
			return NULL;
		}
		*kept = *here;
		sub.place = kept;
	}
	sub.left = ptxi_visit_left(x, v, n, false);
	ptxi_visit_run(x, &sub, &fault);
	give_back(x, mark, fault);
	return fault;
}

struct ptxi_fault *ptxi_visit_property(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				       const struct ptxi_entry *e)
{
	struct ptxi_place_in here = { .up = x->place, .key = e->key, .value = e->value };

	return check_member(x, n, e->value, &here);
}

struct ptxi_fault *ptxi_visit_item(struct ptxi_visit *x, const struct ptxi_schema_node *n, size_t i)
{
	struct ptxi_place_in here = {
		.up = x->place, .index = i, .is_index = true, .value = x->v->list.v[i]
	};

	return check_member(x, n, x->v->list.v[i], &here);
}

bool ptxi_visit_matches(struct ptxi_visit *x, struct ptxi_schema_pattern *p, struct ptx_str s)
{
	int rc = ptxi_schema_pattern_ready(x->c->schema, p, x->c->err);

	if (rc == 0)
		rc = ptxi_regex_match(p->regex, s, x->c->err);
	if (rc < 0)
		x->rc = rc;
	return rc == 1;
}
