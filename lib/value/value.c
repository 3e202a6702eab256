/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - constructors, accessors and ordered maps.
 *
 * A map keeps its entries in order of insertion and finds them by a linear walk while it is small;
 * past SMALL_MAP entries it gets an open-addressed index, at most half full. Removing an entry
 * closes the gap and builds the index anew. The hash is the process's keyed one, because keys are
 * hostile.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "value.h"
#include "../base/map.h"
#include "../base/sort.h"

#include <math.h>

#define SMALL_MAP    8u
#define DEEPEST_COPY 10000u

struct ptx_value *ptxi_value_new(struct ptx_arena *a, enum ptx_kind kind)
{
	struct ptx_value *v = ptxi_arena_alloc(a, sizeof(*v));

	if (!v)
		return NULL;
	v->kind = (uint8_t)kind;
	if (kind == PTX_LIST)
		v->list.arena = a;
	else if (kind == PTX_MAP)
		v->map.arena = a;
	return v;
}

void ptxi_value_place(struct ptx_value *v, const char *file, uint32_t line, uint32_t column)
{
	if (!v)
		return;
	v->file = file;
	v->pos = (struct ptxi_pos){ line, column };
}

struct ptx_value *ptx_value_null(struct ptx_arena *a)
{
	return ptxi_value_new(a, PTX_NULL);
}

struct ptx_value *ptx_value_bool(struct ptx_arena *a, bool b)
{
	struct ptx_value *v = ptxi_value_new(a, PTX_BOOL);

	if (v)
		v->b = b;
	return v;
}

struct ptx_value *ptx_value_int(struct ptx_arena *a, int64_t i)
{
	struct ptx_value *v = ptxi_value_new(a, PTX_INT);

	if (v)
		v->i = i;
	return v;
}

struct ptx_value *ptx_value_uint(struct ptx_arena *a, uint64_t u)
{
	struct ptx_value *v = NULL;

	if (u <= INT64_MAX)
		return ptx_value_int(a, (int64_t)u);
	v = ptxi_value_new(a, PTX_UINT);
	if (v)
		v->u = u;
	return v;
}

struct ptx_value *ptx_value_float(struct ptx_arena *a, double f)
{
	struct ptx_value *v = ptxi_value_new(a, PTX_FLOAT);

	if (v)
		v->f = f;
	return v;
}

struct ptx_value *ptxi_value_string_in(struct ptx_arena *a, struct ptx_str s, enum ptx_kind kind)
{
	struct ptx_value *v = s.p ? ptxi_value_new(a, kind) : NULL;

	if (v)
		v->s = s;
	return v;
}

static struct ptx_value *copy_text(struct ptx_arena *a, struct ptx_str s, enum ptx_kind kind)
{
	return ptxi_value_string_in(a, ptxi_strn(ptxi_arena_strn(a, s.p, s.n), s.n), kind);
}

struct ptx_value *ptx_value_number(struct ptx_arena *a, struct ptx_str text)
{
	return copy_text(a, text, PTX_NUMBER);
}

struct ptx_value *ptx_value_strn(struct ptx_arena *a, struct ptx_str s)
{
	return copy_text(a, s, PTX_STRING);
}

struct ptx_value *ptx_value_string(struct ptx_arena *a, const char *s)
{
	return s ? copy_text(a, ptxi_str(s), PTX_STRING) : ptx_value_null(a);
}

struct ptx_value *ptx_value_bytes(struct ptx_arena *a, const void *p, size_t n)
{
	return copy_text(a, ptxi_strn(p, n), PTX_BYTES);
}

struct ptx_value *ptx_value_time(struct ptx_arena *a, int64_t unix_seconds, int32_t nanoseconds,
				 int32_t offset_seconds)
{
	struct ptx_value *v = ptxi_value_new(a, PTX_TIME);
	struct ptxi_time *t = ptxi_arena_alloc(a, sizeof(*t));

	if (!v || !t)
		return NULL;
	*t = (struct ptxi_time){ unix_seconds, nanoseconds, offset_seconds, PTXI_LOCAL_NOT, NULL };
	v->time = t;
	return v;
}

struct ptx_value *ptx_value_list(struct ptx_arena *a)
{
	return ptxi_value_new(a, PTX_LIST);
}

struct ptx_value *ptx_value_map(struct ptx_arena *a)
{
	return ptxi_value_new(a, PTX_MAP);
}

enum ptx_kind ptx_value_kind(const struct ptx_value *v)
{
	return v ? (enum ptx_kind)v->kind : PTX_NULL;
}

