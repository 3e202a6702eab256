/* SPDX-License-Identifier: Apache-2.0 */
/* deps.c - which subcharts take part, under which names, and what values they lend to their
 * parents.
 *
 * In Helm's order: charts that fit a dependency are taken (again, for each alias), tags and
 * conditions turn them off, the same goes on below; then, from the innermost chart out,
 * import-values lays what a child exports under the parent's own values. What is in charts/ and not
 * in Chart.yaml, or does not fit, is simply on.
 *
 * A chart that is used twice has its dependencies only once, as in Helm: an alias that the first
 * use gave is the name that the second one looks for, and what the first one imported is imported
 * by no other.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../text/gofmt.h"
#include "../text/goquote.h"

struct deps {
	struct ptx_arena *arena;      /* of the uses */
	struct ptx_arena *own_values; /* of their values */
	struct ptx_arena *scratch;    /* of what only decides who takes part */
	const struct ptxi_chart_log *log;
	struct ptx_error **err;
};

static int no_memory(struct deps *d)
{
	int rc = ptxi_arena_check(d->arena, d->err);

	if (!rc)
		rc = ptxi_arena_check(d->own_values, d->err);
	return rc ? rc : ptx_fail(d->err, PTX_E_NOMEM, "no memory for subcharts");
}

static bool push(struct deps *d, struct ptxi_chart_use *u, struct ptxi_chart_use *child)
{
	if (u->children.n == u->children.cap) {
		size_t cap = u->children.cap ? u->children.cap * 2 : 4;
		void *v = ptxi_arena_grow(d->arena, u->children.v, u->children.n * sizeof(child),
					  cap * sizeof(child));

		if (!v)
			return false;
		u->children.v = v;
		u->children.cap = cap;
	}
	child->parent = u;
	u->children.v[u->children.n++] = child;
	return true;
}

/* A list of pointers to copies of the dependencies; NULL without memory. */
static struct ptxi_chart_dependency **dependencies_of(struct deps *d,
						      const struct ptxi_chart_meta *m)
{
	size_t n = m->dependency_count;
	struct ptxi_chart_dependency *copies = ptxi_arena_array(d->arena, n, sizeof(*copies));
	struct ptxi_chart_dependency **list = ptxi_arena_array(d->arena, n, sizeof(*list));

	if (!copies || !list)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		copies[i] = m->dependencies[i];
		list[i] = &copies[i];
	}
	return list;
}

/* A chart with all that is in charts/, as it was read. */
static struct ptxi_chart_use *use_of(struct deps *d, const struct ptxi_chart *c)
{
	struct ptxi_chart_use *u = ptxi_arena_alloc(d->arena, sizeof(*u));
	size_t n = c->meta.dependency_count;

	if (u && n)
		u->dependencies = dependencies_of(d, &c->meta);
	if (!u || (n && !u->dependencies)) {
		no_memory(d);
		return NULL;
	}
	u->chart = c;
	u->name = c->meta.name;
	u->dependency_count = n;
	u->has_dependencies = c->meta.dependencies != NULL;
	u->values = (struct ptx_value *)c->values; /* never changed: only copies of it are */
	for (size_t i = 0; i < c->children.n; i++) {
		struct ptxi_chart_use *child = use_of(d, c->children.v[i]);

		if (!child || !push(d, u, child)) {
			if (child)
				no_memory(d);
			return NULL;
		}
	}
	return u;
}

const char *ptxi_chart_use_path(struct ptx_arena *a, const struct ptxi_chart_use *u)
{
	const char *above = u->parent ? ptxi_chart_use_path(a, u->parent) : NULL;

	if (!u->parent)
		return u->name;
	return above ? ptxi_arena_printf(a, "%s/charts/%s", above, u->name) : NULL;
}

/* 1, 0, or NOMEM. */
static int fits(const struct ptxi_chart_use *u, const struct ptxi_chart_dependency *dep)
{
	return strcmp(u->name, dep->name) == 0
		   ? ptxi_chart_version_fits(dep->version, u->chart->meta.version)
		   : 0;
}

/* A copy of a child for one dependency. */
static struct ptxi_chart_use *taken(struct deps *d, const struct ptxi_chart_use *child,
				    const struct ptxi_chart_dependency *dep)
{
	struct ptxi_chart_use *copy = ptxi_arena_alloc(d->arena, sizeof(*copy));

	if (!copy)
		return NULL;
	/* What is below is shared, but which of it takes part is each one's own: the lists are made
	 * anew then. */
	*copy = *child;
	if (dep->alias[0])
		copy->name = dep->alias;
	return copy;
}

