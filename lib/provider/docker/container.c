/* SPDX-License-Identifier: Apache-2.0 */
/* container.c - instances: containers that are made, started, stopped and deleted, each step found
 * again if it was done.
 *
 *     create:  folder, files -> address -> container (created) -> started -> running
 *     delete:  killed -> container gone -> address given back -> folder gone
 *
 * Everything that a step needs later is in the container's labels, or in the folder; so any step
 * can be repeated after a crash between any two. A container that was made and never started holds
 * no address of the engine: when its start fails because its published port was taken meanwhile, it
 * is made anew with another address.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/fs.h"
#include "../../base/path.h"
#include "../../base/time.h"

#include <time.h>
#include <unistd.h>

#define MOST_TURNS    12u
#define LOCK_MS       60000
#define START_IDLE_MS (3 * 60 * 1000)
#define REMOVAL_MS    15000
#define FIRST_HOST    10u

/* ---- looking ---- */

static int look(struct ptxi_docker *d, const char *name, json_t **out, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_asprintf("/containers/%s/json", name);
	const char *found = NULL;

	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_look(d, path, out, err) < 0)
		return ptx_wrap(err, "while looking for instance '%s'", name);
	/* An engine finds containers by the start of their id, too. */
	found = ptxi_json_str(*out, "Name");
	if (*out && strcmp(found + (*found == '/'), name) != 0) {
		json_decref(*out);
		*out = NULL;
	}
	return 0;
}

static const json_t *labels_of(const json_t *container)
{
	return json_object_get(json_object_get(container, "Config"), "Labels");
}

static const char *status_of(const json_t *container)
{
	return ptxi_json_str(json_object_get(container, "State"), "Status");
}

static bool is_running(const json_t *container)
{
	return json_is_true(json_object_get(json_object_get(container, "State"), "Running"));
}

/* Made, and never started. */
static bool is_fresh(const json_t *container)
{
	const char *s = status_of(container);

	return strcmp(s, "created") == 0 || strcmp(s, "configured") == 0;
}

/* look() for who is going to start it: what is lost (lost.c) has ended. */
static int look_well(struct ptxi_docker *d, const struct ptx_value *tags, const char *name,
		     json_t **out, struct ptx_error **err)
{
	int code = look(d, name, out, err);
	const char *id = ptxi_json_str(*out, "Id");

	if (code < 0 || !ptxi_container_seems_lost(json_object_get(*out, "State")) ||
	    !ptxi_is_ours(labels_of(*out), tags) || !ptxi_container_is_lost(d, id))
		return code;
	code = ptxi_container_bury(d, id, name, err);
	json_decref(*out);
	*out = NULL;
	return code < 0 ? code : look(d, name, out, err);
}

static int not_ours(const char *name, struct ptx_error **err)
{
	ptx_fail(err, PTX_E_EXISTS, "a container '%s' exists that this installation did not make",
		 name);
	ptxi_error_hint(err, "`podman inspect %s` shows it", name);
	return PTX_E_EXISTS;
}

/* What the record keeps of an instance: all of it is in the labels. */
static int report(const json_t *container, struct ptx_provider_call *call, struct ptx_error **err)
{
	const json_t *labels = labels_of(container);
	const char *public_ip = ptxi_json_str(labels, PTXI_LABEL_PUBLIC_IP);
	struct ptx_value *list = ptx_value_list(call->arena);
	struct ptxi_port ports[PTXI_PORTS_MAX];
	size_t n = ptxi_ports_parse(call->arena, ptxi_json_str(labels, PTXI_LABEL_PORTS), ports);

	for (size_t i = 0; i < n; i++) {
		struct ptx_value *p = ptx_value_map(call->arena);

		ptx_value_set_string(p, "name", ports[i].name);
		ptx_value_set_int(p, "port", ports[i].port);
		ptx_value_set_string(p, "protocol", ports[i].protocol);
		ptx_value_set_string(
		    p, "address",
		    ptxi_arena_printf(call->arena, "%s:%u", public_ip, ports[i].port));
		ptx_value_append(list, p);
	}
	ptx_value_set_string(call->result, "instance_id", ptxi_json_str(container, "Id"));
	ptx_value_set_string(call->result, "private_ip",
			     ptxi_json_str(labels, PTXI_LABEL_PRIVATE_IP));
	ptx_value_set_string(call->result, "public_ip", public_ip);
	ptx_value_set(call->result, "ports", list);
	return ptxi_arena_check(call->arena, err);
}

