/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - Chart.yaml and its kin: read into fields, checked, and back into a value.
 *
 * Format: helm.sh/docs/topics/charts, "The Chart.yaml File"; v1 charts have their dependencies in
 * requirements.yaml. A field that is a string takes numbers and booleans as Go writes them (so a
 * version of 1.10 is "1.1"); keys match in any case, as Go's JSON has it; unknown ones are not
 * looked at.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/utf8.h"
#include "../text/goquote.h"
#include "../text/runes.h"

#include <strings.h>

#define NO_TIME "0001-01-01T00:00:00Z" /* Go's zero */

struct decode {
	struct ptx_arena *arena;
	struct ptx_error **err;
	int rc; /* sticky */
};

static int wrong_type(struct decode *d, const struct ptx_value *v, const char *type,
		      const char *field, const char *wanted)
{
	if (d->rc == 0)
		d->rc = ptx_fail_at(d->err, PTX_E_INVALID, ptx_value_where(v),
				    "error unmarshaling JSON: while decoding JSON: json: cannot "
				    "unmarshal %s into Go struct "
				    "field %s.%s of type %s",
				    ptxi_chart_json_kind(v), type, field, wanted);
	return d->rc;
}

static void string_field(struct decode *d, const struct ptx_value *map, const char *type,
			 const char *path, const char *name, const char **out)
{
	const struct ptx_value *v = ptxi_chart_member(map, name);
	const char *text = v ? ptxi_chart_scalar(d->arena, v) : NULL;

	if (!v || ptx_value_kind(v) == PTX_NULL)
		return;
	if (!text) {
		ptx_auto_str field = ptxi_asprintf("%s%s", path, name);

		wrong_type(d, v, type, field ? field : name, "string");
		return;
	}
	*out = text;
}

/* A list of strings, as a new list. */
static void list_field(struct decode *d, const struct ptx_value *map, const char *type,
		       const char *path, const char *name, const struct ptx_value **out)
{
	const struct ptx_value *v = ptxi_chart_member(map, name);
	struct ptx_value *list = NULL;
	ptx_auto_str field = ptxi_asprintf("%s%s", path, name);

	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (v->kind != PTX_LIST) {
		wrong_type(d, v, type, field, "[]string");
		return;
	}
	list = ptx_value_list(d->arena);
	for (size_t i = 0; i < v->list.n; i++) {
		const char *text = ptxi_chart_scalar(d->arena, v->list.v[i]);

		if (!text)
			wrong_type(d, v->list.v[i], type, field, "string");
		ptx_value_append(list, ptx_value_string(d->arena, text ? text : ""));
	}
	*out = list;
}

static void annotations_field(struct decode *d, const struct ptx_value *map,
			      const struct ptx_value **out)
{
	const struct ptx_value *v = ptxi_chart_member(map, "annotations");
	struct ptx_value *copy = NULL;

	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (v->kind != PTX_MAP) {
		wrong_type(d, v, "Metadata", "annotations", "map[string]string");
		return;
	}
	copy = ptx_value_map(d->arena);
	for (size_t i = 0; i < v->map.n; i++) {
		const char *text = ptxi_chart_scalar(d->arena, v->map.v[i].value);

		if (!text)
			wrong_type(d, v->map.v[i].value, "Metadata", "annotations", "string");
		ptx_value_setn(copy, v->map.v[i].key, ptx_value_string(d->arena, text ? text : ""));
	}
	*out = copy;
}

static void maintainers_field(struct decode *d, const struct ptx_value *map,
			      const struct ptx_value **out)
{
	static const char *const names[] = { "name", "email", "url" };
	const struct ptx_value *v = ptxi_chart_member(map, "maintainers");
	struct ptx_value *list = NULL;

	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (v->kind != PTX_LIST) {
		wrong_type(d, v, "Metadata", "maintainers", "[]*chart.Maintainer");
		return;
	}
	list = ptx_value_list(d->arena);
	for (size_t i = 0; i < v->list.n; i++) {
		struct ptx_value *one = ptxi_value_ordered_map(d->arena);

		if (ptx_value_kind(v->list.v[i]) == PTX_NULL) {
			ptx_value_append(list, ptx_value_null(d->arena));
			continue;
		}
		if (v->list.v[i]->kind != PTX_MAP)
			wrong_type(d, v->list.v[i], "Metadata", "maintainers", "chart.Maintainer");
		for (size_t k = 0; k < PTXI_COUNT(names); k++) {
			const char *text = NULL;

			string_field(d, v->list.v[i], "Maintainer", "maintainers.", names[k],
				     &text);
			if (text && text[0])
				ptx_value_set_string(one, names[k], text);
		}
		ptx_value_append(list, one);
	}
	*out = list;
}

