/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories that are folders: everything between a URL and checked bytes, without a network. */
#include <check.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "repo/cache.h"
#include "repo/fetch.h"
#include "repo/place.h"

Suite *suite_repo_fetch(void);

static char *dir;
static struct ptx_ctx *ctx;

static void setup(void)
{
	dir = ptxi_fs_tempdir(NULL, "repo-", NULL);
	ctx = ptx_ctx_new();
	ck_assert_ptr_nonnull(dir);
	ck_assert_int_eq(ptx_ctx_set_cache(ctx, dir), 0);
}

static void teardown(void)
{
	ptx_ctx_free(ctx);
	ck_assert_int_eq(ptxi_fs_remove(dir, NULL), 0);
	ptx_free(dir);
}

static char *put(const char *name, const char *text)
{
	char *path = ptxi_path_join(dir, name);
	ptx_auto_str above = ptxi_path_dir(path);

	ck_assert_int_eq(ptxi_fs_mkdirs(above, 0755, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, ptxi_str(text), 0644, NULL), 0);
	return path;
}

/* ---- URLs */

static const struct {
	const char *repo;
	bool unmanaged;
	const char *url;
	const char *want; /* NULL: refused */
} urls[] = {
	{ "http://h/c", true, "a.tgz", "http://h/c/a.tgz" },
	{ "http://h/c/", true, "a.tgz", "http://h/c/a.tgz" },
	{ "http://h", true, "a.tgz", "http://h/a.tgz" },
	{ "http://h/c", true, "/a.tgz", "http://h/a.tgz" },
	{ "http://h/c", true, "../a.tgz", "http://h/a.tgz" },
	{ "http://h/c", true, "../../../a.tgz", "http://h/a.tgz" },
	{ "http://h/c", true, "./x/./a.tgz", "http://h/c/x/a.tgz" },
	{ "http://h/c?t=1", true, "a.tgz", "http://h/c/a.tgz?t=1" },
	{ "http://h/a%2Fb", true, "x.tgz", "http://h/a%2Fb/x.tgz" },
	{ "http://h/c", true, "a%2Fb.tgz", "http://h/c/a%2Fb.tgz" },
	{ "http://h/c", true, "https://o/a.tgz?q#f", "https://o/a.tgz?q#f" },
	{ "http://h/c", true, "//o/a.tgz", "http://o/a.tgz" },
	{ "http://u:p@h/c", true, "a.tgz", "http://u:p@h/c/a.tgz" },
	{ "http://h/c", true, "a-1.0.0+b.tgz", "http://h/c/a-1.0.0+b.tgz" },
	{ "http://h/c", false, "a.tgz", "http://h/c/a.tgz" },
	{ "http://h", false, "a.tgz", "http://h/a.tgz" },
	{ "http://h/c", false, "/a.tgz", "http://h/c/a.tgz" },
	{ "http://h/c", false, "../a.tgz", "http://h/a.tgz" },
	{ "http://h/c", false, "https://o/a.tgz", "https://o/a.tgz" },
	{ "http://h/c", true, "file:///etc/passwd", NULL },
	{ "https://h/c", false, "FILE:///etc/passwd", NULL },
	{ "http://h/c", true, ":::", NULL },
	{ "file:///srv/c", true, "a.tgz", "file:///srv/c/a.tgz" },
};

START_TEST(archive_urls)
{
	const struct ptxi_repo repo = { .name = "r",
					.url = urls[_i].repo,
					.unmanaged = urls[_i].unmanaged };
	ptx_auto_buf out = { 0 };
	int rc = 0;

	ptx_buf_init(&out, 0);
	rc = ptxi_fetch_url(&repo, urls[_i].url, &out, NULL);
	ck_assert_int_eq(rc < 0, urls[_i].want == NULL);
	if (urls[_i].want)
		ck_assert_str_eq(out.p, urls[_i].want);
}
END_TEST

/* ---- indexes */

static const struct ptxi_index_opts all = { .source = "test" };

