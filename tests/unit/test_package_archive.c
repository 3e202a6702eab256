/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "package/archive.h"
#include "package/gunzip.h"

Suite *suite_package_archive(void);

static const struct ptxi_archive_limits limits = { 1 << 20, 1 << 16, 100 };

struct got {
	char names[512];
	size_t count;
};

static int on_file(const char *name, struct ptx_str content, bool executable, void *user,
		   struct ptx_error **err)
{
	struct got *g = user;
	size_t n = strlen(g->names);

	(void)err;
	snprintf(g->names + n, sizeof(g->names) - n, "%s%s=%.*s;", name, executable ? "*" : "",
		 PTX_STR_ARG(content));
	g->count++;
	return 0;
}

static int read_it(struct ptx_str bytes, const char *file, const struct ptxi_archive_limits *most,
		   ptxi_archive_file_fn fn, void *user, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	return ptxi_archive_read(a, bytes, file, most, fn, user, err);
}

static int write_items(const struct ptxi_archive_item *items, size_t n, struct ptx_buf *out)
{
	return ptxi_archive_write(items, n, 0, out, NULL);
}

START_TEST(what_is_written_reads_back_and_is_the_same_each_time)
{
	const struct ptxi_archive_item items[] = { { "p/a", PTXI_STR("one"), false },
						   { "p/bin/run", PTXI_STR("#!"), true },
						   { "p/empty", PTXI_STR(""), false },
						   { "p/\xe4\xb8\x96", PTXI_STR("x"), false } };
	ptx_auto_buf first = { 0 };
	ptx_auto_buf second = { 0 };
	ptx_auto(error) err = NULL;
	struct got g = { 0 };

	ptx_buf_init(&first, 0);
	ptx_buf_init(&second, 0);
	ck_assert_int_eq(write_items(items, PTXI_COUNT(items), &first), 0);
	ck_assert_int_eq(write_items(items, PTXI_COUNT(items), &second), 0);
	ck_assert(ptxi_str_eq(ptx_buf_str(&first), ptx_buf_str(&second)));
	ck_assert_msg(read_it(ptx_buf_str(&first), "x.tgz", &limits, on_file, &g, &err) == 0, "%s",
		      err ? ptx_error_message(err) : "");
	ck_assert_str_eq(g.names, "p/a=one;p/bin/run*=#!;p/empty=;p/\xe4\xb8\x96=x;");
}
END_TEST

/* The tar in a .tgz. */
static void unzip(const struct ptx_buf *gz, struct ptx_buf *tar)
{
	ptxi_auto(gunzip) g = ptxi_gunzip_new(ptx_buf_str(gz), 1 << 20);
	size_t got = 0;

	ck_assert_ptr_nonnull(g);
	ptx_buf_init(tar, 0);
	ck_assert_int_eq(ptxi_gunzip_read(g, ptx_buf_reserve(tar, 1 << 20), 1 << 20, &got), 0);
	ptx_buf_commit(tar, got);
}

/* Names that fit a plain header and that do not; both readers find them. */
START_TEST(names_of_any_length_read_back)
{
	static const char *const chars[] = { "a", "\xc3\xa4" };

	for (size_t n = 1; n < 600; n++) {
		for (size_t k = 0; k < PTXI_COUNT(chars); k++) {
			const int64_t mtime = n % 3 == 0 ? -5 : n % 3 == 1 ? 1 : INT64_C(1) << 40;
			struct ptxi_archive_item item = { NULL, PTXI_STR("x"), true };
			ptx_auto_buf name = { 0 };
			ptx_auto_buf gz = { 0 };
			ptx_auto_buf tar = { 0 };
			ptx_auto_buf want = { 0 };
			struct got fast = { 0 };
			struct got slow = { 0 };

			ptx_buf_init(&name, 0);
			ptx_buf_init(&gz, 0);
			ptx_buf_init(&want, 0);
			ptx_buf_adds(&name, "p");
			for (size_t i = 1; i < n / strlen(chars[k]); i++)
				ptx_buf_adds(&name, i % 100 == 50 ? "a/" : chars[k]);
			ptx_buf_adds(&name, "a/x");
			item.name = name.p;
			ptx_buf_printf(&want, "%s*=x;", name.p);
			if (want.n >= sizeof(fast.names))
				continue;
			ck_assert_int_eq(ptxi_archive_write(&item, 1, mtime, &gz, NULL), 0);
			ck_assert_int_eq(
			    read_it(ptx_buf_str(&gz), "x.tgz", &limits, on_file, &fast, NULL), 0);
			ck_assert_str_eq(fast.names, want.p);
			unzip(&gz, &tar);
			ck_assert_int_eq(
			    read_it(ptx_buf_str(&tar), "x.tar", &limits, on_file, &slow, NULL), 0);
			ck_assert_str_eq(slow.names, want.p);
		}
	}
}
END_TEST

