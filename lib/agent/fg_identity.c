/* SPDX-License-Identifier: Apache-2.0 */
/* fg_identity.c - Frontgate's certificates, and whom the other side's speaks for.
 *
 * The intermediate comes as a file with the instance; Pilot signs the next one when half of its
 * life is over, for a key that Frontgate makes itself. That pair is kept in the data folder, in one
 * file, so that they can never be of different age; the certificate before it stays along, since
 * Drones still show leaves that it signed. Our own leaf is made here whenever half of its life is
 * over.
 *
 * TLS has verified a client's chain already; here the name is read, and it is verified again by the
 * clock of now, since connections live long.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#include <openssl/pem.h>

#include "../base/fs.h"
#include "../base/path.h"

#define SAVED     "intermediate.pem"
#define CHAIN_MAX 4

static char *read_file(const char *path, struct ptx_error **err)
{
	ptx_auto_buf b = { 0 };

	ptx_buf_init(&b, 0);
	if (ptxi_fs_read(path, PTXI_PKI_MAX_PEM, &b, err) < 0)
		return NULL;
	return ptx_buf_steal(&b, NULL);
}

static char *read_named(const json_t *config, const char *name, struct ptx_error **err)
{
	const char *path = ptxi_wire_need(config, name, 4096, err);

	return path ? read_file(path, err) : NULL;
}

static int64_t end_of(const char *cert)
{
	struct ptxi_pki_identity who;

	return ptxi_pki_read(cert, &who, NULL) == 0 ? who.not_after_unix : 0;
}

/* A pair that Pilot signed later than the file of the instance. */
static void prefer_saved(struct frontgate *fg)
{
	ptx_auto_str path = ptxi_path_join(fg->config.data, SAVED);
	char *text = path && ptxi_fs_exists(path) ? read_file(path, NULL) : NULL;
	char *key = text ? strstr(text, "-----BEGIN PRIVATE KEY-----") : NULL;
	char *cert = text ? strstr(text, "-----BEGIN CERTIFICATE-----") : NULL;
	struct ptxi_pki_identity who;

	if (key && cert && end_of(cert) > end_of(fg->config.intermediate) &&
	    ptxi_pki_key_matches(key, cert) &&
	    ptxi_pki_verify(cert, fg->config.ca, fg->config.vpc, ptxi_fg_now(fg), &who, NULL) ==
		0 &&
	    who.role == PTXI_PKI_INTERMEDIATE) {
		char *fresh_key =
		    ptxi_strndup(key, (size_t)(cert > key ? cert - key : (ptrdiff_t)strlen(key)));
		char *fresh = ptxi_strdup(cert);

		if (fresh_key && fresh) {
			ptxi_free_secret(fg->config.key);
			ptx_free(fg->config.intermediate);
			fg->config.key = fresh_key;
			fg->config.intermediate = fresh;
		} else {
			ptxi_free_secret(fresh_key);
			ptx_free(fresh);
		}
	}
	ptxi_free_secret(text);
}

int ptxi_fg_identity_load(struct frontgate *fg, const json_t *config, struct ptx_error **err)
{
	struct ptxi_pki_identity who;

	fg->config.ca = read_named(config, "ca", err);
	fg->config.intermediate = fg->config.ca ? read_named(config, "certificate", err) : NULL;
	fg->config.key = fg->config.intermediate ? read_named(config, "key", err) : NULL;
	if (!fg->config.key) {
		ptx_wrap(err, "while reading the certificates");
		return PTX_E_CONFIG;
	}
	prefer_saved(fg);
	if (ptxi_pki_verify(fg->config.intermediate, fg->config.ca, fg->config.vpc, ptxi_fg_now(fg),
			    &who, err) < 0)
		return ptx_wrap(err, "while verifying the intermediate certificate");
	if (who.role != PTXI_PKI_INTERMEDIATE ||
	    !ptxi_pki_key_matches(fg->config.key, fg->config.intermediate))
		return ptx_fail(err, PTX_E_CONFIG,
				"the intermediate certificate is none, or the key is not its own");
	return 0;
}

