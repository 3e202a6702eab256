/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include <pitrix/codec.h>

#include "package/conf.h"

Suite *suite_package_conf_check(void);

#define NODE(more)                                                                                 \
	"{\"role\":\"r\",\"container\":{\"type\":\"kvm\",\"image\":\"i\"},\"count\":1" more "}"
#define CONF(more, nodes)                                                                          \
	"{\"name\":\"n\",\"description\":\"\",\"subnet\":\"\"" more ",\"nodes\":[" nodes "]}"
#define ROOT(more)      CONF(more, NODE(""))
#define IN_NODE(more)   CONF("", NODE(more))
#define SERVICES(inner) IN_NODE(",\"services\":{" inner "}")

/* The path of the error, or NULL; lenient: an error there too. */
static const struct {
	const char *conf;
	const char *path;
	bool core;
} rows[] = {
	{ ROOT(""), NULL, false },
	{ "{\"name\":\"n\",\"description\":\"\",\"vxnet\":\"\",\"nodes\":[" NODE("") "]}", NULL,
	  false },
	{ "{\"name\":\"n\",\"description\":\"\",\"nodes\":[" NODE("") "]}", "subnet", false },
	{ "{\"description\":\"\",\"subnet\":\"\",\"nodes\":[" NODE("") "]}", "", true },
	{ "{\"name\":\"n\",\"description\":\"\",\"subnet\":\"\"}", "", true },
	{ "[]", NULL, true },
	{ ROOT(",\"bogus\":1"), "bogus", false },
	{ CONF("", "5"), "nodes.0", true },
	{ CONF("", NODE("") "," NODE(",\"cpu\":2")), "nodes.1", true },
	{ IN_NODE(",\"cpu\":2.5"), "nodes.0.cpu", true },
	{ IN_NODE(",\"cpu\":2.0"), "nodes.0.cpu", true },
	{ IN_NODE(",\"memory\":-1"), "nodes.0.memory", true },
	{ IN_NODE(",\"replica\":21"), "nodes.0.replica", false },
	{ IN_NODE(",\"server_id_upper_bound\":0"), "nodes.0.server_id_upper_bound", false },
	{ IN_NODE(",\"volume\":{\"size\":\"10\"}"), "nodes.0.volume.size", true },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":\"data\"}"),
	  "nodes.0.volume.mount_point", false },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":[\"/a\",\"/b\",\"/c\"]}"), NULL,
	  false },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":[\"/a\",\"/b\",\"/c\",\"/d\"]}"),
	  "nodes.0.volume.mount_point", false },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":[\"/a\",\"/a\"]}"),
	  "nodes.0.volume.mount_point", false },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":[\"/a\",\"d:\"]}"),
	  "nodes.0.volume.mount_point", false },
	{ IN_NODE(",\"volume\":{\"size\":10,\"mount_point\":\"c:\"}"), "nodes.0.volume.mount_point",
	  false },
	{ IN_NODE(",\"vertical_scaling_policy\":\"parralel\""), "nodes.0.vertical_scaling_policy",
	  false },
	{ SERVICES("\"start\":{\"cmd\":\" \"}"), "nodes.0.services.start.cmd", false },
	{ SERVICES("\"start\":{}"), "nodes.0.services.start", false },
	{ SERVICES("\"backup\":{}"), NULL, false },
	{ SERVICES("\"start\":{\"cmd\":\"x\",\"timeout\":86401}"), "nodes.0.services.start.timeout",
	  false },
	{ SERVICES("\"start\":{\"cmd\":\"x\",\"post_start_service\":true}"),
	  "nodes.0.services.start.post_start_service", false },
	{ SERVICES("\"init\":{\"cmd\":\"x\",\"post_start_service\":true}"), NULL, false },
	{ SERVICES("\"dance\":{\"cmd\":\"x\"}"), "nodes.0.services.dance", false },
	{ SERVICES("\"dance\":{\"type\":\"custom\",\"cmd\":\"x\"}"), NULL, false },
	{ IN_NODE(",\"services\":[]"), "nodes.0.services", true },
	{ ROOT(",\"endpoints\":{\"c\":{\"port\":2181}}"), NULL, false },
	{ ROOT(",\"endpoints\":{\"c\":{\"port\":\"env.port\"}}"), NULL, false },
	{ ROOT(",\"endpoints\":{\"c\":{\"port\":70000}}"), "endpoints.c.port", false },
	{ ROOT(",\"endpoints\":{\"c\":{}}"), "endpoints.c", false },
	{ ROOT(",\"endpoints\":{\"reserved_ips\":{\"vip\":{\"value\":\"\"}}}"), NULL, false },
	{ ROOT(",\"links\":{\"zk\":5}"), "links.zk", false },
	{ ROOT(",\"health_check\":{\"enable\":true,\"interval_sec\":10}"),
	  "health_check.interval_sec", false },
	{ ROOT(",\"health_check\":{\"enable\":true,\"timeout_sec\":90}"), "health_check", false },
	{ ROOT(",\"monitor\":{\"items\":{\"a\":{\"value_type\":\"float\"}}}"),
	  "monitor.items.a.value_type", false },
	{ ROOT(",\"monitor\":{\"items\":{\"a\":{\"scale_factor_when_display\":0.01}}}"), NULL,
	  false },
	{ ROOT(",\"display_tabs\":{\"t\":{\"cmd\":\"x\",\"timeout\":11}}"),
	  "display_tabs.t.timeout", false },
	{ ROOT(",\"advanced_actions\":[\"add_nodes\",\"add_nodes\"]"), "advanced_actions", false },
	{ ROOT(",\"advanced_actions\":[\"fly\"]"), "advanced_actions.0", false },
	{ ROOT(",\"backup_policy\":\"never\""), "backup_policy", false },
	{ ROOT(",\"metadata_root_access\":\"yes\""), "metadata_root_access", false },
};

