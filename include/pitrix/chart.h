/* SPDX-License-Identifier: Apache-2.0 */
/* chart.h - Helm charts: load once, render many times.
 *
 * A loaded chart does not change: any number of threads may render it. What a chart is, which
 * values win and what comes out is as Helm 3 has it, byte for byte.
 */
#ifndef PITRIX_CHART_H
#define PITRIX_CHART_H

#include <pitrix/context.h>
#include <pitrix/value.h>

PTX_BEGIN

struct ptx_chart;

/* How to load. Zero is the default of every member. */
struct ptx_chart_load_opts {
	size_t size;
	uint64_t max_bytes;      /* of all files; 0: 100 MiB */
	uint64_t max_file_bytes; /* of one; 0: 5 MiB */
	size_t max_files;        /* 0: 10,000 */
	/* Hears of what is odd, but no error; where is the place in Helm's source that says the
	 * same ("coalesce.go:286"). */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
	/* For rendering once, in less memory: templates are parsed while they are executed, each
	 * time anew. Large files of an archive that are neither templates nor values stay packed
	 * until they are wanted; the file of a large archive stays open and is read again. A lack
	 * of memory then, or that the file was changed in place, makes ptx_chart_file() and those
	 * after it find nothing, and a rendering that needs them fail. */
	bool lean;
	/* Links in a folder may lead out of it, and say() hears of each, as in Helm; else one that
	 * does is refused (DENIED). */
	bool follow_links;
};
#define PTX_CHART_LOAD_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_load_opts)                                         \
	}

/* ptx_chart_load - read a chart (apiVersion v1 or v2) with its subcharts from a folder or a .tgz.
 *
 * Of a folder, what .helmignore names is left out.
 *
 * Returns: owned chart.  Fails: NOT_FOUND, SYNTAX, INVALID (Chart.yaml says nonsense), LIMIT,
 * CORRUPT, IO, DENIED.
 */
PTX_API struct ptx_chart *ptx_chart_load(const char *path, const struct ptx_chart_load_opts *opts,
					 struct ptx_error **err);
/* The same of a .tgz in memory, of which nothing is kept; name is its own, for messages. */
PTX_API struct ptx_chart *ptx_chart_parse(struct ptx_str archive, const char *name,
					  const struct ptx_chart_load_opts *opts,
					  struct ptx_error **err);
PTX_API void ptx_chart_free(struct ptx_chart *c);

/* Borrowed from the chart; "" where Chart.yaml does not say. */
PTX_API const char *ptx_chart_name(const struct ptx_chart *c);
PTX_API const char *ptx_chart_version(const struct ptx_chart *c);
PTX_API const char *ptx_chart_app_version(const struct ptx_chart *c);
PTX_API const char *ptx_chart_description(const struct ptx_chart *c);
PTX_API bool ptx_chart_is_library(const struct ptx_chart *c);
PTX_API bool ptx_chart_is_deprecated(const struct ptx_chart *c);
/* What Chart.yaml says, with requirements.yaml of a v1 chart, as an object with the names of
 * Chart.yaml. */
PTX_API struct ptx_value *ptx_chart_metadata(const struct ptx_chart *c, struct ptx_arena *a,
					     struct ptx_error **err);
/* The text of a file by its path in the chart, borrowed; false when there is none. */
PTX_API bool ptx_chart_file(const struct ptx_chart *c, const char *name, struct ptx_str *text);
/* The i-th file that came with the chart (subcharts' included, under charts/), in the order of
 * reading; false past the last. */
PTX_API bool ptx_chart_file_at(const struct ptx_chart *c, size_t i, const char **name,
			       struct ptx_str *text);
/* The i-th file in crds/ of the chart and its subcharts. */
PTX_API bool ptx_chart_crd_at(const struct ptx_chart *c, size_t i, const char **name,
			      struct ptx_str *text);
/* Fails with INVALID when Chart.yaml names a dependency that charts/ has not. */
PTX_API int ptx_chart_check_dependencies(const struct ptx_chart *c, struct ptx_error **err);

/* True when Chart.yaml names dependencies, be it none. */
PTX_API bool ptx_chart_has_dependencies(const struct ptx_chart *c);
/* How each of them stands: a list of {name, version, repository, status: ok, unpacked, missing,
 * "wrong version", ...}. */
PTX_API struct ptx_value *ptx_chart_dependencies(const struct ptx_chart *c, struct ptx_arena *a,
						 struct ptx_error **err);
