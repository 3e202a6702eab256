/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - building a plan: tasks and edges, with layers for convenience. */
#ifndef PTXI_PLAN_H
#define PTXI_PLAN_H

#include <pitrix/plan.h>
#include "../base/arena.h"
#include "../base/vec.h"
#include "../value/value.h"
#include "action.h"

struct ptxi_task {
	uint32_t index;
	const struct ptxi_action *action;
	const char *target; /* id of a node, a VPC or the cluster */
	const char *title;
	struct ptx_value *directive; /* map */
	uint32_t *after;
	uint32_t after_count, after_cap;
	int64_t timeout_ms;
	bool failure_allowed;
};

struct ptx_plan {
	struct ptx_arena *arena;
	const char *operation;
	const char *cluster;
	const char *name;
	struct ptx_value *basis; /* map: what it was made of (docs/formats.md), or NULL */
	struct ptxi_task **tasks;
	uint32_t count, cap;
};

PTX_DEFINE_AUTO(plan);

struct ptx_plan *ptxi_plan_new(const char *operation, const char *cluster, const char *name,
			       struct ptx_error **err);
/* A task; what names the thing for people ("zk_node/1"). NULL without memory or for an unknown
 * action: the plan remembers, and ptxi_plan_check() says it. */
struct ptxi_task *ptxi_plan_add(struct ptx_plan *p, const char *action, const char *target,
				const char *what);
/* task waits for other; either may be NULL. */
void ptxi_plan_after(struct ptx_plan *p, struct ptxi_task *task, const struct ptxi_task *other);

/* Tasks that run side by side, and what the next layer waits for. */
struct ptxi_layer {
	PTX_VEC(struct ptxi_task *) tasks;
};
void ptxi_layer_add(struct ptxi_layer *l, struct ptxi_task *t);
/* One task that ends when all of the layer have: itself when there is one, else a join. NULL for an
 * empty layer. Empties the layer. */
struct ptxi_task *ptxi_layer_end(struct ptx_plan *p, struct ptxi_layer *l, const char *what);

/* Fails: NOMEM, INTERNAL (an unknown action, an edge to itself or forward, so that there are no
 * cycles). */
int ptxi_plan_check(const struct ptx_plan *p, struct ptx_error **err);
/* SHA-256 of all that matters, as hex; in the arena. */
const char *ptxi_plan_fingerprint(const struct ptx_plan *p, struct ptx_arena *a);
/* Copies what the plan was made of into it; part of the fingerprint. Fails: NOMEM. */
int ptxi_plan_set_basis(struct ptx_plan *p, const struct ptx_value *basis, struct ptx_error **err);
/* From ptx_plan_view()'s form, as this program wrote it; ptx_plan_load() takes one that people may
 * have changed. Owned. Fails: CORRUPT. */
struct ptx_plan *ptxi_plan_load(const struct ptx_value *doc, struct ptx_error **err);

#endif
