/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - a chart and values to manifests.
 *
 * All templates of all charts that take part share their names: they are parsed (once for all
 * renders) from the deepest folder out, in reverse order within a depth, so that the define that is
 * read last wins; then those whose name does not begin with `_` are executed in the same order,
 * since one may change the values that a later one sees. What they wrote is sorted by path, split
 * into documents, and sorted by kind.
 */
#define PTX_AREA PTX_AREA_CHART
#include "caps.h"
#include "chart.h"
#include "crds.h"
#include "env.h"
#include "files.h"
#include "manifest.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/time.h"
#include "../template/exec.h"
#include "../template/parse.h"
#include "../text/gostring.h"

#define RELEASE   "release-name"
#define NAMESPACE "default"
#define NOTES     "NOTES.txt"
#define NO_VALUE  "<no value>"
#define MEMORY    ((size_t)512 << 20)
#define OUTPUT    ((size_t)64 << 20)

struct source {
	const char *name; /* full: "chart/charts/sub/templates/x.yaml" */
	struct ptx_str text;
	const struct ptxi_chart_use *use;
	struct ptx_value *env;
	struct ptx_value *template; /* .Template */
	unsigned slashes;
	bool partial;
};

struct output {
	const char *name;
	struct ptx_str text;
};

struct job {
	struct ptx_chart *chart;
	struct ptx_chart_render_opts opts;
	struct ptxi_chart_log log;
	struct ptxi_render *render;
	struct ptx_arena *arena; /* of values: the render's */
	struct ptx_arena *kept;  /* of the result */
	struct ptxi_chart_use *root;
	struct ptxi_kube_version kube;
	struct ptx_template *set;
	PTX_VEC(struct source) sources;
	PTX_VEC(struct output) outputs;
	PTX_VEC(struct ptx_chart_manifest) manifests, crds;
	PTX_VEC(struct ptx_chart_hook) hooks;
	size_t written;
	bool has_values; /* they could be made out */
	struct ptx_str notes;
	struct ptx_error **err;
};

static int no_memory(struct job *j)
{
	int rc = ptxi_arena_check(j->arena, j->err);

	return rc ? rc : ptx_fail(j->err, PTX_E_NOMEM, "no memory for rendering");
}

static int code_of(const struct job *j)
{
	return j->err && *j->err ? ptx_error_code(*j->err) : PTX_E_NOMEM;
}

/* ---- which templates there are, and what each sees */

static unsigned count_slashes(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '/';
	return n;
}

static int add_source(struct job *j, const struct ptxi_chart_use *u, const char *path,
		      const struct ptxi_chart_file *f, struct ptx_value *env,
		      struct ptx_value *base_path)
{
	struct source s = { .text = f->data, .use = u, .env = env };
	ptx_auto_str clean = ptxi_path_clean(f->name);
	const char *base = NULL;

	s.name = clean ? ptxi_arena_printf(j->kept, "%s/%s", path, clean) : NULL;
	s.template = ptx_value_map(j->arena);
	if (!s.name || !s.template)
		return no_memory(j);
	base = ptxi_path_base(s.name);
	s.partial = base[0] == '_';
	s.slashes = count_slashes(s.name);
	s.template->go = PTXI_GO_VALUES;
	ptxi_value_put(s.template, PTXI_STR("Name"), true,
		       ptxi_value_string_in(j->arena, ptxi_str(s.name), PTX_STRING));
	ptxi_value_put(s.template, PTXI_STR("BasePath"), true, base_path);
	if (ptxi_chart_is_library(&u->chart->meta) && !s.partial)
		return 0;
	for (size_t i = 0; i < j->sources.n; i++)
		if (j->sources.v[i].slashes == s.slashes &&
		    strcmp(j->sources.v[i].name, s.name) == 0) {
			j->sources.v[i] = s;
			return 0;
		}
	return ptx_vec_push(&j->sources, s) ? 0 : no_memory(j);
}

static int add_sources(struct job *j, const struct ptxi_chart_use *u, struct ptx_value *release,
		       struct ptx_value *caps, struct ptx_value *values, struct ptx_value **env)
{
	const char *path = ptxi_chart_use_path(j->kept, u);
	struct ptx_value *base_path = NULL;
	struct ptx_value *subcharts = NULL;
	int rc = 0;

