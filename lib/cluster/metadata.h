/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.h - what the machines of a cluster are told about it: a pure projection of the record.
 */
#ifndef PTXI_CLUSTER_METADATA_H
#define PTXI_CLUSTER_METADATA_H

#include "record.h"
#include "spec.h"

/* The tree below /clusters/<id>: hosts, cluster, env, health_check; strings at its leaves. tokens:
 * node's id -> what its custom_metadata printed; NULL: none. In the arena. */
struct ptx_value *ptxi_metadata_tree(struct ptx_arena *a, const struct ptxi_cluster *c,
				     const struct ptxi_spec *spec, const struct ptx_value *tokens);

/* {instance: {name: path}}: what each instance sees below /self. */
struct ptx_value *ptxi_metadata_mapping(struct ptx_arena *a, const struct ptxi_cluster *c,
					const struct ptxi_spec *spec);

#endif
