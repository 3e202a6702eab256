/* SPDX-License-Identifier: Apache-2.0 */
/* chart.h - the inside of a chart: what was read, once, and never changes; and its use, anew for
 * each render.
 *
 * A chart is read into a tree (struct ptxi_chart). What depends on values - which subcharts are on,
 * under which names, and what they import - is decided per render on a tree of uses (struct
 * ptxi_chart_use), in the arena of the render.
 */
#ifndef PTXI_CHART_H
#define PTXI_CHART_H

#include <pitrix/chart.h>
#include <pitrix/schema.h>
#include "../base/arena.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "../text/gostruct.h"
#include "../value/value.h"

#include <pthread.h>
#include <sys/stat.h>

PTX_DEFINE_AUTO(chart);
PTX_DEFINE_AUTO(chart_rendered);

#define PTXI_CHART_MAX_BYTES      (UINT64_C(100) << 20)
#define PTXI_CHART_MAX_FILE_BYTES (UINT64_C(5) << 20)
#define PTXI_CHART_MAX_FILES      10000u
#define PTXI_CHART_DEEPEST        20u /* subcharts within subcharts */

#define PTXI_CHART_GLOBAL "global"

/* The content of a file that is unpacked when it is first wanted (later.c). */
struct ptxi_chart_later {
	struct ptx_str data;
};

struct ptxi_chart_file {
	const char *name;
	struct ptx_str data;            /* NUL-terminated */
	struct ptxi_chart_later *later; /* where data is instead; or NULL */
};
struct ptxi_chart_files {
	struct ptxi_chart_file *v;
	size_t n, cap;
};

/* One of the people that Chart.yaml names; name NULL: it is null there. */
struct ptxi_chart_maintainer {
	const char *name, *email, *url; /* "" where it does not say */
};

/* One of the dependencies that Chart.yaml or requirements.yaml names; name NULL: it is null there.
 */
struct ptxi_chart_dependency {
	const char *name, *version, *repository, *condition, *alias; /* "" where it does not say */
	const struct ptx_value *tags;                                /* list of strings, or NULL */
	const struct ptx_value *import; /* import-values: a list, or NULL */
	bool enabled;
	bool imported; /* what it imports is in its parent's values, and goes into no others */
};

struct ptxi_chart_lock {
	bool given;
	const char *digest, *generated;
	struct ptxi_chart_dependency *dependencies; /* NULL: there is no list */
	size_t count;
};

/* Chart.yaml */
struct ptxi_chart_meta {
	const char *api_version, *name, *version, *app_version, *description, *home, *icon,
	    *kube_version, *type, *condition, *tags;
	bool deprecated;
	const struct ptx_value *sources, *keywords, *annotations; /* or NULL */
	struct ptxi_chart_maintainer *maintainers;                /* NULL: there is no list */
	size_t maintainer_count;
	struct ptxi_chart_dependency *dependencies; /* NULL: there is no list */
	size_t dependency_count;
};

struct ptxi_chart {
	struct ptxi_chart *parent;
	struct ptxi_chart_meta meta;
	struct ptxi_chart_lock lock;
	const struct ptx_value *values;      /* of values.yaml; NULL: there is none */
	struct ptxi_chart_file *values_file; /* in raw, where there are values */
	struct ptx_str schema;               /* values.schema.json; p NULL: there is none */
	struct ptxi_chart_files raw, templates, files;
	struct {
		struct ptxi_chart **v;
		size_t n, cap;
	} children;
};

struct ptx_template;
struct ptxi_trees;

/* The archive of a lean chart, while it holds contents that nobody wanted yet: a small one's bytes,
 * a large one's file. */
struct ptxi_chart_rest {
	struct ptx_buf bytes;
	int fd; /* -1: there is no file */
	struct stat st;
	char trailer[8];
};

struct ptx_chart {
	struct ptx_arena *arena;
	struct ptx_chart_load_opts opts;
	const char *path;
	struct ptxi_chart *root;
	/* Parsed templates, by the full name and the text; made when first needed, under the lock.
	 */
	pthread_mutex_t lock;
	struct ptx_template *parser;
	struct ptxi_map *units;   /* full name -> struct ptxi_trees, or a parse error's text */
	struct ptxi_map *schemas; /* struct ptxi_chart as bytes -> struct ptx_schema */
	/* What nobody wanted yet, and where it goes; under the lock. */
	struct ptxi_chart_rest rest;
	struct ptx_arena *later;
};

/* Where Helm says something to the person: the source line of Helm's own log, and the message. */
struct ptxi_chart_log {
	void (*say)(const char *where, const char *message, void *user); /* may be NULL */
	void *user;
};
void ptxi_chart_say(const struct ptxi_chart_log *log, const char *where, const char *fmt, ...)
    PTXI_PRINTF(3, 4);

/* ---- chart.c: Chart.yaml */

/* Chart.yaml or requirements.yaml into meta; what is there already stays where the text says
 * nothing. */
int ptxi_chart_meta_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_meta *meta,
			  struct ptx_error **err);
