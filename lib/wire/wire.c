/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - names, tables and messages that Pilot, Frontgate and Drone share.
 *
 * Whatever comes in is checked here before anybody acts on it: names against their alphabets,
 * members against their kinds and sizes. Readers borrow from the parsed JSON; writers make new
 * objects.
 */
#define PTX_AREA PTX_AREA_WIRE
#include "wire.h"

#include <arpa/inet.h>

#include "../base/fs.h"
#include "../base/utf8.h"
#include "release.h"

#define MOST_CONFIG ((size_t)64 << 10)

static bool is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool ptxi_wire_label_ok(struct ptx_str s)
{
	if (s.n < 1 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_label_char(s.p[i]))
			return false;
	return true;
}

bool ptxi_wire_instance_ok(struct ptx_str s)
{
	return ptxi_wire_label_ok(s) && !ptxi_str_is(s, "pilot") && !ptxi_str_is(s, "frontgate");
}

static bool is_word_char(char c)
{
	return is_label_char(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

bool ptxi_wire_id_ok(struct ptx_str s)
{
	if (s.n < 1 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_word_char(s.p[i]) && s.p[i] != '.')
			return false;
	return !ptxi_str_is(s, ".") && !ptxi_str_is(s, "..");
}

bool ptxi_wire_token_ok(struct ptx_str s)
{
	if (s.n != 43)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_word_char(s.p[i]))
			return false;
	return true;
}

bool ptxi_wire_key_ok(struct ptx_str s)
{
	struct ptx_str rest = s;
	struct ptx_str part = { NULL, 0 };

	if (s.n < 2 || s.n > PTXI_WIRE_MAX_KEY || s.p[0] != '/' || s.p[s.n - 1] == '/' ||
	    !ptxi_utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	rest = ptxi_str_from(s, 1);
	while (ptxi_str_next(&rest, '/', &part))
		if (part.n == 0 || ptxi_str_is(part, ".") || ptxi_str_is(part, ".."))
			return false;
	return true;
}

bool ptxi_wire_ip(const char *text, char out[46])
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1)
		return inet_ntop(AF_INET, &v4, out, 46) != NULL;
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6))
		return inet_ntop(AF_INET, &v6.s6_addr[12], out, 46) != NULL;
	return inet_ntop(AF_INET6, &v6, out, 46) != NULL;
}

