/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.h - a runtime's record, and its driver opened. */
#ifndef PTXI_RUNTIME_H
#define PTXI_RUNTIME_H

#include <pitrix/runtime.h>
#include "provider.h"

/* One runtime. All members are borrowed from the arena that it was loaded into. */
struct ptxi_runtime {
	const char *name;
	const struct ptx_provider *provider;
	const char *zone;               /* "" when it has none */
	const struct ptx_value *labels; /* map of strings */
	const struct ptx_value *images; /* map: image name -> source; paths are absolute */
	const struct ptx_value *config; /* for the driver, checked */
	bool built_in;
};

/* The runtime of a name (NULL: `local`), in the arena. Fails: NOT_FOUND, CONFIG, SYNTAX, IO, NOMEM.
 */
struct ptxi_runtime *ptxi_runtime_load(struct ptx_ctx *ctx, const char *name, struct ptx_arena *a,
				       struct ptx_error **err);

/* Reads the text of a runtimes file: the map `runtimes`, with `local` first and the sources of
 * images made absolute. file is its path; text of n = 0: there is none. For tests, and for whoever
 * edits it. */
struct ptx_value *ptxi_runtime_read(struct ptx_arena *a, struct ptx_str text, const char *file,
				    struct ptx_error **err);

/* The source of an image's name, or NULL. */
const char *ptxi_runtime_image(const struct ptxi_runtime *r, const char *image);

/* The path of the runtimes file, owned; NULL when the environment gives none. */
char *ptxi_runtime_file(void);

#endif
