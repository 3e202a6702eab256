/* SPDX-License-Identifier: Apache-2.0 */
/* docker.c - the driver `docker`: machines are containers of an engine on this machine, Podman or
 * Docker.
 *
 * A VPC is a bridge network, an instance a container with the agent as its first process, a volume
 * a volume. All are found again by their names and labels; the labels are the tags that the caller
 * gives. What an instance needs from this machine, its files and its published address, stands in
 * <home>/instances/NAME and goes with it.
 *
 *     look --> ours and as wanted ------------------------------> done
 *       |----> ours, half made (created, never started) --------> finish it
 *       |----> somebody else's ---------------------------------> EXISTS
 *       `----> not there --> make it, once --> refused --> look again
 *                                              (an engine may say 500 for "exists")
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "logs.h"
#include "../../value/value.h"

static const struct ptx_provider_field fields[] = {
	{ "endpoint", "string", false, false, "PITRIX_ENGINE",
	  "socket of the engine (unix:///path); without it the usual places are looked at" },
	{ "agent", "string", false, false, "PITRIX_AGENT",
	  "the program pitrix-agent that is put into instances" },
	{ "autostart", "boolean", false, false, "PITRIX_ENGINE_AUTOSTART",
	  "start `podman system service` when no engine listens (true)" },
	{ NULL, NULL, false, false, NULL, NULL },
};

const char *ptxi_json_str(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

const char *ptxi_directive_str(const struct ptx_provider_call *call, const char *key,
			       struct ptx_error **err)
{
	const char *s = ptx_value_as_string(ptx_value_get(call->directive, key), NULL);

	if (!s || !*s)
		ptx_fail(err, PTX_E_INVALID, "a task of provider 'docker' without '%s'", key);
	return s && *s ? s : NULL;
}

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > PTXI_NAME_MAX || s[0] == '-')
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

const char *ptxi_directive_name(const struct ptx_provider_call *call, const char *key,
				struct ptx_error **err)
{
	const char *s = ptxi_directive_str(call, key, err);

	if (s && !is_name(s)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is not a name: at most 63 of a-z, 0-9 and '-'",
			 s);
		return NULL;
	}
	return s;
}

json_t *ptxi_tags_json(const struct ptx_value *tags)
{
	json_t *labels = json_object();

	for (size_t i = 0; i < ptx_value_count(tags); i++) {
		struct ptx_str key = { NULL, 0 };
		const char *s = ptx_value_as_string(ptx_value_entry(tags, i, &key), NULL);

		if (s)
			json_object_set_new(labels, key.p, json_string(s));
	}
	return labels;
}

bool ptxi_is_ours(const json_t *labels, const struct ptx_value *tags)
{
	const char *owner = ptx_value_as_string(ptx_value_get(tags, PTXI_LABEL_OWNER), NULL);
	const char *label = json_string_value(json_object_get(labels, PTXI_LABEL_OWNER));

	return owner ? label && strcmp(owner, label) == 0 : label != NULL;
}

char *ptxi_instance_folder(struct ptxi_docker *d, const char *name, struct ptx_error **err)
{
	const char *home = ptxi_ctx_need_home(d->ctx, err);
	ptx_auto_str real = home ? realpath(home, NULL) : NULL;
	char *folder = NULL;

	if (!home)
		return NULL;
	folder = ptxi_asprintf("%s/instances/%s", real ? real : home, name);
	if (!folder)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	return folder;
}

/* ---- find ---- */

struct finding {
	struct ptxi_docker *d;
	struct ptx_arena *a;
	struct ptx_value *found;
};

static struct ptx_value *add_found(struct finding *f, const char *kind, const char *id,
				   const char *name, const char *state, const json_t *labels)
{
	struct ptx_value *m = ptx_value_map(f->a);
	struct ptx_value *tags = ptx_value_map(f->a);
	const char *key = NULL;
	json_t *label = NULL;

	json_object_foreach((json_t *)(uintptr_t)labels, key, label) if (json_is_string(label))
	    ptx_value_set_string(tags, key, json_string_value(label));
	ptx_value_set_string(m, "kind", kind);
	ptx_value_set_string(m, "id", id);
	ptx_value_set_string(m, "name", name);
	ptx_value_set_string(m, "state", state);
	ptx_value_set(m, "tags", tags);
	ptx_value_append(f->found, m);
	return m;
}

