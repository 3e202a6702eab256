/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - a plan as data.
 *
 * Tasks are numbered in the order in which they are added, and wait only for tasks with smaller
 * numbers: so there can be no cycle, and the plan's own order is an order in which it could run.
 * Wide layers meet in a join, which keeps the number of edges linear.
 */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "plan.h"

#include "../base/digest.h"

#include <pitrix/codec.h>

#define PLAN_FORMAT 1
#define MOST_TASKS  1000000u

struct ptx_plan *ptxi_plan_new(const char *operation, const char *cluster, const char *name,
			       struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_plan *p = ptxi_arena_alloc(a, sizeof(*p));

	if (!p) {
		ptx_arena_free(a);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	p->arena = a;
	p->operation = ptxi_arena_str(a, operation);
	p->cluster = ptxi_arena_str(a, cluster);
	p->name = ptxi_arena_str(a, name);
	return p;
}

void ptx_plan_free(struct ptx_plan *p)
{
	if (p)
		ptx_arena_free(p->arena);
}

size_t ptx_plan_count(const struct ptx_plan *p)
{
	return p->count;
}

const char *ptx_plan_operation(const struct ptx_plan *p)
{
	return p->operation;
}

const char *ptx_plan_cluster(const struct ptx_plan *p)
{
	return p->cluster;
}

const char *ptx_plan_name(const struct ptx_plan *p)
{
	return p->name;
}

const char *ptx_plan_source(const struct ptx_plan *p)
{
	return ptx_value_as_string(ptx_value_get(ptx_value_get(p->basis, "package"), "source"),
				   NULL);
}

int ptxi_plan_set_basis(struct ptx_plan *p, const struct ptx_value *basis, struct ptx_error **err)
{
	p->basis = ptx_value_copy(p->arena, basis);
	return ptxi_arena_check(p->arena, err);
}

static bool room(struct ptx_plan *p, void **v, uint32_t count, uint32_t *cap, size_t size)
{
	uint32_t next = *cap ? *cap * 2 : 4;
	void *grown = NULL;

	if (count < *cap)
		return true;
	grown = ptxi_arena_grow(p->arena, *v, count * size, next * size);
	if (!grown)
		return false;
	*v = grown;
	*cap = next;
	return true;
}

static struct ptxi_task *add(struct ptx_plan *p, const struct ptxi_action *row, const char *target,
			     const char *title)
{
	struct ptxi_task *t = ptxi_arena_alloc(p->arena, sizeof(*t));

	if (!t || !room(p, (void **)&p->tasks, p->count, &p->cap, sizeof(struct ptxi_task *)))
		return NULL;
	t->index = p->count;
	t->action = row;
	t->target = ptxi_arena_str(p->arena, target);
	t->title = title;
	t->directive = ptx_value_map(p->arena);
	t->timeout_ms = row ? row->timeout_ms : 0;
	p->tasks[p->count++] = t;
	return t;
}

struct ptxi_task *ptxi_plan_add(struct ptx_plan *p, const char *action, const char *target,
				const char *what)
{
	const struct ptxi_action *row = ptxi_action_find(action);

	return add(p, row, target,
		   ptxi_arena_printf(p->arena, "%s %s", row ? row->title : action, what));
}

void ptxi_plan_after(struct ptx_plan *p, struct ptxi_task *task, const struct ptxi_task *other)
{
	if (!task || !other)
		return;
	for (uint32_t i = 0; i < task->after_count; i++)
		if (task->after[i] == other->index)
			return;
	if (room(p, (void **)&task->after, task->after_count, &task->after_cap,
		 sizeof(*task->after)))
		task->after[task->after_count++] = other->index;
}

void ptxi_layer_add(struct ptxi_layer *l, struct ptxi_task *t)
{
	if (t)
		(void)ptx_vec_push(&l->tasks, t);
}

struct ptxi_task *ptxi_layer_end(struct ptx_plan *p, struct ptxi_layer *l, const char *what)
{
	struct ptxi_task *end = NULL;

	if (l->tasks.n == 1) {
		end = l->tasks.v[0];
	} else if (l->tasks.n > 1) {
		end = ptxi_plan_add(p, "join", p->cluster, what);
		for (size_t i = 0; i < l->tasks.n; i++)
			ptxi_plan_after(p, end, l->tasks.v[i]);
	}
	ptx_vec_done(&l->tasks);
	return end;
}

int ptxi_plan_check(const struct ptx_plan *p, struct ptx_error **err)
{
	if (ptx_arena_status(p->arena))
		return ptxi_arena_check(p->arena, err);
	for (uint32_t i = 0; i < p->count; i++) {
		const struct ptxi_task *t = p->tasks[i];

		if (!t->action)
			return ptx_fail(err, PTX_E_INTERNAL,
					"task %u has an action that does not exist: %s", i,
					t->title);
		for (uint32_t k = 0; k < t->after_count; k++)
			if (t->after[k] >= i)
				return ptx_fail(err, PTX_E_INTERNAL, "task %u waits for task %u", i,
						t->after[k]);
	}
	return 0;
}

static struct ptx_value *view_task(const struct ptxi_task *t, struct ptx_arena *a)
{
	struct ptx_value *v = ptx_value_map(a);
	struct ptx_value *after = ptx_value_list(a);

	ptx_value_set_int(v, "id", t->index);
	ptx_value_set_string(v, "action", t->action->name);
	ptx_value_set_string(v, "target", t->target);
	ptx_value_set_string(v, "title", t->title);
	ptx_value_set(v, "directive", ptx_value_copy(a, t->directive));
	for (uint32_t i = 0; i < t->after_count; i++)
		ptx_value_append(after, ptx_value_int(a, t->after[i]));
	ptx_value_set(v, "after", after);
	ptx_value_set_int(v, "timeout_ms", t->timeout_ms);
	ptx_value_set_bool(v, "failure_allowed", t->failure_allowed);
	return v;
}

static struct ptx_value *view(const struct ptx_plan *p, struct ptx_arena *a)
{
	struct ptx_value *v = ptx_value_map(a);
	struct ptx_value *tasks = ptx_value_list(a);

	ptx_value_set_int(v, "format", PLAN_FORMAT);
	ptx_value_set_string(v, "operation", p->operation);
	ptx_value_set_string(v, "cluster", p->cluster);
	ptx_value_set_string(v, "name", p->name);
	if (p->basis)
		ptx_value_set(v, "basis", ptx_value_copy(a, p->basis));
	for (uint32_t i = 0; i < p->count; i++)
		ptx_value_append(tasks, view_task(p->tasks[i], a));
	ptx_value_set(v, "tasks", tasks);
	return v;
}

const char *ptxi_plan_fingerprint(const struct ptx_plan *p, struct ptx_arena *a)
{
	ptx_auto(arena) own = ptx_arena_new(0);
	ptx_auto_buf text = { 0 };
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	ptx_auto_str hex = NULL;

	style.sort_keys = true; /* YAML has no order of keys */
	ptx_buf_init(&text, 0);
	ptx_json_format(view(p, own), &style, &text);
	hex = ptxi_digest_hex(PTXI_SHA256, ptx_buf_str(&text));
	return hex ? ptxi_arena_str(a, hex) : NULL;
}

struct ptx_value *ptx_plan_view(const struct ptx_plan *p, struct ptx_arena *a)
{
	struct ptx_value *v = view(p, a);

	ptx_value_set_string(v, "fingerprint", ptxi_plan_fingerprint(p, a));
	return v;
}

static int load_task(struct ptx_plan *p, const struct ptx_value *doc, struct ptx_error **err)
{
	const char *action = ptx_value_as_string(ptx_value_get(doc, "action"), "");
	const char *title = ptx_value_as_string(ptx_value_get(doc, "title"), "");
	const struct ptx_value *after = ptx_value_get(doc, "after");
	struct ptxi_task *t =
	    add(p, ptxi_action_find(action), ptx_value_as_string(ptx_value_get(doc, "target"), ""),
		ptxi_arena_str(p->arena, title));

	if (!t)
		return ptxi_arena_check(p->arena, err);
	t->timeout_ms = ptx_value_as_int(ptx_value_get(doc, "timeout_ms"), t->timeout_ms);
	t->failure_allowed = ptx_value_as_bool(ptx_value_get(doc, "failure_allowed"), false);
	t->directive = ptx_value_copy(p->arena, ptx_value_get(doc, "directive"));
	for (size_t i = 0; i < ptx_value_count(after); i++) {
		int64_t index = ptx_value_as_int(ptx_value_at(after, i), -1);

		if (index < 0 || index >= t->index)
			return ptx_fail(err, PTX_E_CORRUPT,
					"task %u of a plan waits for a task that is not before it",
					t->index);
		ptxi_plan_after(p, t, p->tasks[index]);
	}
	return 0;
}

struct ptx_plan *ptxi_plan_load(const struct ptx_value *doc, struct ptx_error **err)
{
	const char *operation = ptx_value_as_string(ptx_value_get(doc, "operation"), NULL);
	const char *cluster = ptx_value_as_string(ptx_value_get(doc, "cluster"), NULL);
	const char *name = ptx_value_as_string(ptx_value_get(doc, "name"), NULL);
	const struct ptx_value *tasks = ptx_value_get(doc, "tasks");
	const struct ptx_value *basis = ptx_value_get(doc, "basis");
	ptx_auto(plan) p = NULL;

	if (ptx_value_as_int(ptx_value_get(doc, "format"), PLAN_FORMAT) > PLAN_FORMAT) {
		ptx_fail(err, PTX_E_UNSUPPORTED, "a plan of format %lld; this version knows %d",
			 (long long)ptx_value_as_int(ptx_value_get(doc, "format"), 0), PLAN_FORMAT);
		return NULL;
	}
	if (!operation || !cluster || !name || ptx_value_kind(tasks) != PTX_LIST) {
		ptx_fail(err, PTX_E_CORRUPT, "this is no plan");
		return NULL;
	}
	if (ptx_value_count(tasks) > MOST_TASKS) {
		ptx_fail(err, PTX_E_LIMIT, "a plan of %zu tasks; %u are the most",
			 ptx_value_count(tasks), MOST_TASKS);
		return NULL;
	}
	p = ptxi_plan_new(operation, cluster, name, err);
	if (p && basis && ptxi_plan_set_basis(p, basis, err) < 0)
		return NULL;
	for (size_t i = 0; p && i < ptx_value_count(tasks); i++)
		if (load_task(p, ptx_value_at(tasks, i), err) < 0)
			return NULL;
	if (!p || ptxi_plan_check(p, err) < 0)
		return NULL;
	return ptx_steal(&p);
}