START_TEST(an_index_comes_from_a_folder_and_is_kept)
{
	ptx_auto_str source =
	    put("www/index.yaml",
		"apiVersion: v1\nentries: {a: [{name: a, version: 1.0.0, urls: [x]}]}\n");
	ptx_auto_str cached = ptxi_path_join(dir, "helm/r-index.yaml");
	ptx_auto_str url = ptxi_asprintf("file://%s/www", dir);
	const struct ptxi_repo repo = { .name = "r", .url = url };
	ptxi_auto(transports) t = ptxi_transports_new(ctx, NULL);
	ptxi_auto(index) index = ptxi_fetch_index(t, &repo, cached, &all, NULL);
	ptxi_auto(index) again = NULL;
	ptx_auto(error) e = NULL;

	ck_assert_ptr_nonnull(index);
	ck_assert(ptxi_fs_exists(cached));
	/* A spoiled one does not replace it. */
	ptx_free(put("www/index.yaml", "entries: {}\n"));
	ck_assert_ptr_null(ptxi_fetch_index(t, &repo, cached, &all, NULL));
	again = ptxi_fetch_cached_index(cached, &all, NULL);
	ck_assert_ptr_nonnull(again);
	ck_assert_ptr_nonnull(ptxi_index_find(again, "a"));
	ck_assert_ptr_null(ptxi_fetch_cached_index("/nowhere/r-index.yaml", &all, &e));
	ck_assert_str_eq(ptx_error_message(e),
			 "open /nowhere/r-index.yaml: no such file or directory");
	(void)source;
}
END_TEST

static const struct {
	const char *url;
	int code;
} schemes[] = {
	{ "oci://h/c/index.yaml", PTX_E_UNSUPPORTED }, { "ftp://h/index.yaml", PTX_E_UNSUPPORTED },
	{ "s3://b/index.yaml", PTX_E_UNSUPPORTED },    { "/etc/passwd", PTX_E_UNSUPPORTED },
	{ "file://other/etc/passwd", PTX_E_INVALID },  { "file:relative", PTX_E_INVALID },
	{ "file:///nowhere/at/all", PTX_E_NOT_FOUND }, { "file:///dev", PTX_E_INVALID },
};

START_TEST(schemes_are_refused_by_name)
{
	ptxi_auto(transports) t = ptxi_transports_new(ctx, NULL);
	const struct ptxi_get g = { .url = schemes[_i].url, .max_bytes = 1000 };
	ptx_auto_buf out = { 0 };
	ptx_auto(error) e = NULL;

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_transport_get(t, &g, &out, &e), schemes[_i].code);
	ck_assert_ptr_nonnull(e);
}
END_TEST

/* ---- archives and the cache */

START_TEST(digests_decide)
{
	ptx_auto_str path = put("www/a.tgz", "content");
	ptx_auto_str url = ptxi_asprintf("file://%s/www/a.tgz", dir);
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, PTXI_STR("content"));
	ptx_auto_str prefixed = ptxi_asprintf("sha256:%s", hex);
	ptx_auto_str wrong = ptxi_digest_hex(PTXI_SHA256, PTXI_STR("other"));
	const struct {
		const char *digest;
		bool only_warn;
		int want;
	} digests[] = {
		{ "", false, PTXI_FETCH_DOWNLOADED },   { hex, false, PTXI_FETCH_DOWNLOADED },
		{ hex, false, PTXI_FETCH_CACHED },      { prefixed, false, PTXI_FETCH_CACHED },
		{ wrong, false, PTX_E_CORRUPT },        { wrong, true, PTXI_FETCH_MISMATCH },
		{ "abc", false, PTX_E_INVALID },        { "abc", true, PTXI_FETCH_MISMATCH },
		{ "../../../x", false, PTX_E_INVALID },
	};
	ptxi_auto(transports) t = ptxi_transports_new(ctx, NULL);

	for (size_t i = 0; i < PTXI_COUNT(digests); i++) {
		const struct ptxi_fetch f = { .url = url,
					      .digest = digests[i].digest,
					      .use_cache = true,
					      .only_warn = digests[i].only_warn };
		ptx_auto_buf out = { 0 };

		ptx_buf_init(&out, 0);
		ck_assert_int_eq(ptxi_fetch_archive(t, &f, &out, NULL), digests[i].want);
		ck_assert_str_eq(out.p, digests[i].want < 0 ? "" : "content");
	}
	(void)path;
}
END_TEST

