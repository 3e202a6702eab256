/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - .Files, and the methods of what templates see of a chart. */
#ifndef PTXI_CHART_FILES_H
#define PTXI_CHART_FILES_H

#include "chart.h"
#include "../template/funcs.h"

/* The files of a chart as templates see them; unread where contents were left for later. */
struct ptx_value *ptxi_chart_files_value(struct ptx_arena *a, const struct ptxi_chart_files *files);
/* Puts contents in that were left for later and are unpacked now. */
void ptxi_chart_files_fetch(struct ptx_value *map, const struct ptxi_chart_files *files);
/* The method of a value that a chart's templates see, or NULL; fits struct ptxi_template_env. */
const struct ptxi_func *ptxi_chart_method(const struct ptx_value *receiver, struct ptx_str name,
					  void *user);

/* 1 when the name matches a pattern of gobwas/glob with `/` as separator, 0 when not, PTX_E_SYNTAX
 * for a malformed one. */
int ptxi_chart_glob(struct ptx_str pattern, struct ptx_str name);

#endif
