/* SPDX-License-Identifier: Apache-2.0 */
/* config_check.c - answers: laid over the defaults, then every rule on every one.
 *
 * Merging is about shape: an answer must belong to a question, a group must be an object. A key
 * with dots may be written as one key or nested, as `--set env.zk.http.port=1` makes it. Checking
 * is about values. The original checks type, min, max, step and required, on defaults too; range,
 * pattern, multichoice and limits bind answers only, and an answer that repeats the default is
 * never held against the package's own range or pattern. Integers are what is written as one: 3.0
 * and "3" are not.
 */
#define PTX_AREA PTX_AREA_PACKAGE
#include "config.h"
#include "../base/diag.h"
#include "../base/lookup.h"
#include "../value/codec.h"

struct check {
	struct ptx_arena *arena;
	struct ptx_diags *diags;
	const struct ptxi_answers *answers;
	const struct ptx_validate_opts *opts;
	enum ptx_severity severity;
	struct ptx_error **err;
};

/* One question's turn. */
struct turn {
	struct check *check;
	const struct ptxi_config *c;
	const struct ptx_value *v;
	bool given;
};

/* ---- merging */

struct merge {
	struct ptx_arena *arena;
	const struct ptxi_config_tree *tree;
	struct ptx_diags *diags;
	struct ptxi_answers *out;
};

static struct ptx_value *defaults_of(struct ptx_arena *a, const struct ptxi_config *c)
{
	struct ptx_value *map = NULL;

	if (c->type != PTXI_CONFIG_ARRAY)
		return ptx_value_copy(a, c->fallback);
	map = ptx_value_map(a);
	for (size_t i = 0; map && i < c->child_count; i++)
		ptx_value_set(map, c->children[i].key, defaults_of(a, &c->children[i]));
	return map;
}

static struct ptx_str child_key_at(size_t i, const void *user)
{
	const struct ptxi_config *group = user;

	return i < group->child_count ? ptxi_str(group->children[i].key)
				      : (struct ptx_str){ NULL, 0 };
}

static void unknown(struct merge *m, const struct ptxi_config *group, struct ptx_str key,
		    const struct ptx_value *v)
{
	struct ptx_str near = ptxi_nearest(key, child_key_at, group);
	const char *path = ptxi_arena_printf(m->arena, "%s%s%.*s", group->path,
					     *group->path ? "." : "", PTX_STR_ARG(key));

	ptxi_diag_add(m->diags, PTX_ERROR, PTX_E_INVALID, "answer-unknown", ptx_value_where(v),
		      path, "there is no question '%s' in this package", path ? path : "");
	if (near.p)
		ptxi_diag_hint(m->diags, "did you mean '%s%s%.*s'?", group->path,
			       *group->path ? "." : "", PTX_STR_ARG(near));
}

static void merge_group(struct merge *m, const struct ptxi_config *group, struct ptx_value *into,
			const struct ptx_value *answers);

/* True when some question's key begins with key and a dot. */
static bool begins_a_key(const struct ptxi_config *group, struct ptx_str key)
{
	for (size_t i = 0; i < group->child_count; i++)
		if (strncmp(group->children[i].key, key.p, key.n) == 0 &&
		    group->children[i].key[key.n] == '.')
			return true;
	return false;
}

static void merge_one(struct merge *m, const struct ptxi_config *group, struct ptx_value *into,
		      struct ptx_str key, const struct ptx_value *v)
{
	const struct ptxi_config *c = ptxi_config_child(group, key);
	struct ptx_str rest = { 0 };

	if (!c && ptx_value_kind(v) == PTX_MAP && begins_a_key(group, key)) {
		for (size_t i = 0; i < ptx_value_count(v); i++) {
			const struct ptx_value *inner = ptx_value_entry(v, i, &rest);
			const char *joined = ptxi_arena_printf(m->arena, "%.*s.%.*s",
							       PTX_STR_ARG(key), PTX_STR_ARG(rest));

			if (joined)
				merge_one(m, group, into, ptxi_str(joined), inner);
		}
		return;
	}
	if (!c) {
		unknown(m, group, key, v);
		return;
	}
	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (c->type == PTXI_CONFIG_ARRAY) {
		merge_group(m, c, ptx_value_get(into, c->key), v);
		return;
	}
	m->out->given[c->index] = true;
	ptx_value_set(into, c->key, (struct ptx_value *)v);
}

