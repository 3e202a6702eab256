/* SPDX-License-Identifier: Apache-2.0 */
/* gocast.h - conversions that never fail, as Go's template functions make them. What cannot be
 * converted is zero. */
#ifndef PTXI_TEXT_GOCAST_H
#define PTXI_TEXT_GOCAST_H

#include "gotype.h"

/* Go's int64(f) on a machine where what does not fit becomes the smallest number. */
int64_t ptxi_go_truncate(double f);
/* Numbers of any type, booleans, and strings in Go's notation of whole numbers (0x1f, 0o17, 017,
 * "3.00"). */
int64_t ptxi_go_to_int64(const struct ptx_value *v);
/* Numbers of any type, booleans, and strings in Go's notation of floats. */
double ptxi_go_to_float64(const struct ptx_value *v);
/* nil, zero numbers, false, and what has no members; a struct never is. */
bool ptxi_go_empty(const struct ptx_value *v);
/* The text of a value: a string or bytes as they are, everything else as Print writes it. What must
 * be made is made in the arena; {NULL, 0} without memory. */
struct ptx_str ptxi_go_strval(const struct ptx_value *v, struct ptx_arena *a);

#endif
