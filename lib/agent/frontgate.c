/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate.c - the process: configuration, routes, signals, the tick, and how answers are given.
 *
 * Everything runs in one thread on one event loop: the server, etcd's process, the copy of the
 * store. A request is decided from the copy; what it writes is a transaction on the condition that
 * what was looked at is still so, and the answer follows once the copy has it. The server listens
 * from the start; while the store is away whatever needs it is answered with 503, and Drones keep
 * what they have.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../base/fs.h"
#include "../base/path.h"

#define DENIED_EVENT_MS 1000

int64_t ptxi_fg_now(const struct frontgate *fg)
{
	return ptxi_ctx_now(fg->ctx) / PTXI_NS_PER_S;
}

/* --- answers --- */

void ptxi_fg_reply(struct ptxi_exchange *x, json_t *j)
{
	struct ptx_buf body;

	ptx_buf_init(&body, 0);
	if (ptxi_wire_format(j, &body))
		ptxi_exchange_reply(x, 200, ptx_buf_str(&body));
	else
		ptxi_fg_fail(x, PTX_E_NOMEM, "no memory for an answer");
	ptx_buf_done(&body);
	json_decref(j);
}

void ptxi_fg_reply_error(struct ptxi_exchange *x, const struct ptx_error *e)
{
	struct ptx_buf body;

	ptx_buf_init(&body, 0);
	ptxi_wire_error_format(ptx_error_code(e), ptx_error_message(e), &body);
	ptxi_exchange_reply(x, ptxi_wire_http_status(ptx_error_code(e)), ptx_buf_str(&body));
	ptx_buf_done(&body);
}

void ptxi_fg_fail(struct ptxi_exchange *x, int code, const char *fmt, ...)
{
	struct ptx_buf message;
	struct ptx_buf body;
	va_list ap;

	ptx_buf_init(&message, 0);
	ptx_buf_init(&body, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&message, fmt, ap);
	va_end(ap);
	ptxi_wire_error_format(code, ptx_buf_ok(&message) ? message.p : "no memory", &body);
	ptxi_exchange_reply(x, ptxi_wire_http_status(code), ptx_buf_str(&body));
	ptx_buf_done(&message);
	ptx_buf_done(&body);
}

struct reply {
	struct ptxi_exchange *x; /* NULL: the peer went away meanwhile */
	json_t *j;
};

static void on_peer_gone(struct ptxi_exchange *x, void *user)
{
	struct reply *r = user;

	(void)x;
	r->x = NULL;
}

static void on_committed(int code, const struct ptx_error *e, void *user)
{
	struct reply *r = user;

	if (r->x)
		ptxi_exchange_on_close(r->x, NULL, NULL);
	if (r->x && code == 0)
		ptxi_fg_reply(r->x, json_incref(r->j));
	else if (r->x)
		ptxi_fg_reply_error(r->x, e);
	json_decref(r->j);
	ptx_free(r);
}

void ptxi_fg_commit(struct frontgate *fg, struct ptxi_exchange *x, struct ptxi_txn *t, json_t *j)
{
	struct reply *r = ptxi_alloc(sizeof(*r));

	if (!r) {
		ptxi_txn_free(t);
		json_decref(j);
		ptxi_fg_fail(x, PTX_E_NOMEM, "no memory for a transaction");
		return;
	}
	*r = (struct reply){ x, j };
	ptxi_exchange_on_close(x, on_peer_gone, r);
	ptxi_mirror_commit(fg->mirror, t, on_committed, r);
}

/* Hostile Drones may be denied often: each is logged, one a second becomes an event, with how many
 * more there were. */
