/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ptxi.h"

#include <check.h>

#include <pitrix/codec.h>

#include "base/fs.h"
#include "plan/op.h"
#include "sample.h"

Suite *suite_plan_vm(void);

/* Each row's plan as a tree is in tests/data/plan/NAME.want. */
static const struct {
	const char *name;
	const char *op;
	enum ptxi_status status;
	const char *vpc;
	bool frontgate_up, vpc_last, vpc_idle;
	const char *up[5];
	bool frontgate_outdated; /* of upgrade-agent: up are those that run another program */
} rows[] = {
	{ "create-first", "create", PTXI_PENDING, "pending", false, true, true, { NULL } },
	{ "create-second", "create", PTXI_PENDING, "active", true, false, false, { NULL } },
	{ "delete-last",
	  "delete",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { "node-0", "node-1", "node-2", "node-3" } },
	{ "delete-one-of-two", "delete", PTXI_STOPPED, "active", true, false, false, { NULL } },
	{ "delete-half-dead", "delete", PTXI_ACTIVE, "active", false, true, true, { NULL } },
	{ "stop",
	  "stop",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { "node-0", "node-1", "node-2", "node-3" } },
	{ "start", "start", PTXI_STOPPED, "stopped", false, true, true, { NULL } },
	{ "mend-one",
	  "start",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { "node-0", "node-1", "node-3" } },
	{ "restart", "restart", PTXI_ACTIVE, "active", true, true, true, { NULL } },
	{ "upgrade-agent",
	  "upgrade-agent",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { "node-0", "node-1", "node-3" },
	  true },
	{ "upgrade-agent-one",
	  "upgrade-agent",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { "node-2" } },
	{ "upgrade-agent-none",
	  "upgrade-agent",
	  PTXI_ACTIVE,
	  "active",
	  true,
	  true,
	  true,
	  { NULL } },
};

static struct ptx_plan *plan_of(int i, struct ptxi_cluster **c)
{
	struct ptxi_spec *spec = NULL;
	struct ptxi_plan_input in = { .frontgate_up = rows[i].frontgate_up,
				      .vpc_last = rows[i].vpc_last,
				      .vpc_idle = rows[i].vpc_idle,
				      .up = rows[i].up,
				      .outdated = rows[i].up,
				      .frontgate_outdated = rows[i].frontgate_outdated };
	struct ptx_error *err = NULL;
	struct ptx_plan *p = NULL;

	*c = sample_cluster(&spec);
	(*c)->status = rows[i].status;
	sample_vpc(*c, rows[i].vpc);
	in.cluster = *c;
	in.spec = spec;
	in.agent = ptx_value_map((*c)->arena);
	p = ptxi_op_plan(ptxi_op_find(rows[i].op), &in, &err);
	ck_assert_msg(p != NULL, "%s", ptx_error_message(err));
	return p;
}

START_TEST(plans_are_as_they_should)
{
	struct ptxi_cluster *c = NULL;
	ptx_auto(plan) p = plan_of(_i, &c);
	const char *source = getenv("PITRIX_SOURCE");
	ptx_auto_str path =
	    ptxi_asprintf("%s/tests/data/plan/%s.want", source ? source : ".", rows[_i].name);
	ptx_auto_buf tree = { 0 };
	ptx_auto_buf want = { 0 };

	ptx_buf_init(&tree, 0);
	ptx_buf_init(&want, 0);
	ptx_plan_tree(p, &tree);
	if (getenv("PTX_TEST_UPDATE"))
		ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&tree), 0644, NULL), 0);
	ck_assert_int_eq(ptxi_fs_read(path, 1 << 20, &want, NULL), 0);
	ck_assert_str_eq(tree.p, want.p);
	ptxi_cluster_free(c);
}
END_TEST

START_TEST(a_plan_survives_saving)
{
	struct ptxi_cluster *c = NULL;
	ptx_auto(plan) p = plan_of(_i, &c);
	ptx_auto(plan) again = ptxi_plan_load(ptx_plan_view(p, c->arena), NULL);

	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(ptxi_plan_fingerprint(p, c->arena),
			 ptxi_plan_fingerprint(again, c->arena));
	ptxi_cluster_free(c);
}
END_TEST

START_TEST(a_saved_plan_comes_back)
{
	struct ptxi_cluster *c = NULL;
	ptx_auto(plan) p = plan_of(_i, &c);
	ptx_auto_buf text = { 0 };
	const struct ptx_value *doc = NULL;
	ptx_auto(plan) again = NULL;

	ptx_buf_init(&text, 0);
	ck_assert_int_eq(ptxi_plan_set_basis(p, c->package, NULL), 0);
	if (_i % 2)
		ptx_json_format(ptx_plan_view(p, c->arena), NULL, &text);
	else
		ptx_yaml_format(ptx_plan_view(p, c->arena), &text);
	doc = _i % 2 ? ptx_json_parse(c->arena, ptx_buf_str(&text), NULL, NULL)
		     : ptx_yaml_parse(c->arena, ptx_buf_str(&text), NULL, NULL);
	again = ptx_plan_load(doc, NULL);
	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(ptxi_plan_fingerprint(p, c->arena),
			 ptxi_plan_fingerprint(again, c->arena));
	ck_assert_str_eq(ptx_plan_name(again), "sample");
	ptxi_cluster_free(c);
}
END_TEST

