/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - an instance as data: the task's directive read and checked, its files laid down, the
 * engine's request made.
 *
 * Files for /pitrix stand in one folder that is mounted there, read-only, the agent's program in
 * it; files elsewhere are mounted one by one. They are written 0600 below <home>/instances/NAME
 * (0700), before the container exists.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/digest.h"
#include "../../base/fs.h"
#include "../../base/path.h"

#include <sys/resource.h>
#include <sys/stat.h>

#define AGENT_MAX    ((size_t)256 << 20)
#define FILES_MAX    64u
#define MOUNT_FOLDER "/pitrix"
#define NOFILE_MOST  65536
#define NPROC_MOST   32768

/* ---- reading ---- */

static int read_ports(const struct ptx_provider_call *call, struct ptxi_instance *out,
		      struct ptx_error **err)
{
	const struct ptx_value *ports = ptx_value_get(call->directive, "ports");

	if (ptx_value_count(ports) > PTXI_PORTS_MAX)
		return ptx_fail(err, PTX_E_LIMIT, "instance '%s' publishes more than %u ports",
				out->name, PTXI_PORTS_MAX);
	for (size_t i = 0; i < ptx_value_count(ports); i++) {
		const struct ptx_value *p = ptx_value_at(ports, i);
		int64_t number = ptx_value_as_int(ptx_value_get(p, "port"), 0);
		const char *protocol = ptx_value_as_string(ptx_value_get(p, "protocol"), "tcp");
		const char *name = ptx_value_as_string(ptx_value_get(p, "name"), "");

		if (number < 1 || number > 65535)
			return ptx_fail(err, PTX_E_INVALID, "instance '%s': %lld is not a port",
					out->name, (long long)number);
		/* What speaks HTTP and the like is carried by TCP. */
		out->ports[i] =
		    (struct ptxi_port){ name, strcmp(protocol, "udp") == 0 ? "udp" : "tcp",
					(uint16_t)number };
		if (strpbrk(name, ":,/"))
			return ptx_fail(err, PTX_E_INVALID, "'%s' is not the name of a port", name);
	}
	out->port_count = ptx_value_count(ports);
	return 0;
}

static bool is_mount_point(const char *path)
{
	return path[0] == '/' && path[1] && !strchr(path, ':') && !strstr(path, "/../") &&
	       !ptxi_str_ends(ptxi_str(path), "/..");
}

static int check_volumes(const struct ptxi_instance *in, struct ptx_error **err)
{
	for (size_t i = 0; i < ptx_value_count(in->volumes); i++) {
		const struct ptx_value *v = ptx_value_at(in->volumes, i);
		const struct ptx_value *points = ptx_value_get(v, "mount_points");

		if (!*ptx_value_as_string(ptx_value_get(v, "name"), ""))
			return ptx_fail(err, PTX_E_INVALID,
					"instance '%s' has a volume without a name", in->name);
		for (size_t j = 0; j < ptx_value_count(points); j++)
			if (!is_mount_point(ptx_value_as_string(ptx_value_at(points, j), "")))
				return ptx_fail(err, PTX_E_INVALID,
						"instance '%s': '%s' is not a place for a volume",
						in->name,
						ptx_value_as_string(ptx_value_at(points, j), ""));
	}
	return 0;
}

int ptxi_instance_read(const struct ptx_provider_call *call, struct ptxi_instance *out,
		       struct ptx_error **err)
{
	const struct ptx_value *v = call->directive;
	uint32_t ip = 0;
	int code = 0;

