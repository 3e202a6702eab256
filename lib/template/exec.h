/* SPDX-License-Identifier: Apache-2.0 */
/* exec.h - one execution of a template, and what it learns of the world outside. */
#ifndef PTXI_TEMPLATE_EXEC_H
#define PTXI_TEMPLATE_EXEC_H

#include "set.h"

struct ptxi_confd_kv;
struct ptxi_outmap;
struct ptxi_regex;
struct ptxi_trace;
struct ptxi_zone;

/* What outlives single executions: the values that a chart's templates share and change, and the
 * texts that `tpl` has parsed. One thread at a time. */
struct ptxi_render;
/* Values may take max_memory bytes (0: 512 MiB). Owned; NULL without memory. */
struct ptxi_render *ptxi_render_new(size_t max_memory);
void ptxi_render_free(struct ptxi_render *r);
PTXI_DEFINE_AUTO(render);
/* An empty buffer with the memory of one that was given back, which must be given back or done
 * with; it saves every function that makes a text an allocation. */
void ptxi_render_take_buf(struct ptxi_render *r, struct ptx_buf *b);
void ptxi_render_give_buf(struct ptxi_render *r, struct ptx_buf *b);
/* The arena of its values. */
struct ptx_arena *ptxi_render_arena(struct ptxi_render *r);
/* Around an execution: the values that it makes are given back at its end, as long as nothing that
 * was there before was changed, which may hold them then, and nobody wanted to keep them. */
void ptxi_render_begin(struct ptxi_render *r);
void ptxi_render_keep(struct ptxi_render *r);
/* A view of a map: another value that shows the same entries, whatever is done to the map, under
 * another of Go's types. NULL without memory. */
struct ptx_value *ptxi_render_view(struct ptxi_render *r, struct ptx_value *map, enum ptxi_go go);
void ptxi_render_end(struct ptxi_render *r);

/* Why something would have failed that a lint lets pass: a value that is required is nil, or an
 * empty text; `fail`. */
enum ptxi_forgiven { PTXI_FORGIVEN_NIL, PTXI_FORGIVEN_EMPTY, PTXI_FORGIVEN_FAIL };

/* Facts from outside come through these; any may be NULL. All get `user`. */
struct ptxi_template_env {
	const struct ptxi_confd_kv *kv; /* what confd's functions read */
	/* The value of an environment variable, borrowed, or NULL. */
	const char *(*getenv)(const char *name, void *user);
	bool (*file_exists)(const char *path, void *user);
	int64_t (*now_ns)(void *user); /* since 1970 */
	/* Appends the addresses of a host as strings to a list. */
	int (*lookup_host)(struct ptx_arena *a, const char *host, struct ptx_value *list,
			   void *user, struct ptx_error **err);
	/* Hears what a template does that is probably a mistake, but no error. */
	void (*warn)(const char *message, void *user);
	/* The method of a value, or NULL: a row whose first parameter is the value itself. It is
	 * asked only for values of a type of their own (lib/text/gotype.h). */
	const struct ptxi_func *(*method)(const struct ptx_value *receiver, struct ptx_str name,
					  void *user);
	/* Random bytes; NULL: the system's. */
	int (*random)(void *bytes, size_t n, void *user);
	/* The object of a cluster, or a list of them, as a map in the arena; it fails with *err
	 * set. NULL: there is none. */
	struct ptx_value *(*lookup)(struct ptx_arena *a, struct ptx_str api_version,
				    struct ptx_str kind, struct ptx_str name_space,
				    struct ptx_str name, void *user, struct ptx_error **err);
	/* With it data is shared and may be changed, and values live as long as it; without it an
	 * execution changes nothing outside. */
	struct ptxi_render *render;
	bool lint; /* `required` and `fail` do not fail, but are told to: */
	void (*forgiven)(enum ptxi_forgiven what, struct ptx_str message, void *user);
	/* Gets what `required` or `fail` failed with. */
	struct ptx_buf *user_error;
	/* The zone of local times: a name of the zone database; NULL: UTC. */
	const char *zone;
	/* Gets Go's whole text of a failure: "template: NAME:LINE:COLUMN: executing ...". */
	struct ptx_buf *go_error;
	/* Gets the frames of a failure, and the values that have to do with it. */
	struct ptxi_trace *trace;
	/* Gets which place wrote what. */
	struct ptxi_outmap *map;
	/* Hears of each whole number that is a float64 and is printed with an exponent, and where.
	 */
	void (*exponent)(const struct ptxi_source *source, size_t pos, const struct ptx_value *v,
			 void *user);
	/* Fetches what values have yet to get that say they are unread; it is called before
	 * anything looks into one, and may be called again. False without memory. */
	bool (*fetch)(void *user);
	/* Parses the tree, which has no root; the root must stay until the execution ends. Only
	 * sets of one thread have such. */
	int (*parse)(struct ptxi_tree *tree, void *user, struct ptx_error **err);
	void *user;
};

