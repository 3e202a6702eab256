/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - what a chart says of itself: its definition, values, README, CRDs; and how its
 * dependencies stand. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../text/jsonpath.h"
#include "../text/semver.h"

#include <glob.h>
#include <pitrix/codec.h>
#include <strings.h>

static void show_definition(const struct ptx_chart *c, struct ptx_buf *out)
{
	ptx_auto(arena) a = ptx_arena_new(0);

	if (a)
		ptx_yaml_format(ptxi_chart_meta_value(a, &c->root->meta), out);
	ptx_buf_addc(out, '\n');
	if (ptx_arena_status(a) < 0)
		out->status = PTX_E_NOMEM;
}

static void show_values(const struct ptx_chart *c, bool all, struct ptx_buf *out)
{
	if (!c->root->values)
		return;
	if (all)
		ptx_buf_adds(out, "---\n");
	ptx_buf_addstr(out, ptxi_chart_file_text(c->root->values_file));
	ptx_buf_addc(out, '\n');
}

static void show_readme(const struct ptx_chart *c, bool all, struct ptx_buf *out)
{
	static const char *const names[] = { "readme.md", "readme.txt", "readme" };

	for (size_t i = 0; i < c->root->files.n; i++)
		for (size_t k = 0; k < PTXI_COUNT(names); k++)
			if (strcasecmp(c->root->files.v[i].name, names[k]) == 0) {
				if (all)
					ptx_buf_adds(out, "---\n");
				ptx_buf_addstr(out, ptxi_chart_file_text(&c->root->files.v[i]));
				ptx_buf_addc(out, '\n');
				return;
			}
}

static void show_crds(const struct ptx_chart *c, bool all, struct ptx_buf *out)
{
	const char *name = NULL;
	struct ptx_str text = { NULL, 0 };

	for (size_t i = 0; ptx_chart_crd_at(c, i, &name, &text); i++) {
		if (i == 0 && all && !ptxi_str_starts(text, "---"))
			ptx_buf_adds(out, "---\n");
		ptx_buf_addstr(out, text);
		ptx_buf_addc(out, '\n');
	}
}

int ptx_chart_show(const struct ptx_chart *c, enum ptx_chart_part part, struct ptx_buf *out,
		   struct ptx_error **err)
{
	bool all = part == PTX_CHART_SHOW_ALL;
	int rc = ptxi_chart_unpack_rest(c, err);

	if (rc < 0)
		return rc;
	if (all || part == PTX_CHART_SHOW_DEFINITION)
		show_definition(c, out);
	if (all || part == PTX_CHART_SHOW_VALUES)
		show_values(c, all, out);
	if (all || part == PTX_CHART_SHOW_README)
		show_readme(c, all, out);
	if (all || part == PTX_CHART_SHOW_CRDS)
		show_crds(c, all, out);
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

int ptx_chart_show_jsonpath(const struct ptx_chart *c, const char *jsonpath, struct ptx_buf *out,
			    struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *values = a ? ptx_chart_default_values(c, a, err) : NULL;
	ptx_auto(error) why = NULL;
	struct ptxi_jsonpath *p = NULL;
	int rc = 0;

	if (!a)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (!values)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	p = ptxi_jsonpath_parse(a, ptxi_str(jsonpath), &why);
	if (!p)
		return ptx_fail(err, ptx_error_code(why), "error parsing jsonpath %s: %s", jsonpath,
				ptx_error_message(why));
	if (!c->root->values) /* Helm shows nothing of what is not there */
		return 0;
	rc = ptxi_jsonpath_print(p, values, a, out, err);
	if (rc == PTX_E_NOT_FOUND || rc == PTX_E_INVALID) {
		if (err)
			ptxi_error_drop(err);
		rc = 0;
	}
	return rc;
}

struct ptx_value *ptx_chart_default_values(const struct ptx_chart *c, struct ptx_arena *a,
					   struct ptx_error **err)
{
	struct ptx_value *v =
	    c->root->values ? ptx_value_copy(a, c->root->values) : ptx_value_map(a);

	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

struct ptx_value *ptx_chart_effective_values(const struct ptx_chart *c,
					     const struct ptx_value *values, struct ptx_arena *a,
					     struct ptx_error **err)
{
	struct ptxi_chart_log quiet = { NULL, NULL };
	ptx_auto(error) own = NULL;
	struct ptx_error **e = err ? err : &own;
	const struct ptxi_chart_use *u = ptxi_chart_use_make(a, a, c->root, values, &quiet, e);
	struct ptx_value *v = u ? ptxi_chart_coalesce(a, u, values, false, &quiet, e) : NULL;

