/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "agent/rights.h"

Suite *suite_agent_rights(void);

static struct ptxi_kv kv;

static void put(const char *key, const char *value)
{
	ck_assert_int_eq(ptxi_kv_set(&kv, ptxi_str(key), ptxi_str(value), 1, NULL), 0);
}

static void set_up(void)
{
	put("/pitrix/v1/map/a",
	    "{\"cluster\":\"c\",\"names\":{\"env\":\"/clusters/c/env/web\",\"cmd\":\"/clusters/c/"
	    "cmd/a\","
	    "\"links/db\":\"/clusters/d\",\"one\":\"/clusters/c/cluster/id\"}}");
	put("/pitrix/v1/map/broken", "{\"names\":7}");
	put("/pitrix/v1/meta/c/env/web/x", "1");
	put("/pitrix/v1/meta/c/env/web/y/z", "2");
	put("/pitrix/v1/meta/c/env/webber/x", "not shown");
	put("/pitrix/v1/meta/c/cmd/a", "own");
	put("/pitrix/v1/meta/c/cmd/ab", "a neighbour's");
	put("/pitrix/v1/meta/c/cluster/id", "c");
	put("/pitrix/v1/meta/d/hosts/h1/ip", "10.0.0.9");
	put("/pitrix/v1/request/a/t1", "{\"id\":\"t1\",\"kind\":\"confd.start\",\"timeout_ms\":1}");
	put("/pitrix/v1/request/a/t2", "{\"id\":\"t2\",\"kind\":\"confd.start\",\"timeout_ms\":1}");
	put("/pitrix/v1/outcome/a/t2", "{\"state\":\"done\"}");
}

static void tear_down(void)
{
	ptxi_kv_done(&kv);
	kv = (struct ptxi_kv){ NULL, 0, 0 };
}

START_TEST(a_view_is_what_the_mapping_shows)
{
	json_t *mapping = ptxi_rights_mapping(&kv, "a");
	json_t *view = ptxi_rights_view(&kv, mapping);
	json_t *want = json_pack("{s:s, s:s, s:s, s:s, s:s}", "/env/x", "1", "/env/y/z", "2",
				 "/cmd", "own", "/links/db/hosts/h1/ip", "10.0.0.9", "/one", "c");

	ck_assert(json_equal(view, want));
	ck_assert_ptr_null(ptxi_rights_mapping(&kv, "b"));
	ck_assert_ptr_null(ptxi_rights_mapping(&kv, "broken"));
	json_decref(want);
	json_decref(view);
	json_decref(mapping);
}
END_TEST

static const struct {
	const char *path;
	int code; /* 0: allowed */
	const char *key;
	const char *value;
} reads[] = {
	{ "/self/env/x", 0, "/self/env/x", "1" },
	{ "/self/env", 0, "/self/env/y/z", "2" },
	{ "/self/links/db/hosts", 0, "/self/links/db/hosts/h1/ip", "10.0.0.9" },
	{ "/clusters/c/env/web/x", 0, "/clusters/c/env/web/x", "1" },
	{ "/clusters/c/cmd/a", 0, "/clusters/c/cmd/a", "own" },
	{ "/self/one", 0, "/self/one", "c" },
	{ "/clusters/c/cmd/ab", PTX_E_DENIED, NULL, NULL },
	{ "/clusters/c/cmd", PTX_E_DENIED, NULL, NULL },
	{ "/clusters/c/env/webber/x", PTX_E_DENIED, NULL, NULL },
	{ "/clusters/c/env", PTX_E_DENIED, NULL, NULL },
	{ "/clusters/c", PTX_E_DENIED, NULL, NULL },
	{ "/clusters/e/env", PTX_E_DENIED, NULL, NULL },
	{ "/pitrix/v1/store", PTX_E_DENIED, NULL, NULL },
	{ "/self/hosts", PTX_E_DENIED, NULL, NULL },
	{ "/self/environment", PTX_E_DENIED, NULL, NULL },
	{ "/self/env/none", PTX_E_NOT_FOUND, NULL, NULL },
	{ "/self/env/../cmd", PTX_E_INVALID, NULL, NULL },
	{ "/self", PTX_E_DENIED, NULL, NULL },
	{ "self/env", PTX_E_INVALID, NULL, NULL },
	{ "/", PTX_E_INVALID, NULL, NULL },
};

START_TEST(reads_are_decided_by_the_mapping)
{
	struct ptx_error *e = NULL;
	json_t *keys = ptxi_rights_read(&kv, "a", reads[_i].path, &e);

	ck_assert_int_eq(ptx_error_code(e), reads[_i].code);
	ck_assert_int_eq(keys != NULL, reads[_i].code == 0);
	if (keys)
		ck_assert_str_eq(json_string_value(json_object_get(keys, reads[_i].key)),
				 reads[_i].value);
	ptxi_error_drop(&e);
	ck_assert_ptr_null(
	    ptxi_rights_read(&kv, "b", reads[_i].path, NULL)); /* who has no mapping sees nothing */
	json_decref(keys);
}
END_TEST

