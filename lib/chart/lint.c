/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - the rules of `helm lint` about Chart.yaml, values.yaml and dependencies.
 *
 * In Helm's order and words. A chart that cannot be loaded is told again by each part that would
 * load it.
 */
#define PTX_AREA PTX_AREA_CHART
#include "lint.h"
#include "../base/ctx.h"
#include "../base/diag.h"
#include "../base/fs.h"
#include "../base/opts.h"
#include "../base/path.h"
#include "../text/goquote.h"
#include "../text/gotype.h"
#include "../text/semver.h"

#include <sys/stat.h>

#define CHART  "Chart.yaml"
#define VALUES "values.yaml"

void ptxi_lint_add(struct ptxi_lint *l, enum ptx_severity severity, const char *rule,
		   const char *place, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	ptx_buf_init(&text, 1u << 20);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptxi_diag_add(l->diags, severity, severity == PTX_ERROR ? PTX_E_INVALID : 0, rule,
		      (struct ptx_where){ .file = l->opts.own && place[0] ? place : NULL }, place,
		      "%s", text.p);
}

static void PTXI_PRINTF(2, 3) chart_error(struct ptxi_lint *l, const char *fmt, ...)
{
	ptx_auto_buf text = { 0 };
	va_list ap;

	ptx_buf_init(&text, 1u << 20);
	va_start(ap, fmt);
	ptx_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	ptxi_lint_add(l, PTX_ERROR, "chart", CHART, "%s", text.p);
}

/* ---- one file of the chart, as it lies there */

static bool raw_file(struct ptxi_lint *l, const struct ptxi_chart_files *files, const char *name,
		     struct ptx_str *text)
{
	const struct ptxi_chart_file *f = NULL;
	ptx_auto_str path = NULL;
	ptx_auto_buf b = { 0 };

	if (l->archive) {
		f = ptxi_chart_files_find(files, name);
		if (f)
			*text = f->data;
		return f != NULL;
	}
	path = ptxi_path_join(l->path, name);
	ptx_buf_init(&b, 0);
	if (!path || ptxi_fs_read(path, 0, &b, NULL) < 0)
		return false;
	text->p = ptxi_arena_strn(l->arena, b.p, b.n);
	text->n = text->p ? b.n : 0;
	return text->p != NULL;
}

/* ---- Chart.yaml */

static void check_type(struct ptxi_lint *l, const struct ptx_value *raw, const char *key)
{
	const struct ptx_value *v = ptx_value_get(raw, key);

	if (ptx_value_has(raw, key) && ptx_value_kind(v) != PTX_STRING)
		chart_error(l, "%s should be of type string but it's of type %s", key,
			    ptxi_go_type(v));
}

static void check_version(struct ptxi_lint *l, const char *version)
{
	struct ptxi_semver v;
	ptxi_auto(constraint) c = NULL;
	ptx_auto_buf why = { 0 };

	if (!version[0]) {
		chart_error(l, "version is required");
		return;
	}
	if (ptxi_semver_parse(ptxi_str(version), false, &v, NULL) < 0) {
		chart_error(l, "version '%s' is not a valid SemVer", version);
		return;
	}
	c = ptxi_constraint_parse(PTXI_STR(">0.0.0-0"), NULL);
	ptx_buf_init(&why, 0);
	if (c && !ptxi_constraint_explain(c, &v, false, &why)) {
		why.p[strcspn(why.p, "\n")] = '\0';
		chart_error(l, "version %s", why.p);
	}
}

static void check_maintainers(struct ptxi_lint *l, const struct ptxi_chart_meta *meta)
{
	for (size_t i = 0; i < meta->maintainer_count; i++) {
		const char *name = meta->maintainers[i].name;
		const char *email = meta->maintainers[i].email;
		const char *url = meta->maintainers[i].url;

		if (!name)
			chart_error(l, "a maintainer entry is empty");
		else if (!name[0])
			chart_error(l, "each maintainer requires a name");
		else if (email[0] && !ptxi_lint_is_email(email))
			chart_error(l, "invalid email '%s' for maintainer '%s'", email, name);
		else if (url[0] && !ptxi_lint_is_url(url))
			chart_error(l, "invalid url '%s' for maintainer '%s'", url, name);
		else
			continue;
		return;
	}
}

