/* SPDX-License-Identifier: Apache-2.0 */
/* known_templates.c - which values a template reads.
 *
 * A walk over the parsed template that follows what may be a part of .Values: through fields,
 * variables, with and range, and the functions that take a part out (index, get, dig, hasKey) or
 * pass one on (default, merge, ...). What is printed, or goes into any other function, is read with
 * all that is below it. Nothing is executed.
 */
#define PTX_AREA PTX_AREA_CHART
#include "known.h"
#include "../template/funcs.h"
#include "../template/parse.h"

#define MOST_NODES 8u
#define MOST_VARS  256u
#define DEEPEST    200u

/* What a value may be: the top with its .Values, or parts of them; or something else, of which
 * .Values are those again. */
struct maybe {
	struct ptxi_known *nodes[MOST_NODES];
	size_t n;
};

struct reading {
	struct ptxi_known_set *set;
	struct ptxi_known *values;
	struct {
		uint32_t symbol;
		struct maybe is;
	} vars[MOST_VARS];
	size_t var_count;
	unsigned depth;
};

static struct maybe eval(struct reading *r, const struct maybe *dot, const struct ptxi_node *n);
static void walk(struct reading *r, const struct maybe *dot, const struct ptxi_node *n);

static void read_all(const struct maybe *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->nodes[i]->all = true;
}

static void add(struct maybe *m, struct ptxi_known *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < m->n; i++)
		if (m->nodes[i] == k)
			return;
	if (m->n < MOST_NODES)
		m->nodes[m->n++] = k;
	else
		k->all = true;
}

static void add_all(struct maybe *m, const struct maybe *of)
{
	for (size_t i = 0; i < of->n; i++)
		add(m, of->nodes[i]);
}

static struct maybe member(struct reading *r, const struct maybe *m, struct ptx_str name)
{
	struct maybe out = { .n = 0 };

	for (size_t i = 0; i < m->n; i++)
		add(&out, ptxi_known_add(r->set, m->nodes[i], name));
	if (ptxi_str_is(name, "Values"))
		add(&out, r->values);
	/* A subchart's values by another way: whatever is asked of them. */
	if (ptxi_str_is(name, "Subcharts"))
		for (struct ptxi_known *k = r->values->first; k; k = k->next)
			k->all |= k->is_chart;
	return out;
}

static struct maybe each(struct reading *r, const struct maybe *m)
{
	struct maybe out = { .n = 0 };

	for (size_t i = 0; i < m->n; i++)
		add(&out, ptxi_known_each(r->set, m->nodes[i]));
	return out;
}

static struct maybe fields(struct reading *r, struct maybe m, const struct ptxi_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		m = member(r, &m, names->v[i]->text);
	return m;
}

static struct maybe variable(const struct reading *r, uint32_t symbol)
{
	for (size_t i = r->var_count; i > 0; i--)
		if (r->vars[i - 1].symbol == symbol)
			return r->vars[i - 1].is;
	return (struct maybe){ .n = 0 };
}

/* ---- functions */

enum reads {
	READS_ALL, /* arguments with all that is below them */
	READS_IT,  /* whether, and of what kind, it is */
	PASSES,    /* the result is one of the arguments, or made of them */
	HAS_KEY,   /* map, "key" */
	GET,       /* map, "key": the member */
	INDEX,     /* map, "key"...: the member of a member */
	DIG,       /* "key"..., default, map */
	PICKS,     /* map, "key"...: of the map only these */
};

/* clang-format off */
static const struct {
	const char *name;
	enum reads reads;
} functions[] = {
	{ "and", PASSES },          { "or", PASSES },           { "default", PASSES },     { "coalesce", PASSES },
	{ "ternary", PASSES },      { "required", PASSES },     { "deepCopy", PASSES },    { "mustDeepCopy", PASSES },
	{ "merge", PASSES },        { "mustMerge", PASSES },    { "mergeOverwrite", PASSES },
	{ "mustMergeOverwrite", PASSES }, { "omit", PASSES },   { "unset", PASSES },
	{ "not", READS_IT },        { "empty", READS_IT },      { "len", READS_IT },       { "kindIs", READS_IT },
	{ "kindOf", READS_IT },     { "typeIs", READS_IT },     { "typeOf", READS_IT },    { "typeIsLike", READS_IT },
	{ "eq", READS_IT },         { "ne", READS_IT },         { "lt", READS_IT },        { "le", READS_IT },
	{ "gt", READS_IT },         { "ge", READS_IT },         { "fail", READS_IT },
	{ "hasKey", HAS_KEY },      { "get", GET },             { "index", INDEX },        { "dig", DIG },
	{ "pick", PICKS },
};
/* clang-format on */