const char *ptx_value_kind_name(const struct ptx_value *v)
{
	static const char *const names[] = {
		[PTX_NULL] = "null",     [PTX_BOOL] = "boolean", [PTX_INT] = "integer",
		[PTX_UINT] = "integer",  [PTX_FLOAT] = "number", [PTX_NUMBER] = "number",
		[PTX_STRING] = "string", [PTX_BYTES] = "bytes",  [PTX_TIME] = "time",
		[PTX_LIST] = "array",    [PTX_MAP] = "object",
	};

	return names[ptx_value_kind(v)];
}

bool ptx_value_is_number(const struct ptx_value *v)
{
	enum ptx_kind kind = ptx_value_kind(v);

	return kind >= PTX_INT && kind <= PTX_NUMBER;
}

bool ptx_value_as_bool(const struct ptx_value *v, bool fallback)
{
	return ptx_value_kind(v) == PTX_BOOL ? v->b : fallback;
}

int64_t ptx_value_as_int(const struct ptx_value *v, int64_t fallback)
{
	int64_t i = 0;
	double f = 0;

	switch (ptx_value_kind(v)) {
	case PTX_INT:
		return v->i;
	case PTX_NUMBER:
		if (ptxi_parse_i64(v->s, &i, INT64_MIN, INT64_MAX))
			return i;
		if (!ptxi_parse_double(v->s, &f))
			return fallback;
		break;
	case PTX_FLOAT:
		f = v->f;
		break;
	default:
		return fallback;
	}
	/* cppcheck-suppress incorrectLogicOperator; it does not read hexadecimal floats */
	return f >= -0x1p63 && f < 0x1p63 && floor(f) == f ? (int64_t)f : fallback;
}

double ptx_value_as_float(const struct ptx_value *v, double fallback)
{
	double f = 0;

	switch (ptx_value_kind(v)) {
	case PTX_INT:
		return (double)v->i;
	case PTX_UINT:
		return (double)v->u;
	case PTX_FLOAT:
		return v->f;
	case PTX_NUMBER:
		return ptxi_parse_double(v->s, &f) ? f : fallback;
	default:
		return fallback;
	}
}

const char *ptx_value_as_string(const struct ptx_value *v, const char *fallback)
{
	return ptx_value_kind(v) == PTX_STRING ? v->s.p : fallback;
}

struct ptx_str ptx_value_str(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_STRING:
	case PTX_BYTES:
	case PTX_NUMBER:
		return v->s;
	default:
		return (struct ptx_str){ NULL, 0 };
	}
}

size_t ptx_value_count(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_LIST:
		return v->list.n;
	case PTX_MAP:
		return v->map.n;
	default:
		return 0;
	}
}

struct ptx_value *ptx_value_at(const struct ptx_value *list, size_t i)
{
	return ptx_value_kind(list) == PTX_LIST && i < list->list.n ? list->list.v[i] : NULL;
}

/* A place must hold something even when the arena is exhausted: the reader sees null. */
static struct ptx_value *or_null(struct ptx_value *v)
{
	static struct ptx_value null_value = { .kind = PTX_NULL };

	return v ? v : &null_value;
}

void ptx_value_append(struct ptx_value *list, struct ptx_value *item)
{
	struct ptxi_list *l = NULL;

	if (ptx_value_kind(list) != PTX_LIST)
		return;
	l = &list->list;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 4;
		void *v =
		    ptxi_arena_grow(l->arena, l->v, l->n * sizeof(*l->v), cap * sizeof(*l->v));

		if (!v)
			return;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = or_null(item);
	list->unread |= item && item->unread;
}

static void index_entry(struct ptxi_vmap *m, size_t i)
{
	uint32_t slot = m->v[i].hash & m->index_mask;

	while (m->index[slot])
		slot = (slot + 1) & m->index_mask;
	m->index[slot] = (uint32_t)i + 1;
}

static bool build_index(struct ptxi_vmap *m, size_t slots)
{
	uint32_t *index = ptxi_arena_array(m->arena, slots, sizeof(*index));

	if (!index)
		return false;
	m->index = index;
	m->index_mask = (uint32_t)slots - 1;
	for (size_t i = 0; i < m->n; i++)
		index_entry(m, i);
	return true;
}

uint32_t ptxi_value_hash(struct ptx_str key)
{
	return (uint32_t)ptxi_hash(key.p, key.n);
}

