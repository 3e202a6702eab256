/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - connections, requests and routes on bufferevents.
 *
 * A connection has at most one exchange open; what a peer sends ahead waits in its (bounded) input.
 * Connections are freed from the event loop only, never inside a call of a handler: a handler's
 * replies and a dropped reader just mark the connection and wake its timer. One timer for each
 * bounds the handshake, the reading of a request and idling; while a handler works or streams it is
 * off, and a peer that does not read is caught by the queue's bound and by the write timeout.
 *
 *     accept -> (TLS) -> reading -> open (handler) -> replied -> reading ...
 *                                        \-> streaming -> ended -> reading ...
 */
#define PTX_AREA PTX_AREA_EVNET
#include "server.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "http1.h"

#define WRITE_TIMEOUT_S 30
#define READ_AHEAD      ((size_t)64 << 10)

enum exchange_state { READING, OPEN, STREAMING };

struct ptxi_exchange {
	struct ptxi_server *server;
	struct ptxi_exchange *prev, *next;
	struct bufferevent *bev;
	struct event *timer;
	struct ptxi_http1 http;
	struct ptx_buf body;
	const struct ptxi_route *route;
	enum exchange_state state;
	bool is_ready;   /* TLS is up */
	bool is_closing; /* once the output is written */
	bool is_dropped; /* at once */
	size_t largest;  /* line of the stream so far */
	char ip[46];
	char *query; /* in http.target */
	X509 *certificate;
	STACK_OF(X509) * chain; /* that came along with it */
	void *peer;
	void (*free_peer)(void *);
	void (*on_close)(struct ptxi_exchange *, void *);
	void *on_close_user;
};

struct ptxi_server {
	struct ptxi_server_opts o;
	struct evconnlistener *listener;
	struct ptxi_exchange *first;
	unsigned count;
};

static void conn_free(struct ptxi_exchange *x)
{
	if (x->state != READING && x->on_close)
		x->on_close(x, x->on_close_user);
	if (x->prev)
		x->prev->next = x->next;
	else
		x->server->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	x->server->count--;
	if (x->bev)
		bufferevent_free(x->bev);
	if (x->timer)
		event_free(x->timer);
	if (x->free_peer)
		x->free_peer(x->peer);
	X509_free(x->certificate);
	sk_X509_pop_free(x->chain, X509_free);
	ptxi_http1_done(&x->http);
	ptx_buf_done(&x->body);
	ptx_free(x);
	ERR_clear_error();
}

