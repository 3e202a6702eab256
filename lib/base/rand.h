/* SPDX-License-Identifier: Apache-2.0 */
/* rand.h - random bytes and ids. */
#ifndef PTXI_RAND_H
#define PTXI_RAND_H

#include "ctx.h"

/* From the system; never fails (aborts where the kernel gives none). */
void ptxi_rand_bytes(void *p, size_t n);

/* Room for prefix + '-' + 12 + NUL; prefixes are at most 8 characters. */
#define PTXI_ID_MAX 24
/* "cl-" and 12 characters of lower-case base32 (60 bits) from the context's random source. */
int ptxi_rand_id(const struct ptx_ctx *ctx, const char *prefix, char out[PTXI_ID_MAX],
		 struct ptx_error **err);
/* A version 4 UUID, 36 characters and a NUL. */
int ptxi_rand_uuid(const struct ptx_ctx *ctx, char out[37], struct ptx_error **err);

#endif
