/* SPDX-License-Identifier: Apache-2.0 */
/* follow.h - shows a job while it runs, from its events. */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include <pitrix/job.h>

#include "cli.h"

struct follow;

/* Begins to show: a block that is redrawn on a terminal, else a line for each thing that happens
 * (none with --quiet). NULL only without memory, with *err set. */
struct follow *follow_new(struct cli *cli, struct ptx_error **err);
/* A ptx_event_fn; user is the struct follow. */
int follow_event(const struct ptx_event *e, void *user);
/* Takes the block away; what is done stays on the screen. */
void follow_free(struct follow *f);

/* Around other text on the terminal, so that it does not land in the block. f may be NULL. */
void follow_pause(struct follow *f);
void follow_resume(struct follow *f);

#endif
