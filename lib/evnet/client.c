/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - calls in a queue, links to one remote, one call on a link at a time.
 *
 *     send -> waiting -> (link idle, or connecting -> TLS) -> writing, reading -> done
 *
 * done() of a call is only called from the event loop, or from cancel and free. A link that fails
 * takes its call with it; where the call is repeatable and the link had been used before (so that
 * its remote may have closed it in the same instant), the call goes back to the front of the queue,
 * once.
 */
#define PTX_AREA PTX_AREA_EVNET
#include "client.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http1.h"

struct link;

struct ptxi_call {
	struct ptxi_client *client;
	struct ptxi_call *next; /* while it waits */
	struct link *link;      /* while it is out */
	struct ptxi_call_opts o;
	char *method;
	char *path;
	char *body;
	bool was_repeated;
	struct ptx_buf in; /* the answer's body, or the line that is not complete yet */
	struct event *timer;
};

struct link {
	struct ptxi_client *client;
	struct link *next;
	int fd; /* while it connects */
	struct event *connecting;
	struct bufferevent *bev;
	struct event *timer; /* of connecting, and of idling */
	struct ptxi_call *call;
	struct ptxi_http1 http;
	bool is_ready;
	bool was_used;   /* an answer came over it */
	bool is_telling; /* inside of a done(): nobody else frees it */
	bool is_stale; /* made with a certificate that is not ours any more: not for another call */
};

struct ptxi_client {
	struct ptxi_client_opts o;
	char *host; /* what Host says */
	char *tls_name;
	struct sockaddr_storage to, from;
	socklen_t to_n, from_n;
	struct link *links;
	unsigned link_count;
	struct ptxi_call *waiting;
	unsigned waiting_count;
	struct event *pump;
};

static void link_free(struct link *k);

static void wake(struct ptxi_client *c)
{
	event_active(c->pump, EV_TIMEOUT, 0);
}

static void arm(struct event *e, int64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(e, &tv);
}

/* --- calls --- */

static void call_free(struct ptxi_call *call)
{
	if (!call)
		return;
	if (call->timer)
		event_free(call->timer);
	ptx_free(call->method);
	ptx_free(call->path);
	if (call->body)
		ptxi_wipe(call->body, call->o.body.n);
	ptx_free(call->body);
	ptx_buf_done(&call->in);
	ptx_free(call);
}

static void unqueue(struct ptxi_call *call)
{
	struct ptxi_call **at = &call->client->waiting;

	while (*at && *at != call)
		at = &(*at)->next;
	if (*at) {
		*at = call->next;
		call->client->waiting_count--;
	}
	call->next = NULL;
}

/* Takes the call off its link or out of the queue, tells, and frees it. */
static void finish(struct ptxi_call *call, const struct ptxi_answer *answer,
		   const struct ptx_error *e)
{
	struct link *k = call->link;

	if (k)
		k->call = NULL;
	else
		unqueue(call);
	call->link = NULL;
	if (k)
		k->is_telling = true; /* done() may change the certificate, which closes idle links,
					 but not this one yet */
	call->o.done(call->o.user, answer, e);
	if (k)
		k->is_telling = false;
	call_free(call);
}

static void finish_error(struct ptxi_call *call, struct ptx_error *e)
{
	finish(call, NULL, e);
	ptx_error_free(e);
}

static void on_call_timer(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_call *call = user;
	struct link *k = call->link;
	struct ptx_error *e = NULL;

	(void)fd, (void)what;
	ptx_fail(&e, PTX_E_TIMEOUT, "no answer from %s within %lld ms", call->client->host,
		 (long long)call->o.timeout_ms);
	finish_error(call, e);
	if (k)
		link_free(k);
}

void ptxi_call_cancel(struct ptxi_call *call)
{
	struct link *k = call->link;
	struct ptx_error *e = NULL;

	ptx_fail(&e, PTX_E_CANCELED, "the call was ended");
	finish_error(call, e);
	if (k)
		link_free(k);
}

