/* SPDX-License-Identifier: Apache-2.0 */
/* template.h - Go's text/template over values.
 *
 * A struct ptx_template is a set of named templates that may call each other. It is built by one
 * thread: made, then given texts to parse. From then on it does not change, and any number of
 * threads may execute it. Data is read as Go's templates would see it decoded: whole numbers as
 * int64, other numbers as float64, a `number` as json.Number, lists as []interface {}, maps as
 * map[string]interface {}.
 */
#ifndef PITRIX_TEMPLATE_H
#define PITRIX_TEMPLATE_H

#include <pitrix/value.h>

PTX_BEGIN

struct ptx_template;
struct ptx_template_call;

/* A function of the caller's. args are never NULL; a result of NULL without an error is nil. It
 * fails by setting *err (ptx_error_set()) and returning NULL. What it returns must live as long as
 * the execution: make it in ptx_template_call_arena(). */
typedef struct ptx_value *(*ptx_template_fn)(struct ptx_template_call *call,
					     struct ptx_value *const *args, size_t count,
					     void *user, struct ptx_error **err);

struct ptx_template_func {
	const char *name; /* letters, digits and _; it hides a function of the same name */
	unsigned min_args;
	unsigned max_args; /* UINT_MAX: any number */
	ptx_template_fn fn;
	void *user;
};

PTX_API struct ptx_arena *ptx_template_call_arena(struct ptx_template_call *call);

/* Families of functions beside the built-in ones (and or not len index slice print printf println
 * html js urlquery call eq ne lt le gt ge). */
enum ptx_template_funcs {
	PTX_FUNCS_CONFD =
	    1, /* getv, ls, ...: over keys and values; eq and its like compare numeric strings */
	PTX_FUNCS_SPRIG = 2, /* Sprig v3, but env and expandenv */
	PTX_FUNCS_HELM =
	    4 /* include, tpl, required, lookup, toYaml, ...: what Helm adds to Sprig */
};

/* What the value of a key that a map does not have is. */
enum ptx_missing_key {
	PTX_MISSING_DEFAULT, /* no value: printed as <no value> */
	PTX_MISSING_ZERO,    /* nil: printed as <no value> too, but a field of it is an error */
	PTX_MISSING_ERROR    /* an error */
};

struct ptx_template_opts {
	size_t size;
	unsigned families; /* PTX_FUNCS_*, or-ed */
	const struct ptx_template_func
	    *functions; /* the caller's own, ended by a NULL name; may be NULL. Borrowed
			 * for as long as the template lives */
	const char *left_delim, *right_delim; /* NULL: {{ and }}; copied */
	size_t max_bytes;                     /* of all texts; 0: 64 MiB */
};
#define PTX_TEMPLATE_OPTS_INIT                                                                     \
	{                                                                                          \
		.size = sizeof(struct ptx_template_opts)                                           \
	}

/* An empty set. Owned.
 *
 * Fails: USAGE (a function's name is no identifier), UNSUPPORTED (unknown options), NOMEM.
 */
PTX_API struct ptx_template *ptx_template_new(const struct ptx_template_opts *opts,
					      struct ptx_error **err);
PTX_API void ptx_template_free(struct ptx_template *t);

/* Parses a text as the template `name`, with the templates that it defines. A template that is
 * there already is replaced, unless the new one is empty.
 *
 * Returns: 0.  Fails: SYNTAX with file (the name), line and column; LIMIT; NOMEM. The set is then
 * as it was.
 */
PTX_API int ptx_template_parse(struct ptx_template *t, const char *name, struct ptx_str text,
			       struct ptx_error **err);
/* True when there is a template of that name. */
PTX_API bool ptx_template_has(const struct ptx_template *t, const char *name);
/* The name of the i-th template, or NULL. */
PTX_API const char *ptx_template_name(const struct ptx_template *t, size_t i);

/* Where templates learn of the world outside; each may be NULL. All get `user`. */
struct ptx_render_env {
	size_t size;
	/* The clock of `now`, in nanoseconds since 1970. NULL: the system's. */
	int64_t (*now_ns)(void *user);
	/* Fills bytes at random, for randAlpha, uuidv4, ...; a code below 0: it cannot. NULL: the
	 * system's. Keys and certificates are always made from the system's. */
	int (*random)(void *bytes, size_t n, void *user);
	/* The object of a cluster (or, without a name, the list of them) as a map in the arena, for
	 * `lookup`; NULL with *err set fails. NULL: there are none. */
	struct ptx_value *(*lookup)(struct ptx_arena *a, struct ptx_str api_version,
				    struct ptx_str kind, struct ptx_str name_space,
				    struct ptx_str name, void *user, struct ptx_error **err);
	/* Appends the addresses of a host, strings in the arena, to a list, for getHostByName.
	 * NULL: nothing has one. */
	int (*lookup_host)(struct ptx_arena *a, const char *host, struct ptx_value *list,
			   void *user, struct ptx_error **err);
	const char *zone; /* of local times, a name of the zone database; NULL: UTC */
	void *user;
};
#define PTX_RENDER_ENV_INIT                                                                        \
	{                                                                                          \
		.size = sizeof(struct ptx_render_env)                                              \
	}

struct ptx_execute_opts {
	size_t size;
	enum ptx_missing_key missing_key;
	uint64_t max_steps; /* nodes, iterations and calls; 0: 10,000,000 */
	unsigned
	    max_depth; /* templates within templates; 0: 1,000, which take 2 MiB of stack at most */
	size_t max_output; /* bytes; 0: 64 MiB */
	size_t max_memory; /* bytes of values; 0: 512 MiB */
	const struct ptx_render_env
	    *env; /* NULL: nothing but the system's clock and random bytes */
};
#define PTX_EXECUTE_OPTS_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct ptx_execute_opts)                                            \
	}

/* Executes the template `name` with data as its dot, and appends its text to out. data may be NULL
 * for nil; it is only read.
 *
 * Returns: 0.  Fails: NOT_FOUND (no such template), INVALID (as Go fails; with file, line and
 * column, Go's own text in the message), LIMIT, NOMEM, or what a function of the caller's failed
 * with. out then holds what was written before.
 */
PTX_API int ptx_template_execute(const struct ptx_template *t, const char *name,
				 const struct ptx_value *data, const struct ptx_execute_opts *opts,
				 struct ptx_buf *out, struct ptx_error **err);

PTX_END

#endif