static void check_addresses(struct ptxi_lint *l, const struct ptxi_chart_meta *m)
{
	for (size_t i = 0; i < ptx_value_count(m->sources); i++) {
		const char *source = ptx_value_as_string(m->sources->list.v[i], "");

		if (!ptxi_lint_is_request_url(source)) {
			chart_error(l, "invalid source URL '%s'", source);
			break;
		}
	}
	if (!m->icon[0])
		ptxi_lint_add(l, PTX_NOTE, "chart-icon", CHART, "icon is recommended");
	else if (!ptxi_lint_is_request_url(m->icon))
		chart_error(l, "invalid icon URL '%s'", m->icon);
}

static void check_meta(struct ptxi_lint *l, const struct ptxi_chart_meta *m,
		       const struct ptx_value *raw)
{
	const char *slash = strrchr(m->name, '/');

	if (!m->name[0])
		chart_error(l, "name is required");
	else if (slash)
		chart_error(l, "chart name %s is invalid", ptxi_go_quoted(l->arena, m->name));
	if (!m->api_version[0])
		chart_error(l, "apiVersion is required. The value must be either \"v1\" or \"v2\"");
	else if (strcmp(m->api_version, "v1") != 0 && strcmp(m->api_version, "v2") != 0)
		chart_error(
		    l, "apiVersion '%s' is not valid. The value must be either \"v1\" or \"v2\"",
		    m->api_version);
	check_type(l, raw, "version");
	check_version(l, m->version);
	check_type(l, raw, "appVersion");
	check_maintainers(l, m);
	check_addresses(l, m);
	if (m->type[0] && strcmp(m->api_version, "v2") != 0)
		chart_error(
		    l, "chart type is not valid in apiVersion '%s'. It is valid in apiVersion 'v2'",
		    m->api_version);
	if (m->dependency_count && strcmp(m->api_version, "v2") != 0)
		chart_error(l,
			    "dependencies are not valid in the Chart file with apiVersion '%s'. "
			    "They are valid in apiVersion 'v2'",
			    m->api_version);
}

static void lint_chart(struct ptxi_lint *l, const struct ptxi_chart_files *files)
{
	struct ptxi_chart_meta meta = { 0 };
	struct ptx_str text = { "", 0 };
	ptx_auto(error) e = NULL;
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptx_value *raw = NULL;

	if (!a)
		return; /* told at the end, as all lack of memory */
	if (!raw_file(l, files, CHART, &text)) {
		chart_error(l, "should be a file, not a directory");
		chart_error(l, "unable to parse YAML\n\tread %s/" CHART ": is a directory",
			    l->folder);
		return;
	}
	if (ptxi_chart_meta_parse(a, text, &meta, &e) < 0) {
		chart_error(l, "unable to parse YAML\n\t%s", ptx_error_message(e));
		return;
	}
	raw = ptxi_chart_yaml(a, text, NULL, false, NULL);
	check_meta(l, &meta, raw);
}

/* ---- values.yaml */

static void lint_values(struct ptxi_lint *l, const struct ptxi_chart_files *files)
{
	struct ptxi_chart_log log = { l->opts.say, l->opts.user };
	struct ptx_str text = { NULL, 0 };
	struct ptx_str schema = { NULL, 0 };
	struct ptx_value *values = NULL;
	struct ptx_value *all = NULL;
	ptx_auto(error) e = NULL;
	ptx_auto_buf why = { 0 };
	ptx_auto(arena) a = ptx_arena_new(0);

	if (!a)
		return;
	if (!raw_file(l, files, VALUES, &text)) {
		ptxi_lint_add(l, PTX_NOTE, "values-missing", VALUES, "file does not exist");
		return;
	}
	values = ptxi_chart_yaml(a, text, VALUES, false, &e);
	if (!values) {
		ptxi_lint_add(l, PTX_ERROR, "values", VALUES, "unable to parse YAML: %s",
			      ptx_error_message(e));
		return;
	}
	if (values->kind == PTX_NULL)
		values = ptx_value_map(a);
	if (ptx_value_kind(values) != PTX_MAP) {
		ptxi_lint_add(l, PTX_ERROR, "values", VALUES,
			      "unable to parse YAML: error unmarshaling JSON: while decoding JSON: "
			      "json: cannot unmarshal %s into "
			      "Go value of type chartutil.Values",
			      ptxi_go_json_kind(values));
		return;
	}
	/* What the schema says is told with each value's place when the chart is rendered. */
	if (l->opts.own && !l->opts.skip_schemas)
		return;
	all = l->values ? ptxi_chart_values_copy(a, l->values) : ptx_value_map(a);
	all = ptxi_chart_coalesce_tables(ptx_value_map(a), all, false, &log);
	all = ptxi_chart_coalesce_tables(all, values, false, &log);
	if (!raw_file(l, files, "values.schema.json", &schema) || !schema.n)
		return;
	ptx_buf_init(&why, 0);
	if (ptxi_chart_check_schema(schema, all, &log, &why, &e) < 0)
		ptxi_lint_add(l, PTX_ERROR, "values-schema", VALUES, "%s", ptx_error_message(e));
	else if (why.n)
		ptxi_lint_add(l, PTX_ERROR, "values-schema", VALUES, "%s", why.p);
}

