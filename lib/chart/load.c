/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - files in memory to a chart with its subcharts.
 *
 * Which file is what: Chart.yaml, values.yaml, templates/, charts/ (a folder or a .tgz each); the
 * rest is what templates see as .Files.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/opts.h"
#include "../template/set.h"

int ptxi_chart_no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "no memory for a chart");
}

/* ---- which file is what */

struct build {
	struct ptx_arena *arena;
	const struct ptx_chart_load_opts *opts;
	struct ptxi_chart *chart;
	struct ptxi_map *subcharts; /* first name below charts/ -> struct ptxi_chart_files */
	unsigned depth;
	struct ptx_error **err;
	const char
	    *above; /* the path of the chart above, as messages name it; NULL: there is none */
};

static void say(const struct build *b, const char *where, const char *message)
{
	struct ptxi_chart_log log = { b->opts->say, b->opts->user };

	ptxi_chart_say(&log, where, "%s", message);
}

static int add_subchart_file(struct build *b, const char *name, const struct ptxi_chart_file *f)
{
	struct ptx_str first = ptxi_str_sub(ptxi_str(name), 0, strcspn(name, "/"));
	struct ptxi_chart_files *files = ptxi_map_getn(b->subcharts, first);

	if (!files) {
		files = ptxi_arena_alloc(b->arena, sizeof(*files));
		if (!files || ptxi_map_setn(b->subcharts, first, files) < 0)
			return ptxi_chart_no_memory(b->err);
	}
	return ptxi_chart_files_push_as(b->arena, files, name, f) ? 0
								  : ptxi_chart_no_memory(b->err);
}

static int wrapped(struct build *b, int rc, const char *name)
{
	ptx_auto(error) inner = NULL;

	if (rc >= 0 || !b->err || !*b->err)
		return rc;
	inner = ptx_steal(b->err);
	if (ptx_error_where(inner))
		return ptx_fail_at(b->err, rc, *ptx_error_where(inner), "cannot load %s: %s", name,
				   ptx_error_message(inner));
	return ptx_fail(b->err, rc, "cannot load %s: %s", name, ptx_error_message(inner));
}

/* "web/charts/db", as templates are named. */
static const char *path_of(struct build *b)
{
	const char *name = b->chart->meta.name ? b->chart->meta.name : "";

	return b->above ? ptxi_arena_printf(b->arena, "%s/charts/%s", b->above, name) : name;
}

static int take_values(struct build *b, struct ptxi_chart_file *f)
{
	const char *path = path_of(b);
	const char *place = path ? ptxi_arena_printf(b->arena, "%s/%s", path, f->name) : NULL;

	b->chart->values = ptxi_chart_yaml_map(b->arena, f->data, place, b->err);
	b->chart->values_file = f;
	return b->chart->values
		   ? 0
		   : wrapped(b, b->err && *b->err ? ptx_error_code(*b->err) : PTX_E_SYNTAX,
			     f->name);
}

/* requirements.yaml and .lock: what v1 charts have beside Chart.yaml. */
static int take_requirements(struct build *b, const struct ptxi_chart_file *f, bool is_lock)
{
	bool v1 = strcmp(b->chart->meta.api_version, "v1") == 0;
	int rc = 0;

	if (!v1)
		say(b, is_lock ? "load.go:138" : "load.go:120",
		    is_lock ? "Warning: Dependency locking is handled in Chart.lock since "
			      "apiVersion \"v2\". We recommend migrating to "
			      "Chart.lock."
			    : "Warning: Dependencies are handled in Chart.yaml since apiVersion "
			      "\"v2\". We recommend migrating "
			      "dependencies to Chart.yaml.");
	rc = is_lock ? ptxi_chart_lock_parse(b->arena, f->data, &b->chart->lock, b->err)
		     : ptxi_chart_meta_parse(b->arena, f->data, &b->chart->meta, b->err);
	if (rc < 0)
		return wrapped(b, rc, f->name);
	if (v1 && !ptxi_chart_files_push(b->arena, &b->chart->files, f->name, f->data))
		return ptxi_chart_no_memory(b->err);
	return 0;
}

