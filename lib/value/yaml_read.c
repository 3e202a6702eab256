/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_read.c - YAML as sigs.k8s.io/yaml reads it: YAML 1.1 from libyaml's events, made to fit
 * JSON.
 *
 * Values are built straight from the events, by recursive descent. An alias is a copy of what its
 * anchor stands for, so that templates can change one place alone; what all copies weigh is
 * bounded, which defuses nested aliases before any is made. An anchor is open until its own node is
 * complete: an alias to an open one would be a cycle. A merge key lays its maps into the map where
 * it stands, as Go does: keys after it win, keys before it lose. Keys become strings: whole numbers
 * in decimal, doubles with a float's digits, booleans as true and false.
 */
#define PTX_AREA PTX_AREA_VALUE
#include "codec.h"
#include "yaml_reader.h"
#include "../base/diag.h"
#include "../base/encode.h"
#include "../base/lookup.h"
#include "../base/utf8.h"

#include <math.h>

#define NODE_WEIGHT 128u /* what a value takes in memory, about */

struct node {
	struct ptx_value *value;
	struct ptxi_yaml_scalar scalar; /* of a scalar: as resolved */
	size_t weight;
	bool merge; /* a scalar that is a merge key */
	bool alias;
};

struct anchor {
	struct node node;
	bool open;
};

static bool read_node(struct ptxi_yaml_reader *r, struct node *out);

static bool out_of_memory(struct ptxi_yaml_reader *r)
{
	if (ptxi_arena_check(r->arena, r->err) == 0)
		ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	return false;
}

static bool next_event(struct ptxi_yaml_reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
	if (!yaml_parser_parse(&r->parser, &r->event))
		return ptxi_yaml_parser_failed(r);
	r->has_event = true;
	return true;
}

static bool spend(struct ptxi_yaml_reader *r, size_t weight)
{
	if (weight > r->opts->max_bytes || r->expanded > r->opts->max_bytes - weight) {
		ptx_fail_at(r->err, PTX_E_LIMIT, ptxi_yaml_where(r, r->event.start_mark),
			    "the aliases stand for more than %zu bytes in all", r->opts->max_bytes);
		return false;
	}
	r->expanded += weight;
	return true;
}

static bool read_alias(struct ptxi_yaml_reader *r, struct node *out)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	const struct anchor *a = ptxi_map_get(r->anchors, name);
	struct ptx_where where = ptxi_yaml_where(r, r->event.start_mark);

	if (!a)
		return ptxi_yaml_no_anchor(r);
	if (a->open) {
		r->late = true;
		ptxi_yaml_tell(r, "yaml: anchor '%s' value contains itself", name);
		ptx_fail_at(r->err, PTX_E_SYNTAX, where,
			    "the alias '*%s' stands inside its own anchor", name);
		return false;
	}
	if (!spend(r, a->node.weight))
		return false;
	*out = a->node;
	out->alias = true;
	out->merge = false;
	out->value = ptx_value_copy(r->arena, a->node.value);
	return out->value ? ptxi_yaml_copy_bad_keys(r, a->node.value, out->value)
			  : out_of_memory(r);
}

/* Keeps a node under its anchor, if it has one; NULL without an error when it has none. */
static bool open_anchor(struct ptxi_yaml_reader *r, const unsigned char *name, struct anchor **out)
{
	struct anchor *a = NULL;

	*out = NULL;
	if (!name)
		return true;
	a = ptxi_arena_alloc(r->arena, sizeof(*a));
	if (!a || ptxi_map_set(r->anchors, (const char *)name, a) < 0)
		return out_of_memory(r);
	a->open = true;
	*out = a;
	return true;
}

static void close_anchor(struct anchor *a, const struct node *node)
{
	if (!a)
		return;
	a->node = *node;
	a->open = false;
}

static const char *short_tag(const char *tag)
{
	static const char prefix[] = "tag:yaml.org,2002:";

	return strncmp(tag, prefix, sizeof(prefix) - 1) == 0 ? tag + sizeof(prefix) - 1 : NULL;
}

