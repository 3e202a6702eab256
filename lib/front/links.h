/* SPDX-License-Identifier: Apache-2.0 */
/* links.h - clusters that see one another's metadata: `links` of a conf. */
#ifndef PTXI_FRONT_LINKS_H
#define PTXI_FRONT_LINKS_H

#include "front.h"

/* Names and ids in the links of c's conf become ids; c knows its VPC.
 *
 * Fails: NOT_FOUND (no such cluster), PRECONDITION (it is not up, or in another VPC), INVALID (no
 * text), IO, NOMEM.
 */
int ptxi_links_resolve(struct ptx_store *st, struct ptxi_cluster *c, struct ptx_error **err);
/* Refuses (PRECONDITION, naming them) while other clusters are linked to this one. */
int ptxi_links_check_unused(struct ptx_store *st, const struct ptxi_cluster *c,
			    struct ptx_error **err);

#endif
