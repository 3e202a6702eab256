/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - runs a job's graph of tasks. */
#ifndef PTXI_ENGINE_H
#define PTXI_ENGINE_H

#include <pitrix/job.h>
#include <pitrix/sys/provider.h>
#include "../store/store.h"

/* What a job's tasks act on. Borrowed for the run. */
struct ptxi_engine_env {
	struct ptx_store *store;
	const struct ptx_provider *provider;
	void *driver; /* opened */
};

/* Runs what is left of the job. The caller holds the locks of the cluster (and of its VPC where the
 * plan changes that). Returns as ptx_job_run(). */
int ptxi_engine_run(const struct ptxi_engine_env *env, const char *job,
		    const struct ptx_run_opts *opts, struct ptx_error **err);

/* Loads a cluster's record with its nodes and VPC. Owned. */
struct ptxi_cluster *ptxi_engine_load(struct ptx_store *st, const char *cluster,
				      struct ptx_error **err);
/* What the custom_metadata of the nodes printed: map of their ids to texts, in the arena. A secret:
 * never to be recorded or shown. fresh: such a map of those that are not in the store yet; NULL:
 * none. Fails: NOT_FOUND, UNTRUSTED, NOMEM. */
struct ptx_value *ptxi_engine_tokens(struct ptx_store *st, struct ptx_arena *a,
				     const struct ptxi_cluster *c, const struct ptx_value *fresh,
				     struct ptx_error **err);
/* Adds what is dirty in the record to a commit; ptxi_engine_saved() takes over the revision once
 * that has run. */
struct ptxi_commit;
void ptxi_engine_save(struct ptxi_cluster *c, struct ptxi_commit *commit);
void ptxi_engine_saved(struct ptxi_cluster *c, int64_t rev);

#endif
