/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild.c - a Frontgate that lost its data gets them again.
 *
 * What a Frontgate holds of a cluster is a projection of the record: which tokens may enrol, the
 * metadata and who sees what of it. A cluster that is active and settled, and of which the
 * Frontgate knows no generation, is written anew. Drones keep their certificates and do not enrol
 * again.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"

#include "../base/time.h"
#include "../cluster/metadata.h"

#define TOKEN_LIFE_S (24 * 3600)

static int allow_all(struct ptx_store *st, struct ptxi_pilot *p, const struct ptxi_cluster *c,
		     struct ptx_error **err)
{
	int64_t until = ptxi_ctx_now(ptx_store_ctx(st)) / PTXI_NS_PER_S + TOKEN_LIFE_S;

	for (size_t i = 0; i < c->node_count; i++) {
		const struct ptxi_node *n = c->nodes[i];
		char *token = NULL;
		int rc = 0;

		if (!n->instance || !n->private_ip || !n->token)
			continue;
		token = ptxi_store_secret(st, n->token, err);
		rc = token ? ptxi_pilot_allow(p, token, n->instance, n->private_ip, until, err)
			   : PTX_E_NOT_FOUND;
		ptxi_free_secret(token);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ptxi_front_rebuild(struct ptx_store *st, struct ptxi_pilot *p, const struct ptxi_cluster *c,
		       struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *why = NULL;
	const struct ptx_value *conf = NULL;
	const struct ptxi_spec *spec = NULL;
	const struct ptx_value *tokens = NULL;
	int rc = 0;

	if (c->status != PTXI_ACTIVE || c->transition || ptxi_pilot_generation(p, c->id, a, &why))
		return 0;
	rc = ptx_error_code(why);
	if (rc != PTX_E_NOT_FOUND) {
		if (err)
			*err = why;
		return rc;
	}
	ptx_error_free(why);
	conf = ptxi_store_reveal(st, a, c->conf, err);
	spec = conf ? ptxi_spec_load(a, conf, err) : NULL;
	if (!spec)
		return PTX_E_INVALID;
	rc = allow_all(st, p, c, err);
	tokens = rc == 0 ? ptxi_engine_tokens(st, a, c, NULL, err) : NULL;
	if (rc == 0 && !tokens)
		rc = PTX_E_NOT_FOUND;
	if (rc == 0)
		rc = ptxi_pilot_put(p, c->id, ptxi_metadata_tree(a, c, spec, tokens),
				    ptxi_metadata_mapping(a, c, spec), err);
	return rc < 0 ? ptx_wrap(err, "while giving the Frontgate the data of cluster '%s' again",
				 c->name)
		      : 0;
}
