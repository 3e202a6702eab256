/* SPDX-License-Identifier: Apache-2.0 */
/* package.h - application packages: load, look inside, check, render, build, begin a new one.
 *
 * A package is a folder, or an archive of one (.tgz, .tar.gz, .tar, .zip). What kind it is (`vm`:
 * config.json and cluster.json.tmpl) is seen from its files. An archive is read into memory within
 * limits and never unpacked to disk; of a folder only what is asked for is read.
 *
 * Thread: one package, one thread at a time. Values are made in the caller's arena.
 */
#ifndef PITRIX_PACKAGE_H
#define PITRIX_PACKAGE_H

#include <pitrix/context.h>
#include <pitrix/error.h>
#include <pitrix/value.h>

PTX_BEGIN

struct ptx_package;

/* How to load. Zero is the default of every member. */
struct ptx_package_opts {
	size_t size;
	const char *kind;        /* NULL: seen from the files */
	uint64_t max_bytes;      /* of all files of an archive together; 0: 100 MiB */
	uint64_t max_file_bytes; /* of one file; 0: 5 MiB */
	size_t max_files;        /* entries of an archive; 0: 10,000 */
	struct ptx_diags *diags; /* gets every problem and warning found on the way; may be NULL */
};
#define PTX_PACKAGE_OPTS_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct ptx_package_opts)                                            \
	}

/* ptx_package_load - read a package and check that it makes sense by itself.
 *
 * Returns: owned package.  Fails: NOT_FOUND (no such path, a file that must be there is not),
 * SYNTAX or INVALID (with file, line and column; all problems are in diags), LIMIT, CORRUPT (a
 * damaged archive), IO, DENIED.
 */
PTX_API struct ptx_package *ptx_package_load(struct ptx_ctx *ctx, const char *path,
					     const struct ptx_package_opts *opts,
					     struct ptx_error **err);
PTX_API void ptx_package_free(struct ptx_package *p);

/* Borrowed from the package; "" where it does not say. */
PTX_API const char *ptx_package_kind(const struct ptx_package *p);
PTX_API const char *ptx_package_path(const struct ptx_package *p);
PTX_API const char *ptx_package_name(const struct ptx_package *p);
PTX_API const char *ptx_package_version(const struct ptx_package *p);
PTX_API const char *ptx_package_app_version(const struct ptx_package *p);
PTX_API const char *ptx_package_description(const struct ptx_package *p);

/* All that can be said of it: {kind, name, version, app_version, description, home, icon,
 * maintainers, keywords, sources, screenshots, questions: number, locales: [...]}. */
PTX_API struct ptx_value *ptx_package_describe(const struct ptx_package *p, struct ptx_arena *a,
					       struct ptx_error **err);

/* The content of one file by its path in the package, borrowed from it. Fails: NOT_FOUND, LIMIT,
 * IO. */
PTX_API int ptx_package_file(struct ptx_package *p, const char *name, struct ptx_str *content,
			     struct ptx_error **err);
/* All files by name: a list of {name, size_bytes}. */
PTX_API struct ptx_value *ptx_package_files(struct ptx_package *p, struct ptx_arena *a,
					    struct ptx_error **err);
/* SHA-256 as hex over names and contents of all files, whatever the package is packed in; owned. */
PTX_API char *ptx_package_digest(struct ptx_package *p, struct ptx_error **err);

/* The questions of the package, one after another in the order of its form: a list of {path, key,
 * label, description, type, default, required, changeable, range, min, max, step, pattern,
 * multichoice, separator, limits, secret}; a group is {path, key, label, description, type:
 * "array"} before its members. language ("zh-cn") translates labels and descriptions where the
 * package has that locale; NULL: as they are. */
PTX_API struct ptx_value *ptx_package_questions(const struct ptx_package *p, struct ptx_arena *a,
						const char *language, struct ptx_error **err);
/* The answers when nobody answers: a map as deep as the questions. */
PTX_API struct ptx_value *ptx_package_defaults(const struct ptx_package *p, struct ptx_arena *a,
					       struct ptx_error **err);

/* What the answers are checked against besides the package. Zero is the default of every member. */
struct ptx_validate_opts {
	size_t size;
	/* The answers in force; not NULL: a parameter that is not changeable must keep its value.
	 */
	const struct ptx_value *current;
	/* Gives the app and version behind an answer of type service ("cl-..."), borrowed until the
	 * next call; false when it is not known. NULL: the package's limits on services are not
	 * checked. */
	bool (*service)(const char *id, const char **app, const char **version, void *user);
	void *user;
};
#define PTX_VALIDATE_OPTS_INIT                                                                     \
	{                                                                                          \
		.size = sizeof(struct ptx_validate_opts)                                           \
	}

/* ptx_package_validate - lay answers over the defaults and check every one.
 *
 * answers is a map, or NULL for none. Keys that hold dots may be given as one key or as nested
 * ones. Problems go to diags (may be NULL), each with the path of the answer, all at once.
 *
 * Returns: the full answers.  Fails: INVALID (the first problem; the others are counted), NOMEM.
 */