static void arm(struct ptxi_exchange *x, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(x->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	(void)fd, (void)what;
	conn_free(user);
}

/* --- answers --- */

static void next_request(struct ptxi_exchange *x)
{
	x->state = READING;
	x->on_close = NULL;
	x->route = NULL;
	x->largest = 0;
	ptxi_http1_reset(&x->http);
	ptx_buf_done(&x->body);
	arm(x, x->server->o.idle_ms);
	if (x->is_closing)
		bufferevent_disable(x->bev, EV_READ);
	else
		bufferevent_trigger(x->bev, EV_READ,
				    BEV_TRIG_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
}

static void write_reply(struct ptxi_exchange *x, int status, struct ptx_str body)
{
	struct evbuffer *out = bufferevent_get_output(x->bev);

	evbuffer_add_printf(
	    out,
	    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
	    status, ptxi_http1_reason(status), body.n,
	    x->is_closing ? "Connection: close\r\n" : "");
	if (body.n > 0)
		evbuffer_add(out, body.p, body.n);
}

void ptxi_exchange_reply(struct ptxi_exchange *x, int status, struct ptx_str body)
{
	if (!x->http.keep_alive)
		x->is_closing = true;
	write_reply(x, status, body);
	next_request(x);
}

static void refuse(struct ptxi_exchange *x, int status, const char *code, const char *message)
{
	char body[300];

	snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", code,
		 message);
	x->is_closing = true;
	ptxi_exchange_reply(x, status, ptxi_str(body));
}

void ptxi_exchange_stream(struct ptxi_exchange *x)
{
	struct timeval tv = { WRITE_TIMEOUT_S, 0 };

	x->state = STREAMING;
	bufferevent_set_timeouts(x->bev, NULL, &tv);
	evbuffer_add_printf(bufferevent_get_output(x->bev),
			    "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
			    "Transfer-Encoding: chunked\r\n\r\n");
}

bool ptxi_exchange_line(struct ptxi_exchange *x, struct ptx_str line)
{
	struct evbuffer *out = bufferevent_get_output(x->bev);
	size_t max = x->server->o.max_queue;

	if (x->is_dropped)
		return false;
	if (line.n > x->largest)
		x->largest = line.n;
	if (evbuffer_get_length(out) + line.n > max + x->largest) {
		x->is_dropped = true;
		event_active(x->timer, EV_TIMEOUT, 0);
		return false;
	}
	evbuffer_add_printf(out, "%zx\r\n", line.n + 1);
	evbuffer_add(out, line.p, line.n);
	evbuffer_add(out, "\n\r\n", 3);
	return true;
}

void ptxi_exchange_end(struct ptxi_exchange *x)
{
	if (x->is_dropped)
		return;
	evbuffer_add(bufferevent_get_output(x->bev), "0\r\n\r\n", 5);
	bufferevent_set_timeouts(x->bev, NULL, NULL);
	if (!x->http.keep_alive)
		x->is_closing = true;
	next_request(x);
}

/* --- requests --- */

static const struct ptxi_route *find_route(const struct ptxi_exchange *x, bool *known)
{
	const char *path = x->http.target;

	*known = false;
	for (const struct ptxi_route *r = x->server->o.routes; r->method; r++) {
		size_t n = strlen(r->path);
		bool hit = r->path[n - 1] == '/' ? strncmp(path, r->path, n) == 0
						 : strcmp(path, r->path) == 0;

		*known = *known || hit;
		if (hit && strcmp(r->method, x->http.method) == 0)
			return r;
	}
	return NULL;
}

/* The header is known: is there somebody to hear the rest? */
static bool admit(struct ptxi_exchange *x)
{
	char *mark = strchr(x->http.target, '?');
	bool known = false;

	if (mark)
		*mark = '\0';
	x->query = mark ? mark + 1 : NULL;
	x->route = find_route(x, &known);
	if (!x->route)
		refuse(x, known ? 405 : 404, known ? "unsupported" : "not_found",
		       known ? "this path does not take this method" : "there is no such path");
	else if (!x->route->is_open && x->server->o.tls && !x->certificate)
		refuse(x, 401, "auth", "this path needs a client certificate");
	else if (x->http.has_length && x->http.length > x->route->max_body)
		refuse(x, 413, "limit", "the body is too large");
	else
		return true;
	return false;
}

static int add_body(void *user, struct ptx_str bytes, struct ptx_error **err)
{
	struct ptxi_exchange *x = user;

	ptx_buf_addstr(&x->body, bytes);
	return ptx_buf_ok(&x->body) ? 0 : ptx_fail(err, x->body.status, "the body is too large");
}

static void fail_request(struct ptxi_exchange *x, int code)
{
	if (code == PTX_E_LIMIT)
		refuse(x, x->route ? 413 : 431, "limit", "the request is too large");
	else if (code == PTX_E_NOMEM)
		refuse(x, 503, "nomem", "no memory for the request");
	else
		refuse(x, code == PTX_E_UNSUPPORTED ? 501 : 400, ptx_code_name(code),
		       "the request is no HTTP/1.1 of ours");
}

/* One step; false when there is nothing more to do now. */
static bool step(struct ptxi_exchange *x, struct evbuffer *in)
{
	int got = ptxi_http1_feed(&x->http, in, NULL);

	if (got == PTXI_HTTP1_MORE)
		return false;
	if (got < 0) {
		fail_request(x, got);
		return false;
	}
	if (got == PTXI_HTTP1_HEADER) {
		if (!admit(x))
			return false;
		x->http.max_body = x->route->max_body ? x->route->max_body : 1;
		ptx_buf_init(&x->body, x->http.max_body);
		if (x->http.wants_continue && x->http.state != PTXI_HTTP1_DONE)
			evbuffer_add_printf(bufferevent_get_output(x->bev),
					    "HTTP/1.1 100 Continue\r\n\r\n");
		return true;
	}
	event_del(x->timer);
	x->state = OPEN;
	x->route->fn(x, x->server->o.user);
	return false; /* next_request() triggers the reader when it has answered */
}

static void on_read(struct bufferevent *bev, void *user)
{
	struct ptxi_exchange *x = user;

	if (x->state != READING || x->is_closing || x->is_dropped)
		return;
	while (step(x, bufferevent_get_input(bev)))
		;
}

static void on_write(struct bufferevent *bev, void *user)
{
	struct ptxi_exchange *x = user;

	if (x->is_closing && x->state == READING &&
	    evbuffer_get_length(bufferevent_get_output(bev)) == 0) {
		if (x->is_ready && x->server->o.tls)
			SSL_shutdown(bufferevent_openssl_get_ssl(bev));
		conn_free(x);
	}
}

static void on_event(struct bufferevent *bev, short what, void *user)
{
	struct ptxi_exchange *x = user;

	if (!(what & BEV_EVENT_CONNECTED)) {
		conn_free(x);
		return;
	}
	x->is_ready = true;
	x->certificate = SSL_get1_peer_certificate(bufferevent_openssl_get_ssl(bev));
	x->chain = X509_chain_up_ref(SSL_get_peer_cert_chain(bufferevent_openssl_get_ssl(bev)));
}

/* --- connections --- */

static void address_text(const struct sockaddr *sa, char out[46])
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;

	out[0] = '\0';
	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, out,
			  46);
	else if (sa->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, 46);
	else if (sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &v6->sin6_addr, out, 46);
}

