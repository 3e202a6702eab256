/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - what the commands on clusters share. */
#ifndef CLI_CMD_CLUSTER_H
#define CLI_CMD_CLUSTER_H

#include <pitrix/cluster.h>

#include "../answers.h"
#include "../commands.h"
#include "../print.h"
#include "../problems.h"
#include "../prompt.h"
#include "../run.h"

enum plan_format { PLAN_TREE, PLAN_JSON, PLAN_YAML, PLAN_DOT };
extern const struct opt_choice plan_formats[];

/* What `--plan` prints for the format of `-o`. */
int cluster_plan_format(int output);

/* The option of every verb that changes. */
#define OPT_FROM_PLAN(s, m)                                                                        \
	OPT_STR(0, "from-plan", s, m, "FILE",                                                      \
		"do exactly what a plan says that was saved with --plan -o json",                  \
		.complete = COMPLETE_FILE)

/* Prints a plan. */
int cluster_print_plan(struct cli *cli, const struct ptx_plan *p, int format,
		       struct ptx_error **err);

/* Prints a cluster, by id or name, with its nodes. */
int cluster_print(struct cli *cli, const char *cluster, int format, struct ptx_error **err);

/* The cluster of a job, as an owned id; NULL with *err set. */
char *cluster_of_job(struct cli *cli, const char *job, struct ptx_error **err);

#endif
