/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/ptxi.h"
#include "base/encode.h"

Suite *suite_base_encode(void);

static const struct {
	const char *plain, *std, *url, *raw, *b32, *hex;
} rows[] = {
	{ "", "", "", "", "", "" },
	{ "f", "Zg==", "Zg==", "Zg", "MY======", "66" },
	{ "fo", "Zm8=", "Zm8=", "Zm8", "MZXQ====", "666f" },
	{ "foo", "Zm9v", "Zm9v", "Zm9v", "MZXW6===", "666f6f" },
	{ "foob", "Zm9vYg==", "Zm9vYg==", "Zm9vYg", "MZXW6YQ=", "666f6f62" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE=", "Zm9vYmE", "MZXW6YTB", "666f6f6261" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy", "Zm9vYmFy", "MZXW6YTBOI======", "666f6f626172" },
	{ "\xff\xfe\xfb", "//77", "__77", "__77", "777PW===", "fffefb" },
};

START_TEST(both_ways)
{
	static const enum ptxi_base64_kind kinds[] = { PTXI_BASE64_STD, PTXI_BASE64_URL,
						       PTXI_BASE64_RAW_URL };
	const char *want[] = { rows[_i].std, rows[_i].url, rows[_i].raw };
	struct ptx_str plain = ptxi_str(rows[_i].plain);
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	for (size_t k = 0; k < PTXI_COUNT(kinds); k++) {
		ptx_buf_clear(&out);
		ptxi_base64_encode(kinds[k], plain, &out);
		ck_assert_str_eq(out.p, want[k]);
		ptx_buf_clear(&out);
		ck_assert(ptxi_base64_decode(kinds[k], ptxi_str(want[k]), &out, NULL));
		ck_assert_str_eq(out.p, rows[_i].plain);
	}
	ptx_buf_clear(&out);
	ptxi_base32_encode(plain, &out);
	ck_assert_str_eq(out.p, rows[_i].b32);
	ptx_buf_clear(&out);
	ck_assert(ptxi_base32_decode(ptxi_str(rows[_i].b32), &out, NULL));
	ck_assert_str_eq(out.p, rows[_i].plain);
	ptx_buf_clear(&out);
	ptxi_hex_encode(plain, &out);
	ck_assert_str_eq(out.p, rows[_i].hex);
	ptx_buf_clear(&out);
	ck_assert(ptxi_hex_decode(ptxi_str(rows[_i].hex), &out));
	ck_assert_str_eq(out.p, rows[_i].plain);
}
END_TEST

/* Offsets are those of Go's base64.CorruptInputError. */
static const struct {
	enum ptxi_base64_kind kind;
	const char *text;
	size_t at; /* SIZE_MAX: accepted */
	const char *plain;
} bad64[] = {
	{ PTXI_BASE64_STD, "Zm9v\n", SIZE_MAX, "foo" },
	{ PTXI_BASE64_STD, "Z\rm\n9v", SIZE_MAX, "foo" },
	{ PTXI_BASE64_STD, "Zg=\n=\n", SIZE_MAX, "f" },
	{ PTXI_BASE64_STD, "Zh==", SIZE_MAX, "f" }, /* left-over bits are ignored */
	{ PTXI_BASE64_STD, "Zg", 0, "" },
	{ PTXI_BASE64_STD, "Zg=", 3, "" },
	{ PTXI_BASE64_STD, "Z===", 1, "" },
	{ PTXI_BASE64_STD, "=", 0, "" },
	{ PTXI_BASE64_STD, "Zg==Zg==", 4, "" },
	{ PTXI_BASE64_STD, "Zm9v Zg==", 4, "" },
	{ PTXI_BASE64_STD, "Zg=a", 2, "" },
	{ PTXI_BASE64_STD, "__77", 0, "" },
	{ PTXI_BASE64_STD, "Zm9vZ", 4, "" },
	{ PTXI_BASE64_STD, "Zm9\xc3", 3, "" },
	{ PTXI_BASE64_URL, "//77", 0, "" },
	{ PTXI_BASE64_RAW_URL, "Zg==", 2, "" },
	{ PTXI_BASE64_RAW_URL, "Z", 0, "" },
	{ PTXI_BASE64_RAW_URL, "Zg", SIZE_MAX, "f" },
};

