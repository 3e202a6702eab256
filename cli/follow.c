/* SPDX-License-Identifier: Apache-2.0 */
/* follow.c - shows a job while it runs, from its events.
 *
 * On a terminal the tasks that run now stand in a block at the bottom, each with how long it has
 * run, and a last line counts; a thread redraws it ten times a second. What ended moves up as a
 * line of its own and stays:
 *
 *     ok         0.2s  create volume zk-1
 *     ...        1.4s  create instance zk-2
 *     ...        1.4s  create instance zk-3: image is there
 *     [12/37] 3.1s
 *
 * Elsewhere nothing moves: a line when a task ends, is tried again or fails (with --verbose also
 * when it starts).
 *
 * Invariant: `drawn` lines of the block are on the screen, the cursor in the first column below
 * them; the mutex is held while that changes.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "follow.h"
#include "print.h"

#define MOST_SHOWN      12u
#define FRAME_NS        100000000L
#define WORD_COLUMNS    7u /* "failed" and a blank */
#define ELAPSED_COLUMNS 7u

struct row {
	uint32_t task;
	char *title;
	char *text; /* what it said last; NULL: nothing */
	int64_t started_ms;
};

struct follow {
	struct cli *cli;
	bool live;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t ticker;
	bool ticking;
	bool ended;
	int paused;
	struct row *rows;
	size_t count;
	size_t room;
	unsigned drawn;
	uint32_t done;
	uint32_t all;
	int64_t started_ms;
	unsigned frame;
};

static int64_t monotonic_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "0.2s", "12.4s", "3m20s", at the right of so many columns. */
static void add_elapsed(struct ptx_buf *out, int64_t ms, size_t columns)
{
	struct ptx_buf text;

	ptx_buf_init(&text, 64);
	if (ms < 60000)
		ptx_buf_printf(&text, "%" PRId64 ".%" PRId64 "s", ms / 1000, ms % 1000 / 100);
	else
		print_span(&text, ms);
	ptx_buf_fill(out, ' ', text.n < columns ? columns - text.n : 0);
	ptx_buf_addstr(out, ptx_buf_str(&text));
	ptx_buf_done(&text);
}

static unsigned terminal_width(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

/* Cuts a line of UTF-8 to so many characters. */
static void cut(struct ptx_buf *line, unsigned most)
{
	unsigned columns = 0;

	for (size_t i = 0; i < line->n; i++) {
		columns += ((unsigned char)line->p[i] & 0xc0) != 0x80;
		if (columns > most) {
			ptx_buf_truncate(line, i);
			return;
		}
	}
}

static void color(const struct follow *f, struct ptx_buf *out, const char *code, const char *word)
{
	if (f->cli->color_err)
		ptx_buf_printf(out, "\033[%sm%s\033[0m", code, word);
	else
		ptx_buf_adds(out, word);
}

static void erase(struct follow *f)
{
	if (f->drawn)
		fprintf(stderr, "\033[%uA\033[J", f->drawn);
	f->drawn = 0;
}

static void add_running(struct follow *f, struct ptx_buf *out, const struct row *r, unsigned width,
			int64_t now)
{
	static const char *const frames[] = { ".  ", ".. ", "...", " ..", "  .", "   " };
	struct ptx_buf line;

	ptx_buf_init(&line, 65536);
	add_elapsed(&line, now - r->started_ms, ELAPSED_COLUMNS);
	ptx_buf_printf(&line, "  %s", r->title ? r->title : "task");
	if (r->text)
		ptx_buf_printf(&line, ": %s", r->text);
	cut(&line, width - WORD_COLUMNS - 1);
	color(f, out, "36", frames[f->frame % CLI_COUNT(frames)]);
	ptx_buf_fill(out, ' ', WORD_COLUMNS - strlen(frames[0]));
	ptx_buf_printf(out, "%s\n", line.p);
	ptx_buf_done(&line);
}

/* Draws the block below what stays. */
static void draw(struct follow *f)
{
	unsigned width = terminal_width();
	int64_t now = monotonic_ms();
	size_t shown = f->count < MOST_SHOWN ? f->count : MOST_SHOWN;
	struct ptx_buf out;

	if (f->paused || !f->live)
		return;
	ptx_buf_init(&out, 1u << 20);
	if (f->drawn)
		ptx_buf_printf(&out, "\033[%uA\033[J", f->drawn);
	for (size_t i = 0; i < shown; i++)
		add_running(f, &out, &f->rows[i], width, now);
	if (f->count > shown)
		ptx_buf_printf(&out, "                and %zu more\n", f->count - shown);
	ptx_buf_printf(&out, "[%" PRIu32 "/%" PRIu32 "] ", f->done, f->all);
	add_elapsed(&out, now - f->started_ms, 0);
	ptx_buf_addc(&out, '\n');
	if (ptx_buf_ok(&out)) {
		fputs(out.p, stderr);
		f->drawn = (unsigned)(shown + (f->count > shown) + 1);
	}
	fflush(stderr);
	ptx_buf_done(&out);
}

static void *tick(void *user)
{
	struct follow *f = user;

	pthread_mutex_lock(&f->lock);
	while (!f->ended) {
		struct timespec until = { 0 };

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += FRAME_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&f->wake, &f->lock, &until);
		f->frame++;
		if (!f->ended && f->all)
			draw(f);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

struct follow *follow_new(struct cli *cli, struct ptx_error **err)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	f->cli = cli;
	f->live = cli->err_terminal && !cli->globals.quiet;
	f->started_ms = monotonic_ms();
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->wake, NULL);
	/* Without the thread the block moves at events only. */
	f->ticking = f->live && pthread_create(&f->ticker, NULL, tick, f) == 0;
	cli->follow = f;
	return f;
}

