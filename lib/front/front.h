/* SPDX-License-Identifier: Apache-2.0 */
/* front.h - what the public calls of this room share. */
#ifndef PTXI_FRONT_H
#define PTXI_FRONT_H

#include <pitrix/cluster.h>
#include "../cluster/job.h"
#include "../cluster/record.h"
#include "../engine/engine.h"
#include "../pilot/pilot.h"
#include "../plan/op.h"
#include "../provider/provider.h"
#include "../provider/runtime.h"
#include "../store/store.h"

/* A runtime with its driver opened. */
struct ptxi_world {
	struct ptx_arena *arena;
	struct ptxi_runtime *runtime;
	void *driver;
};
int ptxi_world_open(struct ptx_store *st, const char *runtime, struct ptxi_world *w,
		    struct ptx_error **err);
void ptxi_world_close(struct ptxi_world *w);

/* The id behind an id or a name, owned. NOT_FOUND, with the nearest name. */
char *ptxi_front_resolve(struct ptx_store *st, const char *cluster, struct ptx_error **err);
/* The locks of a change: of the cluster for as long as its job runs, and of the VPC's record (NULL:
 * not that), held for an instant (engine/vpc.c), in this order. */
struct ptxi_locks {
	struct ptxi_lock *cluster;
	struct ptxi_lock *vpc;
};
int ptxi_front_lock(struct ptx_store *st, const char *cluster_name, const char *vpc,
		    int64_t wait_ms, const char *what, struct ptxi_locks *l,
		    struct ptx_error **err);
void ptxi_front_unlock(struct ptxi_locks *l);

/* What was seen of a cluster just now. In the arena. */
struct ptxi_sight {
	struct ptx_value
	    *found; /* of the provider's find: id -> map, by the node's id; frontgate too */
	struct ptx_value
	    *agents; /* of ptxi_pilot_status(), or NULL when the Frontgate does not answer */
	const char *why_not;  /* then: why */
	const char **up;      /* ids of nodes whose machine and agent run, NULL-terminated */
	const char **missing; /* the same: of nodes whose machine is gone */
	bool frontgate_up;
};
/* Does the runtime's remote answer at all? Fails with why not. */
int ptxi_front_reach(struct ptx_store *st, const struct ptxi_world *w, struct ptx_error **err);
int ptxi_front_look(struct ptx_store *st, struct ptx_arena *a, const struct ptxi_cluster *c,
		    const struct ptxi_world *w, struct ptxi_sight *s, struct ptx_error **err);
/* For the operation `upgrade-agent`: the agent's program of this installation, and who runs another
 * one. UNAVAILABLE (the Frontgate), NOT_FOUND, INVALID (the program). */
int ptxi_front_look_at_agents(struct ptx_store *st, struct ptx_arena *a,
			      const struct ptxi_cluster *c, const struct ptxi_world *w,
			      const struct ptxi_sight *s, struct ptxi_plan_input *in,
			      struct ptx_error **err);
/* The Frontgate's published address, in the arena; NULL when it has none. */
const char *ptxi_front_frontgate(struct ptx_arena *a, const struct ptxi_cluster *c);
struct ptxi_pilot *ptxi_front_pilot(struct ptx_store *st, const struct ptxi_cluster *c,
				    struct ptx_error **err);

/* Writes what a Frontgate should know of a cluster, when it has lost it. */
int ptxi_front_rebuild(struct ptx_store *st, struct ptxi_pilot *p, const struct ptxi_cluster *c,
		       struct ptx_error **err);

/* Adds a new job with its plan to a commit, and names it in the cluster's record. In the cluster's
 * arena. */
const char *ptxi_front_add_job(struct ptx_store *st, struct ptxi_commit *commit,
			       struct ptxi_cluster *c, const struct ptx_plan *plan,
			       struct ptx_error **err);
/* "zk_node/1". In the arena. */
const char *ptxi_front_node_name(struct ptx_arena *a, const struct ptxi_node *n);
/* By name ("zk_node/1"), id or the instance's name; the only one for NULL. NOT_FOUND, USAGE, with
 * the names that there are. */
const struct ptxi_node *ptxi_front_find_node(const struct ptxi_cluster *c, const char *name,
					     struct ptx_error **err);
/* RFC 3339, or null for 0. */
struct ptx_value *ptxi_front_time(struct ptx_arena *a, int64_t ns);

#endif
