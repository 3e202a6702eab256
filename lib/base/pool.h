/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - worker threads and a bounded queue. */
#ifndef PTXI_POOL_H
#define PTXI_POOL_H

#include "ptxi.h"

struct ptxi_pool;
typedef void (*ptxi_work_fn)(void *work, void *user);

/* Up to threads workers, started as needed. NULL without memory. */
struct ptxi_pool *ptxi_pool_new(unsigned threads, struct ptx_error **err);
/* Waits for all work, then ends the threads. */
void ptxi_pool_free(struct ptxi_pool *p);
PTXI_DEFINE_AUTO(pool);
/* Queues one piece of work; waits while 256 are queued, except in a worker of the pool itself.
 * Fails: NOMEM, UNAVAILABLE (no thread could be started). */
int ptxi_pool_add(struct ptxi_pool *p, ptxi_work_fn fn, void *work, void *user,
		  struct ptx_error **err);
/* Returns when nothing is queued or running. Never from a worker. */
void ptxi_pool_wait(struct ptxi_pool *p);

#endif
