/* SPDX-License-Identifier: Apache-2.0 */
/* schema_url.c - addresses as text: what Go's net/url takes as one, and a reference against its
 * base.
 *
 * Sources: RFC 3986 (section 5.2 for references); the checks and their words are those of Go's
 * url.Parse, since Helm's messages hold them.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../text/goquote.h"

struct parts {
	struct ptx_str scheme, authority, path, query;
	bool has_authority, has_query;
	bool opaque; /* a scheme, and a path that does not begin with a slash */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The scheme's length; SIZE_MAX when a colon comes first. */
static size_t scheme_length(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_letter(s.p[i]) || (i && (is_digit(s.p[i]) || strchr("+-.", s.p[i]))))
			continue;
		if (s.p[i] == ':')
			return i ? i : SIZE_MAX;
		return 0;
	}
	return 0;
}

static struct parts split(struct ptx_str s)
{
	struct parts p = { 0 };
	size_t n = scheme_length(s);
	size_t hash = ptxi_str_find_char(s, '#');
	size_t at = 0;

	if (hash != SIZE_MAX)
		s.n = hash;
	if (n && n != SIZE_MAX) {
		p.scheme = ptxi_str_sub(s, 0, n);
		s = ptxi_str_from(s, n + 1);
	}
	at = ptxi_str_find_char(s, '?');
	if (at != SIZE_MAX) {
		p.has_query = true;
		p.query = ptxi_str_from(s, at + 1);
		s.n = at;
	}
	if (ptxi_str_starts(s, "//")) {
		s = ptxi_str_from(s, 2);
		at = ptxi_str_find_char(s, '/');
		p.has_authority = true;
		p.authority = ptxi_str_sub(s, 0, at == SIZE_MAX ? s.n : at);
		s = at == SIZE_MAX ? ptxi_strn("", 0) : ptxi_str_from(s, at);
	}
	p.path = s;
	p.opaque = p.scheme.n && !p.has_authority && (!s.n || s.p[0] != '/');
	return p;
}

/* Without `.` and `..` parts. */
static void remove_dots(struct ptx_str path, struct ptx_buf *out)
{
	size_t start = out->n;
	struct ptx_str rest = path;
	struct ptx_str part = { NULL, 0 };
	bool slash = path.n && path.p[0] == '/';
	bool first = true;
	bool ends_in_folder = false;

	if (slash)
		rest = ptxi_str_from(rest, 1);
	ptx_buf_addc(out, '/');
	start = out->n;
	while (ptxi_str_next(&rest, '/', &part)) {
		ends_in_folder = ptxi_str_is(part, ".") || ptxi_str_is(part, "..");
		if (ptxi_str_is(part, "..")) {
			size_t cut = out->n;

			while (cut > start && out->p[cut - 1] != '/')
				cut--;
			ptx_buf_truncate(out, cut > start ? cut - 1 : start);
			first = out->n == start;
		} else if (!ptxi_str_is(part, ".")) {
			if (!first)
				ptx_buf_addc(out, '/');
			ptx_buf_addstr(out, part);
			first = false;
		}
	}
	if (ends_in_folder && out->n > start)
		ptx_buf_addc(out, '/');
}

static void add_head(struct ptx_buf *out, const struct parts *from)
{
	if (from->scheme.n) {
		for (size_t i = 0; i < from->scheme.n; i++) {
			char c = from->scheme.p[i];

			ptx_buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		}
		ptx_buf_addc(out, ':');
	}
	if (from->has_authority) {
		ptx_buf_adds(out, "//");
		ptx_buf_addstr(out, from->authority);
	}
}

static void merge_paths(const struct parts *base, struct ptx_str path, struct ptx_buf *out)
{
	size_t slash = ptxi_str_rfind_char(base->path, '/');

	if (base->has_authority && !base->path.n)
		ptx_buf_addc(out, '/');
	else if (slash != SIZE_MAX)
		ptx_buf_addstr(out, ptxi_str_sub(base->path, 0, slash + 1));
	ptx_buf_addstr(out, path);
}

const char *ptxi_url_resolve(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference)
{
	struct parts b = split(base);
	struct parts r = split(reference);
	ptx_auto_buf out = { 0 };
	ptx_auto_buf merged = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_init(&merged, 0);
	if (r.scheme.n) {
		add_head(&out, &r);
		if (r.opaque || !r.path.n)
			ptx_buf_addstr(&out, r.path);
		else
			remove_dots(r.path, &out);
	} else if (!reference.n || (!r.path.n && !r.has_authority)) {
		add_head(&out, &b);
		ptx_buf_addstr(&out, b.path);
		if (!r.has_query) {
			r.has_query = b.has_query;
			r.query = b.query;
		}
	} else if (b.opaque) {
		/* Go keeps the opaque part, whatever is laid over it. */
		add_head(&out, &b);
		ptx_buf_addstr(&out, b.path);
	} else {
		if (r.has_authority) {
			b.has_authority = true;
			b.authority = r.authority;
			ptx_buf_addstr(&merged, r.path);
		} else if (r.path.p[0] == '/') {
			ptx_buf_addstr(&merged, r.path);
		} else {
			merge_paths(&b, r.path, &merged);
		}
		add_head(&out, &b);
		if (merged.n)
			remove_dots(ptx_buf_str(&merged), &out);
	}
	if (r.has_query) {
		ptx_buf_addc(&out, '?');
		ptx_buf_addstr(&out, r.query);
	}
	return ptx_buf_ok(&out) && ptx_buf_ok(&merged) ? ptxi_arena_strn(a, out.p, out.n) : NULL;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The first malformed %XX, or {NULL, 0}. */
static struct ptx_str bad_escape(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '%' &&
		    (i + 2 >= s.n || hex_digit(s.p[i + 1]) < 0 || hex_digit(s.p[i + 2]) < 0))
			return ptxi_str_sub(s, i, 3);
	return (struct ptx_str){ NULL, 0 };
}

