/* SPDX-License-Identifier: Apache-2.0 */
/* One chart out of a repository that is a folder: which version, from where, and checked by what.
 */
#include <check.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "chart/chart.h"

#include <pitrix/repo.h>

Suite *suite_repo_chart(void);

static char *dir, *url, *config, *cache;
static struct ptx_ctx *ctx;

static void put(const char *name, struct ptx_str text)
{
	ptx_auto_str path = ptxi_path_join(dir, name);
	ptx_auto_str above = ptxi_path_dir(path);

	ck_assert_int_eq(ptxi_fs_mkdirs(above, 0755, NULL), 0);
	ck_assert_int_eq(ptxi_fs_write(path, text, 0644, NULL), 0);
}

/* Packs the chart `web` at a version, and adds it to an index. */
static void publish(const char *version, struct ptx_buf *index)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_str text = ptxi_asprintf("apiVersion: v2\nname: web\nversion: %s\n", version);
	ptx_auto_str file = ptxi_asprintf("www/web-%s.tgz", version);
	ptx_auto_str folder = ptxi_path_join(dir, "src");
	ptx_auto_str hex = NULL;
	ptx_auto(chart) c = NULL;
	ptx_auto_buf packed = { 0 };

	put("src/Chart.yaml", ptxi_str(text));
	c = ptx_chart_load(folder, NULL, NULL);
	ck_assert_ptr_nonnull(c);
	ptx_buf_init(&packed, 0);
	ck_assert_int_eq(ptxi_chart_pack(a, c->root, 0, &packed, NULL), 0);
	put(file, ptx_buf_str(&packed));
	hex = ptxi_digest_hex(PTXI_SHA256, ptx_buf_str(&packed));
	ptx_buf_printf(
	    index, "  - {apiVersion: v2, name: web, version: %s, urls: [web-%s.tgz], digest: %s}\n",
	    version, version, hex);
}

static void setup(void)
{
	ptx_auto_str repositories = NULL;
	ptx_auto_buf index = { 0 };

	dir = ptxi_fs_tempdir(NULL, "repo-chart-", NULL);
	ck_assert_ptr_nonnull(dir);
	ctx = ptx_ctx_new();
	ck_assert_int_eq(ptx_ctx_set_cache(ctx, dir), 0);
	url = ptxi_asprintf("file://%s/www", dir);
	config = ptxi_path_join(dir, "repositories.yaml");
	cache = ptxi_path_join(dir, "indexes");
	repositories = ptxi_asprintf(
	    "repositories:\n- {name: mine, url: \"%s/\"}\n- {name: none, url: \"\"}\n", url);
	put("repositories.yaml", ptxi_str(repositories));
	ptx_buf_init(&index, 0);
	ptx_buf_adds(&index, "apiVersion: v1\nentries:\n  web:\n");
	publish("1.0.0", &index);
	publish("1.2.3", &index);
	publish("1.3.0-rc.1", &index);
	publish("2.0.0", &index);
	ptx_buf_adds(
	    &index,
	    "  - {apiVersion: v2, name: web, version: 3.0.0, urls: []}\n"
	    "  lies:\n"
	    "  - {apiVersion: v2, name: lies, version: 1.0.0, urls: [web-1.0.0.tgz]}\n"
	    "  spoiled:\n"
	    "  - {apiVersion: v2, name: spoiled, version: 1.0.0, urls: [web-1.0.0.tgz], digest: \""
	    "0000000000000000000000000000000000000000000000000000000000000000\"}\n"
	    "  far:\n"
	    "  - {apiVersion: v2, name: far, version: 1.0.0, urls: [\"gopher://h/x.tgz\"]}\n"
	    "  bare:\n"
	    "  - {apiVersion: v2, name: bare, version: 1.0.0, urls: []}\n");
	put("www/index.yaml", ptx_buf_str(&index));
}

static void teardown(void)
{
	ptx_ctx_free(ctx);
	ck_assert_int_eq(ptxi_fs_remove(dir, NULL), 0);
	ptx_free(dir);
	ptx_free(url);
	ptx_free(config);
	ptx_free(cache);
}

