/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - a folder or an archive to a chart with its subcharts.
 *
 * First all files into memory, within limits; then which file is what: Chart.yaml, values.yaml,
 * templates/, charts/ (a folder or a .tgz each), the rest is what templates see as .Files. Links in
 * a folder are followed as long as they stay inside it.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/glob.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../package/archive.h"
#include "../template/set.h"

#include <dirent.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define DEEPEST_FOLDER  64u

static int no_memory(struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_NOMEM, "no memory for a chart");
}

bool ptxi_chart_files_push(struct ptx_arena *a, struct ptxi_chart_files *files, const char *name,
			   struct ptx_str data)
{
	if (files->n == files->cap) {
		size_t cap = files->cap ? files->cap * 2 : 16;
		void *v = ptxi_arena_grow(a, files->v, files->n * sizeof(*files->v),
					  cap * sizeof(*files->v));

		if (!v)
			return false;
		files->v = v;
		files->cap = cap;
	}
	files->v[files->n++] = (struct ptxi_chart_file){ name, data };
	return true;
}

const struct ptxi_chart_file *ptxi_chart_files_find(const struct ptxi_chart_files *files,
						    const char *name)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i].name, name) == 0)
			return &files->v[i];
	return NULL;
}

/* ---- files of a folder */

struct folder {
	struct ptx_arena *arena;
	const struct ptx_chart_load_opts *opts;
	const char *root; /* its real path */
	const struct ptxi_ignore *ignore, *defaults;
	struct ptxi_chart_files *out;
	uint64_t total;
	struct ptx_error **err;
};

static struct ptx_str without_mark(struct ptx_str text)
{
	return ptxi_str_starts(text, BYTE_ORDER_MARK) ? ptxi_str_from(text, strlen(BYTE_ORDER_MARK))
						      : text;
}

static int read_file(struct folder *f, const char *path, const char *name, const struct stat *st)
{
	ptx_auto_buf b = { 0 };
	struct ptx_str data = { NULL, 0 };
	int rc = 0;

	if ((uint64_t)st->st_size > f->opts->max_file_bytes)
		return ptx_fail(f->err, PTX_E_LIMIT,
				"chart file \"%s\" is larger than the maximum file size %llu",
				ptxi_path_base(name), (unsigned long long)f->opts->max_file_bytes);
	if (f->out->n >= f->opts->max_files)
		return ptx_fail(f->err, PTX_E_LIMIT, "the chart has more than %zu files",
				f->opts->max_files);
	ptx_buf_init(&b, 0);
	rc = ptxi_fs_read(path, (size_t)f->opts->max_file_bytes + 1, &b, f->err);
	if (rc < 0)
		return rc;
	f->total += b.n;
	if (f->total > f->opts->max_bytes)
		return ptx_fail(f->err, PTX_E_LIMIT, "the chart is larger than %llu bytes",
				(unsigned long long)f->opts->max_bytes);
	data = without_mark(ptx_buf_str(&b));
	data.p = ptxi_arena_strn(f->arena, data.p, data.n);
	name = ptxi_arena_str(f->arena, name);
	return data.p && name && ptxi_chart_files_push(f->arena, f->out, name, data)
		   ? 0
		   : no_memory(f->err);
}

static int walk_folder(struct folder *f, const char *path, const char *name, unsigned depth);

static int outside(struct folder *f, const char *name)
{
	return ptx_fail(f->err, PTX_E_DENIED, "'%s' is a link out of the chart's folder", name);
}

static int stat_failed(struct folder *f, const char *path)
{
	int saved = errno;
	char target[4096] = "";
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	ptx_auto_str dir = ptxi_path_dir(path);

	if (n > 0 && saved == ENOENT)
		return ptx_fail(
		    f->err, PTX_E_NOT_FOUND,
		    "error evaluating symlink %s: lstat %s%s%s: no such file or directory", path,
		    target[0] == '/' || !dir ? "" : dir, target[0] == '/' ? "" : "/", target);
	return ptx_fail_errno(f->err, ptxi_code_from_errno(saved), saved, "cannot read '%s'", path);
}

/* One entry of a folder, of whatever kind. */
static int walk_entry(struct folder *f, const char *path, const char *name, unsigned depth)
{
	size_t n = strlen(f->root);
	struct stat st = { 0 };
	bool is_dir = false;

	if (stat(path, &st) < 0)
		return stat_failed(f, path);
	is_dir = S_ISDIR(st.st_mode);
	if ((f->ignore && ptxi_ignore_match(f->ignore, name, is_dir)) ||
	    (f->defaults && ptxi_ignore_match(f->defaults, name, is_dir)))
		return 0;
	if (is_dir)
		return walk_folder(f, path, name, depth + 1);
	if (!S_ISREG(st.st_mode))
		return ptx_fail(f->err, PTX_E_INVALID,
				"cannot load irregular file %s as it has file mode type bits set",
				path);
	{
		char *real = realpath(path, NULL);
		bool inside = real && strncmp(real, f->root, n) == 0 && (real[n] == '/' || n == 1);

		free(real);
		if (!inside)
			return outside(f, name);
	}
	return read_file(f, path, name, &st);
}

