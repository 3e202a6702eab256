/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_key.c - private keys: new ones, and those that are given.
 *
 * Keys are read as strictly as Go reads them: the kind that stands in the PEM header decides how
 * the bytes are read, and what is wrong is told in Go's words where they say more than that the
 * bytes are damaged. The older forms (PKCS #1, SEC 1, and what OpenSSL calls traditional) are
 * written where Go writes them.
 */
#define PTX_AREA PTX_AREA_BASE
#include "certs.h"
#include "crypto_priv.h"
#include "module.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#define MOST_RSA 8192u /* bytes of a key of 8,192 bits, and to spare */

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
	ptxi_wipe(der, sizeof(der));
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

bool ptxi_crypto_first_block(struct ptx_str pem, char **name, unsigned char **der, long *n)
{
	BIO *bio = pem.n && pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	char *header = NULL;
	int ok = bio && PEM_read_bio(bio, name, &header, der, n);

	OPENSSL_free(header);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

int ptxi_crypto_next_tag(const unsigned char **p, const unsigned char *end, long *n)
{
	int tag = 0;
	int class = 0;

	if (ASN1_get_object(p, n, &tag, &class, end - *p) & 0x80 || class != V_ASN1_UNIVERSAL)
		return -1;
	return tag;
}

/* --- how Go's crypto/x509 reads private keys */

/* The forms, by what stands after the version. */
enum form { FORM_PKCS1, FORM_SEC1, FORM_PKCS8, FORM_NONE };

static enum form form_of(struct ptx_str der)
{
	static const int tags[] = {
		[FORM_PKCS1] = V_ASN1_INTEGER,
		[FORM_SEC1] = V_ASN1_OCTET_STRING,
		[FORM_PKCS8] = V_ASN1_SEQUENCE,
	};
	const unsigned char *p = (const unsigned char *)der.p;
	const unsigned char *end = p + der.n;
	long n = 0;
	int tag = 0;

	if (ptxi_crypto_next_tag(&p, end, &n) != V_ASN1_SEQUENCE ||
	    ptxi_crypto_next_tag(&p, end, &n) != V_ASN1_INTEGER)
		return FORM_NONE;
	p += n;
	tag = ptxi_crypto_next_tag(&p, end, &n);
	for (size_t i = 0; i < PTXI_COUNT(tags); i++)
		if (tag == tags[i])
			return (enum form)i;
	return FORM_NONE;
}

/* A key that is read, and what is wrong with it: the text is empty where it is fine. */
struct reading {
	struct ptx_str der;
	EVP_PKEY *key;
	char problem[160];
};

#define MALFORMED "it is malformed"

PTX_FORMAT(2, 3) static void tell(struct reading *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->problem, sizeof(r->problem), format, ap);
	va_end(ap);
}

/* Whether the bytes are in another form than their label says, which Go has a hint for. */
static bool is_another_form(struct reading *r, enum form form)
{
	static const char *const parsers[] = {
		[FORM_PKCS1] = "ParsePKCS1PrivateKey",
		[FORM_SEC1] = "ParseECPrivateKey",
		[FORM_PKCS8] = "ParsePKCS8PrivateKey",
	};
	enum form found = form_of(r->der);

	if (found == FORM_NONE || found == form)
		return false;
	tell(r, "x509: failed to parse private key (use %s instead for this key format)",
	     parsers[found]);
	return true;
}

static EVP_PKEY *from_der(int type, struct ptx_str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return d2i_PrivateKey(type, NULL, &p, (long)der.n);
}

/* As the module says it; "" without that. */
static const char *rsa_problem(struct ptx_str der)
{
	const struct ptxi_certs_table *t = ptxi_module_get("certs", NULL);

	return t ? t->rsa_problem(der) : "";
}

static void read_pkcs1(struct reading *r)
{
	const char *problem = rsa_problem(r->der);

	if (problem && *problem) {
		tell(r, "%s", problem);
	} else if (!problem || !is_another_form(r, FORM_PKCS1)) {
		r->key = from_der(EVP_PKEY_RSA, r->der); /* of three primes, perhaps */
		if (!r->key)
			tell(r, MALFORMED);
	}
}

bool ptxi_crypto_has_go_curve(const EVP_PKEY *key)
{
	static const char *const curves[] = { "secp224r1", "prime256v1", "secp384r1", "secp521r1" };
	char name[64] = "";
	int is_explicit = 0;

	EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
	if (is_explicit || EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1)
		return false;
	for (size_t i = 0; i < PTXI_COUNT(curves); i++)
		if (strcmp(name, curves[i]) == 0)
			return true;
	return false;
}

/* Whether the public half is the private one's. */
static bool is_pair(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool ok = ctx && EVP_PKEY_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* NULL: nothing. */
static const char *curve_problem(EVP_PKEY *key)
{
	if (!ptxi_crypto_has_go_curve(key))
		return "x509: unknown elliptic curve";
	/* How it was written does not matter for how it will be. */
	EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
				       "uncompressed");
	EVP_PKEY_set_int_param(key, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1);
	return is_pair(key) ? NULL : MALFORMED;
}

static void read_sec1(struct reading *r)
{
	const char *problem = NULL;

	if (is_another_form(r, FORM_SEC1))
		return;
	r->key = from_der(EVP_PKEY_EC, r->der);
	problem =
	    r->key ? curve_problem(r->key) : "x509: failed to parse EC private key: " MALFORMED;
	if (problem)
		tell(r, "%s", problem);
}

static void read_dsa(struct reading *r)
{
	r->key = from_der(EVP_PKEY_DSA, r->der);
	if (!r->key)
		tell(r, MALFORMED);
}

static void check_embedded(struct reading *r)
{
	int kind = EVP_PKEY_get_base_id(r->key);
	unsigned char *der = NULL;
	int n = kind == EVP_PKEY_RSA ? i2d_PrivateKey(r->key, &der) : 0;
	const char *problem = NULL;

	if (kind == EVP_PKEY_RSA)
		problem = n > 0 ? rsa_problem(ptxi_strn((const char *)der, (size_t)n)) : MALFORMED;
	else if (kind == EVP_PKEY_EC)
		problem = curve_problem(r->key);
	if (problem && *problem)
		tell(r, "x509: failed to parse %s private key embedded in PKCS#8: %s",
		     kind == EVP_PKEY_RSA ? "RSA" : "EC", problem);
	OPENSSL_clear_free(der, n > 0 ? (size_t)n : 0);
}

/* What an algorithm is called; whether Go knows it. */
static bool is_known(const PKCS8_PRIV_KEY_INFO *info, char *name, int room)
{
	const ASN1_OBJECT *id = NULL;

	if (PKCS8_pkey_get0(&id, NULL, NULL, NULL, info) != 1)
		return false;
	OBJ_obj2txt(name, room, id, 1);
	switch (OBJ_obj2nid(id)) {
	case NID_rsaEncryption:
	case NID_X9_62_id_ecPublicKey:
	case NID_ED25519:
	case NID_X25519:
		return true;
	default:
		return false;
	}
}

static void read_pkcs8(struct reading *r)
{
	const unsigned char *p = (const unsigned char *)r->der.p;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	char name[80] = "";

	if (is_another_form(r, FORM_PKCS8))
		return;
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)r->der.n);
	if (info && !is_known(info, name, sizeof(name)))
		tell(r, "x509: PKCS#8 wrapping contained private key with unknown algorithm: %s",
		     name);
	else if (info)
		r->key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (!r->key && !*r->problem)
		tell(r, MALFORMED);
	else if (r->key)
		check_embedded(r);
}

