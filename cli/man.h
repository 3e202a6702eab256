/* SPDX-License-Identifier: Apache-2.0 */
/* man.h - manual pages, made of the tables. */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "cli.h"

/* pitrix(1) */
void man_program(struct ptx_buf *out);
/* pitrix-PATH(1) */
void man_command(struct ptx_buf *out, const struct cmd *c);
/* "pitrix-cluster-deploy" */
void man_name(struct ptx_buf *out, const struct cmd *c);

#endif
