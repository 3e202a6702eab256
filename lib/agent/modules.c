/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c - the modules that the static agent has linked in; it loads none. */
#include "../base/module.h"

const struct ptxi_module_row ptxi_module_rows[] = { { NULL, NULL } };
const ptxi_module_loader_fn ptxi_module_loader = NULL;
