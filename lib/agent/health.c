/* SPDX-License-Identifier: Apache-2.0 */
/* health.c - looks at the service of a node again and again.
 *
 *                  healthy_threshold checks that succeed, in a row
 *     unknown --------------------------------------------------> healthy <--+
 *        |                                                           |       |
 *        +--- unhealthy_threshold that fail, in a row ---> unhealthy <+       |
 *                                                            |  action_cmd, once; then checks go on
 *                                                            +---------------+
 *
 * One command runs at a time: a check, or the action of the turn to unhealthy. A check begins
 * interval_sec after the one before it began, and not before that one or the action has ended. That
 * checks are on is remembered in a file with the life of this machine (its boot and the start of
 * its first process): a Drone that replaces itself goes on, one on a machine that was started again
 * waits until the services were started.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "../base/ptxi.h"
#include "health.h"

#include "../base/fs.h"
#include "../base/log.h"
#include "../base/path.h"
#include "../base/time.h"

#define MARK           "health.running"
#define PREFIX         "/health_check/"
#define MOST_OUTPUT    4000u
#define MOST_SECONDS   86400
#define MOST_THRESHOLD 1000

enum verdict { UNKNOWN, HEALTHY, UNHEALTHY };

struct settings {
	int64_t interval_s, timeout_s, action_timeout_s, healthy, unhealthy;
	char *check_cmd;
	char *action_cmd; /* NULL: none */
};

struct ptxi_health {
	struct ptxi_health_opts o;
	struct event *timer;
	struct settings settings; /* check_cmd NULL: there is nothing to check */
	bool is_on;
	bool is_running;        /* a command */
	int64_t began_ms;       /* the last check */
	int64_t passed, failed; /* in a row */
	enum verdict verdict;
	const char *action;
	char output[1001];
	ptxi_health_fn stopped;
	void *stopped_user;
};

/* --- settings --- */

static int64_t setting(const struct ptxi_health *h, const char *key, int64_t fallback, int64_t min,
		       int64_t max)
{
	const char *text = ptxi_kv_get(&h->o.view->keys, key);
	int64_t n = 0;

	return text && ptxi_parse_i64(ptxi_str(text), &n, min, max) ? n : fallback;
}

static char *command(const struct ptxi_health *h, const char *key)
{
	const char *text = ptxi_kv_get(&h->o.view->keys, key);

	return text && *text ? ptxi_strdup(text) : NULL;
}

static void settings_done(struct settings *s)
{
	ptx_free(s->check_cmd);
	ptx_free(s->action_cmd);
	*s = (struct settings){ 0 };
}

/* Docs of the format: defaults and bounds, but that shorter intervals than a minute are taken as
 * they are. */
