/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade.c - the agent's program of this installation, and which agents of a cluster run another
 * one.
 *
 * The program is the one that the runtime puts into new machines. What it is goes into the plan
 * (its digest, its version and where it lies), so that a job that goes on later updates to the same
 * or says that it is there no more.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/proc.h"

#define VERSION_MS 10000
#define SAYS       "pitrix-agent "

/* What it says of itself, in the arena. */
static const char *version_of(const struct ptx_ctx *ctx, const char *path, struct ptx_arena *a,
			      struct ptx_error **err)
{
	const char *const argv[] = { path, "--version", NULL };
	struct ptxi_proc_opts o = { .argv = argv, .timeout_ms = VERSION_MS, .max_output = 4096 };
	struct ptxi_proc_result r = { .exit_status = 0 };
	struct ptx_str said = { NULL, 0 };
	const char *version = NULL;

	ptx_buf_init(&r.out, 0);
	ptx_buf_init(&r.err, 0);
	if (ptxi_proc_run(ctx, &o, &r, err) == 0) {
		said = ptxi_str_trim(ptx_buf_str(&r.out));
		if (r.exit_status == 0 && ptxi_str_starts(said, SAYS))
			version = ptxi_arena_strn(a, said.p + strlen(SAYS), said.n - strlen(SAYS));
		else
			ptx_fail(err, PTX_E_INVALID, "'%s' is no program of the agent", path);
	}
	ptxi_proc_result_done(&r);
	return version;
}

static struct ptx_value *describe(const struct ptx_ctx *ctx, const char *path, struct ptx_arena *a,
				  struct ptx_error **err)
{
	ptx_auto_str digest = ptxi_digest_file_hex(PTXI_SHA256, path, err);
	const char *version = digest ? version_of(ctx, path, a, err) : NULL;
	struct ptx_value *v = ptx_value_map(a);
	struct stat st;

	if (!version)
		return NULL;
	if (stat(path, &st) < 0) {
		ptx_fail_errno(err, PTX_E_IO, errno, "cannot read '%s'", path);
		return NULL;
	}
	ptx_value_set_string(v, "path", path);
	ptx_value_set_string(v, "version", version);
	ptx_value_set_string(v, "sha256", digest);
	ptx_value_set_int(v, "size", (int64_t)st.st_size);
	return v;
}

static bool runs(const struct ptx_value *agent, const char *sha256)
{
	return strcmp(ptx_value_as_string(ptx_value_get(agent, "build"), ""), sha256) == 0;
}

int ptxi_front_look_at_agents(struct ptx_store *st, struct ptx_arena *a,
			      const struct ptxi_cluster *c, const struct ptxi_world *w,
			      const struct ptxi_sight *s, struct ptxi_plan_input *in,
			      struct ptx_error **err)
{
	const char *path = ptx_value_as_string(ptx_value_get(w->runtime->config, "agent"),
					       PTXI_LIBEXEC_DIR "/pitrix-agent");
	const struct ptx_value *drones = ptx_value_get(s->agents, "drones");
	struct ptx_value *agent = NULL;
	const char **outdated = ptxi_arena_array(a, c->node_count + 1, sizeof(*outdated));
	const char *sha256 = NULL;
	size_t count = 0;

	if (!s->agents) {
		ptx_fail(err, PTX_E_UNAVAILABLE,
			 "the Frontgate of cluster '%s' does not answer: %s", c->name,
			 s->why_not ? s->why_not : "no answer");
		return ptxi_error_hint(err, "mend it first with: pitrix cluster start %s", c->name);
	}
	agent = describe(ptx_store_ctx(st), path, a, err);
	if (!agent)
		return ptx_wrap(err, "while looking at the agent's program");
	sha256 = ptx_value_as_string(ptx_value_get(agent, "sha256"), "");
	for (size_t i = 0; outdated && i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		bool is_up = false;

		for (size_t k = 0; s->up[k]; k++)
			is_up = is_up || strcmp(s->up[k], n->id) == 0;
		if (is_up && !runs(ptx_value_get(drones, n->instance), sha256))
			outdated[count++] = n->id;
	}
	in->agent = agent;
	in->outdated = outdated;
	in->frontgate_outdated = !runs(ptx_value_get(s->agents, "frontgate"), sha256);
	return ptxi_arena_check(a, err);
}
