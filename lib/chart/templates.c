/* SPDX-License-Identifier: Apache-2.0 */
/* templates.c - the templates of a rendering: which there are, what each sees, and running them.
 *
 * All templates of all charts that take part share their names: they are parsed (once for all
 * renders) from the deepest folder out, in reverse order within a depth, so that the define that is
 * read last wins; then those whose name does not begin with `_` are executed in the same order,
 * since one may change the values that a later one sees.
 */
#define PTX_AREA PTX_AREA_CHART
#include "render.h"
#include "env.h"
#include "explain.h"
#include "files.h"
#include "known.h"
#include "../base/diag.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/time.h"
#include "../template/exec.h"
#include "../template/outmap.h"
#include "../template/parse.h"
#include "../text/gostring.h"

#define NO_VALUE "<no value>"

/* ---- which templates there are, and what each sees */

static unsigned count_slashes(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '/';
	return n;
}

static int add_source(struct ptxi_job *j, const struct ptxi_chart_use *u, const char *path,
		      const struct ptxi_chart_file *f, struct ptx_value *env,
		      struct ptx_value *base_path)
{
	struct ptxi_job_source s = { .text = f->data, .use = u, .env = env };
	ptx_auto_str clean = ptxi_path_clean(f->name);
	const char *base = NULL;

	s.name = clean ? ptxi_arena_printf(j->kept, "%s/%s", path, clean) : NULL;
	s.template = ptx_value_map(j->arena);
	if (!s.name || !s.template)
		return ptxi_job_no_memory(j);
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
	return ptx_vec_push(&j->sources, s) ? 0 : ptxi_job_no_memory(j);
}

int ptxi_job_add_sources(struct ptxi_job *j, const struct ptxi_chart_use *u,
			 struct ptx_value *release, struct ptx_value *caps,
			 struct ptx_value *values, struct ptx_value **env)
{
	const char *path = ptxi_chart_use_path(j->kept, u);
	struct ptx_value *base_path = NULL;
	struct ptx_value *subcharts = NULL;
	int rc = 0;

	*env = ptxi_chart_env(j->render, u, release, caps, values);
	base_path =
	    path ? ptx_value_string(j->arena, ptxi_arena_printf(j->kept, "%s/templates", path))
		 : NULL;
	subcharts = ptx_value_get(*env, "Subcharts");
	if (!*env || !base_path || !subcharts)
		return ptxi_job_no_memory(j);
	for (size_t i = 0; rc == 0 && i < u->children.n; i++) {
		const struct ptxi_chart_use *child = u->children.v[i];
		struct ptx_value *inner = NULL;

		rc = ptxi_job_add_sources(
		    j, child, release, caps,
		    ptxi_chart_table(ptx_value_get(*env, "Values"), ptxi_str(child->name)), &inner);
		if (rc == 0 && !ptxi_value_put(subcharts, ptxi_str(child->name), true, inner))
			rc = ptxi_job_no_memory(j);
	}
	for (size_t i = 0; rc == 0 && i < u->chart->templates.n; i++)
		rc = add_source(j, u, path, &u->chart->templates.v[i], *env, base_path);
	return rc;
}

/* Deepest first, within a depth backwards. */
static int compare_sources(const void *a, const void *b, void *user)
{
	const struct ptxi_job_source *x = a;
	const struct ptxi_job_source *y = b;

	(void)user;
	if (x->slashes != y->slashes)
		return x->slashes < y->slashes ? 1 : -1;
	return strcmp(y->name, x->name);
}

/* ---- parsing, once for all renders */

static int parse_failed(struct ptxi_job *j, const struct ptxi_job_source *s,
			struct ptx_error *inner)
{
	const struct ptx_where *where = ptx_error_where(inner);
	const char *message = ptx_error_message(inner);
	const char *last = message;
	ptx_auto(error) e = NULL;

	if (ptx_error_code(inner) != PTX_E_SYNTAX) {
		e = ptxi_error_copy(inner);
		return ptxi_job_failed(j, &e);
	}
	/* Helm shows the last part of Go's chain. */
	for (const char *p = message; (p = strstr(p, ": ")); p += 2)
		last = p + 2;
	ptx_fail_at(
	    &e, PTX_E_SYNTAX,
	    ((struct ptx_where){ s->name, where ? where->line : 0, where ? where->column : 0 }),
	    "parse error at (%s:%u): %s", s->name, where ? where->line : 0, last);
	if (j->opts.diags) {
		ptxi_diag_add(j->opts.diags, PTX_ERROR, PTX_E_SYNTAX, "template-syntax",
			      *ptx_error_where(e), NULL, "%s", last);
		if (ptx_error_hint(inner))
			ptxi_diag_hint(j->opts.diags, "%s", ptx_error_hint(inner));
	}
	return ptxi_job_failed(j, &e);
}