	*env = ptxi_chart_env(j->arena, u, release, caps, values);
	base_path =
	    path ? ptx_value_string(j->arena, ptxi_arena_printf(j->kept, "%s/templates", path))
		 : NULL;
	subcharts = ptx_value_get(*env, "Subcharts");
	if (!base_path || !subcharts)
		return no_memory(j);
	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		struct ptx_value *inner = NULL;

		rc = add_sources(
		    j, child, release, caps,
		    ptxi_chart_table(ptx_value_get(*env, "Values"), ptxi_str(child->name)), &inner);
		if (rc == 0 && !ptxi_value_put(subcharts, ptxi_str(child->name), true, inner))
			rc = no_memory(j);
	}
	for (size_t i = 0; rc == 0 && i < u->chart->templates.n; i++)
		rc = add_source(j, u, path, &u->chart->templates.v[i], *env, base_path);
	return rc;
}

/* Deepest first, within a depth backwards. */
static int compare_sources(const void *a, const void *b, void *user)
{
	const struct source *x = a;
	const struct source *y = b;

	(void)user;
	if (x->slashes != y->slashes)
		return x->slashes < y->slashes ? 1 : -1;
	return strcmp(y->name, x->name);
}

/* ---- parsing, once for all renders */

static int parse_failed(struct job *j, const struct source *s, struct ptx_error *inner)
{
	const struct ptx_where *where = ptx_error_where(inner);
	const char *message = ptx_error_message(inner);
	const char *last = message;

	if (ptx_error_code(inner) != PTX_E_SYNTAX) {
		if (j->err)
			*j->err = ptxi_error_copy(inner);
		return ptx_error_code(inner);
	}
	/* Helm shows the last part of Go's chain. */
	for (const char *p = message; (p = strstr(p, ": ")); p += 2)
		last = p + 2;
	ptx_fail_at(
	    j->err, PTX_E_SYNTAX,
	    ((struct ptx_where){ s->name, where ? where->line : 0, where ? where->column : 0 }),
	    "parse error at (%s:%u): %s", s->name, where ? where->line : 0, last);
	return PTX_E_SYNTAX;
}

static const struct ptxi_trees *unit_of(struct job *j, const struct source *s,
					struct ptx_error **err)
{
	struct ptx_chart *c = j->chart;
	struct ptxi_trees *unit = ptxi_map_get(c->units, s->name);

	if (unit)
		return unit;
	unit = ptxi_arena_alloc(c->parser->arena, sizeof(*unit));
	if (!unit) {
		ptxi_arena_check(c->parser->arena, err);
		return NULL;
	}
	if (ptxi_template_parse_unit(c->parser, s->name, s->text, unit, err) < 0)
		return NULL;
	if (ptxi_map_set(c->units, s->name, unit) < 0) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return unit;
}

static int make_parser(struct ptx_chart *c, struct ptx_error **err)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;

	if (c->parser)
		return 0;
	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	opts.max_bytes = (size_t)c->opts.max_bytes;
	c->parser = ptx_template_new(&opts, err);
	return c->parser ? 0 : PTX_E_NOMEM;
}

static int parse_all(struct job *j)
{
	ptx_auto(error) inner = NULL;
	const struct source *at = NULL;
	int rc = 0;

	pthread_mutex_lock(&j->chart->lock);
	rc = make_parser(j->chart, &inner);
	if (rc == 0) {
		j->set = ptxi_template_child(j->chart->parser, &inner);
		rc = j->set ? 0 : PTX_E_NOMEM;
	}
	for (size_t i = 0; rc == 0 && i < j->sources.n; i++) {
		const struct ptxi_trees *unit = NULL;

		at = &j->sources.v[i];
		unit = unit_of(j, at, &inner);
		rc = unit ? ptxi_template_add(j->set, unit, &inner) : -1;
	}
	pthread_mutex_unlock(&j->chart->lock);
	if (rc == 0)
		return 0;
	if (at && inner)
		return parse_failed(j, at, inner);
	return no_memory(j);
}

/* ---- executing */

