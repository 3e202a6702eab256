/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ptxi.h"

#include <check.h>
#include <pitrix/codec.h>

#include "base/ctx.h"
#include "sample.h"

static const char conf[] =
    "{\"name\":\"Sample\",\"description\":\"\",\"subnet\":\"default\","
    "\"env\":{\"shared\":1048576},"
    "\"links\":{\"zk\":\"cl-2\",\"none\":\"\"},"
    "\"health_check\":{\"enable\":true,\"interval_sec\":90,\"check_cmd\":\"check\",\"action_cmd\":"
    "\"mend\"},"
    "\"endpoints\":{\"client\":{\"port\":\"master.env.port\",\"protocol\":\"tcp\"}},"
    "\"nodes\":["
    "{\"role\":\"master\",\"container\":{\"type\":\"docker\",\"image\":\"db\"},\"count\":1,"
    "\"replica\":1,\"cpu\":1,"
    "\"memory\":512,\"health_check\":{\"enable\":false},"
    "\"passphraseless\":\"ssh-rsa\",\"custom_metadata\":{\"cmd\":\"print-token\"},\"volume\":{"
    "\"size\":10,\"mount_point\":\"/data\"},\"env\":{\"port\":5432,\"a.b\":\"x\"},"
    "\"services\":{\"init\":{\"cmd\":\"init-db\"},\"start\":{\"cmd\":\"start-db\",\"order\":1,"
    "\"timeout\":30},"
    "\"stop\":{\"cmd\":\"stop-db\",\"order\":2},\"destroy\":{\"cmd\":\"destroy-db\"}}},"
    "{\"role\":\"worker\",\"health_check\":{\"unhealthy_threshold\":2},\"container\":{\"type\":"
    "\"docker\",\"image\":\"work\"},\"count\":2,\"cpu\":1,\"memory\":256,"
    "\"services\":{\"init\":{\"cmd\":\"init-w\",\"post_start_service\":true,\"nodes_to_execute_"
    "on\":1},"
    "\"start\":{\"cmd\":\"start-w\",\"order\":2},\"stop\":{\"cmd\":\"stop-w\",\"order\":1}}}]}";

struct ptxi_cluster *sample_cluster(struct ptxi_spec **spec)
{
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptxi_cluster *c = ptxi_cluster_new(NULL);
	struct ptx_error *err = NULL;

	c->id = "cl-1";
	c->name = "sample";
	c->status = PTXI_PENDING;
	c->runtime = "local";
	c->provider = "docker";
	c->subnet = "default";
	c->owner = "own-1";
	c->conf = ptx_json_parse(c->arena, ptxi_str(conf), NULL, NULL);
	c->package = ptx_value_map(c->arena);
	ptx_value_set_string(c->package, "name", "sample");
	c->images = ptx_value_map(c->arena);
	*spec = ptxi_spec_load(c->arena, c->conf, &err);
	ck_assert_msg(*spec != NULL, "%s", ptx_error_message(err));
	ck_assert_int_eq(ptxi_cluster_make_nodes(ctx, c, *spec, NULL), 0);
	for (size_t i = 0; i < c->node_count; i++) {
		c->nodes[i]->id = ptxi_arena_printf(c->arena, "node-%zu", i);
		c->nodes[i]->instance = ptxi_arena_printf(c->arena, "i-%zu", i);
		if (i < 2)
			c->nodes[i]->volume = ptxi_arena_printf(c->arena, "vol-%zu", i);
		c->nodes[i]->private_ip = ptxi_arena_printf(c->arena, "10.0.0.%zu", i + 10);
		c->nodes[i]->global_server_id = 1000000 + (unsigned)i;
	}
	ptx_ctx_free(ctx);
	return c;
}

void sample_vpc(struct ptxi_cluster *c, const char *status)
{
	struct ptxi_vpc *v = ptxi_arena_alloc(c->arena, sizeof(*v));

	v->id = "vpc-1";
	v->name = "default";
	v->runtime = "local";
	v->status = status;
	v->frontgate_image = "frontgate";
	v->frontgate.id = "node-fg";
	v->frontgate.role = "frontgate";
	v->frontgate.status = "pending";
	v->clusters = ptx_value_list(c->arena);
	v->running = ptx_value_list(c->arena);
	v->addresses = ptx_value_map(c->arena);
	v->images = ptx_value_map(c->arena);
	c->vpc = v;
	c->vpc_id = v->id;
}