static void merge_group(struct merge *m, const struct ptxi_config *group, struct ptx_value *into,
			const struct ptx_value *answers)
{
	struct ptx_str key = { 0 };

	if (ptx_value_kind(answers) != PTX_MAP) {
		ptxi_diag_add(m->diags, PTX_ERROR, PTX_E_INVALID, "answer-type",
			      ptx_value_where(answers), group->path,
			      "%s%sare of type %s, not an object",
			      *group->path ? "the answers under " : "the answers ",
			      *group->path ? ptxi_arena_printf(m->arena, "%s ", group->path) : "",
			      ptx_value_kind_name(answers));
		return;
	}
	for (size_t i = 0; i < ptx_value_count(answers); i++) {
		const struct ptx_value *v = ptx_value_entry(answers, i, &key);

		merge_one(m, group, into, key, v);
	}
}

int ptxi_config_merge(struct ptx_arena *a, const struct ptxi_config_tree *t,
		      const struct ptx_value *answers, struct ptx_diags *diags,
		      struct ptxi_answers *out, struct ptx_error **err)
{
	struct merge m = { .arena = a, .tree = t, .diags = diags, .out = out };

	out->values = defaults_of(a, t->root);
	out->given = ptxi_arena_array(a, t->count, sizeof(*out->given));
	if (!out->values || !out->given)
		return ptxi_arena_check(a, err);
	if (answers && ptx_value_kind(answers) != PTX_NULL) {
		answers = ptx_value_copy(a, answers);
		merge_group(&m, t->root, out->values, answers);
	}
	return ptxi_arena_check(a, err);
}

/* ---- checking */

static const char *as_text(struct ptx_arena *a, const struct ptx_value *v)
{
	ptx_auto_buf b = { 0 };
	const char *text = NULL;

	ptx_buf_init(&b, 200);
	ptx_json_format(v, NULL, &b);
	text = ptx_buf_ok(&b) ? ptxi_arena_strn(a, b.p, b.n) : NULL;
	return text ? text : "...";
}

static void PTXI_PRINTF(3, 4) complain(const struct turn *t, const char *rule, const char *fmt, ...)
{
	struct ptx_where where = ptx_value_where(t->v);
	ptx_auto_buf b = { 0 };
	va_list ap;

	ptx_buf_init(&b, 0);
	va_start(ap, fmt);
	ptx_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	ptxi_diag_add(t->check->diags, t->check->severity,
		      t->check->severity == PTX_ERROR ? PTX_E_INVALID : 0, rule, where, t->c->path,
		      "%s%s %s", t->given ? "" : "the default of ", t->c->path, b.p);
}

static bool is_secret(const struct ptxi_config *c)
{
	return c->type == PTXI_CONFIG_PASSWORD;
}

/* The value for a message; never a secret's. */
static const char *said(const struct turn *t)
{
	return is_secret(t->c) ? "***" : as_text(t->check->arena, t->v);
}

static bool is_integer(const struct ptx_value *v)
{
	int64_t i = 0;

	if (ptx_value_kind(v) == PTX_NUMBER)
		return ptxi_parse_i64(ptx_value_str(v), &i, INT64_MIN, INT64_MAX);
	return ptx_value_kind(v) == PTX_INT;
}

static bool type_fits(const struct ptxi_config *c, const struct ptx_value *v)
{
	switch (c->type) {
	case PTXI_CONFIG_INTEGER:
		return is_integer(v);
	case PTXI_CONFIG_NUMBER:
		return ptx_value_is_number(v);
	case PTXI_CONFIG_BOOLEAN:
		return ptx_value_kind(v) == PTX_BOOL;
	case PTXI_CONFIG_STRING:
	case PTXI_CONFIG_PASSWORD:
		return ptx_value_kind(v) == PTX_STRING;
	default:
		return true;
	}
}

