/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - the one currency between all stages: what JSON, YAML, TOML and XML become.
 *
 * Values live in an arena and die with it; there is no reference counting. A constructor returns
 * NULL when the arena is exhausted, and the arena remembers (ptx_arena_status()); every function
 * here takes NULL for a null value, so a builder checks once, at the end. Numbers remember what
 * they were: a `number` keeps the text that it was written with.
 *
 * Thread: a value may be read from many threads while nobody changes it or its arena.
 */
#ifndef PITRIX_VALUE_H
#define PITRIX_VALUE_H

#include <pitrix/buf.h>
#include <pitrix/error.h>
#include <pitrix/types.h>

PTX_BEGIN

struct ptx_arena;
struct ptx_value;

/* An arena that may grow to max bytes (0: no limit). NULL without memory. */
PTX_API struct ptx_arena *ptx_arena_new(size_t max);
PTX_API void ptx_arena_free(struct ptx_arena *a);
/* 0, PTX_E_NOMEM or PTX_E_LIMIT; sticky. */
PTX_API int ptx_arena_status(const struct ptx_arena *a);

enum ptx_kind {
	PTX_NULL,
	PTX_BOOL,
	PTX_INT,    /* int64 */
	PTX_UINT,   /* uint64, only above INT64_MAX */
	PTX_FLOAT,  /* double */
	PTX_NUMBER, /* a number with the text it was written with */
	PTX_STRING,
	PTX_BYTES,
	PTX_TIME, /* nanoseconds since 1970, and an offset */
	PTX_LIST,
	PTX_MAP /* string keys, in order of insertion */
};

PTX_API struct ptx_value *ptx_value_null(struct ptx_arena *a);
PTX_API struct ptx_value *ptx_value_bool(struct ptx_arena *a, bool b);
PTX_API struct ptx_value *ptx_value_int(struct ptx_arena *a, int64_t i);
/* PTX_INT where it fits, else PTX_UINT. */
PTX_API struct ptx_value *ptx_value_uint(struct ptx_arena *a, uint64_t u);
PTX_API struct ptx_value *ptx_value_float(struct ptx_arena *a, double f);
/* A number by its text, which must be a JSON number; it is copied. */
PTX_API struct ptx_value *ptx_value_number(struct ptx_arena *a, struct ptx_str text);
/* Strings are copied into the arena. */
PTX_API struct ptx_value *ptx_value_string(struct ptx_arena *a, const char *s);
PTX_API struct ptx_value *ptx_value_strn(struct ptx_arena *a, struct ptx_str s);
PTX_API struct ptx_value *ptx_value_bytes(struct ptx_arena *a, const void *p, size_t n);
PTX_API struct ptx_value *ptx_value_time(struct ptx_arena *a, int64_t unix_seconds,
					 int32_t nanoseconds, int32_t offset_seconds);
PTX_API struct ptx_value *ptx_value_list(struct ptx_arena *a);
PTX_API struct ptx_value *ptx_value_map(struct ptx_arena *a);

/* The kind; PTX_NULL for NULL. */
PTX_API enum ptx_kind ptx_value_kind(const struct ptx_value *v);
/* "null", "boolean", "integer", "number", "string", "bytes", "time", "array" or "object". */
PTX_API const char *ptx_value_kind_name(const struct ptx_value *v);
PTX_API bool ptx_value_is_number(const struct ptx_value *v);

/* Readers give the fallback when the value is not of that kind (no conversions, but between kinds
 * of numbers where no digit is lost). */
PTX_API bool ptx_value_as_bool(const struct ptx_value *v, bool fallback);
PTX_API int64_t ptx_value_as_int(const struct ptx_value *v, int64_t fallback);
PTX_API double ptx_value_as_float(const struct ptx_value *v, double fallback);
/* The bytes of a string, NUL-terminated and borrowed, or the fallback. */
PTX_API const char *ptx_value_as_string(const struct ptx_value *v, const char *fallback);
/* The bytes of a string, bytes or number; {NULL, 0} for other kinds. */
PTX_API struct ptx_str ptx_value_str(const struct ptx_value *v);

/* Members of a list or map; 0 for other kinds. */
PTX_API size_t ptx_value_count(const struct ptx_value *v);
/* The i-th member of a list, or NULL. */
PTX_API struct ptx_value *ptx_value_at(const struct ptx_value *list, size_t i);
PTX_API void ptx_value_append(struct ptx_value *list, struct ptx_value *item);
/* The value at a key, or NULL (a key may also hold a null value: ptx_value_has() tells). */
PTX_API struct ptx_value *ptx_value_get(const struct ptx_value *map, const char *key);
PTX_API struct ptx_value *ptx_value_getn(const struct ptx_value *map, struct ptx_str key);
PTX_API bool ptx_value_has(const struct ptx_value *map, const char *key);
/* The i-th entry of a map in its own order, or NULL; key gets the key, borrowed and NUL-terminated.
 */
PTX_API struct ptx_value *ptx_value_entry(const struct ptx_value *map, size_t i,
					  struct ptx_str *key);
/* Sets a key, which is copied; a key that is there keeps its place. */
PTX_API void ptx_value_set(struct ptx_value *map, const char *key, struct ptx_value *v);
PTX_API void ptx_value_setn(struct ptx_value *map, struct ptx_str key, struct ptx_value *v);
/* Removes a key; false when it was not there. */
PTX_API bool ptx_value_remove(struct ptx_value *map, const char *key);

/* Shorter ways of setting. */
PTX_API void ptx_value_set_string(struct ptx_value *map, const char *key, const char *s);
PTX_API void ptx_value_set_int(struct ptx_value *map, const char *key, int64_t i);
PTX_API void ptx_value_set_bool(struct ptx_value *map, const char *key, bool b);

/* Where the value stood in the file that it was read from; zeros when it was not read. */
PTX_API struct ptx_where ptx_value_where(const struct ptx_value *v);

/* A deep copy in another arena; NULL when there is no memory or it is deeper than 10,000. */
PTX_API struct ptx_value *ptx_value_copy(struct ptx_arena *a, const struct ptx_value *v);
/* True when both are the same, member by member; numbers by amount, maps in any order. */
PTX_API bool ptx_value_equal(const struct ptx_value *a, const struct ptx_value *b);

PTX_END

#endif
