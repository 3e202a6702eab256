/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_appcenter.c - real packages of AppCenter: they lint without an error, render to the
 * goldens, and refuse what breaks a rule, naming the path. The seed's example stands beside them.
 */
#include "lines.h"

#include <pitrix/codec.h>

#include "base/path.h"
#include "package/package.h"
#include "value/path.h"

#include <dirent.h>
#include <sys/stat.h>

struct appcenter {
	struct corpus *c;
	struct ptx_ctx *ctx;
	struct ptx_package *package;
	const char *name; /* of the package's folder */
};

static void fail(struct appcenter *t, const char *what, const char *reason, struct ptx_str want,
		 const char *got)
{
	ptx_auto_str id = ptxi_asprintf("%s %s", t->name, what);

	corpus_fail(t->c, id, reason, want, ptxi_str(got));
}

static void lint(struct appcenter *t, const char *folder)
{
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(error) err = NULL;
	ptx_auto_buf b = { 0 };

	ptx_buf_init(&b, 0);
	if (ptx_package_lint_path(t->ctx, folder, NULL, diags, &err) < 0) {
		fail(t, "lint", "it cannot be linted", PTXI_STR(""), ptx_error_message(err));
		return;
	}
	for (size_t i = 0; i < ptx_diags_count(diags); i++) {
		if (ptx_diags_at(diags, i)->severity == PTX_ERROR || corpus_verbose(2)) {
			ptx_diag_print(ptx_diags_at(diags, i), &b);
			ptx_buf_addc(&b, '\n');
		}
	}
	if (ptx_diags_count_of(diags, PTX_ERROR))
		fail(t, "lint", "a false error", PTXI_STR(""), b.p);
	else
		corpus_pass(t->c);
	if (corpus_verbose(2) && b.n)
		printf("note %s:\n%s", t->name, b.p);
}

/* Sets the answer at a dotted path: the questions' own groups tell where the keys end. */
static void answer(struct ptx_arena *a, struct ptx_value *questions, struct ptx_value *answers,
		   const char *path, struct ptx_value *v)
{
	struct ptx_value *at = answers;
	size_t from = 0;

	for (size_t i = 0; i < ptx_value_count(questions); i++) {
		const struct ptx_value *q = ptx_value_at(questions, i);
		const char *group = ptx_value_as_string(ptx_value_get(q, "path"), "");
		const char *key = ptx_value_as_string(ptx_value_get(q, "key"), "");
		size_t n = strlen(group);

		if (strcmp(ptx_value_as_string(ptx_value_get(q, "type"), ""), "array") != 0 ||
		    strncmp(path, group, n) != 0 || path[n] != '.' || n < from)
			continue;
		if (!ptx_value_has(at, key))
			ptx_value_set(at, key, ptx_value_map(a));
		at = ptx_value_get(at, key);
		from = n + 1;
	}
	ptx_value_set(at, path + from, v);
}

static bool all_paths_known(struct ptx_value *questions, const char *path)
{
	for (size_t i = 0; i < ptx_value_count(questions); i++)
		if (strcmp(
			ptx_value_as_string(ptx_value_get(ptx_value_at(questions, i), "path"), ""),
			path) == 0)
			return true;
	return false;
}

static void render(struct appcenter *t, const struct ptx_value *one)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	const char *id = ptx_value_as_string(ptx_value_get(one, "id"), "?");
	const struct ptx_value *override = ptx_value_get(one, "override");
	const struct ptx_value *want = ptx_value_get(one, "cluster");
	struct ptx_value *questions = ptx_package_questions(t->package, a, NULL, NULL);
	struct ptx_value *answers = ptx_value_map(a);
	struct ptx_render_opts o = PTX_RENDER_OPTS_INIT;
	struct ptx_rendered out;
	ptx_auto_buf w = { 0 };
	ptx_auto_buf g = { 0 };

	for (size_t i = 0; i < ptx_value_count(override); i++) {
		struct ptx_str path = { 0 };
		struct ptx_value *v = ptx_value_entry(override, i, &path);

		answer(a, questions, answers, path.p, v);
	}
	o.reveal_secrets = true;
	o.unchecked = true;
	ptx_buf_init(&w, 0);
	ptx_buf_init(&g, 0);
	ptx_json_format(want, NULL, &w);
	if (ptx_package_render(t->package, a, answers, &o, &out, &err) < 0) {
		if (!want)
			corpus_pass(t->c);
		else
			fail(t, id, "it does not render", ptx_buf_str(&w), ptx_error_message(err));
		return;
	}
	ptx_json_format(out.conf, NULL, &g);
	if (!want)
		fail(t, id, "it renders", PTXI_STR("no JSON"), g.p);
	else if (!ptx_value_equal(want, out.conf))
		fail(t, id, "the conf differs", ptx_buf_str(&w), g.p);
	else
		corpus_pass(t->c);
}

/* Required questions without an answer get one, so that the violation is what is left. */
static void fill_required(struct ptx_arena *a, struct ptx_value *questions,
			  struct ptx_value *answers)
{
	for (size_t i = 0; i < ptx_value_count(questions); i++) {
		const struct ptx_value *q = ptx_value_at(questions, i);
		const struct ptx_value *v = ptx_value_get(q, "default");
		const struct ptx_value *range = ptx_value_get(q, "range");

		if (ptx_value_as_bool(ptx_value_get(q, "required"), false) &&
		    ptx_value_kind(v) == PTX_STRING && !ptx_value_str(v).n)
			answer(a, questions, answers,
			       ptx_value_as_string(ptx_value_get(q, "path"), ""),
			       ptx_value_count(range) ? ptx_value_at(range, 0)
						      : ptx_value_string(a, "Passw0rd1"));
	}
}

