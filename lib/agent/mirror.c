/* SPDX-License-Identifier: Apache-2.0 */
/* mirror.c - one range, one watch, and transactions over etcd's JSON gateway (v3 API).
 *
 * Connecting loads the whole range, compares it with the copy (both are sorted), tells the
 * difference as one change, and watches from the revision after it. etcd sends the events of one
 * revision in one message, so a transaction is never seen in part. A transaction that was answered
 * waits until the watch has passed its revision. Every few seconds the store is asked for nothing
 * much: a store that accepts but does not answer is stuck.
 *
 * JSON gateway: keys and values are base64, 64-bit numbers are strings.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "mirror.h"

#include "../base/encode.h"
#include "../base/log.h"
#include "../base/rand.h"
#include "../base/vec.h"
#include "../evnet/client.h"

#define MAX_ANSWER         ((size_t)192 << 20)
#define RETRY_MS           200
#define PROBE_MS           3000
#define PROBE_TIMEOUT_MS   5000
#define PROBES_UNTIL_STUCK 3
#define WATCH_SILENCE_MS   INT64_C(1200000)

struct commit {
	struct ptxi_mirror *m;
	struct commit *next; /* while it waits for the watch */
	ptxi_txn_done_fn done;
	void *user;
	int64_t revision;
};

struct ptxi_mirror {
	struct ptxi_mirror_opts o;
	struct ptxi_client *calls;
	struct ptxi_client *watcher;
	struct ptxi_call *watch;
	struct ptxi_call *load;
	struct ptxi_call *probe;
	struct ptxi_kv kv;
	int64_t revision;
	bool is_connected; /* the store is there */
	bool is_ready;
	bool has_loaded; /* once at least */
	unsigned missed;
	struct commit *waiting;
	struct event *timer; /* retry or probe */
};

struct ptxi_txn {
	json_t *compare;
	json_t *success;
	bool failed;
};

static void start_load(struct ptxi_mirror *m);

static void arm(struct ptxi_mirror *m, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(m->timer, &tv);
}

static json_t *base64(struct ptx_str s)
{
	struct ptx_buf b;
	json_t *j = NULL;

	ptx_buf_init(&b, 0);
	ptxi_base64_encode(PTXI_BASE64_STD, s, &b);
	if (ptx_buf_ok(&b))
		j = json_stringn_nocheck(b.p, b.n);
	ptx_buf_done(&b);
	return j;
}

/* A base64 member into b (cleared before); a missing one is empty. */
static bool unbase64(const json_t *j, const char *name, struct ptx_buf *b)
{
	const json_t *v = json_object_get(j, name);

	ptx_buf_clear(b);
	return !v || (ptxi_base64_decode(PTXI_BASE64_STD,
					 ptxi_strn(json_string_value(v), json_string_length(v)), b,
					 NULL) &&
		      ptx_buf_ok(b));
}

static int64_t number(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));
	int64_t n = 0;

	return text && ptxi_parse_i64(ptxi_str(text), &n, 0, INT64_MAX) ? n : 0;
}

/* --- transactions --- */

struct ptxi_txn *ptxi_txn_new(void)
{
	struct ptxi_txn *t = ptxi_alloc(sizeof(*t));

	if (t) {
		t->compare = json_array();
		t->success = json_array();
	}
	return t;
}

void ptxi_txn_free(struct ptxi_txn *t)
{
	if (!t)
		return;
	json_decref(t->compare);
	json_decref(t->success);
	ptx_free(t);
}

static void add(struct ptxi_txn *t, json_t *list, json_t *op)
{
	if (!op || json_array_append_new(list, op) != 0)
		t->failed = true;
}

void ptxi_txn_put(struct ptxi_txn *t, const char *key, struct ptx_str value)
{
	if (t)
		add(t, t->success,
		    json_pack("{s:{s:o, s:o}}", "request_put", "key", base64(ptxi_str(key)),
			      "value", base64(value)));
}

void ptxi_txn_put_json(struct ptxi_txn *t, const char *key, json_t *j)
{
	struct ptx_buf b;

	ptx_buf_init(&b, 0);
	if (ptxi_wire_format(j, &b))
		ptxi_txn_put(t, key, ptx_buf_str(&b));
	else if (t)
		t->failed = true;
	json_decref(j);
	ptx_buf_done(&b);
}

void ptxi_txn_remove(struct ptxi_txn *t, const char *key)
{
	if (t)
		add(t, t->success,
		    json_pack("{s:{s:o}}", "request_delete_range", "key", base64(ptxi_str(key))));
}

