/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - reads TZif files (RFC 8536).
 *
 * A file has transitions (an instant, and the kind of time from then on) and ends with a rule in
 * the form of POSIX's TZ for all time after the last one:
 *
 *     header, 32-bit data (skipped) | header, 64-bit data | \n rule \n         version 2 and above
 *     header, 32-bit data                                                      version 1
 *
 * All counts and indices of a file are checked before they are used.
 */
#define PTX_AREA PTX_AREA_BASE
#include "zone.h"
#include "fs.h"
#include "time.h"

#define FOLDER       "/usr/share/zoneinfo"
#define LARGEST      (1u << 20)
#define LONGEST_NAME 10
#define HEADER       44u
#define DAY          86400

struct kind {
	int32_t offset;
	bool dst;
	const char *name;
};

/* When one of the two halves of a rule begins: a day and a second of it. */
struct change {
	enum { JULIAN, DAY_OF_YEAR, WEEKDAY } form;
	int day, week, month;
	int32_t second;
};

struct rule {
	bool is_set, has_dst;
	struct kind standard, summer;
	char standard_name[LONGEST_NAME + 1], summer_name[LONGEST_NAME + 1];
	struct change begin, end; /* of summer time */
};

struct ptxi_zone {
	struct kind *kinds;
	size_t kind_count;
	int64_t *at; /* transitions, ascending */
	uint8_t *to;
	size_t count;
	char *names;
	struct rule rule;
};

void ptxi_zone_free(struct ptxi_zone *z)
{
	if (!z)
		return;
	ptx_free(z->kinds);
	ptx_free(z->at);
	ptx_free(z->to);
	ptx_free(z->names);
	ptx_free(z);
}

/* --- the rule behind the data: "CET-1CEST,M3.5.0,M10.5.0/3" */

