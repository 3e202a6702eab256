/* SPDX-License-Identifier: Apache-2.0 */
/* toml_read.c - a reader of TOML 1.1.0 (toml.io), as lenient about tables that are defined again as
 * BurntSushi/toml, which Go's programs use: what they read, we read, to the same values.
 *
 * Leniency comes from how one remembers what was defined. Per path (the keys alone: elements of an
 * array of tables share theirs) there are two flags: `implicit` - a table that something else
 * brought into being, which may be written out once more - and `is_array`: what its members brought
 * into being is replaced by it. A path is a node with a number; its children are found by (number,
 * key), so that a long dotted key costs no more than its length. A table in braces exists twice: as
 * the value that is returned (for members of an array), and as the table at its path, which later
 * lines may add to. Invariants: p never passes end; an array of tables is a list marked by `go`
 * until the end; a scope whose map is NULL is that of a key which holds something else, and refuses
 * to be used.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "toml.h"

#include "../base/map.h"
#include "../base/opts.h"
#include "../base/utf8.h"
#include "../base/vec.h"

#define TABLES 1 /* value->go of an array of tables while it is read */

struct node {
	uint32_t number;
	bool implicit;
	bool is_array;
};

/* Where keys are set: a table, and its path. */
struct scope {
	struct ptx_value *map;
	struct node *path;
};

/* A dotted key. */
struct part {
	struct ptx_str text;
	struct ptxi_pos pos;
};

struct reader {
	struct ptxi_toml t;
	struct ptxi_map *nodes; /* number of the parent in 4 bytes, key -> struct node */
	struct node top;
	uint32_t count;
	struct scope scope; /* of the last header */
	PTX_VEC(struct ptx_value *) tables;
	unsigned depth;
};

struct parts {
	struct part *v;
	size_t n, cap;
};

static struct ptx_value *read_value(struct reader *r, struct scope in, struct part key,
				    bool in_array);

/* --- failing --- */

void *ptxi_toml_fail(struct ptxi_toml *t, const char *at, int code, const char *fmt, ...)
{
	struct ptx_where where = { t->opts->file, t->line,
				   (uint32_t)ptxi_utf8_count(
				       ptxi_strn(t->line_start, (size_t)(at - t->line_start))) +
				       1 };
	ptx_auto_buf text = { 0 };
	va_list ap;

	ptx_buf_init(&text, 4096);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptx_fail_at(t->err, code, where, "%s", text.p);
	return NULL;
}

void *ptxi_toml_no_memory(struct ptxi_toml *t)
{
	if (!(t->err && *t->err) && ptxi_arena_check(t->arena, t->err) == 0)
		ptx_fail(t->err, PTX_E_NOMEM, "out of memory");
	return NULL;
}

static bool fail_key(struct reader *r, struct part key, const char *what)
{
	struct ptx_where where = { r->t.opts->file, key.pos.line, key.pos.column };

	if (r->t.why && strstr(what, "already")) {
		ptx_buf_printf(r->t.why, "toml: line %u (last key ", (unsigned)key.pos.line);
		ptxi_json_quote(key.text, false, r->t.why);
		ptx_buf_printf(r->t.why, "): Key '%.*s' has already been defined.",
			       PTX_STR_ARG(key.text));
	}
	ptx_fail_at(r->t.err, PTX_E_SYNTAX, where, "the key '%.*s' %s",
		    (int)(key.text.n < 100 ? key.text.n : 100), key.text.p, what);
	return false;
}

static struct ptxi_pos here(const struct reader *r)
{
	return (struct ptxi_pos){ r->t.line,
				  (uint32_t)ptxi_utf8_count(ptxi_strn(
				      r->t.line_start, (size_t)(r->t.p - r->t.line_start))) +
				      1 };
}

/* --- paths --- */

static struct node *find_node(struct reader *r, const struct node *parent, struct ptx_str key,
			      bool make)
{
	ptx_auto_buf name = { 0 };
	struct node *n = NULL;

	ptx_buf_init(&name, 0);
	ptx_buf_add(&name, &parent->number, sizeof(parent->number));
	ptx_buf_addstr(&name, key);
	if (!ptx_buf_ok(&name))
		return ptxi_toml_no_memory(&r->t);
	n = ptxi_map_getn(r->nodes, ptx_buf_str(&name));
	if (n || !make)
		return n;
	n = ptxi_arena_alloc(r->t.arena, sizeof(*n));
	if (!n || ptxi_map_setn(r->nodes, ptx_buf_str(&name), n) < 0)
		return ptxi_toml_no_memory(&r->t);
	n->number = ++r->count;
	return n;
}

