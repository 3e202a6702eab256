/* SPDX-License-Identifier: Apache-2.0 */
/* repo.h - repositories of charts, and what charts depend on.
 *
 * Helm's repositories.yaml and its cache of indexes are used, so what was added with Helm is known
 * here. Chart.lock is Helm's, digest and all.
 */
#ifndef PITRIX_REPO_H
#define PITRIX_REPO_H

#include <pitrix/context.h>
#include <pitrix/value.h>

PTX_BEGIN

struct ptx_chart;
struct ptx_chart_load_opts;

/* Where one chart comes from. Zero is the default of every member. */
struct ptx_repo_fetch_opts {
	size_t size;
	const char *repository; /* URL of the repository whose index has the chart; NULL: the
				   chart's name says where it is */
	const char *version;    /* one, or a range; NULL: the newest */
	bool devel;             /* without a version: pre-releases too */
	/* Over what repositories.yaml says of the repository. The two go to its own origin alone,
	 * and into no message, log or cache. */
	const char *username, *password;
	bool pass_credentials; /* to other hosts, too, when the index leads there */
	const char *ca_file, *cert_file, *key_file; /* PEM */
	bool insecure;                          /* whoever answers is believed to be the server */
	const char *repositories, *index_cache; /* as of struct ptx_dependency_opts */
	/* Follow Helm: a cached index is never refreshed, the digests of an index are not enforced,
	 * everything is fetched anew. Errors are in Helm's words. */
	bool as_helm;
	/* Hears of what is odd, but no error; where is the place in Helm's source that says the
	 * same, or "". May be NULL. */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
};
#define PTX_REPO_FETCH_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct ptx_repo_fetch_opts)                                         \
	}

/* ptx_repo_fetch - get the archive of a chart.
 *
 * chart is the URL of an archive, REPOSITORY/NAME of repositories.yaml, or NAME where opts name a
 * repository. REPOSITORY/NAME is looked for in the index that Helm has cached; where there is none,
 * or it lacks what is wanted, the index is fetched. An archive must have the digest that the index
 * tells, and is kept in a cache by it.
 *
 * Appends the archive.  Returns: a map in the arena: name and version ("" of a bare URL), url
 * (without a password), file (the last part of that), digest (SHA-256), action ("downloaded" or
 * "cached").  Fails: NOT_FOUND (repository, chart, version), INVALID, SYNTAX (the version), CORRUPT
 * (digest), UNTRUSTED, UNAVAILABLE, AUTH, DENIED, LIMIT, UNSUPPORTED (a registry, oci://),
 * CANCELED, IO.
 */
PTX_API struct ptx_value *ptx_repo_fetch(struct ptx_ctx *ctx, struct ptx_arena *a,
					 const char *chart, const struct ptx_repo_fetch_opts *opts,
					 struct ptx_buf *archive, struct ptx_error **err);
/* ptx_repo_chart - the same, loaded; it must be the chart and version that the index says.
 *
 * Returns: owned chart.  Fails: as ptx_repo_fetch() and ptx_chart_load().
 */
PTX_API struct ptx_chart *ptx_repo_chart(struct ptx_ctx *ctx, const char *chart,
					 const struct ptx_repo_fetch_opts *opts,
					 const struct ptx_chart_load_opts *load,
					 struct ptx_error **err);

/* ptx_repo_get - get one file from a URL (http, https, file), as of values; its password is in no
 * message.
 *
 * Appends it.  Fails: NOT_FOUND, AUTH, DENIED, UNTRUSTED, UNAVAILABLE, UNSUPPORTED (another
 * scheme), LIMIT (more than 64 MiB), CANCELED, IO.  Thread: any.
 */
PTX_API int ptx_repo_get(struct ptx_ctx *ctx, const char *url, struct ptx_buf *out,
			 struct ptx_error **err);

enum ptx_dependency_event_kind {
	PTX_DEPENDENCY_LOOKING, /* an index is about to be fetched; unmanaged: of a URL that a chart
				   names */
	PTX_DEPENDENCY_REFRESHED,   /* an index was fetched: name (managed) and repository */
	PTX_DEPENDENCY_UNREACHABLE, /* it could not be: error */
	PTX_DEPENDENCY_LOOKED,      /* all of them were tried */
	PTX_DEPENDENCY_SAVING,      /* versions are chosen; count charts come into charts/ */
	PTX_DEPENDENCY_LOCAL,       /* name has no repository and lies in charts/ */
	PTX_DEPENDENCY_ARCHIVING,   /* name is a folder at repository and is packed */
	PTX_DEPENDENCY_DOWNLOADING, /* name from repository */
	PTX_DEPENDENCY_CACHED,      /* the same out of the cache */
	PTX_DEPENDENCY_SAME,        /* charts/ has it already, with the right digest */
	PTX_DEPENDENCY_REPEATED,    /* another dependency had the same archive */
	PTX_DEPENDENCY_MISMATCH,    /* as_helm: its digest is not what the index says */
	PTX_DEPENDENCY_FAILED,      /* error; charts/ stays as it was */
	PTX_DEPENDENCY_CLEANING, /* archives in charts/ that nothing depends on are about to go */
	PTX_DEPENDENCY_REMOVED,  /* path went */
	PTX_DEPENDENCY_KEPT,     /* path is no chart (error), and stays */
	PTX_DEPENDENCY_UNUSABLE  /* as_helm: path was fetched, but is no chart (error), and does not
				    come into charts/ */
};

