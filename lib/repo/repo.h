/* SPDX-License-Identifier: Apache-2.0 */
/* repo.h - the repositories that Helm is configured with, and where it keeps their indexes. */
#ifndef PTXI_REPO_H
#define PTXI_REPO_H

#include "../base/arena.h"
#include "../base/ptxi.h"

/* One of repositories.yaml. Strings are "" where it does not say. */
struct ptxi_repo {
	const char *name;
	const char *url;
	const char *username, *password; /* never in a message or a log */
	const char *cert_file, *key_file, *ca_file;
	bool insecure;         /* insecure_skip_tls_verify */
	bool pass_credentials; /* to other hosts than the repository's, too */
	bool unmanaged;        /* not of repositories.yaml: a chart names its URL */
};

struct ptxi_repos {
	struct ptxi_repo *v;
	size_t n;
};

/* Where they are: what is given, else $HELM_REPOSITORY_CONFIG and $HELM_REPOSITORY_CACHE, else
 * below Helm's folders
 * ($HELM_CONFIG_HOME, $XDG_CONFIG_HOME/helm, ~/.config/helm; the same of CACHE). In the arena. */
struct ptxi_repo_paths {
	const char *config; /* repositories.yaml */
	const char *cache;  /* folder of NAME-index.yaml */
};
/* Fails: CONFIG (no home), NOMEM. */
int ptxi_repo_paths(struct ptx_arena *a, const char *config, const char *cache,
		    struct ptxi_repo_paths *out, struct ptx_error **err);

/* Reads repositories.yaml into the arena; none when there is no such file. Fails: SYNTAX, INVALID,
 * DENIED, IO, LIMIT. */
int ptxi_repos_load(struct ptx_arena *a, const char *path, struct ptxi_repos *out,
		    struct ptx_error **err);
/* The one of a name, or NULL. */
const struct ptxi_repo *ptxi_repos_named(const struct ptxi_repos *r, const char *name);
/* The one with this URL, or one that differs only in slashes; or NULL. */
const struct ptxi_repo *ptxi_repos_at(struct ptx_arena *a, const struct ptxi_repos *r,
				      const char *url);
/* A repository that a chart names by its URL alone; its name is a digest of that, as Helm has it.
 */
struct ptxi_repo *ptxi_repo_unmanaged(struct ptx_arena *a, const char *url);
/* The file of a repository's cached index, in the arena. Fails: INVALID (a name that is no file's),
 * NOMEM. */
const char *ptxi_repo_index_path(struct ptx_arena *a, const struct ptxi_repo_paths *paths,
				 const struct ptxi_repo *repo, struct ptx_error **err);

#endif
