/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - slices: build, compare, cut, parse numbers. Nothing here allocates. */
#ifndef PTXI_STR_H
#define PTXI_STR_H

#include <string.h>
#include <pitrix/buf.h>

static inline struct ptx_str ptxi_str(const char *s)
{
	return (struct ptx_str){ s, s ? strlen(s) : 0 };
}

static inline struct ptx_str ptxi_strn(const char *p, size_t n)
{
	return (struct ptx_str){ p, n };
}

#define PTXI_STR(literal) ((struct ptx_str){ "" literal, sizeof(literal) - 1 })

bool ptxi_str_eq(struct ptx_str a, struct ptx_str b);
bool ptxi_str_is(struct ptx_str a, const char *b);
/* <0, 0, >0 by bytes. */
int ptxi_str_cmp(struct ptx_str a, struct ptx_str b);
bool ptxi_str_starts(struct ptx_str s, const char *prefix);
bool ptxi_str_ends(struct ptx_str s, const char *suffix);
bool ptxi_str_is_ascii(struct ptx_str s);
/* Index of the first match, or SIZE_MAX. */
size_t ptxi_str_find(struct ptx_str s, struct ptx_str needle);
size_t ptxi_str_find_char(struct ptx_str s, char c);
/* Of the first place where c stands twice, one behind the other. */
size_t ptxi_str_find_pair(struct ptx_str s, char c);
size_t ptxi_str_rfind_char(struct ptx_str s, char c);
/* From from to the end, or up to n bytes; out of range is empty. */
struct ptx_str ptxi_str_from(struct ptx_str s, size_t from);
struct ptx_str ptxi_str_sub(struct ptx_str s, size_t from, size_t n);
/* Without ASCII white space at both ends. */
struct ptx_str ptxi_str_trim(struct ptx_str s);
/* Cuts the part before the first sep off *rest; false when *rest was used up ({NULL, 0}). */
bool ptxi_str_next(struct ptx_str *rest, char sep, struct ptx_str *part);
/* Copies as a NUL-terminated owned string. */
char *ptxi_str_dup(struct ptx_str s);

/* Whole slices that are decimal numbers within [min, max]; false otherwise. A sign is fine for i64.
 */
bool ptxi_parse_i64(struct ptx_str s, int64_t *out, int64_t min, int64_t max);
bool ptxi_parse_u64(struct ptx_str s, uint64_t *out, uint64_t max);
/* A decimal floating-point number in C's syntax, without hex, inf and nan; independent of the
 * locale. One beyond the range of a double reads as an infinity. */
bool ptxi_parse_double(struct ptx_str s, double *out);
/* The shortest decimal text that reads back as f (17 digits at most): digits, and exponent so that
 * f = 0.DIGITS * 10^exp. Returns the number of digits. digits has room for 18. */
size_t ptxi_double_digits(double f, char *digits, int *exp);
/* Appends 0.DIGITS * 10^exp without an exponent: 0.0012, 120, 1.2. */
void ptxi_double_put(const char *digits, size_t n, int exp, struct ptx_buf *out);

#endif
