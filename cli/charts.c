/* SPDX-License-Identifier: Apache-2.0 */
/* charts.c - what the commands about charts share: values from options, rendering, printing. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <pitrix/template.h>

#include "charts.h"
#include "print.h"

const char **charts_list(const struct opt_list *list)
{
	const char **items = calloc(list->n + 1, sizeof(*items));

	if (items && list->n)
		memcpy(items, list->items, list->n * sizeof(*items));
	return items;
}

enum { VALUE_LISTS = 6 };

static void free_lists(const char **copies[VALUE_LISTS])
{
	for (size_t i = 0; i < VALUE_LISTS; i++)
		free(copies[i]);
}

/* A file of values at a URL. */
static int get(const char *url, struct ptx_buf *out, void *user, struct ptx_error **err)
{
	struct ptx_ctx *ctx = cli_ctx(user, err);

	return ctx ? ptx_repo_get(ctx, url, out, err) : ptx_error_code(*err);
}

/* The options as the library takes them; what copies gets is to be freed. */
static int read_lists(struct cli *cli, const struct chart_values_args *args,
		      struct ptx_chart_values *src, const char **copies[VALUE_LISTS],
		      struct ptx_error **err)
{
	const struct {
		const struct opt_list *from;
		const char *const **to;
	} lists[VALUE_LISTS] = {
		{ &args->files, &src->files },         { &args->set_jsons, &src->set_jsons },
		{ &args->sets, &src->sets },           { &args->set_strings, &src->set_strings },
		{ &args->set_files, &src->set_files }, { &args->set_literals, &src->set_literals },
	};
	bool good = true;

	src->get = get;
	src->user = cli;
	for (size_t i = 0; i < VALUE_LISTS; i++) {
		copies[i] = charts_list(lists[i].from);
		*lists[i].to = copies[i];
		good = good && copies[i];
	}
	if (!good)
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	return good ? 0 : PTX_E_NOMEM;
}

struct ptx_value *charts_values(struct cli *cli, const struct chart_values_args *args, bool as_helm,
				struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_chart_values src = PTX_CHART_VALUES_INIT;
	const char **copies[VALUE_LISTS] = { NULL };
	struct ptx_value *values = NULL;

	src.as_helm = as_helm;
	values = read_lists(cli, args, &src, copies, err) == 0 ? ptx_chart_values_read(a, &src, err)
							       : NULL;

	free_lists(copies);
	return values;
}

struct ptx_value *charts_explain(struct cli *cli, const struct ptx_chart *c,
				 const struct chart_values_args *args, const char *key,
				 struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_chart_values src = PTX_CHART_VALUES_INIT;
	const char **copies[VALUE_LISTS] = { NULL };
	struct ptx_value *told = NULL;

	told = read_lists(cli, args, &src, copies, err) == 0
		   ? ptx_chart_explain(c, &src, key, a, err)
		   : NULL;

	free_lists(copies);
	return told;
}

bool charts_has_values(const struct chart_values_args *v)
{
	return v->files.n || v->set_jsons.n || v->sets.n || v->set_strings.n || v->set_files.n ||
	       v->set_literals.n;
}

int charts_installable(const struct ptx_chart *c, const struct chart_voice *voice,
		       struct ptx_error **err)
{
	struct ptx_error *inner = NULL;
	int rc = 0;

	if (ptx_chart_is_library(c)) {
		ptx_error_set(err, PTX_E_INVALID, "library charts are not installable");
		return PTX_E_INVALID;
	}
	if (ptx_chart_is_deprecated(c) && voice->deprecated)
		voice->deprecated(voice->user);
	rc = ptx_chart_check_dependencies(c, &inner);
	if (rc < 0) {
		ptx_error_set(err, rc,
			      "An error occurred while checking for chart dependencies. You may "
			      "need to run `helm dependency "
			      "build` to fetch missing dependencies: %s",
			      ptx_error_message(inner));
		ptx_error_free(inner);
	}
	return rc;
}

static void wrote(const char *path, void *user)
{
	(void)user;
	printf("wrote %s\n", path);
}

