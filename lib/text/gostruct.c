/* SPDX-License-Identifier: Apache-2.0 */
/* gostruct.c - an object into a struct. Of errors the first is kept and reading goes on, but for a
 * time that is none: its own reader ends everything, and what was found before is forgotten. */
#define PTX_AREA PTX_AREA_TEXT
#include "gostruct.h"
#include "gonum.h"
#include "goquote.h"
#include "gotime.h"

#include <strings.h>

#define IN_JSON     "2006-01-02T15:04:05Z07:00"
#define OUT_OF_JSON "2006-01-02T15:04:05.999999999Z07:00"

struct reading {
	struct ptx_arena *arena;
	const struct ptxi_go_source *source;
	bool makes_strings; /* of other scalars, where a string is wanted */
	bool ended;
	int rc;
	struct ptx_error **err;
};

/* The field that is read: of which struct, and below which others. */
struct place {
	const char *owner;
	const char *field;
	const struct place *up;
};

/* One field of a struct that is filled. */
struct target {
	const struct ptxi_go_field *field;
	char *in;
};

static void read_members(struct reading *r, const struct ptx_value *map,
			 const struct ptxi_go_struct *s, char *out, const struct place *up);

const char *ptxi_go_json_kind(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_LIST:
		return "array";
	case PTX_MAP:
		return "object";
	case PTX_BOOL:
		return "bool";
	default:
		return ptx_value_is_number(v) ? "number" : "string";
	}
}

/* ---- what is wrong */

static const char *words_before(const struct reading *r)
{
	return r->source->json ? "" : "error unmarshaling JSON: while decoding JSON: ";
}

static void add_path(const struct place *at, struct ptx_buf *out)
{
	if (!at)
		return;
	add_path(at->up, out);
	ptx_buf_printf(out, ".%s", at->field);
}

static void wrong_type(struct reading *r, const struct ptx_value *v, const struct place *at,
		       const char *type)
{
	ptx_auto_buf path = { 0 };

	if (r->rc < 0)
		return;
	r->rc = ptxi_arena_check(r->arena,
				 r->err); /* a string that could not be made is no wrong one */
	if (r->rc < 0)
		return;
	ptx_buf_init(&path, 0);
	add_path(at, &path);
	r->rc = ptx_fail_at(r->err, PTX_E_INVALID, ptx_value_where(v),
			    "%sjson: cannot unmarshal %s into Go %s%s%s of type %s",
			    words_before(r), ptxi_go_json_kind(v), at ? "struct field " : "value",
			    at ? at->owner : "", at ? path.p : "", type);
}

static void unknown_field(struct reading *r, const struct ptxi_entry *e)
{
	ptx_auto_buf name = { 0 };

	if (r->rc < 0)
		return;
	ptx_buf_init(&name, 0);
	ptxi_go_quote(e->key, false, &name);
	r->rc = ptx_fail_at(r->err, PTX_E_INVALID, ptx_value_where(e->value),
			    "%sjson: unknown field %s", words_before(r), name.p);
}

static void no_time(struct reading *r, const struct ptx_value *v, const char *why)
{
	if (r->err)
		ptxi_error_drop(r->err);
	r->rc =
	    ptx_fail_at(r->err, PTX_E_INVALID, ptx_value_where(v), "%s%s", words_before(r), why);
	r->ended = true;
}

/* ---- fields */

static void set_pointer(struct target t, const void *p)
{
	memcpy(t.in + t.field->offset, &p, sizeof(p));
}

static const void *pointer(struct target t)
{
	const void *p = NULL;

	memcpy(&p, t.in + t.field->offset, sizeof(p));
	return p;
}

/* A scalar as a string; NULL for what is none to Go, or without memory. */
static const char *text_of(const struct reading *r, const struct ptx_value *v)
{
	ptx_auto_buf out = { 0 };
	enum ptx_kind kind = ptx_value_kind(v);

	if (kind == PTX_STRING || kind == PTX_BYTES)
		return v->s.p;
	if (!r->makes_strings)
		return NULL;
	switch (kind) {
	case PTX_BOOL:
		return v->b ? "true" : "false";
	case PTX_INT:
		return ptxi_arena_printf(r->arena, "%lld", (long long)v->i);
	case PTX_UINT:
		return ptxi_arena_printf(r->arena, "%llu", (unsigned long long)v->u);
	case PTX_FLOAT:
		ptx_buf_init(&out, 0);
		ptxi_go_format_float(v->f, 'g', -1, true,
				     &out); /* a float32's digits, whatever it was */
		return ptxi_arena_strn(r->arena, out.p, out.n);
	default:
		return NULL;
	}
}

static void take_text(struct reading *r, const struct ptx_value *v, struct target t,
		      const struct place *at)
{
	const char *text = text_of(r, v);

	if (text)
		set_pointer(t, text);
	else if (v->kind != PTX_NULL)
		wrong_type(r, v, at, "string");
}

