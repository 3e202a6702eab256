/* SPDX-License-Identifier: Apache-2.0 */
/* dependency_get.c - the archives of the versions that were chosen, and charts/ made of them.
 *
 * Everything is got and checked in memory before anything on disk changes. What charts/ has
 * already, with the digest that the index tells, is not fetched again (but where Helm is followed,
 * which fetches always). Then archives that nothing depends on any more go, with the same step that
 * the new ones come with.
 */
#define PTX_AREA PTX_AREA_REPO
#include "dependency.h"
#include "place.h"
#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/time.h"
#include "../text/url.h"

#define ALL_ARCHIVES_MAX ((size_t)512 << 20)

struct getting {
	struct ptxi_run *r;
	size_t bytes; /* of all archives */
};

static int fits(struct ptxi_run *r, const char *range, const char *version, bool *out)
{
	ptxi_auto(constraint) c = ptxi_constraint_parse(ptxi_str(range), r->err);
	struct ptxi_semver v = { 0 };

	*out = false;
	if (!c)
		return ptxi_run_failed(r);
	if (ptxi_semver_parse(ptxi_str(version), false, &v, r->err) < 0)
		return ptxi_run_failed(r);
	*out = ptxi_constraint_check(c, &v, false);
	return 0;
}

/* ---- charts that lie in charts/ */

static int local_failed(struct ptxi_run *r, const struct ptxi_chart_dependency *d,
			const char *version)
{
	return ptx_fail(r->err, PTX_E_NOT_FOUND,
			"dependency %s at version %s does not satisfy the constraint %s", d->name,
			version, d->version);
}

static int helm_local(struct ptxi_run *r, const struct ptxi_chart_dependency *d)
{
	const char *folder = ptxi_run_join(r, ptxi_run_join(r, r->path, "charts"), d->name);
	ptx_auto(error) e = NULL;
	const struct ptxi_chart *c = folder ? ptxi_run_load(r, folder, &e) : NULL;
	bool ok = false;
	int rc = 0;

	if (!c)
		return ptx_fail(r->err, PTX_E_INVALID, "unable to load chart '%s': %s",
				folder ? folder : "", e ? ptx_error_message(e) : "out of memory");
	rc = fits(r, d->version, c->meta.version, &ok);
	if (rc == 0 && !ok)
		rc = local_failed(r, d, c->meta.version);
	return rc;
}

static int local(struct ptxi_run *r, const struct ptxi_chart_dependency *d)
{
	const struct ptxi_chart *other = NULL;

	for (size_t i = 0; i < r->chart->children.n; i++) {
		const struct ptxi_chart *c = r->chart->children.v[i];
		bool ok = false;
		int rc = 0;

		if (strcmp(c->meta.name, d->name) != 0)
			continue;
		rc = fits(r, d->version, c->meta.version, &ok);
		if (rc < 0 || ok)
			return rc;
		other = c;
	}
	if (other)
		return local_failed(r, d, other->meta.version);
	ptx_fail(r->err, PTX_E_NOT_FOUND,
		 "dependency '%s' names no repository, and charts/ has no chart of that name",
		 d->name);
	return ptxi_error_hint(r->err, "put the chart into charts/%s, or name its repository in %s",
			       d->name, ptxi_chart_wants_name(r->chart));
}

static int get_local(struct getting *g, struct ptxi_dependency *row)
{
	ptxi_run_tell(g->r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_LOCAL,
							   .name = row->want->name });
	row->action = "local";
	return g->r->opts.as_helm ? helm_local(g->r, row->want) : local(g->r, row->want);
}

/* ---- an archive for charts/ */

/* True when charts/ has a file of these bytes, or of this digest. */
static bool is_there(const struct ptxi_run *r, const char *file, const char *digest)
{
	const char *path = ptxi_run_join(r, ptxi_run_join(r, r->path, "charts"), file);
	ptx_auto_str hex =
	    path && ptxi_fs_exists(path) ? ptxi_digest_file_hex(PTXI_SHA256, path, NULL) : NULL;

	return hex && strcmp(hex, digest) == 0;
}

