/* SPDX-License-Identifier: Apache-2.0 */
/* gofmt.h - Go's package fmt over values: Print, Println and Printf with every verb and flag.
 *
 * NULL and null values are Go's nil. Maps are written sorted by key. What nests deeper than 1,000
 * levels (a template may build cycles) is written as `...`. */
#ifndef PTXI_TEXT_GOFMT_H
#define PTXI_TEXT_GOFMT_H

#include "gotype.h"

/* Appends v as Go's Print writes one operand (%v). scratch holds what sorting maps needs. */
void ptxi_go_print_value(const struct ptx_value *v, struct ptx_arena *scratch, struct ptx_buf *out);
/* The same as templates print what an action comes to: a pointer as what it points to, and what can
 * be addressed with the String() of its pointer. */
void ptxi_go_print_action(const struct ptx_value *v, struct ptx_arena *scratch,
			  struct ptx_buf *out);
/* Print: a blank between operands that are both no strings. */
void ptxi_go_print(struct ptx_value *const *args, size_t n, struct ptx_arena *scratch,
		   struct ptx_buf *out);
/* Println: a blank between operands, and a newline. */
void ptxi_go_println(struct ptx_value *const *args, size_t n, struct ptx_arena *scratch,
		     struct ptx_buf *out);
/* Printf. What is wrong with the format shows in the output, as in Go. */
void ptxi_go_printf(struct ptx_str format, struct ptx_value *const *args, size_t n,
		    struct ptx_arena *scratch, struct ptx_buf *out);

/* "2006-01-02 15:04:05.999999999 -0700 MST". */
void ptxi_go_print_time(const struct ptxi_time *t, struct ptx_buf *out);
/* "1h15m30.918s". */
void ptxi_go_print_duration(int64_t ns, struct ptx_buf *out);

#endif
