/* SPDX-License-Identifier: Apache-2.0 */
/* seen.h - what the parser of a set has met before, and need not make again.
 *
 * Templates say the same words over and over: a large chart has some hundred names, strings and
 * numbers in tens of thousands of places. Each table is direct-mapped: a word has one place, and a
 * later word with the same place takes it. So a table takes no memory but its own and no text can
 * make it slow. What is found is shared by nodes, and never changed. Only while parsing: one thread
 * at a time. */
#ifndef PTXI_TEMPLATE_SEEN_H
#define PTXI_TEMPLATE_SEEN_H

#include "ast.h"

/* Powers of two. */
#define PTXI_SEEN_FUNCS   128u
#define PTXI_SEEN_NAMES   256u
#define PTXI_SEEN_PATHS   1024u
#define PTXI_SEEN_STRINGS 1024u
#define PTXI_SEEN_NUMBERS 64u
#define PTXI_SEEN_VARS    64u

struct ptxi_seen {
	const struct ptxi_func *funcs[PTXI_SEEN_FUNCS];
	const struct ptxi_name *names[PTXI_SEEN_NAMES];
	struct ptxi_seen_path {
		struct ptx_str text; /* ".a.b" in the source */
		const struct ptxi_names *names;
	} paths[PTXI_SEEN_PATHS];
	const struct ptxi_string *strings[PTXI_SEEN_STRINGS];
	struct ptxi_number *numbers[PTXI_SEEN_NUMBERS];
	const struct ptxi_declared *vars[PTXI_SEEN_VARS];
	struct ptx_value *booleans[2];
};

struct ptx_template;

/* The function of a name in the set, as ptxi_template_func(). */
const struct ptxi_func *ptxi_seen_func(struct ptx_template *t, struct ptx_str name);
/* The names of fields, ".a.b", with their hashes, in the set's arena; NULL without memory. */
const struct ptxi_names *ptxi_seen_path(struct ptx_template *t, struct ptx_str path);
/* A variable by its name, in the set's arena; NULL without memory. */
const struct ptxi_declared *ptxi_seen_variable(struct ptx_template *t, struct ptx_str name);
/* The value of a boolean, in the set's arena; NULL without memory. */
struct ptx_value *ptxi_seen_bool(struct ptx_template *t, bool b);
/* The place of a string or a number as it is written: the caller looks what is there, and puts
 * there what it made. NULL in a set that remembers nothing. */
const struct ptxi_string **ptxi_seen_string(struct ptx_template *t, struct ptx_str quoted);
struct ptxi_number **ptxi_seen_number(struct ptx_template *t, struct ptx_str text);

#endif
