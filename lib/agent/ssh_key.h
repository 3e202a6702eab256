/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_key.h - the key by which the superuser of this node comes to the others of its cluster
 * without a password. */
#ifndef PTXI_SSH_KEY_H
#define PTXI_SSH_KEY_H

#include "../base/ptxi.h"

/* The key of a type ("ssh-rsa" or "ssh-dsa") in folder (made, 0700): id_rsa or id_dsa, 0600, beside
 * it the public half as .pub. One that is there is kept. Appends the public half as authorized_keys
 * has it, without a newline.
 *
 * Fails: UNSUPPORTED (no such type), INVALID (what is there is no key of that type), IO, DENIED,
 * INTERNAL, NOMEM.
 */
int ptxi_ssh_key(const char *folder, const char *type, const char *comment, struct ptx_buf *out,
		 struct ptx_error **err);

#endif
