/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_key.c - a key pair as OpenSSH reads it, made on the node that it is of.
 *
 * The image need not have ssh-keygen, and the private half never leaves the node: only the public
 * one goes into the metadata (hosts/.../pub_key), from which an image's template makes
 * authorized_keys. The private half is PEM in the traditional form, which every OpenSSH reads; the
 * public one is RFC 4253, section 6.6: the type and the numbers, each with its length.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "ssh_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "../base/encode.h"
#include "../base/fs.h"
#include "../base/path.h"

#define RSA_BITS     3072
#define MOST_NUMBERS 4

/* What a type is: its names, and the numbers of its public half in their order. */
static const struct kind {
	const char *type; /* in a conf */
	const char *name; /* on the wire */
	const char *file;
	const char *algorithm;
	const char *numbers[MOST_NUMBERS + 1];
} kinds[] = {
	{ "ssh-rsa", "ssh-rsa", "id_rsa", "RSA", { OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_N } },
	{ "ssh-dsa",
	  "ssh-dss",
	  "id_dsa",
	  "DSA",
	  { OSSL_PKEY_PARAM_FFC_P, OSSL_PKEY_PARAM_FFC_Q, OSSL_PKEY_PARAM_FFC_G,
	    OSSL_PKEY_PARAM_PUB_KEY } },
};

static int broken(struct ptx_error **err, const char *what)
{
	char reason[200] = "";

	ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
	ERR_clear_error();
	return ptx_fail(err, PTX_E_INTERNAL, "%s: %s", what, reason);
}

/* 1,024 bits and 160: the only size that SSH's DSA has (RFC 4253, section 6.6). */
static EVP_PKEY *make_dsa(void)
{
	EVP_PKEY_CTX *of_params = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY_CTX *of_key = NULL;
	EVP_PKEY *params = NULL;
	EVP_PKEY *key = NULL;

	if (of_params && EVP_PKEY_paramgen_init(of_params) == 1 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_bits(of_params, 1024) == 1 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_q_bits(of_params, 160) == 1 &&
	    EVP_PKEY_paramgen(of_params, &params) == 1)
		of_key = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	if (of_key && EVP_PKEY_keygen_init(of_key) == 1 && EVP_PKEY_keygen(of_key, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(of_key);
	EVP_PKEY_CTX_free(of_params);
	EVP_PKEY_free(params);
	return key;
}

static void add_string(struct ptx_buf *out, const void *p, size_t n)
{
	unsigned char length[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16),
				    (unsigned char)(n >> 8), (unsigned char)n };

	ptx_buf_add(out, length, 4);
	ptx_buf_add(out, p, n);
}

/* A number: its bytes, with a zero in front where the first would make it negative. */
static bool add_number(struct ptx_buf *out, const EVP_PKEY *key, const char *name)
{
	unsigned char bytes[1 + 2048] = { 0 };
	BIGNUM *n = NULL;
	int size = 0;
	bool ok = EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_num_bytes(n) < (int)sizeof(bytes);

	if (ok) {
		size = BN_bn2bin(n, bytes + 1);
		if (size > 0 && bytes[1] & 0x80)
			add_string(out, bytes, (size_t)size + 1);
		else
			add_string(out, bytes + 1, (size_t)size);
	}
	BN_free(n);
	return ok;
}

static int write_public(const struct kind *k, const EVP_PKEY *key, const char *comment,
			struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto_buf blob = { 0 };
	bool ok = true;

	ptx_buf_init(&blob, 0);
	add_string(&blob, k->name, strlen(k->name));
	for (size_t i = 0; ok && k->numbers[i]; i++)
		ok = add_number(&blob, key, k->numbers[i]);
	if (!ok)
		return broken(err, "cannot read the numbers of a key");
	ptx_buf_printf(out, "%s ", k->name);
	ptxi_base64_encode(PTXI_BASE64_STD, ptx_buf_str(&blob), out);
	ptx_buf_printf(out, " %s", comment);
	return ptx_buf_ok(out) && ptx_buf_ok(&blob)
		   ? 0
		   : ptx_fail(err, PTX_E_NOMEM, "no memory for a key");
}

static EVP_PKEY *read_private(const struct kind *k, const char *path, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };
	BIO *bio = NULL;
	EVP_PKEY *key = NULL;

	ptx_buf_init(&text, 0);
	if (ptxi_fs_read(path, 64 << 10, &text, err) < 0)
		return NULL;
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	/* The last argument: an empty password, so that nobody is asked for one. */
	key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"") : NULL;
	BIO_free(bio);
	ptxi_wipe(text.p, text.n);
	ERR_clear_error();
	if (key && EVP_PKEY_is_a(key, k->algorithm))
		return key;
	EVP_PKEY_free(key);
	ptx_fail(err, PTX_E_INVALID, "'%s' is there and is no %s key without a password", path,
		 k->algorithm);
	return NULL;
}

static int write_private(const char *path, const EVP_PKEY *key, struct ptx_error **err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n = 0;
	int code = 0;

	if (!bio ||
	    PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) != 1) {
		code = broken(err, "cannot write a key");
	} else {
		n = BIO_get_mem_data(bio, &p);
		code = ptxi_fs_write(path, ptxi_strn(p, (size_t)n), 0600, err);
		OPENSSL_cleanse(p, (size_t)n);
	}
	BIO_free(bio);
	return code;
}

static EVP_PKEY *read_or_make(const struct kind *k, const char *path, struct ptx_error **err)
{
	EVP_PKEY *key = NULL;

	if (ptxi_fs_exists(path))
		return read_private(k, path, err);
	key = strcmp(k->algorithm, "RSA") == 0 ? EVP_RSA_gen(RSA_BITS) : make_dsa();
	if (!key) {
		broken(err, "cannot make a key");
		return NULL;
	}
	if (write_private(path, key, err) == 0)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

int ptxi_ssh_key(const char *folder, const char *type, const char *comment, struct ptx_buf *out,
		 struct ptx_error **err)
{
	const struct kind *k = NULL;
	ptx_auto_str path = NULL;
	ptx_auto_str public_path = NULL;
	ptx_auto_str line = NULL;
	EVP_PKEY *key = NULL;
	size_t before = out->n;
	int code = 0;

	for (size_t i = 0; i < PTXI_COUNT(kinds); i++)
		if (strcmp(kinds[i].type, type) == 0)
			k = &kinds[i];
	if (!k)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"there is no type '%s' of keys: ssh-rsa or ssh-dsa", type);
	path = ptxi_path_join(folder, k->file);
	public_path = path ? ptxi_asprintf("%s.pub", path) : NULL;
	if (!public_path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a key");
	code = ptxi_fs_mkdirs(folder, 0700, err);
	key = code == 0 ? read_or_make(k, path, err) : NULL;
	if (!key)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	code = write_public(k, key, comment, out, err);
	EVP_PKEY_free(key);
	if (code == 0)
		line = ptxi_asprintf("%s\n", out->p + before);
	return line   ? ptxi_fs_write(public_path, ptxi_str(line), 0644, err)
	       : code ? code
		      : ptx_fail(err, PTX_E_NOMEM, "no memory for a key");
}
