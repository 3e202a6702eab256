/* SPDX-License-Identifier: Apache-2.0 */
/* tar_write.c - a .tgz whose bytes depend on its content alone.
 *
 * Entries are ustar's (POSIX.1-2008 pax, section "ustar Interchange Format"): no owner, mode 0644
 * or 0755, one time for all. What does not fit there (a name that is long or not ASCII, a time
 * before 1970) goes into a pax header before it. gzip (RFC 1952) has no time and no name, and the
 * best compression.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "archive.h"
#include "deflate.h"
#include "tar.h"
#include "../base/module.h"
#include "../base/utf8.h"

#define CHUNK     16384u
#define NAME_SIZE 100u
#define MOST_TIME INT64_C(077777777777)

struct packing {
	const struct ptxi_deflate_table *t;
	z_stream z;
	struct ptx_buf *out;
	bool failed;
};

/* zlib's memory, which comes from the library's allocator. */
static void *take(void *user PTXI_UNUSED, unsigned n, unsigned size)
{
	return ptxi_realloc_array(NULL, n, size);
}

static void give(void *user PTXI_UNUSED, void *p)
{
	ptx_free(p);
}

static void feed(struct packing *p, struct ptx_str s, int flush)
{
	int rc = Z_OK;

	p->z.next_in = (unsigned char *)(uintptr_t)s.p;
	p->z.avail_in = (uInt)s.n;
	while (!p->failed && rc == Z_OK && (p->z.avail_in || flush == Z_FINISH)) {
		char *room = ptx_buf_reserve(p->out, CHUNK);

		if (!room) {
			p->failed = true;
			return;
		}
		p->z.next_out = (unsigned char *)room;
		p->z.avail_out = CHUNK;
		rc = p->t->step(&p->z, flush);
		ptx_buf_commit(p->out, CHUNK - p->z.avail_out);
		if (rc != Z_OK && rc != Z_STREAM_END)
			p->failed = true;
	}
}

static void feed_padding(struct packing *p, size_t size)
{
	static const char zeros[PTXI_TAR_BLOCK];

	feed(p, ptxi_strn(zeros, (PTXI_TAR_BLOCK - size % PTXI_TAR_BLOCK) % PTXI_TAR_BLOCK),
	     Z_NO_FLUSH);
}

static void feed_header(struct packing *p, const char *name, char type, bool executable,
			size_t size, int64_t mtime)
{
	static const char magic[8] = { 'u', 's', 't', 'a', 'r', '\0', '0', '0' };
	char h[PTXI_TAR_BLOCK] = "";
	unsigned sum = 0;

	memcpy(h, name, strnlen(name, NAME_SIZE));
	snprintf(h + 100, 8, "%07o", executable ? 0755u : 0644u);
	memcpy(h + 108, "0000000", 8); /* owner, group */
	memcpy(h + 116, "0000000", 8);
	snprintf(h + 124, 12, "%011llo", (unsigned long long)size);
	snprintf(h + 136, 12, "%011llo", (unsigned long long)mtime);
	memset(h + 148, ' ', 8); /* the sum counts as blanks */
	h[156] = type;
	memcpy(h + 257, magic, sizeof(magic));
	memcpy(h + 329, "0000000", 8); /* device */
	memcpy(h + 337, "0000000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	feed(p, ptxi_strn(h, sizeof(h)), Z_NO_FLUSH);
}

/* "LENGTH KEY=VALUE\n", whose length counts its own digits. */
static void add_record(struct ptx_buf *b, const char *key, struct ptx_str value)
{
	size_t rest = strlen(key) + value.n + 3; /* blank, equals sign, end of line */
	size_t length = rest + 1;
	char digits[24] = "";

	while (rest + (size_t)snprintf(digits, sizeof(digits), "%zu", length) != length)
		length = rest + strlen(digits);
	ptx_buf_printf(b, "%s %s=", digits, key);
	ptx_buf_addstr(b, value);
	ptx_buf_addc(b, '\n');
}

/* The pax header that an entry takes, or nothing. */
static void extend(const char *name, int64_t mtime, struct ptx_buf *b)
{
	struct ptx_str s = ptxi_str(name);
	char digits[24] = "";

	if (!ptxi_utf8_valid(s))
		add_record(b, "hdrcharset", PTXI_STR("BINARY"));
	if (s.n > NAME_SIZE || !ptxi_str_is_ascii(s))
		add_record(b, "path", s);
	snprintf(digits, sizeof(digits), "%lld", (long long)mtime);
	if (mtime < 0 || mtime > MOST_TIME)
		add_record(b, "mtime", ptxi_str(digits));
}

static void feed_item(struct packing *p, const struct ptxi_archive_item *item, int64_t mtime)
{
	ptx_auto_buf extended = { 0 };
	int64_t plain = mtime < 0 ? 0 : mtime > MOST_TIME ? MOST_TIME : mtime;

	ptx_buf_init(&extended, 0);
	extend(item->name, mtime, &extended);
	if (!ptx_buf_ok(&extended) || item->content.n > UINT32_MAX) {
		p->failed = true;
		return;
	}
	if (extended.n) {
		feed_header(p, "PaxHeaders.0/entry", 'x', false, extended.n, plain);
		feed(p, ptx_buf_str(&extended), Z_NO_FLUSH);
		feed_padding(p, extended.n);
	}
	feed_header(p, item->name, '0', item->executable, item->content.n, plain);
	feed(p, item->content, Z_NO_FLUSH);
	feed_padding(p, item->content.n);
}

int ptxi_archive_write(const struct ptxi_archive_item *items, size_t count, int64_t mtime_unix,
		       struct ptx_buf *out, struct ptx_error **err)
{
	static const char end[2 * PTXI_TAR_BLOCK];
	struct packing p = { .t = ptxi_module_get("deflate", err),
			     .z = { .zalloc = take, .zfree = give },
			     .out = out };

	if (!p.t)
		return PTX_E_UNSUPPORTED;
	if (p.t->init(&p.z) != Z_OK)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to pack");
	for (size_t i = 0; i < count && !p.failed; i++)
		feed_item(&p, &items[i], mtime_unix);
	feed(&p, ptxi_strn(end, sizeof(end)), Z_NO_FLUSH);
	feed(&p, PTXI_STR(""), Z_FINISH);
	p.t->end(&p.z);
	return p.failed
		   ? ptx_fail(err, ptx_buf_ok(out) ? PTX_E_LIMIT : out->status, "cannot pack: %s",
			      out->status == PTX_E_NOMEM ? "no memory" : "it is too large")
		   : 0;
}
