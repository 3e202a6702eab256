/* SPDX-License-Identifier: Apache-2.0 */
/* time.c - clocks, the calendar, RFC 3339 and durations.
 *
 * The calendar counts years from March, so that the leap day is the last of its year: a day number
 * is cut into 400-year eras (146,097 days), centuries (36,524), four-year groups (1,461) and years
 * (365). Nothing here asks the C library for a time zone or a locale, so every function is pure and
 * safe in any thread.
 */
#define PTX_AREA PTX_AREA_BASE
#include "time.h"

#include <time.h>

#define DAY_S        86400
#define ERA_DAYS     146097
#define CENTURY_DAYS 36524
#define GROUP_DAYS   1461
#define YEAR_DAYS    365
/* Days from 0000-03-01 to 1970-01-01. */
#define EPOCH_DAYS      719468
#define MAX_DURATION_MS (INT64_C(36525) * DAY_S * 1000)

/* Days before each month of a year that starts in March. */
static const int month_starts[12] = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337 };

static int64_t clock_ns(clockid_t id)
{
	struct timespec t = { 0, 0 };

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * PTXI_NS_PER_S + t.tv_nsec;
}

int64_t ptxi_time_mono_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

void ptxi_time_sleep_ms(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		continue;
}

int64_t ptxi_time_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool ptxi_time_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int ptxi_time_month_days(int64_t year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && ptxi_time_is_leap(year) ? 29 : days[month - 1];
}

struct ptxi_civil ptxi_time_civil(int64_t unix_seconds)
{
	struct ptxi_civil c = { 0 };
	int64_t days = floor_div(unix_seconds, DAY_S);
	int second = (int)(unix_seconds - days * DAY_S);
	int64_t era = floor_div(days + EPOCH_DAYS, ERA_DAYS);
	int rest = (int)(days + EPOCH_DAYS - era * ERA_DAYS);
	int century = rest / CENTURY_DAYS < 3 ? rest / CENTURY_DAYS : 3;
	int group = 0;
	int year = 0;
	int month = 11;

	rest -= century * CENTURY_DAYS;
	group = rest / GROUP_DAYS;
	rest -= group * GROUP_DAYS;
	year = rest / YEAR_DAYS < 3 ? rest / YEAR_DAYS : 3;
	rest -= year * YEAR_DAYS;
	while (month_starts[month] > rest)
		month--;

	c.year = era * 400 + century * 100 + group * 4 + year + (month >= 10);
	c.month = month < 10 ? month + 3 : month - 9;
	c.day = rest - month_starts[month] + 1;
	c.hour = second / 3600;
	c.minute = second / 60 % 60;
	c.second = second % 60;
	c.weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
	/* January and February are the last 59 or 60 days of a March year. */
	c.yearday = month >= 10 ? rest - 306 + 1 : rest + 60 + ptxi_time_is_leap(c.year);
	return c;
}

