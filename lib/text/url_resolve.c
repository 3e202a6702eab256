/* SPDX-License-Identifier: Apache-2.0 */
/* url_resolve.c - references against a base, joining and comparing, as Go's net/url and Helm do
 * them.
 *
 * Paths are put together as they are written in URLs, escapes and all, so that an escaped slash
 * stays one.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "url_resolve.h"
#include "../base/path.h"

static int no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

/* Drops the last segment of a path that is being built. */
static void drop_segment(struct ptx_buf *path)
{
	size_t slash = ptxi_str_rfind_char(ptx_buf_str(path), '/');

	ptx_buf_truncate(path, slash == SIZE_MAX ? 0 : slash);
}

/* Appends a path without its dot segments, with a slash in front (RFC 3986, 5.2.4). */
static bool remove_dots(struct ptx_str path, struct ptx_buf *out)
{
	ptx_auto_buf kept = { 0 };
	struct ptx_str rest = path;
	struct ptx_str segment = { NULL, 0 };
	bool folder = false;

	ptx_buf_init(&kept, 0);
	if (rest.n && rest.p[0] == '/')
		rest = ptxi_str_from(rest, 1);
	while (ptxi_str_next(&rest, '/', &segment)) {
		folder = ptxi_str_is(segment, ".") || ptxi_str_is(segment, "..");
		if (ptxi_str_is(segment, "..")) {
			drop_segment(&kept);
		} else if (!folder) {
			ptx_buf_addc(&kept, '/');
			ptx_buf_addstr(&kept, segment);
		}
	}
	if (folder)
		ptx_buf_addc(&kept, '/');
	if (!kept.n || kept.p[0] != '/')
		ptx_buf_addc(out, '/');
	ptx_buf_addstr(out, ptx_buf_str(&kept));
	return ptx_buf_ok(&kept) && ptx_buf_ok(out);
}

/* The path as it stands in the URL. */
static bool add_written_path(const struct ptxi_url *u, struct ptx_buf *out)
{
	struct ptxi_url only = { .path = u->path, .raw_path = u->raw_path };
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_url_print(&only, &text);
	/* "./" stands before a first segment with a colon only when the path stands alone. */
	ptx_buf_addstr(out,
		       ptxi_str_starts(ptx_buf_str(&text), "./") && !ptxi_str_starts(u->path, "./")
			   ? ptxi_str_from(ptx_buf_str(&text), 2)
			   : ptx_buf_str(&text));
	return ptx_buf_ok(&text) && ptx_buf_ok(out);
}

static int resolve_path(const struct ptxi_url *b, const struct ptxi_url *r, struct ptx_buf *path,
			struct ptx_error **err)
{
	ptx_auto_buf full = { 0 };
	bool ok = true;

	ptx_buf_init(&full, 0);
	if (!r->path.n || r->path.p[0] != '/') {
		ok = add_written_path(b, &full);
		while (full.n && full.p[full.n - 1] == '/')
			ptx_buf_truncate(&full, full.n - 1);
		ptx_buf_addc(&full, '/');
	}
	ok = ok && add_written_path(r, &full) && remove_dots(ptx_buf_str(&full), path);
	return ok ? 0 : no_memory(err);
}

int ptxi_url_reference(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference,
		       struct ptx_buf *out, struct ptx_error **err)
{
	struct ptxi_url b = { 0 };
	struct ptxi_url r = { 0 };
	ptx_auto_buf path = { 0 };
	int rc = ptxi_url_parse(a, reference, &r, err);

	if (rc < 0)
		return rc;
	if (r.scheme.n) {
		ptx_buf_addstr(out, reference);
		return ptx_buf_ok(out) ? 0 : no_memory(err);
	}
	rc = ptxi_url_parse(a, base, &b, err);
	if (rc < 0)
		return rc;
	ptx_buf_init(&path, 0);
	if (r.host.n || r.has_user) {
		b.host = r.host;
		b.user = r.user;
		b.password = r.password;
		b.has_user = r.has_user;
		b.has_password = r.has_password;
		if (!add_written_path(&r, &path))
			return no_memory(err);
	} else {
		rc = resolve_path(&b, &r, &path, err);
		if (rc < 0)
			return rc;
	}
	{
		struct ptxi_url head = b;

		/* With a path, or the slashes before an empty host would go. */
		head.path = PTXI_STR("/");
		head.raw_path = head.query = head.fragment = head.raw_fragment =
		    (struct ptx_str){ NULL, 0 };
		head.force_query = false;
		ptxi_url_print(&head, out);
		ptx_buf_truncate(out, out->n ? out->n - 1 : 0);
	}
	ptx_buf_addstr(out, ptx_buf_str(&path));
	if (b.query.n) {
		ptx_buf_addc(out, '?');
		ptx_buf_addstr(out, b.query);
	}
	return ptx_buf_ok(out) && ptx_buf_ok(&path) ? 0 : no_memory(err);
}

