/* SPDX-License-Identifier: Apache-2.0 */
/* takeover.c - exec, with a way back.
 *
 *     old --exec--> new, on trial --healthy--> settled
 *      ^                |
 *      +----exec--------+  deadly signal, SIGALRM after the deadline: with the state that the
 *                       |  old one wrote
 *                       |  deadline while the loop still turns: with a fresh state
 *                       |  (ptxi_takeover_exec again)
 *
 * A new program that cannot even set up the guard below is found before: it is asked first whether
 * it can take over (upgrade.c). One that dies all the same takes the process with it; at the
 * machine's next start the record says "trying", and the program before it runs. The old program is
 * held open by a descriptor, so that it can be run whatever became of its file. What the signal
 * handler needs is made ready before; it calls nothing but fcntl, sigprocmask and execveat.
 * Invariant: descriptors that go along are close-on-exec but for the instant of an exec, so no
 * child inherits them.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "takeover.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../base/fs.h"
#include "../base/time.h"
#include "../wire/wire.h"

#define MOST_FDS      256
#define MOST_ARGS     12
#define ALARM_AFTER_S 5 /* the loop gets its chance first */
#define OWN_NAME      "pitrix-agent"

extern char **environ;

static struct {
	struct ptxi_takeover_args args;
	json_t *state;
	int state_fd;
	int previous;   /* -1: not on trial */
	int instead_of; /* -1: not run in place of another */
	int64_t deadline_ms;
	int fds[MOST_FDS];
	size_t fd_count;
	const char *argv[MOST_ARGS]; /* to go back with */
	char why[200];
	char number[16];
} self = { .state_fd = -1, .previous = -1, .instead_of = -1 };

static const int deadly[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGALRM };

static void keep_open(int fd, bool keep)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags >= 0)
		fcntl(fd, F_SETFD, keep ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
}

static void keep_all(bool keep)
{
	for (size_t i = 0; i < self.fd_count; i++)
		keep_open(self.fds[i], keep);
	if (self.state_fd >= 0)
		keep_open(self.state_fd, keep);
}

static void run_program(int fd, const char *const *argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

/* Only what a signal handler may call. */
static void go_back(void)
{
	int fd = self.previous >= 0 ? self.previous : self.instead_of;

	alarm(0);
	keep_all(true);
	run_program(fd, self.argv);
	keep_all(false);
}

static void on_deadly(int number)
{
	static const char late[] = "it hung";
	static const char text[] = "it was ended by signal ";
	size_t n = sizeof(text) - 1;

	memcpy(self.why, number == SIGALRM ? late : text,
	       number == SIGALRM ? sizeof(late) : sizeof(text));
	if (number != SIGALRM) {
		if (number >= 10)
			self.why[n++] = (char)('0' + number / 10);
		self.why[n++] = (char)('0' + number % 10);
		self.why[n] = '\0';
	}
	go_back();
	_exit(70);
}

static void guard(bool on)
{
	struct sigaction sa = { .sa_flags = SA_NODEFER | SA_ONSTACK };
	static char stack[16384];
	static struct sigaction before[PTXI_COUNT(deadly)];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };

	if (on)
		sigaltstack(&alternative, NULL);
	else
		alarm(0);
	sa.sa_handler = on_deadly;
	for (size_t i = 0; i < PTXI_COUNT(deadly); i++)
		sigaction(deadly[i], on ? &sa : &before[i], on ? &before[i] : NULL);
}

/* PROGRAM ROLE --config FILE [--debug] and what follows. */
static void make_argv(const char **argv, const char *program, const char *const *more)
{
	size_t n = 0;

	argv[n++] = program;
	argv[n++] = self.args.role;
	argv[n++] = "--config";
	argv[n++] = self.args.config;
	if (self.args.debug)
		argv[n++] = "--debug";
	for (; more && *more && n + 1 < MOST_ARGS; more++)
		argv[n++] = *more;
	argv[n] = NULL;
}

/* --- the state --- */

