/* SPDX-License-Identifier: Apache-2.0 */
/* url.c - URLs: parsing and printing as Go's net/url (of Go 1.26) does.
 *
 *     [scheme:][//[user[:password]@]host][/]path[?query][#fragment]
 * scheme:opaque[?query][#fragment]
 *
 * Each part has its own set of characters that need no escape. How path and fragment were escaped
 * is kept only where escaping them again would not give the same.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "url.h"
#include "goquote.h"

#include <arpa/inet.h>

/* What stands for itself beside letters, digits and -._~ */
#define PATH     "$&+,/:;=@"
#define HOST     "!\"$&'()*+,:;<=>[]"
#define USER     "$&+,;="
#define FRAGMENT "!$&()*+,/:;=?@"

enum part { IN_PATH, IN_HOST, IN_ZONE, IN_USER, IN_FRAGMENT };

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool stands(char c, enum part part)
{
	static const char *const sets[] = {
		[IN_PATH] = PATH, [IN_HOST] = HOST,         [IN_ZONE] = HOST,
		[IN_USER] = USER, [IN_FRAGMENT] = FRAGMENT,
	};

	return is_alnum(c) || (c && (strchr("-._~", c) || strchr(sets[part], c)));
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static void escape(struct ptx_str s, enum part part, struct ptx_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (stands(s.p[i], part))
			ptx_buf_addc(out, s.p[i]);
		else
			ptx_buf_printf(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	}
}

struct parser {
	struct ptx_arena *arena;
	struct ptx_buf why; /* what is wrong */
};

/* Words, and a text in Go's quotes where %Q stands. */
static bool refuse(struct parser *p, const char *before, struct ptx_str quoted, const char *after)
{
	ptx_buf_adds(&p->why, before);
	if (quoted.p)
		ptxi_go_quote(quoted, false, &p->why);
	ptx_buf_adds(&p->why, after);
	return false;
}

static bool bad(struct parser *p, const char *words)
{
	return refuse(p, words, (struct ptx_str){ NULL, 0 }, "");
}

/* How many bytes the escape at s takes; 0 with the reason told. */
static size_t check_escape(struct parser *p, struct ptx_str s, enum part part)
{
	struct ptx_str shown = ptxi_strn(s.p, s.n < 3 ? s.n : 3);
	char c = 0;

	if (s.n < 3 || hex(s.p[1]) < 0 || hex(s.p[2]) < 0)
		return refuse(p, "invalid URL escape ", shown, "");
	c = (char)(hex(s.p[1]) << 4 | hex(s.p[2]));
	if (part == IN_HOST && hex(s.p[1]) < 8 && !ptxi_str_is(shown, "%25"))
		return refuse(p, "invalid URL escape ", shown, "");
	if (part == IN_ZONE && !ptxi_str_is(shown, "%25") && c != ' ' && !stands(c, IN_HOST))
		return refuse(p, "invalid URL escape ", shown, "");
	return 3;
}

static bool unescape(struct parser *p, struct ptx_str s, enum part part, struct ptx_str *out)
{
	char *to = ptxi_arena_bytes(p->arena, s.n + 1);
	size_t n = 0;

	if (!to)
		return bad(p, "out of memory");
	for (size_t i = 0; i < s.n;) {
		bool host = part == IN_HOST || part == IN_ZONE;

		if (s.p[i] == '%') {
			if (!check_escape(p, ptxi_str_from(s, i), part))
				return false;
			to[n++] =
			    (char)((unsigned)hex(s.p[i + 1]) << 4 | (unsigned)hex(s.p[i + 2]));
			i += 3;
			continue;
		}
		if (host && (unsigned char)s.p[i] < 0x80 && !stands(s.p[i], part))
			return refuse(p, "invalid character ", ptxi_str_sub(s, i, 1),
				      " in host name");
		to[n++] = s.p[i++];
	}
	to[n] = '\0';
	*out = ptxi_strn(to, n);
	return true;
}

/* Takes "http:" off; false when there is no name before the colon. */
static bool take_scheme(struct parser *p, struct ptx_str *rest, struct ptx_str *scheme)
{
	for (size_t i = 0; i < rest->n; i++) {
		char c = rest->p[i];
		char *lower = NULL;

		if (c == ':') {
			if (i == 0)
				return bad(p, "missing protocol scheme");
			lower = ptxi_arena_strn(p->arena, rest->p, i);
			for (size_t k = 0; lower && k < i; k++)
				lower[k] =
				    (char)(lower[k] >= 'A' && lower[k] <= 'Z' ? lower[k] | 0x20
									      : lower[k]);
			*scheme = ptxi_strn(lower, lower ? i : 0);
			*rest = ptxi_str_from(*rest, i + 1);
			return lower || bad(p, "out of memory");
		}
		if (!is_alnum(c) && !(c && strchr("+-.", c)))
			break;
		if (i == 0 && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			break;
	}
	return true;
}

static bool is_port(struct ptx_str s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n == 0 || s.p[0] == ':';
}

/* Behind "[" and "]": an IPv6 address, which may have a zone. */
static bool check_literal(struct parser *p, struct ptx_str s)
{
	size_t zone = ptxi_str_find_char(s, '%');
	struct ptx_str plain = ptxi_strn(s.p, zone == SIZE_MAX ? s.n : zone);
	char text[INET6_ADDRSTRLEN + 1] = "";
	unsigned char bytes[16];

	if (plain.n < sizeof(text)) {
		memcpy(text, plain.p, plain.n);
		if (inet_pton(AF_INET6, text, bytes) == 1 && (zone == SIZE_MAX || zone + 1 < s.n))
			return true;
		if (zone == SIZE_MAX && inet_pton(AF_INET, text, bytes) == 1)
			return bad(p, "invalid IP-literal");
	}
	return refuse(p, "invalid host: ParseAddr(", s, "): unable to parse IP");
}

static bool parse_literal(struct parser *p, struct ptx_str s, struct ptx_str *out)
{
	size_t close = ptxi_str_rfind_char(s, ']');
	struct ptx_str port;
	struct ptx_str name;
	struct ptx_str zone = PTXI_STR("");
	char *host = NULL;
	size_t at = 0;

	if (close == SIZE_MAX)
		return bad(p, "missing ']' in host");
	port = ptxi_str_from(s, close + 1);
	if (!is_port(port))
		return refuse(p, "invalid port ", port, " after host");
	name = ptxi_str_sub(s, 1, close - 1);
	at = ptxi_str_find(name, PTXI_STR("%25"));
	if (at != SIZE_MAX && !unescape(p, ptxi_str_from(name, at), IN_ZONE, &zone))
		return false;
	if (!unescape(p, at == SIZE_MAX ? name : ptxi_strn(name.p, at), IN_HOST, &name))
		return false;
	host = ptxi_arena_printf(p->arena, "[%.*s%.*s]%.*s", PTX_STR_ARG(name), PTX_STR_ARG(zone),
				 PTX_STR_ARG(port));
	if (!host)
		return bad(p, "out of memory");
	*out = ptxi_str(host);
	return check_literal(p, ptxi_str_sub(*out, 1, name.n + zone.n));
}

static bool parse_host(struct parser *p, struct ptx_str scheme, struct ptx_str s,
		       struct ptx_str *out)
{
	size_t open = ptxi_str_rfind_char(s, '[');
	size_t colon = ptxi_str_find_char(s, ':');

	if (open != SIZE_MAX && open > 0)
		return bad(p, "invalid IP-literal");
	if (open == 0)
		return parse_literal(p, s, out);
	/* lists of hosts with ports are known from databases' URLs */
	if (colon != SIZE_MAX && !ptxi_str_is(scheme, "http") && !ptxi_str_is(scheme, "https"))
		colon = ptxi_str_rfind_char(s, ':');
	if (colon != SIZE_MAX && !is_port(ptxi_str_from(s, colon)))
		return refuse(p, "invalid port ", ptxi_str_from(s, colon), " after host");
	return unescape(p, s, IN_HOST, out);
}

static bool parse_user(struct parser *p, struct ptx_str s, struct ptxi_url *u)
{
	size_t colon = ptxi_str_find_char(s, ':');

	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !(s.p[i] && strchr("-._:~!$&'()*+,;=%@", s.p[i])))
			return bad(p, "net/url: invalid userinfo");
	u->has_user = true;
	if (colon == SIZE_MAX)
		return unescape(p, s, IN_USER, &u->user);
	u->has_password = true;
	return unescape(p, ptxi_strn(s.p, colon), IN_USER, &u->user) &&
	       unescape(p, ptxi_str_from(s, colon + 1), IN_USER, &u->password);
}

static bool parse_authority(struct parser *p, struct ptx_str s, struct ptxi_url *u)
{
	size_t at = ptxi_str_rfind_char(s, '@');

	if (!parse_host(p, u->scheme, at == SIZE_MAX ? s : ptxi_str_from(s, at + 1), &u->host))
		return false;
	return at == SIZE_MAX || parse_user(p, ptxi_strn(s.p, at), u);
}

/* A part decoded, and as written where it would be written otherwise. */
static bool parse_part(struct parser *p, struct ptx_str s, enum part part, struct ptx_str *out,
		       struct ptx_str *raw)
{
	ptx_auto_buf again = { 0 };

	if (!unescape(p, s, part, out))
		return false;
	ptx_buf_init(&again, 0);
	escape(*out, part, &again);
	if (!ptxi_str_eq(ptx_buf_str(&again), s))
		*raw = ptxi_strn(ptxi_arena_strn(p->arena, s.p, s.n), s.n);
	return true;
}

/* What stands before the fragment. */
static bool parse_rest(struct parser *p, struct ptx_str s, struct ptxi_url *u)
{
	size_t query = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return bad(p, "net/url: invalid control character in URL");
	if (ptxi_str_is(s, "*")) {
		u->path = PTXI_STR("*");
		return true;
	}
	if (!take_scheme(p, &s, &u->scheme))
		return false;
	query = ptxi_str_find_char(s, '?');
	if (query != SIZE_MAX) {
		u->force_query = query + 1 == s.n;
		u->query = ptxi_strn(ptxi_arena_strn(p->arena, s.p + query + 1, s.n - query - 1),
				     s.n - query - 1);
		s.n = query;
	}
	if (!ptxi_str_starts(s, "/")) {
		struct ptx_str segment = ptxi_strn(s.p, s.n);
		size_t slash = ptxi_str_find_char(s, '/');

		if (u->scheme.n) {
			u->opaque = ptxi_strn(ptxi_arena_strn(p->arena, s.p, s.n), s.n);
			return true;
		}
		segment.n = slash == SIZE_MAX ? s.n : slash;
		if (ptxi_str_find_char(segment, ':') != SIZE_MAX)
			return bad(p, "first path segment in URL cannot contain colon");
	}
	if (ptxi_str_starts(s, "//") && (u->scheme.n || !ptxi_str_starts(s, "///"))) {
		struct ptx_str authority = ptxi_str_from(s, 2);
		size_t slash = ptxi_str_find_char(authority, '/');

		s = slash == SIZE_MAX ? PTXI_STR("") : ptxi_str_from(authority, slash);
		if (slash != SIZE_MAX)
			authority.n = slash;
		if (!parse_authority(p, authority, u))
			return false;
	} else if (u->scheme.n && ptxi_str_starts(s, "/")) {
		u->omit_host = true;
	}
	return parse_part(p, s, IN_PATH, &u->path, &u->raw_path);
}

int ptxi_url_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_url *out,
		   struct ptx_error **err)
{
	size_t hash = ptxi_str_find_char(text, '#');
	struct ptx_str shown = hash == SIZE_MAX ? text : ptxi_strn(text.p, hash);
	struct parser p = { .arena = a };
	ptx_auto_buf quoted = { 0 };
	bool ok = false;

