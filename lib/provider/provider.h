/* SPDX-License-Identifier: Apache-2.0 */
/* provider.h - the table of drivers, and calls into one. */
#ifndef PTXI_PROVIDER_H
#define PTXI_PROVIDER_H

#include <pitrix/sys/provider.h>
#include "../base/ctx.h"

/* Every driver of this build, NULL at the end; stands in lib/tables.c. */
extern const struct ptx_provider *const ptxi_providers[];

/* The driver of a name. Fails: NOT_FOUND, with the nearest name. */
const struct ptx_provider *ptxi_provider_find(const char *name, struct ptx_error **err);

/* Checks a configuration against the driver's fields: unknown members, kinds, what is required; and
 * fills in what the environment gives. The result is a new map in the arena. where: "runtime 'x'",
 * for messages. */
struct ptx_value *ptxi_provider_config(struct ptx_arena *a, const struct ptx_provider *p,
				       const char *where, const struct ptx_value *given,
				       struct ptx_error **err);

/* Opens a driver with a checked configuration. */
int ptxi_provider_open(struct ptx_ctx *ctx, const struct ptx_provider *p,
		       const struct ptx_value *config, void **driver, struct ptx_error **err);
/* driver may be NULL. */
void ptxi_provider_close(const struct ptx_provider *p, void *driver);

/* The row of an action. Fails: UNSUPPORTED, which names driver and action. */
const struct ptx_provider_action *ptxi_provider_action(const struct ptx_provider *p,
						       const char *action, struct ptx_error **err);

/* The optional slots; UNSUPPORTED where the driver has none. */
int ptxi_provider_check(const struct ptx_provider *p, void *driver, struct ptx_diags *problems,
			struct ptx_error **err);
int ptxi_provider_zones(const struct ptx_provider *p, void *driver, struct ptx_value *zones,
			struct ptx_error **err);
int ptxi_provider_find_tagged(const struct ptx_provider *p, void *driver,
			      const struct ptx_value *tags, struct ptx_value *found,
			      struct ptx_error **err);
/* Of what it finds by the owner and one tag more: the instances, set into the map by_node under the
 * ids of their nodes. */
int ptxi_provider_find_nodes(const struct ptx_provider *p, void *driver, const char *owner,
			     const char *key, const char *value, struct ptx_value *by_node,
			     struct ptx_error **err);

int ptxi_provider_logs(const struct ptx_provider *p, void *driver,
		       const struct ptx_provider_log_query *q, struct ptx_value *lines,
		       struct ptx_error **err);

/* Tells the caller of an action how it goes. */
void ptxi_provider_say(const struct ptx_provider_call *call, const char *fmt, ...)
    PTXI_PRINTF(2, 3);

#endif
