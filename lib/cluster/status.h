/* SPDX-License-Identifier: Apache-2.0 */
/* status.h - the states of a cluster and the operations that they allow. */
#ifndef PTXI_CLUSTER_STATUS_H
#define PTXI_CLUSTER_STATUS_H

#include "../base/ptxi.h"

enum ptxi_status {
	PTXI_PENDING = 1 << 0,
	PTXI_ACTIVE = 1 << 1,
	PTXI_STOPPED = 1 << 2,
	PTXI_SUSPENDED = 1 << 3,
	PTXI_DELETED = 1 << 4,
	PTXI_CEASED = 1 << 5
};

/* "active"; borrowed. NULL for a number that is no status. */
const char *ptxi_status_name(enum ptxi_status s);
/* 0 for a name that does not exist. */
enum ptxi_status ptxi_status_from_name(const char *name);
/* Fails with PRECONDITION, saying which states the operation wants. */
int ptxi_status_require(const char *cluster, enum ptxi_status now, unsigned allowed,
			const char *operation, struct ptx_error **err);

#endif
