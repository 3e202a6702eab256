/* SPDX-License-Identifier: Apache-2.0 */
/* torture.c - fails each allocation of ours in turn, alone and with all that follow it, while a job
 * is done.
 *
 *     torture KIND PATH...
 *
 *     package    load, check the answers, render, lint, describe
 *     chart      load, merge values, render, print; lint; show; pack and read again
 *     app        a chart whose dependencies are updated; fetched from where Helm's
 *                repositories.yaml says
 *     name       REPOSITORY/NAME: a chart that is fetched
 *
 * Each trial must end with NOMEM, or with the very result that it has with memory (an allocation
 * that can be done without). What was asked for must be given back in either case: bytes are
 * counted by an allocator of our own, and, where the build has them, the sanitizers watch too. The
 * last line is `N passed, N failed`.
 */
#include "../../lib/base/arena.h"
#include "../../lib/base/diag.h"
#include "../../lib/base/fs.h"
#include "../../lib/base/path.h"
#include "../../lib/chart/chart.h"
#include "../../lib/package/package.h"

#include <pitrix/pitrix.h>

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TRIALS 2000000u

static atomic_size_t held; /* blocks of ours that are out */

static void *count_alloc(size_t n, void *user)
{
	void *p = malloc(n);

	(void)user;
	held += p != NULL;
	return p;
}

static void *count_resize(void *p, size_t n, void *user)
{
	(void)user;
	return realloc(p, n);
}

static void count_release(void *p, void *user)
{
	(void)user;
	held -= p != NULL;
	free(p);
}

/* One job from its beginning to its end; its results as text go to out. */
typedef int (*job_fn)(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err);

static int render(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		  struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(package) package = ptx_package_load(ctx, path, NULL, err);
	struct ptx_rendered r = { 0 };
	int code =
	    package ? ptx_package_render(package, a, NULL, NULL, &r, err) : ptx_error_code(*err);

	if (code == 0 && r.conf)
		ptx_json_format(r.conf, NULL, out);
	return code;
}

static int lint(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto(diags) found = ptx_diags_new();
	int code = found ? ptx_package_lint_path(ctx, path, NULL, found, err)
			 : (ptx_error_set(err, PTX_E_NOMEM, "no memory for problems"), PTX_E_NOMEM);

	for (size_t i = 0; code == 0 && i < ptx_diags_count(found); i++) {
		ptx_diag_print(ptx_diags_at(found, i), out);
		ptx_buf_addc(out, '\n');
	}
	return code;
}

static int describe(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		    struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(package) package = ptx_package_load(ctx, path, NULL, err);
	struct ptx_value *v = package ? ptx_package_describe(package, a, err) : NULL;
	char *digest = v ? ptx_package_digest(package, err) : NULL;

	if (!digest)
		return ptx_error_code(*err);
	ptx_json_format(v, NULL, out);
	ptx_buf_adds(out, digest);
	ptx_free(digest);
	return 0;
}

/* ---- charts */

static struct ptx_value *chart_values(struct ptx_arena *a, const char *path, struct ptx_error **err)
{
	ptx_auto_str folder = ptxi_path_dir(path);
	ptx_auto_str file = folder ? ptxi_path_join(folder, "values.yaml") : NULL;
	const char *const files[] = { file, NULL };
	static const char *const sets[] = { "env.NOTE=a\\,b", "service.ports[1].name=x",
					    "service.ports[1].port=81", NULL };
	struct ptx_chart_values from = PTX_CHART_VALUES_INIT;

	from.files = files;
	from.sets = sets;
	if (file)
		return ptx_chart_values_read(a, &from, err);
	ptx_error_set(err, PTX_E_NOMEM, "no memory for a path");
	return NULL;
}

static int chart_render(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
			struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(chart) c = ptx_chart_load(path, NULL, err);
	struct ptx_chart_print_opts print = PTX_CHART_PRINT_OPTS_INIT;
	struct ptx_value *values = c ? chart_values(a, path, err) : NULL;
	ptx_auto(chart_rendered) r = values ? ptx_chart_render(c, values, NULL, err) : NULL;

	(void)ctx;
	if (!r)
		return ptx_error_code(*err);
	print.include_crds = true;
	ptx_chart_rendered_print(r, &print, out);
	ptx_buf_addstr(out, r->notes);
	return 0;
}

