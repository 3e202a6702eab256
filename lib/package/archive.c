/* SPDX-License-Identifier: Apache-2.0 */
/* archive.c - archives, with our own rules on what may be in one.
 *
 * A plain .tgz is read by tar_plain.c, each file into its place in the arena. All others go through
 * the module `archive`.
 *
 * The whole archive is read and checked before anybody sees a file of it. Names are compared as
 * they are; two entries of one name keep the last, as tar does, but a name that is a file in one
 * place and a folder in another is refused. Invariant: at most max_bytes of content and max_files
 * names are ever held.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "archive.h"
#include "gunzip.h"
#include "package.h"
#include "tar.h"
#include "../base/fs.h"
#include "../base/map.h"
#include "../base/module.h"
#include "../base/path.h"
#include "../base/utf8.h"

#define CHUNK           65536u
#define GZIP            "\x1f\x8b\x08" /* what one begins with */
#define MOST_NAME_BYTES 4096u
#define TAR_OVERHEAD    (UINT64_C(16) << 20) /* headers, paddings, extended headers */

struct entry {
	struct ptx_buf content;
	struct ptx_str placed; /* or where it is already, in the arena */
	bool is_folder;        /* named, or seen before a slash */
	bool is_file;
	bool executable;
	bool left_out; /* nobody wants the content: placed has its length */
};

struct reading {
	struct ptx_arena *arena;
	const char *file;
	const struct ptxi_archive_limits *limits;
	struct ptxi_map *entries; /* name -> struct entry */
	struct entry *current;    /* whose data comes; NULL: none may come */
	struct ptx_str name;
	bool wanted; /* the content of current is */
	void *user;  /* of limits->wanted */
	size_t count;
	uint64_t total;
	struct ptx_error **err;
};

static void free_entry(void *p)
{
	struct entry *e = p;

	ptx_buf_done(&e->content);
	ptx_free(e);
}

static const struct ptxi_archive_table *module(struct ptx_error **err)
{
	return ptxi_module_get("archive", err);
}

static int refuse(struct reading *r, int code, const char *what)
{
	return ptx_fail(r->err, code, "archive '%s', entry '%.*s': %s", r->file,
			PTX_STR_ARG(r->name), what);
}

static int check_name(struct reading *r)
{
	struct ptx_str part = { 0 };

	if (r->name.n > MOST_NAME_BYTES)
		return ptx_fail(r->err, PTX_E_LIMIT,
				"archive '%s': a name of %zu bytes; %u are the most", r->file,
				r->name.n, MOST_NAME_BYTES);
	if (!ptxi_utf8_valid(r->name))
		return ptx_fail(r->err, PTX_E_INVALID, "archive '%s': a name is no valid UTF-8",
				r->file);
	for (size_t i = 0; i < r->name.n; i++)
		if ((unsigned char)r->name.p[i] < 0x20 || r->name.p[i] == 0x7f)
			return ptx_fail(r->err, PTX_E_INVALID,
					"archive '%s': a name holds control characters", r->file);
	if (!ptxi_path_inside(r->name))
		return refuse(r, PTX_E_INVALID, "the name leads out of the archive, or is empty");
	for (struct ptx_str rest = r->name; ptxi_str_next(&rest, '/', &part);)
		if (part.n > 255)
			return refuse(r, PTX_E_LIMIT,
				      "a part of the name is longer than 255 bytes");
	return 0;
}

/* The entry of a name; made if need be. */
static struct entry *entry_of(struct reading *r, const char *name)
{
	struct entry *e = ptxi_map_get(r->entries, name);

	if (e)
		return e;
	if (++r->count > r->limits->max_files) {
		ptx_fail(r->err, PTX_E_LIMIT, "archive '%s' has more than %zu entries", r->file,
			 r->limits->max_files);
		return NULL;
	}
	e = ptxi_alloc(sizeof(*e));
	if (e)
		ptx_buf_init(&e->content, 0);
	if (e && ptxi_map_set(r->entries, name, e) == 0)
		return e;
	if (e)
		free_entry(e);
	ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
	return NULL;
}

/* Every folder above a name is one. */
static int note_parents(struct reading *r, char *name)
{
	for (char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct entry *e = NULL;

		*slash = '\0';
		e = entry_of(r, name);
		*slash = '/';
		if (!e)
			return ptx_error_code(*r->err);
		if (e->is_file)
			return refuse(r, PTX_E_INVALID, "a folder above it is a file");
		e->is_folder = true;
	}
	return 0;
}

