/* SPDX-License-Identifier: Apache-2.0 */
/* funcs_crypto.c - Sprig's functions on digests, passwords, ciphers, keys and certificates.
 *
 * What is random comes from the environment, but for private keys, which the system's generator is
 * asked for. A key or certificate takes as long as it takes, so each counts as many steps of the
 * execution.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "funcs_sprig.h"
#include "../base/crypto.h"
#include "../base/digest.h"
#include "../base/encode.h"
#include "../text/gocast.h"

#define COST_OF_KEY  20000u
#define COST_OF_HASH 5000u
#define SCRYPT_N     32768u

static struct ptx_value *digest(struct ptxi_exec *x, enum ptxi_digest_kind kind, struct ptx_str s,
				struct ptx_error **err)
{
	ptx_auto_str hex = ptxi_digest_hex(kind, s);

	if (hex)
		return ptx_value_string(x->arena, hex);
	ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return NULL;
}

PTXI_FN(sha1sum)
{
	return digest(x, PTXI_SHA1, args[0]->s, err);
}

PTXI_FN(sha256sum)
{
	return digest(x, PTXI_SHA256, args[0]->s, err);
}

PTXI_FN(sha512sum)
{
	return digest(x, PTXI_SHA512, args[0]->s, err);
}

PTXI_FN(adler32sum)
{
	return ptx_value_string(
	    x->arena, ptxi_arena_printf(x->arena, "%u", (unsigned)ptxi_adler32(args[0]->s)));
}

/* Appends the hash, or Go's words for what is wrong with the password. */
static bool add_bcrypt(struct ptxi_exec *x, struct ptx_str password, struct ptx_buf *out,
		       struct ptx_error **err)
{
	unsigned char salt[16];
	char hash[64] = "";
	ptx_auto(error) why = NULL;

	if (ptxi_exec_step(x, COST_OF_HASH, err) < 0 ||
	    ptxi_exec_random(x, salt, sizeof(salt), err) < 0)
		return false;
	if (ptxi_crypto_bcrypt(password, 10, salt, hash, &why) == 0)
		ptx_buf_adds(out, hash);
	else
		ptx_buf_printf(out, "failed to encrypt string with bcrypt: %s",
			       ptx_error_message(why));
	return true;
}

PTXI_FN(bcrypt)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	if (add_bcrypt(x, args[0]->s, &b, err))
		return ptxi_result_buf(x, &b, err);
	ptx_buf_done(&b);
	return NULL;
}

PTXI_FN(htpasswd)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	if (ptxi_str_find_char(args[0]->s, ':') != SIZE_MAX) {
		ptx_buf_printf(&b, "invalid username: %.*s", PTX_STR_ARG(args[0]->s));
		return ptxi_result_buf(x, &b, err);
	}
	ptx_buf_addstr(&b, args[0]->s);
	ptx_buf_addc(&b, ':');
	if (add_bcrypt(x, args[1]->s, &b, err))
		return ptxi_result_buf(x, &b, err);
	ptx_buf_done(&b);
	return NULL;
}

