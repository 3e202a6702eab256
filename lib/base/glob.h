/* SPDX-License-Identifier: Apache-2.0 */
/* glob.h - shell patterns and ignore files.
 *
 * A pattern has `*` and `?` (neither crosses a slash), `[a-z]`, `[^a]`, and a backslash that
 * quotes, as Go's filepath.Match. An ignore file (.helmignore) has a pattern a line, `#` comments,
 * `!` that negates, a trailing slash for folders only; `**` is refused, as Helm does. */
#ifndef PTXI_GLOB_H
#define PTXI_GLOB_H

#include "ptxi.h"

/* 1 match, 0 none, PTX_E_SYNTAX for a malformed pattern. */
int ptxi_glob_match(struct ptx_str pattern, struct ptx_str name);

struct ptxi_ignore;
/* Reads the text of an ignore file; file names it in errors. */
struct ptxi_ignore *ptxi_ignore_parse(struct ptx_str text, const char *file,
				      struct ptx_error **err);
void ptxi_ignore_free(struct ptxi_ignore *ig);
PTXI_DEFINE_AUTO(ignore);
/* True when the path (relative, with slashes) is to be left out. */
bool ptxi_ignore_match(const struct ptxi_ignore *ig, const char *path, bool is_dir);

#endif
