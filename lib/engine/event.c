/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - events reach the caller on the engine's own thread only, in the order in which the
 * record changed. Progress that workers report is queued and said at the loop's next turn. */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "event.h"
#include "task.h"

#include "../base/time.h"

struct ptxi_progress {
	struct ptxi_progress *next;
	struct ptxi_run *run;
	char text[];
};

void ptxi_events_init(struct ptxi_events *ev, const struct ptx_ctx *ctx, const char *job,
		      ptx_event_fn fn, void *user)
{
	*ev = (struct ptxi_events){ .ctx = ctx,
				    .job = job,
				    .fn = fn,
				    .user = user,
				    .started_mono_ms = ptxi_time_mono_ms() };
	pthread_mutex_init(&ev->mutex, NULL);
}

void ptxi_events_done(struct ptxi_events *ev)
{
	for (struct ptxi_progress *next = NULL; ev->first; ev->first = next) {
		next = ev->first->next;
		ptx_free(ev->first);
	}
	pthread_mutex_destroy(&ev->mutex);
}

static void say(struct ptxi_events *ev, struct ptx_event *e)
{
	e->size = sizeof(*e);
	e->job = ev->job;
	e->time_ns = ptxi_ctx_now(ev->ctx);
	e->count = ev->count;
	if (ev->fn && ev->fn(e, ev->user) != 0)
		ev->stopped = true;
}

void ptxi_events_job(struct ptxi_events *ev, enum ptx_event_kind kind, const char *text,
		     uint32_t done)
{
	struct ptx_event e = { .kind = kind, .text = text, .done = done };

	e.elapsed_ms = ptxi_time_mono_ms() - ev->started_mono_ms;
	say(ev, &e);
}

void ptxi_events_task(struct ptxi_events *ev, enum ptx_event_kind kind, const struct ptxi_run *r,
		      const char *text, uint32_t done)
{
	struct ptx_event e = { .kind = kind, .text = text, .done = done };

	if (!ev->fn || strcmp(r->task->action->name, "join") == 0)
		return;
	e.task = r->task->index;
	e.title = r->task->title;
	e.action = r->task->action->name;
	e.allowed = r->task->failure_allowed;
	e.elapsed_ms = ptxi_time_mono_ms() - r->started_mono_ms;
	say(ev, &e);
}

void ptxi_events_progress(struct ptxi_events *ev, struct ptxi_run *r, const char *text)
{
	size_t n = strlen(text);
	struct ptxi_progress *p = ptxi_alloc(sizeof(*p) + n + 1);

	if (!p)
		return; /* progress is a courtesy */
	p->run = r;
	memcpy(p->text, text, n + 1);
	pthread_mutex_lock(&ev->mutex);
	if (ev->last)
		ev->last->next = p;
	else
		ev->first = p;
	ev->last = p;
	pthread_mutex_unlock(&ev->mutex);
}

void ptxi_events_flush(struct ptxi_events *ev, uint32_t done)
{
	struct ptxi_progress *list = NULL;

	pthread_mutex_lock(&ev->mutex);
	list = ev->first;
	ev->first = ev->last = NULL;
	pthread_mutex_unlock(&ev->mutex);
	for (struct ptxi_progress *next = NULL; list; list = next) {
		next = list->next;
		ptxi_events_task(ev, PTX_EVENT_TASK_PROGRESS, list->run, list->text, done);
		ptx_free(list);
	}
}

bool ptxi_events_stopped(const struct ptxi_events *ev)
{
	return ev->stopped;
}

void ptxi_run_progress(struct ptxi_run *r, const char *text)
{
	ptxi_events_progress(r->engine->events, r, text);
}