static int take_file(struct build *b, struct ptxi_chart_file *f)
{
	struct ptxi_chart *c = b->chart;
	struct ptx_str name = ptxi_str(f->name);

	if (strcmp(f->name, "Chart.yaml") == 0)
		return 0;
	if (strcmp(f->name, "Chart.lock") == 0)
		return wrapped(b, ptxi_chart_lock_parse(b->arena, f->data, &c->lock, b->err),
			       f->name);
	if (strcmp(f->name, "values.yaml") == 0)
		return take_values(b, f);
	if (strcmp(f->name, "values.schema.json") == 0) {
		c->schema = f->data;
		return 0;
	}
	if (strcmp(f->name, "requirements.yaml") == 0 || strcmp(f->name, "requirements.lock") == 0)
		return take_requirements(b, f, strcmp(f->name, "requirements.lock") == 0);
	if (ptxi_str_starts(name, "templates/"))
		return ptxi_chart_files_push(b->arena, &c->templates, f->name, f->data)
			   ? 0
			   : ptxi_chart_no_memory(b->err);
	if (ptxi_str_starts(name, "charts/") && !ptxi_str_ends(name, ".prov"))
		return add_subchart_file(b, f->name + strlen("charts/"), f);
	return ptxi_chart_files_push_as(b->arena, &c->files, f->name, f)
		   ? 0
		   : ptxi_chart_no_memory(b->err);
}

static struct ptxi_chart *from_files(struct ptx_arena *a, const struct ptx_chart_load_opts *opts,
				     struct ptxi_chart_files *files, unsigned depth,
				     const char *above, struct ptx_error **err);

static struct ptxi_chart *subchart(struct build *b, const char *name,
				   struct ptxi_chart_files *files)
{
	struct ptxi_chart_files inner = { 0 };

	if (ptxi_str_ends(ptxi_str(name), ".tgz")) {
		if (strcmp(files->v[0].name, name) != 0) {
			ptx_fail(b->err, PTX_E_INVALID,
				 "error unpacking subchart tar in %s: expected %s, got %s",
				 b->chart->meta.name, name, files->v[0].name);
			return NULL;
		}
		if (ptxi_chart_read_archive(b->arena, files->v[0].data, name, b->opts, &inner,
					    b->err) < 0)
			return NULL;
	} else {
		for (size_t i = 0; i < files->n; i++) {
			const char *slash = strchr(files->v[i].name, '/');

			if (slash &&
			    !ptxi_chart_files_push_as(b->arena, &inner, slash + 1, &files->v[i])) {
				ptxi_chart_no_memory(b->err);
				return NULL;
			}
		}
	}
	return from_files(b->arena, b->opts, &inner, b->depth + 1, path_of(b), b->err);
}

static int add_child(struct build *b, struct ptxi_chart *child)
{
	struct ptxi_chart *c = b->chart;

	if (c->children.n == c->children.cap) {
		size_t cap = c->children.cap ? c->children.cap * 2 : 4;
		void *v = ptxi_arena_grow(b->arena, c->children.v, c->children.n * sizeof(child),
					  cap * sizeof(child));

		if (!v)
			return ptxi_chart_no_memory(b->err);
		c->children.v = v;
		c->children.cap = cap;
	}
	child->parent = c;
	c->children.v[c->children.n++] = child;
	return 0;
}

static int add_subcharts(struct build *b)
{
	for (size_t i = 0; i < ptxi_map_count(b->subcharts); i++) {
		const char *name = NULL;
		struct ptxi_chart_files *files = ptxi_map_at(b->subcharts, i, &name);
		struct ptxi_chart *child = NULL;
		int rc = 0;

		if (name[0] == '_' || name[0] == '.')
			continue;
		child = subchart(b, name, files);
		if (!child) {
			ptx_auto(error) inner = b->err ? ptx_steal(b->err) : NULL;

			return ptx_fail(b->err, inner ? ptx_error_code(inner) : PTX_E_INVALID,
					"error unpacking subchart %s in %s: %s", name,
					b->chart->meta.name, inner ? ptx_error_message(inner) : "");
		}
		rc = add_child(b, child);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int take_meta(struct build *b, const struct ptxi_chart_files *files)
{
	const struct ptxi_chart_file *f = NULL;
	int rc = 0;

	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i].name, "Chart.yaml") == 0)
			f = &files->v[i];
	if (!f)
		return 0;
	rc = ptxi_chart_meta_parse(b->arena, f->data, &b->chart->meta, b->err);
	if (rc < 0)
		return wrapped(b, rc, "Chart.yaml");
	if (!b->chart->meta.api_version[0])
		b->chart->meta.api_version = "v1";
	return 0;
}