START_TEST(limits_hold)
{
	static char large[(1 << 16) + 1];
	const struct ptxi_archive_item one[] = { { "p/a", { large, sizeof(large) }, false } };
	struct ptxi_archive_item many[101];
	char names[101][16];
	ptx_auto_buf b = { 0 };
	ptx_auto(error) err = NULL;
	struct got g = { 0 };

	ptx_buf_init(&b, 0);
	ck_assert_int_eq(write_items(one, 1, &b), 0);
	ck_assert_int_eq(read_it(ptx_buf_str(&b), "x.tgz", &limits, on_file, &g, &err),
			 PTX_E_LIMIT);
	for (size_t i = 0; i < PTXI_COUNT(many); i++) {
		snprintf(names[i], sizeof(names[i]), "p/%zu", i);
		many[i] = (struct ptxi_archive_item){ names[i], PTXI_STR("x"), false };
	}
	ptx_buf_clear(&b);
	ptxi_error_drop(&err);
	ck_assert_int_eq(write_items(many, PTXI_COUNT(many), &b), 0);
	ck_assert_int_eq(read_it(ptx_buf_str(&b), "x.tgz", &limits, on_file, &g, &err),
			 PTX_E_LIMIT);
	ck_assert_uint_eq(g.count, 0);
}
END_TEST

START_TEST(damage_is_seen)
{
	const struct ptxi_archive_item items[] = { { "p/a", PTXI_STR("one"), false } };
	ptx_auto_buf b = { 0 };
	struct got g = { 0 };

	ptx_buf_init(&b, 0);
	ck_assert_int_eq(write_items(items, 1, &b), 0);
	for (size_t n = 0; n < b.n; n += 7)
		ck_assert_int_lt(read_it(ptxi_strn(b.p, n), "x.tgz", &limits, on_file, &g, NULL),
				 0);
	b.p[b.n - 6] ^= 1;
	ck_assert_int_lt(read_it(ptx_buf_str(&b), "x.tgz", &limits, on_file, &g, NULL), 0);
	ck_assert_uint_eq(g.count, 0);
}
END_TEST

START_TEST(names_stay_inside)
{
	static const char *const names[] = { "../x", "/x",     "p/../../x", "p/..",
					     "p\\x", "p/a\nb", "p/\x7f" };

	for (size_t i = 0; i < PTXI_COUNT(names); i++) {
		const struct ptxi_archive_item items[] = { { names[i], PTXI_STR("one"), false } };
		ptx_auto_buf b = { 0 };
		struct got g = { 0 };

		ptx_buf_init(&b, 0);
		ck_assert_int_eq(write_items(items, 1, &b), 0);
		ck_assert_msg(read_it(ptx_buf_str(&b), "x.tgz", &limits, on_file, &g, NULL) < 0,
			      "%s", names[i]);
	}
}
END_TEST

START_TEST(another_format_is_named)
{
	ptx_auto(error) err = NULL;
	struct got g = { 0 };

	ck_assert_int_eq(read_it(PTXI_STR("<html>"), "x", &limits, on_file, &g, &err),
			 PTX_E_UNSUPPORTED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(read_it(PTXI_STR("<html>"), "x.zip", &limits, on_file, &g, &err),
			 PTX_E_UNSUPPORTED);
	ptxi_error_drop(&err);
	ck_assert_int_eq(read_it(PTXI_STR(""), "x.tgz", &limits, on_file, &g, &err),
			 PTX_E_UNSUPPORTED);
}
END_TEST

Suite *suite_package_archive(void)
{
	Suite *s = suite_create("package_archive");
	TCase *t = tcase_create("all");

	tcase_add_test(t, what_is_written_reads_back_and_is_the_same_each_time);
	tcase_add_test(t, names_of_any_length_read_back);
	tcase_add_test(t, limits_hold);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, damage_is_seen);
	tcase_add_test(t, names_stay_inside);
	tcase_add_test(t, another_format_is_named);
	suite_add_tcase(s, t);
	return s;
}
