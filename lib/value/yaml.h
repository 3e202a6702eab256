/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h - what the reader and the writer of YAML share: which plain scalars are not strings. */
#ifndef PTXI_VALUE_YAML_H
#define PTXI_VALUE_YAML_H

#include <pitrix/codec.h>
#include "value.h"

enum ptxi_yaml_type {
	PTXI_YAML_STRING,
	PTXI_YAML_NULL,
	PTXI_YAML_BOOL,
	PTXI_YAML_INT,
	PTXI_YAML_UINT, /* only above INT64_MAX */
	PTXI_YAML_FLOAT,
	PTXI_YAML_TIMESTAMP
};

struct ptxi_yaml_scalar {
	enum ptxi_yaml_type type;
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double f;
	};
};

/* What a plain scalar without a tag is, by the rules of YAML 1.1 as Go's yaml.v2 has them. */
struct ptxi_yaml_scalar ptxi_yaml_resolve(struct ptx_str text);

/* Appends a double as Go prints it (%g with the fewest digits), infinities and NaN as YAML has
 * them; as_float: the digits that a float32 needs. */
void ptxi_yaml_double(double f, bool as_float, struct ptx_buf *out);

/* The entries of a map in the order in which YAML is written, in the arena; NULL when empty or
 * without memory. In the order of yaml.v3 letters come before what is no letter, where a digit
 * stands before both. */
const struct ptxi_entry **ptxi_yaml_sorted(struct ptx_arena *a, const struct ptx_value *map,
					   bool as_v3);

/* As ptx_yaml_format(), with what Go's detour through JSON does to a few characters, for Helm's
 * toYaml: U+0085 folds as a line break, and controls from U+007F to U+009F, U+FFFE and U+FFFF, and
 * U+0085 in a key, fail the buffer with PTX_E_INVALID (where Helm's result is empty). */
void ptxi_yaml_format_as_go(const struct ptx_value *v, struct ptx_arena *scratch,
			    struct ptx_buf *out);

/* Appends v as yaml.v3 writes it with an indentation of 2: lists indented below their key, long
 * lines whole, numbers as Go prints them, bytes as lists of numbers. */
void ptxi_yaml_format_pretty(const struct ptx_value *v, struct ptx_arena *scratch,
			     struct ptx_buf *out);

/* What is wrong with a text, in the terms of Go's packages, for those who show it as they do. */
struct ptxi_yaml_problem {
	enum { PTXI_YAML_WORDS, PTXI_YAML_BAD_KEY, PTXI_YAML_NULL_KEY, PTXI_YAML_LARGE_KEY } kind;
	struct ptx_buf words; /* of WORDS: "yaml: line 2: did not find expected key" */
	const struct ptx_value
	    *value;   /* the key that is a list or map; else the value of the key */
	uint64_t key; /* of LARGE_KEY: a number that is no int64 */
};

/* Reads the first document and ignores what follows it, as Go's Unmarshal does; else as
 * ptx_yaml_parse(). why, if not NULL, gets Go's view of a failure; its buffer is initialised by the
 * caller. */
struct ptx_value *ptxi_yaml_parse_first(struct ptx_arena *a, struct ptx_str text,
					const struct ptx_read_opts *opts,
					struct ptxi_yaml_problem *why, struct ptx_error **err);

/* A member that is wanted; of a mapping, with `members`, only those of its own. Lists end with a
 * row without a key. */
struct ptxi_yaml_want {
	const char *key;
	const struct ptxi_yaml_want *members; /* NULL: all of it */
};

/* ptxi_yaml_excerpt - the lines of a document that make up some members of its top mapping.
 *
 * For who wants a few members only: it takes a tenth of a reading. The excerpt, appended to out, is
 * a document that has for the wanted members what the whole one has, and may have more. A wanted
 * mapping without wanted members is null there.
 *
 * Returns: false when the document is not plain enough to tell, or is wrong: read it whole. out is
 * then of no use.
 */
bool ptxi_yaml_excerpt(struct ptx_str text, const struct ptxi_yaml_want *wants,
		       struct ptx_buf *out);

/* Appends a document without what is said in lines that are comments, which stay as lines: it reads
 * as the same values at the same places, in a fraction of the time where there is much of that, as
 * in charts' values. False as above. */
bool ptxi_yaml_without_comments(struct ptx_str text, struct ptx_buf *out);

/* Whether the member of a key is wanted; depth is 1 for keys of the outermost map. */
typedef bool (*ptxi_yaml_pick_fn)(unsigned depth, struct ptx_str key, void *user);
/* As ptxi_yaml_parse_first(), but that members which are not wanted are passed over: no memory is
 * spent on them. Where an alias stands for something in them, everything is read. */
struct ptx_value *ptxi_yaml_parse_picked(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, ptxi_yaml_pick_fn pick,
					 void *user, struct ptxi_yaml_problem *why,
					 struct ptx_error **err);

#endif
