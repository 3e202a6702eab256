/* SPDX-License-Identifier: Apache-2.0 */
/* operate.c - start, stop, restart and delete: look, plan, record the job.
 *
 * Looking comes before planning, so that only what runs is asked to stop and only what does not is
 * started. An unfinished job of the same operation is given again. One of another operation has to
 * be finished first, but for a delete, and for start and stop among themselves, which supersede it;
 * an update of the agents is superseded by everything.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/opts.h"
#include "links.h"
#include "saved.h"

struct operate {
	struct ptx_store *st;
	const struct ptxi_op *op;
	struct ptx_operate_opts o;
	struct ptx_arena *arena;
	struct ptxi_world world;
	struct ptxi_cluster *cluster;
	struct ptxi_spec *spec;
	struct ptxi_locks locks;
};

static int load(struct operate *w, const char *cluster, struct ptx_error **err)
{
	ptx_auto_str id = ptxi_front_resolve(w->st, cluster, err);

	w->cluster = id ? ptxi_engine_load(w->st, id, err) : NULL;
	if (!w->cluster)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
	w->spec = ptxi_spec_load(w->arena, w->cluster->conf, err);
	return w->spec ? 0 : PTX_E_INVALID;
}

static int lock(struct operate *w, struct ptx_error **err)
{
	const struct ptxi_cluster *c = w->cluster;
	/* Who loaded it failed, or there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	ptx_auto_str vpc = ptxi_asprintf("%s.%s", c->runtime, c->vpc ? c->vpc->name : "default");

	if (!vpc)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return ptxi_front_lock(w->st, c->name, vpc, w->o.lock_timeout_ms, w->op->transition,
			       &w->locks, err);
}

/* Do the other clusters of the VPC still run? */
static int look_at_others(struct operate *w, struct ptxi_plan_input *in, struct ptx_error **err)
{
	const struct ptxi_vpc *v = w->cluster->vpc;

	in->vpc_last = in->vpc_idle = true;
	for (size_t i = 0; v && i < ptx_value_count(v->clusters); i++) {
		const char *id = ptx_value_as_string(ptx_value_at(v->clusters, i), "");
		ptx_auto_str key = ptxi_asprintf("clusters/%s", id);
		const struct ptx_value *doc = NULL;
		struct ptx_error *why = NULL;

		if (!key)
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
		if (strcmp(id, w->cluster->id) == 0)
			continue;
		in->vpc_last = false;
		doc = ptxi_store_get(w->st, key, w->arena, NULL, &why);
		if (why) {
			if (err)
				*err = why;
			return ptx_error_code(why);
		}
		if (strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "stopped") != 0)
			in->vpc_idle = false;
	}
	return 0;
}

static struct ptx_plan *make_plan(struct operate *w, struct ptx_error **err)
{
	struct ptxi_sight sight = { 0 };
	struct ptxi_plan_input in = { .cluster = w->cluster, .spec = w->spec, .force = w->o.force };
	struct ptx_value *basis = ptx_value_map(w->arena);
	ptx_auto(plan) plan = NULL;

	ptx_value_set_string(basis, "record", ptxi_cluster_digest(w->cluster, w->arena));
	ptx_value_set_bool(basis, "force", w->o.force);

