/* SPDX-License-Identifier: Apache-2.0 */
/* env.h - the object that templates begin at: .Release, .Chart, .Values, .Files, .Capabilities,
 * .Subcharts. */
#ifndef PTXI_CHART_ENV_H
#define PTXI_CHART_ENV_H

#include "chart.h"
#include "../template/exec.h"

struct ptxi_chart_release {
	const char *name, *name_space;
	bool is_upgrade, is_install;
	int64_t revision;
	struct ptx_value *caps;
};

/* .Release */
struct ptx_value *ptxi_chart_release_value(struct ptx_arena *a, const struct ptxi_chart_release *r);
/* The object of one chart, in the render's arena; values may be NULL. .Subcharts is empty as yet.
 * NULL without memory. */
struct ptx_value *ptxi_chart_env(struct ptxi_render *r, const struct ptxi_chart_use *u,
				 struct ptx_value *release, struct ptx_value *caps,
				 struct ptx_value *values);

#endif
