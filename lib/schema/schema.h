/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - the inside of a compiled schema: documents, the resources in them, and a node for each
 * subschema.
 *
 * Everything lives in the arena of its struct ptx_schema. A node is known by its document and its
 * JSON pointer in it, so that a reference to it, from wherever, finds the same one; nodes may
 * therefore form cycles. Two compilers share the arena: the user's, and one for metaschemas, which
 * asserts formats.
 */
#ifndef PTXI_SCHEMA_H
#define PTXI_SCHEMA_H

#include <pitrix/schema.h>
#include "../base/arena.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "../text/regex.h"
#include "../value/value.h"

PTX_DEFINE_AUTO(schema);

/* Nesting of schemas and values while checking: bounds our own stack. */
#define PTXI_SCHEMA_DEEPEST 4000u
/* Nodes visited in one check. */
#define PTXI_SCHEMA_STEPS 10000000u
/* What the faults of one check may take, for who makes the arena. */
#define PTXI_SCHEMA_FAULT_BYTES ((size_t)64 << 20)

enum ptxi_vocabulary {
	PTXI_VOCAB_CORE = 1,
	PTXI_VOCAB_APPLICATOR = 2,
	PTXI_VOCAB_UNEVALUATED = 4,
	PTXI_VOCAB_VALIDATION = 8,
	PTXI_VOCAB_META = 16,
	PTXI_VOCAB_FORMAT = 32, /* 2019-09 */
	PTXI_VOCAB_FORMAT_ANNOTATION = 64,
	PTXI_VOCAB_FORMAT_ASSERTION = 128,
	PTXI_VOCAB_CONTENT = 256
};

/* A draft, and which of its vocabularies are on (0: the draft's own). */
struct ptxi_dialect {
	int draft; /* 4, 6, 7, 2019, 2020 */
	unsigned vocabularies;
};
bool ptxi_dialect_has(struct ptxi_dialect d, enum ptxi_vocabulary v);

/* A part of a document with an address of its own; the document itself is one, with the pointer "".
 */
struct ptxi_resource {
	const char *pointer;
	const char *id;
	struct ptxi_dialect dialect;
	struct ptxi_anchor {
		struct ptxi_anchor *next;
		struct ptx_str name;
		const char *pointer;
		bool dynamic;
	} * anchors;
};

struct ptxi_schema_doc {
	const char *url;
	const struct ptx_value *root;
	struct ptxi_map *resources; /* pointer -> struct ptxi_resource */
	struct ptxi_map *seen;      /* pointers where subschemas were looked for */
	struct ptxi_map *nodes;     /* pointer -> struct ptxi_schema_node */
};

/* A number as it is written: 0.DIGITS times ten to the exponent; no digits: zero. */
struct ptxi_numeral {
	bool negative;
	struct ptx_str digits; /* no zero at either end */
	int64_t exponent;
};

struct ptxi_schema_node;

struct ptxi_schema_member {
	struct ptx_str name;
	struct ptxi_schema_node *node;
	const struct ptx_value *names; /* of dependencies: a list instead of a node */
};

struct ptxi_schema_members {
	struct ptxi_schema_member *v;
	size_t n;
	uint32_t *index; /* by hash, when there are many */
	uint32_t mask;
};

struct ptxi_schema_nodes {
	struct ptxi_schema_node **v;
	size_t n;
};

/* A keyword that holds a schema, or true or false in its place. */
struct ptxi_schema_additional {
	bool given, allowed;
	struct ptxi_schema_node *node;
};

struct ptxi_schema_pattern {
	const char *text;
	struct ptxi_regex *regex; /* NULL: of a metaschema, compiled when it is first needed */
	struct ptxi_schema_node *node;
};

enum ptxi_schema_type {
	PTXI_TYPE_NULL = 1,
	PTXI_TYPE_BOOLEAN = 2,
	PTXI_TYPE_NUMBER = 4,
	PTXI_TYPE_INTEGER = 8,
	PTXI_TYPE_STRING = 16,
	PTXI_TYPE_ARRAY = 32,
	PTXI_TYPE_OBJECT = 64
};

/* -1: not given */
struct ptxi_schema_limits {
	int64_t min_properties, max_properties, min_items, max_items, min_length, max_length,
	    min_contains, max_contains;
};

struct ptxi_schema_format;

struct ptxi_schema_node {
	struct ptxi_schema_doc *doc;
	const char *pointer;
	int draft;
	int boolean; /* -1: none; 0, 1 */
	struct ptxi_schema_node *resource;
	bool recursive_anchor;
	struct ptx_str dynamic_anchor;
	struct ptxi_schema_members dynamic_anchors; /* of a resource: by name */
	bool all_properties,
	    all_items; /* nothing is left unevaluated by this node's own keywords */
	size_t items_evaluated;

