/* SPDX-License-Identifier: Apache-2.0 */
/* strvals.c - the grammar of Helm's --set, --set-string, --set-json, --set-file and --set-literal.
 *
 *     line  = [ assignment { "," assignment } ]
 *     path  = name { "." name | "[" index "]" }
 *     assignment = path "=" ( text | "{" text { "," text } "}" )
 *
 * A backslash takes the next character as it is. The values are changed while reading, as Helm
 * does, and what Helm does at the edges is kept, since charts' pipelines rely on it: an empty name
 * sets nothing, "a=" is the empty string, "a[0]" alone makes an empty list, a map that gets nothing
 * is an error. A step returns 0 (go on), ENDED (the expression is used up) or a code below zero.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "strvals.h"
#include "codec.h"
#include "../base/utf8.h"

#include <strings.h>

#define MOST_BRACKETS 900u
#define LONGEST       (1u << 20)
#define ENDED         1

struct reader {
	const char *p;
	const char *end;
	struct ptx_arena *arena;
	const struct ptxi_strvals *how;
	const char *place; /* of the assignment being read */
	unsigned brackets; /* nesting of [i][j]..., bounded as dots are */
	struct ptx_error **err;
};

static int read_key(struct reader *r, struct ptx_value *map, unsigned dots);

static int out_of_memory(struct reader *r)
{
	int rc = ptxi_arena_check(r->arena, r->err);

	return rc ? rc : ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
}

/* Notes what is wrong, before it becomes an error. */
static void note(const struct reader *r, int kind, struct ptx_str text, int64_t number)
{
	if (!r->how->why)
		return;
	r->how->why->kind = kind;
	r->how->why->text = ptxi_strn(ptxi_arena_strn(r->arena, text.p, text.n), text.n);
	r->how->why->number = number;
}

static void note_text(const struct reader *r, int kind, const struct ptx_buf *text)
{
	note(r, kind, ptx_buf_str(text), 0);
}

/* Reads up to one of the stops into out, escapes taken out; the stop, or 0 at the end. */
static char read_until(struct reader *r, const char *stops, struct ptx_buf *out)
{
	while (r->p < r->end) {
		char c = *r->p++;

		if (c && strchr(stops, c))
			return c;
		if (c == '\\' && r->how->kind != PTXI_STRVALS_LITERAL) {
			if (r->p == r->end)
				break;
			c = *r->p++;
		}
		ptx_buf_addc(out, c);
	}
	return 0;
}

/* A value that has no place yet stands in the option. */
static void place(const struct reader *r, struct ptx_value *v)
{
	if (r->place && !v->file)
		ptxi_value_place(v, r->place, 0, 0);
	for (size_t i = 0; r->place && v->kind == PTX_LIST && i < v->list.n; i++)
		if (!v->list.v[i]->file)
			ptxi_value_place(v->list.v[i], r->place, 0, 0);
}

static int set_key(struct reader *r, struct ptx_value *map, const struct ptx_buf *key,
		   struct ptx_value *v)
{
	if (!v || !ptx_buf_ok(key))
		return out_of_memory(r);
	place(r, v);
	if (key->n && !ptxi_value_put(map, ptx_buf_str(key), false, v))
		return out_of_memory(r);
	return 0;
}

static int set_index(struct reader *r, struct ptx_value *list, int64_t i, struct ptx_value *v)
{
	struct ptx_value *none = NULL;

	if (!v)
		return out_of_memory(r);
	place(r, v);
	if (i > PTXI_STRVALS_LARGEST_INDEX) {
		note(r, PTXI_STRVALS_LARGE_INDEX, ptxi_str(""), i);
		return ptx_fail(r->err, PTX_E_LIMIT, "the index %lld is above the largest one, %d",
				(long long)i, PTXI_STRVALS_LARGEST_INDEX);
	}
	if ((size_t)i >= list->list.n)
		none = ptx_value_null(r->arena);
	while ((size_t)i >= list->list.n && ptx_arena_status(r->arena) == 0)
		ptx_value_append(list, none);
	if ((size_t)i >= list->list.n)
		return out_of_memory(r);
	list->list.v[i] = v;
	return 0;
}