/* Calls found with each folder and .tgz in charts/ of a chart's folder that Chart.yaml does not
 * name, or that is no chart. */
PTX_API void ptx_chart_unlisted(const struct ptx_chart *c,
				void (*found)(const char *path, bool is_chart, void *user),
				void *user);
/* What values.yaml says. */
PTX_API struct ptx_value *ptx_chart_default_values(const struct ptx_chart *c, struct ptx_arena *a,
						   struct ptx_error **err);

/* What the templates of the chart would see as .Values with these given: they know where they stood
 * (ptx_value_where()). Fails: INVALID (a subchart's values are no map, or a schema says no). */
PTX_API struct ptx_value *ptx_chart_effective_values(const struct ptx_chart *c,
						     const struct ptx_value *values,
						     struct ptx_arena *a, struct ptx_error **err);

enum ptx_chart_part {
	PTX_CHART_SHOW_ALL,
	PTX_CHART_SHOW_DEFINITION,
	PTX_CHART_SHOW_VALUES,
	PTX_CHART_SHOW_README,
	PTX_CHART_SHOW_CRDS
};
/* Appends a part of the chart as `helm show` prints it. */
PTX_API int ptx_chart_show(const struct ptx_chart *c, enum ptx_chart_part part, struct ptx_buf *out,
			   struct ptx_error **err);

/* Appends what a JSONPath template of kubectl's kind makes of values.yaml; of what it does not
 * find, nothing at all. Fails: SYNTAX (the template), LIMIT, NOMEM. */
PTX_API int ptx_chart_show_jsonpath(const struct ptx_chart *c, const char *jsonpath,
				    struct ptx_buf *out, struct ptx_error **err);

/* How to pack. Zero is the default of every member. */
struct ptx_chart_save_opts {
	size_t size;
	const char *target;  /* folder, made if need be; NULL: the working folder */
	const char *version; /* over those in Chart.yaml */
	const char *app_version;
	int64_t mtime_unix; /* of every entry */
};
#define PTX_CHART_SAVE_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_save_opts)                                         \
	}
/* ptx_chart_save - write NAME-VERSION.tgz as `helm package` does; the same chart and time give the
 * same bytes.
 *
 * Returns: owned path of the archive, written atomically.  Fails: SYNTAX (the version), INVALID
 * (dependencies are missing, a schema is no JSON), LIMIT, IO, DENIED.
 */
PTX_API char *ptx_chart_save(const struct ptx_chart *c, const struct ptx_chart_save_opts *opts,
			     struct ptx_error **err);
/* ptx_chart_create - write the files of a new chart; the folder's last part is its name. Files that
 * are there already are overwritten; exists (may be NULL) hears of them. Fails: INVALID (the name),
 * NOT_FOUND (the folder above), IO. */
PTX_API int ptx_chart_create(const char *folder, void (*exists)(const char *path, void *user),
			     void *user, struct ptx_error **err);

/* Where values come from, in this order, later ones over earlier ones. NULL-terminated lists; any
 * may be NULL. */
struct ptx_chart_values {
	size_t size;
	const char *const
	    *files; /* YAML; "-" is standard input, what begins with http:// or https:// a URL */
	const char *const *set_jsons; /* a.b=JSON */
	const char *const *sets;      /* a.b=c */
	const char *const *set_strings;
	const char *const *set_files; /* a.b=PATH, or a URL */
	const char *const *set_literals;
	/* Appends what is at a URL (as ptx_repo_get()); a code below zero with *err set. NULL: URLs
	 * are refused. */
	int (*get)(const char *url, struct ptx_buf *out, void *user, struct ptx_error **err);
	void *user;
	bool as_helm; /* errors are in Helm's words */
};
#define PTX_CHART_VALUES_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_values)                                            \
	}
/* Returns: a map in the arena.  Fails: NOT_FOUND, SYNTAX, INVALID, LIMIT, IO, UNSUPPORTED (a URL),
 * and as get does. */
PTX_API struct ptx_value *ptx_chart_values_read(struct ptx_arena *a,
						const struct ptx_chart_values *src,
						struct ptx_error **err);