static enum reads reads_of(struct ptx_str name)
{
	for (size_t i = 0; i < PTXI_COUNT(functions); i++)
		if (ptxi_str_is(name, functions[i].name))
			return functions[i].reads;
	return READS_ALL;
}

#define MOST_ARGS 16u

struct args {
	struct maybe is[MOST_ARGS];
	const struct ptxi_node *nodes[MOST_ARGS]; /* NULL: what came through the pipeline */
	size_t n;
};

/* The text of an argument that is written out; {NULL, 0}: it is not. */
static struct ptx_str literal(const struct args *a, size_t i)
{
	const struct ptxi_node *n = i < a->n ? a->nodes[i] : NULL;

	return n && n->kind == PTXI_NODE_STRING ? ptxi_node_text(n) : (struct ptx_str){ NULL, 0 };
}

/* The member of `from` by keys [first, end), as far as they are written out; else all of it is
 * read. */
static struct maybe by_keys(struct reading *r, struct maybe from, const struct args *a,
			    size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct ptx_str key = literal(a, i);

		if (key.p) {
			from = member(r, &from, key);
		} else if (a->nodes[i] && a->nodes[i]->kind == PTXI_NODE_NUMBER) {
			from = each(r, &from);
		} else {
			read_all(&from);
			return from;
		}
	}
	return from;
}

static struct maybe call(struct reading *r, struct ptx_str name, const struct args *a)
{
	struct maybe out = { .n = 0 };
	enum reads reads = reads_of(name);
	size_t last = a->n ? a->n - 1 : 0;

	switch (reads) {
	case READS_IT:
		return out;
	case PASSES:
		for (size_t i = 0; i < a->n; i++)
			add_all(&out, &a->is[i]);
		return out;
	case HAS_KEY:
	case GET:
		if (a->n != 2)
			break;
		out = by_keys(r, a->is[0], a, 1, 2);
		return reads == GET ? out : (struct maybe){ .n = 0 };
	case INDEX:
		return a->n ? by_keys(r, a->is[0], a, 1, a->n) : out;
	case DIG:
		if (a->n < 3)
			break;
		out = by_keys(r, a->is[last], a, 0, last - 1);
		add_all(&out, &a->is[last - 1]);
		return out;
	case PICKS:
		for (size_t i = 1; i < a->n; i++) {
			struct maybe one = by_keys(r, a->is[0], a, i, i + 1);

			read_all(&one);
		}
		return a->n ? a->is[0] : out;
	case READS_ALL:
		break;
	}
	for (size_t i = 0; i < a->n; i++)
		read_all(&a->is[i]);
	return out;
}

/* ---- expressions */

static struct maybe eval_command(struct reading *r, const struct maybe *dot,
				 const struct ptxi_node *cmd, const struct maybe *final)
{
	const struct ptxi_node *first = cmd->first;
	struct args a = { .n = 0 };

	if (first->kind != PTXI_NODE_IDENTIFIER) {
		/* A method's arguments. */
		for (size_t i = 1; i < cmd->count; i++) {
			struct maybe m = eval(r, dot, ptxi_node_list(cmd)[i]);

			read_all(&m);
		}
		if (final)
			read_all(final);
		return eval(r, dot, first);
	}
	for (size_t i = 1; i < cmd->count; i++) {
		struct maybe m = eval(r, dot, ptxi_node_list(cmd)[i]);

		if (a.n == MOST_ARGS - 1) {
			read_all(&m);
			continue;
		}
		a.nodes[a.n] = ptxi_node_list(cmd)[i];
		a.is[a.n++] = m;
	}
	if (final)
		a.is[a.n++] = *final;
	return call(r, ptxi_str(first->function->name), &a);
}

static void set_variable(struct reading *r, const struct ptxi_node *n, const struct maybe *is,
			 bool assign)
{
	if (assign) {
		/* It may be read before, in a loop. */
		read_all(is);
		for (size_t i = r->var_count; i > 0; i--)
			if (r->vars[i - 1].symbol == n->variable.is->symbol) {
				add_all(&r->vars[i - 1].is, is);
				return;
			}
		return;
	}
	if (r->var_count == MOST_VARS) {
		read_all(is);
		return;
	}
	r->vars[r->var_count].symbol = n->variable.is->symbol;
	r->vars[r->var_count++].is = *is;
}

