/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - the two string types that cross the library's border.
 *
 * struct ptx_str is a borrowed slice; struct ptx_buf is growable bytes that are always followed by
 * a NUL. A buffer is sticky: when memory or its maximum runs out, it remembers that and ignores all
 * further appends, so a writer checks once, at the end. Thread: one thread at a time.
 */
#ifndef PITRIX_BUF_H
#define PITRIX_BUF_H

#include <stdarg.h>
#include <pitrix/types.h>

PTX_BEGIN

/* A slice of bytes that belong to somebody else; not NUL-terminated. */
struct ptx_str {
	const char *p;
	size_t n;
};

#define PTX_STR_ARG(s) (int)(s).n, (s).p

/* Growable bytes. Read p and n; change them only through the functions below. */
struct ptx_buf {
	char *p;    /* owned, NUL-terminated; never NULL after ptx_buf_init() */
	size_t n;   /* bytes used, without the NUL */
	size_t cap; /* bytes there is room for */
	size_t max; /* most bytes allowed; 0 = no limit */
	int status; /* 0, PTX_E_NOMEM or PTX_E_LIMIT */
};

/* Makes an empty buffer that may hold up to max bytes (0: no limit). Cannot fail. */
PTX_API void ptx_buf_init(struct ptx_buf *b, size_t max);

/* Frees what the buffer holds and makes it empty again. */
PTX_API void ptx_buf_done(struct ptx_buf *b);

/* Forgets the content, keeps the memory, and clears a sticky failure. */
PTX_API void ptx_buf_clear(struct ptx_buf *b);

PTX_API void ptx_buf_add(struct ptx_buf *b, const void *bytes, size_t n);
PTX_API void ptx_buf_addc(struct ptx_buf *b, char c);
PTX_API void ptx_buf_adds(struct ptx_buf *b, const char *s);
PTX_API void ptx_buf_addstr(struct ptx_buf *b, struct ptx_str s);
PTX_API void ptx_buf_fill(struct ptx_buf *b, char c, size_t count);
PTX_API void ptx_buf_printf(struct ptx_buf *b, const char *fmt, ...) PTX_FORMAT(2, 3);
PTX_API void ptx_buf_vprintf(struct ptx_buf *b, const char *fmt, va_list ap) PTX_FORMAT(2, 0);

/* Makes room for n more bytes and returns where they go, or NULL (then the buffer is failed). The
 * bytes count only once ptx_buf_commit() says how many were written. */
PTX_API char *ptx_buf_reserve(struct ptx_buf *b, size_t n);
PTX_API void ptx_buf_commit(struct ptx_buf *b, size_t n);

/* Cuts the content to n bytes; longer than it is: no change. */
PTX_API void ptx_buf_truncate(struct ptx_buf *b, size_t n);

/* True while nothing failed. */
PTX_API bool ptx_buf_ok(const struct ptx_buf *b);

/* Hands the bytes over: an owned, NUL-terminated string (free with ptx_free()), or NULL when the
 * buffer had failed. The buffer is empty afterwards. n, if given, gets the length. */
PTX_API char *ptx_buf_steal(struct ptx_buf *b, size_t *n);

/* The content as a slice, valid until the buffer changes. */
PTX_API struct ptx_str ptx_buf_str(const struct ptx_buf *b);

/* Frees a string that a function of this library returned as owned; NULL is fine. */
PTX_API void ptx_free(void *p);

PTX_END

#endif
