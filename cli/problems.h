/* SPDX-License-Identifier: Apache-2.0 */
/* problems.h - lists of problems, printed or as values. */
#ifndef CLI_PROBLEMS_H
#define CLI_PROBLEMS_H

#include "cli.h"

/* Writes problems of this severity and above, a line each; to stdout where they are the result,
 * else to stderr. */
void problems_print(struct cli *cli, const struct ptx_diags *d, enum ptx_severity least,
		    bool result);

/* [{severity, rule, message, path, hint, file, line, column}] */
struct ptx_value *problems_value(struct ptx_arena *a, const struct ptx_diags *d);

/* What a call came to that left problems behind: prints them on stderr (warnings too), and takes
 * over an error that they tell already. Returns 0 when rc is 0, else the exit status, with *err
 * free again; or rc with *err as it is, when no problem tells it. */
int problems_settle(struct cli *cli, const struct ptx_diags *d, int rc, struct ptx_error **err);

#endif
