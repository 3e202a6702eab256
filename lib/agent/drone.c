/* SPDX-License-Identifier: Apache-2.0 */
/* drone.c - the Drone: its configuration, its line to Frontgate, its beginning and end.
 *
 *     no certificate -> enrol -+-> watch: lines of metadata and requests --- ends ---+
 *           ^                  |                                                      |
 *           +-- it has ended --+------------- after a while, with jitter <-----------+
 *
 * Frontgate may be gone for any time: what is configured and runs stays as it is, and the first
 * line of the next watch is a whole view. Heartbeats go their own way and say that we live. As pid
 * 1 all processes of the machine are ours to reap, and to end when it is stopped. The time between
 * two tries doubles up to most_wait_ms; each is shortened by up to a half at random, so that a
 * thousand Drones do not come back at once.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_priv.h"

#include <malloc.h>
#include <signal.h>

#include "../base/fs.h"
#include "../base/rand.h"

#define FIRST_WAIT_MS            250
#define CALL_MS                  15000
#define FAILURES_UNTIL_ENROLMENT 3
#define MOST_TROUBLE             1000

int64_t ptxi_drone_now(const struct drone *d)
{
	return ptxi_ctx_now(d->ctx) / PTXI_NS_PER_S;
}

static void arm(struct event *e, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(e, &tv);
}

/* --- calls --- */

int ptxi_drone_answer(const struct ptxi_answer *answer, const struct ptx_error *e,
		      struct ptx_error **err)
{
	if (!answer) {
		struct ptx_error *copy = ptxi_error_copy(e);
		int code = ptx_error_code(e);

		if (err)
			*err = copy;
		else
			ptx_error_free(copy);
		return code;
	}
	return answer->status == 200 ? 0 : ptxi_wire_error_read(answer->status, answer->body, err);
}

bool ptxi_drone_call(struct drone *d, const char *method, const char *path, json_t *j,
		     ptxi_done_fn done, void *user)
{
	ptx_auto_buf body = { 0 };
	struct ptxi_call_opts o = { .method = method,
				    .path = path,
				    .timeout_ms = CALL_MS,
				    .repeatable = true,
				    .done = done,
				    .user = user };
	struct ptx_error *e = NULL;
	bool ok = d->calls != NULL;

	ptx_buf_init(&body, 0);
	if (ok && j)
		ok = ptxi_wire_format(j, &body);
	json_decref(j);
	if (!ok)
		return false;
	o.body = ptx_buf_str(&body);
	if (ptxi_client_send(d->calls, &o, &e))
		return true;
	ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "cannot ask Frontgate", PTXI_F("path", path),
		 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	return false;
}

/* --- the line to Frontgate --- */

void ptxi_drone_retry(struct drone *d, const char *what, const struct ptx_error *e)
{
	uint32_t random = 0;
	int64_t ms = 0;

	if (d->is_ending)
		return;
	if (what && e &&
	    strcmp(d->last_trouble, ptx_error_message(e)) !=
		0) { /* an hour of the same is one line */
		snprintf(d->last_trouble, sizeof(d->last_trouble), "%s", ptx_error_message(e));
		ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "Frontgate is not reached, trying again",
			 PTXI_F("to", what), PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	}
	if (what) {
		ptxi_rand_bytes(&random, sizeof(random));
		d->wait_ms = d->wait_ms ? d->wait_ms * 2 : FIRST_WAIT_MS;
		if (d->wait_ms > d->config.most_wait_ms)
			d->wait_ms = d->config.most_wait_ms;
		ms = d->wait_ms - d->wait_ms / 2 * (int64_t)(random >> 16) / 65536;
	}
	arm(d->retry, ms);
}

