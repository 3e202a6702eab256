/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - what was rendered, as text, in part, through a program, or as files. */
#define PTX_AREA PTX_AREA_CHART
#include "manifest.h"
#include "../base/fs.h"
#include "../base/glob.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../base/proc.h"
#include "../text/gostring.h"

#include <ctype.h>
#include <fcntl.h>

static void print_head(const char *path, struct ptx_buf *out)
{
	ptx_buf_adds(out, "---\n# Source: ");
	ptx_buf_adds(out, path);
	ptx_buf_addc(out, '\n');
}

static void print_one(const char *path, struct ptx_str text, struct ptx_buf *out)
{
	print_head(path, out);
	ptx_buf_addstr(out, text);
	ptx_buf_addc(out, '\n');
}

static bool hook_shown(const struct ptx_chart_hook *h, const struct ptx_chart_print_opts *o)
{
	return !o->no_hooks && !(o->skip_tests && (h->events & PTX_CHART_TEST));
}

/* A document with its head, one put together in `scratch`. */
static int hand_out(const char *path, struct ptx_str text, struct ptx_buf *scratch,
		    int (*fn)(struct ptx_str piece, void *user), void *user)
{
	struct ptx_str pieces[] = { { NULL, 0 }, text, PTXI_STR("\n") };
	int rc = 0;

	ptx_buf_clear(scratch);
	print_head(path, scratch);
	pieces[0] = ptx_buf_str(scratch);
	if (!ptx_buf_ok(scratch))
		return PTX_E_NOMEM;
	for (size_t i = 0; rc == 0 && i < PTXI_COUNT(pieces); i++)
		rc = fn(pieces[i], user);
	return rc;
}

/* The same of the last one before the hooks: Helm trims all up to there together, and since it
 * begins with dashes, only the end can change. */
static int hand_out_last(const char *path, struct ptx_str text, struct ptx_buf *scratch,
			 int (*fn)(struct ptx_str piece, void *user), void *user)
{
	int rc = 0;

	ptx_buf_clear(scratch);
	print_one(path, text, scratch);
	if (!ptx_buf_ok(scratch))
		return PTX_E_NOMEM;
	rc = fn(ptxi_text_trim_space(ptx_buf_str(scratch)), user);
	return rc ? rc : fn(PTXI_STR("\n"), user);
}

int ptx_chart_rendered_each(const struct ptx_chart_rendered *r,
			    const struct ptx_chart_print_opts *opts,
			    int (*fn)(struct ptx_str piece, void *user), void *user,
			    struct ptx_error **err)
{
	struct ptx_chart_print_opts o = PTX_CHART_PRINT_OPTS_INIT;
	ptx_auto_buf scratch = { 0 };
	int rc = PTXI_OPTS_READ(&o, opts, err);
	size_t crds = o.include_crds ? r->crd_count : 0;
	size_t count = crds + r->manifest_count;

	ptx_buf_init(&scratch, 0);
	if (r->posted.p) {
		count = 0;
		rc = rc == 0 ? fn(ptxi_text_trim_space(r->posted), user) : rc;
	}
	if (rc == 0 && !count)
		rc = fn(PTXI_STR("\n"), user);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct ptx_chart_manifest *m =
		    i < crds ? &r->crds[i] : &r->manifests[i - crds];

		rc = (i + 1 < count ? hand_out : hand_out_last)(m->path, m->text, &scratch, fn,
								user);
	}
	for (size_t i = 0; rc == 0 && i < r->hook_count; i++)
		if (hook_shown(&r->hooks[i], &o))
			rc = hand_out(r->hooks[i].manifest.path, r->hooks[i].manifest.text,
				      &scratch, fn, user);
	return ptx_buf_ok(&scratch) ? rc : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int add_piece(struct ptx_str piece, void *out)
{
	ptx_buf_addstr(out, piece);
	return 0;
}

