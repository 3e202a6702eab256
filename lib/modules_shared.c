/* SPDX-License-Identifier: Apache-2.0 */
/* modules_shared.c - the modules of the shared library: none is linked, all are loaded on first
 * use. */
#include "base/module.h"

const struct ptxi_module_row ptxi_module_rows[] = { { NULL, NULL } };
const ptxi_module_loader_fn ptxi_module_loader = ptxi_module_load;
