/* SPDX-License-Identifier: Apache-2.0 */
/* opts.c - one rule for every options struct: the caller's size says which members it knows; the
 * others keep our defaults. A caller newer than this library may only leave the members that we do
 * not know zero. */
#define PTX_AREA PTX_AREA_BASE
#include "opts.h"

int ptxi_opts_read(void *out, size_t own, const void *opts, struct ptx_error **err)
{
	size_t given = 0;

	if (!opts)
		return 0;
	memcpy(&given, opts, sizeof(given));
	if (given < sizeof(given))
		return ptx_fail(err, PTX_E_USAGE,
				"an options struct without its size; use its _INIT macro");
	for (size_t i = own; i < given; i++)
		if (((const unsigned char *)opts)[i])
			return ptx_fail(
			    err, PTX_E_UNSUPPORTED,
			    "an option of a newer version is set (%zu bytes given, %zu known)",
			    given, own);
	memcpy(out, opts, given < own ? given : own);
	memcpy(out, &own, sizeof(own));
	return 0;
}
