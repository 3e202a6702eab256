/* SPDX-License-Identifier: Apache-2.0 */
/* http.c - one request, from the caller's wishes to an answer.
 *
 * The module does one exchange at a time (curl.c); here is everything that is policy: what may be
 * sent again and when, where redirects may lead, how large an answer may be, and what the log shows
 * of it.
 *
 *     attempt --> answer 3xx, may follow --> next URL (secrets stay at their origin) --> attempt
 *        |------> fault, 429 or 5xx, may be sent again --> wait (Retry-After, or doubling with
 *        |        jitter) --> attempt
 *        `------> answer or error
 *
 * Invariant: a request that is not safe leaves this process once, on a connection that carried
 * nothing before, so that neither we nor the client library send it again (libcurl repeats a POST
 * by itself when a reused connection closes without an answer).
 */
#define PTX_AREA PTX_AREA_NET
#include "http.h"
#include "../base/log.h"
#include "../base/module.h"
#include "../base/time.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#define DEFAULT_TIMEOUT_MS (5 * 60 * 1000)
#define DEFAULT_CONNECT_MS (10 * 1000)
#define DEFAULT_IDLE_MS    (60 * 1000)
#define DEFAULT_MAX_BODY   ((size_t)64 << 20)
#define DEFAULT_ATTEMPTS   4u
#define DEFAULT_BACKOFF_MS 200
#define MAX_BACKOFF_MS     10000
#define MAX_RETRY_AFTER_MS 60000
#define MAX_URL            8192u
#define MAX_HEADERS        ((size_t)256 << 10)
/* Of an answer that is not 2xx when the caller takes the body by pieces. */
#define MAX_ERROR_BODY ((size_t)64 << 10)

struct ptxi_http {
	const struct ptx_ctx *ctx;
	const struct ptxi_http_module *module;
	void *client;
};

/* One attempt's answer as it comes in. */
struct incoming {
	const struct ptxi_http_request *r;
	struct ptxi_http_answer *answer;
	struct ptxi_http_exchange *x;
	size_t max_body;
	size_t got;
	const struct ptx_ctx *ctx;
	bool handed_over;  /* the caller has seen a part of this answer */
	bool headers_over; /* more headers than allowed */
	bool body_over;
	int stopped; /* what on_body returned */
};

struct ptxi_http *ptxi_http_new(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	struct ptxi_http *h = ptxi_alloc(sizeof(*h));

	if (!h) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for an HTTP client");
		return NULL;
	}
	h->ctx = ctx;
	h->module = ptxi_module_get("curl", err);
	h->client = h->module ? h->module->open() : NULL;
	if (h->module && !h->client)
		ptx_fail(err, PTX_E_NOMEM, "no memory for an HTTP client");
	if (!h->client) {
		ptxi_http_free(h);
		return NULL;
	}
	return h;
}

void ptxi_http_free(struct ptxi_http *h)
{
	if (!h)
		return;
	if (h->client)
		h->module->close(h->client);
	ptx_free(h);
}

static bool is_method(const char *method, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(method, names[i]) == 0)
			return true;
	return false;
}

static bool may_repeat(const struct ptxi_http_request *r)
{
	static const char *const reading[] = { "GET", "HEAD", "OPTIONS", NULL };

	return r->safe || is_method(r->method, reading);
}

static bool may_follow(const struct ptxi_http_request *r)
{
	static const char *const following[] = { "GET", "HEAD", NULL };

	return is_method(r->method, following);
}

static bool repeatable_status(int status)
{
	return status == 429 || (status >= 500 && status != 501 && status != 505);
}

static bool secret_header(const struct ptxi_http_header *h)
{
	static const char *const names[] = {
		"authorization",     "proxy-authorization",  "cookie",
		"x-auth-token",      "x-subject-token",      "x-registry-auth",
		"x-registry-config", "x-amz-security-token", "x-vault-token"
	};

	if (h->secret)
		return true;
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (strcasecmp(h->name, names[i]) == 0)
			return true;
	return false;
}

