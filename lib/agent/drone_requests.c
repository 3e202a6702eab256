/* SPDX-License-Identifier: Apache-2.0 */
/* drone_requests.c - does what Frontgate asks, each id at most once, and tells what became of it.
 *
 *     asked -> (in the journal: nothing, or its outcome again)
 *           -> journal says "runs", synced -> runs -> journal has the outcome
 *           -> sent until acknowledged
 *
 * The list of what is asked is always whole, so what is not in it any more and has not begun is
 * dropped. Requests begin in the order in which they come; commands run beside each other, a few at
 * a time, since the engine decides which wait for which.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_priv.h"

#include <inttypes.h>

#include "../base/fs.h"
#include "../base/path.h"

#define MOST_RUNNING 8
/* So that an output of control characters, six bytes each in JSON, still fits into a body. */
#define MOST_OUTPUT   40000u
#define RESEND_MIN_MS 500
#define RESEND_MAX_MS 15000
#define RUNNING_MARK  "confd.running"

struct drone_request {
	struct drone_request *next;
	struct drone *d;
	char id[65];
	const struct ptxi_wire_kind *kind;
	char *cmd;
	int64_t timeout_ms;
	struct ptxi_journal_entry *entry; /* it has begun */
	struct event *timer;              /* of what has no time of its own */
	struct ptxi_command *command;     /* while it runs */
	struct ptxi_volumes_work *volumes;
	char *statement; /* of an update */
	char *signature;
	struct drone_update *update;
};

static void pump(struct drone *d);

static void request_free(struct drone_request *r)
{
	struct drone_request **at = &r->d->requests;

	while (*at && *at != r)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	if (r->timer)
		event_free(r->timer);
	ptxi_volumes_work_free(r->volumes);
	ptxi_drone_update_free(r->update);
	ptx_free(r->cmd);
	ptx_free(r->statement);
	ptx_free(r->signature);
	ptx_free(r);
}

/* --- outcomes --- */

struct sending {
	struct drone *d;
	char id[65];
};

static void resend_later(struct drone *d)
{
	struct timeval tv = { 0, 0 };

	if (event_pending(d->resend, EV_TIMEOUT, NULL))
		return;
	d->resend_ms = d->resend_ms ? d->resend_ms * 2 : RESEND_MIN_MS;
	if (d->resend_ms > RESEND_MAX_MS)
		d->resend_ms = RESEND_MAX_MS;
	tv.tv_sec = (time_t)(d->resend_ms / 1000);
	tv.tv_usec = (suseconds_t)(d->resend_ms % 1000 * 1000);
	event_add(d->resend, &tv);
}

static bool is_settled(const struct ptxi_answer *a)
{
	return a && a->status >= 200 && a->status < 500 && a->status != 401 && a->status != 403 &&
	       a->status != 408 && a->status != 429;
}

static void on_sent(void *user, const struct ptxi_answer *answer, const struct ptx_error *failure)
{
	struct sending *s = user;
	struct drone *d = s->d;
	struct ptxi_journal_entry *e = ptxi_journal_find(d->journal, s->id);

	if (e) {
		e->is_sending = false;
		if (is_settled(answer)) {
			d->resend_ms = 0;
			if (answer->status != 200)
				ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "nobody takes an outcome",
					 PTXI_F("id", s->id), PTXI_F_INT("status", answer->status),
					 PTXI_F_END);
			ptxi_journal_ack(d->journal, e);
		} else if (!d->is_ending) {
			ptxi_log(d->ctx, PTX_LOG_DEBUG, "agent", "an outcome was not taken",
				 PTXI_F("id", s->id),
				 PTXI_F("why", failure ? ptx_error_message(failure) : "refused"),
				 PTXI_F_END);
			resend_later(d);
		}
	}
	ptx_free(s);
}

static bool send_one(struct drone *d, struct ptxi_journal_entry *e)
{
	struct sending *s = ptxi_alloc(sizeof(*s));
	char path[160];

	if (!s)
		return false;
	s->d = d;
	snprintf(s->id, sizeof(s->id), "%s", e->id);
	snprintf(path, sizeof(path), PTXI_WIRE_DRONE_OUTCOMES "%s", e->id);
	e->is_sending = ptxi_drone_call(d, "POST", path, json_incref(e->outcome), on_sent, s);
	if (!e->is_sending)
		ptx_free(s);
	return e->is_sending;
}

