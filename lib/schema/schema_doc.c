/* SPDX-License-Identifier: Apache-2.0 */
/* schema_doc.c - documents, and the resources in them.
 *
 * A document is walked once, along the keywords that hold schemas, to find what has an address of
 * its own ($id) or a name ($anchor, $dynamicAnchor; a fragment of id in old drafts). A reference
 * may also lead to a place that no keyword does; that place is then walked as well
 * (ptxi_schema_ensure()). Which draft a part is of goes with its resource.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../text/goquote.h"
#include "../value/codec.h"

#define MOST_METASCHEMAS 16u /* that $schema leads through */

enum { ONE = 1, EACH_PROPERTY = 2, EACH_ITEM = 4 };

/* The keywords that hold schemas, from which draft on (all later ones take them, as Helm's
 * validator does). */
static const struct {
	const char *name;
	int draft;
	unsigned how;
} places[] = {
	{ "definitions", 4, EACH_PROPERTY },
	{ "not", 4, ONE },
	{ "allOf", 4, EACH_ITEM },
	{ "anyOf", 4, EACH_ITEM },
	{ "oneOf", 4, EACH_ITEM },
	{ "properties", 4, EACH_PROPERTY },
	{ "additionalProperties", 4, ONE },
	{ "patternProperties", 4, EACH_PROPERTY },
	{ "items", 4, ONE | EACH_ITEM },
	{ "additionalItems", 4, ONE },
	{ "dependencies", 4, EACH_PROPERTY },
	{ "propertyNames", 6, ONE },
	{ "contains", 6, ONE },
	{ "if", 7, ONE },
	{ "then", 7, ONE },
	{ "else", 7, ONE },
	{ "$defs", 2019, EACH_PROPERTY },
	{ "dependentSchemas", 2019, EACH_PROPERTY },
	{ "unevaluatedProperties", 2019, ONE },
	{ "unevaluatedItems", 2019, ONE },
	{ "contentSchema", 2019, ONE },
	{ "prefixItems", 2020, EACH_ITEM },
};

struct ptxi_resource *ptxi_schema_resource(const struct ptxi_schema_doc *d, const char *pointer)
{
	struct ptx_str p = ptxi_str(pointer);

	while (ptxi_map_count(d->resources) > 1) {
		struct ptxi_resource *r = ptxi_map_getn(d->resources, p);
		size_t slash = ptxi_str_rfind_char(p, '/');

		if (r)
			return r;
		if (slash == SIZE_MAX)
			break;
		p.n = slash;
	}
	return ptxi_map_get(d->resources, "");
}

struct ptxi_resource *ptxi_schema_resource_by_id(const struct ptxi_schema_doc *d, const char *id)
{
	for (size_t i = 0; i < ptxi_map_count(d->resources); i++) {
		struct ptxi_resource *r = ptxi_map_at(d->resources, i, NULL);

		if (strcmp(r->id, id) == 0)
			return r;
	}
	return NULL;
}

/* ---- drafts and vocabularies */

static int draft_of_url(struct ptx_str url)
{
	static const struct {
		const char *name;
		int draft;
	} drafts[] = {
		{ "json-schema.org/schema", 2020 },
		{ "json-schema.org/draft/2020-12/schema", 2020 },
		{ "json-schema.org/draft/2019-09/schema", 2019 },
		{ "json-schema.org/draft-07/schema", 7 },
		{ "json-schema.org/draft-06/schema", 6 },
		{ "json-schema.org/draft-04/schema", 4 },
	};

	if (url.n && url.p[url.n - 1] == '#')
		url.n--;
	if (ptxi_str_starts(url, "http://"))
		url = ptxi_str_from(url, 7);
	else if (ptxi_str_starts(url, "https://"))
		url = ptxi_str_from(url, 8);
	for (size_t i = 0; i < PTXI_COUNT(drafts); i++)
		if (ptxi_str_is(url, drafts[i].name))
			return drafts[i].draft;
	return 0;
}

bool ptxi_dialect_has(struct ptxi_dialect d, enum ptxi_vocabulary v)
{
	unsigned own = PTXI_VOCAB_APPLICATOR | PTXI_VOCAB_VALIDATION |
		       (d.draft >= 2020 ? PTXI_VOCAB_UNEVALUATED : 0u);

	if (v == PTXI_VOCAB_CORE || d.draft < 2019)
		return true;
	return ((d.vocabularies ? d.vocabularies : own) & v) != 0;
}

