/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - one task while it runs, and what executors are made of.
 *
 *          prepare            commit of the intent           start     AGAIN: timer, then poll
 *   ready ---------> prepared ---------------------> working -----> ... -----------------------+
 *                                                       ^  |                                   |
 *                                   retryable: backoff  +--+  DONE -> apply -> commit -> finish <+
 *
 * prepare and apply run on the engine's own thread and may read and change the record; start and
 * poll run on a worker and see only what prepare put into the run.
 */
#ifndef PTXI_ENGINE_TASK_H
#define PTXI_ENGINE_TASK_H

#include <pthread.h>

#include "../cluster/record.h"
#include "../cluster/spec.h"
#include "../pilot/pilot.h"
#include "../plan/plan.h"
#include "dag.h"
#include "engine.h"
#include "machine.h"

struct ptxi_engine;
struct ptxi_events;

enum ptxi_run_state {
	PTXI_RUN_NEW,
	PTXI_RUN_WORKING,
	PTXI_RUN_TIMER,
	PTXI_RUN_DONE,
	PTXI_RUN_FAILED
};

struct ptxi_run {
	struct ptxi_engine *engine;
	struct ptxi_task *task;
	const struct ptxi_executor_row *row;
	enum ptxi_run_state state;
	uint32_t attempt;        /* counts outcomes, so that a try after a failure has another id */
	bool started;            /* start came back with AGAIN: poll is next */
	bool skipped;            /* there was nothing to do: nothing is applied */
	char token[64];          /* job, task and attempt */
	struct ptx_arena *arena; /* of this run */
	struct ptx_provider_call call;
	int (*start)(struct ptxi_run *r, struct ptx_error **err);
	int (*poll)(struct ptxi_run *r, struct ptx_error **err);
	void *data; /* the executor's own, in the arena */
	int rc;     /* what start or poll came back with */
	struct ptx_error *error;
	int64_t started_ns, ended_ns;
	int64_t started_mono_ms, due_ms, deadline_ms;
	uint32_t retries;
	struct ptxi_run *next; /* in the queue of those that came back */
	size_t timer;          /* position in the heap of timers */
};

/* What an executor does for one action. */
struct ptxi_executor_row {
	const char *action;
	int (*prepare)(struct ptxi_run *r, struct ptx_error **err); /* required */
	int (*start)(struct ptxi_run *r, struct ptx_error **err);   /* NULL: the driver's action */
	int (*poll)(struct ptxi_run *r, struct ptx_error **err);
	int (*apply)(struct ptxi_run *r, struct ptx_error **err); /* may be NULL */
};

extern const struct ptxi_executor_row ptxi_exec_provider[];
extern const struct ptxi_executor_row ptxi_exec_agent[];
extern const struct ptxi_executor_row ptxi_exec_local[];

struct ptxi_engine {
	struct ptxi_engine_env env;
	struct ptx_ctx *ctx;
	struct ptx_run_opts opts;
	struct ptxi_cluster *cluster;
	struct ptxi_spec *spec;
	struct ptxi_events *events;
	struct ptx_arena *arena; /* of spec, job and plan */
	const char *job_id;
	struct ptxi_commit *commit; /* the next one */
	struct ptxi_lock *vpc_lock; /* vpc.c: held until the commit */
	struct ptxi_lock *turn;     /* vpc.c: from vpc.enter to vpc.leave */
	bool turn_ends;             /* with the next commit */
	struct ptx_value
	    *tokens; /* of nodes whose custom_metadata ran in this process; NULL: none */
	/* For agents: one connection, opened when it is needed first. */
	pthread_mutex_t pilot_mutex;
	struct ptxi_pilot *pilot;
	char *pilot_address;
	struct ptx_arena *status_arena; /* what the Frontgate said last, and when */
	struct ptx_value *status;
	int64_t status_ms;
	struct ptxi_machines machines;
};

/* The row of an action, or NULL. */
const struct ptxi_executor_row *ptxi_executor_find(const struct ptxi_action *a);

/* The node or Frontgate that a task is about. Fails: INTERNAL. */
struct ptxi_node *ptxi_run_node(const struct ptxi_run *r, struct ptx_error **err);
bool ptxi_run_is_frontgate(const struct ptxi_run *r, const struct ptxi_node *n);
/* Draws the name of a node's instance, when it has none: it is committed with the intent. */
int ptxi_run_name_instance(struct ptxi_run *r, struct ptxi_node *n, struct ptx_error **err);
/* The first free address of the VPC, taken for a node. */
int ptxi_run_allocate(struct ptxi_run *r, struct ptxi_node *n, struct ptx_error **err);
void ptxi_run_progress(struct ptxi_run *r, const char *text);

#endif
