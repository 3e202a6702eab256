/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - what differs between two values. */
#ifndef PTXI_VALUE_DIFF_H
#define PTXI_VALUE_DIFF_H

#include "value.h"

/* Gets one difference: path is as in ptxi_value_find_path(); a or b is NULL where the value is only
 * in the other. Non-zero stops and is returned. */
typedef int (*ptxi_diff_fn)(const char *path, const struct ptx_value *a, const struct ptx_value *b,
			    void *user);
int ptxi_value_diff(const struct ptx_value *a, const struct ptx_value *b, ptxi_diff_fn fn,
		    void *user);

#endif
