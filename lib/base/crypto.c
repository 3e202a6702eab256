/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.c - password hashes, AES, and new private keys.
 *
 * Keys are read as strictly as Go reads them: the kind that stands in the PEM header decides how
 * the bytes are read. The older forms (PKCS #1, SEC 1, and what OpenSSL calls traditional) are
 * written where Go writes them.
 */
#define PTX_AREA PTX_AREA_BASE
#include "crypto_priv.h"
#include "certs.h"
#include "module.h"

#include <crypt.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>

#define SCRYPT_MEMORY (UINT64_C(256) << 20)
#define MOST_RSA      8192u /* bytes of a key of 8,192 bits, and to spare */

bool ptxi_crypto_scrypt(struct ptx_str password, struct ptx_str salt, uint64_t n, uint32_t r,
			uint32_t p, void *out, size_t size)
{
	return EVP_PBE_scrypt(password.p, password.n, (const unsigned char *)salt.p, salt.n, n, r,
			      p, SCRYPT_MEMORY, out, size) == 1;
}

/* bcrypt's own base64, without padding. */
static void encode_salt(const unsigned char salt[16], char out[23])
{
	static const char digits[] =
	    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = 0;

	for (size_t i = 0; i < 16; i += 3) {
		uint32_t bits = (uint32_t)salt[i] << 16;

		if (i + 2 < 16)
			bits |= (uint32_t)salt[i + 1] << 8 | salt[i + 2];
		for (size_t k = 0; k < 4 && n < 22; k++)
			out[n++] = digits[bits >> (18 - 6 * k) & 63];
	}
	out[22] = '\0';
}

int ptxi_crypto_bcrypt(struct ptx_str password, unsigned cost, const unsigned char salt[16],
		       char out[64], struct ptx_error **err)
{
	struct crypt_data *data = ptxi_alloc(sizeof(*data));
	char setting[40] = "";
	char encoded[23] = "";
	char text[73] = "";
	const char *hash = NULL;
	int code = 0;

	if (!data)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	encode_salt(salt, encoded);
	snprintf(setting, sizeof(setting), "$2a$%02u$%s", cost, encoded);
	if (password.n > 72) {
		code = ptx_fail(err, PTX_E_INVALID, "bcrypt: password length exceeds 72 bytes");
	} else if (memchr(password.p, '\0', password.n)) {
		code = ptx_fail(err, PTX_E_INVALID, "bcrypt: the password holds a NUL byte");
	} else {
		memcpy(text, password.p, password.n);
		hash = crypt_rn(text, setting, data, (int)sizeof(*data));
		if (!hash || hash[0] != '$')
			code = ptx_fail(err, PTX_E_INTERNAL,
					"bcrypt: the system's libcrypt refuses it");
		else
			snprintf(out, 64, "%s", hash);
	}
	ptxi_wipe(text, sizeof(text));
	ptxi_wipe(data, sizeof(*data));
	ptx_free(data);
	return code;
}

bool ptxi_crypto_aes_cbc(bool encrypt, const unsigned char key[32], const unsigned char iv[16],
			 struct ptx_str text, struct ptx_buf *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	char *to = text.n <= INT_MAX ? ptx_buf_reserve(out, text.n + 16) : NULL;
	int n = 0;
	bool ok = ctx && to &&
		  EVP_CipherInit_ex(ctx, EVP_aes_256_cbc(), NULL, key, iv, encrypt) == 1 &&
		  EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		  EVP_CipherUpdate(ctx, (unsigned char *)to, &n, (const unsigned char *)text.p,
				   (int)text.n) == 1;

	if (ok)
		ptx_buf_commit(out, (size_t)n);
	EVP_CIPHER_CTX_free(ctx);
	return ok && (size_t)n == text.n;
}

int ptxi_crypto_failed(struct ptx_error **err, const char *what)
{
	char text[256] = "";
	unsigned long code = ERR_get_error();

	ERR_error_string_n(code, text, sizeof(text));
	ERR_clear_error();
	return ptx_fail(err, PTX_E_INTERNAL, "%s: %s", what, code ? text : "out of memory");
}

static bool take_bio(BIO *bio, struct ptx_buf *out)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	if (n > 0)
		ptx_buf_add(out, p, (size_t)n);
	return n > 0 && ptx_buf_ok(out);
}