/* ---- what the caller asks for ---- */

static bool token_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!token_char((unsigned char)*s))
			return false;
	return true;
}

static bool no_controls(const char *s)
{
	for (; *s; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)
			return false;
	return true;
}

static bool is_http_url(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

static int check_request(const struct ptxi_http_request *r, struct ptx_error **err)
{
	if (!r->method || !is_token(r->method))
		return ptx_fail(err, PTX_E_INVALID, "an HTTP request without a proper method");
	if (!r->url || !is_http_url(r->url) || !no_controls(r->url) || strchr(r->url, ' ')) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is not an http or https URL",
			 r->url && no_controls(r->url) ? r->url : "");
		ptxi_error_hint(err, "a URL looks like https://host/path; blanks are written %%20");
		return PTX_E_INVALID;
	}
	for (size_t i = 0; i < r->header_count; i++)
		if (!r->headers[i].name || !is_token(r->headers[i].name) || !r->headers[i].value ||
		    !no_controls(r->headers[i].value))
			return ptx_fail(err, PTX_E_INVALID,
					"header '%s' holds characters that HTTP does not allow",
					r->headers[i].name && is_token(r->headers[i].name)
					    ? r->headers[i].name
					    : "");
	if (r->body_path && r->body.n > 0)
		return ptx_fail(err, PTX_E_USAGE, "an HTTP request with two bodies");
	return 0;
}

/* ---- the log ---- */

static void add_shown_url(const char *url, bool hide_query, struct ptx_buf *out)
{
	struct ptx_str s = ptxi_str(url);
	size_t authority = ptxi_str_find(s, PTXI_STR("://"));
	size_t query = ptxi_str_find_char(s, '?');

	if (authority != SIZE_MAX) {
		struct ptx_str rest = ptxi_str_from(s, authority + 3);
		size_t slash = ptxi_str_find_char(rest, '/');
		size_t at = ptxi_str_rfind_char(ptxi_str_sub(rest, 0, slash), '@');

		if (at != SIZE_MAX) {
			ptx_buf_addstr(out, ptxi_str_sub(s, 0, authority + 3));
			ptx_buf_adds(out, "***");
			s = ptxi_str_from(rest, at);
			query = ptxi_str_find_char(s, '?');
		}
	}
	if (hide_query && query != SIZE_MAX) {
		ptx_buf_addstr(out, ptxi_str_sub(s, 0, query));
		ptx_buf_adds(out, "?***");
	} else {
		ptx_buf_addstr(out, s);
	}
}

static void trace(const struct ptxi_http *h, const struct ptxi_http_request *r, const char *url,
		  int code, int status, int64_t ms, size_t bytes)
{
	ptx_auto_buf shown = { 0 };
	ptx_auto_buf headers = { 0 };

	if (!ptxi_ctx_logs(h->ctx, PTX_LOG_DEBUG))
		return;
	ptx_buf_init(&shown, 0);
	ptx_buf_init(&headers, 0);
	add_shown_url(url, r->secret_query, &shown);
	for (size_t i = 0; i < r->header_count; i++)
		ptx_buf_printf(&headers, "%s%s: %s", i ? "; " : "", r->headers[i].name,
			       secret_header(&r->headers[i]) ? "***" : r->headers[i].value);
	ptxi_log(h->ctx, PTX_LOG_DEBUG, "net", "http request", PTXI_F("method", r->method),
		 PTXI_F("url", shown.p), PTXI_F("socket", r->unix_socket ? r->unix_socket : ""),
		 PTXI_F("headers", headers.p), PTXI_F_INT("sent", (int64_t)r->body.n),
		 PTXI_F_INT("status", status), PTXI_F("fault", code ? ptx_code_name(code) : ""),
		 PTXI_F_INT("received", (int64_t)bytes), PTXI_F_INT("ms", ms), PTXI_F_END);
}

/* ---- one attempt ---- */

