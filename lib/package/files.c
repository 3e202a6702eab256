/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - the files of a package, wherever they are.
 *
 * An archive was read into memory whole; of a folder a file is read when it is asked for, and kept.
 * Nothing outside the folder is ever read: a link is followed only where its target is inside.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "package.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/vec.h"

#include <sys/stat.h>

static int keep(struct ptx_package *p, const char *name, struct ptx_buf *b,
		struct ptxi_package_file **out, struct ptx_error **err)
{
	struct ptxi_package_file *f = ptxi_arena_alloc(p->arena, sizeof(*f));
	char *copy = ptxi_arena_strn(p->arena, b->p, b->n);

	if (!f || !copy || ptxi_map_set(p->files, name, f) < 0)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for '%s'", name);
	f->content = ptxi_strn(copy, b->n);
	*out = f;
	return 0;
}

/* A regular file inside the root, links resolved. 1, 0 when it is not there. */
static int resolve(const struct ptx_package *p, const char *name, char **real,
		   struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(p->root, name);
	size_t n = strlen(p->root);
	char *found = path ? realpath(path, NULL) : NULL;
	int saved = errno;

	*real = NULL;
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (!found && (saved == ENOENT || saved == ENOTDIR))
		return 0;
	if (!found)
		return ptx_fail_errno(err, ptxi_code_from_errno(saved), saved, "cannot read '%s'",
				      path);
	if (strncmp(found, p->root, n) == 0 && (found[n] == '/' || (n == 1 && p->root[0] == '/'))) {
		*real = found;
		return 1;
	}
	free(found);
	return ptx_fail(err, PTX_E_INVALID, "'%s' is a link out of the package", name);
}

static int read_from_folder(struct ptx_package *p, const char *name, struct ptxi_package_file **out,
			    struct ptx_error **err)
{
	ptx_auto_buf b = { 0 };
	char *real = NULL;
	int rc = resolve(p, name, &real, err);

	ptx_buf_init(&b, 0);
	if (rc <= 0)
		return rc;
	rc = ptxi_fs_read(real, (size_t)p->opts.max_file_bytes, &b, err);
	free(real);
	if (rc < 0)
		return rc;
	rc = keep(p, name, &b, out, err);
	return rc < 0 ? rc : 1;
}

int ptxi_package_read(struct ptx_package *p, const char *name, struct ptx_str *content,
		      struct ptx_error **err)
{
	struct ptxi_package_file *f = ptxi_map_get(p->files, name);

	*content = (struct ptx_str){ NULL, 0 };
	if (!ptxi_path_inside(ptxi_str(name)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no path inside a package", name);
	if (!f && p->root) {
		int rc = read_from_folder(p, name, &f, err);

		if (rc <= 0)
			return rc;
	}
	if (!f)
		return 0;
	*content = f->content;
	return 1;
}

bool ptxi_package_has(struct ptx_package *p, const char *name)
{
	struct stat st;
	ptx_auto_str path = NULL;

	if (ptxi_map_get(p->files, name))
		return true;
	if (!p->root)
		return false;
	path = ptxi_path_join(p->root, name);
	return path && lstat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

struct each {
	const char *folder;
	ptxi_package_name_fn fn;
	void *user;
};

static int on_entry(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct each *each = user;
	ptx_auto_str name = NULL;

	if (S_ISDIR(e->st.st_mode))
		return strcmp(e->path, ".git") == 0 ? PTXI_WALK_SKIP : 0;
	name = ptxi_path_join(each->folder, e->path);
	if (!name)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	return each->fn(name, (uint64_t)e->st.st_size, each->user, err);
}

static int by_name(const void *a, const void *b, void *user)
{
	(void)user;
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int each_in_memory(struct ptx_package *p, const struct each *each, struct ptx_error **err)
{
	size_t n = strlen(each->folder);
	PTX_VEC(const char *) names = { 0 };
	int rc = 0;

	for (size_t i = 0; i < ptxi_map_count(p->files); i++) {
		const char *name = NULL;

		ptxi_map_at(p->files, i, &name);
		if (n && (strncmp(name, each->folder, n) != 0 || name[n] != '/'))
			continue;
		if (!ptx_vec_push(&names, name))
			rc = ptx_fail(err, PTX_E_NOMEM, "no memory for a list of files");
	}
	if (rc == 0 && names.n && !ptxi_sort(names.v, names.n, sizeof(*names.v), by_name, NULL))
		rc = ptx_fail(err, PTX_E_NOMEM, "no memory for a list of files");
	for (size_t i = 0; i < names.n && rc >= 0; i++) {
		const struct ptxi_package_file *f = ptxi_map_get(p->files, names.v[i]);

		rc = each->fn(names.v[i], f->content.n, each->user, err);
	}
	ptx_vec_done(&names);
	return rc < 0 ? rc : 0;
}

int ptxi_package_each(struct ptx_package *p, const char *folder, ptxi_package_name_fn fn,
		      void *user, struct ptx_error **err)
{
	struct each each = { folder, fn, user };
	ptx_auto_str path = NULL;

	if (!p->root)
		return each_in_memory(p, &each, err);
	path = *folder ? ptxi_path_join(p->root, folder) : ptxi_strdup(p->root);
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (!ptxi_fs_is_dir(path))
		return 0;
	return ptxi_fs_walk(path, PTXI_PACKAGE_MAX_DEPTH, on_entry, &each, err);
}
