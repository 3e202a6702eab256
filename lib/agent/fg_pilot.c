/* SPDX-License-Identifier: Apache-2.0 */
/* fg_pilot.c - what Pilot asks: metadata as one transaction, requests once by id, status, events.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#include "../base/digest.h"

#define KEPT_OUTCOMES 200

static json_t *etcd_status(struct frontgate *fg)
{
	bool ready = ptxi_mirror_is_ready(fg->mirror);
	enum ptxi_etcd_state state = ptxi_etcd_state(fg->etcd);

	return json_pack("{s:s, s:I}", "state",
			 state == PTXI_ETCD_UP && !ready ? "starting" : ptxi_etcd_state_name(state),
			 "restarts", (json_int_t)ptxi_etcd_restarts(fg->etcd));
}

void ptxi_fg_ping(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptxi_pki_identity who;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT))
		return;
	if (!ptxi_mirror_is_ready(fg->mirror)) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
		return;
	}
	if (ptxi_pki_read(fg->config.intermediate, &who, NULL) < 0)
		who.not_before_unix = who.not_after_unix = 0;
	ptxi_fg_reply(x, json_pack("{s:s, s:i, s:s*, s:o, s:{s:I, s:I}}", "version",
				   PACKAGE_VERSION, "protocol", PTXI_WIRE_PROTOCOL, "store",
				   ptxi_kv_get(ptxi_mirror_kv(fg->mirror), PTXI_WIRE_STORE), "etcd",
				   etcd_status(fg), "intermediate", "not_before",
				   (json_int_t)who.not_before_unix, "not_after",
				   (json_int_t)who.not_after_unix));
}

static json_t *drone_status(const struct drone *d, int64_t now_ms)
{
	static const char *const states[] = { "never", "up", "lost" };
	json_t *j = json_pack("{s:s}", "state", states[d ? d->state : DRONE_NEVER]);

	if (!j || !d || d->state == DRONE_NEVER)
		return j;
	json_object_set_new(j, "seen_ms_ago", json_integer(now_ms - d->seen_ms));
	if (d->confd[0])
		json_object_set_new(j, "confd", json_string(d->confd));
	if (d->version[0])
		json_object_set_new(j, "version", json_string(d->version));
	if (d->build[0])
		json_object_set_new(j, "build", json_string(d->build));
	if (d->health)
		json_object_set(j, "health", d->health);
	return j;
}

void ptxi_fg_status(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	int64_t now_ms = ptxi_time_mono_ms();
	json_t *drones = json_object();
	size_t from = 0;
	size_t end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_INSTANCE), &from);

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT)) {
		json_decref(drones);
		return;
	}
	for (size_t i = from; i < end; i++) {
		const char *name = kv->v[i].key + strlen(PTXI_WIRE_INSTANCE);

		json_object_set_new(drones, name,
				    drone_status(ptxi_map_get(fg->drones, name), now_ms));
	}
	for (size_t i = 0; i < ptxi_map_count(fg->drones); i++) {
		const char *name = NULL;
		const struct drone *d = ptxi_map_at(fg->drones, i, &name);

		if (!json_object_get(drones, name))
			json_object_set_new(drones, name, drone_status(d, now_ms));
	}
	ptxi_fg_reply(x, json_pack("{s:{s:s, s:s, s:s, s:o, s:i}, s:o}", "frontgate", "version",
				   PACKAGE_VERSION, "build", fg->upgrade.own_sha256, "vpc",
				   fg->config.vpc, "etcd", etcd_status(fg), "connections",
				   (int)ptxi_server_count(fg->server), "drones", drones));
}

void ptxi_fg_events(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	char text[32] = "0";
	int64_t since = 0;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT))
		return;
	ptxi_exchange_param(x, "since", text, sizeof(text));
	if (!ptxi_parse_i64(ptxi_str(text), &since, 0, INT64_MAX))
		ptxi_fg_fail(x, PTX_E_INVALID, "'since' is no number");
	else
		ptxi_fg_reply(x, json_pack("{s:o}", "events", ptxi_fg_events_after(fg, since)));
}

/* --- metadata --- */

