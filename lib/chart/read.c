/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the files of a chart: a folder or an archive into memory, within limits.
 *
 * A folder is walked in the order of its names, without what .helmignore names; links are followed
 * as long as they stay inside it, or wherever they lead where that is wanted. An archive keeps its
 * own order.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../base/glob.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../package/archive.h"

#include <dirent.h>
#include <limits.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define DEEPEST_FOLDER  64u

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
	files->v[files->n++] = (struct ptxi_chart_file){ name, data, NULL };
	return true;
}

bool ptxi_chart_files_push_as(struct ptx_arena *a, struct ptxi_chart_files *files, const char *name,
			      const struct ptxi_chart_file *f)
{
	if (!ptxi_chart_files_push(a, files, name, f->data))
		return false;
	files->v[files->n - 1].later = f->later;
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
	const char *root; /* its real path; its own is where the walk begins */
	const struct ptxi_ignore *ignore, *defaults;
	struct ptxi_chart_files *out;
	uint64_t total;
	struct ptx_error **err;
};

struct ptx_str ptxi_chart_without_mark(struct ptx_str text)
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
	data = ptxi_chart_without_mark(ptx_buf_str(&b));
	data.p = ptxi_arena_strn(f->arena, data.p, data.n);
	name = ptxi_arena_str(f->arena, name);
	return data.p && name && ptxi_chart_files_push(f->arena, f->out, name, data)
		   ? 0
		   : ptxi_chart_no_memory(f->err);
}

static int walk_folder(struct folder *f, const char *path, const char *name, unsigned depth);

static int outside(struct folder *f, const char *name)
{
	ptx_fail(f->err, PTX_E_DENIED, "'%s' is a link out of the chart's folder", name);
	ptxi_error_hint(f->err,
			"put a copy of what it leads to there; `pitrix helm` follows such links");
	return PTX_E_DENIED;
}

/* A link that leads nowhere, in Helm's words: they name what is missing, wherever on the way that
 * is. */
static int link_failed(struct folder *f, const char *path)
{
	char part[PATH_MAX] = "";
	const char *why = "";

	/* Of what is missing or forbidden realpath() tells the part. */
	if (realpath(path, part))
		errno = EIO; /* it was mended since */
	switch (errno) {
	case ENOENT:
		why = "no such file or directory";
		break;
	case EACCES:
		why = "permission denied";
		break;
	case ENOTDIR:
		return ptx_fail(f->err, PTX_E_INVALID,
				"error evaluating symlink %s: not a directory", path);
	case ELOOP:
		return ptx_fail(f->err, PTX_E_INVALID,
				"error evaluating symlink %s: EvalSymlinks: too many links", path);
	default:
		return ptx_fail_errno(f->err, ptxi_code_from_errno(errno), errno,
				      "cannot read '%s'", path);
	}
	return ptx_fail(f->err, ptxi_code_from_errno(errno),
			"error evaluating symlink %s: lstat %s: %s", path, part, why);
}

static bool is_inside(const char *root, const char *path)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 && (path[n] == '/' || n == 1);
}

/* What a link leads to: its stat. */
static int follow(struct folder *f, const char *path, const char *name, struct stat *st)
{
	const struct ptxi_chart_log log = { f->opts->say, f->opts->user };
	char *real = stat(path, st) < 0 ? NULL : realpath(path, NULL);
	int rc = 0;

	if (!real)
		return link_failed(f, path);
	if (f->opts->follow_links)
		ptxi_chart_say(&log, "walk.go:75",
			       "found symbolic link in path: %s resolves to %s. Contents of linked "
			       "file included and used",
			       path, real);
	else if (!is_inside(f->root, real))
		rc = outside(f, name);
	free(real);
	return rc;
}