static int stage(struct getting *g, struct ptxi_dependency *row, const char *action,
		 struct ptx_str content)
{
	struct ptxi_run *r = g->r;
	char *copy = NULL;

	g->bytes += content.n;
	if (g->bytes > ALL_ARCHIVES_MAX)
		return ptx_fail(r->err, PTX_E_LIMIT,
				"the dependencies are larger than %zu MiB in all",
				ALL_ARCHIVES_MAX >> 20);
	copy = ptxi_arena_strn(r->arena, content.p, content.n);
	if (!copy)
		return ptxi_run_no_memory(r);
	row->action = action;
	row->content = ptxi_strn(copy, content.n);
	return 0;
}

/* The row that has the same file already, or NULL. */
static const struct ptxi_dependency *twin_of(const struct ptxi_run *r,
					     const struct ptxi_dependency *row)
{
	for (const struct ptxi_dependency *other = r->rows; other < row; other++)
		if (other->file && row->file && strcmp(other->file, row->file) == 0)
			return other;
	return NULL;
}

/* A name in charts/ and nowhere else. */
static int check_file(struct ptxi_run *r, const char *file)
{
	if (file && ptxi_path_inside(ptxi_str(file)) && !strchr(file, '/') &&
	    strcmp(file, ".") != 0)
		return 0;
	return file ? ptx_fail(r->err, PTX_E_UNTRUSTED, "'%s' is no name for an archive in charts/",
			       file)
		    : ptxi_run_no_memory(r);
}

/* ---- folders */

static int64_t time_of(const struct ptxi_run *r)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds = 0;

	if (r->opts.as_helm)
		return ptxi_ctx_now(r->ctx) / PTXI_NS_PER_S;
	return epoch && ptxi_parse_i64(ptxi_str(epoch), &seconds, 0, UINT32_MAX) ? seconds : 0;
}

static int get_folder(struct getting *g, struct ptxi_dependency *row,
		      struct ptxi_chart_dependency *chosen)
{
	struct ptxi_run *r = g->r;
	struct ptxi_chart *c = NULL;
	ptx_auto_buf packed = { 0 };
	ptx_auto_str hex = NULL;
	bool ok = false;
	int rc = 0;

	ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_ARCHIVING,
							.name = row->want->name,
							.repository = row->want->repository });
	c = ptxi_run_load(r, row->folder, r->err);
	if (!c)
		return ptxi_run_failed(r);
	rc = fits(r, chosen->version, c->meta.version, &ok);
	if (rc == 0 && !ok) {
		rc = ptx_fail(r->err, PTX_E_NOT_FOUND,
			      "can't get a valid version for dependency %s", row->want->name);
		ptxi_error_hint(r->err, "%s has version %s, and %s asks for %s", row->folder,
				c->meta.version, ptxi_chart_lock_name(r->chart), chosen->version);
	}
	if (rc == 0 && !r->opts.as_helm && strcmp(c->meta.name, row->want->name) != 0)
		rc = ptx_fail(r->err, PTX_E_INVALID, "the chart in '%s' is called '%s', not '%s'",
			      row->folder, c->meta.name, row->want->name);
	if (rc < 0)
		return rc;
	chosen->version = c->meta.version;
	row->file = ptxi_arena_printf(r->arena, "%s-%s.tgz", c->meta.name, c->meta.version);
	rc = check_file(r, row->file);
	ptx_buf_init(&packed, 0);
	if (rc == 0)
		rc = ptxi_chart_pack(r->arena, c, time_of(r), &packed, r->err);
	if (rc < 0)
		return rc;
	hex = ptxi_digest_hex(PTXI_SHA256, ptx_buf_str(&packed));
	if (!r->opts.as_helm && hex && is_there(r, row->file, hex)) {
		row->action = "unchanged";
		return 0;
	}
	return stage(g, row, "archived", ptx_buf_str(&packed));
}

/* ---- repositories */