static struct ptxi_chart *from_files(struct ptx_arena *a, const struct ptx_chart_load_opts *opts,
				     struct ptxi_chart_files *files, unsigned depth,
				     const char *above, struct ptx_error **err)
{
	ptxi_auto(map) subcharts = ptxi_map_new(NULL);
	struct build b = { a,         opts,  ptxi_arena_alloc(a, sizeof(struct ptxi_chart)),
			   subcharts, depth, err,
			   above };
	int rc = 0;

	if (!subcharts || !b.chart) {
		ptxi_chart_no_memory(err);
		return NULL;
	}
	if (depth > PTXI_CHART_DEEPEST) {
		ptx_fail(err, PTX_E_LIMIT, "subcharts are nested deeper than %u levels",
			 PTXI_CHART_DEEPEST);
		return NULL;
	}
	b.chart->raw = *files;
	rc = take_meta(&b, files);
	for (size_t i = 0; rc == 0 && i < files->n; i++)
		rc = take_file(&b, &files->v[i]);
	if (rc == 0 && !b.chart->meta.api_version)
		rc = ptx_fail(err, PTX_E_NOT_FOUND, "Chart.yaml file is missing");
	if (rc == 0)
		rc = ptxi_chart_meta_check(a, &b.chart->meta, err);
	if (rc == 0)
		rc = add_subcharts(&b);
	return rc < 0 ? NULL : b.chart;
}

struct ptxi_chart *ptxi_chart_from_files(struct ptx_arena *a,
					 const struct ptx_chart_load_opts *opts,
					 struct ptxi_chart_files *files, unsigned depth,
					 struct ptx_error **err)
{
	return from_files(a, opts, files, depth, NULL, err);
}

int ptxi_chart_check_dependencies(const struct ptxi_chart *c, struct ptx_error **err)
{
	ptx_auto_buf missing = { 0 };

	ptx_buf_init(&missing, 0);
	for (size_t i = 0; i < c->meta.dependency_count; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < c->children.n; k++)
			found =
			    strcmp(c->children.v[k]->meta.name, c->meta.dependencies[i].name) == 0;
		if (!found)
			ptx_buf_printf(&missing, "%s%s", missing.n ? ", " : "",
				       c->meta.dependencies[i].name);
	}
	if (!missing.n)
		return 0;
	return ptx_fail(err, PTX_E_INVALID,
			"found in Chart.yaml, but missing in charts/ directory: %s", missing.p);
}

/* ---- the public calls */

int ptxi_chart_load_opts(struct ptx_chart_load_opts *out, const struct ptx_chart_load_opts *opts,
			 struct ptx_error **err)
{
	int rc = PTXI_OPTS_READ(out, opts, err);

	if (!out->max_bytes)
		out->max_bytes = PTXI_CHART_MAX_BYTES;
	if (!out->max_file_bytes)
		out->max_file_bytes = PTXI_CHART_MAX_FILE_BYTES;
	if (!out->max_files)
		out->max_files = PTXI_CHART_MAX_FILES;
	return rc;
}

static void free_schema(void *schema);

/* The files of an archive that was read before, in a list of the chart's own. */
static int take_unpacked(struct ptx_chart *c, const struct ptxi_chart_files *given,
			 struct ptxi_chart_files *files, struct ptx_error **err)
{
	for (size_t i = 0; i < given->n; i++)
		if (!ptxi_chart_files_push_as(c->arena, files, given->v[i].name, &given->v[i]))
			return ptxi_chart_no_memory(err);
	return ptxi_chart_as_unpacked(files, err);
}

/* Whether a content was left in the archive. */
static bool has_more(const struct ptxi_chart_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (files->v[i].later)
			return true;
	return false;
}