static unsigned vocabulary_of(struct ptx_str url, int draft)
{
	static const struct {
		const char *name;
		int draft; /* 0: both */
		unsigned bit;
	} all[] = {
		{ "core", 0, PTXI_VOCAB_CORE },
		{ "applicator", 0, PTXI_VOCAB_APPLICATOR },
		{ "validation", 0, PTXI_VOCAB_VALIDATION },
		{ "meta-data", 0, PTXI_VOCAB_META },
		{ "content", 0, PTXI_VOCAB_CONTENT },
		{ "format", 2019, PTXI_VOCAB_FORMAT },
		{ "unevaluated", 2020, PTXI_VOCAB_UNEVALUATED },
		{ "format-annotation", 2020, PTXI_VOCAB_FORMAT_ANNOTATION },
		{ "format-assertion", 2020, PTXI_VOCAB_FORMAT_ASSERTION },
	};
	const char *prefix = draft == 2019 ? "https://json-schema.org/draft/2019-09/vocab/"
					   : "https://json-schema.org/draft/2020-12/vocab/";

	if (!ptxi_str_starts(url, prefix))
		return 0;
	url = ptxi_str_from(url, strlen(prefix));
	for (size_t i = 0; i < PTXI_COUNT(all); i++)
		if (ptxi_str_is(url, all[i].name) && (!all[i].draft || all[i].draft == draft))
			return all[i].bit;
	return 0;
}

static int load(struct ptxi_schema_compiler *c, struct ptx_str url, const struct ptx_value **out,
		struct ptx_error **err);

/* What a schema says in $schema, without the fragment; {NULL, 0} when it says nothing. */
static struct ptx_str said_schema(const struct ptx_value *schema)
{
	const struct ptx_value *v = ptx_value_get(schema, "$schema");

	return ptx_value_kind(v) == PTX_STRING ? v->s : (struct ptx_str){ NULL, 0 };
}

static int find_draft(struct ptxi_schema_compiler *c, const char *url, const char *pointer,
		      const struct ptx_value *schema, int *draft, struct ptx_error **err)
{
	struct ptx_str at = pointer[0] ? (struct ptx_str){ NULL, 0 } : ptxi_str(url);

	for (unsigned hops = 0;; hops++) {
		struct ptx_str said = said_schema(schema);
		int known = said.p ? draft_of_url(said) : *draft;
		int rc = 0;

		if (known) {
			*draft = known;
			return 0;
		}
		said = ptxi_schema_without_fragment(said);
		if (at.p && ptxi_str_eq(said, at))
			return ptxi_schema_fail_quoted(err, PTX_E_UNSUPPORTED, "draft ", said,
						       " is not supported");
		if (hops == MOST_METASCHEMAS)
			return ptxi_schema_fail_quoted(err, PTX_E_INVALID,
						       "cycle in resolving $schema in ", said, "");
		rc = load(c, said, &schema, err);
		if (rc < 0)
			return rc;
		at = said;
	}
}

static int find_vocabularies(struct ptxi_schema_compiler *c, const struct ptx_value *schema,
			     int draft, unsigned *vocabularies, struct ptx_error **err)
{
	struct ptx_str said = said_schema(schema);
	const struct ptx_value *meta = NULL;
	const struct ptx_value *list = NULL;
	int rc = 0;

	*vocabularies = 0;
	if (!said.p || draft_of_url(said) || draft < 2019)
		return 0;
	rc = load(c, ptxi_schema_without_fragment(said), &meta, err);
	list = rc < 0 ? NULL : ptx_value_get(meta, "$vocabulary");
	if (!list || list->kind != PTX_MAP)
		return rc;
	for (size_t i = 0; i < list->map.n; i++) {
		unsigned bit = 0;

		if (!ptx_value_as_bool(list->map.v[i].value, false))
			continue;
		bit = vocabulary_of(list->map.v[i].key, draft);
		if (!bit) {
			ptx_auto_buf where = { 0 };

			ptx_buf_init(&where, 0);
			ptx_buf_adds(&where, " in ");
			ptxi_go_quote(ptxi_schema_without_fragment(said), false, &where);
			return ptxi_schema_fail_quoted(err, PTX_E_UNSUPPORTED,
						       "unsupported vocabulary ",
						       list->map.v[i].key, where.p);
		}
		*vocabularies |= bit;
	}
	*vocabularies |= PTXI_VOCAB_CORE;
	return 0;
}

/* ---- loading */