static int find_entry(struct ptxi_run *r, struct ptxi_dependency *row, const char *version)
{
	const struct ptxi_index *index = ptxi_run_index(r, row->source);
	const struct ptxi_index_chart *chart =
	    index ? ptxi_index_find(index, row->want->name) : NULL;
	bool unmanaged = row->source->repo->unmanaged;
	const char *shown = ptxi_run_shown(r, row->want->repository);
	ptx_auto_buf there = { 0 };

	if (!index)
		return ptxi_run_failed(r);
	row->entry = chart ? ptxi_index_exact(chart, version) : NULL;
	if (row->entry)
		return 0;
	if (r->opts.as_helm && unmanaged)
		return ptx_fail(r->err, PTX_E_NOT_FOUND,
				"could not find : chart %s not found in %s: chart %s version %s "
				"not found in %s repository",
				row->want->name, shown, ptxi_run_quoted(r, row->want->name),
				ptxi_run_quoted(r, version), shown);
	if (r->opts.as_helm)
		return ptx_fail(r->err, PTX_E_NOT_FOUND, "could not find : %s",
				chart ? "no matching version" : "entry not found");
	if (!chart)
		return ptx_fail(r->err, PTX_E_NOT_FOUND, "there is no chart '%s' in %s",
				row->want->name, shown);
	ptx_fail(r->err, PTX_E_NOT_FOUND, "there is no version %s of '%s' in %s", version,
		 row->want->name, shown);
	ptx_buf_init(&there, 0);
	ptxi_index_versions(chart, &there);
	return chart->count ? ptxi_error_hint(r->err, "there is %s", there.p) : PTX_E_NOT_FOUND;
}

/* The name that an archive gets in charts/: Helm takes the last part of the URL. */
static const char *file_of(struct ptxi_run *r, const struct ptxi_dependency *row, const char *url,
			   const char *version)
{
	struct ptxi_url u = { 0 };
	const char *path = NULL;

	if (!r->opts.as_helm)
		return ptxi_arena_printf(r->arena, "%s-%s.tgz", row->want->name, version);
	if (ptxi_url_parse(r->arena, ptxi_str(url), &u, NULL) < 0)
		return ptxi_arena_str(r->arena, "");
	path = ptxi_arena_strn(r->arena, u.path.p ? u.path.p : "", u.path.n);
	return path ? ptxi_path_base(path) : NULL;
}

/* What came must be the chart and the version that was chosen. */
static int check_archive(struct ptxi_run *r, const struct ptxi_dependency *row, const char *version,
			 struct ptx_str bytes, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_chart_files files = { 0 };
	const struct ptxi_chart *c = NULL;

	if (!a)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (!ptxi_str_starts(bytes, "\x1f\x8b\x08"))
		return ptx_fail(err, PTX_E_CORRUPT,
				"file '%s' does not appear to be a gzipped archive", row->file);
	if (ptxi_chart_read_archive(a, bytes, row->file, &r->load, &files, err) < 0)
		return ptx_error_code(*err);
	c = ptxi_chart_from_files(a, &r->load, &files, 0, err);
	if (!c)
		return ptx_error_code(*err);
	if (r->opts.as_helm ||
	    (strcmp(c->meta.name, row->want->name) == 0 && strcmp(c->meta.version, version) == 0))
		return 0;
	return ptx_fail(err, PTX_E_CORRUPT, "the index says that '%s' is %s %s, but it is %s %s",
			row->file, row->want->name, version, c->meta.name, c->meta.version);
}

static int tell_about(struct ptxi_run *r, const struct ptxi_dependency *row,
		      enum ptx_dependency_event_kind kind, const char *version)
{
	ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = kind,
							.name = row->want->name,
							.repository = row->want->repository,
							.version = version,
							.path = row->file });
	return 0;
}

struct download {
	struct ptxi_run *r;
	const struct ptxi_dependency *row;
	const char *version;
};

static void begins(void *user)
{
	const struct download *d = user;

	tell_about(d->r, d->row, PTX_DEPENDENCY_DOWNLOADING, d->version);
}

