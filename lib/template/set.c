/* SPDX-License-Identifier: Apache-2.0 */
/* set.c - a set of named templates: making, parsing into, and asking it.
 *
 * Everything that parsing makes lives in the set's arena. A replaced template stays there until the
 * set is freed: nodes are never changed, so a template that calls it goes on working.
 */
#define PTX_AREA PTX_AREA_TEMPLATE
#include "set.h"
#include "parse.h"
#include "../base/opts.h"
#include "../text/goquote.h"

#define MOST_TEXT  ((size_t)64 << 20)
#define MOST_NODES ((size_t)1 << 30)

static int copy_functions(struct ptx_template *t, struct ptx_error **err)
{
	const struct ptx_template_func *from = t->opts.functions;
	size_t n = 0;

	while (from && from[n].name)
		n++;
	t->user = ptxi_arena_array(t->arena, n + 1, sizeof(*t->user));
	if (!t->user)
		return ptxi_arena_check(t->arena, err);
	for (size_t i = 0; i < n; i++) {
		if (!ptxi_func_name_ok(ptxi_str(from[i].name)))
			return ptx_fail(err, PTX_E_USAGE,
					"the name of a function, '%s', is no identifier",
					from[i].name);
		t->user[i] = (struct ptxi_func){
			.name = from[i].name,
			.params = "v*",
			.special = PTXI_FUNC_USER,
			.user = &from[i],
		};
	}
	return 0;
}

static int copy_delims(struct ptx_template *t, struct ptx_error **err)
{
	const char **delims[2] = { &t->opts.left_delim, &t->opts.right_delim };

	for (size_t i = 0; i < 2; i++) {
		if (!*delims[i])
			continue;
		*delims[i] = ptxi_arena_str(t->arena, *delims[i]);
		if (!*delims[i])
			return ptxi_arena_check(t->arena, err);
	}
	return 0;
}

static struct ptx_template *new_set(struct ptx_error **err)
{
	ptx_auto(template) t = ptxi_alloc(sizeof(*t));

	if (t) {
		t->arena = ptx_arena_new(MOST_NODES);
		t->trees = ptxi_map_new(NULL);
		t->symbols = ptxi_map_new(NULL);
	}
	if (!t || !t->arena || !t->trees || !t->symbols) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	return ptx_steal(&t);
}

struct ptx_template *ptxi_template_child(const struct ptx_template *parent, struct ptx_error **err)
{
	struct ptx_template *t = new_set(err);

	if (!t)
		return NULL;
	t->parent = parent;
	t->opts = parent->opts;
	t->user = parent->user;
	memcpy(t->families, parent->families, sizeof(t->families));
	t->family_count = parent->family_count;
	t->has_break = parent->has_break;
	t->has_continue = parent->has_continue;
	return t;
}

struct ptx_template *ptx_template_new(const struct ptx_template_opts *opts, struct ptx_error **err)
{
	ptx_auto(template) t = new_set(err);

	if (!t)
		return NULL;
	t->seen = ptxi_alloc(sizeof(*t->seen));
	t->opts.max_bytes = MOST_TEXT;
	if (PTXI_OPTS_READ(&t->opts, opts, err) < 0)
		return NULL;
	if (!t->opts.max_bytes)
		t->opts.max_bytes = MOST_TEXT;
	t->family_count = ptxi_func_families(t->opts.families, t->families);
	if (copy_functions(t, err) < 0 || copy_delims(t, err) < 0)
		return NULL;
	t->has_break = ptxi_template_func(t, PTXI_STR("break"));
	t->has_continue = ptxi_template_func(t, PTXI_STR("continue"));
	return ptx_steal(&t);
}

void ptx_template_free(struct ptx_template *t)
{
	if (!t)
		return;
	ptxi_map_free(t->trees);
	ptxi_map_free(t->symbols);
	ptx_free(t->seen);
	ptx_arena_free(t->arena);
	ptx_free(t);
}

const struct ptxi_func *ptxi_template_func(const struct ptx_template *t, struct ptx_str name)
{
	for (const struct ptxi_func *f = t->user; f->name; f++)
		if (ptxi_str_is(name, f->name))
			return f;
	for (size_t i = 0; i < t->family_count; i++) {
		const struct ptxi_func *f = ptxi_func_find(t->families[i], name);

		if (f)
			return f;
	}
	return NULL;
}

const struct ptxi_tree *ptxi_template_tree(const struct ptx_template *t, struct ptx_str name)
{
	const struct ptxi_tree *tree = NULL;

	for (; t && !tree; t = t->parent)
		tree = ptxi_map_getn(t->trees, name);
	return tree;
}