START_TEST(each_rule)
{
	for (int lenient = 0; lenient < 2; lenient++) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ptx_auto(diags) diags = ptx_diags_new();
		struct ptx_value *conf = ptx_json_parse(a, ptxi_str(rows[_i].conf), NULL, NULL);
		bool refused = (rows[_i].path || _i == 5) && (!lenient || rows[_i].core);
		const struct ptx_diag *d = NULL;

		ck_assert_ptr_nonnull(conf);
		ck_assert_int_eq(ptxi_conf_check(a, conf, "t", lenient, diags, NULL), 0);
		d = ptx_diags_at(diags, 0);
		ck_assert_msg((ptx_diags_count_of(diags, PTX_ERROR) > 0) == refused, "%s (%d): %s",
			      rows[_i].conf, lenient, d ? d->message : "nothing");
		if (refused && rows[_i].path)
			ck_assert_str_eq(d->path, rows[_i].path);
	}
}
END_TEST

START_TEST(every_problem_at_once)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	struct ptx_value *conf =
	    ptx_json_parse(a,
			   PTXI_STR("{\"nmae\":1,\"nodes\":[{\"cpu\":\"x\",\"services\":{\"strat\":"
				    "{\"cmd\":\"x\"}}}]}"),
			   NULL, NULL);

	ck_assert_int_eq(ptxi_conf_check(a, conf, "t", false, diags, NULL), 0);
	/* name, description, subnet, container, count; nmae, cpu, strat */
	ck_assert_uint_eq(ptx_diags_count_of(diags, PTX_ERROR), 8);
}
END_TEST

Suite *suite_package_conf_check(void)
{
	Suite *s = suite_create("package_conf_check");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_rule, 0, PTXI_COUNT(rows));
	tcase_add_test(t, every_problem_at_once);
	suite_add_tcase(s, t);
	return s;
}