static struct settings read_settings(const struct ptxi_health *h)
{
	return (struct settings){
		.interval_s = setting(h, PREFIX "interval_sec", 60, 1, MOST_SECONDS),
		.timeout_s = setting(h, PREFIX "timeout_sec", 10, 1, MOST_SECONDS),
		.action_timeout_s = setting(h, PREFIX "action_timeout_sec", 30, 1, MOST_SECONDS),
		.healthy = setting(h, PREFIX "healthy_threshold", 3, 1, MOST_THRESHOLD),
		.unhealthy = setting(h, PREFIX "unhealthy_threshold", 3, 1, MOST_THRESHOLD),
		.check_cmd = command(h, PREFIX "check_cmd"),
		.action_cmd = command(h, PREFIX "action_cmd"),
	};
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_settings(const struct settings *a, const struct settings *b)
{
	return a->interval_s == b->interval_s && a->timeout_s == b->timeout_s &&
	       a->action_timeout_s == b->action_timeout_s && a->healthy == b->healthy &&
	       a->unhealthy == b->unhealthy && same_text(a->check_cmd, b->check_cmd) &&
	       same_text(a->action_cmd, b->action_cmd);
}

/* --- checks --- */

static void check_next(struct ptxi_health *h);

static void told_stopped(struct ptxi_health *h)
{
	ptxi_health_fn stopped = h->stopped;

	h->stopped = NULL;
	if (stopped)
		stopped(h->stopped_user);
}

static void forget_counts(struct ptxi_health *h)
{
	h->passed = h->failed = 0;
	h->verdict = UNKNOWN;
	h->action = NULL;
	h->output[0] = '\0';
}

/* The end of what a command printed, without the white space around it; how it ended where it
 * printed nothing. */
static void keep_output(struct ptxi_health *h, const struct ptxi_command_result *r,
			int64_t timeout_s)
{
	struct ptx_str text = ptxi_str_trim(ptxi_str(r->output ? r->output : ""));

	if (r->timed_out) {
		snprintf(h->output, sizeof(h->output), "the check took longer than %lld s",
			 (long long)timeout_s);
	} else if (!text.n) {
		snprintf(h->output, sizeof(h->output), "the check ended with status %d",
			 r->exit_status);
	} else {
		if (text.n >= sizeof(h->output))
			text = ptxi_str_from(text, text.n - (sizeof(h->output) - 1));
		while (text.n && ((unsigned char)text.p[0] & 0xC0) == 0x80)
			text = ptxi_str_from(text, 1);
		snprintf(h->output, sizeof(h->output), "%.*s", PTX_STR_ARG(text));
	}
}

static bool run(struct ptxi_health *h, const char *cmd, int64_t timeout_s, ptxi_command_fn done)
{
	struct ptxi_command_opts o = { .cmd = cmd,
				       .timeout_ms = timeout_s * h->o.second_ms,
				       .max_output = MOST_OUTPUT,
				       .done = done,
				       .user = h };
	struct ptx_error *e = NULL;

	h->is_running = ptxi_command_start(h->o.commands, &o, &e) != NULL;
	if (!h->is_running)
		ptxi_log(h->o.ctx, PTX_LOG_WARN, "agent", "a health check cannot run",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
	return h->is_running;
}

static void on_action(void *user, const struct ptxi_command_result *r)
{
	struct ptxi_health *h = user;

	h->is_running = false;
	if (r->was_ended)
		return;
	h->action = r->exit_status == 0 && !r->timed_out ? "done" : "failed";
	ptxi_log(h->o.ctx, r->exit_status == 0 ? PTX_LOG_INFO : PTX_LOG_WARN, "agent",
		 "health action ended", PTXI_F_INT("status", r->exit_status),
		 PTXI_F("output", r->output ? r->output : ""), PTXI_F_END);
	if (h->is_on && h->verdict == UNHEALTHY)
		h->o.turned(h->o.user);
	check_next(h);
}

static void turn(struct ptxi_health *h, enum verdict verdict)
{
	if (h->verdict == verdict)
		return;
	h->verdict = verdict;
	h->action = NULL;
	ptxi_log(h->o.ctx, PTX_LOG_INFO, "agent", "health", PTXI_F("status", ptxi_health_status(h)),
		 PTXI_F("output", h->output), PTXI_F_END);
	if (verdict == UNHEALTHY && h->settings.action_cmd)
		h->action = run(h, h->settings.action_cmd, h->settings.action_timeout_s, on_action)
				? "running"
				: "failed";
	h->o.turned(h->o.user);
}

static void on_check(void *user, const struct ptxi_command_result *r)
{
	struct ptxi_health *h = user;
	bool passes = r->exit_status == 0 && !r->timed_out;

	h->is_running = false;
	if (r->was_ended)
		return;
	if (h->is_on) {
		h->passed = passes ? h->passed + 1 : 0;
		h->failed = passes ? 0 : h->failed + 1;
		/* What is ill says why until it is well, though a check succeeds on the way there.
		 */
		if (!passes || h->verdict != UNHEALTHY || h->passed >= h->settings.healthy)
			keep_output(h, r, h->settings.timeout_s);
		if (h->passed >= h->settings.healthy)
			turn(h, HEALTHY);
		else if (h->failed >= h->settings.unhealthy)
			turn(h, UNHEALTHY);
	}
	check_next(h);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_health *h = user;

	(void)fd, (void)what;
	if (!h->is_on || h->is_running || !h->settings.check_cmd)
		return;
	h->began_ms = ptxi_time_mono_ms();
	if (!run(h, h->settings.check_cmd, h->settings.timeout_s, on_check))
		check_next(h);
}

/* Sets the time of the next check; or tells who waits that nothing runs. */
static void check_next(struct ptxi_health *h)
{
	int64_t ms = h->began_ms + h->settings.interval_s * h->o.second_ms - ptxi_time_mono_ms();
	struct timeval tv = { 0, 0 };

	if (h->is_running)
		return;
	if (!h->is_on) {
		told_stopped(h);
		return;
	}
	if (!h->settings.check_cmd)
		return;
	if (ms > 0)
		tv = (struct timeval){ (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };
	event_add(h->timer, &tv);
}

/* --- that it runs is remembered --- */

/* What tells one life of this machine from the next. Owned. */
static char *life(void)
{
	ptx_auto_buf boot = { 0 };
	ptx_auto_buf stat = { 0 };
	struct ptx_str rest = { 0 };
	struct ptx_str word = { 0 };
	size_t end = 0;

	ptx_buf_init(&boot, 0);
	ptx_buf_init(&stat, 0);
	if (ptxi_fs_read("/proc/sys/kernel/random/boot_id", 256, &boot, NULL) < 0 ||
	    ptxi_fs_read("/proc/1/stat", 4096, &stat, NULL) < 0)
		return NULL;
	/* The name may hold anything; behind its parenthesis the start time is the twentieth word
	 * (proc(5), field 22). */
	end = ptxi_str_rfind_char(ptx_buf_str(&stat), ')');
	rest = ptxi_str_trim(ptxi_str_from(ptx_buf_str(&stat), end == SIZE_MAX ? 0 : end + 1));
	for (int i = 0; i < 20; i++)
		if (!ptxi_str_next(&rest, ' ', &word))
			return NULL;
	return ptxi_asprintf("%.*s %.*s", PTX_STR_ARG(ptxi_str_trim(ptx_buf_str(&boot))),
			     PTX_STR_ARG(word));
}

static void remember(const struct ptxi_health *h)
{
	ptx_auto_str path = ptxi_path_join(h->o.folder, MARK);
	ptx_auto_str now = h->is_on ? life() : NULL;
	struct ptx_error *e = NULL;
	int code = 0;

	if (!path)
		return;
	code = now ? ptxi_fs_write(path, ptxi_str(now), 0600, &e) : ptxi_fs_remove(path, &e);
	if (code < 0 && code != PTX_E_NOT_FOUND)
		ptxi_log(h->o.ctx, PTX_LOG_WARN, "agent",
			 "cannot remember whether the health is checked",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
}

static bool was_on(const struct ptxi_health *h)
{
	ptx_auto_str path = ptxi_path_join(h->o.folder, MARK);
	ptx_auto_str now = life();
	ptx_auto_buf then = { 0 };

	ptx_buf_init(&then, 0);
	return path && now && ptxi_fs_exists(path) && ptxi_fs_read(path, 4096, &then, NULL) == 0 &&
	       strcmp(then.p, now) == 0;
}

/* --- its life --- */

struct ptxi_health *ptxi_health_new(const struct ptxi_health_opts *o, struct ptx_error **err)
{
	ptxi_auto(health) h = ptxi_alloc(sizeof(*h));

	if (h) {
		h->o = *o;
		h->timer = event_new(o->base, -1, 0, on_timer, h);
	}
	if (!h || !h->timer) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for health checks");
		return NULL;
	}
	if (was_on(h) && ptxi_health_start(h, err) < 0)
		return NULL;
	return ptx_steal(&h);
}

void ptxi_health_free(struct ptxi_health *h)
{
	if (!h)
		return;
	if (h->timer)
		event_free(h->timer);
	settings_done(&h->settings);
	ptx_free(h);
}

int ptxi_health_start(struct ptxi_health *h, struct ptx_error **err)
{
	if (h->stopped)
		return ptx_fail(err, PTX_E_BUSY, "the health checks are being stopped");
	h->is_on = true;
	h->began_ms = ptxi_time_mono_ms();
	forget_counts(h);
	remember(h);
	settings_done(&h->settings);
	h->settings = read_settings(h);
	check_next(h);
	return 0;
}

int ptxi_health_stop(struct ptxi_health *h, ptxi_health_fn done, void *user, struct ptx_error **err)
{
	if (h->stopped)
		return ptx_fail(err, PTX_E_BUSY, "the health checks are being stopped already");
	h->is_on = false;
	event_del(h->timer);
	forget_counts(h);
	remember(h);
	h->stopped = done;
	h->stopped_user = user;
	if (!h->is_running)
		told_stopped(h);
	return 0;
}

void ptxi_health_forget(struct ptxi_health *h, void *user)
{
	if (h->stopped && h->stopped_user == user)
		h->stopped = NULL;
}

void ptxi_health_changed(struct ptxi_health *h)
{
	struct settings s = { 0 };

	if (!h->is_on || !h->o.view->ready)
		return;
	s = read_settings(h);
	if (same_settings(&s, &h->settings)) {
		settings_done(&s);
		return;
	}
	settings_done(&h->settings);
	h->settings = s;
	forget_counts(h);
	h->began_ms = ptxi_time_mono_ms();
	event_del(h->timer);
	check_next(h);
}

const char *ptxi_health_status(const struct ptxi_health *h)
{
	return h->verdict == HEALTHY ? "healthy" : h->verdict == UNHEALTHY ? "unhealthy" : NULL;
}

const char *ptxi_health_output(const struct ptxi_health *h)
{
	return h->output;
}

const char *ptxi_health_action(const struct ptxi_health *h)
{
	return h->action;
}
