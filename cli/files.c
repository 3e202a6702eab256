/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - files that options name. A secret is never an option's value, since other users see
 * those: it comes from a file or the environment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

int files_cannot(struct ptx_error **err, const char *what, const char *path)
{
	int code = errno == ENOENT ? PTX_E_NOT_FOUND : errno == EACCES ? PTX_E_DENIED : PTX_E_IO;

	ptx_error_set(err, code, "cannot %s '%s': %s", what, path, strerror(errno));
	return code;
}

int files_read(const char *path, struct ptx_buf *out, struct ptx_error **err)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char chunk[8192];
	int rc = 0;

	if (!f)
		return files_cannot(err, "read", path);
	while (ptx_buf_ok(out)) {
		size_t n = fread(chunk, 1, sizeof(chunk), f);

		ptx_buf_add(out, chunk, n);
		if (n == 0)
			break;
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (ferror(f))
		rc = files_cannot(err, "read", path);
	if (f != stdin)
		fclose(f);
	if (rc == 0 && !ptx_buf_ok(out)) {
		rc = out->status;
		ptx_error_set(err, rc,
			      rc == PTX_E_LIMIT ? "'%s' is too large"
						: "out of memory while reading '%s'",
			      path);
	}
	return rc;
}

int files_read_secret(const char *path, const char *env, const char *what, struct ptx_buf *out,
		      struct ptx_error **err)
{
	const char *given = getenv(env);
	int rc = 0;

	if (path)
		rc = files_read(path, out, err);
	else if (given)
		ptx_buf_adds(out, given);
	while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
		ptx_buf_truncate(out, out->n - 1);
	if (rc == 0 && path && out->n == 0)
		return cli_usage(err, "the %s in '%s' is empty", what, path);
	return rc;
}

void files_forget(struct ptx_buf *secret)
{
	explicit_bzero(secret->p, secret->n);
	ptx_buf_done(secret);
}
