/* SPDX-License-Identifier: Apache-2.0 */
/* fg_upgrade.c - agents' programs on their way to Drones, and Frontgate's own next one.
 *
 * Pilot puts a program in pieces, with its signed release; Drones fetch it in pieces. Whoever may
 * use a route may have it: a program is no secret. Frontgate itself is asked to run it by a request
 * like a Drone's, kept in the store. What goes along to the other program: the listening socket, so
 * that nobody is refused meanwhile; etcd; what is known of the Drones; events that the store lacks.
 * Connections end, and everybody who has one asks again. The record of updates says what became of
 * a request (its id is in it), so there is no journal: a request that is in neither part of it has
 * not been begun.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#include "../base/encode.h"

#define HAND_OVER_MS 100

/* --- pieces --- */

/* Without a piece it is only asked how much is here. */
static int put_piece(struct frontgate *fg, const json_t *j, const char *sha256, int64_t *have,
		     struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	const char *statement = ptxi_wire_need(j, "statement", PTXI_RELEASE_MAX_STATEMENT, err);
	const char *signature =
	    statement ? ptxi_wire_need(j, "signature", PTXI_RELEASE_MAX_SIGNATURE, err) : NULL;
	const char *data =
	    signature ? ptxi_wire_text(j, "data", PTXI_WIRE_MAX_DRONE_BODY, &e) : NULL;
	int64_t offset = json_integer_value(json_object_get(j, "offset"));
	struct ptxi_release r;
	struct ptx_buf bytes;
	int code = 0;

	if (e) {
		*err = e;
		return ptx_error_code(e);
	}
	if (!signature)
		return PTX_E_INVALID;
	code = ptxi_release_verify(statement, signature, fg->config.ca, fg->config.vpc, &r, err);
	if (code == 0 && strcmp(r.sha256, sha256) != 0)
		code =
		    ptx_fail(err, PTX_E_INVALID, "the release is of another program than the path");
	ptx_buf_init(&bytes, PTXI_WIRE_AGENT_PIECE);
	if (code == 0 && data &&
	    (!ptxi_base64_decode(PTXI_BASE64_STD, ptxi_str(data), &bytes, NULL) ||
	     !ptx_buf_ok(&bytes) || bytes.n == 0))
		code = ptx_fail(err, PTX_E_INVALID, "'data' is no piece of a program");
	if (code == 0 && data)
		code = ptxi_upgrade_add(&fg->upgrade, &r, offset, ptx_buf_str(&bytes), err);
	ptx_buf_done(&bytes);
	if (code == 0)
		*have = ptxi_upgrade_have(&fg->upgrade, &r);
	return code;
}

void ptxi_fg_agent_put(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const char *sha256 = ptxi_exchange_path(x) + strlen(PTXI_WIRE_PILOT_AGENTS);
	struct ptx_error *e = NULL;
	int64_t have = 0;
	json_t *j = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT))
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	if (j && put_piece(fg, j, sha256, &have, &e) == 0)
		ptxi_fg_reply(x, json_pack("{s:I}", "have", (json_int_t)have));
	else
		ptxi_fg_reply_error(x, e);
	ptx_error_free(e);
	json_decref(j);
}

void ptxi_fg_agent_get(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	char sha256[65] = "";
	char text[24] = "0";
	int64_t offset = 0;
	int64_t size = 0;
	struct ptx_error *e = NULL;
	struct ptx_buf bytes;
	struct ptx_buf data;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_DRONE))
		return;
	ptx_buf_init(&bytes, 0);
	ptx_buf_init(&data, 0);
	ptxi_exchange_param(x, "sha256", sha256, sizeof(sha256));
	ptxi_exchange_param(x, "offset", text, sizeof(text));
	if (!ptxi_parse_i64(ptxi_str(text), &offset, 0, PTXI_WIRE_MAX_AGENT)) {
		ptxi_fg_fail(x, PTX_E_INVALID, "'offset' is no number");
	} else if (ptxi_upgrade_piece(&fg->upgrade, sha256, offset, PTXI_WIRE_AGENT_PIECE, &bytes,
				      &size, &e) < 0) {
		ptxi_fg_reply_error(x, e);
	} else {
		ptxi_base64_encode(PTXI_BASE64_STD, ptx_buf_str(&bytes), &data);
		ptxi_fg_reply(x, json_pack("{s:I, s:I, s:s}", "size", (json_int_t)size, "offset",
					   (json_int_t)offset, "data",
					   ptx_buf_ok(&data) ? data.p : NULL));
	}
	ptx_buf_done(&bytes);
	ptx_buf_done(&data);
	ptx_error_free(e);
}