/* An archive with contents that are unpacked on the way. */
static int lean_render(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		       struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	struct ptx_chart_print_opts print = PTX_CHART_PRINT_OPTS_INIT;
	ptx_auto(chart) c = NULL;
	ptx_auto(chart_rendered) r = NULL;

	(void)ctx;
	opts.lean = true;
	c = ptx_chart_load(path, &opts, err);
	r = c ? ptx_chart_render(c, NULL, NULL, err) : NULL;
	if (!r)
		return ptx_error_code(*err);
	print.include_crds = true;
	ptx_chart_rendered_print(r, &print, out);
	return 0;
}

static int chart_lint(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err)
{
	ptx_auto(diags) found = ptx_diags_new();
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *values = found ? chart_values(a, path, err) : NULL;
	int code = values ? ptx_chart_lint(path, values, NULL, found, err)
		   : *err ? ptx_error_code(*err)
			  : PTX_E_NOMEM;

	(void)ctx;
	if (code < 0 && !*err)
		ptx_error_set(err, code, "no memory for problems");
	for (size_t i = 0; code == 0 && i < ptx_diags_count(found); i++) {
		ptx_diag_print(ptx_diags_at(found, i), out);
		ptx_buf_addc(out, '\n');
	}
	return code;
}

static int chart_show(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(chart) c = ptx_chart_load(path, NULL, err);
	struct ptx_value *wants = NULL;
	int code = c ? ptx_chart_show(c, PTX_CHART_SHOW_ALL, out, err) : ptx_error_code(*err);

	(void)ctx;
	if (code == 0)
		code = ptx_chart_show_jsonpath(
		    c,
		    "{range .service.ports[?(@.name=='http')]}{.name}{\"\\n\"}{end}{.env.GREETING}",
		    out, err);
	wants = code == 0 ? ptx_chart_dependencies(c, a, err) : NULL;
	if (wants)
		ptx_json_format(wants, NULL, out);
	return code < 0 || wants ? code : ptx_error_code(*err);
}

static int chart_pack(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(chart) c = ptx_chart_load(path, NULL, err);
	ptx_auto(chart) again = NULL;
	ptx_auto_buf packed = { 0 };
	const char *name = NULL;
	struct ptx_str text = { NULL, 0 };
	int code = 0;

	(void)ctx;
	if (!c)
		return ptx_error_code(*err);
	ptx_buf_init(&packed, 0);
	code = ptxi_chart_pack(a, c->root, 0, &packed, err);
	if (code == 0) {
		again = ptx_chart_parse(ptx_buf_str(&packed), "packed", NULL, err);
		code = again ? 0 : ptx_error_code(*err);
	}
	for (size_t i = 0; code == 0 && ptx_chart_file_at(again, i, &name, &text); i++)
		ptx_buf_printf(out, "%s %zu\n", name, text.n);
	return code;
}

/* ---- repositories */

static int update(struct ptx_ctx *ctx, const char *path, bool dry_run, struct ptx_buf *out,
		  struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_dependency_opts opts = PTX_DEPENDENCY_OPTS_INIT;
	struct ptx_value *v = NULL;

	opts.dry_run = dry_run;
	v = ptx_dependency_update(ctx, a, path, &opts, err);
	if (!v)
		return ptx_error_code(*err);
	ptx_json_format(v, NULL, out);
	return 0;
}

static int app_choose(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err)
{
	return update(ctx, path, true, out, err);
}

static int app_update(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out,
		      struct ptx_error **err)
{
	return update(ctx, path, false, out, err);
}

static int name_fetch(struct ptx_ctx *ctx, const char *name, struct ptx_buf *out,
		      struct ptx_error **err)
{
	ptx_auto(chart) c = ptx_repo_chart(ctx, name, NULL, NULL, err);

	return c ? ptx_chart_show(c, PTX_CHART_SHOW_ALL, out, err) : ptx_error_code(*err);
}

/* What an update leaves behind goes, so that each one has everything to do. */
static void app_clear(const char *path)
{
	static const char *const names[] = { "charts", "Chart.lock" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ptx_auto_str file = ptxi_path_join(path, names[i]);

		if (ptxi_fs_exists(file))
			ptxi_fs_remove(file, NULL);
	}
}