/* --- tables --- */

static struct ptx_value *new_value(struct reader *r, enum ptx_kind kind, struct ptxi_pos pos)
{
	struct ptx_value *v = ptxi_value_new(r->t.arena, kind);

	if (!v)
		return ptxi_toml_no_memory(&r->t);
	ptxi_value_place(v, r->t.opts->file, pos.line, pos.column);
	return v;
}

/* The table that a value is or, for an array of tables, its last one; NULL for anything else. */
static struct ptx_value *table_of(struct ptx_value *v)
{
	if (ptx_value_kind(v) == PTX_LIST && v->go == TABLES)
		return ptx_value_at(v, ptx_value_count(v) - 1);
	return ptx_value_kind(v) == PTX_MAP ? v : NULL;
}

static bool put(struct reader *r, struct ptx_value *map, struct part key, struct ptx_value *v)
{
	struct ptxi_entry *e = ptxi_value_put(map, key.text, true, v);

	if (!e) {
		ptxi_toml_no_memory(&r->t);
		return false;
	}
	e->pos = key.pos;
	return true;
}

/* Sets a key. One that is there must be implicit, which it is no more; an array takes its place. */
static bool set_value(struct reader *r, struct scope in, struct part key, struct ptx_value *v)
{
	struct node *n = NULL;

	if (!in.map)
		return fail_key(r, key, "stands below one that is no table");
	if (!ptxi_value_find(in.map, key.text))
		return put(r, in.map, key, v);
	n = find_node(r, in.path, key.text, false);
	if (!n || !n->implicit)
		return fail_key(r, key, "is already defined");
	n->implicit = false;
	return !n->is_array || put(r, in.map, key, v);
}

/* What a value is, for the next one at its path. */
static bool set_array(struct reader *r, struct scope in, struct part key, bool is_array)
{
	struct node *n = find_node(r, in.path, key.text, is_array);

	if (n)
		n->is_array = is_array;
	return n || !is_array;
}

/* Into the table at a key; its map is NULL when there is something else. */
static bool enter(struct reader *r, struct scope *s, struct part key)
{
	struct node *n = find_node(r, s->path, key.text, true);

	if (!n)
		return false;
	*s = (struct scope){ s->map ? table_of(ptx_value_getn(s->map, key.text)) : NULL, n };
	return true;
}

/* The table of a part of a dotted key, made if need be. */
static bool enter_dotted(struct reader *r, struct scope *s, struct part key)
{
	struct node *n = find_node(r, s->path, key.text, true);
	struct ptx_value *map = n ? new_value(r, PTX_MAP, key.pos) : NULL;

	if (!map)
		return false;
	n->implicit = true;
	return set_value(r, *s, key, map) && enter(r, s, key);
}

/* One table more in the array of tables at a key. */
static bool add_table(struct reader *r, struct scope in, struct part key)
{
	struct ptx_value *list = NULL;
	struct ptx_value *map = new_value(r, PTX_MAP, key.pos);

	if (!in.map)
		return fail_key(r, key, "stands below one that is no table");
	list = ptx_value_getn(in.map, key.text);
	if (!list) {
		list = new_value(r, PTX_LIST, key.pos);
		if (!list || !put(r, in.map, key, list))
			return false;
		list->go = TABLES;
		if (!ptx_vec_push(&r->tables, list))
			return ptxi_toml_no_memory(&r->t);
	}
	if (ptx_value_kind(list) != PTX_LIST || list->go != TABLES)
		return fail_key(r, key, "is already defined and is no array of tables");
	ptx_value_append(list, map);
	return (map && ptx_arena_status(r->t.arena) == 0) || ptxi_toml_no_memory(&r->t);
}

/* --- blanks --- */

bool ptxi_toml_newline(struct ptxi_toml *t)
{
	size_t n = t->p < t->end && *t->p == '\n'                             ? 1
		   : t->end - t->p >= 2 && t->p[0] == '\r' && t->p[1] == '\n' ? 2
									      : 0;

	if (!n)
		return false;
	t->p += n;
	t->line++;
	t->line_start = t->p;
	return true;
}

