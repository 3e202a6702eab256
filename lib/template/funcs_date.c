/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_date.c - Sprig's functions on dates and durations.
 *
 * A date is a time.Time, or a whole number of seconds since 1970; anything else means now. The
 * clock and the local zone are the environment's. A zone that does not exist is UTC.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/time.h"
#include "../text/gofmt.h"
#include "../text/gonum.h"
#include "../text/gotime.h"

/* A division that rounds down. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct ptxi_time from_ns(int64_t ns)
{
	int64_t seconds = floor_div(ns, PTXI_NS_PER_S);

	return (struct ptxi_time){ .unix_seconds = seconds,
				   .nanoseconds = (int32_t)(ns - seconds * PTXI_NS_PER_S) };
}

static struct ptx_value *new_time(struct ptxi_exec *x, const struct ptxi_time *t)
{
	struct ptx_value *v =
	    ptx_value_time(x->arena, t->unix_seconds, t->nanoseconds, t->offset_seconds);

	if (v)
		v->time->zone = t->zone;
	return v;
}

/* The local zone, or UTC where it does not exist. */
static const struct ptxi_zone *zone_or_utc(struct ptxi_exec *x, struct ptx_str name,
					   struct ptx_error **err)
{
	ptx_auto(error) why = NULL;
	const struct ptxi_zone *zone = ptxi_exec_zone(x, name, &why);

	return zone ? zone : ptxi_exec_zone(x, PTXI_STR("UTC"), err);
}

PTXI_FN(now)
{
	const struct ptxi_zone *zone = zone_or_utc(x, PTXI_STR("Local"), err);
	struct ptxi_time t = from_ns(ptxi_exec_now(x));

	if (!zone)
		return NULL;
	ptxi_go_time_in(&t, zone);
	return new_time(x, &t);
}

static struct ptxi_time time_of(struct ptxi_exec *x, const struct ptx_value *v, bool int32_too)
{
	if (ptx_value_kind(v) == PTX_TIME)
		return *v->time;
	if (ptx_value_kind(v) == PTX_INT &&
	    (ptxi_go_of(v) == PTXI_GO_PLAIN || ptxi_go_of(v) == PTXI_GO_INT ||
	     (int32_too && ptxi_go_of(v) == PTXI_GO_INT32)))
		return (struct ptxi_time){ .unix_seconds = v->i };
	return from_ns(ptxi_exec_now(x));
}

static struct ptx_value *formatted(struct ptxi_exec *x, struct ptx_str layout,
				   const struct ptx_value *date, struct ptx_str zone_name,
				   struct ptx_error **err)
{
	const struct ptxi_zone *zone = zone_or_utc(x, zone_name, err);
	struct ptxi_time t = time_of(x, date, true);
	struct ptx_buf b;