void ptxi_drone_outcomes_send(struct drone *d)
{
	for (size_t i = 0; i < ptxi_journal_count(d->journal); i++) {
		struct ptxi_journal_entry *e = ptxi_journal_at(d->journal, i);

		if (!e->outcome || e->is_acked || e->is_sending)
			continue;
		if (d->is_ending || !d->calls)
			return;
		if (!send_one(d, e)) {
			resend_later(d);
			return;
		}
	}
}

static void on_resend(evutil_socket_t fd, short what, void *user)
{
	(void)fd, (void)what;
	ptxi_drone_outcomes_send(user);
}

static void log_outcome(struct drone *d, const char *id, const char *kind,
			const struct ptxi_wire_outcome *o)
{
	ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "request ended", PTXI_F("id", id),
		 PTXI_F("kind", kind), PTXI_F("state", ptxi_wire_state_name(o->state)),
		 PTXI_F_INT("status", o->exit_status), PTXI_F("error", o->error ? o->error : ""),
		 PTXI_F_END);
}

/* The end of a request that has begun. */
static void finish(struct drone_request *r, struct ptxi_wire_outcome *o)
{
	struct drone *d = r->d;
	struct ptx_error *e = NULL;

	o->started_unix = r->entry->started_unix;
	if (!o->ended_unix)
		o->ended_unix = ptxi_drone_now(d);
	if (ptxi_journal_end(d->journal, r->entry, o, &e) < 0)
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "an outcome was not written",
			 PTXI_F("id", r->id), PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	log_outcome(d, r->id, r->kind->name, o);
	d->running -= r->kind->has_cmd;
	request_free(r);
	ptxi_drone_outcomes_send(d);
	pump(d);
}

static void finish_failed(struct drone_request *r, const char *error)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_FAILED,
				       .exit_status = -1,
				       .error = error };

	finish(r, &o);
}

void ptxi_drone_request_end(struct drone *d, const char *id, struct ptxi_wire_outcome *o)
{
	struct ptxi_journal_entry *entry = ptxi_journal_find(d->journal, id);
	struct ptx_error *e = NULL;

	if (!entry || ptxi_wire_state_is_final(entry->state))
		return;
	o->started_unix = entry->started_unix;
	o->ended_unix = ptxi_drone_now(d);
	if (ptxi_journal_end(d->journal, entry, o, &e) < 0)
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "an outcome was not written",
			 PTXI_F("id", id), PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	log_outcome(d, id, entry->kind, o);
	ptxi_drone_outcomes_send(d);
}

/* One that does not run at all. */
static void refuse(struct drone *d, const char *id, const char *kind, const char *error)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_FAILED,
				       .exit_status = -1,
				       .error = error,
				       .started_unix = ptxi_drone_now(d),
				       .ended_unix = ptxi_drone_now(d) };
	struct ptx_error *e = NULL;

	log_outcome(d, id, kind, &o);
	if (ptxi_journal_refuse(d->journal, id, kind, &o, &e) < 0)
		ptxi_log(d->ctx, PTX_LOG_ERROR, "agent", "a request cannot be refused",
			 PTXI_F("id", id), PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
}

/* --- what requests do --- */

static void on_command(void *user, const struct ptxi_command_result *c)
{
	struct drone_request *r = user;
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_DONE,
				       .exit_status = c->exit_status,
				       .output = c->output,
				       .ended_unix = c->ended_unix };
	char error[120];

	r->command = NULL;
	if (c->timed_out)
		snprintf(error, sizeof(error),
			 "the command took longer than %" PRId64 " ms and was ended",
			 r->timeout_ms);
	else if (c->was_ended)
		snprintf(error, sizeof(error), "the command was ended because the machine stops");
	if (c->timed_out || c->was_ended)
		o.error = error;
	if (o.error || c->exit_status != 0)
		o.state = PTXI_REQUEST_FAILED;
	finish(r, &o);
}

static int do_run(struct drone_request *r, struct ptx_error **err)
{
	struct ptxi_command_opts o = { .cmd = r->cmd,
				       .timeout_ms = r->timeout_ms,
				       .max_output = MOST_OUTPUT,
				       .done = on_command,
				       .user = r };

	r->command = ptxi_command_start(r->d->commands, &o, err);
	return r->command ? 0 : PTX_E_UNAVAILABLE;
}

