/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - where and why an execution failed, for those who explain it better than Go does.
 *
 * The executor fills one when its environment has one, on the way out of a failure; else nothing
 * of it costs anything. Frames go from the innermost out. All strings are in the trace's arena, or
 * live as long as the templates; values are those of the execution, borrowed.
 */
#ifndef PTXI_TEMPLATE_TRACE_H
#define PTXI_TEMPLATE_TRACE_H

#include "ast.h"

struct ptxi_exec;
struct ptxi_operand;

/* How the frame below was entered. */
enum ptxi_frame_kind { PTXI_FRAME_FAULT, PTXI_FRAME_INCLUDE, PTXI_FRAME_TEMPLATE, PTXI_FRAME_TPL };

struct ptxi_frame {
	enum ptxi_frame_kind kind; /* FAULT: the innermost, where it failed */
	const char *file;          /* the text's name; NULL: a text that `tpl` was given */
	struct ptxi_place place;
	const char *node;      /* as it is written */
	struct ptx_where text; /* of a text of `tpl`: where its value stood; file NULL: unknown */
};

/* A value that has to do with it. */
struct ptxi_suspect {
	const char *written; /* ".Values.image.tag": the part that was reached or is missing */
	const struct ptx_value *value;  /* NULL: there is none */
	const struct ptx_value *holder; /* the map that has no such key; NULL: unknown */
	struct ptx_str key;             /* the one that it has not */
	struct ptx_str wanted; /* what was asked of the value: the name behind it; n 0: nothing */
};

#define PTXI_TRACE_FRAMES   64u /* those further out are only counted */
#define PTXI_TRACE_SUSPECTS 4u

struct ptxi_trace {
	struct ptx_arena *arena;
	struct ptxi_frame frames[PTXI_TRACE_FRAMES];
	size_t frame_count; /* may be more than are kept */
	struct ptxi_suspect suspects[PTXI_TRACE_SUSPECTS];
	size_t suspect_count;
	int code;
	const char *message;  /* of the innermost failure, without Go's places */
	const char *function; /* that failed; NULL: none */
};

/* Owned by the caller, who frees the arena. */
int ptxi_trace_init(struct ptxi_trace *t);
void ptxi_trace_done(struct ptxi_trace *t);

/* For the executor, which has checked that there is one. */

/* A new failure at x->at: what was there is gone. */
void ptxi_trace_begin(struct ptxi_exec *x, int code, const char *message);
/* The frame further out, at a node of x->tree. */
void ptxi_trace_frame(struct ptxi_exec *x, enum ptxi_frame_kind kind, const struct ptxi_node *at);
/* Frames in a text of this name are in one that `tpl` was given: this. */
void ptxi_trace_text(struct ptxi_exec *x, const char *name, const struct ptx_value *text);
/* The i-th name of a node's fields failed: `has` is what it was asked of, `holder` what that came
 * from. */
void ptxi_trace_field(struct ptxi_exec *x, const struct ptxi_node *node,
		      const struct ptxi_names *names, size_t i, const struct ptx_value *has,
		      const struct ptx_value *holder);
/* An argument, what it came to, and the data that its fields are of. */
void ptxi_trace_argument(struct ptxi_exec *x, const struct ptx_value *dot,
			 const struct ptxi_node *node, const struct ptx_value *value);
/* The same of what came through a pipeline to a command. */
void ptxi_trace_piped(struct ptxi_exec *x, const struct ptx_value *dot,
		      const struct ptxi_node *command, const struct ptx_value *value);

#endif
