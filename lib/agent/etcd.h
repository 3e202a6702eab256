/* SPDX-License-Identifier: Apache-2.0 */
/* etcd.h - runs one etcd on a unix socket of its own, and keeps it running.
 *
 * Thread: that of its event base. The caller reaps children and tells this about them.
 */
#ifndef PTXI_ETCD_H
#define PTXI_ETCD_H

#include <event2/event.h>
#include <sys/types.h>
#include "../base/ctx.h"

enum ptxi_etcd_state { PTXI_ETCD_STOPPED, PTXI_ETCD_STARTING, PTXI_ETCD_UP, PTXI_ETCD_STOPPING };
enum ptxi_etcd_news {
	PTXI_ETCD_IS_UP,  /* it answers */
	PTXI_ETCD_DIED,   /* it will be started again */
	PTXI_ETCD_BROKEN, /* its data were of no use and moved away; it starts empty */
	PTXI_ETCD_ENDED   /* after ptxi_etcd_stop() */
};

struct ptxi_etcd_opts {
	struct event_base *base;
	const struct ptx_ctx *ctx;
	const char *program;
	const char *folder; /* of its own: sockets and data are in it */
	void (*news)(enum ptxi_etcd_news news, const char *text, void *user);
	void *user;
};

struct ptxi_etcd;
/* CONFIG (the path of the socket is too long), IO, NOMEM. */
struct ptxi_etcd *ptxi_etcd_new(const struct ptxi_etcd_opts *o, struct ptx_error **err);
void ptxi_etcd_free(struct ptxi_etcd *e);
PTXI_DEFINE_AUTO(etcd);
void ptxi_etcd_start(struct ptxi_etcd *e);
/* Instead of a start: goes on with one that another program in this process started. One that is no
 * child of ours any more is started anew; children that are not it are killed. */
void ptxi_etcd_adopt(struct ptxi_etcd *e, pid_t pid, unsigned restarts);
/* The store was of use: its data are not new any more. */
void ptxi_etcd_ready(struct ptxi_etcd *e);
/* Ends it (SIGTERM, SIGKILL after 5 s); ENDED is told. */
void ptxi_etcd_stop(struct ptxi_etcd *e);
/* A child ended: true when it was ours. */
bool ptxi_etcd_reaped(struct ptxi_etcd *e, pid_t pid, int status);
/* It does not answer any more although it runs: kill it, so that it is started again. */
void ptxi_etcd_kill(struct ptxi_etcd *e);
const char *ptxi_etcd_socket(const struct ptxi_etcd *e);
enum ptxi_etcd_state ptxi_etcd_state(const struct ptxi_etcd *e);
const char *ptxi_etcd_state_name(enum ptxi_etcd_state s);
unsigned ptxi_etcd_restarts(const struct ptxi_etcd *e);
pid_t ptxi_etcd_pid(const struct ptxi_etcd *e);

#endif
