/* SPDX-License-Identifier: Apache-2.0 */
/* vm.c - the kind `vm`: applications on machines, from config.json and cluster.json.tmpl.
 *
 * Which files there are decides the dialect: with cluster.json.mustache (and no .tmpl) it is one of
 * AppCenter's packages, which are read with more patience. Secrets in a rendered conf are found by
 * rendering twice, once with every password replaced: what differs comes from a password, however
 * the template got it there.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "vm.h"
#include "../base/diag.h"
#include "../base/fs.h"
#include "../value/diff.h"
#include "../value/path.h"

#define CONFIG_FILE   "config.json"
#define TEMPLATE_FILE "cluster.json.tmpl"
#define MUSTACHE_FILE "cluster.json.mustache"
#define HIDDEN        "***"
#define PLACEHOLDER                                                                                \
	"a-password-of-no-cluster" /* plain letters: it must pass through any template */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool vm_detect(struct ptx_package *p)
{
	static const char *const files[] = { CONFIG_FILE, TEMPLATE_FILE, MUSTACHE_FILE,
					     "package.json" };

	if (ptxi_package_has(p, "Chart.yaml"))
		return false;
	for (size_t i = 0; i < PTXI_COUNT(files); i++)
		if (ptxi_package_has(p, files[i]))
			return true;
	return false;
}

static void missing(struct ptx_diags *diags, const char *name)
{
	ptxi_diag_add(diags, PTX_ERROR, PTX_E_NOT_FOUND, "file-missing",
		      (struct ptx_where){ .file = name }, NULL, "the package has no '%s'", name);
}

/* AppCenter's packages come with byte order marks now and then; the strict reader refuses them. */
static struct ptx_str without_mark(struct ptx_str text, const char *name, struct ptx_diags *diags)
{
	const struct ptx_where where = { .file = name, .line = 1, .column = 1 };

	if (!ptxi_str_starts(text, BYTE_ORDER_MARK))
		return text;
	/* cppcheck-suppress varFuncNullUB; the NULL is the hint, not an argument of the format */
	ptxi_diag_add(diags, PTX_WARNING, 0, "file-bom", where, NULL,
		      "the file begins with a byte order mark");
	return ptxi_str_from(text, sizeof(BYTE_ORDER_MARK) - 1);
}

static int load_template(struct ptx_package *p, struct ptxi_vm *vm, struct ptx_diags *diags,
			 struct ptx_error **err)
{
	ptx_auto(error) e = NULL;
	int rc = 0;

	vm->conf.appcenter =
	    !ptxi_package_has(p, TEMPLATE_FILE) && ptxi_package_has(p, MUSTACHE_FILE);
	vm->conf.file = vm->conf.appcenter ? MUSTACHE_FILE : TEMPLATE_FILE;
	rc = ptxi_package_read(p, vm->conf.file, &vm->conf.text, err);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		missing(diags, vm->conf.file);
		return 0;
	}
	if (vm->conf.appcenter)
		vm->conf.text = without_mark(vm->conf.text, vm->conf.file, diags);
	if (ptxi_conf_check_syntax(&vm->conf, &e) < 0)
		ptxi_diag_add_error(diags, "conf-template", e);
	return 0;
}

static int load_config(struct ptx_package *p, struct ptxi_vm *vm, struct ptx_diags *diags,
		       struct ptx_error **err)
{
	struct ptx_str text = { 0 };
	ptx_auto(error) e = NULL;
	int rc = ptxi_package_read(p, CONFIG_FILE, &text, err);

	if (rc < 0)
		return rc;
	if (rc == 0) {
		missing(diags, CONFIG_FILE);
		return 0;
	}
	if (vm->conf.appcenter)
		text = without_mark(text, CONFIG_FILE, diags);
	vm->config = ptxi_config_load(p->arena, text, CONFIG_FILE, vm->conf.appcenter, diags, &e);
	if (!vm->config)
		ptxi_diag_add_error(diags, "config-json", e);
	return 0;
}

static int vm_load(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptxi_vm *vm = ptxi_arena_alloc(p->arena, sizeof(*vm));
	int rc = 0;

	if (!vm)
		return ptxi_arena_check(p->arena, err);
	p->state = vm;
	rc = ptxi_meta_load(p, diags, err);
	if (rc >= 0)
		rc = load_template(p, vm, diags, err);
	if (rc >= 0)
		rc = load_config(p, vm, diags, err);
	if (rc >= 0)
		rc = ptxi_locale_load(p, vm->conf.appcenter, &vm->locales, diags, err);
	return rc;
}

