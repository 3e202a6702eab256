/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - the names of the states, and the check that an operation is allowed in one. */
#define PTX_AREA PTX_AREA_CLUSTER
#include "../base/ptxi.h"
#include "status.h"

static const struct {
	enum ptxi_status status;
	const char *name;
} names[] = {
	{ PTXI_PENDING, "pending" },     { PTXI_ACTIVE, "active" },   { PTXI_STOPPED, "stopped" },
	{ PTXI_SUSPENDED, "suspended" }, { PTXI_DELETED, "deleted" }, { PTXI_CEASED, "ceased" },
};

const char *ptxi_status_name(enum ptxi_status s)
{
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (names[i].status == s)
			return names[i].name;
	return NULL;
}

enum ptxi_status ptxi_status_from_name(const char *name)
{
	for (size_t i = 0; name && i < PTXI_COUNT(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].status;
	return 0;
}

int ptxi_status_require(const char *cluster, enum ptxi_status now, unsigned allowed,
			const char *operation, struct ptx_error **err)
{
	ptx_auto_buf list = { 0 };

	if (now & allowed)
		return 0;
	ptx_buf_init(&list, 0);
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		if (names[i].status & allowed)
			ptx_buf_printf(&list, "%s%s", list.n ? " or " : "", names[i].name);
	return ptx_fail(err, PTX_E_PRECONDITION,
			"cannot %s cluster '%s': it is %s, and has to be %s", operation, cluster,
			ptxi_status_name(now), list.p);
}