	struct ptxi_schema_node *ref, *recursive_ref, *dynamic_ref;
	struct ptx_str dynamic_name; /* the anchor that dynamic_ref names, or {NULL, 0} */
	unsigned types;
	const struct ptx_value *enumeration, *constant;
	unsigned enum_types;
	bool has_constant;
	const struct ptxi_schema_format *format;
	struct ptxi_schema_nodes all_of, any_of, one_of, prefix_items;
	struct ptxi_schema_node *negated, *condition, *then, *otherwise;

	struct ptxi_schema_limits limits;
	const struct ptx_value *required;
	struct ptxi_schema_members properties, dependencies, dependent_schemas, dependent_required;
	struct ptxi_schema_pattern *patterns; /* patternProperties */
	size_t pattern_count;
	struct ptxi_schema_additional additional;
	struct ptxi_schema_node *property_names, *unevaluated_properties;

	bool unique_items;
	bool items_list; /* items was a list (before 2020-12): prefix_items */
	struct ptxi_schema_node *items, *contains, *unevaluated_items;
	struct ptxi_schema_additional additional_items;

	struct ptxi_schema_pattern *pattern;
	struct ptxi_numeral *minimum, *maximum, *exclusive_minimum, *exclusive_maximum,
	    *multiple_of;
};

struct ptxi_schema_compiler {
	struct ptx_schema *schema;
	bool assert_formats;
	bool meta;
	int default_draft;
	struct ptxi_map *docs; /* url -> struct ptxi_schema_doc */
	PTX_VEC(struct ptxi_schema_node *) queue;
};

struct ptx_schema {
	struct ptx_arena *arena;
	struct ptx_schema_opts opts;
	struct ptxi_schema_compiler user, meta;
	struct ptxi_map *texts; /* url -> struct ptx_value: what was registered */
	PTX_VEC(struct ptxi_regex *) regexes;
	struct ptxi_schema_node *root;
};

/* ---- schema.c */

/* NOMEM, in the words of all files of this room. */
int ptxi_schema_no_memory(struct ptx_error **err);
/* What a schema of this dialect must look like. */
struct ptxi_schema_node *ptxi_schema_metaschema(struct ptxi_schema_compiler *c,
						struct ptxi_dialect d, struct ptx_error **err);

/* ---- schema_node.c */

/* The node of a place, compiled with all that it leads to. */
struct ptxi_schema_node *ptxi_schema_compile_at(struct ptxi_schema_compiler *c,
						struct ptxi_schema_doc *doc, const char *pointer,
						struct ptx_error **err);
struct ptxi_schema_node *ptxi_schema_member(const struct ptxi_schema_members *m,
					    struct ptx_str name);
/* Compiles the expression of a pattern if that was put off. */
int ptxi_schema_pattern_ready(struct ptx_schema *s, struct ptxi_schema_pattern *p,
			      struct ptx_error **err);

/* ---- schema_doc.c: documents and the resources in them */

/* The document at an address, read and checked. */
struct ptxi_schema_doc *ptxi_schema_doc_get(struct ptxi_schema_compiler *c, struct ptx_str url,
					    struct ptx_error **err);
void ptxi_schema_doc_free(void *doc);
/* The resource that a place belongs to. */
struct ptxi_resource *ptxi_schema_resource(const struct ptxi_schema_doc *d, const char *pointer);
/* The resource with this id, or NULL. */
struct ptxi_resource *ptxi_schema_resource_by_id(const struct ptxi_schema_doc *d, const char *id);
/* Looks for resources below a place that no keyword leads to. */
int ptxi_schema_ensure(struct ptxi_schema_compiler *c, struct ptxi_schema_doc *d,
		       const char *pointer, struct ptx_error **err);

/* ---- schema_ref.c: places as text, and where they lead */

/* Fails with a text in quotes, as Go writes them, between two others. */
int ptxi_schema_fail_quoted(struct ptx_error **err, int code, const char *before,
			    struct ptx_str quoted, const char *after);
/* Where a reference written at a place leads. */
int ptxi_schema_resolve(struct ptxi_schema_compiler *c, struct ptxi_schema_doc *from,
			const char *pointer, struct ptx_str reference, struct ptxi_schema_doc **doc,
			const char **to, struct ptx_error **err);
/* reference against base, in the arena. INVALID: it is no URL. */
int ptxi_schema_join(struct ptxi_schema_compiler *c, struct ptx_str base, struct ptx_str reference,
		     const char **url, struct ptx_error **err);
struct ptx_str ptxi_schema_without_fragment(struct ptx_str url);
/* The value at a pointer of a document. */
const struct ptx_value *ptxi_schema_lookup(const struct ptxi_schema_doc *d, const char *pointer,
					   struct ptx_error **err);
/* "/a~1b", appended to a pointer; in the arena. */
const char *ptxi_schema_pointer(struct ptx_arena *a, const char *base, struct ptx_str token);
/* url#pointer with percent-escapes, as messages show a place. */
void ptxi_schema_location(const char *url, const char *pointer, struct ptx_buf *out);
/* Percent-decodes a fragment; false when it is malformed. In the arena. */
bool ptxi_schema_fragment(struct ptx_arena *a, struct ptx_str raw, struct ptx_str *out);