static int on_line(void *user, struct ptx_str line)
{
	struct drone *d = user;
	enum ptxi_view_news news = PTXI_VIEW_PING;
	json_t *requests = NULL;
	struct ptx_error *e = NULL;
	int code = ptxi_view_line(&d->view, line, &news, &requests, &e);

	if (d->is_ending) {
		json_decref(requests);
		ptx_error_free(e);
		return PTX_E_CANCELED;
	}
	if (code < 0) {
		ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "a line of the watch is not understood",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
		ptx_error_free(e);
		return code;
	}
	if (d->last_trouble[0] || d->wait_ms || !d->is_watching) {
		d->last_trouble[0] = '\0';
		d->wait_ms = 0;
		d->is_watching = true;
		d->failures = 0;
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "watching",
			 PTXI_F("frontgate", d->config.ip), PTXI_F_END);
		arm(d->beat, 0);
		ptxi_drone_upgrade_healthy(d);
	}
	if (news == PTXI_VIEW_CHANGED) {
		ptxi_confd_changed(d->confd);
		ptxi_health_changed(d->health);
	}
	if (news == PTXI_VIEW_REQUESTS)
		ptxi_drone_requests_take(d, requests);
	json_decref(requests);
	return 0;
}

static void on_watch_end(void *user, const struct ptxi_answer *answer,
			 const struct ptx_error *failure)
{
	struct drone *d = user;
	struct ptx_error *e = NULL;
	int code = ptxi_drone_answer(answer, failure, &e);

	d->watch = NULL;
	d->is_watching = false;
	if (!e)
		ptx_fail(&e, PTX_E_UNAVAILABLE, "Frontgate ended the watch");
	/* A certificate that has ended, or that Frontgate does not take (it may have another
	 * intermediate by now): the key is the same, and so it gets a new one. */
	if (code == PTX_E_AUTH || code == PTX_E_UNTRUSTED || code == PTX_E_DENIED)
		d->failures++;
	if (!ptxi_drone_is_enrolled(d) || d->failures >= FAILURES_UNTIL_ENROLMENT) {
		ptxi_drone_forget_certificate(d);
		d->failures = 0;
	}
	ptxi_drone_retry(d, "watch", e);
	ptx_error_free(e);
}

/* Clients with the certificate of now. */
static int connect_clients(struct drone *d, struct ptx_error **err)
{
	SSL_CTX *tls = ptxi_drone_tls(d, err);
	char name[PTXI_PKI_NAME_MAX];
	struct ptxi_client_opts o = { .base = d->base,
				      .ip = d->config.ip,
				      .port = d->config.port,
				      .tls = tls,
				      .tls_name = name,
				      .source_ip = d->config.source_ip,
				      .connections = 2,
				      .max_body = PTXI_WIRE_MAX_DRONE_BODY };

	if (!tls)
		return PTX_E_UNTRUSTED;
	ptxi_pki_name("frontgate", d->config.vpc, name);
	if (!d->calls)
		d->calls = ptxi_client_new(&o, err);
	else
		ptxi_client_set_tls(d->calls, tls);
	o.connections = 1;
	o.max_body = PTXI_WIRE_MAX_BODY;
	if (d->calls && !d->watcher)
		d->watcher = ptxi_client_new(&o, err);
	else if (d->watcher)
		ptxi_client_set_tls(d->watcher, tls);
	SSL_CTX_free(tls);
	return d->calls && d->watcher ? 0 : PTX_E_NOMEM;
}

void ptxi_drone_connect(struct drone *d)
{
	struct ptxi_call_opts o = { .method = "GET",
				    .path = PTXI_WIRE_DRONE_WATCH,
				    .timeout_ms = 3 * PTXI_WIRE_PING_MS,
				    .line = on_line,
				    .done = on_watch_end,
				    .user = d };
	struct ptx_error *e = NULL;

	if (d->is_ending || d->watch)
		return;
	if (!ptxi_drone_is_enrolled(d)) {
		ptxi_drone_enrol(d);
		return;
	}
	if (connect_clients(d, &e) == 0)
		d->watch = ptxi_client_send(d->watcher, &o, &e);
	if (!d->watch)
		ptxi_drone_retry(d, "watch", e);
	ptx_error_free(e);
}

static void on_retry(evutil_socket_t fd, short what, void *user)
{
	(void)fd, (void)what;
	ptxi_drone_connect(user);
}

/* --- heartbeats --- */

static void on_beaten(void *user, const struct ptxi_answer *answer, const struct ptx_error *failure)
{
	struct drone *d = user;

	d->is_beating = false;
	if (!d->is_ending && answer && answer->status == 200 && d->is_watching)
		ptxi_drone_outcomes_send(d);
	(void)failure;
}

