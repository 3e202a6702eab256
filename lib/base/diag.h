/* SPDX-License-Identifier: Apache-2.0 */
/* diag.h - filling a list of problems. */
#ifndef PTXI_DIAG_H
#define PTXI_DIAG_H

#include "ptxi.h"

/* Adds a problem. Strings are copied. d may be NULL: then it is dropped. where.file may be NULL. */
void ptxi_diag_add(struct ptx_diags *d, enum ptx_severity severity, int code, const char *rule,
		   struct ptx_where where, const char *path, const char *fmt, ...)
    PTXI_PRINTF(7, 8);
/* Sets the hint of the problem added last. */
void ptxi_diag_hint(struct ptx_diags *d, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* Adds what is in another list, which is empty then. */
void ptxi_diags_move(struct ptx_diags *d, struct ptx_diags *from);
/* Adds an error as a problem of severity error. */
void ptxi_diag_add_error(struct ptx_diags *d, const char *rule, const struct ptx_error *e);
/* The list is sticky: NOMEM, in *err too, once a problem could not be kept whole, or the problem
 * was that there is no memory, which is no finding; else 0. For those whose result is the list. */
int ptxi_diags_check(const struct ptx_diags *d, struct ptx_error **err);
/* When the list holds errors: sets *err to the first one (the others counted in a context) and
 * returns its code; else 0. */
int ptxi_diags_fail(const struct ptx_diags *d, struct ptx_error **err);

#endif
