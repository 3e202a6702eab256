/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what would be done, as data: tasks, and which of them wait for which. */
#ifndef PITRIX_PLAN_H
#define PITRIX_PLAN_H

#include <pitrix/value.h>

PTX_BEGIN

struct ptx_plan;

PTX_API void ptx_plan_free(struct ptx_plan *p);
PTX_API size_t ptx_plan_count(const struct ptx_plan *p);
/* The operation ("create"), the cluster's id, and its name. Borrowed. */
PTX_API const char *ptx_plan_operation(const struct ptx_plan *p);
PTX_API const char *ptx_plan_cluster(const struct ptx_plan *p);
PTX_API const char *ptx_plan_name(const struct ptx_plan *p);

/* The package that a plan to create was made of: its path then. NULL for other operations.
 * Borrowed. */
PTX_API const char *ptx_plan_source(const struct ptx_plan *p);

/* {format, operation, cluster, name, basis, fingerprint, tasks: [{id, action, target, title,
 * directive, after[], timeout_ms, failure_allowed}]} in the arena: what is written to a file to
 * save a plan. basis is what it was made of (docs/formats.md). No secrets are in a plan. */
PTX_API struct ptx_value *ptx_plan_view(const struct ptx_plan *p, struct ptx_arena *a);

/* ptx_plan_load - a saved plan, from the form of ptx_plan_view().
 *
 * Whether it can still be run is found out when it is: see the member plan of ptx_deploy_opts and
 * ptx_operate_opts.
 *
 * Returns: owned plan.  Fails: CORRUPT (it is no plan), INVALID (it was changed after it was made:
 * its fingerprint does not fit), UNSUPPORTED (a newer format), LIMIT, NOMEM.
 */
PTX_API struct ptx_plan *ptx_plan_load(const struct ptx_value *doc, struct ptx_error **err);
/* The same from a file of JSON or YAML; "-" reads standard input. Fails: NOT_FOUND, DENIED, IO,
 * SYNTAX too. */
PTX_API struct ptx_plan *ptx_plan_read(const char *path, struct ptx_error **err);

/* The graph in Graphviz's DOT language. */
PTX_API void ptx_plan_dot(const struct ptx_plan *p, struct ptx_buf *out);
/* As a tree of layers, for people. */
PTX_API void ptx_plan_tree(const struct ptx_plan *p, struct ptx_buf *out);

PTX_END

#endif
