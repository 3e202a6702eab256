/* SPDX-License-Identifier: Apache-2.0 */
/* methods_time.c - the methods of times, durations, months and days of the week, as Go's package
 * time has them. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "methods.h"
#include "../base/time.h"
#include "../text/gofmt.h"
#include "../text/gotime.h"

static struct ptxi_civil civil(struct ptx_value **args)
{
	return ptxi_time_civil(args[0]->time->unix_seconds + args[0]->time->offset_seconds);
}

static struct ptx_value *named(struct ptxi_exec *x, int64_t i, enum ptxi_go type)
{
	struct ptx_value *v = ptx_value_int(x->arena, i);

	if (v)
		v->go = (uint16_t)type;
	return v;
}

static struct ptx_value *time_value(struct ptxi_exec *x, const struct ptxi_time *t)
{
	struct ptx_value *v =
	    ptx_value_time(x->arena, t->unix_seconds, t->nanoseconds, t->offset_seconds);

	if (v)
		v->time->zone = t->zone;
	return v;
}

PTXI_FN(year)
{
	return ptxi_result_int(x, civil(args).year);
}

PTXI_FN(month)
{
	return named(x, civil(args).month, PTXI_GO_MONTH);
}

PTXI_FN(day)
{
	return ptxi_result_int(x, civil(args).day);
}

PTXI_FN(hour)
{
	return ptxi_result_int(x, civil(args).hour);
}

PTXI_FN(minute)
{
	return ptxi_result_int(x, civil(args).minute);
}

PTXI_FN(second)
{
	return ptxi_result_int(x, civil(args).second);
}

PTXI_FN(nanosecond)
{
	return ptxi_result_int(x, args[0]->time->nanoseconds);
}

PTXI_FN(weekday)
{
	return named(x, civil(args).weekday, PTXI_GO_WEEKDAY);
}

PTXI_FN(year_day)
{
	return ptxi_result_int(x, civil(args).yearday);
}

PTXI_FN(unix)
{
	return ptxi_result_int64(x, args[0]->time->unix_seconds);
}

static struct ptx_value *unix_in(struct ptxi_exec *x, struct ptx_value **args, uint64_t per_second)
{
	uint64_t ns = (uint64_t)args[0]->time->nanoseconds;
	uint64_t part = ns / ((uint64_t)PTXI_NS_PER_S / per_second);

	return ptxi_result_int64(
	    x, (int64_t)((uint64_t)args[0]->time->unix_seconds * per_second + part));
}

PTXI_FN(unix_milli)
{
	return unix_in(x, args, 1000);
}

PTXI_FN(unix_micro)
{
	return unix_in(x, args, 1000000);
}

PTXI_FN(unix_nano)
{
	return unix_in(x, args, 1000000000);
}

PTXI_FN(format)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_time_format(args[0]->time, args[1]->s, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(string)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_print_value(args[0], x->arena, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(utc)
{
	struct ptxi_time t = *args[0]->time;

	t.offset_seconds = 0;
	t.zone = NULL;
	return time_value(x, &t);
}

PTXI_FN(local)
{
	const struct ptxi_zone *zone = ptxi_exec_zone(x, PTXI_STR("Local"), err);
	struct ptxi_time t = *args[0]->time;

	if (!zone)
		return NULL;
	ptxi_go_time_in(&t, zone);
	return time_value(x, &t);
}

static int compare(struct ptx_value **args)
{
	const struct ptxi_time *a = args[0]->time;
	const struct ptxi_time *b = args[1]->time;

	if (a->unix_seconds != b->unix_seconds)
		return a->unix_seconds < b->unix_seconds ? -1 : 1;
	return a->nanoseconds < b->nanoseconds ? -1 : a->nanoseconds > b->nanoseconds;
}

PTXI_FN(after)
{
	return ptxi_result_bool(x, compare(args) > 0);
}

PTXI_FN(before)
{
	return ptxi_result_bool(x, compare(args) < 0);
}

PTXI_FN(equal)
{
	return ptxi_result_bool(x, compare(args) == 0);
}

PTXI_FN(compare)
{
	return ptxi_result_int(x, compare(args));
}

PTXI_FN(is_zero)
{
	return ptxi_result_bool(x, args[0]->time->unix_seconds == INT64_C(-62135596800) &&
				       args[0]->time->nanoseconds == 0);
}

PTXI_FN(sub)
{
	int64_t seconds = 0;
	int64_t ns = 0;

	if (__builtin_sub_overflow(args[0]->time->unix_seconds, args[1]->time->unix_seconds,
				   &seconds) ||
	    __builtin_mul_overflow(seconds, PTXI_NS_PER_S, &ns) ||
	    __builtin_add_overflow(
		ns, (int64_t)args[0]->time->nanoseconds - args[1]->time->nanoseconds, &ns))
		ns = compare(args) > 0 ? INT64_MAX : INT64_MIN;
	return named(x, ns, PTXI_GO_DURATION);
}

PTXI_FN(add)
{
	struct ptxi_time t = *args[0]->time;
	int64_t ns = args[1]->i;

	t.unix_seconds += ns / PTXI_NS_PER_S;
	ns = t.nanoseconds + ns % PTXI_NS_PER_S;
	if (ns < 0 || ns >= PTXI_NS_PER_S) {
		t.unix_seconds += ns < 0 ? -1 : 1;
		ns += ns < 0 ? PTXI_NS_PER_S : -PTXI_NS_PER_S;
	}
	t.nanoseconds = (int32_t)ns;
	return time_value(x, &t);
}

/* Years, months and days; the 31st of a short month is one of the next. */
PTXI_FN(add_date)
{
	struct ptxi_time t = *args[0]->time;
	struct ptxi_civil c = civil(args);
	int64_t months = 0;
	int64_t days = args[3]->i;
	int64_t day = c.day;

	if (args[1]->i > 1000000 || args[1]->i < -1000000 || args[2]->i > 12000000 ||
	    args[2]->i < -12000000 || days > 400000000 || days < -400000000)
		return ptxi_func_fail(err, "AddDate: the date is too far away");
	months = (c.year + args[1]->i) * 12 + c.month - 1 + args[2]->i;
	c.year = months / 12 - (months % 12 < 0);
	c.month = (int)(months - c.year * 12) + 1;
	c.day = 1;
	t.unix_seconds = ptxi_time_unix(&c) + (day - 1 + days) * 86400 - t.offset_seconds;
	return time_value(x, &t);
}

