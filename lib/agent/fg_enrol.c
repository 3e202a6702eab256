/* SPDX-License-Identifier: Apache-2.0 */
/* fg_enrol.c - which instances there are, and their certificates.
 *
 * An instance's record has its token's digest and address from Pilot; the first key that shows the
 * token in time and from that address is bound to it, in one transaction with the certificate, on
 * the condition that the record is as it was when it was looked at. So of two keys that come at
 * once one is refused, and the same key that comes again gets the same certificate.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#include <openssl/crypto.h>

#include "../base/digest.h"

/* The record of an instance: an owned object, or NULL. key gets its place in the store. */
static json_t *find_record(struct frontgate *fg, const char *instance, char key[128])
{
	const char *text = NULL;

	snprintf(key, 128, PTXI_WIRE_INSTANCE "%.63s", instance);
	text = ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key);
	return text ? ptxi_wire_parse(ptxi_str(text), PTXI_WIRE_MAX_BODY, NULL) : NULL;
}

static const char *text_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s ? s : "";
}

/* The key may not speak for anybody until its certificate ends by itself. */
static void revoke_key(struct frontgate *fg, struct ptxi_txn *t, const char *instance,
		       const json_t *record)
{
	const char *digest = text_of(record, "key_sha256");
	struct ptxi_pki_identity who;
	char key[128];
	int64_t until = ptxi_fg_now(fg) + PTXI_PKI_LEAF_S;

	if (!digest[0])
		return;
	if (text_of(record, "certificate")[0] &&
	    ptxi_pki_read(text_of(record, "certificate"), &who, NULL) == 0)
		until = who.not_after_unix;
	snprintf(key, sizeof(key), PTXI_WIRE_REVOKED "%.64s", digest);
	ptxi_txn_put_json(
	    t, key, json_pack("{s:s, s:I}", "instance", instance, "until", (json_int_t)until));
}

/* --- Pilot: allow and forget --- */

/* The instance of a path; false after an error was answered. */
static bool instance_of(struct ptxi_exchange *x, const char *prefix, char out[64])
{
	struct ptx_str s = ptxi_str(ptxi_exchange_path(x) + strlen(prefix));

	if (!ptxi_wire_instance_ok(s)) {
		ptxi_fg_fail(x, PTX_E_INVALID, "the path has no name of an instance");
		return false;
	}
	snprintf(out, 64, "%.*s", PTX_STR_ARG(s));
	return true;
}

static bool is_hex64(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int read_allow(const json_t *j, const char **token, char ip[46], int64_t *expires,
		      struct ptx_error **err)
{
	const char *address = NULL;

	*token = ptxi_wire_need(j, "token_sha256", 64, err);
	address = *token ? ptxi_wire_need(j, "ip", 64, err) : NULL;
	if (!address)
		return PTX_E_INVALID;
	*expires = json_integer_value(json_object_get(j, "expires"));
	if (!is_hex64(*token))
		return ptx_fail(err, PTX_E_INVALID, "'token_sha256' is no digest");
	if (!ptxi_wire_ip(address, ip))
		return ptx_fail(err, PTX_E_INVALID, "'ip' is no numeric address");
	if (*expires <= 0)
		return ptx_fail(err, PTX_E_INVALID, "'expires' must be seconds since 1970");
	return 0;
}

static void allow(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		  const char *token, const char *ip, int64_t expires)
{
	char key[128];
	json_t *old = find_record(fg, instance, key);
	bool same_token = old && strcmp(text_of(old, "token_sha256"), token) == 0;
	bool same_ip = old && strcmp(text_of(old, "ip"), ip) == 0;
	struct ptxi_txn *t = ptxi_txn_new();
	json_t *record = json_pack("{s:s, s:s, s:I}", "token_sha256", token, "ip", ip, "expires",
				   (json_int_t)expires);

	ptxi_txn_unchanged(t, fg->mirror, key);
	if (same_token && text_of(old, "key_sha256")[0])
		json_object_set_new(record, "key_sha256", json_string(text_of(old, "key_sha256")));
	if (same_token && same_ip && text_of(old, "certificate")[0])
		json_object_set_new(record, "certificate",
				    json_string(text_of(old, "certificate")));
	if (old && !same_token)
		revoke_key(fg, t, instance, old);
	if (old && json_equal(old, record)) {
		ptxi_txn_free(t);
		json_decref(record);
		ptxi_fg_reply(x, json_object());
	} else {
		ptxi_txn_put_json(t, key, record);
		ptxi_fg_commit(fg, x, t, json_object());
	}
	json_decref(old);
}

static bool is_full(struct frontgate *fg)
{
	size_t from = 0;
	size_t end = ptxi_kv_range(ptxi_mirror_kv(fg->mirror), PTXI_STR(PTXI_WIRE_INSTANCE), &from);

	return end - from >= PTXI_WIRE_MAX_INSTANCES;
}

void ptxi_fg_instance_put(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	char instance[64];
	char ip[46];
	const char *token = NULL;
	int64_t expires = 0;
	json_t *j = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) ||
	    !instance_of(x, PTXI_WIRE_PILOT_INSTANCES, instance))
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	if (!j || read_allow(j, &token, ip, &expires, &e) < 0)
		ptxi_fg_reply_error(x, e);
	else if (is_full(fg))
		ptxi_fg_fail(x, PTX_E_LIMIT, "there are %d instances already",
			     PTXI_WIRE_MAX_INSTANCES);
	else
		allow(fg, x, instance, token, ip, expires);
	ptx_error_free(e);
	json_decref(j);
}

