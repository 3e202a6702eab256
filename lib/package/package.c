/* SPDX-License-Identifier: Apache-2.0 */
/* package.c - the public calls about packages: where one is, which kind it is of, and on to that
 * kind.
 *
 * A kind fills a list of problems; these calls turn a list with errors into one error for callers
 * who asked for no list. Invariant: a package that was returned has a kind, and its kind's load
 * found no error.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "package.h"
#include "archive.h"
#include "../base/ctx.h"
#include "../base/diag.h"
#include "../base/digest.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../value/value.h"

static int read_opts(struct ptx_package_opts *out, const struct ptx_package_opts *opts,
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

static struct ptx_package *new_package(struct ptx_ctx *ctx, const char *path,
				       const struct ptx_package_opts *opts, struct ptx_error **err)
{
	ptx_auto(package) p = ptxi_alloc(sizeof(*p));

	if (p) {
		p->ctx = ctx;
		p->arena = ptx_arena_new(0);
		p->files = ptxi_map_new(NULL);
		p->path = p->arena ? ptxi_arena_str(p->arena, path) : NULL;
	}
	if (!p || !p->path || !p->files) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a package");
		return NULL;
	}
	p->name = p->version = p->app_version = p->description = "";
	return read_opts(&p->opts, opts, err) < 0 ? NULL : ptx_steal(&p);
}

static int open_folder(struct ptx_package *p, struct ptx_error **err)
{
	char *real = realpath(p->path, NULL);

	if (!real)
		return ptx_fail_errno(err, ptxi_code_from_errno(errno), errno,
				      "cannot open the package '%s'", p->path);
	p->root = ptxi_arena_str(p->arena, real);
	free(real);
	return p->root ? 0 : ptxi_arena_check(p->arena, err);
}

static int open_files(struct ptx_package *p, struct ptx_error **err)
{
	if (!ptxi_fs_exists(p->path))
		return ptx_fail(err, PTX_E_NOT_FOUND, "there is no package '%s'", p->path);
	return ptxi_fs_is_dir(p->path) ? open_folder(p, err) : ptxi_archive_load(p, err);
}

static int choose_kind(struct ptx_package *p, struct ptx_error **err)
{
	p->kind = p->opts.kind ? ptxi_package_kind_find(p->opts.kind) : ptxi_package_kind_detect(p);
	if (p->kind)
		return 0;
	if (p->opts.kind)
		return ptx_fail(err, PTX_E_UNSUPPORTED, "there is no package kind '%s'",
				p->opts.kind);
	ptx_fail(err, PTX_E_INVALID, "'%s' is no package of a known kind", p->path);
	return ptxi_error_hint(err, "a package for machines has config.json and cluster.json.tmpl");
}

/* Where a package comes from: the path, unless items are given. */
struct source {
	const char *path;
	const struct ptxi_archive_item *items;
	size_t count;
};

static int take_items(struct ptx_package *p, const struct source *src, struct ptx_error **err)
{
	for (size_t i = 0; i < src->count; i++) {
		struct ptxi_package_file *f = ptxi_arena_alloc(p->arena, sizeof(*f));
		const struct ptxi_archive_item *item = &src->items[i];

		if (!f || ptxi_map_set(p->files, item->name, f) < 0)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for '%s'", item->name);
		f->content = ptxi_strn(ptxi_arena_strn(p->arena, item->content.p, item->content.n),
				       item->content.n);
		f->executable = item->executable;
	}
	return ptxi_arena_check(p->arena, err);
}

static struct ptx_package *load_into(struct ptx_ctx *ctx, const struct source *src,
				     const struct ptx_package_opts *opts, struct ptx_diags *diags,
				     struct ptx_error **err)
{
	ptx_auto(package) p = new_package(ctx, src->path, opts, err);

	if (!p || (src->items ? take_items(p, src, err) : open_files(p, err)) < 0 ||
	    choose_kind(p, err) < 0)
		return NULL;
	if (p->kind->load(p, diags, err) < 0 || ptxi_arena_check(p->arena, err) < 0)
		return NULL;
	return ptx_steal(&p);
}

/* Errors added to diags since there were `before`, as one error. */
static int fail_of(const struct ptx_diags *diags, size_t before, struct ptx_error **err)
{
	if (ptx_diags_count_of(diags, PTX_ERROR) <= before)
		return 0;
	return ptxi_diags_fail(diags, err);
}

