/* SPDX-License-Identifier: Apache-2.0 */
/* things.h - names of what exists, for completions. */
#ifndef CLI_THINGS_H
#define CLI_THINGS_H

#include "cli.h"

/* Gets a name and a word about it, both borrowed for the call. */
typedef void (*things_fn)(const char *name, const char *what, void *user);

/* Calls fn for each cluster, runtime or job. Says nothing and makes nothing when there is no state
 * yet; failures give fewer names, never a message. */
void things_each(struct cli *cli, enum opt_complete kind, things_fn fn, void *user);

#endif
