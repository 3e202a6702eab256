/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "wire/pki.h"
#include "wire/release.h"

Suite *suite_wire_release(void);

#define VPC    "vpc-1"
#define NOW    INT64_C(1800000000)
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *key, *root;

static void set_up(void)
{
	key = ptxi_pki_key_new(NULL);
	root = ptxi_pki_root(key, VPC, NOW, NULL);
	ck_assert(key && root);
}

static void tear_down(void)
{
	ptx_free(key);
	ptx_free(root);
}

static const struct ptxi_release sample = { VPC, "1.2.3", 9434048, DIGEST };

START_TEST(what_is_signed_is_read)
{
	ptx_auto_str statement = ptxi_release_write(&sample, NULL);
	ptx_auto_str signature = ptxi_release_sign(statement, key, NULL);
	struct ptxi_release r;

	ck_assert_str_eq(statement,
			 "pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 9434048\nsha256 " DIGEST
			 "\n");
	ck_assert_int_eq(ptxi_release_verify(statement, signature, root, VPC, &r, NULL), 0);
	ck_assert_str_eq(r.vpc, VPC);
	ck_assert_str_eq(r.version, "1.2.3");
	ck_assert_int_eq(r.size, 9434048);
	ck_assert_str_eq(r.sha256, DIGEST);
	/* Of another VPC, by another root, with another byte in either. */
	ptx_auto_str other_key = ptxi_pki_key_new(NULL);
	ptx_auto_str other_root = ptxi_pki_root(other_key, VPC, NOW, NULL);
	ptx_auto_str forged = ptxi_release_sign(statement, other_key, NULL);

	ck_assert_int_eq(ptxi_release_verify(statement, signature, root, "vpc-2", &r, NULL),
			 PTX_E_UNTRUSTED);
	ck_assert_int_eq(ptxi_release_verify(statement, signature, other_root, VPC, &r, NULL),
			 PTX_E_UNTRUSTED);
	ck_assert_int_eq(ptxi_release_verify(statement, forged, root, VPC, &r, NULL),
			 PTX_E_UNTRUSTED);
	ck_assert_int_eq(ptxi_release_verify(statement, "", root, VPC, &r, NULL), PTX_E_UNTRUSTED);
	ck_assert_int_eq(ptxi_release_verify(statement, "!!!", root, VPC, &r, NULL),
			 PTX_E_UNTRUSTED);
	statement[strlen(statement) - 2] ^= 1;
	ck_assert_int_eq(ptxi_release_verify(statement, signature, root, VPC, &r, NULL),
			 PTX_E_UNTRUSTED);
}
END_TEST

static const char *const bad_statements[] = {
	"",
	"pitrix agent 2\nvpc vpc-1\nversion 1.2.3\nsize 1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 1\nsha256 " DIGEST,
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 1\nsha256 " DIGEST "\n\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 01\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize +1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 0\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 99999999999\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion \nsize 1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion ../x\nsize 1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc a.b\nversion 1.2.3\nsize 1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc vpc-1\nversion 1.2.3\nsize 1\nsha256 0123\n",
	"pitrix agent 1\nversion 1.2.3\nvpc vpc-1\nsize 1\nsha256 " DIGEST "\n",
	"pitrix agent 1\nvpc  vpc-1\nversion 1.2.3\nsize 1\nsha256 " DIGEST "\n",
};

START_TEST(another_spelling_is_no_statement)
{
	struct ptxi_release r;

	ck_assert_int_eq(ptxi_release_read(bad_statements[_i], &r, NULL), PTX_E_SYNTAX);
}
END_TEST

static const struct {
	const char *a, *b;
	int order;
} orders[] = {
	{ "0.1.0", "0.1.0", 0 },   { "0.1.0", "0.1.1", -1 },
	{ "0.10.0", "0.9.9", 1 },  { "1", "1.0.0", 0 },
	{ "1.0", "1.0.1", -1 },    { "1.0.0-rc1", "1.0.0", -1 },
	{ "1.0.0-rc1", "0.9", 1 }, { "1.0.0-a", "1.0.0-b", -1 },
	{ "2.0.0", "10.0", -1 },   { "99999999999999999999", "1", 1 },
};

START_TEST(versions_are_ordered)
{
	int ab = ptxi_release_order(orders[_i].a, orders[_i].b);
	int ba = ptxi_release_order(orders[_i].b, orders[_i].a);

	ck_assert_int_eq((ab > 0) - (ab < 0), orders[_i].order);
	ck_assert_int_eq((ba > 0) - (ba < 0), -orders[_i].order);
}
END_TEST

Suite *suite_wire_release(void)
{
	Suite *s = suite_create("wire_release");
	TCase *tc = tcase_create("release");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, what_is_signed_is_read);
	tcase_add_loop_test(tc, another_spelling_is_no_statement, 0, PTXI_COUNT(bad_statements));
	tcase_add_loop_test(tc, versions_are_ordered, 0, PTXI_COUNT(orders));
	suite_add_tcase(s, tc);
	return s;
}