/* A value as the executor passes it around. */
struct ptxi_operand {
	struct ptx_value *v; /* NULL: no value; a null value: a nil interface */
	bool any;            /* it was taken from a list or map of interfaces (for messages) */
};

struct ptxi_exec {
	const struct ptx_template *set;
	const struct ptxi_template_env *env; /* never NULL */
	struct ptx_execute_opts opts;        /* with the defaults filled in */
	struct ptxi_render *render;          /* never NULL */
	struct ptx_arena *arena;             /* of all values that come into being: the render's */
	struct ptx_buf *out;
	const struct ptxi_tree *tree; /* being executed */
	const struct ptxi_node *at;   /* for messages */
	struct ptxi_variable {
		uint32_t symbol;
		struct ptxi_operand value;
	} * vars; /* a stack; those of the present tree from base on */
	size_t var_count, var_cap, base;
	unsigned depth;  /* templates within templates */
	unsigned frames; /* nested nodes, over all templates: bounds our own stack */
	uint64_t steps;
	const struct ptxi_source *fail_source; /* where the last failure was */
	size_t fail_pos;
	bool failed;   /* something within the function that is being called has */
	bool wrapping; /* what fails next did so further in */
	struct ptx_error **err;
};

/* To be called before a map or list is changed that the caller has not made itself, and when a map
 * was. */
void ptxi_exec_change(struct ptxi_exec *x, const struct ptx_value *v);
void ptxi_exec_changed(struct ptxi_exec *x, const struct ptx_value *v);
/* The map itself, of a view; any other value as it is. Only the map may be changed. */
struct ptx_value *ptxi_exec_viewed(const struct ptxi_exec *x, struct ptx_value *v);
/* To be called before a value's content is looked at; false without memory. What only passes a
 * value on, or takes a member of it that is not unread, need not. */
static inline bool ptxi_exec_fetch(const struct ptxi_exec *x, const struct ptx_value *v)
{
	return !v || !v->unread || !x->env->fetch || x->env->fetch(x->env->user);
}

/* As ptx_template_execute(), with an environment (NULL: none). */
int ptxi_template_execute(const struct ptx_template *t, const char *name,
			  const struct ptx_value *data, const struct ptx_execute_opts *opts,
			  const struct ptxi_template_env *env, struct ptx_buf *out,
			  struct ptx_error **err);
/* Within an execution: executes another template of the set with its own dot, and appends its text
 * to out. */
int ptxi_exec_template(struct ptxi_exec *x, const struct ptxi_tree *tree, struct ptx_value *dot,
		       struct ptx_buf *out, struct ptx_error **err);

/* `tpl`: executes a text as a template of the set's own, which sees its templates, and appends what
 * it writes. */
int ptxi_exec_text(struct ptxi_exec *x, const struct ptx_value *text, struct ptx_value *dot,
		   struct ptx_buf *out, struct ptx_error **err);

/* A time zone that the render keeps, by its name; "Local" is the environment's. NULL with *err set.
 */
const struct ptxi_zone *ptxi_exec_zone(struct ptxi_exec *x, struct ptx_str name,
				       struct ptx_error **err);
/* A compiled expression that the render keeps; borrowed. NULL with *err set. */
const struct ptxi_regex *ptxi_exec_regex(struct ptxi_exec *x, struct ptx_str pattern,
					 struct ptx_error **err);

/* watch.c, when the environment has `exponent`: what a function made of its arguments, and what an
 * action prints. */
void ptxi_exec_watch_call(struct ptxi_exec *x, const struct ptxi_node *at,
			  struct ptx_value *const *args, size_t n, const struct ptx_value *result);
void ptxi_exec_watch_action(struct ptxi_exec *x, const struct ptxi_node *at,
			    const struct ptx_value *printed);

/* Shared by exec.c and call.c. */

/* Fails for a lack of memory: LIMIT when it is the execution's own bound, else NOMEM. */
int ptxi_exec_no_memory(struct ptxi_exec *x);
/* Fails at x->at with Go's text around the message. */
int ptxi_exec_fail(struct ptxi_exec *x, int code, const char *fmt, ...) PTXI_PRINTF(3, 4);
/* One step more; fails with LIMIT. */
int ptxi_exec_count(struct ptxi_exec *x);
int ptxi_exec_pipeline(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *pipe,
		       struct ptxi_operand *out);
/* The value of an operand where no type is asked for. */
int ptxi_exec_operand(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_node *n,
		      struct ptxi_operand *out);
/* The value of a STRING. */
int ptxi_exec_string(struct ptxi_exec *x, const struct ptxi_node *n, struct ptx_value **out);
/* Calls a function. args are the operands written behind it; final, if not NULL, comes from the
 * pipeline; receiver, if not NULL, is the value whose method it is. */
int ptxi_exec_call(struct ptxi_exec *x, struct ptxi_operand dot, const struct ptxi_func *fn,
		   struct ptx_str name, const struct ptxi_node *node, struct ptxi_node *const *args,
		   size_t count, const struct ptxi_operand *final, struct ptx_value *receiver,
		   struct ptxi_operand *out);

#endif