void ptx_chart_rendered_print(const struct ptx_chart_rendered *r,
			      const struct ptx_chart_print_opts *opts, struct ptx_buf *out)
{
	int rc = ptx_chart_rendered_each(r, opts, add_piece, out, NULL);

	if (rc < 0)
		out->status = rc;
}

/* The path behind the first "# Source: CHART/" in a document; p NULL: there is none. */
static struct ptx_str source_of(struct ptx_str document)
{
	static const char mark[] = "# Source: ";

	for (size_t at = 0; (at = ptxi_str_find(document, ptxi_str(mark))) != SIZE_MAX;) {
		size_t slash = 0;
		size_t end = 0;
		struct ptx_str path = { NULL, 0 };

		document = ptxi_str_from(document, at + sizeof(mark) - 1);
		slash = ptxi_str_find_char(document, '/');
		if (slash == SIZE_MAX)
			break;
		path = ptxi_str_from(document, slash + 1);
		end = ptxi_str_find_char(path, '\n');
		path.n = end == SIZE_MAX ? path.n : end;
		if (slash && path.n)
			return path;
	}
	return (struct ptx_str){ NULL, 0 };
}

/* Helm splits what it printed once more, and of a file with several documents, or one that begins
 * with a separator of its own, picks what stands beside the line that says where it is from. */
static bool show(struct ptx_str printed, const char *pattern, struct ptx_buf *out)
{
	struct ptx_str document = { NULL, 0 };
	bool found = false;

	for (size_t at = 0; ptxi_manifest_next(printed, &at, &document);) {
		struct ptx_str path = source_of(document);

		if (!path.p || ptxi_glob_match(ptxi_str(pattern), path) != 1)
			continue;
		ptx_buf_adds(out, "---\n");
		ptx_buf_addstr(out, document);
		ptx_buf_addc(out, '\n');
		found = true;
	}
	return found;
}

int ptx_chart_rendered_show(const struct ptx_chart_rendered *r, const char *const *patterns,
			    const struct ptx_chart_print_opts *opts, struct ptx_buf *out,
			    struct ptx_error **err)
{
	ptx_auto_buf printed = { 0 };
	int rc = 0;

	ptx_buf_init(&printed, 0);
	rc = ptx_chart_rendered_each(r, opts, add_piece, &printed, err);
	if (rc < 0)
		return rc;
	if (!ptx_buf_ok(&printed))
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	for (size_t i = 0; patterns && patterns[i]; i++)
		if (!show(ptx_buf_str(&printed), patterns[i], out))
			return ptx_fail(err, PTX_E_NOT_FOUND, "could not find template %s in chart",
					patterns[i]);
	return 0;
}

/* ---- through a program */

static int failed(const char *program, const struct ptxi_proc_result *result,
		  struct ptx_error **err)
{
	const char *name = result->signal ? strsignal(result->signal) : NULL;
	ptx_auto_str how =
	    name ? ptxi_asprintf("signal: %c%s", tolower((unsigned char)name[0]), name + 1)
		 : ptxi_asprintf("exit status %d", result->exit_status);

	return ptx_fail(err, PTX_E_FAILED,
			"error while running post render on files: error while running command %s. "
			"error output:\n%.*s: %s",
			program, PTX_STR_ARG(ptx_buf_str(&result->err)),
			how ? how : "out of memory");
}

int ptx_chart_rendered_post(struct ptx_chart_rendered *r, const char *const *argv,
			    bool include_crds, struct ptx_error **err)
{
	struct ptxi_proc_opts run = { .argv = argv, .same_group = true };
	struct ptxi_proc_result result = { .exit_status = 0 };
	ptx_auto_buf input = { 0 };
	int rc = 0;

	ptx_buf_init(&input, 0);
	for (size_t i = 0; include_crds && i < r->crd_count; i++)
		print_one(r->crds[i].path, r->crds[i].text, &input);
	for (size_t i = 0; i < r->manifest_count; i++)
		print_one(r->manifests[i].path, r->manifests[i].text, &input);
	if (!ptx_buf_ok(&input))
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	run.input = ptx_buf_str(&input);
	rc = ptxi_proc_run(NULL, &run, &result, err);
	if (rc == 0 && (result.exit_status || result.signal))
		rc = failed(argv[0], &result, err);
	else if (rc == 0 && result.truncated)
		rc = ptx_fail(err, PTX_E_LIMIT, "'%s' writes more than 64 MiB", argv[0]);
	if (rc == 0) {
		r->posted =
		    ptxi_strn(ptxi_arena_strn(r->arena, result.out.p, result.out.n), result.out.n);
		rc = r->posted.p ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	} else {
		ptx_wrap(err, "while rendering through '%s'", argv[0]);
	}
	ptxi_proc_result_done(&result);
	return rc;
}

