/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - a content-addressed store of archives: CACHE/archives/sha256/HEX.
 *
 * A file's name is the digest of its content, so writers cannot disagree, and a file is either not
 * there or whole (it is renamed into place). What is read is hashed again: a spoiled file counts as
 * missing. The time of a file is that of its last use; pruning removes the oldest under one lock.
 * One of 256 lock files stands for each digest, so that locks need no removal.
 */
#define PTX_AREA PTX_AREA_REPO
#include "cache.h"
#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/vec.h"

#include <fcntl.h>

#define HEX_LENGTH    64u
#define PRUNE_WAIT_MS 0

bool ptxi_cache_is_digest(const char *digest)
{
	return strlen(digest) == HEX_LENGTH && strspn(digest, "0123456789abcdef") == HEX_LENGTH;
}

/* CACHE/archives/sha256, made; owned. */
static char *folder(const struct ptx_ctx *ctx, struct ptx_error **err)
{
	const char *cache = ptxi_ctx_need_cache(ctx, err);
	ptx_auto_str path = cache ? ptxi_path_join(cache, "archives/sha256") : NULL;

	if (cache && !path)
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (!path || ptxi_fs_mkdirs(path, 0700, err) < 0)
		return NULL;
	return ptx_steal(&path);
}

static int code_of(struct ptx_error **err, int fallback)
{
	return err && *err ? ptx_error_code(*err) : fallback;
}

/* The file of a digest; owned. */
static int path_of(const struct ptx_ctx *ctx, const char *digest, char **out,
		   struct ptx_error **err)
{
	ptx_auto_str dir = NULL;

	if (!ptxi_cache_is_digest(digest))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is not the SHA-256 of anything", digest);
	dir = folder(ctx, err);
	if (!dir)
		return code_of(err, PTX_E_CONFIG);
	*out = ptxi_path_join(dir, digest);
	return *out ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

int ptxi_cache_get(const struct ptx_ctx *ctx, const char *digest, size_t max, struct ptx_buf *out,
		   struct ptx_error **err)
{
	ptx_auto_str path = NULL;
	ptx_auto(error) e = NULL;
	ptx_auto_str hex = NULL;
	size_t before = out->n;
	int rc = path_of(ctx, digest, &path, err);

	if (rc < 0)
		return rc;
	rc = ptxi_fs_read(path, max, out, &e);
	if (rc == PTX_E_NOT_FOUND)
		return 0;
	if (rc < 0) {
		if (err)
			*err = ptx_steal(&e);
		return rc;
	}
	hex = ptxi_digest_hex(PTXI_SHA256, ptxi_str_from(ptx_buf_str(out), before));
	if (!hex)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (strcmp(hex, digest) != 0) {
		ptx_buf_truncate(out, before);
		rc = ptxi_fs_remove(path, err);
		return rc < 0 ? rc : 0;
	}
	/* Used now; if it cannot be said, it is pruned early. */
	if (path)
		utimensat(AT_FDCWD, path, NULL, 0);
	return 1;
}

struct file {
	char *name;
	int64_t used;
	uint64_t size;
};

struct files {
	PTX_VEC(struct file) list;
	uint64_t total;
};

static int add_file(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct files *files = user;
	struct file f = { NULL, e->st.st_mtime, (uint64_t)e->st.st_size };

	if (!S_ISREG(e->st.st_mode) || !ptxi_cache_is_digest(e->path))
		return 0;
	f.name = ptxi_strdup(e->path);
	if (!f.name || !ptx_vec_push(&files->list, f)) {
		ptx_free(f.name);
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	files->total += f.size;
	return 0;
}

static int oldest_first(const void *x, const void *y, void *user)
{
	const struct file *a = x;
	const struct file *b = y;

	(void)user;
	return a->used < b->used ? -1 : a->used > b->used;
}

static int remove_oldest(const char *dir, struct files *files, uint64_t max, struct ptx_error **err)
{
	int rc = 0;

	if (files->list.n &&
	    !ptxi_sort(files->list.v, files->list.n, sizeof(*files->list.v), oldest_first, NULL))
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	for (size_t i = 0; i < files->list.n && files->total > max && rc == 0; i++) {
		ptx_auto_str path = ptxi_path_join(dir, files->list.v[i].name);

		rc = path ? ptxi_fs_remove(path, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");
		files->total -= files->list.v[i].size;
	}
	return rc;
}

int ptxi_cache_prune(const struct ptx_ctx *ctx, uint64_t max, struct ptx_error **err)
{
	ptx_auto_str dir = folder(ctx, err);
	ptx_auto_str lock = dir ? ptxi_path_join(dir, "prune.lock") : NULL;
	ptx_auto(error) busy = NULL;
	struct files files = { { NULL, 0, 0 }, 0 };
	ptx_auto_fd fd = lock ? ptxi_fs_lock(lock, PRUNE_WAIT_MS, "pruning the cache", &busy) : -1;
	int rc = 0;

	if (!dir)
		return code_of(err, PTX_E_CONFIG);
	if (fd < 0)
		return 0; /* somebody else is at it */
	rc = ptxi_fs_walk(dir, 1, add_file, &files, err);
	if (rc == 0)
		rc = remove_oldest(dir, &files, max, err);
	for (size_t i = 0; i < files.list.n; i++)
		ptx_free(files.list.v[i].name);
	ptx_vec_done(&files.list);
	return rc;
}

int ptxi_cache_put(const struct ptx_ctx *ctx, const char *digest, struct ptx_str content,
		   struct ptx_error **err)
{
	ptx_auto_str path = NULL;
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, content);
	int rc = path_of(ctx, digest, &path, err);

	if (rc < 0)
		return rc;
	if (!hex)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (strcmp(hex, digest) != 0)
		return ptx_fail(err, PTX_E_CORRUPT, "the digest is %s, not %s", hex, digest);
	rc = ptxi_fs_write(path, content, 0600, err);
	return rc < 0 ? rc : ptxi_cache_prune(ctx, PTXI_CACHE_MAX_BYTES, err);
}

int ptxi_cache_lock(const struct ptx_ctx *ctx, const char *digest, int64_t wait_ms,
		    struct ptx_error **err)
{
	ptx_auto_str dir = ptxi_cache_is_digest(digest) ? folder(ctx, err) : NULL;
	ptx_auto_str name = ptxi_asprintf("fetch-%.2s.lock", digest);
	ptx_auto_str path = dir && name ? ptxi_path_join(dir, name) : NULL;

	if (!path && err && *err)
		return ptx_error_code(*err);
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return ptxi_fs_lock(path, wait_ms, "fetching an archive", err);
}
