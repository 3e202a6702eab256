/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against a server of our own that answers wrongly on purpose, by path. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/time.h"
#include "net/http.h"

Suite *suite_net_http(void);

struct server {
	int fd;
	int port;
	char socket_path[64];
	atomic_int requests; /* on all connections */
	atomic_int flaky;    /* how often it was not well */
	atomic_int connections;
	atomic_bool stop;
	char base[64];
};

static struct server server;
static struct ptx_ctx *ctx;
static struct ptxi_http *http;

/* ---- the server ---- */

static void say(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

static void answer(int fd, int status, const char *headers, const char *body)
{
	char text[4096] = "";

	snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n%s", status,
		 strlen(body), headers, body);
	say(fd, text);
}

static void hang(void)
{
	while (!server.stop)
		usleep(5000);
}

/* Reads one request into text; false at the end of the connection. */
static bool read_request(int fd, char *text, size_t max)
{
	size_t n = 0;
	size_t want = 0;

	text[0] = '\0';
	while (!want || n < want) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		const char *end = NULL;
		const char *length = NULL;
		ssize_t got = 0;

		if (server.stop)
			return false;
		if (poll(&p, 1, 20) <= 0)
			continue;
		got = recv(fd, text + n, max - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (!end || want)
			continue;
		length = strstr(text, "Content-Length: ");
		want = (size_t)(end - text) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
	}
	return true;
}

static void redirect(int fd, const char *location)
{
	char header[256] = "";

	snprintf(header, sizeof(header), "Location: %s\r\n", location);
	answer(fd, 302, header, "");
}

/* False: close the connection. */
static bool serve(int fd, const char *request, int nth_on_connection)
{
	char method[16] = "";
	char path[128] = "";
	char location[200] = "";
	int number = 0;

	ck_assert_int_eq(sscanf(request, "%15s %127s", method, path), 2);
	number = path[1] ? (int)strtol(path + strcspn(path, "0123456789"), NULL, 10) : 0;
	if (strcmp(path, "/ok") == 0) {
		answer(fd, 200, "X-Two: a\r\nx-two:  b \r\n",
		       strcmp(method, "HEAD") ? "hello" : "");
	} else if (strcmp(path, "/echo") == 0) {
		answer(fd, 200, "", request);
	} else if (strcmp(path, "/hang") == 0) {
		hang();
	} else if (strcmp(path, "/slow") == 0) {
		say(fd, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nsome");
		hang();
	} else if (strcmp(path, "/truncated") == 0) {
		say(fd, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nsome");
		return false;
	} else if (strcmp(path, "/truncated-chunk") == 0) {
		say(fd, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nsome");
		return false;
	} else if (strcmp(path, "/big") == 0) {
		say(fd, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < 1000; i++)
			say(fd, "a\r\n0123456789\r\n");
		say(fd, "0\r\n\r\n");
	} else if (strcmp(path, "/headers") == 0) {
		say(fd, "HTTP/1.1 200 X\r\nContent-Length: 0\r\n");
		for (int i = 0; i < 30000 && !server.stop; i++)
			say(fd, "X-Header: 0123456789\r\n");
		say(fd, "\r\n");
	} else if (strncmp(path, "/again", 6) == 0) {
		snprintf(location, sizeof(location), "/again%d", number - 1);
		if (number > 0)
			redirect(fd, location);
		else
			answer(fd, 200, "", "arrived");
	} else if (strcmp(path, "/ftp") == 0) {
		redirect(fd, "ftp://127.0.0.1/x");
	} else if (strcmp(path, "/elsewhere") == 0) {
		snprintf(location, sizeof(location), "http://localhost:%d/echo", server.port);
		redirect(fd, location);
	} else if (strcmp(path, "/flaky") == 0) {
		if (atomic_fetch_add(&server.flaky, 1) < 2)
			answer(fd, 503, "Retry-After: 0\r\n", "busy");
		else
			answer(fd, 200, "", "at last");
	} else if (strcmp(path, "/drop") == 0) {
		return false;
	} else if (strcmp(path, "/drop-used") == 0) {
		/* As a server that closes an idle connection just when a request comes. */
		if (nth_on_connection > 1)
			return false;
		answer(fd, 200, "", "first");
	} else if (strcmp(path, "/garbage") == 0) {
		say(fd, "SSH-2.0-x\r\n");
		return false;
	} else if (strncmp(path, "/status/", 8) == 0) {
		answer(fd, number, "", "{\"message\":\"no\nway\"}");
	} else {
		answer(fd, 404, "", "");
	}
	return true;
}

static void *connection(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char *text = malloc(1 << 20);
	int nth = 0;

	while (read_request(fd, text, 1 << 20)) {
		atomic_fetch_add(&server.requests, 1);
		if (!serve(fd, text, ++nth))
			break;
	}
	free(text);
	close(fd);
	return NULL;
}

static void *accept_loop(void *arg)
{
	int fd = (int)(intptr_t)arg;

	while (!server.stop) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		pthread_t thread;
		int got = poll(&p, 1, 20) > 0 ? accept(fd, NULL, NULL) : -1;

		if (got < 0)
			continue;
		atomic_fetch_add(&server.connections, 1);
		ck_assert_int_eq(pthread_create(&thread, NULL, connection, (void *)(intptr_t)got),
				 0);
		pthread_detach(thread);
	}
	close(fd);
	return NULL;
}

static void listen_on(int family, const struct sockaddr *address, socklen_t n)
{
	pthread_t thread;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = { 0 };
	socklen_t in_n = sizeof(in);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, address, n), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	if (family == AF_INET) {
		ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &in_n), 0);
		server.port = ntohs(in.sin_port);
	}
	ck_assert_int_eq(pthread_create(&thread, NULL, accept_loop, (void *)(intptr_t)fd), 0);
	pthread_detach(thread);
}

