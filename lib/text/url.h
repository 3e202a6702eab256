/* SPDX-License-Identifier: Apache-2.0 */
/* url.h - URLs as Go's package net/url takes them apart and puts them together (RFC 3986 with its
 * leniences). */
#ifndef PTXI_TEXT_URL_H
#define PTXI_TEXT_URL_H

#include "../base/arena.h"
#include "../base/ptxi.h"

/* Texts are decoded, but for opaque and query, and live in the arena of the parse. */
struct ptxi_url {
	struct ptx_str scheme, opaque, host, path, query, fragment;
	struct ptx_str user, password;
	bool has_user, has_password;
	struct ptx_str raw_path,
	    raw_fragment; /* as written, where that is not how they would be written */
	bool force_query; /* a ? with nothing behind it */
	bool omit_host;   /* scheme:/path */
};

/* Fails: SYNTAX with Go's words ("parse \"...\": missing protocol scheme"), NOMEM. */
int ptxi_url_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_url *out,
		   struct ptx_error **err);
/* Appends the URL. */
void ptxi_url_print(const struct ptxi_url *u, struct ptx_buf *out);
/* Appends "user:password", escaped. */
void ptxi_url_print_user(const struct ptxi_url *u, struct ptx_buf *out);
/* The host without port and brackets. */
struct ptx_str ptxi_url_hostname(const struct ptxi_url *u);

#endif
