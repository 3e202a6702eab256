/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - the signed statement about an agent's program:
 *
 *     pitrix agent 1
 *     vpc VPC
 *     version VERSION
 *     size BYTES
 *     sha256 HEX
 *
 * each line ends with a newline. A reader writes what it has read and compares: so there is no
 * second spelling.
 */
#define PTX_AREA PTX_AREA_WIRE
#include "release.h"

#include <openssl/err.h>

#include "../base/encode.h"
#include "pki_priv.h"

#define HEAD "pitrix agent 1\n"

static bool is_version(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n < 32 && s[0] >= '0' && s[0] <= '9' &&
	       strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+") == n;
}

bool ptxi_release_digest_ok(const char *hex)
{
	return strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}

char *ptxi_release_write(const struct ptxi_release *r, struct ptx_error **err)
{
	char *text = NULL;

	if (!ptxi_wire_label_ok(ptxi_str(r->vpc)) || !is_version(r->version) ||
	    !ptxi_release_digest_ok(r->sha256) || r->size < 1 || r->size > PTXI_WIRE_MAX_AGENT) {
		ptx_fail(err, PTX_E_INVALID, "'%s' of %lld bytes is no release of an agent",
			 r->version, (long long)r->size);
		return NULL;
	}
	text = ptxi_asprintf(HEAD "vpc %s\nversion %s\nsize %lld\nsha256 %s\n", r->vpc, r->version,
			     (long long)r->size, r->sha256);
	if (!text)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a release");
	return text;
}

/* The rest of a line that begins with name and a space, copied. */
static bool take_line(struct ptx_str *rest, const char *name, char *out, size_t n)
{
	struct ptx_str line = { NULL, 0 };
	size_t skip = strlen(name) + 1;

	if (!ptxi_str_next(rest, '\n', &line) || !ptxi_str_starts(line, name) || line.n <= skip ||
	    line.n - skip >= n)
		return false;
	memcpy(out, line.p + skip, line.n - skip);
	out[line.n - skip] = '\0';
	return true;
}

int ptxi_release_read(const char *statement, struct ptxi_release *r, struct ptx_error **err)
{
	struct ptx_str rest = ptxi_str(statement);
	char size[24] = "";
	ptx_auto_str again = NULL;

	*r = (struct ptxi_release){ .size = 0 };
	if (rest.n <= PTXI_RELEASE_MAX_STATEMENT && ptxi_str_starts(rest, HEAD)) {
		rest = ptxi_str_from(rest, strlen(HEAD));
		if (take_line(&rest, "vpc", r->vpc, sizeof(r->vpc)) &&
		    take_line(&rest, "version", r->version, sizeof(r->version)) &&
		    take_line(&rest, "size", size, sizeof(size)) &&
		    ptxi_parse_i64(ptxi_str(size), &r->size, 1, INT64_MAX) &&
		    take_line(&rest, "sha256", r->sha256, sizeof(r->sha256)))
			again = ptxi_release_write(r, NULL);
	}
	if (again && strcmp(again, statement) == 0)
		return 0;
	return ptx_fail(err, PTX_E_SYNTAX, "the statement is none about an agent's release");
}

char *ptxi_release_sign(const char *statement, const char *key_pem, struct ptx_error **err)
{
	EVP_PKEY *key = ptxi_pki_load_key(key_pem, err);
	EVP_MD_CTX *md = key ? EVP_MD_CTX_new() : NULL;
	unsigned char bytes[128];
	size_t n = sizeof(bytes);
	struct ptx_buf text;
	char *out = NULL;

	if (!key)
		return NULL;
	ptx_buf_init(&text, 0);
	if (!md || EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(md, bytes, &n, (const unsigned char *)statement, strlen(statement)) !=
		1) {
		ptxi_pki_broken(err, "cannot sign a release");
	} else {
		ptxi_base64_encode(PTXI_BASE64_STD, ptxi_strn((const char *)bytes, n), &text);
		out = ptx_buf_steal(&text, NULL);
		if (!out)
			ptx_fail(err, PTX_E_NOMEM, "no memory for a signature");
	}
	ptx_buf_done(&text);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return out;
}

static bool holds(X509 *root, const char *statement, struct ptx_str signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md &&
		  EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, X509_get0_pubkey(root)) == 1 &&
		  EVP_DigestVerify(md, (const unsigned char *)signature.p, signature.n,
				   (const unsigned char *)statement, strlen(statement)) == 1;

	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return ok;
}

int ptxi_release_verify(const char *statement, const char *signature, const char *root_pem,
			const char *vpc, struct ptxi_release *r, struct ptx_error **err)
{
	X509 *root = ptxi_pki_load_cert(root_pem, err);
	struct ptx_buf bytes;
	int code = 0;

	if (!root)
		return PTX_E_UNTRUSTED;
	ptx_buf_init(&bytes, 0);
	if (strlen(signature) > PTXI_RELEASE_MAX_SIGNATURE ||
	    !ptxi_base64_decode(PTXI_BASE64_STD, ptxi_str(signature), &bytes, NULL) ||
	    !ptx_buf_ok(&bytes) || !holds(root, statement, ptx_buf_str(&bytes)))
		code = ptx_fail(err, PTX_E_UNTRUSTED,
				"the release is not signed by the root of our VPC");
	else
		code = ptxi_release_read(statement, r, err);
	if (code == 0 && strcmp(r->vpc, vpc) != 0)
		code = ptx_fail(err, PTX_E_UNTRUSTED, "the release is for VPC '%s'", r->vpc);
	ptx_buf_done(&bytes);
	X509_free(root);
	return code;
}

int ptxi_release_order(const char *a, const char *b)
{
	for (;;) {
		uint64_t x = 0;
		uint64_t y = 0;

		for (; *a >= '0' && *a <= '9'; a++)
			x = x > UINT32_MAX ? x : x * 10 + (uint64_t)(*a - '0');
		for (; *b >= '0' && *b <= '9'; b++)
			y = y > UINT32_MAX ? y : y * 10 + (uint64_t)(*b - '0');
		if (x != y)
			return x < y ? -1 : 1;
		if (*a != '.' && *b != '.')
			break;
		a += *a == '.';
		b += *b == '.';
	}
	if (!*a || !*b)
		return (*a == '\0') - (*b == '\0');
	return strcmp(a, b);
}
