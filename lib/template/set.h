/* SPDX-License-Identifier: Apache-2.0 */
/* set.h - the inside of struct ptx_template: named templates that may call each other. */
#ifndef PTXI_TEMPLATE_SET_H
#define PTXI_TEMPLATE_SET_H

#include <pitrix/template.h>
#include "../base/arena.h"
#include "../base/map.h"
#include "ast.h"
#include "funcs.h"
#include "seen.h"

PTX_DEFINE_AUTO(template);

struct ptx_template {
	const struct ptx_template *parent; /* whose templates it sees too; NULL: none */
	struct ptx_arena *arena;
	struct ptxi_map *trees;   /* name -> struct ptxi_tree, in the order of definition */
	struct ptxi_map *symbols; /* variable's name -> its number, as a pointer */
	struct ptxi_seen *seen;   /* what parsing has met; NULL in a set above another */
	struct ptx_template_opts opts;
	struct ptxi_func *user; /* the rows of opts.functions */
	const struct ptxi_func_family *families[PTXI_FUNC_FAMILIES];
	size_t family_count;
	bool has_break, has_continue; /* as functions: then they are no keywords */
};

/* The function of a name among those of the caller, the chosen families and the built-in ones. */
const struct ptxi_func *ptxi_template_func(const struct ptx_template *t, struct ptx_str name);
const struct ptxi_tree *ptxi_template_tree(const struct ptx_template *t, struct ptx_str name);
/* An empty set that sees the functions and templates of another one, which it must not outlive.
 * Owned. */
struct ptx_template *ptxi_template_child(const struct ptx_template *parent, struct ptx_error **err);
/* As ptx_template_parse(); *root gets the tree of the text itself, even when it did not replace an
 * earlier one. */
int ptxi_template_parse(struct ptx_template *t, const char *name, struct ptx_str text,
			const struct ptxi_tree **root, struct ptx_error **err);
struct ptxi_trees;
/* Parses a text, which must outlive the set and is not copied, into the trees that it defines,
 * itself last; they live in the set's arena but are no part of it yet: ptxi_template_add() puts
 * them into this or another set, any number of times. */
int ptxi_template_parse_unit(struct ptx_template *t, const char *name, struct ptx_str text,
			     struct ptxi_trees *out, struct ptx_error **err);
int ptxi_template_add(struct ptx_template *t, const struct ptxi_trees *unit,
		      struct ptx_error **err);
/* Whether a text, in the usual delimiters, might define templates besides itself; it is not parsed
 * for that. */
bool ptxi_template_may_define(struct ptx_str text);
/* Parses the source of a tree that is there without a root, and defines nothing else. The set keeps
 * the words in it; the nodes go where they can be given back: who does takes the root away. */
int ptxi_template_parse_late(struct ptx_template *t, struct ptxi_tree *tree,
			     struct ptx_arena *nodes, struct ptx_error **err);
/* The number of a variable's name; the same for the same name. 0 without memory ("$" is 1). */
uint32_t ptxi_template_symbol(struct ptx_template *t, struct ptx_str name);

#endif
