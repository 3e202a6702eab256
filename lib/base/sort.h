/* SPDX-License-Identifier: Apache-2.0 */
/* sort.h - a stable sort with a user pointer (merge sort). False without memory: the order is
 * unchanged. */
#ifndef PTXI_SORT_H
#define PTXI_SORT_H

#include "ptxi.h"

typedef int (*ptxi_compare_fn)(const void *a, const void *b, void *user);
bool ptxi_sort(void *base, size_t count, size_t size, ptxi_compare_fn compare,
	       void *user) PTXI_CHECK;

#endif
