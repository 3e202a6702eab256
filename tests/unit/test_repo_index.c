/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "repo/index.h"

Suite *suite_repo_index(void);

#define ENTRY(v)       "  - {name: a, version: " v ", apiVersion: v2, urls: [a-" v ".tgz]}\n"
#define INDEX(entries) "apiVersion: v1\nentries:\n  a:\n" entries

/* want: the versions in their order, each ended by a blank; NULL: it fails, and error says how. */
static const struct {
	const char *text;
	bool strict;
	const char *want;
	const char *error;
} rows[] = {
	{ INDEX(ENTRY("1.0.0") ENTRY("1.10.0") ENTRY("1.9.0")), false, "1.10.0 1.9.0 1.0.0 ",
	  NULL },
	{ INDEX(ENTRY("1.0.0") ENTRY("1.0.0-rc.1") ENTRY("2.0.0-alpha")), false,
	  "2.0.0-alpha 1.0.0 1.0.0-rc.1 ", NULL },
	{ INDEX(ENTRY("v1.2") ENTRY("1.3")), false, "1.3 v1.2 ", NULL },
	{ INDEX(ENTRY("1.0.0+b") ENTRY("0.9.0")), false, "1.0.0+b 0.9.0 ", NULL },
	/* left out, one by one */
	{ INDEX("  - null\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a, apiVersion: v2}\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {version: 1.0.1, apiVersion: v2}\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a/b, version: 1.0.1}\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a, version: x.y}\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, type: other}\n" ENTRY("1.0.0")), false, "1.0.0 ",
	  NULL },
	{ INDEX("  - [x]\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, urls: x}\n" ENTRY("1.0.0")), false, "1.0.0 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, urls: [[]]}\n" ENTRY("1.0.0")), false, "1.0.0 ",
	  NULL },
	{ INDEX("  - {name: a, version: 1.0.1, created: 5}\n" ENTRY("1.0.0")), false, "1.0.0 ",
	  NULL },
	{ INDEX("  - {name: a, version: 1.0.1, dependencies: x}\n" ENTRY("1.0.0")), false, "1.0.0 ",
	  NULL },
	/* forgiven */
	{ INDEX("  - {name: a, version: 1.0.1, dependencies: [{name: x}, {name: x}]}\n"), false,
	  "1.0.1 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, unknown: 1}\n"), false, "1.0.1 ", NULL },
	{ INDEX("  - {name: a, version: 1.10}\n"), false, "1.1 ", NULL },
	{ "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":1.10}]}}", false,
	  "1.1 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, urls: [1]}\n"), false, "1.0.1 ", NULL },
	{ INDEX("  - {Name: a, VERSION: 1.0.1}\n"), false, "1.0.1 ", NULL },
	{ "ApiVersion: v1\nEntries: {a: [{name: a, version: 1.0.1}]}\n", false, "1.0.1 ", NULL },
	{ "apiVersion: v1\nentries: {}\n", false, "", NULL },
	{ "apiVersion: v1\n", false, "", NULL },
	{ "apiVersion: v1\nentries: {a: null}\n", false, "", NULL },
	{ "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"x\":"
	  "1}]}}",
	  true, "1.0.0 ", NULL },
	/* anchors of what is passed over */
	{ "apiVersion: v1\nentries:\n  b: &b [{name: a, version: 3.0.0}]\n  a: *b\n", false,
	  "3.0.0 ", NULL },
	/* refused */
	{ "", false, NULL, "empty index.yaml file" },
	{ "entries: {}\n", false, NULL, "no API version specified" },
	{ "null\n", false, NULL, "no API version specified" },
	{ "[]", false, NULL, "cannot unmarshal array" },
	{ "text", false, NULL, "cannot unmarshal string" },
	{ "apiVersion: v1\nentries: []\n", false, NULL, "IndexFile.entries" },
	{ "apiVersion: v1\nentries: {a: {}}\n", false, NULL, "repo.ChartVersions" },
	{ "a: [", false, NULL, "yaml: line" },
	{ "<html><body>404</body></html>", false, NULL, "cannot unmarshal string" },
	{ "\x1f\x8b\x08", false, NULL, "" },
	{ "apiVersion: v1\nentries:\n  a: *none\n", false, NULL, "" },
	/* strict, as Helm */
	{ INDEX("  - {name: a, version: 1.0.1, unknown: 1}\n"), true, NULL,
	  "unknown field \"unknown\"" },
	{ "apiVersion: v1\nhello: 1\n", true, NULL, "unknown field \"hello\"" },
	{ "apiVersion: v1\nserverInfo: {a: 1}\n", true, "", NULL },
	{ "apiVersion: v1\nserverInfo: 1\n", true, NULL,
	  "IndexFile.serverInfo of type map[string]interface {}" },
	{ "apiVersion: v1\ngenerated: x\n", true, NULL, "parsing time \"x\"" },
	{ "ApiVersion: v1\nEntries: {a: [{name: a, version: 1.0.1, urls: [5], digest: 5}]}\n", true,
	  "1.0.1 ", NULL },
	{ INDEX("  - {name: a, version: 1.0.1, keywords: [5]}\n"), true, NULL,
	  "cannot unmarshal number into Go struct field ChartVersion.entries.Metadata.keywords of "
	  "type string" },
	{ INDEX("  - {name: a, version: 1.0.1, zzz: 1, aaa: 1}\n"), true, NULL,
	  "unknown field \"aaa\"" },
	{ "5", true, NULL, "json: cannot unmarshal number into Go value of type repo.IndexFile" },
	{ INDEX("  - {name: a, version: 1.10}\n"), true, NULL,
	  "cannot unmarshal number into Go struct field ChartVersion.entries.Metadata.version of "
	  "type string" },
	{ INDEX("  - {name: a, version: 1.0.0, maintainers: [{nick: x}]}\n"), true, NULL,
	  "unknown field \"nick\"" },
	{ INDEX("  - {name: a, version: 1.0.0, urls: x}\n"), true, NULL,
	  "ChartVersion.entries.urls" },
};

