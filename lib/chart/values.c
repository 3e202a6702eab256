/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - which values a chart sees: those given over its own, its subcharts' below their names,
 * globals everywhere.
 *
 * The order of the steps and what they do to nulls is Helm's, for it shows: a null given removes
 * what the chart has there, but stays where the chart has nothing. All is done on copies that share
 * their scalars.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../text/gofmt.h"
#include "../text/goquote.h"

#define DEEPEST 2000u /* more than texts may nest, subcharts in subcharts included */

struct coalesce {
	struct ptx_arena *arena;
	bool merge; /* nulls stay */
	const struct ptxi_chart_log *log;
	struct ptx_error **err;
};

static int no_memory(struct coalesce *c)
{
	int rc = ptxi_arena_check(c->arena, c->err);

	return rc ? rc : ptx_fail(c->err, PTX_E_NOMEM, "no memory for values");
}

static struct ptx_value *copy(struct ptx_arena *a, const struct ptx_value *v, unsigned depth)
{
	struct ptx_value *to = NULL;

	if (depth > DEEPEST)
		return NULL;
	if (ptx_value_kind(v) != PTX_LIST && ptx_value_kind(v) != PTX_MAP)
		return (struct ptx_value *)v;
	to = ptxi_value_new(a, v->kind);
	if (!to)
		return NULL;
	to->go = v->go;
	to->pos = v->pos;
	to->file = v->file;
	if (v->kind == PTX_LIST && v->list.n) {
		to->list.v = ptxi_arena_array(a, v->list.n, sizeof(*to->list.v));
		for (size_t i = 0; to->list.v && i < v->list.n; i++)
			if (!(to->list.v[i] = copy(a, v->list.v[i], depth + 1)))
				return NULL;
		to->list.n = to->list.cap = to->list.v ? v->list.n : 0;
	} else if (v->kind == PTX_MAP && v->map.n) {
		to->map.v = ptxi_arena_array(a, v->map.n, sizeof(*to->map.v));
		if (!to->map.v)
			return NULL;
		memcpy(to->map.v, v->map.v, v->map.n * sizeof(*to->map.v));
		for (size_t i = 0; i < v->map.n; i++)
			if (!(to->map.v[i].value = copy(a, v->map.v[i].value, depth + 1)))
				return NULL;
		to->map.n = to->map.cap = v->map.n;
		if (v->map.index) {
			size_t slots = (size_t)v->map.index_mask + 1;

			to->map.index = ptxi_arena_array(a, slots, sizeof(*to->map.index));
			if (!to->map.index)
				return NULL;
			memcpy(to->map.index, v->map.index, slots * sizeof(*to->map.index));
			to->map.index_mask = v->map.index_mask;
		}
	}
	return to;
}

struct ptx_value *ptxi_chart_values_copy(struct ptx_arena *a, const struct ptx_value *v)
{
	return copy(a, v, 0);
}

static bool is_table(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_MAP;
}

static void print(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);

	ptx_buf_init(out, 1u << 20);
	if (scratch)
		ptxi_go_print_value(v, scratch, out);
}

/* Where a table is, for messages: "web.db.service". */
struct place {
	const struct place *above; /* NULL: the outermost */
	struct ptx_str name;
};

static void print_place(const struct place *p, struct ptx_buf *out)
{
	if (p->above) {
		print_place(p->above, out);
		ptx_buf_addc(out, '.');
	}
	ptx_buf_addstr(out, p->name);
}

static void say_table(const struct ptxi_chart_log *log, const char *where, const char *fmt,
		      const struct place *place, const struct ptx_value *v)
{
	ptx_auto_buf shown = { 0 };
	ptx_auto_buf path = { 0 };

	if (!log || !log->say)
		return;
	print(v, &shown);
	ptx_buf_init(&path, 0);
	print_place(place, &path);
	if (fmt)
		ptxi_chart_say(log, where,
			       "warning: cannot overwrite table with non table for %s (%s)", path.p,
			       shown.p);
	else
		ptxi_chart_say(
		    log, where,
		    "warning: destination for %s is a table. Ignoring non-table value (%s)", path.p,
		    shown.p);
}

