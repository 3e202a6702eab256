/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - the record to and from documents.
 *
 * Text members are described once, in tables of name and offset; saving and loading walk them. What
 * has a value of its own (nodes, vpc) is a document of its own. A document says its format; a newer
 * one is refused, never guessed.
 */
#define PTX_AREA PTX_AREA_CLUSTER
#include "../base/ptxi.h"
#include "record.h"
#include "../base/digest.h"
#include "../base/rand.h"
#include "spec.h"

#include <pitrix/codec.h>

struct member {
	const char *name;
	size_t offset;
	bool required;
};

#define TEXT(type, field)                                                                          \
	{                                                                                          \
#field, offsetof(struct type, field), false                                        \
	}
#define NEED(type, field)                                                                          \
	{                                                                                          \
#field, offsetof(struct type, field), true                                         \
	}

static const struct member cluster_texts[] = {
	NEED(ptxi_cluster, id),     NEED(ptxi_cluster, name),    TEXT(ptxi_cluster, transition),
	TEXT(ptxi_cluster, job),    NEED(ptxi_cluster, runtime), TEXT(ptxi_cluster, provider),
	TEXT(ptxi_cluster, zone),   TEXT(ptxi_cluster, subnet),  TEXT(ptxi_cluster, owner),
	TEXT(ptxi_cluster, vpc_id),
};

static const struct member cluster_values[] = {
	TEXT(ptxi_cluster, package),
	TEXT(ptxi_cluster, answers),
	TEXT(ptxi_cluster, conf),
	TEXT(ptxi_cluster, images),
};

static const struct member node_texts[] = {
	NEED(ptxi_node, id),         NEED(ptxi_node, role),        NEED(ptxi_node, status),
	TEXT(ptxi_node, instance),   TEXT(ptxi_node, volume),      TEXT(ptxi_node, volume_id),
	TEXT(ptxi_node, private_ip), TEXT(ptxi_node, instance_id), TEXT(ptxi_node, public_ip),
	TEXT(ptxi_node, token),      TEXT(ptxi_node, pub_key),     TEXT(ptxi_node, custom),
};

static const struct member vpc_texts[] = {
	NEED(ptxi_vpc, id),         NEED(ptxi_vpc, name),
	NEED(ptxi_vpc, runtime),    NEED(ptxi_vpc, status),
	TEXT(ptxi_vpc, network),    TEXT(ptxi_vpc, cidr),
	TEXT(ptxi_vpc, gateway),    TEXT(ptxi_vpc, secret),
	TEXT(ptxi_vpc, network_id), TEXT(ptxi_vpc, frontgate_image),
};

static const struct member vpc_values[] = {
	TEXT(ptxi_vpc, clusters),
	TEXT(ptxi_vpc, running),
	TEXT(ptxi_vpc, addresses),
	TEXT(ptxi_vpc, images),
};

static void save_texts(struct ptx_value *doc, const void *from, const struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = *(const char *const *)((const char *)from + m[i].offset);

		if (s)
			ptx_value_set_string(doc, m[i].name, s);
	}
}

static void save_values(struct ptx_arena *a, struct ptx_value *doc, const void *from,
			const struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ptx_value *v =
		    *(struct ptx_value *const *)((const char *)from + m[i].offset);

		if (v)
			ptx_value_set(doc, m[i].name, ptx_value_copy(a, v));
	}
}

static int load_texts(struct ptx_arena *a, void *to, const struct ptx_value *doc,
		      const struct member *m, size_t n, struct ptx_error **err)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = ptx_value_as_string(ptx_value_get(doc, m[i].name), NULL);

		if (!s && m[i].required)
			return ptx_fail(err, PTX_E_CORRUPT, "a record without '%s'", m[i].name);
		*(const char **)((char *)to + m[i].offset) = s ? ptxi_arena_str(a, s) : NULL;
	}
	return ptxi_arena_check(a, err);
}

static void load_values(struct ptx_arena *a, void *to, const struct ptx_value *doc,
			const struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ptx_value *v = ptx_value_get(doc, m[i].name);

		*(struct ptx_value **)((char *)to + m[i].offset) = v ? ptx_value_copy(a, v) : NULL;
	}
}

static int check_format(const struct ptx_value *doc, struct ptx_error **err)
{
	int64_t format = ptx_value_as_int(ptx_value_get(doc, "format"), 0);

	if (format < 1)
		return ptx_fail(err, PTX_E_CORRUPT, "a record without its format");
	if (format > PTXI_RECORD_FORMAT)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"a record of format %lld; this version knows %d", (long long)format,
				PTXI_RECORD_FORMAT);
	return 0;
}

static unsigned small(const struct ptx_value *doc, const char *key)
{
	int64_t i = ptx_value_as_int(ptx_value_get(doc, key), 0);

	return i > 0 && i <= UINT32_MAX ? (unsigned)i : 0;
}

