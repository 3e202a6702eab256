/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - what was rendered, as text, in part, or as files. */
#define PTX_AREA PTX_AREA_CHART
#include "manifest.h"
#include "../base/fs.h"
#include "../base/glob.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../text/gostring.h"

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

/* The same of the last one before the hooks: Helm trims all up to there together, and since it begins with dashes, only
 * the end can change. */
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

int ptx_chart_rendered_each(const struct ptx_chart_rendered *r, const struct ptx_chart_print_opts *opts,
			    int (*fn)(struct ptx_str piece, void *user), void *user, struct ptx_error **err)
{
	struct ptx_chart_print_opts o = PTX_CHART_PRINT_OPTS_INIT;
	ptx_auto_buf scratch = { 0 };
	int rc = PTXI_OPTS_READ(&o, opts, err);
	size_t crds = o.include_crds ? r->crd_count : 0;
	size_t count = crds + r->manifest_count;

	ptx_buf_init(&scratch, 0);
	if (rc == 0 && !count)
		rc = fn(PTXI_STR("\n"), user);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct ptx_chart_manifest *m = i < crds ? &r->crds[i] : &r->manifests[i - crds];

		rc = (i + 1 < count ? hand_out : hand_out_last)(m->path, m->text, &scratch, fn, user);
	}
	for (size_t i = 0; rc == 0 && i < r->hook_count; i++)
		if (hook_shown(&r->hooks[i], &o))
			rc = hand_out(r->hooks[i].manifest.path, r->hooks[i].manifest.text, &scratch, fn, user);
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

/* One document, when its path below the chart matches. Helm splits what it printed once more: of a file with several
 * documents, and of one that begins with a separator of its own, there is what stands beside the line that says where it is
 * from. */
static bool show_one(const char *pattern, const char *path, struct ptx_str text, struct ptx_buf *scratch, struct ptx_buf *out)
{
	const char *slash = strchr(path, '/');
	struct ptx_str first = { NULL, 0 };
	size_t at = 0;

	if (!slash || ptxi_glob_match(ptxi_str(pattern), ptxi_str(slash + 1)) != 1)
		return false;
	ptx_buf_clear(scratch);
	print_one(path, text, scratch);
	ptxi_manifest_next(ptx_buf_str(scratch), &at, &first);
	ptx_buf_adds(out, "---\n");
	ptx_buf_addstr(out, first);
	ptx_buf_addc(out, '\n');
	return true;
}

static bool show(const struct ptx_chart_rendered *r, const char *pattern,
		 const struct ptx_chart_print_opts *o, struct ptx_buf *out)
{
	ptx_auto_buf scratch = { 0 };
	bool found = false;

	ptx_buf_init(&scratch, 0);
	for (size_t i = 0; o->include_crds && i < r->crd_count; i++)
		found |= show_one(pattern, r->crds[i].path, r->crds[i].text, &scratch, out);
	for (size_t i = 0; i < r->manifest_count; i++)
		found |= show_one(pattern, r->manifests[i].path, r->manifests[i].text, &scratch, out);
	for (size_t i = 0; i < r->hook_count; i++)
		if (hook_shown(&r->hooks[i], o))
			found |= show_one(pattern, r->hooks[i].manifest.path, r->hooks[i].manifest.text, &scratch, out);
	if (!ptx_buf_ok(&scratch))
		out->status = PTX_E_NOMEM;
	return found;
}

int ptx_chart_rendered_show(const struct ptx_chart_rendered *r, const char *const *patterns,
			    const struct ptx_chart_print_opts *opts, struct ptx_buf *out,
			    struct ptx_error **err)
{
	struct ptx_chart_print_opts o = PTX_CHART_PRINT_OPTS_INIT;
	int rc = PTXI_OPTS_READ(&o, opts, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; patterns && patterns[i]; i++)
		if (!show(r, patterns[i], &o, out))
			return ptx_fail(err, PTX_E_NOT_FOUND, "could not find template %s in chart",
					patterns[i]);
	return 0;
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
	int rc = written ? PTXI_OPTS_READ(&o, opts, err)
			 : ptx_fail(err, PTX_E_NOMEM, "out of memory");

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