/* --- handing over --- */

static json_t *save(struct frontgate *fg, json_t *fds)
{
	int listener = ptxi_server_fd(fg->server);
	json_t *drones = ptxi_fg_drones_save(fg);

	json_array_append_new(fds, json_integer(listener));
	return json_pack("{s:i, s:{s:i, s:i}, s:o, s:O, s:I}", "listener", listener, "etcd", "pid",
			 (int)ptxi_etcd_pid(fg->etcd), "restarts",
			 (int)ptxi_etcd_restarts(fg->etcd), "drones", drones, "events", fg->unsaved,
			 "last_event", (json_int_t)fg->last_event);
}

static int hand_over(struct frontgate *fg, const struct ptxi_release *r, struct ptxi_takeover *t,
		     const char *statement, const char *signature, struct ptx_error **err)
{
	ptx_auto_buf state = { 0 };
	int code = 0;

	ptx_buf_init(&state, PTXI_TAKEOVER_MAX);
	if (!ptxi_takeover_format(t, &state))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the state");
	code = ptxi_upgrade_ask(&fg->upgrade, r, "frontgate", fg->config_path, ptx_buf_str(&state),
				err);
	if (code == 0)
		code = ptxi_upgrade_try(&fg->upgrade, fg->update_id, statement, signature, err);
	if (code < 0)
		return code;
	ptxi_log(fg->ctx, PTX_LOG_INFO, "agent", "handing over", PTXI_F("version", r->version),
		 PTXI_F("build", r->sha256), PTXI_F_END);
	return ptxi_takeover_exec(t, err);
}

/* The request of Frontgate itself that has no final outcome, the oldest; NULL: none. */
static const struct ptxi_pair *open_request(const struct frontgate *fg)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	const struct ptxi_pair *oldest = NULL;
	size_t from = 0;
	size_t end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_REQUEST PTXI_WIRE_FRONTGATE "/"), &from);

	for (size_t i = from; i < end; i++) {
		char key[256];

		snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%s",
			 kv->v[i].key + strlen(PTXI_WIRE_REQUEST));
		if (!ptxi_kv_get(kv, key) && (!oldest || kv->v[i].revision < oldest->revision))
			oldest = &kv->v[i];
	}
	return oldest;
}

static const char *id_of(const struct ptxi_pair *request)
{
	return request->key + strlen(PTXI_WIRE_REQUEST PTXI_WIRE_FRONTGATE "/");
}

static void on_told(int code, const struct ptx_error *e, void *user)
{
	struct frontgate *fg = user;

	(void)code, (void)e; /* the tick looks again */
	fg->is_telling = false;
}

static void tell(struct frontgate *fg, const char *id, const char *output, const char *error)
{
	int64_t now = ptxi_fg_now(fg);
	struct ptxi_wire_outcome o = { .state = error ? PTXI_REQUEST_FAILED : PTXI_REQUEST_DONE,
				       .exit_status = -1,
				       .output = output,
				       .error = error,
				       .started_unix = now,
				       .ended_unix = now };
	struct ptxi_txn *t = NULL;
	char key[256];

	fg->update_id[0] = '\0';
	if (fg->is_telling || !ptxi_mirror_is_ready(fg->mirror))
		return;
	t = ptxi_txn_new();
	snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME PTXI_WIRE_FRONTGATE "/%s", id);
	ptxi_txn_unchanged(t, fg->mirror, key);
	ptxi_txn_put_json(t, key, ptxi_wire_outcome_write(&o));
	fg->is_telling = true;
	if (error)
		ptxi_fg_event(fg, "agent.failed", NULL, error);
	ptxi_mirror_commit(fg->mirror, t, on_told, fg);
}

