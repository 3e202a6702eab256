/* SPDX-License-Identifier: Apache-2.0 */
/* pki_verify.c - reading certificates, and saying whom one speaks for.
 *
 * A name in a certificate means nothing by itself: an intermediate may sign any name of its VPC, so
 * a pilot is only believed when the root itself issued its certificate.
 */
#define PTX_AREA PTX_AREA_WIRE
#include "pki_priv.h"

#include <openssl/err.h>

#include "../base/digest.h"
#include "../base/encode.h"

/* A passphrase is never asked for: a key that needs one cannot be read. */
static int no_passphrase(char *buf, int size, int rw, void *user)
{
	(void)buf, (void)size, (void)rw, (void)user;
	return 0;
}

static BIO *open_pem(const char *pem, struct ptx_error **err)
{
	size_t n = pem ? strnlen(pem, PTXI_PKI_MAX_PEM + 1) : 0;
	BIO *bio = NULL;

	if (n > PTXI_PKI_MAX_PEM) {
		ptx_fail(err, PTX_E_LIMIT, "a certificate or key has more than %zu bytes",
			 PTXI_PKI_MAX_PEM);
		return NULL;
	}
	bio = BIO_new_mem_buf(n > 0 ? pem : "", (int)n);
	if (!bio)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	return bio;
}

#define LOAD(type, call, what)                                                                     \
	BIO *bio = open_pem(pem, err);                                                             \
	type *object = bio ? call(bio, NULL, no_passphrase, NULL) : NULL;                          \
	if (bio && !object)                                                                        \
		ptx_fail(err, PTX_E_SYNTAX, "the text is no PEM of " what);                        \
	ERR_clear_error();                                                                         \
	BIO_free(bio);                                                                             \
	return object

EVP_PKEY *ptxi_pki_load_key(const char *pem, struct ptx_error **err)
{
	LOAD(EVP_PKEY, PEM_read_bio_PrivateKey, "a private key");
}

X509 *ptxi_pki_load_cert(const char *pem, struct ptx_error **err)
{
	LOAD(X509, PEM_read_bio_X509, "a certificate");
}

X509_REQ *ptxi_pki_load_request(const char *pem, struct ptx_error **err)
{
	LOAD(X509_REQ, PEM_read_bio_X509_REQ, "a request for a certificate");
}

bool ptxi_pki_key_kind_ok(const EVP_PKEY *key)
{
	char group[32] = "";
	size_t n = 0;

	return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &n) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

int64_t ptxi_pki_time(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0;
	int seconds = 0;
	int64_t at = 0;

	if (epoch && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1)
		at = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return at;
}

static int hex_digest(const unsigned char *p, int n, char out[65], struct ptx_error **err)
{
	unsigned char digest[PTXI_DIGEST_MAX];
	struct ptx_buf hex;

	if (n <= 0 || ptxi_digest(PTXI_SHA256, ptxi_strn((const char *)p, (size_t)n), digest) != 32)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	ptx_buf_init(&hex, 0);
	ptxi_hex_encode(ptxi_strn((const char *)digest, 32), &hex);
	if (ptx_buf_ok(&hex))
		memcpy(out, hex.p, 65);
	n = ptx_buf_ok(&hex) ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	ptx_buf_done(&hex);
	return n;
}

static int key_digest(const EVP_PKEY *key, char out[65], struct ptx_error **err)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	int code = 0;

	code =
	    n > 0 ? hex_digest(der, n, out, err) : ptxi_pki_broken(err, "cannot read a public key");
	OPENSSL_free(der);
	return code;
}

int ptxi_pki_key_digest(const char *pem, char out[65], struct ptx_error **err)
{
	X509 *cert = NULL;
	X509_REQ *req = NULL;
	EVP_PKEY *key = NULL;
	int code = 0;

	out[0] = '\0';
	if (pem && strstr(pem, "PRIVATE KEY"))
		key = ptxi_pki_load_key(pem, err);
	else if (pem && strstr(pem, "CERTIFICATE REQUEST"))
		key = (req = ptxi_pki_load_request(pem, err)) ? X509_REQ_get_pubkey(req) : NULL;
	else
		key = (cert = ptxi_pki_load_cert(pem, err)) ? X509_get_pubkey(cert) : NULL;
	if (key)
		code = key_digest(key, out, err);
	else if (cert || req)
		code = ptx_fail(err, PTX_E_SYNTAX, "the certificate's key cannot be read");
	else
		code = PTX_E_SYNTAX;
	ERR_clear_error();
	EVP_PKEY_free(key);
	X509_REQ_free(req);
	X509_free(cert);
	return code;
}

int ptxi_pki_fingerprint(const char *pem, char out[65], struct ptx_error **err)
{
	X509 *cert = ptxi_pki_load_cert(pem, err);
	unsigned char *der = NULL;
	int n = cert ? i2d_X509(cert, &der) : 0;
	int code = cert ? hex_digest(der, n, out, err) : PTX_E_SYNTAX;

	OPENSSL_free(der);
	X509_free(cert);
	return code;
}

bool ptxi_pki_key_matches(const char *key, const char *pem)
{
	char a[65] = "";
	char b[65] = "";

	return ptxi_pki_key_digest(key, a, NULL) == 0 && ptxi_pki_key_digest(pem, b, NULL) == 0 &&
	       strcmp(a, b) == 0;
}

bool ptxi_pki_renew_due(int64_t not_before_unix, int64_t not_after_unix, int64_t now_unix)
{
	return now_unix - not_before_unix >= (not_after_unix - not_before_unix) / 2;
}

/* --- who a certificate speaks for --- */