bool ptxi_wire_address(struct ptx_str s, char ip[46], uint16_t *port)
{
	size_t colon = ptxi_str_rfind_char(s, ':');
	struct ptx_str host = ptxi_str_sub(s, 0, colon == SIZE_MAX ? 0 : colon);
	char text[46] = "";
	int64_t n = 0;

	if (colon == SIZE_MAX || !ptxi_parse_i64(ptxi_str_from(s, colon + 1), &n, 1, 65535))
		return false;
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = ptxi_str_sub(host, 1, host.n - 2);
	else if (ptxi_str_find_char(host, ':') != SIZE_MAX)
		return false;
	if (host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	*port = (uint16_t)n;
	return ptxi_wire_ip(text, ip);
}

/* --- tables --- */

static const struct ptxi_wire_kind kinds[] = {
	{ "agent.update", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, false, 600000,
	  .has_release = true },
	{ "confd.start", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, false, 600000 },
	{ "confd.stop", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, false, 60000 },
	{ "health.start", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, false, 60000 },
	{ "health.stop", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, false, 600000 },
	{ "run", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, true, 600000 },
	{ "ssh.key", PTXI_DRONE_STOPPED | PTXI_DRONE_RUNNING, true, 60000 },
	{ "volume", PTXI_DRONE_STOPPED, false, 600000 },
};

const struct ptxi_wire_kind *ptxi_wire_kind_find(struct ptx_str name)
{
	for (size_t i = 0; i < PTXI_COUNT(kinds); i++)
		if (ptxi_str_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

const char *ptxi_drone_state_name(enum ptxi_drone_state s)
{
	return s == PTXI_DRONE_RUNNING ? "running" : "stopped";
}

static const char *const state_names[] = { "pending", "running", "done", "failed", "unknown" };

const char *ptxi_wire_state_name(enum ptxi_wire_state s)
{
	return state_names[s];
}

bool ptxi_wire_state_is_final(enum ptxi_wire_state s)
{
	return s >= PTXI_REQUEST_DONE;
}

/* --- JSON --- */

json_t *ptxi_wire_parse(struct ptx_str text, size_t max, struct ptx_error **err)
{
	json_error_t e;
	json_t *j = NULL;

	if (text.n > max) {
		ptx_fail(err, PTX_E_LIMIT, "the message has %zu bytes, more than %zu", text.n, max);
		return NULL;
	}
	memset(&e, 0, sizeof(e));
	j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &e);
	if (!j) {
		ptx_fail(err,
			 json_error_code(&e) == json_error_out_of_memory ? PTX_E_NOMEM
									 : PTX_E_SYNTAX,
			 "the message is no JSON: %s at byte %d", e.text, e.position);
		return NULL;
	}
	if (!json_is_object(j)) {
		json_decref(j);
		ptx_fail(err, PTX_E_SYNTAX, "the message is no JSON object");
		return NULL;
	}
	return j;
}

json_t *ptxi_wire_parse_file(const char *path, struct ptx_error **err)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	return ptxi_fs_read(path, MOST_CONFIG, &text, err) < 0
		   ? NULL
		   : ptxi_wire_parse(ptx_buf_str(&text), MOST_CONFIG, err);
}

static int add_json(const char *p, size_t n, void *user)
{
	ptx_buf_add(user, p, n);
	return 0;
}

bool ptxi_wire_format(const json_t *j, struct ptx_buf *out)
{
	return j && json_dump_callback(j, add_json, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0 &&
	       ptx_buf_ok(out);
}

const char *ptxi_wire_text(const json_t *j, const char *name, size_t max, struct ptx_error **err)
{
	const json_t *v = json_object_get(j, name);

	if (!v || json_is_null(v))
		return NULL;
	if (!json_is_string(v)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' must be a string", name);
		return NULL;
	}
	if (json_string_length(v) > max) {
		ptx_fail(err, PTX_E_LIMIT, "'%s' has %zu bytes, more than %zu", name,
			 json_string_length(v), max);
		return NULL;
	}
	return json_string_value(v);
}

const char *ptxi_wire_need(const json_t *j, const char *name, size_t max, struct ptx_error **err)
{
	const json_t *v = json_object_get(j, name);

	if (!v || json_is_null(v)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is missing", name);
		return NULL;
	}
	return ptxi_wire_text(j, name, max, err);
}

/* A whole number within bounds; the fallback when it is missing. */
static int get_int(const json_t *j, const char *name, int64_t min, int64_t max, int64_t *out,
		   struct ptx_error **err)
{
	const json_t *v = json_object_get(j, name);

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return ptx_fail(err, PTX_E_INVALID, "'%s' must be a whole number from %lld to %lld",
				name, (long long)min, (long long)max);
	*out = json_integer_value(v);
	return 0;
}

int ptxi_wire_request_read(const json_t *j, struct ptxi_wire_request *r, struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	const char *kind = ptxi_wire_need(j, "kind", 64, &e);
	const char *id = e ? NULL : ptxi_wire_text(j, "id", 64, &e);
	const char *cmd = e ? NULL : ptxi_wire_text(j, "cmd", PTXI_WIRE_MAX_CMD, &e);
	const char *statement =
	    e ? NULL : ptxi_wire_text(j, "statement", PTXI_RELEASE_MAX_STATEMENT, &e);
	const char *signature =
	    e ? NULL : ptxi_wire_text(j, "signature", PTXI_RELEASE_MAX_SIGNATURE, &e);

	*r = (struct ptxi_wire_request){
		.id = id, .cmd = cmd, .statement = statement, .signature = signature
	};
	if (e) {
		int code = ptx_error_code(e);

		if (err)
			*err = e;
		else
			ptx_error_free(e);
		return code;
	}
	if (id && !ptxi_wire_id_ok(ptxi_str(id)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no id of a request", id);
	r->kind = ptxi_wire_kind_find(ptxi_str(kind));
	if (!r->kind)
		return ptx_fail(err, PTX_E_INVALID, "there is no kind of request '%s'", kind);
	if (r->kind->has_cmd && (!cmd || !cmd[0]))
		return ptx_fail(err, PTX_E_INVALID, "a request '%s' needs 'cmd'", kind);
	if (!r->kind->has_cmd && cmd)
		return ptx_fail(err, PTX_E_INVALID, "a request '%s' takes no 'cmd'", kind);
	if (r->kind->has_release != (statement && signature))
		return ptx_fail(err, PTX_E_INVALID, "a request '%s' %s", kind,
				r->kind->has_release ? "needs 'statement' and 'signature'"
						     : "takes no 'statement'");
	r->timeout_ms = r->kind->timeout_ms;
	return get_int(j, "timeout_ms", 1, PTXI_WIRE_MAX_TIMEOUT_MS, &r->timeout_ms, err);
}

json_t *ptxi_wire_request_write(const struct ptxi_wire_request *r)
{
	json_t *j = json_pack("{s:s*, s:s, s:s*, s:s*, s:s*, s:I}", "id", r->id, "kind",
			      r->kind->name, "cmd", r->cmd, "statement", r->statement, "signature",
			      r->signature, "timeout_ms", (json_int_t)r->timeout_ms);

	return j;
}

int ptxi_wire_outcome_read(const json_t *j, struct ptxi_wire_outcome *o, struct ptx_error **err)
{
	struct ptx_error *e = NULL;
	const char *state = ptxi_wire_need(j, "state", 32, &e);
	int code = 0;

	*o = (struct ptxi_wire_outcome){ .exit_status = -1 };
	o->output = e ? NULL : ptxi_wire_text(j, "output", PTXI_WIRE_MAX_OUTPUT, &e);
	o->error = e ? NULL : ptxi_wire_text(j, "error", PTXI_WIRE_MAX_OUTPUT, &e);
	if (e) {
		code = ptx_error_code(e);
		if (err)
			*err = e;
		else
			ptx_error_free(e);
		return code;
	}
	size_t i = 0;

	while (i < PTXI_COUNT(state_names) && strcmp(state, state_names[i]) != 0)
		i++;
	if (i == PTXI_COUNT(state_names))
		return ptx_fail(err, PTX_E_INVALID, "there is no state '%s' of a request", state);
	o->state = (enum ptxi_wire_state)i;
	code = get_int(j, "exit_status", -1, 255, &o->exit_status, err);
	if (code == 0)
		code = get_int(j, "started_unix", 0, INT64_C(1) << 40, &o->started_unix, err);
	if (code == 0)
		code = get_int(j, "ended_unix", 0, INT64_C(1) << 40, &o->ended_unix, err);
	return code;
}

json_t *ptxi_wire_outcome_write(const struct ptxi_wire_outcome *o)
{
	json_t *j = json_pack("{s:s, s:s*, s:s*}", "state", ptxi_wire_state_name(o->state),
			      "output", o->output, "error", o->error);

	if (j && o->exit_status >= 0)
		json_object_set_new(j, "exit_status", json_integer(o->exit_status));
	if (j && o->started_unix > 0)
		json_object_set_new(j, "started_unix", json_integer(o->started_unix));
	if (j && o->ended_unix > 0)
		json_object_set_new(j, "ended_unix", json_integer(o->ended_unix));
	return j;
}

/* --- errors --- */

static const struct {
	int code;
	int status;
} statuses[] = {
	{ PTX_E_INVALID, 400 },     { PTX_E_SYNTAX, 400 },       { PTX_E_USAGE, 400 },
	{ PTX_E_AUTH, 401 },        { PTX_E_UNTRUSTED, 401 },    { PTX_E_DENIED, 403 },
	{ PTX_E_NOT_FOUND, 404 },   { PTX_E_CONFLICT, 409 },     { PTX_E_EXISTS, 409 },
	{ PTX_E_LIMIT, 413 },       { PTX_E_PRECONDITION, 412 }, { PTX_E_UNSUPPORTED, 501 },
	{ PTX_E_UNAVAILABLE, 503 }, { PTX_E_BUSY, 503 },         { PTX_E_TIMEOUT, 504 },
};

int ptxi_wire_http_status(int code)
{
	for (size_t i = 0; i < PTXI_COUNT(statuses); i++)
		if (statuses[i].code == code)
			return statuses[i].status;
	return 500;
}

void ptxi_wire_error_format(int code, const char *message, struct ptx_buf *out)
{
	json_t *j =
	    json_pack("{s:{s:s, s:s}}", "error", "code", ptx_code_name(code), "message", message);

	if (!j)
		j = json_pack("{s:{s:s, s:s}}", "error", "code", ptx_code_name(code), "message",
			      "the message is no text");
	ptxi_wire_format(j, out);
	json_decref(j);
}

int ptxi_wire_error_read(int http_status, struct ptx_str body, struct ptx_error **err)
{
	json_t *j = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
	const json_t *e = json_object_get(j, "error");
	const char *name = json_string_value(json_object_get(e, "code"));
	const char *message = json_string_value(json_object_get(e, "message"));
	int code = http_status >= 500 ? PTX_E_UNAVAILABLE : PTX_E_FAILED;

	if (name) {
		code = ptx_code_from_name(name);
	} else {
		for (size_t i = PTXI_COUNT(statuses); i > 0; i--)
			if (statuses[i - 1].status == http_status)
				code = statuses[i - 1].code;
	}
	if (code == PTX_OK)
		code = PTX_E_FAILED;
	code = ptx_fail(err, code, "%.*s", 1000, message ? message : "the answer has no message");
	ptxi_error_remote(err, http_status, name);
	json_decref(j);
	return code;
}

/* --- metadata as flat keys --- */

struct flat {
	ptxi_wire_flat_fn fn;
	void *user;
	size_t count;
	struct ptx_buf key;
};

static int flatten(struct flat *f, const struct ptx_value *v, unsigned depth,
		   struct ptx_error **err);

static int flatten_member(struct flat *f, struct ptx_str name, const struct ptx_value *v,
			  unsigned depth, struct ptx_error **err)
{
	size_t n = f->key.n;
	int code = 0;

	ptx_buf_addc(&f->key, '/');
	ptx_buf_addstr(&f->key, name);
	code = flatten(f, v, depth + 1, err);
	ptx_buf_truncate(&f->key, n);
	return code;
}

static int flatten_scalar(struct flat *f, const struct ptx_value *v, struct ptx_error **err)
{
	struct ptx_str text = ptx_value_str(v);
	char number[40] = "";

	if (!ptx_buf_ok(&f->key))
		return ptx_fail(err, f->key.status, "a key of the metadata is too long");
	if (!ptxi_wire_key_ok(ptx_buf_str(&f->key)))
		return ptx_fail(err, PTX_E_INVALID, "'%s' is no key of metadata", f->key.p);
	if (++f->count > PTXI_WIRE_MAX_KEYS)
		return ptx_fail(err, PTX_E_LIMIT, "the metadata have more than %d keys",
				PTXI_WIRE_MAX_KEYS);
	switch (ptx_value_kind(v)) {
	case PTX_NULL:
		text = PTXI_STR("null");
		break;
	case PTX_BOOL:
		text = ptx_value_as_bool(v, false) ? PTXI_STR("true") : PTXI_STR("false");
		break;
	case PTX_INT:
		snprintf(number, sizeof(number), "%lld", (long long)ptx_value_as_int(v, 0));
		text = ptxi_str(number);
		break;
	case PTX_STRING:
	case PTX_NUMBER:
		break;
	default:
		return ptx_fail(err, PTX_E_INVALID,
				"'%s' holds a value of kind %s, which metadata cannot hold",
				f->key.p, ptx_value_kind_name(v));
	}
	if (text.n > PTXI_WIRE_MAX_VALUE)
		return ptx_fail(err, PTX_E_LIMIT, "the value of '%s' has %zu bytes, more than %zu",
				f->key.p, text.n, PTXI_WIRE_MAX_VALUE);
	return f->fn(f->key.p, text, f->user, err);
}

static int flatten(struct flat *f, const struct ptx_value *v, unsigned depth,
		   struct ptx_error **err)
{
	enum ptx_kind kind = ptx_value_kind(v);
	int code = 0;

	if (depth > 64)
		return ptx_fail(err, PTX_E_LIMIT, "the metadata are more than 64 levels deep");
	if (kind != PTX_MAP && kind != PTX_LIST)
		return flatten_scalar(f, v, err);
	for (size_t i = 0; code == 0 && i < ptx_value_count(v); i++) {
		char index[24] = "";
		struct ptx_str name = { NULL, 0 };
		const struct ptx_value *member = NULL;

		if (kind == PTX_MAP) {
			member = ptx_value_entry(v, i, &name);
			if (ptxi_str_find_char(name, '/') != SIZE_MAX)
				return ptx_fail(err, PTX_E_INVALID,
						"the name '%s' below '%s' has a slash", name.p,
						f->key.p);
		} else {
			member = ptx_value_at(v, i);
			snprintf(index, sizeof(index), "%zu", i);
			name = ptxi_str(index);
		}
		code = flatten_member(f, name, member, depth, err);
	}
	return code;
}

int ptxi_wire_flatten(const struct ptx_value *tree, ptxi_wire_flat_fn fn, void *user,
		      struct ptx_error **err)
{
	struct flat f = { .fn = fn, .user = user };
	int code = 0;

	if (ptx_value_kind(tree) != PTX_MAP)
		return ptx_fail(err, PTX_E_INVALID, "metadata are an object, not of kind %s",
				ptx_value_kind_name(tree));
	ptx_buf_init(&f.key, 4 * PTXI_WIRE_MAX_KEY);
	code = flatten(&f, tree, 0, err);
	ptx_buf_done(&f.key);
	return code;
}
