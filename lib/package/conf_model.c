/* SPDX-License-Identifier: Apache-2.0 */
/* conf_model.c - what a cluster conf may hold.
 *
 * The OpenPitrix schema, and what AppCenter's specification and packages add to it: endpoints,
 * links, health checks, monitors, display tabs, custom services and so on. vxnet is subnet's name
 * there. conf_check.c walks these tables.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "conf_model.h"

#define UINT32 PTXI_MODEL_BOUNDED, 0, UINT32_MAX
#define RULE(name, kind)                                                                           \
	{                                                                                          \
		name, PTXI_MODEL_##kind, 0, 0, 0, NULL, NULL                                       \
	}
#define MODEL(id, text, table) const struct ptxi_model id = { text, table, PTXI_COUNT(table) }

static const char *const container_types[] = { "kvm", "docker", "lxc", "bm", NULL };
static const char *const filesystems[] = { "ext4", "xfs", "ntfs", NULL };
static const char *const scaling_policies[] = { "sequential", "parallel", NULL };
static const char *const actions[] = { "change_subnet",
				       "change_vxnet",
				       "scale_horizontal",
				       "add_nodes",
				       "associate_eip",
				       "attach_keypairs",
				       NULL };
static const char *const backup_policies[] = { "device", "custom", NULL };
static const char *const upgrading_policies[] = { "sequential", "parallel", "in-place-parallel",
						  "in-place-sequential", NULL };
static const char *const key_types[] = { "ssh-dsa", "ssh-rsa", NULL };
static const char *const value_types[] = { "int", "str", NULL };
static const char *const statistics[] = { "min",  "max",    "avg",    "delta", "rate",
					  "mode", "median", "latest", NULL };
static const char *const order_events[] = { "upgrade", "rollback", "scale_vertical", NULL };
static const char *const custom_only[] = { "custom", NULL };

/* ---- services */

#define CMD(flags)                                                                                 \
	{                                                                                          \
		"cmd", PTXI_MODEL_STRING, (flags) | PTXI_MODEL_NONBLANK | PTXI_MODEL_BOUNDED, 1,   \
		    1000, NULL, NULL                                                               \
	}
#define SERVICE_COMMON                                                                             \
	RULE("nodes_to_execute_on", INTEGER), RULE("order", INTEGER),                              \
	{                                                                                          \
		"timeout", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, INT64_MIN, 86400, NULL, NULL    \
	}
#define PARAMS RULE("service_params", OBJECT)

static const struct ptxi_model_rule plain_rules[] = { CMD(PTXI_MODEL_REQUIRED), SERVICE_COMMON };
static const struct ptxi_model_rule init_rules[] = { CMD(PTXI_MODEL_REQUIRED), SERVICE_COMMON,
						     RULE("post_start_service", BOOLEAN) };
static const struct ptxi_model_rule upgrade_rules[] = { CMD(PTXI_MODEL_REQUIRED), SERVICE_COMMON,
							RULE("post_start_service", BOOLEAN),
							PARAMS };
static const struct ptxi_model_rule backup_rules[] = { CMD(0), SERVICE_COMMON, PARAMS };
static const struct ptxi_model_rule scale_rules[] = {
	CMD(PTXI_MODEL_REQUIRED),
	SERVICE_COMMON,
	{ "pre_check", PTXI_MODEL_STRING, PTXI_MODEL_BOUNDED, 0, 1000, NULL, NULL },
};
static const struct ptxi_model_rule destroy_rules[] = { CMD(PTXI_MODEL_REQUIRED), SERVICE_COMMON,
							RULE("allow_force", BOOLEAN),
							RULE("post_stop_service", BOOLEAN) };
static const struct ptxi_model_rule order_rules[] = {
	CMD(PTXI_MODEL_REQUIRED),
	SERVICE_COMMON,
	{ "event", PTXI_MODEL_STRINGS, PTXI_MODEL_UNIQUE, 0, 0, order_events, NULL },
};
static const struct ptxi_model_rule custom_rules[] = {
	{ "type", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED, 0, 0, custom_only, NULL },
	CMD(PTXI_MODEL_REQUIRED),
	SERVICE_COMMON,
	PARAMS,
	RULE("selector", STRING),
	RULE("with_replica", BOOLEAN),
	RULE("cleanup", ANY),
	RULE("pre_check", STRING),
	RULE("description", STRING),
};

static MODEL(service_plain, "this service", plain_rules);
static MODEL(service_init, "this service", init_rules);
static MODEL(service_upgrade, "this service", upgrade_rules);
static MODEL(service_backup, "this service", backup_rules);
static MODEL(service_scale, "this service", scale_rules);
static MODEL(service_destroy, "this service", destroy_rules);
static MODEL(service_order, "this service", order_rules);
MODEL(ptxi_model_custom_service, "a custom service", custom_rules);

