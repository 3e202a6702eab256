/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - .Files, and the methods that Helm's objects have in templates: of files, versions and
 * values. */
#define PTX_AREA PTX_AREA_CHART
#include "files.h"
#include "../base/encode.h"
#include "../base/path.h"
#include "../template/exec.h"
#include "../text/gojson.h"
#include "../text/goquote.h"
#include "../value/yaml.h"

struct ptx_value *ptxi_chart_files_value(struct ptx_arena *a, const struct ptxi_chart_files *files)
{
	struct ptx_value *map = ptx_value_map(a);

	if (map)
		map->go = PTXI_GO_FILES;
	for (size_t i = 0; i < files->n; i++) {
		const struct ptxi_chart_file *f = &files->v[i];

		ptxi_value_put(
		    map, ptxi_str(f->name), true,
		    ptxi_value_string_in(a, f->later ? PTXI_STR("") : f->data, PTX_BYTES));
		if (map && f->later)
			map->unread = true;
	}
	return map;
}

void ptxi_chart_files_fetch(struct ptx_value *map, const struct ptxi_chart_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (files->v[i].later)
			ptxi_value_find(map, ptxi_str(files->v[i].name))->value->s =
			    ptxi_chart_file_text(&files->v[i]);
}

static struct ptx_str content(const struct ptx_value *files, const struct ptx_value *name)
{
	const struct ptxi_entry *e = ptxi_value_find(files, name->s);

	return e ? e->value->s : ptxi_strn("", 0);
}

static struct ptx_value *files_get(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				   struct ptx_error **err)
{
	(void)n;
	(void)err;
	return ptxi_value_string_in(ptxi_exec_arena(x), content(args[0], args[1]), PTX_STRING);
}

static struct ptx_value *files_get_bytes(struct ptxi_exec *x, struct ptx_value **args, size_t n,
					 struct ptx_error **err)
{
	(void)n;
	(void)err;
	return ptxi_value_string_in(ptxi_exec_arena(x), content(args[0], args[1]), PTX_BYTES);
}

static struct ptx_value *files_glob(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				    struct ptx_error **err)
{
	struct ptx_value *map = ptx_value_map(ptxi_exec_arena(x));

	(void)n;
	if (!map)
		return NULL;
	map->go = PTXI_GO_FILES;
	for (size_t i = 0; i < args[0]->map.n; i++) {
		const struct ptxi_entry *e = &args[0]->map.v[i];

		if (ptxi_exec_step(x, 1, err) < 0)
			return NULL;
		/* A malformed pattern takes all, as in Helm. */
		if (ptxi_chart_glob(args[1]->s, e->key) != 0)
			ptxi_value_put(map, e->key, true, e->value);
	}
	return map;
}

static struct ptx_value *files_lines(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				     struct ptx_error **err)
{
	struct ptx_value *list = ptxi_go_new_list(ptxi_exec_arena(x), PTXI_GO_STRINGS);
	struct ptx_str rest = content(args[0], args[1]);
	struct ptx_str line = { NULL, 0 };

	(void)n;
	(void)err;
	if (!rest.n)
		return list;
	if (rest.p[rest.n - 1] == '\n')
		rest.n--;
	while (ptxi_str_next(&rest, '\n', &line))
		ptx_value_append(list, ptx_value_strn(ptxi_exec_arena(x), line));
	return list;
}

static struct ptx_value *to_yaml(struct ptxi_exec *x, const struct ptx_value *v, bool keep_newline,
				 struct ptx_error **err)
{
	struct ptx_buf b;

	ptxi_exec_buf(x, &b);
	ptxi_yaml_format_as_go(v, ptxi_exec_arena(x), &b);
	if (b.status == PTX_E_INVALID)
		ptx_buf_clear(&b);
	if (!keep_newline && b.n && b.p[b.n - 1] == '\n')
		ptx_buf_truncate(&b, b.n - 1);
	return ptxi_result_buf(x, &b, err);
}

static struct ptx_value *by_base_name(struct ptxi_exec *x, const struct ptx_value *files,
				      bool secret, struct ptx_error **err)
{
	struct ptx_arena *a = ptxi_exec_arena(x);
	struct ptx_value *map = ptx_value_map(a);

	for (size_t i = 0; i < files->map.n; i++) {
		const struct ptxi_entry *e = &files->map.v[i];
		struct ptx_value *v = NULL;
		ptx_auto_buf text = { 0 };

		ptx_buf_init(&text, 0);
		if (secret)
			ptxi_base64_encode(PTXI_BASE64_STD, e->value->s, &text);
		v = secret ? ptx_value_strn(a, ptx_buf_str(&text))
			   : ptxi_value_string_in(a, e->value->s, PTX_STRING);
		ptxi_value_put(map, ptxi_str(ptxi_path_base(e->key.p)), true, v);
	}
	return map ? to_yaml(x, map, false, err) : NULL;
}