static void heard(const char *message, void *user)
{
	struct job *j = user;

	ptxi_chart_say(&j->log,
		       strncmp(message, "Fail", 4) == 0 ? "engine.go:227" : "engine.go:206",
		       "[INFO] %s", message);
}

static struct ptx_value *look_up(struct ptx_arena *a, struct ptx_str api_version,
				 struct ptx_str kind, struct ptx_str name_space,
				 struct ptx_str name, void *user, struct ptx_error **err)
{
	struct job *j = user;

	if (!j->opts.lookup)
		return ptx_value_map(a);
	return j->opts.lookup(a, api_version.p, kind.p, name_space.p, name.p, j->opts.user, err);
}

static int64_t now_ns(void *user)
{
	(void)user;
	return ptxi_time_wall_ns();
}

/* A failure in Helm's words: what `required` and `fail` say stands alone behind the first place. */
static int exec_failed(struct job *j, struct ptx_error *inner, struct ptx_str go,
		       struct ptx_str said)
{
	struct ptx_str place = { NULL, 0 };
	const struct ptx_where *where = ptx_error_where(inner);
	struct ptx_where none = { 0 };
	size_t end = 0;

	if (!go.n) {
		if (j->err)
			*j->err = ptxi_error_copy(inner);
		return ptx_error_code(inner);
	}
	if (ptxi_str_starts(go, "template: "))
		place = ptxi_str_from(go, strlen("template: "));
	end = ptxi_str_find(place, PTXI_STR(": "));
	if (said.p && end != SIZE_MAX)
		return ptx_fail_at(j->err, ptx_error_code(inner), where ? *where : none,
				   "execution error at (%.*s): %.*s", (int)end, place.p,
				   PTX_STR_ARG(said));
	return ptx_fail_at(j->err, ptx_error_code(inner), where ? *where : none, "%.*s",
			   PTX_STR_ARG(go));
}

/* Without "<no value>", which Helm takes out wherever it stands; in the arena of the result. */
static struct ptx_str settle(struct job *j, const struct ptx_buf *b)
{
	struct ptx_str text = ptx_buf_str(b);
	ptx_auto_buf clean = { 0 };

	if (text.n && memmem(text.p, text.n, NO_VALUE, strlen(NO_VALUE))) {
		ptx_buf_init(&clean, 0);
		ptxi_text_replace(text, PTXI_STR(NO_VALUE), PTXI_STR(""), SIZE_MAX, &clean);
		text = ptx_buf_str(&clean);
	}
	return ptxi_strn(ptxi_arena_strn(j->kept, text.p ? text.p : "", text.n), text.n);
}

static int execute_all(struct job *j)
{
	struct ptx_execute_opts opts = PTX_EXECUTE_OPTS_INIT;
	ptx_auto_buf go = { 0 };
	ptx_auto_buf said = { 0 };
	ptx_auto_buf out = { 0 };
	struct ptxi_template_env env = { .now_ns = now_ns,
					 .warn = heard,
					 .method = ptxi_chart_method,
					 .lookup = look_up,
					 .render = j->render,
					 .lint = j->opts.lint,
					 .user_error = &said,
					 .go_error = &go,
					 .user = j };

	ptx_buf_init(&go, 0);
	ptx_buf_init(&said, 0);
	ptx_buf_init(&out, 0);
	env.zone = getenv("TZ");
	opts.missing_key = PTX_MISSING_ZERO;
	opts.max_steps = j->opts.max_steps;
	opts.max_depth = j->opts.max_depth;
	opts.max_memory = j->opts.max_memory;
	for (size_t i = 0; i < j->sources.n; i++) {
		const struct source *s = &j->sources.v[i];
		struct output o = { .name = s->name };
		ptx_auto(error) inner = NULL;

		if (s->partial)
			continue;
		if (!ptxi_value_put(s->env, PTXI_STR("Template"), true, s->template))
			return no_memory(j);
		ptx_buf_clear(&out);
		opts.max_output = j->opts.max_output - j->written + 1;
		if (ptxi_template_execute(j->set, s->name, s->env, &opts, &env, &out, &inner) < 0)
			return exec_failed(j, inner, ptx_buf_str(&go),
					   said.n ? ptx_buf_str(&said)
						  : (struct ptx_str){ NULL, 0 });
		j->written += out.n;
		if (j->written > j->opts.max_output)
			return ptx_fail(j->err, PTX_E_LIMIT, "the chart writes more than %zu bytes",
					j->opts.max_output);
		o.text = settle(j, &out);
		if (!o.text.p || !ptx_vec_push(&j->outputs, o))
			return no_memory(j);
	}
	return 0;
}

