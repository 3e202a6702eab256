/* SPDX-License-Identifier: Apache-2.0 */
/* schema_format_net.c - formats of addresses: IP, hosts, mail, and the web's. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_format.h"
#include "../text/goquote.h"

/* ---- hosts */

bool ptxi_format_ipv4(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str groups[5];
	size_t n = 0;

	(void)a;
	s = s.p ? s : ptxi_strn("", 0);
	while (n < PTXI_COUNT(groups) && ptxi_str_next(&s, '.', &groups[n]))
		n++;
	if (n != 4 || s.p)
		return ptxi_format_no(why, "expected four decimals");
	for (size_t i = 0; i < n; i++) {
		int64_t value = 0;

		if (groups[i].n > 1 && groups[i].p[0] == '0')
			return ptxi_format_no(why, "leading zeros");
		if (!ptxi_parse_i64(groups[i], &value, INT64_MIN, INT64_MAX)) {
			ptx_buf_adds(why, "strconv.Atoi: parsing ");
			ptxi_go_quote(groups[i], false, why);
			return ptxi_format_no(why, ": invalid syntax");
		}
		if (value < 0 || value > 255)
			return ptxi_format_no(why, "decimal must be between 0 and 255");
	}
	return true;
}

static bool no_address(struct ptx_buf *why, struct ptx_str all, const char *message,
		       struct ptx_str at)
{
	ptx_buf_adds(why, "ParseAddr(");
	ptxi_go_quote(all, false, why);
	ptx_buf_printf(why, "): %s", message);
	if (at.n) {
		ptx_buf_adds(why, " (at ");
		ptxi_go_quote(at, false, why);
		ptx_buf_addc(why, ')');
	}
	return false;
}

static size_t hex_field(struct ptx_str s, uint32_t *value)
{
	size_t n = 0;

	*value = 0;
	for (; n < s.n && n < 5; n++) {
		static const char digits[] = "0123456789abcdef";
		char c = s.p[n] >= 'A' && s.p[n] <= 'F' ? (char)(s.p[n] - 'A' + 'a') : s.p[n];
		const char *at = c ? strchr(digits, c) : NULL;

		if (!at)
			break;
		*value = *value * 16 + (uint32_t)(at - digits);
	}
	return n;
}

/* The fields of an IPv6 address, with what Go's netip says of each mistake. */
static bool ipv6_fields(struct ptx_str all, struct ptx_str s, struct ptx_buf *why)
{
	ptx_auto_buf ignored = { 0 };
	int ellipsis = -1;
	int i = 0;

	ptx_buf_init(&ignored, 0);
	if (ptxi_str_starts(s, "::")) {
		ellipsis = 0;
		s = ptxi_str_from(s, 2);
		if (!s.n)
			return true;
	}
	while (i < 16) {
		uint32_t value = 0;
		size_t n = hex_field(s, &value);

		if (n > 4)
			return no_address(why, all, "each group must have 4 or fewer digits", s);
		if (!n)
			return no_address(
			    why, all, "each colon-separated field must have at least one digit", s);
		if (n < s.n && s.p[n] == '.') {
			if (ellipsis < 0 && i != 12)
				return no_address(why, all,
						  "embedded IPv4 address must replace the final 2 "
						  "fields of the address",
						  s);
			if (i + 4 > 16)
				return no_address(why, all,
						  "too many hex fields to fit an embedded IPv4 at "
						  "the end of the address",
						  s);
			if (!ptxi_format_ipv4(NULL, s, &ignored))
				return no_address(why, all, "unexpected character", s);
			s.n = 0;
			i += 4;
			break;
		}
		i += 2;
		s = ptxi_str_from(s, n);
		if (!s.n)
			break;
		if (s.p[0] != ':')
			return no_address(why, all, "unexpected character, want colon", s);
		if (s.n == 1)
			return no_address(why, all, "colon must be followed by more characters", s);
		s = ptxi_str_from(s, 1);
		if (s.p[0] == ':') {
			if (ellipsis >= 0)
				return no_address(why, all, "multiple :: in address", s);
			ellipsis = i;
			s = ptxi_str_from(s, 1);
			if (!s.n)
				break;
		}
	}
	if (s.n)
		return no_address(why, all, "trailing garbage after address", s);
	if (i < 16 && ellipsis < 0)
		return no_address(why, all, "address string too short", s);
	if (i >= 16 && ellipsis >= 0)
		return no_address(why, all, "the :: must expand to at least one field of zeros", s);
	return true;
}

bool ptxi_format_ipv6(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str address = s;
	size_t colon = ptxi_str_find_char(s, ':');
	size_t dot = ptxi_str_find_char(s, '.');
	size_t zone = ptxi_str_find_char(s, '%');

	(void)a;
	if (colon == SIZE_MAX)
		return ptxi_format_no(why, "missing colon");
	if (dot < colon && dot < zone)
		return no_address(why, s, "unexpected character", ptxi_str_from(s, colon));
	if (zone < colon)
		return no_address(why, s, "missing IPv6 address", (struct ptx_str){ NULL, 0 });
	if (zone != SIZE_MAX) {
		address.n = zone;
		if (zone + 1 == s.n)
			return no_address(why, s, "zone must be a non-empty string",
					  (struct ptx_str){ NULL, 0 });
	}
	if (!ipv6_fields(s, address, why))
		return false;
	return zone == SIZE_MAX || ptxi_format_no(why, "zone id is not a part of ipv6 address");
}

