/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - from a repository to bytes that are what the index says.
 *
 * An index is written to Helm's cache only once it has been read, so a spoiled answer never
 * replaces a good index. An archive whose digest the index tells comes from the cache of this
 * library when it is there; else it is fetched under a lock, so that two runs at once fetch it
 * once, checked, and kept. A digest that differs is never taken (but where the caller follows Helm,
 * which does not look).
 */
#define PTX_AREA PTX_AREA_REPO
#include "fetch.h"
#include "cache.h"
#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../text/url_resolve.h"

#define LOCK_WAIT_MS (5 * 60 * 1000)

static int write_index(const char *path, struct ptx_str text, struct ptx_error **err)
{
	ptx_auto_str dir = ptxi_path_dir(path);
	int rc = dir ? ptxi_fs_mkdirs(dir, 0755, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");

	return rc < 0 ? rc : ptxi_fs_write(path, text, 0644, err);
}

struct ptxi_index *ptxi_fetch_index(struct ptxi_transports *t, const struct ptxi_repo *repo,
				    const char *path, const struct ptxi_index_opts *opts,
				    struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf url = { 0 };
	ptx_auto_buf text = { 0 };
	struct ptxi_index_opts o = *opts;
	ptxi_auto(index) index = NULL;
	struct ptxi_get g = { .repo = repo, .max_bytes = PTXI_INDEX_MAX_BYTES };

	ptx_buf_init(&url, 0);
	ptx_buf_init(&text, 0);
	if (!a) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (ptxi_url_reference(a, ptxi_str(repo->url), PTXI_STR("index.yaml"), &url, err) < 0)
		return NULL;
	g.url = url.p;
	o.source = repo->url;
	if (ptxi_transport_get(t, &g, &text, err) < 0)
		return NULL;
	index = ptxi_index_parse(ptx_buf_str(&text), &o, err);
	if (!index || (path && write_index(path, ptx_buf_str(&text), err) < 0))
		return NULL;
	return ptx_steal(&index);
}

struct ptxi_index *ptxi_fetch_cached_index(const char *path, const struct ptxi_index_opts *opts,
					   struct ptx_error **err)
{
	struct ptxi_index_opts o = *opts;
	ptx_auto_buf text = { 0 };
	ptx_auto(error) e = NULL;
	struct ptxi_index *index = NULL;
	int rc = 0;

	ptx_buf_init(&text, 0);
	o.source = path;
	rc = ptxi_fs_read(path, PTXI_INDEX_MAX_BYTES, &text, &e);
	if (rc == PTX_E_NOT_FOUND) {
		ptx_fail(err, rc, "open %s: no such file or directory", path);
		return NULL;
	}
	if (rc == 0)
		index = ptxi_index_parse(ptx_buf_str(&text), &o, &e);
	if (index)
		return index;
	ptx_fail(err, ptx_error_code(e), "error loading %s: %s", path, ptx_error_message(e));
	return NULL;
}

static bool is_file_url(struct ptx_str url)
{
	return url.n >= 5 && strncasecmp(url.p, "file:", 5) == 0;
}

int ptxi_fetch_url(const struct ptxi_repo *repo, const char *url, struct ptx_buf *out,
		   struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	size_t before = out->n;
	int rc = a ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");

	/* One that is configured gets the path put behind its own, one that is not is a base for
	 * it: as Helm has it. */
	if (rc == 0 && repo->unmanaged)
		rc = ptxi_url_reference(a, ptxi_str(repo->url), ptxi_str(url), out, err);
	else if (rc == 0)
		rc = ptxi_url_join(a, ptxi_str(repo->url), ptxi_str(url), out, err);
	if (rc < 0)
		return rc;
	if (is_file_url(ptxi_str_from(ptx_buf_str(out), before)) &&
	    !is_file_url(ptxi_str(repo->url))) {
		ptx_auto_buf shown = { 0 };

		ptx_buf_init(&shown, 0);
		ptxi_url_show(ptxi_str(repo->url), &shown);
		return ptx_fail(err, PTX_E_UNTRUSTED,
				"the index of '%s' leads to a file of this machine: '%s'", shown.p,
				url);
	}
	return 0;
}

static int check_digest(const struct ptxi_fetch *f, const char *want, struct ptx_str content,
			struct ptx_error **err)
{
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, content);
	ptx_auto_buf shown = { 0 };

	if (!hex)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (strcasecmp(hex, want) == 0)
		return 0;
	ptx_buf_init(&shown, 0);
	ptxi_url_show(ptxi_str(f->url), &shown);
	ptx_fail(err, PTX_E_CORRUPT, "'%s' has the digest sha256:%s, but the index says sha256:%s",
		 shown.p, hex, want);
	return ptxi_error_hint(err, "refresh the index; if they still differ, the archive was "
				    "changed after it was indexed, or on the way");
}

