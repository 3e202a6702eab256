/* SPDX-License-Identifier: Apache-2.0 */
/* drone_upgrade.c - the Drone puts another program in its own place.
 *
 *     asked -> fetched in pieces -> verified -> (a moment without confd's or volumes' commands)
 *           -> asked whether it can
 *           -> "trying" in the record -> exec -> watches again -> "good", the request is done
 *                                             -> not in time, or dies: the old one is back,
 *                                                the request has failed
 *
 * What runs goes along: the services' commands with their pipes and what they have said so far, and
 * the pipes of what they left in the background. Connections do not: the watch begins anew with a
 * view. A piece that was lost is fetched again from where the file ends, also by a Drone that was
 * killed meanwhile and is asked once more.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_priv.h"

#include "../base/encode.h"

#define PIECE_MS     20000
#define RETRY_MIN_MS 250
#define RETRY_MAX_MS 5000
#define QUIET_MS     100

struct drone_update {
	struct drone *d;
	char id[65];
	char *statement;
	char *signature;
	struct ptxi_release release;
	struct ptxi_call *call;
	struct event *timer;
	int64_t wait_ms;
	drone_update_fn done;
	void *user;
	bool is_over;
};

static void arm(struct event *e, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(e, &tv);
}

void ptxi_drone_update_free(struct drone_update *u)
{
	if (!u)
		return;
	u->is_over = true;
	if (u->call)
		ptxi_call_cancel(u->call);
	if (u->timer)
		event_free(u->timer);
	ptx_free(u->statement);
	ptx_free(u->signature);
	ptx_free(u);
}

static void fail(struct drone_update *u, const struct ptx_error *e)
{
	u->is_over = true;
	u->done(u->user, e, NULL); /* frees u */
}

/* --- handing over --- */

/* What goes along; NULL when it is not the moment. */
static json_t *save(struct drone *d, json_t *fds)
{
	json_t *sinks = json_array();
	json_t *commands =
	    ptxi_confd_is_idle(d->confd) && !d->is_ending ? ptxi_drone_requests_save(d, fds) : NULL;

	if (commands && sinks && ptxi_commands_save_sinks(d->commands, sinks, fds))
		return json_pack("{s:o, s:o}", "commands", commands, "sinks", sinks);
	json_decref(commands);
	json_decref(sinks);
	return NULL;
}

static int hand_over(struct drone_update *u, struct ptxi_takeover *t, struct ptx_error **err)
{
	struct ptxi_upgrade *up = &u->d->upgrade;
	ptx_auto_buf state = { 0 };
	int code = 0;

	ptx_buf_init(&state, PTXI_TAKEOVER_MAX);
	if (!ptxi_takeover_format(t, &state))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the state");
	code =
	    ptxi_upgrade_ask(up, &u->release, "drone", u->d->config_path, ptx_buf_str(&state), err);
	if (code == 0)
		code = ptxi_upgrade_try(up, u->id, u->statement, u->signature, err);
	if (code < 0)
		return code;
	ptxi_log(u->d->ctx, PTX_LOG_INFO, "agent", "handing over",
		 PTXI_F("version", u->release.version), PTXI_F("build", u->release.sha256),
		 PTXI_F_END);
	code = ptxi_takeover_exec(t, err);
	ptxi_upgrade_failed(up, err && *err ? ptx_error_message(*err) : "it cannot be run");
	return code;
}

/* The program is here: goes over when it is the moment, else looks again. */
static void go(struct drone_update *u)
{
	struct drone *d = u->d;
	json_t *fds = json_array();
	json_t *update = json_pack("{s:s, s:s, s:s}", "id", u->id, "statement", u->statement,
				   "signature", u->signature);
	struct ptxi_takeover t = { .program = -1,
				   .path = NULL,
				   .update = update,
				   .data = save(d, fds),
				   .fds = fds,
				   .trial_ms = d->config.trial_ms };
	ptx_auto_str path = ptxi_asprintf("%s/%s", d->upgrade.folder, u->release.sha256);
	struct ptx_error *e = NULL;

	t.path = path;
	if (!update || !path) {
		ptx_fail(&e, PTX_E_NOMEM, "no memory for an update");
	} else if (t.data) {
		t.program = ptxi_upgrade_program(&d->upgrade, &u->release, &e);
		if (t.program >= 0)
			hand_over(u, &t, &e);
		if (t.program >= 0)
			close(t.program);
	}
	json_decref(t.data);
	json_decref(update);
	json_decref(fds);
	if (e)
		fail(u, e);
	else
		arm(u->timer, QUIET_MS);
	ptx_error_free(e);
}

/* --- pieces --- */

static void fetch(struct drone_update *u);

static void again(struct drone_update *u)
{
	u->wait_ms = u->wait_ms ? u->wait_ms * 2 : RETRY_MIN_MS;
	if (u->wait_ms > RETRY_MAX_MS)
		u->wait_ms = RETRY_MAX_MS;
	arm(u->timer, u->wait_ms);
}

