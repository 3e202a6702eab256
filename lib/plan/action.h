/* SPDX-License-Identifier: Apache-2.0 */
/* action.h - every kind of task there is: one table for the planner, the engine and the printers.
 */
#ifndef PTXI_PLAN_ACTION_H
#define PTXI_PLAN_ACTION_H

#include "../base/ptxi.h"

enum ptxi_executor {
	PTXI_EXEC_PROVIDER, /* a driver's action of the same name */
	PTXI_EXEC_AGENT,    /* through Pilot, on a Frontgate or Drone */
	PTXI_EXEC_LOCAL     /* on the record itself */
};

struct ptxi_action {
	const char *name;
	enum ptxi_executor executor;
	int64_t timeout_ms;
	const char *title; /* "create the instance of" */
	bool of_vpc;       /* reads or changes the record of the VPC, whatever its target is */
};

/* NULL for a name that does not exist. */
const struct ptxi_action *ptxi_action_find(const char *name);

#endif
