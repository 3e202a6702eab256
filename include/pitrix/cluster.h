/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - deployed applications: make one, change it, look at it.
 *
 * A change is recorded as a job, whole, before anything acts: the functions that ask for one return
 * its id, and ptx_job_run() (job.h) runs it. A cluster is named by its id or its name.
 */
#ifndef PITRIX_CLUSTER_H
#define PITRIX_CLUSTER_H

#include <pitrix/job.h>
#include <pitrix/package.h>
#include <pitrix/plan.h>
#include <pitrix/store.h>

PTX_BEGIN

struct ptx_deploy_opts {
	size_t size;
	const char *name;    /* NULL: the conf's own name, made plain; a lower-case letter, then
				[a-z0-9-], at most 40 */
	const char *runtime; /* NULL: `local` */
	const struct ptx_value *answers; /* map; NULL: the defaults */
	const struct ptx_value
	    *images;             /* map of image name -> source, over the runtime's; may be NULL */
	const char *vpc;         /* NULL: `default` */
	int64_t lock_timeout_ms; /* as in struct ptx_run_opts */
	struct ptx_diags *diags; /* gets every problem of the answers and the conf; may be NULL */
	const struct ptx_plan
	    *plan; /* do exactly this, or nothing: see ptx_cluster_deploy(); NULL: plan anew */
};
#define PTX_DEPLOY_OPTS_INIT                                                                       \
	{                                                                                          \
		.size = sizeof(struct ptx_deploy_opts)                                             \
	}

/* ptx_cluster_plan_deploy - what a deployment would do. Changes nothing.
 *
 * Returns: owned plan.  Fails: as ptx_cluster_deploy().
 */
PTX_API struct ptx_plan *ptx_cluster_plan_deploy(struct ptx_store *st, struct ptx_package *pkg,
						 const struct ptx_deploy_opts *opts,
						 struct ptx_error **err);

/* ptx_cluster_deploy - record a new cluster and the job that creates it. A deployment of the same
 * name and package that was interrupted gives its own job again.
 *
 * With opts->plan, a plan of ptx_cluster_plan_deploy() that may have been saved: name, runtime, vpc
 * and images are the plan's, and so are the answers but for the secrets among them, which are in no
 * plan and are given again in opts->answers. pkg is the same package, wherever it lies now.
 *
 * Returns: owned id of the job.  Fails: INVALID (answers, conf, name), NOT_FOUND (runtime), EXISTS
 * (a cluster of that name), CONFLICT (the plan does not fit any more), BUSY (another program
 * changes it), IO, ...
 */
PTX_API char *ptx_cluster_deploy(struct ptx_store *st, struct ptx_package *pkg,
				 const struct ptx_deploy_opts *opts, struct ptx_error **err);

struct ptx_operate_opts {
	size_t size;
	bool force; /* delete: even when a destroy command fails, or other clusters are linked to it
		     */
	int64_t lock_timeout_ms;
	const struct ptx_plan *plan; /* do exactly this, which is of the same cluster and operation,
					or nothing; NULL: plan anew */
};
#define PTX_OPERATE_OPTS_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct ptx_operate_opts)                                            \
	}

/* operation: "start", "stop", "restart", "upgrade-agent" or "delete". Starting an active cluster
 * mends what of it does not run; "upgrade-agent" gives the running machines and their Frontgate the
 * agent's program of this installation, in place. */
PTX_API struct ptx_plan *ptx_cluster_plan(struct ptx_store *st, const char *cluster,
					  const char *operation,
					  const struct ptx_operate_opts *opts,
					  struct ptx_error **err);
/* Returns: owned id of the job, which is an unfinished one where the same was asked for before.
 * Fails: NOT_FOUND, PRECONDITION (the cluster's state, or another job has to be finished first),
 * CONFLICT (the plan does not fit any more), BUSY, UNSUPPORTED. */
PTX_API char *ptx_cluster_operate(struct ptx_store *st, const char *cluster, const char *operation,
				  const struct ptx_operate_opts *opts, struct ptx_error **err);

