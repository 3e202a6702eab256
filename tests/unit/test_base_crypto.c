/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "base/crypto.h"

Suite *suite_base_crypto(void);

/* RFC 7914, section 12. */
START_TEST(scrypt)
{
	static const unsigned char want[] = { 0x77, 0xd6, 0x57, 0x62, 0x38, 0x65, 0x7b, 0x20,
					      0x3b, 0x19, 0xca, 0x42, 0xc1, 0x8a, 0x04, 0x97 };
	unsigned char got[16];

	ck_assert(ptxi_crypto_scrypt(PTXI_STR(""), PTXI_STR(""), 16, 1, 1, got, sizeof(got)));
	ck_assert(memcmp(got, want, sizeof(want)) == 0);
	ck_assert(
	    !ptxi_crypto_scrypt(PTXI_STR(""), PTXI_STR(""), 1u << 30, 8, 1, got, sizeof(got)));
}
END_TEST

START_TEST(bcrypt)
{
	static const unsigned char salt[16] = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto_buf long_one = { 0 };
	char a[64];
	char b[64];

	ptx_buf_init(&long_one, 0);
	ptx_buf_fill(&long_one, 'x', 73);
	ck_assert_int_eq(ptxi_crypto_bcrypt(PTXI_STR("hunter"), 4, salt, a, &err), 0);
	ck_assert(strncmp(a, "$2a$04$......................", 29) == 0);
	ck_assert_uint_eq(strlen(a), 60);
	ck_assert_int_eq(ptxi_crypto_bcrypt(PTXI_STR("huntes"), 4, salt, b, &err), 0);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(ptxi_crypto_bcrypt(ptx_buf_str(&long_one), 4, salt, a, &err),
			 PTX_E_INVALID);
}
END_TEST

START_TEST(aes_there_and_back)
{
	static const unsigned char key[32] = { 1 };
	static const unsigned char iv[16] = { 2 };
	ptx_auto_buf coded = { 0 };
	ptx_auto_buf plain = { 0 };

	ptx_buf_init(&coded, 0);
	ptx_buf_init(&plain, 0);
	ck_assert(ptxi_crypto_aes_cbc(true, key, iv, PTXI_STR("sixteen bytes ok"), &coded));
	ck_assert_uint_eq(coded.n, 16);
	ck_assert(ptxi_crypto_aes_cbc(false, key, iv, ptx_buf_str(&coded), &plain));
	ck_assert_str_eq(plain.p, "sixteen bytes ok");
}
END_TEST

START_TEST(keys_of_each_kind)
{
	static const struct {
		const char *kind, *begin; /* NULL: refused */
	} rows[] = {
		{ "ecdsa", "-----BEGIN EC PRIVATE KEY-----\n" },
		{ "ed25519", "-----BEGIN PRIVATE KEY-----\n" },
		{ "paper", NULL },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf pem = { 0 };
		int code = 0;

		ptx_buf_init(&pem, 0);
		code = ptxi_crypto_new_key(rows[i].kind, &pem, &err);
		ck_assert_int_eq(code, rows[i].begin ? 0 : PTX_E_USAGE);
		if (code == 0)
			ck_assert(strncmp(pem.p, rows[i].begin, strlen(rows[i].begin)) == 0);
		if (code == 0)
			ck_assert_int_eq(ptxi_crypto_check_key(ptx_buf_str(&pem), &err), 0);
	}
}
END_TEST

START_TEST(certificates)
{
	struct ptx_str address = PTXI_STR("10.0.0.1");
	struct ptx_str dns = PTXI_STR("ship.example");
	struct ptxi_cert_request r = { .name = PTXI_STR("fleet"),
				       .days = 10,
				       .now_unix = 1700000000,
				       .is_ca = true,
				       .serial = { 7 } };
	ptx_auto(error) err = NULL;
	struct ptx_buf pem[6] = { { 0 } };

	for (size_t i = 0; i < PTXI_COUNT(pem); i++)
		ptx_buf_init(&pem[i], 0);
	ck_assert_int_eq(ptxi_crypto_new_rsa(1024, &pem[0], &err), 0);
	r.key = ptx_buf_str(&pem[0]);
	ck_assert_int_eq(ptxi_crypto_new_cert(&r, &pem[1], &pem[2], &err), 0);
	ck_assert_int_eq(ptxi_crypto_check_cert(ptx_buf_str(&pem[1]), &err), 0);
	ck_assert_int_eq(ptxi_crypto_new_key("ecdsa", &pem[3], &err), 0);
	r = (struct ptxi_cert_request){ .name = PTXI_STR("ship"),
					.addresses = &address,
					.address_count = 1,
					.dns = &dns,
					.dns_count = 1,
					.days = 10,
					.now_unix = 1700000000,
					.key = ptx_buf_str(&pem[3]),
					.ca_cert = ptx_buf_str(&pem[1]),
					.ca_key = ptx_buf_str(&pem[0]),
					.serial = { 8 } };
	ck_assert_int_eq(ptxi_crypto_new_cert(&r, &pem[4], &pem[5], &err), 0);
	ck_assert(strncmp(pem[4].p, "-----BEGIN CERTIFICATE-----\n", 28) == 0);
	address = PTXI_STR("10.0.0");
	ck_assert_int_eq(ptxi_crypto_new_cert(&r, &pem[4], &pem[5], &err), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_crypto_check_cert(PTXI_STR("x"), NULL), PTX_E_INVALID);
	ck_assert_int_eq(ptxi_crypto_check_key(PTXI_STR(""), NULL), PTX_E_INVALID);
	for (size_t i = 0; i < PTXI_COUNT(pem); i++)
		ptx_buf_done(&pem[i]);
}
END_TEST

Suite *suite_base_crypto(void)
{
	Suite *s = suite_create("base/crypto");
	TCase *t = tcase_create("crypto");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, scrypt);
	tcase_add_test(t, bcrypt);
	tcase_add_test(t, aes_there_and_back);
	tcase_add_test(t, keys_of_each_kind);
	tcase_add_test(t, certificates);
	suite_add_tcase(s, t);
	return s;
}
