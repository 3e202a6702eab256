/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_version.c - which program and library this is. */
#include <string.h>

#include "commands.h"

static int version_run(struct cli *cli, const void *args, struct ptx_error **err)
{
	(void)cli;
	(void)args;
	(void)err;
	printf("pitrix %s\n", PTX_VERSION);
	if (strcmp(PTX_VERSION, ptx_version()) != 0)
		printf("libpitrix %s\n", ptx_version());
	for (size_t i = 0; ptx_version_feature(i); i++)
		printf("%s%s%s", i ? " " : "features: ", ptx_version_feature(i), ptx_version_feature(i + 1) ? "" : "\n");
	return 0;
}

static const struct cmd_example version_examples[] = {
	{ "pitrix version", "Tell which version this is" },
	{ NULL, NULL }
};

const struct cmd cmd_version = {
	.path = "version",
	.group = GROUP_OTHER,
	.summary = "Tell which version this is",
	.about = "Prints the version of the program, that of the library where it is another one, and the optional features.",
	.examples = version_examples,
	.run = version_run,
};
