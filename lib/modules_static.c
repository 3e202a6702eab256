/* SPDX-License-Identifier: Apache-2.0 */
/* modules_static.c - the modules of the static library: all are linked in, none is loaded. */
#include "base/module.h"

#define MODULES(X) X(archive) X(certs) X(curl) X(deflate) X(pattern) X(regex) X(sqlite)

#define DECLARE(name) extern const void *const ptxi_module_##name;
MODULES(DECLARE)

#define ROW(name) { #name, &ptxi_module_##name },
const struct ptxi_module_row ptxi_module_rows[] = { MODULES(ROW){ NULL, NULL } };
const ptxi_module_loader_fn ptxi_module_loader = NULL;
