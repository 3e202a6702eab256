/* SPDX-License-Identifier: Apache-2.0 */
/* gonum.h - numbers to and from text by the rules of Go's strconv. */
#ifndef PTXI_TEXT_GONUM_H
#define PTXI_TEXT_GONUM_H

#include "../base/ptxi.h"

enum ptxi_go_number { PTXI_NUMBER_OK, PTXI_NUMBER_SYNTAX, PTXI_NUMBER_RANGE };

/* base 0 takes the prefixes 0x, 0o, 0b, 0 and underscores between digits; else 2 to 36. On RANGE
 * *out is the nearest number that fits. */
enum ptxi_go_number ptxi_go_parse_int(struct ptx_str s, unsigned base, int64_t *out);
enum ptxi_go_number ptxi_go_parse_uint(struct ptx_str s, unsigned base, uint64_t *out);
/* Decimal and hexadecimal floats, underscores, inf, infinity and nan in any case. On RANGE *out is
 * infinite. */
enum ptxi_go_number ptxi_go_parse_float(struct ptx_str s, double *out);
/* "invalid syntax" or "value out of range". */
const char *ptxi_go_number_error(enum ptxi_go_number status);

/* Appends f as strconv.FormatFloat does: format is one of e E f g G b x X, precision -1 the
 * shortest that reads back. With `single` the number is one of Go's float32. */
void ptxi_go_format_float(double f, char format, int precision, bool single, struct ptx_buf *out);

#endif
