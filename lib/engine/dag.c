/* SPDX-License-Identifier: Apache-2.0 */
/* dag.c - order tasks and tell what is ready.
 *
 * For each task a count of unfinished predecessors and the list of its successors; a task is pushed
 * on the ready heap when its count reaches zero. The heap is by number, so that the plan's own
 * order decides among equals. All is O(tasks + edges) but for the heap's logarithm.
 */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "dag.h"

struct ptxi_dag {
	const struct ptx_plan *plan;
	uint32_t *waiting; /* unfinished predecessors */
	uint32_t *first;   /* where a task's successors begin in next; count + 1 entries */
	uint32_t *next;
	uint32_t *heap;
	uint32_t heap_count;
};

static void push(struct ptxi_dag *d, uint32_t task)
{
	uint32_t i = d->heap_count++;

	while (i && d->heap[(i - 1) / 2] > task) {
		d->heap[i] = d->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	d->heap[i] = task;
}

static uint32_t pop(struct ptxi_dag *d)
{
	uint32_t top = d->heap[0];
	uint32_t last = d->heap[--d->heap_count];
	uint32_t i = 0;

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= d->heap_count)
			break;
		if (child + 1 < d->heap_count && d->heap[child + 1] < d->heap[child])
			child++;
		if (d->heap[child] >= last)
			break;
		d->heap[i] = d->heap[child];
		i = child;
	}
	d->heap[i] = last;
	return top;
}

static void fill(struct ptxi_dag *d)
{
	const struct ptx_plan *p = d->plan;

	for (uint32_t i = 0; i < p->count; i++)
		for (uint32_t k = 0; k < p->tasks[i]->after_count; k++)
			d->first[p->tasks[i]->after[k] + 1]++;
	for (uint32_t i = 0; i < p->count; i++)
		d->first[i + 1] += d->first[i];
	/* heap serves as the cursor of each list before it is needed as a heap. */
	for (uint32_t i = 0; i < p->count; i++)
		d->heap[i] = d->first[i];
	for (uint32_t i = 0; i < p->count; i++)
		for (uint32_t k = 0; k < p->tasks[i]->after_count; k++)
			d->next[d->heap[p->tasks[i]->after[k]]++] = i;
	for (uint32_t i = 0; i < p->count; i++) {
		d->waiting[i] = p->tasks[i]->after_count;
		if (!d->waiting[i])
			push(d, i);
	}
}

struct ptxi_dag *ptxi_dag_new(const struct ptx_plan *plan, struct ptx_error **err)
{
	struct ptxi_dag *d = ptxi_alloc(sizeof(*d));
	size_t edges = 0;

	for (uint32_t i = 0; i < plan->count; i++)
		edges += plan->tasks[i]->after_count;
	if (d) {
		d->plan = plan;
		d->waiting = ptxi_alloc_array(plan->count + 1u, sizeof(*d->waiting));
		d->first = ptxi_alloc_array(plan->count + 2u, sizeof(*d->first));
		d->next = ptxi_alloc_array(edges + 1, sizeof(*d->next));
		d->heap = ptxi_alloc_array(plan->count + 1u, sizeof(*d->heap));
	}
	if (!d || !d->waiting || !d->first || !d->next || !d->heap) {
		ptxi_dag_free(d);
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	fill(d);
	return d;
}

void ptxi_dag_free(struct ptxi_dag *d)
{
	if (!d)
		return;
	ptx_free(d->waiting);
	ptx_free(d->first);
	ptx_free(d->next);
	ptx_free(d->heap);
	ptx_free(d);
}

struct ptxi_task *ptxi_dag_next(struct ptxi_dag *d)
{
	return d->heap_count ? d->plan->tasks[pop(d)] : NULL;
}

void ptxi_dag_finish(struct ptxi_dag *d, const struct ptxi_task *t)
{
	for (uint32_t i = d->first[t->index]; i < d->first[t->index + 1]; i++)
		if (--d->waiting[d->next[i]] == 0)
			push(d, d->next[i]);
}