static bool is_crowded(const struct ptxi_server *s, const char *ip)
{
	unsigned same = 0;

	if (s->count >= s->o.connections)
		return true;
	for (const struct ptxi_exchange *x = s->first; x; x = x->next)
		same += strcmp(x->ip, ip) == 0;
	return same >= s->o.connections_each;
}

static struct bufferevent *wrap_socket(struct ptxi_server *s, evutil_socket_t fd)
{
	struct bufferevent *bev = NULL;
	SSL *ssl = NULL;

	if (!s->o.tls)
		return bufferevent_socket_new(s->o.base, fd, BEV_OPT_CLOSE_ON_FREE);
	ssl = SSL_new(s->o.tls);
	if (ssl)
		bev = bufferevent_openssl_socket_new(s->o.base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
						     BEV_OPT_CLOSE_ON_FREE);
	if (bev)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	else
		SSL_free(ssl);
	return bev;
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int n,
		      void *user)
{
	struct ptxi_server *s = user;
	struct ptxi_exchange *x = NULL;
	unsigned patience_ms = WRITE_TIMEOUT_S * 1000;
	char ip[46];

	(void)l, (void)n;
	address_text(sa, ip);
	if (!is_crowded(s, ip))
		x = ptxi_alloc(sizeof(*x));
	if (!x) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof(patience_ms));
	x->server = s;
	x->next = s->first;
	if (s->first)
		s->first->prev = x;
	s->first = x;
	s->count++;
	memcpy(x->ip, ip, sizeof(ip));
	x->http = (struct ptxi_http1){ .max_header = s->o.max_header, .body = add_body, .user = x };
	ptxi_http1_reset(&x->http);
	ptx_buf_init(&x->body, 0);
	x->bev = wrap_socket(s, fd);
	x->timer = event_new(s->o.base, -1, 0, on_timer, x);
	if (!x->bev)
		close(fd);
	if (!x->bev || !x->timer) {
		conn_free(x);
		return;
	}
	x->is_ready = !s->o.tls;
	bufferevent_setwatermark(x->bev, EV_READ, 0, READ_AHEAD);
	bufferevent_setcb(x->bev, on_read, on_write, on_event, x);
	arm(x, s->o.idle_ms);
	bufferevent_enable(x->bev, EV_READ | EV_WRITE);
}

static int listen_on(struct ptxi_server *s, struct ptx_error **err)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(s->o.port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(s->o.port) };
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;

	if (s->o.fd > 0) {
		evutil_make_socket_nonblocking(s->o.fd);
		s->listener = evconnlistener_new(s->o.base, on_accept, s, flags, 1024, s->o.fd);
	} else if (inet_pton(AF_INET, s->o.ip, &v4.sin_addr) == 1) {
		s->listener = evconnlistener_new_bind(s->o.base, on_accept, s, flags, 1024,
						      (struct sockaddr *)&v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, s->o.ip, &v6.sin6_addr) == 1) {
		s->listener = evconnlistener_new_bind(s->o.base, on_accept, s, flags, 1024,
						      (struct sockaddr *)&v6, sizeof(v6));
	} else {
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address", s->o.ip);
	}
	if (!s->listener)
		return ptx_fail_errno(
		    err, errno == EADDRINUSE ? PTX_E_UNAVAILABLE : ptxi_code_from_errno(errno),
		    errno, "cannot listen on %s port %u", s->o.ip ? s->o.ip : "the given socket",
		    (unsigned)s->o.port);
	return 0;
}

