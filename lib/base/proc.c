/* SPDX-License-Identifier: Apache-2.0 */
/* proc.c - run a program and talk to it.
 *
 * posix_spawn() starts it (no code of ours runs between fork and exec, so threads are no matter) in
 * a process group of its own, with default signals, none of our descriptors, and three pipes. One
 * loop feeds and drains the pipes, so that neither side can wait for the other, and watches the
 * process through a pidfd, the deadline, and the context's cancel flag, the latter every TICK_MS.
 *
 *     running --exit--> drained --> reaped
 *        |                 ^
 *        +--timeout, cancel, no memory--> ending: SIGTERM to the group, after GRACE_MS SIGKILL
 *
 * The process is reaped last of all: until then its number, which is the group's, cannot be given
 * to others. Once it has exited, what its pipes hold is read, but a grandchild that keeps them open
 * is not waited for.
 */
#define PTX_AREA PTX_AREA_BASE
#include "proc.h"
#include "fs.h"
#include "time.h"
#include "vec.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DEFAULT_MAX_OUTPUT (64u << 20)
#define TICK_MS            100
#define BLIND_TICK_MS      10 /* where there are no pidfds */
#define GRACE_MS           2000
#define CHUNK              65536

extern char **environ;

enum { IN, OUT, ERR, STREAMS };

struct run {
	const struct ptx_ctx *ctx;
	const struct ptxi_proc_opts *o;
	struct ptxi_proc_result *r;
	int ours[STREAMS];   /* our ends; -1: none, or done with */
	int theirs[STREAMS]; /* the program's ends, only until it runs */
	struct ptx_str input;
	size_t max;
	pid_t pid;
	int pidfd;
	int64_t deadline; /* of the mono clock; INT64_MAX: none */
	int64_t kill_at;  /* when ending: SIGKILL is due; 0 = was sent */
	int failure;      /* why we are ending it, a code; 0 = we are not */
};

void ptxi_proc_result_done(struct ptxi_proc_result *r)
{
	ptx_buf_done(&r->out);
	ptx_buf_done(&r->err);
}

char *ptxi_proc_find(const char *name)
{
	const char *path = getenv("PATH");
	struct ptx_str rest = ptxi_str(path ? path : "/usr/local/bin:/usr/bin:/bin");
	struct ptx_str dir = { NULL, 0 };

	if (!name[0])
		return NULL;
	if (strchr(name, '/'))
		return access(name, X_OK) == 0 && !ptxi_fs_is_dir(name) ? ptxi_strdup(name) : NULL;
	while (ptxi_str_next(&rest, ':', &dir)) {
		/* An empty part means the current folder; programs from there are never meant. */
		ptx_auto_str full = dir.n ? ptxi_asprintf("%.*s/%s", PTX_STR_ARG(dir), name) : NULL;

		if (full && access(full, X_OK) == 0 && !ptxi_fs_is_dir(full))
			return ptx_steal(&full);
	}
	return NULL;
}

