/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.h - memory: through the hooks of <pitrix/sys/alloc.h>, sizes checked for overflow. */
#ifndef PTXI_ALLOC_H
#define PTXI_ALLOC_H

#include <pitrix/sys/alloc.h>
#include "attr.h"

/* NULL when there is no memory; zeroed unless it says otherwise. Free with ptx_free(). */
void *ptxi_alloc(size_t n) PTXI_CHECK;
void *ptxi_alloc_array(size_t count, size_t size) PTXI_CHECK;
/* Not zeroed beyond the old size. p stays valid on failure. */
void *ptxi_realloc_array(void *p, size_t count, size_t size) PTXI_CHECK;
char *ptxi_strdup(const char *s) PTXI_CHECK;
char *ptxi_strndup(const char *s, size_t n) PTXI_CHECK;
/* Printf into an owned string; NULL when there is no memory. */
char *ptxi_asprintf(const char *fmt, ...) PTXI_PRINTF(1, 2) PTXI_CHECK;

/* Overwrites n bytes so that the compiler cannot leave it out; for secrets. */
void ptxi_wipe(void *p, size_t n);
/* Wipes a NUL-terminated string and frees it; NULL is fine. */
void ptxi_free_secret(char *s);

/* How many allocations have failed on this thread, ever. What was made while it moved may lack
 * something that nobody missed: see ptxi_error_lost(). */
uint64_t ptxi_alloc_lost(void);

/* Test hook: the nth allocation from now fails, and with `all` every one after it too (0: none
 * fails). Returns how many allocations there were since the last call. */
uint64_t ptxi_alloc_fail_at(uint64_t nth, bool all);

#endif
