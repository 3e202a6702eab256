/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - Chart.yaml and its kin: read into fields, checked, and back into a value.
 *
 * Format: helm.sh/docs/topics/charts, "The Chart.yaml File"; v1 charts have their dependencies in
 * requirements.yaml. Read as Go reads them into Helm's structs, whose fields the tables below are.
 */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/utf8.h"
#include "../text/goquote.h"
#include "../text/runes.h"

#include <strings.h>

#define NO_TIME "0001-01-01T00:00:00Z" /* Go's zero */

static const struct ptxi_go_struct maintainer = {
	"Maintainer", "chart.Maintainer",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, ptxi_chart_maintainer, "name", name),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_maintainer, "email", email),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_maintainer, "url", url),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct ptxi_chart_maintainer)
};

static const struct ptxi_go_struct dependency = {
	"Dependency", "chart.Dependency",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, ptxi_chart_dependency, "name", name),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_dependency, "version", version),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_dependency, "repository", repository),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_dependency, "condition", condition),
	    PTXI_GO_FIELD(TEXTS, ptxi_chart_dependency, "tags", tags),
	    PTXI_GO_FIELD(FLAG, ptxi_chart_dependency, "enabled", enabled),
	    PTXI_GO_FIELD(ANYS, ptxi_chart_dependency, "import-values", import),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_dependency, "alias", alias),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct ptxi_chart_dependency)
};

const struct ptxi_go_struct ptxi_chart_metadata = {
	"Metadata", "chart.Metadata",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "name", name),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "home", home),
	    PTXI_GO_FIELD(TEXTS, ptxi_chart_meta, "sources", sources),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "version", version),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "description", description),
	    PTXI_GO_FIELD(TEXTS, ptxi_chart_meta, "keywords", keywords),
	    PTXI_GO_FIELD_LIST(ptxi_chart_meta, "maintainers", maintainers, maintainer_count,
			       maintainer),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "icon", icon),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "apiVersion", api_version),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "condition", condition),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "tags", tags),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "appVersion", app_version),
	    PTXI_GO_FIELD(FLAG, ptxi_chart_meta, "deprecated", deprecated),
	    PTXI_GO_FIELD(TEXT_MAP, ptxi_chart_meta, "annotations", annotations),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "kubeVersion", kube_version),
	    PTXI_GO_FIELD_LIST(ptxi_chart_meta, "dependencies", dependencies, dependency_count,
			       dependency),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_meta, "type", type),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct ptxi_chart_meta)
};

static const struct ptxi_go_struct lock_file = {
	"Lock", "chart.Lock",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD(INSTANT, ptxi_chart_lock, "generated", generated),
	    PTXI_GO_FIELD(TEXT, ptxi_chart_lock, "digest", digest),
	    PTXI_GO_FIELD_LIST(ptxi_chart_lock, "dependencies", dependencies, count, dependency),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct ptxi_chart_lock)
};

int ptxi_chart_meta_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_meta *meta,
			  struct ptx_error **err)
{
	const struct ptxi_go_source yaml = { 0 };
	const struct ptx_value *v = ptxi_chart_yaml(a, text, "Chart.yaml", true, err);

	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	return ptxi_go_struct_read(a, v, &ptxi_chart_metadata, &yaml, meta, err);
}

int ptxi_chart_lock_parse(struct ptx_arena *a, struct ptx_str text, struct ptxi_chart_lock *lock,
			  struct ptx_error **err)
{
	const struct ptxi_go_source yaml = { 0 };
	const struct ptx_value *v = ptxi_chart_yaml(a, text, "Chart.lock", true, err);

	if (!v)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	*lock = (struct ptxi_chart_lock){ .given = ptx_value_kind(v) != PTX_NULL,
					  .generated = NO_TIME };
	return ptxi_go_struct_read(a, v, &lock_file, &yaml, lock, err);
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
	const char **const texts[] = { &meta->name,        &meta->home,        &meta->description,
				       &meta->icon,        &meta->condition,   &meta->tags,
				       &meta->app_version, &meta->kube_version };
	int rc = 0;

	for (size_t i = 0; i < PTXI_COUNT(texts); i++)
		*texts[i] = clean(a, *texts[i]);
	clean_list(a, meta->sources);
	clean_list(a, meta->keywords);
	rc = check_names(meta, err);
	for (size_t i = 0; rc == 0 && i < meta->maintainer_count; i++) {
		struct ptxi_chart_maintainer *m = &meta->maintainers[i];

		if (!m->name)
			return ptx_fail(
			    err, PTX_E_INVALID,
			    "validation: maintainers must not contain empty or null nodes");
		m->name = clean(a, m->name);
		m->email = clean(a, m->email);
		m->url = clean(a, m->url);
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

struct ptx_value *ptxi_chart_maintainer_value(struct ptx_arena *a,
					      const struct ptxi_chart_maintainer *m)
{
	struct ptx_value *map = ptxi_value_ordered_map(a);

	if (!m->name)
		return ptx_value_null(a);
	set_string(map, "name", m->name);
	set_string(map, "email", m->email);
	set_string(map, "url", m->url);
	return map;
}

struct ptx_value *ptxi_chart_dependency_value(struct ptx_arena *a,
					      const struct ptxi_chart_dependency *d)
{
	struct ptx_value *map = ptxi_value_ordered_map(a);

	if (!d->name)
		return ptx_value_null(a);
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
	if (meta->maintainer_count) {
		list = ptx_value_list(a);
		for (size_t i = 0; i < meta->maintainer_count; i++)
			ptx_value_append(list,
					 ptxi_chart_maintainer_value(a, &meta->maintainers[i]));
		ptx_value_set(map, "maintainers", list);
	}
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
