/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - run a plan, follow it, go on after a crash, stop it. */
#ifndef PITRIX_JOB_H
#define PITRIX_JOB_H

#include <pitrix/plan.h>
#include <pitrix/store.h>

PTX_BEGIN

enum ptx_event_kind {
	PTX_EVENT_JOB_STARTED, /* count: how many tasks there are, done: how many were done before
				*/
	PTX_EVENT_TASK_STARTED,
	PTX_EVENT_TASK_PROGRESS, /* text */
	PTX_EVENT_TASK_RETRIED,  /* text: why */
	PTX_EVENT_TASK_DONE,
	PTX_EVENT_TASK_FAILED, /* text: why; allowed: the job goes on */
	PTX_EVENT_JOB_ENDED    /* text: the first failure, or NULL */
};

/* What happened. All borrowed for the call. */
struct ptx_event {
	size_t size;
	enum ptx_event_kind kind;
	const char *job;
	int64_t time_ns;   /* since 1970 */
	uint32_t task;     /* its number in the plan */
	const char *title; /* of the task */
	const char *action;
	const char *text;
	int64_t elapsed_ms; /* of the task or the job */
	uint32_t done;      /* tasks done so far */
	uint32_t count;     /* tasks in all, joins not counted */
	bool allowed;
};

/* Called on the thread that runs the job. Non-zero asks the job to stop at the next safe point
 * (CANCELED). */
typedef int (*ptx_event_fn)(const struct ptx_event *e, void *user);

struct ptx_run_opts {
	size_t size;
	unsigned parallelism; /* calls at once; 0: 16 */
	int64_t
	    lock_timeout_ms; /* how long to wait for another writer; 0: not at all; <0: for ever */
	int64_t timeout_ms;  /* of the whole job; 0: none */
	ptx_event_fn event;
	void *user;
};
#define PTX_RUN_OPTS_INIT                                                                          \
	{                                                                                          \
		.size = sizeof(struct ptx_run_opts)                                                \
	}

/* Runs a job, or goes on with one that was interrupted: what is done stays done, what was under way
 * is looked at and adopted, what failed is tried again.
 *
 * Fails: NOT_FOUND, BUSY (another program runs it, or changes the cluster), FAILED or the code of
 * the first task that failed, CANCELED, TIMEOUT; all but the first two can be resumed.
 */
PTX_API int ptx_job_run(struct ptx_store *st, const char *job, const struct ptx_run_opts *opts,
			struct ptx_error **err);

/* The job of a cluster (by id or name) that is not finished, or was last: owned id. NOT_FOUND. */
PTX_API char *ptx_job_of_cluster(struct ptx_store *st, const char *cluster, struct ptx_error **err);

/* Jobs, newest first: list of {id, cluster, cluster_name, operation, status, created, started,
 * ended, tasks, done, error}. cluster may be NULL. status: pending, working, successful, failed,
 * canceled; a job that says working while nobody runs it is `interrupted`. */
PTX_API struct ptx_value *ptx_job_list(struct ptx_store *st, struct ptx_arena *a,
				       const char *cluster, struct ptx_error **err);
/* One job with its tasks: the same members and tasks: [{id, title, action, target, status, attempt,
 * started, ended, error, output}]. */
PTX_API struct ptx_value *ptx_job_show(struct ptx_store *st, struct ptx_arena *a, const char *job,
				       struct ptx_error **err);
/* Follows a job that another program runs, as events, until it ends. Returns as ptx_job_run(). */
PTX_API int ptx_job_follow(struct ptx_store *st, const char *job, ptx_event_fn event, void *user,
			   struct ptx_error **err);
/* Asks the program that runs it to stop at the next safe point; a job that nobody runs is marked
 * canceled. */
PTX_API int ptx_job_cancel(struct ptx_store *st, const char *job, struct ptx_error **err);

PTX_END

#endif