bool ptxi_format_hostname(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str label = { NULL, 0 };

	(void)a;
	s = s.p ? s : ptxi_strn("", 0);
	if (ptxi_str_ends(s, "."))
		s.n--;
	if (s.n > 253)
		return ptxi_format_no(why, "more than 253 characters long");
	while (ptxi_str_next(&s, '.', &label)) {
		uint32_t rune = 0;

		if (label.n < 1 || label.n > 63)
			return ptxi_format_no(why, "label must be 1 to 63 characters long");
		if (label.p[0] == '-')
			return ptxi_format_no(why, "label starts with hyphen");
		if (label.p[label.n - 1] == '-')
			return ptxi_format_no(why, "label ends with hyphen");
		if (ptxi_format_foreign(label, "-", &rune))
			return ptxi_format_no_rune(why, "invalid character ", rune, "");
	}
	return true;
}

static bool local_part(struct ptx_str local, struct ptx_buf *why)
{
	uint32_t rune = 0;

	if (local.n > 1 && ptxi_str_starts(local, "\"") && ptxi_str_ends(local, "\"")) {
		struct ptx_str inside = ptxi_str_sub(local, 1, local.n - 2);

		return (ptxi_str_find_char(inside, '\\') == SIZE_MAX &&
			ptxi_str_find_char(inside, '"') == SIZE_MAX) ||
		       ptxi_format_no(
			   why, "backslash and quote are not allowed within quoted local part");
	}
	if (ptxi_str_starts(local, "."))
		return ptxi_format_no(why, "starts with dot");
	if (ptxi_str_ends(local, "."))
		return ptxi_format_no(why, "ends with dot");
	if (ptxi_str_find(local, PTXI_STR("..")) != SIZE_MAX)
		return ptxi_format_no(why, "consecutive dots");
	if (ptxi_format_foreign(local, ".!#$%&'*+-/=?^_`{|}~", &rune))
		return ptxi_format_no_rune(why, "invalid character ", rune, "");
	return true;
}

bool ptxi_format_email(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t at = ptxi_str_rfind_char(s, '@');
	struct ptx_str domain = { NULL, 0 };
	ptx_auto_buf inner = { 0 };

	if (s.n > 254)
		return ptxi_format_no(why, "more than 255 characters long");
	if (at == SIZE_MAX)
		return ptxi_format_no(why, "missing @");
	if (at > 64)
		return ptxi_format_no(why, "local part more than 64 characters long");
	if (!local_part(ptxi_str_sub(s, 0, at), why))
		return false;
	domain = ptxi_str_from(s, at + 1);
	ptx_buf_init(&inner, 0);
	if (!ptxi_str_starts(domain, "[") || !ptxi_str_ends(domain, "]"))
		return ptxi_format_hostname(a, domain, &inner) ||
		       ptxi_format_no(why, "invalid domain: %s", inner.p);
	domain = ptxi_str_sub(domain, 1, domain.n - 2);
	if (ptxi_str_starts(domain, "IPv6:"))
		return ptxi_format_ipv6(a, ptxi_str_from(domain, 5), &inner) ||
		       ptxi_format_no(why, "invalid ipv6 address: %s", inner.p);
	return ptxi_format_ipv4(a, domain, &inner) ||
	       ptxi_format_no(why, "invalid ipv4 address: %s", inner.p);
}

/* ---- addresses of the web */

static bool url_like(struct ptx_arena *a, struct ptx_str s, bool *absolute, struct ptx_buf *why)
{
	struct ptx_str host = { NULL, 0 };
	ptx_auto_buf inner = { 0 };
	const char *problem = ptxi_url_problem(a, s, absolute, &host);

	if (problem)
		return ptxi_format_no(why, "%s", problem);
	ptx_buf_init(&inner, 0);
	if (!host.p || ptxi_str_find_char(host, ':') == SIZE_MAX)
		return true;
	if (ptxi_str_find_char(s, '[') == SIZE_MAX)
		return ptxi_format_no(why, "ipv6 address not enclosed in brackets");
	return ptxi_format_ipv6(a, host, &inner) ||
	       ptxi_format_no(why, "invalid ipv6 address: %s", inner.p);
}

bool ptxi_format_uri(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	bool absolute = false;

	return url_like(a, s, &absolute, why) && (absolute || ptxi_format_no(why, "relative url"));
}

bool ptxi_format_uri_reference(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	bool absolute = false;

	if (ptxi_str_find_char(s, '\\') != SIZE_MAX)
		return ptxi_format_no(why, "contains \\");
	return url_like(a, s, &absolute, why);
}

/* The path of an address: what stands between the authority, if there is one, and a query or
 * fragment. */
static struct ptx_str path_of(struct ptx_str s)
{
	size_t at = ptxi_str_find(s, PTXI_STR("://"));

	if (at != SIZE_MAX) {
		s = ptxi_str_from(s, at + 3);
		at = ptxi_str_find_char(s, '/');
		s = at == SIZE_MAX ? ptxi_strn("", 0) : ptxi_str_from(s, at);
	}
	at = ptxi_str_find_char(s, '#');
	s = at == SIZE_MAX ? s : ptxi_str_sub(s, 0, at);
	at = ptxi_str_find_char(s, '?');
	return at == SIZE_MAX ? s : ptxi_str_sub(s, 0, at);
}

bool ptxi_format_uri_template(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	bool absolute = false;
	struct ptx_str path = path_of(s);
	struct ptx_str part = { NULL, 0 };

	if (!url_like(a, s, &absolute, why))
		return false;
	while (ptxi_str_next(&path, '/', &part)) {
		bool open = false;

		for (size_t i = 0; i < part.n; i++) {
			if (part.p[i] != '{' && part.p[i] != '}')
				continue;
			if ((part.p[i] == '{') == open)
				return ptxi_format_no(why, "nested curly braces");
			open = !open;
		}
		if (open)
			return ptxi_format_no(why, "no matching closing brace");
	}
	return true;
}
