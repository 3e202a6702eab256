/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - what is wrong with a package of machines, or could be better.
 *
 * Loading has found already what breaks the format. The rules here are a table: each looks at the
 * loaded package, all of them run, and each problem carries its rule's id. A package whose defaults
 * leave required answers open is not wrong: it is rendered with what the defaults give.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "vm.h"
#include "../base/diag.h"
#include "../value/path.h"

struct lint {
	struct ptx_package *package;
	const struct ptxi_vm *vm;
	struct ptx_arena *arena; /* of this run */
	struct ptx_diags *diags;
	struct ptx_value *conf; /* rendered from the defaults; NULL when it could not be */
};

struct rule {
	const char *id;
	enum ptx_severity severity;
	int (*check)(struct lint *l, const struct rule *rule, struct ptx_error **err);
};

static void PTXI_PRINTF(5, 6) report(struct lint *l, const struct rule *rule,
				     struct ptx_where where, const char *path, const char *fmt, ...)
{
	ptx_auto_buf b = { 0 };
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	ptxi_diag_add(l->diags, rule->severity, rule->severity == PTX_ERROR ? PTX_E_INVALID : 0,
		      rule->id, where, path, "%s", b.p);
}

static int check_version(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	const struct ptx_value *v = ptx_value_get(l->package->meta, "version");

	(void)err;
	if (!l->package->meta)
		return 0;
	if (!*l->package->version)
		report(l, rule, ptx_value_where(v ? v : l->package->meta), "version",
		       "the package has no version");
	else if (!ptxi_meta_version_ok(l->package->version))
		report(l, rule, ptx_value_where(v), "version",
		       "'%s' is no semantic version, such as 1.0.0", l->package->version);
	return 0;
}

static int check_about(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	(void)err;
	if (l->package->meta && !*l->package->description)
		report(l, rule, ptx_value_where(l->package->meta), "description",
		       "the package says nothing about itself");
	return 0;
}

static int check_api(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	(void)err;
	if (l->package->meta && !ptx_value_has(l->package->meta, "api_version") &&
	    !ptx_value_has(l->package->meta, "apiVersion"))
		report(l, rule, ptx_value_where(l->package->meta), "api_version",
		       "the package names no api_version");
	return 0;
}

static int check_defaults(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	(void)rule;
	return ptxi_config_check_defaults(l->arena, l->vm->config, l->diags, err);
}

static int check_conf(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	struct ptxi_answers answers = { 0 };
	int rc = ptxi_config_merge(l->arena, l->vm->config, NULL, l->diags, &answers, err);

	(void)rule;
	if (rc >= 0)
		rc = ptxi_conf_render(l->arena, &l->vm->conf, answers.values, l->diags, &l->conf,
				      err);
	if (rc < 0 || !l->conf)
		return rc;
	return ptxi_conf_check(l->arena, l->conf, l->vm->conf.file, l->vm->conf.appcenter, l->diags,
			       err);
}

/* Questions that the template never reads. */
struct unused {
	struct lint *lint;
	const struct rule *rule;
};

static bool mentions(struct ptx_str text, const char *path)
{
	struct ptx_str rest = text;
	size_t n = strlen(path);

	/* A question without a key, which another rule reports. */
	if (!n)
		return true;
	for (;;) {
		size_t at = ptxi_str_find(rest, ptxi_strn(path, n));
		char after = '\0';

		if (at == SIZE_MAX)
			return false;
		after = at + n < rest.n ? rest.p[at + n] : '\0';
		if (!after || strchr(" }\t\r\n|)", after))
			return true;
		rest = ptxi_str_from(rest, at + n);
	}
}

static int check_used(const struct ptxi_config *c, void *user)
{
	struct unused *u = user;
	const struct ptxi_vm *vm = u->lint->vm;

	if (c->type == PTXI_CONFIG_ARRAY || mentions(vm->conf.text, c->path))
		return 0;
	report(u->lint, u->rule, ptx_value_where(c->raw), c->path,
	       "%s is asked, but %s never uses it", c->path, vm->conf.file);
	return 0;
}

