/* SPDX-License-Identifier: Apache-2.0 */
/* pilot.c - the calls to a Frontgate (docs/formats.md, "Wire protocol").
 *
 * A pilot has the VPC's root key in memory and makes itself a client certificate of a day, renewed
 * at half its life. The URL names the Frontgate by the name in its certificate; where to connect is
 * said apart, since on the way there may be a published port. Every request is safe to repeat (PUT
 * of a whole, requests by id), so the HTTP client may try again. Whenever Frontgate is asked how it
 * is, its intermediate certificate is renewed if that is due: the new key is made over there, and
 * only its request comes here.
 */
#define PTX_AREA PTX_AREA_PILOT
#include "pilot.h"

#include <fcntl.h>
#include <pthread.h>

#include <pitrix/codec.h>

#include "../base/digest.h"
#include "../base/encode.h"
#include "../base/log.h"
#include "../base/time.h"
#include "../net/http.h"
#include "../wire/pki.h"
#include "../wire/release.h"
#include "vpc.h"

#define TIMEOUT_MS 20000
#define CONNECT_MS 5000

struct ptxi_pilot {
	struct ptx_ctx *ctx;
	struct ptxi_http *http;
	struct ptxi_vpc vpc;
	char *address;
	pthread_mutex_t lock; /* of the three below */
	char *key;
	char *certificate;
	int64_t renew_unix;
};

/* --- our own certificate --- */

/* With the lock held. */
static int renew_own(struct ptxi_pilot *p, int64_t now, struct ptx_error **err)
{
	char *key = ptxi_pki_key_new(err);
	ptx_auto_str request = key ? ptxi_pki_request(key, "pilot", p->vpc.name, err) : NULL;
	struct ptxi_pki_sign s = { .role = PTXI_PKI_PILOT,
				   .request = request,
				   .issuer = p->vpc.certificate,
				   .issuer_key = p->vpc.key,
				   .vpc = p->vpc.name,
				   .now_unix = now };
	char *certificate = request ? ptxi_pki_sign(&s, err) : NULL;

	if (!certificate) {
		ptxi_free_secret(key);
		return ptx_wrap(err, "while making a certificate for VPC '%s'", p->vpc.name);
	}
	ptxi_free_secret(p->key);
	ptx_free(p->certificate);
	p->key = key;
	p->certificate = certificate;
	p->renew_unix = now + PTXI_PKI_PILOT_S / 2;
	return 0;
}

struct identity {
	char *key;
	char *certificate;
};

static int take_identity(struct ptxi_pilot *p, struct identity *who, struct ptx_error **err)
{
	int64_t now = ptxi_ctx_now(p->ctx) / PTXI_NS_PER_S;
	int code = 0;

	pthread_mutex_lock(&p->lock);
	if (!p->certificate || now >= p->renew_unix)
		code = renew_own(p, now, err);
	if (code == 0) {
		who->key = ptxi_strdup(p->key);
		who->certificate = ptxi_strdup(p->certificate);
		if (!who->key || !who->certificate)
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for a certificate");
	}
	pthread_mutex_unlock(&p->lock);
	return code;
}

static void identity_done(struct identity *who)
{
	ptxi_free_secret(who->key);
	ptx_free(who->certificate);
}

/* --- one call --- */

struct call {
	const char *method;
	const char *path;
	const char *rest;   /* appended to path; may be NULL */
	const json_t *body; /* may be NULL */
	unsigned attempts;  /* 0: the client's */
};

