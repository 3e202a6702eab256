/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - the trees of known keys, and what is not templates that they are learned from. */
#define PTX_AREA PTX_AREA_CHART
#include "known.h"

#include <pitrix/codec.h>

#define DEEPEST 200u

struct ptxi_known *ptxi_known_member(const struct ptxi_known_set *s, const struct ptxi_known *k,
				     struct ptx_str name)
{
	ptx_auto_buf key = { 0 };

	if (!k)
		return NULL;
	ptx_buf_init(&key, 0);
	ptx_buf_add(&key, &k, sizeof(k));
	ptx_buf_addstr(&key, name);
	return ptx_buf_ok(&key) ? ptxi_map_getn(s->members, ptx_buf_str(&key)) : NULL;
}

static struct ptxi_known *new_node(struct ptxi_known_set *s, struct ptxi_known *parent,
				   struct ptx_str name)
{
	struct ptxi_known *k = ptxi_arena_alloc(s->arena, sizeof(*k));
	const char *copy = ptxi_arena_strn(s->arena, name.p ? name.p : "", name.n);

	s->failed |= !k || !copy;
	if (!k || !copy)
		return NULL;
	k->name = ptxi_strn(copy, name.n);
	k->parent = parent;
	return k;
}

struct ptxi_known *ptxi_known_add(struct ptxi_known_set *s, struct ptxi_known *k,
				  struct ptx_str name)
{
	struct ptxi_known *member = ptxi_known_member(s, k, name);
	ptx_auto_buf key = { 0 };

	if (!k || member)
		return member;
	member = k->is_chart && s->global && ptxi_str_is(name, PTXI_CHART_GLOBAL)
		     ? s->global
		     : new_node(s, k, name);
	if (!member)
		return NULL;
	ptx_buf_init(&key, 0);
	ptx_buf_add(&key, &k, sizeof(k));
	ptx_buf_addstr(&key, name);
	if (!ptx_buf_ok(&key) || ptxi_map_setn(s->members, ptx_buf_str(&key), member) < 0) {
		s->failed = true;
		return NULL;
	}
	if (member != s->global) {
		member->next = k->first;
		k->first = member;
	}
	return member;
}

struct ptxi_known *ptxi_known_each(struct ptxi_known_set *s, struct ptxi_known *k)
{
	if (k && !k->each)
		k->each = new_node(s, k, PTXI_STR("*"));
	return k ? k->each : NULL;
}

struct ptxi_known *ptxi_known_path(struct ptxi_known_set *s, struct ptxi_known *k,
				   struct ptx_str path)
{
	struct ptx_str part = { NULL, 0 };

	while (k && ptxi_str_next(&path, '.', &part))
		if (part.n)
			k = ptxi_known_add(s, k, part);
	return k;
}

struct ptxi_known *ptxi_known_of_use(struct ptxi_known_set *s, const struct ptxi_chart_use *u)
{
	struct ptxi_known *k = s->root;

	if (u->parent)
		k = ptxi_known_add(s, ptxi_known_of_use(s, u->parent), ptxi_str(u->name));
	if (k)
		k->is_chart = true;
	return k;
}

static void know_all(struct ptxi_known *k)
{
	if (k)
		k->all = true;
}

/* ---- values.yaml */

static void learn_values(struct ptxi_known_set *s, struct ptxi_known *k, const struct ptx_value *v,
			 unsigned depth)
{
	if (!k || depth > DEEPEST)
		return;
	for (size_t i = 0; ptx_value_kind(v) == PTX_MAP && i < v->map.n; i++)
		learn_values(s, ptxi_known_add(s, k, v->map.v[i].key), v->map.v[i].value,
			     depth + 1);
	for (size_t i = 0; ptx_value_kind(v) == PTX_LIST && i < v->list.n; i++)
		learn_values(s, ptxi_known_each(s, k), v->list.v[i], depth + 1);
}

static bool is_child(const struct ptxi_chart_use *u, struct ptx_str name)
{
	for (size_t i = 0; i < u->children.n; i++)
		if (ptxi_str_is(name, u->children.v[i]->name))
			return true;
	return false;
}

/* ---- values.schema.json */

static void learn_schema(struct ptxi_known_set *s, struct ptxi_known *k,
			 const struct ptx_value *schema, const struct ptx_value *top,
			 unsigned depth)
{
	static const char *const groups[] = { "allOf", "anyOf", "oneOf" };
	static const char *const same[] = { "if", "then", "else", "not" };
	const struct ptx_value *v = NULL;
	const char *ref = ptx_value_as_string(ptx_value_get(schema, "$ref"), NULL);

	if (!k || ptx_value_kind(schema) != PTX_MAP)
		return;
	/* What refers to elsewhere, or to itself without an end, may be anything. */
	if (depth > 30u || ref || ptx_value_has(schema, "$dynamicRef") ||
	    ptx_value_has(schema, "$recursiveRef")) {
		know_all(k);
		return;
	}
	v = ptx_value_get(schema, "properties");
	for (size_t i = 0; ptx_value_kind(v) == PTX_MAP && i < v->map.n; i++)
		learn_schema(s, ptxi_known_add(s, k, v->map.v[i].key), v->map.v[i].value, top,
			     depth + 1);
	v = ptx_value_get(schema, "additionalProperties");
	if (ptx_value_kind(v) == PTX_MAP)
		learn_schema(s, ptxi_known_each(s, k), v, top, depth + 1);
	else if (ptx_value_kind(v) == PTX_BOOL && v->b)
		know_all(k);
	if (ptx_value_has(schema, "patternProperties") || ptx_value_has(schema, "propertyNames"))
		know_all(k);
	v = ptx_value_get(schema, "items");
	if (ptx_value_kind(v) == PTX_MAP)
		learn_schema(s, ptxi_known_each(s, k), v, top, depth + 1);
	else if (ptx_value_kind(v) == PTX_LIST)
		know_all(ptxi_known_each(s, k));
	for (size_t g = 0; g < PTXI_COUNT(groups); g++) {
		v = ptx_value_get(schema, groups[g]);
		for (size_t i = 0; i < ptx_value_count(v) && ptx_value_kind(v) == PTX_LIST; i++)
			learn_schema(s, k, v->list.v[i], top, depth + 1);
	}
	for (size_t g = 0; g < PTXI_COUNT(same); g++)
		learn_schema(s, k, ptx_value_get(schema, same[g]), top, depth + 1);
}

