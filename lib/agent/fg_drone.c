/* SPDX-License-Identifier: Apache-2.0 */
/* fg_drone.c - the Drones: their watches, heartbeats and outcomes.
 *
 * One change of the store's copy is handed to every Drone that watches: translated by its mapping,
 * whole, in one line. Nothing is kept for a Drone but the revision of its last line, so a reader
 * that is too slow is simply cut off and starts with a view. Heartbeats stay in memory; only a
 * change between up and lost is written, and told as an event.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

static struct drone *find_drone(struct frontgate *fg, const char *instance)
{
	struct drone *d = ptxi_map_get(fg->drones, instance);

	if (d || ptxi_map_count(fg->drones) >= PTXI_WIRE_MAX_INSTANCES)
		return d;
	d = ptxi_alloc(sizeof(*d));
	if (!d)
		return NULL;
	snprintf(d->instance, sizeof(d->instance), "%s", instance);
	if (ptxi_map_set(fg->drones, instance, d) < 0) {
		ptxi_fg_drone_free(d);
		return NULL;
	}
	return d;
}

void ptxi_fg_drone_free(void *drone)
{
	struct drone *d = drone;

	if (!d)
		return;
	json_decref(d->health);
	json_decref(d->mapping);
	ptx_free(d);
}

static void end_watch(struct drone *d)
{
	struct ptxi_exchange *x = d->watch;

	d->watch = NULL;
	if (!x)
		return;
	ptxi_exchange_on_close(x, NULL, NULL);
	ptxi_exchange_end(x);
}

void ptxi_fg_drone_drop(struct frontgate *fg, const char *instance)
{
	struct drone *d = ptxi_map_get(fg->drones, instance);

	if (!d)
		return;
	end_watch(d);
	ptxi_map_remove(fg->drones, instance);
}

/* --- lines --- */

static void send_line(struct drone *d, json_t *j)
{
	struct ptx_buf line;

	if (!d->watch) {
		json_decref(j);
		return;
	}
	ptx_buf_init(&line, 0);
	if (ptxi_wire_format(j, &line))
		ptxi_exchange_line(d->watch,
				   ptx_buf_str(&line)); /* too slow: the close function comes */
	ptx_buf_done(&line);
	json_decref(j);
}

static void send_view(struct frontgate *fg, struct drone *d)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);

	json_decref(d->mapping);
	d->mapping = ptxi_rights_mapping(kv, d->instance);
	d->revision = ptxi_mirror_revision(fg->mirror);
	if (!d->mapping)
		send_line(d, json_pack("{s:s, s:I, s:b}", "type", "view", "revision",
				       (json_int_t)d->revision, "ready", 0));
	else
		send_line(d, json_pack("{s:s, s:I, s:b, s:o}", "type", "view", "revision",
				       (json_int_t)d->revision, "ready", 1, "keys",
				       ptxi_rights_view(kv, d->mapping)));
}

/* All requests without a final outcome, in the order in which they were asked. */
static void send_requests(struct frontgate *fg, struct drone *d)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	const struct ptxi_pair *open[PTXI_WIRE_MAX_OPEN_REQUESTS];
	size_t n = 0;
	char prefix[128];
	size_t from = 0;
	size_t end = 0;
	json_t *list = json_array();

	snprintf(prefix, sizeof(prefix), PTXI_WIRE_REQUEST "%s/", d->instance);
	end = ptxi_kv_range(kv, ptxi_str(prefix), &from);
	for (size_t i = from; i < end && n < PTXI_COUNT(open); i++) {
		char key[256];
		const char *outcome = NULL;

		snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%s",
			 kv->v[i].key + strlen(PTXI_WIRE_REQUEST));
		outcome = ptxi_kv_get(kv, key);
		if (outcome && !strstr(outcome, "\"state\":\"running\""))
			continue;
		size_t at = n++;

		for (; at > 0 && open[at - 1]->revision > kv->v[i].revision; at--)
			open[at] = open[at - 1];
		open[at] = &kv->v[i];
	}
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, ptxi_wire_parse(ptxi_str(open[i]->value), PTXI_WIRE_MAX_BODY, NULL));
	send_line(d, json_pack("{s:s, s:o}", "type", "requests", "requests", list));
}

static json_t *names_of(json_t *del)
{
	json_t *list = json_array();
	const char *key = NULL;
	json_t *value = NULL;

	json_object_foreach(del, key, value) json_array_append_new(list, json_string(key));
	return list;
}

