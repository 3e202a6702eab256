/* SPDX-License-Identifier: Apache-2.0 */
/* proc_daemon.c - start a program that outlives us.
 *
 * Two forks: the first child leads a new session and dies at once, so the program is nobody's child
 * of ours (no zombie in a long-lived caller) and can get no terminal. The second leaves our folder
 * for the root: the program may outlive that folder too. Between fork and exec only
 * async-signal-safe calls are made, because other threads of the caller may hold any lock. A pipe
 * that closes on exec brings back the errno of whatever failed on the way.
 */
#define PTX_AREA PTX_AREA_BASE
#include "proc.h"
#include "fs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

struct launch {
	const char *path; /* absolute */
	const char *const *argv;
	int input;  /* /dev/null */
	int output; /* the log, or /dev/null */
	int report;
};

PTXI_NORETURN static void give_up(const struct launch *l)
{
	int failed = errno;

	if (write(l->report, &failed, sizeof(failed)) < 0)
		_exit(126);
	_exit(127);
}

static void reset_signals(void)
{
	struct sigaction normal = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			sigaction(sig, &normal, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The second child: becomes the program. Its descriptors above the standard ones close on exec. */
PTXI_NORETURN static void become(const struct launch *l)
{
	reset_signals();
	if (dup2(l->input, STDIN_FILENO) < 0 || dup2(l->output, STDOUT_FILENO) < 0 ||
	    dup2(l->output, STDERR_FILENO) < 0)
		give_up(l);
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0 && errno != ENOSYS)
		give_up(l);
	if (chdir("/") < 0)
		give_up(l);
	execv(l->path, (char *const *)l->argv);
	give_up(l);
}

static int launch(const struct launch *l)
{
	pid_t first = _Fork();
	pid_t second = 0;

	if (first < 0)
		return errno;
	if (first == 0) {
		if (setsid() < 0)
			give_up(l);
		second = _Fork();
		if (second < 0)
			give_up(l);
		if (second == 0)
			become(l);
		_exit(0);
	}
	while (waitpid(first, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* Moves a descriptor above the standard ones, where dup2() cannot run it over. */
static int lift(int fd)
{
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	int failed = errno;

	if (fd >= 0)
		close(fd);
	errno = failed;
	return high;
}

int ptxi_proc_daemon(const char *const *argv, const char *log_path, struct ptx_error **err)
{
	ptx_auto_str found = ptxi_proc_find(argv[0]);
	ptx_auto_str path = NULL;
	ptx_auto_fd input = lift(open("/dev/null", O_RDONLY | O_CLOEXEC));
	ptx_auto_fd output = lift(
	    log_path ? open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
		     : open("/dev/null", O_WRONLY | O_CLOEXEC));
	int failed = output < 0 ? errno : 0;
	int ends[2] = { -1, -1 };
	ptx_auto_fd report = -1;
	ptx_auto_fd answer = -1;

	if (!found) {
		ptx_fail(err, PTX_E_NOT_FOUND, "there is no program '%s'%s", argv[0],
			 strchr(argv[0], '/') ? "" : " in PATH");
		ptxi_error_hint(err, "install it");
		return PTX_E_NOT_FOUND;
	}
	path = ptxi_fs_absolute(found, err);
	if (!path)
		return ptx_wrap(err, "while starting '%s'", found);
	if (failed)
		return ptx_fail_errno(err, ptxi_code_from_errno(failed), failed,
				      "cannot open the log '%s' of '%s'",
				      log_path ? log_path : "/dev/null", path);
	if (input < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot start '%s'", path);
	answer = ends[0];
	report = lift(ends[1]);
	if (report >= 0)
		failed = launch(&(struct launch){ path, argv, input, output, report });
	else
		failed = errno;
	if (report >= 0)
		close(report);
	report = -1;
	if (!failed)
		while (read(answer, &failed, sizeof(failed)) < 0 && errno == EINTR)
			;
	if (failed)
		return ptx_fail_errno(err, ptxi_code_from_errno(failed), failed,
				      "cannot start '%s'", path);
	return 0;
}
