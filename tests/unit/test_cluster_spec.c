/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include <pitrix/codec.h>

#include "cluster/spec.h"

Suite *suite_cluster_spec(void);

#define CONTAINER "\"container\":{\"type\":\"docker\",\"image\":\"i\"}"

static struct ptxi_spec *load(struct ptx_arena *a, const char *text, struct ptx_error **err)
{
	return ptxi_spec_load(a, ptx_json_parse(a, ptxi_str(text), NULL, NULL), err);
}

START_TEST(defaults_of_the_format)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_spec *s = load(a,
				   "{\"name\":\"n\",\"vxnet\":\"v\",\"nodes\":[{" CONTAINER
				   ",\"count\":3,\"volume\":{\"size\":10}}]}",
				   NULL);
	const struct ptxi_spec_role *r = NULL;

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->subnet, "v");
	r = ptxi_spec_role(s, "");
	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(r->count, 3);
	ck_assert_uint_eq(r->mount_count, 1);
	ck_assert_str_eq(r->mount_points[0], "/data");
	ck_assert_str_eq(r->filesystem, "ext4");
	ck_assert_str_eq(r->mount_options, "defaults,noatime");
	ck_assert(r->agent_installed);
	ck_assert(!r->sequential);
}
END_TEST

START_TEST(roles_are_found_with_their_replicas)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_spec *s =
	    load(a,
		 "{\"nodes\":[{\"role\":\"m\"," CONTAINER
		 ",\"count\":1,\"replica\":2,\"volume\":{\"size\":1,"
		 "\"mount_point\":[\"/a\",\"/b\"],\"filesystem\":\"xfs\"},\"env\":{\"p\":1}}]}",
		 NULL);

	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_eq(ptxi_spec_role(s, "m-replica"), ptxi_spec_role(s, "m"));
	ck_assert_ptr_null(ptxi_spec_role(s, "x"));
	ck_assert_uint_eq(ptxi_spec_role(s, "m")->mount_count, 2);
	ck_assert_str_eq(ptxi_spec_role(s, "m")->mount_options, "rw,noatime,inode64,allocsize=16m");
}
END_TEST

static const struct {
	const char *endpoints;
	int port; /* 0: refused */
} ports[] = {
	{ "{\"c\":{\"port\":2181}}", 2181 },
	{ "{\"c\":{\"port\":\"2181\"}}", 2181 },
	{ "{\"c\":{\"port\":\"env.p\"}}", 7000 },
	{ "{\"c\":{\"port\":\"r.env.p\"}}", 7001 },
	{ "{\"c\":{\"port\":\"env.q\"}}", 0 },
	{ "{\"c\":{\"port\":70000}}", 0 },
	{ "{\"c\":{}}", 0 },
};

START_TEST(ports_may_be_parameters)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_str conf = ptxi_asprintf(
	    "{\"env\":{\"p\":7000},\"endpoints\":%s,\"nodes\":[{\"role\":\"r\"," CONTAINER
	    ",\"count\":1,\"env\":{\"p\":7001}}]}",
	    ports[_i].endpoints);
	struct ptxi_spec *s = load(a, conf, &err);

	ck_assert_msg((s != NULL) == (ports[_i].port != 0), "%s: %s", ports[_i].endpoints,
		      err ? ptx_error_message(err) : "");
	if (s)
		ck_assert_int_eq((int)s->endpoints[0].port, ports[_i].port);
}
END_TEST

START_TEST(services_with_their_bounds)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptxi_spec_service out;
	struct ptxi_spec *s =
	    load(a,
		 "{\"nodes\":[{" CONTAINER
		 ",\"count\":1,\"services\":{\"init\":{\"cmd\":\"x\",\"order\":-1,"
		 "\"post_start_service\":true},\"stop\":{\"cmd\":\"y\",\"timeout\":30},\"backup\":{"
		 "}}}]}",
		 NULL);

	ck_assert_ptr_nonnull(s);
	ck_assert(ptxi_spec_service(&s->roles[0], "init", &out));
	ck_assert(out.post);
	ck_assert_int_eq(out.order, -1);
	ck_assert_int_eq(out.timeout_ms, 600000);
	ck_assert(ptxi_spec_service(&s->roles[0], "stop", &out));
	ck_assert_int_eq(out.timeout_ms, 30000);
	ck_assert(!ptxi_spec_service(&s->roles[0], "backup", &out));
	ck_assert(!ptxi_spec_service(&s->roles[0], "start", &out));
}
END_TEST

START_TEST(two_entries_of_a_role_and_no_image_are_refused)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	ck_assert_ptr_null(
	    load(a, "{\"nodes\":[{\"role\":\"r\"," CONTAINER "},{\"role\":\"r\"," CONTAINER "}]}",
		 NULL));
	ck_assert_ptr_null(
	    load(a, "{\"nodes\":[{\"role\":\"r\",\"container\":{\"type\":\"docker\"}}]}", NULL));
}
END_TEST

Suite *suite_cluster_spec(void)
{
	Suite *s = suite_create("cluster_spec");
	TCase *t = tcase_create("all");

	tcase_add_test(t, defaults_of_the_format);
	tcase_add_test(t, roles_are_found_with_their_replicas);
	tcase_add_loop_test(t, ports_may_be_parameters, 0, PTXI_COUNT(ports));
	tcase_add_test(t, services_with_their_bounds);
	tcase_add_test(t, two_entries_of_a_role_and_no_image_are_refused);
	suite_add_tcase(s, t);
	return s;
}
