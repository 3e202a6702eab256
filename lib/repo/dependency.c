/* SPDX-License-Identifier: Apache-2.0 */
/* dependency.c - `dependency update` and `dependency build`: the steps, and the lock.
 *
 *     update: Chart.yaml --locate--> repositories --refresh--> indexes --choose--> versions
 * --get--> charts/, Chart.lock build:  Chart.lock --check--> ... --get--> charts/
 *
 * The steps and what they say come in Helm's order, so that a caller can print Helm's lines from
 * the events.
 */
#define PTX_AREA PTX_AREA_REPO
#include "dependency.h"
#include "place.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../base/time.h"
#include "../text/goquote.h"
#include "../text/url_resolve.h"

#include <time.h>

#define LOCK_WAIT_MS (30 * 1000)

int ptxi_run_no_memory(struct ptxi_run *r)
{
	return ptx_fail(r->err, PTX_E_NOMEM, "out of memory");
}

int ptxi_run_failed(const struct ptxi_run *r)
{
	return ptx_error_code(*r->err);
}

void ptxi_run_tell(const struct ptxi_run *r, struct ptx_dependency_event e)
{
	if (!r->opts.event)
		return;
	e.name = e.name ? e.name : "";
	e.repository = e.repository ? ptxi_run_shown(r, e.repository) : "";
	r->opts.event(&e, r->opts.user);
}

const char *ptxi_run_shown(const struct ptxi_run *r, const char *url)
{
	return ptxi_url_shown(r->arena, url);
}

const char *ptxi_run_quoted(const struct ptxi_run *r, const char *text)
{
	return ptxi_go_quoted(r->arena, text);
}

const char *ptxi_run_join(const struct ptxi_run *r, const char *dir, const char *name)
{
	ptx_auto_str joined = dir && name ? ptxi_path_join(dir, name) : NULL;
	ptx_auto_str clean = joined ? ptxi_path_clean(joined) : NULL;

	return clean ? ptxi_arena_str(r->arena, clean) : NULL;
}

struct ptxi_chart *ptxi_run_load(struct ptxi_run *r, const char *folder, struct ptx_error **err)
{
	struct ptxi_chart_files files = { 0 };

	if (!ptxi_fs_is_dir(folder)) {
		/* What Helm says of an archive where a folder is wanted: it finds no file in it. */
		ptx_fail(err, ptxi_fs_exists(folder) ? PTX_E_INVALID : PTX_E_NOT_FOUND,
			 "Chart.yaml file is missing");
		ptxi_error_hint(err, "'%s' is not the folder of a chart", folder);
		return NULL;
	}
	if (ptxi_chart_read_files(r->arena, folder, &r->load, &files, err) < 0)
		return NULL;
	return ptxi_chart_from_files(r->arena, &r->load, &files, 0, err);
}

/* ---- beginning and end of a run */

static void say_load(const char *where, const char *message, void *user)
{
	const struct ptxi_run *r = user;

	if (r->opts.say)
		r->opts.say(where, message, r->opts.user);
}

static int open_chart(struct ptxi_run *r, const char *path)
{
	ptx_auto_str clean = ptxi_path_clean(path);

	r->path = clean ? ptxi_arena_str(r->arena, clean) : NULL;
	if (!r->path)
		return ptxi_run_no_memory(r);
	if (!ptxi_fs_exists(r->path))
		return ptx_fail(r->err, PTX_E_NOT_FOUND,
				"could not find %s: stat %s: no such file or directory", r->path,
				r->path);
	if (!ptxi_fs_is_dir(r->path))
		return ptx_fail(r->err, PTX_E_INVALID, "only unpacked charts can be updated");
	r->chart = ptxi_run_load(r, r->path, r->err);
	return r->chart ? 0 : ptxi_run_failed(r);
}

static int begin(struct ptxi_run *r, const char *path, const struct ptx_dependency_opts *opts)
{
	int rc = PTXI_OPTS_READ(&r->opts, opts, r->err);

	if (rc == 0)
		rc = ptxi_chart_load_opts(&r->load, NULL, r->err);
	if (rc < 0)
		return rc;
	r->load.say = say_load;
	r->load.user = r;
	r->load.follow_links = r->opts.as_helm;
	r->removed = ptx_value_list(r->arena);
	rc = open_chart(r, path);
	if (rc == 0)
		rc = ptxi_repo_paths(r->arena, r->opts.repositories, r->opts.index_cache, &r->paths,
				     r->err);
	if (rc == 0)
		rc = ptxi_repos_load(r->arena, r->paths.config, &r->repos, r->err);
	if (rc == 0) {
		r->transports = ptxi_transports_new(r->ctx, r->err);
		rc = r->transports ? 0 : ptxi_run_failed(r);
	}
	return rc;
}

static void end(struct ptxi_run *r)
{
	for (size_t i = 0; i < r->sources.n; i++) {
		ptxi_index_free(r->sources.v[i]->index);
		ptx_error_free(r->sources.v[i]->failed);
		ptx_buf_done(&r->sources.v[i]->said);
	}
	ptx_vec_done(&r->sources);
	ptxi_transports_free(r->transports);
}

