/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - paths as text; nothing here touches the disk. */
#ifndef PTXI_PATH_H
#define PTXI_PATH_H

#include "ptxi.h"

/* dir/name, owned; name alone when dir is empty. NULL without memory. */
char *ptxi_path_join(const char *dir, const char *name) PTXI_CHECK;
/* Without `.`, doubled slashes and `x/..`, as Go's path.Clean; owned. */
char *ptxi_path_clean(const char *path) PTXI_CHECK;
/* True when path, taken as relative to a folder, stays inside it: not absolute, no `..` part, no
 * backslash, no NUL, not empty. For names out of archives. */
bool ptxi_path_inside(struct ptx_str path);
/* The part after the last slash (path itself without one); borrowed. */
const char *ptxi_path_base(const char *path);
/* The part before the last slash, "." without one, "/" for the root; owned. */
char *ptxi_path_dir(const char *path) PTXI_CHECK;
/* ".gz" of a.tar.gz, "" without one; borrowed. */
const char *ptxi_path_ext(const char *path);

#endif