PTXI_FN(rand_bytes)
{
	int64_t count = args[0]->i;
	char *bytes = NULL;
	struct ptx_buf b;

	if (count < 0)
		return ptxi_func_fail(err, "runtime error: makeslice: len out of range");
	if ((uint64_t)count > x->opts.max_memory / 2 ||
	    ptxi_exec_step(x, (size_t)count / 64, err) < 0)
		return *err ? NULL
			    : ptxi_func_fail(err, "%lld random bytes are too many",
					     (long long)count);
	bytes = ptxi_arena_bytes(x->arena, (size_t)count + 1);
	if (!bytes || ptxi_exec_random(x, bytes, (size_t)count, err) < 0)
		return NULL;
	ptxi_exec_buf(x, &b);
	ptxi_base64_encode(PTXI_BASE64_STD, ptxi_strn(bytes, (size_t)count), &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(uuidv4)
{
	unsigned char b[16];

	if (ptxi_exec_random(x, b, sizeof(b), err) < 0)
		return NULL;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	return ptx_value_string(
	    x->arena,
	    ptxi_arena_printf(
		x->arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		b[13], b[14], b[15]));
}

/* --- derived passwords: the algorithm of Master Password, version 3 */

static const struct {
	const char *kind;
	const char *const *forms;
	size_t count;
} password_kinds[] = {
#define FORMS(...)                                                                                 \
	(const char *const[]){ __VA_ARGS__ }, PTXI_COUNT(((const char *const[]){ __VA_ARGS__ }))
	{ "maximum", FORMS("anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno") },
	{ "long", FORMS("CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv",
			"CvccCvcvnoCvcv", "CvccCvcvCvcvno", "CvcvnoCvccCvcv", "CvcvCvccnoCvcv",
			"CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
			"CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc",
			"CvcvCvccnoCvcc", "CvcvCvccCvccno", "CvccnoCvcvCvcc", "CvccCvcvnoCvcc",
			"CvccCvcvCvccno") },
	{ "medium", FORMS("CvcnoCvc", "CvcCvcno") },
	{ "short", FORMS("Cvcn") },
	{ "basic", FORMS("aaanaaan", "aannaaan", "aaannaaa") },
	{ "pin", FORMS("nnnn") },
#undef FORMS
};

static const char *characters(char letter)
{
	switch (letter) {
	case 'V':
		return "AEIOU";
	case 'C':
		return "BCDFGHJKLMNPQRSTVWXYZ";
	case 'v':
		return "aeiou";
	case 'c':
		return "bcdfghjklmnpqrstvwxyz";
	case 'A':
		return "AEIOUBCDFGHJKLMNPQRSTVWXYZ";
	case 'a':
		return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
	case 'n':
		return "0123456789";
	case 'o':
		return "@&%?,=[]_:-+*$#!'^~;()/.";
	default:
		return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
	}
}

static void add_be32(uint32_t v, struct ptx_buf *out)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		ptx_buf_addc(out, (char)(v >> shift));
}

/* The scope, the length of a name, and the name. */
static void add_name(struct ptx_str name, struct ptx_buf *out)
{
	ptx_buf_adds(out, "com.lyndir.masterpassword");
	add_be32((uint32_t)name.n, out);
	ptx_buf_addstr(out, name);
}

/* The password of a form for a site; false without memory. */
static bool derive(struct ptx_value **args, const char *const *forms, size_t count, char out[32])
{
	unsigned char key[64];
	unsigned char seed[PTXI_DIGEST_MAX];
	ptx_auto_buf salt = { 0 };
	ptx_auto_buf message = { 0 };
	const char *form = NULL;

	ptx_buf_init(&salt, 0);
	ptx_buf_init(&message, 0);
	add_name(args[3]->s, &salt);
	add_name(args[4]->s, &message);
	add_be32((uint32_t)args[0]->u, &message);
	if (!ptx_buf_ok(&salt) || !ptx_buf_ok(&message) ||
	    !ptxi_crypto_scrypt(args[2]->s, ptx_buf_str(&salt), SCRYPT_N, 8, 2, key, sizeof(key)) ||
	    !ptxi_hmac(PTXI_SHA256, ptxi_strn((const char *)key, sizeof(key)),
		       ptx_buf_str(&message), seed))
		return false;
	form = forms[seed[0] % count];
	for (size_t i = 0; form[i]; i++) {
		const char *set = characters(form[i]);

		out[i] = set[seed[i + 1] % strlen(set)];
	}
	ptxi_wipe(key, sizeof(key));
	return true;
}

PTXI_FN(derive_password)
{
	char password[32] = "";

	for (size_t i = 0; i < PTXI_COUNT(password_kinds); i++) {
		if (!ptxi_str_is(args[1]->s, password_kinds[i].kind))
			continue;
		if (ptxi_exec_step(x, COST_OF_KEY, err) < 0)
			return NULL;
		if (!derive(args, password_kinds[i].forms, password_kinds[i].count, password))
			return ptxi_func_fail(err, "out of memory");
		return ptx_value_string(x->arena, password);
	}
	return ptx_value_string(x->arena,
				ptxi_arena_printf(x->arena, "cannot find password template %.*s",
						  PTX_STR_ARG(args[1]->s)));
}

/* --- AES-256 in CBC mode, the iv before the text, in base64 */

static void aes_key(struct ptx_str password, unsigned char key[32])
{
	memset(key, 0, 32);
	memcpy(key, password.p, password.n < 32 ? password.n : 32);
}

PTXI_FN(encrypt_aes)
{
	unsigned char key[32];
	unsigned char iv[16];
	size_t padding = 16 - args[1]->s.n % 16;
	ptx_auto_buf plain = { 0 };
	ptx_auto_buf bytes = { 0 };
	struct ptx_buf b;

	if (args[1]->s.n == 0)
		return args[1];
	if (ptxi_exec_random(x, iv, sizeof(iv), err) < 0)
		return NULL;
	ptxi_exec_buf(x, &plain);
	ptxi_exec_buf(x, &bytes);
	ptx_buf_addstr(&plain, args[1]->s);
	ptx_buf_fill(&plain, (char)padding, padding);
	ptx_buf_add(&bytes, iv, sizeof(iv));
	aes_key(args[0]->s, key);
	if (!ptx_buf_ok(&plain) || !ptxi_crypto_aes_cbc(true, key, iv, ptx_buf_str(&plain), &bytes))
		return ptxi_func_fail(err, "the text could not be encrypted");
	ptxi_exec_buf(x, &b);
	ptxi_base64_encode(PTXI_BASE64_STD, ptx_buf_str(&bytes), &b);
	return ptxi_result_buf(x, &b, err);
}

PTXI_FN(decrypt_aes)
{
	unsigned char key[32];
	ptx_auto_buf bytes = { 0 };
	struct ptx_str text;
	struct ptx_buf b;
	size_t at = 0;
	size_t padding = 0;

	if (args[1]->s.n == 0)
		return args[1];
	ptxi_exec_buf(x, &bytes);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[1]->s, &bytes, &at))
		return ptxi_func_fail(err, "illegal base64 data at input byte %zu", at);
	if (bytes.n < 16)
		return ptxi_func_fail(
		    err, "runtime error: slice bounds out of range [:16] with capacity %zu",
		    bytes.n);
	text = ptxi_str_from(ptx_buf_str(&bytes), 16);
	if (text.n % 16)
		return ptxi_func_fail(err, "crypto/cipher: input not full blocks");
	if (text.n == 0)
		return ptxi_func_fail(err, "runtime error: index out of range [-1]");
	aes_key(args[0]->s, key);
	ptxi_exec_buf(x, &b);
	if (!ptxi_crypto_aes_cbc(false, key, (const unsigned char *)bytes.p, text, &b)) {
		ptx_buf_done(&b);
		return ptxi_func_fail(err, "the text could not be decrypted");
	}
	padding = (unsigned char)b.p[b.n - 1];
	if (padding > b.n) {
		ptxi_func_fail(err, "runtime error: slice bounds out of range [:%lld]",
			       (long long)b.n - (long long)padding);
		ptx_buf_done(&b);
		return NULL;
	}
	ptx_buf_truncate(&b, b.n - padding);
	return ptxi_result_buf(x, &b, err);
}

