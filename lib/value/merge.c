/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - laying values over one another.
 *
 * One walk serves both rules: in a merge a null is a value as any other; in a merge patch (RFC
 * 7386) it removes the key, and a map laid over what is no map begins with an empty one, so that
 * its own nulls go too.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "merge.h"

#define DEEPEST 1000u

struct merge {
	struct ptx_arena *arena;
	bool patch;
	struct ptx_error **err;
};

static int out_of_memory(const struct merge *m)
{
	int rc = ptxi_arena_check(m->arena, m->err);

	return rc ? rc
		  : ptx_fail(m->err, PTX_E_LIMIT, "the value is nested deeper than 10,000 levels");
}

static int lay(const struct merge *m, struct ptx_value *base, const struct ptx_value *over,
	       unsigned depth);

/* What over leaves of itself when nothing lies under it. */
static int lay_new(const struct merge *m, struct ptx_value *base, const struct ptxi_entry *e,
		   unsigned depth)
{
	struct ptx_value *v = NULL;
	struct ptxi_entry *put = NULL;
	bool patching = m->patch && ptx_value_kind(e->value) == PTX_MAP;

	v = patching ? ptx_value_map(m->arena) : ptx_value_copy(m->arena, e->value);
	if (!v)
		return out_of_memory(m);
	if (patching) {
		int rc = lay(m, v, e->value, depth + 1);

		if (rc < 0)
			return rc;
	}
	put = ptxi_value_put(base, e->key, false, v);
	if (!put)
		return out_of_memory(m);
	put->pos = e->pos;
	return 0;
}

static int lay(const struct merge *m, struct ptx_value *base, const struct ptx_value *over,
	       unsigned depth)
{
	if (depth > DEEPEST)
		return ptx_fail(m->err, PTX_E_LIMIT,
				"values to be merged are nested deeper than %u levels", DEEPEST);
	for (size_t i = 0; i < over->map.n; i++) {
		const struct ptxi_entry *e = &over->map.v[i];
		struct ptx_value *under = ptx_value_getn(base, e->key);
		int rc = 0;

		if (m->patch && ptx_value_kind(e->value) == PTX_NULL)
			ptxi_value_remove(base, e->key);
		else if (ptx_value_kind(under) == PTX_MAP && ptx_value_kind(e->value) == PTX_MAP)
			rc = lay(m, under, e->value, depth + 1);
		else
			rc = lay_new(m, base, e, depth);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int merge(const struct merge *m, struct ptx_value *base, const struct ptx_value *over)
{
	if (ptx_value_kind(base) != PTX_MAP)
		return ptx_fail(m->err, PTX_E_INVALID, "only an object can be laid over, not %s",
				ptx_value_kind_name(base));
	if (ptx_value_kind(over) == PTX_NULL)
		return 0;
	if (ptx_value_kind(over) != PTX_MAP)
		return ptx_fail(m->err, PTX_E_INVALID, "an object cannot be replaced by %s",
				ptx_value_kind_name(over));
	return lay(m, base, over, 0);
}

int ptxi_value_merge(struct ptx_arena *a, struct ptx_value *base, const struct ptx_value *over,
		     struct ptx_error **err)
{
	return merge(&(struct merge){ a, false, err }, base, over);
}

int ptxi_value_merge_patch(struct ptx_arena *a, struct ptx_value *base,
			   const struct ptx_value *patch, struct ptx_error **err)
{
	return merge(&(struct merge){ a, true, err }, base, patch);
}
