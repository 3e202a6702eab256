/* SPDX-License-Identifier: Apache-2.0 */
/* time.h - clocks, RFC 3339 and durations. */
#ifndef PTXI_TIME_H
#define PTXI_TIME_H

#include "ptxi.h"

#define PTXI_NS_PER_S INT64_C(1000000000)

/* Milliseconds of a clock that never jumps. */
int64_t ptxi_time_mono_ms(void);
/* Sleeps; a signal does not end it early. */
void ptxi_time_sleep_ms(int64_t ms);
/* Nanoseconds since 1970 by the system's clock. */
int64_t ptxi_time_wall_ns(void);

struct ptxi_civil {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday */
	int yearday; /* 1 to 366 */
};
bool ptxi_time_is_leap(int64_t year);
/* Of a month, 1 to 12. */
int ptxi_time_month_days(int64_t year, int month);
/* The civil time of seconds since 1970, in UTC, by the Gregorian rules for any year. */
struct ptxi_civil ptxi_time_civil(int64_t unix_seconds);
int64_t ptxi_time_unix(const struct ptxi_civil *c);

/* "2026-01-02T03:04:05Z", with nanoseconds (trailing zeros cut) when there are any. */
void ptxi_time_format_rfc3339(int64_t unix_seconds, int32_t nanoseconds, int32_t offset_seconds,
			      struct ptx_buf *out);
bool ptxi_time_parse_rfc3339(struct ptx_str s, int64_t *unix_seconds, int32_t *nanoseconds,
			     int32_t *offset_seconds);

/* "90s", "1h30m", "250ms", or a bare number of seconds, to milliseconds; false when it is none of
 * them, negative or beyond 100 years. */
bool ptxi_time_parse_duration(struct ptx_str s, int64_t *ms);
/* "1h 5m", "12.3s", "250ms": short, for people. */
void ptxi_time_format_duration(int64_t ms, struct ptx_buf *out);

#endif
