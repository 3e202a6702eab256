/* SPDX-License-Identifier: Apache-2.0 */
/* methods.c - which methods a value has, by its type. */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "methods.h"

const struct ptxi_func *ptxi_method_find(const struct ptx_value *receiver, struct ptx_str name)
{
	if (receiver->kind == PTX_TIME)
		return ptxi_func_find(&ptxi_methods_time, name);
	switch (ptxi_go_of(receiver)) {
	case PTXI_GO_SEMVER:
		return ptxi_func_find(&ptxi_methods_semver, name);
	case PTXI_GO_DURATION:
		return ptxi_func_find(&ptxi_methods_duration, name);
	case PTXI_GO_MONTH:
	case PTXI_GO_WEEKDAY:
		return ptxi_func_find(&ptxi_methods_month, name);
	default:
		return NULL;
	}
}
