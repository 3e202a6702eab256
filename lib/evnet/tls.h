/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h - TLS 1.3 contexts of OpenSSL for the server and the client of this room. */
#ifndef PTXI_TLS_H
#define PTXI_TLS_H

#include <openssl/ssl.h>
#include "../base/ptxi.h"

struct ptxi_tls_opts {
	bool is_server;
	const char *certificate; /* PEM, ours first, then what leads to the root; NULL: none (a
				    client's enrolment) */
	const char *key;         /* PEM */
	const char *ca;          /* PEM of the one root that is trusted; or */
	const char *ca_sha256;   /* client: hex digest of the root, which the server sends along */
	bool ask_client;         /* server: ask for a certificate; one that is given must verify */
};

/* An owned context (SSL_CTX_free). Only TLS 1.3, no tickets, no renegotiation. A server's
 * certificate is checked against the name that the client was given (client.h). SYNTAX, INVALID
 * (key and certificate differ), NOMEM. */
SSL_CTX *ptxi_tls_new(const struct ptxi_tls_opts *o, struct ptx_error **err);
/* OpenSSL's oldest queued reason as text; clears the queue. */
const char *ptxi_tls_reason(char *out, size_t n);

#endif