static inline bool same(struct ptx_str a, struct ptx_str b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static struct ptxi_entry *find_hashed(const struct ptxi_vmap *m, struct ptx_str key, uint32_t hash)
{
	for (uint32_t slot = hash & m->index_mask; m->index[slot];
	     slot = (slot + 1) & m->index_mask) {
		struct ptxi_entry *e = &m->v[m->index[slot] - 1];

		if (e->hash == hash && same(e->key, key))
			return e;
	}
	return NULL;
}

static struct ptxi_entry *find_small(const struct ptxi_vmap *m, struct ptx_str key)
{
	for (size_t i = 0; i < m->n; i++)
		if (same(m->v[i].key, key))
			return &m->v[i];
	return NULL;
}

struct ptxi_entry *ptxi_value_find_hashed(const struct ptx_value *map, struct ptx_str key,
					  uint32_t hash)
{
	if (ptx_value_kind(map) != PTX_MAP)
		return NULL;
	return map->map.index ? find_hashed(&map->map, key, hash) : find_small(&map->map, key);
}

struct ptxi_entry *ptxi_value_find(const struct ptx_value *map, struct ptx_str key)
{
	if (ptx_value_kind(map) != PTX_MAP)
		return NULL;
	if (map->map.index)
		return find_hashed(&map->map, key, ptxi_value_hash(key));
	return find_small(&map->map, key);
}

static bool make_room(struct ptxi_vmap *m)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 4;
		void *v =
		    ptxi_arena_grow(m->arena, m->v, m->n * sizeof(*m->v), cap * sizeof(*m->v));

		if (!v || cap > UINT32_MAX / 4)
			return false;
		m->v = v;
		m->cap = cap;
	}
	if (m->n + 1 <= SMALL_MAP || (m->index && (m->n + 1) * 2 <= (size_t)m->index_mask + 1))
		return true;
	if (!m->index)
		for (size_t i = 0; i < m->n; i++)
			m->v[i].hash = ptxi_value_hash(m->v[i].key);
	return build_index(m, m->index ? ((size_t)m->index_mask + 1) * 2 : 4 * SMALL_MAP);
}

struct ptxi_entry *ptxi_value_put(struct ptx_value *map, struct ptx_str key, bool in_arena,
				  struct ptx_value *v)
{
	bool hashed = ptx_value_kind(map) == PTX_MAP && map->map.index;
	uint32_t hash = hashed ? ptxi_value_hash(key) : 0;
	struct ptxi_entry *e =
	    hashed ? find_hashed(&map->map, key, hash) : ptxi_value_find(map, key);
	struct ptxi_vmap *m = NULL;

	if (!e && ptx_value_kind(map) != PTX_MAP)
		return NULL;
	map->unread |= v && v->unread;
	if (e) {
		e->value = or_null(v);
		return e;
	}
	m = &map->map;
	if (!in_arena)
		key.p = ptxi_arena_strn(m->arena, key.p, key.n);
	if (!key.p || !make_room(m))
		return NULL;
	e = &m->v[m->n++];
	*e = (struct ptxi_entry){ .key = key, .value = or_null(v) };
	if (m->index) {
		e->hash = hashed ? hash : ptxi_value_hash(key);
		index_entry(m, m->n - 1);
	}
	return e;
}

struct ptx_value *ptx_value_getn(const struct ptx_value *map, struct ptx_str key)
{
	const struct ptxi_entry *e = ptxi_value_find(map, key);

	return e ? e->value : NULL;
}

struct ptx_value *ptx_value_get(const struct ptx_value *map, const char *key)
{
	return ptx_value_getn(map, ptxi_str(key));
}

bool ptx_value_has(const struct ptx_value *map, const char *key)
{
	return ptxi_value_find(map, ptxi_str(key)) != NULL;
}

struct ptx_value *ptx_value_entry(const struct ptx_value *map, size_t i, struct ptx_str *key)
{
	if (ptx_value_kind(map) != PTX_MAP || i >= map->map.n)
		return NULL;
	if (key)
		*key = map->map.v[i].key;
	return map->map.v[i].value;
}

void ptx_value_setn(struct ptx_value *map, struct ptx_str key, struct ptx_value *v)
{
	ptxi_value_put(map, key, false, v);
}

void ptx_value_set(struct ptx_value *map, const char *key, struct ptx_value *v)
{
	ptxi_value_put(map, ptxi_str(key), false, v);
}

bool ptxi_value_remove(struct ptx_value *map, struct ptx_str key)
{
	struct ptxi_entry *e = ptxi_value_find(map, key);
	struct ptxi_vmap *m = NULL;

	if (!e)
		return false;
	m = &map->map;
	m->n--;
	memmove(e, e + 1, (size_t)(m->v + m->n - e) * sizeof(*e));
	if (m->index) {
		memset(m->index, 0, ((size_t)m->index_mask + 1) * sizeof(*m->index));
		for (size_t i = 0; i < m->n; i++)
			index_entry(m, i);
	}
	return true;
}