/* One entry of a folder, of whatever kind. */
static int walk_entry(struct folder *f, const char *path, const char *name, unsigned depth)
{
	struct stat st = { 0 };
	bool is_dir = false;
	int rc = 0;

	if (lstat(path, &st) < 0)
		return ptx_fail_errno(f->err, ptxi_code_from_errno(errno), errno,
				      "cannot read '%s'", path);
	if (S_ISLNK(st.st_mode))
		rc = follow(f, path, name, &st);
	if (rc < 0)
		return rc;
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
			rc = ptxi_chart_no_memory(f->err);
		}
	}
	closedir(dir);
	if (rc == 0 && names.n &&
	    !ptxi_sort(names.v, names.n, sizeof(*names.v), compare_names, NULL))
		rc = ptxi_chart_no_memory(f->err);
	for (size_t i = 0; i < names.n; i++) {
		ptx_auto_str full = ptxi_path_join(path, names.v[i]);
		ptx_auto_str inner = ptxi_path_join(name, names.v[i]);

		if (rc == 0)
			rc = full && inner ? walk_entry(f, full, inner, depth)
					   : ptxi_chart_no_memory(f->err);
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
	ptx_auto_str absolute = NULL;
	ptx_auto_str top = NULL;
	char *real = realpath(path, NULL);
	int rc = 0;

	if (!real)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot open the chart '%s'", path);
	f.root = ptxi_arena_str(a, real);
	free(real);
	absolute = defaults ? ptxi_fs_absolute(path, err) : NULL;
	top = absolute ? ptxi_path_clean(absolute) : NULL;
	if (!rules || !f.root || !top)
		return err && *err ? ptx_error_code(*err) : ptxi_chart_no_memory(err);
	ptx_buf_init(&text, 0);
	if (ptxi_fs_exists(rules)) {
		rc = ptxi_fs_read(rules, (size_t)opts->max_file_bytes, &text, err);
		ignore = rc < 0 ? NULL : ignore_rules(ptx_buf_str(&text), err);
		if (!ignore)
			return rc < 0 ? rc : PTX_E_SYNTAX;
	}
	f.ignore = ignore;
	return walk_folder(&f, top, "", 0);
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
	struct ptxi_chart_file f = { .data = content };

	(void)executable;
	if (strncmp(name, "Chart.yaml", strlen("Chart.yaml")) == 0 &&
	    (name[10] == '\0' || name[10] == '/'))
		return ptx_fail(err, PTX_E_INVALID, "chart yaml not in base directory");
	if (content.p)
		f.data = ptxi_chart_without_mark(content);
	else
		f.later = ptxi_arena_alloc(u->arena, sizeof(*f.later));
	name = slash ? ptxi_arena_str(u->arena, slash + 1) : NULL;
	if (!slash)
		return ptx_fail(err, PTX_E_INVALID,
				"chart illegally contains content outside the base directory");
	return name && (content.p || f.later) &&
		       ptxi_chart_files_push_as(u->arena, u->out, name, &f)
		   ? 0
		   : ptxi_chart_no_memory(err);
}

/* Its bytes, or where `rest` has a file, that one as far as it is plain (else: 1); contents may
 * stay in `rest`, if there is one. */
static int read_archive(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			const struct ptxi_chart_rest *rest, const struct ptx_chart_load_opts *opts,
			struct ptxi_chart_files *out, struct ptx_error **err)
{
	const struct ptxi_archive_limits limits = { opts->max_bytes, opts->max_file_bytes,
						    opts->max_files,
						    rest ? ptxi_chart_wanted_now : NULL };
	struct unpack u = { a, out };
	int rc = rest && rest->fd >= 0
		     ? ptxi_archive_read_plain(a, rest->fd, name, &limits, add_file, &u, err)
		     : ptxi_archive_read(a, bytes, name, &limits, add_file, &u, err);

	if (rc == 0 && !out->n)
		return ptx_fail(err, PTX_E_INVALID, "no files in chart archive");
	return rc;
}

int ptxi_chart_read_archive(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			    const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			    struct ptx_error **err)
{
	return read_archive(a, bytes, name, NULL, opts, out, err);
}