static int take_piece(struct drone_update *u, const struct ptxi_answer *answer,
		      struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse(answer->body, PTXI_WIRE_MAX_DRONE_BODY, err);
	const char *data = j ? ptxi_wire_need(j, "data", PTXI_WIRE_MAX_DRONE_BODY, err) : NULL;
	json_int_t offset = json_integer_value(json_object_get(j, "offset"));
	struct ptx_buf bytes;
	int code = data ? 0 : PTX_E_INVALID;

	ptx_buf_init(&bytes, PTXI_WIRE_AGENT_PIECE);
	if (data && (!ptxi_base64_decode(PTXI_BASE64_STD, ptxi_str(data), &bytes, NULL) ||
		     !ptx_buf_ok(&bytes) || bytes.n == 0))
		code = ptx_fail(err, PTX_E_INVALID, "a piece of the program is none");
	if (code == 0)
		code =
		    ptxi_upgrade_add(&u->d->upgrade, &u->release, offset, ptx_buf_str(&bytes), err);
	ptx_buf_done(&bytes);
	json_decref(j);
	return code;
}

static void on_piece(void *user, const struct ptxi_answer *answer, const struct ptx_error *failure)
{
	struct drone_update *u = user;
	struct ptx_error *e = NULL;

	u->call = NULL;
	if (u->is_over || u->d->is_ending)
		return;
	if (ptxi_drone_answer(answer, failure, &e) == 0 && take_piece(u, answer, &e) == 0) {
		u->wait_ms = 0;
		arm(u->timer, 0);
	} else if (ptx_error_retryable(e) || ptx_error_code(e) == PTX_E_CANCELED) {
		again(u);
	} else {
		fail(u, e);
	}
	ptx_error_free(e);
}

static void fetch(struct drone_update *u)
{
	char path[160];
	struct ptxi_call_opts o = { .method = "GET",
				    .path = path,
				    .timeout_ms = PIECE_MS,
				    .repeatable = true,
				    .done = on_piece,
				    .user = u };
	struct ptx_error *e = NULL;

	snprintf(path, sizeof(path), PTXI_WIRE_DRONE_AGENT "?sha256=%s&offset=%lld",
		 u->release.sha256, (long long)ptxi_upgrade_have(&u->d->upgrade, &u->release));
	u->call = u->d->calls ? ptxi_client_send(u->d->calls, &o, &e) : NULL;
	if (!u->call)
		again(u);
	ptx_error_free(e);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct drone_update *u = user;

	(void)fd, (void)what;
	if (u->d->is_ending)
		return;
	if (ptxi_upgrade_runs(&u->d->upgrade, &u->release))
		u->done(u->user, NULL, "this program runs already\n");
	else if (ptxi_upgrade_have(&u->d->upgrade, &u->release) == u->release.size)
		go(u);
	else
		fetch(u);
}

struct drone_update *ptxi_drone_update_new(struct drone *d, const struct ptxi_wire_request *r,
					   drone_update_fn done, void *user, struct ptx_error **err)
{
	ptx_auto_str root = ptxi_drone_root(d);
	struct drone_update *u = ptxi_alloc(sizeof(*u));

	if (u) {
		u->d = d;
		u->done = done;
		u->user = user;
		snprintf(u->id, sizeof(u->id), "%s", r->id);
		u->statement = ptxi_strdup(r->statement);
		u->signature = ptxi_strdup(r->signature);
		u->timer = event_new(d->base, -1, 0, on_timer, u);
	}
	if (!u || !u->statement || !u->signature || !u->timer) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for an update");
	} else if (!root) {
		ptx_fail(err, PTX_E_UNTRUSTED, "the root certificate of our VPC is not known");
	} else if (ptxi_takeover_on_trial()) {
		ptx_fail(err, PTX_E_PRECONDITION, "another update is on trial");
	} else if (ptxi_upgrade_check(&d->upgrade, u->statement, u->signature, root, d->config.vpc,
				      &u->release, err) == 0) {
		arm(u->timer, 0);
		return u;
	}
	ptxi_drone_update_free(u);
	return NULL;
}

/* --- the other side --- */

static const char *update_id(void)
{
	return json_string_value(
	    json_object_get(json_object_get(ptxi_takeover_state(), "update"), "id"));
}

int ptxi_drone_upgrade_open(struct drone *d, struct ptx_error **err)
{
	ptx_auto_str root = NULL;
	int code = ptxi_upgrade_open(&d->upgrade, d->ctx, d->config.data, err);

	if (code < 0 || ptxi_takeover_state() || ptxi_takeover_is_kept())
		return code;
	if (ptxi_takeover_not_updated()) {
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "the kept program failed",
			 PTXI_F("why", ptxi_takeover_not_updated()), PTXI_F_END);
		ptxi_upgrade_drop_good(&d->upgrade, ptxi_takeover_not_updated());
	}
	ptxi_upgrade_failed(&d->upgrade, "the new agent ended before it was healthy");
	root = ptxi_drone_root(d);
	ptxi_upgrade_choose(&d->upgrade, root, d->config.vpc);
	return 0;
}

