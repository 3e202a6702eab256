/* SPDX-License-Identifier: Apache-2.0 */
/* exec_provider.c - executor: what a driver does.
 *
 * prepare builds the driver's directive from the record, and draws the names that are to be made,
 * so that they are committed with the intent; start and poll are the driver's own; apply writes
 * what it found out into the record. Names stay in the record after a deletion has been asked for,
 * until it is done: a repetition finds the same thing.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"

#include "../base/rand.h"
#include "../provider/provider.h"
#include "event.h"

#define FRONTGATE_PORT       9111
#define FRONTGATE_MEMORY_MIB 256
#define STOP_GRACE_MS        10000

struct own {
	const struct ptx_provider_action *action;
	bool draw; /* the name is to be made, not only looked for */
};

static int call_driver(struct ptxi_run *r, ptx_provider_action_fn fn, struct ptx_error **err)
{
	return fn(r->engine->env.driver, &r->call, err);
}

static int driver_start(struct ptxi_run *r, struct ptx_error **err)
{
	return call_driver(r, ((struct own *)r->data)->action->start, err);
}

static int driver_poll(struct ptxi_run *r, struct ptx_error **err)
{
	return call_driver(r, ((struct own *)r->data)->action->poll, err);
}

static void say_progress(const char *text, void *user)
{
	struct ptxi_run *r = user;

	ptxi_run_progress(r, text);
}

/* Finds the driver's action and sets the tags: what every directive has. */
static struct ptx_value *directive(struct ptxi_run *r, struct ptx_error **err)
{
	const struct ptx_provider *p = r->engine->env.provider;
	const struct ptxi_cluster *c = r->engine->cluster;
	struct own *own = ptxi_arena_alloc(r->arena, sizeof(*own));
	struct ptx_value *tags = ptx_value_map(r->arena);
	struct ptx_value *d = ptx_value_map(r->arena);

	if (ptx_arena_status(r->arena)) {
		ptxi_arena_check(r->arena, err);
		return NULL;
	}
	own->action = ptxi_provider_action(p, r->task->action->name, err);
	if (!own->action)
		return NULL;
	ptx_value_set_string(tags, "pitrix:owner", c->owner ? c->owner : "");
	ptx_value_set_string(tags, "pitrix:task", r->token);
	r->data = own;
	r->start = driver_start;
	r->poll = own->action->poll ? driver_poll : NULL;
	r->call.directive = d;
	r->call.tags = tags;
	r->call.progress = say_progress;
	r->call.progress_user = r;
	return d;
}

static void tag(struct ptxi_run *r, const char *name, const char *value)
{
	if (value)
		ptx_value_set_string((struct ptx_value *)r->call.tags, name, value);
}

static struct ptx_value *string(struct ptxi_run *r, const char *s)
{
	return ptx_value_string(r->arena, s);
}

/* What was never asked for needs no call to be deleted. */
static int nothing_to_do(struct ptxi_run *r, struct ptx_error **err)
{
	(void)r;
	(void)err;
	return PTX_PROVIDER_DONE;
}

/* What all clusters of the VPC share goes only when the record says so: vpc.close has seen whether
 * anybody needs it. */
static bool is_needed(struct ptxi_run *r, const char *state)
{
	const struct ptxi_vpc *v = r->engine->cluster->vpc;

	if (v && strcmp(v->status, state) == 0)
		return false;
	r->start = nothing_to_do;
	r->skipped = true;
	return true;
}

/* --- images --- */

static int prepare_image(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptx_value *d = directive(r, err);
	const struct ptx_value *given = r->task->directive;

	if (!d)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	ptx_value_set(d, "image", ptx_value_copy(r->arena, ptx_value_get(given, "image")));
	if (ptx_value_has(given, "source"))
		ptx_value_set(d, "source",
			      ptx_value_copy(r->arena, ptx_value_get(given, "source")));
	return 0;
}

static int apply_image(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	const char *image = ptx_value_as_string(ptx_value_get(r->task->directive, "image"), "");
	const char *id = ptx_value_as_string(ptx_value_get(r->call.result, "image_id"), NULL);

	if (!id)
		return ptx_fail(err, PTX_E_INTERNAL,
				"the provider made image '%s' ready and gave no id", image);
	ptx_value_set_string(v->images, image, id);
	v->doc.dirty = true;
	return 0;
}