static void check_bounds(const struct turn *t)
{
	const struct ptxi_config *c = t->c;
	int64_t i = ptx_value_as_int(t->v, 0);
	double f = ptx_value_as_float(t->v, 0);

	if (c->type != PTXI_CONFIG_INTEGER && c->type != PTXI_CONFIG_NUMBER)
		return;
	if (c->max && ptxi_value_compare(t->v, c->max) > 0)
		complain(t, "answer-max", "is %s; %s is the most", said(t),
			 as_text(t->check->arena, c->max));
	if (c->min && ptxi_value_compare(t->v, c->min) < 0)
		complain(t, "answer-min", "is %s; %s is the least", said(t),
			 as_text(t->check->arena, c->min));
	if (!c->step)
		return;
	if (c->type == PTXI_CONFIG_INTEGER
		? i % c->step != 0
		: t->given && f != (double)c->step * (double)(int64_t)(f / (double)c->step))
		complain(t, "answer-step", "is %s, which %lld does not divide", said(t),
			 (long long)c->step);
}

/* A range may hold what the value is, or its text. */
static bool in_range(const struct ptx_value *range, const struct ptx_value *v)
{
	for (size_t i = 0; i < ptx_value_count(range); i++) {
		const struct ptx_value *one = ptx_value_at(range, i);

		if (ptx_value_equal(one, v))
			return true;
		if (ptx_value_is_number(v) && ptx_value_kind(one) == PTX_STRING &&
		    ptx_value_kind(v) == PTX_NUMBER &&
		    ptxi_str_eq(ptx_value_str(one), ptx_value_str(v)))
			return true;
	}
	return false;
}

static bool each_in_range(struct ptx_arena *a, const struct ptxi_config *c, struct ptx_str text,
			  struct ptx_str *stray)
{
	struct ptx_str separator = ptxi_str(c->separator);

	for (;;) {
		size_t at = ptxi_str_find(text, separator);
		struct ptx_str part = at == SIZE_MAX ? text : ptxi_str_sub(text, 0, at);

		if (!in_range(c->range, ptx_value_strn(a, ptxi_str_trim(part)))) {
			*stray = part;
			return false;
		}
		if (at == SIZE_MAX)
			return true;
		text = ptxi_str_from(text, at + separator.n);
	}
}

static void check_range(const struct turn *t)
{
	const struct ptxi_config *c = t->c;
	enum ptx_kind kind = ptx_value_kind(t->v);
	struct ptx_str stray = { 0 };

	if (!ptx_value_count(c->range) || kind == PTX_LIST || kind == PTX_MAP || kind == PTX_NULL)
		return;
	if (in_range(c->range, t->v))
		return;
	if (!c->multichoice || kind != PTX_STRING) {
		complain(t, "answer-range", "is %s; it must be one of %s", said(t),
			 as_text(t->check->arena, c->range));
		return;
	}
	if (!ptx_value_str(t->v).n && !c->required)
		return;
	if (!each_in_range(t->check->arena, c, ptx_value_str(t->v), &stray))
		complain(t, "answer-range", "names '%.*s'; it may name %s, with '%s' between",
			 is_secret(c) ? 3 : (int)stray.n, is_secret(c) ? "***" : stray.p,
			 as_text(t->check->arena, c->range), c->separator);
}

static void check_pattern(const struct turn *t)
{
	ptx_auto(error) e = NULL;
	int rc = 1;

	if (!t->c->compiled || ptx_value_kind(t->v) != PTX_STRING)
		return;
	rc = ptxi_pattern_test(t->c->compiled, ptx_value_str(t->v), &e);
	if (rc < 0)
		complain(t, "answer-pattern", "cannot be matched against its pattern: %s",
			 ptx_error_message(e));
	else if (!rc)
		complain(t, "answer-pattern", "is %s, which does not match the pattern %.*s",
			 said(t), PTX_STR_ARG(t->c->pattern));
}

static bool is_subnet(const struct ptxi_config *c)
{
	return strcmp(c->key, "subnet") == 0;
}

static void check_required(const struct turn *t)
{
	bool text = t->c->type == PTXI_CONFIG_STRING || t->c->type == PTXI_CONFIG_PASSWORD;

	if (!t->c->required || !text || ptx_value_str(t->v).n || is_subnet(t->c))
		return;
	complain(t, "answer-required",
		 t->given ? "is empty; it is required" : "is empty, and an answer is required");
	ptxi_diag_hint(t->check->diags, "answer it: --set %s=...", t->c->path);
}

