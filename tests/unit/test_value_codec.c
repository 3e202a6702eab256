/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>

#include "value/codec.h"

Suite *suite_value_codec(void);

START_TEST(finds_by_name_and_file)
{
	ck_assert_str_eq(ptxi_codec_find("json")->name, "json");
	ck_assert_ptr_null(ptxi_codec_find("xml"));
	ck_assert_str_eq(ptxi_codec_for_file("values.yml")->name, "yaml");
	ck_assert_str_eq(ptxi_codec_for_file("a/b.JSON")->name, "json");
	ck_assert_ptr_null(ptxi_codec_for_file(".json"));
	ck_assert_ptr_null(ptxi_codec_for_file("json"));
}
END_TEST

Suite *suite_value_codec(void)
{
	Suite *s = suite_create("value_codec");
	TCase *t = tcase_create("all");

	tcase_add_test(t, finds_by_name_and_file);
	suite_add_tcase(s, t);
	return s;
}
