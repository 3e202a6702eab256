/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - children.
 *
 *     RUNNING -> (shell exits) DRAINING -> (end of the pipe, or 200 ms) done
 *        |
 *        +-> timeout: SIGTERM to the group -> 2 s: SIGKILL
 *
 * As pid 1, or as a subreaper, we inherit whatever a service leaves behind: one loop reaps all, and
 * gives the status to a command if it is its shell's. A pipe that somebody in the background still
 * holds is not closed when the command is done (that would kill a daemon with SIGPIPE at its next
 * word): it moves to the sinks, which read and forget. Invariant: a child is told by its pid from
 * fork() until it was reaped here, so no status can get lost or be taken for another's.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../base/encode.h"
#include "../base/log.h"
#include "../base/time.h"
#include "../base/utf8.h"
#include "../base/vec.h"

#define DRAIN_MS     200
#define KILL_MS      2000
#define END_POLL_MS  50
#define MOST_SINKS   64
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

extern char **environ;

struct ptxi_command {
	struct ptxi_commands *commands;
	struct ptxi_command *next;
	struct ptxi_command_opts o;
	pid_t pid; /* 0: reaped */
	pid_t group;
	int status;
	int fd;
	struct event *readable;
	struct event *timer;
	int64_t due_ms;        /* of the timer, while its shell runs */
	struct ptx_buf output; /* twice max_output at most */
	bool truncated, timed_out, was_killed, was_ended, at_end;
	int64_t started_unix;
};

struct sink {
	struct sink *next;
	struct ptxi_commands *commands;
	int fd;
	struct event *readable;
};

struct ptxi_commands {
	struct event_base *base;
	struct ptx_ctx *ctx;
	struct event *child;
	struct ptxi_command *running;
	struct sink *sinks; /* the youngest first */
	size_t count, sink_count;
	struct event *end_timer;
	int64_t kill_ms; /* when to kill what did not end; 0: nobody ends */
	bool was_killed;
	void (*ended)(void *user);
	void *ended_user;
};

static void arm(struct event *e, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(e, &tv);
}

/* --- pipes that others keep open --- */

static void sink_free(struct sink *s)
{
	struct sink **at = &s->commands->sinks;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->commands->sink_count--;
	event_free(s->readable);
	close(s->fd);
	ptx_free(s);
}

static void on_sink(evutil_socket_t fd, short what, void *user)
{
	char bytes[4096];
	ssize_t n = 0;

	(void)what;
	for (int i = 0; i < 16; i++) {
		n = read(fd, bytes, sizeof(bytes));
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			sink_free(user);
			return;
		}
		if (n < 0)
			return;
	}
}

/* Takes the descriptor. The oldest one goes when there are too many. */
static void sink_new(struct ptxi_commands *c, int fd)
{
	struct sink *s = ptxi_alloc(sizeof(*s));
	struct sink *oldest = c->sinks;

	if (s)
		s->readable = event_new(c->base, fd, EV_READ | EV_PERSIST, on_sink, s);
	if (!s || !s->readable) {
		ptx_free(s);
		close(fd);
		return;
	}
	s->fd = fd;
	s->commands = c;
	while (oldest && oldest->next)
		oldest = oldest->next;
	if (c->sink_count >= MOST_SINKS)
		sink_free(oldest);
	s->next = c->sinks;
	c->sinks = s;
	c->sink_count++;
	event_add(s->readable, NULL);
}

/* --- one command --- */

static void command_free(struct ptxi_command *k)
{
	struct ptxi_command **at = &k->commands->running;

	while (*at && *at != k)
		at = &(*at)->next;
	if (*at) {
		*at = k->next;
		k->commands->count--;
	}
	if (k->readable)
		event_free(k->readable);
	if (k->timer)
		event_free(k->timer);
	if (k->fd >= 0)
		close(k->fd);
	ptx_buf_done(&k->output);
	ptx_free(k);
}

/* Keeps the last max_output bytes. */
static void trim_output(struct ptxi_command *k)
{
	size_t over = k->output.n > k->o.max_output ? k->output.n - k->o.max_output : 0;

	if (!over)
		return;
	memmove(k->output.p, k->output.p + over, k->output.n - over);
	ptx_buf_truncate(&k->output, k->o.max_output);
	k->truncated = true;
}

/* What was said, as text: bytes that are no UTF-8, and NUL, become U+FFFD; a character that was cut
 * in two goes. */