static int send(struct ptxi_pilot *p, const struct call *c, const struct identity *who,
		struct ptxi_http_answer *answer, struct ptx_error **err)
{
	ptx_auto_buf url = { 0 };
	ptx_auto_buf body = { 0 };
	char name[PTXI_PKI_NAME_MAX];
	const struct ptxi_http_header json = { "Content-Type", "application/json", false };
	struct ptxi_http_tls tls = { .ca_pem = ptxi_str(p->vpc.certificate),
				     .cert_pem = ptxi_str(who->certificate),
				     .key_pem = ptxi_str(who->key),
				     .tls13 = true };
	struct ptxi_http_request r = { .method = c->method,
				       .connect_to = p->address,
				       .tls = &tls,
				       .safe = true,
				       .timeout_ms = TIMEOUT_MS,
				       .connect_ms = CONNECT_MS,
				       .max_body = PTXI_WIRE_MAX_BODY,
				       .attempts = c->attempts };

	ptx_buf_init(&url, 0);
	ptx_buf_init(&body, 0);
	ptxi_pki_name("frontgate", p->vpc.name, name);
	ptx_buf_printf(&url, "https://%s:%d%s%s", name, PTXI_WIRE_PORT, c->path,
		       c->rest ? c->rest : "");
	if (!ptx_buf_ok(&url) || (c->body && !ptxi_wire_format(c->body, &body)))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a request");
	if (body.n > PTXI_WIRE_MAX_BODY)
		return ptx_fail(err, PTX_E_LIMIT, "the request has %zu bytes, more than %zu",
				body.n, PTXI_WIRE_MAX_BODY);
	r.url = url.p;
	if (c->body) {
		r.body = ptx_buf_str(&body);
		r.headers = &json;
		r.header_count = 1;
	}
	return ptxi_http_send(p->http, &r, answer, err);
}

/* The answer goes into out (may be NULL), as a value in the arena. */
static int call(struct ptxi_pilot *p, const struct call *c, struct ptx_arena *a,
		struct ptx_value **out, struct ptx_error **err)
{
	struct identity who = { NULL, NULL };
	struct ptx_read_opts numbers = PTX_READ_OPTS_INIT;
	ptxi_auto_answer answer;
	int code = 0;

	ptxi_http_answer_init(&answer);
	code = take_identity(p, &who, err);
	if (code == 0)
		code = send(p, c, &who, &answer, err);
	identity_done(&who);
	if (code == 0 && answer.status != 200)
		code = ptxi_wire_error_read(answer.status, ptx_buf_str(&answer.body), err);
	if (code < 0)
		return ptx_wrap(err, "while asking the Frontgate of VPC '%s' at %s", p->vpc.name,
				p->address);
	if (!out)
		return 0;
	numbers.numbers = PTX_NUMBERS_EXACT;
	*out = ptx_json_parse(a, ptx_buf_str(&answer.body), &numbers, err);
	if (!*out)
		return ptx_wrap(err, "while reading the answer of the Frontgate of VPC '%s'",
				p->vpc.name);
	return 0;
}

/* --- open and close --- */

struct ptxi_pilot *ptxi_pilot_open(struct ptx_ctx *ctx, const char *vpc_secret, const char *address,
				   struct ptx_error **err)
{
	struct ptxi_pilot *p = ptxi_alloc(sizeof(*p));
	char ip[46];
	uint16_t port = 0;

	if (!p) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a pilot");
		return NULL;
	}
	p->ctx = ctx;
	pthread_mutex_init(&p->lock, NULL);
	if (!ptxi_wire_address(ptxi_str(address), ip, &port)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address with a port", address);
		goto out;
	}
	p->address = ptxi_strdup(address);
	if (!p->address)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a pilot");
	else if (ptxi_vpc_read(&p->vpc, vpc_secret, err) == 0)
		p->http = ptxi_http_new(ctx, err);
	if (p->http)
		return p;
out:
	ptxi_pilot_close(p);
	return NULL;
}

void ptxi_pilot_close(struct ptxi_pilot *p)
{
	if (!p)
		return;
	ptxi_http_free(p->http);
	ptxi_vpc_done(&p->vpc);
	ptxi_free_secret(p->key);
	ptx_free(p->certificate);
	ptx_free(p->address);
	pthread_mutex_destroy(&p->lock);
	ptx_free(p);
}

/* --- how it is --- */

