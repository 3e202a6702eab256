/* SPDX-License-Identifier: Apache-2.0 */
/* gostring.h - what Go's package strings does, where base/str.h does not: by Unicode, and making
 * new text. */
#ifndef PTXI_TEXT_GOSTRING_H
#define PTXI_TEXT_GOSTRING_H

#include "../base/ptxi.h"

/* Without Unicode's white space at both ends. */
struct ptx_str ptxi_text_trim_space(struct ptx_str s);
/* Without the characters of a set at both ends. */
struct ptx_str ptxi_text_trim_set(struct ptx_str s, struct ptx_str set);
/* Appends s with the first `most` (SIZE_MAX: all) occurrences of from as to; an empty from stands
 * before each character and at the end. */
void ptxi_text_replace(struct ptx_str s, struct ptx_str from, struct ptx_str to, size_t most,
		       struct ptx_buf *out);
/* The next part of a text that a separator cuts (an empty one cuts between characters). False past
 * the last; *rest is {NULL, 0} behind the last part. */
bool ptxi_text_next(struct ptx_str *rest, struct ptx_str sep, struct ptx_str *part);

#endif
