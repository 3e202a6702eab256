/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c - from a rendered conf to typed roles and endpoints.
 *
 * The defaults are the format's own (docs/formats.md): mount point /data, ext4, 20 GiB of system
 * disk, timeouts of ten minutes. A port may be a number, or the name of a parameter:
 * "env.client_port" or "role.env.client_port".
 */
#define PTX_AREA PTX_AREA_CLUSTER
#include "../base/ptxi.h"
#include "spec.h"
#include "../value/path.h"

#define DEFAULT_TIMEOUT_S 600
#define MOST_TIMEOUT_S    86400

static uint64_t number(const struct ptx_value *map, const char *key, uint64_t fallback)
{
	int64_t i = ptx_value_as_int(ptx_value_get(map, key), -1);

	return i < 0 ? fallback : (uint64_t)i;
}

static const char *text(const struct ptx_value *map, const char *key, const char *fallback)
{
	return ptx_value_as_string(ptx_value_get(map, key), fallback);
}

static const struct ptx_value *object(const struct ptx_value *map, const char *key)
{
	const struct ptx_value *v = ptx_value_get(map, key);

	return ptx_value_kind(v) == PTX_MAP ? v : NULL;
}

static const char *default_options(const char *filesystem)
{
	if (strcmp(filesystem, "xfs") == 0)
		return "rw,noatime,inode64,allocsize=16m";
	return strcmp(filesystem, "ext4") == 0 ? "defaults,noatime" : "";
}

static int load_volume(struct ptxi_spec_role *r, const struct ptx_value *node,
		       struct ptx_error **err)
{
	const struct ptx_value *volume = object(node, "volume");
	const struct ptx_value *mount = ptx_value_get(volume, "mount_point");
	const char *one = ptx_value_as_string(mount, "");

	r->volume_gib = number(volume, "size", 0);
	r->filesystem = text(volume, "filesystem", "ext4");
	r->mount_options = text(volume, "mount_options", default_options(r->filesystem));
	r->instance_gib = number(volume, "instance_size", 20);
	if (ptx_value_count(mount) > PTXI_SPEC_MOUNTS)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(mount),
				   "role '%s' has %zu mount points; %d are the most", r->name,
				   ptx_value_count(mount), PTXI_SPEC_MOUNTS);
	for (size_t i = 0; i < ptx_value_count(mount); i++)
		r->mount_points[r->mount_count++] =
		    ptx_value_as_string(ptx_value_at(mount, i), "/data");
	if (!r->mount_count && r->volume_gib)
		r->mount_points[r->mount_count++] = *one ? one : "/data";
	return 0;
}

static const struct ptx_value *health_of(struct ptx_arena *a, const struct ptx_value *conf,
					 const struct ptx_value *node)
{
	const struct ptx_value *of_cluster = object(conf, "health_check");
	const struct ptx_value *of_node = object(node, "health_check");
	struct ptx_value *both = NULL;
	struct ptx_str key = { 0 };

	if (!of_node || !of_cluster)
		return of_node ? of_node : of_cluster;
	both = ptx_value_copy(a, of_cluster);
	for (size_t i = 0; i < ptx_value_count(of_node); i++) {
		struct ptx_value *v = ptx_value_entry(of_node, i, &key);

		ptx_value_setn(both, key, v);
	}
	return both;
}

static int load_role(struct ptx_arena *a, struct ptxi_spec_role *r, const struct ptx_value *conf,
		     const struct ptx_value *node, struct ptx_error **err)
{
	const struct ptx_value *container = object(node, "container");

	r->name = text(node, "role", "");
	r->image = text(container, "image", "");
	r->container = text(container, "type", "");
	r->count = (unsigned)number(node, "count", 0);
	r->replica = (unsigned)number(node, "replica", 0);
	r->cpu = (unsigned)number(node, "cpu", 0);
	r->memory_mib = number(node, "memory", 0);
	r->gpu = (unsigned)number(node, "gpu", 0);
	r->server_id_bound = number(node, "server_id_upper_bound", 0);
	r->sequential =
	    strcmp(text(node, "vertical_scaling_policy", "parallel"), "sequential") == 0;
	r->agent_installed = ptx_value_as_bool(ptx_value_get(node, "agent_installed"), true);
	r->ssh_key = text(node, "passphraseless", NULL);
	r->custom_cmd = text(object(node, "custom_metadata"), "cmd", NULL);
	r->env = object(node, "env") ? object(node, "env") : object(conf, "env");
	r->services = object(node, "services");
	r->health_check = health_of(a, conf, node);
	if (!*r->image)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(node),
				   "role '%s' has no image", r->name);
	return load_volume(r, node, err);
}

static int load_roles(struct ptx_arena *a, struct ptxi_spec *s, const struct ptx_value *conf,
		      struct ptx_error **err)
{
	const struct ptx_value *nodes = ptx_value_get(conf, "nodes");

	s->roles = ptxi_arena_array(a, ptx_value_count(nodes) + 1, sizeof(*s->roles));
	for (size_t i = 0; s->roles && i < ptx_value_count(nodes); i++) {
		const struct ptx_value *node = ptx_value_at(nodes, i);
		int rc = load_role(a, &s->roles[i], conf, node, err);

		if (rc < 0)
			return rc;
		for (size_t j = 0; j < i; j++)
			if (strcmp(s->roles[j].name, s->roles[i].name) == 0)
				return ptx_fail_at(
				    err, PTX_E_INVALID, ptx_value_where(node),
				    "nodes.%zu: the role '%s' is there already (nodes.%zu)", i,
				    s->roles[i].name, j);
		s->role_count++;
	}
	return ptxi_arena_check(a, err);
}

