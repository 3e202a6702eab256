/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_openpitrix.c - packages and answers against what the original made of them.
 *
 * A row's outcome is the original's, or the one that exceptions.tsv names: a package is loaded, its
 * answers are checked, and it is rendered; a refusal must say where: a file and line, the
 * property's path, or the file that is missing. */
#include "lines.h"

#include <pitrix/codec.h>

#include "base/diag.h"
#include "base/path.h"
#include "package/archive.h"
#include "package/package.h"

#include <dirent.h>

#define MOST_FILES 64

struct exception {
	char *id;
	char *outcome;
};

struct openpitrix {
	struct ptx_ctx *ctx;
	struct exception *exceptions;
	size_t count;
};

/* What we made of a row. */
struct result {
	struct ptx_value *conf;
	struct ptx_error *err;
	bool placed;
};

static bool load_exceptions(struct openpitrix *o)
{
	ptx_auto_str path = ptxi_asprintf("%s/openpitrix/exceptions.tsv", corpus_folder());
	size_t n = 0;
	char *text = corpus_file(path, &n);
	struct ptx_str rest = { text, n };
	struct ptx_str line = { 0 };

	if (!text)
		return false;
	o->exceptions = calloc(10000, sizeof(*o->exceptions));
	while (o->exceptions && ptxi_str_next(&rest, '\n', &line) && o->count < 10000) {
		struct ptx_str id = { 0 };
		struct ptx_str rule = { 0 };
		struct ptx_str outcome = { 0 };

		if (!ptxi_str_next(&line, '\t', &id) || !ptxi_str_next(&line, '\t', &rule) ||
		    !ptxi_str_next(&line, '\t', &outcome))
			continue;
		o->exceptions[o->count].id = ptxi_str_dup(id);
		o->exceptions[o->count++].outcome = ptxi_str_dup(outcome);
	}
	ptx_free(text);
	return true;
}

static const char *exception_of(const struct openpitrix *o, const char *id)
{
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->exceptions[i].id, id) == 0)
			return o->exceptions[i].outcome;
	return NULL;
}

static void run_package(struct openpitrix *o, struct ptx_arena *a,
			const struct ptxi_archive_item *items, size_t count,
			const struct ptx_value *answers_text, struct result *r)
{
	struct ptx_package_opts load = PTX_PACKAGE_OPTS_INIT;
	struct ptx_render_opts render = PTX_RENDER_OPTS_INIT;
	struct ptx_read_opts read = PTX_READ_OPTS_INIT;
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(package) p = NULL;
	struct ptx_value *answers = NULL;
	struct ptx_rendered out;

	load.diags = diags;
	p = ptxi_package_load_items(o->ctx, "the package", items, count, &load, &r->err);
	read.file = "answers";
	if (p && ptx_value_kind(answers_text) == PTX_STRING)
		answers = ptx_json_parse(a, ptx_value_str(answers_text), &read, &r->err);
	else if (ptx_value_kind(answers_text) != PTX_NULL)
		answers = (struct ptx_value *)answers_text;
	render.reveal_secrets = true;
	render.diags = diags;
	if (p && !r->err && ptx_package_render(p, a, answers, &render, &out, &r->err) == 0)
		r->conf = out.conf;
	r->placed = r->err && ptx_error_where(r->err) && ptx_error_where(r->err)->file;
	for (size_t i = 0; i < ptx_diags_count(diags); i++) {
		const struct ptx_diag *d = ptx_diags_at(diags, i);

		r->placed = r->placed ||
			    (d->severity == PTX_ERROR && ((d->path && *d->path) || d->where.file));
	}
	/* Answers that are no object have no path. */
	r->placed = r->placed || (r->err && strstr(ptx_error_message(r->err), "answers"));
}

static struct ptx_value *parse(struct ptx_arena *a, struct ptx_str text)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;

	o.duplicates = PTX_DUPLICATES_WARN;
	return ptx_json_parse(a, text, &o, NULL);
}

static void judge(struct corpus *c, struct ptx_arena *a, const char *id,
		  const struct ptx_value *expect, const char *exception, const struct result *r)
{
	const char *class = ptx_value_as_string(ptx_value_get(expect, "class"), "");
	bool accept = exception ? strncmp(exception, "accept", 6) == 0 : strcmp(class, "ok") == 0;
	struct ptx_str want = ptx_value_str(ptx_value_get(expect, "cluster_json"));
	ptx_auto_buf got = { 0 };

	ptx_buf_init(&got, 0);
	if (exception && strcmp(exception, "any") == 0) {
		corpus_pass(c);
		return;
	}
	if (exception && strncmp(exception, "accept:", 7) == 0)
		want = ptxi_str(exception + 7);
	if (r->err)
		ptx_error_print(r->err, &got);
	else
		ptx_json_format(r->conf, NULL, &got);
	if (accept && r->err)
		corpus_fail(c, id, "it is refused", want, ptx_buf_str(&got));
	else if (!accept && !r->err)
		corpus_fail(c, id, "it is accepted", ptxi_str(class), ptx_buf_str(&got));
	else if (!accept && !r->placed)
		corpus_fail(c, id, "the refusal names no place", ptxi_str(class),
			    ptx_buf_str(&got));
	else if (accept && want.n && !ptx_value_equal(parse(a, want), r->conf))
		corpus_fail(c, id, "the conf differs", want, ptx_buf_str(&got));
	else {
		if (r->err && corpus_verbose(2))
			printf("note %s: %s\n", id, got.p);
		corpus_pass(c);
	}
}