START_TEST(a_spoiled_file_of_the_cache_is_missing)
{
	ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, PTXI_STR("content"));
	ptx_auto_str name = ptxi_asprintf("archives/sha256/%s", hex);
	ptx_auto_str path = NULL;
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ck_assert_int_eq(ptxi_cache_get(ctx, hex, 1000, &out, NULL), 0);
	ck_assert_int_eq(ptxi_cache_put(ctx, hex, PTXI_STR("other"), NULL), PTX_E_CORRUPT);
	ck_assert_int_eq(ptxi_cache_put(ctx, hex, PTXI_STR("content"), NULL), 0);
	ck_assert_int_eq(ptxi_cache_get(ctx, hex, 1000, &out, NULL), 1);
	path = put(name, "spoiled");
	ck_assert_int_eq(ptxi_cache_get(ctx, hex, 1000, &out, NULL), 0);
	ck_assert_str_eq(out.p, "content");
	ck_assert(!ptxi_fs_exists(path));
	ck_assert_int_eq(ptxi_cache_get(ctx, "../../x", 1000, &out, NULL), PTX_E_INVALID);
}
END_TEST

START_TEST(the_oldest_are_pruned)
{
	static const char *const texts[] = { "first", "second", "third" };
	char *paths[3];

	for (size_t i = 0; i < 3; i++) {
		ptx_auto_str hex = ptxi_digest_hex(PTXI_SHA256, ptxi_str(texts[i]));
		ptx_auto_str name = ptxi_asprintf("archives/sha256/%s", hex);
		struct timespec times[2] = { { 1000 + (time_t)i, 0 }, { 1000 + (time_t)i, 0 } };

		ck_assert_int_eq(ptxi_cache_put(ctx, hex, ptxi_str(texts[i]), NULL), 0);
		paths[i] = ptxi_path_join(dir, name);
		ck_assert_int_eq(utimensat(-100, paths[i], times, 0), 0);
	}
	ck_assert_int_eq(ptxi_cache_prune(ctx, 11, NULL), 0);
	ck_assert(!ptxi_fs_exists(paths[0]));
	ck_assert(ptxi_fs_exists(paths[1]));
	ck_assert(ptxi_fs_exists(paths[2]));
	for (size_t i = 0; i < 3; i++)
		ptx_free(paths[i]);
}
END_TEST

/* ---- charts/ */

static bool same_inode(const char *path, ino_t inode)
{
	struct stat st = { 0 };

	return stat(path, &st) == 0 && st.st_ino == inode;
}

START_TEST(charts_change_at_once)
{
	static const char *const gone[] = { "old-1.tgz" };
	const struct ptxi_placed files[] = { { "new-1.tgz", PTXI_STR("new") },
					     { "same-1.tgz", PTXI_STR("second") } };
	ptx_auto_str old = put("c/charts/old-1.tgz", "old");
	ptx_auto_str same = put("c/charts/same-1.tgz", "first");
	ptx_auto_str kept = put("c/charts/kept.txt", "kept");
	ptx_auto_str inner = put("c/charts/sub/templates/x.yaml", "x");
	ptx_auto_str chart = ptxi_path_join(dir, "c");
	ptx_auto_str new = ptxi_path_join(dir, "c/charts/new-1.tgz");
	ptx_auto_str stale = put("c/.pitrix-charts-killed/x", "x");
	ptx_auto_buf text = { 0 };
	struct stat st = { 0 };

	ptx_buf_init(&text, 0);
	ck_assert_int_eq(stat(kept, &st), 0);
	ck_assert_int_eq(ptxi_place_sweep(chart, NULL), 0);
	ck_assert(!ptxi_fs_exists(stale));
	ck_assert_int_eq(ptxi_place(chart, files, 2, gone, 1, NULL), 0);
	ck_assert(ptxi_fs_exists(new) && !ptxi_fs_exists(old) && ptxi_fs_exists(inner));
	ck_assert(same_inode(kept, st.st_ino));
	ck_assert_int_eq(ptxi_fs_read(same, 100, &text, NULL), 0);
	ck_assert_str_eq(text.p, "second");
}
END_TEST

