/* SPDX-License-Identifier: Apache-2.0 */
/* gostrvals.h - what Helm says of an expression of --set that it cannot read. */
#ifndef PTXI_TEXT_GOSTRVALS_H
#define PTXI_TEXT_GOSTRVALS_H

#include "../value/strvals.h"

/* Appends its words ("key \"a\" has no value"); nothing where the error says all (OTHER). */
void ptxi_go_strvals_problem(const struct ptxi_strvals_problem *p, struct ptx_arena *scratch,
			     struct ptx_buf *out);

#endif