static const struct {
	const char *kind;
	const char *name;
	job_fn run;
	void (*clear)(const char *path); /* before each run; or NULL */
} jobs[] = {
	{ "package", "render", render, NULL },     { "package", "lint", lint, NULL },
	{ "package", "describe", describe, NULL }, { "chart", "render", chart_render, NULL },
	{ "chart", "lint", chart_lint, NULL },     { "chart", "show", chart_show, NULL },
	{ "chart", "pack", chart_pack, NULL },     { "lean", "render", lean_render, NULL },
	{ "app", "choose", app_choose, NULL },     { "app", "update", app_update, app_clear },
	{ "name", "fetch", name_fetch, NULL },
};

#define JOB_COUNT (sizeof(jobs) / sizeof(jobs[0]))

struct tally {
	size_t passed, failed;
};

static void failed(struct tally *t, const char *path, const char *job, uint64_t n, bool rest,
		   const char *why)
{
	t->failed++;
	printf("not ok: %s of %s, allocation %" PRIu64 "%s: %s\n", job, path, n,
	       rest ? " and all after it" : "", why);
}

/* True when the n-th allocation came. */
static bool trial(const char *path, size_t which, uint64_t n, bool rest, const char *want,
		  struct tally *t)
{
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	struct ptx_buf out;
	size_t before = held;
	uint64_t seen = 0;
	int code = 0;
	int told = 0;

	ptx_buf_init(&out, 0);
	if (jobs[which].clear)
		jobs[which].clear(path);
	ptxi_alloc_fail_at(n, rest);
	code = jobs[which].run(ctx, path, &out, &err);
	seen = ptxi_alloc_fail_at(0, false);
	told = code == 0 ? 0 : ptx_error_code(err);
	if (seen < n) {
		/* It came to its end before: nothing failed. */
	} else if (code < 0 && told != PTX_E_NOMEM) {
		failed(t, path, jobs[which].name, n, rest, ptx_error_message(err));
	} else if (code == 0 && ptx_buf_ok(&out) && strcmp(out.p, want) != 0) {
		failed(t, path, jobs[which].name, n, rest, "another result, and no error");
	} else {
		t->passed++;
	}
	ptx_error_free(err);
	ptx_buf_done(&out);
	if (held != before)
		failed(t, path, jobs[which].name, n, rest, "memory is not given back");
	held = before;
	ptx_ctx_free(ctx);
	return seen >= n;
}

static bool torture(const char *path, size_t which, struct tally *t)
{
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	struct ptx_buf want;
	int code = 0;
	uint64_t n = 1;

	ptx_buf_init(&want, 0);
	/* Once for what is made once (modules, tables), then for the result. */
	for (int i = 0; i < 2 && code == 0; i++) {
		ptx_buf_truncate(&want, 0);
		if (jobs[which].clear)
			jobs[which].clear(path);
		code = jobs[which].run(ctx, path, &want, &err);
	}
	ptx_ctx_free(ctx);
	if (code < 0 || !ptx_buf_ok(&want)) {
		failed(t, path, jobs[which].name, 0, false,
		       err ? ptx_error_message(err) : "no memory");
		ptx_error_free(err);
		ptx_buf_done(&want);
		return false;
	}
	while (n < MOST_TRIALS && trial(path, which, n, false, want.p, t))
		n++;
	for (uint64_t m = 1; m < n && trial(path, which, m, true, want.p, t); m++)
		;
	printf("%s of %s: %" PRIu64 " allocations\n", jobs[which].name, path, n - 1);
	ptx_buf_done(&want);
	return true;
}

int main(int argc, char **argv)
{
	static const struct ptx_allocator counted = { count_alloc, count_resize, count_release,
						      NULL };
	struct tally t = { 0, 0 };

	ptx_alloc_set(&counted);
	for (int i = 1; i + 1 < argc; i += 2)
		for (size_t which = 0; which < JOB_COUNT; which++)
			if (strcmp(jobs[which].kind, argv[i]) == 0)
				torture(argv[i + 1], which, &t);
	printf("%zu passed, %zu failed\n", t.passed, t.failed);
	return t.failed > 0 || t.passed == 0;
}
