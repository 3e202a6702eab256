/* SPDX-License-Identifier: Apache-2.0 */
/* fs.h - files and folders. Errors name the path; a full disk is IO with a hint. */
#ifndef PTXI_FS_H
#define PTXI_FS_H

#include "ptxi.h"

#include <sys/stat.h>

/* Appends a whole regular file of at most max bytes (0: 64 MiB). NOT_FOUND, DENIED, LIMIT, IO,
 * INVALID (a folder, a FIFO, ...). A path of "-" reads standard input. */
int ptxi_fs_read(const char *path, size_t max, struct ptx_buf *out, struct ptx_error **err);
/* The same of what is open, from where it stands; path names it in errors. */
int ptxi_fs_read_fd(int fd, const char *path, size_t max, struct ptx_buf *out,
		    struct ptx_error **err);
/* The same of what a person names, which may be a FIFO or a device too ("/dev/fd/63" of a shell's
 * <(...)): it is waited for. */
int ptxi_fs_read_given(const char *path, size_t max, struct ptx_buf *out, struct ptx_error **err);
/* Writes a new file beside it, syncs, renames over it and syncs the folder: a reader sees the old
 * or the new content, whatever happens. The umask applies to mode. */
int ptxi_fs_write(const char *path, struct ptx_str content, mode_t mode, struct ptx_error **err);
/* All missing folders of path, with this mode; fine when it is there. */
int ptxi_fs_mkdirs(const char *path, mode_t mode, struct ptx_error **err);
/* A new folder PREFIXxxxxxx in dir (NULL: $TMPDIR or /tmp), 0700; owned path. */
char *ptxi_fs_tempdir(const char *dir, const char *prefix, struct ptx_error **err);
/* Removes a file, or a folder with all that is in it; never follows links; fine when it is not
 * there. */
int ptxi_fs_remove(const char *path, struct ptx_error **err);
/* path from the root, owned: a relative one is joined to the present folder, and not cleaned, as
 * links may be in it. NOT_FOUND (the present folder is deleted), NOMEM. */
char *ptxi_fs_absolute(const char *path, struct ptx_error **err);
bool ptxi_fs_exists(const char *path);
bool ptxi_fs_is_dir(const char *path);

struct ptxi_walk_entry {
	const char *path; /* relative to the root, with slashes */
	struct stat st;   /* of the entry itself: links are not followed */
};
/* Returns 0 to go on, PTXI_WALK_SKIP not to enter a folder, or a negative code, which ends the
 * walk. */
#define PTXI_WALK_SKIP 1
typedef int (*ptxi_walk_fn)(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err);
/* Visits everything below root, names sorted by bytes, a folder before what is in it. At most depth
 * levels (LIMIT: there is a folder on the last one). Links are visited, never followed. */
int ptxi_fs_walk(const char *root, unsigned depth, ptxi_walk_fn fn, void *user,
		 struct ptx_error **err);

/* An exclusive lock on a file (made if need be, 0600), held until the descriptor closes or the
 * process dies. wait_ms: 0 tries once, <0 waits for ever. Writes "pid N" and what into the file for
 * whoever waits; BUSY names them. Returns the descriptor. */
int ptxi_fs_lock(const char *path, int64_t wait_ms, const char *what, struct ptx_error **err);

#endif
