/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - the options of commands that run a job, and running one. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "follow.h"
#include "run.h"

void run_options(const struct run_args *args, struct ptx_run_opts *opts)
{
	opts->timeout_ms = args->timeout_ms;
	opts->lock_timeout_ms = args->lock_timeout_ms;
	opts->parallelism = (unsigned)args->parallelism;
}

int run_job(struct cli *cli, const char *job, const struct run_args *args, struct ptx_error **err)
{
	struct ptx_run_opts opts = PTX_RUN_OPTS_INIT;
	struct ptx_store *st = cli_store(cli, err);
	struct follow *f = st ? follow_new(cli, err) : NULL;
	int rc = 0;

	if (!f)
		return ptx_error_code(*err);
	run_options(args, &opts);
	opts.event = follow_event;
	opts.user = f;
	rc = ptx_job_run(st, job, &opts, err);
	follow_free(f);
	if (rc == PTX_E_CANCELED || rc == PTX_E_TIMEOUT || rc == PTX_E_PARTIAL)
		cli_say(cli, "Go on with: pitrix job resume %s", job);
	return rc;
}

/* In the child: a session of its own, nothing of ours open, then the same program again. */
static void become_background(char *const *argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || setsid() < 0)
		_exit(1);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			_exit(1);
	/* The one that the shell or a service manager waits for ends; its child goes on. */
	switch (fork()) {
	case 0:
		execv("/proc/self/exe", argv);
		_exit(127);
	case -1:
		_exit(1);
	default:
		_exit(0);
	}
}

int run_detached(struct cli *cli, const char *job, const struct run_args *args,
		 struct ptx_error **err)
{
	char timeout[48] = "";
	char parallelism[48] = "";
	char name[] = "pitrix";
	char quiet[] = "--quiet";
	char noun[] = "job";
	char verb[] = "resume";
	char wait_for_us[] = "--lock-timeout=1m";
	char home_option[] = "--home";
	char *home = cli->globals.home ? strdup(cli->globals.home) : NULL;
	char *id = strdup(job);
	char *argv[12] = { name, noun, verb, id, quiet, wait_for_us };
	size_t n = 6;
	int status = 1;
	pid_t pid = 0;

	snprintf(timeout, sizeof(timeout), "--timeout=%" PRId64 "ms", args->timeout_ms);
	snprintf(parallelism, sizeof(parallelism), "--parallelism=%" PRId64, args->parallelism);
	if (args->timeout_ms)
		argv[n++] = timeout;
	if (args->parallelism)
		argv[n++] = parallelism;
	if (home) {
		argv[n++] = home_option;
		argv[n++] = home;
	}
	/* The state file must not be open on both sides of a fork. */
	if (id && (home || !cli->globals.home)) {
		cli_done(cli);
		fflush(NULL);
		pid = fork();
		if (pid == 0)
			become_background(argv);
		if (pid > 0)
			waitpid(pid, &status, 0);
	}
	free(id);
	free(home);
	if (pid > 0 && status == 0)
		return 0;
	ptx_error_set(err, PTX_E_IO, "cannot start a program in the background: %s",
		      strerror(errno));
	return PTX_E_IO;
}