/* Does what the request says, or fails it. */
static void update(struct frontgate *fg, const struct ptxi_wire_request *q)
{
	struct ptxi_release r;
	struct ptx_error *e = NULL;
	json_t *fds = json_array();
	json_t *part = json_pack("{s:s, s:s, s:s}", "id", fg->update_id, "statement", q->statement,
				 "signature", q->signature);
	ptx_auto_str path = NULL;
	struct ptxi_takeover t = {
		.program = -1, .update = part, .fds = fds, .trial_ms = fg->config.trial_ms
	};
	char id[65];

	snprintf(id, sizeof(id), "%s", fg->update_id);
	if (ptxi_upgrade_check(&fg->upgrade, q->statement, q->signature, fg->config.ca,
			       fg->config.vpc, &r, &e) == 0 &&
	    !ptxi_upgrade_runs(&fg->upgrade, &r))
		t.program = ptxi_upgrade_program(&fg->upgrade, &r, &e);
	if (t.program >= 0) {
		path = ptxi_asprintf("%s/%s", fg->upgrade.folder, r.sha256);
		t.path = path ? path : "pitrix-agent";
		t.data = save(fg, fds);
		hand_over(fg, &r, &t, q->statement, q->signature, &e);
		ptxi_upgrade_failed(&fg->upgrade, e ? ptx_error_message(e) : "it cannot be run");
		close(t.program);
		json_decref(t.data);
	}
	tell(fg, id, e ? NULL : "this program runs already\n", e ? ptx_error_message(e) : NULL);
	ptx_error_free(e);
	json_decref(part);
	json_decref(fds);
}

static void on_hand_over(evutil_socket_t fd, short what, void *user)
{
	struct frontgate *fg = user;
	char key[256];
	const char *text = NULL;
	struct ptxi_wire_request q;
	json_t *j = NULL;

	(void)fd, (void)what;
	snprintf(key, sizeof(key), PTXI_WIRE_REQUEST PTXI_WIRE_FRONTGATE "/%s", fg->update_id);
	text = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	j = text ? ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL) : NULL;
	if (!fg->is_ending && j && ptxi_wire_request_read(j, &q, NULL) == 0 && q.kind->has_release)
		update(fg, &q);
	fg->update_id[0] = '\0';
	json_decref(j);
}

static bool is_id(const struct frontgate *fg, const char *part, const char *id)
{
	const char *of = ptxi_upgrade_id(&fg->upgrade, part);

	return of && strcmp(of, id) == 0;
}

void ptxi_fg_upgrade_look(struct frontgate *fg)
{
	const struct ptxi_pair *request = ptxi_mirror_is_ready(fg->mirror) && !fg->is_ending &&
						  !fg->is_telling && !fg->update_id[0] &&
						  !ptxi_takeover_on_trial()
					      ? open_request(fg)
					      : NULL;
	struct timeval soon = { 0, HAND_OVER_MS * 1000 };
	char text[700];

	if (!request)
		return;
	snprintf(text, sizeof(text), "the new agent failed and the one before it runs: %.600s",
		 ptxi_upgrade_why(&fg->upgrade));
	if (is_id(fg, "failed", id_of(request))) {
		tell(fg, id_of(request), NULL, text);
	} else if (is_id(fg, "good", id_of(request))) {
		snprintf(text, sizeof(text), "version %s, build %s\n", PACKAGE_VERSION,
			 fg->upgrade.own_sha256);
		tell(fg, id_of(request), text, NULL);
	} else {
		snprintf(fg->update_id, sizeof(fg->update_id), "%s", id_of(request));
		event_add(fg->hand_over, &soon);
	}
}

/* --- the other side --- */

int ptxi_fg_upgrade_open(struct frontgate *fg, struct ptx_error **err)
{
	int code = ptxi_upgrade_open(&fg->upgrade, fg->ctx, fg->config.data, err);

	if (code < 0 || ptxi_takeover_state() || ptxi_takeover_is_kept())
		return code;
	if (ptxi_takeover_not_updated()) {
		ptxi_log(fg->ctx, PTX_LOG_ERROR, "agent", "the kept program failed",
			 PTXI_F("why", ptxi_takeover_not_updated()), PTXI_F_END);
		ptxi_upgrade_drop_good(&fg->upgrade, ptxi_takeover_not_updated());
	}
	ptxi_upgrade_failed(&fg->upgrade, "the new agent ended before it was healthy");
	ptxi_upgrade_choose(&fg->upgrade, fg->config.ca, fg->config.vpc);
	return 0;
}