/* --- networks --- */

static int prepare_network(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	struct ptxi_vpc *v = c->vpc;
	struct ptx_value *d = directive(r, err);
	char id[PTXI_ID_MAX] = "";

	if (!d)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	if (!v->network) {
		int rc = ptxi_rand_id(r->engine->ctx, "pitrix", id, err);

		if (rc < 0)
			return rc;
		v->network = ptxi_arena_str(c->arena, id);
		v->doc.dirty = true;
	}
	tag(r, "pitrix:vpc", v->id);
	ptx_value_set(d, "name", string(r, v->network));
	if (v->cidr)
		ptx_value_set(d, "cidr", string(r, v->cidr));
	if (v->network_id)
		ptx_value_set(d, "network_id", string(r, v->network_id));
	return ptxi_arena_check(c->arena, err);
}

static int prepare_network_delete(struct ptxi_run *r, struct ptx_error **err)
{
	const struct ptxi_vpc *v = r->engine->cluster->vpc;

	if (is_needed(r, "deleting"))
		return 0;
	if (v && v->network)
		return prepare_network(r, err);
	r->start = nothing_to_do;
	return 0;
}

static const char *keep(struct ptxi_run *r, const char *key)
{
	const char *s = ptx_value_as_string(ptx_value_get(r->call.result, key), NULL);

	return s ? ptxi_arena_str(r->engine->cluster->arena, s) : NULL;
}

