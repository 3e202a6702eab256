/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.c - password hashes and AES. */
#define PTX_AREA PTX_AREA_BASE
#include "crypto_priv.h"

#include <crypt.h>
#include <openssl/err.h>
#include <openssl/kdf.h>

#define SCRYPT_MEMORY (UINT64_C(256) << 20)

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
