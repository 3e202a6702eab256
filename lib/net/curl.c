/* SPDX-License-Identifier: Apache-2.0 */
/* curl.c - the module `curl`: one HTTP exchange on libcurl.
 *
 * Each exchange runs in a lane: a multi handle with one easy handle, so that we own the loop and
 * can watch the idle time and the caller's cancellation. Lanes that are free are kept with their
 * open connections, a few; so a second request to the same place needs no new connection, and no
 * two threads ever share a lane.
 *
 * Invariants: an exchange that is `fresh` runs on a connection made for it. A connection whose peer
 * was checked by a fingerprint is closed afterwards: libcurl compares authorities and names before
 * it reuses one, but knows nothing of our check. This file uses no function of the library that
 * loads it.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "http.h"
#include "../base/module.h"

#define IDLE_LANES       8u
#define POLL_MS          100
#define LANE_CONNECTIONS 4L

struct lane {
	CURLM *multi;
	CURL *easy;
	struct lane *next;
};

struct client {
	pthread_mutex_t lock;
	struct lane *idle;
	unsigned idle_count;
};

/* One exchange that runs. */
struct run {
	struct ptxi_http_exchange *x;
	struct lane *lane;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	char error[CURL_ERROR_SIZE];
	struct timespec moved; /* when the last byte went either way */
	curl_off_t seen;       /* bytes, both ways */
	int stopped;           /* why we ended it ourselves: a negative code */
	bool wrong_certificate;
	off_t body_at;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- lanes ---- */

static void lane_free(struct lane *l)
{
	if (!l)
		return;
	if (l->easy)
		curl_easy_cleanup(l->easy);
	if (l->multi)
		curl_multi_cleanup(l->multi);
	free(l);
}

static struct lane *lane_new(void)
{
	struct lane *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->multi = curl_multi_init();
	l->easy = curl_easy_init();
	if (!l->multi || !l->easy) {
		lane_free(l);
		return NULL;
	}
	curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, LANE_CONNECTIONS);
	return l;
}

static struct lane *lane_take(struct client *c)
{
	struct lane *l = NULL;

	pthread_mutex_lock(&c->lock);
	l = c->idle;
	if (l) {
		c->idle = l->next;
		c->idle_count--;
	}
	pthread_mutex_unlock(&c->lock);
	return l ? l : lane_new();
}

static void lane_give(struct client *c, struct lane *l)
{
	bool kept = false;

	curl_easy_reset(l->easy);
	pthread_mutex_lock(&c->lock);
	if (c->idle_count < IDLE_LANES) {
		l->next = c->idle;
		c->idle = l;
		c->idle_count++;
		kept = true;
	}
	pthread_mutex_unlock(&c->lock);
	if (!kept)
		lane_free(l);
}

static void *client_open(void)
{
	struct client *c = calloc(1, sizeof(*c));

	pthread_once(&once, init_curl);
	if (c && pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		c = NULL;
	}
	return c;
}

static void client_close(void *client)
{
	struct client *c = client;

	while (c->idle) {
		struct lane *l = c->idle;

		c->idle = l->next;
		lane_free(l);
	}
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* ---- what libcurl calls ---- */

/* The words of "HTTP/1.1 404 Not Found"; of printable ASCII, whatever the server says. */
static void take_reason(struct ptxi_http_exchange *x, const char *line, size_t n)
{
	const char *end = line + n;
	size_t out = 0;

	for (int blanks = 0; blanks < 2 && line < end; line++)
		blanks += *line == ' ';
	for (; line < end && out + 1 < sizeof(x->reason); line++)
		x->reason[out++] = (char)(*line >= ' ' && *line < 0x7f ? *line : '?');
	x->reason[out] = '\0';
}

static size_t on_header(char *p, size_t size, size_t count, void *user)
{
	struct run *run = user;
	size_t n = size * count;
	long status = 0;

	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == '\n'))
		n--;
	curl_easy_getinfo(run->lane->easy, CURLINFO_RESPONSE_CODE, &status);
	run->x->status = (int)status;
	/* Interim answers (100, 103) are none of the caller's business. */
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		take_reason(run->x, p, n);
	else if (n > 0 && status >= 200)
		run->x->on_header((struct ptx_str){ p, n }, run->x->user);
	return size * count;
}