/* The value of a pipeline, without what it declares. */
static struct maybe eval_pipe(struct reading *r, const struct maybe *dot,
			      const struct ptxi_node *pipe)
{
	struct maybe out = { .n = 0 };

	for (size_t i = 0; i < pipe->count; i++) {
		struct maybe final = out;

		out = eval_command(r, dot, ptxi_node_list(pipe)[i], i ? &final : NULL);
	}
	return out;
}

static struct maybe eval(struct reading *r, const struct maybe *dot, const struct ptxi_node *n)
{
	struct maybe out = { .n = 0 };

	if (++r->depth > DEEPEST) {
		r->set->failed = true;
		r->depth--;
		return out;
	}
	switch (n->kind) {
	case PTXI_NODE_DOT:
		out = *dot;
		break;
	case PTXI_NODE_FIELD:
		out = fields(r, *dot, n->fields);
		break;
	case PTXI_NODE_VARIABLE:
		out = fields(r, variable(r, n->variable.is->symbol), n->variable.fields);
		break;
	case PTXI_NODE_CHAIN:
		out = fields(r, eval(r, dot, n->chain.node), n->chain.fields);
		break;
	case PTXI_NODE_PIPE:
		out = eval_pipe(r, dot, n);
		for (size_t i = 0; i < n->decls; i++)
			set_variable(r, ptxi_pipe_decls(n)[i], &out, n->assign);
		break;
	case PTXI_NODE_IDENTIFIER:
		out = call(r, ptxi_str(n->function->name), &(struct args){ .n = 0 });
		break;
	default:
		break;
	}
	r->depth--;
	return out;
}

/* ---- actions */

static void walk_range(struct reading *r, const struct maybe *dot, const struct ptxi_node *n)
{
	const struct ptxi_node *pipe = n->branch.pipe;
	struct maybe over = eval_pipe(r, dot, pipe);
	struct maybe element = each(r, &over);
	size_t mark = r->var_count;

	if (pipe->decls)
		set_variable(r, ptxi_pipe_decls(pipe)[pipe->decls - 1], &element, pipe->assign);
	walk(r, &element, n->branch.list);
	r->var_count = mark;
	if (n->branch.else_list)
		walk(r, dot, n->branch.else_list);
}

static void walk_branch(struct reading *r, const struct maybe *dot, const struct ptxi_node *n)
{
	size_t mark = r->var_count;
	struct maybe is = { .n = 0 };

	if (n->kind == PTXI_NODE_RANGE) {
		walk_range(r, dot, n);
	} else {
		is = eval(r, dot, n->branch.pipe);
		walk(r, n->kind == PTXI_NODE_WITH ? &is : dot, n->branch.list);
		if (n->branch.else_list)
			walk(r, dot, n->branch.else_list);
	}
	r->var_count = mark;
}

static void walk(struct reading *r, const struct maybe *dot, const struct ptxi_node *n)
{
	struct maybe is = { .n = 0 };

	if (!n || ++r->depth > DEEPEST) {
		r->set->failed |= n != NULL;
		r->depth -= n != NULL;
		return;
	}
	switch (n->kind) {
	case PTXI_NODE_LIST:
		for (size_t i = 0; i < n->count; i++)
			walk(r, dot, ptxi_node_list(n)[i]);
		break;
	case PTXI_NODE_ACTION:
		is = eval(r, dot, n->pipe);
		if (!n->pipe->decls)
			read_all(&is);
		break;
	case PTXI_NODE_IF:
	case PTXI_NODE_WITH:
	case PTXI_NODE_RANGE:
		walk_branch(r, dot, n);
		break;
	case PTXI_NODE_TEMPLATE:
		if (n->call.pipe) {
			is = eval(r, dot, n->call.pipe);
			read_all(&is);
		}
		break;
	default:
		break;
	}
	r->depth--;
}

void ptxi_known_learn_template(struct ptxi_known_set *s, struct ptxi_known *k,
			       const struct ptxi_tree *t)
{
	struct reading *r = ptxi_arena_alloc(s->arena, sizeof(*r));
	const struct maybe top = { .n = 0 };

	if (!r || !k) {
		s->failed = true;
		return;
	}
	r->set = s;
	r->values = k;
	r->vars[r->var_count++].symbol = 1; /* $ */
	walk(r, &top, t->root);
}
