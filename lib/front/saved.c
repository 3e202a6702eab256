/* SPDX-License-Identifier: Apache-2.0 */
/* saved.c - plans that are made now and run later.
 *
 * A plan is never run from its file. What it was made of is in its basis: from that, from the
 * record and from what is really there the plan is made anew, and only when both are the same, task
 * by task, is it recorded as a job. So a file can be stale, but nothing can be smuggled in through
 * one.
 *
 * The ids of what a plan creates were drawn when it was made, and are in its basis. Secrets are
 * not: where an answer is secret the basis has {"$secret": PATH}, and it is given again when the
 * plan is run. They are only ever values of env, which no task of a plan holds.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "saved.h"

#include "../store/store.h"
#include "../value/path.h"

struct ptx_value *ptxi_saved_answers(struct ptx_arena *a, const struct ptx_value *answers,
				     const struct ptx_value *paths)
{
	struct ptx_value *copy = answers ? ptx_value_copy(a, answers) : ptx_value_map(a);

	for (size_t i = 0; i < ptx_value_count(paths); i++) {
		const char *path = ptx_value_as_string(ptx_value_at(paths, i), "");
		struct ptx_value *v = ptxi_value_find_path(copy, ptxi_str(path)).value;
		struct ptx_value *mark = ptx_value_map(a);

		ptx_value_set_string(mark, PTXI_SECRET_KEY, path);
		if (v && mark && ptx_value_str(v).n)
			*v = *mark;
	}
	return copy;
}

static const char *secret_path(const struct ptx_value *v)
{
	return ptx_value_as_string(ptx_value_get(v, PTXI_SECRET_KEY), NULL);
}

/* Fills the secrets of one map; missing gets the paths of those that were not given. */
static int fill(struct ptx_value *saved, const struct ptx_value *given, struct ptx_buf *missing,
		struct ptx_error **err)
{
	struct ptx_str key = { 0 };

