/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - finding a value by a path. */
#ifndef PTXI_VALUE_PATH_H
#define PTXI_VALUE_PATH_H

#include "value.h"

/* What was found on the way along a dotted path whose keys may hold dots and dashes themselves. */
struct ptxi_found {
	struct ptx_value *value;    /* NULL: not there */
	const struct ptx_value *at; /* where it went no further */
	struct ptx_str rest;        /* the part of the path that `at` has not */
};

/* Follows a dotted path; at each map the longest key that matches wins, and a shorter one is tried
 * when the longer one leads nowhere. `[N]` indexes a list. */
struct ptxi_found ptxi_value_find_path(const struct ptx_value *root, struct ptx_str path);
/* The key of `at` that is nearest to the first part of rest; {NULL, 0} when none is near. */
struct ptx_str ptxi_value_nearest_key(const struct ptx_value *at, struct ptx_str rest);
/* RFC 6901: "/a/b/0"; NULL when absent. */
struct ptx_value *ptxi_value_pointer(const struct ptx_value *root, const char *pointer);

#endif
