/* SPDX-License-Identifier: Apache-2.0 */
/* http1.h - reads HTTP/1.1 messages out of an evbuffer, for the client and the server (RFC 9112).
 */
#ifndef PTXI_HTTP1_H
#define PTXI_HTTP1_H

#include <event2/buffer.h>
#include "../base/ptxi.h"

enum ptxi_http1_state {
	PTXI_HTTP1_START,
	PTXI_HTTP1_FIELDS,
	PTXI_HTTP1_BODY,  /* so many bytes */
	PTXI_HTTP1_CHUNK, /* the line with a chunk's size */
	PTXI_HTTP1_CHUNK_BODY,
	PTXI_HTTP1_CHUNK_END,
	PTXI_HTTP1_TRAILER,
	PTXI_HTTP1_DONE
};

struct ptxi_http1 {
	bool is_answer;
	bool no_body; /* client: the request was a HEAD */
	size_t max_header;
	size_t max_body; /* in all; 0: no limit (a stream) */
	/* Gets the body's bytes as they come; a negative code ends it. */
	int (*body)(void *user, struct ptx_str bytes, struct ptx_error **err);
	void *user;

	enum ptxi_http1_state state;
	char method[16]; /* of a request */
	char *target;    /* of a request; owned */
	int status;      /* of an answer */
	bool keep_alive;
	bool is_chunked;
	bool has_length;
	bool wants_continue; /* Expect: 100-continue */
	uint64_t length;     /* of what is left of the body or chunk */
	size_t header_n;     /* bytes of header so far */
	uint64_t body_n;
	unsigned hosts;
};

enum { PTXI_HTTP1_MORE = 0, PTXI_HTTP1_HEADER = 1, PTXI_HTTP1_WHOLE = 2 };

/* For the next message; what the caller set stays. */
void ptxi_http1_reset(struct ptxi_http1 *h);
void ptxi_http1_done(struct ptxi_http1 *h);
/* Takes what is there. MORE: needs more bytes; HEADER (once a message): the fields are known,
 * max_body may be set now, call again; WHOLE: the message is complete, and stays until the next
 * reset. Fails: SYNTAX, LIMIT, UNSUPPORTED, NOMEM or body()'s code; the connection is of no further
 * use then. */
int ptxi_http1_feed(struct ptxi_http1 *h, struct evbuffer *in, struct ptx_error **err);
/* The text of a status. */
const char *ptxi_http1_reason(int status);

#endif
