/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.h - what the module `deflate` implements: zlib's functions that pack. */
#ifndef PTXI_DEFLATE_H
#define PTXI_DEFLATE_H

#include <zlib.h>

struct ptxi_deflate_table {
	unsigned abi; /* PTXI_MODULE_ABI */
	/* deflateInit2(), deflate() and deflateEnd(); gzip's head and the best compression. */
	int (*init)(z_stream *z);
	int (*step)(z_stream *z, int flush);
	int (*end)(z_stream *z);
};

#endif