static int apply_network(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;

	v->network_id = keep(r, "network_id");
	v->cidr = keep(r, "cidr");
	v->gateway = keep(r, "gateway");
	v->doc.dirty = true;
	if (!v->cidr)
		return ptx_fail(err, PTX_E_INTERNAL,
				"the provider made network '%s' and gave no range", v->network);
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

static int apply_network_gone(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;

	(void)err;
	v->network = v->network_id = v->cidr = v->gateway = NULL;
	v->doc.dirty = true;
	return 0;
}

/* --- volumes --- */

static void touch(struct ptxi_run *r, struct ptxi_node *n)
{
	n->doc.dirty = true;
	if (ptxi_run_is_frontgate(r, n))
		r->engine->cluster->vpc->doc.dirty = true;
}

static void tag_node(struct ptxi_run *r, const struct ptxi_node *n)
{
	const struct ptxi_cluster *c = r->engine->cluster;

	if (c->vpc)
		tag(r, "pitrix:vpc", c->vpc->id);
	if (!ptxi_run_is_frontgate(r, n))
		tag(r, "pitrix:cluster", c->id);
	tag(r, "pitrix:node", n->id);
	tag(r, "pitrix:role", ptxi_run_is_frontgate(r, n) ? "frontgate" : n->role);
}

static const struct ptxi_spec_role *role_of(const struct ptxi_run *r, const struct ptxi_node *n)
{
	return r->engine->spec && !ptxi_run_is_frontgate(r, n)
		   ? ptxi_spec_role(r->engine->spec, n->role)
		   : NULL;
}

static int prepare_volume(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_cluster *c = r->engine->cluster;
	struct ptxi_node *n = ptxi_run_node(r, err);
	struct ptx_value *d = n ? directive(r, err) : NULL;
	const struct ptxi_spec_role *role = n ? role_of(r, n) : NULL;
	char id[PTXI_ID_MAX] = "";

	if (!d)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	if (!n->volume) {
		int rc = ptxi_rand_id(r->engine->ctx, "vol", id, err);

		if (rc < 0)
			return rc;
		n->volume = ptxi_arena_str(c->arena, id);
		touch(r, n);
	}
	tag_node(r, n);
	ptx_value_set(d, "name", string(r, n->volume));
	ptx_value_set_int(d, "size_gib", role ? (int64_t)role->volume_gib : 1);
	if (n->volume_id)
		ptx_value_set(d, "volume_id", string(r, n->volume_id));
	return ptxi_arena_check(c->arena, err);
}

static int apply_volume(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	n->volume_id = keep(r, "volume_id");
	touch(r, n);
	return 0;
}

static int prepare_volume_delete(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	if (ptxi_run_is_frontgate(r, n) && is_needed(r, "deleting"))
		return 0;
	if (n->volume)
		return prepare_volume(r, err);
	r->start = nothing_to_do;
	return 0;
}

static int apply_volume_gone(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	n->volume = n->volume_id = NULL;
	touch(r, n);
	return 0;
}

/* --- instances --- */

static struct ptx_value *port(struct ptxi_run *r, const char *name, unsigned number,
			      const char *protocol)
{
	struct ptx_value *v = ptx_value_map(r->arena);

	ptx_value_set_string(v, "name", name);
	ptx_value_set_int(v, "port", number);
	ptx_value_set_string(v, "protocol", strcmp(protocol, "udp") == 0 ? "udp" : "tcp");
	return v;
}

static struct ptx_value *strings(struct ptxi_run *r, const char *const *list, size_t count)
{
	struct ptx_value *v = ptx_value_list(r->arena);

	for (size_t i = 0; i < count; i++)
		ptx_value_append(v, string(r, list[i]));
	return v;
}

static void add_volume(struct ptxi_run *r, struct ptx_value *d, const struct ptxi_node *n,
		       const char *const *mounts, size_t count)
{
	struct ptx_value *volume = ptx_value_map(r->arena);
	struct ptx_value *volumes = ptx_value_list(r->arena);

	ptx_value_set(volume, "name", string(r, n->volume));
	ptx_value_set(volume, "mount_points", strings(r, mounts, count));
	if (n->volume && count)
		ptx_value_append(volumes, volume);
	ptx_value_set(d, "volumes", volumes);
}

static int describe_frontgate(struct ptxi_run *r, struct ptx_value *d, struct ptxi_node *n,
			      struct ptx_error **err)
{
	static const char *const command[] = { "/pitrix/agent", "frontgate", "--config",
					       "/pitrix/frontgate.json" };
	static const char *const mounts[] = { "/var/lib/pitrix" };
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	struct ptx_value *ports = ptx_value_list(r->arena);
	char *secret = ptxi_store_secret(r->engine->env.store, v->secret, err);
	struct ptx_provider_file *files = NULL;
	int rc = secret ? ptxi_run_allocate(r, n, err) : PTX_E_NOT_FOUND;

	if (rc == 0)
		rc = ptxi_pilot_frontgate_files(r->engine->ctx, secret, n->instance, r->arena,
						&files, &r->call.file_count, err);
	ptxi_free_secret(secret);
	if (rc < 0)
		return rc;
	r->call.files = files;
	ptx_value_append(ports, port(r, "pilot", FRONTGATE_PORT, "tcp"));
	ptx_value_set(d, "ports", ports);
	ptx_value_set_int(d, "cpu", 1);
	ptx_value_set_int(d, "memory_mib", FRONTGATE_MEMORY_MIB);
	ptx_value_set(d, "command", strings(r, command, PTXI_COUNT(command)));
	ptx_value_set(d, "image_id",
		      ptx_value_copy(r->arena, ptx_value_get(v->images, v->frontgate_image)));
	add_volume(r, d, n, mounts, 1);
	return 0;
}

static int describe_node(struct ptxi_run *r, struct ptx_value *d, struct ptxi_node *n,
			 struct ptx_error **err)
{
	static const char *const command[] = { "/pitrix/agent", "drone", "--config",
					       "/pitrix/drone.json" };
	const struct ptxi_spec_role *role = role_of(r, n);
	const struct ptxi_spec *spec = r->engine->spec;
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	struct ptx_value *ports = ptx_value_list(r->arena);
	struct ptx_provider_file *files = NULL;
	char *secret = NULL;
	char *token = NULL;
	int rc = 0;

	if (!role)
		return ptx_fail(err, PTX_E_INTERNAL, "there is no role '%s' in the conf", n->role);
	if (!v->frontgate.private_ip)
		return ptx_fail(err, PTX_E_INTERNAL, "the Frontgate of VPC '%s' has no address",
				v->name);
	secret = ptxi_store_secret(r->engine->env.store, v->secret, err);
	token = secret ? ptxi_store_secret(r->engine->env.store, n->token, err) : NULL;
	rc = token ? ptxi_pilot_drone_files(r->engine->ctx, secret, n->instance,
					    v->frontgate.private_ip, token, r->arena, &files,
					    &r->call.file_count, err)
		   : PTX_E_NOT_FOUND;
	ptxi_free_secret(secret);
	ptxi_free_secret(token);
	if (rc < 0)
		return rc;
	r->call.files = files;
	for (size_t i = 0; i < spec->endpoint_count; i++)
		ptx_value_append(ports, port(r, spec->endpoints[i].name, spec->endpoints[i].port,
					     spec->endpoints[i].protocol));
	ptx_value_set(d, "ports", ports);
	ptx_value_set_int(d, "cpu", role->cpu);
	ptx_value_set_int(d, "memory_mib", (int64_t)role->memory_mib);
	ptx_value_set(d, "command", strings(r, command, PTXI_COUNT(command)));
	ptx_value_set(d, "image_id",
		      ptx_value_copy(r->arena, ptx_value_get(v->images, role->image)));
	add_volume(r, d, n, role->mount_points, role->mount_count);
	return 0;
}

static int prepare_instance_create(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);
	struct ptx_value *d = n ? directive(r, err) : NULL;
	int rc = d ? ptxi_run_name_instance(r, n, err) : PTX_E_INTERNAL;

	if (rc == 0)
		rc = ptxi_run_is_frontgate(r, n) ? describe_frontgate(r, d, n, err)
						 : describe_node(r, d, n, err);
	if (rc < 0)
		return rc;
	tag_node(r, n);
	ptx_value_set(d, "name", string(r, n->instance));
	ptx_value_set(d, "hostname", string(r, n->instance));
	ptx_value_set(d, "network", string(r, r->engine->cluster->vpc->network));
	if (n->private_ip)
		ptx_value_set(d, "private_ip", string(r, n->private_ip));
	ptx_value_set_bool(d, "agent", true);
	return ptxi_arena_check(r->arena, err);
}

