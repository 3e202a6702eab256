/* SPDX-License-Identifier: Apache-2.0 */
/* suites.h - every unit suite, one line each. The runner and the prototypes come from this list. */
#ifndef TEST_SUITES
#define TEST_SUITES(SUITE) \
	SUITE(base_ctx) \
	SUITE(base_digest) \
	SUITE(base_encode) \
	SUITE(base_fs) \
	SUITE(base_glob) \
	SUITE(base_log) \
	SUITE(base_module) \
	SUITE(base_path) \
	SUITE(base_pool) \
	SUITE(base_proc) \
	SUITE(base_rand) \
	SUITE(base_time) \
	SUITE(net_http) \
	SUITE(value_codec) \
	SUITE(value_compare) \
	SUITE(value_diff) \
	SUITE(value_json_read) \
	SUITE(value_json_write) \
	SUITE(value_merge) \
	SUITE(value_path) \
	SUITE(value_strvals) \
	SUITE(value_yaml_read) \
	SUITE(value_yaml_resolve) \
	SUITE(value_yaml_write) \
	SUITE(value_value)
#endif
