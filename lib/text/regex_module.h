/* SPDX-License-Identifier: Apache-2.0 */
/* regex_module.h - the table of the module `regex`. In C and in C++. */
#ifndef PTXI_TEXT_REGEX_MODULE_H
#define PTXI_TEXT_REGEX_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <pitrix/types.h>

#include "../base/module_abi.h"

/* What the module fills in. Texts are valid UTF-8. */
struct ptxi_regex_module {
	unsigned abi;
	/* NULL with a message in error (PTXI_REGEX_ERROR bytes) when the pattern is malformed or,
	 * with *code LIMIT, too large. */
	void *(*compile)(const char *pattern, size_t n, char *error, int *code);
	void (*free)(void *re);
	/* Finds the first match that begins at or after from (1; 0: none, -1: no memory); at[2 * i]
	 * and at[2 * i + 1] get where group i begins and ends (SIZE_MAX: not set), for i < groups.
	 * groups may be 0. */
	int (*find)(const void *re, const char *text, size_t n, size_t from, size_t *at,
		    size_t groups);
	/* How many groups there are, the whole match not counted. */
	size_t (*groups)(const void *re);
	/* Calls fn with the name of each group that has one; false without memory. */
	bool (*names)(const void *re,
		      void (*fn)(size_t group, const char *name, size_t n, void *user), void *user);
};
#define PTXI_REGEX_ERROR 512

#endif
