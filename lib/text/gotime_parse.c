/* SPDX-License-Identifier: Apache-2.0 */
/* gotime_parse.c - reading times by Go's layouts, and durations.
 *
 * The text must be what the layout says, element by element; a blank in the layout stands for any
 * number of them. What is read is checked as a whole at the end: the day must exist, and the day of
 * the year fit.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gotime_layout.h"
#include "gonum.h"
#include "goquote.h"
#include "../base/arena.h"
#include "../base/time.h"

struct reading {
	struct ptx_str value; /* what is left */
	int64_t year;
	int month, day, yearday; /* -1: not said */
	int hour, minute, second;
	int32_t ns;
	bool pm, am;
	bool utc;
	bool has_offset;
	int32_t offset;
	struct ptx_str zone; /* the name that was read */
	const char *range;   /* which part is out of its range */
};

static bool is_digit(struct ptx_str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static void drop(struct reading *r, size_t n)
{
	r->value = ptxi_str_from(r->value, n);
}

/* One or two digits; two with fixed. */
static bool two_digits(struct reading *r, bool fixed, int *out)
{
	if (!is_digit(r->value, 0) || (fixed && !is_digit(r->value, 1)))
		return false;
	*out = r->value.p[0] - '0';
	drop(r, 1);
	if (is_digit(r->value, 0)) {
		*out = *out * 10 + (r->value.p[0] - '0');
		drop(r, 1);
	}
	return true;
}

static bool three_digits(struct reading *r, bool fixed, int *out)
{
	int n = 0;

	for (*out = 0; n < 3 && is_digit(r->value, 0); n++) {
		*out = *out * 10 + (r->value.p[0] - '0');
		drop(r, 1);
	}
	return n == 3 || (n > 0 && !fixed);
}

static bool in_range(struct reading *r, int v, int least, int most, const char *what)
{
	if (v < least || v > most)
		r->range = what;
	return true;
}

/* Exactly count digits. */
static bool digits(struct ptx_str s, size_t at, size_t count, int *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_digit(s, at + i))
			return false;
		*out = *out * 10 + (s.p[at + i] - '0');
	}
	return true;
}

static bool same_letters(struct ptx_str s, const char *name, size_t n)
{
	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (((s.p[i] ^ name[i]) & ~0x20) || (s.p[i] | 0x20) < 'a' || (s.p[i] | 0x20) > 'z')
			return false;
	return true;
}

static bool name_of(struct reading *r, const char *const *names, int count, bool short_names,
		    int *out)
{
	for (int i = 0; i < count; i++) {
		size_t n = short_names ? 3 : strlen(names[i]);

		if (!same_letters(r->value, names[i], n))
			continue;
		*out = i;
		drop(r, n);
		return true;
	}
	return false;
}

/* A point and digits, n bytes in all. */
static bool fraction(struct reading *r, size_t n)
{
	int32_t ns = 0;

	if (r->value.n < n || (r->value.p[0] != '.' && r->value.p[0] != ','))
		return false;
	for (size_t i = 1; i < 10; i++) {
		if (i < n && !is_digit(r->value, i))
			return false;
		ns = ns * 10 + (i < n ? r->value.p[i] - '0' : 0);
	}
	r->ns = ns;
	drop(r, n);
	return true;
}

static size_t fraction_length(struct ptx_str s)
{
	size_t n = 1;

	if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || !is_digit(s, 1))
		return 0;
	while (is_digit(s, n))
		n++;
	return n;
}

/* A second may have a fraction that the layout does not mention. */
static bool second(struct reading *r, bool fixed, struct ptx_str layout)
{
	enum ptxi_layout_kind next = ptxi_layout_next(layout).kind;
	size_t n = 0;

	if (!two_digits(r, fixed, &r->second))
		return false;
	in_range(r, r->second, 0, 59, "second");
	n = fraction_length(r->value);
	if (n == 0 || next == PTXI_LAYOUT_FRACTION0 || next == PTXI_LAYOUT_FRACTION9)
		return true;
	return fraction(r, n);
}

