/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - the metadata tree of a cluster.
 *
 * The layout is AppCenter's, as its images' templates read it below /self (docs/formats.md,
 * "metadata"):
 *
 *     hosts/[ROLE/]INSTANCE/{ip sid gid gsid node_id instance_id cpu gpu memory volume_size
 *                            instance_size role pub_key token}
 *     cluster/{cluster_id app_id subnet vxnet zone provider ... endpoints/NAME/{port protocol}}
 *     env/[ROLE/]KEY
 *     health_check/[ROLE/]{interval_sec timeout_sec action_timeout_sec healthy_threshold
 *                          unhealthy_threshold check_cmd action_cmd}
 *
 * A replica stands under the role of its master, with its own role name as `role`. Numbers are
 * written with all their digits. A node that has no instance yet is left out.
 */
#define PTX_AREA PTX_AREA_CLUSTER
#include "../base/ptxi.h"
#include "metadata.h"

#include <pitrix/codec.h>

static void set_number(struct ptx_value *map, const char *key, uint64_t n)
{
	char text[24] = "";

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	ptx_value_set_string(map, key, text);
}

/* The map at key, made when it is not there. */
static struct ptx_value *below(struct ptx_arena *a, struct ptx_value *map, const char *key)
{
	struct ptx_value *v = ptx_value_get(map, key);

	if (v)
		return v;
	v = ptx_value_map(a);
	ptx_value_set(map, key, v);
	return v;
}

static struct ptx_value *host_of(struct ptx_arena *a, const struct ptxi_node *n,
				 const struct ptxi_spec_role *r, const struct ptx_value *token)
{
	struct ptx_value *host = ptx_value_map(a);

	ptx_value_set_string(host, "ip", n->private_ip ? n->private_ip : "");
	if (n->public_ip)
		ptx_value_set_string(host, "eip", n->public_ip);
	set_number(host, "sid", n->server_id);
	set_number(host, "gid", n->group_id);
	set_number(host, "gsid", n->global_server_id);
	ptx_value_set_string(host, "node_id", n->id);
	ptx_value_set_string(host, "instance_id", n->instance);
	set_number(host, "cpu", r->cpu);
	set_number(host, "gpu", r->gpu);
	set_number(host, "memory", r->memory_mib);
	set_number(host, "volume_size", r->volume_gib);
	set_number(host, "instance_size", r->instance_gib);
	if (*n->role)
		ptx_value_set_string(host, "role", n->role);
	if (n->pub_key)
		ptx_value_set_string(host, "pub_key", n->pub_key);
	if (token)
		ptx_value_set(host, "token", ptx_value_copy(a, token));
	return host;
}

static struct ptx_value *cluster_of(struct ptx_arena *a, const struct ptxi_cluster *c,
				    const struct ptxi_spec *spec)
{
	struct ptx_value *v = ptx_value_map(a);
	struct ptx_value *endpoints = NULL;

	ptx_value_set_string(v, "cluster_id", c->id);
	ptx_value_set_string(v, "name", c->name);
	ptx_value_set_string(v, "app_id",
			     ptx_value_as_string(ptx_value_get(c->package, "name"), ""));
	ptx_value_set_string(v, "app_version",
			     ptx_value_as_string(ptx_value_get(c->package, "version"), ""));
	ptx_value_set_string(v, "subnet", c->subnet ? c->subnet : "");
	ptx_value_set_string(v, "vxnet", c->subnet ? c->subnet : "");
	ptx_value_set_string(v, "user_id", c->owner ? c->owner : "");
	ptx_value_set_string(v, "global_uuid", c->id);
	ptx_value_set_string(v, "zone", c->zone ? c->zone : "");
	ptx_value_set_string(v, "provider", c->provider ? c->provider : "");
	ptx_value_set_string(v, "runtime", c->runtime);
	for (size_t i = 0; i < spec->endpoint_count; i++) {
		struct ptx_value *one = NULL;

		endpoints = below(a, v, "endpoints");
		one = below(a, endpoints, spec->endpoints[i].name);
		set_number(one, "port", spec->endpoints[i].port);
		ptx_value_set_string(one, "protocol", spec->endpoints[i].protocol);
	}
	return v;
}

/* A parameter as text: strings as they are, numbers by their own text, the rest as JSON. */
static struct ptx_value *as_text(struct ptx_arena *a, const struct ptx_value *v)
{
	ptx_auto_buf text = { 0 };

	if (ptx_value_str(v).p)
		return ptx_value_strn(a, ptx_value_str(v));
	if (ptx_value_kind(v) == PTX_NULL)
		return ptx_value_string(a, "");
	ptx_buf_init(&text, 0);
	ptx_json_format(v, NULL, &text);
	return ptx_value_strn(a, ptx_buf_str(&text));
}

