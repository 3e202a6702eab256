/* SPDX-License-Identifier: Apache-2.0 */
/* toml_write.c - values as TOML, to the byte as BurntSushi/toml's encoder writes them.
 *
 * In a table what is no table comes first, then the tables, each sorted by key; tables are indented
 * two blanks a level and have a blank line before them. A list of tables is written as an array of
 * tables, any other list on one line.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "toml.h"
#include "yaml.h"
#include "../base/time.h"

#include <math.h>

#define DEEPEST 1000u

struct writer {
	struct ptx_buf *out;
	struct ptx_arena *scratch;
	struct ptx_buf *why;
	bool written; /* something was */
	unsigned depth;
};

struct path {
	const struct path *before;
	struct ptx_str key;
};

static bool table(struct writer *w, const struct path *path, const struct ptx_value *map,
		  unsigned level, bool inline_);
static bool element(struct writer *w, const struct ptx_value *v);

static bool refuse(struct writer *w, const char *words)
{
	ptx_buf_adds(w->why, words);
	return false;
}

static void put_string(struct ptx_str s, struct ptx_buf *out)
{
	ptx_buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		static const char letters[] = "b\bt\tn\nf\fr\r\"\"\\\\";
		const char *at = NULL;

		for (const char *l = letters; *l && !at; l += 2)
			if ((unsigned char)l[1] == c)
				at = l;
		if (at) {
			ptx_buf_addc(out, '\\');
			ptx_buf_addc(out, *at);
		} else if (c < 0x20 || c == 0x7f) {
			ptx_buf_printf(out, "\\u%04x", c);
		} else {
			ptx_buf_addc(out, (char)c);
		}
	}
	ptx_buf_addc(out, '"');
}

