/* SPDX-License-Identifier: Apache-2.0 */
/* crds.h - which files of a chart are definitions of resources. */
#ifndef PTXI_CHART_CRDS_H
#define PTXI_CHART_CRDS_H

#include <stdbool.h>

bool ptxi_chart_is_crd(const char *name);

#endif