int ptxi_crypto_print_key(EVP_PKEY *key, struct ptx_buf *pem, struct ptx_error **err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	int kind = EVP_PKEY_get_base_id(key);
	bool traditional = kind == EVP_PKEY_RSA || kind == EVP_PKEY_DSA || kind == EVP_PKEY_EC;
	int ok =
	    bio &&
	    (traditional ? PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL)
			 : PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	int code =
	    ok && take_bio(bio, pem) ? 0 : ptxi_crypto_failed(err, "a key could not be written");

	BIO_free(bio);
	return code;
}

static EVP_PKEY *new_dsa(void)
{
	EVP_PKEY_CTX *params = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *domain = NULL;
	EVP_PKEY *key = NULL;

	if (params && EVP_PKEY_paramgen_init(params) > 0 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_bits(params, 2048) > 0 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_q_bits(params, 256) > 0 &&
	    EVP_PKEY_paramgen(params, &domain) > 0)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, domain, NULL);
	if (ctx && EVP_PKEY_keygen_init(ctx) > 0)
		EVP_PKEY_keygen(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_CTX_free(params);
	EVP_PKEY_free(domain);
	return key;
}

static int print_new(EVP_PKEY *key, struct ptx_buf *pem, struct ptx_error **err)
{
	int code = key ? ptxi_crypto_print_key(key, pem, err)
		       : ptxi_crypto_failed(err, "a key could not be made");

	EVP_PKEY_free(key);
	return code;
}

int ptxi_crypto_new_rsa(unsigned bits, struct ptx_buf *pem, struct ptx_error **err)
{
	const struct ptxi_certs_table *t = ptxi_module_get("certs", NULL);
	unsigned char der[MOST_RSA];
	size_t n = t ? t->new_rsa(bits, der, sizeof(der)) : 0;
	int code = 0;

	if (!n || n > sizeof(der)) /* the agent has no such module, and need not be fast */
		return print_new(EVP_RSA_gen(bits), pem, err);
	code = ptxi_crypto_print_pem(ptxi_strn((const char *)der, n), PTXI_PEM_RSA, pem, err);
	explicit_bzero(der, sizeof(der));
	return code;
}

int ptxi_crypto_new_key(const char *kind, struct ptx_buf *pem, struct ptx_error **err)
{
	if (strcmp(kind, "") == 0 || strcmp(kind, "rsa") == 0)
		return ptxi_crypto_new_rsa(4096, pem, err);
	if (strcmp(kind, "dsa") == 0)
		return print_new(new_dsa(), pem, err);
	if (strcmp(kind, "ecdsa") == 0)
		return print_new(EVP_EC_gen("P-256"), pem, err);
	if (strcmp(kind, "ed25519") == 0)
		return print_new(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), pem, err);
	return ptx_fail(err, PTX_E_USAGE, "unknown kind of key '%s'", kind);
}

/* The first PEM block: its name and bytes, owned; false when there is none. */
static bool first_block(struct ptx_str pem, char **name, unsigned char **der, long *n)
{
	BIO *bio = pem.n && pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	char *header = NULL;
	int ok = bio && PEM_read_bio(bio, name, &header, der, n);

	OPENSSL_free(header);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

/* The key in the bytes of a block. */
static EVP_PKEY *read_block(const char *name, const unsigned char *der, long n, const char **what)
{
	static const struct {
		const char *name;
		int type;
		const char *what;
	} kinds[] = {
		{ PTXI_PEM_RSA, EVP_PKEY_RSA, "parsing RSA private key from PEM" },
		{ "EC PRIVATE KEY", EVP_PKEY_EC, "parsing EC private key from PEM" },
		{ "DSA PRIVATE KEY", EVP_PKEY_DSA, "parsing DSA private key from PEM" },
	};
	const unsigned char *p = der;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	EVP_PKEY *key = NULL;

	for (size_t i = 0; i < PTXI_COUNT(kinds); i++) {
		if (strcmp(name, kinds[i].name) != 0)
			continue;
		*what = kinds[i].what;
		return d2i_PrivateKey(kinds[i].type, NULL, &p, n);
	}
	if (strcmp(name, "PRIVATE KEY") == 0) {
		*what = "decoding PEM as PKCS#8";
		info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, n);
		key = info ? EVP_PKCS82PKEY(info) : NULL;
		PKCS8_PRIV_KEY_INFO_free(info);
	}
	return key;
}