static size_t on_body(char *p, size_t size, size_t count, void *user)
{
	struct run *run = user;
	int code = run->x->on_body((struct ptx_str){ p, size * count }, run->x->user);

	if (code == 0)
		return size * count;
	run->stopped = code < 0 ? code : PTX_E_FAILED;
	return 0;
}

static size_t on_read(char *p, size_t size, size_t count, void *user)
{
	struct run *run = user;
	ssize_t n = 0;

	do {
		n = pread(run->x->body_fd, p, size * count, run->body_at);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		run->stopped = PTX_E_IO;
		return CURL_READFUNC_ABORT;
	}
	run->body_at += n;
	return (size_t)n;
}

static int on_seek(void *user, curl_off_t offset, int origin)
{
	struct run *run = user;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	run->body_at = (off_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* Stands in for OpenSSL's check of the chain: the certificate itself is the one that the caller
 * knows. */
static int check_fingerprint(X509_STORE_CTX *store, void *user)
{
	struct run *run = user;
	X509 *peer = X509_STORE_CTX_get0_cert(store);
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	unsigned int n = 0;
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
	const char *want = run->x->tls->fingerprint;
	size_t at = 0;

	if (peer && X509_digest(peer, EVP_sha256(), digest, &n))
		for (unsigned int i = 0; i < n; i++)
			snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	for (; *want; want++) {
		if (*want == ':')
			continue;
		if (at >= 64 || tolower((unsigned char)*want) != hex[at])
			break;
		at++;
	}
	if (*want == '\0' && at == 64)
		return 1;
	run->wrong_certificate = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *user)
{
	(void)easy;
	SSL_CTX_set_cert_verify_callback(ssl_ctx, check_fingerprint, user);
	SSL_CTX_set_verify(ssl_ctx, SSL_VERIFY_PEER, NULL);
	return CURLE_OK;
}

/* ---- setting up ---- */

static CURLcode set_blob(CURL *easy, CURLoption option, struct ptx_str s)
{
	struct curl_blob blob = { .data = (void *)(uintptr_t)s.p,
				  .len = s.n,
				  .flags = CURL_BLOB_COPY };

	return curl_easy_setopt(easy, option, &blob);
}

static CURLcode set_tls(struct run *run)
{
	const struct ptxi_http_tls *tls = run->x->tls;
	CURL *easy = run->lane->easy;
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_SSLVERSION,
				       tls && tls->tls13 ? (long)CURL_SSLVERSION_TLSv1_3
							 : (long)CURL_SSLVERSION_TLSv1_2);

	if (!tls || rc)
		return rc;
	if (tls->ca_pem.n > 0) {
		rc = set_blob(easy, CURLOPT_CAINFO_BLOB, tls->ca_pem);
		/* Else the system's authorities would be taken beside ours. */
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (!rc && tls->cert_pem.n > 0) {
		rc = set_blob(easy, CURLOPT_SSLCERT_BLOB, tls->cert_pem);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
		rc = rc ? rc : set_blob(easy, CURLOPT_SSLKEY_BLOB, tls->key_pem);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
	}
	if (!rc && tls->insecure) {
		rc = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (!rc && tls->fingerprint) {
		rc = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, run);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	return rc;
}

static bool add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *grown = curl_slist_append(*list, line);

	if (grown)
		*list = grown;
	return grown;
}

static CURLcode set_headers(struct run *run)
{
	/* No "Expect: 100-continue", and no content type that nobody asked for. */
	bool ok = add_line(&run->headers, "Expect:");
	bool typed = false;

	for (size_t i = 0; ok && run->x->lines[i]; i++) {
		typed = typed || curl_strnequal(run->x->lines[i], "content-type", 12);
		ok = add_line(&run->headers, run->x->lines[i]);
	}
	if (ok && !typed)
		ok = add_line(&run->headers, "Content-Type:");
	return ok ? curl_easy_setopt(run->lane->easy, CURLOPT_HTTPHEADER, run->headers)
		  : CURLE_OUT_OF_MEMORY;
}

static CURLcode set_body(struct run *run)
{
	const struct ptxi_http_exchange *x = run->x;
	CURL *easy = run->lane->easy;
	bool expects = strcmp(x->method, "POST") == 0 || strcmp(x->method, "PUT") == 0 ||
		       strcmp(x->method, "PATCH") == 0;
	CURLcode rc = CURLE_OK;

	if (strcmp(x->method, "HEAD") == 0)
		return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (x->body_fd >= 0) {
		rc = curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_READDATA, run);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
		rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SEEKDATA, run);
		rc =
		    rc ? rc
		       : curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->body_size);
	} else if (x->body.n > 0 || expects) {
		rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n);
		rc = rc ? rc
			: curl_easy_setopt(easy, CURLOPT_POSTFIELDS, x->body.n ? x->body.p : "");
	}
	return rc ? rc : curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, x->method);
}

