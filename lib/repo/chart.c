/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - one chart out of a repository: found by its name, fetched, checked, loaded.
 *
 *     REPOSITORY/NAME           Helm's cached index --\
 *     NAME and a repository     its index, fetched  ---+--> version --> URL --> archive --> chart
 *     URL                       -------------------------------------> URL
 *
 * What repositories.yaml says of a repository (credentials, authorities) goes along wherever the
 * URL is one of that repository, however it was named.
 */
#define PTX_AREA PTX_AREA_REPO
#include <pitrix/repo.h>
#include "fetch.h"
#include "../base/digest.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../chart/chart.h"
#include "../text/goquote.h"
#include "../text/gostring.h"
#include "../text/url_resolve.h"

struct search {
	struct ptx_ctx *ctx;
	struct ptx_repo_fetch_opts opts;
	struct ptx_arena *arena;
	struct ptxi_repo_paths paths;
	struct ptxi_repos repos;
	struct ptxi_transports *transports;
	const char *given; /* as the caller named it */
	const char *name;  /* in the index; NULL: given is a URL */
	const char *version;
	struct ptxi_constraint *range; /* NULL: version is none, for this reason */
	const char *why_no_range;
	const struct ptxi_repo *repo;
	struct ptxi_index *index;             /* owned */
	const struct ptxi_index_entry *entry; /* or NULL */
	const char *url;                      /* of the archive */
	struct ptx_error **err;
};

static int no_memory(struct search *s)
{
	return ptx_fail(s->err, PTX_E_NOMEM, "out of memory");
}

static int failed(const struct search *s)
{
	return ptx_error_code(*s->err);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static const char *trimmed(struct search *s, const char *text)
{
	struct ptx_str t = ptxi_text_trim_space(ptxi_str(or_empty(text)));

	return ptxi_arena_strn(s->arena, t.p, t.n);
}

static bool has_scheme(const char *text, const char *scheme)
{
	return strncasecmp(text, scheme, strlen(scheme)) == 0;
}

static int refuse_registry(struct search *s)
{
	return ptx_fail(s->err, PTX_E_UNSUPPORTED, "registries (oci://) are not supported yet");
}

/* ---- the repository */

/* A repository with what the caller said over what is configured. Its URLs are a base for those of
 * its index. */
static struct ptxi_repo *with_options(struct search *s, const struct ptxi_repo *configured,
				      const char *url)
{
	const struct ptx_repo_fetch_opts *o = &s->opts;
	struct ptxi_repo *r = ptxi_repo_unmanaged(s->arena, url);

	if (!r) {
		no_memory(s);
		return NULL;
	}
	if (configured) {
		*r = *configured;
		r->url = url;
		r->unmanaged = true;
	}
	if (o->username && o->username[0] && o->password && o->password[0]) {
		r->username = o->username;
		r->password = o->password;
		r->pass_credentials = false;
	}
	if (or_empty(o->ca_file)[0])
		r->ca_file = o->ca_file;
	if (or_empty(o->cert_file)[0] || or_empty(o->key_file)[0]) {
		r->cert_file = or_empty(o->cert_file);
		r->key_file = or_empty(o->key_file);
	}
	r->insecure = r->insecure || o->insecure;
	r->pass_credentials = r->pass_credentials || o->pass_credentials;
	return r;
}

/* The configured repository that a URL lies in, or NULL; of several the one that says most. */
static const struct ptxi_repo *owner_of(struct search *s, const char *url)
{
	const struct ptxi_repo *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < s->repos.n; i++) {
		size_t n = strlen(s->repos.v[i].url);

		while (n && s->repos.v[i].url[n - 1] == '/')
			n--;
		if (n <= longest || strncmp(url, s->repos.v[i].url, n) != 0 || url[n] != '/')
			continue;
		longest = n;
		best = &s->repos.v[i];
	}
	return best;
}

/* ---- the version */

static int parse_version(struct search *s)
{
	ptx_auto(error) e = NULL;

	s->version = trimmed(s, s->opts.version);
	if (!s->version)
		return no_memory(s);
	if (!s->version[0] && s->opts.devel)
		s->version = ">0.0.0-0";
	s->range = ptxi_constraint_parse(ptxi_str(s->version[0] ? s->version : "*"), &e);
	if (s->range)
		return 0;
	/* No failure yet: an index may have a version that is written so. */
	s->why_no_range = ptxi_arena_str(s->arena, ptx_error_message(e));
	return s->why_no_range && ptx_error_code(e) != PTX_E_NOMEM ? 0 : no_memory(s);
}

