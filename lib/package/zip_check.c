/* SPDX-License-Identifier: Apache-2.0 */
/* zip_check.c - a zip that can only be read in one way.
 *
 * A zip says everything twice, in the central directory at its end and before each file, and
 * readers choose. Here both must say the same, entries must not share bytes, and what a package
 * never needs is refused: zip64, encryption, patches, several disks, methods but stored and
 * deflated, other kinds of entries than files and folders, names given twice. Offsets after
 * PKWARE's APPNOTE 6.3.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "archive.h"
#include "../base/sort.h"
#include "../base/vec.h"

#define END_SIZE        22u
#define CENTRAL_SIZE    46u
#define LOCAL_SIZE      30u
#define MOST_ENTRIES    65534u
#define FLAG_ENCRYPTED  0x0001u
#define FLAG_DESCRIPTOR 0x0008u
#define FLAGS_ALLOWED                                                                              \
	(FLAG_DESCRIPTOR | 0x0006u /* how hard deflate tried */ | 0x0800u /* names are UTF-8 */)

struct span {
	size_t from, to;
};

struct zip {
	struct ptx_str bytes;
	size_t end; /* of the end record */
	size_t central, central_size;
	unsigned count;
	PTX_VEC(struct span) spans;
	struct ptx_error **err;
};

static int bad(struct zip *z, const char *what)
{
	return ptx_fail(z->err, PTX_E_CORRUPT, "the zip is not sound: %s", what);
}

