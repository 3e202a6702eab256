/* SPDX-License-Identifier: Apache-2.0 */
/* exec_agent.c - executor: what Frontgates and Drones do, through Pilot.
 *
 * One connection a job, opened when it is needed first and closed when the Frontgate moved to
 * another address. What a command came to is asked for by its id, which is the task's and the
 * attempt's: asking again changes nothing.
 *
 * A command whose Drone died under it is `unknown`. It is run again, once and under another id,
 * when it may be repeated by the format's own rules (start and stop are called on every power
 * cycle); any other fails and waits for a person.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"

#include "../base/time.h"
#include "../cluster/metadata.h"

#include <pitrix/codec.h>

#define TOKEN_LIFE_S    (24 * 3600)
#define STATUS_FRESH_MS 60
#define POLL_MS         200 /* at the most; the first times sooner */
#define FIRST_POLL_MS   20
#define MOST_OUTPUT     65536u

/* What a task needs of the record, copied in prepare. */
struct agent_data {
	const char *address;   /* of the Frontgate */
	const char *frontgate; /* the id of its node */
	const char *owner;
	const char *vpc; /* its id */
	const char *secret_ref;
	const char *instance;
	const char *ip;
	const char *token_ref;
	const char *cluster;
	const struct ptx_value *tree;
	const struct ptx_value *mapping;
	struct ptxi_pilot_request request;
	char id[80];
	bool repeatable;
	bool repeated;
	unsigned waits;
};

static const char *frontgate_address(struct ptxi_run *r)
{
	const struct ptxi_vpc *v = r->engine->cluster->vpc;

	for (size_t i = 0; v && i < ptx_value_count(v->frontgate.ports); i++) {
		const struct ptx_value *p = ptx_value_at(v->frontgate.ports, i);
		const char *address = ptx_value_as_string(ptx_value_get(p, "address"), NULL);

		if (strcmp(ptx_value_as_string(ptx_value_get(p, "name"), ""), "pilot") == 0 &&
		    address)
			return ptxi_arena_str(r->arena, address);
	}
	return NULL;
}

static struct agent_data *prepare_data(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	struct agent_data *d = ptxi_arena_alloc(r->arena, sizeof(*d));

	if (!d) {
		ptxi_arena_check(r->arena, err);
		return NULL;
	}
	if (!c->vpc || !c->vpc->secret) {
		ptx_fail(err, PTX_E_INTERNAL, "cluster '%s' has no VPC", c->name);
		return NULL;
	}
	d->address = frontgate_address(r);
	if (!d->address) {
		ptx_fail(err, PTX_E_PRECONDITION,
			 "the Frontgate of VPC '%s' has no published address", c->vpc->name);
		return NULL;
	}
	d->frontgate = ptxi_arena_str(r->arena, c->vpc->frontgate.id);
	d->owner = ptxi_arena_str(r->arena, c->owner ? c->owner : "");
	d->vpc = ptxi_arena_str(r->arena, c->vpc->id);
	d->secret_ref = ptxi_arena_str(r->arena, c->vpc->secret);
	d->cluster = ptxi_arena_str(r->arena, c->id);
	r->data = d;
	return d;
}

static int prepare_vpc(struct ptxi_run *r, struct ptx_error **err)
{
	return prepare_data(r, err) ? 0 : PTX_E_PRECONDITION;
}

static int prepare_node(struct ptxi_run *r, struct ptx_error **err)
{
	struct agent_data *d = prepare_data(r, err);
	struct ptxi_node *n = d ? ptxi_run_node(r, err) : NULL;
	int rc = n ? ptxi_run_name_instance(r, n, err) : PTX_E_PRECONDITION;

	if (rc < 0)
		return rc;
	d->instance = ptxi_arena_str(r->arena, n->instance);
	d->ip = n->private_ip ? ptxi_arena_str(r->arena, n->private_ip) : NULL;
	d->token_ref = n->token ? ptxi_arena_str(r->arena, n->token) : NULL;
	return ptxi_arena_check(r->arena, err);
}

