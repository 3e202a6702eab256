/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - errors and problems as values.
 *
 * A function that can fail takes `struct ptx_error **err` last. It may be NULL. On success *err is
 * not touched; on failure it is set once, to an owned object (ptx_error_free()). Errors travel:
 * they are made on worker threads, stored in records and sent over the wire. An error is immutable
 * once returned and may then be read from any thread.
 *
 * Parsers and linters find many problems; they fill a struct ptx_diags.
 */
#ifndef PITRIX_ERROR_H
#define PITRIX_ERROR_H

#include <pitrix/buf.h>
#include <pitrix/types.h>

PTX_BEGIN

struct ptx_error;
struct ptx_diags;

/* A place in the user's own input. line and column count from 1 (columns in characters); 0 =
 * unknown. */
struct ptx_where {
	const char *file; /* NULL = unknown */
	unsigned line;
	unsigned column;
};

/* The name of a code on the wire ("not_found") and the exit status of the program (66). */
PTX_API const char *ptx_code_name(int code);
PTX_API int ptx_code_exit_status(int code);
/* What a code means, in a few words; NULL for a number that is no code. Codes count down from 0
 * without a gap. */
PTX_API const char *ptx_code_summary(int code);
/* The code of a wire name, or PTX_E_INTERNAL for a name that does not exist. */
PTX_API int ptx_code_from_name(const char *name);

PTX_API void ptx_error_free(struct ptx_error *err);
PTX_API int ptx_error_code(const struct ptx_error *err);
/* What went wrong, one sentence without a full stop. Borrowed from err. */
PTX_API const char *ptx_error_message(const struct ptx_error *err);
/* What to try, or NULL. */
PTX_API const char *ptx_error_hint(const struct ptx_error *err);
/* The area of the library that made it ("package"), for logs. */
PTX_API const char *ptx_error_area(const struct ptx_error *err);
/* Where in the user's input, or NULL. */
PTX_API const struct ptx_where *ptx_error_where(const struct ptx_error *err);
/* What was being tried, from the inside out; NULL past the last. */
PTX_API const char *ptx_error_context(const struct ptx_error *err, size_t i);
/* errno, the status of an HTTP answer and the code that a remote gave; 0, 0 and NULL where there
 * was none. */
PTX_API int ptx_error_errno(const struct ptx_error *err);
PTX_API int ptx_error_http_status(const struct ptx_error *err);
PTX_API const char *ptx_error_remote_code(const struct ptx_error *err);
/* Where in the library's source it was made ("lib/package/conf.c:120"), for --debug. */
PTX_API const char *ptx_error_source(const struct ptx_error *err);
/* True when trying the same again may help; decided by the code alone. */
PTX_API bool ptx_error_retryable(const struct ptx_error *err);
/* The error as a person reads it: "file:3:7: message", then the contexts and the hint, each on its
 * own line, without a newline at the end. */
PTX_API void ptx_error_print(const struct ptx_error *err, struct ptx_buf *out);
/* An error of the caller's own, e.g. from a callback. */
PTX_API void ptx_error_set(struct ptx_error **err, int code, const char *fmt, ...) PTX_FORMAT(3, 4);

enum ptx_severity { PTX_NOTE, PTX_WARNING, PTX_ERROR };

/* One problem. All strings are borrowed from the list. */
struct ptx_diag {
	enum ptx_severity severity;
	int code;         /* enum ptx_code of an error; 0 for warnings and notes */
	const char *rule; /* stable id of the rule ("conf-unknown-property") */
	const char *path; /* the value that it is about ("cluster.zk_node.count"), or NULL */
	const char *message;
	const char *hint; /* or NULL */
	struct ptx_where where;
};

/* A list of problems. Owned by the caller. Keeps at most 1,000; further ones are counted, not kept.
 * Thread: one at a time. */
PTX_API struct ptx_diags *ptx_diags_new(void);
PTX_API void ptx_diags_free(struct ptx_diags *d);
PTX_API size_t ptx_diags_count(const struct ptx_diags *d);
/* How many of one severity there were, those not kept included. */
PTX_API size_t ptx_diags_count_of(const struct ptx_diags *d, enum ptx_severity severity);
/* The i-th, or NULL. */
PTX_API const struct ptx_diag *ptx_diags_at(const struct ptx_diags *d, size_t i);
/* "file:3:7: error: message (hint) [rule]". */
PTX_API void ptx_diag_print(const struct ptx_diag *d, struct ptx_buf *out);

PTX_END

#endif