static void one_dependency(struct decode *d, const struct ptx_value *v,
			   struct ptxi_chart_dependency *out)
{
	const struct {
		const char *name;
		const char **to;
	} strings[] = {
		{ "name", &out->name },
		{ "version", &out->version },
		{ "repository", &out->repository },
		{ "condition", &out->condition },
		{ "alias", &out->alias },
	};
	const struct ptx_value *import = ptxi_chart_member(v, "import-values");

	for (size_t i = 0; i < PTXI_COUNT(strings); i++) {
		*strings[i].to = "";
		string_field(d, v, "Dependency", "dependencies.", strings[i].name, strings[i].to);
	}
	list_field(d, v, "Dependency", "dependencies.", "tags", &out->tags);
	if (ptx_value_kind(import) == PTX_LIST)
		out->import = import;
	else if (ptx_value_kind(import) != PTX_NULL)
		wrong_type(d, import, "Dependency", "dependencies.import-values", "[]interface {}");
	out->enabled = ptx_value_as_bool(ptxi_chart_member(v, "enabled"), false);
}

/* A list of dependencies; a null among them has no name (NULL). */
static void dependencies_field(struct decode *d, const struct ptx_value *map, const char *type,
			       struct ptxi_chart_dependency **out, size_t *count, bool *given)
{
	const struct ptx_value *v = ptxi_chart_member(map, "dependencies");

	if (ptx_value_kind(v) == PTX_NULL)
		return;
	if (v->kind != PTX_LIST) {
		wrong_type(d, v, type, "dependencies", "[]*chart.Dependency");
		return;
	}
	*given = true;
	*count = 0;
	*out = ptxi_arena_array(d->arena, v->list.n + 1, sizeof(**out));
	for (size_t i = 0; *out && i < v->list.n; i++) {
		const struct ptx_value *one = v->list.v[i];

		if (one->kind == PTX_MAP)
			one_dependency(d, one, &(*out)[i]);
		else if (one->kind != PTX_NULL)
			wrong_type(d, one, type, "dependencies", "chart.Dependency");
		++*count;
	}
}

static const struct {
	const char *name;
	size_t offset;
} strings[] = {
	{ "name", offsetof(struct ptxi_chart_meta, name) },
	{ "home", offsetof(struct ptxi_chart_meta, home) },
	{ "version", offsetof(struct ptxi_chart_meta, version) },
	{ "description", offsetof(struct ptxi_chart_meta, description) },
	{ "icon", offsetof(struct ptxi_chart_meta, icon) },
	{ "apiVersion", offsetof(struct ptxi_chart_meta, api_version) },
	{ "condition", offsetof(struct ptxi_chart_meta, condition) },
	{ "tags", offsetof(struct ptxi_chart_meta, tags) },
	{ "appVersion", offsetof(struct ptxi_chart_meta, app_version) },
	{ "kubeVersion", offsetof(struct ptxi_chart_meta, kube_version) },
	{ "type", offsetof(struct ptxi_chart_meta, type) },
};

static const char **string_of(struct ptxi_chart_meta *meta, size_t i)
{
	return (const char **)((char *)meta + strings[i].offset);
}

int ptxi_chart_meta_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_meta *meta,
			  struct ptx_error **err)
{
	const struct ptx_value *v = ptxi_chart_yaml(a, text, "Chart.yaml", true, err);

	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	return ptxi_chart_meta_read(a, v, meta, err);
}

int ptxi_chart_meta_read(struct ptx_arena *a, const struct ptx_value *v,
			 struct ptxi_chart_meta *meta, struct ptx_error **err)
{
	struct decode d = { a, err, 0 };
	const struct ptx_value *deprecated = NULL;

	for (size_t i = 0; i < PTXI_COUNT(strings); i++)
		if (!*string_of(meta, i))
			*string_of(meta, i) = "";
	if (ptx_value_kind(v) == PTX_NULL)
		return 0;
	if (v->kind != PTX_MAP)
		return ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
				   "error unmarshaling JSON: while decoding JSON: json: cannot "
				   "unmarshal %s into Go value of "
				   "type chart.Metadata",
				   ptxi_chart_json_kind(v));
	for (size_t i = 0; i < PTXI_COUNT(strings); i++)
		string_field(&d, v, "Metadata", "", strings[i].name, string_of(meta, i));
	deprecated = ptxi_chart_member(v, "deprecated");
	if (ptx_value_kind(deprecated) == PTX_BOOL)
		meta->deprecated = deprecated->b;
	else if (ptx_value_kind(deprecated) != PTX_NULL)
		wrong_type(&d, deprecated, "Metadata", "deprecated", "bool");
	list_field(&d, v, "Metadata", "", "sources", &meta->sources);
	list_field(&d, v, "Metadata", "", "keywords", &meta->keywords);
	annotations_field(&d, v, &meta->annotations);
	maintainers_field(&d, v, &meta->maintainers);
	dependencies_field(&d, v, "Metadata", &meta->dependencies, &meta->dependency_count,
			   &meta->has_dependencies);
	return d.rc < 0 ? d.rc : ptxi_arena_check(a, err);
}