static void take_flag(struct reading *r, const struct ptx_value *v, struct target t,
		      const struct place *at)
{
	if (v->kind == PTX_BOOL)
		memcpy(t.in + t.field->offset, &v->b, sizeof(v->b));
	else if (v->kind != PTX_NULL)
		wrong_type(r, v, at, "bool");
}

static void take_instant(struct reading *r, const struct ptx_value *v, struct target t,
			 const struct place *at)
{
	ptx_auto(error) e = NULL;
	ptx_auto_buf text = { 0 };
	struct ptxi_time time;

	(void)at;
	if (v->kind == PTX_NULL)
		return;
	if (v->kind != PTX_STRING) {
		no_time(r, v, "Time.UnmarshalJSON: input is not a JSON string");
		return;
	}
	if (ptxi_go_time_parse(r->arena, PTXI_STR(IN_JSON), v->s, NULL, &time, &e) < 0) {
		no_time(r, v, ptx_error_message(e));
		return;
	}
	ptx_buf_init(&text, 0);
	ptxi_go_time_format(&time, PTXI_STR(OUT_OF_JSON), &text);
	set_pointer(t, ptxi_arena_buf(r->arena, &text));
}

/* An element that must be a string, as a value; of what is none, and of null, an empty one. */
static struct ptx_value *element_text(struct reading *r, struct ptx_value *v,
				      const struct place *at)
{
	const char *text = text_of(r, v);

	if (text && v->kind == PTX_STRING)
		return v;
	if (!text && v->kind != PTX_NULL)
		wrong_type(r, v, at, "string");
	return ptx_value_string(r->arena, text ? text : "");
}

static void take_texts(struct reading *r, const struct ptx_value *v, struct target t,
		       const struct place *at)
{
	struct ptx_value *list = NULL;

	if (v->kind != PTX_LIST && v->kind != PTX_NULL) {
		wrong_type(r, v, at, "[]string");
		return;
	}
	list = v->kind == PTX_LIST ? ptx_value_list(r->arena) : NULL;
	for (size_t i = 0; list && i < v->list.n; i++)
		ptx_value_append(list, element_text(r, v->list.v[i], at));
	set_pointer(t, list);
}

/* A second map under the same name, in other letters, is added to the first. */
static void take_text_map(struct reading *r, const struct ptx_value *v, struct target t,
			  const struct place *at)
{
	const struct ptx_value *before = pointer(t);
	const struct ptxi_entry **entries = NULL;
	struct ptx_value *map = NULL;

	if (v->kind != PTX_MAP && v->kind != PTX_NULL) {
		wrong_type(r, v, at, "map[string]string");
		return;
	}
	map = v->kind == PTX_MAP ? ptx_value_map(r->arena) : NULL;
	for (size_t i = 0; map && i < ptx_value_count(before); i++)
		ptxi_value_put(map, before->map.v[i].key, true, before->map.v[i].value);
	entries = map ? ptxi_value_sorted(r->arena, v) : NULL;
	for (size_t i = 0; entries && i < v->map.n; i++)
		ptxi_value_put(map, entries[i]->key, true, element_text(r, entries[i]->value, at));
	set_pointer(t, map);
}

static void take_any(struct reading *r, const struct ptx_value *v, struct target t,
		     const struct place *at)
{
	bool list = t.field->kind == PTXI_GO_ANYS;

	if (v->kind == PTX_NULL)
		set_pointer(t, NULL);
	else if (v->kind == (list ? PTX_LIST : PTX_MAP))
		set_pointer(t, v);
	else
		wrong_type(r, v, at,
			   t.field->type ? t.field->type
			   : list        ? "[]interface {}"
					 : "map[string]interface {}");
}

static void take_object(struct reading *r, const struct ptx_value *v, struct target t,
			const struct place *at)
{
	if (v->kind == PTX_MAP)
		read_members(r, v, t.field->of, t.in + t.field->offset, at);
	else if (v->kind != PTX_NULL)
		wrong_type(r, v, at, t.field->of->type);
}

/* Strings that nothing is said of are empty. */
static void empty_texts(const struct ptxi_go_struct *s, char *out)
{
	for (const struct ptxi_go_field *f = s->fields; f->name; f++) {
		struct target t = { f, out };

		if (f->kind == PTXI_GO_OBJECT || f->kind == PTXI_GO_EMBEDDED)
			empty_texts(f->of, out + f->offset);
		else if ((f->kind == PTXI_GO_TEXT || f->kind == PTXI_GO_OWN_TEXT ||
			  f->kind == PTXI_GO_INSTANT) &&
			 !pointer(t))
			set_pointer(t, "");
	}
}

