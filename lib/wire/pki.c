/* SPDX-License-Identifier: Apache-2.0 */
/* pki.c - signing: the root, Frontgate's intermediate and the leaves (RFC 5280; OpenSSL does the
 * work).
 *
 * What goes into a certificate is said by the signer alone: of a request only its key is taken,
 * once its signature shows that whoever sent it has the private half. Reading and verifying is in
 * pki_verify.c.
 */
#define PTX_AREA PTX_AREA_WIRE
#include "pki_priv.h"

#include <openssl/err.h>
#include <openssl/rand.h>

int ptxi_pki_broken(struct ptx_error **err, const char *what)
{
	unsigned long n = ERR_peek_last_error();
	char reason[200] = "";

	ERR_error_string_n(n, reason, sizeof(reason));
	ERR_clear_error();
	return ptx_fail(err,
			ERR_GET_REASON(n) == ERR_R_MALLOC_FAILURE ? PTX_E_NOMEM : PTX_E_INTERNAL,
			"%s%s%s", what, n ? ": " : "", n ? reason : "");
}

void ptxi_pki_name(const char *instance, const char *vpc, char out[PTXI_PKI_NAME_MAX])
{
	snprintf(out, PTXI_PKI_NAME_MAX, "%s.%s.pitrix.internal", instance, vpc);
}

/* The text of a memory BIO, owned; a private key's copy inside the BIO is wiped. */
static char *bio_text(BIO *bio, struct ptx_error **err)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);
	char *text = n > 0 ? ptxi_str_dup(ptxi_strn(p, (size_t)n)) : NULL;

	if (n > 0)
		OPENSSL_cleanse(p, (size_t)n);
	if (!text)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	return text;
}

char *ptxi_pki_key_new(struct ptx_error **err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (!key || !bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		ptxi_pki_broken(err, "cannot make a key");
	else
		text = bio_text(bio, err);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return text;
}

static char *cert_text(X509 *cert, struct ptx_error **err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (!bio || PEM_write_bio_X509(bio, cert) != 1)
		ptxi_pki_broken(err, "cannot write a certificate");
	else
		text = bio_text(bio, err);
	BIO_free(bio);
	return text;
}

static bool set_name(X509_NAME *name, const char *common, const char *vpc)
{
	return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"pitrix",
					  -1, -1, 0) == 1 &&
	       X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_UTF8, (const unsigned char *)vpc, -1,
					  -1, 0) == 1 &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common,
					  -1, -1, 0) == 1;
}

static bool set_serial(X509 *cert)
{
	unsigned char bytes[16];
	BIGNUM *n = NULL;
	bool ok = false;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40); /* positive, and always 16 bytes */
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return ok;
}

static bool add_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext = NULL;
	bool ok = false;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

/* Version, serial, validity, subject, key: what every certificate has. */
static X509 *draft(EVP_PKEY *key, const char *common, const char *vpc, int64_t from, int64_t to)
{
	X509 *cert = X509_new();

	if (cert && X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)to) &&
	    set_name(X509_get_subject_name(cert), common, vpc) && X509_set_pubkey(cert, key) == 1)
		return cert;
	X509_free(cert);
	return NULL;
}

