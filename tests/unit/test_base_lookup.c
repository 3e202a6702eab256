/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/lookup.h"

Suite *suite_base_lookup(void);

static const char *const names[] = { "count",          "cpu", "memory", "volume_size", "a",
				     "instance_class", "",    "Vxnet",  NULL };

static struct ptx_str name_at(size_t i, const void *user)
{
	const char *const *list = user;

	return ptxi_str(list[i]);
}

/* clang-format off */
static const struct {
	const char *want, *nearest;
} rows[] = {
	{ "count", "count" },	 { "cuont", "count" },	     { "coun", "count" },	{ "counts", "count" },
	{ "COUNT", "count" },	 { "cp", "cpu" },	     { "gpu", "cpu" },		{ "memroy", "memory" },
	{ "volumesize", "volume_size" }, { "vxnte", "Vxnet" }, { "b", "a" },		{ "xyz", NULL },
	{ "", NULL },		 { "completely-else", NULL }, { "instance", NULL },	{ "instanceclas", "instance_class" },
};
/* clang-format on */

START_TEST(nearest)
{
	struct ptx_str got = ptxi_nearest(ptxi_str(rows[_i].want), name_at, names);

	if (rows[_i].nearest)
		ck_assert(ptxi_str_is(got, rows[_i].nearest));
	else
		ck_assert_ptr_null(got.p);
}
END_TEST

START_TEST(long_names_are_left_alone)
{
	char big[200];
	const char *list[] = { big, NULL };

	memset(big, 'x', sizeof(big));
	big[101] = '\0';
	ck_assert_ptr_null(ptxi_nearest(ptxi_str(big), name_at, names).p);
	ck_assert_ptr_null(ptxi_nearest(ptxi_str("xxx"), name_at, list).p);
	big[100] = '\0';
	ck_assert_ptr_eq(ptxi_nearest(ptxi_str(big), name_at, list).p, big);
}
END_TEST

Suite *suite_base_lookup(void)
{
	Suite *s = suite_create("base_lookup");
	TCase *tc = tcase_create("lookup");

	tcase_add_loop_test(tc, nearest, 0, PTXI_COUNT(rows));
	tcase_add_test(tc, long_names_are_left_alone);
	suite_add_tcase(s, tc);
	return s;
}