/* ---- Chart.yaml */

static void learn_imports(struct ptxi_known_set *s, struct ptxi_known *k,
			  const struct ptxi_chart_dependency *d)
{
	const char *name = d->alias[0] ? d->alias : d->name;
	struct ptxi_known *child = ptxi_known_add(s, k, ptxi_str(name));

	for (size_t i = 0; i < ptx_value_count(d->import); i++) {
		const struct ptx_value *one = ptx_value_at(d->import, i);

		if (ptx_value_kind(one) == PTX_MAP) {
			const char *parent = ptx_value_as_string(ptx_value_get(one, "parent"), ".");

			know_all(ptxi_known_path(
			    s, child,
			    ptxi_str(ptx_value_as_string(ptx_value_get(one, "child"), "."))));
			know_all(ptxi_known_path(s, k, ptxi_str(parent)));
		} else {
			know_all(ptxi_known_path(s, ptxi_known_add(s, child, PTXI_STR("exports")),
						 ptxi_str(ptx_value_as_string(one, "."))));
		}
	}
}

static void learn_dependencies(struct ptxi_known_set *s, struct ptxi_known *k,
			       const struct ptxi_chart_use *u)
{
	const struct ptxi_chart_meta *m = &u->chart->meta;

	for (size_t i = 0; i < m->dependency_count; i++) {
		const struct ptxi_chart_dependency *d = &m->dependencies[i];
		struct ptx_str rest = ptxi_str(d->condition);
		struct ptx_str one = { NULL, 0 };
		const char *name = d->alias[0] ? d->alias : d->name;

		while (ptxi_str_next(&rest, ',', &one))
			ptxi_known_path(s, k, ptxi_str_trim(one));
		if (d->import)
			learn_imports(s, k, d);
		/* One that is off may have values all the same. */
		if (!is_child(u, ptxi_str(name)))
			know_all(ptxi_known_add(s, k, ptxi_str(name)));
	}
	for (size_t i = 0; i < u->chart->children.n; i++)
		if (!is_child(u, ptxi_str(u->chart->children.v[i]->meta.name)))
			know_all(
			    ptxi_known_add(s, k, ptxi_str(u->chart->children.v[i]->meta.name)));
	know_all(ptxi_known_add(s, k, PTXI_STR("tags")));
}

void ptxi_known_learn_chart(struct ptxi_known_set *s, const struct ptxi_chart_use *u)
{
	struct ptxi_known *k = ptxi_known_of_use(s, u);
	struct ptx_value *schema = NULL;

	ptxi_known_add(s, k, PTXI_STR(PTXI_CHART_GLOBAL));
	for (size_t i = 0; u->values && i < u->values->map.n; i++) {
		const struct ptxi_entry *e = &u->values->map.v[i];

		/* What is there for a subchart is to be known by that. */
		if (!is_child(u, e->key))
			learn_values(s, ptxi_known_add(s, k, e->key), e->value, 0);
	}
	if (u->chart->schema.p) {
		schema = ptx_json_parse(s->arena, u->chart->schema, NULL, NULL);
		learn_schema(s, k, schema, schema, 0);
	}
	learn_dependencies(s, k, u);
	for (size_t i = 0; i < u->children.n; i++)
		ptxi_known_learn_chart(s, u->children.v[i]);
}

/* ---- texts for tpl */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

void ptxi_known_learn_text(struct ptxi_known_set *s, struct ptx_str text)
{
	size_t at = 0;

	if (ptxi_str_find(text, PTXI_STR("{{")) == SIZE_MAX)
		return;
	while ((at = ptxi_str_find(text, PTXI_STR(".Values"))) != SIZE_MAX) {
		struct ptxi_known *k = s->shared;
		size_t i = at + strlen(".Values");

		while (i + 1 < text.n && text.p[i] == '.' && is_name(text.p[i + 1])) {
			size_t from = ++i;

			while (i < text.n && is_name(text.p[i]))
				i++;
			k = ptxi_known_add(s, k, ptxi_str_sub(text, from, i - from));
		}
		know_all(k);
		text = ptxi_str_from(text, i);
	}
}

static void learn_strings(struct ptxi_known_set *s, const struct ptx_value *v, unsigned depth)
{
	if (depth > DEEPEST)
		return;
	if (ptx_value_kind(v) == PTX_STRING)
		ptxi_known_learn_text(s, v->s);
	for (size_t i = 0; ptx_value_kind(v) == PTX_MAP && i < v->map.n; i++)
		learn_strings(s, v->map.v[i].value, depth + 1);
	for (size_t i = 0; ptx_value_kind(v) == PTX_LIST && i < v->list.n; i++)
		learn_strings(s, v->list.v[i], depth + 1);
}

void ptxi_known_learn_texts(struct ptxi_known_set *s, const struct ptx_value *v)
{
	learn_strings(s, v, 0);
}