SSL_CTX *ptxi_fg_identity_tls(struct frontgate *fg, struct ptx_error **err)
{
	char *key = ptxi_pki_key_new(err);
	ptx_auto_str request = key ? ptxi_pki_request(key, "frontgate", fg->config.vpc, err) : NULL;
	struct ptxi_pki_sign s = { .role = PTXI_PKI_FRONTGATE,
				   .request = request,
				   .issuer = fg->config.intermediate,
				   .issuer_key = fg->config.key,
				   .vpc = fg->config.vpc,
				   .now_unix = ptxi_fg_now(fg) };
	ptx_auto_str leaf = request ? ptxi_pki_sign(&s, err) : NULL;
	ptx_auto_str chain =
	    leaf ? ptxi_asprintf("%s%s%s", leaf, fg->config.intermediate, fg->config.ca) : NULL;
	struct ptxi_tls_opts o = { .is_server = true,
				   .certificate = chain,
				   .key = key,
				   .ca = fg->config.ca,
				   .ask_client = true };
	struct ptxi_pki_identity who;
	SSL_CTX *tls = NULL;

	if (chain)
		tls = ptxi_tls_new(&o, err);
	else if (leaf)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	if (tls && ptxi_pki_read(leaf, &who, NULL) == 0) {
		fg->leaf_from = who.not_before_unix;
		fg->leaf_to = who.not_after_unix;
	}
	ptxi_free_secret(key);
	return tls;
}

static void use_fresh_leaf(struct frontgate *fg)
{
	struct ptx_error *e = NULL;
	SSL_CTX *tls = ptxi_fg_identity_tls(fg, &e);

	if (tls)
		ptxi_server_set_tls(fg->server, tls);
	else
		ptxi_log(fg->ctx, PTX_LOG_ERROR, "agent", "cannot renew the certificate",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	SSL_CTX_free(tls);
	ptx_error_free(e);
}

void ptxi_fg_identity_tick(struct frontgate *fg)
{
	if (ptxi_pki_renew_due(fg->leaf_from, fg->leaf_to, ptxi_fg_now(fg)))
		use_fresh_leaf(fg);
}

/* --- the other side --- */

/* The certificate and what came along with it. Our own intermediate would not do: it may be younger
 * than the leaf, as after our instance was made anew. */
static char *chain_text(X509 *cert, STACK_OF(X509) * along)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	char *text = NULL;
	long n = 0;

	if (bio && cert && PEM_write_bio_X509(bio, cert) == 1) {
		for (int i = 0; along && i < sk_X509_num(along) && i < CHAIN_MAX; i++)
			PEM_write_bio_X509(bio, sk_X509_value(along, i));
		n = BIO_get_mem_data(bio, &p);
		text = n > 0 ? ptxi_strndup(p, (size_t)n) : NULL;
	}
	BIO_free(bio);
	return text;
}

static struct ptxi_pki_identity *identify(struct frontgate *fg, struct ptxi_exchange *x,
					  struct ptx_error **err)
{
	struct ptxi_pki_identity *who = ptxi_alloc(sizeof(*who));
	ptx_auto_str chain = chain_text(ptxi_exchange_certificate(x), ptxi_exchange_chain(x));

	if (!who || !chain)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	else if (ptxi_pki_verify(chain, fg->config.ca, fg->config.vpc, ptxi_fg_now(fg), who, err) ==
		 0)
		return who;
	ptx_free(who);
	return NULL;
}

/* A Drone connects from the address that its certificate was given for, with a key that was not
 * forgotten. */
static int check_drone(struct frontgate *fg, struct ptxi_exchange *x,
		       const struct ptxi_pki_identity *who, struct ptx_error **err)
{
	char key[128];
	const char *text = NULL;
	const char *bound = NULL;
	json_t *j = NULL;
	int code = 0;

	if (who->ip[0] && strcmp(who->ip, ptxi_exchange_ip(x)) != 0)
		return ptx_fail(err, PTX_E_DENIED,
				"instance '%s' connects from %s, its certificate is for %s",
				who->instance, ptxi_exchange_ip(x), who->ip);
	snprintf(key, sizeof(key), PTXI_WIRE_REVOKED "%s", who->key_sha256);
	if (ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key))
		return ptx_fail(err, PTX_E_DENIED, "the key of instance '%s' was forgotten",
				who->instance);
	snprintf(key, sizeof(key), PTXI_WIRE_INSTANCE "%s", who->instance);
	text = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	j = text ? ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL) : NULL;
	bound = json_string_value(json_object_get(j, "key_sha256"));
	if (bound && strcmp(bound, who->key_sha256) != 0)
		code = ptx_fail(err, PTX_E_DENIED, "instance '%s' has another key by now",
				who->instance);
	json_decref(j);
	return code;
}

