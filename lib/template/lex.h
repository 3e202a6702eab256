/* SPDX-License-Identifier: Apache-2.0 */
/* lex.h - the tokens of Go's template language. */
#ifndef PTXI_TEMPLATE_LEX_H
#define PTXI_TEMPLATE_LEX_H

#include "../base/ptxi.h"

enum ptxi_token_kind {
	PTXI_TOKEN_ERROR, /* text says what is wrong */
	PTXI_TOKEN_BOOL,
	PTXI_TOKEN_CHAR, /* any printable character that is nothing else, as a comma */
	PTXI_TOKEN_CHAR_CONSTANT,
	PTXI_TOKEN_COMPLEX,
	PTXI_TOKEN_ASSIGN,
	PTXI_TOKEN_DECLARE,
	PTXI_TOKEN_EOF,
	PTXI_TOKEN_FIELD,
	PTXI_TOKEN_IDENTIFIER,
	PTXI_TOKEN_LEFT_DELIM,
	PTXI_TOKEN_LEFT_PAREN,
	PTXI_TOKEN_NUMBER,
	PTXI_TOKEN_PIPE,
	PTXI_TOKEN_RAW_STRING,
	PTXI_TOKEN_RIGHT_DELIM,
	PTXI_TOKEN_RIGHT_PAREN,
	PTXI_TOKEN_SPACE,
	PTXI_TOKEN_STRING,
	PTXI_TOKEN_TEXT,
	PTXI_TOKEN_VARIABLE,
	PTXI_TOKEN_KEYWORD, /* none itself: keywords come after it */
	PTXI_TOKEN_BLOCK,
	PTXI_TOKEN_BREAK,
	PTXI_TOKEN_CONTINUE,
	PTXI_TOKEN_DOT,
	PTXI_TOKEN_DEFINE,
	PTXI_TOKEN_ELSE,
	PTXI_TOKEN_END,
	PTXI_TOKEN_IF,
	PTXI_TOKEN_NIL,
	PTXI_TOKEN_RANGE,
	PTXI_TOKEN_TEMPLATE,
	PTXI_TOKEN_WITH
};

struct ptxi_token {
	enum ptxi_token_kind kind;
	uint32_t pos; /* byte offset in the text; lines are counted when a message needs one */
	struct ptx_str text; /* of the template; of an error: the lexer's message */
};

struct ptxi_lexer {
	struct ptx_str input;
	struct ptx_str left, right; /* the delimiters */
	size_t start, pos;          /* of the token being read */
	unsigned parens;
	bool in_action;
	bool failed;
	bool break_ok, continue_ok; /* they are keywords, not functions */
	char message[256];          /* of an error */
};

/* input and the delimiters ({NULL, 0}: {{ and }}) are borrowed. */
void ptxi_lexer_init(struct ptxi_lexer *l, struct ptx_str input, struct ptx_str left,
		     struct ptx_str right);
/* The next token. After an error or the end it is that again. */
struct ptxi_token ptxi_lexer_next(struct ptxi_lexer *l);
/* Appends the token as Go's messages name it: "\"foo\"", "<if>", "EOF". */
void ptxi_token_print(const struct ptxi_token *t, struct ptx_buf *out);

#endif