PTXI_FN(location)
{
	return ptxi_result_str(x, args[0]->time->zone ? ptxi_str(args[0]->time->zone)
						      : PTXI_STR("UTC"));
}

/* clang-format off */
static const struct ptxi_func times[] = {
	{ "Add",        "vD",   fn_add },
	{ "AddDate",    "viii", fn_add_date },
	{ "After",      "vT",   fn_after },
	{ "Before",     "vT",   fn_before },
	{ "Compare",    "vT",   fn_compare },
	{ "Day",        "v",    fn_day },
	{ "Equal",      "vT",   fn_equal },
	{ "Format",     "vs",   fn_format },
	{ "Hour",       "v",    fn_hour },
	{ "IsZero",     "v",    fn_is_zero },
	{ "Local",      "v",    fn_local },
	{ "Location",   "v",    fn_location },
	{ "Minute",     "v",    fn_minute },
	{ "Month",      "v",    fn_month },
	{ "Nanosecond", "v",    fn_nanosecond },
	{ "Second",     "v",    fn_second },
	{ "String",     "v",    fn_string },
	{ "Sub",        "vT",   fn_sub },
	{ "UTC",        "v",    fn_utc },
	{ "Unix",       "v",    fn_unix },
	{ "UnixMicro",  "v",    fn_unix_micro },
	{ "UnixMilli",  "v",    fn_unix_milli },
	{ "UnixNano",   "v",    fn_unix_nano },
	{ "Weekday",    "v",    fn_weekday },
	{ "Year",       "v",    fn_year },
	{ "YearDay",    "v",    fn_year_day },
};
/* clang-format on */

const struct ptxi_func_family ptxi_methods_time = { "time.Time", times, PTXI_COUNT(times) };

/* --- durations */

/* The whole units and the rest apart, as Go does it: other last digits come out otherwise. */
static double in_units(int64_t ns, int64_t unit)
{
	int64_t whole = ns / unit;

	return (double)whole + (double)(ns % unit) / (double)unit;
}

PTXI_FN(in_hours)
{
	return ptxi_result_float(x, in_units(args[0]->i, 3600 * PTXI_NS_PER_S));
}

PTXI_FN(in_minutes)
{
	return ptxi_result_float(x, in_units(args[0]->i, 60 * PTXI_NS_PER_S));
}

PTXI_FN(in_seconds)
{
	return ptxi_result_float(x, in_units(args[0]->i, PTXI_NS_PER_S));
}

PTXI_FN(in_milliseconds)
{
	return ptxi_result_int64(x, args[0]->i / 1000000);
}

PTXI_FN(in_nanoseconds)
{
	return ptxi_result_int64(x, args[0]->i);
}

/* clang-format off */
static const struct ptxi_func durations[] = {
	{ "Hours",        "v", fn_in_hours },
	{ "Milliseconds", "v", fn_in_milliseconds },
	{ "Minutes",      "v", fn_in_minutes },
	{ "Nanoseconds",  "v", fn_in_nanoseconds },
	{ "Seconds",      "v", fn_in_seconds },
	{ "String",       "v", fn_string },
};
static const struct ptxi_func months[] = {
	{ "String", "v", fn_string },
};
/* clang-format on */

const struct ptxi_func_family ptxi_methods_duration = { "time.Duration", durations,
							PTXI_COUNT(durations) };
const struct ptxi_func_family ptxi_methods_month = { "time.Month", months, PTXI_COUNT(months) };