/* The open connection to the Frontgate, which only this job uses. */
static struct ptxi_pilot *pilot(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_engine *e = r->engine;
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = NULL;

	pthread_mutex_lock(&e->pilot_mutex);
	if (!e->pilot) {
		char *secret = ptxi_store_secret(e->env.store, d->secret_ref, err);

		if (secret)
			e->pilot = ptxi_pilot_open(e->ctx, secret, d->address, err);
		ptxi_free_secret(secret);
	}
	p = e->pilot;
	pthread_mutex_unlock(&e->pilot_mutex);
	return p;
}

static int code_or(struct ptx_error **err, int code)
{
	return err && *err ? ptx_error_code(*err) : code;
}

/* Most of what is waited for takes a moment; what takes longer is asked for less and less often, as
 * long as it may come. */
static int again(struct ptxi_run *r, struct ptx_error **err)
{
	struct agent_data *d = r->data;
	int64_t ms = FIRST_POLL_MS << (d->waits < 4 ? d->waits : 4);
	int rc = ptxi_machines_check(r, d->owner, d->vpc, d->frontgate, err);

	if (rc < 0)
		return rc;
	d->waits++;
	r->call.again_ms = ms < POLL_MS ? ms : POLL_MS;
	return PTX_PROVIDER_AGAIN;
}

/* --- Frontgate --- */

static int ping(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_pilot *p = pilot(r, err);
	struct ptx_error *why = NULL;
	int rc = p ? ptxi_pilot_ping(p, &why) : code_or(err, PTX_E_UNAVAILABLE);

	if (!why)
		return rc;
	if (ptx_error_retryable(why)) {
		ptx_error_free(why);
		return again(r, err);
	}
	if (err)
		*err = why;
	return rc;
}

/* --- enrolment --- */

static int allow(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);
	char *token = NULL;
	int rc = 0;

	if (!p)
		return code_or(err, PTX_E_UNAVAILABLE);
	if (!d->token_ref || !d->ip)
		return ptx_fail(err, PTX_E_INTERNAL,
				"instance '%s' has no token or address to enrol with", d->instance);
	token = ptxi_store_secret(r->engine->env.store, d->token_ref, err);
	if (!token)
		return code_or(err, PTX_E_NOT_FOUND);
	rc = ptxi_pilot_allow(p, token, d->instance, d->ip,
			      ptxi_ctx_now(r->engine->ctx) / PTXI_NS_PER_S + TOKEN_LIFE_S, err);
	ptxi_free_secret(token);
	return rc;
}

static int forget(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);

	return p ? ptxi_pilot_forget(p, d->instance, err) : code_or(err, PTX_E_UNAVAILABLE);
}

/* All Drones' states come in one answer: waiting for a thousand of them asks for it some times a
 * second, not some thousand. */
static int refresh_status(struct ptxi_run *r, struct ptxi_pilot *p, struct ptx_error **err)
{
	struct ptxi_engine *e = r->engine;
	int64_t now = ptxi_time_mono_ms();

	if (e->status && now - e->status_ms < STATUS_FRESH_MS)
		return 0;
	ptx_arena_free(e->status_arena);
	e->status_arena = ptx_arena_new(0);
	e->status = ptxi_pilot_status(p, e->status_arena, err);
	e->status_ms = ptxi_time_mono_ms();
	return e->status ? 0 : code_or(err, PTX_E_UNAVAILABLE);
}

static int drone_up(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_engine *e = r->engine;
	struct ptxi_pilot *p = pilot(r, err);
	struct ptx_error *why = NULL;
	bool up = false;
	int rc = 0;

	if (!p)
		return code_or(err, PTX_E_UNAVAILABLE);
	pthread_mutex_lock(&e->pilot_mutex);
	rc = refresh_status(r, p, &why);
	if (rc == 0) {
		const struct ptx_value *drones = ptx_value_get(e->status, "drones");
		const struct ptx_value *state =
		    ptx_value_get(ptx_value_get(drones, d->instance), "state");

		up = strcmp(ptx_value_as_string(state, ""), "up") == 0;
	}
	pthread_mutex_unlock(&e->pilot_mutex);
	if (rc < 0 && !ptx_error_retryable(why)) {
		if (err)
			*err = why;
		return rc;
	}
	ptx_error_free(why);
	return up ? PTX_PROVIDER_DONE : again(r, err);
}

