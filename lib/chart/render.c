/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - a chart and values to manifests.
 *
 * The values in force, the templates with what each sees (templates.c), what they write
 * (documents.c), and from all that the result.
 */
#define PTX_AREA PTX_AREA_CHART
#include "render.h"
#include "env.h"
#include "../base/diag.h"
#include "../base/opts.h"
#include "../template/exec.h"
#include "../template/outmap.h"

#define RELEASE   "release-name"
#define NAMESPACE "default"
#define MEMORY    ((size_t)512 << 20)
#define OUTPUT    ((size_t)64 << 20)

int ptxi_job_no_memory(struct ptxi_job *j)
{
	int rc = 0;

	if (*j->err)
		return PTX_E_NOMEM;
	rc = ptxi_arena_check(j->arena, j->err);
	return rc ? rc : ptx_fail(j->err, PTX_E_NOMEM, "no memory for rendering");
}

int ptxi_job_failed(struct ptxi_job *j, struct ptx_error **this)
{
	int code = *this ? ptx_error_code(*this) : PTX_E_NOMEM;

	j->problems++;
	if (*j->err)
		ptxi_error_drop(this);
	else
		*j->err = ptx_steal(this);
	return j->opts.diags && code != PTX_E_NOMEM && code != PTX_E_LIMIT ? 0 : code;
}

/* What went on after failures fails in the end. */
static int settle(struct ptxi_job *j, int rc)
{
	if (rc < 0 || !j->problems)
		return rc;
	return ptx_error_code(*j->err);
}

static int code_of(const struct ptxi_job *j)
{
	return j->err && *j->err ? ptx_error_code(*j->err) : PTX_E_NOMEM;
}