void ptxi_fg_deny(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		  const struct ptx_error *e)
{
	int64_t now_ms = ptxi_time_mono_ms();
	char text[600];

	ptxi_log(fg->ctx, PTX_LOG_WARN, "agent", "denied", PTXI_F("from", ptxi_exchange_ip(x)),
		 PTXI_F("instance", instance ? instance : "-"),
		 PTXI_F("path", ptxi_exchange_path(x)), PTXI_F("why", ptx_error_message(e)),
		 PTXI_F_END);
	if (now_ms - fg->denied_ms >= DENIED_EVENT_MS) {
		snprintf(text, sizeof(text), "%.400s (from %s", ptx_error_message(e),
			 ptxi_exchange_ip(x));
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 fg->denied_more ? ", and %u more)" : ")", fg->denied_more);
		fg->denied_ms = now_ms;
		fg->denied_more = 0;
		ptxi_fg_event(fg, "denied", instance, text);
	} else {
		fg->denied_more++;
	}
	ptxi_fg_reply_error(x, e);
}

/* --- routes --- */

#define SMALL ((size_t)16 << 10)

static const struct ptxi_route routes[] = {
	{ "GET", PTXI_WIRE_PILOT_PING, 0, false, ptxi_fg_ping },
	{ "GET", PTXI_WIRE_PILOT_STATUS, 0, false, ptxi_fg_status },
	{ "GET", PTXI_WIRE_PILOT_EVENTS, 0, false, ptxi_fg_events },
	{ "PUT", PTXI_WIRE_PILOT_INSTANCES, SMALL, false, ptxi_fg_instance_put },
	{ "DELETE", PTXI_WIRE_PILOT_INSTANCES, 0, false, ptxi_fg_instance_delete },
	{ "GET", PTXI_WIRE_PILOT_CLUSTERS, 0, false, ptxi_fg_cluster_get },
	{ "PUT", PTXI_WIRE_PILOT_CLUSTERS, PTXI_WIRE_MAX_BODY, false, ptxi_fg_cluster_put },
	{ "DELETE", PTXI_WIRE_PILOT_CLUSTERS, 0, false, ptxi_fg_cluster_delete },
	{ "GET", PTXI_WIRE_PILOT_REQUESTS, 0, false, ptxi_fg_request_get },
	{ "PUT", PTXI_WIRE_PILOT_REQUESTS, PTXI_WIRE_MAX_DRONE_BODY, false, ptxi_fg_request_put },
	{ "POST", PTXI_WIRE_PILOT_INTERMEDIATE, SMALL, false, ptxi_fg_intermediate_request },
	{ "PUT", PTXI_WIRE_PILOT_INTERMEDIATE, SMALL, false, ptxi_fg_intermediate_put },
	{ "PUT", PTXI_WIRE_PILOT_AGENTS, PTXI_WIRE_MAX_DRONE_BODY, false, ptxi_fg_agent_put },
	{ "POST", PTXI_WIRE_DRONE_ENROL, SMALL, true, ptxi_fg_enrol },
	{ "POST", PTXI_WIRE_DRONE_RENEW, SMALL, false, ptxi_fg_renew },
	{ "GET", PTXI_WIRE_DRONE_WATCH, 0, false, ptxi_fg_watch },
	{ "GET", PTXI_WIRE_DRONE_GET, 0, false, ptxi_fg_get },
	{ "GET", PTXI_WIRE_DRONE_AGENT, 0, false, ptxi_fg_agent_get },
	{ "POST", PTXI_WIRE_DRONE_BEAT, SMALL, false, ptxi_fg_beat },
	{ "POST", PTXI_WIRE_DRONE_OUTCOMES, PTXI_WIRE_MAX_DRONE_BODY, false, ptxi_fg_outcome },
	{ NULL, NULL, 0, false, NULL },
};

/* --- the store --- */

static void on_etcd_news(enum ptxi_etcd_news news, const char *text, void *user)
{
	struct frontgate *fg = user;

	switch (news) {
	case PTXI_ETCD_IS_UP:
		ptxi_mirror_connect(fg->mirror);
		break;
	case PTXI_ETCD_DIED:
		ptxi_mirror_disconnect(fg->mirror);
		ptxi_fg_event(fg, "etcd.died", NULL, text);
		break;
	case PTXI_ETCD_BROKEN:
		ptxi_fg_event(fg, "etcd.broken", NULL, text);
		break;
	case PTXI_ETCD_ENDED:
		event_base_loopbreak(fg->base);
		break;
	}
}