/* ---- the private address ---- */

static bool has_address(const json_t *containers, const char *ip)
{
	const json_t *c = NULL;
	size_t i = 0;

	json_array_foreach(containers, i, c) if (strcmp(ptxi_json_str(json_object_get(c, "Labels"),
								      PTXI_LABEL_PRIVATE_IP),
							ip) == 0) return true;
	return false;
}

/* The first free address of the network. Under the lock of the instances. */
static int choose_private(struct ptxi_docker *d, struct ptx_arena *a, struct ptxi_instance *in,
			  struct ptx_error **err)
{
	const char *labels[] = { ptxi_arena_printf(a, PTXI_LABEL_NETWORK "=%s", in->network),
				 NULL };
	ptxi_auto_json network = NULL;
	ptxi_auto_json containers = NULL;
	struct ptxi_cidr range = { 0 };
	uint32_t gateway = 0;
	int code = ptxi_network_find(d, in->network, &network, err);

	if (code < 0)
		return code;
	if (!network || !ptxi_network_range(network, &range, &gateway))
		return ptx_fail(err, PTX_E_NOT_FOUND, "there is no network '%s' for instance '%s'",
				in->network, in->name);
	code = ptxi_engine_list(d, "/containers/json", "all=1", labels, &containers, err);
	if (code < 0)
		return code;
	for (uint32_t host = FIRST_HOST; host + 1 < UINT32_C(1) << (32 - range.bits); host++) {
		char ip[PTXI_IPV4_MAX] = "";

		ptxi_ipv4_format(range.base + host, ip);
		if (range.base + host == gateway || has_address(containers, ip))
			continue;
		in->private_ip = ptxi_arena_str(a, ip);
		return in->private_ip ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for an address");
	}
	return ptx_fail(err, PTX_E_BUSY, "network '%s' has no free address", in->network);
}

/* ---- create ---- */

static void warn_limits(const struct ptx_provider_call *call, const struct ptxi_instance *in,
			const struct ptxi_engine_info *info)
{
	if (in->cpu > 0 && !info->limits_cpu)
		ptxi_provider_say(
		    call,
		    "instance %s: its cpu is not limited, this machine's cgroups do not allow it",
		    in->name);
	if (in->memory_mib > 0 && !info->limits_memory)
		ptxi_provider_say(call,
				  "instance %s: its memory is not limited, this machine's cgroups "
				  "do not allow it",
				  in->name);
}

static int send_create(struct ptxi_docker *d, const struct ptx_provider_call *call,
		       const struct ptxi_instance *in, struct ptxi_reply *reply,
		       struct ptx_error **err)
{
	struct ptxi_engine_info info = { 0 };
	ptx_auto_str path = ptxi_asprintf("/containers/create?name=%s", in->name);
	ptxi_auto_json body = NULL;
	int code = ptxi_engine_describe(d, &info, err);

	if (code < 0)
		return code;
	warn_limits(call, in, &info);
	body = ptxi_instance_body(in, call->tags, &info);
	if (!path || !body)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a request to the engine");
	code = ptxi_engine_call(d, "POST", path, body, NULL, reply, err);
	return code < 0 ? ptx_wrap(err, "while creating instance '%s'", in->name) : 0;
}