/* The one DNS name and, if there is one, the address. */
static void read_alt_names(X509 *cert, char dns[PTXI_PKI_NAME_MAX], char ip[46])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

	dns[0] = ip[0] = '\0';
	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int n = 0;

		if (name->type == GEN_DNS && !dns[0]) {
			n = ASN1_STRING_length(name->d.dNSName);
			if (n > 0 && n < PTXI_PKI_NAME_MAX &&
			    !memchr(ASN1_STRING_get0_data(name->d.dNSName), 0, (size_t)n))
				snprintf(dns, PTXI_PKI_NAME_MAX, "%.*s", n,
					 (const char *)ASN1_STRING_get0_data(name->d.dNSName));
		} else if (name->type == GEN_IPADD && !ip[0]) {
			const unsigned char *p = ASN1_STRING_get0_data(name->d.iPAddress);
			char text[64] = "";

			n = ASN1_STRING_length(name->d.iPAddress);
			if (n == 4)
				snprintf(text, sizeof(text), "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
			for (int k = 0; n == 16 && k < 16; k += 2)
				snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%x",
					 k ? ":" : "", (unsigned)(p[k] << 8 | p[k + 1]));
			if (!ptxi_wire_ip(text, ip))
				ip[0] = '\0';
		}
	}
	sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
}

static int read_identity(X509 *cert, const char *vpc, struct ptxi_pki_identity *who,
			 struct ptx_error **err)
{
	char dns[PTXI_PKI_NAME_MAX];
	char suffix[PTXI_PKI_NAME_MAX];
	struct ptx_str name = { NULL, 0 };

	memset(who, 0, sizeof(*who));
	read_alt_names(cert, dns, who->ip);
	who->not_before_unix = ptxi_pki_time(X509_get0_notBefore(cert));
	who->not_after_unix = ptxi_pki_time(X509_get0_notAfter(cert));
	if (key_digest(X509_get0_pubkey(cert), who->key_sha256, err) < 0)
		return PTX_E_UNTRUSTED;
	if (X509_check_ca(cert)) {
		who->role = PTXI_PKI_INTERMEDIATE;
		return 0;
	}
	name = ptxi_str_sub(ptxi_str(dns), 0, ptxi_str_find_char(ptxi_str(dns), '.'));
	snprintf(suffix, sizeof(suffix), ".%s.pitrix.internal", vpc ? vpc : "");
	if (!ptxi_wire_label_ok(name) || (vpc && strcmp(dns + name.n, suffix) != 0))
		return ptx_fail(err, PTX_E_UNTRUSTED,
				"the certificate's name '%s' is not of this VPC", dns);
	if (ptxi_str_is(name, "pilot"))
		who->role = PTXI_PKI_PILOT;
	else if (ptxi_str_is(name, "frontgate"))
		who->role = PTXI_PKI_FRONTGATE;
	else
		who->role = PTXI_PKI_DRONE;
	if (who->role == PTXI_PKI_DRONE)
		snprintf(who->instance, sizeof(who->instance), "%.*s", PTX_STR_ARG(name));
	return 0;
}

int ptxi_pki_read(const char *pem, struct ptxi_pki_identity *who, struct ptx_error **err)
{
	X509 *cert = ptxi_pki_load_cert(pem, err);
	int code = cert ? read_identity(cert, NULL, who, err) : PTX_E_SYNTAX;

	X509_free(cert);
	return code;
}

/* The certificates after the first one. At most 4. */
static STACK_OF(X509) * load_rest(const char *chain)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	const char *p = strstr(chain, "-----BEGIN CERTIFICATE-----");

	for (int i = 0; rest && p && i < 4; i++) {
		X509 *cert = NULL;

		p = strstr(p + 1, "-----BEGIN CERTIFICATE-----");
		cert = p ? ptxi_pki_load_cert(p, NULL) : NULL;
		if (cert && !sk_X509_push(rest, cert))
			X509_free(cert);
	}
	return rest;
}

static int verify_chain(X509 *leaf, STACK_OF(X509) * rest, X509 *root, int64_t now_unix,
			struct ptx_error **err)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int code = 0;

	if (!store || !ctx || X509_STORE_add_cert(store, root) != 1 ||
	    X509_STORE_CTX_init(ctx, store, leaf, rest) != 1) {
		code = ptx_fail(err, PTX_E_NOMEM, "no memory to verify a certificate");
	} else {
		X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)now_unix);
		/* A path length does not count a certificate that has its issuer's name; this does.
		 */
		X509_VERIFY_PARAM_set_depth(X509_STORE_CTX_get0_param(ctx), 1);
		if (X509_verify_cert(ctx) != 1)
			code =
			    ptx_fail(err, PTX_E_UNTRUSTED, "the certificate does not hold: %s",
				     X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return code;
}

int ptxi_pki_verify(const char *chain, const char *root_pem, const char *vpc, int64_t now_unix,
		    struct ptxi_pki_identity *who, struct ptx_error **err)
{
	X509 *leaf = ptxi_pki_load_cert(chain, err);
	X509 *root = leaf ? ptxi_pki_load_cert(root_pem, err) : NULL;
	STACK_OF(X509) *rest = root ? load_rest(chain) : NULL;
	int code = PTX_E_SYNTAX;

	if (root)
		code = verify_chain(leaf, rest, root, now_unix, err);
	if (code == 0)
		code = read_identity(leaf, vpc, who, err);
	if (code == 0 && who->role == PTXI_PKI_PILOT && X509_check_issued(root, leaf) != X509_V_OK)
		code = ptx_fail(err, PTX_E_UNTRUSTED,
				"a pilot's certificate is not issued by the root");
	sk_X509_pop_free(rest, X509_free);
	X509_free(root);
	X509_free(leaf);
	return code;
}
