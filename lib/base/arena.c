/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - a region allocator: blocks of doubling size, released together.
 *
 * The first block is small, so that a short parse costs one page; each further one is twice the
 * last up to 1 MiB, or as large as one request needs. Bytes are handed out from the newest block
 * only. Failure is sticky: a builder may go on with NULLs and ask once at the end. One block that
 * was released is kept as a spare, so that who marks and releases in turns does not take one from
 * the system each time. Address Sanitizer is told what is handed out. Invariant: `total` counts the
 * bytes of all blocks but the spare one and never exceeds `max` when there is one.
 */
#define PTX_AREA PTX_AREA_BASE
#include "arena.h"
#include "ptxi.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#endif
#ifdef WATCHED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define FIRST_BLOCK   4000u
#define LARGEST_BLOCK (1u << 20)
#define ALIGN         8u /* of pointers, doubles and 64 bit numbers; nothing of ours asks for more */

struct block {
	struct block *before;
	size_t size; /* of data */
	size_t used;
	_Alignas(ALIGN) char data[];
};

struct ptx_arena {
	struct block *top;
	struct block *spare; /* or NULL */
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

static void free_block(struct block *b)
{
	if (!b)
		return;
	ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
	ptx_free(b);
}

/* The largest of them becomes the spare one. */
static void free_blocks(struct ptx_arena *a, const struct block *until)
{
	while (a->top != until) {
		struct block *b = a->top;

		a->top = b->before;
		a->total -= b->size;
		if (!a->spare || a->spare->size < b->size) {
			struct block *smaller = a->spare;

			a->spare = b;
			b = smaller;
			ASAN_POISON_MEMORY_REGION(a->spare->data, a->spare->size);
		}
		free_block(b);
	}
}

void ptx_arena_free(struct ptx_arena *a)
{
	if (!a)
		return;
	free_blocks(a, NULL);
	free_block(a->spare);
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

static struct block *put_on_top(struct ptx_arena *a, struct block *b)
{
	b->before = a->top;
	b->used = 0;
	a->top = b;
	a->total += b->size;
	return b;
}

static struct block *add_block(struct ptx_arena *a, size_t n)
{
	size_t size = n > a->next ? n : a->next;
	struct block *b = NULL;

	if (a->max && (n > a->max || a->total > a->max - n)) {
		a->status = PTX_E_LIMIT;
		return NULL;
	}
	if (a->spare && a->spare->size >= n && (!a->max || a->spare->size <= a->max - a->total))
		return put_on_top(a, ptx_steal(&a->spare));
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
	b->size = size;
	ASAN_POISON_MEMORY_REGION(b->data, b->size);
	if (a->next < LARGEST_BLOCK)
		a->next *= 2;
	return put_on_top(a, b);
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
	ASAN_UNPOISON_MEMORY_REGION(b->data + at, n);
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
	char *copy =
	    take(a, n < SIZE_MAX ? n + 1 : n, 1); /* SIZE_MAX itself is more than there ever is */

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
		ASAN_UNPOISON_MEMORY_REGION((char *)p + old, n - old);
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
		free_block(b);
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
	if (!a->top)
		return;
	a->top->used = mark.used;
	ASAN_POISON_MEMORY_REGION(a->top->data + mark.used, a->top->size - mark.used);
}

bool ptxi_arena_is_after(const struct ptx_arena *a, struct ptxi_arena_mark mark, const void *p)
{
	for (const struct block *b = a->top; b; b = b->before) {
		uintptr_t begin = (uintptr_t)b->data + (b == mark.block ? mark.used : 0);

		if ((uintptr_t)p >= begin && (uintptr_t)p < (uintptr_t)b->data + b->used)
			return true;
		if (b == mark.block)
			break;
	}
	return false;
}
