/* SPDX-License-Identifier: Apache-2.0 */
/* opts.h - reading an options struct whose first member is its size. */
#ifndef PTXI_OPTS_H
#define PTXI_OPTS_H

#include "ptxi.h"

/* Copies min(size the caller knew, own) bytes of opts over the defaults in out; opts may be NULL. A
 * size that is too small to hold itself, or larger with members set that this library does not
 * know, fails with UNSUPPORTED. */
int ptxi_opts_read(void *out, size_t own, const void *opts, struct ptx_error **err);

#define PTXI_OPTS_READ(out, opts, err) ptxi_opts_read((out), sizeof(*(out)), (opts), (err))

#endif
