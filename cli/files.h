/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - files that options name, those with secrets among them. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli.h"

#define FILES_MOST_SECRET 4096u

/* An error about a file, from errno: "cannot read 'x': ..."; returns its code. */
int files_cannot(struct ptx_error **err, const char *what, const char *path);
/* Appends a whole file, or stdin for "-". Fails: NOT_FOUND, DENIED, IO, LIMIT, NOMEM. */
int files_read(const char *path, struct ptx_buf *out, struct ptx_error **err);
/* Appends a secret from a file (NULL: from an environment variable, else nothing), without the
 * line's end. what: what it is, for messages. Fails: USAGE when the file is empty, and as
 * files_read(). */
int files_read_secret(const char *path, const char *env, const char *what, struct ptx_buf *out,
		      struct ptx_error **err);
/* Wipes and frees. */
void files_forget(struct ptx_buf *secret);

#endif