struct ptxi_call *ptxi_client_send(struct ptxi_client *c, const struct ptxi_call_opts *o,
				   struct ptx_error **err)
{
	struct ptxi_call *call = NULL;
	struct ptxi_call **end = &c->waiting;

	if (c->waiting_count >= c->o.waiting) {
		ptx_fail(err, PTX_E_LIMIT, "more than %u calls wait for %s", c->o.waiting, c->host);
		return NULL;
	}
	call = ptxi_alloc(sizeof(*call));
	if (call) {
		call->client = c;
		call->o = *o;
		call->o.timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 30000;
		ptx_buf_init(&call->in, c->o.max_body);
		call->method = ptxi_strdup(o->method);
		call->path = ptxi_strdup(o->path);
		call->body = ptxi_str_dup(o->body);
		call->timer = event_new(c->o.base, -1, 0, on_call_timer, call);
	}
	if (!call || !call->method || !call->path || !call->body || !call->timer) {
		call_free(call);
		ptx_fail(err, PTX_E_NOMEM, "no memory for a call");
		return NULL;
	}
	arm(call->timer, call->o.timeout_ms);
	while (*end)
		end = &(*end)->next;
	*end = call;
	c->waiting_count++;
	wake(c);
	return call;
}

/* --- links --- */

static void link_free(struct link *k)
{
	struct link **at = &k->client->links;

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	k->client->link_count--;
	if (k->connecting)
		event_free(k->connecting);
	if (k->bev)
		bufferevent_free(k->bev);
	if (k->fd >= 0)
		close(k->fd);
	if (k->timer)
		event_free(k->timer);
	ptxi_http1_done(&k->http);
	wake(k->client);
	ptx_free(k);
	ERR_clear_error();
}

/* The link broke: its call fails, or goes out again on another one. */
static void link_fail(struct link *k, struct ptx_error *e)
{
	struct ptxi_call *call = k->call;
	struct ptxi_client *c = k->client;
	bool again = call && call->o.repeatable && !call->was_repeated && k->was_used &&
		     k->http.state == PTXI_HTTP1_START;

	if (again) {
		call->was_repeated = true;
		call->link = NULL;
		k->call = NULL;
		call->next = c->waiting;
		c->waiting = call;
		c->waiting_count++;
		ptx_error_free(e);
	} else if (call) {
		finish_error(call, e);
	} else {
		ptx_error_free(e);
	}
	link_free(k);
}

static void write_call(struct link *k, struct ptxi_call *call)
{
	struct evbuffer *out = bufferevent_get_output(k->bev);

	k->call = call;
	call->link = k;
	ptx_buf_clear(&call->in);
	ptxi_http1_reset(&k->http);
	k->http.max_body = call->o.line ? 0 : k->client->o.max_body;
	event_del(k->timer);
	evbuffer_add_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", call->method, call->path,
			    k->client->host);
	if (call->o.body.n > 0)
		evbuffer_add_printf(out, "Content-Type: application/json\r\n");
	if (call->o.body.n > 0 || strcmp(call->method, "GET") != 0)
		evbuffer_add_printf(out, "Content-Length: %zu\r\n", call->o.body.n);
	evbuffer_add(out, "\r\n", 2);
	evbuffer_add(out, call->body, call->o.body.n);
}

/* Hands out the lines that are complete. */
static int split_lines(struct ptxi_call *call, struct ptx_error **err)
{
	struct ptx_str rest = ptx_buf_str(&call->in);
	size_t end = 0;

	while ((end = ptxi_str_find_char(rest, '\n')) != SIZE_MAX) {
		int code = call->o.line(call->o.user, ptxi_str_sub(rest, 0, end));

		if (code < 0)
			return ptx_fail(err, code, "the stream was ended by its reader");
		rest = ptxi_str_from(rest, end + 1);
	}
	if (rest.n < call->in.n) {
		size_t n = rest.n;

		memmove(call->in.p, rest.p, n);
		ptx_buf_truncate(&call->in, n);
	}
	return 0;
}

