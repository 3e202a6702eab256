/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/ptxi.h"
#include "base/digest.h"
#include "base/encode.h"
#include "base/fs.h"
#include "base/path.h"

Suite *suite_base_digest(void);

static const struct {
	enum ptxi_digest_kind kind;
	size_t size;
	const char *text, *hex;
} rows[] = {
	{ PTXI_SHA1, 20, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ PTXI_SHA1, 20, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ PTXI_SHA256, 32, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ PTXI_SHA256, 32, "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ PTXI_SHA512, 64, "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ PTXI_MD5, 16, "abc", "900150983cd24fb0d6963f7d28e17f72" },
};

START_TEST(known_digests)
{
	struct ptx_str text = ptxi_str(rows[_i].text);
	ptx_auto_str hex = ptxi_digest_hex(rows[_i].kind, text);
	ptxi_auto(hasher) h = ptxi_hasher_new(rows[_i].kind);
	unsigned char out[PTXI_DIGEST_MAX];
	ptx_auto_buf stream;

	ck_assert_str_eq(hex, rows[_i].hex);
	ck_assert_uint_eq(ptxi_digest_size(rows[_i].kind), rows[_i].size);
	for (size_t i = 0; i < text.n; i++)
		ptxi_hasher_add(h, ptxi_str_sub(text, i, 1));
	ptxi_hasher_add(h, ptxi_strn(NULL, 0));
	ck_assert_uint_eq(ptxi_hasher_finish(h, out), rows[_i].size);
	ptx_buf_init(&stream, 0);
	ptxi_hex_encode(ptxi_strn((const char *)out, rows[_i].size), &stream);
	ck_assert_str_eq(stream.p, rows[_i].hex);
	/* A hasher that is used up says so. */
	ck_assert_uint_eq(ptxi_hasher_finish(h, out), 0);
}
END_TEST

/* RFC 4231 test cases 2 and 6, RFC 2202's for SHA-1. */
static const struct {
	enum ptxi_digest_kind kind;
	const char *key, *text, *hex;
} macs[] = {
	{ PTXI_SHA256, "Jefe", "what do ya want for nothing?",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ PTXI_SHA1, "Jefe", "what do ya want for nothing?",
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ PTXI_SHA256, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

START_TEST(known_macs)
{
	unsigned char out[PTXI_DIGEST_MAX];
	size_t n = ptxi_hmac(macs[_i].kind, ptxi_str(macs[_i].key), ptxi_str(macs[_i].text), out);
	ptx_auto_buf hex;

	ptx_buf_init(&hex, 0);
	ptxi_hex_encode(ptxi_strn((const char *)out, n), &hex);
	ck_assert_str_eq(hex.p, macs[_i].hex);
}
END_TEST

START_TEST(files)
{
	ptx_auto_str dir = ptxi_fs_tempdir(NULL, "digest-", NULL);
	ptx_auto_str file = ptxi_path_join(dir, "f");
	ptx_auto_str fifo = ptxi_path_join(dir, "fifo");
	ptx_auto_str hex = NULL;
	ptx_auto_str big = ptxi_alloc(1000000);
	struct ptx_error *err = NULL;

	ck_assert_int_eq(ptxi_fs_write(file, ptxi_strn(big, 1000000), 0600, NULL), 0);
	hex = ptxi_digest_file_hex(PTXI_SHA256, file, NULL);
	ck_assert_str_eq(hex, "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025");
	ck_assert_ptr_null(ptxi_digest_file_hex(PTXI_SHA256, dir, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_ptr_null(ptxi_digest_file_hex(PTXI_SHA256, fifo, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_INVALID);
	ptxi_error_drop(&err);
	ck_assert_int_eq(ptxi_fs_remove(dir, NULL), 0);
	ck_assert_ptr_null(ptxi_digest_file_hex(PTXI_SHA256, file, &err));
	ck_assert_int_eq(ptx_error_code(err), PTX_E_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(ptx_error_message(err), file));
	ptxi_error_drop(&err);
}
END_TEST

START_TEST(no_memory)
{
	ptxi_alloc_fail_at(1, true);
	ck_assert_ptr_null(ptxi_digest_hex(PTXI_SHA256, ptxi_str("abc")));
	ck_assert_ptr_null(ptxi_hasher_new(PTXI_SHA256));
	ptxi_alloc_fail_at(0, false);
	ptxi_hasher_free(NULL);
}
END_TEST

Suite *suite_base_digest(void)
{
	Suite *s = suite_create("base_digest");
	TCase *tc = tcase_create("digest");

	tcase_add_loop_test(tc, known_digests, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(tc, known_macs, 0, PTXI_COUNT(macs));
	tcase_add_test(tc, files);
	tcase_add_test(tc, no_memory);
	suite_add_tcase(s, tc);
	return s;
}
