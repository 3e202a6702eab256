/* SPDX-License-Identifier: Apache-2.0 */
/* schema_format_time.c - formats of dates, times and what lies between them (RFC 3339). */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema_format.h"
#include "../base/time.h"
#include "../text/goquote.h"

/* ---- dates and times */

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

bool ptxi_format_date(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const struct {
		const char *name;
		size_t length;
	} parts[] = { { "2006", 4 }, { "01", 2 }, { "02", 2 } };
	int64_t found[3] = { 0, 0, 0 };
	struct ptx_str rest = s;

	(void)a;
	for (size_t i = 0; i < PTXI_COUNT(parts); i++) {
		if (i && !ptxi_str_starts(rest, "-"))
			return cannot_parse(s, rest, "-", why);
		rest = ptxi_str_from(rest, i > 0);
		if (ptxi_format_digits(ptxi_str_sub(rest, 0, parts[i].length)) < parts[i].length)
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
	if (found[2] < 1 || found[2] > ptxi_time_month_days(found[0], (int)found[1]))
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
			return ptxi_format_no(why, "invalid %s", what);
		if (out[i] < 0)
			return ptxi_format_no(why, "non-positive %s", what);
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
		return ptxi_format_no(why, "offset must be 6 characters long");
	if (s.p[0] != '+' && s.p[0] != '-')
		return ptxi_format_no(why, "offset must begin with plus/minus");
	sign = s.p[0] == '+' ? -1 : 1;
	s = ptxi_str_from(s, 1);
	if (s.p[2] != ':')
		return ptxi_format_no(why, "missing colon in offset in correct place");
	if (!clock_parts(s, hm, 2, "hour/min in offset", why))
		return false;
	if (hm[0] > 23 || hm[1] > 59)
		return ptxi_format_no(why, "hour/min in offset out of range");
	*minutes = sign * (hm[0] * 60 + hm[1]);
	return true;
}

bool ptxi_format_time(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	int64_t hms[3] = { 0, 0, 0 };
	int64_t offset = 0;
	int64_t minutes = 0;

	(void)a;
	if (s.n < 9)
		return ptxi_format_no(why, "less than 9 characters long");
	if (s.p[2] != ':' || s.p[5] != ':')
		return ptxi_format_no(why, "missing colon in correct place");
	if (!clock_parts(s, hms, 3, "hour/min/sec", why))
		return false;
	if (hms[0] > 23 || hms[1] > 59 || hms[2] > 60)
		return ptxi_format_no(why, "hour/min/sec out of range");
	s = ptxi_str_from(s, 8);
	if (ptxi_str_starts(s, ".")) {
		size_t digits = ptxi_format_digits(ptxi_str_from(s, 1));

		if (!digits)
			return ptxi_format_no(why, "no digits in second fraction");
		s = ptxi_str_from(s, 1 + digits);
	}
	if (!zone_offset(s, &offset, why))
		return false;
	minutes = hms[0] * 60 + hms[1] + offset;
	if (minutes < 0)
		minutes += 24 * 60;
	return hms[2] < 60 || (minutes / 60 == 23 && minutes % 60 == 59) ||
	       ptxi_format_no(why, "invalid leap second");
}

bool ptxi_format_date_time(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	ptx_auto_buf inner = { 0 };

	if (s.n < 20)
		return ptxi_format_no(why, "less than 20 characters long");
	if (s.p[10] != 't' && s.p[10] != 'T')
		return ptxi_format_no(why, "11th character must be t or T");
	ptx_buf_init(&inner, 0);
	if (!ptxi_format_date(a, ptxi_str_sub(s, 0, 10), &inner))
		return ptxi_format_no(why, "invalid date element: %s", inner.p);
	return ptxi_format_time(a, ptxi_str_from(s, 11), &inner) ||
	       ptxi_format_no(why, "invalid time element: %s", inner.p);
}

/* ---- spans */

static bool duration_part(struct ptx_str s, const char *units, const char *all, struct ptx_buf *why)
{
	while (s.n) {
		size_t digits = ptxi_format_digits(s);
		const char *at = NULL;

		if (!digits)
			return ptxi_format_no(why, "missing number");
		s = ptxi_str_from(s, digits);
		if (!s.n)
			return ptxi_format_no(why, "missing unit");
		at = strchr(units, s.p[0]);
		if (!at || !s.p[0])
			return strchr(all, s.p[0]) && s.p[0]
				   ? ptxi_format_no_rune(why, "unit ", (unsigned char)s.p[0],
							 " out of order")
				   : ptxi_format_no_rune(why, "invalid unit ",
							 (unsigned char)s.p[0], "");
		units = at + 1;
		s = ptxi_str_from(s, 1);
	}
	return true;
}

bool ptxi_format_duration(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	static const char *const units[] = { "YMD", "HMS" };
	struct ptx_str part = { NULL, 0 };
	size_t i = 0;

	(void)a;
	if (!ptxi_str_starts(s, "P"))
		return ptxi_format_no(why, "must start with P");
	s = ptxi_str_from(s, 1);
	if (!s.n)
		return ptxi_format_no(why, "nothing after P");
	if (ptxi_str_ends(s, "W")) {
		s.n--;
		if (!s.n)
			return ptxi_format_no(why, "no number in week");
		return ptxi_format_digits(s) == s.n || ptxi_format_no(why, "invalid week");
	}
	for (; ptxi_str_next(&s, 'T', &part); i++) {
		if (i && !part.n)
			return ptxi_format_no(why, "no time elements");
		if (i == PTXI_COUNT(units))
			return ptxi_format_no(why, "more than one T");
		if (!duration_part(part, units[i], units[i], why))
			return false;
	}
	return true;
}

bool ptxi_format_period(struct ptx_arena *a, struct ptx_str s, struct ptx_buf *why)
{
	size_t slash = ptxi_str_find_char(s, '/');
	ptx_auto_buf inner = { 0 };
	struct ptx_str parts[2];
	bool lasts[2];

	if (slash == SIZE_MAX)
		return ptxi_format_no(why, "missing slash");
	ptx_buf_init(&inner, 0);
	parts[0] = ptxi_str_sub(s, 0, slash);
	parts[1] = ptxi_str_from(s, slash + 1);
	lasts[0] = ptxi_str_starts(parts[0], "P");
	lasts[1] = !lasts[0] && ptxi_str_starts(parts[1], "P");
	for (size_t i = 0; i < 2; i++)
		if (!(lasts[i] ? ptxi_format_duration : ptxi_format_date_time)(a, parts[i], &inner))
			return ptxi_format_no(why, "invalid %s %s: %s", i ? "end" : "start",
					      lasts[i] ? "duration" : "date-time", inner.p);
	return true;
}
