/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - hashes (libmd; OpenSSL for HMAC). */
#ifndef PTXI_DIGEST_H
#define PTXI_DIGEST_H

#include "ptxi.h"

enum ptxi_digest_kind { PTXI_SHA1, PTXI_SHA256, PTXI_SHA512, PTXI_MD5 };
#define PTXI_DIGEST_MAX 64

/* The size in bytes. */
size_t ptxi_digest_size(enum ptxi_digest_kind kind);
/* Digest of one slice; returns the size. */
size_t ptxi_digest(enum ptxi_digest_kind kind, struct ptx_str s,
		   unsigned char out[PTXI_DIGEST_MAX]);
/* The same with a key; 0 when there is no memory. */
size_t ptxi_hmac(enum ptxi_digest_kind kind, struct ptx_str key, struct ptx_str s,
		 unsigned char out[PTXI_DIGEST_MAX]);
/* The checksum of RFC 1950. */
uint32_t ptxi_adler32(struct ptx_str s);
/* The digest as lower-case hex, owned. */
char *ptxi_digest_hex(enum ptxi_digest_kind kind, struct ptx_str s) PTXI_CHECK;

struct ptxi_hasher;
/* Digest of a stream of slices. */
struct ptxi_hasher *ptxi_hasher_new(enum ptxi_digest_kind kind) PTXI_CHECK;
void ptxi_hasher_free(struct ptxi_hasher *h);
PTXI_DEFINE_AUTO(hasher);
void ptxi_hasher_add(struct ptxi_hasher *h, struct ptx_str s);
size_t ptxi_hasher_finish(struct ptxi_hasher *h, unsigned char out[PTXI_DIGEST_MAX]);
/* The digest of a regular file as hex; owned. */
char *ptxi_digest_file_hex(enum ptxi_digest_kind kind, const char *path, struct ptx_error **err);

#endif