/* That confd runs is remembered: a Drone that starts again goes on with it. */
static void mark_running(struct drone *d)
{
	ptx_auto_str path = ptxi_path_join(d->config.data, RUNNING_MARK);
	struct ptx_error *e = NULL;
	int code = 0;

	if (!path)
		return;
	code = ptxi_confd_is_running(d->confd) ? ptxi_fs_write(path, ptxi_str(""), 0600, &e)
					       : ptxi_fs_remove(path, &e);
	if (code < 0)
		ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "cannot remember whether confd runs",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
}

static void on_confd(void *user, bool ok, const char *report)
{
	struct drone_request *r = user;
	struct ptxi_wire_outcome o = { .state = ok ? PTXI_REQUEST_DONE : PTXI_REQUEST_FAILED,
				       .exit_status = -1,
				       .output = report };

	if (!ok)
		o.error = r->kind->name[strlen("confd.st")] == 'o'
			      ? "confd was started again"
			      : "configuration files were not made";
	mark_running(r->d);
	finish(r, &o);
}

static int do_confd_start(struct drone_request *r, struct ptx_error **err)
{
	return ptxi_confd_start(r->d->confd, on_confd, r, err);
}

static int do_confd_stop(struct drone_request *r, struct ptx_error **err)
{
	return ptxi_confd_stop(r->d->confd, on_confd, r, err);
}

/* A moment's work, so it is not given to a process of its own. The type stands where other kinds
 * have their command. */
static int do_ssh_key(struct drone_request *r, struct ptx_error **err)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_DONE, .exit_status = -1 };
	ptx_auto_str comment = ptxi_asprintf("root@%s", r->d->config.instance);
	ptx_auto_buf line = { 0 };
	int code = 0;

	ptx_buf_init(&line, 16384);
	code = comment ? ptxi_ssh_key(r->d->config.ssh, r->cmd, comment, &line, err)
		       : ptx_fail(err, PTX_E_NOMEM, "no memory for a key");
	if (code < 0)
		return code;
	o.output = line.p;
	finish(r, &o);
	return 0;
}

static int do_health_start(struct drone_request *r, struct ptx_error **err)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_DONE, .exit_status = -1 };
	int code = ptxi_health_start(r->d->health, err);

	if (code == 0)
		finish(r, &o);
	return code;
}

static void on_health_stopped(void *user)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_DONE, .exit_status = -1 };

	finish(user, &o);
}

static int do_health_stop(struct drone_request *r, struct ptx_error **err)
{
	return ptxi_health_stop(r->d->health, on_health_stopped, r, err);
}

static void on_volumes(void *user, const struct ptx_error *e)
{
	struct drone_request *r = user;
	struct ptxi_wire_outcome o = { .state = e ? PTXI_REQUEST_FAILED : PTXI_REQUEST_DONE,
				       .exit_status = -1,
				       .error = e ? ptx_error_message(e) : NULL };

	if (r->d->config.volumes.n == 0)
		o.output =
		    "this instance has no volumes of its own to mount"; /* on containers the engine
									   has done it */
	finish(r, &o);
}

static int do_volume(struct drone_request *r, struct ptx_error **err)
{
	r->volumes = ptxi_volumes_prepare(&r->d->config.volumes, r->d->base, r->d->commands,
					  r->timeout_ms, on_volumes, r, err);
	return r->volumes ? 0 : PTX_E_CONFIG;
}

static void on_update(void *user, const struct ptx_error *e, const char *output)
{
	struct drone_request *r = user;
	struct ptxi_wire_outcome o = { .state = e ? PTXI_REQUEST_FAILED : PTXI_REQUEST_DONE,
				       .exit_status = -1,
				       .output = output,
				       .error = e ? ptx_error_message(e) : NULL };

	finish(r, &o);
}

static int do_update(struct drone_request *r, struct ptx_error **err)
{
	struct ptxi_wire_request q = {
		.id = r->id, .kind = r->kind, .statement = r->statement, .signature = r->signature
	};

	r->update = ptxi_drone_update_new(r->d, &q, on_update, r, err);
	return r->update ? 0 : PTX_E_FAILED;
}

static const struct {
	const char *kind;
	int (*start)(struct drone_request *r, struct ptx_error **err);
	bool has_timeout; /* of its own */
} actions[] = {
	{ "agent.update", do_update, false },     { "confd.start", do_confd_start, false },
	{ "confd.stop", do_confd_stop, false },   { "health.start", do_health_start, false },
	{ "health.stop", do_health_stop, false }, { "run", do_run, true },
	{ "ssh.key", do_ssh_key, false },         { "volume", do_volume, false },
};

