/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_cert.c - certificates (RFC 5280), with the fields that Go's x509 gives them.
 *
 * The module `certs` writes them, and signs with RSA keys in their usual form, which all are that
 * charts have made for them. OpenSSL, which costs a short process more than all the rest, is asked
 * about other keys, and reads what has been written by others.
 */
#define PTX_AREA PTX_AREA_BASE
#include "certs.h"
#include "crypto_priv.h"
#include "digest.h"
#include "module.h"
#include "utf8.h"

#include <arpa/inet.h>

#define NS             INT64_C(1000000000)
#define DAY_NS         UINT64_C(86400000000000)
#define FEWEST_RSA     1024u
#define KEY_ID         20u   /* bytes of a SHA-256 digest */
#define MOST_SIGNATURE 2048u /* bytes: of RSA with 16,384 bits */
#define MOST_PUBLIC    4352u /* of such a key in DER */
#define MOST_FIXED     2048u /* of what is in every certificate, and heads */
#define MOST_HEAD      16u

/* Who owns a certificate, or signs it. */
struct party {
	EVP_PKEY *key;         /* NULL: an RSA key, which is in `rsa` */
	struct ptx_buf rsa;    /* DER */
	struct ptx_buf public; /* SubjectPublicKeyInfo, DER */
	enum ptxi_certs_algorithm algorithm;
	unsigned bits; /* of the key */
};

struct names {
	struct ptxi_certs_name *v;
	unsigned char (*addresses)[16];
};

/* Slices of its certificate; empty for who signs itself. */
struct issuer {
	struct ptx_buf der;
	struct ptx_str subject, key_id, public;
};

/* A certificate that is being made. */
struct job {
	const struct ptxi_certs_table *t;
	const struct ptxi_cert_request *r;
	struct party own, other;
	struct party *signer; /* one of those */
	struct issuer issuer;
	struct names names;
};

static void party_init(struct party *p)
{
	*p = (struct party){ 0 };
	ptx_buf_init(&p->rsa, 0);
	ptx_buf_init(&p->public, 0);
}

static void party_done(struct party *p)
{
	if (p->key) /* or OpenSSL would be loaded */
		EVP_PKEY_free(p->key);
	if (p->rsa.p)
		ptxi_wipe(p->rsa.p, p->rsa.n);
	ptx_buf_done(&p->rsa);
	ptx_buf_done(&p->public);
}

/* --- keys */

/* An RSA key that is written as usual; false for all others. */
static bool take_rsa(const struct ptxi_certs_table *t, struct ptx_str pem, struct party *p)
{
	char *to = ptx_buf_reserve(&p->public, MOST_PUBLIC);
	size_t n = 0;

	if (!to || !ptxi_crypto_read_pem(pem, PTXI_PEM_RSA, &p->rsa))
		return false;
	n = t->rsa_public(ptx_buf_str(&p->rsa), &p->bits, (unsigned char *)to, MOST_PUBLIC);
	if (n == 0 || n > MOST_PUBLIC)
		return false;
	ptx_buf_commit(&p->public, n);
	p->algorithm = PTXI_CERTS_RSA_SHA256;
	return true;
}

/* By which algorithm Go signs with a key; false where it does not. */
static bool set_algorithm(struct party *p)
{
	p->bits = (unsigned)EVP_PKEY_get_bits(p->key);
	switch (EVP_PKEY_get_base_id(p->key)) {
	case EVP_PKEY_RSA:
		p->algorithm = PTXI_CERTS_RSA_SHA256;
		return true;
	case EVP_PKEY_EC:
		p->algorithm = p->bits <= 256   ? PTXI_CERTS_ECDSA_SHA256
			       : p->bits <= 384 ? PTXI_CERTS_ECDSA_SHA384
						: PTXI_CERTS_ECDSA_SHA512;
		return true;
	case EVP_PKEY_ED25519:
		p->algorithm = PTXI_CERTS_ED25519;
		return true;
	default:
		return false;
	}
}

