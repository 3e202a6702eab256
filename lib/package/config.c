/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - config.json to a tree of questions.
 *
 * config.json is an array of questions, and a group is a question of type "array" with
 * `properties`. The fields are a table: name, which JSON kinds it may have, and whether the
 * OpenPitrix format knows it. A field of a wrong kind is an error there, as the original refuses to
 * decode it; AppCenter packages, which nobody ever checked, get a warning and the field is ignored.
 * Every problem is reported, with its place in the file. Invariant: a tree without errors has a key
 * and a path in every question but the root, and a compiled pattern wherever it has one.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "config.h"
#include "../base/diag.h"
#include "../base/lookup.h"
#include "../value/codec.h"

#define MOST_DEPTH     20u
#define MOST_QUESTIONS 10000u

#define K(kind)  (1u << (kind))
#define K_NUMBER (K(PTX_NUMBER) | K(PTX_INT) | K(PTX_UINT) | K(PTX_FLOAT))
#define K_ANY    (~0u)

static const struct field {
	const char *name;
	unsigned kinds;
} fields[] = {
	{ "type", K(PTX_STRING) },
	{ "key", K(PTX_STRING) },
	{ "label", K_ANY },
	{ "description", K(PTX_STRING) },
	{ "properties", K(PTX_LIST) },
	{ "required", K(PTX_BOOL) | K(PTX_STRING) },
	{ "default", K_ANY },
	{ "range", K(PTX_LIST) },
	{ "min", K_NUMBER },
	{ "max", K_NUMBER },
	{ "step", K_NUMBER },
	{ "pattern", K(PTX_STRING) },
	{ "changeable", K(PTX_BOOL) },
	{ "multichoice", K(PTX_BOOL) },
	{ "separator", K(PTX_STRING) },
	{ "limits", K(PTX_MAP) },
	{ "allowed_operations", K(PTX_LIST) },
	{ "port", K_NUMBER | K(PTX_LIST) },
	/* Forms of AppCenter's later years; kept, and shown by whoever draws a form. */
	{ "resource_group", K_ANY },
	{ "tag", K_ANY },
	{ "dependencies", K_ANY },
	{ "multiline", K_ANY },
	{ "customizable", K_ANY },
	{ "auto_scale_step", K_ANY },
	{ "changeable_when_create", K_ANY },
	{ "disable_when_scale", K_ANY },
	{ "expanded", K_ANY },
	{ "old_version_default", K_ANY },
	{ "readonly", K_ANY },
};

static const struct {
	const char *name;
	enum ptxi_config_type type;
} types[] = {
	{ "array", PTXI_CONFIG_ARRAY },     { "integer", PTXI_CONFIG_INTEGER },
	{ "number", PTXI_CONFIG_NUMBER },   { "string", PTXI_CONFIG_STRING },
	{ "boolean", PTXI_CONFIG_BOOLEAN }, { "password", PTXI_CONFIG_PASSWORD },
	{ "service", PTXI_CONFIG_SERVICE }, { "loadbalancer", PTXI_CONFIG_LOADBALANCER },
	{ "eip", PTXI_CONFIG_EIP },         { "accesskey", PTXI_CONFIG_ACCESSKEY },
};

struct load {
	struct ptx_arena *arena;
	struct ptxi_config_tree *tree;
	struct ptx_diags *diags;
	bool appcenter;
	unsigned depth;
};

static struct ptx_str type_at(size_t i, const void *user)
{
	(void)user;
	return i < PTXI_COUNT(types) ? ptxi_str(types[i].name) : (struct ptx_str){ NULL, 0 };
}

static struct ptx_str field_at(size_t i, const void *user)
{
	(void)user;
	return i < PTXI_COUNT(fields) ? ptxi_str(fields[i].name) : (struct ptx_str){ NULL, 0 };
}

static const char *shown(const struct ptxi_config *c)
{
	return *c->path ? c->path : "config.json";
}

/* What the original refuses and AppCenter's packages may hold all the same. */
static enum ptx_severity serious(const struct load *l)
{
	return l->appcenter ? PTX_WARNING : PTX_ERROR;
}