START_TEST(charts_that_cannot_change_stay)
{
	const struct ptxi_placed files[] = { { "new-1.tgz", PTXI_STR("new") } };
	ptx_auto_str file = put("f/charts", "a file");
	ptx_auto_str chart = ptxi_path_join(dir, "f");
	ptx_auto_str none = ptxi_path_join(dir, "none");
	ptx_auto_str folder = ptxi_path_join(dir, "g");
	ptx_auto_str inner = ptxi_path_join(dir, "g/charts/new-1.tgz/inner");
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ck_assert_int_eq(ptxi_place(chart, files, 1, NULL, 0, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_fs_read(file, 100, &text, NULL), 0);
	ck_assert_str_eq(text.p, "a file");
	ck_assert_int_lt(ptxi_place(none, files, 1, NULL, 0, NULL), 0);
	ptx_free(put("g/charts/new-1.tgz/inner", "kept"));
	ck_assert_int_eq(ptxi_place(folder, files, 1, NULL, 0, NULL), PTX_E_EXISTS);
	ck_assert(ptxi_fs_exists(inner));
}
END_TEST

START_TEST(one_run_at_a_time)
{
	ptx_auto_fd first = ptxi_place_lock(dir, 0, NULL);
	ptx_auto(error) e = NULL;

	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(ptxi_place_lock(dir, 0, &e), PTX_E_BUSY);
	ck_assert_ptr_nonnull(ptx_error_hint(e));
}
END_TEST

/* ---- repositories.yaml */

START_TEST(repositories_are_helms)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_str path =
	    put("repositories.yaml",
		"apiVersion: \"\"\nrepositories:\n- name: one\n  url: https://h/c/\n  username: "
		"u\n  password: p\n"
		"- null\n- {name: two, url: \"http://h2\", insecure_skip_tls_verify: true}\n");
	ptx_auto_str bad = put("bad.yaml", "repositories: {}\n");
	ptx_auto_str nameless = put("nameless.yaml", "repositories: [{url: x}]\n");
	struct ptxi_repos repos = { 0 };
	struct ptxi_repo_paths paths = { "c", "/cache" };
	struct ptxi_repo evil = { .name = "../x", .url = "http://h" };

	ck_assert_int_eq(ptxi_repos_load(a, path, &repos, NULL), 0);
	ck_assert_uint_eq(repos.n, 2);
	ck_assert_str_eq(ptxi_repos_named(&repos, "one")->password, "p");
	ck_assert(ptxi_repos_named(&repos, "two")->insecure);
	ck_assert_ptr_eq(ptxi_repos_at(a, &repos, "https://h/c"), &repos.v[0]);
	ck_assert_ptr_null(ptxi_repos_at(a, &repos, "https://h/d"));
	ck_assert_str_eq(ptxi_repo_index_path(a, &paths, &repos.v[0], NULL),
			 "/cache/one-index.yaml");
	ck_assert_ptr_null(ptxi_repo_index_path(a, &paths, &evil, NULL));
	ck_assert_str_eq(
	    ptxi_repo_unmanaged(a, "http://h")->name,
	    "helm-manager-4f8d848825a112f9057c104f83e580e72afa89b824d984994d1bdc7247b0a20c");
	ck_assert_int_eq(ptxi_repos_load(a, "/nowhere/repositories.yaml", &repos, NULL), 0);
	ck_assert_uint_eq(repos.n, 0);
	ck_assert_int_eq(ptxi_repos_load(a, bad, &repos, NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_repos_load(a, nameless, &repos, NULL), PTX_E_INVALID);
}
END_TEST

Suite *suite_repo_fetch(void)
{
	Suite *s = suite_create("repo_fetch");
	TCase *tc = tcase_create("fetch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, archive_urls, 0, PTXI_COUNT(urls));
	tcase_add_test(tc, an_index_comes_from_a_folder_and_is_kept);
	tcase_add_loop_test(tc, schemes_are_refused_by_name, 0, PTXI_COUNT(schemes));
	tcase_add_test(tc, digests_decide);
	tcase_add_test(tc, a_spoiled_file_of_the_cache_is_missing);
	tcase_add_test(tc, the_oldest_are_pruned);
	tcase_add_test(tc, charts_change_at_once);
	tcase_add_test(tc, charts_that_cannot_change_stay);
	tcase_add_test(tc, one_run_at_a_time);
	tcase_add_test(tc, repositories_are_helms);
	suite_add_tcase(s, tc);
	return s;
}
