/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - code points in bytes. Invalid bytes decode one by one as U+FFFD, as Go does. */
#ifndef PTXI_UTF8_H
#define PTXI_UTF8_H

#include "ptxi.h"

#define PTXI_RUNE_ERROR 0xFFFDu

/* The code point at the start of s and, in *len, how many bytes it takes (1 for an invalid one, 0
 * only for an empty slice). */
uint32_t ptxi_utf8_decode(struct ptx_str s, size_t *len);
/* True where the bytes at the start of s are a valid encoding (so that U+FFFD itself can be told).
 */
bool ptxi_utf8_valid_at(struct ptx_str s);
/* Writes up to 4 bytes; returns how many. An invalid code point becomes U+FFFD. */
size_t ptxi_utf8_encode(uint32_t rune, char out[4]);
bool ptxi_utf8_valid(struct ptx_str s);
/* Code points, each invalid byte as one. */
size_t ptxi_utf8_count(struct ptx_str s);

#endif