static void skip_blanks(struct reader *r)
{
	while (r->t.p < r->t.end && (*r->t.p == ' ' || *r->t.p == '\t'))
		r->t.p++;
}

static bool skip_comment(struct reader *r)
{
	const char *p = r->t.p;

	while (p < r->t.end && *p != '\n' && !(*p == '\r' && p + 1 < r->t.end && p[1] == '\n')) {
		struct ptx_str rest = ptxi_strn(p, (size_t)(r->t.end - p));
		size_t n = 1;

		if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f ||
		    !ptxi_utf8_valid_at(rest))
			return ptxi_toml_fail(&r->t, p, PTX_E_SYNTAX, "byte 0x%02x in a comment",
					      (unsigned char)*p);
		ptxi_utf8_decode(rest, &n);
		p += n;
	}
	r->t.p = p;
	return true;
}

/* Blanks, comments and line breaks. */
static bool skip_lines(struct reader *r)
{
	do {
		skip_blanks(r);
		if (r->t.p < r->t.end && *r->t.p == '#' && !skip_comment(r))
			return false;
	} while (ptxi_toml_newline(&r->t));
	return true;
}

/* Nothing but a comment up to the end of the line. */
static bool end_line(struct reader *r)
{
	skip_blanks(r);
	if (r->t.p < r->t.end && *r->t.p == '#' && !skip_comment(r))
		return false;
	if (r->t.p >= r->t.end || ptxi_toml_newline(&r->t))
		return true;
	return ptxi_toml_fail(&r->t, r->t.p, PTX_E_SYNTAX,
			      "there is something behind the end, on the same line");
}

/* --- keys --- */

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static bool read_part(struct reader *r, struct part *key)
{
	const char *start = r->t.p;

	key->pos = here(r);
	if (start < r->t.end && (*start == '"' || *start == '\''))
		return ptxi_toml_string(&r->t, false, &key->text);
	while (r->t.p < r->t.end && is_bare(*r->t.p))
		r->t.p++;
	if (r->t.p == start)
		return ptxi_toml_fail(&r->t, start, PTX_E_SYNTAX,
				      "a key is missing, or has a character that needs quotes");
	key->text.n = (size_t)(r->t.p - start);
	key->text.p = ptxi_arena_strn(r->t.arena, start, key->text.n);
	return key->text.p || ptxi_toml_no_memory(&r->t);
}

/* A dotted key, blanks around it too; as many parts as tables may be deep. */
static bool read_key(struct reader *r, struct parts *key)
{
	for (;;) {
		struct part one = { { NULL, 0 }, { 0, 0 } };

		skip_blanks(r);
		if (key->n + r->depth >= r->t.opts->max_depth)
			return ptxi_toml_fail(&r->t, r->t.p, PTX_E_LIMIT,
					      "nested deeper than %u levels", r->t.opts->max_depth);
		if (!read_part(r, &one))
			return false;
		if (!ptx_vec_push(key, one))
			return ptxi_toml_no_memory(&r->t);
		skip_blanks(r);
		if (r->t.p >= r->t.end || *r->t.p != '.')
			return true;
		r->t.p++;
	}
}

/* --- values --- */

/* Takes c, or says that it is missing. */
static bool take(struct reader *r, char c, const char *where)
{
	if (r->t.p < r->t.end && *r->t.p == c) {
		r->t.p++;
		return true;
	}
	if (r->t.why && c == '=' && r->t.p >= r->t.end)
		ptx_buf_printf(r->t.why,
			       "toml: line %u: unexpected EOF; expected key separator '='",
			       r->t.line);
	return ptxi_toml_fail(&r->t, r->t.p, PTX_E_SYNTAX, "'%c' is missing %s", c, where);
}

static bool deeper(struct reader *r)
{
	if (++r->depth <= r->t.opts->max_depth)
		return true;
	return ptxi_toml_fail(&r->t, r->t.p, PTX_E_LIMIT, "nested deeper than %u levels",
			      r->t.opts->max_depth);
}

static struct ptx_value *read_array(struct reader *r, struct scope in, struct part key)
{
	struct ptx_value *list = new_value(r, PTX_LIST, here(r));