void ptxi_fg_instance_delete(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	char instance[64];
	char key[128];
	struct ptxi_txn *t = NULL;
	json_t *old = NULL;

	if (!ptxi_fg_who(fg, x, PTXI_PKI_PILOT) ||
	    !instance_of(x, PTXI_WIRE_PILOT_INSTANCES, instance))
		return;
	old = find_record(fg, instance, key);
	t = ptxi_txn_new();
	revoke_key(fg, t, instance, old);
	ptxi_txn_remove(t, key);
	snprintf(key, sizeof(key), PTXI_WIRE_STATE "%s", instance);
	ptxi_txn_remove(t, key);
	snprintf(key, sizeof(key), PTXI_WIRE_REQUEST "%s/", instance);
	ptxi_txn_remove_prefix(t, key);
	snprintf(key, sizeof(key), PTXI_WIRE_OUTCOME "%s/", instance);
	ptxi_txn_remove_prefix(t, key);
	ptxi_fg_drone_drop(fg, instance);
	ptxi_fg_commit(fg, x, t, json_object());
	json_decref(old);
}

/* --- Drones: enrol and renew --- */

static json_t *certificate_answer(struct frontgate *fg, const char *leaf)
{
	ptx_auto_str chain = ptxi_asprintf("%s%s", leaf, fg->config.intermediate);

	return json_pack("{s:s, s:s}", "certificate", chain ? chain : leaf, "ca", fg->config.ca);
}

/* A certificate for the request's key, stored in the instance's record. */
static void issue(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		  const char *store_key, json_t *record, const char *request, const char *digest)
{
	struct ptxi_pki_sign s = { .role = PTXI_PKI_DRONE,
				   .request = request,
				   .issuer = fg->config.intermediate,
				   .issuer_key = fg->config.key,
				   .vpc = fg->config.vpc,
				   .instance = instance,
				   .ip = ptxi_exchange_ip(x),
				   .now_unix = ptxi_fg_now(fg) };
	struct ptx_error *e = NULL;
	ptx_auto_str leaf = ptxi_pki_sign(&s, &e);
	struct ptxi_txn *t = NULL;
	char key[128];

	if (!leaf) {
		ptxi_fg_reply_error(x, e);
		ptx_error_free(e);
		return;
	}
	t = ptxi_txn_new();
	ptxi_txn_unchanged(t, fg->mirror, store_key);
	snprintf(key, sizeof(key), PTXI_WIRE_REVOKED "%.64s", digest);
	if (ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key))
		ptxi_txn_remove(t, key); /* the token was shown: this key may speak again */
	if (record) {
		json_t *fresh = json_copy(record);

		json_object_set_new(fresh, "key_sha256", json_string(digest));
		json_object_set_new(fresh, "certificate", json_string(leaf));
		ptxi_txn_put_json(t, store_key, fresh);
	}
	if (ptxi_txn_count(t) == 0) {
		ptxi_txn_free(t);
		ptxi_fg_reply(x, certificate_answer(fg, leaf));
		return;
	}
	ptxi_fg_commit(fg, x, t, certificate_answer(fg, leaf));
}

/* Is the one that is stored still good enough to be given again? */
static bool is_fresh(struct frontgate *fg, const json_t *record)
{
	const char *cert = text_of(record, "certificate");
	struct ptxi_pki_identity who;

	return cert[0] && ptxi_pki_read(cert, &who, NULL) == 0 &&
	       !ptxi_pki_renew_due(who.not_before_unix, who.not_after_unix, ptxi_fg_now(fg));
}

