/* SPDX-License-Identifier: Apache-2.0 */
/* sources.c - the values that a user gives: files first, then expressions by kind, in Helm's order.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../value/strvals.h"

#define MOST_BYTES ((size_t)64 << 20)

static void lay(struct ptx_value *base, const struct ptx_value *over)
{
	for (size_t i = 0; i < over->map.n; i++) {
		const struct ptxi_entry *o = &over->map.v[i];
		struct ptxi_entry *b = ptxi_value_find(base, o->key);

		if (b && ptx_value_kind(b->value) == PTX_MAP && ptx_value_kind(o->value) == PTX_MAP)
			lay(b->value, o->value);
		else if ((b = ptxi_value_put(base, o->key, true, o->value)))
			b->pos = o->pos;
	}
}

static int read_text(const char *path, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto(error) inner = NULL;
	struct ptx_str name = ptxi_str_trim(ptxi_str(path));
	int rc = ptxi_fs_read_given(ptxi_str_is(name, "-") ? "-" : path, MOST_BYTES, out, &inner);

	if (rc == PTX_E_NOT_FOUND)
		return ptx_fail(err, rc, "open %s: no such file or directory", path);
	if (rc < 0 && err)
		*err = ptx_steal(&inner);
	return rc;
}

struct reading {
	struct ptx_arena *arena;
	struct ptx_value *all;
	ptxi_chart_layer_fn layer; /* or NULL */
	void *user;
	struct ptx_error **err;
};

static int add_file(const struct reading *r, const char *path)
{
	struct ptx_arena *a = r->arena;
	struct ptx_error **err = r->err;
	ptx_auto_buf text = { 0 };
	ptx_auto(error) inner = NULL;
	struct ptx_value *v = NULL;
	int rc = 0;

	ptx_buf_init(&text, 0);
	rc = read_text(path, &text, err);
	if (rc < 0)
		return rc;
	v = ptxi_chart_yaml_map(a, ptx_buf_str(&text), ptxi_arena_str(a, path), &inner);
	if (v && r->layer)
		r->layer(ptxi_chart_values_copy(a, v), r->user);
	if (v) {
		lay(r->all, v);
		return 0;
	}
	rc = ptx_error_code(inner);
	if (ptx_error_where(inner))
		return ptx_fail_at(err, rc, *ptx_error_where(inner), "failed to parse %s: %s", path,
				   ptx_error_message(inner));
	return ptx_fail(err, rc, "failed to parse %s: %s", path, ptx_error_message(inner));
}

/* What --set-file=key=PATH stands for. */
static struct ptx_value *content(struct ptx_arena *a, struct ptx_str name, void *user,
				 struct ptx_error **err)
{
	struct ptx_value *texts = user; /* by path: a pipe can be read once */
	ptx_auto_buf text = { 0 };
	char *path = NULL;
	struct ptx_value *v = ptx_value_getn(texts, name);

	if (v)
		return v;
	path = ptxi_arena_strn(a, name.p, name.n);
	ptx_buf_init(&text, 0);
	if (!path || read_text(path, &text, err) < 0) {
		if (!path)
			ptxi_arena_check(a, err);
		return NULL;
	}
	v = ptx_value_strn(a, ptx_buf_str(&text));
	if (texts)
		ptx_value_setn(texts, name, v);
	return v;
}

static int apply(const struct reading *r, const char *const *list, enum ptxi_strvals_kind kind, const char *option)
{
	struct ptx_error **err = r->err;

	for (size_t i = 0; list && list[i]; i++) {
		ptx_auto(error) inner = NULL;
		struct ptx_value *alone = r->layer ? ptx_value_map(r->arena) : NULL;
		struct ptx_value *texts = r->layer ? ptx_value_map(r->arena) : NULL;
		int rc = ptxi_strvals_apply(r->arena, r->all, ptxi_str(list[i]), kind, option, content, texts, &inner);

		if (rc == 0 && alone &&
		    ptxi_strvals_apply(r->arena, alone, ptxi_str(list[i]), kind, option, content, texts, NULL) == 0)
			r->layer(alone, r->user);
		if (rc < 0 && kind == PTXI_STRVALS_JSON)
			return ptx_fail(err, rc, "failed parsing %s data %s", option, list[i]);
		if (rc < 0)
			return ptx_fail(err, rc, "failed parsing %s data: %s", option,
					ptx_error_message(inner));
	}
	return 0;
}

struct ptx_value *ptxi_chart_values_layers(struct ptx_arena *a, const struct ptx_chart_values *src,
					   ptxi_chart_layer_fn layer, void *user, struct ptx_error **err)
{
	struct ptx_chart_values o = { 0 };
	const struct reading r = { a, ptx_value_map(a), layer, user, err };

	if (PTXI_OPTS_READ(&o, src, err) < 0)
		return NULL;
	for (size_t i = 0; o.files && o.files[i]; i++)
		if (add_file(&r, o.files[i]) < 0)
			return NULL;
	if (apply(&r, o.set_jsons, PTXI_STRVALS_JSON, "--set-json") < 0 ||
	    apply(&r, o.sets, PTXI_STRVALS_TYPED, "--set") < 0 ||
	    apply(&r, o.set_strings, PTXI_STRVALS_STRING, "--set-string") < 0 ||
	    apply(&r, o.set_files, PTXI_STRVALS_FILE, "--set-file") < 0 ||
	    apply(&r, o.set_literals, PTXI_STRVALS_LITERAL, "--set-literal") < 0)
		return NULL;
	return ptxi_arena_check(a, err) < 0 ? NULL : r.all;
}

struct ptx_value *ptx_chart_values_read(struct ptx_arena *a, const struct ptx_chart_values *src,
					struct ptx_error **err)
{
	return ptxi_chart_values_layers(a, src, NULL, NULL, err);
}