static const struct {
	const char *chart; /* "%" stands for the repository's URL */
	bool repo;         /* as --repo */
	const char *version;
	bool devel;
	const char *want; /* the version, or what the error has */
	int code;
} rows[] = {
	{ "web", true, NULL, false, "2.0.0", 0 },
	{ " web ", true, "", false, "2.0.0", 0 },
	{ "web", true, "1.x", false, "1.2.3", 0 },
	{ "web", true, " ^1.0 ", false, "1.2.3", 0 },
	{ "web", true, ">1.2.3-0 <2", false, "1.3.0-rc.1", 0 },
	{ "web", true, "1.0.0", true, "1.0.0", 0 },
	{ "web", true, "1.3.0-rc.1", false, "1.3.0-rc.1", 0 },
	{ "web", true, NULL, true, "2.0.0", 0 },
	{ "web", true, "3.0.0", false, "no downloadable URLs", PTX_E_NOT_FOUND },
	{ "bare", true, NULL, false, "no downloadable URLs", PTX_E_NOT_FOUND },
	{ "web", true, "4", false, "no version of 'web'", PTX_E_NOT_FOUND },
	{ "web", true, "four", false, "'four' is no version", PTX_E_SYNTAX },
	{ "shop", true, NULL, false, "no chart 'shop'", PTX_E_NOT_FOUND },
	{ "lies", true, NULL, false, "but it is web 1.0.0", PTX_E_CORRUPT },
	{ "spoiled", true, NULL, false, "the index says sha256:0000", PTX_E_CORRUPT },
	{ "far", true, NULL, false, "gopher", PTX_E_UNSUPPORTED },
	{ "mine/web", false, "~1", false, "1.2.3", 0 },
	{ "mine/", false, NULL, false, "no chart ''", PTX_E_NOT_FOUND },
	{ "none/web", false, NULL, false, "no URL found", PTX_E_INVALID },
	{ "theirs/web", false, NULL, false, "no repository 'theirs'", PTX_E_NOT_FOUND },
	{ "../web", false, NULL, false, "no repository '..'", PTX_E_NOT_FOUND },
	{ "web", false, NULL, false, "repo_name/path_to_chart", PTX_E_NOT_FOUND },
	{ "%/web-1.0.0.tgz", false, NULL, false, "1.0.0", 0 },
	{ "%/web-9.tgz", false, NULL, false, "", PTX_E_NOT_FOUND },
	{ "%/index.yaml", false, NULL, false, "gzipped archive", PTX_E_INVALID },
	{ "oci://h/web", false, NULL, false, "oci://", PTX_E_UNSUPPORTED },
	{ "http://%zz/web", false, NULL, false, "invalid chart URL format", PTX_E_SYNTAX },
	{ "gopher://h/web.tgz", false, NULL, false, "gopher", PTX_E_UNSUPPORTED },
};

START_TEST(test_chart)
{
	const char *percent = rows[_i].chart[0] == '%' ? rows[_i].chart + 1 : NULL;
	ptx_auto_str name =
	    percent ? ptxi_asprintf("%s%s", url, percent) : ptxi_strdup(rows[_i].chart);
	struct ptx_repo_fetch_opts opts = PTX_REPO_FETCH_OPTS_INIT;
	ptx_auto(error) e = NULL;
	ptx_auto(chart) c = NULL;

	opts.repository = rows[_i].repo ? url : NULL;
	opts.version = rows[_i].version;
	opts.devel = rows[_i].devel;
	opts.repositories = config;
	opts.index_cache = cache;
	c = ptx_repo_chart(ctx, name, &opts, NULL, &e);
	ck_assert_int_eq(ptx_error_code(e), rows[_i].code);
	if (rows[_i].code == 0)
		ck_assert_str_eq(ptx_chart_version(c), rows[_i].want);
	else
		ck_assert_msg(strstr(ptx_error_message(e), rows[_i].want), "'%s' lacks '%s'",
			      ptx_error_message(e), rows[_i].want);
}
END_TEST

START_TEST(test_fetch)
{
	static const char *const actions[] = { "downloaded", "cached" };
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_repo_fetch_opts opts = PTX_REPO_FETCH_OPTS_INIT;

	opts.repositories = config;
	opts.index_cache = cache;
	for (size_t i = 0; i < PTXI_COUNT(actions); i++) {
		ptx_auto_buf b = { 0 };
		ptx_auto_str hex = NULL;
		const struct ptx_value *got = NULL;

		ptx_buf_init(&b, 0);
		ptx_buf_adds(&b, "before");
		got = ptx_repo_fetch(ctx, a, "mine/web", &opts, &b, NULL);
		ck_assert_ptr_nonnull(got);
		hex = ptxi_digest_hex(PTXI_SHA256, ptxi_str_from(ptx_buf_str(&b), 6));
		ck_assert_str_eq(ptx_value_as_string(ptx_value_get(got, "version"), ""), "2.0.0");
		ck_assert_str_eq(ptx_value_as_string(ptx_value_get(got, "file"), ""),
				 "web-2.0.0.tgz");
		ck_assert_str_eq(ptx_value_as_string(ptx_value_get(got, "digest"), ""), hex);
		ck_assert_str_eq(ptx_value_as_string(ptx_value_get(got, "action"), ""), actions[i]);
	}
}
END_TEST

/* Helm asks no folder, and has another word for everything. */
START_TEST(test_as_helm)
{
	struct ptx_repo_fetch_opts opts = PTX_REPO_FETCH_OPTS_INIT;
	ptx_auto(error) e = NULL;

	opts.repositories = config;
	opts.index_cache = cache;
	opts.as_helm = true;
	ck_assert_ptr_null(ptx_repo_chart(ctx, "mine/web", &opts, NULL, &e));
	ck_assert_str_eq(ptx_error_message(e), "could not find protocol handler for: file");
}
END_TEST

Suite *suite_repo_chart(void)
{
	Suite *s = suite_create("repo_chart");
	TCase *t = tcase_create("chart");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_chart, 0, PTXI_COUNT(rows));
	tcase_add_test(t, test_fetch);
	tcase_add_test(t, test_as_helm);
	suite_add_tcase(s, t);
	return s;
}