static char *output_text(struct ptxi_command *k)
{
	struct ptx_buf text;
	struct ptx_str s = { NULL, 0 };

	trim_output(k);
	s = ptx_buf_str(&k->output);
	for (size_t i = 0; k->truncated && i < 3 && s.n && ((unsigned char)s.p[0] & 0xC0) == 0x80;
	     i++)
		s = ptxi_str_from(s, 1);
	ptx_buf_init(&text, k->o.max_output);
	while (s.n && ptx_buf_ok(&text)) {
		char bytes[4];
		size_t n = 0;
		uint32_t rune = ptxi_utf8_decode(s, &n);

		ptx_buf_add(&text, bytes, ptxi_utf8_encode(rune ? rune : PTXI_RUNE_ERROR, bytes));
		s = ptxi_str_from(s, n);
	}
	if (text.status == PTX_E_LIMIT) {
		size_t n = text.n;

		ptx_buf_clear(&text); /* keeps the bytes */
		text.n = n;
		text.p[n] = '\0';
	}
	return ptx_buf_steal(&text, NULL);
}

static void finish(struct ptxi_command *k)
{
	ptx_auto_str text = output_text(k);
	struct ptxi_command_result r = {
		.exit_status =
		    WIFEXITED(k->status) ? WEXITSTATUS(k->status) : 128 + WTERMSIG(k->status),
		.timed_out = k->timed_out,
		.was_ended = k->was_ended,
		.output = text ? text : "",
		.started_unix = k->started_unix,
		.ended_unix = ptxi_ctx_now(k->commands->ctx) / PTXI_NS_PER_S,
	};
	ptxi_command_fn done = k->o.done;
	void *user = k->o.user;

	if (!k->at_end) {
		event_free(k->readable);
		k->readable = NULL;
		sink_new(k->commands, k->fd);
		k->fd = -1;
	}
	command_free(k);
	done(user, &r);
}

static void on_readable(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_command *k = user;

	(void)what;
	for (int i = 0; i < 16; i++) {
		char bytes[8192];
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			k->at_end = true;
			event_del(k->readable);
			if (k->pid == 0)
				finish(k);
			return;
		}
		if (k->output.n + (size_t)n > 2 * k->o.max_output)
			trim_output(k);
		ptx_buf_add(&k->output, bytes, (size_t)n);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_command *k = user;

	(void)fd, (void)what;
	if (k->pid == 0) { /* the pipe was kept open for long enough */
		finish(k);
		return;
	}
	k->timed_out = k->timed_out || !k->was_ended;
	kill(-k->group, k->was_killed ? SIGKILL : SIGTERM);
	k->was_killed = true;
	k->due_ms = ptxi_time_mono_ms() + KILL_MS;
	arm(k->timer, KILL_MS);
}

static void reaped(struct ptxi_command *k, int status)
{
	k->pid = 0;
	k->status = status;
	if (k->timed_out) /* nobody of its group outlives its time */
		kill(-k->group, SIGKILL);
	event_del(k->timer);
	arm(k->timer, k->at_end ? 0 : DRAIN_MS);
}

static void on_child(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_commands *c = user;
	int status = 0;
	pid_t pid = 0;

	(void)fd, (void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct ptxi_command *k = c->running;

		while (k && k->pid != pid)
			k = k->next;
		if (k)
			reaped(k, status);
	}
}

/* Our own environment, which is the image's, with what a shell cannot do without. */
static char **child_env(void)
{
	size_t n = 0;
	char **env = NULL;
	bool has_path = false;
	bool has_home = false;

	while (environ && environ[n])
		n++;
	env = ptxi_alloc_array(n + 3, sizeof(*env));
	for (size_t i = 0; env && i < n; i++) {
		env[i] = environ[i];
		has_path = has_path || strncmp(environ[i], "PATH=", 5) == 0;
		has_home = has_home || strncmp(environ[i], "HOME=", 5) == 0;
	}
	if (env && !has_path)
		env[n++] = (char *)(uintptr_t) "PATH=" DEFAULT_PATH;
	if (env && !has_home)
		env[n++] = (char *)(uintptr_t) "HOME=/root";
	return env;
}