/* is: what the text is without the tag. */
static bool wrong_tag(struct ptxi_yaml_reader *r, struct ptx_str text, enum ptxi_yaml_type is,
		      const char *tag)
{
	static const char *const names[] = {
		[PTXI_YAML_STRING] = "str",
		[PTXI_YAML_NULL] = "null",
		[PTXI_YAML_BOOL] = "bool",
		[PTXI_YAML_INT] = "int",
		[PTXI_YAML_UINT] = "int",
		[PTXI_YAML_FLOAT] = "float",
		[PTXI_YAML_TIMESTAMP] = "timestamp",
	};

	r->late = true;
	if (strcmp(tag, "binary") == 0)
		ptxi_yaml_tell(r, "yaml: !!binary value contains invalid base64 data");
	else
		ptxi_yaml_tell(r, "yaml: cannot decode !!%s `%.*s` as a !!%s", names[is],
			       PTX_STR_ARG(text), tag);
	ptx_fail_at(r->err, PTX_E_SYNTAX, ptxi_yaml_where(r, r->event.start_mark),
		    "'%.*s%s' is not a !!%s", (int)(text.n < 40 ? text.n : 40), text.p,
		    text.n < 40 ? "" : "...", tag);
	return false;
}

/* What a scalar with a tag of YAML's own is. Other tags make a string, whatever they say. */
static bool resolve_tagged(struct ptxi_yaml_reader *r, struct ptx_str text, const char *tag,
			   struct ptxi_yaml_scalar *out)
{
	static const struct {
		const char *tag;
		enum ptxi_yaml_type type;
	} types[] = {
		{ "bool", PTXI_YAML_BOOL },
		{ "null", PTXI_YAML_NULL },
		{ "int", PTXI_YAML_INT },
		{ "int", PTXI_YAML_UINT },
		{ "timestamp", PTXI_YAML_TIMESTAMP },
		{ "float", PTXI_YAML_FLOAT },
	};
	bool known = false;

	*out = ptxi_yaml_resolve(text);
	for (size_t i = 0; i < PTXI_COUNT(types); i++) {
		if (strcmp(types[i].tag, tag) != 0)
			continue;
		if (types[i].type == out->type)
			return true;
		known = true;
	}
	if (strcmp(tag, "float") == 0 && out->type == PTXI_YAML_INT) {
		double f = (double)out->i;

		out->type = PTXI_YAML_FLOAT;
		out->f = f;
		return true;
	}
	if (known)
		return wrong_tag(r, text, out->type, tag);
	out->type = PTXI_YAML_STRING;
	return true;
}

static struct ptx_value *number_text(struct ptxi_yaml_reader *r, const struct ptxi_yaml_scalar *s,
				     struct ptx_str text)
{
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	size_t used = 0;
	bool is_json = text.n && (text.p[0] == '-' || (text.p[0] >= '0' && text.p[0] <= '9'));

	if (is_json && ptxi_json_parse_prefix(r->arena, text, &opts, &used, NULL) && used == text.n)
		return ptx_value_number(r->arena, text);
	ptx_buf_init(&out, 0);
	if (s->type == PTXI_YAML_INT)
		ptx_buf_printf(&out, "%lld", (long long)s->i);
	else if (s->type == PTXI_YAML_UINT)
		ptx_buf_printf(&out, "%llu", (unsigned long long)s->u);
	else
		ptxi_json_double(s->f, &out);
	return ptx_buf_ok(&out) ? ptx_value_number(r->arena, ptx_buf_str(&out)) : NULL;
}

static struct ptx_value *number_of(struct ptxi_yaml_reader *r, const struct ptxi_yaml_scalar *s,
				   struct ptx_str text)
{
	double f = s->type == PTXI_YAML_INT    ? (double)s->i
		   : s->type == PTXI_YAML_UINT ? (double)s->u
					       : s->f;

	switch (r->opts->numbers) {
	case PTX_NUMBERS_TEXT:
		return number_text(r, s, text);
	case PTX_NUMBERS_FLOAT:
		return ptx_value_float(r->arena, f);
	case PTX_NUMBERS_EXACT:
		break;
	}
	if (s->type == PTXI_YAML_INT)
		return ptx_value_int(r->arena, s->i);
	if (s->type == PTXI_YAML_UINT)
		return ptx_value_uint(r->arena, s->u);
	return ptx_value_float(r->arena, f);
}

/* !!binary: the bytes as text; what is no UTF-8 becomes U+FFFD, since JSON has no bytes. */
static struct ptx_value *binary_of(struct ptxi_yaml_reader *r, struct ptx_str text, bool *bad)
{
	ptx_auto_buf bytes = { 0 };
	ptx_auto_buf valid = { 0 };
	struct ptx_str s = { NULL, 0 };