/* "env.k", or "role.env.k": the value of a parameter. */
static const struct ptx_value *parameter(const struct ptxi_spec *s, const struct ptx_value *conf,
					 const char *path)
{
	const char *env = strstr(path, "env.");
	const struct ptx_value *found = ptxi_value_find_path(conf, ptxi_str(path)).value;

	if (found || !env)
		return found;
	for (size_t i = 0; i < s->role_count; i++) {
		size_t n = strlen(s->roles[i].name);
		bool named = n && strncmp(path, s->roles[i].name, n) == 0 && path[n] == '.' &&
			     path + n + 1 == env;

		if (named || env == path)
			found = ptx_value_get(s->roles[i].env, env + 4);
		if (found)
			return found;
	}
	return NULL;
}

static int load_endpoints(struct ptx_arena *a, struct ptxi_spec *s, const struct ptx_value *conf,
			  struct ptx_error **err)
{
	const struct ptx_value *all = object(conf, "endpoints");
	struct ptx_str key = { 0 };

	s->endpoints = ptxi_arena_array(a, ptx_value_count(all) + 1, sizeof(*s->endpoints));
	for (size_t i = 0; s->endpoints && i < ptx_value_count(all); i++) {
		const struct ptx_value *one = ptx_value_entry(all, i, &key);
		const struct ptx_value *port = ptx_value_get(one, "port");
		const char *name = ptx_value_as_string(port, NULL);
		struct ptxi_spec_endpoint *e = &s->endpoints[s->endpoint_count];
		int64_t number_of = 0;

		if (strcmp(key.p, "reserved_ips") == 0)
			continue;
		if (name && !ptxi_parse_i64(ptxi_str(name), &number_of, 1, 65535))
			port = parameter(s, conf, name);
		if (!number_of)
			number_of = ptx_value_as_int(port, 0);
		if (number_of < 1 || number_of > 65535)
			return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(one),
					   "endpoints.%s: no port%s%s", key.p, name ? " at " : "",
					   name ? name : "");
		*e = (struct ptxi_spec_endpoint){ key.p, text(one, "protocol", "tcp"),
						  (unsigned)number_of };
		s->endpoint_count++;
	}
	return ptxi_arena_check(a, err);
}

struct ptxi_spec *ptxi_spec_load(struct ptx_arena *a, const struct ptx_value *conf,
				 struct ptx_error **err)
{
	struct ptxi_spec *s = ptxi_arena_alloc(a, sizeof(*s));

	if (!s) {
		ptxi_arena_check(a, err);
		return NULL;
	}
	s->name = text(conf, "name", "");
	s->description = text(conf, "description", "");
	s->subnet = text(conf, "subnet", text(conf, "vxnet", ""));
	s->links = object(conf, "links");
	if (load_roles(a, s, conf, err) < 0 || load_endpoints(a, s, conf, err) < 0)
		return NULL;
	return s;
}

const struct ptxi_spec_role *ptxi_spec_role(const struct ptxi_spec *s, const char *name)
{
	size_t n = strlen(name);
	size_t suffix = strlen(PTXI_SPEC_REPLICA);

	for (size_t i = 0; i < s->role_count; i++)
		if (strcmp(s->roles[i].name, name) == 0)
			return &s->roles[i];
	if (n < suffix || strcmp(name + n - suffix, PTXI_SPEC_REPLICA) != 0)
		return NULL;
	for (size_t i = 0; i < s->role_count; i++)
		if (ptxi_str_is(ptxi_strn(name, n - suffix), s->roles[i].name))
			return &s->roles[i];
	return NULL;
}

bool ptxi_spec_service(const struct ptxi_spec_role *role, const char *service,
		       struct ptxi_spec_service *out)
{
	const struct ptx_value *v = ptx_value_get(role->services, service);
	uint64_t seconds = number(v, "timeout", DEFAULT_TIMEOUT_S);

	*out = (struct ptxi_spec_service){
		.cmd = text(v, "cmd", ""),
		.order = ptx_value_as_int(ptx_value_get(v, "order"), 0),
		.timeout_ms = (int64_t)(seconds > MOST_TIMEOUT_S ? MOST_TIMEOUT_S : seconds) * 1000,
		.nodes_to_execute_on = number(v, "nodes_to_execute_on", 0),
		.post = ptx_value_as_bool(ptx_value_get(v, "post_start_service"), false) ||
			ptx_value_as_bool(ptx_value_get(v, "post_stop_service"), false),
		.pre_check = text(v, "pre_check", NULL),
		.params = object(v, "service_params"),
	};
	return *out->cmd != '\0';
}

bool ptxi_spec_health(const struct ptxi_spec_role *role, struct ptxi_spec_health *out)
{
	const struct ptx_value *v = role->health_check;

	*out = (struct ptxi_spec_health){
		.interval_s = (int64_t)number(v, "interval_sec", 60),
		.timeout_s = (int64_t)number(v, "timeout_sec", 10),
		.action_timeout_s = (int64_t)number(v, "action_timeout_sec", 30),
		.healthy = (int64_t)number(v, "healthy_threshold", 3),
		.unhealthy = (int64_t)number(v, "unhealthy_threshold", 3),
		.check_cmd = text(v, "check_cmd", ""),
		.action_cmd = text(v, "action_cmd", ""),
	};
	return ptx_value_as_bool(ptx_value_get(v, "enable"), false) && *out->check_cmd;
}
