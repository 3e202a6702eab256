/* SPDX-License-Identifier: Apache-2.0 */
/* vec.c - the one function behind the vector macros: room for `want` items, by doubling. */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"
#include "vec.h"

bool ptxi_vec_grow(void **v, size_t *cap, size_t want, size_t item)
{
	size_t next = *cap ? *cap : 8;
	void *p = NULL;

	while (next < want) {
		if (next > SIZE_MAX / 2)
			return false;
		next *= 2;
	}
	p = ptxi_realloc_array(*v, next, item);
	if (!p)
		return false;
	*v = p;
	*cap = next;
	return true;
}