json_t *ptxi_drone_upgrade_alive(const struct drone *d)
{
	const json_t *commands =
	    json_object_get(json_object_get(ptxi_takeover_state(), "data"), "commands");
	const char *failed = ptxi_upgrade_id(&d->upgrade, "failed");
	const char *good = ptxi_upgrade_id(&d->upgrade, "good");
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(commands); i++) {
		json_t *id = json_object_get(json_array_get(commands, i), "id");

		if (json_is_string(id))
			json_array_append(list, id);
	}
	if (update_id())
		json_array_append_new(list, json_string(update_id()));
	if (failed)
		json_array_append_new(list, json_string(failed));
	if (good)
		json_array_append_new(list, json_string(good));
	return list;
}

static void tell_failed(struct drone *d)
{
	const char *id = ptxi_upgrade_id(&d->upgrade, "failed");
	ptx_auto_str error = ptxi_asprintf("the new agent failed and the one before it runs: %s",
					   ptxi_upgrade_why(&d->upgrade));
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_FAILED,
				       .exit_status = -1,
				       .error = error };

	if (id)
		ptxi_drone_request_end(d, id, &o);
}

static void tell_good(struct drone *d)
{
	const char *id = ptxi_upgrade_id(&d->upgrade, "good");
	ptx_auto_str text =
	    ptxi_asprintf("version %s, build %s\n", PACKAGE_VERSION, d->upgrade.own_sha256);
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_DONE,
				       .exit_status = -1,
				       .output = text };

	if (id)
		ptxi_drone_request_end(d, id, &o);
}

/* Not healthy in time: back, when it is the moment. The alarm waits behind this. */
static void on_trial_over(evutil_socket_t fd, short what, void *user)
{
	struct drone *d = user;
	json_t *fds = json_array();
	struct ptxi_takeover t = { .program = ptxi_takeover_previous(),
				   .path = "pitrix-agent",
				   .fds = fds,
				   .update = json_object_get(ptxi_takeover_state(), "update"),
				   .data = save(d, fds),
				   .error = "it did not reach Frontgate in time" };
	struct ptx_error *e = NULL;

	(void)fd, (void)what;
	if (t.data && ptxi_takeover_exec(&t, &e) < 0)
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "cannot go back",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	json_decref(t.data);
	json_decref(fds);
	arm(d->trial, QUIET_MS);
}

int ptxi_drone_upgrade_resume(struct drone *d, struct ptx_error **err)
{
	const json_t *data = json_object_get(ptxi_takeover_state(), "data");
	const json_t *sinks = json_object_get(data, "sinks");
	const char *back = ptxi_takeover_why_back();

	d->trial = event_new(d->base, -1, 0, on_trial_over, d);
	if (!d->trial)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a timer");
	ptxi_drone_requests_adopt(d, json_object_get(data, "commands"));
	for (size_t i = 0; i < json_array_size(sinks); i++)
		ptxi_commands_adopt_sink(d->commands,
					 (int)json_integer_value(json_array_get(sinks, i)));
	ptxi_commands_adopted(d->commands);
	if (ptxi_takeover_on_trial()) {
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "took over, on trial",
			 PTXI_F("version", PACKAGE_VERSION),
			 PTXI_F_INT("commands", (int64_t)ptxi_commands_running(d->commands)),
			 PTXI_F_END);
		arm(d->trial, ptxi_takeover_left_ms());
		return 0;
	}
	if (back) {
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "the new agent failed, this one goes on",
			 PTXI_F("why", back), PTXI_F_END);
		ptxi_upgrade_failed(&d->upgrade, back);
		/* It was good for an instant: not any more. */
		if (update_id() && ptxi_upgrade_id(&d->upgrade, "good") &&
		    strcmp(update_id(), ptxi_upgrade_id(&d->upgrade, "good")) == 0)
			ptxi_upgrade_drop_good(&d->upgrade, back);
		ptxi_takeover_settle();
	}
	tell_failed(d);
	tell_good(d);
	return 0;
}

void ptxi_drone_upgrade_healthy(struct drone *d)
{
	if (ptxi_takeover_on_trial()) {
		event_del(d->trial);
		ptxi_upgrade_good(&d->upgrade);
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "updated",
			 PTXI_F("version", PACKAGE_VERSION), PTXI_F_END);
		tell_good(d);
	}
	ptxi_takeover_settle();
}

void ptxi_drone_upgrade_done(struct drone *d)
{
	if (d->trial)
		event_free(d->trial);
	d->trial = NULL;
	ptxi_upgrade_done(&d->upgrade);
}