int ptxi_chart_lock_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_lock *lock,
			  struct ptx_error **err)
{
	struct decode d = { a, err, 0 };
	const struct ptx_value *v = ptxi_chart_yaml(a, text, "Chart.lock", true, err);

	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	*lock = (struct ptxi_chart_lock){ .given = ptx_value_kind(v) == PTX_MAP,
					  .digest = "",
					  .generated = NO_TIME };
	if (!lock->given)
		return ptx_value_kind(v) == PTX_NULL
			   ? 0
			   : ptx_fail_at(err, PTX_E_INVALID, ptx_value_where(v),
					 "error unmarshaling JSON: while decoding JSON: json: "
					 "cannot unmarshal %s into Go "
					 "value of type chart.Lock",
					 ptxi_chart_json_kind(v));
	string_field(&d, v, "Lock", "", "digest", &lock->digest);
	string_field(&d, v, "Lock", "", "generated", &lock->generated);
	dependencies_field(&d, v, "Lock", &lock->dependencies, &lock->count,
			   &lock->has_dependencies);
	return d.rc < 0 ? d.rc : ptxi_arena_check(a, err);
}

/* White space becomes blanks, what cannot be printed goes. */
static const char *clean(struct ptx_arena *a, const char *s)
{
	struct ptx_str rest = ptxi_str(s);
	ptx_auto_buf out = { 0 };
	bool plain = true;

	for (const char *p = s; *p && plain; p++)
		plain = *p >= ' ' && *p < 0x7f;
	if (plain)
		return s;
	ptx_buf_init(&out, 0);
	while (rest.n) {
		size_t len = 0;
		uint32_t rune = ptxi_utf8_decode(rest, &len);
		char bytes[4] = "";

		if (ptxi_rune_is_space(rune))
			ptx_buf_addc(&out, ' ');
		else if (ptxi_rune_is_print(rune))
			ptx_buf_add(&out, bytes, ptxi_utf8_encode(rune, bytes));
		rest = ptxi_str_from(rest, len);
	}
	return ptxi_arena_strn(a, out.p, out.n);
}

static const struct ptx_value *clean_list(struct ptx_arena *a, const struct ptx_value *list)
{
	for (size_t i = 0; i < ptx_value_count(list); i++)
		list->list.v[i] = ptx_value_string(a, clean(a, list->list.v[i]->s.p));
	return list;
}

static int quoted(struct ptx_error **err, const char *before, const char *what, const char *after)
{
	ptx_auto_buf out = { 0 };

	ptx_buf_init(&out, 0);
	ptxi_go_quote(ptxi_str(what), false, &out);
	return ptx_fail(err, PTX_E_INVALID, "validation: %s%s%s", before, out.p, after);
}

static int check_names(const struct ptxi_chart_meta *meta, struct ptx_error **err)
{
	if (!meta->api_version[0])
		return ptx_fail(err, PTX_E_INVALID,
				"validation: chart.metadata.apiVersion is required");
	if (!meta->name[0])
		return ptx_fail(err, PTX_E_INVALID, "validation: chart.metadata.name is required");
	if (strcmp(meta->name, ".") == 0 || strcmp(meta->name, "..") == 0)
		return quoted(err, "chart.metadata.name ", meta->name, " is not allowed");
	if (strchr(meta->name, '/'))
		return quoted(err, "chart.metadata.name ", meta->name, " is invalid");
	if (!meta->version[0])
		return ptx_fail(err, PTX_E_INVALID,
				"validation: chart.metadata.version is required");
	if (!ptxi_chart_version_ok(meta->version))
		return quoted(err, "chart.metadata.version ", meta->version, " is invalid");
	if (meta->type[0] && strcmp(meta->type, "application") != 0 &&
	    strcmp(meta->type, "library") != 0)
		return ptx_fail(err, PTX_E_INVALID,
				"validation: chart.metadata.type must be application or library");
	return 0;
}

static bool alias_ok(const char *alias)
{
	for (const char *p = alias; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= '0' && *p <= '9') || *p == '_' || *p == '-'))
			return false;
	return true;
}

static int check_dependency(struct ptx_arena *a, struct ptxi_chart_dependency *d,
			    struct ptx_error **err)
{
	if (!d->name)
		return ptx_fail(err, PTX_E_INVALID,
				"validation: dependencies must not contain empty or null nodes");
	d->name = clean(a, d->name);
	d->version = clean(a, d->version);
	d->repository = clean(a, d->repository);
	d->condition = clean(a, d->condition);
	d->tags = clean_list(a, d->tags);
	if (!alias_ok(d->alias))
		return quoted(err, "dependency ", d->name,
			      " has disallowed characters in the alias");
	return 0;
}