	ptx_buf_init(&bytes, 0);
	ptx_buf_init(&valid, 0);
	*bad = !ptxi_base64_decode(PTXI_BASE64_STD, text, &bytes, NULL);
	if (*bad)
		return NULL;
	for (s = ptx_buf_str(&bytes); s.n;) {
		size_t len = 0;
		char rune[4] = "";
		size_t n = ptxi_utf8_encode(ptxi_utf8_decode(s, &len), rune);

		ptx_buf_add(&valid, rune, n);
		s = ptxi_str_from(s, len);
	}
	return ptx_buf_ok(&bytes) && ptx_buf_ok(&valid)
		   ? ptx_value_strn(r->arena, ptx_buf_str(&valid))
		   : NULL;
}

static bool scalar_value(struct ptxi_yaml_reader *r, struct ptx_str text, struct node *out)
{
	switch (out->scalar.type) {
	case PTXI_YAML_NULL:
		out->value = ptx_value_null(r->arena);
		break;
	case PTXI_YAML_BOOL:
		out->value = ptx_value_bool(r->arena, out->scalar.b);
		break;
	case PTXI_YAML_INT:
	case PTXI_YAML_UINT:
	case PTXI_YAML_FLOAT:
		out->value = number_of(r, &out->scalar, text);
		break;
	default:
		out->value = ptx_value_strn(r->arena, text);
		break;
	}
	return out->value ? true : out_of_memory(r);
}

static bool read_scalar(struct ptxi_yaml_reader *r, struct node *out)
{
	struct ptx_str text = { (const char *)r->event.data.scalar.value,
				r->event.data.scalar.length };
	const char *tag = (const char *)r->event.data.scalar.tag;
	const char *known = tag ? short_tag(tag) : NULL;
	bool bad = false;

	out->weight = NODE_WEIGHT + text.n;
	out->merge = ptxi_str_is(text, "<<") && (r->event.data.scalar.plain_implicit ||
						 (known && strcmp(known, "merge") == 0));
	if (known && strcmp(known, "binary") == 0) {
		out->value = binary_of(r, text, &bad);
		if (bad)
			return wrong_tag(r, text, PTXI_YAML_STRING, "binary");
		return out->value ? true : out_of_memory(r);
	}
	if (known && !resolve_tagged(r, text, known, &out->scalar))
		return false;
	if (!tag && r->event.data.scalar.plain_implicit)
		out->scalar = ptxi_yaml_resolve(text);
	return scalar_value(r, text, out);
}

/* A node that is a value, no key: as a key an infinity is text. */
static bool read_member(struct ptxi_yaml_reader *r, struct node *out)
{
	struct ptx_where where = ptxi_yaml_where(r, r->event.start_mark);

	if (!read_node(r, out))
		return false;
	if (out->scalar.type != PTXI_YAML_FLOAT || isfinite(out->scalar.f))
		return true;
	r->has_special = true;
	return (r->why && ptx_value_kind(out->value) == PTX_FLOAT) ||
	       ptxi_yaml_not_finite(r, out->scalar.f, where);
}

static bool enter(struct ptxi_yaml_reader *r)
{
	if (++r->depth > r->opts->max_depth) {
		ptx_fail_at(r->err, PTX_E_LIMIT, ptxi_yaml_where(r, r->event.start_mark),
			    "nested deeper than %u levels", r->opts->max_depth);
		return false;
	}
	return true;
}

static bool read_list(struct ptxi_yaml_reader *r, struct node *out)
{
	out->value = ptx_value_list(r->arena);
	out->weight = NODE_WEIGHT;
	if (!out->value)
		return out_of_memory(r);
	if (!enter(r) || !next_event(r))
		return false;
	while (r->event.type != YAML_SEQUENCE_END_EVENT) {
		struct node item = { 0 };

		if (!read_member(r, &item))
			return false;
		out->weight += item.weight;
		ptx_value_append(out->value, item.value);
		if (!next_event(r))
			return false;
	}
	r->depth--;
	return true;
}