	/* Compiled schemas are kept in the chart, under its lock. */
	if (!v || ptxi_chart_check_schemas((struct ptx_chart *)c, u, v, &quiet, NULL, e) < 0)
		return NULL;
	v = ptx_value_copy(a, v);
	return ptxi_arena_check(a, e) < 0 ? NULL : v;
}

/* ---- dependencies */

/* Stands for a status that could not be found out. */
static const char no_memory[] = "out of memory";

static const char *version_status(const char *wanted, const char *have)
{
	struct ptxi_semver v;
	ptxi_auto(constraint) c = NULL;
	ptx_auto(error) e = NULL;

	if (strcmp(wanted, have) == 0)
		return NULL;
	c = ptxi_constraint_parse(ptxi_str(wanted), &e);
	if (ptx_error_code(e) == PTX_E_NOMEM)
		return no_memory;
	if (!c || ptxi_semver_parse(ptxi_str(have), false, &v, NULL) < 0)
		return "invalid version";
	return ptxi_constraint_check(c, &v, false) ? NULL : "wrong version";
}

static const char *archive_status(const char *path, const struct ptxi_chart_dependency *d)
{
	ptx_auto(error) e = NULL;
	ptx_auto(chart) c = ptx_chart_load(path, NULL, &e);
	const char *status = NULL;

	if (!c)
		return ptx_error_code(e) == PTX_E_NOMEM ? no_memory : "corrupt";
	if (strcmp(c->root->meta.name, d->name) != 0)
		return "misnamed";
	status = version_status(d->version, c->root->meta.version);
	return status ? status : "ok";
}

/* Whether what follows the name in an archive's own is a strict version. */
static bool names_version(const char *path, const char *name)
{
	struct ptx_str base = ptxi_str(ptxi_path_base(path));
	struct ptxi_semver v;

	base = ptxi_str_from(base, strlen(name) + 1);
	base.n -= strlen(".tgz");
	return ptxi_semver_parse(base, true, &v, NULL) == 0;
}

static const char *archives_status(const glob_t *g, const struct ptxi_chart_dependency *d)
{
	const char *found = NULL;
	size_t count = 0;

	if (g->gl_pathc == 1)
		return archive_status(g->gl_pathv[0], d);
	for (size_t i = 0; i < g->gl_pathc; i++)
		if (names_version(g->gl_pathv[i], d->name)) {
			found = g->gl_pathv[i];
			count++;
		}
	if (count == 1)
		return archive_status(found, d);
	return count ? "too many matches" : NULL;
}

static const char *status_of(const struct ptx_chart *c, const struct ptxi_chart_dependency *d)
{
	ptx_auto_str pattern = ptxi_asprintf("%s/charts/%s-*.tgz", c->path, d->name);
	const struct ptxi_chart *have = NULL;
	const char *status = NULL;
	glob_t g = { 0 };

	if (!pattern)
		return no_memory;
	if (glob(pattern, GLOB_NOSORT, NULL, &g) == 0 && g.gl_pathc)
		status = archives_status(&g, d);
	globfree(&g);
	if (status)
		return status;
	for (size_t i = 0; i < c->root->children.n; i++)
		if (strcmp(c->root->children.v[i]->meta.name, d->name) == 0)
			have = c->root->children.v[i];
	if (!have)
		return "missing";
	status = version_status(d->version, have->meta.version);
	return status ? status : "unpacked";
}

struct ptx_value *ptx_chart_dependencies(const struct ptx_chart *c, struct ptx_arena *a,
					 struct ptx_error **err)
{
	struct ptx_value *list = ptx_value_list(a);

	for (size_t i = 0; i < c->root->meta.dependency_count; i++) {
		const struct ptxi_chart_dependency *d = &c->root->meta.dependencies[i];
		const char *status = status_of(c, d);
		struct ptx_value *one = ptx_value_map(a);

		if (status == no_memory) {
			ptx_fail(err, PTX_E_NOMEM, "out of memory");
			return NULL;
		}
		ptx_value_set_string(one, "name", d->name);
		ptx_value_set_string(one, "version", d->version);
		ptx_value_set_string(one, "repository", d->repository);
		ptx_value_set_string(one, "status", status);
		ptx_value_append(list, one);
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

bool ptx_chart_has_dependencies(const struct ptx_chart *c)
{
	return c->root->meta.dependencies != NULL;
}

static bool is_listed(const struct ptx_chart *c, const char *name)
{
	for (size_t i = 0; i < c->root->meta.dependency_count; i++)
		if (strcmp(c->root->meta.dependencies[i].name, name) == 0)
			return true;
	return false;
}

void ptx_chart_unlisted(const struct ptx_chart *c,
			void (*found)(const char *path, bool is_chart, void *user), void *user)
{
	ptx_auto_str pattern = ptxi_asprintf("%s/charts/*", c->path);
	ptx_auto_str clean = pattern ? ptxi_path_clean(pattern) : NULL;
	glob_t g = { 0 };

	if (clean && glob(clean, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++) {
			const char *path = g.gl_pathv[i];
			ptx_auto(chart) one = NULL;

			if (!ptxi_fs_is_dir(path) && strcmp(ptxi_path_ext(path), ".tgz") != 0)
				continue;
			one = ptx_chart_load(path, NULL, NULL);
			if (!one || !is_listed(c, one->root->meta.name))
				found(path, one != NULL, user);
		}
	globfree(&g);
}
