/* SPDX-License-Identifier: Apache-2.0 */
/* gofmt_priv.h - one directive's flags, and the values that are written under them (gofmt.c,
 * gofmt_format.c). */
#ifndef PTXI_TEXT_GOFMT_PRIV_H
#define PTXI_TEXT_GOFMT_PRIV_H

#include "gofmt.h"

struct ptxi_fmt_flags {
	bool has_width, has_precision;
	bool minus, plus, sharp, space, zero;
	bool plus_v, sharp_v; /* %+v and %#v */
};

struct ptxi_fmt {
	struct ptx_buf *out;
	struct ptx_arena *scratch;
	struct ptxi_fmt_flags f;
	int width, precision;
	bool erroring; /* writing the value of a bad verb */
	unsigned depth;
};

void ptxi_fmt_rune(struct ptxi_fmt *p, uint32_t rune);
/* Writes one argument under a verb. */
void ptxi_fmt_arg(struct ptxi_fmt *p, const struct ptx_value *v, uint32_t verb);

#endif