static void set_up(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memset(&server, 0, sizeof(server));
	snprintf(server.socket_path, sizeof(server.socket_path), "/tmp/ptx-http-%ld.sock",
		 (long)getpid());
	unlink(server.socket_path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", server.socket_path);
	listen_on(AF_INET, (const struct sockaddr *)&in, sizeof(in));
	listen_on(AF_UNIX, (const struct sockaddr *)&un, sizeof(un));
	snprintf(server.base, sizeof(server.base), "http://127.0.0.1:%d", server.port);
	ctx = ptx_ctx_new();
	http = ptxi_http_new(ctx, NULL);
	ck_assert_ptr_nonnull(http);
}

static void tear_down(void)
{
	server.stop = true;
	ptxi_http_free(http);
	ptx_ctx_free(ctx);
	unlink(server.socket_path);
	usleep(60000);
}

static const char *url(const char *path)
{
	static char text[160];

	snprintf(text, sizeof(text), "%s%s", server.base, path);
	return text;
}

/* ---- answers ---- */

START_TEST(reads_an_answer)
{
	ptxi_auto_answer a = { 0 };
	struct ptxi_http_request r = { .method = "GET", .url = url("/ok") };

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(a.body.p, "hello");
	ck_assert(ptxi_str_is(ptxi_http_header(&a, "X-TWO"), "b"));
	ck_assert_ptr_null(ptxi_http_header(&a, "X-Tw").p);
	ck_assert_uint_eq(a.attempts, 1);
	r.method = "HEAD";
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_uint_eq(a.body.n, 0);
	/* The connection was kept. */
	ck_assert_int_eq(server.connections, 1);
}
END_TEST

START_TEST(sends_body_and_headers_over_a_unix_socket)
{
	static const struct ptxi_http_header headers[] = {
		{ "Content-Type", "application/json", false }, { "X-Empty", "", false }
	};
	ptxi_auto_answer a = { 0 };
	struct ptxi_http_request r = {
		.method = "POST",
		.url = "http://engine/echo",
		.unix_socket = server.socket_path,
		.headers = headers,
		.header_count = 2,
		.body = PTXI_STR("{\"a\":1}"),
	};

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "POST /echo HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "Host: engine\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "Content-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "X-Empty:"));
	ck_assert_ptr_null(strstr(a.body.p, "Expect:"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "\r\n\r\n{\"a\":1}"));
	/* Without a body, a length of zero is still said. */
	r.body = PTXI_STR("");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "Content-Length: 0\r\n"));
	r.method = "DELETE";
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "DELETE /echo HTTP/1.1\r\n"));
}
END_TEST