static void take_objects(struct reading *r, const struct ptx_value *v, struct target t,
			 const struct place *at)
{
	const struct ptxi_go_struct *of = t.field->of;
	size_t n = ptx_value_count(v);
	char *array = NULL;

	if (v->kind != PTX_LIST && v->kind != PTX_NULL) {
		const char *type =
		    t.field->type ? t.field->type : ptxi_arena_printf(r->arena, "[]*%s", of->type);

		wrong_type(r, v, at, type ? type : "");
		return;
	}
	array = v->kind == PTX_LIST ? ptxi_arena_array(r->arena, n + 1, of->size) : NULL;
	for (size_t i = 0; array && i < n; i++) {
		const struct ptx_value *one = v->list.v[i];

		if (one->kind == PTX_MAP) {
			empty_texts(of, array + i * of->size);
			read_members(r, one, of, array + i * of->size, at);
		} else if (one->kind != PTX_NULL) {
			wrong_type(r, one, at, of->type);
		}
	}
	n = array ? n : 0;
	set_pointer(t, array);
	memcpy(t.in + t.field->count, &n, sizeof(n));
}

static void take_own_text(struct reading *r, const struct ptx_value *v, struct target t,
			  const struct place *at)
{
	(void)r;
	(void)at;
	if (v->kind == PTX_STRING)
		set_pointer(t, v->s.p);
}

static void take_nothing(struct reading *r, const struct ptx_value *v, struct target t,
			 const struct place *at)
{
	(void)r;
	(void)v;
	(void)t;
	(void)at;
}

static void (*const takers[])(struct reading *, const struct ptx_value *, struct target,
			      const struct place *) = {
	[PTXI_GO_TEXT] = take_text,         [PTXI_GO_FLAG] = take_flag,
	[PTXI_GO_INSTANT] = take_instant,   [PTXI_GO_TEXTS] = take_texts,
	[PTXI_GO_TEXT_MAP] = take_text_map, [PTXI_GO_ANYS] = take_any,
	[PTXI_GO_ANY_MAP] = take_any,       [PTXI_GO_OBJECT] = take_object,
	[PTXI_GO_EMBEDDED] = NULL,          [PTXI_GO_OBJECTS] = take_objects,
	[PTXI_GO_OWN_TEXT] = take_own_text, [PTXI_GO_NOTHING] = take_nothing,
};

/* ---- members */

static const struct ptxi_go_field *find(const struct ptxi_go_field *fields, struct ptx_str name)
{
	for (; fields->name; fields++)
		if (fields->kind != PTXI_GO_EMBEDDED && name.n == strlen(fields->name) &&
		    strncasecmp(name.p, fields->name, name.n) == 0)
			return fields;
	return NULL;
}

/* sigs.k8s.io/yaml does not look into what is embedded, so no strings are made there. */
static void read_embedded(struct reading *r, const struct ptxi_entry *e,
			  const struct ptxi_go_struct *s, char *out, const struct place *up)
{
	for (const struct ptxi_go_field *f = s->fields; f->name; f++) {
		const struct ptxi_go_field *inner =
		    f->kind == PTXI_GO_EMBEDDED ? find(f->of->fields, e->key) : NULL;
		struct place embedded = { s->name, f->name, up };
		bool before = r->makes_strings;

		if (!inner)
			continue;
		r->makes_strings = before && r->source->lenient;
		takers[inner->kind](r, e->value, (struct target){ inner, out + f->offset },
				    &(struct place){ s->name, inner->name, &embedded });
		r->makes_strings = before;
		return;
	}
	if (r->source->strict)
		unknown_field(r, e);
}

static void read_members(struct reading *r, const struct ptx_value *map,
			 const struct ptxi_go_struct *s, char *out, const struct place *up)
{
	const struct ptxi_entry **sorted =
	    r->source->json ? NULL : ptxi_value_sorted(r->arena, map);

	if (!sorted && !r->source->json && map->map.n && r->rc == 0)
		r->rc = ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
	for (size_t i = 0; r->rc != PTX_E_NOMEM && !r->ended && i < map->map.n; i++) {
		const struct ptxi_entry *e = sorted ? sorted[i] : &map->map.v[i];
		const struct ptxi_go_field *f = find(s->fields, e->key);

		if (f)
			takers[f->kind](r, e->value, (struct target){ f, out },
					&(struct place){ s->name, f->name, up });
		else
			read_embedded(r, e, s, out, up);
	}
}

int ptxi_go_struct_read(struct ptx_arena *a, const struct ptx_value *v,
			const struct ptxi_go_struct *s, const struct ptxi_go_source *source,
			void *out, struct ptx_error **err)
{
	const struct place outer = { source->owner, source->field, NULL };
	const struct place *at = source->field ? &outer : NULL;
	struct reading r = { .arena = a,
			     .source = source,
			     .makes_strings = !source->json || source->lenient,
			     .err = err };

	empty_texts(s, out);
	if (ptx_value_kind(v) == PTX_MAP)
		read_members(&r, v, s, out, at);
	else if (ptx_value_kind(v) != PTX_NULL)
		wrong_type(&r, v, at, s->type);
	return r.rc < 0 ? r.rc : ptxi_arena_check(a, err);
}