static bool key_text(struct ptxi_yaml_reader *r, const struct node *key, struct ptx_where where,
		     struct ptx_buf *out)
{
	switch (ptx_value_kind(key->value)) {
	case PTX_LIST:
	case PTX_MAP:
		r->late = true;
		if (r->why) {
			r->why->kind = PTXI_YAML_BAD_KEY;
			r->why->value = key->value;
		}
		ptx_fail_at(r->err, PTX_E_SYNTAX, where, "a key cannot be %s",
			    ptx_value_kind(key->value) == PTX_LIST ? "a list" : "a map");
		ptxi_error_hint(r->err, "quote a value that begins with '{' or '['");
		return false;
	case PTX_STRING:
		ptx_buf_addstr(out, key->value->s);
		return true;
	default:
		break;
	}
	switch (key->scalar.type) {
	case PTXI_YAML_BOOL:
		ptx_buf_adds(out, key->scalar.b ? "true" : "false");
		return true;
	case PTXI_YAML_INT:
		ptx_buf_printf(out, "%lld", (long long)key->scalar.i);
		return true;
	case PTXI_YAML_FLOAT:
		ptxi_yaml_double(key->scalar.f, true, out);
		return true;
	default:
		return ptxi_yaml_bad_key(r, &key->scalar, where);
	}
}

/* A scalar that is no key: null, and what only a uint64 holds. */
static bool is_no_key(const struct node *key)
{
	enum ptx_kind kind = ptx_value_kind(key->value);

	return kind != PTX_LIST && kind != PTX_MAP && kind != PTX_STRING &&
	       (key->scalar.type == PTXI_YAML_NULL || key->scalar.type == PTXI_YAML_UINT);
}

static bool duplicate_key(struct ptxi_yaml_reader *r, struct ptx_str key, struct ptx_where where,
			  struct ptxi_pos first)
{
	if (r->opts->duplicates == PTX_DUPLICATES_REFUSE) {
		ptx_fail_at(r->err, PTX_E_SYNTAX, where,
			    "the key '%.*s' is already used at line %u, column %u",
			    PTX_STR_ARG(key), (unsigned)first.line, (unsigned)first.column);
		return false;
	}
	ptxi_diag_add(r->opts->diags, PTX_WARNING, 0, "yaml-duplicate-key", where, NULL,
		      "the key '%.*s' is already used at line %u, column %u; the last one counts",
		      PTX_STR_ARG(key), (unsigned)first.line, (unsigned)first.column);
	return true;
}

static bool put(struct ptxi_yaml_reader *r, struct ptx_value *map, struct ptx_str key,
		struct ptx_where where, struct ptx_value *value)
{
	struct ptxi_entry *e = ptxi_value_find(map, key);

	/* An entry without a place came through a merge and may be replaced. */
	if (e && e->pos.line && !duplicate_key(r, key, where, e->pos))
		return false;
	e = ptxi_value_put(map, key, false, value);
	if (!e)
		return out_of_memory(r);
	if (!e->pos.line)
		e->pos = (struct ptxi_pos){ where.line, where.column };
	return true;
}

static bool no_map(struct ptxi_yaml_reader *r, const char *kind, struct ptx_where where)
{
	r->late = true;
	ptxi_yaml_tell(r, "yaml: map merge requires map or sequence of maps as the value");
	ptx_fail_at(r->err, PTX_E_SYNTAX, where, "'<<' merges a map or a list of maps, not %s",
		    kind);
	return false;
}

static bool merge_map(struct ptxi_yaml_reader *r, struct ptx_value *map,
		      const struct ptx_value *from, struct ptx_where where)
{
	if (ptx_value_kind(from) != PTX_MAP)
		return no_map(r, ptx_value_kind_name(from), where);
	ptxi_yaml_move_bad_keys(r, from, map);
	for (size_t i = 0; i < from->map.n; i++)
		if (!ptxi_value_put(map, from->map.v[i].key, true, from->map.v[i].value))
			return out_of_memory(r);
	return true;
}

static bool merge(struct ptxi_yaml_reader *r, struct ptx_value *map, const struct node *from,
		  struct ptx_where where)
{
	if (ptx_value_kind(from->value) != PTX_LIST || from->alias)
		return merge_map(r, map, from->value, where);
	/* The first of a list wins, so it comes last. */
	for (size_t i = from->value->list.n; i; i--)
		if (!merge_map(r, map, from->value->list.v[i - 1], where))
			return false;
	return true;
}

