/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c - finds drivers and calls into them.
 *
 * A driver says what it can do by the slots and rows that it fills; everything about what it can
 * not do is said here, once. Configuration is checked against the fields that a driver declares
 * before the driver sees it.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "provider.h"
#include "../base/lookup.h"
#include "../value/value.h"

const struct ptx_provider *ptxi_provider_find(const char *name, struct ptx_error **err)
{
	struct ptx_str near = { NULL, 0 };

	for (size_t i = 0; ptxi_providers[i]; i++)
		if (strcmp(ptxi_providers[i]->name, name) == 0)
			return ptxi_providers[i];
	ptx_fail(err, PTX_E_NOT_FOUND, "no provider '%s'", name);
	for (size_t i = 0; ptxi_providers[i] && !near.p; i++) {
		struct ptx_str s = ptxi_str(ptxi_providers[i]->name);

		if (ptxi_str_starts(s, name) ||
		    ptxi_str_starts(ptxi_str(name), ptxi_providers[i]->name))
			near = s;
	}
	if (near.p)
		ptxi_error_hint(err, "did you mean '%.*s'?", PTX_STR_ARG(near));
	return NULL;
}

static bool kind_fits(const char *type, const struct ptx_value *v)
{
	if (strcmp(type, "string") == 0)
		return ptx_value_kind(v) == PTX_STRING;
	if (strcmp(type, "boolean") == 0)
		return ptx_value_kind(v) == PTX_BOOL;
	if (strcmp(type, "integer") == 0)
		return ptx_value_is_number(v) && ptx_value_as_int(v, -1) == ptx_value_as_int(v, -2);
	return ptx_value_kind(v) == PTX_MAP;
}

static const struct ptx_provider_field *find_field(const struct ptx_provider *p,
						   struct ptx_str name)
{
	for (const struct ptx_provider_field *f = p->fields; f && f->name; f++)
		if (ptxi_str_is(name, f->name))
			return f;
	return NULL;
}

struct field_names {
	const struct ptx_provider_field *fields;
	size_t n;
};

static struct ptx_str field_name(size_t i, const void *user)
{
	const struct field_names *names = user;

	return i < names->n ? ptxi_str(names->fields[i].name) : (struct ptx_str){ NULL, 0 };
}

static int refuse_unknown(const struct ptx_provider *p, const char *where,
			  const struct ptx_value *v, struct ptx_str key, struct ptx_error **err)
{
	struct field_names names = { p->fields, 0 };
	struct ptx_str near = { NULL, 0 };

	while (p->fields && p->fields[names.n].name)
		names.n++;
	near = ptxi_nearest(key, field_name, &names);
	ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(v),
		    "%s: provider '%s' has no setting '%.*s'", where, p->name, PTX_STR_ARG(key));
	if (near.p)
		ptxi_error_hint(err, "did you mean '%.*s'?", PTX_STR_ARG(near));
	return PTX_E_CONFIG;
}

/* What the environment gives for a field; NULL when nothing, or when it is no value of its type. */
static struct ptx_value *from_environment(struct ptx_arena *a, const struct ptx_provider_field *f)
{
	const char *text = f->env ? getenv(f->env) : NULL;
	int64_t i = 0;

	if (!text || !*text)
		return NULL;
	if (strcmp(f->type, "string") == 0)
		return ptx_value_string(a, text);
	if (strcmp(f->type, "boolean") == 0)
		return ptx_value_bool(a, strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
	if (strcmp(f->type, "integer") == 0 &&
	    ptxi_parse_i64(ptxi_str(text), &i, INT64_MIN, INT64_MAX))
		return ptx_value_int(a, i);
	return NULL;
}

struct ptx_value *ptxi_provider_config(struct ptx_arena *a, const struct ptx_provider *p,
				       const char *where, const struct ptx_value *given,
				       struct ptx_error **err)
{
	struct ptx_value *config = ptx_value_map(a);

