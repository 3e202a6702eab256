/* SPDX-License-Identifier: Apache-2.0 */
/* dependency_resolve.c - where dependencies come from, the indexes of those places, and the
 * versions that are chosen.
 *
 * Indexes are fetched side by side, and told about in the order of the lists. Each is read only for
 * the charts that are wanted of it. One that cannot be fetched is no failure yet: an older one may
 * be cached.
 */
#define PTX_AREA PTX_AREA_REPO
#include "dependency.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/pool.h"
#include "../text/url.h"

#define FETCHES_AT_ONCE 8u

/* ---- sources */

static struct ptxi_source *source_of(struct ptxi_run *r, const struct ptxi_repo *repo)
{
	struct ptxi_source *s = NULL;

	for (size_t i = 0; i < r->sources.n; i++)
		if (r->sources.v[i]->repo == repo ||
		    (repo->unmanaged && r->sources.v[i]->repo->unmanaged &&
		     strcmp(r->sources.v[i]->repo->url, repo->url) == 0))
			return r->sources.v[i];
	s = ptxi_arena_alloc(r->arena, sizeof(*s));
	if (!s) {
		ptxi_run_no_memory(r);
		return NULL;
	}
	s->repo = repo;
	s->run = r;
	s->names = ptxi_arena_array(r->arena, 1, sizeof(*s->names));
	ptx_buf_init(&s->said, 0);
	s->path = ptxi_repo_index_path(r->arena, &r->paths, repo, r->err);
	if (!s->path)
		return NULL;
	if (!s->names || !ptx_vec_push(&r->sources, s)) {
		ptx_buf_done(&s->said);
		ptxi_run_no_memory(r);
		return NULL;
	}
	return s;
}

static int want_of(struct ptxi_run *r, struct ptxi_source *s, const char *name)
{
	const char **names = NULL;

	for (size_t i = 0; i < s->name_count; i++)
		if (strcmp(s->names[i], name) == 0)
			return 0;
	names = ptxi_arena_array(r->arena, s->name_count + 2, sizeof(*names));
	if (!names)
		return ptxi_run_no_memory(r);
	memcpy(names, s->names, s->name_count * sizeof(*names));
	names[s->name_count++] = name;
	s->names = names;
	/* What was read for other names lacks this one. */
	ptxi_index_free(s->index);
	s->index = NULL;
	return 0;
}

/* ---- which repository */

/* The path of a file:// repository: relative ones start at the chart. Fails as Helm does when there
 * is nothing. */
static const char *local_path(struct ptxi_run *r, const char *repository)
{
	const char *p = strncmp(repository, "file://", 7) == 0 ? repository + 7 : repository;
	const char *path = p[0] == '/' ? ptxi_run_join(r, p, "") : ptxi_run_join(r, r->path, p);

	if (!path) {
		ptxi_run_no_memory(r);
		return NULL;
	}
	if (!ptxi_fs_exists(path)) {
		ptx_fail(r->err, PTX_E_NOT_FOUND, "directory %s not found", path);
		return NULL;
	}
	return path;
}

static const char *alias_of(const char *repository)
{
	if (repository[0] == '@')
		return repository + 1;
	return strncmp(repository, "alias:", 6) == 0 ? repository + 6 : NULL;
}

/* What Go's url.ParseRequestURI takes: a scheme, or a path that begins with a slash. */
static bool is_address(struct ptxi_run *r, const char *repository)
{
	struct ptxi_url u = { 0 };

	if (!r->opts.as_helm && alias_of(repository))
		return false;
	return ptxi_url_parse(r->arena, ptxi_str(repository), &u, NULL) == 0 &&
	       (u.scheme.n || repository[0] == '/');
}

static int refuse_registry(struct ptxi_run *r, const struct ptxi_chart_dependency *d)
{
	ptx_fail(r->err, PTX_E_UNSUPPORTED,
		 "dependency %s is in a registry (%s), and registries are not supported yet",
		 ptxi_run_quoted(r, d->name), ptxi_run_shown(r, d->repository));
	return ptxi_error_hint(
	    r->err, "name an http:// or https:// repository, or a chart's folder with file://");
}