/* ptx_chart_explain - which sources set a value: values.yaml of the chart and of its subcharts,
 * files, options.
 *
 * key is a dotted path in the values of the outermost chart ("image.tag", "db.port"); src may be
 * NULL for none.
 *
 * Returns: {key, value (where there is one), sources: [{source, line and column (of files), value,
 * wins, merged}]} in the arena, the lowest source first. A source that wins gave the value; one
 * that is merged gave a part of a map. Fails: NOT_FOUND (no source has it, with the nearest key),
 * and as ptx_chart_values_read().
 */
PTX_API struct ptx_value *ptx_chart_explain(const struct ptx_chart *c,
					    const struct ptx_chart_values *src, const char *key,
					    struct ptx_arena *a, struct ptx_error **err);

/* How to render. Zero is the default of every member. */
struct ptx_chart_render_opts {
	size_t size;
	const char *release;    /* NULL: release-name */
	const char *name_space; /* NULL: default */
	bool is_upgrade;
	int64_t revision;         /* 0: 1 */
	const char *kube_version; /* NULL: v1.37.0 */
	const char *const
	    *api_versions; /* besides the well-known ones; NULL-terminated, may be NULL */
	bool skip_schemas;
	bool sub_notes; /* notes of subcharts too */
	bool lint;      /* `required` and `fail` do not fail, a Kubernetes version that does not fit
			   neither */
	uint64_t max_steps; /* as of struct ptx_execute_opts, for all templates together; 0:
			       50,000,000 */
	unsigned max_depth;
	size_t max_output;
	size_t max_memory;
	/* The object of a cluster, or a list of them, as a map in the arena; NULL: lookup finds
	 * nothing. */
	struct ptx_value *(*lookup)(struct ptx_arena *a, const char *api_version, const char *kind,
				    const char *name_space, const char *name, void *user,
				    struct ptx_error **err);
	/* As of struct ptx_chart_load_opts. */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
	/* Gets all that is wrong: of every template its first failure, of the values all that the
	 * schemas say, every document that is no YAML; each with its place, followed by notes on
	 * where it was included, which values it is about and where they were set. NULL: the first
	 * failure ends it. Where it fails, *err has the first one in Helm's words all the same. */
	struct ptx_diags *diags;
	bool strict_values; /* warn in diags of keys, in what is given and in what a chart's
			       values.yaml has for its subcharts, that no template, schema or
			       values.yaml knows */
	bool skip_crds;     /* the result has no crds */
	/* When a document is no YAML: hears what each template wrote (but for notes, and nothing),
	 * by the order of paths, before the call fails. May be NULL. */
	void (*invalid)(const char *path, struct ptx_str text, void *user);
};
#define PTX_CHART_RENDER_OPTS_INIT                                                                 \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_render_opts)                                       \
	}

/* Fails with INVALID ("invalid kube version '...': ...") when it cannot be read as a Kubernetes
 * version. */
PTX_API int ptx_chart_kube_version_check(const char *version, struct ptx_error **err);

/* How to check. Zero is the default of every member. */
struct ptx_chart_lint_opts {
	size_t size;
	const char *name_space;
	const char *kube_version; /* for deprecated APIs; NULL: v1.37.0 */
	bool skip_schemas; /* of the templates' values; values.yaml is checked all the same */
	void (*say)(const char *where, const char *message, void *user);
	void *user;
	bool own; /* beyond Helm's rules and words: every template's first failure and every
		     document that is no YAML, as of struct ptx_chart_render_opts, numbers that
		     print with an exponent; problems have the file as their place too */
	bool strict_values; /* with own: as of struct ptx_chart_render_opts */
};
#define PTX_CHART_LINT_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_lint_opts)                                         \
	}

/* ptx_chart_lint - look for what is wrong with the chart in a folder or archive, as `helm lint`
 * does. Each problem goes to diags, with the file that it is about as its path.
 *
 * Returns: 0 when it could look.  Fails: NOT_FOUND (there is no chart), CORRUPT, LIMIT, IO, NOMEM.
 */
PTX_API int ptx_chart_lint(const char *path, const struct ptx_value *values,
			   const struct ptx_chart_lint_opts *opts, struct ptx_diags *diags,
			   struct ptx_error **err);

/* One document. Strings are borrowed from the result. */
struct ptx_chart_manifest {
	const char *path; /* "chart/templates/service.yaml" */
	struct ptx_str text;
	const char *api_version, *kind, *name, *name_space; /* "" where it does not say */
};

