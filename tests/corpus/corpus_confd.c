/* SPDX-License-Identifier: Apache-2.0 */
/* corpus_confd.c - confd's templates against what OpenPitrix's agent made of them: single
 * functions, and the real templates of applications. */
#include "lines.h"
#include "template/exec.h"
#include "template/confd_kv.h"

#include <pitrix/codec.h>
#include <unistd.h>

struct stores {
	struct ptx_arena *arena;
	struct ptx_value *all; /* app_kv.json */
};

static const char *get_env(const char *name, void *user)
{
	(void)user;
	return getenv(name);
}

static bool file_exists(const char *path, void *user)
{
	(void)user;
	return access(path, F_OK) == 0;
}

static struct ptxi_confd_kv *store_of(const struct ptx_value *map)
{
	struct ptxi_confd_kv *kv = ptxi_confd_kv_new();
	struct ptx_str key;

	for (size_t i = 0; i < ptx_value_count(map); i++) {
		const struct ptx_value *v = ptx_value_entry(map, i, &key);

		if (ptxi_confd_kv_set(kv, key, ptx_value_str(v), NULL) < 0)
			abort();
	}
	return kv;
}

/* The template itself, or its files one after the other. False when one is not there. */
static bool template_of(const struct ptx_value *row, struct ptx_buf *out)
{
	const struct ptx_value *files = ptx_value_get(row, "template_files");

	if (!files) {
		ptx_buf_addstr(out, ptx_value_str(ptx_value_get(row, "template")));
		return true;
	}
	for (size_t i = 0; i < ptx_value_count(files); i++) {
		char path[4300];
		size_t n = 0;
		ptx_auto_str text = NULL;

		snprintf(path, sizeof(path), "%s/appcenter/%s", corpus_folder(),
			 ptx_value_as_string(ptx_value_at(files, i), ""));
		text = corpus_file(path, &n);
		if (!text)
			return false;
		ptx_buf_add(out, text, n);
	}
	return true;
}

static void row(struct corpus *c, struct ptx_arena *a, const struct ptx_value *v, void *user)
{
	const struct stores *stores = user;
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptxi_template_env env = { .getenv = get_env, .file_exists = file_exists };
	const char *id = ptx_value_as_string(ptx_value_get(v, "id"), "?");
	const char *ref = ptx_value_as_string(ptx_value_get(v, "kv_ref"), NULL);
	ptxi_auto(confd_kv) kv =
	    store_of(ref ? ptx_value_get(stores->all, ref) : ptx_value_get(v, "kv"));
	struct ptx_str want = ptx_value_str(ptx_value_get(v, "expect"));
	struct ptx_str message = ptx_value_str(ptx_value_get(v, "expect_error"));
	bool want_error = ptx_value_has(v, "expect_error");
	ptx_auto(error) err = NULL;
	ptx_auto(template) t = NULL;
	ptx_auto_buf text = { 0 };
	ptx_auto_buf got = { 0 };
	ptx_auto_buf go = { 0 };

	(void)a;
	ptx_buf_init(&text, 0);
	ptx_buf_init(&got, 0);
	ptx_buf_init(&go, 0);
	env.kv = kv;
	env.go_error = &go;
	opts.families = PTX_FUNCS_CONFD;
	t = ptx_template_new(&opts, NULL);
	if (!template_of(v, &text)) {
		c->skipped++;
		return;
	}
	if (ptx_template_parse(t, "t.tmpl", ptx_buf_str(&text), &err) < 0)
		ptx_buf_printf(&go, "template: t.tmpl:%u: %s",
			       ptx_error_where(err) ? ptx_error_where(err)->line : 0,
			       ptx_error_message(err));
	else
		ptxi_template_execute(t, "t.tmpl", NULL, NULL, &env, &got, &err);
	if (err && !want_error) {
		corpus_fail(c, id, "it fails", want, ptx_buf_str(&go));
	} else if (!err && want_error) {
		corpus_fail(c, id, "it should fail", message, ptx_buf_str(&got));
	} else if (!err && !ptxi_str_eq(ptx_buf_str(&got), want)) {
		corpus_fail(c, id, "the text differs", want, ptx_buf_str(&got));
	} else {
		corpus_pass(c);
		if (err && corpus_verbose(2) && !ptxi_str_eq(message, ptx_buf_str(&go)))
			printf("note %s %s: message\n  Go   %.*s\n  here %s\n", c->name, id,
			       PTX_STR_ARG(message), go.p);
	}
}

static struct ptx_value *read_stores(struct ptx_arena *a)
{
	char path[4300];
	size_t n = 0;
	ptx_auto_str text = NULL;
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;

	snprintf(path, sizeof(path), "%s/confd/app_kv.json", corpus_folder());
	text = corpus_file(path, &n);
	return text ? ptx_json_parse(a, ptxi_strn(text, n), &opts, NULL) : NULL;
}

int main(void)
{
	struct corpus c = { .name = "confd" };
	ptx_auto(arena) a = ptx_arena_new(0);
	struct stores stores = { a, read_stores(a) };

	if (!corpus_each(&c, "cases.jsonl", row, &stores) ||
	    !corpus_each(&c, "app_cases.jsonl", row, &stores)) {
		printf("confd: no corpus in %s: skipped\n", corpus_folder());
		return CORPUS_SKIPPED;
	}
	return corpus_close(&c);
}
