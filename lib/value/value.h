/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - the inside of a value, for the value room and for those who must be fast. */
#ifndef PTXI_VALUE_H
#define PTXI_VALUE_H

#include <pitrix/value.h>
#include "../base/arena.h"
#include "../base/ptxi.h"

struct ptxi_entry {
	struct ptx_str key; /* NUL-terminated in the arena */
	uint32_t hash;
	struct ptxi_pos {
		uint32_t line; /* from 1; 0 = unknown */
		uint32_t column;
	} pos; /* of the key */
	struct ptx_value *value;
};

struct ptxi_list {
	struct ptx_arena *arena;
	struct ptx_value **v;
	size_t n, cap;
};

struct ptxi_vmap {
	struct ptx_arena *arena;
	struct ptxi_entry *v; /* in order of insertion */
	size_t n, cap;
	uint32_t *index; /* open addressing, entry number + 1; NULL while the map is small */
	uint32_t index_mask;
};

/* What TOML knows beside an instant; the fields are then those of UTC, a missing date is
 * 0000-01-01. */
enum ptxi_local { PTXI_LOCAL_NOT, PTXI_LOCAL_DATETIME, PTXI_LOCAL_DATE, PTXI_LOCAL_TIME };

struct ptxi_time {
	int64_t unix_seconds;
	int32_t nanoseconds;
	int32_t offset_seconds;
	enum ptxi_local local;
	const char *zone; /* the abbreviation of its time zone, in the arena or static; NULL: none
			     is known */
};

struct ptx_value {
	uint8_t kind;     /* enum ptx_kind */
	bool unread : 1;  /* of templates: it holds, however deep, what has to be fetched before it
			     is looked at */
	bool ordered : 1; /* of maps that are to be written: where keys are sorted, these stay in
			     their order (a struct's) */
	uint16_t go; /* of templates: which of Go's types it is (lib/text/gotype.h); 0 = the kind's
			own */
	struct ptxi_pos pos;
	const char *file; /* of pos; in the arena, or NULL */
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double f;
		struct ptx_str s; /* STRING, BYTES, NUMBER: NUL-terminated in the arena */
		struct ptxi_time *time;
		struct ptxi_list list;
		struct ptxi_vmap map;
	};
};

/* A value of a kind, zeroed, with a place. */
struct ptx_value *ptxi_value_new(struct ptx_arena *a, enum ptx_kind kind);
/* Strings that are in the arena already and NUL-terminated are not copied. */
struct ptx_value *ptxi_value_string_in(struct ptx_arena *a, struct ptx_str s, enum ptx_kind kind);
/* A map that is ordered; NULL without memory. */
struct ptx_value *ptxi_value_ordered_map(struct ptx_arena *a);
void ptxi_value_place(struct ptx_value *v, const char *file, uint32_t line, uint32_t column);
/* The entry of a key, or NULL; borrowed until the map changes. */
struct ptxi_entry *ptxi_value_find(const struct ptx_value *map, struct ptx_str key);
/* The same for a key whose hash is known. */
uint32_t ptxi_value_hash(struct ptx_str key);
struct ptxi_entry *ptxi_value_find_hashed(const struct ptx_value *map, struct ptx_str key,
					  uint32_t hash);
/* Adds or replaces; key is not copied when in_arena. The entry, or NULL without memory. */
struct ptxi_entry *ptxi_value_put(struct ptx_value *map, struct ptx_str key, bool in_arena,
				  struct ptx_value *v);
/* Removes a key; false when it was not there. */
bool ptxi_value_remove(struct ptx_value *map, struct ptx_str key);
/* The entries in the order of their keys' bytes (of a map that is ordered: in its own), in the
 * arena; NULL when empty or without memory. */
const struct ptxi_entry **ptxi_value_sorted(struct ptx_arena *a, const struct ptx_value *map);
/* The arena of a list or map. */
struct ptx_arena *ptxi_value_arena(const struct ptx_value *v);

/* <0, 0, >0: null < booleans < numbers (by amount) < strings < lists < maps. */
int ptxi_value_compare(const struct ptx_value *a, const struct ptx_value *b);

#endif
