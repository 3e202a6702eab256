/* SPDX-License-Identifier: Apache-2.0 */
/* render.h - one rendering of a chart, on its way from values to documents. */
#ifndef PTXI_CHART_RENDER_H
#define PTXI_CHART_RENDER_H

#include "caps.h"
#include "chart.h"
#include "../template/trace.h"

struct ptxi_outmap;
struct ptxi_render;

/* A template that takes part. */
struct ptxi_job_source {
	const char *name; /* full: "chart/charts/sub/templates/x.yaml" */
	struct ptx_str text;
	const struct ptxi_chart_use *use;
	struct ptx_value *env;
	struct ptx_value *template; /* .Template */
	unsigned slashes;
	bool partial;
	bool late; /* it is parsed while it is executed */
};

/* What one wrote. */
struct ptxi_job_output {
	const char *name;
	struct ptx_str text;
};

/* A document that is no YAML, or no manifest. */
struct ptxi_broken {
	const char *path;       /* of the template */
	struct ptx_str output;  /* of the template, whole */
	struct ptx_str text;    /* of the document, within output */
	struct ptx_where where; /* within text */
	int code;
	const char *message;
	struct ptxi_outmap *map; /* of a second rendering; owned by the first of a path */
};
struct ptxi_broken_list {
	struct ptxi_broken *v;
	size_t n, cap;
};

/* What a template said while it was executed. */
struct ptxi_job_said {
	const char *where, *message;
};

struct ptxi_job {
	struct ptx_chart *chart;
	struct ptx_chart_render_opts opts;
	struct ptxi_chart_log log;
	struct ptxi_render *render;
	struct ptx_arena *arena;       /* of values: the render's */
	struct ptx_arena *kept;        /* of the result */
	struct ptx_error *not_fetched; /* why contents are not there; or NULL */
	struct ptx_arena *own_values;  /* of the uses, while they are wanted; or NULL */
	struct ptxi_chart_use *root;
	struct ptxi_kube_version kube;
	struct ptx_template *set;
	/* Where templates are parsed only while they are executed (unparsed.c). */
	struct {
		struct ptx_arena *nodes; /* NULL: nowhere */
		PTX_VEC(struct ptxi_tree *) parsed;
		PTX_VEC(struct ptxi_job_said) said;
	} late;
	PTX_VEC(struct ptxi_job_source) sources;
	PTX_VEC(struct ptxi_job_output) outputs;
	ptxi_chart_text_fn fn; /* gets what is written instead of outputs; or NULL */
	void *user;
	PTX_VEC(struct ptx_chart_manifest) manifests, crds;
	PTX_VEC(struct ptx_chart_hook) hooks;
	size_t written;
	bool has_values;       /* they could be made out */
	struct ptx_value *env; /* what the templates of root see */
	bool fetched;          /* the contents of its .Files are there */
	struct ptx_str notes;
	/* With opts.diags: of the failure at hand, and those that were told (place and message ->
	 * how often again). */
	struct ptxi_trace trace;
	const struct ptxi_job_source *at; /* being executed */
	struct ptxi_map *told;
	size_t problems;
	size_t numbers; /* that were warned of */
	struct ptxi_broken_list broken;
	struct ptxi_broken_list *watched; /* of a second rendering: the broken ones of the first */
	const struct ptx_value *values;   /* as given */
	struct ptx_error **err;
};

/* Fails with NOMEM, or LIMIT where it is the arena that is full. */
int ptxi_job_no_memory(struct ptxi_job *j);
/* After a failure that is in *err or in *this, an error of its own that is taken: the first one
 * stays in j->err. With opts.diags 0, so that it goes on, but where going on makes no sense; else
 * its code. */
int ptxi_job_failed(struct ptxi_job *j, struct ptx_error **this);

/* The same once more, up to what the templates write; of *again only `watched` is read. It is to be
 * done with in any case. */
int ptxi_job_again(const struct ptxi_job *j, struct ptxi_job *again, struct ptx_error **err);
void ptxi_job_done(struct ptxi_job *j);

/* ---- templates.c */

/* Adds the templates of a chart and of all below it; *env is what they see. */
int ptxi_job_add_sources(struct ptxi_job *j, const struct ptxi_chart_use *u,
			 struct ptx_value *release, struct ptx_value *caps,
			 struct ptx_value *values, struct ptx_value **env);
/* Before anything looks at .Files; fits struct ptxi_template_env. False without memory. */
bool ptxi_job_fetch(void *job);
/* All of them, in Helm's order, to outputs. */
int ptxi_job_run_templates(struct ptxi_job *j);

/* ---- unparsed.c */

/* Before parsing: makes the job one that parses late, where it may. */
int ptxi_job_parse_late(struct ptxi_job *j);
/* Adds one that is late, instead of parsing it. */
int ptxi_job_add_unparsed(struct ptxi_job *j, const struct ptxi_job_source *s,
			  struct ptx_error **err);
/* False when another text defines what has the name of one that is late. */
bool ptxi_job_names_are_free(const struct ptxi_job *j);
/* Fits struct ptxi_template_env. What it parsed is to be forgotten between two executions. */
int ptxi_job_parse_tree(struct ptxi_tree *tree, void *job, struct ptx_error **err);
void ptxi_job_forget_trees(struct ptxi_job *j);
/* Keeps what a template says until nothing can fail any more that fails before it; false: it
 * cannot, or need not. */
bool ptxi_job_hold_back(struct ptxi_job *j, const char *where, const char *message);
void ptxi_job_say_all(struct ptxi_job *j);
/* No template is late any more. */
void ptxi_job_parse_no_more_late(struct ptxi_job *j);
void ptxi_job_late_done(struct ptxi_job *j);

/* ---- blame.c */

/* Tells of the broken documents: which lines of which templates wrote them. */
void ptxi_job_blame(struct ptxi_job *j);

/* ---- documents.c */

/* Outputs to manifests, hooks and notes, in the order of installing. */
int ptxi_job_sort_documents(struct ptxi_job *j);
/* The files of crds/ of a chart and of all below it. */
int ptxi_job_add_crds(struct ptxi_job *j, const struct ptxi_chart_use *u);

#endif
