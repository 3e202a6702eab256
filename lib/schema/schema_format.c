/* SPDX-License-Identifier: Apache-2.0 */
/* schema_format.c - the formats that are checked: dates, addresses, names.
 *
 * What each takes, and why it refuses, is as Helm's validator has it (RFC 3339, 1123, 4122, 4291,
 * 5321, 6570, 6901 and semver.org, with its shortcuts), for its words stand in messages.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../base/utf8.h"
#include "../text/goquote.h"

struct ptxi_schema_format {
	const char *name;
	bool (*check)(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why);
};

static bool PTXI_PRINTF(2, 3) no(struct ptx_buf *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ptx_buf_vprintf(why, fmt, ap);
	va_end(ap);
	return false;
}

static bool no_rune(struct ptx_buf *why, const char *before, uint32_t rune, const char *after)
{
	ptx_buf_adds(why, before);
	ptxi_go_quote_rune(rune, false, why);
	ptx_buf_adds(why, after);
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t leading_digits(struct ptx_str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

/* The first rune of s that is no letter, digit or one of `more`; false when there is none. */
static bool foreign(struct ptx_str s, const char *more, uint32_t *rune)
{
	while (s.n) {
		size_t len = 0;

		*rune = ptxi_utf8_decode(s, &len);
		if (*rune >= 0x80 || !*rune ||
		    (!is_alnum((char)*rune) && !strchr(more, (int)*rune)))
			return true;
		s = ptxi_str_from(s, len);
	}
	return false;
}

/* ---- pointers, ids, durations */

static bool json_pointer(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	(void)a;
	if (s.n && s.p[0] != '/')
		return no(why, "not starting with /");
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~' && (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return no(why, "~ must be followed by 0 or 1");
	return true;
}

static bool relative_json_pointer(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t digits = leading_digits(s);

	if (!digits)
		return no(why, "must start with non-negative integer");
	if (digits > 1 && s.p[0] == '0')
		return no(why, "starts with zero");
	s = ptxi_str_from(s, digits);
	return ptxi_str_is(s, "#") || json_pointer(a, s, why);
}

static bool uuid(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const size_t lengths[] = { 8, 4, 4, 4, 12 };
	struct ptx_str rest = s.p ? s : ptxi_strn("", 0);
	struct ptx_str groups[6];
	size_t n = 0;

	(void)a;
	while (n < PTXI_COUNT(groups) && ptxi_str_next(&rest, '-', &groups[n]))
		n++;
	if (n != PTXI_COUNT(lengths) || rest.p)
		return no(why, "must have 5 elements");
	for (size_t i = 0; i < n; i++) {
		if (groups[i].n != lengths[i])
			return no(why, "element %zu must be %zu characters long", i + 1,
				  lengths[i]);
		for (size_t k = 0; k < groups[i].n; k++)
			if (!is_digit(groups[i].p[k]) && !strchr("abcdefABCDEF", groups[i].p[k])) {
				size_t len = 0;

				return no_rune(why, "non-hex character ",
					       ptxi_utf8_decode(ptxi_str_from(groups[i], k), &len),
					       "");
			}
	}
	return true;
}

static bool duration_part(struct ptx_str s, const char *units, const char *all, struct ptx_buf *why)
{
	while (s.n) {
		size_t digits = leading_digits(s);
		const char *at = NULL;

		if (!digits)
			return no(why, "missing number");
		s = ptxi_str_from(s, digits);
		if (!s.n)
			return no(why, "missing unit");
		at = strchr(units, s.p[0]);
		if (!at || !s.p[0])
			return strchr(all, s.p[0]) && s.p[0]
				   ? no_rune(why, "unit ", (unsigned char)s.p[0], " out of order")
				   : no_rune(why, "invalid unit ", (unsigned char)s.p[0], "");
		units = at + 1;
		s = ptxi_str_from(s, 1);
	}
	return true;
}

