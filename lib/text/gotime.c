/* SPDX-License-Identifier: Apache-2.0 */
/* gotime.c - Go's layouts: their elements, and writing times by them.
 *
 * A layout shows how the reference time, Mon Jan 2 15:04:05 MST 2006, would be written; each part
 * of that stands for itself in whatever time is formatted. Source: the documentation of Go's
 * package time.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "gotime_layout.h"
#include "../base/time.h"

const char *const ptxi_go_months[12] = {
	"January", "February", "March",     "April",   "May",      "June",
	"July",    "August",   "September", "October", "November", "December",
};
const char *const ptxi_go_weekdays[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};

/* Elements by what they begin with; the longest of one letter first. */
static const struct {
	const char *text;
	enum ptxi_layout_kind kind;
	bool word; /* no small letter may follow */
} elements[] = {
	{ "January", PTXI_LAYOUT_LONG_MONTH, false },
	{ "Jan", PTXI_LAYOUT_MONTH, true },
	{ "Monday", PTXI_LAYOUT_LONG_WEEKDAY, false },
	{ "Mon", PTXI_LAYOUT_WEEKDAY, true },
	{ "MST", PTXI_LAYOUT_ZONE_NAME, false },
	{ "002", PTXI_LAYOUT_ZERO_YEARDAY, false },
	{ "01", PTXI_LAYOUT_ZERO_MONTH, false },
	{ "02", PTXI_LAYOUT_ZERO_DAY, false },
	{ "03", PTXI_LAYOUT_ZERO_HOUR12, false },
	{ "04", PTXI_LAYOUT_ZERO_MINUTE, false },
	{ "05", PTXI_LAYOUT_ZERO_SECOND, false },
	{ "06", PTXI_LAYOUT_YEAR, false },
	{ "15", PTXI_LAYOUT_HOUR, false },
	{ "1", PTXI_LAYOUT_NUM_MONTH, false },
	{ "2006", PTXI_LAYOUT_LONG_YEAR, false },
	{ "2", PTXI_LAYOUT_DAY, false },
	{ "__2", PTXI_LAYOUT_UNDER_YEARDAY, false },
	{ "_2", PTXI_LAYOUT_UNDER_DAY, false },
	{ "3", PTXI_LAYOUT_HOUR12, false },
	{ "4", PTXI_LAYOUT_MINUTE, false },
	{ "5", PTXI_LAYOUT_SECOND, false },
	{ "PM", PTXI_LAYOUT_PM, false },
	{ "pm", PTXI_LAYOUT_LOWER_PM, false },
};

static const struct {
	const char *text; /* behind - or Z */
	bool colon;
	unsigned parts;
} offsets[] = {
	{ "070000", false, 3 }, { "07:00:00", true, 3 }, { "0700", false, 2 },
	{ "07:00", true, 2 },   { "07", false, 1 },
};

