/* SPDX-License-Identifier: Apache-2.0 */
/* transport_http.c - repositories behind http and https.
 *
 * Credentials of a repository go to its own origin only (scheme, host and port), unless
 * repositories.yaml says that they go everywhere; the HTTP client drops them when a redirect leads
 * elsewhere, and follows redirects to http and https only. What Helm says of an answer that is no
 * file is kept, since scripts look for it.
 */
#define PTX_AREA PTX_AREA_REPO
#include "transport.h"
#include "../base/encode.h"
#include "../base/fs.h"
#include "../net/http.h"
#include "../text/url_resolve.h"

#define MAX_PEM       ((size_t)1 << 20)
#define MAX_REDIRECTS 10u

/* The repository's own origin? */
static bool at_home(const char *url, const char *repo)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_url u = { 0 };
	struct ptxi_url r = { 0 };

	return a && ptxi_url_parse(a, ptxi_str(url), &u, NULL) == 0 &&
	       ptxi_url_parse(a, ptxi_str(repo), &r, NULL) == 0 &&
	       ptxi_str_eq(u.scheme, r.scheme) && ptxi_str_eq(u.host, r.host);
}

/* "Basic ..." of the repository, when it goes along; owned and secret. NULL: none. */
static int authorization(const struct ptxi_get *g, char **out, struct ptx_error **err)
{
	ptx_auto_buf plain = { 0 };
	ptx_auto_buf value = { 0 };
	const struct ptxi_repo *r = g->repo;

	if (!r || !r->username[0] || !r->password[0] ||
	    !(r->pass_credentials || at_home(g->url, r->url)))
		return 0;
	ptx_buf_init(&plain, 0);
	ptx_buf_init(&value, 0);
	ptx_buf_printf(&plain, "%s:%s", r->username, r->password);
	ptx_buf_adds(&value, "Basic ");
	if (ptx_buf_ok(&plain))
		ptxi_base64_encode(PTXI_BASE64_STD, ptx_buf_str(&plain), &value);
	ptxi_wipe(plain.p, plain.n);
	*out = ptx_buf_steal(&value, NULL);
	return *out ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

struct tls_files {
	struct ptx_buf ca, cert, key;
};

static int read_pem(const char *path, const char *what, const struct ptxi_repo *r,
		    struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto_buf shown = { 0 };

	if (!path[0] || ptxi_fs_read(path, MAX_PEM, out, err) == 0)
		return 0;
	ptx_buf_init(&shown, 0);
	ptxi_url_show(ptxi_str(r->url), &shown);
	return ptx_wrap(err, "while reading the %s of repository '%s'", what,
			r->unmanaged ? shown.p : r->name);
}

static int read_tls(const struct ptxi_repo *r, struct tls_files *files, struct ptxi_http_tls *out,
		    struct ptx_error **err)
{
	int rc = 0;

	if (!r->cert_file[0] != !r->key_file[0])
		return ptx_fail(err, PTX_E_CONFIG, "there is the client's %s, but not its %s: '%s'",
				r->cert_file[0] ? "certificate" : "key",
				r->cert_file[0] ? "key" : "certificate",
				r->cert_file[0] ? r->cert_file : r->key_file);
	rc = read_pem(r->ca_file, "authorities", r, &files->ca, err);
	if (rc == 0)
		rc = read_pem(r->cert_file, "client's certificate", r, &files->cert, err);
	if (rc == 0)
		rc = read_pem(r->key_file, "client's key", r, &files->key, err);
	if (rc == 0)
		*out = (struct ptxi_http_tls){ .ca_pem = ptx_buf_str(&files->ca),
					       .cert_pem = ptx_buf_str(&files->cert),
					       .key_pem = ptx_buf_str(&files->key),
					       .insecure = r->insecure };
	return rc;
}

static const char *reason_of(const struct ptxi_http_answer *a)
{
	static const struct {
		int status;
		const char *words;
	} rows[] = {
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 410, "Gone" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	if (a->reason[0])
		return a->reason;
	for (size_t i = 0; i < PTXI_COUNT(rows); i++)
		if (rows[i].status == a->status)
			return rows[i].words;
	return "";
}

static int refused(const struct ptxi_get *g, const struct ptxi_http_answer *a,
		   struct ptx_error **err)
{
	ptx_auto_buf shown = { 0 };
	int code = ptxi_http_code(a->status);

	ptx_buf_init(&shown, 0);
	ptxi_url_show(ptxi_str(g->url), &shown);
	if (code == 0)
		code = PTX_E_UNAVAILABLE; /* a status like 204 or 304, where a file was wanted */
	ptx_fail(err, code, "failed to fetch %s : %d %s", shown.p, a->status, reason_of(a));
	ptxi_error_remote(err, a->status, NULL);
	if (a->status == 401 || a->status == 403)
		ptxi_error_hint(
		    err, "repositories.yaml can hold a username and a password for the repository");
	return code;
}

static int send_request(struct ptxi_transports *t, const struct ptxi_get *g,
			const struct ptxi_http_tls *tls, const char *basic, struct ptx_buf *out,
			struct ptx_error **err)
{
	struct ptxi_http *http = ptxi_transports_http(t, err);
	ptxi_auto_answer answer;
	struct ptxi_http_header headers[2] = { { NULL, NULL, false } };
	struct ptxi_http_request r = {
		.method = "GET",
		.url = g->url,
		.headers = headers,
		.tls = tls,
		.max_body = g->max_bytes,
		.max_redirects = MAX_REDIRECTS,
		.secret_query = true,
	};
	int rc = 0;

	ptxi_http_answer_init(&answer);
	if (!http)
		return err && *err ? ptx_error_code(*err) : PTX_E_UNSUPPORTED;
	if (g->accept)
		headers[r.header_count++] = (struct ptxi_http_header){ "Accept", g->accept, false };
	if (basic)
		headers[r.header_count++] =
		    (struct ptxi_http_header){ "Authorization", basic, true };
	rc = ptxi_http_send(http, &r, &answer, err);
	if (rc < 0)
		return rc;
	if (answer.status != 200)
		return refused(g, &answer, err);
	if (!out->n && !out->max) { /* an index may be large: it is handed over, not copied */
		struct ptx_buf old = *out;

		*out = answer.body;
		out->max = 0;
		answer.body = old;
	} else {
		ptx_buf_addstr(out, ptx_buf_str(&answer.body));
	}
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int get(struct ptxi_transports *t, const struct ptxi_get *g, struct ptx_buf *out,
	       struct ptx_error **err)
{
	struct tls_files files;
	struct ptxi_http_tls tls = { 0 };
	char *basic = NULL;
	bool has_tls = g->repo && (g->repo->insecure || g->repo->ca_file[0] ||
				   g->repo->cert_file[0] || g->repo->key_file[0]);
	int rc = 0;

	ptx_buf_init(&files.ca, 0);
	ptx_buf_init(&files.cert, 0);
	ptx_buf_init(&files.key, 0);
	if (has_tls)
		rc = read_tls(g->repo, &files, &tls, err);
	if (rc == 0)
		rc = authorization(g, &basic, err);
	if (rc == 0)
		rc = send_request(t, g, has_tls ? &tls : NULL, basic, out, err);
	ptxi_free_secret(basic);
	ptxi_wipe(files.key.p, files.key.n);
	ptx_buf_done(&files.ca);
	ptx_buf_done(&files.cert);
	ptx_buf_done(&files.key);
	return rc;
}

static const char *const schemes[] = { "http", "https", NULL };

const struct ptxi_transport ptxi_transport_http = {
	.name = "http",
	.schemes = schemes,
	.get = get,
};