static int fetch(struct getting *g, struct ptxi_dependency *row, const char *url,
		 const char *version)
{
	struct ptxi_run *r = g->r;
	struct download download = { r, row, version };
	const struct ptxi_fetch f = { .url = url,
				      .repo = row->source->repo,
				      .digest = row->entry->digest,
				      .use_cache = !r->opts.as_helm,
				      .only_warn = r->opts.as_helm,
				      .begins = begins,
				      .user = &download };
	ptx_auto(error) e = NULL;
	ptx_auto_buf bytes = { 0 };
	int how = 0;
	int rc = 0;

	ptx_buf_init(&bytes, 0);
	how = ptxi_fetch_archive(r->transports, &f, &bytes, &e);
	if (how == PTX_E_UNSUPPORTED && r->opts.as_helm)
		return ptx_fail(r->err, how, "could not download %s: scheme \"%.*s\" not supported",
				ptxi_run_shown(r, url), (int)strcspn(url, ":"), url);
	if (how < 0 && r->opts.as_helm)
		return ptx_fail(r->err, how, "could not download %s: %s", ptxi_run_shown(r, url),
				ptx_error_message(e));
	if (how < 0) {
		*r->err = ptx_steal(&e);
		return ptx_wrap(r->err, "while fetching '%s' %s", row->want->name, version);
	}
	if (how == PTXI_FETCH_CACHED)
		tell_about(r, row, PTX_DEPENDENCY_CACHED, version);
	if (how == PTXI_FETCH_MISMATCH)
		tell_about(r, row, PTX_DEPENDENCY_MISMATCH, version);
	rc = check_archive(r, row, version, ptx_buf_str(&bytes), &e);
	if (rc < 0 && r->opts.as_helm) {
		ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_UNUSABLE,
								.name = row->want->name,
								.path = row->file,
								.error = e });
		row->action = "unusable";
		return 0;
	}
	if (rc < 0) {
		*r->err = ptx_steal(&e);
		return ptx_wrap(r->err, "while checking '%s' %s from %s", row->want->name, version,
				ptxi_run_shown(r, url));
	}
	return stage(g, row, how == PTXI_FETCH_CACHED ? "cached" : "downloaded",
		     ptx_buf_str(&bytes));
}

/* The URL of the archive of a row's entry. */
static int address(struct ptxi_run *r, const struct ptxi_dependency *row, struct ptx_buf *out)
{
	const struct ptxi_repo *repo = row->source->repo;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a row of a repository was found */
	const char *url = row->entry->urls[0];
	ptx_auto(error) e = NULL;
	int rc = ptxi_fetch_url(repo, url, out, &e);

	if (rc == PTX_E_SYNTAX && r->opts.as_helm && repo->unmanaged)
		return ptx_fail(r->err, rc,
				"could not find : chart %s not found in %s: failed to make chart "
				"URL absolute: failed to parse %s as "
				"URL: %s",
				row->want->name, ptxi_run_shown(r, repo->url), url,
				ptx_error_message(e));
	if (rc == PTX_E_SYNTAX && r->opts.as_helm)
		return ptx_fail(r->err, rc, "could not find %s: %s", url, ptx_error_message(e));
	if (rc < 0)
		*r->err = ptx_steal(&e);
	return rc < 0 ? ptx_wrap(r->err, "while looking for the archive of '%s'", row->want->name)
		      : 0;
}

static int get_from_repo(struct getting *g, struct ptxi_dependency *row,
			 const struct ptxi_chart_dependency *chosen)
{
	struct ptxi_run *r = g->r;
	ptx_auto_buf url = { 0 };
	const struct ptxi_dependency *twin = NULL;
	int rc = find_entry(r, row, chosen->version);

	ptx_buf_init(&url, 0);
	if (rc == 0)
		rc = address(r, row, &url);
	if (rc < 0)
		return rc;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): its entry was found */
	row->file = file_of(r, row, url.p, row->entry->version);
	rc = check_file(r, row->file);
	if (rc < 0)
		return rc;
	twin = twin_of(r, row);
	if (twin) {
		row->action = twin->action;
		return tell_about(r, row, PTX_DEPENDENCY_REPEATED, chosen->version);
	}
	if (!r->opts.as_helm && row->entry->digest[0] &&
	    is_there(r, row->file, row->entry->digest)) {
		row->action = "unchanged";
		return tell_about(r, row, PTX_DEPENDENCY_SAME, chosen->version);
	}
	return fetch(g, row, url.p, row->entry->version);
}