static const struct ptxi_trees *unit_of(struct ptxi_job *j, const struct ptxi_job_source *s,
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

/* Under the chart's lock. */
static int parse_one(struct ptxi_job *j, const struct ptxi_job_source *s)
{
	ptx_auto(error) inner = NULL;
	const struct ptxi_trees *unit = NULL;

	if (s->late)
		return ptxi_job_add_unparsed(j, s, &inner) == 0 ? 0 : ptxi_job_no_memory(j);
	unit = unit_of(j, s, &inner);
	if (unit && ptxi_template_add(j->set, unit, &inner) == 0)
		return 0;
	return inner ? parse_failed(j, s, inner) : ptxi_job_no_memory(j);
}

static int parse_each(struct ptxi_job *j)
{
	ptx_auto(error) inner = NULL;
	int rc = 0;

	ptx_template_free(ptx_steal(&j->set));
	pthread_mutex_lock(&j->chart->lock);
	rc = make_parser(j->chart, &inner);
	if (rc == 0) {
		j->set = ptxi_template_child(j->chart->parser, &inner);
		rc = j->set ? 0 : ptxi_job_no_memory(j);
	} else {
		ptxi_job_no_memory(j);
	}
	for (size_t i = 0; rc == 0 && i < j->sources.n; i++)
		rc = parse_one(j, &j->sources.v[i]);
	pthread_mutex_unlock(&j->chart->lock);
	return rc;
}

/* Nothing is late any more. What failed before stays, unless something cannot be parsed: that comes
 * before it. */
static int parse_in_order(struct ptxi_job *j, int failed)
{
	ptx_auto(error) before = ptx_steal(j->err);
	int rc = 0;

	ptxi_job_parse_no_more_late(j);
	rc = parse_each(j);
	if (rc < 0) {
		j->late.said.n = 0;
		return rc;
	}
	*j->err = ptx_steal(&before);
	return failed;
}

static int parse_all(struct ptxi_job *j)
{
	int rc = ptxi_job_parse_late(j);

	if (rc == 0)
		rc = parse_each(j);
	if (j->late.nodes && (rc < 0 || !ptxi_job_names_are_free(j)))
		rc = parse_in_order(j, rc);
	/* Templates that lack what another one defines would all fail for that. */
	return rc == 0 && j->problems ? ptx_error_code(*j->err) : rc;
}

/* ---- executing */

static void forgiven(enum ptxi_forgiven what, struct ptx_str message, void *user)
{
	static const char *const where[] = { "engine.go:206", "engine.go:214", "engine.go:227" };
	struct ptxi_job *j = user;
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	ptx_buf_printf(&text, "[INFO] %s: %.*s",
		       what == PTXI_FORGIVEN_FAIL ? "Fail" : "Missing required value",
		       PTX_STR_ARG(message));
	if (!ptxi_job_hold_back(j, where[what], text.p))
		ptxi_chart_say(&j->log, where[what], "%s", text.p);
}

static struct ptx_value *look_up(struct ptx_arena *a, struct ptx_str api_version,
				 struct ptx_str kind, struct ptx_str name_space,
				 struct ptx_str name, void *user, struct ptx_error **err)
{
	struct ptxi_job *j = user;

	if (!j->opts.lookup)
		return ptx_value_map(a);
	ptxi_render_keep(j->render); /* the caller may use it again */
	return j->opts.lookup(a, api_version.p, kind.p, name_space.p, name.p, j->opts.user, err);
}

static void exponent(const struct ptxi_source *source, size_t pos, const struct ptx_value *v,
		     void *user)
{
	ptxi_job_exponent(user, source, pos, v);
}

static int64_t now_ns(void *user)
{
	(void)user;
	return ptxi_time_wall_ns();
}

static void fetch_files(const struct ptxi_chart_use *u, const struct ptx_value *env)
{
	const struct ptx_value *subcharts = ptx_value_get(env, "Subcharts");

	ptxi_chart_files_fetch(ptx_value_get(env, "Files"), &u->chart->files);
	for (size_t i = 0; i < u->children.n; i++)
		fetch_files(u->children.v[i], ptx_value_get(subcharts, u->children.v[i]->name));
}

/* Before a template sees any of .Files for the first time: until then nobody can have changed what
 * leads there. */
bool ptxi_job_fetch(void *user)
{
	struct ptxi_job *j = user;

	if (j->fetched)
		return true;
	ptxi_error_drop(&j->not_fetched);
	if (ptxi_chart_unpack_rest(j->chart, &j->not_fetched) < 0)
		return false;
	fetch_files(j->root, j->env);
	j->fetched = true;
	return true;
}

/* A failure in Helm's words: what `required` and `fail` say stands alone behind the first place. */
static int exec_failed(struct ptxi_job *j, const struct ptxi_job_source *s, struct ptx_error *inner,
		       struct ptx_str go, struct ptx_str said)
{
	struct ptx_str place = { NULL, 0 };
	const struct ptx_where *where = ptx_error_where(inner);
	struct ptx_where none = { 0 };
	ptx_auto(error) e = ptx_steal(&j->not_fetched);
	size_t end = 0;

	if (e)
		return ptxi_job_failed(j, &e);
	if (ptxi_str_starts(go, "template: "))
		place = ptxi_str_from(go, strlen("template: "));
	end = ptxi_str_find(place, PTXI_STR(": "));
	if (!go.n)
		e = ptxi_error_copy(inner);
	else if (said.p && end != SIZE_MAX)
		ptx_fail_at(&e, ptx_error_code(inner), where ? *where : none,
			    "execution error at (%.*s): %.*s", (int)end, place.p,
			    PTX_STR_ARG(said));
	else
		ptx_fail_at(&e, ptx_error_code(inner), where ? *where : none, "%.*s",
			    PTX_STR_ARG(go));
	if (j->opts.diags)
		ptxi_job_explain(j, s, e);
	return ptxi_job_failed(j, &e);
}

/* What a template wrote, without "<no value>", which Helm takes out wherever it stands: kept for
 * the result, or handed out. */
static int settle(struct ptxi_job *j, const char *name, const struct ptx_buf *b)
{
	struct ptxi_job_output o = { .name = name };
	struct ptx_str text = ptx_buf_str(b);
	ptx_auto_buf clean = { 0 };

	ptx_buf_init(&clean, 0);
	if (text.n && memmem(text.p, text.n, NO_VALUE, strlen(NO_VALUE))) {
		ptxi_text_replace(text, PTXI_STR(NO_VALUE), PTXI_STR(""), SIZE_MAX, &clean);
		text = ptx_buf_str(&clean);
	}
	if (!ptx_buf_ok(&clean))
		return ptxi_job_no_memory(j);
	if (!text.p)
		text = PTXI_STR("");
	if (j->fn) {
		j->fn(name, text, j->user);
		return 0;
	}
	o.text = ptxi_strn(ptxi_arena_strn(j->kept, text.p, text.n), text.n);
	return o.text.p && ptx_vec_push(&j->outputs, o) ? 0 : ptxi_job_no_memory(j);
}

/* The map that the output of a template is wanted with, or NULL. */
static struct ptxi_outmap *map_of(const struct ptxi_job *j, const char *name)
{
	for (size_t i = 0; j->watched && i < j->watched->n; i++) {
		struct ptxi_broken *b = &j->watched->v[i];

		if (strcmp(b->path, name) == 0)
			return b->map ? b->map : (b->map = ptxi_outmap_new());
	}
	return NULL;
}

static int execute(struct ptxi_job *j, const struct ptxi_job_source *s,
		   struct ptx_execute_opts *opts, struct ptxi_template_env *env,
		   struct ptx_buf *out)
{
	ptx_auto(error) inner = NULL;

	if (!ptxi_value_put(s->env, PTXI_STR("Template"), true, s->template))
		return ptxi_job_no_memory(j);
	ptx_buf_clear(out);
	ptx_buf_clear(env->go_error);
	ptx_buf_clear(env->user_error);
	j->trace.frame_count = 0;
	env->map = map_of(j, s->name);
	j->at = s;
	opts->max_output = j->opts.max_output - j->written + 1;
	/* Who explains failures holds values for longer. */
	if (!j->opts.diags && !j->watched)
		ptxi_render_begin(j->render);
	if (ptxi_template_execute(j->set, s->name, s->env, opts, env, out, &inner) < 0)
		return exec_failed(j, s, inner, ptx_buf_str(env->go_error),
				   env->user_error->n ? ptx_buf_str(env->user_error)
						      : (struct ptx_str){ NULL, 0 });
	j->written += out->n;
	if (j->written > j->opts.max_output) {
		ptx_fail(&inner, PTX_E_LIMIT, "the chart writes more than %zu bytes",
			 j->opts.max_output);
		return ptxi_job_failed(j, &inner);
	}
	ptxi_render_end(j->render);
	ptxi_job_forget_trees(j);
	return settle(j, s->name, out);
}

static int execute_all(struct ptxi_job *j)
{
	struct ptx_execute_opts opts = PTX_EXECUTE_OPTS_INIT;
	ptx_auto_buf go = { 0 };
	ptx_auto_buf said = { 0 };
	ptx_auto_buf out = { 0 };
	struct ptxi_template_env env = { .now_ns = now_ns,
					 .forgiven = forgiven,
					 .method = ptxi_chart_method,
					 .lookup = look_up,
					 .fetch = ptxi_job_fetch,
					 .parse = ptxi_job_parse_tree,
					 .render = j->render,
					 .lint = j->opts.lint,
					 .user_error = &said,
					 .go_error = &go,
					 .trace = j->opts.diags ? &j->trace : NULL,
					 .exponent =
					     j->opts.diags && j->opts.lint ? exponent : NULL,
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
		int rc =
		    j->sources.v[i].partial ? 0 : execute(j, &j->sources.v[i], &opts, &env, &out);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int ptxi_job_run_templates(struct ptxi_job *j)
{
	int rc = 0;

	if (!ptxi_sort(j->sources.v, j->sources.n, sizeof(*j->sources.v), compare_sources, NULL))
		return ptxi_job_no_memory(j);
	rc = parse_all(j);
	if (rc == 0 && j->opts.diags && j->opts.strict_values)
		ptxi_job_strict(j);
	if (rc < 0)
		return rc;
	rc = execute_all(j);
	if (j->late.nodes && rc < 0)
		rc = parse_in_order(j, rc);
	ptxi_job_say_all(j);
	return rc;
}