json_t *ptxi_takeover_parse(struct ptx_str text, const char *role, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse(text, PTXI_TAKEOVER_MAX, err);
	const char *of = json_string_value(json_object_get(j, "role"));

	if (!j)
		return NULL;
	if (json_integer_value(json_object_get(j, "format")) != PTXI_TAKEOVER_FORMAT)
		ptx_fail(err, PTX_E_UNSUPPORTED, "the state is not of format %d",
			 PTXI_TAKEOVER_FORMAT);
	else if (!of || strcmp(of, role) != 0)
		ptx_fail(err, PTX_E_INVALID, "the state is not of a %s", role);
	else if (!json_is_object(json_object_get(j, "data")) ||
		 !json_is_array(json_object_get(j, "fds")))
		ptx_fail(err, PTX_E_INVALID, "the state lacks a part");
	else
		return j;
	json_decref(j);
	return NULL;
}

bool ptxi_takeover_format(const struct ptxi_takeover *t, struct ptx_buf *out)
{
	json_t *j =
	    json_pack("{s:i, s:s, s:s, s:O, s:O, s:O, s:s*}", "format", PTXI_TAKEOVER_FORMAT,
		      "role", self.args.role, "version", PACKAGE_VERSION, "update", t->update,
		      "data", t->data, "fds", t->fds, "error", t->error);
	bool ok = false;

	if (j && !t->error)
		json_object_set_new(j, "deadline_ms",
				    json_integer(ptxi_time_mono_ms() + t->trial_ms));
	ok = ptxi_wire_format(j, out);
	json_decref(j);
	return ok;
}

static int read_state(struct ptx_error **err)
{
	struct stat st;
	int64_t fd = 0;
	const char *bytes = NULL;

	if (!ptxi_parse_i64(ptxi_str(self.args.resume), &fd, 3, INT32_MAX) ||
	    fstat((int)fd, &st) < 0 || st.st_size <= 0 || (uint64_t)st.st_size > PTXI_TAKEOVER_MAX)
		return ptx_fail(err, PTX_E_INVALID, "'--resume %s' is no state", self.args.resume);
	self.state_fd = (int)fd;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, (int)fd, 0);
	if (bytes == MAP_FAILED)
		return ptx_fail(err, PTX_E_NOMEM, "cannot read the state");
	self.state = ptxi_takeover_parse(ptxi_strn(bytes, (size_t)st.st_size), self.args.role, err);
	munmap((char *)(uintptr_t)bytes, (size_t)st.st_size);
	return self.state ? 0 : PTX_E_INVALID;
}

static void take_fds(void)
{
	const json_t *fds = json_object_get(self.state, "fds");

	for (size_t i = 0; i < json_array_size(fds) && self.fd_count < MOST_FDS; i++) {
		json_int_t fd = json_integer_value(json_array_get(fds, i));

		if (fd > 2 && fd <= INT32_MAX)
			self.fds[self.fd_count++] = (int)fd;
	}
	keep_all(false);
}

/* The descriptor of the program that waits is the last option that it was given: it is there even
 * when the state cannot be read. */
static int previous_of(const char *text)
{
	int64_t fd = 0;

	return text && ptxi_parse_i64(ptxi_str(text), &fd, 3, INT32_MAX) &&
		       fcntl((int)fd, F_GETFD) >= 0
		   ? (int)fd
		   : -1;
}

int ptxi_takeover_begin(const struct ptxi_takeover_args *args, struct ptx_error **err)
{
	const char *more[5] = { "--resume", args->resume, "--fallback", self.why, NULL };
	const char *kept[3] = { "--not-updated", self.why, NULL };
	int code = 0;

	self.args = *args;
	prctl(PR_SET_NAME, OWN_NAME);
	if (args->resume) {
		int previous = args->fallback ? -1 : previous_of(args->instead_of);

		if (previous >= 0) {
			make_argv(self.argv, OWN_NAME, more);
			self.previous = previous;
			keep_open(previous, false);
			guard(true);
		}
		code = read_state(err);
		if (code < 0) {
			if (previous >= 0)
				ptxi_takeover_give_up(err && *err ? ptx_error_message(*err)
								  : "it cannot read the state");
			return code;
		}
		take_fds();
		self.deadline_ms = json_integer_value(json_object_get(self.state, "deadline_ms"));
		if (previous >= 0)
			alarm((unsigned)(ptxi_takeover_left_ms() / 1000 + ALARM_AFTER_S));
	} else if (args->instead_of) {
		self.instead_of = previous_of(args->instead_of);
		if (self.instead_of < 0)
			return ptx_fail(err, PTX_E_INVALID, "'--instead-of %s' is no program",
					args->instead_of);
		make_argv(self.argv, OWN_NAME, kept);
		keep_open(self.instead_of, false);
		guard(true);
	}
	return 0;
}

