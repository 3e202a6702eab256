/* SPDX-License-Identifier: Apache-2.0 */
/* parser.h - what the parts of the parser share: parse.c (actions), parse_pipe.c (pipelines) and
 * parser.c.
 *
 * After the first failure, which *err tells, everything gives NULL or false. */
#ifndef PTXI_TEMPLATE_PARSER_H
#define PTXI_TEMPLATE_PARSER_H

#include "lex.h"
#include "parse.h"
#include "../base/vec.h"

/* What each tree has for itself while it is parsed. */
struct ptxi_scope {
	PTX_VEC(const struct ptxi_declared *) vars; /* the innermost last */
	unsigned range_depth;
	bool in_action;
	uint32_t action_pos; /* where it began */
};

struct ptxi_parser {
	struct ptx_template *set;
	struct ptx_arena *arena; /* of words, which nodes share: the set's */
	struct ptx_arena *nodes; /* of nodes, and of what only they know */
	const struct ptxi_source *source;
	struct ptxi_lexer lexer;
	struct ptxi_token token[3];
	int peeked;
	unsigned depth;
	struct ptxi_scope *scope;
	PTX_VEC(struct ptxi_node *) stack;
	struct ptxi_node mark; /* the END or ELSE that was read last: they are in no tree */
	struct ptxi_trees *trees;
	struct ptx_error **err;
	bool failed;
};

/* Blanks are tokens, since they separate operands; so up to three tokens are looked ahead. What
 * peeking gives is there until the next token is read. */
static inline const struct ptxi_token *ptxi_parser_peek(struct ptxi_parser *p)
{
	if (p->peeked == 0) {
		p->token[0] = ptxi_lexer_next(&p->lexer);
		p->peeked = 1;
	}
	return &p->token[p->peeked - 1];
}

static inline const struct ptxi_token *ptxi_parser_peek_non_space(struct ptxi_parser *p)
{
	const struct ptxi_token *t = ptxi_parser_peek(p);

	while (t->kind == PTXI_TOKEN_SPACE) {
		p->peeked--;
		t = ptxi_parser_peek(p);
	}
	return t;
}

static inline struct ptxi_token ptxi_parser_next(struct ptxi_parser *p)
{
	struct ptxi_token t = *ptxi_parser_peek(p);

	p->peeked--;
	return t;
}

static inline struct ptxi_token ptxi_parser_next_non_space(struct ptxi_parser *p)
{
	struct ptxi_token t = *ptxi_parser_peek_non_space(p);

	p->peeked--;
	return t;
}

static inline void ptxi_parser_backup(struct ptxi_parser *p)
{
	p->peeked++;
}

static inline void ptxi_parser_backup2(struct ptxi_parser *p, struct ptxi_token t1)
{
	p->token[1] = t1;
	p->peeked = 2;
}

static inline void ptxi_parser_backup3(struct ptxi_parser *p, struct ptxi_token t2,
				       struct ptxi_token t1)
{
	p->token[1] = t1;
	p->token[2] = t2;
	p->peeked = 3;
}

/* Fails at the token that was read last; returns NULL. */
void *ptxi_parser_fail(struct ptxi_parser *p, int code, const char *fmt, ...) PTXI_PRINTF(3, 4);
void *ptxi_parser_no_memory(struct ptxi_parser *p);
/* Fails for a token that may not stand there, or with the lexer's words. */
void *ptxi_parser_unexpected(struct ptxi_parser *p, const struct ptxi_token *t,
			     const char *context);

struct ptxi_node *ptxi_parser_node(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos);
/* Lists are gathered on a stack, inner ones above outer ones: where one began is a level of it.
 * False for NULL and without memory. */
bool ptxi_parser_push(struct ptxi_parser *p, struct ptxi_node *n);
/* What is above the level, the last `decls` of it set by a PIPE, as a LIST, COMMAND or PIPE. */
struct ptxi_node *ptxi_parser_list(struct ptxi_parser *p, enum ptxi_node_kind kind, size_t pos,
				   size_t level, unsigned decls);
/* One level deeper; who enters takes one off p->depth. */
bool ptxi_parser_enter(struct ptxi_parser *p);
bool ptxi_parser_expect(struct ptxi_parser *p, enum ptxi_token_kind kind, const char *context);

/* parse_pipe.c: a variable that comes into scope, NULL after a failure; the value of a string
 * token; and a pipeline up to the token `end`, which is read. */
const struct ptxi_declared *ptxi_parser_declare(struct ptxi_parser *p, struct ptx_str name);
struct ptx_value *ptxi_parser_string(struct ptxi_parser *p, struct ptx_str quoted);
struct ptxi_node *ptxi_parser_pipeline(struct ptxi_parser *p, const char *context,
				       enum ptxi_token_kind end);

#endif