static bool duration(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const char *const units[] = { "YMD", "HMS" };
	struct ptx_str part = { NULL, 0 };
	size_t i = 0;

	(void)a;
	if (!ptxi_str_starts(s, "P"))
		return no(why, "must start with P");
	s = ptxi_str_from(s, 1);
	if (!s.n)
		return no(why, "nothing after P");
	if (ptxi_str_ends(s, "W")) {
		s.n--;
		if (!s.n)
			return no(why, "no number in week");
		return leading_digits(s) == s.n || no(why, "invalid week");
	}
	for (; ptxi_str_next(&s, 'T', &part); i++) {
		if (i && !part.n)
			return no(why, "no time elements");
		if (i == PTXI_COUNT(units))
			return no(why, "more than one T");
		if (!duration_part(part, units[i], units[i], why))
			return false;
	}
	return true;
}

/* ---- addresses */

static bool ipv4(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str groups[5];
	size_t n = 0;

	(void)a;
	s = s.p ? s : ptxi_strn("", 0);
	while (n < PTXI_COUNT(groups) && ptxi_str_next(&s, '.', &groups[n]))
		n++;
	if (n != 4 || s.p)
		return no(why, "expected four decimals");
	for (size_t i = 0; i < n; i++) {
		int64_t value = 0;

		if (groups[i].n > 1 && groups[i].p[0] == '0')
			return no(why, "leading zeros");
		if (!ptxi_parse_i64(groups[i], &value, INT64_MIN, INT64_MAX)) {
			ptx_buf_adds(why, "strconv.Atoi: parsing ");
			ptxi_go_quote(groups[i], false, why);
			return no(why, ": invalid syntax");
		}
		if (value < 0 || value > 255)
			return no(why, "decimal must be between 0 and 255");
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
			if (!ipv4(NULL, s, &ignored))
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

static bool ipv6(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str address = s;
	size_t colon = ptxi_str_find_char(s, ':');
	size_t dot = ptxi_str_find_char(s, '.');
	size_t zone = ptxi_str_find_char(s, '%');

	(void)a;
	if (colon == SIZE_MAX)
		return no(why, "missing colon");
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
	return zone == SIZE_MAX || no(why, "zone id is not a part of ipv6 address");
}

static bool hostname(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	struct ptx_str label = { NULL, 0 };

	(void)a;
	s = s.p ? s : ptxi_strn("", 0);
	if (ptxi_str_ends(s, "."))
		s.n--;
	if (s.n > 253)
		return no(why, "more than 253 characters long");
	while (ptxi_str_next(&s, '.', &label)) {
		uint32_t rune = 0;

		if (label.n < 1 || label.n > 63)
			return no(why, "label must be 1 to 63 characters long");
		if (label.p[0] == '-')
			return no(why, "label starts with hyphen");
		if (label.p[label.n - 1] == '-')
			return no(why, "label ends with hyphen");
		if (foreign(label, "-", &rune))
			return no_rune(why, "invalid character ", rune, "");
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
		       no(why, "backslash and quote are not allowed within quoted local part");
	}
	if (ptxi_str_starts(local, "."))
		return no(why, "starts with dot");
	if (ptxi_str_ends(local, "."))
		return no(why, "ends with dot");
	if (ptxi_str_find(local, PTXI_STR("..")) != SIZE_MAX)
		return no(why, "consecutive dots");
	if (foreign(local, ".!#$%&'*+-/=?^_`{|}~", &rune))
		return no_rune(why, "invalid character ", rune, "");
	return true;
}

static bool email(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t at = ptxi_str_rfind_char(s, '@');
	struct ptx_str domain = { NULL, 0 };
	ptx_auto_buf inner = { 0 };

	if (s.n > 254)
		return no(why, "more than 255 characters long");
	if (at == SIZE_MAX)
		return no(why, "missing @");
	if (at > 64)
		return no(why, "local part more than 64 characters long");
	if (!local_part(ptxi_str_sub(s, 0, at), why))
		return false;
	domain = ptxi_str_from(s, at + 1);
	ptx_buf_init(&inner, 0);
	if (!ptxi_str_starts(domain, "[") || !ptxi_str_ends(domain, "]"))
		return hostname(a, domain, &inner) || no(why, "invalid domain: %s", inner.p);
	domain = ptxi_str_sub(domain, 1, domain.n - 2);
	if (ptxi_str_starts(domain, "IPv6:"))
		return ipv6(a, ptxi_str_from(domain, 5), &inner) ||
		       no(why, "invalid ipv6 address: %s", inner.p);
	return ipv4(a, domain, &inner) || no(why, "invalid ipv4 address: %s", inner.p);
}

/* ---- time */

static bool cannot_parse(struct ptx_str all, struct ptx_str rest, const char *wanted,
			 struct ptx_buf *why)
{
	ptx_buf_adds(why, "parsing time ");
	ptxi_go_quote(all, false, why);
	ptx_buf_adds(why, " as \"2006-01-02\": cannot parse ");
	ptxi_go_quote(rest, false, why);
	ptx_buf_printf(why, " as \"%s\"", wanted);
	return false;
}

static bool bad_time(struct ptx_str all, const char *message, struct ptx_buf *why)
{
	ptx_buf_adds(why, "parsing time ");
	ptxi_go_quote(all, false, why);
	ptx_buf_adds(why, message);
	return false;
}

static bool date(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const struct {
		const char *name;
		size_t length;
	} parts[] = { { "2006", 4 }, { "01", 2 }, { "02", 2 } };
	static const int64_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t found[3] = { 0, 0, 0 };
	struct ptx_str rest = s;
	bool leap = false;

	(void)a;
	for (size_t i = 0; i < PTXI_COUNT(parts); i++) {
		if (i && !ptxi_str_starts(rest, "-"))
			return cannot_parse(s, rest, "-", why);
		rest = ptxi_str_from(rest, i > 0);
		if (leading_digits(ptxi_str_sub(rest, 0, parts[i].length)) < parts[i].length)
			return cannot_parse(s, rest, parts[i].name, why);
		ptxi_parse_i64(ptxi_str_sub(rest, 0, parts[i].length), &found[i], 0, 9999);
		rest = ptxi_str_from(rest, parts[i].length);
		if (i == 1 && (found[1] < 1 || found[1] > 12))
			return bad_time(s, ": month out of range", why);
	}
	if (rest.n) {
		bad_time(s, ": extra text: ", why);
		ptxi_go_quote(rest, false, why);
		return false;
	}
	leap = found[0] % 4 == 0 && (found[0] % 100 != 0 || found[0] % 400 == 0);
	if (found[2] < 1 || found[2] > days[found[1] - 1] + (leap && found[1] == 2))
		return bad_time(s, ": day out of range", why);
	return true;
}

/* The numbers between colons; false with the reason. */
static bool clock_parts(struct ptx_str s, int64_t *out, size_t count, const char *what,
			struct ptx_buf *why)
{
	for (size_t i = 0; i < count; i++) {
		struct ptx_str part = ptxi_str_sub(s, 3 * i, 2);

		if (!ptxi_parse_i64(part, &out[i], INT64_MIN, INT64_MAX))
			return no(why, "invalid %s", what);
		if (out[i] < 0)
			return no(why, "non-positive %s", what);
	}
	return true;
}

/* The offset behind a time, in minutes to add. */
static bool zone_offset(struct ptx_str s, int64_t *minutes, struct ptx_buf *why)
{
	int64_t hm[2] = { 0, 0 };
	int sign = 0;

	*minutes = 0;
	if (ptxi_str_is(s, "z") || ptxi_str_is(s, "Z"))
		return true;
	if (s.n != 6)
		return no(why, "offset must be 6 characters long");
	if (s.p[0] != '+' && s.p[0] != '-')
		return no(why, "offset must begin with plus/minus");
	sign = s.p[0] == '+' ? -1 : 1;
	s = ptxi_str_from(s, 1);
	if (s.p[2] != ':')
		return no(why, "missing colon in offset in correct place");
	if (!clock_parts(s, hm, 2, "hour/min in offset", why))
		return false;
	if (hm[0] > 23 || hm[1] > 59)
		return no(why, "hour/min in offset out of range");
	*minutes = sign * (hm[0] * 60 + hm[1]);
	return true;
}

static bool time_of_day(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	int64_t hms[3] = { 0, 0, 0 };
	int64_t offset = 0;
	int64_t minutes = 0;

	(void)a;
	if (s.n < 9)
		return no(why, "less than 9 characters long");
	if (s.p[2] != ':' || s.p[5] != ':')
		return no(why, "missing colon in correct place");
	if (!clock_parts(s, hms, 3, "hour/min/sec", why))
		return false;
	if (hms[0] > 23 || hms[1] > 59 || hms[2] > 60)
		return no(why, "hour/min/sec out of range");
	s = ptxi_str_from(s, 8);
	if (ptxi_str_starts(s, ".")) {
		size_t digits = leading_digits(ptxi_str_from(s, 1));

		if (!digits)
			return no(why, "no digits in second fraction");
		s = ptxi_str_from(s, 1 + digits);
	}
	if (!zone_offset(s, &offset, why))
		return false;
	minutes = hms[0] * 60 + hms[1] + offset;
	if (minutes < 0)
		minutes += 24 * 60;
	return hms[2] < 60 || (minutes / 60 == 23 && minutes % 60 == 59) ||
	       no(why, "invalid leap second");
}

static bool date_time(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	ptx_auto_buf inner = { 0 };

	if (s.n < 20)
		return no(why, "less than 20 characters long");
	if (s.p[10] != 't' && s.p[10] != 'T')
		return no(why, "11th character must be t or T");
	ptx_buf_init(&inner, 0);
	if (!date(a, ptxi_str_sub(s, 0, 10), &inner))
		return no(why, "invalid date element: %s", inner.p);
	return time_of_day(a, ptxi_str_from(s, 11), &inner) ||
	       no(why, "invalid time element: %s", inner.p);
}

static bool period(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t slash = ptxi_str_find_char(s, '/');
	ptx_auto_buf inner = { 0 };
	struct ptx_str parts[2];
	bool lasts[2];

	if (slash == SIZE_MAX)
		return no(why, "missing slash");
	ptx_buf_init(&inner, 0);
	parts[0] = ptxi_str_sub(s, 0, slash);
	parts[1] = ptxi_str_from(s, slash + 1);
	lasts[0] = ptxi_str_starts(parts[0], "P");
	lasts[1] = !lasts[0] && ptxi_str_starts(parts[1], "P");
	for (size_t i = 0; i < 2; i++)
		if (!(lasts[i] ? duration : date_time)(a, parts[i], &inner))
			return no(why, "invalid %s %s: %s", i ? "end" : "start",
				  lasts[i] ? "duration" : "date-time", inner.p);
	return true;
}

/* ---- addresses of the web */

static bool url_like(struct ptx_arena *a, struct ptx_str s, bool *absolute, struct ptx_buf *why)
{
	struct ptx_str host = { NULL, 0 };
	ptx_auto_buf inner = { 0 };
	const char *problem = ptxi_url_problem(a, s, absolute, &host);

	if (problem)
		return no(why, "%s", problem);
	ptx_buf_init(&inner, 0);
	if (!host.p || ptxi_str_find_char(host, ':') == SIZE_MAX)
		return true;
	if (ptxi_str_find_char(s, '[') == SIZE_MAX)
		return no(why, "ipv6 address not enclosed in brackets");
	return ipv6(a, host, &inner) || no(why, "invalid ipv6 address: %s", inner.p);
}

static bool uri(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	bool absolute = false;

	return url_like(a, s, &absolute, why) && (absolute || no(why, "relative url"));
}

static bool uri_reference(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	bool absolute = false;

	if (ptxi_str_find_char(s, '\\') != SIZE_MAX)
		return no(why, "contains \\");
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

static bool uri_template(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
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
				return no(why, "nested curly braces");
			open = !open;
		}
		if (open)
			return no(why, "no matching closing brace");
	}
	return true;
}

/* ---- versions and expressions */

static bool semver_identifiers(struct ptx_str s, const char *kind, bool numbers_are_plain,
			       struct ptx_buf *why)
{
	struct ptx_str id = { NULL, 0 };

	s = s.p ? s : ptxi_strn("", 0);
	while (ptxi_str_next(&s, '.', &id)) {
		uint32_t rune = 0;

		if (!id.n)
			return no(why, "%s identifier is empty", kind);
		if (foreign(id, "-", &rune)) {
			no_rune(why, "invalid character ", rune, "");
			return no(why, " in %s identifier", kind);
		}
		if (numbers_are_plain && id.n > 1 && id.p[0] == '0' && leading_digits(id) == id.n)
			return no(why, "%s numeric identifier starts with zero", kind);
	}
	return true;
}

static bool semver(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const char *const names[] = { "major", "minor", "patch" };
	struct ptx_str parts[4];
	size_t at = ptxi_str_find_char(s, '+');
	size_t n = 0;

	(void)a;
	if (at != SIZE_MAX) {
		if (at + 1 == s.n)
			return no(why, "build is empty");
		if (!semver_identifiers(ptxi_str_from(s, at + 1), "build", false, why))
			return false;
		s.n = at;
	}
	at = ptxi_str_find_char(s, '-');
	if (at != SIZE_MAX) {
		if (!semver_identifiers(ptxi_str_from(s, at + 1), "pre-release", true, why))
			return false;
		s.n = at;
	}
	s = s.p ? s : ptxi_strn("", 0);
	while (n < PTXI_COUNT(parts) && ptxi_str_next(&s, '.', &parts[n]))
		n++;
	if (n != PTXI_COUNT(names) || s.p)
		return no(why, "versionCore must have 3 numbers separated by dot");
	for (size_t i = 0; i < n; i++) {
		if (!parts[i].n)
			return no(why, "%s is empty", names[i]);
		if (parts[i].n > 1 && parts[i].p[0] == '0')
			return no(why, "%s starts with zero", names[i]);
		if (leading_digits(parts[i]) != parts[i].n)
			return no(why, "%s contains non-digit", names[i]);
	}
	return true;
}

static bool regex(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	ptx_auto(error) e = NULL;
	ptxi_auto(regex) re = ptxi_regex_compile(s, &e);

	(void)a;
	return re || no(why, "%s", ptx_error_message(e));
}

static const struct ptxi_schema_format formats[] = {
	{ "date", date },
	{ "date-time", date_time },
	{ "duration", duration },
	{ "email", email },
	{ "hostname", hostname },
	{ "ipv4", ipv4 },
	{ "ipv6", ipv6 },
	{ "iri", uri },
	{ "iri-reference", uri_reference },
	{ "json-pointer", json_pointer },
	{ "period", period },
	{ "regex", regex },
	{ "relative-json-pointer", relative_json_pointer },
	{ "semver", semver },
	{ "time", time_of_day },
	{ "uri", uri },
	{ "uri-reference", uri_reference },
	{ "uri-template", uri_template },
	{ "uuid", uuid },
};

const struct ptxi_schema_format *ptxi_schema_format_find(struct ptx_str name)
{
	for (size_t i = 0; i < PTXI_COUNT(formats); i++)
		if (ptxi_str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

const char *ptxi_schema_format_name(const struct ptxi_schema_format *f)
{
	return f->name;
}

bool ptxi_schema_format_check(const struct ptxi_schema_format *f, struct ptx_arena *a,
			      struct ptx_str s, struct ptx_buf *why)
{
	return f->check(a, s, why);
}