	for (size_t i = 0; i < ptx_value_count(given); i++) {
		struct ptx_str key = { NULL, 0 };
		struct ptx_value *v = ptx_value_entry(given, i, &key);
		const struct ptx_provider_field *f = find_field(p, key);

		if (!f) {
			refuse_unknown(p, where, v, key, err);
			return NULL;
		}
		if (!kind_fits(f->type, v)) {
			ptx_fail_at(err, PTX_E_CONFIG, ptx_value_where(v),
				    "%s: '%s' must be of type %s, not %s", where, f->name, f->type,
				    ptx_value_kind_name(v));
			return NULL;
		}
		ptx_value_set(config, f->name, ptx_value_copy(a, v));
	}
	for (const struct ptx_provider_field *f = p->fields; f && f->name; f++) {
		if (ptx_value_has(config, f->name))
			continue;
		ptx_value_set(config, f->name, from_environment(a, f));
		if (!ptx_value_get(config, f->name))
			ptx_value_remove(config, f->name);
		if (f->required && !ptx_value_has(config, f->name)) {
			ptx_fail(err, PTX_E_CONFIG, "%s: '%s' is missing", where, f->name);
			if (f->env)
				ptxi_error_hint(err, "%s; the environment may give it as %s",
						f->help, f->env);
			return NULL;
		}
	}
	return ptxi_arena_check(a, err) < 0 ? NULL : config;
}

int ptxi_provider_open(struct ptx_ctx *ctx, const struct ptx_provider *p,
		       const struct ptx_value *config, void **driver, struct ptx_error **err)
{
	if (p->open(ctx, config, driver, err) < 0)
		return ptx_wrap(err, "while opening provider '%s'", p->name);
	return 0;
}

void ptxi_provider_close(const struct ptx_provider *p, void *driver)
{
	if (driver)
		p->close(driver);
}

const struct ptx_provider_action *ptxi_provider_action(const struct ptx_provider *p,
						       const char *action, struct ptx_error **err)
{
	for (const struct ptx_provider_action *a = p->actions; a && a->name; a++)
		if (strcmp(a->name, action) == 0)
			return a;
	ptx_fail(err, PTX_E_UNSUPPORTED, "provider '%s' does not do '%s'", p->name, action);
	return NULL;
}

static int no_slot(const struct ptx_provider *p, const char *what, struct ptx_error **err)
{
	return ptx_fail(err, PTX_E_UNSUPPORTED, "provider '%s' does not do '%s'", p->name, what);
}

int ptxi_provider_check(const struct ptx_provider *p, void *driver, struct ptx_diags *problems,
			struct ptx_error **err)
{
	return p->check ? p->check(driver, problems, err) : no_slot(p, "check", err);
}

int ptxi_provider_zones(const struct ptx_provider *p, void *driver, struct ptx_value *zones,
			struct ptx_error **err)
{
	return p->zones ? p->zones(driver, zones, err) : no_slot(p, "zones", err);
}

int ptxi_provider_find_tagged(const struct ptx_provider *p, void *driver,
			      const struct ptx_value *tags, struct ptx_value *found,
			      struct ptx_error **err)
{
	return p->find ? p->find(driver, tags, found, err) : no_slot(p, "find", err);
}

int ptxi_provider_find_nodes(const struct ptx_provider *p, void *driver, const char *owner,
			     const char *key, const char *value, struct ptx_value *by_node,
			     struct ptx_error **err)
{
	struct ptx_arena *a = ptxi_value_arena(by_node);
	struct ptx_value *tags = ptx_value_map(a);
	struct ptx_value *list = ptx_value_list(a);
	int rc = 0;

	ptx_value_set_string(tags, "pitrix:owner", owner);
	ptx_value_set_string(tags, key, value);
	rc = ptxi_provider_find_tagged(p, driver, tags, list, err);
	for (size_t i = 0; rc == 0 && i < ptx_value_count(list); i++) {
		struct ptx_value *one = ptx_value_at(list, i);
		const char *node = ptx_value_as_string(
		    ptx_value_get(ptx_value_get(one, "tags"), "pitrix:node"), NULL);

		if (node &&
		    strcmp(ptx_value_as_string(ptx_value_get(one, "kind"), ""), "instance") == 0)
			ptx_value_set(by_node, node, one);
	}
	return rc;
}

int ptxi_provider_logs(const struct ptx_provider *p, void *driver,
		       const struct ptx_provider_log_query *q, struct ptx_value *lines,
		       struct ptx_error **err)
{
	return p->logs ? p->logs(driver, q, lines, err) : no_slot(p, "logs", err);
}

void ptxi_provider_say(const struct ptx_provider_call *call, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (!call->progress)
		return;
	ptx_buf_init(&text, 4096);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	call->progress(text.p, call->progress_user);
}