const json_t *ptxi_takeover_state(void)
{
	return self.state;
}

const char *ptxi_takeover_why_back(void)
{
	const char *error = json_string_value(json_object_get(self.state, "error"));

	return self.args.fallback ? self.args.fallback : error;
}

const char *ptxi_takeover_not_updated(void)
{
	return self.args.not_updated;
}

bool ptxi_takeover_is_kept(void)
{
	return self.args.instead_of && !self.args.resume;
}

bool ptxi_takeover_on_trial(void)
{
	return self.previous >= 0;
}

int ptxi_takeover_previous(void)
{
	return self.previous;
}

int64_t ptxi_takeover_left_ms(void)
{
	int64_t left = self.deadline_ms - ptxi_time_mono_ms();

	return left < 0 ? 0 : left;
}

void ptxi_takeover_settle(void)
{
	if (self.previous >= 0 || self.instead_of >= 0)
		guard(false);
	if (self.previous >= 0)
		close(self.previous);
	if (self.instead_of >= 0)
		close(self.instead_of);
	if (self.state_fd >= 0)
		close(self.state_fd);
	self.previous = self.instead_of = self.state_fd = -1;
	self.fd_count = 0;
	json_decref(self.state);
	self.state = NULL;
}

void ptxi_takeover_give_up(const char *why)
{
	if (self.previous < 0 && self.instead_of < 0)
		return;
	snprintf(self.why, sizeof(self.why), "%s", why);
	go_back();
}

/* --- exec --- */

static int write_all(int fd, struct ptx_str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n <= 0)
			return -1;
		s = ptxi_str_from(s, (size_t)n);
	}
	return 0;
}

static int make_state_file(const struct ptxi_takeover *t, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	int fd = memfd_create("pitrix-state", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	ptx_buf_init(&text, PTXI_TAKEOVER_MAX);
	if (fd < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot make a file for the state");
	if (!ptxi_takeover_format(t, &text) || write_all(fd, ptx_buf_str(&text)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
		close(fd);
		return ptx_fail(err, PTX_E_NOMEM, "cannot write the state");
	}
	return fd;
}

int ptxi_takeover_exec(const struct ptxi_takeover *t, struct ptx_error **err)
{
	const char *argv[MOST_ARGS];
	char state_text[16] = "";
	char own_text[16] = "";
	const char *more[5] = { "--resume", state_text, t->error ? NULL : "--instead-of", own_text,
				NULL };
	ptx_auto_fd own = t->error ? -1 : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ptx_auto_fd state = make_state_file(t, err);
	int errnum = 0;

	if (state < 0)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	if (!t->error && own < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot open the program that runs");
	snprintf(state_text, sizeof(state_text), "%d", state);
	snprintf(own_text, sizeof(own_text), "%d", own);
	make_argv(argv, t->path, more);
	keep_open(state, true);
	if (own >= 0)
		keep_open(own, true);
	for (size_t i = 0; i < json_array_size(t->fds); i++)
		keep_open((int)json_integer_value(json_array_get(t->fds, i)), true);
	alarm(0); /* it would outlive the exec */
	run_program(t->program, argv);
	errnum = errno;
	for (size_t i = 0; i < json_array_size(t->fds); i++)
		keep_open((int)json_integer_value(json_array_get(t->fds, i)), false);
	return ptx_fail_errno(err, PTX_E_IO, errnum, "cannot run '%s'", t->path);
}

int ptxi_takeover_instead(int program, const char *path, struct ptx_error **err)
{
	const char *argv[MOST_ARGS];
	char own_text[16] = "";
	const char *more[3] = { "--instead-of", own_text, NULL };
	ptx_auto_fd own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (own < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot open the program that runs");
	snprintf(own_text, sizeof(own_text), "%d", own);
	make_argv(argv, path, more);
	keep_open(own, true);
	run_program(program, argv);
	return ptx_fail_errno(err, PTX_E_IO, errno, "cannot run '%s'", path);
}