static int no_archive(const char *path, struct ptx_str bytes, struct ptx_error **err)
{
	bool binary =
	    bytes.n < 512 ||
	    memchr(bytes.p, '\0', 512); /* Go looks at so much, zeros behind a shorter one */

	if (ptxi_str_ends(ptxi_str(path), ".yml") || ptxi_str_ends(ptxi_str(path), ".yaml"))
		return ptx_fail(err, PTX_E_INVALID,
				"file '%s' seems to be a YAML file, but expected a gzipped archive",
				path);
	return ptx_fail(err, PTX_E_INVALID,
			"file '%s' does not appear to be a gzipped archive; got '%s'", path,
			binary ? "application/octet-stream" : "text/plain; charset=utf-8");
}

static int read_bytes(struct ptx_arena *a, struct ptx_str bytes, const char *name,
		      const struct ptxi_chart_rest *rest, const struct ptx_chart_load_opts *opts,
		      struct ptxi_chart_files *out, struct ptx_error **err)
{
	if (!ptxi_str_starts(bytes, "\x1f\x8b\x08"))
		return no_archive(name, bytes, err);
	return read_archive(a, bytes, name, rest, opts, out, err);
}

int ptxi_chart_read_bytes(struct ptx_arena *a, struct ptx_str bytes, const char *name,
			  const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			  struct ptx_error **err)
{
	return read_bytes(a, bytes, name, NULL, opts, out, err);
}

int ptxi_chart_read_files(struct ptx_arena *a, const char *path,
			  const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			  struct ptx_error **err)
{
	ptx_auto_buf archive = { 0 };
	int rc = 0;

	if (ptxi_fs_is_dir(path))
		return read_folder(a, path, opts, out, err);
	ptx_buf_init(&archive, 0);
	rc = ptxi_fs_read(path, (size_t)opts->max_bytes, &archive, err);
	return rc < 0 ? rc : read_bytes(a, ptx_buf_str(&archive), path, NULL, opts, out, err);
}

int ptxi_chart_read_lean(struct ptx_arena *a, const char *path,
			 const struct ptx_chart_load_opts *opts, struct ptxi_chart_files *out,
			 struct ptxi_chart_rest *rest, struct ptx_error **err)
{
	int rc = 1;

	if (ptxi_fs_is_dir(path))
		return read_folder(a, path, opts, out, err);
	if (ptxi_chart_rest_open(rest, path) && (uint64_t)rest->st.st_size <= opts->max_bytes)
		rc = read_archive(a, ptxi_strn(NULL, 0), path, rest, opts, out, err);
	if (rc != 1)
		return rc;
	ptxi_chart_rest_done(rest);
	rc = ptxi_fs_read(path, (size_t)opts->max_bytes, &rest->bytes, err);
	return rc < 0 ? rc : read_bytes(a, ptx_buf_str(&rest->bytes), path, rest, opts, out, err);
}

/* ---- an archive as if unpacked */

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

int ptxi_chart_as_unpacked(struct ptxi_chart_files *files, struct ptx_error **err)
{
	ptxi_auto(ignore) defaults = ptxi_ignore_parse(PTXI_STR("templates/.?*\n"), NULL, err);
	ptxi_auto(ignore) rules = NULL;
	const struct ptxi_chart_file *own = ptxi_chart_files_find(files, ".helmignore");
	size_t n = 0;

	if (!defaults)
		return PTX_E_NOMEM;
	rules = own ? ignore_rules(own->data, err) : NULL;
	if (own && !rules)
		return PTX_E_SYNTAX;
	for (size_t i = 0; i < files->n; i++)
		if (!left_out(defaults, files->v[i].name) &&
		    !(rules && left_out(rules, files->v[i].name)))
			files->v[n++] = files->v[i];
	files->n = n;
	return ptxi_sort(files->v, n, sizeof(*files->v), compare_paths, NULL)
		   ? 0
		   : ptxi_chart_no_memory(err);
}