static bool cluster_of(struct ptxi_exchange *x, char out[64])
{
	struct ptx_str s = ptxi_str(ptxi_exchange_path(x) + strlen(PTXI_WIRE_PILOT_CLUSTERS));

	if (!ptxi_wire_label_ok(s)) {
		ptxi_fg_fail(x, PTX_E_INVALID, "the path has no name of a cluster");
		return false;
	}
	snprintf(out, 64, "%.*s", PTX_STR_ARG(s));
	return true;
}

void ptxi_fg_cluster_get(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	char cluster[64];
	char key[128];
	const char *generation = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) || !cluster_of(x, cluster))
		return;
	snprintf(key, sizeof(key), PTXI_WIRE_GENERATION "%s", cluster);
	generation = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	if (!ptxi_mirror_is_ready(fg->mirror))
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
	else if (generation)
		ptxi_fg_reply(x, json_pack("{s:s}", "generation", generation));
	else
		ptxi_fg_fail(x, PTX_E_NOT_FOUND, "there are no metadata of cluster '%s'", cluster);
}

struct put {
	struct frontgate *fg;
	const char *cluster;
	struct ptxi_kv want; /* the store's keys as they shall be */
	struct ptxi_txn *t;
	size_t written;
	size_t removed;
};

static int want_keys(struct put *p, const json_t *keys, struct ptx_error **err)
{
	const char *path = NULL;
	json_t *value = NULL;
	char key[PTXI_WIRE_MAX_KEY + 128];

	if (!json_is_object(keys))
		return ptx_fail(err, PTX_E_INVALID, "'keys' must be an object");
	if (json_object_size(keys) > PTXI_WIRE_MAX_KEYS)
		return ptx_fail(err, PTX_E_LIMIT, "there are more than %d keys",
				PTXI_WIRE_MAX_KEYS);
	json_object_foreach((json_t *)keys, path, value)
	{
		struct ptx_str text = { json_string_value(value), json_string_length(value) };

		if (!ptxi_wire_key_ok(ptxi_str(path)))
			return ptx_fail(err, PTX_E_INVALID, "'%.200s' is no key of metadata", path);
		if (!text.p || text.n > PTXI_WIRE_MAX_VALUE || memchr(text.p, 0, text.n))
			return ptx_fail(err, PTX_E_INVALID,
					"the value of '%s' is no text or too long", path);
		snprintf(key, sizeof(key), PTXI_WIRE_META "%s%s", p->cluster, path);
		if (ptxi_kv_set(&p->want, ptxi_str(key), text, 0, NULL) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for the metadata");
	}
	return 0;
}

static int want_mapping(struct put *p, const json_t *mapping, struct ptx_error **err)
{
	const char *instance = NULL;
	json_t *names = NULL;
	char key[128];

	if (!json_is_object(mapping))
		return ptx_fail(err, PTX_E_INVALID, "'mapping' must be an object");
	if (json_object_size(mapping) > PTXI_WIRE_MAX_MAPPED)
		return ptx_fail(err, PTX_E_LIMIT, "there are more than %d instances",
				PTXI_WIRE_MAX_MAPPED);
	json_object_foreach((json_t *)mapping, instance, names)
	{
		struct ptx_buf text;
		json_t *j = NULL;
		int code = 0;

		if (!ptxi_wire_instance_ok(ptxi_str(instance)))
			return ptx_fail(err, PTX_E_INVALID, "'%.100s' is no name of an instance",
					instance);
		if (ptxi_rights_mapping_check(names, err) < 0)
			return ptx_wrap(err, "while reading the mapping of instance '%s'",
					instance);
		snprintf(key, sizeof(key), PTXI_WIRE_MAP "%s", instance);
		ptx_buf_init(&text, 0);
		j = json_pack("{s:s, s:O}", "cluster", p->cluster, "names", names);
		if (!ptxi_wire_format(j, &text) ||
		    ptxi_kv_set(&p->want, ptxi_str(key), ptx_buf_str(&text), 0, NULL) < 0)
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for the metadata");
		json_decref(j);
		ptx_buf_done(&text);
		if (code < 0)
			return code;
	}
	return 0;
}

static bool maps_cluster(const char *text, const char *cluster)
{
	json_t *j = ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL);
	const char *of = json_string_value(json_object_get(j, "cluster"));
	bool same = of && strcmp(of, cluster) == 0;

	json_decref(j);
	return same;
}

