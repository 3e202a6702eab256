/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - the options of commands that run a job, and running one. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <pitrix/job.h>

#include "cli.h"

struct run_args {
	int64_t timeout_ms;
	int64_t lock_timeout_ms;
	int64_t parallelism;
};

/* clang-format off */
#define OPT_RUN(s, m) \
	OPT_DURATION(0, "timeout", s, m.timeout_ms, "give up after so long; what is done can be resumed [no limit]"), \
	OPT_DURATION(0, "lock-timeout", s, m.lock_timeout_ms, "wait so long for another writer [0]"), \
	OPT_INT(0, "parallelism", s, m.parallelism, "N", 1, 1024, "how many calls at once [16]")
/* clang-format on */

/* The library's options of a run, without the events. */
void run_options(const struct run_args *args, struct ptx_run_opts *opts);

/* Leaves the job to a program of its own in the background. Returns 0.  Fails: IO. */
int run_detached(struct cli *cli, const char *job, const struct run_args *args,
		 struct ptx_error **err);

/* Runs or resumes a job, shown while it runs. Returns as ptx_job_run(). */
int run_job(struct cli *cli, const char *job, const struct run_args *args, struct ptx_error **err);

#endif
