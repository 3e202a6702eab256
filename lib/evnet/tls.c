/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - TLS 1.3 with a CA of our own, and nothing else.
 *
 * Trust is one root: either its certificate, or its digest, when the peer sends the root along (a
 * Drone that enrols knows no more). Then the root that the peer sent is taken as trusted if its
 * digest is the pinned one, and the usual verification does the rest. No system store, no tickets
 * (each connection shows its certificate), no compression.
 */
#define PTX_AREA PTX_AREA_EVNET
#include "tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "../base/digest.h"
#include "../base/encode.h"

#define PIN_SIZE 32

const char *ptxi_tls_reason(char *out, size_t n)
{
	unsigned long e = ERR_get_error();
	const char *reason = e ? ERR_reason_error_string(e) : NULL;

	snprintf(out, n, "%s", reason ? reason : "the connection was closed");
	ERR_clear_error();
	return out;
}

static int no_passphrase(char *buf, int size, int rw, void *user)
{
	(void)buf, (void)size, (void)rw, (void)user;
	return 0;
}

static BIO *text_bio(const char *pem)
{
	return BIO_new_mem_buf(pem, (int)strnlen(pem, (size_t)1 << 20));
}

/* The certificate and whatever follows it in the text. */
static bool use_chain(SSL_CTX *tls, const char *pem)
{
	BIO *bio = text_bio(pem);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	bool ok = cert && SSL_CTX_use_certificate(tls, cert) == 1;

	X509_free(cert);
	for (int i = 0; ok && i < 5 && (cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL));
	     i++)
		if (SSL_CTX_add0_chain_cert(tls, cert) != 1) {
			X509_free(cert);
			ok = false;
		}
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

static bool use_key(SSL_CTX *tls, const char *pem)
{
	BIO *bio = text_bio(pem);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	bool ok =
	    key && SSL_CTX_use_PrivateKey(tls, key) == 1 && SSL_CTX_check_private_key(tls) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	return ok;
}

static bool use_root(SSL_CTX *tls, const char *pem)
{
	BIO *bio = text_bio(pem);
	X509 *root = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	bool ok = root && X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), root) == 1;

	X509_free(root);
	BIO_free(bio);
	return ok;
}

static bool is_pinned(X509 *cert, const unsigned char *pin)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	return X509_digest(cert, EVP_sha256(), digest, &n) == 1 && n == PIN_SIZE &&
	       memcmp(digest, pin, PIN_SIZE) == 0;
}

static int verify_pinned(X509_STORE_CTX *ctx, void *pin)
{
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(ctx);
	STACK_OF(X509) *trusted = sk_X509_new_null();
	int ok = 0;

	for (int i = 0; trusted && i < sk_X509_num(sent); i++)
		if (is_pinned(sk_X509_value(sent, i), pin))
			sk_X509_push(trusted, sk_X509_value(sent, i));
	if (trusted) {
		X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
		ok = X509_verify_cert(ctx);
	}
	if (!ok && X509_STORE_CTX_get_error(ctx) == X509_V_OK)
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_UNSPECIFIED);
	sk_X509_free(trusted);
	return ok;
}

static void free_pin(void *parent, void *p, CRYPTO_EX_DATA *ad, int index, long argl, void *argp)
{
	(void)parent, (void)ad, (void)index, (void)argl, (void)argp;
	ptx_free(p);
}

/* The pin lives as long as the context. */
static int use_pin(SSL_CTX *tls, const char *hex, struct ptx_error **err)
{
	static int slot = -1;
	struct ptx_buf pin;
	char *bytes = NULL;
	size_t n = 0;

	ptx_buf_init(&pin, 0);
	if (!ptxi_hex_decode(ptxi_str(hex), &pin) || pin.n != PIN_SIZE) {
		ptx_buf_done(&pin);
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no SHA-256 in hex", hex);
	}
	bytes = ptx_buf_steal(&pin, &n);
	if (slot < 0)
		slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_pin);
	if (!bytes || slot < 0 || SSL_CTX_set_ex_data(tls, slot, bytes) != 1) {
		ptx_free(bytes);
		return ptx_fail(err, PTX_E_NOMEM, "no memory for TLS");
	}
	SSL_CTX_set_cert_verify_callback(tls, verify_pinned, bytes);
	return 0;
}

static int set_up(SSL_CTX *tls, const struct ptxi_tls_opts *o, struct ptx_error **err)
{
	int verify = SSL_VERIFY_PEER;

	SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
	SSL_CTX_set_options(tls,
			    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_num_tickets(tls, 0);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify_depth(
	    tls, 1); /* one intermediate: path lengths do not count one of the same name */
	if (o->is_server && !o->ask_client)
		verify = SSL_VERIFY_NONE;
	SSL_CTX_set_verify(tls, verify, NULL);
	if (o->certificate && !use_chain(tls, o->certificate))
		return ptx_fail(err, PTX_E_SYNTAX, "the certificate for TLS cannot be read");
	if (o->certificate && (!o->key || !use_key(tls, o->key)))
		return ptx_fail(err, PTX_E_INVALID,
				"the key for TLS cannot be read or is not that of the certificate");
	if (o->ca && !use_root(tls, o->ca))
		return ptx_fail(err, PTX_E_SYNTAX, "the root certificate for TLS cannot be read");
	if (!o->ca && o->ca_sha256)
		return use_pin(tls, o->ca_sha256, err);
	if (!o->ca && verify != SSL_VERIFY_NONE)
		return ptx_fail(err, PTX_E_INVALID, "TLS has no root to trust");
	return 0;
}

SSL_CTX *ptxi_tls_new(const struct ptxi_tls_opts *o, struct ptx_error **err)
{
	SSL_CTX *tls = SSL_CTX_new(o->is_server ? TLS_server_method() : TLS_client_method());
	int code = tls ? set_up(tls, o, err) : ptx_fail(err, PTX_E_NOMEM, "no memory for TLS");

	ERR_clear_error();
	if (code < 0) {
		SSL_CTX_free(tls);
		tls = NULL;
	}
	return tls;
}
