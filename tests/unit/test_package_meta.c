/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ctx.h"
#include "package/archive.h"
#include "package/locale.h"
#include "package/package.h"

Suite *suite_package_meta(void);

static const struct {
	const char *version;
	bool fine;
} versions[] = {
	{ "1.0.0", true },    { "v1.0.0", true },   { "1.2.3-rc.1+build.5", true },
	{ "0.0.0", true },    { "1.0", false },     { "1", false },
	{ "", false },        { "01.0.0", false },  { "1.0.0-01", false },
	{ "1.0.0-", false },  { "1.0.0+", false },  { "1.0.0-a..b", false },
	{ "1.0.0.0", false }, { "a.b.c", false },   { "1.0.0-a b", false },
	{ "vv1.0.0", false }, { "1.0.0+01", true }, { "1.0.0-0a", true },
};

static const struct {
	const char *name;
	bool fine;
} names[] = {
	{ "zookeeper", true }, { "a.b_c-1", true }, { "", false },
	{ "a/b", false },      { "..", false },     { ".x", false },
	{ "-x", false },       { "a b", false },    { "\xc3\xa9", false },
};

START_TEST(versions_and_names)
{
	for (size_t i = 0; i < PTXI_COUNT(versions); i++)
		ck_assert_msg(ptxi_meta_version_ok(versions[i].version) == versions[i].fine, "%s",
			      versions[i].version);
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		ck_assert_msg(ptxi_meta_name_ok(names[i].name) == names[i].fine, "%s",
			      names[i].name);
}
END_TEST

#define CONFIG                                                                                     \
	"{\"type\":\"array\",\"properties\":[{\"key\":\"name\",\"label\":\"Name\",\"type\":"       \
	"\"string\",\"default\":\"n\"}]}"
#define TEMPLATE "{\"name\":{{name}},\"description\":\"\",\"subnet\":\"\",\"nodes\":[]}"

static struct ptx_package *load(struct ptx_ctx *ctx, const char *meta, struct ptx_error **err)
{
	const struct ptxi_archive_item items[] = {
		{ "config.json", PTXI_STR(CONFIG), false },
		{ "cluster.json.tmpl", PTXI_STR(TEMPLATE), false },
		{ "locale/zh-cn.json", PTXI_STR("{\"Name\":\"\xe5\x90\x8d\"}"), false },
		{ "package.json", ptxi_str(meta), false },
	};

	return ptxi_package_load_items(ctx, "test", items, PTXI_COUNT(items) - !meta, NULL, err);
}

static const struct {
	const char *meta;
	int line; /* of the refusal; 0: it loads */
} metas[] = {
	{ NULL, 0 },
	{ "{\"name\":\"x\"}", 0 },
	{ "{\"name\":\"x\",\"version\":\"whatever\",\"apiVersion\":\"v1\",\"more\":1}", 0 },
	{ "{\"name\":\"x\",\"keywords\":null,\"maintainers\":[{\"name\":\"m\",\"email\":\"e\"}]}",
	  0 },
	{ "{}", 1 },
	{ "{\n\"name\":\"\"}", 2 },
	{ "{\n\n\"name\":5}", 3 },
	{ "{\"name\":\"x\",\n\"maintainers\":\"me\"}", 2 },
	{ "{\"name\":\"x\",\n\"maintainers\":[\"me\"]}", 2 },
	{ "{\"name\":\"x\",\n\"keywords\":[1]}", 2 },
	{ "{\"name\":\"x\",\n\"name\":\"y\"}", 2 },
	{ "{", 1 },
	{ "[]", 1 },
};

START_TEST(package_json)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	ptx_auto(error) err = NULL;
	ptx_auto(package) p = load(ctx, metas[_i].meta, &err);

	ck_assert_msg((p != NULL) == !metas[_i].line, "%s: %s", metas[_i].meta,
		      err ? ptx_error_message(err) : "loads");
	if (metas[_i].line) {
		ck_assert_str_eq(ptx_error_where(err)->file, "package.json");
		ck_assert_int_eq((int)ptx_error_where(err)->line, metas[_i].line);
	}
}
END_TEST

START_TEST(questions_speak_the_language)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	ptx_auto(package) p = load(ctx, NULL, NULL);
	ptx_auto(arena) a = ptx_arena_new(0);
	static const char *const chinese[] = { "zh-cn", "zh_CN", "zh", "zh-TW", "zh_CN.UTF-8" };

	for (size_t i = 0; i < PTXI_COUNT(chinese); i++) {
		struct ptx_value *q =
		    ptx_value_at(ptx_package_questions(p, a, chinese[i], NULL), 0);

		ck_assert_str_eq(ptx_value_as_string(ptx_value_get(q, "label"), ""),
				 "\xe5\x90\x8d");
	}
	ck_assert_str_eq(
	    ptx_value_as_string(
		ptx_value_get(ptx_value_at(ptx_package_questions(p, a, "de", NULL), 0), "label"),
		""),
	    "Name");
}
END_TEST

START_TEST(a_digest_depends_on_names_and_contents_alone)
{
	ptx_auto(ctx) ctx = ptx_ctx_new();
	ptx_auto(package) p = load(ctx, NULL, NULL);
	ptx_auto(package) same = load(ctx, NULL, NULL);
	ptx_auto(package) other = load(ctx, "{\"name\":\"x\"}", NULL);
	ptx_auto_str a = ptx_package_digest(p, NULL);
	ptx_auto_str b = ptx_package_digest(same, NULL);
	ptx_auto_str c = ptx_package_digest(other, NULL);

	ck_assert_uint_eq(strlen(a), 64);
	ck_assert_str_eq(a, b);
	ck_assert_str_ne(a, c);
}
END_TEST

Suite *suite_package_meta(void)
{
	Suite *s = suite_create("package_meta");
	TCase *t = tcase_create("all");

	tcase_add_test(t, versions_and_names);
	tcase_add_loop_test(t, package_json, 0, PTXI_COUNT(metas));
	tcase_add_test(t, questions_speak_the_language);
	tcase_add_test(t, a_digest_depends_on_names_and_contents_alone);
	suite_add_tcase(s, t);
	return s;
}