static int prepare_instance(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);
	struct ptx_value *d = NULL;

	if (!n)
		return PTX_E_INTERNAL;
	if (ptxi_run_is_frontgate(r, n) &&
	    is_needed(r, strcmp(r->task->action->name, "instance.stop") == 0 ? "stopping"
									     : "deleting"))
		return 0;
	if (!n->instance) {
		r->start = nothing_to_do;
		return 0;
	}
	d = directive(r, err);
	if (!d)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	tag_node(r, n);
	ptx_value_set(d, "name", string(r, n->instance));
	if (n->instance_id)
		ptx_value_set(d, "instance_id", string(r, n->instance_id));
	ptx_value_set_int(d, "grace_ms", STOP_GRACE_MS);
	return ptxi_arena_check(r->arena, err);
}

static int apply_instance(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);
	const char *private_ip = keep(r, "private_ip");
	const struct ptx_value *ports = ptx_value_get(r->call.result, "ports");

	if (!n)
		return PTX_E_INTERNAL;
	n->instance_id = keep(r, "instance_id");
	n->public_ip = keep(r, "public_ip");
	if (private_ip)
		n->private_ip = private_ip;
	n->ports = ports ? ptx_value_copy(r->engine->cluster->arena, ports) : NULL;
	n->status = "active";
	touch(r, n);
	return ptxi_arena_check(r->engine->cluster->arena, err);
}

static int apply_instance_stopped(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	n->status = "stopped";
	touch(r, n);
	return 0;
}

static int apply_instance_gone(struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_run_node(r, err);

	if (!n)
		return PTX_E_INTERNAL;
	n->instance_id = n->public_ip = NULL;
	n->ports = NULL;
	n->status = "deleted";
	touch(r, n);
	return 0;
}

const struct ptxi_executor_row ptxi_exec_provider[] = {
	/* clang-format off */
	{ "image.prepare",   prepare_image,           NULL, NULL, apply_image },
	{ "network.create",  prepare_network,         NULL, NULL, apply_network },
	{ "network.delete",  prepare_network_delete,  NULL, NULL, apply_network_gone },
	{ "volume.create",   prepare_volume,          NULL, NULL, apply_volume },
	{ "volume.delete",   prepare_volume_delete,   NULL, NULL, apply_volume_gone },
	{ "instance.create", prepare_instance_create, NULL, NULL, apply_instance },
	{ "instance.start",  prepare_instance,        NULL, NULL, apply_instance },
	{ "instance.stop",   prepare_instance,        NULL, NULL, apply_instance_stopped },
	{ "instance.delete", prepare_instance,        NULL, NULL, apply_instance_gone },
	{ NULL, NULL, NULL, NULL, NULL },
	/* clang-format on */
};
