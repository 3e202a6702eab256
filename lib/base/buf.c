/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - growable bytes with a sticky failure. An empty buffer points at a shared NUL and owns
 * nothing, so that making one cannot fail. Invariant: cap == 0 exactly when p is that shared byte.
 */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"

static char nothing[1] = "";

void ptx_buf_init(struct ptx_buf *b, size_t max)
{
	*b = (struct ptx_buf){ .p = nothing, .max = max };
}

void ptx_buf_done(struct ptx_buf *b)
{
	if (b->cap)
		ptx_free(b->p);
	ptx_buf_init(b, b->max);
}

void ptx_buf_clear(struct ptx_buf *b)
{
	b->n = 0;
	b->status = 0;
	if (b->cap)
		b->p[0] = '\0';
}

bool ptx_buf_ok(const struct ptx_buf *b)
{
	return b->status == 0;
}

static bool grow(struct ptx_buf *b, size_t n)
{
	size_t need = 0;
	size_t cap = 0;
	char *p = NULL;

	if (b->status)
		return false;
	if (n >= SIZE_MAX - b->n - 1) {
		b->status = PTX_E_NOMEM;
		return false;
	}
	if (b->max && (n > b->max || b->n > b->max - n)) {
		b->status = PTX_E_LIMIT;
		return false;
	}
	need = b->n + n + 1;
	if (need <= b->cap)
		return true;
	cap = b->cap < 32 ? 32 : b->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap + cap / 2;
	p = ptxi_realloc_array(b->cap ? b->p : NULL, cap, 1);
	if (!p) {
		b->status = PTX_E_NOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	b->p[b->n] = '\0'; /* also when what was reserved is never committed */
	return true;
}

void ptx_buf_add(struct ptx_buf *b, const void *bytes, size_t n)
{
	if (!grow(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, bytes, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void ptx_buf_addc(struct ptx_buf *b, char c)
{
	if (b->n + 1 < b->cap && !b->status && (!b->max || b->n < b->max)) {
		b->p[b->n++] = c;
		b->p[b->n] = '\0';
		return;
	}
	ptx_buf_add(b, &c, 1);
}

void ptx_buf_adds(struct ptx_buf *b, const char *s)
{
	ptx_buf_add(b, s, strlen(s));
}

void ptx_buf_addstr(struct ptx_buf *b, struct ptx_str s)
{
	ptx_buf_add(b, s.p, s.n);
}

void ptx_buf_fill(struct ptx_buf *b, char c, size_t count)
{
	if (!grow(b, count))
		return;
	memset(b->p + b->n, c, count);
	b->n += count;
	b->p[b->n] = '\0';
}

void ptx_buf_vprintf(struct ptx_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t room = b->cap ? b->cap - b->n : 0;
	int n = 0;

	if (b->status)
		return;
	va_copy(again, ap);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	if (n < 0) {
		b->status = PTX_E_NOMEM;
	} else if ((size_t)n < room && (!b->max || b->n + (size_t)n <= b->max)) {
		b->n += (size_t)n;
	} else {
		if (room)
			b->p[b->n] = '\0';
		if (grow(b, (size_t)n)) {
			vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
			b->n += (size_t)n;
		}
	}
	va_end(again);
}

void ptx_buf_printf(struct ptx_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ptx_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

char *ptx_buf_reserve(struct ptx_buf *b, size_t n)
{
	return grow(b, n) ? b->p + b->n : NULL;
}

void ptx_buf_commit(struct ptx_buf *b, size_t n)
{
	if (b->status || !b->cap)
		return;
	assert(n < b->cap - b->n);
	b->n += n;
	b->p[b->n] = '\0';
}

void ptx_buf_truncate(struct ptx_buf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->p[n] = '\0';
}

char *ptx_buf_steal(struct ptx_buf *b, size_t *n)
{
	char *p = NULL;

	if (b->status || (!b->cap && !grow(b, 0))) {
		ptx_buf_done(b);
		return NULL;
	}
	p = b->p;
	p[b->n] = '\0';
	if (n)
		*n = b->n;
	ptx_buf_init(b, b->max);
	return p;
}

struct ptx_str ptx_buf_str(const struct ptx_buf *b)
{
	return (struct ptx_str){ b->p, b->n };
}