/* Files, addresses, container. It is not there, as the caller saw. */
static int make(struct ptxi_docker *d, struct ptx_provider_call *call, struct ptxi_instance *in,
		const char *folder, struct ptxi_reply *reply, struct ptx_error **err)
{
	ptx_auto_str instances = ptxi_path_dir(folder);
	ptx_auto_str lock_path = instances ? ptxi_path_join(instances, ".lock") : NULL;
	ptx_auto_fd lock = -1;
	int code = 0;

	if (!lock_path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	code = ptxi_instance_write_files(d, call, folder, in, err);
	if (code == 0 && in->port_count > 0)
		code = ptxi_address_take(folder, in->ports, in->port_count, in->public_ip, err);
	if (code < 0)
		return code;
	if (*in->private_ip)
		return send_create(d, call, in, reply, err);
	/* Whoever chooses holds the lock until its container, and with it the label, exists. */
	lock = ptxi_fs_lock(lock_path, LOCK_MS, "choosing an address", err);
	if (lock < 0)
		return lock;
	code = choose_private(d, call->arena, in, err);
	if (code == 0)
		code = send_create(d, call, in, reply, err);
	in->private_ip = "";
	return code;
}

static int start_it(struct ptxi_docker *d, const char *name, struct ptxi_reply *reply,
		    struct ptx_error **err)
{
	struct ptxi_call_opts slow = { .idle_ms = START_IDLE_MS };
	ptx_auto_str path = ptxi_asprintf("/containers/%s/start", name);
	int code = path ? ptxi_engine_call(d, "POST", path, NULL, &slow, reply, err)
			: ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	return code < 0 ? ptx_wrap(err, "while starting instance '%s'", name) : 0;
}

static bool port_was_taken(const struct ptxi_reply *reply)
{
	const char *words = ptxi_engine_words(reply);

	return strstr(words, "address already in use") ||
	       strstr(words, "port is already allocated");
}

static int send_delete(struct ptxi_docker *d, const char *name, struct ptxi_reply *reply,
		       struct ptx_error **err)
{
	ptx_auto_str path = ptxi_asprintf("/containers/%s?force=1&v=1", name);
	int code = path ? ptxi_engine_call(d, "DELETE", path, NULL, NULL, reply, err)
			: ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	return code < 0 ? ptx_wrap(err, "while deleting instance '%s'", name) : 0;
}

/* Runs, or says how it ended. */
static int check_running(const json_t *container, const char *name, struct ptx_error **err)
{
	const json_t *state = json_object_get(container, "State");

	if (is_running(container))
		return 0;
	ptx_fail(err, PTX_E_FAILED,
		 "instance '%s' ended as soon as it was started, with status %lld%s%s", name,
		 (long long)json_integer_value(json_object_get(state, "ExitCode")),
		 *ptxi_json_str(state, "Error") ? ": " : "", ptxi_json_str(state, "Error"));
	ptxi_error_hint(err, "`podman logs %s` shows what it said", name);
	return PTX_E_FAILED;
}

int ptxi_docker_instance_create(void *driver, struct ptx_provider_call *call,
				struct ptx_error **err)
{
	struct ptxi_docker *d = driver;
	struct ptxi_instance in = { 0 };
	ptxi_auto_reply created = { 0 };
	ptxi_auto_reply started = { 0 };
	ptx_auto_str folder = NULL;
	bool start_sent = false;
	int code = ptxi_instance_read(call, &in, err);

	if (code == 0) {
		folder = ptxi_instance_folder(d, in.name, err);
		code = folder ? 0 : PTX_E_CONFIG;
	}
	/* One request a look: each turn looks, and does the next step. */
	for (unsigned turn = 0; code == 0; turn++) {
		ptxi_auto_json there = NULL;

		code = look_well(d, call->tags, in.name, &there, err);
		if (code < 0)
			break;
		if (there && !ptxi_is_ours(labels_of(there), call->tags))
			return not_ours(in.name, err);
		if (there && (is_running(there) || (start_sent && !is_fresh(there)))) {
			code = check_running(there, in.name, err);
			return code < 0 ? code : report(there, call, err);
		}
		if (turn >= MOST_TURNS)
			return ptxi_engine_refused(
			    there ? &started : &created,
			    there ? "starting an instance" : "creating an instance", err);
		if (!there) {
			if (created.status >= 400 && turn > 1)
				return ptxi_engine_refused(&created, "creating an instance", err);
			code = make(d, call, &in, folder, &created, err);
		} else if (start_sent && started.status >= 400 && port_was_taken(&started) &&
			   is_fresh(there)) {
			ptxi_auto_reply deleted = { 0 };

			code = send_delete(d, in.name, &deleted, err);
			start_sent = false;
		} else if (start_sent && started.status >= 400) {
			return ptxi_engine_refused(&started, "starting an instance", err);
		} else {
			if (turn == 0)
				code = ptxi_instance_write_files(d, call, folder, &in, err);
			if (code == 0)
				code = start_it(d, in.name, &started, err);
			start_sent = true;
		}
	}
	return code;
}

/* ---- start, stop ---- */

static int name_of(const struct ptx_provider_call *call, const char **name, struct ptx_error **err)
{
	*name = ptxi_directive_name(call, "name", err);
	return *name ? 0 : PTX_E_INVALID;
}

int ptxi_docker_instance_start(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *name = NULL;
	ptxi_auto_reply started = { 0 };
	int code = name_of(call, &name, err);

	for (unsigned turn = 0; code == 0; turn++) {
		ptxi_auto_json there = NULL;
		ptx_auto_str folder = NULL;
		const char *address = NULL;

		code = look_well(driver, call->tags, name, &there, err);
		if (code < 0)
			break;
		if (!there)
			return ptx_fail(err, PTX_E_NOT_FOUND, "there is no instance '%s' to start",
					name);
		if (!ptxi_is_ours(labels_of(there), call->tags))
			return not_ours(name, err);
		if (is_running(there))
			return report(there, call, err);
		if (turn > 0)
			return started.status >= 400
				   ? ptxi_engine_refused(&started, "starting an instance", err)
				   : check_running(there, name, err);
		folder = ptxi_instance_folder(driver, name, err);
		if (!folder)
			return PTX_E_CONFIG;
		address = ptxi_json_str(labels_of(there), PTXI_LABEL_PUBLIC_IP);
		if (*address && !ptxi_address_hold(folder, address))
			return ptx_fail(
			    err, PTX_E_BUSY,
			    "the address %s of instance '%s' was taken by somebody else meanwhile",
			    address, name);
		code = start_it(driver, name, &started, err);
	}
	return code;
}

int ptxi_docker_instance_stop(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	int64_t grace = ptx_value_as_int(ptx_value_get(call->directive, "grace_ms"), 10000);
	struct ptxi_call_opts slow = { .idle_ms = grace + START_IDLE_MS };
	const char *name = NULL;
	ptxi_auto_reply reply = { 0 };
	ptxi_auto_json there = NULL;
	ptx_auto_str path = NULL;
	int code = name_of(call, &name, err);

	if (code == 0)
		code = look(driver, name, &there, err);
	/* What is not there does not run. */
	if (code < 0 || !there || !is_running(there))
		return code;
	if (!ptxi_is_ours(labels_of(there), call->tags))
		return not_ours(name, err);
	path = ptxi_asprintf("/containers/%s/stop?t=%lld", name, (long long)((grace + 999) / 1000));
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_call(driver, "POST", path, NULL, &slow, &reply, err) < 0)
		return ptx_wrap(err, "while stopping instance '%s'", name);
	if (reply.status < 300 || reply.status == 304 || reply.status == 404)
		return 0;
	return ptxi_engine_refused(&reply, "stopping an instance", err);
}