static void on_mirror_ready(bool is_ready, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	size_t from = 0;
	size_t end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_EVENT), &from);
	int64_t last = 0;

	if (!is_ready || fg->is_ending)
		return;
	ptxi_etcd_ready(fg->etcd);
	if (end > from &&
	    ptxi_parse_i64(ptxi_str(kv->v[end - 1].key + strlen(PTXI_WIRE_EVENT)), &last, 0,
			   INT64_MAX) &&
	    last > fg->last_event)
		fg->last_event = last;
	if (ptxi_etcd_restarts(fg->etcd) > fg->restarts_told)
		ptxi_fg_event(fg, "etcd.up", NULL, "etcd is up again");
	fg->restarts_told = ptxi_etcd_restarts(fg->etcd);
	ptxi_fg_upgrade_healthy(fg);
	ptxi_fg_events_save(fg);
	ptxi_fg_upgrade_look(fg);
}

static void on_mirror_stuck(void *user)
{
	struct frontgate *fg = user;

	ptxi_fg_event(fg, "etcd.stuck", NULL, "etcd does not answer any more and is killed");
	ptxi_etcd_kill(fg->etcd);
}

/* --- signals and the tick --- */

static void on_child(evutil_socket_t fd, short what, void *user)
{
	struct frontgate *fg = user;
	int status = 0;
	pid_t pid = 0;

	(void)fd, (void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		ptxi_etcd_reaped(fg->etcd, pid, status);
}

static void on_end(evutil_socket_t fd, short what, void *user)
{
	struct frontgate *fg = user;

	(void)fd, (void)what;
	if (fg->is_ending)
		return;
	fg->is_ending = true;
	ptxi_takeover_settle(); /* nobody comes back to a machine that stops */
	ptxi_log(fg->ctx, PTX_LOG_INFO, "agent", "ending", PTXI_F_END);
	ptxi_server_free(fg->server);
	fg->server = NULL;
	event_del(fg->tick);
	ptxi_mirror_disconnect(fg->mirror);
	ptxi_etcd_stop(fg->etcd);
}

static void on_dropped(int code, const struct ptx_error *e, void *user)
{
	(void)code, (void)e, (void)user; /* the next round tries again */
}

/* Revoked keys whose certificates have ended by themselves are of no interest any more. */
static void drop_old_revocations(struct frontgate *fg)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	struct ptxi_txn *t = NULL;
	size_t from = 0;
	size_t end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_REVOKED), &from);

	for (size_t i = from; i < end; i++) {
		json_t *j = ptxi_wire_parse(ptxi_str(kv->v[i].value), PTXI_WIRE_MAX_BODY, NULL);

		if (json_integer_value(json_object_get(j, "until")) < ptxi_fg_now(fg)) {
			t = t ? t : ptxi_txn_new();
			ptxi_txn_remove(t, kv->v[i].key);
		}
		json_decref(j);
	}
	if (t && ptxi_mirror_is_ready(fg->mirror))
		ptxi_mirror_commit(fg->mirror, t, on_dropped, fg);
	else
		ptxi_txn_free(t);
}

static void on_tick(evutil_socket_t fd, short what, void *user)
{
	struct frontgate *fg = user;

	(void)fd, (void)what;
	ptxi_fg_drones_tick(fg);
	ptxi_fg_identity_tick(fg);
	ptxi_fg_events_save(fg);
	ptxi_fg_upgrade_tick(fg);
	if (++fg->ticks % 600 == 0)
		drop_old_revocations(fg);
}

/* --- configuration --- */

static char *need_copy(const json_t *j, const char *name, struct ptx_error **err)
{
	const char *text = ptxi_wire_need(j, name, 4096, err);
	char *copy = text ? ptxi_strdup(text) : NULL;

	if (text && !copy)
		ptx_fail(err, PTX_E_NOMEM, "no memory for the configuration");
	return copy;
}

