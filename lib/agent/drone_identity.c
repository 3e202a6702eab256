/* SPDX-License-Identifier: Apache-2.0 */
/* drone_identity.c - the key of an instance and its certificate.
 *
 * The key is made here and never leaves the data folder (0600). It outlives containers and
 * certificates: whoever shows it again gets the same certificate, or the next one, so an answer
 * that was lost and a sleep beyond the certificate's end are mended by enrolling again. The root is
 * known by its digest only; what Frontgate sends is verified against it before it is kept.
 * Certificate and root are one file, so that they cannot be of different age.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "drone_priv.h"

#include "../base/fs.h"
#include "../base/path.h"

#define KEY            "drone.key"
#define CERTIFICATES   "drone.pem" /* ours, the intermediate, the root */
#define BEGIN          "-----BEGIN CERTIFICATE-----"
#define RENEW_AGAIN_MS 60000

static char *read_text(const char *folder, const char *name, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(folder, name);
	ptx_auto_buf b = { 0 };
	char *text = NULL;

	ptx_buf_init(&b, 0);
	if (!path) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
		return NULL;
	}
	if (ptxi_fs_read(path, PTXI_PKI_MAX_PEM * 2, &b, err) == 0)
		text = ptx_buf_steal(&b, NULL);
	if (b.p)
		ptxi_wipe(b.p, b.n);
	return text;
}

static int write_text(const char *folder, const char *name, const char *text,
		      struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(folder, name);

	return path ? ptxi_fs_write(path, ptxi_str(text), 0600, err)
		    : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
}

bool ptxi_drone_is_enrolled(const struct drone *d)
{
	return d->certificate && ptxi_drone_now(d) < d->to_unix;
}

void ptxi_drone_forget_certificate(struct drone *d)
{
	ptx_free(d->certificate);
	ptx_free(d->ca);
	d->certificate = NULL;
	d->ca = NULL;
}

/* Takes chain (ours first) and root when they are what they should be. */
static int take_certificate(struct drone *d, const char *chain, const char *ca,
			    struct ptx_error **err)
{
	struct ptxi_pki_identity who;
	char digest[65];
	char *certificate = NULL;
	char *root = NULL;

	if (ptxi_pki_fingerprint(ca, digest, err) < 0)
		return PTX_E_SYNTAX;
	if (strcmp(digest, d->config.ca_sha256) != 0)
		return ptx_fail(err, PTX_E_UNTRUSTED,
				"the root certificate is not the one of our VPC");
	if (ptxi_pki_verify(chain, ca, d->config.vpc, ptxi_drone_now(d), &who, err) < 0)
		return PTX_E_UNTRUSTED;
	if (who.role != PTXI_PKI_DRONE || strcmp(who.instance, d->config.instance) != 0 ||
	    !ptxi_pki_key_matches(d->key, chain))
		return ptx_fail(err, PTX_E_UNTRUSTED,
				"the certificate is for another instance or key");
	certificate = ptxi_strdup(chain);
	root = ptxi_strdup(ca);
	if (!certificate || !root) {
		ptx_free(certificate);
		ptx_free(root);
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	}
	ptxi_drone_forget_certificate(d);
	d->certificate = certificate;
	d->ca = root;
	d->from_unix = who.not_before_unix;
	d->to_unix = who.not_after_unix;
	return 0;
}

static char *last_of(char *text)
{
	char *last = NULL;

	for (char *p = text ? strstr(text, BEGIN) : NULL; p; p = strstr(p + 1, BEGIN))
		last = p;
	return last;
}

char *ptxi_drone_root(const struct drone *d)
{
	ptx_auto_str text = d->ca ? NULL : read_text(d->config.data, CERTIFICATES, NULL);
	const char *root = d->ca ? d->ca : last_of(text);
	char digest[65];

	if (!root || ptxi_pki_fingerprint(root, digest, NULL) < 0 ||
	    strcmp(digest, d->config.ca_sha256) != 0)
		return NULL;
	return ptxi_strdup(root);
}

