/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate.h - one per VPC: an authorizing proxy in front of its own etcd. */
#ifndef PTXI_FRONTGATE_H
#define PTXI_FRONTGATE_H

#include "../base/ctx.h"

/* Runs until SIGTERM or SIGINT, then ends its etcd and returns 0. As pid 1 it reaps whatever is left to it.
 * Fails: CONFIG (the configuration), UNTRUSTED (certificates), UNAVAILABLE (the address), IO, NOMEM. */
int ptxi_frontgate_run(struct ptx_ctx *ctx, const char *config, struct ptx_error **err);

#endif
