/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_write.c - values as YAML, to the byte as sigs.k8s.io/yaml (Go's yaml.v2) writes them.
 *
 * Charts hash their own rendered configuration, so the form matters down to the blank: two columns
 * a level, lists not indented below their key, keys in the natural order (digits as numbers,
 * letters behind all else), strings plain where YAML 1.1 would read them as strings again, `|` for
 * those of several lines, and long ones folded at the first blank past column 80. The form that
 * yaml.v3 writes ("pretty") is told by a flag of the writer.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "yaml_emit.h"
#include "../base/encode.h"
#include "../base/time.h"
#include "../base/utf8.h"

#define DEEPEST 10000u

static void write_node(struct ptxi_yaml_writer *w, const struct ptx_value *v,
		       enum ptxi_yaml_place place);

/* What Go's YAML reader makes of a text in double quotes: NEL is a line break there, and folds.
 * False for characters that it refuses, and for a key of several lines. */
static bool fold_as_go(struct ptx_str s, bool key, char *to, size_t *n)
{
	size_t len = 0;

	*n = 0;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t c = ptxi_utf8_decode(ptxi_str_from(s, i), &len);
		size_t breaks = 0;

		if ((c >= 0x7f && c <= 0x9f && c != 0x85) || c == 0xfffe || c == 0xffff ||
		    (c == 0x85 && key))
			return false;
		if (c != 0x85) {
			memcpy(to + *n, s.p + i, len);
			*n += len;
			continue;
		}
		while (*n && to[*n - 1] == ' ')
			--*n;
		for (; c == 0x85 || c == ' '; c = ptxi_utf8_decode(ptxi_str_from(s, i), &len)) {
			breaks += c == 0x85;
			i += len;
		}
		len = 0;
		if (breaks == 1)
			to[(*n)++] = ' ';
		else
			for (; breaks > 1; breaks--)
				to[(*n)++] = '\n';
	}
	return true;
}

/* Strings with bytes that are no UTF-8 have U+FFFD in their place, as in JSON. */
static struct ptx_str make_valid(struct ptxi_yaml_writer *w, struct ptx_str s, bool key)
{
	char *to = NULL;
	size_t n = 0;

	if (!s.p)
		return PTXI_STR("");
	if (w->through_json) {
		to = ptxi_arena_bytes(w->scratch, s.n);
		if (!to || !fold_as_go(s, key, to, &n))
			w->out->status = to ? PTX_E_INVALID : PTX_E_NOMEM;
		else
			s = ptxi_strn(to, n);
	}
	if (ptxi_utf8_valid(s))
		return s;
	n = 0;
	to = ptxi_arena_bytes(w->scratch, s.n * 3);
	if (!to) {
		w->out->status = PTX_E_NOMEM;
		return PTXI_STR("");
	}
	for (size_t i = 0, len = 0; i < s.n; i += len)
		n += ptxi_utf8_encode(ptxi_utf8_decode(ptxi_str_from(s, i), &len), to + n);
	return ptxi_strn(to, n);
}

/* A number takes the way through JSON's text, by which Go decides whether it is whole. */
static void write_json_number(struct ptxi_yaml_writer *w, const struct ptx_value *v)
{
	ptx_auto_buf text = { 0 };
	struct ptxi_yaml_scalar s = { .type = PTXI_YAML_FLOAT };

	ptx_buf_init(&text, 0);
	ptx_json_format(v, NULL, &text);
	if (v->kind == PTX_FLOAT)
		s.f = v->f;
	if (v->kind != PTX_FLOAT || !ptxi_str_is(ptx_buf_str(&text), "null"))
		s = ptxi_yaml_resolve(ptx_buf_str(&text));
	ptx_buf_clear(&text);
	switch (s.type) {
	case PTXI_YAML_INT:
		ptx_buf_printf(&text, "%lld", (long long)s.i);
		break;
	case PTXI_YAML_UINT:
		ptx_buf_printf(&text, "%llu", (unsigned long long)s.u);
		break;
	case PTXI_YAML_FLOAT:
		ptxi_yaml_double(s.f, false, &text);
		break;
	default:
		ptx_buf_addstr(&text, ptx_value_str(v));
		break;
	}
	if (!ptx_buf_ok(&text))
		w->out->status = text.status;
	ptxi_yaml_write_text(w, ptx_buf_str(&text), PTXI_YAML_PLAIN, false);
}