	*out = (struct ptxi_url){ .scheme = PTXI_STR("") };
	ptx_buf_init(&p.why, 0);
	ok = parse_rest(&p, shown, out);
	if (ok && hash != SIZE_MAX && hash + 1 < text.n) {
		shown = text;
		ok = parse_part(&p, ptxi_str_from(text, hash + 1), IN_FRAGMENT, &out->fragment,
				&out->raw_fragment);
	}
	if (!ok && ptx_arena_status(a)) {
		ptxi_arena_check(a, err);
	} else if (!ok) {
		ptx_buf_init(&quoted, 0);
		ptxi_go_quote(shown, false, &quoted);
		ptx_fail(err, PTX_E_SYNTAX, "parse %s: %s", quoted.p, p.why.p);
	}
	ptx_buf_done(&p.why);
	return ok ? 0 : PTX_E_SYNTAX;
}

/* True when a text can stand as it is. */
static bool is_escaped(struct ptx_str s, enum part part)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stands(s.p[i], part) && !(s.p[i] && strchr("!$&'()*+,;=:@[]%", s.p[i])))
			return false;
	return true;
}

/* As it was written, if that still means the same; else escaped. */
static void print_part(struct ptx_str decoded, struct ptx_str raw, enum part part,
		       struct ptx_buf *out)
{
	if (raw.n && is_escaped(raw, part))
		ptx_buf_addstr(out, raw);
	else
		escape(decoded, part, out);
}