static bool rule_name(struct ptx_str *s, char name[LONGEST_NAME + 1])
{
	bool quoted = s->n && s->p[0] == '<';
	size_t n = 0;

	if (quoted)
		*s = ptxi_str_from(*s, 1);
	for (; s->n && n < LONGEST_NAME; *s = ptxi_str_from(*s, 1)) {
		char c = s->p[0];

		if (quoted ? c == '>' : !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			break;
		name[n++] = c;
	}
	name[n] = '\0';
	if (quoted) {
		if (!s->n || s->p[0] != '>')
			return false;
		*s = ptxi_str_from(*s, 1);
	}
	return n >= 3 || quoted;
}

static bool rule_number(struct ptx_str *s, int least, int most, int *out)
{
	int v = 0;
	size_t n = 0;

	while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (s->p[n++] - '0');
	*s = ptxi_str_from(*s, n);
	*out = v;
	return n > 0 && v >= least && v <= most;
}

static bool rule_char(struct ptx_str *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = ptxi_str_from(*s, 1);
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool rule_time(struct ptx_str *s, int32_t *out)
{
	bool negative = rule_char(s, '-');
	int hours = 0;
	int minutes = 0;
	int seconds = 0;

	if (!negative)
		rule_char(s, '+');
	if (!rule_number(s, 0, 24 * 7, &hours))
		return false;
	if (rule_char(s, ':') && (!rule_number(s, 0, 59, &minutes) ||
				  (rule_char(s, ':') && !rule_number(s, 0, 59, &seconds))))
		return false;
	*out = (hours * 60 + minutes) * 60 + seconds;
	if (negative)
		*out = -*out;
	return true;
}

static bool rule_change(struct ptx_str *s, struct change *c)
{
	bool ok = false;

	*c = (struct change){ .second = 2 * 3600 };
	if (rule_char(s, 'J')) {
		c->form = JULIAN;
		ok = rule_number(s, 1, 365, &c->day);
	} else if (rule_char(s, 'M')) {
		c->form = WEEKDAY;
		ok = rule_number(s, 1, 12, &c->month) && rule_char(s, '.') &&
		     rule_number(s, 1, 5, &c->week) && rule_char(s, '.') &&
		     rule_number(s, 0, 6, &c->day);
	} else {
		c->form = DAY_OF_YEAR;
		ok = rule_number(s, 0, 365, &c->day);
	}
	return ok && (!rule_char(s, '/') || rule_time(s, &c->second));
}

static bool parse_rule(struct ptx_str s, struct rule *r)
{
	int32_t west = 0;

	if (!rule_name(&s, r->standard_name) || !rule_time(&s, &west))
		return false;
	r->standard = (struct kind){ -west, false, r->standard_name };
	r->is_set = true;
	if (s.n == 0)
		return true;
	if (!rule_name(&s, r->summer_name))
		return false;
	west -= 3600;
	if (s.n && s.p[0] != ',' && !rule_time(&s, &west))
		return false;
	r->summer = (struct kind){ -west, true, r->summer_name };
	r->has_dst = true;
	return rule_char(&s, ',') && rule_change(&s, &r->begin) && rule_char(&s, ',') &&
	       rule_change(&s, &r->end) && s.n == 0;
}

static int64_t first_of(int64_t year, int month)
{
	struct ptxi_civil c = { .year = year, .month = month, .day = 1 };

	return ptxi_time_unix(&c);
}

/* The local instant of a change in a year, as if it were UTC. */
static int64_t change_in(const struct change *c, int64_t year)
{
	int64_t start = first_of(year, 1);
	struct ptxi_civil first;
	int day = 0;

	switch (c->form) {
	case JULIAN:
		day = c->day - 1 + (ptxi_time_is_leap(year) && c->day >= 60);
		break;
	case DAY_OF_YEAR:
		day = c->day;
		break;
	case WEEKDAY:
		start = first_of(year, c->month);
		first = ptxi_time_civil(start);
		day = (c->day - first.weekday + 7) % 7 + (c->week - 1) * 7;
		if (start + (int64_t)day * DAY >=
		    first_of(c->month == 12 ? year + 1 : year, c->month % 12 + 1))
			day -= 7;
		break;
	}
	return start + (int64_t)day * DAY + c->second;
}

static struct ptxi_zone_span span_of(const struct kind *k, int64_t start, int64_t end)
{
	return (struct ptxi_zone_span){ start, end, k->offset, k->dst, k->name };
}

static struct ptxi_zone_span by_rule(const struct rule *r, int64_t at, int64_t since)
{
	int64_t year = ptxi_time_civil(at + r->standard.offset).year;
	int64_t edges[4]; /* of last year's end, this year's two, next year's first */
	bool summer_first = change_in(&r->begin, year) < change_in(&r->end, year);
	const struct change *one = summer_first ? &r->begin : &r->end;
	const struct change *two = summer_first ? &r->end : &r->begin;
	const struct kind *inside = summer_first ? &r->summer : &r->standard;
	const struct kind *outside = summer_first ? &r->standard : &r->summer;

	if (!r->has_dst)
		return span_of(&r->standard, since, INT64_MAX);
	/* the wall shows the time that ends there */
	edges[0] = change_in(two, year - 1) - inside->offset;
	edges[1] = change_in(one, year) - outside->offset;
	edges[2] = change_in(two, year) - inside->offset;
	edges[3] = change_in(one, year + 1) - outside->offset;
	if (at < edges[1])
		return span_of(outside, edges[0] > since ? edges[0] : since, edges[1]);
	if (at < edges[2])
		return span_of(inside, edges[1] > since ? edges[1] : since, edges[2]);
	return span_of(outside, edges[2] > since ? edges[2] : since, edges[3]);
}

/* --- the data */

static uint32_t be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t instant(const char *p, size_t size)
{
	if (size == 4)
		return (int32_t)be32(p);
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

struct counts {
	size_t ut, standard, leap, times, kinds, chars;
};

static bool read_counts(struct ptx_str s, struct counts *c)
{
	size_t *to[] = { &c->ut, &c->standard, &c->leap, &c->times, &c->kinds, &c->chars };

	if (s.n < HEADER || memcmp(s.p, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < PTXI_COUNT(to); i++) {
		*to[i] = be32(s.p + 20 + 4 * i);
		if (*to[i] > LARGEST)
			return false;
	}
	return true;
}

static size_t data_size(const struct counts *c, size_t time_size)
{
	return c->times * (time_size + 1) + c->kinds * 6 + c->chars + c->leap * (time_size + 4) +
	       c->standard + c->ut;
}

static bool read_data(struct ptxi_zone *z, struct ptx_str s, const struct counts *c,
		      size_t time_size)
{
	const char *to = s.p + c->times * time_size;
	const char *kinds = to + c->times;
	const char *names = kinds + c->kinds * 6;

	z->kinds = ptxi_alloc_array(c->kinds, sizeof(*z->kinds));
	z->at = ptxi_alloc_array(c->times + 1, sizeof(*z->at));
	z->to = ptxi_alloc_array(c->times + 1, sizeof(*z->to));
	z->names = ptxi_strndup(names, c->chars);
	if (!z->kinds || !z->at || !z->to || !z->names)
		return false;
	memcpy(z->names, names, c->chars);
	z->kind_count = c->kinds;
	z->count = c->times;
	for (size_t i = 0; i < c->kinds; i++) {
		size_t name = (unsigned char)kinds[6 * i + 5];

		if (name >= c->chars)
			return false;
		z->kinds[i] = (struct kind){ (int32_t)be32(kinds + 6 * i), kinds[6 * i + 4] != 0,
					     z->names + name };
	}
	for (size_t i = 0; i < c->times; i++) {
		z->at[i] = instant(s.p + i * time_size, time_size);
		z->to[i] = (uint8_t)to[i];
		if (z->to[i] >= c->kinds || (i && z->at[i] < z->at[i - 1]))
			return false;
	}
	return true;
}

struct ptxi_zone *ptxi_zone_parse(struct ptx_str bytes, struct ptx_error **err)
{
	ptxi_auto(zone) z = ptxi_alloc(sizeof(*z));
	struct counts c;
	size_t time_size = 4;
	bool ok = z && read_counts(bytes, &c);

	if (ok && bytes.p[4] >= '2') {
		size_t skip = HEADER + data_size(&c, 4);

		time_size = 8;
		bytes = ptxi_str_from(bytes, skip);
		ok = read_counts(bytes, &c);
	}
	ok = ok && c.kinds > 0 && c.chars > 0 && data_size(&c, time_size) <= bytes.n - HEADER &&
	     read_data(z, ptxi_str_from(bytes, HEADER), &c, time_size);
	if (ok && time_size == 8) {
		struct ptx_str rule = ptxi_str_from(bytes, HEADER + data_size(&c, time_size));

		if (rule.n > 2 && rule.p[0] == '\n' && rule.p[rule.n - 1] == '\n')
			ok = parse_rule(ptxi_str_sub(rule, 1, rule.n - 2), &z->rule);
	}
	if (!ok) {
		ptx_fail(err, z ? PTX_E_CORRUPT : PTX_E_NOMEM,
			 z ? "the file of the time zone is malformed" : "out of memory");
		return NULL;
	}
	return ptx_steal(&z);
}

static struct ptxi_zone *new_utc(struct ptx_error **err)
{
	ptxi_auto(zone) z = ptxi_alloc(sizeof(*z));

	if (z) {
		z->kinds = ptxi_alloc(sizeof(*z->kinds));
		z->kind_count = 1;
	}
	if (!z || !z->kinds) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	z->kinds[0].name = "UTC";
	return ptx_steal(&z);
}

static bool name_ok(struct ptx_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '\\' || name.p[i] == '\0' ||
		    (i && name.p[i] == '.' && name.p[i - 1] == '.'))
			return false;
	return name.n < 256 && name.p[0] != '/';
}

struct ptxi_zone *ptxi_zone_load(struct ptx_str name, struct ptx_error **err)
{
	ptx_auto_buf path = { 0 };
	ptx_auto_buf bytes = { 0 };
	ptx_auto(error) why = NULL;

	if (name.n == 0 || ptxi_str_is(name, "UTC"))
		return new_utc(err);
	ptx_buf_init(&path, 0);
	ptx_buf_init(&bytes, 0);
	if (name_ok(name))
		ptx_buf_printf(&path, FOLDER "/%.*s", PTX_STR_ARG(name));
	if (!path.n || ptxi_fs_read(path.p, LARGEST, &bytes, &why) < 0) {
		ptx_fail(err, PTX_E_NOT_FOUND, "there is no time zone '%.*s'", PTX_STR_ARG(name));
		return NULL;
	}
	return ptxi_zone_parse(ptx_buf_str(&bytes), err);
}

/* What held before the first transition. */
static const struct kind *first_kind(const struct ptxi_zone *z)
{
	bool used = false;

	for (size_t i = 0; i < z->count; i++)
		used |= z->to[i] == 0;
	if (!used)
		return &z->kinds[0];
	if (z->count && z->kinds[z->to[0]].dst)
		for (size_t i = z->to[0]; i > 0; i--)
			if (!z->kinds[i - 1].dst)
				return &z->kinds[i - 1];
	for (size_t i = 0; i < z->kind_count; i++)
		if (!z->kinds[i].dst)
			return &z->kinds[i];
	return &z->kinds[0];
}

struct ptxi_zone_span ptxi_zone_at(const struct ptxi_zone *z, int64_t unix_seconds)
{
	size_t lo = 0;
	size_t hi = z->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= unix_seconds)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->count && z->rule.is_set && unix_seconds > -(INT64_C(1) << 55) &&
	    unix_seconds < INT64_C(1) << 55)
		return by_rule(&z->rule, unix_seconds, lo ? z->at[lo - 1] : INT64_MIN);
	return span_of(lo ? &z->kinds[z->to[lo - 1]] : first_kind(z),
		       lo ? z->at[lo - 1] : INT64_MIN, lo < z->count ? z->at[lo] : INT64_MAX);
}

int64_t ptxi_zone_unix(const struct ptxi_zone *z, int64_t local_seconds)
{
	struct ptxi_zone_span span = ptxi_zone_at(z, local_seconds);
	int64_t utc = local_seconds - span.offset;

	if (utc < span.start || utc >= span.end)
		utc = local_seconds - ptxi_zone_at(z, utc).offset;
	return utc;
}

bool ptxi_zone_named(const struct ptxi_zone *z, struct ptx_str name, int64_t unix_seconds,
		     int32_t *offset)
{
	for (size_t i = 0; i < z->kind_count; i++) {
		if (!ptxi_str_is(name, z->kinds[i].name))
			continue;
		*offset = z->kinds[i].offset;
		if (ptxi_str_is(name, ptxi_zone_at(z, unix_seconds - *offset).name))
			return true;
	}
	for (size_t i = 0; i < z->kind_count; i++) {
		if (!ptxi_str_is(name, z->kinds[i].name))
			continue;
		*offset = z->kinds[i].offset;
		return true;
	}
	return false;
}