	if (!list || !set_array(r, in, key, true) || !deeper(r))
		return NULL;
	r->t.p++;
	for (;;) {
		struct ptx_value *item = NULL;

		if (!skip_lines(r))
			return NULL;
		if (r->t.p < r->t.end && *r->t.p == ']')
			break;
		item = read_value(r, in, key, true);
		if (!item || !skip_lines(r))
			return NULL;
		ptx_value_append(list, item);
		if (r->t.p < r->t.end && *r->t.p == ']')
			break;
		if (!take(r, ',', "between the members of an array"))
			return NULL;
	}
	r->t.p++;
	r->depth--;
	return list;
}

/* The same member in the value of a table in braces. */
static bool mirror(struct reader *r, struct ptx_value *map, const struct parts *key,
		   struct ptx_value *v)
{
	for (size_t i = 0; i + 1 < key->n; i++) {
		struct ptx_value *next = ptx_value_getn(map, key->v[i].text);

		if (!next) {
			next = new_value(r, PTX_MAP, key->v[i].pos);
			if (!next || !put(r, map, key->v[i], next))
				return false;
		}
		if (ptx_value_kind(next) != PTX_MAP)
			return fail_key(r, key->v[i], "is already defined and is no table");
		map = next;
	}
	return put(r, map, key->v[key->n - 1], v);
}

/* KEY = VALUE in a scope. The value is also put into copy, if that is given. */
static bool read_pair(struct reader *r, struct scope in, struct ptx_value *copy)
{
	struct parts key = { NULL, 0, 0 };
	struct ptx_value *v = NULL;
	bool ok = read_key(r, &key) && take(r, '=', "after the key");
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a key that was read has a part */
	struct part last = ok ? key.v[key.n - 1] : (struct part){ { NULL, 0 }, { 0, 0 } };

	for (size_t i = 0; ok && i + 1 < key.n; i++)
		ok = enter_dotted(r, &in, key.v[i]);
	if (ok) {
		skip_blanks(r);
		v = read_value(r, in, last, false);
		ok = v && set_value(r, in, last, v);
	}
	if (ok && ptx_value_kind(v) != PTX_LIST)
		set_array(r, in, last, false);
	ok = ok && (!copy || mirror(r, copy, &key, v));
	ptx_vec_done(&key);
	return ok;
}

static struct ptx_value *read_braces(struct reader *r, struct scope in, struct part key,
				     bool in_array)
{
	struct ptx_value *copy = new_value(r, PTX_MAP, here(r));
	struct node *n = find_node(r, in.path, key.text, true);
	struct ptx_value *map = copy && n ? new_value(r, PTX_MAP, here(r)) : NULL;

	if (!map || !deeper(r))
		return NULL;
	n->implicit = true;
	if (!(in_array ? add_table(r, in, key) : set_value(r, in, key, map)) || !enter(r, &in, key))
		return NULL;
	r->t.p++;
	for (;;) {
		if (!skip_lines(r))
			return NULL;
		if (r->t.p < r->t.end && *r->t.p == '}')
			break;
		if (!read_pair(r, in, copy) || !skip_lines(r))
			return NULL;
		if (r->t.p < r->t.end && *r->t.p == '}')
			break;
		if (!take(r, ',', "between the members of a table"))
			return NULL;
	}
	r->t.p++;
	r->depth--;
	return copy;
}

static struct ptx_value *read_value(struct reader *r, struct scope in, struct part key,
				    bool in_array)
{
	struct ptxi_pos pos = here(r);
	struct ptx_str text = { NULL, 0 };
	struct ptx_value *v = NULL;

	switch (r->t.p < r->t.end ? *r->t.p : '\0') {
	case '[':
		return read_array(r, in, key);
	case '{':
		return read_braces(r, in, key, in_array);
	case '"':
	case '\'':
		if (!ptxi_toml_string(&r->t, true, &text))
			return NULL;
		v = ptxi_value_string_in(r->t.arena, text, PTX_STRING);
		if (!v)
			return ptxi_toml_no_memory(&r->t);
		break;
	default:
		v = ptxi_toml_scalar(&r->t);
	}
	if (v)
		ptxi_value_place(v, r->t.opts->file, pos.line, pos.column);
	return v;
}

/* --- the document --- */

