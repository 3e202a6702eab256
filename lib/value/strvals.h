/* SPDX-License-Identifier: Apache-2.0 */
/* strvals.h - Helm's --set and its kin. */
#ifndef PTXI_VALUE_STRVALS_H
#define PTXI_VALUE_STRVALS_H

#include "value.h"

enum ptxi_strvals_kind {
	PTXI_STRVALS_TYPED,  /* --set: true, false, null and whole numbers have their type */
	PTXI_STRVALS_STRING, /* --set-string: every value is a string */
	PTXI_STRVALS_JSON,   /* --set-json: a value is a JSON text, its numbers doubles */
	PTXI_STRVALS_FILE,   /* --set-file: a value is the name of what `file` gives */
	PTXI_STRVALS_LITERAL /* --set-literal: all after the first '=' is one string; no escapes */
};

#define PTXI_STRVALS_LARGEST_INDEX 65536
#define PTXI_STRVALS_MOST_DOTS     30

/* The value that a name stands for, in the arena; NULL and *err set on failure. */
typedef struct ptx_value *(*ptxi_strvals_file_fn)(struct ptx_arena *a, struct ptx_str name,
						  void *user, struct ptx_error **err);

/* What is wrong with an expression, for those who tell it in other words (text/gostrvals.h). */
struct ptxi_strvals_problem {
	enum {
		PTXI_STRVALS_OTHER,     /* the error says it */
		PTXI_STRVALS_NO_VALUE,  /* text: the key */
		PTXI_STRVALS_COMMA,     /* text: the key that a comma follows */
		PTXI_STRVALS_EMPTY_MAP, /* text: its key */
		PTXI_STRVALS_OPEN_LIST,
		PTXI_STRVALS_OPEN_INDEX,
		PTXI_STRVALS_BAD_INDEX,   /* text: what is no number, or too large for one */
		PTXI_STRVALS_BELOW_ZERO,  /* number: the index */
		PTXI_STRVALS_LARGE_INDEX, /* number */
		PTXI_STRVALS_AFTER_INDEX, /* text: what follows it */
		PTXI_STRVALS_DEEP,
		PTXI_STRVALS_NO_MAP,  /* there: what stands where a map is wanted */
		PTXI_STRVALS_NO_LIST, /* there */
	} kind;
	struct ptx_str text; /* in the arena */
	int64_t number;
	const struct ptx_value *there;
};

struct ptxi_strvals {
	enum ptxi_strvals_kind kind;
	const char *option;        /* for the places of values, see below; or NULL */
	ptxi_strvals_file_fn file; /* of FILE */
	void *user;
	struct ptxi_strvals_problem *why; /* or NULL */
};

/* Applies one expression ("a.b=1,c[0]=x") to a map. Invalid UTF-8 becomes U+FFFD. Values that come
 * into being know as the file that they stood in the option and the key ("--set a.b"; not what it
 * was set to, which may be secret), where option is not NULL.
 *
 * Returns: 0.  Fails: SYNTAX; LIMIT (index above 65536, more than 30 dots, expression above 1 MiB);
 *          INVALID (a key on the way holds another kind of value); NOMEM; and what file fails with.
 *          values may then have been changed by the parts before.
 */
int ptxi_strvals_apply(struct ptx_arena *a, struct ptx_value *values, struct ptx_str expression,
		       const struct ptxi_strvals *how, struct ptx_error **err);

#endif