/* Removes what is there and not wanted (any more): metadata of the cluster, and mappings that are
 * its own. */
static void drop_rest(struct put *p)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(p->fg->mirror);
	char prefix[128];
	size_t from = 0;
	size_t end = 0;

	snprintf(prefix, sizeof(prefix), PTXI_WIRE_META "%s/", p->cluster);
	end = ptxi_kv_range(kv, ptxi_str(prefix), &from);
	for (size_t i = from; i < end; i++)
		if (!ptxi_kv_get(&p->want, kv->v[i].key)) {
			ptxi_txn_remove(p->t, kv->v[i].key);
			p->removed++;
		}
	end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_MAP), &from);
	for (size_t i = from; i < end; i++)
		if (!ptxi_kv_get(&p->want, kv->v[i].key) &&
		    maps_cluster(kv->v[i].value, p->cluster)) {
			ptxi_txn_remove(p->t, kv->v[i].key);
			p->removed++;
		}
}

/* Writes what is new; an instance that another cluster has mapped is not taken from it. */
static int write_new(struct put *p, struct ptx_error **err)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(p->fg->mirror);

	for (size_t i = 0; i < p->want.n; i++) {
		const struct ptxi_pair *w = &p->want.v[i];
		const char *old = ptxi_kv_get(kv, w->key);

		if (old && strcmp(old, w->value) == 0)
			continue;
		if (old && strncmp(w->key, PTXI_WIRE_MAP, strlen(PTXI_WIRE_MAP)) == 0 &&
		    !maps_cluster(old, p->cluster))
			return ptx_fail(err, PTX_E_CONFLICT,
					"instance '%s' belongs to another cluster",
					w->key + strlen(PTXI_WIRE_MAP));
		ptxi_txn_put(p->t, w->key, ptxi_strn(w->value, w->value_n));
		p->written++;
	}
	return 0;
}

/* STORE-DIGEST: of what is wanted, so that the same content has the same generation in the same
 * store. */
static void make_generation(struct put *p, char out[80])
{
	const char *store = ptxi_kv_get(ptxi_mirror_kv(p->fg->mirror), PTXI_WIRE_STORE);
	struct ptxi_hasher *h = ptxi_hasher_new(PTXI_SHA256);
	unsigned char digest[PTXI_DIGEST_MAX] = { 0 };
	int n = snprintf(out, 80, "%.20s-", store ? store : "none");

	for (size_t i = 0; h && i < p->want.n;
	     i++) { /* the NULs are hashed too: they part what stands side by side */
		ptxi_hasher_add(h, ptxi_strn(p->want.v[i].key, strlen(p->want.v[i].key) + 1));
		ptxi_hasher_add(h, ptxi_strn(p->want.v[i].value, p->want.v[i].value_n + 1));
	}
	if (h)
		ptxi_hasher_finish(h, digest);
	ptxi_hasher_free(h);
	for (int i = 0; i < 12; i++)
		n += snprintf(out + n, 80 - (size_t)n, "%02x", digest[i]);
}

