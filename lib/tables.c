/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - tables whose rows live in rooms above those that own the tables: the one file that
 * sees all drivers. */
#define PTX_AREA PTX_AREA_BASE
#include "package/kind.h"
#include "provider/docker/docker.h"

/* In the order in which they are asked whether a package is theirs. */
const struct ptxi_package_kind *const ptxi_package_kinds[] = {
	&ptxi_package_kind_vm,
	&ptxi_package_kind_helm,
	NULL,
};

const struct ptx_provider *const ptxi_providers[] = {
	&ptxi_provider_docker,
	NULL,
};
