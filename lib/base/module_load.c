/* SPDX-License-Identifier: Apache-2.0 */
/* module_load.c - modules out of shared objects.
 *
 * A module NAME is the file pitrix-NAME.so in $PITRIX_MODULES, which a program with raised
 * privileges ignores, or in the folder that was configured. A file that is there but does not load
 * is an error, never a reason to look elsewhere: two halves of different builds must not mix
 * unnoticed.
 */
#define PTX_AREA PTX_AREA_BASE
#include "module.h"
#include "fs.h"

#include <dlfcn.h>

static const void *load_file(const char *name, const char *path, struct ptx_error **err)
{
	ptx_auto_str symbol = ptxi_asprintf("ptxi_module_%s", name);
	void *handle = NULL;
	const void *const *table = NULL;
	const char *why = NULL;

	if (!symbol) {
		ptx_fail(err, PTX_E_NOMEM, "no memory to load module '%s'", name);
		return NULL;
	}
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	table = handle ? dlsym(handle, symbol) : NULL;
	if (table && *table)
		/* cppcheck-suppress identicalInnerCondition; it is the value, not a condition */
		return *table;
	why = dlerror();
	ptx_fail(err, PTX_E_UNSUPPORTED, "cannot load module '%s' from '%s': %s", name, path,
		 why ? why : "it has no table");
	ptxi_error_hint(err, "install the library that it needs, or pitrix again");
	if (handle)
		dlclose(handle);
	return NULL;
}

const void *ptxi_module_load(const char *name, struct ptx_error **err)
{
	const char *own = secure_getenv("PITRIX_MODULES");
	const char *dirs[] = { own && own[0] ? own : NULL, PTXI_MODULE_DIR };

	for (size_t i = 0; i < PTXI_COUNT(dirs); i++) {
		ptx_auto_str path =
		    dirs[i] ? ptxi_asprintf("%s/pitrix-%s.so", dirs[i], name) : NULL;

		if (!dirs[i])
			continue;
		if (!path) {
			ptx_fail(err, PTX_E_NOMEM, "no memory to load module '%s'", name);
			return NULL;
		}
		if (ptxi_fs_exists(path))
			return load_file(name, path, err);
	}
	ptx_fail(err, PTX_E_UNSUPPORTED, "module '%s' is not installed", name);
	ptxi_error_hint(
	    err,
	    "there is no file '%s/pitrix-%s.so': install pitrix's modules, or name their folder in "
	    "PITRIX_MODULES",
	    PTXI_MODULE_DIR, name);
	return NULL;
}