static bool is_own(const char *key, const char *prefix, const char *instance)
{
	size_t n = strlen(prefix);
	size_t m = strlen(instance);

	return strncmp(key, prefix, n) == 0 && strncmp(key + n, instance, m) == 0 &&
	       (!key[n + m] || key[n + m] == '/');
}

static void tell_change(struct frontgate *fg, struct drone *d,
			const struct ptxi_mirror_event *events, size_t n)
{
	json_t *set = json_object();
	json_t *del = json_object();
	bool remapped = false;
	bool asked = false;
	int64_t after = d->revision;

	for (size_t i = 0; i < n && !remapped; i++) {
		const char *key = events[i].key;

		remapped = is_own(key, PTXI_WIRE_MAP, d->instance);
		if (d->mapping)
			ptxi_rights_change(d->mapping, key, events[i].value, set, del);
	}
	for (size_t i = 0; i < n && !asked; i++)
		asked = is_own(events[i].key, PTXI_WIRE_REQUEST, d->instance) ||
			is_own(events[i].key, PTXI_WIRE_OUTCOME, d->instance);
	if (remapped) {
		send_view(fg, d);
	} else if (json_object_size(set) > 0 || json_object_size(del) > 0) {
		d->revision = ptxi_mirror_revision(fg->mirror);
		send_line(d, json_pack("{s:s, s:I, s:I, s:O, s:o}", "type", "change", "after",
				       (json_int_t)after, "revision", (json_int_t)d->revision,
				       "set", set, "del", names_of(del)));
	}
	if (asked)
		send_requests(fg, d);
	json_decref(set);
	json_decref(del);
}

void ptxi_fg_fan_out(const struct ptxi_mirror_event *events, size_t n, bool lost, void *user)
{
	struct frontgate *fg = user;

	if (lost)
		ptxi_fg_event(
		    fg, "store.lost", NULL,
		    "the store has lost its data and waits for Pilot to write them again");
	for (size_t i = 0; i < ptxi_map_count(fg->drones); i++) {
		struct drone *d = ptxi_map_at(fg->drones, i, NULL);

		if (d->watch)
			tell_change(fg, d, events, n);
	}
	for (size_t i = 0; i < n; i++)
		if (is_own(events[i].key, PTXI_WIRE_REQUEST, PTXI_WIRE_FRONTGATE)) {
			ptxi_fg_upgrade_look(fg);
			break;
		}
}

/* --- another program goes on --- */

json_t *ptxi_fg_drones_save(const struct frontgate *fg)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ptxi_map_count(fg->drones); i++) {
		const struct drone *d = ptxi_map_at(fg->drones, i, NULL);

		json_array_append_new(
		    list, json_pack("{s:s, s:i, s:I, s:s, s:s, s:s, s:O*}", "instance", d->instance,
				    "state", (int)d->state, "seen_ms", (json_int_t)d->seen_ms,
				    "version", d->version, "build", d->build, "confd", d->confd,
				    "health", d->health));
	}
	return list;
}

static void copy_text(char *out, size_t n, const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	snprintf(out, n, "%s", s ? s : "");
}

void ptxi_fg_drones_adopt(struct frontgate *fg, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);
		const char *instance = json_string_value(json_object_get(j, "instance"));
		struct drone *d = instance && ptxi_wire_instance_ok(ptxi_str(instance))
				      ? find_drone(fg, instance)
				      : NULL;
		json_int_t state = json_integer_value(json_object_get(j, "state"));

		if (!d)
			continue;
		d->state = state == DRONE_UP     ? DRONE_UP
			   : state == DRONE_LOST ? DRONE_LOST
						 : DRONE_NEVER;
		d->seen_ms = json_integer_value(json_object_get(j, "seen_ms"));
		copy_text(d->version, sizeof(d->version), j, "version");
		copy_text(d->build, sizeof(d->build), j, "build");
		copy_text(d->confd, sizeof(d->confd), j, "confd");
		d->health = json_incref(json_object_get(j, "health"));
	}
}

/* --- watches and heartbeats --- */

static void on_watch_closed(struct ptxi_exchange *x, void *user)
{
	struct drone *d = user;

	if (d->watch == x)
		d->watch = NULL;
}