static void write_number(struct ptxi_yaml_writer *w, const struct ptx_value *v)
{
	ptx_auto_buf digits = { 0 };

	if (!w->pretty || v->kind != PTX_FLOAT) {
		write_json_number(w, v);
		return;
	}
	ptx_buf_init(&digits, 0);
	ptxi_yaml_double(v->f, false, &digits);
	ptxi_yaml_write_text(w, ptx_buf_str(&digits), PTXI_YAML_PLAIN, false);
}

/* Bytes and times are what JSON makes of them: strings. */
static void write_as_string(struct ptxi_yaml_writer *w, const struct ptx_value *v,
			    enum ptxi_yaml_place place)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (v->kind == PTX_BYTES)
		ptxi_base64_encode(PTXI_BASE64_STD, v->s, &text);
	else
		ptxi_time_format_rfc3339(v->time->unix_seconds, v->time->nanoseconds,
					 v->time->offset_seconds, &text);
	if (!ptx_buf_ok(&text))
		w->out->status = text.status;
	if (w->pretty)
		ptxi_yaml_write_text(w, ptx_buf_str(&text), PTXI_YAML_PLAIN, false);
	else
		ptxi_yaml_write_string(w, ptx_buf_str(&text), place);
}

/* yaml.v3 sees a list of numbers in bytes. */
static void write_bytes(struct ptxi_yaml_writer *w, const struct ptx_value *v,
			enum ptxi_yaml_place place)
{
	struct ptx_value *list = ptx_value_list(w->scratch);

	for (size_t i = 0; i < v->s.n; i++)
		ptx_value_append(list, ptx_value_int(w->scratch, (unsigned char)v->s.p[i]));
	if (list)
		write_node(w, list, place);
	else
		w->out->status = PTX_E_NOMEM;
}

/* A text that is no UTF-8 is binary to yaml.v3. */
static void write_binary(struct ptxi_yaml_writer *w, struct ptx_str s)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptxi_base64_encode(PTXI_BASE64_STD, s, &text);
	for (size_t i = 70; i < text.n; i += 71) {
		ptx_auto_buf rest = { 0 };

		ptx_buf_init(&rest, 0);
		ptx_buf_add(&rest, text.p + i, text.n - i);
		ptx_buf_truncate(&text, i);
		ptx_buf_addc(&text, '\n');
		ptx_buf_addstr(&text, ptx_buf_str(&rest));
	}
	if (text.n > 70)
		ptx_buf_addc(&text, '\n');
	if (!ptx_buf_ok(&text))
		w->out->status = text.status;
	ptxi_yaml_write_indicator(w, "!!binary", true, false, false);
	ptxi_yaml_write_text(w, ptx_buf_str(&text),
			     text.n > 70 ? PTXI_YAML_LITERAL : PTXI_YAML_PLAIN, false);
}

static void write_list(struct ptxi_yaml_writer *w, const struct ptx_value *list,
		       enum ptxi_yaml_place place)
{
	int indent = w->indent;
	bool beside_key = place == PTXI_YAML_IN_MAP && !w->indention;

	if (indent < 0)
		w->indent = 0;
	else if (!beside_key || w->pretty)
		w->indent += PTXI_YAML_INDENT;
	for (size_t i = 0; i < list->list.n && ptx_buf_ok(w->out); i++) {
		ptxi_yaml_write_indent(w);
		ptxi_yaml_write_indicator(w, "-", true, false, true);
		write_node(w, list->list.v[i], PTXI_YAML_IN_LIST);
	}
	w->indent = indent;
}

