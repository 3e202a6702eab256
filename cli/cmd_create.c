/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_create.c - begins a new package. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include <pitrix/chart.h>
#include <pitrix/package.h>

#include "commands.h"

struct create_args {
	const char *folder;
	const char *description;
	int kind;
};

enum { KIND_VM, KIND_HELM };

/* What is there already is never overwritten; the skeletons of packages have the same rule. */
static int create_chart(const char *folder, struct ptx_error **err)
{
	struct stat st;
	DIR *dir = opendir(folder);
	const struct dirent *e = NULL;
	bool empty = true;

	while (dir && empty && (e = readdir(dir)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	if ((dir && !empty) || (!dir && stat(folder, &st) == 0)) {
		ptx_error_set(err, PTX_E_EXISTS, "'%s' exists already and is no empty folder",
			      folder);
		return PTX_E_EXISTS;
	}
	return ptx_chart_create(folder, NULL, NULL, err);
}

static int create_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	struct ptx_create_opts opts = PTX_CREATE_OPTS_INIT;
	const struct create_args *args = v;
	struct ptx_ctx *ctx = cli_ctx(cli, err);
	int rc = 0;

	if (!ctx)
		return PTX_E_NOMEM;
	if (args->kind == KIND_HELM && args->description)
		return cli_usage(err, "--description is not for charts: write it into Chart.yaml");
	opts.description = args->description;
	rc = args->kind == KIND_HELM ? create_chart(args->folder, err)
				     : ptx_package_create(ctx, args->folder, &opts, err);
	if (rc < 0)
		return rc;
	printf("%s\n", args->folder);
	cli_say(cli, "Next: edit its files, then check them with 'pitrix lint %s'.", args->folder);
	return 0;
}

static const struct opt_choice kinds[] = { { "vm", KIND_VM, "an application on machines" },
					   { "helm", KIND_HELM, "a Helm chart" },
					   { NULL, 0, NULL } };

static const struct opt create_opts[] = {
	OPT_ENUM(0, "kind", struct create_args, kind, "KIND", kinds, "what kind of package [vm]"),
	OPT_STR(0, "description", struct create_args, description, "TEXT",
		"what the application is, in one sentence", .complete = COMPLETE_TEXT),
	OPT_END
};

static const struct opt_arg create_args[] = {
	ARG("FOLDER", struct create_args, folder,
	    "the folder to make; its last part is the package's name", .complete = COMPLETE_DIR),
	ARG_END
};

static const struct cmd_example create_examples[] = {
	{ "pitrix create my-app", "Begin a package in the folder my-app" },
	{ "pitrix create apps/cache --description 'A cache on three nodes'", "Say what it is" },
	{ "pitrix create --kind helm my-chart", "Begin a Helm chart" },
	{ NULL, NULL }
};

const struct cmd cmd_create = {
	.path = "create",
	.group = GROUP_PACKAGE,
	.summary = "Begin a new package",
	.about = "Writes a small package that lints and renders as it is: questions, a cluster "
		 "template with one role, a "
		 "locale in English; or, with --kind helm, the files of a Helm chart. The folder "
		 "must not exist, or be empty.",
	.opts = create_opts,
	.args = create_args,
	.examples = create_examples,
	.args_size = sizeof(struct create_args),
	.run = create_run,
};
