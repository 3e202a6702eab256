/* SPDX-License-Identifier: Apache-2.0 */
/* spec.h - a rendered cluster conf, typed: what the planner asks of it.
 *
 * The conf was checked against the whole model when it was rendered; here only what a planner needs
 * is taken out, with the defaults of the format. Everything lives in the arena and borrows from the
 * conf.
 */
#ifndef PTXI_CLUSTER_SPEC_H
#define PTXI_CLUSTER_SPEC_H

#include "../base/arena.h"
#include "../value/value.h"

#define PTXI_SPEC_MOUNTS  3
#define PTXI_SPEC_REPLICA "-replica"

struct ptxi_spec_role {
	const char *name; /* "" when the conf names none */
	const char *image;
	const char *container; /* kvm, docker, lxc, bm */
	unsigned count;
	unsigned replica; /* replicas of each node */
	unsigned cpu;
	uint64_t memory_mib;
	unsigned gpu;
	uint64_t volume_gib; /* 0: no volume */
	const char *mount_points[PTXI_SPEC_MOUNTS];
	unsigned mount_count;
	const char *filesystem;
	const char *mount_options;
	uint64_t instance_gib;
	uint64_t server_id_bound; /* 0: none */
	bool sequential;          /* vertical scaling one node after another */
	bool agent_installed;
	const char *ssh_key;    /* passphraseless: type of the nodes' keys, "ssh-rsa"; or NULL */
	const char *custom_cmd; /* custom_metadata: prints the host's token; or NULL */
	const struct ptx_value *env;      /* map, or NULL */
	const struct ptx_value *services; /* map, or NULL */
	const struct ptx_value
	    *health_check; /* the node's over the cluster's, key by key; or NULL */
};

struct ptxi_spec_endpoint {
	const char *name;
	const char *protocol; /* "tcp", "udp", "http", ... */
	unsigned port;
};

struct ptxi_spec {
	const char *name;
	const char *description;
	const char *subnet;
	struct ptxi_spec_role *roles;
	size_t role_count;
	const struct ptx_value *links; /* map of name -> cluster, or NULL */
	struct ptxi_spec_endpoint *endpoints;
	size_t endpoint_count;
};

/* One command of a role's life. */
struct ptxi_spec_service {
	const char *cmd;
	int64_t order;
	int64_t timeout_ms;
	uint64_t nodes_to_execute_on; /* 0: all */
	bool post;                    /* post_start_service or post_stop_service */
	const char *pre_check;
	const struct ptx_value *params;
};

/* How a role's service is looked at. */
struct ptxi_spec_health {
	int64_t interval_s, timeout_s, action_timeout_s;
	int64_t healthy, unhealthy; /* how many checks in a row */
	const char *check_cmd;
	const char *action_cmd; /* "" for none */
};

/* Fails: INVALID with the path of what does not fit (two entries of one role, a port that names no
 * env value, ...). */
struct ptxi_spec *ptxi_spec_load(struct ptx_arena *a, const struct ptx_value *conf,
				 struct ptx_error **err);
/* By name; NULL when there is none. A replica's role name gives its master's. */
const struct ptxi_spec_role *ptxi_spec_role(const struct ptxi_spec *s, const char *name);
/* False when the role has no such service or it has no command. */
bool ptxi_spec_service(const struct ptxi_spec_role *role, const char *service,
		       struct ptxi_spec_service *out);

/* False when the role's health is not checked. */
bool ptxi_spec_health(const struct ptxi_spec_role *role, struct ptxi_spec_health *out);

#endif
