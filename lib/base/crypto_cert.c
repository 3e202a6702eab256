/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_cert.c - certificates (RFC 5280), with the fields that Go's x509 gives them. */
#define PTX_AREA PTX_AREA_BASE
#include "crypto_priv.h"
#include "digest.h"

#include <arpa/inet.h>
#include <openssl/err.h>

#define DAY 86400

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext = NULL;
	bool ok = false;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext && X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	return ok;
}

/* The bytes of an address in network order; their number, 0 when it is none. Four numbers in an
 * IPv6 address are IPv4. */
static int address_bytes(struct ptx_str text, unsigned char out[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char name[INET6_ADDRSTRLEN + 1] = "";

	if (text.n >= sizeof(name) || memchr(text.p, '\0', text.n))
		return 0;
	memcpy(name, text.p, text.n);
	if (inet_pton(AF_INET, name, out) == 1)
		return 4;
	if (inet_pton(AF_INET6, name, out) != 1)
		return 0;
	if (memcmp(out, mapped, sizeof(mapped)) != 0)
		return 16;
	memmove(out, out + 12, 4);
	return 4;
}

static bool push_name(GENERAL_NAMES *names, int type, const void *bytes, int n)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *text = type == GEN_DNS ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();

	if (!name || !text || !ASN1_STRING_set(text, bytes, n)) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(text);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, text);
	if (sk_GENERAL_NAME_push(names, name))
		return true;
	GENERAL_NAME_free(name);
	return false;
}

static int add_names(X509 *cert, const struct ptxi_cert_request *r, struct ptx_error **err)
{
	GENERAL_NAMES *names = NULL;
	int code = 0;

	if (!r->address_count && !r->dns_count)
		return 0;
	names = GENERAL_NAMES_new();
	for (size_t i = 0; names && code == 0 && i < r->dns_count; i++) {
		for (size_t k = 0; k < r->dns[i].n && code == 0; k++)
			if ((unsigned char)r->dns[i].p[k] >= 0x80)
				code = ptx_fail(err, PTX_E_INVALID,
						"error creating certificate: x509: \"%.*s\" cannot "
						"be encoded as an IA5String",
						PTX_STR_ARG(r->dns[i]));
		if (code == 0 && !push_name(names, GEN_DNS, r->dns[i].p, (int)r->dns[i].n))
			code = ptxi_crypto_failed(err, "a name could not be written");
	}
	for (size_t i = 0; names && code == 0 && i < r->address_count; i++) {
		unsigned char bytes[16];
		int n = address_bytes(r->addresses[i], bytes);

		if (n == 0)
			code = ptx_fail(err, PTX_E_INVALID, "error parsing ip: %.*s",
					PTX_STR_ARG(r->addresses[i]));
		else if (!push_name(names, GEN_IPADD, bytes, n))
			code = ptxi_crypto_failed(err, "an address could not be written");
	}
	if (code == 0 &&
	    (!names || X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) != 1))
		code = ptxi_crypto_failed(err, "the names could not be written");
	GENERAL_NAMES_free(names);
	return code;
}

/* SHA-256's first 20 bytes of the public key, as Go does since 1.25. */
static bool add_key_id(X509 *cert)
{
	ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(cert);
	unsigned char digest[PTXI_DIGEST_MAX];
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	bool ok = bits && id &&
		  ptxi_digest(PTXI_SHA256,
			      ptxi_strn((const char *)ASN1_STRING_get0_data(bits),
					(size_t)ASN1_STRING_length(bits)),
			      digest) &&
		  ASN1_OCTET_STRING_set(id, digest, 20) &&
		  X509_add1_ext_i2d(cert, NID_subject_key_identifier, id, 0, 0) == 1;

	ASN1_OCTET_STRING_free(id);
	return ok;
}

static bool add_issuer_id(X509 *cert, X509 *issuer)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *to = id ? AUTHORITY_KEYID_new() : NULL;
	bool ok = !id;

	if (to) {
		to->keyid = ASN1_OCTET_STRING_dup(id);
		ok = to->keyid &&
		     X509_add1_ext_i2d(cert, NID_authority_key_identifier, to, 0, 0) == 1;
	}
	AUTHORITY_KEYID_free(to);
	return ok;
}

