/* SPDX-License-Identifier: Apache-2.0 */
/* module_old.c - a module of another build, for the tests. */
#include "base/module.h"

static const struct {
	unsigned abi;
} table = { PTXI_MODULE_ABI + 1 };

PTXI_MODULE_EXPORT(testold, table);
