/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tar.c - a tar reads the same packed, which is tried the fast way, and plain, which goes the
 * thorough way only. */
#include <stdlib.h>
#include <zlib.h>

#include "fuzz.h"
#include "package/archive.h"

static const struct ptxi_archive_limits limits = { 1 << 20, 1 << 18, 200 };

/* gzip of stored blocks: what is inside stays as the fuzzer made it. */
static bool pack(struct ptx_str tar, struct ptx_buf *out)
{
	z_stream z = { 0 };
	size_t room = tar.n + tar.n / 1000 + 1024;
	char *p = ptx_buf_reserve(out, room);

	if (!p || deflateInit2(&z, 0, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (unsigned char *)(uintptr_t)tar.p;
	z.avail_in = (uInt)tar.n;
	z.next_out = (unsigned char *)p;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	ptx_buf_commit(out, room - z.avail_out);
	deflateEnd(&z);
	return true;
}

static int on_file(const char *name, struct ptx_str content, bool executable, void *user,
		   struct ptx_error **err PTXI_UNUSED)
{
	if (content.p[content.n] != '\0')
		abort();
	ptx_buf_printf(user, "%s%s %zu:", name, executable ? "*" : "", content.n);
	ptx_buf_addstr(user, content);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptx_str tar = { (const char *)data, size };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf gz = { 0 };
	ptx_auto_buf fast = { 0 };
	ptx_auto_buf slow = { 0 };
	int rc_fast = 0;
	int rc_slow = 0;

	if (ptxi_str_starts(tar, "PK") || ptxi_str_starts(tar, "\x1f\x8b"))
		return 0; /* another format */
	ptx_buf_init(&gz, 0);
	ptx_buf_init(&fast, 0);
	ptx_buf_init(&slow, 0);
	if (!pack(tar, &gz))
		return 0;
	rc_fast = ptxi_archive_read(a, ptx_buf_str(&gz), "x", &limits, on_file, &fast, NULL);
	rc_slow = ptxi_archive_read(a, tar, "x", &limits, on_file, &slow, NULL);
	if (rc_fast != rc_slow || !ptxi_str_eq(ptx_buf_str(&fast), ptx_buf_str(&slow)))
		abort();
	return 0;
}