static bool set_serial(X509 *cert, const unsigned char bytes[16])
{
	BIGNUM *n = BN_bin2bn(bytes, 16, NULL);
	bool ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));

	BN_free(n);
	return ok;
}

/* Letters, digits and some signs are a PrintableString. */
static bool is_printable(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) &&
		    !(c && strchr(" '()+,-./:=?", c)))
			return false;
	}
	return true;
}

static bool set_subject(X509 *cert, struct ptx_str name)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	return name.n == 0 || X509_NAME_add_entry_by_NID(
				  subject, NID_commonName,
				  is_printable(name) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING,
				  (const unsigned char *)name.p, (int)name.n, -1, 0) == 1;
}

static bool set_times(X509 *cert, const struct ptxi_cert_request *r)
{
	int64_t end = 0;

	if (__builtin_mul_overflow(r->days, DAY, &end) ||
	    __builtin_add_overflow(end, r->now_unix, &end))
		return false;
	return ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)r->now_unix) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)end);
}

static bool fill(X509 *cert, const struct ptxi_cert_request *r, EVP_PKEY *key, X509 *issuer)
{
	const char *usage = r->is_ca ? "critical,digitalSignature,keyEncipherment,keyCertSign"
				     : "critical,digitalSignature,keyEncipherment";

	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert, r->serial) &&
	       set_subject(cert, r->name) &&
	       X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert)) &&
	       set_times(cert, r) && X509_set_pubkey(cert, key) &&
	       add_extension(cert, NID_key_usage, usage) &&
	       add_extension(cert, NID_ext_key_usage, "serverAuth,clientAuth") &&
	       add_extension(cert, NID_basic_constraints,
			     r->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
	       (!r->is_ca || add_key_id(cert)) && (!issuer || add_issuer_id(cert, issuer));
}

static bool sign(X509 *cert, EVP_PKEY *key)
{
	return X509_sign(cert, key,
			 EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256()) > 0;
}

static int print_cert(X509 *cert, struct ptx_buf *pem, struct ptx_error **err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n = 0;

	if (bio && PEM_write_bio_X509(bio, cert))
		n = BIO_get_mem_data(bio, &p);
	if (n > 0)
		ptx_buf_add(pem, p, (size_t)n);
	BIO_free(bio);
	return n > 0 && ptx_buf_ok(pem)
		   ? 0
		   : ptxi_crypto_failed(err, "the certificate could not be written");
}

static int make(const struct ptxi_cert_request *r, EVP_PKEY *key, EVP_PKEY *ca_key, X509 *issuer,
		struct ptx_buf *out, struct ptx_error **err)
{
	X509 *cert = X509_new();
	int code = 0;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_DSA ||
	    EVP_PKEY_get_base_id(ca_key) == EVP_PKEY_DSA)
		code = ptx_fail(
		    err, PTX_E_INVALID,
		    "error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported");
	else if (!cert || !fill(cert, r, key, issuer))
		code = ptxi_crypto_failed(err, "error creating certificate");
	if (code == 0)
		code = add_names(cert, r, err);
	if (code == 0 && !sign(cert, ca_key))
		code = ptxi_crypto_failed(err, "error creating certificate");
	if (code == 0)
		code = print_cert(cert, out, err);
	X509_free(cert);
	return code;
}

int ptxi_crypto_new_cert(const struct ptxi_cert_request *r, struct ptx_buf *cert,
			 struct ptx_buf *key, struct ptx_error **err)
{
	EVP_PKEY *own = NULL;
	EVP_PKEY *ca_key = NULL;
	X509 *issuer = NULL;
	int code = PTX_E_INVALID;

	own = ptxi_crypto_read_key(r->key, err);
	if (own && r->ca_cert.p) {
		issuer = ptxi_crypto_read_cert(r->ca_cert, err);
		ca_key = issuer ? ptxi_crypto_read_key(r->ca_key, err) : NULL;
	} else if (own && EVP_PKEY_up_ref(own)) {
		ca_key = own;
	}
	if (own && ca_key) {
		code = make(r, own, ca_key, issuer, cert, err);
		if (code == 0)
			code = ptxi_crypto_print_key(own, key, err);
	}
	EVP_PKEY_free(own);
	EVP_PKEY_free(ca_key);
	X509_free(issuer);
	return code;
}