static void vm_unload(struct ptx_package *p)
{
	struct ptxi_vm *vm = p->state;

	if (vm)
		ptxi_config_done(vm->config);
}

static struct ptx_value *vm_defaults(const struct ptx_package *p, struct ptx_arena *a,
				     struct ptx_error **err)
{
	struct ptxi_answers answers = { 0 };

	return ptxi_config_merge(a, ptxi_vm_of(p)->config, NULL, NULL, &answers, err) < 0
		   ? NULL
		   : answers.values;
}

/* ---- questions */

struct ask {
	struct ptx_arena *arena;
	struct ptx_value *list;
	const struct ptxi_locale *locale;
};

static int ask_one(const struct ptxi_config *c, void *user)
{
	static const char *const copied[] = { "range",          "min",          "max",      "step",
					      "pattern",        "limits",       "port",     "tag",
					      "resource_group", "dependencies", "multiline" };
	struct ask *ask = user;
	struct ptx_value *q = ptx_value_map(ask->arena);

	if (!*c->path)
		return 0;
	ptx_value_set_string(q, "path", c->path);
	ptx_value_set_string(q, "key", c->key);
	ptx_value_set_string(q, "label", ptxi_locale_text(ask->locale, c->label));
	ptx_value_set_string(q, "description", ptxi_locale_text(ask->locale, c->description));
	ptx_value_set_string(q, "type", c->type_name);
	ptx_value_append(ask->list, q);
	if (c->type == PTXI_CONFIG_ARRAY)
		return 0;
	ptx_value_set(q, "default", ptx_value_copy(ask->arena, c->fallback));
	ptx_value_set_bool(q, "required", c->required);
	ptx_value_set_bool(q, "changeable", c->changeable);
	ptx_value_set_bool(q, "secret", c->type == PTXI_CONFIG_PASSWORD);
	ptx_value_set_bool(q, "multichoice", c->multichoice);
	if (c->multichoice)
		ptx_value_set_string(q, "separator", c->separator);
	for (size_t i = 0; i < PTXI_COUNT(copied); i++) {
		const struct ptx_value *v = ptx_value_get(c->raw, copied[i]);

		if (v)
			ptx_value_set(q, copied[i], ptx_value_copy(ask->arena, v));
	}
	return 0;
}

static struct ptx_value *vm_questions(const struct ptx_package *p, struct ptx_arena *a,
				      const char *language, struct ptx_error **err)
{
	struct ask ask = { a, ptx_value_list(a),
			   ptxi_locale_find(&ptxi_vm_of(p)->locales, language) };

	ptxi_config_each(ptxi_vm_of(p)->config->root, ask_one, &ask);
	return ptxi_arena_check(a, err) < 0 ? NULL : ask.list;
}

static int add_secret(const struct ptxi_config *c, void *user)
{
	struct ptx_value *list = user;

	if (c->type == PTXI_CONFIG_PASSWORD)
		ptx_value_append(list, ptx_value_string(ptxi_value_arena(list), c->path));
	return 0;
}

static struct ptx_value *vm_secrets(const struct ptx_package *p, struct ptx_arena *a,
				    struct ptx_error **err)
{
	struct ptx_value *list = ptx_value_list(a);

	if (list)
		ptxi_config_each(ptxi_vm_of(p)->config->root, add_secret, list);
	return ptxi_arena_check(a, err) < 0 ? NULL : list;
}

/* ---- answers */

static struct ptx_value *vm_validate(const struct ptx_package *p, struct ptx_arena *a,
				     const struct ptx_value *answers,
				     const struct ptx_validate_opts *opts, struct ptx_diags *diags,
				     struct ptx_error **err)
{
	const struct ptxi_config_tree *t = ptxi_vm_of(p)->config;
	struct ptxi_answers merged = { 0 };

	if (ptxi_config_merge(a, t, answers, diags, &merged, err) < 0)
		return NULL;
	if (opts && ptxi_config_check(a, t, &merged, opts, diags, err) < 0)
		return NULL;
	return merged.values;
}

/* ---- rendering */

/* Replaces every password in a tree of answers; returns how many there were. */
static size_t replace_secrets(const struct ptxi_config *group, struct ptx_value *values,
			      const char *with, bool empty_too)
{
	size_t count = 0;

	for (size_t i = 0; i < group->child_count; i++) {
		const struct ptxi_config *c = &group->children[i];
		struct ptx_value *v = ptx_value_get(values, c->key);

		if (c->type == PTXI_CONFIG_ARRAY && ptx_value_kind(v) == PTX_MAP)
			count += replace_secrets(c, v, with, empty_too);
		if (c->type != PTXI_CONFIG_PASSWORD ||
		    (!empty_too && ptx_value_kind(v) == PTX_STRING && !ptx_value_str(v).n))
			continue;
		ptx_value_set_string(values, c->key, with);
		count++;
	}
	return count;
}

