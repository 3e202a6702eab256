/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h - from text to trees. */
#ifndef PTXI_TEMPLATE_PARSE_H
#define PTXI_TEMPLATE_PARSE_H

#include "set.h"

/* Nesting of actions and parentheses. */
#define PTXI_PARSE_DEEPEST 1000u

/* The trees that one text defines. */
struct ptxi_trees {
	struct ptxi_tree **v; /* in the arena of the nodes */
	size_t n, cap;
};

/* Parses a source, which must outlive the set, and lists what it defines, itself last. The trees
 * live in the arena `nodes`, the words in them in the set's. */
int ptxi_parse(struct ptx_template *set, struct ptx_arena *nodes, const struct ptxi_source *source,
	       struct ptxi_trees *out, struct ptx_error **err);

/* What the text of a number or of a character constant may be taken as. False when it is malformed;
 * why gets Go's words for it. */
bool ptxi_parse_number(struct ptx_arena *a, struct ptx_str text, bool character,
		       struct ptxi_number *out, struct ptx_buf *why);

#endif
