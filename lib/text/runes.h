/* SPDX-License-Identifier: Apache-2.0 */
/* runes.h - classes of code points, and their other letter cases; the answers of Go's package
 * unicode. Letters and digits are in base/unicode.h. */
#ifndef PTXI_TEXT_RUNES_H
#define PTXI_TEXT_RUNES_H

#include "../base/ptxi.h"

/* Letters, marks, numbers, punctuation, symbols and the ASCII blank. */
bool ptxi_rune_is_print(uint32_t rune);
bool ptxi_rune_is_space(uint32_t rune);
bool ptxi_rune_is_upper(uint32_t rune);
bool ptxi_rune_is_lower(uint32_t rune);
bool ptxi_rune_is_title(uint32_t rune);
bool ptxi_rune_is_punctuation(uint32_t rune);
bool ptxi_rune_is_number(uint32_t rune); /* digits, and what else has an amount */
uint32_t ptxi_rune_upper(uint32_t rune);
uint32_t ptxi_rune_lower(uint32_t rune);
uint32_t ptxi_rune_title(uint32_t rune);

/* Appends s with each code point mapped; an invalid byte becomes U+FFFD. */
void ptxi_text_map_runes(struct ptx_str s, uint32_t (*map)(uint32_t), struct ptx_buf *out);

#endif