START_TEST(sends_a_file)
{
	char path[64] = "";
	FILE *f = NULL;
	ptxi_auto_answer a = { 0 };
	struct ptxi_http_request r = { .method = "POST", .url = url("/echo"), .body_path = path };

	snprintf(path, sizeof(path), "/tmp/ptx-http-%ld.body", (long)getpid());
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("from a file", f);
	fclose(f);
	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "POST /echo"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "Content-Length: 11\r\n"));
	ck_assert_ptr_nonnull(strstr(a.body.p, "\r\n\r\nfrom a file"));
	unlink(path);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_NOT_FOUND);
	r.body_path = "/dev/zero";
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_INVALID);
}
END_TEST

/* ---- faults ---- */

static const struct {
	const char *path;
	int code;
	int requests; /* of a GET with two attempts */
} faults[] = {
	{ "/hang", PTX_E_TIMEOUT, 2 },          { "/slow", PTX_E_TIMEOUT, 2 },
	{ "/truncated", PTX_E_UNAVAILABLE, 2 }, { "/truncated-chunk", PTX_E_UNAVAILABLE, 2 },
	{ "/drop", PTX_E_UNAVAILABLE, 2 },      { "/big", PTX_E_LIMIT, 1 },
	{ "/headers", PTX_E_LIMIT, 1 },         { "/garbage", PTX_E_UNTRUSTED, 1 },
};

START_TEST(faults_have_codes)
{
	ptxi_auto_answer a = { 0 };
	ptx_auto(error) err = NULL;
	struct ptxi_http_request r = {
		.method = "GET",
		.url = url(faults[_i].path),
		.idle_ms = 150,
		.max_body = 1000,
		.attempts = 2,
		.backoff_ms = 1,
	};
	int64_t began = ptxi_time_mono_ms();

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, &err), faults[_i].code);
	ck_assert_int_eq(ptx_error_code(err), faults[_i].code);
	ck_assert_int_eq(server.requests, faults[_i].requests);
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 3000);
}
END_TEST

START_TEST(a_change_is_never_sent_again)
{
	static const char *const paths[] = { "/hang",  "/slow",       "/truncated", "/drop",
					     "/flaky", "/status/500", "/status/429" };

	for (size_t i = 0; i < PTXI_COUNT(paths); i++) {
		ptxi_auto_answer a = { 0 };
		struct ptxi_http_request r = { .method = "POST",
					       .url = url(paths[i]),
					       .idle_ms = 100,
					       .attempts = 5,
					       .backoff_ms = 1 };

		ptxi_http_answer_init(&a);
		server.requests = 0;
		ptxi_http_send(http, &r, &a, NULL);
		ck_assert_msg(server.requests == 1, "%s: %d requests", paths[i], server.requests);
	}
}
END_TEST

START_TEST(a_change_goes_on_a_connection_of_its_own)
{
	ptxi_auto_answer a = { 0 };
	struct ptxi_http_request r = { .method = "GET", .url = url("/drop-used") };

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	/* The kept connection would be closed without an answer; a client library then sends it
	 * again by itself. */
	for (int i = 0; i < 3; i++) {
		r.method = "POST";
		server.requests = 0;
		ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
		ck_assert_str_eq(a.body.p, "first");
		ck_assert_int_eq(server.requests, 1);
	}
	r.url = url("/drop");
	server.requests = 0;
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_UNAVAILABLE);
	ck_assert_int_eq(server.requests, 1);
}
END_TEST

START_TEST(reading_is_tried_again)
{
	ptxi_auto_answer a = { 0 };
	ptx_auto(error) err = NULL;
	struct ptxi_http_request r = { .method = "GET", .url = url("/flaky"), .backoff_ms = 1 };

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_str_eq(a.body.p, "at last");
	ck_assert_uint_eq(a.attempts, 3);
	/* The last answer is the result when it never gets better. */
	r.url = url("/status/503");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_int_eq(a.status, 503);
	ck_assert_uint_eq(a.attempts, 4);
	r.url = "http://127.0.0.1:1/";
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, &err), PTX_E_UNAVAILABLE);
	ck_assert(ptx_error_retryable(err));
	r.url = "http://engine/";
	r.unix_socket = "/nonexistent/socket";
	r.method = "POST";
	r.attempts = 2;
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_UNAVAILABLE);
	ck_assert(a.unsent);
	ck_assert_uint_eq(a.attempts, 2);
}
END_TEST

/* ---- redirects ---- */

