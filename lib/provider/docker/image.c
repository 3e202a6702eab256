/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - where the root file system of an instance comes from.
 *
 * The runtime's `images` maps the package's name of an image to a source: an image that the engine
 * has, an archive of a root file system, or a script that makes one (`SCRIPT OUT.tar`; a folder
 * stands for the script `build` in it). What is imported gets the tag localhost/pitrix/NAME:KEY,
 * where KEY is of the content: of the archive, or of all files in the script's folder. So it is
 * imported once, however often it is asked for, and anew when it changed.
 *
 * Two processes never build or import the same image at once: a lock in the cache folder sees to
 * that.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/digest.h"
#include "../../base/fs.h"
#include "../../base/path.h"
#include "../../base/proc.h"

#include <fcntl.h>
#include <unistd.h>

#define KEY_LENGTH          12u
#define SCRIPT_FOLDER_MAX   ((size_t)64 << 20)
#define SCRIPT_FOLDER_DEPTH 16u
#define IMPORT_IDLE_MS      (15 * 60 * 1000)
#define KEY_MS              (30 * 1000)
#define BUILD_MS            (30 * 60 * 1000)
#define LOCK_MS             (40 * 60 * 1000)

enum source_kind { SOURCE_REFERENCE, SOURCE_ARCHIVE, SOURCE_SCRIPT };

struct source {
	enum source_kind kind;
	const char *image; /* the package's name of it */
	char *path;        /* archive or script; owned */
	bool keyed;        /* the script gave the key, and keeps its archives itself */
	char key[KEY_LENGTH + 1];
	char *repository; /* "localhost/pitrix/NAME"; owned */
	char *reference;  /* what the engine knows it by; owned */
};

static void source_done(struct source *s)
{
	ptx_free(s->path);
	ptx_free(s->repository);
	ptx_free(s->reference);
}

/* ---- what the source is ---- */

static bool is_script(const char *path)
{
	char head[2] = "";
	ptx_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	return access(path, X_OK) == 0 && fd >= 0 && read(fd, head, 2) == 2 && head[0] == '#' &&
	       head[1] == '!';
}

/* An image's name as part of a reference: lower case letters, digits and single separators. */
static char *make_repository(const char *image)
{
	ptx_auto_buf b = { 0 };
	bool separated = true;

	ptx_buf_init(&b, 0);
	ptx_buf_adds(&b, "localhost/pitrix/");
	for (; *image && b.n < 120; image++) {
		char c = *image >= 'A' && *image <= 'Z' ? (char)(*image + 32) : *image;
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (plain)
			ptx_buf_addc(&b, c);
		else if (!separated)
			ptx_buf_addc(&b, '-');
		separated = !plain;
	}
	while (b.n > 0 && b.p[b.n - 1] == '-')
		ptx_buf_truncate(&b, b.n - 1);
	if (b.n > 0 && b.p[b.n - 1] == '/')
		ptx_buf_adds(&b, "image");
	return ptx_buf_steal(&b, NULL);
}

struct hashing {
	struct ptxi_hasher *hasher;
	const char *root;
	size_t bytes;
};

static int hash_entry(const struct ptxi_walk_entry *e, void *user, struct ptx_error **err)
{
	struct hashing *h = user;
	ptx_auto_str path = ptxi_path_join(h->root, e->path);
	ptx_auto_buf content = { 0 };
	char head[64] = "";

	ptx_buf_init(&content, 0);
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (S_ISREG(e->st.st_mode) &&
	    ptxi_fs_read(path, SCRIPT_FOLDER_MAX - h->bytes, &content, err) < 0)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	if (S_ISLNK(e->st.st_mode)) {
		char target[PATH_MAX] = "";
		ssize_t n = readlink(path, target, sizeof(target));

		ptx_buf_add(&content, target, n > 0 ? (size_t)n : 0);
	}
	h->bytes += content.n;
	snprintf(head, sizeof(head), "%c%d %zu ",
		 S_ISREG(e->st.st_mode)   ? 'f'
		 : S_ISLNK(e->st.st_mode) ? 'l'
					  : 'd',
		 (e->st.st_mode & 0111) != 0, content.n);
	ptxi_hasher_add(h->hasher, ptxi_str(head));
	/* The NUL keeps a path and a content apart. */
	ptxi_hasher_add(h->hasher, ptxi_strn(e->path, strlen(e->path) + 1));
	ptxi_hasher_add(h->hasher, ptx_buf_str(&content));
	return 0;
}