static int begin_file(struct reading *r, const struct ptxi_archive_entry *in, struct entry *e)
{
	if (e->is_folder)
		return refuse(r, PTX_E_INVALID, "a file and a folder have the same name");
	if (in->sparse)
		return refuse(r, PTX_E_INVALID, "a sparse file");
	if (in->has_size && in->size > r->limits->max_file_bytes)
		return refuse(r, PTX_E_LIMIT, "the file is larger than is allowed");
	r->total -= e->content.n + e->placed.n;
	e->placed = ptxi_strn(NULL, 0);
	ptx_buf_done(&e->content);
	ptx_buf_init(&e->content, (size_t)r->limits->max_file_bytes);
	e->is_file = true;
	e->left_out = false;
	e->executable = in->executable;
	r->current = e;
	return 0;
}

static int on_entry(const struct ptxi_archive_entry *in, void *user)
{
	struct reading *r = user;
	ptx_auto_str name = NULL;
	struct entry *e = NULL;
	int rc = 0;

	r->current = NULL;
	r->name = ptxi_str(in->name);
	if (in->kind == PTXI_ARCHIVE_OTHER)
		return refuse(r, PTX_E_INVALID,
			      "a link, a device or another thing that is no file");
	rc = check_name(r);
	if (rc < 0)
		return rc;
	name = ptxi_path_clean(in->name);
	if (!name)
		return ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
	if (strcmp(name, ".") == 0)
		return in->kind == PTXI_ARCHIVE_FOLDER
			   ? 0
			   : refuse(r, PTX_E_INVALID, "the name is empty");
	rc = note_parents(r, name);
	e = rc < 0 ? NULL : entry_of(r, name);
	if (!e)
		return ptx_error_code(*r->err);
	r->wanted = !r->limits->wanted || r->limits->wanted(name, in->size, r->user);
	if (in->kind == PTXI_ARCHIVE_FILE)
		return begin_file(r, in, e);
	if (e->is_file)
		return refuse(r, PTX_E_INVALID, "a file and a folder have the same name");
	e->is_folder = true;
	return 0;
}

static int on_data(const void *bytes, size_t n, void *user)
{
	struct reading *r = user;

	if (!r->current)
		return refuse(r, PTX_E_INVALID, "a folder with content");
	r->total += n;
	if (r->total > r->limits->max_bytes)
		return ptx_fail(r->err, PTX_E_LIMIT, "archive '%s' unpacks to more than %llu bytes",
				r->file, (unsigned long long)r->limits->max_bytes);
	ptx_buf_add(&r->current->content, bytes, n);
	if (!ptx_buf_ok(&r->current->content))
		return refuse(r, r->current->content.status,
			      r->current->content.status == PTX_E_LIMIT
				  ? "the file is larger than is allowed"
				  : "no memory");
	return 0;
}

/* A failure of the module that nobody has worded yet. */
static int worded(struct ptx_error **err, int rc, const char *file, const char *why)
{
	if (rc >= 0 || (err && *err))
		return rc;
	return ptx_fail(err, rc, "archive '%s' cannot be read: %s", file,
			*why ? why : "unknown reason");
}

/* ---- a plain .tgz */

static uint64_t most_unpacked(const struct reading *r)
{
	return r->limits->max_bytes + TAR_OVERHEAD;
}

static char *room_for(size_t n, bool *skip, void *user)
{
	struct reading *r = user;
	char *p = NULL;

	if (n > r->limits->max_bytes - r->total)
		return NULL;
	*skip = r->current->left_out = !r->wanted;
	if (*skip) {
		r->current->placed = ptxi_strn(NULL, n);
		r->total += n;
		return NULL;
	}
	p = ptxi_arena_bytes(r->arena, n + 1);
	if (!p)
		return NULL;
	p[n] = '\0';
	r->current->placed = ptxi_strn(p, n);
	r->total += n;
	return p;
}

/* Forgets what was read. */
static int start_over(struct reading *r)
{
	ptxi_map_free(r->entries);
	r->entries = ptxi_map_new(free_entry);
	r->current = NULL;
	r->total = 0;
	r->count = 0;
	return r->entries ? 0
			  : ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
}

/* True when it was one. If not, the entries are to be forgotten. */
static bool read_plain(struct reading *r, struct ptxi_gunzip *gz)
{
	const struct ptxi_tar_sink sink = { on_entry, room_for, r };
	struct ptxi_arena_mark mark = ptxi_arena_mark(r->arena);
	struct ptx_error **err = r->err;
	struct ptx_error *own = NULL;
	bool plain = false;

	r->err = &own;
	plain = gz && ptxi_tar_read_plain(gz, &sink);
	r->err = err;
	ptx_error_free(own);
	if (plain)
		return true;
	ptxi_arena_release(r->arena, mark);
	return false;
}

/* ---- any other */

