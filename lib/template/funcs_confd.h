/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_confd.h - the numeric half of confd's functions (funcs_confd_number.c), for the table in funcs_confd.c. */
#ifndef PTXI_TEMPLATE_FUNCS_CONFD_H
#define PTXI_TEMPLATE_FUNCS_CONFD_H

#include "funcs.h"

#define PTXI_CONFD_FN(name) \
	struct ptx_value *ptxi_confd_##name(struct ptxi_exec *x, struct ptx_value **args, size_t n, struct ptx_error **err)

PTXI_CONFD_FN(add);
PTXI_CONFD_FN(sub);
PTXI_CONFD_FN(mul);
PTXI_CONFD_FN(div);
PTXI_CONFD_FN(mod);
PTXI_CONFD_FN(max);
PTXI_CONFD_FN(min);
PTXI_CONFD_FN(eq);
PTXI_CONFD_FN(ne);
PTXI_CONFD_FN(lt);
PTXI_CONFD_FN(le);
PTXI_CONFD_FN(gt);
PTXI_CONFD_FN(ge);
PTXI_CONFD_FN(to_int);
PTXI_CONFD_FN(seq);

/* Tells the environment of something that is probably a mistake. */
void ptxi_confd_warn(struct ptxi_exec *x, const char *fmt, ...) PTXI_PRINTF(2, 3);

#endif
