/* SPDX-License-Identifier: Apache-2.0 */
/* gunzip.h - gzip (RFC 1952) out of memory or a file, a piece at a time, sums and lengths checked
 * (ISA-L). */
#ifndef PTXI_PACKAGE_GUNZIP_H
#define PTXI_PACKAGE_GUNZIP_H

#include "../base/ptxi.h"

struct ptxi_gunzip;

bool ptxi_gunzip_is(struct ptx_str bytes);
/* Borrows bytes. most: bytes of output. NULL without memory, or for more than 4 GiB. */
struct ptxi_gunzip *ptxi_gunzip_new(struct ptx_str bytes, uint64_t most) PTXI_CHECK;
/* The same of a file, from where it stands; fd is borrowed. */
struct ptxi_gunzip *ptxi_gunzip_open(int fd, uint64_t most) PTXI_CHECK;
void ptxi_gunzip_free(struct ptxi_gunzip *g);
PTXI_DEFINE_AUTO(gunzip);
/* Fills out with the next n bytes; *got is less at the end only. Members one behind another are one
 * text; what follows the last and is none is left alone. Fails: CORRUPT, LIMIT, NOMEM, IO;
 * ptxi_gunzip_why has a sentence then. */
int ptxi_gunzip_read(struct ptxi_gunzip *g, void *out, size_t n, size_t *got);
/* As read, of bytes that nobody wants. */
int ptxi_gunzip_pass(struct ptxi_gunzip *g, size_t n, size_t *passed);
const char *ptxi_gunzip_why(const struct ptxi_gunzip *g);

#endif