/* The entry that is written so, else the highest one that fits; better one that can be fetched. */
static void choose(struct search *s)
{
	const struct ptxi_index_chart *chart = ptxi_index_find(s->index, s->name);
	bool as_written = chart && s->version[0] && (s->range || !s->opts.as_helm);

	s->entry = NULL;
	for (size_t i = 0; as_written && !s->entry && i < chart->count; i++)
		if (strcmp(chart->entries[i].version, s->version) == 0)
			s->entry = &chart->entries[i];
	if (!chart || !s->range || s->entry)
		return;
	s->entry = ptxi_index_resolve(chart, s->range);
	for (size_t i = 0; !s->entry && i < chart->count; i++)
		if (chart->entries[i].has_semver &&
		    ptxi_constraint_check(s->range, &chart->entries[i].semver, false))
			s->entry = &chart->entries[i];
}

static const char *why_none(struct search *s)
{
	const struct ptxi_index_chart *chart = ptxi_index_find(s->index, s->name);

	if (!chart)
		return "no chart name found";
	if (!chart->count)
		return "no chart version found";
	if (!s->range)
		return s->why_no_range;
	return ptxi_arena_printf(s->arena, "no chart version found for %s-%s", s->name, s->version);
}

/* `chart "NAME"`, with the version that was asked for. */
static const char *wanted(struct search *s)
{
	const char *text =
	    ptxi_arena_printf(s->arena, "chart %s%s%s", ptxi_go_quoted(s->arena, s->name),
			      s->version[0] ? " version " : "",
			      s->version[0] ? ptxi_go_quoted(s->arena, s->version) : "");

	return or_empty(text);
}

static int none_as_helm(struct search *s)
{
	if (!s->opts.repository)
		return ptx_fail(
		    s->err, PTX_E_NOT_FOUND,
		    "chart %s matching %s not found in %s index. (try 'helm repo update'): %s",
		    ptxi_go_quoted(s->arena, s->name), s->version, s->repo->name,
		    or_empty(why_none(s)));
	return ptx_fail(s->err, PTX_E_NOT_FOUND, "%s not found in %s repository", wanted(s),
			ptxi_url_shown(s->arena, s->repo->url));
}

static int none(struct search *s)
{
	const struct ptxi_index_chart *chart = ptxi_index_find(s->index, s->name);
	const char *shown = ptxi_url_shown(s->arena, s->repo->url);
	ptx_auto_buf there = { 0 };

	if (s->opts.as_helm)
		return none_as_helm(s);
	if (!chart || !chart->count)
		return ptx_fail(s->err, PTX_E_NOT_FOUND, "there is no chart '%s' in %s", s->name,
				shown);
	if (!s->range) {
		ptx_fail(s->err, PTX_E_SYNTAX, "'%s' is no version, and no range of versions",
			 s->version);
		return ptxi_error_hint(s->err,
				       "a range is written like ^1.2, ~1.2.3 or \">=1.2 <2\"");
	}
	ptx_buf_init(&there, 0);
	ptxi_index_versions(chart, &there);
	if (s->version[0])
		ptx_fail(s->err, PTX_E_NOT_FOUND, "no version of '%s' in %s fits %s", s->name,
			 shown, s->version);
	else
		ptx_fail(s->err, PTX_E_NOT_FOUND, "'%s' has no released version in %s", s->name,
			 shown);
	return ptxi_error_hint(s->err, "there is %s", there.p);
}

/* ---- the index */

static struct ptxi_index_opts reading(const struct search *s, const char *const names[2])
{
	return (struct ptxi_index_opts){
		.names = names, .strict = s->opts.as_helm, .say = s->opts.say, .user = s->opts.user
	};
}

