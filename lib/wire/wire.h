/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - what Pilot, Frontgate and Drone say to each other: names, paths, limits, messages.
 *
 * docs/formats.md, "Wire protocol", has the endpoints and their bodies. Everything is HTTP/1.1 with
 * JSON over TLS 1.3; this room knows neither sockets nor TLS, only what the bytes mean, so that the
 * three sides cannot disagree. Thread: any; nothing here has state.
 */
#ifndef PTXI_WIRE_H
#define PTXI_WIRE_H

#include <jansson.h>
#include "../value/value.h"

#define PTXI_WIRE_PROTOCOL 1
#define PTXI_WIRE_PORT     9111

/* Keys of the store begin with the version of their layout. */
#define PTXI_WIRE_ROOT "/pitrix/v1/"
#define PTXI_WIRE_META PTXI_WIRE_ROOT "meta/" /* + CLUSTER/PATH: a value of the metadata */
#define PTXI_WIRE_MAP  PTXI_WIRE_ROOT "map/"  /* + INSTANCE: {cluster, names: {name: path}} */
#define PTXI_WIRE_GENERATION                                                                       \
	PTXI_WIRE_ROOT "gen/" /* + CLUSTER: generation token, closes a change */
#define PTXI_WIRE_INSTANCE                                                                         \
	PTXI_WIRE_ROOT "instance/" /* + INSTANCE: token digest, address, key digest, certificate   \
				    */
#define PTXI_WIRE_REQUEST PTXI_WIRE_ROOT "request/" /* + INSTANCE/ID: what is asked */
#define PTXI_WIRE_OUTCOME PTXI_WIRE_ROOT "outcome/" /* + INSTANCE/ID: what became of it */
#define PTXI_WIRE_STATE   PTXI_WIRE_ROOT "state/"   /* + INSTANCE: up or lost, since when */
#define PTXI_WIRE_EVENT   PTXI_WIRE_ROOT "event/"   /* + NUMBER in 20 digits */
#define PTXI_WIRE_REVOKED PTXI_WIRE_ROOT "revoked/" /* + KEY DIGEST: when its certificate ends */
#define PTXI_WIRE_STORE                                                                            \
	PTXI_WIRE_ROOT "store" /* random id of this store: lost data show by another */

/* Paths of the endpoints; those that end in a slash are followed by names. */
#define PTXI_WIRE_PILOT_PING         "/v1/pilot/ping"
#define PTXI_WIRE_PILOT_INSTANCES    "/v1/pilot/instances/"
#define PTXI_WIRE_PILOT_CLUSTERS     "/v1/pilot/clusters/"
#define PTXI_WIRE_PILOT_REQUESTS     "/v1/pilot/requests/"
#define PTXI_WIRE_PILOT_STATUS       "/v1/pilot/status"
#define PTXI_WIRE_PILOT_EVENTS       "/v1/pilot/events"
#define PTXI_WIRE_PILOT_INTERMEDIATE "/v1/pilot/intermediate"
#define PTXI_WIRE_PILOT_AGENTS       "/v1/pilot/agents/"
#define PTXI_WIRE_DRONE_ENROL        "/v1/drone/enrol"
#define PTXI_WIRE_DRONE_RENEW        "/v1/drone/renew"
#define PTXI_WIRE_DRONE_WATCH        "/v1/drone/watch"
#define PTXI_WIRE_DRONE_BEAT         "/v1/drone/beat"
#define PTXI_WIRE_DRONE_GET          "/v1/drone/get"
#define PTXI_WIRE_DRONE_OUTCOMES     "/v1/drone/outcomes/"
#define PTXI_WIRE_DRONE_AGENT        "/v1/drone/agent"