static void take_header(struct ptx_str line, void *user)
{
	struct incoming *in = user;

	if (in->answer->headers.n + line.n + 1 > MAX_HEADERS) {
		in->headers_over = true;
		return;
	}
	ptx_buf_addstr(&in->answer->headers, line);
	ptx_buf_addc(&in->answer->headers, '\n');
}

static int take_body(struct ptx_str piece, void *user)
{
	struct incoming *in = user;
	bool by_pieces = in->r->on_body && in->x->status >= 200 && in->x->status < 300;

	if (piece.n > in->max_body - in->got) {
		/* An error's text may be cut; an answer may not. */
		in->body_over = in->x->status >= 200 && in->x->status < 300;
		if (in->body_over)
			return PTX_E_LIMIT;
		piece.n = in->max_body - in->got;
	}
	in->got += piece.n;
	if (!by_pieces) {
		if (in->answer->body.n + piece.n > MAX_ERROR_BODY && in->r->on_body)
			return 0;
		ptx_buf_addstr(&in->answer->body, piece);
		return ptx_buf_ok(&in->answer->body) ? 0 : PTX_E_NOMEM;
	}
	in->handed_over = true;
	in->stopped = in->r->on_body(piece, in->r->user);
	return in->stopped;
}

static bool is_canceled(void *user)
{
	const struct incoming *in = user;

	return ptx_ctx_canceled(in->ctx);
}

static bool same_origin(const char *a, const char *b)
{
	size_t n = strcspn(a + strcspn(a, ":") + 3, "/?#") + strcspn(a, ":") + 3;
	size_t m = strcspn(b + strcspn(b, ":") + 3, "/?#") + strcspn(b, ":") + 3;

	return n == m && strncasecmp(a, b, n) == 0;
}

/* The header lines of a request to url; secrets only for the origin that the caller named. Owned,
 * as are they. */
static char **make_lines(const struct ptxi_http_request *r, const char *url, struct ptx_error **err)
{
	char **lines = ptxi_alloc_array(r->header_count + 1, sizeof(*lines));
	bool at_home = same_origin(r->url, url);
	size_t n = 0;

	for (size_t i = 0; lines && i < r->header_count; i++) {
		const struct ptxi_http_header *h = &r->headers[i];

		if (!at_home && secret_header(h))
			continue;
		/* "Name;" is libcurl's way to send a header without a value. */
		lines[n] = *h->value ? ptxi_asprintf("%s: %s", h->name, h->value)
				     : ptxi_asprintf("%s;", h->name);
		if (!lines[n++]) {
			while (n-- > 0)
				ptxi_free_secret(lines[n]);
			ptx_free(lines);
			lines = NULL;
		}
	}
	if (!lines)
		ptx_fail(err, PTX_E_NOMEM, "no memory for the headers of a request");
	return lines;
}

static void free_lines(char **lines)
{
	for (size_t i = 0; lines && lines[i]; i++)
		ptxi_free_secret(lines[i]);
	ptx_free(lines);
}

static int open_body(const char *path, struct ptxi_http_exchange *x, struct ptx_error **err)
{
	struct stat st = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int saved = errno;

	if (fd < 0)
		return ptx_fail_errno(err, ptxi_code_from_errno(saved), saved, "cannot read '%s'",
				      path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not a regular file", path);
	}
	x->body_fd = fd;
	x->body_size = st.st_size;
	return 0;
}

static int64_t with_default(int64_t given, int64_t fallback)
{
	return given == 0 ? fallback : given < 0 ? 0 : given;
}

/* The error of an exchange that failed. */
static int fault(struct incoming *in, const char *url, int code, struct ptx_error **err)
{
	ptx_auto_buf shown = { 0 };

	ptx_buf_init(&shown, 0);
	add_shown_url(url, in->r->secret_query, &shown);
	if (in->stopped)
		return ptx_fail(err, in->stopped, "the answer of '%s' was not taken", shown.p);
	if (in->headers_over)
		return ptx_fail(err, PTX_E_LIMIT, "the headers of '%s' are larger than %zu bytes",
				shown.p, MAX_HEADERS);
	if (in->body_over)
		return ptx_fail(err, PTX_E_LIMIT, "the answer of '%s' is larger than %zu bytes",
				shown.p, in->max_body);
	if (in->r->unix_socket)
		return ptx_fail(err, code, "%s '%s' at '%s': %s", in->r->method, shown.p,
				in->r->unix_socket, in->x->fault);
	return ptx_fail(err, code, "%s '%s': %s", in->r->method, shown.p, in->x->fault);
}