/* Strings are borrowed for the call. */
struct ptx_dependency_event {
	enum ptx_dependency_event_kind kind;
	const char *name;       /* of a dependency or a repository; "" where it has none */
	const char *repository; /* a URL without its password */
	const char *version;    /* or NULL */
	const char *path;       /* or NULL */
	size_t count;
	bool unmanaged;
	const struct ptx_error *error; /* or NULL */
};

/* Zero is the default of every member. */
struct ptx_dependency_opts {
	size_t size;
	const char *repositories; /* repositories.yaml; NULL: $HELM_REPOSITORY_CONFIG, else in
				     Helm's folder */
	const char *index_cache;  /* folder of cached indexes; NULL: $HELM_REPOSITORY_CACHE, else in
				     Helm's folder */
	bool skip_refresh;        /* use cached indexes as they are */
	bool dry_run;             /* choose versions, and leave charts/ and the lock alone */
	/* Follow Helm where it is less strict or less patient: all repositories are refreshed,
	 * digests of the index are not enforced, an archive keeps the name of its URL, everything
	 * is fetched and written anew. */
	bool as_helm;
	/* Called on the thread of the call. Either may be NULL. */
	void (*event)(const struct ptx_dependency_event *e, void *user);
	/* Hears of what is odd, but no error; where is the place in Helm's source that says the
	 * same. */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
};
#define PTX_DEPENDENCY_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct ptx_dependency_opts)                                         \
	}

/* ptx_dependency_list - what a chart (folder or archive) depends on, and what charts/ has of it.
 *
 * Returns: a map in the arena:
 *              chart         name of the chart
 *              dependencies  list of { name, version, repository, alias, condition, status, found,
 * locked }, or null when Chart.yaml has no such list; status is "ok", "unpacked", "missing", "wrong
 * version", "invalid version", "corrupt", "misnamed" or "too many matches"; found and locked are
 * versions or "" extra         list of { path, chart }: what lies in charts/ and is in no list;
 * chart is false for no chart lock          "current", "stale" (Chart.yaml was changed since) or
 * "missing" Fails: as ptx_chart_load().
 */
PTX_API struct ptx_value *ptx_dependency_list(struct ptx_arena *a, const char *chart,
					      const struct ptx_dependency_opts *opts,
					      struct ptx_error **err);

/* ptx_dependency_update - choose versions by Chart.yaml, fill charts/ with them, write Chart.lock.
 *
 * charts/ changes at one moment or not at all: whoever stops this, and however, finds the old or
 * the new archives. Archives are compared with the digest that the index has. Two calls on one
 * chart at once: the second waits, then fails with BUSY.
 *
 * Returns: a map in the arena:
 *              chart         name of the chart
 *              dependencies  list of { name, version, constraint, repository, file, action };
 * action is "downloaded", "cached", "archived", "unchanged", "local", and with dry_run "would be
 * ..." removed       list of files lock          "written", "unchanged" or "none" (nothing is
 * depended on) Fails: NOT_FOUND (chart, folder, version), INVALID, CORRUPT (digest), UNTRUSTED,
 * UNAVAILABLE, AUTH, DENIED, LIMIT, UNSUPPORTED (a repository of a kind that is not built), BUSY,
 * CANCELED, IO.
 */
PTX_API struct ptx_value *ptx_dependency_update(struct ptx_ctx *ctx, struct ptx_arena *a,
						const char *chart,
						const struct ptx_dependency_opts *opts,
						struct ptx_error **err);

/* ptx_dependency_build - fill charts/ with what Chart.lock says, or update when there is none.
 *
 * Returns: as ptx_dependency_update().  Fails: the same; PRECONDITION when Chart.yaml was changed
 * since the lock was written.
 */
PTX_API struct ptx_value *ptx_dependency_build(struct ptx_ctx *ctx, struct ptx_arena *a,
					       const char *chart,
					       const struct ptx_dependency_opts *opts,
					       struct ptx_error **err);

PTX_END

#endif