static int renew_intermediate(struct ptxi_pilot *p, struct ptx_arena *a, struct ptx_error **err)
{
	json_t *body = json_object();
	struct ptx_value *answer = NULL;
	const char *request = NULL;
	ptx_auto_str certificate = NULL;
	int code = call(
	    p,
	    &(struct call){ .method = "POST", .path = PTXI_WIRE_PILOT_INTERMEDIATE, .body = body },
	    a, &answer, err);

	json_decref(body);
	if (code < 0)
		return code;
	request = ptx_value_as_string(ptx_value_get(answer, "request"), "");
	certificate =
	    ptxi_vpc_intermediate(&p->vpc, request, ptxi_ctx_now(p->ctx) / PTXI_NS_PER_S, err);
	if (!certificate)
		return ptx_wrap(err, "while renewing the certificate of a Frontgate");
	body = json_pack("{s:s}", "certificate", certificate);
	code = call(
	    p,
	    &(struct call){ .method = "PUT", .path = PTXI_WIRE_PILOT_INTERMEDIATE, .body = body },
	    a, NULL, err);
	json_decref(body);
	return code;
}

int ptxi_pilot_ping(struct ptxi_pilot *p, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *answer = NULL;
	const struct ptx_value *life = NULL;
	struct ptx_error *e = NULL;
	int code =
	    call(p, &(struct call){ .method = "GET", .path = PTXI_WIRE_PILOT_PING, .attempts = 1 },
		 a, &answer, err);

	if (code < 0)
		return code;
	life = ptx_value_get(answer, "intermediate");
	if (life &&
	    ptxi_pki_renew_due(ptx_value_as_int(ptx_value_get(life, "not_before"), 0),
			       ptx_value_as_int(ptx_value_get(life, "not_after"), INT64_MAX / 2),
			       ptxi_ctx_now(p->ctx) / PTXI_NS_PER_S) &&
	    renew_intermediate(p, a, &e) <
		0) /* the old one still holds: the next ping tries again */
		ptxi_log(p->ctx, PTX_LOG_WARN, "pilot", "a Frontgate's certificate was not renewed",
			 PTXI_F("vpc", p->vpc.name), PTXI_F("why", ptx_error_message(e)),
			 PTXI_F_END);
	ptx_error_free(e);
	return 0;
}

struct ptx_value *ptxi_pilot_status(struct ptxi_pilot *p, struct ptx_arena *a,
				    struct ptx_error **err)
{
	struct ptx_value *answer = NULL;

	call(p, &(struct call){ .method = "GET", .path = PTXI_WIRE_PILOT_STATUS }, a, &answer, err);
	return answer;
}

struct ptx_value *ptxi_pilot_events(struct ptxi_pilot *p, int64_t since, struct ptx_arena *a,
				    struct ptx_error **err)
{
	struct ptx_value *all = ptx_value_list(a);