/* Fetches the index; path NULL: it is not kept. */
static int fetch_index(struct search *s, const char *path)
{
	const char *const names[2] = { s->name, NULL };
	const struct ptxi_index_opts opts = reading(s, names);
	ptx_auto(error) e = NULL;

	ptxi_index_free(s->index);
	s->index = ptxi_fetch_index(s->transports, s->repo, path, &opts, &e);
	if (s->index) {
		choose(s);
		return 0;
	}
	if (s->opts.as_helm)
		return ptx_fail(
		    s->err, ptx_error_code(e),
		    "looks like %s is not a valid chart repository or cannot be reached: %s",
		    ptxi_go_quoted(s->arena, ptxi_url_shown(s->arena, s->repo->url)),
		    ptx_error_message(e));
	*s->err = ptx_steal(&e);
	return ptx_wrap(s->err, "while fetching the index of %s",
			ptxi_url_shown(s->arena, s->repo->url));
}

/* The index that Helm has cached; ours is fetched where that one does not do. */
static int cached_index(struct search *s)
{
	const char *const names[2] = { s->name, NULL };
	const struct ptxi_index_opts opts = reading(s, names);
	const char *path = ptxi_repo_index_path(s->arena, &s->paths, s->repo, s->err);
	ptx_auto(error) e = NULL;

	if (!path)
		return failed(s);
	s->index = ptxi_fetch_cached_index(path, &opts, &e);
	if (s->index)
		choose(s);
	if (ptx_error_code(e) == PTX_E_NOMEM)
		return no_memory(s);
	if (!s->index && s->opts.as_helm)
		return ptx_fail(s->err, ptx_error_code(e),
				"no cached repo found. (try 'helm repo update'): %s",
				ptx_error_message(e));
	return s->entry || s->opts.as_helm ? 0 : fetch_index(s, path);
}

/* ---- the URL of the archive */

static int take_entry(struct search *s)
{
	ptx_auto_buf url = { 0 };

	if (!s->entry)
		return none(s);
	if (!s->entry->url_count)
		return s->opts.repository
			   ? ptx_fail(s->err, PTX_E_NOT_FOUND, "%s has no downloadable URLs",
				      wanted(s))
			   : ptx_fail(s->err, PTX_E_NOT_FOUND, "chart %s has no downloadable URLs",
				      ptxi_go_quoted(s->arena, s->given));
	ptx_buf_init(&url, 0);
	if (ptxi_fetch_url(s->repo, s->entry->urls[0], &url, s->err) < 0)
		return failed(s);
	s->url = ptxi_arena_buf(s->arena, &url);
	return s->url ? 0 : no_memory(s);
}

static int bad_url(struct search *s, const char *url)
{
	return ptx_fail(s->err, PTX_E_SYNTAX, "invalid chart URL format: %s",
			ptxi_url_shown(s->arena, url));
}

static int find_in_repository(struct search *s, const char *repository)
{
	const struct ptxi_repo *configured =
	    s->opts.as_helm ? NULL : ptxi_repos_at(s->arena, &s->repos, repository);
	struct ptxi_url u = { 0 };
	int rc = 0;

	s->name = s->given;
	if (ptxi_url_parse(s->arena, ptxi_str(repository), &u, NULL) < 0)
		return bad_url(s, repository);
	s->repo = with_options(s, configured, repository);
	if (!s->repo)
		return failed(s);
	rc = ptxi_transport_check(s->repo->url, s->opts.as_helm, s->err);
	if (rc == 0)
		rc = fetch_index(s, NULL);
	return rc < 0 ? rc : take_entry(s);
}

static int no_repository(struct search *s, const char *alias)
{
	int rc = s->opts.as_helm
		     ? ptx_fail(s->err, PTX_E_NOT_FOUND, "repo %s not found", alias)
		     : ptx_fail(s->err, PTX_E_NOT_FOUND,
				"'%s' is no file or folder here, and there is no repository '%s'",
				s->given, alias);

	if (!s->opts.as_helm)
		ptxi_error_hint(s->err, "repositories are looked for in '%s'", s->paths.config);
	return rc;
}

