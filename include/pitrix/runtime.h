/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.h - runtimes: the places where applications run.
 *
 * Every installation has the runtime `local` (provider docker, on this machine). Others, and
 * changes of `local`, stand in a YAML file: $PITRIX_CONFIG, else
 * $XDG_CONFIG_HOME/pitrix/runtimes.yaml (~/.config):
 *
 *     runtimes:
 *       local:
 *         images: {zookeeper: ./zookeeper/build}   # an image, an archive or a script; paths by
 * this file test: provider: docker zone: local endpoint: unix:///run/user/1000/podman/podman.sock
 *         labels: {stage: test}
 *
 * The members provider, zone, labels and images are the same for all; the others are the provider's
 * own.
 */
#ifndef PITRIX_RUNTIME_H
#define PITRIX_RUNTIME_H

#include <pitrix/context.h>
#include <pitrix/error.h>
#include <pitrix/value.h>

PTX_BEGIN

#define PTX_RUNTIME_DEFAULT "local"

/* All runtimes, `local` first, then as in the file: a list of maps {name, provider, zone, endpoint,
 * labels, images, built_in, ...} in the arena; secrets are left out.
 *
 * Fails: CONFIG or SYNTAX (the file, with the place), IO, NOMEM.
 */
PTX_API struct ptx_value *ptx_runtime_list(struct ptx_ctx *ctx, struct ptx_arena *a,
					   struct ptx_error **err);

/* One of them, and `actions`: what its provider can do. name NULL: `local`. Fails: NOT_FOUND, and
 * as above. */
PTX_API struct ptx_value *ptx_runtime_show(struct ptx_ctx *ctx, const char *name,
					   struct ptx_arena *a, struct ptx_error **err);

/* Is the runtime usable? Adds a problem for each thing that is not, with what mends it as hint.
 *
 * Returns: 0 when it could be looked at, whatever was found.  Fails: NOT_FOUND, CONFIG, CANCELED,
 * NOMEM, ...
 */
PTX_API int ptx_runtime_check(struct ptx_ctx *ctx, const char *name, struct ptx_diags *problems,
			      struct ptx_error **err);

PTX_END

#endif
