/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - secrets at rest: AES-256-GCM, the reference bound in, so that one cannot be put in
 * another's place. */
#ifndef PTXI_STORE_SEAL_H
#define PTXI_STORE_SEAL_H

#include "../base/ctx.h"

struct ptxi_seal;

/* With the installation's key: $PITRIX_STATE_KEY (64 hex digits), what the command in
 * $PITRIX_STATE_KEY_COMMAND prints, or the file seal.key in the home folder, which is made (0600)
 * at first use. Fails: CONFIG, DENIED (others may read the file), IO. */
struct ptxi_seal *ptxi_seal_new(const struct ptx_ctx *ctx, const char *home,
				struct ptx_error **err);
/* With a key derived from a passphrase and salt (scrypt). */
struct ptxi_seal *ptxi_seal_from_passphrase(const struct ptx_ctx *ctx, const char *passphrase,
					    struct ptx_str salt, struct ptx_error **err);
void ptxi_seal_free(struct ptxi_seal *s);
PTXI_DEFINE_AUTO(seal);

/* Appends the sealed form: a JSON text. Thread: any. */
int ptxi_seal_close(const struct ptxi_seal *s, const char *ref, struct ptx_str text,
		    struct ptx_buf *out, struct ptx_error **err);
/* Owned, NUL-terminated; free with ptxi_free_secret(). UNTRUSTED when the key or the reference is
 * another. */
char *ptxi_seal_open(const struct ptxi_seal *s, const char *ref, struct ptx_str sealed,
		     struct ptx_error **err);

#endif