static int refuse_kind(const struct party *p, bool signs, struct ptx_error **err)
{
	if (signs)
		return ptx_fail(err, PTX_E_INVALID,
				"error creating certificate: x509: certificate private key does "
				"not implement crypto.Signer");
	return ptx_fail(
	    err, PTX_E_INVALID,
	    "error creating certificate: x509: unsupported public key type: *%s.PublicKey",
	    EVP_PKEY_get_base_id(p->key) == EVP_PKEY_DSA ? "dsa" : "ecdh");
}

static int take_other(struct ptx_str pem, bool signs, struct party *p, struct ptx_error **err)
{
	unsigned char *der = NULL;
	int n = 0;

	p->key = ptxi_crypto_read_key(pem, err);
	if (!p->key)
		return PTX_E_INVALID;
	if (!set_algorithm(p))
		return refuse_kind(p, signs, err);
	n = i2d_PUBKEY(p->key, &der);
	if (n > 0)
		ptx_buf_add(&p->public, der, (size_t)n);
	OPENSSL_free(der);
	return n > 0 && ptx_buf_ok(&p->public)
		   ? 0
		   : ptxi_crypto_failed(err, "a public key could not be written");
}

static int take_key(const struct ptxi_certs_table *t, struct ptx_str pem, bool signs,
		    struct party *p, struct ptx_error **err)
{
	return take_rsa(t, pem, p) ? 0 : take_other(pem, signs, p, err);
}

static int print_key(const struct party *p, struct ptx_buf *pem, struct ptx_error **err)
{
	return p->key ? ptxi_crypto_print_key(p->key, pem, err)
		      : ptxi_crypto_print_pem(ptx_buf_str(&p->rsa), PTXI_PEM_RSA, pem, err);
}

static size_t sign_other(const struct party *p, struct ptx_str text, unsigned char *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = MOST_SIGNATURE;
	const EVP_MD *md = p->algorithm == PTXI_CERTS_ED25519        ? NULL
			   : p->algorithm == PTXI_CERTS_ECDSA_SHA384 ? EVP_sha384()
			   : p->algorithm == PTXI_CERTS_ECDSA_SHA512 ? EVP_sha512()
								     : EVP_sha256();

	if (!ctx || EVP_DigestSignInit(ctx, NULL, md, NULL, p->key) != 1 ||
	    EVP_DigestSign(ctx, signature, &n, (const unsigned char *)text.p, text.n) != 1)
		n = 0;
	EVP_MD_CTX_free(ctx);
	return n;
}

/* The signature's length; 0 when it cannot be made. */
static size_t sign(const struct ptxi_certs_table *t, const struct party *p, struct ptx_str text,
		   unsigned char signature[MOST_SIGNATURE])
{
	unsigned char digest[PTXI_DIGEST_MAX];
	size_t n = 0;

	if (p->key)
		n = sign_other(p, text, signature);
	else if (ptxi_digest(PTXI_SHA256, text, digest))
		n = t->rsa_sign(ptx_buf_str(&p->rsa), digest, signature, MOST_SIGNATURE);
	return n <= MOST_SIGNATURE ? n : 0;
}

/* --- further names */

/* The bytes of an address in network order; their number, 0 when it is none. Four numbers in an
 * IPv6 address are IPv4. */
static size_t address_bytes(struct ptx_str text, unsigned char out[16])
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

/* DNS names first, as Go writes them. */
static int take_names(const struct ptxi_cert_request *r, struct names *names,
		      struct ptx_error **err)
{
	struct ptxi_certs_name *v = names->v;

