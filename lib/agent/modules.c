/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c - the modules that the static agent has linked in; it loads none. */
#include "../base/module.h"

extern const void *const ptxi_module_regex;

const struct ptxi_module_row ptxi_module_rows[] = { { "regex", &ptxi_module_regex },
						    { NULL, NULL } };
const ptxi_module_loader_fn ptxi_module_loader = NULL;