static int compare_names(const void *a, const void *b, void *user)
{
	(void)user;
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int walk_folder(struct folder *f, const char *path, const char *name, unsigned depth)
{
	PTX_VEC(char *) names = { NULL, 0, 0 };
	DIR *dir = depth > DEEPEST_FOLDER ? NULL : opendir(path);
	const struct dirent *e = NULL;
	int rc = 0;

	if (depth > DEEPEST_FOLDER)
		return ptx_fail(f->err, PTX_E_LIMIT, "'%s' is nested deeper than %u folders", name,
				DEEPEST_FOLDER);
	if (!dir)
		return ptx_fail_errno(f->err, ptxi_code_from_errno(errno), errno,
				      "cannot read the folder '%s'", path);
	while (rc == 0 && (e = readdir(dir))) {
		char *copy = NULL;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		copy = ptxi_strdup(e->d_name);
		if (!copy || !ptx_vec_push(&names, copy)) {
			ptx_free(copy);
			rc = no_memory(f->err);
		}
	}
	closedir(dir);
	if (rc == 0 && names.n &&
	    !ptxi_sort(names.v, names.n, sizeof(*names.v), compare_names, NULL))
		rc = no_memory(f->err);
	for (size_t i = 0; i < names.n; i++) {
		ptx_auto_str full = ptxi_path_join(path, names.v[i]);
		ptx_auto_str inner = ptxi_path_join(name, names.v[i]);

		if (rc == 0)
			rc = full && inner ? walk_entry(f, full, inner, depth) : no_memory(f->err);
		ptx_free(names.v[i]);
	}
	ptx_vec_done(&names);
	return rc;
}

/* The rules of .helmignore; a mistake in it in Helm's words. */
static struct ptxi_ignore *ignore_rules(struct ptx_str text, struct ptx_error **err)
{
	ptx_auto(error) inner = NULL;
	struct ptxi_ignore *rules = ptxi_ignore_parse(text, ".helmignore", &inner);

	if (rules)
		return rules;
	if (ptx_error_code(inner) == PTX_E_SYNTAX && ptx_error_where(inner))
		ptx_fail_at(err, PTX_E_SYNTAX, *ptx_error_where(inner), "%s",
			    strstr(ptx_error_message(inner), "**")
				? "double-star (**) syntax is not supported"
				: "syntax error in pattern");
	else if (err)
		*err = ptx_steal(&inner);
	return NULL;
}

static int read_folder(struct ptx_arena *a, const char *path,
		       const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
		       struct ptx_error **err)
{
	ptxi_auto(ignore) ignore = NULL;
	ptxi_auto(ignore) defaults = ptxi_ignore_parse(PTXI_STR("templates/.?*\n"), NULL, err);
	ptx_auto_str rules = ptxi_path_join(path, ".helmignore");
	struct folder f = {
		.arena = a, .opts = opts, .out = out, .defaults = defaults, .err = err
	};
	ptx_auto_buf text = { 0 };
	char *real = realpath(path, NULL);
	int rc = 0;

	if (!real)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot open the chart '%s'", path);
	f.root = ptxi_arena_str(a, real);
	free(real);
	if (!rules || !defaults || !f.root)
		return err && *err ? ptx_error_code(*err) : no_memory(err);
	ptx_buf_init(&text, 0);
	if (ptxi_fs_exists(rules)) {
		rc = ptxi_fs_read(rules, (size_t)opts->max_file_bytes, &text, err);
		ignore = rc < 0 ? NULL : ignore_rules(ptx_buf_str(&text), err);
		if (!ignore)
			return rc < 0 ? rc : PTX_E_SYNTAX;
	}
	f.ignore = ignore;
	return walk_folder(&f, f.root, "", 0);
}

/* ---- files of an archive */

struct unpack {
	struct ptx_arena *arena;
	struct ptxi_chart_files *out;
};

static int add_file(const char *name, struct ptx_str content, bool executable, void *user,
		    struct ptx_error **err)
{
	struct unpack *u = user;
	const char *slash = strchr(name, '/');

	(void)executable;
	if (strncmp(name, "Chart.yaml", strlen("Chart.yaml")) == 0 &&
	    (name[10] == '\0' || name[10] == '/'))
		return ptx_fail(err, PTX_E_INVALID, "chart yaml not in base directory");
	content = without_mark(content);
	name = slash ? ptxi_arena_str(u->arena, slash + 1) : NULL;
	if (!slash)
		return ptx_fail(err, PTX_E_INVALID,
				"chart illegally contains content outside the base directory");
	content.p = ptxi_arena_strn(u->arena, content.p, content.n);
	return name && content.p && ptxi_chart_files_push(u->arena, u->out, name, content)
		   ? 0
		   : no_memory(err);
}

int ptxi_chart_read_archive(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			    const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			    struct ptx_error **err)
{
	const struct ptxi_archive_limits limits = { opts->max_bytes, opts->max_file_bytes,
						    opts->max_files };
	struct unpack u = { a, out };
	int rc = ptxi_archive_read(bytes, name, &limits, add_file, &u, err);

	if (rc >= 0 && !out->n)
		return ptx_fail(err, PTX_E_INVALID, "no files in chart archive");
	return rc < 0 ? rc : 0;
}

static int no_archive(const char *path, struct ptx_str bytes, struct ptx_error **err)
{
	bool binary = bytes.n < 512 || memchr(bytes.p, '\0', 512); /* Go looks at so much, zeros behind a shorter one */

	if (ptxi_str_ends(ptxi_str(path), ".yml") || ptxi_str_ends(ptxi_str(path), ".yaml"))
		return ptx_fail(err, PTX_E_INVALID,
				"file '%s' seems to be a YAML file, but expected a gzipped archive",
				path);
	return ptx_fail(err, PTX_E_INVALID,
			"file '%s' does not appear to be a gzipped archive; got '%s'", path,
			binary ? "application/octet-stream" : "text/plain; charset=utf-8");
}

/* What is in a file, or came from elsewhere. */
static int read_bytes(struct ptx_arena *a, struct ptx_str bytes, const char *name,
		      const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
		      struct ptx_error **err)
{
	if (!ptxi_str_starts(bytes, "\x1f\x8b\x08"))
		return no_archive(name, bytes, err);
	return ptxi_chart_read_archive(a, bytes, name, opts, out, err);
}

int ptxi_chart_read_files(struct ptx_arena *a, const char *path,
			  const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			  struct ptx_error **err)
{
	ptx_auto_buf b = { 0 };
	int rc = 0;

	if (ptxi_fs_is_dir(path))
		return read_folder(a, path, opts, out, err);
	ptx_buf_init(&b, 0);
	rc = ptxi_fs_read(path, (size_t)opts->max_bytes, &b, err);
	if (rc < 0)
		return rc;
	return read_bytes(a, ptx_buf_str(&b), path, opts, out, err);
}

/* ---- which file is what */

struct build {
	struct ptx_arena *arena;
	const struct ptx_chart_load_opts *opts;
	struct ptxi_chart *chart;
	struct ptxi_map *subcharts; /* first name below charts/ -> struct ptxi_chart_files */
	unsigned depth;
	struct ptx_error **err;
	const char *above; /* the path of the chart above, as messages name it; NULL: there is none */
};

static void say(const struct build *b, const char *where, const char *message)
{
	struct ptxi_chart_log log = { b->opts->say, b->opts->user };

	ptxi_chart_say(&log, where, "%s", message);
}

static int add_subchart_file(struct build *b, const char *name, struct ptx_str data)
{
	struct ptx_str first = ptxi_str_sub(ptxi_str(name), 0, strcspn(name, "/"));
	struct ptxi_chart_files *files = ptxi_map_getn(b->subcharts, first);

	if (!files) {
		files = ptxi_arena_alloc(b->arena, sizeof(*files));
		if (!files || ptxi_map_setn(b->subcharts, first, files) < 0)
			return no_memory(b->err);
	}
	return ptxi_chart_files_push(b->arena, files, name, data) ? 0 : no_memory(b->err);
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

static int take_values(struct build *b, const struct ptxi_chart_file *f)
{
	const char *path = path_of(b);
	const char *place = path ? ptxi_arena_printf(b->arena, "%s/%s", path, f->name) : NULL;

	b->chart->values = ptxi_chart_yaml_map(b->arena, f->data, place, b->err);
	b->chart->values_text = f->data;
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
		return no_memory(b->err);
	return 0;
}

static int take_file(struct build *b, const struct ptxi_chart_file *f)
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
			   : no_memory(b->err);
	if (ptxi_str_starts(name, "charts/") && !ptxi_str_ends(name, ".prov"))
		return add_subchart_file(b, f->name + strlen("charts/"), f->data);
	return ptxi_chart_files_push(b->arena, &c->files, f->name, f->data) ? 0 : no_memory(b->err);
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
			    !ptxi_chart_files_push(b->arena, &inner, slash + 1, files->v[i].data)) {
				no_memory(b->err);
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
			return no_memory(b->err);
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
			   subcharts, depth, err, above };
	int rc = 0;

	if (!subcharts || !b.chart) {
		no_memory(err);
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

/* As a walk over folders comes by them: a slash is before every other character. */
static int compare_paths(const void *a, const void *b, void *user)
{
	const unsigned char *x = (const unsigned char *)((const struct ptxi_chart_file *)a)->name;
	const unsigned char *y = (const unsigned char *)((const struct ptxi_chart_file *)b)->name;

	(void)user;
	while (*x && *x == *y) {
		x++;
		y++;
	}
	if (*x == *y || !*x || !*y)
		return *x < *y ? -1 : *x > *y;
	return *x == '/' ? -1 : *y == '/' ? 1 : *x < *y ? -1 : 1;
}

/* True when a rule leaves out the file or a folder that it is in. */
static bool left_out(const struct ptxi_ignore *rules, const char *name)
{
	for (const char *p = strchr(name, '/'); p; p = strchr(p + 1, '/')) {
		ptx_auto_str folder = ptxi_strndup(name, (size_t)(p - name));

		if (folder && ptxi_ignore_match(rules, folder, true))
			return true;
	}
	return ptxi_ignore_match(rules, name, false);
}

int ptxi_chart_read_unpacked(struct ptx_arena *a, const char *path,
			     const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			     struct ptx_error **err)
{
	ptxi_auto(ignore) defaults = ptxi_ignore_parse(PTXI_STR("templates/.?*\n"), NULL, err);
	ptxi_auto(ignore) rules = NULL;
	const struct ptxi_chart_file *own = NULL;
	int rc = defaults ? ptxi_chart_read_files(a, path, opts, out, err) : PTX_E_NOMEM;
	size_t n = 0;

	if (rc < 0)
		return rc;
	own = ptxi_chart_files_find(out, ".helmignore");
	rules = own ? ignore_rules(own->data, err) : NULL;
	if (own && !rules)
		return PTX_E_SYNTAX;
	for (size_t i = 0; i < out->n; i++)
		if (!left_out(defaults, out->v[i].name) &&
		    !(rules && left_out(rules, out->v[i].name)))
			out->v[n++] = out->v[i];
	out->n = n;
	return ptxi_sort(out->v, out->n, sizeof(*out->v), compare_paths, NULL) ? 0 : no_memory(err);
}

/* From a path, or from bytes of that name. */
static struct ptx_chart *load(const char *path, const struct ptx_str *bytes,
			      const struct ptx_chart_load_opts *opts, bool unpacked,
			      struct ptx_error **err)
{
	ptx_auto(chart) c = ptxi_alloc(sizeof(*c));
	struct ptxi_chart_files files = { 0 };
	int rc = 0;

	if (!c) {
		no_memory(err);
		return NULL;
	}
	pthread_mutex_init(&c->lock, NULL);
	c->arena = ptx_arena_new(0);
	c->units = ptxi_map_new(NULL);
	c->schemas = ptxi_map_new(free_schema);
	c->path = c->arena ? ptxi_arena_str(c->arena, path) : NULL;
	if (!c->path || !c->units || !c->schemas) {
		no_memory(err);
		return NULL;
	}
	rc = ptxi_chart_load_opts(&c->opts, opts, err);
	if (rc == 0 && bytes)
		rc = read_bytes(c->arena, *bytes, path, &c->opts, &files, err);
	else if (rc == 0)
		rc = (unpacked ? ptxi_chart_read_unpacked : ptxi_chart_read_files)(
		    c->arena, path, &c->opts, &files, err);
	if (rc < 0)
		return NULL;
	c->root = ptxi_chart_from_files(c->arena, &c->opts, &files, 0, err);
	if (!c->root || ptxi_arena_check(c->arena, err) < 0)
		return NULL;
	return ptx_steal(&c);
}

struct ptx_chart *ptx_chart_load(const char *path, const struct ptx_chart_load_opts *opts,
				 struct ptx_error **err)
{
	return load(path, NULL, opts, false, err);
}

struct ptx_chart *ptx_chart_parse(struct ptx_str archive, const char *name,
				  const struct ptx_chart_load_opts *opts, struct ptx_error **err)
{
	return load(name, &archive, opts, false, err);
}

struct ptx_chart *ptxi_chart_load_unpacked(const char *path, const struct ptx_chart_load_opts *opts,
					   struct ptx_error **err)
{
	return load(path, NULL, opts, true, err);
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

	if (f)
		*text = f->data;
	return f != NULL;
}

bool ptx_chart_file_at(const struct ptx_chart *c, size_t i, const char **name, struct ptx_str *text)
{
	if (i >= c->root->raw.n)
		return false;
	*name = c->root->raw.v[i].name;
	*text = c->root->raw.v[i].data;
	return true;
}

int ptx_chart_check_dependencies(const struct ptx_chart *c, struct ptx_error **err)
{
	return ptxi_chart_check_dependencies(c->root, err);
}