/* A copy of a list that may be changed, and rows for it. */
static int take_wants(struct ptxi_run *r, const struct ptxi_chart_dependency *v, size_t n)
{
	r->count = n;
	r->wants = ptxi_arena_array(r->arena, n + 1, sizeof(*r->wants));
	r->chosen = ptxi_arena_array(r->arena, n + 1, sizeof(*r->chosen));
	r->rows = ptxi_arena_array(r->arena, n + 1, sizeof(*r->rows));
	if (!r->wants || !r->chosen || !r->rows)
		return ptxi_run_no_memory(r);
	for (size_t i = 0; i < n; i++) {
		if (!v[i].name)
			return ptx_fail(r->err, PTX_E_INVALID,
					"dependency %zu of the lock file is null", i + 1);
		r->wants[i] = v[i];
		r->rows[i].want = &r->wants[i];
		r->chosen[i] = (struct ptxi_chart_dependency){ .name = v[i].name,
							       .version = v[i].version,
							       .repository = v[i].repository,
							       .condition = "",
							       .alias = "" };
	}
	return 0;
}

/* ---- the lock */

/* Now as Go prints it: RFC 3339 with nanoseconds, in the local zone; in the arena. */
static const char *now(struct ptxi_run *r)
{
	int64_t ns = ptxi_ctx_now(r->ctx);
	time_t seconds = (time_t)(ns / PTXI_NS_PER_S);
	ptx_auto_buf b = { 0 };
	struct tm local;

	ptx_buf_init(&b, 0);
	if (!localtime_r(&seconds, &local))
		local.tm_gmtoff = 0;
	ptxi_time_format_rfc3339(seconds, (int32_t)(ns % PTXI_NS_PER_S), (int32_t)local.tm_gmtoff,
				 &b);
	return ptx_buf_ok(&b) ? ptxi_arena_strn(r->arena, b.p, b.n) : NULL;
}

static int refuse_link(struct ptxi_run *r, const char *path, const char *name)
{
	char target[PATH_MAX] = "";
	struct stat st = { 0 };

	if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
		return 0;
	if (readlink(path, target, sizeof(target) - 1) < 0)
		target[0] = '\0';
	return ptx_fail(r->err, PTX_E_DENIED, "the %s file is a symlink to %s", name,
			ptxi_run_quoted(r, target));
}

static int write_lock(struct ptxi_run *r, struct ptxi_chart_wants wants, const char **lock)
{
	const struct ptxi_chart_wants chosen = { r->chosen, r->count };
	const char *digest = ptxi_chart_lock_digest(r->arena, wants, chosen, r->err);
	const char *name = ptxi_chart_lock_name(r->chart);
	const char *path = ptxi_run_join(r, r->path, name);
	const char *generated = now(r);
	ptx_auto_buf text = { 0 };
	int rc = 0;

	if (!digest)
		return ptxi_run_failed(r);
	*lock = "unchanged";
	if (r->chart->lock.given && strcmp(r->chart->lock.digest, digest) == 0)
		return 0;
	*lock = r->opts.dry_run ? "would be written" : "written";
	if (r->opts.dry_run)
		return 0;
	if (!path || !generated)
		return ptxi_run_no_memory(r);
	ptx_buf_init(&text, 0);
	rc = refuse_link(r, path, name);
	if (rc == 0)
		rc = ptxi_chart_lock_format(r->arena, chosen, digest, generated, &text, r->err);
	if (rc == 0)
		rc = ptxi_fs_write(path, ptx_buf_str(&text), 0644, r->err);
	return rc;
}

/* ---- what the caller gets */

static struct ptx_value *result(struct ptxi_run *r, const char *lock)
{
	struct ptx_value *map = ptx_value_map(r->arena);
	struct ptx_value *list = ptx_value_list(r->arena);

	for (size_t i = 0; i < r->count; i++) {
		struct ptx_value *one = ptx_value_map(r->arena);

		ptx_value_set_string(one, "name", r->rows[i].want->name);
		ptx_value_set_string(one, "version", r->chosen[i].version);
		ptx_value_set_string(one, "constraint", r->rows[i].want->version);
		ptx_value_set_string(one, "repository", ptxi_run_shown(r, r->chosen[i].repository));
		ptx_value_set_string(one, "file", r->rows[i].file ? r->rows[i].file : "");
		ptx_value_set_string(one, "action", r->rows[i].action ? r->rows[i].action : "");
		ptx_value_append(list, one);
	}
	ptx_value_set_string(map, "chart", r->chart->meta.name);
	ptx_value_set(map, "dependencies", list);
	ptx_value_set(map, "removed", r->removed);
	ptx_value_set_string(map, "lock", lock);
	return ptxi_arena_check(r->arena, r->err) < 0 ? NULL : map;
}

/* ---- update and build */

