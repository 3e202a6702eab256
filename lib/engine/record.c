/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - the record from and to the store: clusters/ID, nodes/CLUSTER/ID, vpcs/ID, each with
 * its own revision, so that two programs that change the same one notice. */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "engine.h"

#include "../base/sort.h"
#include "../cluster/record.h"

static int load_node(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		     struct ptx_error **err)
{
	struct ptxi_cluster *c = user;
	struct ptxi_node *n = ptxi_cluster_add_node(c);

	(void)key;
	if (!n)
		return ptxi_arena_check(c->arena, err);
	n->doc.rev = rev;
	return ptxi_node_load(c->arena, n, doc, err);
}

static int load_vpc(struct ptx_store *st, struct ptxi_cluster *c, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_str key = ptxi_asprintf("vpcs/%s", c->vpc_id);
	struct ptx_error *why = NULL;
	int64_t rev = 0;
	const struct ptx_value *doc = key ? ptxi_store_get(st, key, a, &rev, &why) : NULL;

	if (why) {
		if (err)
			*err = why;
		return ptx_error_code(why);
	}
	if (!doc)
		return 0; /* gone with its last cluster */
	c->vpc = ptxi_vpc_load(c->arena, doc, err);
	if (!c->vpc)
		return PTX_E_CORRUPT;
	c->vpc->doc.rev = rev;
	return 0;
}

/* By role and number: the order in which people and plans see them. */
static int by_number(const void *a, const void *b, void *user)
{
	const struct ptxi_node *x = *(struct ptxi_node *const *)a;
	const struct ptxi_node *y = *(struct ptxi_node *const *)b;
	int role = strcmp(x->role, y->role);

	(void)user;
	return role ? role : (x->server_id > y->server_id) - (x->server_id < y->server_id);
}

struct ptxi_cluster *ptxi_engine_load(struct ptx_store *st, const char *cluster,
				      struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptxi_auto(cluster) c = ptxi_cluster_new(err);
	ptx_auto_str key = ptxi_asprintf("clusters/%s", cluster);
	ptx_auto_str nodes = ptxi_asprintf("nodes/%s/", cluster);
	struct ptx_error *why = NULL;
	const struct ptx_value *doc =
	    c && key && nodes ? ptxi_store_get(st, key, a, &c->doc.rev, &why) : NULL;

	if (!doc) {
		if (why && err)
			*err = why;
		else if (c)
			ptx_fail(err, PTX_E_NOT_FOUND, "there is no cluster '%s'", cluster);
		return NULL;
	}
	if (ptxi_cluster_load(c, doc, err) < 0 ||
	    ptxi_store_each(st, nodes, 0, load_node, c, err) < 0 ||
	    (c->vpc_id && load_vpc(st, c, err) < 0)) {
		ptx_wrap(err, "while reading the record of cluster '%s'", cluster);
		return NULL;
	}
	if (c->node_count &&
	    !ptxi_sort(c->nodes, c->node_count, sizeof(*c->nodes), by_number, NULL)) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return ptx_steal(&c);
}

struct ptx_value *ptxi_engine_tokens(struct ptx_store *st, struct ptx_arena *a,
				     const struct ptxi_cluster *c, const struct ptx_value *fresh,
				     struct ptx_error **err)
{
	struct ptx_value *tokens = ptx_value_map(a);

	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		const struct ptx_value *now = ptx_value_get(fresh, n->id);
		char *token = NULL;

		if (now)
			ptx_value_set(tokens, n->id, ptx_value_copy(a, now));
		if (now)
			continue;
		token = n->custom ? ptxi_store_secret(st, n->custom, err) : NULL;

		if (n->custom && !token) {
			ptx_wrap(err, "while reading the metadata of node '%s'", n->id);
			return NULL;
		}
		if (token)
			ptx_value_set_string(tokens, n->id, token);
		ptxi_free_secret(token);
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : tokens;
}

static void save_doc(struct ptxi_commit *commit, const char *key, const struct ptxi_doc *doc,
		     const struct ptx_value *value)
{
	if (!key)
		return;
	if (doc->gone)
		ptxi_commit_remove(commit, key, doc->rev);
	else
		ptxi_commit_put(commit, key, value, doc->rev);
}

/* What is gone takes its secrets along, in the same commit. */
static void forget_secrets(struct ptxi_cluster *c, struct ptxi_commit *commit)
{
	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];

		if (!n->doc.dirty || !n->doc.gone)
			continue;
		if (n->token)
			ptxi_commit_forget(commit, n->token);
		if (n->custom)
			ptxi_commit_forget(commit, n->custom);
	}
	if (c->vpc && c->vpc->doc.dirty && c->vpc->doc.gone && c->vpc->secret)
		ptxi_commit_forget(commit, c->vpc->secret);
	if (!c->doc.dirty || c->status != PTXI_DELETED)
		return;
	ptxi_commit_forget_all(commit, c->answers);
	ptxi_commit_forget_all(commit, c->conf);
}

void ptxi_engine_save(struct ptxi_cluster *c, struct ptxi_commit *commit)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	forget_secrets(c, commit);
	if (c->doc.dirty)
		save_doc(commit, ptxi_arena_printf(a, "clusters/%s", c->id), &c->doc,
			 ptxi_cluster_save(c, a));
	for (size_t i = 0; i < c->node_count; i++)
		if (c->nodes[i]->doc.dirty)
			save_doc(commit,
				 ptxi_arena_printf(a, "nodes/%s/%s", c->id, c->nodes[i]->id),
				 &c->nodes[i]->doc, ptxi_node_save(c->nodes[i], a));
	if (c->vpc && c->vpc->doc.dirty)
		save_doc(commit, ptxi_arena_printf(a, "vpcs/%s", c->vpc->id), &c->vpc->doc,
			 ptxi_vpc_save(c->vpc, a));
}

static void saved(struct ptxi_doc *doc, int64_t rev)
{
	if (!doc->dirty)
		return;
	doc->rev = doc->gone ? 0 : rev;
	doc->dirty = false;
}

void ptxi_engine_saved(struct ptxi_cluster *c, int64_t rev)
{
	saved(&c->doc, rev);
	for (size_t i = 0; i < c->node_count; i++)
		saved(&c->nodes[i]->doc, rev);
	if (c->vpc)
		saved(&c->vpc->doc, rev);
}