struct ptxi_cluster *ptxi_cluster_new(struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptxi_cluster *c = ptxi_arena_alloc(a, sizeof(*c));

	if (!c) {
		ptx_arena_free(a);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	c->arena = a;
	return c;
}

void ptxi_cluster_free(struct ptxi_cluster *c)
{
	if (c)
		ptx_arena_free(c->arena);
}

struct ptxi_node *ptxi_cluster_add_node(struct ptxi_cluster *c)
{
	struct ptxi_node *n = ptxi_arena_alloc(c->arena, sizeof(*n));
	size_t old = c->node_count * sizeof(*c->nodes);
	struct ptxi_node **nodes = NULL;

	if (n && (c->node_count & (c->node_count - 1)) == 0)
		nodes = ptxi_arena_grow(c->arena, c->nodes, old,
					(c->node_count ? 2 * old : sizeof(*c->nodes)));
	else
		nodes = c->nodes;
	if (!n || !nodes)
		return NULL;
	c->nodes = nodes;
	c->nodes[c->node_count++] = n;
	return n;
}

struct ptxi_node *ptxi_cluster_node(const struct ptxi_cluster *c, const char *id)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (strcmp(c->nodes[i]->id, id) == 0)
			return c->nodes[i];
	if (c->vpc && c->vpc->frontgate.id && strcmp(c->vpc->frontgate.id, id) == 0)
		return &c->vpc->frontgate;
	return NULL;
}

struct ptx_value *ptxi_cluster_save(const struct ptxi_cluster *c, struct ptx_arena *a)
{
	struct ptx_value *doc = ptx_value_map(a);

	ptx_value_set_int(doc, "format", PTXI_RECORD_FORMAT);
	save_texts(doc, c, cluster_texts, PTXI_COUNT(cluster_texts));
	ptx_value_set_string(doc, "status", ptxi_status_name(c->status));
	ptx_value_set_int(doc, "created_ns", c->created_ns);
	ptx_value_set_int(doc, "updated_ns", c->updated_ns);
	save_values(a, doc, c, cluster_values, PTXI_COUNT(cluster_values));
	return doc;
}

int ptxi_cluster_load(struct ptxi_cluster *c, const struct ptx_value *doc, struct ptx_error **err)
{
	int rc = check_format(doc, err);

	if (rc < 0)
		return rc;
	rc = load_texts(c->arena, c, doc, cluster_texts, PTXI_COUNT(cluster_texts), err);
	if (rc < 0)
		return rc;
	c->status = ptxi_status_from_name(ptx_value_as_string(ptx_value_get(doc, "status"), NULL));
	if (!c->status)
		return ptx_fail(err, PTX_E_CORRUPT, "cluster '%s' has no known status", c->id);
	c->created_ns = ptx_value_as_int(ptx_value_get(doc, "created_ns"), 0);
	c->updated_ns = ptx_value_as_int(ptx_value_get(doc, "updated_ns"), 0);
	load_values(c->arena, c, doc, cluster_values, PTXI_COUNT(cluster_values));
	return ptxi_arena_check(c->arena, err);
}

struct ptx_value *ptxi_node_save(const struct ptxi_node *n, struct ptx_arena *a)
{
	struct ptx_value *doc = ptx_value_map(a);

	ptx_value_set_int(doc, "format", PTXI_RECORD_FORMAT);
	save_texts(doc, n, node_texts, PTXI_COUNT(node_texts));
	ptx_value_set_int(doc, "server_id", n->server_id);
	ptx_value_set_int(doc, "group_id", n->group_id);
	ptx_value_set_int(doc, "global_server_id", n->global_server_id);
	if (n->ports)
		ptx_value_set(doc, "ports", ptx_value_copy(a, n->ports));
	return doc;
}

int ptxi_node_load(struct ptx_arena *a, struct ptxi_node *n, const struct ptx_value *doc,
		   struct ptx_error **err)
{
	const struct ptx_value *ports = ptx_value_get(doc, "ports");
	int rc = check_format(doc, err);

	if (rc < 0)
		return rc;
	n->server_id = small(doc, "server_id");
	n->group_id = small(doc, "group_id");
	n->global_server_id = small(doc, "global_server_id");
	n->ports = ports ? ptx_value_copy(a, ports) : NULL;
	return load_texts(a, n, doc, node_texts, PTXI_COUNT(node_texts), err);
}

struct ptx_value *ptxi_vpc_save(const struct ptxi_vpc *v, struct ptx_arena *a)
{
	struct ptx_value *doc = ptx_value_map(a);

	ptx_value_set_int(doc, "format", PTXI_RECORD_FORMAT);
	save_texts(doc, v, vpc_texts, PTXI_COUNT(vpc_texts));
	save_values(a, doc, v, vpc_values, PTXI_COUNT(vpc_values));
	ptx_value_set(doc, "frontgate", ptxi_node_save(&v->frontgate, a));
	return doc;
}

