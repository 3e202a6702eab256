/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "wire/pki.h"

Suite *suite_wire_pki(void);

#define VPC "vpc-1"
#define NOW INT64_C(1800000000)

static char *root_key, *root, *inter_key, *inter;

static char *sign(enum ptxi_pki_role role, const char *key, const char *issuer,
		  const char *issuer_key, const char *vpc, const char *instance, const char *ip,
		  int64_t now, struct ptx_error **err)
{
	ptx_auto_str request = ptxi_pki_request(key, instance ? instance : "x", vpc, NULL);
	struct ptxi_pki_sign s = { .role = role,
				   .request = request,
				   .issuer = issuer,
				   .issuer_key = issuer_key,
				   .vpc = vpc,
				   .instance = instance,
				   .ip = ip,
				   .now_unix = now };

	return ptxi_pki_sign(&s, err);
}

static void set_up(void)
{
	root_key = ptxi_pki_key_new(NULL);
	root = ptxi_pki_root(root_key, VPC, NOW, NULL);
	inter_key = ptxi_pki_key_new(NULL);
	inter = sign(PTXI_PKI_INTERMEDIATE, inter_key, root, root_key, VPC, NULL, NULL, NOW, NULL);
	ck_assert(root && inter);
}

static void tear_down(void)
{
	ptx_free(root_key);
	ptx_free(root);
	ptx_free(inter_key);
	ptx_free(inter);
}

static int verify(const char *leaf, const char *more, const char *vpc, int64_t now,
		  struct ptxi_pki_identity *who)
{
	ptx_auto_str chain = ptxi_asprintf("%s%s", leaf, more);

	return ptxi_pki_verify(chain, root, vpc, now, who, NULL);
}

START_TEST(a_drone_is_who_its_certificate_says)
{
	ptx_auto_str key = ptxi_pki_key_new(NULL);
	ptx_auto_str leaf =
	    sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", "10.0.0.7", NOW, NULL);
	struct ptxi_pki_identity who;
	char digest[65];

	ck_assert_int_eq(verify(leaf, inter, VPC, NOW, &who), 0);
	ck_assert_int_eq(who.role, PTXI_PKI_DRONE);
	ck_assert_str_eq(who.instance, "node-1");
	ck_assert_str_eq(who.ip, "10.0.0.7");
	ck_assert_int_eq(who.not_before_unix, NOW - PTXI_PKI_BACKDATE_S);
	ck_assert_int_eq(who.not_after_unix, NOW + PTXI_PKI_LEAF_S);
	ck_assert_int_eq(ptxi_pki_key_digest(key, digest, NULL), 0);
	ck_assert_str_eq(digest, who.key_sha256);
	ck_assert(ptxi_pki_key_matches(key, leaf));
	ck_assert(!ptxi_pki_key_matches(inter_key, leaf));
	/* Before its time, after it, without what leads to the root, in another VPC. */
	ck_assert_int_eq(verify(leaf, inter, VPC, NOW - PTXI_PKI_BACKDATE_S - 1, &who),
			 PTX_E_UNTRUSTED);
	ck_assert_int_eq(verify(leaf, inter, VPC, NOW + PTXI_PKI_LEAF_S + 1, &who),
			 PTX_E_UNTRUSTED);
	ck_assert_int_eq(verify(leaf, "", VPC, NOW, &who), PTX_E_UNTRUSTED);
	ck_assert_int_eq(verify(leaf, inter, "vpc-2", NOW, &who), PTX_E_UNTRUSTED);
}
END_TEST

START_TEST(the_intermediate_is_bounded)
{
	ptx_auto_str key = ptxi_pki_key_new(NULL);
	ptx_auto_str second = ptxi_pki_key_new(NULL);
	ptx_auto_str foreign =
	    sign(PTXI_PKI_DRONE, key, inter, inter_key, "vpc-2", "node-1", NULL, NOW, NULL);
	ptx_auto_str public =
	    sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", "8.8.8.8", NOW, NULL);
	ptx_auto_str deeper =
	    sign(PTXI_PKI_INTERMEDIATE, second, inter, inter_key, VPC, NULL, NULL, NOW, NULL);
	ptx_auto_str below =
	    sign(PTXI_PKI_DRONE, key, deeper, second, VPC, "node-1", NULL, NOW, NULL);
	ptx_auto_str pilot =
	    sign(PTXI_PKI_PILOT, key, inter, inter_key, VPC, NULL, NULL, NOW, NULL);
	ptx_auto_str chain = ptxi_asprintf("%s%s", deeper, inter);
	ptx_auto_str late = NULL;
	struct ptxi_pki_identity who;

	ck_assert_int_eq(verify(foreign, inter, "vpc-2", NOW, &who),
			 PTX_E_UNTRUSTED); /* not its names */
	ck_assert_int_eq(verify(public, inter, VPC, NOW, &who),
			 PTX_E_UNTRUSTED); /* not its addresses */
	ck_assert_int_eq(verify(below, chain, VPC, NOW, &who),
			 PTX_E_UNTRUSTED); /* no authorities below it */
	ck_assert_int_eq(verify(pilot, inter, VPC, NOW, &who),
			 PTX_E_UNTRUSTED); /* it makes no pilots */
	/* What it signs ends with it at the latest; after that it signs nothing. */
	late = sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", NULL,
		    NOW + PTXI_PKI_INTERMEDIATE_S - 5, NULL);
	ck_assert_int_eq(ptxi_pki_read(late, &who, NULL), 0);
	ck_assert_int_eq(who.not_after_unix, NOW + PTXI_PKI_INTERMEDIATE_S);
	ck_assert_ptr_null(sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", NULL,
				NOW + PTXI_PKI_INTERMEDIATE_S + 5, NULL));
}
END_TEST

