/* SPDX-License-Identifier: Apache-2.0 */
/* goquote.h - Go's quoted strings, and the escaping that Go's templates offer. */
#ifndef PTXI_TEXT_GOQUOTE_H
#define PTXI_TEXT_GOQUOTE_H

#include "../base/ptxi.h"

struct ptx_arena;

/* Appends "s" as a Go string literal; with `ascii` everything above ASCII is escaped. */
void ptxi_go_quote(struct ptx_str s, bool ascii, struct ptx_buf *out);
/* "s" in the arena; "" without memory, which the arena remembers. */
const char *ptxi_go_quoted(struct ptx_arena *a, const char *text);
/* Appends 'r' as a Go character literal. */
void ptxi_go_quote_rune(uint32_t rune, bool ascii, struct ptx_buf *out);
/* True when s can stand between backquotes unchanged. */
bool ptxi_go_can_backquote(struct ptx_str s);
/* Appends what a literal in "", `` or '' stands for; false when it is malformed. */
bool ptxi_go_unquote(struct ptx_str literal, struct ptx_buf *out);
/* The code point of a character literal; false when it is malformed, and *whole false when it was
 * only that more than one character stands between the quotes. */
bool ptxi_go_unquote_rune(struct ptx_str literal, uint32_t *rune, bool *whole);

/* html: & < > " ' and NUL. */
void ptxi_html_escape(struct ptx_str s, struct ptx_buf *out);
/* js: for use within a JavaScript string. */
void ptxi_js_escape(struct ptx_str s, struct ptx_buf *out);
/* urlquery: for a query's value, a blank as +. */
void ptxi_url_query_escape(struct ptx_str s, struct ptx_buf *out);

#endif
