/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h - a certificate authority for each VPC.
 *
 *     root (Pilot, sealed)  ->  pilot                      issued by the root itself
 *        |
 *        +-> intermediate (Frontgate; name-constrained, path length 0)  ->  frontgate, each Drone
 *
 * Keys are EC P-256. Names: frontgate.VPC.pitrix.internal, pilot.VPC..., INSTANCE.VPC... (and a
 * Drone's address); the intermediate may sign names of its VPC and private addresses only. Serials
 * are random; certificates start an hour early. Keys, certificates and requests are PEM text here;
 * a private key's text is secret. Returned texts are owned (ptx_free). Thread: any.
 */
#ifndef PTXI_PKI_H
#define PTXI_PKI_H

#include "wire.h"

#define PTXI_PKI_BACKDATE_S     3600
#define PTXI_PKI_ROOT_S         (INT64_C(3650) * 86400)
#define PTXI_PKI_INTERMEDIATE_S (INT64_C(90) * 86400)
#define PTXI_PKI_PILOT_S        INT64_C(86400)
#define PTXI_PKI_LEAF_S         (INT64_C(7) * 86400)
#define PTXI_PKI_NAME_MAX       160
#define PTXI_PKI_MAX_PEM        ((size_t)32 << 10)

/* "INSTANCE.VPC.pitrix.internal". */
void ptxi_pki_name(const char *instance, const char *vpc, char out[PTXI_PKI_NAME_MAX]);

/* A new private key (PKCS#8 PEM). */
char *ptxi_pki_key_new(struct ptx_error **err);
/* SHA-256 of the public key of a private key, a request or a certificate, as hex. */
int ptxi_pki_key_digest(const char *pem, char out[65], struct ptx_error **err);
/* SHA-256 of the (first) certificate's DER, as hex: what a Drone is given of the root. */
int ptxi_pki_fingerprint(const char *cert, char out[65], struct ptx_error **err);

/* now_unix: the clock as an argument, so that tests are exact. */
char *ptxi_pki_root(const char *key, const char *vpc, int64_t now_unix, struct ptx_error **err);
/* A request for a certificate: the name is only a wish, what is signed is what the caller of
 * ptxi_pki_sign says. */
char *ptxi_pki_request(const char *key, const char *instance, const char *vpc,
		       struct ptx_error **err);

enum ptxi_pki_role { PTXI_PKI_INTERMEDIATE, PTXI_PKI_PILOT, PTXI_PKI_FRONTGATE, PTXI_PKI_DRONE };
struct ptxi_pki_sign {
	enum ptxi_pki_role role;
	const char *request; /* PEM: its signature is verified, only its key is used */
	const char *issuer;  /* the issuer's certificate (first of the PEM) */
	const char *issuer_key;
	const char *vpc;
	const char *instance; /* of a Drone */
	const char *ip;       /* of a Drone, numeric; may be NULL */
	int64_t now_unix;
	int64_t life_s; /* 0: the role's; never beyond the issuer's end */
};
/* The certificate. UNTRUSTED (the request is not signed by its own key), INVALID (key kind, names),
 * SYNTAX, LIMIT. */
char *ptxi_pki_sign(const struct ptxi_pki_sign *s, struct ptx_error **err);

/* Who a certificate speaks for, after its chain was verified. */
struct ptxi_pki_identity {
	enum ptxi_pki_role role;
	char instance[64]; /* of a Drone, else "" */
	char ip[46];       /* the address it was given for, or "" */
	char key_sha256[65];
	int64_t not_before_unix;
	int64_t not_after_unix;
};
/* Verifies leaf-first PEM (leaf, then intermediates) against the root, at now_unix, and says who it
 * is: name below VPC.pitrix.internal; a pilot only when the root itself issued it. UNTRUSTED,
 * SYNTAX, LIMIT. */
int ptxi_pki_verify(const char *chain, const char *root, const char *vpc, int64_t now_unix,
		    struct ptxi_pki_identity *who, struct ptx_error **err);
/* Reads what a certificate says without trusting it (for renewal times). */
int ptxi_pki_read(const char *cert, struct ptxi_pki_identity *who, struct ptx_error **err);
/* Does the private key belong to the certificate or request? */
bool ptxi_pki_key_matches(const char *key, const char *pem);
/* Half of its life is over: time to renew. */
bool ptxi_pki_renew_due(int64_t not_before_unix, int64_t not_after_unix, int64_t now_unix);

#endif