/* --- keys and certificates */

PTXI_FN(gen_private_key)
{
	ptx_auto_str kind = ptxi_str_dup(args[0]->s);
	ptx_auto(error) why = NULL;
	struct ptx_buf b;

	if (!kind || ptxi_exec_step(x, COST_OF_KEY, err) < 0)
		return *err ? NULL : ptxi_func_fail(err, "out of memory");
	ptxi_exec_buf(x, &b);
	if (ptxi_crypto_new_key(kind, &b, &why) == 0)
		return ptxi_result_buf(x, &b, err);
	ptx_buf_clear(&b);
	if (ptx_error_code(why) == PTX_E_USAGE)
		ptx_buf_printf(&b, "Unknown type %s", kind);
	else
		ptx_buf_printf(&b, "failed to generate private key: %s", ptx_error_message(why));
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *certificate(struct ptxi_exec *x, struct ptx_str cert, struct ptx_str key)
{
	struct ptx_value *v = ptx_value_map(x->arena);

	if (!v)
		return NULL;
	v->go = PTXI_GO_CERTIFICATE;
	ptxi_value_put(v, PTXI_STR("Cert"), true, ptxi_result_str(x, cert));
	ptxi_value_put(v, PTXI_STR("Key"), true, ptxi_result_str(x, key));
	return v;
}

/* The strings of a list; false where there is something else, with the words that Go has for it. */
static bool strings(struct ptxi_exec *x, const struct ptx_value *list, const char *what,
		    const struct ptx_str **out, size_t *count, struct ptx_error **err)
{
	size_t n = list ? list->list.n : 0;
	struct ptx_str *s = ptxi_arena_array(x->arena, n + 1, sizeof(*s));

	for (size_t i = 0; s && i < n; i++) {
		const struct ptx_value *v = list->list.v[i];

		if (v->kind != PTX_STRING) {
			struct ptx_str shown = ptxi_go_strval(v, x->arena);

			ptxi_func_fail(err, "error %s: %.*s is not a string", what,
				       PTX_STR_ARG(shown));
			return false;
		}
		s[i] = v->s;
	}
	*out = s;
	*count = n;
	return s != NULL;
}

/* Makes a certificate; without a key one is made first. Who signs it has been checked: templates
 * have no way to a certificate but by functions that make or check one. */
static struct ptx_value *make(struct ptxi_exec *x, struct ptxi_cert_request *r,
			      const struct ptx_value *days, struct ptx_error **err)
{
	ptx_auto_buf key = { 0 };
	ptx_auto_buf cert = { 0 };
	ptx_auto_buf written = { 0 };

	ptx_buf_init(&key, 0);
	ptx_buf_init(&cert, 0);
	ptx_buf_init(&written, 0);
	r->days = days->i;
	r->now_unix = ptxi_exec_now(x) / INT64_C(1000000000);
	if (ptxi_exec_step(x, COST_OF_KEY, err) < 0 ||
	    ptxi_exec_random(x, r->serial, sizeof(r->serial), err) < 0)
		return NULL;
	if (!r->key.p) {
		if (ptxi_crypto_new_rsa(2048, &key, err) < 0)
			return NULL;
		r->key = ptx_buf_str(&key);
	} else {
		ptx_auto(error) why = NULL;

		if (ptxi_crypto_check_key(r->key, &why) < 0)
			return ptxi_func_fail(err, "parsing private key: %s",
					      ptx_error_message(why));
	}
	if (ptxi_crypto_new_cert(r, &cert, &written, err) < 0)
		return NULL;
	return certificate(x, ptx_buf_str(&cert), ptx_buf_str(&written));
}

PTXI_FN(gen_ca)
{
	struct ptxi_cert_request r = { .name = args[0]->s, .is_ca = true };

	if (n > 2)
		r.key = args[2]->s;
	return make(x, &r, args[1], err);
}

/* name, addresses, names, days, and what further arguments say. */
static struct ptx_value *gen_cert(struct ptxi_exec *x, struct ptx_value **args,
				  struct ptxi_cert_request *r, struct ptx_error **err)
{
	r->name = args[0]->s;
	if (!strings(x, args[1], "parsing ip", &r->addresses, &r->address_count, err) ||
	    !strings(x, args[2], "processing alternate dns name", &r->dns, &r->dns_count, err))
		return NULL;
	return make(x, r, args[3], err);
}

PTXI_FN(gen_self_signed_cert)
{
	struct ptxi_cert_request r = { 0 };

	if (n > 4)
		r.key = args[4]->s;
	return gen_cert(x, args, &r, err);
}

PTXI_FN(gen_signed_cert)
{
	struct ptxi_cert_request r = { 0 };

	r.ca_cert = ptx_value_str(ptx_value_get(args[4], "Cert"));
	r.ca_key = ptx_value_str(ptx_value_get(args[4], "Key"));
	if (n > 5)
		r.key = args[5]->s;
	return gen_cert(x, args, &r, err);
}

PTXI_FN(build_custom_cert)
{
	ptx_auto_buf cert = { 0 };
	ptx_auto_buf key = { 0 };
	ptx_auto(error) why = NULL;

	ptxi_exec_buf(x, &cert);
	ptxi_exec_buf(x, &key);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[0]->s, &cert, NULL))
		return ptxi_func_fail(err, "unable to decode base64 certificate");
	if (!ptxi_base64_decode(PTXI_BASE64_STD, args[1]->s, &key, NULL))
		return ptxi_func_fail(err, "unable to decode base64 private key");
	if (ptxi_crypto_check_cert(ptx_buf_str(&cert), err) < 0)
		return NULL;
	if (ptxi_crypto_check_key(ptx_buf_str(&key), &why) < 0)
		return ptxi_func_fail(err, "error parsing private key: %s", ptx_error_message(why));
	return certificate(x, ptx_buf_str(&cert), ptx_buf_str(&key));
}