static void put_cluster(struct put *p, struct ptxi_exchange *x, const json_t *j)
{
	struct ptx_error *e = NULL;
	char generation[80];
	char key[128];
	const char *old = NULL;

	p->t = ptxi_txn_new();
	if (want_keys(p, json_object_get(j, "keys"), &e) < 0 ||
	    want_mapping(p, json_object_get(j, "mapping"), &e) < 0 || write_new(p, &e) < 0) {
		ptxi_fg_reply_error(x, e);
		ptx_error_free(e);
		ptxi_txn_free(p->t);
		return;
	}
	drop_rest(p);
	make_generation(p, generation);
	snprintf(key, sizeof(key), PTXI_WIRE_GENERATION "%s", p->cluster);
	old = ptxi_kv_get(ptxi_mirror_kv(p->fg->mirror), key);
	ptxi_txn_unchanged(p->t, p->fg->mirror, key);
	if (!old || strcmp(old, generation) != 0)
		ptxi_txn_put(p->t, key, ptxi_str(generation));
	json_t *answer = json_pack("{s:s, s:I, s:I}", "generation", generation, "written",
				   (json_int_t)p->written, "removed", (json_int_t)p->removed);
	if (ptxi_txn_count(p->t) == 0) {
		ptxi_txn_free(p->t);
		ptxi_fg_reply(x, answer);
	} else {
		ptxi_fg_commit(p->fg, x, p->t, answer);
	}
}

void ptxi_fg_cluster_put(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	struct put p = { .fg = fg };
	char cluster[64];
	json_t *j = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) || !cluster_of(x, cluster))
		return;
	p.cluster = cluster;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_BODY, &e);
	if (!j)
		ptxi_fg_reply_error(x, e);
	else if (!ptxi_mirror_is_ready(
		     fg->mirror)) /* what is unchanged is told by a copy that follows */
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
	else
		put_cluster(&p, x, j);
	ptxi_kv_done(&p.want);
	ptx_error_free(e);
	json_decref(j);
}

void ptxi_fg_cluster_delete(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct put p = { .fg = fg };
	char cluster[64];
	char key[128];

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) || !cluster_of(x, cluster))
		return;
	if (!ptxi_mirror_is_ready(fg->mirror)) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
		return;
	}
	p.cluster = cluster;
	p.t = ptxi_txn_new();
	drop_rest(&p);
	snprintf(key, sizeof(key), PTXI_WIRE_GENERATION "%s", cluster);
	ptxi_txn_remove(p.t, key);
	ptxi_fg_commit(fg, x, p.t, json_object());
}

/* --- requests --- */

/* INSTANCE/ID of a path. */
static bool request_of(struct ptxi_exchange *x, char instance[64], char id[65])
{
	struct ptx_str rest = ptxi_str(ptxi_exchange_path(x) + strlen(PTXI_WIRE_PILOT_REQUESTS));
	struct ptx_str first = { NULL, 0 };

	if (!ptxi_str_next(&rest, '/', &first) || !ptxi_wire_id_ok(rest) ||
	    (!ptxi_wire_instance_ok(first) && !ptxi_str_is(first, PTXI_WIRE_FRONTGATE))) {
		ptxi_fg_fail(x, PTX_E_INVALID, "the path has no instance and id of a request");
		return false;
	}
	snprintf(instance, 64, "%.*s", PTX_STR_ARG(first));
	snprintf(id, 65, "%.*s", PTX_STR_ARG(rest));
	return true;
}

static json_t *outcome_of(struct frontgate *fg, const char *instance, const char *id)
{
	char key[256];
	const char *text = NULL;

	snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%s/%s", instance, id);
	text = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	return text ? ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL)
		    : json_pack("{s:s}", "state", "pending");
}

