/* SPDX-License-Identifier: Apache-2.0 */
/* prompt.h - questions to a person. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli.h"

/* The option of every command that destroys something. */
#define OPT_YES(s, m) OPT_BOOL('y', "yes", s, m, "do not ask")

/* Asks whether to do what cannot be undone. yes: it was agreed to already.
 *
 * Returns: 0 when agreed.  Fails: USAGE without a terminal to ask on, CANCELED when the answer is
 * no.
 */
int prompt_confirm(struct cli *cli, bool yes, const char *question, struct ptx_error **err);

#endif