/* Files of an instance: see docs/formats.md. */
#define PTXI_WIRE_FILE_FRONTGATE        "/pitrix/frontgate.json"
#define PTXI_WIRE_FILE_INTERMEDIATE     "/pitrix/intermediate.pem"
#define PTXI_WIRE_FILE_INTERMEDIATE_KEY "/pitrix/intermediate.key"
#define PTXI_WIRE_FILE_CA               "/pitrix/ca.pem"
#define PTXI_WIRE_FILE_DRONE            "/pitrix/drone.json"
#define PTXI_WIRE_FILE_TOKEN            "/pitrix/token"

/* Limits of everything that comes over the wire. */
#define PTXI_WIRE_MAX_BODY          ((size_t)16 << 20) /* of Pilot's put and of one line of a watch */
#define PTXI_WIRE_MAX_DRONE_BODY    ((size_t)256 << 10)
#define PTXI_WIRE_MAX_KEYS          20000 /* of one cluster */
#define PTXI_WIRE_MAX_KEY           1024
#define PTXI_WIRE_MAX_VALUE         ((size_t)1 << 20)
#define PTXI_WIRE_MAX_MAPPED        2000 /* instances of one cluster */
#define PTXI_WIRE_MAX_NAMES         256  /* of one instance's mapping */
#define PTXI_WIRE_MAX_CMD           ((size_t)64 << 10)
#define PTXI_WIRE_MAX_OUTPUT        ((size_t)64 << 10) /* of a command; the end of longer ones is kept */
#define PTXI_WIRE_MAX_TIMEOUT_MS    INT64_C(86400000)
#define PTXI_WIRE_MAX_OPEN_REQUESTS 256 /* of one instance */
#define PTXI_WIRE_MAX_INSTANCES     10000
#define PTXI_WIRE_MAX_AGENT         (INT64_C(64) << 20) /* the agent's program */
#define PTXI_WIRE_AGENT_PIECE       ((size_t)128 << 10) /* of it in one message */

/* A Drone beats this often; without one for so long it is lost. */
#define PTXI_WIRE_BEAT_MS 3000
#define PTXI_WIRE_LOST_MS 9000
/* A watch is never silent for longer than this: a Drone that hears nothing for three of them
 * connects anew. */
#define PTXI_WIRE_PING_MS 5000

/* A name of a VPC, an instance or a cluster: 1 to 63 of a-z 0-9 and '-', neither first nor last a
 * '-' (a DNS label). "pilot" and "frontgate" are no instances of Drones. */
bool ptxi_wire_label_ok(struct ptx_str s);
bool ptxi_wire_instance_ok(struct ptx_str s);
/* The id of a request: 1 to 64 of A-Z a-z 0-9 . _ - */
bool ptxi_wire_id_ok(struct ptx_str s);
/* A key of metadata, "/a/b": begins with a slash, no empty part, no `.` or `..` part, no control
 * bytes, valid UTF-8. */
bool ptxi_wire_key_ok(struct ptx_str s);
/* A token: base64url of 32 bytes without padding (43 characters). */
bool ptxi_wire_token_ok(struct ptx_str s);
/* "10.0.0.5:9111" or "[fd00::5]:9111" to a numeric address and a port; false when it is none. */
bool ptxi_wire_address(struct ptx_str s, char ip[46], uint16_t *port);
/* A numeric address in its one canonical text (IPv4 in IPv6 becomes IPv4); false when it is none.
 */
bool ptxi_wire_ip(const char *text, char out[46]);

/* What a Drone is asked, a fixed table. A Drone whose state is not in `states` reports the request
 * failed. */
enum ptxi_drone_state {
	PTXI_DRONE_STOPPED = 1, /* enrolled, confd does not run */
	PTXI_DRONE_RUNNING = 2  /* confd runs */
};
const char *ptxi_drone_state_name(enum ptxi_drone_state s);

struct ptxi_wire_kind {
	const char *name; /* "confd.start", "health.start", "run", "volume", "agent.update", ... */
	unsigned states;  /* mask of enum ptxi_drone_state */
	bool has_cmd;     /* takes cmd */
	int64_t timeout_ms; /* when none is given */
	bool has_release;   /* takes statement and signature (release.h) */
};
/* Whom Pilot asks instead of an instance's Drone: Frontgate itself, which takes only
 * `agent.update`. */