int ptxi_fg_upgrade_listener(void)
{
	const json_t *data = json_object_get(ptxi_takeover_state(), "data");

	return (int)json_integer_value(json_object_get(data, "listener"));
}

static void adopt(struct frontgate *fg, const json_t *data)
{
	const json_t *etcd = json_object_get(data, "etcd");
	const json_t *events = json_object_get(data, "events");
	json_int_t restarts = json_integer_value(json_object_get(etcd, "restarts"));

	ptxi_fg_drones_adopt(fg, json_object_get(data, "drones"));
	for (size_t i = 0; i < json_array_size(events); i++)
		json_array_append(fg->unsaved, json_array_get(events, i));
	fg->last_event = json_integer_value(json_object_get(data, "last_event"));
	fg->restarts_told = (unsigned)restarts;
	ptxi_etcd_adopt(fg->etcd, (pid_t)json_integer_value(json_object_get(etcd, "pid")),
			(unsigned)restarts);
}

int ptxi_fg_upgrade_resume(struct frontgate *fg, struct ptx_error **err)
{
	const json_t *state = ptxi_takeover_state();
	const json_t *data = json_object_get(state, "data");
	const char *id = json_string_value(json_object_get(json_object_get(state, "update"), "id"));
	const char *back = ptxi_takeover_why_back();

	fg->hand_over = event_new(fg->base, -1, 0, on_hand_over, fg);
	if (!fg->hand_over)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a timer");
	if (!data) {
		ptxi_etcd_start(fg->etcd);
		ptxi_fg_event(fg, "frontgate.up", NULL, "Frontgate has started");
		return 0;
	}
	adopt(fg, data);
	event_active(fg->signals[0], EV_SIGNAL, 1); /* who ended while nobody listened */
	if (ptxi_takeover_on_trial()) {
		ptxi_log(fg->ctx, PTX_LOG_INFO, "agent", "took over, on trial",
			 PTXI_F("version", PACKAGE_VERSION), PTXI_F_END);
	} else if (back) {
		ptxi_log(fg->ctx, PTX_LOG_ERROR, "agent", "the new agent failed, this one goes on",
			 PTXI_F("why", back), PTXI_F_END);
		ptxi_upgrade_failed(&fg->upgrade, back);
		if (id && is_id(fg, "good", id)) /* it was, for an instant */
			ptxi_upgrade_drop_good(&fg->upgrade, back);
		ptxi_takeover_settle();
	}
	return 0;
}

void ptxi_fg_upgrade_healthy(struct frontgate *fg)
{
	if (ptxi_takeover_on_trial()) {
		ptxi_upgrade_good(&fg->upgrade);
		ptxi_fg_event(fg, "agent.updated", NULL,
			      "Frontgate runs version " PACKAGE_VERSION " of another program");
	}
	ptxi_takeover_settle();
}

void ptxi_fg_upgrade_tick(struct frontgate *fg)
{
	json_t *fds = NULL;
	struct ptxi_takeover t = { .program = ptxi_takeover_previous(),
				   .path = "pitrix-agent",
				   .error = "it did not reach its etcd in time" };
	struct ptx_error *e = NULL;

	ptxi_fg_upgrade_look(fg);
	if (!ptxi_takeover_on_trial() || ptxi_takeover_left_ms() > 0)
		return;
	fds = json_array();
	t.fds = fds;
	t.update = json_object_get(ptxi_takeover_state(), "update");
	t.data = save(fg, fds);
	if (t.data && ptxi_takeover_exec(&t, &e) < 0)
		ptxi_log(fg->ctx, PTX_LOG_ERROR, "agent", "cannot go back",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	json_decref(t.data);
	json_decref(fds);
}

void ptxi_fg_upgrade_done(struct frontgate *fg)
{
	if (fg->hand_over)
		event_free(fg->hand_over);
	ptxi_upgrade_done(&fg->upgrade);
}