struct ptxi_server *ptxi_server_new(const struct ptxi_server_opts *o, struct ptx_error **err)
{
	struct ptxi_server *s = ptxi_alloc(sizeof(*s));

	if (!s) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a server");
		return NULL;
	}
	s->o = *o;
	s->o.connections = o->connections ? o->connections : 4096;
	s->o.connections_each = o->connections_each ? o->connections_each : 64;
	s->o.max_header = o->max_header ? o->max_header : (size_t)16 << 10;
	s->o.max_queue = o->max_queue ? o->max_queue : (size_t)1 << 20;
	s->o.idle_ms = o->idle_ms ? o->idle_ms : 30000;
	if (s->o.tls)
		SSL_CTX_up_ref(s->o.tls);
	if (listen_on(s, err) < 0) {
		ptxi_server_free(s);
		return NULL;
	}
	return s;
}

void ptxi_server_free(struct ptxi_server *s)
{
	if (!s)
		return;
	while (s->first)
		conn_free(s->first);
	if (s->listener)
		evconnlistener_free(s->listener);
	SSL_CTX_free(s->o.tls);
	ptx_free(s);
}

uint16_t ptxi_server_port(const struct ptxi_server *s)
{
	struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof(sa);

	if (getsockname(evconnlistener_get_fd(s->listener), (struct sockaddr *)&sa, &n) < 0)
		return 0;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): getsockname() filled it */
	return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
					      : ((struct sockaddr_in *)&sa)->sin_port);
}

int ptxi_server_fd(const struct ptxi_server *s)
{
	return evconnlistener_get_fd(s->listener);
}

void ptxi_server_set_tls(struct ptxi_server *s, SSL_CTX *tls)
{
	SSL_CTX_up_ref(tls);
	SSL_CTX_free(s->o.tls);
	s->o.tls = tls;
}

unsigned ptxi_server_count(const struct ptxi_server *s)
{
	return s->count;
}

/* --- what a handler asks --- */

const char *ptxi_exchange_method(const struct ptxi_exchange *x)
{
	return x->http.method;
}

const char *ptxi_exchange_path(const struct ptxi_exchange *x)
{
	return x->http.target ? x->http.target : "";
}

const char *ptxi_exchange_query(const struct ptxi_exchange *x)
{
	return x->query ? x->query : "";
}

static int hex(char c)
{
	return c >= '0' && c <= '9'                     ? c - '0'
	       : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
							: -1;
}

static bool decode(struct ptx_str s, char *out, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			if (i + 2 >= s.n || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0)
				return false;
			c = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		}
		if (!c || at + 1 >= n)
			return false;
		out[at++] = c;
	}
	out[at] = '\0';
	return true;
}

bool ptxi_exchange_param(const struct ptxi_exchange *x, const char *name, char *out, size_t n)
{
	struct ptx_str rest = ptxi_str(ptxi_exchange_query(x));
	struct ptx_str part = { NULL, 0 };

	while (ptxi_str_next(&rest, '&', &part)) {
		size_t eq = ptxi_str_find_char(part, '=');

		if (eq != SIZE_MAX && ptxi_str_is(ptxi_str_sub(part, 0, eq), name))
			return decode(ptxi_str_from(part, eq + 1), out, n);
	}
	return false;
}

struct ptx_str ptxi_exchange_body(const struct ptxi_exchange *x)
{
	return ptx_buf_str(&x->body);
}

const char *ptxi_exchange_ip(const struct ptxi_exchange *x)
{
	return x->ip;
}

X509 *ptxi_exchange_certificate(const struct ptxi_exchange *x)
{
	return x->certificate;
}

STACK_OF(X509) * ptxi_exchange_chain(const struct ptxi_exchange *x)
{
	return x->chain;
}

void *ptxi_exchange_peer(const struct ptxi_exchange *x)
{
	return x->peer;
}

void ptxi_exchange_set_peer(struct ptxi_exchange *x, void *peer, void (*free_peer)(void *))
{
	if (x->free_peer)
		x->free_peer(x->peer);
	x->peer = peer;
	x->free_peer = free_peer;
}

void ptxi_exchange_on_close(struct ptxi_exchange *x,
			    void (*fn)(struct ptxi_exchange *x, void *user), void *user)
{
	x->on_close = fn;
	x->on_close_user = user;
}