	/* They come in parts; each part begins after the last number of the one before. */
	for (;;) {
		struct ptx_value *answer = NULL;
		struct ptx_value *part = NULL;
		char query[40];

		snprintf(query, sizeof(query), "?since=%lld", (long long)since);
		if (call(p,
			 &(struct call){
			     .method = "GET", .path = PTXI_WIRE_PILOT_EVENTS, .rest = query },
			 a, &answer, err) < 0)
			return NULL;
		part = ptx_value_get(answer, "events");
		for (size_t i = 0; i < ptx_value_count(part); i++) {
			int64_t n = ptx_value_as_int(ptx_value_get(ptx_value_at(part, i), "n"), 0);

			since = n > since ? n : since;
			ptx_value_append(all, ptx_value_at(part, i));
		}
		if (ptx_value_count(part) < 200 || ptx_value_count(all) > 2000)
			break;
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : all;
}

/* --- instances --- */

static int check_instance(const char *instance, struct ptx_error **err)
{
	if (ptxi_wire_instance_ok(ptxi_str(instance)))
		return 0;
	return ptx_fail(err, PTX_E_INVALID, "'%s' is no name of an instance", instance);
}

int ptxi_pilot_allow(struct ptxi_pilot *p, const char *token, const char *instance, const char *ip,
		     int64_t expires_unix, struct ptx_error **err)
{
	ptx_auto_str digest = NULL;
	json_t *body = NULL;
	int code = check_instance(instance, err);

	if (code < 0)
		return code;
	if (!ptxi_wire_token_ok(ptxi_str(token)))
		return ptx_fail(err, PTX_E_INVALID,
				"the token of instance '%s' is not base64url of 32 bytes",
				instance);
	digest = ptxi_digest_hex(PTXI_SHA256, ptxi_str(token));
	if (!digest)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	body = json_pack("{s:s, s:s, s:I}", "token_sha256", digest, "ip", ip, "expires",
			 (json_int_t)expires_unix);
	code = call(p,
		    &(struct call){ .method = "PUT",
				    .path = PTXI_WIRE_PILOT_INSTANCES,
				    .rest = instance,
				    .body = body },
		    NULL, NULL, err);
	json_decref(body);
	return code;
}

int ptxi_pilot_forget(struct ptxi_pilot *p, const char *instance, struct ptx_error **err)
{
	int code = check_instance(instance, err);

	if (code < 0)
		return code;
	return call(p,
		    &(struct call){
			.method = "DELETE", .path = PTXI_WIRE_PILOT_INSTANCES, .rest = instance },
		    NULL, NULL, err);
}

/* --- metadata --- */

static int add_key(const char *key, struct ptx_str value, void *user, struct ptx_error **err)
{
	if (memchr(value.p ? value.p : "", 0, value.n))
		return ptx_fail(err, PTX_E_INVALID, "the value of '%s' has a NUL", key);
	if (json_object_set_new(user, key, json_stringn(value.p ? value.p : "", value.n)) != 0)
		return ptx_fail(err, PTX_E_INVALID, "the value of '%s' is no UTF-8", key);
	return 0;
}

/* Names of a mapping have no slash in front. */
static int add_name(const char *key, struct ptx_str value, void *user, struct ptx_error **err)
{
	return add_key(key + 1, value, user, err);
}

static json_t *put_body(const struct ptx_value *tree, const struct ptx_value *mapping,
			struct ptx_error **err)
{
	json_t *keys = json_object();
	json_t *mapped = json_object();
	int code = ptxi_wire_flatten(tree, add_key, keys, err);

	for (size_t i = 0; code == 0 && i < ptx_value_count(mapping); i++) {
		struct ptx_str instance = { NULL, 0 };
		const struct ptx_value *names = ptx_value_entry(mapping, i, &instance);
		json_t *flat = json_object();

		code = check_instance(instance.p, err);
		if (code == 0)
			code = ptxi_wire_flatten(names, add_name, flat, err);
		json_object_set_new(mapped, instance.p, flat);
	}
	if (code == 0)
		return json_pack("{s:o, s:o}", "keys", keys, "mapping", mapped);
	json_decref(keys);
	json_decref(mapped);
	return NULL;
}

static int check_cluster(const char *cluster, struct ptx_error **err)
{
	if (ptxi_wire_label_ok(ptxi_str(cluster)))
		return 0;
	return ptx_fail(err, PTX_E_INVALID, "'%s' is no name of a cluster", cluster);
}

int ptxi_pilot_put(struct ptxi_pilot *p, const char *cluster, const struct ptx_value *tree,
		   const struct ptx_value *mapping, struct ptx_error **err)
{
	int code = check_cluster(cluster, err);
	json_t *body = code == 0 ? put_body(tree, mapping, err) : NULL;

	if (!body)
		return ptx_wrap(err, "while writing the metadata of cluster '%s'", cluster);
	code = call(
	    p,
	    &(struct call){
		.method = "PUT", .path = PTXI_WIRE_PILOT_CLUSTERS, .rest = cluster, .body = body },
	    NULL, NULL, err);
	json_decref(body);
	return code;
}

int ptxi_pilot_remove(struct ptxi_pilot *p, const char *cluster, struct ptx_error **err)
{
	int code = check_cluster(cluster, err);

	if (code < 0)
		return code;
	return call(
	    p,
	    &(struct call){ .method = "DELETE", .path = PTXI_WIRE_PILOT_CLUSTERS, .rest = cluster },
	    NULL, NULL, err);
}

const char *ptxi_pilot_generation(struct ptxi_pilot *p, const char *cluster, struct ptx_arena *a,
				  struct ptx_error **err)
{
	struct ptx_value *answer = NULL;

