/* SPDX-License-Identifier: Apache-2.0 */
/* dependency.h - what --dependency-update does before a chart is used. */
#ifndef CLI_DEPENDENCY_H
#define CLI_DEPENDENCY_H

#include "cli.h"

struct ptx_chart;

/* True when charts/ lacks something that the chart depends on. */
bool dependency_missing(const struct ptx_chart *c);
/* Updates the dependencies of a chart's folder; progress is told on stderr. Returns 0, or a code
 * with *err set. */
int dependency_update(struct cli *cli, const char *chart, struct ptx_error **err);

#endif
