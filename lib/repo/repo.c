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

static const char *text_of(const struct ptx_value *map, const char *key)
{
	return ptx_value_as_string(ptx_value_get(map, key), "");
}

static int read_one(const struct ptx_value *v, const char *path, struct ptxi_repo *out,
		    struct ptx_error **err)
{
	*out = (struct ptxi_repo){
		.name = text_of(v, "name"),
		.url = text_of(v, "url"),
		.username = text_of(v, "username"),
		.password = text_of(v, "password"),
		.cert_file = text_of(v, "certFile"),
		.key_file = text_of(v, "keyFile"),
		.ca_file = text_of(v, "caFile"),
		.insecure = ptx_value_as_bool(ptx_value_get(v, "insecure_skip_tls_verify"), false),
		.pass_credentials =
		    ptx_value_as_bool(ptx_value_get(v, "pass_credentials_all"), false),
	};
	if (ptx_value_kind(v) != PTX_MAP || !out->name[0])
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
				   "a repository of '%s' has no name", path);
	return 0;
}

int ptxi_repos_load(struct ptx_arena *a, const char *path, struct ptxi_repos *out,
		    struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	ptx_auto(error) e = NULL;
	const struct ptx_value *list = NULL;
	const struct ptx_value *root = NULL;
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
	list = ptx_value_get(root, "repositories");
	if (ptx_value_kind(list) == PTX_NULL)
		return 0;
	if (ptx_value_kind(list) != PTX_LIST)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(list),
				   "error unmarshaling JSON: while decoding JSON: json: cannot "
				   "unmarshal %s into Go struct field "
				   "File.repositories of type []*repo.Entry",
				   ptxi_chart_json_kind(list));
	if (ptx_value_count(list) > MAX_REPOS)
		return ptx_fail(err, PTX_E_LIMIT, "'%s' has more than %u repositories", path,
				MAX_REPOS);
	out->v = ptxi_arena_array(a, ptx_value_count(list) + 1, sizeof(*out->v));
	for (size_t i = 0; out->v && rc == 0 && i < ptx_value_count(list); i++) {
		if (ptx_value_kind(ptx_value_at(list, i)) == PTX_NULL)
			continue;
		rc = read_one(ptx_value_at(list, i), path, &out->v[out->n++], err);
	}
	return rc < 0 ? rc : ptxi_arena_check(a, err);
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
