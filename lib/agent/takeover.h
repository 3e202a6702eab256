/* SPDX-License-Identifier: Apache-2.0 */
/* takeover.h - one program of the agent hands its process over to another one, and gets it back
 * when that fails.
 *
 * The process stays the same: pid, children, open descriptors. What the program has in its memory
 * goes along as JSON in a sealed memory file; docs/formats.md, "Update of the agent", has the
 * format. The new program is on trial until ptxi_takeover_settle(): a deadly signal, an error at
 * its start or a deadline makes the one before it go on. There is one process, and so one of these;
 * it is no object. Thread: the only one.
 */
#ifndef PTXI_TAKEOVER_H
#define PTXI_TAKEOVER_H

#include <jansson.h>
#include "../base/ctx.h"

#define PTXI_TAKEOVER_FORMAT 1
#define PTXI_TAKEOVER_MAX    ((size_t)64 << 20)

/* What this process was started with. Borrowed, for as long as the process lives. */
struct ptxi_takeover_args {
	const char *role;
	const char *config;
	bool debug;
	const char *resume;     /* --resume FD: the state */
	const char *fallback;   /* --fallback WHY: the program that we had handed over to failed */
	const char *instead_of; /* --instead-of FD: the program that the machine was made with */
	const char
	    *not_updated; /* --not-updated WHY: the kept program failed at the machine's start */
};

/* First of all: reads the state and guards the trial. Fails: INVALID, NOMEM; on trial it goes back
 * instead. */
int ptxi_takeover_begin(const struct ptxi_takeover_args *args, struct ptx_error **err);
/* The state that was handed over, or NULL; borrowed until ptxi_takeover_settle(). */
const json_t *ptxi_takeover_state(void);
/* Why the program that this one had handed over to came back, or NULL. */
const char *ptxi_takeover_why_back(void);
/* Why the kept program is not to be run, or NULL. */
const char *ptxi_takeover_not_updated(void);
/* Is this the kept program, run in place of the machine's own? */
bool ptxi_takeover_is_kept(void);
/* Handed over to, and not settled yet. */
bool ptxi_takeover_on_trial(void);
/* On trial: how long there is left to be healthy. */
int64_t ptxi_takeover_left_ms(void);
/* All is well: from now on there is no way back. */
void ptxi_takeover_settle(void);
/* On trial, before the state was taken up: the one before goes on with what it had handed over.
 * Returns when it cannot. */
void ptxi_takeover_give_up(const char *why);

/* Reads what a new program is asked whether it can take over: the state of this role. Owned;
 * UNSUPPORTED, INVALID. */
json_t *ptxi_takeover_parse(struct ptx_str text, const char *role, struct ptx_error **err);

struct ptxi_takeover {
	int program;       /* open for reading; not closed */
	const char *path;  /* shown as its name */
	json_t *update;    /* {id, statement, signature}; borrowed */
	json_t *data;      /* the role's state; borrowed */
	json_t *fds;       /* list of descriptors that go along; borrowed */
	const char *error; /* going back: why; else NULL */
	int64_t trial_ms;  /* going forward: to be healthy within */
};
/* The state as text, for the question whether a program can take over. */
bool ptxi_takeover_format(const struct ptxi_takeover *t, struct ptx_buf *out);
/* Does not return but with an error: then nothing has changed. IO, NOMEM. */
int ptxi_takeover_exec(const struct ptxi_takeover *t, struct ptx_error **err);
/* The program before this one, while on trial; else -1. */
int ptxi_takeover_previous(void);
/* At a machine's start: runs a kept program instead of this one. Returns only with an error. */
int ptxi_takeover_instead(int program, const char *path, struct ptx_error **err);

#endif
