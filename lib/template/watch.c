/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - finds where a whole number that is a float64 is printed with an exponent.
 *
 * Values that went through JSON are float64 in Go, and 1000000 prints as 1e+06. A result is looked
 * at after the fact: it is a text, an argument is such a number, and the text has it so.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "exec.h"
#include "../text/gofmt.h"

#include <math.h>

#define SMALLEST 1e6

/* As Go prints it, when that has an exponent. */
static bool exponent_of(struct ptxi_exec *x, const struct ptx_value *v, struct ptx_buf *text)
{
	if (!v || v->kind != PTX_FLOAT || fabs(v->f) < SMALLEST || floor(v->f) != v->f)
		return false;
	ptx_buf_clear(text);
	ptxi_go_print_value(v, x->arena, text);
	return ptx_buf_ok(text) && text->n && strchr(text->p, 'e');
}

static void look(struct ptxi_exec *x, const struct ptxi_node *at, const struct ptx_value *arg,
		 struct ptx_str result, struct ptx_buf *text)
{
	if (exponent_of(x, arg, text) && ptxi_str_find(result, ptx_buf_str(text)) != SIZE_MAX)
		x->env->exponent(x->tree->source, at->pos, arg, x->env->user);
}

void ptxi_exec_watch_call(struct ptxi_exec *x, const struct ptxi_node *at,
			  struct ptx_value *const *args, size_t n, const struct ptx_value *result)
{
	ptx_auto_buf text = { 0 };

	if (!result || result->kind != PTX_STRING)
		return;
	ptx_buf_init(&text, 64);
	for (size_t i = 0; i < n; i++) {
		if (!args[i])
			continue;
		look(x, at, args[i], result->s, &text);
		for (size_t k = 0; args[i]->kind == PTX_LIST && k < args[i]->list.n; k++)
			look(x, at, args[i]->list.v[k], result->s, &text);
	}
}

void ptxi_exec_watch_action(struct ptxi_exec *x, const struct ptxi_node *at,
			    const struct ptx_value *printed)
{
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 64);
	if (exponent_of(x, printed, &text))
		x->env->exponent(x->tree->source, at->pos, printed, x->env->user);
	for (size_t i = 0; ptx_value_kind(printed) == PTX_LIST && i < printed->list.n; i++)
		if (exponent_of(x, printed->list.v[i], &text))
			x->env->exponent(x->tree->source, at->pos, printed->list.v[i],
					 x->env->user);
}
