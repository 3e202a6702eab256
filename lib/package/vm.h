/* SPDX-License-Identifier: Apache-2.0 */
/* vm.h - what a package of kind vm holds once it is loaded. */
#ifndef PTXI_PACKAGE_VM_H
#define PTXI_PACKAGE_VM_H

#include "conf.h"
#include "config.h"
#include "locale.h"
#include "package.h"

struct ptxi_vm {
	struct ptxi_config_tree *config; /* NULL when config.json could not be read */
	struct ptxi_conf_source conf;    /* text.p is NULL when there is no template */
	struct ptxi_locales locales;
};

static inline const struct ptxi_vm *ptxi_vm_of(const struct ptx_package *p)
{
	return p->state;
}

/* The linter's part (lint.c). */
int ptxi_vm_lint(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err);
/* The skeleton (create.c). */
extern const struct ptxi_skeleton_file ptxi_vm_skeleton[];

#endif