/* The children by what the dependencies say: those that none is for, then one for each dependency.
 */
static int choose_children(struct deps *d, struct ptxi_chart_use *u)
{
	struct ptxi_chart_use **old = u->children.v;
	size_t n = u->children.n;

	u->children.v = NULL;
	u->children.n = u->children.cap = 0;
	for (size_t i = 0; i < n; i++) {
		int named = 0;

		for (size_t k = 0; !named && k < u->dependency_count; k++)
			named = fits(old[i], u->dependencies[k]);
		if (named < 0 || (!named && !push(d, u, old[i])))
			return no_memory(d);
	}
	for (size_t k = 0; k < u->dependency_count; k++) {
		struct ptxi_chart_dependency *dep = u->dependencies[k];
		struct ptxi_chart_use *copy = NULL;

		for (size_t i = 0; !copy && i < n; i++) {
			int fit = fits(old[i], dep);

			copy = fit > 0 ? taken(d, old[i], dep) : NULL;
			if (fit < 0 || (fit && !copy))
				return no_memory(d);
		}
		if (copy && !push(d, u, copy))
			return no_memory(d);
		if (dep->alias[0])
			dep->name = dep->alias;
	}
	return 0;
}

static void by_tags(struct deps *d, struct ptxi_chart_use *u, const struct ptx_value *values)
{
	const struct ptx_value *tags = ptx_value_get(values, "tags");

	if (ptx_value_kind(tags) != PTX_MAP)
		return;
	for (size_t i = 0; i < u->dependency_count; i++) {
		struct ptxi_chart_dependency *dep = u->dependencies[i];
		bool on = false;
		bool off = false;

		for (size_t k = 0; k < ptx_value_count(dep->tags); k++) {
			struct ptx_str tag = dep->tags->list.v[k]->s;
			const struct ptxi_entry *e = ptxi_value_find(tags, tag);

			if (!e)
				continue;
			if (ptx_value_kind(e->value) != PTX_BOOL)
				ptxi_chart_say(
				    d->log, "dependencies.go:95",
				    "Warning: Tag '%.*s' for chart %s returned non-bool value",
				    PTX_STR_ARG(tag), dep->name);
			else if (e->value->b)
				on = true;
			else
				off = true;
		}
		dep->enabled = on || !off;
	}
}

/* What is at a dotted path, when it is no table. */
static const struct ptx_value *value_at(const struct ptx_value *values, struct ptx_str path)
{
	size_t dot = ptxi_str_rfind_char(path, '.');
	const struct ptx_value *table =
	    dot == SIZE_MAX ? values : ptxi_chart_table(values, ptxi_str_sub(path, 0, dot));
	const struct ptx_value *v =
	    table ? ptx_value_getn(table, dot == SIZE_MAX ? path : ptxi_str_from(path, dot + 1))
		  : NULL;

	return ptx_value_kind(v) == PTX_MAP ? NULL : v;
}

static int by_conditions(struct deps *d, struct ptxi_chart_use *u, const struct ptx_value *values,
			 const char *path)
{
	for (size_t i = 0; i < u->dependency_count; i++) {
		struct ptxi_chart_dependency *dep = u->dependencies[i];
		struct ptx_str rest = ptxi_str_trim(ptxi_str(dep->condition));
		struct ptx_str one = { NULL, 0 };

		while (ptxi_str_next(&rest, ',', &one)) {
			ptx_auto_str full =
			    one.n ? ptxi_asprintf("%s%.*s", path, PTX_STR_ARG(one)) : NULL;
			const struct ptx_value *v = full ? value_at(values, ptxi_str(full)) : NULL;

			if (one.n && !full)
				return no_memory(d);
			if (!v)
				continue;
			if (v->kind == PTX_BOOL) {
				dep->enabled = v->b;
				break;
			}
			ptxi_chart_say(
			    d->log, "dependencies.go:64",
			    "Warning: Condition path '%.*s' for chart %s returned non-bool value",
			    PTX_STR_ARG(one), dep->name);
		}
	}
	return 0;
}

static bool is_off(const struct ptxi_chart_use *u, const char *name)
{
	for (size_t i = 0; i < u->dependency_count; i++)
		if (!u->dependencies[i]->enabled && strcmp(u->dependencies[i]->name, name) == 0)
			return true;
	return false;
}