static int on_body(void *user, struct ptx_str bytes, struct ptx_error **err)
{
	struct link *k = user;
	struct ptxi_call *call = k->call;

	ptx_buf_addstr(&call->in, bytes);
	if (!ptx_buf_ok(&call->in))
		return ptx_fail(err, call->in.status, "the answer of %s is too large",
				k->client->host);
	if (!call->o.line || k->http.status != 200)
		return 0;
	arm(call->timer, call->o.timeout_ms);
	return memchr(bytes.p, '\n', bytes.n) ? split_lines(call, err) : 0;
}

static void answer_whole(struct link *k)
{
	struct ptxi_client *c = k->client;
	struct ptxi_call *call = k->call;
	bool is_stream = call->o.line && k->http.status == 200;
	struct ptxi_answer a = { k->http.status,
				 is_stream ? (struct ptx_str){ "", 0 } : ptx_buf_str(&call->in) };
	bool keep = k->http.keep_alive && evbuffer_get_length(bufferevent_get_input(k->bev)) == 0;

	k->was_used = true;
	finish(call, &a, NULL);
	if (!keep || k->is_stale) {
		link_free(k);
		return;
	}
	arm(k->timer, c->o.idle_ms);
	wake(c);
}

static void on_read(struct bufferevent *bev, void *user)
{
	struct link *k = user;
	struct ptx_error *e = NULL;
	int got = PTXI_HTTP1_HEADER;

	if (!k->call) { /* bytes that nobody asked for */
		link_free(k);
		return;
	}
	while (got == PTXI_HTTP1_HEADER) {
		got = ptxi_http1_feed(&k->http, bufferevent_get_input(bev), &e);
		if (got == PTXI_HTTP1_WHOLE && k->http.status < 200) {
			ptxi_http1_reset(&k->http);
			got = PTXI_HTTP1_HEADER;
		}
	}
	if (got < 0)
		link_fail(k, e);
	else if (got == PTXI_HTTP1_WHOLE)
		answer_whole(k);
}

/* Why TLS failed: a peer that is not who it should be is worth another code than a network that is
 * down. */
static void link_error(struct link *k, short what, struct ptx_error **e)
{
	const char *host = k->client->host;
	char reason[160];
	unsigned long ssl = k->bev && k->client->o.tls ? bufferevent_get_openssl_error(k->bev) : 0;
	SSL *s = k->client->o.tls && k->bev ? bufferevent_openssl_get_ssl(k->bev) : NULL;
	long verify = s && !k->is_ready ? SSL_get_verify_result(s) : X509_V_OK;

	if (verify != X509_V_OK) {
		ptx_fail(e, PTX_E_UNTRUSTED, "the certificate of %s does not hold: %s", host,
			 X509_verify_cert_error_string(verify));
	} else if (ssl) {
		const char *text = ERR_reason_error_string(ssl);

		snprintf(reason, sizeof(reason), "%s", text ? text : "unknown");
		ptx_fail(e,
			 ERR_GET_LIB(ssl) == ERR_LIB_SSL && strstr(reason, "certificate")
			     ? PTX_E_AUTH
			     : PTX_E_UNAVAILABLE,
			 "TLS with %s failed: %s", host, reason);
	} else {
		ptx_fail(e, PTX_E_UNAVAILABLE, "%s closed the connection%s", host,
			 what & BEV_EVENT_ERROR ? " with an error" : "");
	}
	ERR_clear_error();
}

static void link_ready(struct link *k)
{
	k->is_ready = true;
	event_del(k->timer);
	arm(k->timer, k->client->o.idle_ms);
	wake(k->client);
}

static void on_event(struct bufferevent *bev, short what, void *user)
{
	struct link *k = user;
	struct ptx_error *e = NULL;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED) {
		link_ready(k);
		return;
	}
	if (!k->is_ready &&
	    !k->call) { /* nobody waits on it by name: tell the first one in the queue */
		struct ptxi_call *call = k->client->waiting;

		link_error(k, what, &e);
		if (call)
			finish(call, NULL, e);
		ptx_error_free(e);
		link_free(k);
		return;
	}
	link_error(k, what, &e);
	link_fail(k, e);
}

