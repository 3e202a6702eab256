/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - config.json: the questions of a package as a tree, and answers against it. */
#ifndef PTXI_PACKAGE_CONFIG_H
#define PTXI_PACKAGE_CONFIG_H

#include <pitrix/package.h>
#include "../value/value.h"
#include "../text/pattern.h"

enum ptxi_config_type {
	PTXI_CONFIG_OTHER, /* none or an unknown one: not checked */
	PTXI_CONFIG_ARRAY, /* a group */
	PTXI_CONFIG_INTEGER,
	PTXI_CONFIG_NUMBER,
	PTXI_CONFIG_STRING,
	PTXI_CONFIG_BOOLEAN,
	PTXI_CONFIG_PASSWORD,
	PTXI_CONFIG_SERVICE,
	PTXI_CONFIG_LOADBALANCER,
	PTXI_CONFIG_ACCESSKEY,
	PTXI_CONFIG_EIP
};

/* One question or group; all in the arena that it was loaded into, but the compiled pattern. */
struct ptxi_config {
	const char *key;
	const char *path; /* "cluster.zk_node.count"; "" for the root */
	enum ptxi_config_type type;
	const char *type_name; /* as written; "" when it is not */
	const char *label, *description;
	bool required;
	bool changeable;
	bool multichoice;
	const char *separator;
	const struct ptx_value *raw;      /* the object in config.json */
	const struct ptx_value *fallback; /* the default, or what its type has when there is none */
	const struct ptx_value *range;    /* list, or NULL */
	const struct ptx_value *min, *max;
	const struct ptx_value *limits; /* map, or NULL */
	int64_t step;                   /* 0: none */
	struct ptx_str pattern;
	struct ptxi_pattern *compiled; /* NULL: no pattern */
	struct ptxi_config *children;
	size_t child_count;
	size_t index; /* among all, from 0 */
};

struct ptxi_config_tree {
	struct ptxi_config *root;
	size_t count; /* of all questions and groups */
	size_t question_count;
	const char *file;
};

/* Reads config.json. appcenter: duplicate keys, odd fields and the like are warnings. Problems go
 * to diags.
 *
 * Returns: the tree in the arena (ptxi_config_done() it), NULL with *err set only when nothing can
 * be read of it: SYNTAX, INVALID (no object), LIMIT, NOMEM.
 */
struct ptxi_config_tree *ptxi_config_load(struct ptx_arena *a, struct ptx_str text,
					  const char *file, bool appcenter, struct ptx_diags *diags,
					  struct ptx_error **err);
/* Releases what is not in the arena. */
void ptxi_config_done(struct ptxi_config_tree *t);

/* The child of a group by its key, or NULL. */
struct ptxi_config *ptxi_config_child(const struct ptxi_config *group, struct ptx_str key);
/* Calls fn for all, groups before their members; a negative result ends the walk and is returned.
 */
typedef int (*ptxi_config_fn)(const struct ptxi_config *c, void *user);
int ptxi_config_each(const struct ptxi_config *c, ptxi_config_fn fn, void *user);

/* Answers laid over the defaults. */
struct ptxi_answers {
	struct ptx_value *values; /* the whole tree */
	bool *given;              /* by index: it came from the answers */
};

/* Unknown keys and groups that are no objects go to diags as errors. Fails: NOMEM. */
int ptxi_config_merge(struct ptx_arena *a, const struct ptxi_config_tree *t,
		      const struct ptx_value *answers, struct ptx_diags *diags,
		      struct ptxi_answers *out, struct ptx_error **err);
/* Every rule on every answer; problems go to diags with this severity. */
int ptxi_config_check(struct ptx_arena *a, const struct ptxi_config_tree *t,
		      const struct ptxi_answers *answers, const struct ptx_validate_opts *opts,
		      struct ptx_diags *diags, struct ptx_error **err);
/* What is wrong with the defaults, as warnings: for the linter. */
int ptxi_config_check_defaults(struct ptx_arena *a, const struct ptxi_config_tree *t,
			       struct ptx_diags *diags, struct ptx_error **err);

#endif