/* Passes over the node that begins with the current event: nothing is made of it. */
static bool pass_node(struct ptxi_yaml_reader *r)
{
	unsigned before = r->depth;

	for (;;) {
		r->passed_anchor = r->passed_anchor || ptxi_yaml_anchor(&r->event);
		if (r->event.type == YAML_SEQUENCE_START_EVENT ||
		    r->event.type == YAML_MAPPING_START_EVENT) {
			if (!enter(r))
				return false;
		} else if (r->event.type == YAML_SEQUENCE_END_EVENT ||
			   r->event.type == YAML_MAPPING_END_EVENT) {
			r->depth--;
		}
		if (r->depth == before)
			return true;
		if (!next_event(r))
			return false;
	}
}

static bool read_pair(struct ptxi_yaml_reader *r, struct node *out)
{
	ptx_auto_buf text = { 0 };
	struct ptx_where where = ptxi_yaml_where(r, r->event.start_mark);
	struct node key = { 0 };
	struct node value = { 0 };

	if (!read_node(r, &key) || !next_event(r))
		return false;
	if (key.merge) {
		if (r->event.type == YAML_SCALAR_EVENT) /* whatever its tag says */
			return no_map(r, "a scalar", where);
		if (!read_node(r, &value) || !merge(r, out->value, &value, where))
			return false;
		out->weight += value.weight;
		return true;
	}
	ptx_buf_init(&text, 0);
	if (r->why && is_no_key(&key))
		return read_node(r, &value) &&
		       ptxi_yaml_keep_bad_key(r, out->value, &key.scalar, value.value, where);
	if (!key_text(r, &key, where, &text))
		return false;
	if (!ptx_buf_ok(&text))
		return out_of_memory(r);
	if (r->pick && !r->pick(r->depth, ptx_buf_str(&text), r->pick_user))
		return pass_node(r);
	if (!read_member(r, &value))
		return false;
	if (!ptx_buf_ok(&text))
		return out_of_memory(r);
	out->weight += key.weight + value.weight;
	return put(r, out->value, ptx_buf_str(&text), where, value.value);
}

static bool read_map(struct ptxi_yaml_reader *r, struct node *out)
{
	out->value = ptx_value_map(r->arena);
	out->weight = NODE_WEIGHT;
	if (!out->value)
		return out_of_memory(r);
	if (!enter(r) || !next_event(r))
		return false;
	while (r->event.type != YAML_MAPPING_END_EVENT)
		if (!read_pair(r, out) || !next_event(r))
			return false;
	r->depth--;
	return true;
}

/* The node that begins with the current event; its last event is the current one afterwards. */
static bool read_node(struct ptxi_yaml_reader *r, struct node *out)
{
	struct ptx_where where = ptxi_yaml_where(r, r->event.start_mark);
	struct anchor *anchor = NULL;
	bool ok = false;

	switch (r->event.type) {
	case YAML_ALIAS_EVENT:
		return read_alias(r, out) && out->value;
	case YAML_SCALAR_EVENT:
		ok = open_anchor(r, r->event.data.scalar.anchor, &anchor) && read_scalar(r, out);
		break;
	case YAML_SEQUENCE_START_EVENT:
		ok = open_anchor(r, r->event.data.sequence_start.anchor, &anchor) &&
		     read_list(r, out);
		break;
	case YAML_MAPPING_START_EVENT:
		ok =
		    open_anchor(r, r->event.data.mapping_start.anchor, &anchor) && read_map(r, out);
		break;
	default:
		ptx_fail_at(r->err, PTX_E_INTERNAL, where, "unexpected event %d of the YAML parser",
			    (int)r->event.type);
		return false;
	}
	if (!ok || !out->value)
		return false;
	ptxi_value_place(out->value, r->file, where.line, where.column);
	close_anchor(anchor, out);
	return true;
}

/* The document whose start is the current event. */
static struct ptx_value *read_document(struct ptxi_yaml_reader *r)
{
	struct node root = { 0 };

	ptxi_map_free(r->anchors);
	r->anchors = ptxi_map_new(NULL);
	if (!r->anchors) {
		ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (!next_event(r))
		return NULL;
	r->bad_keys = NULL;
	r->last_bad_key = &r->bad_keys;
	if (!read_member(r, &root)) {
		if (r->why && r->late && r->has_event)
			ptxi_yaml_look_on(r);
		return NULL;
	}
	return next_event(r) && ptxi_yaml_fits_json(r, root.value) ? root.value : NULL;
}

static bool start(struct ptxi_yaml_reader *r, struct ptx_arena *a, struct ptx_str text,
		  const struct ptx_read_opts *opts, struct ptxi_yaml_problem *why,
		  struct ptx_error **err)
{
	struct ptx_where where = { opts->file, 1, 1 };

