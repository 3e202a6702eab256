/* SPDX-License-Identifier: Apache-2.0 */
/* ast.h - the tree of a parsed template.
 *
 * Nodes live in the arena of their set and never change once parsed, so that many threads may
 * execute them. */
#ifndef PTXI_TEMPLATE_AST_H
#define PTXI_TEMPLATE_AST_H

#include "../value/value.h"

struct ptxi_func;

/* One text that was parsed: the templates that it defines point to it. */
struct ptxi_source {
	const char *name;
	struct ptx_str text; /* NUL-terminated */
};

enum ptxi_node_kind {
	PTXI_NODE_TEXT,
	PTXI_NODE_ACTION,
	PTXI_NODE_IF,
	PTXI_NODE_RANGE,
	PTXI_NODE_WITH,
	PTXI_NODE_TEMPLATE,
	PTXI_NODE_BREAK,
	PTXI_NODE_CONTINUE,
	PTXI_NODE_LIST,
	PTXI_NODE_PIPE,
	PTXI_NODE_COMMAND,
	PTXI_NODE_IDENTIFIER,
	PTXI_NODE_VARIABLE,
	PTXI_NODE_FIELD,
	PTXI_NODE_CHAIN,
	PTXI_NODE_DOT,
	PTXI_NODE_NIL,
	PTXI_NODE_BOOL,
	PTXI_NODE_NUMBER,
	PTXI_NODE_STRING,
	/* while parsing only */
	PTXI_NODE_ELSE,
	PTXI_NODE_END
};

struct ptxi_node;

/* Shared by all that name it. */
struct ptxi_name {
	struct ptx_str text; /* in the source */
	uint32_t hash;       /* as maps hash it */
};

/* .a.b.c, shared by nodes that say the same. */
struct ptxi_names {
	size_t n;
	const struct ptxi_name *v[];
};
extern const struct ptxi_names ptxi_names_none;

/* What a number written in a template may be taken as. */
struct ptxi_number {
	struct ptx_str text;
	bool is_int, is_uint, is_float;
	bool floaty; /* written so that without a type asked for it is a float64 */
	int64_t i;
	uint64_t u;
	double f;
	struct ptx_value *as_int, *as_float; /* values of int and float64, where it is one */
	struct ptx_value *as_complex;        /* of one written with an i */
};

#define PTXI_NODE_MOST ((1u << 24) - 1) /* in a list, command or pipeline */

/* A variable that was declared, shared by all uses. */
struct ptxi_declared {
	struct ptx_str name; /* with its $ */
	uint32_t symbol;
};

/* A string as it is written, shared by all that say the same. */
struct ptxi_string {
	struct ptx_str quoted;
	struct ptx_value
	    *value; /* NULL: a long text between backquotes, made when it is asked for */
};

/* Of a node there is only as much memory as its kind has members. */
struct ptxi_node {
	uint32_t kind : 5;   /* enum ptxi_node_kind */
	uint32_t decls : 2;  /* PIPE: how many variables it sets */
	uint32_t assign : 1; /* PIPE: = and not := */
	uint32_t count : 24; /* LIST; COMMAND: its words; PIPE: its commands; TEXT: its bytes, if
				they are less than the most */
	uint32_t pos;        /* byte offset in the source */
	union {
		struct ptx_str text;     /* TEXT; of a short one only where it is */
		struct ptxi_node *first; /* LIST, COMMAND, PIPE: of those it counts, side by side;
					    behind them what a PIPE sets */
		struct ptxi_node *pipe;  /* ACTION */
		struct {
			struct ptxi_node *pipe, *list, *else_list; /* else_list may be NULL */
		} branch;                                          /* IF, RANGE, WITH */
		struct {
			struct ptx_str name;
			struct ptxi_node *pipe;   /* or NULL */
		} call;                           /* TEMPLATE */
		const struct ptxi_func *function; /* IDENTIFIER */
		struct {
			const struct ptxi_declared *is;
			const struct ptxi_names *fields;
		} variable;                      /* VARIABLE */
		const struct ptxi_names *fields; /* FIELD */
		struct {
			struct ptxi_node *node;
			const struct ptxi_names *fields;
		} chain;                          /* CHAIN */
		struct ptx_value *boolean;        /* BOOL */
		struct ptxi_number *number;       /* NUMBER */
		const struct ptxi_string *string; /* STRING */
	};
};

/* The nodes that a LIST, COMMAND or PIPE counts. */
static inline struct ptxi_node *const *ptxi_node_list(const struct ptxi_node *n)
{
	return &n->first;
}

/* What a TEXT is. */
static inline struct ptx_str ptxi_text_of(const struct ptxi_node *n)
{
	return (struct ptx_str){ n->text.p, n->count < PTXI_NODE_MOST ? n->count : n->text.n };
}

/* The VARIABLEs that a PIPE sets. */
static inline struct ptxi_node *const *ptxi_pipe_decls(const struct ptxi_node *pipe)
{
	return &pipe->first + pipe->count;
}

/* A template of a set. */
struct ptxi_tree {
	const char *name;
	const struct ptxi_source *source;
	struct ptxi_node *root; /* LIST; NULL: parsed when it is executed, by what struct
				   ptxi_template_env has for it */
};

/* Appends the node as Go prints it in messages. */
void ptxi_node_print(const struct ptxi_node *n, struct ptx_buf *out);
/* What a STRING stands for; it ends with a NUL only where it has a value. */
struct ptx_str ptxi_node_text(const struct ptxi_node *string);
/* The STRING without a value that is all of a pipeline, or NULL. */
const struct ptxi_node *ptxi_pipe_verbatim(const struct ptxi_node *pipe);
/* True when there is nothing in it but blanks. */
bool ptxi_node_is_empty(const struct ptxi_node *n);

/* Line and column of an offset: the line from 1, the column in bytes from 0 as Go counts, and in
 * characters from 1. */
struct ptxi_place {
	unsigned line;
	unsigned byte;
	unsigned column;
};
struct ptxi_place ptxi_source_place(const struct ptxi_source *s, size_t pos);

/* A node with nothing in it; NULL without memory. */
struct ptxi_node *ptxi_node_new(struct ptx_arena *a, enum ptxi_node_kind kind, size_t pos);
/* A TEXT; NULL without memory. */
struct ptxi_node *ptxi_node_new_text(struct ptx_arena *a, size_t pos, struct ptx_str text);
/* A LIST or COMMAND of nodes, at most PTXI_NODE_MOST; a PIPE of commands and behind them `decls`
 * variables. NULL without memory. */
struct ptxi_node *ptxi_node_new_list(struct ptx_arena *a, enum ptxi_node_kind kind, size_t pos,
				     struct ptxi_node *const *v, size_t count, unsigned decls);

#endif