void ptxi_fg_watch(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_pki_identity *who = ptxi_fg_who(fg, x, PTXI_PKI_DRONE);
	struct drone *d = who ? find_drone(fg, who->instance) : NULL;

	if (!who)
		return;
	if (!d) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "there are too many Drones");
		return;
	}
	end_watch(d);
	ptxi_exchange_stream(x);
	ptxi_exchange_on_close(x, on_watch_closed, d);
	d->watch = x;
	send_view(fg, d);
	send_requests(fg, d);
}

static void on_state_saved(int code, const struct ptx_error *e, void *user)
{
	struct frontgate *fg = user;

	if (code < 0)
		ptxi_log(fg->ctx, PTX_LOG_DEBUG, "agent", "a state was not saved",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
}

static void change_state(struct frontgate *fg, struct drone *d, enum drone_state state)
{
	bool is_up = state == DRONE_UP;
	struct ptxi_txn *t = NULL;
	char key[128];
	char text[160];

	if (d->state == state)
		return;
	snprintf(text, sizeof(text),
		 is_up
		     ? d->state == DRONE_LOST ? "the Drone of %s is back" : "the Drone of %s is up"
		     : "the Drone of %s is lost: no heartbeat",
		 d->instance);
	d->state = state;
	ptxi_fg_event(fg, is_up ? "drone.up" : "drone.lost", d->instance, text);
	if (!ptxi_mirror_is_ready(fg->mirror))
		return;
	t = ptxi_txn_new();
	snprintf(key, sizeof(key), PTXI_WIRE_STATE "%s", d->instance);
	ptxi_txn_put_json(t, key,
			  json_pack("{s:s, s:I}", "state", is_up ? "up" : "lost", "since",
				    (json_int_t)ptxi_fg_now(fg)));
	ptxi_mirror_commit(fg->mirror, t, on_state_saved, fg);
}

static const char *health_word(const json_t *health)
{
	const char *status = json_string_value(json_object_get(health, "status"));

	return status ? status : "";
}

/* A node that turned unhealthy, or that recovered, is an event; what it was before this Frontgate
 * began is not known. */
static void tell_health(struct frontgate *fg, const struct drone *d, const json_t *before)
{
	bool was_ill = strcmp(health_word(before), "unhealthy") == 0;
	bool is_ill = strcmp(health_word(d->health), "unhealthy") == 0;
	const char *reason = json_string_value(json_object_get(d->health, "reason"));
	const char *action = json_string_value(json_object_get(d->health, "action"));
	const char *old = json_string_value(json_object_get(before, "action"));
	char text[1400];

	if (is_ill && !was_ill) {
		snprintf(text, sizeof(text), "%s is unhealthy: %s", d->instance,
			 reason ? reason : "it does not say why");
		ptxi_fg_event(fg, "health.unhealthy", d->instance, text);
	} else if (was_ill && strcmp(health_word(d->health), "healthy") == 0) {
		snprintf(text, sizeof(text), "%s is healthy again", d->instance);
		ptxi_fg_event(fg, "health.healthy", d->instance, text);
	}
	if (is_ill && action && strcmp(action, "running") != 0 &&
	    (!old || strcmp(action, old) != 0)) {
		snprintf(text, sizeof(text), "the action of %s against its ill health: %s",
			 d->instance, action);
		ptxi_fg_event(fg, "health.action", d->instance, text);
	}
}

static int read_beat(struct frontgate *fg, struct drone *d, const json_t *j, struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	const char *version = ptxi_wire_text(j, "version", sizeof(d->version) - 1, &e);
	const char *confd = e ? NULL : ptxi_wire_text(j, "confd", sizeof(d->confd) - 1, &e);
	const char *build = e ? NULL : ptxi_wire_text(j, "build", sizeof(d->build) - 1, &e);
	json_t *health = json_object_get(j, "health");
	json_t *before = d->health;

	if (e) {
		int code = ptx_error_code(e);

		*err = e;
		return code;
	}
	snprintf(d->version, sizeof(d->version), "%s", version ? version : "");
	snprintf(d->confd, sizeof(d->confd), "%s", confd ? confd : "");
	snprintf(d->build, sizeof(d->build), "%s", build ? build : "");
	d->health = health && !json_is_null(health) ? json_incref(health) : NULL;
	tell_health(fg, d, before);
	json_decref(before);
	return 0;
}

void ptxi_fg_beat(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_pki_identity *who = ptxi_fg_who(fg, x, PTXI_PKI_DRONE);
	struct ptx_error *e = NULL;
	struct drone *d = who ? find_drone(fg, who->instance) : NULL;
	json_t *j = NULL;

	if (!who)
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), 8192, &e);
	if (!d) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "there are too many Drones");
	} else if (!j || read_beat(fg, d, j, &e) < 0) {
		ptxi_fg_reply_error(x, e);
	} else {
		d->seen_ms = ptxi_time_mono_ms();
		change_state(fg, d, DRONE_UP);
		ptxi_fg_reply(x, json_object());
	}
	ptx_error_free(e);
	json_decref(j);
}

