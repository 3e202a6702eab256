/* SPDX-License-Identifier: Apache-2.0 */
/* vpc.c - what is made with a VPC's root key away from the network: the key itself, and the files
 * of instances.
 *
 * A Frontgate's files hold an intermediate certificate and its key, made anew at each call: whoever
 * reads them can speak for one VPC, until they end. A Drone's files hold no key at all: it makes
 * its own, and shows a token once.
 */
#define PTX_AREA PTX_AREA_PILOT
#include "vpc.h"

#include "../base/time.h"
#include "../wire/pki.h"
#include "pilot.h"

static int64_t now_unix(const struct ptx_ctx *ctx)
{
	return ptxi_ctx_now(ctx) / PTXI_NS_PER_S;
}

char *ptxi_pilot_vpc_new(const struct ptx_ctx *ctx, const char *vpc, struct ptx_error **err)
{
	char *key = ptxi_pki_key_new(err);
	ptx_auto_str certificate = key ? ptxi_pki_root(key, vpc, now_unix(ctx), err) : NULL;
	struct ptx_buf text;
	char *out = NULL;
	json_t *j = NULL;

	ptx_buf_init(&text, 0);
	if (certificate) {
		j = json_pack("{s:i, s:s, s:s, s:s}", "version", 1, "vpc", vpc, "key", key,
			      "certificate", certificate);
		if (!ptxi_wire_format(j, &text))
			ptx_fail(err, PTX_E_NOMEM, "no memory for a VPC's keys");
		else
			out = ptx_buf_steal(&text, NULL);
	}
	json_decref(j);
	ptx_buf_done(&text);
	ptxi_free_secret(key);
	return out;
}

int ptxi_vpc_read(struct ptxi_vpc *v, const char *secret, struct ptx_error **err)
{
	json_t *j = ptxi_wire_parse(ptxi_str(secret), PTXI_PKI_MAX_PEM, NULL);
	const char *name = json_string_value(json_object_get(j, "vpc"));
	const char *key = json_string_value(json_object_get(j, "key"));
	const char *certificate = json_string_value(json_object_get(j, "certificate"));
	int code = 0;

	*v = (struct ptxi_vpc){ NULL, NULL, NULL };
	if (json_integer_value(json_object_get(j, "version")) != 1 || !name || !key ||
	    !certificate || !ptxi_wire_label_ok(ptxi_str(name)) ||
	    !ptxi_pki_key_matches(key, certificate)) {
		code = ptx_fail(err, PTX_E_CORRUPT, "the keys of the VPC cannot be read");
	} else {
		*v = (struct ptxi_vpc){ ptxi_strdup(name), ptxi_strdup(key),
					ptxi_strdup(certificate) };
		if (!v->name || !v->key || !v->certificate) {
			ptxi_vpc_done(v);
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for a VPC's keys");
		}
	}
	if (key)
		ptxi_wipe((char *)key, strlen(key));
	json_decref(j);
	return code;
}

void ptxi_vpc_done(struct ptxi_vpc *v)
{
	ptx_free(v->name);
	ptxi_free_secret(v->key);
	ptx_free(v->certificate);
	*v = (struct ptxi_vpc){ NULL, NULL, NULL };
}

char *ptxi_vpc_intermediate(const struct ptxi_vpc *v, const char *request, int64_t now,
			    struct ptx_error **err)
{
	struct ptxi_pki_sign s = { .role = PTXI_PKI_INTERMEDIATE,
				   .request = request,
				   .issuer = v->certificate,
				   .issuer_key = v->key,
				   .vpc = v->name,
				   .now_unix = now };

	return ptxi_pki_sign(&s, err);
}

/* --- files of instances --- */

static void set_file(struct ptx_arena *a, struct ptx_provider_file *f, const char *path,
		     unsigned mode, const char *text)
{
	const char *copy = ptxi_arena_str(a, text);

	*f = (struct ptx_provider_file){ path, ptxi_str(copy), mode };
}