/* ---- documents */

static int compare_outputs(const void *a, const void *b, void *user)
{
	(void)user;
	return strcmp(((const struct output *)a)->name, ((const struct output *)b)->name);
}

static int compare_manifests(const void *a, const void *b, void *user)
{
	(void)user;
	return ptxi_manifest_compare(((const struct ptx_chart_manifest *)a)->kind,
				     ((const struct ptx_chart_manifest *)b)->kind);
}

static int compare_hooks(const void *a, const void *b, void *user)
{
	(void)user;
	return ptxi_manifest_compare(((const struct ptx_chart_hook *)a)->manifest.kind,
				     ((const struct ptx_chart_hook *)b)->manifest.kind);
}

static int add_document(struct job *j, const char *path, struct ptx_str text)
{
	struct ptxi_manifest_head head;
	struct ptx_chart_hook hook;
	struct ptx_chart_manifest m = { .path = path, .text = text };
	ptx_auto(error) inner = NULL;
	int rc = ptxi_manifest_read(j->kept, text, path, &head, &inner);

	if (rc < 0)
		return ptx_error_where(inner) ? ptx_fail_at(j->err, rc, *ptx_error_where(inner),
							    "YAML parse error on %s: %s", path,
							    ptx_error_message(inner))
					      : ptx_fail(j->err, rc, "YAML parse error on %s: %s",
							 path, ptx_error_message(inner));
	m.api_version = head.api_version;
	m.kind = head.kind;
	m.name = head.name;
	m.name_space = head.name_space;
	switch (ptxi_hook_read(&head, &hook)) {
	case 0:
		return ptx_vec_push(&j->manifests, m) ? 0 : no_memory(j);
	case 1:
		hook.manifest = m;
		return ptx_vec_push(&j->hooks, hook) ? 0 : no_memory(j);
	default:
		ptxi_chart_say(
		    &j->log, "manifest_sorter.go:199", "info: skipping unknown hook: \"%s\"",
		    ptx_value_as_string(ptx_value_get(head.annotations, "helm.sh/hook"), ""));
		return 0;
	}
}

static int add_notes(struct job *j, const struct output *o)
{
	ptx_auto_str own = ptxi_asprintf("%s/templates/" NOTES, j->root->name);
	char *joined = NULL;

	if (!own)
		return no_memory(j);
	if (!j->opts.sub_notes && strcmp(o->name, own) != 0)
		return 0;
	joined = j->notes.n ? ptxi_arena_printf(j->kept, "%.*s\n%.*s", PTX_STR_ARG(j->notes),
						PTX_STR_ARG(o->text))
			    : (char *)o->text.p;
	if (!joined)
		return no_memory(j);
	j->notes = j->notes.n ? ptxi_str(joined) : o->text;
	return 0;
}

static int sort_documents(struct job *j)
{
	int rc = 0;

	if (!ptxi_sort(j->outputs.v, j->outputs.n, sizeof(*j->outputs.v), compare_outputs, NULL))
		return no_memory(j);
	for (size_t i = 0; rc == 0 && i < j->outputs.n; i++) {
		const struct output *o = &j->outputs.v[i];
		struct ptx_str text = ptxi_text_trim_space(o->text);
		struct ptx_str document = { NULL, 0 };
		size_t at = 0;

		if (ptxi_str_ends(ptxi_str(o->name), NOTES)) {
			rc = add_notes(j, o);
			continue;
		}
		while (rc == 0 && ptxi_manifest_next(text, &at, &document))
			rc = add_document(j, o->name, document);
	}
	if (rc < 0)
		return rc;
	if (!ptxi_sort(j->manifests.v, j->manifests.n, sizeof(*j->manifests.v), compare_manifests,
		       NULL) ||
	    !ptxi_sort(j->hooks.v, j->hooks.n, sizeof(*j->hooks.v), compare_hooks, NULL))
		return no_memory(j);
	return 0;
}