static struct ptx_package *load(struct ptx_ctx *ctx, const struct source *src,
				const struct ptx_package_opts *opts, struct ptx_error **err)
{
	struct ptx_package_opts o = { 0 };
	ptx_auto(diags) own = ptx_diags_new();
	struct ptx_diags *diags = NULL;
	ptx_auto(package) p = NULL;
	size_t before = 0;

	if (read_opts(&o, opts, err) < 0)
		return NULL;
	diags = o.diags ? o.diags : own;
	if (!diags) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a list of problems");
		return NULL;
	}
	before = ptx_diags_count_of(diags, PTX_ERROR);
	p = load_into(ctx, src, opts, diags, err);
	if (!p)
		return NULL;
	if (fail_of(diags, before, err) < 0) {
		ptx_wrap(err, "while loading the package '%s'", src->path);
		return NULL;
	}
	p->opts.diags = NULL;
	return ptx_steal(&p);
}

struct ptx_package *ptx_package_load(struct ptx_ctx *ctx, const char *path,
				     const struct ptx_package_opts *opts, struct ptx_error **err)
{
	const struct source src = { .path = path };

	return load(ctx, &src, opts, err);
}

struct ptx_package *ptxi_package_load_items(struct ptx_ctx *ctx, const char *name,
					    const struct ptxi_archive_item *items, size_t count,
					    const struct ptx_package_opts *opts,
					    struct ptx_error **err)
{
	const struct source src = { name, items, count };

	return load(ctx, &src, opts, err);
}

void ptx_package_free(struct ptx_package *p)
{
	if (!p)
		return;
	if (p->kind && p->kind->unload)
		p->kind->unload(p);
	ptxi_map_free(p->files);
	ptx_arena_free(p->arena);
	ptx_free(p);
}

const char *ptx_package_kind(const struct ptx_package *p)
{
	return p->kind->name;
}

const char *ptx_package_path(const struct ptx_package *p)
{
	return p->path;
}

const char *ptx_package_name(const struct ptx_package *p)
{
	return p->name;
}

const char *ptx_package_version(const struct ptx_package *p)
{
	return p->version;
}

const char *ptx_package_app_version(const struct ptx_package *p)
{
	return p->app_version;
}

const char *ptx_package_description(const struct ptx_package *p)
{
	return p->description;
}

struct ptx_value *ptx_package_describe(const struct ptx_package *p, struct ptx_arena *a,
				       struct ptx_error **err)
{
	static const char *const fields[] = { "home",     "icon",    "maintainers",
					      "keywords", "sources", "screenshots" };
	struct ptx_value *map = ptx_value_map(a);

	ptx_value_set_string(map, "kind", p->kind->name);
	ptx_value_set_string(map, "name", p->name);
	ptx_value_set_string(map, "version", p->version);
	ptx_value_set_string(map, "app_version", p->app_version);
	ptx_value_set_string(map, "description", p->description);
	for (size_t i = 0; i < PTXI_COUNT(fields); i++) {
		const struct ptx_value *v = ptx_value_get(p->meta, fields[i]);

		if (v)
			ptx_value_set(map, fields[i], ptx_value_copy(a, v));
	}
	if (p->kind->describe)
		p->kind->describe(p, map);
	return ptxi_arena_check(a, err) < 0 ? NULL : map;
}

int ptx_package_file(struct ptx_package *p, const char *name, struct ptx_str *content,
		     struct ptx_error **err)
{
	int rc = ptxi_package_read(p, name, content, err);

	if (rc == 0)
		return ptx_fail(err, PTX_E_NOT_FOUND, "package '%s' has no file '%s'", p->path,
				name);
	return rc < 0 ? rc : 0;
}

static int list_file(const char *name, uint64_t size_bytes, void *user, struct ptx_error **err)
{
	struct ptx_value *list = user;
	struct ptx_value *one = ptx_value_map(ptxi_value_arena(list));

	(void)err;
	ptx_value_set_string(one, "name", name);
	ptx_value_set_int(one, "size_bytes", (int64_t)size_bytes);
	ptx_value_append(list, one);
	return 0;
}

struct ptx_value *ptx_package_files(struct ptx_package *p, struct ptx_arena *a,
				    struct ptx_error **err)
{
	struct ptx_value *list = ptx_value_list(a);