/* The first line of what is wrong with a file, as valid UTF-8 that is not too long; else what the
 * health check says. */
static json_t *health_of(const struct drone *d)
{
	const char *trouble = ptxi_confd_trouble(d->confd);
	size_t n = trouble ? strcspn(trouble, "\n") : 0;

	if (!trouble && !ptxi_health_status(d->health))
		return NULL;
	if (!trouble)
		return json_pack("{s:s, s:s, s:s*}", "status", ptxi_health_status(d->health),
				 "reason", ptxi_health_output(d->health), "action",
				 ptxi_health_action(d->health));
	if (n > MOST_TROUBLE)
		n = MOST_TROUBLE;
	while (n > 0 && ((unsigned char)trouble[n] & 0xC0) == 0x80)
		n--;
	return json_pack("{s:s, s:s%}", "status", "unhealthy", "reason", trouble, n);
}

static void on_beat(evutil_socket_t fd, short what, void *user)
{
	struct drone *d = user;
	json_t *j = NULL;
	json_t *health = NULL;

	(void)fd, (void)what;
	arm(d->beat, d->config.beat_ms);
	ptxi_drone_identity_tick(d);
	if (++d->beats % 16 == 0)
		malloc_trim(0);
	if (d->is_beating || !ptxi_drone_is_enrolled(d) || !d->calls)
		return;
	j = json_pack("{s:s, s:s, s:s}", "version", PACKAGE_VERSION, "build", d->upgrade.own_sha256,
		      "confd",
		      ptxi_drone_state_name(ptxi_confd_is_running(d->confd) ? PTXI_DRONE_RUNNING
									    : PTXI_DRONE_STOPPED));
	health = health_of(d);
	if (j && health)
		json_object_set(j, "health", health);
	json_decref(health);
	d->is_beating = ptxi_drone_call(d, "POST", PTXI_WIRE_DRONE_BEAT, j, on_beaten, d);
}

/* A change of health is not kept until the next heartbeat is due. */
static void on_turned(void *user)
{
	struct drone *d = user;

	if (!d->is_ending)
		arm(d->beat, 0);
}

/* --- configuration --- */

/* A text with a default, copied; NULL with *err set. */
static char *text_or(const json_t *j, const char *name, const char *fallback,
		     struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	const char *s = ptxi_wire_text(j, name, 4096, &e);
	char *copy = NULL;

	if (e) {
		*err = e;
		return NULL;
	}
	if (!s && !fallback) {
		ptx_fail(err, PTX_E_CONFIG, "'%s' is missing", name);
		return NULL;
	}
	copy = ptxi_strdup(s ? s : fallback);
	if (!copy)
		ptx_fail(err, PTX_E_NOMEM, "no memory for the configuration");
	return copy;
}

static int64_t number_or(const json_t *j, const char *name, int64_t fallback, int64_t min,
			 int64_t max)
{
	const json_t *v = json_object_get(j, name);
	int64_t n = json_is_integer(v) ? json_integer_value(v) : fallback;

	return n < min ? min : n > max ? max : n;
}

static int check_config(const struct drone_config *c, struct ptx_error **err)
{
	if (!ptxi_wire_label_ok(ptxi_str(c->vpc)))
		return ptx_fail(err, PTX_E_CONFIG, "'%s' is no name of a VPC", c->vpc);
	if (!ptxi_wire_instance_ok(ptxi_str(c->instance)))
		return ptx_fail(err, PTX_E_CONFIG, "'%s' is no name of an instance", c->instance);
	if (strlen(c->ca_sha256) != 64 || strspn(c->ca_sha256, "0123456789abcdef") != 64)
		return ptx_fail(err, PTX_E_CONFIG, "'ca_sha256' is no digest");
	if (strcmp(c->confd_prefix, "/self") != 0 && strcmp(c->confd_prefix, "/") != 0)
		return ptx_fail(err, PTX_E_CONFIG, "'confd_prefix' is neither '/self' nor '/'");
	return 0;
}