/* From a path, from bytes of that name, or from files that were read before. */
static struct ptx_chart *load(const char *path, const struct ptx_str *bytes,
			      struct ptx_arena *given_arena, const struct ptxi_chart_files *given,
			      struct ptxi_chart_rest *given_rest,
			      const struct ptx_chart_load_opts *opts, struct ptx_error **err)
{
	ptx_auto(chart) c = ptxi_alloc(sizeof(*c));
	struct ptxi_chart_files files = { 0 };
	int rc = 0;

	if (!c) {
		ptxi_chart_no_memory(err);
		return NULL;
	}
	pthread_mutex_init(&c->lock, NULL);
	ptxi_chart_rest_init(&c->rest);
	if (given) {
		c->rest = *given_rest;
		ptxi_chart_rest_init(given_rest);
	}
	c->arena = ptx_arena_new(0);
	c->units = ptxi_map_new(NULL);
	c->schemas = ptxi_map_new(free_schema);
	c->path = c->arena ? ptxi_arena_str(c->arena, path) : NULL;
	if (!c->path || !c->units || !c->schemas) {
		ptxi_chart_no_memory(err);
		return NULL;
	}
	rc = ptxi_chart_load_opts(&c->opts, opts, err);
	if (rc == 0)
		rc = given   ? take_unpacked(c, given, &files, err)
		     : bytes ? ptxi_chart_read_bytes(c->arena, *bytes, path, &c->opts, &files, err)
		     : c->opts.lean
			 ? ptxi_chart_read_lean(c->arena, path, &c->opts, &files, &c->rest, err)
			 : ptxi_chart_read_files(c->arena, path, &c->opts, &files, err);
	if (rc < 0)
		return NULL;
	c->root = ptxi_chart_from_files(c->arena, &c->opts, &files, 0, err);
	if (!c->root || ptxi_arena_check(c->arena, err) < 0)
		return NULL;
	ptxi_chart_drop_values_text(c, given ? given_arena : c->arena);
	if (!has_more(&c->root->raw))
		ptxi_chart_rest_done(&c->rest);
	return ptx_steal(&c);
}

struct ptx_chart *ptx_chart_load(const char *path, const struct ptx_chart_load_opts *opts,
				 struct ptx_error **err)
{
	return load(path, NULL, NULL, NULL, NULL, opts, err);
}

struct ptx_chart *ptx_chart_parse(struct ptx_str archive, const char *name,
				  const struct ptx_chart_load_opts *opts, struct ptx_error **err)
{
	return load(name, &archive, NULL, NULL, NULL, opts, err);
}

struct ptx_chart *ptxi_chart_load_unpacked(const char *path, struct ptx_arena *a,
					   const struct ptxi_chart_files *files,
					   struct ptxi_chart_rest *rest,
					   const struct ptx_chart_load_opts *opts,
					   struct ptx_error **err)
{
	return load(path, NULL, a, files, rest, opts, err);
}

static void free_schema(void *schema)
{
	ptx_schema_free(schema);
}

void ptx_chart_free(struct ptx_chart *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	ptxi_map_free(c->units);
	ptxi_map_free(c->schemas);
	ptx_template_free(c->parser);
	ptx_arena_free(c->arena);
	ptx_arena_free(c->later);
	ptxi_chart_rest_done(&c->rest);
	ptx_free(c);
}

const char *ptx_chart_name(const struct ptx_chart *c)
{
	return c->root->meta.name;
}

const char *ptx_chart_version(const struct ptx_chart *c)
{
	return c->root->meta.version;
}

const char *ptx_chart_app_version(const struct ptx_chart *c)
{
	return c->root->meta.app_version;
}

const char *ptx_chart_description(const struct ptx_chart *c)
{
	return c->root->meta.description;
}

bool ptx_chart_is_library(const struct ptx_chart *c)
{
	return strcmp(c->root->meta.type, "library") == 0;
}

bool ptx_chart_is_deprecated(const struct ptx_chart *c)
{
	return c->root->meta.deprecated;
}

struct ptx_value *ptx_chart_metadata(const struct ptx_chart *c, struct ptx_arena *a,
				     struct ptx_error **err)
{
	struct ptx_value *v = ptxi_chart_meta_value(a, &c->root->meta);

	v = ptx_value_copy(a, v);
	return ptxi_arena_check(a, err) < 0 ? NULL : v;
}

bool ptx_chart_file(const struct ptx_chart *c, const char *name, struct ptx_str *text)
{
	const struct ptxi_chart_file *f = ptxi_chart_files_find(&c->root->raw, name);

	if (!f || ptxi_chart_unpack_rest(c, NULL) < 0)
		return false;
	*text = ptxi_chart_file_text(f);
	return true;
}

bool ptx_chart_file_at(const struct ptx_chart *c, size_t i, const char **name, struct ptx_str *text)
{
	if (i >= c->root->raw.n || ptxi_chart_unpack_rest(c, NULL) < 0)
		return false;
	*name = c->root->raw.v[i].name;
	*text = ptxi_chart_file_text(&c->root->raw.v[i]);
	return true;
}

int ptx_chart_check_dependencies(const struct ptx_chart *c, struct ptx_error **err)
{
	return ptxi_chart_check_dependencies(c->root, err);
}