static int hash_script(const char *script, char key[KEY_LENGTH + 1], struct ptx_error **err)
{
	ptx_auto_str folder = ptxi_path_dir(script);
	ptxi_auto(hasher) hasher = ptxi_hasher_new(PTXI_SHA256);
	struct hashing h = { hasher, folder, 0 };
	unsigned char digest[PTXI_DIGEST_MAX] = { 0 };
	int code = 0;

	if (!folder || !hasher)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to look at '%s'", script);
	ptxi_hasher_add(hasher, ptxi_str(ptxi_path_base(script)));
	code = ptxi_fs_walk(folder, SCRIPT_FOLDER_DEPTH, hash_entry, &h, err);
	if (code < 0)
		return ptx_wrap(err, "while looking at the folder of script '%s'", script);
	if (ptxi_hasher_finish(hasher, digest) == 0)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to look at '%s'", script);
	for (size_t i = 0; i < KEY_LENGTH / 2; i++)
		snprintf(key + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

/* Runs the script with one argument; its output, trimmed, into out. */
static int ask_script(const struct ptx_ctx *ctx, const char *script, const char *argument,
		      int64_t timeout_ms, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto_str folder = ptxi_path_dir(script);
	const char *argv[] = { script, argument, NULL };
	struct ptxi_proc_opts o = {
		.argv = argv, .cwd = folder, .timeout_ms = timeout_ms, .max_output = 1 << 20
	};
	struct ptxi_proc_result r = { 0 };
	int code = folder ? ptxi_proc_run(ctx, &o, &r, err)
			  : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	if (code == 0 && r.exit_status != 0) {
		struct ptx_str said = ptxi_str_trim(ptx_buf_str(&r.err));
		struct ptx_str last = ptxi_str_from(said, said.n > 600 ? said.n - 600 : 0);

		code = ptx_fail(err, PTX_E_FAILED, "script '%s' ended with status %d: %.*s", script,
				r.exit_status, PTX_STR_ARG(last));
	} else if (code == 0) {
		ptx_buf_addstr(out, ptxi_str_trim(ptx_buf_str(&r.out)));
	}
	ptxi_proc_result_done(&r);
	return code;
}

/* The key that the script itself gives for its content (`--key`); false when it does not know that.
 */
static bool ask_key(const struct ptx_ctx *ctx, const char *script, char key[KEY_LENGTH + 1])
{
	ptx_auto_buf said = { 0 };

	ptx_buf_init(&said, 4096);
	if (ask_script(ctx, script, "--key", KEY_MS, &said, NULL) < 0 || said.n < KEY_LENGTH ||
	    said.n > 128 || strspn(said.p, "0123456789abcdef") != said.n)
		return false;
	memcpy(key, said.p, KEY_LENGTH);
	key[KEY_LENGTH] = '\0';
	return true;
}

static int hash_archive(const char *path, char key[KEY_LENGTH + 1], struct ptx_error **err)
{
	ptx_auto_str hex = ptxi_digest_file_hex(PTXI_SHA256, path, err);

	if (!hex)
		return err && *err ? ptx_error_code(*err) : PTX_E_IO;
	snprintf(key, KEY_LENGTH + 1, "%s", hex);
	return 0;
}

static int no_source(const char *image, const char *path, struct ptx_error **err)
{
	ptx_fail(err, PTX_E_NOT_FOUND, "the source of image '%s', '%s', does not exist", image,
		 path);
	ptxi_error_hint(err, "`images` of the runtime says where it is");
	return PTX_E_NOT_FOUND;
}

static int source_read(const struct ptx_ctx *ctx, const char *image, const char *text,
		       struct source *s, struct ptx_error **err)
{
	int code = 0;

	s->image = image;
	if (!text || *text != '/') {
		s->reference = ptxi_strdup(text && *text ? text : image);
		return s->reference ? 0
				    : ptx_fail(err, PTX_E_NOMEM, "no memory for an image's name");
	}
	s->path = ptxi_fs_is_dir(text) ? ptxi_path_join(text, "build") : ptxi_strdup(text);
	s->repository = make_repository(image);
	if (!s->path || !s->repository)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for an image's name");
	if (!ptxi_fs_exists(s->path))
		return no_source(image, s->path, err);
	s->kind = is_script(s->path) ? SOURCE_SCRIPT : SOURCE_ARCHIVE;
	s->keyed = s->kind == SOURCE_SCRIPT && ask_key(ctx, s->path, s->key);
	if (s->kind == SOURCE_ARCHIVE)
		code = hash_archive(s->path, s->key, err);
	else if (!s->keyed)
		code = hash_script(s->path, s->key, err);
	if (code < 0)
		return ptx_wrap(err, "while reading the source of image '%s'", image);
	s->reference = ptxi_asprintf("%s:%s", s->repository, s->key);
	return s->reference ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for an image's name");
}

/* ---- the engine's side ---- */

static int look(struct ptxi_docker *d, const char *reference, bool *there, struct ptx_error **err)
{
	ptx_auto_buf path = { 0 };
	ptxi_auto_json image = NULL;
	struct ptx_str rest = ptxi_str(reference);
	struct ptx_str part = { NULL, 0 };

	/* Slashes of a reference are parts of the path; everything else is escaped. */
	ptx_buf_init(&path, 0);
	ptx_buf_adds(&path, "/images");
	while (ptxi_str_next(&rest, '/', &part)) {
		ptx_buf_addc(&path, '/');
		ptxi_http_escape(part, &path);
	}
	ptx_buf_adds(&path, "/json");
	if (!ptx_buf_ok(&path))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_look(d, path.p, &image, err) < 0)
		return ptx_wrap(err, "while looking for image '%s'", reference);
	*there = image != NULL;
	return 0;
}

static int import(struct ptxi_docker *d, const struct source *s, const char *archive,
		  struct ptx_error **err)
{
	struct ptxi_call_opts opts = { .body_path = archive, .idle_ms = IMPORT_IDLE_MS };
	struct ptxi_engine_info info = { 0 };
	ptxi_auto_reply reply = { 0 };
	ptx_auto_buf path = { 0 };
	bool there = false;
	int code = ptxi_engine_need(d, &info, err);

	if (code < 0)
		return code;
	ptx_buf_init(&path, 0);
	ptx_buf_adds(&path, "/images/create?fromSrc=-&repo=");
	/* Podman 4 takes no tag here but one within the repository's name; Docker takes it apart
	 * only. */
	ptxi_http_escape(ptxi_str(info.podman ? s->reference : s->repository), &path);
	ptx_buf_printf(&path, "&tag=%s&changes=", s->key);
	ptxi_http_escape(PTXI_STR("LABEL pitrix.key="), &path);
	ptx_buf_adds(&path, s->key);
	if (!ptx_buf_ok(&path))
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_call(d, "POST", path.p, NULL, &opts, &reply, err) < 0)
		return ptx_wrap(err, "while importing '%s' as image '%s'", archive, s->reference);
	code = look(d, s->reference, &there, err);
	if (code < 0 || there)
		return code;
	ptxi_engine_refused(&reply, "importing an image", err);
	ptxi_error_hint(err, "is '%s' a tar archive of a root file system?", archive);
	return err && *err ? ptx_error_code(*err) : PTX_E_UNAVAILABLE;
}

