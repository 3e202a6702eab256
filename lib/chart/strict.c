/* SPDX-License-Identifier: Apache-2.0 */
/* strict.c - warns of keys in values that nothing in the chart knows: mostly they are misspelt, or
 * stand at another level than the one that is read. */
#define PTX_AREA PTX_AREA_CHART
#include "known.h"

#include <pitrix/template.h>
#include "../base/diag.h"
#include "../base/lookup.h"
#include "../template/set.h"

#define RULE       "unknown-value"
#define DEEPEST    100u
#define MOST_TREES 8u
#define MOST_SEEN  100000u
#define MOST_TOLD  1000u
#define MOST_HINTS 100u

/* The nodes that may know of a value. */
struct trees {
	const struct ptxi_known *v[MOST_TREES];
	size_t n;
};

struct strict {
	struct ptxi_job *job;
	size_t told;
	struct ptxi_known_set set;
};

static void add(struct trees *t, const struct ptxi_known *k)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i] == k)
			return;
	if (k && t->n < MOST_TREES)
		t->v[t->n++] = k;
}

static bool knows_all(const struct trees *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i]->all)
			return true;
	/* More trees than are kept: who knows. */
	return t->n == MOST_TREES;
}

/* What is known of a member; n 0: nothing knows it. */
static struct trees member(const struct strict *s, const struct trees *t, struct ptx_str name)
{
	struct trees out = { .n = 0 };

	for (size_t i = 0; i < t->n; i++) {
		add(&out, ptxi_known_member(&s->set, t->v[i], name));
		add(&out, t->v[i]->each);
	}
	for (size_t i = 0; i < out.n; i++)
		if (out.v[i]->is_chart) {
			add(&out, s->set.shared);
			break;
		}
	return out;
}

/* ---- what was probably meant */

struct candidates {
	const struct trees *trees;
};

static struct ptx_str candidate(size_t i, const void *user)
{
	const struct candidates *c = user;

	for (size_t k = 0; k < c->trees->n; k++)
		for (const struct ptxi_known *m = c->trees->v[k]->first; m; m = m->next)
			if (i-- == 0)
				return m->name;
	return (struct ptx_str){ NULL, 0 };
}

/* The only node of a name in a chart's tree. */
static void find_name(const struct ptxi_known *k, struct ptx_str name,
		      const struct ptxi_known **found, size_t *count, size_t *seen, unsigned depth)
{
	for (const struct ptxi_known *m = k->first; m && depth < DEEPEST && ++*seen < MOST_SEEN;
	     m = m->next) {
		if (ptxi_str_eq(m->name, name)) {
			*found = m;
			++*count;
		}
		if (!m->is_chart)
			find_name(m, name, found, count, seen, depth + 1);
	}
}

static void print_path(const struct ptxi_known *k, struct ptx_buf *out)
{
	if (!k->parent)
		return;
	print_path(k->parent, out);
	ptx_buf_printf(out, ".%.*s", PTX_STR_ARG(k->name));
}

static void add_hint(struct strict *s, const struct trees *t, const char *path, struct ptx_str name)
{
	const struct candidates c = { t };
	struct ptx_str near = ptxi_nearest(name, candidate, &c);
	const struct ptxi_known *found = NULL;
	size_t count = 0;
	size_t seen = 0;
	ptx_auto_buf there = { 0 };

	find_name(s->set.root, name, &found, &count, &seen, 0);
	if (count == 1 && seen < MOST_SEEN) {
		ptx_buf_init(&there, 0);
		print_path(found, &there);
		ptxi_diag_hint(s->job->opts.diags, "there is '.Values%s'", there.p);
	} else if (near.p && near.n) {
		ptxi_diag_hint(s->job->opts.diags, "did you mean '%s.%.*s'?", path,
			       PTX_STR_ARG(near));
	}
}

/* ---- the walk */

/* The key's place; of an option there is none in it. */
static struct ptx_where place_of(const struct ptxi_entry *e)
{
	struct ptx_where where = ptx_value_where(e->value);

	if (e->pos.line && where.line)
		where = (struct ptx_where){ where.file, e->pos.line, e->pos.column };
	return where;
}

