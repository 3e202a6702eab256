/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - the ordered stream of what happens in a job. */
#ifndef PTXI_ENGINE_EVENT_H
#define PTXI_ENGINE_EVENT_H

#include <pthread.h>
#include <pitrix/job.h>
#include "../base/ctx.h"

struct ptxi_run;
struct ptxi_progress;

struct ptxi_events {
	const struct ptx_ctx *ctx;
	const char *job;
	ptx_event_fn fn;
	void *user;
	uint32_t count; /* tasks of the job */
	int64_t started_mono_ms;
	bool stopped;          /* the callback asked to stop */
	pthread_mutex_t mutex; /* of progress */
	struct ptxi_progress *first, *last;
};

void ptxi_events_init(struct ptxi_events *ev, const struct ptx_ctx *ctx, const char *job,
		      ptx_event_fn fn, void *user);
void ptxi_events_done(struct ptxi_events *ev);
/* On the engine's thread. */
void ptxi_events_job(struct ptxi_events *ev, enum ptx_event_kind kind, const char *text,
		     uint32_t done);
void ptxi_events_task(struct ptxi_events *ev, enum ptx_event_kind kind, const struct ptxi_run *r,
		      const char *text, uint32_t done);
/* On any thread: said by the next flush. */
void ptxi_events_progress(struct ptxi_events *ev, struct ptxi_run *r, const char *text);
void ptxi_events_flush(struct ptxi_events *ev, uint32_t done);
bool ptxi_events_stopped(const struct ptxi_events *ev);

#endif
