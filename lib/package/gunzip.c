/* SPDX-License-Identifier: Apache-2.0 */
/* gunzip.c - gzip out of memory or a file, straight into the place where it is wanted.
 *
 * ISA-L keeps the last 32 KiB at the end of each call, so it is called for pieces that are longer
 * than that: short ones are read ahead, long ones straight into the caller's bytes. A member that
 * ends in the middle of a piece is followed by the next one. Invariant: no more than `most` bytes
 * ever come out, and not one behind a failure.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "gunzip.h"

#include <isa-l/igzip_lib.h>
#include <unistd.h>

#define MOST_MEMBERS 1000u
#define AHEAD        ((size_t)256 << 10)
#define PIECE        ((size_t)64 << 10) /* of a file */
#define MAGIC        3u                 /* bytes that tell gzip */

struct ptxi_gunzip {
	uint64_t left;
	size_t at, n; /* of what was read ahead: where the rest of it is */
	int fd;       /* -1: all input is there from the start */
	bool at_eof;  /* of fd */
	unsigned members;
	bool ended;
	int status;
	const char *why;
	struct inflate_state z;
	unsigned char ahead[AHEAD];
	unsigned char piece[PIECE];
};

bool ptxi_gunzip_is(struct ptx_str bytes)
{
	return bytes.n > 2 && (unsigned char)bytes.p[0] == 0x1f &&
	       (unsigned char)bytes.p[1] == 0x8b;
}

static struct ptxi_gunzip *new_gunzip(struct ptx_str bytes, int fd, uint64_t most)
{
	struct ptxi_gunzip *g = ptxi_realloc_array(NULL, 1, sizeof(*g));

	if (!g)
		return NULL;
	/* What is never written is never touched: a small archive takes a few of its pages. */
	memset(g, 0, offsetof(struct ptxi_gunzip, z));
	g->left = most;
	g->fd = fd;
	isal_inflate_init(&g->z);
	g->z.crc_flag = ISAL_GZIP;
	g->z.next_in = (unsigned char *)(uintptr_t)bytes.p;
	g->z.avail_in = (uint32_t)bytes.n;
	return g;
}

struct ptxi_gunzip *ptxi_gunzip_new(struct ptx_str bytes, uint64_t most)
{
	return bytes.n > UINT32_MAX ? NULL : new_gunzip(bytes, -1, most);
}

struct ptxi_gunzip *ptxi_gunzip_open(int fd, uint64_t most)
{
	return new_gunzip(ptxi_strn(NULL, 0), fd, most);
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

/* More of a file, behind what is left of the last piece. */
static int refill(struct ptxi_gunzip *g)
{
	size_t n = g->z.avail_in;

	if (n)
		memmove(g->piece, g->z.next_in, n);
	while (n < PIECE && !g->at_eof) {
		ssize_t got = read(g->fd, g->piece + n, PIECE - n);

		if (got < 0 && errno != EINTR)
			return failed(g, PTX_E_IO, "the file cannot be read");
		g->at_eof = got == 0;
		n += got > 0 ? (size_t)got : 0;
	}
	g->z.next_in = g->piece;
	g->z.avail_in = (uint32_t)n;
	return 0;
}

static bool wants_more(const struct ptxi_gunzip *g, size_t least)
{
	return g->fd >= 0 && !g->at_eof && g->z.avail_in < least;
}

/* Behind a member's end: another one, or the end. */
static int next_member(struct ptxi_gunzip *g)
{
	if (wants_more(g, MAGIC) && refill(g) < 0)
		return g->status;
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

/* What stands before the data and behind it is read by the library too: `moved` says whether this
 * step got anywhere. */
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
		uint32_t unread = 0;
		size_t came = 0;
		int rc = wants_more(g, 1) ? refill(g) : 0;

		if (rc < 0)
			return rc;
		unread = g->z.avail_in;
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

static int read_ahead(struct ptxi_gunzip *g)
{
	int rc = unpack(g, g->ahead, AHEAD, &g->n);

	g->at = rc < 0 ? g->n : 0;
	return rc;
}

/* Of what was read ahead, up to n bytes, to where `out` is, if it is anywhere. */
static size_t take_ahead(struct ptxi_gunzip *g, unsigned char *out, size_t n)
{
	size_t took = n < g->n - g->at ? n : g->n - g->at;

	if (took && out)
		memcpy(out, g->ahead + g->at, took);
	g->at += took;
	return took;
}

int ptxi_gunzip_read(struct ptxi_gunzip *g, void *out, size_t n, size_t *got)
{
	unsigned char *to = out;
	size_t took = take_ahead(g, to, n);
	size_t came = 0;
	int rc = g->status;

	*got = 0;
	if (took < n && n - took >= AHEAD) {
		rc = unpack(g, to + took, n - took, &came);
	} else if (took < n) {
		rc = read_ahead(g);
		came = take_ahead(g, to + took, n - took);
	}
	if (rc == 0)
		*got = took + came;
	return rc;
}

int ptxi_gunzip_pass(struct ptxi_gunzip *g, size_t n, size_t *passed)
{
	*passed = take_ahead(g, NULL, n);
	while (*passed < n && !g->ended) {
		int rc = read_ahead(g);

		if (rc < 0)
			return rc;
		*passed += take_ahead(g, NULL, n - *passed);
	}
	return g->status;
}