/* Sets the value at a path of keys and [N] to the mask. */
static void hide_at(struct ptx_value *conf, const char *path)
{
	struct ptx_value *v = ptxi_value_find_path(conf, ptxi_str(path)).value;
	struct ptx_str text = ptx_value_str(v);

	if (!v || (ptx_value_kind(v) == PTX_STRING && !text.n))
		return;
	v->kind = PTX_STRING;
	v->s = PTXI_STR(HIDDEN);
}

static int on_difference(const char *path, const struct ptx_value *a, const struct ptx_value *b,
			 void *user)
{
	struct ptx_value *paths = user;

	(void)b;
	if (a)
		ptx_value_append(paths, ptx_value_string(ptxi_value_arena(paths), path));
	return 0;
}

/* The paths of conf that depend on a password. */
static int find_secrets(const struct ptxi_vm *vm, struct ptx_arena *a,
			const struct ptx_value *values, struct ptx_rendered *out, bool hide,
			struct ptx_error **err)
{
	ptx_auto(diags) ignored = ptx_diags_new();
	struct ptx_value *other = ptx_value_copy(a, values);
	struct ptx_value *conf = NULL;
	struct ptx_value *paths = ptx_value_list(a);
	int rc = 0;

	out->secrets = paths;
	if (!ignored || !other || !paths)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a conf");
	if (!replace_secrets(vm->config->root, other, PLACEHOLDER, true))
		return 0;
	rc = ptxi_conf_render(a, &vm->conf, other, ignored, &conf, err);
	if (rc < 0)
		return rc;
	ptxi_value_diff(out->conf, conf, on_difference, paths);
	for (size_t i = 0; hide && i < ptx_value_count(paths); i++)
		hide_at(out->conf, ptx_value_as_string(ptx_value_at(paths, i), ""));
	if (hide)
		replace_secrets(vm->config->root, out->answers, HIDDEN, false);
	return ptxi_arena_check(a, err);
}

static int vm_render(const struct ptx_package *p, struct ptx_arena *a,
		     const struct ptx_value *answers, const struct ptx_render_opts *opts,
		     struct ptx_diags *diags, struct ptx_rendered *out, struct ptx_error **err)
{
	const struct ptxi_vm *vm = ptxi_vm_of(p);
	size_t before = ptx_diags_count_of(diags, PTX_ERROR);
	int rc = 0;

	out->answers =
	    vm_validate(p, a, answers, opts->unchecked ? NULL : opts->validate, diags, err);
	if (!out->answers)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	if (ptx_diags_count_of(diags, PTX_ERROR) > before)
		return 0;
	rc = ptxi_conf_render(a, &vm->conf, out->answers, diags, &out->conf, err);
	if (rc < 0 || !out->conf)
		return rc;
	rc = ptxi_conf_check(a, out->conf, vm->conf.file, vm->conf.appcenter, diags, err);
	if (rc < 0 || ptx_diags_count_of(diags, PTX_ERROR) > before)
		return rc;
	return find_secrets(vm, a, out->answers, out, !opts->reveal_secrets, err);
}

static void vm_describe(const struct ptx_package *p, struct ptx_value *map)
{
	const struct ptxi_vm *vm = ptxi_vm_of(p);
	struct ptx_arena *a = ptxi_value_arena(map);
	struct ptx_value *locales = ptx_value_list(a);

	ptx_value_set_string(map, "dialect", vm->conf.appcenter ? "appcenter" : "openpitrix");
	ptx_value_set_int(map, "questions", (int64_t)vm->config->question_count);
	for (size_t i = 0; i < vm->locales.n; i++)
		ptx_value_append(locales, ptx_value_string(a, vm->locales.v[i].language));
	ptx_value_set(map, "locales", locales);
}

const struct ptxi_package_kind ptxi_package_kind_vm = {
	.name = "vm",
	.detect = vm_detect,
	.load = vm_load,
	.unload = vm_unload,
	.defaults = vm_defaults,
	.questions = vm_questions,
	.secrets = vm_secrets,
	.validate = vm_validate,
	.render = vm_render,
	.lint = ptxi_vm_lint,
	.describe = vm_describe,
	.skeleton = ptxi_vm_skeleton,
};