/* clang-format off */
static const struct ptxi_func rows[] = {
	{ "adler32sum",               "s",      fn_adler32sum },
	{ "bcrypt",                   "s",      fn_bcrypt },
	{ "buildCustomCert",          "ss",     fn_build_custom_cert },
	{ "decryptAES",               "ss",     fn_decrypt_aes },
	{ "derivePassword",           "Ussss",  fn_derive_password },
	{ "encryptAES",               "ss",     fn_encrypt_aes },
	{ "genCA",                    "si",     fn_gen_ca },
	{ "genCAWithKey",             "sis",    fn_gen_ca },
	{ "genPrivateKey",            "s",      fn_gen_private_key },
	{ "genSelfSignedCert",        "slli",   fn_gen_self_signed_cert },
	{ "genSelfSignedCertWithKey", "sllis",  fn_gen_self_signed_cert },
	{ "genSignedCert",            "slliC",  fn_gen_signed_cert },
	{ "genSignedCertWithKey",     "slliCs", fn_gen_signed_cert },
	{ "htpasswd",                 "ss",     fn_htpasswd },
	{ "randBytes",                "i",      fn_rand_bytes },
	{ "sha1sum",                  "s",      fn_sha1sum },
	{ "sha256sum",                "s",      fn_sha256sum },
	{ "sha512sum",                "s",      fn_sha512sum },
	{ "uuidv4",                   "",       fn_uuidv4 },
};
/* clang-format on */

const struct ptxi_func_family ptxi_funcs_crypto = { "crypto", rows, PTXI_COUNT(rows) };