static bool is_word(struct ptx_str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static struct ptx_value *typed(struct ptx_arena *a, struct ptx_str s)
{
	int64_t i = 0;

	if (is_word(s, "true") || is_word(s, "false"))
		return ptx_value_bool(a, s.n == 4);
	if (is_word(s, "null"))
		return ptx_value_null(a);
	if (ptxi_str_is(s, "0"))
		return ptx_value_int(a, 0);
	if (s.n && s.p[0] != '0' && ptxi_parse_i64(s, &i, INT64_MIN, INT64_MAX))
		return ptx_value_int(a, i);
	return ptx_value_strn(a, s);
}

/* What a text of the expression stands for. */
static int value_of(struct reader *r, const struct ptx_buf *text, struct ptx_value **v)
{
	if (!ptx_buf_ok(text))
		return out_of_memory(r);
	switch (r->how->kind) {
	case PTXI_STRVALS_TYPED:
		*v = typed(r->arena, ptx_buf_str(text));
		break;
	case PTXI_STRVALS_FILE:
		*v = r->how->file(r->arena, ptx_buf_str(text), r->how->user, r->err);
		return *v ? 0 : r->err && *r->err ? ptx_error_code(*r->err) : PTX_E_FAILED;
	default:
		*v = ptx_value_strn(r->arena, ptx_buf_str(text));
		break;
	}
	return *v ? 0 : out_of_memory(r);
}

/* After "={": up to the '}' and the comma that may follow. */
static int read_list(struct reader *r, struct ptx_value **v)
{
	ptx_auto_buf text = { 0 };
	struct ptx_value *list = ptx_value_list(r->arena);
	char stop = ',';

	if (!list)
		return out_of_memory(r);
	ptx_buf_init(&text, 0);
	while (stop == ',') {
		struct ptx_value *item = NULL;
		int rc = 0;

		ptx_buf_clear(&text);
		stop = read_until(r, ",}", &text);
		if (!stop) {
			note_text(r, PTXI_STRVALS_OPEN_LIST, &text);
			return ptx_fail(r->err, PTX_E_SYNTAX, "a list must end with '}'");
		}
		rc = value_of(r, &text, &item);
		if (rc < 0)
			return rc;
		ptx_value_append(list, item);
	}
	if (r->p < r->end && *r->p == ',')
		r->p++;
	*v = list;
	return 0;
}

/* As Go's unicode.IsSpace. */
static bool is_space(uint32_t rune)
{
	return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 || rune == 0xa0 ||
	       rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
	       rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

/* Past blanks and one comma; true when nothing else comes before the comma or the end. */
static bool skip_empty(struct reader *r)
{
	while (r->p < r->end) {
		struct ptx_str left = ptxi_strn(r->p, (size_t)(r->end - r->p));
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(left, &len);

		if (rune != ',' && !is_space(rune))
			return false;
		r->p += len;
		if (rune == ',')
			return true;
	}
	return true;
}

static int read_json(struct reader *r, struct ptx_value **v)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	size_t used = 0;

	if (skip_empty(r)) {
		*v = ptx_value_null(r->arena);
		return *v ? 0 : out_of_memory(r);
	}
	opts.numbers = PTX_NUMBERS_FLOAT;
	opts.duplicates = PTX_DUPLICATES_WARN;
	*v = ptxi_json_parse_prefix(r->arena, ptxi_strn(r->p, (size_t)(r->end - r->p)), &opts,
				    &used, r->err);
	if (!*v)
		return r->err && *r->err ? ptx_error_code(*r->err) : PTX_E_SYNTAX;
	r->p += used;
	skip_empty(r);
	return 0;
}

/* What follows the '='. ENDED, and an empty string, when nothing does. */
static int read_right_side(struct reader *r, struct ptx_value **v)
{
	ptx_auto_buf text = { 0 };

	if (r->how->kind == PTXI_STRVALS_JSON)
		return read_json(r, v);
	if (r->p == r->end && r->how->kind != PTXI_STRVALS_LITERAL) {
		*v = ptx_value_string(r->arena, "");
		return *v ? ENDED : out_of_memory(r);
	}
	if (r->how->kind != PTXI_STRVALS_LITERAL && *r->p == '{') {
		r->p++;
		return read_list(r, v);
	}
	ptx_buf_init(&text, 0);
	read_until(r, r->how->kind == PTXI_STRVALS_LITERAL ? "" : ",", &text);
	return value_of(r, &text, v);
}

static int read_index(struct reader *r, int64_t *i)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (!read_until(r, "]", &text)) {
		note_text(r, PTXI_STRVALS_OPEN_INDEX, &text);
		return ptx_fail(r->err, PTX_E_SYNTAX, "an index has no closing ']'");
	}
	if (!ptx_buf_ok(&text))
		return out_of_memory(r);
	if (ptxi_parse_i64(ptx_buf_str(&text), i, INT64_MIN, INT64_MAX))
		return 0;
	note_text(r, PTXI_STRVALS_BAD_INDEX, &text);
	return ptx_fail(r->err, PTX_E_SYNTAX, "the index '%.*s' is not a whole number",
			(int)(text.n < 40 ? text.n : 40), text.p);
}

/* The list or map that a step goes into: what is there, or a new one that is not yet in its place.
 */