PTX_API struct ptx_value *ptx_package_validate(const struct ptx_package *p, struct ptx_arena *a,
					       const struct ptx_value *answers,
					       const struct ptx_validate_opts *opts,
					       struct ptx_diags *diags, struct ptx_error **err);

/* The paths of all answers that are secrets (type password): a list of strings. */
PTX_API struct ptx_value *ptx_package_secrets(const struct ptx_package *p, struct ptx_arena *a,
					      struct ptx_error **err);

/* How to render. Zero is the default of every member. */
struct ptx_render_opts {
	size_t size;
	bool reveal_secrets; /* keep secret values; else "***" stands in their place */
	bool unchecked;      /* answers need only fit the tree: no range, pattern or required */
	const struct ptx_validate_opts *validate; /* as for ptx_package_validate(); may be NULL */
	struct ptx_diags *diags;                  /* gets every problem and warning; may be NULL */
};
#define PTX_RENDER_OPTS_INIT                                                                       \
	{                                                                                          \
		.size = sizeof(struct ptx_render_opts)                                             \
	}

/* What rendering gives; all in the arena. */
struct ptx_rendered {
	struct ptx_value *answers; /* in full, secrets as in conf */
	struct ptx_value *conf;    /* the cluster conf (kind vm) */
	struct ptx_value
	    *secrets; /* list: the paths in conf whose values come from secret answers */
};

/* ptx_package_render - answers to a checked cluster conf. Pure: the same input gives the same
 * output.
 *
 * Returns: 0 and *out in the arena.  Fails: INVALID or SYNTAX with the place in the package's
 * template or the path of the answer, LIMIT, NOMEM.
 */
PTX_API int ptx_package_render(const struct ptx_package *p, struct ptx_arena *a,
			       const struct ptx_value *answers, const struct ptx_render_opts *opts,
			       struct ptx_rendered *out, struct ptx_error **err);

/* ptx_package_lint - look for everything that is wrong or could be better, into diags.
 *
 * Returns: 0 when it could look (errors found are in diags).  Fails: NOMEM, IO.
 */
PTX_API int ptx_package_lint(struct ptx_package *p, struct ptx_diags *diags,
			     struct ptx_error **err);
/* The same for a path, also when it cannot be loaded: what is wrong is then in diags. */
PTX_API int ptx_package_lint_path(struct ptx_ctx *ctx, const char *path,
				  const struct ptx_package_opts *opts, struct ptx_diags *diags,
				  struct ptx_error **err);

/* Where answers come from: files first, then expressions, each laid over the ones before.
 * NULL-terminated; any may be NULL. */
struct ptx_answers_source {
	size_t size;
	const char *const *files;       /* JSON or YAML; "-" is standard input */
	const char *const *sets;        /* a.b=c, types as they look */
	const char *const *set_strings; /* a.b=c, always strings */
};
#define PTX_ANSWERS_SOURCE_INIT                                                                    \
	{                                                                                          \
		.size = sizeof(struct ptx_answers_source)                                          \
	}
/* Returns: a map.  Fails: NOT_FOUND, SYNTAX, INVALID (not an object), LIMIT, IO. */
PTX_API struct ptx_value *
ptx_answers_read(struct ptx_arena *a, const struct ptx_answers_source *src, struct ptx_error **err);

/* How to build. Zero is the default of every member. */
struct ptx_build_opts {
	size_t size;
	const char *version; /* over the one in package.json; a semantic version */
	int64_t mtime_unix;  /* of every entry; 0: $SOURCE_DATE_EPOCH, else 0 */
	uint64_t max_bytes;  /* as for loading */
	uint64_t max_file_bytes;
	size_t max_files;
	struct ptx_diags *diags;
};
#define PTX_BUILD_OPTS_INIT                                                                        \
	{                                                                                          \
		.size = sizeof(struct ptx_build_opts)                                              \
	}

/* ptx_package_build - pack a folder into NAME-VERSION.tgz in target (NULL: the working folder).
 *
 * The package is linted first; an error stops it. What .pitrixignore names is left out. Links that
 * stay inside are packed as what they point at; others, devices and sockets are refused. The same
 * content gives the same bytes.
 *
 * Returns: owned path of the archive, written atomically.  Fails: INVALID, LIMIT, IO, DENIED.
 */
PTX_API char *ptx_package_build(struct ptx_ctx *ctx, const char *folder, const char *target,
				const struct ptx_build_opts *opts, struct ptx_error **err);

/* How to begin. */
struct ptx_create_opts {
	size_t size;
	const char *kind;        /* NULL: vm */
	const char *description; /* NULL: a word to replace */
};
#define PTX_CREATE_OPTS_INIT                                                                       \
	{                                                                                          \
		.size = sizeof(struct ptx_create_opts)                                             \
	}

/* ptx_package_create - write the skeleton of a package into a folder that must not exist or be
 * empty; its last part is the package's name. The skeleton lints without a warning and renders.
 *
 * Returns: 0.  Fails: EXISTS, INVALID (the name), IO, DENIED.
 */
PTX_API int ptx_package_create(struct ptx_ctx *ctx, const char *folder,
			       const struct ptx_create_opts *opts, struct ptx_error **err);

PTX_END

#endif
