/* SPDX-License-Identifier: Apache-2.0 */
/* transport.h - how bytes come from a repository: one row for each way, chosen by the scheme of the
 * URL. */
#ifndef PTXI_REPO_TRANSPORT_H
#define PTXI_REPO_TRANSPORT_H

#include "../base/ctx.h"
#include "repo.h"

struct ptxi_http;

/* What is common to a run: connections are kept. ctx must outlive it. Thread: any. */
struct ptxi_transports;
struct ptxi_transports *ptxi_transports_new(const struct ptx_ctx *ctx, struct ptx_error **err);
void ptxi_transports_free(struct ptxi_transports *t);
PTXI_DEFINE_AUTO(transports);
const struct ptx_ctx *ptxi_transports_ctx(const struct ptxi_transports *t);
/* The HTTP client, made at first use; NULL with *err set. */
struct ptxi_http *ptxi_transports_http(struct ptxi_transports *t, struct ptx_error **err);

struct ptxi_get {
	const char *url;
	const struct ptxi_repo *repo; /* whose credentials go along, where they may; or NULL */
	const char *accept;           /* of HTTP; or NULL */
	size_t max_bytes;
};

struct ptxi_transport {
	const char *name;
	const char *const *schemes; /* NULL-terminated */
	/* Appends the whole file. Fails: NOT_FOUND, AUTH, DENIED, UNAVAILABLE, TIMEOUT, LIMIT,
	 * UNTRUSTED, INVALID, IO. */
	int (*get)(struct ptxi_transports *t, const struct ptxi_get *g, struct ptx_buf *out,
		   struct ptx_error **err);
};

extern const struct ptxi_transport ptxi_transport_file; /* folders of this machine */
extern const struct ptxi_transport
    ptxi_transport_http; /* plain and authenticated, http and https */

/* The row for a URL. Fails: UNSUPPORTED (no row has its scheme; the error names it), SYNTAX. */
const struct ptxi_transport *ptxi_transport_for(const char *url, struct ptx_error **err);
/* Fails where nothing can be got from a repository at this URL. Helm knows those behind HTTP alone;
 * here a folder may be one, too. */
int ptxi_transport_check(const char *url, bool as_helm, struct ptx_error **err);
/* Gets a file by the row for its URL. */
int ptxi_transport_get(struct ptxi_transports *t, const struct ptxi_get *g, struct ptx_buf *out,
		       struct ptx_error **err);

#endif
