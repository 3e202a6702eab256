/* SPDX-License-Identifier: Apache-2.0 */
/* docker.h - what the files of the driver `docker` share. */
#ifndef PTXI_DOCKER_H
#define PTXI_DOCKER_H

#include "../../base/ptxi.h"

#include <jansson.h>
#include <pthread.h>

#include "../../base/arena.h"
#include "../../net/http.h"
#include "../provider.h"

#define PTXI_LABEL_OWNER      "pitrix:owner"
#define PTXI_LABEL_NETWORK    "pitrix:network"
#define PTXI_LABEL_PRIVATE_IP "pitrix:private-ip"
#define PTXI_LABEL_PUBLIC_IP  "pitrix:public-ip"
#define PTXI_LABEL_PORTS      "pitrix:ports"

#define PTXI_NAME_MAX  63u
#define PTXI_PORTS_MAX 64u
#define PTXI_IPV4_MAX  16

/* What an engine said of itself: the first two with its first answer, the others when it was asked
 * for them. */
struct ptxi_engine_info {
	bool podman;
	char prefix[16]; /* "/v1.41" */
	bool is_described;
	bool rootless;
	char version[64];
	bool limits_memory;
	bool limits_cpu;
	char runtime[64]; /* OCI */
	char cgroup_version[8];
};

struct ptxi_docker {
	struct ptx_ctx *ctx;
	struct ptxi_http *http;
	char *endpoint; /* of the configuration; NULL: look for one */
	char *agent;    /* the agent's program */
	bool may_start;
	pthread_mutex_t lock; /* guards what follows */
	char *socket;         /* of the engine that was found */
	bool own;             /* we may start it again */
	struct ptxi_engine_info info;
};

/* ---- engine.c: finding one, calling it ---- */

struct ptxi_reply {
	int status;
	json_t *json; /* NULL: no JSON came */
	char *text;   /* the answer's start where it is no JSON */
};
void ptxi_reply_done(struct ptxi_reply *r);
#define ptxi_auto_reply PTXI_CLEANUP(ptxi_reply_done) struct ptxi_reply

static inline void ptxi_auto_jsonp(json_t **j)
{
	json_decref(*j);
}
#define ptxi_auto_json PTXI_CLEANUP(ptxi_auto_jsonp) json_t *

/* How a call differs from the usual one; zero is the default. */
struct ptxi_call_opts {
	const char *body_path; /* a file that is sent as application/x-tar */
	int64_t idle_ms;       /* 0: 60 s */
	int (*on_body)(struct ptx_str piece,
		       void *user); /* a 2xx answer's body goes there; NULL: it is JSON */
	void *user;
};

/* Finds an engine, or starts one; the info, copied, is what its first answer said. */
int ptxi_engine_need(struct ptxi_docker *d, struct ptxi_engine_info *info, struct ptx_error **err);
/* The same with all of the info. Podman takes a good part of a second to say it, so it is asked
 * once, by who needs it. */
int ptxi_engine_describe(struct ptxi_docker *d, struct ptxi_engine_info *info,
			 struct ptx_error **err);
/* Before a path of Podman's own API, which tells more of a container than Docker's. */
#define PTXI_PODMAN "/libpod"
/* Sends one request; path is without the version. Every status is a success; a fault of the
 * connection is UNAVAILABLE or TIMEOUT. */
int ptxi_engine_call(struct ptxi_docker *d, const char *method, const char *path, json_t *body,
		     const struct ptxi_call_opts *opts, struct ptxi_reply *reply,
		     struct ptx_error **err);
/* GET of one resource: *out is the owned answer, or NULL when there is none (404). */
int ptxi_engine_look(struct ptxi_docker *d, const char *path, json_t **out, struct ptx_error **err);
/* GET of a list, with the label filters ("k=v", NULL-terminated, may be NULL). extra: "all=1" or
 * NULL. */
int ptxi_engine_list(struct ptxi_docker *d, const char *path, const char *extra,
		     const char *const *labels, json_t **out, struct ptx_error **err);
/* The error of an answer that is not what was hoped for; what: "creating network 'x'". */
int ptxi_engine_refused(const struct ptxi_reply *reply, const char *what, struct ptx_error **err);
/* The words of a refusal ("" when there are none). */
const char *ptxi_engine_words(const struct ptxi_reply *reply);
/* The socket's path of "unix:///x", "unix:/x" or "/x", owned. Fails: CONFIG. */
char *ptxi_engine_socket_path(const char *endpoint, struct ptx_error **err);
/* Reads the headers of /_ping (Api-Version, Libpod-Api-Version), and the answer of /info. Pure. */
void ptxi_engine_read_ping(struct ptx_str api, struct ptx_str libpod, struct ptxi_engine_info *out);
void ptxi_engine_read_info(const json_t *info, struct ptxi_engine_info *out);

/* ---- docker.c: what the kinds of resources share ---- */

/* The member of a map; "" when it is not there. */
const char *ptxi_json_str(const json_t *object, const char *key);
/* The directive's string, which must be there. */
const char *ptxi_directive_str(const struct ptx_provider_call *call, const char *key,
			       struct ptx_error **err);
/* The directive's name, checked: at most 63 of [a-z0-9-]. */
const char *ptxi_directive_name(const struct ptx_provider_call *call, const char *key,
				struct ptx_error **err);
/* A JSON object of the call's tags. */
json_t *ptxi_tags_json(const struct ptx_value *tags);
/* Do these labels say that the tags' owner made it? */
bool ptxi_is_ours(const json_t *labels, const struct ptx_value *tags);
/* The folder of an instance's files on this machine, owned; it is not made. */
char *ptxi_instance_folder(struct ptxi_docker *d, const char *name, struct ptx_error **err);

