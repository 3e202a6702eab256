/* SPDX-License-Identifier: Apache-2.0 */
/* diff.c - what differs between two values, leaf by leaf.
 *
 * Maps are compared key by key: first the keys of a in a's order, then those that only b has. Lists
 * are compared by position: for a plan's preview, "[2] changed" says more than the shortest edit.
 * The path is one buffer that grows and is cut back on the way.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "diff.h"

#define DEEPEST 10000u

struct diff {
	struct ptx_buf path;
	ptxi_diff_fn fn;
	void *user;
};

static int differ(struct diff *d, const struct ptx_value *a, const struct ptx_value *b,
		  unsigned depth);

static int at_key(struct diff *d, struct ptx_str key, const struct ptx_value *a,
		  const struct ptx_value *b, unsigned depth)
{
	size_t before = d->path.n;
	int rc = 0;

	if (before)
		ptx_buf_addc(&d->path, '.');
	ptx_buf_addstr(&d->path, key);
	rc = differ(d, a, b, depth + 1);
	ptx_buf_truncate(&d->path, before);
	return rc;
}

static int differ_maps(struct diff *d, const struct ptx_value *a, const struct ptx_value *b,
		       unsigned depth)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < a->map.n; i++)
		rc = at_key(d, a->map.v[i].key, a->map.v[i].value,
			    ptx_value_getn(b, a->map.v[i].key), depth);
	for (size_t i = 0; !rc && i < b->map.n; i++)
		if (!ptxi_value_find(a, b->map.v[i].key))
			rc = at_key(d, b->map.v[i].key, NULL, b->map.v[i].value, depth);
	return rc;
}

static int differ_lists(struct diff *d, const struct ptx_value *a, const struct ptx_value *b,
			unsigned depth)
{
	size_t before = d->path.n;
	int rc = 0;

	for (size_t i = 0; !rc && (i < a->list.n || i < b->list.n); i++) {
		ptx_buf_printf(&d->path, "[%zu]", i);
		rc = differ(d, ptx_value_at(a, i), ptx_value_at(b, i), depth + 1);
		ptx_buf_truncate(&d->path, before);
	}
	return rc;
}

static int differ(struct diff *d, const struct ptx_value *a, const struct ptx_value *b,
		  unsigned depth)
{
	if (!ptx_buf_ok(&d->path))
		return d->path.status;
	if (depth > DEEPEST)
		return PTX_E_LIMIT;
	if (a && b && ptx_value_kind(a) == PTX_MAP && ptx_value_kind(b) == PTX_MAP)
		return differ_maps(d, a, b, depth);
	if (a && b && ptx_value_kind(a) == PTX_LIST && ptx_value_kind(b) == PTX_LIST)
		return differ_lists(d, a, b, depth);
	if (a && b && ptx_value_equal(a, b))
		return 0;
	return d->fn(d->path.p, a, b, d->user);
}

int ptxi_value_diff(const struct ptx_value *a, const struct ptx_value *b, ptxi_diff_fn fn,
		    void *user)
{
	struct diff d = { .fn = fn, .user = user };
	int rc = 0;

	if (!a && !b)
		return 0;
	ptx_buf_init(&d.path, 0);
	rc = differ(&d, a, b, 0);
	ptx_buf_done(&d.path);
	return rc;
}
