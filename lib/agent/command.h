/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - runs shell commands beside the event loop, and reaps every child of this process.
 *
 * A command gets a process group of its own, nothing on standard input, and one pipe for what it
 * says. It has ended when its shell has: what it left in the background may keep the pipe and is
 * read, but not waited for. Thread: that of its event base; one object of this kind in a process,
 * since it owns SIGCHLD.
 */
#ifndef PTXI_COMMAND_H
#define PTXI_COMMAND_H

#include <event2/event.h>
#include <jansson.h>

#include "../base/ctx.h"

struct ptxi_commands;
struct ptxi_command;

/* NOMEM. */
struct ptxi_commands *ptxi_commands_new(struct event_base *base, struct ptx_ctx *ctx,
					struct ptx_error **err);
/* Commands that still run are killed; their done() is not called. */
void ptxi_commands_free(struct ptxi_commands *c);
PTXI_DEFINE_AUTO(commands);

struct ptxi_command_result {
	int exit_status; /* 128 + signal when a signal ended it */
	bool timed_out;
	bool was_ended;     /* by ptxi_commands_end() */
	const char *output; /* valid UTF-8; the end of it when there was too much; borrowed */
	int64_t started_unix, ended_unix;
};
typedef void (*ptxi_command_fn)(void *user, const struct ptxi_command_result *r);

struct ptxi_command_opts {
	const char *cmd;    /* for /bin/sh -c */
	int64_t timeout_ms; /* then its group gets SIGTERM, and SIGKILL 2 s later */
	size_t max_output;
	ptxi_command_fn done; /* once, never from within start */
	void *user;
};
/* The command, borrowed until its done(). UNAVAILABLE (no process, no pipe), NOMEM. */
struct ptxi_command *ptxi_command_start(struct ptxi_commands *c, const struct ptxi_command_opts *o,
					struct ptx_error **err);
size_t ptxi_commands_running(const struct ptxi_commands *c);

/* For another program of the agent that goes on in this process (takeover.h): */

/* A command as an owned object, its descriptor added to fds; NULL: its shell has ended and it will
 * be done in a moment, or there is no memory. */
json_t *ptxi_command_save(const struct ptxi_command *k, json_t *fds);
/* The descriptors of pipes that nobody listens to any more, but that must not be closed: added to
 * list and fds. */
bool ptxi_commands_save_sinks(const struct ptxi_commands *c, json_t *list, json_t *fds);
/* Goes on with a saved one; o as in start, but for cmd and timeout_ms. The descriptor is taken,
 * also on failure. NOT_FOUND: the process is no child of ours any more. */
struct ptxi_command *ptxi_command_adopt(struct ptxi_commands *c, const json_t *saved,
					const struct ptxi_command_opts *o, struct ptx_error **err);
/* Takes such a descriptor, reads it and forgets what it says. */
void ptxi_commands_adopt_sink(struct ptxi_commands *c, int fd);
/* After the last one was adopted: reaps what ended meanwhile. */
void ptxi_commands_adopted(struct ptxi_commands *c);

/* Ends this machine's or process's work: SIGTERM to all commands and to all other children (to all
 * processes, if we are pid 1), SIGKILL after grace_ms; then, with no child left, ended() is called
 * once. No command starts any more. */
void ptxi_commands_end(struct ptxi_commands *c, int64_t grace_ms, void (*ended)(void *user),
		       void *user);

#endif
