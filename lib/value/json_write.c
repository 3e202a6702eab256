/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.c - values as JSON, in the form of Go's encoding/json.
 *
 * Doubles are the shortest digits that read back the same: plain between 1e-6 and 1e21, else with
 * an exponent that has no leading zero. Invalid UTF-8 becomes U+FFFD. A `number` is its own text.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "../base/encode.h"
#include "../base/opts.h"
#include "../base/time.h"
#include "../base/utf8.h"

#include <math.h>

#define DEEPEST 10000u

struct writer {
	struct ptx_buf *out;
	const struct ptx_json_style *style;
	struct ptx_arena
	    *sorting; /* for the sorted keys of a map, released after it; NULL: own order */
	unsigned depth;
};

static void write_value(struct writer *w, const struct ptx_value *v);

/* Writes one escape for the byte or character at s; how many bytes it stood for. */
static size_t escape_at(struct ptx_str s, struct ptx_buf *out)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t len = 1;
	uint32_t rune = 0;

	switch (c) {
	case '"':
	case '\\':
		ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, (char)c);
		return 1;
	case '\b':
		ptx_buf_adds(out, "\\b");
		return 1;
	case '\f':
		ptx_buf_adds(out, "\\f");
		return 1;
	case '\n':
		ptx_buf_adds(out, "\\n");
		return 1;
	case '\r':
		ptx_buf_adds(out, "\\r");
		return 1;
	case '\t':
		ptx_buf_adds(out, "\\t");
		return 1;
	default:
		break;
	}
	rune = c < 0x80 ? c : ptxi_utf8_decode(s, &len);
	ptx_buf_printf(out, "\\u%04x", (unsigned)rune);
	return len;
}

/* How many bytes at s stand for themselves; 0: the first needs an escape. */
static size_t plain_length(struct ptx_str s, bool escape_html)
{
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t len = 1;

		if (c < 0x80) {
			if (c < 0x20 || c == '"' || c == '\\' ||
			    (escape_html && (c == '<' || c == '>' || c == '&')))
				break;
		} else {
			struct ptx_str rest = ptxi_str_from(s, i);
			uint32_t rune = ptxi_utf8_decode(rest, &len);

			if (rune == 0x2028 || rune == 0x2029 || !ptxi_utf8_valid_at(rest))
				break;
		}
		i += len;
	}
	return i;
}

void ptxi_json_quote(struct ptx_str s, bool escape_html, struct ptx_buf *out)
{
	ptx_buf_addc(out, '"');
	while (s.n) {
		size_t n = plain_length(s, escape_html);

		ptx_buf_add(out, s.p, n);
		s = ptxi_str_from(s, n);
		if (s.n)
			s = ptxi_str_from(s, escape_at(s, out));
	}
	ptx_buf_addc(out, '"');
}

void ptxi_json_double(double f, struct ptx_buf *out)
{
	char digits[18] = "";
	int exp = 0;
	size_t n = 0;
	double size = fabs(f);

	if (!isfinite(f)) {
		ptx_buf_adds(out, "null");
		return;
	}
	if (signbit(f))
		ptx_buf_addc(out, '-');
	n = ptxi_double_digits(f, digits, &exp);
	if (size != 0 && (size < 1e-6 || size >= 1e21)) {
		ptx_buf_addc(out, digits[0]);
		if (n > 1) {
			ptx_buf_addc(out, '.');
			ptx_buf_add(out, digits + 1, n - 1);
		}
		ptx_buf_printf(out, exp - 1 < 0 ? "e%d" : "e+%d", exp - 1);
	} else {
		ptxi_double_put(digits, n, exp, out);
	}
}

static void new_line(struct writer *w)
{
	if (!w->style->indent)
		return;
	ptx_buf_addc(w->out, '\n');
	ptx_buf_fill(w->out, ' ', (size_t)w->style->indent * w->depth);
}

static void write_list(struct writer *w, const struct ptx_value *list)
{
	ptx_buf_addc(w->out, '[');
	w->depth++;
	for (size_t i = 0; i < list->list.n && ptx_buf_ok(w->out); i++) {
		if (i)
			ptx_buf_addc(w->out, ',');
		new_line(w);
		write_value(w, list->list.v[i]);
	}
	w->depth--;
	if (list->list.n)
		new_line(w);
	ptx_buf_addc(w->out, ']');
}

static void write_map(struct writer *w, const struct ptx_value *map)
{
	const struct ptxi_entry **sorted = NULL;
	struct ptxi_arena_mark mark = { 0 };

	if (w->sorting && map->map.n > 1) {
		mark = ptxi_arena_mark(w->sorting);
		sorted = ptxi_value_sorted(w->sorting, map);
		if (!sorted) {
			w->out->status = PTX_E_NOMEM;
			return;
		}
	}
	ptx_buf_addc(w->out, '{');
	w->depth++;
	for (size_t i = 0; i < map->map.n && ptx_buf_ok(w->out); i++) {
		const struct ptxi_entry *e = sorted ? sorted[i] : &map->map.v[i];

		if (i)
			ptx_buf_addc(w->out, ',');
		new_line(w);
		ptxi_json_quote(e->key, w->style->escape_html, w->out);
		ptx_buf_adds(w->out, w->style->indent ? ": " : ":");
		write_value(w, e->value);
	}
	w->depth--;
	if (map->map.n)
		new_line(w);
	ptx_buf_addc(w->out, '}');
	if (sorted)
		ptxi_arena_release(w->sorting, mark);
}

static void write_value(struct writer *w, const struct ptx_value *v)
{
	struct ptx_buf *out = w->out;

	if (w->depth > DEEPEST) {
		out->status = PTX_E_LIMIT;
		return;
	}
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		ptx_buf_adds(out, "null");
		break;
	case PTX_FLOAT:
		ptxi_json_double(v->f, out);
		break;
	case PTX_STRING:
		ptxi_json_quote(v->s, w->style->escape_html, out);
		break;
	case PTX_BYTES:
		ptx_buf_addc(out, '"');
		ptxi_base64_encode(PTXI_BASE64_STD, v->s, out);
		ptx_buf_addc(out, '"');
		break;
	case PTX_TIME:
		ptx_buf_addc(out, '"');
		ptxi_time_format_rfc3339(v->time->unix_seconds, v->time->nanoseconds,
					 v->time->offset_seconds, out);
		ptx_buf_addc(out, '"');
		break;
	case PTX_LIST:
		write_list(w, v);
		break;
	case PTX_MAP:
		write_map(w, v);
		break;
	default:
		ptxi_codec_plain(v, out);
	}
}

void ptx_json_format(const struct ptx_value *v, const struct ptx_json_style *style,
		     struct ptx_buf *out)
{
	struct ptx_json_style s = PTX_JSON_STYLE_INIT;
	struct writer w = { .out = out, .style = &s };
	ptx_auto(arena) sorting = NULL;
	int rc = PTXI_OPTS_READ(&s, style, NULL);

	if (rc < 0) {
		out->status = rc;
		return;
	}
	if (s.sort_keys) {
		sorting = ptx_arena_new(0);
		if (!sorting) {
			out->status = PTX_E_NOMEM;
			return;
		}
		w.sorting = sorting;
	}
	write_value(&w, v);
}