static void check_kinds(struct load *l, const struct ptxi_config *c, struct ptx_str key,
			const struct ptx_value *v)
{
	for (size_t i = 0; i < PTXI_COUNT(fields); i++) {
		if (!ptxi_str_is(key, fields[i].name))
			continue;
		if (ptx_value_kind(v) != PTX_NULL && !(fields[i].kinds & K(ptx_value_kind(v))))
			ptxi_diag_add(l->diags, serious(l), PTX_E_INVALID, "config-field-type",
				      ptx_value_where(v), c->path,
				      "'%.*s' of %s cannot be of type %s", PTX_STR_ARG(key),
				      shown(c), ptx_value_kind_name(v));
		return;
	}
	ptxi_diag_add(l->diags, PTX_WARNING, 0, "config-unknown-field", ptx_value_where(v), c->path,
		      "%s has a field '%.*s' that nothing reads", shown(c), PTX_STR_ARG(key));
	if (ptxi_nearest(key, field_at, NULL).p)
		ptxi_diag_hint(l->diags, "did you mean '%.*s'?",
			       PTX_STR_ARG(ptxi_nearest(key, field_at, NULL)));
}

/* A field, when its kind is right and it is not null. */
static const struct ptx_value *field(const struct ptx_value *raw, const char *name)
{
	const struct ptx_value *v = ptx_value_get(raw, name);

	if (!v || ptx_value_kind(v) == PTX_NULL)
		return NULL;
	for (size_t i = 0; i < PTXI_COUNT(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return fields[i].kinds & K(ptx_value_kind(v)) ? v : NULL;
	return NULL;
}

static void load_required(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *v = field(c->raw, "required");
	const char *word = ptx_value_as_string(v, "");

	if (ptx_value_kind(v) == PTX_BOOL) {
		c->required = ptx_value_as_bool(v, false);
		return;
	}
	c->required = strcmp(word, "yes") == 0 || strcmp(word, "true") == 0;
	if (v && !c->required && strcmp(word, "no") != 0 && strcmp(word, "false") != 0)
		ptxi_diag_add(l->diags, serious(l), PTX_E_INVALID, "config-required",
			      ptx_value_where(v), c->path,
			      "'required' of %s is '%s'; it is true, false, \"yes\" or \"no\"",
			      shown(c), word);
}

static void load_type(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *v = field(c->raw, "type");

	c->type_name = ptx_value_as_string(v, "");
	for (size_t i = 0; i < PTXI_COUNT(types); i++)
		if (strcmp(types[i].name, c->type_name) == 0) {
			c->type = types[i].type;
			return;
		}
	if (!*c->path && !v) {
		c->type = PTXI_CONFIG_ARRAY;
		return;
	}
	ptxi_diag_add(l->diags, PTX_WARNING, 0, "config-unknown-type",
		      ptx_value_where(v ? v : c->raw), c->path,
		      v ? "%s is of the unknown type '%s': its answers are not checked"
			: "%s has no type: its answers are not checked%s",
		      shown(c), c->type_name);
	if (v && ptxi_nearest(ptxi_str(c->type_name), type_at, NULL).p)
		ptxi_diag_hint(l->diags, "did you mean '%.*s'?",
			       PTX_STR_ARG(ptxi_nearest(ptxi_str(c->type_name), type_at, NULL)));
}

static const struct ptx_value *empty_of(struct load *l, enum ptxi_config_type type)
{
	switch (type) {
	case PTXI_CONFIG_INTEGER:
		return ptx_value_int(l->arena, 0);
	case PTXI_CONFIG_NUMBER:
		return ptx_value_number(l->arena, PTXI_STR("0.0"));
	case PTXI_CONFIG_BOOLEAN:
		return ptx_value_bool(l->arena, false);
	case PTXI_CONFIG_LOADBALANCER:
		return ptx_value_list(l->arena);
	case PTXI_CONFIG_STRING:
	case PTXI_CONFIG_PASSWORD:
	case PTXI_CONFIG_SERVICE:
	case PTXI_CONFIG_ACCESSKEY:
	case PTXI_CONFIG_EIP:
		return ptx_value_string(l->arena, "");
	case PTXI_CONFIG_ARRAY:
	case PTXI_CONFIG_OTHER:
		break;
	}
	return ptx_value_null(l->arena);
}

static void load_step(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *v = field(c->raw, "step");
	struct ptx_str text = ptx_value_str(v);

	if (!v)
		return;
	if (ptxi_parse_i64(text, &c->step, 1, INT64_MAX))
		return;
	c->step = 0;
	ptxi_diag_add(l->diags, PTX_ERROR, PTX_E_INVALID, "config-step", ptx_value_where(v),
		      c->path, "'step' of %s is %.*s; it must be a whole number above 0", shown(c),
		      PTX_STR_ARG(text));
}

static void load_pattern(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *v = field(c->raw, "pattern");
	ptx_auto(error) e = NULL;

	c->pattern = ptx_value_str(v);
	if (!c->pattern.n)
		return;
	c->compiled = ptxi_pattern_compile(c->pattern, l->appcenter, &e);
	if (!c->compiled)
		ptxi_diag_add(l->diags, PTX_ERROR, ptx_error_code(e), "config-pattern",
			      ptx_value_where(v), c->path, "'pattern' of %s: %s", shown(c),
			      ptx_error_message(e));
}

/* limits is {app: [versions]}, as the original decodes it. */
static void load_limits(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *v = field(c->raw, "limits");
	struct ptx_str app = { 0 };

	for (size_t i = 0; i < ptx_value_count(v); i++) {
		const struct ptx_value *versions = ptx_value_entry(v, i, &app);
		bool fine =
		    ptx_value_kind(versions) == PTX_LIST || ptx_value_kind(versions) == PTX_NULL;

		for (size_t j = 0; fine && j < ptx_value_count(versions); j++)
			fine = ptx_value_kind(ptx_value_at(versions, j)) == PTX_STRING;
		if (!fine)
			ptxi_diag_add(
			    l->diags, serious(l), PTX_E_INVALID, "config-limits",
			    ptx_value_where(versions), c->path,
			    "'limits' of %s gives '%.*s' something else than a list of versions",
			    shown(c), PTX_STR_ARG(app));
	}
	c->limits = v;
}

static void load_question(struct load *l, struct ptxi_config *c)
{
	const struct ptx_value *label = ptx_value_get(c->raw, "label");

	c->label = ptx_value_as_string(label, "");
	c->description = ptx_value_as_string(field(c->raw, "description"), "");
	c->fallback = ptx_value_get(c->raw, "default");
	if (ptx_value_kind(c->fallback) == PTX_NULL)
		c->fallback = empty_of(l, c->type);
	c->range = field(c->raw, "range");
	c->min = field(c->raw, "min");
	c->max = field(c->raw, "max");
	c->changeable = ptx_value_as_bool(field(c->raw, "changeable"), true);
	c->multichoice = ptx_value_as_bool(field(c->raw, "multichoice"), false);
	c->separator = ptx_value_as_string(field(c->raw, "separator"), ",");
	if (!*c->separator)
		c->separator = ",";
	load_required(l, c);
	load_step(l, c);
	load_pattern(l, c);
	load_limits(l, c);
	if (c->min && c->max && ptxi_value_compare(c->min, c->max) > 0)
		ptxi_diag_add(l->diags, PTX_WARNING, 0, "config-min-max", ptx_value_where(c->min),
			      c->path, "'min' of %s is above its 'max': no answer fits", shown(c));
	if (c->type != PTXI_CONFIG_ARRAY)
		l->tree->question_count++;
}

static int load_one(struct load *l, struct ptxi_config *c, const struct ptx_value *raw,
		    const struct ptxi_config *group, struct ptx_error **err);

static int load_children(struct load *l, struct ptxi_config *c, struct ptx_error **err)
{
	const struct ptx_value *list = field(c->raw, "properties");
	size_t n = ptx_value_count(list);

	if (!n) {
		ptxi_diag_add(l->diags, serious(l), PTX_E_INVALID, "config-empty-group",
			      ptx_value_where(c->raw), c->path,
			      "%s is of type array and has no properties", shown(c));
		return 0;
	}
	if (++l->depth > MOST_DEPTH || l->tree->count + n > MOST_QUESTIONS)
		return ptx_fail_at(err, PTX_E_LIMIT, ptx_value_where(list),
				   "too many questions: %u levels and %u questions are the most",
				   MOST_DEPTH, MOST_QUESTIONS);
	c->children = ptxi_arena_array(l->arena, n, sizeof(*c->children));
	if (!c->children)
		return ptxi_arena_check(l->arena, err);
	for (size_t i = 0; i < n; i++) {
		int rc = load_one(l, &c->children[c->child_count], ptx_value_at(list, i), c, err);

		/* A half-loaded child counts too: its pattern must be released. */
		c->child_count += rc != 1;
		if (rc < 0)
			return rc;
	}
	l->depth--;
	return 0;
}

static void check_twins(struct load *l, const struct ptxi_config *c,
			const struct ptxi_config *group)
{
	for (size_t i = 0; i < group->child_count; i++)
		if (strcmp(group->children[i].key, c->key) == 0) {
			ptxi_diag_add(l->diags, PTX_WARNING, 0, "config-twice",
				      ptx_value_where(c->raw), c->path,
				      "%s is asked twice; the last one counts", shown(c));
			return;
		}
}

/* 1 when it is left out. */
static int load_one(struct load *l, struct ptxi_config *c, const struct ptx_value *raw,
		    const struct ptxi_config *group, struct ptx_error **err)
{
	const struct ptx_value *key = ptx_value_get(raw, "key");
	struct ptx_str name = { 0 };

	if (ptx_value_kind(raw) != PTX_MAP) {
		/* Only the root has no group, and it is a map. */
		ptxi_diag_add(l->diags, PTX_ERROR, PTX_E_INVALID, "config-question",
			      /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
			      ptx_value_where(raw), group->path,
			      "a question under %s is of type %s, not an object", shown(group),
			      ptx_value_kind_name(raw));
		return 1;
	}
	c->raw = raw;
	c->key = ptx_value_as_string(key, "");
	c->index = l->tree->count++;
	c->path = !group ? ""
			 : ptxi_arena_printf(l->arena, "%s%s%s", group->path,
					     *group->path ? "." : "", c->key);
	if (!c->path)
		return ptxi_arena_check(l->arena, err);
	for (size_t i = 0; i < ptx_value_count(raw); i++) {
		const struct ptx_value *v = ptx_value_entry(raw, i, &name);

		check_kinds(l, c, name, v);
	}
	if (group && !*c->key)
		ptxi_diag_add(l->diags, serious(l), PTX_E_INVALID, "config-key",
			      ptx_value_where(raw), group->path, "a question under %s has no key",
			      shown(group));
	if (group)
		check_twins(l, c, group);
	load_type(l, c);
	load_question(l, c);
	return c->type == PTXI_CONFIG_ARRAY ? load_children(l, c, err) : 0;
}

struct ptxi_config_tree *ptxi_config_load(struct ptx_arena *a, struct ptx_str text,
					  const char *file, bool appcenter, struct ptx_diags *diags,
					  struct ptx_error **err)
{
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	struct ptxi_config_tree *t = ptxi_arena_alloc(a, sizeof(*t));
	struct load l = { .arena = a, .tree = t, .diags = diags, .appcenter = appcenter };
	struct ptx_value *raw = NULL;

	o.file = file;
	o.duplicates = appcenter ? PTX_DUPLICATES_WARN : PTX_DUPLICATES_REFUSE;
	o.diags = diags;
	raw = ptx_json_parse(a, text, &o, err);
	if (!raw)
		return NULL;
	if (ptx_value_kind(raw) != PTX_MAP) {
		ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(raw),
			    "the questions are of type %s, not an object",
			    ptx_value_kind_name(raw));
		return NULL;
	}
	if (t)
		t->root = ptxi_arena_alloc(a, sizeof(*t->root));
	if (!t || !t->root) {
		ptxi_arena_check(a, err);
		return NULL;
	}
	t->file = file;
	if (load_one(&l, t->root, raw, NULL, err) < 0 || ptxi_arena_check(a, err) < 0) {
		ptxi_config_done(t);
		return NULL;
	}
	if (t->root->type != PTXI_CONFIG_ARRAY)
		ptxi_diag_add(diags, PTX_ERROR, PTX_E_INVALID, "config-root", ptx_value_where(raw),
			      NULL, "config.json is of type '%s'; it must be an array of questions",
			      t->root->type_name);
	return t;
}

static int release(const struct ptxi_config *c, void *user)
{
	(void)user;
	ptxi_pattern_free(c->compiled);
	return 0;
}

void ptxi_config_done(struct ptxi_config_tree *t)
{
	if (t && t->root)
		ptxi_config_each(t->root, release, NULL);
}

struct ptxi_config *ptxi_config_child(const struct ptxi_config *group, struct ptx_str key)
{
	/* From the end: of two with one key the last one counts. */
	for (size_t i = group->child_count; i > 0; i--)
		if (ptxi_str_is(key, group->children[i - 1].key))
			return &group->children[i - 1];
	return NULL;
}

int ptxi_config_each(const struct ptxi_config *c, ptxi_config_fn fn, void *user)
{
	int rc = fn(c, user);

	for (size_t i = 0; i < c->child_count && rc >= 0; i++)
		rc = ptxi_config_each(&c->children[i], fn, user);
	return rc < 0 ? rc : 0;
}
