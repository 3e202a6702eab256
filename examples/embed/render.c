/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - render a Helm chart from a C program.
 *
 *     cc -o render render.c $(pkg-config --cflags --libs libpitrix)
 *     ./render CHART RELEASE [VALUES.yaml | KEY=VALUE]...
 *
 * CHART is a folder, an archive, its URL, or REPOSITORY/NAME as in Helm's repositories.yaml. The
 * chart is loaded once; then it may be rendered any number of times, by many threads at once. The
 * documents come one by one, in the order in which they would be installed; this program prints
 * them as `helm template` does, and tells on stderr what there is besides.
 *
 * What templates ask of a cluster (`lookup`) is answered by a callback. The cluster of this program
 * has namespaces, as many as anybody asks for, and nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pitrix/chart.h>
#include <pitrix/repo.h>

static void on_said(const char *where, const char *message, void *user)
{
	(void)where;
	(void)user;
	fprintf(stderr, "render: %s\n", message);
}

/* NULL without *err: there is no such object. Values live in the arena of the render. */
static struct ptx_value *on_lookup(struct ptx_arena *a, const char *api_version, const char *kind,
				   const char *name_space, const char *name, void *user,
				   struct ptx_error **err)
{
	struct ptx_value *object = NULL;
	struct ptx_value *metadata = NULL;

	(void)name_space;
	(void)user;
	(void)err;
	if (strcmp(api_version, "v1") != 0 || strcmp(kind, "Namespace") != 0 || !name[0])
		return NULL;
	metadata = ptx_value_map(a);
	ptx_value_set_string(metadata, "name", name);
	object = ptx_value_map(a);
	ptx_value_set_string(object, "apiVersion", api_version);
	ptx_value_set_string(object, "kind", kind);
	ptx_value_set(object, "metadata", metadata);
	return object; /* the arena remembers when memory ran out */
}

static struct ptx_chart *load(struct ptx_ctx *ctx, const char *name, struct ptx_error **err)
{
	struct ptx_chart_load_opts opts = PTX_CHART_LOAD_OPTS_INIT;

	opts.say = on_said;
	if (access(name, F_OK) == 0)
		return ptx_chart_load(name, &opts, err);
	return ptx_repo_chart(ctx, name, NULL, &opts, err);
}

/* Words with a = are single values, which win over files. */
static struct ptx_value *values_of(struct ptx_arena *a, char *const *words, int n,
				   struct ptx_error **err)
{
	struct ptx_chart_values from = PTX_CHART_VALUES_INIT;
	const char **files = calloc((size_t)n + 1, sizeof(*files));
	const char **sets = calloc((size_t)n + 1, sizeof(*sets));
	struct ptx_value *values = NULL;
	size_t file_count = 0;
	size_t set_count = 0;

	for (int i = 0; files && sets && i < n; i++) {
		if (strchr(words[i], '='))
			sets[set_count++] = words[i];
		else
			files[file_count++] = words[i];
	}
	from.files = files;
	from.sets = sets;
	if (files && sets)
		values = ptx_chart_values_read(a, &from, err);
	else
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	free(files);
	free(sets);
	return values;
}

static void print(const struct ptx_chart_rendered *r)
{
	for (size_t i = 0; i < r->manifest_count; i++) {
		const struct ptx_chart_manifest *m = &r->manifests[i];

		printf("---\n# Source: %s\n%.*s\n", m->path, PTX_STR_ARG(m->text));
		fprintf(stderr, "render: %s %s\n", m->kind, m->name);
	}
	for (size_t i = 0; i < r->hook_count; i++) {
		const struct ptx_chart_manifest *m = &r->hooks[i].manifest;

		printf("---\n# Source: %s\n%.*s\n", m->path, PTX_STR_ARG(m->text));
		fprintf(stderr, "render: %s %s, a hook of weight %lld\n", m->kind, m->name,
			(long long)r->hooks[i].weight);
	}
	fprintf(stderr, "%.*s", PTX_STR_ARG(r->notes));
}

static int render(const struct ptx_chart *chart, const char *release,
		  const struct ptx_value *values, struct ptx_error **err)
{
	struct ptx_chart_render_opts opts = PTX_CHART_RENDER_OPTS_INIT;
	struct ptx_chart_rendered *r = NULL;

	opts.release = release;
	opts.max_steps = 1000000; /* a chart may come from anywhere: an endless one ends here */
	opts.lookup = on_lookup;
	opts.say = on_said;
	r = ptx_chart_render(chart, values, &opts, err);
	if (!r)
		return ptx_error_code(*err);
	print(r);
	ptx_chart_rendered_free(r);
	return 0;
}

/* Says what is wrong, where in the chart, and by which includes it came there. */
static int fail(struct ptx_error *err)
{
	struct ptx_buf text;
	int status = ptx_code_exit_status(ptx_error_code(err));

	ptx_buf_init(&text, 0);
	ptx_error_print(err, &text);
	fprintf(stderr, "render: %s\n", text.p);
	ptx_buf_done(&text);
	ptx_error_free(err);
	return status;
}

int main(int argc, char **argv)
{
	struct ptx_error *err = NULL;
	struct ptx_arena *a = NULL;
	struct ptx_ctx *ctx = NULL;
	struct ptx_chart *chart = NULL;
	struct ptx_value *values = NULL;
	int rc = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: render CHART RELEASE [VALUES.yaml | KEY=VALUE]...\n");
		return 64;
	}
	ctx = ptx_ctx_new();
	a = ptx_arena_new(0);
	if (!ctx || !a)
		ptx_error_set(&err, PTX_E_NOMEM, "out of memory");
	else
		chart = load(ctx, argv[1], &err);
	if (chart)
		values = values_of(a, argv + 3, argc - 3, &err);
	if (values)
		render(chart, argv[2], values, &err);
	if (err)
		rc = fail(err);
	ptx_chart_free(chart);
	ptx_arena_free(a);
	ptx_ctx_free(ctx);
	return rc;
}
