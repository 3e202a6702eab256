/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_passes.c - the order in which Go finds what is wrong.
 *
 * Go reads YAML in three passes over a whole document: it is parsed, aliases are resolved; then
 * decoded, which is where tags, merges and keys that are collections fail; then made to fit JSON,
 * which has no null and no uint64 as a key, no infinity and no NaN. Here one pass does it all. So
 * that the mistake of the first pass is told before one of the second that stands above it, a
 * failure of the second looks on, and what the third would find is kept for the end.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "yaml_reader.h"

#include <math.h>

/* ---- the first pass, after a failure of the second */

const char *ptxi_yaml_anchor(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return (const char *)e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return (const char *)e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return (const char *)e->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static void forget_failure(struct ptxi_yaml_reader *r)
{
	ptxi_error_drop(r->err);
	r->why->kind = PTXI_YAML_WORDS;
}

void ptxi_yaml_look_on(struct ptxi_yaml_reader *r)
{
	static char known;

	while (r->event.type != YAML_DOCUMENT_END_EVENT && r->event.type != YAML_STREAM_END_EVENT) {
		const char *anchor = ptxi_yaml_anchor(&r->event);

		if (anchor && ptxi_map_set(r->anchors, anchor, &known) < 0)
			return;
		if (r->event.type == YAML_ALIAS_EVENT &&
		    !ptxi_map_get(r->anchors, (const char *)r->event.data.alias.anchor)) {
			forget_failure(r);
			ptxi_yaml_no_anchor(r);
			return;
		}
		yaml_event_delete(&r->event);
		r->has_event = false;
		if (!yaml_parser_parse(&r->parser, &r->event)) {
			forget_failure(r);
			ptxi_yaml_parser_failed(r);
			return;
		}
		r->has_event = true;
	}
}

/* ---- the third */

bool ptxi_yaml_bad_key(struct ptxi_yaml_reader *r, const struct ptxi_yaml_scalar *key,
		       struct ptx_where where)
{
	ptx_fail_at(r->err, PTX_E_SYNTAX, where, "a key cannot be %s",
		    key->type == PTXI_YAML_NULL ? "null" : "a number this large");
	ptxi_error_hint(r->err, "quote it to have it as text");
	return false;
}

bool ptxi_yaml_not_finite(struct ptxi_yaml_reader *r, double f, struct ptx_where where)
{
	ptxi_yaml_tell(r, "json: unsupported value: %s",
		       isnan(f) ? "NaN"
		       : f > 0  ? "+Inf"
				: "-Inf");
	ptx_fail_at(r->err, PTX_E_SYNTAX, where, "infinities and NaN have no place in values");
	ptxi_error_hint(r->err, "quote it to have it as text");
	return false;
}

bool ptxi_yaml_keep_bad_key(struct ptxi_yaml_reader *r, const struct ptx_value *map,
			    const struct ptxi_yaml_scalar *key, const struct ptx_value *value,
			    struct ptx_where where)
{
	struct ptxi_yaml_bad_key *k = ptxi_arena_alloc(r->arena, sizeof(*k));

	if (!k) {
		ptxi_arena_check(r->arena, r->err);
		return false;
	}
	*k = (struct ptxi_yaml_bad_key){ map, value, *key, where, NULL };
	*r->last_bad_key = k;
	r->last_bad_key = &k->next;
	return true;
}

void ptxi_yaml_move_bad_keys(struct ptxi_yaml_reader *r, const struct ptx_value *from,
			     const struct ptx_value *to)
{
	for (struct ptxi_yaml_bad_key *k = r->bad_keys; k; k = k->next)
		if (k->map == from)
			k->map = to;
}

bool ptxi_yaml_copy_bad_keys(struct ptxi_yaml_reader *r, const struct ptx_value *from,
			     const struct ptx_value *to)
{
	bool ok = true;

	if (!r->bad_keys)
		return true;
	for (size_t i = 0; ok && ptx_value_kind(from) == PTX_LIST && i < from->list.n; i++)
		ok = ptxi_yaml_copy_bad_keys(r, from->list.v[i], to->list.v[i]);
	for (size_t i = 0; ok && ptx_value_kind(from) == PTX_MAP && i < from->map.n; i++)
		ok = ptxi_yaml_copy_bad_keys(r, from->map.v[i].value, to->map.v[i].value);
	for (const struct ptxi_yaml_bad_key *k = r->bad_keys; ok && k && k->map != to; k = k->next)
		ok = k->map != from || ptxi_yaml_keep_bad_key(r, to, &k->key, k->value, k->where);
	return ok;
}

/* The first of the keys whose map is in the tree still: another one of the same name may have taken
 * its place. */
static const struct ptxi_yaml_bad_key *bad_key_in(const struct ptxi_yaml_reader *r,
						  const struct ptx_value *v)
{
	const struct ptxi_yaml_bad_key *k = r->bad_keys;

	switch (ptx_value_kind(v)) {
	case PTX_MAP:
		while (k && k->map != v)
			k = k->next;
		for (size_t i = 0; !k && i < v->map.n; i++)
			k = bad_key_in(r, v->map.v[i].value);
		return k;
	case PTX_LIST:
		k = NULL;
		for (size_t i = 0; !k && i < v->list.n; i++)
			k = bad_key_in(r, v->list.v[i]);
		return k;
	default:
		return NULL;
	}
}

/* The first number in a tree that JSON does not have, in the order in which Go writes it. */
static const struct ptx_value *special_in(struct ptx_arena *a, const struct ptx_value *v)
{
	const struct ptxi_entry **sorted = NULL;
	const struct ptx_value *found = NULL;

	switch (ptx_value_kind(v)) {
	case PTX_FLOAT:
		return isfinite(v->f) ? NULL : v;
	case PTX_MAP:
		sorted = ptxi_value_sorted(a, v);
		for (size_t i = 0; sorted && !found && i < v->map.n; i++)
			found = special_in(a, sorted[i]->value);
		return found;
	case PTX_LIST:
		for (size_t i = 0; !found && i < v->list.n; i++)
			found = special_in(a, v->list.v[i]);
		return found;
	default:
		return NULL;
	}
}

bool ptxi_yaml_fits_json(struct ptxi_yaml_reader *r, const struct ptx_value *root)
{
	const struct ptxi_yaml_bad_key *k = r->bad_keys ? bad_key_in(r, root) : NULL;
	const struct ptx_value *special =
	    r->why && !k && r->has_special ? special_in(r->arena, root) : NULL;

	if (k && r->why) { /* nobody else keeps any */
		r->why->kind =
		    k->key.type == PTXI_YAML_NULL ? PTXI_YAML_NULL_KEY : PTXI_YAML_LARGE_KEY;
		r->why->key = k->key.u;
		r->why->value = k->value;
		return ptxi_yaml_bad_key(r, &k->key, k->where);
	}
	return !special || ptxi_yaml_not_finite(r, special->f, ptx_value_where(special));
}
