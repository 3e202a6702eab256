/* SPDX-License-Identifier: Apache-2.0 */
/* outmap.h - which place of which template wrote a byte of the output.
 *
 * For an execution whose output turns out to be wrong, and which is done once more for that: it
 * costs memory for everything that is written, also by what is included. Positions in what an
 * action made of an included text (indent, trim, quote) are found again by the lines themselves.
 */
#ifndef PTXI_TEMPLATE_OUTMAP_H
#define PTXI_TEMPLATE_OUTMAP_H

#include "ast.h"

/* How a text was come by: the call, and that of the template which it stands in. */
struct ptxi_outmap_frame {
	const struct ptxi_outmap_frame *up; /* NULL: the outermost template */
	const struct ptxi_source *source;
	size_t pos; /* of the call in the source */
};

/* Where something was written: in which template, called from where. */
struct ptxi_outmap_place {
	const struct ptxi_source *source;
	size_t pos;
	const struct ptxi_outmap_frame *frame; /* NULL: in the outermost one */
};

struct ptxi_outmap;

/* Owned; NULL without memory. */
struct ptxi_outmap *ptxi_outmap_new(void);
void ptxi_outmap_free(struct ptxi_outmap *m);
PTXI_DEFINE_AUTO(outmap);

/* The innermost place that wrote the byte at an offset of the output; false when nothing did. */
bool ptxi_outmap_find(const struct ptxi_outmap *m, size_t offset, struct ptxi_outmap_place *out);
/* The whole output. */
struct ptx_str ptxi_outmap_text(const struct ptxi_outmap *m);

/* For the executor. What is kept across a call of a template, and across an action. */
struct ptxi_outmap_state {
	void *text, *texts;
	const struct ptxi_outmap_frame *frame;
};
/* A template is called at a node, and writes behind `at` bytes of its output, which is a new text
 * or the caller's. */
struct ptxi_outmap_state ptxi_outmap_enter(struct ptxi_outmap *m, const struct ptxi_source *source,
					   const struct ptxi_node *call, bool is_new);
void ptxi_outmap_leave(struct ptxi_outmap *m, struct ptxi_outmap_state before, struct ptx_str text,
		       bool is_new);
/* A text node writes from `at` on. */
void ptxi_outmap_literal(struct ptxi_outmap *m, size_t at, const struct ptxi_source *source,
			 size_t pos);
/* An action is evaluated, and then writes. */
struct ptxi_outmap_state ptxi_outmap_begin(struct ptxi_outmap *m);
void ptxi_outmap_action(struct ptxi_outmap *m, struct ptxi_outmap_state before, size_t at,
			const struct ptxi_source *source, size_t pos);

#endif
