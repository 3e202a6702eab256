/* SPDX-License-Identifier: Apache-2.0 */
/* release.h - what Pilot says of an agent's program that machines shall run, and its signature.
 *
 * The statement is text in one form only, so that there is one way to sign it. It is signed by the
 * VPC's root key, which never leaves Pilot: an agent needs no trust but that in its root. Nothing
 * else that the key signs begins like it (a certificate's first byte is 0x30), so neither can be
 * taken for the other. Thread: any.
 */
#ifndef PTXI_RELEASE_H
#define PTXI_RELEASE_H

#include "wire.h"

#define PTXI_RELEASE_MAX_STATEMENT 512
#define PTXI_RELEASE_MAX_SIGNATURE 256

struct ptxi_release {
	char vpc[64];
	char version[32];
	int64_t size;
	char sha256[65]; /* of the program */
};

/* The statement of a release, owned. INVALID (a member that is none), NOMEM. */
char *ptxi_release_write(const struct ptxi_release *r, struct ptx_error **err);
/* Reads one without trusting it: exactly what ptxi_release_write() makes. SYNTAX. */
int ptxi_release_read(const char *statement, struct ptxi_release *r, struct ptx_error **err);
/* The signature in base64, owned. key: PEM of the VPC's root key. */
char *ptxi_release_sign(const char *statement, const char *key, struct ptx_error **err);
/* Reads a statement that the key of this root certificate has signed for this VPC. UNTRUSTED,
 * SYNTAX. */
int ptxi_release_verify(const char *statement, const char *signature, const char *root,
			const char *vpc, struct ptxi_release *r, struct ptx_error **err);

/* Orders versions: dotted numbers, and a suffix behind a '-' is before the same without one. <0, 0,
 * >0. */
int ptxi_release_order(const char *a, const char *b);
/* 64 lower-case hex digits. */
bool ptxi_release_digest_ok(const char *hex);

#endif