/* The host of a URL is this machine: no proxy of the environment stands before it. */
static bool is_loopback(const char *url)
{
	CURLU *u = curl_url();
	char *host = NULL;
	bool is = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
		  curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		  (strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
		   strcmp(host, "[::1]") == 0);

	curl_free(host);
	curl_url_cleanup(u);
	return is;
}

static CURLcode set_place(struct run *run)
{
	const struct ptxi_http_exchange *x = run->x;
	CURL *easy = run->lane->easy;
	CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, x->url);

#if LIBCURL_VERSION_NUM >= 0x075500
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
	if (!rc && x->unix_socket)
		rc = curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, x->unix_socket);
	if (!rc && x->connect_to) {
		char entry[320] = "";
		int n = snprintf(entry, sizeof(entry), "::%s", x->connect_to);

		if (n < 0 || (size_t)n >= sizeof(entry))
			return CURLE_URL_MALFORMAT;
		if (!add_line(&run->connect_to, entry))
			return CURLE_OUT_OF_MEMORY;
		rc = curl_easy_setopt(easy, CURLOPT_CONNECT_TO, run->connect_to);
	}
	if (!rc && (x->unix_socket || x->connect_to || is_loopback(x->url)))
		rc = curl_easy_setopt(easy, CURLOPT_PROXY, "");
	return rc;
}

static CURLcode set_up(struct run *run)
{
	const struct ptxi_http_exchange *x = run->x;
	CURL *easy = run->lane->easy;
	CURLcode rc = set_place(run);

	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, run->error);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERDATA, run);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEDATA, run);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)x->timeout_ms);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)x->connect_ms);
	rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, x->fresh ? 1L : 0L);
	rc = rc ? rc : set_headers(run);
	rc = rc ? rc : set_body(run);
	return rc ? rc : set_tls(run);
}

/* ---- running ---- */

static int64_t ms_since(const struct timespec *then)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - then->tv_sec) * 1000 +
	       (now.tv_nsec - then->tv_nsec) / 1000000;
}