static void violate(struct appcenter *t, const struct ptx_value *one)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(diags) diags = ptx_diags_new();
	ptx_auto(error) err = NULL;
	const char *path = ptx_value_as_string(ptx_value_get(one, "path"), "?");
	const char *rule = ptx_value_as_string(ptx_value_get(one, "rule"), "?");
	ptx_auto_str id = ptxi_asprintf("%s %s", rule, path);
	struct ptx_value *questions = ptx_package_questions(t->package, a, NULL, NULL);
	struct ptx_value *answers = ptx_value_map(a);

	fill_required(a, questions, answers);
	answer(a, questions, answers, path, ptx_value_get(one, "value"));
	if (ptx_package_validate(t->package, a, answers, NULL, diags, &err)) {
		fail(t, id, "it is accepted", PTXI_STR("a refusal"), "");
		return;
	}
	for (size_t i = 0; i < ptx_diags_count(diags); i++) {
		const struct ptx_diag *d = ptx_diags_at(diags, i);

		if (d->severity == PTX_ERROR && d->path && strcmp(d->path, path) == 0 &&
		    strstr(d->message, path)) {
			corpus_pass(t->c);
			return;
		}
	}
	fail(t, id,
	     all_paths_known(questions, path) ? "the refusal does not name the path"
					      : "no such question",
	     ptxi_str(path), ptx_error_message(err));
}

/* Numbers keep their text here: 3.0 is no integer. */
static struct ptx_value *read_json(struct ptx_arena *a, const char *path)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	size_t n = 0;
	char *text = corpus_file(path, &n);
	struct ptx_value *v = NULL;

	o.duplicates = PTX_DUPLICATES_WARN;
	v = text ? ptx_json_parse(a, ptxi_strn(text, n), &o, NULL) : NULL;
	ptx_free(text);
	return v;
}

static void golden(struct appcenter *t, const char *path)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct ptx_value *v = read_json(a, path);
	const struct ptx_value *cases = ptx_value_get(v, "cases");
	const struct ptx_value *violations = ptx_value_get(v, "violations");
	ptx_auto_str folder = NULL;
	ptx_auto(error) err = NULL;

	t->name = ptx_value_as_string(ptx_value_get(v, "package"), "?");
	folder = ptxi_asprintf("%s/appcenter/%s", corpus_folder(), t->name);
	t->package = ptx_package_load(t->ctx, folder, NULL, &err);
	if (!t->package) {
		fail(t, "load", "it does not load", PTXI_STR(""), ptx_error_message(err));
		return;
	}
	corpus_pass(t->c);
	for (size_t i = 0; i < ptx_value_count(cases); i++)
		render(t, ptx_value_at(cases, i));
	for (size_t i = 0; i < ptx_value_count(violations); i++)
		violate(t, ptx_value_at(violations, i));
	ptx_package_free(t->package);
	t->package = NULL;
}

static void lint_below(struct appcenter *t, const char *folder, unsigned depth)
{
	struct dirent **list = NULL;
	ptx_auto_str template = ptxi_path_join(folder, "cluster.json.mustache");
	struct stat st;
	int n = 0;

	if (stat(template, &st) == 0) {
		t->name = folder;
		lint(t, folder);
		return;
	}
	n = depth ? scandir(folder, &list, NULL, alphasort) : 0;
	for (int i = 0; i < n; i++) {
		ptx_auto_str path = ptxi_path_join(folder, list[i]->d_name);

		if (list[i]->d_name[0] != '.' && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			lint_below(t, path, depth - 1);
		free(list[i]);
	}
	free(list);
}

/* The example of the specification's own article: two files, as they are. */
static void seed(struct appcenter *t)
{
	ptx_auto_str folder = ptxi_asprintf("%s/../seed-zookeeper", corpus_folder());
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	struct ptx_value *answers = ptx_value_map(a);
	struct ptx_rendered out;
	struct stat st;

	if (stat(folder, &st) < 0)
		return;
	t->name = "seed-zookeeper";
	lint(t, folder);
	t->package = ptx_package_load(t->ctx, folder, NULL, &err);
	ptx_strvals_apply(a, answers, "cluster.zk_node.count=5,cluster.name=zk", false, NULL);
	if (!t->package || ptx_package_render(t->package, a, answers, NULL, &out, &err) < 0)
		fail(t, "render", "it does not render", PTXI_STR(""), ptx_error_message(err));
	else if (ptx_value_as_int(ptxi_value_pointer(out.conf, "/nodes/0/count"), 0) != 5)
		fail(t, "render", "the answer is not in the conf", PTXI_STR("5"), "");
	else
		corpus_pass(t->c);
	ptx_package_free(t->package);
	t->package = NULL;
}

int main(void)
{
	struct corpus c = { .name = "appcenter" };
	struct appcenter t = { .c = &c, .ctx = ptx_ctx_new() };
	ptx_auto_str folder = ptxi_asprintf("%s/appcenter", corpus_folder());
	ptx_auto_str expected = ptxi_asprintf("%s/appcenter/expected", corpus_folder());
	struct dirent **list = NULL;
	int n = scandir(expected, &list, NULL, alphasort);

	if (n < 0) {
		printf("appcenter: no corpus in %s: skipped\n", corpus_folder());
		ptx_ctx_free(t.ctx);
		return CORPUS_SKIPPED;
	}
	lint_below(&t, folder, 5);
	for (int i = 0; i < n; i++) {
		ptx_auto_str path = ptxi_path_join(expected, list[i]->d_name);

		if (strcmp(ptxi_path_ext(path), ".json") == 0)
			golden(&t, path);
		free(list[i]);
	}
	free(list);
	seed(&t);
	ptx_ctx_free(t.ctx);
	return corpus_close(&c);
}
