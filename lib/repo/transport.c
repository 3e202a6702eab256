/* SPDX-License-Identifier: Apache-2.0 */
/* transport.c - the table of transports. A registry (oci://) is known by name, and refused until
 * there is a row for it. */
#define PTX_AREA PTX_AREA_REPO
#include "transport.h"
#include "../net/http.h"
#include "../text/url.h"

#include <pitrix/repo.h>
#include <pthread.h>

#define MOST_BYTES ((size_t)64 << 20)

static const struct ptxi_transport *const table[] = { &ptxi_transport_http, &ptxi_transport_file };

struct ptxi_transports {
	const struct ptx_ctx *ctx;
	pthread_mutex_t lock;
	struct ptxi_http *http; /* under the lock until it is made */
};

struct ptxi_transports *ptxi_transports_new(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	struct ptxi_transports *t = ptxi_alloc(sizeof(*t));

	if (!t || pthread_mutex_init(&t->lock, NULL) != 0) {
		ptx_free(t);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	t->ctx = ctx;
	return t;
}

void ptxi_transports_free(struct ptxi_transports *t)
{
	if (!t)
		return;
	ptxi_http_free(t->http);
	pthread_mutex_destroy(&t->lock);
	ptx_free(t);
}

const struct ptx_ctx *ptxi_transports_ctx(const struct ptxi_transports *t)
{
	return t->ctx;
}

struct ptxi_http *ptxi_transports_http(struct ptxi_transports *t, struct ptx_error **err)
{
	struct ptxi_http *http = NULL;

	pthread_mutex_lock(&t->lock);
	if (!t->http)
		t->http = ptxi_http_new(t->ctx, err);
	http = t->http;
	pthread_mutex_unlock(&t->lock);
	return http;
}

const struct ptxi_transport *ptxi_transport_for(const char *url, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_url u = { 0 };

	if (!a) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (ptxi_url_parse(a, ptxi_str(url), &u, err) < 0)
		return NULL;
	for (size_t i = 0; i < PTXI_COUNT(table); i++)
		for (const char *const *s = table[i]->schemes; *s; s++)
			if (ptxi_str_is(u.scheme, *s))
				return table[i];
	ptx_fail(err, PTX_E_UNSUPPORTED, "could not find protocol handler for: %.*s",
		 PTX_STR_ARG(u.scheme));
	if (ptxi_str_is(u.scheme, "oci"))
		ptxi_error_hint(err, "registries (oci://) are not supported yet");
	else
		ptxi_error_hint(err, "repositories are at http://, https:// and file:// URLs");
	return NULL;
}

int ptxi_transport_check(const char *url, bool as_helm, struct ptx_error **err)
{
	ptx_auto(error) e = NULL;
	const struct ptxi_transport *t = ptxi_transport_for(url, &e);
	int code = ptx_error_code(e);

	if (t == &ptxi_transport_file && as_helm)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"could not find protocol handler for: file");
	if (!t && err)
		*err = ptx_steal(&e);
	return code;
}

int ptx_repo_get(struct ptx_ctx *ctx, const char *url, struct ptx_buf *out, struct ptx_error **err)
{
	const struct ptxi_get what = { .url = url, .max_bytes = MOST_BYTES };
	ptxi_auto(transports) t = ptxi_transports_new(ctx, err);

	return t ? ptxi_transport_get(t, &what, out, err) : PTX_E_NOMEM;
}

int ptxi_transport_get(struct ptxi_transports *t, const struct ptxi_get *g, struct ptx_buf *out,
		       struct ptx_error **err)
{
	ptx_auto(error) e = NULL;
	const struct ptxi_transport *row = ptxi_transport_for(g->url, &e);

	if (row)
		return row->get(t, g, out, err);
	if (err)
		*err = ptxi_error_copy(e);
	return ptx_error_code(e);
}