/* --- metadata --- */

static int prepare_metadata(struct ptxi_run *r, struct ptx_error **err)
{
	struct agent_data *d = prepare_data(r, err);
	const struct ptx_value *conf = NULL;
	const struct ptxi_spec *spec = NULL;
	const struct ptx_value *tokens = NULL;

	if (!d)
		return code_or(err, PTX_E_PRECONDITION);
	conf = ptxi_store_reveal(r->engine->env.store, r->arena, r->engine->cluster->conf, err);
	spec = conf ? ptxi_spec_load(r->arena, conf, err) : NULL;
	if (!spec)
		return code_or(err, PTX_E_INVALID);
	tokens = ptxi_engine_tokens(r->engine->env.store, r->arena, r->engine->cluster,
				    r->engine->tokens, err);
	if (!tokens)
		return code_or(err, PTX_E_NOT_FOUND);
	d->tree = ptxi_metadata_tree(r->arena, r->engine->cluster, spec, tokens);
	d->mapping = ptxi_metadata_mapping(r->arena, r->engine->cluster, spec);
	return ptxi_arena_check(r->arena, err);
}

static int put_metadata(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);

	return p ? ptxi_pilot_put(p, d->cluster, d->tree, d->mapping, err)
		 : code_or(err, PTX_E_UNAVAILABLE);
}

static int remove_metadata(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);

	return p ? ptxi_pilot_remove(p, d->cluster, err) : code_or(err, PTX_E_UNAVAILABLE);
}

/* --- requests to Drones --- */

static const char *service_command(struct ptxi_run *r)
{
	const struct ptx_value *params = ptx_value_get(r->task->directive, "service_params");
	const char *cmd = ptx_value_as_string(ptx_value_get(r->task->directive, "cmd"), "");
	ptx_auto_buf text = { 0 };

	if (!params)
		return ptxi_arena_str(r->arena, cmd);
	/* As one argument in single quotes: a quote inside ends them, stands escaped, and opens
	 * them again. */
	ptx_buf_init(&text, 0);
	ptx_json_format(params, NULL, &text);
	ptx_auto_buf quoted = { 0 };
	ptx_buf_init(&quoted, 0);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			ptx_buf_adds(&quoted, "'\\''");
		else
			ptx_buf_addc(&quoted, text.p[i]);
	}
	return ptxi_arena_printf(r->arena, "%s '%s'", cmd, quoted.p);
}

static int prepare_request(struct ptxi_run *r, struct ptx_error **err)
{
	bool service = strcmp(r->task->action->name, "service.run") == 0;
	bool custom = strcmp(r->task->action->name, "custom.run") == 0;
	const char *name = ptx_value_as_string(ptx_value_get(r->task->directive, "service"), "");
	int rc = prepare_node(r, err);
	struct agent_data *d = r->data;

	if (rc < 0)
		return rc;
	snprintf(d->id, sizeof(d->id), "%s", r->token);
	d->request.id = d->id;
	d->request.kind = service || custom ? "run" : r->task->action->name;
	d->request.timeout_ms =
	    ptx_value_as_int(ptx_value_get(r->task->directive, "timeout_ms"), r->task->timeout_ms);
	d->repeatable =
	    !(service || custom) || strcmp(name, "start") == 0 || strcmp(name, "stop") == 0;
	if (ptx_value_has(r->task->directive, "cmd"))
		d->request.cmd = service_command(r);
	/* The command has its whole time; what carries it there and back has its own. */
	r->deadline_ms += 60000;
	return ptxi_arena_check(r->arena, err);
}

/* The release that the plan speaks of, signed. */
static int release(struct ptxi_run *r, struct ptxi_pilot *p, struct ptxi_pilot_release *out,
		   struct ptx_error **err)
{
	const struct ptx_value *agent = ptx_value_get(r->task->directive, "agent");

	return ptxi_pilot_release(p, ptx_value_as_string(ptx_value_get(agent, "version"), ""),
				  ptx_value_as_string(ptx_value_get(agent, "sha256"), ""),
				  ptx_value_as_int(ptx_value_get(agent, "size"), 0), out, err);
}