/* The fields of struct ptxi_chart_meta. */
extern const struct ptxi_go_struct ptxi_chart_metadata;
int ptxi_chart_lock_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_lock *lock,
			  struct ptx_error **err);
/* Cleans the strings and checks what Helm checks. */
int ptxi_chart_meta_check(struct ptx_arena *a, struct ptxi_chart_meta *meta,
			  struct ptx_error **err);
/* Chart.yaml as JSON has it (only what is given), one of its maintainers and dependencies: ordered,
 * in Helm's order. */
struct ptx_value *ptxi_chart_meta_value(struct ptx_arena *a, const struct ptxi_chart_meta *meta);
struct ptx_value *ptxi_chart_maintainer_value(struct ptx_arena *a,
					      const struct ptxi_chart_maintainer *m);
struct ptx_value *ptxi_chart_dependency_value(struct ptx_arena *a,
					      const struct ptxi_chart_dependency *d);
bool ptxi_chart_is_library(const struct ptxi_chart_meta *meta);

/* ---- yaml.c: YAML as sigs.k8s.io/yaml hands it to Go */

/* One document into a value; whole numbers PTX_INT, others PTX_FLOAT when `exact`, else all
 * PTX_FLOAT. An empty text is a null value. The error has Go's words in front. */
struct ptx_value *ptxi_chart_yaml(struct ptx_arena *a, struct ptx_str text, const char *file,
				  bool exact, struct ptx_error **err);
/* The same where an object is wanted: an empty text is an empty map. */
struct ptx_value *ptxi_chart_yaml_map(struct ptx_arena *a, struct ptx_str text, const char *file,
				      struct ptx_error **err);

/* ---- read.c */

bool ptxi_chart_files_push(struct ptx_arena *a, struct ptxi_chart_files *files, const char *name,
			   struct ptx_str data);
/* The same of a file under another name. */
bool ptxi_chart_files_push_as(struct ptx_arena *a, struct ptxi_chart_files *files, const char *name,
			      const struct ptxi_chart_file *f);
const struct ptxi_chart_file *ptxi_chart_files_find(const struct ptxi_chart_files *files,
						    const char *name);
/* What an archive holds whose bytes are there; name stands in messages. INVALID: they are no
 * archive. */
int ptxi_chart_read_bytes(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			  const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			  struct ptx_error **err);
/* The files of a folder or archive, sorted as Helm reads them. */
int ptxi_chart_read_files(struct ptx_arena *a, const char *path,
			  const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			  struct ptx_error **err);
/* The same, leaving contents of an archive for later in `rest`. */
int ptxi_chart_read_lean(struct ptx_arena *a, const char *path,
			 const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			 struct ptxi_chart_rest *rest, struct ptx_error **err);
/* The same of an archive in memory; name is its own, for messages. */
int ptxi_chart_read_archive(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			    const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			    struct ptx_error **err);
/* The files of an archive as if it had been unpacked: in the order of a folder, .helmignore
 * obeyed. */
int ptxi_chart_as_unpacked(struct ptxi_chart_files *files, struct ptx_error **err);

/* A text without the mark of byte order that editors put before it. */
struct ptx_str ptxi_chart_without_mark(struct ptx_str text);

/* ---- later.c */

/* Whether the content of a file in an archive (its name with the top folder) is wanted at once;
 * fits struct ptxi_archive_limits. */
bool ptxi_chart_wanted_now(const char *name, uint64_t size, void *user);
/* Leaves the text of the values for later, too, now that they were read; the files are in the
 * arena. */
void ptxi_chart_drop_values_text(struct ptx_chart *c, struct ptx_arena *files);
/* One with nothing in it, which may be done with. */
void ptxi_chart_rest_init(struct ptxi_chart_rest *r);
void ptxi_chart_rest_done(struct ptxi_chart_rest *r);
/* Opens the file of a large archive; false when it is none. */
bool ptxi_chart_rest_open(struct ptxi_chart_rest *r, const char *path);
/* Unpacks what was left for later; any thread may. Fails: NOMEM, IO, CORRUPT (the file was changed
 * since). */
int ptxi_chart_unpack_rest(const struct ptx_chart *c, struct ptx_error **err);
/* The content of a file; one that was left for later has none before ptxi_chart_unpack_rest(). */
struct ptx_str ptxi_chart_file_text(const struct ptxi_chart_file *f);

/* ---- load.c */

/* NOMEM, in the words of all that loads a chart. */
int ptxi_chart_no_memory(struct ptx_error **err);

/* A chart out of files in memory, whose names have no top folder. Everything stays in the arena. */
struct ptxi_chart *ptxi_chart_from_files(struct ptx_arena *a,
					 const struct ptx_chart_load_opts *opts,
					 struct ptxi_chart_files *files, unsigned depth,
					 struct ptx_error **err);
/* The options with defaults in the place of zeros. */
int ptxi_chart_load_opts(struct ptx_chart_load_opts *out, const struct ptx_chart_load_opts *opts,
			 struct ptx_error **err);
