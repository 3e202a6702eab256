/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate_priv.h - what the files of Frontgate share. */
#ifndef PTXI_FRONTGATE_PRIV_H
#define PTXI_FRONTGATE_PRIV_H

#include <event2/event.h>

#include "../base/log.h"
#include "../base/map.h"
#include "../base/time.h"
#include "../evnet/server.h"
#include "../wire/pki.h"
#include "etcd.h"
#include "frontgate.h"
#include "mirror.h"
#include "rights.h"
#include "takeover.h"
#include "upgrade.h"

struct frontgate_config {
	char *vpc;
	char *instance;
	char ip[46];
	uint16_t port;
	char *data;
	char *etcd;
	char *ca;           /* PEM */
	char *intermediate; /* PEM: the one in force, then the one before it */
	char *key;          /* PEM, of the one in force */
	int64_t beat_lost_ms;
	size_t max_queue;
	int64_t trial_ms; /* for a new program of the agent to be healthy within */
};

enum drone_state { DRONE_NEVER, DRONE_UP, DRONE_LOST };

/* What is known of a Drone while Frontgate lives. */
struct drone {
	char instance[64];
	enum drone_state state;
	int64_t seen_ms;
	char version[32];
	char build[65];
	char confd[16];
	json_t *health;
	struct ptxi_exchange *watch;
	json_t *mapping;  /* of the watch; NULL: none */
	int64_t revision; /* of the last line that was sent */
};

struct frontgate {
	struct ptx_ctx *ctx;
	struct frontgate_config config;
	const char *config_path;
	struct event_base *base;
	struct ptxi_etcd *etcd;
	struct ptxi_mirror *mirror;
	struct ptxi_server *server;
	struct ptxi_map *drones; /* instance -> struct drone */
	struct event *signals[3];
	struct event *tick;
	int64_t pinged_ms;
	unsigned ticks;
	int64_t leaf_from, leaf_to; /* life of our own certificate */
	char *next_key;             /* of the intermediate that Pilot is asked to sign */
	bool is_ending;
	/* events */
	int64_t last_event;
	json_t *unsaved; /* events that the store does not have yet, oldest first */
	bool is_saving;
	int64_t denied_ms; /* when the last denial was told as an event */
	unsigned denied_more;
	unsigned restarts_told; /* of etcd */
	/* the program itself (fg_upgrade.c) */
	struct ptxi_upgrade upgrade;
	struct event *hand_over; /* in a moment, when what was answered is on its way */
	char update_id[65];      /* what is about to be done */
	bool is_telling;         /* an outcome is being written */
};

int64_t ptxi_fg_now(const struct frontgate *fg);

/* --- frontgate.c: answers --- */
void ptxi_fg_reply(struct ptxi_exchange *x, json_t *j); /* takes j */
void ptxi_fg_reply_error(struct ptxi_exchange *x, const struct ptx_error *e);
void ptxi_fg_fail(struct ptxi_exchange *x, int code, const char *fmt, ...) PTXI_PRINTF(3, 4);
/* Commits t, then answers with j; takes both. */
void ptxi_fg_commit(struct frontgate *fg, struct ptxi_exchange *x, struct ptxi_txn *t, json_t *j);
/* Denies, logs it, and tells it as an event. */
void ptxi_fg_deny(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		  const struct ptx_error *e);

/* --- fg_identity.c: certificates --- */
int ptxi_fg_identity_load(struct frontgate *fg, const json_t *config, struct ptx_error **err);
/* A context with a fresh certificate of our own; NULL with an error. */
SSL_CTX *ptxi_fg_identity_tls(struct frontgate *fg, struct ptx_error **err);
void ptxi_fg_identity_tick(struct frontgate *fg);
/* Who sent this; NULL after an error was answered. want: PTXI_PKI_PILOT or PTXI_PKI_DRONE. */
const struct ptxi_pki_identity *ptxi_fg_who(struct frontgate *fg, struct ptxi_exchange *x,
					    enum ptxi_pki_role want);
void ptxi_fg_intermediate_request(struct ptxi_exchange *x, void *user);
void ptxi_fg_intermediate_put(struct ptxi_exchange *x, void *user);

/* --- fg_enrol.c --- */
void ptxi_fg_enrol(struct ptxi_exchange *x, void *user);
void ptxi_fg_renew(struct ptxi_exchange *x, void *user);
void ptxi_fg_instance_put(struct ptxi_exchange *x, void *user);
void ptxi_fg_instance_delete(struct ptxi_exchange *x, void *user);

/* --- fg_pilot.c --- */
void ptxi_fg_ping(struct ptxi_exchange *x, void *user);
void ptxi_fg_status(struct ptxi_exchange *x, void *user);
void ptxi_fg_events(struct ptxi_exchange *x, void *user);
void ptxi_fg_cluster_get(struct ptxi_exchange *x, void *user);
void ptxi_fg_cluster_put(struct ptxi_exchange *x, void *user);
void ptxi_fg_cluster_delete(struct ptxi_exchange *x, void *user);
void ptxi_fg_request_put(struct ptxi_exchange *x, void *user);
void ptxi_fg_request_get(struct ptxi_exchange *x, void *user);

/* --- fg_drone.c --- */
void ptxi_fg_watch(struct ptxi_exchange *x, void *user);
void ptxi_fg_beat(struct ptxi_exchange *x, void *user);
void ptxi_fg_get(struct ptxi_exchange *x, void *user);
void ptxi_fg_outcome(struct ptxi_exchange *x, void *user);
void ptxi_fg_fan_out(const struct ptxi_mirror_event *events, size_t n, bool lost, void *user);
void ptxi_fg_drones_tick(struct frontgate *fg);
/* Forgets what is in memory of it and ends its watch. */
void ptxi_fg_drone_drop(struct frontgate *fg, const char *instance);
void ptxi_fg_drone_free(void *drone);

/* What is known of the Drones, for another program: an owned list; and back. */
json_t *ptxi_fg_drones_save(const struct frontgate *fg);
void ptxi_fg_drones_adopt(struct frontgate *fg, const json_t *list);

/* --- fg_upgrade.c --- */
void ptxi_fg_agent_put(struct ptxi_exchange *x, void *user);
void ptxi_fg_agent_get(struct ptxi_exchange *x, void *user);
/* Does what Frontgate itself is asked, and tells what became of it. */
void ptxi_fg_upgrade_look(struct frontgate *fg);
/* Before anything else: the record of updates; may run a kept program instead. */
int ptxi_fg_upgrade_open(struct frontgate *fg, struct ptx_error **err);
/* The listening socket that was handed over, or 0. */
int ptxi_fg_upgrade_listener(void);
/* After all else: goes on with what was handed over, etcd among it; or starts etcd. */
int ptxi_fg_upgrade_resume(struct frontgate *fg, struct ptx_error **err);
/* The store is followed. */
void ptxi_fg_upgrade_healthy(struct frontgate *fg);
void ptxi_fg_upgrade_tick(struct frontgate *fg);
void ptxi_fg_upgrade_done(struct frontgate *fg);

/* --- fg_events.c --- */
void ptxi_fg_event(struct frontgate *fg, const char *kind, const char *instance, const char *text);
/* Writes what could not be written before; called when the store is there, and now and then. */
void ptxi_fg_events_save(struct frontgate *fg);
/* Events after n, 200 at most; an owned list. */
json_t *ptxi_fg_events_after(struct frontgate *fg, int64_t n);

#endif
