/* SPDX-License-Identifier: Apache-2.0 */
/* schema_visit.h - one value against one node: what the files of checking share.
 *
 * Where only yes or no matters (not, if, a second match of oneOf) no fault is built:
 * ptxi_fault_some stands for any. What properties and items were evaluated is a byte for each, kept
 * only where an unevaluated* keyword asks.
 */
#ifndef PTXI_SCHEMA_VISIT_H
#define PTXI_SCHEMA_VISIT_H

#include "schema.h"

/* What was not evaluated yet: a byte for each property or item, or NULL: nothing is asked for. */
struct ptxi_visit_left {
	unsigned char *v;
	size_t n;     /* bytes */
	size_t count; /* of them set */
};

struct ptxi_visit_scope {
	const struct ptxi_visit_scope *up;
	const struct ptxi_schema_node *node;
	const char *keyword; /* of a reference, or NULL */
	unsigned value;      /* number of the value that is being checked */
};

struct ptxi_visit_check {
	struct ptx_schema *schema;
	struct ptx_arena *arena;
	uint64_t steps;
	unsigned depth;
	/* of a schema that is checked against its metaschema */
	struct ptxi_schema_compiler *compiler;
	const struct ptxi_schema_doc
	    *doc;         /* whose resources may be of other drafts; NULL: none are */
	const char *base; /* the pointer of the value in it */
	struct ptx_error **err;
};

struct ptxi_visit {
	struct ptxi_visit_check *c;
	const struct ptxi_schema_node *node;
	const struct ptx_value *v;
	const struct ptxi_place_in *place;
	const struct ptxi_visit_scope *scope;
	const struct ptxi_schema_node *meta;
	bool yes_or_no;
	struct ptxi_visit_left left;
	struct ptxi_fault *first, *last;
	size_t faults;
	int rc; /* sticky */
};

/* Stands for any fault where only yes or no matters; never written to. */
extern struct ptxi_fault ptxi_fault_some;

/* ---- schema_visit.c: faults */

/* Makes rc NOMEM, with the error. */
int ptxi_visit_no_memory(struct ptxi_visit *x);
/* A fault of this value and node, in the arena; ptxi_fault_some where none is built. */
struct ptxi_fault *ptxi_fault_new(struct ptxi_visit *x, enum ptxi_fault_kind kind);
/* Adds a fault, which may be NULL, to those of the visit. */
void ptxi_visit_add(struct ptxi_visit *x, struct ptxi_fault *f);
struct ptxi_fault *ptxi_visit_add_new(struct ptxi_visit *x, enum ptxi_fault_kind kind);
/* cause may be NULL. */
void ptxi_fault_add_cause(struct ptxi_fault *to, struct ptxi_fault *cause);
void ptxi_visit_count_fault(struct ptxi_visit *x, const char *keyword, int64_t got, int64_t want);

/* ---- what is left unevaluated */

/* Member i was evaluated. */
void ptxi_visit_leave(struct ptxi_visit_left *l, size_t i);
/* All members of v that n's own keywords do not evaluate, when they matter. */
struct ptxi_visit_left ptxi_visit_left(struct ptxi_visit *x, const struct ptx_value *v,
				       const struct ptxi_schema_node *n, bool needed);

/* ---- going down; each gives a fault or NULL, and x->rc what went wrong otherwise */

void ptxi_visit_run(struct ptxi_visit *x, struct ptxi_visit *sub, struct ptxi_fault **fault);
/* The same value against another node. */
struct ptxi_fault *ptxi_visit_self(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				   const char *keyword, bool yes_or_no);
struct ptxi_fault *ptxi_visit_property(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				       const struct ptxi_entry *e);
struct ptxi_fault *ptxi_visit_item(struct ptxi_visit *x, const struct ptxi_schema_node *n,
				   size_t i);
/* Compiles the pattern if need be. */
bool ptxi_visit_matches(struct ptxi_visit *x, struct ptxi_schema_pattern *p, struct ptx_str s);

/* ---- schema_object.c, schema_array.c: the keywords of each */

void ptxi_visit_object(struct ptxi_visit *x);
void ptxi_visit_array(struct ptxi_visit *x);

/* ---- schema_check.c */

/* All checks of one node. */
int ptxi_visit(struct ptxi_visit *x, struct ptxi_fault **fault);

#endif
