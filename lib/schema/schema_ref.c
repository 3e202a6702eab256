/* SPDX-License-Identifier: Apache-2.0 */
/* schema_ref.c - places in documents as text, and where references lead. */
#define PTX_AREA PTX_AREA_SCHEMA
#include "schema.h"
#include "../text/goquote.h"

int ptxi_schema_fail_quoted(struct ptx_error **err, int code, const char *before,
			    struct ptx_str quoted, const char *after)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptx_buf_adds(&out, before);
	ptxi_go_quote(quoted, false, &out);
	ptx_buf_adds(&out, after);
	return ptx_fail(err, code, "%s", out.p);
}

/* ---- places as text */

static void path_escape(struct ptx_str s, struct ptx_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c && strchr("-_.~$&+=:@/", c)))
			ptx_buf_addc(out, (char)c);
		else
			ptx_buf_printf(out, "%%%02X", c);
	}
}

void ptxi_schema_location(const char *url, const char *pointer, struct ptx_buf *out)
{
	ptx_buf_printf(out, "%s#", url);
	path_escape(ptxi_str(pointer), out);
}

bool ptxi_schema_fragment(struct ptx_arena *a, struct ptx_str raw, struct ptx_str *out)
{
	char *p = ptxi_arena_bytes(a, raw.n + 1);
	size_t n = 0;

	if (!p)
		return false;
	for (size_t i = 0; i < raw.n; i++) {
		uint64_t byte = 0;
		char hex[3] = "";

		if (raw.p[i] != '%') {
			p[n++] = raw.p[i];
			continue;
		}
		if (i + 2 >= raw.n)
			return false;
		memcpy(hex, raw.p + i + 1, 2);
		for (size_t k = 0; k < 2; k++) {
			const char *digits = "0123456789abcdef0123456789ABCDEF";
			const char *at = hex[k] ? strchr(digits, hex[k]) : NULL;

			if (!at)
				return false;
			byte = byte * 16 + (uint64_t)((at - digits) % 16);
		}
		p[n++] = (char)byte;
		i += 2;
	}
	p[n] = '\0';
	*out = ptxi_strn(p, n);
	return true;
}

const char *ptxi_schema_pointer(struct ptx_arena *a, const char *base, struct ptx_str token)
{
	size_t n = strlen(base);
	char *p = ptxi_arena_bytes(a, n + 2 * token.n + 2);
	char *at = p;

	if (!p)
		return NULL;
	memcpy(at, base, n);
	at += n;
	*at++ = '/';
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '~' || token.p[i] == '/') {
			*at++ = '~';
			*at++ = token.p[i] == '~' ? '0' : '1';
		} else {
			*at++ = token.p[i];
		}
	}
	*at = '\0';
	return p;
}

struct ptx_str ptxi_schema_without_fragment(struct ptx_str url)
{
	size_t hash = ptxi_str_find_char(url, '#');

	return hash == SIZE_MAX ? url : ptxi_str_sub(url, 0, hash);
}

/* ---- where they lead */

int ptxi_schema_join(struct ptxi_schema_compiler *c, struct ptx_str base, struct ptx_str reference,
		     const char **url, struct ptx_error **err)
{
	bool absolute = false;
	struct ptx_str host = { NULL, 0 };
	const char *why = ptxi_url_problem(c->schema->arena, reference, &absolute, &host);

	if (why) {
		ptx_auto_buf tail = { 0 };

		ptx_buf_init(&tail, 0);
		ptx_buf_printf(&tail, ": %s", why);
		return ptxi_schema_fail_quoted(err, PTX_E_INVALID, "error in parsing ", reference,
					       tail.p);
	}
	*url = ptxi_url_resolve(c->schema->arena, base, reference);
	return *url ? 0 : ptxi_schema_no_memory(err);
}

static const struct ptx_value *step(const struct ptx_value *v, struct ptx_str token)
{
	uint64_t i = 0;

	if (ptx_value_kind(v) == PTX_MAP) {
		const struct ptxi_entry *e = ptxi_value_find(v, token);

		return e ? e->value : NULL;
	}
	if (ptx_value_kind(v) == PTX_LIST && ptxi_parse_u64(token, &i, SIZE_MAX))
		return ptx_value_at(v, (size_t)i);
	return NULL;
}

/* Without ~0 and ~1; false when a tilde stands before something else. */
static bool unescape(struct ptx_str token, struct ptx_buf *out)
{
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] != '~') {
			ptx_buf_addc(out, token.p[i]);
			continue;
		}
		if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1'))
			return false;
		ptx_buf_addc(out, token.p[i] == '0' ? '~' : '/');
	}
	return true;
}

