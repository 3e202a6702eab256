/* SPDX-License-Identifier: Apache-2.0 */
/* module_good.c - a module for the tests. */
#include "base/module.h"

static const struct {
	unsigned abi;
	int answer;
} table = { PTXI_MODULE_ABI, 42 };

PTXI_MODULE_EXPORT(testgood, table);