	if (check_cluster(cluster, err) < 0 ||
	    call(p,
		 &(struct call){
		     .method = "GET", .path = PTXI_WIRE_PILOT_CLUSTERS, .rest = cluster },
		 a, &answer, err) < 0)
		return NULL;
	return ptx_value_as_string(ptx_value_get(answer, "generation"), "");
}

/* --- requests --- */

/* INSTANCE/ID, checked. */
static int request_path(const char *instance, const char *id, char out[160], struct ptx_error **err)
{
	int code = strcmp(instance, PTXI_PILOT_FRONTGATE) == 0 ? 0 : check_instance(instance, err);

	if (code < 0)
		return code;
	if (!ptxi_wire_id_ok(ptxi_str(id)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no id of a request", id);
	snprintf(out, 160, "%s/%s", instance, id);
	return 0;
}

int ptxi_pilot_request(struct ptxi_pilot *p, const char *instance,
		       const struct ptxi_pilot_request *r, struct ptx_error **err)
{
	struct ptxi_wire_request w = { .id = r->id,
				       .kind = ptxi_wire_kind_find(ptxi_str(r->kind)),
				       .cmd = r->cmd,
				       .statement = r->statement,
				       .signature = r->signature,
				       .timeout_ms = r->timeout_ms };
	char rest[160];
	json_t *body = NULL;
	int code = request_path(instance, r->id, rest, err);

	if (code < 0)
		return code;
	if (!w.kind)
		return ptx_fail(err, PTX_E_INVALID, "there is no kind of request '%s'", r->kind);
	if (w.timeout_ms <= 0)
		w.timeout_ms = w.kind->timeout_ms;
	body = ptxi_wire_request_write(&w);
	code = body ? ptxi_wire_request_read(body, &w, err)
		    : ptx_fail(err, PTX_E_NOMEM, "no memory for a request");
	if (code == 0)
		code = call(p,
			    &(struct call){ .method = "PUT",
					    .path = PTXI_WIRE_PILOT_REQUESTS,
					    .rest = rest,
					    .body = body },
			    NULL, NULL, err);
	json_decref(body);
	return code;
}

struct ptx_value *ptxi_pilot_outcome(struct ptxi_pilot *p, const char *instance, const char *id,
				     struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_value *answer = NULL;
	char rest[160];

	if (request_path(instance, id, rest, err) == 0)
		call(p,
		     &(struct call){
			 .method = "GET", .path = PTXI_WIRE_PILOT_REQUESTS, .rest = rest },
		     a, &answer, err);
	return answer;
}

/* --- the agent's program --- */

void ptxi_pilot_release_done(struct ptxi_pilot_release *r)
{
	ptx_free(r->statement);
	ptx_free(r->signature);
	*r = (struct ptxi_pilot_release){ .statement = NULL };
}

int ptxi_pilot_release(struct ptxi_pilot *p, const char *version, const char *sha256, int64_t size,
		       struct ptxi_pilot_release *r, struct ptx_error **err)
{
	struct ptxi_release release = { .size = size };

	*r = (struct ptxi_pilot_release){ .size = size };
	snprintf(release.vpc, sizeof(release.vpc), "%s", p->vpc.name);
	snprintf(release.version, sizeof(release.version), "%s", version);
	snprintf(release.sha256, sizeof(release.sha256), "%s", sha256);
	r->statement = ptxi_release_write(&release, err);
	r->signature = r->statement ? ptxi_release_sign(r->statement, p->vpc.key, err) : NULL;
	memcpy(r->sha256, release.sha256, sizeof(r->sha256));
	if (r->signature)
		return 0;
	ptxi_pilot_release_done(r);
	return ptx_wrap(err, "while signing a program of the agent for VPC '%s'", p->vpc.name);
}

/* Puts one piece (empty: only asks); how much Frontgate has then. */
static int offer_piece(struct ptxi_pilot *p, const struct ptxi_pilot_release *r, int64_t offset,
		       struct ptx_str piece, struct ptx_arena *a, int64_t *have,
		       struct ptx_error **err)
{
	ptx_auto_buf data = { 0 };
	struct ptx_value *answer = NULL;
	json_t *body = NULL;
	int code = 0;

	ptx_buf_init(&data, 0);
	ptxi_base64_encode(PTXI_BASE64_STD, piece, &data);
	body =
	    json_pack("{s:s, s:s, s:I, s:s*}", "statement", r->statement, "signature", r->signature,
		      "offset", (json_int_t)offset, "data", piece.n ? data.p : NULL);
	code = call(
	    p,
	    &(struct call){
		.method = "PUT", .path = PTXI_WIRE_PILOT_AGENTS, .rest = r->sha256, .body = body },
	    a, &answer, err);
	json_decref(body);
	*have = ptx_value_as_int(ptx_value_get(answer, "have"), 0);
	return code;
}

static int offer_rest(struct ptxi_pilot *p, int fd, const struct ptxi_pilot_release *r,
		      int64_t have, struct ptx_error **err)
{
	char *bytes = ptxi_alloc(PTXI_WIRE_AGENT_PIECE);
	int code = bytes ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for a piece of a program");

	while (code == 0 && have < r->size) {
		ptx_auto(arena) a = ptx_arena_new(0);
		ssize_t n = pread(fd, bytes, PTXI_WIRE_AGENT_PIECE, (off_t)have);
		int64_t before = have;

		if (n <= 0)
			code = ptx_fail(err, PTX_E_CONFLICT,
					"the agent's program was changed meanwhile");
		else
			code = offer_piece(p, r, have, ptxi_strn(bytes, (size_t)n), a, &have, err);
		if (code == 0 && have <= before)
			code = ptx_fail(err, PTX_E_UNAVAILABLE,
					"Frontgate keeps nothing of the agent's program");
		if (code == 0)
			code = ptxi_ctx_check(p->ctx, err);
	}
	ptx_free(bytes);
	return code;
}

int ptxi_pilot_offer(struct ptxi_pilot *p, const char *path, const struct ptxi_pilot_release *r,
		     struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ptx_auto_str digest = NULL;
	int64_t have = 0;
	int code = 0;

	if (fd < 0)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno, "cannot read '%s'",
				      path);
	digest = ptxi_digest_file_hex(PTXI_SHA256, path, err);
	if (!digest)
		return ptx_wrap(err, "while reading the agent's program");
	if (strcmp(digest, r->sha256) != 0)
		return ptx_fail(err, PTX_E_CONFLICT,
				"the agent's program '%s' was changed meanwhile", path);
	code = offer_piece(p, r, 0, (struct ptx_str){ NULL, 0 }, a, &have, err);
	if (code == PTX_E_NOT_FOUND) {
		if (err)
			ptxi_error_drop(err);
		ptx_fail(err, PTX_E_UNSUPPORTED,
			 "the Frontgate of VPC '%s' is too old to update agents", p->vpc.name);
		return ptxi_error_hint(err, "delete its container and run: pitrix cluster start; "
					    "it is made anew with this version");
	}
	return code < 0 ? code : offer_rest(p, fd, r, have, err);
}
