/* SPDX-License-Identifier: Apache-2.0 */
/* kv.c - a sorted vector of pairs.
 *
 * Lookups are a binary search, a new key moves what is behind it: for the some ten thousand keys of
 * a VPC that is cheaper than a tree, in memory too, and ranges are slices. A view (a Drone's part
 * of the metadata) is such a table fed by the lines of a watch; a change is checked wholly before
 * the first key is touched.
 */
#define PTX_AREA PTX_AREA_WIRE
#include "kv.h"

#include "../base/vec.h"

static void pair_done(struct ptxi_pair *p)
{
	ptx_free(p->key);
	ptx_free(p->value);
}

void ptxi_kv_done(struct ptxi_kv *kv)
{
	for (size_t i = 0; i < kv->n; i++)
		pair_done(&kv->v[i]);
	ptx_vec_done(kv);
}

size_t ptxi_kv_lower(const struct ptxi_kv *kv, struct ptx_str key)
{
	size_t low = 0;
	size_t high = kv->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ptxi_str_cmp(ptxi_str(kv->v[mid].key), key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct ptxi_pair *at(const struct ptxi_kv *kv, size_t i, struct ptx_str key)
{
	return i < kv->n && ptxi_str_is(key, kv->v[i].key) ? &kv->v[i] : NULL;
}

const struct ptxi_pair *ptxi_kv_find(const struct ptxi_kv *kv, struct ptx_str key)
{
	return at(kv, ptxi_kv_lower(kv, key), key);
}

const char *ptxi_kv_get(const struct ptxi_kv *kv, const char *key)
{
	const struct ptxi_pair *p = ptxi_kv_find(kv, ptxi_str(key));

	return p ? p->value : NULL;
}

size_t ptxi_kv_range(const struct ptxi_kv *kv, struct ptx_str prefix, size_t *from)
{
	size_t end = *from = ptxi_kv_lower(kv, prefix);

	while (end < kv->n && strlen(kv->v[end].key) >= prefix.n &&
	       memcmp(kv->v[end].key, prefix.p, prefix.n) == 0)
		end++;
	return end;
}

int ptxi_kv_set(struct ptxi_kv *kv, struct ptx_str key, struct ptx_str value, int64_t revision,
		bool *changed)
{
	size_t i = ptxi_kv_lower(kv, key);
	struct ptxi_pair *old = at(kv, i, key);
	struct ptxi_pair fresh = { NULL, NULL, value.n, revision };

	if (changed)
		*changed = true;
	if (old && old->value_n == value.n &&
	    memcmp(old->value, value.p ? value.p : "", value.n) == 0) {
		old->revision = revision;
		if (changed)
			*changed = false;
		return 0;
	}
	fresh.value = ptxi_str_dup(value);
	if (!fresh.value)
		return PTX_E_NOMEM;
	if (old) {
		ptx_free(old->value);
		old->value = fresh.value;
		old->value_n = value.n;
		old->revision = revision;
		return 0;
	}
	fresh.key = ptxi_str_dup(key);
	if (!fresh.key || !ptx_vec_reserve(kv, kv->n + 1)) {
		pair_done(&fresh);
		return PTX_E_NOMEM;
	}
	memmove(&kv->v[i + 1], &kv->v[i], (kv->n - i) * sizeof(kv->v[0]));
	kv->v[i] = fresh;
	kv->n++;
	return 0;
}

bool ptxi_kv_remove(struct ptxi_kv *kv, struct ptx_str key)
{
	size_t i = ptxi_kv_lower(kv, key);

	if (!at(kv, i, key))
		return false;
	pair_done(&kv->v[i]);
	kv->n--;
	memmove(&kv->v[i], &kv->v[i + 1], (kv->n - i) * sizeof(kv->v[0]));
	return true;
}

/* --- a view --- */

void ptxi_view_done(struct ptxi_view *v)
{
	ptxi_kv_done(&v->keys);
	*v = (struct ptxi_view){ .revision = 0 };
}

static int check_pairs(const json_t *set, struct ptx_error **err)
{
	const char *key = NULL;
	json_t *value = NULL;

	if (!json_is_object(set))
		return ptx_fail(err, PTX_E_INVALID, "the keys of a watch's line are no object");
	if (json_object_size(set) > PTXI_WIRE_MAX_KEYS * (size_t)4)
		return ptx_fail(err, PTX_E_LIMIT, "a view has more than %d keys",
				PTXI_WIRE_MAX_KEYS * 4);
	json_object_foreach((json_t *)set, key, value)
	{
		if (!ptxi_wire_key_ok(ptxi_str(key)))
			return ptx_fail(err, PTX_E_INVALID,
					"a watch's line has a key that is none");
		if (!json_is_string(value) || json_string_length(value) > PTXI_WIRE_MAX_VALUE)
			return ptx_fail(err, PTX_E_INVALID,
					"the value of '%s' is no text or too long", key);
	}
	return 0;
}

static int set_pairs(struct ptxi_kv *kv, const json_t *set, int64_t revision,
		     struct ptx_error **err)
{
	const char *key = NULL;
	json_t *value = NULL;

	json_object_foreach((json_t *)set, key, value)
	{
		struct ptx_str text = { json_string_value(value), json_string_length(value) };

		if (ptxi_kv_set(kv, ptxi_str(key), text, revision, NULL) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for a view");
	}
	return 0;
}

static int take_view(struct ptxi_view *v, const json_t *j, struct ptx_error **err)
{
	struct ptxi_kv fresh = { NULL, 0, 0 };
	int64_t revision = json_integer_value(json_object_get(j, "revision"));
	int code = 0;

	if (!json_is_true(json_object_get(j, "ready"))) {
		v->ready = false;
		v->revision = revision;
		return 0;
	}
	code = check_pairs(json_object_get(j, "keys"), err);
	if (code == 0)
		code = set_pairs(&fresh, json_object_get(j, "keys"), revision, err);
	if (code < 0) {
		ptxi_kv_done(&fresh);
		return code;
	}
	ptxi_kv_done(&v->keys);
	*v = (struct ptxi_view){ fresh, revision, true };
	return 0;
}

static int take_change(struct ptxi_view *v, const json_t *j, struct ptx_error **err)
{
	const json_t *set = json_object_get(j, "set");
	const json_t *del = json_object_get(j, "del");
	int64_t revision = json_integer_value(json_object_get(j, "revision"));
	int code = 0;

	if (!v->ready || json_integer_value(json_object_get(j, "after")) != v->revision)
		return ptx_fail(err, PTX_E_CONFLICT, "a change does not follow on revision %lld",
				(long long)v->revision);
	if (set)
		code = check_pairs(set, err);
	if (code == 0 && del && !json_is_array(del))
		code = ptx_fail(err, PTX_E_INVALID, "the removed keys of a change are no list");
	if (code < 0)
		return code;
	for (size_t i = 0; i < json_array_size(del); i++) {
		const json_t *key = json_array_get(del, i);

		ptxi_kv_remove(&v->keys,
			       ptxi_strn(json_string_value(key), json_string_length(key)));
	}
	code = set ? set_pairs(&v->keys, set, revision, err) : 0;
	/* Without memory the view is half: say so by a revision on which nothing can follow. */
	v->revision = code < 0 ? -1 : revision;
	v->ready = code == 0;
	return code;
}

int ptxi_view_line(struct ptxi_view *v, struct ptx_str line, enum ptxi_view_news *news,
		   json_t **requests, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse(line, PTXI_WIRE_MAX_BODY, err);
	const char *type = json_string_value(json_object_get(j, "type"));
	int code = 0;

	if (!j)
		return ptx_wrap(err, "while reading a line of the watch");
	*news = PTXI_VIEW_PING;
	if (!type) {
		code = ptx_fail(err, PTX_E_INVALID, "a line of the watch has no type");
	} else if (strcmp(type, "view") == 0) {
		*news = PTXI_VIEW_CHANGED;
		code = take_view(v, j, err);
	} else if (strcmp(type, "change") == 0) {
		*news = PTXI_VIEW_CHANGED;
		code = take_change(v, j, err);
	} else if (strcmp(type, "requests") == 0) {
		json_t *list = json_object_get(j, "requests");

		*news = PTXI_VIEW_REQUESTS;
		if (!json_is_array(list) || json_array_size(list) > PTXI_WIRE_MAX_OPEN_REQUESTS)
			code = ptx_fail(err, PTX_E_INVALID,
					"a watch's requests are no list, or too many");
		else
			*requests = json_incref(list);
	}
	json_decref(j); /* lines of other types are for newer Drones */
	return code;
}