static int read_config(struct drone_config *c, const json_t *j, struct ptx_error **err)
{
	struct {
		char **to;
		const char *name;
		const char *fallback;
	} texts[] = {
		{ &c->vpc, "vpc", NULL },
		{ &c->instance, "instance", NULL },
		{ &c->ca_sha256, "ca_sha256", NULL },
		{ &c->token, "token", PTXI_WIRE_FILE_TOKEN },
		{ &c->data, "data", "/var/lib/pitrix" },
		{ &c->confd, "confd", "/etc/confd" },
		{ &c->confd_prefix, "confd_prefix", "/self" },
		{ &c->ssh, "ssh", "/root/.ssh" },
		{ &c->source_ip, "source_ip", "" },
	};
	const char *address = NULL;

	if (json_integer_value(json_object_get(j, "version")) != 1)
		return ptx_fail(err, PTX_E_CONFIG, "the configuration is not of version 1");
	for (size_t i = 0; i < PTXI_COUNT(texts); i++) {
		*texts[i].to = text_or(j, texts[i].name, texts[i].fallback, err);
		if (!*texts[i].to)
			return PTX_E_CONFIG;
	}
	address = ptxi_wire_need(j, "frontgate", 64, err);
	if (!address)
		return PTX_E_CONFIG;
	if (!ptxi_wire_address(ptxi_str(address), c->ip, &c->port))
		return ptx_fail(err, PTX_E_CONFIG, "'%s' is no numeric address with a port",
				address);
	if (!*c->source_ip) {
		ptx_free(c->source_ip);
		c->source_ip = NULL;
	}
	c->beat_ms = number_or(j, "beat_ms", PTXI_WIRE_BEAT_MS, 50, 60000);
	c->stop_ms = number_or(j, "stop_ms", 8000, 0, 600000);
	c->most_wait_ms = number_or(j, "max_wait_ms", 15000, 50, 600000);
	c->retry_ms = number_or(j, "confd_retry_ms", 30000, 50, 3600000);
	c->trial_ms = number_or(j, "update_trial_ms", PTXI_UPGRADE_TRIAL_MS, 500, 600000);
	c->second_ms = number_or(j, "health_second_ms", 1000, 1, 1000);
	if (ptxi_volumes_read(&c->volumes, json_object_get(j, "volumes"), err) < 0)
		return PTX_E_CONFIG;
	return check_config(c, err);
}

static int load_config(struct drone_config *c, const char *path, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse_file(path, err);
	int code = j ? read_config(c, j, err) : PTX_E_CONFIG;

	json_decref(j);
	return code < 0 ? ptx_wrap(err, "while reading the configuration '%s'", path) : 0;
}

static void config_done(struct drone_config *c)
{
	ptx_free(c->vpc);
	ptx_free(c->instance);
	ptx_free(c->ca_sha256);
	ptx_free(c->token);
	ptx_free(c->data);
	ptx_free(c->confd);
	ptx_free(c->confd_prefix);
	ptx_free(c->ssh);
	ptx_free(c->source_ip);
	ptxi_volumes_done(&c->volumes);
}

/* --- beginning and end --- */

static void on_all_ended(void *user)
{
	struct drone *d = user;

	event_base_loopbreak(d->base);
}

static void on_end(evutil_socket_t fd, short what, void *user)
{
	struct drone *d = user;

	(void)fd, (void)what;
	if (d->is_ending)
		return;
	d->is_ending = true;
	ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "ending", PTXI_F_END);
	event_del(d->beat);
	event_del(d->retry);
	ptxi_takeover_settle(); /* nobody comes back to a machine that stops */
	ptxi_commands_end(d->commands, d->config.stop_ms, on_all_ended, d);
}

static int start_signals(struct drone *d, struct ptx_error **err)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT };

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (size_t i = 0; i < PTXI_COUNT(numbers); i++) {
		d->ends[i] = evsignal_new(d->base, numbers[i], on_end, d);
		if (!d->ends[i] || event_add(d->ends[i], NULL) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for signals");
	}
	d->retry = event_new(d->base, -1, 0, on_retry, d);
	d->beat = event_new(d->base, -1, 0, on_beat, d);
	return d->retry && d->beat ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for timers");
}

