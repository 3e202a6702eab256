/* SPDX-License-Identifier: Apache-2.0 */
/* torture.c - fails each allocation of ours in turn, alone and with all that follow it, while a job is done on a package:
 * load, check the answers, render, lint, describe.
 *
 *     torture PACKAGE...
 *
 * Each trial must end with NOMEM, or with the very result that it has with memory (an allocation that can be done without).
 * What was asked for must be given back in either case: bytes are counted by an allocator of our own, and, where the
 * build has them, the sanitizers watch too. The last line is `N passed, N failed`.
 */
#include "../../lib/base/arena.h"
#include "../../lib/base/diag.h"
#include "../../lib/package/package.h"

#include <pitrix/pitrix.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TRIALS 2000000u

static size_t held; /* blocks of ours that are out */

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
typedef int (*job_fn)(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out, struct ptx_error **err);

static int render(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(package) package = ptx_package_load(ctx, path, NULL, err);
	struct ptx_rendered r = { 0 };
	int code = package ? ptx_package_render(package, a, NULL, NULL, &r, err) : ptx_error_code(*err);

	if (code == 0 && r.conf)
		ptx_json_format(r.conf, NULL, out);
	return code;
}

static int lint(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out, struct ptx_error **err)
{
	ptx_auto(diags) found = ptx_diags_new();
	int code = found ? ptx_package_lint_path(ctx, path, NULL, found, err) :
			   (ptx_error_set(err, PTX_E_NOMEM, "no memory for problems"), PTX_E_NOMEM);

	for (size_t i = 0; code == 0 && i < ptx_diags_count(found); i++) {
		ptx_diag_print(ptx_diags_at(found, i), out);
		ptx_buf_addc(out, '\n');
	}
	return code;
}

static int describe(struct ptx_ctx *ctx, const char *path, struct ptx_buf *out, struct ptx_error **err)
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

static const struct {
	const char *name;
	job_fn run;
} jobs[] = { { "render", render }, { "lint", lint }, { "describe", describe } };

struct tally {
	size_t passed, failed;
};

static void failed(struct tally *t, const char *path, const char *job, uint64_t n, bool rest, const char *why)
{
	t->failed++;
	printf("not ok: %s of %s, allocation %" PRIu64 "%s: %s\n", job, path, n, rest ? " and all after it" : "", why);
}

/* True when the n-th allocation came. */
static bool trial(const char *path, size_t which, uint64_t n, bool rest, const char *want, struct tally *t)
{
	struct ptx_ctx *ctx = ptx_ctx_new();
	struct ptx_error *err = NULL;
	struct ptx_buf out;
	size_t before = held;
	uint64_t seen = 0;
	int code = 0;
	int told = 0;

	ptx_buf_init(&out, 0);
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
		code = jobs[which].run(ctx, path, &want, &err);
	}
	ptx_ctx_free(ctx);
	if (code < 0 || !ptx_buf_ok(&want)) {
		failed(t, path, jobs[which].name, 0, false, err ? ptx_error_message(err) : "no memory");
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
	static const struct ptx_allocator counted = { count_alloc, count_resize, count_release, NULL };
	struct tally t = { 0, 0 };

	ptx_alloc_set(&counted);
	for (int i = 1; i < argc; i++)
		for (size_t which = 0; which < sizeof(jobs) / sizeof(jobs[0]); which++)
			torture(argv[i], which, &t);
	printf("%zu passed, %zu failed\n", t.passed, t.failed);
	return t.failed > 0 || t.passed == 0;
}