static void put_key(struct ptx_str key, struct ptx_buf *out)
{
	bool bare = key.n > 0;

	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];

		bare = bare && ((c >= '0' && c <= '9') ||
				((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_');
	}
	if (bare)
		ptx_buf_addstr(out, key);
	else
		put_string(key, out);
}

static void put_path(const struct path *path, struct ptx_buf *out)
{
	if (path->before) {
		put_path(path->before, out);
		ptx_buf_addc(out, '.');
	}
	put_key(path->key, out);
}

static void indent(struct writer *w, unsigned level)
{
	ptx_buf_fill(w->out, ' ', (size_t)level * 2);
}

static void put_float(double f, struct ptx_buf *out)
{
	size_t before = out->n;

	if (isnan(f) || isinf(f)) {
		ptx_buf_adds(out, isnan(f) ? "nan" : f > 0 ? "inf" : "-inf");
		return;
	}
	ptxi_yaml_double(f, false, out);
	if (ptx_buf_ok(out) && !strpbrk(out->p + before, ".e"))
		ptx_buf_adds(out, ".0");
}

/* A date or a time of TOML's own has no offset. */
static void put_time(const struct ptxi_time *t, struct ptx_buf *out)
{
	size_t before = out->n;

	ptxi_time_format_rfc3339(t->unix_seconds, t->nanoseconds, t->offset_seconds, out);
	if (t->local == PTXI_LOCAL_NOT || !ptx_buf_ok(out))
		return;
	ptx_buf_truncate(out, out->n - 1);
	if (t->local == PTXI_LOCAL_DATE) {
		ptx_buf_truncate(out, before + 10);
	} else if (t->local == PTXI_LOCAL_TIME) {
		ptx_auto_str clock = ptxi_str_dup(ptxi_str_from(ptx_buf_str(out), before + 11));

		ptx_buf_truncate(out, before);
		ptx_buf_adds(out, clock ? clock : "");
	}
}

static bool is_table(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_MAP;
}

/* A list of tables and nothing else. */
static bool is_table_list(const struct ptx_value *v)
{
	if (ptx_value_kind(v) != PTX_LIST || v->list.n == 0)
		return false;
	for (size_t i = 0; i < v->list.n; i++)
		if (!is_table(v->list.v[i]))
			return false;
	return true;
}

static bool list(struct writer *w, const struct ptx_value *v)
{
	ptx_buf_addc(w->out, '[');
	for (size_t i = 0; i < v->list.n; i++) {
		if (i)
			ptx_buf_adds(w->out, ", ");
		if (ptx_value_kind(v->list.v[i]) == PTX_NULL)
			return refuse(w, "toml: cannot encode array with nil element");
		if (!element(w, v->list.v[i]))
			return false;
	}
	ptx_buf_addc(w->out, ']');
	return true;
}

static bool element(struct writer *w, const struct ptx_value *v)
{
	struct ptx_buf *out = w->out;
	bool ok = true;

	if (++w->depth > DEEPEST)
		return refuse(w, "toml: it nests too deep");
	switch (ptx_value_kind(v)) {
	case PTX_FLOAT:
		put_float(v->f, out);
		break;
	case PTX_STRING:
		put_string(v->s, out);
		break;
	case PTX_BYTES:
		ptx_buf_addc(out, '[');
		for (size_t i = 0; i < v->s.n; i++)
			ptx_buf_printf(out, i ? ", %u" : "%u", (unsigned)(unsigned char)v->s.p[i]);
		ptx_buf_addc(out, ']');
		break;
	case PTX_TIME:
		put_time(v->time, out);
		break;
	case PTX_LIST:
		ok = list(w, v);
		break;
	case PTX_MAP:
		ok = table(w, NULL, v, 0, true);
		break;
	case PTX_NULL:
		ok = refuse(w, "toml: unexpected nil");
		break;
	default:
		ptxi_codec_plain(v, out);
	}
	w->depth--;
	return ok;
}

static void new_table(struct writer *w, const struct path *path, unsigned level, const char *open,
		      const char *close)
{
	indent(w, level);
	ptx_buf_adds(w->out, open);
	put_path(path, w->out);
	ptx_buf_adds(w->out, close);
	ptx_buf_addc(w->out, '\n');
	w->written = true;
}

static unsigned length_of(const struct path *path)
{
	unsigned n = 0;

	for (; path; path = path->before)
		n++;
	return n;
}

static void blank_line(struct writer *w)
{
	if (w->written)
		ptx_buf_addc(w->out, '\n');
	w->written = true;
}

static bool sub_table(struct writer *w, const struct path *path, const struct ptx_value *v)
{
	unsigned level = length_of(path) - 1;

	if (is_table(v)) {
		if (level == 0)
			blank_line(w);
		new_table(w, path, level, "[", "]");
		return table(w, path, v, level + 1, false);
	}
	for (size_t i = 0; i < v->list.n; i++) {
		blank_line(w);
		new_table(w, path, level, "[[", "]]");
		if (!table(w, path, v->list.v[i], level + 1, false))
			return false;
	}
	return true;
}

/* The entries of an inline table that are tables, or that are none. After a nil at the end a comma
 * is left over, as in the package. */
static bool put_members(struct writer *w, const struct ptxi_entry **keys, size_t n, bool tables,
			bool more)
{
	size_t last = n;

	for (size_t i = 0; i < n; i++)
		if ((is_table(keys[i]->value) || is_table_list(keys[i]->value)) == tables)
			last = i;
	for (size_t i = 0; i < n; i++) {
		const struct ptx_value *v = keys[i]->value;

		if (ptx_value_kind(v) == PTX_NULL || (is_table(v) || is_table_list(v)) != tables)
			continue;
		put_key(keys[i]->key, w->out);
		ptx_buf_adds(w->out, " = ");
		if (!element(w, v))
			return false;
		if (more || i != last)
			ptx_buf_adds(w->out, ", ");
	}
	return true;
}

static bool put_inline(struct writer *w, const struct ptxi_entry **keys, size_t n)
{
	bool has_tables = false;

	for (size_t i = 0; i < n; i++)
		has_tables |= is_table(keys[i]->value) || is_table_list(keys[i]->value);
	ptx_buf_addc(w->out, '{');
	if (!put_members(w, keys, n, false, has_tables) || !put_members(w, keys, n, true, false))
		return false;
	ptx_buf_addc(w->out, '}');
	return true;
}

static bool table(struct writer *w, const struct path *path, const struct ptx_value *map,
		  unsigned level, bool inline_)
{
	const struct ptxi_entry **keys = ptxi_value_sorted(w->scratch, map);

	if (map->map.n && !keys)
		return refuse(w, "out of memory");
	if (inline_)
		return put_inline(w, keys, map->map.n);
	if (++w->depth > DEEPEST)
		return refuse(w, "toml: it nests too deep");
	for (size_t i = 0; i < map->map.n; i++) {
		const struct ptx_value *v = keys[i]->value;

		if (ptx_value_kind(v) == PTX_NULL || is_table(v) || is_table_list(v))
			continue;
		indent(w, level);
		put_key(keys[i]->key, w->out);
		ptx_buf_adds(w->out, " = ");
		if (!element(w, v))
			return false;
		ptx_buf_addc(w->out, '\n');
		w->written = true;
	}
	for (size_t i = 0; i < map->map.n; i++) {
		struct path below = { path, keys[i]->key };

		if ((is_table(keys[i]->value) || is_table_list(keys[i]->value)) &&
		    !sub_table(w, &below, keys[i]->value))
			return false;
	}
	w->depth--;
	return true;
}

bool ptxi_toml_format(const struct ptx_value *v, struct ptx_buf *out, struct ptx_buf *why)
{
	ptx_auto(arena) scratch = ptx_arena_new(0);
	struct writer w = { .out = out, .scratch = scratch, .why = why };

	if (!scratch)
		return refuse(&w, "out of memory");
	if (is_table_list(v))
		return refuse(&w, "toml: top-level values must be Go maps or structs");
	return ptx_value_kind(v) == PTX_MAP ? table(&w, NULL, v, 0, false) : element(&w, v);
}
