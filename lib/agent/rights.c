/* SPDX-License-Identifier: Apache-2.0 */
/* rights.c - a mapping name -> path is all that a Drone can see through.
 *
 * A path "/clusters/C/X" stands for the store's keys ".../meta/C/X" and ".../meta/C/X/...": a whole
 * part of a path, so that
 * `/clusters/c/hosts/a` never shows `/clusters/c/hosts/ab`.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "rights.h"

#define CLUSTERS "/clusters/"

json_t *ptxi_rights_mapping(const struct ptxi_kv *kv, const char *instance)
{
	char key[128];
	const char *text = NULL;
	json_t *j = NULL;
	json_t *names = NULL;

	snprintf(key, sizeof(key), PTXI_WIRE_MAP "%.63s", instance);
	text = ptxi_kv_get(kv, key);
	j = text ? ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL) : NULL;
	names = json_object_get(j, "names");
	names = json_is_object(names) ? json_incref(names) : NULL;
	json_decref(j);
	return names;
}

static bool is_path(struct ptx_str path)
{
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str cluster = { NULL, 0 };

	if (!ptxi_wire_key_ok(path) || !ptxi_str_starts(path, CLUSTERS))
		return false;
	rest = ptxi_str_from(path, strlen(CLUSTERS));
	return ptxi_str_next(&rest, '/', &cluster) && ptxi_wire_label_ok(cluster);
}

int ptxi_rights_mapping_check(const json_t *names, struct ptx_error **err)
{
	const char *name = NULL;
	json_t *path = NULL;
	char key[PTXI_WIRE_MAX_KEY + 1];

	if (!json_is_object(names))
		return ptx_fail(err, PTX_E_INVALID, "a mapping is no object");
	if (json_object_size(names) > PTXI_WIRE_MAX_NAMES)
		return ptx_fail(err, PTX_E_LIMIT, "a mapping has more than %d names",
				PTXI_WIRE_MAX_NAMES);
	json_object_foreach((json_t *)names, name, path)
	{
		int n = snprintf(key, sizeof(key), "/%s", name);

		if (n < 0 || (size_t)n >= sizeof(key) || !ptxi_wire_key_ok(ptxi_str(key)))
			return ptx_fail(err, PTX_E_INVALID, "'%.200s' is no name of a mapping",
					name);
		if (!json_is_string(path) ||
		    !is_path(ptxi_strn(json_string_value(path), json_string_length(path))))
			return ptx_fail(err, PTX_E_INVALID,
					"'%s' is not mapped to a path below " CLUSTERS, name);
	}
	return 0;
}

/* The store's key of a path, in out; its length, 0 when it is too long. */
static size_t store_key(const char *path, char *out, size_t n)
{
	int len = snprintf(out, n, PTXI_WIRE_META "%s", path + strlen(CLUSTERS));

	return len > 0 && (size_t)len < n ? (size_t)len : 0;
}

#define STORE_KEY_MAX (PTXI_WIRE_MAX_KEY + 128)
#define SELF_KEY_MAX  (2 * PTXI_WIRE_MAX_KEY + 2)

/* What is below a path, under another name. */
static bool collect(const struct ptxi_kv *kv, const char *path, const char *as, json_t *out)
{
	char prefix[STORE_KEY_MAX];
	char key[SELF_KEY_MAX];
	size_t n = store_key(path, prefix, sizeof(prefix));
	size_t from = 0;
	size_t end = n ? ptxi_kv_range(kv, ptxi_strn(prefix, n), &from) : 0;

	for (size_t i = from; i < end; i++) {
		const char *rest = kv->v[i].key + n;

		if (rest[0] && rest[0] != '/')
			continue;
		snprintf(key, sizeof(key), "%s%s", as, rest);
		if (json_object_set_new(out, key, json_stringn(kv->v[i].value, kv->v[i].value_n)) !=
		    0)
			return false;
	}
	return true;
}

json_t *ptxi_rights_view(const struct ptxi_kv *kv, const json_t *mapping)
{
	json_t *keys = json_object();
	const char *name = NULL;
	json_t *path = NULL;
	char as[PTXI_WIRE_MAX_KEY + 2];

	json_object_foreach((json_t *)mapping, name, path)
	{
		snprintf(as, sizeof(as), "/%s", name);
		if (!keys || !collect(kv, json_string_value(path), as, keys)) {
			json_decref(keys);
			return NULL;
		}
	}
	return keys;
}