static void drop_disabled(struct ptxi_chart_use *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->children.n; i++)
		if (!is_off(u, u->children.v[i]->name))
			u->children.v[n++] = u->children.v[i];
	u->children.n = n;
}

static void drop_dependencies(struct deps *d, struct ptxi_chart_use *u)
{
	struct ptxi_chart_dependency **kept =
	    ptxi_arena_array(d->arena, u->dependency_count + 1, sizeof(*kept));
	size_t n = 0;

	for (size_t i = 0; kept && i < u->dependency_count; i++)
		if (!is_off(u, u->dependencies[i]->name))
			kept[n++] = u->dependencies[i];
	u->dependencies = kept;
	u->dependency_count = n;
	u->has_dependencies = n > 0;
}

static int enable(struct deps *d, struct ptxi_chart_use *u, const struct ptx_value *values,
		  const char *path)
{
	struct ptx_value *all = NULL;
	int rc = 0;

	if (!u->has_dependencies)
		return 0;
	rc = choose_children(d, u);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < u->dependency_count; i++)
		u->dependencies[i]->enabled = true;
	all = ptxi_chart_coalesce(d->scratch, u, values, false, d->log, d->err);
	if (!all)
		return d->err && *d->err ? ptx_error_code(*d->err) : PTX_E_NOMEM;
	by_tags(d, u, all);
	rc = by_conditions(d, u, all, path);
	drop_disabled(u);
	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const char *below =
		    ptxi_arena_printf(d->scratch, "%s%s.", path, u->children.v[i]->name);

		rc = below ? enable(d, u->children.v[i], all, below) : no_memory(d);
	}
	drop_dependencies(d, u);
	/* A child that is shared by two uses belongs to the one that took it last. */
	for (size_t i = 0; i < u->children.n; i++)
		u->children.v[i]->parent = u;
	return rc;
}

/* data below the keys of a dotted path; "." is data itself. */
static struct ptx_value *nest(struct ptx_arena *a, struct ptx_str path, struct ptx_value *data)
{
	if (ptxi_str_is(path, "."))
		return data;
	for (bool more = true; more && data;) {
		size_t dot = ptxi_str_rfind_char(path, '.');
		struct ptx_str key = dot == SIZE_MAX ? path : ptxi_str_from(path, dot + 1);
		struct ptx_value *outer = ptx_value_map(a);

		ptx_value_setn(outer, key, data);
		data = outer;
		more = dot != SIZE_MAX;
		path.n = more ? dot : 0;
	}
	return data;
}

/* Go's %v of the member of a map, "<nil>" without one. */
static struct ptx_str shown(struct ptx_arena *a, const struct ptx_value *map, const char *key)
{
	const struct ptx_value *v = ptx_value_get(map, key);
	ptx_auto_buf out = { 0 };
	const char *text = NULL;

	if (ptx_value_kind(v) == PTX_STRING)
		return v->s;
	ptx_buf_init(&out, 0);
	ptxi_go_print_value(v, a, &out);
	text = ptxi_arena_buf(a, &out);
	return ptxi_strn(text, text ? out.n : 0);
}

static void missing_table(struct deps *d, const struct ptxi_chart_dependency *dep,
			  const struct ptx_value *values, struct ptx_str path, bool named)
{
	struct ptx_str part = { NULL, 0 };
	ptx_auto_buf quoted = { 0 };

	/* The first part that is no table. */
	while (ptxi_str_next(&path, '.', &part)) {
		values = ptx_value_getn(values, part);
		if (ptx_value_kind(values) != PTX_MAP)
			break;
	}
	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(part, false, &quoted);
	if (named)
		ptxi_chart_say(
		    d->log, "dependencies.go:270",
		    "Warning: ImportValues missing table from chart %s: %s is not a table",
		    dep->name, quoted.p);
	else
		ptxi_chart_say(d->log, "dependencies.go:287",
			       "Warning: ImportValues missing table: %s is not a table", quoted.p);
}

/* One of a dependency's import-values, as it is once it is read: both its names as strings. NULL:
 * it is neither of the forms there are. */
static struct ptx_value *import_names(struct deps *d, const struct ptx_value *item)
{
	bool named = ptx_value_kind(item) == PTX_MAP;
	struct ptx_str child = { NULL, 0 };
	struct ptx_value *names = NULL;

