/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_version.c - which program and library this is. */
#include "commands.h"
#include "print.h"

struct version_args {
	int output;
};

static int version_run(struct cli *cli, const void *v, struct ptx_error **err)
{
	const struct version_args *args = v;
	struct ptx_arena *a = ptx_arena_new(0);
	struct ptx_value *map = ptx_value_map(a);
	struct ptx_value *features = ptx_value_list(a);
	int rc = 0;

	for (size_t i = 0; ptx_version_feature(i); i++)
		ptx_value_append(features, ptx_value_string(a, ptx_version_feature(i)));
	ptx_value_set_string(map, "version", PTX_VERSION);
	ptx_value_set_string(map, "library", ptx_version());
	ptx_value_set(map, "features", features);
	if (!a || ptx_arena_status(a) != 0) {
		rc = PTX_E_NOMEM;
		ptx_error_set(err, rc, "out of memory");
	} else if (args->output == PRINT_TABLE) {
		printf("pitrix %s\n", PTX_VERSION);
	} else {
		rc = print_value(cli, args->output, map, NULL, err);
	}
	ptx_arena_free(a);
	return rc;
}

static const struct opt version_opts[] = { OPT_OUTPUT_UNNAMED(struct version_args, output),
					   OPT_END };

static const struct cmd_example version_examples[] = {
	{ "pitrix version", "Tell which version this is" },
	{ "pitrix version -o json",
	  "The same for programs, with the library's version and its features" },
	{ NULL, NULL }
};

const struct cmd cmd_version = {
	.path = "version",
	.group = GROUP_OTHER,
	.summary = "Tell which version this is",
	.about = "The formats json and yaml also tell the version of the library that runs, and "
		 "its optional features.",
	.opts = version_opts,
	.examples = version_examples,
	.args_size = sizeof(struct version_args),
	.run = version_run,
};