static struct ptx_str join(struct ptx_arena *a, struct ptx_str x, struct ptx_str y)
{
	ptx_auto_str both = ptxi_asprintf("%.*s/%.*s", PTX_STR_ARG(x), PTX_STR_ARG(y));
	ptx_auto_str clean = both ? ptxi_path_clean(x.n ? both : both + 1) : NULL;

	return clean ? ptxi_str(ptxi_arena_str(a, clean)) : (struct ptx_str){ NULL, 0 };
}

int ptxi_url_join(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference,
		  struct ptx_buf *out, struct ptx_error **err)
{
	struct ptxi_url b = { 0 };
	struct ptxi_url r = { 0 };
	int rc = ptxi_url_parse(a, reference, &r, err);

	if (rc == 0 && r.scheme.n) {
		ptxi_url_print(&r, out);
		return ptx_buf_ok(out) ? 0 : no_memory(err);
	}
	if (rc == 0)
		rc = ptxi_url_parse(a, base, &b, err);
	if (rc < 0)
		return rc;
	/* What was written in a way of its own stays so only where the reference needs no escapes.
	 */
	if (b.raw_path.n && ptxi_str_find_char(reference, '%') == SIZE_MAX)
		b.raw_path = join(a, b.raw_path, reference);
	else
		b.raw_path = (struct ptx_str){ NULL, 0 };
	b.path = join(a, b.path, reference);
	if (!b.path.p)
		return no_memory(err);
	ptxi_url_print(&b, out);
	return ptx_buf_ok(out) ? 0 : no_memory(err);
}

static bool normal(struct ptx_arena *a, struct ptx_str text, struct ptx_buf *out)
{
	struct ptxi_url u = { 0 };
	ptx_auto_str path = NULL;
	ptx_auto_str clean = NULL;

	if (ptxi_url_parse(a, text, &u, NULL) < 0)
		return false;
	path = ptxi_str_dup(u.path.n ? u.path : PTXI_STR("/"));
	clean = path ? ptxi_path_clean(path) : NULL;
	if (!clean)
		return false;
	u.path = ptxi_str(clean);
	if (u.raw_path.n && !ptxi_str_eq(ptxi_str(path), u.path))
		u.raw_path = (struct ptx_str){ NULL, 0 };
	ptxi_url_print(&u, out);
	return ptx_buf_ok(out);
}

bool ptxi_url_same(struct ptx_arena *a, struct ptx_str x, struct ptx_str y)
{
	ptx_auto_buf p = { 0 };
	ptx_auto_buf q = { 0 };

	ptx_buf_init(&p, 0);
	ptx_buf_init(&q, 0);
	if (ptxi_str_eq(x, y))
		return true;
	return normal(a, x, &p) && normal(a, y, &q) &&
	       ptxi_str_eq(ptx_buf_str(&p), ptx_buf_str(&q));
}

void ptxi_url_show(struct ptx_str url, struct ptx_buf *out)
{
	size_t authority = ptxi_str_find(url, PTXI_STR("://"));
	struct ptx_str rest = authority == SIZE_MAX ? url : ptxi_str_from(url, authority + 3);
	struct ptx_str host = rest;
	size_t at = 0;

	for (size_t i = 0; i < rest.n && host.n == rest.n; i++)
		if (strchr("/?#", rest.p[i]))
			host.n = i;
	at = authority == SIZE_MAX ? SIZE_MAX : ptxi_str_rfind_char(host, '@');
	if (at != SIZE_MAX) {
		size_t colon = ptxi_str_find_char(ptxi_str_sub(host, 0, at), ':');

		if (colon != SIZE_MAX) {
			ptx_buf_addstr(out, ptxi_str_sub(url, 0, authority + 3 + colon));
			ptx_buf_adds(out, ":***");
			url = ptxi_str_from(rest, at);
		}
	}
	ptx_buf_addstr(out, url);
}

const char *ptxi_url_shown(struct ptx_arena *a, const char *url)
{
	ptx_auto_buf b = { 0 };
	const char *copy = NULL;

	ptx_buf_init(&b, 0);
	ptxi_url_show(ptxi_str(url), &b);
	copy = ptxi_arena_buf(a, &b);
	return copy ? copy : "";
}
