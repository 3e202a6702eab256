/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - do the machines run whose agents somebody waits for?
 *
 * An agent that does not answer may be slow, or its machine may have ended, for which nobody should
 * wait until the time is up. So who has waited for a while looks at the provider's own list: one
 * list of the VPC for all tasks of the job, and never one from before the task began, when its
 * machine may not have been started yet.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "machine.h"

#include "../base/time.h"
#include "../provider/provider.h"
#include "task.h"

#define PATIENCE_MS 5000

void ptxi_machines_done(struct ptxi_machines *m)
{
	ptx_arena_free(m->arena);
	*m = (struct ptxi_machines){ 0 };
}

static void list(struct ptxi_machines *m, const struct ptxi_engine_env *env, const char *owner,
		 const char *vpc)
{
	struct ptx_error *why = NULL;

	ptxi_machines_done(m);
	m->arena = ptx_arena_new(0);
	m->listed_ms = ptxi_time_mono_ms();
	m->by_node = m->arena ? ptx_value_map(m->arena) : NULL;
	/* Not to know is no reason to fail: the wait has its own end. */
	if (m->by_node && ptxi_provider_find_nodes(env->provider, env->driver, owner, "pitrix:vpc",
						   vpc, m->by_node, &why) < 0)
		m->by_node = NULL;
	ptx_error_free(why);
}

static int check(const struct ptxi_machines *m, const char *node, struct ptx_error **err)
{
	const struct ptx_value *one = ptx_value_get(m->by_node, node);
	const char *state = ptx_value_as_string(ptx_value_get(one, "state"), "");
	const char *name = ptx_value_as_string(ptx_value_get(one, "name"), "");
	const struct ptx_value *status = ptx_value_get(one, "exit_status");
	const char *why =
	    ptx_value_as_bool(ptx_value_get(one, "out_of_memory"), false) ? ", out of memory" : "";

	if (strcmp(state, "stopped") != 0 && strcmp(state, "failed") != 0)
		return 0;
	if (status)
		return ptx_fail(err, PTX_E_FAILED,
				"instance '%s' does not run: it ended with status %lld%s", name,
				(long long)ptx_value_as_int(status, 0), why);
	return ptx_fail(err, PTX_E_FAILED, "instance '%s' does not run: %s", name,
			ptx_value_as_string(ptx_value_get(one, "detail"), state));
}

int ptxi_machines_check(const struct ptxi_run *r, const char *owner, const char *vpc,
			const char *frontgate, struct ptx_error **err)
{
	struct ptxi_engine *e = r->engine;
	struct ptxi_machines *m = &e->machines;
	int64_t now = ptxi_time_mono_ms();
	int rc = 0;

	if (now - r->started_mono_ms < PATIENCE_MS || !e->env.provider)
		return 0;
	pthread_mutex_lock(&e->pilot_mutex);
	if (!m->arena || now - m->listed_ms >= PATIENCE_MS || m->listed_ms < r->started_mono_ms)
		list(m, &e->env, owner, vpc);
	rc = check(m, frontgate, err);
	if (rc == 0 && strcmp(frontgate, r->task->target) != 0)
		rc = check(m, r->task->target, err);
	pthread_mutex_unlock(&e->pilot_mutex);
	return rc;
}