#define PTXI_WIRE_FRONTGATE "frontgate"

/* The row of a kind, or NULL. */
const struct ptxi_wire_kind *ptxi_wire_kind_find(struct ptx_str name);

struct ptxi_wire_request {
	const char *id;
	const struct ptxi_wire_kind *kind;
	const char *cmd;       /* NULL unless the kind has one */
	const char *statement; /* the same of these two */
	const char *signature;
	int64_t timeout_ms;
};
/* Reads {id?, kind, cmd?, statement?, signature?, timeout_ms?}; strings are borrowed from j.
 * INVALID, LIMIT. The id may be missing here. */
int ptxi_wire_request_read(const json_t *j, struct ptxi_wire_request *r, struct ptx_error **err);
/* An owned object; NULL without memory. */
json_t *ptxi_wire_request_write(const struct ptxi_wire_request *r);

/* What became of a request. pending: not yet taken. The last three are final and never change
 * again. */
enum ptxi_wire_state {
	PTXI_REQUEST_PENDING,
	PTXI_REQUEST_RUNNING,
	PTXI_REQUEST_DONE,
	PTXI_REQUEST_FAILED, /* it ran and failed, or was refused: error says why */
	PTXI_REQUEST_UNKNOWN /* the Drone died while it ran: nobody knows */
};
const char *ptxi_wire_state_name(enum ptxi_wire_state s);
bool ptxi_wire_state_is_final(enum ptxi_wire_state s);

struct ptxi_wire_outcome {
	enum ptxi_wire_state state;
	int64_t exit_status;  /* -1: none */
	const char *output;   /* valid UTF-8; may be NULL */
	const char *error;    /* may be NULL */
	int64_t started_unix; /* 0: unknown */
	int64_t ended_unix;
};
/* Reads {state, exit_status?, output?, error?, started_unix?, ended_unix?}; strings borrowed from
 * j. */
int ptxi_wire_outcome_read(const json_t *j, struct ptxi_wire_outcome *o, struct ptx_error **err);
json_t *ptxi_wire_outcome_write(const struct ptxi_wire_outcome *o);

/* Parses one JSON object of at most max bytes (LIMIT), duplicate keys refused (SYNTAX); owned
 * (json_decref). */
json_t *ptxi_wire_parse(struct ptx_str text, size_t max, struct ptx_error **err);
/* The same for a file of at most 64 KiB: the configuration that an agent starts with. */
json_t *ptxi_wire_parse_file(const char *path, struct ptx_error **err);
/* Appends compact JSON. false without memory. */
bool ptxi_wire_format(const json_t *j, struct ptx_buf *out);
/* A member that must be a string of at most max bytes; INVALID or LIMIT names it. Borrowed. */
const char *ptxi_wire_need(const json_t *j, const char *name, size_t max, struct ptx_error **err);
/* A member that may be missing (NULL without an error; so look at *err). */
const char *ptxi_wire_text(const json_t *j, const char *name, size_t max, struct ptx_error **err);

/* The HTTP status of a code, and the body {error: {code, message}} of an answer that is an error.
 */
int ptxi_wire_http_status(int code);
void ptxi_wire_error_format(int code, const char *message, struct ptx_buf *out);
/* Sets *err from an answer's status and body, and returns the code: the code named in the body,
 * else one by status. */
int ptxi_wire_error_read(int http_status, struct ptx_str body, struct ptx_error **err);

/* Metadata as flat keys: maps by key, lists by index, joined by '/'; scalars by their text (null is
 * "null"). Calls fn for each; keys begin with '/'. INVALID names a bad key, LIMIT beyond the limits
 * above; fn's code ends it. */
typedef int (*ptxi_wire_flat_fn)(const char *key, struct ptx_str value, void *user,
				 struct ptx_error **err);
int ptxi_wire_flatten(const struct ptx_value *tree, ptxi_wire_flat_fn fn, void *user,
		      struct ptx_error **err);

#endif