START_TEST(indexes)
{
	static const char *const names[] = { "a", NULL };
	const struct ptxi_index_opts opts = { .source = "test",
					      .names = names,
					      .strict = rows[_i].strict };
	ptx_auto(error) e = NULL;
	ptxi_auto(index) index = ptxi_index_parse(ptxi_str(rows[_i].text), &opts, &e);
	const struct ptxi_index_chart *chart = index ? ptxi_index_find(index, "a") : NULL;
	ptx_auto_buf got = { 0 };

	ptx_buf_init(&got, 0);
	if (!rows[_i].want) {
		ck_assert_ptr_null(index);
		ck_assert_ptr_nonnull(e);
		ck_assert_msg(strstr(ptx_error_message(e), rows[_i].error) != NULL, "'%s'",
			      ptx_error_message(e));
		return;
	}
	ck_assert_msg(index != NULL, "%s", e ? ptx_error_message(e) : "");
	for (size_t i = 0; chart && i < chart->count; i++)
		ptx_buf_printf(&got, "%s ", chart->entries[i].version);
	ck_assert_str_eq(got.p, rows[_i].want);
}
END_TEST

static void count_said(const char *where, const char *message, void *user)
{
	ck_assert_msg(strncmp(where, "index.go:", 9) == 0, "%s", where);
	ck_assert_msg(strncmp(message, "skipping loading invalid entry for chart \"a\"", 44) == 0,
		      "%s", message);
	++*(int *)user;
}

START_TEST(what_is_left_out_is_said)
{
	int said = 0;
	const struct ptxi_index_opts opts = { .source = "test", .say = count_said, .user = &said };
	ptxi_auto(index) index = ptxi_index_parse(
	    ptxi_str(INDEX("  - null\n  - {name: a}\n" ENTRY("1.0.0") ENTRY("x"))), &opts, NULL);

	ck_assert_ptr_nonnull(index);
	ck_assert_int_eq(said, 3);
	ck_assert_uint_eq(ptxi_index_find(index, "a")->count, 1);
}
END_TEST

/* A large index costs memory for what is asked of it only. */
START_TEST(only_what_is_wanted_is_kept)
{
	static const char *const names[] = { "chart-7", NULL };
	const struct ptxi_index_opts opts = { .source = "test", .names = names };
	ptx_auto_buf text = { 0 };
	ptxi_auto(index) index = NULL;

	ptx_buf_init(&text, 0);
	ptx_buf_adds(&text, "apiVersion: v1\nentries:\n");
	for (int i = 0; i < 500; i++) {
		ptx_buf_printf(&text, "  chart-%d:\n", i);
		for (int k = 0; k < 20; k++)
			ptx_buf_printf(&text,
				       "  - name: chart-%d\n    version: 1.%d.0\n    description: "
				       "some words that take room\n"
				       "    urls:\n    - chart-%d-1.%d.0.tgz\n",
				       i, k, i, k);
	}
	index = ptxi_index_parse(ptx_buf_str(&text), &opts, NULL);
	ck_assert_ptr_nonnull(index);
	ck_assert_uint_eq(index->count, 1);
	ck_assert_uint_eq(index->charts[0].count, 20);
	ck_assert_str_eq(index->charts[0].entries[0].version, "1.19.0");
	ck_assert_uint_lt(ptxi_arena_used(index->arena), text.n / 8);
}
END_TEST

