/* SPDX-License-Identifier: Apache-2.0 */
/* kind.h - what a kind of package is: one row of the table in lib/tables.c.
 *
 * Slots that may be NULL are named; the dispatcher in package.c then answers UNSUPPORTED, or
 * nothing to say.
 */
#ifndef PTXI_PACKAGE_KIND_H
#define PTXI_PACKAGE_KIND_H

#include <pitrix/package.h>
#include "../base/ptxi.h"

struct ptxi_package_kind {
	const char *name;
	/* True when the files look like this kind; asked in the order of the table. */
	bool (*detect)(struct ptx_package *p);
	/* Reads what the kind needs into p->state, problems into diags. Returns 0 even with
	 * problems in diags. */
	int (*load)(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err);
	void (*unload)(struct ptx_package *p); /* may be NULL */
	struct ptx_value *(*defaults)(const struct ptx_package *p, struct ptx_arena *a,
				      struct ptx_error **err);
	struct ptx_value *(*questions)(const struct ptx_package *p, struct ptx_arena *a,
				       const char *language,
				       struct ptx_error **err); /* may be NULL: none */
	struct ptx_value *(*secrets)(const struct ptx_package *p, struct ptx_arena *a,
				     struct ptx_error **err); /* may be NULL: none */
	/* Returns the full answers; problems in diags do not fail it. */
	struct ptx_value *(*validate)(const struct ptx_package *p, struct ptx_arena *a,
				      const struct ptx_value *answers,
				      const struct ptx_validate_opts *opts, struct ptx_diags *diags,
				      struct ptx_error **err);
	/* Fills *out; problems in diags; opts is complete. May be NULL. */
	int (*render)(const struct ptx_package *p, struct ptx_arena *a,
		      const struct ptx_value *answers, const struct ptx_render_opts *opts,
		      struct ptx_diags *diags, struct ptx_rendered *out, struct ptx_error **err);
	int (*lint)(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err);
	/* Adds what only this kind can say. May be NULL. */
	void (*describe)(const struct ptx_package *p, struct ptx_value *map);
	/* The skeleton's files: name and text, in which @NAME@ and @DESCRIPTION@ are replaced. May
	 * be NULL. */
	const struct ptxi_skeleton_file {
		const char *name;
		const char *text;
	} * skeleton;
};

/* The rows, NULL-terminated (lib/tables.c). */
extern const struct ptxi_package_kind *const ptxi_package_kinds[];

const struct ptxi_package_kind *ptxi_package_kind_find(const char *name);
const struct ptxi_package_kind *ptxi_package_kind_detect(struct ptx_package *p);

extern const struct ptxi_package_kind ptxi_package_kind_vm;
extern const struct ptxi_package_kind ptxi_package_kind_helm; /* lib/chart */

#endif
