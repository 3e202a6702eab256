/* SPDX-License-Identifier: Apache-2.0 */
/* create.h - the files of a new chart. */
#ifndef PTXI_CHART_CREATE_H
#define PTXI_CHART_CREATE_H

#include "chart.h"

struct ptxi_chart_starter {
	const char *path; /* NULL ends the list */
	const char *text; /* with @NAME@ */
};
extern const struct ptxi_chart_starter ptxi_chart_starter[];

#endif