	if (!named && ptx_value_kind(item) != PTX_STRING)
		return NULL;
	child = named ? shown(d->arena, item, "child")
		      : ptxi_str(ptxi_arena_printf(d->arena, "exports.%.*s", PTX_STR_ARG(item->s)));
	names = ptx_value_map(d->arena);
	if (names)
		names->go = PTXI_GO_STRING_MAP;
	ptx_value_set(names, "child", ptx_value_strn(d->arena, child));
	ptx_value_set(
	    names, "parent",
	    ptx_value_strn(d->arena, named ? shown(d->arena, item, "parent") : PTXI_STR(".")));
	return names;
}

static struct ptx_value *import_one(struct deps *d, const struct ptxi_chart_dependency *dep,
				    const struct ptx_value *names, bool named,
				    const struct ptx_value *values, struct ptx_value *into)
{
	struct ptx_str child = ptx_value_str(ptx_value_get(names, "child"));
	struct ptx_str parent = ptx_value_str(ptx_value_get(names, "parent"));
	const char *path = ptxi_arena_printf(d->arena, "%s.%.*s", dep->name, PTX_STR_ARG(child));
	struct ptx_value *table = path ? ptxi_chart_table(values, ptxi_str(path)) : NULL;

	if (!table) {
		if (path)
			missing_table(d, dep, values, ptxi_str(path), named);
		return into;
	}
	/* The keys of what is nested are shared by copies: they stay with the uses. */
	return ptxi_chart_coalesce_tables(into, nest(d->arena, parent, table), true, d->log);
}

/* What one dependency lends, laid over what is there. */
static struct ptx_value *import_from(struct deps *d, struct ptxi_chart_dependency *dep,
				     const struct ptx_value *values, struct ptx_value *into)
{
	const struct ptx_value *list = dep->imported ? NULL : dep->import;
	struct ptx_value *read = NULL;

	for (size_t i = 0; i < ptx_value_count(list); i++) {
		const struct ptx_value *item = ptx_value_at(list, i);
		struct ptx_value *names = import_names(d, item);

		if (!names)
			continue;
		read = read ? read : ptx_value_list(d->arena);
		ptx_value_append(read, names);
		into = import_one(d, dep, names, item->kind == PTX_MAP, values, into);
	}
	dep->import = read;
	dep->imported = true;
	return into;
}

static int import(struct deps *d, struct ptxi_chart_use *u)
{
	struct ptx_value *values = NULL;
	struct ptx_value *imported = ptx_value_map(d->arena);

	for (size_t i = 0; i < u->children.n; i++) {
		int rc = import(d, u->children.v[i]);

		if (rc < 0)
			return rc;
	}
	if (!u->has_dependencies)
		return 0;
	values = ptxi_chart_coalesce(d->own_values, u, NULL, true, d->log, d->err);
	if (!values)
		return d->err && *d->err ? ptx_error_code(*d->err) : PTX_E_NOMEM;
	for (size_t i = 0; i < u->dependency_count; i++)
		imported = import_from(d, u->dependencies[i], values, imported);
	if (imported && imported->map.n) {
		/* What was imported are parts of these values: they must not be changed twice. */
		values = ptxi_chart_values_copy(d->own_values, values);
		values = values ? ptxi_chart_coalesce_tables(values, imported, true, d->log) : NULL;
	}
	u->values = values;
	return values ? 0 : no_memory(d);
}

static int enable_all(struct deps *d, struct ptxi_chart_use *u, const struct ptx_value *values)
{
	ptx_auto(arena) scratch = ptx_arena_new(ptxi_arena_max(d->arena));

	d->scratch = scratch;
	return scratch ? enable(d, u, values, "") : no_memory(d);
}

struct ptxi_chart_use *ptxi_chart_use_make(struct ptx_arena *a, struct ptx_arena *own_values,
					   const struct ptxi_chart *c,
					   const struct ptx_value *values,
					   const struct ptxi_chart_log *log, struct ptx_error **err)
{
	struct deps d = { .arena = a, .own_values = own_values, .log = log, .err = err };
	struct ptxi_chart_use *u = use_of(&d, c);

	if (!u || enable_all(&d, u, values) < 0 || import(&d, u) < 0)
		return NULL;
	return ptxi_arena_check(a, err) < 0 || ptxi_arena_check(own_values, err) < 0 ? NULL : u;
}

void ptxi_chart_use_drop_values(struct ptxi_chart_use *u)
{
	u->values = NULL;
	for (size_t i = 0; i < u->children.n; i++)
		ptxi_chart_use_drop_values(u->children.v[i]);
}