static int add_crds(struct job *j, const struct ptxi_chart_use *u)
{
	const char *path = ptxi_chart_use_path(j->kept, u);

	if (!path)
		return no_memory(j);
	for (size_t i = 0; i < u->chart->files.n; i++) {
		const struct ptxi_chart_file *f = &u->chart->files.v[i];
		struct ptx_chart_manifest m = {
			.text = f->data, .api_version = "", .kind = "", .name = "", .name_space = ""
		};

		if (!ptxi_chart_is_crd(f->name))
			continue;
		m.path = ptxi_arena_printf(j->kept, "%s/%s", path, f->name);
		/* The chart may be gone before the result is. */
		m.text.p = ptxi_arena_strn(j->kept, f->data.p, f->data.n);
		if (!m.path || !m.text.p || !ptx_vec_push(&j->crds, m))
			return no_memory(j);
	}
	for (size_t i = 0; i < u->children.n; i++) {
		int rc = add_crds(j, u->children.v[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- all of it */

static int check_kube(struct job *j)
{
	const char *wanted = j->root->chart->meta.kube_version;

	if (!wanted[0] || j->opts.lint || ptxi_chart_version_fits(wanted, j->kube.version))
		return 0;
	return ptx_fail(j->err, PTX_E_INVALID,
			"chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			wanted, j->kube.version);
}

static int prepare(struct job *j, const struct ptx_value *values)
{
	struct ptxi_chart_release release = { .name = j->opts.release,
					      .name_space = j->opts.name_space,
					      .is_upgrade = j->opts.is_upgrade,
					      .is_install = !j->opts.is_upgrade && !j->opts.lint,
					      .revision = j->opts.lint ? 0 : j->opts.revision };
	struct ptx_value *all = NULL;
	struct ptx_value *env = NULL;
	int rc = ptxi_kube_version_parse(j->kept, j->opts.kube_version, &j->kube, j->err);

	if (rc < 0) {
		ptx_wrap(j->err, "while reading the Kubernetes version '%s'", j->opts.kube_version);
		return rc;
	}
	j->root = ptxi_chart_use_make(j->arena, j->chart->root, values, &j->log, j->err);
	if (!j->root)
		return code_of(j);
	all = ptxi_chart_coalesce(j->arena, j->root, values, false, &j->log, j->err);
	if (all && j->opts.lint) /* Helm's linter does it twice */
		all = ptxi_chart_coalesce(j->arena, j->root, all, false, &j->log, j->err);
	if (!all)
		return code_of(j);
	j->has_values = true;
	if (!j->opts.skip_schemas)
		rc = ptxi_chart_check_schemas(j->chart, j->root, all, &j->log, j->err);
	if (rc < 0)
		return rc;
	all->go = PTXI_GO_VALUES;
	return add_sources(j, j->root, ptxi_chart_release_value(j->arena, &release),
			   ptxi_chart_caps(j->arena, &j->kube, j->opts.api_versions), all, &env);
}

/* Up to what the templates wrote. */
static int run_templates(struct job *j)
{
	int rc = check_kube(j);

	if (rc == 0 &&
	    !ptxi_sort(j->sources.v, j->sources.n, sizeof(*j->sources.v), compare_sources, NULL))
		rc = no_memory(j);
	if (rc == 0)
		rc = parse_all(j);
	return rc < 0 ? rc : execute_all(j);
}

static int run(struct job *j, const struct ptx_value *values)
{
	int rc = prepare(j, values);

	if (rc < 0)
		return rc;
	rc = run_templates(j);
	if (rc == 0)
		rc = sort_documents(j);
	if (rc == 0)
		rc = add_crds(j, j->root);
	if (rc < 0)
		ptx_wrap(j->err, "while rendering the templates of '%s'", j->chart->path);
	return rc;
}

static void *keep(struct job *j, const void *v, size_t n, size_t size)
{
	void *to = n ? ptxi_arena_array(j->kept, n, size) : NULL;

	if (to)
		memcpy(to, v, n * size);
	return to;
}

static struct ptx_chart_rendered *result_of(struct job *j)
{
	struct ptx_chart_rendered *r = ptxi_arena_alloc(j->kept, sizeof(*r));

	if (!r)
		return NULL;
	r->manifests = keep(j, j->manifests.v, j->manifests.n, sizeof(*j->manifests.v));
	r->manifest_count = j->manifests.n;
	r->hooks = keep(j, j->hooks.v, j->hooks.n, sizeof(*j->hooks.v));
	r->hook_count = j->hooks.n;
	r->crds = keep(j, j->crds.v, j->crds.n, sizeof(*j->crds.v));
	r->crd_count = j->crds.n;
	r->notes = j->notes;
	r->arena = j->kept;
	return ptx_arena_status(j->kept) ? NULL : r;
}

static void done(struct job *j)
{
	ptx_vec_done(&j->sources);
	ptx_vec_done(&j->outputs);
	ptx_vec_done(&j->manifests);
	ptx_vec_done(&j->crds);
	ptx_vec_done(&j->hooks);
	ptx_template_free(j->set);
	ptxi_render_free(j->render);
	ptx_arena_free(j->kept);
}

static int read_opts(struct job *j, const struct ptx_chart_render_opts *opts)
{
	int rc = PTXI_OPTS_READ(&j->opts, opts, j->err);

	if (!j->opts.release)
		j->opts.release = RELEASE;
	if (!j->opts.name_space)
		j->opts.name_space = NAMESPACE;
	if (!j->opts.revision)
		j->opts.revision = 1;
	if (!j->opts.kube_version)
		j->opts.kube_version = PTXI_KUBE_VERSION;
	if (!j->opts.max_output)
		j->opts.max_output = OUTPUT;
	if (!j->opts.max_memory)
		j->opts.max_memory = MEMORY;
	j->log.say = j->opts.say;
	j->log.user = j->opts.user;
	return rc;
}

static int begin(struct job *j, const struct ptx_chart_render_opts *opts)
{
	int rc = read_opts(j, opts);

	if (rc < 0)
		return rc;
	j->render = ptxi_render_new(j->opts.max_memory);
	j->kept = ptx_arena_new(0);
	j->arena = j->render ? ptxi_render_arena(j->render) : NULL;
	return j->render && j->kept ? 0 : ptx_fail(j->err, PTX_E_NOMEM, "no memory for rendering");
}

struct ptx_chart_rendered *ptx_chart_render(const struct ptx_chart *c,
					    const struct ptx_value *values,
					    const struct ptx_chart_render_opts *opts,
					    struct ptx_error **err)
{
	ptx_auto(error) own = NULL;
	/* What is parsed and compiled on the way is kept in the chart, under its lock. */
	struct job j = { .chart = (struct ptx_chart *)c, .err = err ? err : &own };
	struct ptx_chart_rendered *r = NULL;

	if (begin(&j, opts) == 0 && run(&j, values) == 0) {
		r = result_of(&j);
		if (r)
			j.kept = NULL;
		else
			ptx_fail(j.err, PTX_E_NOMEM, "no memory for rendering");
	}
	done(&j);
	return r;
}

int ptxi_chart_render_texts(const struct ptx_chart *c, const struct ptx_value *values,
			    const struct ptx_chart_render_opts *opts, struct ptx_arena *a,
			    struct ptxi_chart_files *out, bool *has_values, struct ptx_error **err)
{
	struct job j = { .chart = (struct ptx_chart *)c, .err = err };
	int rc = begin(&j, opts);

	if (rc == 0)
		rc = prepare(&j, values);
	*has_values = j.has_values;
	if (rc == 0)
		rc = run_templates(&j);
	for (size_t i = 0; rc == 0 && i < j.outputs.n; i++) {
		const struct output *o = &j.outputs.v[i];
		const char *text = ptxi_arena_strn(a, o->text.p, o->text.n);
		const char *name = ptxi_arena_str(a, o->name);

		if (!text || !name ||
		    !ptxi_chart_files_push(a, out, name, ptxi_strn(text, o->text.n)))
			rc = no_memory(&j);
	}
	done(&j);
	return rc;
}

void ptx_chart_rendered_free(struct ptx_chart_rendered *r)
{
	if (r)
		ptx_arena_free(r->arena);
}