static int write_files(const struct ptx_chart_rendered *r, const struct chart_template_args *args,
		       const struct ptx_chart_print_opts *opts, struct ptx_error **err)
{
	struct ptx_buf folder;
	int rc = PTX_E_NOMEM;

	ptx_buf_init(&folder, 0);
	ptx_buf_adds(&folder, args->output_dir);
	if (args->use_release_name)
		ptx_buf_printf(&folder, "/%s", args->release);
	if (ptx_buf_ok(&folder))
		rc =
		    ptx_chart_rendered_write(r, folder.p, opts, args->output_dir, wrote, NULL, err);
	else
		ptx_error_set(err, rc, "out of memory");
	ptx_buf_done(&folder);
	return rc;
}

static int print_piece(struct ptx_str piece, void *user)
{
	return cli_write_str(piece, user);
}

static int print(const struct ptx_chart_rendered *r, const struct chart_template_args *args,
		 struct ptx_error **err)
{
	struct ptx_chart_print_opts opts = PTX_CHART_PRINT_OPTS_INIT;
	struct ptx_buf out;
	int rc = 0;

	opts.include_crds = args->include_crds;
	opts.no_hooks = args->no_hooks;
	opts.skip_tests = args->skip_tests;
	if (!(args->output_dir && args->output_dir[0]) && !args->show_only.n)
		return ptx_chart_rendered_each(r, &opts, print_piece, err, err);
	ptx_buf_init(&out, 0);
	if (args->output_dir && args->output_dir[0]) {
		rc = write_files(r, args, &opts, err);
		/* Nothing is left to be printed but an empty line, as Helm has it. */
		ptx_buf_addc(&out, '\n');
	} else {
		const char **patterns = charts_list(&args->show_only);

		rc = ptx_chart_rendered_show(r, patterns, &opts, &out, err);
		free(patterns);
	}
	if (rc == 0)
		rc = cli_write(&out, err);
	ptx_buf_done(&out);
	return rc;
}

/* A list whose items may be several with commas between. */
static const char **split_list(const struct opt_list *list, struct ptx_arena *a)
{
	const char **items = NULL;
	size_t n = 1;
	size_t k = 0;

	for (size_t i = 0; i < list->n; i++) {
		n++;
		for (const char *p = list->items[i]; *p; p++)
			n += *p == ',';
	}
	items = calloc(n, sizeof(*items));
	for (size_t i = 0; items && i < list->n; i++)
		for (const char *p = list->items[i]; *p;) {
			size_t len = strcspn(p, ",");

			items[k++] =
			    ptx_value_as_string(ptx_value_strn(a, (struct ptx_str){ p, len }), "");
			p += len + (p[len] == ',');
		}
	return items;
}

int charts_template(const struct ptx_chart *c, const struct chart_template_args *args,
		    const struct chart_voice *voice, struct ptx_error **err)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *values =
	    a ? charts_values(voice->cli, &args->values, voice->as_helm, a, err) : NULL;
	const char **api_versions = a ? split_list(&args->api_versions, a) : NULL;
	struct ptx_chart_rendered *r = NULL;
	int rc = 0;

	opts.release = args->release;
	opts.name_space = args->name_space;
	opts.is_upgrade = args->is_upgrade;
	opts.kube_version = args->kube_version;
	opts.api_versions = api_versions;
	opts.skip_schemas = args->skip_schemas;
	opts.sub_notes = args->sub_notes;
	opts.say = voice->say;
	opts.user = voice->user;
	opts.diags = voice->diags;
	opts.invalid = voice->invalid;
	opts.strict_values = args->strict_values;
	opts.skip_crds = !args->include_crds;
	opts.max_steps = (uint64_t)args->max_steps;
	opts.max_depth = (unsigned)args->max_depth;
	opts.max_output = (size_t)args->max_output_mib << 20;
	opts.max_memory = (size_t)args->max_memory_mib << 20;
	if (values)
		r = ptx_chart_render(c, values, &opts, err);
	rc = r ? 0 : ptx_error_code(*err);
	/* Files are written as they are. */
	if (rc == 0 && args->post_renderer && !(args->output_dir && args->output_dir[0]))
		rc = ptx_chart_rendered_post(r, args->post_renderer, args->include_crds, err);
	if (rc == 0)
		rc = print(r, args, err);
	ptx_chart_rendered_free(r);
	free(api_versions);
	ptx_arena_free(a);
	return rc;
}

