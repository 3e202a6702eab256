/* SPDX-License-Identifier: Apache-2.0 */
/* tar_plain.c - the everyday .tgz, read as a stream without libarchive.
 *
 * Loading libarchive costs more than reading a chart does. So what all packers write - plain files
 * and folders with ustar, GNU or pax headers, sums and numbers in order, two blocks of zeros at the
 * end and nothing behind them - is read here, each file inflated straight into its place. Whatever
 * is not exactly so is not judged here, but left to archive.c's thorough way (tar_check.c, then
 * libarchive). Invariant: what is read here, that way reads too, and the same.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "archive.h"
#include "gunzip.h"
#include "tar.h"

#define MOST_EXTENDED 65536u
#define MOST_NAME     4096u

/* The fields of a header that are looked at: where, and how long. */
enum {
	NAME = 0,
	NAME_SIZE = 100,
	MODE = 100,
	OWNER = 108,
	GROUP = 116,
	SIZE = 124,
	TIME = 136,
	TYPE = 156,
	LINK = 157,
	MAGIC = 257,
	MAJOR = 329,
	MINOR = 337,
	PREFIX = 345,
	PREFIX_SIZE = 155,
};

struct plain {
	struct ptxi_gunzip *gz;
	const struct ptxi_tar_sink *sink;
	unsigned char header[PTXI_TAR_BLOCK];
	char name[MOST_NAME + 1];
	bool has_extended; /* a pax header describes the next entry */
	bool has_name;     /* and it says its name */
	struct ptx_buf extended;
};

static bool take(struct plain *p, void *out, size_t n)
{
	size_t got = 0;

	return ptxi_gunzip_read(p->gz, out, n, &got) == 0 && got == n;
}

/* Bytes that nobody wants, but that have to be sound. */
static bool pass_over(struct plain *p, size_t n)
{
	size_t passed = 0;

	return ptxi_gunzip_pass(p->gz, n, &passed) == 0 && passed == n;
}

static bool take_padding(struct plain *p, size_t size)
{
	size_t over = size % PTXI_TAR_BLOCK;

	return !over || pass_over(p, PTXI_TAR_BLOCK - over);
}

/* Nothing but zeros, at least one block of them, and the gzip is sound to its end. */
static bool take_end(struct plain *p)
{
	size_t blocks = 0;

	for (;;) {
		size_t got = 0;

		if (ptxi_gunzip_read(p->gz, p->header, PTXI_TAR_BLOCK, &got) < 0)
			return false;
		if (got < PTXI_TAR_BLOCK)
			return got == 0 && blocks > 0;
		if (!ptxi_tar_is_zero(p->header))
			return false;
		blocks++;
	}
}

static bool set_name(struct plain *p, struct ptx_str name)
{
	if (!name.n || name.n > MOST_NAME || memchr(name.p, '\0', name.n))
		return false;
	memcpy(p->name, name.p, name.n);
	p->name[name.n] = '\0';
	return true;
}

/* A field that ends at a NUL or at its own end. */
static struct ptx_str field(const struct plain *p, size_t at, size_t n)
{
	const char *s = (const char *)p->header + at;

	return ptxi_strn(s, strnlen(s, n));
}

/* The name out of a header's own fields. */
static bool take_name(struct plain *p, bool has_prefix)
{
	struct ptx_str name = field(p, NAME, NAME_SIZE);
	struct ptx_str prefix = field(p, PREFIX, PREFIX_SIZE);
	char whole[NAME_SIZE + PREFIX_SIZE + 2] = "";

	if (!has_prefix || !prefix.n)
		return set_name(p, name);
	if (!name.n || prefix.p[prefix.n - 1] == '/')
		return false;
	snprintf(whole, sizeof(whole), "%.*s/%.*s", PTX_STR_ARG(prefix), PTX_STR_ARG(name));
	return set_name(p, ptxi_str(whole));
}

static bool harmless(struct ptx_str key, struct ptx_str value)
{
	static const char *const keys[] = { "mtime", "atime", "ctime", "uid",
					    "gid",   "uname", "gname", "comment" };

	for (size_t i = 0; i < PTXI_COUNT(keys); i++)
		if (ptxi_str_is(key, keys[i]))
			return true;
	/* Of names that are UTF-8 it says nothing, and of others the sink will. */
	return ptxi_str_is(key, "hdrcharset") && ptxi_str_is(value, "BINARY");
}

