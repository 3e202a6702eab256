/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - changes a chart's charts/ as one step.
 *
 *     .pitrix-charts-XXXXXX   <- the new archives, and hard links to everything of charts/ that
 * stays exchange the two folders' names (renameat2) remove the old one
 *
 * A run that is killed before the exchange leaves charts/ as it was, one that is killed after it
 * leaves the new charts/; what lies about is swept by the next run. Hard links keep a file's time
 * and inode, so what was not changed does not look changed. Where folders cannot be exchanged (a
 * mount point, an old file system), archives are renamed into place one by one, and only then the
 * old ones go.
 */
#define PTX_AREA PTX_AREA_REPO
#include "place.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/time.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#define PREFIX       ".pitrix-charts-"
#define LOCK_STEP_MS 50
#define DEEPEST      64u

static int fail_path(struct ptx_error **err, int errnum, const char *what, const char *path)
{
	return ptx_fail_errno(err, ptxi_code_from_errno(errnum), errnum, "cannot %s '%s'", what,
			      path);
}

int ptxi_place_lock(const char *chart, int64_t wait_ms, struct ptx_error **err)
{
	int64_t until = ptxi_time_mono_ms() + wait_ms;
	ptx_auto_fd fd = open(chart, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int mine = -1;

	if (fd < 0)
		return fail_path(err, errno, "open the folder", chart);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			break; /* a file system without locks on folders: then there is none */
		if (ptxi_time_mono_ms() >= until) {
			ptx_fail(err, PTX_E_BUSY,
				 "the dependencies of '%s' are being updated by somebody else",
				 chart);
			return ptxi_error_hint(err, "wait until it is done");
		}
		ptxi_time_sleep_ms(LOCK_STEP_MS);
	}
	mine = fd;
	fd = -1;
	return mine;
}

/* ---- names of a folder */

typedef int (*name_fn)(const char *name, void *user, struct ptx_error **err);

static int each_name(const char *folder, name_fn fn, void *user, struct ptx_error **err)
{
	DIR *dir = opendir(folder);
	const struct dirent *e = NULL;
	int rc = 0;

	if (!dir)
		return fail_path(err, errno, "read the folder", folder);
	while (rc == 0 && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = fn(e->d_name, user, err);
	closedir(dir);
	return rc;
}

static int sweep_one(const char *name, void *user, struct ptx_error **err)
{
	ptx_auto_str path = NULL;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return 0;
	path = ptxi_path_join(user, name);
	return path ? ptxi_fs_remove(path, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

int ptxi_place_sweep(const char *chart, struct ptx_error **err)
{
	return each_name(chart, sweep_one, (void *)chart, err);
}

/* ---- what stays */

static int link_tree(const char *from, const char *to, unsigned depth, struct ptx_error **err);

struct pair {
	const char *from, *to;
	unsigned depth;
};

static int link_inner(const char *name, void *user, struct ptx_error **err)
{
	const struct pair *p = user;
	ptx_auto_str from = ptxi_path_join(p->from, name);
	ptx_auto_str to = ptxi_path_join(p->to, name);

	return from && to ? link_tree(from, to, p->depth + 1, err)
			  : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int copy_file(const char *from, const char *to, const struct stat *st,
		     struct ptx_error **err)
{
	ptx_auto_buf content = { 0 };
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	int rc = 0;

	ptx_buf_init(&content, 0);
	rc = ptxi_fs_read(from, SIZE_MAX / 2, &content, err);
	if (rc == 0)
		rc = ptxi_fs_write(to, ptx_buf_str(&content), st->st_mode & 0777, err);
	if (rc == 0)
		utimensat(AT_FDCWD, to, times, 0); /* only for the looks */
	return rc;
}

static int link_tree(const char *from, const char *to, unsigned depth, struct ptx_error **err)
{
	struct pair inner = { from, to, depth };
	struct stat st = { 0 };
	int rc = 0;

	if (depth > DEEPEST)
		return ptx_fail(err, PTX_E_LIMIT, "'%s' is nested deeper than %u folders", from,
				DEEPEST);
	if (lstat(from, &st) < 0)
		return fail_path(err, errno, "read", from);
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(to, 0700) < 0)
			return fail_path(err, errno, "make the folder", to);
		rc = each_name(from, link_inner, &inner, err);
		if (rc < 0)
			return rc;
		return chmod(to, st.st_mode & 07777) < 0
			   ? fail_path(err, errno, "change the mode of", to)
			   : 0;
	}
	if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return copy_file(from, to, &st, err);
	return fail_path(err, errno, "link", from);
}

/* ---- the change */

struct change {
	const char *charts; /* the folder */
	const char *staging;
	const struct ptxi_placed *files;
	size_t count;
	const char *const *removed;
	size_t removed_count;
};

static bool stays(const struct change *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->files[i].name, name) == 0)
			return false;
	for (size_t i = 0; i < c->removed_count; i++)
		if (strcmp(c->removed[i], name) == 0)
			return false;
	return true;
}