static bool start_tls(struct link *k)
{
	struct ptxi_client *c = k->client;
	SSL *ssl = SSL_new(c->o.tls);

	if (ssl && SSL_set1_host(ssl, c->tls_name) == 1 &&
	    SSL_set_tlsext_host_name(ssl, c->tls_name) == 1) {
		SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_WILDCARDS);
		k->bev = bufferevent_openssl_socket_new(
		    c->o.base, k->fd, ssl, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
	}
	if (!k->bev) {
		SSL_free(ssl);
		return false;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(k->bev, 1);
	return true;
}

static void connect_failed(struct link *k, int errnum)
{
	struct ptxi_call *call = k->client->waiting;
	struct ptx_error *e = NULL;

	ptx_fail_errno(&e, PTX_E_UNAVAILABLE, errnum, "cannot connect to %s", k->client->host);
	if (call)
		finish(call, NULL, e);
	ptx_error_free(e);
	link_free(k);
}

static void on_connected(evutil_socket_t fd, short what, void *user)
{
	struct link *k = user;
	struct ptxi_client *c = k->client;
	int errnum = 0;
	socklen_t n = sizeof(errnum);
	bool ok = false;

	(void)what;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &n) < 0 || errnum != 0) {
		connect_failed(k, errnum);
		return;
	}
	event_free(k->connecting);
	k->connecting = NULL;
	if (c->o.tls)
		ok = start_tls(k);
	else
		ok =
		    (k->bev = bufferevent_socket_new(c->o.base, fd, BEV_OPT_CLOSE_ON_FREE)) != NULL;
	if (!ok) {
		connect_failed(k, ENOMEM);
		return;
	}
	k->fd = -1;
	bufferevent_setcb(k->bev, on_read, NULL, on_event, k);
	bufferevent_setwatermark(k->bev, EV_READ, 0, (size_t)256 << 10);
	bufferevent_enable(k->bev, EV_READ | EV_WRITE);
	if (!c->o.tls)
		link_ready(k);
}

/* Connecting took too long, or an idle link is not needed any more. */
static void on_link_timer(evutil_socket_t fd, short what, void *user)
{
	struct link *k = user;

	(void)fd, (void)what;
	if (k->is_ready)
		link_free(k);
	else
		connect_failed(k, ETIMEDOUT);
}

static void link_new(struct ptxi_client *c)
{
	struct link *k = ptxi_alloc(sizeof(*k));
	int unlimited = 1;

	if (!k)
		return;
	k->client = c;
	k->next = c->links;
	c->links = k;
	c->link_count++;
	k->http = (struct ptxi_http1){
		.is_answer = true, .max_header = (size_t)16 << 10, .body = on_body, .user = k
	};
	ptxi_http1_reset(&k->http);
	k->fd = socket(c->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	k->timer = event_new(c->o.base, -1, 0, on_link_timer, k);
	k->connecting = k->fd >= 0 ? event_new(c->o.base, k->fd, EV_WRITE, on_connected, k) : NULL;
	if (!k->connecting || !k->timer) {
		connect_failed(k, k->fd < 0 ? errno : ENOMEM);
		return;
	}
	if (c->to.ss_family != AF_UNIX)
		setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &unlimited, sizeof(unlimited));
	if ((c->from_n && bind(k->fd, (struct sockaddr *)&c->from, c->from_n) < 0) ||
	    (connect(k->fd, (struct sockaddr *)&c->to, c->to_n) < 0 && errno != EINPROGRESS)) {
		connect_failed(k, errno);
		return;
	}
	arm(k->timer, c->o.connect_ms);
	event_add(k->connecting, NULL);
}

/* Gives waiting calls to idle links, and makes links while there are more calls than those to come.
 */
