/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - versions of charts, and the ranges that others ask for. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../text/semver.h"

bool ptxi_chart_version_ok(const char *version)
{
	struct ptxi_semver v;

	return ptxi_semver_parse(ptxi_str(version), false, &v, NULL) == 0;
}

int ptxi_chart_version_fits(const char *constraint, const char *version)
{
	struct ptxi_semver v;
	ptxi_auto(constraint) c = NULL;
	ptx_auto(error) e = NULL;

	if (ptxi_semver_parse(ptxi_str(version), false, &v, NULL) < 0)
		return 0;
	c = ptxi_constraint_parse(ptxi_str(constraint), &e);
	if (!c && ptx_error_code(e) == PTX_E_NOMEM)
		return PTX_E_NOMEM;
	return c && ptxi_constraint_check(c, &v, false);
}

int ptxi_chart_version_problem(const char *version, struct ptx_error **err)
{
	struct ptxi_semver v;

	return ptxi_semver_parse(ptxi_str(version), false, &v, err);
}
