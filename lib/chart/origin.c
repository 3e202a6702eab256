/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c - which source set a value, and which others would have.
 *
 * A source is values.yaml of a chart, a file or an option that was given. They are asked one by one
 * for the key, in the order in which they win: a subchart's values.yaml, those of the charts above,
 * what was given; and, for what is below `global`, the same of each chart further up, whose globals
 * win. The one that gave the value in force is known by its place.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../value/path.h"

#define MOST_LAYERS 1000u

struct layers {
	struct ptx_value *v[MOST_LAYERS];
	size_t n;
	bool failed;
};

static void keep(struct ptx_value *layer, void *user)
{
	struct layers *l = user;

	if (layer && l->n < MOST_LAYERS)
		l->v[l->n++] = layer;
	else
		l->failed = true;
}

struct explaining {
	struct ptx_arena *arena;
	const struct layers *given;
	struct ptx_value *sources;
	const struct ptx_value *values[4 * MOST_LAYERS]; /* of each source */
	size_t count;
};

static void add_source(struct explaining *e, const struct ptx_value *from, const char *file,
		       struct ptx_str key)
{
	struct ptxi_found found = ptxi_value_find_path(from, key);
	struct ptx_where where = { 0 };
	struct ptx_value *one = NULL;

	/* A null above takes the key out, too. */
	if (!found.value && found.at && found.at->kind == PTX_NULL && found.at != from)
		found.value = (struct ptx_value *)found.at;
	where = ptx_value_where(found.value);
	if (!from || !found.value || e->count == PTXI_COUNT(e->values))
		return;
	one = ptx_value_map(e->arena);
	ptx_value_set_string(one, "source", where.file ? where.file : file);
	if (where.line)
		ptx_value_set_int(one, "line", where.line);
	if (where.line && where.column)
		ptx_value_set_int(one, "column", where.column);
	ptx_value_set(one, "value", ptx_value_copy(e->arena, found.value));
	ptx_value_append(e->sources, one);
	e->values[e->count++] = found.value;
}

static const struct ptxi_chart_use *child_of(const struct ptxi_chart_use *u, struct ptx_str key,
					     struct ptx_str *rest)
{
	for (size_t i = 0; i < u->children.n; i++) {
		const char *name = u->children.v[i]->name;
		size_t n = strlen(name);

		if (ptxi_str_starts(key, name) && n < key.n && key.p[n] == '.') {
			*rest = ptxi_str_from(key, n + 1);
			return u->children.v[i];
		}
	}
	return NULL;
}

/* values.yaml of the chart that the key leads into, then of those above. */
static void add_charts(struct explaining *e, const struct ptxi_chart_use *u, struct ptx_str key)
{
	struct ptx_str rest = { NULL, 0 };
	const struct ptxi_chart_use *child = child_of(u, key, &rest);
	const char *path = ptxi_chart_use_path(e->arena, u);
	const char *file = path ? ptxi_arena_printf(e->arena, "%s/values.yaml", path) : NULL;

	if (child)
		add_charts(e, child, rest);
	if (file)
		add_source(e, u->chart->values, file, key);
}

/* All sources of a key, and of the global that it is from the charts above. */
static void add_all(struct explaining *e, const struct ptxi_chart_use *root, struct ptx_str key)
{
	const char *prefix = "";
	struct ptx_str below = key;
	struct ptx_str rest = { NULL, 0 };
	const struct ptxi_chart_use *u = root;

	add_charts(e, root, key);
	for (size_t i = 0; i < e->given->n; i++)
		add_source(e, e->given->v[i], "an option", key);
	/* "db.cache.global.x" is also "db.global.x", and "global.x". */
	while ((u = child_of(u, below, &rest))) {
		below = rest;
		if (ptxi_str_starts(below, PTXI_CHART_GLOBAL ".")) {
			ptx_auto_str above = NULL;
			const char *cut = u->parent ? prefix : "";

			above = ptxi_asprintf("%s%.*s", cut, PTX_STR_ARG(below));
			if (above)
				add_all(e, root, ptxi_str(ptxi_arena_str(e->arena, above)));
			return;
		}
		prefix = ptxi_arena_printf(e->arena, "%s%s.", prefix, u->name);
		if (!prefix)
			return;
	}
}

