/* SPDX-License-Identifier: Apache-2.0 */
/* merge.h - laying values over one another. */
#ifndef PTXI_VALUE_MERGE_H
#define PTXI_VALUE_MERGE_H

#include "value.h"

/* Lays over onto base (a map, changed): maps are merged key by key, everything else replaces.
 * Values of over are copied into a. Fails: LIMIT (deeper than 1,000), NOMEM. */
int ptxi_value_merge(struct ptx_arena *a, struct ptx_value *base, const struct ptx_value *over,
		     struct ptx_error **err);
/* RFC 7386: the same, but a null in patch removes the key. */
int ptxi_value_merge_patch(struct ptx_arena *a, struct ptx_value *base,
			   const struct ptx_value *patch, struct ptx_error **err);

#endif
