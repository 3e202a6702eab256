/* SPDX-License-Identifier: Apache-2.0 */
/* module.h - loads the shared objects that wrap heavy libraries, on first use.
 *
 * A module exports one symbol, `ptxi_module_NAME`, a pointer to the table that it implements; the
 * first member of every table is the ABI number of this build. A static build links the tables
 * directly. Modules are looked for in $PITRIX_MODULES (tests), then in the library's folder. */
#ifndef PTXI_MODULE_H
#define PTXI_MODULE_H

#include "module_abi.h"
#include "ptxi.h"

/* What a program or library has linked in: {name, &ptxi_module_NAME}, ended by a NULL name. Whoever
 * links this room defines both symbols: lib/modules_shared.c has no rows and loads files; a static
 * program has rows and a NULL loader. */
struct ptxi_module_row {
	const char *name;
	const void *const *table;
};
extern const struct ptxi_module_row ptxi_module_rows[];
typedef const void *(*ptxi_module_loader_fn)(const char *name, struct ptx_error **err);
extern const ptxi_module_loader_fn ptxi_module_loader;

/* Loads the file of a module and returns its table, unchecked. For ptxi_module_loader. */
const void *ptxi_module_load(const char *name, struct ptx_error **err);

/* The table, for as long as the process lives. Fails: UNSUPPORTED (it is not installed, or of
 * another version) with a hint which package is missing. Thread: any. */
const void *ptxi_module_get(const char *name, struct ptx_error **err);

/* In a module's source: exports the table. */
#define PTXI_MODULE_EXPORT(name, table)                                                            \
	__attribute__((visibility("default"))) const void *const ptxi_module_##name = &(table)

#endif
