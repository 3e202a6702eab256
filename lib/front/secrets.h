/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h - keeping secret answers out of records: a reference stands in their place. */
#ifndef PTXI_FRONT_SECRETS_H
#define PTXI_FRONT_SECRETS_H

#include "../store/store.h"

/* Replaces the value at each path (list of strings) by {"$secret": REF} and adds the secrets to the
 * commit. Empty ones stay. Refs begin with prefix. */
int ptxi_secrets_take(struct ptxi_commit *commit, struct ptx_value *doc,
		      const struct ptx_value *paths, const char *prefix, struct ptx_error **err);
/* The same document with "***" for each reference; a copy in the arena. */
struct ptx_value *ptxi_secrets_mask(struct ptx_arena *a, const struct ptx_value *doc);

#endif