static void load_certificate(struct drone *d)
{
	ptx_auto_str text = read_text(d->config.data, CERTIFICATES, NULL);
	char *root = last_of(text);
	struct ptx_error *e = NULL;

	if (!root || root == text)
		return;
	ptx_auto_str ca = ptxi_strdup(root);

	*root = '\0';
	if (ca && take_certificate(d, text, ca, &e) < 0)
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent",
			 "the certificate that is kept does not hold",
			 PTXI_F("why", ptx_error_message(e)), PTXI_F_END);
	ptx_error_free(e);
}

int ptxi_drone_identity_load(struct drone *d, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(d->config.data, KEY);

	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_fs_exists(path)) {
		d->key = read_text(d->config.data, KEY, err);
	} else {
		d->key = ptxi_pki_key_new(err);
		if (d->key && write_text(d->config.data, KEY, d->key, err) < 0)
			return ptx_wrap(err, "while keeping the new key");
	}
	if (!d->key)
		return ptx_wrap(err, "while reading the key");
	load_certificate(d);
	return 0;
}

void ptxi_drone_identity_done(struct drone *d)
{
	ptxi_client_free(d->enroller);
	d->enroller = NULL;
	ptxi_free_secret(d->key);
	d->key = NULL;
	ptxi_drone_forget_certificate(d);
}

SSL_CTX *ptxi_drone_tls(struct drone *d, struct ptx_error **err)
{
	struct ptxi_tls_opts o = { .certificate = d->certificate, .key = d->key, .ca = d->ca };

	return ptxi_tls_new(&o, err);
}

/* The certificate of an answer, kept. */
static int take_answer(struct drone *d, const struct ptxi_answer *answer, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse(answer->body, PTXI_WIRE_MAX_DRONE_BODY, err);
	const char *chain = j ? ptxi_wire_need(j, "certificate", PTXI_PKI_MAX_PEM, err) : NULL;
	const char *ca = chain ? ptxi_wire_need(j, "ca", PTXI_PKI_MAX_PEM, err) : NULL;
	int code = ca ? take_certificate(d, chain, ca, err) : PTX_E_INVALID;

	if (code == 0) {
		ptx_auto_str both = ptxi_asprintf("%s%s", d->certificate, d->ca);

		code = both ? write_text(d->config.data, CERTIFICATES, both, err)
			    : ptx_fail(err, PTX_E_NOMEM, "no memory");
		if (code < 0) /* it holds for this life all the same */
			ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "cannot keep the certificate",
				 PTXI_F("why", err && *err ? ptx_error_message(*err) : ""),
				 PTXI_F_END);
		if (code < 0 && err)
			ptxi_error_drop(err);
		code = 0;
	}
	json_decref(j);
	return code;
}

/* --- enrolment --- */

static void on_enrolled(void *user, const struct ptxi_answer *answer,
			const struct ptx_error *failure)
{
	struct drone *d = user;
	struct ptx_error *e = NULL;

	if (d->is_ending)
		return;
	if (ptxi_drone_answer(answer, failure, &e) == 0 && take_answer(d, answer, &e) == 0) {
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "enrolled",
			 PTXI_F("instance", d->config.instance), PTXI_F_END);
		d->wait_ms = 0;
		ptxi_drone_retry(
		    d, NULL, NULL); /* goes on from the loop: this client cannot be freed here */
	} else {
		ptxi_drone_retry(d, "enrol", e);
	}
	ptx_error_free(e);
}

static json_t *enrolment(struct drone *d, struct ptx_error **err)
{
	ptx_auto_str request = ptxi_pki_request(d->key, d->config.instance, d->config.vpc, err);
	ptx_auto_buf token = { 0 };
	struct ptx_str text = { NULL, 0 };
	json_t *j = NULL;

	if (!request)
		return NULL;
	ptx_buf_init(&token, 0);
	if (ptxi_fs_read(d->config.token, 4096, &token, err) < 0) {
		ptx_wrap(err, "while reading the token");
		return NULL;
	}
	text = ptxi_str_trim(ptx_buf_str(&token));
	if (!ptxi_wire_token_ok(text))
		ptx_fail(err, PTX_E_CONFIG, "'%s' holds no token", d->config.token);
	else
		j = json_pack("{s:s, s:s%, s:s}", "instance", d->config.instance, "token", text.p,
			      text.n, "request", request);
	if (token.p)
		ptxi_wipe(token.p, token.n);
	return j;
}