static void on_timeout(evutil_socket_t fd, short what, void *user)
{
	struct drone_request *r = user;
	char error[160];

	(void)fd, (void)what;
	ptxi_confd_forget(r->d->confd, r);
	ptxi_health_forget(r->d->health, r);
	mark_running(r->d);
	snprintf(error, sizeof(error), "not done within %" PRId64 " ms%s", r->timeout_ms,
		 r->d->view.ready ? "" : ": there is no metadata for this instance");
	finish_failed(r, error);
}

/* Starts one, or refuses it; it may be gone afterwards. */
static void begin(struct drone_request *r)
{
	struct drone *d = r->d;
	enum ptxi_drone_state state =
	    ptxi_confd_is_running(d->confd) ? PTXI_DRONE_RUNNING : PTXI_DRONE_STOPPED;
	struct timeval tv = { (time_t)(r->timeout_ms / 1000),
			      (suseconds_t)(r->timeout_ms % 1000 * 1000) };
	struct ptx_error *e = NULL;
	size_t i = 0;
	char error[256];

	while (i < PTXI_COUNT(actions) && strcmp(actions[i].kind, r->kind->name) != 0)
		i++;
	if (i == PTXI_COUNT(actions) || !(r->kind->states & (unsigned)state)) {
		snprintf(error, sizeof(error), "'%s' is not possible while confd is %s",
			 r->kind->name, ptxi_drone_state_name(state));
		refuse(d, r->id, r->kind->name, error);
		request_free(r);
		return;
	}
	r->entry = ptxi_journal_begin(d->journal, r->id, r->kind->name, &e);
	if (!r->entry) {
		refuse(d, r->id, r->kind->name, ptx_error_message(e));
		ptx_error_free(e);
		request_free(r);
		return;
	}
	d->running += r->kind->has_cmd;
	ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "request", PTXI_F("id", r->id),
		 PTXI_F("kind", r->kind->name), PTXI_F_END);
	if (!actions[i].has_timeout) {
		r->timer = event_new(d->base, -1, 0, on_timeout, r);
		if (r->timer)
			event_add(r->timer, &tv);
	}
	if (actions[i].start(r, &e) < 0) {
		finish_failed(r, e ? ptx_error_message(e) : "failed");
		ptx_error_free(e);
	}
}

static void pump(struct drone *d)
{
	struct drone_request *r = d->requests;
	bool any_refused = false;

	while (r && !d->is_ending) {
		struct drone_request *next = r->next;

		if (!r->entry && (!r->kind->has_cmd || d->running < MOST_RUNNING)) {
			begin(r); /* may end at once, and others with it through pump(): look from
				     the start */
			any_refused = true;
			next = d->requests;
		}
		r = next;
	}
	if (any_refused)
		ptxi_drone_outcomes_send(d);
}

/* --- what is asked --- */

static struct drone_request *find_request(struct drone *d, const char *id)
{
	struct drone_request *r = d->requests;

	while (r && strcmp(r->id, id) != 0)
		r = r->next;
	return r;
}

static void take_one(struct drone *d, const json_t *j)
{
	struct ptxi_wire_request q = { .id = NULL };
	struct ptx_error *e = NULL;
	int code = ptxi_wire_request_read(j, &q, &e);
	const char *id = json_string_value(json_object_get(j, "id"));
	struct ptxi_journal_entry *known = NULL;
	struct drone_request **end = &d->requests;
	struct drone_request *r = NULL;

	if (!id || !ptxi_wire_id_ok(ptxi_str(id))) {
		ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "a request has no id", PTXI_F_END);
		ptx_error_free(e);
		return;
	}
	known = ptxi_journal_find(d->journal, id);
	if (known && ptxi_wire_state_is_final(known->state))
		ptxi_journal_unack(d->journal, known);
	if (known || find_request(d, id)) {
		ptx_error_free(e);
		return;
	}
	if (code < 0) {
		refuse(d, id, "", ptx_error_message(e));
		ptx_error_free(e);
		return;
	}
	r = ptxi_alloc(sizeof(*r));
	if (r && q.cmd)
		r->cmd = ptxi_strdup(q.cmd);
	if (r && q.statement) {
		r->statement = ptxi_strdup(q.statement);
		r->signature = ptxi_strdup(q.signature);
	}
	if (!r || (q.cmd && !r->cmd) ||
	    (q.statement && (!r->statement || !r->signature))) { /* it is in the next list again */
		if (r) {
			ptx_free(r->cmd);
			ptx_free(r->statement);
			ptx_free(r->signature);
		}
		ptx_free(r);
		return;
	}
	r->d = d;
	snprintf(r->id, sizeof(r->id), "%s", id);
	r->kind = q.kind;
	r->timeout_ms = q.timeout_ms;
	while (*end)
		end = &(*end)->next;
	*end = r;
}

