/* SPDX-License-Identifier: Apache-2.0 */
/* known.h - the keys of values that a chart knows: by its templates, its schema or its values.yaml.
 *
 * A tree of names for the values of each chart that takes part, in which that of a subchart hangs
 * below its name; one more for what named templates ask of .Values, since any chart may include
 * them. Where it cannot be told which keys are read, all are known: it rather says nothing than
 * something wrong.
 */
#ifndef PTXI_CHART_KNOWN_H
#define PTXI_CHART_KNOWN_H

#include "render.h"

struct ptxi_known {
	struct ptx_str name;
	struct ptxi_known *parent, *first, *next; /* first: of the members, the last one first */
	struct ptxi_known
	    *each;     /* what is known of every member, whatever its name; NULL: nothing */
	bool all;      /* everything below is known */
	bool is_chart; /* the values of a chart */
};

/* The trees of one rendering, in its arena. */
struct ptxi_known_set {
	struct ptx_arena *arena;
	struct ptxi_map *members;  /* parent and name -> struct ptxi_known */
	struct ptxi_known *root;   /* of the outermost chart */
	struct ptxi_known *shared; /* of named templates */
	struct ptxi_known *global; /* of all charts */
	bool failed;               /* without memory: say nothing */
};

/* A member that is added where it is not there; NULL without memory or of NULL. */
struct ptxi_known *ptxi_known_add(struct ptxi_known_set *s, struct ptxi_known *k,
				  struct ptx_str name);
/* The same if it is there. */
struct ptxi_known *ptxi_known_member(const struct ptxi_known_set *s, const struct ptxi_known *k,
				     struct ptx_str name);
/* What every member has. */
struct ptxi_known *ptxi_known_each(struct ptxi_known_set *s, struct ptxi_known *k);
/* The node of a dotted path; without a name k itself. */
struct ptxi_known *ptxi_known_path(struct ptxi_known_set *s, struct ptxi_known *k,
				   struct ptx_str path);
/* The node of a chart's values. */
struct ptxi_known *ptxi_known_of_use(struct ptxi_known_set *s, const struct ptxi_chart_use *u);

/* known.c: what values.yaml, the schema and Chart.yaml of a chart and all below it know. */
void ptxi_known_learn_chart(struct ptxi_known_set *s, const struct ptxi_chart_use *u);
/* The same of what texts among values ask for that may be given to `tpl`. */
void ptxi_known_learn_texts(struct ptxi_known_set *s, const struct ptx_value *v);
void ptxi_known_learn_text(struct ptxi_known_set *s, struct ptx_str text);
/* known_templates.c: what a template reads of the values that k is the tree of. */
void ptxi_known_learn_template(struct ptxi_known_set *s, struct ptxi_known *k,
			       const struct ptxi_tree *t);

/* strict.c: warns of keys in the values that were given, and in those for subcharts, that nothing
 * knows. */
void ptxi_job_strict(struct ptxi_job *j);

#endif