static void row(struct corpus *c, struct ptx_arena *a, const struct ptx_value *v, void *user)
{
	struct openpitrix *o = user;
	const char *id = ptx_value_as_string(ptx_value_get(v, "id"), "?");
	const struct ptx_value *files = ptx_value_get(v, "files");
	struct ptxi_archive_item items[MOST_FILES];
	struct result r = { 0 };
	size_t n = 0;

	for (; n < ptx_value_count(files) && n < MOST_FILES; n++) {
		struct ptx_str name = { 0 };
		const struct ptx_value *text = ptx_value_entry(files, n, &name);

		items[n] =
		    (struct ptxi_archive_item){ .name = name.p, .content = ptx_value_str(text) };
	}
	run_package(o, a, items, n, ptx_value_get(v, "conf"), &r);
	judge(c, a, id, ptx_value_get(v, "expect"), exception_of(o, id), &r);
	ptx_error_free(r.err);
}

static void app(struct corpus *c, struct openpitrix *o, const char *name)
{
	static const char *const names[] = { "package.json", "config.json", "cluster.json.tmpl" };
	ptx_auto_str folder = ptxi_asprintf("%s/openpitrix/packages/%s", corpus_folder(), name);
	ptx_auto_str expected = ptxi_path_join(folder, "expected.json");
	ptx_auto(arena) cases_arena = ptx_arena_new(0);
	struct ptxi_archive_item items[PTXI_COUNT(names)];
	char *texts[PTXI_COUNT(names)] = { NULL };
	size_t n = 0;
	size_t bytes = 0;
	char *cases_text = corpus_file(expected, &bytes);
	struct ptx_value *cases =
	    cases_text ? parse(cases_arena, ptxi_strn(cases_text, bytes)) : NULL;

	for (size_t i = 0; i < PTXI_COUNT(names); i++) {
		ptx_auto_str path = ptxi_path_join(folder, names[i]);

		texts[i] = corpus_file(path, &bytes);
		if (texts[i])
			items[n++] = (struct ptxi_archive_item){ .name = names[i],
								 .content = { texts[i], bytes } };
	}
	for (size_t i = 0; i < ptx_value_count(cases); i++) {
		const struct ptx_value *one = ptx_value_at(cases, i);
		ptx_auto_str id = ptxi_asprintf("packages/%s/%s", name,
						ptx_value_as_string(ptx_value_get(one, "id"), "?"));
		ptx_auto(arena) a = ptx_arena_new(0);
		struct result r = { 0 };

		run_package(o, a, items, n, ptx_value_get(one, "conf"), &r);
		judge(c, a, id, ptx_value_get(one, "expect"), exception_of(o, id), &r);
		ptx_error_free(r.err);
	}
	for (size_t i = 0; i < PTXI_COUNT(names); i++)
		ptx_free(texts[i]);
	ptx_free(cases_text);
}

static void apps(struct corpus *c, struct openpitrix *o)
{
	ptx_auto_str folder = ptxi_asprintf("%s/openpitrix/packages", corpus_folder());
	struct dirent **list = NULL;
	int n = scandir(folder, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			app(c, o, list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

/* The archives that `op package` made load, whatever their version. */
static void archives(struct corpus *c, struct openpitrix *o)
{
	ptx_auto_str folder = ptxi_asprintf("%s/openpitrix/repo", corpus_folder());
	struct dirent **list = NULL;
	int n = scandir(folder, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		ptx_auto_str path = ptxi_path_join(folder, list[i]->d_name);
		ptx_auto(error) err = NULL;
		ptx_auto(package) p = NULL;

		if (strcmp(ptxi_path_ext(path), ".tgz") == 0) {
			p = ptx_package_load(o->ctx, path, NULL, &err);
			if (p)
				corpus_pass(c);
			else
				corpus_fail(c, list[i]->d_name, "it does not load", PTXI_STR(""),
					    ptxi_str(ptx_error_message(err)));
		}
		free(list[i]);
	}
	free(list);
}

int main(void)
{
	struct corpus c = { .name = "openpitrix" };
	struct openpitrix o = { .ctx = ptx_ctx_new() };

	if (!load_exceptions(&o) || !corpus_each(&c, "cases.jsonl", row, &o)) {
		printf("openpitrix: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	apps(&c, &o);
	archives(&c, &o);
	for (size_t i = 0; i < o.count; i++) {
		ptx_free(o.exceptions[i].id);
		ptx_free(o.exceptions[i].outcome);
	}
	free(o.exceptions);
	ptx_ctx_free(o.ctx);
	return corpus_close(&c);
}
