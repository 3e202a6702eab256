/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "value/codec.h"
#include "value/path.h"

Suite *suite_value_path(void);

static const char tree[] = "{\"cluster\":{\"zk.node\":{\"count\":3,\"my-key\":\"x\"},\"zk\":{"
			   "\"node\":{\"other\":1},\"list\":[10,[20]]},"
			   "\"a/b\":{\"~\":5,\"\":6}},\"a\":1,\"[0]\":7}";

static const struct {
	const char *path;
	const char *want; /* NULL: absent */
	const char *rest;
} paths[] = {
	{ "cluster.zk.node.count", "3", "" },
	{ "cluster.zk.node.my-key", "\"x\"", "" },
	{ "cluster.zk.node.other", "1", "" }, /* the longer key leads nowhere */
	{ ".cluster.zk.list[0]", "10", "" },
	{ "cluster.zk.list[1][0]", "20", "" },
	{ "a", "1", "" },
	{ "[0]", "7", "" },
	{ "cluster.zk.node.cuont", NULL, "cuont" },
	{ "cluster.zk.list[2]", NULL, "[2]" },
	{ "cluster.zk.list[x]", NULL, "[x]" },
	{ "nothing.at.all", NULL, "nothing.at.all" },
	{ "a.b", NULL, "b" },
};

START_TEST(finds_by_path)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(tree), NULL, NULL);
	struct ptxi_found found = ptxi_value_find_path(v, ptxi_str(paths[_i].path));

	ck_assert_int_eq(found.value != NULL, paths[_i].want != NULL);
	ck_assert_msg(ptxi_str_is(found.rest, paths[_i].rest), "rest '%.*s'",
		      PTX_STR_ARG(found.rest));
	if (!paths[_i].want)
		return;
	ptx_buf_init(&out, 0);
	ptx_json_format(found.value, NULL, &out);
	ck_assert_str_eq(out.p, paths[_i].want);
}
END_TEST

START_TEST(names_the_nearest_key)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(tree), NULL, NULL);
	struct ptxi_found found = ptxi_value_find_path(v, PTXI_STR("cluster.zk.node.cuont"));

	ck_assert(ptxi_str_is(ptxi_value_nearest_key(found.at, found.rest), "count"));
	found = ptxi_value_find_path(v, PTXI_STR("clutser.zk.node"));
	ck_assert(ptxi_str_is(ptxi_value_nearest_key(found.at, found.rest), "cluster"));
	ck_assert_ptr_null(ptxi_value_nearest_key(v, PTXI_STR("wholly-different")).p);
	ck_assert_ptr_null(ptxi_value_nearest_key(NULL, PTXI_STR("x")).p);
}
END_TEST

START_TEST(work_is_bounded)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf path = { 0 };
	struct ptx_value *v = ptx_value_map(a);

	ptx_value_set(v, "a", v);
	ptx_value_set(v, "a.a", v);
	ptx_buf_init(&path, 0);
	for (int i = 0; i < 50000; i++)
		ptx_buf_adds(&path, "a.");
	ptx_buf_adds(&path, "b");
	ck_assert_ptr_null(ptxi_value_find_path(v, ptx_buf_str(&path)).value);
}
END_TEST

static const struct {
	const char *pointer;
	const char *want;
} pointers[] = {
	{ "/cluster/zk.node/count", "3" },
	{ "/cluster/zk/list/1/0", "20" },
	{ "/cluster/a~1b/~0", "5" },
	{ "/cluster/a~1b/", "6" },
	{ "/cluster/zk/list/00", NULL },
	{ "/cluster/zk/list/2", NULL },
	{ "cluster", NULL },
	{ "/cluster/a~2b", NULL },
	{ "/a/b", NULL },
	{ "/cluster/zk/list/-", NULL },
};

START_TEST(finds_by_pointer)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct ptx_value *v = ptx_json_parse(a, ptxi_str(tree), NULL, NULL);
	struct ptx_value *found = ptxi_value_pointer(v, pointers[_i].pointer);

	ck_assert_ptr_eq(ptxi_value_pointer(v, ""), v);
	ck_assert_int_eq(found != NULL, pointers[_i].want != NULL);
	if (!found)
		return;
	ptx_buf_init(&out, 0);
	ptx_json_format(found, NULL, &out);
	ck_assert_str_eq(out.p, pointers[_i].want);
}
END_TEST

Suite *suite_value_path(void)
{
	Suite *s = suite_create("value_path");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, finds_by_path, 0, (int)PTXI_COUNT(paths));
	tcase_add_loop_test(t, finds_by_pointer, 0, (int)PTXI_COUNT(pointers));
	tcase_add_test(t, names_the_nearest_key);
	tcase_add_test(t, work_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
