/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - a plan for people: a tree of layers, and Graphviz's DOT. A task's layer is one more than
 * the deepest of those that it waits for. */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "plan.h"

void ptx_plan_tree(const struct ptx_plan *p, struct ptx_buf *out)
{
	uint32_t *layer = ptxi_alloc_array(p->count + 1u, sizeof(*layer));
	uint32_t deepest = 0;
	uint32_t shown = 0;

	if (!layer) {
		out->status = PTX_E_NOMEM;
		return;
	}
	for (uint32_t i = 0; i < p->count; i++) {
		const struct ptxi_task *t = p->tasks[i];

		for (uint32_t k = 0; k < t->after_count; k++)
			if (layer[t->after[k]] + 1 > layer[i])
				layer[i] = layer[t->after[k]] + 1;
		if (layer[i] > deepest)
			deepest = layer[i];
	}
	for (uint32_t l = 0; p->count && l <= deepest; l++) {
		bool first = true;

		for (uint32_t i = 0; i < p->count; i++) {
			const struct ptxi_task *t = p->tasks[i];

			if (layer[i] != l || strcmp(t->action->name, "join") == 0)
				continue;
			if (first)
				shown++;
			if (first)
				ptx_buf_printf(out, "%3u  %s", shown, t->title);
			else
				ptx_buf_printf(out, "     %s", t->title);
			ptx_buf_adds(out, t->failure_allowed ? " (may fail)\n" : "\n");
			first = false;
		}
	}
	ptx_free(layer);
}

static void quoted(const char *s, struct ptx_buf *out)
{
	ptx_buf_addc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			ptx_buf_addc(out, '\\');
		ptx_buf_addc(out, *s);
	}
	ptx_buf_addc(out, '"');
}

void ptx_plan_dot(const struct ptx_plan *p, struct ptx_buf *out)
{
	ptx_buf_adds(out, "digraph plan {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (uint32_t i = 0; i < p->count; i++) {
		ptx_buf_printf(out, "\tt%u [label=", i);
		quoted(p->tasks[i]->title, out);
		ptx_buf_adds(out, p->tasks[i]->failure_allowed ? ", style=dashed];\n" : "];\n");
		for (uint32_t k = 0; k < p->tasks[i]->after_count; k++)
			ptx_buf_printf(out, "\tt%u -> t%u;\n", p->tasks[i]->after[k], i);
	}
	ptx_buf_adds(out, "}\n");
}
