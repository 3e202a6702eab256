/* SPDX-License-Identifier: Apache-2.0 */
/* crds.c - the files of crds/, of a chart and then of its subcharts. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "crds.h"
#include "../base/path.h"

#include <strings.h>

bool ptxi_chart_is_crd(const char *name)
{
	const char *ext = ptxi_path_ext(name);

	return strncmp(name, "crds/", 5) == 0 &&
	       (strcasecmp(ext, ".yaml") == 0 || strcasecmp(ext, ".yml") == 0 ||
		strcasecmp(ext, ".json") == 0);
}

static const struct ptxi_chart_file *nth(const struct ptxi_chart *c, size_t *i)
{
	const struct ptxi_chart_file *f = NULL;

	for (size_t k = 0; k < c->files.n; k++)
		if (ptxi_chart_is_crd(c->files.v[k].name) && (*i)-- == 0)
			return &c->files.v[k];
	for (size_t k = 0; !f && k < c->children.n; k++)
		f = nth(c->children.v[k], i);
	return f;
}

bool ptx_chart_crd_at(const struct ptx_chart *c, size_t i, const char **name, struct ptx_str *text)
{
	const struct ptxi_chart_file *f = nth(c->root, &i);

	if (!f || ptxi_chart_unpack_rest(c, NULL) < 0)
		return false;
	*name = f->name;
	*text = ptxi_chart_file_text(f);
	return true;
}
