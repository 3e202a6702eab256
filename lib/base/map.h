/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - a map from strings to pointers that keeps the order of insertion; siphash with a random
 * key, since keys come from hostile input. */
#ifndef PTXI_MAP_H
#define PTXI_MAP_H

#include "ptxi.h"

struct ptxi_map;

/* free_value may be NULL: then values are borrowed. NULL without memory. */
struct ptxi_map *ptxi_map_new(void (*free_value)(void *));
void ptxi_map_free(struct ptxi_map *m);
PTXI_DEFINE_AUTO(map);
size_t ptxi_map_count(const struct ptxi_map *m);
void *ptxi_map_get(const struct ptxi_map *m, const char *key);
void *ptxi_map_getn(const struct ptxi_map *m, struct ptx_str key);
/* Copies the key; the old value of the key is freed. On PTX_E_NOMEM the new value is not taken. */
int ptxi_map_set(struct ptxi_map *m, const char *key, void *value) PTXI_CHECK;
int ptxi_map_setn(struct ptxi_map *m, struct ptx_str key, void *value) PTXI_CHECK;
bool ptxi_map_remove(struct ptxi_map *m, const char *key);
/* The i-th pair in order of insertion, i < count; removal moves later pairs one down. */
void *ptxi_map_at(const struct ptxi_map *m, size_t i, const char **key);

/* SipHash-2-4 of bytes under this process's random key. */
uint64_t ptxi_hash(const void *p, size_t n);

#endif