/* ---- dependencies */

static bool meta_names(const struct ptxi_chart_meta *m, const char *name)
{
	for (size_t i = 0; i < m->dependency_count; i++)
		if (strcmp(m->dependencies[i].name, name) == 0)
			return true;
	return false;
}

static void add_name(struct ptx_buf *list, const char *name)
{
	ptx_buf_printf(list, "%s%s", list->n ? "," : "", name);
}

static void keep_said(const char *where, const char *message, void *user)
{
	struct ptxi_lint *l = user;
	const char *text = ptxi_arena_str(l->arena, message);

	where = ptxi_arena_str(l->arena, where);
	if (where && text)
		ptxi_chart_files_push(l->arena, &l->said, where, ptxi_str(text));
}

const struct ptx_chart *ptxi_lint_load(struct ptxi_lint *l, const struct ptx_error **error)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;

	opts.lean = true;
	opts.follow_links = !l->opts.own;
	opts.say = keep_said;
	opts.user = l;
	if (!l->chart && !l->load_error)
		l->chart = l->archive ? ptxi_chart_load_unpacked(l->path, l->arena, &l->files,
								 &l->rest, &opts, &l->load_error)
				      : ptx_chart_load(l->path, &opts, &l->load_error);
	for (size_t i = 0; l->opts.say && i < l->said.n; i++)
		l->opts.say(l->said.v[i].name, l->said.v[i].data.p, l->opts.user);
	*error = l->load_error;
	return l->chart;
}

static void lint_dependencies(struct ptxi_lint *l)
{
	const struct ptx_error *e = NULL;
	const struct ptx_chart *c = ptxi_lint_load(l, &e);
	ptx_auto_buf missing = { 0 };

	if (!c) {
		ptxi_lint_add(l, PTX_ERROR, "chart-load", "", "unable to load chart\n\t%s",
			      ptx_error_message(e));
		return;
	}
	ptx_buf_init(&missing, 0);
	for (size_t i = 0; i < c->root->children.n; i++)
		if (!meta_names(&c->root->meta, c->root->children.v[i]->meta.name))
			add_name(&missing, c->root->children.v[i]->meta.name);
	if (missing.n)
		ptxi_lint_add(l, PTX_ERROR, "dependencies", l->folder,
			      "chart metadata is missing these dependencies: %s", missing.p);
	ptx_buf_clear(&missing);
	for (size_t i = 0; i < c->root->meta.dependency_count; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < c->root->children.n; k++)
			found = strcmp(c->root->children.v[k]->meta.name,
				       c->root->meta.dependencies[i].name) == 0;
		if (!found)
			add_name(&missing, c->root->meta.dependencies[i].name);
	}
	if (missing.n)
		ptxi_lint_add(l, PTX_WARNING, "dependencies-missing", l->folder,
			      "chart directory is missing these dependencies: %s", missing.p);
}

/* ---- all of it */

static bool is_archive(const char *path)
{
	return ptxi_str_ends(ptxi_str(path), ".tgz") || ptxi_str_ends(ptxi_str(path), ".tar.gz");
}

/* What Go says of an archive that cannot be read. */
static const char *extract_problem(const char *path, int code, const struct ptx_error *e)
{
	struct stat st;

	if (code == PTX_E_CORRUPT || (stat(path, &st) == 0 && st.st_size < 10))
		return "unexpected EOF";
	return strstr(ptx_error_message(e), "gzipped archive") ? "gzip: invalid header"
							       : ptx_error_message(e);
}