bool ptx_value_remove(struct ptx_value *map, const char *key)
{
	return ptxi_value_remove(map, ptxi_str(key));
}

void ptx_value_set_string(struct ptx_value *map, const char *key, const char *s)
{
	ptx_value_set(map, key, ptx_value_string(ptxi_value_arena(map), s));
}

void ptx_value_set_int(struct ptx_value *map, const char *key, int64_t i)
{
	ptx_value_set(map, key, ptx_value_int(ptxi_value_arena(map), i));
}

void ptx_value_set_bool(struct ptx_value *map, const char *key, bool b)
{
	ptx_value_set(map, key, ptx_value_bool(ptxi_value_arena(map), b));
}

struct ptx_where ptx_value_where(const struct ptx_value *v)
{
	if (!v)
		return (struct ptx_where){ 0 };
	return (struct ptx_where){ v->file, v->pos.line, v->pos.column };
}

struct ptx_arena *ptxi_value_arena(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_LIST:
		return v->list.arena;
	case PTX_MAP:
		return v->map.arena;
	default:
		return NULL;
	}
}

static int by_key(const void *a, const void *b, void *user)
{
	const struct ptxi_entry *const *x = a;
	const struct ptxi_entry *const *y = b;

	(void)user;
	return ptxi_str_cmp((*x)->key, (*y)->key);
}

struct ptx_value *ptxi_value_ordered_map(struct ptx_arena *a)
{
	struct ptx_value *map = ptx_value_map(a);

	if (map)
		map->ordered = true;
	return map;
}

const struct ptxi_entry **ptxi_value_sorted(struct ptx_arena *a, const struct ptx_value *map)
{
	size_t n = ptx_value_kind(map) == PTX_MAP ? map->map.n : 0;
	const struct ptxi_entry **sorted = n ? ptxi_arena_array(a, n, sizeof(*sorted)) : NULL;

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &map->map.v[i];
	return map->ordered || ptxi_sort(sorted, n, sizeof(*sorted), by_key, NULL) ? sorted : NULL;
}

/* The name of the file that the value copied last came from, and its copy: mostly all come from
 * one. */
struct copied_file {
	const char *from;
	const char *to;
};

static const char *copy_file(struct ptx_arena *a, const char *file, struct copied_file *last)
{
	if (file && file != last->from) {
		last->from = file;
		last->to = ptxi_arena_str(a, file);
	}
	return file ? last->to : NULL;
}

static struct ptx_value *copy(struct ptx_arena *a, const struct ptx_value *v, unsigned depth,
			      struct copied_file *file)
{
	struct ptx_value *to = NULL;
	struct ptx_str text = ptx_value_str(v);

	if (!v)
		return ptx_value_null(a);
	if (depth > DEEPEST_COPY)
		return NULL;
	if (text.p) {
		to = copy_text(a, text, ptx_value_kind(v));
	} else if (v->kind == PTX_TIME) {
		to = ptx_value_time(a, v->time->unix_seconds, v->time->nanoseconds,
				    v->time->offset_seconds);
		if (to) {
			to->time->local = v->time->local;
			to->time->zone = v->time->zone ? ptxi_arena_str(a, v->time->zone) : NULL;
		}
	} else {
		to = ptxi_value_new(a, ptx_value_kind(v));
		if (to && v->kind <= PTX_FLOAT)
			to->u = v->u;
	}
	if (!to)
		return NULL;
	for (size_t i = 0; v->kind == PTX_LIST && i < v->list.n; i++) {
		struct ptx_value *item = copy(a, v->list.v[i], depth + 1, file);

		if (!item)
			return NULL;
		ptx_value_append(to, item);
	}
	for (size_t i = 0; v->kind == PTX_MAP && i < v->map.n; i++) {
		struct ptx_value *item = copy(a, v->map.v[i].value, depth + 1, file);
		struct ptxi_entry *e =
		    item ? ptxi_value_put(to, v->map.v[i].key, false, item) : NULL;

		if (!e)
			return NULL;
		e->pos = v->map.v[i].pos;
	}
	to->go = v->go;
	to->pos = v->pos;
	to->file = copy_file(a, v->file, file);
	return to;
}

struct ptx_value *ptx_value_copy(struct ptx_arena *a, const struct ptx_value *v)
{
	struct copied_file file = { NULL, NULL };

	return copy(a, v, 0, &file);
}