/* ---- the script's side ---- */

/* The archive that the script makes, from the cache if it was made before; owned. A script that
 * knows `--key` keeps its archives itself and says with `--path` where. Under the image's lock. */
static char *build(struct ptxi_docker *d, struct ptx_provider_call *call, const struct source *s,
		   const char *archive, struct ptx_error **err)
{
	ptx_auto_str part = ptxi_asprintf("%s.part", archive);
	ptx_auto_buf said = { 0 };
	int code = part ? 0 : ptx_fail(err, PTX_E_NOMEM, "no memory for a path");

	ptx_buf_init(&said, 0);
	if (code == 0 && !s->keyed && ptxi_fs_exists(archive))
		return ptxi_strdup(archive);
	ptxi_provider_say(call, "building image %s with %s, unless it is in the cache", s->image,
			  s->path);
	if (code == 0 && !s->keyed)
		code = ptxi_fs_remove(part, err);
	if (code == 0)
		code =
		    ask_script(d->ctx, s->path, s->keyed ? "--path" : part, BUILD_MS, &said, err);
	if (code == 0 && !s->keyed && rename(part, archive) < 0) {
		int saved = errno;

		code = ptx_fail_errno(err, ptxi_code_from_errno(saved), saved,
				      "script '%s' made no archive", s->path);
	}
	if (code < 0 && part && !s->keyed)
		ptxi_fs_remove(part, NULL);
	if (code < 0) {
		ptx_wrap(err, "while building image '%s'", s->image);
		return NULL;
	}
	return s->keyed ? ptx_buf_steal(&said, NULL) : ptxi_strdup(archive);
}

