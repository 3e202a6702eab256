/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what would be done, as data: tasks, and which of them wait for which. */
#ifndef PITRIX_PLAN_H
#define PITRIX_PLAN_H

#include <pitrix/value.h>

PTX_BEGIN

struct ptx_plan;

PTX_API void ptx_plan_free(struct ptx_plan *p);
PTX_API size_t ptx_plan_count(const struct ptx_plan *p);
/* The operation ("create"), and the cluster's id. Borrowed. */
PTX_API const char *ptx_plan_operation(const struct ptx_plan *p);
PTX_API const char *ptx_plan_cluster(const struct ptx_plan *p);

/* {operation, cluster, name, fingerprint, tasks: [{id, action, target, title, directive, after[], timeout_ms,
 * failure_allowed}]} in the arena. No secrets are in a plan. */
PTX_API struct ptx_value *ptx_plan_view(const struct ptx_plan *p, struct ptx_arena *a);
/* The graph in Graphviz's DOT language. */
PTX_API void ptx_plan_dot(const struct ptx_plan *p, struct ptx_buf *out);
/* As a tree of layers, for people. */
PTX_API void ptx_plan_tree(const struct ptx_plan *p, struct ptx_buf *out);

PTX_END

#endif
