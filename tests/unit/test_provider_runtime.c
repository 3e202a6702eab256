/* SPDX-License-Identifier: Apache-2.0 */
/* Runtimes files, and configurations checked against a driver's fields. */
#include <check.h>

#include "base/arena.h"
#include "provider/docker/docker.h"
#include "provider/runtime.h"

Suite *suite_provider_runtime(void);

START_TEST(local_is_always_there)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *all = ptxi_runtime_read(a, (struct ptx_str){ NULL, 0 }, "", NULL);

	ck_assert_uint_eq(ptx_value_count(all), 1);
	ck_assert_str_eq(
	    ptx_value_as_string(ptx_value_get(ptx_value_get(all, "local"), "provider"), ""),
	    "docker");
}
END_TEST

START_TEST(a_file_adds_and_changes)
{
	static const char text[] = "runtimes:\n"
				   "  test: {provider: docker, zone: z, labels: {a: b}}\n"
				   "  local:\n"
				   "    images: {zk: ./zk/build, bb: localhost/bb, up: ../x.tar}\n";
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_value *all = ptxi_runtime_read(a, ptxi_str(text), "/etc/pitrix/r.yaml", &err);
	const struct ptx_value *images = ptx_value_get(ptx_value_get(all, "local"), "images");
	struct ptx_str first = { NULL, 0 };

	ck_assert_ptr_nonnull(all);
	ptx_value_entry(all, 0, &first);
	ck_assert(ptxi_str_is(first, "local"));
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(images, "zk"), ""),
			 "/etc/pitrix/zk/build");
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(images, "up"), ""), "/etc/x.tar");
	ck_assert_str_eq(ptx_value_as_string(ptx_value_get(images, "bb"), ""), "localhost/bb");
	ck_assert(ptx_value_has(images, "frontgate"));
	ck_assert_str_eq(
	    ptx_value_as_string(ptx_value_get(ptx_value_get(all, "local"), "provider"), ""),
	    "docker");
}
END_TEST

static const struct {
	const char *text;
	int code;
} bad[] = {
	{ "- a\n", PTX_E_CONFIG },
	{ "runtimes: [a]\n", PTX_E_CONFIG },
	{ "runtimes: {x: {zone: a}}\n", PTX_E_CONFIG },
	{ "runtimes: {x: {provider: [docker]}}\n", PTX_E_CONFIG },
	{ "runtimes: {'x y': {provider: docker}}\n", PTX_E_CONFIG },
	{ "runtimes: {x: {provider: docker, images: {a: 1}}}\n", PTX_E_CONFIG },
	{ "runtimes: {x: {provider: docker, labels: a}}\n", PTX_E_CONFIG },
	{ "runtimes: {\n", PTX_E_SYNTAX },
};

START_TEST(bad_files_are_refused)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;

	ck_assert_ptr_null(ptxi_runtime_read(a, ptxi_str(bad[_i].text), "r.yaml", &err));
	ck_assert_int_eq(ptx_error_code(err), bad[_i].code);
	ck_assert_ptr_nonnull(ptx_error_where(err));
}
END_TEST

START_TEST(configurations_are_checked)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) unknown = NULL;
	ptx_auto(error) kind = NULL;
	ptx_auto(error) action = NULL;
	struct ptx_value *config = ptx_value_map(a);

	ptx_value_set_string(config, "endpoint", "unix:///x");
	ck_assert_ptr_nonnull(
	    ptxi_provider_config(a, &ptxi_provider_docker, "runtime 'x'", config, NULL));
	ptx_value_set_string(config, "endpont", "unix:///x");
	ck_assert_ptr_null(
	    ptxi_provider_config(a, &ptxi_provider_docker, "runtime 'x'", config, &unknown));
	ck_assert_int_eq(ptx_error_code(unknown), PTX_E_CONFIG);
	ck_assert_str_eq(ptx_error_hint(unknown), "did you mean 'endpoint'?");
	ptx_value_remove(config, "endpont");
	ptx_value_set_string(config, "autostart", "maybe");
	ck_assert_ptr_null(
	    ptxi_provider_config(a, &ptxi_provider_docker, "runtime 'x'", config, &kind));
	ck_assert_int_eq(ptx_error_code(kind), PTX_E_CONFIG);
	ck_assert_ptr_null(ptxi_provider_action(&ptxi_provider_docker, "instance.fly", &action));
	ck_assert_int_eq(ptx_error_code(action), PTX_E_UNSUPPORTED);
	ck_assert_ptr_null(ptxi_provider_find("dokcer", NULL));
	ck_assert_ptr_eq(ptxi_provider_find("docker", NULL), &ptxi_provider_docker);
}
END_TEST

Suite *suite_provider_runtime(void)
{
	Suite *s = suite_create("provider_runtime");
	TCase *t = tcase_create("pure");

	tcase_add_test(t, local_is_always_there);
	tcase_add_test(t, a_file_adds_and_changes);
	tcase_add_loop_test(t, bad_files_are_refused, 0, PTXI_COUNT(bad));
	tcase_add_test(t, configurations_are_checked);
	suite_add_tcase(s, t);
	return s;
}
