/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is released all at once. Failure is sticky: after the first NULL all are
 * NULL. */
#ifndef PTXI_ARENA_H
#define PTXI_ARENA_H

#include <pitrix/value.h>
#include "auto.h"

PTX_DEFINE_AUTO(arena);

/* Zeroed bytes, aligned to 8: for any type but long double and those of vectors; NULL when
 * exhausted. */
void *ptxi_arena_alloc(struct ptx_arena *a, size_t n) PTXI_CHECK;
void *ptxi_arena_array(struct ptx_arena *a, size_t count, size_t size) PTXI_CHECK;
/* Bytes not zeroed and not aligned, for text. */
char *ptxi_arena_bytes(struct ptx_arena *a, size_t n) PTXI_CHECK;
/* A NUL-terminated copy. */
char *ptxi_arena_strn(struct ptx_arena *a, const char *p, size_t n) PTXI_CHECK;
char *ptxi_arena_str(struct ptx_arena *a, const char *s) PTXI_CHECK;
char *ptxi_arena_printf(struct ptx_arena *a, const char *fmt, ...) PTXI_PRINTF(2, 3) PTXI_CHECK;
/* A copy of what was built in a buffer; one that failed fails the arena, too. */
char *ptxi_arena_buf(struct ptx_arena *a, const struct ptx_buf *b) PTXI_CHECK;
/* Grows the last allocation in place where it can, else copies. */
void *ptxi_arena_grow(struct ptx_arena *a, void *p, size_t old, size_t n) PTXI_CHECK;
/* Releases a large piece that has a block to itself (false: it has not). Not for what came before a
 * mark. */
bool ptxi_arena_drop(struct ptx_arena *a, const void *p, size_t n);
/* Bytes handed out so far, and the most that it was made for (0: any). */
size_t ptxi_arena_used(const struct ptx_arena *a);
size_t ptxi_arena_max(const struct ptx_arena *a);

/* A point to go back to: everything allocated after the mark is released, and the largest block
 * kept for what comes. {0} is the beginning. */
struct ptxi_arena_mark {
	void *block;
	size_t used;
	size_t total;
};
struct ptxi_arena_mark ptxi_arena_mark(struct ptx_arena *a);
void ptxi_arena_release(struct ptx_arena *a, struct ptxi_arena_mark mark);
/* Whether p was allocated after the mark. */
bool ptxi_arena_is_after(const struct ptx_arena *a, struct ptxi_arena_mark mark, const void *p);

/* Sets *err when the arena failed, and returns its status. */
int ptxi_arena_check(struct ptx_arena *a, struct ptx_error **err);

#endif
