/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - finding a value by a path whose keys may hold the separator themselves.
 *
 * Real answers have keys such as "zk.node" and "my-key", and a template writes
 * {{cluster.zk.node.count}}. At each map the keys that are a prefix of the path up to a '.', a '['
 * or its end are candidates, tried from the longest; the walk goes back when one leads nowhere. The
 * number of steps and lookups is bounded, because keys and paths may be hostile and a value may be
 * a cycle.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "path.h"
#include "../base/lookup.h"

#define MOST_LOOKUPS 10000u

struct walk {
	unsigned lookups;
	struct ptxi_found best; /* the furthest that any attempt came */
};

static struct ptx_value *follow(struct walk *w, const struct ptx_value *at, struct ptx_str rest);

static void remember(struct walk *w, const struct ptx_value *at, struct ptx_str rest)
{
	if (!w->best.rest.p || rest.n < w->best.rest.n) {
		w->best.at = at;
		w->best.rest = rest;
	}
}

/* "[N]" at the start of rest. */
static struct ptx_value *follow_index(struct walk *w, const struct ptx_value *at,
				      struct ptx_str rest)
{
	size_t close = ptxi_str_find_char(rest, ']');
	uint64_t i = 0;
	struct ptx_value *item = NULL;

	if (close == SIZE_MAX ||
	    !ptxi_parse_u64(ptxi_str_sub(rest, 1, close - 1), &i, SIZE_MAX - 1))
		return NULL;
	item = ptx_value_at(at, (size_t)i);
	return item ? follow(w, item, ptxi_str_from(rest, close + 1)) : NULL;
}

static struct ptx_value *follow_key(struct walk *w, const struct ptx_value *at, struct ptx_str rest)
{
	for (size_t n = rest.n; n; n--) {
		const struct ptxi_entry *e = NULL;
		struct ptx_value *found = NULL;

		if (n < rest.n && rest.p[n] != '.' && rest.p[n] != '[')
			continue;
		if (++w->lookups > MOST_LOOKUPS)
			return NULL;
		e = ptxi_value_find(at, ptxi_strn(rest.p, n));
		if (!e)
			continue;
		found = follow(w, e->value, ptxi_str_from(rest, n));
		if (found)
			return found;
	}
	return NULL;
}

/* rest is what follows a value: empty, "[N]...", or ".key..."; at the root also "key...". */
static struct ptx_value *follow(struct walk *w, const struct ptx_value *at, struct ptx_str rest)
{
	struct ptx_value *found = NULL;
	struct ptx_str key = rest;

	if (++w->lookups > MOST_LOOKUPS)
		return NULL;
	if (!rest.n) {
		remember(w, at, rest);
		return (struct ptx_value *)at;
	}
	if (rest.p[0] == '.')
		key = ptxi_str_from(rest, 1);
	remember(w, at, key);
	if (rest.p[0] == '[')
		found = follow_index(w, at, rest);
	return found ? found : follow_key(w, at, key);
}

struct ptxi_found ptxi_value_find_path(const struct ptx_value *root, struct ptx_str path)
{
	struct walk w = { .best = { .at = root } };

	if (!path.p)
		path = PTXI_STR("");
	w.best.value = follow(&w, root, path);
	if (w.best.value) {
		w.best.at = w.best.value;
		w.best.rest = ptxi_str_from(path, path.n);
	}
	return w.best;
}

static struct ptx_str key_at(size_t i, const void *user)
{
	const struct ptx_value *map = user;

	return i < map->map.n ? map->map.v[i].key : (struct ptx_str){ NULL, 0 };
}

struct ptx_str ptxi_value_nearest_key(const struct ptx_value *at, struct ptx_str rest)
{
	struct ptx_str none = { NULL, 0 };

	if (ptx_value_kind(at) != PTX_MAP || !rest.n)
		return none;
	/* A key may hold dots: the whole rest is compared first, then less and less of it. */
	for (size_t n = rest.n; n; n--) {
		struct ptx_str near = none;

		if (n < rest.n && rest.p[n] != '.' && rest.p[n] != '[')
			continue;
		if (n > 100)
			continue;
		near = ptxi_nearest(ptxi_strn(rest.p, n), key_at, at);
		if (near.p)
			return near;
	}
	return none;
}

/* One reference token of a JSON pointer, with ~1 and ~0 taken out; false when it is malformed. */
static bool unescape_token(struct ptx_str token, struct ptx_buf *out)
{
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];

		if (c == '~') {
			if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1'))
				return false;
			c = token.p[i] == '0' ? '~' : '/';
		}
		ptx_buf_addc(out, c);
	}
	return ptx_buf_ok(out);
}

static struct ptx_value *pointer_step(const struct ptx_value *at, struct ptx_str token)
{
	ptx_auto_buf key = { 0 };
	uint64_t i = 0;

	if (ptx_value_kind(at) == PTX_LIST) {
		if ((token.n > 1 && token.p[0] == '0') || !ptxi_parse_u64(token, &i, SIZE_MAX - 1))
			return NULL;
		return ptx_value_at(at, (size_t)i);
	}
	ptx_buf_init(&key, 0);
	return unescape_token(token, &key) ? ptx_value_getn(at, ptx_buf_str(&key)) : NULL;
}

struct ptx_value *ptxi_value_pointer(const struct ptx_value *root, const char *pointer)
{
	struct ptx_str rest = ptxi_str(pointer);
	struct ptx_str token = { NULL, 0 };
	const struct ptx_value *at = root;

	if (!rest.n)
		return (struct ptx_value *)root;
	if (rest.p[0] != '/')
		return NULL;
	rest = ptxi_str_from(rest, 1);
	while (at && ptxi_str_next(&rest, '/', &token))
		at = pointer_step(at, token);
	return (struct ptx_value *)at;
}