static int container(struct reader *r, struct ptx_value *there, bool present, enum ptx_kind kind,
		     const char *name, struct ptx_value **v)
{
	if (present && ptx_value_kind(there) != kind) {
		note(r, kind == PTX_MAP ? PTXI_STRVALS_NO_MAP : PTXI_STRVALS_NO_LIST,
		     ptxi_str(name), 0);
		if (r->how->why)
			r->how->why->there = there;
		return ptx_fail(r->err, PTX_E_INVALID, "'%s' is %s already, not %s", name,
				ptx_value_kind_name(there), kind == PTX_MAP ? "object" : "array");
	}
	*v = present ? there : ptxi_value_new(r->arena, kind);
	return *v ? 0 : out_of_memory(r);
}

static int read_item(struct reader *r, struct ptx_value *list, int64_t i, unsigned dots);

/* After "]" and "[": a list inside the list. */
static int read_inner_list(struct reader *r, struct ptx_value *list, int64_t i, unsigned dots)
{
	struct ptx_value *there = ptx_value_at(list, (size_t)i);
	struct ptx_value *inner = NULL;
	int64_t next = 0;
	int rc = 0;

	if (++r->brackets > MOST_BRACKETS)
		return ptx_fail(r->err, PTX_E_LIMIT, "lists are nested deeper than %u levels",
				MOST_BRACKETS);
	rc = read_index(r, &next);
	if (rc == 0)
		rc = container(r, there, ptx_value_kind(there) != PTX_NULL, PTX_LIST,
			       "a list's item", &inner);
	if (rc == 0)
		rc = read_item(r, inner, next, dots);
	r->brackets--;
	return rc ? rc : set_index(r, list, i, inner);
}

/* After "]" and ".": a map inside the list. What is no map gives way to one. */
static int read_inner_map(struct reader *r, struct ptx_value *list, int64_t i, unsigned dots)
{
	struct ptx_value *inner = ptx_value_at(list, (size_t)i);
	int rc = 0;

	if (ptx_value_kind(inner) != PTX_MAP) {
		inner = ptx_value_map(r->arena);
		if (!inner)
			return out_of_memory(r);
		if ((size_t)i < list->list.n)
			list->list.v[i] = inner;
	}
	rc = read_key(r, inner, dots);
	return rc ? rc : set_index(r, list, i, inner);
}

/* What follows "name[i]". */
static int read_item(struct reader *r, struct ptx_value *list, int64_t i, unsigned dots)
{
	ptx_auto_buf text = { 0 };
	struct ptx_value *v = NULL;
	char stop = 0;
	int rc = 0;

	if (i < 0) {
		note(r, PTXI_STRVALS_BELOW_ZERO, ptxi_str(""), i);
		return ptx_fail(r->err, PTX_E_SYNTAX, "the index %lld is below zero", (long long)i);
	}
	ptx_buf_init(&text, 0);
	stop = read_until(r, "[.=", &text);
	if (!ptx_buf_ok(&text))
		return out_of_memory(r);
	if (text.n) {
		note_text(r, PTXI_STRVALS_AFTER_INDEX, &text);
		return ptx_fail(r->err, PTX_E_SYNTAX,
				"'%.*s' follows an index, expected '=', '.' or '['",
				(int)(text.n < 40 ? text.n : 40), text.p);
	}
	switch (stop) {
	case 0:
		return ENDED;
	case '[':
		return read_inner_list(r, list, i, dots);
	case '.':
		return read_inner_map(r, list, i, dots);
	default:
		rc = read_right_side(r, &v);
		return rc < 0 ? rc : set_index(r, list, i, v);
	}
}

static int read_list_key(struct reader *r, struct ptx_value *map, const struct ptx_buf *key,
			 unsigned dots)
{
	const struct ptxi_entry *e = NULL;
	struct ptx_value *list = NULL;
	int64_t i = 0;
	int rc = read_index(r, &i);
	int set = 0;

	if (rc < 0)
		return rc;
	e = ptxi_value_find(map, ptx_buf_str(key));
	rc = container(r, e ? e->value : NULL, e != NULL, PTX_LIST, key->p, &list);
	if (rc < 0)
		return rc;
	rc = read_item(r, list, i, dots);
	if (rc < 0)
		return rc;
	set = set_key(r, map, key, list);
	return set < 0 ? set : rc;
}

