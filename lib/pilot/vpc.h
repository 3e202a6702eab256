/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.h - a VPC's root key and certificate, as they are kept sealed. */
#ifndef PTXI_PILOT_VPC_H
#define PTXI_PILOT_VPC_H

#include "../base/ctx.h"

struct ptxi_vpc {
	char *name;
	char *key;         /* PEM; secret */
	char *certificate; /* PEM of the root */
};

/* Reads what ptxi_pilot_vpc_new() made. CORRUPT, NOMEM. */
int ptxi_vpc_read(struct ptxi_vpc *v, const char *secret, struct ptx_error **err);
void ptxi_vpc_done(struct ptxi_vpc *v);
/* Signs a Frontgate's request for an intermediate certificate; owned. */
char *ptxi_vpc_intermediate(const struct ptxi_vpc *v, const char *request, int64_t now_unix,
			    struct ptx_error **err);

#endif
