/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - do the machines run whose agents somebody waits for?
 *
 * An agent that does not answer may be slow, or its machine may have ended, for which nobody should wait until the time is up.
 * So who has waited for a while looks at the provider's own list: one list of the VPC for all tasks of the job, and
 * never one from before the task began, when its machine may not have been started yet.
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

static void list(struct ptxi_machines *m, const struct ptxi_engine_env *env, const struct ptx_value *tags)
{
	struct ptx_error *why = NULL;

	ptxi_machines_done(m);
	m->arena = ptx_arena_new(0);
	m->listed_ms = ptxi_time_mono_ms();
	m->list = m->arena ? ptx_value_list(m->arena) : NULL;
	/* Not to know is no reason to fail: the wait has its own end. */
	if (m->list && ptxi_provider_find_tagged(env->provider, env->driver, tags, m->list, &why) < 0)
		m->list = NULL;
	ptx_error_free(why);
}

static const struct ptx_value *machine_of(const struct ptxi_machines *m, const char *node)
{
	for (size_t i = 0; i < ptx_value_count(m->list); i++) {
		const struct ptx_value *one = ptx_value_at(m->list, i);
		const struct ptx_value *tags = ptx_value_get(one, "tags");

		if (strcmp(ptx_value_as_string(ptx_value_get(one, "kind"), ""), "instance") == 0 &&
		    strcmp(ptx_value_as_string(ptx_value_get(tags, "pitrix:node"), ""), node) == 0)
			return one;
	}
	return NULL;
}

static int check(const struct ptxi_machines *m, const char *node, struct ptx_error **err)
{
	const struct ptx_value *one = machine_of(m, node);
	const char *state = ptx_value_as_string(ptx_value_get(one, "state"), "");
	const char *name = ptx_value_as_string(ptx_value_get(one, "name"), "");
	const struct ptx_value *status = ptx_value_get(one, "exit_status");
	const char *why = ptx_value_as_bool(ptx_value_get(one, "out_of_memory"), false) ? ", out of memory" : "";

	if (strcmp(state, "stopped") != 0 && strcmp(state, "failed") != 0)
		return 0;
	if (status)
		return ptx_fail(err, PTX_E_FAILED, "instance '%s' does not run: it ended with status %lld%s", name,
				(long long)ptx_value_as_int(status, 0), why);
	return ptx_fail(err, PTX_E_FAILED, "instance '%s' does not run: %s", name,
			ptx_value_as_string(ptx_value_get(one, "detail"), state));
}

int ptxi_machines_check(const struct ptxi_run *r, const struct ptx_value *tags, const char *frontgate, struct ptx_error **err)
{
	struct ptxi_engine *e = r->engine;
	struct ptxi_machines *m = &e->machines;
	int64_t now = ptxi_time_mono_ms();
	int rc = 0;

	if (now - r->started_mono_ms < PATIENCE_MS || !e->env.provider)
		return 0;
	pthread_mutex_lock(&e->pilot_mutex);
	if (!m->arena || now - m->listed_ms >= PATIENCE_MS || m->listed_ms < r->started_mono_ms)
		list(m, &e->env, tags);
	rc = check(m, frontgate, err);
	if (rc == 0 && strcmp(frontgate, r->task->target) != 0)
		rc = check(m, r->task->target, err);
	pthread_mutex_unlock(&e->pilot_mutex);
	return rc;
}