	*out = (struct ptxi_instance){ 0 };
	out->name = ptxi_directive_name(call, "name", err);
	out->image = out->name ? ptxi_directive_str(call, "image_id", err) : NULL;
	out->network = out->image ? ptxi_directive_name(call, "network", err) : NULL;
	if (!out->network)
		return PTX_E_INVALID;
	out->hostname = ptx_value_as_string(ptx_value_get(v, "hostname"), out->name);
	out->private_ip = ptx_value_as_string(ptx_value_get(v, "private_ip"), "");
	out->cpu = ptx_value_as_float(ptx_value_get(v, "cpu"), 0);
	out->memory_mib = ptx_value_as_int(ptx_value_get(v, "memory_mib"), 0);
	out->volumes = ptx_value_get(v, "volumes");
	out->command = ptx_value_get(v, "command");
	out->agent = ptx_value_as_bool(ptx_value_get(v, "agent"), false);
	if (*out->private_ip && !ptxi_ipv4_parse(ptxi_str(out->private_ip), &ip))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not an IPv4 address", out->private_ip);
	if (out->cpu < 0 || out->cpu > 4096 || out->memory_mib < 0 ||
	    out->memory_mib > INT64_C(1) << 24)
		return ptx_fail(err, PTX_E_INVALID, "instance '%s' has an impossible size",
				out->name);
	code = read_ports(call, out, err);
	return code < 0 ? code : check_volumes(out, err);
}

void ptxi_ports_format(const struct ptxi_port *ports, size_t n, struct ptx_buf *out)
{
	for (size_t i = 0; i < n; i++)
		ptx_buf_printf(out, "%s%s:%u/%s", i ? "," : "", ports[i].name, ports[i].port,
			       ports[i].protocol);
}

size_t ptxi_ports_parse(struct ptx_arena *a, const char *text,
			struct ptxi_port ports[PTXI_PORTS_MAX])
{
	struct ptx_str rest = ptxi_str(text);
	struct ptx_str item = { NULL, 0 };
	size_t n = 0;

	while (n < PTXI_PORTS_MAX && ptxi_str_next(&rest, ',', &item)) {
		size_t colon = ptxi_str_find_char(item, ':');
		size_t slash = ptxi_str_rfind_char(item, '/');
		uint64_t number = 0;

		if (colon == SIZE_MAX || slash == SIZE_MAX || slash < colon ||
		    !ptxi_parse_u64(ptxi_str_sub(item, colon + 1, slash - colon - 1), &number,
				    65535))
			continue;
		ports[n].name = ptxi_arena_strn(a, item.p, colon);
		ports[n].protocol =
		    ptxi_str_is(ptxi_str_from(item, slash + 1), "udp") ? "udp" : "tcp";
		ports[n].port = (uint16_t)number;
		if (ports[n].name)
			n++;
	}
	return n;
}

/* ---- files ---- */

/* The agent's program as it is now, kept under its digest: a container that runs has it even after
 * an upgrade. */
static int keep_agent(struct ptxi_docker *d, struct ptx_arena *a, const char **kept,
		      struct ptx_error **err)
{
	const char *home = ptxi_ctx_need_home(d->ctx, err);
	ptx_auto_str real = home ? realpath(home, NULL) : NULL;
	ptx_auto_str hex = home ? ptxi_digest_file_hex(PTXI_SHA256, d->agent, err) : NULL;
	ptx_auto_buf program = { 0 };
	const char *folder = NULL;
	int code = 0;

	if (!home)
		return err && *err ? ptx_error_code(*err) : PTX_E_CONFIG;
	if (!hex) {
		ptxi_error_hint(err, "PITRIX_AGENT says where the program is");
		ptx_wrap(err, "while looking for the agent's program");
		return err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
	}
	folder = ptxi_arena_printf(a, "%s/agents", real ? real : home);
	*kept = ptxi_arena_printf(a, "%s/agents/%s", real ? real : home, hex);
	if (!*kept || !folder)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_fs_exists(*kept))
		return 0;
	ptx_buf_init(&program, 0);
	code = ptxi_fs_mkdirs(folder, 0700, err);
	if (code == 0)
		code = ptxi_fs_read(d->agent, AGENT_MAX, &program, err);
	if (code == 0)
		code = ptxi_fs_write(*kept, ptx_buf_str(&program), 0755, err);
	return code < 0 ? ptx_wrap(err, "while keeping the agent's program") : 0;
}

static void add_mount(struct ptxi_instance *in, const char *source, const char *target)
{
	in->mounts[in->mount_count++] = (struct ptxi_mount){ source, target };
}