/* Only where all tags are plain paths: what an expression reads cannot be told from its text. */
static int check_unused(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	struct unused u = { l, rule };
	struct ptxi_pieces pieces;
	int rc = ptxi_conf_scan(l->vm->conf.text, l->vm->conf.file, &pieces, err);

	if (rc >= 0 && !pieces.needs_engine)
		ptxi_config_each(l->vm->config->root, check_used, &u);
	ptxi_pieces_done(&pieces);
	return rc;
}

static int check_roles(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	const struct ptx_value *nodes = ptx_value_get(l->conf, "nodes");

	(void)err;
	for (size_t i = 0; i < ptx_value_count(nodes); i++) {
		const struct ptx_value *node = ptx_value_at(nodes, i);
		ptx_auto_str path = ptxi_asprintf("nodes.%zu", i);

		if (ptx_value_kind(node) == PTX_MAP &&
		    !*ptx_value_as_string(ptx_value_get(node, "role"), ""))
			report(l, rule, ptx_value_where(node), path, "nodes.%zu has no role", i);
	}
	return 0;
}

static int check_services(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	const struct ptx_value *nodes = ptx_value_get(l->conf, "nodes");
	size_t started = 0;

	(void)err;
	for (size_t i = 0; i < ptx_value_count(nodes); i++)
		started +=
		    ptx_value_has(ptx_value_get(ptx_value_at(nodes, i), "services"), "start");
	if (l->conf && !started)
		report(l, rule, ptx_value_where(nodes ? nodes : l->conf), "nodes",
		       "no role has a service 'start': nothing will run");
	return 0;
}

struct texts {
	struct lint *lint;
	const struct rule *rule;
	const struct ptxi_locale *locale;
	size_t absent;
	const char *first;
};

static int count_text(const struct ptxi_config *c, void *user)
{
	struct texts *t = user;
	const char *both[] = { c->label, c->description };

	for (size_t i = 0; i < PTXI_COUNT(both); i++)
		if (both[i] && *both[i] && !ptx_value_has(t->locale->texts, both[i]) &&
		    !t->absent++)
			t->first = both[i];
	return 0;
}

static int check_locales(struct lint *l, const struct rule *rule, struct ptx_error **err)
{
	(void)err;
	for (size_t i = 0; i < l->vm->locales.n; i++) {
		struct texts t = { l, rule, &l->vm->locales.v[i], 0, NULL };

		/* English ones are often left out on purpose: the texts are English already. */
		if (strncmp(t.locale->language, "en", 2) == 0)
			continue;
		ptxi_config_each(l->vm->config->root, count_text, &t);
		if (t.absent)
			report(l, rule, (struct ptx_where){ .file = t.locale->file }, NULL,
			       "%zu texts of config.json are not in it, first '%s'", t.absent,
			       t.first);
	}
	return 0;
}

static const struct rule rules[] = {
	{ "package-version", PTX_WARNING, check_version },
	{ "package-description", PTX_WARNING, check_about },
	{ "package-api-version", PTX_WARNING, check_api },
	{ "config-default", PTX_WARNING, check_defaults },
	{ "conf", PTX_ERROR, check_conf },
	{ "config-unused", PTX_WARNING, check_unused },
	{ "conf-role", PTX_WARNING, check_roles },
	{ "conf-start", PTX_WARNING, check_services },
	{ "locale-coverage", PTX_NOTE, check_locales },
};

int ptxi_vm_lint(struct ptx_package *p, struct ptx_diags *diags, struct ptx_error **err)
{
	ptx_auto(arena) arena = ptx_arena_new(0);
	struct lint l = { .package = p, .vm = ptxi_vm_of(p), .arena = arena, .diags = diags };

	if (!arena)
		return ptx_fail(err, PTX_E_NOMEM, "no memory to lint a package");
	for (size_t i = 0; i < PTXI_COUNT(rules); i++) {
		int rc = rules[i].check(&l, &rules[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}