static const char *key_of(const struct ptxi_chart_dependency *d)
{
	return d->alias[0] ? d->alias : d->name;
}

int ptxi_chart_meta_check(struct ptx_arena *a, struct ptxi_chart_meta *meta, struct ptx_error **err)
{
	int rc = 0;

	for (size_t i = 0; i < PTXI_COUNT(strings); i++)
		if (strcmp(strings[i].name, "version") != 0 &&
		    strcmp(strings[i].name, "apiVersion") != 0 &&
		    strcmp(strings[i].name, "type") != 0)
			*string_of(meta, i) = clean(a, *string_of(meta, i));
	clean_list(a, meta->sources);
	clean_list(a, meta->keywords);
	rc = check_names(meta, err);
	for (size_t i = 0; rc == 0 && i < ptx_value_count(meta->maintainers); i++) {
		const struct ptx_value *one = meta->maintainers->list.v[i];

		if (one->kind == PTX_NULL)
			return ptx_fail(
			    err, PTX_E_INVALID,
			    "validation: maintainers must not contain empty or null nodes");
		for (size_t k = 0; k < one->map.n; k++)
			one->map.v[k].value =
			    ptx_value_string(a, clean(a, one->map.v[k].value->s.p));
	}
	for (size_t i = 0; rc == 0 && i < meta->dependency_count; i++) {
		rc = check_dependency(a, &meta->dependencies[i], err);
		for (size_t k = 0; rc == 0 && k < i; k++)
			if (strcmp(key_of(&meta->dependencies[k]),
				   key_of(&meta->dependencies[i])) == 0)
				return quoted(err, "more than one dependency with name or alias ",
					      key_of(&meta->dependencies[i]), "");
	}
	return rc < 0 ? rc : ptxi_arena_check(a, err);
}

static void set_string(struct ptx_value *map, const char *key, const char *s)
{
	if (s && s[0])
		ptx_value_set_string(map, key, s);
}

static void set_list(struct ptx_value *map, const char *key, const struct ptx_value *v)
{
	if (ptx_value_count(v))
		ptx_value_set(map, key, (struct ptx_value *)v);
}

struct ptx_value *ptxi_chart_dependency_value(struct ptx_arena *a,
					      const struct ptxi_chart_dependency *d)
{
	struct ptx_value *map = ptxi_value_ordered_map(a);

	ptx_value_set_string(map, "name", d->name);
	set_string(map, "version", d->version);
	ptx_value_set_string(map, "repository", d->repository);
	set_string(map, "condition", d->condition);
	set_list(map, "tags", d->tags);
	if (d->enabled)
		ptx_value_set_bool(map, "enabled", true);
	set_list(map, "import-values", d->import);
	set_string(map, "alias", d->alias);
	return map;
}

struct ptx_value *ptxi_chart_meta_value(struct ptx_arena *a, const struct ptxi_chart_meta *meta)
{
	struct ptx_value *map = ptxi_value_ordered_map(a);
	struct ptx_value *list = NULL;

	set_string(map, "name", meta->name);
	set_string(map, "home", meta->home);
	set_list(map, "sources", meta->sources);
	set_string(map, "version", meta->version);
	set_string(map, "description", meta->description);
	set_list(map, "keywords", meta->keywords);
	set_list(map, "maintainers", meta->maintainers);
	set_string(map, "icon", meta->icon);
	set_string(map, "apiVersion", meta->api_version);
	set_string(map, "condition", meta->condition);
	set_string(map, "tags", meta->tags);
	set_string(map, "appVersion", meta->app_version);
	if (meta->deprecated)
		ptx_value_set_bool(map, "deprecated", true);
	set_list(map, "annotations", meta->annotations);
	set_string(map, "kubeVersion", meta->kube_version);
	if (meta->dependency_count) {
		list = ptx_value_list(a);
		for (size_t i = 0; i < meta->dependency_count; i++)
			ptx_value_append(list,
					 ptxi_chart_dependency_value(a, &meta->dependencies[i]));
		ptx_value_set(map, "dependencies", list);
	}
	set_string(map, "type", meta->type);
	return map;
}

bool ptxi_chart_is_library(const struct ptxi_chart_meta *meta)
{
	return strcasecmp(meta->type, "library") == 0;
}

void ptxi_chart_say(const struct ptxi_chart_log *log, const char *where, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	if (!log || !log->say)
		return;
	ptx_buf_init(&text, 1u << 20);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	log->say(where, text.p, log->user);
}