static const struct {
	const char *name;
	const struct ptxi_model *model;
} services[] = {
	{ "init", &service_init },
	{ "start", &service_plain },
	{ "stop", &service_plain },
	{ "restart", &service_plain },
	{ "scale_out", &service_scale },
	{ "scale_in", &service_scale },
	{ "destroy", &service_destroy },
	{ "upgrade", &service_upgrade },
	{ "rollback", &service_upgrade },
	{ "backup", &service_backup },
	{ "restore", &service_backup },
	{ "delete_snapshot", &service_backup },
	{ "change_vxnet", &service_plain },
	{ "change_subnet", &service_plain },
	{ "get_nodes_order", &service_order },
};

const struct ptxi_model *ptxi_model_service(struct ptx_str name)
{
	for (size_t i = 0; i < PTXI_COUNT(services); i++)
		if (ptxi_str_is(name, services[i].name))
			return services[i].model;
	return NULL;
}

struct ptx_str ptxi_model_service_at(size_t i, const void *unused)
{
	(void)unused;
	return i < PTXI_COUNT(services) ? ptxi_str(services[i].name) : (struct ptx_str){ NULL, 0 };
}

/* ---- health, monitor, tabs, endpoints */

#define SECONDS(name, least)                                                                       \
	{                                                                                          \
		name, PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, least, 86400, NULL, NULL             \
	}

static const struct ptxi_model_rule health_rules[] = {
	RULE("enable", BOOLEAN),
	SECONDS("interval_sec", 60),
	SECONDS("timeout_sec", 3),
	SECONDS("action_timeout_sec", 3),
	{ "healthy_threshold", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 2, 1000, NULL, NULL },
	{ "unhealthy_threshold", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 2, 1000, NULL, NULL },
	RULE("check_cmd", STRING),
	RULE("action_cmd", STRING),
};
static MODEL(health, "a health check", health_rules);

static const struct ptxi_model_rule item_rules[] = {
	RULE("unit", STRING),
	{ "value_type", PTXI_MODEL_STRING, 0, 0, 0, value_types, NULL },
	{ "statistics_type", PTXI_MODEL_STRING, 0, 0, 0, statistics, NULL },
	RULE("enums", LIST),
	RULE("scale_factor_when_display", NUMBER),
};
static MODEL(monitor_item, "a monitored item", item_rules);

static const struct ptxi_model_rule monitor_rules[] = {
	RULE("enable", BOOLEAN),
	RULE("cmd", STRING),
	{ "items", PTXI_MODEL_MAP, PTXI_MODEL_BOUNDED, 0, 50, NULL, &monitor_item },
	{ "groups", PTXI_MODEL_CUSTOM, 0, 0, 0, NULL, NULL },
	RULE("display", STRINGS),
	RULE("alarm", STRINGS),
};
static MODEL(monitor, "a monitor", monitor_rules);

static const struct ptxi_model_rule tab_rules[] = {
	{ "cmd", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED | PTXI_MODEL_NONBLANK, 0, 0, NULL, NULL },
	RULE("roles_to_execute_on", STRINGS),
	RULE("description", STRING),
	{ "timeout", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 1, 10, NULL, NULL },
};
static MODEL(tab, "a display tab", tab_rules);

static const struct ptxi_model_rule endpoint_rules[] = {
	{ "port", PTXI_MODEL_CUSTOM, PTXI_MODEL_REQUIRED, 0, 0, NULL, NULL },
	RULE("protocol", STRING),
};
MODEL(ptxi_model_endpoint, "an endpoint", endpoint_rules);

static const struct ptxi_model_rule names_rules[] = {
	{ "cmd", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED | PTXI_MODEL_NONBLANK, 0, 0, NULL, NULL },
	{ "timeout", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 1, 30, NULL, NULL },
};
static MODEL(update_names, "update_nodes_names", names_rules);

static const struct ptxi_model_rule advanced_rules[] = {
	{ "update_nodes_names", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &update_names },
};
static MODEL(advanced_services, "advanced_services", advanced_rules);

/* ---- nodes */

static const struct ptxi_model_rule container_rules[] = {
	{ "type", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED, 0, 0, container_types, NULL },
	{ "image", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED | PTXI_MODEL_BOUNDED, 0, 2048, NULL,
	  NULL },
	RULE("zone", STRING),
	RULE("sriov_nic", BOOLEAN),
	RULE("prefer_type", ANY),
	RULE("snapshot", STRING),
};
static MODEL(container, "a container", container_rules);

static const struct ptxi_model_rule volume_rules[] = {
	{ "size", PTXI_MODEL_INTEGER, PTXI_MODEL_CORE | UINT32, NULL, NULL },
	{ "instance_size", PTXI_MODEL_INTEGER, UINT32, NULL, NULL },
	{ "mount_point", PTXI_MODEL_CUSTOM, 0, 0, 0, NULL, NULL },
	{ "mount_options", PTXI_MODEL_STRING, PTXI_MODEL_BOUNDED, 0, 100, NULL, NULL },
	{ "filesystem", PTXI_MODEL_STRING, 0, 0, 0, filesystems, NULL },
	RULE("class", INTEGER),
};
static MODEL(volume, "a volume", volume_rules);