static void on_pump(evutil_socket_t fd, short what, void *user)
{
	struct ptxi_client *c = user;
	unsigned coming = 0;

	(void)fd, (void)what;
	for (struct link *k = c->links; k; k = k->next) {
		struct ptxi_call *call = c->waiting;

		if (!k->is_ready)
			coming++;
		else if (!k->call && call) {
			unqueue(call);
			write_call(k, call);
		}
	}
	if (c->waiting_count > coming && c->link_count < c->o.connections) {
		link_new(c);
		wake(c);
	}
}

/* --- the client --- */

static bool to_sockaddr(const char *ip, uint16_t port, struct sockaddr_storage *out, socklen_t *n)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		*n = sizeof(*v4);
		return true;
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	*n = sizeof(*v6);
	return inet_pton(AF_INET6, ip, &v6->sin6_addr) == 1;
}

static int set_remote(struct ptxi_client *c, struct ptx_error **err)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&c->to;

	if (c->o.unix_path) {
		size_t n = strlen(c->o.unix_path);

		if (n >= sizeof(un->sun_path))
			return ptx_fail(err, PTX_E_INVALID,
					"the path of the socket '%s' is too long", c->o.unix_path);
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, c->o.unix_path, n + 1);
		c->to_n = sizeof(*un);
		c->host = ptxi_strdup("localhost");
		return 0;
	}
	if (!c->o.ip || !to_sockaddr(c->o.ip, c->o.port, &c->to, &c->to_n))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address",
				c->o.ip ? c->o.ip : "");
	if (c->o.source_ip && !to_sockaddr(c->o.source_ip, 0, &c->from, &c->from_n))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address", c->o.source_ip);
	c->host = ptxi_asprintf(c->to.ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u", c->o.ip,
				(unsigned)c->o.port);
	return 0;
}

static int set_up(struct ptxi_client *c, const struct ptxi_client_opts *o, struct ptx_error **err)
{
	c->o = *o;
	c->o.connections = o->connections ? o->connections : 1;
	c->o.waiting = o->waiting ? o->waiting : 1024;
	c->o.connect_ms = o->connect_ms ? o->connect_ms : 5000;
	c->o.idle_ms = o->idle_ms ? o->idle_ms : 30000;
	c->o.max_body = o->max_body ? o->max_body : (size_t)16 << 20;
	if (c->o.tls)
		SSL_CTX_up_ref(c->o.tls);
	if (o->tls && !o->tls_name)
		return ptx_fail(err, PTX_E_INVALID,
				"a client with TLS needs the name of its server");
	if (set_remote(c, err) < 0)
		return PTX_E_INVALID;
	c->tls_name = o->tls_name ? ptxi_strdup(o->tls_name) : NULL;
	c->pump = event_new(o->base, -1, 0, on_pump, c);
	if (!c->host || (o->tls_name && !c->tls_name) || !c->pump)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a client");
	return 0;
}

struct ptxi_client *ptxi_client_new(const struct ptxi_client_opts *o, struct ptx_error **err)
{
	struct ptxi_client *c = ptxi_alloc(sizeof(*c));

	if (!c) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a client");
		return NULL;
	}
	if (set_up(c, o, err) < 0) {
		ptxi_client_free(c);
		return NULL;
	}
	return c;
}

void ptxi_client_free(struct ptxi_client *c)
{
	if (!c)
		return;
	while (c->waiting)
		ptxi_call_cancel(c->waiting);
	while (c->links) {
		if (c->links->call)
			ptxi_call_cancel(c->links->call);
		else
			link_free(c->links);
	}
	if (c->pump)
		event_free(c->pump);
	SSL_CTX_free(c->o.tls);
	ptx_free(c->host);
	ptx_free(c->tls_name);
	ptx_free(c);
}

void ptxi_client_set_tls(struct ptxi_client *c, SSL_CTX *tls)
{
	struct link *k = c->links;

	SSL_CTX_up_ref(tls);
	SSL_CTX_free(c->o.tls);
	c->o.tls = tls;
	while (k) { /* idle links go with the old certificate */
		struct link *next = k->next;

		if (!k->call && !k->is_telling)
			link_free(k);
		else
			k->is_stale = true;
		k = next;
	}
}