START_TEST(changes_are_translated)
{
	json_t *mapping = ptxi_rights_mapping(&kv, "a");
	json_t *set = json_object();
	json_t *del = json_object();

	ck_assert(ptxi_rights_change(mapping, "/pitrix/v1/meta/c/env/web/x", "9", set, del));
	ck_assert(ptxi_rights_change(mapping, "/pitrix/v1/meta/c/env/web/x", NULL, set, del));
	ck_assert(!ptxi_rights_change(mapping, "/pitrix/v1/meta/c/env/webber/x", "9", set, del));
	ck_assert(!ptxi_rights_change(mapping, "/pitrix/v1/meta/c/cmd/ab", "9", set, del));
	ck_assert(!ptxi_rights_change(mapping, "/pitrix/v1/request/a/t1", "9", set, del));
	ck_assert_uint_eq(json_object_size(set), 0); /* the removal was later */
	ck_assert_ptr_nonnull(json_object_get(del, "/env/x"));
	ck_assert(ptxi_rights_change(mapping, "/pitrix/v1/meta/c/env/web/x", "10", set, del));
	ck_assert_str_eq(json_string_value(json_object_get(set, "/env/x")), "10");
	ck_assert_uint_eq(json_object_size(del), 0);
	json_decref(mapping);
	json_decref(set);
	json_decref(del);
}
END_TEST

static const struct {
	const char *instance, *id, *outcome;
	int code;
} outcomes[] = {
	{ "a", "t1", "{\"state\":\"running\"}", 0 },
	{ "a", "t1", "{\"state\":\"done\"}", 0 },
	{ "a", "t1", "{\"state\":\"pending\"}", PTX_E_INVALID },
	{ "a", "t2", "{\"state\":\"done\"}", PTXI_RIGHTS_SAME },
	{ "a", "t2", "{\"state\":\"failed\"}", PTX_E_CONFLICT },
	{ "a", "t3", "{\"state\":\"done\"}", PTX_E_NOT_FOUND },
	{ "b", "t1", "{\"state\":\"done\"}", PTX_E_NOT_FOUND },
};

START_TEST(outcomes_are_of_own_requests)
{
	struct ptxi_wire_outcome o;
	json_t *j = ptxi_wire_parse(ptxi_str(outcomes[_i].outcome), 1000, NULL);

	ck_assert_int_eq(ptxi_wire_outcome_read(j, &o, NULL), 0);
	ck_assert_int_eq(ptxi_rights_outcome(&kv, outcomes[_i].instance, outcomes[_i].id, &o,
					     outcomes[_i].outcome, NULL),
			 outcomes[_i].code);
	json_decref(j);
}
END_TEST

static const struct {
	const char *json;
	int code;
} mappings[] = {
	{ "{}", 0 },
	{ "{\"env\":\"/clusters/c/env\"}", 0 },
	{ "{\"links/x\":\"/clusters/d\"}", 0 },
	{ "{\"env\":\"/clusters\"}", PTX_E_INVALID },
	{ "{\"env\":\"/clusters/C/env\"}", PTX_E_INVALID },
	{ "{\"env\":\"/etc/passwd\"}", PTX_E_INVALID },
	{ "{\"env\":\"/clusters/c/../d\"}", PTX_E_INVALID },
	{ "{\"env\":5}", PTX_E_INVALID },
	{ "{\"/env\":\"/clusters/c\"}", PTX_E_INVALID },
	{ "{\"\":\"/clusters/c\"}", PTX_E_INVALID },
	{ "[]", PTX_E_INVALID },
};

START_TEST(mappings_are_checked)
{
	json_t *j = json_loads(mappings[_i].json, 0, NULL);

	ck_assert_int_eq(ptxi_rights_mapping_check(j, NULL), mappings[_i].code);
	json_decref(j);
}
END_TEST

Suite *suite_agent_rights(void)
{
	Suite *s = suite_create("agent_rights");
	TCase *tc = tcase_create("rights");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_view_is_what_the_mapping_shows);
	tcase_add_loop_test(tc, reads_are_decided_by_the_mapping, 0, PTXI_COUNT(reads));
	tcase_add_test(tc, changes_are_translated);
	tcase_add_loop_test(tc, outcomes_are_of_own_requests, 0, PTXI_COUNT(outcomes));
	tcase_add_loop_test(tc, mappings_are_checked, 0, PTXI_COUNT(mappings));
	suite_add_tcase(s, tc);
	return s;
}
