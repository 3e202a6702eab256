/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - a folder to NAME-VERSION.tgz.
 *
 * The same content gives the same bytes: entries sorted by name, no owner, one mode for files and
 * one for what its owner may execute, one time for all ($SOURCE_DATE_EPOCH or 0), gzip without a
 * time. Everything is read before anything is written, and the archive appears under its name whole
 * or not at all.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "archive.h"
#include "package.h"

#include <pitrix/codec.h>

#include "../base/diag.h"
#include "../base/fs.h"
#include "../base/glob.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../base/sort.h"
#include "../base/vec.h"

#include <sys/stat.h>

#define IGNORE_FILE       ".pitrixignore"
#define MOST_IGNORE_BYTES (1u << 20)

struct build {
	const struct ptx_build_opts *opts;
	struct ptx_package *package; /* the folder, loaded */
	struct ptx_arena *arena;
	const struct ptxi_ignore *ignore; /* or NULL */
	const char *out; /* real path of the archive to be, which is never packed into itself */
	const char *version;
	PTX_VEC(struct ptxi_archive_item) items;
	uint64_t total;
};

/* package.json with the version that was asked for. */
static void rewrite_version(const struct build *b, struct ptx_buf *out)
{
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *meta = ptx_value_copy(b->arena, b->package->meta);

	style.indent = 2;
	ptx_value_set_string(meta, "version", b->version);
	ptx_json_format(meta, &style, out);
	ptx_buf_addc(out, '\n');
}

static int add_content(struct build *b, const char *name, const char *path, bool executable,
		       struct ptx_error **err)
{
	struct ptxi_archive_item item = { .executable = executable };
	ptx_auto_buf content = { 0 };
	int rc = 0;

	ptx_buf_init(&content, 0);
	rc = ptxi_fs_read(path, (size_t)b->opts->max_file_bytes, &content, err);
	if (rc < 0)
		return rc;
	if (strcmp(name, "package.json") == 0 && strcmp(b->version, b->package->version) != 0) {
		ptx_buf_clear(&content);
		rewrite_version(b, &content);
	}
	b->total += content.n;
	if (b->total > b->opts->max_bytes || b->items.n >= b->opts->max_files)
		return ptx_fail(err, PTX_E_LIMIT,
				"the package is too large: %llu bytes and %zu files are the most",
				(unsigned long long)b->opts->max_bytes, b->opts->max_files);
	item.name = ptxi_arena_printf(b->arena, "%s/%s", b->package->name, name);
	item.content = ptxi_strn(ptxi_arena_strn(b->arena, content.p, content.n), content.n);
	if (!ptx_buf_ok(&content) || !item.name || !item.content.p ||
	    !ptx_vec_push(&b->items, item))
		return ptx_fail(err, PTX_E_NOMEM, "no memory to pack '%s'", name);
	return 0;
}

/* What a link points at, when that is a regular file in the folder. */
static int check_link(const struct build *b, const char *name, const char *path, struct stat *st,
		      struct ptx_error **err)
{
	size_t n = strlen(b->package->root);
	char *real = realpath(path, NULL);
	bool inside = real && strncmp(real, b->package->root, n) == 0 && real[n] == '/';

	if (!real || !inside || stat(real, st) < 0 || !S_ISREG(st->st_mode)) {
		ptx_fail(err, PTX_E_INVALID, "'%s' is a link %s", name,
			 !real    ? "to nothing"
			 : inside ? "to something that is no file"
				  : "out of the package");
		free(real);
		return ptxi_error_hint(err, "replace it by a file, or name it in " IGNORE_FILE);
	}
	free(real);
	return 0;
}

static bool left_out(const struct build *b, const char *name, bool is_dir)
{
	if (strcmp(name, IGNORE_FILE) == 0 || strcmp(name, ".git") == 0)
		return true;
	return b->ignore && ptxi_ignore_match(b->ignore, name, is_dir);
}

static int on_entry(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct build *b = user;
	struct stat st = e->st;
	ptx_auto_str path = ptxi_path_join(b->package->root, e->path);
	int rc = 0;

	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (left_out(b, e->path, S_ISDIR(st.st_mode)))
		return S_ISDIR(st.st_mode) ? PTXI_WALK_SKIP : 0;
	if (S_ISDIR(st.st_mode) || strcmp(path, b->out) == 0)
		return 0;
	if (S_ISLNK(st.st_mode))
		rc = check_link(b, e->path, path, &st, err);
	else if (!S_ISREG(st.st_mode))
		rc = ptx_fail(err, PTX_E_INVALID, "'%s' is no file, folder or link", e->path);
	return rc < 0 ? rc : add_content(b, e->path, path, st.st_mode & 0100, err);
}

static int by_name(const void *a, const void *b, void *user)
{
	const struct ptxi_archive_item *x = a;
	const struct ptxi_archive_item *y = b;

	(void)user;
	return strcmp(x->name, y->name);
}

static struct ptxi_ignore *read_ignore(struct ptx_package *p, struct ptx_error **err)
{
	struct ptx_str text = { 0 };
	int rc = ptxi_package_read(p, IGNORE_FILE, &text, err);

	if (rc <= 0)
		return NULL;
	if (text.n > MOST_IGNORE_BYTES) {
		ptx_fail(err, PTX_E_LIMIT, "'" IGNORE_FILE "' is too large");
		return NULL;
	}
	return ptxi_ignore_parse(text, IGNORE_FILE, err);
}

