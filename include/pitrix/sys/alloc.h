/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.h - the allocator that the whole library uses. */
#ifndef PITRIX_SYS_ALLOC_H
#define PITRIX_SYS_ALLOC_H

#include <pitrix/types.h>

PTX_BEGIN

/* Replacements of malloc, realloc and free, for programs with an allocator of their own. */
struct ptx_allocator {
	void *(*alloc)(size_t n, void *user);
	void *(*resize)(void *p, size_t n, void *user);
	void (*release)(void *p, void *user);
	void *user;
};

/* Sets the allocator of this process; NULL: the C library's. Call it before any other function:
 * memory that one allocator gave is released by the one that is set then. Not safe among threads.
 */
PTX_API void ptx_alloc_set(const struct ptx_allocator *a);

PTX_END

#endif