static struct ptx_value *files_as_config(struct ptxi_exec *x, struct ptx_value **args, size_t n,
					 struct ptx_error **err)
{
	(void)n;
	return by_base_name(x, args[0], false, err);
}

static struct ptx_value *files_as_secrets(struct ptxi_exec *x, struct ptx_value **args, size_t n,
					  struct ptx_error **err)
{
	(void)n;
	return by_base_name(x, args[0], true, err);
}

static struct ptx_value *versions_has(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				      struct ptx_error **err)
{
	(void)n;
	(void)err;
	for (size_t i = 0; i < args[0]->list.n; i++)
		if (ptxi_str_eq(args[0]->list.v[i]->s, args[1]->s))
			return ptxi_result_bool(x, true);
	return ptxi_result_bool(x, false);
}

static struct ptx_value *kube_version(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				      struct ptx_error **err)
{
	(void)x;
	(void)n;
	(void)err;
	return ptx_value_get(args[0], "Version");
}

/* The same map under Go's own type. */
static struct ptx_value *values_as_map(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				       struct ptx_error **err)
{
	struct ptx_value *map = ptxi_exec_viewed(x, args[0]);
	struct ptx_value *v =
	    map == args[0] ? ptxi_arena_alloc(ptxi_exec_arena(x), sizeof(*v)) : NULL;

	(void)n;
	(void)err;
	if (map != args[0])
		return map;
	if (!v)
		return NULL;
	*v = *map;
	v->go = PTXI_GO_PLAIN;
	return v;
}

static struct ptx_value *values_yaml(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				     struct ptx_error **err)
{
	const struct ptx_value *plain = ptxi_go_plain(ptxi_exec_arena(x), args[0], err);

	(void)n;
	return plain ? to_yaml(x, plain, true, err) : NULL;
}

static struct ptx_value *values_table(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				      struct ptx_error **err)
{
	struct ptx_value *v = ptxi_chart_table(args[0], args[1]->s);

	(void)x;
	(void)n;
	if (!v)
		ptx_fail(err, PTX_E_INVALID, "\"%.*s\" is not a table", PTX_STR_ARG(args[1]->s));
	return v;
}

static struct ptx_value *values_path(struct ptxi_exec *x, struct ptx_value **args, size_t n,
				     struct ptx_error **err)
{
	struct ptx_str path = args[1]->s;
	size_t dot = ptxi_str_rfind_char(path, '.');
	struct ptx_value *table =
	    dot == SIZE_MAX ? args[0] : ptxi_chart_table(args[0], ptxi_str_sub(path, 0, dot));
	struct ptx_str key = dot == SIZE_MAX ? path : ptxi_str_from(path, dot + 1);
	const struct ptxi_entry *e = table ? ptxi_value_find(table, key) : NULL;
	ptx_auto_buf quoted = { 0 };

	(void)x;
	(void)n;
	if (e && ptx_value_kind(e->value) != PTX_MAP)
		return e->value;
	ptx_buf_init(&quoted, 0);
	ptxi_go_quote(key, false, &quoted);
	if (path.n)
		ptx_fail(err, PTX_E_INVALID, "%s is not a value", quoted.p);
	else
		ptx_fail(err, PTX_E_INVALID, "YAML path cannot be empty");
	return NULL;
}

static const struct {
	enum ptxi_go go;
	struct ptxi_func row;
} methods[] = {
	{ PTXI_GO_FILES, { "Get", "vs", files_get, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_FILES, { "GetBytes", "vs", files_get_bytes, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_FILES, { "Glob", "vs", files_glob, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_FILES, { "Lines", "vs", files_lines, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_FILES, { "AsConfig", "v", files_as_config, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_FILES, { "AsSecrets", "v", files_as_secrets, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_VERSION_SET, { "Has", "vs", versions_has, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_KUBE_VERSION, { "GitVersion", "v", kube_version, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_KUBE_VERSION, { "String", "v", kube_version, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_VALUES, { "AsMap", "v", values_as_map, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_VALUES, { "YAML", "v", values_yaml, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_VALUES, { "Table", "vs", values_table, PTXI_FUNC_PLAIN, NULL } },
	{ PTXI_GO_VALUES, { "PathValue", "vs", values_path, PTXI_FUNC_PLAIN, NULL } },
};

const struct ptxi_func *ptxi_chart_method(const struct ptx_value *receiver, struct ptx_str name,
					  void *user)
{
	enum ptxi_go go = ptxi_go_of(receiver);

	(void)user;
	if (go != PTXI_GO_FILES && go != PTXI_GO_VERSION_SET && go != PTXI_GO_KUBE_VERSION &&
	    go != PTXI_GO_VALUES)
		return NULL;
	for (size_t i = 0; i < PTXI_COUNT(methods); i++)
		if (methods[i].go == go && ptxi_str_is(name, methods[i].row.name))
			return &methods[i].row;
	return NULL;
}
