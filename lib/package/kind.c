/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c - which kind a package is of. The rows stand in lib/tables.c, which sees all rooms that
 * have some. */
#define PTX_AREA PTX_AREA_PACKAGE
#include "kind.h"

const struct ptxi_package_kind *ptxi_package_kind_find(const char *name)
{
	for (size_t i = 0; ptxi_package_kinds[i]; i++)
		if (strcmp(ptxi_package_kinds[i]->name, name) == 0)
			return ptxi_package_kinds[i];
	return NULL;
}

const struct ptxi_package_kind *ptxi_package_kind_detect(struct ptx_package *p)
{
	for (size_t i = 0; ptxi_package_kinds[i]; i++)
		if (ptxi_package_kinds[i]->detect(p))
			return ptxi_package_kinds[i];
	return NULL;
}
