/* SPDX-License-Identifier: Apache-2.0 */
/* methods.h - methods of values that are more than documents hold: rows whose first parameter is
 * the value itself. */
#ifndef PTXI_TEMPLATE_METHODS_H
#define PTXI_TEMPLATE_METHODS_H

#include "funcs.h"

extern const struct ptxi_func_family ptxi_methods_semver;
extern const struct ptxi_func_family ptxi_methods_time;
extern const struct ptxi_func_family ptxi_methods_duration;
extern const struct ptxi_func_family ptxi_methods_month; /* and of weekdays */

/* The method of a value by its name, or NULL. */
const struct ptxi_func *ptxi_method_find(const struct ptx_value *receiver, struct ptx_str name);

#endif
