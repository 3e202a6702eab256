/* SPDX-License-Identifier: Apache-2.0 */
/* lint_address.c - what passes for an address of the web or of a person in Chart.yaml.
 *
 * As Helm's linter takes them: loose rules, meant to find slips of the pen.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lint.h"
#include "../text/url.h"

#define LONGEST_URL 2083u

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

/* Labels of letters, digits and dashes with dots between; at least `least` of them. */
static bool is_domain(struct ptx_str s, size_t least)
{
	struct ptx_str label = { NULL, 0 };
	size_t n = 0;

	while (ptxi_str_next(&s, '.', &label)) {
		if (!label.n || !is_alnum(label.p[0]) || !is_alnum(label.p[label.n - 1]))
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
				return false;
		n++;
	}
	return n >= least && !(label.n && label.p[0] >= '0' && label.p[0] <= '9');
}

bool ptxi_lint_is_email(const char *s)
{
	struct ptx_str all = ptxi_str(s);
	size_t at = ptxi_str_rfind_char(all, '@');

	if (at == SIZE_MAX || at == 0)
		return false;
	for (size_t i = 0; i < at; i++)
		if (!is_alnum(s[i]) && !strchr("!#$%&'*+-/=?^_`{|}~.", s[i]))
			return false;
	if (s[0] == '.' || s[at - 1] == '.' || strstr(s, ".."))
		return false;
	return is_domain(ptxi_str_from(all, at + 1), 2);
}

bool ptxi_lint_is_request_url(const char *s)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_url u;

	return a && s[0] && ptxi_url_parse(a, ptxi_str(s), &u, NULL) == 0 && u.scheme.n > 0;
}

static bool is_address(struct ptx_str host)
{
	struct ptx_str part = { NULL, 0 };
	uint64_t number = 0;
	size_t n = 0;

	while (ptxi_str_next(&host, '.', &part)) {
		if (!ptxi_parse_u64(part, &number, 255))
			return false;
		n++;
	}
	return n == 4;
}

bool ptxi_lint_is_url(const char *s)
{
	static const char *const schemes[] = { "ftp", "tcp", "udp", "ws", "wss", "http", "https" };
	struct ptx_str rest = ptxi_str(s);
	size_t scheme = ptxi_str_find(rest, PTXI_STR("://"));
	struct ptx_str host = { NULL, 0 };
	uint64_t port = 0;
	size_t at = 0;
	bool known = scheme == SIZE_MAX;

	if (rest.n < 3 || rest.n >= LONGEST_URL || s[0] == '.')
		return false;
	for (size_t i = 0; !known && i < PTXI_COUNT(schemes); i++)
		known = ptxi_str_is(ptxi_str_sub(rest, 0, scheme), schemes[i]);
	if (!known)
		return false;
	if (scheme != SIZE_MAX)
		rest = ptxi_str_from(rest, scheme + 3);
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == ' ' || rest.p[i] == '\t' || rest.p[i] == '\n')
			return false;
	host = ptxi_str_sub(rest, 0, 0);
	while (host.n < rest.n && !strchr("/?#", rest.p[host.n]))
		host.n++;
	at = ptxi_str_rfind_char(host, '@');
	if (at != SIZE_MAX)
		host = ptxi_str_from(host, at + 1);
	if (ptxi_str_starts(host, "["))
		return ptxi_str_find_char(host, ']') != SIZE_MAX;
	at = ptxi_str_rfind_char(host, ':');
	if (at != SIZE_MAX) {
		if (!ptxi_parse_u64(ptxi_str_from(host, at + 1), &port, 99999))
			return false;
		host.n = at;
	}
	if (ptxi_str_ends(host, "."))
		host.n--;
	/* Without a scheme there must be a dot somewhere. */
	if (scheme == SIZE_MAX && ptxi_str_find_char(host, '.') == SIZE_MAX &&
	    !ptxi_str_is(host, "localhost"))
		return false;
	return is_address(host) || is_domain(host, 1);
}
