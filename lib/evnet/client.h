/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - an HTTP/1.1 client on libevent: numeric addresses or a unix socket, TLS or plain.
 *
 * A client has one remote and a few connections to it, kept alive; each does one call at a time,
 * the rest wait in order. A call gets exactly one done(), also when it is the client that is freed;
 * a callback may free neither the client nor other calls, but may send and cancel. Thread: that of
 * its event base.
 */
#ifndef PTXI_CLIENT_H
#define PTXI_CLIENT_H

#include <event2/event.h>
#include "tls.h"

struct ptxi_client_opts {
	struct event_base *base;
	const char *unix_path; /* either this, */
	const char *ip;        /* or a numeric address */
	uint16_t port;
	const char *source_ip; /* to connect from; NULL: the system's choice */
	SSL_CTX *tls;          /* NULL: plain; up-referenced */
	const char
	    *tls_name; /* required with tls: the name that the server's certificate must have */
	unsigned connections; /* at once; 0: 1 */
	unsigned waiting;     /* calls that may wait; 0: 1,024 */
	int64_t connect_ms;   /* 0: 5,000, TLS included */
	int64_t idle_ms;      /* an unused connection is closed after; 0: 30,000 */
	size_t max_body;      /* of an answer, or of a line of a stream; 0: 16 MiB */
};

struct ptxi_client;
struct ptxi_call;

struct ptxi_answer {
	int status;
	struct ptx_str body; /* empty for a stream */
};
/* answer is NULL on an error. Both are borrowed. */
typedef void (*ptxi_done_fn)(void *user, const struct ptxi_answer *answer,
			     const struct ptx_error *e);
/* One line of a stream, without its newline. Returns 0, or a negative code, which ends the call
 * with it. */
typedef int (*ptxi_line_fn)(void *user, struct ptx_str line);

struct ptxi_call_opts {
	const char *method;
	const char *path;    /* with the query */
	struct ptx_str body; /* JSON; copied */
	int64_t timeout_ms;  /* until the whole answer; of a stream: of silence. 0: 30,000 */
	bool repeatable;   /* may go out again when a kept connection was closed before an answer */
	ptxi_line_fn line; /* given: a 200's body is a stream of lines */
	ptxi_done_fn done;
	void *user;
};

/* Copies what it needs. INVALID (no numeric address, no name for TLS), NOMEM. */
struct ptxi_client *ptxi_client_new(const struct ptxi_client_opts *o, struct ptx_error **err);
/* Calls that are open end with CANCELED. */
void ptxi_client_free(struct ptxi_client *c);
PTXI_DEFINE_AUTO(client);
/* The call, borrowed until its done(), which is never called from within this. LIMIT (too many
 * wait), NOMEM. */
struct ptxi_call *ptxi_client_send(struct ptxi_client *c, const struct ptxi_call_opts *o,
				   struct ptx_error **err);
/* Ends it with CANCELED; its connection is closed. done() is called before this returns. */
void ptxi_call_cancel(struct ptxi_call *call);
/* Uses another certificate (or trust) for connections from now on. */
void ptxi_client_set_tls(struct ptxi_client *c, SSL_CTX *tls);

#endif