static const char *state_of(const char *status)
{
	static const char *const rows[][2] = {
		{ "running", "running" },      { "exited", "stopped" },
		{ "stopped", "stopped" },      { "paused", "stopped" },
		{ "created", "creating" },     { "configured", "creating" },
		{ "initialized", "creating" }, { "restarting", "creating" },
		{ "dead", "failed" },          { "stopping", "stopping" },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++)
		if (strcmp(rows[i][0], status) == 0)
			return rows[i][1];
	return "unknown";
}

/* The list of containers does not say how one ended. */
static int add_exit_status(struct finding *f, struct ptx_value *m, const char *id,
			   struct ptx_error **err)
{
	ptx_auto_str path = ptxi_asprintf("/containers/%s/json", id);
	ptxi_auto_json c = NULL;
	const json_t *state = NULL;

	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_look(f->d, path, &c, err) < 0)
		return ptx_wrap(err, "while asking how container '%s' ended", id);
	state = json_object_get(c, "State");
	if (state) {
		ptx_value_set_int(m, "exit_status",
				  json_integer_value(json_object_get(state, "ExitCode")));
		ptx_value_set_bool(m, "out_of_memory",
				   json_is_true(json_object_get(state, "OOMKilled")));
	}
	return 0;
}

static int add_instance(struct finding *f, const json_t *c, struct ptx_error **err)
{
	const json_t *labels = json_object_get(c, "Labels");
	const char *name = json_string_value(json_array_get(json_object_get(c, "Names"), 0));
	const char *state = state_of(ptxi_json_str(c, "State"));
	const char *id = ptxi_json_str(c, "Id");
	struct ptx_value *m =
	    add_found(f, "instance", id, name ? name + (*name == '/') : "", state, labels);

	ptx_value_set_string(m, "private_ip", ptxi_json_str(labels, PTXI_LABEL_PRIVATE_IP));
	ptx_value_set_string(m, "public_ip", ptxi_json_str(labels, PTXI_LABEL_PUBLIC_IP));
	ptx_value_set_string(m, "detail", ptxi_json_str(c, "Status"));
	return strcmp(state, "running") == 0 ? 0 : add_exit_status(f, m, id, err);
}

/* Those that Podman alone believes to run, of all that have the labels: they were killed (lost.c).
 */
static int mark_lost(struct finding *f, const char *const *labels, struct ptx_error **err)
{
	ptxi_auto_json listed = NULL;
	struct ptxi_engine_info info = { 0 };
	const json_t *item = NULL;
	size_t i = 0;
	int code = ptxi_engine_need(f->d, &info, err);

	if (code == 0 && info.podman)
		code = ptxi_engine_list(f->d, PTXI_PODMAN "/containers/json", "all=true", labels,
					&listed, err);
	if (code < 0)
		return code;
	json_array_foreach(listed, i, item)
	{
		const char *id = ptxi_json_str(item, "Id");

		if (!ptxi_container_seems_lost(item) || !ptxi_container_is_lost(f->d, id))
			continue;
		for (size_t k = 0; k < ptx_value_count(f->found); k++) {
			struct ptx_value *m = ptx_value_at(f->found, k);

			if (strcmp(ptx_value_as_string(ptx_value_get(m, "id"), ""), id) == 0) {
				ptx_value_set_string(m, "state", "stopped");
				ptx_value_set_string(m, "detail",
						     "killed together with its monitor");
				ptx_value_set_int(m, "exit_status", PTXI_LOST_STATUS);
			}
		}
	}
	return 0;
}

static int docker_find(void *driver, const struct ptx_value *tags, struct ptx_value *found,
		       struct ptx_error **err)
{
	struct finding f = { driver, ptxi_value_arena(found), found };
	size_t n = ptx_value_count(tags);
	const char **labels = ptxi_arena_array(f.a, n + 1, sizeof(*labels));
	ptxi_auto_json containers = NULL;
	ptxi_auto_json networks = NULL;
	ptxi_auto_json volumes = NULL;
	json_t *item = NULL;
	size_t i = 0;