static int unzip(struct reading *r, struct ptx_str bytes, struct ptx_buf *out)
{
	ptxi_auto(gunzip) gz = ptxi_gunzip_new(bytes, most_unpacked(r));
	size_t got = 1;
	int rc = gz ? 0 : bytes.n > UINT32_MAX ? PTX_E_LIMIT : PTX_E_NOMEM;

	while (rc == 0 && got) {
		char *room = ptx_buf_reserve(out, CHUNK);

		if (!room)
			return ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
		rc = ptxi_gunzip_read(gz, room, CHUNK, &got);
		ptx_buf_commit(out, got);
	}
	return worded(r->err, rc, r->file,
		      gz                  ? ptxi_gunzip_why(gz)
		      : rc == PTX_E_LIMIT ? "the archive is too large"
					  : "no memory");
}

static int read_tar(struct reading *r, const struct ptxi_archive_table *t, struct ptx_str tar)
{
	const struct ptxi_archive_sink sink = { on_entry, on_data, r };
	char why[160] = "";
	int rc = ptxi_tar_check(tar, r->err);

	if (rc < 0)
		return ptx_wrap(r->err, "while reading archive '%s'", r->file);
	return worded(r->err, t->read(PTXI_ARCHIVE_TAR, tar.p, tar.n, &sink, why, sizeof(why)),
		      r->file, why);
}

static int read_zip(struct reading *r, const struct ptxi_archive_table *t, struct ptx_str zip)
{
	const struct ptxi_archive_sink sink = { on_entry, on_data, r };
	ptx_auto_buf plain = { 0 };
	char why[160] = "";
	size_t comment = 0;
	int rc = ptxi_zip_check(zip, &comment, r->err);

	ptx_buf_init(&plain, 0);
	if (rc < 0)
		return ptx_wrap(r->err, "while reading archive '%s'", r->file);
	/* libarchive looks for the end record in the last 16 KiB only: a long comment is cut off
	 * for it. */
	if (comment) {
		ptx_buf_add(&plain, zip.p, zip.n - comment - 2);
		ptx_buf_add(&plain, "\0\0", 2);
		if (!ptx_buf_ok(&plain))
			return ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
		zip = ptx_buf_str(&plain);
	}
	return worded(r->err, t->read(PTXI_ARCHIVE_ZIP, zip.p, zip.n, &sink, why, sizeof(why)),
		      r->file, why);
}

static bool is_tar(struct ptx_str s)
{
	return s.n >= 512 && (memcmp(s.p + 257, "ustar", 5) == 0 || s.p[0]);
}

/* A file's name must not promise another format than it has: what one program takes for a zip and
 * another for a tar is nobody's package. */
static bool name_fits(const char *file, struct ptx_str bytes)
{
	struct ptx_str name = ptxi_str(file);
	bool zip = bytes.n >= 4 && memcmp(bytes.p, "PK", 2) == 0;

	if (ptxi_str_ends(name, ".zip"))
		return zip;
	if (ptxi_str_ends(name, ".tgz") || ptxi_str_ends(name, ".tar.gz"))
		return ptxi_gunzip_is(bytes);
	return !ptxi_str_ends(name, ".tar") || (!zip && !ptxi_gunzip_is(bytes));
}

static int read_all(struct reading *r, struct ptx_str bytes)
{
	const struct ptxi_archive_table *t = NULL;
	ptx_auto_buf tar = { 0 };
	int rc = 0;

	ptx_buf_init(&tar, 0);
	if (!name_fits(r->file, bytes))
		return ptx_fail(r->err, PTX_E_UNSUPPORTED,
				"'%s' is not the archive that its name says", r->file);
	if (ptxi_gunzip_is(bytes)) {
		ptxi_auto(gunzip) gz = ptxi_gunzip_new(bytes, most_unpacked(r));

		if (read_plain(r, gz))
			return 0;
		rc = start_over(r);
		if (rc < 0)
			return rc;
	}
	t = module(r->err);
	if (!t)
		return ptx_error_code(*r->err);
	if (bytes.n >= 4 && memcmp(bytes.p, "PK", 2) == 0)
		return read_zip(r, t, bytes);
	if (ptxi_gunzip_is(bytes)) {
		rc = unzip(r, bytes, &tar);
		if (rc < 0)
			return rc;
		bytes = ptx_buf_str(&tar);
	}
	if (!is_tar(bytes))
		return ptx_fail(r->err, PTX_E_UNSUPPORTED, "'%s' is no .tgz, .tar or .zip archive",
				r->file);
	return read_tar(r, t, bytes);
}

/* The content of a file in the arena, and nowhere else. */
static bool place(struct reading *r, struct entry *e)
{
	char *copy = NULL;

	if (e->placed.p || e->left_out)
		return true;
	copy = ptxi_arena_strn(r->arena, e->content.p, e->content.n);
	e->placed = ptxi_strn(copy, e->content.n);
	ptx_buf_done(&e->content);
	return copy != NULL;
}