static const struct ptxi_model_rule metadata_rules[] = {
	{ "cmd", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED | PTXI_MODEL_NONBLANK, 0, 0, NULL, NULL },
};
static MODEL(custom_metadata, "custom_metadata", metadata_rules);

#define ACTIONS                                                                                    \
	{                                                                                          \
		"advanced_actions", PTXI_MODEL_STRINGS, PTXI_MODEL_UNIQUE, 0, 0, actions, NULL     \
	}

static const struct ptxi_model_rule node_rules[] = {
	RULE("role", STRING),
	{ "container", PTXI_MODEL_OBJECT, PTXI_MODEL_REQUIRED | PTXI_MODEL_CORE, 0, 0, NULL,
	  &container },
	{ "count", PTXI_MODEL_INTEGER, PTXI_MODEL_REQUIRED | PTXI_MODEL_BOUNDED | PTXI_MODEL_CORE,
	  0, 200, NULL, NULL },
	{ "cpu", PTXI_MODEL_INTEGER, PTXI_MODEL_CORE | UINT32, NULL, NULL },
	{ "memory", PTXI_MODEL_INTEGER, PTXI_MODEL_CORE | UINT32, NULL, NULL },
	{ "gpu", PTXI_MODEL_INTEGER, UINT32, NULL, NULL },
	RULE("instance_type", STRING),
	RULE("instance_class", INTEGER),
	RULE("gpu_class", INTEGER),
	RULE("cpu_model", STRING),
	{ "volume", PTXI_MODEL_OBJECT, PTXI_MODEL_CORE, 0, 0, NULL, &volume },
	{ "replica", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 0, 20, NULL, NULL },
	{ "server_id_upper_bound", PTXI_MODEL_INTEGER, PTXI_MODEL_BOUNDED, 1, UINT32_MAX, NULL,
	  NULL },
	{ "vertical_scaling_policy", PTXI_MODEL_STRING, 0, 0, 0, scaling_policies, NULL },
	RULE("env", OBJECT),
	RULE("loadbalancer", LIST),
	{ "services", PTXI_MODEL_CUSTOM, PTXI_MODEL_CORE, 0, 0, NULL, NULL },
	ACTIONS,
	{ "passphraseless", PTXI_MODEL_STRING, 0, 0, 0, key_types, NULL },
	RULE("user_access", BOOLEAN),
	RULE("agent_installed", BOOLEAN),
	{ "custom_metadata", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &custom_metadata },
	{ "health_check", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &health },
	{ "monitor", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &monitor },
	RULE("os_reset", BOOLEAN),
	RULE("net", ANY),
	RULE("extra_quota", ANY),
	RULE("nas_mount_point", STRING),
};
static MODEL(node, "a node", node_rules);

/* ---- the cluster */

static const struct ptxi_model_rule cluster_rules[] = {
	{ "name", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED | PTXI_MODEL_CORE, 0, 0, NULL, NULL },
	{ "description", PTXI_MODEL_STRING, PTXI_MODEL_REQUIRED, 0, 0, NULL, NULL },
	{ "subnet", PTXI_MODEL_STRING, PTXI_MODEL_CORE, 0, 0, NULL, NULL },
	{ "vxnet", PTXI_MODEL_STRING, PTXI_MODEL_CORE, 0, 0, NULL, NULL },
	{ "nodes", PTXI_MODEL_LIST,
	  PTXI_MODEL_REQUIRED | PTXI_MODEL_CORE | PTXI_MODEL_UNIQUE | PTXI_MODEL_BOUNDED, 0, 100,
	  NULL, &node },
	RULE("env", OBJECT),
	ACTIONS,
	RULE("incremental_backup_supported", BOOLEAN),
	{ "links", PTXI_MODEL_CUSTOM, 0, 0, 0, NULL, NULL },
	{ "backup_policy", PTXI_MODEL_STRING, 0, 0, 0, backup_policies, NULL },
	RULE("upgrade_policy", STRINGS),
	{ "upgrading_policy", PTXI_MODEL_STRING, 0, 0, 0, upgrading_policies, NULL },
	{ "endpoints", PTXI_MODEL_CUSTOM, 0, 0, 0, NULL, NULL },
	RULE("metadata_root_access", BOOLEAN),
	{ "health_check", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &health },
	{ "monitor", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &monitor },
	{ "display_tabs", PTXI_MODEL_MAP, PTXI_MODEL_BOUNDED, 0, 5, NULL, &tab },
	{ "advanced_services", PTXI_MODEL_OBJECT, 0, 0, 0, NULL, &advanced_services },
	RULE("multi_zone_policy", STRING),
	RULE("in-place-upgrade-nodes", LIST),
	RULE("custom_tags", ANY),
	RULE("need_tag", ANY),
	RULE("need_intranet_api_server", ANY),
	RULE("exclude_node_columns", ANY),
	RULE("unsupported_actions", ANY),
	RULE("nas_id", STRING),
	/* What the original writes into a conf itself. */
	RULE("app_id", STRING),
	RULE("version_id", STRING),
	RULE("global_uuid", STRING),
};
MODEL(ptxi_model_cluster, "a cluster", cluster_rules);
