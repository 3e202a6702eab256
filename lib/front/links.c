/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - clusters that see one another's metadata.
 *
 * A conf names the clusters that its application uses: `"links": {"zk": "my-zookeeper"}`. Each
 * machine of it then sees the whole metadata of that cluster below /self/links/zk
 * (docs/formats.md), and what changes there. Both are told by one Frontgate, so they are in one
 * VPC. The record holds ids: another cluster that takes over a name is not meant. An empty name is
 * no link, as AppCenter's optional services are.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "links.h"

static int resolve(struct ptx_store *st, const struct ptxi_cluster *c, struct ptx_str link,
		   struct ptx_value *v, struct ptx_error **err)
{
	const char *name = ptx_value_as_string(v, NULL);
	ptx_auto_str id = name && *name ? ptxi_front_resolve(st, name, err) : NULL;
	ptxi_auto(cluster) other = id ? ptxi_engine_load(st, id, err) : NULL;
	const struct ptx_value *by_id = NULL;

	if (!name)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
				   "links.%.*s is not the name or id of one cluster",
				   PTX_STR_ARG(link));
	if (!*name)
		return 0;
	if (!other) {
		ptx_wrap(err, "while linking '%.*s'", PTX_STR_ARG(link));
		return err && *err ? ptx_error_code(*err) : PTX_E_NOT_FOUND;
	}
	if (other->status != PTXI_ACTIVE && other->status != PTXI_STOPPED)
		return ptx_fail(err, PTX_E_PRECONDITION,
				"cannot link '%.*s' to cluster '%s': it is %s", PTX_STR_ARG(link),
				other->name, ptxi_status_name(other->status));
	if (!other->vpc_id || strcmp(other->vpc_id, c->vpc_id) != 0)
		return ptx_fail(err, PTX_E_PRECONDITION,
				"cannot link '%.*s' to cluster '%s': it is in another network",
				PTX_STR_ARG(link), other->name);
	by_id = ptx_value_string(c->arena, other->id);
	if (by_id)
		*v = *by_id;
	return ptxi_arena_check(c->arena, err);
}

int ptxi_links_resolve(struct ptx_store *st, struct ptxi_cluster *c, struct ptx_error **err)
{
	const struct ptx_value *links = ptx_value_get(c->conf, "links");
	struct ptx_str link = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ptx_value_count(links); i++) {
		struct ptx_value *v = ptx_value_entry(links, i, &link);

		rc = resolve(st, c, link, v, err);
	}
	return rc;
}

struct users {
	const struct ptxi_cluster *of;
	struct ptx_buf names;
};

static int add_user(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		    struct ptx_error **err)
{
	struct users *u = user;
	const struct ptx_value *links = ptx_value_get(ptx_value_get(doc, "conf"), "links");
	const char *id = ptx_value_as_string(ptx_value_get(doc, "id"), "");
	struct ptx_str link = { 0 };

	(void)key;
	(void)rev;
	(void)err;
	if (strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "deleted") == 0 ||
	    strcmp(id, u->of->id) == 0)
		return 0;
	for (size_t i = 0; i < ptx_value_count(links); i++) {
		const struct ptx_value *v = ptx_value_entry(links, i, &link);

		if (strcmp(ptx_value_as_string(v, ""), u->of->id) != 0)
			continue;
		ptx_buf_printf(&u->names, "%s'%s'", u->names.n ? ", " : "",
			       ptx_value_as_string(ptx_value_get(doc, "name"), id));
		break;
	}
	return 0;
}

int ptxi_links_check_unused(struct ptx_store *st, const struct ptxi_cluster *c,
			    struct ptx_error **err)
{
	struct users u = { .of = c };
	int rc = 0;

	ptx_buf_init(&u.names, 4096);
	rc = ptxi_store_each(st, "clusters/", 0, add_user, &u, err);
	if (rc == 0 && u.names.n) {
		rc = ptx_fail(err, PTX_E_PRECONDITION, "cluster '%s' is used by %s", c->name,
			      u.names.p);
		ptxi_error_hint(err, "delete what uses it first, or say --force");
	}
	ptx_buf_done(&u.names);
	return rc;
}