enum ptx_chart_event {
	PTX_CHART_PRE_INSTALL = 1,
	PTX_CHART_POST_INSTALL = 2,
	PTX_CHART_PRE_DELETE = 4,
	PTX_CHART_POST_DELETE = 8,
	PTX_CHART_PRE_UPGRADE = 16,
	PTX_CHART_POST_UPGRADE = 32,
	PTX_CHART_PRE_ROLLBACK = 64,
	PTX_CHART_POST_ROLLBACK = 128,
	PTX_CHART_TEST = 256
};

struct ptx_chart_hook {
	struct ptx_chart_manifest manifest;
	unsigned events; /* enum ptx_chart_event, or-ed */
	int64_t weight;
	const char *delete_policies; /* as written, or "" */
};

/* What came out: documents in the order of installing, hooks apart. */
struct ptx_chart_rendered {
	const struct ptx_chart_manifest *manifests;
	size_t manifest_count;
	const struct ptx_chart_hook *hooks;
	size_t hook_count;
	const struct ptx_chart_manifest
	    *crds; /* files of crds/, whole; their text is the chart's, which has to live as long */
	size_t crd_count;
	struct ptx_str notes;
	struct ptx_arena *arena; /* the library's own */
	struct ptx_str
	    posted; /* p NULL unless a post-renderer was run: what it made of manifests and crds */
};

/* ptx_chart_render - a chart and values to manifests. Pure but for what templates ask for (random,
 * the time).
 *
 * Returns: owned result.  Fails: INVALID or SYNTAX (with the template's file, line and column,
 * through every include and tpl), LIMIT, NOMEM, or what lookup failed with.
 */
PTX_API struct ptx_chart_rendered *ptx_chart_render(const struct ptx_chart *c,
						    const struct ptx_value *values,
						    const struct ptx_chart_render_opts *opts,
						    struct ptx_error **err);
PTX_API void ptx_chart_rendered_free(struct ptx_chart_rendered *r);

/* ptx_chart_rendered_post - what was rendered through a program, as Kustomize and its like are
 * used.
 *
 * It gets the manifests, after the crds if they are wanted, as ptx_chart_rendered_print() prints
 * them, and what it writes takes their place there and in ptx_chart_rendered_show(); hooks do not
 * go through it. argv is NULL-terminated; no shell is involved, and argv[0] is looked for in PATH.
 *
 * Fails: NOT_FOUND (no such program), FAILED (with what it said), LIMIT (more than 64 MiB), DENIED,
 * IO, NOMEM. Thread: any, one at a time for each result.
 */
PTX_API int ptx_chart_rendered_post(struct ptx_chart_rendered *r, const char *const *argv,
				    bool include_crds, struct ptx_error **err);

/* Which part of it. Zero is the default of every member. */
struct ptx_chart_print_opts {
	size_t size;
	bool include_crds, no_hooks, skip_tests;
};
#define PTX_CHART_PRINT_OPTS_INIT                                                                  \
	{                                                                                          \
		.size = sizeof(struct ptx_chart_print_opts)                                        \
	}

/* Appends everything as `helm template` prints it; opts may be NULL. */
PTX_API void ptx_chart_rendered_print(const struct ptx_chart_rendered *r,
				      const struct ptx_chart_print_opts *opts, struct ptx_buf *out);
/* The same, of which fn gets one piece after the other, borrowed; a code that it returns ends it
 * and is returned. Fails: NOMEM, USAGE. */
PTX_API int ptx_chart_rendered_each(const struct ptx_chart_rendered *r,
				    const struct ptx_chart_print_opts *opts,
				    int (*fn)(struct ptx_str piece, void *user), void *user,
				    struct ptx_error **err);
/* The same for the documents whose path below the chart, as the line "# Source:" in them says it,
 * matches a pattern (as in a shell; NULL-terminated), pattern by pattern. Fails: NOT_FOUND, when
 * one matches none. */
PTX_API int ptx_chart_rendered_show(const struct ptx_chart_rendered *r, const char *const *patterns,
				    const struct ptx_chart_print_opts *opts, struct ptx_buf *out,
				    struct ptx_error **err);
/* Writes a file for each template below a folder, which is made if need be; crds may go to another
 * one (NULL: the same). wrote hears of each. Fails: IO, DENIED, NOMEM. */
PTX_API int ptx_chart_rendered_write(const struct ptx_chart_rendered *r, const char *folder,
				     const struct ptx_chart_print_opts *opts,
				     const char *crd_folder,
				     void (*wrote)(const char *path, void *user), void *user,
				     struct ptx_error **err);

PTX_END

#endif
