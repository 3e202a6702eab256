/* SPDX-License-Identifier: Apache-2.0 */
/* saved.h - plans that are made now and run later: what they were made of, and whether they still
 * fit. */
#ifndef PTXI_FRONT_SAVED_H
#define PTXI_FRONT_SAVED_H

#include "../cluster/record.h"
#include "../plan/plan.h"

/* Answers for a plan: the same with {"$secret": PATH} for each that has a text at one of the paths
 * (list of strings). In the arena. */
struct ptx_value *ptxi_saved_answers(struct ptx_arena *a, const struct ptx_value *answers,
				     const struct ptx_value *paths);
/* The answers of a plan with its secrets filled in from those given now. In the arena. Fails:
 * INVALID (one is missing, or another answer was given), NOMEM. */
struct ptx_value *ptxi_saved_fill(struct ptx_arena *a, const struct ptx_value *saved,
				  const struct ptx_value *given, struct ptx_error **err);

/* The ids that a plan to create was made with, put into a record with its nodes in the same order.
 * Fails: CONFLICT (another number of nodes). */
int ptxi_saved_take_ids(const struct ptx_plan *p, struct ptxi_cluster *c, struct ptx_error **err);
struct ptx_value *ptxi_saved_ids(struct ptx_arena *a, const struct ptxi_cluster *c);

/* Is what would be done now what the plan says? Fails: CONFLICT. */
int ptxi_saved_check(const struct ptx_plan *saved, const struct ptx_plan *now,
		     struct ptx_error **err);
/* CONFLICT with a hint at how a new plan is made; why ends "the plan is stale: ". */
int ptxi_saved_stale(const struct ptx_plan *saved, struct ptx_error **err, const char *why);

#endif
