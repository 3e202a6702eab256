/* SPDX-License-Identifier: Apache-2.0 */
/* pilot.h - the library's side of a VPC: its certificates, its Frontgate, and through that its
 * Drones.
 *
 * A VPC's secrets are made once and kept sealed by the caller. Everything else here talks to one
 * Frontgate over TLS 1.3 with mutual certificates, in requests that are safe to repeat. Thread: one
 * ptxi_pilot may be used from many threads.
 */
#ifndef PTXI_PILOT_H
#define PTXI_PILOT_H

#include <pitrix/sys/provider.h>
#include "../base/ctx.h"
#include "../value/value.h"

/* Makes a VPC's root key and certificate: an owned JSON text, to be sealed. vpc is its id. */
char *ptxi_pilot_vpc_new(const struct ptx_ctx *ctx, const char *vpc, struct ptx_error **err);

/* The files of a Frontgate's instance (/pitrix/...): its configuration, intermediate certificate
 * and key. They are made anew at each call: a Frontgate that lost its disk gets fresh ones. In the
 * arena. */
int ptxi_pilot_frontgate_files(const struct ptx_ctx *ctx, const char *vpc_secret,
			       const char *instance, struct ptx_arena *a,
			       struct ptx_provider_file **files, size_t *count,
			       struct ptx_error **err);

/* The files of a Drone's instance: its configuration (Frontgate's address, the CA's fingerprint)
 * and its one-time token. token is the caller's (base64url text of 32 random bytes, sealed with the
 * task, so that a repetition mounts the same). */
int ptxi_pilot_drone_files(const struct ptx_ctx *ctx, const char *vpc_secret, const char *instance,
			   const char *frontgate_ip, const char *token, struct ptx_arena *a,
			   struct ptx_provider_file **files, size_t *count, struct ptx_error **err);

struct ptxi_pilot;

/* A connection to the Frontgate at address ("127.77.0.2:9111"); connects on first use. */
struct ptxi_pilot *ptxi_pilot_open(struct ptx_ctx *ctx, const char *vpc_secret, const char *address,
				   struct ptx_error **err);
void ptxi_pilot_close(struct ptxi_pilot *p);

/* Is the Frontgate up, and its etcd? UNAVAILABLE while not. */
int ptxi_pilot_ping(struct ptxi_pilot *p, struct ptx_error **err);

/* Makes a token known: it may enrol instance at ip (its private address) once, until it expires.
 * Repeating is fine; so is a token that was used already by that instance. */
int ptxi_pilot_allow(struct ptxi_pilot *p, const char *token, const char *instance, const char *ip,
		     int64_t expires_unix, struct ptx_error **err);
/* Takes an instance's certificate, rights and status away; fine when it has none. */
int ptxi_pilot_forget(struct ptxi_pilot *p, const char *instance, struct ptx_error **err);

/* Replaces all metadata of a cluster, in one generation: tree is the metadata below
 * /clusters/<cluster>, mapping is {instance: {name: path}} (what each instance sees below /self).
 * Unchanged keys are not written. */
int ptxi_pilot_put(struct ptxi_pilot *p, const char *cluster, const struct ptx_value *tree,
		   const struct ptx_value *mapping, struct ptx_error **err);
int ptxi_pilot_remove(struct ptxi_pilot *p, const char *cluster, struct ptx_error **err);

/* Asks an instance's Drone to do one thing of the fixed table, once by id: kind "confd.start",
 * "confd.stop", "run" (a service's command: cmd, timeout_ms), "volume" (nothing on containers),
 * "agent.update" (run the program of a release that was offered; the instance PTXI_PILOT_FRONTGATE
 * is Frontgate itself). Repeating an id changes nothing. */
#define PTXI_PILOT_FRONTGATE "frontgate"
struct ptxi_pilot_request {
	const char *id; /* the task's */
	const char *kind;
	const char *cmd; /* of "run": for /bin/sh -c */
	int64_t timeout_ms;
	const char *statement; /* of "agent.update" */
	const char *signature;
};
int ptxi_pilot_request(struct ptxi_pilot *p, const char *instance,
		       const struct ptxi_pilot_request *r, struct ptx_error **err);
/* What became of a request: {state: pending|running|done|failed|unknown, exit_status, output,
 * error, started_unix, ended_unix} in the arena; NULL with NOT_FOUND when the id was never asked.
 */
struct ptx_value *ptxi_pilot_outcome(struct ptxi_pilot *p, const char *instance, const char *id,
				     struct ptx_arena *a, struct ptx_error **err);

/* A program of the agent as this VPC's agents accept it. */
struct ptxi_pilot_release {
	char *statement;
	char *signature;
	char sha256[65];
	int64_t size;
};
/* Signs it; version is what the program says of itself, sha256 the digest of its file in hex.
 * INVALID. */
int ptxi_pilot_release(struct ptxi_pilot *p, const char *version, const char *sha256, int64_t size,
		       struct ptxi_pilot_release *r, struct ptx_error **err);
void ptxi_pilot_release_done(struct ptxi_pilot_release *r);
/* Gives Frontgate what it lacks of that program, in pieces; goes on where an earlier call was cut
 * off. CONFLICT when the file is not (any more) what was signed; UNSUPPORTED when Frontgate is too
 * old to update agents. */
int ptxi_pilot_offer(struct ptxi_pilot *p, const char *path, const struct ptxi_pilot_release *r,
		     struct ptx_error **err);

/* {frontgate: {version, build, etcd: {state, restarts}}, drones: {instance: {state: up|lost|never,
 * seen_ms_ago, confd, version, build, health}}} in the arena; build is the digest of the agent's
 * program. */
struct ptx_value *ptxi_pilot_status(struct ptxi_pilot *p, struct ptx_arena *a,
				    struct ptx_error **err);
/* Events after number since: list of {n, time, kind, instance, text}. */
struct ptx_value *ptxi_pilot_events(struct ptxi_pilot *p, int64_t since, struct ptx_arena *a,
				    struct ptx_error **err);
/* The generation token of the metadata that Frontgate holds: it differs after its data were lost.
 * In the arena. */
const char *ptxi_pilot_generation(struct ptxi_pilot *p, const char *cluster, struct ptx_arena *a,
				  struct ptx_error **err);

#endif