static int write_file(struct ptx_arena *a, const struct ptx_provider_file *f, const char *folder,
		      size_t nth, struct ptxi_instance *in, struct ptx_error **err)
{
	struct ptx_str path = ptxi_str(f->path);
	bool inside = ptxi_str_starts(path, MOUNT_FOLDER "/");
	struct ptx_str rest = ptxi_str_from(path, sizeof(MOUNT_FOLDER));
	const char *to = NULL;
	int code = 0;

	if (!is_mount_point(f->path) || (inside && !ptxi_path_inside(rest)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not a place for a file in an instance",
				f->path);
	to = inside ? ptxi_arena_printf(a, "%s" MOUNT_FOLDER "/%.*s", folder, PTX_STR_ARG(rest))
		    : ptxi_arena_printf(a, "%s/files/%zu", folder, nth);
	if (!to)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	{
		ptx_auto_str parent = ptxi_path_dir(to);

		code = parent ? ptxi_fs_mkdirs(parent, 0700, err)
			      : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	}
	if (code == 0)
		code = ptxi_fs_write(to, f->content, f->mode ? f->mode & 0700 : 0600, err);
	if (code == 0 && !inside)
		add_mount(in, to, f->path);
	return code;
}

int ptxi_instance_write_files(struct ptxi_docker *d, const struct ptx_provider_call *call,
			      const char *folder, struct ptxi_instance *in, struct ptx_error **err)
{
	const char *shared = ptxi_arena_printf(call->arena, "%s" MOUNT_FOLDER, folder);
	const char *agent = NULL;
	int code = 0;

	in->mounts = ptxi_arena_array(call->arena, call->file_count + 2, sizeof(*in->mounts));
	in->mount_count = 0;
	if (!in->mounts || !shared)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for the files of an instance");
	if (call->file_count > FILES_MAX)
		return ptx_fail(err, PTX_E_LIMIT, "instance '%s' has more than %u files", in->name,
				FILES_MAX);
	code = ptxi_fs_mkdirs(shared, 0700, err);
	if (code == 0)
		add_mount(in, shared, MOUNT_FOLDER);
	for (size_t i = 0; code == 0 && i < call->file_count; i++)
		code = write_file(call->arena, &call->files[i], folder, i, in, err);
	if (code == 0 && in->agent) {
		/* The mount needs a file to stand on, and the folder is read-only inside. */
		const char *place = ptxi_arena_printf(call->arena, "%s/agent", shared);

		code = place ? keep_agent(d, call->arena, &agent, err) : PTX_E_NOMEM;
		if (code == 0 && !ptxi_fs_exists(place))
			code = ptxi_fs_write(place, ptxi_str(""), 0600, err);
		if (code == 0)
			add_mount(in, agent, MOUNT_FOLDER "/agent");
	}
	return code < 0 ? ptx_wrap(err, "while writing the files of instance '%s'", in->name) : 0;
}

/* ---- the request ---- */

static json_t *limit(const char *name, int resource, rlim_t most)
{
	struct rlimit r = { most, most };
	json_int_t n = 0;

	/* No more than this process may have: the engine could not give it either. */
	getrlimit(resource, &r);
	n = (json_int_t)(r.rlim_max < most ? r.rlim_max : most);
	return json_pack("{s:s, s:I, s:I}", "Name", name, "Soft", n, "Hard", n);
}

static json_t *make_mounts(const struct ptxi_instance *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->mount_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b}", "Type", "bind",
						      "Source", in->mounts[i].source, "Target",
						      in->mounts[i].target, "ReadOnly", 1));
	for (size_t i = 0; i < ptx_value_count(in->volumes); i++) {
		const struct ptx_value *v = ptx_value_at(in->volumes, i);
		const struct ptx_value *points = ptx_value_get(v, "mount_points");

		for (size_t j = 0; j < ptx_value_count(points); j++)
			json_array_append_new(
			    list,
			    json_pack("{s:s, s:s, s:s}", "Type", "volume", "Source",
				      ptx_value_as_string(ptx_value_get(v, "name"), ""), "Target",
				      ptx_value_as_string(ptx_value_at(points, j), "")));
	}
	return list;
}