/* Ends the exchange when its caller wants so or when nothing moved for too long. */
static bool should_stop(struct run *run)
{
	curl_off_t down = 0;
	curl_off_t up = 0;
	long head = 0;

	if (run->x->canceled && run->x->canceled(run->x->user)) {
		run->stopped = PTX_E_CANCELED;
		return true;
	}
	if (run->x->idle_ms <= 0)
		return false;
	curl_easy_getinfo(run->lane->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(run->lane->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(run->lane->easy, CURLINFO_HEADER_SIZE, &head);
	if (down + up + head != run->seen) {
		run->seen = down + up + head;
		clock_gettime(CLOCK_MONOTONIC, &run->moved);
	} else if (ms_since(&run->moved) > run->x->idle_ms) {
		run->stopped = PTX_E_TIMEOUT;
		return true;
	}
	return false;
}

static CURLcode drive(struct run *run)
{
	CURLM *multi = run->lane->multi;
	CURLMsg *message = NULL;
	CURLcode result = CURLE_ABORTED_BY_CALLBACK;
	int running = 0;
	int left = 0;

	if (curl_multi_add_handle(multi, run->lane->easy) != CURLM_OK)
		return CURLE_FAILED_INIT;
	clock_gettime(CLOCK_MONOTONIC, &run->moved);
	do {
		if (curl_multi_perform(multi, &running) != CURLM_OK) {
			result = CURLE_OUT_OF_MEMORY;
			break;
		}
		if (running && should_stop(run))
			break;
		if (running && curl_multi_poll(multi, NULL, 0, POLL_MS, NULL) != CURLM_OK) {
			result = CURLE_OUT_OF_MEMORY;
			break;
		}
	} while (running);
	while ((message = curl_multi_info_read(multi, &left)))
		if (message->msg == CURLMSG_DONE && message->easy_handle == run->lane->easy)
			result = message->data.result;
	curl_multi_remove_handle(multi, run->lane->easy);
	return result;
}

static int code_of(CURLcode rc)
{
	switch (rc) {
	case CURLE_OPERATION_TIMEDOUT:
		return PTX_E_TIMEOUT;
	case CURLE_OUT_OF_MEMORY:
		return PTX_E_NOMEM;
	case CURLE_URL_MALFORMAT:
		return PTX_E_INVALID;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL: /* an answer that is not HTTP */
		return PTX_E_UNTRUSTED;
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ENGINE_NOTFOUND:
		return PTX_E_CONFIG;
	default:
		return PTX_E_UNAVAILABLE;
	}
}

static int judge(struct run *run, CURLcode rc)
{
	struct ptxi_http_exchange *x = run->x;
	const char *said = run->error[0] ? run->error : curl_easy_strerror(rc);

	if (run->wrong_certificate) {
		snprintf(x->fault, sizeof(x->fault),
			 "the server's certificate is not the one that is known");
		return PTX_E_UNTRUSTED;
	}
	if (run->stopped == PTX_E_CANCELED)
		said = "canceled";
	else if (run->stopped == PTX_E_TIMEOUT)
		said = "nothing came or went for too long";
	else if (run->stopped == PTX_E_IO)
		said = "cannot read the file to be sent";
	x->unsent = rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST ||
		    rc == CURLE_COULDNT_RESOLVE_PROXY;
	if (run->stopped || rc)
		snprintf(x->fault, sizeof(x->fault), "%s", said);
	if (run->stopped)
		return run->stopped;
	return rc ? code_of(rc) : 0;
}

static int exchange(void *client, struct ptxi_http_exchange *x)
{
	struct run run = { .x = x, .lane = lane_take(client) };
	CURLcode rc = CURLE_OK;
	int code = 0;

	if (!run.lane) {
		snprintf(x->fault, sizeof(x->fault), "no memory");
		return PTX_E_NOMEM;
	}
	rc = set_up(&run);
	if (!rc)
		rc = drive(&run);
	code = judge(&run, rc);
	lane_give(client, run.lane);
	curl_slist_free_all(run.headers);
	curl_slist_free_all(run.connect_to);
	return code;
}

static bool resolve(const char *base, const char *reference, char *out, size_t max)
{
	CURLU *u = curl_url();
	char *url = NULL;
	bool ok =
	    u && curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_URL, reference, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK && strlen(url) < max;

	if (ok)
		memcpy(out, url, strlen(url) + 1);
	curl_free(url);
	curl_url_cleanup(u);
	return ok;
}

static const struct ptxi_http_module table = {
	.abi = PTXI_MODULE_ABI,
	.open = client_open,
	.close = client_close,
	.exchange = exchange,
	.resolve = resolve,
};

PTXI_MODULE_EXPORT(curl, table);
