/* SPDX-License-Identifier: Apache-2.0 */
/* The fast way into a .tgz: what it takes, what it leaves to the thorough one, and that both see
 * the same. */
#include <check.h>
#include <zlib.h>

#include "package/archive.h"
#include "package/gunzip.h"
#include "package/tar.h"

Suite *suite_package_tar_plain(void);

static const struct ptxi_archive_limits limits = { 1 << 20, 1 << 16, 100 };

#define POSIX                                                                                      \
	"ustar\0"                                                                                  \
	"00"
#define GNU  "ustar  \0"
#define NONE "\0\0\0\0\0\0\0\0"

struct block {
	char type;
	const char *magic; /* 8 bytes */
	const char *name, *prefix, *link, *mode, *size;
	struct ptx_str content;
	bool bad_sum;
};

#define PLAIN_FILE(n, c)                                                                           \
	{                                                                                          \
		'0', POSIX, .name = (n), .content = PTXI_STR(c)                                    \
	}
#define PAX(t, c)                                                                                  \
	{                                                                                          \
		(t), POSIX, .name = "x", .content = PTXI_STR(c)                                    \
	}

/* clang-format off */
static const struct {
	const char *title;
	struct block blocks[4];
	size_t zeros;       /* blocks at the end */
	const char *behind; /* them */
	bool plain;
	const char *want;   /* of either way; NULL: refused */
} rows[] = {
	{ "a file", { PLAIN_FILE("c/a", "one") }, 2, "", true, "c/a=one;" },
	{ "an empty file", { PLAIN_FILE("c/a", "") }, 2, "", true, "c/a=;" },
	{ "a folder before its file", { { '5', POSIX, .name = "c/" }, PLAIN_FILE("c/a", "one") }, 2, "", true, "c/a=one;" },
	{ "an executable file", { { '0', POSIX, .name = "c/a", .mode = "0000755" } }, 2, "", true, "c/a*=;" },
	{ "GNU's magic", { { '0', GNU, .name = "c/a", .content = PTXI_STR("x") } }, 2, "", true, "c/a=x;" },
	{ "GNU's has no prefix", { { '0', GNU, .name = "c/a", .prefix = "p" } }, 2, "", true, "c/a=;" },
	{ "a prefix", { { '0', POSIX, .name = "b/a", .prefix = "c/d", .content = PTXI_STR("x") } }, 2, "", true, "c/d/b/a=x;" },
	{ "a prefix with a slash", { { '0', POSIX, .name = "a", .prefix = "c/" } }, 2, "", false, "c/a=;" },
	{ "the last of two", { PLAIN_FILE("c/a", "one"), PLAIN_FILE("c/a", "two2") }, 2, "", true, "c/a=two2;" },
	{ "a dot before", { PLAIN_FILE("./c/a", "one") }, 2, "", true, "c/a=one;" },
	{ "many zeros", { PLAIN_FILE("c/a", "one") }, 18, "", true, "c/a=one;" },
	{ "a pax header with times", { PAX('x', "20 mtime=1234567.25\n"), PLAIN_FILE("c/a", "1") }, 2, "", true, "c/a=1;" },
	{ "a pax header with a name", { PAX('x', "14 path=c/\xe4\xb8\x96\n"), PLAIN_FILE("c/a", "1") }, 2, "", true,
	  "c/\xe4\xb8\x96=1;" },
	{ "a global comment", { PAX('g', "13 comment=x\n"), PLAIN_FILE("c/a", "1") }, 2, "", true, "c/a=1;" },
	{ "what names are in", { PAX('x', "21 hdrcharset=BINARY\n12 path=c/b\n"), PLAIN_FILE("c/a", "1") }, 2, "", true, "c/b=1;" },
	{ "a global comment alone", { PAX('g', "13 comment=x\n") }, 2, "", false, NULL },
	/* read, but the other way */
	{ "names of another kind", { PAX('x', "19 hdrcharset=UTF8\n"), PLAIN_FILE("c/a", "1") }, 2, "", false, "c/a=1;" },
	{ "the old type", { { '\0', POSIX, .name = "c/a", .content = PTXI_STR("x") } }, 2, "", false, "c/a=x;" },
	{ "no magic", { { '0', NONE, .name = "c/a", .content = PTXI_STR("x") } }, 2, "", false, "c/a=x;" },
	{ "a pax header with a size", { PAX('x', "10 size=1\n"), PLAIN_FILE("c/a", "1") }, 2, "", false, "c/a=1;" },
	{ "GNU's long name", { { 'L', GNU, .name = "x", .content = { "c/a", 4 } }, PLAIN_FILE("b", "1") }, 2, "", false, "c/a=1;" },
	{ "zeros, and something behind", { PLAIN_FILE("c/a", "one") }, 2, "x", false, "c/a=one;" },
	{ "a global time", { PAX('g', "12 mtime=12\n"), PLAIN_FILE("c/a", "1") }, 2, "", false, "c/a=1;" },
	{ "a file's link name", { { '0', POSIX, .name = "c/a", .link = "b" } }, 2, "", false, "c/a=;" },
	/* refused */
	{ "nothing", { { 0 } }, 2, "", false, NULL },
	{ "a wrong sum", { { '0', POSIX, .name = "c/a", .bad_sum = true } }, 2, "", false, NULL },
	{ "a name that leads out", { PLAIN_FILE("c/../../a", "x") }, 2, "", false, NULL },
	{ "an absolute name", { PLAIN_FILE("/c/a", "x") }, 2, "", false, NULL },
	{ "a name with a control character", { PLAIN_FILE("c/a\nb", "x") }, 2, "", false, NULL },
	{ "a name that is no UTF-8", { PLAIN_FILE("c/\xff", "x") }, 2, "", false, NULL },
	{ "a symbolic link", { { '2', POSIX, .name = "c/a", .link = "/etc" } }, 2, "", false, NULL },
	{ "a hard link", { { '1', POSIX, .name = "c/a", .link = "c/b" } }, 2, "", false, NULL },
	{ "a device", { { '3', POSIX, .name = "c/a" } }, 2, "", false, NULL },
	{ "a size that is no number", { { '0', POSIX, .name = "c/a", .size = "12x" } }, 2, "", false, NULL },
	{ "a size beyond the end", { { '0', POSIX, .name = "c/a", .size = "00000100000" } }, 2, "", false, NULL },
	{ "a size beyond what is allowed", { { '0', POSIX, .name = "c/a", .size = "77777777777" } }, 2, "", false, NULL },
	{ "a folder with a size", { { '5', POSIX, .name = "c/", .content = PTXI_STR("x") } }, 2, "", false, NULL },
	{ "a file below a file", { PLAIN_FILE("c", "x"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "a pax header for nothing", { PLAIN_FILE("c/a", "x"), PAX('x', "12 mtime=12\n") }, 2, "", false, NULL },
	{ "two pax headers", { PAX('x', "12 mtime=12\n"), PAX('x', "12 mtime=12\n"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "two names in one", { PAX('x', "12 path=c/b\n12 path=c/d\n"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "a name for every entry", { PAX('g', "12 path=c/b\n"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "a pax record of a wrong length", { PAX('x', "13 path=c/b\n"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "a pax record without an end", { PAX('x', "12 path=c/bb"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
	{ "a sparse file", { PAX('x', "22 GNU.sparse.major=1\n"), PLAIN_FILE("c/a", "x") }, 2, "", false, NULL },
};
/* clang-format on */

static void add_block(struct ptx_buf *tar, const struct block *b)
{
	char h[PTXI_TAR_BLOCK] = "";
	unsigned sum = 0;

	snprintf(h, 100, "%s", b->name);
	snprintf(h + 100, 8, "%s", b->mode ? b->mode : "0000644");
	if (b->size)
		snprintf(h + 124, 12, "%s", b->size);
	else
		snprintf(h + 124, 12, "%011zo", b->content.n);
	snprintf(h + 136, 12, "%011o", 0);
	memset(h + 148, ' ', 8);
	h[156] = b->type;
	snprintf(h + 157, 100, "%s", b->link ? b->link : "");
	memcpy(h + 257, b->magic, 8);
	snprintf(h + 345, 155, "%s", b->prefix ? b->prefix : "");
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", b->bad_sum ? sum + 1 : sum);
	ptx_buf_add(tar, h, sizeof(h));
	ptx_buf_addstr(tar, b->content);
	ptx_buf_fill(tar, '\0', (PTXI_TAR_BLOCK - b->content.n % PTXI_TAR_BLOCK) % PTXI_TAR_BLOCK);
}

static void make_tar(size_t row, struct ptx_buf *tar)
{
	ptx_buf_init(tar, 0);
	for (size_t i = 0; i < PTXI_COUNT(rows[row].blocks) && rows[row].blocks[i].magic; i++)
		add_block(tar, &rows[row].blocks[i]);
	ptx_buf_fill(tar, '\0', rows[row].zeros * PTXI_TAR_BLOCK);
	ptx_buf_adds(tar, rows[row].behind);
}

static void gzip(struct ptx_str tar, struct ptx_buf *out)
{
	z_stream z = { 0 };
	size_t room = tar.n + 1024;

	ptx_buf_init(out, 0);
	ck_assert_int_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)tar.p;
	z.avail_in = (uInt)tar.n;
	z.next_out = (unsigned char *)ptx_buf_reserve(out, room);
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	ptx_buf_commit(out, room - z.avail_out);
	deflateEnd(&z);
}

static int on_file(const char *name, struct ptx_str content, bool executable, void *user,
		   struct ptx_error **err PTXI_UNUSED)
{
	ptx_buf_printf(user, "%s%s=%.*s;", name, executable ? "*" : "", PTX_STR_ARG(content));
	return 0;
}

static void check_read(size_t row, struct ptx_str bytes, const char *file)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf got = { 0 };
	int rc = 0;

	ptx_buf_init(&got, 0);
	rc = ptxi_archive_read(a, bytes, file, &limits, on_file, &got, &err);
	if (rows[row].want)
		ck_assert_msg(rc == 0 && strcmp(got.p, rows[row].want) == 0, "%s, %s: '%s', %s",
			      rows[row].title, file, got.p, err ? ptx_error_message(err) : "");
	else
		ck_assert_msg(rc < 0 && !got.n, "%s, %s: it is read, as '%s'", rows[row].title,
			      file, got.p);
}

START_TEST(both_ways_see_the_same)
{
	ptx_auto_buf tar = { 0 };
	ptx_auto_buf gz = { 0 };

	make_tar((size_t)_i, &tar);
	gzip(ptx_buf_str(&tar), &gz);
	check_read((size_t)_i, ptx_buf_str(&gz), "x.tgz");
	check_read((size_t)_i, ptx_buf_str(&tar),
		   "x.tar"); /* this one is never read the fast way */
}
END_TEST

static int any_entry(const struct ptxi_archive_entry *e PTXI_UNUSED, void *user PTXI_UNUSED)
{
	return 0;
}

static char *any_room(size_t n, bool *skip PTXI_UNUSED, void *user)
{
	struct ptx_buf *b = user;

	ptx_buf_clear(b);
	return ptx_buf_reserve(b, n);
}

START_TEST(what_is_plain_is)
{
	ptx_auto_buf tar = { 0 };
	ptx_auto_buf gz = { 0 };
	ptx_auto_buf room = { 0 };
	const struct ptxi_tar_sink sink = { any_entry, any_room, &room };
	ptxi_auto(gunzip) g = NULL;

	ptx_buf_init(&room, 1 << 16);
	make_tar((size_t)_i, &tar);
	gzip(ptx_buf_str(&tar), &gz);
	g = ptxi_gunzip_new(ptx_buf_str(&gz), 1 << 20);
	ck_assert_ptr_nonnull(g);
	/* Names are the sink's matter, so what is refused for its name alone is plain here. */
	if (rows[_i].plain || rows[_i].want)
		ck_assert_msg(ptxi_tar_read_plain(g, &sink) == rows[_i].plain, "%s",
			      rows[_i].title);
}
END_TEST

START_TEST(gzip_is_read_to_its_end)
{
	static const struct {
		const char *title;
		size_t cut, flip; /* bytes from the end */
		bool twice;
		const char *behind;
		int want;
	} cases[] = {
		{ "whole", 0, 0, false, "", 0 },
		{ "two members", 0, 0, true, "", 0 },
		{ "something behind", 0, 0, false, "junk", 0 },
		{ "another member that is none", 0, 0, false, "\x1f\x8b\x08xxxxxxxxxxx",
		  PTX_E_CORRUPT },
		{ "a byte short", 1, 0, false, "", PTX_E_CORRUPT },
		{ "no sums", 8, 0, false, "", PTX_E_CORRUPT },
		{ "a wrong length", 0, 1, false, "", PTX_E_CORRUPT },
		{ "a wrong sum", 0, 8, false, "", PTX_E_CORRUPT },
	};
	static char text[3000];

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < PTXI_COUNT(cases); i++) {
		ptx_auto_buf gz = { 0 };
		ptxi_auto(gunzip) g = NULL;
		char out[700] = "";
		size_t total = 0;
		size_t got = 1;
		size_t n = 0;
		int rc = 0;

		gzip(ptxi_strn(text, sizeof(text)), &gz);
		n = gz.n;
		if (cases[i].flip)
			gz.p[n - cases[i].flip] ^= 1;
		ptx_buf_truncate(&gz, n - cases[i].cut);
		if (cases[i].twice)
			ptx_buf_add(&gz, gz.p, n);
		ptx_buf_adds(&gz, cases[i].behind);
		g = ptxi_gunzip_new(ptx_buf_str(&gz), 10000);
		ck_assert_ptr_nonnull(g);
		while (rc == 0 && got) {
			rc = ptxi_gunzip_read(g, out, sizeof(out), &got);
			total += got;
		}
		ck_assert_msg(rc == cases[i].want, "%s: %d, %s", cases[i].title, rc,
			      ptxi_gunzip_why(g));
		if (rc == 0)
			ck_assert_msg(total == sizeof(text) * (cases[i].twice ? 2 : 1), "%s: %zu",
				      cases[i].title, total);
		else
			ck_assert_msg(ptxi_gunzip_read(g, out, sizeof(out), &got) == rc && !got,
				      "%s: it goes on", cases[i].title);
	}
}
END_TEST

START_TEST(gzip_keeps_its_limit)
{
	static char text[3000];
	ptx_auto_buf gz = { 0 };
	char out[3001] = "";
	size_t got = 0;

	gzip(ptxi_strn(text, sizeof(text)), &gz);
	for (uint64_t most = 2999; most <= 3000; most++) {
		ptxi_auto(gunzip) g = ptxi_gunzip_new(ptx_buf_str(&gz), most);

		ck_assert_int_eq(ptxi_gunzip_read(g, out, sizeof(out), &got),
				 most < 3000 ? PTX_E_LIMIT : 0);
	}
}
END_TEST

START_TEST(gzip_is_read_in_pieces_of_any_size)
{
	enum { TEXT = 400000, MOST_ROOM = 250000 };
	static const size_t pieces[] = { 1, 512, 700, 65535, 65536, 65537, MOST_ROOM };
	static char text[TEXT];
	static char out[MOST_ROOM];
	ptx_auto_buf gz = { 0 };
	unsigned next = 1;

	for (size_t i = 0; i < TEXT; i++) {
		next = next * 1103515245u + 12345u;
		text[i] = (char)(next >> 16 & (i < TEXT / 2 ? 0xff : 3));
	}
	gzip(ptxi_strn(text, TEXT), &gz);
	for (size_t i = 0; i < PTXI_COUNT(pieces); i++) {
		ptxi_auto(gunzip) g = ptxi_gunzip_new(ptx_buf_str(&gz), TEXT);
		size_t total = 0;
		size_t got = 1;

		while (got) {
			ck_assert_int_eq(ptxi_gunzip_read(g, out, pieces[i], &got), 0);
			ck_assert_msg(got == pieces[i] || total + got == TEXT, "%zu after %zu: %zu",
				      pieces[i], total, got);
			ck_assert(memcmp(out, text + total, got) == 0);
			total += got;
		}
		ck_assert_uint_eq(total, TEXT);
	}
}
END_TEST

/* RFC 1952, 2.3: a header with each field there is, and cut off in each of them. */
START_TEST(gzip_headers_may_have_every_field)
{
	static const char head[] = "\x1f\x8b\x08\x1e"
				   "time"
				   "\0\3"
				   "\4\0EXTR"
				   "name\0"
				   "comment\0";
	static const char data[] = "hello";
	ptxi_auto(gunzip) wrong = NULL;
	ptx_auto_buf plain = { 0 };
	ptx_auto_buf gz = { 0 };
	uint32_t sum = (uint32_t)crc32(0, (const unsigned char *)head, sizeof(head) - 1);
	char out[10] = "";
	size_t got = 0;

	gzip(ptxi_str(data), &plain);
	ptx_buf_init(&gz, 0);
	ptx_buf_add(&gz, head, sizeof(head) - 1);
	ptx_buf_addc(&gz, (char)(sum & 0xff));
	ptx_buf_addc(&gz, (char)(sum >> 8 & 0xff));
	ptx_buf_add(&gz, plain.p + 10, plain.n - 10);
	for (size_t n = 3; n <= gz.n; n++) {
		ptxi_auto(gunzip) g = ptxi_gunzip_new(ptxi_strn(gz.p, n), 100);

		ck_assert_msg(ptxi_gunzip_read(g, out, sizeof(out), &got) ==
				  (n < gz.n ? PTX_E_CORRUPT : 0),
			      "%zu of %zu: %s", n, gz.n, ptxi_gunzip_why(g));
	}
	ck_assert(got == strlen(data) && memcmp(out, data, got) == 0);
	gz.p[sizeof(head)] ^= 1;
	wrong = ptxi_gunzip_new(ptx_buf_str(&gz), 100);
	ck_assert_int_eq(ptxi_gunzip_read(wrong, out, sizeof(out), &got), PTX_E_CORRUPT);
	ck_assert_str_eq(ptxi_gunzip_why(wrong), "the gzip stream's sum or length does not fit");
}
END_TEST

Suite *suite_package_tar_plain(void)
{
	Suite *s = suite_create("package_tar_plain");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, both_ways_see_the_same, 0, (int)PTXI_COUNT(rows));
	tcase_add_loop_test(t, what_is_plain_is, 0, (int)PTXI_COUNT(rows));
	tcase_add_test(t, gzip_is_read_to_its_end);
	tcase_add_test(t, gzip_keeps_its_limit);
	tcase_add_test(t, gzip_is_read_in_pieces_of_any_size);
	tcase_add_test(t, gzip_headers_may_have_every_field);
	suite_add_tcase(s, t);
	return s;
}