struct ptxi_vpc *ptxi_vpc_load(struct ptx_arena *a, const struct ptx_value *doc,
			       struct ptx_error **err)
{
	struct ptxi_vpc *v = ptxi_arena_alloc(a, sizeof(*v));

	if (!v || check_format(doc, err) < 0 ||
	    load_texts(a, v, doc, vpc_texts, PTXI_COUNT(vpc_texts), err) < 0 ||
	    ptxi_node_load(a, &v->frontgate, ptx_value_get(doc, "frontgate"), err) < 0) {
		if (!v)
			ptxi_arena_check(a, err);
		return NULL;
	}
	load_values(a, v, doc, vpc_values, PTXI_COUNT(vpc_values));
	if (!v->clusters)
		v->clusters = ptx_value_list(a);
	if (!v->running)
		v->running = ptx_value_copy(a, v->clusters);
	if (!v->addresses)
		v->addresses = ptx_value_map(a);
	if (!v->images)
		v->images = ptx_value_map(a);
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

void ptxi_vpc_leave(struct ptx_arena *a, struct ptx_value **list, const char *id)
{
	struct ptx_value *rest = ptx_value_list(a);

	for (size_t i = 0; i < ptx_value_count(*list); i++) {
		struct ptx_value *one = ptx_value_at(*list, i);

		if (strcmp(ptx_value_as_string(one, ""), id) != 0)
			ptx_value_append(rest, one);
	}
	*list = rest;
}

void ptxi_vpc_join(struct ptx_arena *a, struct ptx_value **list, const char *id)
{
	ptxi_vpc_leave(a, list, id);
	ptx_value_append(*list, ptx_value_string(a, id));
}

const char *ptxi_cluster_digest(const struct ptxi_cluster *c, struct ptx_arena *a)
{
	ptx_auto(arena) own = ptx_arena_new(0);
	struct ptx_value *all = ptx_value_list(own);
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	ptx_auto_buf text = { 0 };
	ptx_auto_str hex = NULL;

	ptx_value_append(all, ptxi_cluster_save(c, own));
	for (size_t i = 0; i < c->node_count; i++)
		ptx_value_append(all, ptxi_node_save(c->nodes[i], own));
	style.sort_keys = true;
	ptx_buf_init(&text, 0);
	ptx_json_format(all, &style, &text);
	if (ptx_buf_ok(&text) && ptx_arena_status(own) == 0)
		hex = ptxi_digest_hex(PTXI_SHA256, ptx_buf_str(&text));
	return hex ? ptxi_arena_str(a, hex) : NULL;
}

static struct ptxi_node *make_node(const struct ptx_ctx *ctx, struct ptxi_cluster *c,
				   const char *role, struct ptx_error **err)
{
	char id[PTXI_ID_MAX] = "";
	uint32_t number = 0;
	struct ptxi_node *n = NULL;

	if (ptxi_rand_id(ctx, "node", id, err) < 0 ||
	    ptxi_ctx_random(ctx, &number, sizeof(number), err) < 0)
		return NULL;
	n = ptxi_cluster_add_node(c);
	if (!n) {
		ptxi_arena_check(c->arena, err);
		return NULL;
	}
	n->id = ptxi_arena_str(c->arena, id);
	n->role = role;
	n->status = "pending";
	n->global_server_id = number >> 1 ? number >> 1 : 1;
	n->doc.dirty = true;
	return n;
}

int ptxi_cluster_make_nodes(const struct ptx_ctx *ctx, struct ptxi_cluster *c,
			    const struct ptxi_spec *spec, struct ptx_error **err)
{
	for (size_t i = 0; i < spec->role_count; i++) {
		const struct ptxi_spec_role *r = &spec->roles[i];
		const char *replica =
		    ptxi_arena_printf(c->arena, "%s%s", r->name, PTXI_SPEC_REPLICA);
		unsigned server_id = 0;

		if (r->server_id_bound &&
		    (uint64_t)r->count * (1 + r->replica) > r->server_id_bound)
			return ptx_fail(err, PTX_E_INVALID,
					"role '%s' has %u nodes and server ids up to %llu only",
					r->name, r->count * (1 + r->replica),
					(unsigned long long)r->server_id_bound);
		for (unsigned group = 1; group <= r->count; group++)
			for (unsigned k = 0; k <= r->replica; k++) {
				struct ptxi_node *n = make_node(ctx, c, k ? replica : r->name, err);

				if (!n)
					return ptx_wrap(
					    err, "while numbering the nodes of role '%s'", r->name);
				n->server_id = ++server_id;
				n->group_id = group;
			}
	}
	return ptxi_arena_check(c->arena, err);
}
