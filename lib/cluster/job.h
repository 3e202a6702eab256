/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - a job and its tasks as documents. */
#ifndef PTXI_CLUSTER_JOB_H
#define PTXI_CLUSTER_JOB_H

#include "../base/arena.h"
#include "../value/value.h"

enum ptxi_job_status {
	PTXI_JOB_PENDING,
	PTXI_JOB_WORKING,
	PTXI_JOB_SUCCESSFUL,
	PTXI_JOB_FAILED,
	PTXI_JOB_CANCELED
};

const char *ptxi_job_status_name(enum ptxi_job_status s);
/* PTXI_JOB_PENDING for a name that does not exist. */
enum ptxi_job_status ptxi_job_status_from_name(const char *name);

struct ptxi_job {
	const char *id;
	const char *cluster;
	const char *cluster_name;
	const char *operation;
	enum ptxi_job_status status;
	int64_t created_ns, started_ns, ended_ns;
	uint32_t tasks; /* joins not counted */
	uint32_t done;
	struct ptx_value *error; /* {code, message, ...} or NULL */
};

struct ptx_value *ptxi_job_save(const struct ptxi_job *j, struct ptx_arena *a);
int ptxi_job_load(struct ptx_arena *a, struct ptxi_job *j, const struct ptx_value *doc,
		  struct ptx_error **err);

/* An error as a document, and back. */
struct ptx_value *ptxi_error_save(const struct ptx_error *e, struct ptx_arena *a);
int ptxi_error_load(const struct ptx_value *doc, struct ptx_error **err);

/* Keys. In the arena. */
char *ptxi_job_key(struct ptx_arena *a, const char *job);
char *ptxi_job_plan_key(struct ptx_arena *a, const char *job);
char *ptxi_job_task_key(struct ptx_arena *a, const char *job, uint32_t task);
char *ptxi_job_cancel_key(struct ptx_arena *a, const char *job);

#endif