static bool offset(struct reading *r, const struct ptxi_layout_element *e)
{
	size_t step = e->colon ? 3 : 2;
	int parts[3] = { 0 };
	char sign = r->value.n ? r->value.p[0] : '\0';

	if (e->z && sign == 'Z') {
		r->utc = true;
		drop(r, 1);
		return true;
	}
	for (size_t i = 0; i < e->parts; i++) {
		if (i && e->colon && (1 + i * step > r->value.n || r->value.p[i * step] != ':'))
			return false;
		if (!digits(r->value, 1 + i * step, 2, &parts[i]))
			return false;
	}
	if (sign != '+' && sign != '-')
		return false;
	if (parts[0] > 24 || parts[1] > 60 || parts[2] > 60)
		r->range = "time zone offset";
	r->has_offset = true;
	r->offset = ((parts[0] * 60) + parts[1]) * 60 + parts[2];
	if (sign == '-')
		r->offset = -r->offset;
	drop(r, 1 + (size_t)e->parts * step - (e->colon ? 1 : 0));
	return true;
}

/* "+3" behind GMT, or alone; its length, 0 when it is none. */
static size_t signed_offset(struct ptx_str s)
{
	size_t n = 1;
	int v = 0;

	if (s.n < 2 || (s.p[0] != '-' && s.p[0] != '+') || !is_digit(s, 1))
		return 0;
	for (; is_digit(s, n); n++)
		v = v > 1000 ? v : v * 10 + (s.p[n] - '0');
	return v > 23 ? 0 : n;
}

/* The length of what looks like the name of a zone; 0: nothing does. */
static size_t zone_length(struct ptx_str s)
{
	size_t upper = 0;

	if (s.n < 3)
		return 0;
	if (ptxi_str_starts(s, "ChST") || ptxi_str_starts(s, "MeST"))
		return 4;
	if (ptxi_str_starts(s, "GMT"))
		return 3 + signed_offset(ptxi_str_from(s, 3));
	if (s.p[0] == '+' || s.p[0] == '-')
		return signed_offset(s);
	while (upper < 6 && upper < s.n && s.p[upper] >= 'A' && s.p[upper] <= 'Z')
		upper++;
	if (upper == 3)
		return 3;
	if (upper == 4)
		return s.p[3] == 'T' || ptxi_str_starts(s, "WITA") ? 4 : 0;
	return upper == 5 && s.p[4] == 'T' ? 5 : 0;
}

static bool zone_name(struct reading *r)
{
	size_t n = zone_length(r->value);

	if (ptxi_str_starts(r->value, "UTC")) {
		r->utc = true;
		drop(r, 3);
		return true;
	}
	r->zone = ptxi_strn(r->value.p, n);
	drop(r, n);
	return n > 0;
}

static bool year(struct reading *r, bool is_long)
{
	int v = 0;

	if (!digits(r->value, 0, is_long ? 4 : 2, &v))
		return false;
	r->year = is_long ? v : v >= 69 ? v + 1900 : v + 2000;
	drop(r, is_long ? 4 : 2);
	return true;
}

static bool half_of_day(struct reading *r, const char *am, const char *pm)
{
	r->pm |= ptxi_str_starts(r->value, pm);
	r->am |= ptxi_str_starts(r->value, am);
	if (!ptxi_str_starts(r->value, pm) && !ptxi_str_starts(r->value, am))
		return false;
	drop(r, 2);
	return true;
}

static bool day(struct reading *r, enum ptxi_layout_kind kind)
{
	if (kind == PTXI_LAYOUT_UNDER_DAY && r->value.n && r->value.p[0] == ' ')
		drop(r, 1);
	return two_digits(r, kind == PTXI_LAYOUT_ZERO_DAY, &r->day);
}

static bool day_of_year(struct reading *r, enum ptxi_layout_kind kind)
{
	for (int i = 0;
	     i < 2 && kind == PTXI_LAYOUT_UNDER_YEARDAY && r->value.n && r->value.p[0] == ' '; i++)
		drop(r, 1);
	return three_digits(r, kind == PTXI_LAYOUT_ZERO_YEARDAY, &r->yearday);
}