/* ---- delete ---- */

/* Without SIGKILL first, an engine waits for a first process that does not mind SIGTERM. */
static int kill_it(struct ptxi_docker *d, const char *name, struct ptx_error **err)
{
	ptxi_auto_reply reply = { 0 };
	ptx_auto_str path = ptxi_asprintf("/containers/%s/kill?signal=SIGKILL", name);
	int code = path ? ptxi_engine_call(d, "POST", path, NULL, NULL, &reply, err)
			: ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	return code < 0 ? ptx_wrap(err, "while killing instance '%s'", name) : 0;
}

/* An engine may still be removing what somebody asked it to remove before. */
static int wait_until_gone(struct ptxi_docker *d, const char *name, const struct ptxi_reply *reply,
			   struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + REMOVAL_MS;

	for (;;) {
		struct timespec nap = { 0, 100 * 1000000 };
		ptxi_auto_json there = NULL;
		int code = look(d, name, &there, err);

		if (code < 0 || !there)
			return code;
		if (strcmp(status_of(there), "removing") != 0 || ptxi_time_mono_ms() > until)
			return ptxi_engine_refused(reply, "deleting an instance", err);
		nanosleep(&nap, NULL);
	}
}

static int delete_container(struct ptxi_docker *d, struct ptx_provider_call *call, const char *name,
			    struct ptx_error **err)
{
	ptxi_auto_json there = NULL;
	ptxi_auto_reply reply = { 0 };
	int code = look(d, name, &there, err);

	if (code < 0 || !there || !ptxi_is_ours(labels_of(there), call->tags))
		return code;
	if (is_running(there))
		code = kill_it(d, name, err);
	if (code == 0)
		code = send_delete(d, name, &reply, err);
	if (code < 0 || reply.status == 404 || reply.status < 300)
		return code;
	return wait_until_gone(d, name, &reply, err);
}

int ptxi_docker_instance_delete(void *driver, struct ptx_provider_call *call,
				struct ptx_error **err)
{
	const char *name = NULL;
	ptx_auto_str folder = NULL;
	int code = name_of(call, &name, err);

	if (code == 0)
		code = delete_container(driver, call, name, err);
	if (code < 0)
		return code;
	folder = ptxi_instance_folder(driver, name, err);
	if (!folder)
		return PTX_E_CONFIG;
	ptxi_address_give(folder);
	return ptxi_fs_remove(folder, err);
}
