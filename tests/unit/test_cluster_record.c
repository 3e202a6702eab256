/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ptxi.h"

#include <check.h>
#include <pitrix/codec.h>

#include "base/fs.h"
#include "cluster/metadata.h"
#include "sample.h"

Suite *suite_cluster_record(void);

static char *json(const struct ptx_value *v)
{
	struct ptx_buf b;

	ptx_buf_init(&b, 0);
	ptx_json_format(v, NULL, &b);
	return ptx_buf_steal(&b, NULL);
}

START_TEST(a_record_survives_saving)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	ptxi_auto(cluster) again = ptxi_cluster_new(NULL);
	struct ptx_value *doc = NULL;
	struct ptxi_node node = { 0 };
	const struct ptxi_vpc *v = NULL;

	sample_vpc(c, "active");
	doc = ptxi_cluster_save(c, c->arena);
	ck_assert_int_eq(ptxi_cluster_load(again, doc, NULL), 0);
	ck_assert_str_eq(again->name, "sample");
	ck_assert_int_eq(again->status, PTXI_PENDING);
	ck_assert(ptx_value_equal(again->conf, c->conf));
	ck_assert_ptr_null(again->transition);
	ck_assert_int_eq(
	    ptxi_node_load(again->arena, &node, ptxi_node_save(c->nodes[1], c->arena), NULL), 0);
	ck_assert_str_eq(node.role, "master-replica");
	ck_assert_uint_eq(node.server_id, 2);
	ck_assert_uint_eq(node.group_id, 1);
	v = ptxi_vpc_load(again->arena, ptxi_vpc_save(c->vpc, c->arena), NULL);
	ck_assert_str_eq(v->frontgate.id, "node-fg");
}
END_TEST

START_TEST(rubbish_is_no_record)
{
	static const struct {
		const char *doc;
		int code;
	} rows[] = {
		{ "{}", PTX_E_CORRUPT },
		{ "[]", PTX_E_CORRUPT },
		{ "{\"format\":2,\"id\":\"x\"}", PTX_E_UNSUPPORTED },
		{ "{\"format\":1,\"id\":\"x\",\"name\":\"n\"}", PTX_E_CORRUPT },
		{ "{\"format\":1,\"id\":\"x\",\"name\":\"n\",\"runtime\":\"r\",\"status\":\"odd\"}",
		  PTX_E_CORRUPT },
	};
	ptxi_auto(cluster) c = ptxi_cluster_new(NULL);
	const struct ptx_value *doc = ptx_json_parse(c->arena, ptxi_str(rows[_i].doc), NULL, NULL);

	ck_assert_int_eq(ptxi_cluster_load(c, doc, NULL), rows[_i].code);
}
END_TEST

START_TEST(metadata_is_laid_out_for_templates)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	struct ptx_value *tree = ptxi_metadata_tree(c->arena, c, spec, NULL);
	ptx_auto_str text = json(tree);
	static const char *const want[] = {
		"\"hosts\":{\"master\":{\"i-0\":{\"ip\":\"10.0.0.10\",\"sid\":\"1\",\"gid\":\"1\","
		"\"gsid\":\"1000000\"",
		"\"i-1\":{\"ip\":\"10.0.0.11\",\"sid\":\"2\",\"gid\":\"1\"",
		"\"role\":\"master-replica\"",
		"\"endpoints\":{\"client\":{\"port\":\"5432\",\"protocol\":\"tcp\"}}",
		"\"env\":{\"master\":{\"port\":\"5432\",\"a.b\":\"x\"},\"worker\":{\"shared\":"
		"\"1048576\"}}",
	};

	for (size_t i = 0; i < PTXI_COUNT(want); i++)
		ck_assert_msg(strstr(text, want[i]) != NULL, "no %s in %s", want[i], text);
}
END_TEST

/* Both as they are written: tests/data/cluster/NAME.want. */
static void check_golden(const char *name, const struct ptx_value *v)
{
	const char *source = getenv("PITRIX_SOURCE");
	ptx_auto_str path =
	    ptxi_asprintf("%s/tests/data/cluster/%s.want", source ? source : ".", name);
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	ptx_auto_buf have = { 0 };
	ptx_auto_buf want = { 0 };

	ptx_buf_init(&have, 0);
	ptx_buf_init(&want, 0);
	style.indent = 2;
	ptx_json_format(v, &style, &have);
	ptx_buf_addc(&have, '\n');
	if (getenv("PTX_TEST_UPDATE"))
		ck_assert_int_eq(ptxi_fs_write(path, ptx_buf_str(&have), 0644, NULL), 0);
	ck_assert_int_eq(ptxi_fs_read(path, 1 << 20, &want, NULL), 0);
	ck_assert_msg(strcmp(have.p, want.p) == 0, "%s differs", path);
}

START_TEST(metadata_are_as_they_should)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	struct ptx_value *tokens = ptx_value_map(c->arena);

	ptx_value_set_string(tokens, "node-0", "let-me-in");
	c->nodes[0]->pub_key = "ssh-rsa AAAA root@i-0";
	check_golden("metadata", ptxi_metadata_tree(c->arena, c, spec, tokens));
	check_golden("mapping", ptxi_metadata_mapping(c->arena, c, spec));
}
END_TEST

START_TEST(a_replica_sees_itself)
{
	struct ptxi_spec *spec = NULL;
	ptxi_auto(cluster) c = sample_cluster(&spec);
	const struct ptx_value *mapping = ptxi_metadata_mapping(c->arena, c, spec);
	const struct ptx_value *replica = ptx_value_get(mapping, "i-1");

	ck_assert_uint_eq(ptx_value_count(mapping), 4);
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(replica, "host"), ""),
			 "/clusters/cl-1/hosts/master/i-1");
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(replica, "env"), ""),
			 "/clusters/cl-1/env/master");
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(replica, "hosts"), ""),
			 "/clusters/cl-1/hosts");
}
END_TEST

START_TEST(a_spec_that_does_not_hold_together_is_refused)
{
	static const char *const bad[] = {
		("{\"nodes\":[{\"role\":\"a\",\"container\":{\"image\":\"x\"}},{\"role\":\"a\","
		 "\"container\":{\"image\":\"x\"}}]}"),
		"{\"nodes\":[{\"role\":\"a\",\"container\":{}}]}",
		"{\"nodes\":[],\"endpoints\":{\"e\":{\"port\":\"env.nothing\"}}}",
		"{\"nodes\":[],\"endpoints\":{\"e\":{\"port\":70000}}}",
	};
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_error *err = NULL;

	ck_assert_ptr_null(
	    ptxi_spec_load(a, ptx_json_parse(a, ptxi_str(bad[_i]), NULL, NULL), &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_INVALID);
	ptx_error_free(err);
}
END_TEST

Suite *suite_cluster_record(void)
{
	Suite *s = suite_create("cluster/record");
	TCase *t = tcase_create("record");

	tcase_add_test(t, a_record_survives_saving);
	tcase_add_loop_test(t, rubbish_is_no_record, 0, 5);
	tcase_add_test(t, metadata_is_laid_out_for_templates);
	tcase_add_test(t, metadata_are_as_they_should);
	tcase_add_test(t, a_replica_sees_itself);
	tcase_add_loop_test(t, a_spec_that_does_not_hold_together_is_refused, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