static void add_ports(const struct ptxi_instance *in, json_t *exposed, json_t *bindings)
{
	for (size_t i = 0; i < in->port_count; i++) {
		char key[16] = "";
		char number[8] = "";

		snprintf(key, sizeof(key), "%u/%s", in->ports[i].port, in->ports[i].protocol);
		snprintf(number, sizeof(number), "%u", in->ports[i].port);
		json_object_set_new(exposed, key, json_object());
		json_object_set_new(
		    bindings, key,
		    json_pack("[{s:s, s:s}]", "HostIp", in->public_ip, "HostPort", number));
	}
}

static json_t *make_host(const struct ptxi_instance *in, const struct ptxi_engine_info *info,
			 json_t *bindings)
{
	json_t *host =
	    json_pack("{s:s, s:o, s:o, s:[o,o], s:{s:s}}", "NetworkMode", in->network, "Mounts",
		      make_mounts(in), "PortBindings", bindings, "Ulimits",
		      limit("nofile", RLIMIT_NOFILE, NOFILE_MOST),
		      limit("nproc", RLIMIT_NPROC, NPROC_MOST), "RestartPolicy", "Name", "no");

	if (in->cpu > 0 && info->limits_cpu)
		json_object_set_new(host, "NanoCpus", json_integer((json_int_t)(in->cpu * 1e9)));
	if (in->memory_mib > 0 && info->limits_memory) {
		json_int_t bytes = (json_int_t)in->memory_mib << 20;

		json_object_set_new(host, "Memory", json_integer(bytes));
		json_object_set_new(host, "MemorySwap", json_integer(bytes));
	}
	return host;
}

static json_t *make_labels(const struct ptxi_instance *in, const struct ptx_value *tags)
{
	json_t *labels = ptxi_tags_json(tags);
	ptx_auto_buf ports = { 0 };

	ptx_buf_init(&ports, 0);
	ptxi_ports_format(in->ports, in->port_count, &ports);
	json_object_set_new(labels, PTXI_LABEL_NETWORK, json_string(in->network));
	json_object_set_new(labels, PTXI_LABEL_PRIVATE_IP, json_string(in->private_ip));
	json_object_set_new(labels, PTXI_LABEL_PUBLIC_IP, json_string(in->public_ip));
	json_object_set_new(labels, PTXI_LABEL_PORTS, json_string(ports.p));
	return labels;
}

static void add_command(json_t *body, const struct ptx_value *command)
{
	json_t *arguments = json_array();

	for (size_t i = 1; i < ptx_value_count(command); i++)
		json_array_append_new(
		    arguments, json_string(ptx_value_as_string(ptx_value_at(command, i), "")));
	if (ptx_value_count(command) > 0)
		json_object_set_new(
		    body, "Entrypoint",
		    json_pack("[s]", ptx_value_as_string(ptx_value_at(command, 0), "")));
	json_object_set_new(body, "Cmd", arguments);
}

json_t *ptxi_instance_body(const struct ptxi_instance *in, const struct ptx_value *tags,
			   const struct ptxi_engine_info *info)
{
	json_t *exposed = json_object();
	json_t *bindings = json_object();
	json_t *body = NULL;

	add_ports(in, exposed, bindings);
	body = json_pack("{s:s, s:s, s:o, s:o, s:o, s:{s:{s:{s:{s:s}, s:[s]}}}}", "Image",
			 in->image, "Hostname", in->hostname, "Labels", make_labels(in, tags),
			 "ExposedPorts", exposed, "HostConfig", make_host(in, info, bindings),
			 "NetworkingConfig", "EndpointsConfig", in->network, "IPAMConfig",
			 "IPv4Address", in->private_ip, "Aliases", in->hostname);
	if (body)
		add_command(body, in->command);
	return body;
}