/* ---- schema_url.c: addresses as text */

/* Why Go's net/url would refuse it, or NULL; in the arena. host_v6 gets an address in brackets,
 * {NULL, 0} when there is none; *absolute whether it has a scheme. */
const char *ptxi_url_problem(struct ptx_arena *a, struct ptx_str url, bool *absolute,
			     struct ptx_str *host_v6);
/* RFC 3986, 5.2: reference, without a fragment, against base; in the arena. */
const char *ptxi_url_resolve(struct ptx_arena *a, struct ptx_str base, struct ptx_str reference);

/* ---- schema_meta.c */

/* The text of a metaschema by its address, or {NULL, 0}. */
struct ptx_str ptxi_schema_meta(struct ptx_str url);

/* ---- schema_number.c */

bool ptxi_numeral_of(struct ptx_arena *a, const struct ptx_value *v, struct ptxi_numeral *out);
int ptxi_numeral_compare(const struct ptxi_numeral *a, const struct ptxi_numeral *b);
bool ptxi_numeral_is_whole(const struct ptxi_numeral *d);
/* True when a is a whole number of b's. */
bool ptxi_numeral_divides(const struct ptxi_numeral *a, const struct ptxi_numeral *b);
double ptxi_numeral_double(const struct ptxi_numeral *d);
/* True when both are the same JSON value. */
bool ptxi_schema_equal(struct ptx_arena *a, const struct ptx_value *x, const struct ptx_value *y);

/* ---- schema_format.c */

/* NULL for a name that nobody knows: it says nothing. */
const struct ptxi_schema_format *ptxi_schema_format_find(struct ptx_str name);
const char *ptxi_schema_format_name(const struct ptxi_schema_format *f);
/* True when s has the format; else why gets the reason. */
bool ptxi_schema_format_check(const struct ptxi_schema_format *f, struct ptx_arena *a,
			      struct ptx_str s, struct ptx_buf *why);

/* ---- schema_check.c, schema_text.c: checking, and telling what is wrong */

enum ptxi_fault_kind {
	PTXI_FAULT_SCHEMA, /* the head of all: node is the schema */
	PTXI_FAULT_GROUP,
	PTXI_FAULT_REFERENCE,
	PTXI_FAULT_NOT,
	PTXI_FAULT_ALL_OF,
	PTXI_FAULT_ANY_OF,
	PTXI_FAULT_ONE_OF,
	PTXI_FAULT_FALSE,
	PTXI_FAULT_CYCLE,
	PTXI_FAULT_TYPE,
	PTXI_FAULT_ENUM,
	PTXI_FAULT_CONST,
	PTXI_FAULT_FORMAT,
	PTXI_FAULT_COUNT, /* text: keyword; got, want */
	PTXI_FAULT_BOUND, /* text: keyword; numbers */
	PTXI_FAULT_ADDITIONAL_ITEMS,
	PTXI_FAULT_REQUIRED,
	PTXI_FAULT_DEPENDENT,
	PTXI_FAULT_ADDITIONAL,
	PTXI_FAULT_PROPERTY_NAME,
	PTXI_FAULT_UNIQUE,
	PTXI_FAULT_CONTAINS,
	PTXI_FAULT_MIN_CONTAINS,
	PTXI_FAULT_MAX_CONTAINS,
	PTXI_FAULT_PATTERN
};

/* Where in the value: a chain from the inside out. */
struct ptxi_place_in {
	const struct ptxi_place_in *up;
	struct ptx_str key;
	size_t index;
	bool is_index;
	const struct ptx_value *value;
};

struct ptxi_fault {
	enum ptxi_fault_kind kind;
	const struct ptxi_place_in *place;
	const struct ptxi_schema_node *node;
	const struct ptx_value *value;
	const char *text, *text2;
	struct ptx_str name;
	struct ptx_str *names;
	size_t name_count;
	int64_t got, want;
	size_t *indexes;
	size_t index_count;
	double got_number, want_number;
	struct ptxi_fault *first, *last, *next; /* causes */
};

/* Checks; *fault is NULL when the value is fine, else a FAULT_SCHEMA in the arena. Fails: LIMIT,
 * NOMEM. */
int ptxi_schema_validate(const struct ptx_schema *s, const struct ptx_value *v, struct ptx_arena *a,
			 struct ptxi_fault **fault, struct ptx_error **err);
/* The same for a schema against its metaschema. */
int ptxi_schema_validate_meta(struct ptxi_schema_compiler *c, const struct ptxi_schema_doc *d,
			      const char *pointer, const struct ptx_value *v,
			      struct ptxi_fault **fault, struct ptx_error **err);
/* A fault with all its causes as Helm shows it. */
void ptxi_fault_print(const struct ptxi_fault *f, struct ptx_buf *out);
/* What one fault alone says. */
void ptxi_fault_message(const struct ptxi_fault *f, struct ptx_buf *out);
void ptxi_place_print(const struct ptxi_place_in *p, struct ptx_buf *out);

#endif