static int read_config(struct frontgate *fg, const json_t *j, struct ptx_error **err)
{
	struct frontgate_config *c = &fg->config;
	const char *address = NULL;

	if (json_integer_value(json_object_get(j, "version")) != 1)
		return ptx_fail(err, PTX_E_CONFIG, "the configuration is not of version 1");
	c->vpc = need_copy(j, "vpc", err);
	c->instance = c->vpc ? need_copy(j, "instance", err) : NULL;
	c->data = c->instance ? need_copy(j, "data", err) : NULL;
	c->etcd = c->data ? need_copy(j, "etcd", err) : NULL;
	address = c->etcd ? ptxi_wire_need(j, "listen", 64, err) : NULL;
	if (!address)
		return PTX_E_CONFIG;
	if (!ptxi_wire_label_ok(ptxi_str(c->vpc)))
		return ptx_fail(err, PTX_E_CONFIG, "'%s' is no name of a VPC", c->vpc);
	if (!ptxi_wire_address(ptxi_str(address), c->ip, &c->port))
		return ptx_fail(err, PTX_E_CONFIG, "'%s' is no numeric address with a port",
				address);
	c->beat_lost_ms = json_integer_value(json_object_get(j, "lost_ms"));
	if (c->beat_lost_ms <= 0)
		c->beat_lost_ms = PTXI_WIRE_LOST_MS;
	c->max_queue = (size_t)json_integer_value(json_object_get(j, "max_queue_bytes"));
	if (c->max_queue == 0 || c->max_queue > PTXI_WIRE_MAX_BODY)
		c->max_queue = (size_t)1 << 20;
	c->trial_ms = json_integer_value(json_object_get(j, "update_trial_ms"));
	if (c->trial_ms <= 0 || c->trial_ms > 600000)
		c->trial_ms = PTXI_UPGRADE_TRIAL_MS;
	return ptxi_fg_identity_load(fg, j, err);
}

static int load_config(struct frontgate *fg, const char *path, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse_file(path, err);
	int code = j ? read_config(fg, j, err) : PTX_E_CONFIG;

	json_decref(j);
	return code < 0 ? ptx_wrap(err, "while reading the configuration '%s'", path) : 0;
}

/* --- putting it together --- */

