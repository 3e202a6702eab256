/* SPDX-License-Identifier: Apache-2.0 */
/* lint_templates.c - the rules of `helm lint` about templates, and the documents that they write.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lint.h"
#include "../base/diag.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../template/outmap.h"
#include "../text/goquote.h"
#include "../text/gostring.h"

#define TEMPLATES "templates/"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* `"?helm\.sh/hook"?:\s+crd-install` */
static bool is_crd_hook(struct ptx_str s)
{
	static const char key[] = "helm.sh/hook";

	for (size_t at = 0; (at = ptxi_str_find(s, PTXI_STR("helm.sh/hook"))) != SIZE_MAX;) {
		size_t i = sizeof(key) - 1;
		size_t colon = 0;

		s = ptxi_str_from(s, at);
		i += i < s.n && s.p[i] == '"';
		if (i < s.n && s.p[i] == ':') {
			colon = ++i;
			while (i < s.n && is_blank(s.p[i]))
				i++;
			if (i > colon && ptxi_str_starts(ptxi_str_from(s, i), "crd-install"))
				return true;
		}
		s = ptxi_str_from(s, 1);
	}
	return false;
}

static void lint_source(struct ptxi_lint *l, const struct ptxi_chart_file *f)
{
	static const char *const good[] = { ".yaml", ".yml", ".tpl", ".txt" };
	const char *ext = ptxi_path_ext(f->name);
	bool known = false;

	for (size_t i = 0; !known && i < PTXI_COUNT(good); i++)
		known = strcmp(ext, good[i]) == 0;
	if (!known)
		ptxi_lint_add(l, PTX_ERROR, "template-name", f->name,
			      "file extension '%s' not valid. Valid extensions are .yaml, .yml, "
			      ".tpl, or .txt",
			      ext);
	if (is_crd_hook(f->data))
		ptxi_lint_add(l, PTX_WARNING, "template-crd-hook", f->name,
			      "manifest is a crd-install hook. This hook is no longer supported in "
			      "v3 and all CRDs should also "
			      "exist the crds/ directory at the top level of the chart");
	if (ptxi_str_find(f->data, PTXI_STR(".Release.Time")) != SIZE_MAX)
		ptxi_lint_add(l, PTX_ERROR, "template-release-time", f->name,
			      ".Release.Time has been removed in v3, please replace with the `now` "
			      "function in your templates");
}

/* The first line that is not empty must not be indented. */
static void lint_indent(struct ptxi_lint *l, const char *place, struct ptx_str text)
{
	struct ptx_str line = { NULL, 0 };
	ptx_auto_buf quoted = { 0 };

	while (ptxi_str_next(&text, '\n', &line)) {
		if (ptxi_str_ends(line, "\r"))
			line.n--;
		if (!ptxi_text_trim_space(line).n)
			continue;
		if (line.p[0] != ' ' && line.p[0] != '\t')
			return;
		ptx_buf_init(&quoted, 0);
		ptxi_go_quote(line, false, &quoted);
		ptxi_lint_add(
		    l, PTX_WARNING, "template-indent", place,
		    "document starts with an illegal indent: %s, which may cause parsing problems",
		    quoted.p);
		return;
	}
}

/* What a template wrote. */
struct output {
	const char *name;
	struct ptx_str text;
	struct ptx_str kept; /* a copy, once there is one */
};

/* A document that cannot be read: told later, with the line of the template, where that is wanted.
 */
static bool not_read(struct ptxi_lint *l, struct output *o, struct ptx_str document,
		     const struct ptx_error *e)
{
	struct ptxi_broken b = { .code = ptx_error_code(e) };

	if (!l->opts.own)
		return false;
	if (!o->kept.p)
		o->kept = ptxi_strn(ptxi_arena_strn(l->arena, o->text.p, o->text.n), o->text.n);
	if (!o->kept.p)
		return false;
	b.output = o->kept;
	b.text = ptxi_strn(o->kept.p + (document.p - o->text.p), document.n);
	if (ptx_error_where(e))
		b.where = *ptx_error_where(e);
	b.path = ptxi_arena_str(l->arena, o->name);
	b.message = ptxi_arena_str(l->arena, ptx_error_message(e));
	return b.path && b.message && ptx_vec_push(&l->broken, b);
}

/* False: the rest of the chart is not looked at either. */
static bool lint_objects(struct ptxi_lint *l, const char *place, struct output *o)
{
	struct ptxi_lint_reader reader = ptxi_lint_reader(o->text, !l->opts.own);

	for (;;) {
		ptx_auto(error) e = NULL;
		ptx_auto(arena) own = ptx_arena_new(0);
		struct ptxi_lint_object object = { .text = { NULL, 0 } };
		int rc = 0;

		if (!own)
			return false; /* told at the end, as all lack of memory */
		rc = ptxi_lint_read(&reader, own, place, &object, &e);
		if (rc == 0)
			return true;
		if (rc < 0 && object.text.p && not_read(l, o, object.text, e))
			continue;
		if (rc < 0) {
			ptxi_lint_add(l, PTX_ERROR, "template-yaml", place,
				      "unable to parse YAML: %s", ptx_error_message(e));
			return false;
		}
		if (!object.is_null)
			ptxi_lint_object(l, place, &object, o->text);
	}
}