static int get_one(struct getting *g, size_t i)
{
	struct ptxi_dependency *row = &g->r->rows[i];
	int rc = ptxi_ctx_check(g->r->ctx, g->r->err);

	if (rc < 0)
		return rc;
	switch (row->kind) {
	case PTXI_DEPENDENCY_LOCAL:
		return get_local(g, row);
	case PTXI_DEPENDENCY_FOLDER:
		return get_folder(g, row, &g->r->chosen[i]);
	case PTXI_DEPENDENCY_REGISTRY:
		return ptxi_run_refuse_registries(g->r);
	case PTXI_DEPENDENCY_REPO:
		break;
	}
	return get_from_repo(g, row, &g->r->chosen[i]);
}

/* ---- what goes */

struct listing {
	struct ptxi_run *r;
	PTX_VEC(const char *) names;
};

static int list_file(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct listing *l = user;
	const char *name = NULL;

	if (S_ISDIR(e->st.st_mode))
		return PTXI_WALK_SKIP;
	name = ptxi_arena_str(l->r->arena, e->path);
	return name && ptx_vec_push(&l->names, name) ? 0
						     : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static bool is_new(const struct ptxi_run *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].file && strcmp(r->rows[i].file, name) == 0)
			return true;
	return false;
}

static bool is_local(const struct ptxi_run *r, const char *chart)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].kind == PTXI_DEPENDENCY_LOCAL &&
		    strcmp(r->rows[i].want->name, chart) == 0)
			return true;
	return false;
}

/* A file that is a chart's archive and that nothing depends on goes; what is none stays, a link to
 * a folder, too. */
static int look_at(struct ptxi_run *r, const char *charts, const char *name)
{
	const char *path = ptxi_run_join(r, charts, name);
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) e = NULL;
	struct ptxi_chart_files files = { 0 };
	const struct ptxi_chart *c = NULL;

	if (!path || !a)
		return ptxi_run_no_memory(r);
	if (is_new(r, name))
		return 0;
	if (ptxi_fs_is_dir(path))
		ptx_fail(&e, PTX_E_INVALID, "cannot load a directory");
	else if (ptxi_chart_read_files(a, path, &r->load, &files, &e) == 0)
		c = ptxi_chart_from_files(a, &r->load, &files, 0, &e);
	if (!c)
		ptxi_run_tell(r, (struct ptx_dependency_event){
				     .kind = PTX_DEPENDENCY_KEPT, .path = path, .error = e });
	else if (!is_local(r, c->meta.name))
		ptx_value_append(r->removed, ptx_value_string(r->arena, name));
	return 0;
}

static int find_outdated(struct ptxi_run *r, const char *charts)
{
	struct listing l = { .r = r };
	int rc = ptxi_fs_is_dir(charts) ? ptxi_fs_walk(charts, 2, list_file, &l, r->err) : 0;

	for (size_t i = 0; i < l.names.n && rc == 0; i++)
		rc = look_at(r, charts, l.names.v[i]);
	ptx_vec_done(&l.names);
	return rc;
}