static int start_signals(struct frontgate *fg, struct ptx_error **err)
{
	static const struct {
		int number;
		event_callback_fn fn;
	} signals[] = { { SIGCHLD, on_child }, { SIGTERM, on_end }, { SIGINT, on_end } };
	struct timeval second = { 1, 0 };

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (size_t i = 0; i < PTXI_COUNT(signals); i++) {
		fg->signals[i] = evsignal_new(fg->base, signals[i].number, signals[i].fn, fg);
		if (!fg->signals[i] || event_add(fg->signals[i], NULL) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for signals");
	}
	fg->tick = event_new(fg->base, -1, EV_PERSIST, on_tick, fg);
	if (!fg->tick || event_add(fg->tick, &second) < 0)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a timer");
	return 0;
}

static int start_store(struct frontgate *fg, struct ptx_error **err)
{
	ptx_auto_str folder = ptxi_path_join(fg->config.data, "etcd");
	struct ptxi_etcd_opts e = { .base = fg->base,
				    .ctx = fg->ctx,
				    .program = fg->config.etcd,
				    .folder = folder,
				    .news = on_etcd_news,
				    .user = fg };
	struct ptxi_mirror_opts m = { .base = fg->base,
				      .ctx = fg->ctx,
				      .change = ptxi_fg_fan_out,
				      .ready = on_mirror_ready,
				      .stuck = on_mirror_stuck,
				      .user = fg };

	if (!folder)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	fg->etcd = ptxi_etcd_new(&e, err);
	if (!fg->etcd)
		return PTX_E_IO;
	m.socket = ptxi_etcd_socket(fg->etcd);
	fg->mirror = ptxi_mirror_new(&m, err);
	return fg->mirror ? 0 : PTX_E_NOMEM;
}

static int start_server(struct frontgate *fg, struct ptx_error **err)
{
	SSL_CTX *tls = ptxi_fg_identity_tls(fg, err);
	struct ptxi_server_opts s = { .base = fg->base,
				      .ip = fg->config.ip,
				      .port = fg->config.port,
				      .tls = tls,
				      .fd = ptxi_fg_upgrade_listener(),
				      .routes = routes,
				      .user = fg,
				      .max_queue = fg->config.max_queue,
				      .connections = 8192 };

	if (!tls)
		return PTX_E_UNTRUSTED;
	fg->server = ptxi_server_new(&s, err);
	SSL_CTX_free(tls);
	return fg->server ? 0 : PTX_E_UNAVAILABLE;
}

static int start(struct frontgate *fg, const char *config, struct ptx_error **err)
{
	fg->base = event_base_new();
	fg->drones = ptxi_map_new(ptxi_fg_drone_free);
	fg->unsaved = json_array();
	fg->denied_ms = -DENIED_EVENT_MS;
	if (!fg->base || !fg->drones || !fg->unsaved)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for Frontgate");
	if (load_config(fg, config, err) < 0)
		return PTX_E_CONFIG;
	if (ptxi_fs_mkdirs(fg->config.data, 0700, err) < 0)
		return ptx_wrap(err, "while making the data folder");
	if (ptxi_fg_upgrade_open(fg, err) < 0)
		return PTX_E_IO;
	if (start_signals(fg, err) < 0 || start_store(fg, err) < 0 || start_server(fg, err) < 0)
		return PTX_E_FAILED;
	return ptxi_fg_upgrade_resume(fg, err);
}

static void config_done(struct frontgate *fg)
{
	ptx_free(fg->config.vpc);
	ptx_free(fg->config.instance);
	ptx_free(fg->config.data);
	ptx_free(fg->config.etcd);
	ptx_free(fg->config.ca);
	ptx_free(fg->config.intermediate);
	ptxi_free_secret(fg->config.key);
}

static void frontgate_done(struct frontgate *fg)
{
	fg->is_ending = true;
	ptxi_server_free(fg->server);
	ptxi_mirror_free(fg->mirror);
	ptxi_etcd_free(fg->etcd);
	ptxi_map_free(fg->drones);
	json_decref(fg->unsaved);
	for (size_t i = 0; i < PTXI_COUNT(fg->signals); i++)
		if (fg->signals[i])
			event_free(fg->signals[i]);
	if (fg->tick)
		event_free(fg->tick);
	ptxi_fg_upgrade_done(fg);
	if (fg->base)
		event_base_free(fg->base);
	config_done(fg);
	ptxi_free_secret(fg->next_key);
}

int ptxi_frontgate_check(struct ptx_ctx *ctx, const char *config, const json_t *state,
			 struct ptx_error **err)
{
	struct frontgate fg = { .ctx = ctx };
	const json_t *data = json_object_get(state, "data");
	int code = load_config(&fg, config, err);

	if (code == 0 && (!json_is_integer(json_object_get(data, "listener")) ||
			  !json_is_object(json_object_get(data, "etcd"))))
		code = ptx_fail(err, PTX_E_INVALID, "the state has no listening socket or etcd");
	config_done(&fg);
	return code;
}

int ptxi_frontgate_run(struct ptx_ctx *ctx, const char *config, struct ptx_error **err)
{
	struct frontgate fg = { .ctx = ctx, .config_path = config };
	struct ptx_error *e = NULL;

	start(&fg, config, &e);
	if (!e) {
		ptxi_log(ctx, PTX_LOG_INFO, "agent", "Frontgate is up",
			 PTXI_F("vpc", fg.config.vpc), PTXI_F("address", fg.config.ip),
			 PTXI_F_INT("port", fg.config.port), PTXI_F_END);
		event_base_dispatch(fg.base);
	} else {
		ptxi_takeover_give_up(
		    ptx_error_message(e)); /* etcd and the listening socket are as they were */
	}
	frontgate_done(&fg);
	if (!e)
		return 0;
	int code = ptx_error_code(e);

	if (err)
		*err = e;
	else
		ptx_error_free(e);
	return code;
}
