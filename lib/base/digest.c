/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - hashes over libmd, HMAC over OpenSSL.
 *
 * Loading OpenSSL and setting up its providers takes longer than to render a small chart, and 3.5
 * MB; a `sha256sum` of a template shall not cost that. One table maps our kinds to both libraries.
 * OpenSSL can refuse an algorithm or run out of memory; that comes back as a size of 0, which no
 * digest has.
 */
#define PTX_AREA PTX_AREA_BASE
#include "digest.h"
#include "encode.h"

#include <fcntl.h>
#include <md5.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sha1.h>
#include <sha2.h>
#include <sys/stat.h>

#define CHUNK 65536

union state {
	SHA1_CTX sha1;
	SHA2_CTX sha2;
	MD5_CTX md5;
};

/* The functions of one algorithm, as ones that take any state. */
#define ALGORITHM(name, member)                                                                    \
	static void name##_begin(union state *s)                                                   \
	{                                                                                          \
		name##Init(&s->member);                                                            \
	}                                                                                          \
	static void name##_add(union state *s, const void *p, size_t n)                            \
	{                                                                                          \
		name##Update(&s->member, p, n);                                                    \
	}                                                                                          \
	static void name##_end(union state *s, unsigned char *out)                                 \
	{                                                                                          \
		name##Final(out, &s->member);                                                      \
	}
ALGORITHM(SHA1, sha1)
ALGORITHM(SHA256, sha2)
ALGORITHM(SHA512, sha2)
ALGORITHM(MD5, md5)

static const struct {
	const EVP_MD *(*md)(void);
	size_t size;
	void (*begin)(union state *s);
	void (*add)(union state *s, const void *p, size_t n);
	void (*end)(union state *s, unsigned char *out);
} kinds[] = {
	[PTXI_SHA1] = { EVP_sha1, 20, SHA1_begin, SHA1_add, SHA1_end },
	[PTXI_SHA256] = { EVP_sha256, 32, SHA256_begin, SHA256_add, SHA256_end },
	[PTXI_SHA512] = { EVP_sha512, 64, SHA512_begin, SHA512_add, SHA512_end },
	[PTXI_MD5] = { EVP_md5, 16, MD5_begin, MD5_add, MD5_end },
};

struct ptxi_hasher {
	enum ptxi_digest_kind kind;
	union state state;
	bool finished;
};

size_t ptxi_digest_size(enum ptxi_digest_kind kind)
{
	return kinds[kind].size;
}

size_t ptxi_digest(enum ptxi_digest_kind kind, struct ptx_str s, unsigned char out[PTXI_DIGEST_MAX])
{
	union state state;

	kinds[kind].begin(&state);
	if (s.n)
		kinds[kind].add(&state, s.p, s.n);
	kinds[kind].end(&state, out);
	return kinds[kind].size;
}

size_t ptxi_hmac(enum ptxi_digest_kind kind, struct ptx_str key, struct ptx_str s,
		 unsigned char out[PTXI_DIGEST_MAX])
{
	unsigned n = 0;

	if (key.n > INT_MAX)
		return 0;
	if (!HMAC(kinds[kind].md(), key.p ? key.p : "", (int)key.n,
		  (const unsigned char *)(s.p ? s.p : ""), s.n, out, &n))
		return 0;
	return n;
}

uint32_t ptxi_adler32(struct ptx_str s)
{
	uint32_t a = 1;
	uint32_t b = 0;

	for (size_t i = 0; i < s.n; i++) {
		a = (a + (unsigned char)s.p[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static char *to_hex(const unsigned char *digest, size_t n)
{
	struct ptx_buf hex;

	ptx_buf_init(&hex, 0);
	ptxi_hex_encode(ptxi_strn((const char *)digest, n), &hex);
	return ptx_buf_steal(&hex, NULL);
}

char *ptxi_digest_hex(enum ptxi_digest_kind kind, struct ptx_str s)
{
	unsigned char digest[PTXI_DIGEST_MAX];
	size_t n = ptxi_digest(kind, s, digest);

	return n ? to_hex(digest, n) : NULL;
}

struct ptxi_hasher *ptxi_hasher_new(enum ptxi_digest_kind kind)
{
	struct ptxi_hasher *h = ptxi_alloc(sizeof(*h));

	if (!h)
		return NULL;
	h->kind = kind;
	kinds[kind].begin(&h->state);
	return h;
}

void ptxi_hasher_free(struct ptxi_hasher *h)
{
	ptx_free(h);
}

void ptxi_hasher_add(struct ptxi_hasher *h, struct ptx_str s)
{
	if (s.n > 0 && !h->finished)
		kinds[h->kind].add(&h->state, s.p, s.n);
}

size_t ptxi_hasher_finish(struct ptxi_hasher *h, unsigned char out[PTXI_DIGEST_MAX])
{
	if (h->finished)
		return 0;
	h->finished = true;
	kinds[h->kind].end(&h->state, out);
	return kinds[h->kind].size;
}

static int hash_fd(struct ptxi_hasher *h, int fd, const char *path, struct ptx_error **err)
{
	ptx_auto_str chunk = ptxi_alloc(CHUNK);

	if (!chunk)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to hash '%s'", path);
	for (;;) {
		ssize_t got = read(fd, chunk, CHUNK);

		if (got == 0)
			return 0;
		if (got > 0)
			ptxi_hasher_add(h, ptxi_strn(chunk, (size_t)got));
		else if (errno != EINTR)
			return ptx_fail_errno(err, PTX_E_IO, errno, "cannot read '%s'", path);
	}
}

char *ptxi_digest_file_hex(enum ptxi_digest_kind kind, const char *path, struct ptx_error **err)
{
	unsigned char digest[PTXI_DIGEST_MAX];
	ptxi_auto(hasher) h = ptxi_hasher_new(kind);
	ptx_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int saved = errno;
	struct stat st = { 0 };
	size_t n = 0;
	char *hex = NULL;

	if (fd < 0) {
		ptx_fail_errno(err, ptxi_code_from_errno(saved), saved, "cannot open '%s'", path);
		return NULL;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is not a regular file", path);
		return NULL;
	}
	if (h && hash_fd(h, fd, path, err) < 0)
		return NULL;
	n = h ? ptxi_hasher_finish(h, digest) : 0;
	hex = n ? to_hex(digest, n) : NULL;
	if (!hex)
		ptx_fail(err, PTX_E_NOMEM, "no memory to hash '%s'", path);
	return hex;
}
