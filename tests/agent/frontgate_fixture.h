/* SPDX-License-Identifier: Apache-2.0 */
/* frontgate_fixture.h - a real Frontgate with its real etcd in a folder of the test's own, and
 * Drones that do as the test says. Checks fail the test (Check). */
#ifndef FRONTGATE_FIXTURE_H
#define FRONTGATE_FIXTURE_H

#include <check.h>
#include <event2/event.h>
#include <sys/types.h>

#include "evnet/client.h"
#include "pilot/pilot.h"
#include "wire/kv.h"
#include "wire/pki.h"

#define VPC          "vpc-test"
#define FRONTGATE_IP "127.77.199.1"

struct fixture {
	struct ptx_ctx *ctx;
	struct ptx_arena *arena;
	struct event_base *base;
	struct ptxi_pilot *pilot;
	char *secret;
	char *folder;
	char address[64];
	uint16_t port;
	char ca_sha256[65];
	pid_t pid;
	int64_t age_s;
};

/* May the tests run here at all? False without etcd; says so. */
bool fixture_possible(void);
/* Runs the suite, says `N passed, N failed`, and gives main()'s status. */
int fixture_judge(Suite *suite);
/* A benchmark of one test, in this process, with an hour; main()'s status, 77 where it is not
 * possible. */
int fixture_bench(const char *name, const TTest *test);
void fixture_start(struct fixture *f);
/* The same with an intermediate certificate that was made so long ago. */
void fixture_start_aged(struct fixture *f, int64_t age_s);
void fixture_stop(struct fixture *f);
/* Ends Frontgate (its exit status) and starts it again on the same folder. */
int fixture_end_frontgate(struct fixture *f);
void fixture_start_frontgate(struct fixture *f);
/* Its files as Pilot makes them anew, with another intermediate certificate. */
void fixture_write_files(struct fixture *f);
void fixture_wait_up(struct fixture *f);
/* The process of etcd, or 0. */
pid_t fixture_etcd(const struct fixture *f);
bool fixture_has_event(struct fixture *f, const char *kind);
/* Like it, but waits for it. */
bool fixture_wait_event(struct fixture *f, const char *kind, int64_t ms);

struct scripted {
	struct fixture *f;
	char instance[64];
	char ip[46];
	char token[44];
	char *key;
	char *certificate; /* NULL: not enrolled */
	char *ca;
	struct ptxi_client *calls;
	struct ptxi_client *watcher;
	struct ptxi_call *watch;
	struct ptxi_view view;
	json_t *requests; /* the last list */
	unsigned views, changes, lists;
	int watch_code; /* why the watch ended; 0: it runs */
	bool keeps_reading;
};

void scripted_init(struct scripted *d, struct fixture *f, const char *instance, const char *ip);
void scripted_done(struct scripted *d);
/* Tells Pilot's side of it: a fresh token. */
void scripted_allow(struct scripted *d, int64_t life_s);
/* Enrols from an address with a key; the HTTP status, and on 200 the certificate is kept. 0: no
 * answer. */
int scripted_enrol(struct scripted *d, const char *from_ip, const char *key, const char *token);
/* One call; the status, 0 without an answer. body NULL: none; answer (may be NULL) gets an owned
 * object. */
int scripted_call(struct scripted *d, const char *method, const char *path, const char *body,
		  json_t **answer);
void scripted_watch(struct scripted *d);
/* Runs the loop until *what is at least n, or ms are over: true if it is. */
bool fixture_run_until(struct fixture *f, const unsigned *what, unsigned n, int64_t ms);
void fixture_run(struct fixture *f, int64_t ms);

#endif
