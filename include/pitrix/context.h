/* SPDX-License-Identifier: Apache-2.0 */
/* context.h - the one ambient thing: hooks, folders and cancellation. */
#ifndef PITRIX_CONTEXT_H
#define PITRIX_CONTEXT_H

#include <pitrix/error.h>
#include <pitrix/types.h>

PTX_BEGIN

struct ptx_ctx;

enum ptx_log_level { PTX_LOG_ERROR, PTX_LOG_WARN, PTX_LOG_INFO, PTX_LOG_DEBUG };

/* Gets one line of the log, secrets already masked. May be called from any thread, one at a time.
 */
typedef void (*ptx_log_fn)(enum ptx_log_level level, const char *area, const char *line,
			   void *user);
/* Nanoseconds since 1970. */
typedef int64_t (*ptx_clock_fn)(void *user);
/* Fills n bytes; returns 0. */
typedef int (*ptx_random_fn)(void *bytes, size_t n, void *user);

/* A context with the defaults: no log, the system's clock and random source, folders from
 * $PITRIX_HOME, $XDG_STATE_HOME, $XDG_CACHE_HOME and $HOME. Owned; NULL without memory. Thread:
 * any, once it is set up. */
PTX_API struct ptx_ctx *ptx_ctx_new(void);
PTX_API void ptx_ctx_free(struct ptx_ctx *ctx);

PTX_API void ptx_ctx_set_log(struct ptx_ctx *ctx, enum ptx_log_level most, ptx_log_fn fn,
			     void *user);
PTX_API void ptx_ctx_set_clock(struct ptx_ctx *ctx, ptx_clock_fn fn, void *user);
PTX_API void ptx_ctx_set_random(struct ptx_ctx *ctx, ptx_random_fn fn, void *user);
/* Folder of the state (records, secrets) and of what can be made again; copied. */
PTX_API int ptx_ctx_set_home(struct ptx_ctx *ctx, const char *folder);
PTX_API int ptx_ctx_set_cache(struct ptx_ctx *ctx, const char *folder);
/* Borrowed; NULL when none is set and the environment gives none. */
PTX_API const char *ptx_ctx_home(const struct ptx_ctx *ctx);
PTX_API const char *ptx_ctx_cache(const struct ptx_ctx *ctx);

/* Asks everything that works under this context to stop at the next safe point; it then fails with
 * CANCELED. Safe in a signal handler and from any thread. */
PTX_API void ptx_ctx_cancel(struct ptx_ctx *ctx);
PTX_API bool ptx_ctx_canceled(const struct ptx_ctx *ctx);

PTX_END

#endif
