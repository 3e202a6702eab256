/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - a region allocator: blocks of doubling size, released together.
 *
 * The first block is small, so that a short parse costs one page; each further one is twice the last up to
 * 1 MiB, or as large as one request needs. Bytes are handed out from the newest block only. Failure is sticky:
 * a builder may go on with NULLs and ask once at the end.
 * Invariant: `total` counts the bytes of all blocks and never exceeds `max` when there is one.
 */
#define PTX_AREA PTX_AREA_BASE
#include "arena.h"
#include "ptxi.h"

#define FIRST_BLOCK 4000u
#define LARGEST_BLOCK (1u << 20)
#define ALIGN 8u /* of pointers, doubles and 64 bit numbers; nothing of ours asks for more */

struct block {
	struct block *before;
	size_t size; /* of data */
	size_t used;
	_Alignas(ALIGN) char data[];
};

struct ptx_arena {
	struct block *top;
	size_t total;
	size_t max;
	size_t next;
	int status;
};

struct ptx_arena *ptx_arena_new(size_t max)
{
	struct ptx_arena *a = ptxi_alloc(sizeof(*a));

	if (!a)
		return NULL;
	a->max = max;
	a->next = FIRST_BLOCK;
	return a;
}

static void free_blocks(struct ptx_arena *a, const struct block *until)
{
	while (a->top != until) {
		struct block *b = a->top;

		a->top = b->before;
		a->total -= b->size;
		ptx_free(b);
	}
}

void ptx_arena_free(struct ptx_arena *a)
{
	if (!a)
		return;
	free_blocks(a, NULL);
	ptx_free(a);
}

int ptx_arena_status(const struct ptx_arena *a)
{
	return a ? a->status : PTX_E_NOMEM;
}

int ptxi_arena_check(struct ptx_arena *a, struct ptx_error **err)
{
	switch (ptx_arena_status(a)) {
	case 0:
		return 0;
	case PTX_E_LIMIT:
		return ptx_fail(err, PTX_E_LIMIT, "it needs more than %zu bytes of memory", a->max);
	default:
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
}

static struct block *add_block(struct ptx_arena *a, size_t n)
{
	size_t size = n > a->next ? n : a->next;
	struct block *b = NULL;

	if (a->max && (n > a->max || a->total > a->max - n)) {
		a->status = PTX_E_LIMIT;
		return NULL;
	}
	if (a->max && size > a->max - a->total)
		size = n;
	if (size > SIZE_MAX - sizeof(*b)) {
		a->status = PTX_E_NOMEM;
		return NULL;
	}
	b = ptxi_realloc_array(NULL, 1, sizeof(*b) + size);
	if (!b) {
		a->status = PTX_E_NOMEM;
		return NULL;
	}
	b->before = a->top;
	b->size = size;
	b->used = 0;
	a->top = b;
	a->total += size;
	if (a->next < LARGEST_BLOCK)
		a->next *= 2;
	return b;
}

/* align is a power of two. */
static void *take(struct ptx_arena *a, size_t n, size_t align)
{
	struct block *b = NULL;
	size_t at = 0;

	if (!a || a->status)
		return NULL;
	b = a->top;
	at = b ? (b->used + align - 1) & ~(align - 1) : 0;
	if (!b || at > b->size || n > b->size - at) {
		b = add_block(a, n);
		at = 0;
	}
	if (!b)
		return NULL;
	b->used = at + n;
	return b->data + at;
}

void *ptxi_arena_alloc(struct ptx_arena *a, size_t n)
{
	void *p = take(a, n, ALIGN);

	return p ? memset(p, 0, n) : NULL;
}

void *ptxi_arena_array(struct ptx_arena *a, size_t count, size_t size)
{
	size_t bytes = 0;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		if (a && !a->status)
			a->status = PTX_E_NOMEM;
		return NULL;
	}
	return ptxi_arena_alloc(a, bytes);
}

char *ptxi_arena_bytes(struct ptx_arena *a, size_t n)
{
	return take(a, n, 1);
}

char *ptxi_arena_strn(struct ptx_arena *a, const char *p, size_t n)
{
	char *copy = take(a, n < SIZE_MAX ? n + 1 : n, 1); /* SIZE_MAX itself is more than there ever is */

	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *ptxi_arena_str(struct ptx_arena *a, const char *s)
{
	return ptxi_arena_strn(a, s, strlen(s));
}

char *ptxi_arena_printf(struct ptx_arena *a, const char *fmt, ...)
{
	ptx_auto_buf b = { 0 };
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (!ptx_buf_ok(&b)) {
		if (a && !a->status)
			a->status = PTX_E_NOMEM;
		return NULL;
	}
	return ptxi_arena_strn(a, b.p, b.n);
}

char *ptxi_arena_buf(struct ptx_arena *a, const struct ptx_buf *b)
{
	if (ptx_buf_ok(b))
		return ptxi_arena_strn(a, b->p, b->n);
	if (a && !a->status)
		a->status = PTX_E_NOMEM;
	return NULL;
}

void *ptxi_arena_grow(struct ptx_arena *a, void *p, size_t old, size_t n)
{
	struct block *b = a ? a->top : NULL;
	void *grown = NULL;

	if (p && n <= old)
		return p;
	if (p && b && !a->status && (char *)p + old == b->data + b->used &&
	    n - old <= b->size - b->used) {
		b->used += n - old;
		return p;
	}
	grown = take(a, n, ALIGN);
	if (grown && p && old)
		memcpy(grown, p, old);
	return grown;
}

bool ptxi_arena_drop(struct ptx_arena *a, const void *p, size_t n)
{
	for (struct block **at = &a->top; *at; at = &(*at)->before) {
		struct block *b = *at;

		if (p != b->data || n != b->used)
			continue;
		*at = b->before;
		a->total -= b->size;
		ptx_free(b);
		return true;
	}
	return false;
}

size_t ptxi_arena_used(const struct ptx_arena *a)
{
	return a ? a->total : 0;
}

size_t ptxi_arena_max(const struct ptx_arena *a)
{
	return a ? a->max : 0;
}

struct ptxi_arena_mark ptxi_arena_mark(struct ptx_arena *a)
{
	return (struct ptxi_arena_mark){ a->top, a->top ? a->top->used : 0, a->total };
}

void ptxi_arena_release(struct ptx_arena *a, struct ptxi_arena_mark mark)
{
	free_blocks(a, mark.block);
	if (a->top)
		a->top->used = mark.used;
}

void ptxi_arena_reset(struct ptx_arena *a)
{
	struct block *kept = a->top;

	if (!kept)
		return;
	a->top = kept->before;
	free_blocks(a, NULL);
	kept->before = NULL;
	kept->used = 0;
	a->top = kept;
}