/* path: of the URL that the name would be: "stable/redis". */
static int find_by_alias(struct search *s, struct ptx_str path)
{
	size_t slash = ptxi_str_find_char(path, '/');
	const char *alias = slash == SIZE_MAX ? NULL : ptxi_arena_strn(s->arena, path.p, slash);
	const char *name = slash == SIZE_MAX
			       ? NULL
			       : ptxi_arena_strn(s->arena, path.p + slash + 1, path.n - slash - 1);
	const struct ptxi_repo *configured = NULL;
	int rc = 0;

	if (slash == SIZE_MAX)
		return ptx_fail(
		    s->err, PTX_E_NOT_FOUND,
		    "non-absolute URLs should be in form of repo_name/path_to_chart, got: %s",
		    ptxi_url_shown(s->arena, s->given));
	if (!alias || !name)
		return no_memory(s);
	configured = ptxi_repos_named(&s->repos, alias);
	if (!configured)
		return no_repository(s, alias);
	if (!configured->url[0])
		return ptx_fail(s->err, PTX_E_INVALID, "no URL found for repository %s", alias);
	s->name = name;
	s->repo = with_options(s, configured, configured->url);
	if (!s->repo)
		return failed(s);
	rc = ptxi_transport_check(s->repo->url, s->opts.as_helm, s->err);
	if (rc == 0)
		rc = cached_index(s);
	return rc < 0 ? rc : take_entry(s);
}

static int locate(struct search *s)
{
	struct ptxi_url u = { 0 };
	bool is_file = false;
	int rc = parse_version(s);

	if (rc < 0)
		return rc;
	if (has_scheme(s->given, "oci://") || has_scheme(or_empty(s->opts.repository), "oci://"))
		return refuse_registry(s);
	if (s->opts.repository)
		return find_in_repository(s, s->opts.repository);
	if (ptxi_url_parse(s->arena, ptxi_str(s->given), &u, NULL) < 0)
		return bad_url(s, s->given);
	is_file = ptxi_str_is(u.scheme, "file") && !s->opts.as_helm;
	if (!u.scheme.n || !u.path.n || !(u.host.n || is_file))
		return find_by_alias(s, u.path);
	s->url = s->given;
	s->repo = owner_of(s, s->url);
	s->repo = with_options(s, s->repo, s->repo ? s->repo->url : s->url);
	return s->repo ? 0 : failed(s);
}

/* ---- the archive */

static int get(struct search *s, struct ptx_buf *out)
{
	const struct ptxi_fetch f = { .url = s->url,
				      .repo = s->repo,
				      .digest = s->entry ? s->entry->digest : "",
				      .use_cache = !s->opts.as_helm,
				      .only_warn = s->opts.as_helm };
	const char *shown = ptxi_url_shown(s->arena, s->url);
	int how = 0;

	if (s->opts.as_helm && !ptxi_transport_for(s->url, NULL))
		return ptx_fail(s->err, PTX_E_UNSUPPORTED, "scheme \"%.*s\" not supported",
				(int)strcspn(s->url, ":"), s->url);
	how = ptxi_fetch_archive(s->transports, &f, out, s->err);
	if (how == PTXI_FETCH_MISMATCH && s->opts.say) {
		const char *text = ptxi_arena_printf(
		    s->arena, "the digest of %s is not the one that the index has", shown);

		s->opts.say("", or_empty(text), s->opts.user);
	}
	if (how >= 0 || s->opts.as_helm)
		return how;
	return s->entry ? ptx_wrap(s->err, "while fetching '%s' %s", s->name, s->entry->version)
			: ptx_wrap(s->err, "while fetching '%s'", shown);
}

static int begin(struct search *s, struct ptx_ctx *ctx, const char *chart,
		 const struct ptx_repo_fetch_opts *opts)
{
	int rc = PTXI_OPTS_READ(&s->opts, opts, s->err);

	s->ctx = ctx;
	s->given = rc == 0 ? trimmed(s, chart) : NULL;
	if (s->opts.repository && !s->opts.repository[0])
		s->opts.repository = NULL;
	if (rc == 0 && !s->given)
		rc = no_memory(s);
	if (rc == 0)
		rc = ptxi_repo_paths(s->arena, s->opts.repositories, s->opts.index_cache, &s->paths,
				     s->err);
	if (rc == 0)
		rc = ptxi_repos_load(s->arena, s->paths.config, &s->repos, s->err);
	if (rc == 0) {
		s->transports = ptxi_transports_new(ctx, s->err);
		rc = s->transports ? 0 : failed(s);
	}
	return rc;
}