/* Reads the bytes of a block as its label says. */
static int read_block(const char *label, struct reading *r, struct ptx_error **err)
{
	static const struct {
		const char *label;
		void (*read)(struct reading *r);
		const char *what;
	} kinds[] = {
		{ PTXI_PEM_RSA, read_pkcs1, "parsing RSA private key from PEM" },
		{ "EC PRIVATE KEY", read_sec1, "parsing EC private key from PEM" },
		{ "DSA PRIVATE KEY", read_dsa, "parsing DSA private key from PEM" },
		{ "PRIVATE KEY", read_pkcs8, "decoding PEM as PKCS#8" },
	};

	for (size_t i = 0; i < PTXI_COUNT(kinds); i++) {
		if (strcmp(label, kinds[i].label) != 0)
			continue;
		kinds[i].read(r);
		return *r->problem
			   ? ptx_fail(err, PTX_E_INVALID, "%s: %s", kinds[i].what, r->problem)
			   : 0;
	}
	if (ptxi_str_ends(ptxi_str(label), " PRIVATE KEY"))
		return ptx_fail(err, PTX_E_INVALID, "invalid private key type %s", label);
	return ptx_fail(err, PTX_E_INVALID, "no private key data in PEM block of type %s", label);
}

EVP_PKEY *ptxi_crypto_read_key(struct ptx_str pem, struct ptx_error **err)
{
	char *label = NULL;
	unsigned char *der = NULL;
	long n = 0;
	struct reading r = { 0 };

	if (!ptxi_crypto_first_block(pem, &label, &der, &n)) {
		ptx_fail(err, PTX_E_INVALID, "no PEM data in input");
		return NULL;
	}
	r.der = ptxi_strn((const char *)der, (size_t)n);
	if (read_block(label, &r, err) < 0) {
		EVP_PKEY_free(r.key);
		r.key = NULL;
	}
	ERR_clear_error();
	OPENSSL_free(label);
	OPENSSL_clear_free(der, (size_t)n);
	return r.key;
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
