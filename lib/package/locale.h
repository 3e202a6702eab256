/* SPDX-License-Identifier: Apache-2.0 */
/* locale.h - locale/LANGUAGE.json: the package's texts in other languages. */
#ifndef PTXI_PACKAGE_LOCALE_H
#define PTXI_PACKAGE_LOCALE_H

#include "package.h"

struct ptxi_locale {
	const char *language; /* "zh-cn" */
	const char *file;
	const struct ptx_value *texts; /* map from text to text */
};

struct ptxi_locales {
	struct ptxi_locale *v;
	size_t n;
};

/* Reads all of a package into its arena; problems go to diags. */
int ptxi_locale_load(struct ptx_package *p, bool appcenter, struct ptxi_locales *out,
		     struct ptx_diags *diags, struct ptx_error **err);
/* The locale for a language: exact, else the one with the same first part ("zh" for "zh-cn");
 * letter case and `_` for
 * `-` do not matter. NULL when there is none. */
const struct ptxi_locale *ptxi_locale_find(const struct ptxi_locales *all, const char *language);
/* The text in that locale, or text itself; l may be NULL. */
const char *ptxi_locale_text(const struct ptxi_locale *l, const char *text);

#endif