static int attempt(struct ptxi_http *h, const struct ptxi_http_request *r, const char *url,
		   struct incoming *in, struct ptx_error **err)
{
	char **lines = make_lines(r, url, err);
	struct ptxi_http_exchange x = {
		.method = r->method,
		.url = url,
		.lines = (const char *const *)lines,
		.body = r->body,
		.body_fd = -1,
		.unix_socket = r->unix_socket,
		.connect_to = same_origin(r->url, url) ? r->connect_to : NULL,
		.tls = r->tls,
		.fresh = !may_repeat(r),
		.timeout_ms = with_default(r->timeout_ms, DEFAULT_TIMEOUT_MS),
		.connect_ms = with_default(r->connect_ms, DEFAULT_CONNECT_MS),
		.idle_ms = with_default(r->idle_ms, DEFAULT_IDLE_MS),
		.on_header = take_header,
		.on_body = take_body,
		.canceled = is_canceled,
		.user = in,
	};
	int64_t began = ptxi_time_mono_ms();
	int code = lines ? 0 : PTX_E_NOMEM;

	in->x = &x; /* cppcheck-suppress autoVariables; until this returns */
	if (!code && r->body_path)
		code = open_body(r->body_path, &x, err);
	if (!code) {
		code = h->module->exchange(h->client, &x);
		if (code < 0)
			code = fault(in, url, code, err);
		else if (in->headers_over)
			code = fault(in, url, PTX_E_LIMIT, err);
		else if (!ptx_buf_ok(&in->answer->headers))
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for an answer");
		in->answer->status = code < 0 ? 0 : x.status;
		memcpy(in->answer->reason, x.reason, sizeof(x.reason));
		in->answer->unsent = x.unsent;
		trace(h, r, url, code, x.status, ptxi_time_mono_ms() - began, in->got);
	}
	in->x = NULL;
	if (x.body_fd >= 0)
		close(x.body_fd);
	free_lines(lines);
	return code;
}

/* ---- again, or elsewhere ---- */

static int wait_ms(const struct ptx_ctx *ctx, int64_t ms, struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + ms;
	int64_t left = ms;

	while (left > 0) {
		struct timespec nap = { 0, (left < 50 ? left : 50) * 1000000 };
		int code = ptxi_ctx_check(ctx, err);

		if (code < 0)
			return code;
		nanosleep(&nap, NULL);
		left = until - ptxi_time_mono_ms();
	}
	return ptxi_ctx_check(ctx, err);
}

/* How long to wait before attempt n + 1; -1: the server asks for more patience than we have. */
static int64_t backoff(const struct ptxi_http *h, const struct ptxi_http_request *r,
		       const struct ptxi_http_answer *a, unsigned n)
{
	int64_t base = r->backoff_ms > 0 ? r->backoff_ms : DEFAULT_BACKOFF_MS;
	struct ptx_str after = ptxi_http_header(a, "Retry-After");
	uint32_t random = 0;

	if (a->status && after.n > 0) {
		int64_t asked = ptxi_http_retry_after(after, ptxi_ctx_now(h->ctx) / PTXI_NS_PER_S);

		if (asked > MAX_RETRY_AFTER_MS)
			return -1;
		if (asked >= 0)
			return asked;
	}
	for (; n > 1 && base < MAX_BACKOFF_MS; n--)
		base *= 2;
	if (base > MAX_BACKOFF_MS)
		base = MAX_BACKOFF_MS;
	if (ptxi_ctx_random(h->ctx, &random, sizeof(random), NULL) < 0)
		random = UINT32_MAX / 2;
	return base / 2 + (int64_t)((uint64_t)(base / 2 + 1) * random >> 32);
}

