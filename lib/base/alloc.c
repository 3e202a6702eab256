/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.c - every byte that the library asks for comes through here.
 *
 * Hooks replace the C library's allocator, and a counter lets tests fail the n-th allocation. The
 * counter is atomic because worker threads allocate too; while no test is counting it costs one
 * relaxed load.
 */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"

#include <stdatomic.h>

static void *libc_alloc(size_t n, void *user)
{
	(void)user;
	return malloc(n);
}

static void *libc_resize(void *p, size_t n, void *user)
{
	(void)user;
	return realloc(p, n);
}

static void libc_release(void *p, void *user)
{
	(void)user;
	free(p);
}

static const struct ptx_allocator libc_allocator = { libc_alloc, libc_resize, libc_release, NULL };
static struct ptx_allocator hooks = { libc_alloc, libc_resize, libc_release, NULL };

static atomic_bool counting;
static atomic_uint_fast64_t count;
static uint64_t fail_at;
static bool fail_rest;
static _Thread_local uint64_t lost;

void ptx_alloc_set(const struct ptx_allocator *a)
{
	hooks = a ? *a : libc_allocator;
}

uint64_t ptxi_alloc_fail_at(uint64_t nth, bool all)
{
	uint64_t seen = atomic_exchange(&count, 0);

	fail_at = nth;
	fail_rest = all;
	atomic_store(&counting, true);
	return seen;
}

uint64_t ptxi_alloc_lost(void)
{
	return lost;
}

/* Counts what was not given. */
static void *noted(void *p)
{
	lost += !p;
	return p;
}

static bool may_alloc(void)
{
	uint64_t now = 0;

	if (!atomic_load_explicit(&counting, memory_order_relaxed))
		return true;
	now = atomic_fetch_add(&count, 1) + 1;
	if (fail_at == 0)
		return true;
	return fail_rest ? now < fail_at : now != fail_at;
}

void *ptxi_alloc(size_t n)
{
	void *p = NULL;

	if (!may_alloc())
		return noted(NULL);
	p = noted(hooks.alloc(n ? n : 1, hooks.user));
	if (p)
		memset(p, 0, n);
	return p;
}

void *ptxi_alloc_array(size_t n, size_t size)
{
	size_t bytes = 0;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return ptxi_alloc(bytes);
}

void *ptxi_realloc_array(void *p, size_t n, size_t size)
{
	size_t bytes = 0;

	if (__builtin_mul_overflow(n, size, &bytes) || !may_alloc())
		return noted(NULL);
	if (!bytes)
		bytes = 1;
	return noted(p ? hooks.resize(p, bytes, hooks.user) : hooks.alloc(bytes, hooks.user));
}

void ptx_free(void *p)
{
	if (p)
		hooks.release(p, hooks.user);
}

char *ptxi_strndup(const char *s, size_t n)
{
	char *copy = NULL;

	if (n == SIZE_MAX)
		return NULL;
	copy = ptxi_realloc_array(NULL, n + 1, 1);
	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *ptxi_strdup(const char *s)
{
	return ptxi_strndup(s, strlen(s));
}

char *ptxi_asprintf(const char *fmt, ...)
{
	struct ptx_buf b;
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	return ptx_buf_steal(&b, NULL);
}

void ptxi_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

void ptxi_free_secret(char *s)
{
	if (s)
		ptxi_wipe(s, strlen(s));
	ptx_free(s);
}
