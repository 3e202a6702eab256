/* SPDX-License-Identifier: Apache-2.0 */
/* url_resolve.h - URLs that are made of two. */
#ifndef PTXI_TEXT_URL_RESOLVE_H
#define PTXI_TEXT_URL_RESOLVE_H

#include "url.h"

/* Appends the URL that a reference in a folder at base stands for (RFC 3986, 5.2; base's path is
 * taken to end in a slash, and base's query goes with it). An absolute reference is appended as it
 * is. Fails: SYNTAX with Go's words, NOMEM. */
int ptxi_url_reference(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference,
		       struct ptx_buf *out, struct ptx_error **err);
/* The same, but that the reference is a path that is put behind base's, however it begins. */
int ptxi_url_join(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference,
		  struct ptx_buf *out, struct ptx_error **err);
/* True when both are the same but for slashes and dots in their paths. */
bool ptxi_url_same(struct ptx_arena *a, struct ptx_str x, struct ptx_str y);
/* Appends the URL with *** in the place of a password. */
void ptxi_url_show(struct ptx_str url, struct ptx_buf *out);
/* The same in the arena; "" without memory, which the arena remembers. */
const char *ptxi_url_shown(struct ptx_arena *a, const char *url);

#endif
