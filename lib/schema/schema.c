/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - the public calls: what a compiled schema holds, the texts it is made of, and what a
 * schema must itself look like.
 */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../base/opts.h"
#include "../value/codec.h"

#define OWN_URL     "file:///schema.json"
#define MOST_MEMORY ((size_t)512 << 20)

int ptxi_schema_no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "no memory for a schema");
}

/* ---- metaschemas */

/* A schema that asks for the metaschema of each vocabulary. */
static struct ptxi_schema_node *vocabulary_schema(struct ptxi_schema_compiler *meta,
						  struct ptxi_dialect d, struct ptx_error **err)
{
	static const struct {
		const char *name;
		unsigned bit;
	} all[] = {
		{ "core", PTXI_VOCAB_CORE },
		{ "applicator", PTXI_VOCAB_APPLICATOR },
		{ "unevaluated", PTXI_VOCAB_UNEVALUATED },
		{ "validation", PTXI_VOCAB_VALIDATION },
		{ "meta-data", PTXI_VOCAB_META },
		{ "format", PTXI_VOCAB_FORMAT },
		{ "format-annotation", PTXI_VOCAB_FORMAT_ANNOTATION },
		{ "format-assertion", PTXI_VOCAB_FORMAT_ASSERTION },
		{ "content", PTXI_VOCAB_CONTENT },
	};
	struct ptx_arena *a = meta->schema->arena;
	struct ptxi_schema_node *n = ptxi_arena_alloc(a, sizeof(*n));
	struct ptxi_schema_doc *own = ptxi_arena_alloc(a, sizeof(*own));
	struct ptxi_schema_member *anchor = ptxi_arena_alloc(a, sizeof(*anchor));

	if (n)
		n->all_of.v = ptxi_arena_array(a, PTXI_COUNT(all), sizeof(*n->all_of.v));
	if (!n || !own || !anchor || !n->all_of.v) {
		ptxi_schema_no_memory(err);
		return NULL;
	}
	own->url = "urn:mem:metaschema";
	n->doc = own;
	n->pointer = "";
	n->draft = d.draft;
	n->boolean = -1;
	n->limits = (struct ptxi_schema_limits){ -1, -1, -1, -1, -1, -1, -1, -1 };
	n->resource = n;
	if (d.draft >= 2020) {
		*anchor = (struct ptxi_schema_member){ PTXI_STR("meta"), n, NULL };
		n->dynamic_anchor = PTXI_STR("meta");
		n->dynamic_anchors = (struct ptxi_schema_members){ .v = anchor, .n = 1 };
	}
	for (size_t i = 0; i < PTXI_COUNT(all); i++) {
		const char *url = NULL;
		struct ptxi_schema_doc *doc = NULL;

		if (!(d.vocabularies & all[i].bit))
			continue;
		url = ptxi_arena_printf(a, "https://json-schema.org/draft/%s/meta/%s",
					d.draft == 2019 ? "2019-09" : "2020-12", all[i].name);
		doc = url ? ptxi_schema_doc_get(meta, ptxi_str(url), err) : NULL;
		n->all_of.v[n->all_of.n] = doc ? ptxi_schema_compile_at(meta, doc, "", err) : NULL;
		if (!n->all_of.v[n->all_of.n++])
			return NULL;
	}
	return n;
}

struct ptxi_schema_node *ptxi_schema_metaschema(struct ptxi_schema_compiler *c,
						struct ptxi_dialect d, struct ptx_error **err)
{
	struct ptxi_schema_compiler *meta = &c->schema->meta;
	const char *url = d.draft == 4      ? "http://json-schema.org/draft-04/schema"
			  : d.draft == 6    ? "http://json-schema.org/draft-06/schema"
			  : d.draft == 7    ? "http://json-schema.org/draft-07/schema"
			  : d.draft == 2019 ? "https://json-schema.org/draft/2019-09/schema"
					    : "https://json-schema.org/draft/2020-12/schema";
	struct ptxi_schema_doc *doc = NULL;