void ptxi_fg_request_get(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	char instance[64];
	char id[65];
	char key[256];

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) || !request_of(x, instance, id))
		return;
	snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%s/%s", instance, id);
	if (!ptxi_mirror_is_ready(fg->mirror)) /* what a copy lacks may be in the store */
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
	else if (!ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key))
		ptxi_fg_fail(x, PTX_E_NOT_FOUND, "instance '%s' was never asked '%s'", instance,
			     id);
	else
		ptxi_fg_reply(x, outcome_of(fg, instance, id));
}

/* Removes the oldest requests that have their final outcome, beyond those kept; counts the open
 * ones. */
static size_t prune(struct frontgate *fg, const char *instance, struct ptxi_txn *t)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	char prefix[128];
	size_t from = 0;
	size_t end = 0;
	size_t requests = 0;
	size_t final = 0;
	const struct ptxi_pair *oldest = NULL;

	snprintf(prefix, sizeof(prefix), PTXI_WIRE_REQUEST "%s/", instance);
	end = ptxi_kv_range(kv, ptxi_str(prefix), &from);
	requests = end - from;
	snprintf(prefix, sizeof(prefix), PTXI_WIRE_OUTCOME "%s/", instance);
	end = ptxi_kv_range(kv, ptxi_str(prefix), &from);
	for (size_t i = from; i < end; i++) {
		if (strstr(kv->v[i].value, "\"state\":\"running\""))
			continue;
		final++;
		if (!oldest || kv->v[i].revision < oldest->revision)
			oldest = &kv->v[i];
	}
	if (final > KEPT_OUTCOMES && oldest) {
		char key[256];

		ptxi_txn_remove(t, oldest->key);
		snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%s",
			 oldest->key + strlen(PTXI_WIRE_OUTCOME));
		ptxi_txn_remove(t, key);
	}
	return requests > final ? requests - final : 0;
}

static void ask(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		const struct ptxi_wire_request *r)
{
	char key[256];
	const char *old = NULL;
	struct ptxi_txn *t = NULL;
	struct ptx_buf text;
	json_t *j = ptxi_wire_request_write(r);

	snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%s/%s", instance, r->id);
	old = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	ptx_buf_init(&text, 0);
	if (!ptxi_wire_format(j, &text)) {
		ptxi_fg_fail(x, PTX_E_NOMEM, "no memory for a request");
	} else if (old && strcmp(old, text.p) == 0) {
		ptxi_fg_reply(x, outcome_of(fg, instance, r->id));
	} else if (old) {
		ptxi_fg_fail(x, PTX_E_CONFLICT,
			     "request '%s' was asked before, with another content", r->id);
	} else {
		t = ptxi_txn_new();
		ptxi_txn_unchanged(t, fg->mirror, key);
		if (prune(fg, instance, t) >= PTXI_WIRE_MAX_OPEN_REQUESTS) {
			ptxi_txn_free(t);
			ptxi_fg_fail(x, PTX_E_LIMIT, "instance '%s' has %d open requests", instance,
				     PTXI_WIRE_MAX_OPEN_REQUESTS);
		} else {
			ptxi_txn_put(t, key, ptx_buf_str(&text));
			ptxi_fg_commit(fg, x, t, json_pack("{s:s}", "state", "pending"));
		}
	}
	ptx_buf_done(&text);
	json_decref(j);
}

void ptxi_fg_request_put(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	struct ptxi_wire_request r;
	char instance[64];
	char id[65];
	json_t *j = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) || !request_of(x, instance, id))
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	if (!j || ptxi_wire_request_read(j, &r, &e) < 0) {
		ptxi_fg_reply_error(x, e);
	} else if (strcmp(instance, PTXI_WIRE_FRONTGATE) == 0 && !r.kind->has_release) {
		ptxi_fg_fail(x, PTX_E_INVALID, "Frontgate takes no requests '%s'", r.kind->name);
	} else if (!ptxi_mirror_is_ready(fg->mirror)) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
	} else {
		r.id = id;
		ask(fg, x, instance, &r);
	}
	ptx_error_free(e);
	json_decref(j);
}
