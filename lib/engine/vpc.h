/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.h - the record of a VPC, which several jobs change at the same time. */
#ifndef PTXI_ENGINE_VPC_H
#define PTXI_ENGINE_VPC_H

#include "task.h"

/* Does a task read or change it? */
bool ptxi_engine_vpc_concerns(const struct ptxi_engine *e, const struct ptxi_task *t);
/* Reads it anew and keeps all others from changing it until the next commit. Fails: BUSY, CORRUPT,
 * IO. */
int ptxi_engine_vpc_open(struct ptxi_engine *e, struct ptx_error **err);
/* The commit is written (or will never be): others may. */
void ptxi_engine_vpc_committed(struct ptxi_engine *e);
/* Whatever is held. */
void ptxi_engine_vpc_done(struct ptxi_engine *e);

/* The turn at what all clusters of the VPC share: on a worker, PTX_PROVIDER_AGAIN while another job
 * has it. */
int ptxi_engine_vpc_enter(struct ptxi_run *r, struct ptx_error **err);
/* Ends with the next commit. */
void ptxi_engine_vpc_leave(struct ptxi_engine *e);

#endif
