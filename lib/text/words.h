/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - texts by their words: letter cases, shortening, wrapping. Each appends to out. */
#ifndef PTXI_TEXT_WORDS_H
#define PTXI_TEXT_WORDS_H

#include "../base/ptxi.h"

/* The first letter of each word in title case. */
void ptxi_words_title(struct ptx_str s, struct ptx_buf *out);
/* The first letter of each word in lower case. */
void ptxi_words_untitle(struct ptx_str s, struct ptx_buf *out);
/* Upper case lower, lower case upper, but in title case at the start of a word. */
void ptxi_words_swap_case(struct ptx_str s, struct ptx_buf *out);
/* "HTTPServer" as http_server, http-server, and "http_server" as HttpServer. */
void ptxi_words_snake(struct ptx_str s, struct ptx_buf *out);
void ptxi_words_kebab(struct ptx_str s, struct ptx_buf *out);
void ptxi_words_pascal(struct ptx_str s, struct ptx_buf *out);
/* The first byte of each word, as a character. */
void ptxi_words_initials(struct ptx_str s, struct ptx_buf *out);
/* Without white space; each byte that is left as a character. */
void ptxi_words_without_blanks(struct ptx_str s, struct ptx_buf *out);
/* At most width bytes (4 or more) from about offset on, with `...` for what is left out. */
void ptxi_words_abbreviate(struct ptx_str s, int64_t offset, int64_t width, struct ptx_buf *out);
/* Lines of at most width bytes, broken at blanks by newline ("": "\n"); with cut long words are
 * broken too. */
void ptxi_words_wrap(struct ptx_str s, int64_t width, struct ptx_str newline, bool cut,
		     struct ptx_buf *out);

#endif