/* As the module says it; "" without that. */
static const char *rsa_problem(struct ptx_str der)
{
	const struct ptxi_certs_table *t = ptxi_module_get("certs", NULL);

	return t ? t->rsa_problem(der) : "";
}

EVP_PKEY *ptxi_crypto_read_key(struct ptx_str pem, struct ptx_error **err)
{
	char *name = NULL;
	unsigned char *der = NULL;
	long n = 0;
	EVP_PKEY *key = NULL;
	const char *what = NULL;
	const char *problem = NULL;

	if (!first_block(pem, &name, &der, &n)) {
		ptx_fail(err, PTX_E_INVALID, "no PEM data in input");
		return NULL;
	}
	if (strcmp(name, PTXI_PEM_RSA) == 0)
		problem = rsa_problem(ptxi_strn((const char *)der, (size_t)n));
	if (problem && !*problem) /* OpenSSL may know better: there are keys of three primes */
		problem = NULL;
	if (!problem)
		key = read_block(name, der, n, &what);
	if (problem)
		ptx_fail(err, PTX_E_INVALID, "parsing RSA private key from PEM: %s", problem);
	else if (!key && what)
		ptx_fail(err, PTX_E_INVALID, "%s: it is malformed", what);
	else if (!key && ptxi_str_ends(ptxi_str(name), " PRIVATE KEY"))
		ptx_fail(err, PTX_E_INVALID, "invalid private key type %.*s",
			 (int)strlen(name) - 12, name);
	else if (!key)
		ptx_fail(err, PTX_E_INVALID, "no private key data in PEM block of type %s", name);
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_clear_free(der, (size_t)n);
	return key;
}

/* The keys that charts have made for them are checked without OpenSSL. */
static bool is_sound_rsa(struct ptx_str pem)
{
	ptx_auto_buf der = { 0 };
	bool sound = false;

	ptx_buf_init(&der, 0);
	sound = ptxi_crypto_read_pem(pem, PTXI_PEM_RSA, &der) && !rsa_problem(ptx_buf_str(&der));
	if (der.p)
		ptxi_wipe(der.p, der.n);
	return sound;
}

int ptxi_crypto_check_key(struct ptx_str pem, struct ptx_error **err)
{
	EVP_PKEY *key = NULL;

	if (is_sound_rsa(pem))
		return 0;
	key = ptxi_crypto_read_key(pem, err);
	EVP_PKEY_free(key);
	return key ? 0 : PTX_E_INVALID;
}

X509 *ptxi_crypto_read_cert(struct ptx_str pem, struct ptx_error **err)
{
	char *name = NULL;
	unsigned char *der = NULL;
	const unsigned char *p = NULL;
	long n = 0;
	X509 *cert = NULL;

	if (!first_block(pem, &name, &der, &n)) {
		ptx_fail(err, PTX_E_INVALID, "unable to decode certificate");
		return NULL;
	}
	p = der;
	cert = d2i_X509(NULL, &p, n);
	if (!cert)
		ptx_fail(
		    err, PTX_E_INVALID,
		    "error parsing certificate: decodedCert.Bytes: x509: malformed certificate");
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(der);
	return cert;
}

int ptxi_crypto_check_cert(struct ptx_str pem, struct ptx_error **err)
{
	X509 *cert = ptxi_crypto_read_cert(pem, err);

	X509_free(cert);
	return cert ? 0 : PTX_E_INVALID;
}
