/* SPDX-License-Identifier: Apache-2.0 */
/* suites.h - every unit suite, one line each. The runner and the prototypes come from this list. */
#ifndef TEST_SUITES
#define TEST_SUITES(SUITE) \
	SUITE(base_alloc) \
	SUITE(base_arena) \
	SUITE(base_buf) \
	SUITE(base_ctx) \
	SUITE(base_diag) \
	SUITE(base_digest) \
	SUITE(base_encode) \
	SUITE(base_error) \
	SUITE(base_fs) \
	SUITE(base_glob) \
	SUITE(base_log) \
	SUITE(base_lookup) \
	SUITE(base_map) \
	SUITE(base_module) \
	SUITE(base_opts) \
	SUITE(base_path) \
	SUITE(base_pool) \
	SUITE(base_proc) \
	SUITE(base_rand) \
	SUITE(base_str) \
	SUITE(base_time) \
	SUITE(base_utf8) \
	SUITE(base_vec) \
	SUITE(cluster_record) \
	SUITE(engine_engine) \
	SUITE(net_http) \
	SUITE(provider_docker) \
	SUITE(provider_runtime) \
	SUITE(plan_vm) \
	SUITE(store_store) \
	SUITE(template_confd_kv) \
	SUITE(template_exec) \
	SUITE(template_funcs_confd) \
	SUITE(text_gofmt) \
	SUITE(text_gonum) \
	SUITE(text_goquote) \
	SUITE(text_regex) \
	SUITE(value_codec) \
	SUITE(value_compare) \
	SUITE(value_diff) \
	SUITE(value_json_read) \
	SUITE(value_json_write) \
	SUITE(value_merge) \
	SUITE(value_path) \
	SUITE(value_strvals) \
	SUITE(value_toml_read) \
	SUITE(value_value) \
	SUITE(value_yaml_read) \
	SUITE(value_yaml_resolve) \
	SUITE(value_yaml_write) \
	SUITE(wire_kv) \
	SUITE(wire_pki) \
	SUITE(wire_wire)
#endif