/* limits: {app: [versions]}; no versions means any. */
static void check_limits(const struct turn *t)
{
	const struct ptx_validate_opts *o = t->check->opts;
	const char *id = ptx_value_as_string(t->v, "");
	const char *app = "";
	const char *version = "";
	const struct ptx_value *versions = NULL;

	if (t->c->type != PTXI_CONFIG_SERVICE || !ptx_value_count(t->c->limits) || !*id ||
	    !o->service)
		return;
	if (!o->service(id, &app, &version, o->user)) {
		complain(t, "answer-limits", "names '%s', which is not known", id);
		return;
	}
	versions = ptx_value_get(t->c->limits, app);
	if (!ptx_value_has(t->c->limits, app))
		complain(t, "answer-limits", "names '%s' of app '%s'; it must be of one of %s", id,
			 app, as_text(t->check->arena, t->c->limits));
	else if (ptx_value_count(versions) &&
		 !in_range(versions, ptx_value_string(t->check->arena, version)))
		complain(t, "answer-limits", "names '%s' of version '%s'; it must be of one of %s",
			 id, version, as_text(t->check->arena, versions));
}

static const struct ptx_value *current_of(const struct ptx_value *current,
					  const struct ptxi_config *root,
					  const struct ptxi_config *want)
{
	for (size_t i = 0; i < root->child_count; i++) {
		const struct ptxi_config *c = &root->children[i];
		size_t n = strlen(c->path);

		if (c == want)
			return ptx_value_get(current, c->key);
		if (c->type == PTXI_CONFIG_ARRAY && strncmp(want->path, c->path, n) == 0 &&
		    want->path[n] == '.') {
			const struct ptx_value *v =
			    current_of(ptx_value_get(current, c->key), c, want);

			if (v)
				return v;
		}
	}
	return NULL;
}

static void check_question(struct check *k, const struct ptxi_config *root,
			   const struct ptxi_config *c, const struct ptx_value *v)
{
	struct turn t = { .check = k, .c = c, .v = v, .given = k->answers->given[c->index] };
	const struct ptx_value *was =
	    k->opts->current ? current_of(k->opts->current, root, c) : NULL;

	if (!type_fits(c, v)) {
		complain(&t, "answer-type", "is %s; it must be of type %s", said(&t), c->type_name);
		return;
	}
	check_bounds(&t);
	check_required(&t);
	if (t.given && !ptx_value_equal(v, c->fallback)) {
		bool was_empty =
		    c->required && ptx_value_kind(v) == PTX_STRING && !ptx_value_str(v).n;

		if (!was_empty)
			check_range(&t);
		if (!was_empty)
			check_pattern(&t);
		check_limits(&t);
	}
	if (was && !c->changeable && !ptx_value_equal(was, v))
		complain(&t, "answer-changeable", "cannot be changed any more");
}

static void check_group(struct check *k, const struct ptxi_config *root,
			const struct ptxi_config *group, const struct ptx_value *values)
{
	for (size_t i = 0; i < group->child_count; i++) {
		const struct ptxi_config *c = &group->children[i];
		const struct ptx_value *v = ptx_value_get(values, c->key);

		if (c->type == PTXI_CONFIG_ARRAY)
			check_group(k, root, c, v);
		else if (ptxi_config_child(group, ptxi_str(c->key)) == c)
			check_question(k, root, c, v);
	}
}

int ptxi_config_check(struct ptx_arena *a, const struct ptxi_config_tree *t,
		      const struct ptxi_answers *answers, const struct ptx_validate_opts *opts,
		      struct ptx_diags *diags, struct ptx_error **err)
{
	struct check k = {
		.arena = a, .diags = diags, .answers = answers, .opts = opts, .severity = PTX_ERROR
	};

	check_group(&k, t->root, t->root, answers->values);
	return ptxi_arena_check(a, err);
}

int ptxi_config_check_defaults(struct ptx_arena *a, const struct ptxi_config_tree *t,
			       struct ptx_diags *diags, struct ptx_error **err)
{
	struct ptx_validate_opts none = PTX_VALIDATE_OPTS_INIT;
	struct ptxi_answers answers = { 0 };
	struct check k = { .arena = a,
			   .diags = diags,
			   .answers = &answers,
			   .opts = &none,
			   .severity = PTX_WARNING };
	int rc = ptxi_config_merge(a, t, NULL, diags, &answers, err);

	if (rc < 0)
		return rc;
	check_group(&k, t->root, t->root, answers.values);
	return ptxi_arena_check(a, err);
}
