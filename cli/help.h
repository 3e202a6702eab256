/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - pages of help, made of the tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli.h"

void help_all(struct cli *cli, struct ptx_buf *out);
void help_noun(struct cli *cli, struct ptx_buf *out, const struct cmd_noun *noun);
void help_command(struct cli *cli, struct ptx_buf *out, const struct cmd *c);

/* The first steps, for the head of `pitrix --help` and pitrix(1). */
extern const struct cmd_example help_examples[];

#endif