/* An update's request has the signed release with it. */
static int sign(struct ptxi_run *r, struct ptxi_pilot *p, struct ptx_error **err)
{
	struct agent_data *d = r->data;
	struct ptxi_pilot_release signed_release = { .statement = NULL };
	int rc = 0;

	if (strcmp(d->request.kind, "agent.update") != 0 || d->request.statement)
		return 0;
	rc = release(r, p, &signed_release, err);
	if (rc == 0) {
		d->request.statement = ptxi_arena_str(r->arena, signed_release.statement);
		d->request.signature = ptxi_arena_str(r->arena, signed_release.signature);
		rc = ptxi_arena_check(r->arena, err);
	}
	ptxi_pilot_release_done(&signed_release);
	return rc;
}

static int ask(struct ptxi_run *r, struct ptx_error **err)
{
	const struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);
	struct ptx_error *why = NULL;
	int rc = p ? sign(r, p, err) : code_or(err, PTX_E_UNAVAILABLE);

	if (rc < 0)
		return rc;
	rc = ptxi_pilot_request(p, d->instance, &d->request, &why);
	/* No two signatures are the same, and a request stays as it is: the one of a life before
	 * counts. */
	if (rc == PTX_E_CONFLICT && d->request.statement) {
		ptx_error_free(why);
		return again(r, err);
	}
	if (why && err)
		*err = why;
	else
		ptx_error_free(why);
	return rc < 0 ? rc : again(r, err);
}

static int ended(struct ptxi_run *r, const struct ptx_value *outcome, const char *state,
		 struct ptx_error **err)
{
	struct ptx_str output = ptx_value_str(ptx_value_get(outcome, "output"));
	int64_t status = ptx_value_as_int(ptx_value_get(outcome, "exit_status"), -1);
	const char *error = ptx_value_as_string(ptx_value_get(outcome, "error"), NULL);

	if (output.n > MOST_OUTPUT)
		output = ptxi_str_from(output, output.n - MOST_OUTPUT);
	if (output.n)
		ptx_value_set(r->call.result, "output", ptx_value_strn(r->arena, output));
	if (strcmp(state, "done") == 0)
		return PTX_PROVIDER_DONE;
	if (error && *error)
		ptx_fail(err, PTX_E_FAILED, "%s", error);
	else
		ptx_fail(err, PTX_E_FAILED, "the command ended with status %lld",
			 (long long)status);
	output = ptxi_str_trim(output);
	if (output.n)
		ptx_wrap(err, "its last output: %.*s", (int)(output.n > 500 ? 500 : output.n),
			 output.p + (output.n > 500 ? output.n - 500 : 0));
	return PTX_E_FAILED;
}

static int look(struct ptxi_run *r, struct ptx_error **err)
{
	struct agent_data *d = r->data;
	struct ptxi_pilot *p = pilot(r, err);
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *why = NULL;
	const struct ptx_value *outcome =
	    p ? ptxi_pilot_outcome(p, d->instance, d->id, a, &why) : NULL;
	const char *state = ptx_value_as_string(ptx_value_get(outcome, "state"), "");

	if (!p)
		return code_or(err, PTX_E_UNAVAILABLE);
	if (why) {
		int code = ptx_error_code(why);

		/* NOT_FOUND: a Frontgate that lost its data does not know the request; it is asked
		 * again. */
		if (code != PTX_E_NOT_FOUND && !ptx_error_retryable(why)) {
			if (err)
				*err = why;
			return code;
		}
		ptx_error_free(why);
		return code == PTX_E_NOT_FOUND ? ask(r, err) : again(r, err);
	}
	if (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0)
		return ended(r, outcome, state, err);
	if (strcmp(state, "unknown") != 0)
		return again(r, err);
	if (!d->repeatable || d->repeated)
		return ptx_fail(err, PTX_E_FAILED,
				"the agent of '%s' died while it ran the command; what became of "
				"it is not known",
				d->instance);
	d->repeated = true;
	snprintf(d->id, sizeof(d->id), "%s.r", r->token);
	return ask(r, err);
}

/* --- the agent's program --- */