static const char *escape_problem(struct ptx_arena *a, struct ptx_str bad)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "invalid URL escape ");
	ptxi_go_quote(bad, false, &out);
	return ptxi_arena_strn(a, out.p, out.n);
}

static const char *host_problem(struct ptx_arena *a, struct ptx_str authority,
				struct ptx_str *host_v6)
{
	size_t at = ptxi_str_rfind_char(authority, '@');
	struct ptx_str host = at == SIZE_MAX ? authority : ptxi_str_from(authority, at + 1);
	struct ptx_str port = { NULL, 0 };
	size_t colon = 0;

	for (size_t i = 0; at != SIZE_MAX && i < at; i++)
		if (!is_letter(authority.p[i]) && !is_digit(authority.p[i]) &&
		    !strchr("-._:~!$&'()*+,;=%@", authority.p[i]))
			return "net/url: invalid userinfo";
	if (ptxi_str_starts(host, "[")) {
		size_t close = ptxi_str_rfind_char(host, ']');

		if (close == SIZE_MAX)
			return "missing ']' in host";
		*host_v6 = ptxi_str_sub(host, 1, close - 1);
		if (ptxi_str_find_char(*host_v6, ':') == SIZE_MAX)
			return ptxi_arena_printf(
			    a, "invalid host: ParseAddr(\"%.*s\"): unable to parse IP",
			    PTX_STR_ARG(*host_v6));
		port = ptxi_str_from(host, close + 1);
		host = ptxi_str_sub(host, 0, close + 1);
	} else if ((colon = ptxi_str_rfind_char(host, ':')) != SIZE_MAX) {
		port = ptxi_str_from(host, colon);
		host.n = colon;
		if (ptxi_str_find_char(host, ':') != SIZE_MAX)
			*host_v6 = host;
	}
	for (size_t i = 0; i < port.n; i++)
		if ((i == 0 && port.p[0] != ':') || (i && !is_digit(port.p[i])))
			return ptxi_arena_printf(a, "invalid port \"%.*s\" after host",
						 PTX_STR_ARG(port));
	for (size_t i = 0; i < host.n; i++) {
		unsigned char c = (unsigned char)host.p[i];

		if (c == '%' && (i + 2 >= host.n || hex_digit(host.p[i + 1]) < 0 ||
				 hex_digit(host.p[i + 2]) < 0))
			return escape_problem(a, ptxi_str_sub(host, i, 3));
		if (c < 0x80 && !is_letter((char)c) && !is_digit((char)c) &&
		    !strchr("-._~!$&'()*+,;=:[]<>\"%", (char)c))
			return ptxi_arena_printf(a, "invalid character \"%s%c\" in host name",
						 c == '\\' ? "\\" : "", c);
	}
	return NULL;
}

static const char *problem(struct ptx_arena *a, struct ptx_str url, bool *absolute,
			   struct ptx_str *host_v6)
{
	struct parts p = { 0 };
	struct ptx_str fragment = { NULL, 0 };
	struct ptx_str bad = { NULL, 0 };
	const char *why = NULL;
	size_t hash = ptxi_str_find_char(url, '#');

	if (hash != SIZE_MAX) {
		fragment = ptxi_str_from(url, hash + 1);
		url.n = hash;
	}
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < ' ' || url.p[i] == 0x7f)
			return "net/url: invalid control character in URL";
	if (scheme_length(url) == SIZE_MAX)
		return "missing protocol scheme";
	p = split(url);
	*absolute = p.scheme.n > 0;
	if (!p.scheme.n && !p.has_authority && p.path.n && p.path.p[0] != '/') {
		size_t colon = ptxi_str_find_char(p.path, ':');
		size_t slash = ptxi_str_find_char(p.path, '/');

		if (colon != SIZE_MAX && colon < slash)
			return "first path segment in URL cannot contain colon";
	}
	if (p.has_authority)
		why = host_problem(a, p.authority, host_v6);
	if (why || p.opaque)
		return why;
	bad = bad_escape(p.path);
	if (!bad.p)
		bad = bad_escape(fragment);
	return bad.p ? escape_problem(a, bad) : NULL;
}

const char *ptxi_url_problem(struct ptx_arena *a, struct ptx_str url, bool *absolute,
			     struct ptx_str *host_v6)
{
	ptx_auto_buf out = { 0 };
	const char *why = NULL;

	*absolute = false;
	*host_v6 = (struct ptx_str){ NULL, 0 };
	why = problem(a, url, absolute, host_v6);
	if (!why)
		return NULL;
	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "parse ");
	ptxi_go_quote(url, false, &out);
	ptx_buf_printf(&out, ": %s", why);
	return ptxi_arena_strn(a, out.p, out.n);
}