char *charts_name(const char *name_template, struct ptx_error **err)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_template *t = NULL;
	struct ptx_buf out;
	char *name = NULL;

	opts.families = PTX_FUNCS_SPRIG;
	t = ptx_template_new(&opts, err);
	ptx_buf_init(&out, 0);
	if (t &&
	    ptx_template_parse(t, "name-template",
			       (struct ptx_str){ name_template, strlen(name_template) },
			       err) == 0 &&
	    ptx_template_execute(t, "name-template", NULL, NULL, &out, err) == 0) {
		name = ptx_buf_steal(&out, NULL);
		if (!name)
			ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	}
	ptx_buf_done(&out);
	ptx_template_free(t);
	return name;
}

static bool release_ok(const char *name)
{
	bool inside = false; /* behind a letter or digit */

	if (strlen(name) > 53)
		return false;
	for (const char *p = name; *p; p++) {
		bool alnum = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');

		if (!alnum && !(inside && (*p == '-' || *p == '.')))
			return false;
		if (*p == '.' && !(p[1] && p[-1] != '-'))
			return false;
		inside = alnum || *p == '-';
		if (!alnum && !p[1])
			return false;
	}
	return true;
}

int charts_check_release(const char *name, struct ptx_error **err)
{
	if (!name[0])
		ptx_error_set(err, PTX_E_INVALID, "release name \"\": no name provided");
	else if (!release_ok(name))
		ptx_error_set(err, PTX_E_INVALID,
			      "release name \"%s\": invalid release name, must match regex "
			      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ "
			      "and the length must not be "
			      "longer than 53",
			      name);
	else
		return 0;
	return PTX_E_INVALID;
}

void charts_say(const char *where, const char *message, void *user)
{
	(void)where;
	if (strncasecmp(message, "warning: ", strlen("warning: ")) == 0)
		message += strlen("warning: ");
	cli_warn(user, "%s", message);
}

void charts_deprecated(void *user)
{
	cli_warn(user, "this chart is deprecated");
}

int charts_open(struct cli *cli, const char *path, struct ptx_chart **c, struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;
	struct ptx_error *why = NULL;
	struct ptx_buf file;
	struct stat st;
	int code = 0;

	*c = NULL;
	if (stat(path, &st) < 0)
		return 0; /* who looks for a package says it is not there */
	if (S_ISDIR(st.st_mode)) {
		ptx_buf_init(&file, 0);
		ptx_buf_printf(&file, "%s/Chart.yaml", path);
		code = stat(file.p, &st);
		ptx_buf_done(&file);
		if (code < 0)
			return 0;
	}
	opts.say = charts_say;
	opts.user = cli;
	opts.lean = true;
	*c = ptx_chart_load(path, &opts, &why);
	if (*c)
		return 1;
	code = ptx_error_code(why);
	/* An archive of something else: of another kind of package, perhaps. */
	if (!S_ISDIR(st.st_mode) && (strstr(ptx_error_message(why), "Chart.yaml file is missing") ||
				     strstr(ptx_error_message(why), "outside the base directory") ||
				     strstr(ptx_error_message(why), "gzipped archive"))) {
		ptx_error_free(why);
		return 0;
	}
	*err = why;
	return code;
}

int charts_print_values(struct cli *cli, const struct ptx_chart *c,
			const struct chart_values_args *args, int format, struct ptx_error **err)
{
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *given = a ? charts_values(cli, args, false, a, err) : NULL;
	struct ptx_value *values = given ? ptx_chart_effective_values(c, given, a, err) : NULL;
	int rc = values ? print_value(cli, format, values, NULL, err) : ptx_error_code(*err);

	ptx_arena_free(a);
	return rc;
}
