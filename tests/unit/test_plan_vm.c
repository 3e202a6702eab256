/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ptxi.h"

#include <check.h>

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
	{ "delete-last", "delete", PTXI_ACTIVE, "active", true, true, true, { "node-0", "node-1", "node-2", "node-3" } },
	{ "delete-one-of-two", "delete", PTXI_STOPPED, "active", true, false, false, { NULL } },
	{ "delete-half-dead", "delete", PTXI_ACTIVE, "active", false, true, true, { NULL } },
	{ "stop", "stop", PTXI_ACTIVE, "active", true, true, true, { "node-0", "node-1", "node-2", "node-3" } },
	{ "start", "start", PTXI_STOPPED, "stopped", false, true, true, { NULL } },
	{ "mend-one", "start", PTXI_ACTIVE, "active", true, true, true, { "node-0", "node-1", "node-3" } },
	{ "restart", "restart", PTXI_ACTIVE, "active", true, true, true, { NULL } },
	{ "upgrade-agent", "upgrade-agent", PTXI_ACTIVE, "active", true, true, true, { "node-0", "node-1", "node-3" }, true },
	{ "upgrade-agent-one", "upgrade-agent", PTXI_ACTIVE, "active", true, true, true, { "node-2" } },
	{ "upgrade-agent-none", "upgrade-agent", PTXI_ACTIVE, "active", true, true, true, { NULL } },
};

static struct ptx_plan *plan_of(int i, struct ptxi_cluster **c)
{
	struct ptxi_spec *spec = NULL;
	struct ptxi_plan_input in = { .frontgate_up = rows[i].frontgate_up, .vpc_last = rows[i].vpc_last,
				      .vpc_idle = rows[i].vpc_idle, .up = rows[i].up,
				      .outdated = rows[i].up, .frontgate_outdated = rows[i].frontgate_outdated };
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
	ptx_auto_str path = ptxi_asprintf("%s/tests/data/plan/%s.want", source ? source : ".", rows[_i].name);
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
	ck_assert_str_eq(ptxi_plan_fingerprint(p, c->arena), ptxi_plan_fingerprint(again, c->arena));
	ptxi_cluster_free(c);
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
	ck_assert_str_eq(ptx_error_message(err), "cannot stop cluster 'sample': it is stopped, and has to be active");
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
	tcase_add_test(t, states_forbid_operations);
	tcase_add_test(t, rubbish_is_no_plan);
	suite_add_tcase(s, t);
	return s;
}