/* The first key that does not start with the prefix any more. Prefixes end in a slash. */
static json_t *prefix_end(const char *prefix)
{
	size_t n = strlen(prefix);
	char *end = ptxi_strdup(prefix);
	json_t *j = NULL;

	if (end && n > 0) {
		end[n - 1]++;
		j = base64(ptxi_strn(end, n));
	}
	ptx_free(end);
	return j;
}

void ptxi_txn_remove_prefix(struct ptxi_txn *t, const char *prefix)
{
	if (t)
		add(t, t->success,
		    json_pack("{s:{s:o, s:o}}", "request_delete_range", "key",
			      base64(ptxi_str(prefix)), "range_end", prefix_end(prefix)));
}

void ptxi_txn_unchanged(struct ptxi_txn *t, const struct ptxi_mirror *m, const char *key)
{
	const struct ptxi_pair *p = ptxi_kv_find(&m->kv, ptxi_str(key));

	if (t)
		add(t, t->compare,
		    json_pack("{s:s, s:s, s:o, s:I}", "target", "MOD", "result", "EQUAL", "key",
			      base64(ptxi_str(key)), "mod_revision",
			      (json_int_t)(p ? p->revision : 0)));
}

size_t ptxi_txn_count(const struct ptxi_txn *t)
{
	return t ? json_array_size(t->success) : 0;
}

static void commit_end(struct commit *c, int code, const struct ptx_error *e)
{
	c->done(code, e, c->user);
	ptx_free(c);
}

static void on_commit(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct commit *c = user;
	struct ptx_error *mine = NULL;
	json_t *j = a && a->status == 200 ? ptxi_wire_parse(a->body, MAX_ANSWER, NULL) : NULL;

	if (!a) {
		commit_end(c, ptx_error_code(e), e);
	} else if (!j) {
		ptx_fail(&mine, PTX_E_UNAVAILABLE, "the store answers %d to a transaction",
			 a->status);
	} else if (!json_is_true(json_object_get(j, "succeeded"))) {
		ptx_fail(&mine, PTX_E_BUSY, "somebody changed the same meanwhile");
	} else {
		c->revision = number(json_object_get(j, "header"), "revision");
		if (c->revision <= c->m->revision) {
			commit_end(c, 0, NULL);
		} else {
			c->next = c->m->waiting;
			c->m->waiting = c;
		}
	}
	if (mine)
		commit_end(c, ptx_error_code(mine), mine);
	ptx_error_free(mine);
	json_decref(j);
}

static void pass_waiting(struct ptxi_mirror *m)
{
	struct commit **at = &m->waiting;
	struct commit *passed = NULL;

	while (*at) {
		struct commit *c = *at;

		if (c->revision > m->revision) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		c->next = passed;
		passed = c;
	}
	while (passed) {
		struct commit *c = passed;

		passed = c->next;
		commit_end(c, 0, NULL);
	}
}

struct later {
	struct commit *c;
	int code;
};

static void on_later(evutil_socket_t fd, short what, void *user)
{
	struct later *l = user;
	struct ptx_error *e = NULL;

	(void)fd, (void)what;
	ptx_fail(&e, l->code,
		 l->code == PTX_E_NOMEM ? "no memory for a transaction" : "the store is not up");
	commit_end(l->c, l->code, e);
	ptx_error_free(e);
	ptx_free(l);
}

void ptxi_mirror_commit(struct ptxi_mirror *m, struct ptxi_txn *t, ptxi_txn_done_fn done,
			void *user)
{
	struct commit *c = ptxi_alloc(sizeof(*c));
	struct later *l = ptxi_alloc(sizeof(*l));
	struct ptx_buf body;
	bool sent = false;
	json_t *j = NULL;

	if (!c || !l)
		abort(); /* two small blocks: without them nobody could be told */
	*c = (struct commit){ m, NULL, done, user, 0 };
	ptx_buf_init(&body, 0);
	if (t && !t->failed)
		j = json_pack("{s:O, s:O}", "compare", t->compare, "success", t->success);
	if (m->is_ready && ptxi_wire_format(j, &body)) {
		struct ptxi_call_opts o = { .method = "POST",
					    .path = "/v3/kv/txn",
					    .body = ptx_buf_str(&body),
					    .timeout_ms = 10000,
					    .done = on_commit,
					    .user = c };

		sent = ptxi_client_send(m->calls, &o, NULL) != NULL;
	}
	if (sent) {
		ptx_free(l);
	} else {
		*l = (struct later){ c, m->is_ready && !j ? PTX_E_NOMEM : PTX_E_UNAVAILABLE };
		event_base_once(m->o.base, -1, EV_TIMEOUT, on_later, l, &(struct timeval){ 0, 0 });
	}
	json_decref(j);
	ptx_buf_done(&body);
	ptxi_txn_free(t);
}

