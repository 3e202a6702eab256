/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate.h - one per VPC: an authorizing proxy in front of its own etcd. */
#ifndef PTXI_FRONTGATE_H
#define PTXI_FRONTGATE_H

#include <jansson.h>
#include "../base/ctx.h"

/* Runs until SIGTERM or SIGINT, then ends its etcd and returns 0. As pid 1 it reaps whatever is
 * left to it. Fails: CONFIG (the configuration), UNTRUSTED (certificates), UNAVAILABLE (the
 * address), IO, NOMEM. */
int ptxi_frontgate_run(struct ptx_ctx *ctx, const char *config, struct ptx_error **err);
/* Could it go on from this state of another program (takeover.h)? Changes nothing. */
int ptxi_frontgate_check(struct ptx_ctx *ctx, const char *config, const json_t *state,
			 struct ptx_error **err);

#endif