static int download(struct ptxi_transports *t, const struct ptxi_fetch *f, struct ptx_buf *out,
		    struct ptx_error **err)
{
	const struct ptxi_get g = {
		.url = f->url,
		.repo = f->repo,
		.accept = "application/gzip,application/octet-stream",
		.max_bytes = PTXI_ARCHIVE_MAX_BYTES,
	};

	if (f->begins)
		f->begins(f->user);
	return ptxi_transport_get(t, &g, out, err);
}

/* Downloads and checks. */
static int download_checked(struct ptxi_transports *t, const struct ptxi_fetch *f,
			    const char *digest, struct ptx_buf *out, struct ptx_error **err)
{
	size_t before = out->n;
	ptx_auto(error) e = NULL;
	int rc = download(t, f, out, err);

	if (rc < 0 || !digest[0])
		return rc < 0 ? rc : PTXI_FETCH_DOWNLOADED;
	rc = check_digest(f, digest, ptxi_str_from(ptx_buf_str(out), before), &e);
	if (rc == 0)
		return PTXI_FETCH_DOWNLOADED;
	if (rc == PTX_E_CORRUPT && f->only_warn)
		return PTXI_FETCH_MISMATCH;
	ptx_buf_truncate(out, before);
	if (err)
		*err = ptx_steal(&e);
	return rc;
}

/* The digest without "sha256:", in lower case. */
static bool plain_digest(const char *given, char out[65])
{
	if (strncmp(given, "sha256:", 7) == 0)
		given += 7;
	if (strlen(given) > 64)
		return false;
	for (size_t i = 0; i <= strlen(given); i++)
		out[i] = (char)(given[i] >= 'A' && given[i] <= 'F' ? given[i] | 0x20 : given[i]);
	return !out[0] || ptxi_cache_is_digest(out);
}

int ptxi_fetch_archive(struct ptxi_transports *t, const struct ptxi_fetch *f, struct ptx_buf *out,
		       struct ptx_error **err)
{
	const struct ptx_ctx *ctx = ptxi_transports_ctx(t);
	char digest[65] = "";
	ptx_auto_fd lock = -1;
	size_t before = out->n;
	int rc = 0;

	if (!plain_digest(f->digest, digest)) {
		if (!f->only_warn)
			return ptx_fail(err, PTX_E_INVALID,
					"the index gives '%s' a digest that is no SHA-256: '%.80s'",
					f->url, f->digest);
		rc = download(t, f, out, err);
		return rc < 0 ? rc : PTXI_FETCH_MISMATCH;
	}
	if (!digest[0] || !f->use_cache || !ptx_ctx_cache(ctx))
		return download_checked(t, f, digest, out, err);
	lock = ptxi_cache_lock(ctx, digest, LOCK_WAIT_MS, err);
	if (lock < 0)
		return lock;
	rc = ptxi_cache_get(ctx, digest, PTXI_ARCHIVE_MAX_BYTES, out, err);
	if (rc != 0)
		return rc < 0 ? rc : PTXI_FETCH_CACHED;
	rc = download_checked(t, f, digest, out, err);
	if (rc == PTXI_FETCH_DOWNLOADED) {
		int kept =
		    ptxi_cache_put(ctx, digest, ptxi_str_from(ptx_buf_str(out), before), err);

		rc = kept < 0 ? kept : rc;
	}
	return rc;
}
