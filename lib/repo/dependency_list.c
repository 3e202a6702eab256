/* SPDX-License-Identifier: Apache-2.0 */
/* dependency_list.c - how the dependencies of a chart stand: wishes, charts/ and the lock side by
 * side. */
#define PTX_AREA PTX_AREA_REPO
#include "dependency.h"
#include "../base/opts.h"

struct extra {
	struct ptx_arena *arena;
	struct ptx_value *list;
};

static void add_extra(const char *path, bool is_chart, void *user)
{
	struct extra *x = user;
	struct ptx_value *one = ptx_value_map(x->arena);

	ptx_value_set_string(one, "path", path);
	ptx_value_set_bool(one, "chart", is_chart);
	ptx_value_append(x->list, one);
}

static const char *found_version(const struct ptxi_chart *c, const char *name)
{
	const char *version = "";

	for (size_t i = 0; i < c->children.n; i++)
		if (strcmp(c->children.v[i]->meta.name, name) == 0)
			version = c->children.v[i]->meta.version;
	return version;
}

static const char *locked_version(const struct ptxi_chart *c, size_t i)
{
	return c->lock.given && i < c->lock.count && c->lock.dependencies[i].name &&
		       strcmp(c->lock.dependencies[i].name, c->meta.dependencies[i].name) == 0
		   ? c->lock.dependencies[i].version
		   : "";
}

/* "current", "stale" or "missing". An alias of a repository is looked up as the lock's digest was
 * made. */
static const char *lock_state(struct ptx_arena *a, const struct ptxi_chart *c,
			      const struct ptxi_repos *repos, struct ptx_error **err)
{
	const struct ptxi_chart_wants plain = { c->meta.dependencies, c->meta.dependency_count };
	struct ptxi_chart_dependency *wants = ptxi_arena_array(a, plain.n + 1, sizeof(*wants));
	int rc = 0;

	if (!c->lock.given)
		return "missing";
	for (size_t i = 0; wants && plain.v && i < plain.n; i++) {
		const char *r = plain.v[i].repository;
		const char *alias = r[0] == '@'                    ? r + 1
				    : strncmp(r, "alias:", 6) == 0 ? r + 6
								   : NULL;
		const struct ptxi_repo *repo = alias ? ptxi_repos_named(repos, alias) : NULL;

		wants[i] = plain.v[i];
		if (repo)
			wants[i].repository = repo->url;
	}
	rc = ptxi_chart_lock_check(
	    a, c, (struct ptxi_chart_wants){ plain.v ? wants : NULL, plain.n }, plain, NULL, err);
	if (rc == PTX_E_PRECONDITION)
		ptxi_error_drop(err);
	return rc == 0 ? "current" : "stale";
}

struct ptx_value *ptx_dependency_list(struct ptx_arena *a, const char *chart,
				      const struct ptx_dependency_opts *opts,
				      struct ptx_error **err)
{
	struct ptx_dependency_opts o = { 0 };
	struct ptx_chart_load_opts load = PTX_CHART_LOAD_OPTS_INIT;
	struct ptxi_repo_paths paths = { NULL, NULL };
	struct ptxi_repos repos = { 0 };
	ptx_auto(error) failed = NULL;
	ptx_auto(chart) c = NULL;
	struct ptx_value *map = ptx_value_map(a);
	struct ptx_value *list = NULL;
	struct extra extra = { a, ptx_value_list(a) };

	if (PTXI_OPTS_READ(&o, opts, err) < 0)
		return NULL;
	load.say = o.say;
	load.user = o.user;
	load.follow_links = o.as_helm;
	c = ptx_chart_load(chart, &load, err);
	if (!c)
		return NULL;
	/* Aliases can only be looked up where there are repositories; without them the lock is
	 * compared as it is. */
	if (ptxi_repo_paths(a, o.repositories, o.index_cache, &paths, NULL) == 0 &&
	    ptxi_repos_load(a, paths.config, &repos, err) < 0)
		return NULL;
	list = ptx_chart_dependencies(c, a, err);
	if (!list)
		return NULL;
	for (size_t i = 0; i < ptx_value_count(list); i++) {
		const struct ptxi_chart_dependency *d = &c->root->meta.dependencies[i];
		struct ptx_value *one = ptx_value_at(list, i);

		ptx_value_set_string(one, "alias", d->alias);
		ptx_value_set_string(one, "condition", d->condition);
		ptx_value_set_string(one, "found", found_version(c->root, d->name));
		ptx_value_set_string(one, "locked", locked_version(c->root, i));
	}
	ptx_chart_unlisted(c, add_extra, &extra);
	ptx_value_set_string(map, "chart", ptx_chart_name(c));
	ptx_value_set(map, "dependencies",
		      ptx_chart_has_dependencies(c) ? list : ptx_value_null(a));
	ptx_value_set(map, "extra", extra.list);
	ptx_value_set_string(map, "lock", lock_state(a, c->root, &repos, &failed));
	if (failed) {
		if (err)
			*err = ptx_steal(&failed);
		return NULL;
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : map;
}