START_TEST(base64_of_others)
{
	ptx_auto_buf out;
	size_t at = SIZE_MAX;
	bool ok = false;

	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, "<");
	ok = ptxi_base64_decode(bad64[_i].kind, ptxi_str(bad64[_i].text), &out, &at);
	ck_assert_int_eq(ok, bad64[_i].at == SIZE_MAX);
	ck_assert_uint_eq(at, bad64[_i].at);
	ck_assert_str_eq(out.p + 1, bad64[_i].plain);
}
END_TEST

static const struct {
	const char *text;
	size_t at;
} bad32[] = {
	{ "MZXW6YTB\n", SIZE_MAX }, { "M\nY==\r====", SIZE_MAX },
	{ "my======", 0 },          { "MY", 0 },
	{ "MY=====", 7 },           { "MY======A", SIZE_MAX },
	{ "MY=======", SIZE_MAX },  { "M=======", 1 },
	{ "MZX=====", 3 },          { "MZXW6Y==", 6 },
	{ "MY=A====", 2 },          { "M1======", 1 },
	{ "========", 0 },          { "IXQ=", 4 },
	{ "M\nY\n1=====", 2 },
};

START_TEST(base32_of_others)
{
	ptx_auto_buf out;
	size_t at = SIZE_MAX;
	bool ok = false;

	ptx_buf_init(&out, 0);
	ok = ptxi_base32_decode(ptxi_str(bad32[_i].text), &out, &at);
	ck_assert_int_eq(ok, bad32[_i].at == SIZE_MAX);
	ck_assert_uint_eq(at, bad32[_i].at);
	ck_assert(ok || out.n == 0);
}
END_TEST

START_TEST(hex_of_others)
{
	ptx_auto_buf out;

	ptx_buf_init(&out, 0);
	ck_assert(ptxi_hex_decode(ptxi_str("aBcD"), &out));
	ck_assert_mem_eq(out.p, "\xab\xcd", 2);
	ck_assert(!ptxi_hex_decode(ptxi_str("abc"), &out));
	ck_assert(!ptxi_hex_decode(ptxi_str("abcg"), &out));
	ck_assert(!ptxi_hex_decode(ptxi_str(" a"), &out));
	ck_assert_uint_eq(out.n, 2);
}
END_TEST

START_TEST(all_bytes)
{
	char bytes[256];
	ptx_auto_buf text;
	ptx_auto_buf back;

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	ptx_buf_init(&text, 0);
	ptx_buf_init(&back, 0);
	for (size_t n = 0; n <= 256; n++) {
		ptx_buf_clear(&text);
		ptx_buf_clear(&back);
		ptxi_base64_encode(PTXI_BASE64_RAW_URL, ptxi_strn(bytes, n), &text);
		ck_assert(ptxi_base64_decode(PTXI_BASE64_RAW_URL, ptx_buf_str(&text), &back, NULL));
		ck_assert(ptxi_str_eq(ptx_buf_str(&back), ptxi_strn(bytes, n)));
		ptx_buf_clear(&text);
		ptx_buf_clear(&back);
		ptxi_base32_encode(ptxi_strn(bytes, n), &text);
		ck_assert(ptxi_base32_decode(ptx_buf_str(&text), &back, NULL));
		ck_assert(ptxi_str_eq(ptx_buf_str(&back), ptxi_strn(bytes, n)));
	}
}
END_TEST

Suite *suite_base_encode(void)
{
	Suite *s = suite_create("base_encode");
	TCase *tc = tcase_create("encode");

	tcase_add_loop_test(tc, both_ways, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(tc, base64_of_others, 0, PTXI_COUNT(bad64));
	tcase_add_loop_test(tc, base32_of_others, 0, PTXI_COUNT(bad32));
	tcase_add_test(tc, hex_of_others);
	tcase_add_test(tc, all_bytes);
	suite_add_tcase(s, tc);
	return s;
}