START_TEST(follows_redirects_of_reads_only)
{
	static const struct ptxi_http_header headers[] = { { "Authorization", "Bearer s3cret",
							     false },
							   { "X-Token", "s3cret", true },
							   { "X-Plain", "kept", false } };
	ptxi_auto_answer a = { 0 };
	struct ptxi_http_request r = { .method = "GET", .url = url("/again3"), .max_redirects = 3 };

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_str_eq(a.body.p, "arrived");
	ck_assert_str_eq(a.url, url("/again0"));
	r.url = url("/again4");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_LIMIT);
	r.url = url("/ftp");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_UNTRUSTED);
	r.url = url("/again1");
	r.method = "POST";
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_int_eq(a.status, 302);
	/* Secrets stay at their origin. */
	r.method = "GET";
	r.url = url("/elsewhere");
	r.headers = headers;
	r.header_count = 3;
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "X-Plain: kept"));
	ck_assert_ptr_null(strstr(a.body.p, "s3cret"));
	r.url = url("/echo");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "Bearer s3cret"));
}
END_TEST

/* ---- pieces, cancellation, log ---- */

static int count_bytes(struct ptx_str piece, void *user)
{
	size_t *n = user;

	*n += piece.n;
	return *n > 5000 ? PTX_E_INVALID : 0;
}

START_TEST(hands_a_body_over_in_pieces)
{
	ptxi_auto_answer a = { 0 };
	size_t n = 0;
	struct ptxi_http_request r = {
		.method = "GET", .url = url("/ok"), .on_body = count_bytes, .user = &n
	};

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_uint_eq(n, 5);
	ck_assert_uint_eq(a.body.n, 0);
	r.url = url("/big");
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_INVALID);
	/* The text of an error is in the answer all the same. */
	r.url = url("/status/404");
	n = 0;
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_nonnull(strstr(a.body.p, "message"));
	ck_assert_str_eq(a.reason, "X");
}
END_TEST

static void *cancel_soon(void *user)
{
	(void)user;
	usleep(100000);
	ptx_ctx_cancel(ctx);
	return NULL;
}

START_TEST(stops_when_canceled)
{
	ptxi_auto_answer a = { 0 };
	pthread_t thread;
	struct ptxi_http_request r = { .method = "GET", .url = url("/hang") };
	int64_t began = ptxi_time_mono_ms();

	ptxi_http_answer_init(&a);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_CANCELED);
	ck_assert_int_lt(ptxi_time_mono_ms() - began, 2000);
	pthread_join(thread, NULL);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), PTX_E_CANCELED);
	ck_assert_int_eq(server.requests, 1);
}
END_TEST

static void keep_line(enum ptx_log_level level, const char *area, const char *line, void *user)
{
	(void)level;
	(void)area;
	ptx_buf_adds(user, line);
	ptx_buf_addc(user, '\n');
}

START_TEST(the_log_shows_no_secret)
{
	static const struct ptxi_http_header headers[] = { { "Authorization", "Bearer s3cret",
							     false },
							   { "X-Key", "s3cret", true },
							   { "X-Plain", "shown", false } };
	ptxi_auto_answer a = { 0 };
	ptx_auto_buf log = { 0 };
	char text[160] = "";
	struct ptxi_http_request r = { .method = "GET",
				       .url = text,
				       .headers = headers,
				       .header_count = 3,
				       .secret_query = true };

	snprintf(text, sizeof(text), "http://user:s3cret@127.0.0.1:%d/ok?sig=s3cret", server.port);
	ptx_buf_init(&log, 0);
	ptx_ctx_set_log(ctx, PTX_LOG_DEBUG, keep_line, &log);
	ptxi_http_answer_init(&a);
	ck_assert_int_eq(ptxi_http_send(http, &r, &a, NULL), 0);
	ck_assert_ptr_nonnull(strstr(log.p, "X-Plain: shown"));
	ck_assert_ptr_null(strstr(log.p, "s3cret"));
	ptx_ctx_set_log(ctx, PTX_LOG_ERROR, NULL, NULL);
}
END_TEST

/* ---- the pure parts ---- */