/* How tables are laid under tables. */
struct under {
	bool merge; /* nulls stay */
	bool keep;  /* src is not changed, and of what dst takes it gets copies */
	const struct ptxi_chart_log *log;
};

/* False without memory for copies. */
static bool lay_under(const struct under *u, struct ptx_value *dst, struct ptx_value *src,
		      const struct place *above)
{
	struct ptx_arena *a = ptxi_value_arena(dst);
	bool good = true;

	for (size_t i = 0; good && i < src->map.n; i++) {
		struct ptxi_entry *s = &src->map.v[i];
		struct ptxi_entry *d = ptxi_value_find(dst, s->key);
		const struct place here = { above, s->key };

		if (!d) {
			struct ptx_value *v = u->keep ? copy(a, s->value, 0) : s->value;

			good = v && ptxi_value_put(dst, s->key, true, v);
		} else if (ptx_value_kind(d->value) == PTX_NULL) {
			bool given = ptx_value_kind(s->value) != PTX_NULL;

			if (!u->keep)
				s->value = d->value;
			if (given && !u->merge)
				ptxi_value_remove(dst, s->key);
		} else if (is_table(s->value) && is_table(d->value)) {
			good = lay_under(u, d->value, s->value, &here);
		} else if (is_table(s->value)) {
			say_table(u->log, "coalesce.go:316", "", &here, s->value);
		} else if (is_table(d->value) && ptx_value_kind(s->value) != PTX_NULL) {
			say_table(u->log, "coalesce.go:319", NULL, &here, s->value);
		}
	}
	return good;
}

struct ptx_value *ptxi_chart_coalesce_tables(struct ptx_value *dst, struct ptx_value *src,
					     bool merge, const struct ptxi_chart_log *log)
{
	const struct under u = { merge, false, log };

	if (!src)
		return dst;
	if (!dst)
		return src;
	lay_under(&u, dst, src, NULL); /* that memory is lacking, the arena remembers */
	return dst;
}

/* A map with the same values. */
static struct ptx_value *shallow(struct ptx_arena *a, const struct ptx_value *v)
{
	struct ptx_value *to = ptx_value_map(a);

	for (size_t i = 0; to && i < v->map.n; i++)
		ptxi_value_put(to, v->map.v[i].key, true, v->map.v[i].value);
	return to;
}

/* The globals of src win over those of dest. */
static void coalesce_globals(struct coalesce *c, struct ptx_value *dest,
			     const struct ptx_value *src, const struct place *place)
{
	const struct under under = { true, false, c->log };
	const struct ptxi_entry *de = ptxi_value_find(dest, PTXI_STR(PTXI_CHART_GLOBAL));
	const struct ptxi_entry *se = ptxi_value_find(src, PTXI_STR(PTXI_CHART_GLOBAL));
	struct ptx_value *dg = de ? de->value : ptx_value_map(c->arena);

	if (!is_table(dg)) {
		ptxi_chart_say(
		    c->log, "coalesce.go:138",
		    "warning: skipping globals because destination global is not a table.");
		return;
	}
	if (se && !is_table(se->value)) {
		ptxi_chart_say(c->log, "coalesce.go:145",
			       "warning: skipping globals because source global is not a table.");
		return;
	}
	for (size_t i = 0; se && i < se->value->map.n; i++) {
		const struct ptxi_entry *s = &se->value->map.v[i];
		const struct ptxi_entry *d = ptxi_value_find(dg, s->key);

		if (is_table(s->value)) {
			struct ptx_value *copied = shallow(c->arena, s->value);

			if (d && !is_table(d->value)) {
				ptxi_chart_say(c->log, "coalesce.go:161",
					       "Conflict: cannot merge map onto non-map for "
					       "%s. Skipping.",
					       ptxi_go_quoted(c->arena, s->key.p));
				continue;
			}
			if (copied && d)
				lay_under(&under, copied, d->value,
					  &(struct place){ place, s->key });
			ptxi_value_put(dg, s->key, true, copied);
		} else if (d && is_table(d->value)) {
			ptxi_chart_say(c->log, "coalesce.go:175", "key %.*s is table. Skipping",
				       PTX_STR_ARG(s->key));
		} else {
			ptxi_value_put(dg, s->key, true, s->value);
		}
	}
	ptxi_value_put(dest, PTXI_STR(PTXI_CHART_GLOBAL), true, dg);
}

