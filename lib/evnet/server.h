/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - an HTTP/1.1 server on libevent: routes, client certificates, streams to readers that
 * may be slow.
 *
 * A handler gets an exchange and answers it now or later; it must answer once. Until then the
 * exchange lives, unless the peer goes away or is dropped: then its close function is called and
 * the exchange is gone. Thread: that of its event base.
 */
#ifndef PTXI_SERVER_H
#define PTXI_SERVER_H

#include <event2/event.h>
#include "tls.h"

struct ptxi_exchange;
typedef void (*ptxi_handler_fn)(struct ptxi_exchange *x, void *user);

struct ptxi_route {
	const char *method;
	const char *path; /* exact, or ends in '/': a prefix */
	size_t max_body;  /* 413 beyond */
	bool is_open;     /* needs no client certificate; else 401 without one */
	ptxi_handler_fn fn;
};

struct ptxi_server_opts {
	struct event_base *base;
	const char *ip;                  /* numeric */
	uint16_t port;                   /* 0: any, see ptxi_server_port() */
	int fd;                          /* > 0: a listening socket that is there already; taken */
	SSL_CTX *tls;                    /* NULL: plain (tests); up-referenced */
	const struct ptxi_route *routes; /* ends with a NULL method */
	void *user;
	unsigned connections;      /* at once; 0: 4,096; more are closed at once */
	unsigned connections_each; /* from one address; 0: 64 */
	size_t max_header;         /* 0: 16 KiB */
	size_t max_queue; /* bytes waiting for a slow reader of a stream; 0: 1 MiB over its largest
			     line */
	int64_t idle_ms;  /* to say a whole request, TLS included, or to stay idle; 0: 30,000 */
};

struct ptxi_server;
/* Listens. UNAVAILABLE or DENIED (the address), INVALID, NOMEM. */
struct ptxi_server *ptxi_server_new(const struct ptxi_server_opts *o, struct ptx_error **err);
/* Closes all connections (close functions are called). */
void ptxi_server_free(struct ptxi_server *s);
PTXI_DEFINE_AUTO(server);
uint16_t ptxi_server_port(const struct ptxi_server *s);
int ptxi_server_fd(const struct ptxi_server *s);
/* Uses another certificate for connections from now on. */
void ptxi_server_set_tls(struct ptxi_server *s, SSL_CTX *tls);
unsigned ptxi_server_count(const struct ptxi_server *s);

const char *ptxi_exchange_method(const struct ptxi_exchange *x);
/* Without the query; "" when there is none. */
const char *ptxi_exchange_path(const struct ptxi_exchange *x);
const char *ptxi_exchange_query(const struct ptxi_exchange *x);
/* A parameter of the query, percent-decoded into out; false when missing or too long. */
bool ptxi_exchange_param(const struct ptxi_exchange *x, const char *name, char *out, size_t n);
struct ptx_str ptxi_exchange_body(const struct ptxi_exchange *x);
/* Numeric, IPv4 in IPv6 as IPv4. */
const char *ptxi_exchange_ip(const struct ptxi_exchange *x);
/* The verified certificate, or NULL; borrowed. */
X509 *ptxi_exchange_certificate(const struct ptxi_exchange *x);
/* The certificates that the peer sent along with it, or NULL; borrowed. */
STACK_OF(X509) * ptxi_exchange_chain(const struct ptxi_exchange *x);
/* What belongs to this exchange's connection, e.g. who it is; freed with it. */
void *ptxi_exchange_peer(const struct ptxi_exchange *x);
void ptxi_exchange_set_peer(struct ptxi_exchange *x, void *peer, void (*free_peer)(void *));

/* Called when the exchange goes away before it was answered or its stream ended. */
void ptxi_exchange_on_close(struct ptxi_exchange *x,
			    void (*fn)(struct ptxi_exchange *x, void *user), void *user);
/* Answers with JSON (or nothing: an empty body) and ends the exchange. */
void ptxi_exchange_reply(struct ptxi_exchange *x, int status, struct ptx_str body);
/* Answers with 200 and begins a stream of lines. */
void ptxi_exchange_stream(struct ptxi_exchange *x);
/* Queues one line (the newline is added). false: the reader was too slow and is dropped; its close
 * function is called from the event loop, not from here. */
bool ptxi_exchange_line(struct ptxi_exchange *x, struct ptx_str line);
void ptxi_exchange_end(struct ptxi_exchange *x);

#endif