const struct ptx_value *ptxi_schema_lookup(const struct ptxi_schema_doc *d, const char *pointer,
					   struct ptx_error **err)
{
	const struct ptx_value *v = d->root;
	struct ptx_str rest = ptxi_str_from(ptxi_str(pointer), 1);
	struct ptx_str part = { NULL, 0 };
	ptx_auto_buf token = { 0 };
	ptx_auto_buf at = { 0 };
	bool good = true;

	if (!pointer[0])
		return v;
	ptx_buf_init(&token, 0);
	for (bool more = true; more && v;) {
		size_t slash = ptxi_str_find_char(rest, '/');

		part = ptxi_str_sub(rest, 0, slash == SIZE_MAX ? rest.n : slash);
		more = slash != SIZE_MAX;
		rest = more ? ptxi_str_from(rest, slash + 1) : rest;
		ptx_buf_clear(&token);
		good = unescape(part, &token);
		v = good && ptx_buf_ok(&token) ? step(v, ptx_buf_str(&token)) : NULL;
	}
	if (v)
		return v;
	if (!ptx_buf_ok(&token)) {
		ptxi_schema_no_memory(err);
		return NULL;
	}
	ptx_buf_init(&at, 0);
	ptxi_schema_location(d->url, pointer, &at);
	if (good)
		ptxi_schema_fail_quoted(err, PTX_E_INVALID, "json-pointer in ", ptx_buf_str(&at),
					" not found");
	else
		ptxi_schema_fail_quoted(err, PTX_E_INVALID, "invalid json-pointer ",
					ptx_buf_str(&at), "");
	return NULL;
}

static int anchor_not_found(const struct ptxi_schema_doc *d, const struct ptxi_resource *r,
			    struct ptx_str name, struct ptx_error **err)
{
	ptx_auto_buf at = { 0 };
	ptx_auto_buf tail = { 0 };

	ptx_buf_init(&at, 0);
	ptx_buf_init(&tail, 0);
	ptx_buf_printf(&at, "%s#", r->id);
	path_escape(name, &at);
	ptx_buf_adds(&tail, " not found in schema ");
	ptxi_go_quote(ptxi_str(d->url), false, &tail);
	return ptxi_schema_fail_quoted(err, PTX_E_INVALID, "anchor in ", ptx_buf_str(&at), tail.p);
}

int ptxi_schema_resolve(struct ptxi_schema_compiler *c, struct ptxi_schema_doc *from,
			const char *pointer, struct ptx_str reference, struct ptxi_schema_doc **doc,
			const char **to, struct ptx_error **err)
{
	struct ptx_arena *a = c->schema->arena;
	struct ptx_str fragment = { NULL, 0 };
	const struct ptxi_resource *r = NULL;
	const char *url = NULL;
	size_t hash = ptxi_str_find_char(reference, '#');
	int rc = 0;

	if (hash != SIZE_MAX &&
	    !ptxi_schema_fragment(a, ptxi_str_from(reference, hash + 1), &fragment))
		return ptxi_schema_fail_quoted(err, PTX_E_INVALID, "error in parsing ", reference,
					       ": invalid URL escape");
	rc = ptxi_schema_join(c, ptxi_str(ptxi_schema_resource(from, pointer)->id),
			      ptxi_schema_without_fragment(reference), &url, err);
	if (rc < 0)
		return rc;
	*doc = from;
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): joining gave a URL */
	r = strcmp(url, from->url) == 0 ? ptxi_map_get(from->resources, "")
					: ptxi_schema_resource_by_id(from, url);
	if (!r) {
		*doc = ptxi_schema_doc_get(c, ptxi_str(url), err);
		if (!*doc)
			return err && *err ? ptx_error_code(*err) : PTX_E_INVALID;
		r = ptxi_map_get((*doc)->resources, "");
	}
	if (!fragment.n || fragment.p[0] == '/') {
		*to = ptxi_arena_printf(a, "%s%.*s", r->pointer, PTX_STR_ARG(fragment));
		return *to ? 0 : ptxi_schema_no_memory(err);
	}
	for (const struct ptxi_anchor *n = r->anchors; n; n = n->next)
		if (ptxi_str_eq(n->name, fragment)) {
			*to = n->pointer;
			return 0;
		}
	return anchor_not_found(*doc, r, fragment, err);
}