static bool same_place(const struct ptx_value *a, const struct ptx_value *b)
{
	struct ptx_where x = ptx_value_where(a);
	struct ptx_where y = ptx_value_where(b);

	return x.file && y.file && strcmp(x.file, y.file) == 0 && x.line == y.line &&
	       x.column == y.column;
}

/* The source that the value in force is of: the last one of its place, else the last that is equal.
 */
static size_t winner(const struct explaining *e, const struct ptx_value *v)
{
	bool map = ptx_value_kind(v) == PTX_MAP;

	for (size_t i = e->count; i > 0; i--)
		if (map ? ptx_value_kind(e->values[i - 1]) == PTX_MAP
			: same_place(e->values[i - 1], v) && ptx_value_equal(e->values[i - 1], v))
			return i - 1;
	for (size_t i = e->count; i > 0; i--)
		if (ptx_value_equal(e->values[i - 1], v))
			return i - 1;
	return SIZE_MAX;
}

static void mark(const struct explaining *e, const struct ptx_value *v, bool there)
{
	size_t best = there ? winner(e, v) : SIZE_MAX;

	for (size_t i = 0; i < e->count; i++) {
		struct ptx_value *one = ptx_value_at(e->sources, i);
		bool part = there && ptx_value_kind(v) == PTX_MAP &&
			    ptx_value_kind(e->values[i]) == PTX_MAP;

		ptx_value_set_bool(one, "wins", i == best);
		ptx_value_set_bool(one, "merged", part && i != best);
	}
}

static int not_found(const struct ptx_value *all, const char *key, struct ptx_error **err)
{
	struct ptxi_found found = ptxi_value_find_path(all, ptxi_str(key));
	struct ptx_str near = ptxi_value_nearest_key(found.at, found.rest);
	size_t n = strlen(key) - found.rest.n;

	ptx_fail(err, PTX_E_NOT_FOUND, "the chart's values have no '%s'", key);
	if (near.p && near.n)
		ptxi_error_hint(err, "did you mean '%.*s%.*s'?", (int)n, key, PTX_STR_ARG(near));
	return PTX_E_NOT_FOUND;
}

struct ptx_value *ptx_chart_explain(const struct ptx_chart *c, const struct ptx_chart_values *src,
				    const char *key, struct ptx_arena *a, struct ptx_error **err)
{
	struct ptxi_chart_log quiet = { NULL, NULL };
	ptx_auto(error) own = NULL;
	struct ptx_error **e = err ? err : &own;
	struct layers *given = ptxi_arena_alloc(a, sizeof(*given));
	struct explaining *x = ptxi_arena_alloc(a, sizeof(*x));
	struct ptx_value *out = ptx_value_map(a);
	struct ptx_value *values =
	    given && x && out ? ptxi_chart_values_layers(a, src, keep, given, e) : NULL;
	const struct ptxi_chart_use *u =
	    values ? ptxi_chart_use_make(a, a, c->root, values, &quiet, e) : NULL;
	struct ptx_value *all = u ? ptxi_chart_coalesce(a, u, values, false, &quiet, e) : NULL;
	struct ptxi_found found = { NULL, NULL, { NULL, 0 } };

	if (!given || !x || !out)
		ptxi_arena_check(a, e);
	if (!all)
		return NULL;
	if (given->failed) {
		ptx_fail(e, PTX_E_LIMIT, "there are more than %u sources of values", MOST_LAYERS);
		return NULL;
	}
	found = ptxi_value_find_path(all, ptxi_str(key));
	x->arena = a;
	x->given = given;
	x->sources = ptx_value_list(a);
	add_all(x, u, ptxi_str(key));
	/* What a subchart lends stands in no source under this key. */
	if (found.value && winner(x, found.value) == SIZE_MAX)
		add_source(x, all, "values.yaml", ptxi_str(key));
	if (!found.value && !x->count) {
		not_found(all, key, e);
		return NULL;
	}
	mark(x, found.value, found.value != NULL);
	ptx_value_set_string(out, "key", key);
	if (found.value)
		ptx_value_set(out, "value", ptx_value_copy(a, found.value));
	ptx_value_set(out, "sources", x->sources);
	return ptxi_arena_check(a, e) < 0 ? NULL : out;
}