START_TEST(refuses_bad_requests)
{
	static const struct ptxi_http_header split[] = { { "X", "a\r\nY: b", false } };
	static const struct ptxi_http_header name[] = { { "X Y", "a", false } };
	static const struct ptxi_http_request rows[] = {
		{ .method = "GET", .url = "ftp://x/" },
		{ .method = "GET", .url = "http://x/ y" },
		{ .method = "GET", .url = "http://x/\r\nA: b" },
		{ .method = "GE T", .url = "http://x/" },
		{ .method = "GET", .url = "http://x/", .headers = split, .header_count = 1 },
		{ .method = "GET", .url = "http://x/", .headers = name, .header_count = 1 },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptxi_auto_answer a = { 0 };

		ptxi_http_answer_init(&a);
		ck_assert_int_eq(ptxi_http_send(http, &rows[i], &a, NULL), PTX_E_INVALID);
	}
}
END_TEST

/* clang-format off */
static const struct {
	int status;
	int code;
} codes[] = {
	{ 200, 0 },		   { 204, 0 },			{ 302, PTX_E_FAILED },	  { 400, PTX_E_INVALID },
	{ 401, PTX_E_AUTH },	   { 403, PTX_E_DENIED },	{ 404, PTX_E_NOT_FOUND }, { 409, PTX_E_CONFLICT },
	{ 412, PTX_E_PRECONDITION }, { 429, PTX_E_BUSY },	{ 500, PTX_E_UNAVAILABLE }, { 504, PTX_E_TIMEOUT },
};
/* clang-format on */

START_TEST(statuses_become_codes)
{
	ptxi_auto_answer a = { 0 };
	ptx_auto(error) err = NULL;

	ptxi_http_answer_init(&a);
	a.status = codes[_i].status;
	ptx_buf_adds(&a.body, "it is\nso\x1b[0m");
	ck_assert_int_eq(ptxi_http_expect(&a, "asking", &err), codes[_i].code);
	if (codes[_i].code) {
		ck_assert_int_eq(ptx_error_http_status(err), codes[_i].status);
		ck_assert_ptr_nonnull(strstr(ptx_error_message(err), "it is so [0m"));
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ms;
} afters[] = {
	{ "0", 0 },
	{ " 120 ", 120000 },
	{ "-1", -1 },
	{ "", -1 },
	{ "soon", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 7000 },
	{ "Sun, 06 Nov 1994 08:49:20 GMT", 0 },
	{ "Sun, 06 Nox 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 CET", -1 },
};

START_TEST(retry_after_is_read)
{
	ck_assert_int_eq(ptxi_http_retry_after(ptxi_str(afters[_i].text), 784111770),
			 afters[_i].ms);
}
END_TEST

START_TEST(urls_are_escaped)
{
	ptx_auto_buf b = { 0 };

	ptx_buf_init(&b, 0);
	ptxi_http_escape(PTXI_STR("a-b.c_d~/e f%\xc3\xa9"), &b);
	ck_assert_str_eq(b.p, "a-b.c_d~%2Fe%20f%25%C3%A9");
}
END_TEST

Suite *suite_net_http(void)
{
	Suite *s = suite_create("net_http");
	TCase *live = tcase_create("server");
	TCase *pure = tcase_create("pure");

	tcase_add_checked_fixture(live, set_up, tear_down);
	tcase_set_timeout(live, 30);
	tcase_add_test(live, reads_an_answer);
	tcase_add_test(live, sends_body_and_headers_over_a_unix_socket);
	tcase_add_test(live, sends_a_file);
	tcase_add_loop_test(live, faults_have_codes, 0, PTXI_COUNT(faults));
	tcase_add_test(live, a_change_is_never_sent_again);
	tcase_add_test(live, a_change_goes_on_a_connection_of_its_own);
	tcase_add_test(live, reading_is_tried_again);
	tcase_add_test(live, follows_redirects_of_reads_only);
	tcase_add_test(live, hands_a_body_over_in_pieces);
	tcase_add_test(live, stops_when_canceled);
	tcase_add_test(live, the_log_shows_no_secret);
	tcase_add_test(live, refuses_bad_requests);
	suite_add_tcase(s, live);
	tcase_add_loop_test(pure, statuses_become_codes, 0, PTXI_COUNT(codes));
	tcase_add_loop_test(pure, retry_after_is_read, 0, PTXI_COUNT(afters));
	tcase_add_test(pure, urls_are_escaped);
	suite_add_tcase(s, pure);
	return s;
}
