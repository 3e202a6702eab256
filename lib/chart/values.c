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

static const char *join(struct ptx_arena *a, const char *prefix, struct ptx_str key)
{
	const char *s = prefix[0] ? ptxi_arena_printf(a, "%s.%.*s", prefix, PTX_STR_ARG(key))
				  : ptxi_arena_strn(a, key.p, key.n);

	return s ? s : "";
}

static void say_table(const struct ptxi_chart_log *log, const char *where, const char *fmt,
		      const char *key, const struct ptx_value *v)
{
	ptx_auto_buf shown = { 0 };

	if (!log || !log->say)
		return;
	print(v, &shown);
	if (fmt)
		ptxi_chart_say(log, where,
			       "warning: cannot overwrite table with non table for %s (%s)", key,
			       shown.p);
	else
		ptxi_chart_say(
		    log, where,
		    "warning: destination for %s is a table. Ignoring non-table value (%s)", key,
		    shown.p);
}

/* Keys that dst holds as null, put as null into src as well; *given tells which of src's entries
 * were not null before. */
static bool mark_nulls(struct ptx_value *dst, struct ptx_value *src, bool **given,
		       struct ptx_arena *a)
{
	size_t before = src->map.n;

	*given = ptxi_arena_alloc(a, before ? before : 1);
	if (!*given)
		return false;
	for (size_t i = 0; i < before; i++)
		(*given)[i] = ptx_value_kind(src->map.v[i].value) != PTX_NULL;
	for (size_t i = 0; i < dst->map.n; i++) {
		struct ptxi_entry *e = NULL;

		if (ptx_value_kind(dst->map.v[i].value) != PTX_NULL)
			continue;
		/* A new key of src would only be found as null again: nothing is to be done for it.
		 */
		e = ptxi_value_find(src, dst->map.v[i].key);
		if (e)
			e->value = dst->map.v[i].value;
	}
	return true;
}

struct ptx_value *ptxi_chart_coalesce_tables(struct ptx_value *dst, struct ptx_value *src,
					     const char *prefix, bool merge,
					     const struct ptxi_chart_log *log)
{
	struct ptx_arena *a = NULL;
	bool *given = NULL;

	if (!src)
		return dst;
	if (!dst)
		return src;
	a = ptxi_value_arena(dst);
	if (!mark_nulls(dst, src, &given, a))
		return dst;
	for (size_t i = 0; i < src->map.n; i++) {
		const struct ptxi_entry *s = &src->map.v[i];
		struct ptxi_entry *d = ptxi_value_find(dst, s->key);

		if (!d) {
			ptxi_value_put(dst, s->key, true, s->value);
		} else if (!merge && ptx_value_kind(d->value) == PTX_NULL && given[i]) {
			ptxi_value_remove(dst, s->key);
		} else if (is_table(s->value) && is_table(d->value)) {
			ptxi_chart_coalesce_tables(d->value, s->value, join(a, prefix, s->key),
						   merge, log);
		} else if (is_table(s->value)) {
			say_table(log, "coalesce.go:316", "", join(a, prefix, s->key), s->value);
		} else if (is_table(d->value) && ptx_value_kind(s->value) != PTX_NULL) {
			say_table(log, "coalesce.go:319", NULL, join(a, prefix, s->key), s->value);
		}
	}
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
			     const struct ptx_value *src, const char *prefix)
{
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
					       "\"%.*s\". Skipping.",
					       PTX_STR_ARG(s->key));
				continue;
			}
			if (d)
				ptxi_chart_coalesce_tables(
				    copied, d->value, join(c->arena, prefix, s->key), true, c->log);
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

static int coalesce_own(struct coalesce *c, const struct ptxi_chart_use *u, struct ptx_value *v,
			const char *prefix)
{
	const char *path = join(c->arena, prefix, ptxi_str(u->name));
	struct ptx_value *own = u->values ? copy(c->arena, u->values, 0) : NULL;

	if (u->values && !own)
		return no_memory(c);
	for (size_t i = 0; own && i < own->map.n; i++) {
		const struct ptxi_entry *o = &own->map.v[i];
		const struct ptxi_entry *e = ptxi_value_find(v, o->key);

		if (!e) {
			if (!ptxi_value_put(v, o->key, true, o->value))
				return no_memory(c);
		} else if (ptx_value_kind(e->value) == PTX_NULL && !c->merge) {
			ptxi_value_remove(v, o->key);
		} else if (is_table(e->value) && is_table(o->value)) {
			ptxi_chart_coalesce_tables(e->value, o->value, join(c->arena, path, o->key),
						   c->merge || is_child(u, o->key), c->log);
		} else if (is_table(e->value) && ptx_value_kind(o->value) != PTX_NULL) {
			ptxi_chart_say(c->log, "coalesce.go:237",
				       "warning: skipped value for %s.%.*s: Not a table.", path,
				       PTX_STR_ARG(o->key));
		}
	}
	return 0;
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
		    const char *prefix)
{
	const char *path = join(c->arena, prefix, ptxi_str(u->name));
	int rc = coalesce_own(c, u, v, prefix);

	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		const struct ptxi_entry *e = ptxi_value_find(v, ptxi_str(child->name));

		if (!e) {
			e = ptxi_value_put(v, ptxi_str(child->name), true, ptx_value_map(c->arena));
			if (!e)
				return no_memory(c);
		}
		if (!is_table(e->value)) {
			ptx_auto_buf shown = { 0 };

			not_a_table(e->value, &shown);
			return ptx_fail(c->err, PTX_E_INVALID, "type mismatch on %s: %s",
					child->name, shown.p);
		}
		coalesce_globals(c, e->value, v, path);
		rc = coalesce(c, child, e->value, path);
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
	if (coalesce(&c, u, v, "") < 0)
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
