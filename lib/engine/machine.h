/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - do the machines run whose agents somebody waits for? */
#ifndef PTXI_ENGINE_MACHINE_H
#define PTXI_ENGINE_MACHINE_H

#include "../base/ptxi.h"

struct ptxi_run;

/* What the provider listed last; zero is none. Guarded by the engine's pilot_mutex. */
struct ptxi_machines {
	struct ptx_arena *arena;
	struct ptx_value
	    *by_node; /* its instances by the id of their node; NULL: it could not say */
	int64_t listed_ms;
};
void ptxi_machines_done(struct ptxi_machines *m);

/* For a worker whose task waits for an agent: 0 while the machine of the task's target and the
 * Frontgate's (a node's id) may run, or when the task waits for moments only. owner, vpc: whose
 * machines are listed. Fails: FAILED, it is known to have ended. */
int ptxi_machines_check(const struct ptxi_run *r, const char *owner, const char *vpc,
			const char *frontgate, struct ptx_error **err);

#endif
