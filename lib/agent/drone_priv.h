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
#include "journal.h"
#include "volume.h"

struct drone_config {
	char *vpc;
	char *instance;
	char ip[46];           /* of Frontgate */
	uint16_t port;
	char *source_ip;       /* to connect from; NULL: the system's choice */
	char *ca_sha256;
	char *token;           /* path */
	char *data;            /* folder */
	char *confd;           /* folder, "/etc/confd" */
	char *confd_prefix;    /* "/self" or "/" */
	int64_t beat_ms;
	int64_t stop_ms;       /* from SIGTERM to SIGKILL of what is left */
	int64_t most_wait_ms;  /* between two tries to reach Frontgate */
	int64_t retry_ms;      /* until a resource that failed is tried again */
	struct ptxi_volumes volumes;
};

struct drone_request;

struct drone {
	struct ptx_ctx *ctx;
	struct drone_config config;
	struct event_base *base;
	struct event *ends[3];
	struct ptxi_commands *commands;
	struct ptxi_confd *confd;
	struct ptxi_journal *journal;
	struct ptxi_view view;
	bool is_ending;

	/* who we are (drone_identity.c) */
	char *key;             /* secret */
	char *certificate;     /* ours, then the intermediate; NULL: to be enrolled */
	char *ca;
	int64_t from_unix, to_unix;
	struct ptxi_client *enroller;
	bool is_renewing;
	int64_t renew_after_ms; /* not before */

	/* Frontgate (drone.c) */
	struct ptxi_client *calls;
	struct ptxi_client *watcher;
	struct ptxi_call *watch;
	struct event *retry;   /* to enrol or to watch again */
	int64_t wait_ms;
	struct event *beat;
	bool is_beating;
	unsigned beats;
	bool is_watching;      /* a line has come since the watch began */
	unsigned failures;     /* watches in succession that Frontgate refused */
	char last_trouble[200]; /* why Frontgate is not reached; told once */

	/* requests (drone_requests.c) */
	struct drone_request *requests; /* those that wait or run, in the order in which they came */
	size_t running;        /* commands */
	struct event *resend;
	int64_t resend_ms;
};

/* --- drone.c --- */
int64_t ptxi_drone_now(const struct drone *d);
/* Connects as we are now: enrols, or watches. */
void ptxi_drone_connect(struct drone *d);
/* Tries again after a while, longer each time. */
void ptxi_drone_retry(struct drone *d, const char *what, const struct ptx_error *e);
/* A call to Frontgate; takes j (NULL: no body). done gets it as ptxi_client_send() does. False: it cannot be sent. */
bool ptxi_drone_call(struct drone *d, const char *method, const char *path, json_t *j, ptxi_done_fn done, void *user);
/* What an answer says when it is no 200: sets *err and returns the code. */
int ptxi_drone_answer(const struct ptxi_answer *answer, const struct ptx_error *e, struct ptx_error **err);

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

/* --- drone_requests.c --- */
int ptxi_drone_requests_new(struct drone *d, struct ptx_error **err);
/* All that Frontgate asks at present. */
void ptxi_drone_requests_take(struct drone *d, const json_t *list);
/* Sends the outcomes that are not acknowledged. */
void ptxi_drone_outcomes_send(struct drone *d);
void ptxi_drone_requests_done(struct drone *d);

#endif
