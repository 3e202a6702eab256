/* SPDX-License-Identifier: Apache-2.0 */
/* sources.c - the values that a user gives: files first, then expressions by kind, in Helm's order.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../text/gostrvals.h"
#include "../text/url_resolve.h"
#include "../value/strvals.h"

#include <strings.h>

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

struct reading {
	struct ptx_arena *arena;
	const struct ptx_chart_values *from;
	struct ptx_value *all;
	ptxi_chart_layer_fn layer; /* or NULL */
	void *user;
	struct ptx_value *texts; /* of files by their path: a pipe can be read once; or NULL */
	struct ptx_error **err;
};

static bool is_url(const char *path)
{
	return strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0 ||
	       strncasecmp(path, "oci://", 6) == 0;
}

static int get(const struct reading *r, const char *url, struct ptx_buf *out,
	       struct ptx_error **err)
{
	if (r->from->get)
		return r->from->get(url, out, r->from->user, err);
	return ptx_fail(err, PTX_E_UNSUPPORTED, "values are not got from a URL here");
}

static int read_text(const struct reading *r, const char *path, struct ptx_buf *out,
		     struct ptx_error **err)
{
	ptx_auto(error) inner = NULL;
	struct ptx_str name = ptxi_str_trim(ptxi_str(path));
	int rc = 0;

	if (is_url(path))
		return get(r, path, out, err);
	rc = ptxi_fs_read_given(ptxi_str_is(name, "-") ? "-" : path, MOST_BYTES, out, &inner);
	if (rc == PTX_E_NOT_FOUND)
		return ptx_fail(err, rc, "open %s: no such file or directory", path);
	if (rc < 0 && r->from->as_helm && ptxi_fs_is_dir(path))
		return ptx_fail(err, rc, "read %s: is a directory", path);
	if (rc == PTX_E_DENIED && r->from->as_helm)
		return ptx_fail(err, rc, "open %s: permission denied", path);
	if (rc < 0 && err)
		*err = ptx_steal(&inner);
	return rc;
}

static int add_file(const struct reading *r, const char *path)
{
	struct ptx_arena *a = r->arena;
	/* As messages and places have it: a URL without its password. */
	const char *shown = is_url(path) ? ptxi_url_shown(a, path) : ptxi_arena_str(a, path);
	struct ptx_error **err = r->err;
	ptx_auto_buf text = { 0 };
	ptx_auto(error) inner = NULL;
	struct ptx_value *v = NULL;
	int rc = 0;

	if (!shown)
		return ptxi_chart_no_memory(err);
	ptx_buf_init(&text, 0);
	rc = read_text(r, path, &text, err);
	if (rc < 0)
		return rc;
	v = ptxi_chart_yaml_map(a, ptx_buf_str(&text), shown, &inner);
	if (v && r->layer)
		r->layer(ptxi_chart_values_copy(a, v), r->user);
	if (v) {
		lay(r->all, v);
		return 0;
	}
	rc = ptx_error_code(inner);
	if (ptx_error_where(inner))
		return ptx_fail_at(err, rc, *ptx_error_where(inner), "failed to parse %s: %s",
				   shown, ptx_error_message(inner));
	return ptx_fail(err, rc, "failed to parse %s: %s", shown, ptx_error_message(inner));
}

/* What --set-file=key=PATH stands for. */
static struct ptx_value *content(struct ptx_arena *a, struct ptx_str name, void *user,
				 struct ptx_error **err)
{
	const struct reading *r = user;
	ptx_auto_buf text = { 0 };
	char *path = NULL;
	struct ptx_value *v = ptx_value_getn(r->texts, name);

	if (v)
		return v;
	path = ptxi_arena_strn(a, name.p, name.n);
	ptx_buf_init(&text, 0);
	if (!path || read_text(r, path, &text, err) < 0) {
		if (!path)
			ptxi_arena_check(a, err);
		return NULL;
	}
	v = ptx_value_strn(a, ptx_buf_str(&text));
	if (r->texts)
		ptx_value_setn(r->texts, name, v);
	return v;
}

static int not_applied(const struct reading *r, const struct ptxi_strvals *how,
		       const char *expression, const struct ptx_error *e)
{
	ptx_auto_buf words = { 0 };

	ptx_buf_init(&words, 0);
	if (how->kind == PTXI_STRVALS_JSON)
		return ptx_fail(r->err, ptx_error_code(e), "failed parsing %s data %s", how->option,
				expression);
	if (r->from->as_helm)
		ptxi_go_strvals_problem(how->why, r->arena, &words);
	return ptx_fail(r->err, ptx_error_code(e), "failed parsing %s data: %s", how->option,
			words.n ? words.p : ptx_error_message(e));
}

static int apply(struct reading *r, const char *const *list, enum ptxi_strvals_kind kind,
		 const char *option)
{
	struct ptxi_strvals_problem why;
	const struct ptxi_strvals how = {
		.kind = kind, .option = option, .file = content, .user = r, .why = &why
	};

	for (size_t i = 0; list && list[i]; i++) {
		ptx_auto(error) inner = NULL;
		struct ptx_value *alone = r->layer ? ptx_value_map(r->arena) : NULL;

		r->texts = r->layer ? ptx_value_map(r->arena) : NULL;
		if (ptxi_strvals_apply(r->arena, r->all, ptxi_str(list[i]), &how, &inner) < 0)
			return not_applied(r, &how, list[i], inner);
		if (alone &&
		    ptxi_strvals_apply(r->arena, alone, ptxi_str(list[i]), &how, NULL) == 0)
			r->layer(alone, r->user);
	}
	return 0;
}

struct ptx_value *ptxi_chart_values_layers(struct ptx_arena *a, const struct ptx_chart_values *src,
					   ptxi_chart_layer_fn layer, void *user,
					   struct ptx_error **err)
{
	struct ptx_chart_values o = { 0 };
	struct reading r = { a, &o, ptx_value_map(a), layer, user, NULL, err };

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