static int load_problem(struct ptx_str url, struct ptx_error **err)
{
	ptx_auto_buf why = { 0 };

	ptx_buf_init(&why, 0);
	if (ptxi_str_starts(url, "file://"))
		ptx_buf_printf(&why, ": open %.*s: no such file or directory",
			       PTX_STR_ARG(ptxi_str_from(url, 7)));
	else if (ptxi_str_starts(url, "http://") || ptxi_str_starts(url, "https://"))
		ptx_buf_adds(&why, ": schemas are not fetched over the network");
	else {
		ptx_buf_adds(&why, ": no URLLoader registered for ");
		ptxi_go_quote(url, false, &why);
	}
	return ptxi_schema_fail_quoted(err, PTX_E_INVALID, "failing loading ", url, why.p);
}

static int load(struct ptxi_schema_compiler *c, struct ptx_str url, const struct ptx_value **out,
		struct ptx_error **err)
{
	struct ptx_schema *s = c->schema;
	struct ptx_value *v = ptxi_map_getn(s->texts, url);
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_str text = { NULL, 0 };

	if (!v) {
		text = ptxi_schema_meta(url);
		if (text.p) {
			v = ptx_json_parse(s->arena, text, &opts, err);
		} else if (ptxi_str_starts(url, "urn:") && s->opts.any_urn) {
			ptx_auto_buf message = { 0 };

			ptx_buf_init(&message, 0);
			ptx_buf_printf(
			    &message,
			    "unresolved URN reference ignored; using permissive schema: %.*s",
			    PTX_STR_ARG(url));
			if (s->opts.warn)
				s->opts.warn(message.p, s->opts.user);
			v = ptx_value_bool(s->arena, true);
		} else {
			return load_problem(url, err);
		}
		if (!v)
			return err && *err ? ptx_error_code(*err) : ptxi_schema_no_memory(err);
		if (ptxi_map_setn(s->texts, url, v) < 0)
			return ptxi_schema_no_memory(err);
	}
	*out = v;
	return 0;
}

/* ---- walking a document */

struct walk {
	struct ptxi_schema_compiler *c;
	struct ptxi_schema_doc *doc;
	struct ptx_error **err;
};

static int add_anchor(struct walk *w, struct ptxi_resource *r, struct ptx_str name,
		      const char *pointer, bool dynamic)
{
	struct ptxi_anchor *a = NULL;

	for (a = r->anchors; a; a = a->next)
		if (ptxi_str_eq(a->name, name)) {
			/* An anchor always has a pointer. */
			/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
			if (strcmp(a->pointer, pointer) != 0)
				return ptx_fail(
				    w->err, PTX_E_INVALID,
				    "duplicate anchor \"%.*s\" in \"%s\" at \"%s\" and \"%s\"",
				    PTX_STR_ARG(name), w->doc->url, a->pointer, pointer);
			a->dynamic = a->dynamic || dynamic;
			return 0;
		}
	a = ptxi_arena_alloc(w->c->schema->arena, sizeof(*a));
	if (!a)
		return ptxi_schema_no_memory(w->err);
	*a = (struct ptxi_anchor){ r->anchors, name, pointer, dynamic };
	r->anchors = a;
	return 0;
}

static int fail_at_place(struct walk *w, const char *what, const char *pointer)
{
	ptx_auto_buf at = { 0 };

	ptx_buf_init(&at, 0);
	ptxi_schema_location(w->doc->url, pointer, &at);
	return ptxi_schema_fail_quoted(w->err, PTX_E_INVALID, what, ptx_buf_str(&at), "");
}

static const char *id_keyword(int draft)
{
	return draft == 4 ? "id" : "$id";
}

static int collect_anchors(struct walk *w, const struct ptx_value *schema, const char *pointer,
			   struct ptxi_resource *r)
{
	const struct ptx_value *v = NULL;
	int rc = 0;

	if (ptx_value_kind(schema) != PTX_MAP)
		return 0;
	if (r->dialect.draft < 2019) {
		struct ptx_str name = { NULL, 0 };
		size_t hash = 0;

		if (ptx_value_has(schema, "$ref"))
			return 0;
		v = ptx_value_get(schema, id_keyword(r->dialect.draft));
		if (ptx_value_kind(v) != PTX_STRING)
			return 0;
		hash = ptxi_str_find_char(v->s, '#');
		if (hash == SIZE_MAX)
			return 0;
		if (!ptxi_schema_fragment(w->c->schema->arena, ptxi_str_from(v->s, hash + 1),
					  &name))
			return fail_at_place(w, "error in parsing anchor at ", pointer);
		return name.n && name.p[0] != '/' ? add_anchor(w, r, name, pointer, false) : 0;
	}
	v = ptx_value_get(schema, "$anchor");
	if (ptx_value_kind(v) == PTX_STRING)
		rc = add_anchor(w, r, v->s, pointer, false);
	v = ptx_value_get(schema, "$dynamicAnchor");
	if (rc == 0 && r->dialect.draft >= 2020 && ptx_value_kind(v) == PTX_STRING)
		rc = add_anchor(w, r, v->s, pointer, true);
	return rc;
}

