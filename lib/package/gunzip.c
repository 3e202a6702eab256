/* SPDX-License-Identifier: Apache-2.0 */
/* gunzip.c - gzip out of memory, straight into the place where it is wanted.
 *
 * zlib writes into the caller's bytes, so nothing is held twice. A member that ends in the middle of a piece is followed by
 * the next one. Invariant: no more than `most` bytes ever come out, and not one behind a failure.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "gunzip.h"

#include <zlib.h>

#define MOST_MEMBERS 1000u

struct ptxi_gunzip {
	z_stream z;
	uint64_t left;
	unsigned members;
	bool ended;
	int status;
	const char *why;
};

void *ptxi_zlib_alloc(void *user PTXI_UNUSED, unsigned n, unsigned size)
{
	return ptxi_realloc_array(NULL, n, size);
}

void ptxi_zlib_free(void *user PTXI_UNUSED, void *p)
{
	ptx_free(p);
}

bool ptxi_gunzip_is(struct ptx_str bytes)
{
	return bytes.n > 2 && (unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b;
}

struct ptxi_gunzip *ptxi_gunzip_new(struct ptx_str bytes, uint64_t most)
{
	struct ptxi_gunzip *g = bytes.n > UINT32_MAX ? NULL : ptxi_alloc(sizeof(*g));

	if (!g)
		return NULL;
	g->z.zalloc = ptxi_zlib_alloc;
	g->z.zfree = ptxi_zlib_free;
	g->z.next_in = (unsigned char *)(uintptr_t)bytes.p;
	g->z.avail_in = (uInt)bytes.n;
	g->left = most;
	if (inflateInit2(&g->z, 15 + 16) == Z_OK)
		return g;
	ptx_free(g);
	return NULL;
}

void ptxi_gunzip_free(struct ptxi_gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	ptx_free(g);
}

const char *ptxi_gunzip_why(const struct ptxi_gunzip *g)
{
	return g->why ? g->why : "";
}

static int failed(struct ptxi_gunzip *g, int code, const char *why)
{
	g->status = code;
	g->why = why;
	return code;
}

/* Behind a member's end: another one, or the end. */
static int next_member(struct ptxi_gunzip *g)
{
	if (!ptxi_gunzip_is((struct ptx_str){ (const char *)g->z.next_in, g->z.avail_in })) {
		g->ended = true;
		return 0;
	}
	if (++g->members >= MOST_MEMBERS)
		return failed(g, PTX_E_LIMIT, "too many gzip members");
	return inflateReset(&g->z) == Z_OK ? 0 : failed(g, PTX_E_NOMEM, "no memory");
}

static int step(struct ptxi_gunzip *g)
{
	switch (inflate(&g->z, Z_NO_FLUSH)) {
	case Z_OK:
		return 0;
	case Z_STREAM_END:
		return next_member(g);
	case Z_MEM_ERROR:
		return failed(g, PTX_E_NOMEM, "no memory");
	case Z_BUF_ERROR:
		return failed(g, PTX_E_CORRUPT, "the gzip stream is cut off");
	default:
		return failed(g, PTX_E_CORRUPT, g->z.msg ? g->z.msg : "the gzip stream is damaged");
	}
}

int ptxi_gunzip_read(struct ptxi_gunzip *g, void *out, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n && !g->ended && g->status == 0) {
		size_t room = n - *got < UINT32_MAX ? n - *got : UINT32_MAX;
		size_t came = 0;
		int rc = 0;

		g->z.next_out = (unsigned char *)out + *got;
		g->z.avail_out = (uInt)room;
		rc = step(g);
		came = room - g->z.avail_out;
		if (rc < 0)
			return rc;
		if (came > g->left)
			return failed(g, PTX_E_LIMIT, "it unpacks to more than is allowed");
		g->left -= came;
		*got += came;
	}
	return g->status;
}