static bool same_digest(const char *token, const char *digest)
{
	char *own = ptxi_digest_hex(PTXI_SHA256, ptxi_str(token));
	bool same = own && strlen(digest) == 64 && CRYPTO_memcmp(own, digest, 64) == 0;

	ptx_free(own);
	return same;
}

static int check_token(struct frontgate *fg, struct ptxi_exchange *x, const char *instance,
		       const json_t *record, const char *token, const char *digest,
		       struct ptx_error **err)
{
	const char *bound = text_of(record, "key_sha256");

	/* One answer to an unknown instance and to a wrong token: nobody learns which instances
	 * there are. */
	if (!record || !same_digest(token, text_of(record, "token_sha256")))
		return ptx_fail(err, PTX_E_DENIED, "the token of instance '%s' is not accepted",
				instance);
	if (strcmp(text_of(record, "ip"), ptxi_exchange_ip(x)) != 0)
		return ptx_fail(err, PTX_E_DENIED,
				"instance '%s' enrols from %s, its token is for %s", instance,
				ptxi_exchange_ip(x), text_of(record, "ip"));
	if (bound[0] && strcmp(bound, digest) != 0)
		return ptx_fail(err, PTX_E_DENIED,
				"the token of instance '%s' was used by another key", instance);
	if (!bound[0] && json_integer_value(json_object_get(record, "expires")) <= ptxi_fg_now(fg))
		return ptx_fail(err, PTX_E_DENIED, "the token of instance '%s' has expired",
				instance);
	return 0;
}

static int read_enrol(const json_t *j, const char **instance, const char **token,
		      const char **request, char digest[65], struct ptx_error **err)
{
	*instance = ptxi_wire_need(j, "instance", 64, err);
	*token = *instance ? ptxi_wire_need(j, "token", 64, err) : NULL;
	*request = *token ? ptxi_wire_need(j, "request", PTXI_PKI_MAX_PEM, err) : NULL;
	if (!*request)
		return PTX_E_INVALID;
	if (!ptxi_wire_instance_ok(ptxi_str(*instance)) || !ptxi_wire_token_ok(ptxi_str(*token)))
		return ptx_fail(err, PTX_E_INVALID, "the instance or the token is none");
	if (!strstr(*request, "CERTIFICATE REQUEST"))
		return ptx_fail(err, PTX_E_INVALID, "'request' is no request for a certificate");
	return ptxi_pki_key_digest(*request, digest, err);
}

void ptxi_fg_enrol(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	struct ptx_error *e = NULL;
	const char *instance = NULL;
	const char *token = NULL;
	const char *request = NULL;
	char digest[65];
	char key[128];
	json_t *j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	json_t *record = NULL;

	if (!j || read_enrol(j, &instance, &token, &request, digest, &e) < 0) {
		ptxi_fg_reply_error(x, e);
	} else if (!ptxi_mirror_is_ready(fg->mirror)) {
		ptxi_fg_fail(x, PTX_E_UNAVAILABLE, "the store is not up");
	} else {
		record = find_record(fg, instance, key);
		if (check_token(fg, x, instance, record, token, digest, &e) < 0)
			ptxi_fg_deny(fg, x, instance, e);
		else if (is_fresh(fg, record))
			ptxi_fg_reply(x, certificate_answer(fg, text_of(record, "certificate")));
		else
			issue(fg, x, instance, key, record, request, digest);
	}
	ptx_error_free(e);
	json_decref(record);
	json_decref(j);
}

void ptxi_fg_renew(struct ptxi_exchange *x, void *user)
{
	struct frontgate *fg = user;
	const struct ptxi_pki_identity *who = ptxi_fg_who(fg, x, PTXI_PKI_DRONE);
	struct ptx_error *e = NULL;
	const char *request = NULL;
	char digest[65];
	char key[128];
	json_t *record = NULL;
	json_t *j = NULL;

	if (!who)
		return;
	j = ptxi_wire_parse(ptxi_exchange_body(x), PTXI_WIRE_MAX_DRONE_BODY, &e);
	request = j ? ptxi_wire_need(j, "request", PTXI_PKI_MAX_PEM, &e) : NULL;
	if (!request || ptxi_pki_key_digest(request, digest, &e) < 0) {
		ptxi_fg_reply_error(x, e);
	} else if (strcmp(digest, who->key_sha256) != 0) {
		ptx_fail(&e, PTX_E_DENIED, "instance '%s' renews its certificate by another key",
			 who->instance);
		ptxi_fg_deny(fg, x, who->instance, e);
	} else {
		record = find_record(fg, who->instance, key);
		issue(fg, x, who->instance, key, record, request, digest);
	}
	ptx_error_free(e);
	json_decref(record);
	json_decref(j);
}
