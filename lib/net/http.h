/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - one HTTP request, whatever it needs: limits, retry, redirects, TLS, unix sockets, a
 * trace.
 *
 * An answer of any status is a success here; ptxi_http_expect() turns one that is not 2xx into an
 * error. What only reads (GET, HEAD, OPTIONS, or `safe`) is tried again after a fault of the
 * connection and after 429 and 5xx. What creates or changes is sent exactly once, on a connection
 * of its own: whoever sends it again has looked first. (Where no connection could be made it was
 * not sent, and is tried again.)
 */
#ifndef PTXI_HTTP_H
#define PTXI_HTTP_H

#include "../base/ctx.h"

struct ptxi_http;

struct ptxi_http_header {
	const char *name;
	const char *value;
	bool secret; /* "***" in the log, and not sent on to another origin */
};

struct ptxi_http_tls {
	struct ptx_str ca_pem;   /* instead of the system's authorities */
	struct ptx_str cert_pem; /* who we are, and its key */
	struct ptx_str key_pem;
	const char *fingerprint; /* SHA-256 of the server's certificate in hex: checked instead of
				    chain and name */
	bool tls13;              /* at least TLS 1.3; else 1.2 */
	bool insecure;           /* whoever answers is believed: only where a person asked for it */
};

/* Gets a piece of a 2xx answer's body. Non-zero (a negative code) stops the request and is its
 * result. */
typedef int (*ptxi_http_body_fn)(struct ptx_str piece, void *user);

/* Zero is the default of every member but method and url. */
struct ptxi_http_request {
	const char *method;
	const char *url; /* http or https */
	const struct ptxi_http_header *headers;
	size_t header_count;
	struct ptx_str body;
	const char *body_path;   /* a regular file that is sent instead of body */
	const char *unix_socket; /* where to connect; the URL gives Host and path only */
	const char *connect_to;  /* "127.0.0.1:9111": there, though the URL names the server (TLS
				    checks its name) */
	const struct ptxi_http_tls *tls;
	bool safe;          /* sending it twice does no harm, though the method does not say so */
	bool secret_query;  /* the log shows the URL without its query */
	int64_t timeout_ms; /* of one attempt; 0: 5 minutes; <0: none */
	int64_t connect_ms; /* 0: 10 s */
	int64_t idle_ms;    /* without a byte either way; 0: 60 s; <0: none */
	size_t max_body;    /* of the answer; 0: 64 MiB */
	unsigned attempts;  /* 0: 4; of requests that may be sent again */
	int64_t backoff_ms; /* before the second attempt, then doubled; 0: 200 ms */
	unsigned max_redirects; /* of GET and HEAD; 0: none are followed */
	ptxi_http_body_fn
	    on_body; /* the body goes there, piece by piece, and not into the answer */
	void *user;
};

struct ptxi_http_answer {
	int status;
	char reason[64];        /* "Not Found", as the server put it; "" when it said nothing */
	struct ptx_buf headers; /* "Name: value" lines, each ended by \n */
	struct ptx_buf body;
	char *url; /* after redirects; owned */
	unsigned attempts;
	bool unsent; /* no connection was made: nothing can have been carried out */
};
void ptxi_http_answer_init(struct ptxi_http_answer *a);
void ptxi_http_answer_done(struct ptxi_http_answer *a);
#define ptxi_auto_answer PTXI_CLEANUP(ptxi_http_answer_done) struct ptxi_http_answer

/* A client: connections that are kept between requests. ctx must outlive it. Fails: UNSUPPORTED
 * (the module is not installed), NOMEM. Thread: one client may be used from many threads. */
struct ptxi_http *ptxi_http_new(const struct ptx_ctx *ctx, struct ptx_error **err);
void ptxi_http_free(struct ptxi_http *h);
PTXI_DEFINE_AUTO(http);

/* Sends a request and reads the answer into `answer`, which was initialised; what it held is
 * dropped.
 *
 * Fails: UNAVAILABLE (no connection, or it broke: a request that changes something may have been
 * carried out), TIMEOUT, CANCELED, LIMIT (the answer is larger than allowed), UNTRUSTED (the
 * server's certificate, or an answer that is not HTTP), INVALID (the request), what on_body
 * returned, IO (body_path), NOMEM.
 */
int ptxi_http_send(struct ptxi_http *h, const struct ptxi_http_request *r,
		   struct ptxi_http_answer *answer, struct ptx_error **err);

/* 0 for a 2xx answer; else fails with the code that fits the status, the remote's own words (the
 * start of its body), and the status kept. what: "while" is not part of it ("creating network
 * 'x'"). */
int ptxi_http_expect(const struct ptxi_http_answer *answer, const char *what,
		     struct ptx_error **err);
/* The code of a status: 404 is NOT_FOUND, 409 CONFLICT, 429 BUSY, 503 UNAVAILABLE, ... */
int ptxi_http_code(int status);

/* The value of an answer's header (any case), the last one wins; {NULL, 0} when absent. */
struct ptx_str ptxi_http_header(const struct ptxi_http_answer *answer, const char *name);
/* Appends text as one part of a URL's path or query: all but unreserved characters as %XX. */
void ptxi_http_escape(struct ptx_str text, struct ptx_buf *out);
/* Milliseconds to wait by a Retry-After header (seconds or an HTTP date); -1 when it says nothing
 * sensible. */
int64_t ptxi_http_retry_after(struct ptx_str value, int64_t now_unix);

/* What the module `curl` fills: one exchange, without retry, redirects or log. The module needs no
 * symbol of this library: what it has to say goes through this struct. */
struct ptxi_http_exchange {
	/* in */
	const char *method;
	const char *url;
	const char *const *lines; /* "Name: value", NULL-terminated */
	struct ptx_str body;
	int body_fd; /* -1: body */
	int64_t body_size;
	const char *unix_socket;
	const char *connect_to;
	const struct ptxi_http_tls *tls;
	bool fresh;         /* on a connection that was never used; sent once, whatever happens */
	int64_t timeout_ms; /* 0: none, here and below */
	int64_t connect_ms;
	int64_t idle_ms;
	/* Called as the answer comes. on_header gets each line of the final answer without its end;
	 * on_body returns 0 to go on or a negative code. status is set before the first on_body. */
	void (*on_header)(struct ptx_str line, void *user);
	int (*on_body)(struct ptx_str piece, void *user);
	/* Asked several times a second; true ends the exchange with CANCELED. */
	bool (*canceled)(void *user);
	void *user;
	/* out */
	int status;
	char reason[64]; /* the words behind the status */
	bool unsent;     /* no connection was made */
	char fault[256]; /* what went wrong, where exchange() returns a negative code */
};

struct ptxi_http_module {
	unsigned abi;
	void *(*open)(void); /* NULL without memory */
	void (*close)(void *client);
	int (*exchange)(void *client, struct ptxi_http_exchange *x);
	/* Writes the absolute URL of a reference in a document at base; false when it is none, or
	 * longer than max. */
	bool (*resolve)(const char *base, const char *reference, char *out, size_t max);
};

#endif