/* [a.b] and [[a.b]] */
static bool open_table(struct reader *r, const struct parts *key, bool array)
{
	struct scope s = { table_of(r->scope.map), &r->top };
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a key that was read has a part */
	struct part last = key->v[key->n - 1];

	for (size_t i = 0; i + 1 < key->n; i++) {
		struct node *n = find_node(r, s.path, key->v[i].text, true);

		if (!n)
			return false;
		if (!ptxi_value_find(s.map, key->v[i].text)) {
			struct ptx_value *map = new_value(r, PTX_MAP, key->v[i].pos);

			n->implicit = true;
			if (!map || !put(r, s.map, key->v[i], map))
				return false;
		}
		if (!enter(r, &s, key->v[i]))
			return false;
		if (!s.map)
			return fail_key(r, key->v[i], "is already defined and is no table");
	}
	if (array) {
		if (!add_table(r, s, last))
			return false;
	} else {
		struct ptx_value *map = new_value(r, PTX_MAP, last.pos);

		if (!map || !set_value(r, s, last, map))
			return false;
	}
	if (!set_array(r, s, last, false) || !enter(r, &s, last))
		return false;
	r->scope = s;
	return true;
}

static bool read_header(struct reader *r, struct ptx_value *root)
{
	struct parts key = { NULL, 0, 0 };
	bool array = r->t.end - r->t.p >= 2 && r->t.p[1] == '[';
	bool ok = false;

	r->t.p += array ? 2 : 1;
	ok = read_key(r, &key) && take(r, ']', "after the name of a table") &&
	     (!array || take(r, ']', "after the name of an array of tables")) && end_line(r);
	if (ok) {
		r->scope = (struct scope){ root, &r->top };
		ok = open_table(r, &key, array);
	}
	ptx_vec_done(&key);
	return ok;
}

static bool read_document(struct reader *r, struct ptx_value *root)
{
	for (;;) {
		if (!skip_lines(r))
			return false;
		if (r->t.p >= r->t.end)
			return true;
		if (*r->t.p == '[') {
			if (!read_header(r, root))
				return false;
		} else if (!read_pair(r, r->scope, NULL) || !end_line(r)) {
			return false;
		}
	}
}

static struct ptx_value *parse(struct ptx_arena *a, struct ptx_str text,
			       const struct ptx_read_opts *opts, uint16_t tables,
			       struct ptx_buf *why, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct reader r = { .t = { .p = text.p,
				   .end = text.p + text.n,
				   .line = 1,
				   .arena = a,
				   .opts = &o,
				   .why = why,
				   .err = err } };
	struct ptx_value *root = NULL;
	bool ok = false;

	if (ptxi_read_opts(&o, opts, err) < 0)
		return NULL;
	if (text.n > o.max_bytes) {
		ptx_fail(err, PTX_E_LIMIT, "the document has more than %zu bytes", o.max_bytes);
		return NULL;
	}
	if (o.file)
		o.file = ptxi_arena_str(a, o.file);
	if (ptxi_str_starts(text, "\xef\xbb\xbf"))
		r.t.p += 3;
	r.t.line_start = r.t.p;
	r.nodes = ptxi_map_new(NULL);
	root = r.nodes ? new_value(&r, PTX_MAP, here(&r)) : ptxi_toml_no_memory(&r.t);
	r.scope = (struct scope){ root, &r.top };
	ok = root && read_document(&r, root);
	for (size_t i = 0; i < r.tables.n; i++)
		r.tables.v[i]->go = tables;
	ptx_vec_done(&r.tables);
	ptxi_map_free(r.nodes);
	if (ok && ptxi_arena_check(a, err) < 0)
		ok = false;
	return ok ? root : NULL;
}

struct ptx_value *ptx_toml_parse(struct ptx_arena *a, struct ptx_str text,
				 const struct ptx_read_opts *opts, struct ptx_error **err)
{
	return parse(a, text, opts, 0, NULL, err);
}

struct ptx_value *ptxi_toml_parse_as_go(struct ptx_arena *a, struct ptx_str text, uint16_t tables,
					struct ptx_buf *why, struct ptx_error **err)
{
	ptx_auto(error) own = NULL;
	struct ptx_value *v = parse(a, text, NULL, tables, why, &own);

	if (!v && why->n == 0)
		ptx_buf_printf(why, "toml: line %u: %s",
			       own && ptx_error_where(own) ? ptx_error_where(own)->line : 1,
			       own ? ptx_error_message(own) : "out of memory");
	if (!v && err)
		*err = ptx_steal(&own);
	return v;
}
