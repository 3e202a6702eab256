/* SPDX-License-Identifier: Apache-2.0 */
/* tar_check.c - a tar that can only be read in one way.
 *
 * Readers of tar forgive much, each in another way, and that is how an archive looks harmless to
 * one and not to the next. So before libarchive reads one, its blocks are walked here by
 * POSIX.1-2008 pax and GNU's long names, strictly: sums and numbers right, only plain files,
 * folders and the headers that describe them, every extended record well formed, nothing that
 * changes names or sizes from afar. What is left means the same to everybody.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "tar.h"

#define BLOCK          PTXI_TAR_BLOCK
#define MOST_EXTENDED  (1u << 20)
#define MOST_LONG_NAME 8192u

struct tar {
	struct ptx_str bytes;
	size_t at;
	bool has_pax, has_long; /* a header that describes the next entry was seen */
	bool pax_size;
	uint64_t size; /* from the extended header */
	size_t entries;
	struct ptx_error **err;
};

static int bad(struct tar *t, const char *what)
{
	return ptx_fail(t->err, PTX_E_CORRUPT, "the tar is not sound at byte %zu: %s", t->at, what);
}

bool ptxi_tar_is_zero(const unsigned char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

bool ptxi_tar_number(const unsigned char *p, size_t n, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	if (p[0] & 0x80) {
		if (p[0] != 0x80)
			return false;
		for (i = 1; i < n; i++) {
			if (*out >> 55)
				return false;
			*out = *out << 8 | p[i];
		}
		return true;
	}
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(p[i] - '0');
	for (; i < n; i++)
		if (p[i] != ' ' && p[i] != '\0')
			return false;
	return true;
}

bool ptxi_tar_sum_is_right(const unsigned char *h)
{
	uint64_t want = 0;
	uint64_t have = 0;

	if (!ptxi_tar_number(h + 148, 8, &want))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		have += i >= 148 && i < 156 ? ' ' : h[i];
	return have == want;
}

static int check_record(struct tar *t, struct ptx_str key, struct ptx_str value, bool global)
{
	if (!key.n)
		return bad(t, "an extended header has a record without a key");
	if (ptxi_str_starts(key, "GNU.sparse") || ptxi_str_is(key, "linkpath"))
		return bad(t, "it holds sparse files or links");
	if (!ptxi_str_is(key, "path") && !ptxi_str_is(key, "size"))
		return 0;
	if (global)
		return bad(t, "a global header sets the name or size of every entry");
	if (ptxi_str_is(key, "path"))
		return !value.n || memchr(value.p, '\0', value.n)
			   ? bad(t, "an extended header has a broken name")
			   : 0;
	if (t->pax_size)
		return bad(t, "an extended header says two sizes");
	t->pax_size = true;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return bad(t, "an extended header has a size that is no number");
	return ptxi_parse_u64(value, &t->size, INT64_MAX)
		   ? 0
		   : bad(t, "an extended header has a size that is no number");
}

const char *ptxi_tar_record(struct ptx_str *s, struct ptx_str *key, struct ptx_str *value)
{
	size_t blank = ptxi_str_find_char(ptxi_str_sub(*s, 0, 12), ' ');
	struct ptx_str record = { 0 };
	uint64_t n = 0;
	size_t equals = 0;

	if (blank == SIZE_MAX || !ptxi_parse_u64(ptxi_str_sub(*s, 0, blank), &n, s->n) ||
	    n < blank + 3 || s->p[0] == '+')
		return "an extended header has a record of a wrong length";
	record = ptxi_str_sub(*s, blank + 1, (size_t)n - blank - 1);
	if (record.p[record.n - 1] != '\n')
		return "an extended header has a record without an end";
	record.n--;
	equals = ptxi_str_find_char(record, '=');
	if (equals == SIZE_MAX)
		return "an extended header has a record without a value";
	*key = ptxi_str_sub(record, 0, equals);
	*value = ptxi_str_from(record, equals + 1);
	*s = ptxi_str_from(*s, (size_t)n);
	return NULL;
}

/* All records, to the last byte. */
static int check_extended(struct tar *t, struct ptx_str s, bool global)
{
	bool path_seen = false;

	t->pax_size = false;
	while (s.n) {
		struct ptx_str key = { 0 };
		struct ptx_str value = { 0 };
		const char *wrong = ptxi_tar_record(&s, &key, &value);
		int rc = 0;

		if (wrong)
			return bad(t, wrong);
		if (ptxi_str_is(key, "path")) {
			if (path_seen)
				return bad(t, "an extended header says two names");
			path_seen = true;
		}
		rc = check_record(t, key, value, global);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_long_name(struct tar *t, struct ptx_str s)
{
	if (s.n > MOST_LONG_NAME)
		return ptx_fail(t->err, PTX_E_LIMIT,
				"the tar has a name of %zu bytes; %u are the most", s.n,
				MOST_LONG_NAME);
	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	if (!s.n || memchr(s.p, '\0', s.n))
		return bad(t, "a long name is broken");
	return 0;
}

/* What follows a header: its bytes, and past the padding. */
static int body(struct tar *t, uint64_t size, struct ptx_str *out)
{
	size_t left = t->bytes.n - t->at - BLOCK;
	uint64_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;

	if (size > left)
		return bad(t, "an entry is longer than the archive");
	*out = ptxi_str_sub(t->bytes, t->at + BLOCK, (size_t)size);
	t->at += BLOCK + (size_t)(padded > left ? left : padded);
	return 0;
}

static int plain_entry(struct tar *t, char type, uint64_t size)
{
	struct ptx_str content = { 0 };

	if (t->pax_size)
		size = t->size;
	if (type == '5' && size)
		return bad(t, "a folder has content");
	t->has_pax = t->has_long = t->pax_size = false;
	t->entries++;
	return body(t, size, &content);
}

static int one(struct tar *t, const unsigned char *h)
{
	char type = (char)h[156];
	struct ptx_str content = { 0 };
	uint64_t size = 0;
	int rc = 0;

	if (!ptxi_tar_sum_is_right(h))
		return bad(t, "a header's checksum is wrong");
	if (!ptxi_tar_number(h + 124, 12, &size))
		return bad(t, "a header's size is no number");
	switch (type) {
	case '0':
	case '\0':
	case '5':
		return plain_entry(t, type, size);
	case 'x':
	case 'g':
		if (size > MOST_EXTENDED)
			return ptx_fail(
			    t->err, PTX_E_LIMIT,
			    "the tar has an extended header of %llu bytes; %u are the most",
			    (unsigned long long)size, MOST_EXTENDED);
		if (type == 'x' && (t->has_pax || t->has_long))
			return bad(t, "two headers describe one entry");
		rc = body(t, size, &content);
		if (rc < 0)
			return rc;
		t->has_pax = t->has_pax || type == 'x';
		return check_extended(t, content, type == 'g');
	case 'L':
		if (t->has_pax || t->has_long)
			return bad(t, "two headers describe one entry");
		rc = body(t, size, &content);
		t->has_long = true;
		return rc < 0 ? rc : check_long_name(t, content);
	default:
		return ptx_fail(
		    t->err, PTX_E_INVALID,
		    "the tar holds a link, a device or another thing that is no file (at byte %zu)",
		    t->at);
	}
}

int ptxi_tar_check(struct ptx_str tar, struct ptx_error **err)
{
	struct tar t = { .bytes = tar, .err = err };

	while (t.at < tar.n) {
		const unsigned char *h = (const unsigned char *)tar.p + t.at;
		int rc = 0;

		if (tar.n - t.at < BLOCK)
			return bad(&t, "it is cut off");
		if (ptxi_tar_is_zero(h))
			break;
		rc = one(&t, h);
		if (rc < 0)
			return rc;
	}
	if (t.has_pax || t.has_long)
		return bad(&t, "a header describes an entry that does not come");
	return t.entries ? 0 : bad(&t, "it is empty");
}
