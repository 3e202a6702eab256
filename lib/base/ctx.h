/* SPDX-License-Identifier: Apache-2.0 */
/* ctx.h - the inside of a context, and the initialisation of the process. */
#ifndef PTXI_CTX_H
#define PTXI_CTX_H

#include "ptxi.h"

#include <pitrix/context.h>

PTX_DEFINE_AUTO(ctx);

/* Nanoseconds since 1970 by the context's clock. */
int64_t ptxi_ctx_now(const struct ptx_ctx *ctx);
/* Fills bytes from the context's random source. */
int ptxi_ctx_random(const struct ptx_ctx *ctx, void *bytes, size_t n, struct ptx_error **err);
/* Fails with CANCELED when somebody asked to stop. */
int ptxi_ctx_check(const struct ptx_ctx *ctx, struct ptx_error **err);
/* The folder of the state or the cache, made (0700) if need be; CONFIG when there is none. */
const char *ptxi_ctx_need_home(const struct ptx_ctx *ctx, struct ptx_error **err);
const char *ptxi_ctx_need_cache(const struct ptx_ctx *ctx, struct ptx_error **err);
bool ptxi_ctx_logs(const struct ptx_ctx *ctx, enum ptx_log_level level);
void ptxi_ctx_log(const struct ptx_ctx *ctx, enum ptx_log_level level, const char *area,
		  const char *line);

#endif
