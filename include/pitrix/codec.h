/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - the doors between bytes and values. */
#ifndef PITRIX_CODEC_H
#define PITRIX_CODEC_H

#include <pitrix/value.h>

PTX_BEGIN

enum ptx_duplicates {
	PTX_DUPLICATES_REFUSE, /* a key that comes twice in one object is an error */
	PTX_DUPLICATES_WARN    /* it is a warning in diags, and the last one wins */
};

enum ptx_numbers {
	PTX_NUMBERS_TEXT,  /* PTX_NUMBER: the text as written */
	PTX_NUMBERS_EXACT, /* PTX_INT or PTX_UINT where it is a whole number that fits, else
			      PTX_FLOAT */
	PTX_NUMBERS_FLOAT  /* PTX_FLOAT always, as Helm reads values */
};

/* How to read a document. Zero is the default of every member. */
struct ptx_read_opts {
	size_t size;
	const char *file; /* name for positions; NULL: none */
	enum ptx_duplicates duplicates;
	enum ptx_numbers numbers;
	size_t max_bytes;        /* 0: 64 MiB */
	unsigned max_depth;      /* 0: 1,000 */
	struct ptx_diags *diags; /* gets warnings; may be NULL */
};
#define PTX_READ_OPTS_INIT                                                                         \
	{                                                                                          \
		.size = sizeof(struct ptx_read_opts)                                               \
	}

/* Reads one strict JSON text (RFC 8259; a byte order mark is refused). Values carry their
 * positions.
 *
 * Returns: the value, in the arena.  Fails: SYNTAX (with line and column), LIMIT, NOMEM.
 */
PTX_API struct ptx_value *ptx_json_parse(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, struct ptx_error **err);

/* How to write JSON. */
struct ptx_json_style {
	size_t size;
	unsigned indent;  /* blanks a level; 0: on one line */
	bool sort_keys;   /* by bytes; else in the map's order */
	bool escape_html; /* < > & U+2028 U+2029 as \u003c and so on, as Go does */
};
#define PTX_JSON_STYLE_INIT                                                                        \
	{                                                                                          \
		.size = sizeof(struct ptx_json_style)                                              \
	}

/* Appends v as JSON. NaN and infinities become null, bytes base64, times RFC 3339.
 * Deeper than 10,000 levels fails the buffer with PTX_E_LIMIT. */
PTX_API void ptx_json_format(const struct ptx_value *v, const struct ptx_json_style *style,
			     struct ptx_buf *out);

/* Reads one YAML 1.1 document as Go's yaml.v3 and sigs.k8s.io/yaml do (booleans only true/false
 * and, in the old forms, yes/no/on/off as YAML 1.1 says). Anchors may expand to at most max_bytes
 * in all.
 *
 * Returns: the value, in the arena; a null value for an empty document.  Fails: SYNTAX, LIMIT,
 * NOMEM; SYNTAX too when a second document follows.
 */
PTX_API struct ptx_value *ptx_yaml_parse(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, struct ptx_error **err);
/* The same for a stream: a list with a value for each document. */
PTX_API struct ptx_value *ptx_yaml_parse_all(struct ptx_arena *a, struct ptx_str text,
					     const struct ptx_read_opts *opts,
					     struct ptx_error **err);
/* Appends v as a YAML document in the block style, keys sorted, as sigs.k8s.io/yaml writes it: also
 * a key `<<` without quotes, which then reads as a merge. */
PTX_API void ptx_yaml_format(const struct ptx_value *v, struct ptx_buf *out);

/* Reads a TOML 1.1 document, as leniently as BurntSushi/toml where tables are defined again.
 * Integers are PTX_INT, floats PTX_FLOAT and dates PTX_TIME, whatever opts->numbers says; a key
 * that comes twice is an error.
 *
 * Returns: a map, in the arena.  Fails: SYNTAX (with line and column), LIMIT, NOMEM.
 */
PTX_API struct ptx_value *ptx_toml_parse(struct ptx_arena *a, struct ptx_str text,
					 const struct ptx_read_opts *opts, struct ptx_error **err);

/* Applies one `--set` expression ("a.b=1,c[0]=x") to a map, as Helm reads it. as_string: values
 * stay strings
 * (--set-string).
 *
 * Returns: 0.  Fails: SYNTAX, LIMIT (index or depth), NOMEM.  values and its arena are changed.
 */
PTX_API int ptx_strvals_apply(struct ptx_arena *a, struct ptx_value *values, const char *expression,
			      bool as_string, struct ptx_error **err);

PTX_END

#endif