static bool is_child(const struct ptxi_chart_use *u, struct ptx_str key)
{
	for (size_t i = 0; i < u->children.n; i++)
		if (ptxi_str_is(key, u->children.v[i]->name))
			return true;
	return false;
}

/* The chart's own values under v: they are only read, and copied where v has nothing. */
static int coalesce_own(struct coalesce *c, const struct ptxi_chart_use *u, struct ptx_value *v,
			const struct place *place)
{
	bool good = true;

	for (size_t i = 0; good && u->values && i < u->values->map.n; i++) {
		const struct ptxi_entry *o = &u->values->map.v[i];
		const struct ptxi_entry *e = ptxi_value_find(v, o->key);

		if (!e) {
			struct ptx_value *own = copy(c->arena, o->value, 0);

			good = own && ptxi_value_put(v, o->key, true, own);
		} else if (ptx_value_kind(e->value) == PTX_NULL && !c->merge) {
			ptxi_value_remove(v, o->key);
		} else if (is_table(e->value) && is_table(o->value)) {
			const struct under under = { c->merge || is_child(u, o->key), true,
						     c->log };

			good =
			    lay_under(&under, e->value, o->value, &(struct place){ place, o->key });
		} else if (is_table(e->value) && ptx_value_kind(o->value) != PTX_NULL) {
			ptx_auto_buf path = { 0 };

			ptx_buf_init(&path, 0);
			print_place(place, &path);
			ptxi_chart_say(c->log, "coalesce.go:237",
				       "warning: skipped value for %s.%.*s: Not a table.", path.p,
				       PTX_STR_ARG(o->key));
		}
	}
	return good ? 0 : no_memory(c);
}

/* "%!t(float64=3)": what Go prints where a boolean was wanted. */
static void not_a_table(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_auto_buf shown = { 0 };

	if (ptx_value_kind(v) == PTX_BOOL) {
		ptx_buf_init(out, 0);
		ptx_buf_adds(out, v->b ? "true" : "false");
		return;
	}
	print(v, &shown);
	ptx_buf_init(out, 0);
	if (ptx_value_kind(v) == PTX_NULL)
		ptx_buf_adds(out, "%!t(<nil>)");
	else
		ptx_buf_printf(out, "%%!t(%s=%s)", ptxi_go_type(v), shown.p);
}

static int coalesce(struct coalesce *c, const struct ptxi_chart_use *u, struct ptx_value *v,
		    const struct place *above)
{
	const struct place place = { above, ptxi_str(u->name) };
	int rc = coalesce_own(c, u, v, &place);

	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		const struct ptxi_entry *e = ptxi_value_find(v, ptxi_str(child->name));

		if (!e) {
			struct ptx_value *none = ptx_value_map(c->arena);

			e = none ? ptxi_value_put(v, ptxi_str(child->name), true, none) : NULL;
			if (!e)
				return no_memory(c);
		}
		if (!is_table(e->value)) {
			ptx_auto_buf shown = { 0 };

			not_a_table(e->value, &shown);
			return ptx_fail(c->err, PTX_E_INVALID, "type mismatch on %s: %s",
					child->name, shown.p);
		}
		coalesce_globals(c, e->value, v, &place);
		rc = coalesce(c, child, e->value, &place);
	}
	return rc;
}

struct ptx_value *ptxi_chart_coalesce(struct ptx_arena *a, const struct ptxi_chart_use *u,
				      const struct ptx_value *values, bool merge,
				      const struct ptxi_chart_log *log, struct ptx_error **err)
{
	struct coalesce c = { a, merge, log, err };
	struct ptx_value *v = values ? copy(a, values, 0) : ptx_value_map(a);

	if (!v) {
		no_memory(&c);
		return NULL;
	}
	if (coalesce(&c, u, v, NULL) < 0)
		return NULL;
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

struct ptx_value *ptxi_chart_table(const struct ptx_value *v, struct ptx_str path)
{
	struct ptx_str part = { NULL, 0 };

	while (v && ptxi_str_next(&path, '.', &part)) {
		v = ptx_value_getn(v, part);
		if (!is_table(v))
			v = NULL;
	}
	return (struct ptx_value *)v;
}