	/* Who loaded it failed, or there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	if (ptxi_status_require(w->cluster->name, w->cluster->status, w->op->allowed, w->op->name,
				err) < 0 ||
	    (strcmp(w->op->name, "delete") == 0 && !w->o.force &&
	     ptxi_links_check_unused(w->st, w->cluster, err) < 0) ||
	    ptxi_world_open(w->st, w->cluster->runtime, &w->world, err) < 0 ||
	    ptxi_front_look(w->st, w->arena, w->cluster, &w->world, &sight, err) < 0 ||
	    look_at_others(w, &in, err) < 0)
		return NULL;
	in.up = sight.up;
	in.missing = sight.missing;
	in.frontgate_up = sight.frontgate_up;
	if (strcmp(w->op->name, "upgrade-agent") == 0 &&
	    ptxi_front_look_at_agents(w->st, w->arena, w->cluster, &w->world, &sight, &in, err) < 0)
		return NULL;
	plan = ptxi_op_plan(w->op, &in, err);
	if (!plan || ptxi_plan_set_basis(plan, basis, err) < 0)
		return NULL;
	return ptx_steal(&plan);
}

/* Before the world is asked: is the record the one that the saved plan was made of? */
static int check_record(struct operate *w, struct ptx_error **err)
{
	const char *was = ptx_value_as_string(ptx_value_get(w->o.plan->basis, "record"), "");
	const char *now = ptxi_cluster_digest(w->cluster, w->arena);

	if (!now)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return strcmp(was, now) == 0
		   ? 0
		   : ptxi_saved_stale(w->o.plan, err, "the cluster was changed since it was made");
}

/* An unfinished job of the same operation is of the saved plan, or of another one. */
static int check_job(struct operate *w, struct ptx_error **err)
{
	const struct ptx_value *doc = ptxi_store_get(
	    w->st, ptxi_job_plan_key(w->arena, w->cluster->job), w->arena, NULL, err);
	const char *fingerprint = ptxi_plan_fingerprint(w->o.plan, w->arena);

	if (!doc)
		return err && *err ? ptx_error_code(*err) : PTX_E_CORRUPT;
	if (fingerprint &&
	    strcmp(fingerprint, ptx_value_as_string(ptx_value_get(doc, "fingerprint"), "")) == 0)
		return 0;
	return ptxi_saved_stale(w->o.plan, err, "another job of the cluster is not finished");
}

/* Of an update of the agents nothing is half done: planning it anew does what is left, with the
 * program of now. */
static bool is_repeatable(const char *operation)
{
	return strcmp(operation, "upgrade-agent") == 0;
}

static bool supersedes(const char *op, const char *unfinished)
{
	bool power = strcmp(unfinished, "start") == 0 || strcmp(unfinished, "stop") == 0 ||
		     strcmp(unfinished, "restart") == 0;

	return strcmp(op, "delete") == 0 || is_repeatable(unfinished) ||
	       (power && strcmp(op, "restart") != 0);
}

/* The unfinished job: *same when it is of this operation; else it is marked canceled in the commit,
 * or refused. */
static int unfinished(struct operate *w, struct ptxi_commit *commit, bool *same,
		      struct ptx_error **err)
{
	const struct ptxi_cluster *c = w->cluster;
	struct ptxi_job job = { 0 };
	const struct ptx_value *doc = NULL;

