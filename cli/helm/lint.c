/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - `helm lint`. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "helm.h"

struct found {
	struct ptx_buf text;
	size_t linted;
	size_t failed;
	size_t with_problems;
};

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s);
	size_t m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

static int push(struct helm *h, struct opt_list *paths, const char *path, struct ptx_error **err)
{
	const char **items = realloc(paths->items, (paths->n + 1) * sizeof(*items));
	const char *copy = ptx_value_as_string(ptx_value_string(h->arena, path), NULL);

	if (items)
		paths->items = items;
	if (!items || !copy) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	paths->items[paths->n++] = copy;
	return 0;
}

/* Every chart below a folder, names sorted. */
static int add_subcharts(struct helm *h, struct opt_list *paths, const char *folder, unsigned depth,
			 struct ptx_error **err)
{
	struct dirent **names = NULL;
	int n = depth < 20 ? scandir(folder, &names, NULL, alphasort) : -1;
	int rc = 0;

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		struct ptx_buf path;
		struct stat st;

		ptx_buf_init(&path, 0);
		ptx_buf_printf(&path, "%s/%s", folder, name);
		if (rc == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    lstat(path.p, &st) == 0) {
			if (strcmp(name, "Chart.yaml") == 0)
				rc = push(h, paths, folder, err);
			else if (ends(name, ".tgz") || ends(name, ".tar.gz"))
				rc = push(h, paths, path.p, err);
			else if (S_ISDIR(st.st_mode))
				rc = add_subcharts(h, paths, path.p, depth + 1, err);
		}
		ptx_buf_done(&path);
		free(names[i]);
	}
	free(names);
	return rc;
}

static void tell(const struct helm *h, const char *path, const struct ptx_diags *d,
		 const struct ptx_error *problem, struct found *f)
{
	static const char *const severities[] = { "INFO", "WARNING", "ERROR" };
	size_t errors = ptx_diags_count_of(d, PTX_ERROR);
	size_t warnings = ptx_diags_count_of(d, PTX_WARNING);
	bool bad = errors || warnings || problem;
	const struct ptx_diag *p = NULL;

	f->linted++;
	f->with_problems += bad;
	if (h->args.quiet && !bad)
		return;
	ptx_buf_printf(&f->text, "==> Linting %s\n", path);
	if (problem)
		ptx_buf_printf(&f->text, "Error %s\n", ptx_error_message(problem));
	for (size_t i = 0; (p = ptx_diags_at(d, i)); i++)
		if (!h->args.quiet || p->severity > PTX_NOTE)
			ptx_buf_printf(&f->text, "[%s] %s: %s\n", severities[p->severity],
				       p->path ? p->path : "", p->message);
	f->failed += errors || problem || (h->args.strict && warnings);
	ptx_buf_addc(&f->text, '\n');
}

static int lint_one(struct helm *h, const char *path, const struct ptx_value *values,
		    struct found *f, struct ptx_error **err)
{
	struct ptx_chart_lint_opts opts = PTX_CHART_LINT_OPTS_INIT;
	struct ptx_diags *d = ptx_diags_new();
	struct ptx_error *problem = NULL;

	opts.name_space = helm_namespace(h);
	opts.kube_version = h->args.template.kube_version;
	opts.skip_schemas = h->args.template.skip_schemas;
	opts.say = helm_say;
	opts.user = h;
	if (!d) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	ptx_chart_lint(path, values, &opts, d, &problem);
	tell(h, path, d, problem, f);
	ptx_error_free(problem);
	ptx_diags_free(d);
	return 0;
}

static int lint_all(struct helm *h, const struct opt_list *paths, struct ptx_error **err)
{
	struct ptx_value *values =
	    charts_values(h->cli, &h->args.template.values, true, h->arena, err);
	struct found f = { .linted = 0 };
	size_t linted = 0;
	size_t failed = 0;
	int rc = values ? 0 : ptx_error_code(*err);

	ptx_buf_init(&f.text, 0);
	for (size_t i = 0; rc == 0 && i < paths->n; i++)
		rc = lint_one(h, paths->items[i], values, &f, err);
	linted = f.linted;
	failed = f.failed;
	if (rc == 0 && !failed && (!h->args.quiet || f.with_problems))
		ptx_buf_printf(&f.text, "%zu chart(s) linted, 0 chart(s) failed\n", linted);
	if (rc == 0)
		rc = cli_write(&f.text, err);
	ptx_buf_done(&f.text);
	if (rc == 0 && failed) {
		ptx_error_set(err, PTX_E_INVALID, "%zu chart(s) linted, %zu chart(s) failed",
			      linted, failed);
		rc = PTX_E_INVALID;
	}
	return rc;
}

int helm_lint(struct helm *h, struct ptx_error **err)
{
	struct opt_list paths = { NULL, 0 };
	int rc = 0;

	if (h->args.template.kube_version && !h->args.template.kube_version[0])
		h->args.template.kube_version = NULL;
	if (h->args.template.kube_version)
		rc = ptx_chart_kube_version_check(h->args.template.kube_version, err);
	for (size_t i = 0; rc == 0 && i < h->args.args.n; i++)
		rc = push(h, &paths, h->args.args.items[i], err);
	if (rc == 0 && !paths.n)
		rc = push(h, &paths, ".", err);
	for (size_t i = 0, n = paths.n; rc == 0 && h->args.with_subcharts && i < n; i++) {
		struct ptx_buf folder;

		ptx_buf_init(&folder, 0);
		if (strcmp(paths.items[i], ".") == 0)
			ptx_buf_adds(&folder, "charts");
		else
			ptx_buf_printf(&folder, "%s/charts", paths.items[i]);
		rc = add_subcharts(h, &paths, folder.p, 0, err);
		ptx_buf_done(&folder);
	}
	if (rc == 0)
		rc = lint_all(h, &paths, err);
	free(paths.items);
	return rc;
}
