/* SPDX-License-Identifier: Apache-2.0 */
/* dag.h - which tasks may run now. */
#ifndef PTXI_ENGINE_DAG_H
#define PTXI_ENGINE_DAG_H

#include "../plan/plan.h"

struct ptxi_dag;

struct ptxi_dag *ptxi_dag_new(const struct ptx_plan *plan, struct ptx_error **err);
void ptxi_dag_free(struct ptxi_dag *d);
PTXI_DEFINE_AUTO(dag);
/* The next task that may run, in the plan's order, or NULL; each is given once. */
struct ptxi_task *ptxi_dag_next(struct ptxi_dag *d);
/* A task ended well (or was allowed to fail): its successors may become ready. */
void ptxi_dag_finish(struct ptxi_dag *d, const struct ptxi_task *t);

#endif