/* Frontgate itself is asked by its role, not by its instance's name. */
static int prepare_update(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);
	bool frontgate = n && ptxi_run_is_frontgate(r, n);
	int rc = frontgate ? prepare_vpc(r, err) : n ? prepare_node(r, err) : PTX_E_INTERNAL;
	struct agent_data *d = r->data;

	if (rc < 0)
		return rc;
	if (frontgate)
		d->instance = PTXI_PILOT_FRONTGATE;
	snprintf(d->id, sizeof(d->id), "%s", r->token);
	d->request = (struct ptxi_pilot_request){ .id = d->id,
						  .kind = "agent.update",
						  .timeout_ms = r->task->timeout_ms };
	d->repeatable =
	    true; /* whatever came of it: a program that runs already is not put in its own place */
	r->deadline_ms += 60000;
	return ptxi_arena_check(r->arena, err);
}

static int offer(struct ptxi_run *r, struct ptx_error **err)
{
	const struct ptx_value *agent = ptx_value_get(r->task->directive, "agent");
	struct ptxi_pilot *p = pilot(r, err);
	struct ptxi_pilot_release signed_release = { .statement = NULL };
	int rc = p ? release(r, p, &signed_release, err) : code_or(err, PTX_E_UNAVAILABLE);

	if (rc == 0)
		rc = ptxi_pilot_offer(p, ptx_value_as_string(ptx_value_get(agent, "path"), ""),
				      &signed_release, err);
	ptxi_pilot_release_done(&signed_release);
	return rc;
}

/* --- what a node says of itself, for the metadata --- */

static struct ptx_str output_of(const struct ptxi_run *r)
{
	return ptxi_str_trim(ptx_value_str(ptx_value_get(r->call.result, "output")));
}

static int apply_ssh_key(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);
	struct ptx_str key = output_of(r);

	if (!n)
		return PTX_E_INTERNAL;
	if (!key.n)
		return ptx_fail(err, PTX_E_FAILED, "the agent made no key");
	n->pub_key = ptxi_arena_strn(r->engine->cluster->arena, key.p, key.n);
	n->doc.dirty = true;
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

/* It may be what lets others in: it is sealed, and does not stay as the output of its task. */
static int apply_custom(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	n->custom = ptxi_arena_printf(r->engine->cluster->arena, "%s.custom", n->id);
	if (n->custom)
		ptxi_commit_secret(r->engine->commit, n->custom, output_of(r));
	if (!r->engine->tokens)
		r->engine->tokens = ptx_value_map(r->engine->arena);
	ptx_value_set(r->engine->tokens, n->id, ptx_value_strn(r->engine->arena, output_of(r)));
	n->doc.dirty = true;
	ptx_value_remove(r->call.result, "output");
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

const struct ptxi_executor_row ptxi_exec_agent[] = {
	/* clang-format off */
	{ "frontgate.wait",  prepare_vpc,      ping,            ping,     NULL },
	{ "drone.allow",     prepare_node,     allow,           NULL,     NULL },
	{ "drone.forget",    prepare_node,     forget,          NULL,     NULL },
	{ "drone.wait",      prepare_node,     drone_up,        drone_up, NULL },
	{ "metadata.put",    prepare_metadata, put_metadata,    NULL,     NULL },
	{ "metadata.remove", prepare_vpc,      remove_metadata, NULL,     NULL },
	{ "confd.start",     prepare_request,  ask,             look,     NULL },
	{ "confd.stop",      prepare_request,  ask,             look,     NULL },
	{ "health.start",    prepare_request,  ask,             look,     NULL },
	{ "health.stop",     prepare_request,  ask,             look,     NULL },
	{ "ssh.key",         prepare_request,  ask,             look,     apply_ssh_key },
	{ "custom.run",      prepare_request,  ask,             look,     apply_custom },
	{ "service.run",     prepare_request,  ask,             look,     NULL },
	{ "agent.offer",     prepare_vpc,      offer,           NULL,     NULL },
	{ "agent.update",    prepare_update,   ask,             look,     NULL },
	{ NULL, NULL, NULL, NULL, NULL },
	/* clang-format on */
};