static void write_pair(struct ptxi_yaml_writer *w, const struct ptxi_entry *e)
{
	struct ptx_str key = make_valid(w, e->key, true);

	ptxi_yaml_write_indent(w);
	if (ptxi_yaml_is_simple_key(key)) {
		ptxi_yaml_write_string(w, key, PTXI_YAML_AS_KEY);
		ptxi_yaml_write_indicator(w, ":", false, false, false);
	} else {
		ptxi_yaml_write_indicator(w, "?", true, false, true);
		ptxi_yaml_write_string(w, key, PTXI_YAML_IN_MAP);
		ptxi_yaml_write_indent(w);
		ptxi_yaml_write_indicator(w, ":", true, false, true);
	}
	write_node(w, e->value, PTXI_YAML_IN_MAP);
}

static void write_map(struct ptxi_yaml_writer *w, const struct ptx_value *map)
{
	struct ptxi_arena_mark mark = ptxi_arena_mark(w->scratch);
	const struct ptxi_entry **keys = ptxi_yaml_sorted(w->scratch, map, w->pretty);
	int indent = w->indent;

	if (!keys) {
		w->out->status = PTX_E_NOMEM;
		return;
	}
	w->indent = indent < 0 ? 0 : indent + PTXI_YAML_INDENT;
	for (size_t i = 0; i < map->map.n && ptx_buf_ok(w->out); i++)
		write_pair(w, keys[i]);
	w->indent = indent;
	ptxi_arena_release(w->scratch, mark);
}

static void write_node(struct ptxi_yaml_writer *w, const struct ptx_value *v,
		       enum ptxi_yaml_place place)
{
	if (++w->depth > DEEPEST) {
		w->out->status = PTX_E_LIMIT;
		return;
	}
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		ptxi_yaml_write_text(w, PTXI_STR("null"), PTXI_YAML_PLAIN, false);
		break;
	case PTX_BOOL:
		ptxi_yaml_write_text(w, v->b ? PTXI_STR("true") : PTXI_STR("false"),
				     PTXI_YAML_PLAIN, false);
		break;
	case PTX_INT:
	case PTX_UINT:
	case PTX_FLOAT:
	case PTX_NUMBER:
		write_number(w, v);
		break;
	case PTX_STRING:
		if (w->pretty && !ptxi_utf8_valid(v->s))
			write_binary(w, v->s);
		else
			ptxi_yaml_write_string(w, make_valid(w, v->s, false), place);
		break;
	case PTX_BYTES:
		if (w->pretty)
			write_bytes(w, v, place);
		else
			write_as_string(w, v, place);
		break;
	case PTX_TIME:
		write_as_string(w, v, place);
		break;
	case PTX_LIST:
		if (v->list.n)
			write_list(w, v, place);
		else
			ptxi_yaml_write_indicator(w, "[]", true, false, false);
		break;
	case PTX_MAP:
		if (v->map.n)
			write_map(w, v);
		else
			ptxi_yaml_write_indicator(w, "{}", true, false, false);
		break;
	}
	w->depth--;
}

static void format(const struct ptx_value *v, bool through_json, bool pretty,
		   struct ptx_arena *scratch, struct ptx_buf *out)
{
	struct ptxi_yaml_writer w = { .out = out,
				      .scratch = scratch,
				      .indent = -1,
				      .whitespace = true,
				      .indention = true,
				      .through_json = through_json,
				      .pretty = pretty };
	struct ptxi_arena_mark mark;

	if (!scratch) {
		out->status = PTX_E_NOMEM;
		return;
	}
	mark = ptxi_arena_mark(scratch);
	write_node(&w, v, PTXI_YAML_AT_ROOT);
	ptxi_yaml_write_indent(&w);
	if (ptx_arena_status(scratch) && ptx_buf_ok(out))
		out->status = ptx_arena_status(scratch);
	ptxi_arena_release(scratch, mark);
}

void ptx_yaml_format(const struct ptx_value *v, struct ptx_buf *out)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);

	format(v, false, false, scratch, out);
}

void ptxi_yaml_format_as_go(const struct ptx_value *v, struct ptx_arena *scratch,
			    struct ptx_buf *out)
{
	format(v, true, false, scratch, out);
}

void ptxi_yaml_format_pretty(const struct ptx_value *v, struct ptx_arena *scratch,
			     struct ptx_buf *out)
{
	format(v, false, true, scratch, out);
}