static int change_charts(struct ptxi_run *r, const char *charts)
{
	size_t removed_count = ptx_value_count(r->removed);
	const char **removed = ptxi_arena_array(r->arena, removed_count + 1, sizeof(*removed));
	struct ptxi_placed *files = ptxi_arena_array(r->arena, r->count + 1, sizeof(*files));
	size_t count = 0;
	int rc = 0;

	if (!removed || !files)
		return ptxi_run_no_memory(r);
	for (size_t i = 0; i < removed_count; i++)
		removed[i] = ptx_value_as_string(ptx_value_at(r->removed, i), "");
	for (size_t i = 0; i < r->count; i++) {
		bool first = r->rows[i].content.p != NULL;

		/* Two folders of the same name and version: the last one stays, as if each were
		 * written. */
		for (size_t k = i + 1; k < r->count && first; k++)
			first = !(r->rows[k].content.p &&
				  strcmp(r->rows[k].file, r->rows[i].file) == 0);
		if (first)
			files[count++] =
			    (struct ptxi_placed){ r->rows[i].file, r->rows[i].content };
	}
	if (count || removed_count)
		rc = ptxi_place(r->path, files, count, removed, removed_count, r->err);
	for (size_t i = 0; i < removed_count && rc == 0; i++)
		ptxi_run_tell(r, (struct ptx_dependency_event){
				     .kind = PTX_DEPENDENCY_REMOVED,
				     .path = ptxi_run_join(r, charts, removed[i]) });
	return rc;
}

/* Helm reads the cached indexes of all repositories here, needed or not. */
static int check_indexes(struct ptxi_run *r)
{
	for (size_t i = 0; r->opts.as_helm && i < r->repos.n; i++) {
		const char *path =
		    ptxi_repo_index_path(r->arena, &r->paths, &r->repos.v[i], r->err);

		if (!path)
			return ptxi_run_failed(r);
		if (!ptxi_fs_exists(path))
			return ptx_fail(r->err, PTX_E_NOT_FOUND,
					"open %s: no such file or directory", path);
	}
	return 0;
}

/* What a run would do, where it does nothing. */
static int foretell(struct ptxi_run *r)
{
	static const char *const actions[] = { [PTXI_DEPENDENCY_LOCAL] = "local",
					       [PTXI_DEPENDENCY_FOLDER] = "would be archived",
					       [PTXI_DEPENDENCY_REPO] = "would be downloaded" };

	for (size_t i = 0; i < r->count; i++) {
		struct ptxi_dependency *row = &r->rows[i];
		int rc = row->kind == PTXI_DEPENDENCY_LOCAL ? local(r, row->want) : 0;

		if (rc == 0 && row->kind == PTXI_DEPENDENCY_REPO)
			rc = find_entry(r, row, r->chosen[i].version);
		if (rc < 0)
			return rc;
		row->action = actions[row->kind];
		if (row->kind != PTXI_DEPENDENCY_LOCAL)
			row->file = ptxi_arena_printf(r->arena, "%s-%s.tgz", row->want->name,
						      r->chosen[i].version);
		if (row->kind == PTXI_DEPENDENCY_REPO && row->entry && row->entry->digest[0] &&
		    is_there(r, row->file, row->entry->digest))
			row->action = "unchanged";
	}
	return 0;
}

int ptxi_run_get(struct ptxi_run *r)
{
	struct getting g = { .r = r };
	const char *charts = ptxi_run_join(r, r->path, "charts");
	int rc = charts ? check_indexes(r) : ptxi_run_no_memory(r);

	if (rc == 0 && ptxi_fs_exists(charts) && !ptxi_fs_is_dir(charts))
		rc = ptx_fail(r->err, PTX_E_INVALID, "\"%s\" is not a directory", charts);
	if (rc < 0)
		return rc;
	if (r->opts.dry_run) {
		rc = foretell(r);
		return rc < 0 ? rc : find_outdated(r, charts);
	}
	ptxi_run_tell(
	    r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_SAVING, .count = r->count });
	for (size_t i = 0; i < r->count && rc == 0; i++)
		rc = get_one(&g, i);
	if (rc < 0) {
		ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_FAILED,
								.error = *r->err });
		return rc;
	}
	ptxi_run_tell(r, (struct ptx_dependency_event){ .kind = PTX_DEPENDENCY_CLEANING });
	rc = find_outdated(r, charts);
	return rc < 0 ? rc : change_charts(r, charts);
}