	/* Who loaded it failed, or there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	if (!c->transition || !c->job)
		return 0;
	doc = ptxi_store_get(w->st, ptxi_job_key(w->arena, c->job), w->arena, NULL, err);
	if (!doc)
		return err && *err ? ptx_error_code(*err) : 0;
	if (ptxi_job_load(w->arena, &job, doc, err) < 0)
		return PTX_E_CORRUPT;
	*same = strcmp(job.operation, w->op->name) == 0 && !is_repeatable(job.operation);
	if (*same)
		return 0;
	if (!supersedes(w->op->name, job.operation)) {
		ptx_fail(err, PTX_E_PRECONDITION, "cluster '%s' has an unfinished job: %s", c->name,
			 job.operation);
		return ptxi_error_hint(err, "finish it with: pitrix job resume %s", c->job);
	}
	job.status = PTXI_JOB_CANCELED;
	ptxi_commit_put(commit, ptxi_job_key(w->arena, c->job), ptxi_job_save(&job, w->arena),
			PTX_STORE_ANY);
	return 0;
}

static char *record(struct operate *w, struct ptx_error **err)
{
	ptxi_auto(commit) commit = ptxi_commit_new(w->st, err);
	ptx_auto(plan) plan = NULL;
	bool same = false;
	int64_t rev = 0;

	if (!commit || unfinished(w, commit, &same, err) < 0)
		return NULL;
	if (same && w->o.plan && check_job(w, err) < 0)
		return NULL;
	if (same)
		return ptxi_strdup(w->cluster->job);
	if (w->o.plan && check_record(w, err) < 0)
		return NULL;
	plan = make_plan(w, err);
	if (!plan || (w->o.plan && ptxi_saved_check(w->o.plan, plan, err) < 0))
		return NULL;
	w->cluster->transition = w->op->transition;
	if (strcmp(w->op->name, "start") == 0 && w->cluster->vpc) {
		ptxi_vpc_join(w->cluster->arena, &w->cluster->vpc->running, w->cluster->id);
		w->cluster->vpc->doc.dirty = true;
	}
	if (!ptxi_front_add_job(w->st, commit, w->cluster, plan, err))
		return NULL;
	ptxi_engine_save(w->cluster, commit);
	if (ptxi_commit_run(commit, &rev, err) < 0) {
		ptx_wrap(err, "while recording the job");
		return NULL;
	}
	return ptxi_strdup(w->cluster->job);
}

static int begin(struct operate *w, struct ptx_store *st, const char *operation,
		 const struct ptx_operate_opts *opts, struct ptx_error **err)
{
	int rc = 0;

	*w = (struct operate){ .st = st, .op = ptxi_op_find(operation), .arena = ptx_arena_new(0) };
	if (!w->arena)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (!w->op || strcmp(operation, "create") == 0)
		return ptx_fail(err, PTX_E_UNSUPPORTED, "there is no operation '%s' on a cluster",
				operation);
	rc = PTXI_OPTS_READ(&w->o, opts, err);
	if (rc < 0 || !w->o.plan)
		return rc;
	if (strcmp(w->o.plan->operation, operation) != 0)
		return ptx_fail(err, PTX_E_INVALID,
				"this is a plan to %s cluster '%s', not to %s it",
				w->o.plan->operation, w->o.plan->name, operation);
	w->o.force = ptx_value_as_bool(ptx_value_get(w->o.plan->basis, "force"), false);
	return 0;
}

static int same_cluster(struct operate *w, struct ptx_error **err)
{
	/* Who loaded it failed, or there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	if (strcmp(w->o.plan->cluster, w->cluster->id) == 0)
		return 0;
	return ptx_fail(err, PTX_E_CONFLICT, "the plan is of another cluster, '%s' (%s)",
			w->o.plan->name, w->o.plan->cluster);
}

static void done(struct operate *w)
{
	ptxi_front_unlock(&w->locks);
	ptxi_cluster_free(w->cluster);
	ptxi_world_close(&w->world);
	ptx_arena_free(w->arena);
}

struct ptx_plan *ptx_cluster_plan(struct ptx_store *st, const char *cluster, const char *operation,
				  const struct ptx_operate_opts *opts, struct ptx_error **err)
{
	struct operate w;
	struct ptx_plan *plan = NULL;

	if (begin(&w, st, operation, opts, err) == 0 && load(&w, cluster, err) == 0)
		plan = make_plan(&w, err);
	done(&w);
	return plan;
}

char *ptx_cluster_operate(struct ptx_store *st, const char *cluster, const char *operation,
			  const struct ptx_operate_opts *opts, struct ptx_error **err)
{
	struct operate w;
	char *job = NULL;

	if (begin(&w, st, operation, opts, err) == 0 && load(&w, cluster, err) == 0 &&
	    lock(&w, err) == 0) {
		/* What was read before the lock may be old. */
		ptxi_cluster_free(w.cluster);
		w.cluster = NULL;
		if (load(&w, cluster, err) == 0 && (!w.o.plan || same_cluster(&w, err) == 0))
			job = record(&w, err);
	}
	done(&w);
	return job;
}