/* ---- files */

struct writing {
	const char *folder;
	struct ptxi_map *written;
	void (*wrote)(const char *path, void *user);
	void *user;
	struct ptx_error **err;
};

static int write_one(struct writing *w, const char *path, struct ptx_str text, bool append)
{
	ptx_auto_str file = ptxi_asprintf("%s/%s", w->folder, path);
	ptx_auto_str folder = file ? ptxi_path_dir(file) : NULL;
	ptx_auto_buf out = { 0 };
	ptx_auto_fd fd = -1;
	int rc = 0;

	if (!folder)
		return ptx_fail(w->err, PTX_E_NOMEM, "out of memory");
	if (!ptxi_path_inside(ptxi_str(path)))
		return ptx_fail(w->err, PTX_E_DENIED, "'%s' leads out of the output folder", path);
	rc = ptxi_fs_mkdirs(folder, 0755, w->err);
	if (rc < 0)
		return rc;
	ptx_buf_init(&out, 0);
	print_one(path, text, &out);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (append ? O_APPEND : O_TRUNC),
		  0666);
	if (fd < 0)
		return ptx_fail_errno(w->err, ptxi_code_from_errno(errno), errno,
				      "cannot write '%s'", file);
	for (size_t done = 0; done < out.n;) {
		ssize_t n = write(fd, out.p + done, out.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ptx_fail_errno(w->err, ptxi_code_from_errno(errno), errno,
					      "cannot write '%s'", file);
		done += (size_t)n;
	}
	if (w->wrote)
		w->wrote(file, w->user);
	return ptxi_map_set(w->written, path, w->written) < 0
		   ? ptx_fail(w->err, PTX_E_NOMEM, "out of memory")
		   : 0;
}

int ptx_chart_rendered_write(const struct ptx_chart_rendered *r, const char *folder,
			     const struct ptx_chart_print_opts *opts, const char *crd_folder,
			     void (*wrote)(const char *path, void *user), void *user,
			     struct ptx_error **err)
{
	struct ptx_chart_print_opts o = PTX_CHART_PRINT_OPTS_INIT;
	ptxi_auto(map) written = ptxi_map_new(NULL);
	struct writing w = { crd_folder ? crd_folder : folder, written, wrote, user, err };
	int rc =
	    written ? PTXI_OPTS_READ(&o, opts, err) : ptx_fail(err, PTX_E_NOMEM, "out of memory");

	for (size_t i = 0; rc == 0 && o.include_crds && i < r->crd_count; i++)
		rc = write_one(&w, r->crds[i].path, r->crds[i].text,
			       ptxi_map_get(written, r->crds[i].path) != NULL);
	w.folder = folder;
	for (size_t i = 0; rc == 0 && i < r->manifest_count; i++)
		rc = write_one(&w, r->manifests[i].path, r->manifests[i].text,
			       ptxi_map_get(written, r->manifests[i].path) != NULL);
	for (size_t i = 0; rc == 0 && i < r->hook_count; i++) {
		const struct ptx_chart_manifest *m = &r->hooks[i].manifest;
		ptx_auto_str file = ptxi_asprintf("%s/%s", folder, m->path);

		/* Helm adds a hook to whatever is there. */
		if (hook_shown(&r->hooks[i], &o))
			rc = write_one(&w, m->path, m->text, file && ptxi_fs_exists(file));
	}
	return rc;
}
