/* SPDX-License-Identifier: Apache-2.0 */
/* confd_kv.c - a sorted array of pairs, and confd's ways of listing it.
 *
 * Paths are compared part by part after cleaning, as confd does it: "/a/" lists what "/a" does, but
 * a relative path matches no key. A name's text is what follows the path in the key as it is
 * written. A quirk is kept, since templates may rely on it: below "/" only keys of one part are
 * listed.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "confd_kv.h"
#include "../base/glob.h"
#include "../base/path.h"
#include "../base/vec.h"

struct ptxi_confd_kv {
	PTX_VEC(struct ptxi_confd_pair) pairs;
};

struct ptxi_confd_kv *ptxi_confd_kv_new(void)
{
	return ptxi_alloc(sizeof(struct ptxi_confd_kv));
}

void ptxi_confd_kv_free(struct ptxi_confd_kv *kv)
{
	if (!kv)
		return;
	for (size_t i = 0; i < kv->pairs.n; i++) {
		ptx_free((char *)kv->pairs.v[i].key.p);
		ptx_free((char *)kv->pairs.v[i].value.p);
	}
	ptx_vec_done(&kv->pairs);
	ptx_free(kv);
}

size_t ptxi_confd_kv_count(const struct ptxi_confd_kv *kv)
{
	return kv ? kv->pairs.n : 0;
}

const struct ptxi_confd_pair *ptxi_confd_kv_at(const struct ptxi_confd_kv *kv, size_t i)
{
	return &kv->pairs.v[i];
}

size_t ptxi_confd_kv_from(const struct ptxi_confd_kv *kv, struct ptx_str key)
{
	size_t lo = 0;
	size_t hi = ptxi_confd_kv_count(kv);

	if (hi && ptxi_str_cmp(kv->pairs.v[hi - 1].key, key) < 0)
		return hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ptxi_str_cmp(kv->pairs.v[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct ptxi_confd_pair *ptxi_confd_kv_get(const struct ptxi_confd_kv *kv, struct ptx_str key)
{
	size_t i = ptxi_confd_kv_from(kv, key);

	return i < ptxi_confd_kv_count(kv) && ptxi_str_eq(kv->pairs.v[i].key, key) ? &kv->pairs.v[i]
										   : NULL;
}

int ptxi_confd_kv_set(struct ptxi_confd_kv *kv, struct ptx_str key, struct ptx_str value,
		      struct ptx_error **err)
{
	size_t i = ptxi_confd_kv_from(kv, key);
	ptx_auto_str new_key = NULL;
	ptx_auto_str new_value = ptxi_str_dup(value);
	struct ptxi_confd_pair *v = kv->pairs.v;

	if (!new_value)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (i < kv->pairs.n && ptxi_str_eq(v[i].key, key)) {
		ptx_free((char *)v[i].value.p);
		v[i].value = ptxi_strn(ptx_steal(&new_value), value.n);
		return 0;
	}
	new_key = ptxi_str_dup(key);
	if (!new_key || !ptx_vec_reserve(&kv->pairs, kv->pairs.n + 1))
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	v = kv->pairs.v;
	memmove(v + i + 1, v + i, (kv->pairs.n - i) * sizeof(*v));
	v[i].key = ptxi_strn(ptx_steal(&new_key), key.n);
	v[i].value = ptxi_strn(ptx_steal(&new_value), value.n);
	kv->pairs.n++;
	return 0;
}

/* The next part of a cleaned path, cut off *rest: "/a" has the parts "" and "a", and so has "/" two
 * empty ones. */
static bool next_part(struct ptx_str *rest, struct ptx_str *part)
{
	return ptxi_str_next(rest, '/', part);
}

/* True when the parts of path begin with those of prefix; *beyond gets the first one after them, or
 * {NULL, 0}. */
static bool same_parts(struct ptx_str prefix, struct ptx_str path, struct ptx_str *beyond)
{
	struct ptx_str a;
	struct ptx_str b;

	*beyond = (struct ptx_str){ NULL, 0 };
	while (next_part(&prefix, &a))
		if (!next_part(&path, &b) || !ptxi_str_eq(a, b))
			return false;
	if (next_part(&path, &b))
		*beyond = b;
	return true;
}

static char *clean(struct ptx_str path)
{
	ptx_auto_str copy = ptxi_str_dup(path);

	return copy ? ptxi_path_clean(copy) : NULL;
}

/* The folder of a key, cleaned. */
static char *folder_of(struct ptx_str key)
{
	size_t slash = ptxi_str_rfind_char(key, '/');

	return clean(slash == SIZE_MAX ? PTXI_STR(".") : ptxi_str_sub(key, 0, slash + 1));
}

static struct ptx_str without_prefix(struct ptx_str key, struct ptx_str prefix)
{
	if (key.n >= prefix.n && memcmp(key.p, prefix.p, prefix.n) == 0)
		key = ptxi_str_from(key, prefix.n);
	return ptxi_str_starts(key, "/") ? ptxi_str_from(key, 1) : key;
}

static struct ptx_str first_part(struct ptx_str s)
{
	size_t slash = ptxi_str_find_char(s, '/');

	return slash == SIZE_MAX ? s : ptxi_str_sub(s, 0, slash);
}

int ptxi_confd_kv_list(const struct ptxi_confd_kv *kv, struct ptx_str path,
		       ptxi_confd_kv_name_fn fn, void *user)
{
	ptx_auto_str prefix = clean(path);

	if (!prefix)
		return PTX_E_NOMEM;
	for (size_t i = 0; i < ptxi_confd_kv_count(kv); i++) {
		struct ptx_str key = kv->pairs.v[i].key;
		struct ptx_str beyond;
		ptx_auto_str folder = NULL;
		int code = 0;

		if (ptxi_str_eq(key, path)) {
			code = fn(ptxi_str(ptxi_path_base(key.p)), user);
			if (code)
				return code;
			continue;
		}
		folder = folder_of(key);
		if (!folder)
			return PTX_E_NOMEM;
		if (!same_parts(ptxi_str(prefix), ptxi_str(folder), &beyond))
			continue;
		code = fn(first_part(without_prefix(key, path)), user);
		if (code)
			return code;
	}
	return 0;
}

int ptxi_confd_kv_list_dirs(const struct ptxi_confd_kv *kv, struct ptx_str path,
			    ptxi_confd_kv_name_fn fn, void *user)
{
	ptx_auto_str prefix = clean(path);

	if (!prefix)
		return PTX_E_NOMEM;
	for (size_t i = ptxi_confd_kv_from(kv, path); i < ptxi_confd_kv_count(kv); i++) {
		struct ptx_str key = kv->pairs.v[i].key;
		struct ptx_str beyond;
		ptx_auto_str folder = NULL;
		int code = 0;

		if (key.n < path.n || memcmp(key.p, path.p, path.n) != 0)
			break;
		folder = folder_of(key);
		if (!folder)
			return PTX_E_NOMEM;
		if (!same_parts(ptxi_str(prefix), ptxi_str(folder), &beyond) || !beyond.p)
			continue;
		/* beyond points into folder */
		code = fn(beyond, user);
		if (code)
			return code;
	}
	return 0;
}

int ptxi_confd_kv_match(const struct ptxi_confd_kv *kv, struct ptx_str pattern,
			ptxi_confd_kv_pair_fn fn, void *user)
{
	for (size_t i = 0; i < ptxi_confd_kv_count(kv); i++) {
		int code = ptxi_glob_match(pattern, kv->pairs.v[i].key);

		if (code > 0)
			code = fn(&kv->pairs.v[i], user);
		if (code)
			return code;
	}
	return 0;
}