uint32_t ptxi_template_symbol(struct ptx_template *t, struct ptx_str name)
{
	uintptr_t symbol = (uintptr_t)ptxi_map_getn(t->symbols, name);

	if (symbol)
		return (uint32_t)symbol;
	symbol = ptxi_map_count(t->symbols) + 1;
	return ptxi_map_setn(t->symbols, name, (void *)symbol) < 0 ? 0 : (uint32_t)symbol;
}

int ptxi_template_add(struct ptx_template *t, const struct ptxi_trees *trees,
		      struct ptx_error **err)
{
	for (size_t i = 0; i < trees->n; i++) {
		struct ptxi_tree *tree = trees->v[i];
		const struct ptxi_tree *old = ptxi_template_tree(t, ptxi_str(tree->name));

		if (old && ptxi_node_is_empty(tree->root))
			continue;
		if (ptxi_map_set(t->trees, tree->name, tree) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	return 0;
}

static int check_size(const struct ptx_template *t, const char *name, struct ptx_str text,
		      struct ptx_error **err)
{
	if (text.n <= t->opts.max_bytes)
		return 0;
	return ptx_fail_at(err, PTX_E_LIMIT, ((struct ptx_where){ .file = name }),
			   "the template is larger than %zu bytes", t->opts.max_bytes);
}

int ptxi_template_parse_unit(struct ptx_template *t, const char *name, struct ptx_str text,
			     struct ptxi_trees *out, struct ptx_error **err)
{
	struct ptxi_source *source = NULL;
	int code = check_size(t, name, text, err);

	*out = (struct ptxi_trees){ 0 };
	if (code < 0)
		return code;
	source = ptxi_arena_alloc(t->arena, sizeof(*source));
	if (source) {
		source->name = ptxi_arena_str(t->arena, name);
		source->text = text;
	}
	if (ptx_arena_status(t->arena))
		return ptxi_arena_check(t->arena, err);
	return ptxi_parse(t, t->arena, source, out, err);
}

/* `define` or `block` behind a left delimiter. */
static bool begins_definition(struct ptx_str s)
{
	if (s.n && s.p[0] == '-')
		s = ptxi_str_from(s, 1);
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n'))
		s = ptxi_str_from(s, 1);
	return s.n && ((s.p[0] == 'd' && ptxi_str_starts(s, "define")) ||
		       (s.p[0] == 'b' && ptxi_str_starts(s, "block")));
}

bool ptxi_template_may_define(struct ptx_str text)
{
	size_t at = 0;

	while ((at = ptxi_str_find_pair(text, '{')) != SIZE_MAX) {
		text = ptxi_str_from(text, at + 1);
		if (begins_definition(ptxi_str_from(text, 1)))
			return true;
	}
	return false;
}

int ptxi_template_parse_late(struct ptx_template *t, struct ptxi_tree *tree,
			     struct ptx_arena *nodes, struct ptx_error **err)
{
	struct ptxi_trees trees = { 0 };
	int code = check_size(t, tree->source->name, tree->source->text, err);

	if (code == 0)
		code = ptxi_parse(t, nodes, tree->source, &trees, err);
	if (code == 0)
		tree->root = trees.v[0]->root;
	return code;
}

int ptxi_template_parse(struct ptx_template *t, const char *name, struct ptx_str text,
			const struct ptxi_tree **root, struct ptx_error **err)
{
	struct ptxi_trees trees = { 0 };
	const char *copy =
	    text.n > t->opts.max_bytes ? "" : ptxi_arena_strn(t->arena, text.p, text.n);
	int code = 0;

	if (!copy)
		return ptxi_arena_check(t->arena, err);
	code = ptxi_template_parse_unit(t, name, ptxi_strn(copy, text.n), &trees, err);
	if (code < 0)
		return code;
	if (root)
		*root = trees.v[trees.n - 1];
	return ptxi_template_add(t, &trees, err);
}

int ptx_template_parse(struct ptx_template *t, const char *name, struct ptx_str text,
		       struct ptx_error **err)
{
	return ptxi_template_parse(t, name, text, NULL, err);
}

bool ptx_template_has(const struct ptx_template *t, const char *name)
{
	return ptxi_template_tree(t, ptxi_str(name)) != NULL;
}

const char *ptx_template_name(const struct ptx_template *t, size_t i)
{
	const char *name = NULL;

	if (i >= ptxi_map_count(t->trees))
		return NULL;
	ptxi_map_at(t->trees, i, &name);
	return name;
}