static int locate_in_repo(struct ptxi_run *r, struct ptxi_dependency *row, struct ptx_buf *missing,
			  bool *bare)
{
	struct ptxi_chart_dependency *d = row->want;
	const char *alias = alias_of(d->repository);
	const struct ptxi_repo *repo = alias ? ptxi_repos_named(&r->repos, alias) : NULL;

	if (!repo)
		repo = ptxi_repos_at(r->arena, &r->repos, d->repository);
	if (repo && alias)
		d->repository = repo->url;
	if (!repo && !is_address(r, d->repository)) {
		ptx_buf_printf(missing, "%s%s", missing->n ? ", " : "", d->repository);
		*bare = *bare || (!strstr(d->repository, "//") && !alias);
		return 0;
	}
	if (!repo)
		repo = ptxi_repo_unmanaged(r->arena, d->repository);
	if (!repo)
		return ptxi_run_no_memory(r);
	row->kind = PTXI_DEPENDENCY_REPO;
	row->source = source_of(r, repo);
	return row->source ? want_of(r, row->source, d->name) : ptxi_run_failed(r);
}

static int undefined(struct ptxi_run *r, const struct ptx_buf *missing, bool bare)
{
	int rc = ptx_fail(
	    r->err, PTX_E_NOT_FOUND,
	    "no repository definition for %s. Please add them via 'helm repo add'%s", missing->p,
	    bare ? "\nNote that repositories must be URLs or aliases. For example, to refer to the "
		   "\"example\"\n"
		   "repository, use \"https://charts.example.com/\" or \"@example\" instead of\n"
		   "\"example\". Don't forget to add the repo, too ('helm repo add')."
		 : "");

	if (!r->opts.as_helm)
		ptxi_error_hint(r->err, "repositories are looked for in '%s'", r->paths.config);
	return rc;
}

int ptxi_run_locate(struct ptxi_run *r)
{
	ptx_auto_buf missing = { 0 };
	bool bare = false;
	int rc = 0;

	ptx_buf_init(&missing, 0);
	for (size_t i = 0; i < r->count && rc == 0; i++) {
		struct ptxi_dependency *row = &r->rows[i];
		const char *repository = row->want->repository;

		if (!repository[0]) {
			row->kind = PTXI_DEPENDENCY_LOCAL;
		} else if (strncmp(repository, "file://", 7) == 0) {
			row->kind = PTXI_DEPENDENCY_FOLDER;
			row->folder = local_path(r, repository);
			rc = row->folder ? 0 : ptxi_run_failed(r);
		} else if (strncmp(repository, "oci://", 6) == 0) {
			row->kind = PTXI_DEPENDENCY_REGISTRY;
		} else {
			rc = locate_in_repo(r, row, &missing, &bare);
		}
		r->chosen[i].repository = row->want->repository;
	}
	if (rc == 0 && missing.n)
		rc = undefined(r, &missing, bare);
	return rc;
}

int ptxi_run_refuse_registries(struct ptxi_run *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].kind == PTXI_DEPENDENCY_REGISTRY)
			return refuse_registry(r, r->rows[i].want);
	return 0;
}

/* ---- indexes */

/* Called on a worker's thread: kept, and told later. */
static void keep_said(const char *where, const char *message, void *user)
{
	struct ptxi_source *s = user;

	ptx_buf_printf(&s->said, "%s\t%s\n", where, message);
}

static void tell_said(struct ptxi_run *r, struct ptxi_source *s)
{
	struct ptx_str rest = ptx_buf_str(&s->said);
	struct ptx_str line = { NULL, 0 };

	while (r->opts.say && ptxi_str_next(&rest, '\n', &line)) {
		size_t tab = ptxi_str_find_char(line, '\t');
		ptx_auto_str where = ptxi_str_dup(ptxi_str_sub(line, 0, tab == SIZE_MAX ? 0 : tab));
		ptx_auto_str message =
		    ptxi_str_dup(ptxi_str_from(line, tab == SIZE_MAX ? 0 : tab + 1));

		if (where && message && message[0])
			r->opts.say(where, message, r->opts.user);
	}
	ptx_buf_clear(&s->said);
}

static struct ptxi_index_opts reading(struct ptxi_source *s)
{
	return (struct ptxi_index_opts){
		.names = s->names, .strict = s->run->opts.as_helm, .say = keep_said, .user = s
	};
}

static void fetch_one(void *work, void *user)
{
	struct ptxi_source *s = work;
	struct ptxi_run *r = user;
	struct ptxi_index_opts opts = reading(s);

	ptxi_index_free(s->index);
	ptx_error_free(s->failed);
	s->failed = NULL;
	s->index = ptxi_fetch_index(r->transports, s->repo, s->path, &opts, &s->failed);
}

