/* SPDX-License-Identifier: Apache-2.0 */
/* repo.c - reads Helm's repositories.yaml (helm.sh/docs/helm/helm_repo), and knows Helm's folders.
 *
 * The file is Helm's own: it is only read. Who has added repositories with Helm finds them here.
 */
#define PTX_AREA PTX_AREA_REPO
#include "repo.h"
#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../chart/chart.h"
#include "../text/url_resolve.h"

#define MAX_FILE  ((size_t)4 << 20)
#define MAX_REPOS 10000u

static const char *joined(struct ptx_arena *a, const char *dir, const char *name)
{
	ptx_auto_str path = dir && name ? ptxi_path_join(dir, name) : NULL;

	return path ? ptxi_arena_str(a, path) : NULL;
}

static const char *given(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* One of Helm's folders: $HELM_X_HOME, $XDG_X_HOME/helm, ~/below/helm. */
static const char *helm_folder(struct ptx_arena *a, const char *helm, const char *xdg,
			       const char *below, struct ptx_error **err)
{
	const char *own = given(helm);
	const char *base = given(xdg);
	const char *home = given("HOME");

	if (own)
		return ptxi_arena_str(a, own);
	if (base)
		return joined(a, base, "helm");
	if (home)
		return joined(a, joined(a, home, below), "helm");
	ptx_fail(err, PTX_E_CONFIG, "there is no home folder to look for Helm's repositories in");
	ptxi_error_hint(err, "set HOME or %s", helm);
	return NULL;
}

static const char *path_of(struct ptx_arena *a, const char *path, const char *variable,
			   const char *const folder[3], const char *name, struct ptx_error **err)
{
	const char *dir = NULL;

	if (!path)
		path = given(variable);
	if (path)
		return ptxi_arena_str(a, path);
	dir = helm_folder(a, folder[0], folder[1], folder[2], err);
	return dir ? joined(a, dir, name) : NULL;
}

int ptxi_repo_paths(struct ptx_arena *a, const char *config, const char *cache,
		    struct ptxi_repo_paths *out, struct ptx_error **err)
{
	static const char *const configs[] = { "HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config" };
	static const char *const caches[] = { "HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache" };
	ptx_auto(error) e = NULL;

	out->config =
	    path_of(a, config, "HELM_REPOSITORY_CONFIG", configs, "repositories.yaml", &e);
	if (out->config)
		out->cache = path_of(a, cache, "HELM_REPOSITORY_CACHE", caches, "repository", &e);
	if (out->config && out->cache)
		return 0;
	if (!e)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (err)
		*err = ptx_steal(&e);
	return PTX_E_CONFIG;
}

/* ---- repositories.yaml */

struct file {
	const char *api_version, *generated;
	struct ptxi_repo *repos;
	size_t n;
};

static const struct ptxi_go_struct entry = {
	"Entry", "repo.Entry",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "name", name),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "url", url),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "username", username),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "password", password),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "certFile", cert_file),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "keyFile", key_file),
	    PTXI_GO_FIELD(TEXT, ptxi_repo, "caFile", ca_file),
	    PTXI_GO_FIELD(FLAG, ptxi_repo, "insecure_skip_tls_verify", insecure),
	    PTXI_GO_FIELD(FLAG, ptxi_repo, "pass_credentials_all", pass_credentials),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct ptxi_repo)
};

static const struct ptxi_go_struct repositories = {
	"File", "repo.File",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, file, "apiVersion", api_version),
	    PTXI_GO_FIELD(INSTANT, file, "generated", generated),
	    PTXI_GO_FIELD_LIST(file, "repositories", repos, n, entry),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct file)
};

/* Without those that are null; one without a name is refused. */
static int keep_named(const struct file *file, const char *path, struct ptxi_repos *out,
		      struct ptx_error **err)
{
	out->v = file->repos;
	for (size_t i = 0; i < file->n; i++) {
		if (!file->repos[i].name)
			continue;
		if (!file->repos[i].name[0])
			return ptx_fail(err, PTX_E_INVALID, "a repository of '%s' has no name",
					path);
		out->v[out->n++] = file->repos[i];
	}
	return 0;
}

int ptxi_repos_load(struct ptx_arena *a, const char *path, struct ptxi_repos *out,
		    struct ptx_error **err)
{
	const struct ptxi_go_source yaml = { 0 };
	ptx_auto_buf text = { 0 };
	ptx_auto(error) e = NULL;
	const struct ptx_value *root = NULL;
	struct file file = { 0 };
	int rc = 0;

	*out = (struct ptxi_repos){ 0 };
	ptx_buf_init(&text, 0);
	rc = ptxi_fs_read(path, MAX_FILE, &text, &e);
	if (rc == PTX_E_NOT_FOUND)
		return 0;
	if (rc < 0)
		return ptx_fail(err, rc, "couldn't load repositories file (%s): %s", path,
				ptx_error_message(e));
	root = ptxi_chart_yaml(a, ptx_buf_str(&text), path, true, err);
	if (!root)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	rc = ptxi_go_struct_read(a, root, &repositories, &yaml, &file, err);
	if (rc == 0 && file.n > MAX_REPOS)
		rc = ptx_fail(err, PTX_E_LIMIT, "'%s' has more than %u repositories", path,
			      MAX_REPOS);
	return rc < 0 ? rc : keep_named(&file, path, out, err);
}

const struct ptxi_repo *ptxi_repos_named(const struct ptxi_repos *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].name, name) == 0)
			return &r->v[i];
	return NULL;
}

const struct ptxi_repo *ptxi_repos_at(struct ptx_arena *a, const struct ptxi_repos *r,
				      const char *url)
{
	for (size_t i = 0; i < r->n; i++)
		if (ptxi_url_same(a, ptxi_str(r->v[i].url), ptxi_str(url)))
			return &r->v[i];
	return NULL;
}

struct ptxi_repo *ptxi_repo_unmanaged(struct ptx_arena *a, const char *url)
{
	struct ptxi_repo *repo = ptxi_arena_alloc(a, sizeof(*repo));
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, ptxi_str(url));

	if (!repo || !hex)
		return NULL;
	*repo = (struct ptxi_repo){ .url = ptxi_arena_str(a, url), .unmanaged = true };
	repo->username = repo->password = repo->cert_file = repo->key_file = repo->ca_file = "";
	repo->name = ptxi_arena_printf(a, "helm-manager-%s", hex);
	return repo->name && repo->url ? repo : NULL;
}

const char *ptxi_repo_index_path(struct ptx_arena *a, const struct ptxi_repo_paths *paths,
				 const struct ptxi_repo *repo, struct ptx_error **err)
{
	const char *file = ptxi_arena_printf(a, "%s-index.yaml", repo->name);
	const char *path = file ? joined(a, paths->cache, file) : NULL;

	if (!ptxi_path_inside(ptxi_str(repo->name)) || strchr(repo->name, '/')) {
		ptx_fail(err, PTX_E_INVALID,
			 "a repository cannot be named '%s': its name is a part of a file's",
			 repo->name);
		return NULL;
	}
	if (!path)
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return path;
}