	for (size_t i = 0; i < ptx_value_count(given); i++) {
		const struct ptx_value *v = ptx_value_entry(given, i, &key);
		const struct ptx_value *place = ptx_value_getn(saved, key);

		if (ptx_value_kind(place) != PTX_MAP ||
		    (!secret_path(place) && ptx_value_kind(v) != PTX_MAP))
			return ptx_fail(err, PTX_E_INVALID,
					"the plan holds its answers; '%.*s' cannot be given again, "
					"only secrets can",
					PTX_STR_ARG(key));
	}
	for (size_t i = 0; i < ptx_value_count(saved); i++) {
		struct ptx_value *v = ptx_value_entry(saved, i, &key);
		const struct ptx_value *now = ptx_value_getn(given, key);
		const char *path = secret_path(v);
		int rc = 0;

		if (path && now)
			*v = *now;
		else if (path)
			ptx_buf_printf(missing, "%s%s", missing->n ? ", " : "", path);
		else if (ptx_value_kind(v) == PTX_MAP)
			rc = fill(v, now, missing, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

struct ptx_value *ptxi_saved_fill(struct ptx_arena *a, const struct ptx_value *saved,
				  const struct ptx_value *given, struct ptx_error **err)
{
	struct ptx_value *copy = ptx_value_copy(a, saved);
	struct ptx_value *now = given ? ptx_value_copy(a, given) : ptx_value_map(a);
	ptx_auto_buf missing = { 0 };

	ptx_buf_init(&missing, 4096);
	if (ptxi_arena_check(a, err) < 0 || fill(copy, now, &missing, err) < 0)
		return NULL;
	if (missing.n || !ptx_buf_ok(&missing)) {
		ptx_fail(err, PTX_E_INVALID,
			 "the plan holds no secrets, and these answers were not given again: %s",
			 missing.p);
		ptxi_error_hint(err,
				"give them as before, with a file of answers that has only these");
		return NULL;
	}
	return copy;
}

struct ptx_value *ptxi_saved_ids(struct ptx_arena *a, const struct ptxi_cluster *c)
{
	struct ptx_value *ids = ptx_value_map(a);
	struct ptx_value *nodes = ptx_value_list(a);

	ptx_value_set_string(ids, "cluster", c->id);
	ptx_value_set_string(ids, "vpc", c->vpc->id);
	ptx_value_set_string(ids, "frontgate", c->vpc->frontgate.id);
	for (size_t i = 0; i < c->node_count; i++)
		ptx_value_append(nodes, ptx_value_string(a, c->nodes[i]->id));
	ptx_value_set(ids, "nodes", nodes);
	return ids;
}

/* "cl-" and twelve characters: nothing else may become part of a key or a name. */
static bool is_id(const char *id, const char *prefix)
{
	size_t n = strlen(prefix);

	return id && strncmp(id, prefix, n) == 0 && id[n] == '-' && strlen(id) == n + 13 &&
	       strspn(id + n + 1, "abcdefghijklmnopqrstuvwxyz0123456789") == 12;
}

static int take(struct ptx_arena *a, const struct ptx_value *id, const char *prefix,
		const char **out, struct ptx_error **err)
{
	const char *text = ptx_value_as_string(id, NULL);

	if (!is_id(text, prefix))
		return ptx_fail(err, PTX_E_INVALID,
				"the plan has no id of the form '%s-...' where there has to be one",
				prefix);
	*out = ptxi_arena_str(a, text);
	return ptxi_arena_check(a, err);
}

int ptxi_saved_take_ids(const struct ptx_plan *p, struct ptxi_cluster *c, struct ptx_error **err)
{
	const struct ptx_value *ids = ptx_value_get(p->basis, "ids");
	const struct ptx_value *nodes = ptx_value_get(ids, "nodes");
	int rc = take(c->arena, ptx_value_get(ids, "cluster"), "cl", &c->id, err);

	if (rc == 0 && ptx_value_count(nodes) != c->node_count)
		return ptxi_saved_stale(p, err, "its nodes are not those that there would be now");
	for (size_t i = 0; rc == 0 && i < c->node_count; i++)
		rc = take(c->arena, ptx_value_at(nodes, i), "node", &c->nodes[i]->id, err);
	/* Only a VPC that the plan makes takes its ids; one that is there keeps them, and another
	 * one shows in the tasks. */
	if (rc == 0 && c->vpc && c->vpc->doc.rev == 0) {
		rc = take(c->arena, ptx_value_get(ids, "vpc"), "vpc", &c->vpc->id, err);
		if (rc == 0)
			rc = take(c->arena, ptx_value_get(ids, "frontgate"), "node",
				  &c->vpc->frontgate.id, err);
	}
	return rc;
}

int ptxi_saved_stale(const struct ptx_plan *saved, struct ptx_error **err, const char *why)
{
	ptx_fail(err, PTX_E_CONFLICT, "the plan to %s cluster '%s' is stale: %s", saved->operation,
		 saved->name, why);
	return ptxi_error_hint(err, "nothing was changed; make a new plan with --plan -o json");
}

static bool same_task(const struct ptxi_task *x, const struct ptxi_task *y)
{
	bool same = x->action == y->action && x->after_count == y->after_count &&
		    x->timeout_ms == y->timeout_ms && x->failure_allowed == y->failure_allowed &&
		    strcmp(x->target, y->target) == 0 && strcmp(x->title, y->title) == 0 &&
		    ptx_value_equal(x->directive, y->directive);

	for (uint32_t i = 0; same && i < x->after_count; i++)
		same = x->after[i] == y->after[i];
	return same;
}

int ptxi_saved_check(const struct ptx_plan *saved, const struct ptx_plan *now,
		     struct ptx_error **err)
{
	ptx_auto_str why = NULL;

	for (uint32_t i = 0; i < saved->count || i < now->count; i++) {
		if (i < saved->count && i < now->count && same_task(saved->tasks[i], now->tasks[i]))
			continue;
		if (i < saved->count)
			why = ptxi_asprintf("'%s' is not what would be done now",
					    saved->tasks[i]->title);
		else
			why = ptxi_asprintf("'%s' would be done too", now->tasks[i]->title);
		return ptxi_saved_stale(saved, err, why ? why : "it is not what would be done now");
	}
	if (!ptx_value_equal(saved->basis, now->basis))
		return ptxi_saved_stale(saved, err, "what it was made of has changed");
	return 0;
}
