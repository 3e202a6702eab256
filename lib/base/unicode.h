/* SPDX-License-Identifier: Apache-2.0 */
/* unicode.h - classes of characters. */
#ifndef PTXI_UNICODE_H
#define PTXI_UNICODE_H

#include "ptxi.h"

bool ptxi_unicode_is_letter(uint32_t rune);
bool ptxi_unicode_is_digit(uint32_t rune);

#endif