static int hand_out(struct reading *r, ptxi_archive_file_fn fn, void *user)
{
	for (size_t i = 0; i < ptxi_map_count(r->entries); i++) {
		const char *name = NULL;
		struct entry *e = ptxi_map_at(r->entries, i, &name);
		int rc = 0;

		if (e->is_folder)
			continue;
		if (!place(r, e))
			return ptx_fail(r->err, PTX_E_NOMEM, "no memory for archive '%s'", r->file);
		rc = fn(name, e->placed, e->executable, user, r->err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ptxi_archive_read(struct ptx_arena *a, struct ptx_str bytes, const char *file,
		      const struct ptxi_archive_limits *limits, ptxi_archive_file_fn fn, void *user,
		      struct ptx_error **err)
{
	struct ptx_error *own = NULL;
	struct reading r = {
		.arena = a, .file = file, .limits = limits, .user = user, .err = err ? err : &own
	};
	int rc = start_over(&r);

	if (rc >= 0)
		rc = read_all(&r, bytes);
	if (rc >= 0 && !ptxi_map_count(r.entries))
		rc = ptx_fail(r.err, PTX_E_INVALID, "archive '%s' is empty", file);
	if (rc >= 0)
		rc = hand_out(&r, fn, user);
	ptxi_map_free(r.entries);
	ptx_error_free(own);
	return rc;
}

int ptxi_archive_read_plain(struct ptx_arena *a, int fd, const char *file,
			    const struct ptxi_archive_limits *limits, ptxi_archive_file_fn fn,
			    void *user, struct ptx_error **err)
{
	struct ptx_error *own = NULL;
	struct reading r = {
		.arena = a, .file = file, .limits = limits, .user = user, .err = err ? err : &own
	};
	uint64_t lost = ptxi_alloc_lost();
	ptxi_auto(gunzip) gz = ptxi_gunzip_open(fd, most_unpacked(&r));
	int rc = start_over(&r);

	if (rc >= 0)
		rc = name_fits(file, PTXI_STR(GZIP)) && read_plain(&r, gz) &&
			     ptxi_map_count(r.entries)
			 ? hand_out(&r, fn, user)
			 : 1;
	/* A lack of memory says nothing about the archive. */
	if (rc == 1 && ptxi_alloc_lost() != lost)
		rc = ptx_fail(r.err, PTX_E_NOMEM, "no memory for archive '%s'", file);
	ptxi_map_free(r.entries);
	ptx_error_free(own);
	return rc;
}

/* ---- into a package */

struct unpack {
	struct ptx_package *package;
	char top[256];
};

static int add_file(const char *name, struct ptx_str content, bool executable, void *user,
		    struct ptx_error **err)
{
	struct unpack *u = user;
	struct ptx_package *p = u->package;
	const char *slash = strchr(name, '/');
	struct ptxi_package_file *f = NULL;

	if (!slash) {
		ptx_fail(err, PTX_E_INVALID, "'%s' stands at the top of the archive '%s'", name,
			 p->path);
		return ptxi_error_hint(
		    err, "everything must be in one folder, as `pitrix package` packs it");
	}
	if (!*u->top)
		snprintf(u->top, sizeof(u->top), "%.*s", (int)(slash - name), name);
	if (!ptxi_str_is(ptxi_strn(name, (size_t)(slash - name)), u->top))
		return ptx_fail(err, PTX_E_INVALID,
				"archive '%s' has two folders at its top, '%s' and '%.*s'", p->path,
				u->top, (int)(slash - name), name);
	f = ptxi_arena_alloc(p->arena, sizeof(*f));
	if (!f || ptxi_map_set(p->files, slash + 1, f) < 0)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for '%s'", name);
	f->content = content;
	f->executable = executable;
	return 0;
}

int ptxi_archive_load(struct ptx_package *p, struct ptx_error **err)
{
	const struct ptxi_archive_limits limits = { p->opts.max_bytes, p->opts.max_file_bytes,
						    p->opts.max_files, NULL };
	struct unpack u = { .package = p };
	ptx_auto_buf b = { 0 };
	int rc = 0;

	ptx_buf_init(&b, 0);
	rc = ptxi_fs_read(p->path, (size_t)p->opts.max_bytes, &b, err);
	if (rc < 0)
		return rc;
	rc = ptxi_archive_read(p->arena, ptx_buf_str(&b), p->path, &limits, add_file, &u, err);
	if (rc >= 0 && !ptxi_map_count(p->files))
		return ptx_fail(err, PTX_E_INVALID, "archive '%s' has no files", p->path);
	return rc;
}