START_TEST(depth_and_count_have_limits)
{
	const struct ptxi_index_opts opts = { .source = "test" };
	ptx_auto_buf deep = { 0 };
	ptx_auto_buf many = { 0 };
	ptx_auto(error) e = NULL;
	ptx_auto(error) f = NULL;

	ptx_buf_init(&deep, 0);
	ptx_buf_init(&many, 0);
	ptx_buf_adds(&deep, "apiVersion: v1\nentries: ");
	ptx_buf_fill(&deep, '[', 5000);
	ck_assert_ptr_null(ptxi_index_parse(ptx_buf_str(&deep), &opts, &e));
	ck_assert_int_eq(ptx_error_code(e), PTX_E_LIMIT);
	ptx_buf_adds(&many, "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[null");
	for (size_t i = 0; i < PTXI_INDEX_MAX_ENTRIES; i++)
		ptx_buf_adds(&many, ",null");
	ptx_buf_adds(&many, "]}}");
	ck_assert_ptr_null(ptxi_index_parse(ptx_buf_str(&many), &opts, &f));
	ck_assert_int_eq(ptx_error_code(f), PTX_E_LIMIT);
}
END_TEST

static const struct {
	const char *range;
	const char *want; /* NULL: none */
} choices[] = {
	{ "*", "1.2.3+b" },        { ">=1.0.0-0", "2.0.0-beta" },
	{ "^0.1", "0.1.5" },       { "~1.2", "1.2.3+b" },
	{ "1.0.0", "1.0.0" },      { "^5", NULL },
	{ ">1.2.3", NULL },        { "<0.1.5", "0.1.0" },
	{ "1.x", "1.2.3+b" },      { "=2.0.0-beta", "2.0.0-beta" },
	{ "0.1.0 || 9", "0.1.0" }, { "1.1.0", NULL /* it has no URL */ },
};
static const char choice_index[] = INDEX(ENTRY("0.1.0") ENTRY("0.1.5") ENTRY(
    "1.0.0") "  - {name: a, version: 1.1.0}\n" ENTRY("1.2.3+b") ENTRY("2.0.0-beta"));

START_TEST(ranges)
{
	const struct ptxi_index_opts opts = { .source = "test" };
	ptxi_auto(index) index = ptxi_index_parse(ptxi_str(choice_index), &opts, NULL);
	ptxi_auto(constraint) range = ptxi_constraint_parse(ptxi_str(choices[_i].range), NULL);
	const struct ptxi_index_entry *e = NULL;

	ck_assert_ptr_nonnull(range);
	e = ptxi_index_resolve(ptxi_index_find(index, "a"), range);
	if (!choices[_i].want)
		ck_assert_ptr_null(e);
	else
		ck_assert_str_eq(e->version, choices[_i].want);
}
END_TEST

static const struct {
	const char *version;
	const char *want;
} exact[] = {
	{ "1.2.3+b", "1.2.3+b" }, { "1.2.3", "1.2.3+b" }, { "v1.0", "1.0.0" },
	{ "9.9.9", NULL },        { "", "2.0.0-beta" },   { "x", NULL },
};

START_TEST(one_version)
{
	const struct ptxi_index_opts opts = { .source = "test" };
	ptxi_auto(index) index = ptxi_index_parse(ptxi_str(choice_index), &opts, NULL);
	const struct ptxi_index_entry *e =
	    ptxi_index_exact(ptxi_index_find(index, "a"), exact[_i].version);

	if (!exact[_i].want)
		ck_assert_ptr_null(e);
	else
		ck_assert_str_eq(e->version, exact[_i].want);
}
END_TEST

START_TEST(a_few_versions_are_told)
{
	const struct ptxi_index_opts opts = { .source = "test" };
	ptxi_auto(index) index = ptxi_index_parse(ptxi_str(choice_index), &opts, NULL);
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_index_versions(ptxi_index_find(index, "a"), &out);
	ck_assert_str_eq(out.p, "2.0.0-beta, 1.2.3+b, 1.1.0, 1.0.0, 0.1.5 and 1 more");
}
END_TEST

Suite *suite_repo_index(void)
{
	Suite *s = suite_create("repo_index");
	TCase *tc = tcase_create("index");

	tcase_add_loop_test(tc, indexes, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, what_is_left_out_is_said);
	tcase_add_test(tc, only_what_is_wanted_is_kept);
	tcase_add_test(tc, depth_and_count_have_limits);
	tcase_add_loop_test(tc, ranges, 0, PTXI_COUNT(choices));
	tcase_add_loop_test(tc, one_version, 0, PTXI_COUNT(exact));
	tcase_add_test(tc, a_few_versions_are_told);
	suite_add_tcase(s, tc);
	return s;
}