/* Finds and gets; what was found stays in *s. Returns how, or a code. */
static int search(struct search *s, struct ptx_ctx *ctx, const char *chart,
		  const struct ptx_repo_fetch_opts *opts, struct ptx_buf *out)
{
	int rc = begin(s, ctx, chart, opts);

	if (rc == 0)
		rc = locate(s);
	if (rc == 0)
		rc = get(s, out);
	return rc;
}

static void end(struct search *s, struct ptx_error **err)
{
	if (*s->err && err)
		*err = ptx_steal(s->err);
	ptxi_constraint_free(s->range);
	ptxi_index_free(s->index);
	ptxi_transports_free(s->transports);
}

static const char *file_of(struct search *s)
{
	struct ptxi_url u = { 0 };
	const char *path = NULL;

	if (ptxi_url_parse(s->arena, ptxi_str(s->url), &u, NULL) < 0)
		return "";
	path = ptxi_arena_strn(s->arena, or_empty(u.path.p), u.path.n);
	return path ? ptxi_path_base(path) : "";
}

static struct ptx_value *describe(struct search *s, int how, struct ptx_str archive)
{
	struct ptx_value *map = ptx_value_map(s->arena);
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, archive);

	if (!hex) {
		no_memory(s);
		return NULL;
	}
	ptx_value_set_string(map, "name", s->entry ? s->name : "");
	ptx_value_set_string(map, "version", s->entry ? s->entry->version : "");
	ptx_value_set_string(map, "url", ptxi_url_shown(s->arena, s->url));
	ptx_value_set_string(map, "file", file_of(s));
	ptx_value_set_string(map, "digest", hex);
	ptx_value_set_string(map, "action", how == PTXI_FETCH_CACHED ? "cached" : "downloaded");
	return ptxi_arena_check(s->arena, s->err) < 0 ? NULL : map;
}

struct ptx_value *ptx_repo_fetch(struct ptx_ctx *ctx, struct ptx_arena *a, const char *chart,
				 const struct ptx_repo_fetch_opts *opts, struct ptx_buf *archive,
				 struct ptx_error **err)
{
	ptx_auto(error) problem = NULL;
	struct search s = { .arena = a, .err = &problem };
	size_t before = archive->n;
	int how = search(&s, ctx, chart, opts, archive);
	struct ptx_value *map =
	    how < 0 ? NULL : describe(&s, how, ptxi_str_from(ptx_buf_str(archive), before));

	if (!map)
		ptx_buf_truncate(archive, before);
	end(&s, err);
	return map;
}

/* What came must be what the index said; Helm does not look. */
static int check_chart(struct search *s, const struct ptx_chart *c)
{
	if (s->opts.as_helm || !s->entry ||
	    (strcmp(ptx_chart_name(c), s->name) == 0 &&
	     strcmp(ptx_chart_version(c), s->entry->version) == 0))
		return 0;
	return ptx_fail(s->err, PTX_E_CORRUPT, "the index says that '%s' is %s %s, but it is %s %s",
			ptxi_url_shown(s->arena, s->url), s->name, s->entry->version,
			ptx_chart_name(c), ptx_chart_version(c));
}

/* Helm tells of the file in its cache, we of the address. */
static const char *archive_name(struct search *s)
{
	if (!s->opts.as_helm)
		return ptxi_url_shown(s->arena, s->url);
	return ptxi_arena_printf(s->arena, "%s/%s", s->paths.cache, file_of(s));
}

struct ptx_chart *ptx_repo_chart(struct ptx_ctx *ctx, const char *chart,
				 const struct ptx_repo_fetch_opts *opts,
				 const struct ptx_chart_load_opts *load, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) problem = NULL;
	struct search s = { .arena = a, .err = &problem };
	ptx_auto_buf archive = { 0 };
	ptx_auto(chart) c = NULL;

	if (!a) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	ptx_buf_init(&archive, 0);
	if (search(&s, ctx, chart, opts, &archive) >= 0)
		c = ptx_chart_parse(ptx_buf_str(&archive), or_empty(archive_name(&s)), load, s.err);
	if (c && check_chart(&s, c) < 0) {
		ptx_chart_free(c);
		c = NULL;
	}
	end(&s, err);
	return ptx_steal(&c);
}
