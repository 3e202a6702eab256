/* SPDX-License-Identifier: Apache-2.0 */
/* documents.c - what the templates of a rendering wrote, as documents.
 *
 * Outputs are sorted by path, split into documents, and these sorted by kind; hooks, notes and the
 * files of crds/ stand apart.
 */
#define PTX_AREA PTX_AREA_CHART
#include "render.h"
#include "crds.h"
#include "manifest.h"
#include "../base/sort.h"
#include "../text/goquote.h"
#include "../text/gostring.h"

#define NOTES "NOTES.txt"

static int compare_outputs(const void *a, const void *b, void *user)
{
	(void)user;
	return strcmp(((const struct ptxi_job_output *)a)->name,
		      ((const struct ptxi_job_output *)b)->name);
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

static int not_read(struct ptxi_job *j, const struct ptxi_job_output *o, struct ptx_str text,
		    struct ptx_error *inner)
{
	ptx_auto(error) e = NULL;
	const struct ptx_where *where = ptx_error_where(inner);
	struct ptxi_broken b = {
		.path = o->name, .output = o->text, .text = text, .code = ptx_error_code(inner)
	};

	ptx_fail(&e, ptx_error_code(inner), "YAML parse error on %s: %s", o->name,
		 ptx_error_message(inner));
	if (where) {
		b.where = *where;
		ptxi_error_at(&e, *where);
	}
	b.message = ptxi_arena_str(j->kept, ptx_error_message(inner));
	b.where.file = o->name;
	if (!b.message || (j->opts.diags && !ptx_vec_push(&j->broken, b)))
		return ptxi_job_no_memory(j);
	return ptxi_job_failed(j, &e);
}

static int add_document(struct ptxi_job *j, const struct ptxi_job_output *o, struct ptx_str text)
{
	struct ptxi_manifest_head head;
	struct ptx_chart_hook hook;
	struct ptx_chart_manifest m = { .path = o->name, .text = text };
	ptx_auto(error) inner = NULL;

	if (ptxi_manifest_read(j->kept, text, o->name, &head, &inner) < 0)
		return not_read(j, o, text, inner);
	m.api_version = head.api_version;
	m.kind = head.kind;
	m.name = head.name;
	m.name_space = head.name_space;
	switch (ptxi_hook_read(&head, &hook)) {
	case 0:
		return ptx_vec_push(&j->manifests, m) ? 0 : ptxi_job_no_memory(j);
	case 1:
		hook.manifest = m;
		return ptx_vec_push(&j->hooks, hook) ? 0 : ptxi_job_no_memory(j);
	default:
		ptxi_chart_say(
		    &j->log, "manifest_sorter.go:199", "info: skipping unknown hook: %s",
		    ptxi_go_quoted(
			j->arena,
			ptx_value_as_string(ptx_value_get(head.annotations, "helm.sh/hook"), "")));
		return 0;
	}
}

static int add_notes(struct ptxi_job *j, const struct ptxi_job_output *o)
{
	ptx_auto_str own = ptxi_asprintf("%s/templates/" NOTES, j->root->name);
	char *joined = NULL;

	if (!own)
		return ptxi_job_no_memory(j);
	if (!j->opts.sub_notes && strcmp(o->name, own) != 0)
		return 0;
	joined = j->notes.n ? ptxi_arena_printf(j->kept, "%.*s\n%.*s", PTX_STR_ARG(j->notes),
						PTX_STR_ARG(o->text))
			    : (char *)o->text.p;
	if (!joined)
		return ptxi_job_no_memory(j);
	j->notes = j->notes.n ? ptxi_str(joined) : o->text;
	return 0;
}

/* For who wants to see why. */
static void show_outputs(const struct ptxi_job *j)
{
	for (size_t i = 0; j->opts.invalid && i < j->outputs.n; i++) {
		const struct ptxi_job_output *o = &j->outputs.v[i];

		if (!ptxi_str_ends(ptxi_str(o->name), NOTES) && ptxi_text_trim_space(o->text).n)
			j->opts.invalid(o->name, o->text, j->opts.user);
	}
}

int ptxi_job_sort_documents(struct ptxi_job *j)
{
	int rc = 0;

	if (!ptxi_sort(j->outputs.v, j->outputs.n, sizeof(*j->outputs.v), compare_outputs, NULL))
		return ptxi_job_no_memory(j);
	for (size_t i = 0; rc == 0 && i < j->outputs.n; i++) {
		const struct ptxi_job_output *o = &j->outputs.v[i];
		struct ptx_str text = ptxi_text_trim_space(o->text);
		struct ptx_str document = { NULL, 0 };
		size_t at = 0;

		if (ptxi_str_ends(ptxi_str(o->name), NOTES)) {
			rc = add_notes(j, o);
			continue;
		}
		while (rc == 0 && ptxi_manifest_next(text, &at, &document))
			rc = add_document(j, o, document);
	}
	if (j->broken.n)
		ptxi_job_blame(j);
	if (rc < 0) {
		show_outputs(j);
		return rc;
	}
	if (!ptxi_sort(j->manifests.v, j->manifests.n, sizeof(*j->manifests.v), compare_manifests,
		       NULL) ||
	    !ptxi_sort(j->hooks.v, j->hooks.n, sizeof(*j->hooks.v), compare_hooks, NULL))
		return ptxi_job_no_memory(j);
	return 0;
}

int ptxi_job_add_crds(struct ptxi_job *j, const struct ptxi_chart_use *u)
{
	const char *path = ptxi_chart_use_path(j->kept, u);
	ptx_auto(error) inner = NULL;

	if (!path)
		return ptxi_job_no_memory(j);
	if (ptxi_chart_unpack_rest(j->chart, &inner) < 0)
		return ptxi_job_failed(j, &inner);
	for (size_t i = 0; i < u->chart->files.n; i++) {
		const struct ptxi_chart_file *f = &u->chart->files.v[i];
		struct ptx_chart_manifest m = { .text = ptxi_chart_file_text(f),
						.api_version = "",
						.kind = "",
						.name = "",
						.name_space = "" };

		if (!ptxi_chart_is_crd(f->name))
			continue;
		m.path = ptxi_arena_printf(j->kept, "%s/%s", path, f->name);
		if (!m.path || !ptx_vec_push(&j->crds, m))
			return ptxi_job_no_memory(j);
	}
	for (size_t i = 0; i < u->children.n; i++) {
		int rc = ptxi_job_add_crds(j, u->children.v[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}