static bool repeatable_fault(int code)
{
	return code == PTX_E_UNAVAILABLE || code == PTX_E_TIMEOUT;
}

/* Sends to one URL until there is an answer to keep. */
static int send_to(struct ptxi_http *h, const struct ptxi_http_request *r, const char *url,
		   struct ptxi_http_answer *answer, struct ptx_error **err)
{
	unsigned most = r->attempts ? r->attempts : DEFAULT_ATTEMPTS;

	for (unsigned n = 1;; n++) {
		ptx_auto(error) failed = NULL;
		struct incoming in = {
			.r = r,
			.answer = answer,
			.ctx = h->ctx,
			.max_body = r->max_body ? r->max_body : DEFAULT_MAX_BODY,
		};
		int code = 0;
		int64_t pause = 0;

		ptx_buf_clear(&answer->headers);
		ptx_buf_clear(&answer->body);
		answer->status = 0;
		answer->unsent = false;
		answer->attempts++;
		code = attempt(h, r, url, &in, &failed);
		if (n >= most || in.handed_over || !(may_repeat(r) || answer->unsent) ||
		    !(code < 0 ? repeatable_fault(code) : repeatable_status(answer->status)))
			pause = -1;
		else
			pause = backoff(h, r, answer, n);
		if (pause >= 0) {
			code = wait_ms(h->ctx, pause, err);
			if (code < 0)
				return code;
			continue;
		}
		if (code < 0) {
			if (err)
				*err = ptx_steal(&failed);
			if (n > 1)
				ptx_wrap(err, "after %u attempts", n);
		}
		return code;
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The URL that a 3xx answer leads to, or NULL. */
static char *next_url(struct ptxi_http *h, const char *url, const struct ptxi_http_answer *answer,
		      struct ptx_error **err)
{
	ptx_auto_str location = ptxi_str_dup(ptxi_http_header(answer, "Location"));
	ptx_auto_str next = ptxi_alloc(MAX_URL);

	if (!location || !next) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a redirect");
		return NULL;
	}
	if (!h->module->resolve(url, location, next, MAX_URL)) {
		ptx_fail(err, PTX_E_UNTRUSTED, "'%s' redirects to an address that is none", url);
		return NULL;
	}
	if (!is_http_url(next)) {
		ptx_fail(err, PTX_E_UNTRUSTED,
			 "'%s' redirects to something that is neither http nor https", url);
		return NULL;
	}
	if (strncasecmp(url, "https:", 6) == 0 && strncasecmp(next, "https:", 6) != 0) {
		ptx_fail(err, PTX_E_UNTRUSTED, "'%s' redirects from https to http", url);
		return NULL;
	}
	return ptx_steal(&next);
}

int ptxi_http_send(struct ptxi_http *h, const struct ptxi_http_request *r,
		   struct ptxi_http_answer *answer, struct ptx_error **err)
{
	int code = check_request(r, err);

	ptxi_http_answer_done(answer);
	ptxi_http_answer_init(answer);
	if (code < 0)
		return code;
	answer->url = ptxi_strdup(r->url);
	if (!answer->url)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a request");
	for (unsigned hops = 0;; hops++) {
		char *next = NULL;

		code = ptxi_ctx_check(h->ctx, err);
		if (code == 0)
			code = send_to(h, r, answer->url, answer, err);
		if (code < 0)
			return code;
		if (r->max_redirects == 0 || !may_follow(r) || !is_redirect(answer->status) ||
		    ptxi_http_header(answer, "Location").n == 0)
			return 0;
		if (hops >= r->max_redirects)
			return ptx_fail(err, PTX_E_LIMIT, "'%s' redirects more than %u times",
					r->url, r->max_redirects);
		next = next_url(h, answer->url, answer, err);
		if (!next)
			return err && *err ? ptx_error_code(*err) : PTX_E_UNTRUSTED;
		ptx_free(answer->url);
		answer->url = next;
	}
}
