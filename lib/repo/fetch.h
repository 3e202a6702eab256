/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - indexes and archives of repositories: got, checked, kept. */
#ifndef PTXI_REPO_FETCH_H
#define PTXI_REPO_FETCH_H

#include "index.h"
#include "transport.h"

#define PTXI_ARCHIVE_MAX_BYTES ((size_t)100 << 20)

/* Gets the index of a repository, reads it, and writes it to path when it is good (NULL: nowhere).
 *
 * Returns: owned index.  Fails: as ptxi_transport_get() and ptxi_index_parse(), and as writing
 * does.
 */
struct ptxi_index *ptxi_fetch_index(struct ptxi_transports *t, const struct ptxi_repo *repo,
				    const char *path, const struct ptxi_index_opts *opts,
				    struct ptx_error **err);
/* Reads a cached index. Fails: NOT_FOUND, or as ptxi_index_parse(). */
struct ptxi_index *ptxi_fetch_cached_index(const char *path, const struct ptxi_index_opts *opts,
					   struct ptx_error **err);

/* Appends the URL of an archive that an index of a repository names: absolute, or relative to the
 * repository. Fails: SYNTAX, UNTRUSTED (a repository behind HTTP that leads into this machine's
 * files). */
int ptxi_fetch_url(const struct ptxi_repo *repo, const char *url, struct ptx_buf *out,
		   struct ptx_error **err);

struct ptxi_fetch {
	const char *url;
	const struct ptxi_repo *repo;
	const char *digest; /* SHA-256 in hex that the index tells, perhaps behind "sha256:"; "":
			       not told */
	bool use_cache;     /* the content-addressed cache of this library */
	bool only_warn;     /* another digest is said, not refused */
	void (*begins)(void *user); /* called before the download, which a cached archive needs not;
				       may be NULL */
	void *user;
};
enum ptxi_fetch_how { PTXI_FETCH_DOWNLOADED, PTXI_FETCH_CACHED, PTXI_FETCH_MISMATCH };
/* Appends an archive. With a digest it is looked for in the cache first, and kept there.
 *
 * Returns: enum ptxi_fetch_how; MISMATCH only with only_warn.  Fails: CORRUPT (another digest),
 * INVALID (the digest is none), or as ptxi_transport_get().
 */
int ptxi_fetch_archive(struct ptxi_transports *t, const struct ptxi_fetch *f, struct ptx_buf *out,
		       struct ptx_error **err);

#endif
