/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h - typed growing arrays: struct { T *v; size_t n, cap; } with these macros.
 *
 * ptx_vec_push() is false without memory; the vector is then unchanged. */
#ifndef PTXI_VEC_H
#define PTXI_VEC_H

#include "alloc.h"

#define PTX_VEC(T)                                                                                 \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n;                                                                          \
		size_t cap;                                                                        \
	}

bool ptxi_vec_grow(void **v, size_t *cap, size_t want, size_t item);

#define ptx_vec_reserve(vec, count)                                                                \
	((count) <= (vec)->cap ||                                                                  \
	 ptxi_vec_grow((void **)&(vec)->v, &(vec)->cap, (count), sizeof(*(vec)->v)))
#define ptx_vec_push(vec, item)                                                                    \
	(ptx_vec_reserve((vec), (vec)->n + 1) ? ((vec)->v[(vec)->n++] = (item), true) : false)
#define ptx_vec_done(vec) (ptx_free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)

#endif