/* All clusters by name: list of {id, name, status, transition, runtime, package, version, nodes:
 * [{name, role, status, private_ip, public_ip, endpoints: [{name, address, protocol}]}], created,
 * job}. deleted: those too that are gone. */
PTX_API struct ptx_value *ptx_cluster_list(struct ptx_store *st, struct ptx_arena *a, bool deleted,
					   struct ptx_error **err);
/* One cluster: the same members, and subnet, vpc, answers (secrets as "***"), conf, frontgate.
 * NOT_FOUND, with the nearest name. */
PTX_API struct ptx_value *ptx_cluster_show(struct ptx_store *st, struct ptx_arena *a,
					   const char *cluster, struct ptx_error **err);

/* ptx_cluster_status - look at what is really there: the machines at the provider, the Frontgate
 * and the agents.
 *
 * Returns: {id, name, status, healthy, problems: [text], nodes: [{name, role, status, machine,
 * agent, health, private_ip, public_ip, problem}], frontgate: {machine, agent, etcd, problem}} in
 * the arena. healthy is what the exit status of `pitrix cluster status` says.  Fails: NOT_FOUND,
 * UNAVAILABLE (the provider does not answer).
 */
PTX_API struct ptx_value *ptx_cluster_status(struct ptx_store *st, struct ptx_arena *a,
					     const char *cluster, struct ptx_error **err);

/* What happened to a cluster, oldest first: its jobs and tasks, and what its Frontgate and agents
 * saw: list of {time, source, kind, node, text}. */
PTX_API struct ptx_value *ptx_cluster_events(struct ptx_store *st, struct ptx_arena *a,
					     const char *cluster, struct ptx_error **err);

/* Where log entries come from. */
enum {
	PTX_LOGS_SERVICES = 1, /* what the services' commands printed, as it is recorded */
	PTX_LOGS_MACHINES = 2  /* what the machines wrote on their standard streams or consoles, as
				  the provider has it */
};

struct ptx_logs_opts {
	size_t size;
	const char *node; /* as in ptx_cluster_exec(), or "frontgate"; NULL: all nodes */
	unsigned sources; /* 0: both; then what the machines cannot be asked for is a warning of the
			     context's log only */
	int64_t since_ns; /* since 1970: only what is later; 0: all */
	int64_t tail; /* of each node's machine so many lines, of its services so many outputs, the
			 last ones; 0: all */
	bool follow;  /* set by ptx_cluster_logs_follow() itself */
};
#define PTX_LOGS_OPTS_INIT                                                                         \
	{                                                                                          \
		.size = sizeof(struct ptx_logs_opts)                                               \
	}

/* Entries by time: list of {time, time_ns, source: "service" or "machine", node, output} with
 * service and status, or stream. Fails: NOT_FOUND; UNSUPPORTED (the provider has no logs) and
 * UNAVAILABLE where only machines are asked. */
PTX_API struct ptx_value *ptx_cluster_logs(struct ptx_store *st, struct ptx_arena *a,
					   const char *cluster, const struct ptx_logs_opts *opts,
					   struct ptx_error **err);
/* Gets one entry, borrowed for the call. Non-zero ends the following and is its result. */
typedef int (*ptx_log_entry_fn)(const struct ptx_value *entry, void *user);
/* The same entries, and then those that come, until fn ends it or the context is canceled
 * (CANCELED). */
PTX_API int ptx_cluster_logs_follow(struct ptx_store *st, const char *cluster,
				    const struct ptx_logs_opts *opts, ptx_log_entry_fn fn,
				    void *user, struct ptx_error **err);

/* ptx_cluster_exec - run a command on one node, once, through its agent. node is its name
 * ("zk_node/1"), its id or its instance's name; NULL when there is only one. command is for /bin/sh
 * -c. timeout_ms 0: a minute.
 *
 * Returns: {exit_status, output} in the arena.  Fails: NOT_FOUND, UNAVAILABLE, TIMEOUT, CANCELED.
 */
PTX_API struct ptx_value *ptx_cluster_exec(struct ptx_store *st, struct ptx_arena *a,
					   const char *cluster, const char *node,
					   const char *command, int64_t timeout_ms,
					   struct ptx_error **err);

PTX_END

#endif