START_TEST(a_pilot_is_the_roots)
{
	ptx_auto_str key = ptxi_pki_key_new(NULL);
	ptx_auto_str pilot = sign(PTXI_PKI_PILOT, key, root, root_key, VPC, NULL, NULL, NOW, NULL);
	ptx_auto_str other_key = ptxi_pki_key_new(NULL);
	ptx_auto_str other_root = ptxi_pki_root(other_key, VPC, NOW, NULL);
	ptx_auto_str stranger =
	    sign(PTXI_PKI_PILOT, key, other_root, other_key, VPC, NULL, NULL, NOW, NULL);
	struct ptxi_pki_identity who;
	char a[65];
	char b[65];

	ck_assert_int_eq(verify(pilot, "", VPC, NOW, &who), 0);
	ck_assert_int_eq(who.role, PTXI_PKI_PILOT);
	ck_assert_str_eq(who.instance, "");
	ck_assert_int_eq(verify(stranger, other_root, VPC, NOW, &who), PTX_E_UNTRUSTED);
	ck_assert_int_eq(ptxi_pki_fingerprint(root, a, NULL), 0);
	ck_assert_int_eq(ptxi_pki_fingerprint(other_root, b, NULL), 0);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(verify(inter, "", VPC, NOW, &who), 0);
	ck_assert_int_eq(who.role, PTXI_PKI_INTERMEDIATE);
}
END_TEST

START_TEST(serials_are_random)
{
	ptx_auto_str key = ptxi_pki_key_new(NULL);
	ptx_auto_str a =
	    sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", NULL, NOW, NULL);
	ptx_auto_str b =
	    sign(PTXI_PKI_DRONE, key, inter, inter_key, VPC, "node-1", NULL, NOW, NULL);

	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(bad_input_is_refused)
{
	ptx_auto_str key = ptxi_pki_key_new(NULL);
	ptx_auto_str request = ptxi_pki_request(key, "node-1", VPC, NULL);
	struct ptxi_pki_sign s = { .role = PTXI_PKI_DRONE,
				   .issuer = inter,
				   .issuer_key = inter_key,
				   .vpc = VPC,
				   .instance = "node-1",
				   .now_unix = NOW };
	struct ptx_error *e = NULL;
	struct ptxi_pki_identity who;
	char digest[65];
	char *large = ptxi_alloc(PTXI_PKI_MAX_PEM + 10);
	char *broken = ptxi_strdup(request);
	static const char *const bad_names[] = { "", "pilot", "frontgate", "A", "a.b", "a/b", "*" };

	for (size_t i = 0; i < PTXI_COUNT(bad_names); i++) {
		s.request = request;
		s.instance = bad_names[i];
		ck_assert_ptr_null(ptxi_pki_sign(&s, NULL));
	}
	s.instance = "node-1";
	s.ip = "10.0.0.1,DNS:evil";
	ck_assert_ptr_null(ptxi_pki_sign(&s, NULL));
	s.ip = NULL;
	s.request =
	    "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
	ck_assert_ptr_null(ptxi_pki_sign(&s, &e));
	ck_assert_int_eq(ptx_error_code(e), PTX_E_SYNTAX);
	ptxi_error_drop(&e);
	/* A signature that does not hold: the last bytes are another request's. */
	char *end = strstr(broken, "\n-----END");

	end[-6] = end[-6] == 'A' ? 'B' : 'A';
	s.request = broken;
	ck_assert_ptr_null(ptxi_pki_sign(&s, &e));
	ck_assert(ptx_error_code(e) == PTX_E_UNTRUSTED || ptx_error_code(e) == PTX_E_SYNTAX);
	ptxi_error_drop(&e);
	memset(large, 'a', PTXI_PKI_MAX_PEM + 5);
	ck_assert_int_lt(ptxi_pki_key_digest(large, digest, NULL), 0);
	ck_assert_int_lt(ptxi_pki_read(large, &who, &e), 0);
	ck_assert_int_eq(ptx_error_code(e), PTX_E_LIMIT);
	ptxi_error_drop(&e);
	ck_assert_int_lt(ptxi_pki_read("", &who, NULL), 0);
	ck_assert_int_lt(ptxi_pki_verify("", root, VPC, NOW, &who, NULL), 0);
	ck_assert_ptr_null(ptxi_pki_root(root_key, "Not A Label", NOW, NULL));
	ptx_free(large);
	ptx_free(broken);
}
END_TEST

START_TEST(half_a_life_is_when_to_renew)
{
	ck_assert(!ptxi_pki_renew_due(0, 100, 49));
	ck_assert(ptxi_pki_renew_due(0, 100, 50));
	ck_assert(ptxi_pki_renew_due(0, 100, 1000));
}
END_TEST

Suite *suite_wire_pki(void)
{
	Suite *s = suite_create("wire_pki");
	TCase *tc = tcase_create("pki");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_drone_is_who_its_certificate_says);
	tcase_add_test(tc, the_intermediate_is_bounded);
	tcase_add_test(tc, a_pilot_is_the_roots);
	tcase_add_test(tc, serials_are_random);
	tcase_add_test(tc, bad_input_is_refused);
	tcase_add_test(tc, half_a_life_is_when_to_renew);
	suite_add_tcase(s, tc);
	return s;
}
