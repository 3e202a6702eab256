/* SPDX-License-Identifier: Apache-2.0 */
/* cache.h - archives that were fetched before, under the digest of their content. */
#ifndef PTXI_REPO_CACHE_H
#define PTXI_REPO_CACHE_H

#include "../base/ctx.h"

#define PTXI_CACHE_MAX_BYTES (UINT64_C(1) << 30) /* what pruning leaves */

/* True for the hex of a SHA-256. */
bool ptxi_cache_is_digest(const char *digest);

/* Appends the archive of a digest; 1 when it is there, 0 when not. What is there but has another
 * digest is removed. Fails: CONFIG (no folder), IO, DENIED, LIMIT, NOMEM. */
int ptxi_cache_get(const struct ptx_ctx *ctx, const char *digest, size_t max, struct ptx_buf *out,
		   struct ptx_error **err);
/* Keeps an archive, whose digest is checked; then removes the oldest ones until all fit in
 * PTXI_CACHE_MAX_BYTES. */
int ptxi_cache_put(const struct ptx_ctx *ctx, const char *digest, struct ptx_str content,
		   struct ptx_error **err);
/* Holds a digest while it is fetched, so that two processes fetch it once: the second waits.
 * Returns a descriptor that ends the lock when it is closed. */
int ptxi_cache_lock(const struct ptx_ctx *ctx, const char *digest, int64_t wait_ms,
		    struct ptx_error **err);
/* Removes the oldest archives until all take at most max bytes. */
int ptxi_cache_prune(const struct ptx_ctx *ctx, uint64_t max, struct ptx_error **err);

#endif
