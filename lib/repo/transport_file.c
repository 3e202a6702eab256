/* SPDX-License-Identifier: Apache-2.0 */
/* transport_file.c - repositories that are folders of this machine: file:///srv/charts (RFC 8089).
 */
#define PTX_AREA PTX_AREA_REPO
#include "transport.h"
#include "../base/fs.h"
#include "../text/url.h"

static int get(struct ptxi_transports *t, const struct ptxi_get *g, struct ptx_buf *out,
	       struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_url u = { 0 };
	ptx_auto_str path = NULL;
	int rc = 0;

	(void)t;
	if (!a)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	rc = ptxi_url_parse(a, ptxi_str(g->url), &u, err);
	if (rc < 0)
		return rc;
	if ((u.host.n && !ptxi_str_is(u.host, "localhost")) || !u.path.n || u.path.p[0] != '/' ||
	    u.query.n || memchr(u.path.p, '\0', u.path.n)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' names no file of this machine", g->url);
		return ptxi_error_hint(err,
				       "a folder's URL is file:///srv/charts, with three slashes");
	}
	path = ptxi_str_dup(u.path);
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return ptxi_fs_read(path, g->max_bytes, out, err);
}

static const char *const schemes[] = { "file", NULL };

const struct ptxi_transport ptxi_transport_file = {
	.name = "file",
	.schemes = schemes,
	.get = get,
};