static void run_child(const char *cmd, int out, char **env)
{
	const char *const argv[] = { "/bin/sh", "-c", cmd, NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	sigemptyset(&none);
	for (int i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir("/") < 0)
		_exit(126);
	close_range(3, ~0u, 0);
	execve(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(127);
}

struct ptxi_command *ptxi_command_start(struct ptxi_commands *c, const struct ptxi_command_opts *o,
					struct ptx_error **err)
{
	struct ptxi_command *k = ptxi_alloc(sizeof(*k));
	char **env = child_env();
	int ends[2] = { -1, -1 };
	int errnum = 0;
	sigset_t all;
	sigset_t before;

	if (!k || !env || c->kill_ms || pipe2(ends, O_CLOEXEC) < 0) {
		if (c->kill_ms)
			ptx_fail(err, PTX_E_UNAVAILABLE, "the machine is being stopped");
		else if (k && env)
			ptx_fail_errno(err, PTX_E_UNAVAILABLE, errno, "cannot make a pipe");
		else
			ptx_fail(err, PTX_E_NOMEM, "no memory for a command");
		ptx_free(k);
		ptx_free(env);
		return NULL;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	k->commands = c;
	k->o = *o;
	k->o.cmd = NULL;
	k->fd = ends[0];
	ptx_buf_init(&k->output, 0);
	k->readable = event_new(c->base, k->fd, EV_READ | EV_PERSIST, on_readable, k);
	k->timer = event_new(c->base, -1, 0, on_timer, k);
	k->started_unix = ptxi_ctx_now(c->ctx) / PTXI_NS_PER_S;
	/* Blocked, so that no signal meets our handlers in the child: they would tell us of it as
	 * if it were ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	k->pid = k->readable && k->timer ? fork() : -1;
	if (k->pid == 0)
		run_child(o->cmd, ends[1], env);
	errnum = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	ptx_free(env);
	if (k->pid < 0) {
		ptx_fail_errno(err, PTX_E_UNAVAILABLE, errnum, "cannot start a process");
		command_free(k);
		return NULL;
	}
	k->group = k->pid;
	setpgid(k->pid, k->pid);
	k->next = c->running;
	c->running = k;
	c->count++;
	event_add(k->readable, NULL);
	k->due_ms = ptxi_time_mono_ms() + o->timeout_ms;
	arm(k->timer, o->timeout_ms);
	return k;
}

size_t ptxi_commands_running(const struct ptxi_commands *c)
{
	return c->count;
}

/* --- another program goes on --- */

json_t *ptxi_command_save(const struct ptxi_command *k, json_t *fds)
{
	struct ptx_buf text;
	json_t *j = NULL;

	if (k->pid == 0)
		return NULL;
	ptx_buf_init(&text, 0);
	ptxi_base64_encode(PTXI_BASE64_STD, ptx_buf_str(&k->output), &text);
	if (ptx_buf_ok(&text))
		j = json_pack("{s:i, s:i, s:i, s:I, s:I, s:b, s:b, s:b, s:s}", "pid", (int)k->pid,
			      "group", (int)k->group, "fd", k->at_end ? -1 : k->fd, "started_unix",
			      (json_int_t)k->started_unix, "due_ms", (json_int_t)k->due_ms,
			      "truncated", k->truncated, "timed_out", k->timed_out, "was_killed",
			      k->was_killed, "output", text.p);
	ptx_buf_done(&text);
	if (j && !k->at_end)
		json_array_append_new(fds, json_integer(k->fd));
	return j;
}

bool ptxi_commands_save_sinks(const struct ptxi_commands *c, json_t *list, json_t *fds)
{
	bool ok = true;

	for (const struct sink *s = c->sinks; s && ok; s = s->next)
		ok = json_array_append_new(list, json_integer(s->fd)) == 0 &&
		     json_array_append_new(fds, json_integer(s->fd)) == 0;
	return ok;
}

/* A child that nobody has waited for, dead or alive. */
static bool is_child(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return pid > 1 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void read_saved(struct ptxi_command *k, const json_t *saved)
{
	const json_t *output = json_object_get(saved, "output");

	k->group = (pid_t)json_integer_value(json_object_get(saved, "group"));
	k->started_unix = json_integer_value(json_object_get(saved, "started_unix"));
	k->due_ms = json_integer_value(json_object_get(saved, "due_ms"));
	k->truncated = json_is_true(json_object_get(saved, "truncated"));
	k->timed_out = json_is_true(json_object_get(saved, "timed_out"));
	k->was_killed = json_is_true(json_object_get(saved, "was_killed"));
	k->at_end = k->fd < 0;
	if (json_is_string(output))
		ptxi_base64_decode(PTXI_BASE64_STD,
				   ptxi_strn(json_string_value(output), json_string_length(output)),
				   &k->output, NULL);
}

struct ptxi_command *ptxi_command_adopt(struct ptxi_commands *c, const json_t *saved,
					const struct ptxi_command_opts *o, struct ptx_error **err)
{
	struct ptxi_command *k = ptxi_alloc(sizeof(*k));
	pid_t pid = (pid_t)json_integer_value(json_object_get(saved, "pid"));
	int fd = (int)json_integer_value(json_object_get(saved, "fd"));
	int64_t left_ms = 0;

	if (k) {
		k->commands = c;
		k->o = *o;
		k->fd = fd;
		ptx_buf_init(&k->output, 0);
		read_saved(k, saved);
		k->timer = event_new(c->base, -1, 0, on_timer, k);
		k->readable =
		    fd >= 0 ? event_new(c->base, fd, EV_READ | EV_PERSIST, on_readable, k) : NULL;
	}
	if (!k || !k->timer || (fd >= 0 && !k->readable) || !is_child(pid)) {
		if (k && k->timer && !is_child(pid))
			ptx_fail(err, PTX_E_NOT_FOUND, "process %d is no child of ours", (int)pid);
		else
			ptx_fail(err, PTX_E_NOMEM, "no memory for a command");
		if (k)
			command_free(k);
		else if (fd >= 0)
			close(fd);
		return NULL;
	}
	k->pid = pid;
	k->next = c->running;
	c->running = k;
	c->count++;
	if (k->readable)
		event_add(k->readable, NULL);
	left_ms = k->due_ms - ptxi_time_mono_ms();
	arm(k->timer, left_ms > 0 ? left_ms : 0);
	return k;
}

void ptxi_commands_adopt_sink(struct ptxi_commands *c, int fd)
{
	sink_new(c, fd);
}

void ptxi_commands_adopted(struct ptxi_commands *c)
{
	event_active(c->child, EV_SIGNAL, 1);
}

/* --- the end --- */

/* A signal to everything below us: all processes as pid 1, else the commands' groups and our
 * children. */
static void signal_all(struct ptxi_commands *c, int number)
{
	char path[64];
	char line[4096];
	ptx_auto_file f = NULL;
	struct ptx_str rest = { NULL, 0 };
	struct ptx_str word = { NULL, 0 };

	if (getpid() == 1) {
		kill(-1, number);
		return;
	}
	for (struct ptxi_command *k = c->running; k; k = k->next)
		if (k->pid > 0)
			kill(-k->group, number);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	f = fopen(path, "re");
	if (f && fgets(line, sizeof(line), f))
		rest = ptxi_str(line);
	while (ptxi_str_next(&rest, ' ', &word)) {
		int64_t pid = 0;

		if (ptxi_parse_i64(ptxi_str_trim(word), &pid, 2, INT32_MAX))
			kill((pid_t)pid, number);
	}
}

static void on_end_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_commands *c = user;
	siginfo_t info = { .si_pid = 0 };

	(void)fd, (void)what;
	on_child(-1, 0, c);
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 &&
	    c->count == 0) { /* no child is left */
		void (*ended)(void *) = c->ended;

		c->ended = NULL;
		if (ended)
			ended(c->ended_user);
		return;
	}
	if (!c->was_killed && ptxi_time_mono_ms() >= c->kill_ms) {
		c->was_killed = true;
		signal_all(c, SIGKILL);
	} else if (c->was_killed) {
		signal_all(c, SIGKILL); /* those whom a dying parent left to us */
	}
	arm(c->end_timer, END_POLL_MS);
}

void ptxi_commands_end(struct ptxi_commands *c, int64_t grace_ms, void (*ended)(void *user),
		       void *user)
{
	if (c->kill_ms)
		return;
	c->kill_ms = ptxi_time_mono_ms() + grace_ms;
	c->ended = ended;
	c->ended_user = user;
	for (struct ptxi_command *k = c->running; k; k = k->next)
		k->was_ended = k->pid > 0;
	signal_all(c, SIGTERM);
	arm(c->end_timer, END_POLL_MS);
}

struct ptxi_commands *ptxi_commands_new(struct event_base *base, struct ptx_ctx *ctx,
					struct ptx_error **err)
{
	struct ptxi_commands *c = ptxi_alloc(sizeof(*c));

	if (c) {
		c->base = base;
		c->ctx = ctx;
		c->child = evsignal_new(base, SIGCHLD, on_child, c);
		c->end_timer = event_new(base, -1, 0, on_end_timer, c);
	}
	if (!c || !c->child || !c->end_timer || event_add(c->child, NULL) < 0) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for commands");
		ptxi_commands_free(c);
		return NULL;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return c;
}

void ptxi_commands_free(struct ptxi_commands *c)
{
	if (!c)
		return;
	while (c->running) {
		if (c->running->pid > 0) {
			kill(-c->running->group, SIGKILL);
			waitpid(c->running->pid, NULL, 0);
		}
		command_free(c->running);
	}
	while (c->sinks)
		sink_free(c->sinks);
	if (c->child)
		event_free(c->child);
	if (c->end_timer)
		event_free(c->end_timer);
	ptx_free(c);
}
