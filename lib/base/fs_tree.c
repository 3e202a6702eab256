/* SPDX-License-Identifier: Apache-2.0 */
/* fs_tree.c - walking and removing whole folders.
 *
 * Both go by descriptors (openat with O_NOFOLLOW), so a link that somebody puts in the way while we
 * are at it leads nowhere. Removing copes with any depth with a bounded number of descriptors: what
 * lies deeper than MAX_OPEN folders is renamed up to the top of the tree and removed in a later
 * round.
 */
#define PTX_AREA PTX_AREA_BASE
#include "fs.h"
#include "path.h"
#include "sort.h"
#include "vec.h"

#include <dirent.h>
#include <fcntl.h>

#define MAX_OPEN 64

static int fail_tree(struct ptx_error **err, int errnum, const char *what, const char *path)
{
	return ptx_fail_errno(err, ptxi_code_from_errno(errnum), errnum, "cannot %s '%s'", what,
			      path);
}

struct names {
	PTX_VEC(char *) list;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->list.n; i++)
		ptx_free(names->list.v[i]);
	ptx_vec_done(&names->list);
}

/* The names in an open folder but `.` and `..`; 0 or an errno. fd stays open. */
static int read_names(int fd, struct names *names)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	int failed = 0;

	if (!dir) {
		failed = errno;
		if (copy >= 0)
			close(copy);
		return failed;
	}
	rewinddir(dir);
	for (;;) {
		struct dirent *e = NULL;
		char *name = NULL;

		errno = 0;
		e = readdir(dir);
		if (!e) {
			failed = errno;
			break;
		}
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		name = ptxi_strdup(e->d_name);
		if (!name || !ptx_vec_push(&names->list, name)) {
			ptx_free(name);
			failed = ENOMEM;
			break;
		}
	}
	closedir(dir);
	return failed;
}

static int compare_names(const void *a, const void *b, void *user)
{
	(void)user;
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct walk {
	const char *root;
	unsigned depth;
	ptxi_walk_fn fn;
	void *user;
	struct ptx_error **err;
};

static int walk_dir(const struct walk *w, int fd, const char *rel, unsigned level);

static int walk_entry(const struct walk *w, int dir, const char *name, const char *path,
		      unsigned level)
{
	struct ptxi_walk_entry e = { .path = path };
	ptx_auto_fd fd = -1;
	int rc = 0;

	if (fstatat(dir, name, &e.st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail_tree(w->err, errno, "look at", path);
	rc = w->fn(&e, w->user, w->err);
	if (rc < 0 || !S_ISDIR(e.st.st_mode) || rc == PTXI_WALK_SKIP)
		return rc < 0 ? rc : 0;
	if (level >= w->depth)
		return ptx_fail(w->err, PTX_E_LIMIT,
				"folder '%s' in '%s' is deeper than the %u levels allowed", path,
				w->root, w->depth);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail_tree(w->err, errno, "open the folder", path);
	return walk_dir(w, fd, path, level + 1);
}

static int walk_dir(const struct walk *w, int fd, const char *rel, unsigned level)
{
	PTXI_CLEANUP(names_done) struct names names = { 0 };
	int rc = read_names(fd, &names);

	if (rc)
		return fail_tree(w->err, rc, "read the folder", rel[0] ? rel : w->root);
	if (!ptxi_sort(names.list.v, names.list.n, sizeof(names.list.v[0]), compare_names, NULL))
		return ptx_fail(w->err, PTX_E_NOMEM, "no memory to read the folder '%s'", w->root);
	for (size_t i = 0; rc == 0 && i < names.list.n; i++) {
		ptx_auto_str path = ptxi_path_join(rel, names.list.v[i]);

		if (!path)
			return ptx_fail(w->err, PTX_E_NOMEM, "no memory to read the folder '%s'",
					w->root);
		rc = walk_entry(w, fd, names.list.v[i], path, level);
	}
	return rc;
}

int ptxi_fs_walk(const char *root, unsigned depth, ptxi_walk_fn fn, void *user,
		 struct ptx_error **err)
{
	struct walk w = { root, depth, fn, user, err };
	ptx_auto_fd fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 && errno == ENOTDIR)
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not a folder", root);
	if (fd < 0)
		return fail_tree(err, errno, "open the folder", root);
	rc = walk_dir(&w, fd, "", 1);
	return rc < 0 ? ptx_wrap(err, "while reading the folder '%s'", root) : 0;
}

struct removal {
	int top;          /* the folder that is to go */
	const char *path; /* its name, for errors */
	unsigned moved;   /* folders renamed up so far */
};

static int remove_in(struct removal *r, int fd, unsigned open_dirs);

/* Opens a folder to empty it, and makes it ours to change where its mode forbids that. Fails as
 * openat(). */
static int open_to_empty(int dir, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags);
	struct stat st = { 0 };

	if (fd < 0 && errno == EACCES && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode) && fchmodat(dir, name, 0700, 0) == 0)
		return openat(dir, name, flags);
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700 && fchmod(fd, 0700) < 0)
		return fd; /* not ours: unlinkat() will say so */
	return fd;
}

/* Renames a folder that is too deep to the top, where a later round finds it. 0 or an errno. */
static int move_up(struct removal *r, int dir, const char *name)
{
	for (int tries = 0; tries < 1000; tries++) {
		char to[40];

		snprintf(to, sizeof(to), ".pitrix-removed-%u", r->moved++);
		if (renameat2(dir, name, r->top, to, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno == EINVAL && renameat(dir, name, r->top, to) == 0)
			return 0;
		if (errno != EEXIST && errno != ENOTEMPTY)
			return errno;
	}
	return EEXIST;
}

/* True when unlink() refused something that turns out to be no folder either. */
static bool not_a_folder(int errnum)
{
	return errnum == ENOTDIR || errnum == ELOOP;
}

/* Removes one entry of dir. 0 or an errno. */
static int remove_entry(struct removal *r, int dir, const char *name, unsigned open_dirs)
{
	ptx_auto_fd fd = -1;
	int failed = 0;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return errno;
	if (open_dirs >= MAX_OPEN)
		return move_up(r, dir, name);
	fd = open_to_empty(dir, name);
	if (fd < 0)
		return errno == ENOENT ? 0 : not_a_folder(errno) ? EPERM : errno;
	failed = remove_in(r, fd, open_dirs + 1);
	if (!failed && unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		failed = errno;
	return failed;
}

/* Empties an open folder. 0 or an errno. */
static int remove_in(struct removal *r, int fd, unsigned open_dirs)
{
	PTXI_CLEANUP(names_done) struct names names = { 0 };
	int failed = read_names(fd, &names);

	for (size_t i = 0; !failed && i < names.list.n; i++)
		failed = remove_entry(r, fd, names.list.v[i], open_dirs);
	return failed;
}

int ptxi_fs_remove(const char *path, struct ptx_error **err)
{
	struct removal r = { .top = -1, .path = path };
	ptx_auto_fd fd = -1;
	int failed = 0;

	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return fail_tree(err, errno, "remove", path);
	fd = open_to_empty(AT_FDCWD, path);
	if (fd < 0)
		return errno == ENOENT
			   ? 0
			   : fail_tree(err, not_a_folder(errno) ? EPERM : errno, "remove", path);
	r.top = fd;
	do {
		unsigned before = r.moved;

		failed = remove_in(&r, fd, 1);
		if (!failed && r.moved == before)
			break;
	} while (!failed);
	if (!failed && rmdir(path) < 0 && errno != ENOENT)
		failed = errno;
	return failed ? fail_tree(err, failed, "remove", path) : 0;
}