static int start(struct drone *d, const char *config, struct ptx_error **err)
{
	struct ptxi_confd_opts c = { .base = NULL };
	json_t *alive = NULL;
	struct ptxi_health_opts h = { .base = NULL };
	int code = load_config(&d->config, config, err);

	if (code < 0)
		return code;
	if (ptxi_fs_mkdirs(d->config.data, 0700, err) < 0)
		return ptx_wrap(err, "while making the data folder");
	code = ptxi_drone_upgrade_open(d, err);
	if (code < 0)
		return code;
	d->base = event_base_new();
	if (!d->base)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the Drone");
	d->commands = ptxi_commands_new(d->base, d->ctx, err);
	if (!d->commands || start_signals(d, err) < 0)
		return PTX_E_NOMEM;
	c = (struct ptxi_confd_opts){ .base = d->base,
				      .ctx = d->ctx,
				      .commands = d->commands,
				      .view = &d->view,
				      .folder = d->config.confd,
				      .prefix = d->config.confd_prefix,
				      .retry_ms = d->config.retry_ms };
	h = (struct ptxi_health_opts){ .base = d->base,
				       .ctx = d->ctx,
				       .commands = d->commands,
				       .view = &d->view,
				       .folder = d->config.data,
				       .second_ms = d->config.second_ms,
				       .turned = on_turned,
				       .user = d };
	d->confd = ptxi_confd_new(&c, err);
	d->health = d->confd ? ptxi_health_new(&h, err) : NULL;
	if (!d->health)
		return PTX_E_NOMEM;
	code = ptxi_drone_identity_load(d, err);
	alive = ptxi_drone_upgrade_alive(d);
	if (code == 0)
		code = ptxi_drone_requests_new(d, alive, err);
	json_decref(alive);
	if (code == 0)
		code = ptxi_drone_upgrade_resume(d, err);
	if (code == 0) {
		arm(d->retry, 0);
		arm(d->beat, d->config.beat_ms);
	}
	return code;
}

static void drone_done(struct drone *d)
{
	d->is_ending = true;
	ptxi_client_free(d->watcher);
	ptxi_client_free(d->calls);
	d->calls = NULL;
	ptxi_drone_identity_done(d);
	ptxi_drone_requests_done(d);
	ptxi_drone_upgrade_done(d);
	ptxi_health_free(d->health);
	ptxi_confd_free(d->confd);
	ptxi_commands_free(d->commands);
	if (d->journal)
		ptxi_journal_close(d->journal);
	ptxi_view_done(&d->view);
	for (size_t i = 0; i < PTXI_COUNT(d->ends); i++)
		if (d->ends[i])
			event_free(d->ends[i]);
	if (d->retry)
		event_free(d->retry);
	if (d->beat)
		event_free(d->beat);
	if (d->base)
		event_base_free(d->base);
	config_done(&d->config);
}

int ptxi_drone_check(struct ptx_ctx *ctx, const char *config, const json_t *state,
		     struct ptx_error **err)
{
	struct drone d = { .ctx = ctx };
	const json_t *data = json_object_get(state, "data");
	int code = load_config(&d.config, config, err);

	if (code == 0 && (!json_is_array(json_object_get(data, "commands")) ||
			  !json_is_array(json_object_get(data, "sinks"))))
		code = ptx_fail(err, PTX_E_INVALID, "the state has no commands or pipes");
	config_done(&d.config);
	return code;
}

int ptxi_drone_run(struct ptx_ctx *ctx, const char *config, struct ptx_error **err)
{
	struct drone d = { .ctx = ctx, .config_path = config };
	struct ptx_error *e = NULL;
	int code = 0;

	mallopt(M_TRIM_THRESHOLD, 64 << 10);
	mallopt(M_MMAP_THRESHOLD, 64 << 10);
	code = start(&d, config, &e);
	if (!e) {
		ptxi_log(ctx, PTX_LOG_INFO, "agent", "the Drone is up",
			 PTXI_F("instance", d.config.instance), PTXI_F("frontgate", d.config.ip),
			 PTXI_F_INT("pid", getpid()), PTXI_F_END);
		event_base_dispatch(d.base);
	} else {
		ptxi_takeover_give_up(
		    ptx_error_message(e)); /* children and their pipes are as they were */
	}
	drone_done(&d);
	if (!e)
		return 0;
	if (err)
		*err = e;
	else
		ptx_error_free(e);
	return code;
}