static struct ptx_str id_of(const struct ptx_value *schema, int draft)
{
	const struct ptx_value *v = NULL;

	if (draft < 2019 && ptx_value_has(schema, "$ref"))
		return (struct ptx_str){ NULL, 0 };
	v = ptx_value_get(schema, id_keyword(draft));
	return ptx_value_kind(v) == PTX_STRING ? ptxi_schema_without_fragment(v->s)
					       : (struct ptx_str){ NULL, 0 };
}

static int collect(struct walk *w, const struct ptx_value *schema, const char *base,
		   const char *pointer, struct ptxi_dialect fallback);

static int collect_below(struct walk *w, const struct ptx_value *schema, const char *base,
			 const char *pointer, int draft, struct ptxi_dialect dialect)
{
	struct ptx_arena *a = w->c->schema->arena;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < PTXI_COUNT(places); i++) {
		const struct ptx_value *v =
		    places[i].draft <= draft ? ptx_value_get(schema, places[i].name) : NULL;
		const char *at = NULL;

		if (!v)
			continue;
		at = ptxi_schema_pointer(a, pointer, ptxi_str(places[i].name));
		if (!at)
			return ptxi_schema_no_memory(w->err);
		if (places[i].how & ONE)
			rc = collect(w, v, base, at, dialect);
		if ((places[i].how & EACH_PROPERTY) && ptx_value_kind(v) == PTX_MAP)
			for (size_t k = 0; rc == 0 && k < v->map.n; k++)
				rc = collect(w, v->map.v[k].value, base,
					     ptxi_schema_pointer(a, at, v->map.v[k].key), dialect);
		if ((places[i].how & EACH_ITEM) && ptx_value_kind(v) == PTX_LIST)
			for (size_t k = 0; rc == 0 && k < v->list.n; k++) {
				char number[24] = "";

				snprintf(number, sizeof(number), "%zu", k);
				rc = collect(w, v->list.v[k], base,
					     ptxi_schema_pointer(a, at, ptxi_str(number)), dialect);
			}
	}
	return rc;
}

static int add_resource(struct walk *w, const char *id, const char *pointer,
			struct ptxi_dialect dialect)
{
	struct ptxi_resource *r = ptxi_arena_alloc(w->c->schema->arena, sizeof(*r));

	if (!r || ptxi_map_set(w->doc->resources, pointer, r) < 0)
		return ptxi_schema_no_memory(w->err);
	r->pointer = pointer;
	r->id = id;
	r->dialect = dialect;
	return 0;
}

/* A resource begins here: unless it is known, it is added with its dialect. */
static int begin_resource(struct walk *w, const struct ptx_value *schema, const char *id,
			  const char *pointer, int draft, bool said, struct ptxi_dialect fallback)
{
	const struct ptxi_resource *old = ptxi_schema_resource_by_id(w->doc, id);
	struct ptxi_dialect dialect = fallback;

	if (old && strcmp(old->pointer, pointer) != 0)
		return ptx_fail(w->err, PTX_E_INVALID,
				"duplicate id \"%s\" in \"%s\" at \"%s\" and \"%s\"", id,
				w->doc->url, pointer, old->pointer);
	if (old)
		return 0;
	if (said) {
		int rc = find_vocabularies(w->c, schema, draft, &dialect.vocabularies, w->err);

		if (rc < 0)
			return rc;
		dialect.draft = draft;
	}
	return add_resource(w, id, pointer, dialect);
}

static int collect_map(struct walk *w, const struct ptx_value *schema, const char *base,
		       const char *pointer, struct ptxi_dialect fallback)
{
	bool said = said_schema(schema).p != NULL;
	int draft = fallback.draft;
	struct ptx_str id = { NULL, 0 };
	struct ptxi_resource *r = NULL;
	int rc = said ? find_draft(w->c, w->doc->url, pointer, schema, &draft, w->err) : 0;

	if (rc < 0)
		return rc;
	id = id_of(schema, draft);
	if (!id.n && pointer[0]) {
		draft = fallback.draft;
		said = false;
		id = id_of(schema, draft);
	}
	if (id.n)
		rc = ptxi_schema_join(w->c, ptxi_str(base), id, &base, NULL);
	if (rc < 0)
		return rc == PTX_E_NOMEM ? ptxi_schema_no_memory(w->err)
					 : fail_at_place(w, "error in parsing id at ", pointer);
	if (id.n || !pointer[0])
		rc = begin_resource(w, schema, base, pointer, draft, said, fallback);
	if (rc < 0)
		return rc;
	r = ptxi_schema_resource_by_id(w->doc, base);
	if (!r)
		return ptx_fail(w->err, PTX_E_INTERNAL, "no resource '%s' in '%s'", base,
				w->doc->url);
	rc = collect_anchors(w, schema, pointer, r);
	return rc < 0 ? rc : collect_below(w, schema, base, pointer, draft, r->dialect);
}

