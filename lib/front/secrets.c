/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.c - secret answers leave the documents before these are recorded.
 *
 * A secret may stand in the conf's `env` only: anywhere else (a command, a name) it would end up in
 * a plan, an argument list or a label, and is refused. */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "secrets.h"

#include "../value/path.h"

static void replace_by_ref(struct ptx_value *v, const char *ref, struct ptx_arena *a)
{
	struct ptx_value *map = ptx_value_map(a);

	ptx_value_set_string(map, PTXI_SECRET_KEY, ref);
	if (map)
		*v = *map;
}

int ptxi_secrets_take(struct ptxi_commit *commit, struct ptx_value *doc,
		      const struct ptx_value *paths, const char *prefix, struct ptx_error **err)
{
	struct ptx_arena *a = ptxi_value_arena(doc);

	for (size_t i = 0; i < ptx_value_count(paths); i++) {
		struct ptx_str path = ptx_value_str(ptx_value_at(paths, i));
		struct ptx_value *v = ptxi_value_find_path(doc, path).value;
		char *ref = ptxi_arena_printf(a, "%s.%zu", prefix, i);

		if (!v || !ptx_value_str(v).n)
			continue;
		if (!ref)
			return ptxi_arena_check(a, err);
		ptxi_commit_secret(commit, ref, ptx_value_str(v));
		replace_by_ref(v, ref, a);
	}
	return ptxi_arena_check(a, err);
}

static void mask(struct ptx_value *v, struct ptx_arena *a)
{
	if (ptx_value_has(v, PTXI_SECRET_KEY)) {
		const struct ptx_value *stars = ptx_value_string(a, "***");

		if (stars)
			*v = *stars;
		return;
	}
	for (size_t i = 0; ptx_value_kind(v) == PTX_MAP && i < ptx_value_count(v); i++)
		mask(ptx_value_entry(v, i, NULL), a);
	for (size_t i = 0; i < ptx_value_count(v); i++)
		if (ptx_value_kind(v) == PTX_LIST)
			mask(ptx_value_at(v, i), a);
}

struct ptx_value *ptxi_secrets_mask(struct ptx_arena *a, const struct ptx_value *doc)
{
	struct ptx_value *copy = ptx_value_copy(a, doc);

	mask(copy, a);
	return copy;
}