static bool is_in(const json_t *list, const char *id)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_object_get(json_array_get(list, i), "id"));

		if (s && strcmp(s, id) == 0)
			return true;
	}
	return false;
}

void ptxi_drone_requests_take(struct drone *d, const json_t *list)
{
	struct drone_request *r = d->requests;

	while (r) {
		struct drone_request *next = r->next;

		if (!r->entry && !is_in(list, r->id))
			request_free(r);
		r = next;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		take_one(d, json_array_get(list, i));
	ptxi_drone_outcomes_send(d);
	pump(d);
}

/* --- another program goes on --- */

json_t *ptxi_drone_requests_save(struct drone *d, json_t *fds)
{
	json_t *list = json_array();
	size_t n = 0;

	for (const struct drone_request *r = d->requests; r && list; r = r->next) {
		json_t *command = r->command ? ptxi_command_save(r->command, fds) : NULL;

		if (!r->entry || r->update)
			continue; /* it waits, and is in Frontgate's next list; or it is what is
				     going on here */
		if (!command ||
		    json_array_append_new(list, json_pack("{s:s, s:I, s:o}", "id", r->id,
							  "timeout_ms", (json_int_t)r->timeout_ms,
							  "command", command)) != 0) {
			json_decref(list);
			return NULL;
		}
		n++;
	}
	if (n == ptxi_commands_running(d->commands))
		return list;
	json_decref(list); /* confd's or a volume's */
	return NULL;
}

static void adopt(struct drone *d, const json_t *saved)
{
	const char *id = json_string_value(json_object_get(saved, "id"));
	struct ptxi_journal_entry *entry = id ? ptxi_journal_find(d->journal, id) : NULL;
	struct drone_request *r =
	    entry && entry->state == PTXI_REQUEST_RUNNING ? ptxi_alloc(sizeof(*r)) : NULL;
	struct ptxi_command_opts o = { .max_output = MOST_OUTPUT, .done = on_command, .user = r };
	struct ptxi_wire_outcome unknown = { .state = PTXI_REQUEST_UNKNOWN,
					     .exit_status = -1,
					     .error = "another program of the Drone ended while "
						      "this ran; what became of it is not known" };
	json_int_t fd =
	    json_integer_value(json_object_get(json_object_get(saved, "command"), "fd"));
	struct ptx_error *e = NULL;

	if (r) {
		r->command =
		    ptxi_command_adopt(d->commands, json_object_get(saved, "command"), &o, &e);
	} else if (fd > 2) {
		close((int)fd);
	}
	if (r && r->command) {
		r->d = d;
		snprintf(r->id, sizeof(r->id), "%s", id);
		r->kind = ptxi_wire_kind_find(PTXI_STR("run"));
		r->timeout_ms = json_integer_value(json_object_get(saved, "timeout_ms"));
		r->entry = entry;
		r->next = d->requests;
		d->requests = r;
		d->running++;
		return;
	}
	ptx_free(r);
	ptx_error_free(e);
	if (id)
		ptxi_drone_request_end(d, id, &unknown);
}

void ptxi_drone_requests_adopt(struct drone *d, const json_t *commands)
{
	for (size_t i = json_array_size(commands); i > 0; i--)
		adopt(d, json_array_get(commands, i - 1));
}

int ptxi_drone_requests_new(struct drone *d, const json_t *alive, struct ptx_error **err)
{
	ptx_auto_str folder = ptxi_path_join(d->config.data, "requests");
	ptx_auto_str mark = ptxi_path_join(d->config.data, RUNNING_MARK);

	d->resend = event_new(d->base, -1, 0, on_resend, d);
	if (!folder || !mark || !d->resend)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for requests");
	d->journal = ptxi_journal_open(folder, d->ctx, alive, err);
	if (!d->journal)
		return PTX_E_IO;
	return ptxi_fs_exists(mark) ? ptxi_confd_start(d->confd, NULL, NULL, err) : 0;
}

void ptxi_drone_requests_done(struct drone *d)
{
	while (d->requests)
		request_free(d->requests);
	if (d->resend)
		event_free(d->resend);
	d->resend = NULL;
}