static int collect(struct walk *w, const struct ptx_value *schema, const char *base,
		   const char *pointer, struct ptxi_dialect fallback)
{
	int rc = 0;

	if (!pointer)
		return ptxi_schema_no_memory(w->err);
	if (ptxi_map_get(w->doc->seen, pointer))
		return 0;
	if (ptx_value_kind(schema) == PTX_MAP)
		rc = collect_map(w, schema, base, pointer, fallback);
	else if (!pointer[0])
		rc = add_resource(w, base, pointer, fallback);
	if (rc < 0)
		return rc;
	return ptxi_map_set(w->doc->seen, pointer, w->doc) < 0 ? ptxi_schema_no_memory(w->err) : 0;
}

static int check_meta(struct ptxi_schema_compiler *c, const struct ptxi_schema_doc *d,
		      const char *pointer, const struct ptx_value *v, struct ptx_error **err)
{
	struct ptxi_fault *fault = NULL;
	ptx_auto_buf at = { 0 };
	ptx_auto_buf why = { 0 };
	int rc = ptxi_schema_validate_meta(c, d, pointer, v, &fault, err);

	if (rc < 0 || !fault)
		return rc;
	ptx_buf_init(&at, 0);
	ptx_buf_init(&why, 0);
	ptxi_schema_location(d->url, pointer, &at);
	ptx_buf_adds(&why, " is not valid against metaschema: ");
	ptxi_fault_print(fault, &why);
	return ptxi_schema_fail_quoted(err, PTX_E_INVALID, "", ptx_buf_str(&at), why.p);
}

static void doc_done(struct ptxi_schema_doc *d)
{
	ptxi_map_free(d->resources);
	ptxi_map_free(d->seen);
	ptxi_map_free(d->nodes);
	*d = (struct ptxi_schema_doc){ 0 };
}

/* What ptxi_map_free() of c->docs calls. */
void ptxi_schema_doc_free(void *doc)
{
	doc_done(doc);
}

struct ptxi_schema_doc *ptxi_schema_doc_get(struct ptxi_schema_compiler *c, struct ptx_str url,
					    struct ptx_error **err)
{
	struct ptxi_schema_doc *d = ptxi_map_getn(c->docs, url);
	struct walk w = { c, NULL, err };
	const struct ptx_value *root = NULL;

	if (d)
		return d;
	if (load(c, url, &root, err) < 0)
		return NULL;
	d = ptxi_arena_alloc(c->schema->arena, sizeof(*d));
	if (!d) {
		ptxi_schema_no_memory(err);
		return NULL;
	}
	d->url = ptxi_arena_strn(c->schema->arena, url.p, url.n);
	d->root = root;
	d->resources = ptxi_map_new(NULL);
	d->seen = ptxi_map_new(NULL);
	d->nodes = ptxi_map_new(NULL);
	w.doc = d;
	if (!d->url || !d->resources || !d->seen || !d->nodes)
		ptxi_schema_no_memory(err);
	else if (collect(&w, root, d->url, "", (struct ptxi_dialect){ c->default_draft, 0 }) == 0 &&
		 (ptxi_schema_meta(url).p || check_meta(c, d, "", root, err) == 0)) {
		if (ptxi_map_setn(c->docs, url, d) == 0)
			return d;
		ptxi_schema_no_memory(err);
	}
	doc_done(d);
	return NULL;
}

int ptxi_schema_ensure(struct ptxi_schema_compiler *c, struct ptxi_schema_doc *d,
		       const char *pointer, struct ptx_error **err)
{
	struct walk w = { c, d, err };
	struct ptxi_resource *r = NULL;
	const struct ptx_value *v = NULL;
	int rc = 0;

	if (ptxi_map_get(d->seen, pointer))
		return 0;
	v = ptxi_schema_lookup(d, pointer, err);
	if (!v)
		return PTX_E_INVALID;
	r = ptxi_schema_resource(d, pointer);
	rc = collect(&w, v, r->id, pointer, r->dialect);
	if (rc == 0 && !ptxi_map_get(d->resources, pointer))
		rc = collect_anchors(&w, v, pointer, ptxi_schema_resource(d, pointer));
	return rc < 0 ? rc : check_meta(c, d, pointer, v, err);
}
