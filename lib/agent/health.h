/* SPDX-License-Identifier: Apache-2.0 */
/* health.h - looks at the service of a node again and again, with the command that its package
 * gives for that.
 *
 * The check is in the metadata, below /health_check (docs/formats.md). It runs between the requests
 * health.start and health.stop, which the engine puts behind the start and before the stop of the
 * services. Thread: that of its event base.
 */
#ifndef PTXI_HEALTH_H
#define PTXI_HEALTH_H

#include "../wire/kv.h"
#include "command.h"

struct ptxi_health;

struct ptxi_health_opts {
	struct event_base *base;
	struct ptx_ctx *ctx;
	struct ptxi_commands *commands;
	const struct ptxi_view *view; /* lives longer */
	const char *folder;           /* where it is remembered that it runs; lives longer */
	int64_t second_ms;            /* how long a second of the check is: 1,000, but in tests */
	void (*turned)(
	    void *user); /* from healthy to unhealthy or back; or it knows for the first time */
	void *user;
};

/* Goes on with what ran before this process was replaced, but not with what ran before the machine
 * started. NOMEM. */
struct ptxi_health *ptxi_health_new(const struct ptxi_health_opts *o, struct ptx_error **err);
void ptxi_health_free(struct ptxi_health *h);
PTXI_DEFINE_AUTO(health);

/* Checks from now on, as the metadata say; what was counted is forgotten. NOMEM. */
int ptxi_health_start(struct ptxi_health *h, struct ptx_error **err);
/* Checks no more; done() is called, maybe from within, as soon as neither a check nor an action
 * runs. BUSY: somebody waits already. */
typedef void (*ptxi_health_fn)(void *user);
int ptxi_health_stop(struct ptxi_health *h, ptxi_health_fn done, void *user,
		     struct ptx_error **err);
/* Nobody waits for the stop any more. */
void ptxi_health_forget(struct ptxi_health *h, void *user);
/* The view is another. */
void ptxi_health_changed(struct ptxi_health *h);

/* "healthy" or "unhealthy"; NULL while nothing is checked or not enough is known. */
const char *ptxi_health_status(const struct ptxi_health *h);
/* What the last check printed, or how it ended; borrowed until the next event. */
const char *ptxi_health_output(const struct ptxi_health *h);
/* What became of the action of the present unhealthiness: "running", "done", "failed"; NULL: there
 * was none. */
const char *ptxi_health_action(const struct ptxi_health *h);

#endif