void ptxi_drone_enrol(struct drone *d)
{
	struct ptxi_tls_opts t = { .ca_sha256 = d->config.ca_sha256 };
	struct ptx_error *e = NULL;
	json_t *j = enrolment(d, &e);
	SSL_CTX *tls = j ? ptxi_tls_new(&t, &e) : NULL;
	char name[PTXI_PKI_NAME_MAX];
	struct ptxi_client_opts o = { .base = d->base,
				      .ip = d->config.ip,
				      .port = d->config.port,
				      .tls = tls,
				      .tls_name = name,
				      .source_ip = d->config.source_ip,
				      .max_body = PTXI_WIRE_MAX_DRONE_BODY };
	ptx_auto_buf body = { 0 };

	ptxi_pki_name("frontgate", d->config.vpc, name);
	ptxi_client_free(d->enroller);
	d->enroller = tls ? ptxi_client_new(&o, &e) : NULL;
	ptx_buf_init(&body, 0);
	if (d->enroller && ptxi_wire_format(j, &body)) {
		struct ptxi_call_opts call = { .method = "POST",
					       .path = PTXI_WIRE_DRONE_ENROL,
					       .body = ptx_buf_str(&body),
					       .timeout_ms = 20000,
					       .done = on_enrolled,
					       .user = d };

		ptxi_client_send(d->enroller, &call, &e);
	} else if (d->enroller) {
		ptx_fail(&e, PTX_E_NOMEM, "no memory for an enrolment");
	}
	if (e)
		ptxi_drone_retry(d, "enrol", e);
	if (body.p)
		ptxi_wipe(body.p, body.n);
	ptx_error_free(e);
	SSL_CTX_free(tls);
	json_decref(j);
}

/* --- renewal --- */

static void on_renewed(void *user, const struct ptxi_answer *answer,
		       const struct ptx_error *failure)
{
	struct drone *d = user;
	struct ptx_error *e = NULL;
	SSL_CTX *tls = NULL;

	d->is_renewing = false;
	if (d->is_ending)
		return;
	if (ptxi_drone_answer(answer, failure, &e) == 0 && take_answer(d, answer, &e) == 0)
		tls = ptxi_drone_tls(d, &e);
	if (tls) {
		ptxi_client_set_tls(d->calls, tls);
		ptxi_client_set_tls(d->watcher, tls);
		d->renew_after_ms = 0;
		ptxi_log(d->ctx, PTX_LOG_INFO, "agent", "the certificate was renewed",
			 PTXI_F_INT("until", d->to_unix), PTXI_F_END);
	} else {
		ptxi_log(d->ctx, PTX_LOG_WARN, "agent", "the certificate was not renewed",
			 PTXI_F("why", e ? ptx_error_message(e) : ""), PTXI_F_END);
	}
	SSL_CTX_free(tls);
	ptx_error_free(e);
}

void ptxi_drone_identity_tick(struct drone *d)
{
	ptx_auto_str request = NULL;
	int64_t life_ms = (d->to_unix - d->from_unix) * 1000;

	if (!d->calls || !d->certificate || d->is_renewing ||
	    ptxi_time_mono_ms() < d->renew_after_ms ||
	    !ptxi_pki_renew_due(d->from_unix, d->to_unix, ptxi_drone_now(d)))
		return;
	d->renew_after_ms =
	    ptxi_time_mono_ms() + (life_ms / 20 < RENEW_AGAIN_MS ? life_ms / 20 : RENEW_AGAIN_MS);
	request = ptxi_pki_request(d->key, d->config.instance, d->config.vpc, NULL);
	if (request)
		d->is_renewing =
		    ptxi_drone_call(d, "POST", PTXI_WIRE_DRONE_RENEW,
				    json_pack("{s:s}", "request", request), on_renewed, d);
}