char *ptxi_pki_root(const char *key_pem, const char *vpc, int64_t now_unix, struct ptx_error **err)
{
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	char *text = NULL;

	if (!ptxi_wire_label_ok(ptxi_str(vpc))) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is no name of a VPC", vpc);
		return NULL;
	}
	key = ptxi_pki_load_key(key_pem, err);
	if (!key)
		return NULL;
	cert = draft(key, "root", vpc, now_unix - PTXI_PKI_BACKDATE_S, now_unix + PTXI_PKI_ROOT_S);
	if (!cert || X509_set_issuer_name(cert, X509_get_subject_name(cert)) != 1 ||
	    !add_ext(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:1") ||
	    !add_ext(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") ||
	    !add_ext(cert, cert, NID_subject_key_identifier, "hash") ||
	    X509_sign(cert, key, EVP_sha256()) <= 0)
		ptxi_pki_broken(err, "cannot make a root certificate");
	else
		text = cert_text(cert, err);
	X509_free(cert);
	EVP_PKEY_free(key);
	return text;
}

char *ptxi_pki_request(const char *key_pem, const char *instance, const char *vpc,
		       struct ptx_error **err)
{
	EVP_PKEY *key = ptxi_pki_load_key(key_pem, err);
	X509_REQ *req = key ? X509_REQ_new() : NULL;
	BIO *bio = key ? BIO_new(BIO_s_mem()) : NULL;
	char *text = NULL;

	if (!key)
		return NULL;
	if (!req || !bio || X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    !set_name(X509_REQ_get_subject_name(req), instance, vpc) ||
	    X509_REQ_set_pubkey(req, key) != 1 || X509_REQ_sign(req, key, EVP_sha256()) <= 0 ||
	    PEM_write_bio_X509_REQ(bio, req) != 1)
		ptxi_pki_broken(err, "cannot make a request for a certificate");
	else
		text = bio_text(bio, err);
	BIO_free(bio);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
	return text;
}

/* --- signing requests --- */

static const struct {
	const char *name;
	int64_t life_s;
	const char *usage;
	const char *extended;
} roles[] = {
	[PTXI_PKI_INTERMEDIATE] = { "intermediate", PTXI_PKI_INTERMEDIATE_S,
				    "critical,keyCertSign,cRLSign", NULL },
	[PTXI_PKI_PILOT] = { "pilot", PTXI_PKI_PILOT_S, "critical,digitalSignature", "clientAuth" },
	[PTXI_PKI_FRONTGATE] = { "frontgate", PTXI_PKI_LEAF_S, "critical,digitalSignature",
				 "serverAuth" },
	[PTXI_PKI_DRONE] = { "drone", PTXI_PKI_LEAF_S, "critical,digitalSignature", "clientAuth" },
};

/* Only names of this VPC, and addresses that are private: the intermediate is of no use elsewhere.
 */
static bool add_constraints(X509 *cert, X509 *issuer, const char *vpc)
{
	char value[512];

	snprintf(value, sizeof(value),
		 "critical,permitted;DNS:%s.pitrix.internal,permitted;IP:10.0.0.0/255.0.0.0,"
		 "permitted;IP:172.16.0.0/255.240.0.0,permitted;IP:192.168.0.0/255.255.0.0,"
		 "permitted;IP:100.64.0.0/255.192.0.0,permitted;IP:127.0.0.0/255.0.0.0,"
		 "permitted;IP:fc00::/fe00::,excluded;email:.",
		 vpc);
	return add_ext(cert, issuer, NID_name_constraints, value);
}

static bool add_extensions(const struct ptxi_pki_sign *s, X509 *cert, X509 *issuer)
{
	char name[PTXI_PKI_NAME_MAX];
	char alt[PTXI_PKI_NAME_MAX + 64];

	if (!add_ext(cert, issuer, NID_subject_key_identifier, "hash") ||
	    !add_ext(cert, issuer, NID_authority_key_identifier, "keyid") ||
	    !add_ext(cert, issuer, NID_key_usage, roles[s->role].usage))
		return false;
	if (s->role == PTXI_PKI_INTERMEDIATE)
		return add_ext(cert, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
		       add_constraints(cert, issuer, s->vpc);
	ptxi_pki_name(s->role == PTXI_PKI_DRONE ? s->instance : roles[s->role].name, s->vpc, name);
	snprintf(alt, sizeof(alt), "DNS:%s%s%s", name, s->ip ? ",IP:" : "", s->ip ? s->ip : "");
	return add_ext(cert, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_ext(cert, issuer, NID_ext_key_usage, roles[s->role].extended) &&
	       add_ext(cert, issuer, NID_subject_alt_name, alt);
}

static char *sign_key(const struct ptxi_pki_sign *s, EVP_PKEY *subject, X509 *issuer,
		      EVP_PKEY *issuer_key, struct ptx_error **err)
{
	int64_t life = s->life_s > 0 ? s->life_s : roles[s->role].life_s;
	int64_t to = s->now_unix + life;
	int64_t end = ptxi_pki_time(X509_get0_notAfter(issuer));
	X509 *cert = NULL;
	char *text = NULL;

	if (X509_check_private_key(issuer, issuer_key) != 1) {
		ERR_clear_error();
		ptx_fail(err, PTX_E_INVALID, "the issuer's key is not that of its certificate");
		return NULL;
	}
	if (end <= s->now_unix) {
		ptx_fail(err, PTX_E_UNTRUSTED, "the issuer's certificate has ended");
		return NULL;
	}
	cert = draft(subject, s->role == PTXI_PKI_DRONE ? s->instance : roles[s->role].name, s->vpc,
		     s->now_unix - PTXI_PKI_BACKDATE_S, to < end ? to : end);
	if (!cert || X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1 ||
	    !add_extensions(s, cert, issuer) || X509_sign(cert, issuer_key, EVP_sha256()) <= 0)
		ptxi_pki_broken(err, "cannot sign a certificate");
	else
		text = cert_text(cert, err);
	X509_free(cert);
	return text;
}

static int check_names(const struct ptxi_pki_sign *s, struct ptx_error **err)
{
	char ip[46];

	if (!ptxi_wire_label_ok(ptxi_str(s->vpc)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no name of a VPC", s->vpc);
	if (s->role == PTXI_PKI_DRONE &&
	    (!s->instance || !ptxi_wire_instance_ok(ptxi_str(s->instance))))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no name of an instance",
				s->instance ? s->instance : "");
	if (s->ip && !ptxi_wire_ip(s->ip, ip))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address", s->ip);
	return 0;
}

char *ptxi_pki_sign(const struct ptxi_pki_sign *s, struct ptx_error **err)
{
	X509_REQ *req = NULL;
	X509 *issuer = NULL;
	EVP_PKEY *issuer_key = NULL;
	EVP_PKEY *subject = NULL;
	char *text = NULL;

	if (check_names(s, err) < 0)
		return NULL;
	req = ptxi_pki_load_request(s->request, err);
	issuer = req ? ptxi_pki_load_cert(s->issuer, err) : NULL;
	issuer_key = issuer ? ptxi_pki_load_key(s->issuer_key, err) : NULL;
	subject = issuer_key ? X509_REQ_get0_pubkey(req) : NULL;
	if (issuer_key && !ptxi_pki_key_kind_ok(subject))
		ptx_fail(err, PTX_E_INVALID, "the request's key is not EC P-256");
	else if (issuer_key && X509_REQ_verify(req, subject) != 1)
		ptx_fail(err, PTX_E_UNTRUSTED, "the request is not signed by its own key");
	else if (issuer_key)
		text = sign_key(s, subject, issuer, issuer_key, err);
	ERR_clear_error();
	EVP_PKEY_free(issuer_key);
	X509_free(issuer);
	X509_REQ_free(req);
	return text;
}