static struct ptx_chart_render_opts render_opts(const struct ptxi_lint *l)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;

	opts.release = "test-release";
	opts.name_space = l->opts.name_space;
	opts.kube_version = l->kube.version;
	opts.skip_schemas = l->opts.skip_schemas;
	opts.lint = true;
	opts.say = l->opts.say;
	opts.user = l->opts.user;
	opts.diags = l->opts.own ? l->diags : NULL;
	opts.strict_values = l->opts.own && l->opts.strict_values;
	return opts;
}

static void blame(struct ptxi_lint *l, const struct ptx_chart *c)
{
	struct ptxi_job j = { .chart = (struct ptx_chart *)c,
			      .opts = render_opts(l),
			      .values = l->values,
			      .broken = l->broken };

	ptxi_job_blame(&j);
	for (size_t i = 0; i < l->broken.n; i++)
		ptxi_outmap_free(l->broken.v[i].map);
	ptx_vec_done(&l->broken);
}

/* ---- what templates write is looked at while it comes, and told in the order of the chart's files
 */

/* What was found in what a template wrote. */
struct found {
	struct ptx_diags *diags;   /* NULL: nothing */
	size_t broken, broken_end; /* of the linter's */
	bool last;                 /* nothing behind it is told */
};

struct looking {
	struct ptxi_lint *l;
	const struct ptx_chart *chart;
	struct found *found;     /* of each template */
	struct ptx_diags *spare; /* an empty list, or NULL */
};

static void look_at(const char *name, struct ptx_str text, void *user)
{
	struct looking *k = user;
	struct ptxi_lint *l = k->l;
	const struct ptxi_chart_files *templates = &k->chart->root->templates;
	const char *chart_name = k->chart->root->meta.name;
	size_t n = strlen(chart_name);
	const struct ptxi_chart_file *f = strncmp(name, chart_name, n) == 0 && name[n] == '/'
					      ? ptxi_chart_files_find(templates, name + n + 1)
					      : NULL;
	struct output o = { .name = name, .text = text };
	struct ptx_diags *all = l->diags;
	struct found *found = NULL;

	if (!f || strcmp(ptxi_path_ext(f->name), ".yaml") != 0 || !ptxi_text_trim_space(text).n)
		return;
	found = &k->found[f - templates->v];
	found->broken = l->broken.n;
	l->diags = k->spare ? k->spare : ptx_diags_new();
	lint_indent(l, f->name, text);
	found->last = !lint_objects(l, f->name, &o);
	found->broken_end = l->broken.n;
	if (ptx_diags_count(l->diags)) {
		found->diags = l->diags;
		k->spare = NULL;
	} else {
		k->spare = l->diags;
	}
	l->diags = all;
}

/* What was found, and what is wrong with the templates as they are written. */
static void tell(struct ptxi_lint *l, const struct ptx_chart *c, const struct found *found)
{
	struct ptxi_broken_list broken = { 0 };
	bool ok = true;

	for (size_t i = 0; i < c->root->templates.n; i++) {
		lint_source(l, &c->root->templates.v[i]);
		if (found[i].diags)
			ptxi_diags_move(l->diags, found[i].diags);
		for (size_t k = found[i].broken; ok && k < found[i].broken_end; k++)
			ok = ptx_vec_push(&broken, l->broken.v[k]);
		if (found[i].last)
			break;
	}
	ptx_vec_done(&l->broken);
	l->broken = broken;
	if (broken.n)
		blame(l, c);
}

static int render(struct ptxi_lint *l, const struct ptx_chart *c, struct looking *k)
{
	struct ptx_chart_render_opts opts = render_opts(l);
	size_t before = ptx_diags_count_of(l->diags, PTX_ERROR);
	bool has_values = false;
	ptx_auto(error) e = NULL;

	if (ptxi_chart_render_texts(c, l->values, &opts, look_at, k, &has_values, &e) == 0)
		return 0;
	/* Values that make no sense are not the templates' fault, and Helm says nothing. */
	if ((has_values || l->opts.own) && ptx_diags_count_of(l->diags, PTX_ERROR) == before)
		ptxi_lint_add(l, PTX_ERROR, "template", TEMPLATES, "%s", ptx_error_message(e));
	return PTX_E_INVALID;
}

static bool templates_is_file(const struct ptxi_lint *l)
{
	ptx_auto_str path = l->archive ? NULL : ptxi_path_join(l->path, "templates");

	return path && ptxi_fs_exists(path) && !ptxi_fs_is_dir(path);
}

int ptxi_lint_templates(struct ptxi_lint *l)
{
	const struct ptx_error *e = NULL;
	const struct ptx_chart *c = NULL;
	struct looking k = { .l = l };

	if (templates_is_file(l)) {
		ptxi_lint_add(l, PTX_WARNING, "templates", TEMPLATES, "not a directory");
		return 0;
	}
	c = ptxi_lint_load(l, &e);
	if (!c) {
		ptxi_lint_add(l, PTX_ERROR, "chart-load", TEMPLATES, "%s", ptx_error_message(e));
		return 0;
	}
	k.chart = c;
	k.found = ptxi_arena_array(l->arena, c->root->templates.n, sizeof(*k.found));
	if (!k.found)
		return 0; /* told at the end, as all lack of memory */
	if (render(l, c, &k) == 0)
		tell(l, c, k.found);
	for (size_t i = 0; i < c->root->templates.n; i++)
		ptx_diags_free(k.found[i].diags);
	ptx_diags_free(k.spare);
	ptx_vec_done(&l->broken);
	return 0;
}