static int check_kube(struct ptxi_job *j)
{
	const char *wanted = j->root->chart->meta.kube_version;
	int fits =
	    wanted[0] && !j->opts.lint ? ptxi_chart_version_fits(wanted, j->kube.version) : 1;

	if (fits)
		return fits < 0 ? ptxi_job_no_memory(j) : 0;
	return ptx_fail(j->err, PTX_E_INVALID,
			"chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			wanted, j->kube.version);
}

/* The uses of the charts, and the values in force. */
static struct ptx_value *make_values(struct ptxi_job *j, const struct ptx_value *values)
{
	struct ptx_value *all = NULL;

	j->own_values = ptx_arena_new(j->opts.max_memory);
	if (!j->own_values) {
		ptxi_job_no_memory(j);
		return NULL;
	}
	j->root =
	    ptxi_chart_use_make(j->arena, j->own_values, j->chart->root, values, &j->log, j->err);
	if (j->root)
		all = ptxi_chart_coalesce(j->arena, j->root, values, false, &j->log, j->err);
	if (all && j->opts.lint) /* Helm's linter does it twice */
		all = ptxi_chart_coalesce(j->arena, j->root, all, false, &j->log, j->err);
	/* Of each chart's own values only those ask who look for mistakes. */
	if (all && !j->opts.diags) {
		ptxi_chart_use_drop_values(j->root);
		ptx_arena_free(ptx_steal(&j->own_values));
	}
	return all;
}

static int prepare(struct ptxi_job *j, const struct ptx_value *values)
{
	struct ptxi_chart_release release = { .name = j->opts.release,
					      .name_space = j->opts.name_space,
					      .is_upgrade = j->opts.is_upgrade,
					      .is_install = !j->opts.is_upgrade && !j->opts.lint,
					      .revision = j->opts.lint ? 0 : j->opts.revision };
	struct ptx_value *all = NULL;
	int rc = ptxi_kube_version_parse(j->kept, j->opts.kube_version, &j->kube, j->err);

	if (rc < 0) {
		ptx_wrap(j->err, "while reading the Kubernetes version '%s'", j->opts.kube_version);
		return rc;
	}
	j->values = values;
	all = make_values(j, values);
	if (!all)
		return code_of(j);
	j->has_values = true;
	if (!j->opts.skip_schemas)
		rc = ptxi_chart_check_schemas(j->chart, j->root, all, &j->log, j->opts.diags,
					      j->err);
	if (rc < 0)
		return rc;
	rc = ptxi_job_add_sources(j, j->root, ptxi_chart_release_value(j->arena, &release),
				  ptxi_chart_caps(j->arena, &j->kube, j->opts.api_versions), all,
				  &j->env);
	/* What explains failures may show any value. */
	if (rc == 0 && j->opts.diags && !ptxi_job_fetch(j))
		return j->not_fetched ? ptxi_job_failed(j, &j->not_fetched) : ptxi_job_no_memory(j);
	return rc;
}

/* Up to what the templates wrote. */
static int run_templates(struct ptxi_job *j)
{
	int rc = check_kube(j);

	return rc < 0 ? rc : ptxi_job_run_templates(j);
}

static int run(struct ptxi_job *j, const struct ptx_value *values)
{
	int rc = prepare(j, values);

	if (rc < 0)
		return rc;
	rc = run_templates(j);
	if (rc == 0)
		rc = ptxi_job_sort_documents(j);
	if (rc == 0 && !j->opts.skip_crds)
		rc = ptxi_job_add_crds(j, j->root);
	rc = settle(j, rc);
	if (rc < 0)
		ptx_wrap(j->err, "while rendering the templates of '%s'", j->chart->path);
	return rc;
}

static void *keep(struct ptxi_job *j, const void *v, size_t n, size_t size)
{
	void *to = n ? ptxi_arena_array(j->kept, n, size) : NULL;

	if (to)
		memcpy(to, v, n * size);
	return to;
}

static struct ptx_chart_rendered *result_of(struct ptxi_job *j)
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

void ptxi_job_done(struct ptxi_job *j)
{
	ptx_vec_done(&j->sources);
	ptx_vec_done(&j->outputs);
	ptx_vec_done(&j->manifests);
	ptx_vec_done(&j->crds);
	ptx_vec_done(&j->hooks);
	ptxi_job_late_done(j);
	ptx_template_free(j->set);
	ptxi_render_free(j->render);
	ptx_arena_free(j->kept);
	ptx_arena_free(j->own_values);
	ptx_error_free(j->not_fetched);
	ptxi_trace_done(&j->trace);
	ptxi_map_free(j->told);
	for (size_t i = 0; i < j->broken.n; i++)
		ptxi_outmap_free(j->broken.v[i].map);
	ptx_vec_done(&j->broken);
}

static int read_opts(struct ptxi_job *j, const struct ptx_chart_render_opts *opts)
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

static int begin(struct ptxi_job *j, const struct ptx_chart_render_opts *opts)
{
	int rc = read_opts(j, opts);

	if (rc < 0)
		return rc;
	j->render = ptxi_render_new(j->opts.max_memory);
	if (!j->kept)
		j->kept = ptx_arena_new(0);
	j->arena = j->render ? ptxi_render_arena(j->render) : NULL;
	if (!j->render || !j->kept || (j->opts.diags && ptxi_trace_init(&j->trace) < 0))
		return ptx_fail(j->err, PTX_E_NOMEM, "no memory for rendering");
	return 0;
}

int ptxi_job_again(const struct ptxi_job *j, struct ptxi_job *again, struct ptx_error **err)
{
	struct ptx_chart_render_opts opts = j->opts;
	int rc = 0;

	*again = (struct ptxi_job){ .chart = j->chart, .err = err, .watched = again->watched };
	opts.diags = NULL;
	opts.say = NULL;
	rc = begin(again, &opts);
	if (rc == 0)
		rc = prepare(again, j->values);
	return rc < 0 ? rc : run_templates(again);
}

struct ptx_chart_rendered *ptx_chart_render(const struct ptx_chart *c,
					    const struct ptx_value *values,
					    const struct ptx_chart_render_opts *opts,
					    struct ptx_error **err)
{
	ptx_auto(error) own = NULL;
	/* What is parsed and compiled on the way is kept in the chart, under its lock. */
	struct ptxi_job j = { .chart = (struct ptx_chart *)c, .err = err ? err : &own };
	struct ptx_chart_rendered *r = NULL;
	size_t before = 0;

	if (begin(&j, opts) == 0) {
		before = ptx_diags_count_of(j.opts.diags, PTX_ERROR);
		if (run(&j, values) == 0) {
			r = result_of(&j);
			if (r)
				j.kept = NULL;
			else
				ptx_fail(j.err, PTX_E_NOMEM, "no memory for rendering");
		}
	}
	/* What has no words of its own is told in those of the error. */
	if (!r && ptx_diags_count_of(j.opts.diags, PTX_ERROR) == before)
		ptxi_diag_add_error(j.opts.diags, "chart", *j.err);
	ptxi_job_done(&j);
	return r;
}

int ptxi_chart_render_texts(const struct ptx_chart *c, const struct ptx_value *values,
			    const struct ptx_chart_render_opts *opts, ptxi_chart_text_fn fn,
			    void *user, bool *has_values, struct ptx_error **err)
{
	ptx_auto(error) own = NULL;
	struct ptxi_job j = {
		.chart = (struct ptx_chart *)c, .fn = fn, .user = user, .err = err ? err : &own
	};
	int rc = begin(&j, opts);

	if (rc == 0)
		rc = prepare(&j, values);
	*has_values = j.has_values;
	if (rc == 0)
		rc = settle(&j, run_templates(&j));
	ptxi_job_done(&j);
	return rc;
}

void ptx_chart_rendered_free(struct ptx_chart_rendered *r)
{
	if (r)
		ptx_arena_free(r->arena);
}