	if (d.draft >= 2019 && d.vocabularies)
		return vocabulary_schema(meta, d, err);
	doc = ptxi_schema_doc_get(meta, ptxi_str(url), err);
	return doc ? ptxi_schema_compile_at(meta, doc, "", err) : NULL;
}

/* ---- the public calls */

void ptx_schema_free(struct ptx_schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->regexes.n; i++)
		ptxi_regex_free(s->regexes.v[i]);
	ptx_vec_done(&s->regexes);
	ptx_vec_done(&s->user.queue);
	ptx_vec_done(&s->meta.queue);
	ptxi_map_free(s->user.docs);
	ptxi_map_free(s->meta.docs);
	ptxi_map_free(s->texts);
	ptx_arena_free(s->arena);
	ptx_free(s);
}

static int add_text(struct ptx_schema *s, const char *url, struct ptx_str text,
		    struct ptx_error **err)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct ptx_value *v = NULL;
	ptx_auto(error) why = NULL;

	opts.duplicates = PTX_DUPLICATES_WARN;
	v = ptx_json_parse(s->arena, text, &opts, &why);
	if (!v) {
		int code = ptx_error_code(why);

		if (err)
			*err = ptx_steal(&why);
		return code;
	}
	if (ptxi_map_setn(s->texts, ptxi_str_sub(ptxi_str(url), 0, strcspn(url, "#")), v) < 0)
		return ptxi_schema_no_memory(err);
	return 0;
}

static struct ptx_schema *make(const struct ptx_schema_opts *opts, struct ptx_error **err)
{
	static const int drafts[] = { 2020, 4, 6, 7, 2019, 2020 };
	ptx_auto(schema) s = ptxi_alloc(sizeof(*s));

	if (s) {
		s->arena = ptx_arena_new(MOST_MEMORY);
		s->texts = ptxi_map_new(NULL);
		s->user.docs = ptxi_map_new(ptxi_schema_doc_free);
		s->meta.docs = ptxi_map_new(ptxi_schema_doc_free);
	}
	if (!s || !s->arena || !s->texts || !s->user.docs || !s->meta.docs) {
		ptxi_schema_no_memory(err);
		return NULL;
	}
	if (PTXI_OPTS_READ(&s->opts, opts, err) < 0)
		return NULL;
	if ((unsigned)s->opts.draft >= PTXI_COUNT(drafts)) {
		ptx_fail(err, PTX_E_USAGE, "there is no draft %d of JSON Schema",
			 (int)s->opts.draft);
		return NULL;
	}
	s->user.schema = s->meta.schema = s;
	s->user.assert_formats = s->opts.assert_formats;
	s->user.default_draft = drafts[s->opts.draft];
	s->meta.assert_formats = s->meta.meta = true;
	s->meta.default_draft = 2020;
	return ptx_steal(&s);
}

struct ptx_schema *ptx_schema_compile(struct ptx_str text, const struct ptx_schema_opts *opts,
				      struct ptx_error **err)
{
	ptx_auto(schema) s = make(opts, err);
	ptx_auto(error) why = NULL;
	struct ptxi_schema_doc *doc = NULL;
	const char *url = NULL;
	size_t hash = 0;

	if (!s)
		return NULL;
	url = s->opts.url ? s->opts.url : OWN_URL;
	hash = strcspn(url, "#");
	for (size_t i = 0; i < s->opts.resource_count; i++)
		if (add_text(s, s->opts.resources[i].url, s->opts.resources[i].text, err) < 0) {
			ptx_wrap(err, "while reading the schema '%s'", s->opts.resources[i].url);
			return NULL;
		}
	if (add_text(s, url, text, err) < 0)
		return NULL;
	doc = ptxi_schema_doc_get(&s->user, ptxi_strn(url, hash), &why);
	s->root = doc ? ptxi_schema_compile_at(&s->user, doc, "", &why) : NULL;
	/* Of the caller's, and used only while compiling. */
	s->opts.resources = NULL;
	s->opts.warn = NULL;
	if (s->root)
		return ptx_steal(&s);
	if (!why)
		ptx_fail(&why, PTX_E_NOMEM, "no memory for a schema");
	if (err)
		*err = ptx_steal(&why);
	return NULL;
}