	if (list && ptxi_package_each(p, "", list_file, list, err) < 0)
		return NULL;
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

struct digest {
	struct ptx_package *package;
	struct ptxi_hasher *hasher;
};

/* Lengths stand before names and contents, so that no two packages give the same stream. */
static int digest_file(const char *name, uint64_t size_bytes, void *user, struct ptx_error **err)
{
	struct digest *d = user;
	struct ptx_str content = { 0 };
	char head[64] = "";
	int rc = ptxi_package_read(d->package, name, &content, err);

	(void)size_bytes;
	if (rc <= 0)
		return rc;
	snprintf(head, sizeof(head), "%zu %zu ", strlen(name), content.n);
	ptxi_hasher_add(d->hasher, ptxi_str(head));
	ptxi_hasher_add(d->hasher, ptxi_str(name));
	ptxi_hasher_add(d->hasher, content);
	return 0;
}

char *ptx_package_digest(struct ptx_package *p, struct ptx_error **err)
{
	ptxi_auto(hasher) hasher = ptxi_hasher_new(PTXI_SHA256);
	struct digest d = { p, hasher };
	unsigned char bytes[PTXI_DIGEST_MAX];
	char *hex = NULL;
	size_t n = 0;

	if (!hasher) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
		return NULL;
	}
	if (ptxi_package_each(p, "", digest_file, &d, err) < 0)
		return NULL;
	n = ptxi_hasher_finish(hasher, bytes);
	hex = ptxi_alloc(2 * n + 1);
	for (size_t i = 0; hex && i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	if (!hex)
		ptx_fail(err, PTX_E_NOMEM, "no memory for a digest");
	return hex;
}

struct ptx_value *ptx_package_questions(const struct ptx_package *p, struct ptx_arena *a,
					const char *language, struct ptx_error **err)
{
	return p->kind->questions ? p->kind->questions(p, a, language, err) : ptx_value_list(a);
}

struct ptx_value *ptx_package_defaults(const struct ptx_package *p, struct ptx_arena *a,
				       struct ptx_error **err)
{
	return p->kind->defaults(p, a, err);
}

struct ptx_value *ptx_package_secrets(const struct ptx_package *p, struct ptx_arena *a,
				      struct ptx_error **err)
{
	return p->kind->secrets ? p->kind->secrets(p, a, err) : ptx_value_list(a);
}

struct ptx_value *ptx_package_validate(const struct ptx_package *p, struct ptx_arena *a,
				       const struct ptx_value *answers,
				       const struct ptx_validate_opts *opts,
				       struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptx_validate_opts o = { 0 };
	ptx_auto(diags) own = ptx_diags_new();
	struct ptx_value *values = NULL;
	size_t before = 0;

	if (PTXI_OPTS_READ(&o, opts, err) < 0)
		return NULL;
	diags = diags ? diags : own;
	if (!diags) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for a list of problems");
		return NULL;
	}
	before = ptx_diags_count_of(diags, PTX_ERROR);
	values = p->kind->validate(p, a, answers, &o, diags, err);
	if (!values || fail_of(diags, before, err) < 0)
		return NULL;
	/* cppcheck-suppress returnDanglingLifetime; values are of the arena, no kind keeps the
	 * options */
	return values;
}

int ptx_package_render(const struct ptx_package *p, struct ptx_arena *a,
		       const struct ptx_value *answers, const struct ptx_render_opts *opts,
		       struct ptx_rendered *out, struct ptx_error **err)
{
	struct ptx_render_opts o = { 0 };
	struct ptx_validate_opts v = { 0 };
	ptx_auto(diags) own = ptx_diags_new();
	struct ptx_diags *diags = NULL;
	size_t before = 0;
	int rc = PTXI_OPTS_READ(&o, opts, err);

	*out = (struct ptx_rendered){ 0 };
	if (rc < 0 || (rc = PTXI_OPTS_READ(&v, o.validate, err)) < 0)
		return rc;
	o.validate = &v;
	diags = o.diags ? o.diags : own;
	if (!diags)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a list of problems");
	if (!p->kind->render)
		return ptx_fail(err, PTX_E_UNSUPPORTED, "packages of kind '%s' are not rendered",
				p->kind->name);
	before = ptx_diags_count_of(diags, PTX_ERROR);
	rc = p->kind->render(p, a, answers, &o, diags, out, err);
	if (rc < 0)
		return rc;
	rc = fail_of(diags, before, err);
	if (rc < 0)
		*out = (struct ptx_rendered){ 0 };
	return rc;
}

int ptx_package_lint(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	int code = p->kind->lint(p, diags, err);

	return code < 0 ? code : ptxi_diags_check(diags, err);
}

int ptx_package_lint_path(struct ptx_ctx *ctx, const char *path,
			  const struct ptx_package_opts *opts, struct ptx_diags *diags,
			  struct ptx_error **err)
{
	ptx_auto(error) e = NULL;
	size_t before = ptx_diags_count_of(diags, PTX_ERROR);
	const struct source src = { .path = path };
	ptx_auto(package) p = load_into(ctx, &src, opts, diags, &e);

	int code = ptx_error_code(e);

	if (!p && (code == PTX_E_NOMEM || !ptxi_fs_exists(path))) {
		if (err)
			*err = ptx_steal(&e);
		return code;
	}
	if (!p) {
		ptxi_diag_add_error(diags, "package-load", e);
		return ptxi_diags_check(diags, err);
	}
	if (ptx_diags_count_of(diags, PTX_ERROR) > before)
		return ptxi_diags_check(diags, err);
	return ptx_package_lint(p, diags, err);
}
