/* SPDX-License-Identifier: Apache-2.0 */
/* gunzip.c - gzip out of memory, straight into the place where it is wanted.
 *
 * ISA-L keeps the last 32 KiB at the end of each call, so it is called for pieces that are longer than that: short ones are
 * read ahead, long ones straight into the caller's bytes. A member that ends in the middle of a piece is followed by the
 * next one. Invariant: no more than `most` bytes ever come out, and not one behind a failure.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "gunzip.h"

#include <isa-l/igzip_lib.h>

#define MOST_MEMBERS 1000u
#define AHEAD        ((size_t)64 << 10)

struct ptxi_gunzip {
	uint64_t left;
	unsigned members;
	bool ended;
	int status;
	const char *why;
	struct inflate_state z;
	size_t at, n; /* of what was read ahead: where the rest of it is */
	unsigned char ahead[AHEAD];
};

bool ptxi_gunzip_is(struct ptx_str bytes)
{
	return bytes.n > 2 && (unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b;
}

struct ptxi_gunzip *ptxi_gunzip_new(struct ptx_str bytes, uint64_t most)
{
	struct ptxi_gunzip *g = bytes.n > UINT32_MAX ? NULL : ptxi_alloc(sizeof(*g));

	if (!g)
		return NULL;
	g->left = most;
	isal_inflate_init(&g->z);
	g->z.crc_flag = ISAL_GZIP;
	g->z.next_in = (unsigned char *)(uintptr_t)bytes.p;
	g->z.avail_in = (uint32_t)bytes.n;
	return g;
}

void ptxi_gunzip_free(struct ptxi_gunzip *g)
{
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
	isal_inflate_reset(&g->z);
	g->z.crc_flag = ISAL_GZIP;
	return 0;
}

/* What stands before the data and behind it is read by the library too: `moved` says whether this step got anywhere. */
static int stepped(struct ptxi_gunzip *g, int code, bool moved)
{
	switch (code) {
	case ISAL_DECOMP_OK:
		if (g->z.block_state == ISAL_BLOCK_FINISH)
			return next_member(g);
		return moved ? 0 : failed(g, PTX_E_CORRUPT, "the gzip stream is cut off");
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD:
		return failed(g, PTX_E_CORRUPT, "the gzip header is damaged");
	case ISAL_INCORRECT_CHECKSUM:
		return failed(g, PTX_E_CORRUPT, "the gzip stream's sum or length does not fit");
	default:
		return failed(g, PTX_E_CORRUPT, "the gzip stream is damaged");
	}
}

/* Until out is full, or all is read. */
static int unpack(struct ptxi_gunzip *g, unsigned char *out, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n && !g->ended && g->status == 0) {
		size_t room = n - *got < UINT32_MAX ? n - *got : UINT32_MAX;
		uint32_t unread = g->z.avail_in;
		size_t came = 0;
		int rc = 0;

		g->z.next_out = out + *got;
		g->z.avail_out = (uint32_t)room;
		rc = isal_inflate(&g->z);
		came = room - g->z.avail_out;
		rc = stepped(g, rc, came || g->z.avail_in < unread);
		if (rc < 0)
			return rc;
		if (came > g->left)
			return failed(g, PTX_E_LIMIT, "it unpacks to more than is allowed");
		g->left -= came;
		*got += came;
	}
	return g->status;
}

static size_t take_ahead(struct ptxi_gunzip *g, unsigned char *out, size_t n)
{
	size_t took = n < g->n - g->at ? n : g->n - g->at;

	if (took)
		memcpy(out, g->ahead + g->at, took);
	g->at += took;
	return took;
}

int ptxi_gunzip_read(struct ptxi_gunzip *g, void *out, size_t n, size_t *got)
{
	unsigned char *to = out;
	size_t came = take_ahead(g, to, n);
	int rc = 0;

	*got = came;
	if (came == n)
		return g->status;
	if (n - came >= AHEAD) {
		rc = unpack(g, to + came, n - came, &came);
	} else {
		rc = unpack(g, g->ahead, AHEAD, &g->n);
		g->at = rc < 0 ? g->n : 0;
		came = take_ahead(g, to + came, n - came);
	}
	*got = rc < 0 ? 0 : *got + came;
	return rc;
}