static bool element(struct reading *r, const struct ptxi_layout_element *e, struct ptx_str layout)
{
	int ignored = 0;
	size_t n = 0;

	switch (e->kind) {
	case PTXI_LAYOUT_YEAR:
	case PTXI_LAYOUT_LONG_YEAR:
		return year(r, e->kind == PTXI_LAYOUT_LONG_YEAR);
	case PTXI_LAYOUT_MONTH:
	case PTXI_LAYOUT_LONG_MONTH:
		if (!name_of(r, ptxi_go_months, 12, e->kind == PTXI_LAYOUT_MONTH, &r->month))
			return false;
		r->month++;
		return true;
	case PTXI_LAYOUT_NUM_MONTH:
	case PTXI_LAYOUT_ZERO_MONTH:
		return two_digits(r, e->kind == PTXI_LAYOUT_ZERO_MONTH, &r->month) &&
		       in_range(r, r->month, 1, 12, "month");
	case PTXI_LAYOUT_WEEKDAY:
	case PTXI_LAYOUT_LONG_WEEKDAY:
		return name_of(r, ptxi_go_weekdays, 7, e->kind == PTXI_LAYOUT_WEEKDAY, &ignored);
	case PTXI_LAYOUT_DAY:
	case PTXI_LAYOUT_UNDER_DAY:
	case PTXI_LAYOUT_ZERO_DAY:
		return day(r, e->kind);
	case PTXI_LAYOUT_UNDER_YEARDAY:
	case PTXI_LAYOUT_ZERO_YEARDAY:
		return day_of_year(r, e->kind);
	case PTXI_LAYOUT_HOUR:
		return two_digits(r, false, &r->hour) && in_range(r, r->hour, 0, 23, "hour");
	case PTXI_LAYOUT_HOUR12:
	case PTXI_LAYOUT_ZERO_HOUR12:
		return two_digits(r, e->kind == PTXI_LAYOUT_ZERO_HOUR12, &r->hour) &&
		       in_range(r, r->hour, 0, 12, "hour");
	case PTXI_LAYOUT_MINUTE:
	case PTXI_LAYOUT_ZERO_MINUTE:
		return two_digits(r, e->kind == PTXI_LAYOUT_ZERO_MINUTE, &r->minute) &&
		       in_range(r, r->minute, 0, 59, "minute");
	case PTXI_LAYOUT_SECOND:
	case PTXI_LAYOUT_ZERO_SECOND:
		return second(r, e->kind == PTXI_LAYOUT_ZERO_SECOND, layout);
	case PTXI_LAYOUT_PM:
		return half_of_day(r, "AM", "PM");
	case PTXI_LAYOUT_LOWER_PM:
		return half_of_day(r, "am", "pm");
	case PTXI_LAYOUT_OFFSET:
		return offset(r, e);
	case PTXI_LAYOUT_ZONE_NAME:
		return zone_name(r);
	case PTXI_LAYOUT_FRACTION0:
		return fraction(r, 1 + e->digits);
	case PTXI_LAYOUT_FRACTION9:
		n = fraction_length(r->value);
		return n == 0 || fraction(r, n);
	case PTXI_LAYOUT_END:
		break;
	}
	return true;
}

/* The plain text of a layout. */
static bool skip(struct reading *r, struct ptx_str prefix)
{
	while (prefix.n) {
		if (prefix.p[0] == ' ') {
			if (r->value.n && r->value.p[0] != ' ')
				return false;
			while (prefix.n && prefix.p[0] == ' ')
				prefix = ptxi_str_from(prefix, 1);
			while (r->value.n && r->value.p[0] == ' ')
				drop(r, 1);
			continue;
		}
		if (!r->value.n || r->value.p[0] != prefix.p[0])
			return false;
		prefix = ptxi_str_from(prefix, 1);
		drop(r, 1);
	}
	return true;
}

/* Month and day of a day of the year; NULL, or what is wrong. */
static const char *use_day_of_year(struct reading *r)
{
	int left = r->yearday;
	int month = 1;

	if (left < 1 || left > 365 + ptxi_time_is_leap(r->year))
		return "day-of-year out of range";
	while (left > ptxi_time_month_days(r->year, month))
		left -= ptxi_time_month_days(r->year, month++);
	if (r->month >= 0 && r->month != month)
		return "day-of-year does not match month";
	if (r->day >= 0 && r->day != left)
		return "day-of-year does not match day";
	r->month = month;
	r->day = left;
	return NULL;
}