	for (size_t i = 0; i < r->address_count; i++) {
		unsigned char *bytes = names->addresses[i];
		size_t n = address_bytes(r->addresses[i], bytes);

		if (n == 0)
			return ptx_fail(err, PTX_E_INVALID, "error parsing ip: %.*s",
					PTX_STR_ARG(r->addresses[i]));
		v[r->dns_count + i] =
		    (struct ptxi_certs_name){ .bytes = ptxi_strn((const char *)bytes, n),
					      .is_address = true };
	}
	for (size_t i = 0; i < r->dns_count; i++) {
		if (!ptxi_str_is_ascii(r->dns[i]))
			return ptx_fail(err, PTX_E_INVALID,
					"error creating certificate: x509: \"%.*s\" cannot be "
					"encoded as an IA5String",
					PTX_STR_ARG(r->dns[i]));
		v[i] = (struct ptxi_certs_name){ .bytes = r->dns[i] };
	}
	return 0;
}

/* --- certificates */

static int take_issuer(const struct ptxi_certs_table *t, struct ptx_str pem, struct issuer *issuer,
		       struct ptx_error **err)
{
	X509 *cert = NULL;
	unsigned char *der = NULL;
	int n = 0;

	if (!ptxi_crypto_read_pem(pem, PTXI_PEM_CERT, &issuer->der)) {
		ptx_buf_clear(&issuer->der);
		cert = ptxi_crypto_read_cert(pem, err);
		if (!cert)
			return PTX_E_INVALID;
		n = i2d_X509(cert, &der);
		if (n > 0)
			ptx_buf_add(&issuer->der, der, (size_t)n);
		OPENSSL_free(der);
		X509_free(cert);
	}
	return t->read_issuer(ptx_buf_str(&issuer->der), &issuer->subject, &issuer->key_id,
			      &issuer->public)
		   ? 0
		   : ptx_fail(err, PTX_E_INVALID, "error parsing certificate: it is malformed");
}

/* Whether the issuer's certificate is of another key than the one that signs. */
static bool is_of_another_key(const struct ptxi_certs_table *t, const struct issuer *issuer,
			      const struct party *ca)
{
	struct ptx_str a = { NULL, 0 };
	struct ptx_str b = { NULL, 0 };

	return !t->public_bits(issuer->public, &a) ||
	       !t->public_bits(ptx_buf_str(&ca->public), &b) || a.n != b.n ||
	       memcmp(a.p, b.p, a.n) != 0;
}

/* SHA-256's first 20 bytes of the public key, as Go does since 1.25. */
static bool set_key_id(const struct ptxi_certs_table *t, struct ptx_str public,
		       unsigned char id[PTXI_DIGEST_MAX])
{
	struct ptx_str bits = { NULL, 0 };

	return t->public_bits(public, &bits) && ptxi_digest(PTXI_SHA256, bits, id);
}

/* Go counts a duration in nanoseconds, and goes round at 292 years. */
static int64_t end_of(const struct ptxi_cert_request *r)
{
	int64_t ns = (int64_t)((uint64_t)r->days * DAY_NS);
	int64_t seconds = ns / NS;

	if (ns % NS < 0)
		seconds--;
	return r->now_unix + seconds;
}

static size_t tbs_room(const struct ptxi_certs_fields *f)
{
	size_t n = MOST_FIXED + 2 * f->common_name.n + f->issuer.n + f->public_key.n;

	for (size_t i = 0; i < f->name_count; i++)
		n += f->names[i].bytes.n + MOST_HEAD;
	return n;
}

/* Writes, and signs. */
static bool write_cert(const struct ptxi_certs_table *t, const struct ptxi_certs_fields *f,
		       const struct party *ca, struct ptx_buf *der)
{
	ptx_auto_buf tbs = { 0 };
	unsigned char signature[MOST_SIGNATURE];
	size_t room = tbs_room(f);
	size_t n = 0;
	char *to = NULL;

	ptx_buf_init(&tbs, 0);
	to = ptx_buf_reserve(&tbs, room);
	n = to ? t->write_tbs(f, (unsigned char *)to, room) : 0;
	if (n == 0 || n > room)
		return false;
	ptx_buf_commit(&tbs, n);
	n = sign(t, ca, ptx_buf_str(&tbs), signature);
	room = tbs.n + n + MOST_FIXED;
	to = n ? ptx_buf_reserve(der, room) : NULL;
	n = to ? t->write_cert(ptx_buf_str(&tbs), f->algorithm,
			       ptxi_strn((const char *)signature, n), (unsigned char *)to, room)
	       : 0;
	if (n == 0 || n > room)
		return false;
	ptx_buf_commit(der, n);
	return true;
}

