/* SPDX-License-Identifier: Apache-2.0 */
/* drone.h - one per instance: configuration files, commands and heartbeats; pid 1 of a container.
 */
#ifndef PTXI_DRONE_H
#define PTXI_DRONE_H

#include <jansson.h>
#include "../base/ctx.h"

/* Runs until SIGTERM or SIGINT, then ends its children and returns 0. Frontgate may be away for as
 * long as it likes. Fails: CONFIG (the configuration), IO (the data folder), NOMEM. */
int ptxi_drone_run(struct ptx_ctx *ctx, const char *config, struct ptx_error **err);
/* Could it go on from this state of another program (takeover.h)? Changes nothing. */
int ptxi_drone_check(struct ptx_ctx *ctx, const char *config, const json_t *state,
		     struct ptx_error **err);

#endif
