/* SPDX-License-Identifier: Apache-2.0 */
/* module.c - finds the table of a module: linked in, found before, or loaded now.
 *
 * How files are loaded is in module_load.c, behind a pointer that a static program leaves NULL, so
 * that it does not link the dynamic loader. Tables live as long as the process: a module is never
 * unloaded, and those found stay in a short list. One mutex serialises look-ups, so a module is
 * loaded once however many threads ask.
 */
#define PTX_AREA PTX_AREA_BASE
#include "module.h"

#include <pthread.h>

struct found {
	struct found *next;
	const void *table;
	char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct found *all_found;

static const void *find_table(const char *name)
{
	for (const struct ptxi_module_row *row = ptxi_module_rows; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return *row->table;
	for (const struct found *f = all_found; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->table;
	return NULL;
}

/* Without memory it is only found anew the next time. The list belongs to the process, not to the
 * allocator of whoever came first. */
static void remember(const char *name, const void *table)
{
	size_t n = strlen(name) + 1;
	struct found *f = malloc(sizeof(*f) + n);

	if (!f)
		return;
	f->table = table;
	memcpy(f->name, name, n);
	f->next = all_found;
	all_found = f;
}

/* Names are ours, but they become part of a path. */
static bool is_name(const char *name)
{
	return name[0] && strlen(name) <= 32 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static const void *load(const char *name, struct ptx_error **err)
{
	if (!ptxi_module_loader) {
		ptx_fail(err, PTX_E_UNSUPPORTED, "module '%s' is not part of this program", name);
		ptxi_error_hint(err, "this program is linked statically, without that module: use "
				     "the shared library");
		return NULL;
	}
	return ptxi_module_loader(name, err);
}

const void *ptxi_module_get(const char *name, struct ptx_error **err)
{
	const void *table = NULL;
	unsigned abi = 0;

	if (!is_name(name)) {
		ptx_fail(err, PTX_E_INTERNAL, "'%s' is no name of a module", name);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	table = find_table(name);
	if (!table) {
		table = load(name, err);
		if (table)
			memcpy(&abi, table, sizeof(abi));
		if (table && abi != PTXI_MODULE_ABI) {
			table = NULL;
			ptx_fail(err, PTX_E_UNSUPPORTED,
				 "module '%s' is of another version: its number is %u, ours %u",
				 name, abi, PTXI_MODULE_ABI);
			ptxi_error_hint(err,
					"install the modules of the same version as the library");
		}
		if (table)
			remember(name, table);
	}
	pthread_mutex_unlock(&lock);
	return table;
}