static void fail_waiting(struct ptxi_mirror *m, int code, const char *why)
{
	struct ptx_error *e = NULL;

	ptx_fail(&e, code, "%s", why);
	while (m->waiting) {
		struct commit *c = m->waiting;

		m->waiting = c->next;
		commit_end(c, code, e);
	}
	ptx_error_free(e);
}

/* --- following --- */

static void set_ready(struct ptxi_mirror *m, bool is_ready)
{
	if (m->is_ready == is_ready)
		return;
	m->is_ready = is_ready;
	m->o.ready(is_ready, m->o.user);
}

static void start_again(struct ptxi_mirror *m)
{
	set_ready(m, false);
	if (m->is_connected)
		arm(m, RETRY_MS);
}

typedef PTX_VEC(struct ptxi_mirror_event) event_vec;

static int on_watch_line(void *user, struct ptx_str line)
{
	struct ptxi_mirror *m = user;
	json_t *j = ptxi_wire_parse(line, MAX_ANSWER, NULL);
	const json_t *result = json_object_get(j, "result");
	const json_t *events = json_object_get(result, "events");
	event_vec told = { NULL, 0, 0 };
	ptx_auto_buf key = { 0 };
	ptx_auto_buf value = { 0 };
	int64_t last = 0; /* the header's revision may be ahead of the events */
	int code = 0;

	if (!result || json_is_true(json_object_get(result, "canceled"))) {
		json_decref(j);
		return PTX_E_UNAVAILABLE;
	}
	ptx_buf_init(&key, 0);
	ptx_buf_init(&value, 0);
	for (size_t i = 0; code == 0 && i < json_array_size(events); i++) {
		const json_t *e = json_array_get(events, i);
		const json_t *kv = json_object_get(e, "kv");
		const char *type = json_string_value(json_object_get(e, "type"));
		bool removed = type && strcmp(type, "DELETE") == 0;

		if (!unbase64(kv, "key", &key) || !unbase64(kv, "value", &value))
			code = PTX_E_CORRUPT;
		else if (removed)
			ptxi_kv_remove(&m->kv, ptx_buf_str(&key));
		else
			code = ptxi_kv_set(&m->kv, ptx_buf_str(&key), ptx_buf_str(&value),
					   number(kv, "mod_revision"), NULL);
		if (number(kv, "mod_revision") > last)
			last = number(kv, "mod_revision");
		struct ptxi_mirror_event event = { ptxi_strndup(key.p, key.n),
						   removed ? NULL
							   : ptxi_strndup(value.p, value.n) };

		if (!event.key || !ptx_vec_push(&told, event))
			code = PTX_E_NOMEM;
	}
	if (code == 0) {
		m->revision = last > m->revision ? last : m->revision;
		if (told.n > 0)
			m->o.change(told.v, told.n, false, m->o.user);
		set_ready(m, true);
		pass_waiting(m);
	}
	for (size_t i = 0; i < told.n; i++) {
		ptx_free((char *)told.v[i].key);
		ptx_free((char *)told.v[i].value);
	}
	ptx_vec_done(&told);
	json_decref(j);
	return code;
}

