/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - making errors inside the library.
 *
 * Every source file says which area it is before its first include:
 *     #define PTX_AREA PTX_AREA_PACKAGE
 */
#ifndef PTXI_ERROR_H
#define PTXI_ERROR_H

#include <pitrix/error.h>
#include "auto.h"

enum ptxi_area {
	PTX_AREA_BASE,
	PTX_AREA_VALUE,
	PTX_AREA_TEXT,
	PTX_AREA_SCHEMA,
	PTX_AREA_NET,
	PTX_AREA_EVNET,
	PTX_AREA_CLUSTER,
	PTX_AREA_TEMPLATE,
	PTX_AREA_PACKAGE,
	PTX_AREA_CHART,
	PTX_AREA_KUBE,
	PTX_AREA_STORE,
	PTX_AREA_REPO,
	PTX_AREA_PROVIDER,
	PTX_AREA_WIRE,
	PTX_AREA_PILOT,
	PTX_AREA_AGENT,
	PTX_AREA_MATCH,
	PTX_AREA_PLAN,
	PTX_AREA_ENGINE,
	PTX_AREA_FRONT,
	PTX_AREA_CLI,
	PTX_AREA_COUNT
};

PTX_DEFINE_AUTO(error);
PTX_DEFINE_AUTO(diags);

#define PTXI_SOURCE_(line) #line
#define PTXI_SOURCE(line)  PTXI_SOURCE_(line)
#define PTXI_HERE          __FILE__ ":" PTXI_SOURCE(__LINE__)

/* Sets *err and returns the code: `return ptx_fail(err, PTX_E_NOT_FOUND, "role '%s' ...", role);`
 */
#define ptx_fail(err, code, ...) ptxi_error_make((err), (code), PTX_AREA, PTXI_HERE, __VA_ARGS__)
/* The same with a place in the user's input, which is copied. */
#define ptx_fail_at(err, code, where, ...)                                                         \
	ptxi_error_make_at((err), (code), PTX_AREA, PTXI_HERE, (where), __VA_ARGS__)
/* The same with errno's text at the end of the message, and errno kept. */
#define ptx_fail_errno(err, code, errnum, ...)                                                     \
	ptxi_error_make_errno((err), (code), PTX_AREA, PTXI_HERE, (errnum), __VA_ARGS__)

int ptxi_error_make(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
		    const char *fmt, ...) PTXI_PRINTF(5, 6);
int ptxi_error_make_at(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
		       struct ptx_where where, const char *fmt, ...) PTXI_PRINTF(6, 7);
int ptxi_error_make_errno(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
			  int errnum, const char *fmt, ...) PTXI_PRINTF(6, 7);

/* Adds what was being tried to an error that is set, and returns its code. */
int ptx_wrap(struct ptx_error **err, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* Adds or replaces the hint; returns the code. */
int ptxi_error_hint(struct ptx_error **err, const char *fmt, ...) PTXI_PRINTF(2, 3);
/* Adds the place in the user's input if there is none yet; returns the code. */
int ptxi_error_at(struct ptx_error **err, struct ptx_where where);
int ptxi_error_remote(struct ptx_error **err, int http_status, const char *remote_code);
/* The code of an errno: ENOENT is NOT_FOUND, EACCES DENIED, ENOSPC IO and so on. */
int ptxi_code_from_errno(int errnum);
/* An owned copy; NULL of NULL. */
struct ptx_error *ptxi_error_copy(const struct ptx_error *err);
/* Frees *err and sets it to NULL: the error was expected. */
void ptxi_error_drop(struct ptx_error **err);
/* The code of work that is done; NOMEM, with such an error, when an allocation of this thread has
 * failed since ptxi_alloc_lost() was `before`, whatever the work made of that. */
int ptxi_error_lost(uint64_t before, int code, struct ptx_error **err);

#endif