static void tell_fetched(struct ptxi_run *r, struct ptxi_source *s)
{
	struct ptx_dependency_event e = { .kind = s->index ? PTX_DEPENDENCY_REFRESHED
							   : PTX_DEPENDENCY_UNREACHABLE,
					  .name = s->repo->name,
					  .repository = s->repo->url,
					  .count = s->name_count,
					  .unmanaged = s->repo->unmanaged,
					  .error = s->failed };

	tell_said(r, s);
	ptxi_run_tell(r, e);
}

static bool is_needed(const struct ptxi_source *s)
{
	return s->name_count > 0;
}

static bool taken(const struct ptxi_run *r, const struct ptxi_source *s, bool unmanaged)
{
	return s->repo->unmanaged == unmanaged && (is_needed(s) || r->opts.as_helm);
}

static int refresh(struct ptxi_run *r, bool unmanaged)
{
	ptxi_auto(pool) pool = NULL;
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < r->sources.n; i++)
		count += taken(r, r->sources.v[i], unmanaged);
	if (!count || r->opts.skip_refresh)
		return 0;
	ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_LOOKING,
							.count = count,
							.unmanaged = unmanaged });
	for (size_t i = 0; i < r->sources.n && rc == 0; i++)
		if (taken(r, r->sources.v[i], unmanaged))
			rc = ptxi_transport_check(r->sources.v[i]->repo->url, r->opts.as_helm,
						  r->err);
	if (rc < 0)
		return rc;
	pool = ptxi_pool_new(FETCHES_AT_ONCE, r->err);
	if (!pool)
		return ptxi_run_failed(r);
	for (size_t i = 0; i < r->sources.n && rc == 0; i++)
		if (taken(r, r->sources.v[i], unmanaged))
			rc = ptxi_pool_add(pool, fetch_one, r->sources.v[i], r, r->err);
	ptxi_pool_wait(pool);
	if (rc == 0)
		rc = ptxi_ctx_check(r->ctx, r->err);
	for (size_t i = 0; i < r->sources.n && rc == 0; i++)
		if (taken(r, r->sources.v[i], unmanaged))
			tell_fetched(r, r->sources.v[i]);
	if (rc == 0)
		ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_LOOKED,
								.unmanaged = unmanaged });
	return rc;
}

int ptxi_run_refresh_unmanaged(struct ptxi_run *r)
{
	return refresh(r, true);
}

int ptxi_run_refresh_managed(struct ptxi_run *r)
{
	/* Helm refreshes everything that it is configured with; we what is needed. */
	for (size_t i = 0; r->opts.as_helm && i < r->repos.n; i++)
		if (!source_of(r, &r->repos.v[i]))
			return ptxi_run_failed(r);
	return refresh(r, false);
}

const struct ptxi_index *ptxi_run_index(struct ptxi_run *r, struct ptxi_source *s)
{
	struct ptxi_index_opts opts = reading(s);
	ptx_auto(error) e = NULL;

	if (s->index)
		return s->index;
	s->index = ptxi_fetch_cached_index(s->path, &opts, &e);
	tell_said(r, s);
	if (s->index)
		return s->index;
	if (s->failed && !r->opts.as_helm) {
		*r->err = ptxi_error_copy(s->failed);
		ptx_wrap(r->err, "while fetching the index of %s", ptxi_run_shown(r, s->repo->url));
		return NULL;
	}
	ptx_fail(r->err, ptx_error_code(e),
		 "no cached repository for %s found. (try 'helm repo update'): %s", s->repo->name,
		 ptx_error_message(e));
	return NULL;
}

/* ---- versions */

static int bad_constraint(struct ptxi_run *r, const struct ptxi_chart_dependency *d,
			  struct ptx_error *why)
{
	if (ptx_error_code(why) == PTX_E_NOMEM)
		return ptxi_run_no_memory(r);
	ptx_fail(r->err, PTX_E_INVALID,
		 "dependency %s has an invalid version/constraint format: %s",
		 ptxi_run_quoted(r, d->name), ptx_error_message(why));
	return ptxi_error_hint(r->err,
			       "a range is written like 1.2.3, ^1.2, ~1.2.3 or \">=1.2 <2\"");
}

static void note_missing(struct ptxi_run *r, const struct ptxi_chart_dependency *d,
			 struct ptx_buf *missing)
{
	ptx_buf_printf(missing, "%s%s (repository %s, version %s)", missing->n ? ", " : "",
		       ptxi_run_quoted(r, d->name),
		       ptxi_run_quoted(r, ptxi_run_shown(r, d->repository)),
		       ptxi_run_quoted(r, d->version));
}

