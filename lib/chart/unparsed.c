/* SPDX-License-Identifier: Apache-2.0 */
/* unparsed.c - templates of a lean chart that are parsed only while they are executed.
 *
 * A parsed text takes twice the memory of the text, and a chart that is rendered once needs each
 * but once. Those that may define others are parsed first, as always, with those that nothing
 * executes; each of the rest when it is executed or included, and forgotten when the template that
 * Helm executes has ended. Invariant: nobody can tell. A chart fails for what cannot be parsed, in
 * the order of parsing, before anything is executed: so what executing says is held back, and after
 * any failure all is parsed in order (templates.c).
 */
#define PTX_AREA PTX_AREA_CHART
#include "render.h"
#include "../template/parse.h"

int ptxi_job_parse_late(struct ptxi_job *j)
{
	/* Who looks for mistakes wants all trees at once. */
	if (!j->chart->opts.lean || j->opts.diags || j->watched)
		return 0;
	j->late.nodes = ptx_arena_new(j->opts.max_memory);
	for (size_t i = 0; i < j->sources.n; i++)
		j->sources.v[i].late =
		    !j->sources.v[i].partial && !ptxi_template_may_define(j->sources.v[i].text);
	return j->late.nodes ? 0 : ptxi_job_no_memory(j);
}

int ptxi_job_add_unparsed(struct ptxi_job *j, const struct ptxi_job_source *s,
			  struct ptx_error **err)
{
	struct ptxi_source *source = ptxi_arena_alloc(j->arena, sizeof(*source));
	struct ptxi_tree *tree = ptxi_arena_alloc(j->arena, sizeof(*tree));
	struct ptxi_trees unit = { &tree, 1, 1 };

	if (!source || !tree)
		return ptxi_job_no_memory(j);
	*source = (struct ptxi_source){ s->name, s->text };
	*tree = (struct ptxi_tree){ s->name, source, NULL };
	return ptxi_template_add(j->set, &unit, err);
}

bool ptxi_job_names_are_free(const struct ptxi_job *j)
{
	for (size_t i = 0; i < j->sources.n; i++) {
		const struct ptxi_job_source *s = &j->sources.v[i];
		const struct ptxi_tree *tree =
		    s->late ? ptxi_template_tree(j->set, ptxi_str(s->name)) : NULL;

		if (tree && strcmp(tree->source->name, s->name) != 0)
			return false;
	}
	return true;
}

int ptxi_job_parse_tree(struct ptxi_tree *tree, void *user, struct ptx_error **err)
{
	struct ptxi_job *j = user;
	int rc = 0;

	pthread_mutex_lock(&j->chart->lock);
	rc = ptxi_template_parse_late(j->chart->parser, tree, j->late.nodes, err);
	pthread_mutex_unlock(&j->chart->lock);
	if (rc == 0 && !ptx_vec_push(&j->late.parsed, tree)) {
		tree->root = NULL;
		rc = ptx_fail(err, PTX_E_NOMEM, "no memory for rendering");
	}
	return rc;
}

void ptxi_job_forget_trees(struct ptxi_job *j)
{
	for (size_t i = 0; i < j->late.parsed.n; i++)
		j->late.parsed.v[i]->root = NULL;
	j->late.parsed.n = 0;
	if (j->late.nodes)
		ptxi_arena_release(j->late.nodes, (struct ptxi_arena_mark){ 0 });
}

bool ptxi_job_hold_back(struct ptxi_job *j, const char *where, const char *message)
{
	struct ptxi_job_said said = { where,
				      j->late.nodes ? ptxi_arena_str(j->kept, message) : NULL };

	return said.message && ptx_vec_push(&j->late.said, said);
}

void ptxi_job_say_all(struct ptxi_job *j)
{
	for (size_t i = 0; i < j->late.said.n; i++)
		ptxi_chart_say(&j->log, j->late.said.v[i].where, "%s", j->late.said.v[i].message);
	j->late.said.n = 0;
}

void ptxi_job_parse_no_more_late(struct ptxi_job *j)
{
	for (size_t i = 0; i < j->sources.n; i++)
		j->sources.v[i].late = false;
	ptxi_job_forget_trees(j);
	ptx_arena_free(ptx_steal(&j->late.nodes));
}

void ptxi_job_late_done(struct ptxi_job *j)
{
	ptxi_job_parse_no_more_late(j);
	ptx_vec_done(&j->late.parsed);
	ptx_vec_done(&j->late.said);
}