static int make(const struct job *j, struct ptx_buf *pem, struct ptx_error **err)
{
	unsigned char key_id[PTXI_DIGEST_MAX];
	ptx_auto_buf der = { 0 };
	struct ptxi_certs_fields f = {
		.algorithm = j->signer->algorithm,
		.common_name = j->r->name,
		.issuer = j->issuer.subject,
		.public_key = ptx_buf_str(&j->own.public),
		.not_before = j->r->now_unix,
		.not_after = end_of(j->r),
		.is_ca = j->r->is_ca,
		.issuer_key_id = j->issuer.key_id,
		.names = j->names.v,
		.name_count = j->r->dns_count + j->r->address_count,
	};

	ptx_buf_init(&der, 0);
	memcpy(f.serial, j->r->serial, sizeof(f.serial));
	if (j->issuer.public.n && is_of_another_key(j->t, &j->issuer, j->signer))
		return ptx_fail(err, PTX_E_INVALID,
				"error creating certificate: x509: provided PrivateKey doesn't "
				"match parent's PublicKey");
	if (!ptxi_utf8_valid(j->r->name))
		return ptx_fail(err, PTX_E_INVALID,
				"error creating certificate: asn1: string not valid UTF-8");
	if (j->signer->algorithm == PTXI_CERTS_RSA_SHA256 && j->signer->bits < FEWEST_RSA)
		return ptx_fail(err, PTX_E_INVALID,
				"error creating certificate: crypto/rsa: %u-bit keys are insecure "
				"(see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
				j->signer->bits);
	if (j->r->is_ca)
		f.key_id = ptxi_strn((const char *)key_id, KEY_ID);
	if ((j->r->is_ca && !set_key_id(j->t, f.public_key, key_id)) ||
	    !write_cert(j->t, &f, j->signer, &der))
		return ptx_fail(err, PTX_E_INTERNAL,
				"error creating certificate: it could not be written");
	return ptxi_crypto_print_pem(ptx_buf_str(&der), PTXI_PEM_CERT, pem, err);
}

/* Takes all that was given; what of it is wrong is told in Sprig's order. */
static int take(struct job *j, struct ptx_error **err)
{
	const struct ptxi_cert_request *r = j->r;
	int code = 0;

	j->names.v = ptxi_alloc_array(r->dns_count + r->address_count + 1, sizeof(*j->names.v));
	j->names.addresses = ptxi_alloc_array(r->address_count + 1, sizeof(*j->names.addresses));
	if (!j->names.v || !j->names.addresses)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (r->ca_cert.p) {
		code = take_issuer(j->t, r->ca_cert, &j->issuer, err);
		if (code == 0)
			code = take_key(j->t, r->ca_key, true, &j->other, err);
		j->signer = &j->other;
	}
	if (code == 0)
		code = take_key(j->t, r->key, !r->ca_cert.p, &j->own, err);
	return code < 0 ? code : take_names(r, &j->names, err);
}

int ptxi_crypto_new_cert(const struct ptxi_cert_request *r, struct ptx_buf *cert,
			 struct ptx_buf *key, struct ptx_error **err)
{
	struct job j = { .t = ptxi_module_get("certs", err), .r = r, .signer = &j.own };
	int code = 0;

	if (!j.t)
		return PTX_E_UNSUPPORTED;
	party_init(&j.own);
	party_init(&j.other);
	ptx_buf_init(&j.issuer.der, 0);
	code = take(&j, err);
	if (code == 0)
		code = make(&j, cert, err);
	if (code == 0)
		code = print_key(&j.own, key, err);
	party_done(&j.own);
	party_done(&j.other);
	ptx_buf_done(&j.issuer.der);
	ptx_free(j.names.v);
	ptx_free(j.names.addresses);
	return code;
}
