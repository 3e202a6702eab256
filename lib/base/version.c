/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - which library this is. */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"

#include <pitrix/version.h>

const char *ptx_version(void)
{
	return PACKAGE_VERSION;
}

const char *ptx_version_feature(size_t i)
{
	static const char *const features[] = { NULL };

	return i < PTXI_COUNT(features) ? features[i] : NULL;
}