static void row_done(struct row *r)
{
	ptx_free(r->title);
	ptx_free(r->text);
}

void follow_free(struct follow *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->ended = true;
	erase(f);
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	if (f->ticking)
		pthread_join(f->ticker, NULL);
	f->cli->follow = NULL;
	for (size_t i = 0; i < f->count; i++)
		row_done(&f->rows[i]);
	free(f->rows);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

void follow_pause(struct follow *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->paused++;
	erase(f);
	pthread_mutex_unlock(&f->lock);
}

void follow_resume(struct follow *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->paused--;
	pthread_mutex_unlock(&f->lock);
}

static char *clean(const char *text)
{
	struct ptx_buf b;

	ptx_buf_init(&b, 4096);
	print_clean(&b, text, strnlen(text, 2000));
	return ptx_buf_steal(&b, NULL);
}

static struct row *find(struct follow *f, uint32_t task)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->rows[i].task == task)
			return &f->rows[i];
	return NULL;
}

static void started(struct follow *f, const struct ptx_event *e)
{
	struct row *rows = NULL;

	if (find(f, e->task))
		return;
	if (f->count == f->room) {
		rows = realloc(f->rows, (f->room ? f->room * 2 : 16) * sizeof(*rows));
		if (!rows)
			return;
		f->rows = rows;
		f->room = f->room ? f->room * 2 : 16;
	}
	f->rows[f->count++] = (struct row){ e->task, clean(e->title ? e->title : "task"), NULL,
					    monotonic_ms() - e->elapsed_ms };
}

static void ended(struct follow *f, uint32_t task)
{
	struct row *r = find(f, task);

	if (!r)
		return;
	row_done(r);
	memmove(r, r + 1, (size_t)(&f->rows[f->count] - (r + 1)) * sizeof(*r));
	f->count--;
}

static void said(struct follow *f, const struct ptx_event *e)
{
	struct row *r = find(f, e->task);

	if (!r || !e->text)
		return;
	ptx_free(r->text);
	r->text = clean(e->text);
}

/* A line that stays: above the block on a terminal. */
static void line(struct follow *f, const struct ptx_event *e, const char *code, const char *word,
		 bool elapsed)
{
	char *title = clean(e->title ? e->title : "task");
	char *text = e->text ? clean(e->text) : NULL;
	struct ptx_buf out;

	ptx_buf_init(&out, 65536);
	if (f->live) {
		color(f, &out, code, word);
		ptx_buf_fill(&out, ' ',
			     strlen(word) < WORD_COLUMNS ? WORD_COLUMNS - strlen(word) : 1);
		add_elapsed(&out, e->elapsed_ms, ELAPSED_COLUMNS);
		ptx_buf_printf(&out, "  %s", title ? title : "task");
	} else {
		ptx_buf_printf(&out, "[%" PRIu32 "/%" PRIu32 "] %s: %s", e->done, e->count, word,
			       title ? title : "task");
	}
	if (text && *text)
		ptx_buf_printf(&out, ": %s", text);
	if (elapsed && !f->live) {
		ptx_buf_adds(&out, " (");
		add_elapsed(&out, e->elapsed_ms, 0);
		ptx_buf_addc(&out, ')');
	}
	if (f->live)
		erase(f);
	if (ptx_buf_ok(&out))
		fprintf(stderr, "%s\n", out.p);
	ptx_buf_done(&out);
	ptx_free(title);
	ptx_free(text);
}

int follow_event(const struct ptx_event *e, void *user)
{
	struct follow *f = user;
	bool quiet = f->cli->globals.quiet;

	pthread_mutex_lock(&f->lock);
	f->done = e->done;
	f->all = e->count;
	switch (e->kind) {
	case PTX_EVENT_JOB_STARTED:
		f->started_ms = monotonic_ms();
		if (!quiet && e->done)
			fprintf(stderr,
				"going on with %s: %" PRIu32 " of %" PRIu32 " tasks were done\n",
				e->job, e->done, e->count);
		else if (!quiet && f->cli->globals.verbose)
			fprintf(stderr, "%s: %" PRIu32 " tasks\n", e->job, e->count);
		break;
	case PTX_EVENT_TASK_STARTED:
		started(f, e);
		if (!f->live && !quiet && f->cli->globals.verbose)
			line(f, e, "36", "start", false);
		break;
	case PTX_EVENT_TASK_PROGRESS:
		said(f, e);
		if (!f->live && !quiet && f->cli->globals.verbose)
			line(f, e, "36", "now", false);
		break;
	case PTX_EVENT_TASK_RETRIED:
		said(f, e);
		if (!quiet)
			line(f, e, "33", "again", false);
		break;
	case PTX_EVENT_TASK_DONE:
		ended(f, e->task);
		if (!quiet)
			line(f, e, "32", "ok", true);
		break;
	case PTX_EVENT_TASK_FAILED:
		ended(f, e->task);
		if (!quiet)
			line(f, e, e->allowed ? "33" : "31", e->allowed ? "skip" : "failed", true);
		break;
	case PTX_EVENT_JOB_ENDED:
		erase(f);
		f->all = 0;
		break;
	}
	if (f->all)
		draw(f);
	pthread_mutex_unlock(&f->lock);
	return 0;
}