static bool take_extended(struct plain *p, uint64_t size, bool global)
{
	struct ptx_str rest = { 0 };
	char *room = NULL;

	if (p->has_extended || size > MOST_EXTENDED)
		return false;
	ptx_buf_clear(&p->extended);
	room = ptx_buf_reserve(&p->extended, (size_t)size);
	if (!room || !take(p, room, (size_t)size) || !take_padding(p, (size_t)size))
		return false;
	ptx_buf_commit(&p->extended, (size_t)size);
	p->has_extended = !global;
	for (rest = ptx_buf_str(&p->extended); rest.n;) {
		struct ptx_str key = { 0 };
		struct ptx_str value = { 0 };

		if (ptxi_tar_record(&rest, &key, &value))
			return false;
		if (global ? ptxi_str_is(key, "comment") : harmless(key, value))
			continue;
		if (global || !ptxi_str_is(key, "path") || p->has_name || !set_name(p, value))
			return false;
		p->has_name = true;
	}
	return true;
}

static bool take_entry(struct plain *p, uint64_t size, bool has_prefix)
{
	struct ptxi_archive_entry e = { .name = p->name, .has_size = true, .size = size };
	bool folder = p->header[TYPE] == '5';
	uint64_t mode = 0;
	char *room = NULL;
	bool skip = false;

	if (!p->has_name && !take_name(p, has_prefix))
		return false;
	p->has_extended = p->has_name = false;
	if (p->header[LINK] || !ptxi_tar_number(p->header + MODE, 8, &mode))
		return false;
	if (folder ? size != 0 : p->name[strlen(p->name) - 1] == '/')
		return false;
	e.kind = folder ? PTXI_ARCHIVE_FOLDER : PTXI_ARCHIVE_FILE;
	e.executable = mode & 0100;
	if (p->sink->entry(&e, p->sink->user) < 0)
		return false;
	if (folder)
		return true;
	room = p->sink->room((size_t)size, &skip, p->sink->user);
	if (skip)
		return pass_over(p, (size_t)size) && take_padding(p, (size_t)size);
	return room && take(p, room, (size_t)size) && take_padding(p, (size_t)size);
}

/* Octal digits between blanks, or nothing. Numbers that nobody here asks for have to be some all
 * the same: libarchive takes what has others for another format. */
static bool is_number(const unsigned char *field, size_t n)
{
	size_t i = 0;

	while (i < n && field[i] == ' ')
		i++;
	while (i < n && field[i] >= '0' && field[i] <= '7')
		i++;
	while (i < n && (field[i] == ' ' || field[i] == '\0'))
		i++;
	return i == n;
}

static bool has_numbers(const struct plain *p)
{
	static const struct {
		size_t at, n;
	} fields[] = { { OWNER, 8 }, { GROUP, 8 }, { TIME, 12 }, { MAJOR, 8 }, { MINOR, 8 } };

	for (size_t i = 0; i < PTXI_COUNT(fields); i++)
		if (!is_number(p->header + fields[i].at, fields[i].n))
			return false;
	return true;
}

static bool take_one(struct plain *p)
{
	bool posix = memcmp(p->header + MAGIC,
			    "ustar\0"
			    "00",
			    8) == 0;
	bool gnu = memcmp(p->header + MAGIC, "ustar  \0", 8) == 0;
	uint64_t size = 0;

	if ((!posix && !gnu) || !ptxi_tar_sum_is_right(p->header) || !has_numbers(p) ||
	    (p->header[SIZE] & 0x80) || (p->header[MODE] & 0x80) ||
	    !ptxi_tar_number(p->header + SIZE, 12, &size) || size > SIZE_MAX / 2)
		return false;
	switch (p->header[TYPE]) {
	case '0':
	case '5':
		return take_entry(p, size, posix);
	case 'x':
	case 'g':
		return take_extended(p, size, p->header[TYPE] == 'g');
	default:
		return false;
	}
}

static bool take_all(struct plain *p)
{
	bool any = false;

	for (;;) {
		if (!take(p, p->header, sizeof(p->header)))
			return false;
		if (ptxi_tar_is_zero(p->header))
			return any && !p->has_extended && take_end(p);
		if (!take_one(p))
			return false;
		any |= p->header[TYPE] == '0' || p->header[TYPE] == '5';
	}
}

bool ptxi_tar_read_plain(struct ptxi_gunzip *gz, const struct ptxi_tar_sink *sink)
{
	struct plain p = { .gz = gz, .sink = sink };
	bool plain = false;

	ptx_buf_init(&p.extended, MOST_EXTENDED);
	plain = take_all(&p);
	ptx_buf_done(&p.extended);
	return plain;
}
