/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c - Helm charts as a kind of package: `helm`.
 *
 * The answers of a chart are its values. What rendering gives is {manifests: [...], hooks: [...],
 * notes}, each document with its path, kind, name and text, in the order of installing.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/diag.h"
#include "../package/package.h"

static bool detect(struct ptx_package *p)
{
	return ptxi_package_has(p, "Chart.yaml");
}

static const struct ptx_chart *chart_of(const struct ptx_package *p)
{
	return p->state;
}

static int load(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	ptx_auto(error) why = NULL;
	struct ptx_chart *c = NULL;
	int code = 0;

	opts.max_bytes = p->opts.max_bytes;
	opts.max_file_bytes = p->opts.max_file_bytes;
	opts.max_files = p->opts.max_files;
	c = ptx_chart_load(p->path, &opts, &why);
	if (!c) {
		code = ptx_error_code(why);
		if (code != PTX_E_SYNTAX && code != PTX_E_INVALID && code != PTX_E_NOT_FOUND) {
			if (err)
				*err = ptx_steal(&why);
			return code;
		}
		ptxi_diag_add_error(diags, "chart-load", why);
		return 0;
	}
	p->state = c;
	p->name = c->root->meta.name;
	p->version = c->root->meta.version;
	p->app_version = c->root->meta.app_version;
	p->description = c->root->meta.description;
	p->meta = ptx_chart_metadata(c, p->arena, err);
	return p->meta ? 0 : PTX_E_NOMEM;
}

static void unload(struct ptx_package *p)
{
	ptx_chart_free(p->state);
	p->state = NULL;
}

static struct ptx_value *defaults(const struct ptx_package *p, struct ptx_arena *a,
				  struct ptx_error **err)
{
	return ptx_chart_default_values(chart_of(p), a, err);
}

/* The values in force; what the schemas say against them goes to diags. */
static struct ptx_value *validate(const struct ptx_package *p, struct ptx_arena *a,
				  const struct ptx_value *answers,
				  const struct ptx_validate_opts *opts, struct ptx_diags *diags,
				  struct ptx_error **err)
{
	ptx_auto(error) why = NULL;
	struct ptx_value *values = ptx_chart_effective_values(chart_of(p), answers, a, &why);

	(void)opts;
	if (!values) {
		int code = ptx_error_code(why);

		if (code != PTX_E_INVALID) {
			if (err)
				*err = ptx_steal(&why);
			return NULL;
		}
		ptxi_diag_add_error(diags, "chart-values", why);
		values = answers ? ptx_value_copy(a, answers) : ptx_value_map(a);
	}
	return values;
}

static void add_manifest(struct ptx_value *list, const struct ptx_chart_manifest *m)
{
	struct ptx_arena *a = ptxi_value_arena(list);
	struct ptx_value *one = ptx_value_map(a);

	ptx_value_set_string(one, "path", m->path);
	ptx_value_set_string(one, "apiVersion", m->api_version);
	ptx_value_set_string(one, "kind", m->kind);
	ptx_value_set_string(one, "name", m->name);
	if (m->name_space[0])
		ptx_value_set_string(one, "namespace", m->name_space);
	ptx_value_set(one, "text", ptx_value_strn(a, m->text));
	ptx_value_append(list, one);
}

static int render(const struct ptx_package *p, struct ptx_arena *a, const struct ptx_value *answers,
		  const struct ptx_render_opts *opts, struct ptx_diags *diags,
		  struct ptx_rendered *out, struct ptx_error **err)
{
	ptx_auto(error) why = NULL;
	ptx_auto(chart_rendered) r = ptx_chart_render(chart_of(p), answers, NULL, &why);
	struct ptx_value *manifests = ptx_value_list(a);
	struct ptx_value *hooks = ptx_value_list(a);

	(void)opts;
	if (!r) {
		ptxi_diag_add_error(diags, "chart-render", why);
		return 0;
	}
	for (size_t i = 0; i < r->manifest_count; i++)
		add_manifest(manifests, &r->manifests[i]);
	for (size_t i = 0; i < r->hook_count; i++)
		add_manifest(hooks, &r->hooks[i].manifest);
	out->answers = ptx_chart_effective_values(chart_of(p), answers, a, err);
	out->conf = ptx_value_map(a);
	ptx_value_set(out->conf, "manifests", manifests);
	ptx_value_set(out->conf, "hooks", hooks);
	ptx_value_set(out->conf, "notes",
		      ptx_value_strn(a, r->notes.p ? r->notes : ptxi_strn("", 0)));
	out->secrets = ptx_value_list(a);
	return out->answers ? ptxi_arena_check(a, err) : ptx_error_code(*err);
}

static int lint(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptx_chart_lint_opts opts = PTX_CHART_LINT_OPTS_INIT;

	opts.own = true;
	return ptx_chart_lint(p->path, NULL, &opts, diags, err);
}

const struct ptxi_package_kind ptxi_package_kind_helm = {
	.name = "helm",
	.detect = detect,
	.load = load,
	.unload = unload,
	.defaults = defaults,
	.validate = validate,
	.render = render,
	.lint = lint,
};