void ptxi_fg_drones_tick(struct frontgate *fg)
{
	int64_t now_ms = ptxi_time_mono_ms();
	bool ping = now_ms - fg->pinged_ms >= PTXI_WIRE_PING_MS - 1000;

	if (ping)
		fg->pinged_ms = now_ms;
	for (size_t i = 0; i < ptxi_map_count(fg->drones); i++) {
		struct drone *d = ptxi_map_at(fg->drones, i, NULL);

		if (d->state == DRONE_UP && now_ms - d->seen_ms > fg->config.beat_lost_ms)
			change_state(fg, d, DRONE_LOST);
		if (ping && d->watch)
			send_line(d, json_pack("{s:s}", "type", "ping"));
	}
}

/* --- reads and outcomes --- */

void ptxi_fg_get(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_pki_identity *who = ptxi_fg_who(fg, x, PTXI_PKI_DRONE);
	struct ptx_error *e = NULL;
	char path[PTXI_WIRE_MAX_KEY + 1];
	json_t *keys = NULL;

	if (!who)
		return;
	if (!ptxi_exchange_param(x, "key", path, sizeof(path))) {
		ptxi_fg_fail(x, PTX_E_INVALID, "'key' is missing");
		return;
	}
	keys = ptxi_rights_read(ptxi_mirror_kv(fg->mirror), who->instance, path, &e);
	if (keys)
		ptxi_fg_reply(x, json_pack("{s:o}", "keys", keys));
	else if (ptx_error_code(e) == PTX_E_DENIED)
		ptxi_fg_deny(fg, x, who->instance, e);
	else
		ptxi_fg_reply_error(x, e);
	ptx_error_free(e);
}

static void take_outcome(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
			 const char *id, const struct ptxi_wire_outcome *o)
{
	struct ptx_error *e = NULL;
	struct ptx_buf text;
	json_t *j = ptxi_wire_outcome_write(o);
	struct ptxi_txn *t = NULL;
	char key[256];
	int code = 0;

	ptx_buf_init(&text, 0);
	if (!ptxi_wire_format(j, &text))
		code = ptx_fail(&e, PTX_E_NOMEM, "no memory for an outcome");
	else
		code = ptxi_rights_outcome(ptxi_mirror_kv(fg->mirror), instance, id, o, text.p, &e);
	if (code < 0) {
		ptxi_fg_reply_error(x, e);
	} else if (code == PTXI_RIGHTS_SAME) {
		ptxi_fg_reply(x, json_object());
	} else {
		t = ptxi_txn_new();
		snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%s/%s", instance, id);
		ptxi_txn_unchanged(t, fg->mirror, key);
		snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%s/%s", instance, id);
		ptxi_txn_unchanged(t, fg->mirror, key);
		ptxi_txn_put(t, key, ptx_buf_str(&text));
		ptxi_fg_commit(fg, x, t, json_object());
	}
	ptx_error_free(e);
	ptx_buf_done(&text);
	json_decref(j);
}

void ptxi_fg_outcome(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_pki_identity *who = ptxi_fg_who(fg, x, PTXI_PKI_DRONE);
	const char *id = ptxi_exchange_path(x) + strlen(PTXI_WIRE_DRONE_OUTCOMES);
	struct ptxi_wire_outcome o;
	struct ptx_error *e = NULL;
	json_t *j = NULL;

	if (!who)
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	if (j && !ptxi_wire_id_ok(ptxi_str(id)))
		ptxi_fg_fail(x, PTX_E_INVALID, "the path has no id of a request");
	else if (!j || ptxi_wire_outcome_read(j, &o, &e) < 0)
		ptxi_fg_reply_error(x, e);
	else if (!ptxi_mirror_is_ready(fg->mirror))
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "etcd is not up");
	else
		take_outcome(fg, x, who->instance, id, &o);
	ptx_error_free(e);
	json_decref(j);
}
