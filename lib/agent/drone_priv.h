/* SPDX-License-Identifier: Apache-2.0 */
/* drone_priv.h - what the files of the Drone share. */
#ifndef PTXI_DRONE_PRIV_H
#define PTXI_DRONE_PRIV_H

#include "../base/log.h"
#include "../base/time.h"
#include "../evnet/client.h"
#include "../wire/kv.h"
#include "../wire/pki.h"
#include "command.h"
#include "confd.h"
#include "drone.h"
#include "health.h"
#include "journal.h"
#include "takeover.h"
#include "upgrade.h"
#include "ssh_key.h"
#include "volume.h"

struct drone_config {
	char *vpc;
	char *instance;
	char ip[46]; /* of Frontgate */
	uint16_t port;
	char *source_ip; /* to connect from; NULL: the system's choice */
	char *ca_sha256;
	char *token;        /* path */
	char *data;         /* folder */
	char *confd;        /* folder, "/etc/confd" */
	char *confd_prefix; /* "/self" or "/" */
	char *ssh;          /* folder of the superuser's keys */
	int64_t beat_ms;
	int64_t stop_ms;      /* from SIGTERM to SIGKILL of what is left */
	int64_t most_wait_ms; /* between two tries to reach Frontgate */
	int64_t retry_ms;     /* until a resource that failed is tried again */
	int64_t trial_ms;     /* for a new program of the agent to be healthy within */
	int64_t second_ms;    /* of a health check */
	struct ptxi_volumes volumes;
};

struct drone_request;

struct drone {
	struct ptx_ctx *ctx;
	struct drone_config config;
	const char *config_path;
	struct event_base *base;
	struct event *ends[3];
	struct ptxi_commands *commands;
	struct ptxi_confd *confd;
	struct ptxi_health *health;
	struct ptxi_journal *journal;
	struct ptxi_view view;
	bool is_ending;

	/* who we are (drone_identity.c) */
	char *key;         /* secret */
	char *certificate; /* ours, then the intermediate; NULL: to be enrolled */
	char *ca;
	int64_t from_unix, to_unix;
	struct ptxi_client *enroller;
	bool is_renewing;
	int64_t renew_after_ms; /* not before */

	/* Frontgate (drone.c) */
	struct ptxi_client *calls;
	struct ptxi_client *watcher;
	struct ptxi_call *watch;
	struct event *retry; /* to enrol or to watch again */
	int64_t wait_ms;
	struct event *beat;
	bool is_beating;
	unsigned beats;
	bool is_watching;       /* a line has come since the watch began */
	unsigned failures;      /* watches in succession that Frontgate refused */
	char last_trouble[200]; /* why Frontgate is not reached; told once */

	/* requests (drone_requests.c) */
	struct drone_request
	    *requests;  /* those that wait or run, in the order in which they came */
	size_t running; /* commands */
	struct event *resend;
	int64_t resend_ms;

	/* the program itself (drone_upgrade.c) */
	struct ptxi_upgrade upgrade;
	struct event *trial; /* the end of it */
};

/* --- drone.c --- */
int64_t ptxi_drone_now(const struct drone *d);
/* Connects as we are now: enrols, or watches. */
void ptxi_drone_connect(struct drone *d);
/* Tries again after a while, longer each time. */
void ptxi_drone_retry(struct drone *d, const char *what, const struct ptx_error *e);
/* A call to Frontgate; takes j (NULL: no body). done gets it as ptxi_client_send() does. False: it
 * cannot be sent. */
bool ptxi_drone_call(struct drone *d, const char *method, const char *path, json_t *j,
		     ptxi_done_fn done, void *user);
/* What an answer says when it is no 200: sets *err and returns the code. */
int ptxi_drone_answer(const struct ptxi_answer *answer, const struct ptx_error *e,
		      struct ptx_error **err);

/* --- drone_identity.c --- */
/* The key (made at the first start), and the certificate if there is one that holds. */
int ptxi_drone_identity_load(struct drone *d, struct ptx_error **err);
void ptxi_drone_identity_done(struct drone *d);
/* True while the certificate may be shown. */
bool ptxi_drone_is_enrolled(const struct drone *d);
void ptxi_drone_enrol(struct drone *d);
void ptxi_drone_forget_certificate(struct drone *d);
/* Renews it when half of its life is over. */
void ptxi_drone_identity_tick(struct drone *d);
/* A context with our certificate; owned (SSL_CTX_free). */
SSL_CTX *ptxi_drone_tls(struct drone *d, struct ptx_error **err);
/* The root of our VPC, as far as it was ever seen; owned, NULL: never. */
char *ptxi_drone_root(const struct drone *d);

/* --- drone_requests.c --- */
/* alive: ids of requests that still run, though another program of the agent began them; may be
 * NULL. */
int ptxi_drone_requests_new(struct drone *d, const json_t *alive, struct ptx_error **err);
/* All that Frontgate asks at present. */
void ptxi_drone_requests_take(struct drone *d, const json_t *list);
/* Sends the outcomes that are not acknowledged. */
void ptxi_drone_outcomes_send(struct drone *d);
void ptxi_drone_requests_done(struct drone *d);
/* The commands that run, for another program: a list of {id, timeout_ms, command}; NULL while
 * something runs that cannot be handed over. Descriptors are added to fds. */
json_t *ptxi_drone_requests_save(struct drone *d, json_t *fds);
/* Goes on with them. */
void ptxi_drone_requests_adopt(struct drone *d, const json_t *commands);
/* The end of a request that has begun in the journal and is in no list: an update. Nothing, when it
 * has ended before. */
void ptxi_drone_request_end(struct drone *d, const char *id, struct ptxi_wire_outcome *o);

/* --- drone_upgrade.c --- */
struct drone_update;
typedef void (*drone_update_fn)(void *user, const struct ptx_error *e, const char *output);
/* Fetches a program and hands over to it: done() only comes when that did not happen. Owned;
 * UNTRUSTED, PRECONDITION, ... */
struct drone_update *ptxi_drone_update_new(struct drone *d, const struct ptxi_wire_request *r,
					   drone_update_fn done, void *user,
					   struct ptx_error **err);
void ptxi_drone_update_free(struct drone_update *u);
/* Before anything else: the record of updates; may run a kept program instead. */
int ptxi_drone_upgrade_open(struct drone *d, struct ptx_error **err);
/* Ids of requests that another program began and that go on or are about to be told; owned list. */
json_t *ptxi_drone_upgrade_alive(const struct drone *d);
/* After all else: goes on with what was handed over. */
int ptxi_drone_upgrade_resume(struct drone *d, struct ptx_error **err);
/* Frontgate is reached. */
void ptxi_drone_upgrade_healthy(struct drone *d);
void ptxi_drone_upgrade_done(struct drone *d);

#endif