static int keep_one(const char *name, void *user, struct ptx_error **err)
{
	const struct change *c = user;
	struct pair p = { c->charts, c->staging, 0 };
	ptx_auto_str path = NULL;

	if (stays(c, name))
		return link_inner(name, &p, err);
	/* A folder where an archive is to be is not ours to remove. */
	path = ptxi_path_join(c->charts, name);
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return ptxi_fs_is_dir(path) ? ptx_fail(err, PTX_E_EXISTS, "'%s' is a folder", path) : 0;
}

static int write_new(const struct change *c, struct ptx_error **err)
{
	int rc = 0;

	for (size_t i = 0; i < c->count && rc == 0; i++) {
		ptx_auto_str path = ptxi_path_join(c->staging, c->files[i].name);

		rc = path ? ptxi_fs_write(path, c->files[i].content, 0644, err)
			  : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	return rc;
}

/* One by one: the new ones, then the old ones go. */
static int move_each(const struct change *c, struct ptx_error **err)
{
	int rc = 0;

	for (size_t i = 0; i < c->count && rc == 0; i++) {
		ptx_auto_str from = ptxi_path_join(c->staging, c->files[i].name);
		ptx_auto_str to = ptxi_path_join(c->charts, c->files[i].name);

		if (!from || !to)
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
		if (rename(from, to) < 0)
			rc = fail_path(err, errno, "write", to);
	}
	for (size_t i = 0; i < c->removed_count && rc == 0; i++) {
		ptx_auto_str path = ptxi_path_join(c->charts, c->removed[i]);

		rc = path ? ptxi_fs_remove(path, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	return rc;
}

static void sync_folder(const char *path)
{
	ptx_auto_fd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

static int exchange(const struct change *c, const char *chart, mode_t mode, struct ptx_error **err)
{
	ptx_auto(error) e = NULL;
	int rc = each_name(c->charts, keep_one, (void *)c, &e);

	if (rc == PTX_E_EXISTS)
		return ptx_fail(err, rc, "%s", ptx_error_message(e));
	if (rc == 0)
		sync_folder(c->staging);
	if (rc < 0 || chmod(c->staging, mode) < 0 ||
	    renameat2(AT_FDCWD, c->staging, AT_FDCWD, c->charts, RENAME_EXCHANGE) < 0)
		return move_each(c, err);
	sync_folder(chart);
	return 0;
}

static int change(struct change *c, const char *chart, struct ptx_error **err)
{
	struct stat st = { 0 };
	int rc = write_new(c, err);

	if (rc < 0)
		return rc;
	if (mkdir(c->charts, 0755) < 0 && errno != EEXIST)
		return fail_path(err, errno, "make the folder", c->charts);
	if (stat(c->charts, &st) < 0)
		return fail_path(err, errno, "read", c->charts);
	if (!S_ISDIR(st.st_mode))
		return ptx_fail(err, PTX_E_INVALID, "\"%s\" is not a directory", c->charts);
	return exchange(c, chart, st.st_mode & 07777, err);
}

int ptxi_place(const char *chart, const struct ptxi_placed *files, size_t count,
	       const char *const *removed, size_t removed_count, struct ptx_error **err)
{
	ptx_auto_str charts = ptxi_path_join(chart, "charts");
	char *real = charts ? realpath(charts, NULL)
			    : NULL; /* it may be a link: then what it leads to is changed */
	ptx_auto_str parent = real ? ptxi_path_dir(real) : ptxi_strdup(chart);
	ptx_auto_str staging = charts && parent ? ptxi_fs_tempdir(parent, PREFIX, err) : NULL;
	struct change c = { real ? real : charts, staging, files, count, removed, removed_count };
	int rc = 0;

	if (staging)
		rc = change(&c, parent, err);
	else
		rc = err && *err ? ptx_error_code(*err)
				 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	free(real);
	if (staging) {
		int removed_rc = ptxi_fs_remove(staging, rc < 0 ? NULL : err);

		rc = rc < 0 ? rc : removed_rc;
	}
	return rc;
}