/* ---- network.c, volume.c, image.c, container.c: the actions ---- */

int ptxi_docker_network_create(void *driver, struct ptx_provider_call *call,
			       struct ptx_error **err);
int ptxi_docker_network_delete(void *driver, struct ptx_provider_call *call,
			       struct ptx_error **err);
int ptxi_docker_volume_create(void *driver, struct ptx_provider_call *call, struct ptx_error **err);
int ptxi_docker_volume_delete(void *driver, struct ptx_provider_call *call, struct ptx_error **err);
int ptxi_docker_image_prepare(void *driver, struct ptx_provider_call *call, struct ptx_error **err);
int ptxi_docker_instance_create(void *driver, struct ptx_provider_call *call,
				struct ptx_error **err);
int ptxi_docker_instance_start(void *driver, struct ptx_provider_call *call,
			       struct ptx_error **err);
int ptxi_docker_instance_stop(void *driver, struct ptx_provider_call *call, struct ptx_error **err);
int ptxi_docker_instance_delete(void *driver, struct ptx_provider_call *call,
				struct ptx_error **err);

/* ---- lost.c ---- */

/* How what was lost ended, as far as anybody knows: by SIGKILL. */
#define PTXI_LOST_STATUS 137

/* Is the first process gone that this (the state of an inspected container, or a container of
 * Podman's own list) names? It costs nothing, and is a reason to ask further. */
bool ptxi_container_seems_lost(const json_t *about);
/* Podman says that this container runs, and nothing of it is left. False where that is not certain.
 */
bool ptxi_container_is_lost(struct ptxi_docker *d, const char *id);
/* Makes Podman see that it ended, as if killed by SIGKILL. Fails: FAILED, UNSUPPORTED, UNTRUSTED,
 * and what the program `podman` or the file fail with. */
int ptxi_container_bury(struct ptxi_docker *d, const char *id, const char *name,
			struct ptx_error **err);

/* An IPv4 range. */
struct ptxi_cidr {
	uint32_t base;
	unsigned bits;
};
bool ptxi_cidr_parse(struct ptx_str s, struct ptxi_cidr *out);
bool ptxi_cidr_overlap(struct ptxi_cidr a, struct ptxi_cidr b);
bool ptxi_ipv4_parse(struct ptx_str s, uint32_t *out);
void ptxi_ipv4_format(uint32_t ip, char out[PTXI_IPV4_MAX]);
/* A network of the engine by its exact name: *out owned, NULL when there is none. */
int ptxi_network_find(struct ptxi_docker *d, const char *name, json_t **out,
		      struct ptx_error **err);
/* Its range and gateway; false when it has none of IPv4. */
bool ptxi_network_range(const json_t *network, struct ptxi_cidr *range, uint32_t *gateway);

/* ---- instance.c: the directive of an instance as data ---- */

struct ptxi_port {
	const char *name;
	const char *protocol; /* "tcp", "udp" */
	uint16_t port;
};

/* A file or folder of ours that the instance sees. */
struct ptxi_mount {
	const char *source; /* on this machine */
	const char *target;
};

/* What an instance is to be; all borrowed or in the call's arena. */
struct ptxi_instance {
	const char *name, *hostname, *image, *network, *private_ip;
	double cpu;
	int64_t memory_mib;
	const struct ptx_value *volumes, *command;
	bool agent;
	struct ptxi_port ports[PTXI_PORTS_MAX];
	size_t port_count;
	char public_ip[PTXI_IPV4_MAX]; /* "": none */
	struct ptxi_mount *mounts;
	size_t mount_count;
};

int ptxi_instance_read(const struct ptx_provider_call *call, struct ptxi_instance *out,
		       struct ptx_error **err);
/* The body of POST /containers/create, owned; NULL without memory. Pure but for this process's
 * resource limits. */
json_t *ptxi_instance_body(const struct ptxi_instance *in, const struct ptx_value *tags,
			   const struct ptxi_engine_info *info);
/* The text of the ports' label and back: "client:2181/tcp,...". */
void ptxi_ports_format(const struct ptxi_port *ports, size_t n, struct ptx_buf *out);
size_t ptxi_ports_parse(struct ptx_arena *a, const char *text,
			struct ptxi_port ports[PTXI_PORTS_MAX]);
/* Writes the call's files (0600) into the folder, and the agent's program into <home>/agents; fills
 * in mounts. */
int ptxi_instance_write_files(struct ptxi_docker *d, const struct ptx_provider_call *call,
			      const char *folder, struct ptxi_instance *in, struct ptx_error **err);

/* ---- address.c: 127.77.x.y ---- */

/* Takes an address of this machine on which all ports are free, for the instance of this folder;
 * the same again for the same folder. Fails: BUSY (a port is taken everywhere, or no address is
 * left), IO, DENIED. */
int ptxi_address_take(const char *folder, const struct ptxi_port *ports, size_t n,
		      char out[PTXI_IPV4_MAX], struct ptx_error **err);
/* Takes this one, which the folder's instance has already; false when somebody else has it. */
bool ptxi_address_hold(const char *folder, const char *address);
/* Gives all addresses of a folder back. */
void ptxi_address_give(const char *folder);

/* ---- docker.c, check.c: the table ---- */
extern const struct ptx_provider ptxi_provider_docker;
int ptxi_docker_check(void *driver, struct ptx_diags *problems, struct ptx_error **err);

#endif