static const char *complete(struct reading *r)
{
	const char *why = r->yearday >= 0 ? use_day_of_year(r) : NULL;

	if (why)
		return why;
	if (r->pm && r->hour < 12)
		r->hour += 12;
	else if (r->am && r->hour == 12)
		r->hour = 0;
	if (r->month < 0)
		r->month = 1;
	if (r->day < 0)
		r->day = 1;
	return r->day < 1 || r->day > ptxi_time_month_days(r->year, r->month) ? "day out of range"
									      : NULL;
}

static int refuse(struct ptx_str layout, struct ptx_str value, struct ptx_str rest,
		  struct ptx_str what, const char *words, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, "parsing time ");
	ptxi_go_quote(value, false, &text);
	if (words) {
		ptx_buf_printf(&text, ": %s", words);
	} else {
		ptx_buf_adds(&text, " as ");
		ptxi_go_quote(layout, false, &text);
		ptx_buf_adds(&text, ": cannot parse ");
		ptxi_go_quote(rest, false, &text);
		ptx_buf_adds(&text, " as ");
		ptxi_go_quote(what, false, &text);
	}
	return ptx_fail(err, PTX_E_SYNTAX, "%s", text.p);
}

/* The instant that was read, in its zone. */
static int instant(struct ptx_arena *a, const struct reading *r, const struct ptxi_zone *local,
		   struct ptxi_time *out)
{
	struct ptxi_civil c = {
		.year = r->year,
		.month = r->month,
		.day = r->day,
		.hour = r->hour,
		.minute = r->minute,
		.second = r->second,
	};
	int64_t seconds = ptxi_time_unix(&c);
	int32_t offset = r->offset;

	*out = (struct ptxi_time){ .unix_seconds = seconds, .nanoseconds = r->ns };
	if (r->utc || (!local && !r->has_offset && !r->zone.n))
		return 0;
	if (r->has_offset) {
		out->unix_seconds = seconds - r->offset;
		if (local && !r->zone.n &&
		    ptxi_zone_at(local, out->unix_seconds).offset == r->offset)
			ptxi_go_time_in(out, local);
		out->offset_seconds = r->offset;
	} else if (local && r->zone.n && ptxi_zone_named(local, r->zone, seconds, &offset)) {
		out->unix_seconds = seconds - offset;
		ptxi_go_time_in(out, local);
	} else if (r->zone.n) {
		int64_t hours = 0;

		if (r->zone.n > 3 && ptxi_str_starts(r->zone, "GMT") &&
		    ptxi_go_parse_int(ptxi_str_from(r->zone, 3), 10, &hours) == PTXI_NUMBER_OK)
			out->offset_seconds = (int32_t)hours * 3600;
		out->unix_seconds = seconds - out->offset_seconds;
	} else {
		out->unix_seconds = ptxi_zone_unix(local, seconds);
		ptxi_go_time_in(out, local);
	}
	if (r->zone.n)
		out->zone = ptxi_arena_strn(a, r->zone.p, r->zone.n);
	else if (out->zone)
		out->zone = ptxi_arena_str(a, out->zone);
	else if (r->has_offset)
		out->zone = "";
	return ptx_arena_status(a);
}

int ptxi_go_time_parse(struct ptx_arena *a, struct ptx_str layout, struct ptx_str value,
		       const struct ptxi_zone *local, struct ptxi_time *out, struct ptx_error **err)
{
	struct reading r = { .value = value, .month = -1, .day = -1, .yearday = -1 };
	struct ptx_str rest = layout;
	struct ptxi_layout_element e = { .kind = PTXI_LAYOUT_DAY };
	const char *why = NULL;

	while (e.kind != PTXI_LAYOUT_END) {
		struct ptx_str before = { NULL, 0 };
		struct ptx_str what = { NULL, 0 };

		e = ptxi_layout_next(rest);
		what = ptxi_strn(rest.p, e.begin);
		if (!skip(&r, what))
			return refuse(layout, value, r.value, what, NULL, err);
		if (e.kind == PTXI_LAYOUT_END)
			break;
		what = ptxi_str_sub(rest, e.begin, e.end - e.begin);
		before = r.value;
		rest = ptxi_str_from(rest, e.end);
		if (!element(&r, &e, rest))
			return refuse(layout, value, before, what, NULL, err);
		if (r.range) {
			ptx_auto_buf words = { 0 };

			ptx_buf_init(&words, 0);
			ptx_buf_printf(&words, "%s out of range", r.range);
			return refuse(layout, value, before, what, words.p, err);
		}
	}
	if (r.value.n) {
		ptx_auto_buf words = { 0 };

		ptx_buf_init(&words, 0);
		ptx_buf_adds(&words, "extra text: ");
		ptxi_go_quote(r.value, false, &words);
		return refuse(layout, value, r.value, rest, words.p, err);
	}
	why = complete(&r);
	if (why)
		return refuse(layout, value, r.value, rest, why, err);
	return instant(a, &r, local, out) < 0 ? ptxi_arena_check(a, err) : 0;
}