/* Builds and imports what the engine does not have. */
static int make_image(struct ptxi_docker *d, struct ptx_provider_call *call, const struct source *s,
		      struct ptx_error **err)
{
	const char *cache = ptxi_ctx_need_cache(d->ctx, err);
	ptx_auto_str folder = cache ? ptxi_path_join(cache, "images") : NULL;
	ptx_auto_str stem =
	    folder ? ptxi_asprintf("%s/%s-%s", folder, ptxi_path_base(s->repository), s->key)
		   : NULL;
	ptx_auto_str archive = stem ? ptxi_asprintf("%s.tar", stem) : NULL;
	ptx_auto_str lock_path = stem ? ptxi_asprintf("%s.lock", stem) : NULL;
	ptx_auto_str tar = NULL;
	ptx_auto_fd lock = -1;
	bool there = false;
	int code = 0;

	if (!cache)
		return err && *err ? ptx_error_code(*err) : PTX_E_CONFIG;
	if (!archive || !lock_path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	code = ptxi_fs_mkdirs(folder, 0700, err);
	if (code < 0)
		return code;
	lock = ptxi_fs_lock(lock_path, LOCK_MS, "preparing an image", err);
	if (lock < 0)
		return lock;
	code = look(d, s->reference, &there, err);
	if (code < 0 || there)
		return code;
	tar = s->kind == SOURCE_SCRIPT ? build(d, call, s, archive, err) : ptxi_strdup(s->path);
	if (!tar)
		return err && *err ? ptx_error_code(*err) : PTX_E_FAILED;
	ptxi_provider_say(call, "importing image %s", s->image);
	return import(d, s, tar, err);
}

int ptxi_docker_image_prepare(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *image = ptxi_directive_str(call, "image", err);
	const char *text = ptx_value_as_string(ptx_value_get(call->directive, "source"), NULL);
	struct source s = { 0 };
	struct ptxi_docker *d = driver;
	bool there = false;
	int code = image ? source_read(d->ctx, image, text, &s, err) : PTX_E_INVALID;

	if (code == 0)
		code = look(d, s.reference, &there, err);
	if (code == 0 && !there && s.kind == SOURCE_REFERENCE) {
		code = ptx_fail(err, PTX_E_NOT_FOUND, "the engine has no image '%s'", s.reference);
		ptxi_error_hint(err,
				"`images` of the runtime maps '%s' to an image of the engine, an "
				"archive of a root file "
				"system, or a script that makes one",
				image);
	} else if (code == 0 && !there) {
		code = make_image(d, call, &s, err);
	}
	if (code == 0) {
		ptx_value_set_string(call->result, "image_id", s.reference);
		code = ptxi_arena_check(call->arena, err);
	}
	source_done(&s);
	return code;
}