void ptxi_url_print_user(const struct ptxi_url *u, struct ptx_buf *out)
{
	escape(u->user, IN_USER, out);
	if (!u->has_password)
		return;
	ptx_buf_addc(out, ':');
	escape(u->password, IN_USER, out);
}

static void print_hierarchy(const struct ptxi_url *u, size_t begin, struct ptx_buf *out)
{
	ptx_auto_buf path = { 0 };
	struct ptx_str s;
	struct ptx_str segment = { NULL, 0 };

	if ((u->scheme.n || u->host.n || u->has_user) &&
	    (!u->omit_host || u->host.n || u->has_user)) {
		if (u->host.n || u->path.n || u->has_user)
			ptx_buf_adds(out, "//");
		if (u->has_user) {
			ptxi_url_print_user(u, out);
			ptx_buf_addc(out, '@');
		}
		escape(u->host, IN_HOST, out);
	}
	ptx_buf_init(&path, 0);
	if (ptxi_str_is(u->path, "*") && !u->raw_path.n)
		ptx_buf_addc(&path, '*');
	else
		print_part(u->path, u->raw_path, IN_PATH, &path);
	if (!ptx_buf_ok(&path))
		out->status = path.status; /* what is missing must not look like a URL */
	s = ptx_buf_str(&path);
	if (s.n && s.p[0] != '/' && u->host.n)
		ptx_buf_addc(out, '/');
	if (out->n == begin && s.n && ptxi_str_next(&(struct ptx_str){ s.p, s.n }, '/', &segment) &&
	    ptxi_str_find_char(segment, ':') != SIZE_MAX)
		ptx_buf_adds(out, "./");
	ptx_buf_addstr(out, s);
}

void ptxi_url_print(const struct ptxi_url *u, struct ptx_buf *out)
{
	size_t begin = out->n;

	if (u->scheme.n) {
		ptx_buf_addstr(out, u->scheme);
		ptx_buf_addc(out, ':');
	}
	if (u->opaque.n)
		ptx_buf_addstr(out, u->opaque);
	else
		print_hierarchy(u, begin, out);
	if (u->force_query || u->query.n) {
		ptx_buf_addc(out, '?');
		ptx_buf_addstr(out, u->query);
	}
	if (u->fragment.n) {
		ptx_buf_addc(out, '#');
		print_part(u->fragment, u->raw_fragment, IN_FRAGMENT, out);
	}
}

struct ptx_str ptxi_url_hostname(const struct ptxi_url *u)
{
	struct ptx_str host = u->host;
	size_t colon = ptxi_str_rfind_char(host, ':');

	if (colon != SIZE_MAX && is_port(ptxi_str_from(host, colon)))
		host.n = colon;
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = ptxi_str_sub(host, 1, host.n - 2);
	return host;
}
