/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - the digest and the text of Chart.lock (requirements.lock of a v1 chart).
 *
 * The digest is a SHA-256 of JSON as Go writes it: [wishes, choices], where members of a dependency
 * come in the order of Helm's struct and empty ones are left out, but for the repository. So a lock
 * tells whether Chart.yaml was changed since.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lock.h"
#include "../base/digest.h"
#include "../value/codec.h"

static void add_dependency(struct ptx_arena *a, const struct ptxi_chart_dependency *d,
			   struct ptx_buf *out)
{
	const struct ptx_json_style style = { .size = sizeof(style),
					      .sort_keys = true,
					      .escape_html = true };
	const struct ptx_value *map = ptxi_chart_dependency_value(a, d);

	if (ptx_value_kind(map) != PTX_MAP) {
		ptx_buf_adds(out, "null");
		return;
	}
	ptx_buf_addc(out, '{');
	for (size_t i = 0; i < ptx_value_count(map); i++) {
		struct ptx_str key = { NULL, 0 };
		const struct ptx_value *v = ptx_value_entry(map, i, &key);

		if (i)
			ptx_buf_addc(out, ',');
		ptxi_json_quote(key, true, out);
		ptx_buf_addc(out, ':');
		ptx_json_format(v, &style, out);
	}
	ptx_buf_addc(out, '}');
}

static void add_list(struct ptx_arena *a, struct ptxi_chart_wants list, struct ptx_buf *out)
{
	if (!list.v) {
		ptx_buf_adds(out, "null");
		return;
	}
	ptx_buf_addc(out, '[');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			ptx_buf_addc(out, ',');
		add_dependency(a, &list.v[i], out);
	}
	ptx_buf_addc(out, ']');
}

static const char *digest_of(struct ptx_arena *a, struct ptx_buf *json, struct ptx_error **err)
{
	ptx_auto_str hex =
	    ptx_buf_ok(json) ? ptxi_digest_hex(PTXI_SHA256, ptx_buf_str(json)) : NULL;
	const char *digest = hex ? ptxi_arena_printf(a, "sha256:%s", hex) : NULL;

	if (!digest)
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return digest;
}

const char *ptxi_chart_lock_digest(struct ptx_arena *a, struct ptxi_chart_wants wants,
				   struct ptxi_chart_wants chosen, struct ptx_error **err)
{
	ptx_auto_buf json = { 0 };

	ptx_buf_init(&json, 0);
	ptx_buf_addc(&json, '[');
	add_list(a, wants, &json);
	ptx_buf_addc(&json, ',');
	add_list(a, chosen, &json);
	ptx_buf_addc(&json, ']');
	return digest_of(a, &json, err);
}

const char *ptxi_chart_lock_digest_v2(struct ptx_arena *a, struct ptxi_chart_wants wants,
				      struct ptx_error **err)
{
	ptx_auto_buf json = { 0 };

	ptx_buf_init(&json, 0);
	ptx_buf_adds(&json, "{\"dependencies\":");
	add_list(a, wants, &json);
	ptx_buf_addc(&json, '}');
	return digest_of(a, &json, err);
}

int ptxi_chart_lock_format(struct ptx_arena *a, struct ptxi_chart_wants chosen, const char *digest,
			   const char *generated, struct ptx_buf *out, struct ptx_error **err)
{
	struct ptx_value *map = ptx_value_map(a);
	struct ptx_value *list = ptx_value_list(a);

	for (size_t i = 0; i < chosen.n; i++)
		ptx_value_append(list, ptxi_chart_dependency_value(a, &chosen.v[i]));
	ptx_value_set(map, "dependencies", chosen.v ? list : ptx_value_null(a));
	ptx_value_set_string(map, "digest", digest);
	ptx_value_set_string(map, "generated", generated);
	if (ptxi_arena_check(a, err) < 0)
		return ptx_arena_status(a);
	ptx_yaml_format(map, out);
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static bool is_v1(const struct ptxi_chart *c)
{
	return strcmp(c->meta.api_version, "v1") == 0;
}

const char *ptxi_chart_lock_name(const struct ptxi_chart *c)
{
	return is_v1(c) ? "requirements.lock" : "Chart.lock";
}

const char *ptxi_chart_wants_name(const struct ptxi_chart *c)
{
	return is_v1(c) ? "requirements.yaml" : "Chart.yaml";
}

int ptxi_chart_lock_check(struct ptx_arena *a, const struct ptxi_chart *c,
			  struct ptxi_chart_wants wants, struct ptxi_chart_wants plain,
			  const struct ptxi_chart_log *log, struct ptx_error **err)
{
	const struct ptxi_chart_wants chosen = { c->lock.dependencies, c->lock.count };
	const char *digest = ptxi_chart_lock_digest(a, wants, chosen, err);

	if (!digest)
		return PTX_E_NOMEM;
	if (strcmp(digest, c->lock.digest) == 0)
		return 0;
	if (is_v1(c)) {
		ptxi_chart_say(log, "manager.go:122",
			       "warning: a valid Helm v3 hash was not found. Checking against Helm "
			       "v2 hash...");
		digest = ptxi_chart_lock_digest_v2(a, plain, err);
		if (!digest)
			return PTX_E_NOMEM;
		if (strcmp(digest, c->lock.digest) == 0)
			return 0;
	}
	return ptx_fail(err, PTX_E_PRECONDITION,
			"the lock file (%s) is out of sync with the dependencies file (%s). Please "
			"update the dependencies",
			ptxi_chart_lock_name(c), ptxi_chart_wants_name(c));
}