const struct ptxi_pki_identity *ptxi_fg_who(struct frontgate *fg, struct ptxi_exchange *x,
					    enum ptxi_pki_role want)
{
	struct ptxi_pki_identity *who = ptxi_exchange_peer(x);
	struct ptx_error *e = NULL;

	if (!who) {
		who = identify(fg, x, &e);
		if (who)
			ptxi_exchange_set_peer(x, who, ptx_free);
	}
	if (who && who->not_after_unix <= ptxi_fg_now(fg))
		ptx_fail(&e, PTX_E_AUTH, "the certificate has ended");
	else if (who && who->role != want)
		ptx_fail(&e, PTX_E_DENIED, "'%s' may not use %s",
			 who->role == PTXI_PKI_DRONE   ? who->instance
			 : who->role == PTXI_PKI_PILOT ? "pilot"
						       : "frontgate",
			 ptxi_exchange_path(x));
	else if (who && want == PTXI_PKI_DRONE)
		check_drone(fg, x, who, &e);
	if (!e)
		return who;
	if (ptx_error_code(e) == PTX_E_DENIED)
		ptxi_fg_deny(fg, x, who->instance[0] ? who->instance : NULL, e);
	else
		ptxi_fg_reply_error(x, e);
	ptx_error_free(e);
	return NULL;
}

/* --- a new intermediate --- */

void ptxi_fg_intermediate_request(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	ptx_auto_str request = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT))
		return;
	ptxi_free_secret(fg->next_key);
	fg->next_key = ptxi_pki_key_new(&e);
	request = fg->next_key ? ptxi_pki_request(fg->next_key, "intermediate", fg->config.vpc, &e)
			       : NULL;
	if (request)
		ptxi_fg_reply(x, json_pack("{s:s}", "request", request));
	else
		ptxi_fg_reply_error(x, e);
	ptx_error_free(e);
}

static int take_intermediate(struct frontgate *fg, const char *cert, struct ptx_error **err)
{
	struct ptxi_pki_identity who;
	ptx_auto_str path = ptxi_path_join(fg->config.data, SAVED);
	ptx_auto_str both = NULL;
	char *saved = NULL;
	char *old_end = strstr(fg->config.intermediate, "-----END CERTIFICATE-----");
	int code = 0;

	if (!fg->next_key || !ptxi_pki_key_matches(fg->next_key, cert))
		return ptx_fail(err, PTX_E_CONFLICT,
				"the certificate is not for the key that was asked to be signed");
	code = ptxi_pki_verify(cert, fg->config.ca, fg->config.vpc, ptxi_fg_now(fg), &who, err);
	if (code == 0 && who.role != PTXI_PKI_INTERMEDIATE)
		code = ptx_fail(err, PTX_E_UNTRUSTED, "the certificate is no intermediate");
	if (code < 0)
		return code;
	both = ptxi_asprintf("%s%.*s\n", cert,
			     old_end ? (int)(old_end - fg->config.intermediate +
					     (ptrdiff_t)strlen("-----END CERTIFICATE-----"))
				     : 0,
			     fg->config.intermediate);
	saved = both ? ptxi_asprintf("%s%s", fg->next_key, both) : NULL;
	if (!saved || !path)
		code = ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	else
		code = ptxi_fs_write(path, ptxi_str(saved), 0600, err);
	ptxi_free_secret(saved);
	if (code < 0)
		return code;
	ptxi_free_secret(fg->config.key);
	ptx_free(fg->config.intermediate);
	fg->config.key = ptx_steal(&fg->next_key);
	fg->config.intermediate = ptx_steal(&both);
	use_fresh_leaf(fg);
	return 0;
}

void ptxi_fg_intermediate_put(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	json_t *j = NULL;
	const char *cert = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT))
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	cert = j ? ptxi_wire_need(j, "certificate", PTXI_PKI_MAX_PEM, &e) : NULL;
	if (cert && take_intermediate(fg, cert, &e) == 0)
		ptxi_fg_reply(x, json_object());
	else
		ptxi_fg_reply_error(x, e);
	ptx_error_free(e);
	json_decref(j);
}