static void check(struct strict *s, const struct trees *t, const struct ptx_value *v,
		  const char *path, unsigned depth)
{
	if (depth > DEEPEST || knows_all(t))
		return;
	for (size_t i = 0; ptx_value_kind(v) == PTX_MAP && i < v->map.n; i++) {
		const struct ptxi_entry *e = &v->map.v[i];
		struct trees below = member(s, t, e->key);
		const char *name =
		    ptxi_arena_printf(s->set.arena, "%s.%.*s", path, PTX_STR_ARG(e->key));

		if (!name)
			return;
		if (below.n) {
			check(s, &below, e->value, name, depth + 1);
			continue;
		}
		if (++s->told > MOST_TOLD)
			return;
		ptxi_diag_add(s->job->opts.diags, PTX_WARNING, 0, RULE, place_of(e), name,
			      "nothing in the chart reads '%s'", name);
		if (s->told <= MOST_HINTS)
			add_hint(s, t, path, e->key);
	}
	for (size_t i = 0; ptx_value_kind(v) == PTX_LIST && i < v->list.n; i++) {
		const char *name = ptxi_arena_printf(s->set.arena, "%s[%zu]", path, i);
		struct trees below = { .n = 0 };

		for (size_t k = 0; k < t->n; k++)
			add(&below, t->v[k]->each);
		if (name && below.n)
			check(s, &below, v->list.v[i], name, depth + 1);
	}
}

/* What each chart's own values.yaml has for its subcharts. */
static void check_sections(struct strict *s, const struct ptxi_chart_use *u, const char *path)
{
	for (size_t i = 0; i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		const char *name = ptxi_arena_printf(s->set.arena, "%s.%s", path, child->name);
		struct trees t = { .n = 0 };

		if (!name)
			return;
		add(&t, ptxi_known_of_use(&s->set, child));
		add(&t, s->set.shared);
		add(&t, ptxi_known_member(&s->set, s->set.shared, ptxi_str(child->name)));
		check(s, &t, ptx_value_get(u->chart->values, child->name), name, 0);
		check_sections(s, child, name);
	}
}

/* Texts that may be given to tpl: of all values, and of the files that templates may read. */
static void learn_texts(struct ptxi_known_set *set, const struct ptxi_chart_use *u)
{
	ptxi_known_learn_texts(set, u->values);
	for (size_t i = 0; i < u->chart->files.n; i++)
		ptxi_known_learn_text(set, ptxi_chart_file_text(&u->chart->files.v[i]));
	for (size_t i = 0; i < u->children.n; i++)
		learn_texts(set, u->children.v[i]);
}

static const struct ptxi_job_source *source_of(const struct ptxi_job *j, const char *name)
{
	for (size_t i = 0; i < j->sources.n; i++)
		if (strcmp(j->sources.v[i].name, name) == 0)
			return &j->sources.v[i];
	return NULL;
}

static void learn(struct strict *s)
{
	struct ptxi_job *j = s->job;
	const char *name = NULL;

	ptxi_known_learn_chart(&s->set, j->root);
	for (size_t i = 0; (name = ptx_template_name(j->set, i)); i++) {
		const struct ptxi_job_source *source = source_of(j, name);

		if (!source || !source->partial)
			ptxi_known_learn_template(&s->set,
						  source ? ptxi_known_of_use(&s->set, source->use)
							 : s->set.shared,
						  ptxi_template_tree(j->set, ptxi_str(name)));
	}
	learn_texts(&s->set, j->root);
	ptxi_known_learn_texts(&s->set, j->values);
}

void ptxi_job_strict(struct ptxi_job *j)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptxi_auto(map) members = ptxi_map_new(NULL);
	struct strict s = { j, 0, { .arena = a, .members = members } };
	struct trees t = { .n = 0 };

	if (!a || !members)
		return;
	s.set.root = ptxi_arena_alloc(a, sizeof(*s.set.root));
	s.set.shared = ptxi_arena_alloc(a, sizeof(*s.set.shared));
	s.set.global = ptxi_arena_alloc(a, sizeof(*s.set.global));
	if (!s.set.root || !s.set.shared || !s.set.global)
		return;
	s.set.root->is_chart = s.set.shared->is_chart = true;
	learn(&s);
	if (s.set.failed)
		return;
	add(&t, s.set.root);
	add(&t, s.set.shared);
	check(&s, &t, j->values, ".Values", 0);
	check_sections(&s, j->root, ".Values");
}