static int not_found(const char *name, struct ptx_error **err)
{
	if (strchr(name, '/') && ptxi_fs_exists(name))
		return ptx_fail(err, PTX_E_DENIED, "'%s' is not an executable program", name);
	ptx_fail(err, PTX_E_NOT_FOUND, "there is no program '%s'%s", name,
		 strchr(name, '/') ? "" : " in PATH");
	ptxi_error_hint(err, "install it");
	return PTX_E_NOT_FOUND;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The name part of "K=V". */
static size_t name_len(const char *var)
{
	return strcspn(var, "=");
}

/* Our environment with extra laid over it: a NULL-terminated owned array of borrowed strings. */
static const char **make_env(const char *const *extra)
{
	PTX_VEC(const char *) env = { 0 };
	bool ok = true;

	for (char **e = environ; ok && e && *e; e++) {
		bool hidden = false;

		for (size_t i = 0; extra && extra[i] && !hidden; i++)
			hidden = name_len(extra[i]) == name_len(*e) &&
				 strncmp(extra[i], *e, name_len(*e)) == 0;
		if (!hidden)
			ok = ptx_vec_push(&env, *e);
	}
	for (size_t i = 0; ok && extra && extra[i]; i++)
		ok = ptx_vec_push(&env, extra[i]);
	if (!ok || !ptx_vec_push(&env, NULL)) {
		ptx_vec_done(&env);
		return NULL;
	}
	return env.v;
}

/* One pipe with both ends above the standard descriptors; ours does not block. */
static int make_pipe(struct run *run, int stream)
{
	int ends[2] = { -1, -1 };
	int at_ours = stream == IN ? 1 : 0;
	int failed = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	run->ours[stream] = fcntl(ends[at_ours], F_DUPFD_CLOEXEC, 3);
	run->theirs[stream] = fcntl(ends[!at_ours], F_DUPFD_CLOEXEC, 3);
	if (run->ours[stream] < 0 || run->theirs[stream] < 0 ||
	    fcntl(run->ours[stream], F_SETFL, O_NONBLOCK) < 0)
		failed = errno;
	close(ends[0]);
	close(ends[1]);
	return failed;
}

static int make_pipes(struct run *run)
{
	int failed = run->o->input.n > 0 ? make_pipe(run, IN) : 0;

	if (!failed)
		failed = make_pipe(run, OUT);
	if (!failed && !run->o->merge_stderr && !run->o->inherit_stderr)
		failed = make_pipe(run, ERR);
	return failed;
}

static int set_actions(const struct run *run, posix_spawn_file_actions_t *a)
{
	int failed = 0;

	if (run->theirs[IN] >= 0)
		failed = posix_spawn_file_actions_adddup2(a, run->theirs[IN], STDIN_FILENO);
	else
		failed =
		    posix_spawn_file_actions_addopen(a, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(a, run->theirs[OUT], STDOUT_FILENO);
	if (!failed && run->o->merge_stderr)
		failed = posix_spawn_file_actions_adddup2(a, run->theirs[OUT], STDERR_FILENO);
	else if (!failed && run->theirs[ERR] >= 0)
		failed = posix_spawn_file_actions_adddup2(a, run->theirs[ERR], STDERR_FILENO);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(a, 3);
	if (!failed && run->o->cwd)
		failed = posix_spawn_file_actions_addchdir_np(a, run->o->cwd);
	return failed;
}

static int set_attributes(const struct run *run, posix_spawnattr_t *attr)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t normal;
	sigset_t none;

	sigemptyset(&none);
	/* exec() resets handlers; what is ignored would stay ignored. */
	sigfillset(&normal);
	sigdelset(&normal, SIGKILL);
	sigdelset(&normal, SIGSTOP);
	posix_spawnattr_setsigdefault(attr, &normal);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(
	    attr, run->o->same_group ? flags : (short)(flags | POSIX_SPAWN_SETPGROUP));
}

/* Starts the program; 0 or an errno. */
static int spawn(struct run *run, const char *path, const char **env)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return failed;
	failed = posix_spawnattr_init(&attr);
	if (!failed) {
		failed = set_actions(run, &actions);
		if (!failed)
			failed = set_attributes(run, &attr);
		if (!failed)
			failed = posix_spawn(&run->pid, path, &actions, &attr,
					     (char *const *)run->o->argv, (char *const *)env);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static int start(struct run *run, struct ptx_error **err)
{
	const char *name = run->o->argv[0];
	ptx_auto_str path = ptxi_proc_find(name);
	const char **env = NULL;
	int failed = 0;

	if (!path)
		return not_found(name, err);
	if (run->o->cwd && !ptxi_fs_is_dir(run->o->cwd))
		return ptx_fail(err, PTX_E_NOT_FOUND,
				"cannot run '%s' in '%s': there is no such folder", name,
				run->o->cwd);
	env = make_env(run->o->env);
	failed = env ? make_pipes(run) : ENOMEM;
	if (!failed)
		failed = spawn(run, path, env);
	ptx_free(env);
	if (failed)
		return ptx_fail_errno(err, ptxi_code_from_errno(failed), failed, "cannot run '%s'",
				      path);
	for (int i = 0; i < STREAMS; i++)
		close_fd(&run->theirs[i]);
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	return 0;
}

/* The program with its group, where it has one of its own. */
static void signal_run(const struct run *run, int number)
{
	kill(run->o->same_group ? run->pid : -run->pid, number);
}

/* Begins to end the program, once. */
static void end(struct run *run, int why)
{
	if (run->failure)
		return;
	run->failure = why;
	run->kill_at = ptxi_time_mono_ms() + GRACE_MS;
	signal_run(run, SIGTERM);
	close_fd(&run->ours[IN]);
}

/* Writes without being killed by SIGPIPE, whatever the program's own way with it. */
static ssize_t write_quietly(int fd, const char *p, size_t n)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t broken;
	sigset_t before;
	sigset_t pending;
	ssize_t put = 0;
	int failed = 0;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &broken, &before);
	put = write(fd, p, n);
	failed = put < 0 ? errno : 0;
	if (failed == EPIPE && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&broken, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = failed;
	return put;
}

static void feed(struct run *run)
{
	ssize_t put = write_quietly(run->ours[IN], run->input.p, run->input.n);

	if (put > 0)
		run->input = ptxi_str_from(run->input, (size_t)put);
	/* A program that does not want its input says so by closing it; that is no failure. */
	if (run->input.n == 0 || (put < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(&run->ours[IN]);
}

static void keep(struct run *run, struct ptx_buf *to, const char *p, size_t n)
{
	size_t room = run->max - to->n;

	if (run->failure == PTX_E_NOMEM)
		return;
	if (n > room) {
		run->r->truncated = true;
		n = room;
	}
	ptx_buf_add(to, p, n);
	if (!ptx_buf_ok(to))
		end(run, PTX_E_NOMEM);
}

/* Reads what there is. */
static void drain(struct run *run, int stream)
{
	char chunk[CHUNK];
	ssize_t got = read(run->ours[stream], chunk, sizeof(chunk));

	if (got > 0)
		keep(run, stream == OUT ? &run->r->out : &run->r->err, chunk, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&run->ours[stream]);
}

static void poll_once(struct run *run, int timeout_ms)
{
	struct pollfd fds[STREAMS + 1] = {
		{ run->ours[IN], POLLOUT, 0 },
		{ run->ours[OUT], POLLIN, 0 },
		{ run->ours[ERR], POLLIN, 0 },
		{ run->pidfd, POLLIN, 0 },
	};

	if (poll(fds, PTXI_COUNT(fds), timeout_ms) <= 0)
		return;
	if (fds[IN].revents)
		feed(run);
	if (fds[OUT].revents)
		drain(run, OUT);
	if (fds[ERR].revents)
		drain(run, ERR);
}

/* True once the program is dead; it stays a zombie. Somebody else may have reaped it: then it is
 * dead as well. */
static bool has_exited(const struct run *run)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return errno == ECHILD;
	return info.si_pid == run->pid;
}

static void talk(struct run *run)
{
	while (!has_exited(run)) {
		int64_t now = ptxi_time_mono_ms();
		int64_t tick = run->pidfd < 0 ? BLIND_TICK_MS : TICK_MS;

		if (ptx_ctx_canceled(run->ctx))
			end(run, PTX_E_CANCELED);
		else if (now >= run->deadline)
			end(run, PTX_E_TIMEOUT);
		if (run->failure && run->kill_at && now >= run->kill_at) {
			signal_run(run, SIGKILL);
			run->kill_at = 0;
		}
		if (run->deadline - now > 0 && run->deadline - now < tick)
			tick = run->deadline - now;
		poll_once(run, (int)tick);
	}
	/* What it wrote before it died is in the pipes, at most a pipe full of it each; a full
	 * buffer does not grow. */
	for (int stream = OUT; stream <= ERR; stream++)
		for (size_t before = SIZE_MAX; run->ours[stream] >= 0;) {
			struct ptx_buf *to = stream == OUT ? &run->r->out : &run->r->err;
			struct pollfd fd = { run->ours[stream], POLLIN, 0 };

			if (poll(&fd, 1, 0) <= 0 || to->n == before)
				break;
			before = to->n;
			drain(run, stream);
		}
}

/* Reaps the program, its group first when we ended it. */
static int reap(struct run *run, struct ptx_error **err)
{
	const char *name = run->o->argv[0];
	int status = 0;
	pid_t pid = 0;

	if (run->failure)
		signal_run(run, SIGKILL);
	do
		pid = waitpid(run->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid == run->pid) {
		run->r->exit_status =
		    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		run->r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	switch (run->failure) {
	case PTX_E_CANCELED:
		return ptx_fail(err, PTX_E_CANCELED, "canceled while '%s' was running", name);
	case PTX_E_TIMEOUT:
		return ptx_fail(err, PTX_E_TIMEOUT, "'%s' did not end within %lld ms", name,
				(long long)run->o->timeout_ms);
	case PTX_E_NOMEM:
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the output of '%s'", name);
	default:
		break;
	}
	if (pid < 0)
		return ptx_fail_errno(err, PTX_E_FAILED, errno, "the exit status of '%s' is lost",
				      name);
	return 0;
}

int ptxi_proc_run(const struct ptx_ctx *ctx, const struct ptxi_proc_opts *o,
		  struct ptxi_proc_result *r, struct ptx_error **err)
{
	struct run run = { .ctx = ctx, .o = o, .r = r, .input = o->input, .pidfd = -1 };
	int rc = 0;

	*r = (struct ptxi_proc_result){ 0 };
	ptx_buf_init(&r->out, 0);
	ptx_buf_init(&r->err, 0);
	run.max = o->max_output ? o->max_output : DEFAULT_MAX_OUTPUT;
	run.deadline = o->timeout_ms > 0 ? ptxi_time_mono_ms() + o->timeout_ms : INT64_MAX;
	for (int i = 0; i < STREAMS; i++)
		run.ours[i] = run.theirs[i] = -1;
	rc = ptxi_ctx_check(ctx, err);
	if (rc == 0)
		rc = start(&run, err);
	if (rc == 0) {
		talk(&run);
		rc = reap(&run, err);
	}
	for (int i = 0; i < STREAMS; i++) {
		close_fd(&run.ours[i]);
		close_fd(&run.theirs[i]);
	}
	close_fd(&run.pidfd);
	return rc;
}
