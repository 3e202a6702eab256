/* SPDX-License-Identifier: Apache-2.0 */
/* deflate_zlib.c - the module `deflate`: zlib, which only those need who pack. */
#include "../base/module.h"
#include "deflate.h"

#define GZIP   16
#define MEMORY 8 /* of 9: zlib's default */

static int init(z_stream *z)
{
	return deflateInit2(z, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP, MEMORY,
			    Z_DEFAULT_STRATEGY);
}

static const struct ptxi_deflate_table table = { PTXI_MODULE_ABI, init, deflate, deflateEnd };
PTXI_MODULE_EXPORT(deflate, table);