/* A chart out of the files of an archive, in an arena that has to live as long, as if it had been
 * unpacked. What is left for later is taken, and a large text of values given back: the list is of
 * no use then. */
struct ptx_chart *ptxi_chart_load_unpacked(const char *path, struct ptx_arena *a,
					   const struct ptxi_chart_files *files,
					   struct ptxi_chart_rest *rest,
					   const struct ptx_chart_load_opts *opts,
					   struct ptx_error **err);
/* Fails as Helm does when Chart.yaml names what charts/ has not. */
int ptxi_chart_check_dependencies(const struct ptxi_chart *c, struct ptx_error **err);

/* ---- save.c */

/* Appends a chart as `helm package` packs it, whether its dependencies are there or not. */
int ptxi_chart_pack(struct ptx_arena *a, const struct ptxi_chart *c, int64_t mtime_unix,
		    struct ptx_buf *out, struct ptx_error **err);

/* ---- version.c */

bool ptxi_chart_version_ok(const char *version);
/* The same, failing with the words of the parser. */
int ptxi_chart_version_problem(const char *version, struct ptx_error **err);
/* 1 when the version satisfies the constraint (and both can be read), else 0. Fails: NOMEM. */
int ptxi_chart_version_fits(const char *constraint, const char *version);

/* ---- deps.c */

struct ptxi_chart_use {
	const struct ptxi_chart *chart;
	const char *name;
	struct ptxi_chart_use *parent;
	struct {
		struct ptxi_chart_use **v;
		size_t n, cap;
	} children;
	struct ptxi_chart_dependency **dependencies; /* shared with the other uses of the chart */
	size_t dependency_count;
	bool has_dependencies;
	struct ptx_value *values; /* of the chart, and what it imports; may be NULL */
};

/* The uses of a chart with these values: what is off is gone, aliases are names, imports are in
 * values. The values of the uses are in an arena of their own, which may be the same: once
 * coalesced, nothing else points into it. */
struct ptxi_chart_use *ptxi_chart_use_make(struct ptx_arena *a, struct ptx_arena *own_values,
					   const struct ptxi_chart *c,
					   const struct ptx_value *values,
					   const struct ptxi_chart_log *log,
					   struct ptx_error **err);
/* Forgets the values of all uses. */
void ptxi_chart_use_drop_values(struct ptxi_chart_use *u);
/* "parent/charts/name" */
const char *ptxi_chart_use_path(struct ptx_arena *a, const struct ptxi_chart_use *u);

/* ---- values.c */

/* A copy that shares scalars with the original, which must outlive it; NULL without memory. */
struct ptx_value *ptxi_chart_values_copy(struct ptx_arena *a, const struct ptx_value *v);
/* The values that a chart sees: those given over its own and its subcharts'. With `merge` nulls
 * stay. */
struct ptx_value *ptxi_chart_coalesce(struct ptx_arena *a, const struct ptxi_chart_use *u,
				      const struct ptx_value *values, bool merge,
				      const struct ptxi_chart_log *log, struct ptx_error **err);
/* src under dst, which is changed and returned; src is changed, too. */
struct ptx_value *ptxi_chart_coalesce_tables(struct ptx_value *dst, struct ptx_value *src,
					     bool merge, const struct ptxi_chart_log *log);
/* The table at a dotted path, or NULL. */
struct ptx_value *ptxi_chart_table(const struct ptx_value *v, struct ptx_str path);
/* Checks the values against the schemas of the chart and its subcharts. Each problem goes to diags
 * too, which may be NULL. */
int ptxi_chart_check_schemas(struct ptx_chart *owner, const struct ptxi_chart_use *u,
			     const struct ptx_value *values, const struct ptxi_chart_log *log,
			     struct ptx_diags *diags, struct ptx_error **err);
/* What one schema says of the values, as Helm prints it; 0 and nothing in text when they are fine.
 */
int ptxi_chart_check_schema(struct ptx_str schema, const struct ptx_value *values,
			    const struct ptxi_chart_log *log, struct ptx_buf *text,
			    struct ptx_error **err);

/* ---- sources.c */

/* Hears of the values of one file or option, alone; NULL without memory. */
typedef void (*ptxi_chart_layer_fn)(struct ptx_value *layer, void *user);
/* As ptx_chart_values_read(), with each layer on the way, the lowest first; layer may be NULL. */
struct ptx_value *ptxi_chart_values_layers(struct ptx_arena *a, const struct ptx_chart_values *src,
					   ptxi_chart_layer_fn layer, void *user,
					   struct ptx_error **err);

/* ---- render.c */

/* Gets what a template wrote, by its full name; borrowed for the call. */
typedef void (*ptxi_chart_text_fn)(const char *name, struct ptx_str text, void *user);
/* Renders, and hands out what each template wrote, in the order of their execution; what follows a
 * failure is not. *has_values: the values could be made out. */
int ptxi_chart_render_texts(const struct ptx_chart *c, const struct ptx_value *values,
			    const struct ptx_chart_render_opts *opts, ptxi_chart_text_fn fn,
			    void *user, bool *has_values, struct ptx_error **err);

#endif
