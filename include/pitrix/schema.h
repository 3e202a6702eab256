/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - JSON Schema: compile a document, check values against it.
 *
 * Drafts 4, 6, 7, 2019-09 and 2020-12. Nothing is ever fetched or read from disk: what a $ref names
 * is in the document itself, among the registered ones, or a metaschema of json-schema.org; else
 * compiling fails. Regular expressions are Go's. A compiled schema does not change: any number of
 * threads may check against it.
 */
#ifndef PITRIX_SCHEMA_H
#define PITRIX_SCHEMA_H

#include <pitrix/value.h>

PTX_BEGIN

struct ptx_schema;

enum ptx_schema_draft {
	PTX_SCHEMA_NEWEST, /* 2020-12 */
	PTX_SCHEMA_DRAFT_4,
	PTX_SCHEMA_DRAFT_6,
	PTX_SCHEMA_DRAFT_7,
	PTX_SCHEMA_DRAFT_2019_09,
	PTX_SCHEMA_DRAFT_2020_12
};

/* A document that others may name by its address. */
struct ptx_schema_resource {
	const char *url;
	struct ptx_str text;
};

/* How to compile. Zero is the default of every member. */
struct ptx_schema_opts {
	size_t size;
	const char
	    *url; /* the document's own address, for what it refers to; NULL: file:///schema.json */
	enum ptx_schema_draft draft; /* of documents without $schema */
	bool assert_formats; /* `format` is checked in every draft; else in 4, 6 and 7, and where a
				vocabulary asks for it */
	const struct ptx_schema_resource *resources;
	size_t resource_count;
	bool
	    any_urn; /* a urn: that nobody registered stands for anything, and `warn` hears of it */
	void (*warn)(const char *message, void *user); /* may be NULL */
	void *user;
};
#define PTX_SCHEMA_OPTS_INIT                                                                       \
	{                                                                                          \
		.size = sizeof(struct ptx_schema_opts)                                             \
	}

/* ptx_schema_compile - read a schema, and check it against the metaschema of its draft.
 *
 * Returns: owned schema.  Fails: SYNTAX (no JSON), INVALID (no schema, or a $ref leads nowhere),
 * UNSUPPORTED (a draft or vocabulary), LIMIT, NOMEM.
 */
PTX_API struct ptx_schema *
ptx_schema_compile(struct ptx_str text, const struct ptx_schema_opts *opts, struct ptx_error **err);
PTX_API void ptx_schema_free(struct ptx_schema *s);

/* ptx_schema_check - check a value. Every problem goes to diags (may be NULL), with the JSON
 * pointer of what is wrong and its place in the file that it was read from.
 *
 * Returns: 0.  Fails: INVALID (the value is not what the schema says; the message has all of it),
 * LIMIT, NOMEM.
 */
PTX_API int ptx_schema_check(const struct ptx_schema *s, const struct ptx_value *value,
			     struct ptx_diags *diags, struct ptx_error **err);

PTX_END

#endif
