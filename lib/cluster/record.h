/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - what is known for certain about a cluster, its nodes and its VPC.
 *
 * The one persistent truth. A cluster, each of its nodes and a VPC are documents of their own in
 * the store, so that one outcome writes one small document. Everything in memory lives in the
 * record's arena. `dirty` marks what the next commit has to write; `rev` is the revision that was
 * read.
 */
#ifndef PTXI_CLUSTER_RECORD_H
#define PTXI_CLUSTER_RECORD_H

#include "../base/arena.h"
#include "../value/value.h"
#include "status.h"

#define PTXI_RECORD_FORMAT 1

struct ptxi_doc {
	int64_t rev; /* 0: not in the store yet */
	bool dirty;
	bool gone; /* to be removed from the store */
};

struct ptxi_node {
	struct ptxi_doc doc;
	const char *id;
	const char *role; /* "<role>-replica" for a replica */
	unsigned server_id;
	unsigned group_id;
	unsigned global_server_id;
	const char *status;      /* pending, active, stopped */
	const char *instance;    /* name at the provider; drawn with the intent to create it */
	const char *instance_id; /* the provider's */
	const char *volume;      /* as instance */
	const char *volume_id;
	const char *private_ip;
	const char *public_ip;
	const char *token;       /* reference of the sealed enrolment token */
	const char *pub_key;     /* of its superuser, as authorized_keys has it */
	const char *custom;      /* reference of the sealed output of its custom_metadata */
	struct ptx_value *ports; /* list of {name, port, protocol, address} */
};

struct ptxi_vpc {
	struct ptxi_doc doc;
	const char *id;
	const char *name;
	const char *runtime;
	const char *status;  /* pending, active, stopping, stopped, deleting */
	const char *network; /* name at the provider */
	const char *network_id;
	const char *cidr;
	const char *gateway;
	const char *secret; /* reference of the sealed root key */
	const char *frontgate_image;
	struct ptxi_node frontgate; /* its instance; role "frontgate" */
	struct ptx_value *clusters; /* ids of those in it: list of strings */
	struct ptx_value
	    *running; /* ids of those that need its Frontgate: the same, but for stopped ones */
	struct ptx_value *addresses; /* private address -> id of its node */
	struct ptx_value *images; /* image name -> id at the provider, of the images made ready */
};

struct ptxi_cluster {
	struct ptxi_doc doc;
	struct ptx_arena *arena;
	const char *id;
	const char *name;
	enum ptxi_status status;
	const char *transition; /* "creating", or NULL */
	const char *job;        /* that changes it, or changed it last */
	const char *runtime;
	const char *provider;
	const char *zone;
	const char *subnet;
	const char *owner;
	int64_t created_ns;
	int64_t updated_ns;
	struct ptx_value *package; /* {name, version, app_version, source, digest} */
	struct ptx_value *answers; /* secrets as references */
	struct ptx_value *conf;    /* the same */
	struct ptx_value *images;  /* image name -> source */
	struct ptxi_node **nodes;
	size_t node_count;
	struct ptxi_vpc *vpc;
	const char *vpc_id;
};

/* Empty, owned; everything in it dies with it. */
struct ptxi_cluster *ptxi_cluster_new(struct ptx_error **err);
void ptxi_cluster_free(struct ptxi_cluster *c);
PTXI_DEFINE_AUTO(cluster);
struct ptxi_node *ptxi_cluster_add_node(struct ptxi_cluster *c);
struct ptxi_node *ptxi_cluster_node(const struct ptxi_cluster *c, const char *id);

/* SHA-256, as hex, of the cluster's document and its nodes': another one after any change of them.
 * In arena a; NULL without memory. */
const char *ptxi_cluster_digest(const struct ptxi_cluster *c, struct ptx_arena *a);

/* Documents, in arena a. */
struct ptx_value *ptxi_cluster_save(const struct ptxi_cluster *c, struct ptx_arena *a);
struct ptx_value *ptxi_node_save(const struct ptxi_node *n, struct ptx_arena *a);
struct ptx_value *ptxi_vpc_save(const struct ptxi_vpc *v, struct ptx_arena *a);

/* From documents, copied into c's arena. Fails: CORRUPT, UNSUPPORTED (a newer format). */
int ptxi_cluster_load(struct ptxi_cluster *c, const struct ptx_value *doc, struct ptx_error **err);
int ptxi_node_load(struct ptx_arena *a, struct ptxi_node *n, const struct ptx_value *doc,
		   struct ptx_error **err);
struct ptxi_vpc *ptxi_vpc_load(struct ptx_arena *a, const struct ptx_value *doc,
			       struct ptx_error **err);

/* Adds an id to a VPC's list, once; takes it out. In arena a. */
void ptxi_vpc_join(struct ptx_arena *a, struct ptx_value **list, const char *id);
void ptxi_vpc_leave(struct ptx_arena *a, struct ptx_value **list, const char *id);

/* Gives nodes to the roles of the spec: count of each, then its replicas; server ids and group ids
 * by the format's rules. ids makes "node-..." names. */
struct ptxi_spec;
struct ptx_ctx;
int ptxi_cluster_make_nodes(const struct ptx_ctx *ctx, struct ptxi_cluster *c,
			    const struct ptxi_spec *spec, struct ptx_error **err);

#endif