static int update(struct ptxi_run *r, const char **lock)
{
	const struct ptxi_chart_meta *meta = &r->chart->meta;
	int rc = 0;

	*lock = "none";
	if (!meta->dependencies)
		return 0;
	rc = take_wants(r, meta->dependencies, meta->dependency_count);
	if (rc == 0)
		rc = ptxi_run_locate(r);
	if (rc == 0)
		rc = ptxi_run_refuse_registries(r);
	if (rc == 0)
		rc = ptxi_run_refresh_unmanaged(r);
	if (rc == 0)
		rc = ptxi_run_refresh_managed(r);
	if (rc == 0)
		rc = ptxi_run_choose(r);
	if (rc == 0)
		rc = ptxi_run_get(r);
	if (rc == 0)
		rc = write_lock(r, (struct ptxi_chart_wants){ r->wants, r->count }, lock);
	return rc;
}

/* Helm builds only from repositories that it is configured with. */
static int has_all(struct ptxi_run *r)
{
	ptx_auto_buf missing = { 0 };

	ptx_buf_init(&missing, 0);
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].kind == PTXI_DEPENDENCY_REPO && r->rows[i].source->repo->unmanaged)
			ptx_buf_printf(&missing, "%s%s", missing.n ? ", " : "",
				       ptxi_run_shown(r, r->rows[i].want->repository));
	if (!missing.n)
		return 0;
	return ptx_fail(
	    r->err, PTX_E_NOT_FOUND,
	    "no repository definition for %s. Please add the missing repos via 'helm repo add'",
	    missing.p);
}

static int check_lock(struct ptxi_run *r)
{
	const struct ptxi_chart_meta *meta = &r->chart->meta;
	const struct ptxi_chart_wants plain = { meta->dependencies, meta->dependency_count };
	const struct ptxi_chart_log log = { r->opts.say, r->opts.user };
	int rc = take_wants(r, meta->dependencies, meta->dependency_count);

	if (rc == 0)
		rc = ptxi_run_locate(r);
	if (rc == 0)
		rc = ptxi_chart_lock_check(
		    r->arena, r->chart,
		    (struct ptxi_chart_wants){ plain.v ? r->wants : NULL, r->count }, plain, &log,
		    r->err);
	if (rc == PTX_E_PRECONDITION)
		ptxi_error_hint(
		    r->err,
		    "`pitrix dependency update` chooses versions again and writes the lock");
	return rc;
}

static int build(struct ptxi_run *r, const char **lock)
{
	int rc = 0;

	/* Helm begins anew then, and whoever listens hears again what is odd about the chart. */
	if (!r->chart->lock.given && r->opts.as_helm)
		rc = open_chart(r, r->path);
	if (!r->chart || !r->chart->lock.given)
		return rc < 0 ? rc : update(r, lock);
	*lock = "unchanged";
	rc = check_lock(r);
	if (rc == 0)
		rc = take_wants(r, r->chart->lock.dependencies, r->chart->lock.count);
	if (rc == 0)
		rc = ptxi_run_locate(r);
	if (rc == 0 && r->opts.as_helm)
		rc = has_all(r);
	if (rc == 0)
		rc = ptxi_run_refuse_registries(r);
	if (rc == 0)
		rc = ptxi_run_refresh_unmanaged(r);
	if (rc == 0)
		rc = ptxi_run_refresh_managed(r);
	return rc < 0 ? rc : ptxi_run_get(r);
}

static struct ptx_value *run(struct ptx_ctx *ctx, struct ptx_arena *a, const char *chart,
			     const struct ptx_dependency_opts *opts,
			     int (*steps)(struct ptxi_run *r, const char **lock),
			     struct ptx_error **err)
{
	ptx_auto(error) failed = NULL;
	struct ptxi_run r = { .ctx = ctx, .arena = a, .err = &failed };
	const char *lock = "none";
	struct ptx_value *v = NULL;
	ptx_auto_fd held = -1;
	int rc = 0;

	/* Nothing is read before the lock is held, or two runs could undo each other's. What is no
	 * folder fails below. */
	if (ptxi_fs_is_dir(chart) &&
	    !(opts && opts->size > offsetof(struct ptx_dependency_opts, dry_run) &&
	      opts->dry_run)) {
		held = ptxi_place_lock(chart, LOCK_WAIT_MS, &failed);
		rc = held < 0 ? held : ptxi_place_sweep(chart, &failed);
	}
	if (rc == 0)
		rc = begin(&r, chart, opts);
	if (rc == 0)
		rc = steps(&r, &lock);
	if (rc == 0)
		v = result(&r, lock);
	end(&r);
	if (!v && err)
		*err = ptx_steal(&failed);
	return v;
}

struct ptx_value *ptx_dependency_update(struct ptx_ctx *ctx, struct ptx_arena *a, const char *chart,
					const struct ptx_dependency_opts *opts,
					struct ptx_error **err)
{
	return run(ctx, a, chart, opts, update, err);
}

struct ptx_value *ptx_dependency_build(struct ptx_ctx *ctx, struct ptx_arena *a, const char *chart,
				       const struct ptx_dependency_opts *opts,
				       struct ptx_error **err)
{
	return run(ctx, a, chart, opts, build, err);
}
