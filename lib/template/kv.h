/* SPDX-License-Identifier: Apache-2.0 */
/* kv.h - keys and values as confd's templates see them: a flat map from paths ("/hosts/i-1/ip") to strings.
 *
 * Filled by one thread, then read by any number. */
#ifndef PTXI_TEMPLATE_KV_H
#define PTXI_TEMPLATE_KV_H

#include "../base/ptxi.h"

struct ptxi_pair {
	struct ptx_str key, value; /* NUL-terminated */
};

struct ptxi_kv;

/* NULL without memory. */
struct ptxi_kv *ptxi_kv_new(void);
void ptxi_kv_free(struct ptxi_kv *kv);
PTXI_DEFINE_AUTO(kv);
/* Copies both; a key that is there gets the new value. Cheapest in the order of keys. */
int ptxi_kv_set(struct ptxi_kv *kv, struct ptx_str key, struct ptx_str value, struct ptx_error **err);

size_t ptxi_kv_count(const struct ptxi_kv *kv);
/* The i-th pair in the order of keys, i < count. */
const struct ptxi_pair *ptxi_kv_at(const struct ptxi_kv *kv, size_t i);
/* The pair of a key, or NULL. */
const struct ptxi_pair *ptxi_kv_get(const struct ptxi_kv *kv, struct ptx_str key);
/* The first pair whose key is not before this one; may be the count. */
size_t ptxi_kv_from(const struct ptxi_kv *kv, struct ptx_str key);

/* Gets names in no order, some more than once; non-zero stops and is passed through. */
typedef int (*ptxi_kv_name_fn)(struct ptx_str name, void *user);
/* The names directly below a path, as confd's `ls` finds them: the path's own base name too when it is a key. */
int ptxi_kv_list(const struct ptxi_kv *kv, struct ptx_str path, ptxi_kv_name_fn fn, void *user);
/* Only those with something below them (`lsdir`). */
int ptxi_kv_list_dirs(const struct ptxi_kv *kv, struct ptx_str path, ptxi_kv_name_fn fn, void *user);
/* The pairs whose keys match a pattern (base/glob.h), in the order of keys: fn gets each. PTX_E_SYNTAX for a
 * malformed pattern. */
typedef int (*ptxi_kv_pair_fn)(const struct ptxi_pair *pair, void *user);
int ptxi_kv_match(const struct ptxi_kv *kv, struct ptx_str pattern, ptxi_kv_pair_fn fn, void *user);

#endif