static int64_t time_of(const struct ptx_build_opts *o)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds = 0;

	if (o->mtime_unix)
		return o->mtime_unix;
	return epoch && ptxi_parse_i64(ptxi_str(epoch), &seconds, 0, UINT32_MAX) ? seconds : 0;
}

static int pack(struct build *b, const char *target, struct ptx_error **err)
{
	ptx_auto_buf out = { 0 };
	int rc = ptxi_fs_walk(b->package->root, PTXI_PACKAGE_MAX_DEPTH, on_entry, b, err);

	ptx_buf_init(&out, 0);
	if (rc < 0)
		return rc;
	if (!ptxi_sort(b->items.v, b->items.n, sizeof(*b->items.v), by_name, NULL))
		return ptx_fail(err, PTX_E_NOMEM, "no memory to pack a package");
	rc = ptxi_archive_write(b->items.v, b->items.n, time_of(b->opts), &out, err);
	return rc < 0 ? rc : ptxi_fs_write(target, ptx_buf_str(&out), 0666, err);
}

static int check_names(const struct ptx_package *p, const char *version, struct ptx_error **err)
{
	const char *base = ptxi_path_base(p->root);

	if (!*p->name)
		return ptx_fail(err, PTX_E_INVALID,
				"a package without package.json has no name and cannot be packed");
	if (!ptxi_meta_name_ok(p->name))
		return ptx_fail(
		    err, PTX_E_INVALID,
		    "'%s' cannot be the name of an archive: letters, digits, '.', '_' and '-' can",
		    p->name);
	if (!*version)
		return ptx_fail(err, PTX_E_INVALID, "package '%s' has no version in package.json",
				p->name);
	if (!ptxi_meta_version_ok(version))
		return ptx_fail(
		    err, PTX_E_INVALID,
		    "version '%s' of package '%s' is no semantic version, such as 1.0.0", version,
		    p->name);
	if (strcmp(base, p->name) != 0) {
		ptx_fail(err, PTX_E_INVALID, "the folder '%s' and the package's name '%s' differ",
			 base, p->name);
		return ptxi_error_hint(err, "rename the folder, or the package in package.json");
	}
	return 0;
}

static int read_opts(struct ptx_build_opts *out, const struct ptx_build_opts *opts,
		     struct ptx_error **err)
{
	int rc = PTXI_OPTS_READ(out, opts, err);

	if (!out->max_bytes)
		out->max_bytes = PTXI_PACKAGE_MAX_BYTES;
	if (!out->max_file_bytes)
		out->max_file_bytes = PTXI_PACKAGE_MAX_FILE_BYTES;
	if (!out->max_files)
		out->max_files = PTXI_PACKAGE_MAX_FILES;
	return rc;
}

/* Loads and lints; problems go to diags. */
static struct ptx_package *load_sound(struct ptx_ctx *ctx, const char *folder,
				      const struct ptx_build_opts *o, struct ptx_diags *diags,
				      struct ptx_error **err)
{
	struct ptx_package_opts load = PTX_PACKAGE_OPTS_INIT;
	ptx_auto(package) p = NULL;

	load.max_file_bytes = o->max_file_bytes;
	load.diags = diags;
	if (!ptxi_fs_is_dir(folder)) {
		ptx_fail(err, PTX_E_NOT_FOUND, "there is no folder '%s' to pack", folder);
		return NULL;
	}
	p = ptx_package_load(ctx, folder, &load, err);
	if (!p || ptx_package_lint(p, diags, err) < 0)
		return NULL;
	if (ptxi_diags_fail(diags, err) < 0) {
		ptx_wrap(err, "while packing '%s'", folder);
		return NULL;
	}
	return ptx_steal(&p);
}

char *ptx_package_build(struct ptx_ctx *ctx, const char *folder, const char *target,
			const struct ptx_build_opts *opts, struct ptx_error **err)
{
	struct ptx_build_opts o = { 0 };
	ptx_auto(diags) own = ptx_diags_new();
	ptx_auto(package) p = NULL;
	ptxi_auto(ignore) ignore = NULL;
	ptx_auto_str name = NULL;
	ptx_auto_str path = NULL;
	struct ptx_error *e = NULL;
	struct build b = { .opts = &o };
	char *real = NULL;
	int rc = 0;

	if (read_opts(&o, opts, err) < 0)
		return NULL;
	p = load_sound(ctx, folder, &o, o.diags ? o.diags : own, err);
	if (!p)
		return NULL;
	ignore = read_ignore(p, &e);
	if (e) {
		if (err)
			*err = e;
		else
			ptx_error_free(e);
		return NULL;
	}
	b.package = p;
	b.arena = p->arena;
	b.ignore = ignore;
	b.version = o.version ? o.version : p->version;
	if (check_names(p, b.version, err) < 0)
		return NULL;
	name = ptxi_asprintf("%s-%s.tgz", p->name, b.version);
	path = name ? ptxi_path_join(target ? target : ".", name) : NULL;
	if (!path || (target && ptxi_fs_mkdirs(target, 0777, err) < 0)) {
		if (!path)
			ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
		return NULL;
	}
	real = realpath(path, NULL);
	b.out = real ? real : path;
	rc = pack(&b, path, err);
	free(real);
	ptx_vec_done(&b.items);
	return rc < 0 ? NULL : ptx_steal(&path);
}
