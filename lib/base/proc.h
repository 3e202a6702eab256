/* SPDX-License-Identifier: Apache-2.0 */
/* proc.h - run a program: arguments as a list, never a shell; its own process group, unless it
 * shares ours. */
#ifndef PTXI_PROC_H
#define PTXI_PROC_H

#include "ctx.h"

struct ptxi_proc_opts {
	const char *const *argv; /* NULL-terminated; argv[0] is looked for in PATH */
	const char *const *env;  /* "K=V" laid over our environment; may be NULL */
	const char *cwd;         /* may be NULL */
	struct ptx_str input;    /* what it reads on standard input */
	int64_t timeout_ms;      /* 0: none; then its group is ended: SIGTERM, 2 s later SIGKILL */
	size_t max_output;       /* of each stream; 0: 64 MiB; what is over is read and dropped */
	bool merge_stderr;       /* standard error into out */
	int inherit_stderr;      /* 1: ours */
	bool same_group; /* in our process group, so that what a terminal ends is both; a timeout
			    then ends it alone */
};

struct ptxi_proc_result {
	struct ptx_buf out;
	struct ptx_buf err;
	int exit_status; /* 128 + signal when a signal ended it */
	int signal;      /* that one, or 0 */
	bool truncated;
};
void ptxi_proc_result_done(struct ptxi_proc_result *r);

/* Runs and waits. A program that exits with a status other than 0 is no error here.
 * Fails: NOT_FOUND (no such program), TIMEOUT, CANCELED (the context), DENIED, IO, NOMEM. */
int ptxi_proc_run(const struct ptx_ctx *ctx, const struct ptxi_proc_opts *o,
		  struct ptxi_proc_result *r, struct ptx_error **err);
/* Starts a program that outlives us: own session, the root as its folder (relative paths in
 * argv[1..] are the caller's mistake), standard streams from and to /dev/null or log_path. Fails:
 * NOT_FOUND (no such program, no folder for the log), DENIED, IO, NOMEM. */
int ptxi_proc_daemon(const char *const *argv, const char *log_path, struct ptx_error **err);
/* The full path of a program in PATH, owned; NULL when there is none. */
char *ptxi_proc_find(const char *name);

#endif
