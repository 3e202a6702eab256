/* SPDX-License-Identifier: Apache-2.0 */
/* env.c - the object that a chart's templates begin at, with the names and types that Go's structs
 * have there. */
#define PTX_AREA PTX_AREA_CHART
#include "env.h"
#include "files.h"
#include "../text/gotype.h"

static void set(struct ptx_value *map, const char *key, struct ptx_value *v)
{
	ptxi_value_put(map, ptxi_str(key), true, v);
}

static void set_string(struct ptx_arena *a, struct ptx_value *map, const char *key, const char *s)
{
	set(map, key, ptxi_value_string_in(a, ptxi_str(s), PTX_STRING));
}

static struct ptx_value *typed(struct ptx_value *v, enum ptxi_go go)
{
	if (v)
		v->go = (uint16_t)go;
	return v;
}

/* A list of strings, Go's nil when there is none. */
static struct ptx_value *strings(struct ptx_arena *a, const struct ptx_value *list)
{
	struct ptx_value *to = NULL;

	if (!list)
		return ptxi_go_new_nil(a, PTX_LIST, PTXI_GO_STRINGS);
	to = ptxi_go_new_list(a, PTXI_GO_STRINGS);
	for (size_t i = 0; i < list->list.n; i++)
		ptx_value_append(to, list->list.v[i]);
	return to;
}

static struct ptx_value *annotations(struct ptx_arena *a, const struct ptx_value *map)
{
	struct ptx_value *to = NULL;

	if (!map)
		return ptxi_go_new_nil(a, PTX_MAP, PTXI_GO_STRING_MAP);
	to = typed(ptx_value_map(a), PTXI_GO_STRING_MAP);
	for (size_t i = 0; i < map->map.n; i++)
		ptxi_value_put(to, map->map.v[i].key, true, map->map.v[i].value);
	return to;
}

static struct ptx_value *maintainers(struct ptx_arena *a, const struct ptxi_chart_meta *meta)
{
	struct ptx_value *to = NULL;

	if (!meta->maintainers)
		return ptxi_go_new_nil(a, PTX_LIST, PTXI_GO_MAINTAINERS);
	to = ptxi_go_new_list(a, PTXI_GO_MAINTAINERS);
	for (size_t i = 0; i < meta->maintainer_count; i++) {
		const struct ptxi_chart_maintainer *m = &meta->maintainers[i];
		struct ptx_value *one = typed(ptx_value_map(a), PTXI_GO_MAINTAINER);

		set_string(a, one, "Name", m->name);
		set_string(a, one, "Email", m->email);
		set_string(a, one, "URL", m->url);
		set(one, PTXI_GO_SHOWN, ptxi_chart_maintainer_value(a, m));
		ptx_value_append(to, one);
	}
	return to;
}

static struct ptx_value *dependencies(struct ptx_arena *a, const struct ptxi_chart_use *u)
{
	struct ptx_value *to = NULL;

	if (!u->has_dependencies)
		return ptxi_go_new_nil(a, PTX_LIST, PTXI_GO_DEPENDENCIES);
	to = ptxi_go_new_list(a, PTXI_GO_DEPENDENCIES);
	for (size_t i = 0; i < u->dependency_count; i++) {
		const struct ptxi_chart_dependency *d = u->dependencies[i];
		struct ptx_value *one = typed(ptx_value_map(a), PTXI_GO_DEPENDENCY);

		set_string(a, one, "Name", d->name);
		set_string(a, one, "Version", d->version);
		set_string(a, one, "Repository", d->repository);
		set_string(a, one, "Condition", d->condition);
		set(one, "Tags", strings(a, d->tags));
		set(one, "Enabled", ptx_value_bool(a, d->enabled));
		set(one, "ImportValues",
		    d->import ? (struct ptx_value *)d->import
			      : ptxi_go_new_nil(a, PTX_LIST, PTXI_GO_PLAIN));
		set_string(a, one, "Alias", d->alias);
		set(one, PTXI_GO_SHOWN, ptxi_chart_dependency_value(a, d));
		ptx_value_append(to, one);
	}
	return to;
}

/* Chart.yaml as JSON has it. */
static struct ptx_value *chart_as_json(struct ptx_arena *a, const struct ptxi_chart_use *u)
{
	struct ptxi_chart_meta shown = u->chart->meta;
	struct ptx_value *json = NULL;

	shown.name = u->name;
	shown.dependencies = ptxi_arena_array(a, u->dependency_count, sizeof(*shown.dependencies));
	shown.dependency_count = shown.dependencies ? u->dependency_count : 0;
	for (size_t i = 0; i < shown.dependency_count; i++)
		shown.dependencies[i] = *u->dependencies[i];
	json = ptxi_chart_meta_value(a, &shown);
	ptx_value_set_bool(json, "IsRoot", !u->parent);
	return json;
}

static struct ptx_value *chart(struct ptx_arena *a, const struct ptxi_chart_use *u)
{
	const struct ptxi_chart_meta *m = &u->chart->meta;
	struct ptx_value *map = typed(ptx_value_map(a), PTXI_GO_CHART);

	set_string(a, map, "Name", u->name);
	set_string(a, map, "Home", m->home);
	set(map, "Sources", strings(a, m->sources));
	set_string(a, map, "Version", m->version);
	set_string(a, map, "Description", m->description);
	set(map, "Keywords", strings(a, m->keywords));
	set(map, "Maintainers", maintainers(a, m));
	set_string(a, map, "Icon", m->icon);
	set_string(a, map, "APIVersion", m->api_version);
	set_string(a, map, "Condition", m->condition);
	set_string(a, map, "Tags", m->tags);
	set_string(a, map, "AppVersion", m->app_version);
	set(map, "Deprecated", ptx_value_bool(a, m->deprecated));
	set(map, "Annotations", annotations(a, m->annotations));
	set_string(a, map, "KubeVersion", m->kube_version);
	set(map, "Dependencies", dependencies(a, u));
	set_string(a, map, "Type", m->type);
	set(map, "IsRoot", ptx_value_bool(a, !u->parent));
	set(map, PTXI_GO_SHOWN, chart_as_json(a, u));
	return map;
}

struct ptx_value *ptxi_chart_release_value(struct ptx_arena *a, const struct ptxi_chart_release *r)
{
	struct ptx_value *map = ptx_value_map(a);

	set_string(a, map, "Name", r->name);
	set_string(a, map, "Namespace", r->name_space);
	set(map, "IsUpgrade", ptx_value_bool(a, r->is_upgrade));
	set(map, "IsInstall", ptx_value_bool(a, r->is_install));
	set(map, "Revision", ptxi_go_new_int(a, r->revision));
	set_string(a, map, "Service", "Helm");
	return map;
}

struct ptx_value *ptxi_chart_env(struct ptxi_render *r, const struct ptxi_chart_use *u,
				 struct ptx_value *release, struct ptx_value *caps,
				 struct ptx_value *values)
{
	struct ptx_arena *a = ptxi_render_arena(r);
	struct ptx_value *map = typed(ptx_value_map(a), PTXI_GO_VALUES);
	/* A chart sees as chartutil.Values what is a plain map in the values of the chart above. */
	struct ptx_value *seen =
	    ptxi_render_view(r, values ? values : ptx_value_map(a), PTXI_GO_VALUES);

	if (!seen)
		return NULL;
	set(map, "Chart", chart(a, u));
	set(map, "Files", ptxi_chart_files_value(a, &u->chart->files));
	set(map, "Release", release);
	set(map, "Capabilities", caps);
	set(map, "Values", seen);
	set(map, "Subcharts", ptx_value_map(a));
	return map;
}