	if (!zone)
		return NULL;
	ptxi_go_time_in(&t, zone);
	ptxi_exec_buf(x, &b);
	ptxi_go_time_format(&t, layout, &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(date)
{
	return formatted(x, args[0]->s, args[1], PTXI_STR("Local"), err);
}

PTXI_FN(date_in_zone)
{
	return formatted(x, args[0]->s, args[1], args[2]->s, err);
}

PTXI_FN(html_date)
{
	return formatted(x, PTXI_STR("2006-01-02"), args[0], PTXI_STR("Local"), err);
}

PTXI_FN(html_date_in_zone)
{
	return formatted(x, PTXI_STR("2006-01-02"), args[0], args[1]->s, err);
}

static struct ptx_value *moved(struct ptxi_exec *x, const struct ptx_value *date, int64_t ns,
			       struct ptx_error **err)
{
	struct ptxi_time t = *date->time;
	struct ptxi_time by = from_ns(ns);
	const struct ptxi_zone *zone = t.zone ? NULL : zone_or_utc(x, PTXI_STR("UTC"), err);

	t.unix_seconds = (int64_t)((uint64_t)t.unix_seconds + (uint64_t)by.unix_seconds);
	t.nanoseconds += by.nanoseconds;
	if (t.nanoseconds >= PTXI_NS_PER_S) {
		t.nanoseconds -= (int32_t)PTXI_NS_PER_S;
		t.unix_seconds++;
	}
	/* a time of the local zone stays one, across its changes */
	if (!zone && x->env->zone) {
		zone = ptxi_exec_zone(x, PTXI_STR("Local"), NULL);
		if (zone && ptxi_zone_at(zone, date->time->unix_seconds).offset == t.offset_seconds)
			ptxi_go_time_in(&t, zone);
	}
	return new_time(x, &t);
}

PTXI_FN(must_date_modify)
{
	int64_t ns = 0;

	return ptxi_go_duration_parse(args[0]->s, &ns, err) < 0 ? NULL : moved(x, args[1], ns, err);
}

PTXI_FN(date_modify)
{
	int64_t ns = 0;

	return ptxi_go_duration_parse(args[0]->s, &ns, NULL) < 0 ? args[1]
								 : moved(x, args[1], ns, err);
}

PTXI_FN(must_to_date)
{
	const struct ptxi_zone *zone = zone_or_utc(x, PTXI_STR("Local"), err);
	struct ptxi_time t;

	if (!zone || ptxi_go_time_parse(x->arena, args[0]->s, args[1]->s, zone, &t, err) < 0)
		return NULL;
	return new_time(x, &t);
}

PTXI_FN(to_date)
{
	static const struct ptxi_time zero = { .unix_seconds = INT64_C(-62135596800) };
	struct ptx_value *v = fn_must_to_date(x, args, n, err);

	if (v || !*err || ptx_error_code(*err) != PTX_E_SYNTAX)
		return v;
	ptxi_error_drop(err);
	return new_time(x, &zero);
}

PTXI_FN(unix_epoch)
{
	return ptx_value_string(
	    x->arena, ptxi_arena_printf(x->arena, "%lld", (long long)args[0]->time->unix_seconds));
}

/* now - t, as Go's Duration has it: at its largest where it does not fit. */
static int64_t since(struct ptxi_exec *x, const struct ptxi_time *t)
{
	struct ptxi_time now = from_ns(ptxi_exec_now(x));
	int64_t seconds = 0;
	int64_t ns = 0;

	if (__builtin_sub_overflow(now.unix_seconds, t->unix_seconds, &seconds))
		return t->unix_seconds < 0 ? INT64_MAX : INT64_MIN;
	if (__builtin_mul_overflow(seconds, PTXI_NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, (int64_t)now.nanoseconds - t->nanoseconds, &ns))
		return seconds > 0 ? INT64_MAX : INT64_MIN;
	return ns;
}

static struct ptx_value *duration_text(struct ptxi_exec *x, int64_t ns, struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_go_print_duration(ns, &b);
	return ptxi_result_buf(x, &b, err);
}

/* To the nearest multiple, halves away from zero; what would not fit stays. */
static int64_t rounded(int64_t ns, int64_t unit)
{
	int64_t rest = ns % unit;
	int64_t to = 0;

	if (rest < 0 ? -rest < unit + rest : rest < unit - rest)
		return ns - rest;
	return __builtin_add_overflow(ns, rest < 0 ? -(unit + rest) : unit - rest, &to)
		   ? (ns < 0 ? INT64_MIN : INT64_MAX)
		   : to;
}

PTXI_FN(ago)
{
	struct ptxi_time t = time_of(x, args[0], false);

	return duration_text(x, rounded(since(x, &t), PTXI_NS_PER_S), err);
}

PTXI_FN(duration)
{
	int64_t seconds = 0;

	if (args[0]->kind == PTX_STRING) {
		if (ptxi_go_parse_int(args[0]->s, 10, &seconds) == PTXI_NUMBER_SYNTAX)
			seconds = 0;
	} else if (args[0]->kind == PTX_INT && ptxi_go_of(args[0]) == PTXI_GO_PLAIN) {
		seconds = args[0]->i;
	}
	return duration_text(x, (int64_t)((uint64_t)seconds * (uint64_t)PTXI_NS_PER_S), err);
}

/* The largest unit that is not exceeded by one: "2h", "3mo". */
PTXI_FN(duration_round)
{
	static const struct {
		const char *name;
		uint64_t hours;
	} units[] = { { "y", 24 * 365 }, { "mo", 24 * 30 }, { "d", 24 }, { "h", 1 } };
	int64_t ns = 0;
	uint64_t u = 0;
	uint64_t second = (uint64_t)PTXI_NS_PER_S;

	if (args[0]->kind == PTX_STRING)
		ptxi_go_duration_parse(args[0]->s, &ns, NULL);
	else if (args[0]->kind == PTX_INT && ptxi_go_of(args[0]) == PTXI_GO_PLAIN)
		ns = args[0]->i;
	else if (args[0]->kind == PTX_TIME)
		ns = since(x, args[0]->time);
	u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	for (size_t i = 0; i < PTXI_COUNT(units); i++) {
		uint64_t unit = units[i].hours * 3600 * second;

		if (u > unit)
			return ptx_value_string(x->arena,
						ptxi_arena_printf(x->arena, "%llu%s",
								  (unsigned long long)(u / unit),
								  units[i].name));
	}
	if (u > 60 * second)
		return ptx_value_string(
		    x->arena,
		    ptxi_arena_printf(x->arena, "%llum", (unsigned long long)(u / (60 * second))));
	if (u > second)
		return ptx_value_string(
		    x->arena,
		    ptxi_arena_printf(x->arena, "%llus", (unsigned long long)(u / second)));
	return ptxi_result_str(x, PTXI_STR("0s"));
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "ago",              "v",   fn_ago },
	{ "date",             "sv",  fn_date },
	{ "dateInZone",       "svs", fn_date_in_zone },
	{ "dateModify",       "sT",  fn_date_modify },
	{ "date_in_zone",     "svs", fn_date_in_zone },
	{ "date_modify",      "sT",  fn_date_modify },
	{ "duration",         "v",   fn_duration },
	{ "durationRound",    "v",   fn_duration_round },
	{ "htmlDate",         "v",   fn_html_date },
	{ "htmlDateInZone",   "vs",  fn_html_date_in_zone },
	{ "mustDateModify",   "sT",  fn_must_date_modify },
	{ "mustToDate",       "ss",  fn_must_to_date },
	{ "must_date_modify", "sT",  fn_must_date_modify },
	{ "now",              "",    fn_now },
	{ "toDate",           "ss",  fn_to_date },
	{ "unixEpoch",        "T",   fn_unix_epoch },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_date = { "date", rows, PTXI_COUNT(rows) };
