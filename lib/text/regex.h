/* SPDX-License-Identifier: Apache-2.0 */
/* regex.h - Go's regular expressions (package regexp), in linear time.
 *
 * A compiled expression may be used by many threads. Text that is not valid UTF-8 is matched as Go matches it: each
 * invalid byte is U+FFFD. */
#ifndef PTXI_TEXT_REGEX_H
#define PTXI_TEXT_REGEX_H

#include "../base/ptxi.h"

struct ptxi_regex;

/* Compiles an expression in Go's syntax.
 *
 * Returns: owned.  Fails: SYNTAX ("error parsing regexp: ...", as Go says it), LIMIT (it is too large), UNSUPPORTED
 *          (the module is not installed), NOMEM.
 */
struct ptxi_regex *ptxi_regex_compile(struct ptx_str pattern, struct ptx_error **err);
void ptxi_regex_free(struct ptxi_regex *re);
PTXI_DEFINE_AUTO(regex);
/* 1 when the expression matches anywhere in the text, 0 when not, or a code with *err set. */
int ptxi_regex_match(const struct ptxi_regex *re, struct ptx_str text, struct ptx_error **err);

#endif
