/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_package.c - packs folders into archives that are the same bytes wherever they are made. */
#include <pitrix/package.h>

#include "charts.h"
#include "commands.h"
#include "print.h"
#include "problems.h"

struct package_args {
	struct opt_list folders;
	const char *target;
	const char *version;
	const char *app_version;
	int output;
};

/* Reads the archive back: what was written is what is told about. */
static int describe(struct cli *cli, const char *path, struct ptx_value *results,
		    struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_package *p = ctx ? ptx_package_load(ctx, path, NULL, err) : NULL;
	char *digest = p ? ptx_package_digest(p, err) : NULL;
	struct ptx_value *map = ptx_value_map(a);

	if (!digest) {
		ptx_package_free(p);
		return ptx_error_code(*err);
	}
	ptx_value_set_string(map, "name", ptx_package_name(p));
	ptx_value_set_string(map, "version", ptx_package_version(p));
	ptx_value_set_string(map, "path", path);
	ptx_value_set_string(map, "digest", digest);
	ptx_value_append(results, map);
	ptx_free(digest);
	ptx_package_free(p);
	return 0;
}

static int build_one(struct cli *cli, const struct package_args *args, const char *folder,
		     struct ptx_value *results, struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_build_opts opts = PTX_BUILD_OPTS_INIT;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	struct ptx_diags *d = ctx ? ptx_diags_new() : NULL;
	char *path = NULL;
	int rc = 0;

	if (!d) {
		if (ctx)
			ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		return PTX_E_NOMEM;
	}
	opts.version = args->version;
	opts.diags = d;
	path = ptx_package_build(ctx, folder, args->target, &opts, err);
	rc = problems_settle(cli, d, path ? 0 : ptx_error_code(*err), err);
	ptx_diags_free(d);
	if (rc == 0)
		rc = describe(cli, path, results, a, err);
	ptx_free(path);
	return rc;
}

/* A chart is packed as Helm packs it, but for the time, which is the same each time. */
static int build_chart(struct cli *cli, const struct package_args *args, const struct ptx_chart *c,
		       struct ptx_value *results, struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_chart_save_opts opts = PTX_CHART_SAVE_OPTS_INIT;
	char *path = NULL;
	int rc = 0;

	opts.target = args->target;
	opts.version = args->version;
	opts.app_version = args->app_version;
	path = ptx_chart_save(c, &opts, err);
	rc = path ? describe(cli, path, results, a, err) : ptx_error_code(*err);
	ptx_free(path);
	return rc;
}

static int build(struct cli *cli, const struct package_args *args, const char *folder,
		 struct ptx_value *results, struct ptx_arena *a, struct ptx_error **err)
{
	struct ptx_chart *c = NULL;
	int rc = charts_open(cli, folder, &c, err);

	if (rc == 1)
		rc = build_chart(cli, args, c, results, a, err);
	else if (rc == 0 && args->app_version)
		rc = cli_usage(err, "--app-version is for charts: '%s' is none", folder);
	else if (rc == 0)
		rc = build_one(cli, args, folder, results, a, err);
	ptx_chart_free(c);
	return rc;
}

static int package_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	static const struct print_column columns[] = { { "PATH", "path", CELL_TEXT },
						       { "DIGEST", "digest", CELL_TEXT },
						       { NULL, NULL, CELL_TEXT } };
	static const struct print_spec spec = { .columns = columns, .name = "path" };
	const struct package_args *args = v;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *results = ptx_value_list(a);
	int rc = 0;

	for (size_t i = 0; i < args->folders.n && rc == 0; i++)
		rc = build(cli, args, args->folders.items[i], results, a, err);
	/* What was written before one failed is told too. */
	if (ptx_value_count(results)) {
		int printed = print_value(cli, args->output, results, &spec, rc < 0 ? NULL : err);

		rc = rc == 0 ? printed : rc;
	}
	ptx_arena_free(a);
	return rc;
}

static const struct opt package_opts[] = {
	OPT_STR('d', "destination", struct package_args, target, "DIR", "folder to write into [.]",
		.complete = COMPLETE_DIR),
	OPT_STR(0, "version", struct package_args, version, "VERSION",
		"version instead of the package's own", .complete = COMPLETE_TEXT),
	OPT_STR(0, "app-version", struct package_args, app_version, "VERSION",
		"chart: version of the application instead of its own", .complete = COMPLETE_TEXT),
	OPT_OUTPUT(struct package_args, output), OPT_END
};

static const struct opt_arg package_args[] = { ARG_LIST("FOLDER", struct package_args, folders,
							"folders of packages",
							.complete = COMPLETE_DIR),
					       ARG_END };

static const struct cmd_example package_examples[] = {
	{ "pitrix package apps/zookeeper", "Write zookeeper-VERSION.tgz into this folder" },
	{ "pitrix package -d out apps/zookeeper apps/redis", "Write several into another folder" },
	{ NULL, NULL }
};

const struct cmd cmd_package = {
	.path = "package",
	.group = GROUP_PACKAGE,
	.summary = "Pack a folder into an archive",
	.about = "Checks the package, and writes NAME-VERSION.tgz. What the file .pitrixignore "
		 "names is left out. The same "
		 "content gives the same bytes on every machine and at every time; the digest is "
		 "that of the names and contents "
		 "of the files, so a folder and its archive have the same.\n\n"
		 "A Helm chart is packed as Helm packs it; what .helmignore names is left out.",
	.opts = package_opts,
	.args = package_args,
	.examples = package_examples,
	.args_size = sizeof(struct package_args),
	.run = package_run,
};