static bool is_digit_at(struct ptx_str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool match_word(struct ptx_str s, struct ptxi_layout_element *e)
{
	/* "_2006" is a blank and a year */
	if (ptxi_str_starts(s, "_2006"))
		return false;
	for (size_t i = 0; i < PTXI_COUNT(elements); i++) {
		size_t n = strlen(elements[i].text);

		if (s.p[0] != elements[i].text[0] || !ptxi_str_starts(s, elements[i].text))
			continue;
		if (elements[i].word && n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
			continue;
		e->kind = elements[i].kind;
		e->end = n;
		return true;
	}
	return false;
}

static bool match_offset(struct ptx_str s, struct ptxi_layout_element *e)
{
	for (size_t i = 0; i < PTXI_COUNT(offsets); i++) {
		if (!ptxi_str_starts(ptxi_str_from(s, 1), offsets[i].text))
			continue;
		e->kind = PTXI_LAYOUT_OFFSET;
		e->z = s.p[0] == 'Z';
		e->colon = offsets[i].colon;
		e->parts = offsets[i].parts;
		e->end = 1 + strlen(offsets[i].text);
		return true;
	}
	return false;
}

static bool match_fraction(struct ptx_str s, struct ptxi_layout_element *e)
{
	size_t end = 1;

	if (s.n < 2 || (s.p[1] != '0' && s.p[1] != '9'))
		return false;
	while (end < s.n && s.p[end] == s.p[1])
		end++;
	if (is_digit_at(s, end))
		return false;
	e->kind = s.p[1] == '0' ? PTXI_LAYOUT_FRACTION0 : PTXI_LAYOUT_FRACTION9;
	e->digits = (unsigned)end - 1;
	e->point = s.p[0];
	e->end = end;
	return true;
}

struct ptxi_layout_element ptxi_layout_next(struct ptx_str layout)
{
	for (size_t i = 0; i < layout.n; i++) {
		struct ptx_str rest = ptxi_str_from(layout, i);
		struct ptxi_layout_element e = { .kind = PTXI_LAYOUT_END };
		char c = rest.p[0];
		bool found = c == '-' || c == 'Z'   ? match_offset(rest, &e)
			     : c == '.' || c == ',' ? match_fraction(rest, &e)
						    : match_word(rest, &e);

		if (!found)
			continue;
		e.begin = i;
		e.end += i;
		return e;
	}
	return (struct ptxi_layout_element){ .kind = PTXI_LAYOUT_END,
					     .begin = layout.n,
					     .end = layout.n };
}

static void put_number(int64_t v, int width, struct ptx_buf *out)
{
	ptx_buf_printf(out, v < 0 ? "-%0*lld" : "%0*lld", width, (long long)(v < 0 ? -v : v));
}

static void put_padded(int v, int width, char fill, struct ptx_buf *out)
{
	ptx_buf_printf(out, fill == '0' ? "%0*d" : "%*d", width, v);
}

static void put_offset(int32_t offset, const struct ptxi_layout_element *e, struct ptx_buf *out)
{
	int32_t size = offset < 0 ? -offset : offset;
	const char *colon = e->colon ? ":" : "";

	if (e->z && offset == 0) {
		ptx_buf_addc(out, 'Z');
		return;
	}
	/* the sign is that of the minutes */
	ptx_buf_printf(out, "%c%02d", offset / 60 < 0 ? '-' : '+', size / 3600);
	if (e->parts > 1)
		ptx_buf_printf(out, "%s%02d", colon, size / 60 % 60);
	if (e->parts > 2)
		ptx_buf_printf(out, "%s%02d", colon, size % 60);
}

static void put_fraction(int32_t ns, const struct ptxi_layout_element *e, struct ptx_buf *out)
{
	char digits[32] = "";
	unsigned n = e->digits > 9 ? 9 : e->digits;

	snprintf(digits, sizeof(digits), "%09d", (int)ns);
	if (e->kind == PTXI_LAYOUT_FRACTION9) {
		while (n && digits[n - 1] == '0')
			n--;
		if (n == 0)
			return;
	}
	ptx_buf_addc(out, e->point);
	ptx_buf_add(out, digits, n);
	if (e->kind == PTXI_LAYOUT_FRACTION0 && e->digits > 9)
		ptx_buf_fill(out, '0', e->digits - 9);
}

static void put_zone_name(const struct ptxi_time *t, struct ptx_buf *out)
{
	struct ptxi_layout_element short_form = { .parts = 2 };

	if (t->zone && t->zone[0])
		ptx_buf_adds(out, t->zone);
	else if (t->offset_seconds == 0 && !t->zone)
		ptx_buf_adds(out, "UTC");
	else
		put_offset(t->offset_seconds, &short_form, out);
}

static void put_element(const struct ptxi_time *t, const struct ptxi_civil *c,
			const struct ptxi_layout_element *e, struct ptx_buf *out)
{
	int hour12 = c->hour % 12 ? c->hour % 12 : 12;

	switch (e->kind) {
	case PTXI_LAYOUT_LONG_MONTH:
		ptx_buf_adds(out, ptxi_go_months[c->month - 1]);
		break;
	case PTXI_LAYOUT_MONTH:
		ptx_buf_add(out, ptxi_go_months[c->month - 1], 3);
		break;
	case PTXI_LAYOUT_NUM_MONTH:
		put_padded(c->month, 0, '0', out);
		break;
	case PTXI_LAYOUT_ZERO_MONTH:
		put_padded(c->month, 2, '0', out);
		break;
	case PTXI_LAYOUT_LONG_WEEKDAY:
		ptx_buf_adds(out, ptxi_go_weekdays[c->weekday]);
		break;
	case PTXI_LAYOUT_WEEKDAY:
		ptx_buf_add(out, ptxi_go_weekdays[c->weekday], 3);
		break;
	case PTXI_LAYOUT_DAY:
		put_padded(c->day, 0, '0', out);
		break;
	case PTXI_LAYOUT_UNDER_DAY:
		put_padded(c->day, 2, ' ', out);
		break;
	case PTXI_LAYOUT_ZERO_DAY:
		put_padded(c->day, 2, '0', out);
		break;
	case PTXI_LAYOUT_UNDER_YEARDAY:
		put_padded(c->yearday, 3, ' ', out);
		break;
	case PTXI_LAYOUT_ZERO_YEARDAY:
		put_padded(c->yearday, 3, '0', out);
		break;
	case PTXI_LAYOUT_HOUR:
		put_padded(c->hour, 2, '0', out);
		break;
	case PTXI_LAYOUT_HOUR12:
		put_padded(hour12, 0, '0', out);
		break;
	case PTXI_LAYOUT_ZERO_HOUR12:
		put_padded(hour12, 2, '0', out);
		break;
	case PTXI_LAYOUT_MINUTE:
		put_padded(c->minute, 0, '0', out);
		break;
	case PTXI_LAYOUT_ZERO_MINUTE:
		put_padded(c->minute, 2, '0', out);
		break;
	case PTXI_LAYOUT_SECOND:
		put_padded(c->second, 0, '0', out);
		break;
	case PTXI_LAYOUT_ZERO_SECOND:
		put_padded(c->second, 2, '0', out);
		break;
	case PTXI_LAYOUT_LONG_YEAR:
		put_number(c->year, 4, out);
		break;
	case PTXI_LAYOUT_YEAR:
		put_number(c->year < 0 ? 0 : c->year % 100, 2, out);
		break;
	case PTXI_LAYOUT_PM:
		ptx_buf_adds(out, c->hour >= 12 ? "PM" : "AM");
		break;
	case PTXI_LAYOUT_LOWER_PM:
		ptx_buf_adds(out, c->hour >= 12 ? "pm" : "am");
		break;
	case PTXI_LAYOUT_ZONE_NAME:
		put_zone_name(t, out);
		break;
	case PTXI_LAYOUT_OFFSET:
		put_offset(t->offset_seconds, e, out);
		break;
	case PTXI_LAYOUT_FRACTION0:
	case PTXI_LAYOUT_FRACTION9:
		put_fraction(t->nanoseconds, e, out);
		break;
	case PTXI_LAYOUT_END:
		break;
	}
}

void ptxi_go_time_format(const struct ptxi_time *t, struct ptx_str layout, struct ptx_buf *out)
{
	struct ptxi_civil c = ptxi_time_civil(t->unix_seconds + t->offset_seconds);
	struct ptxi_layout_element e = { .kind = PTXI_LAYOUT_DAY };

	while (e.kind != PTXI_LAYOUT_END) {
		e = ptxi_layout_next(layout);
		ptx_buf_add(out, layout.p, e.begin);
		put_element(t, &c, &e, out);
		layout = ptxi_str_from(layout, e.end);
	}
}

void ptxi_go_time_in(struct ptxi_time *t, const struct ptxi_zone *z)
{
	struct ptxi_zone_span span = ptxi_zone_at(z, t->unix_seconds);

	t->offset_seconds = span.offset;
	t->zone = span.name;
}