bool ptxi_rights_change(const json_t *mapping, const char *changed, const char *value, json_t *set,
			json_t *del)
{
	const char *name = NULL;
	json_t *path = NULL;
	bool shown = false;
	char prefix[STORE_KEY_MAX];
	char key[SELF_KEY_MAX];

	if (strncmp(changed, PTXI_WIRE_META, strlen(PTXI_WIRE_META)) != 0)
		return false;
	json_object_foreach((json_t *)mapping, name, path)
	{
		size_t n = store_key(json_string_value(path), prefix, sizeof(prefix));

		if (!n || strncmp(changed, prefix, n) != 0 || (changed[n] && changed[n] != '/'))
			continue;
		snprintf(key, sizeof(key), "/%s%s", name, changed + n);
		json_object_del(value ? del : set, key);
		json_object_set_new(value ? set : del, key,
				    value ? json_string(value) : json_true());
		shown = true;
	}
	return shown;
}

/* "/self/NAME/REST" -> the path that NAME stands for, and REST. */
static bool resolve_self(const json_t *mapping, const char *path, char *out, size_t n)
{
	const char *self = path + strlen("/self/");
	const char *name = NULL;
	json_t *to = NULL;
	size_t best = 0;

	json_object_foreach((json_t *)mapping, name, to)
	{
		size_t len = strlen(name);

		if (strncmp(self, name, len) == 0 && (!self[len] || self[len] == '/') &&
		    len > best) {
			best = len;
			snprintf(out, n, "%s%s", json_string_value(to), self + len);
		}
	}
	return best > 0;
}

static bool is_shown(const json_t *mapping, const char *path)
{
	const char *name = NULL;
	json_t *to = NULL;

	json_object_foreach((json_t *)mapping, name, to)
	{
		size_t n = json_string_length(to);

		if (strncmp(path, json_string_value(to), n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	return false;
}

json_t *ptxi_rights_read(const struct ptxi_kv *kv, const char *instance, const char *path,
			 struct ptx_error **err)
{
	json_t *mapping = NULL;
	json_t *keys = NULL;
	char real[2 * PTXI_WIRE_MAX_KEY + 2];
	bool allowed = false;

	if (!ptxi_wire_key_ok(ptxi_str(path))) {
		ptx_fail(err, PTX_E_INVALID, "this is no key of metadata");
		return NULL;
	}
	mapping = ptxi_rights_mapping(kv, instance);
	if (strncmp(path, "/self/", 6) == 0) {
		allowed = resolve_self(mapping, path, real, sizeof(real));
	} else if (is_path(ptxi_str(path))) {
		snprintf(real, sizeof(real), "%s", path);
		allowed = is_shown(mapping, path);
	}
	json_decref(mapping);
	if (!allowed) {
		ptx_fail(err, PTX_E_DENIED, "instance '%s' may not read '%s'", instance, path);
		return NULL;
	}
	keys = json_object();
	if (!keys || !collect(kv, real, path, keys)) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for an answer");
		json_decref(keys);
		return NULL;
	}
	if (json_object_size(keys) == 0) {
		ptx_fail(err, PTX_E_NOT_FOUND, "there is nothing at '%s'", path);
		json_decref(keys);
		return NULL;
	}
	return keys;
}

int ptxi_rights_outcome(const struct ptxi_kv *kv, const char *instance, const char *id,
			const struct ptxi_wire_outcome *o, const char *text, struct ptx_error **err)
{
	struct ptxi_wire_outcome before;
	char key[256];
	const char *old = NULL;
	json_t *j = NULL;
	int code = 0;

	snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%.63s/%.64s", instance, id);
	if (!ptxi_kv_get(kv, key))
		return ptx_fail(err, PTX_E_NOT_FOUND, "request '%s' of instance '%s' is not known",
				id, instance);
	if (o->state == PTXI_REQUEST_PENDING)
		return ptx_fail(err, PTX_E_INVALID, "an outcome that is pending is none");
	snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%.63s/%.64s", instance, id);
	old = ptxi_kv_get(kv, key);
	j = old ? ptxi_wire_parse(ptxi_str(old), PTXI_WIRE_MAX_BODY, NULL) : NULL;
	if (j && ptxi_wire_outcome_read(j, &before, NULL) == 0 &&
	    ptxi_wire_state_is_final(before.state)) {
		if (strcmp(old, text) == 0)
			code = PTXI_RIGHTS_SAME;
		else
			code = ptx_fail(err, PTX_E_CONFLICT,
					"request '%s' has its final outcome already", id);
	}
	json_decref(j);
	return code;
}