int64_t ptxi_time_unix(const struct ptxi_civil *c)
{
	int64_t months = (int64_t)c->month - 3; /* from March */
	int64_t year = c->year + floor_div(months, 12);
	int month = (int)(months - floor_div(months, 12) * 12);
	int64_t era = floor_div(year, 400);
	int64_t in_era = year - era * 400;
	int64_t days = era * ERA_DAYS + in_era * YEAR_DAYS + in_era / 4 - in_era / 100 +
		       month_starts[month] + c->day - 1 - EPOCH_DAYS;

	return days * DAY_S + (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
}

void ptxi_time_format_rfc3339(int64_t unix_seconds, int32_t nanoseconds, int32_t offset_seconds,
			      struct ptx_buf *out)
{
	struct ptxi_civil c = ptxi_time_civil(unix_seconds + offset_seconds);
	int minutes = (offset_seconds < 0 ? -offset_seconds : offset_seconds) / 60;

	ptx_buf_printf(out, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day,
		       c.hour, c.minute, c.second);
	if (nanoseconds > 0 && nanoseconds < PTXI_NS_PER_S) {
		int digits = 9;

		while (nanoseconds % 10 == 0) {
			nanoseconds /= 10;
			digits--;
		}
		ptx_buf_printf(out, ".%0*d", digits, (int)nanoseconds);
	}
	if (minutes == 0)
		ptx_buf_addc(out, 'Z');
	else
		ptx_buf_printf(out, "%c%02d:%02d", offset_seconds < 0 ? '-' : '+', minutes / 60,
			       minutes % 60);
}

/* Reads count digits at *at into *out. */
static bool read_digits(struct ptx_str s, size_t *at, size_t count, int min, int max, int *out)
{
	int v = 0;

	if (s.n - *at < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = s.p[*at + i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*at += count;
	*out = v;
	return v >= min && v <= max;
}

static bool read_char(struct ptx_str s, size_t *at, char want)
{
	if (*at >= s.n || s.p[*at] != want)
		return false;
	++*at;
	return true;
}

/* ".5" and so on; what is finer than a nanosecond is dropped. */
static bool read_fraction(struct ptx_str s, size_t *at, int32_t *nanoseconds)
{
	int32_t scale = PTXI_NS_PER_S / 10;
	size_t start = *at;

	for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
		*nanoseconds += (s.p[*at] - '0') * scale;
		scale /= 10;
	}
	return *at > start;
}

static bool read_offset(struct ptx_str s, size_t *at, int32_t *seconds)
{
	int sign = 1;
	int hours = 0;
	int minutes = 0;

	if (read_char(s, at, 'Z'))
		return true;
	if (*at >= s.n || (s.p[*at] != '+' && s.p[*at] != '-'))
		return false;
	sign = s.p[(*at)++] == '-' ? -1 : 1;
	if (!read_digits(s, at, 2, 0, 23, &hours) || !read_char(s, at, ':') ||
	    !read_digits(s, at, 2, 0, 59, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool ptxi_time_parse_rfc3339(struct ptx_str s, int64_t *unix_seconds, int32_t *nanoseconds,
			     int32_t *offset_seconds)
{
	struct ptxi_civil c = { 0 };
	int year = 0;
	int32_t ns = 0;
	int32_t offset = 0;
	size_t at = 0;

	if (!read_digits(s, &at, 4, 0, 9999, &year) || !read_char(s, &at, '-') ||
	    !read_digits(s, &at, 2, 1, 12, &c.month) || !read_char(s, &at, '-') ||
	    !read_digits(s, &at, 2, 1, ptxi_time_month_days(year, c.month), &c.day) ||
	    !read_char(s, &at, 'T') || !read_digits(s, &at, 2, 0, 23, &c.hour) ||
	    !read_char(s, &at, ':') || !read_digits(s, &at, 2, 0, 59, &c.minute) ||
	    !read_char(s, &at, ':') || !read_digits(s, &at, 2, 0, 59, &c.second))
		return false;
	if (read_char(s, &at, '.') && !read_fraction(s, &at, &ns))
		return false;
	if (!read_offset(s, &at, &offset) || at != s.n)
		return false;
	c.year = year;
	if (unix_seconds)
		*unix_seconds = ptxi_time_unix(&c) - offset;
	if (nanoseconds)
		*nanoseconds = ns;
	if (offset_seconds)
		*offset_seconds = offset;
	return true;
}

/* The unit at s: its length in milliseconds, or 0. */
static int64_t duration_unit(struct ptx_str s, size_t *len)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = { { "ms", 1 },
		      { "s", 1000 },
		      { "m", 60000 },
		      { "h", 3600000 },
		      { "d", DAY_S * INT64_C(1000) } };

	for (size_t i = 0; i < PTXI_COUNT(units); i++)
		if (ptxi_str_starts(s, units[i].name)) {
			*len = strlen(units[i].name);
			return units[i].ms;
		}
	return 0;
}

/* Cuts one "12.5" off the front; the fraction in millionths. */
static bool cut_number(struct ptx_str *s, int64_t *whole, int64_t *millionths)
{
	size_t at = 0;
	size_t digits = 0;
	int64_t scale = 100000;

	*whole = *millionths = 0;
	for (; at < s->n && s->p[at] >= '0' && s->p[at] <= '9'; at++, digits++)
		if ((*whole = *whole * 10 + (s->p[at] - '0')) > MAX_DURATION_MS)
			return false;
	if (at < s->n && s->p[at] == '.')
		for (at++; at < s->n && s->p[at] >= '0' && s->p[at] <= '9';
		     at++, digits++, scale /= 10)
			*millionths += (s->p[at] - '0') * scale;
	*s = ptxi_str_from(*s, at);
	return digits > 0;
}

bool ptxi_time_parse_duration(struct ptx_str s, int64_t *ms)
{
	int64_t total = 0;
	bool bare = true;

	if (s.n == 0)
		return false;
	while (s.n > 0) {
		int64_t whole = 0;
		int64_t millionths = 0;
		size_t len = 0;
		int64_t unit = 0;

		if (!cut_number(&s, &whole, &millionths))
			return false;
		unit = duration_unit(s, &len);
		if (unit == 0 && bare && s.n == 0)
			unit = 1000;
		if (unit == 0 || whole > MAX_DURATION_MS / unit)
			return false;
		total += whole * unit + millionths * unit / 1000000;
		if (total > MAX_DURATION_MS)
			return false;
		s = ptxi_str_from(s, len);
		bare = false;
	}
	*ms = total;
	return true;
}

void ptxi_time_format_duration(int64_t ms, struct ptx_buf *out)
{
	uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	uint64_t s = left / 1000;
	uint64_t big = 0;
	uint64_t small = 0;
	char units[2] = { 'd', 'h' };

	if (ms < 0)
		ptx_buf_addc(out, '-');
	if (left < 1000) {
		ptx_buf_printf(out, "%ums", (unsigned)left);
		return;
	}
	if (s < 60) {
		unsigned tenth = (unsigned)(left % 1000 / 100);

		ptx_buf_printf(out, "%u", (unsigned)s);
		if (tenth)
			ptx_buf_printf(out, ".%u", tenth);
		ptx_buf_addc(out, 's');
		return;
	}
	if (s < 3600) {
		big = s / 60;
		small = s % 60;
		units[0] = 'm';
		units[1] = 's';
	} else if (s < DAY_S) {
		big = s / 3600;
		small = s % 3600 / 60;
		units[0] = 'h';
		units[1] = 'm';
	} else {
		big = s / DAY_S;
		small = s % DAY_S / 3600;
	}
	ptx_buf_printf(out, "%llu%c", (unsigned long long)big, units[0]);
	if (small)
		ptx_buf_printf(out, " %llu%c", (unsigned long long)small, units[1]);
}