static void set_config(struct ptx_arena *a, struct ptx_provider_file *f, const char *path,
		       json_t *j)
{
	struct ptx_buf text;

	ptx_buf_init(&text, 0);
	if (ptxi_wire_format(j, &text))
		ptx_buf_addc(&text, '\n');
	set_file(a, f, path, 0644, ptx_buf_ok(&text) ? text.p : "");
	ptx_buf_done(&text);
	json_decref(j);
}

int ptxi_pilot_frontgate_files(const struct ptx_ctx *ctx, const char *vpc_secret,
			       const char *instance, struct ptx_arena *a,
			       struct ptx_provider_file **files, size_t *count,
			       struct ptx_error **err)
{
	struct ptxi_vpc v;
	char *key = NULL;
	ptx_auto_str request = NULL;
	ptx_auto_str certificate = NULL;
	struct ptx_provider_file *f = ptxi_arena_array(a, 4, sizeof(*f));
	int code = ptxi_vpc_read(&v, vpc_secret, err);

	if (code < 0)
		return code;
	key = ptxi_pki_key_new(err);
	request = key ? ptxi_pki_request(key, "intermediate", v.name, err) : NULL;
	certificate = request ? ptxi_vpc_intermediate(&v, request, now_unix(ctx), err) : NULL;
	if (!certificate) {
		code = ptx_wrap(err, "while making the files of Frontgate '%s'", instance);
	} else if (f) {
		set_config(a, &f[0], PTXI_WIRE_FILE_FRONTGATE,
			   json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "version", 1,
				     "vpc", v.name, "instance", instance, "listen", "0.0.0.0:9111",
				     "data", "/var/lib/pitrix", "etcd", "/usr/bin/etcd", "ca",
				     PTXI_WIRE_FILE_CA, "certificate", PTXI_WIRE_FILE_INTERMEDIATE,
				     "key", PTXI_WIRE_FILE_INTERMEDIATE_KEY));
		set_file(a, &f[1], PTXI_WIRE_FILE_CA, 0644, v.certificate);
		set_file(a, &f[2], PTXI_WIRE_FILE_INTERMEDIATE, 0644, certificate);
		set_file(a, &f[3], PTXI_WIRE_FILE_INTERMEDIATE_KEY, 0600, key);
	}
	ptxi_vpc_done(&v);
	ptxi_free_secret(key);
	*files = f;
	*count = 4;
	return code < 0 ? code : ptxi_arena_check(a, err);
}

int ptxi_pilot_drone_files(const struct ptx_ctx *ctx, const char *vpc_secret, const char *instance,
			   const char *frontgate_ip, const char *token, struct ptx_arena *a,
			   struct ptx_provider_file **files, size_t *count, struct ptx_error **err)
{
	struct ptxi_vpc v;
	struct ptx_provider_file *f = ptxi_arena_array(a, 2, sizeof(*f));
	char digest[65] = "";
	char ip[46];
	char address[64];
	int code = 0;

	(void)ctx;
	if (!ptxi_wire_instance_ok(ptxi_str(instance)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no name of an instance", instance);
	if (!ptxi_wire_token_ok(ptxi_str(token)))
		return ptx_fail(err, PTX_E_INVALID,
				"the token of instance '%s' is not base64url of 32 bytes",
				instance);
	if (!ptxi_wire_ip(frontgate_ip, ip))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no numeric address", frontgate_ip);
	code = ptxi_vpc_read(&v, vpc_secret, err);
	if (code == 0)
		code = ptxi_pki_fingerprint(v.certificate, digest, err);
	snprintf(address, sizeof(address), strchr(ip, ':') ? "[%s]:%d" : "%s:%d", ip,
		 PTXI_WIRE_PORT);
	if (code == 0 && f) {
		set_config(a, &f[0], PTXI_WIRE_FILE_DRONE,
			   json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "version", 1, "vpc",
				     v.name, "instance", instance, "frontgate", address,
				     "ca_sha256", digest, "token", PTXI_WIRE_FILE_TOKEN, "data",
				     "/var/lib/pitrix"));
		set_file(a, &f[1], PTXI_WIRE_FILE_TOKEN, 0600, ptxi_arena_printf(a, "%s\n", token));
	}
	ptxi_vpc_done(&v);
	*files = f;
	*count = 2;
	return code < 0 ? code : ptxi_arena_check(a, err);
}