static uint64_t unit_of(struct ptx_str s)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "\xc2\xb5s", 1000 },
		{ "\xce\xbcs", 1000 },
		{ "ms", 1000 * 1000 },
		{ "s", 1000 * 1000 * 1000 },
		{ "m", UINT64_C(60000000000) },
		{ "h", UINT64_C(3600000000000) },
	};

	for (size_t i = 0; i < PTXI_COUNT(units); i++)
		if (ptxi_str_is(s, units[i].name))
			return units[i].ns;
	return 0;
}

/* One number with its unit, taken off *s. False when it is malformed or too large. */
static bool duration_part(struct ptx_str *s, uint64_t *ns, struct ptx_str *unit_text)
{
	uint64_t whole = 0;
	uint64_t part = 0;
	double scale = 1;
	size_t n = 0;
	size_t seen = 0;
	uint64_t unit = 0;

	for (; is_digit(*s, n); n++, seen++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(s->p[n] - '0'), &whole) ||
		    whole > UINT64_C(1) << 63)
			return false;
	if (n < s->n && s->p[n] == '.') {
		bool full = false;

		for (n++; is_digit(*s, n); n++, seen++) {
			full = full || part > (INT64_MAX) / 10;
			if (full)
				continue;
			part = part * 10 + (uint64_t)(s->p[n] - '0');
			scale *= 10;
		}
	}
	if (!seen)
		return false;
	*s = ptxi_str_from(*s, n);
	for (n = 0; n < s->n && s->p[n] != '.' && !is_digit(*s, n);)
		n++;
	*unit_text = ptxi_strn(s->p, n);
	unit = unit_of(*unit_text);
	*s = ptxi_str_from(*s, n);
	if (!unit || __builtin_mul_overflow(whole, unit, &whole) || whole > UINT64_C(1) << 63)
		return false;
	*ns = whole + (uint64_t)((double)part * ((double)unit / scale));
	return *ns <= UINT64_C(1) << 63;
}

int ptxi_go_duration_parse(struct ptx_str s, int64_t *ns, struct ptx_error **err)
{
	struct ptx_str rest = s;
	bool negative = s.n && s.p[0] == '-';
	uint64_t total = 0;
	bool ok = false;
	struct ptx_str unit = { NULL, 0 };
	ptx_auto_buf quoted = { 0 };
	ptx_auto_buf unit_quoted = { 0 };

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		rest = ptxi_str_from(s, 1);
	ok = rest.n > 0;
	*ns = 0;
	if (ptxi_str_is(rest, "0"))
		return 0;
	while (ok && rest.n) {
		uint64_t part = 0;

		unit = (struct ptx_str){ NULL, 0 };
		ok = duration_part(&rest, &part, &unit) &&
		     !__builtin_add_overflow(total, part, &total) && total <= UINT64_C(1) << 63;
	}
	if (ok && (negative || total <= INT64_MAX)) {
		*ns = (int64_t)(negative ? 0 - total : total);
		return 0;
	}
	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(s, false, &quoted);
	if (unit.p && unit.n == 0)
		return ptx_fail(err, PTX_E_SYNTAX, "time: missing unit in duration %s", quoted.p);
	if (unit.p && unit_of(unit) == 0) {
		ptx_buf_init(&unit_quoted, 0);
		ptxi_go_quote(unit, false, &unit_quoted);
		return ptx_fail(err, PTX_E_SYNTAX, "time: unknown unit %s in duration %s",
				unit_quoted.p, quoted.p);
	}
	return ptx_fail(err, PTX_E_SYNTAX, "time: invalid duration %s", quoted.p);
}