/* What is changed in a saved plan, by the name of a member of it or of its first task. */
static const struct {
	const char *member;
	bool of_task;
	const char *value; /* JSON; NULL: taken away */
	int code;
} changes[] = {
	{ "operation", false, "\"delete\"", PTX_E_INVALID },
	{ "name", false, "\"other\"", PTX_E_INVALID },
	{ "cluster", false, "\"cl-2\"", PTX_E_INVALID },
	{ "fingerprint", false, NULL, PTX_E_INVALID },
	{ "basis", false, "{}", PTX_E_INVALID },
	{ "more", false, "1", PTX_E_INVALID },
	{ "format", false, "2", PTX_E_UNSUPPORTED },
	{ "tasks", false, "{}", PTX_E_CORRUPT },
	{ "tasks", false, "[]", PTX_E_INVALID },
	{ "tasks", false, NULL, PTX_E_CORRUPT },
	{ "action", true, "\"instance.delete\"", PTX_E_INVALID },
	{ "action", true, "\"no.such\"", PTX_E_INTERNAL },
	{ "target", true, "\"node-9\"", PTX_E_INVALID },
	{ "directive", true, "{\"cmd\":\"true\"}", PTX_E_INVALID },
	{ "timeout_ms", true, "1", PTX_E_INVALID },
	{ "failure_allowed", true, "true", PTX_E_INVALID },
	{ "id", true, "7", PTX_E_INVALID },
	{ "after", true, "[0]", PTX_E_CORRUPT },
	{ "more", true, "1", PTX_E_INVALID },
};

START_TEST(a_changed_plan_is_refused)
{
	struct ptxi_cluster *c = NULL;
	ptx_auto(plan) p = plan_of(0, &c);
	struct ptx_value *doc = ptx_plan_view(p, c->arena);
	struct ptx_value *at =
	    changes[_i].of_task ? ptx_value_at(ptx_value_get(doc, "tasks"), 0) : doc;
	struct ptx_error *err = NULL;

	if (changes[_i].value)
		ptx_value_set(at, changes[_i].member,
			      ptx_json_parse(c->arena, ptxi_str(changes[_i].value), NULL, NULL));
	else
		ck_assert(ptx_value_remove(at, changes[_i].member));
	ck_assert_ptr_null(ptx_plan_load(doc, &err));
	ck_assert_int_eq(ptx_error_code(err), changes[_i].code);
	ptx_error_free(err);
	ptxi_cluster_free(c);
}
END_TEST

START_TEST(a_record_that_changes_has_another_digest)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	const char *before = ptxi_cluster_digest(c, c->arena);

	ck_assert_str_eq(before, ptxi_cluster_digest(c, c->arena));
	c->nodes[1]->private_ip = "10.0.0.99";
	ck_assert_str_ne(before, ptxi_cluster_digest(c, c->arena));
}
END_TEST

START_TEST(states_forbid_operations)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	struct ptxi_plan_input in = { .cluster = c, .spec = spec };
	struct ptx_error *err = NULL;

	sample_vpc(c, "active");
	c->status = PTXI_STOPPED;
	ck_assert_ptr_null(ptxi_op_plan(ptxi_op_find("stop"), &in, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_PRECONDITION);
	ck_assert_str_eq(ptx_error_message(err),
			 "cannot stop cluster 'sample': it is stopped, and has to be active");
	ptx_error_free(err);
	ck_assert_ptr_null(ptxi_op_find("explode"));
}
END_TEST

START_TEST(rubbish_is_no_plan)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *doc = ptx_value_map(a);

	ck_assert_ptr_null(ptxi_plan_load(doc, NULL));
	ck_assert_ptr_null(ptxi_plan_load(NULL, NULL));
}
END_TEST

Suite *suite_plan_vm(void)
{
	Suite *s = suite_create("plan/vm");
	TCase *t = tcase_create("vm");

	tcase_add_loop_test(t, plans_are_as_they_should, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(t, a_plan_survives_saving, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(t, a_saved_plan_comes_back, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(t, a_changed_plan_is_refused, 0, PTXI_COUNT(changes));
	tcase_add_test(t, a_record_that_changes_has_another_digest);
	tcase_add_test(t, states_forbid_operations);
	tcase_add_test(t, rubbish_is_no_plan);
	suite_add_tcase(s, t);
	return s;
}