/* What keeps Helm from unpacking a chart, which it does before it looks at it. */
static int check_unpacking(struct ptxi_lint *l, const struct ptxi_chart_files *files)
{
	const struct ptxi_chart_file *f = ptxi_chart_files_find(files, CHART);
	struct ptxi_chart_meta meta = { 0 };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) e = NULL;
	const char *why = NULL;

	if (f && ptxi_chart_meta_parse(a, f->data, &meta, &e) < 0)
		return ptx_fail(l->err, ptx_error_code(e),
				"unable to extract tarball: cannot load Chart.yaml: %s",
				ptx_error_message(e));
	if (!f || !meta.name || !meta.name[0])
		return ptx_fail(l->err, PTX_E_INVALID,
				"unable to extract tarball: chart name not specified");
	if (strcmp(meta.name, ".") == 0 || strcmp(meta.name, "..") == 0)
		why = "is not allowed";
	else if (strchr(meta.name, '/'))
		why = "must not contain path separators";
	return why ? ptx_fail(l->err, PTX_E_INVALID, "unable to extract tarball: chart name %s %s",
			      ptxi_go_quoted(a, meta.name), why)
		   : 0;
}

static int look_inside(struct ptxi_lint *l, struct ptxi_chart_files *files)
{
	struct ptx_chart_load_opts opts = { .max_bytes = PTXI_CHART_MAX_BYTES,
					    .max_file_bytes = PTXI_CHART_MAX_FILE_BYTES,
					    .max_files = PTXI_CHART_MAX_FILES };
	ptx_auto(error) e = NULL;
	ptx_auto_str chart = NULL;
	struct stat st;
	int rc = 0;

	if (l->archive) {
		if (!ptxi_fs_exists(l->path))
			return ptx_fail(
			    l->err, PTX_E_NOT_FOUND,
			    "unable to open tarball: open %s: no such file or directory", l->path);
		rc = ptxi_chart_read_lean(l->arena, l->path, &opts, files, &l->rest, &e);
		if (rc < 0)
			return ptx_fail(l->err, rc, "unable to extract tarball: %s",
					extract_problem(l->path, rc, e));
		if (!l->opts.own)
			return check_unpacking(l, files);
		return ptxi_chart_files_find(files, CHART)
			   ? 0
			   : ptx_fail(l->err, PTX_E_NOT_FOUND,
				      "unable to check Chart.yaml file in chart: it has none");
	}
	chart = ptxi_path_join(l->path, CHART);
	if (!chart)
		return ptxi_chart_no_memory(l->err);
	if (stat(chart, &st) == 0)
		return 0;
	return ptx_fail(l->err, PTX_E_NOT_FOUND,
			"unable to check Chart.yaml file in chart: stat %s: %s",
			strncmp(chart, "./", 2) == 0 ? chart + 2 : chart,
			errno == ENOTDIR  ? "not a directory"
			: errno == EACCES ? "permission denied"
					  : "no such file or directory");
}

static int lint(const char *path, const struct ptx_value *values,
		const struct ptx_chart_lint_opts *opts, struct ptx_diags *diags,
		struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) own = NULL;
	struct ptxi_lint l = {
		.path = path, .arena = a, .values = values, .diags = diags, .err = err ? err : &own
	};
	char *real = NULL;
	int rc = PTXI_OPTS_READ(&l.opts, opts, err);

	if (rc < 0)
		return rc;
	if (!a)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	ptxi_chart_rest_init(&l.rest);
	l.archive = is_archive(path);
	real = realpath(path, NULL);
	l.folder = ptxi_arena_str(a, real ? real : path);
	free(real);
	rc = ptxi_kube_version_parse(
	    a, l.opts.kube_version ? l.opts.kube_version : PTXI_KUBE_VERSION, &l.kube, err);
	if (rc == 0)
		rc = look_inside(&l, &l.files);
	if (rc < 0) {
		ptxi_chart_rest_done(&l.rest);
		return rc;
	}
	lint_chart(&l, &l.files);
	lint_values(&l, &l.files);
	rc = ptxi_lint_templates(&l);
	if (rc == 0)
		lint_dependencies(&l);
	ptx_chart_free(l.chart);
	ptx_error_free(l.load_error);
	ptxi_chart_rest_done(&l.rest);
	return rc < 0 ? rc : ptxi_arena_check(a, err);
}

int ptx_chart_lint(const char *path, const struct ptx_value *values,
		   const struct ptx_chart_lint_opts *opts, struct ptx_diags *diags,
		   struct ptx_error **err)
{
	uint64_t lost = ptxi_alloc_lost();

	/* A lack of memory is no problem of the chart. */
	return ptxi_error_lost(lost, lint(path, values, opts, diags, err), err);
}