static void add_env(struct ptx_arena *a, struct ptx_value *tree, const struct ptxi_spec_role *r)
{
	struct ptx_value *env = NULL;
	struct ptx_str key = { 0 };

	if (!ptx_value_count(r->env))
		return;
	env = below(a, tree, "env");
	if (*r->name)
		env = below(a, env, r->name);
	for (size_t i = 0; i < ptx_value_count(r->env); i++) {
		const struct ptx_value *v = ptx_value_entry(r->env, i, &key);

		ptx_value_setn(env, key, as_text(a, v));
	}
}

/* What the role's Drones check; in AppCenter's layout there is no such thing, and images do not
 * read it. */
static void add_health(struct ptx_arena *a, struct ptx_value *tree, const struct ptxi_spec_role *r)
{
	struct ptxi_spec_health h = { 0 };
	struct ptx_value *v = NULL;

	if (!ptxi_spec_health(r, &h))
		return;
	v = below(a, tree, "health_check");
	if (*r->name)
		v = below(a, v, r->name);
	set_number(v, "interval_sec", (uint64_t)h.interval_s);
	set_number(v, "timeout_sec", (uint64_t)h.timeout_s);
	set_number(v, "action_timeout_sec", (uint64_t)h.action_timeout_s);
	set_number(v, "healthy_threshold", (uint64_t)h.healthy);
	set_number(v, "unhealthy_threshold", (uint64_t)h.unhealthy);
	ptx_value_set_string(v, "check_cmd", h.check_cmd);
	if (*h.action_cmd)
		ptx_value_set_string(v, "action_cmd", h.action_cmd);
}

struct ptx_value *ptxi_metadata_tree(struct ptx_arena *a, const struct ptxi_cluster *c,
				     const struct ptxi_spec *spec, const struct ptx_value *tokens)
{
	struct ptx_value *tree = ptx_value_map(a);
	struct ptx_value *hosts = below(a, tree, "hosts");

	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(spec, n->role);

		if (!r || !n->instance || !n->private_ip)
			continue;
		ptx_value_set(*r->name ? below(a, hosts, r->name) : hosts, n->instance,
			      host_of(a, n, r, ptx_value_get(tokens, n->id)));
	}
	ptx_value_set(tree, "cluster", cluster_of(a, c, spec));
	for (size_t i = 0; i < spec->role_count; i++) {
		add_env(a, tree, &spec->roles[i]);
		add_health(a, tree, &spec->roles[i]);
	}
	return tree;
}

static struct ptx_value *mapping_of(struct ptx_arena *a, const struct ptxi_cluster *c,
				    const struct ptxi_spec *spec, const struct ptxi_node *n,
				    const struct ptxi_spec_role *r)
{
	static const char *const shared[] = { "hosts",          "cluster",
					      "adding-hosts",   "deleting-hosts",
					      "scaling-hosts",  "stopping-hosts",
					      "starting-hosts", "vertical-scaling-roles" };
	struct ptx_value *map = ptx_value_map(a);
	struct ptx_value *links = NULL;
	struct ptx_str key = { 0 };
	const char *slash = *r->name ? "/" : "";
	struct ptxi_spec_health health = { 0 };

	for (size_t i = 0; i < PTXI_COUNT(shared); i++)
		ptx_value_set(
		    map, shared[i],
		    ptx_value_string(a, ptxi_arena_printf(a, "/clusters/%s/%s", c->id, shared[i])));
	ptx_value_set(map, "host",
		      ptx_value_string(a, ptxi_arena_printf(a, "/clusters/%s/hosts/%s%s%s", c->id,
							    r->name, slash, n->instance)));
	ptx_value_set(map, "env",
		      ptx_value_string(
			  a, ptxi_arena_printf(a, "/clusters/%s/env%s%s", c->id, slash, r->name)));
	if (ptxi_spec_health(r, &health))
		ptx_value_set(
		    map, "health_check",
		    ptx_value_string(a, ptxi_arena_printf(a, "/clusters/%s/health_check%s%s", c->id,
							  slash, r->name)));
	for (size_t i = 0; i < ptx_value_count(spec->links); i++) {
		const char *other = ptx_value_as_string(ptx_value_entry(spec->links, i, &key), "");

		links = below(a, map, "links");
		if (*other)
			ptx_value_setn(
			    links, key,
			    ptx_value_string(a, ptxi_arena_printf(a, "/clusters/%s", other)));
	}
	return map;
}

struct ptx_value *ptxi_metadata_mapping(struct ptx_arena *a, const struct ptxi_cluster *c,
					const struct ptxi_spec *spec)
{
	struct ptx_value *all = ptx_value_map(a);

	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		const struct ptxi_spec_role *r = ptxi_spec_role(spec, n->role);

		if (r && n->instance && n->private_ip)
			ptx_value_set(all, n->instance, mapping_of(a, c, spec, n, r));
	}
	return all;
}
