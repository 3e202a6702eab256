/* SPDX-License-Identifier: Apache-2.0 */
/* confd_kv.h - keys and values as confd's templates see them: a flat map from paths
 * ("/hosts/i-1/ip") to strings.
 *
 * Filled by one thread, then read by any number. */
#ifndef PTXI_TEMPLATE_CONFD_KV_H
#define PTXI_TEMPLATE_CONFD_KV_H

#include "../base/ptxi.h"

struct ptxi_confd_pair {
	struct ptx_str key, value; /* NUL-terminated */
};

struct ptxi_confd_kv;

/* NULL without memory. */
struct ptxi_confd_kv *ptxi_confd_kv_new(void);
void ptxi_confd_kv_free(struct ptxi_confd_kv *kv);
PTXI_DEFINE_AUTO(confd_kv);
/* Copies both; a key that is there gets the new value. Cheapest in the order of keys. */
int ptxi_confd_kv_set(struct ptxi_confd_kv *kv, struct ptx_str key, struct ptx_str value,
		      struct ptx_error **err);

size_t ptxi_confd_kv_count(const struct ptxi_confd_kv *kv);
/* The i-th pair in the order of keys, i < count. */
const struct ptxi_confd_pair *ptxi_confd_kv_at(const struct ptxi_confd_kv *kv, size_t i);
/* The pair of a key, or NULL. */
const struct ptxi_confd_pair *ptxi_confd_kv_get(const struct ptxi_confd_kv *kv, struct ptx_str key);
/* The first pair whose key is not before this one; may be the count. */
size_t ptxi_confd_kv_from(const struct ptxi_confd_kv *kv, struct ptx_str key);

/* Gets names in no order, some more than once; non-zero stops and is passed through. */
typedef int (*ptxi_confd_kv_name_fn)(struct ptx_str name, void *user);
/* The names directly below a path, as confd's `ls` finds them: the path's own base name too when it
 * is a key. */
int ptxi_confd_kv_list(const struct ptxi_confd_kv *kv, struct ptx_str path,
		       ptxi_confd_kv_name_fn fn, void *user);
/* Only those with something below them (`lsdir`). */
int ptxi_confd_kv_list_dirs(const struct ptxi_confd_kv *kv, struct ptx_str path,
			    ptxi_confd_kv_name_fn fn, void *user);
/* The pairs whose keys match a pattern (base/glob.h), in the order of keys: fn gets each.
 * PTX_E_SYNTAX for a malformed pattern. */
typedef int (*ptxi_confd_kv_pair_fn)(const struct ptxi_confd_pair *pair, void *user);
int ptxi_confd_kv_match(const struct ptxi_confd_kv *kv, struct ptx_str pattern,
			ptxi_confd_kv_pair_fn fn, void *user);

#endif