static int read_map_key(struct reader *r, struct ptx_value *map, const struct ptx_buf *key,
			unsigned dots)
{
	const struct ptxi_entry *e = ptxi_value_find(map, ptx_buf_str(key));
	struct ptx_value *inner = NULL;
	int rc = 0;

	if (++dots > PTXI_STRVALS_MOST_DOTS) {
		note_text(r, PTXI_STRVALS_DEEP, key);
		return ptx_fail(r->err, PTX_E_LIMIT, "a name has more than %d dots",
				PTXI_STRVALS_MOST_DOTS);
	}
	rc = container(r, e ? e->value : NULL, e != NULL, PTX_MAP, key->p, &inner);
	if (rc < 0)
		return rc;
	rc = read_key(r, inner, dots);
	if (rc < 0)
		return rc;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): container() gives one or fails */
	if (inner->map.n) {
		int set = set_key(r, map, key, inner);

		return set < 0 ? set : rc;
	}
	if (rc)
		return rc;
	note_text(r, PTXI_STRVALS_EMPTY_MAP, key);
	return ptx_fail(r->err, PTX_E_SYNTAX, "the map '%s' gets no value", key->p);
}

/* One assignment, or its rest after a dot. */
static int read_key(struct reader *r, struct ptx_value *map, unsigned dots)
{
	ptx_auto_buf key = { 0 };
	struct ptx_value *v = NULL;
	char stop = 0;
	int rc = 0;
	int set = 0;

	ptx_buf_init(&key, 0);
	stop = read_until(r, r->how->kind == PTXI_STRVALS_LITERAL ? "=[." : "=[,.", &key);
	if (!ptx_buf_ok(&key))
		return out_of_memory(r);
	switch (stop) {
	case 0:
		if (!key.n)
			return ENDED;
		note_text(r, PTXI_STRVALS_NO_VALUE, &key);
		return ptx_fail(r->err, PTX_E_SYNTAX, "the key '%s' has no value", key.p);
	case '[':
		return read_list_key(r, map, &key, dots);
	case '.':
		return read_map_key(r, map, &key, dots);
	case ',':
		note_text(r, PTXI_STRVALS_COMMA, &key);
		ptx_fail(r->err, PTX_E_SYNTAX, "the key '%s' has no value before the ','", key.p);
		return ptxi_error_hint(r->err, "a comma inside a value is written \\,");
	default:
		break;
	}
	rc = read_right_side(r, &v);
	if (rc < 0) {
		ptx_wrap(r->err, "while reading the value of '%s'", key.p);
		return rc;
	}
	set = set_key(r, map, &key, v);
	return set < 0 ? set : rc;
}

static void make_valid(struct ptx_str s, struct ptx_buf *out)
{
	while (s.n) {
		size_t len = 0;
		char bytes[4] = "";
		uint32_t rune = ptxi_utf8_decode(s, &len);

		ptx_buf_add(out, bytes, ptxi_utf8_encode(rune, bytes));
		s = ptxi_str_from(s, len);
	}
}

/* The place of what is assigned next: the option, and the key up to its '='. */
static void begin_assignment(struct reader *r)
{
	const char *p = r->p;

	if (!r->how->option || p == r->end)
		return;
	while (p < r->end && *p != '=')
		p += *p == '\\' && p + 1 < r->end ? 2 : 1;
	r->place = ptxi_arena_printf(r->arena, "%s %.*s", r->how->option, (int)(p - r->p), r->p);
}

int ptxi_strvals_apply(struct ptx_arena *a, struct ptx_value *values, struct ptx_str expression,
		       const struct ptxi_strvals *how, struct ptx_error **err)
{
	ptx_auto_buf valid = { 0 };
	struct reader r = { .arena = a, .how = how, .err = err };
	int rc = 0;

	if (how->why)
		*how->why = (struct ptxi_strvals_problem){ .kind = PTXI_STRVALS_OTHER };
	ptx_buf_init(&valid, 0);
	if (ptx_value_kind(values) != PTX_MAP)
		return ptx_fail(err, PTX_E_USAGE, "values can only be set in an object, not %s",
				ptx_value_kind_name(values));
	if (how->kind == PTXI_STRVALS_FILE && !how->file)
		return ptx_fail(err, PTX_E_USAGE, "values from files need a way to read them");
	if (expression.n > LONGEST)
		return ptx_fail(err, PTX_E_LIMIT, "the expression is longer than %u bytes",
				LONGEST);
	if (!ptxi_utf8_valid(expression)) {
		make_valid(expression, &valid);
		if (!ptx_buf_ok(&valid))
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
		expression = ptx_buf_str(&valid);
	}
	r.p = expression.p;
	r.end = expression.p + expression.n;
	while (rc == 0) {
		begin_assignment(&r);
		rc = read_key(&r, values, 0);
	}
	return rc < 0 ? rc : 0;
}

int ptx_strvals_apply(struct ptx_arena *a, struct ptx_value *values, const char *expression,
		      bool as_string, struct ptx_error **err)
{
	const struct ptxi_strvals how = { .kind =
					      as_string ? PTXI_STRVALS_STRING : PTXI_STRVALS_TYPED,
					  .option = as_string ? "--set-string" : "--set" };

	return ptxi_strvals_apply(a, values, ptxi_str(expression), &how, err);
}
