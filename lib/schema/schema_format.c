/* SPDX-License-Identifier: Apache-2.0 */
/* schema_format.c - the formats that are checked: their table, and those that are neither times nor
 * addresses. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_format.h"
#include "../base/utf8.h"
#include "../text/goquote.h"

struct ptxi_schema_format {
	const char *name;
	ptxi_format_fn *check;
};

bool PTXI_PRINTF(2, 3) ptxi_format_no(struct ptx_buf *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ptx_buf_vprintf(why, fmt, ap);
	va_end(ap);
	return false;
}

bool ptxi_format_no_rune(struct ptx_buf *why, const char *before, uint32_t rune, const char *after)
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

size_t ptxi_format_digits(struct ptx_str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

bool ptxi_format_foreign(struct ptx_str s, const char *more, uint32_t *rune)
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

/* ---- pointers and ids */

static bool json_pointer(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	(void)a;
	if (s.n && s.p[0] != '/')
		return ptxi_format_no(why, "not starting with /");
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~' && (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return ptxi_format_no(why, "~ must be followed by 0 or 1");
	return true;
}

static bool relative_json_pointer(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t digits = ptxi_format_digits(s);

	if (!digits)
		return ptxi_format_no(why, "must start with non-negative integer");
	if (digits > 1 && s.p[0] == '0')
		return ptxi_format_no(why, "starts with zero");
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
		return ptxi_format_no(why, "must have 5 elements");
	for (size_t i = 0; i < n; i++) {
		if (groups[i].n != lengths[i])
			return ptxi_format_no(why, "element %zu must be %zu characters long", i + 1,
					      lengths[i]);
		for (size_t k = 0; k < groups[i].n; k++)
			if (!is_digit(groups[i].p[k]) && !strchr("abcdefABCDEF", groups[i].p[k])) {
				size_t len = 0;

				return ptxi_format_no_rune(
				    why, "non-hex character ",
				    ptxi_utf8_decode(ptxi_str_from(groups[i], k), &len), "");
			}
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
			return ptxi_format_no(why, "%s identifier is empty", kind);
		if (ptxi_format_foreign(id, "-", &rune)) {
			ptxi_format_no_rune(why, "invalid character ", rune, "");
			return ptxi_format_no(why, " in %s identifier", kind);
		}
		if (numbers_are_plain && id.n > 1 && id.p[0] == '0' &&
		    ptxi_format_digits(id) == id.n)
			return ptxi_format_no(why, "%s numeric identifier starts with zero", kind);
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
			return ptxi_format_no(why, "build is empty");
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
		return ptxi_format_no(why, "versionCore must have 3 numbers separated by dot");
	for (size_t i = 0; i < n; i++) {
		if (!parts[i].n)
			return ptxi_format_no(why, "%s is empty", names[i]);
		if (parts[i].n > 1 && parts[i].p[0] == '0')
			return ptxi_format_no(why, "%s starts with zero", names[i]);
		if (ptxi_format_digits(parts[i]) != parts[i].n)
			return ptxi_format_no(why, "%s contains non-digit", names[i]);
	}
	return true;
}

static bool regex(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	ptx_auto(error) e = NULL;
	ptxi_auto(regex) re = ptxi_regex_compile(s, &e);

	(void)a;
	if (ptx_error_code(e) == PTX_E_NOMEM)
		why->status = PTX_E_NOMEM; /* neither good nor bad: format_fault() sees it */
	return re || ptxi_format_no(why, "%s", ptx_error_message(e));
}

static const struct ptxi_schema_format formats[] = {
	{ "date", ptxi_format_date },
	{ "date-time", ptxi_format_date_time },
	{ "duration", ptxi_format_duration },
	{ "email", ptxi_format_email },
	{ "hostname", ptxi_format_hostname },
	{ "ipv4", ptxi_format_ipv4 },
	{ "ipv6", ptxi_format_ipv6 },
	{ "iri", ptxi_format_uri },
	{ "iri-reference", ptxi_format_uri_reference },
	{ "json-pointer", json_pointer },
	{ "period", ptxi_format_period },
	{ "regex", regex },
	{ "relative-json-pointer", relative_json_pointer },
	{ "semver", semver },
	{ "time", ptxi_format_time },
	{ "uri", ptxi_format_uri },
	{ "uri-reference", ptxi_format_uri_reference },
	{ "uri-template", ptxi_format_uri_template },
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