	*r = (struct ptxi_yaml_reader){
		.arena = a, .text = text, .opts = opts, .why = why, .err = err
	};
	if (!yaml_parser_initialize(&r->parser))
		return out_of_memory(r);
	if (text.n > opts->max_bytes) {
		ptx_fail_at(err, PTX_E_LIMIT, where, "the text is longer than %zu bytes",
			    opts->max_bytes);
		return false;
	}
	r->file = opts->file ? ptxi_arena_str(a, opts->file) : NULL;
	if (opts->file && !r->file)
		return out_of_memory(r);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text.p, text.n);
	/* NOLINTNEXTLINE(misc-redundant-expression): each call reads one */
	return next_event(r) && next_event(r); /* the start of the stream, then what is in it */
}

static void finish(struct ptxi_yaml_reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
	ptxi_map_free(r->anchors);
}

enum documents { ONLY_ONE, FIRST, ALL };

static struct ptx_value *read_stream(struct ptxi_yaml_reader *r, enum documents which)
{
	struct ptx_value *all = which == ALL ? ptx_value_list(r->arena) : NULL;
	struct ptx_value *v = NULL;

	while (r->event.type == YAML_DOCUMENT_START_EVENT) {
		if (v && which == ONLY_ONE) {
			ptx_fail_at(r->err, PTX_E_SYNTAX, ptxi_yaml_where(r, r->event.start_mark),
				    "a second document begins here, one was expected");
			return NULL;
		}
		v = read_document(r);
		if (!v)
			return NULL;
		if (which == FIRST)
			break;
		ptx_value_append(all, v);
		if (!next_event(r))
			return NULL;
	}
	if (which == ALL)
		v = all;
	else if (!v)
		v = ptx_value_null(r->arena);
	if (!v || ptx_arena_status(r->arena) != 0) {
		out_of_memory(r);
		return NULL;
	}
	return v;
}

struct ptx_value *ptxi_yaml_parse_picked(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, ptxi_yaml_pick_fn pick,
					 void *user, struct ptxi_yaml_problem *why,
					 struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	ptx_auto(error) failed = NULL;
	struct ptxi_yaml_reader r = { 0 };
	struct ptx_value *v = NULL;

	if (!text.p)
		text = PTXI_STR("");
	if (ptxi_read_opts(&o, opts, err) < 0)
		return NULL;
	if (start(&r, a, text, &o, why, &failed)) {
		r.pick = pick;
		r.pick_user = user;
		v = read_stream(&r, FIRST);
	}
	finish(&r);
	/* It may have been an alias of what was passed over. */
	if (!v && r.passed_anchor) {
		if (why)
			ptx_buf_clear(&why->words);
		return ptxi_yaml_parse_first(a, text, opts, why, err);
	}
	if (!v && err)
		*err = ptx_steal(&failed);
	return v;
}

static struct ptx_value *parse(struct ptx_arena *a, struct ptx_str text,
			       const struct ptx_read_opts *opts, enum documents which,
			       struct ptxi_yaml_problem *why, struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct ptxi_yaml_reader r = { 0 };
	struct ptx_value *v = NULL;

	if (!text.p)
		text = PTXI_STR("");
	if (ptxi_read_opts(&o, opts, err) < 0)
		return NULL;
	if (start(&r, a, text, &o, why, err))
		v = read_stream(&r, which);
	finish(&r);
	return v;
}

struct ptx_value *ptx_yaml_parse(struct ptx_arena *a, struct ptx_str text,
				 const struct ptx_read_opts *opts, struct ptx_error **err)
{
	return parse(a, text, opts, ONLY_ONE, NULL, err);
}

struct ptx_value *ptxi_yaml_parse_first(struct ptx_arena *a, struct ptx_str text,
					const struct ptx_read_opts *opts,
					struct ptxi_yaml_problem *why, struct ptx_error **err)
{
	return parse(a, text, opts, FIRST, why, err);
}

struct ptx_value *ptx_yaml_parse_all(struct ptx_arena *a, struct ptx_str text,
				     const struct ptx_read_opts *opts, struct ptx_error **err)
{
	return parse(a, text, opts, ALL, NULL, err);
}