static void on_watch_done(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct ptxi_mirror *m = user;

	(void)a;
	m->watch = NULL;
	if (e && ptx_error_code(e) != PTX_E_CANCELED)
		ptxi_log(m->o.ctx, PTX_LOG_INFO, "agent", "the watch of the store ended",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	start_again(m);
}

static void start_watch(struct ptxi_mirror *m)
{
	char revision[24];
	struct ptx_buf body;
	json_t *j = NULL;

	snprintf(revision, sizeof(revision), "%lld", (long long)m->revision + 1);
	j = json_pack("{s:{s:o, s:o, s:s}}", "create_request", "key",
		      base64(ptxi_str(PTXI_WIRE_ROOT)), "range_end", prefix_end(PTXI_WIRE_ROOT),
		      "start_revision", revision);
	ptx_buf_init(&body, 0);
	if (ptxi_wire_format(j, &body)) {
		struct ptxi_call_opts o = { .method = "POST",
					    .path = "/v3/watch",
					    .body = ptx_buf_str(&body),
					    .timeout_ms = WATCH_SILENCE_MS,
					    .line = on_watch_line,
					    .done = on_watch_done,
					    .user = m };

		m->watch = ptxi_client_send(m->watcher, &o, NULL);
	}
	json_decref(j);
	ptx_buf_done(&body);
	if (!m->watch)
		start_again(m);
	else
		arm(m, PROBE_MS);
}

/* --- loading --- */

static bool read_range(const json_t *kvs, struct ptxi_kv *out)
{
	ptx_auto_buf key = { 0 };
	ptx_auto_buf value = { 0 };

	ptx_buf_init(&key, 0);
	ptx_buf_init(&value, 0);
	for (size_t i = 0; i < json_array_size(kvs); i++) {
		const json_t *kv = json_array_get(kvs, i);

		if (!unbase64(kv, "key", &key) || !unbase64(kv, "value", &value) ||
		    ptxi_kv_set(out, ptx_buf_str(&key), ptx_buf_str(&value),
				number(kv, "mod_revision"), NULL) < 0)
			return false;
	}
	return true;
}

/* What leads from one sorted table to another. Keys and values are borrowed from both. */
static bool difference(const struct ptxi_kv *from, const struct ptxi_kv *to, event_vec *out)
{
	size_t i = 0;
	size_t k = 0;

	while (i < from->n || k < to->n) {
		int order = i == from->n ? 1
			    : k == to->n ? -1
					 : strcmp(from->v[i].key, to->v[k].key);
		struct ptxi_mirror_event e = { order < 0 ? from->v[i].key : to->v[k].key,
					       order < 0 ? NULL : to->v[k].value };
		bool same = order == 0 && strcmp(from->v[i].value, to->v[k].value) == 0;

		if (!same && !ptx_vec_push(out, e))
			return false;
		i += order <= 0;
		k += order >= 0;
	}
	return true;
}

static void take_load(struct ptxi_mirror *m, const json_t *j)
{
	struct ptxi_kv fresh = { NULL, 0, 0 };
	struct ptxi_kv old = m->kv;
	event_vec events = { NULL, 0, 0 };
	bool lost = false;

	if (!read_range(json_object_get(j, "kvs"), &fresh) || !difference(&old, &fresh, &events)) {
		ptxi_kv_done(&fresh);
		ptx_vec_done(&events);
		start_again(m);
		return;
	}
	if (m->has_loaded) {
		const char *a = ptxi_kv_get(&old, PTXI_WIRE_STORE);
		const char *b = ptxi_kv_get(&fresh, PTXI_WIRE_STORE);

		lost = a && (!b || strcmp(a, b) != 0);
	}
	m->kv = fresh;
	m->revision = number(json_object_get(j, "header"), "revision");
	m->has_loaded = true;
	if (lost)
		fail_waiting(m, PTX_E_UNAVAILABLE, "the store lost its data");
	if (events.n > 0 || lost)
		m->o.change(events.v, events.n, lost, m->o.user);
	ptx_vec_done(&events);
	ptxi_kv_done(&old);
	start_watch(m);
}

/* A store without an id is new: it gets one before anything else is done with it. */
static void on_named(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct ptxi_mirror *m = user;

	m->load = NULL;
	if (e || a->status != 200)
		start_again(m);
	else
		start_load(m);
}

static void name_store(struct ptxi_mirror *m)
{
	struct ptxi_txn *t = ptxi_txn_new();
	struct ptxi_kv none = { NULL, 0, 0 };
	struct ptxi_kv kept = m->kv;
	unsigned char bytes[10];
	struct ptx_buf id;
	struct ptx_buf body;
	json_t *j = NULL;

	ptxi_rand_bytes(bytes, sizeof(bytes));
	ptx_buf_init(&id, 0);
	ptx_buf_init(&body, 0);
	ptxi_hex_encode(ptxi_strn((const char *)bytes, sizeof(bytes)), &id);
	m->kv = none;
	ptxi_txn_unchanged(t, m, PTXI_WIRE_STORE);
	m->kv = kept;
	ptxi_txn_put(t, PTXI_WIRE_STORE, ptx_buf_str(&id));
	if (t && !t->failed)
		j = json_pack("{s:O, s:O}", "compare", t->compare, "success", t->success);
	if (ptxi_wire_format(j, &body)) {
		struct ptxi_call_opts o = { .method = "POST",
					    .path = "/v3/kv/txn",
					    .body = ptx_buf_str(&body),
					    .timeout_ms = 10000,
					    .done = on_named,
					    .user = m };

		m->load = ptxi_client_send(m->calls, &o, NULL);
	}
	if (!m->load)
		start_again(m);
	json_decref(j);
	ptx_buf_done(&id);
	ptx_buf_done(&body);
	ptxi_txn_free(t);
}

static bool has_name(const json_t *kvs)
{
	json_t *want = base64(ptxi_str(PTXI_WIRE_STORE));
	bool found = false;

	for (size_t i = 0; !found && i < json_array_size(kvs); i++)
		found = json_equal(json_object_get(json_array_get(kvs, i), "key"), want) == 1;
	json_decref(want);
	return found;
}

static void on_load(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct ptxi_mirror *m = user;
	json_t *j = a && a->status == 200 ? ptxi_wire_parse(a->body, MAX_ANSWER, NULL) : NULL;

	(void)e;
	m->load = NULL;
	if (!j)
		start_again(m);
	else if (!has_name(json_object_get(j, "kvs")))
		name_store(m);
	else
		take_load(m, j);
	json_decref(j);
}

static void start_load(struct ptxi_mirror *m)
{
	struct ptx_buf body;
	json_t *j = json_pack("{s:o, s:o}", "key", base64(ptxi_str(PTXI_WIRE_ROOT)), "range_end",
			      prefix_end(PTXI_WIRE_ROOT));

	ptx_buf_init(&body, 0);
	if (ptxi_wire_format(j, &body)) {
		struct ptxi_call_opts o = { .method = "POST",
					    .path = "/v3/kv/range",
					    .body = ptx_buf_str(&body),
					    .timeout_ms = 10000,
					    .done = on_load,
					    .user = m };

		m->load = ptxi_client_send(m->calls, &o, NULL);
	}
	json_decref(j);
	ptx_buf_done(&body);
	if (!m->load)
		start_again(m);
}

/* --- probing --- */

static void on_probe(void *user, const struct ptxi_answer *a, const struct ptx_error *e)
{
	struct ptxi_mirror *m = user;

	m->probe = NULL;
	if (e && ptx_error_code(e) == PTX_E_CANCELED)
		return;
	m->missed = a && a->status == 200 ? 0 : m->missed + 1;
	if (m->missed < PROBES_UNTIL_STUCK)
		return;
	m->missed = 0;
	m->o.stuck(m->o.user);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_mirror *m = user;
	struct ptxi_call_opts o = { .method = "GET",
				    .path = "/health",
				    .timeout_ms = PROBE_TIMEOUT_MS,
				    .done = on_probe,
				    .user = m };

	(void)fd, (void)what;
	if (!m->is_connected)
		return;
	if (!m->watch) {
		if (!m->load)
			start_load(m);
		return;
	}
	if (!m->probe)
		m->probe = ptxi_client_send(m->calls, &o, NULL);
	arm(m, PROBE_MS);
}

void ptxi_mirror_connect(struct ptxi_mirror *m)
{
	m->is_connected = true;
	m->missed = 0;
	if (!m->watch && !m->load)
		start_load(m);
}

void ptxi_mirror_disconnect(struct ptxi_mirror *m)
{
	m->is_connected = false;
	event_del(m->timer);
	if (m->watch)
		ptxi_call_cancel(m->watch);
	if (m->load)
		ptxi_call_cancel(m->load);
	if (m->probe)
		ptxi_call_cancel(m->probe);
	set_ready(m, false);
}

struct ptxi_mirror *ptxi_mirror_new(const struct ptxi_mirror_opts *o, struct ptx_error **err)
{
	struct ptxi_mirror *m = ptxi_alloc(sizeof(*m));
	struct ptxi_client_opts c = { .base = o->base,
				      .unix_path = o->socket,
				      .connections = 8,
				      .waiting = 4096,
				      .max_body = MAX_ANSWER };

	if (!m) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for the copy of the store");
		return NULL;
	}
	m->o = *o;
	m->timer = event_new(o->base, -1, 0, on_timer, m);
	m->calls = m->timer ? ptxi_client_new(&c, err) : NULL;
	c.connections = 1;
	m->watcher = m->calls ? ptxi_client_new(&c, err) : NULL;
	if (!m->watcher) {
		ptxi_mirror_free(m);
		return NULL;
	}
	return m;
}

void ptxi_mirror_free(struct ptxi_mirror *m)
{
	if (!m)
		return;
	m->is_connected = m->is_ready = false;
	ptxi_client_free(m->watcher);
	ptxi_client_free(m->calls);
	fail_waiting(m, PTX_E_CANCELED, "the store is not needed any more");
	if (m->timer)
		event_free(m->timer);
	ptxi_kv_done(&m->kv);
	ptx_free(m);
}

bool ptxi_mirror_is_ready(const struct ptxi_mirror *m)
{
	return m->is_ready;
}

const struct ptxi_kv *ptxi_mirror_kv(const struct ptxi_mirror *m)
{
	return &m->kv;
}

int64_t ptxi_mirror_revision(const struct ptxi_mirror *m)
{
	return m->revision;
}