static void note_versions(const char *name, const struct ptxi_index_chart *chart,
			  struct ptx_buf *there)
{
	ptx_buf_printf(there, "%sof %s there is ", there->n ? "; " : "", name);
	ptxi_index_versions(chart, there);
	if (!chart->count)
		ptx_buf_adds(there, "no version");
}

/* What was found instead of a version that fits, for the error. */
struct shortage {
	struct ptx_buf missing, there;
	size_t count;
};

static int choose_folder(struct ptxi_run *r, size_t i, const struct ptxi_constraint *range,
			 struct shortage *shortage)
{
	const struct ptxi_chart_dependency *d = r->rows[i].want;
	struct ptxi_chart *c = ptxi_run_load(r, r->rows[i].folder, r->err);
	struct ptxi_semver v = { 0 };

	if (!c)
		return ptxi_run_failed(r);
	r->chosen[i].version = c->meta.version;
	if (ptxi_semver_parse(ptxi_str(c->meta.version), false, &v, NULL) == 0 &&
	    ptxi_constraint_check(range, &v, false))
		return 0;
	note_missing(r, d, &shortage->missing);
	ptx_buf_printf(&shortage->there, "%s%s is at version %s", shortage->there.n ? "; " : "",
		       r->rows[i].folder, c->meta.version);
	shortage->count++;
	return 0;
}

static int choose_of_index(struct ptxi_run *r, size_t i, const struct ptxi_constraint *range,
			   struct shortage *shortage)
{
	const struct ptxi_chart_dependency *d = r->rows[i].want;
	const struct ptxi_index *index = ptxi_run_index(r, r->rows[i].source);
	const struct ptxi_index_chart *chart = index ? ptxi_index_find(index, d->name) : NULL;

	if (!index)
		return ptxi_run_failed(r);
	if (!chart)
		return ptx_fail(r->err, PTX_E_NOT_FOUND, "%s chart not found in repo %s", d->name,
				ptxi_run_shown(r, d->repository));
	r->rows[i].entry = ptxi_index_resolve(chart, range);
	if (r->rows[i].entry) {
		r->chosen[i].version = r->rows[i].entry->version;
		return 0;
	}
	note_missing(r, d, &shortage->missing);
	note_versions(d->name, chart, &shortage->there);
	shortage->count++;
	return 0;
}

static int choose_one(struct ptxi_run *r, size_t i, struct shortage *shortage)
{
	const struct ptxi_chart_dependency *d = r->rows[i].want;
	ptx_auto(error) why = NULL;
	ptxi_auto(constraint) range = ptxi_constraint_parse(ptxi_str(d->version), &why);
	const char *name = NULL;

	if (!range)
		return bad_constraint(r, d, why);
	switch (r->rows[i].kind) {
	case PTXI_DEPENDENCY_FOLDER:
		return choose_folder(r, i, range, shortage);
	case PTXI_DEPENDENCY_REPO:
		return choose_of_index(r, i, range, shortage);
	case PTXI_DEPENDENCY_REGISTRY:
		return ptxi_run_refuse_registries(r);
	case PTXI_DEPENDENCY_LOCAL:
		break;
	}
	/* The lock keeps the range, as Helm does. */
	name = ptxi_run_join(r, "charts", d->name);
	if (!r->opts.as_helm)
		return name ? 0 : ptxi_run_no_memory(r);
	return name && local_path(r, name) ? 0 : name ? ptxi_run_failed(r) : ptxi_run_no_memory(r);
}

int ptxi_run_choose(struct ptxi_run *r)
{
	struct shortage shortage = { 0 };
	int rc = 0;

	ptx_buf_init(&shortage.missing, 0);
	ptx_buf_init(&shortage.there, 0);
	for (size_t i = 0; i < r->count && rc == 0; i++)
		rc = choose_one(r, i, &shortage);
	if (rc == 0 && shortage.count) {
		rc = ptx_fail(r->err, PTX_E_NOT_FOUND,
			      "can't get a valid version for %zu subchart(s): %s. Make sure a "
			      "matching chart version exists in the "
			      "repo, or change the version constraint in Chart.yaml",
			      shortage.count, shortage.missing.p);
		ptxi_error_hint(r->err, "%s", shortage.there.p);
	}
	ptx_buf_done(&shortage.missing);
	ptx_buf_done(&shortage.there);
	return rc;
}
