/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - jobs to and from documents. A job stands at jobs/ID, its plan at job-plans/ID, its tasks
 * at job-tasks/ID/NUMBER, so that listing jobs reads no task. */
#define PTX_AREA PTX_AREA_CLUSTER
#include "../base/ptxi.h"
#include "job.h"

#define FORMAT 1

static const char *const names[] = { "pending", "working", "successful", "failed", "canceled" };

const char *ptxi_job_status_name(enum ptxi_job_status s)
{
	return names[s];
}

enum ptxi_job_status ptxi_job_status_from_name(const char *name)
{
	for (size_t i = 0; name && i < PTXI_COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum ptxi_job_status)i;
	return PTXI_JOB_PENDING;
}

struct ptx_value *ptxi_job_save(const struct ptxi_job *j, struct ptx_arena *a)
{
	struct ptx_value *doc = ptx_value_map(a);

	ptx_value_set_int(doc, "format", FORMAT);
	ptx_value_set_string(doc, "id", j->id);
	ptx_value_set_string(doc, "cluster", j->cluster);
	ptx_value_set_string(doc, "cluster_name", j->cluster_name);
	ptx_value_set_string(doc, "operation", j->operation);
	ptx_value_set_string(doc, "status", names[j->status]);
	ptx_value_set_int(doc, "created_ns", j->created_ns);
	ptx_value_set_int(doc, "started_ns", j->started_ns);
	ptx_value_set_int(doc, "ended_ns", j->ended_ns);
	ptx_value_set_int(doc, "tasks", j->tasks);
	ptx_value_set_int(doc, "done", j->done);
	if (j->error)
		ptx_value_set(doc, "error", ptx_value_copy(a, j->error));
	return doc;
}

int ptxi_job_load(struct ptx_arena *a, struct ptxi_job *j, const struct ptx_value *doc,
		  struct ptx_error **err)
{
	const struct ptx_value *error = ptx_value_get(doc, "error");
	const char *id = ptx_value_as_string(ptx_value_get(doc, "id"), NULL);
	const char *cluster = ptx_value_as_string(ptx_value_get(doc, "cluster"), NULL);

	if (ptx_value_as_int(ptx_value_get(doc, "format"), 0) > FORMAT)
		return ptx_fail(err, PTX_E_UNSUPPORTED, "a job of a newer version");
	if (!id || !cluster)
		return ptx_fail(err, PTX_E_CORRUPT, "a job without its id or cluster");
	*j = (struct ptxi_job){
		.id = ptxi_arena_str(a, id),
		.cluster = ptxi_arena_str(a, cluster),
		.cluster_name =
		    ptxi_arena_str(a, ptx_value_as_string(ptx_value_get(doc, "cluster_name"), "")),
		.operation =
		    ptxi_arena_str(a, ptx_value_as_string(ptx_value_get(doc, "operation"), "")),
		.status = ptxi_job_status_from_name(
		    ptx_value_as_string(ptx_value_get(doc, "status"), NULL)),
		.created_ns = ptx_value_as_int(ptx_value_get(doc, "created_ns"), 0),
		.started_ns = ptx_value_as_int(ptx_value_get(doc, "started_ns"), 0),
		.ended_ns = ptx_value_as_int(ptx_value_get(doc, "ended_ns"), 0),
		.tasks = (uint32_t)ptx_value_as_int(ptx_value_get(doc, "tasks"), 0),
		.done = (uint32_t)ptx_value_as_int(ptx_value_get(doc, "done"), 0),
		.error = error ? ptx_value_copy(a, error) : NULL,
	};
	return ptxi_arena_check(a, err);
}

struct ptx_value *ptxi_error_save(const struct ptx_error *e, struct ptx_arena *a)
{
	struct ptx_value *doc = ptx_value_map(a);
	struct ptx_value *contexts = ptx_value_list(a);

	ptx_value_set_string(doc, "code", ptx_code_name(ptx_error_code(e)));
	ptx_value_set_string(doc, "area", ptx_error_area(e));
	ptx_value_set_string(doc, "message", ptx_error_message(e));
	for (size_t i = 0; ptx_error_context(e, i); i++)
		ptx_value_append(contexts, ptx_value_string(a, ptx_error_context(e, i)));
	ptx_value_set(doc, "contexts", contexts);
	if (ptx_error_hint(e))
		ptx_value_set_string(doc, "hint", ptx_error_hint(e));
	return doc;
}

int ptxi_error_load(const struct ptx_value *doc, struct ptx_error **err)
{
	const struct ptx_value *contexts = ptx_value_get(doc, "contexts");
	const char *hint = ptx_value_as_string(ptx_value_get(doc, "hint"), NULL);
	int code = ptx_code_from_name(ptx_value_as_string(ptx_value_get(doc, "code"), "failed"));

	ptx_fail(err, code, "%s", ptx_value_as_string(ptx_value_get(doc, "message"), "it failed"));
	for (size_t i = 0; i < ptx_value_count(contexts); i++)
		ptx_wrap(err, "%s", ptx_value_as_string(ptx_value_at(contexts, i), ""));
	if (hint)
		ptxi_error_hint(err, "%s", hint);
	return code;
}

char *ptxi_job_key(struct ptx_arena *a, const char *job)
{
	return ptxi_arena_printf(a, "jobs/%s", job);
}

char *ptxi_job_plan_key(struct ptx_arena *a, const char *job)
{
	return ptxi_arena_printf(a, "job-plans/%s", job);
}

char *ptxi_job_task_key(struct ptx_arena *a, const char *job, uint32_t task)
{
	return ptxi_arena_printf(a, "job-tasks/%s/%06u", job, task);
}

char *ptxi_job_cancel_key(struct ptx_arena *a, const char *job)
{
	return ptxi_arena_printf(a, "job-cancel/%s", job);
}