static unsigned u16(const struct zip *z, size_t at)
{
	const unsigned char *p = (const unsigned char *)z->bytes.p + at;

	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t u32(const struct zip *z, size_t at)
{
	return u16(z, at) | (uint32_t)u16(z, at + 2) << 16;
}

static int find_end(struct zip *z)
{
	size_t most = z->bytes.n > END_SIZE + UINT16_MAX ? z->bytes.n - END_SIZE - UINT16_MAX : 0;

	if (z->bytes.n < END_SIZE)
		return bad(z, "it is cut off");
	for (size_t at = z->bytes.n - END_SIZE + 1; at-- > most;) {
		if (u32(z, at) != 0x06054b50u)
			continue;
		if (at + END_SIZE + u16(z, at + 20) != z->bytes.n)
			return bad(z, "something follows its end");
		z->end = at;
		return 0;
	}
	return bad(z, "it has no end record: it is cut off, or no zip");
}

static int read_end(struct zip *z)
{
	size_t at = z->end;

	z->count = u16(z, at + 10);
	z->central_size = u32(z, at + 12);
	z->central = u32(z, at + 16);
	if (u16(z, at + 4) || u16(z, at + 6) || u16(z, at + 8) != z->count)
		return bad(z, "it is one of several parts");
	if (z->count > MOST_ENTRIES || z->central == UINT32_MAX || z->central_size == UINT32_MAX)
		return bad(z, "it is in the zip64 form");
	if (z->central > at || z->central_size != at - z->central)
		return bad(z, "its directory is not where it should be");
	return z->count ? 0 : bad(z, "it is empty");
}

/* Tag and length, to the last byte; nothing that gives another size or name. */
static int check_extra(struct zip *z, size_t at, size_t n)
{
	size_t end = at + n;

	while (at < end) {
		unsigned tag = 0;

		if (end - at < 4 || end - at - 4 < u16(z, at + 2))
			return bad(z, "an extra field is cut off");
		tag = u16(z, at);
		if (tag == 0x0001u || tag == 0x7075u)
			return bad(z, "an extra field gives another size or name");
		at += 4 + u16(z, at + 2);
	}
	return 0;
}

static int check_kind(struct zip *z, size_t at, struct ptx_str name)
{
	unsigned mode =
	    u16(z, at + 40); /* the upper half of the external attributes, in Unix's form */
	unsigned format = mode & 0170000u;
	bool folder = name.p[name.n - 1] == '/';

	if (u16(z, at + 4) >> 8 == 3 && format && format != 0100000u && format != 0040000u)
		return ptx_fail(z->err, PTX_E_INVALID,
				"the zip holds a link, a device or another thing that is no file");
	if (folder && u32(z, at + 24))
		return bad(z, "a folder has content");
	if (!folder && format == 0040000u && u16(z, at + 4) >> 8 == 3)
		return bad(z, "a folder has the name of a file");
	return 0;
}

/* The local header must repeat the central one. */
static int check_local(struct zip *z, size_t central, struct ptx_str name)
{
	size_t at = u32(z, central + 42);
	size_t name_n = 0;
	size_t extra_n = 0;
	uint64_t packed = u32(z, central + 20);
	bool later = u16(z, central + 8) & FLAG_DESCRIPTOR;
	struct span span = { 0 };
	int rc = 0;

	if (at > z->central || z->central - at < LOCAL_SIZE || u32(z, at) != 0x04034b50u)
		return bad(z, "an entry is not where the directory says");
	name_n = u16(z, at + 26);
	extra_n = u16(z, at + 28);
	if (z->central - at - LOCAL_SIZE < name_n + extra_n + packed)
		return bad(z, "an entry is longer than the archive");
	if (!ptxi_str_eq(name, ptxi_str_sub(z->bytes, at + LOCAL_SIZE, name_n)))
		return bad(z, "an entry has two names");
	if (u16(z, at + 6) != u16(z, central + 8) || u16(z, at + 8) != u16(z, central + 10))
		return bad(z, "an entry is packed in two ways");
	for (size_t i = 0; i < 12; i += 4)
		if (u32(z, at + 14 + i) != u32(z, central + 16 + i) &&
		    !(later && !u32(z, at + 14 + i)))
			return bad(z, "an entry has two sizes or checksums");
	rc = check_extra(z, at + LOCAL_SIZE + name_n, extra_n);
	if (rc < 0)
		return rc;
	span.from = at;
	span.to = at + LOCAL_SIZE + name_n + extra_n + (size_t)packed;
	return ptx_vec_push(&z->spans, span) ? 0
					     : ptx_fail(z->err, PTX_E_NOMEM, "no memory for a zip");
}

static int check_central(struct zip *z, size_t *next)
{
	size_t at = *next;
	size_t end = z->central + z->central_size;
	unsigned flags = 0;
	unsigned method = 0;
	struct ptx_str name = { 0 };
	size_t rest = 0;
	int rc = 0;

	if (end - at < CENTRAL_SIZE || u32(z, at) != 0x02014b50u)
		return bad(z, "its directory has fewer entries than it says");
	flags = u16(z, at + 8);
	method = u16(z, at + 10);
	rest = (size_t)u16(z, at + 28) + u16(z, at + 30) + u16(z, at + 32);
	if (end - at - CENTRAL_SIZE < rest)
		return bad(z, "its directory is cut off");
	if (flags & FLAG_ENCRYPTED)
		return ptx_fail(z->err, PTX_E_UNSUPPORTED, "the zip is encrypted");
	if ((flags & ~FLAGS_ALLOWED) || (method != 0 && method != 8))
		return ptx_fail(z->err, PTX_E_UNSUPPORTED,
				"the zip is packed in a way that is not supported");
	if (method ? !u32(z, at + 20) : u32(z, at + 20) != u32(z, at + 24))
		return bad(z, "an entry has a size that cannot be");
	if (u16(z, at + 34))
		return bad(z, "an entry is on another disk");
	name = ptxi_str_sub(z->bytes, at + CENTRAL_SIZE, u16(z, at + 28));
	if (!name.n || memchr(name.p, '\0', name.n))
		return ptx_fail(z->err, PTX_E_INVALID, "the zip has an entry with a broken name");
	rc = check_kind(z, at, name);
	if (rc >= 0)
		rc = check_extra(z, at + CENTRAL_SIZE + name.n, u16(z, at + 30));
	if (rc >= 0)
		rc = check_local(z, at, name);
	*next = at + CENTRAL_SIZE + rest;
	return rc;
}

static int by_start(const void *a, const void *b, void *user)
{
	const struct span *x = a;
	const struct span *y = b;

	(void)user;
	return (x->from > y->from) - (x->from < y->from);
}

static int check_all(struct zip *z)
{
	size_t at = 0;
	int rc = find_end(z);

	if (rc >= 0)
		rc = read_end(z);
	at = z->central;
	for (unsigned i = 0; i < z->count && rc >= 0; i++)
		rc = check_central(z, &at);
	if (rc < 0)
		return rc;
	if (at != z->central + z->central_size)
		return bad(z, "its directory has more entries than it says");
	if (!ptxi_sort(z->spans.v, z->spans.n, sizeof(*z->spans.v), by_start, NULL))
		return ptx_fail(z->err, PTX_E_NOMEM, "no memory for a zip");
	for (size_t i = 1; i < z->spans.n; i++)
		if (z->spans.v[i].from < z->spans.v[i - 1].to)
			return bad(z, "two entries share their bytes");
	return 0;
}

int ptxi_zip_check(struct ptx_str zip, size_t *comment, struct ptx_error **err)
{
	struct zip z = { .bytes = zip, .err = err };
	int rc = check_all(&z);

	*comment = rc < 0 ? 0 : zip.n - z.end - END_SIZE;
	ptx_vec_done(&z.spans);
	return rc;
}