	for (i = 0; labels && i < n; i++) {
		struct ptx_str key = { NULL, 0 };
		const char *v = ptx_value_as_string(ptx_value_entry(tags, i, &key), "");

		labels[i] = ptxi_arena_printf(f.a, "%s=%s", key.p, v);
	}
	if (ptxi_arena_check(f.a, err) < 0)
		return PTX_E_NOMEM;
	if (ptxi_engine_list(driver, "/containers/json", "all=1", labels, &containers, err) < 0 ||
	    ptxi_engine_list(driver, "/networks", NULL, labels, &networks, err) < 0 ||
	    ptxi_engine_list(driver, "/volumes", NULL, labels, &volumes, err) < 0)
		return ptx_wrap(err, "while looking for what exists");
	json_array_foreach(containers, i, item)
	{
		int code = add_instance(&f, item, err);

		if (code < 0)
			return code;
	}
	if (json_array_size(containers) > 0 && mark_lost(&f, labels, err) < 0)
		return ptx_wrap(err, "while looking for what does not run any more");
	json_array_foreach(networks, i, item)
	    add_found(&f, "network", ptxi_json_str(item, "Id"), ptxi_json_str(item, "Name"),
		      "running", json_object_get(item, "Labels"));
	json_array_foreach(json_object_get(volumes, "Volumes"), i, item)
	    add_found(&f, "volume", ptxi_json_str(item, "Name"), ptxi_json_str(item, "Name"),
		      "running", json_object_get(item, "Labels"));
	return ptxi_arena_check(f.a, err);
}

/* ---- open, close ---- */

static void docker_close(void *driver)
{
	struct ptxi_docker *d = driver;

	if (!d)
		return;
	ptxi_http_free(d->http);
	pthread_mutex_destroy(&d->lock);
	ptx_free(d->endpoint);
	ptx_free(d->agent);
	ptx_free(d->socket);
	ptx_free(d);
}

static int docker_open(struct ptx_ctx *ctx, const struct ptx_value *config, void **driver,
		       struct ptx_error **err)
{
	struct ptxi_docker *d = ptxi_alloc(sizeof(*d));
	const char *endpoint = ptx_value_as_string(ptx_value_get(config, "endpoint"), NULL);
	const char *agent =
	    ptx_value_as_string(ptx_value_get(config, "agent"), PTXI_LIBEXEC_DIR "/pitrix-agent");

	if (!d || pthread_mutex_init(&d->lock, NULL) != 0) {
		ptx_free(d);
		return ptx_fail(err, PTX_E_NOMEM, "no memory for provider 'docker'");
	}
	d->ctx = ctx;
	d->may_start = ptx_value_as_bool(ptx_value_get(config, "autostart"), true);
	if (!endpoint || !*endpoint)
		endpoint = getenv("DOCKER_HOST");
	d->agent = ptxi_strdup(agent);
	d->endpoint = endpoint && *endpoint ? ptxi_strdup(endpoint) : NULL;
	d->http = ptxi_http_new(ctx, err);
	if (!d->http || !d->agent || (endpoint && *endpoint && !d->endpoint)) {
		int code = d->http ? ptx_fail(err, PTX_E_NOMEM, "no memory for provider 'docker'")
			   : err && *err ? ptx_error_code(*err)
					 : PTX_E_UNSUPPORTED;

		docker_close(d);
		return code;
	}
	*driver = d;
	return 0;
}

static int docker_zones(void *driver, struct ptx_value *zones, struct ptx_error **err)
{
	(void)driver;
	ptx_value_append(zones, ptx_value_string(ptxi_value_arena(zones), "local"));
	return ptxi_arena_check(ptxi_value_arena(zones), err);
}

#define MINUTES(n) ((n)*60 * 1000)

static const struct ptx_provider_action actions[] = {
	{ "image.prepare", ptxi_docker_image_prepare, NULL, MINUTES(30) },
	{ "network.create", ptxi_docker_network_create, NULL, MINUTES(1) },
	{ "network.delete", ptxi_docker_network_delete, NULL, MINUTES(1) },
	{ "volume.create", ptxi_docker_volume_create, NULL, MINUTES(1) },
	{ "volume.delete", ptxi_docker_volume_delete, NULL, MINUTES(1) },
	{ "instance.create", ptxi_docker_instance_create, NULL, MINUTES(5) },
	{ "instance.start", ptxi_docker_instance_start, NULL, MINUTES(5) },
	{ "instance.stop", ptxi_docker_instance_stop, NULL, MINUTES(10) },
	{ "instance.delete", ptxi_docker_instance_delete, NULL, MINUTES(5) },
	{ NULL, NULL, NULL, 0 },
};

const struct ptx_provider ptxi_provider_docker = {
	.name = "docker",
	.kind = PTX_PROVIDER_VM,
	.summary = "containers of Podman or Docker on this machine",
	.fields = fields,
	.actions = actions,
	.open = docker_open,
	.close = docker_close,
	.check = ptxi_docker_check,
	.zones = docker_zones,
	.find = docker_find,
	.logs = ptxi_docker_logs,
};
